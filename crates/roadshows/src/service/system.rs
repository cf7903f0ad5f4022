//! What happens to a session without anybody's act on it.

use super::{presenting, step_slot};
use crate::entity::roadshow;
use crate::flow::{Roadshow, RoadshowEvent, SlotEvent};
use crate::rules::RoadshowFacts;
use crate::store::{self, Case};
use uuid::Uuid;
use wubang_kernel::machine::plan;
use wubang_kernel::{Role, RoleSet};
use wubang_store::commit::Commit;
use wubang_store::{Error, Read, Tx, commit, state_of};

/// The system's own step: its rows ask nothing.
async fn by_system(
    tx: &Tx,
    show: &roadshow::Model,
    event: RoadshowEvent,
    with: impl for<'a> FnOnce(Commit<'a, roadshow::Entity>) -> Commit<'a, roadshow::Entity>,
) -> Result<roadshow::Model, Error> {
    let facts = RoadshowFacts {
        now: tx.now(),
        suspended: false,
        starts_at: show.starts_at,
        slots: Vec::new(),
        questions: false,
        checked_in: false,
        minutes: show.minutes.is_some(),
        chair: false,
    };
    let state = state_of::<Roadshow>(&show.state)?;
    let system = RoleSet::of(&[Role::System]);
    let step = plan::<Roadshow>(state, event, system, &facts)?;
    with(commit::<roadshow::Entity>(tx, show, step)).run().await
}

/// A bid fell out: its slot is dropped, the order of the others stays. What it has presented it has presented.
///
/// # Errors
/// When the database fails.
pub async fn on_bid_out(tx: &Tx, bid: Uuid) -> Result<(), Error> {
    for slot in store::live_of_bid(tx, bid).await? {
        let system = RoleSet::of(&[Role::System]);
        let slot = step_slot(tx, &slot, SlotEvent::Drop, system, |c| c).await?;
        presenting::touch(tx, &slot, "roadshow.slot_dropped", None).await?;
    }
    Ok(())
}

/// A posting failed or was cancelled: there is nothing to present any more.
///
/// # Errors
/// When the database fails.
pub async fn on_posting_ended(tx: &Tx, posting: Uuid) -> Result<(), Error> {
    for show in store::in_states(tx, posting, &["planned", "running"]).await? {
        let show = by_system(tx, &show, RoadshowEvent::End, |c| c).await?;
        let case = Case {
            slots: store::slots_of(tx, show.id).await?,
            show,
            attendance: Vec::new(),
            panel: None,
            roles: RoleSet::of(&[Role::System]),
        };
        super::moving::drop_slots(tx, &case, &serde_json::Value::Null).await?;
    }
    Ok(())
}

/// The proposed award of a posting is public: the term of the minutes begins, once.
///
/// # Errors
/// When the database fails.
pub async fn award_shown(tx: &Tx, posting: Uuid) -> Result<(), Error> {
    let held = store::in_states(tx, posting, &["held", "recorded"]).await?;
    if held.is_empty() {
        return Ok(());
    }
    let posting = wubang_postings::service::find(tx, posting).await?;
    let (terms, now) = (&posting.procedure.0.timers, tx.now());
    for show in held.iter().filter(|show| show.shown_at.is_none()) {
        by_system(tx, show, RoadshowEvent::Show, |c| {
            c.set(roadshow::Column::ShownAt, now)
                .under(terms, posting.procedure.0.publish_cutoff_hour)
        })
        .await?;
    }
    Ok(())
}

/// The term of the minutes is over: they become public, or the street is reminded that they are not confirmed.
///
/// # Errors
/// When the database fails.
pub async fn minutes_due(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let show = store::find(tx, id).await?;
    if show.state == "recorded" {
        publish(tx, show).await?;
        return Ok(());
    }
    let now = tx.now();
    by_system(tx, &show, RoadshowEvent::Remind, |c| {
        c.set(roadshow::Column::DueAt, now)
    })
    .await?;
    Ok(())
}

/// Everybody reads the minutes from now on.
pub(super) async fn publish(tx: &Tx, show: roadshow::Model) -> Result<roadshow::Model, Error> {
    let (now, hash) = (tx.now(), show.minutes_hash.clone());
    by_system(tx, &show, RoadshowEvent::Publish, |c| {
        c.set(roadshow::Column::PublishedAt, now)
            .data(serde_json::json!({ "minutes_hash": hash }))
    })
    .await
}
