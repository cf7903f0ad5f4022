//! Rules that must hold over the whole database, whatever happened. Each stage adds its own.

use crate::BoxFuture;
use crate::commit::{Stateful, Stored};
use crate::entity::{timers, trace};
use crate::error::Error;
use crate::tx::{Read, View};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use std::collections::HashMap;
use uuid::Uuid;
use wubang_kernel::deadline::Term;
use wubang_kernel::machine::{Machine, Name};

/// Looks for offenders.
pub type Check = for<'a> fn(&'a View) -> BoxFuture<'a, Result<Vec<Uuid>, Error>>;

/// One named check; answers with the ids that break it.
pub struct Invariant {
    /// Its name, stable.
    pub name: &'static str,
    /// Looks for offenders.
    pub run: Check,
}

/// The checks of the store itself.
#[must_use]
pub fn invariants() -> Vec<Invariant> {
    vec![
        Invariant {
            name: "trace_positions_are_dense",
            run: |view| Box::pin(dense_positions(view)),
        },
        Invariant {
            name: "no_timer_runs_on_a_finished_object",
            run: |view| Box::pin(orphan_timers(view)),
        },
        Invariant {
            name: "a_timer_runs_once_per_object",
            run: |view| Box::pin(double_timers(view)),
        },
        Invariant {
            name: "a_suspended_timer_keeps_its_remainder",
            run: |view| Box::pin(without_remainder(view)),
        },
    ]
}

async fn dense_positions(view: &View) -> Result<Vec<Uuid>, Error> {
    let rows = trace::Entity::find()
        .filter(trace::Column::Position.is_not_null())
        .order_by_asc(trace::Column::Position)
        .all(&view.db())
        .await?;
    let wrong = rows
        .iter()
        .zip(1_i64..)
        .filter(|(row, expected)| row.position != Some(*expected));
    Ok(wrong.map(|(row, _)| row.id).collect())
}

/// A timer must belong to an object that the trace knows.
async fn orphan_timers(view: &View) -> Result<Vec<Uuid>, Error> {
    let running = timers::Entity::find()
        .filter(timers::Column::State.is_in(LIVE))
        .all(&view.db())
        .await?;
    let mut orphans = Vec::new();
    for timer in running {
        let known = trace::Entity::find()
            .filter(trace::Column::ObjectId.eq(timer.object_id))
            .filter(trace::Column::Object.eq(timer.object.as_str()))
            .count(&view.db())
            .await?;
        if known == 0 {
            orphans.push(timer.id);
        }
    }
    Ok(orphans)
}

/// States of a timer that has not ended.
const LIVE: [&str; 2] = [crate::timers::RUNNING, crate::timers::SUSPENDED];

/// A timer that stands still knows what is left of it, and only such a one does.
async fn without_remainder(view: &View) -> Result<Vec<Uuid>, Error> {
    let live = timers::Entity::find()
        .filter(timers::Column::State.is_in(LIVE))
        .all(&view.db())
        .await?;
    let fits = |row: &timers::Model| {
        let left = row.remaining.as_deref().map(str::parse::<Term>);
        let stands = row.state == crate::timers::SUSPENDED;
        row.suspended_at.is_some() == stands && matches!(left, Some(Ok(_))) == stands
    };
    Ok(live
        .into_iter()
        .filter(|row| !fits(row))
        .map(|row| row.id)
        .collect())
}

async fn double_timers(view: &View) -> Result<Vec<Uuid>, Error> {
    let running = timers::Entity::find()
        .filter(timers::Column::State.is_in(LIVE))
        .all(&view.db())
        .await?;
    let mut seen = HashMap::new();
    Ok(running
        .into_iter()
        .filter_map(|timer| {
            seen.insert((timer.object_id, timer.timer), ())
                .map(|()| timer.id)
        })
        .collect())
}

/// For one kind of object: its state and version are what replaying its trace gives, every step of
/// the trace is a row of the table, and a finished object has no running timer.
///
/// # Errors
/// When the database fails.
pub async fn replay<E: Stateful>(view: &View) -> Result<Vec<Uuid>, Error> {
    let rows = E::find().all(&view.db()).await?;
    let records = trace::Entity::find()
        .filter(trace::Column::Object.eq(E::Machine::OBJECT))
        // ids of two servers within one millisecond have no order; versions have
        .order_by_asc(trace::Column::Version)
        .order_by_asc(trace::Column::Id)
        .all(&view.db())
        .await?;
    let running = timers::Entity::find()
        .filter(timers::Column::Object.eq(E::Machine::OBJECT))
        .filter(timers::Column::State.is_in(LIVE))
        .all(&view.db())
        .await?;
    let mut trails: HashMap<Uuid, Vec<&trace::Model>> = HashMap::new();
    for record in &records {
        trails.entry(record.object_id).or_default().push(record);
    }
    let broken = rows.into_iter().filter(|row| {
        let trail = trails.get(&row.id()).map(Vec::as_slice).unwrap_or_default();
        let finished = <E::Machine as Machine>::STATES
            .iter()
            .any(|state| state.wire() == row.state() && E::Machine::is_final(*state));
        !is_walk::<E::Machine>(trail)
            || trail
                .last()
                .is_none_or(|last| last.to_state != row.state() || last.version != row.version())
            || (finished && running.iter().any(|timer| timer.object_id == row.id()))
    });
    Ok(broken.map(|row| row.id()).collect())
}

fn is_walk<M: Machine>(trail: &[&trace::Model]) -> bool {
    let Some((first, rest)) = trail.split_first() else {
        return false;
    };
    let mut state = first.to_state.as_str();
    if first.from_state.is_some() || state != M::START.wire() {
        return false;
    }
    for record in rest {
        let is_row = M::ROWS.iter().any(|row| {
            row.event.wire() == record.event
                && row.to.wire() == record.to_state
                && row
                    .from
                    .iter()
                    .any(|from| Some(from.wire()) == record.from_state.as_deref())
        });
        let is_note = record.from_state.as_deref() == Some(record.to_state.as_str());
        if record.from_state.as_deref() != Some(state) || !(is_row || is_note) {
            return false;
        }
        state = record.to_state.as_str();
    }
    true
}
