//! The public chronicle of a posting's changes: written once, never changed.

use crate::changes::Kind;
use crate::diff::Diff;
use crate::entity::{change, posting};
use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;
use wubang_kernel::Code;
use wubang_store::{Error, Read, Tx};

/// What an entry says.
pub(crate) struct Entry {
    pub(crate) kind: Kind,
    pub(crate) reason: String,
    pub(crate) ground: Option<String>,
    pub(crate) affects_bids: bool,
    pub(crate) diff: Diff,
    /// Calendar days by which the street extended; 0 otherwise.
    pub(crate) days: u32,
    /// The bid deadline from now on.
    pub(crate) deadline: Option<DateTime<Utc>>,
    /// The hash of the notice from now on.
    pub(crate) notice_hash: Option<String>,
}

impl Entry {
    /// An entry that changes neither deadline nor notice.
    pub(crate) fn of(kind: Kind, reason: String, posting: &posting::Model) -> Self {
        Entry {
            kind,
            reason,
            ground: None,
            affects_bids: false,
            diff: Diff::default(),
            days: 0,
            deadline: posting.bid_deadline,
            notice_hash: posting.notice_hash.clone(),
        }
    }
}

/// The changes of a posting, first one first.
pub(crate) async fn of_posting(
    read: &impl Read,
    posting: Uuid,
) -> Result<Vec<change::Model>, Error> {
    Ok(change::Entity::find()
        .filter(change::Column::PostingId.eq(posting))
        .order_by_asc(change::Column::Sequence)
        .all(&read.db())
        .await?)
}

/// Adds an entry, before the step it tells of: later stages read it when the step reports.
///
/// # Errors
/// `conflict` when somebody else changes the posting at the same moment.
pub(crate) async fn add(tx: &Tx, posting: &posting::Model, entry: Entry) -> Result<(), Error> {
    let known = of_posting(tx, posting.id).await?;
    let row = change::ActiveModel {
        id: Set(tx.new_id()),
        posting_id: Set(posting.id),
        sequence: Set(known
            .last()
            .map_or(1, |last| last.sequence.saturating_add(1))),
        kind: Set(entry.kind.wire().to_owned()),
        reason: Set(entry.reason),
        ground: Set(entry.ground),
        affects_bids: Set(entry.affects_bids),
        diff: Set(entry.diff),
        days: Set(i32::try_from(entry.days).unwrap_or(i32::MAX)),
        deadline_before: Set(posting.bid_deadline),
        deadline_after: Set(entry.deadline),
        notice_hash_before: Set(posting.notice_hash.clone()),
        notice_hash: Set(entry.notice_hash),
        changed_by: Set(tx.actor().person),
        changed_at: Set(tx.now()),
    };
    let added = change::Entity::insert(row)
        .exec_without_returning(&tx.db())
        .await
        .map_err(Error::from);
    match added {
        Err(Error::Refused(refusal)) if refusal.code == Code::Duplicate => {
            Err(Code::Conflict.into())
        }
        other => other.map(|_| ()),
    }
}
