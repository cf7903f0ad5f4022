//! Calls and races: more than one award of one posting.

use crate::flow::AwardState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::score::Hundredths;
use wubang_postings::flow::PostingState;

/// The street picks the projects of a call (遴选结果).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "bid_ids": ["019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c11"], "reason": "按评审排名及资助总额确定入选项目。" }))]
pub struct PickProjectsIn {
    /// 入选的申报,须为排名连续的前若干名。
    pub bid_ids: Vec<Uuid>,
    /// 理由,5–1000 字。
    pub reason: String,
}

/// A project picked out of a call.
#[derive(Debug, Serialize, ToSchema)]
pub struct PickOut {
    /// 名次。
    pub rank: i32,
    /// 总分。
    pub total: Option<Hundredths>,
    /// 项目名称。
    pub title: String,
    /// 社区(12 位代码)。
    pub community: String,
    /// 组织名称。
    pub organisation_name: String,
    /// 资助额(分)。
    pub price_fen: i64,
    /// 需求。
    pub need_ids: Vec<Uuid>,
    /// 项目。
    pub project_id: Uuid,
    /// 榜单。
    pub posting_id: Uuid,
    /// 榜单编号。
    pub posting_number: String,
    /// 承榜。
    pub award_id: Uuid,
    /// 承榜状态。
    pub award_state: AwardState,
}

/// What was picked out of a call (遴选结果).
#[derive(Debug, Serialize, ToSchema)]
pub struct PicksOut {
    /// 征集榜单。
    pub call_id: Uuid,
    /// 征集榜单编号。
    pub call_number: String,
    /// 参评申报数;遴选后公开。
    pub proposals: Option<u64>,
    /// 入选项目数。
    pub picked: usize,
    /// 资助合计(分)。
    pub sum_fen: i64,
    /// 入选项目,按名次。
    pub items: Vec<PickOut>,
    /// Version of the call.
    pub version: i32,
}

/// The street gives the lanes of a race (赛马).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "bid_ids": ["019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c11", "019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c12"], "reason": "按评审排名确定各赛道的拟承榜对象。", "fewer_reason": "仅两家达到合格线。" }))]
pub struct RaceAwardsIn {
    /// 各赛道的意向书,须为排名连续的前若干名,至少两份;只取一家的,用“提出拟承榜对象”。
    pub bid_ids: Vec<Uuid>,
    /// 理由,5–1000 字。
    pub reason: String,
    /// 少于公告家数的公开理由,5–1000 字;少取时必填。
    pub fewer_reason: Option<String>,
    /// 有组织已达资源限流上限而仍予承榜的理由(公开,5–1000 字)。
    pub cap_reason: Option<String>,
}

/// Who runs in a lane.
#[derive(Debug, Serialize, ToSchema)]
pub struct RaceLaneOut {
    /// 赛道序号。
    pub lane: u32,
    /// 名次。
    pub rank: i32,
    /// 总分。
    pub total: Option<Hundredths>,
    /// 承榜组织;本赛道有递补的,为最近一次提出的对象。
    pub organisation_name: String,
    /// 价款(分)。
    pub price_fen: i64,
    /// 项目。
    pub project_id: Uuid,
    /// 榜单。
    pub posting_id: Uuid,
    /// 榜单编号。
    pub posting_number: String,
    /// 赛道榜单的状态。
    pub posting_state: PostingState,
    /// 承榜。
    pub award_id: Uuid,
    /// 承榜状态。
    pub award_state: AwardState,
}

/// A race and its lanes (赛马).
#[derive(Debug, Serialize, ToSchema)]
pub struct RaceOut {
    /// 赛马榜单。
    pub race_id: Uuid,
    /// 赛马榜单编号。
    pub race_number: String,
    /// 公告的承榜组织数;1 为不是赛马。
    pub contractors: u32,
    /// 是否已确定各赛道。
    pub decided: bool,
    /// 参评意向书数;确定后公开。
    pub bids: Option<u64>,
    /// 少于公告家数的理由。
    pub fewer_reason: Option<String>,
    /// 各赛道价款合计(分)。
    pub sum_fen: i64,
    /// 各赛道,按序号;确定前为空。
    pub items: Vec<RaceLaneOut>,
    /// Version of the race.
    pub version: i32,
}

/// The lane of an award, as shown in its publicity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AwardLane {
    /// 赛马榜单编号。
    pub race_number: String,
    /// 赛道序号。
    pub lane: u32,
    /// 赛道总数。
    pub lanes: u32,
}
