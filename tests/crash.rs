//! A process that is killed loses nothing that it had acknowledged, and leaves nothing half done.

use crate::demo::{block_on, database, folder, printed, wubang};
use sea_orm::EntityTrait;
use std::collections::{BTreeMap, HashSet};
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::sync::Arc;
use wubang_kernel::Who;
use wubang_kernel::clock::SystemClock;
use wubang_server::config::Config;
use wubang_store::Read as _;
use wubang_store::entity::{timers, trace};
use wubang_testkit::Database;

/// What a database holds.
struct Held {
    trace: Vec<trace::Model>,
    timers: Vec<timers::Model>,
}

fn held(url: &str, data: &std::path::Path) -> Held {
    block_on(async {
        let config = Config {
            database_url: url.to_owned(),
            master_keys: data.join("master-keys"),
            ..wubang_testkit::config()
        };
        let store = wubang_server::app::open_store(&config, Arc::new(SystemClock))
            .await
            .expect("a store");
        let view = store.read(&Who::system("tests"));
        let held = Held {
            trace: trace::Entity::find()
                .all(&view.db())
                .await
                .expect("the trace"),
            timers: timers::Entity::find()
                .all(&view.db())
                .await
                .expect("the timers"),
        };
        store.close().await;
        held
    })
}

impl Held {
    fn count(&self, event: &str) -> usize {
        self.trace.iter().filter(|row| row.event == event).count()
    }
}

/// Events of the life cycles: what the demo prints under the same name as the trace records it.
fn events() -> HashSet<&'static str> {
    let lives = wubang_server::wiring::lifecycles();
    let mut events: HashSet<&str> = lives
        .iter()
        .flat_map(|life| life.transitions.iter().map(|row| row.event))
        .collect();
    events.extend([
        "need.drafted",
        "posting.drafted",
        "bid.drafted",
        "award.proposed",
        "contract.drafted",
        "evaluation.opened",
    ]);
    events
}

/// The event of a printed step.
fn step(line: &str) -> Option<&str> {
    let (before, _) = line.split_once('→')?;
    before.split_whitespace().nth(2)
}

/// Starts the demo and kills it after so many printed lines; answers every step it acknowledged.
fn killed(url: &str, data: &std::path::Path, after: usize) -> Vec<String> {
    let mut process = wubang(url, data, &["demo"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the demo starts");
    let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
    let mut steps = Vec::new();
    let mut read = 0;
    while let Some(Ok(line)) = lines.next() {
        steps.extend(step(&line).map(str::to_owned));
        read += 1;
        if read == after {
            // SIGKILL: nothing is flushed, nothing is finished
            process.kill().expect("killed");
        }
    }
    assert!(read >= after, "the demo ended after {read} lines");
    process.wait().expect("ended");
    steps
}

fn crash(kind: Database, after: usize) {
    let name = format!("crash-{kind:?}-{after}").to_lowercase();
    let Some(url) = database(kind, &name.replace('-', "_")) else {
        return;
    };
    let data = folder(&name);
    let steps = killed(&url, &data, after);
    let left = held(&url, &data);
    let known = events();
    let mut said: BTreeMap<&str, usize> = BTreeMap::new();
    for event in steps.iter().filter(|event| known.contains(event.as_str())) {
        *said.entry(event).or_default() += 1;
    }
    assert!(!said.is_empty(), "nothing was acknowledged: {steps:?}");
    for (event, times) in said {
        assert!(
            left.count(event) >= times,
            "{times} × {event} was acknowledged, {} are there",
            left.count(event)
        );
    }
    let checks = printed(&mut wubang(&url, &data, &["invariants"]));
    assert!(!checks.contains("BROKEN"), "{checks}");
    // the same database goes on, with another project
    let again = printed(&mut wubang(&url, &data, &["demo", "--once"]));
    assert!(again.contains("总分   88.48   等级 good"), "{again}");
    let checks = printed(&mut wubang(&url, &data, &["invariants"]));
    assert!(!checks.contains("BROKEN"), "{checks}");
    let now = held(&url, &data);
    let ids: HashSet<_> = now.trace.iter().map(|row| row.id).collect();
    assert!(
        left.trace.iter().all(|row| ids.contains(&row.id)),
        "a record of the trace is lost"
    );
    fired_once(&now);
}

/// What only a timer does, it did once for each object; a timer that fired is settled.
fn fired_once(held: &Held) {
    let lives = wubang_server::wiring::lifecycles();
    let rows = || lives.iter().flat_map(|life| life.transitions.iter());
    let by_others: HashSet<&str> = rows()
        .filter(|row| row.at.is_none())
        .map(|row| row.event)
        .collect();
    let by_timer: HashSet<&str> = rows()
        .filter(|row| row.at.is_some() && !by_others.contains(row.event))
        .map(|row| row.event)
        .collect();
    // a term that begins anew when it is over (T26) speaks each time
    let again: HashSet<&str> = rows()
        .filter(|row| row.at.as_ref().is_some_and(|at| row.starts.contains(at)))
        .map(|row| row.event)
        .collect();
    let mut seen = HashSet::new();
    for row in held
        .trace
        .iter()
        .filter(|row| by_timer.contains(row.event.as_str()))
    {
        let each = again.contains(row.event.as_str());
        assert!(
            seen.insert((row.object_id, row.event.clone(), each.then_some(row.at))),
            "{} happened twice to {}",
            row.event,
            row.object_id
        );
    }
    assert!(!seen.is_empty());
    for timer in held.timers.iter().filter(|timer| timer.state == "fired") {
        assert!(timer.settled_at.is_some(), "{}", timer.timer);
    }
}

macro_rules! killed_after {
    ($($name:ident = $lines:literal)+) => {$(
        mod $name {
            use super::*;

            #[test]
            fn sqlite() {
                crash(Database::Sqlite, $lines);
            }

            #[test]
            fn postgres() {
                crash(Database::Postgres, $lines);
            }
        }
    )+};
}

// ten points of the play's 108 steps, drawn once: each stage is hit, none at its border
killed_after! {
    killed_after_4_lines = 4
    killed_after_11_lines = 11
    killed_after_19_lines = 19
    killed_after_26_lines = 26
    killed_after_37_lines = 37
    killed_after_49_lines = 49
    killed_after_60_lines = 60
    killed_after_74_lines = 74
    killed_after_88_lines = 88
    killed_after_101_lines = 101
}
