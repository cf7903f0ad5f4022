//! Who sees what of a session (rulebook 2.6): those who hold it and those who judge see all of it, a bidder its own
//! slot, the public the minutes once they are due.

use super::{current, facts, posting};
use crate::entity::slot;
use crate::flow::{Roadshow, RoadshowSlot};
use crate::model::{
    MinutesOut, PublicRoadshowOut, PublicRoadshowSlot, PublicRoadshowsOut, RoadshowAttendee,
    RoadshowCurrent, RoadshowOut, RoadshowQueueOut, RoadshowSlotList, RoadshowSlotOut,
    RoadshowSlotRow, SlotMinutesOut,
};
use crate::rules::SlotFacts;
use crate::store::{self, Case};
use chrono::TimeDelta;
use std::collections::HashSet;
use uuid::Uuid;
use wubang_kernel::{Code, Faults, RoleSet};
use wubang_store::{Error, Key, Read, View, state_of, timers};
use wubang_web::actions::{self, ActionsOut};
use wubang_web::{DeadlineOut, Instant, ListQuery};

fn row(slot: &slot::Model) -> Result<RoadshowSlotRow, Error> {
    Ok(RoadshowSlotRow {
        id: slot.id,
        bid_id: slot.bid_id,
        organisation_name: slot.organisation_name.clone(),
        lot: slot.lot,
        state: state_of::<RoadshowSlot>(&slot.state)?,
        begins_at: Instant(slot.begins_at),
        ends_at: Instant(slot.ends_at),
        absences: slot.absences,
        called_at: slot.called_at.map(Instant),
        questions_at: slot.questions_at.map(Instant),
        finished_at: slot.finished_at.map(Instant),
        recording_consent: slot.presenters.consent(),
        presenters: slot.presenters.0.clone(),
        recorded: slot.recorded,
    })
}

/// The minutes with the names of those who presented.
fn minutes(case: &Case) -> Option<MinutesOut> {
    let minutes = case.show.minutes.as_ref()?;
    let slots = minutes.slots.iter().filter_map(|one| {
        let slot = case.slots.iter().find(|slot| slot.id == one.slot_id)?;
        Some(SlotMinutesOut {
            slot_id: slot.id,
            organisation_name: slot.organisation_name.clone(),
            exchanges: one.exchanges.clone(),
        })
    });
    Some(MinutesOut {
        slots: slots.collect(),
        remarks: minutes.remarks.clone(),
    })
}

pub(super) async fn out(read: &impl Read, case: Case) -> Result<RoadshowOut, Error> {
    let posting = posting(read, &case).await?;
    let facts = facts(read, &case, &posting)?;
    let state = state_of::<Roadshow>(&case.show.state)?;
    let sees = case.sees_bidders();
    let minutes = minutes(&case).filter(|_| sees);
    let slots = case.slots.iter().filter(|_| sees);
    let slots = slots.map(row).collect::<Result<_, _>>()?;
    let attendance = store::attendance_of(read, &[case.show.id]).await?;
    let running = timers::running(read, &[case.show.id]).await?;
    let Case { show, roles, .. } = case;
    Ok(RoadshowOut {
        allowed_actions: actions::of::<Roadshow>(show.id, state, roles, &facts).allowed,
        id: show.id,
        posting_id: show.posting_id,
        posting_number: show.posting_number,
        state,
        version: show.version,
        starts_at: Instant(show.starts_at),
        place: show.place,
        link: show.link,
        host_person_id: show.host_id,
        host_name: show.host_name,
        presentation_minutes: show.presentation_minutes,
        question_minutes: show.question_minutes,
        recorded: sees && case.slots.iter().any(|slot| slot.recorded),
        slots,
        attendance: attendance
            .into_iter()
            .map(|one| RoadshowAttendee {
                person_id: one.person_id,
                name: one.name,
                party: one.party,
                at: Instant(one.at),
            })
            .collect(),
        guests: show.guests,
        minutes,
        minutes_hash: show.minutes_hash,
        started_at: show.started_at.map(Instant),
        held_at: show.held_at.map(Instant),
        published_at: show.published_at.map(Instant),
        reason: show.reason,
        deadlines: running.into_iter().map(DeadlineOut::from).collect(),
        created_at: Instant(show.created_at),
        updated_at: Instant(show.updated_at),
    })
}

/// A session for those who hold it, the supervisor, and the members of the panel: who presents only once they have
/// declared.
///
/// # Errors
/// `not_found` for everybody else, bidders among them.
pub async fn get(view: &View, key: &Key) -> Result<RoadshowOut, Error> {
    out(view, store::load(view, key).await?).await
}

/// The newest session of a posting, for the same.
///
/// # Errors
/// As [`get`].
pub async fn get_of_posting(view: &View, key: &Key) -> Result<RoadshowOut, Error> {
    let posting = wubang_postings::service::load(view, key).await?.posting;
    out(view, store::load_newest(view, posting.id).await?).await
}

/// What the viewer may do with a session, and why not the rest.
///
/// # Errors
/// `not_found`.
pub async fn get_actions(view: &View, key: &Key) -> Result<ActionsOut, Error> {
    let case = store::load(view, key).await?;
    let posting = posting(view, &case).await?;
    let facts = facts(view, &case, &posting)?;
    let state = state_of::<Roadshow>(&case.show.state)?;
    Ok(actions::of::<Roadshow>(
        case.show.id,
        state,
        case.roles,
        &facts,
    ))
}

/// Who presents now, since when and for how long.
fn on(read: &impl Read, case: &Case) -> Result<Option<RoadshowCurrent>, Error> {
    let Some(slot) = current(case) else {
        return Ok(None);
    };
    let (began, minutes) = match (slot.questions_at, slot.called_at) {
        (Some(at), _) => (at, case.show.question_minutes),
        (None, Some(at)) => (at, case.show.presentation_minutes),
        (None, None) => return Err(Error::internal("a slot that runs and was not called")),
    };
    let ends = began + TimeDelta::minutes(i64::from(minutes));
    Ok(Some(RoadshowCurrent {
        slot_id: slot.id,
        organisation_name: slot.organisation_name.clone(),
        phase: state_of::<RoadshowSlot>(&slot.state)?,
        phase_began_at: Instant(began),
        phase_ends_at: Instant(ends),
        // a second that has begun is over
        remaining_seconds: (ends - read.now()).num_milliseconds().div_euclid(1000),
        recording_consent: slot.presenters.consent(),
    }))
}

pub(super) fn queue(read: &impl Read, case: &Case) -> Result<RoadshowQueueOut, Error> {
    let waiting = case.slots.iter().filter(|slot| slot.state == "waiting");
    Ok(RoadshowQueueOut {
        roadshow_id: case.show.id,
        version: case.show.version,
        state: state_of::<Roadshow>(&case.show.state)?,
        now: Instant(read.now()),
        current: on(read, case)?,
        waiting: waiting.map(|slot| slot.id).collect(),
        slots: case.slots.iter().map(row).collect::<Result<_, _>>()?,
    })
}

/// The live queue.
///
/// # Errors
/// `not_found` as [`get`]; `recusal_unsigned` for a member who has not declared.
pub async fn get_queue(view: &View, key: &Key) -> Result<RoadshowQueueOut, Error> {
    let case = store::load(view, key).await?;
    if !case.sees_bidders() {
        return Err(Code::RecusalUnsigned.into());
    }
    queue(view, &case)
}

fn slot_shown(
    show: &crate::entity::roadshow::Model,
    slot: slot::Model,
    roles: RoleSet,
) -> Result<RoadshowSlotOut, Error> {
    let state = state_of::<RoadshowSlot>(&slot.state)?;
    let facts = SlotFacts {
        absences: slot.absences,
    };
    // what the chair has not confirmed may still change
    let confirmed = matches!(show.state.as_str(), "recorded" | "published");
    let minutes = show.minutes.iter().filter(|_| confirmed);
    let mut own = minutes.flat_map(|minutes| minutes.slots.iter());
    let own = own.find(|one| one.slot_id == slot.id);
    Ok(RoadshowSlotOut {
        allowed_actions: actions::of::<RoadshowSlot>(slot.id, state, roles, &facts).allowed,
        id: slot.id,
        posting_id: slot.posting_id,
        posting_number: slot.posting_number,
        bid_id: slot.bid_id,
        state,
        version: slot.version,
        begins_at: Instant(slot.begins_at),
        ends_at: Instant(slot.ends_at),
        place: show.place.clone(),
        link: show.link.clone(),
        presentation_minutes: show.presentation_minutes,
        question_minutes: show.question_minutes,
        presenters: slot.presenters.0,
        absences: slot.absences,
        called_at: slot.called_at.map(Instant),
        finished_at: slot.finished_at.map(Instant),
        recorded: slot.recorded,
        exchanges: own.map(|one| one.exchanges.clone()),
    })
}

pub(super) async fn slot_out(
    read: &impl Read,
    slot: slot::Model,
    roles: RoleSet,
) -> Result<RoadshowSlotOut, Error> {
    let show = store::find(read, slot.roadshow_id).await?;
    slot_shown(&show, slot, roles)
}

/// A slot for its own organisations: when and where they present, and nothing of anybody else.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn get_slot(view: &View, key: &Key) -> Result<RoadshowSlotOut, Error> {
    let (slot, roles) = store::load_slot(view, key).await?;
    slot_out(view, slot, roles).await
}

/// What the viewer may do with his own slot, and why not the rest.
///
/// # Errors
/// `not_found`.
pub async fn get_slot_actions(view: &View, key: &Key) -> Result<ActionsOut, Error> {
    let (slot, roles) = store::load_slot(view, key).await?;
    let facts = SlotFacts {
        absences: slot.absences,
    };
    let state = state_of::<RoadshowSlot>(&slot.state)?;
    Ok(actions::of::<RoadshowSlot>(slot.id, state, roles, &facts))
}

/// The slots of one's own organisations.
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub async fn list_slots(view: &View, query: &ListQuery) -> Result<RoadshowSlotList, Error> {
    let mut faults = Faults::new();
    let posting = query.one("posting").map(Uuid::parse_str).transpose();
    let posting = posting.unwrap_or_else(|_| {
        faults.add("?posting", "malformed", "须为 id", "must be an id");
        None
    });
    faults.finish()?;
    let rows = store::list_own(view, query, posting).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let shows: Vec<Uuid> = rows.iter().map(|row| row.roadshow_id).collect();
    let shows = store::many(view, &shows).await?;
    let mut items = Vec::new();
    for slot in rows {
        let show = shows.iter().find(|show| show.id == slot.roadshow_id);
        let show = show.ok_or_else(|| Error::internal("a slot without its session"))?;
        let reach = wubang_kernel::actor::Reach::of(slot.organisation_id);
        let roles = view.actor().roles(&reach);
        items.push(slot_shown(show, slot, roles)?);
    }
    Ok(RoadshowSlotList { items, next })
}

/// The public minutes of a posting, without personal data.
///
/// # Errors
/// `not_found` before they are public.
pub async fn get_public(view: &View, key: &Key) -> Result<PublicRoadshowsOut, Error> {
    let posting = wubang_postings::service::load(view, key).await?.posting;
    let shows = store::in_states(view, posting.id, &["published"]).await?;
    if shows.is_empty() {
        return Err(Code::NotFound.into());
    }
    let mut items = Vec::new();
    for show in shows {
        let case = Case {
            slots: store::slots_of(view, show.id).await?,
            attendance: store::attendance_of(view, &[show.id]).await?,
            panel: None,
            roles: RoleSet::NONE,
            show,
        };
        items.push(public(&case)?);
    }
    Ok(PublicRoadshowsOut {
        posting_id: posting.id,
        items,
    })
}

fn public(case: &Case) -> Result<PublicRoadshowOut, Error> {
    let written = minutes(case).ok_or_else(|| Error::internal("public minutes are missing"))?;
    let mut masked = Vec::new();
    for one in written.slots {
        let exchanges = wubang_publicity::masked(&serde_json::to_value(&one.exchanges)?);
        masked.push((one.slot_id, serde_json::from_value(exchanges)?));
    }
    let remarks = wubang_publicity::masked(&serde_json::to_value(&written.remarks)?);
    let mut slots = Vec::new();
    for slot in &case.slots {
        // whose bid fell out before its turn is not named here
        if !matches!(slot.state.as_str(), "done" | "missed") {
            continue;
        }
        let own = masked.iter().position(|(id, _)| *id == slot.id);
        slots.push(PublicRoadshowSlot {
            organisation_name: slot.organisation_name.clone(),
            state: state_of::<RoadshowSlot>(&slot.state)?,
            exchanges: own.map(|at| masked.swap_remove(at).1).unwrap_or_default(),
        });
    }
    let show = &case.show;
    Ok(PublicRoadshowOut {
        posting_number: show.posting_number.clone(),
        started_at: show.started_at.map(Instant),
        held_at: show.held_at.map(Instant),
        members_attended: case.attendance.len(),
        guests: show.guests,
        slots,
        remarks: serde_json::from_value(remarks)?,
        minutes_hash: show.minutes_hash.clone(),
        published_at: show.published_at.map(Instant),
    })
}

/// Whether a bid had its turn in a session that was held, present or not: before that nobody scores it.
///
/// # Errors
/// When the database fails.
pub async fn is_heard(read: &impl Read, posting: Uuid, bid: Uuid) -> Result<bool, Error> {
    store::is_heard(read, posting, bid).await
}

/// Who of the panel was at every session of a posting that was held; none where no session was held.
///
/// # Errors
/// When the database fails.
pub async fn attended(read: &impl Read, posting: Uuid) -> Result<Option<HashSet<Uuid>>, Error> {
    let shows = store::in_states(read, posting, store::HELD).await?;
    if shows.is_empty() {
        return Ok(None);
    }
    let ids: Vec<Uuid> = shows.iter().map(|show| show.id).collect();
    let all = store::attendance_of(read, &ids).await?;
    let there = |show: &Uuid| -> HashSet<Uuid> {
        let of = all.iter().filter(|one| one.roadshow_id == *show);
        of.map(|one| one.person_id).collect()
    };
    let mut everywhere = ids.iter().map(there);
    let first = everywhere.next().unwrap_or_default();
    Ok(Some(everywhere.fold(first, |all, one| &all & &one)))
}
