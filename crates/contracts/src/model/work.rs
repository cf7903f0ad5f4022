//! Wire types of milestones, payments and the completion report.

use super::content::PlannedMilestone;
use crate::flow::{MilestoneState, PaymentState};
use chrono::NaiveDate;
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_bids::model::BudgetItem;
use wubang_web::{ActionOut, DeadlineOut, Instant};

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

/// A remark that may be left out.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AcceptReportIn {
    /// 审查意见。
    pub note: String,
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

wubang_kernel::words! {
    /// Why a payment is withheld (暂缓拨付的事由).
    WithholdGround {
        Rectification = "rectification", "整改或退出程序未结束。";
        MissingReport = "missing_report", "结项报告逾期未交。";
        Objection = "objection", "存在未办结的异议。";
        Other = "other", "其他,理由须说明。";
    }
}

/// The street withholds a payment.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "ground": "other", "reason": "发票抬头有误,请换开后再办理。" }))]
pub struct WithholdIn {
    /// 事由。
    pub ground: WithholdGround,
    /// 理由,5–1000 字。
    #[schema(min_length = 5, max_length = 1000)]
    pub reason: String,
}

/// Record that money came back outside the platform.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordRepaymentIn {
    /// 追回款的外部凭证号,2–100 字。
    #[schema(min_length = 2, max_length = 100)]
    pub repayment_reference: String,
}

/// Record of a payment made outside the platform.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordPaymentIn {
    /// 外部支付凭证号,2–100 字。
    #[schema(min_length = 2, max_length = 100)]
    pub payment_reference: String,
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
    /// 暂缓的事由。
    pub withheld_ground: Option<WithholdGround>,
    /// 已拨付金额中应追回的部分(分)。
    pub clawback_fen: i64,
    /// 追回款的外部凭证号。
    pub repayment_reference: Option<String>,
    /// 暂缓或不再拨付的理由。
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

wubang_web::list_of! {
    /// A page of milestones (里程碑).
    MilestoneList of MilestoneOut
}
wubang_web::list_of! {
    /// A page of payments (拨付台账).
    PaymentList of PaymentOut
}
