//! Domain and wire types of panels: who forms one, who sits on it, what is shown of it.

mod draws;
mod recusals;
mod sheets;

pub use draws::*;
pub use recusals::*;
pub use sheets::*;

use crate::conflicts::Parties;
use crate::pool::ExpertPool;
use chrono::DateTime;
use chrono::Utc;
use serde::Deserialize;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::division::DivisionCode;
use wubang_web::ActionOut;
use wubang_web::Instant;

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
