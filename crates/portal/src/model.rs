//! Wire types of a project and its trail.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_awards::model::AwardSummary;
use wubang_contracts::model::ContractSummary;
use wubang_evaluations::model::EvaluationSummary;
use wubang_postings::flow::PostingState;
use wubang_postings::model::PostingSummary;
use wubang_web::Instant;

/// A need of a project.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectNeed {
    /// Id.
    pub id: Uuid,
    /// 编号。
    pub number: String,
    /// 标题。
    pub title: String,
    /// 社区代码。
    pub community: String,
    /// 状态。
    pub state: String,
}

/// A project as a whole, as far as the viewer may see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectOut {
    /// Id.
    pub id: Uuid,
    /// 编号。
    #[schema(example = "XM-410108-2026-0001")]
    pub number: String,
    /// 标题。
    pub title: String,
    /// 区划代码。
    pub division: String,
    /// 领域代码。
    pub field: String,
    /// 阶段:`posting`、`bid`、`award`、`implementation`、`evaluation`、`closed`。
    pub stage: String,
    /// 结果:考榜等级,或 `failed`、`cancelled`。
    pub outcome: Option<String>,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 所涉需求。
    pub needs: Vec<ProjectNeed>,
    /// 各轮榜单。
    pub postings: Vec<PostingSummary>,
    /// 承榜;政府采购的结果见各轮榜单。
    pub awards: Vec<AwardSummary>,
    /// 协议。
    pub contracts: Vec<ContractSummary>,
    /// 考榜。
    pub evaluations: Vec<EvaluationSummary>,
    /// 赛马的各赛道项目,含本项目;不属于赛马的为空。
    pub lanes: Vec<ProjectLane>,
    /// 创建时间。
    pub created_at: Instant,
    /// 更新时间。
    pub updated_at: Instant,
}

/// A lane of the race that a project belongs to (赛道).
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectLane {
    /// 赛马榜单。
    pub race_id: Uuid,
    /// 赛道序号。
    pub lane: u32,
    /// 项目。
    pub project_id: Uuid,
    /// 榜单。
    pub posting_id: Uuid,
    /// 榜单编号。
    pub posting_number: String,
    /// 榜单状态。
    pub posting_state: PostingState,
}

/// A project in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectSummary {
    /// Id.
    pub id: Uuid,
    /// 编号。
    pub number: String,
    /// 标题。
    pub title: String,
    /// 区划代码。
    pub division: String,
    /// 领域代码。
    pub field: String,
    /// 阶段。
    pub stage: String,
    /// 结果。
    pub outcome: Option<String>,
    /// 创建时间。
    pub created_at: Instant,
}

wubang_web::list_of! {
    /// A page of projects.
    ProjectList of ProjectSummary
}

/// One record of the process trail (留痕).
#[derive(Debug, Serialize, ToSchema)]
pub struct TraceOut {
    /// Id.
    pub id: Uuid,
    /// 全局次序;刚发生的记录可能尚未编号。
    pub position: Option<i64>,
    /// 对象。
    pub object: String,
    /// 对象 id。
    pub object_id: Uuid,
    /// 事件。
    pub event: String,
    /// 之前的状态。
    pub from: Option<String>,
    /// 之后的状态。
    pub to: String,
    /// 办理人。
    pub actor: String,
    /// 以何身份。
    pub role: String,
    /// 理由。
    pub reason: Option<String>,
    /// 事件数据(仅监督部门)。
    pub data: Option<serde_json::Value>,
    /// 数据散列(仅监督部门)。
    pub data_hash: Option<String>,
    /// 时间。
    pub at: Instant,
}

wubang_web::list_of! {
    /// A page of a project's trail, newest first.
    TraceList of TraceOut
}
