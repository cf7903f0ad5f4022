//! Domain and wire types.

use crate::flow::PublicityState;
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::Timer;
use wubang_web::Instant;

/// What is made public (公示类别).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PublicityKind {
    /// 需求民意公示.
    NeedComment,
    /// 发榜公告.
    PostingNotice,
    /// 单一来源公示.
    SingleBidder,
    /// 拟承榜公示.
    Award,
    /// 考榜结果公示.
    Evaluation,
    /// 红榜公示.
    RedList,
    /// 协议重大变更公示.
    ContractChange,
}

impl PublicityKind {
    /// Every kind.
    pub const ALL: &'static [PublicityKind] = &[
        PublicityKind::NeedComment,
        PublicityKind::PostingNotice,
        PublicityKind::SingleBidder,
        PublicityKind::Award,
        PublicityKind::Evaluation,
        PublicityKind::RedList,
        PublicityKind::ContractChange,
    ];

    /// The wire name.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            PublicityKind::NeedComment => "need_comment",
            PublicityKind::PostingNotice => "posting_notice",
            PublicityKind::SingleBidder => "single_bidder",
            PublicityKind::Award => "award",
            PublicityKind::Evaluation => "evaluation",
            PublicityKind::RedList => "red_list",
            PublicityKind::ContractChange => "contract_change",
        }
    }

    /// Finds one by its wire name.
    #[must_use]
    pub fn from_wire(wire: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.wire() == wire)
    }

    /// The name of its owner's table in the trace (`need`).
    #[must_use]
    pub const fn object(self) -> &'static str {
        match self {
            PublicityKind::NeedComment => "need",
            PublicityKind::PostingNotice | PublicityKind::SingleBidder => "posting",
            PublicityKind::Award => "award",
            PublicityKind::Evaluation => "evaluation",
            PublicityKind::RedList => "list_entry",
            PublicityKind::ContractChange => "change_request",
        }
    }

    /// The owner's timer, whose end is the end of the publicity (rulebook 2.7).
    #[must_use]
    pub const fn timer(self) -> Timer {
        match self {
            PublicityKind::NeedComment => Timer::T04,
            PublicityKind::PostingNotice => Timer::T08,
            PublicityKind::SingleBidder => Timer::SingleBidderPublicity,
            PublicityKind::Award => Timer::T15,
            PublicityKind::Evaluation => Timer::T39,
            PublicityKind::RedList => Timer::T57,
            PublicityKind::ContractChange => Timer::ChangePublicity,
        }
    }
}

/// Where something is shown (公示渠道).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PublicityChannel {
    /// 本平台.
    Platform,
    /// 社区公示栏.
    CommunityBoard,
}

/// The channels of a publicity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Channels(pub Vec<PublicityChannel>);

impl Default for Channels {
    fn default() -> Self {
        Channels(vec![
            PublicityChannel::Platform,
            PublicityChannel::CommunityBoard,
        ])
    }
}

/// A publicity in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicitySummary {
    /// Id.
    pub id: Uuid,
    /// 公示编号。
    #[schema(example = "GS-410108-2026-0001")]
    pub number: String,
    /// 类别。
    pub kind: PublicityKind,
    /// 状态。
    pub state: PublicityState,
    /// 公示对象。
    pub object_id: Uuid,
    /// 项目。
    pub project_id: Option<Uuid>,
    /// 区划代码。
    pub division: String,
    /// 领域。
    pub field: Option<String>,
    /// 标题。
    pub title: String,
    /// 公示开始;17 时后发布的自次一工作日起算。
    pub starts_at: Instant,
    /// 公示结束,异议至此时止。
    pub ends_at: Instant,
}

wubang_web::list_of! {
    /// A page of publicities (公示).
    PublicityList of PublicitySummary
}

/// A publicity in full.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicityOut {
    /// 概要。
    #[serde(flatten)]
    pub summary: PublicitySummary,
    /// 公示内容;期满后其中的个人信息已遮盖。
    #[schema(value_type = Object)]
    pub content: Value,
    /// 公示期间所示内容的散列(SHA-256,键有序、无空白的 JSON)。
    pub content_hash: String,
    /// 个人信息是否已遮盖;遮盖后的内容不再与散列相符。
    pub masked: bool,
    /// 遮盖时间。
    pub masked_at: Option<Instant>,
    /// 公示渠道。
    pub channels: Channels,
    /// 最短期限。
    #[schema(example = "5 wd")]
    pub minimum: String,
    /// 期限依据。
    #[schema(example = "wd(2026-06-01,5)")]
    pub rule: String,
    /// 日历未定,可能顺延。
    pub provisional: bool,
    /// 异议途径。
    pub objection_contact: Option<String>,
    /// 异议截止;公示不再进行时为 `null`。
    pub objections_until: Option<Instant>,
    /// 所替换的公示。
    pub supersedes: Option<Uuid>,
    /// 终止原因。
    pub reason: Option<String>,
    /// 实际结束时间。
    pub ended_at: Option<Instant>,
}
