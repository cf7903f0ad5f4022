//! What a list entry does: shown before it begins, told to the registry while it is in force, taken off when it ends.

use crate::entity::list_entry;
use crate::flow::ListEntryEvent;
use crate::service::{self, Case};
use crate::store;
use uuid::Uuid;
use wubang_kernel::deadline::Term;
use wubang_kernel::{Code, Role, RoleSet, Timer};
use wubang_publicity::Opening;
use wubang_publicity::model::{Channels, PublicityKind};
use wubang_registry::credit::{self, ListColour, Listed};
use wubang_store::{Error, Read, Tx, rules};

/// The system's own hat.
pub(crate) const SYSTEM: &[Role] = &[Role::System];

/// An entry as the registry keeps it; nothing unless it is in force.
pub(crate) fn listed(entry: &list_entry::Model) -> Result<Option<Listed>, Error> {
    let in_force = matches!(entry.state.as_str(), "active" | "repair_requested");
    let term = entry.effective_from.zip(entry.effective_until);
    let Some((from, until)) = term.filter(|_| in_force) else {
        return Ok(None);
    };
    Ok(Some(Listed {
        entry_id: entry.id,
        number: entry.number.clone(),
        colour: entry.colour()?,
        from,
        until,
        paused_until: entry.paused_until,
    }))
}

/// Shows a proposal for the red list to everybody.
pub(crate) async fn publicise(tx: &Tx, case: &Case) -> Result<wubang_publicity::Publicity, Error> {
    let entry = &case.entry;
    if case.facts.colour != ListColour::Red || entry.state != "proposed" {
        return Err(Code::InvalidTransition.into());
    }
    let procedure = rules::at(tx, &entry.division).await?;
    let content = serde_json::json!({ "number": entry.number, "organisation_name": entry.organisation_name, "list": "red",
        "ground": entry.ground()?.zh(), "facts": entry.facts, "months": entry.months, "object": entry.object_label });
    let opening = Opening {
        kind: PublicityKind::RedList,
        object_id: entry.id,
        project_id: None,
        division: entry.division.clone(),
        field: None,
        title: format!("红榜公示:{}", entry.organisation_name),
        content,
        objection_contact: None,
        channels: Channels::default(),
        term: procedure.timers.of(Timer::T57),
        cutoff_hour: procedure.publish_cutoff_hour,
    };
    wubang_publicity::start(tx, opening).await
}

/// T57: the publicity of a red entry ended, it is in force from now on.
///
/// # Errors
/// `open_hold` while an objection is open; `invalid_transition` when the entry has moved on.
pub async fn publicity_ended(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let case = as_system(tx, id).await?;
    begin(tx, case, ListEntryEvent::Activate, None).await?;
    wubang_publicity::ended(tx, id, PublicityKind::RedList).await
}

/// An entry comes into force: its term is counted, the registry knows it from now on.
pub(crate) async fn begin(
    tx: &Tx,
    case: Case,
    event: ListEntryEvent,
    decision: Option<String>,
) -> Result<Case, Error> {
    let months = u32::try_from(case.entry.months).unwrap_or_default();
    let until = tx.calendar().deadline(tx.now(), Term::mo(months));
    let (from, end, person) = (tx.now(), until.at, tx.actor().person);
    let told = serde_json::json!({ "reason": decision, "due_at": end });
    let case = service::step(tx, case, event, |c| {
        c.set(list_entry::Column::EffectiveFrom, from)
            .set(list_entry::Column::EffectiveUntil, end)
            .set(list_entry::Column::Decision, decision.clone())
            .set(list_entry::Column::DecidedBy, person)
            .due(Timer::T56, until)
            .because(decision)
            .facts(told)
    })
    .await?;
    if let Some(listed) = listed(&case.entry)? {
        credit::list(tx, case.entry.organisation_id, listed).await?;
    }
    service::complete(tx, case.entry, case.roles).await
}

/// An entry ends before or with its term: the registry forgets it.
pub(crate) async fn end(
    tx: &Tx,
    case: Case,
    event: ListEntryEvent,
    reason: &str,
) -> Result<Case, Error> {
    let was_shown = case.entry.state == "in_publicity";
    let (now, person) = (tx.now(), tx.actor().person);
    let told = serde_json::json!({ "reason": reason });
    let by = person.or(case.entry.decided_by);
    let case = service::step(tx, case, event, |c| {
        c.set(list_entry::Column::Reason, reason.to_owned())
            .set(list_entry::Column::EndedAt, now)
            .set(list_entry::Column::DecidedBy, by)
            .because(Some(reason.to_owned()))
            .facts(told)
    })
    .await?;
    if was_shown {
        wubang_publicity::stopped(tx, case.entry.id, PublicityKind::RedList, reason).await?;
    } else {
        credit::unlist(tx, case.entry.organisation_id, case.entry.id).await?;
    }
    Ok(case)
}

/// T56: the term of an entry ended; its effects ended with the same second.
///
/// # Errors
/// `invalid_transition` when the entry has moved on.
pub async fn expire(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let case = as_system(tx, id).await?;
    end(tx, case, ListEntryEvent::Expire, "期满自动移出").await?;
    Ok(())
}

/// The time to answer to the notice is over: the district decides without an answer.
///
/// # Errors
/// `invalid_transition` when the entry has moved on.
pub async fn defence_over(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let case = as_system(tx, id).await?;
    service::step(tx, case, ListEntryEvent::EndDefence, |c| c).await?;
    Ok(())
}

/// Who is put on the black list is taken off the red one.
pub(crate) async fn revoke_red(tx: &Tx, organisation: Uuid) -> Result<(), Error> {
    for row in store::red_of(tx, organisation).await? {
        let case = service::complete(tx, row, RoleSet::of(SYSTEM)).await?;
        end(tx, case, ListEntryEvent::Revoke, "该组织列入黑榜").await?;
    }
    Ok(())
}

pub(crate) async fn as_system(tx: &Tx, id: Uuid) -> Result<Case, Error> {
    let row = store::find(tx, id).await?;
    service::complete(tx, row, RoleSet::of(SYSTEM)).await
}
