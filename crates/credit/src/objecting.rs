//! What objections do with an entry of a list (rulebook 2.8.12, 2.8.15): a red one waits in its publicity, the effects
//! of a black one rest, but no longer than the term of the answer (T44).

use crate::effects::{self, as_system};
use crate::entity::list_entry;
use crate::flow::ListEntryEvent;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use uuid::Uuid;
use wubang_kernel::Role;
use wubang_registry::credit;
use wubang_store::commit::edit;
use wubang_store::{Error, Tx};

/// Whether an entry can still be taken back.
#[must_use]
pub fn is_revocable(entry: &crate::ListEntry) -> bool {
    matches!(
        entry.state.as_str(),
        "in_publicity" | "active" | "repair_requested"
    )
}

/// An objection was accepted: the effects of an entry in force rest until `until`. One in publicity is held by the
/// objection itself.
///
/// # Errors
/// `conflict` when somebody else was first.
pub async fn suspend_for_objection(tx: &Tx, id: Uuid, until: DateTime<Utc>) -> Result<(), Error> {
    rest(tx, id, Some(until)).await
}

/// An objection was settled without consequence: the effects go on.
///
/// # Errors
/// `conflict` when somebody else was first.
pub async fn resume_after_objection(tx: &Tx, id: Uuid) -> Result<(), Error> {
    rest(tx, id, None).await
}

async fn rest(tx: &Tx, id: Uuid, until: Option<DateTime<Utc>>) -> Result<(), Error> {
    let case = as_system(tx, id).await?;
    let in_force = effects::listed(&case.entry)?.is_some();
    if !in_force || case.entry.paused_until == until {
        return Ok(());
    }
    let event = match until {
        Some(_) => "list_entry.paused",
        None => "list_entry.effects_resumed",
    };
    let set = |update: sea_orm::UpdateMany<list_entry::Entity>| {
        update.col_expr(list_entry::Column::PausedUntil, Expr::value(until))
    };
    let data = serde_json::json!({ "paused_until": until });
    edit::<list_entry::Entity>(tx, &case.entry, event, Role::System, set, Some(data)).await?;
    credit::pause(tx, case.entry.organisation_id, id, until).await
}

/// An objection was upheld: the entry is taken back.
///
/// # Errors
/// `invalid_transition` when it has ended.
pub async fn revoke_after_objection(tx: &Tx, id: Uuid, reason: &str) -> Result<(), Error> {
    let case = as_system(tx, id).await?;
    effects::end(tx, case, ListEntryEvent::Revoke, reason).await?;
    Ok(())
}
