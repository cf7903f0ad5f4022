//! Wire types of terminations.

use super::flow::TerminationState;
use crate::changes::model::ChangeSide;
use crate::model::Party;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_web::{ActionOut, DeadlineOut, Instant};

wubang_kernel::words! {
    /// How an agreement is terminated (解除方式).
    TerminationKind {
        Agreement = "agreement", "协商解除:各方授权签署人均同意。";
        Cause = "cause", "依法解除:街道听取陈述后由另一人决定。";
    }
}

wubang_kernel::words! {
    /// Grounds on which the street alone may terminate (解除事由, 民法典第563条).
    TerminationGround {
        ForceMajeure = "force_majeure", "因不可抗力致使不能实现合同目的。";
        DeclaredNonPerformance = "declared_non_performance", "期限届满前明确表示或以行为表明不履行主要债务。";
        DelayAfterDemand = "delay_after_demand", "迟延履行主要债务,经催告后在合理期限内仍未履行。";
        PurposeFrustrated = "purpose_frustrated", "迟延履行或其他违约行为致使不能实现合同目的。";
        OtherByLaw = "other_by_law", "法律规定的其他情形。";
    }
}

/// Proposes to terminate an agreement.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "contract_id": "019c0000-0000-7000-8000-000000000001", "kind": "agreement",
    "reason": "服务社区整体搬迁,协议已无继续履行的必要。", "terms": "已验收部分据实结算,未开展部分不再履行,互不追究。" }))]
pub struct TerminationIn {
    /// 协议。
    pub contract_id: Uuid,
    /// 方式;`cause` 只由街道提出。
    pub kind: TerminationKind,
    /// 依法解除的事由;协商解除不填。
    #[serde(default)]
    pub ground: Option<TerminationGround>,
    /// 理由,5–1000 字;解除后公开。
    #[schema(min_length = 5, max_length = 1000)]
    pub reason: String,
    /// 协商解除的约定:如何了结,10–5000 字;依法解除不填。
    #[serde(default)]
    pub terms: Option<String>,
}

/// What the contractor has to say before the street decides.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TerminationAnswerIn {
    /// 陈述意见,10–5000 字。
    #[schema(min_length = 10, max_length = 5000)]
    pub answer: String,
}

/// A party that has agreed, or has still to.
#[derive(Debug, Serialize, ToSchema)]
pub struct TerminationConsentOut {
    /// 哪一方。
    pub party: Party,
    /// 组织;甲方没有。
    pub organisation_id: Option<Uuid>,
    /// 名称。
    pub name: String,
    /// 签署人姓名;尚未同意的没有。
    pub signed_by: Option<String>,
    /// 同意时间;尚未同意的没有。
    pub agreed_at: Option<Instant>,
}

/// A termination in full.
#[derive(Debug, Serialize, ToSchema)]
pub struct TerminationOut {
    /// Id.
    pub id: Uuid,
    /// 协议。
    pub contract_id: Uuid,
    /// 协议编号。
    pub contract_number: String,
    /// 状态。
    pub state: TerminationState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 方式。
    pub kind: TerminationKind,
    /// 提出方。
    pub side: ChangeSide,
    /// 依法解除的事由。
    pub ground: Option<TerminationGround>,
    /// 理由。
    pub reason: String,
    /// 协商解除的约定。
    pub terms: Option<String>,
    /// 协商解除须同意的各方;依法解除的没有。
    pub consents: Vec<TerminationConsentOut>,
    /// 承榜组织的陈述。
    pub answer: Option<String>,
    /// 陈述时间。
    pub answered_at: Option<Instant>,
    /// 未同意、不予解除、撤回或失效的理由。
    pub outcome_reason: Option<String>,
    /// 运行中的期限。
    pub deadlines: Vec<DeadlineOut>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
    /// 创建时间。
    pub created_at: Instant,
    /// 更新时间。
    pub updated_at: Instant,
}

/// A termination in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct TerminationSummary {
    /// Id.
    pub id: Uuid,
    /// 协议。
    pub contract_id: Uuid,
    /// 协议编号。
    pub contract_number: String,
    /// 方式。
    pub kind: TerminationKind,
    /// 提出方。
    pub side: ChangeSide,
    /// 状态。
    pub state: TerminationState,
    /// 创建时间。
    pub created_at: Instant,
}

wubang_web::list_of! {
    /// A page of terminations (解除协议).
    TerminationList of TerminationSummary
}
