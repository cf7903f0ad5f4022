//! The end of the bid window: whether the box is opened, or the window is extended once for too few bids
//! (rulebook 2.5). Decided before anything is unsealed, and without telling a figure.

use super::changing::tell_all;
use super::checking::fail_if_none_left;
use crate::store;
use uuid::Uuid;
use wubang_store::{Error, Tx};

/// T09: the bid window is over. With too few bids, and for the first time, it is extended and the box
/// stays sealed; otherwise the posting is closed, which opens the box.
///
/// # Errors
/// `invalid_transition` when the posting has moved on.
pub async fn window_over(tx: &Tx, posting_id: Uuid) -> Result<(), Error> {
    store::hold_box(tx, posting_id).await?;
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
