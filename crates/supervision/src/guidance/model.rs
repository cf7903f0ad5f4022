//! Domain and wire types of guidance orders.

use super::flow::GuidanceState;
use crate::watched::OfContractOut;
use crate::words::{GuidanceTrigger, MentorKind};
use chrono::NaiveDate;
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_web::{ActionOut, DeadlineOut, Instant};

/// Somebody reports that an agreement does not run as it should.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "contract_id": "019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c11", "trigger": "service_not_delivered",
    "facts": "本月原定每周一次的助浴服务一次未开展,三位居民先后反映。" }))]
pub struct GuidanceIn {
    /// 协议。
    pub contract_id: Uuid,
    /// 情形;社区书记和居民代表只能反映 `service_not_delivered`。
    pub trigger: GuidanceTrigger,
    /// 事实与依据,10–2000 字;不得写入证件号码。
    #[schema(min_length = 10, max_length = 2000)]
    pub facts: String,
}

/// Who is offered to help.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
#[serde(deny_unknown_fields)]
pub struct Mentor {
    /// 帮扶方类别。
    pub kind: MentorKind,
    /// 帮扶组织;类别为 `person` 的不填。
    pub organisation_id: Option<Uuid>,
    /// 帮扶人;类别为 `person` 的必填,其他不填。
    pub person_id: Option<Uuid>,
    /// 说明,至多 500 字。
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: String,
}

/// The street opens the order.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "demand": "请查明服务中断原因,提出恢复措施和完成日期。" }))]
pub struct OpenGuidanceIn {
    /// 要求,10–2000 字。
    #[schema(min_length = 10, max_length = 2000)]
    pub demand: String,
    /// 提供的帮扶方。
    pub mentor: Option<Mentor>,
}

/// One measure of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecoveryMeasure {
    /// 措施,5–500 字。
    #[schema(min_length = 5, max_length = 500)]
    pub text: String,
    /// 完成日期。
    pub due_on: NaiveDate,
}

/// The contractor's plan (恢复计划): causes, and measures with their dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "causes": "两名护理员离职,未及时补充。", "measures": [{ "text": "补充两名持证护理员并完成岗前培训。", "due_on": "2026-09-20" }] }))]
pub struct RecoveryPlan {
    /// 原因,10–2000 字。
    #[schema(min_length = 10, max_length = 2000)]
    pub causes: String,
    /// 措施,1–20 项。
    #[schema(min_items = 1, max_items = 20)]
    pub measures: Vec<RecoveryMeasure>,
}

/// The community confirms that the service runs again.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmRecoveryIn {
    /// 核实情况,5–1000 字。
    #[schema(min_length = 5, max_length = 1000)]
    pub comment: String,
}

/// What the community has confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
pub struct Recovery {
    /// 确认人。
    pub person_id: Uuid,
    /// 核实情况。
    pub comment: String,
    /// 时间。
    pub at: Instant,
}

/// A guidance order.
#[derive(Debug, Serialize, ToSchema)]
pub struct GuidanceOut {
    /// 所属协议等。
    #[serde(flatten)]
    pub of: OfContractOut,
    /// 状态。
    pub state: GuidanceState,
    /// 情形。
    pub trigger: GuidanceTrigger,
    /// 所依据事项的类别。
    pub object: Option<String>,
    /// 所依据事项。
    pub object_id: Option<Uuid>,
    /// 事实与依据。
    pub facts: String,
    /// 是否由系统提出。
    pub by_system: bool,
    /// 启动时间。
    pub opened_at: Option<Instant>,
    /// 要求。
    pub demand: Option<String>,
    /// 帮扶方。
    pub mentor: Option<Mentor>,
    /// 恢复计划。
    pub plan: Option<RecoveryPlan>,
    /// 计划被退回的次数。
    pub plan_returns: i32,
    /// 社区对恢复的确认。
    pub recovery: Option<Recovery>,
    /// 不予启动、退回计划或未恢复的理由。
    pub reason: Option<String>,
    /// 进行中的期限。
    pub deadlines: Vec<DeadlineOut>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
}

/// A guidance order in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct GuidanceSummary {
    /// 所属协议等。
    #[serde(flatten)]
    pub of: OfContractOut,
    /// 状态。
    pub state: GuidanceState,
    /// 情形。
    pub trigger: GuidanceTrigger,
}

wubang_web::list_of! {
    /// A page of guidance orders.
    GuidanceList of GuidanceSummary
}
