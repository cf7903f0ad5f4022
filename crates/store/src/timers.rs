//! Timers: rows with a due instant, started and stopped by steps, fired by the worker.

use crate::entity::timers;
use crate::error::Error;
use crate::trace::About;
use crate::tx::{Read, Tx};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;
use wubang_kernel::Timer;
use wubang_kernel::calendar::WorkCalendar;
use wubang_kernel::deadline::Deadline;
use wubang_kernel::timer::Terms;

/// A timer that runs.
pub const RUNNING: &str = "running";
/// A timer that the worker has fired.
pub const FIRED: &str = "fired";
/// A timer that a step has stopped.
pub const STOPPED: &str = "stopped";

/// When a timer that starts now is due. Publicities count by counting rule 6.
#[must_use]
pub fn deadline(
    calendar: &WorkCalendar,
    timer: Timer,
    start: DateTime<Utc>,
    terms: &Terms,
    cutoff: u32,
) -> Deadline {
    let term = terms.of(timer);
    match timer {
        Timer::T04 | Timer::T08 | Timer::T15 | Timer::T39 => {
            calendar.publicity(start, term, cutoff)
        }
        _ => calendar.deadline(start, term),
    }
}

/// Starts a timer; one of the same kind that still runs is replaced.
///
/// # Errors
/// When the database fails.
pub async fn start(
    tx: &Tx,
    about: &About<'_>,
    label: &str,
    timer: Timer,
    deadline: &Deadline,
) -> Result<(), Error> {
    stop(tx, about.id, &[timer]).await?;
    let row = timers::ActiveModel {
        id: Set(tx.new_id()),
        timer: Set(timer.key().to_owned()),
        object: Set(about.object.to_owned()),
        object_id: Set(about.id),
        project_id: Set(about.project_id),
        division: Set(about.division.to_owned()),
        label: Set(label.to_owned()),
        started_at: Set(tx.now()),
        due_at: Set(deadline.at),
        rule: Set(deadline.rule.clone()),
        provisional: Set(deadline.provisional),
        state: Set(RUNNING.to_owned()),
        settled_at: Set(None),
        attempts: Set(0),
    };
    timers::Entity::insert(row)
        .exec_without_returning(&tx.db())
        .await?;
    Ok(())
}

/// Stops timers of an object.
///
/// # Errors
/// When the database fails.
pub async fn stop(tx: &Tx, object_id: Uuid, which: &[Timer]) -> Result<(), Error> {
    settle(tx, object_id, Some(which)).await
}

/// Stops every timer of an object.
///
/// # Errors
/// When the database fails.
pub async fn stop_all(tx: &Tx, object_id: Uuid) -> Result<(), Error> {
    settle(tx, object_id, None).await
}

async fn settle(tx: &Tx, object_id: Uuid, which: Option<&[Timer]>) -> Result<(), Error> {
    let mut update = timers::Entity::update_many()
        .col_expr(timers::Column::State, Expr::value(STOPPED))
        .col_expr(timers::Column::SettledAt, Expr::value(tx.now()))
        .filter(timers::Column::ObjectId.eq(object_id))
        .filter(timers::Column::State.eq(RUNNING));
    if let Some(which) = which {
        update = update.filter(timers::Column::Timer.is_in(which.iter().map(|timer| timer.key())));
    }
    update.exec(&tx.db()).await?;
    Ok(())
}

/// The running timers of some objects: their deadlines, for answers.
///
/// # Errors
/// When the database fails.
pub async fn running(read: &impl Read, objects: &[Uuid]) -> Result<Vec<timers::Model>, Error> {
    if objects.is_empty() {
        return Ok(Vec::new());
    }
    Ok(timers::Entity::find()
        .filter(timers::Column::ObjectId.is_in(objects.iter().copied()))
        .filter(timers::Column::State.eq(RUNNING))
        .order_by_asc(timers::Column::DueAt)
        .all(&read.db())
        .await?)
}

/// The next instant at which a timer is due, for a clock that is moved by hand.
///
/// # Errors
/// When the database fails.
pub async fn next_due(read: &impl Read) -> Result<Option<DateTime<Utc>>, Error> {
    let first = timers::Entity::find()
        .select_only()
        .column(timers::Column::DueAt)
        .filter(timers::Column::State.eq(RUNNING))
        .order_by_asc(timers::Column::DueAt)
        .limit(1)
        .into_tuple()
        .one(&read.db())
        .await?;
    Ok(first)
}
