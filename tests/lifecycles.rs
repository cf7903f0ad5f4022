//! The life cycles as tables: every state × event × role, compared with a committed file.

use serde_json::{Value, json};
use std::fmt::Write as _;
use wubang_kernel::machine::{Machine, Name, NoGuards, plan};
use wubang_kernel::{Code, Role, RoleSet};
use wubang_testkit::on_both;

const MATRIX: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/matrix.txt");

/// What the table says to one role when every guard holds: where it leads to, and which guards ask.
fn cell<M: Machine>(state: M::State, event: M::Event, role: Role) -> String {
    match plan::<M>(state, event, RoleSet::of(&[role]), &NoGuards) {
        Ok(step) => {
            let rows = M::ROWS.iter().filter(|row| {
                row.event == event && row.from.contains(&state) && row.by.contains(&role)
            });
            let ways: Vec<String> = rows
                .map(|row| {
                    let guards: Vec<&str> = row.guards.iter().map(|guard| guard.wire()).collect();
                    format!("{} [{}]", row.to.wire(), guards.join(", "))
                })
                .collect();
            assert!(!ways.is_empty(), "{step:?}");
            ways.join(" | ")
        }
        Err(refusal) => refusal.code.status().to_string(),
    }
}

/// Every cell of a machine that is not 409, one line each; a role that may never is summed up as 403.
fn matrix<M: Machine>(out: &mut String) {
    let _ = writeln!(out, "# {} {}", M::OBJECT, M::ZH);
    let _ = writeln!(
        out,
        "{} · {} · {}",
        M::BIRTH,
        M::START.wire(),
        M::MAKERS
            .iter()
            .map(|role| role.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    );
    for state in M::STATES {
        for event in M::EVENTS {
            let cells: Vec<(Role, String)> = Role::ALL
                .iter()
                .map(|role| (*role, cell::<M>(*state, *event, *role)))
                .collect();
            if cells.iter().all(|(_, cell)| cell == "409") {
                continue;
            }
            for (role, cell) in cells.iter().filter(|(_, cell)| cell != "403") {
                let _ = writeln!(
                    out,
                    "{} · {} · {} → {cell}",
                    state.wire(),
                    event.wire(),
                    role.as_str()
                );
            }
            let others = cells.iter().filter(|(_, cell)| cell == "403").count();
            let _ = writeln!(
                out,
                "{} · {} · {others} other roles → 403",
                state.wire(),
                event.wire()
            );
        }
    }
    out.push('\n');
}

fn everything() -> String {
    let mut out = String::from(
        "What every role may do in every state when all guards hold. A pair of state and event that is\nnot listed is 409 for everybody. Written by the tests when WUBANG_BLESS is set.\n\n",
    );
    matrix::<wubang_publicity::flow::PublicityPeriod>(&mut out);
    matrix::<wubang_files::flow::File>(&mut out);
    matrix::<wubang_needs::flow::Need>(&mut out);
    matrix::<wubang_needs::flow::NeedCycle>(&mut out);
    matrix::<wubang_postings::flow::Posting>(&mut out);
    matrix::<wubang_postings::flow::Question>(&mut out);
    matrix::<wubang_bids::flow::Bid>(&mut out);
    matrix::<wubang_roadshows::flow::Roadshow>(&mut out);
    matrix::<wubang_roadshows::flow::RoadshowSlot>(&mut out);
    matrix::<wubang_awards::flow::Award>(&mut out);
    matrix::<wubang_contracts::flow::Contract>(&mut out);
    matrix::<wubang_contracts::flow::Milestone>(&mut out);
    matrix::<wubang_contracts::flow::Payment>(&mut out);
    matrix::<wubang_contracts::changes::flow::ChangeRequest>(&mut out);
    matrix::<wubang_contracts::terminations::flow::Termination>(&mut out);
    matrix::<wubang_contracts::settlements::flow::Settlement>(&mut out);
    matrix::<wubang_contracts::activities::flow::Activity>(&mut out);
    matrix::<wubang_evaluations::flow::Evaluation>(&mut out);
    matrix::<wubang_evaluations::vetoes::flow::VetoFinding>(&mut out);
    matrix::<wubang_evaluations::buyer_reviews::flow::BuyerReview>(&mut out);
    matrix::<wubang_supervision::slips::flow::Slip>(&mut out);
    matrix::<wubang_supervision::guidance::flow::GuidanceOrder>(&mut out);
    matrix::<wubang_supervision::rectification::flow::RectificationOrder>(&mut out);
    matrix::<wubang_supervision::spot_checks::flow::SpotCheck>(&mut out);
    matrix::<wubang_supervision::exits::flow::Exit>(&mut out);
    matrix::<wubang_credit::flow::ListEntry>(&mut out);
    matrix::<wubang_objections::flow::Objection>(&mut out);
    matrix::<wubang_signals::flow::Signal>(&mut out);
    matrix::<wubang_voices::flow::ResidentRequest>(&mut out);
    matrix::<wubang_voices::flow::Campaign>(&mut out);
    out
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "whoever changes a life cycle asks by a variable for the file to be written"
)]
fn the_matrix_is_the_committed_one() {
    let now = everything();
    if std::env::var("WUBANG_BLESS").is_ok() {
        std::fs::write(MATRIX, &now).unwrap();
    }
    let committed = std::fs::read_to_string(MATRIX).unwrap_or_default();
    let changed: Vec<&str> = now
        .lines()
        .filter(|line| !committed.contains(line))
        .chain(committed.lines().filter(|line| !now.contains(line)))
        .collect();
    assert!(
        now == committed,
        "tests/matrix.txt differs (WUBANG_BLESS=1 writes it); changed: {changed:#?}"
    );
}

#[test]
fn every_machine_of_the_service_is_in_the_matrix() {
    let all = everything();
    for life in wubang_server::wiring::lifecycles() {
        assert!(
            all.contains(&format!("# {} ", life.object)),
            "{} is missing",
            life.object
        );
    }
}

/// States that cannot be reached from the start, and events that no row uses.
fn dead<M: Machine>() -> Vec<String> {
    let mut reached = vec![M::START];
    loop {
        let next = M::ROWS
            .iter()
            .filter(|row| row.from.iter().any(|from| reached.contains(from)))
            .map(|row| row.to)
            .find(|to| !reached.contains(to));
        match next {
            Some(to) => reached.push(to),
            None => break,
        }
    }
    let states = M::STATES
        .iter()
        .filter(|state| !reached.contains(state))
        .map(|state| format!("{} {}", M::OBJECT, state.wire()));
    let events = M::EVENTS
        .iter()
        .filter(|event| !M::ROWS.iter().any(|row| row.event == **event))
        .map(|event| format!("{} {}", M::OBJECT, event.wire()));
    states.chain(events).collect()
}

#[test]
fn every_state_is_reachable_and_every_event_is_used() {
    let mut found = dead::<wubang_publicity::flow::PublicityPeriod>();
    found.extend(dead::<wubang_needs::flow::Need>());
    found.extend(dead::<wubang_needs::flow::NeedCycle>());
    found.extend(dead::<wubang_postings::flow::Posting>());
    found.extend(dead::<wubang_postings::flow::Question>());
    found.extend(dead::<wubang_bids::flow::Bid>());
    found.extend(dead::<wubang_roadshows::flow::Roadshow>());
    found.extend(dead::<wubang_roadshows::flow::RoadshowSlot>());
    found.extend(dead::<wubang_awards::flow::Award>());
    found.extend(dead::<wubang_contracts::flow::Contract>());
    found.extend(dead::<wubang_contracts::flow::Milestone>());
    found.extend(dead::<wubang_contracts::flow::Payment>());
    found.extend(dead::<wubang_contracts::changes::flow::ChangeRequest>());
    found.extend(dead::<wubang_contracts::terminations::flow::Termination>());
    found.extend(dead::<wubang_contracts::settlements::flow::Settlement>());
    found.extend(dead::<wubang_contracts::activities::flow::Activity>());
    found.extend(dead::<wubang_evaluations::flow::Evaluation>());
    found.extend(dead::<wubang_evaluations::vetoes::flow::VetoFinding>());
    found.extend(dead::<wubang_evaluations::buyer_reviews::flow::BuyerReview>());
    found.extend(dead::<wubang_supervision::slips::flow::Slip>());
    found.extend(dead::<wubang_supervision::guidance::flow::GuidanceOrder>());
    found.extend(dead::<
        wubang_supervision::rectification::flow::RectificationOrder,
    >());
    found.extend(dead::<wubang_supervision::spot_checks::flow::SpotCheck>());
    found.extend(dead::<wubang_supervision::exits::flow::Exit>());
    found.extend(dead::<wubang_credit::flow::ListEntry>());
    found.extend(dead::<wubang_objections::flow::Objection>());
    found.extend(dead::<wubang_signals::flow::Signal>());
    found.extend(dead::<wubang_voices::flow::ResidentRequest>());
    found.extend(dead::<wubang_voices::flow::Campaign>());
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn a_timer_that_triggers_a_row_has_a_handler_and_is_started_by_somebody() {
    let handlers = wubang_server::wiring::timers();
    for life in wubang_server::wiring::lifecycles() {
        for row in life.transitions.iter().filter(|row| row.at.is_some()) {
            let at = row.at.clone().unwrap_or_default();
            let key = at.rsplit(' ').next().unwrap_or_default();
            assert!(
                handlers
                    .iter()
                    .any(|(object, timer, _)| *object == life.object && timer.key() == key),
                "{}: nobody handles {at}",
                life.object
            );
        }
    }
    let mut kinds: Vec<_> = handlers
        .iter()
        .map(|(object, timer, _)| (*object, timer.key()))
        .collect();
    let all = kinds.len();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), all, "two handlers for one timer");
}

on_both! {
    async fn anybody_reads_the_life_cycles_as_table_and_as_diagram(bench: Bench) {
        let nobody = bench.nobody();
        let lives = nobody.get("/api/v1/lifecycles").await.ok();
        let lives = lives["items"].as_array().unwrap().clone();
        assert_eq!(lives.len(), wubang_server::wiring::lifecycles().len());
        for life in lives {
            let object = life["object"].as_str().unwrap().to_owned();
            let path = format!("/api/v1/lifecycles/{object}");
            assert_eq!(nobody.get(&path).await.ok(), life, "{object}");
            let drawn = nobody.call("GET", &path, &[("accept", "text/vnd.mermaid")], None).await;
            assert_eq!(drawn.headers["content-type"], "text/vnd.mermaid; charset=utf-8");
            assert!(drawn.text.starts_with("stateDiagram-v2\n    [*] --> "), "{object}");
            for row in life["transitions"].as_array().unwrap() {
                let from = row["from"][0].as_str().unwrap();
                let line = format!("    {from} --> {} : {}\n", row["to"].as_str().unwrap(), row["event"].as_str().unwrap());
                assert!(drawn.text.contains(&line), "{object}: {line}");
            }
        }
        nobody.get("/api/v1/lifecycles/nothing").await.refused(404, "not_found");
        let need: Value = nobody.get("/api/v1/lifecycles/need").await.ok();
        assert_eq!(need["makers"], json!(["community_secretary", "system"]));
    }
}

#[test]
fn a_machine_refuses_in_the_promised_order() {
    use wubang_contracts::flow::{Contract, ContractEvent, ContractState};
    let nobody = plan::<Contract>(
        ContractState::Drafting,
        ContractEvent::Send,
        RoleSet::NONE,
        &NoGuards,
    );
    assert_eq!(nobody.unwrap_err().code, Code::Forbidden);
    let late = plan::<Contract>(
        ContractState::Void,
        ContractEvent::Send,
        RoleSet::NONE,
        &NoGuards,
    );
    assert_eq!(late.unwrap_err().code, Code::InvalidTransition);
}
