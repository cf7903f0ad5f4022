//! What must always hold of lists and credit.

use crate::effects;
use crate::entity::list_entry;
use sea_orm::EntityTrait;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;
use wubang_registry::credit::Listed;
use wubang_registry::organisations;
use wubang_store::invariants::{Invariant, replay};
use wubang_store::{Error, Read, View};

/// The checks of this crate.
#[must_use]
pub fn invariants() -> Vec<Invariant> {
    vec![
        Invariant {
            name: "list_entry_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<list_entry::Entity>(view)),
        },
        Invariant {
            name: "an_organisation_stands_on_the_lists_that_its_entries_say",
            run: |view| Box::pin(standings_differ(view)),
        },
        Invariant {
            name: "nobody_is_on_the_black_list_without_having_been_told",
            run: |view| Box::pin(untold(view)),
        },
    ]
}

/// Organisations whose row names other entries than are in force.
async fn standings_differ(view: &View) -> Result<Vec<Uuid>, Error> {
    let mut expected: HashMap<Uuid, Vec<Listed>> = HashMap::new();
    for row in list_entry::Entity::find().all(&view.db()).await? {
        if let Some(listed) = effects::listed(&row)? {
            let of = expected.entry(row.organisation_id).or_default();
            of.push(listed);
        }
    }
    let mut said: HashMap<Uuid, Vec<Listed>> = HashMap::new();
    for one in organisations::all(view).await? {
        if !one.standings.0.is_empty() {
            said.insert(one.id, one.standings.0);
        }
    }
    for all in expected.values_mut().chain(said.values_mut()) {
        all.sort_by_key(|one| one.entry_id);
    }
    let ids: HashSet<Uuid> = expected.keys().chain(said.keys()).copied().collect();
    Ok(ids
        .into_iter()
        .filter(|id| expected.get(id) != said.get(id))
        .collect())
}

/// Black entries that came into force without notice, or by the hand of who gave it.
async fn untold(view: &View) -> Result<Vec<Uuid>, Error> {
    let rows = list_entry::Entity::find().all(&view.db()).await?;
    let wrong = |row: &list_entry::Model| {
        let entered = row.colour == "black" && row.effective_from.is_some();
        entered && (row.notified_by.is_none() || row.defence_by.is_none())
    };
    Ok(rows.into_iter().filter(wrong).map(|row| row.id).collect())
}
