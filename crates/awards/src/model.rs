//! Domain and wire types of panel reports and awards.

use crate::flow::AwardState;
use chrono::{DateTime, Utc};
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::deadline::{Deadline, local_time};
use wubang_kernel::money::Fen;
use wubang_kernel::procedure::Criterion;
use wubang_kernel::score::{Exact, Hundredths};
use wubang_panels::conflicts::ConflictGround;
use wubang_panels::model::{PanelOut, SeatFigures, SheetOut};
use wubang_panels::pool::ExpertPool;
use wubang_postings::flow::PostingState;
use wubang_web::DeadlineOut;
use wubang_web::{ActionOut, Instant};

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

/// One member's sheet about one bid.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "bid_id": "0198a8f0-0000-7000-8000-000000000001", "points": { "plan": 30, "team": 20, "track_record": 11, "budget": 12, "sustainability": 8 },
    "reasons": {}, "comment": "方案贴合社区实际。" }))]
pub struct AwardSheetIn {
    /// 所评的意向书。
    pub bid_id: Uuid,
    /// 各项得分,整数。
    pub points: BTreeMap<String, i64>,
    /// 低于满分 40% 或高于 95% 的项须说明理由。
    #[serde(default)]
    pub reasons: BTreeMap<String, String>,
    /// 总评。
    pub comment: Option<String>,
}

/// Score sheets as far as the viewer may read them (rulebook 2.6).
#[derive(Debug, Serialize, ToSchema)]
pub struct AwardSheetsOut {
    /// 可见的评分表:成员看本人,监督在评分结束后看全部。
    pub items: Vec<SheetOut>,
    /// 各方面已交份数;组长以外的成员看不到。
    pub sheets_by_party: BTreeMap<String, usize>,
    /// 应评的意向书。
    pub bids: Vec<Uuid>,
    /// 评分项。
    pub criteria: Vec<Criterion>,
}

/// The mean of one criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AwardCriterionMean {
    /// 评分项。
    pub key: String,
    /// 精确均值。
    pub exact: Exact,
    /// 均值(两位小数)。
    pub mean: Hundredths,
}

/// What bonus points (加分) are given for (rulebook 2.11.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BonusGround {
    /// 等级 3A 及以上且在有效期内。
    Grade3a,
    /// 党组织健全、管理规范。
    PartyOrganisation,
}

/// Points beside the panel's total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AwardBonus {
    /// 事由。
    pub ground: BonusGround,
    /// 分值。
    pub points: i32,
}

/// One place in the ranking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AwardRankingRow {
    /// 名次。
    pub rank: i32,
    /// 意向书。
    pub bid_id: Uuid,
    /// 组织。
    pub organisation_id: Uuid,
    /// 组织名称。
    pub organisation_name: String,
    /// 报价(分)。
    pub price_fen: Fen,
    /// 精确总分,不含加分;合格线以此为准。
    pub exact: Exact,
    /// 总分(两位小数)。
    pub total: Hundredths,
    /// 公告列明的加分,只给总分达到合格线的。
    pub bonus: Vec<AwardBonus>,
    /// 精确总分与加分之和,排名依据。
    pub ranked: Exact,
    /// 各项均值。
    pub means: Vec<AwardCriterionMean>,
    /// 同分时由哪一步决定。
    pub tie_break: Option<String>,
}

impl AwardRankingRow {
    /// The bonus points together.
    #[must_use]
    pub fn bonus_points(&self) -> i32 {
        self.bonus.iter().map(|one| one.points).sum()
    }
}

/// The ranking (排名) of a report, best first.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult,
)]
#[serde(transparent)]
pub struct AwardRanking(pub Vec<AwardRankingRow>);

/// Signing the panel report.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AwardReportSignIn {
    /// 不同意见,5–1000 字;不填为同意。
    pub dissent: Option<String>,
}

/// A signature under the report.
#[derive(Debug, Serialize, ToSchema)]
pub struct AwardReportSignature {
    /// 席位号。
    pub seat: i32,
    /// 姓名。
    pub name: String,
    /// 方面。
    pub party: String,
    /// 签署时间。
    pub signed_at: Option<Instant>,
    /// 不同意见。
    pub dissent: Option<String>,
    /// 是否到场听取全部路演;没有路演的为 `null`。
    pub attended_roadshow: Option<bool>,
}

/// A report that stands no more, because a member should not have scored.
#[derive(Debug, Serialize, ToSchema)]
pub struct SupersededReport {
    /// Id.
    pub id: Uuid,
    /// 当时的排名。
    pub ranking: AwardRanking,
    /// 报告内容的散列。
    pub content_hash: String,
    /// 形成时间。
    pub created_at: Instant,
    /// 全体签署时间。
    pub signed_at: Option<Instant>,
    /// 作废时间。
    pub superseded_at: Instant,
}

/// A member who scored should have stood aside (应回避未回避).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "person_id": "0198a8f0-0000-7000-8000-000000000001", "ground": "employment", "reason": "经核实,该成员两年前曾在揭榜组织任职" }))]
pub struct LateRecusalIn {
    /// 应回避的成员。
    pub person_id: Uuid,
    /// 回避理由(闭集);`alliance_council` 仅作提示,不适用。
    pub ground: ConflictGround,
    /// 查明的事实,10–2000 字。
    pub reason: String,
}

/// What a recusal after the fact leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecusalConsequence {
    /// 由抽取顺序的下一人递补,并独立评分。
    Replaced,
    /// 席位空缺,由街道补足。
    Vacant,
    /// 按其余成员的评分重新汇总,重新签署报告。
    Recomputed,
    /// 另组评审组重新评审。
    NewPanel,
}

/// The posting after a recusal after the fact.
#[derive(Debug, Serialize, ToSchema)]
pub struct LateRecusalOut {
    /// Id.
    pub id: Uuid,
    /// 编号。
    pub number: String,
    /// 状态。
    pub state: PostingState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 后果。
    pub consequence: RecusalConsequence,
}

/// The panel's report (评审报告).
#[derive(Debug, Serialize, ToSchema)]
pub struct AwardReportOut {
    /// Id.
    pub id: Uuid,
    /// 榜单。
    pub posting_id: Uuid,
    /// 评审组。
    pub panel_id: Uuid,
    /// 排名。
    pub ranking: AwardRanking,
    /// 合格线。
    pub threshold: i64,
    /// 摘要。
    pub summary: String,
    /// 报告内容的散列。
    pub content_hash: String,
    /// 签署情况。
    pub signatures: Vec<AwardReportSignature>,
    /// 因应回避未回避而作废的评审报告,新的在前。
    pub superseded: Vec<SupersededReport>,
    /// 形成时间。
    pub created_at: Instant,
    /// 全体签署时间。
    pub signed_at: Option<Instant>,
}

/// The street proposes an awardee (拟承榜).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeAwardIn {
    /// 拟承榜的意向书。
    pub bid_id: Uuid,
    /// 理由,5–1000 字。
    pub reason: String,
    /// 拟承榜组织已达资源限流上限而仍予承榜的理由(公开,5–1000 字)。
    pub cap_reason: Option<String>,
    /// 赛马榜单只取一家的理由(公开,5–1000 字);不止一家达到合格线时必填。
    pub single_reason: Option<String>,
}

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

/// A place in the public list of totals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AwardPublicTotal {
    /// 名次。
    pub rank: i32,
    /// 总分,含公告列明的加分。
    pub total: Hundredths,
}

/// What is shown during publicity (公示), kept as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
pub struct AwardPublicity {
    /// 承榜编号。
    pub number: String,
    /// 榜单编号。
    pub posting_number: String,
    /// 榜单标题。
    pub posting_title: String,
    /// 区划代码。
    pub division: String,
    /// 购买主体。
    pub buyer: String,
    /// 拟承榜组织。
    pub awardee: String,
    /// 价款(分)。
    pub price_fen: Fen,
    /// 名次。
    pub rank: i32,
    /// 总分;点单不评分。
    pub total: Option<Hundredths>,
    /// 拟承榜组织的加分(公告列明的),没有的不列。
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bonus: Option<i32>,
    /// 各名次总分。
    pub totals: Vec<AwardPublicTotal>,
    /// 全部揭榜组织,按名称排列。
    pub bidders: Vec<String>,
    /// 拟承榜方案摘要。
    pub plan_summary: String,
    /// 已达资源限流上限而仍予承榜的理由。
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap_reason: Option<String>,
    /// 赛马的赛道。
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<AwardLane>,
    /// 赛马榜单少取的理由。
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fewer_reason: Option<String>,
    /// 异议途径。
    pub objection_contact: String,
    /// 公示开始。
    #[serde(with = "local_time")]
    #[schema(value_type = String, format = DateTime)]
    pub starts_at: DateTime<Utc>,
    /// 公示结束,异议至此时止。
    pub ends: Deadline,
}

/// An award in full.
#[derive(Debug, Serialize, ToSchema)]
pub struct AwardOut {
    /// Id.
    pub id: Uuid,
    /// 承榜编号。
    #[schema(example = "CB-410108-2026-0001")]
    pub number: String,
    /// 状态。
    pub state: AwardState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 项目。
    pub project_id: Uuid,
    /// 榜单。
    pub posting_id: Uuid,
    /// 意向书。
    pub bid_id: Uuid,
    /// 承榜组织。
    pub organisation_id: Uuid,
    /// 承榜组织名称。
    pub organisation_name: String,
    /// 区划代码。
    pub division: String,
    /// 名次。
    pub rank: i32,
    /// 总分;点单不评分。
    pub total: Option<Hundredths>,
    /// 价款(分)。
    pub price_fen: i64,
    /// 公示内容。
    pub publicity: AwardPublicity,
    /// 公示内容的散列。
    pub publicity_hash: String,
    /// 公示开始。
    pub publicity_starts_at: Instant,
    /// 公示结束。
    pub publicity_ends_at: Instant,
    /// 通知时间。
    pub noticed_at: Option<Instant>,
    /// 签约截止。
    pub sign_by: Option<Instant>,
    /// 提出理由。
    pub proposal_reason: String,
    /// 未成的类别。
    pub reason_code: Option<String>,
    /// 未成的说明。
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

/// An award in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct AwardSummary {
    /// Id.
    pub id: Uuid,
    /// 承榜编号。
    pub number: String,
    /// 状态。
    pub state: AwardState,
    /// 榜单。
    pub posting_id: Uuid,
    /// 项目。
    pub project_id: Uuid,
    /// 承榜组织名称。
    pub organisation_name: String,
    /// 区划代码。
    pub division: String,
    /// 价款(分)。
    pub price_fen: i64,
    /// 公示结束。
    pub publicity_ends_at: Instant,
}

wubang_web::list_of! {
    /// A page of awards (承榜).
    AwardList of AwardSummary
}

/// The publicity page of an award. It stays when the publicity is over.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicAwardOut {
    /// Id.
    pub id: Uuid,
    /// 状态。
    pub state: AwardState,
    /// 公示内容。
    pub publicity: AwardPublicity,
    /// 公示内容的散列。
    pub publicity_hash: String,
    /// 评审组成员,结果公布后公开。
    pub panel_names: Vec<String>,
    /// 通知时间。
    pub noticed_at: Option<Instant>,
}
