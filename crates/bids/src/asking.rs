//! Where it is stored what a bidder was asked after the opening, and what he answered.

use crate::entity::bid_inquiry;
use crate::inquiries::{Defects, FormalDefect, InquiryKind, InquiryOutcome};
use crate::rules::InquiryFacts;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::HashSet;
use uuid::Uuid;
use wubang_files::Attachments;
use wubang_kernel::{Code, Timer};
use wubang_store::entity::timers;
use wubang_store::{Error, Read, Tx};

impl InquiryOutcome {
    pub(crate) fn stored(text: &str) -> Result<Self, Error> {
        Self::from_wire(text).ok_or_else(|| Error::internal("an inquiry with an unknown outcome"))
    }
}

/// What is asked anew.
pub(crate) struct Asked {
    pub kind: InquiryKind,
    pub ground: Option<&'static str>,
    pub defects: Vec<FormalDefect>,
    pub question: String,
}

/// What a bid was asked, oldest first, with the terms that run.
#[derive(Debug, Default)]
pub(crate) struct Inquiries {
    pub rows: Vec<bid_inquiry::Model>,
    pub timers: Vec<timers::Model>,
}

impl Inquiries {
    pub(crate) fn of(&self, kind: InquiryKind) -> impl Iterator<Item = &bid_inquiry::Model> {
        self.rows
            .iter()
            .filter(move |row| row.kind == kind.as_str())
    }

    /// The one that waits for its answer.
    pub(crate) fn open(&self, kind: InquiryKind) -> Option<&bid_inquiry::Model> {
        self.of(kind).find(|row| row.is_open())
    }

    fn until(&self, timer: Timer) -> Option<DateTime<Utc>> {
        let running = self.timers.iter().find(|row| row.timer == timer.key());
        running.map(|row| row.due_at)
    }

    /// The hearing that waits for its decision.
    pub(crate) fn undecided(&self) -> Option<&bid_inquiry::Model> {
        let dropped = InquiryOutcome::Dropped.as_str();
        self.of(InquiryKind::Hearing)
            .find(|row| row.decision.is_none() && row.outcome != dropped)
    }

    pub(crate) fn facts(&self, actor: Option<Uuid>) -> InquiryFacts {
        let hearing = self.undecided();
        InquiryFacts {
            hearing_open: hearing.is_some_and(bid_inquiry::Model::is_open),
            hearing_until: self.until(Timer::BidHearing),
            undecided: hearing.is_some(),
            heard: hearing.is_some_and(|row| !row.is_open()),
            own_hearing: hearing.is_some_and(|row| Some(row.asked_by) == actor),
            clarifications: self.of(InquiryKind::Clarification).count(),
            clarify_until: self.until(Timer::BidClarification),
            repair_asked: self.of(InquiryKind::Repair).next().is_some(),
            repair_open: self.open(InquiryKind::Repair).is_some(),
            repair_until: self.until(Timer::BidRepair),
        }
    }
}

impl bid_inquiry::Model {
    pub(crate) fn is_open(&self) -> bool {
        self.outcome == InquiryOutcome::Open.as_str()
    }
}

/// Everything that a bid was asked.
pub(crate) async fn of_bid(read: &impl Read, bid: Uuid) -> Result<Inquiries, Error> {
    let rows = bid_inquiry::Entity::find()
        .filter(bid_inquiry::Column::BidId.eq(bid))
        .order_by_asc(bid_inquiry::Column::Id);
    Ok(Inquiries {
        rows: rows.all(&read.db()).await?,
        timers: wubang_store::timers::running(read, &[bid]).await?,
    })
}

/// Keeps what is asked.
pub(crate) async fn ask(tx: &Tx, bid: Uuid, asked: Asked) -> Result<bid_inquiry::Model, Error> {
    let row = bid_inquiry::ActiveModel {
        id: Set(tx.new_id()),
        bid_id: Set(bid),
        kind: Set(asked.kind.as_str().to_owned()),
        ground: Set(asked.ground.map(str::to_owned)),
        defects: Set(Defects(asked.defects)),
        question: Set(asked.question),
        asked_by: Set(tx.person()?),
        asked_at: Set(tx.now()),
        outcome: Set(InquiryOutcome::Open.as_str().to_owned()),
        over_at: Set(None),
        answer: Set(None),
        answered_by: Set(None),
        attachments: Set(Attachments::default()),
        decision: Set(None),
        decision_reason: Set(None),
        decided_by: Set(None),
        decided_at: Set(None),
    };
    let kept = bid_inquiry::Entity::insert(row);
    Ok(kept.exec_with_returning(&tx.db()).await?)
}

/// Keeps the answer to what is open.
pub(crate) async fn answer(
    tx: &Tx,
    id: Uuid,
    text: String,
    attachments: Attachments,
) -> Result<(), Error> {
    let touched = bid_inquiry::Entity::update_many()
        .col_expr(
            bid_inquiry::Column::Outcome,
            Expr::value(InquiryOutcome::Answered.as_str()),
        )
        .col_expr(bid_inquiry::Column::Answer, Expr::value(text))
        .col_expr(bid_inquiry::Column::AnsweredBy, Expr::value(tx.person()?))
        .col_expr(bid_inquiry::Column::OverAt, Expr::value(tx.now()))
        .col_expr(bid_inquiry::Column::Attachments, Expr::value(attachments))
        .filter(bid_inquiry::Column::Id.eq(id))
        .filter(bid_inquiry::Column::Outcome.eq(InquiryOutcome::Open.as_str()))
        .exec(&tx.db())
        .await?;
    once(touched.rows_affected)
}

/// Keeps what was decided after a hearing, once.
pub(crate) async fn decide(tx: &Tx, id: Uuid, decision: &str, reason: &str) -> Result<(), Error> {
    let touched = bid_inquiry::Entity::update_many()
        .col_expr(bid_inquiry::Column::Decision, Expr::value(decision))
        .col_expr(bid_inquiry::Column::DecisionReason, Expr::value(reason))
        .col_expr(bid_inquiry::Column::DecidedBy, Expr::value(tx.person()?))
        .col_expr(bid_inquiry::Column::DecidedAt, Expr::value(tx.now()))
        .filter(bid_inquiry::Column::Id.eq(id))
        .filter(bid_inquiry::Column::Decision.is_null())
        .exec(&tx.db())
        .await?;
    once(touched.rows_affected)
}

/// Ends what is open on these bids without an answer, and says on which.
pub(crate) async fn end(
    tx: &Tx,
    bids: &[Uuid],
    kinds: &[InquiryKind],
    outcome: InquiryOutcome,
) -> Result<HashSet<Uuid>, Error> {
    let ended = bid_inquiry::Entity::update_many()
        .col_expr(bid_inquiry::Column::Outcome, Expr::value(outcome.as_str()))
        .col_expr(bid_inquiry::Column::OverAt, Expr::value(tx.now()))
        .filter(bid_inquiry::Column::BidId.is_in(bids.iter().copied()))
        .filter(bid_inquiry::Column::Kind.is_in(kinds.iter().map(|kind| kind.as_str())))
        .filter(bid_inquiry::Column::Outcome.eq(InquiryOutcome::Open.as_str()))
        .exec_with_returning(&tx.db())
        .await?;
    Ok(ended.into_iter().map(|row| row.bid_id).collect())
}

pub(crate) fn once(rows: u64) -> Result<(), Error> {
    if rows == 1 {
        Ok(())
    } else {
        Err(Code::Conflict.into())
    }
}
