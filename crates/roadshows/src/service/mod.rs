//! What can be done with a session and its slots.

mod holding;
pub mod materials;
mod minutes;
mod moving;
mod planning;
mod presenting;
mod reading;
mod system;

pub use holding::{
    attend, begin_questions, call_next, finish, finish_slot, mark_absent, record_guests, start,
};
pub use minutes::{confirm_minutes, write_minutes};
pub use moving::{cancel, postpone};
pub use planning::plan;
pub use presenting::name_presenters;
pub use reading::{
    attended, get, get_actions, get_of_posting, get_public, get_queue, get_slot, get_slot_actions,
    is_heard, list_slots,
};
pub use system::{award_shown, minutes_due, on_bid_out, on_posting_ended};

use crate::entity::{roadshow, slot};
use crate::flow::{Roadshow, RoadshowEvent, RoadshowSlot, SlotEvent, SlotState};
use crate::rules::{RoadshowFacts, SlotFacts};
use crate::store::{self, Case};
use uuid::Uuid;
use wubang_kernel::machine::plan as planned;
use wubang_kernel::{Code, RoleSet};
use wubang_panels::recusals::chair;
use wubang_postings::Posting;
use wubang_store::commit::Commit;
use wubang_store::{Error, Key, Read, Tx, commit, state_of};

/// The posting of a session, whose rules it follows.
pub(crate) async fn posting(read: &impl Read, case: &Case) -> Result<Posting, Error> {
    wubang_postings::service::find(read, case.show.posting_id).await
}

pub(crate) fn facts(
    read: &impl Read,
    case: &Case,
    posting: &Posting,
) -> Result<RoadshowFacts, Error> {
    let person = read.actor().person;
    let chair = case.panel.as_ref().and_then(chair);
    let states = case.slots.iter();
    Ok(RoadshowFacts {
        now: read.now(),
        suspended: posting.state == "suspended",
        starts_at: case.show.starts_at,
        slots: states
            .map(|slot| state_of::<RoadshowSlot>(&slot.state))
            .collect::<Result<_, _>>()?,
        questions: case.show.question_minutes > 0,
        checked_in: case
            .attendance
            .iter()
            .any(|one| Some(one.person_id) == person),
        minutes: case.show.minutes.is_some(),
        chair: person.is_some() && chair.map(|member| member.person_id) == person,
    })
}

/// A session for an act on it.
async fn load_for(tx: &Tx, key: &Key) -> Result<Case, Error> {
    let case = store::load(tx, key).await?;
    tx.expect_version(case.show.version)?;
    if case.sees_bidders() {
        Ok(case)
    } else {
        // a member who has not declared that nothing stands against him
        Err(Code::RecusalUnsigned.into())
    }
}

/// Whether the event is open to the actor now: asked before what he sends is looked at.
async fn may(tx: &Tx, case: &Case, event: RoadshowEvent) -> Result<(), Error> {
    let posting = posting(tx, case).await?;
    let facts = facts(tx, case, &posting)?;
    let state = state_of::<Roadshow>(&case.show.state)?;
    let _ = planned::<Roadshow>(state, event, case.roles, &facts)?;
    Ok(())
}

async fn step(
    tx: &Tx,
    case: &mut Case,
    event: RoadshowEvent,
    with: impl for<'a> FnOnce(Commit<'a, roadshow::Entity>) -> Commit<'a, roadshow::Entity>,
) -> Result<(), Error> {
    let posting = posting(tx, case).await?;
    let facts = facts(tx, case, &posting)?;
    let state = state_of::<Roadshow>(&case.show.state)?;
    let step = planned::<Roadshow>(state, event, case.roles, &facts)?;
    let rules = &posting.procedure.0;
    let commit = commit::<roadshow::Entity>(tx, &case.show, step);
    let commit = commit.under(&rules.timers, rules.publish_cutoff_hour);
    case.show = with(commit).run().await?;
    Ok(())
}

async fn step_slot(
    tx: &Tx,
    slot: &slot::Model,
    event: SlotEvent,
    roles: RoleSet,
    with: impl for<'a> FnOnce(Commit<'a, slot::Entity>) -> Commit<'a, slot::Entity>,
) -> Result<slot::Model, Error> {
    let facts = SlotFacts {
        absences: slot.absences,
    };
    let state = state_of::<RoadshowSlot>(&slot.state)?;
    let step = planned::<RoadshowSlot>(state, event, roles, &facts)?;
    with(commit::<slot::Entity>(tx, slot, step)).run().await
}

/// The people of the organisations behind a slot, partners of a joint bid among them.
async fn people(tx: &Tx, slot: Uuid) -> Result<Vec<Uuid>, Error> {
    let parties = store::parties_of(tx, slot).await?;
    let people = wubang_registry::people_of_organisations(tx, &parties).await?;
    Ok(people.into_iter().map(|one| one.person_id).collect())
}

/// The members of the panel that sit, to be told of the date.
fn members(case: &Case) -> Vec<Uuid> {
    let panel = case.panel.iter();
    panel
        .flat_map(|panel| panel.active())
        .map(|member| member.person_id)
        .collect()
}

/// The slot whose presenter is on, if one is.
fn current(case: &Case) -> Option<&slot::Model> {
    use wubang_kernel::machine::Name;
    let on = [SlotState::Presenting.wire(), SlotState::Questions.wire()];
    case.slots
        .iter()
        .find(|slot| on.contains(&slot.state.as_str()))
}
