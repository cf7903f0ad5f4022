//! 信用 over HTTP: the ledger of an organisation, what its score and band allow, and who reads it (rulebook 2.12.5).

use crate::bids::{agent, at, drafted, head, open};
use crate::contracts::play_awarded;
use crate::needs::instant;
use crate::scenes::{list, number, recorded, text};
use serde_json::{Value, json};
use uuid::Uuid;
use wubang_kernel::Who;
use wubang_registry::credit::{self, NewEntry};
use wubang_testkit::{Bench, Reply, on_both};

/// The ledger of an organisation as somebody reads it.
async fn ledger(bench: &mut Bench, account: &str, key: &str) -> Reply {
    let id = bench.organisation(key).await;
    let path = format!("/api/v1/organisations/{id}/credit");
    bench.user(account).await.get(&path).await
}

async fn public(bench: &mut Bench, key: &str) -> Value {
    let id = bench.organisation(key).await;
    let path = format!("/api/v1/public/organisations/{id}/credit");
    bench.nobody().get(&path).await.ok()
}

/// Reason, points that count and score after each line.
fn lines(ledger: &Value) -> Vec<(String, i64, i64)> {
    let of = |one: &Value| {
        (
            text(one, "/reason"),
            number(one, "/counted"),
            number(one, "/balance"),
        )
    };
    list(ledger, "/entries").iter().map(of).collect()
}

/// Points as a stage below would enter them.
pub(crate) async fn entered(bench: &mut Bench, key: &str, reason: &'static str, points: i32) {
    let organisation_id: Uuid = bench.organisation(key).await.parse().unwrap();
    let who = Who::system("tests");
    let tx = bench.running.store.write(&who).await.unwrap();
    let entry = NewEntry {
        organisation_id,
        reason,
        points,
        object: "contract",
        object_id: tx.new_id(),
        label: "XY-410108-2026-0099".to_owned(),
        division: "410108005000".to_owned(),
    };
    credit::enter(&tx, entry).await.unwrap();
    tx.commit().await.unwrap();
}

/// What another system learns of an organisation: the rules that it does not meet.
pub(crate) async fn unmet(bench: &mut Bench, key: &str, query: &str) -> Vec<String> {
    let id = bench.organisation(key).await;
    let path = format!("/api/v1/organisations/{id}/eligibility{query}");
    let found = bench.user("wang.min").await.get(&path).await.ok();
    let failed = list(&found, "/checks").into_iter();
    let failed: Vec<String> = failed
        .filter(|one| one["passed"] == json!(false))
        .map(|one| text(&one, "/rule"))
        .collect();
    assert_eq!(found["eligible"], json!(failed.is_empty()));
    failed
}

on_both! {
    async fn a_good_result_gives_a_point_that_the_ledger_explains(bench: Bench from EvaluationConfirmed) {
        bench.forget();
        let own = ledger(&mut bench, "ning.jiayi", "lelin").await.ok();
        assert_eq!((number(&own, "/score"), text(&own, "/band")), (101, "a".to_owned()));
        assert_eq!(lines(&own), [("good_result".to_owned(), 1, 101)]);
        assert_eq!(own["entries"][0]["object_id"], json!(bench.play.ids.evaluation));
        // good is no ground for a list
        assert_eq!(recorded(&bench, "list_entry.proposed", None).await, 0);
        assert_eq!(ledger(&mut bench, "wang.min", "lelin").await.ok()["score"], json!(101));
    }

    async fn everybody_reads_the_band_and_only_officers_and_its_own_people_the_score(bench: Bench) {
        entered(&mut bench, "lelin", "final_fail", -20).await;
        let shown = public(&mut bench, "lelin").await;
        assert_eq!((&shown["band"], shown.get("score"), shown.get("entries")), (&json!("c"), None, None));
        for account in ["wei.xiaoqian", "xue.chunmei"] {
            ledger(&mut bench, account, "lelin").await.refused(403, "forbidden");
        }
        let id = bench.organisation("lelin").await;
        bench.nobody().get(&format!("/api/v1/organisations/{id}/credit")).await.refused(401, "unauthenticated");
        bench.user("wei.xiaoqian").await.get(&format!("/api/v1/organisations/{id}/eligibility")).await.refused(403, "forbidden");
        let wrong = format!("/api/v1/organisations/{id}/eligibility?community=7&micro=yes");
        let reply = bench.user("wang.min").await.get(&wrong).await;
        assert_eq!(reply.pointers(), ["?community", "?micro"]);
        bench.nobody().get("/api/v1/public/organisations/01890c5e-6f9a-7b3a-9d4e-2f1c8b7a6d50/credit").await.refused(404, "not_found");
    }

    async fn a_report_that_is_eight_working_days_late_costs_four_points_and_time_gives_them_back(bench: Bench from WorkDone) {
        let contract = bench.play.contract().await.unwrap();
        let due = list(&contract, "/deadlines").into_iter().find(|one| one["timer"] == json!("completion_report")).unwrap();
        let due = instant(&text(&due, "/at"));
        let calendar = wubang_kernel::calendar::WorkCalendar::builtin();
        let late = calendar.wd(wubang_kernel::deadline::local_date(due), 8);
        bench.advance(instant(&format!("{late}T10:00:00+08:00"))).await;
        bench.play.report_submitted().await.unwrap();
        bench.forget();
        let own = ledger(&mut bench, "ning.jiayi", "lelin").await.ok();
        assert_eq!(lines(&own), [("late_report".to_owned(), -4, 96)]);
        // returned and handed in again it stays one lateness
        let path = format!("/api/v1/contracts/{}", bench.play.ids.contract);
        bench.user("wang.min").await.post(&format!("{path}/return_report"), json!({ "reason": "请补充各项活动的人次。" })).await.ok();
        bench.play.report_submitted().await.unwrap();
        assert_eq!(lines(&ledger(&mut bench, "ning.jiayi", "lelin").await.ok()).len(), 1);
        let months = |n| late.checked_add_months(chrono::Months::new(n)).unwrap();
        bench.set_clock(instant(&format!("{}T10:00:00+08:00", months(3))));
        let own = ledger(&mut bench, "ning.jiayi", "lelin").await.ok();
        assert_eq!(lines(&own)[1], ("recovery".to_owned(), 3, 99));
        assert_eq!(number(&own, "/score"), 99);
        bench.set_clock(instant(&format!("{}T10:00:00+08:00", months(9))));
        assert_eq!(number(&ledger(&mut bench, "ning.jiayi", "lelin").await.ok(), "/score"), 100);
    }

    async fn a_bid_withdrawn_before_the_deadline_costs_nothing_and_after_it_two_points(bench: Bench from BidsSubmitted) {
        let why = json!({ "reason": "团队骨干离职,无力承接" });
        let early = bench.play.ids.bids["yinxing"].clone();
        agent(&mut bench, "yinxing").await.post(&at(&early, "withdraw"), why.clone()).await.ok();
        bench.advance(instant("2026-03-18T00:00:00+08:00")).await;
        let late = bench.play.ids.bids["xinhuo"].clone();
        agent(&mut bench, "xinhuo").await.post(&at(&late, "withdraw"), why).await.ok();
        assert!(lines(&ledger(&mut bench, "wang.min", "yinxing").await.ok()).is_empty());
        assert_eq!(lines(&ledger(&mut bench, "wang.min", "xinhuo").await.ok()), [("withdrawn_late".to_owned(), -2, 98)]);
    }

    async fn an_award_declined_costs_ten_points_unless_the_district_finds_an_excuse(bench: Bench from AwardProposed) {
        play_awarded(&mut bench).await;
        let path = format!("/api/v1/awards/{}/decline", bench.play.ids.award);
        bench.cast("winner_legal_rep").await.post(&path, json!({ "reason": "服务场地因汛情毁损,无法履约。" })).await.ok();
        let own = ledger(&mut bench, "ning.jiayi", "lelin").await.ok();
        assert_eq!((lines(&own), text(&own, "/band")), (vec![("declined".to_owned(), -10, 90)], "b".to_owned()));
        let void = format!("/api/v1/credit_entries/{}/void", text(&own["entries"][0], "/id"));
        let why = json!({ "reason": "因不可抗力放弃,经核实属正当理由。" });
        bench.user("wang.min").await.post(&void, why.clone()).await.refused(403, "forbidden");
        bench.user("xue.chunmei").await.post(&void, why.clone()).await.refused(404, "not_found");
        let district = bench.cast("district_admin").await;
        assert_eq!(district.post(&void, json!({ "reason": "短" })).await.pointers(), ["/reason"]);
        let after = district.post(&void, why.clone()).await.ok();
        assert_eq!((number(&after, "/score"), lines(&after)), (100, vec![("declined".to_owned(), 0, 100)]));
        assert_eq!(after["entries"][0]["void_reason"], why["reason"]);
        district.post(&void, why).await.refused(409, "duplicate");
        assert_eq!(recorded(&bench, "organisation.credit_voided", None).await, 1);
    }

    async fn an_organisation_of_band_d_takes_small_orders_only_and_one_at_a_time(bench: Bench) {
        for _ in 0..2 {
            entered(&mut bench, "lelin", "final_fail", -16).await;
        }
        assert_eq!(public(&mut bench, "lelin").await["band"], json!("d"));
        assert_eq!(unmet(&mut bench, "lelin", "").await, ["credit_band"]);
        assert_eq!(unmet(&mut bench, "lelin", "?micro=true").await, Vec::<String>::new());
        assert_eq!(unmet(&mut bench, "lelin", "?micro=true&joint=true").await, ["credit_band"]);
        assert_eq!(unmet(&mut bench, "lelin", "?micro=true&community=410105001001").await, ["covers_community"]);
        open(&mut bench).await;
        let id = drafted(&mut bench, "lelin").await;
        let refused = head(&mut bench, "lelin").await.post(&at(&id, "submit"), json!({})).await.refused(422, "not_eligible");
        let pointers: Vec<String> = list(&refused, "/errors").iter().map(|one| text(one, "/pointer")).collect();
        assert!(pointers.len() == 1 && pointers[0].ends_with("/credit_band"), "{pointers:?}");
        // one running agreement fills the cap of the band
        crate::caps::engage(&mut bench, &["lelin"], "B01", 100, "2026-12-31").await;
        assert_eq!(unmet(&mut bench, "lelin", "?micro=true").await, ["capacity_free"]);
    }

    async fn an_objection_with_invented_facts_costs_its_organisation_five_points(bench: Bench from AwardProposed) {
        crate::objections::proposed(&mut bench).await;
        let mut body = crate::objections::form(&bench);
        body["organisation_id"] = json!(bench.organisation("yinxing").await);
        let made = crate::objections::object_with(&mut bench, crate::objections::RIVAL, body).await.ok();
        let id = text(&made, "/id");
        crate::objections::accept(&mut bench, &id).await;
        let supervisor = bench.cast("supervisor").await;
        supervisor.post(&format!("/api/v1/objections/{id}/find_abuse"), json!({ "reason": "所称评分表系伪造,经鉴定属实。" })).await.ok();
        assert_eq!(lines(&ledger(&mut bench, "wang.min", "yinxing").await.ok()), [("false_objection".to_owned(), -5, 95)]);
    }

    async fn the_points_are_settings_of_the_district_frozen_with_the_posting(bench: Bench) {
        crate::postings::district_rules(&mut bench, json!({ "credit": { "declined": 7 } })).await.ok();
        let reply = crate::postings::district_rules(&mut bench, json!({ "credit": { "declined": 21, "nothing": 1 } })).await;
        assert_eq!(reply.pointers(), ["/overrides/credit/declined", "/overrides/credit/nothing"]);
        play_awarded(&mut bench).await;
        crate::postings::district_rules(&mut bench, json!({ "credit": { "declined": 9 } })).await.ok();
        let path = format!("/api/v1/awards/{}/decline", bench.play.ids.award);
        bench.cast("winner_legal_rep").await.post(&path, json!({ "reason": "团队骨干离职,无力承接。" })).await.ok();
        assert_eq!(lines(&ledger(&mut bench, "wang.min", "lelin").await.ok()), [("declined".to_owned(), -7, 93)]);
    }
}
