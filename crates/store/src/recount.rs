//! Counting deadlines anew when the calendar of their year becomes known (rulebook 2.7, counting rule 9).
//!
//! Each round looks for marked timers whose years the process knows by now, so that it does not matter
//! which process loaded the year, or when. Losing the mark and moving are one statement: what was
//! counted anew is not found again.

use crate::BoxFuture;
use crate::dialect;
use crate::entity::timers;
use crate::error::Error;
use crate::open::Store;
use crate::outbox::{self, Notice};
use crate::timers::{RUNNING, SUSPENDED};
use crate::tx::{Read, Tx};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;
use wubang_kernel::calendar::WorkCalendar;
use wubang_kernel::deadline::{Deadline, Term, end_of_day, local_date};
use wubang_kernel::machine::Audience;
use wubang_kernel::{Code, Timer, Who};

/// Event of the notice to those whom a deadline concerns that has moved.
pub const MOVED: &str = "calendar.deadline_moved";

/// What a stage does when running deadlines of its object were counted anew: the copies that its own
/// tables keep follow, and its organisations are told.
pub type RecountHandler = for<'a> fn(&'a Tx, &'a Recounted) -> BoxFuture<'a, Result<(), Error>>;

/// A running deadline that was counted anew.
#[derive(Debug, Clone)]
pub struct Recount {
    /// Its timer.
    pub timer: Timer,
    /// As it was.
    pub before: Deadline,
    /// As it is now, never earlier.
    pub after: Deadline,
}

impl Recount {
    /// Whether the deadline has moved; else it has only lost its mark.
    #[must_use]
    pub fn moved(&self) -> bool {
        self.after.at != self.before.at
    }
}

/// Running deadlines of one object that were counted anew.
#[derive(Debug, Clone)]
pub struct Recounted {
    /// Kind of the object (`posting`).
    pub object: String,
    /// The object.
    pub object_id: Uuid,
    /// Its division.
    pub division: String,
    /// What a person calls it.
    pub label: String,
    /// The deadlines.
    pub deadlines: Vec<Recount>,
}

impl Recounted {
    /// The deadline of one timer, where it was counted anew.
    #[must_use]
    pub fn of(&self, timer: Timer) -> Option<&Recount> {
        self.deadlines.iter().find(|one| one.timer == timer)
    }

    /// The same, where it has moved.
    #[must_use]
    pub fn moved(&self, timer: Timer) -> Option<&Recount> {
        self.of(timer).filter(|one| one.moved())
    }

    /// Tells audiences of every deadline that has moved; nobody when none has.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tell(
        &self,
        tx: &Tx,
        tell: Vec<Audience>,
        organisations: Vec<Uuid>,
    ) -> Result<(), Error> {
        let moved = self.deadlines.iter().filter(|one| one.moved());
        let lines: Vec<String> = moved
            .map(|one| {
                let day = local_date(one.after.at);
                format!("{} {day}", one.timer.zh())
            })
            .collect();
        if lines.is_empty() {
            return Ok(());
        }
        let notice = Notice {
            tell,
            division: self.division.clone(),
            field: None,
            label: self.label.clone(),
            organisations,
            persons: Vec::new(),
            state: String::new(),
            facts: serde_json::json!({ "moved": lines.join("、") }),
        };
        outbox::tell(tx, MOVED, &self.object, self.object_id, notice).await
    }
}

/// A marked timer with what it becomes.
struct Turn {
    row: timers::Model,
    before: Deadline,
    after: Deadline,
    remaining: Option<Term>,
}

impl Turn {
    fn changes(&self) -> bool {
        self.after != self.before
    }
}

/// Counts anew whatever can be; answers of how many objects.
pub(crate) async fn run(
    store: &Store,
    handlers: &[(&'static str, RecountHandler)],
) -> Result<usize, Error> {
    let (mut done, mut after) = (0, Uuid::nil());
    while let Some(row) = next(store, after).await? {
        after = row.id;
        match object(store, handlers, row.object_id).await {
            Ok(changed) => done += usize::from(changed),
            // somebody works on the object at this moment: the next round finds it again
            Err(Error::Refused(refusal)) => {
                tracing::info!(object = %row.object_id, code = refusal.code.as_str(), "deadlines were not counted anew");
            }
            Err(other) => return Err(other),
        }
    }
    Ok(done)
}

/// The next marked timer, by id, that ends in a year whose calendar is known.
async fn next(store: &Store, after: Uuid) -> Result<Option<timers::Model>, Error> {
    let view = store.read(&Who::system("worker"));
    let Some(known) = view.calendar().known_until(local_date(view.now())) else {
        return Ok(None);
    };
    Ok(timers::Entity::find()
        .filter(timers::Column::Provisional.eq(true))
        .filter(timers::Column::DueAt.lte(end_of_day(known)))
        .filter(timers::Column::State.is_in([RUNNING, SUSPENDED]))
        .filter(timers::Column::Id.gt(after))
        .order_by_asc(timers::Column::Id)
        .limit(1)
        .one(&view.db())
        .await?)
}

/// Counts the marked timers of one object anew, in one transaction with their copies and the notice.
async fn object(
    store: &Store,
    handlers: &[(&'static str, RecountHandler)],
    id: Uuid,
) -> Result<bool, Error> {
    let tx = store.write(&Who::system("worker")).await?;
    let select = timers::Entity::find()
        .filter(timers::Column::ObjectId.eq(id))
        .filter(timers::Column::Provisional.eq(true))
        .filter(timers::Column::State.is_in([RUNNING, SUSPENDED]))
        .order_by_asc(timers::Column::Id);
    let rows = dialect::claim(select, tx.db().get_database_backend())
        .all(&tx.db())
        .await?;
    let turns: Vec<Turn> = turns(tx.calendar(), rows)
        .into_iter()
        .filter(Turn::changes)
        .collect();
    let Some(first) = turns.first() else {
        return Ok(false);
    };
    let mut recounted = Recounted {
        object: first.row.object.clone(),
        object_id: id,
        division: first.row.division.clone(),
        label: first.row.label.clone(),
        deadlines: Vec::new(),
    };
    for turn in turns {
        write(&tx, &turn).await?;
        // what stands still has no end to tell of: its copies are written when it goes on
        if let (RUNNING, Some(timer)) = (turn.row.state.as_str(), Timer::from_key(&turn.row.timer))
        {
            recounted.deadlines.push(Recount {
                timer,
                before: turn.before,
                after: turn.after,
            });
        }
    }
    if !recounted.deadlines.is_empty() {
        for (_, handler) in handlers.iter().filter(|(of, _)| *of == recounted.object) {
            handler(&tx, &recounted).await?;
        }
        let officials = vec![Audience::Street, Audience::Secretary];
        recounted.tell(&tx, officials, Vec::new()).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// What the timers of one object become. A mere date does not move; it keeps its mark as long as a
/// counted deadline of the object does, on which it may hang.
fn turns(calendar: &WorkCalendar, rows: Vec<timers::Model>) -> Vec<Turn> {
    let deadline = |row: &timers::Model| Deadline {
        at: row.due_at,
        rule: row.rule.clone(),
        provisional: row.provisional,
    };
    let counted: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let before = deadline(&row);
            let after = calendar.recounted(&before);
            (row, before, after)
        })
        .collect();
    let open = counted
        .iter()
        .any(|(_, _, after)| after.as_ref().is_some_and(|after| after.provisional));
    counted
        .into_iter()
        .map(|(row, before, after)| {
            let after = after.unwrap_or_else(|| Deadline {
                provisional: open,
                ..before.clone()
            });
            let remaining = row.suspended_at.and_then(|at| {
                let kept: Term = row.remaining.as_deref()?.parse().ok()?;
                let left = calendar.left(&before, at);
                let longer = left.unit == kept.unit && left.n > kept.n;
                Some(if longer { left } else { kept })
            });
            Turn {
                row,
                before,
                after,
                remaining,
            }
        })
        .collect()
}

async fn write(tx: &Tx, turn: &Turn) -> Result<(), Error> {
    let mut update = timers::Entity::update_many()
        .col_expr(timers::Column::DueAt, Expr::value(turn.after.at))
        .col_expr(timers::Column::Rule, Expr::value(turn.after.rule.clone()))
        .col_expr(
            timers::Column::Provisional,
            Expr::value(turn.after.provisional),
        );
    if let Some(remaining) = turn.remaining {
        update = update.col_expr(
            timers::Column::Remaining,
            Expr::value(remaining.to_string()),
        );
    }
    let written = update
        .filter(timers::Column::Id.eq(turn.row.id))
        .filter(timers::Column::State.eq(turn.row.state.clone()))
        .filter(timers::Column::DueAt.eq(turn.row.due_at))
        .exec(&tx.db())
        .await?;
    if written.rows_affected == 1 {
        Ok(())
    } else {
        Err(Code::Conflict.into())
    }
}
