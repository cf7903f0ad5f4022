//! Turns of the writers on SQLite: they share one connection and, when several wait, one `COMMIT`.
//!
//! `synchronous=FULL` makes every commit wait for the disk. Each writer works in a savepoint of an
//! open `IMMEDIATE` transaction; one that finds others waiting releases its savepoint, lets them in and
//! queues again for the end of the round. Whoever comes back first commits for all, and nobody is
//! answered before that commit.

use crate::error::Error;
use sea_orm::{
    DatabaseConnection, DatabaseTransaction, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard};
use wubang_kernel::Code;

/// Savepoints after which a round is committed even though others wait.
const LONGEST_ROUND: usize = 64;

/// Time after which a writer gives up waiting for his turn.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// The queue of writers.
#[derive(Clone, Default)]
pub(crate) struct Turns {
    batch: Arc<Mutex<Batch>>,
    queued: Arc<AtomicUsize>,
}

#[derive(Default)]
struct Batch {
    outer: Option<DatabaseTransaction>,
    /// Savepoints released into `outer`.
    members: usize,
    round: Arc<Round>,
}

/// What the members of one round wait for.
#[derive(Default)]
struct Round {
    outcome: OnceLock<Result<(), String>>,
    waiting: AtomicUsize,
}

/// Counts somebody for as long as he waits, also when he gives up.
struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    fn in_(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Counted(count)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The turn of one writer. Dropped without [`Turn::end`], it leaves nothing behind.
pub(crate) struct Turn {
    batch: OwnedMutexGuard<Batch>,
    turns: Turns,
}

impl Drop for Turn {
    fn drop(&mut self) {
        // nobody else is in the round: the write lock must not stay taken
        if self.batch.members == 0 {
            self.batch.outer = None;
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "with Store::begin the one place that begins a transaction"
)]
impl Turns {
    /// Waits for a turn and opens a savepoint.
    pub(crate) async fn take(
        &self,
        write: &DatabaseConnection,
    ) -> Result<(DatabaseTransaction, Turn), Error> {
        let mut batch = {
            let _queued = Counted::in_(&self.queued);
            let turn = Arc::clone(&self.batch).lock_owned();
            // a command that holds a turn and asks for a second would wait for ever
            tokio::time::timeout(LONGEST_WAIT, turn)
                .await
                .map_err(|_| Error::from(Code::Unavailable))?
        };
        if batch.outer.is_some() && batch.round.waiting.load(Ordering::SeqCst) == 0 {
            // members whose callers went away while they waited: their work is done, so it is kept
            finish(&mut batch).await?;
        }
        if batch.outer.is_none() {
            let options = TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            };
            batch.outer = Some(write.begin_with_options(options).await?);
        }
        let turn = Turn {
            batch,
            turns: self.clone(),
        };
        match &turn.batch.outer {
            Some(outer) => Ok((outer.begin().await?, turn)),
            None => Err(Error::internal("a round without its transaction")),
        }
    }
}

impl Turn {
    /// Ends the turn of a writer who has released his savepoint; comes back when it is on the disk.
    pub(crate) async fn end(mut self) -> Result<(), Error> {
        self.batch.members += 1;
        let others_wait = self.turns.queued.load(Ordering::SeqCst) > 0;
        if !others_wait || self.batch.members >= LONGEST_ROUND {
            return finish(&mut self.batch).await;
        }
        let (turns, round) = (self.turns.clone(), Arc::clone(&self.batch.round));
        let _waiting = Counted::in_(&round.waiting);
        drop(self);
        let mut batch = Arc::clone(&turns.batch).lock_owned().await;
        match round.outcome.get() {
            Some(outcome) => outcome.clone().map_err(Error::Internal),
            None => finish(&mut batch).await,
        }
    }
}

/// Commits the round and tells its members.
async fn finish(batch: &mut Batch) -> Result<(), Error> {
    let round = std::mem::take(&mut batch.round);
    batch.members = 0;
    let outcome = match batch.outer.take() {
        Some(outer) => outer.commit().await,
        None => Ok(()),
    };
    // a round is finished once: whoever takes it out of the batch is the only one to set it
    let _ = round
        .outcome
        .set(outcome.as_ref().copied().map_err(ToString::to_string));
    Ok(outcome?)
}
