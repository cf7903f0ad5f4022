//! Spending a step: the only writer of a state column, with everything that belongs to the step.

use crate::error::Error;
use crate::outbox::{self, Notice};
use crate::timers;
use crate::trace::{self, About, Entry};
use crate::tx::{Read, Tx};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, ModelTrait,
    QueryFilter, UpdateMany,
};
use serde_json::Value;
use uuid::Uuid;
use wubang_kernel::deadline::Deadline;
use wubang_kernel::machine::{Audience, Birth, Machine, Name, Step};
use wubang_kernel::timer::Terms;
use wubang_kernel::{Code, Role, Timer};

/// The columns that every row with a life cycle has; [`stateful!`](crate::stateful!) writes it.
pub trait Stored: ModelTrait + Sync {
    /// Its id.
    fn id(&self) -> Uuid;
    /// Its version.
    fn version(&self) -> i32;
    /// Its state, as stored.
    fn state(&self) -> &str;
    /// Its division.
    fn division(&self) -> &str;
}

/// What a stage says of its rows, for trace and notices.
pub trait Tracked: Stored {
    /// Its project, where it has one.
    fn project_id(&self) -> Option<Uuid>;
    /// What a person calls it; goes into notices, so it holds nothing confidential.
    fn label(&self) -> String;
    /// Its field, for matching notices.
    fn field(&self) -> Option<String> {
        None
    }
    /// Organisations that belong to it and are told.
    fn organisations(&self) -> Vec<Uuid> {
        Vec::new()
    }
}

/// A table whose rows have a life cycle. Columns `id`, `state`, `version`, `updated_at`.
pub trait Stateful: EntityTrait<Model: Tracked> {
    /// Its machine.
    type Machine: Machine;
    /// The column of the id.
    fn id() -> Self::Column;
    /// The column of the state. Named here for the store alone.
    fn state() -> Self::Column;
    /// The column of the version.
    fn version() -> Self::Column;
    /// The column of the last change.
    fn updated_at() -> Self::Column;
}

/// Declares [`Stateful`] and [`Stored`] for an entity with the usual columns.
#[macro_export]
macro_rules! stateful {
    ($entity:ident :: Entity, $machine:ty) => {
        impl $crate::Stored for $entity::Model {
            fn id(&self) -> uuid::Uuid {
                self.id
            }
            fn version(&self) -> i32 {
                self.version
            }
            fn state(&self) -> &str {
                &self.state
            }
            fn division(&self) -> &str {
                &self.division
            }
        }
        impl $crate::Stateful for $entity::Entity {
            type Machine = $machine;
            fn id() -> Self::Column {
                $entity::Column::Id
            }
            fn state() -> Self::Column {
                $entity::Column::State
            }
            fn version() -> Self::Column {
                $entity::Column::Version
            }
            fn updated_at() -> Self::Column {
                $entity::Column::UpdatedAt
            }
        }
    };
}

/// What reactions of later stages are told.
#[derive(Debug, Clone)]
pub struct Happened {
    /// Event (`posting.closed`).
    pub event: &'static str,
    /// Object id.
    pub object_id: Uuid,
    /// Project, where there is one.
    pub project_id: Option<Uuid>,
}

/// The state stored in a row as the machine's word.
///
/// # Errors
/// Internal: the table holds a state that the machine does not know.
pub fn state_of<M: Machine>(stored: &str) -> Result<M::State, Error> {
    <M::State as Name>::from_wire(stored)
        .ok_or_else(|| Error::internal(format!("{} in unknown state {stored}", M::OBJECT)))
}

/// A step about to be spent. Finish with [`Commit::run`].
#[must_use = "a step that is not run changes nothing"]
pub struct Commit<'a, E: Stateful> {
    tx: &'a Tx,
    row: &'a E::Model,
    step: Step<E::Machine>,
    update: UpdateMany<E>,
    terms: Terms,
    cutoff: u32,
    due: Vec<(Timer, Deadline)>,
    reason: Option<String>,
    data: Option<Value>,
    facts: Value,
    persons: Vec<Uuid>,
}

/// Spends a planned step on the row it was planned for.
pub fn commit<'a, E: Stateful>(
    tx: &'a Tx,
    row: &'a E::Model,
    step: Step<E::Machine>,
) -> Commit<'a, E> {
    Commit {
        tx,
        row,
        step,
        update: E::update_many(),
        terms: Terms::default(),
        cutoff: 17,
        due: Vec::new(),
        reason: None,
        data: None,
        facts: Value::Null,
        persons: Vec::new(),
    }
}

impl<E: Stateful> Commit<'_, E> {
    /// Also writes a column.
    pub fn set(mut self, column: E::Column, value: impl Into<sea_orm::Value>) -> Self {
        self.update = self.update.col_expr(column, Expr::value(value));
        self
    }

    /// Also writes a column by an expression.
    pub fn set_expr(mut self, column: E::Column, expr: SimpleExpr) -> Self {
        self.update = self.update.col_expr(column, expr);
        self
    }

    /// Timer lengths in force, and the hour from which a publicity counts as the next working day.
    pub fn under(mut self, terms: &Terms, cutoff: u32) -> Self {
        self.terms = terms.clone();
        self.cutoff = cutoff;
        self
    }

    /// The due instant of a timer that the row starts, where it is not simply now + length.
    pub fn due(mut self, timer: Timer, deadline: Deadline) -> Self {
        self.due.push((timer, deadline));
        self
    }

    /// The reason given.
    pub fn because(mut self, reason: Option<String>) -> Self {
        self.reason = reason;
        self
    }

    /// Data for the trace. Never content of a sealed bid.
    pub fn data(mut self, data: Value) -> Self {
        self.data = Some(data);
        self
    }

    /// Facts for the text of the notice. Nothing confidential.
    pub fn facts(mut self, facts: Value) -> Self {
        self.facts = facts;
        self
    }

    /// Persons to tell beside the row's audiences.
    pub fn tell(mut self, persons: Vec<Uuid>) -> Self {
        self.persons = persons;
        self
    }

    /// Writes state, trace, timers and notice, and lets later stages react.
    ///
    /// # Errors
    /// `conflict` when somebody else was first; nothing was written.
    pub async fn run(self) -> Result<E::Model, Error> {
        let (tx, row, to, from) = (self.tx, self.row, self.step.to(), self.step.from());
        let rows = self
            .update
            .col_expr(E::state(), Expr::value(to.wire()))
            .col_expr(E::version(), Expr::col(E::version()).add(1))
            .col_expr(E::updated_at(), Expr::value(tx.now()))
            .filter(E::id().eq(row.id()))
            .filter(E::version().eq(row.version()))
            .filter(E::state().eq(from.wire()))
            .exec_with_returning(&tx.db())
            .await?;
        let Some(after) = rows.into_iter().next() else {
            return Err(Code::Conflict.into());
        };
        let about = about::<E>(&after);
        let entry = Entry {
            event: self.step.event().wire(),
            from: Some(from.wire()),
            to: to.wire(),
            role: self.step.role(),
            reason: self.reason,
            data: self.data,
        };
        trace::record(tx, &about, entry).await?;
        let table = self.step.row();
        if E::Machine::is_final(to) {
            timers::stop_all(tx, row.id()).await?;
        } else if !table.stop.is_empty() {
            timers::stop(tx, row.id(), table.stop).await?;
        }
        for timer in table.start {
            let deadline = match self.due.iter().find(|(named, _)| named == timer) {
                Some((_, deadline)) => deadline.clone(),
                None => timers::deadline(tx.calendar(), *timer, tx.now(), &self.terms, self.cutoff),
            };
            timers::start(tx, &about, &after.label(), *timer, &deadline).await?;
        }
        tell::<E>(
            tx,
            &after,
            self.step.event().wire(),
            table.tell,
            self.persons,
            self.facts,
        )
        .await?;
        tx.react(&Happened {
            event: self.step.event().wire(),
            object_id: row.id(),
            project_id: after.project_id(),
        })
        .await?;
        Ok(after)
    }
}

fn about<E: Stateful>(row: &E::Model) -> About<'_> {
    About {
        object: E::Machine::OBJECT,
        id: row.id(),
        project_id: row.project_id(),
        division: row.division(),
        version: row.version(),
    }
}

async fn tell<E: Stateful>(
    tx: &Tx,
    row: &E::Model,
    event: &str,
    audiences: &[Audience],
    persons: Vec<Uuid>,
    facts: Value,
) -> Result<(), Error> {
    if audiences.is_empty() && persons.is_empty() {
        return Ok(());
    }
    let notice = Notice {
        persons,
        ..Notice::of(row, audiences, facts)
    };
    outbox::tell(tx, event, E::Machine::OBJECT, row.id(), notice).await
}

/// Tells of something that was just made and waits for somebody: a birth is no row of a table, and tells nobody.
///
/// # Errors
/// When the database fails.
pub async fn tell_of_birth<E: Stateful>(
    tx: &Tx,
    row: &E::Model,
    audiences: &[Audience],
    facts: Value,
) -> Result<(), Error> {
    tell::<E>(tx, row, E::Machine::BIRTH, audiences, Vec::new(), facts).await
}

/// A new row in its machine's first state.
pub type Birthed<E> = <E as EntityTrait>::Model;

/// Inserts a new object that the table allows to be made. The active model brings every column,
/// with the machine's start state and version 1.
///
/// # Errors
/// `duplicate` when a unique rule is broken.
pub async fn birth<E, A>(
    tx: &Tx,
    birth: Birth<E::Machine>,
    row: A,
    data: Option<Value>,
) -> Result<E::Model, Error>
where
    E: Stateful,
    A: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
    E::Model: IntoActiveModel<A>,
{
    let made = row.insert(&tx.db()).await?;
    if made.state() != E::Machine::START.wire() || made.version() != 1 {
        return Err(Error::internal(format!(
            "a new {} must start as {}",
            E::Machine::OBJECT,
            E::Machine::START.wire()
        )));
    }
    note::<E>(tx, &made, E::Machine::BIRTH, birth.role(), None, data).await?;
    tx.react(&Happened {
        event: E::Machine::BIRTH,
        object_id: made.id(),
        project_id: made.project_id(),
    })
    .await?;
    Ok(made)
}

/// Records something that happened to an object without changing its state.
///
/// # Errors
/// When the database fails.
pub async fn note<E: Stateful>(
    tx: &Tx,
    row: &E::Model,
    event: &str,
    role: Role,
    reason: Option<String>,
    data: Option<Value>,
) -> Result<(), Error> {
    let from = if event == E::Machine::BIRTH {
        None
    } else {
        Some(row.state())
    };
    trace::record(
        tx,
        &about::<E>(row),
        Entry {
            event,
            from,
            to: row.state(),
            role,
            reason,
            data,
        },
    )
    .await
}

/// Changes columns of an object that is not a step (a draft's fields, an assignment), with the version
/// in the `WHERE`, and records it.
///
/// # Errors
/// `conflict` when somebody else was first.
pub async fn edit<E: Stateful>(
    tx: &Tx,
    row: &E::Model,
    event: &str,
    role: Role,
    set: impl FnOnce(UpdateMany<E>) -> UpdateMany<E>,
    data: Option<Value>,
) -> Result<E::Model, Error> {
    let rows = set(E::update_many())
        .col_expr(E::version(), Expr::col(E::version()).add(1))
        .col_expr(E::updated_at(), Expr::value(tx.now()))
        .filter(E::id().eq(row.id()))
        .filter(E::version().eq(row.version()))
        .filter(E::state().eq(row.state()))
        .exec_with_returning(&tx.db())
        .await?;
    let Some(after) = rows.into_iter().next() else {
        return Err(Code::Conflict.into());
    };
    note::<E>(tx, &after, event, role, None, data).await?;
    tx.react(&Happened {
        event: "object.edited",
        object_id: row.id(),
        project_id: after.project_id(),
    })
    .await?;
    Ok(after)
}
