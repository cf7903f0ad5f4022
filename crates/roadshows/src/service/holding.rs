//! The session is held: the live queue, who is there, and its end (rulebook 2.16).

use super::{current, load_for, may, reading, step, step_slot};
use crate::entity::{attendance, roadshow, slot};
use crate::flow::{RoadshowEvent, SlotEvent};
use crate::model::{Guests, RoadshowOut, RoadshowQueueOut, RoadshowSlotFinishIn};
use crate::store::{self, Case};
use sea_orm::ActiveValue::Set;
use wubang_kernel::machine::Name;
use wubang_kernel::{Code, Faults};
use wubang_store::commit::Commit;
use wubang_store::{Error, Key, Read, Tx};
use wubang_web::NothingIn;

/// The host starts the session.
///
/// # Errors
/// `too_early` before its time; `posting_suspended`; `invalid_transition`; `forbidden`.
pub async fn start(tx: &Tx, key: &Key, _: NothingIn) -> Result<RoadshowQueueOut, Error> {
    let mut case = load_for(tx, key).await?;
    let began = case.show.started_at.unwrap_or(tx.now());
    step(tx, &mut case, RoadshowEvent::Start, |c| {
        c.set(roadshow::Column::StartedAt, began)
    })
    .await?;
    reading::queue(tx, &case)
}

/// One step of the session and the same of one of its slots, in one transaction.
async fn both(
    tx: &Tx,
    mut case: Case,
    (event, of_slot): (RoadshowEvent, SlotEvent),
    slot: Option<slot::Model>,
    with: impl for<'a> FnOnce(Commit<'a, slot::Entity>) -> Commit<'a, slot::Entity>,
) -> Result<RoadshowQueueOut, Error> {
    let data = slot.as_ref().map_or(
        serde_json::Value::Null,
        |slot| serde_json::json!({ "slot": slot.id }),
    );
    // the session says first whether this can be done now
    step(tx, &mut case, event, |c| c.data(data)).await?;
    let slot = slot.ok_or_else(|| Error::internal("a step of no slot"))?;
    step_slot(tx, &slot, of_slot, case.roles, with).await?;
    case.slots = store::slots_of(tx, case.show.id).await?;
    reading::queue(tx, &case)
}

/// The next in the order is called.
///
/// # Errors
/// `invalid_transition` while somebody presents, and when nobody waits; `posting_suspended`; `forbidden`.
pub async fn call_next(tx: &Tx, key: &Key, _: NothingIn) -> Result<RoadshowQueueOut, Error> {
    let case = load_for(tx, key).await?;
    let next = case.slots.iter().find(|slot| slot.state == "waiting");
    let (next, now) = (next.cloned(), tx.now());
    let events = (RoadshowEvent::CallNext, SlotEvent::Call);
    both(tx, case, events, next, |c| {
        c.set(slot::Column::CalledAt, now)
    })
    .await
}

/// The presentation is over, the panel asks.
///
/// # Errors
/// `invalid_transition` unless somebody presents, and where no time for questions is foreseen; `forbidden`.
pub async fn begin_questions(tx: &Tx, key: &Key, _: NothingIn) -> Result<RoadshowQueueOut, Error> {
    let case = load_for(tx, key).await?;
    let (slot, now) = (current(&case).cloned(), tx.now());
    let events = (RoadshowEvent::BeginQuestions, SlotEvent::Ask);
    both(tx, case, events, slot, |c| {
        c.set(slot::Column::QuestionsAt, now)
    })
    .await
}

/// The slot is over; whether it was recorded.
///
/// # Errors
/// `invalid_transition` unless somebody presents; `recording_not_consented`; `forbidden`.
pub async fn finish_slot(
    tx: &Tx,
    key: &Key,
    input: RoadshowSlotFinishIn,
) -> Result<RoadshowQueueOut, Error> {
    let case = load_for(tx, key).await?;
    let (slot, now) = (current(&case).cloned(), tx.now());
    may(tx, &case, RoadshowEvent::FinishSlot).await?;
    let consent = slot.as_ref().is_some_and(|slot| slot.presenters.consent());
    if input.recorded && !consent {
        return Err(Code::RecordingNotConsented.into());
    }
    let events = (RoadshowEvent::FinishSlot, SlotEvent::Finish);
    both(tx, case, events, slot, |c| {
        c.set(slot::Column::FinishedAt, now)
            .set(slot::Column::Recorded, input.recorded)
            .data(serde_json::json!({ "recorded": input.recorded }))
    })
    .await
}

/// Nobody came when he was called: the first time he moves to the end, the second time he has missed it.
///
/// # Errors
/// `invalid_transition` unless somebody was just called; `forbidden`.
pub async fn mark_absent(tx: &Tx, key: &Key, _: NothingIn) -> Result<RoadshowQueueOut, Error> {
    let case = load_for(tx, key).await?;
    let slot = current(&case).cloned();
    let last = case.slots.iter().map(|slot| slot.turn).max();
    let turn = last.unwrap_or_default().saturating_add(1);
    let absences = slot.as_ref().map_or(1, |slot| slot.absences + 1);
    let events = (RoadshowEvent::MarkAbsent, SlotEvent::Miss);
    both(tx, case, events, slot, |c| {
        c.set(slot::Column::Absences, absences)
            .set(slot::Column::Turn, turn)
            .data(serde_json::json!({ "absences": absences }))
    })
    .await
}

/// A member of the panel checks in.
///
/// # Errors
/// `duplicate` the second time; `recusal_unsigned`; `forbidden` for who does not sit; `invalid_transition`.
pub async fn attend(tx: &Tx, key: &Key, _: NothingIn) -> Result<RoadshowQueueOut, Error> {
    let mut case = load_for(tx, key).await?;
    let person = tx.person()?;
    step(tx, &mut case, RoadshowEvent::Attend, |c| c).await?;
    let seat = case.panel.as_ref().and_then(|panel| panel.member(person));
    let seat = seat.ok_or(Code::Forbidden)?;
    let row = attendance::ActiveModel {
        roadshow_id: Set(case.show.id),
        person_id: Set(person),
        name: Set(seat.name.clone()),
        party: Set(seat.party.clone()),
        at: Set(tx.now()),
    };
    store::insert_attendance(tx, row).await?;
    reading::queue(tx, &case)
}

/// The host notes how many others are there.
///
/// # Errors
/// `invalid` with every wrong count; `forbidden`; `invalid_transition`.
pub async fn record_guests(tx: &Tx, key: &Key, input: Guests) -> Result<RoadshowOut, Error> {
    let mut case = load_for(tx, key).await?;
    may(tx, &case, RoadshowEvent::RecordGuests).await?;
    let mut faults = Faults::new();
    for (pointer, count) in [
        ("/residents", input.residents),
        ("/community", input.community),
        ("/departments", input.departments),
        ("/others", input.others),
    ] {
        faults.number(pointer, count, 0..=1000);
    }
    faults.finish()?;
    step(tx, &mut case, RoadshowEvent::RecordGuests, |c| {
        c.set(roadshow::Column::Guests, Some(input))
            .data(serde_json::json!(input))
    })
    .await?;
    reading::out(tx, case).await
}

/// Everybody had his turn: the session was held, and the panel may score.
///
/// # Errors
/// `incomplete` while somebody waits or presents; `forbidden`; `invalid_transition`.
pub async fn finish(tx: &Tx, key: &Key, _: NothingIn) -> Result<RoadshowOut, Error> {
    let mut case = load_for(tx, key).await?;
    let now = tx.now();
    let count = |state: crate::flow::SlotState| {
        let of = |slot: &&slot::Model| slot.state == state.wire();
        case.slots.iter().filter(of).count()
    };
    let data = serde_json::json!({ "presented": count(crate::flow::SlotState::Done), "missed": count(crate::flow::SlotState::Missed),
        "members": case.attendance.len() });
    step(tx, &mut case, RoadshowEvent::Finish, |c| {
        c.set(roadshow::Column::HeldAt, now).data(data)
    })
    .await?;
    reading::out(tx, case).await
}
