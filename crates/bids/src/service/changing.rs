//! What a changed posting means for its bids: who is told, and which must be handed in again. Nothing
//! here tells anybody how many they are.

use super::system::by_system;
use crate::boxes;
use crate::entity::bid;
use crate::flow::BidEvent;
use crate::store;
use sea_orm::Value;
use uuid::Uuid;
use wubang_kernel::Timer;
use wubang_kernel::machine::Audience;
use wubang_postings::Posting;
use wubang_store::outbox::{self, Notice};
use wubang_store::recount::{self, Recounted};
use wubang_store::{Error, Tracked, Tx};
use wubang_web::Instant;

/// States of bids that were opened and not turned down.
const JUDGED: &[&str] = &[
    "opened",
    "qualified",
    "clarifying",
    "scored",
    "recommended",
    "reserve",
    "not_selected",
    "awarded",
];

/// One notice to organisations, each person once; with `matched` also to those whom the posting fits.
async fn tell(
    tx: &Tx,
    posting: &Posting,
    event: &str,
    organisations: Vec<Uuid>,
    matched: bool,
    reason: Option<String>,
) -> Result<(), Error> {
    let mut audiences = vec![Audience::Organisation];
    if matched {
        audiences.push(Audience::Matched);
    }
    let notice = Notice {
        tell: audiences,
        division: posting.division.clone(),
        field: Some(posting.field.clone()),
        label: posting.label(),
        organisations,
        persons: Vec::new(),
        state: posting.state.clone(),
        facts: serde_json::json!({ "reason": reason, "bid_deadline": posting.bid_deadline.map(Instant) }),
    };
    outbox::tell(tx, event, "posting", posting.id, notice).await
}

/// A published posting changed: whom it was matched with and who has written a bid are told. The box is
/// held, so that who hands in at this moment sees the change or is seen by it.
///
/// # Errors
/// When the database fails.
pub async fn tell_all(tx: &Tx, posting_id: Uuid, event: &str) -> Result<(), Error> {
    boxes::hold_box(tx, posting_id).await?;
    let posting = wubang_postings::service::find(tx, posting_id).await?;
    let bidders = store::bidders_of(tx, posting_id, None).await?;
    let last = wubang_postings::service::last_change(tx, posting_id).await?;
    let reason = last.map(|change| change.reason);
    tell(tx, &posting, event, bidders, true, reason).await
}

/// The bid deadline was counted anew and has moved: who has written a bid and whom the posting fits are
/// told.
///
/// # Errors
/// When the database fails.
pub async fn on_recounted(tx: &Tx, recounted: &Recounted) -> Result<(), Error> {
    match recounted.moved(Timer::T09) {
        Some(_) => tell_all(tx, recounted.object_id, recount::MOVED).await,
        None => Ok(()),
    }
}

/// A posting ended without award, or goes on with the only bidder: those whose bids were opened are told.
///
/// # Errors
/// When the database fails.
pub async fn tell_judged(tx: &Tx, posting_id: Uuid, event: &str) -> Result<(), Error> {
    let bidders = store::bidders_of(tx, posting_id, Some(JUDGED)).await?;
    if bidders.is_empty() {
        return Ok(());
    }
    let posting = wubang_postings::service::find(tx, posting_id).await?;
    let reason = posting.reason.clone();
    let reason = reason.or_else(|| posting.single_bidder_reason.clone());
    tell(tx, &posting, event, bidders, false, reason).await
}

/// A question was answered: who asked anything and who has written a bid are told.
///
/// # Errors
/// When the database fails.
pub async fn on_question_answered(tx: &Tx, question: Uuid) -> Result<(), Error> {
    let id = wubang_postings::service::posting_of_question(tx, question).await?;
    let posting = wubang_postings::service::find(tx, id).await?;
    let mut told = store::bidders_of(tx, id, None).await?;
    told.extend(wubang_postings::service::askers(tx, id).await?);
    let event = "posting.question_answered";
    tell(tx, &posting, event, told, false, None).await
}

/// The notice was amended. What was handed in on the earlier one becomes a draft again when the
/// amendment affects bids; its signature is void, its owner is told, what was handed in is kept.
///
/// # Errors
/// When the database fails.
pub async fn on_posting_amended(tx: &Tx, posting_id: Uuid) -> Result<(), Error> {
    tell_all(tx, posting_id, "posting.amended").await?;
    let last = wubang_postings::service::last_change(tx, posting_id).await?;
    let Some(amendment) = last.filter(|change| change.affects_bids) else {
        return Ok(());
    };
    let sequence = amendment.sequence;
    for bid in store::in_states(tx, posting_id, &["submitted"]).await? {
        by_system(tx, bid.id, BidEvent::Return, |c| {
            c.set(bid::Column::ReturnedBy, i64::from(sequence))
                .set(bid::Column::SignedHash, Value::String(None))
                .because(Some("posting_amended".to_owned()))
                .data(serde_json::json!({ "amendment": sequence }))
                .facts(serde_json::json!({ "reason": amendment.reason }))
        })
        .await?;
    }
    Ok(())
}
