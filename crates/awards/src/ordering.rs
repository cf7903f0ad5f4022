//! Awarding an order (点单, rulebook 2.3.4, 2.3.5): the organisation was picked before, by the community and the
//! street together, and has accepted; no panel scores.

use crate::decision::bid_among;
use crate::entity::award;
use crate::making::{self, Proposed};
use crate::proposal::Chosen;
use crate::store;
use wubang_kernel::{Code, Refusal, Role};
use wubang_postings::PostingCase;
use wubang_store::{Error, Key, Tx};

/// The street proposes the organisation that accepted the order.
///
/// # Errors
/// `invalid_transition` before it was accepted; `incomplete` before its eligibility was checked; `recused` for an
/// officer who works for it; `duplicate` while an award stands.
pub(crate) async fn propose(tx: &Tx, key: &Key, chosen: Chosen) -> Result<award::Model, Error> {
    let PostingCase { posting, roles, .. } = wubang_postings::service::load(tx, key).await?;
    let _ = roles
        .first_of(&[Role::StreetOfficer])
        .ok_or(Code::Forbidden)?;
    tx.expect_version(posting.version)?;
    if store::live_of(tx, posting.id).await?.is_some() {
        return Err(Code::Duplicate.into());
    }
    if posting.state != "closed" {
        return Err(Code::InvalidTransition.into());
    }
    let bids = wubang_bids::service::of_posting(tx, posting.id).await?;
    let bid = bid_among(&bids, chosen.bid_id)?;
    if bid.state == "opened" {
        return Err(Refusal::new(Code::Incomplete)
            .because("尚未完成资格审查", "its eligibility was not checked yet")
            .into());
    }
    let person = tx.person()?;
    let parties = wubang_bids::service::organisations_in(tx, std::slice::from_ref(bid)).await?;
    if wubang_panels::service::conflicted(tx, &[person], &parties)
        .await?
        .contains(&person)
    {
        return Err(Code::Recused.into());
    }
    let made = making::right(tx, &posting)?;
    // the posting's version decides who of several was first
    wubang_postings::service::award_proposed(tx, posting.id).await?;
    wubang_bids::service::recommended(tx, bid.id).await?;
    let proposed = Proposed {
        posting: &posting,
        bid,
        rank: 1,
        totals: Vec::new(),
        bidders: making::names(&bids),
        reason: chosen.reason,
        cap_reason: chosen.cap_reason,
        fewer_reason: None,
    };
    let award = making::make(tx, made, proposed).await?;
    making::tell(tx, &award).await?;
    Ok(award)
}
