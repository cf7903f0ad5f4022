//! Questions about a posting and their answers.

use crate::flow::QuestionState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_web::{ActionOut, DeadlineOut, Instant};

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
