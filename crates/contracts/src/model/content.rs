//! What the parties agree on and sign.

use chrono::NaiveDate;
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_bids::model::{BudgetItem, ServicePlan};
use wubang_kernel::money::Fen;
use wubang_kernel::timer::Terms;
use wubang_postings::model::{Buyer, Indicator, MilestonePlan, Quantity};

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
    /// 份额(万分之);单独承榜为 10000。
    pub share_bp: u32,
}

/// Another organisation of a joint bid (联合方): liable jointly for the whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgreedPartner {
    /// 联合方。
    pub organisation_id: Uuid,
    /// 名称。
    pub name: String,
    /// 统一社会信用代码。
    pub uscc: Option<String>,
    /// 法定代表人或负责人。
    pub legal_representative: String,
    /// 份额(万分之)。
    pub share_bp: u32,
    /// 分工。
    pub work: String,
}

/// Who keeps the money of an organisation without legal personality (资金代管机构).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgreedCustodian {
    /// 资金代管机构。
    pub organisation_id: Uuid,
    /// 名称。
    pub name: String,
    /// 统一社会信用代码。
    pub uscc: Option<String>,
    /// 法定代表人或负责人。
    pub legal_representative: String,
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

/// A line of the agreed budget (预算科目).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgreedLine {
    /// 科目。
    pub item: BudgetItem,
    /// 金额(分)。
    pub amount_fen: Fen,
}

/// A person on whom the work rests, as named by a change (关键人员).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgreedKeyPerson {
    /// 岗位。
    pub position: String,
    /// 姓名。
    pub name: String,
    /// 资质。
    pub qualification: String,
}

/// A part of the work that somebody else does (分包).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgreedSubcontract {
    /// 意向书所列的活动。
    pub activity: String,
    /// 分包单位。
    pub organisation: String,
    /// 金额(分)。
    pub amount_fen: Fen,
}

/// What the parties sign: its hash is what a signature covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
pub struct ContractContent {
    /// 购买方(甲方)。
    pub buyer: Buyer,
    /// 承榜组织(乙方)。
    pub contractor: Contractor,
    /// 联合方,对全部义务承担连带责任;单独承榜的没有。
    pub partners: Vec<AgreedPartner>,
    /// 资金代管机构;不需要代管的没有。
    pub custodian: Option<AgreedCustodian>,
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
    /// 预算,来自揭榜意向书。
    pub budget: Vec<AgreedLine>,
    /// 经变更确认的关键人员。
    pub key_persons: Vec<AgreedKeyPerson>,
    /// 经变更同意的分包。
    pub subcontracts: Vec<AgreedSubcontract>,
    /// 经变更取消的里程碑(序号)。
    pub waived: Vec<i32>,
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
