//! Postings in lists, and the counts of the board.

use crate::flow::PostingState;
use crate::particulars::ExternalResult;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::procedure::PostingType;
use wubang_web::Instant;

/// A posting in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostingSummary {
    /// Id.
    pub id: Uuid,
    /// 榜单编号。
    pub number: String,
    /// 项目。
    pub project_id: Uuid,
    /// 轮次。
    pub round: i32,
    /// 类型。
    #[serde(rename = "type")]
    pub kind: PostingType,
    /// 状态。
    pub state: PostingState,
    /// 区划代码。
    pub division: String,
    /// 标题。
    pub title: String,
    /// 领域代码。
    pub field: String,
    /// 最高限价(分);赛马的,为每家的最高限价。
    pub budget_ceiling_fen: i64,
    /// 承榜组织数;赛马为 2 或 3,其余为 1。
    pub contractors: u32,
    /// 最高限价合计(分)。
    pub whole_ceiling_fen: i64,
    /// 发布时间。
    pub published_at: Option<Instant>,
    /// 揭榜截止。
    pub bid_deadline: Option<Instant>,
    /// 登记的政府采购结果(代替承榜)。
    pub external_result: Option<ExternalResult>,
}

wubang_web::list_of! {
    /// A page of postings (榜单).
    PostingList of PostingSummary
}

/// A value of a facet and how many have it.
#[derive(Debug, Serialize, ToSchema)]
pub struct FacetCount {
    /// 取值。
    pub value: String,
    /// 数量。
    pub count: i64,
}

/// Counts per facet of the published postings; each facet is counted under all filters but its own.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostingFacets {
    /// 状态。
    pub state: Vec<FacetCount>,
    /// 领域。
    pub field: Vec<FacetCount>,
    /// 类型。
    #[serde(rename = "type")]
    pub kind: Vec<FacetCount>,
    /// 街道(12 位代码)。
    pub street: Vec<FacetCount>,
    /// 服务对象。
    pub target_group: Vec<FacetCount>,
    /// 最高限价区间(分)。
    pub budget_ceiling: Vec<FacetCount>,
}
