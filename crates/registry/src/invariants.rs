//! What must hold over the registry's tables whatever happened.

use crate::entity::{engagements, grants, organisations, people, sessions};
use crate::words::OrgStatus;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;
use wubang_kernel::Scope;
use wubang_store::invariants::Invariant;
use wubang_store::{Error, Read, View};

/// The registry's checks.
#[must_use]
pub fn invariants() -> Vec<Invariant> {
    vec![
        Invariant {
            name: "a_live_grant_has_a_person_and_a_scope",
            run: |view| Box::pin(grants_stand(view)),
        },
        Invariant {
            name: "a_session_family_has_one_live_token",
            run: |view| Box::pin(families_have_one_token(view)),
        },
        Invariant {
            name: "a_custodian_exists_and_no_count_is_negative",
            run: |view| Box::pin(organisations_stand(view)),
        },
        Invariant {
            name: "an_organisation_carries_what_its_engagements_say",
            run: |view| Box::pin(counts_stand(view)),
        },
        Invariant {
            name: "a_credit_score_is_what_its_ledger_leads_to",
            run: |view| Box::pin(scores_stand(view)),
        },
    ]
}

async fn grants_stand(view: &View) -> Result<Vec<Uuid>, Error> {
    let live = grants::Entity::find()
        .filter(grants::Column::RevokedAt.is_null())
        .all(&view.db())
        .await?;
    let persons: HashSet<Uuid> = people::Entity::find()
        .select_only()
        .column(people::Column::Id)
        .into_tuple()
        .all(&view.db())
        .await?
        .into_iter()
        .collect();
    let divisions: Vec<(Uuid, String)> = organisations::Entity::find()
        .select_only()
        .columns([organisations::Column::Id, organisations::Column::Division])
        .into_tuple()
        .all(&view.db())
        .await?;
    let divisions: HashMap<Uuid, String> = divisions.into_iter().collect();
    let stands = |row: &grants::Model| {
        let scope_stands = crate::grants::of_row(row).is_ok_and(|grant| match grant.scope {
            Scope::Division(code) => row.division == code.as_str(),
            Scope::Organisation(id) => divisions.get(&id) == Some(&row.division),
        });
        persons.contains(&row.person_id) && scope_stands
    };
    Ok(live
        .into_iter()
        .filter(|row| !stands(row))
        .map(|row| row.id)
        .collect())
}

async fn families_have_one_token(view: &View) -> Result<Vec<Uuid>, Error> {
    let live: Vec<Uuid> = sessions::Entity::find()
        .select_only()
        .column(sessions::Column::Family)
        .filter(sessions::Column::UsedAt.is_null())
        .filter(sessions::Column::RevokedAt.is_null())
        .into_tuple()
        .all(&view.db())
        .await?;
    let mut seen = HashSet::new();
    Ok(live
        .into_iter()
        .filter(|family| !seen.insert(*family))
        .collect())
}

async fn organisations_stand(view: &View) -> Result<Vec<Uuid>, Error> {
    let rows = organisations::Entity::find().all(&view.db()).await?;
    let known: HashSet<Uuid> = rows.iter().map(|row| row.id).collect();
    let broken = |row: &&organisations::Model| {
        row.active_contracts < 0
            || OrgStatus::from_wire(&row.status).is_none()
            || row
                .custodian_id
                .is_some_and(|custodian| !known.contains(&custodian) || custodian == row.id)
    };
    Ok(rows.iter().filter(broken).map(|row| row.id).collect())
}

async fn scores_stand(view: &View) -> Result<Vec<Uuid>, Error> {
    let organisations = crate::organisations::all(view).await?;
    crate::credit::account_differs(view, &organisations).await
}

async fn counts_stand(view: &View) -> Result<Vec<Uuid>, Error> {
    let running: Vec<Uuid> = engagements::Entity::find()
        .select_only()
        .column(engagements::Column::OrganisationId)
        .filter(engagements::Column::EndedAt.is_null())
        .into_tuple()
        .all(&view.db())
        .await?;
    let mut counts: HashMap<Uuid, i32> = HashMap::new();
    for id in running {
        *counts.entry(id).or_default() += 1;
    }
    let rows: Vec<(Uuid, i32)> = organisations::Entity::find()
        .select_only()
        .columns([
            organisations::Column::Id,
            organisations::Column::ActiveContracts,
        ])
        .into_tuple()
        .all(&view.db())
        .await?;
    let differs = |(id, count): &(Uuid, i32)| counts.get(id).copied().unwrap_or(0) != *count;
    Ok(rows.into_iter().filter(differs).map(|row| row.0).collect())
}
