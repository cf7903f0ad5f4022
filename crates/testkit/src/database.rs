//! Databases for tests: one migrated and filled template per build, copied for each test.

use argon2::password_hash::PasswordHasher as _;
use argon2::{Argon2, Params};
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wubang_kernel::Who;
use wubang_kernel::clock::TestClock;
use wubang_server::bundle;
use wubang_server::config::Config;

/// The password of every account in tests.
pub const PASSWORD: &str = "only-for-tests-1949";

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    /// A file of its own.
    Sqlite,
    /// A database of its own in the cluster of `WUBANG_TEST_POSTGRES`.
    Postgres,
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by variables where their tools are"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The instant at which tests begin unless they say otherwise: Monday 2 March 2026, 09:00 +08:00.
#[must_use]
pub fn beginning() -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_413_200, 0).unwrap_or_default()
}

/// The instant at which templates are filled: Monday 5 January 2026, 09:00 +08:00. No test begins earlier,
/// because no clock runs behind the newest record.
#[must_use]
pub fn filling() -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_574_800, 0).unwrap_or_default()
}

/// A configuration with the master keys that all tests share, because one fills what others open.
#[must_use]
pub fn config() -> Config {
    Config {
        master_keys: folder().join("master-keys"),
        ..Config::default()
    }
}

/// A folder for this run of tests.
pub(crate) fn folder() -> PathBuf {
    std::env::temp_dir().join("wubang-tests")
}

/// A name that changes with every build of the tests.
fn build() -> String {
    let exe = std::env::current_exe().unwrap_or_default();
    let mut hasher = DefaultHasher::new();
    exe.hash(&mut hasher);
    if let Ok(changed) = exe.metadata().and_then(|meta| meta.modified()) {
        changed.hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

/// A fresh database with the demo district; `None` where this machine has none of that kind.
pub async fn fresh(database: Database, unique: &str) -> Option<String> {
    let folder = folder();
    std::fs::create_dir_all(&folder).expect("a folder for tests");
    match database {
        Database::Sqlite => {
            let template = folder.join(format!("template-{}.db", build()));
            once(&template, async |making| {
                fill(&format!("sqlite://{}", making.display())).await
            })
            .await;
            let own = folder.join(format!("{unique}.db"));
            std::fs::copy(&template, &own).expect("a copy of the template");
            Some(format!("sqlite://{}", own.display()))
        }
        Database::Postgres => {
            let server = cluster()?;
            let mut hasher = DefaultHasher::new();
            server.hash(&mut hasher);
            let name = format!("template_{}_{:x}", build(), hasher.finish());
            let base = server
                .rsplit_once('/')
                .map_or(server.as_str(), |(base, _)| base)
                .to_owned();
            let marker = folder.join(format!("{name}.made"));
            once(&marker, async |making| {
                query(&server, &format!("CREATE DATABASE {name}")).await;
                fill(&format!("{base}/{name}")).await;
                std::fs::write(making, "made").expect("a marker");
            })
            .await;
            let own = format!("test_{}", unique.replace('-', "_"));
            query(&server, &format!("CREATE DATABASE {own} TEMPLATE {name}")).await;
            Some(format!("{base}/{own}"))
        }
    }
}

/// Removes the database of a test that passed; that of one that failed stays to be looked at. Without this
/// the databases of a few runs fill a disk.
pub async fn remove(database: Database, url: &str) {
    match database {
        Database::Sqlite => {
            let path = url.trim_start_matches("sqlite://");
            for end in ["", "-wal", "-shm"] {
                // the last two are there only while somebody writes
                let _ = std::fs::remove_file(format!("{path}{end}"));
            }
        }
        Database::Postgres => {
            let (Some(server), Some((_, name))) = (cluster(), url.rsplit_once('/')) else {
                return;
            };
            // what the test has left running still holds connections
            query(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

/// A copy of a database that nobody uses.
pub(crate) async fn copy(url: &str, unique: &str) -> String {
    if let Some(path) = url.strip_prefix("sqlite://") {
        let own = folder().join(format!("{unique}.db"));
        std::fs::copy(path, &own).expect("a copy");
        return format!("sqlite://{}", own.display());
    }
    let server = cluster().expect("the cluster that the first one lies in");
    let (base, name) = url.rsplit_once('/').expect("a name");
    let own = format!("test_{}", unique.replace('-', "_"));
    query(&server, &format!("CREATE DATABASE {own} TEMPLATE {name}")).await;
    format!("{base}/{own}")
}

/// Whether this runs where nothing may be skipped.
#[must_use]
pub fn under_ci() -> bool {
    variable("CI").is_some()
}

/// An empty database of its own in the cluster; `None`, loudly, where this machine has no PostgreSQL.
pub async fn empty(name: &str) -> Option<String> {
    let server = cluster()?;
    let base = server
        .rsplit_once('/')
        .map_or(server.as_str(), |(base, _)| base)
        .to_owned();
    query(&server, &format!("CREATE DATABASE {name}")).await;
    Some(format!("{base}/{name}"))
}

/// Address of the cluster that tests may use.
fn cluster() -> Option<String> {
    let server = variable("WUBANG_TEST_POSTGRES");
    if server.is_none() {
        assert!(
            !under_ci(),
            "CI must have PostgreSQL: set WUBANG_TEST_POSTGRES"
        );
        eprintln!(
            "!!! SKIPPED on PostgreSQL: WUBANG_TEST_POSTGRES is not set (cargo xtask test sets it) !!!"
        );
    }
    server
}

/// Whether this machine has such a database; says so loudly when it has none.
pub(crate) fn is_there(database: Database) -> bool {
    database == Database::Sqlite || cluster().is_some()
}

/// Where something is kept that all tests of this build share, about one kind of database in one cluster.
pub(crate) fn place_of(database: Database, name: &str) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    if database == Database::Postgres {
        variable("WUBANG_TEST_POSTGRES").hash(&mut hasher);
    }
    let kind = format!("{database:?}-{}-{:x}", build(), hasher.finish()).to_lowercase();
    folder().join(format!("{kind}-{name}"))
}

/// Makes `place` once, whoever of the racing tests comes first; the others wait.
pub(crate) async fn once(place: &Path, make: impl AsyncFnOnce(&Path)) {
    let lock = std::fs::File::create(place.with_extension("lock")).expect("a lock file");
    lock.lock().expect("the lock");
    if !place.exists() {
        let making = place.with_extension("making");
        // left over from a run that was stopped in the middle
        let _ = std::fs::remove_file(&making);
        make(&making).await;
        std::fs::rename(&making, place).expect("the template in its place");
    }
}

async fn query(url: &str, sql: &str) {
    let conn = sea_orm::Database::connect(url).await.expect("PostgreSQL");
    conn.execute_unprepared(sql)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    conn.close().await.expect("closed");
}

/// The password of tests, hashed with the least that Argon2 allows: a test signs in a dozen persons, and with the
/// service's own measure that was a fifth of its time. How the service hashes is tried where it hashes.
fn cheap_hash() -> String {
    let least = Params::new(Params::MIN_M_COST, 1, 1, None).expect("the least parameters");
    Argon2::from(least)
        .hash_password(PASSWORD.as_bytes())
        .expect("a hash")
        .to_string()
}

/// Migrates, loads the demo district, gives every account the password of tests.
async fn fill(url: &str) {
    let config = Config {
        database_url: url.to_owned(),
        ..config()
    };
    let clock = TestClock::standing_at(filling());
    let store = wubang_server::app::open_store(&config, Arc::new(clock))
        .await
        .expect("a store");
    let report = bundle::import(&store, bundle::DEMO_DISTRICT)
        .await
        .expect("the demo district");
    let hash = cheap_hash();
    let persons: Vec<_> = report.people.values().copied().collect();
    let tx = store
        .write(&Who::system("tests"))
        .await
        .expect("a transaction");
    wubang_registry::people::set_password_hash(&tx, &persons, &hash)
        .await
        .expect("passwords");
    tx.commit().await.expect("committed");
    store.close().await;
}
