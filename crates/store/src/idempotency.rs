//! The stored answers of commands that came with an `Idempotency-Key`, kept for 24 hours. An answer may hold what
//! only its caller may read, such as his bid: its body is locked with the master key.

use crate::entity::idempotency;
use crate::error::Error;
use crate::tx::{Read, Tx};
use chrono::TimeDelta;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use wubang_kernel::{Code, Refusal};

/// A stored answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Body as sent.
    pub body: String,
    /// `ETag` as sent.
    pub etag: Option<String>,
    /// `Location` as sent.
    pub location: Option<String>,
}

fn purpose(caller: &str, key: &str) -> String {
    format!("answer {caller} {key}")
}

fn unlocked(tx: &Tx, caller: &str, key: &str, body: &str) -> Result<String, Error> {
    let body = tx.vault().unlock(&purpose(caller, key), body)?;
    String::from_utf8(body.to_vec()).map_err(|_| Error::internal("a stored answer is no text"))
}

/// The answer given before under this key, if there is one.
///
/// # Errors
/// `idempotency_key_reused` when the key was used with another request.
pub async fn find(
    tx: &Tx,
    caller: &str,
    key: &str,
    fingerprint: &str,
) -> Result<Option<Answer>, Error> {
    let row = idempotency::Entity::find_by_id((caller.to_owned(), key.to_owned()))
        .one(&tx.db())
        .await?;
    match row {
        Some(row) if row.fingerprint != fingerprint => Err(Refusal::new(Code::KeyReused).into()),
        Some(row) => Ok(Some(Answer {
            status: u16::try_from(row.status).unwrap_or(200),
            body: unlocked(tx, caller, key, &row.body)?,
            etag: row.etag,
            location: row.location,
        })),
        None => Ok(None),
    }
}

/// Stores an answer in the transaction that earned it. A racing twin fails here with `duplicate`.
///
/// # Errors
/// When the database fails or the twin was first.
pub async fn keep(
    tx: &Tx,
    caller: &str,
    key: &str,
    fingerprint: &str,
    answer: &Answer,
) -> Result<(), Error> {
    let row = idempotency::ActiveModel {
        caller: Set(caller.to_owned()),
        key: Set(key.to_owned()),
        fingerprint: Set(fingerprint.to_owned()),
        status: Set(i32::from(answer.status)),
        body: Set(tx
            .vault()
            .lock(&purpose(caller, key), answer.body.as_bytes())?),
        etag: Set(answer.etag.clone()),
        location: Set(answer.location.clone()),
        created_at: Set(tx.now()),
    };
    idempotency::Entity::insert(row)
        .exec_without_returning(&tx.db())
        .await
        .map_err(|error| match Error::from(error) {
            Error::Refused(refusal) if refusal.code == Code::Duplicate => {
                Error::Refused(Code::Conflict.into())
            }
            other => other,
        })?;
    Ok(())
}

/// Forgets answers older than a day.
///
/// # Errors
/// When the database fails.
pub async fn forget_old(tx: &Tx) -> Result<u64, Error> {
    let before = tx.now() - TimeDelta::hours(24);
    let gone = idempotency::Entity::delete_many()
        .filter(idempotency::Column::CreatedAt.lt(before))
        .exec(&tx.db())
        .await?;
    Ok(gone.rows_affected)
}
