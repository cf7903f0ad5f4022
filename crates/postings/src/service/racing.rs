//! 赛马 (rulebook 3.11): several contractors work at the same needs in parallel. Each runs in a lane: a posting and a
//! project of its own, over the needs of the race. The needs follow the lanes together, not each of them.

use super::fresh::{Fresh, next_number};
use super::picking::out_of_another;
use super::rounds;
use super::system::by_system;
use crate::entity::posting;
use crate::flow::{Posting, PostingEvent};
use crate::model::{AwardMode, Content, FrozenProcedure, Overrides};
use crate::particulars::{Particulars, RaceLane};
use crate::project;
use crate::race_rules::{LaneEnd, NeedsGo, after};
use crate::store::{self, PostingCase};
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::machine;
use wubang_store::{Error, Read, Tx};

/// The race is decided: its round is over, its needs are its lanes' from here on, and each lane goes its own way.
/// `fewer_reason` is public.
///
/// # Errors
/// `invalid_transition` unless it is a race that is being evaluated; `conflict` when somebody else was first.
pub async fn decide_race(
    tx: &Tx,
    race: Uuid,
    lanes: usize,
    fewer_reason: Option<String>,
) -> Result<crate::Posting, Error> {
    let data = serde_json::json!({ "lanes": lanes, "fewer_reason": fewer_reason });
    let case = by_system(tx, race, PostingEvent::DecideRace, |c| {
        c.set(posting::Column::Outcome, posting::RACED)
            .set(posting::Column::Reason, fewer_reason.clone())
            .data(data)
            .because(fewer_reason)
    })
    .await?;
    store::release_needs(tx, race).await?;
    project::set_stage(tx, case.posting.project_id, "closed", Some(posting::RACED)).await?;
    Ok(case.posting)
}

/// Opens a lane of a race; the award follows in the same transaction.
///
/// # Errors
/// `forbidden` for others than the street.
pub async fn open_lane(
    tx: &Tx,
    race: &crate::Posting,
    lane: RaceLane,
) -> Result<crate::Posting, Error> {
    let division = store::division(race)?;
    let needs = store::need_ids(tx, race.id).await?;
    let made = machine::create::<Posting>(tx.actor().roles(&Reach::at(division)))?;
    let number = next_number(tx, &division).await?;
    let project = project::insert(
        tx,
        number.replacen("LB", "XM", 1),
        &race.title,
        &race.division,
        &race.field,
        made.role(),
    )
    .await?;
    let data = serde_json::json!({ "needs": needs, "race": race.number, "lane": lane.lane });
    let row = fresh(race, number, project.id, lane).row(tx)?;
    out_of_another(tx, made, (row, data), needs, PostingEvent::OpenLane).await
}

/// The draft of a lane: what the race said, for one contractor.
fn fresh(race: &posting::Model, number: String, project_id: Uuid, lane: RaceLane) -> Fresh {
    Fresh {
        number,
        project_id,
        round: 1,
        kind: race.kind.clone(),
        division: race.division.clone(),
        title: race.title.clone(),
        field: race.field.clone(),
        budget_ceiling_fen: race.budget_ceiling_fen,
        content: Content {
            award_mode: AwardMode::Single,
            contractors: None,
            ..race.content.clone()
        },
        procedure: FrozenProcedure(race.procedure.0.clone()),
        overrides: Overrides::default(),
        particulars: Particulars {
            lane: Some(lane),
            ..Particulars::default()
        },
        publish_at: None,
    }
}

/// Lets whoever changes the lanes of a race in another transaction wait for this one, and sees what he has done: of
/// two lanes that end at once each would take the other for running. Nothing where the posting is neither race nor lane.
///
/// # Errors
/// When the database fails.
pub async fn hold_race(tx: &Tx, posting: &crate::Posting) -> Result<(), Error> {
    match &posting.particulars.lane {
        Some(lane) => store::lock(tx, lane.race_id).await,
        None if posting.content.lanes() > 1 => store::lock(tx, posting.id).await,
        None => Ok(()),
    }
}

/// The race of a posting: itself, or the one that it is a lane of.
///
/// # Errors
/// When the database fails.
pub async fn race_of(read: &impl Read, posting: crate::Posting) -> Result<crate::Posting, Error> {
    match &posting.particulars.lane {
        Some(lane) => super::find(read, lane.race_id).await,
        None => Ok(posting),
    }
}

/// The lanes of some races, in the order of their numbers; none before the decision.
///
/// # Errors
/// When the database fails.
pub async fn lanes_of(read: &impl Read, races: &[Uuid]) -> Result<Vec<crate::Posting>, Error> {
    let mut lanes = store::came_of(read, races).await?;
    lanes.retain(|one| one.particulars.lane.is_some());
    lanes.sort_by_key(|one| one.particulars.lane.as_ref().map(|lane| lane.lane));
    Ok(lanes)
}

/// The work on a posting begins: its needs are taken on (承榜落实). In a race they are from the first lane on.
///
/// # Errors
/// `invalid_transition` when a need is not posted.
pub async fn needs_fulfilled(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let posting = super::find(tx, id).await?;
    hold_race(tx, &posting).await?;
    let ids = store::need_ids(tx, id).await?;
    let lane = posting.particulars.lane.is_some();
    for need in wubang_needs::service::load_many(tx, &ids).await? {
        if !(lane && need.state == "fulfilled") {
            wubang_needs::service::fulfilled(tx, need.id).await?;
        }
    }
    Ok(())
}

/// The result of a posting is confirmed: its needs are closed. In a race they are when no lane runs any more.
///
/// # Errors
/// `invalid_transition` when a need is not fulfilled.
pub async fn needs_closed(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let posting = super::find(tx, id).await?;
    hold_race(tx, &posting).await?;
    let needs = store::need_ids(tx, id).await?;
    match ended(tx, &posting, LaneEnd::Completed).await? {
        NeedsGo::Closed => close(tx, &needs).await,
        NeedsGo::On | NeedsGo::Failed | NeedsGo::Cancelled => Ok(()),
    }
}

/// What follows for the needs of a posting that ends this way.
async fn ended(tx: &Tx, posting: &posting::Model, own: LaneEnd) -> Result<NeedsGo, Error> {
    let Some(lane) = &posting.particulars.lane else {
        return Ok(after(own, &[]));
    };
    let lanes = lanes_of(tx, &[lane.race_id]).await?;
    let others = lanes.iter().filter(|other| other.id != posting.id);
    let others: Vec<_> = others.map(|other| LaneEnd::of(&other.state)).collect();
    Ok(after(own, &others))
}

async fn close(tx: &Tx, needs: &[Uuid]) -> Result<(), Error> {
    for need in needs {
        wubang_needs::service::closed(tx, *need).await?;
    }
    Ok(())
}

/// A published posting has failed, was cancelled or has lost its agreement: it holds its needs no more, and they go where they go when no
/// other lane runs.
pub(super) async fn let_needs_go(tx: &Tx, case: &PostingCase, own: LaneEnd) -> Result<(), Error> {
    hold_race(tx, &case.posting).await?;
    store::release_needs(tx, case.posting.id).await?;
    match ended(tx, &case.posting, own).await? {
        NeedsGo::On => Ok(()),
        NeedsGo::Closed => close(tx, &case.need_ids).await,
        NeedsGo::Failed => {
            for need in wubang_needs::service::load_many(tx, &case.need_ids).await? {
                // the work on it had begun: no round of posting was in vain
                if need.state == "fulfilled" {
                    wubang_needs::service::reopened(tx, need.id).await?;
                } else {
                    wubang_needs::service::posting_failed(tx, need.id).await?;
                }
            }
            rounds::await_decision(tx, case).await
        }
        NeedsGo::Cancelled => {
            for need in &case.need_ids {
                wubang_needs::service::posting_cancelled(tx, *need).await?;
            }
            Ok(())
        }
    }
}
