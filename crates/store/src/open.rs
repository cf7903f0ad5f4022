//! Opening a database, and everything a transaction shares with the others.

use crate::BoxFuture;
use crate::commit::Happened;
use crate::dialect;
use crate::entity::trace;
use crate::error::Error;
use crate::turns::Turns;
use crate::tx::{Tx, View};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbBackend, EntityTrait, QueryOrder, QuerySelect,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use wubang_kernel::Who;
use wubang_kernel::calendar::WorkCalendar;
use wubang_kernel::clock::{Clock, LatchedClock};
use wubang_kernel::ids::{Ids, UuidV7};
use wubang_vault::Vault;

/// What a later stage does when an earlier one reports an event, in the same transaction.
pub type Reaction = for<'a> fn(&'a Tx, &'a Happened) -> BoxFuture<'a, Result<(), Error>>;

/// How to open a store.
pub struct Options {
    /// `sqlite:///path/to.db` or `postgres://…`.
    pub url: String,
    /// Most connections for reading (and writing, on PostgreSQL).
    pub connections: u32,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Event name → what later stages do about it.
    pub reactions: Vec<(&'static str, Reaction)>,
    /// The master keys.
    pub vault: Vault,
}

pub(crate) struct Shared {
    pub(crate) vault: Vault,
    pub(crate) clock: LatchedClock,
    pub(crate) ids: UuidV7,
    pub(crate) calendar: RwLock<WorkCalendar>,
    pub(crate) reactions: HashMap<&'static str, Vec<Reaction>>,
    pub(crate) statements: AtomicU64,
}

/// The database with everything around it. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    write: DatabaseConnection,
    read: DatabaseConnection,
    /// Present on SQLite, whose writers take turns.
    turns: Option<Turns>,
    pub(crate) shared: Arc<Shared>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("backend", &self.backend())
            .finish_non_exhaustive()
    }
}

const MIGRATION_LOCK: i64 = 0x77_75_62_61;

impl Store {
    /// Opens the database. Does not migrate: see [`Store::migrate`].
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn open(options: Options) -> Result<Store, Error> {
        let mut reactions: HashMap<&'static str, Vec<Reaction>> = HashMap::new();
        for (event, reaction) in options.reactions {
            reactions.entry(event).or_default().push(reaction);
        }
        let shared = Arc::new(Shared {
            vault: options.vault,
            clock: LatchedClock::new(options.clock),
            ids: UuidV7::default(),
            calendar: RwLock::new(WorkCalendar::builtin()),
            reactions,
            statements: AtomicU64::new(0),
        });
        let (write, read) = if options.url.starts_with("sqlite:") {
            // one writer, so that writers queue in our pool instead of failing in SQLite
            (
                connect(&options.url, 1, &shared).await?,
                connect(&options.url, options.connections, &shared).await?,
            )
        } else {
            let pool = connect(&options.url, options.connections, &shared).await?;
            (pool.clone(), pool)
        };
        let turns = options.url.starts_with("sqlite:").then(Turns::default);
        Ok(Store {
            write,
            read,
            turns,
            shared,
        })
    }

    /// Which database this is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.read.get_database_backend()
    }

    /// Brings the schema up to date. Several instances may do so at once.
    ///
    /// # Errors
    /// When a step fails; nothing of it stays.
    pub async fn migrate(&self) -> Result<(), Error> {
        match self.backend() {
            DbBackend::Postgres => {
                let lock = self.begin().await?;
                dialect::advisory_lock(&lock, MIGRATION_LOCK).await?;
                wubang_migrations::Migrator::up(&lock, None).await?;
                lock.commit().await?;
            }
            _ => wubang_migrations::Migrator::up(&self.write, None).await?,
        }
        Ok(())
    }

    /// Whether every migration has been applied.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn is_current(&self) -> Result<bool, Error> {
        let pending = wubang_migrations::Migrator::get_pending_migrations(&self.read).await?;
        Ok(pending.is_empty())
    }

    /// Never lets the clock run behind the newest trace record. After migrating, and from time to time when
    /// other processes write too.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn raise_clock(&self) -> Result<(), Error> {
        let newest = trace::Entity::find()
            .select_only()
            .column(trace::Column::At)
            .order_by_desc(trace::Column::Id)
            .limit(1)
            .into_tuple()
            .one(&self.read)
            .await?;
        if let Some(newest) = newest {
            self.shared.clock.raise(newest);
        }
        Ok(())
    }

    /// Replaces the working-day calendar in force.
    pub fn set_calendar(&self, calendar: WorkCalendar) {
        *self
            .shared
            .calendar
            .write()
            .unwrap_or_else(PoisonError::into_inner) = calendar;
    }

    /// The working-day calendar in force.
    #[must_use]
    pub fn calendar(&self) -> WorkCalendar {
        self.shared
            .calendar
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Now, by the latched clock.
    #[must_use]
    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.shared.clock.now()
    }

    /// SQL statements sent so far: what the tests of bounded statements look at.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.shared.statements.load(Ordering::Relaxed)
    }

    /// A new id.
    #[must_use]
    pub fn new_id(&self) -> uuid::Uuid {
        self.shared.ids.new_id(self.now())
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that begins a transaction: SQLite must be IMMEDIATE"
    )]
    async fn begin(&self) -> Result<sea_orm::DatabaseTransaction, Error> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.write.begin_with_options(options).await?)
    }

    /// Begins the one transaction of a command. The instant is taken after the lock is held, so
    /// that a command that waited past a deadline is late.
    ///
    /// # Errors
    /// `unavailable` when no connection becomes free in time.
    pub async fn write(&self, who: &Who) -> Result<Tx, Error> {
        let (conn, turn) = match &self.turns {
            Some(turns) => {
                let (conn, turn) = turns.take(&self.write).await?;
                (conn, Some(turn))
            }
            None => (self.begin().await?, None),
        };
        let now = who.at.unwrap_or_else(|| self.shared.clock.now());
        let calendar = self.calendar();
        Ok(Tx::new(
            conn,
            turn,
            Arc::clone(&self.shared),
            who.clone(),
            now,
            calendar,
        ))
    }

    /// A view for reading.
    #[must_use]
    pub fn read(&self, who: &Who) -> View {
        View::new(
            self.read.clone(),
            Arc::clone(&self.shared),
            who.clone(),
            self.now(),
            self.calendar(),
        )
    }

    /// Closes the connections.
    pub async fn close(&self) {
        // a pool that is closed already is what we want
        let _ = self.write.close_by_ref().await;
        let _ = self.read.close_by_ref().await;
    }
}

async fn connect(
    url: &str,
    connections: u32,
    shared: &Arc<Shared>,
) -> Result<DatabaseConnection, Error> {
    let url = if url.starts_with("sqlite:") && !url.contains('?') {
        format!("{url}?mode=rwc")
    } else {
        url.to_owned()
    };
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(20))
        .connect_timeout(Duration::from_secs(10))
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .pragma("journal_mode", "WAL")
                // FULL: an acknowledged step survives a power loss
                .pragma("synchronous", "FULL")
                .pragma("foreign_keys", "ON")
                .pragma("cache_size", "-16000")
                .busy_timeout(Duration::from_secs(10))
        });
    let mut conn = Database::connect(options).await?;
    let shared = Arc::clone(shared);
    conn.set_metric_callback(move |_| {
        shared.statements.fetch_add(1, Ordering::Relaxed);
    });
    Ok(conn)
}
