//! Domain and wire types of a posting.

use crate::changes::{ChangeOut, RoundOut, SingleBidderOut, SuspensionOut};
use crate::flow::{PostingState, QuestionState};
use crate::forbidden::Passage;
use crate::invitation::InvitationOut;
use crate::particulars::{Call, ExternalProcedureRef, ExternalResult, Order, Picked};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::Role;
use wubang_kernel::procedure::{Criterion, PostingType, Procedure};
use wubang_web::DeadlineOut;
use wubang_web::{ActionOut, Instant};

/// A least quantity of one activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Quantity {
    /// 服务内容。
    pub item: String,
    /// 数量,1 以上。
    pub quantity: i64,
    /// 单位。
    pub unit: String,
}

/// An expected figure (预期指标).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// 名称。
    pub name: String,
    /// 单位。
    pub unit: String,
    /// 目标值。
    pub target: i64,
}

/// A planned milestone (里程碑).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MilestonePlan {
    /// 标题。
    pub title: String,
    /// 内容。
    pub content: String,
    /// 到期日。
    pub due_on: NaiveDate,
    /// 指标。
    pub indicators: Vec<Indicator>,
}

/// Where the money comes from (资金来源).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FundingSource {
    /// 类别,如 `governance_fund`。
    pub kind: String,
    /// 名称。
    pub name: String,
}

/// Who can be a buyer (购买方): committees and offices, never a party organisation (rulebook 1.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BuyerKind {
    /// 街道办事处。
    StreetOffice,
    /// 职能部门。
    Department,
    /// 居民委员会。
    ResidentsCommittee,
}

/// The buyer and how to reach him.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Buyer {
    /// 类别。
    pub kind: BuyerKind,
    /// 名称。
    pub name: String,
    /// 联系方式。
    pub contact: String,
}

/// What a posting says beside its searchable columns (发榜公告, rulebook 2.4.2). All of it is public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// 服务内容,20–5000 字。
    pub service_content: String,
    /// 最低数量。
    pub minimum_quantity: Vec<Quantity>,
    /// 服务对象。
    pub target_groups: Vec<String>,
    /// 服务社区(12 位代码)。
    pub communities: Vec<String>,
    /// 服务开始日。
    pub starts_on: NaiveDate,
    /// 服务结束日。
    pub ends_on: NaiveDate,
    /// 资金来源。
    pub funding_source: FundingSource,
    /// 购买方。
    pub buyer: Buyer,
    /// 是否接受联合揭榜。
    pub accepts_joint_bids: bool,
    /// 是否接受备案社区社会组织。
    pub accepts_filed_organisations: bool,
    /// 资格条件。
    pub eligibility: String,
    /// 须提交的材料。
    pub required_documents: Vec<String>,
    /// 协议主要条款。
    pub agreement_terms: String,
    /// 里程碑。
    pub milestones: Vec<MilestonePlan>,
    /// 异议联系方式。
    pub objection_contact: String,
    /// 个人信息处理告知。
    pub personal_data_notice: String,
}

/// The rules of one posting, frozen at publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
#[serde(transparent)]
pub struct FrozenProcedure(pub Procedure);

/// What a posting may set otherwise than its procedure, within range.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult,
)]
#[serde(deny_unknown_fields, default)]
pub struct Overrides {
    /// 评分项,满分合计 100。
    pub criteria: Option<Vec<Criterion>>,
    /// 考榜权重(方 → 百分比)。
    #[schema(example = json!({ "community_party_org": 30, "residents": 30, "departments": 20, "experts": 20 }))]
    pub evaluation_weights: Option<BTreeMap<String, u32>>,
    /// 拨付比例,合计 100。
    pub tranches: Option<Vec<u32>>,
    /// 揭榜期限(自然日,10–30)。
    pub bid_window_days: Option<u32>,
}

/// A new posting.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostingIn {
    /// 类型;不填为公开发榜。
    #[serde(rename = "type", default)]
    pub kind: PostingType,
    /// 所涉需求,均须待发榜;公益创投不填。
    #[serde(default)]
    pub need_ids: Vec<Uuid>,
    /// 标题,5–100 字。
    pub title: String,
    /// 领域代码。
    pub field: String,
    /// 最高限价(分)。
    #[schema(minimum = 0)]
    pub budget_ceiling_fen: i64,
    /// 公告内容。
    pub content: Content,
    /// 规则调整。
    #[serde(default)]
    pub overrides: Overrides,
    /// 点单:点单直选、微服务单、应急发榜必填。
    pub order: Option<Order>,
    /// 法定采购程序:政府采购必填。
    pub external_procedure_ref: Option<ExternalProcedureRef>,
    /// 征集要求:公益创投必填。
    pub call: Option<Call>,
    /// 定时发布;不填为批准后立即发布。
    pub publish_at: Option<DateTime<Utc>>,
}

/// A new posting with the content of an old one, or of a template. All dates of the content move by the
/// same number of days.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "need_ids": ["019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c11"], "starts_on": "2026-09-01" }))]
pub struct CopyIn {
    /// 所涉需求,均须待发榜;公益创投不填。
    #[serde(default)]
    pub need_ids: Vec<Uuid>,
    /// 服务开始日;其余日期随之平移。
    pub starts_on: NaiveDate,
    /// 标题;不填沿用。
    pub title: Option<String>,
    /// 最高限价(分);不填沿用。
    pub budget_ceiling_fen: Option<i64>,
    /// 点单;不填沿用旧榜的。
    pub order: Option<Order>,
    /// 法定采购程序;不填沿用旧榜的。
    pub external_procedure_ref: Option<ExternalProcedureRef>,
    /// 定时发布。
    pub publish_at: Option<DateTime<Utc>>,
}

/// A template to keep.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateIn {
    /// 名称,2–100 字,同一区划内不重名。
    pub name: String,
    /// 取自哪张榜。
    pub posting_id: Uuid,
    /// 归属街道或区;不填为该榜所在街道。
    pub division: Option<String>,
}

/// A template of postings (榜单模板).
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateOut {
    /// Id.
    pub id: Uuid,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 名称。
    pub name: String,
    /// 归属区划。
    pub division: String,
    /// 类型。
    #[serde(rename = "type")]
    pub kind: PostingType,
    /// 标题。
    pub title: String,
    /// 领域代码。
    pub field: String,
    /// 最高限价(分)。
    pub budget_ceiling_fen: i64,
    /// 公告内容。
    pub content: Content,
    /// 规则调整。
    pub overrides: Overrides,
    /// 征集要求(公益创投)。
    pub call: Option<Call>,
    /// 停用时间。
    pub retired_at: Option<Instant>,
    /// 创建时间。
    pub created_at: Instant,
}

wubang_web::list_of! {
    /// A page of templates.
    TemplateList of TemplateOut
}

/// Changes to a draft posting (merge patch of the top members).
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PostingPatch {
    /// 标题。
    pub title: Option<String>,
    /// 最高限价(分)。
    pub budget_ceiling_fen: Option<i64>,
    /// 公告内容(整体替换)。
    pub content: Option<Content>,
    /// 规则调整。
    pub overrides: Option<Overrides>,
    /// 点单(整体替换)。
    pub order: Option<Order>,
    /// 法定采购程序(整体替换)。
    pub external_procedure_ref: Option<ExternalProcedureRef>,
    /// 征集要求(整体替换)。
    pub call: Option<Call>,
    /// 定时发布;`null` 为批准后立即发布。
    #[serde(deserialize_with = "wubang_web::patch::member")]
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub publish_at: Option<Option<DateTime<Utc>>>,
}

/// Approval by a second person.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveIn {
    /// 已核对:公告不含与需求无关的条件、指名组织、以注册地为条件等禁止性内容。
    pub content_acknowledged: bool,
    /// 疑似禁止性内容确有依据的理由(公开,5–1000 字);有疑似内容时必填。
    pub acknowledgement_reason: Option<String>,
    /// 超出在榜数上限的理由(公开,5–1000 字)。
    pub cap_reason: Option<String>,
    /// 年度点单总额超限、疑似化整为零而仍予批准的理由(公开,5–1000 字)。
    pub split_reason: Option<String>,
}

/// Closed grounds of a withdrawal (撤榜).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CancelGround {
    /// 需求消失。
    NeedVanished,
    /// 资金取消。
    FundingCancelled,
    /// 重大变化。
    MajorChange,
    /// 差错。
    Error,
    /// 不可抗力。
    ForceMajeure,
    /// 监督部门要求。
    OrderedBySupervisor,
}

impl CancelGround {
    /// Whose ground it is: the supervisor gives his order and nothing else, and nobody else gives it.
    #[must_use]
    pub const fn authority(self) -> Role {
        match self {
            Self::OrderedBySupervisor => Role::Supervisor,
            Self::NeedVanished
            | Self::FundingCancelled
            | Self::MajorChange
            | Self::Error
            | Self::ForceMajeure => Role::StreetOfficer,
        }
    }
}

/// Withdrawal of a posting (撤榜).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelIn {
    /// 理由类别(闭集)。
    pub ground: CancelGround,
    /// 公开说明,5–1000 字。
    pub reason: String,
}

/// A new round (重新发榜).
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({ "type": "invited" }))]
pub struct RepostIn {
    /// 新一轮的类型;仅 `open` 与 `invited` 之间可改,不填沿用。改类型的,规则按该类型的现行设置重新确定。
    #[serde(rename = "type")]
    pub kind: Option<PostingType>,
}

/// The result of the statutory procedure, taken in (登记采购结果).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "organisation_id": "019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c11", "price_fen": 118_000_000, "decided_on": "2026-04-20", "notice_number": "郑财磋商采购-2026-118-成交" }))]
pub struct ExternalResultIn {
    /// 中标(成交)组织。
    pub organisation_id: Uuid,
    /// 中标(成交)金额(分),不超过最高限价。
    pub price_fen: i64,
    /// 中标(成交)通知日。
    pub decided_on: NaiveDate,
    /// 中标(成交)通知书编号,2–100 字。
    pub notice_number: String,
}

/// A posting in full.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostingOut {
    /// Id.
    pub id: Uuid,
    /// 榜单编号。
    #[schema(example = "LB-410108-2026-0001")]
    pub number: String,
    /// 项目。
    pub project_id: Uuid,
    /// 轮次。
    pub round: i32,
    /// 类型。
    #[serde(rename = "type")]
    pub kind: PostingType,
    /// 状态。
    pub state: PostingState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 所涉需求。
    pub need_ids: Vec<Uuid>,
    /// 区划代码。
    pub division: String,
    /// 标题。
    pub title: String,
    /// 领域代码。
    pub field: String,
    /// 最高限价(分)。
    pub budget_ceiling_fen: i64,
    /// 公告内容。
    pub content: Content,
    /// 规则;提交审批后不再随区级设置变化。
    pub procedure: FrozenProcedure,
    /// 本榜对规则的调整。
    pub overrides: Overrides,
    /// 疑似禁止性内容;仅发布前的经办人员可见。
    pub findings: Vec<Passage>,
    /// 点单;仅点单直选、微服务单、应急发榜。
    pub order: Option<Order>,
    /// 社区另一名成员是否已附议;仅点单直选、微服务单。
    pub endorsed: bool,
    /// 法定采购程序;仅政府采购。
    pub external_procedure_ref: Option<ExternalProcedureRef>,
    /// 法定采购结果。
    pub external_result: Option<ExternalResult>,
    /// 征集要求;仅公益创投。
    pub call: Option<Call>,
    /// 由哪次征集入选。
    pub picked_from: Option<Picked>,
    /// 邀请抽取;仅邀请发榜。
    pub invitation: Option<InvitationOut>,
    /// 疑似禁止性内容确有依据的理由。
    pub acknowledgement_reason: Option<String>,
    /// 超出在榜数上限的理由。
    pub cap_reason: Option<String>,
    /// 年度点单总额超限仍予批准的理由。
    pub split_reason: Option<String>,
    /// 定时发布。
    pub publish_at: Option<Instant>,
    /// 发布时间。
    pub published_at: Option<Instant>,
    /// 提问截止。
    pub question_deadline: Option<Instant>,
    /// 揭榜截止。
    pub bid_deadline: Option<Instant>,
    /// 截止依据。
    pub bid_deadline_rule: Option<String>,
    /// 日历未定,可能顺延。
    pub provisional: bool,
    /// 公告内容的散列。
    pub notice_hash: Option<String>,
    /// 流榜或撤榜理由类别。
    pub reason_code: Option<String>,
    /// 公开说明。
    pub reason: Option<String>,
    /// 结果。
    pub outcome: Option<String>,
    /// 中止情况(中止期间)。
    pub suspension: Option<SuspensionOut>,
    /// 流榜后需求退回评榜的公开理由。
    pub need_returned_reason: Option<String>,
    /// 单一来源公示;仅有效揭榜只有一家、街道决定与其协商时。
    pub single_bidder: Option<SingleBidderOut>,
    /// 发布后的变更,按先后次序。
    pub changes: Vec<ChangeOut>,
    /// 同一项目的各轮,含本轮。
    pub rounds: Vec<RoundOut>,
    /// 新一轮草稿与上一轮内容相同,建议调整后再提交。
    pub changes_recommended: bool,
    /// 运行中的期限。
    pub deadlines: Vec<DeadlineOut>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
    /// 创建时间。
    pub created_at: Instant,
    /// 更新时间。
    pub updated_at: Instant,
}

/// A posting in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostingSummary {
    /// Id.
    pub id: Uuid,
    /// 榜单编号。
    pub number: String,
    /// 项目。
    pub project_id: Uuid,
    /// 轮次。
    pub round: i32,
    /// 类型。
    #[serde(rename = "type")]
    pub kind: PostingType,
    /// 状态。
    pub state: PostingState,
    /// 区划代码。
    pub division: String,
    /// 标题。
    pub title: String,
    /// 领域代码。
    pub field: String,
    /// 最高限价(分)。
    pub budget_ceiling_fen: i64,
    /// 发布时间。
    pub published_at: Option<Instant>,
    /// 揭榜截止。
    pub bid_deadline: Option<Instant>,
    /// 登记的政府采购结果(代替承榜)。
    pub external_result: Option<ExternalResult>,
}

wubang_web::list_of! {
    /// A page of postings (榜单).
    PostingList of PostingSummary
}

/// A value of a facet and how many have it.
#[derive(Debug, Serialize, ToSchema)]
pub struct FacetCount {
    /// 取值。
    pub value: String,
    /// 数量。
    pub count: i64,
}

/// Counts per facet of the published postings; each facet is counted under all filters but its own.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostingFacets {
    /// 状态。
    pub state: Vec<FacetCount>,
    /// 领域。
    pub field: Vec<FacetCount>,
    /// 类型。
    #[serde(rename = "type")]
    pub kind: Vec<FacetCount>,
    /// 街道(12 位代码)。
    pub street: Vec<FacetCount>,
    /// 服务对象。
    pub target_group: Vec<FacetCount>,
    /// 最高限价区间(分)。
    pub budget_ceiling: Vec<FacetCount>,
}

/// A question about an open posting (提问).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionIn {
    /// 问题,5–2000 字;答复后公开,请勿写明本组织身份。
    #[schema(example = "请问活动场地是否由社区提供,场地水电费用由谁承担?")]
    pub text: String,
    /// 提问组织;本人只属于一个组织时可不填。
    pub organisation_id: Option<Uuid>,
}

/// The answer to a question (答复).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerIn {
    /// 答复,2–5000 字;立即对所有人公开。
    #[schema(example = "场地由社区党群服务中心无偿提供,水电费用由社区承担。")]
    pub text: String,
}

/// A question; who asked is shown to nobody but his own organisation.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuestionOut {
    /// Id.
    pub id: Uuid,
    /// 榜单。
    pub posting_id: Uuid,
    /// 状态。
    pub state: QuestionState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 问题。
    pub text: String,
    /// 是否本组织所提。
    pub own: bool,
    /// 提问组织(仅本组织可见)。
    pub organisation_id: Option<Uuid>,
    /// 提问时间。
    pub asked_at: Instant,
    /// 答复。
    pub answer: Option<String>,
    /// 答复时间。
    pub answered_at: Option<Instant>,
    /// 运行中的期限。
    pub deadlines: Vec<DeadlineOut>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
}

wubang_web::list_of! {
    /// A page of questions (提问与答复).
    QuestionList of QuestionOut
}
