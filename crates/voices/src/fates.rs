//! What became of a matter (去向): one row per change, of the request itself and of the need it went
//! into, so that whoever reported it can read the whole way with its instants (rulebook 2.4.1).

use crate::entity::{fate, merged_need, request};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::Code;
use wubang_store::commit::Happened;
use wubang_store::outbox::{self, Notice};
use wubang_store::{Error, Read, Tx};
use wubang_web::Instant;

macro_rules! fates {
    // `tt`, not `literal`: the derive of the API schema does not see a name inside a captured literal
    ($($name:ident = $wire:tt $zh:literal;)+) => {
        /// What became of a resident's matter (去向).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        pub enum Fate { $(#[doc = $zh] #[serde(rename = $wire)] $name,)+ }
        impl Fate {
            /// Every fate.
            pub const ALL: &'static [Fate] = &[$(Fate::$name,)+];
            /// The wire name.
            #[must_use]
            pub const fn wire(self) -> &'static str { match self { $(Fate::$name => $wire,)+ } }
            /// The Chinese sentence.
            #[must_use]
            pub const fn zh(self) -> &'static str { match self { $(Fate::$name => $zh,)+ } }
        }
    };
}

fates! {
    Received = "received" "已收到";
    Acknowledged = "acknowledged" "社区已签收";
    Attached = "attached" "已并入社区需求";
    Answered = "answered" "已直接答复";
    Rejected = "rejected" "不予受理";
    Transferred = "transferred" "已转有关部门办理";
    NeedSubmitted = "need_submitted" "需求已提交街道";
    Accepted = "accepted" "街道已受理需求";
    UnderReview = "under_review" "需求评审中";
    InComment = "in_comment" "需求民意公示中";
    Returned = "returned" "需求退回社区完善";
    Merged = "merged" "需求已与同类需求合并";
    Approved = "approved" "需求已立项,待发榜";
    Backlog = "backlog" "需求转入储备,下一轮再评";
    NeedRejected = "need_rejected" "需求不予立项";
    Appealed = "appealed" "社区已申请区级复核";
    Withdrawn = "withdrawn" "需求已撤回";
    Posted = "posted" "已发榜";
    PostingFailed = "posting_failed" "本轮发榜未成,将重新安排";
    Claimed = "claimed" "已有组织承榜";
    Reopened = "reopened" "承榜协议提前终止,将重新安排";
    Done = "done" "服务已完成,进入考榜";
    Scored = "scored" "考榜结果已确定";
}

impl Fate {
    /// Finds one by its wire name.
    #[must_use]
    pub fn from_wire(wire: &str) -> Option<Fate> {
        Fate::ALL.iter().copied().find(|fate| fate.wire() == wire)
    }

    /// Whether the service was given, so that residents can say whether it helped.
    #[must_use]
    pub fn is_delivered(self) -> bool {
        matches!(self, Fate::Done | Fate::Scored)
    }
}

/// Events of a need, and what they mean to those who reported the matter.
pub const NEED_EVENTS: &[(&str, Fate)] = &[
    ("need.submitted", Fate::NeedSubmitted),
    ("need.accepted", Fate::Accepted),
    ("need.review_started", Fate::UnderReview),
    ("need.shelf_life_ended", Fate::UnderReview),
    ("need.returned_to_review", Fate::UnderReview),
    ("need.comment_opened", Fate::InComment),
    ("need.comment_ended", Fate::UnderReview),
    ("need.returned", Fate::Returned),
    ("need.approved", Fate::Approved),
    ("need.backlogged", Fate::Backlog),
    ("need.rejected", Fate::NeedRejected),
    ("need.appealed", Fate::Appealed),
    ("need.appeal_decided", Fate::NeedSubmitted),
    ("need.withdrawn", Fate::Withdrawn),
    ("need.supplement_lapsed", Fate::Withdrawn),
    ("need.posted", Fate::Posted),
    ("need.posting_failed", Fate::PostingFailed),
    ("need.posting_cancelled", Fate::PostingFailed),
    ("need.fulfilled", Fate::Claimed),
    ("need.reopened", Fate::Reopened),
];

/// One thing that became of a matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FateOut {
    /// 去向。
    pub fate: Fate,
    /// 去向的文字。
    #[schema(example = "已发榜")]
    pub text: &'static str,
    /// 补充:理由代码、等级或合并后的需求编号;赛马的,前面是赛道,如 `lane 1/3 good`。
    pub note: Option<String>,
    /// 时间。
    pub at: Instant,
}

/// Records one change of a request or a need.
pub(crate) async fn record(
    tx: &Tx,
    of: Uuid,
    fate: Fate,
    note: Option<String>,
) -> Result<(), Error> {
    let row = fate::ActiveModel {
        id: Set(tx.new_id()),
        of_id: Set(of),
        fate: Set(fate.wire().to_owned()),
        note: Set(note),
        at: Set(tx.now()),
    };
    fate::Entity::insert(row)
        .exec_without_returning(&tx.db())
        .await?;
    Ok(())
}

/// The need a request's need lives on in: itself, unless it was merged.
pub(crate) async fn living(read: &impl Read, need: Uuid) -> Result<Uuid, Error> {
    let merged = merged_need::Entity::find_by_id(need)
        .one(&read.db())
        .await?;
    Ok(merged.map_or(need, |row| row.into_id))
}

/// A need and those that were merged into it.
pub(crate) async fn family(read: &impl Read, need: Uuid) -> Result<Vec<Uuid>, Error> {
    let mut all: Vec<Uuid> = merged_need::Entity::find()
        .select_only()
        .column(merged_need::Column::NeedId)
        .filter(merged_need::Column::IntoId.eq(need))
        .into_tuple()
        .all(&read.db())
        .await?;
    all.push(need);
    Ok(all)
}

/// Everything that became of a request: its own changes and those of its need, in order; and the present
/// fate, which is the need's own once there is one.
pub(crate) async fn of_request(
    read: &impl Read,
    request: &request::Model,
) -> Result<(Vec<FateOut>, Option<Fate>), Error> {
    let mut of = vec![request.id];
    if let Some(need) = request.need_id {
        of.extend([need, living(read, need).await?]);
    }
    let rows = fate::Entity::find()
        .filter(fate::Column::OfId.is_in(of))
        .order_by_asc(fate::Column::Id)
        .all(&read.db())
        .await?;
    let read_row = |row: &fate::Model| {
        Fate::from_wire(&row.fate).ok_or_else(|| Error::internal("an unknown fate is stored"))
    };
    let now = rows.iter().rev().find(|row| row.of_id != request.id);
    let now = now.or(rows.last()).map(read_row).transpose()?;
    let shown = rows.iter().map(|row| {
        let fate = read_row(row)?;
        Ok(FateOut {
            fate,
            text: fate.zh(),
            note: row.note.clone(),
            at: Instant(row.at),
        })
    });
    Ok((shown.collect::<Result<_, Error>>()?, now))
}

/// Records what a step of a need means, and tells those who reported it with their name known.
///
/// # Errors
/// When the database fails.
pub async fn of_need(tx: &Tx, happened: &Happened) -> Result<(), Error> {
    let Some((_, fate)) = NEED_EVENTS
        .iter()
        .find(|(event, _)| *event == happened.event)
    else {
        return Ok(());
    };
    let needs = wubang_needs::service::load_many(tx, &[happened.object_id]).await?;
    let need = needs.into_iter().next().ok_or(Code::NotFound)?;
    // however it came about (the district can dismiss an appeal), a rejected need is told with its ground
    let (fate, note) = if need.state == "rejected" {
        (Fate::NeedRejected, need.reason_code)
    } else {
        (*fate, None)
    };
    became(tx, happened.object_id, fate, note).await
}

/// A need was merged: those who reported it follow it into the other one.
///
/// # Errors
/// When the database fails.
pub async fn merged(tx: &Tx, happened: &Happened) -> Result<(), Error> {
    let gone = happened.object_id;
    let into = wubang_needs::service::final_need(tx, gone).await?;
    let number = wubang_needs::service::load_many(tx, &[into])
        .await?
        .into_iter()
        .next()
        .map(|need| need.number);
    // told while they still belong to the old one
    became(tx, gone, Fate::Merged, number).await?;
    if into == gone {
        return Ok(());
    }
    merged_need::Entity::update_many()
        .col_expr(merged_need::Column::IntoId, Expr::value(into))
        .filter(merged_need::Column::IntoId.eq(gone))
        .exec(&tx.db())
        .await?;
    let row = merged_need::ActiveModel {
        need_id: Set(gone),
        into_id: Set(into),
    };
    merged_need::Entity::insert(row)
        .exec_without_returning(&tx.db())
        .await?;
    Ok(())
}

/// The completion report of a project was accepted: its needs are done.
///
/// # Errors
/// When the database fails.
pub async fn done(tx: &Tx, happened: &Happened) -> Result<(), Error> {
    let Some(project) = happened.project_id else {
        return Ok(());
    };
    let rounds = wubang_postings::service::of_project(tx, project).await?;
    let Some(last) = rounds.last() else {
        return Ok(());
    };
    let lane = last.particulars.lane.as_ref();
    for need in wubang_postings::service::need_ids(tx, last.id).await? {
        let note = lane.map(|lane| format!("lane {}/{}", lane.lane, lane.lanes));
        became(tx, need, Fate::Done, note).await?;
    }
    Ok(())
}

/// The evaluation of a project is confirmed: its needs have a grade.
///
/// # Errors
/// When the database fails.
pub async fn scored(tx: &Tx, happened: &Happened) -> Result<(), Error> {
    let evaluation = wubang_evaluations::service::find(tx, happened.object_id).await?;
    let posting = wubang_postings::service::find(tx, evaluation.posting_id).await?;
    let lane = posting.particulars.lane.as_ref();
    let note = match (lane, evaluation.grade) {
        (Some(lane), Some(grade)) => Some(format!("lane {}/{} {grade}", lane.lane, lane.lanes)),
        (_, grade) => grade,
    };
    for need in wubang_postings::service::need_ids(tx, evaluation.posting_id).await? {
        became(tx, need, Fate::Scored, note.clone()).await?;
    }
    Ok(())
}

async fn became(tx: &Tx, need: Uuid, fate: Fate, note: Option<String>) -> Result<(), Error> {
    record(tx, need, fate, note).await?;
    let family = family(tx, need).await?;
    let reporters: Vec<(Option<Uuid>, String)> = request::Entity::find()
        .select_only()
        .columns([request::Column::ReporterId, request::Column::Division])
        .filter(request::Column::NeedId.is_in(family))
        .filter(request::Column::ReporterId.is_not_null())
        .distinct()
        .into_tuple()
        .all(&tx.db())
        .await?;
    let Some((_, division)) = reporters.first().cloned() else {
        return Ok(());
    };
    let number = wubang_needs::service::load_many(tx, &[need]).await?;
    let number = number.first().map(|need| need.number.clone());
    let notice = Notice {
        tell: Vec::new(),
        division,
        field: None,
        label: format!("您反映的诉求(需求 {})", number.unwrap_or_default()),
        organisations: Vec::new(),
        persons: reporters.into_iter().filter_map(|(id, _)| id).collect(),
        state: String::new(),
        facts: serde_json::json!({ "fate": fate.zh() }),
    };
    outbox::tell(
        tx,
        "resident_request.fate",
        "resident_request",
        need,
        notice,
    )
    .await
}
