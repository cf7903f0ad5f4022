//! Domain and wire types of a roadshow.

use crate::flow::{RoadshowState, SlotState};
use chrono::{DateTime, Utc};
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_web::{ActionOut, DeadlineOut, Instant};

/// A session to be held (安排路演).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "starts_at": "2026-03-24T09:00:00+08:00", "place": "迎宾路街道办事处三楼会议室", "host_person_id": "019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c11" }))]
pub struct RoadshowIn {
    /// 开始时间;至少提前 `roadshow_notice` 个工作日。
    pub starts_at: DateTime<Utc>,
    /// 地点,2–200 字;与 `link` 至少填一项。
    pub place: Option<String>,
    /// 线上会议链接(https)。
    pub link: Option<String>,
    /// 主持人:街道经办,且不是评审组成员。
    pub host_person_id: Uuid,
}

/// A session moves to another time; its order stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "starts_at": "2026-03-27T14:00:00+08:00", "reason": "会议室临时征用,改期举行" }))]
pub struct RoadshowPostponeIn {
    /// 新的开始时间;至少提前 `roadshow_notice` 个工作日。
    pub starts_at: DateTime<Utc>,
    /// 新的地点;不填不变。
    pub place: Option<String>,
    /// 新的链接;不填不变。
    pub link: Option<String>,
    /// 理由,5–1000 字。
    pub reason: String,
}

/// The end of a slot.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "recorded": false }))]
pub struct RoadshowSlotFinishIn {
    /// 本家路演是否录制;须每名路演人员均已同意。
    #[serde(default)]
    pub recorded: bool,
}

/// What a presenter is to the organisation (与组织的关系).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PresenterRelation {
    /// 法定代表人或负责人。
    LegalRep,
    /// 专职人员。
    Staff,
    /// 志愿者。
    Volunteer,
    /// 其他。
    Other,
}

/// Somebody who presents (路演人员).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RoadshowPresenter)]
pub struct Presenter {
    /// 姓名,2–30 字。
    pub name: String,
    /// 与组织的关系。
    pub relation: PresenterRelation,
    /// 是否同意录制。
    pub recording_consent: bool,
}

/// Who presents, as kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Presenters(pub Vec<Presenter>);

impl Presenters {
    /// Whether everybody who presents has consented to being recorded.
    #[must_use]
    pub fn consent(&self) -> bool {
        !self.0.is_empty() && self.0.iter().all(|one| one.recording_consent)
    }
}

/// Who will present.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RoadshowPresentersIn, example = json!({ "presenters": [{ "name": "林晓", "relation": "staff", "recording_consent": true }] }))]
pub struct PresentersIn {
    /// 路演人员,1–3 名。
    pub presenters: Vec<Presenter>,
}

/// How many others were there (其他到场人数), as counts.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult,
)]
#[serde(deny_unknown_fields)]
#[schema(as = RoadshowGuests, example = json!({ "residents": 6, "community": 2, "departments": 1, "others": 0 }))]
pub struct Guests {
    /// 居民,0–1000。
    pub residents: u32,
    /// 社区工作人员,0–1000。
    pub community: u32,
    /// 部门人员,0–1000。
    pub departments: u32,
    /// 其他,0–1000。
    pub others: u32,
}

/// One question of the panel and what was answered (问答要点).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RoadshowExchange)]
pub struct Exchange {
    /// 提问要点,2–500 字。
    pub question: String,
    /// 答复要点,2–1000 字。
    pub answer: String,
}

/// The minutes about one slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RoadshowSlotMinutesIn)]
pub struct SlotMinutes {
    /// 场次。
    pub slot_id: Uuid,
    /// 问答要点,0–20 条。
    pub exchanges: Vec<Exchange>,
}

/// The minutes (路演纪要). Without prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
#[serde(deny_unknown_fields)]
#[schema(as = RoadshowMinutesIn, example = json!({ "slots": [{ "slot_id": "019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c11",
    "exchanges": [{ "question": "高龄老人如何接送?", "answer": "由楼栋志愿者结对接送。" }] }], "remarks": "各家均按时到场。" }))]
pub struct Minutes {
    /// 每一已路演场次各一份。
    pub slots: Vec<SlotMinutes>,
    /// 其他情况,2–2000 字。
    pub remarks: Option<String>,
}

/// The chair confirms the minutes that he has read.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "minutes_hash": "3a7bd3e2360a3d29eea436fcfb7e44c735d117c42d1c1835420b6b9942dd4f1b" }))]
pub struct RoadshowConfirmIn {
    /// 所确认纪要的校验值(SHA-256)。
    pub minutes_hash: String,
}

/// A member of the panel who was there.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoadshowAttendee {
    /// 成员。
    pub person_id: Uuid,
    /// 姓名。
    pub name: String,
    /// 席位所属方。
    pub party: String,
    /// 签到时间。
    pub at: Instant,
}

/// A session for those who hold it and those who judge.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoadshowOut {
    /// Id.
    pub id: Uuid,
    /// 榜单。
    pub posting_id: Uuid,
    /// 榜单编号。
    pub posting_number: String,
    /// 状态。
    pub state: RoadshowState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 开始时间。
    pub starts_at: Instant,
    /// 地点。
    pub place: Option<String>,
    /// 线上会议链接。
    pub link: Option<String>,
    /// 主持人。
    pub host_person_id: Uuid,
    /// 主持人姓名。
    pub host_name: String,
    /// 陈述时间(分钟)。
    pub presentation_minutes: i32,
    /// 提问时间(分钟)。
    pub question_minutes: i32,
    /// 场次,按当前顺序;未签署回避声明的成员看不到。
    pub slots: Vec<RoadshowSlotRow>,
    /// 已签到的评审组成员。
    pub attendance: Vec<RoadshowAttendee>,
    /// 其他到场人数。
    pub guests: Option<Guests>,
    /// 是否有任一场次被录制。
    pub recorded: bool,
    /// 纪要。
    pub minutes: Option<MinutesOut>,
    /// 纪要校验值(SHA-256)。
    pub minutes_hash: Option<String>,
    /// 实际开始。
    pub started_at: Option<Instant>,
    /// 实际结束。
    pub held_at: Option<Instant>,
    /// 纪要公开时间。
    pub published_at: Option<Instant>,
    /// 改期或取消的理由。
    pub reason: Option<String>,
    /// 期限。
    pub deadlines: Vec<DeadlineOut>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
    /// 创建时间。
    pub created_at: Instant,
    /// 更新时间。
    pub updated_at: Instant,
}

/// The minutes as they are shown.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = RoadshowMinutesOut)]
pub struct MinutesOut {
    /// 每一已路演场次各一份。
    pub slots: Vec<SlotMinutesOut>,
    /// 其他情况。
    pub remarks: Option<String>,
}

/// The minutes about one slot as they are shown.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = RoadshowSlotMinutesOut)]
pub struct SlotMinutesOut {
    /// 场次。
    pub slot_id: Uuid,
    /// 组织名称。
    pub organisation_name: String,
    /// 问答要点。
    pub exchanges: Vec<Exchange>,
}

/// A slot as those who hold the session and those who judge see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoadshowSlotRow {
    /// 场次。
    pub id: Uuid,
    /// 意向书。
    pub bid_id: Uuid,
    /// 组织名称(牵头方)。
    pub organisation_name: String,
    /// 抽签所得序号,从 1 起。
    pub lot: i32,
    /// 状态。
    pub state: SlotState,
    /// 计划开始。
    pub begins_at: Instant,
    /// 计划结束。
    pub ends_at: Instant,
    /// 未到场次数。
    pub absences: i32,
    /// 上场时间。
    pub called_at: Option<Instant>,
    /// 开始提问的时间。
    pub questions_at: Option<Instant>,
    /// 结束时间。
    pub finished_at: Option<Instant>,
    /// 路演人员。
    pub presenters: Vec<Presenter>,
    /// 是否全部同意录制。
    pub recording_consent: bool,
    /// 是否已录制。
    pub recorded: bool,
}

/// Who presents now.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoadshowCurrent {
    /// 场次。
    pub slot_id: Uuid,
    /// 组织名称(牵头方)。
    pub organisation_name: String,
    /// 阶段:陈述或提问。
    pub phase: SlotState,
    /// 本阶段开始。
    pub phase_began_at: Instant,
    /// 本阶段应结束。
    pub phase_ends_at: Instant,
    /// 本阶段剩余秒数,以 `now` 计;超时为负。
    pub remaining_seconds: i64,
    /// 是否全部同意录制。
    pub recording_consent: bool,
}

/// The live queue (现场队列), cheap to ask for: its `ETag` changes with every step only, the clock is the caller's.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoadshowQueueOut {
    /// 路演。
    pub roadshow_id: Uuid,
    /// Version of the session, as in `ETag`.
    pub version: i32,
    /// 状态。
    pub state: RoadshowState,
    /// 服务器时间;304 之后由前端自行计时。
    pub now: Instant,
    /// 正在路演的一家。
    pub current: Option<RoadshowCurrent>,
    /// 其后等候的场次,按上场顺序。
    pub waiting: Vec<Uuid>,
    /// 全部场次,按当前顺序。
    pub slots: Vec<RoadshowSlotRow>,
}

/// A slot as its own organisations see it. How many others present, who, and when is not in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoadshowSlotOut {
    /// 场次。
    pub id: Uuid,
    /// 榜单。
    pub posting_id: Uuid,
    /// 榜单编号。
    pub posting_number: String,
    /// 意向书。
    pub bid_id: Uuid,
    /// 状态。
    pub state: SlotState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 本组织计划开始。
    pub begins_at: Instant,
    /// 本组织计划结束。
    pub ends_at: Instant,
    /// 地点。
    pub place: Option<String>,
    /// 线上会议链接。
    pub link: Option<String>,
    /// 陈述时间(分钟)。
    pub presentation_minutes: i32,
    /// 提问时间(分钟)。
    pub question_minutes: i32,
    /// 路演人员。
    pub presenters: Vec<Presenter>,
    /// 未到场次数;第一次移到最后,第二次不再路演。
    pub absences: i32,
    /// 上场时间。
    pub called_at: Option<Instant>,
    /// 结束时间。
    pub finished_at: Option<Instant>,
    /// 是否已录制。
    pub recorded: bool,
    /// 关于本组织的问答要点,纪要确认后可见。
    pub exchanges: Option<Vec<Exchange>>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
}

wubang_web::list_of! {
    /// A page of one's own slots.
    RoadshowSlotList of RoadshowSlotOut
}

/// A slot on the public page.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicRoadshowSlot {
    /// 组织名称(牵头方)。
    pub organisation_name: String,
    /// `done` 或 `missed`。
    pub state: SlotState,
    /// 问答要点,个人信息已遮盖。
    pub exchanges: Vec<Exchange>,
}

/// A session on the public page.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicRoadshowOut {
    /// 榜单编号。
    pub posting_number: String,
    /// 开始时间。
    pub started_at: Option<Instant>,
    /// 结束时间。
    pub held_at: Option<Instant>,
    /// 到场的评审组成员人数。
    pub members_attended: usize,
    /// 其他到场人数。
    pub guests: Option<Guests>,
    /// 场次,按上场顺序。
    pub slots: Vec<PublicRoadshowSlot>,
    /// 其他情况,个人信息已遮盖。
    pub remarks: Option<String>,
    /// 遮盖前纪要的校验值(SHA-256)。
    pub minutes_hash: Option<String>,
    /// 公开时间。
    pub published_at: Option<Instant>,
}

/// The public minutes of a posting.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicRoadshowsOut {
    /// 榜单。
    pub posting_id: Uuid,
    /// 已公开纪要的各次路演,按时间。
    pub items: Vec<PublicRoadshowOut>,
}
