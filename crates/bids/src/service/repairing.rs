//! Repair of formal defects (形式补正): instead of a disqualification the street asks once, out of a closed list, and
//! the bidder answers with a text and attachments of their own. What was handed in stays as it is.

use super::answering::{Answering, answering, term};
use super::attachments::{self, reads, shelf};
use super::system::by_system;
use super::{Case, Known, facts, load, load_for, out, step};
use crate::asking::{self, Asked};
use crate::entity::bid;
use crate::flow::BidEvent;
use crate::inquiries::{
    BidRepair, FormalDefect, InquiryKind, InquiryOutcome, RepairIn, RepairRequestIn,
};
use crate::model::BidOut;
use crate::store::{self, BIDDERS};
use chrono::{DateTime, Utc};
use std::collections::HashSet;
use uuid::Uuid;
use wubang_files::model::AttachmentsOut;
use wubang_files::{Attachment, Attachments, Held, Shelf, service};
use wubang_kernel::digest::content_hash;
use wubang_kernel::{Code, Faults, Timer, personal};
use wubang_store::{Error, Key, Read, Tx, View};
use wubang_web::Instant;

/// Whose attachments these are: not the bid's own, whose list is what was handed in.
pub const OBJECT: &str = "bid_repair";

/// The street asks the bidder to repair formal defects, once, within two working days. What was proposed against
/// the bid before falls away.
///
/// # Errors
/// `forbidden`; `invalid_transition` once the check is decided; `duplicate` the second time;
/// `posting_suspended`; `invalid` with every wrong field.
pub async fn request_repair(tx: &Tx, key: &Key, input: RepairRequestIn) -> Result<BidOut, Error> {
    let mut case = load_for(tx, key).await?;
    super::may(tx, &case, BidEvent::RequestRepair)?;
    let defects = checked(input.defects)?;
    let facts = facts(tx, &case, Known::default())?;
    let codes: Vec<&str> = defects.iter().map(|one| one.code.as_str()).collect();
    let data = serde_json::json!({ "defects": codes });
    let asked = Asked {
        kind: InquiryKind::Repair,
        ground: None,
        defects,
        question: String::new(),
    };
    asking::ask(tx, case.bid.id, asked).await?;
    let deadline = term(tx, &case, Timer::BidRepair);
    let until = Instant(deadline.at);
    step(tx, &mut case, BidEvent::RequestRepair, &facts, |c| {
        c.set(bid::Column::ReasonCode, None::<String>)
            .set(bid::Column::Reason, None::<String>)
            .set(bid::Column::CheckedBy, None::<Uuid>)
            .due(Timer::BidRepair, deadline)
            .data(data)
            .facts(serde_json::json!({ "due_at": until }))
    })
    .await?;
    out(tx, super::again(tx, case).await?).await
}

/// The defects, each once, in words that name nobody's identity number.
fn checked(defects: Vec<FormalDefect>) -> Result<Vec<FormalDefect>, Error> {
    let mut faults = Faults::new();
    faults.count("/defects", defects.len(), 1..=6);
    let mut seen = HashSet::new();
    let mut kept = Vec::new();
    for (i, defect) in defects.into_iter().enumerate() {
        let text = faults.prose(&format!("/defects/{i}/text"), &defect.text, 5..=500);
        personal::refuse_identity_numbers(&format!("/defects/{i}/text"), &text, &mut faults);
        if !seen.insert(defect.code.as_str()) {
            let at = format!("/defects/{i}/code");
            faults.add(at, "duplicate", "重复", "is there twice");
        }
        kept.push(FormalDefect {
            code: defect.code,
            text,
        });
    }
    faults.finish()?;
    Ok(kept)
}

/// The bidder repairs: his text and what he has uploaded for it are kept for good.
///
/// # Errors
/// `invalid_transition` when no repair is open; `deadline_passed`; `forbidden` for a partner; `invalid`.
pub async fn repair(tx: &Tx, key: &Key, input: RepairIn) -> Result<BidOut, Error> {
    let what = (BidEvent::Repair, InquiryKind::Repair);
    let Answering {
        mut case,
        text,
        open,
        facts,
    } = answering(tx, key, what, &input.text, 2000).await?;
    let held = service::of_object(tx, OBJECT, case.bid.id).await?;
    let current = held.iter().filter(|held| held.is_current());
    let files = Attachments(current.map(Held::attachment).collect());
    let ids: Vec<Uuid> = files.0.iter().map(|one| one.id).collect();
    let hash = content_hash(&serde_json::json!({ "text": text, "attachments": files.0 }));
    if !ids.is_empty() {
        service::hand_in(tx, &shelf(&case, OBJECT), &ids).await?;
    }
    asking::answer(tx, open, text, files).await?;
    step(tx, &mut case, BidEvent::Repair, &facts, |c| {
        c.data(serde_json::json!({ "inquiry_id": open, "answer_hash": hash, "attachments": ids.len() }))
    })
    .await?;
    out(tx, super::again(tx, case).await?).await
}

/// Nobody has repaired in time: the officer decides with it unanswered.
///
/// # Errors
/// `invalid_transition` when the bid has moved on.
pub async fn repair_lapsed(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, BidEvent::LapseRepair, |c| c).await?;
    let kinds = [InquiryKind::Repair];
    asking::end(tx, &[id], &kinds, InquiryOutcome::Unanswered).await?;
    Ok(())
}

/// Whether the caller may change what he will repair with, and the shelf that it stands on.
fn changeable(read: &impl Read, case: &Case) -> Result<Shelf, Error> {
    case.roles.first_of(BIDDERS).ok_or(Code::Forbidden)?;
    super::may(read, case, BidEvent::Repair)?;
    Ok(shelf(case, OBJECT))
}

/// Where an attachment of a repair would be added, if the caller may: asked when an upload begins and ends.
///
/// # Errors
/// `not_found` for everybody but who may read the bid; `forbidden`; `invalid_transition` when no repair is open;
/// `posting_suspended`; `deadline_passed`.
pub async fn place(tx: &Tx, key: &Key) -> Result<Shelf, Error> {
    let case = load(tx, key).await?;
    changeable(tx, &case)
}

/// The bidder takes an attachment off before he repairs.
///
/// # Errors
/// As [`place`]; `not_found` for an attachment that is not there.
pub async fn remove(tx: &Tx, key: &Key, id: Uuid) -> Result<AttachmentsOut, Error> {
    let case = load(tx, key).await?;
    tx.expect_version(case.bid.version)?;
    let shelf = changeable(tx, &case)?;
    service::remove(tx, &shelf, id).await?;
    shown(tx, &case).await
}

/// What was handed in with the repair, as far as the viewer reads it.
fn readable(case: &Case) -> Vec<Attachment> {
    let repairs = case.inquiries.of(InquiryKind::Repair);
    let all = repairs.flat_map(|row| &row.attachments.0);
    all.filter(|one| reads(case, one)).cloned().collect()
}

/// The repair of a bid for who reads it.
pub(super) fn shown_in(case: &Case) -> Result<Option<BidRepair>, Error> {
    let Some(row) = case.inquiries.of(InquiryKind::Repair).next() else {
        return Ok(None);
    };
    Ok(Some(BidRepair {
        id: row.id,
        defects: row.defects.0.clone(),
        asked_at: Instant(row.asked_at),
        outcome: InquiryOutcome::stored(&row.outcome)?,
        answer: row.answer.clone(),
        over_at: row.over_at.map(Instant),
        attachments: readable(case),
    }))
}

async fn shown(read: &impl Read, case: &Case) -> Result<AttachmentsOut, Error> {
    attachments::listed(read, OBJECT, case, &readable(case)).await
}

/// The attachments of a repair: to the bidder those on which he works, to others what was handed in.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn list(view: &View, key: &Key) -> Result<AttachmentsOut, Error> {
    let case = load(view, key).await?;
    shown(view, &case).await
}

/// One attachment of a repair, for whoever finds it in the list.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn find(view: &View, key: &Key, id: Uuid) -> Result<Held, Error> {
    let case = load(view, key).await?;
    attachments::found(view, OBJECT, &case, &readable(&case), id).await
}

/// Which of these bids wait for no repair since before an instant, for attachments that were never handed in.
///
/// # Errors
/// When the database fails.
pub async fn left_over(
    view: &View,
    bids: &[Uuid],
    before: DateTime<Utc>,
) -> Result<HashSet<Uuid>, Error> {
    store::repaired_before(view, bids, before).await
}
