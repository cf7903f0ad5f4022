//! A call for projects (公益创投): the street picks N of M by the panel's ranking, and each picked proposal becomes
//! need, posting and award in one decision (rulebook 2.3.3).

use crate::decision::{self, Decision, Stated};
use crate::flow::Award;
use crate::model::{PickOut, PickProjectsIn, PicksOut};
use crate::rules::{self, Quota};
use crate::store;
use std::collections::HashMap;
use uuid::Uuid;
use wubang_kernel::procedure::Way;
use wubang_kernel::score::Exact;
use wubang_kernel::{Code, Faults, Refusal, faults};
use wubang_postings::Posting;
use wubang_postings::service::Pick;
use wubang_store::{Error, Key, Read, Tx, View, state_of};

/// The street picks the first projects of a call by rank.
///
/// # Errors
/// `invalid` with every wrong pick; `rank_not_followed`, `below_threshold`, `report_unsigned`, `recused`;
/// `invalid_transition` for other types and once projects were picked.
pub async fn pick_projects(tx: &Tx, key: &Key, input: PickProjectsIn) -> Result<PicksOut, Error> {
    let reason = faults::reason(&input.reason)?;
    let call = wubang_postings::service::load(tx, key).await?.posting;
    if call.procedure.0.code.way() != Way::Call || call.state != "evaluating" {
        return Err(Code::InvalidTransition.into());
    }
    let decision = decision::load(tx, key).await?;
    let picked = chosen(&decision, &input.bid_ids)?;
    for id in &picked {
        pick(tx, &decision, *id, &reason).await?;
    }
    for standing in &decision.standings {
        if !picked.contains(&standing.bid_id) {
            wubang_bids::service::not_selected(tx, standing.bid_id).await?;
        }
    }
    let call = wubang_postings::service::conclude(tx, call.id, picked.len()).await?;
    picks(tx, call).await
}

fn chosen(decision: &Decision, ids: &[Uuid]) -> Result<Vec<Uuid>, Refusal> {
    let posting = &decision.posting;
    let terms = posting.particulars.call.as_ref();
    let quota = Quota {
        least: 1,
        picks: terms
            .and_then(|call| usize::try_from(call.picks).ok())
            .unwrap_or(0),
        budget_fen: posting.budget_ceiling_fen,
    };
    let prices: HashMap<Uuid, i64> = decision
        .bids
        .iter()
        .map(|bid| (bid.id, bid.price_fen))
        .collect();
    let mut faults = Faults::new();
    let price = |id| prices.get(&id).copied().unwrap_or(i64::MAX);
    rules::check_many(&decision.standings, ids, price, quota, &mut faults);
    faults.finish()?;
    rules::choose_many(&decision.standings, ids, posting.procedure.0.threshold)
}

/// One picked proposal: need, posting and award at once.
async fn pick(tx: &Tx, decision: &Decision, id: Uuid, reason: &str) -> Result<(), Error> {
    let bid = decision::bid_among(&decision.bids, id)?;
    let project = wubang_bids::service::letter(bid)
        .proposal
        .as_ref()
        .ok_or_else(|| Error::internal("a bid on a call without a proposal"))?;
    let pick = Pick {
        proposal: project,
        bid_id: bid.id,
        price_fen: bid.price_fen,
    };
    let posting = wubang_postings::service::pick(tx, &decision.posting, pick).await?;
    let stated = Stated {
        reason: reason.to_owned(),
        // a reason given for the call is for each of its projects
        cap_reason: decision.posting.bidder_cap_reason.clone(),
        fewer_reason: None,
    };
    decision::award_one(tx, decision, (&posting, bid), stated).await
}

/// What was picked out of a call, for everybody; nothing before the decision, and of a posting that is no call.
///
/// # Errors
/// `not_found` for a posting that is not public.
pub async fn get_picks(view: &View, key: &Key) -> Result<PicksOut, Error> {
    let call = wubang_postings::service::load(view, key).await?.posting;
    picks(view, call).await
}

async fn picks(read: &impl Read, call: Posting) -> Result<PicksOut, Error> {
    let postings = wubang_postings::service::picked_of(read, call.id).await?;
    let ids: Vec<Uuid> = postings.iter().map(|posting| posting.id).collect();
    let mut needs = wubang_postings::service::needs_of_many(read, &ids).await?;
    let awards = store::of_postings(read, &ids).await?;
    let mut items = Vec::new();
    for posting in postings {
        let award = awards.iter().find(|award| award.posting_id == posting.id);
        let award = award.ok_or_else(|| Error::internal("a picked posting without award"))?;
        let total: Option<Exact> = award.total.as_deref().and_then(|text| text.parse().ok());
        items.push(PickOut {
            rank: award.rank,
            total: total.map(|total| total.rounded()),
            title: posting.title,
            community: posting.division,
            organisation_name: award.organisation_name.clone(),
            price_fen: award.price_fen,
            need_ids: needs.remove(&posting.id).unwrap_or_default(),
            project_id: posting.project_id,
            posting_id: posting.id,
            posting_number: posting.number,
            award_id: award.id,
            award_state: state_of::<Award>(&award.state)?,
        });
    }
    items.sort_by_key(|item| item.rank);
    // how many proposed is nobody's to know before the decision
    let decided = call.procedure.0.code.way() == Way::Call && call.state == "completed";
    let proposals = match decided {
        true => Some(wubang_bids::service::count_ranked(read, call.id).await?),
        false => None,
    };
    Ok(PicksOut {
        proposals,
        picked: items.len(),
        sum_fen: items
            .iter()
            .map(|item| item.price_fen)
            .fold(0, i64::saturating_add),
        call_id: call.id,
        call_number: call.number,
        items,
        version: call.version,
    })
}
