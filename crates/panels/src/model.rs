//! Domain and wire types of panels.

use crate::conflicts::Parties;
use crate::pool::ExpertPool;
use chrono::{DateTime, Utc};
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Deref;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::division::DivisionCode;
use wubang_web::{ActionOut, Instant};

pub use crate::entity::draw::Model as KeptDraw;
pub use crate::entity::member::Model as Member;
pub use crate::entity::panel::Model as Panel;
pub use crate::entity::sheet::Model as Sheet;

/// The member has not declared yet.
pub const PENDING: &str = "pending";
/// The member declared that nothing stands against him.
pub const CLEAR: &str = "clear";
/// The member recused himself (回避) and no longer sits.
pub const RECUSED: &str = "recused";
/// The member cannot come (不能参加) and no longer sits.
pub const DECLINED: &str = "declined";

/// Points per criterion key.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult,
)]
#[serde(transparent)]
#[schema(as = SheetPoints)]
pub struct Points(pub BTreeMap<String, i64>);

/// Reasons per criterion key.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult,
)]
#[serde(transparent)]
#[schema(as = SheetReasons)]
pub struct Reasons(pub BTreeMap<String, String>);

impl Deref for Points {
    type Target = BTreeMap<String, i64>;
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Deref for Reasons {
    type Target = BTreeMap<String, String>;
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// One member of the pool (专家库): the entry, which is what is drawn and shown, and its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawEntry {
    /// Id of the entry in the expert pool.
    pub id: Uuid,
    /// The person; never shown with a draw.
    pub person_id: Uuid,
}

/// What a draw was made from and gave. With the nonce it can be recomputed by anybody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct DrawRecord {
    /// Field that the specialities had to match; empty where nobody was drawn.
    pub field: String,
    /// How many were drawn at first.
    pub count: usize,
    /// The pools in the order in which they are used up.
    pub strata: Vec<DrawStratum>,
    /// The whole pool in drawn order.
    pub order: Vec<DrawEntry>,
    /// Experts who were named because every pool was too small.
    pub own_choice: Option<DrawOwnChoice>,
    /// The lot among the residents, where they have seats.
    #[serde(default)]
    pub residents: Option<LotRecord>,
}

/// What the lot among residents was made from and gave. Ids are veiled: they stand for persons whom nobody may know.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotRecord {
    /// How many were drawn at first.
    pub count: usize,
    /// The communities; each has its turn.
    pub strata: Vec<DrawStratum>,
    /// All of them in drawn order.
    pub order: Vec<DrawEntry>,
    /// Residents who were named because there were too few.
    pub own_choice: Option<DrawOwnChoice>,
}

impl DrawRecord {
    /// Whether a person was in the pool.
    #[must_use]
    pub fn holds(&self, person: Uuid) -> bool {
        self.order.iter().any(|entry| entry.person_id == person)
    }

    /// The drawn order that a person stands in, among experts or residents.
    #[must_use]
    pub fn order_of(&self, person: Uuid) -> Option<&[DrawEntry]> {
        let residents = self.residents.as_ref().map(|lot| lot.order.as_slice());
        [Some(self.order.as_slice()), residents]
            .into_iter()
            .flatten()
            .find(|order| order.iter().any(|entry| entry.person_id == person))
    }

    /// Everybody who was in a pool.
    pub fn entries(&self) -> impl Iterator<Item = &DrawEntry> {
        let residents = self.residents.iter().flat_map(|lot| &lot.order);
        self.order.iter().chain(residents)
    }
}

/// One pool of a draw: each is drawn for itself, the next is used when it is used up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DrawStratum {
    /// 专家范围,如 `neighbouring`。
    pub pool: String,
    /// 该范围内全部专家编号,按编号排列。
    pub ids: Vec<Uuid>,
}

/// The draw record of a panel as its keepers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DrawRecordOut {
    /// 专业领域。
    pub field: String,
    /// 抽取人数。
    pub count: usize,
    /// 各专家范围。
    pub strata: Vec<DrawStratum>,
    /// 抽取顺序(专家编号)。
    pub order: Vec<Uuid>,
}

impl From<&DrawRecord> for DrawRecordOut {
    fn from(record: &DrawRecord) -> Self {
        DrawRecordOut {
            field: record.field.clone(),
            count: record.count,
            strata: record.strata.clone(),
            order: record.order.iter().map(|entry| entry.id).collect(),
        }
    }
}

/// Groups that a public lot (抽签) put in order under the seed of the draw, each in that order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Lots(pub Vec<Vec<Uuid>>);

/// Whom to draw experts for (随机抽取).
#[derive(Debug, Clone)]
pub struct Draw {
    /// Field code of the posting.
    pub field: String,
    /// How many experts sit, those of [`Draw::chosen`] included.
    pub count: usize,
    /// Persons who may not be drawn (scorers of an earlier round).
    pub excluded: Vec<Uuid>,
    /// How wide the pool is.
    pub pool: ExpertPool,
    /// Most panels of the division within twelve months that an expert may sit on; `None`: any number.
    pub quota: Option<usize>,
    /// Experts named because the widest pool is too small, with the public reason.
    pub chosen: Option<OwnChoice>,
    /// Persons whom an assignment over several panels gave the seats; they come first in the order.
    pub assigned: Vec<Uuid>,
}

/// Residents to be drawn by lot, each community in its turn (rulebook 2.10).
#[derive(Debug, Clone)]
pub struct ResidentLot {
    /// How many sit, those who are named included.
    pub count: usize,
    /// Residents by community; who stands in two is drawn with the first.
    pub pools: Vec<(String, Vec<Uuid>)>,
    /// Persons who may not be drawn (scorers of an earlier round).
    pub excluded: Vec<Uuid>,
    /// Why some are named, to be shown at once; only where the pools are too small.
    pub reason: Option<String>,
}

/// Experts named by the street where no pool is large enough (自行选定; rulebook 2.10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnChoice {
    /// Who.
    pub persons: Vec<Uuid>,
    /// Why, to be shown at once.
    pub reason: String,
}

/// An own choice as it is kept with the draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DrawOwnChoice {
    /// 指定的席位数。
    pub seats: usize,
    /// 公开的理由。
    pub reason: String,
}

/// How many experts of the pool one reason took out; counts only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SeatBarOut {
    /// 原因,如 `no_speciality`、`recused_employment`、`quota`、`named_elsewhere`、`inactive`。
    pub code: String,
    /// 人数。
    pub count: usize,
}

/// What is there for the seats of one party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SeatFigures {
    /// 席位,如 `/seats/experts`。
    pub seat: String,
    /// 需要人数。
    pub needed: usize,
    /// 可用人数。
    pub available: usize,
    /// 被排除的人数,按原因。
    pub taken_out: Vec<SeatBarOut>,
    /// 专家范围。
    pub pool: Option<ExpertPool>,
    /// 人数不足时可扩大到的范围。
    pub next_pool: Option<ExpertPool>,
}

/// A seat given to a person by name.
#[derive(Debug, Clone)]
pub struct Seat {
    /// The person.
    pub person_id: Uuid,
    /// The party the seat belongs to.
    pub party: String,
}

/// A panel to be formed.
#[derive(Debug, Clone)]
pub struct Formation {
    /// `award` or `evaluation`.
    pub purpose: &'static str,
    /// What the panel is for: the posting, the evaluation.
    pub object_id: Uuid,
    /// Its project.
    pub project_id: Option<Uuid>,
    /// Its division.
    pub division: DivisionCode,
    /// Round, from 1; a later round replaces the panel before.
    pub round: i32,
    /// Experts to draw.
    pub draw: Option<Draw>,
    /// Residents to draw.
    pub residents: Option<ResidentLot>,
    /// Persons named.
    pub named: Vec<Seat>,
    /// Bidders or contractor, and who analysed the need: their people can neither be drawn nor named
    /// (rulebook 2.9).
    pub parties: Parties,
}

/// A panel with its members and sheets.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The panel.
    pub panel: Panel,
    /// The draw of its experts.
    pub draw: KeptDraw,
    /// All members by seat, the recused ones too.
    pub members: Vec<Member>,
    /// All sheets, oldest first.
    pub sheets: Vec<Sheet>,
}

impl Loaded {
    /// The members that sit.
    pub fn active(&self) -> impl Iterator<Item = &Member> + Clone {
        self.members.iter().filter(|member| member.active)
    }

    /// The seat of a person who sits.
    #[must_use]
    pub fn member(&self, person: Uuid) -> Option<&Member> {
        self.active().find(|member| member.person_id == person)
    }

    /// Whether every active member has declared that nothing stands against him.
    #[must_use]
    pub fn all_clear(&self) -> bool {
        self.active().all(|member| member.declaration == CLEAR)
    }

    /// Whether every active member has signed the report.
    #[must_use]
    pub fn all_signed(&self) -> bool {
        self.active()
            .all(|member| member.report_signed_at.is_some())
    }

    /// The sheets about a subject that count: not void, and of a member that sits.
    #[must_use]
    pub fn valid_sheets(&self, subject: Uuid) -> Vec<Sheet> {
        let counts = |sheet: &&Sheet| {
            sheet.subject_id == subject
                && sheet.voided_at.is_none()
                && self.active().any(|member| member.id == sheet.member_id)
        };
        self.sheets.iter().filter(counts).cloned().collect()
    }

    /// The commitments of all sheets that count, in the order of the commitments: it tells nobody who handed in when.
    #[must_use]
    pub fn commitments(&self) -> Vec<String> {
        let counts = |sheet: &&Sheet| {
            sheet.voided_at.is_none() && self.active().any(|member| member.id == sheet.member_id)
        };
        let mut all: Vec<String> = self
            .sheets
            .iter()
            .filter(counts)
            .map(|sheet| sheet.commitment.clone())
            .collect();
        all.sort();
        all
    }

    /// The sheets about a subject that counted at an instant: a recusal after the fact voids them later.
    #[must_use]
    pub fn sheets_at(&self, subject: Uuid, at: DateTime<Utc>) -> Vec<Sheet> {
        let counted = |sheet: &&Sheet| {
            sheet.subject_id == subject
                && sheet.submitted_at <= at
                && sheet.voided_at.is_none_or(|voided| voided > at)
        };
        self.sheets.iter().filter(counted).cloned().collect()
    }

    /// Whether every active member has handed in a sheet about every subject.
    #[must_use]
    pub fn complete(&self, subjects: &[Uuid]) -> bool {
        let seats = self.active().count();
        seats > 0
            && subjects
                .iter()
                .all(|subject| self.valid_sheets(*subject).len() == seats)
    }

    /// The seed of the draw; lots of a tie-break come from it too.
    #[must_use]
    pub fn seed(&self) -> String {
        self.draw.seed()
    }
}

impl KeptDraw {
    /// The seed: `SHA-256(object id ‖ round ‖ nonce)`.
    #[must_use]
    pub fn seed(&self) -> String {
        crate::draw::seed(self.object_id, self.round, &self.nonce)
    }

    /// The drawn order; empty while the pool is not fixed.
    #[must_use]
    pub fn order(&self) -> &[DrawEntry] {
        self.record
            .as_ref()
            .map(|record| record.order.as_slice())
            .unwrap_or_default()
    }
}

/// The recusal declaration (回避声明).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "clear": true }))]
pub struct PanelDeclareIn {
    /// `true`:本人无须回避并参加;`false`:本人退出。
    pub clear: bool,
    /// 退出的原因:不填或 `false` 为回避,`true` 为因故不能参加。
    #[serde(default)]
    pub unable: bool,
    /// 退出的理由,退出时必填,5–1000 字。
    pub reason: Option<String>,
}

/// A score sheet handed in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SheetIn {
    /// 各项得分,整数,不超过满分。
    pub points: BTreeMap<String, i64>,
    /// 低于满分 40% 或高于 95% 的项须说明理由,5–500 字。
    #[serde(default)]
    pub reasons: BTreeMap<String, String>,
    /// 总评。
    pub comment: Option<String>,
}

/// A score sheet as its scorer and the supervisor see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SheetOut {
    /// Id.
    pub id: Uuid,
    /// 席位。
    pub member_id: Uuid,
    /// 评分对象。
    pub subject_id: Uuid,
    /// 各项得分。
    pub points: Points,
    /// 理由。
    pub reasons: Reasons,
    /// 总评。
    pub comment: Option<String>,
    /// 合计。
    pub total: i64,
    /// 提交时间。
    pub submitted_at: Instant,
    /// 作废时间。
    pub voided_at: Option<Instant>,
}

impl From<&Sheet> for SheetOut {
    fn from(sheet: &Sheet) -> Self {
        SheetOut {
            id: sheet.id,
            member_id: sheet.member_id,
            subject_id: sheet.subject_id,
            points: sheet.points.clone(),
            reasons: sheet.reasons.clone(),
            comment: sheet.comment.clone(),
            total: sheet.total,
            submitted_at: Instant(sheet.submitted_at),
            voided_at: sheet.voided_at.map(Instant),
        }
    }
}

/// A receipt for a sheet, for its scorer alone (回执): with it he can check later that exactly this sheet was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SheetReceipt {
    /// 评分对象。
    pub subject_id: Uuid,
    /// 承诺值:`SHA-256(盐 ‖ 评分表文本)`。
    pub commitment: String,
    /// 盐,只给评分人本人。
    pub salt: String,
    /// 评分表文本,逐字参与计算。
    pub sheet: String,
    /// 是否仍然有效(未作废)。
    pub counted: bool,
    /// 公布的承诺值清单(按值排列)中的位次,从 1 起;公布前为空。
    pub position: Option<usize>,
    /// 清单中的份数;公布前为空。
    pub of: Option<usize>,
}

/// One's own receipts on a panel.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SheetReceiptsOut {
    /// 评审组。
    pub panel_id: Uuid,
    /// 本人的回执。
    pub items: Vec<SheetReceipt>,
}

/// A seat as the panel and its organisers see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PanelMemberOut {
    /// Id.
    pub id: Uuid,
    /// 席位号。
    pub seat: i32,
    /// 成员。
    pub person_id: Uuid,
    /// 姓名。
    pub name: String,
    /// 方面 `experts` / `community` / `departments` 等。
    pub party: String,
    /// 回避声明 `pending` / `clear` / `recused` / `declined`(因故不能参加)。
    pub declaration: String,
    /// 是否在任(回避后不在任)。
    pub active: bool,
    /// 报告签署时间。
    pub report_signed_at: Option<Instant>,
    /// 是否当前用户。
    pub you: bool,
}

/// A panel.
#[derive(Debug, Serialize, ToSchema)]
pub struct PanelOut {
    /// Id.
    pub id: Uuid,
    /// 用途 `award` / `evaluation`。
    pub purpose: String,
    /// 所评对象。
    pub object_id: Uuid,
    /// 轮次。
    pub round: i32,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 成员。回避者只看到本人。
    pub members: Vec<PanelMemberOut>,
    /// 各方面已交评分表数;组长以外的成员看不到。
    pub sheets_by_party: BTreeMap<String, usize>,
    /// 抽取随机数的承诺(SHA-256)。
    pub draw_commitment: String,
    /// 抽取随机数,结果公布后公开。
    pub draw_nonce: Option<String>,
    /// 抽取记录,与随机数同时公开,任何人可复算。
    pub draw_record: Option<DrawRecordOut>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
    /// 组成时间。
    pub created_at: Instant,
}

/// An expert who sits.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DrawSeated {
    /// 席位号。
    pub seat: i32,
    /// 专家编号。
    pub id: Uuid,
    /// 姓名;考榜不公开。
    pub name: Option<String>,
}

/// An expert who was drawn and does not sit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DrawPassed {
    /// 专家编号。
    pub id: Uuid,
    /// 未任职原因:`recused`(回避)、`declined`(不能参加)。
    pub reason: String,
}

/// The lot among residents as everybody sees it: ids stand for persons who are never named (rulebook 2.6).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ResidentLotOut {
    /// 抽取人数。
    pub count: usize,
    /// 各社区的居民代表代号,按代号排列。
    pub strata: Vec<DrawStratum>,
    /// 抽取顺序(代号),各社区轮流。
    pub order: Vec<Uuid>,
    /// 任职的居民代表(代号,不署名)。
    pub seated: Vec<DrawSeated>,
    /// 抽中而未任职的居民代表(代号)。
    pub passed: Vec<DrawPassed>,
}

/// One round of a draw; all but the commitment appears with the result.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DrawOut {
    /// 轮次。
    pub round: i32,
    /// 随机数的承诺:`SHA-256(随机数)`。
    pub commitment: String,
    /// 居民代表代号所用密值的承诺:`SHA-256(密值)`;密值不公开,监督可查。
    pub veil_commitment: String,
    /// 承诺时间。
    pub committed_at: Instant,
    /// 专家范围确定时间。
    pub fixed_at: Option<Instant>,
    /// 公开时间。
    pub revealed_at: Option<Instant>,
    /// 随机数。
    pub nonce: Option<String>,
    /// 专家范围的散列:`SHA-256(随机数 ‖ 按编号排列并以逗号相连的专家编号)`。
    pub pool_hash: Option<String>,
    /// 专业领域。
    pub field: Option<String>,
    /// 各专家范围,依次用尽。
    pub strata: Vec<DrawStratum>,
    /// 抽取顺序(专家编号)。
    pub order: Vec<Uuid>,
    /// 任职的专家。
    pub seated: Vec<DrawSeated>,
    /// 抽中而未任职的专家。
    pub passed: Vec<DrawPassed>,
    /// 以抽签决定先后的各组意向书,按签号排列。
    pub lots: Vec<Vec<Uuid>>,
    /// 以抽签决定的路演顺序(意向书),每次安排一组。
    pub agendas: Vec<Vec<Uuid>>,
    /// 专家不足时由街道指定的席位和理由,即时公开。
    pub own_choice: Option<DrawOwnChoice>,
    /// 指定的专家姓名,结果公布后公开。
    pub chosen: Vec<String>,
    /// 居民代表抽取,结果公布后公开;不设居民席位的为空。
    pub residents: Option<ResidentLotOut>,
    /// 居民代表不足时指定的席位和理由,即时公开。
    pub residents_own_choice: Option<DrawOwnChoice>,
    /// 有效评分表的承诺值,按值排列,结果公布后公开。
    pub sheet_commitments: Vec<String>,
}

/// The draws of a posting or an evaluation (抽取).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DrawsOut {
    /// 榜单或考榜的 id,参与计算种子:`SHA-256(id ‖ 轮次 ‖ 随机数)`。
    pub object_id: Uuid,
    /// 用途 `award` / `evaluation`。
    pub purpose: String,
    /// 各轮。下一轮的承诺先于其专家范围作出。
    pub rounds: Vec<DrawOut>,
}

/// Where a demand for recusal stands (申请回避).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecusalState {
    /// 待决定
    Demanded,
    /// 准予回避
    Upheld,
    /// 驳回
    Dismissed,
}

impl RecusalState {
    /// The wire name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            RecusalState::Demanded => "demanded",
            RecusalState::Upheld => "upheld",
            RecusalState::Dismissed => "dismissed",
        }
    }

    /// The word stored in a row.
    pub(crate) fn stored(wire: &str) -> Result<Self, wubang_store::Error> {
        [Self::Demanded, Self::Upheld, Self::Dismissed]
            .into_iter()
            .find(|one| one.as_str() == wire)
            .ok_or_else(|| wubang_store::Error::internal("unknown outcome of a recusal"))
    }
}

/// A demand that a member stand aside.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "person_id": "019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c11", "reason": "该成员曾任揭榜组织监事。" }))]
pub struct PanelRecusalIn {
    /// 申请其回避的成员。
    pub person_id: Uuid,
    /// 理由,5–1000 字。
    pub reason: String,
}

/// The decision on a demand.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "recusal_id": "019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c11", "upheld": true, "reason": "任职情况属实,应当回避。" }))]
pub struct PanelRecusalDecisionIn {
    /// 回避申请。
    pub recusal_id: Uuid,
    /// `true` 准予回避,`false` 驳回。
    pub upheld: bool,
    /// 理由,5–1000 字。
    pub reason: String,
}

/// A demand that a member stand aside, on its way out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PanelRecusalOut {
    /// Id.
    pub id: Uuid,
    /// 成员。
    pub person_id: Uuid,
    /// 理由。
    pub reason: String,
    /// 结果。
    pub outcome: RecusalState,
    /// 提出时间。
    pub created_at: Instant,
    /// 决定理由。
    pub decision: Option<String>,
    /// 决定时间。
    pub decided_at: Option<Instant>,
}

/// The demands about members of a panel.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PanelRecusalsOut {
    /// 评审组。
    pub panel_id: Uuid,
    /// 回避申请,先提出的在前。
    pub items: Vec<PanelRecusalOut>,
}
