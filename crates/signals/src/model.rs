//! Domain and wire types of a signal.

use crate::detect::Evidence;
use crate::flow::SignalState;
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_web::{ActionOut, Instant};

/// What is kept as evidence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Evidences(pub Vec<Evidence>);

/// A step of the supervisor with its reason.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "两份意向书的文本高度一致,需调取编制过程。" }))]
pub struct SignalReasonIn {
    /// 理由或情况,5–1000 字。
    pub reason: String,
}

/// What the organisations concerned are asked.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "question": "请说明贵组织意向书的编制人员与编制过程。" }))]
pub struct SignalAskIn {
    /// 要求说明的问题,5–1000 字;不得写入其他揭榜方的情况。
    pub question: String,
}

/// What an organisation concerned answers.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "organisation_id": "019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c11", "statement": "意向书由本中心项目部独立编制,过程稿可供核查。" }))]
pub struct SignalReplyIn {
    /// 本组织。
    pub organisation_id: Uuid,
    /// 说明,5–5000 字。
    pub statement: String,
}

/// An organisation concerned.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignalPartyOut {
    /// 组织。
    pub organisation_id: Uuid,
    /// 组织名称。
    pub organisation_name: String,
    /// 意向书。
    pub bid_id: Uuid,
    /// 说明。
    pub reply: Option<String>,
    /// 说明时间。
    pub replied_at: Option<Instant>,
}

/// A signal in full for the supervisor; for an organisation that was asked, the question and its own part.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignalOut {
    /// Id.
    pub id: Uuid,
    /// 榜单。
    pub posting_id: Uuid,
    /// 榜单编号。
    pub posting_number: String,
    /// 状态。
    pub state: SignalState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 权重,最强的一对;仅监督部门可见。
    pub weight: Option<i32>,
    /// 证据;仅监督部门可见。
    pub evidence: Vec<Evidence>,
    /// 所涉组织;被要求说明的组织仅见本组织。
    pub organisations: Vec<SignalPartyOut>,
    /// 要求说明的问题。
    pub question: Option<String>,
    /// 说明截止。
    pub answer_by: Option<Instant>,
    /// 核查情况;仅监督部门可见。
    pub finding: Option<String>,
    /// 处理理由;仅监督部门可见。
    pub reason: Option<String>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
    /// 发现时间。
    pub created_at: Instant,
    /// 更新时间。
    pub updated_at: Instant,
}

/// A signal in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignalSummary {
    /// Id.
    pub id: Uuid,
    /// 榜单。
    pub posting_id: Uuid,
    /// 榜单编号。
    pub posting_number: String,
    /// 状态。
    pub state: SignalState,
    /// 权重;仅监督部门可见。
    pub weight: Option<i32>,
    /// 发现时间。
    pub created_at: Instant,
}

wubang_web::list_of! {
    /// A page of signals.
    SignalList of SignalSummary
}
