//! The public face of a need (rulebook 2.6): no evidence, no reasons, no opinions, nobody's name.

use super::CommentCountsOut;
use crate::flow::NeedState;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_web::Instant;

/// A need in the public list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicNeedSummary {
    /// Id.
    pub id: Uuid,
    /// 编号。
    #[schema(example = "XQ-410108-2026-0001")]
    pub number: String,
    /// 状态。
    pub state: NeedState,
    /// 社区代码。
    pub community: String,
    /// 标题。
    pub title: String,
    /// 领域代码。
    pub field: String,
    /// 服务对象。
    pub target_groups: Vec<String>,
    /// 紧急程度。
    pub urgency: String,
    /// 受益人数。
    pub affected_count: i64,
    /// 优先级 `high` / `normal`。
    pub priority: Option<String>,
    /// 附议人数。
    pub supporters: i64,
    /// 各态度的意见数。
    pub comments: CommentCountsOut,
    /// 民意公示截止时间,公示中才有。
    pub comment_until: Option<Instant>,
    /// 批准立项时间。
    pub approved_at: Option<Instant>,
}

wubang_web::list_of! {
    /// A page of public needs (公开的需求).
    PublicNeedList of PublicNeedSummary
}

/// A public need in full.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicNeedOut {
    /// 概要。
    #[serde(flatten)]
    pub summary: PublicNeedSummary,
    /// 需求描述。
    pub description: String,
    /// 期望结果。
    pub wished_result: String,
    /// 社区可提供的资源。
    pub community_resources: String,
    /// 已并入的需求。
    pub merged_into: Option<Uuid>,
    /// 当前用户是否已附议;未登录为 `false`。
    pub supported: bool,
}
