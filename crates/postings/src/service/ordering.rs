//! What becomes of an order (点单, rulebook 2.3.4): accepted by a bid, or declined here.

use super::system::{let_go, reason_of};
use super::{facts, load_for, may, out, step};
use crate::flow::PostingEvent;
use crate::model::PostingOut;
use wubang_kernel::faults;
use wubang_store::{Error, Key, Tx};
use wubang_web::ReasonIn;

/// The picked organisation declines; the order fails at once, and nobody waits for its term.
///
/// # Errors
/// `forbidden` for anybody else; `invalid` without a reason; `invalid_transition` once it was accepted.
pub async fn decline_order(tx: &Tx, key: &Key, input: ReasonIn) -> Result<PostingOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case).await?;
    may(&case, PostingEvent::DeclineOrder, &facts)?;
    let reason = faults::reason(&input.reason)?;
    let case = step(tx, case, PostingEvent::DeclineOrder, &facts, |c| {
        reason_of(c, "order_declined", Some(reason))
    })
    .await?;
    let_go(tx, &case).await?;
    out(tx, case).await
}
