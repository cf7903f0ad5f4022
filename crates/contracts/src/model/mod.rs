//! Domain and wire types of an agreement, its milestones and payments.

mod content;
mod parties;
mod public;
mod work;

pub use content::*;
pub use parties::*;
pub use public::*;
pub use work::*;

use crate::flow::ContractState;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_web::{ActionOut, DeadlineOut, Instant};

/// Wire name of a unit variant.
pub(crate) fn wire<T: Serialize>(value: T) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// How closely an agreement is watched (监管状态); parallel to its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Supervision {
    /// 正常。
    None,
    /// 干预指导。
    Guidance,
    /// 纠偏整改。
    Rectification,
    /// 退出程序。
    ExitPending,
}

wubang_kernel::words! {
    /// Why an agreement stands still (中止事由, rulebook 2.5).
    ContractSuspensionGround {
        ForceMajeure = "force_majeure", "不可抗力。";
        Order = "order", "有权机关的决定。";
        Safety = "safety", "安全原因。";
        LastingObjection = "lasting_objection", "长期未决的异议或争议。";
        StatusLost = "status_lost", "承榜组织注销、撤销,由系统中止。";
    }
}

/// The street suspends an agreement.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "ground": "force_majeure", "reason": "连续暴雨,活动场地被淹,暂停室内外活动。" }))]
pub struct SuspendContractIn {
    /// 事由;`status_lost` 只由系统认定。
    pub ground: ContractSuspensionGround,
    /// 公开的理由,5–1000 字。
    #[schema(min_length = 5, max_length = 1000)]
    pub reason: String,
}

/// A suspension that lasts (中止).
#[derive(Debug, Serialize, ToSchema)]
pub struct ContractSuspensionOut {
    /// 事由。
    pub ground: ContractSuspensionGround,
    /// 理由。
    pub reason: String,
    /// 何时中止。
    pub since: Instant,
}

/// An agreement in full.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContractOut {
    /// Id.
    pub id: Uuid,
    /// 编号。
    #[schema(example = "XY-410108-2026-0001")]
    pub number: String,
    /// 状态。
    pub state: ContractState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 项目。
    pub project_id: Uuid,
    /// 榜单。
    pub posting_id: Uuid,
    /// 承榜;政府采购的协议没有。
    pub award_id: Option<Uuid>,
    /// 承榜组织。
    pub organisation_id: Uuid,
    /// 承榜组织名称。
    pub organisation_name: String,
    /// 区划代码。
    pub division: String,
    /// 项目名称。
    pub title: String,
    /// 价款(分)。
    pub price_fen: i64,
    /// 协议内容。
    pub content: ContractContent,
    /// 内容哈希。
    pub content_hash: String,
    /// 监管状态。
    #[schema(value_type = Supervision)]
    pub supervision: String,
    /// 中止;未中止的没有。
    pub suspension: Option<ContractSuspensionOut>,
    /// 提前终止或退出的日期。
    pub ended_on: Option<NaiveDate>,
    /// 是否逾期未结项。
    pub report_missing: bool,
    /// 是否因结项报告逾期停止拨付。
    pub payments_stopped: bool,
    /// 签订期限。
    pub sign_by: Instant,
    /// 签订时间。
    pub signed_at: Option<Instant>,
    /// 公开时间;尚未公开的没有。
    pub published_at: Option<Instant>,
    /// 备案日期;尚未登记备案的没有。
    pub filed_on: Option<NaiveDate>,
    /// 备案号。
    pub filing_number: Option<String>,
    /// 须签署的各方,及各方何时签署。
    pub parties: Vec<PartyOut>,
    /// 签名。
    pub signatures: Vec<SignatureOut>,
    /// 里程碑。
    pub milestones: Vec<MilestoneOut>,
    /// 拨付。
    pub payments: Vec<PaymentOut>,
    /// 最近一版结项报告。
    pub completion_report: Option<CompletionReportOut>,
    /// 作废、提前终止或退出的原因码。
    pub reason_code: Option<String>,
    /// 理由。
    pub reason: Option<String>,
    /// 运行中的期限。
    pub deadlines: Vec<DeadlineOut>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
    /// 创建时间。
    pub created_at: Instant,
    /// 更新时间。
    pub updated_at: Instant,
}

/// An agreement in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContractSummary {
    /// Id.
    pub id: Uuid,
    /// 编号。
    pub number: String,
    /// 状态。
    pub state: ContractState,
    /// 项目。
    pub project_id: Uuid,
    /// 承榜组织。
    pub organisation_id: Uuid,
    /// 承榜组织名称。
    pub organisation_name: String,
    /// 区划代码。
    pub division: String,
    /// 项目名称。
    pub title: String,
    /// 价款(分)。
    pub price_fen: i64,
    /// 开始日期。
    pub starts_on: NaiveDate,
    /// 结束日期。
    pub ends_on: NaiveDate,
    /// 监管状态。
    #[schema(value_type = Supervision)]
    pub supervision: String,
    /// 创建时间。
    pub created_at: Instant,
}

wubang_web::list_of! {
    /// A page of agreements (协议台账).
    ContractList of ContractSummary
}
