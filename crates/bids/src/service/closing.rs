//! The end of the bid window: whether the box is opened, or the window is extended once for too few bids
//! (rulebook 2.5). Decided before anything is unsealed, and without telling a figure.

use super::changing::tell_all;
use super::opening::fail_if_none_left;
use crate::boxes;
use crate::store;
use uuid::Uuid;
use wubang_postings::model::PostingOut;
use wubang_postings::service::Turnout;
use wubang_store::{Error, Key, Tx};
use wubang_web::ReasonIn;

/// T09: the bid window is over. With too few bids, and for the first time, it is extended and the box
/// stays sealed; otherwise the posting is closed, which opens the box.
///
/// # Errors
/// `invalid_transition` when the posting has moved on.
pub async fn window_over(tx: &Tx, posting_id: Uuid) -> Result<(), Error> {
    boxes::hold_box(tx, posting_id).await?;
    let posting = wubang_postings::service::find(tx, posting_id).await?;
    let submitted = store::in_states(tx, posting_id, &["submitted"]).await?;
    let too_few = !submitted.is_empty() && submitted.len() < posting.procedure.0.min_valid_bids;
    if too_few && !wubang_postings::service::was_extended_for_too_few(tx, posting_id).await? {
        return wubang_postings::service::extend_for_too_few(tx, posting_id).await;
    }
    wubang_postings::service::close(tx, posting_id).await
}

/// The posting goes on: everybody concerned is told, and a posting whose last bid was withdrawn in the
/// meantime fails.
///
/// # Errors
/// When the database fails.
pub async fn on_posting_resumed(tx: &Tx, posting_id: Uuid) -> Result<(), Error> {
    tell_all(tx, posting_id, "posting.resumed").await?;
    let posting = wubang_postings::service::find(tx, posting_id).await?;
    fail_if_none_left(tx, &posting).await
}

/// The bids of a posting after the opening, counted while nobody else moves them.
async fn turnout(tx: &Tx, key: &Key) -> Result<Turnout, Error> {
    let posting = wubang_postings::service::load(tx, key).await?.posting;
    boxes::hold_box(tx, posting.id).await?;
    // what waits for its holders is handed in and not opened
    let left = store::in_states(tx, posting.id, &["submitted", "opened", "qualified"]).await?;
    let valid = left.iter().filter(|bid| bid.state == "qualified").count();
    Ok(Turnout {
        waiting: left.len() - valid,
        valid,
    })
}

/// The street declares that the round has failed for too few valid bids (揭榜不足流榜, rulebook 2.5).
///
/// # Errors
/// `incomplete` while a bid waits for its check; `enough_bids`; `invalid` without a reason.
pub async fn fail_too_few(tx: &Tx, key: &Key, input: ReasonIn) -> Result<PostingOut, Error> {
    let turnout = turnout(tx, key).await?;
    wubang_postings::service::fail_too_few(tx, key, turnout, input).await
}

/// The street would negotiate with the only bidder, which is shown to everybody first (单一来源公示,
/// rulebook 2.5).
///
/// # Errors
/// `incomplete` while a bid waits for its check; `enough_bids`; `not_single_bidder`; `duplicate` the second
/// time; `invalid` without a reason.
pub async fn single_bidder(tx: &Tx, key: &Key, input: ReasonIn) -> Result<PostingOut, Error> {
    let turnout = turnout(tx, key).await?;
    wubang_postings::service::single_bidder(tx, key, turnout, input).await
}
