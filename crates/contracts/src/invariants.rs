//! What must hold over all agreements, whatever happened.

use crate::activities::activity;
use crate::changes::entity::request;
use crate::entity::{contract, milestone, party, payment, signature, version};
use crate::settlements::{rules::BY_SETTLEMENT, settlement};
use crate::terminations::termination;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::collections::HashMap;
use uuid::Uuid;
use wubang_store::invariants::{Invariant, replay};
use wubang_store::{Error, Read, View};

/// The checks of this stage.
#[must_use]
pub fn invariants() -> Vec<Invariant> {
    vec![
        Invariant {
            name: "contract_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<contract::Entity>(view)),
        },
        Invariant {
            name: "milestone_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<milestone::Entity>(view)),
        },
        Invariant {
            name: "payment_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<payment::Entity>(view)),
        },
        Invariant {
            name: "change_request_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<request::Entity>(view)),
        },
        Invariant {
            name: "termination_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<termination::Entity>(view)),
        },
        Invariant {
            name: "settlement_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<settlement::Entity>(view)),
        },
        Invariant {
            name: "activity_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<activity::Entity>(view)),
        },
        Invariant {
            name: "a_settlement_balances_and_its_payments_say_the_same",
            run: |view| Box::pin(unbalanced(view)),
        },
        Invariant {
            name: "a_contract_says_what_its_last_version_says",
            run: |view| Box::pin(unversioned(view)),
        },
        Invariant {
            name: "payments_sum_to_the_price",
            run: |view| Box::pin(wrong_sums(view)),
        },
        Invariant {
            name: "a_paid_payment_has_a_reference",
            run: |view| Box::pin(unreferenced(view)),
        },
        Invariant {
            name: "a_signed_contract_has_every_signature_over_its_hash",
            run: |view| Box::pin(unsigned(view)),
        },
    ]
}

async fn wrong_sums(view: &View) -> Result<Vec<Uuid>, Error> {
    let mut sums: HashMap<Uuid, (i64, i32, bool)> = HashMap::new();
    // what a settlement adds is no part of the price as agreed
    let agreed = payment::Entity::find().filter(payment::Column::Condition.ne(BY_SETTLEMENT));
    for row in agreed.all(&view.db()).await? {
        let (amount, share, within) = sums.entry(row.contract_id).or_insert((0, 0, true));
        *amount += row.planned_fen;
        *share += row.share_percent;
        *within &= (0..=row.planned_fen).contains(&row.amount_fen);
    }
    let contracts = contract::Entity::find().all(&view.db()).await?;
    Ok(contracts
        .into_iter()
        // a free service has nothing to pay
        .filter(|row| row.price_fen > 0 || sums.contains_key(&row.id))
        .filter(|row| sums.get(&row.id) != Some(&(row.price_fen, 100, true)))
        .map(|row| row.id)
        .collect())
}

/// Settlements whose sums do not balance, or whose payments say something else once they are fixed.
async fn unbalanced(view: &View) -> Result<Vec<Uuid>, Error> {
    let mut back: HashMap<Uuid, i64> = HashMap::new();
    let mut due: HashMap<Uuid, i64> = HashMap::new();
    for row in payment::Entity::find().all(&view.db()).await? {
        *back.entry(row.contract_id).or_default() += row.clawback_fen;
        if row.condition == BY_SETTLEMENT {
            *due.entry(row.contract_id).or_default() += row.amount_fen;
        }
    }
    let rows = settlement::Entity::find().all(&view.db()).await?;
    let broken = rows.into_iter().filter(|row| {
        let of = |sums: &HashMap<Uuid, i64>| sums.get(&row.contract_id).copied().unwrap_or(0);
        let expected = match row.state.as_str() {
            "completed" => (row.due_fen, row.clawback_fen),
            _ => (0, 0),
        };
        row.accepted_fen + row.clawback_fen != row.paid_fen + row.due_fen
            || (of(&due), of(&back)) != expected
    });
    Ok(broken.map(|row| row.contract_id).collect())
}

async fn unreferenced(view: &View) -> Result<Vec<Uuid>, Error> {
    let rows = payment::Entity::find()
        .filter(payment::Column::State.is_in(["paid", "clawback_due", "clawed_back"]))
        .filter(payment::Column::PaymentReference.is_null());
    Ok(rows
        .all(&view.db())
        .await?
        .into_iter()
        .map(|row| row.id)
        .collect())
}

async fn unsigned(view: &View) -> Result<Vec<Uuid>, Error> {
    let mut signed: HashMap<Uuid, Vec<signature::Model>> = HashMap::new();
    for row in signature::Entity::find().all(&view.db()).await? {
        signed.entry(row.contract_id).or_default().push(row);
    }
    let firsts: HashMap<Uuid, String> = version::Entity::find()
        .filter(version::Column::N.eq(1))
        .all(&view.db())
        .await?
        .into_iter()
        .map(|row| (row.contract_id, row.content_hash))
        .collect();
    let mut parties: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for row in party::Entity::find()
        .filter(party::Column::LeftAt.is_null())
        .all(&view.db())
        .await?
    {
        parties.entry(row.contract_id).or_default().push(row.id);
    }
    let unsigned = ["drafting", "pending_signature", "void"];
    let contracts = contract::Entity::find()
        .filter(contract::Column::State.is_not_in(unsigned))
        .all(&view.db())
        .await?;
    let broken = contracts.into_iter().filter(|contract| {
        let every = signed.get(&contract.id).is_some_and(|rows| {
            let all = parties.get(&contract.id).is_some_and(|parties| {
                parties
                    .iter()
                    .all(|party| rows.iter().any(|row| row.party_id == *party))
            });
            // what was signed is the first version
            let signed = firsts.get(&contract.id);
            all && rows.iter().all(|row| Some(&row.content_hash) == signed)
        });
        let hashed = serde_json::to_value(&contract.content).is_ok_and(|content| {
            wubang_kernel::digest::content_hash(&content) == contract.content_hash
        });
        !every || !hashed || contract.signed_at.is_none()
    });
    Ok(broken.map(|row| row.id).collect())
}

/// Signed agreements that say anything but their last version, and versions whose hash is not theirs.
async fn unversioned(view: &View) -> Result<Vec<Uuid>, Error> {
    let mut last: HashMap<Uuid, (i32, String)> = HashMap::new();
    let mut broken = Vec::new();
    for row in version::Entity::find().all(&view.db()).await? {
        let hash = serde_json::to_value(&row.content)
            .map(|content| wubang_kernel::digest::content_hash(&content))?;
        if hash != row.content_hash {
            broken.push(row.contract_id);
        }
        let known = last.entry(row.contract_id).or_insert((0, String::new()));
        if row.n > known.0 {
            *known = (row.n, row.content_hash);
        }
    }
    let contracts = contract::Entity::find()
        .filter(contract::Column::SignedAt.is_not_null())
        .all(&view.db())
        .await?;
    let wrong = contracts.into_iter().filter(|row| {
        let said = last.get(&row.id).map(|(_, hash)| hash);
        said != Some(&row.content_hash) || row.content.price_fen.get() != row.price_fen
    });
    broken.extend(wrong.map(|row| row.id));
    Ok(broken)
}
