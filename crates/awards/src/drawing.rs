//! When the draw of a posting is committed and when it is shown (rulebook 2.10).

use crate::{PURPOSE, case, store};
use uuid::Uuid;
use wubang_kernel::procedure::Way;
use wubang_panels::draws::{self, DrawFor};
use wubang_postings::Posting;
use wubang_store::{Error, Key, Tx};

/// What the draw of a posting is for.
pub(crate) fn object(posting: &Posting) -> DrawFor {
    DrawFor {
        purpose: PURPOSE,
        object_id: posting.id,
        project_id: Some(posting.project_id),
        division: posting.division.clone(),
    }
}

/// A posting that a panel will judge is out: the seed of its draw is committed beside it, before
/// anybody bids.
///
/// # Errors
/// When the database fails.
pub(crate) async fn on_posting_published(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let posting = wubang_postings::service::find(tx, id).await?;
    if matches!(posting.procedure.0.code.way(), Way::Panel | Way::Call) {
        draws::commit(tx, &object(&posting), 1).await?;
    }
    Ok(())
}

/// A posting failed after its panel sat: that is its result, and the draw is shown.
///
/// # Errors
/// When the database fails.
pub(crate) async fn on_posting_failed(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let posting = wubang_postings::service::find(tx, id).await?;
    let Some(lane) = &posting.particulars.lane else {
        return draws::reveal(tx, PURPOSE, id).await;
    };
    // of a race it is the result when no lane is left that could still be noticed
    let lanes = wubang_postings::service::lanes_of(tx, &[lane.race_id]).await?;
    let over = |lane: &Posting| matches!(lane.state.as_str(), "failed" | "cancelled");
    if lanes.iter().all(over) {
        draws::reveal(tx, PURPOSE, lane.race_id).await?;
    }
    Ok(())
}

/// The notice of award is out: the draw of the panel that judged is shown.
///
/// # Errors
/// When the database fails.
pub(crate) async fn on_notice_issued(tx: &Tx, award: Uuid) -> Result<(), Error> {
    let award = store::find(tx, &Key::Id(award)).await?;
    let posting = wubang_postings::service::find(tx, award.posting_id).await?;
    draws::reveal(tx, PURPOSE, case::judged_in(&posting)).await
}
