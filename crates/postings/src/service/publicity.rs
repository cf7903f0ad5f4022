//! The publicity (公示) of the notice: T08 from publication, anew after each change of the notice, never
//! longer than the posting itself stands; and that of talks with the only bidder.

use crate::entity::posting;
use serde_json::{Value, json};
use wubang_kernel::Timer;
use wubang_kernel::deadline::Deadline;
use wubang_publicity::model::{Channels, PublicityKind};
use wubang_publicity::{Opening, Publicity};
use wubang_store::trace::About;
use wubang_store::{Error, Read, Tracked, Tx, timers};

const KIND: PublicityKind = PublicityKind::PostingNotice;
const SINGLE: PublicityKind = PublicityKind::SingleBidder;

/// The public notice: numbers, content and frozen rules.
pub(super) fn notice(posting: &posting::Model) -> Value {
    let mut notice = json!({ "number": posting.number, "title": posting.title, "field": posting.field,
        "budget_ceiling_fen": posting.budget_ceiling_fen, "content": posting.content, "procedure": posting.procedure });
    let own = &posting.particulars;
    for (name, value) in [
        ("order", json!(own.order)),
        ("external_procedure_ref", json!(own.external)),
        ("call", json!(own.call)),
        ("picked_from", json!(own.picked)),
        ("lane_of", json!(own.lane)),
        (
            "whole_ceiling_fen",
            match posting.content.lanes() {
                0 | 1 => Value::Null,
                _ => json!(posting.whole_ceiling_fen()),
            },
        ),
        // who holds the shares is nobody's matter who bids
        (
            "sealing",
            match own.sealing.by_holders() {
                true => json!({ "level": own.sealing.level }),
                false => Value::Null,
            },
        ),
    ] {
        if let (false, Some(members)) = (value.is_null(), notice.as_object_mut()) {
            members.insert(name.to_owned(), value);
        }
    }
    notice
}

fn opening(posting: &posting::Model) -> Opening {
    let procedure = &posting.procedure.0;
    Opening {
        kind: KIND,
        object_id: posting.id,
        project_id: Some(posting.project_id),
        division: posting.division.clone(),
        field: Some(posting.field.clone()),
        title: posting.title.clone(),
        content: notice(posting),
        objection_contact: Some(posting.content.objection_contact.clone()),
        channels: Channels::default(),
        term: procedure.timers.of(Timer::T08),
        cutoff_hour: procedure.publish_cutoff_hour,
    }
}

/// Shows that the street would negotiate with the only bidder, and why. Who that is stays unsaid until an
/// award is proposed (rulebook 2.6).
pub(super) async fn announce(
    tx: &Tx,
    posting: &posting::Model,
    reason: &str,
) -> Result<Publicity, Error> {
    let procedure = &posting.procedure.0;
    let content = json!({ "number": posting.number, "title": posting.title, "field": posting.field,
        "budget_ceiling_fen": posting.budget_ceiling_fen, "buyer": posting.content.buyer,
        "valid_bids": 1, "min_valid_bids": procedure.min_valid_bids, "reason": reason });
    let single = Opening {
        kind: SINGLE,
        content,
        term: procedure.timers.of(SINGLE.timer()),
        ..opening(posting)
    };
    wubang_publicity::start(tx, single).await
}

/// The publicity of the only bidder, where there was one.
pub(super) async fn single_bidder(
    read: &impl Read,
    posting: &posting::Model,
) -> Result<Option<Publicity>, Error> {
    match posting.single_bidder_reason {
        Some(_) => wubang_publicity::last(read, posting.id, SINGLE).await,
        None => Ok(None),
    }
}

/// The posting goes on after a suspension, and the publicity of the only bidder with what was left of it.
pub(super) async fn single_bidder_moved(
    tx: &Tx,
    posting: &posting::Model,
    ends: &Deadline,
) -> Result<(), Error> {
    wubang_publicity::moved(tx, posting.id, SINGLE, ends).await
}

/// The publicity of the only bidder was shown long enough.
pub(super) async fn single_bidder_ended(tx: &Tx, id: uuid::Uuid) -> Result<(), Error> {
    wubang_publicity::ended(tx, id, SINGLE).await
}

/// Shows the notice of a posting that was just published.
pub(super) async fn start(tx: &Tx, posting: &posting::Model) -> Result<(), Error> {
    wubang_publicity::start(tx, opening(posting)).await?;
    Ok(())
}

/// The notice has changed: it is shown for the whole term again, and T08 with it.
pub(super) async fn restart(tx: &Tx, posting: &posting::Model) -> Result<(), Error> {
    let shown = wubang_publicity::restart(tx, opening(posting)).await?;
    let about = About {
        object: "posting",
        id: posting.id,
        project_id: posting.project_id(),
        division: &posting.division,
        version: posting.version,
    };
    timers::start(tx, &about, &posting.label(), Timer::T08, &shown.deadline()).await
}

/// The posting goes on after a suspension, and T08 with what was left of it.
pub(super) async fn moved(tx: &Tx, posting: &posting::Model, ends: &Deadline) -> Result<(), Error> {
    wubang_publicity::moved(tx, posting.id, KIND, ends).await
}

/// The posting was cancelled or failed.
pub(super) async fn stopped(tx: &Tx, posting: &posting::Model, reason: &str) -> Result<(), Error> {
    for kind in [KIND, SINGLE] {
        wubang_publicity::stopped(tx, posting.id, kind, reason).await?;
    }
    Ok(())
}

/// T08: the notice was shown long enough.
///
/// # Errors
/// `conflict` when somebody else was first.
pub async fn notice_period_ended(tx: &Tx, id: uuid::Uuid) -> Result<(), Error> {
    wubang_publicity::ended(tx, id, KIND).await
}
