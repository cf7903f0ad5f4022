//! Too few valid bids after the closing (揭榜不足, rulebook 2.5): the street lets the round fail, or
//! negotiates with the only bidder once that was shown to everybody.

use super::system::{by_system, let_go, reason_of};
use super::{facts, load_for, may, out, publicity, step};
use crate::changes::SingleBidderOut;
use crate::entity::posting;
use crate::flow::PostingEvent;
use crate::model::PostingOut;
use crate::rules::{PostingFacts, Turnout};
use crate::store::PostingCase;
use uuid::Uuid;
use wubang_kernel::{Timer, faults};
use wubang_publicity::Publicity;
use wubang_store::{Error, Key, Tx};
use wubang_web::Instant;
use wubang_web::ReasonIn;

/// The posting and what is known of it, its bids included; who may not is told so first.
async fn asked(
    tx: &Tx,
    key: &Key,
    event: PostingEvent,
    turnout: Turnout,
) -> Result<(PostingCase, PostingFacts), Error> {
    let case = load_for(tx, key).await?;
    let facts = PostingFacts {
        turnout: Some(turnout),
        ..facts(tx, &case).await?
    };
    may(&case, event, &facts)?;
    Ok((case, facts))
}

/// The street declares that the round has failed for too few valid bids, with what the bids know of their
/// number.
///
/// # Errors
/// `incomplete` while a bid waits for its check; `enough_bids`; `invalid` without a reason.
pub async fn fail_too_few(
    tx: &Tx,
    key: &Key,
    turnout: Turnout,
    input: ReasonIn,
) -> Result<PostingOut, Error> {
    let (case, facts) = asked(tx, key, PostingEvent::FailTooFew, turnout).await?;
    let reason = faults::reason(&input.reason)?;
    let case = step(tx, case, PostingEvent::FailTooFew, &facts, |c| {
        reason_of(c, "too_few", Some(reason))
    })
    .await?;
    let_go(tx, &case).await?;
    out(tx, case).await
}

/// The street would negotiate with the only bidder: shown to everybody for its term, while the posting stays
/// closed. Afterwards one valid bid is enough.
///
/// # Errors
/// `incomplete` while a bid waits for its check; `enough_bids`; `not_single_bidder`; `duplicate` the second
/// time; `invalid` without a reason.
pub async fn single_bidder(
    tx: &Tx,
    key: &Key,
    turnout: Turnout,
    input: ReasonIn,
) -> Result<PostingOut, Error> {
    let (case, facts) = asked(tx, key, PostingEvent::SingleBidder, turnout).await?;
    let reason = faults::reason(&input.reason)?;
    let shown = publicity::announce(tx, &case.posting, &reason).await?;
    let told = serde_json::json!({ "reason": reason, "publicity_ends_at": Instant(shown.ends_at) });
    let data = serde_json::json!({ "publicity": shown.number, "ends": shown.deadline() });
    let case = step(tx, case, PostingEvent::SingleBidder, &facts, |c| {
        c.set(posting::Column::SingleBidderReason, reason.clone())
            .due(Timer::SingleBidderPublicity, shown.deadline())
            .because(Some(reason))
            .data(data)
            .facts(told)
    })
    .await?;
    out(tx, case).await
}

/// The publicity of the only bidder was shown long enough, and nobody held it: the street goes on.
///
/// # Errors
/// `invalid_transition` when the posting has moved on.
pub async fn single_bidder_over(tx: &Tx, id: Uuid) -> Result<(), Error> {
    publicity::single_bidder_ended(tx, id).await?;
    by_system(tx, id, PostingEvent::EndSingleBidder, |c| c).await?;
    Ok(())
}

/// What everybody reads of the talks with the only bidder.
pub(super) fn shown(
    posting: &posting::Model,
    publicity: Option<Publicity>,
) -> Option<SingleBidderOut> {
    let reason = posting.single_bidder_reason.clone()?;
    publicity.map(|shown| SingleBidderOut {
        reason,
        publicity: shown.number,
        state: shown.state,
        starts_at: Instant(shown.starts_at),
        ends_at: Instant(shown.ends_at),
    })
}
