//! The draw of experts is checked by a script that knows public answers only (rulebook 2.10).

use crate::awards::seats;
use crate::peeking::{holds, stored};
use crate::scenes::{instant, list, recorded, text};
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;
use wubang_kernel::clock::SystemClock;
use wubang_kernel::digest::sha256_hex;
use wubang_server::app;
use wubang_server::config::Config;
use wubang_testkit::{Bench, Stage, on_both};

/// The script, as it is printed for everybody.
const SCRIPT: &str = include_str!("support/check_draw.py");

/// Runs a script of `tests/support` with something on its standard input; answers what it says.
pub fn python(script: &str, input: &str) -> String {
    let python =
        crate::mail::variable("WUBANG_TEST_PYTHON").unwrap_or_else(|| "python3".to_owned());
    let mut process = Command::new(python)
        .arg("-c")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a Python");
    let mut stdin = process.stdin.take().expect("its standard input");
    stdin.write_all(input.as_bytes()).expect("input taken");
    drop(stdin);
    let output = process.wait_with_output().expect("its output");
    assert!(output.status.success(), "the script failed");
    String::from_utf8(output.stdout)
        .expect("text")
        .trim()
        .to_owned()
}

/// What the script says about an answer.
pub fn verdict(answer: &Value) -> String {
    python(SCRIPT, &answer.to_string())
}

/// The draws of an object as everybody reads them.
pub async fn draws(bench: &Bench, object: &str) -> Value {
    let path = format!("/api/v1/public/draws/{object}");
    bench.nobody().get(&path).await.ok()
}

async fn until_closed(bench: &mut Bench) {
    bench.reach(Stage::BidsQualified).await;
}

fn at(bench: &Bench, verb: &str) -> String {
    format!("/api/v1/postings/{}/{verb}", bench.play.ids.posting)
}

/// One sheet about one bid, with points that need no reason.
async fn scored(bench: &mut Bench, account: &str, key: &str, plan: i64) {
    let points =
        json!({ "plan": plan, "team": 20, "track_record": 10, "budget": 10, "sustainability": 8 });
    let body = json!({ "bid_id": bench.play.ids.bids[key], "points": points });
    let path = at(bench, "score_sheets");
    let _ = bench.user(account).await.post(&path, body).await.ok();
}

on_both! {
    async fn before_the_result_a_copy_of_the_database_does_not_hold_the_nonce(bench: Bench from PanelFormed) {
        let posting = bench.play.ids.posting.clone();
        let commitment = text(&draws(&bench, &posting).await, "/rounds/0/commitment");
        let before = stored(&bench.url).await;
        bench.play.bids_scored().await.unwrap();
        bench.play.ids.award = crate::openings::proposed(&mut bench).await;
        bench.play.award_noticed().await.unwrap();
        let nonce = text(&draws(&bench, &posting).await, "/rounds/0/nonce");
        assert_eq!(sha256_hex(nonce.as_bytes()), commitment, "what is revealed is what was committed");
        assert!(holds(&before, &commitment), "the search is no blind one");
        assert!(!holds(&before, &nonce), "who has the database could have foreseen the order");
    }

    async fn without_the_master_keys_of_its_draws_a_server_does_not_start(bench: Bench from PostingOpen) {
        let elsewhere = std::env::temp_dir().join("wubang-tests").join(format!("draws-{}", bench.running.address.port()));
        let config = Config { database_url: bench.url.clone(), master_keys: elsewhere, ..Config::default() };
        let error = app::open_store(&config, Arc::new(SystemClock)).await.unwrap_err();
        assert!(error.contains("1 draws") && error.contains("master key"), "{error}");
    }

    async fn the_seed_is_committed_with_the_posting_and_shown_with_the_notice(bench: Bench from PostingOpen) {
        let posting = bench.play.ids.posting.clone();
        let before = draws(&bench, &posting).await;
        let rounds = list(&before, "/rounds");
        assert_eq!((rounds.len(), &rounds[0]["round"], &before["purpose"]), (1, &json!(1), &json!("award")));
        let commitment = text(&rounds[0], "/commitment");
        assert_eq!((commitment.len(), &rounds[0]["nonce"], &rounds[0]["order"]), (64, &Value::Null, &json!([])));
        let opened = bench.user("wang.min").await.get(&format!("/api/v1/postings/{posting}")).await.ok();
        assert_eq!(rounds[0]["committed_at"], opened["published_at"], "committed when the posting was published");
        bench.play.bids_submitted().await.unwrap();
        bench.play.bids_qualified().await.unwrap();
        bench.play.award_proposed().await.unwrap();
        // the panel has sat, and everybody still reads the commitment alone
        let sealed = draws(&bench, &posting).await;
        assert_eq!(sealed["rounds"][0], rounds[0]);
        // the next round was committed before anybody knew whether there will be one
        assert_eq!((list(&sealed, "/rounds").len(), &sealed["rounds"][1]["nonce"]), (2, &Value::Null));
        bench.play.award_noticed().await.unwrap();
        let open = draws(&bench, &posting).await;
        let round = &open["rounds"][0];
        assert_eq!(text(round, "/commitment"), commitment);
        assert_eq!(text(round, "/nonce").len(), 64);
        assert!(instant(round, "/committed_at") < instant(round, "/fixed_at"));
        assert!(instant(round, "/fixed_at") < instant(round, "/revealed_at"));
        assert_eq!(list(round, "/seated").len(), 3);
        assert!(list(round, "/order").len() >= 3 && list(round, "/passed").is_empty());
        // nobody but those who sit is named
        for account in ["gu.lanting", "hou.wenbo", "qin.shuyao", "yu.haichuan", "fang.licheng"] {
            let me = bench.user(account).await.get("/api/v1/me").await.ok();
            let named = open.to_string().contains(&text(&me, "/name"));
            let sits = list(round, "/seated").iter().any(|one| one["name"] == me["name"]);
            assert_eq!(named, sits, "{account}");
            assert!(!open.to_string().contains(&text(&me, "/id")), "the id of a person");
        }
        for event in ["draw.fixed", "draw.revealed"] {
            assert_eq!(recorded(&bench, event, None).await, 1, "{event}");
        }
        bench.nobody().get("/api/v1/public/draws/LB-1").await.refused(404, "not_found");
        let none = bench.play.ids.need.clone();
        bench.nobody().get(&format!("/api/v1/public/draws/{none}")).await.refused(404, "not_found");
    }

    async fn an_independent_script_agrees_and_notices_every_change(bench: Bench from AwardNoticed) {
        let posting = bench.play.ids.posting.clone();
        let open = draws(&bench, &posting).await;
        assert_eq!(verdict(&open), "ok");
        let other = json!("019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c11");
        let mut ids = list(&open, "/rounds/0/strata/0/ids");
        ids[0] = other.clone();
        let changes = [
            ("/rounds/0/strata/0/ids", json!(ids), "another expert in the pool"),
            ("/rounds/0/order/0", other.clone(), "another expert in the order"),
            ("/rounds/0/seated/0/id", other.clone(), "another expert on the panel"),
            ("/rounds/0/nonce", json!("0".repeat(64)), "another nonce"),
            ("/rounds/0/commitment", json!("0".repeat(64)), "another commitment"),
            ("/rounds/0/pool_hash", json!("0".repeat(64)), "another pool hash"),
            ("/rounds/0/round", json!(2), "another round"),
            ("/object_id", other, "another posting"),
            ("/rounds/0/committed_at", json!("2027-01-01T00:00:00+08:00"), "a commitment made afterwards"),
        ];
        for (pointer, value, what) in changes {
            let mut changed = open.clone();
            *changed.pointer_mut(pointer).unwrap() = value;
            assert_eq!(verdict(&changed), "mismatch", "{what}");
        }
        // everybody finds the script in print
        let printed = include_str!("../crates/panels/README.md");
        assert!(printed.contains(SCRIPT), "README.md of panels prints another script");
        assert_eq!(SCRIPT.lines().count(), 17);
    }

    async fn who_left_is_passed_over_with_a_reason_and_the_script_still_agrees(bench: Bench from BidsQualified) {
        until_closed(&mut bench).await;
        let named = json!({ "community_person_ids": [bench.person("cao.junjie").await], "department_person_ids": [bench.person("luo.jianguo").await] });
        let path = at(&bench, "panel");
        let panel = bench.cast("street_officer").await.post(&path, named).await.ok();
        let declare = format!("/api/v1/panels/{}/declare", text(&panel, "/id"));
        let first = seats(&mut bench).await;
        let reply = bench.user(&first[0]).await.post(&declare, json!({ "clear": true, "unable": true })).await;
        assert_eq!(reply.pointers(), ["/unable"]);
        reply.refused(422, "invalid");
        let unable = json!({ "clear": false, "unable": true, "reason": "当日另有教学任务" });
        bench.user(&first[0]).await.post(&declare, unable).await.ok();
        let recused = json!({ "clear": false, "reason": "与揭榜组织负责人系亲属" });
        bench.user(&first[1]).await.post(&declare, recused).await.ok();
        for account in seats(&mut bench).await {
            bench.user(&account).await.post(&declare, json!({ "clear": true })).await.ok();
        }
        bench.play.bids_scored().await.unwrap();
        let body = json!({ "bid_id": bench.play.ids.bids["lelin"], "reason": "按照评审排名提出拟承榜对象" });
        let award = bench.cast("street_officer").await.post(&at(&bench, "propose_award"), body).await.ok();
        bench.play.ids.award = text(&award, "/id");
        bench.play.award_noticed().await.unwrap();
        let open = draws(&bench, &bench.play.ids.posting).await;
        let mut reasons: Vec<String> = list(&open, "/rounds/0/passed").iter().map(|one| text(one, "/reason")).collect();
        reasons.sort();
        assert_eq!(reasons, ["declined", "recused"]);
        assert_eq!(list(&open, "/rounds/0/seated").len(), 3);
        assert_eq!(verdict(&open), "ok");
    }

    async fn a_tie_goes_by_the_lot_of_the_committed_seed(bench: Bench from PostingOpen) {
        for key in ["lelin", "yinxing", "xinhuo"] {
            let mut words = bench.play.bid_of(key).unwrap();
            // the same price, and both organisations are graded 3A
            if key == "xinhuo" {
                let equal = bench.play.bid_of("yinxing").unwrap();
                for part in ["price_fen", "budget"] {
                    words[part] = equal[part].clone();
                }
            }
            bench.play.bid_submitted(key, &words).await.unwrap();
        }
        bench.play.bids_qualified().await.unwrap();
        bench.play.panel_formed().await.unwrap();
        bench.play.scoring_started().await.unwrap();
        for account in seats(&mut bench).await {
            for (key, plan) in [("lelin", 30), ("yinxing", 25), ("xinhuo", 25)] {
                scored(&mut bench, &account, key, plan).await;
            }
        }
        let sign = at(&bench, "sign_report");
        for account in seats(&mut bench).await {
            bench.user(&account).await.post(&sign, json!({})).await.ok();
        }
        let report = bench.cast("street_officer").await.get(&at(&bench, "report")).await.ok();
        let rows = list(&report, "/ranking");
        assert_eq!((&rows[1]["tie_break"], &rows[2]["tie_break"], &rows[0]["tie_break"]), (&json!("lot"), &json!("lot"), &Value::Null));
        let body = json!({ "bid_id": bench.play.ids.bids["lelin"], "reason": "按照评审排名提出拟承榜对象" });
        let award = bench.cast("street_officer").await.post(&at(&bench, "propose_award"), body).await.ok();
        bench.play.ids.award = text(&award, "/id");
        assert_eq!(draws(&bench, &bench.play.ids.posting).await["rounds"][0]["lots"], json!([]), "not before the notice");
        bench.play.award_noticed().await.unwrap();
        let open = draws(&bench, &bench.play.ids.posting).await;
        assert_eq!(open["rounds"][0]["lots"], json!([[rows[1]["bid_id"], rows[2]["bid_id"]]]));
        assert_eq!(verdict(&open), "ok");
        let mut turned = open.clone();
        turned["rounds"][0]["lots"] = json!([[rows[2]["bid_id"], rows[1]["bid_id"]]]);
        assert_eq!(verdict(&turned), "mismatch");
    }

    async fn the_draw_of_an_evaluation_is_committed_at_its_opening(bench: Bench from ReportAccepted) {
        crate::evaluations::play_reported(&mut bench).await;
        bench.play.evaluation_opened().await.unwrap();
        let evaluation = bench.play.ids.evaluation.clone();
        let before = draws(&bench, &evaluation).await;
        assert_eq!((&before["purpose"], &before["rounds"][0]["nonce"]), (&json!("evaluation"), &Value::Null));
        bench.play.evaluation_carried_out().await.unwrap();
        assert_eq!(draws(&bench, &evaluation).await["rounds"][0], before["rounds"][0], "scored, and not public yet");
        bench.play.evaluation_confirmed().await.unwrap();
        let open = draws(&bench, &evaluation).await;
        assert_eq!(open["rounds"][0]["commitment"], before["rounds"][0]["commitment"]);
        let seated = list(&open, "/rounds/0/seated");
        assert!(seated.len() == 3 && seated.iter().all(|one| one["name"].is_null()), "no names of evaluators");
        assert_eq!(verdict(&open), "ok");
    }
}
