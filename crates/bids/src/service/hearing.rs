//! Invalidation (作废) after a hearing: the street announces it on a closed ground, the bidder is heard for three
//! working days, and another officer decides (rulebook 2.8.3). From the opening until the agreement is signed.

use super::answering::{Answering, answering, term, text};
use super::opening::fail_if_none_left;
use super::system::by_system;
use super::{Case, Known, facts, load_for, out, step};
use crate::asking::{self, Asked};
use crate::entity::{bid, bid_inquiry};
use crate::flow::BidEvent;
use crate::inquiries::{
    BidInvalidation, InquiryKind, InquiryOutcome, InvalidationAnswerIn, InvalidationGround,
    InvalidationIn,
};
use crate::model::BidOut;
use crate::store::{self, INSIDERS};
use uuid::Uuid;
use wubang_files::Attachments;
use wubang_kernel::digest::content_hash;
use wubang_kernel::{Code, Role, Timer, faults};
use wubang_store::{Error, Key, Tx};
use wubang_web::Instant;
use wubang_web::ReasonIn;

/// States in which a bid can be invalidated.
const OPEN: &[&str] = &[
    "opened",
    "qualified",
    "clarifying",
    "scored",
    "recommended",
    "reserve",
    "awarded",
];

/// The street announces that it would invalidate a bid; all its organisations are told and may answer.
///
/// # Errors
/// `forbidden`; `invalid_transition` before the opening, and once the round is over or the agreement signed;
/// `duplicate` while a hearing is open; `invalid`.
pub async fn propose_invalidation(
    tx: &Tx,
    key: &Key,
    input: InvalidationIn,
) -> Result<BidOut, Error> {
    let mut case = load_for(tx, key).await?;
    super::may(tx, &case, BidEvent::ProposeInvalidation)?;
    let reason = text("/reason", &input.reason, 10..=2000)?;
    let facts = facts(tx, &case, Known::default())?;
    let asked = Asked {
        kind: InquiryKind::Hearing,
        ground: Some(input.ground.as_str()),
        defects: Vec::new(),
        question: reason.clone(),
    };
    asking::ask(tx, case.bid.id, asked).await?;
    let deadline = term(tx, &case, Timer::BidHearing);
    let until = Instant(deadline.at);
    step(tx, &mut case, BidEvent::ProposeInvalidation, &facts, |c| {
        c.due(Timer::BidHearing, deadline)
            .data(serde_json::json!({ "ground": input.ground }))
            .facts(serde_json::json!({ "reason": reason, "due_at": until }))
            .because(Some(reason))
    })
    .await?;
    out(tx, super::again(tx, case).await?).await
}

/// The bidder is heard, in writing and once.
///
/// # Errors
/// `invalid_transition` when no hearing is open; `deadline_passed`; `forbidden` for a partner; `invalid`.
pub async fn answer_invalidation(
    tx: &Tx,
    key: &Key,
    input: InvalidationAnswerIn,
) -> Result<BidOut, Error> {
    let what = (BidEvent::Hear, InquiryKind::Hearing);
    let Answering {
        mut case,
        text,
        open,
        facts,
    } = answering(tx, key, what, &input.text, 5000).await?;
    let hash = content_hash(&serde_json::json!(text));
    asking::answer(tx, open, text, Attachments::default()).await?;
    step(tx, &mut case, BidEvent::Hear, &facts, |c| {
        c.data(serde_json::json!({ "inquiry_id": open, "answer_hash": hash }))
    })
    .await?;
    out(tx, super::again(tx, case).await?).await
}

/// The bidder's time to be heard is over: the street decides without an answer. One that fell away meanwhile
/// keeps the record and takes no step.
///
/// # Errors
/// `conflict` when somebody else was first.
pub async fn hearing_over(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let state = store::find(tx, id).await?.state;
    if OPEN.contains(&state.as_str()) {
        by_system(tx, id, BidEvent::EndHearing, |c| c).await?;
    }
    let kinds = [InquiryKind::Hearing];
    asking::end(tx, &[id], &kinds, InquiryOutcome::Unanswered).await?;
    Ok(())
}

/// Another officer invalidates the bid once the bidder was heard, or his time is over. An award of it is revoked in
/// the same transaction (later stages react).
///
/// # Errors
/// `not_heard` before; `same_person` for who opened the hearing; `invalid_transition` when none was opened, and
/// once the agreement is signed; `invalid` without a reason.
pub async fn invalidate(tx: &Tx, key: &Key, input: ReasonIn) -> Result<BidOut, Error> {
    let mut case = load_for(tx, key).await?;
    super::may(tx, &case, BidEvent::Invalidate)?;
    let reason = faults::reason(&input.reason)?;
    let facts = facts(tx, &case, Known::default())?;
    let hearing = undecided(&case)?;
    asking::decide(tx, hearing.id, "invalidated", &reason).await?;
    let kinds = [InquiryKind::Clarification, InquiryKind::Repair];
    asking::end(tx, &[case.bid.id], &kinds, InquiryOutcome::Dropped).await?;
    step(tx, &mut case, BidEvent::Invalidate, &facts, |c| {
        c.set(bid::Column::ReasonCode, hearing.ground.clone())
            .set(bid::Column::Reason, reason.clone())
            .data(serde_json::json!({ "ground": hearing.ground }))
            .facts(serde_json::json!({ "reason": reason }))
            .because(Some(reason))
    })
    .await?;
    fail_if_none_left(tx, &case.posting).await?;
    out(tx, super::again(tx, case).await?).await
}

/// The street drops it: the bid goes on as it was.
///
/// # Errors
/// `invalid_transition` when nothing is to be decided; `forbidden`; `invalid` without a reason.
pub async fn drop_invalidation(tx: &Tx, key: &Key, input: ReasonIn) -> Result<BidOut, Error> {
    let mut case = load_for(tx, key).await?;
    super::may(tx, &case, BidEvent::DropInvalidation)?;
    let reason = faults::reason(&input.reason)?;
    let facts = facts(tx, &case, Known::default())?;
    let hearing = undecided(&case)?;
    let kinds = [InquiryKind::Hearing];
    asking::end(tx, &[case.bid.id], &kinds, InquiryOutcome::Dropped).await?;
    asking::decide(tx, hearing.id, "dropped", &reason).await?;
    step(tx, &mut case, BidEvent::DropInvalidation, &facts, |c| {
        c.facts(serde_json::json!({ "reason": reason }))
            .because(Some(reason))
    })
    .await?;
    out(tx, super::again(tx, case).await?).await
}

fn undecided(case: &Case) -> Result<bid_inquiry::Model, Error> {
    let found = case.inquiries.undecided();
    Ok(found.ok_or(Code::InvalidTransition)?.clone())
}

/// The last hearing of a bid, for its organisations and the authorities: the panel judges without it.
pub(super) fn shown_in(case: &Case) -> Result<Option<BidInvalidation>, Error> {
    let sees = case.roles.any(INSIDERS) || case.roles.any(&[Role::StreetOfficer, Role::Supervisor]);
    let last = case.inquiries.of(InquiryKind::Hearing).last();
    let Some(row) = last.filter(|_| sees) else {
        return Ok(None);
    };
    let ground = row
        .ground
        .as_deref()
        .and_then(InvalidationGround::from_wire);
    Ok(Some(BidInvalidation {
        ground: ground.ok_or_else(|| Error::internal("a hearing without a ground"))?,
        reason: row.question.clone(),
        proposed_at: Instant(row.asked_at),
        outcome: InquiryOutcome::stored(&row.outcome)?,
        answer: row.answer.clone(),
        over_at: row.over_at.map(Instant),
        decision: row.decision.clone(),
        decision_reason: row.decision_reason.clone(),
        decided_at: row.decided_at.map(Instant),
    }))
}
