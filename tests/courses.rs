//! The rehearsal of a posting and its whole way, with everybody taking all the time he has: every deadline that
//! an object shows is the one that `simulate` foretold (rulebook 2.7), across Spring Festival and National Day.

use crate::needs::{analyse, opine, plain, street, under_review};
use crate::scenes::{grant, story, text};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wubang_kernel::deadline::{LOCAL, local_date};
use wubang_server::demo::play::agent_of;
use wubang_testkit::{Bench, Stage, on_both_at};

const COMMUNITY: &str = "410108005003";
const MEMBER: &str = "mao.xinmin";

/// Timer → due instant.
type Dues = BTreeMap<String, String>;

fn dues(value: &Value, member: &str) -> Dues {
    let rows = value[member].as_array().unwrap();
    rows.iter()
        .map(|row| (text(row, "/timer"), text(row, "/at")))
        .collect()
}

/// A rehearsed calendar that is compared with what happens.
struct Way {
    rehearsed: Dues,
    of: String,
}

impl Way {
    /// What the object shows is what was foretold.
    fn agrees(&self, object: &Value, timers: &[&str]) {
        let real = dues(object, "deadlines");
        for timer in timers {
            assert_eq!(
                real[*timer], self.rehearsed[*timer],
                "{timer} of {}",
                self.of
            );
        }
    }

    /// The last second of a rehearsed period.
    fn last(&self, timer: &str) -> DateTime<Utc> {
        self.rehearsed[timer].parse().unwrap()
    }

    /// The clock moves to the last second of a period, in which it is still in time.
    async fn take_all(&self, bench: &mut Bench, timer: &str) {
        bench.advance(self.last(timer)).await;
    }

    /// The clock moves over the end of a period.
    async fn over(&self, bench: &mut Bench, timer: &str) {
        bench
            .advance(self.last(timer) + TimeDelta::seconds(1))
            .await;
    }
}

/// A day at most so many days on, at a random minute of the office and the evening.
fn publications(days: i64) -> impl Strategy<Value = (i64, i64)> {
    (0..days, 8 * 60_i64..22 * 60)
}

/// Random, and the same in every run of a test.
fn runner(seed: u8) -> TestRunner {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    TestRunner::new_with_rng(ProptestConfig::default(), rng)
}

/// Moves the clock to a random instant from a day on.
async fn at_random(bench: &mut Bench, runner: &mut TestRunner, from: &str, days: i64) {
    let (days, minutes) = publications(days).new_tree(runner).unwrap().current();
    let day = from.parse::<NaiveDate>().unwrap() + TimeDelta::days(days);
    let midnight = day.and_hms_opt(0, 0, 0).unwrap();
    let midnight = midnight.and_local_timezone(LOCAL).unwrap().to_utc();
    bench.advance(midnight + TimeDelta::minutes(minutes)).await;
}

/// The posting of the story, with a service of forty days that begins long after the signing.
async fn body(bench: &mut Bench) -> Value {
    let mut body = bench.play.posting_body().await.unwrap();
    let start = local_date(bench.running.store.now()) + TimeDelta::days(130);
    body["content"]["starts_on"] = json!(start);
    body["content"]["ends_on"] = json!(start + TimeDelta::days(40));
    let milestones = body["content"]["milestones"].as_array_mut().unwrap();
    for (i, milestone) in (1..).zip(milestones.iter_mut()) {
        milestone["due_on"] = json!(start + TimeDelta::days(10 * i));
    }
    body
}

/// An order of the story's posting to the winner of the story.
async fn order(bench: &mut Bench, kind: &str) -> Value {
    let mut body = body(bench).await;
    let organisation = bench.organisation("lelin").await;
    body["type"] = json!(kind);
    body["budget_ceiling_fen"] = json!(800_000);
    body["overrides"] = json!({});
    body["order"] = json!({ "organisation_id": organisation, "offering": "独居老人每周上门陪伴", "reason": "在本社区服务两年,居民点单意愿集中。" });
    body
}

/// A need that residents ordered, approved.
async fn wished(bench: &mut Bench) {
    let mut wish = crate::needs::new_need();
    wish["source"] = json!("micro_wish");
    let id = under_review(bench, wish).await;
    analyse(bench, &id).await.ok();
    opine(bench, &id, "qin.shuyao", "A01", 70).await.ok();
    plain(&street(bench).await, &id, "approve").await.ok();
    bench.play.ids.need = id;
}

async fn get(bench: &mut Bench, path: &str) -> Value {
    bench.cast("street_officer").await.get(path).await.ok()
}

async fn posting(bench: &mut Bench) -> Value {
    let path = format!("/api/v1/postings/{}", bench.play.ids.posting);
    get(bench, &path).await
}

async fn does(bench: &mut Bench, part: &str, path: &str, body: Value) -> Value {
    bench.cast(part).await.post(path, body).await.ok()
}

/// Rehearsed, drafted, handed in, endorsed where it is picked, and published: T07 to T10.
async fn published(bench: &mut Bench, draft: Value) -> Way {
    let kind = draft
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or("open")
        .to_owned();
    let path = format!("/api/v1/procedures/{kind}/simulate");
    let seen = does(bench, "secretary", &path, json!({ "draft": draft })).await;
    assert_eq!(seen["problems"], json!([]));
    let way = Way {
        rehearsed: dues(&seen, "calendar"),
        of: format!("{kind} published {}", bench.running.store.now()),
    };
    let made = does(bench, "secretary", "/api/v1/postings", draft).await;
    let path = format!("/api/v1/postings/{}", text(&made, "/id"));
    bench.play.ids.posting = text(&made, "/id");
    bench.play.ids.project = text(&made, "/project_id");
    let pending = does(bench, "secretary", &format!("{path}/submit"), json!({})).await;
    way.agrees(&pending, &["posting_approval"]);
    if kind != "open" {
        let member = bench.user(MEMBER).await;
        member
            .post(&format!("{path}/endorse"), json!({}))
            .await
            .ok();
    }
    let open = does(
        bench,
        "street_approver",
        &format!("{path}/approve"),
        json!({ "content_acknowledged": true }),
    )
    .await;
    let asked: &[&str] = match kind.as_str() {
        "open" => &["notice_period", "bid_window", "question_deadline"],
        _ => &["notice_period", "bid_window"],
    };
    way.agrees(&open, asked);
    way
}

/// From the bids to the proposed award, decided by a panel: T12, T13, T14.
async fn decided_by_panel(bench: &mut Bench, way: &Way) {
    bench.play.ids.bids.clear();
    bench.play.bids_submitted().await.unwrap();
    way.over(bench, "bid_window").await;
    way.agrees(&posting(bench).await, &["eligibility_check"]);
    way.take_all(bench, "eligibility_check").await;
    for id in bench.play.ids.bids.clone().into_values() {
        does(
            bench,
            "street_officer",
            &format!("/api/v1/bids/{id}/qualify"),
            json!({}),
        )
        .await;
    }
    bench.play.panel_formed().await.unwrap();
    bench.play.scoring_started().await.unwrap();
    way.agrees(&posting(bench).await, &["panel_evaluation"]);
    way.take_all(bench, "panel_evaluation").await;
    bench.play.report_signed().await.unwrap();
    way.agrees(&posting(bench).await, &["award_decision"]);
    way.take_all(bench, "award_decision").await;
    let bid = bench.play.ids.bids["lelin"].clone();
    propose(bench, &bid).await;
}

/// The picked organisation accepts in the last second, and the street proposes it: T12.
async fn accepted(bench: &mut Bench, way: &Way) {
    way.take_all(bench, "bid_window").await;
    let organisation = bench.organisation("lelin").await;
    let letter = json!({ "service_plan": { "activities": [{ "name": "上门陪伴", "frequency": "每周一次", "quantity": "20次" }], "schedule": "每周三下午上门。" },
        "budget": [{ "item": "activity", "description": "上门补贴", "amount_fen": 800_000 }],
        "commitments": { "no_conflict": true, "truthful": true, "child_protection": true } });
    let body = json!({ "posting_id": bench.play.ids.posting, "organisation_id": organisation, "price_fen": 800_000, "letter": letter });
    let agent = bench.user(&agent_of("lelin", "org_agent").unwrap()).await;
    let bid = text(&agent.post("/api/v1/bids", body).await.ok(), "/id");
    let at = |verb: &str| format!("/api/v1/bids/{bid}/{verb}");
    does(bench, "winner_legal_rep", &at("submit"), json!({})).await;
    way.agrees(&posting(bench).await, &["eligibility_check"]);
    way.take_all(bench, "eligibility_check").await;
    does(bench, "street_officer", &at("qualify"), json!({})).await;
    propose(bench, &bid).await;
}

async fn propose(bench: &mut Bench, bid: &str) {
    let path = format!("/api/v1/postings/{}/propose_award", bench.play.ids.posting);
    let body = json!({ "bid_id": bid, "reason": "综合评审结果与资格审查,拟定为承榜对象。" });
    let award = does(bench, "street_officer", &path, body).await;
    bench.play.ids.award = text(&award, "/id");
}

/// From the publicity of the award to the accepted report: T15 to T20, T35, T36.
async fn served(bench: &mut Bench, way: &Way) {
    let award = format!("/api/v1/awards/{}", bench.play.ids.award);
    way.agrees(&get(bench, &award).await, &["award_publicity"]);
    way.over(bench, "award_publicity").await;
    way.agrees(&posting(bench).await, &["award_notice"]);
    way.take_all(bench, "award_notice").await;
    does(
        bench,
        "street_officer",
        &format!("{award}/issue_notice"),
        json!({}),
    )
    .await;
    way.agrees(&get(bench, &award).await, &["agreement_signing"]);
    way.take_all(bench, "agreement_signing").await;
    bench.play.contract_signed().await.unwrap();
    let signed = bench.play.contract().await.unwrap();
    way.agrees(
        &signed,
        &["agreement_publish", "agreement_filing", "start_work"],
    );
    bench.play.work_started().await.unwrap();
    let active = bench.play.contract().await.unwrap();
    way.agrees(&active, &["completion_report"]);
    way.take_all(bench, "completion_report").await;
    report(bench, &active).await;
    let reported = bench.play.contract().await.unwrap();
    way.agrees(&reported, &["report_check"]);
    way.take_all(bench, "report_check").await;
    bench.play.report_checked().await.unwrap();
}

/// The completion report of the story; its money is that of the agreement.
async fn report(bench: &mut Bench, contract: &Value) {
    let mut report = story()["completion_report"].clone();
    let price = &contract["content"]["price_fen"];
    report["budget_actual"]["lines"] =
        json!([{ "item": "activity", "budget_fen": price, "actual_fen": price }]);
    let path = format!(
        "/api/v1/contracts/{}/submit_completion_report",
        bench.play.ids.contract
    );
    does(bench, "winner_agent", &path, report).await;
}

async fn evaluation(bench: &mut Bench) -> Value {
    let path = format!("/api/v1/evaluations/{}", bench.play.ids.evaluation);
    get(bench, &path).await
}

/// The result is notified and confirmed, and the project is closed: T39.
async fn confirmed(bench: &mut Bench, way: &Way, drafts: &str) {
    let path = format!("/api/v1/evaluations/{}", bench.play.ids.evaluation);
    let draft = json!({ "strengths": "任务按约完成,居民普遍认可。", "defects": "台账记录尚可更细,个别活动缺少照片。", "comments": "建议保持固定联系,形成长效机制。" });
    does(bench, drafts, &format!("{path}/draft_result"), draft).await;
    does(
        bench,
        "street_officer",
        &format!("{path}/notify"),
        json!({}),
    )
    .await;
    way.agrees(&evaluation(bench).await, &["evaluation_publicity"]);
    way.over(bench, "evaluation_publicity").await;
    let path = format!("/api/v1/projects/{}", bench.play.ids.project);
    assert_eq!(
        get(bench, &path).await["stage"],
        json!("closed"),
        "{}",
        way.of
    );
}

/// 考榜 by a third party: T38.
async fn evaluated(bench: &mut Bench, way: &Way) {
    bench.play.evaluation_opened().await.unwrap();
    way.agrees(&evaluation(bench).await, &["evaluation_run"]);
    way.take_all(bench, "evaluation_run").await;
    bench.play.evaluation_carried_out().await.unwrap();
    confirmed(bench, way, "third_party").await;
}

/// 考榜 in the simple scheme, organised by the street: T38.
async fn evaluated_simply(bench: &mut Bench, way: &Way) {
    let path = format!("/api/v1/contracts/{}/evaluation", bench.play.ids.contract);
    let opened = does(bench, "street_officer", &path, json!({})).await;
    bench.play.ids.evaluation = text(&opened, "/id");
    way.agrees(&opened, &["evaluation_run"]);
    way.take_all(bench, "evaluation_run").await;
    let at = |verb: &str| format!("/api/v1/evaluations/{}/{verb}", text(&opened, "/id"));
    let person = text(
        &bench.cast("secretary").await.get("/api/v1/me").await.ok(),
        "/id",
    );
    let panel = json!({ "community_person_ids": [person] });
    let formed = does(bench, "street_officer", &at("panel"), panel).await;
    let declare = format!("/api/v1/panels/{}/declare", text(&formed, "/panel/id"));
    does(bench, "secretary", &declare, json!({ "clear": true })).await;
    let survey = json!({ "very_dissatisfied": 0, "dissatisfied": 0, "neutral": 0, "satisfied": 6, "very_satisfied": 12 });
    let street = bench.play.cast("street_officer").unwrap();
    bench.play.surveyed(&street, &survey, 0).await.unwrap();
    does(bench, "street_officer", &at("start_scoring"), json!({})).await;
    let sheet = json!({ "points": { "delivery": 36, "cooperation": 18, "effect": 36 }, "comment": "任务完成,居民反映较好。" });
    does(bench, "secretary", &at("score_sheets"), sheet).await;
    confirmed(bench, way, "street_officer").await;
}

async fn open_way(bench: &mut Bench) {
    bench.reach(Stage::NeedApproved).await;
    let draft = body(bench).await;
    let way = published(bench, draft).await;
    decided_by_panel(bench, &way).await;
    served(bench, &way).await;
    evaluated(bench, &way).await;
}

async fn order_way(bench: &mut Bench, kind: &str) {
    match kind {
        "micro" => wished(bench).await,
        _ => bench.play.need_approved().await.unwrap(),
    }
    let draft = order(bench, kind).await;
    let way = published(bench, draft).await;
    accepted(bench, &way).await;
    served(bench, &way).await;
    evaluated_simply(bench, &way).await;
}

async fn joined(bench: &mut Bench) {
    let scope = json!({ "division": COMMUNITY });
    grant(bench, MEMBER, "community_secretary", scope).await;
}

// the closing, the checks and the publicity of a posting of early February lie about Spring Festival
on_both_at! { "2026-01-30T08:00:00+08:00",
    async fn an_open_posting_about_spring_festival_goes_as_rehearsed(bench: Bench) {
        let mut bench = bench;
        let mut runner = runner(1);
        at_random(&mut bench, &mut runner, "2026-01-31", 13).await;
        open_way(&mut bench).await;
    }

    async fn an_order_about_spring_festival_goes_as_rehearsed(bench: Bench) {
        let mut bench = bench;
        joined(&mut bench).await;
        let mut runner = runner(2);
        at_random(&mut bench, &mut runner, "2026-02-02", 12).await;
        order_way(&mut bench, "directed").await;
    }

    async fn a_micro_order_about_spring_festival_goes_as_rehearsed(bench: Bench) {
        let mut bench = bench;
        joined(&mut bench).await;
        let mut runner = runner(3);
        at_random(&mut bench, &mut runner, "2026-02-05", 9).await;
        order_way(&mut bench, "micro").await;
    }
}

// those of a posting of September about National Day; the service ends in a year without calendar
on_both_at! { "2026-09-07T08:00:00+08:00",
    async fn an_open_posting_about_national_day_goes_as_rehearsed(bench: Bench) {
        let mut bench = bench;
        let mut runner = runner(4);
        at_random(&mut bench, &mut runner, "2026-09-10", 20).await;
        open_way(&mut bench).await;
    }

    async fn an_order_about_national_day_goes_as_rehearsed(bench: Bench) {
        let mut bench = bench;
        joined(&mut bench).await;
        let mut runner = runner(5);
        at_random(&mut bench, &mut runner, "2026-09-16", 14).await;
        order_way(&mut bench, "directed").await;
    }

    async fn a_micro_order_about_national_day_goes_as_rehearsed(bench: Bench) {
        let mut bench = bench;
        joined(&mut bench).await;
        let mut runner = runner(6);
        at_random(&mut bench, &mut runner, "2026-09-18", 12).await;
        order_way(&mut bench, "micro").await;
    }
}
