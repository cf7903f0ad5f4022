//! A district's quarter (评榜周期) and its plan slip (计划单).

use crate::flow::{NeedCycleState, NeedState};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_web::actions::ActionOut;
use wubang_web::{DeadlineOut, Instant};

/// The plan slip of a quarter (计划单).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "本季度优先重新评审高龄独居老人关爱类储备需求,各街道于季末前提出评审意见。", "need_ids": ["01968ca0-0000-7000-8000-000000000001"] }))]
pub struct NeedCyclePlanIn {
    /// 本季度评榜工作安排,10–5000 字。
    #[schema(min_length = 10, max_length = 5000)]
    pub text: String,
    /// 本季度重新评审的储备需求,至多 200 件,可以为空;须在本季度之前已转入储备。
    #[serde(default)]
    pub need_ids: Vec<Uuid>,
}

/// Needs that wait in the backlog of one street, now.
#[derive(Debug, Serialize, ToSchema)]
pub struct StreetBacklogOut {
    /// 街道代码。
    pub street: String,
    /// 街道名称。
    pub name: String,
    /// 此刻在储备中的需求件数。
    pub waiting: i64,
}

/// A need that the plan takes up again.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlannedNeedOut {
    /// Id.
    pub id: Uuid,
    /// 编号。
    pub number: String,
    /// 标题。
    pub title: String,
    /// 社区代码。
    pub community: String,
    /// 当前状态。
    pub state: NeedState,
}

/// The plan slip as issued.
#[derive(Debug, Serialize, ToSchema)]
pub struct NeedCyclePlanOut {
    /// 本季度评榜工作安排。
    pub text: String,
    /// 重新评审的储备需求中当前用户可见的部分。
    pub needs: Vec<PlannedNeedOut>,
    /// 重新评审的储备需求总件数。
    pub needs_total: i64,
    /// 下达时间。
    pub planned_at: Instant,
}

/// A district's quarter (评榜周期).
#[derive(Debug, Serialize, ToSchema)]
pub struct NeedCycleOut {
    /// Id.
    pub id: Uuid,
    /// 编号。
    #[schema(example = "PB-410108-2026-Q2")]
    pub number: String,
    /// 状态。
    pub state: NeedCycleState,
    /// 版本,用于 If-Match。
    pub version: i32,
    /// 区(县)代码。
    pub division: String,
    /// 季度首日。
    pub starts_on: NaiveDate,
    /// 季度末日。
    pub ends_on: NaiveDate,
    /// 周期开始时全区储备中的需求件数。
    pub waiting_at_start: i64,
    /// 此刻各街道储备中的需求件数。
    pub backlog: Vec<StreetBacklogOut>,
    /// 计划单;尚未下达为 `null`。
    pub plan: Option<NeedCyclePlanOut>,
    /// 运行中的期限。
    pub deadlines: Vec<DeadlineOut>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
    /// 创建时间。
    pub created_at: Instant,
    /// 更新时间。
    pub updated_at: Instant,
}

/// A quarter in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct NeedCycleSummary {
    /// Id.
    pub id: Uuid,
    /// 编号。
    pub number: String,
    /// 状态。
    pub state: NeedCycleState,
    /// 区(县)代码。
    pub division: String,
    /// 季度首日。
    pub starts_on: NaiveDate,
    /// 季度末日。
    pub ends_on: NaiveDate,
    /// 计划单下达时间。
    pub planned_at: Option<Instant>,
    /// 创建时间。
    pub created_at: Instant,
}

wubang_web::list_of! {
    /// A page of quarters (评榜周期).
    NeedCycleList of NeedCycleSummary
}
