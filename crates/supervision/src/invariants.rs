//! What must always hold of slips, orders, checks and exits.

use crate::exits::entity::exit;
use crate::guidance::entity::guidance;
use crate::levels;
use crate::rectification::entity::rectification;
use crate::slips::entity::slip;
use crate::spot_checks::entity::spot_check;
use crate::words::ExitDecision;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use std::collections::HashSet;
use uuid::Uuid;
use wubang_store::invariants::{Invariant, replay};
use wubang_store::{Error, Read, View};

/// The checks of this crate.
#[must_use]
pub fn invariants() -> Vec<Invariant> {
    vec![
        Invariant {
            name: "slip_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<slip::Entity>(view)),
        },
        Invariant {
            name: "guidance_order_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<guidance::Entity>(view)),
        },
        Invariant {
            name: "rectification_order_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<rectification::Entity>(view)),
        },
        Invariant {
            name: "spot_check_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<spot_check::Entity>(view)),
        },
        Invariant {
            name: "exit_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<exit::Entity>(view)),
        },
        Invariant {
            name: "an_agreement_is_watched_as_its_open_orders_say",
            run: |view| Box::pin(levels_differ(view)),
        },
        Invariant {
            name: "nobody_leaves_without_notice_and_two_persons_who_say_so",
            run: |view| Box::pin(decided_alone(view)),
        },
    ]
}

/// Agreements whose level is not what their orders give; those that ended early keep the one that they had.
async fn levels_differ(view: &View) -> Result<Vec<Uuid>, Error> {
    let mut watched: HashSet<Uuid> = HashSet::new();
    for ids in [
        contracts_of::<guidance::Entity>(view, guidance::Column::ContractId).await?,
        contracts_of::<rectification::Entity>(view, rectification::Column::ContractId).await?,
        contracts_of::<exit::Entity>(view, exit::Column::ContractId).await?,
    ] {
        watched.extend(ids);
    }
    let mut wrong = Vec::new();
    for id in watched {
        let contract = wubang_contracts::service::find(view, id).await?;
        if matches!(contract.state.as_str(), "terminated" | "exited") {
            continue;
        }
        let said = contract.supervision;
        let level = serde_json::to_value(levels::of(view, id).await?)?;
        if level.as_str() != Some(said.as_str()) {
            wrong.push(id);
        }
    }
    Ok(wrong)
}

async fn contracts_of<E: EntityTrait>(
    view: &View,
    column: impl ColumnTrait,
) -> Result<Vec<Uuid>, Error> {
    Ok(E::find()
        .select_only()
        .column(column)
        .distinct()
        .into_tuple()
        .all(&view.db())
        .await?)
}

/// Decided exits without notice, or without two persons of two offices who said exit.
async fn decided_alone(view: &View) -> Result<Vec<Uuid>, Error> {
    let rows = exit::Entity::find()
        .filter(exit::Column::DecidedAt.is_not_null())
        .all(&view.db())
        .await?;
    let wrong = |row: &exit::Model| {
        let said: Vec<_> = row.opinions.0.iter().collect();
        let two = match said.as_slice() {
            [one, other] => one.office != other.office && one.person_id != other.person_id,
            _ => false,
        };
        let exit = said.iter().all(|one| one.decision == ExitDecision::Exit);
        !two || !exit || row.notified_by.is_none() || row.public_facts.is_none()
    };
    Ok(rows.into_iter().filter(wrong).map(|row| row.id).collect())
}
