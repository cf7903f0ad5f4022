//! 中止, 恢复 and lateness: what stands still, what shifts, and what the clock says of an agreement by itself.

use crate::bids::head;
use crate::changes::begun;
use crate::contracts::{evidence, play_signed};
use crate::evaluations::{happy, third_party};
use crate::scenes::{day_after, instant, list, number, recorded, seen, story, text};
use crate::signatures::contract;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde_json::{Value, json};
use wubang_testkit::{Bench, Reply, on_both};

async fn does(bench: &mut Bench, part: &str, verb: &str, body: Value) -> Reply {
    let path = format!("/api/v1/contracts/{}/{verb}", bench.play.ids.contract);
    bench.cast(part).await.post(&path, body).await
}

fn storm() -> Value {
    json!({ "ground": "force_majeure", "reason": "连续暴雨,活动场地被淹,暂停全部活动。" })
}

fn over() -> Value {
    json!({ "reason": "场地已恢复,可以继续开展服务。" })
}

/// The end of a running timer of an object.
pub(crate) fn ends(object: &Value, timer: &str) -> DateTime<Utc> {
    let running = list(object, "/deadlines");
    let one = running.iter().find(|one| one["timer"] == timer);
    instant(
        one.unwrap_or_else(|| panic!("no {timer} in {running:?}")),
        "/at",
    )
}

fn timers(object: &Value) -> Vec<String> {
    let mut names: Vec<String> = list(object, "/deadlines")
        .iter()
        .map(|one| text(one, "/timer"))
        .collect();
    names.sort();
    names
}

fn date(value: &Value, pointer: &str) -> NaiveDate {
    text(value, pointer).parse().unwrap()
}

/// A timer of the agreement is over.
async fn past(bench: &mut Bench, timer: &str) {
    let at = ends(&contract(bench).await, timer);
    bench.advance(at + Duration::seconds(1)).await;
    bench.forget();
}

/// The contractor has lost its legal standing.
async fn dissolved(bench: &mut Bench) {
    let path = format!(
        "/api/v1/organisations/{}/set_status",
        bench.organisation("lelin").await
    );
    let body = json!({ "status": "dissolved", "reason": "民政部门准予注销登记。" });
    bench
        .cast("district_admin")
        .await
        .post(&path, body)
        .await
        .ok();
}

/// The work has begun and nothing was paid yet.
async fn unpaid(bench: &mut Bench) {
    play_signed(bench).await;
    let starts = text(&contract(bench).await, "/content/starts_on");
    bench.advance(day_after(&starts)).await;
    bench.forget();
    does(bench, "winner_agent", "activate", json!({}))
        .await
        .ok();
}

on_both! {
    async fn an_agreement_stands_still_and_goes_on_with_its_dates_shifted(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let before = contract(&mut bench).await;
        for part in ["winner_agent", "secretary"] {
            does(&mut bench, part, "suspend", storm()).await.refused(403, "forbidden");
        }
        let path = format!("/api/v1/contracts/{}", bench.play.ids.contract);
        head(&mut bench, "yinxing").await.post(&format!("{path}/suspend"), storm()).await.refused(404, "not_found");
        let wrong = does(&mut bench, "street_officer", "suspend", json!({ "ground": "status_lost", "reason": "" })).await;
        assert_eq!(wrong.pointers(), ["/reason", "/ground"]);
        wrong.refused(422, "invalid");
        does(&mut bench, "street_officer", "resume", over()).await.refused(409, "invalid_transition");
        let still = does(&mut bench, "street_officer", "suspend", storm()).await.ok();
        assert_eq!((&still["state"], &still["suspension"]["ground"]), (&json!("suspended"), &json!("force_majeure")));
        assert_eq!(timers(&still), ["suspension_max"]);
        assert!(list(&still, "/milestones").iter().all(|one| one["deadlines"] == json!([])));
        let public = bench.nobody().get(&format!("/api/v1/public/contracts/{}", bench.play.ids.contract)).await;
        if public.status == 200 {
            assert_eq!(public.ok()["suspension"]["reason"], storm()["reason"]);
        }
        does(&mut bench, "street_officer", "suspend", storm()).await.refused(409, "invalid_transition");
        let first = before["milestones"][0].clone();
        let submit = format!("/api/v1/milestones/{}/submit", text(&first, "/id"));
        bench.cast("winner_agent").await.post(&submit, evidence(&first)).await.refused(409, "invalid_transition");
        let change = json!({ "contract_id": bench.play.ids.contract, "change": { "kind": "time_extension", "ends_on": "2030-01-01" }, "reason": "中止期间提出的变更申请。" });
        bench.cast("winner_agent").await.post("/api/v1/change_requests", change).await.refused(409, "invalid_transition");
        // past the old due day of the first milestone, which stands still
        let since = instant(&still, "/suspension/since");
        let days = (date(&first, "/due_on") - since.date_naive()).num_days() + 10;
        bench.advance(since + Duration::days(days)).await;
        bench.forget();
        assert_eq!(contract(&mut bench).await["milestones"][0]["state"], json!("planned"));
        does(&mut bench, "winner_agent", "resume", over()).await.refused(403, "forbidden");
        let wordless = does(&mut bench, "street_officer", "resume", json!({ "reason": "" })).await;
        assert_eq!(wordless.pointers(), ["/reason"]);
        let after = does(&mut bench, "street_officer", "resume", over()).await.ok();
        let shift = Duration::days(days);
        assert_eq!((&after["state"], &after["suspension"]), (&json!("active"), &Value::Null));
        assert_eq!(date(&after, "/content/ends_on"), date(&before, "/content/ends_on") + shift);
        for (was, is) in list(&before, "/milestones").iter().zip(list(&after, "/milestones")) {
            assert_eq!(date(&is, "/due_on"), date(was, "/due_on") + shift);
            assert!(timers(&is).contains(&"milestone_due".to_owned()));
        }
        // whatever ran before the suspension runs again
        assert_eq!(timers(&after), timers(&before));
        assert_eq!(timers(&after), ["activity_silence", "completion_report"]);
        assert!(ends(&after, "completion_report") > ends(&before, "completion_report"));
        let at = format!("/api/v1/contract_versions?contract_id={}", bench.play.ids.contract);
        let versions = seen(&mut bench, "wang.min", &at).await;
        assert_eq!((&versions["items"][0]["n"], &versions["items"][0]["change_request_id"]), (&json!(2), &Value::Null));
        let due = text(&after, "/milestones/0/due_on");
        bench.advance(day_after(&due) - Duration::seconds(1)).await;
        assert_eq!(contract(&mut bench).await["milestones"][0]["state"], json!("planned"));
        bench.advance(day_after(&due)).await;
        assert_eq!(contract(&mut bench).await["milestones"][0]["state"], json!("overdue"));
    }

    async fn days_on_which_it_stood_still_use_up_nothing_of_an_extension(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let before = contract(&mut bench).await;
        let still = does(&mut bench, "street_officer", "suspend", storm()).await.ok();
        bench.advance(instant(&still, "/suspension/since") + Duration::days(60)).await;
        bench.forget();
        let after = does(&mut bench, "street_officer", "resume", over()).await.ok();
        let (starts, ends) = (date(&before, "/content/starts_on"), date(&before, "/content/ends_on"));
        let half = ((ends - starts).num_days() + 1) / 2;
        let until = |days: i64| json!({ "contract_id": after["id"], "reason": "连续降雨,室外活动无法按期开展。",
            "change": { "kind": "time_extension", "ends_on": date(&after, "/content/ends_on") + Duration::days(days) } });
        let agent = bench.cast("winner_agent").await;
        for (days, status) in [(half + 1, 422), (half, 200)] {
            let made = agent.post("/api/v1/change_requests", until(days)).await.ok();
            let path = format!("/api/v1/change_requests/{}/submit", text(&made, "/id"));
            assert_eq!(agent.post(&path, json!({})).await.status, status, "{days}");
        }
    }

    async fn a_suspension_that_lasts_too_long_asks_for_a_decision_and_ends_nothing(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        does(&mut bench, "street_officer", "suspend", storm()).await.ok();
        let id = bench.play.ids.contract.clone();
        let at = ends(&contract(&mut bench).await, "suspension_max");
        bench.advance(at).await;
        assert_eq!(recorded(&bench, "contract.suspension_overlong", Some(&id)).await, 0);
        bench.advance(at + Duration::seconds(1)).await;
        assert_eq!(recorded(&bench, "contract.suspension_overlong", Some(&id)).await, 1);
        assert_eq!(contract(&mut bench).await["state"], json!("suspended"));
    }

    async fn the_agreement_of_a_dissolved_organisation_stands_still_until_somebody_decides(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        dissolved(&mut bench).await;
        let still = contract(&mut bench).await;
        assert_eq!((&still["state"], &still["suspension"]["ground"]), (&json!("suspended"), &json!("status_lost")));
        assert_eq!(timers(&still), ["status_lost_decision", "suspension_max"]);
        does(&mut bench, "street_officer", "resume", over()).await.refused(422, "not_eligible");
        let id = bench.play.ids.contract.clone();
        past(&mut bench, "status_lost_decision").await;
        assert_eq!(recorded(&bench, "contract.decision_overdue", Some(&id)).await, 1);
        assert_eq!(contract(&mut bench).await["state"], json!("suspended"));
    }

    async fn who_is_dissolved_while_its_agreement_stands_still_does_not_go_on(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let first = does(&mut bench, "street_officer", "suspend", storm()).await.ok();
        dissolved(&mut bench).await;
        let still = contract(&mut bench).await;
        assert_eq!((&still["suspension"]["ground"], &still["suspension"]["since"]), (&json!("status_lost"), &first["suspension"]["since"]));
        assert_eq!(timers(&still), ["status_lost_decision", "suspension_max"]);
        does(&mut bench, "street_officer", "resume", over()).await.refused(422, "not_eligible");
    }

    async fn nothing_is_asked_for_approved_or_paid_while_it_stands_still(bench: Bench from ContractSigned) {
        unpaid(&mut bench).await;
        let (agent, street) = (bench.cast("winner_agent").await, bench.cast("street_officer").await);
        let id = text(&contract(&mut bench).await, "/payments/0/id");
        let pay = |verb: &str| format!("/api/v1/payments/{id}/{verb}");
        let invoice = json!({ "invoice": "发票 0001" });
        does(&mut bench, "street_officer", "suspend", storm()).await.ok();
        agent.post(&pay("request"), invoice.clone()).await.refused(409, "contract_suspended");
        does(&mut bench, "street_officer", "resume", over()).await.ok();
        agent.post(&pay("request"), invoice).await.ok();
        does(&mut bench, "street_officer", "suspend", storm()).await.ok();
        street.post(&pay("approve"), json!({})).await.refused(409, "contract_suspended");
        street.post(&pay("withhold"), json!({ "ground": "other", "reason": "中止期间先行暂缓。" })).await.ok();
        street.post(&pay("release"), json!({})).await.refused(409, "contract_suspended");
        does(&mut bench, "street_officer", "resume", over()).await.ok();
        street.post(&pay("release"), json!({})).await.ok();
        street.post(&pay("approve"), json!({})).await.ok();
        does(&mut bench, "street_officer", "suspend", storm()).await.ok();
        street.post(&pay("record_payment"), json!({ "payment_reference": "国库 1" })).await.refused(409, "contract_suspended");
        street.post(&pay("cancel"), json!({ "reason": "协议尚在,不得撤销批准。" })).await.refused(409, "invalid_transition");
    }

    async fn a_payment_withheld_for_a_rectification_waits_for_its_end(bench: Bench from ContractSigned) {
        unpaid(&mut bench).await;
        let (agent, street) = (bench.cast("winner_agent").await, bench.cast("street_officer").await);
        let id = text(&contract(&mut bench).await, "/payments/0/id");
        let pay = |verb: &str| format!("/api/v1/payments/{id}/{verb}");
        agent.post(&pay("request"), json!({ "invoice": "发票 0001" })).await.ok();
        street.post(&pay("withhold"), json!({ "ground": "rectification", "reason": "整改期间暂缓拨付。" })).await.ok();
        let order = crate::rectifications::ordered(&mut bench).await;
        street.post(&pay("release"), json!({})).await.refused(409, "ground_stands");
        crate::rectifications::passed(&mut bench, &order).await;
        // what a person withheld a person releases
        assert_eq!(contract(&mut bench).await["payments"][0]["state"], json!("withheld"));
        let free = street.post(&pay("release"), json!({})).await.ok();
        assert_eq!((&free["state"], &free["withheld_ground"]), (&json!("requested"), &Value::Null));
    }

    async fn a_late_report_is_called_for_and_then_payments_stop_until_it_is_in(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let id = bench.play.ids.contract.clone();
        past(&mut bench, "completion_report").await;
        assert_eq!(recorded(&bench, "contract.report_overdue", Some(&id)).await, 1);
        let late = contract(&mut bench).await;
        assert_eq!((&late["state"], &late["payments_stopped"]), (&json!("active"), &json!(false)));
        let (stop, missing) = (ends(&late, "completion_report_stop"), ends(&late, "completion_report_missing"));
        assert!(stop < missing);
        past(&mut bench, "completion_report_stop").await;
        assert_eq!(contract(&mut bench).await["payments_stopped"], json!(true));
        let report = story()["completion_report"].clone();
        let in_time = does(&mut bench, "winner_agent", "submit_completion_report", report).await.ok();
        assert_eq!((&in_time["state"], &in_time["payments_stopped"]), (&json!("completion_submitted"), &json!(false)));
        bench.advance(missing + Duration::seconds(1)).await;
        assert_eq!(contract(&mut bench).await["report_missing"], json!(false));
    }

    async fn a_report_that_was_returned_and_does_not_come_back_is_missing(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let last = text(&contract(&mut bench).await, "/content/ends_on");
        bench.advance(day_after(&last)).await;
        bench.forget();
        does(&mut bench, "winner_agent", "submit_completion_report", story()["completion_report"].clone()).await.ok();
        does(&mut bench, "street_officer", "return_report", json!({ "reason": "决算说明与凭证不一致,请补正。" })).await.ok();
        past(&mut bench, "report_return").await;
        let missing = contract(&mut bench).await;
        assert_eq!((&missing["state"], &missing["report_missing"], &missing["payments_stopped"]), (&json!("evaluating"), &json!(true), &json!(true)));
    }

    async fn an_agreement_without_report_is_evaluated_and_can_only_fail(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let id = bench.play.ids.contract.clone();
        past(&mut bench, "completion_report").await;
        past(&mut bench, "completion_report_missing").await;
        let missing = contract(&mut bench).await;
        assert_eq!((&missing["state"], &missing["report_missing"]), (&json!("evaluating"), &json!(true)));
        assert_eq!(recorded(&bench, "contract.report_missing", Some(&id)).await, 1);
        let project = format!("/api/v1/projects/{}", bench.play.ids.project);
        assert_eq!(seen(&mut bench, "wang.min", &project).await["stage"], json!("evaluation"));
        let body = json!({ "third_party_organisation_id": third_party(&mut bench).await });
        let open = format!("/api/v1/contracts/{id}/evaluation");
        let made = bench.cast("street_officer").await.post(&open, body).await.ok();
        bench.play.ids.evaluation = text(&made, "/id");
        let shown = crate::second_rounds::round(&mut bench, true, &happy(), 90).await;
        assert_eq!((&shown["grade"], &shown["report_missing"]), (&json!("fail"), &json!(true)));
        assert!(text(&shown, "/total").parse::<f64>().unwrap() > 80.0, "{}", shown["total"]);
        let at = format!("/api/v1/evaluations/{}", bench.play.ids.evaluation);
        let evaluation = seen(&mut bench, "wang.min", &at).await;
        assert_eq!(evaluation["state"], json!("reevaluation_required"));
    }

    async fn a_missed_start_silence_and_a_long_delay_are_events_of_their_own(bench: Bench from ContractSigned) {
        play_signed(&mut bench).await;
        let id = bench.play.ids.contract.clone();
        past(&mut bench, "start_work").await;
        assert_eq!(recorded(&bench, "contract.start_missed", Some(&id)).await, 1);
        assert_eq!(contract(&mut bench).await["state"], json!("signed"));
        does(&mut bench, "winner_agent", "activate", json!({})).await.ok();
        past(&mut bench, "activity_silence").await;
        assert_eq!(recorded(&bench, "contract.silent", Some(&id)).await, 1);
        // told again after as long again
        past(&mut bench, "activity_silence").await;
        assert_eq!(recorded(&bench, "contract.silent", Some(&id)).await, 2);
        let first = contract(&mut bench).await["milestones"][0].clone();
        if first["state"] == json!("planned") {
            bench.advance(day_after(&text(&first, "/due_on"))).await;
        }
        let milestone = text(&first, "/id");
        if recorded(&bench, "milestone.long_overdue", Some(&milestone)).await == 0 {
            let late = contract(&mut bench).await["milestones"][0].clone();
            bench.advance(ends(&late, "milestone_overdue_guidance") + Duration::seconds(1)).await;
        }
        assert_eq!(recorded(&bench, "milestone.long_overdue", Some(&milestone)).await, 1);
        assert_eq!(number(&contract(&mut bench).await, "/milestones/0/seq"), 1);
    }
}
