//! The attachments of a bid: its bidder adds and removes them until the deadline, each hand-in freezes them, and after
//! the opening those who judge read what was handed in.

use super::{Case, load, proceeding};
use crate::entity::bid;
use crate::flow::Bid;
use crate::model::BidMode;
use crate::rules;
use crate::store::{self, BIDDERS, INSIDERS};
use chrono::{DateTime, Utc};
use std::collections::HashSet;
use uuid::Uuid;
use wubang_files::model::{AttachmentOut, AttachmentsOut};
use wubang_files::{Attachment, Attachments, Held, Shelf, service};
use wubang_kernel::deadline::is_over;
use wubang_kernel::machine::Machine;
use wubang_kernel::{Code, Role};
use wubang_store::{Error, Key, Read, Tx, View};

const OBJECT: &str = Bid::OBJECT;

/// States in which the bidder works on what he will hand in, or hand in anew.
const OPEN_FOR_FILES: &[&str] = &["draft", "withdrawn", "submitted"];
/// States in which what he works on is what `sign` and `submit` look at.
const WORKING: &[&str] = &["draft", "withdrawn"];

/// Where the attachments of a bid stand, or those of its repair.
pub(super) fn shelf(case: &Case, object: &'static str) -> Shelf {
    Shelf {
        object,
        object_id: case.bid.id,
        division: case.bid.division.clone(),
        roles: case.roles,
    }
}

/// Whether the caller may change the attachments now, and the shelf that they stand on.
fn changeable(read: &impl Read, case: &Case) -> Result<Shelf, Error> {
    case.roles.first_of(BIDDERS).ok_or(Code::Forbidden)?;
    if case.bid.by_bidder {
        return Err(Code::SealedByBidder.into());
    }
    proceeding(case)?;
    if !OPEN_FOR_FILES.contains(&case.bid.state.as_str()) {
        return Err(Code::InvalidTransition.into());
    }
    let deadline = case.posting.bid_deadline;
    if case.posting.state != "open" || deadline.is_none_or(|at| is_over(at, read.now())) {
        return Err(Code::DeadlinePassed.into());
    }
    Ok(shelf(case, OBJECT))
}

/// Where an attachment would be added, if the caller may: asked when an upload begins, and again when it ends.
///
/// # Errors
/// `not_found` for everybody but the bidder before the opening; `forbidden`; `posting_suspended`;
/// `invalid_transition`; `deadline_passed`.
pub async fn place(tx: &Tx, key: &Key) -> Result<Shelf, Error> {
    let case = load(tx, key).await?;
    changeable(tx, &case)
}

/// The bidder takes an attachment off. What was handed in with it keeps it.
///
/// # Errors
/// As [`place`]; `not_found` for an attachment that is not there; `invalid_transition` for one that is off already.
pub async fn remove(tx: &Tx, key: &Key, id: Uuid) -> Result<AttachmentsOut, Error> {
    let case = load(tx, key).await?;
    tx.expect_version(case.bid.version)?;
    let shelf = changeable(tx, &case)?;
    service::remove(tx, &shelf, id).await?;
    shown(tx, &case).await
}

/// The attachments as they would be handed in now, in the order of their ids.
async fn working(read: &impl Read, bid: Uuid) -> Result<Attachments, Error> {
    let held = service::of_object(read, OBJECT, bid).await?;
    let current = held.iter().filter(|held| held.is_current());
    Ok(Attachments(current.map(Held::attachment).collect()))
}

/// Puts the attachments on which the bidder works into a bid that he would sign and hand in.
pub(super) async fn fill(read: &impl Read, bid: &mut bid::Model) -> Result<(), Error> {
    // the members of a joint bid confirm the working copy, also of what was handed in once
    let joint = bid.state == "submitted" && BidMode::of(&bid.mode) != BidMode::Sole;
    if joint || WORKING.contains(&bid.state.as_str()) {
        bid.attachments = working(read, bid.id).await?;
    }
    Ok(())
}

/// The same for one that he hands in anew.
pub(super) async fn fill_revision(read: &impl Read, bid: &mut bid::Model) -> Result<(), Error> {
    bid.attachments = working(read, bid.id).await?;
    Ok(())
}

/// What is handed in is kept for good from now on.
pub(super) async fn freeze(tx: &Tx, case: &Case, handed_in: &Attachments) -> Result<(), Error> {
    let ids: Vec<Uuid> = handed_in.0.iter().map(|one| one.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    service::hand_in(tx, &shelf(case, OBJECT), &ids).await
}

/// What was handed in last, as far as the case knows it: the envelope of a draft is not what was handed in.
fn handed_in(case: &Case) -> &[Attachment] {
    if WORKING.contains(&case.bid.state.as_str()) {
        &[]
    } else {
        &case.bid.attachments.0
    }
}

/// Whether the viewer reads this attachment: the bidder all of his own, others by its confidentiality what was
/// handed in.
pub(super) fn reads(case: &Case, one: &Attachment) -> bool {
    case.roles.any(INSIDERS)
        || rules::reads_attachment(
            one.confidentiality,
            case.roles.has(Role::Supervisor),
            case.roles.any(&[Role::StreetOfficer, Role::Assessor]),
        )
}

/// What was handed in, as far as the viewer reads it.
pub(super) fn readable(case: &Case) -> Vec<Attachment> {
    let all = handed_in(case).iter();
    all.filter(|one| reads(case, one)).cloned().collect()
}

/// What stands in the row must be what the envelope of the bid says; otherwise somebody has changed the database.
pub(super) fn intact(held: &Held, handed_in: &Attachment) -> Result<(), Error> {
    if held.attachment() == *handed_in {
        Ok(())
    } else {
        Err(Error::internal(format!(
            "attachment {} is not what was handed in",
            handed_in.id
        )))
    }
}

async fn shown(read: &impl Read, case: &Case) -> Result<AttachmentsOut, Error> {
    listed(read, OBJECT, case, &readable(case)).await
}

/// What stands on a shelf of the bid: what was handed in of it, as far as the viewer reads that, and to its own people
/// what they work on.
pub(super) async fn listed(
    read: &impl Read,
    object: &str,
    case: &Case,
    handed_in: &[Attachment],
) -> Result<AttachmentsOut, Error> {
    let own = case.roles.any(INSIDERS);
    let mut items: Vec<AttachmentOut> = Vec::new();
    for held in service::of_object(read, object, case.bid.id).await? {
        let kept = handed_in.iter().find(|one| one.id == held.id());
        if let Some(kept) = kept {
            intact(&held, kept)?;
        }
        if kept.is_some() || (own && held.is_current()) {
            items.push(service::out(&held, kept.is_some())?);
        }
    }
    Ok(AttachmentsOut { items })
}

/// One of them, for whoever finds it there; to its own people also what they have taken off.
///
/// # Errors
/// `not_found` for everybody else.
pub(super) async fn found(
    view: &View,
    object: &str,
    case: &Case,
    handed_in: &[Attachment],
    id: Uuid,
) -> Result<Held, Error> {
    let kept = handed_in.iter().find(|one| one.id == id);
    if kept.is_none() && !case.roles.any(INSIDERS) {
        return Err(Code::NotFound.into());
    }
    let held = service::find(view, object, case.bid.id, id).await?;
    if let Some(kept) = kept {
        intact(&held, kept)?;
    }
    Ok(held)
}

/// The attachments of a bid: to its bidder those on which he works and those that were handed in last; after the
/// opening to those who judge what was handed in, by its confidentiality.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn list(view: &View, key: &Key) -> Result<AttachmentsOut, Error> {
    let case = load(view, key).await?;
    shown(view, &case).await
}

/// One attachment, for whoever finds it in the list; the bidder also those that he has taken off and are still kept.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn find(view: &View, key: &Key, id: Uuid) -> Result<Held, Error> {
    let case = load(view, key).await?;
    found(view, OBJECT, &case, &readable(&case), id).await
}

/// Which of these bids can never be handed in any more and never were: drafts of postings that ended before an
/// instant.
///
/// # Errors
/// When the database fails.
pub async fn left_over(
    view: &View,
    bids: &[Uuid],
    before: DateTime<Utc>,
) -> Result<HashSet<Uuid>, Error> {
    let mut over = HashSet::new();
    for bid in store::drafts_among(view, bids).await? {
        let posting = wubang_postings::service::find(view, bid.posting_id).await?;
        let ended = posting.bid_deadline.is_some_and(|at| at < before);
        // one that stands still may go on
        if ended && !matches!(posting.state.as_str(), "open" | "suspended") {
            over.insert(bid.id);
        }
    }
    Ok(over)
}
