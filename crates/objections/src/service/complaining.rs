//! The complaint to the supervisor (投诉), and what he finds.

use super::{due, facts, hold, load_for, may, reading, release, step};
use crate::entity::objection;
use crate::flow::ObjectionEvent;
use crate::model::{
    AbuseRecord, ComplaintIn, ComplaintRecord, DecideComplaintIn, Effect, ObjectionOut,
};
use crate::rules::{check_complaint, check_corrections, check_effect, is_raised};
use crate::target;
use wubang_kernel::{Faults, Timer, faults};

use wubang_store::{Error, Key, Read, Tracked, Tx, holds};
use wubang_web::Instant;
use wubang_web::{NothingIn, ReasonIn};

/// The objector complains about the answer, or that there is none.
///
/// # Errors
/// `deadline_passed` after T45; `not_raised` for a ground that the objection did not raise; `invalid`.
pub async fn complain(tx: &Tx, key: &Key, input: ComplaintIn) -> Result<ObjectionOut, Error> {
    let case = load_for(tx, key).await?;
    let mut facts = facts(tx, &case).await?;
    may(&case, ObjectionEvent::FileComplaint, &facts)?;
    let (grounds, text) = check_complaint(&input)?;
    facts.raised = Some(is_raised(&case.objection.form, &grounds));
    let record = ComplaintRecord {
        grounds,
        text,
        filed_at: tx.now(),
        accepted: None,
        refusal: None,
        suspended_at: None,
        suspended_until: None,
        upheld: None,
        effect: None,
        reason: None,
        decided_at: None,
        decided_by: None,
    };
    let case = step(tx, case, ObjectionEvent::FileComplaint, &facts, |c| {
        c.set(objection::Column::Complaint, Some(record))
    })
    .await?;
    reading::out(tx, case).await
}

/// The supervisor takes the complaint; T47 counts from the day it was filed.
///
/// # Errors
/// `recused` for who took part in what is objected to.
pub async fn accept_complaint(tx: &Tx, key: &Key, _: NothingIn) -> Result<ObjectionOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case).await?;
    let mut record = case.objection.complaint.clone();
    let filed = record.as_ref().map_or(tx.now(), |record| record.filed_at);
    if let Some(record) = &mut record {
        record.accepted = Some(true);
    }
    let rules = wubang_store::rules::at(tx, &case.objection.division).await?;
    let deadline = tx.calendar().deadline(filed, rules.timers.of(Timer::T47));
    let told = serde_json::json!({ "due_at": Instant(deadline.at) });
    let case = step(tx, case, ObjectionEvent::AcceptComplaint, &facts, |c| {
        c.set(objection::Column::Complaint, record)
            .due(Timer::T47, deadline)
            .facts(told)
    })
    .await?;
    reading::out(tx, case).await
}

/// The supervisor does not take the complaint; the objector is told why, and nothing stands still any more.
///
/// # Errors
/// `recused`; `invalid` without a reason.
pub async fn refuse_complaint(tx: &Tx, key: &Key, input: ReasonIn) -> Result<ObjectionOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case).await?;
    may(&case, ObjectionEvent::RefuseComplaint, &facts)?;
    let reason = faults::reason(&input.reason)?;
    let mut record = case.objection.complaint.clone();
    if let Some(record) = &mut record {
        record.accepted = Some(false);
        record.refusal = Some(reason.clone());
    }
    let (hold, told) = (
        case.objection.hold_id,
        serde_json::json!({ "reason": reason }),
    );
    let case = step(tx, case, ObjectionEvent::RefuseComplaint, &facts, |c| {
        c.set(objection::Column::Complaint, record)
            .set(objection::Column::HoldId, super::NO_HOLD)
            .because(Some(reason))
            .facts(told)
    })
    .await?;
    release(tx, hold, &case.objection).await?;
    reading::out(tx, case).await
}

/// The supervisor suspends the matter while he looks at the complaint, once and for T48 at most.
///
/// # Errors
/// `invalid_transition` when it cannot stand still (any more); `duplicate` when it does or did already;
/// `invalid` without a reason.
pub async fn suspend_target(tx: &Tx, key: &Key, input: ReasonIn) -> Result<ObjectionOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case).await?;
    may(&case, ObjectionEvent::SuspendTarget, &facts)?;
    let reason = faults::reason(&input.reason)?;
    let deadline = due(tx, &case.objection, Timer::T48).await?;
    let mut record = case.objection.complaint.clone();
    if let Some(record) = &mut record {
        record.suspended_at = Some(tx.now());
        record.suspended_until = Some(deadline.at);
    }
    let hold = hold(tx, &case.objection).await?;
    let told = serde_json::json!({ "reason": reason, "due_at": Instant(deadline.at) });
    let words = reason.clone();
    let case = step(tx, case, ObjectionEvent::SuspendTarget, &facts, |c| {
        c.set(objection::Column::Complaint, record)
            .set(objection::Column::HoldId, hold)
            .due(Timer::T48, deadline)
            .because(Some(reason))
            .facts(told)
    })
    .await?;
    target::stand_still(tx, &case.objection, &words).await?;
    reading::out(tx, case).await
}

/// The supervisor lets the matter go on before he decides.
///
/// # Errors
/// `invalid_transition` when it does not stand still; `invalid` without a reason.
pub async fn resume_target(tx: &Tx, key: &Key, input: ReasonIn) -> Result<ObjectionOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case).await?;
    may(&case, ObjectionEvent::ResumeTarget, &facts)?;
    let reason = faults::reason(&input.reason)?;
    let hold = case.objection.hold_id;
    let case = step(tx, case, ObjectionEvent::ResumeTarget, &facts, |c| {
        c.set(objection::Column::HoldId, super::NO_HOLD)
            .because(Some(reason))
    })
    .await?;
    release(tx, hold, &case.objection).await?;
    reading::out(tx, case).await
}

/// The supervisor decides the complaint (投诉处理决定): an order that takes effect at once, or a dismissal.
/// It binds within the platform.
///
/// # Errors
/// `recused`; `invalid` for an order that the target does not know, or none where one is needed.
pub async fn decide_complaint(
    tx: &Tx,
    key: &Key,
    input: DecideComplaintIn,
) -> Result<ObjectionOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case).await?;
    may(&case, ObjectionEvent::DecideComplaint, &facts)?;
    let effects = target::effects(tx, &case.objection).await?;
    let mut faults = Faults::new();
    let reason = faults.prose("/reason", &input.reason, 10..=5000);
    check_effect(
        input.effect,
        input.upheld,
        input.upheld,
        &effects,
        &mut faults,
    );
    check_corrections(input.effect, input.corrections.is_some(), &mut faults);
    faults.finish()?;
    let effect = input.effect.unwrap_or(Effect::None);
    let person = tx.person()?;
    let mut record = case.objection.complaint.clone();
    if let Some(record) = &mut record {
        record.upheld = Some(input.upheld);
        record.effect = Some(effect);
        record.reason = Some(reason.clone());
        record.decided_at = Some(tx.now());
        record.decided_by = Some(person);
    }
    let hold = case.objection.hold_id;
    let told = serde_json::json!({ "reason": reason });
    let case = step(tx, case, ObjectionEvent::DecideComplaint, &facts, |c| {
        c.set(objection::Column::Complaint, record)
            .set(objection::Column::HoldId, super::NO_HOLD)
            .because(Some(reason.clone()))
            .data(serde_json::json!({ "upheld": input.upheld, "effect": effect }))
            .facts(told)
    })
    .await?;
    if let Some(hold) = hold {
        holds::release(tx, hold).await?;
    }
    let words = format!("投诉 {}:{reason}", case.objection.number);
    // on the heap: what an effect sets in motion is deep
    Box::pin(target::apply(
        tx,
        &case.objection,
        (effect, input.corrections),
        &words,
    ))
    .await?;
    reading::out(tx, case).await
}

/// The supervisor finds that facts were invented or proof forged: recorded for the credit of who objected,
/// and the objection is over. What an upheld one has changed stays.
///
/// # Errors
/// `recused`; `duplicate` when it was found before; `invalid` without a reason.
pub async fn find_abuse(tx: &Tx, key: &Key, input: ReasonIn) -> Result<ObjectionOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case).await?;
    may(&case, ObjectionEvent::FindAbuse, &facts)?;
    let reason = faults::reason(&input.reason)?;
    let record = AbuseRecord {
        reason: reason.clone(),
        found_at: tx.now(),
        found_by: tx.person()?,
    };
    let hold = case.objection.hold_id;
    let told = serde_json::json!({ "reason": reason });
    let case = step(tx, case, ObjectionEvent::FindAbuse, &facts, |c| {
        c.set(objection::Column::Abuse, Some(record))
            .set(objection::Column::HoldId, super::NO_HOLD)
            .because(Some(reason))
            .facts(told)
    })
    .await?;
    release(tx, hold, &case.objection).await?;
    if let Some(organisation) = case.objection.objector_organisation_id {
        let about = (case.objection.id, case.objection.label());
        let division = &case.objection.division;
        wubang_credit::entering::false_objection(tx, organisation, about, division).await?;
    }
    reading::out(tx, case).await
}
