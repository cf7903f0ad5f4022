//! 纠偏整改 over HTTP (rulebook 2.8.9): incidents, defects, two rounds, two offices, the way to the exit.

use crate::changes::begun;
use crate::guidance::{act, all, level, past};
use crate::needs::allowed;
use crate::scenes::{list, number, recorded, seen, text};
use crate::signatures::contract;
use crate::standing::ends;
use serde_json::{Value, json};
use wubang_testkit::{Bench, Reply, on_both};

const LIST: &str = "/api/v1/rectification_orders";

async fn does(bench: &mut Bench, part: &str, id: &str, verb: &str, body: Value) -> Reply {
    act(bench, part, ("rectification_orders", id, verb), body).await
}

async fn report(bench: &mut Bench, part: &str, trigger: &str) -> Reply {
    let body = json!({ "contract_id": bench.play.ids.contract, "trigger": trigger, "facts": "助浴活动中一名老人滑倒,现场未铺设防滑垫。" });
    bench.cast(part).await.post(LIST, body).await
}

fn defects() -> Value {
    json!({ "defects": [
        { "severity": "serious", "text": "助浴现场只有一名护理员。", "demand": "每场至少两名持证护理员。" },
        { "severity": "minor", "text": "台账字迹不清。", "demand": "改用统一表格。" } ] })
}

fn corrections() -> Value {
    json!({ "corrections": [{ "defect": 1, "evidence": "已增配两名护理员,名册留存社区。" }, { "defect": 2, "evidence": "已改用统一表格。" }] })
}

fn finding(passed: bool) -> Value {
    json!({ "passed": passed, "comment": "现场核查两次,护理员均在岗。" })
}

/// An order of the street about a trigger; answers its id.
async fn ordered_for(bench: &mut Bench, trigger: &str) -> String {
    let made = report(bench, "street_officer", trigger).await.ok();
    let id = text(&made, "/id");
    does(bench, "street_officer", &id, "order", defects())
        .await
        .ok();
    id
}

/// An order about an incident; answers its id.
pub(crate) async fn ordered(bench: &mut Bench) -> String {
    ordered_for(bench, "safety").await
}

async fn reported(bench: &mut Bench, id: &str) {
    does(bench, "winner_agent", id, "report", corrections())
        .await
        .ok();
}

/// An order is reported and both offices find it corrected.
pub(crate) async fn passed(bench: &mut Bench, id: &str) {
    reported(bench, id).await;
    for part in ["street_officer", "secretary"] {
        does(bench, part, id, "judge", finding(true)).await.ok();
    }
}

/// Both rounds of an order fail without a report, and the street proposes the exit; answers the id of the order.
pub(crate) async fn failed_twice(bench: &mut Bench) -> String {
    let id = ordered(bench).await;
    let path = format!("{LIST}/{id}");
    past(bench, &path, "rectification").await;
    does(bench, "street_officer", &id, "order", defects())
        .await
        .ok();
    past(bench, &path, "rectification").await;
    id
}

on_both! {
    async fn an_incident_is_ordered_with_defects_and_payments_wait_until_it_is_passed(bench: Bench from WorkStarted) {
        bench.forget();
        let pay = text(&contract(&mut bench).await, "/payments/0/id");
        let pay = |verb: &str| format!("/api/v1/payments/{pay}/{verb}");
        let payment = seen(&mut bench, "wang.min", &pay("")[..pay("").len() - 1]).await;
        if payment["state"] == json!("eligible") {
            bench.cast("winner_agent").await.post(&pay("request"), json!({ "invoice": "发票 0001" })).await.ok();
        }
        for (part, trigger) in [("secretary", "satisfaction_below_60"), ("street_officer", "guidance_escalated"), ("resident_rep_acceptance", "safety"), ("winner_agent", "safety")] {
            report(&mut bench, part, trigger).await.refused(403, "forbidden");
        }
        let made = report(&mut bench, "secretary", "safety").await.ok();
        let id = text(&made, "/id");
        report(&mut bench, "street_officer", "safety").await.refused(409, "duplicate");
        bench.cast("winner_agent").await.get(&format!("{LIST}/{id}")).await.refused(404, "not_found");
        does(&mut bench, "secretary", &id, "order", defects()).await.refused(403, "forbidden");
        let wrong = does(&mut bench, "street_officer", &id, "order", json!({ "defects": [{ "severity": "minor", "text": "缺", "demand": "补" }] })).await;
        assert_eq!(wrong.pointers(), ["/defects/0/text", "/defects/0/demand"]);
        assert_eq!(does(&mut bench, "street_officer", &id, "order", json!({ "defects": [] })).await.pointers(), ["/defects"]);
        let order = does(&mut bench, "street_officer", &id, "order", defects()).await.ok();
        assert_eq!((&order["state"], number(&order, "/round"), number(&order, "/defects/1/n")), (&json!("ordered"), 1, 2));
        assert!(text(&order, "/deadlines/0/rule").ends_with(",15)"), "{}", order["deadlines"]);
        assert_eq!(level(&mut bench).await, "rectification");
        let held = contract(&mut bench).await["payments"][0].clone();
        if payment["state"] == json!("eligible") {
            assert_eq!((&held["state"], &held["withheld_ground"]), (&json!("withheld"), &json!("rectification")));
        }
        let gaps = does(&mut bench, "winner_agent", &id, "report", json!({ "corrections": [{ "defect": 1, "evidence": "已增配两名护理员。" }, { "defect": 1, "evidence": "短" }, { "defect": 9, "evidence": "没有这一项问题。" }] })).await;
        assert_eq!(gaps.pointers(), ["/corrections/1/defect", "/corrections/1/evidence", "/corrections/2/defect", "/corrections"]);
        does(&mut bench, "secretary", &id, "report", corrections()).await.refused(403, "forbidden");
        let done = does(&mut bench, "winner_agent", &id, "report", corrections()).await.ok();
        assert!(text(&done, "/deadlines/0/rule").ends_with(",5)"), "{}", done["deadlines"]);
        let open = json!({ "passed": true, "open_defects": [1], "comment": "仍只有一名护理员在岗。" });
        does(&mut bench, "street_officer", &id, "judge", open).await.refused(422, "defects_open");
        let unknown = does(&mut bench, "street_officer", &id, "judge", json!({ "passed": true, "open_defects": [7], "satisfaction": 101, "comment": "好" })).await;
        assert_eq!(unknown.pointers(), ["/open_defects/0", "/satisfaction", "/comment"]);
        does(&mut bench, "winner_agent", &id, "judge", finding(true)).await.refused(403, "forbidden");
        let minor = json!({ "passed": true, "open_defects": [2], "comment": "严重问题已整改,台账仍需规范。" });
        let first = does(&mut bench, "street_officer", &id, "judge", minor).await.ok();
        assert_eq!((&first["state"], list(&first, "/opinions").len()), (&json!("reported"), 1));
        does(&mut bench, "street_approver", &id, "judge", finding(true)).await.refused(409, "duplicate");
        let passed = does(&mut bench, "secretary", &id, "judge", finding(true)).await.ok();
        assert_eq!((&passed["state"], &passed["deadlines"], level(&mut bench).await), (&json!("passed"), &json!([]), "none".to_owned()));
        let free = contract(&mut bench).await["payments"][0].clone();
        if payment["state"] == json!("eligible") {
            assert_eq!((&free["state"], &free["withheld_ground"]), (&json!("requested"), &Value::Null));
        }
    }

    async fn one_person_does_not_judge_for_two_offices(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let id = ordered(&mut bench).await;
        reported(&mut bench, &id).await;
        does(&mut bench, "secretary", &id, "judge", finding(true)).await.ok();
        crate::scenes::grant(&mut bench, "zhao.lei", "street_officer", json!({ "division": "410108005000" })).await;
        bench.forget();
        does(&mut bench, "secretary", &id, "judge", finding(true)).await.refused(409, "same_person");
    }

    async fn the_term_is_extended_once(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let id = ordered(&mut bench).await;
        let path = format!("{LIST}/{id}");
        let before = ends(&seen(&mut bench, "wang.min", &path).await, "rectification");
        let wrong = does(&mut bench, "street_officer", &id, "extend", json!({ "working_days": 16, "reason": "短" })).await;
        assert_eq!(wrong.pointers(), ["/working_days", "/reason"]);
        let more = json!({ "working_days": 15, "reason": "防滑设施须定制,供货需时。" });
        does(&mut bench, "winner_agent", &id, "extend", more.clone()).await.refused(403, "forbidden");
        let later = does(&mut bench, "street_officer", &id, "extend", more.clone()).await.ok();
        assert!(ends(&later, "rectification") > before);
        does(&mut bench, "street_officer", &id, "extend", more).await.refused(422, "extension_limit");
        bench.advance(before + chrono::Duration::seconds(1)).await;
        bench.forget();
        assert_eq!(seen(&mut bench, "wang.min", &path).await["state"], json!("ordered"));
    }

    async fn two_failed_rounds_lead_to_a_proposed_exit_and_cost_points_once(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let id = ordered(&mut bench).await;
        let path = format!("{LIST}/{id}");
        past(&mut bench, &path, "rectification").await;
        let late = seen(&mut bench, "wang.min", &path).await;
        assert_eq!((&late["state"], number(&late, "/rounds/0/round"), &late["rounds"][0]["report"]), (&json!("failed"), 1, &Value::Null));
        does(&mut bench, "winner_agent", &id, "report", corrections()).await.refused(409, "invalid_transition");
        does(&mut bench, "street_officer", &id, "propose_exit", json!({})).await.refused(409, "too_early");
        let second = does(&mut bench, "street_officer", &id, "order", defects()).await.ok();
        assert_eq!((&second["state"], number(&second, "/round")), (&json!("ordered"), 2));
        reported(&mut bench, &id).await;
        does(&mut bench, "street_officer", &id, "judge", finding(true)).await.ok();
        let failed = does(&mut bench, "secretary", &id, "judge", finding(false)).await.ok();
        assert_eq!((&failed["state"], list(&failed, "/rounds").len(), level(&mut bench).await), (&json!("failed"), 2, "rectification".to_owned()));
        does(&mut bench, "street_officer", &id, "order", defects()).await.refused(409, "rounds_used");
        does(&mut bench, "secretary", &id, "propose_exit", json!({})).await.refused(403, "forbidden");
        let over = does(&mut bench, "street_officer", &id, "propose_exit", json!({})).await.ok();
        assert_eq!((&over["state"], allowed(&over)), (&json!("closed_to_exit"), Vec::<String>::new()));
        let exit = all(&mut bench, "exits").await[0].clone();
        assert_eq!((&exit["state"], &exit["ground"], level(&mut bench).await), (&json!("proposed"), &json!("rectification_failed_twice"), "rectification".to_owned()));
        let ledger = format!("/api/v1/organisations/{}/credit", bench.organisation("lelin").await);
        let credit = seen(&mut bench, "wang.min", &ledger).await;
        assert_eq!((&credit["score"], list(&credit, "/entries").len(), &credit["entries"][0]["reason"]), (&json!(95), 1, &json!("rectification")));
    }

    async fn residents_who_were_not_content_are_asked_again(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let id = ordered_for(&mut bench, "satisfaction_below_60").await;
        reported(&mut bench, &id).await;
        does(&mut bench, "street_officer", &id, "judge", finding(true)).await.refused(422, "satisfaction_low");
        let mut again = finding(true);
        again["satisfaction"] = json!(59);
        does(&mut bench, "street_officer", &id, "judge", again.clone()).await.refused(422, "satisfaction_low");
        again["satisfaction"] = json!(60);
        does(&mut bench, "street_officer", &id, "judge", again.clone()).await.ok();
        assert_eq!(does(&mut bench, "secretary", &id, "judge", again).await.ok()["state"], json!("passed"));
    }

    async fn a_first_failed_evaluation_is_proposed_for_rectification(bench: Bench from ReportAccepted) {
        crate::second_rounds::failed(&mut bench).await;
        bench.forget();
        let order = all(&mut bench, "rectification_orders").await[0].clone();
        assert_eq!((&order["state"], &order["trigger"]), (&json!("proposed"), &json!("evaluation_failed")));
        assert_eq!(recorded(&bench, "rectification.proposed", None).await, 1);
        let wordless = does(&mut bench, "street_officer", &text(&order, "/id"), "dismiss", json!({ "reason": "" })).await;
        assert_eq!(wordless.pointers(), ["/reason"]);
    }
}
