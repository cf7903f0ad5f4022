//! A running service for one test.

use crate::caller::Caller;
use crate::database::{self, Database, PASSWORD, beginning, filling, fresh};
use crate::stages::Stage;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use wubang_kernel::clock::TestClock;
use wubang_mail::{Mailer, MemoryMailer};
use wubang_server::app::{self, Parts, Running};
use wubang_server::config::Config;
use wubang_server::demo::client::Client;
use wubang_server::demo::play::Play;

/// A running service with the demo district, a clock that stands until it is moved, and a worker that
/// works when it is told to.
pub struct Bench {
    /// The service.
    pub running: Running,
    /// Its clock.
    pub clock: TestClock,
    /// Mails it sent.
    pub mails: Arc<MemoryMailer>,
    /// The play that takes a project along.
    pub play: Play,
    /// Where its database is.
    pub url: String,
    /// How it is configured, for a second service beside it.
    pub config: Config,
    /// How it is configured now, for whoever checks and removes it afterwards.
    pub(crate) place: Arc<Mutex<Config>>,
    nobody: Caller,
    callers: HashMap<String, Caller>,
    /// Whether mails are kept in memory, as usual.
    own_mails: bool,
    /// The stage that the test said it begins at, until somebody asks for it.
    pub(crate) begun_at: Option<Stage>,
}

/// Runs one test on one database, beginning on the usual Monday in March; afterwards every invariant must
/// hold.
///
/// # Panics
/// When the test or an invariant fails.
pub fn run<F: AsyncFnOnce(Bench)>(database: Database, test: F) {
    run_at(database, beginning(), test);
}

/// The same for a test that begins at a stage of the story: with a copy of it, at its instant, with its ids.
///
/// # Panics
/// When the stage cannot be reached, or the test or an invariant fails.
pub fn run_from<F: AsyncFnOnce(Bench)>(database: Database, stage: Stage, test: F) {
    play(database, test, async |unique| {
        Bench::from_stage(database, stage, unique).await
    });
}

/// Runs one test on one database, beginning at an instant; afterwards every invariant must hold.
///
/// # Panics
/// When the instant is before the templates were filled, or the test or an invariant fails.
pub fn run_at<F: AsyncFnOnce(Bench)>(database: Database, begins: DateTime<Utc>, test: F) {
    assert!(begins >= filling(), "nothing is known before {}", filling());
    play(database, test, async |unique| {
        let url = fresh(database, unique).await?;
        Some(Bench::start_at(&url, unique, None, begins).await)
    });
}

/// Plays a test with the bench that it begins with; without one, the machine has no such database.
fn play<F: AsyncFnOnce(Bench)>(
    database: Database,
    test: F,
    begin: impl AsyncFnOnce(&str) -> Option<Bench>,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let Some(bench) = begin(&unique("t")).await else {
            return;
        };
        let place = Arc::clone(&bench.place);
        test(bench).await;
        // opened anew: a test may have stopped its service, or gone on with a copy of a stage
        let config = place.lock().expect("a place").clone();
        check_and_remove(database, &config.database_url, &config).await;
        // the test passed: what it has put into its folder is looked at by nobody
        let _ = std::fs::remove_dir_all(&config.data_dir);
    });
}

/// Every invariant must hold, then the database is removed.
async fn check_and_remove(database: Database, url: &str, config: &Config) {
    let files = wubang_server::attachments::open(config).expect("attachments");
    let store = app::open_store(config, Arc::new(TestClock::standing_at(beginning())))
        .await
        .expect("a store");
    let broken = wubang_server::commands::check_invariants(&store, &files)
        .await
        .expect("invariants");
    assert_eq!(broken, 0, "invariants are broken");
    drop(store);
    database::remove(database, url).await;
}

/// A name that no other test has.
pub(crate) fn unique(prefix: &str) -> String {
    format!(
        "{prefix}-{}-{:x}",
        std::process::id(),
        std::time::Instant::now().elapsed().as_nanos() ^ u128::from(rand_like())
    )
}

/// An instant written as in RFC 3339.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text)
        .unwrap_or_else(|error| panic!("{text}: {error}"))
        .to_utc()
}

/// Something that differs between two tests of one process.
fn rand_like() -> u32 {
    use std::hash::{BuildHasher, Hasher};
    let hash = std::collections::hash_map::RandomState::new()
        .build_hasher()
        .finish();
    u32::try_from(hash & 0xffff_ffff).unwrap_or_default()
}

impl Bench {
    /// Starts a service on a database. Mails go to `mailer`, or are kept in memory.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(url: &str, unique: &str, mailer: Option<Arc<dyn Mailer>>) -> Bench {
        Self::start_at(url, unique, mailer, beginning()).await
    }

    /// The same with a clock that stands at another instant.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_at(
        url: &str,
        unique: &str,
        mailer: Option<Arc<dyn Mailer>>,
        begins: DateTime<Utc>,
    ) -> Bench {
        Self::start_in(url, &database::folder().join(unique), mailer, begins).await
    }

    pub(crate) async fn start_in(
        url: &str,
        data_dir: &std::path::Path,
        mailer: Option<Arc<dyn Mailer>>,
        begins: DateTime<Utc>,
    ) -> Bench {
        let mails = Arc::new(MemoryMailer::new());
        let own_mails = mailer.is_none();
        let config = Config {
            listen: "127.0.0.1:0".to_owned(),
            database_url: url.to_owned(),
            data_dir: data_dir.to_owned(),
            worker_seconds: 0,
            connections: 4,
            // each thread builds the routes anew, which is what a start costs most
            workers: 1,
            ..database::config()
        };
        let clock = TestClock::standing_at(begins);
        let mailer = mailer.unwrap_or_else(|| mails.clone());
        let running = app::start(Parts {
            config: config.clone(),
            test_clock: Some(clock.clone()),
            mailer,
        })
        .await
        .expect("a service");
        let base = format!("http://{}", running.address);
        let play =
            Play::new(Client::new(base.clone(), PASSWORD.to_owned()), false).expect("the story");
        Bench {
            running,
            clock,
            mails,
            play,
            url: url.to_owned(),
            place: Arc::new(Mutex::new(config.clone())),
            config,
            nobody: Caller::nobody(base),
            callers: HashMap::new(),
            own_mails,
            begun_at: None,
        }
    }

    /// Whether it was started as usual and nobody has signed in yet.
    pub(crate) fn is_usual(&self) -> bool {
        self.own_mails && self.callers.is_empty() && self.play.client.is_new()
    }

    /// Notes how it is configured now.
    pub(crate) fn settle(&self) {
        *self.place.lock().expect("a place") = self.config.clone();
    }

    /// The kind of its database.
    pub(crate) fn database(&self) -> Database {
        if self.url.starts_with("sqlite://") {
            Database::Sqlite
        } else {
            Database::Postgres
        }
    }

    /// Two services on copies of this one's database, at its instant: two worlds with one past. What differs
    /// afterwards comes of what is done in them. The service itself ends.
    ///
    /// # Panics
    /// When the database cannot be copied.
    pub async fn worlds(self) -> [Bench; 2] {
        let (now, url, config, memory) = (
            self.running.store.now(),
            self.url,
            self.config,
            self.play.memory(),
        );
        self.running.stop().await;
        let mut made = Vec::new();
        for world in ["a", "b"] {
            let unique = unique(world);
            let copy = database::copy(&url, &unique).await;
            let mut bench = Bench::start_in(&copy, &config.data_dir, None, now).await;
            bench.play.remember(memory.clone());
            made.push(bench);
        }
        made.try_into().ok().expect("two")
    }

    /// Ends a world: its invariants must hold, its database goes.
    ///
    /// # Panics
    /// When an invariant is broken.
    pub async fn end(self) {
        let database = self.database();
        self.running.stop().await;
        check_and_remove(database, &self.url, &self.config).await;
    }

    /// Address of the service.
    #[must_use]
    pub fn base(&self) -> String {
        format!("http://{}", self.running.address)
    }

    /// Nobody known.
    #[must_use]
    pub fn nobody(&self) -> Caller {
        self.nobody.clone()
    }

    /// A user of the demo district, signed in.
    ///
    /// # Panics
    /// When the sign-in is refused.
    pub async fn user(&mut self, account: &str) -> Caller {
        if let Some(caller) = self.callers.get(account) {
            return caller.clone();
        }
        let answer = self
            .nobody
            .post(
                "/api/v1/sessions",
                json!({ "account": account, "password": PASSWORD }),
            )
            .await
            .ok();
        let token = answer
            .get("access_token")
            .and_then(Value::as_str)
            .expect("a token")
            .to_owned();
        let caller = self.nobody.with(token);
        self.callers.insert(account.to_owned(), caller.clone());
        caller
    }

    /// The user of a part in the story's cast.
    ///
    /// # Panics
    /// When the story has no such part.
    pub async fn cast(&mut self, part: &str) -> Caller {
        let account = self.play.cast(part).expect("a part of the cast");
        self.user(&account).await
    }

    /// Moves the clock and does everything that falls due on the way; tokens expire.
    ///
    /// # Panics
    /// When the service refuses.
    pub async fn advance(&mut self, to: DateTime<Utc>) {
        self.forget();
        let _ = self
            .nobody
            .post("/sandbox/clock/advance", json!({ "to": to }))
            .await
            .ok();
    }

    /// Moves the clock and nothing else: what falls due on the way waits. Tokens expire.
    pub fn stand_at(&mut self, at: DateTime<Utc>) {
        self.callers.clear();
        self.clock.set(at);
        self.play.client.forget();
    }

    /// Id of a user's person.
    ///
    /// # Panics
    /// When the service refuses.
    pub async fn person(&mut self, account: &str) -> String {
        let me = self.user(account).await.get("/api/v1/me").await.ok();
        me.get("id")
            .and_then(Value::as_str)
            .expect("an id")
            .to_owned()
    }

    /// Id of an organisation by its key in the demo district.
    ///
    /// # Panics
    /// When the district has no such organisation.
    pub async fn organisation(&mut self, key: &str) -> String {
        let account = ["org_agent", "third_party"]
            .into_iter()
            .find_map(|role| wubang_server::demo::play::agent_of(key, role).ok())
            .expect("somebody of the organisation");
        let me = self.user(&account).await.get("/api/v1/me").await.ok();
        me.pointer("/grants/0/scope/organisation")
            .and_then(Value::as_str)
            .expect("an organisation")
            .to_owned()
    }

    /// Forgets who is signed in, because time has passed: everybody signs in again.
    pub fn forget(&mut self) {
        self.callers.clear();
        self.play.client.forget();
    }

    /// Sets the clock and does nothing about it: what is due then stays undone until [`Bench::work`].
    pub fn set_clock(&mut self, to: DateTime<Utc>) {
        self.clock.set(to);
        self.forget();
    }

    /// Does everything that is due now.
    ///
    /// # Panics
    /// When the worker fails.
    pub async fn work(&self) {
        self.running.worker.run_due().await.expect("the worker");
    }
}
