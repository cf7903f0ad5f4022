//! What can be done with attachments: begin, keep, give up, remove, hand in. The owner's stage has decided before
//! whether the caller may, and brings the shelf.

use crate::entity::file;
use crate::flow::{File, FileEvent};
use crate::model::{AttachmentOut, NewFile, Secret, Shelf};
use crate::rules::{FileFacts, Limits, Shelved};
use crate::store::{self, Held};
use chrono::TimeDelta;
use sea_orm::ActiveValue::Set;
use sea_orm::Value;
use std::collections::HashSet;
use uuid::Uuid;
use wubang_kernel::machine::{self, plan};
use wubang_kernel::{Code, Faults, Refusal, Role, RoleSet};
use wubang_store::commit::Commit;
use wubang_store::{Error, Read, Tx, birth, commit, state_of};
use wubang_web::Instant;

/// Hours in which every upload is over; one that has begun earlier reserves nothing.
const LONGEST_HOURS: i64 = 1;

/// An upload that has begun.
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    pub(crate) id: Uuid,
    pub(crate) blob: Uuid,
    pub(crate) new: NewFile,
}

/// What the object has, without the file that is being replaced and the upload that asks.
async fn shelved(
    tx: &Tx,
    shelf: &Shelf,
    new: &NewFile,
    but: Option<Uuid>,
) -> Result<(Shelved, Option<Held>), Error> {
    let kept = store::of_object(tx, shelf.object, shelf.object_id).await?;
    let since = tx.now() - TimeDelta::hours(LONGEST_HOURS);
    let pending = store::pending(tx, shelf, since, but).await?;
    let current = || kept.iter().filter(|held| held.is_current());
    let replaced = match new.replaces {
        Some(id) => Some(
            current()
                .find(|held| held.id() == id)
                .cloned()
                .ok_or_else(unknown)?,
        ),
        None => None,
    };
    let stays = || current().filter(|held| Some(held.id()) != new.replaces);
    let has = Shelved {
        count: stays().count() + pending,
        bytes: stays().map(|held| held.secret.size).sum(),
        kept_count: kept.len() + pending,
        kept_bytes: kept.iter().map(|held| held.secret.size).sum(),
    };
    Ok((has, replaced))
}

fn unknown() -> Refusal {
    let mut faults = Faults::new();
    let (zh, en) = ("没有这个当前附件", "there is no such current attachment");
    faults.add("?replaces", "unknown_value", zh, en);
    faults
        .finish()
        .err()
        .unwrap_or_else(|| Code::Invalid.into())
}

/// An upload begins: its row is there before its first byte, so that whatever is left of it is found.
///
/// # Errors
/// `forbidden`; `invalid` for a file to replace that is not there; `file_quota`.
pub(crate) async fn begin(
    tx: &Tx,
    limits: Limits,
    shelf: &Shelf,
    new: NewFile,
) -> Result<Pending, Error> {
    let made = machine::create::<File>(shelf.roles)?;
    store::touch(tx, shelf).await?;
    let (has, replaced) = shelved(tx, shelf, &new, None).await?;
    limits.admit(has, 1)?;
    let row = file::ActiveModel {
        id: Set(tx.new_id()),
        object: Set(shelf.object.to_owned()),
        object_id: Set(shelf.object_id),
        division: Set(shelf.division.clone()),
        replaces: Set(new.replaces),
        revision: Set(replaced.map_or(0, |held| held.row.revision) + 1),
        confidentiality: Set(new.confidentiality),
        blob: Set(tx.new_id()),
        locked: Set(None),
        handed_in_at: Set(None),
        removed_at: Set(None),
        dropped_at: Set(None),
        created_by: Set(tx.person()?),
        state: Set("pending_scan".to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let row = birth::<file::Entity, _>(tx, made, row, None).await?;
    Ok(Pending {
        id: row.id,
        blob: row.blob,
        new,
    })
}

async fn step(
    tx: &Tx,
    row: &file::Model,
    event: FileEvent,
    roles: RoleSet,
    with: impl for<'a> FnOnce(Commit<'a, file::Entity>) -> Commit<'a, file::Entity>,
) -> Result<file::Model, Error> {
    let facts = FileFacts {
        handed_in: row.handed_in_at.is_some(),
    };
    let planned = plan::<File>(state_of::<File>(&row.state)?, event, roles, &facts)?;
    with(commit::<file::Entity>(tx, row, planned)).run().await
}

/// The whole file is there: it is kept, and the one that it replaces is removed.
///
/// # Errors
/// `file_quota` when others were faster; `invalid` when what it replaces is gone meanwhile.
pub(crate) async fn keep(
    tx: &Tx,
    limits: Limits,
    shelf: &Shelf,
    pending: &Pending,
    secret: &Secret,
) -> Result<AttachmentOut, Error> {
    store::touch(tx, shelf).await?;
    let (has, replaced) = shelved(tx, shelf, &pending.new, Some(pending.id)).await?;
    limits.admit(has, secret.size)?;
    let row = store::row(tx, pending.id).await?;
    let locked = store::lock(tx, row.id, secret)?;
    let row = step(tx, &row, FileEvent::Keep, shelf.roles, |c| {
        c.set(file::Column::Locked, locked)
    })
    .await?;
    if let Some(replaced) = replaced {
        take_away(tx, shelf, &replaced.row).await?;
    }
    out(&store::unlocked(tx, row)?, false)
}

async fn take_away(tx: &Tx, shelf: &Shelf, row: &file::Model) -> Result<file::Model, Error> {
    let now = tx.now();
    step(tx, row, FileEvent::Remove, shelf.roles, |c| {
        c.set(file::Column::RemovedAt, now)
    })
    .await
}

/// An upload that came to nothing. Its envelope is taken away by whoever calls, after the transaction.
///
/// # Errors
/// `invalid_transition` when it is over by now.
pub(crate) async fn give_up(tx: &Tx, id: Uuid, infected: bool) -> Result<(), Error> {
    let row = store::row(tx, id).await?;
    let event = if infected {
        FileEvent::Refuse
    } else {
        FileEvent::GiveUp
    };
    let now = tx.now();
    step(tx, &row, event, RoleSet::of(&[Role::System]), |c| {
        c.set(file::Column::RemovedAt, now)
            .set(file::Column::DroppedAt, now)
    })
    .await?;
    Ok(())
}

/// Takes a current file off its object. What was handed in stays with what was handed in.
///
/// # Errors
/// `not_found`; `invalid_transition` for one that is off already.
pub async fn remove(tx: &Tx, shelf: &Shelf, id: Uuid) -> Result<(), Error> {
    let held = store::find(tx, shelf.object, shelf.object_id, id).await?;
    take_away(tx, shelf, &held.row).await?;
    Ok(())
}

/// The current files of an object, and those that were removed and are still kept, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn of_object(
    read: &impl Read,
    object: &str,
    object_id: Uuid,
) -> Result<Vec<Held>, Error> {
    store::of_object(read, object, object_id).await
}

/// One file of an object.
///
/// # Errors
/// `not_found`.
pub async fn find(
    read: &impl Read,
    object: &str,
    object_id: Uuid,
    id: Uuid,
) -> Result<Held, Error> {
    store::find(read, object, object_id, id).await
}

/// The object is handed in with its current files: from now on they are kept for good.
///
/// # Errors
/// `conflict` when one of them is removed at the same moment.
pub async fn hand_in(tx: &Tx, shelf: &Shelf, ids: &[Uuid]) -> Result<(), Error> {
    let wanted: HashSet<Uuid> = ids.iter().copied().collect();
    let now = tx.now();
    for held in store::of_object(tx, shelf.object, shelf.object_id).await? {
        if wanted.contains(&held.id()) && held.row.handed_in_at.is_none() {
            step(tx, &held.row, FileEvent::HandIn, shelf.roles, |c| {
                c.set(file::Column::HandedInAt, now)
            })
            .await?;
        }
    }
    Ok(())
}

/// A file that was removed is forgotten with its key. Its envelope is taken away by whoever calls.
///
/// # Errors
/// `conflict`.
pub(crate) async fn forget(tx: &Tx, row: &file::Model) -> Result<(), Error> {
    let now = tx.now();
    commit::edit::<file::Entity>(
        tx,
        row,
        "file.dropped",
        Role::System,
        |update| {
            update
                .col_expr(
                    file::Column::Locked,
                    sea_orm::sea_query::Expr::value(Value::String(None)),
                )
                .col_expr(
                    file::Column::DroppedAt,
                    sea_orm::sea_query::Expr::value(now),
                )
        },
        None,
    )
    .await?;
    Ok(())
}

/// A current file whose object is over and was never handed in is removed.
///
/// # Errors
/// `invalid_transition`, `conflict`.
pub(crate) async fn clear(tx: &Tx, row: &file::Model) -> Result<(), Error> {
    let now = tx.now();
    step(
        tx,
        row,
        FileEvent::Clear,
        RoleSet::of(&[Role::System]),
        |c| c.set(file::Column::RemovedAt, now),
    )
    .await?;
    Ok(())
}

/// An attachment as it is shown.
///
/// # Errors
/// Internal: the table holds a state that nobody knows.
pub fn out(held: &Held, handed_in: bool) -> Result<AttachmentOut, Error> {
    let state = state_of::<File>(&held.row.state)?;
    Ok(AttachmentOut {
        id: held.row.id,
        name: held.secret.name.clone(),
        size: held.secret.size,
        sha256: held.secret.sha256.clone(),
        media_type: held.secret.media_type.clone(),
        confidentiality: held.row.confidentiality,
        revision: held.row.revision,
        replaces: held.row.replaces,
        handed_in,
        state,
        created_at: Instant(held.row.created_at),
        version: held.row.version,
    })
}
