//! Wire types of veto findings.

use super::flow::VetoState;
use crate::model::VetoKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_web::{ActionOut, DeadlineOut, Instant};

/// Proposes a veto finding about a project that is being evaluated.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "evaluation_id": "01890c5e-6f9a-7b3a-9d4e-2f1c8b7a6d50", "kind": "fraud",
    "facts": "结项报告所列六场活动中,两场无签到、无照片,场地登记显示当日未使用。", "evidence": "场地登记簿复印件、结项报告附件三。" }))]
pub struct VetoFindingIn {
    /// 考榜,结果公示前。
    pub evaluation_id: Uuid,
    /// 事项。
    pub kind: VetoKind,
    /// 查明的事实,10–2000 字;认定后随结果公开,其中的个人信息会隐去。
    pub facts: String,
    /// 证据及其存放处,5–2000 字,不公开。
    pub evidence: String,
}

/// What the contractor says to it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "answer": "两场活动改在户外举行,签到表补交,见附件。" }))]
pub struct VetoAnswerIn {
    /// 陈述申辩,10–5000 字。
    pub answer: String,
}

/// A veto finding in full, for who runs or watches the evaluation and for the contractor.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VetoFindingOut {
    /// Id.
    pub id: Uuid,
    /// 考榜。
    pub evaluation_id: Uuid,
    /// 考榜编号。
    pub evaluation_number: String,
    /// 轮次。
    pub round: i32,
    /// 状态。
    pub state: VetoState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 事项。
    pub kind: VetoKind,
    /// 查明的事实。
    pub facts: String,
    /// 证据及其存放处。
    pub evidence: String,
    /// 陈述申辩的期限。
    pub answer_by: Instant,
    /// 陈述申辩。
    pub answer: Option<String>,
    /// 决定的理由。
    pub decision: Option<String>,
    /// 运行中的期限。
    pub deadlines: Vec<DeadlineOut>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
    /// 创建时间。
    pub created_at: Instant,
    /// 更新时间。
    pub updated_at: Instant,
}

/// A veto finding in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VetoFindingSummary {
    /// Id.
    pub id: Uuid,
    /// 考榜。
    pub evaluation_id: Uuid,
    /// 考榜编号。
    pub evaluation_number: String,
    /// 轮次。
    pub round: i32,
    /// 状态。
    pub state: VetoState,
    /// 事项。
    pub kind: VetoKind,
    /// 创建时间。
    pub created_at: Instant,
}

wubang_web::list_of! {
    /// A page of veto findings (一票否决事项).
    VetoFindingList of VetoFindingSummary
}
