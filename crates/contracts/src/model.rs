//! Domain and wire types of an agreement, its milestones and payments.

use crate::flow::{ContractState, MilestoneState, PaymentState};
use chrono::NaiveDate;
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_bids::model::{BudgetItem, ServicePlan};
use wubang_kernel::money::Fen;
use wubang_kernel::timer::Terms;
use wubang_postings::model::{Buyer, Indicator, MilestonePlan, Quantity};
use wubang_web::DeadlineOut;
use wubang_web::{ActionOut, Instant};

/// Wire name of a unit variant.
pub(crate) fn wire<T: Serialize>(value: T) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// The contractor as named in the agreement (乙方).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Contractor {
    /// 承榜组织。
    pub organisation_id: Uuid,
    /// 名称。
    pub name: String,
    /// 统一社会信用代码。
    pub uscc: Option<String>,
    /// 法定代表人或负责人。
    pub legal_representative: String,
    /// 资金代管机构。
    pub custodian_id: Option<Uuid>,
}

/// When a tranche becomes due (拨付条件).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrancheCondition {
    /// 协议签订。
    AgreementSigned,
    /// 所列里程碑验收合格。
    Milestone,
    /// 考榜合格。
    EvaluationPassed,
}

/// One tranche of the price (拨付批次).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tranche {
    /// 第几期,从 1 起。
    pub seq: i32,
    /// 占价款的百分比。
    pub share_percent: u32,
    /// 金额(分)。
    pub amount_fen: Fen,
    /// 条件。
    pub condition: TrancheCondition,
    /// 条件为里程碑时,第几个里程碑,从 1 起。
    pub milestone_seq: Option<i32>,
}

/// Weight of one evaluating party (考榜权重).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgreedWeight {
    /// 评价方。
    pub party: String,
    /// 权重,百分比。
    pub weight: u32,
}

/// A clause every agreement contains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Clause {
    /// 条款键。
    pub key: String,
    /// 条款正文。
    pub text: String,
}

/// What the parties sign: its hash is what a signature covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
pub struct ContractContent {
    /// 购买方(甲方)。
    pub buyer: Buyer,
    /// 承榜组织(乙方)。
    pub contractor: Contractor,
    /// 服务内容。
    pub service_content: String,
    /// 最低服务量。
    pub minimum_quantity: Vec<Quantity>,
    /// 服务对象。
    pub target_groups: Vec<String>,
    /// 服务社区。
    pub communities: Vec<String>,
    /// 开始日期。
    pub starts_on: NaiveDate,
    /// 结束日期。
    pub ends_on: NaiveDate,
    /// 价款(分)。
    pub price_fen: Fen,
    /// 揭榜意向书中的服务方案。
    pub service_plan: ServicePlan,
    /// 里程碑。
    pub milestones: Vec<MilestonePlan>,
    /// 拨付批次。
    pub tranches: Vec<Tranche>,
    /// 考榜方案。
    pub evaluation_scheme: String,
    /// 考榜权重。
    pub evaluation_weights: Vec<AgreedWeight>,
    /// 发榜时公布的协议主要条款。
    pub agreement_terms: String,
    /// 固定条款:个人信息保护、志愿者保险、未成年人保护。
    pub clauses: Vec<Clause>,
}

/// Timer lengths in force for one agreement, frozen with its posting.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct FrozenTerms {
    /// The lengths.
    pub timers: Terms,
    /// Hour from which a publicity counts as the next working day.
    pub cutoff_hour: u32,
}

/// What a milestone must show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
pub struct PlannedMilestone {
    /// 阶段任务。
    pub content: String,
    /// 指标。
    pub indicators: Vec<Indicator>,
}

/// What was reached of one indicator, with its proof. Counts and words, no names of beneficiaries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IndicatorEvidence {
    /// 指标名称,与协议一致。
    pub name: String,
    /// 实际完成数。
    pub actual: Option<i64>,
    /// 证明材料说明,2–2000 字。
    #[serde(default)]
    pub evidence: String,
}

/// Submission of a milestone (提交验收).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "summary": "完成入户走访、建档与结对。", "indicators": [{ "name": "建档老人", "actual": 96, "evidence": "档案96份,经社区抽查。" }], "volunteer_hours": 420 }))]
pub struct MilestoneEvidence {
    /// 完成情况,10–5000 字。
    pub summary: String,
    /// 各项指标的完成数与证明。
    pub indicators: Vec<IndicatorEvidence>,
    /// 志愿服务时长(小时)。
    #[serde(default)]
    pub volunteer_hours: i64,
}

/// One of the two verifications of a milestone (验收).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "ratio_percent": 100, "comment": "查阅档案,抽查电话回访,情况属实。" }))]
pub struct MilestoneVerifyIn {
    /// 完成比例,0–100。
    #[schema(minimum = 0, maximum = 100)]
    pub ratio_percent: i64,
    /// 验收意见。
    #[serde(default)]
    pub comment: String,
}

/// Signature under the content that was read.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractSignIn {
    /// 所签协议内容的哈希,须与协议当前的 `content_hash` 一致。
    pub content_hash: String,
}

/// A remark that may be left out.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AcceptReportIn {
    /// 审查意见。
    pub note: String,
}

/// How closely an agreement is watched (监管状态); parallel to its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Supervision {
    /// 正常。
    None,
    /// 干预指导。
    Guidance,
    /// 纠偏整改。
    Rectification,
    /// 退出程序。
    ExitPending,
}

/// The street sets how closely an agreement is watched.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuperviseIn {
    /// 监管状态。
    pub supervision: Supervision,
    /// 理由,5–1000 字。
    #[schema(min_length = 5, max_length = 1000)]
    pub reason: String,
}

/// One line of the final account (决算).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActualLine {
    /// 预算科目。
    pub item: BudgetItem,
    /// 预算(分)。
    pub budget_fen: i64,
    /// 实际支出(分)。
    pub actual_fen: i64,
}

/// Budget against actual spending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BudgetActual {
    /// 说明。
    pub text: String,
    /// 各科目;预算合计须等于价款。
    pub lines: Vec<ActualLine>,
}

/// 结项报告: the sections a completion report must have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
#[serde(deny_unknown_fields)]
pub struct CompletionReportContent {
    /// 项目概述。
    pub summary: String,
    /// 活动与计划对照。
    pub activities_vs_plan: String,
    /// 产出。
    pub outputs: String,
    /// 成效。
    pub outcomes: String,
    /// 满意度自查。
    pub satisfaction: String,
    /// 经费决算。
    pub budget_actual: BudgetActual,
    /// 志愿者。
    pub volunteers: String,
    /// 问题与不足。
    pub problems: String,
    /// 可持续安排。
    pub sustainability: String,
}

/// Request for payment.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentRequestIn {
    /// 发票或收据号码,2–60 字。
    #[schema(min_length = 2, max_length = 60)]
    pub invoice: String,
}

/// Record of a payment made outside the platform.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordPaymentIn {
    /// 外部支付凭证号,2–100 字。
    #[schema(min_length = 2, max_length = 100)]
    pub payment_reference: String,
}

/// A signature as shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignatureOut {
    /// `buyer` 或 `contractor`。
    pub party: String,
    /// 签署人。
    pub name: String,
    /// 签署时的角色。
    pub role: String,
    /// 所签内容的哈希。
    pub content_hash: String,
    /// 签署时间。
    pub signed_at: Instant,
}

/// A verification as shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerificationOut {
    /// 第几次提交。
    pub submission: i32,
    /// 验收人的角色。
    pub role: String,
    /// 完成比例。
    pub ratio_percent: i64,
    /// 意见。
    pub comment: Option<String>,
    /// 时间。
    pub created_at: Instant,
}

/// A milestone in full.
#[derive(Debug, Serialize, ToSchema)]
pub struct MilestoneOut {
    /// Id.
    pub id: Uuid,
    /// 协议。
    pub contract_id: Uuid,
    /// 第几个,从 1 起。
    pub seq: i32,
    /// 状态。
    pub state: MilestoneState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 名称。
    pub title: String,
    /// 到期日。
    pub due_on: NaiveDate,
    /// 任务与指标。
    #[serde(flatten)]
    pub plan: PlannedMilestone,
    /// 提交的证明。
    pub evidence: Option<MilestoneEvidence>,
    /// 提交时间。
    pub submitted_at: Option<Instant>,
    /// 验收记录。
    pub verifications: Vec<VerificationOut>,
    /// 验收确定的完成比例。
    pub ratio_percent: Option<i64>,
    /// 已退回次数。
    pub returns: i32,
    /// 退回理由。
    pub reason: Option<String>,
    /// 运行中的期限。
    pub deadlines: Vec<DeadlineOut>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
}

/// A payment in full.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentOut {
    /// Id.
    pub id: Uuid,
    /// 协议。
    pub contract_id: Uuid,
    /// 第几期。
    pub seq: i32,
    /// 状态。
    pub state: PaymentState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 占价款的百分比。
    pub share_percent: i32,
    /// 协议约定金额(分)。
    pub planned_fen: i64,
    /// 应付金额(分),部分达成时按比例减少。
    pub amount_fen: i64,
    /// 条件。
    pub condition: String,
    /// 条件所指的里程碑。
    pub milestone_id: Option<Uuid>,
    /// 发票或收据号码。
    pub invoice: Option<String>,
    /// 外部支付凭证号。
    pub payment_reference: Option<String>,
    /// 暂缓理由。
    pub reason: Option<String>,
    /// 运行中的期限。
    pub deadlines: Vec<DeadlineOut>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
}

/// A completion report as shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompletionReportOut {
    /// 第几版。
    pub edition: i32,
    /// 内容。
    #[serde(flatten)]
    pub content: CompletionReportContent,
    /// 内容哈希。
    pub content_hash: String,
    /// 提交时间。
    pub submitted_at: Instant,
}

/// An agreement in full.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContractOut {
    /// Id.
    pub id: Uuid,
    /// 编号。
    #[schema(example = "XY-410108-2026-0001")]
    pub number: String,
    /// 状态。
    pub state: ContractState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 项目。
    pub project_id: Uuid,
    /// 榜单。
    pub posting_id: Uuid,
    /// 承榜;政府采购的协议没有。
    pub award_id: Option<Uuid>,
    /// 承榜组织。
    pub organisation_id: Uuid,
    /// 承榜组织名称。
    pub organisation_name: String,
    /// 区划代码。
    pub division: String,
    /// 项目名称。
    pub title: String,
    /// 价款(分)。
    pub price_fen: i64,
    /// 协议内容。
    pub content: ContractContent,
    /// 内容哈希。
    pub content_hash: String,
    /// 监管状态。
    pub supervision: String,
    /// 签订期限。
    pub sign_by: Instant,
    /// 签订时间。
    pub signed_at: Option<Instant>,
    /// 签名。
    pub signatures: Vec<SignatureOut>,
    /// 里程碑。
    pub milestones: Vec<MilestoneOut>,
    /// 拨付。
    pub payments: Vec<PaymentOut>,
    /// 最近一版结项报告。
    pub completion_report: Option<CompletionReportOut>,
    /// 作废原因码。
    pub reason_code: Option<String>,
    /// 理由。
    pub reason: Option<String>,
    /// 运行中的期限。
    pub deadlines: Vec<DeadlineOut>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
    /// 创建时间。
    pub created_at: Instant,
    /// 更新时间。
    pub updated_at: Instant,
}

/// An agreement in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContractSummary {
    /// Id.
    pub id: Uuid,
    /// 编号。
    pub number: String,
    /// 状态。
    pub state: ContractState,
    /// 项目。
    pub project_id: Uuid,
    /// 承榜组织。
    pub organisation_id: Uuid,
    /// 承榜组织名称。
    pub organisation_name: String,
    /// 区划代码。
    pub division: String,
    /// 项目名称。
    pub title: String,
    /// 价款(分)。
    pub price_fen: i64,
    /// 开始日期。
    pub starts_on: NaiveDate,
    /// 结束日期。
    pub ends_on: NaiveDate,
    /// 监管状态。
    pub supervision: String,
    /// 创建时间。
    pub created_at: Instant,
}

wubang_web::list_of! {
    /// A page of agreements (协议台账).
    ContractList of ContractSummary
}
wubang_web::list_of! {
    /// A page of milestones (里程碑).
    MilestoneList of MilestoneOut
}
wubang_web::list_of! {
    /// A page of payments (拨付台账).
    PaymentList of PaymentOut
}
