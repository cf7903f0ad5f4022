//! The street's decision: propose the first in rank (拟承榜) with its publicity (公示), or reject all.

use crate::decision::{self, Decision, bid_among};
use crate::entity::award;
use crate::making::{self, Proposed};
use crate::model::{PostingStepOut, ProposeAwardIn};
use crate::panel::step_out;
use crate::rules::{self, Place};
use crate::{races, store};
use uuid::Uuid;
use wubang_kernel::{Code, Faults, Timer, faults};
use wubang_store::{Error, Key, Tx, timers};
use wubang_web::ReasonIn;

/// What the street states with a proposal, checked.
pub(crate) struct Chosen {
    pub bid_id: Uuid,
    pub reason: String,
    pub cap_reason: Option<String>,
    /// Why a race goes to one alone.
    pub single_reason: Option<String>,
}

impl Chosen {
    /// Reads what came in; `invalid` with both pointers.
    pub(crate) fn read(input: ProposeAwardIn) -> Result<Self, Error> {
        let mut faults = Faults::new();
        let reason = faults.reason(&input.reason);
        let mut prose = |pointer: &str, text: Option<String>| {
            text.map(|text| faults.prose(pointer, &text, 5..=1000))
        };
        let cap_reason = prose("/cap_reason", input.cap_reason);
        let single_reason = prose("/single_reason", input.single_reason);
        faults.finish()?;
        Ok(Chosen {
            bid_id: input.bid_id,
            reason,
            cap_reason,
            single_reason,
        })
    }
}

/// Proposes the best by the panel's ranking that is still there.
pub(crate) async fn by_rank(tx: &Tx, key: &Key, chosen: Chosen) -> Result<award::Model, Error> {
    let decision = decision::load(tx, key).await?;
    let posting = &decision.posting;
    races::alone(&decision, chosen.single_reason.as_deref())?;
    if store::live_of(tx, posting.id).await?.is_some() {
        return Err(Code::Duplicate.into());
    }
    let bid = bid_among(&decision.bids, chosen.bid_id)?;
    let places = rules::choose(&decision.standings, bid.id, posting.procedure.0.threshold)?;
    let made = making::right(tx, posting)?;
    // the posting's version decides who of several was first
    wubang_postings::service::award_proposed(tx, posting.id).await?;
    timers::stop(tx, posting.id, &[Timer::T14]).await?;
    let proposed = Proposed {
        posting,
        bid,
        rank: bid.rank,
        totals: making::totals(&decision.ranking),
        bidders: making::names(&decision.bids),
        reason: chosen.reason,
        cap_reason: chosen.cap_reason,
        fewer_reason: races::fewer_reason(posting).or(chosen.single_reason),
    };
    let award = making::make(tx, made, proposed).await?;
    for (bid, place) in places {
        match place {
            Place::Recommended => wubang_bids::service::recommended(tx, bid).await?,
            Place::Reserve => wubang_bids::service::reserved(tx, bid).await?,
            Place::NotSelected => wubang_bids::service::not_selected(tx, bid).await?,
        }
    }
    making::tell(tx, &award).await?;
    races::starve(tx, posting).await?;
    Ok(award)
}

/// The street rejects all bids when none reaches the threshold; the posting fails (流榜).
///
/// # Errors
/// `rank_not_followed` when one reaches it; `report_unsigned`, `invalid_transition`.
pub async fn reject_all(tx: &Tx, key: &Key, input: ReasonIn) -> Result<PostingStepOut, Error> {
    let reason = faults::reason(&input.reason)?;
    let Decision {
        posting, standings, ..
    } = decision::load(tx, key).await?;
    if posting.state != "evaluating" {
        return Err(Code::InvalidTransition.into());
    }
    rules::may_reject_all(&standings, posting.procedure.0.threshold)?;
    let passed_over: Vec<Uuid> = standings.iter().map(|standing| standing.bid_id).collect();
    for bid in passed_over {
        wubang_bids::service::not_selected(tx, bid).await?;
    }
    wubang_postings::service::failed(tx, posting.id, "all_rejected", Some(reason)).await?;
    step_out(&wubang_postings::service::find(tx, posting.id).await?)
}
