//! The handler's part before the decision: supplement, rejection, acceptance, hearing, investigation; and the
//! answer of the other side.

use super::{due, facts, hold, load_for, may, reading, release, step};
use crate::entity::objection;
use crate::flow::ObjectionEvent;
use crate::model::{
    HearingAnswerIn, HearingIn, HearingRecord, InvestigateIn, ObjectionOut,
    ObjectionRejectionGround, RejectObjectionIn, ReplyRecord, RequestSupplementIn,
    SupplementRecord,
};
use crate::target;
use wubang_kernel::{Faults, Timer};
use wubang_store::{Error, Key, Read, Tx};
use wubang_web::Instant;
use wubang_web::NothingIn;

/// The handler asks for what is missing, once.
///
/// # Errors
/// `same_person` for who decided what is objected to; `recused`; `supplement_used`; `invalid`.
pub async fn request_supplement(
    tx: &Tx,
    key: &Key,
    input: RequestSupplementIn,
) -> Result<ObjectionOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case).await?;
    may(&case, ObjectionEvent::RequestSupplement, &facts)?;
    let mut faults = Faults::new();
    let asked = faults.prose("/text", &input.text, 5..=1000);
    faults.finish()?;
    let deadline = due(tx, &case.objection, Timer::ObjectionSupplement).await?;
    let record = SupplementRecord {
        asked,
        asked_at: tx.now(),
        until: deadline.at,
        text: None,
        supplemented_at: None,
    };
    let until = Instant(deadline.at);
    let case = step(tx, case, ObjectionEvent::RequestSupplement, &facts, |c| {
        c.set(objection::Column::Supplement, Some(record))
            .due(Timer::ObjectionSupplement, deadline)
            .facts(serde_json::json!({ "due_at": until }))
    })
    .await?;
    reading::out(tx, case).await
}

/// The handler does not take the objection, on a closed ground; the objector may complain (T45).
///
/// # Errors
/// `same_person`, `recused`; `invalid`, also for the ground that the system alone gives.
pub async fn reject(tx: &Tx, key: &Key, input: RejectObjectionIn) -> Result<ObjectionOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case).await?;
    may(&case, ObjectionEvent::Reject, &facts)?;
    let mut faults = Faults::new();
    let reason = faults.reason(&input.reason);
    if input.ground == ObjectionRejectionGround::NoSupplement {
        faults.add(
            "/ground",
            "not_allowed",
            "该理由由系统在补正逾期时给出",
            "the system alone gives this ground",
        );
    }
    faults.finish()?;
    let deadline = due(tx, &case.objection, Timer::T45).await?;
    let hold = case.objection.hold_id;
    let reply = rejection(reason.clone());
    let told = serde_json::json!({ "reason": reason, "complain_by": Instant(deadline.at) });
    let person = tx.person()?;
    let case = step(tx, case, ObjectionEvent::Reject, &facts, |c| {
        c.set(objection::Column::RejectionGround, input.ground.as_str())
            .set(objection::Column::AcceptedBy, person)
            .set(objection::Column::Reply, Some(reply))
            .set(objection::Column::ComplainBy, deadline.at)
            .set(objection::Column::HoldId, super::NO_HOLD)
            .due(Timer::T45, deadline)
            .because(Some(reason))
            .data(serde_json::json!({ "ground": input.ground }))
            .facts(told)
    })
    .await?;
    release(tx, hold, &case.objection).await?;
    reading::out(tx, case).await
}

/// Why an objection was not taken.
pub(super) fn rejection(reason: String) -> ReplyRecord {
    ReplyRecord {
        outcome: None,
        effect: None,
        reason,
        correction: None,
        late: false,
    }
}

/// The handler takes the objection: what is objected to stands still (2.8.12), and T44 begins.
///
/// # Errors
/// `same_person` for who decided what is objected to; `recused` for who took part in it or works for a party.
pub async fn accept(tx: &Tx, key: &Key, _: NothingIn) -> Result<ObjectionOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case).await?;
    may(&case, ObjectionEvent::Accept, &facts)?;
    let deadline = due(tx, &case.objection, Timer::T44).await?;
    let (person, now, hold) = (tx.person()?, tx.now(), hold(tx, &case.objection).await?);
    let told = serde_json::json!({ "due_at": Instant(deadline.at) });
    let case = step(tx, case, ObjectionEvent::Accept, &facts, |c| {
        c.set(objection::Column::AcceptedBy, person)
            .set(objection::Column::AcceptedAt, now)
            .set(objection::Column::AnswerBy, deadline.at)
            .set(objection::Column::HoldId, hold)
            .due(Timer::T44, deadline)
            .facts(told)
    })
    .await?;
    let reason = format!("受理异议 {},依规中止", case.objection.number);
    target::stand_still(tx, &case.objection, &reason).await?;
    reading::out(tx, case).await
}

/// The handler invites the other side to answer; it has two working days.
///
/// # Errors
/// `invalid_transition` where there is no other side but the office that decided; `duplicate` the second time.
pub async fn open_hearing(tx: &Tx, key: &Key, input: HearingIn) -> Result<ObjectionOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case).await?;
    may(&case, ObjectionEvent::OpenHearing, &facts)?;
    let mut faults = Faults::new();
    let question = faults.prose("/question", &input.question, 5..=1000);
    faults.finish()?;
    let deadline = due(tx, &case.objection, Timer::ObjectionHearing).await?;
    let record = HearingRecord {
        question,
        until: deadline.at,
        answer: None,
        answered_at: None,
        over_at: None,
    };
    let (now, until) = (tx.now(), Instant(deadline.at));
    let case = step(tx, case, ObjectionEvent::OpenHearing, &facts, |c| {
        c.set(objection::Column::Hearing, Some(record))
            .set(objection::Column::InvitedAt, now)
            .due(Timer::ObjectionHearing, deadline)
            .facts(serde_json::json!({ "due_at": until }))
    })
    .await?;
    reading::out(tx, case).await
}

/// The other side answers, once.
///
/// # Errors
/// `not_found` for who is not invited; `deadline_passed` when its time is over; `duplicate` the second time.
pub async fn answer(tx: &Tx, key: &Key, input: HearingAnswerIn) -> Result<ObjectionOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case).await?;
    may(&case, ObjectionEvent::Answer, &facts)?;
    let mut faults = Faults::new();
    let text = faults.prose("/text", &input.text, 5..=5000);
    faults.finish()?;
    let mut record = case.objection.hearing.clone();
    if let Some(record) = &mut record {
        record.answer = Some(text);
        record.answered_at = Some(tx.now());
    }
    let case = step(tx, case, ObjectionEvent::Answer, &facts, |c| {
        c.set(objection::Column::Hearing, record)
    })
    .await?;
    reading::out(tx, case).await
}

/// The handler records what was found out, once the other side was heard or its time is over.
///
/// # Errors
/// `not_heard` before; `same_person`, `recused`; `invalid`.
pub async fn investigate(tx: &Tx, key: &Key, input: InvestigateIn) -> Result<ObjectionOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case).await?;
    may(&case, ObjectionEvent::Investigate, &facts)?;
    let mut faults = Faults::new();
    let finding = faults.prose("/finding", &input.finding, 10..=5000);
    faults.finish()?;
    let case = step(tx, case, ObjectionEvent::Investigate, &facts, |c| {
        c.set(objection::Column::Finding, finding)
    })
    .await?;
    reading::out(tx, case).await
}
