//! What residents and their neighbours say about a need: voices, comments, duplicates.

use crate::flow::NeedState;
pub use crate::similarity::DuplicateReason;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_web::Instant;

/// What a resident thinks of a need on the comment list (民意公示).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    /// 支持.
    Support,
    /// 反对.
    Oppose,
    /// 建议.
    Suggest,
}

/// A comment on a need in its comment period. One per person; it stands as given.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "stance": "support", "text": "楼道灯确实坏了很久,希望尽快有人组织结对接送。" }))]
pub struct CommentIn {
    /// 态度。
    pub stance: Stance,
    /// 意见,2–1000 字;请勿写入个人信息。
    #[schema(min_length = 2, max_length = 1000)]
    pub text: String,
}

/// A comment as officials and reviewers read it: without its author.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommentOut {
    /// Id.
    pub id: Uuid,
    /// 态度 `support` / `oppose` / `suggest`。
    pub stance: String,
    /// 意见。
    pub text: String,
    /// 提交时间。
    pub created_at: Instant,
}

wubang_web::list_of! {
    /// A page of comments (民意公示意见).
    CommentList of CommentOut
}

/// How many comments of each stance there are; all that the public learns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct CommentCountsOut {
    /// 支持。
    pub support: i64,
    /// 反对。
    pub oppose: i64,
    /// 建议。
    pub suggest: i64,
}

/// Merges a need into another (合并).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "target": "XQ-410108-2026-0001", "reason": "两项需求同为三号院楼道照明,合并办理。" }))]
pub struct MergeIn {
    /// 并入的需求,id 或编号。
    pub target: String,
    /// 理由,5–1000 字。
    #[schema(min_length = 5, max_length = 1000)]
    pub reason: String,
}

/// A need that may be the same (疑似重复).
#[derive(Debug, Serialize, ToSchema)]
pub struct DuplicateOut {
    /// Id.
    pub id: Uuid,
    /// 编号。
    pub number: String,
    /// 标题。
    pub title: String,
    /// 状态。
    pub state: NeedState,
    /// 领域代码。
    pub field: String,
    /// 疑似重复的原因(闭集)。
    pub reasons: Vec<DuplicateReason>,
    /// 文本相似度,百分数 0–100,向下取整。
    #[schema(maximum = 100)]
    pub similarity: u32,
}

/// The candidates for duplicates of a need, the most alike first.
#[derive(Debug, Serialize, ToSchema)]
pub struct DuplicatesOut {
    /// 需求。
    pub need_id: Uuid,
    /// 比对过的同社区需求数。
    pub compared: usize,
    /// 疑似重复的需求,至多 20 项。
    pub items: Vec<DuplicateOut>,
}
