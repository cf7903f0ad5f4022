//! Demands for recusal on the wire.

use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_web::Instant;

/// Where a demand for recusal stands (申请回避).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecusalState {
    /// 待决定
    Demanded,
    /// 准予回避
    Upheld,
    /// 驳回
    Dismissed,
}

impl RecusalState {
    /// The wire name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            RecusalState::Demanded => "demanded",
            RecusalState::Upheld => "upheld",
            RecusalState::Dismissed => "dismissed",
        }
    }

    /// The word stored in a row.
    pub(crate) fn stored(wire: &str) -> Result<Self, wubang_store::Error> {
        [Self::Demanded, Self::Upheld, Self::Dismissed]
            .into_iter()
            .find(|one| one.as_str() == wire)
            .ok_or_else(|| wubang_store::Error::internal("unknown outcome of a recusal"))
    }
}

/// A demand that a member stand aside.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "person_id": "019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c11", "reason": "该成员曾任揭榜组织监事。" }))]
pub struct PanelRecusalIn {
    /// 申请其回避的成员。
    pub person_id: Uuid,
    /// 理由,5–1000 字。
    pub reason: String,
}

/// The decision on a demand.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "recusal_id": "019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c11", "upheld": true, "reason": "任职情况属实,应当回避。" }))]
pub struct PanelRecusalDecisionIn {
    /// 回避申请。
    pub recusal_id: Uuid,
    /// `true` 准予回避,`false` 驳回。
    pub upheld: bool,
    /// 理由,5–1000 字。
    pub reason: String,
}

/// A demand that a member stand aside, on its way out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PanelRecusalOut {
    /// Id.
    pub id: Uuid,
    /// 成员。
    pub person_id: Uuid,
    /// 理由。
    pub reason: String,
    /// 结果。
    pub outcome: RecusalState,
    /// 提出时间。
    pub created_at: Instant,
    /// 决定理由。
    pub decision: Option<String>,
    /// 决定时间。
    pub decided_at: Option<Instant>,
}

/// The demands about members of a panel.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PanelRecusalsOut {
    /// 评审组。
    pub panel_id: Uuid,
    /// 回避申请,先提出的在前。
    pub items: Vec<PanelRecusalOut>,
}
