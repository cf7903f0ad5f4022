//! Domain and wire types of a posting.

mod board;
mod copies;
mod notice;
mod questions;

pub use board::{FacetCount, PostingFacets, PostingList, PostingSummary};
pub use copies::{CopyIn, TemplateIn, TemplateList, TemplateOut};
pub use notice::{
    AwardMode, Buyer, BuyerKind, Content, FrozenProcedure, FundingSource, Indicator, MilestonePlan,
    Overrides, Quantity, RoadshowChoice,
};
pub use questions::{AnswerIn, QuestionIn, QuestionList, QuestionOut};

use crate::changes::{ChangeOut, RoundOut, SingleBidderOut, SuspensionOut};
use crate::flow::PostingState;
use crate::forbidden::Passage;
use crate::invitation::InvitationOut;
use crate::particulars::{
    Call, ExternalProcedureRef, ExternalResult, Order, Picked, RaceLane, Sealing, SealingLevel,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::Role;
use wubang_kernel::procedure::PostingType;
use wubang_web::{ActionOut, DeadlineOut, Instant};

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
    /// 密封等级与持钥人;不填为 `standard`,仅公开发榜与邀请发榜可另选。
    #[serde(default)]
    pub sealing: Sealing,
    /// 定时发布;不填为批准后立即发布。
    pub publish_at: Option<DateTime<Utc>>,
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
    /// 密封等级与持钥人(整体替换);发布后不可改。
    pub sealing: Option<Sealing>,
    /// 定时发布;`null` 为批准后立即发布。
    #[serde(deserialize_with = "wubang_web::patch::member")]
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub publish_at: Option<Option<DateTime<Utc>>>,
}

/// How the bids of a posting are kept.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SealingOut {
    /// 密封等级。
    pub level: SealingLevel,
    /// 持钥人;仅有关工作人员可见,`standard` 为空。
    pub holders: Vec<Uuid>,
}

/// Approval by a second person.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveIn {
    /// 已核对:公告不含与需求无关的条件、指名组织、以注册地为条件等禁止性内容。
    pub content_acknowledged: bool,
    /// 疑似禁止性内容确有依据的理由(公开,5–1000 字);有疑似内容时必填。
    pub acknowledgement_reason: Option<String>,
    /// 超出在榜数上限、或所选组织已达限流上限、或须公开发榜而仍予批准的理由(公开,5–1000 字)。
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
    /// 最高限价(分);赛马的,为每家的最高限价。
    pub budget_ceiling_fen: i64,
    /// 最高限价合计(分):每家最高限价乘以承榜组织数。
    pub whole_ceiling_fen: i64,
    /// 公告内容。
    pub content: Content,
    /// 规则;提交审批后不再随区级设置变化。
    pub procedure: FrozenProcedure,
    /// 本榜对规则的调整。
    pub overrides: Overrides,
    /// 疑似禁止性内容;仅发布前的经办人员可见。
    pub findings: Vec<Passage>,
    /// 密封等级。
    pub sealing: SealingOut,
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
    /// 属于哪一赛马榜单的哪条赛道。
    pub lane_of: Option<RaceLane>,
    /// 邀请抽取;仅邀请发榜。
    pub invitation: Option<InvitationOut>,
    /// 疑似禁止性内容确有依据的理由。
    pub acknowledgement_reason: Option<String>,
    /// 超出在榜数上限的理由。
    pub cap_reason: Option<String>,
    /// 街道对本榜放宽组织限流(资源限流)的公开理由。
    pub bidder_cap_reason: Option<String>,
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
