//! Wire types of what happens to a published posting: amendment, extension, suspension, rounds.

use crate::diff::FieldChange;
use crate::flow::PostingState;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::Role;
use wubang_web::Instant;

/// What an amendment changes: a merge patch. Everything else of a published posting is frozen.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PublishedChanges {
    /// 标题。
    pub title: Option<String>,
    /// 最高限价(分)。
    pub budget_ceiling_fen: Option<i64>,
    /// 公告内容的改动部分(JSON merge patch)。
    #[schema(value_type = Option<Object>)]
    pub content: Option<Map<String, Value>>,
}

/// A change of the published notice (变更公告).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "changes": { "content": { "required_documents": ["登记证书", "近一年年检结论"] } }, "reason": "补充须提交的材料", "affects_bids": true }))]
pub struct AmendPublishedIn {
    /// 改动。
    pub changes: PublishedChanges,
    /// 公开理由,5–1000 字。
    pub reason: String,
    /// 经办人认为影响揭榜;规则判定有影响的,不得否认。
    pub affects_bids: bool,
    /// 新增的疑似禁止性内容确有依据的理由(公开,5–1000 字)。
    pub acknowledgement_reason: Option<String>,
}

/// A later bid deadline (延期).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "days": 7, "reason": "应多家组织请求,延长准备时间" }))]
pub struct ExtendIn {
    /// 延长的自然日数。
    #[schema(minimum = 1)]
    pub days: u32,
    /// 公开理由,5–1000 字。
    pub reason: String,
}

/// Closed grounds of a suspension (中止).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SuspensionGround {
    /// 安全原因(街道)。
    Safety,
    /// 不可抗力(街道)。
    ForceMajeure,
    /// 异议持续未决(街道)。
    LastingObjection,
    /// 投诉(监督部门;有最长期限)。
    Complaint,
    /// 监督决定(监督部门)。
    SupervisionOrder,
}

impl SuspensionGround {
    /// Whose ground it is.
    #[must_use]
    pub const fn authority(self) -> Role {
        match self {
            Self::Safety | Self::ForceMajeure | Self::LastingObjection => Role::StreetOfficer,
            Self::Complaint | Self::SupervisionOrder => Role::Supervisor,
        }
    }
}

/// A suspension (中止).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "ground": "force_majeure", "reason": "强降雨应急响应期间暂停揭榜" }))]
pub struct SuspendIn {
    /// 理由类别(闭集)。
    pub ground: SuspensionGround,
    /// 公开理由,5–1000 字。
    pub reason: String,
}

/// A suspension that lasts.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuspensionOut {
    /// 理由类别。
    pub ground: Option<String>,
    /// 公开理由。
    pub reason: String,
    /// 决定中止的部门:`street_officer` 或 `supervisor`;因异议自动中止的为 `system`。
    pub by: String,
    /// 自何时起。
    pub since: Instant,
    /// 恢复后的状态。
    pub resumes_to: String,
}

/// Talks with the only bidder, as announced (单一来源公示).
#[derive(Debug, Serialize, ToSchema)]
pub struct SingleBidderOut {
    /// 公开理由。
    pub reason: String,
    /// 公示编号。
    #[schema(example = "GS-410108-2026-0003")]
    pub publicity: String,
    /// 公示状态:`running` 公示中、`ended` 期满、`stopped` 终止。
    pub state: String,
    /// 公示开始。
    pub starts_at: Instant,
    /// 公示结束,异议至此时止。
    pub ends_at: Instant,
}

/// What kind of change an entry of the chronicle tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Amendment,
    Extension,
    TooFew,
    Suspension,
    Resumption,
    Recount,
    CapsWaived,
}

impl Kind {
    pub(crate) const fn wire(self) -> &'static str {
        match self {
            Kind::Amendment => "amendment",
            Kind::Extension => "extension",
            Kind::TooFew => "too_few",
            Kind::Suspension => "suspension",
            Kind::Resumption => "resumption",
            Kind::Recount => "recount",
            Kind::CapsWaived => "caps_waived",
        }
    }
}

/// One change of a published posting; public.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeOut {
    /// 序号,从 1 起。
    pub sequence: i32,
    /// 类别:`amendment` 变更、`extension` 延期、`too_few` 揭榜不足延期、`suspension` 中止、`resumption` 恢复、`recount` 节假日安排公布后重新计算、`caps_waived` 放宽组织限流。
    pub kind: String,
    /// 理由类别(中止);因异议自动中止的为 `objection`。
    pub ground: Option<String>,
    /// 公开理由。
    pub reason: String,
    /// 是否影响揭榜:影响的,已提交的意向书须重新提交。
    pub affects_bids: bool,
    /// 逐项对比。
    pub diff: Vec<FieldChange>,
    /// 变更前的揭榜截止。
    pub deadline_before: Option<Instant>,
    /// 变更后的揭榜截止。
    pub deadline_after: Option<Instant>,
    /// 变更前公告内容的散列。
    pub notice_hash_before: Option<String>,
    /// 变更后公告内容的散列。
    pub notice_hash: Option<String>,
    /// 时间。
    pub at: Instant,
}

impl From<crate::entity::change::Model> for ChangeOut {
    fn from(row: crate::entity::change::Model) -> Self {
        ChangeOut {
            sequence: row.sequence,
            kind: row.kind,
            ground: row.ground,
            reason: row.reason,
            affects_bids: row.affects_bids,
            diff: row.diff.0,
            deadline_before: row.deadline_before.map(Instant),
            deadline_after: row.deadline_after.map(Instant),
            notice_hash_before: row.notice_hash_before,
            notice_hash: row.notice_hash,
            at: Instant(row.changed_at),
        }
    }
}

/// A round of a project.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoundOut {
    /// Id.
    pub id: Uuid,
    /// 榜单编号。
    pub number: String,
    /// 轮次。
    pub round: i32,
    /// 状态。
    pub state: PostingState,
    /// 流榜或撤榜理由类别。
    pub reason_code: Option<String>,
    /// 公开说明。
    pub reason: Option<String>,
    /// 发布时间。
    pub published_at: Option<Instant>,
}
