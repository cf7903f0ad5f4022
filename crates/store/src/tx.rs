//! The one transaction of a command, and the view of a reader.

use crate::commit::Happened;
use crate::error::Error;
use crate::open::Shared;
use crate::turns::Turn;
use chrono::{DateTime, Utc};
use sea_orm::{DatabaseConnection, DatabaseExecutor, DatabaseTransaction};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use uuid::Uuid;
use wubang_kernel::calendar::WorkCalendar;
use wubang_kernel::ids::Ids as _;
use wubang_kernel::{Actor, Code, Refusal, Who};
use wubang_vault::Vault;

/// What a finder needs: a connection and the viewer. Both [`Tx`] and [`View`] give it.
pub trait Read: Sync {
    /// The connection.
    fn db(&self) -> DatabaseExecutor<'_>;
    /// Who looks.
    fn actor(&self) -> &Actor;
    /// When.
    fn now(&self) -> DateTime<Utc>;
    /// The calendar in force.
    fn calendar(&self) -> &WorkCalendar;
    /// The master keys.
    fn vault(&self) -> &Vault;
}

/// A reader's view of the store.
pub struct View {
    conn: DatabaseConnection,
    shared: Arc<Shared>,
    who: Who,
    now: DateTime<Utc>,
    calendar: WorkCalendar,
}

impl View {
    pub(crate) fn new(
        conn: DatabaseConnection,
        shared: Arc<Shared>,
        who: Who,
        now: DateTime<Utc>,
        calendar: WorkCalendar,
    ) -> Self {
        View {
            conn,
            shared,
            who,
            now,
            calendar,
        }
    }
}

impl Read for View {
    fn db(&self) -> DatabaseExecutor<'_> {
        DatabaseExecutor::Connection(&self.conn)
    }
    fn actor(&self) -> &Actor {
        &self.who.actor
    }
    fn now(&self) -> DateTime<Utc> {
        self.now
    }
    fn calendar(&self) -> &WorkCalendar {
        &self.calendar
    }
    fn vault(&self) -> &Vault {
        &self.shared.vault
    }
}

/// The transaction of one command: state, trace, timers, outbox and idempotency record commit
/// together or not at all. Dropped without [`Tx::commit`], it is rolled back.
pub struct Tx {
    // dropped before the turn, so that a savepoint ends before its round
    conn: DatabaseTransaction,
    turn: Option<Turn>,
    pub(crate) shared: Arc<Shared>,
    who: Who,
    now: DateTime<Utc>,
    calendar: WorkCalendar,
    match_seen: AtomicBool,
}

impl Tx {
    pub(crate) fn new(
        conn: DatabaseTransaction,
        turn: Option<Turn>,
        shared: Arc<Shared>,
        who: Who,
        now: DateTime<Utc>,
        calendar: WorkCalendar,
    ) -> Self {
        Tx {
            conn,
            turn,
            shared,
            who,
            now,
            calendar,
            match_seen: AtomicBool::new(false),
        }
    }

    /// The connection itself, for the store's own modules.
    pub(crate) fn conn(&self) -> &DatabaseTransaction {
        &self.conn
    }

    /// A new id.
    #[must_use]
    pub fn new_id(&self) -> Uuid {
        self.shared.ids.new_id(self.now)
    }

    /// Who sends the command.
    #[must_use]
    pub fn who(&self) -> &Who {
        &self.who
    }

    /// The person who sends the command.
    ///
    /// # Errors
    /// `unauthenticated` when it is nobody known.
    pub fn person(&self) -> Result<Uuid, Refusal> {
        self.who
            .actor
            .person
            .ok_or_else(|| Refusal::new(Code::Unauthenticated))
    }

    /// Compares the version the caller has seen with the one loaded. Every command on an existing
    /// object calls it once with the object named in the path.
    ///
    /// # Errors
    /// `stale_version` when they differ.
    pub fn expect_version(&self, version: i32) -> Result<(), Refusal> {
        self.match_seen.store(true, Ordering::Relaxed);
        match self.who.if_match {
            Some(seen) if seen != version => Err(Refusal::new(Code::StaleVersion)),
            Some(_) | None => Ok(()),
        }
    }

    /// Runs what later stages have to say about an event. Steps, births and edits call it of themselves.
    ///
    /// # Errors
    /// What a reaction refuses.
    pub async fn react(&self, happened: &Happened) -> Result<(), Error> {
        for reaction in self
            .shared
            .reactions
            .get(happened.event)
            .into_iter()
            .flatten()
        {
            reaction(self, happened).await?;
        }
        Ok(())
    }

    /// Makes everything final.
    ///
    /// # Errors
    /// When the database refuses; then nothing was written.
    pub async fn commit(self) -> Result<(), Error> {
        if self.who.if_match.is_some() && !self.match_seen.load(Ordering::Relaxed) {
            return Err(Error::internal(
                "If-Match was given and the command compared it with nothing",
            ));
        }
        self.conn.commit().await?;
        if let Some(turn) = self.turn {
            turn.end().await?;
        }
        self.shared.clock.raise(self.now);
        Ok(())
    }
}

impl Read for Tx {
    fn db(&self) -> DatabaseExecutor<'_> {
        DatabaseExecutor::Transaction(&self.conn)
    }
    fn actor(&self) -> &Actor {
        &self.who.actor
    }
    fn now(&self) -> DateTime<Utc> {
        self.now
    }
    fn calendar(&self) -> &WorkCalendar {
        &self.calendar
    }
    fn vault(&self) -> &Vault {
        &self.shared.vault
    }
}
