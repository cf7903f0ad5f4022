//! Timers: rows with a due instant, started and stopped by steps, suspended with their object, fired by
//! the worker.

use crate::entity::timers;
use crate::error::Error;
use crate::trace::About;
use crate::tx::{Read, Tx};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, UpdateMany,
};
use std::collections::BTreeMap;
use uuid::Uuid;
use wubang_kernel::calendar::WorkCalendar;
use wubang_kernel::deadline::Deadline;
use wubang_kernel::timer::Terms;
use wubang_kernel::{Code, Timer};

/// A timer that runs.
pub const RUNNING: &str = "running";
/// A timer that stands still with what was left of it, until its object goes on.
pub const SUSPENDED: &str = "suspended";
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
        Timer::T04
        | Timer::T08
        | Timer::T15
        | Timer::T39
        | Timer::SingleBidderPublicity
        | Timer::ChangePublicity => calendar.publicity(start, term, cutoff),
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
        suspended_at: Set(None),
        remaining: Set(None),
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
        .filter(timers::Column::State.is_in([RUNNING, SUSPENDED]));
    if let Some(which) = which {
        update = update.filter(timers::Column::Timer.is_in(which.iter().map(|timer| timer.key())));
    }
    update.exec(&tx.db()).await?;
    Ok(())
}

/// Stops the clock of every running timer of some objects and keeps what is left of each (counting
/// rule 7). [`resume`] lets them run on; a stop or the end of the object ends them.
///
/// # Errors
/// `conflict` when one of them fires at this moment.
pub async fn suspend(tx: &Tx, objects: &[Uuid]) -> Result<(), Error> {
    let rows = running(tx, objects).await?;
    let left = rows.iter().map(|row| {
        let deadline = Deadline {
            at: row.due_at,
            rule: row.rule.clone(),
            provisional: row.provisional,
        };
        (tx.calendar().left(&deadline, tx.now()).to_string(), row.id)
    });
    for (remaining, ids) in grouped(left) {
        let update = timers::Entity::update_many()
            .col_expr(timers::Column::State, Expr::value(SUSPENDED))
            .col_expr(timers::Column::SuspendedAt, Expr::value(tx.now()))
            .col_expr(timers::Column::Remaining, Expr::value(remaining));
        turn(tx, update, &ids, RUNNING).await?;
    }
    Ok(())
}

/// Lets the suspended timers of some objects run on with what was left of each, counted from today and
/// never to an earlier end than before. Answers which they are, with their new ends.
///
/// # Errors
/// Internal: a remainder is no term; `conflict` when somebody else was first.
pub async fn resume(tx: &Tx, objects: &[Uuid]) -> Result<Vec<(timers::Model, Deadline)>, Error> {
    let rows = timers::Entity::find()
        .filter(timers::Column::ObjectId.is_in(objects.iter().copied()))
        .filter(timers::Column::State.eq(SUSPENDED))
        .order_by_asc(timers::Column::Id)
        .all(&tx.db())
        .await?;
    let mut resumed = Vec::new();
    for row in rows {
        let left = row.remaining.as_deref().and_then(|text| text.parse().ok());
        let left = left.ok_or_else(|| Error::internal("a suspended timer without remainder"))?;
        let before = Deadline {
            at: row.due_at,
            rule: row.rule.clone(),
            provisional: row.provisional,
        };
        let new = tx.calendar().deadline(tx.now(), left);
        let kept = tx.calendar().later_of(&before, &new);
        resumed.push((row, kept));
    }
    let ends = resumed.iter().map(|(row, deadline)| {
        let end = (deadline.at, deadline.rule.clone(), deadline.provisional);
        (end, row.id)
    });
    for ((at, rule, provisional), ids) in grouped(ends) {
        let update = timers::Entity::update_many()
            .col_expr(timers::Column::State, Expr::value(RUNNING))
            .col_expr(timers::Column::DueAt, Expr::value(at))
            .col_expr(timers::Column::Rule, Expr::value(rule))
            .col_expr(timers::Column::Provisional, Expr::value(provisional))
            .col_expr(
                timers::Column::SuspendedAt,
                Expr::value(None::<DateTime<Utc>>),
            )
            .col_expr(timers::Column::Remaining, Expr::value(None::<String>));
        turn(tx, update, &ids, SUSPENDED).await?;
    }
    Ok(resumed)
}

/// Moves the end of a running timer, which keeps its start; nothing happens when it does not run.
///
/// # Errors
/// When the database fails.
pub async fn put_off(
    tx: &Tx,
    object_id: Uuid,
    timer: Timer,
    deadline: &Deadline,
) -> Result<(), Error> {
    timers::Entity::update_many()
        .col_expr(timers::Column::DueAt, Expr::value(deadline.at))
        .col_expr(timers::Column::Rule, Expr::value(deadline.rule.clone()))
        .col_expr(
            timers::Column::Provisional,
            Expr::value(deadline.provisional),
        )
        .filter(timers::Column::ObjectId.eq(object_id))
        .filter(timers::Column::Timer.eq(timer.key()))
        .filter(timers::Column::State.eq(RUNNING))
        .exec(&tx.db())
        .await?;
    Ok(())
}

/// One statement for all timers that are changed alike.
fn grouped<K: Ord>(rows: impl Iterator<Item = (K, Uuid)>) -> BTreeMap<K, Vec<Uuid>> {
    let mut groups: BTreeMap<K, Vec<Uuid>> = BTreeMap::new();
    for (key, id) in rows {
        groups.entry(key).or_default().push(id);
    }
    groups
}

async fn turn(
    tx: &Tx,
    update: UpdateMany<timers::Entity>,
    ids: &[Uuid],
    from: &str,
) -> Result<(), Error> {
    let turned = update
        .filter(timers::Column::Id.is_in(ids.iter().copied()))
        .filter(timers::Column::State.eq(from))
        .exec(&tx.db())
        .await?;
    if usize::try_from(turned.rows_affected) == Ok(ids.len()) {
        Ok(())
    } else {
        Err(Code::Conflict.into())
    }
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

/// When the last timer of a kind of an object ends or has ended.
///
/// # Errors
/// When the database fails.
pub async fn last_end(
    read: &impl Read,
    object_id: Uuid,
    timer: Timer,
) -> Result<Option<DateTime<Utc>>, Error> {
    let last = timers::Entity::find()
        .filter(timers::Column::ObjectId.eq(object_id))
        .filter(timers::Column::Timer.eq(timer.key()))
        .order_by_desc(timers::Column::Id)
        .one(&read.db())
        .await?;
    Ok(last.map(|row| row.due_at))
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
