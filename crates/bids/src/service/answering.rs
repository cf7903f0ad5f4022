//! What the acts share with which a bidder is asked something after the opening, and answers: a defect to repair, a
//! question of the panel, a hearing.

use super::{Case, Known, facts, load_for, may};
use crate::flow::BidEvent;
use crate::inquiries::InquiryKind;
use crate::rules::BidFacts;
use std::ops::RangeInclusive;
use uuid::Uuid;
use wubang_kernel::deadline::Deadline;
use wubang_kernel::{Code, Faults, Timer, personal};
use wubang_store::{Error, Key, Read, Tx, timers};

/// Until when the bidder may answer, by the timers of his posting.
pub(super) fn term(tx: &Tx, case: &Case, timer: Timer) -> Deadline {
    let procedure = &case.posting.procedure.0;
    let cutoff = procedure.publish_cutoff_hour;
    timers::deadline(tx.calendar(), timer, tx.now(), &procedure.timers, cutoff)
}

/// A text for the record: of the right length, and naming nobody's identity number.
///
/// # Errors
/// `invalid`.
pub(super) fn text(at: &str, given: &str, length: RangeInclusive<usize>) -> Result<String, Error> {
    let mut faults = Faults::new();
    let text = faults.prose(at, given, length);
    personal::refuse_identity_numbers(at, &text, &mut faults);
    faults.finish()?;
    Ok(text)
}

/// An answer that may be given.
pub(super) struct Answering {
    pub(super) case: Case,
    pub(super) text: String,
    /// What is answered.
    pub(super) open: Uuid,
    pub(super) facts: BidFacts,
}

/// Whether the bidder may answer now, before his words are judged, and what he answers.
///
/// # Errors
/// What the table says of the event; `invalid`; `invalid_transition` when nothing waits for an answer.
pub(super) async fn answering(
    tx: &Tx,
    key: &Key,
    (event, kind): (BidEvent, InquiryKind),
    given: &str,
    longest: usize,
) -> Result<Answering, Error> {
    let case = load_for(tx, key).await?;
    may(tx, &case, event)?;
    let text = text("/text", given, 5..=longest)?;
    let open = case.inquiries.open(kind).map(|row| row.id);
    let facts = facts(tx, &case, Known::default())?;
    Ok(Answering {
        case,
        text,
        open: open.ok_or(Code::InvalidTransition)?,
        facts,
    })
}
