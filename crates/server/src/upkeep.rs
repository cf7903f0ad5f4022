//! What a process does by itself: the worker's rounds, and every few minutes what keeps it up to date.

use crate::wiring;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use wubang_files::Files;
use wubang_kernel::{Code, Who};
use wubang_registry::KeyRing;
use wubang_store::worker::Worker;
use wubang_store::{Error, Store};

/// Rounds of one second between two looks at rules, keys and origins.
const EVERY_SECONDS: u64 = 300;

/// Seconds of rounds between two sweeps through all attachments.
const SWEEP_SECONDS: u64 = 86_400;

/// Origins that a browser may call from: those of the configuration and of the partner front-ends.
#[derive(Debug, Clone, Default)]
pub struct Origins(Arc<RwLock<Vec<String>>>);

impl Origins {
    /// Whether a front-end of this origin may call.
    #[must_use]
    pub fn admit(&self, origin: &str) -> bool {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().any(|one| one == origin)
    }

    fn set(&self, origins: Vec<String>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = origins;
    }
}

/// Everything that one process looks after.
pub struct Upkeep {
    /// The store.
    pub store: Store,
    /// The worker.
    pub worker: Arc<Worker>,
    /// The signing keys, in a process that serves.
    pub keyring: Option<Arc<KeyRing>>,
    /// Origins of the configuration.
    pub configured: Vec<String>,
    /// Origins in force.
    pub origins: Origins,
    /// The attachments.
    pub files: Files,
}

impl Upkeep {
    /// Looks again at what other processes may have changed, and forgets what is old.
    ///
    /// # Errors
    /// When the database or the key folder cannot be read.
    pub async fn refresh(&self) -> Result<(), Error> {
        self.store.raise_clock().await?;
        wubang_registry::calendar::load_into(&self.store).await?;
        if let Some(keyring) = &self.keyring {
            keyring.reload(self.store.now())?;
        }
        let view = self.store.read(&Who::system("upkeep"));
        let mut origins = wubang_registry::clients::allowed_origins(&view).await?;
        origins.extend(self.configured.iter().cloned());
        self.origins.set(origins);
        self.begin_quarters().await?;
        let tx = self.store.write(&Who::system("upkeep")).await?;
        wubang_store::idempotency::forget_old(&tx).await?;
        tx.commit().await
    }

    /// Attachments that are not needed any more.
    async fn tidy(&self) -> Result<(), Error> {
        wubang_files::upkeep::collect(&self.store, &self.files, &wiring::over()).await?;
        Ok(())
    }

    /// Once a day: envelopes of attachments that nothing knows of.
    async fn sweep(&self) -> Result<(), Error> {
        wubang_files::upkeep::sweep(&self.store, &self.files).await?;
        Ok(())
    }

    /// Districts that came in since the last look get their first quarter; the others follow by timer.
    async fn begin_quarters(&self) -> Result<(), Error> {
        let tx = self.store.write(&Who::system("upkeep")).await?;
        match wubang_needs::service::cycles::begin_missing(&tx).await {
            Ok(_) => tx.commit().await,
            // another process was first
            Err(Error::Refused(refusal)) if refusal.code == Code::Duplicate => Ok(()),
            Err(other) => Err(other),
        }
    }

    /// Works for ever, a round every so many seconds.
    pub async fn run(self, seconds: u64) {
        let mut interval = tokio::time::interval(Duration::from_secs(seconds));
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut rounds: u64 = 0;
        loop {
            interval.tick().await;
            rounds += 1;
            if let Err(error) = self.worker.run_due().await {
                tracing::error!(%error, "the worker could not finish its round");
            }
            if rounds.is_multiple_of((EVERY_SECONDS / seconds.max(1)).max(1)) {
                if let Err(error) = self.refresh().await {
                    tracing::error!(%error, "the process could not be brought up to date");
                }
                // apart: a bucket that does not answer keeps nothing else from being done
                if let Err(error) = self.tidy().await {
                    tracing::error!(%error, "the attachments could not be tidied up");
                }
            }
            if rounds.is_multiple_of((SWEEP_SECONDS / seconds.max(1)).max(1))
                && let Err(error) = self.sweep().await
            {
                tracing::error!(%error, "the place of the attachments could not be swept");
            }
        }
    }
}

/// Waits until the process is told to end.
pub async fn told_to_end() {
    let mut term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).ok();
    let terminated = async {
        match &mut term {
            Some(term) => {
                term.recv().await;
            }
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
