//! Domain and wire types of exits.

use super::flow::ExitState;
use crate::watched::OfContractOut;
use crate::words::{AppealOutcome, ExitDecision, ExitGround, Office};
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_web::{ActionOut, DeadlineOut, Instant};

/// The street proposes that a contractor leaves.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "contract_id": "019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c11", "ground": "serious_breach",
    "facts": "审计发现项目资金两笔共一万二千元用于与项目无关的支出。" }))]
pub struct ExitIn {
    /// 协议。
    pub contract_id: Uuid,
    /// 事由。
    pub ground: ExitGround,
    /// 事实,10–5000 字;不得写入证件号码。
    #[schema(min_length = 10, max_length = 5000)]
    pub facts: String,
}

/// The street gives notice.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotifyExitIn {
    /// 证据,10–5000 字;告知承榜组织,不得写入证件号码。
    #[schema(min_length = 10, max_length = 5000)]
    pub evidence: String,
}

/// The contractor answers to the notice, or appeals.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExitStatementIn {
    /// 陈述申辩或申诉,10–5000 字。
    #[schema(min_length = 10, max_length = 5000)]
    pub statement: String,
}

/// One office's opinion.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "decision": "exit", "reason": "事实清楚,申辩未提出新的证据。",
    "public_facts": "承榜组织将项目资金用于与项目无关的支出,经告知、听取申辩,决定退出。" }))]
pub struct ExitOpinionIn {
    /// 意见;街道和区级均为退出的,方决定退出。
    pub decision: ExitDecision,
    /// 理由,10–2000 字。
    #[schema(min_length = 10, max_length = 2000)]
    pub reason: String,
    /// 继续履行的条件,5–2000 字;仅意见为继续的可填。
    #[schema(min_length = 5, max_length = 2000)]
    pub conditions: Option<String>,
    /// 公开的事实,10–2000 字,不得含个人信息;仅区级意见为退出的填写,且必填。
    #[schema(min_length = 10, max_length = 2000)]
    pub public_facts: Option<String>,
}

/// The contractor declares what it has handed over.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "beneficiaries": "三十二名老人已交社区,逐户告知。", "materials": "助浴椅六把移交社区仓库。",
    "data_returned": "服务台账纸质两册、电子一份已交还。", "personal_data_deleted": "本中心电脑和手机中的名册已删除。" }))]
pub struct DeclareHandoverIn {
    /// 服务对象的交接,5–2000 字,不写姓名。
    #[schema(min_length = 5, max_length = 2000)]
    pub beneficiaries: String,
    /// 物资的交接,5–2000 字。
    #[schema(min_length = 5, max_length = 2000)]
    pub materials: String,
    /// 资料和数据的交还,5–2000 字。
    #[schema(min_length = 5, max_length = 2000)]
    pub data_returned: String,
    /// 本组织处个人信息的删除,5–2000 字。
    #[schema(min_length = 5, max_length = 2000)]
    pub personal_data_deleted: String,
}

/// The community confirms the handover.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmHandoverIn {
    /// 核对情况,5–1000 字。
    #[schema(min_length = 5, max_length = 1000)]
    pub comment: String,
}

/// What one office has said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExitOpinion {
    /// 哪一方。
    pub office: Office,
    /// 决定人。
    pub person_id: Uuid,
    /// 意见。
    pub decision: ExitDecision,
    /// 理由。
    pub reason: String,
    /// 继续履行的条件。
    pub conditions: Option<String>,
    /// 时间。
    pub at: Instant,
}

/// What both offices have said.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult,
)]
#[serde(transparent)]
pub struct ExitOpinions(pub Vec<ExitOpinion>);

/// The handover as declared, and confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
pub struct Handover {
    /// 服务对象的交接。
    pub beneficiaries: String,
    /// 物资的交接。
    pub materials: String,
    /// 资料和数据的交还。
    pub data_returned: String,
    /// 个人信息的删除。
    pub personal_data_deleted: String,
    /// 申报时间。
    pub declared_at: Instant,
    /// 社区的核对情况。
    pub comment: Option<String>,
    /// 确认时间。
    pub confirmed_at: Option<Instant>,
}

/// An appeal and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
pub struct ExitAppeal {
    /// 申诉。
    pub statement: String,
    /// 申诉时间。
    pub at: Instant,
    /// 结论;未决的为 `null`。
    pub outcome: Option<AppealOutcome>,
    /// 决定理由。
    pub reason: Option<String>,
    /// 决定时间。
    pub decided_at: Option<Instant>,
}

/// An exit.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExitOut {
    /// 所属协议等。
    #[serde(flatten)]
    pub of: OfContractOut,
    /// 状态。
    pub state: ExitState,
    /// 事由。
    pub ground: ExitGround,
    /// 事实。
    pub facts: String,
    /// 所依据的整改等事项。
    pub object_id: Option<Uuid>,
    /// 是否由系统提出。
    pub by_system: bool,
    /// 证据。
    pub evidence: Option<String>,
    /// 陈述申辩截止。
    pub defence_by: Option<Instant>,
    /// 陈述申辩。
    pub defence: Option<String>,
    /// 街道、区级的意见;两方均提出后告知承榜组织。
    pub opinions: ExitOpinions,
    /// 继续履行的条件。
    pub conditions: Option<String>,
    /// 公开的事实。
    pub public_facts: Option<String>,
    /// 决定时间。
    pub decided_at: Option<Instant>,
    /// 移交。
    pub handover: Option<Handover>,
    /// 结算完成时间。
    pub settled_at: Option<Instant>,
    /// 申诉截止。
    pub appeal_by: Option<Instant>,
    /// 申诉。
    pub appeal: Option<ExitAppeal>,
    /// 撤回、退回移交或条件满足的理由。
    pub reason: Option<String>,
    /// 进行中的期限。
    pub deadlines: Vec<DeadlineOut>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
}

/// An exit in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExitSummary {
    /// 所属协议等。
    #[serde(flatten)]
    pub of: OfContractOut,
    /// 状态。
    pub state: ExitState,
    /// 事由。
    pub ground: ExitGround,
    /// 决定时间。
    pub decided_at: Option<Instant>,
}

wubang_web::list_of! {
    /// A page of exits.
    ExitList of ExitSummary
}

/// A decided exit, as everybody reads it: facts, no persons.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicExitOut {
    /// Id.
    pub id: Uuid,
    /// 编号。
    #[schema(example = "TC-410108-2026-0001")]
    pub number: String,
    /// 协议编号。
    pub contract_number: String,
    /// 组织名称。
    pub organisation_name: String,
    /// 区划代码。
    pub division: String,
    /// 事由。
    pub ground: ExitGround,
    /// 事由说明。
    pub ground_zh: &'static str,
    /// 事实。
    pub public_facts: String,
    /// 决定时间。
    pub decided_at: Instant,
    /// 申诉截止。
    pub appeal_by: Option<Instant>,
    /// 是否有申诉待决。
    pub appeal_pending: bool,
    /// 申诉结论。
    pub appeal_outcome: Option<AppealOutcome>,
}

wubang_web::list_of! {
    /// A page of decided exits.
    PublicExitList of PublicExitOut
}
