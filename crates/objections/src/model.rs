//! What callers read of an objection; the words and what they send stand beside.

use crate::flow::ObjectionState;
pub use crate::inputs::*;
pub use crate::records::*;
pub use crate::words::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_web::{ActionOut, DeadlineOut, Instant};

/// Who objects; shown to himself, his handlers and the supervisor.
#[derive(Debug, Serialize, ToSchema)]
pub struct ObjectorOut {
    /// 人员。
    pub person_id: Uuid,
    /// 姓名。
    pub name: String,
    /// 组织。
    pub organisation_id: Option<Uuid>,
}

/// What is missing, and the supplement.
#[derive(Debug, Serialize, ToSchema)]
pub struct ObjectionSupplementOut {
    /// 须补正的内容。
    pub asked: String,
    /// 期限。
    pub until: Instant,
    /// 补正内容。
    pub text: Option<String>,
    /// 补正时间。
    pub supplemented_at: Option<Instant>,
}

/// The hearing of the other side (听取另一方意见).
#[derive(Debug, Serialize, ToSchema)]
pub struct HearingOut {
    /// 须说明的问题。
    pub question: String,
    /// 期限。
    pub until: Instant,
    /// 陈述。
    pub answer: Option<String>,
    /// 陈述时间。
    pub answered_at: Option<Instant>,
    /// 是否逾期未陈述。
    pub lapsed: bool,
}

/// The answer to an objection (异议答复).
#[derive(Debug, Serialize, ToSchema)]
pub struct ObjectionReplyOut {
    /// 结论;不予受理的为 `null`。
    pub outcome: Option<Outcome>,
    /// 不予受理的理由(闭集)。
    pub rejection_ground: Option<String>,
    /// 处理结果。
    pub effect: Option<Effect>,
    /// 理由。
    pub reason: String,
    /// 更正。
    pub correction: Option<String>,
    /// 是否逾期作出。
    pub late: bool,
    /// 作出时间。
    pub at: Option<Instant>,
    /// 不服的,可在此前向监督部门投诉。
    pub complain_by: Option<Instant>,
}

/// A complaint and what became of it (投诉).
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintOut {
    /// 事由。
    pub grounds: Vec<GroundCode>,
    /// 对答复不服的理由。
    pub text: String,
    /// 提出时间。
    pub filed_at: Instant,
    /// 是否受理;尚未审查为 `null`。
    pub accepted: Option<bool>,
    /// 不予受理的理由。
    pub refusal: Option<String>,
    /// 因投诉暂停所涉事项的时间。
    pub suspended_at: Option<Instant>,
    /// 暂停的最长期限。
    pub suspended_until: Option<Instant>,
    /// 是否成立。
    pub upheld: Option<bool>,
    /// 责令的处理结果。
    pub effect: Option<Effect>,
    /// 理由。
    pub reason: Option<String>,
    /// 决定时间。
    pub decided_at: Option<Instant>,
    /// 决定后的救济途径。
    pub advice: Option<&'static str>,
}

/// That the objection was abusive (恶意异议).
#[derive(Debug, Serialize, ToSchema)]
pub struct AbuseOut {
    /// 理由。
    pub reason: String,
    /// 认定时间。
    pub found_at: Instant,
}

/// A document: anybody who holds it can compare its hash (rulebook 2.15).
#[derive(Debug, Serialize, ToSchema)]
pub struct ObjectionDocumentOut {
    /// 文书。
    pub kind: DocumentKind,
    /// 编号。
    #[schema(example = "YY-410108-2026-0001-DF")]
    pub number: String,
    /// 内容散列(SHA-256,键有序、无空白的 JSON)。
    pub content_hash: String,
    /// 日期。
    pub issued_at: Instant,
}

/// An objection as far as the viewer may see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ObjectionOut {
    /// Id.
    pub id: Uuid,
    /// 异议编号,即回执编号。
    #[schema(example = "YY-410108-2026-0001")]
    pub number: String,
    /// 状态。
    pub state: ObjectionState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 异议事项。
    pub target: ObjectionTarget,
    /// 所异议的对象。
    pub target_id: Uuid,
    /// 所异议的对象的名称。
    pub target_label: String,
    /// 区划代码。
    pub division: String,
    /// 异议人身份。
    pub standing: Standing,
    /// 异议人;只对其本人、承办人和监督部门显示。
    pub objector: Option<ObjectorOut>,
    /// 另一方。
    pub respondent: Respondent,
    /// 事由与事实。
    pub grounds: Vec<ObjectionGround>,
    /// 请求。
    pub demand: ObjectionDemand,
    /// 补正。
    pub supplement: Option<ObjectionSupplementOut>,
    /// 受理时间。
    pub accepted_at: Option<Instant>,
    /// 答复期限。
    pub answer_by: Option<Instant>,
    /// 听取另一方意见。
    pub hearing: Option<HearingOut>,
    /// 调查情况;另一方不可见。
    pub finding: Option<String>,
    /// 答复。
    pub reply: Option<ObjectionReplyOut>,
    /// 投诉。
    pub complaint: Option<ComplaintOut>,
    /// 恶意异议的认定。
    pub abuse: Option<AbuseOut>,
    /// 所涉事项是否因本异议中止。
    pub target_stands_still: bool,
    /// 文书。
    pub documents: Vec<ObjectionDocumentOut>,
    /// 期限。
    pub deadlines: Vec<DeadlineOut>,
    /// 可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
    /// 提出时间。
    pub created_at: Instant,
    /// 更新时间。
    pub updated_at: Instant,
}

/// An objection in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ObjectionSummary {
    /// Id.
    pub id: Uuid,
    /// 异议编号。
    pub number: String,
    /// 状态。
    pub state: ObjectionState,
    /// 异议事项。
    pub target: ObjectionTarget,
    /// 所异议的对象。
    pub target_id: Uuid,
    /// 所异议的对象的名称。
    pub target_label: String,
    /// 区划代码。
    pub division: String,
    /// 答复期限。
    pub answer_by: Option<Instant>,
    /// 提出时间。
    pub created_at: Instant,
}

wubang_web::list_of! {
    /// A page of objections (异议).
    ObjectionList of ObjectionSummary
}

/// A decided objection for everybody: who objected is not shown, and personal data is masked (rulebook 2.6).
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicObjectionOut {
    /// Id.
    pub id: Uuid,
    /// 异议编号。
    pub number: String,
    /// 状态。
    pub state: ObjectionState,
    /// 异议事项。
    pub target: ObjectionTarget,
    /// 所异议的对象。
    pub target_id: Uuid,
    /// 所异议的对象的名称。
    pub target_label: String,
    /// 区划代码。
    pub division: String,
    /// 事由(闭集)。
    pub grounds: Vec<GroundCode>,
    /// 结论。
    pub outcome: Option<Outcome>,
    /// 处理结果。
    pub effect: Option<Effect>,
    /// 理由。
    pub reason: String,
    /// 更正。
    pub correction: Option<String>,
    /// 决定时间。
    pub decided_at: Option<Instant>,
    /// 投诉是否成立;没有投诉或尚未决定为 `null`。
    pub complaint_upheld: Option<bool>,
    /// 投诉处理结果。
    pub complaint_effect: Option<Effect>,
    /// 投诉处理理由。
    pub complaint_reason: Option<String>,
}

wubang_web::list_of! {
    /// A page of decided objections for everybody (异议答复公开).
    PublicObjectionList of PublicObjectionOut
}
