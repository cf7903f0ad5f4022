//! What the street decides on: the bids of a posting whose panel has signed its report, in the panel's ranking.

use crate::case::judged_in;
use crate::making::{self, Proposed};
use crate::model::AwardRanking;
use crate::rules::Standing;
use crate::{PURPOSE, review, store};
use uuid::Uuid;
use wubang_bids::Bid;
use wubang_kernel::score::Exact;
use wubang_kernel::{Code, Refusal, Role};
use wubang_postings::{Posting, PostingCase};
use wubang_store::{Error, Key, Tx};

/// A posting whose panel has reported, and what can be chosen from.
pub(crate) struct Decision {
    pub posting: Posting,
    pub bids: Vec<Bid>,
    pub standings: Vec<Standing>,
    pub ranking: AwardRanking,
}

fn standing(bid: &Bid) -> Option<Standing> {
    let reserve = bid.state == "reserve";
    let total: Exact = bid.total.as_deref()?.parse().ok()?;
    (reserve || bid.state == "scored").then_some(Standing {
        bid_id: bid.id,
        rank: bid.rank,
        total,
        reserve,
    })
}

/// Loads what the street decides on.
///
/// # Errors
/// `forbidden`; `invalid_transition` outside evaluation and publicity; `report_unsigned`; `recused`
/// when the decider works for a bidder or recused himself from the panel.
pub(crate) async fn load(tx: &Tx, key: &Key) -> Result<Decision, Error> {
    let PostingCase { posting, roles, .. } = wubang_postings::service::load(tx, key).await?;
    roles
        .first_of(&[Role::StreetOfficer])
        .ok_or(Code::Forbidden)?;
    // who decides about a race or a lane of it at the same moment is waited for, and seen
    wubang_postings::service::hold_race(tx, &posting).await?;
    let posting = wubang_postings::service::find(tx, posting.id).await?;
    tx.expect_version(posting.version)?;
    if !matches!(posting.state.as_str(), "evaluating" | "award_publicity") {
        return Err(Code::InvalidTransition.into());
    }
    let judged_in = judged_in(&posting);
    let panel = wubang_panels::service::load(tx, PURPOSE, judged_in)
        .await?
        .ok_or(Code::ReportUnsigned)?;
    let report = store::report_of(tx, panel.panel.id)
        .await?
        .filter(|report| report.signed_at.is_some())
        .ok_or(Code::ReportUnsigned)?;
    let bids = wubang_bids::service::of_posting(tx, judged_in).await?;
    let person = tx.person()?;
    let parties = wubang_bids::service::organisations_in(tx, &bids).await?;
    let recused = wubang_panels::service::conflicted(tx, &[person], &parties)
        .await?
        .contains(&person);
    if recused
        || panel
            .members
            .iter()
            .any(|member| member.person_id == person && !member.active)
    {
        return Err(Code::Recused.into());
    }
    let standings = bids.iter().filter_map(standing).collect();
    Ok(Decision {
        posting,
        bids,
        standings,
        ranking: report.ranking,
    })
}

/// Finds a bid among those of a posting.
pub(crate) fn bid_among(bids: &[Bid], id: Uuid) -> Result<&Bid, Refusal> {
    bids.iter()
        .find(|bid| bid.id == id)
        .ok_or_else(review::unknown_bid)
}

/// What the street states publicly with one of several awards.
pub(crate) struct Stated {
    pub reason: String,
    pub cap_reason: Option<String>,
    pub fewer_reason: Option<String>,
}

/// One of several awards of a decision, on the posting that was opened for it.
pub(crate) async fn award_one(
    tx: &Tx,
    decision: &Decision,
    (posting, bid): (&Posting, &Bid),
    stated: Stated,
) -> Result<(), Error> {
    let made = making::right(tx, &decision.posting)?;
    wubang_bids::service::recommended(tx, bid.id).await?;
    let proposed = Proposed {
        posting,
        bid,
        rank: bid.rank,
        totals: making::totals(&decision.ranking),
        bidders: making::names(&decision.bids),
        reason: stated.reason,
        cap_reason: stated.cap_reason,
        fewer_reason: stated.fewer_reason,
    };
    let award = making::make(tx, made, proposed).await?;
    making::tell(tx, &award).await
}
