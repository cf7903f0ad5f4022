//! What becomes of an objection by the passing of time.

use super::handling::rejection;
use super::{due, facts, release, step};
use crate::entity::objection;
use crate::flow::ObjectionEvent;
use crate::model::ObjectionRejectionGround;
use crate::store::as_system;
use uuid::Uuid;
use wubang_kernel::Timer;
use wubang_store::{Error, Read, Tx};
use wubang_web::Instant;

/// The supplement did not come: the objection is rejected, and the target waits no longer.
///
/// # Errors
/// `invalid_transition` when it has moved on.
pub async fn supplement_lapsed(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let case = as_system(tx, id).await?;
    let facts = facts(tx, &case).await?;
    let (window, hold) = (
        due(tx, &case.objection, Timer::T45).await?,
        case.objection.hold_id,
    );
    let reason = "逾期未补正".to_owned();
    let reply = rejection(reason.clone());
    let told = serde_json::json!({ "reason": reason, "complain_by": Instant(window.at) });
    let ground = ObjectionRejectionGround::NoSupplement.as_str();
    let case = step(tx, case, ObjectionEvent::LapseSupplement, &facts, |c| {
        c.set(objection::Column::RejectionGround, ground)
            .set(objection::Column::Reply, Some(reply))
            .set(objection::Column::ComplainBy, window.at)
            .set(objection::Column::HoldId, super::NO_HOLD)
            .due(Timer::T45, window)
            .because(Some(reason))
            .facts(told)
    })
    .await?;
    release(tx, hold, &case.objection).await
}

/// The other side's time to answer is over: the handler may go on without it.
///
/// # Errors
/// `invalid_transition` when the objection has moved on.
pub async fn hearing_over(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let case = as_system(tx, id).await?;
    let facts = facts(tx, &case).await?;
    let mut record = case.objection.hearing.clone();
    if let Some(record) = &mut record {
        record.over_at = Some(tx.now());
    }
    step(tx, case, ObjectionEvent::EndHearing, &facts, |c| {
        c.set(objection::Column::Hearing, record)
    })
    .await?;
    Ok(())
}

/// T44: nobody has answered in time. The supervisor is told, and the objector may complain at once (T45,
/// counted from the day the answer was due). The target stands still until somebody decides.
///
/// # Errors
/// `invalid_transition` when it has moved on.
pub async fn overdue(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let case = as_system(tx, id).await?;
    let facts = facts(tx, &case).await?;
    let rules = wubang_store::rules::at(tx, &case.objection.division).await?;
    let from = case.objection.answer_by.unwrap_or(tx.now());
    let window = tx.calendar().deadline(from, rules.timers.of(Timer::T45));
    let told = serde_json::json!({ "complain_by": Instant(window.at) });
    step(tx, case, ObjectionEvent::RunOver, &facts, |c| {
        c.set(objection::Column::ComplainBy, window.at)
            .due(Timer::T45, window)
            .facts(told)
    })
    .await?;
    Ok(())
}

/// T45: nobody complained in time; what still stood still goes on.
///
/// # Errors
/// `invalid_transition` when it has moved on.
pub async fn complaint_window_over(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let case = as_system(tx, id).await?;
    let facts = facts(tx, &case).await?;
    let hold = case.objection.hold_id;
    let case = step(tx, case, ObjectionEvent::LapseComplaint, &facts, |c| {
        c.set(objection::Column::HoldId, super::NO_HOLD)
    })
    .await?;
    release(tx, hold, &case.objection).await
}

/// T48: the suspension for a complaint ends by itself, and everybody in charge is told.
///
/// # Errors
/// `invalid_transition` when the complaint has moved on.
pub async fn suspension_over(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let case = as_system(tx, id).await?;
    let facts = facts(tx, &case).await?;
    let hold = case.objection.hold_id;
    let case = step(tx, case, ObjectionEvent::EndSuspension, &facts, |c| {
        c.set(objection::Column::HoldId, super::NO_HOLD)
    })
    .await?;
    release(tx, hold, &case.objection).await
}
