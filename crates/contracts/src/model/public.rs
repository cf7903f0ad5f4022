//! What the public reads of an agreement: no person, no contact, no account (rulebook 2.6).

use super::{AgreedWeight, Clause, ContractSuspensionOut, Party, TrancheCondition};
use crate::activities::model::ActivityTotals;
use crate::flow::{ContractState, MilestoneState};
use crate::settlements::model::SettlementFigures;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_bids::model::Activity;
use wubang_postings::model::Quantity;
use wubang_web::Instant;

/// A party of a public agreement.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicPartyOut {
    /// 哪一方。
    pub party: Party,
    /// 名称。
    pub name: String,
}

/// A tranche of a public agreement.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicTrancheOut {
    /// 第几期。
    pub seq: i32,
    /// 占价款的百分比。
    pub share_percent: u32,
    /// 金额(分)。
    pub amount_fen: i64,
    /// 条件。
    pub condition: TrancheCondition,
    /// 条件为里程碑时,第几个里程碑。
    pub milestone_seq: Option<i32>,
}

/// A milestone of a public agreement.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicMilestoneOut {
    /// 第几个。
    pub seq: i32,
    /// 名称。
    pub title: String,
    /// 到期日。
    pub due_on: NaiveDate,
    /// 状态。
    pub state: MilestoneState,
}

/// How an agreement ended early (提前终止、退出), without persons.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicEarlyEndOut {
    /// 日期。
    pub ended_on: NaiveDate,
    /// 事由码。
    pub ground: String,
    /// 理由。
    pub reason: String,
    /// 结算金额;尚未确定的没有。
    pub settlement: Option<SettlementFigures>,
}

/// A published agreement (协议公开).
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicContractOut {
    /// Id.
    pub id: Uuid,
    /// 编号。
    #[schema(example = "XY-410108-2026-0001")]
    pub number: String,
    /// 状态。
    pub state: ContractState,
    /// 项目。
    pub project_id: Uuid,
    /// 榜单,见 `/api/v1/public/postings/{id}`。
    pub posting_id: Uuid,
    /// 区划代码。
    pub division: String,
    /// 项目名称。
    pub title: String,
    /// 当事各方。
    pub parties: Vec<PublicPartyOut>,
    /// 服务内容。
    pub service_content: String,
    /// 最低服务量。
    pub minimum_quantity: Vec<Quantity>,
    /// 服务方案摘要:活动及数量。
    pub activities: Vec<Activity>,
    /// 服务社区。
    pub communities: Vec<String>,
    /// 开始日期。
    pub starts_on: NaiveDate,
    /// 结束日期。
    pub ends_on: NaiveDate,
    /// 价款(分)。
    pub price_fen: i64,
    /// 拨付批次。
    pub tranches: Vec<PublicTrancheOut>,
    /// 里程碑。
    pub milestones: Vec<PublicMilestoneOut>,
    /// 考榜方案。
    pub evaluation_scheme: String,
    /// 考榜权重。
    pub evaluation_weights: Vec<AgreedWeight>,
    /// 协议主要条款。
    pub agreement_terms: String,
    /// 固定条款。
    pub clauses: Vec<Clause>,
    /// 活动记录汇总;不足 5 人次的不显示。
    pub activities_so_far: ActivityTotals,
    /// 中止;未中止的没有。
    pub suspension: Option<ContractSuspensionOut>,
    /// 是否逾期未结项。
    pub report_missing: bool,
    /// 提前终止或退出;未提前结束的没有。
    pub early_end: Option<PublicEarlyEndOut>,
    /// 签订时间。
    pub signed_at: Option<Instant>,
    /// 公开时间。
    pub published_at: Instant,
}

/// A published agreement in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicContractSummary {
    /// Id.
    pub id: Uuid,
    /// 编号。
    pub number: String,
    /// 状态。
    pub state: ContractState,
    /// 项目。
    pub project_id: Uuid,
    /// 榜单。
    pub posting_id: Uuid,
    /// 区划代码。
    pub division: String,
    /// 项目名称。
    pub title: String,
    /// 承榜组织名称。
    pub organisation_name: String,
    /// 价款(分)。
    pub price_fen: i64,
    /// 开始日期。
    pub starts_on: NaiveDate,
    /// 结束日期。
    pub ends_on: NaiveDate,
    /// 公开时间。
    pub published_at: Instant,
}

wubang_web::list_of! {
    /// A page of published agreements (协议公开).
    PublicContractList of PublicContractSummary
}
