//! What is collected: uploads that were given up, files removed long ago, files of objects that are over without
//! having been handed in, and envelopes without a row. Nothing that was handed in is ever collected.

use crate::Files;
use crate::blobs::made_at;
use crate::entity::file;
use crate::{service, store};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt;
use std::collections::HashSet;
use uuid::Uuid;
use wubang_kernel::Who;
use wubang_store::{BoxFuture, Error, Read, Store, Tx, View};

/// Hours after which an upload that is not over never will be.
const UNFINISHED_HOURS: i64 = 24;
/// Days that a removed file, or one of an object that is over, is kept.
const KEPT_DAYS: i64 = 30;
/// Rows looked at with one statement.
const PAGE: u64 = 200;
/// Envelopes looked up with one statement.
const NAMES: usize = 500;

/// Which of these objects are over since before an instant without having been handed in.
pub type Over =
    for<'a> fn(&'a View, &'a [Uuid], DateTime<Utc>) -> BoxFuture<'a, Result<HashSet<Uuid>, Error>>;

/// How much was collected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Collected {
    /// Uploads given up.
    pub uploads: usize,
    /// Files forgotten with their keys.
    pub files: usize,
    /// Files of objects that are over.
    pub over: usize,
    /// Envelopes without a row, and halves of them.
    pub orphans: usize,
}

/// Collects what the rows tell of. `over` answers for each kind of object which ones are over.
///
/// # Errors
/// When the database or the place of the files fails; what was done before stays done.
pub async fn collect(of: &Store, files: &Files, over: &[(&str, Over)]) -> Result<Collected, Error> {
    let mut done = Collected::default();
    let view = of.read(&Who::system("upkeep"));
    let unfinished = view.now() - TimeDelta::hours(UNFINISHED_HOURS);
    let old = view.now() - TimeDelta::days(KEPT_DAYS);
    for row in all(&view, "pending_scan", unfinished).await? {
        if once(of, async |tx| service::give_up(tx, row.id, false).await).await? {
            files.blobs.remove(row.blob).await?;
            done.uploads += 1;
        }
    }
    for row in all(&view, "removed", old).await? {
        if once(of, async |tx| service::forget(tx, &row).await).await? {
            files.blobs.remove(row.blob).await?;
            done.files += 1;
        }
    }
    for row in left_over(&view, over, old).await? {
        if once(of, async |tx| service::clear(tx, &row).await).await? {
            done.over += 1;
        }
    }
    Ok(done)
}

/// One change in its own transaction; not done when another process, or the caller himself, was first.
async fn once(
    of: &Store,
    change: impl AsyncFnOnce(&Tx) -> Result<(), Error>,
) -> Result<bool, Error> {
    let tx = of.write(&Who::system("upkeep")).await?;
    match change(&tx).await {
        Ok(()) => tx.commit().await.map(|()| true),
        Err(Error::Refused(_)) => Ok(false),
        Err(other) => Err(other),
    }
}

/// Every row in a state that was not touched since an instant, read page by page.
async fn all(view: &View, state: &str, before: DateTime<Utc>) -> Result<Vec<file::Model>, Error> {
    let mut found: Vec<file::Model> = Vec::new();
    loop {
        let after = found.last().map(|row| row.id);
        let page = store::untouched_since(view, state, before, after, PAGE).await?;
        if page.is_empty() {
            return Ok(found);
        }
        found.extend(page);
    }
}

/// Current files of objects that are over.
async fn left_over(
    view: &View,
    over: &[(&str, Over)],
    before: DateTime<Utc>,
) -> Result<Vec<file::Model>, Error> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = store::untouched_since(view, "clean", before, after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(found);
        };
        after = Some(last.id);
        for (object, ask) in over {
            let ids: HashSet<Uuid> = page
                .iter()
                .filter(|row| row.object == *object)
                .map(|row| row.object_id)
                .collect();
            let ids: Vec<Uuid> = ids.into_iter().collect();
            if ids.is_empty() {
                continue;
            }
            let ended = ask(view, &ids, before).await?;
            let theirs = page
                .iter()
                .filter(|row| row.object == *object && ended.contains(&row.object_id));
            found.extend(theirs.cloned());
        }
    }
}

/// Looks through the whole place for envelopes that no row knows, older than a day by the service's clock, and
/// takes them away.
///
/// # Errors
/// When the database or the place of the files fails.
pub async fn sweep(of: &Store, files: &Files) -> Result<Collected, Error> {
    let view = of.read(&Who::system("upkeep"));
    let before = view.now() - TimeDelta::hours(UNFINISHED_HOURS);
    let mut orphans = files.blobs.clear_unfinished(before).await?;
    let mut pages = files.blobs.names().chunks(NAMES);
    while let Some(page) = pages.next().await {
        let names = page.into_iter().collect::<Result<Vec<Uuid>, Error>>()?;
        let old = names
            .into_iter()
            .filter(|name| made_at(*name).is_some_and(|at| at < before));
        let old: Vec<Uuid> = old.collect();
        let known: HashSet<Uuid> = store::known(&view, &old).await?.into_iter().collect();
        for name in old.into_iter().filter(|name| !known.contains(name)) {
            files.blobs.remove(name).await?;
            tracing::info!(envelope = %name, "an envelope that belongs to nothing was taken away");
            orphans += 1;
        }
    }
    Ok(Collected {
        orphans,
        ..Collected::default()
    })
}

/// The files whose envelope is not there, has another size than their bucket, or is not sealed.
///
/// # Errors
/// When the database or the place of the files fails.
pub async fn without_envelope(view: &View, files: &Files) -> Result<Vec<Uuid>, Error> {
    let mut broken = Vec::new();
    let mut after = None;
    loop {
        let page = store::kept(view, after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(broken);
        };
        after = Some(last.id);
        for row in page {
            let (id, blob) = (row.id, row.blob);
            let held = store::unlocked(view, row)?;
            let whole = match files.blobs.size(blob).await? {
                Some(size) => {
                    crate::packing::is_envelope_of(held.secret.size, size)
                        && is_sealed(files, blob).await?
                }
                None => false,
            };
            if !whole {
                broken.push(id);
            }
        }
    }
}

/// Whether an envelope begins as one does.
async fn is_sealed(files: &Files, blob: Uuid) -> Result<bool, Error> {
    const MARK: &[u8] = b"age-encryption.org/v1\n";
    let mut pieces = files.blobs.read(blob).await?;
    let first = pieces.next().await.and_then(Result::ok);
    Ok(first.is_some_and(|piece| piece.starts_with(MARK)))
}
