//! Slowing down who guesses passwords. An attempt is written down before the password is looked at, and
//! struck out when it was right: so that many guesses at once count as many.

use crate::entity::sign_in_failures;
use chrono::TimeDelta;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;
use wubang_kernel::digest::sha256_hex;
use wubang_kernel::{Code, Who};
use wubang_store::{Error, Read, Store, Tx};

/// Window in which failures count.
const WINDOW: TimeDelta = TimeDelta::minutes(15);
/// Failures per account in the window.
const PER_ACCOUNT: u64 = 5;
/// Failures per address in the window.
const PER_PEER: u64 = 20;

/// An attempt that was written down.
pub(crate) struct Attempt {
    account: Option<String>,
    peer_row: Uuid,
}

/// The subject of an account. Hashed: people type passwords into the wrong field.
fn account_subject(account: &str) -> String {
    format!("account {}", sha256_hex(account.to_lowercase().as_bytes()))
}

/// Writes an attempt down, in a transaction of its own; without an account only the address counts.
///
/// # Errors
/// `account_locked` when account or address has failed too often.
pub(crate) async fn attempt(
    store: &Store,
    who: &Who,
    account: Option<&str>,
    peer: &str,
) -> Result<Attempt, Error> {
    use sign_in_failures::Column;
    let tx = store.write(who).await?;
    let since = tx.now() - WINDOW;
    sign_in_failures::Entity::delete_many()
        .filter(Column::At.lte(since))
        .exec(&tx.db())
        .await?;
    let account = account.map(account_subject);
    let peer = format!("peer {peer}");
    if let Some(account) = &account {
        refuse_from(&tx, account, PER_ACCOUNT).await?;
    }
    refuse_from(&tx, &peer, PER_PEER).await?;
    if let Some(account) = &account {
        note(&tx, account).await?;
    }
    let peer_row = note(&tx, &peer).await?;
    tx.commit().await?;
    Ok(Attempt { account, peer_row })
}

async fn refuse_from(tx: &Tx, subject: &str, limit: u64) -> Result<(), Error> {
    let failures = sign_in_failures::Entity::find()
        .filter(sign_in_failures::Column::Subject.eq(subject))
        .count(&tx.db())
        .await?;
    if failures >= limit {
        Err(Code::AccountLocked.into())
    } else {
        Ok(())
    }
}

async fn note(tx: &Tx, subject: &str) -> Result<Uuid, Error> {
    let id = tx.new_id();
    let row = sign_in_failures::ActiveModel {
        id: Set(id),
        subject: Set(subject.to_owned()),
        at: Set(tx.now()),
    };
    sign_in_failures::Entity::insert(row)
        .exec_without_returning(&tx.db())
        .await?;
    Ok(id)
}

/// Strikes out an attempt that was right, and the account's failures before it. Those of the address
/// stay: one good account must not pay for guessing at others.
pub(crate) async fn forgive(tx: &Tx, attempt: Attempt) -> Result<(), Error> {
    use sign_in_failures::Column;
    if let Some(account) = attempt.account {
        sign_in_failures::Entity::delete_many()
            .filter(Column::Subject.eq(account))
            .exec(&tx.db())
            .await?;
    }
    sign_in_failures::Entity::delete_many()
        .filter(Column::Id.eq(attempt.peer_row))
        .exec(&tx.db())
        .await?;
    Ok(())
}
