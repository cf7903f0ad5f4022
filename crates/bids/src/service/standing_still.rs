//! The terms of what a bidder was asked stand still while the posting is suspended (counting rule 7), and end with it.

use crate::asking;
use crate::inquiries::{InquiryKind, InquiryOutcome};
use crate::members;
use crate::store;
use uuid::Uuid;
use wubang_kernel::Timer;
use wubang_kernel::machine::Audience;
use wubang_store::recount::Recounted;
use wubang_store::{Error, Tx, timers};

/// Everything that a bidder is asked with a term.
const TERMS: &[Timer] = &[Timer::BidClarification, Timer::BidRepair, Timer::BidHearing];

/// The posting stands still: so do the terms of its bidders.
///
/// # Errors
/// `conflict` when one of them ends at this moment.
pub async fn on_posting_stands(tx: &Tx, posting: Uuid) -> Result<(), Error> {
    timers::suspend(tx, &store::ids_of(tx, posting).await?).await
}

/// The posting goes on: so do the terms of its bidders, with what was left of them.
///
/// # Errors
/// `conflict` when somebody else was first.
pub async fn on_posting_goes_on(tx: &Tx, posting: Uuid) -> Result<(), Error> {
    timers::resume(tx, &store::ids_of(tx, posting).await?).await?;
    Ok(())
}

/// The posting ended: nobody waits for an answer any more.
///
/// # Errors
/// When the database fails.
pub async fn on_posting_ended(tx: &Tx, posting: Uuid) -> Result<(), Error> {
    drop_inquiries(tx, &store::ids_of(tx, posting).await?).await
}

/// Ends everything that these bids were asked.
pub(super) async fn drop_inquiries(tx: &Tx, bids: &[Uuid]) -> Result<(), Error> {
    let kinds = [
        InquiryKind::Clarification,
        InquiryKind::Repair,
        InquiryKind::Hearing,
    ];
    for bid in asking::end(tx, bids, &kinds, InquiryOutcome::Dropped).await? {
        timers::stop(tx, bid, TERMS).await?;
    }
    Ok(())
}

/// A term of a bidder was counted anew: his organisations are told.
///
/// # Errors
/// When the database fails.
pub async fn on_deadline_moved(tx: &Tx, recounted: &Recounted) -> Result<(), Error> {
    let bid = store::find(tx, recounted.object_id).await?;
    let members = members::of_bid(tx, bid.id).await?;
    let joined = members.iter().filter(|member| member.joined());
    let told = std::iter::once(bid.organisation_id)
        .chain(joined.map(|member| member.organisation_id))
        .collect();
    recounted.tell(tx, vec![Audience::Organisation], told).await
}
