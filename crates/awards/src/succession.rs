//! Who follows when an awardee falls away (递补): the next in reserve, or nobody and the posting fails.

use crate::case::judged_in;
use crate::entity::award;
use crate::review;
use wubang_store::{Error, Tx};

/// The awardee is gone: on to the reserve, whose turn the street proposes within T14, or 流榜.
pub(crate) async fn fall_away(tx: &Tx, award: &award::Model) -> Result<(), Error> {
    let posting = wubang_postings::service::find(tx, award.posting_id).await?;
    wubang_postings::service::hold_race(tx, &posting).await?;
    wubang_bids::service::declined(tx, award.bid_id).await?;
    // one that fell away while an objection was open leaves the posting to go on
    let reason = "拟承榜对象已放弃,中止的原因消除";
    wubang_postings::service::resume_after_objection(tx, award.posting_id, reason).await?;
    on_to_the_next(tx, award).await
}

/// The next in reserve is to be proposed, or the posting fails. Who stands in reserve in a race runs in none of its
/// lanes, and follows in the one whose street proposes him first.
pub(crate) async fn on_to_the_next(tx: &Tx, award: &award::Model) -> Result<(), Error> {
    let posting = wubang_postings::service::find(tx, award.posting_id).await?;
    let bids = wubang_bids::service::of_posting(tx, judged_in(&posting)).await?;
    if !bids.iter().any(|bid| bid.state == "reserve") {
        return wubang_postings::service::failed(tx, award.posting_id, "no_candidate", None).await;
    }
    wubang_postings::service::next_candidate(tx, award.posting_id).await?;
    let posting = wubang_postings::service::find(tx, award.posting_id).await?;
    review::start_decision(tx, &posting).await
}
