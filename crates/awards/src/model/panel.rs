//! The award panel and its assignment, as they are asked for and shown.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_panels::conflicts::ConflictGround;
use wubang_panels::model::{PanelOut, SeatFigures};
use wubang_panels::pool::ExpertPool;
use wubang_postings::flow::PostingState;

/// The persons named for the award panel; experts are drawn.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "community_person_ids": ["019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c11"], "department_person_ids": ["019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c12"], "pool": "neighbouring" }))]
pub struct AwardPanelIn {
    /// 社区或街道席位:街道经办或社区书记。
    pub community_person_ids: Vec<Uuid>,
    /// 职能部门席位。
    pub department_person_ids: Vec<Uuid>,
    /// 专家范围,默认本领域及同一大类;`own_choice` 时抽取后仍缺的席位由街道指定。
    #[serde(default)]
    pub pool: ExpertPool,
    /// 指定的专家,仅用于 `own_choice`。
    #[serde(default)]
    pub expert_person_ids: Vec<Uuid>,
    /// 指定专家的公开理由,`own_choice` 时必填,5–1000 字。
    #[serde(default)]
    pub own_choice_reason: Option<String>,
}

/// What forming the panel would find (预演); nothing is drawn.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AwardPanelRehearsalOut {
    /// 各方面席位能否坐满。
    pub feasible: bool,
    /// 各方面席位的数字。
    pub seats: Vec<SeatFigures>,
}

/// One posting of an assignment, with the persons named for it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignmentPostingIn {
    /// 榜单。
    pub posting_id: Uuid,
    /// 社区或街道席位。
    pub community_person_ids: Vec<Uuid>,
    /// 职能部门席位。
    pub department_person_ids: Vec<Uuid>,
}

/// Panels of several closed postings, to be formed at once (统一分配专家).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "postings": [{ "posting_id": "019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c11", "community_person_ids": ["019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c12"], "department_person_ids": ["019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c13"] }], "pool": "neighbouring", "most_each": 3 }))]
pub struct AssignmentIn {
    /// 已截止的榜单,1–20 个。
    pub postings: Vec<AssignmentPostingIn>,
    /// 专家范围;不含指定。
    #[serde(default)]
    pub pool: ExpertPool,
    /// 每位专家在本次分配中最多的席位数,1–20,默认 3。
    #[serde(default)]
    pub most_each: Option<i64>,
}

/// Postings that cannot all be filled, and what is missing among them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AssignmentShortageOut {
    /// 榜单。
    pub posting_ids: Vec<Uuid>,
    /// 这些榜单共需席位。
    pub needed: usize,
    /// 能任其中任一席位的专家人数。
    pub experts: usize,
    /// 缺少的席位。
    pub missing: usize,
}

/// How many experts get how many seats.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AssignmentLoadOut {
    /// 席位数。
    pub seats: usize,
    /// 专家人数。
    pub experts: usize,
}

/// One posting of an assignment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AssignmentPostingOut {
    /// 榜单。
    pub posting_id: Uuid,
    /// 专家席位的数字。
    pub seats: SeatFigures,
    /// 评审组;预演时没有。
    pub panel_id: Option<Uuid>,
}

/// An assignment over several postings; counts only, so that no rehearsal tells who would sit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AssignmentOut {
    /// 能否全部坐满。
    pub feasible: bool,
    /// 各榜单。
    pub postings: Vec<AssignmentPostingOut>,
    /// 不能坐满时缺在哪里。
    pub shortage: Option<AssignmentShortageOut>,
    /// 分配后各专家本次所得席位数的分布。
    pub loads: Vec<AssignmentLoadOut>,
}

/// One ground of recusal of one candidate.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PanelConflictOut {
    /// 理由代码。
    pub ground: ConflictGround,
    /// 理由。
    pub text: String,
    /// `true` 必须回避,`false` 仅作提示。
    pub hard: bool,
    /// 所涉组织。
    pub organisation_id: Uuid,
}

/// A candidate with the grounds that stand against him.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PanelCandidateOut {
    /// 人员。
    pub person_id: Uuid,
    /// 姓名。
    pub name: String,
    /// 方面 `experts` / `community` / `departments`。
    pub party: String,
    /// 回避理由;不含亲属的任何信息。
    pub conflicts: Vec<PanelConflictOut>,
}

/// Who of the candidates for a panel is tied to a party, and by what.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PanelConflictsOut {
    /// 榜单。
    pub posting_id: Uuid,
    /// 核查的候选人数。
    pub checked: usize,
    /// 有回避理由或提示的候选人。
    pub items: Vec<PanelCandidateOut>,
}

/// The award panel, with the bidders' names that a member needs for his declaration.
#[derive(Debug, Serialize, ToSchema)]
pub struct AwardPanelOut {
    /// The panel.
    #[serde(flatten)]
    pub panel: PanelOut,
    /// 揭榜组织名称,供判断是否回避。
    pub bidders: Vec<String>,
}

/// Where a posting stands after an act of this stage.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostingStepOut {
    /// Id of the posting.
    pub id: Uuid,
    /// 榜单编号。
    pub number: String,
    /// 状态。
    pub state: PostingState,
    /// Version, as in `ETag`.
    pub version: i32,
}
