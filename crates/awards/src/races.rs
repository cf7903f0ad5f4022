//! 赛马 (rulebook 3.11): the street gives the lanes of a race to the first ones by the panel's ranking. Each lane is a
//! posting with an award of its own: publicity, objection, notice and agreement of one say nothing of the others.

use crate::decision::{self, Decision, Stated};
use crate::entity::award;
use crate::flow::Award;
use crate::model::{RaceAwardsIn, RaceLaneOut, RaceOut};
use crate::rules::{self, Place, Quota};
use crate::store::{self, LIVE};
use uuid::Uuid;
use wubang_kernel::score::Exact;
use wubang_kernel::{Code, Faults, Refusal};
use wubang_postings::Posting;
use wubang_postings::flow as postings;
use wubang_postings::particulars::RaceLane;
use wubang_store::{Error, Key, Read, Tx, View, state_of};

/// Fewest lanes: one alone is awarded like any other posting.
const LEAST: usize = 2;

/// The street gives the lanes of a race by rank. With fewer than the notice said, be it that fewer are good enough,
/// it says why; those behind are in reserve for all lanes together.
///
/// # Errors
/// `invalid` with every wrong field; `rank_not_followed`, `below_threshold`, `report_unsigned`, `recused`,
/// `cap_reached`; `invalid_transition` for what is no race and once it is decided.
pub async fn propose_race_awards(
    tx: &Tx,
    key: &Key,
    input: RaceAwardsIn,
) -> Result<RaceOut, Error> {
    let race = wubang_postings::service::load(tx, key).await?.posting;
    if race.content.lanes() < 2 {
        return Err(Code::InvalidTransition.into());
    }
    let decision = decision::load(tx, key).await?;
    if decision.posting.state != "evaluating" {
        return Err(Code::InvalidTransition.into());
    }
    let asked = checked(&decision, input)?;
    let threshold = race.procedure.0.threshold;
    let chosen = rules::choose_many(&decision.standings, &asked.bid_ids, threshold)?;
    let (count, fewer) = (chosen.len(), asked.fewer_reason.clone());
    // the version of the race decides who of several was first
    let race = wubang_postings::service::decide_race(tx, race.id, count, fewer).await?;
    for (lane, bid) in (1_u32..).zip(&chosen) {
        let lane = RaceLane {
            race_id: race.id,
            race_number: race.number.clone(),
            lane,
            lanes: u32::try_from(chosen.len()).unwrap_or(u32::MAX),
            fewer_reason: asked.fewer_reason.clone(),
        };
        enter(tx, &decision, lane, *bid, &asked).await?;
    }
    for (bid, place) in rules::places_of_race(&decision.standings, &chosen, threshold) {
        match place {
            Place::Recommended => {}
            Place::Reserve => wubang_bids::service::reserved(tx, bid).await?,
            Place::NotSelected => wubang_bids::service::not_selected(tx, bid).await?,
        }
    }
    out(tx, race).await
}

/// What the street states, checked.
struct Asked {
    bid_ids: Vec<Uuid>,
    reason: String,
    fewer_reason: Option<String>,
    cap_reason: Option<String>,
}

fn checked(decision: &Decision, input: RaceAwardsIn) -> Result<Asked, Refusal> {
    let posting = &decision.posting;
    let mut faults = Faults::new();
    let reason = faults.reason(&input.reason);
    let mut prose = |pointer: &str, text: Option<String>| {
        text.map(|text| faults.prose(pointer, &text, 5..=1000))
    };
    let cap_reason = prose("/cap_reason", input.cap_reason);
    let fewer_reason = prose("/fewer_reason", input.fewer_reason);
    let contractors = usize::try_from(posting.content.lanes()).unwrap_or(0);
    let fewer = input.bid_ids.len() < contractors;
    if fewer && fewer_reason.is_none() {
        faults.missing("/fewer_reason");
    } else if !fewer && fewer_reason.is_some() {
        let (zh, en) = ("未少取的不填", "belongs to fewer lanes than were announced");
        faults.add("/fewer_reason", "not_allowed", zh, en);
    }
    let quota = Quota {
        least: LEAST,
        picks: contractors,
        budget_fen: posting.whole_ceiling_fen(),
    };
    let price = |id| {
        let bid = decision.bids.iter().find(|bid| bid.id == id);
        bid.map_or(0, |bid| bid.price_fen)
    };
    let standings = &decision.standings;
    rules::check_many(standings, &input.bid_ids, price, quota, &mut faults);
    faults.finish()?;
    Ok(Asked {
        bid_ids: input.bid_ids,
        reason,
        fewer_reason,
        cap_reason,
    })
}

/// One bid enters its lane: posting, project and award at once.
async fn enter(
    tx: &Tx,
    decision: &Decision,
    lane: RaceLane,
    bid: Uuid,
    asked: &Asked,
) -> Result<(), Error> {
    let bid = decision::bid_among(&decision.bids, bid)?;
    let posting = wubang_postings::service::open_lane(tx, &decision.posting, lane).await?;
    let stated = Stated {
        reason: asked.reason.clone(),
        cap_reason: asked.cap_reason.clone(),
        fewer_reason: asked.fewer_reason.clone(),
    };
    decision::award_one(tx, decision, (&posting, bid), stated).await
}

/// Refuses to give a race to one alone while others are good enough, unless everybody is told why.
///
/// # Errors
/// `race_undecided`.
pub(crate) fn alone(decision: &Decision, reason: Option<&str>) -> Result<(), Refusal> {
    let posting = &decision.posting;
    let undecided = posting.content.lanes() > 1 && posting.state == "evaluating";
    let able = rules::able(&decision.standings, posting.procedure.0.threshold);
    if undecided && able >= LEAST && reason.is_none() {
        return Err(Code::RaceUndecided.into());
    }
    Ok(())
}

/// Why the race of a lane has fewer lanes than were announced.
pub(crate) fn fewer_reason(posting: &Posting) -> Option<String> {
    let lane = posting.particulars.lane.as_ref();
    lane.and_then(|lane| lane.fewer_reason.clone())
}

/// Nobody is in reserve any more: lanes of the race that wait for their next candidate fail, the others go on. Nothing
/// for what is neither a decided race nor a lane.
///
/// # Errors
/// `conflict` when somebody else was first.
pub(crate) async fn starve(tx: &Tx, posting: &Posting) -> Result<(), Error> {
    if posting.particulars.lane.is_none() && !posting.was_raced() {
        return Ok(());
    }
    wubang_postings::service::hold_race(tx, posting).await?;
    let race = crate::case::judged_in(posting);
    let bids = wubang_bids::service::of_posting(tx, race).await?;
    if bids.iter().any(|bid| bid.state == "reserve") {
        return Ok(());
    }
    let mut lanes = wubang_postings::service::lanes_of(tx, &[race]).await?;
    lanes.retain(|lane| lane.state == "award_publicity");
    let ids: Vec<Uuid> = lanes.iter().map(|lane| lane.id).collect();
    let mut awards = store::of_postings(tx, &ids).await?;
    awards.retain(|award| LIVE.contains(&award.state.as_str()));
    for lane in ids {
        if awards.iter().all(|award| award.posting_id != lane) {
            wubang_postings::service::failed(tx, lane, "no_candidate", None).await?;
        }
    }
    Ok(())
}

/// The lanes of a race, for everybody; nothing before the decision, and of a posting that is no race.
///
/// # Errors
/// `not_found` for a posting that is not public.
pub async fn get_race(view: &View, key: &Key) -> Result<RaceOut, Error> {
    let posting = wubang_postings::service::load(view, key).await?.posting;
    let race = wubang_postings::service::race_of(view, posting).await?;
    out(view, race).await
}

async fn out(read: &impl Read, race: Posting) -> Result<RaceOut, Error> {
    let lanes = wubang_postings::service::lanes_of(read, &[race.id]).await?;
    let ids: Vec<Uuid> = lanes.iter().map(|lane| lane.id).collect();
    let awards = store::of_postings(read, &ids).await?;
    let items = lanes
        .into_iter()
        .map(|lane| lane_out(lane, &awards))
        .collect::<Result<Vec<_>, Error>>()?;
    // how many bid is nobody's to know before the decision
    let decided = race.was_raced();
    let bids = match decided {
        true => Some(wubang_bids::service::count_ranked(read, race.id).await?),
        false => None,
    };
    Ok(RaceOut {
        contractors: race.content.lanes(),
        decided,
        bids,
        fewer_reason: race.reason.filter(|_| decided),
        sum_fen: items
            .iter()
            .map(|item| item.price_fen)
            .fold(0, i64::saturating_add),
        race_id: race.id,
        race_number: race.number,
        items,
        version: race.version,
    })
}

fn lane_out(lane: Posting, awards: &[award::Model]) -> Result<RaceLaneOut, Error> {
    let mut own = awards.iter().filter(|award| award.posting_id == lane.id);
    let award = own
        .next_back()
        .ok_or_else(|| Error::internal("a lane without award"))?;
    let total: Option<Exact> = award.total.as_deref().and_then(|text| text.parse().ok());
    Ok(RaceLaneOut {
        lane: lane.particulars.lane.map_or(0, |lane| lane.lane),
        rank: award.rank,
        total: total.map(|total| total.rounded()),
        organisation_name: award.organisation_name.clone(),
        price_fen: award.price_fen,
        project_id: lane.project_id,
        posting_id: lane.id,
        posting_number: lane.number,
        posting_state: state_of::<postings::Posting>(&lane.state)?,
        award_id: award.id,
        award_state: state_of::<Award>(&award.state)?,
    })
}
