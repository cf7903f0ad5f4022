//! Two servers on one PostgreSQL, and a fault between them: one opening, one award, nothing half done. The second
//! server is a process of its own, so that it can be killed; it stands in the middle of its transaction because
//! somebody holds a row that it needs.

use crate::demo::wubang;
use crate::races::{connection, one_of, waiting};
use crate::scenes::{eight, recorded, text};
use chrono::{DateTime, Duration, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use wubang_testkit::{Bench, Caller, Database, Stage, bench};

/// With which the commands of these tests are told and repeated.
const KEY: &str = "\"told-to-two-servers\"";

/// A second server, and how to sign in since it started: a sandbox gives its people a new password.
struct Other {
    process: Child,
    base: String,
    password: String,
}

impl Drop for Other {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Other {
    /// Starts it on the same database, with the same keys, at the same instant.
    fn start(bench: &Bench, at: DateTime<Utc>) -> Self {
        let at = at.to_rfc3339();
        let mut process = wubang(
            &bench.url,
            &bench.config.data_dir,
            &["serve", "--sandbox", "--at", &at],
        )
        .env("WUBANG_MASTER_KEYS", &bench.config.master_keys)
        .env("WUBANG_WORKER_SECONDS", "0")
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
        let mut lines = BufReader::new(process.stdout.take().expect("its output"))
            .lines()
            .map_while(Result::ok);
        let docs = lines.next().expect("where it listens");
        let sign_in = lines.next().expect("how to sign in");
        let base = docs
            .split_whitespace()
            .nth(1)
            .and_then(|address| address.strip_suffix("/docs/"))
            .expect("its address")
            .to_owned();
        let password = sign_in.rsplit('"').nth(1).expect("a password").to_owned();
        Other {
            process,
            base,
            password,
        }
    }

    /// Somebody, signed in here; his token is good at both servers.
    async fn user(&self, account: &str) -> Caller {
        let nobody = Caller::nobody(self.base.clone());
        let answer = nobody
            .post(
                "/api/v1/sessions",
                json!({ "account": account, "password": self.password }),
            )
            .await
            .ok();
        nobody.with(text(&answer, "/access_token"))
    }

    /// The same person at the first server.
    async fn there(&self, bench: &Bench, account: &str) -> Caller {
        let here = self.user(account).await;
        bench
            .nobody()
            .with(here.token().expect("a token").to_owned())
    }

    /// `kill -9`.
    fn kill(&mut self) {
        // it may be dead already
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// A command that nobody may live to hear the answer of.
    async fn tell(&self, path: &str, token: Option<&str>, body: &Value) -> Option<u16> {
        let mut request = reqwest::Client::new().post(format!("{}{path}", self.base));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        request
            .header("idempotency-key", KEY)
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
            .await
            .ok()
            .map(|answer| answer.status().as_u16())
    }
}

/// Three bids in the box, and the instant after which it is opened.
async fn in_the_box(bench: &mut Bench) -> DateTime<Utc> {
    bench.reach(Stage::BidsSubmitted).await;
    let path = format!("/api/v1/postings/{}", bench.play.ids.posting);
    let street = bench.cast("street_officer").await;
    let posting = street.get(&path).await.ok();
    text(&posting, "/bid_deadline")
        .parse::<DateTime<Utc>>()
        .unwrap()
        + Duration::seconds(1)
}

/// Keeps everybody else from changing the newest bid.
async fn hold_newest_bid(holder: &DatabaseConnection) {
    holder.execute_unprepared("BEGIN").await.unwrap();
    holder
        .execute_unprepared(
            "SELECT id FROM bids WHERE id = (SELECT id FROM bids ORDER BY id DESC LIMIT 1) FOR UPDATE",
        )
        .await
        .unwrap();
}

/// Whether a connection is in the middle of a transaction: that of the killed server, until the database notices.
async fn in_transaction(conn: &DatabaseConnection) -> bool {
    let sql = "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL";
    let row = conn
        .query_one_raw(Statement::from_string(conn.get_database_backend(), sql))
        .await
        .unwrap()
        .unwrap();
    row.try_get::<i64>("", "n").unwrap() > 0
}

/// The states of posting and bids, as the tables hold them.
async fn states(conn: &DatabaseConnection) -> Vec<String> {
    let sql = "SELECT state FROM postings UNION ALL SELECT state FROM bids UNION ALL SELECT state FROM awards";
    let rows = conn
        .query_all_raw(Statement::from_string(conn.get_database_backend(), sql))
        .await
        .unwrap();
    rows.iter()
        .map(|row| row.try_get("", "state").unwrap())
        .collect()
}

/// One opening, and everything that belongs to it.
async fn opened_once(bench: &Bench, conn: &DatabaseConnection) {
    assert_eq!(recorded(bench, "posting.closed", None).await, 1);
    assert_eq!(recorded(bench, "bid.opened", None).await, 3);
    assert_eq!(states(conn).await, ["closed", "opened", "opened", "opened"]);
}

async fn killed_in_the_opening(mut bench: Bench) {
    let after = in_the_box(&mut bench).await;
    let mut other = Other::start(&bench, after);
    let (holder, looker) = (connection(&bench.url).await, connection(&bench.url).await);
    hold_newest_bid(&holder).await;
    let before = states(&looker).await;
    let body = json!({ "to": after + Duration::minutes(1) });
    let advance = other.tell("/sandbox/clock/advance", None, &body);
    let there = async {
        while waiting(&looker).await < 1 {}
        // two bids are open in a transaction that nobody else sees; the first server does not open them again
        bench.set_clock(after);
        bench.work().await;
        assert_eq!(recorded(&bench, "bid.opened", None).await, 0);
    };
    // the call ends with the process, not before
    tokio::select! {
        status = advance => panic!("answered {status:?} while a bid was held"),
        () = there => {}
    }
    other.kill();
    holder.execute_unprepared("COMMIT").await.unwrap();
    while in_transaction(&looker).await {}
    assert_eq!(states(&looker).await, before, "nothing is half opened");
    assert_eq!(recorded(&bench, "bid.opened", None).await, 0);
    bench.work().await;
    opened_once(&bench, &looker).await;
    // whoever comes late finds nothing to do
    bench.work().await;
    opened_once(&bench, &looker).await;
}

async fn both_open_at_once(mut bench: Bench) {
    let after = in_the_box(&mut bench).await;
    let other = Other::start(&bench, after);
    let looker = connection(&bench.url).await;
    bench.set_clock(after);
    let body = json!({ "to": after + Duration::minutes(1) });
    let (status, ()) = tokio::join!(
        other.tell("/sandbox/clock/advance", None, &body),
        bench.work()
    );
    assert_eq!(status, Some(200));
    bench.work().await;
    opened_once(&bench, &looker).await;
}

/// The panel has scored; answers the address and body of the decision.
async fn scored(bench: &mut Bench) -> (String, Value) {
    bench.reach(Stage::BidsScored).await;
    bench.forget();
    (
        format!("/api/v1/postings/{}/propose_award", bench.play.ids.posting),
        json!({ "bid_id": bench.play.ids.bids["lelin"], "reason": "按评审组推荐排序确定。" }),
    )
}

async fn killed_in_the_award(mut bench: Bench) {
    let (path, body) = scored(&mut bench).await;
    let now = bench.running.store.now();
    let mut other = Other::start(&bench, now);
    let account = bench.play.cast("street_officer").unwrap();
    let street = other.there(&bench, &account).await;
    let token = street.token().unwrap().to_owned();
    let (holder, looker) = (connection(&bench.url).await, connection(&bench.url).await);
    hold_newest_bid(&holder).await;
    let before = states(&looker).await;
    tokio::select! {
        status = other.tell(&path, Some(&token), &body) => panic!("answered {status:?} while a bid was held"),
        () = async { while waiting(&looker).await < 1 {} } => {}
    }
    other.kill();
    holder.execute_unprepared("COMMIT").await.unwrap();
    while in_transaction(&looker).await {}
    assert_eq!(states(&looker).await, before, "nothing is half awarded");
    assert_eq!(recorded(&bench, "award.proposed", None).await, 0);
    // the front-end repeats its command at the other server, twice
    let headers = [("idempotency-key", KEY)];
    let again = async || {
        street
            .call("POST", &path, &headers, Some(body.to_string().into_bytes()))
            .await
    };
    let done = again().await.ok();
    let replayed = again().await;
    assert_eq!(
        replayed
            .headers
            .get("idempotent-replayed")
            .map(String::as_str),
        Some("true")
    );
    assert_eq!(replayed.ok(), done);
    assert_eq!(recorded(&bench, "award.proposed", None).await, 1);
}

async fn both_award_at_once(mut bench: Bench) {
    let (path, body) = scored(&mut bench).await;
    let other = Other::start(&bench, bench.running.store.now());
    let account = bench.play.cast("street_officer").unwrap();
    let here = other.user(&account).await;
    let there = bench.nobody().with(here.token().unwrap().to_owned());
    let (mut ours, theirs) = tokio::join!(
        eight(async || there.post(&path, body.clone()).await),
        eight(async || here.post(&path, body.clone()).await)
    );
    ours.extend(theirs);
    one_of(&ours);
    assert_eq!(recorded(&bench, "award.proposed", None).await, 1);
}

macro_rules! on_postgres {
    ($($test:ident)+) => {$(
        mod $test {
            #[test]
            fn postgres() {
                super::bench::run(super::Database::Postgres, super::$test);
            }
        }
    )+};
}

on_postgres! {
    killed_in_the_opening
    both_open_at_once
    killed_in_the_award
    both_award_at_once
}
