//! The worker: fires timers that are due, works off the outbox, sequences the trace. Safe after
//! downtime and with several workers: every piece is claimed and settled in one transaction.

use crate::dialect;
use crate::entity::{holds, outbox, timers};
use crate::error::Error;
use crate::open::Store;
use crate::outbox::Notice;
use crate::recount::{self, RecountHandler};
use crate::timers::{FIRED, RUNNING};
use crate::tx::{Read, Tx};
use crate::{BoxFuture, sequence};
use chrono::TimeDelta;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::HashMap;
use uuid::Uuid;
use wubang_kernel::machine::Audience;
use wubang_kernel::{Code, Timer, Who};

/// What a stage does when one of its timers is due: the same service a person would call.
pub type TimerHandler = for<'a> fn(&'a Tx, Uuid) -> BoxFuture<'a, Result<(), Error>>;

/// How one outbox row is delivered.
#[derive(Debug)]
pub enum Delivery {
    /// It is done.
    Done,
    /// Try again later, for this reason.
    Later(String),
    /// It can never be delivered, for this reason.
    Never(String),
}

/// Delivers rows of one topic.
pub trait Deliver: Send + Sync {
    /// Delivers one row. Called at least once per row.
    fn deliver<'a>(
        &'a self,
        store: &'a Store,
        row: &'a outbox::Model,
    ) -> BoxFuture<'a, Result<Delivery, Error>>;
}

/// Everything the worker can do.
pub struct Worker {
    store: Store,
    handlers: HashMap<(&'static str, Timer), TimerHandler>,
    deliveries: HashMap<&'static str, Box<dyn Deliver>>,
    recounts: Vec<(&'static str, RecountHandler)>,
}

const ATTEMPTS: i32 = 12;

impl Worker {
    /// A worker for a store.
    #[must_use]
    pub fn new(
        store: Store,
        handlers: Vec<(&'static str, Timer, TimerHandler)>,
        deliveries: Vec<(&'static str, Box<dyn Deliver>)>,
    ) -> Self {
        Worker {
            store,
            handlers: handlers
                .into_iter()
                .map(|(object, timer, handler)| ((object, timer), handler))
                .collect(),
            deliveries: deliveries.into_iter().collect(),
            recounts: Vec::new(),
        }
    }

    /// The same, with what stages do when deadlines of an object are counted anew, in their order.
    #[must_use]
    pub fn with_recounts(self, recounts: Vec<(&'static str, RecountHandler)>) -> Self {
        Worker { recounts, ..self }
    }

    /// Does everything that is to be done now; returns how much was done.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn run_due(&self) -> Result<usize, Error> {
        // first: what a loaded year moves later is not due yet
        let mut done = recount::run(&self.store, &self.recounts).await?;
        while self.fire_one().await? {
            done += 1;
        }
        while self.deliver_one().await? {
            done += 1;
        }
        loop {
            match sequence::run(&self.store).await? {
                0 => break,
                n => done += n,
            }
        }
        Ok(done)
    }

    async fn fire_one(&self) -> Result<bool, Error> {
        let tx = self.store.write(&Who::system("worker")).await?;
        let held = Query::select()
            .column(holds::Column::ObjectId)
            .from(holds::Entity)
            .and_where(Expr::col(holds::Column::ReleasedAt).is_null())
            .to_owned();
        // the deadline second itself is still in time
        let select = timers::Entity::find()
            .filter(timers::Column::State.eq(RUNNING))
            .filter(timers::Column::DueAt.lte(tx.now() - TimeDelta::seconds(1)))
            .filter(timers::Column::ObjectId.not_in_subquery(held))
            .order_by_asc(timers::Column::DueAt)
            .order_by_asc(timers::Column::Id);
        let Some(timer) = dialect::claim(select, tx.db().get_database_backend())
            .one(&tx.db())
            .await?
        else {
            return Ok(false);
        };
        mark(&tx, &timer).await?;
        match self.fire(&tx, &timer).await {
            Ok(()) => tx.commit().await?,
            // the object has moved on: the timer is settled without effect
            Err(Error::Refused(refusal)) => {
                tracing::info!(timer = %timer.timer, object = %timer.object_id, code = refusal.code.as_str(), "a due timer had nothing to do");
                drop(tx);
                let tx = self.store.write(&Who::system("worker")).await?;
                mark(&tx, &timer).await?;
                escalate(&tx, &timer).await?;
                tx.commit().await?;
            }
            Err(other) => return Err(other),
        }
        Ok(true)
    }

    async fn fire(&self, tx: &Tx, timer: &timers::Model) -> Result<(), Error> {
        let handler = Timer::from_key(&timer.timer).and_then(|kind| {
            self.handlers
                .iter()
                .find(|((object, at), _)| *object == timer.object && *at == kind)
        });
        match handler {
            Some((_, handler)) => handler(tx, timer.object_id).await,
            None => escalate(tx, timer).await,
        }
    }

    async fn deliver_one(&self) -> Result<bool, Error> {
        let tx = self.store.write(&Who::system("worker")).await?;
        let select = outbox::Entity::find()
            .filter(outbox::Column::State.eq("waiting"))
            .filter(outbox::Column::NextAt.lte(tx.now()))
            .order_by_asc(outbox::Column::NextAt)
            .order_by_asc(outbox::Column::Id);
        let Some(row) = dialect::claim(select, tx.db().get_database_backend())
            .one(&tx.db())
            .await?
        else {
            return Ok(false);
        };
        // leased: if this process dies now, another tries again after the lease
        let lease = tx.now() + TimeDelta::seconds(i64::from(30 << row.attempts.clamp(0, 10)));
        outbox::Entity::update_many()
            .col_expr(outbox::Column::NextAt, Expr::value(lease))
            .col_expr(
                outbox::Column::Attempts,
                Expr::col(outbox::Column::Attempts).add(1),
            )
            .filter(outbox::Column::Id.eq(row.id))
            .exec(&tx.db())
            .await?;
        tx.commit().await?;
        let delivery = match self.deliveries.get(row.topic.as_str()) {
            Some(deliver) => deliver.deliver(&self.store, &row).await?,
            None => Delivery::Never(format!("nobody delivers {}", row.topic)),
        };
        self.settle(&row, delivery).await?;
        Ok(true)
    }

    async fn settle(&self, row: &outbox::Model, delivery: Delivery) -> Result<(), Error> {
        let tx = self.store.write(&Who::system("worker")).await?;
        let (state, error) = match delivery {
            Delivery::Done => ("done", None),
            Delivery::Later(why) if row.attempts < ATTEMPTS => ("waiting", Some(why)),
            Delivery::Later(why) | Delivery::Never(why) => ("failed", Some(why)),
        };
        if let Some(why) = &error {
            tracing::warn!(outbox.id = %row.id, topic = %row.topic, state, why, "outbox row {} was not delivered", row.id);
        }
        outbox::Entity::update_many()
            .col_expr(outbox::Column::State, Expr::value(state))
            .col_expr(outbox::Column::LastError, Expr::value(error))
            .col_expr(
                outbox::Column::DoneAt,
                Expr::value((state == "done").then(|| tx.now())),
            )
            .filter(outbox::Column::Id.eq(row.id))
            .exec(&tx.db())
            .await?;
        tx.commit().await
    }
}

async fn mark(tx: &Tx, timer: &timers::Model) -> Result<(), Error> {
    let fired = timers::Entity::update_many()
        .col_expr(timers::Column::State, Expr::value(FIRED))
        .col_expr(timers::Column::SettledAt, Expr::value(tx.now()))
        .filter(timers::Column::Id.eq(timer.id))
        .filter(timers::Column::State.eq(RUNNING))
        .exec(&tx.db())
        .await?;
    if fired.rows_affected == 1 {
        Ok(())
    } else {
        Err(Code::Conflict.into())
    }
}

/// A timer that changes no state reminds: those in charge, and one level up.
async fn escalate(tx: &Tx, timer: &timers::Model) -> Result<(), Error> {
    let notice = Notice {
        tell: vec![Audience::Street, Audience::District],
        division: timer.division.clone(),
        field: None,
        label: timer.label.clone(),
        organisations: Vec::new(),
        persons: Vec::new(),
        state: timer.timer.clone(),
        facts: serde_json::json!({ "timer": timer.timer, "due_at": timer.due_at }),
    };
    crate::outbox::tell(tx, "timer.overdue", &timer.object, timer.object_id, notice).await
}
