//! 干预指导 over HTTP (rulebook 2.8.8): reports, proposals of the system, the plan, recovery, escalation.

use crate::bids::head;
use crate::changes::begun;
use crate::contracts::{evidence, play_signed};
use crate::needs::allowed;
use crate::scenes::{day_after, list, recorded, seen, text};
use crate::signatures::contract;
use crate::standing::ends;
use chrono::Duration;
use serde_json::{Value, json};
use wubang_testkit::{Bench, Reply, on_both};

const LIST: &str = "/api/v1/guidance_orders";
const RESIDENT: &str = "resident_rep_acceptance";

/// One act on an object of a collection.
pub(crate) async fn act(
    bench: &mut Bench,
    part: &str,
    at: (&str, &str, &str),
    body: Value,
) -> Reply {
    let (collection, id, verb) = at;
    let path = format!("/api/v1/{collection}/{id}/{verb}");
    bench.cast(part).await.post(&path, body).await
}

/// How closely the agreement is watched.
pub(crate) async fn level(bench: &mut Bench) -> String {
    text(&contract(bench).await, "/supervision")
}

/// The objects of a collection that the street sees, newest first.
pub(crate) async fn all(bench: &mut Bench, collection: &str) -> Vec<Value> {
    let path = format!(
        "/api/v1/{collection}?contract_id={}",
        bench.play.ids.contract
    );
    list(&seen(bench, "wang.min", &path).await, "/items")
}

/// A running term of an object is over, by one second.
pub(crate) async fn past(bench: &mut Bench, path: &str, timer: &str) {
    let at = ends(&seen(bench, "wang.min", path).await, timer);
    bench.advance(at + Duration::seconds(1)).await;
    bench.forget();
}

async fn does(bench: &mut Bench, part: &str, id: &str, verb: &str, body: Value) -> Reply {
    act(bench, part, ("guidance_orders", id, verb), body).await
}

async fn report(bench: &mut Bench, part: &str, trigger: &str) -> Reply {
    let body = json!({ "contract_id": bench.play.ids.contract, "trigger": trigger, "facts": "本月原定每周一次的助浴服务一次未开展。" });
    bench.cast(part).await.post(LIST, body).await
}

fn demand() -> Value {
    json!({ "demand": "请查明服务中断原因,提出恢复措施和完成日期。" })
}

/// An order that a resident has reported and the street has opened; answers its id.
pub(crate) async fn opened(bench: &mut Bench) -> String {
    let made = report(bench, RESIDENT, "service_not_delivered").await.ok();
    let id = text(&made, "/id");
    does(bench, "street_officer", &id, "open", demand())
        .await
        .ok();
    id
}

fn plan(bench_today: &str) -> Value {
    json!({ "causes": "两名护理员离职,未及时补充。", "measures": [{ "text": "补充两名持证护理员并完成培训。", "due_on": bench_today }] })
}

/// A day that lies ahead of every test's clock.
const AHEAD: &str = "2027-03-01";

/// An order whose plan was accepted; answers its id.
async fn in_progress(bench: &mut Bench) -> String {
    let id = opened(bench).await;
    does(bench, "winner_agent", &id, "submit_plan", plan(AHEAD))
        .await
        .ok();
    does(bench, "street_officer", &id, "accept_plan", json!({}))
        .await
        .ok();
    id
}

on_both! {
    async fn a_report_is_proposed_and_the_street_opens_it_with_a_mentor(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        report(&mut bench, RESIDENT, "team_below_minimum").await.refused(403, "forbidden");
        report(&mut bench, "winner_agent", "service_not_delivered").await.refused(403, "forbidden");
        let number = json!({ "contract_id": bench.play.ids.contract, "trigger": "service_not_delivered", "facts": "居民110101199003071233反映服务未开展。" });
        let masked = bench.cast(RESIDENT).await.post(LIST, number).await;
        assert_eq!(masked.pointers(), ["/facts"]);
        masked.refused(422, "invalid");
        let made = report(&mut bench, RESIDENT, "service_not_delivered").await.ok();
        let id = text(&made, "/id");
        assert_eq!((&made["state"], &made["by_system"], level(&mut bench).await), (&json!("proposed"), &json!(false), "none".to_owned()));
        report(&mut bench, "secretary", "service_not_delivered").await.refused(409, "duplicate");
        // what is only proposed is not the contractor's to know
        let path = format!("{LIST}/{id}");
        let agent = bench.cast("winner_agent").await;
        agent.get(&path).await.refused(404, "not_found");
        let page = agent.get(LIST).await.ok();
        assert_eq!(page["items"], json!([]));
        does(&mut bench, "secretary", &id, "open", demand()).await.refused(403, "forbidden");
        let own = bench.organisation("lelin").await;
        let wrong = does(&mut bench, "street_officer", &id, "open", json!({ "demand": "短", "mentor": { "kind": "hub", "organisation_id": own, "person_id": own } })).await;
        assert_eq!(wrong.pointers(), ["/demand", "/mentor/person_id", "/mentor/organisation_id"]);
        wrong.refused(422, "invalid");
        let hub = bench.organisation("yinxing").await;
        let mut body = demand();
        body["mentor"] = json!({ "kind": "hub", "organisation_id": hub, "note": "可协调两名护理员。" });
        let open = does(&mut bench, "street_officer", &id, "open", body).await.ok();
        assert_eq!((&open["state"], &open["mentor"]["organisation_id"]), (&json!("open"), &json!(hub)));
        assert!(text(&open, "/deadlines/0/rule").ends_with(",5)"), "{}", open["deadlines"]);
        assert_eq!(level(&mut bench).await, "guidance");
        let slip = all(&mut bench, "slips").await[0].clone();
        assert_eq!((&slip["kind"], &slip["addressee"], &slip["state"]), (&json!("reminder_slip"), &json!("organisation"), &json!("issued")));
        let own = bench.cast("winner_agent").await.get(&path).await.ok();
        assert_eq!(allowed(&own), ["submit_plan"]);
        bench.work().await;
        assert!(bench.mails.sent().iter().any(|mail| mail.to.starts_with("ning.jiayi@") && mail.body.contains("干预指导")));
        bench.user("kang.yongfu").await.get(&path).await.refused(404, "not_found");
    }

    async fn a_plan_is_returned_accepted_and_the_recovery_confirmed_by_the_community(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let id = opened(&mut bench).await;
        let bad = json!({ "causes": "缺人", "measures": [{ "text": "补", "due_on": "2020-01-01" }] });
        let wrong = does(&mut bench, "winner_agent", &id, "submit_plan", bad).await;
        assert_eq!(wrong.pointers(), ["/causes", "/measures/0/text", "/measures/0/due_on"]);
        does(&mut bench, "secretary", &id, "submit_plan", plan(AHEAD)).await.refused(403, "forbidden");
        does(&mut bench, "street_officer", &id, "accept_plan", json!({})).await.refused(409, "invalid_transition");
        let why = json!({ "reason": "措施没有落实到人。" });
        for returns in 1..=2 {
            does(&mut bench, "winner_agent", &id, "submit_plan", plan(AHEAD)).await.ok();
            let back = does(&mut bench, "street_officer", &id, "return_plan", why.clone()).await.ok();
            assert_eq!((&back["state"], &back["plan_returns"]), (&json!("open"), &json!(returns)));
        }
        does(&mut bench, "winner_agent", &id, "submit_plan", plan(AHEAD)).await.ok();
        does(&mut bench, "street_officer", &id, "return_plan", why).await.refused(422, "return_limit");
        does(&mut bench, "winner_agent", &id, "accept_plan", json!({})).await.refused(403, "forbidden");
        let runs = does(&mut bench, "street_officer", &id, "accept_plan", json!({})).await.ok();
        assert!(text(&runs, "/deadlines/0/rule").ends_with(",20)"), "{}", runs["deadlines"]);
        does(&mut bench, "street_officer", &id, "close", json!({})).await.refused(422, "recovery_unconfirmed");
        let confirm = json!({ "comment": "已恢复每周一次,走访五户属实。" });
        does(&mut bench, RESIDENT, &id, "confirm_recovery", confirm.clone()).await.refused(403, "forbidden");
        let short = does(&mut bench, "secretary", &id, "confirm_recovery", json!({ "comment": "好" })).await;
        assert_eq!(short.pointers(), ["/comment"]);
        does(&mut bench, "secretary", &id, "confirm_recovery", confirm.clone()).await.ok();
        does(&mut bench, "secretary", &id, "confirm_recovery", confirm).await.refused(409, "duplicate");
        let closed = does(&mut bench, "street_officer", &id, "close", json!({})).await.ok();
        assert_eq!((&closed["state"], &closed["deadlines"], level(&mut bench).await), (&json!("closed"), &json!([]), "none".to_owned()));
        // the same may happen again
        report(&mut bench, "secretary", "service_not_delivered").await.ok();
    }

    async fn a_proposal_is_dismissed_with_a_reason(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let id = text(&report(&mut bench, "street_officer", "team_below_minimum").await.ok(), "/id");
        let wordless = does(&mut bench, "street_officer", &id, "dismiss", json!({ "reason": "" })).await;
        assert_eq!(wordless.pointers(), ["/reason"]);
        let why = json!({ "reason": "经核实人员齐备,反映不实。" });
        does(&mut bench, "secretary", &id, "dismiss", why.clone()).await.refused(403, "forbidden");
        does(&mut bench, "street_officer", &id, "dismiss", why).await.ok();
        does(&mut bench, "street_officer", &id, "open", demand()).await.refused(409, "invalid_transition");
        bench.cast("winner_agent").await.get(&format!("{LIST}/{id}")).await.refused(404, "not_found");
        assert_eq!(level(&mut bench).await, "none");
    }

    async fn without_a_plan_it_escalates_to_a_proposed_rectification(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let id = opened(&mut bench).await;
        let path = format!("{LIST}/{id}");
        past(&mut bench, &path, "recovery_plan").await;
        assert_eq!(seen(&mut bench, "wang.min", &path).await["state"], json!("escalated"));
        let order = all(&mut bench, "rectification_orders").await[0].clone();
        assert_eq!((&order["state"], &order["trigger"], level(&mut bench).await), (&json!("proposed"), &json!("guidance_escalated"), "guidance".to_owned()));
        does(&mut bench, "winner_agent", &id, "submit_plan", plan(AHEAD)).await.refused(409, "invalid_transition");
        let at = ("rectification_orders", order["id"].as_str().unwrap(), "dismiss");
        act(&mut bench, "street_officer", at, json!({ "reason": "服务已恢复,不再整改。" })).await.ok();
        assert_eq!(level(&mut bench).await, "none");
    }

    async fn without_recovery_it_escalates_and_a_confirmed_recovery_does_not(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let id = in_progress(&mut bench).await;
        let path = format!("{LIST}/{id}");
        does(&mut bench, "secretary", &id, "confirm_recovery", json!({ "comment": "已恢复每周一次,走访五户属实。" })).await.ok();
        past(&mut bench, &path, "guidance_check").await;
        let still = seen(&mut bench, "wang.min", &path).await;
        assert_eq!((&still["state"], recorded(&bench, "guidance.escalated", Some(&id)).await), (&json!("in_progress"), 0));
        does(&mut bench, "street_officer", &id, "close", json!({})).await.ok();
        let again = in_progress(&mut bench).await;
        let path = format!("{LIST}/{again}");
        past(&mut bench, &path, "guidance_check").await;
        assert_eq!(seen(&mut bench, "wang.min", &path).await["state"], json!("escalated"));
        assert_eq!(all(&mut bench, "rectification_orders").await.len(), 1);
    }

    async fn the_street_finds_that_it_does_not_recover(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let id = in_progress(&mut bench).await;
        let why = json!({ "reason": "两周内仍未开展一次服务。" });
        does(&mut bench, "secretary", &id, "fail", why.clone()).await.refused(403, "forbidden");
        let wordless = does(&mut bench, "street_officer", &id, "fail", json!({ "reason": "无" })).await;
        assert_eq!(wordless.pointers(), ["/reason"]);
        assert_eq!(does(&mut bench, "street_officer", &id, "fail", why).await.ok()["state"], json!("escalated"));
        assert_eq!(all(&mut bench, "rectification_orders").await[0]["trigger"], json!("guidance_escalated"));
    }

    async fn a_milestone_long_overdue_brings_two_slips_and_a_proposal(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let due = text(&contract(&mut bench).await, "/milestones/0/due_on");
        bench.advance(day_after(&due)).await;
        let late = contract(&mut bench).await["milestones"][0].clone();
        bench.advance(ends(&late, "milestone_overdue_slip") + Duration::seconds(1)).await;
        let slips = all(&mut bench, "slips").await;
        let first = slips.iter().find(|one| one["kind"] == "reminder_slip").unwrap();
        let shown = seen(&mut bench, "wang.min", &format!("/api/v1/slips/{}", text(first, "/id"))).await;
        assert_eq!((&shown["object"], &shown["object_id"], &shown["by_system"]), (&json!("milestone"), &late["id"], &json!(true)));
        bench.advance(ends(&late, "milestone_overdue_guidance") + Duration::seconds(1)).await;
        let slips = all(&mut bench, "slips").await;
        assert!(slips.iter().any(|one| one["kind"] == "supervision_slip"));
        let orders = all(&mut bench, "guidance_orders").await;
        let order = orders.iter().find(|one| one["trigger"] == "milestone_overdue").unwrap();
        assert_eq!(order["state"], json!("proposed"));
        // it has its slip already
        let before = all(&mut bench, "slips").await.len();
        does(&mut bench, "street_officer", &text(order, "/id"), "open", demand()).await.ok();
        assert_eq!(all(&mut bench, "slips").await.len(), before);
    }

    async fn two_returns_in_a_row_are_proposed(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let first = contract(&mut bench).await["milestones"][0].clone();
        let at = |verb: &'static str| format!("/api/v1/milestones/{}/{verb}", text(&first, "/id"));
        let (agent, secretary) = (bench.cast("winner_agent").await, bench.cast("secretary").await);
        for orders in 0..=1 {
            agent.post(&at("submit"), evidence(&first)).await.ok();
            secretary.post(&at("return"), json!({ "reason": "培训签到表缺失,请补充。" })).await.ok();
            assert_eq!(all(&mut bench, "guidance_orders").await.len(), orders);
        }
        let order = all(&mut bench, "guidance_orders").await[0].clone();
        let shown = seen(&mut bench, "wang.min", &format!("{LIST}/{}", text(&order, "/id"))).await;
        assert_eq!((&shown["trigger"], &shown["object_id"], &shown["by_system"]), (&json!("returned_twice"), &first["id"], &json!(true)));
    }

    async fn a_missed_start_and_silence_are_proposed_once(bench: Bench from ContractSigned) {
        play_signed(&mut bench).await;
        let own = format!("/api/v1/contracts/{}", bench.play.ids.contract);
        past(&mut bench, &own, "start_work").await;
        assert_eq!(all(&mut bench, "guidance_orders").await[0]["trigger"], json!("start_missed"));
        bench.cast("winner_agent").await.post(&format!("{own}/activate"), json!({})).await.ok();
        for _ in 0..2 {
            past(&mut bench, &own, "activity_silence").await;
        }
        let orders = all(&mut bench, "guidance_orders").await;
        let silent = orders.iter().filter(|one| one["trigger"] == "activity_silence").count();
        assert_eq!(silent, 1);
    }

    async fn the_contractors_own_people_report_nothing_against_others_and_nobody_before_the_signature(bench: Bench from AwardNoticed) {
        crate::contracts::play_sent(&mut bench).await;
        report(&mut bench, "street_officer", "team_below_minimum").await.refused(409, "invalid_transition");
        let own = bench.organisation("lelin").await;
        crate::scenes::grant(&mut bench, &wubang_server::demo::play::agent_of("lelin", "org_agent").unwrap(), "resident_rep", json!({ "division": "410108005003" })).await;
        bench.forget();
        let _ = (own, head(&mut bench, "lelin").await);
        report(&mut bench, "winner_agent", "service_not_delivered").await.refused(409, "recused");
    }
}
