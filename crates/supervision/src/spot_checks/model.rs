//! Domain and wire types of spot checks.

use super::flow::SpotCheckState;
use crate::watched::OfContractOut;
use crate::words::SpotCheckFinding;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_web::{ActionOut, DeadlineOut};

/// Plans a spot check; the contractor is not told.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpotCheckIn {
    /// 协议。
    pub contract_id: Uuid,
    /// 计划日期,今天或以后。
    pub planned_for: Option<NaiveDate>,
}

/// Records what was found.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "finding": "running", "facts": "现场开展助浴服务,两名护理员在岗,台账与现场相符。", "checked_on": "2026-09-10" }))]
pub struct RecordSpotCheckIn {
    /// 结论:`not_running` 提出干预指导,`failed` 提出纠偏整改。
    pub finding: SpotCheckFinding,
    /// 事实,10–5000 字;不得写入证件号码。
    #[schema(min_length = 10, max_length = 5000)]
    pub facts: String,
    /// 抽查日期,不晚于今天。
    pub checked_on: NaiveDate,
}

/// A spot check.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpotCheckOut {
    /// 所属协议等。
    #[serde(flatten)]
    pub of: OfContractOut,
    /// 状态。
    pub state: SpotCheckState,
    /// 年度。
    pub year: i32,
    /// 计划日期。
    pub planned_for: Option<NaiveDate>,
    /// 结论。
    pub finding: Option<SpotCheckFinding>,
    /// 事实。
    pub facts: Option<String>,
    /// 抽查日期。
    pub checked_on: Option<NaiveDate>,
    /// 取消的理由。
    pub reason: Option<String>,
    /// 进行中的期限。
    pub deadlines: Vec<DeadlineOut>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
}

/// A spot check in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpotCheckSummary {
    /// 所属协议等。
    #[serde(flatten)]
    pub of: OfContractOut,
    /// 状态。
    pub state: SpotCheckState,
    /// 年度。
    pub year: i32,
    /// 结论。
    pub finding: Option<SpotCheckFinding>,
    /// 抽查日期。
    pub checked_on: Option<NaiveDate>,
}

wubang_web::list_of! {
    /// A page of spot checks.
    SpotCheckList of SpotCheckSummary
}

/// How far the quota of a division and a year is met, with what it is counted from.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SpotCheckQuotaOut {
    /// 区划代码。
    pub division: String,
    /// 年度。
    pub year: i32,
    /// 最低比例(%)。
    pub percent: u32,
    /// 期限长于多少个月的协议计入。
    pub longer_than_months: u32,
    /// 计入的协议(分母)。
    pub contracts: u64,
    /// 已抽查的协议(分子);同一协议抽查多次计一次。
    pub checked: u64,
    /// 已计划、尚未抽查的协议。
    pub planned: u64,
    /// 至少须抽查的协议。
    pub required: u64,
    /// 是否已达到。
    pub met: bool,
}
