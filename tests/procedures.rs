//! The posting types as data: what is in force, what a district may set, and the rehearsal of a draft.

use crate::postings::district_rules;
use crate::scenes::{list, made_public, records, text};
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wubang_kernel::deadline::{LOCAL, local_date};
use wubang_testkit::{Bench, Stage, on_both};

const OPEN: &str = "/api/v1/procedures/open";
const DISTRICT: &str = "410108000000";

/// The posting of the story over a need just approved, with its service so many days from now.
async fn body(bench: &mut Bench, days_ahead: i64) -> Value {
    bench.reach(Stage::NeedApproved).await;
    let mut body = bench.play.posting_body().await.unwrap();
    let start = local_date(bench.running.store.now()) + TimeDelta::days(days_ahead);
    let old: NaiveDate = text(&body, "/content/starts_on").parse().unwrap();
    let moved =
        |day: &Value| json!(day.as_str().unwrap().parse::<NaiveDate>().unwrap() + (start - old));
    for name in ["starts_on", "ends_on"] {
        body["content"][name] = moved(&body["content"][name]);
    }
    for milestone in body["content"]["milestones"].as_array_mut().unwrap() {
        milestone["due_on"] = moved(&milestone["due_on"]);
    }
    body
}

async fn simulated(bench: &mut Bench, draft: &Value) -> Value {
    let body = json!({ "draft": draft });
    bench
        .cast("secretary")
        .await
        .post(&format!("{OPEN}/simulate"), body)
        .await
        .ok()
}

/// Timer → due instant, of a simulation or of running deadlines.
fn deadlines(value: &Value, member: &str) -> BTreeMap<String, String> {
    let rows = value[member].as_array().unwrap();
    rows.iter()
        .map(|row| (text(row, "/timer"), text(row, "/at")))
        .collect()
}

fn pointers(value: &Value, member: &str) -> Vec<(String, String)> {
    list(value, member)
        .iter()
        .map(|row| (text(row, "/pointer"), text(row, "/code")))
        .collect()
}

/// The faults that the issue names, and one more of each kind.
fn spoilt(mut draft: Value) -> Value {
    draft["title"] = json!("短");
    draft["budget_ceiling_fen"] = json!(100_000_000);
    draft["publish_at"] = json!("2026-03-01T09:00:00+08:00");
    draft["content"]["starts_on"] = json!("2026-02-01");
    draft["overrides"] = json!({ "criteria": [{ "key": "plan", "zh": "方案", "max": 99 }], "bid_window_days": 9,
        "evaluation_weights": { "community_party_org": 20, "residents": 25, "departments": 25, "experts": 30 } });
    draft
}

const SPOILT: &[(&str, &str)] = &[
    ("/title", "too_short"),
    ("/budget_ceiling_fen", "procurement_limit"),
    ("/publish_at", "out_of_range"),
    ("/content/starts_on", "out_of_range"),
    ("/overrides/criteria", "sum_mismatch"),
    ("/overrides/timers/bid_window", "out_of_range"),
    ("/overrides/evaluation/weights", "out_of_range"),
    ("/overrides/evaluation/weights/experts", "out_of_range"),
    ("/need_ids/0", "need_taken"),
];

fn assert_spoilt(found: &[(String, String)]) {
    for (pointer, code) in SPOILT {
        assert!(
            found.iter().any(|(at, what)| at == pointer && what == code),
            "{pointer} {code} in {found:?}"
        );
    }
}

/// One random course: how many days pass before, at which hour, and what is set otherwise.
#[derive(Debug, Clone)]
struct Course {
    days: i64,
    minutes: i64,
    window: u32,
    district: Value,
}

fn courses() -> impl Strategy<Value = Course> {
    (1_i64..26, 8 * 60_i64..22 * 60, 10_u32..=30, 3_u32..=10, 3_u32..=7, 1_u32..=3, 12_u32..=22).prop_map(
        |(days, minutes, window, notice, questions, check, cutoff)| Course {
            days,
            minutes,
            window,
            district: json!({ "publish_cutoff_hour": cutoff,
                "timers": { "notice_period": notice, "question_deadline": questions, "eligibility_check": check } }),
        },
    )
}

/// So many days on, at a minute of the day.
fn later(now: DateTime<Utc>, course: &Course) -> DateTime<Utc> {
    let day = local_date(now) + TimeDelta::days(course.days);
    let midnight = day
        .and_hms_opt(0, 0, 0)
        .unwrap()
        .and_local_timezone(LOCAL)
        .unwrap();
    midnight.to_utc() + TimeDelta::minutes(course.minutes)
}

on_both! {
    async fn a_type_shows_its_rules_and_the_schema_of_what_may_be_set(bench: Bench) {
        let caller = bench.cast("secretary").await;
        let all = caller.get("/api/v1/procedures").await.ok();
        let codes: Vec<String> = list(&all, "/items").iter().map(|one| text(one, "/code")).collect();
        assert!(codes.contains(&"open".to_owned()), "{codes:?}");
        let open = caller.get(&format!("{OPEN}?division=410108005003")).await.ok();
        let schema = &open["schema"]["properties"];
        assert_eq!(schema["timers"]["properties"]["bid_window"], json!({ "type": "integer", "minimum": 10, "maximum": 30, "default": 15,
            "title": "揭榜期限", "description": "T09 bid_window", "x-unit": "cd" }));
        assert_eq!((&schema["threshold"]["minimum"], &schema["threshold"]["maximum"], &schema["threshold"]["title"]), (&json!(50), &json!(80), &json!("承榜合格线")));
        assert_eq!(schema["evaluation"]["properties"]["weights"]["properties"]["residents"]["minimum"], json!(25));
        assert_eq!((&open["settings"]["version"], &open["overrides"]), (&json!(0), &json!({})));
        caller.get("/api/v1/procedures/lottery").await.refused(404, "not_found");
        caller.get(&format!("{OPEN}?division=41010")).await.refused(422, "invalid");
        bench.nobody().get(OPEN).await.refused(401, "unauthenticated");
    }

    async fn a_district_sets_rules_for_itself_alone_and_every_version_stays(bench: Bench) {
        let first = district_rules(&mut bench, json!({ "threshold": 65, "timers": { "bid_window": 20 } })).await.ok();
        assert_eq!((&first["settings"]["version"], &first["settings"]["threshold"], &first["settings"]["timers"]["bid_window"]), (&json!(1), &json!(65), &json!("20 cd")));
        // the document is the whole: what it leaves out is the rulebook's again
        let second = district_rules(&mut bench, json!({ "caps": { "postings_community": 7 } })).await.ok();
        assert_eq!((&second["settings"]["version"], &second["settings"]["threshold"], &second["settings"]["caps"]["postings_community"]), (&json!(2), &json!(60), &json!(7)));
        let caller = bench.cast("secretary").await;
        let own = caller.get(&format!("{OPEN}?division=410108005003")).await.ok();
        assert_eq!(own["settings"], second["settings"]);
        let other = caller.get(&format!("{OPEN}?division=370213000000")).await.ok();
        assert_eq!((&other["settings"]["version"], &other["settings"]["caps"]["postings_community"]), (&json!(0), &json!(5)));
        let versions = caller.get(&format!("{OPEN}/versions?division={DISTRICT}")).await.ok();
        let kept: Vec<Value> = list(&versions, "/items").iter().map(|one| one["version"].clone()).collect();
        assert_eq!(kept, [json!(2), json!(1)]);
        assert_eq!(versions["items"][1]["overrides"], json!({ "threshold": 65, "timers": { "bid_window": 20 } }));
        assert_eq!(list(&caller.get(&format!("{OPEN}/versions")).await.ok(), "/items").len(), 2);
        assert_eq!(list(&caller.get(&format!("{OPEN}/versions?division=370213000000")).await.ok(), "/items").len(), 0);
    }

    async fn every_setting_outside_its_range_is_named_and_none_is_kept(bench: Bench) {
        let before = records(&bench).await;
        let wrong = json!({ "threshold": 30, "luck": 1, "timers": { "bid_window": 9, "credit_entry": 1 }, "tranches": [60, 60],
            "evaluation": { "weights": { "residents": 60 } } });
        let body = json!({ "division": "410108005000", "overrides": wrong, "reason": "无" });
        let reply = bench.cast("district_admin").await.post(&format!("{OPEN}/overrides"), body).await;
        let found = reply.pointers();
        for pointer in ["/division", "/reason", "/overrides/threshold", "/overrides/luck", "/overrides/timers/bid_window", "/overrides/timers/credit_entry",
            "/overrides/tranches", "/overrides/evaluation/weights", "/overrides/evaluation/weights/residents"] {
            assert!(found.iter().any(|one| one == pointer), "{pointer} in {found:?}");
        }
        reply.refused(422, "invalid");
        let versions = bench.cast("secretary").await.get(&format!("{OPEN}/versions?division={DISTRICT}")).await.ok();
        assert_eq!((&versions["items"], records(&bench).await), (&json!([]), before));
    }

    async fn only_the_district_itself_sets_its_rules(bench: Bench) {
        let own = json!({ "division": DISTRICT, "overrides": { "threshold": 70 }, "reason": "按会议纪要调整" });
        for part in ["secretary", "street_officer", "winner_agent"] {
            bench.cast(part).await.post(&format!("{OPEN}/overrides"), own.clone()).await.refused(403, "forbidden");
        }
        let mut other = own.clone();
        other["division"] = json!("370213000000");
        bench.cast("district_admin").await.post(&format!("{OPEN}/overrides"), other).await.refused(403, "forbidden");
        bench.cast("district_admin").await.post("/api/v1/procedures/lottery/overrides", own).await.refused(404, "not_found");
    }

    async fn a_draft_follows_the_settings_until_it_is_handed_in(bench: Bench) {
        let draft = body(&mut bench, 90).await;
        let secretary = bench.cast("secretary").await;
        let made = secretary.post("/api/v1/postings", draft).await.ok();
        let path = format!("/api/v1/postings/{}", text(&made, "/id"));
        assert_eq!(made["procedure"]["threshold"], json!(60));
        district_rules(&mut bench, json!({ "threshold": 70 })).await.ok();
        let handed_in = secretary.post(&format!("{path}/submit"), json!({})).await.ok();
        assert_eq!((&handed_in["procedure"]["threshold"], &handed_in["procedure"]["version"]), (&json!(70), &json!(1)));
        // what the approver saw is what is published
        district_rules(&mut bench, json!({ "threshold": 80 })).await.ok();
        let open = bench.cast("street_approver").await.post(&format!("{path}/approve"), json!({ "content_acknowledged": true })).await.ok();
        assert_eq!((&open["state"], &open["procedure"]["threshold"]), (&json!("open"), &json!(70)));
    }

    async fn one_document_names_everything_that_stands_in_the_way(bench: Bench) {
        let good = body(&mut bench, 90).await;
        made_public(&mut bench, good.clone(), json!({ "content_acknowledged": true })).await;
        let bad = spoilt(good);
        let reply = bench.cast("secretary").await.post("/api/v1/postings", bad.clone()).await;
        assert_spoilt(&pointers(&reply.refused(422, "invalid"), "/errors"));
        let before = records(&bench).await;
        let rehearsed = simulated(&mut bench, &bad).await;
        assert_spoilt(&pointers(&rehearsed, "/problems"));
        assert_eq!((&rehearsed["publishable"], records(&bench).await), (&json!(false), before), "a rehearsal leaves nothing behind");
    }

    async fn what_became_wrong_since_the_draft_is_refused_at_approval(bench: Bench) {
        let draft = body(&mut bench, 20).await;
        let secretary = bench.cast("secretary").await;
        let id = text(&secretary.post("/api/v1/postings", draft).await.ok(), "/id");
        secretary.post(&format!("/api/v1/postings/{id}/submit"), json!({})).await.ok();
        bench.advance("2026-03-30T09:00:00+08:00".parse().unwrap()).await;
        let withdraw = format!("/api/v1/needs/{}/withdraw", bench.play.ids.need);
        bench.cast("secretary").await.post(&withdraw, json!({ "reason": "居民已自行解决此事" })).await.ok();
        let reply = bench.cast("street_approver").await.post(&format!("/api/v1/postings/{id}/approve"), json!({ "content_acknowledged": true })).await;
        let found = pointers(&reply.refused(422, "invalid"), "/errors");
        for wanted in [("/content/starts_on", "out_of_range"), ("/need_ids/0", "needs_not_approved")] {
            assert!(found.iter().any(|(at, code)| (at.as_str(), code.as_str()) == wanted), "{wanted:?} in {found:?}");
        }
    }

    async fn a_rehearsal_shows_the_whole_calendar_across_a_holiday(bench: Bench) {
        bench.advance("2026-04-20T10:00:00+08:00".parse().unwrap()).await;
        let draft = body(&mut bench, 30).await;
        let seen = simulated(&mut bench, &draft).await;
        assert_eq!((&seen["publishable"], &seen["problems"], &seen["unloaded_years"]), (&json!(true), &json!([]), &json!([2027])), "the report is due after the turn of the year");
        let due = deadlines(&seen, "calendar");
        // fifteen days end on 5 May, a day off: the next working day is the 6th, and questions five working days before
        assert_eq!(due["bid_window"], "2026-05-06T23:59:59+08:00");
        assert_eq!(due["question_deadline"], "2026-04-24T23:59:59+08:00");
        // 9 May is a Saturday that is worked
        assert_eq!((due["eligibility_check"].as_str(), due["panel_evaluation"].as_str()), ("2026-05-09T23:59:59+08:00", "2026-05-15T23:59:59+08:00"));
        for timer in ["posting_approval", "notice_period", "award_decision", "award_publicity", "award_notice", "agreement_signing", "agreement_publish",
            "agreement_filing", "start_work", "completion_report", "report_check", "evaluation_run", "evaluation_publicity", "credit_entry"] {
            assert!(due.contains_key(timer), "{timer} in {due:?}");
        }
        let days = seen["special_days"].as_array().unwrap();
        assert!(days.contains(&json!({ "on": "2026-05-01", "kind": "off" })) && days.contains(&json!({ "on": "2026-05-09", "kind": "work" })), "{days:?}");
        assert!(pointers(&seen, "/warnings").contains(&("/content/starts_on".to_owned(), "before_signing".to_owned())));
    }

    async fn a_year_without_calendar_is_said(bench: Bench) {
        let draft = body(&mut bench, 330).await;
        let seen = simulated(&mut bench, &draft).await;
        let last = seen["calendar"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&seen["unloaded_years"], &last["provisional"]), (&json!([2027]), &json!(true)));
    }

    async fn only_who_may_draft_there_may_rehearse(bench: Bench) {
        let draft = body(&mut bench, 90).await;
        let path = format!("{OPEN}/simulate");
        for part in ["winner_agent", "district_admin"] {
            bench.cast(part).await.post(&path, json!({ "draft": draft })).await.refused(403, "forbidden");
        }
        bench.nobody().post(&path, json!({ "draft": draft })).await.refused(401, "unauthenticated");
        let reply = bench.cast("secretary").await.post("/api/v1/procedures/lottery/simulate", json!({ "draft": draft })).await;
        reply.refused(404, "not_found");
        // its own stored draft does not stand in its way
        let id = text(&bench.cast("secretary").await.post("/api/v1/postings", draft.clone()).await.ok(), "/id");
        assert_eq!(pointers(&simulated(&mut bench, &draft).await, "/problems"), [("/need_ids/0".to_owned(), "need_taken".to_owned())]);
        let own = bench.cast("secretary").await.post(&path, json!({ "draft": draft, "posting_id": id })).await.ok();
        assert_eq!(own["problems"], json!([]));
    }

    async fn what_is_rehearsed_is_what_happens(bench: Bench) {
        let mut runner = TestRunner::deterministic();
        for _ in 0..8 {
            let course = courses().new_tree(&mut runner).unwrap().current();
            let at = later(bench.running.store.now(), &course);
            bench.advance(at).await;
            district_rules(&mut bench, course.district.clone()).await.ok();
            let mut draft = body(&mut bench, 90).await;
            draft["overrides"]["bid_window_days"] = json!(course.window);
            let rehearsed = deadlines(&simulated(&mut bench, &draft).await, "calendar");
            let open = made_public(&mut bench, draft, json!({ "content_acknowledged": true })).await;
            let real = deadlines(&open, "deadlines");
            for timer in ["notice_period", "bid_window", "question_deadline"] {
                assert_eq!(rehearsed[timer], real[timer], "{timer} of {course:?} in {}", at.year());
            }
            assert_eq!(text(&open, "/question_deadline"), rehearsed["question_deadline"]);
            // with bids in the box the closing itself starts the next one
            bench.play.ids.posting = text(&open, "/id");
            bench.play.bids_submitted().await.unwrap();
            let path = format!("/api/v1/postings/{}", text(&open, "/id"));
            bench.advance(text(&open, "/bid_deadline").parse::<DateTime<Utc>>().unwrap() + TimeDelta::seconds(1)).await;
            let closed = bench.cast("street_officer").await.get(&path).await.ok();
            assert_eq!(closed["state"], json!("closed"));
            assert_eq!(deadlines(&closed, "deadlines")["eligibility_check"], rehearsed["eligibility_check"], "{course:?}");
            let cancel = json!({ "ground": "funding_cancelled", "reason": "资金安排取消,撤回本榜" });
            bench.cast("street_approver").await.post(&format!("{path}/cancel"), cancel).await.ok();
        }
    }

    async fn what_looks_forbidden_takes_a_public_reason(bench: Bench) {
        let mut draft = body(&mut bench, 90).await;
        draft["content"]["eligibility"] = json!("须在本区民政部门注册;能服务本社区。");
        draft["content"]["required_documents"] = json!(["登记证书", "注册资金证明"]);
        let secretary = bench.cast("secretary").await;
        let made = secretary.post("/api/v1/postings", draft.clone()).await.ok();
        let found: Vec<(String, String)> = list(&made, "/findings").iter().map(|one| (text(one, "/pointer"), text(one, "/ground"))).collect();
        let wanted = [("/content/eligibility", "place_of_registration"), ("/content/required_documents/1", "unrelated_condition")];
        assert_eq!(found, wanted.map(|(at, ground)| (at.to_owned(), ground.to_owned())));
        let rehearsed = secretary.post(&format!("{OPEN}/simulate"), json!({ "draft": draft, "posting_id": made["id"] })).await.ok();
        assert_eq!(pointers(&rehearsed, "/warnings")[0], ("/content/eligibility".to_owned(), "place_of_registration".to_owned()));
        let path = format!("/api/v1/postings/{}", text(&made, "/id"));
        secretary.post(&format!("{path}/submit"), json!({})).await.ok();
        let approver = bench.cast("street_approver").await;
        approver.post(&format!("{path}/approve"), json!({ "content_acknowledged": true })).await.refused(422, "content_not_acknowledged");
        let reply = approver.post(&format!("{path}/approve"), json!({ "content_acknowledged": true, "acknowledgement_reason": "可" })).await;
        assert_eq!(reply.pointers(), ["/acknowledgement_reason"]);
        let reason = "公益创投资金办法第六条限定本区登记的组织";
        let open = approver.post(&format!("{path}/approve"), json!({ "content_acknowledged": true, "acknowledgement_reason": reason })).await.ok();
        assert_eq!((&open["state"], &open["findings"]), (&json!("open"), &json!([])));
        let public = bench.nobody().get(&path.replace("/v1/", "/v1/public/")).await.ok();
        assert_eq!(public["acknowledgement_reason"], json!(reason));
    }

    async fn a_cap_is_exceeded_for_a_public_reason_only(bench: Bench) {
        district_rules(&mut bench, json!({ "caps": { "postings_community": 1 } })).await.ok();
        let first = body(&mut bench, 90).await;
        made_public(&mut bench, first, json!({ "content_acknowledged": true, "cap_reason": "没有超出时理由不留" })).await;
        let draft = body(&mut bench, 90).await;
        assert_eq!(pointers(&simulated(&mut bench, &draft).await, "/problems"), [("/cap_reason".to_owned(), "cap_reached".to_owned())]);
        let secretary = bench.cast("secretary").await;
        let id = text(&secretary.post("/api/v1/postings", draft).await.ok(), "/id");
        secretary.post(&format!("/api/v1/postings/{id}/submit"), json!({})).await.ok();
        let approver = bench.cast("street_approver").await;
        let path = format!("/api/v1/postings/{id}/approve");
        approver.post(&path, json!({ "content_acknowledged": true })).await.refused(409, "cap_reached");
        let reason = "汛期独居老人照护刻不容缓";
        approver.post(&path, json!({ "content_acknowledged": true, "cap_reason": reason })).await.ok();
        let public = bench.nobody().get(&format!("/api/v1/public/postings/{id}")).await.ok();
        assert_eq!((&public["state"], &public["cap_reason"]), (&json!("open"), &json!(reason)));
    }

    async fn a_copy_moves_all_dates_along(bench: Bench) {
        let draft = body(&mut bench, 90).await;
        let old = made_public(&mut bench, draft, json!({ "content_acknowledged": true })).await;
        bench.reach(Stage::NeedApproved).await;
        let path = format!("/api/v1/postings/{}/copy", text(&old, "/id"));
        let copied = bench.cast("secretary").await.post(&path, json!({ "need_ids": [bench.play.ids.need], "starts_on": "2026-09-01", "title": "乐邻老伙伴(第二期)" })).await.ok();
        assert_eq!((&copied["state"], &copied["round"], &copied["title"]), (&json!("draft"), &json!(1), &json!("乐邻老伙伴(第二期)")));
        assert!(copied["project_id"] != old["project_id"] && copied["number"] != old["number"]);
        let day = |value: &Value, pointer: &str| text(value, pointer).parse::<NaiveDate>().unwrap();
        let by = day(&copied, "/content/starts_on") - day(&old, "/content/starts_on");
        for pointer in ["/content/ends_on", "/content/milestones/0/due_on", "/content/milestones/1/due_on"] {
            assert_eq!(day(&copied, pointer) - day(&old, pointer), by, "{pointer}");
        }
        assert_eq!(copied["content"]["service_content"], old["content"]["service_content"]);
        let reply = bench.cast("secretary").await.post(&path, json!({ "need_ids": [bench.play.ids.need], "starts_on": "2026-01-01" })).await;
        let mut found = reply.pointers();
        found.sort();
        assert_eq!(found, ["/content/starts_on", "/need_ids/0"]);
        bench.cast("winner_agent").await.post(&path, json!({ "need_ids": [bench.play.ids.need], "starts_on": "2026-09-01" })).await.refused(403, "forbidden");
    }

    async fn a_template_is_kept_used_and_retired(bench: Bench) {
        let draft = body(&mut bench, 90).await;
        let old = made_public(&mut bench, draft, json!({ "content_acknowledged": true })).await;
        let keep = json!({ "name": "高龄独居老人结对", "posting_id": old["id"] });
        bench.cast("secretary").await.post("/api/v1/posting_templates", keep.clone()).await.refused(403, "forbidden");
        let officer = bench.cast("street_officer").await;
        let kept = officer.post("/api/v1/posting_templates", keep.clone()).await.ok();
        assert_eq!((&kept["division"], &kept["content"]), (&json!("410108005000"), &old["content"]));
        officer.post("/api/v1/posting_templates", keep.clone()).await.refused(409, "duplicate");
        officer.post("/api/v1/posting_templates", json!({ "name": "又一个", "posting_id": old["project_id"] })).await.refused(422, "invalid");
        let path = format!("/api/v1/posting_templates/{}", text(&kept, "/id"));
        bench.cast("winner_agent").await.get(&path).await.refused(404, "not_found");
        let secretary = bench.cast("secretary").await;
        assert_eq!(list(&secretary.get("/api/v1/posting_templates").await.ok(), "/items").len(), 1);
        bench.reach(Stage::NeedApproved).await;
        let use_it = json!({ "need_ids": [bench.play.ids.need], "starts_on": "2026-09-01" });
        let made = bench.cast("secretary").await.post(&format!("{path}/draft"), use_it.clone()).await.ok();
        assert_eq!((&made["state"], &made["content"]["starts_on"]), (&json!("draft"), &json!("2026-09-01")));
        bench.cast("secretary").await.post(&format!("{path}/retire"), json!({})).await.refused(403, "forbidden");
        bench.cast("street_officer").await.post(&format!("{path}/retire"), json!({})).await.ok();
        bench.cast("street_officer").await.post(&format!("{path}/retire"), json!({})).await.refused(409, "invalid_transition");
        bench.cast("secretary").await.post(&format!("{path}/draft"), use_it).await.refused(409, "invalid_transition");
        assert_eq!(list(&bench.cast("secretary").await.get("/api/v1/posting_templates").await.ok(), "/items").len(), 0);
        assert_eq!(list(&bench.cast("secretary").await.get("/api/v1/posting_templates?retired=true").await.ok(), "/items").len(), 1);
    }
}
