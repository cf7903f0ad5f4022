//! A planned session moves to another time, or is cancelled (rulebook 2.16).

use super::planning::{Where, check_start, read_where, slot_facts};
use super::{load_for, may, members, people, posting, reading, step, step_slot};
use crate::entity::{roadshow, slot};
use crate::flow::{RoadshowEvent, SlotEvent};
use crate::model::{RoadshowOut, RoadshowPostponeIn};
use crate::rules;
use crate::store::{self, Case};
use wubang_kernel::Faults;
use wubang_store::{Error, Key, Tx};
use wubang_web::{Instant, ReasonIn};

/// The session moves to another time; who waits keeps his place in the order. One that is running goes on then with
/// those who are left.
///
/// # Errors
/// `invalid` for a date too near; `invalid_transition` while somebody presents and once it was held;
/// `posting_suspended`.
pub async fn postpone(tx: &Tx, key: &Key, input: RoadshowPostponeIn) -> Result<RoadshowOut, Error> {
    let mut case = load_for(tx, key).await?;
    may(tx, &case, RoadshowEvent::Postpone).await?;
    let posting = posting(tx, &case).await?;
    let mut faults = Faults::new();
    check_start(tx, &posting, input.starts_at, &mut faults);
    let at = read_where(input.place.as_deref(), input.link.as_deref(), &mut faults);
    let reason = faults.reason(&input.reason);
    faults.finish()?;
    let at = Where {
        place: at.place.or(case.show.place.clone()),
        link: at.link.or(case.show.link.clone()),
    };
    let told = serde_json::json!({ "starts_at": Instant(input.starts_at), "place": at.place, "link": at.link, "reason": reason });
    let data =
        serde_json::json!({ "from": Instant(case.show.starts_at), "to": Instant(input.starts_at) });
    let persons = members(&case);
    step(tx, &mut case, RoadshowEvent::Postpone, |c| {
        c.set(roadshow::Column::StartsAt, input.starts_at)
            .set(roadshow::Column::Place, at.place)
            .set(roadshow::Column::Link, at.link)
            .set(roadshow::Column::Reason, reason.clone())
            .because(Some(reason))
            .facts(told)
            .data(data)
            .tell(persons)
    })
    .await?;
    move_slots(tx, &case).await?;
    case.slots = store::slots_of(tx, case.show.id).await?;
    reading::out(tx, case).await
}

async fn move_slots(tx: &Tx, case: &Case) -> Result<(), Error> {
    let show = &case.show;
    let waiting = case.slots.iter().filter(|slot| slot.state == "waiting");
    let waiting: Vec<&slot::Model> = waiting.collect();
    let length = rules::length(show.presentation_minutes, show.question_minutes);
    let times = rules::times(show.starts_at, length, waiting.len());
    for (slot, time) in waiting.into_iter().zip(times) {
        let persons = people(tx, slot.id).await?;
        step_slot(tx, slot, SlotEvent::Move, case.roles, |c| {
            c.set(slot::Column::BeginsAt, time.0)
                .set(slot::Column::EndsAt, time.1)
                .facts(slot_facts(show, time))
                .tell(persons)
        })
        .await?;
    }
    Ok(())
}

/// The session is cancelled before anybody had his turn; another one may be planned, with the same order.
///
/// # Errors
/// `invalid_transition` once somebody had his turn; `invalid` without a reason.
pub async fn cancel(tx: &Tx, key: &Key, input: ReasonIn) -> Result<RoadshowOut, Error> {
    let mut case = load_for(tx, key).await?;
    may(tx, &case, RoadshowEvent::Cancel).await?;
    let reason = wubang_kernel::faults::reason(&input.reason)?;
    let told = serde_json::json!({ "reason": reason });
    let persons = members(&case);
    step(tx, &mut case, RoadshowEvent::Cancel, |c| {
        c.set(roadshow::Column::Reason, reason.clone())
            .because(Some(reason))
            .facts(told.clone())
            .tell(persons)
    })
    .await?;
    drop_slots(tx, &case, &told).await?;
    case.slots = store::slots_of(tx, case.show.id).await?;
    reading::out(tx, case).await
}

/// Whoever still waits is told that there is no session.
pub(super) async fn drop_slots(
    tx: &Tx,
    case: &Case,
    told: &serde_json::Value,
) -> Result<(), Error> {
    let live = ["waiting", "presenting", "questions"];
    let slots = case.slots.iter();
    for slot in slots.filter(|slot| live.contains(&slot.state.as_str())) {
        let persons = people(tx, slot.id).await?;
        step_slot(tx, slot, SlotEvent::Cancel, case.roles, |c| {
            c.facts(told.clone()).tell(persons)
        })
        .await?;
    }
    Ok(())
}
