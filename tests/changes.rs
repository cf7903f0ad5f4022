//! 变更: every kind with its limit and its approvers, the versions that come of it, and every refusal.

use crate::bids::{agent, head};
use crate::scenes::{day_after, instant, list, number, recorded, seen, text};
use crate::signatures::{contract, joint_signed};
use chrono::{Duration, NaiveDate};
use serde_json::{Value, json};
use wubang_testkit::{Bench, Reply, Stage, on_both};

const LIST: &str = "/api/v1/change_requests";

/// The story's work has begun.
pub(crate) async fn begun(bench: &mut Bench) {
    bench.reach(Stage::WorkStarted).await;
    bench.forget();
}

async fn draft(bench: &mut Bench, part: &str, change: Value) -> Reply {
    let body = json!({ "contract_id": bench.play.ids.contract, "change": change, "reason": "连续降雨,室外活动无法按期开展。" });
    bench.cast(part).await.post(LIST, body).await
}

async fn does(bench: &mut Bench, part: &str, id: &str, verb: &str, body: Value) -> Reply {
    let path = format!("{LIST}/{id}/{verb}");
    bench.cast(part).await.post(&path, body).await
}

/// The contractor's request, handed in and taken up; answers its id.
async fn under_review(bench: &mut Bench, change: Value) -> String {
    let made = draft(bench, "winner_agent", change).await.ok();
    let id = text(&made, "/id");
    does(bench, "winner_agent", &id, "submit", json!({}))
        .await
        .ok();
    let taken = does(bench, "street_officer", &id, "take_up", json!({}))
        .await
        .ok();
    assert_eq!(taken["state"], json!("under_review"));
    id
}

/// A request of the contractor that the street has not taken up yet; answers its id.
pub(crate) async fn asked(bench: &mut Bench) -> String {
    bench.forget();
    let change = json!({ "kind": "key_person", "position": "项目主管", "leaves": "张华", "enters": "李明", "qualification": "中级社会工作师,从业八年。" });
    let made = draft(bench, "winner_agent", change).await.ok();
    let id = text(&made, "/id");
    does(bench, "winner_agent", &id, "submit", json!({}))
        .await
        .ok();
    id
}

async fn versions(bench: &mut Bench) -> Vec<Value> {
    let path = format!(
        "/api/v1/contract_versions?contract_id={}",
        bench.play.ids.contract
    );
    list(&seen(bench, "wang.min", &path).await, "/items")
}

fn date(value: &Value, pointer: &str) -> NaiveDate {
    text(value, pointer).parse().unwrap()
}

on_both! {
    async fn an_extension_moves_the_end_the_report_and_open_milestones(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let before = contract(&mut bench).await;
        let (ends, due) = (date(&before, "/content/ends_on"), date(&before, "/milestones/2/due_on"));
        let report = |contract: &Value| list(contract, "/deadlines").iter().find(|one| one["timer"] == "completion_report").map(|one| text(one, "/at")).unwrap();
        let change = json!({ "kind": "time_extension", "ends_on": ends + Duration::days(30), "milestones": [{ "seq": 3, "due_on": due + Duration::days(30) }] });
        let id = under_review(&mut bench, change).await;
        let done = does(&mut bench, "street_officer", &id, "agree", json!({ "comment": "情况属实" })).await.ok();
        assert_eq!((&done["state"], &done["contract_version"]), (&json!("approved"), &json!(2)));
        let changed: Vec<String> = list(&done, "/diff").iter().map(|one| text(one, "/pointer")).collect();
        assert_eq!(changed, ["/ends_on", "/milestones"]);
        let after = contract(&mut bench).await;
        assert_eq!(date(&after, "/content/ends_on"), ends + Duration::days(30));
        assert_eq!(date(&after, "/milestones/2/due_on"), due + Duration::days(30));
        assert_ne!(after["content_hash"], before["content_hash"]);
        assert!(report(&after) > report(&before));
        let versions = versions(&mut bench).await;
        let numbers: Vec<i64> = versions.iter().map(|one| number(one, "/n")).collect();
        assert_eq!(numbers, [2, 1]);
        assert_eq!((&versions[0]["change_request_id"], &versions[1]["change_request_id"]), (&json!(id), &Value::Null));
        let first = seen(&mut bench, "ning.jiayi", &format!("/api/v1/contract_versions/{}", text(&versions[1], "/id"))).await;
        assert_eq!((&first["content"], &first["content_hash"]), (&before["content"], &before["content_hash"]));
        let own = bench.play.ids.contract.clone();
        assert_eq!(recorded(&bench, "contract.changed", Some(&own)).await, 1);
        // the milestone falls due on its new day, not on the old one
        bench.advance(day_after(&due.to_string())).await;
        let third = contract(&mut bench).await["milestones"][2].clone();
        assert_eq!(third["state"], json!("planned"));
    }

    async fn all_extensions_together_are_half_of_the_period_at_most(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let before = contract(&mut bench).await;
        let (starts, ends) = (date(&before, "/content/starts_on"), date(&before, "/content/ends_on"));
        let half = ((ends - starts).num_days() + 1) / 2;
        let until = |days: i64| json!({ "kind": "time_extension", "ends_on": ends + Duration::days(days) });
        let id = under_review(&mut bench, until(half - 10)).await;
        does(&mut bench, "street_officer", &id, "agree", json!({})).await.ok();
        let made = draft(&mut bench, "winner_agent", until(half + 1)).await.ok();
        let refused = does(&mut bench, "winner_agent", &text(&made, "/id"), "submit", json!({})).await;
        assert_eq!(refused.pointers(), ["/change/ends_on"]);
        refused.refused(422, "change_limit");
        let path = format!("{LIST}/{}", text(&made, "/id"));
        let agent = bench.cast("winner_agent").await;
        let patched = agent.patch(&path, number(&made, "/version"), json!({ "change": until(half) })).await.ok();
        assert_eq!(patched["change"]["ends_on"], json!(ends + Duration::days(half)));
        agent.post(&format!("{path}/submit"), json!({})).await.ok();
        let back = draft(&mut bench, "winner_agent", until(-1)).await;
        assert_eq!(back.pointers(), ["/change/ends_on"]);
        back.refused(422, "invalid");
    }

    async fn content_falls_by_a_tenth_at_most_and_community_and_street_agree(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let before = contract(&mut bench).await;
        let (name, target) = (text(&before, "/milestones/2/indicators/0/name"), number(&before, "/milestones/2/indicators/0/target"));
        let to = |target: i64| json!({ "kind": "content_shift", "indicators": [{ "milestone_seq": 3, "name": name, "target": target }] });
        let made = draft(&mut bench, "winner_agent", to(0)).await.ok();
        let refused = does(&mut bench, "winner_agent", &text(&made, "/id"), "submit", json!({})).await;
        assert_eq!(refused.pointers(), ["/change"]);
        refused.refused(422, "change_limit");
        let least = (target * 9 + 9) / 10;
        let id = under_review(&mut bench, to(least)).await;
        let reply = does(&mut bench, "street_officer", &id, "agree", json!({})).await.ok();
        assert_eq!(reply["state"], json!("under_review"));
        let waiting: Vec<Value> = list(&reply, "/consents").into_iter().filter(|one| one["agreed_at"].is_null()).collect();
        assert_eq!((waiting.len(), &waiting[0]["office"]), (1, &json!("community")));
        does(&mut bench, "street_officer", &id, "agree", json!({})).await.refused(409, "duplicate");
        does(&mut bench, "resident_rep_acceptance", &id, "agree", json!({})).await.refused(403, "forbidden");
        assert_eq!(does(&mut bench, "secretary", &id, "agree", json!({})).await.ok()["state"], json!("approved"));
        assert_eq!(number(&contract(&mut bench).await, "/milestones/2/indicators/0/target"), least);
    }

    async fn a_milestone_whose_indicators_others_carry_is_waived(bench: Bench from NeedApproved) {
        let mut body = bench.play.posting_body().await.unwrap();
        let mut fourth = body["content"]["milestones"][2].clone();
        fourth["title"] = json!("补充走访");
        fourth["indicators"] = json!([fourth["indicators"][0].clone()]);
        fourth["indicators"][0]["target"] = json!(1);
        body["content"]["milestones"].as_array_mut().unwrap().push(fourth);
        let open = crate::scenes::made_public(&mut bench, body, json!({ "content_acknowledged": true })).await;
        bench.play.ids.posting = text(&open, "/id");
        bench.play.ids.project = text(&open, "/project_id");
        bench.play.bids_submitted().await.unwrap();
        bench.play.bids_qualified().await.unwrap();
        bench.play.award_proposed().await.unwrap();
        bench.play.award_noticed().await.unwrap();
        bench.play.contract_signed().await.unwrap();
        bench.play.work_started().await.unwrap();
        bench.forget();
        let bound = draft(&mut bench, "winner_agent", json!({ "kind": "content_shift", "waived": [2, 9] })).await;
        assert_eq!(bound.pointers(), ["/change/waived/0", "/change/waived/1"]);
        bound.refused(422, "invalid");
        let id = under_review(&mut bench, json!({ "kind": "content_shift", "waived": [4] })).await;
        does(&mut bench, "street_officer", &id, "agree", json!({})).await.ok();
        does(&mut bench, "secretary", &id, "agree", json!({})).await.ok();
        let after = contract(&mut bench).await;
        assert_eq!((&after["milestones"][3]["state"], &after["content"]["waived"]), (&json!("waived"), &json!([4])));
        assert_eq!(after["milestones"][3]["deadlines"], json!([]));
        let again = draft(&mut bench, "winner_agent", json!({ "kind": "content_shift", "waived": [4] })).await;
        assert_eq!(again.pointers(), ["/change/waived/0"]);
        again.refused(422, "invalid");
    }

    async fn a_small_shift_of_the_budget_is_a_note_and_a_large_one_is_the_streets(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let before = contract(&mut bench).await;
        let lines = list(&before, "/content/budget");
        let line = |item: &str| lines.iter().filter(|one| one["item"] == item).map(|one| number(one, "/amount_fen")).sum::<i64>();
        let least = line("activity").min(line("people"));
        let shift = |amount: i64| json!({ "kind": "budget_shift", "from": "people", "to": "activity", "amount_fen": amount });
        let made = draft(&mut bench, "winner_agent", shift(least / 5)).await.ok();
        assert_eq!((&made["by_rule"], &made["consents"]), (&json!(true), &json!([])));
        let noted = does(&mut bench, "winner_agent", &text(&made, "/id"), "submit", json!({})).await.ok();
        assert_eq!((&noted["state"], &noted["contract_version"]), (&json!("approved"), &json!(2)));
        let id = under_review(&mut bench, shift(least / 5)).await;
        assert_eq!(does(&mut bench, "street_officer", &id, "agree", json!({})).await.ok()["state"], json!("approved"));
        let none = draft(&mut bench, "winner_agent", json!({ "kind": "budget_shift", "from": "tax", "to": "tax", "amount_fen": 1 })).await;
        none.refused(422, "invalid");
        let after = list(&contract(&mut bench).await, "/content/budget");
        assert_eq!(after.iter().map(|one| number(one, "/amount_fen")).sum::<i64>(), lines.iter().map(|one| number(one, "/amount_fen")).sum::<i64>());
    }

    async fn more_money_is_confirmed_by_its_source_and_shown_for_three_days(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let rise = |price: i64| json!({ "kind": "amount_up", "price_fen": price, "item": "activity" });
        let made = draft(&mut bench, "winner_agent", rise(5_148_001)).await.ok();
        let refused = does(&mut bench, "winner_agent", &text(&made, "/id"), "submit", json!({})).await;
        assert_eq!(refused.pointers(), ["/change/price_fen"]);
        refused.refused(422, "change_limit");
        let id = under_review(&mut bench, rise(5_148_000)).await;
        does(&mut bench, "street_officer", &id, "agree", json!({})).await.ok();
        let shown = does(&mut bench, "department_officer", &id, "agree", json!({})).await.ok();
        assert_eq!(shown["state"], json!("in_publicity"));
        assert_eq!(number(&contract(&mut bench).await, "/price_fen"), 4_680_000);
        let public = bench.nobody().get("/api/v1/public/publicities?kind=contract_change").await.ok();
        assert_eq!(list(&public, "/items").len(), 1);
        let over = instant(&list(&shown, "/deadlines")[0], "/at");
        bench.advance(over + Duration::seconds(1)).await;
        let done = seen(&mut bench, "wang.min", &format!("{LIST}/{id}")).await;
        assert_eq!((&done["state"], &done["contract_version"]), (&json!("approved"), &json!(2)));
        let after = contract(&mut bench).await;
        assert_eq!(number(&after, "/price_fen"), 5_148_000);
        let amounts: Vec<i64> = list(&after, "/payments").iter().map(|one| number(one, "/planned_fen")).collect();
        assert_eq!(amounts, [2_340_000, 1_404_000, 1_404_000]);
    }

    async fn the_community_agrees_to_another_key_person(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let wrong = draft(&mut bench, "winner_agent", json!({ "kind": "key_person", "position": "督", "leaves": "", "enters": "李明", "qualification": "" })).await;
        assert_eq!(wrong.pointers(), ["/change/position", "/change/leaves", "/change/qualification"]);
        wrong.refused(422, "invalid");
        let id = under_review(&mut bench, json!({ "kind": "key_person", "position": "项目主管", "leaves": "张华", "enters": "李明", "qualification": "中级社会工作师,从业八年。" })).await;
        does(&mut bench, "street_officer", &id, "agree", json!({})).await.refused(403, "forbidden");
        assert_eq!(does(&mut bench, "secretary", &id, "agree", json!({})).await.ok()["state"], json!("approved"));
        assert_eq!(text(&contract(&mut bench).await, "/content/key_persons/0/name"), "李明");
    }

    async fn part_of_the_work_is_given_away_up_to_three_tenths_and_never_the_agreement(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let activity = text(&contract(&mut bench).await, "/content/service_plan/activities/0/name");
        let part = |activity: &str, amount: i64| json!({ "kind": "subcontract", "activity": activity, "contractor": "郑州某培训中心", "amount_fen": amount });
        let unnamed = draft(&mut bench, "winner_agent", part("没有写的活动", 1)).await;
        assert_eq!(unnamed.pointers(), ["/change/activity"]);
        unnamed.refused(422, "invalid");
        let id = under_review(&mut bench, part(&activity, 1_404_000)).await;
        does(&mut bench, "street_officer", &id, "agree", json!({})).await.ok();
        let made = draft(&mut bench, "winner_agent", part(&activity, 1)).await.ok();
        let refused = does(&mut bench, "winner_agent", &text(&made, "/id"), "submit", json!({})).await;
        assert_eq!(refused.pointers(), ["/change/amount_fen"]);
        refused.refused(422, "change_limit");
        draft(&mut bench, "winner_agent", json!({ "kind": "contractor_change", "organisation_name": "另一家机构" })).await.refused(422, "assignment_forbidden");
    }

    async fn a_partner_leaves_and_the_others_take_its_work_over(bench: Bench from PostingOpen) {
        joint_signed(&mut bench).await;
        bench.play.work_started().await.unwrap();
        bench.forget();
        let leaver = bench.organisation("dahe").await;
        let running = |organisation: &Value| number(organisation, "/active_contracts");
        let own = format!("/api/v1/organisations/{leaver}");
        let before = running(&seen(&mut bench, "wei.guohua", &own).await);
        let mut shares = Vec::new();
        for (key, share) in [("lelin", 4_500), ("yinxing", 3_300), ("xinhuo", 2_200)] {
            shares.push(json!({ "organisation_id": bench.organisation(key).await, "share_bp": share, "work": "接替入户探访与结对陪伴" }));
        }
        let lead = bench.organisation("lelin").await;
        let change = |who: &str, shares: &[Value]| json!({ "kind": "partner_leaves", "organisation_id": who, "shares": shares });
        let refused = draft(&mut bench, "winner_agent", change(&lead, &shares)).await;
        assert_eq!(refused.pointers(), ["/change/organisation_id"]);
        refused.refused(422, "invalid");
        let refused = draft(&mut bench, "winner_agent", change(&leaver, &shares[..2])).await;
        assert_eq!(refused.pointers(), ["/change/shares", "/change/shares"]);
        refused.refused(422, "invalid");
        let id = under_review(&mut bench, change(&leaver, &shares)).await;
        let shown = does(&mut bench, "street_officer", &id, "agree", json!({})).await.ok();
        assert_eq!((&shown["state"], &shown["major"]), (&json!("in_publicity"), &json!(true)));
        let path = format!("/api/v1/contracts/{}", bench.play.ids.contract);
        agent(&mut bench, "dahe").await.get(&path).await.ok();
        let over = instant(&list(&shown, "/deadlines")[0], "/at");
        bench.advance(over + Duration::seconds(1)).await;
        let after = contract(&mut bench).await;
        let partners: Vec<i64> = list(&after, "/content/partners").iter().map(|one| number(one, "/share_bp")).collect();
        assert_eq!((number(&after, "/content/contractor/share_bp"), partners), (4_500, vec![3_300, 2_200]));
        assert_eq!(list(&after, "/parties").len(), 4);
        agent(&mut bench, "dahe").await.get(&path).await.refused(404, "not_found");
        assert_eq!(running(&seen(&mut bench, "wei.guohua", &own).await), before - 1);
    }

    async fn a_request_of_the_street_needs_the_contractor_and_another_officer(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let ends = date(&contract(&mut bench).await, "/content/ends_on");
        let made = draft(&mut bench, "street_officer", json!({ "kind": "time_extension", "ends_on": ends + Duration::days(5) })).await.ok();
        let id = text(&made, "/id");
        assert_eq!(made["side"], json!("street"));
        // a draft is its side's own
        bench.cast("winner_agent").await.get(&format!("{LIST}/{id}")).await.refused(404, "not_found");
        assert_eq!(bench.cast("winner_agent").await.get(LIST).await.ok()["items"], json!([]));
        does(&mut bench, "street_officer", &id, "submit", json!({})).await.ok();
        does(&mut bench, "street_officer", &id, "take_up", json!({})).await.ok();
        does(&mut bench, "street_officer", &id, "agree", json!({})).await.refused(409, "same_person");
        does(&mut bench, "winner_agent", &id, "agree", json!({})).await.refused(403, "forbidden");
        does(&mut bench, "winner_legal_rep", &id, "agree", json!({})).await.ok();
        let other = bench.cast("street_approver").await;
        assert_eq!(other.post(&format!("{LIST}/{id}/agree"), json!({})).await.ok()["state"], json!("approved"));
    }

    async fn one_request_at_a_time_by_the_parties_before_the_end_and_not_during_an_exit(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let ends = date(&contract(&mut bench).await, "/content/ends_on");
        let later = |days: i64| json!({ "kind": "time_extension", "ends_on": ends + Duration::days(days) });
        draft(&mut bench, "secretary", later(3)).await.refused(403, "forbidden");
        let stranger = json!({ "contract_id": bench.play.ids.contract, "change": later(3), "reason": "与本协议无关的人提出。" });
        head(&mut bench, "yinxing").await.post(LIST, stranger).await.refused(404, "not_found");
        let first = under_review(&mut bench, later(3)).await;
        let second = text(&draft(&mut bench, "winner_agent", later(4)).await.ok(), "/id");
        does(&mut bench, "winner_agent", &second, "submit", json!({})).await.refused(409, "duplicate");
        does(&mut bench, "street_officer", &first, "withdraw", json!({ "reason": "不是申请方" })).await.refused(403, "forbidden");
        let wordless = does(&mut bench, "winner_agent", &first, "withdraw", json!({ "reason": "" })).await;
        assert_eq!(wordless.pointers(), ["/reason"]);
        let gone = does(&mut bench, "winner_agent", &first, "withdraw", json!({ "reason": "情况好转,不再需要" })).await.ok();
        assert_eq!((&gone["state"], &gone["outcome_reason"]), (&json!("withdrawn"), &json!("情况好转,不再需要")));
        does(&mut bench, "winner_agent", &first, "submit", json!({})).await.refused(409, "invalid_transition");
        does(&mut bench, "winner_agent", &second, "submit", json!({})).await.ok();
        does(&mut bench, "winner_agent", &second, "take_up", json!({})).await.refused(403, "forbidden");
        let no = does(&mut bench, "street_officer", &second, "reject", json!({ "reason": "理由不充分,不同意" })).await.ok();
        assert_eq!(no["state"], json!("rejected"));
        let third = text(&draft(&mut bench, "winner_agent", later(5)).await.ok(), "/id");
        let exit = crate::exits::heard(&mut bench).await;
        does(&mut bench, "winner_agent", &third, "submit", json!({})).await.refused(409, "exit_pending");
        crate::exits::dropped(&mut bench, &exit).await;
        bench.advance(day_after(&ends.to_string())).await;
        does(&mut bench, "winner_agent", &third, "submit", json!({})).await.refused(409, "deadline_passed");
    }

    async fn a_request_falls_with_the_completion_report_and_none_is_made_before_the_work(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let ends = date(&contract(&mut bench).await, "/content/ends_on");
        let later = json!({ "kind": "time_extension", "ends_on": ends + Duration::days(3) });
        bench.advance(day_after(&ends.to_string()) - Duration::days(1)).await;
        let id = under_review(&mut bench, later.clone()).await;
        let report = crate::scenes::story()["completion_report"].clone();
        let path = format!("/api/v1/contracts/{}/submit_completion_report", bench.play.ids.contract);
        bench.cast("winner_agent").await.post(&path, report).await.ok();
        let fallen = seen(&mut bench, "wang.min", &format!("{LIST}/{id}")).await;
        assert_eq!(fallen["state"], json!("rejected"));
        assert_eq!(recorded(&bench, "change_request.lapsed", Some(&id)).await, 1);
        draft(&mut bench, "winner_agent", later).await.refused(409, "invalid_transition");
    }
}
