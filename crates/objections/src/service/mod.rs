//! What can be done with an objection: load, decide, spend, tell.

mod complaining;
mod deciding;
mod handling;
mod reading;
mod recounting;
mod submitting;
mod system;

pub use complaining::{
    accept_complaint, complain, decide_complaint, find_abuse, refuse_complaint, resume_target,
    suspend_target,
};
pub use deciding::decide;
pub use handling::{accept, answer, investigate, open_hearing, reject, request_supplement};
pub use reading::{get, get_actions, get_public, list, list_public};
pub use recounting::on_recounted;
pub use submitting::{submit, supplement, withdraw};
pub use system::{
    complaint_window_over, hearing_over, overdue, supplement_lapsed, suspension_over,
};

use crate::entity::objection;
use crate::flow::{Objection, ObjectionEvent};
use crate::rules::ObjectionFacts;
use crate::store::{self, Case};
use crate::target;
use sea_orm::Value;
use uuid::Uuid;
use wubang_kernel::deadline::Deadline;
use wubang_kernel::machine::plan;
use wubang_kernel::{Role, Timer};
use wubang_store::commit::Commit;
use wubang_store::{Error, Key, Read, Tx, commit, holds, rules, state_of, timers};

/// Who is asked about as handler or supervisor.
const JUDGES: &[Role] = &[Role::StreetOfficer, Role::DistrictAdmin, Role::Supervisor];

/// Whether somebody may not judge: he took part in what is objected to, works for a party, or objects
/// himself (rulebook 2.9, 2.1).
async fn is_recused(read: &impl Read, row: &objection::Model, person: Uuid) -> Result<bool, Error> {
    if row.involved.took_part.contains(&person) || row.objector_id == person {
        return Ok(true);
    }
    let parties = &row.involved.parties;
    Ok(wubang_panels::service::conflicted(read, &[person], parties)
        .await?
        .contains(&person))
}

async fn facts(read: &impl Read, case: &Case) -> Result<ObjectionFacts, Error> {
    let row = &case.objection;
    let judge = read.actor().person.filter(|_| case.roles.any(JUDGES));
    let recused = match judge {
        Some(person) => is_recused(read, row, person).await?,
        None => false,
    };
    let complaint = row.complaint.as_ref();
    let open = row.state == "complaint_open" && row.held_id.is_some();
    Ok(ObjectionFacts {
        now: read.now(),
        right_office: !target::is_districts(target::kind_of(row)?)
            || case.roles.has(Role::DistrictAdmin),
        decider: judge.is_some_and(|person| row.involved.deciders.contains(&person)),
        recused,
        supplement_used: row.supplement.is_some(),
        supplement_until: row.supplement.as_ref().map(|asked| asked.until),
        other_side: row.respondent != "office",
        invited: row.hearing.is_some(),
        answered: row.hearing.as_ref().is_some_and(|one| one.answer.is_some()),
        hearing_over: row
            .hearing
            .as_ref()
            .is_some_and(|one| one.over_at.is_some()),
        hearing_until: row.hearing.as_ref().map(|one| one.until),
        outcome: None,
        complain_by: row.complain_by,
        raised: None,
        can_stand_still: open && !target::effects(read, row).await?.is_empty(),
        stands_still: row.hold_id.is_some(),
        suspended_before: complaint.is_some_and(|one| one.suspended_at.is_some()),
        abuse_found: row.abuse.is_some(),
    })
}

async fn load_for(tx: &Tx, key: &Key) -> Result<Case, Error> {
    let case = store::load(tx, key).await?;
    tx.expect_version(case.objection.version)?;
    Ok(case)
}

/// Asks the table without doing anything: who may not is told so before his input is judged.
fn may(case: &Case, event: ObjectionEvent, facts: &ObjectionFacts) -> Result<(), Error> {
    let state = state_of::<Objection>(&case.objection.state)?;
    let _ = plan::<Objection>(state, event, case.roles, facts)?;
    Ok(())
}

/// Plans an event and spends it with what `with` adds; the objector hears of what others do.
async fn step(
    tx: &Tx,
    mut case: Case,
    event: ObjectionEvent,
    facts: &ObjectionFacts,
    with: impl for<'a> FnOnce(Commit<'a, objection::Entity>) -> Commit<'a, objection::Entity>,
) -> Result<Case, Error> {
    let state = state_of::<Objection>(&case.objection.state)?;
    let planned = plan::<Objection>(state, event, case.roles, facts)?;
    let rules = rules::at(tx, &case.objection.division).await?;
    let told = if tx.actor().person == Some(case.objection.objector_id) {
        Vec::new()
    } else {
        vec![case.objection.objector_id]
    };
    let spend = commit::<objection::Entity>(tx, &case.objection, planned)
        .under(&rules.timers, rules.publish_cutoff_hour)
        .tell(told);
    case.objection = with(spend).run().await?;
    Ok(case)
}

/// When a timer that starts now is due at the objection's place.
async fn due(tx: &Tx, row: &objection::Model, timer: Timer) -> Result<Deadline, Error> {
    let rules = rules::at(tx, &row.division).await?;
    let (terms, cutoff) = (&rules.timers, rules.publish_cutoff_hour);
    let timer = match timer {
        Timer::T44 => target::answer_term(target::kind_of(row)?),
        other => other,
    };
    Ok(timers::deadline(
        tx.calendar(),
        timer,
        tx.now(),
        terms,
        cutoff,
    ))
}

/// Holds what must stand still, if it is not held yet; answers the hold to be kept.
async fn hold(tx: &Tx, row: &objection::Model) -> Result<Option<Uuid>, Error> {
    match (row.hold_id, row.held_id) {
        (Some(hold), _) => Ok(Some(hold)),
        (None, Some(held)) => Ok(Some(
            holds::place(tx, &row.target, held, "objection").await?,
        )),
        (None, None) => Ok(None),
    }
}

/// The value of a hold that is no more.
const NO_HOLD: Value = Value::Uuid(None);

/// Releases the hold that an objection had before its last step, and lets the target go on.
async fn release(tx: &Tx, before: Option<Uuid>, row: &objection::Model) -> Result<(), Error> {
    if let Some(hold) = before {
        holds::release(tx, hold).await?;
        target::go_on(tx, row, "异议已办结,中止的原因消除").await?;
    }
    Ok(())
}
