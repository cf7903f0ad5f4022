//! 考榜 over HTTP: panel, survey, sealed sheets, exact total, publicity, the end of the project.

use crate::contracts::play_signed;
use crate::scenes::{
    grant, hold, instant, list, number, person, recorded, release, seen, story, text,
};
use chrono::Duration;
use serde_json::{Value, json};
use std::collections::HashMap;
use wubang_testkit::{Bench, Reply, Stage, on_both};

const PARTIES: [&str; 2] = ["community_party_org", "departments"];
/// The representatives of the community that was served: five of them are drawn.
pub(crate) const RESIDENTS: [&str; 7] = [
    "hao.xiulan",
    "xiong.dehai",
    "lu.xiaofang",
    "jiang.zhiguo",
    "qi.guihua",
    "yin.wenlong",
    "xue.chunmei",
];

/// A member of the panel: account and party.
pub(crate) type Member = (String, String);

/// Up to the completion report that the street has accepted.
pub(crate) async fn play_reported(bench: &mut Bench) {
    bench.reach(Stage::ReportAccepted).await;
    bench.forget();
}

/// The organisation that evaluates in the story.
pub(crate) async fn third_party(bench: &mut Bench) -> String {
    let me = seen(bench, "gong.mingyue", "/api/v1/me").await;
    text(&me, "/grants/0/scope/organisation")
}

/// The street opens the evaluation.
pub(crate) async fn opened(bench: &mut Bench) {
    play_reported(bench).await;
    let made = opens(bench, "final").await.ok();
    bench.play.ids.evaluation = text(&made, "/id");
}

/// The street opens an evaluation of a phase, organised by the third party of the story.
pub(crate) async fn opens(bench: &mut Bench, phase: &str) -> Reply {
    let body = json!({ "phase": phase, "third_party_organisation_id": third_party(bench).await });
    let path = format!("/api/v1/contracts/{}/evaluation", bench.play.ids.contract);
    let street = bench.cast("street_officer").await;
    street.post(&path, body).await
}

pub(crate) fn at(bench: &Bench, verb: &str) -> String {
    format!("/api/v1/evaluations/{}/{verb}", bench.play.ids.evaluation)
}

pub(crate) async fn evaluation(bench: &mut Bench, account: &str) -> Value {
    let path = format!("/api/v1/evaluations/{}", bench.play.ids.evaluation);
    seen(bench, account, &path).await
}

/// Accounts of a party that the story names.
pub(crate) fn accounts(party: &str) -> Vec<String> {
    list(&story(), &format!("/evaluation_sheets/{party}"))
        .iter()
        .map(|sheet| text(sheet, "/account"))
        .collect()
}

/// The panel that the story names, with three experts and five residents to be drawn.
pub(crate) async fn composition(bench: &mut Bench) -> Value {
    let mut body = json!({ "experts": 3, "residents": 5 });
    for (party, member) in PARTIES
        .iter()
        .zip(["community_person_ids", "department_person_ids"])
    {
        let mut persons = Vec::new();
        for account in accounts(party) {
            persons.push(person(bench, &account).await);
        }
        body[member] = json!(persons);
    }
    body
}

/// The third party forms the panel; answers who sits on it. `others` are accounts that the story does not name.
pub(crate) async fn formed(bench: &mut Bench, body: Value, others: &[&str]) -> Vec<Member> {
    let third = bench.cast("third_party").await;
    let formed = third.post(&at(bench, "panel"), body).await.ok();
    let mut known = HashMap::new();
    let named = PARTIES.iter().flat_map(|party| accounts(party));
    let named = named.chain(RESIDENTS.iter().chain(others).map(|one| (*one).to_owned()));
    for account in named.chain(wubang_server::demo::play::accounts_with("expert", None).unwrap()) {
        known.insert(person(bench, &account).await, account);
    }
    list(&formed, "/panel/members")
        .iter()
        .filter(|member| member["active"] == json!(true))
        .map(|member| {
            (
                known[&text(member, "/person_id")].clone(),
                text(member, "/party"),
            )
        })
        .collect()
}

pub(crate) async fn declared(bench: &mut Bench, members: &[Member]) {
    let shown = evaluation(bench, "gong.mingyue").await;
    let path = format!("/api/v1/panels/{}/declare", text(&shown, "/panel/id"));
    for (account, _) in members {
        let member = bench.user(account).await;
        member.post(&path, json!({ "clear": true })).await.ok();
    }
}

/// The third party opens the survey, counts answers on paper and closes it.
pub(crate) async fn surveyed(bench: &mut Bench, counts: &Value) {
    bench
        .play
        .surveyed("gong.mingyue", counts, 0)
        .await
        .unwrap();
    bench.forget();
}

/// Panel, declarations, survey: the sheets are open.
pub(crate) async fn scoring(bench: &mut Bench, survey: Value) -> Vec<Member> {
    opened(bench).await;
    let body = composition(bench).await;
    let members = formed(bench, body, &[]).await;
    declared(bench, &members).await;
    surveyed(bench, &survey).await;
    let third = bench.cast("third_party").await;
    third
        .post(&at(bench, "start_scoring"), json!({}))
        .await
        .ok();
    members
}

/// A sheet with the same share, in percent, of every criterion of a party.
pub(crate) async fn sheet(bench: &mut Bench, party: &str, percent: i64) -> Value {
    let rule = evaluation(bench, "gong.mingyue").await["rule"].clone();
    let rule = list(&rule, "/parties")
        .into_iter()
        .find(|one| one["party"] == json!(party))
        .unwrap();
    let (mut points, mut reasons) = (json!({}), json!({}));
    for criterion in list(&rule, "/criteria") {
        let key = text(&criterion, "/key");
        points[&key] = json!(number(&criterion, "/max") * percent / 100);
        reasons[&key] = json!("与实际情况相符。");
    }
    json!({ "points": points, "reasons": reasons, "comment": "综合评价。" })
}

pub(crate) async fn hand_in(bench: &mut Bench, account: &str, sheet: Value) -> Reply {
    let path = at(bench, "score_sheets");
    bench.user(account).await.post(&path, sheet).await
}

/// Every member of a party gives the same share of every criterion.
pub(crate) async fn scored(bench: &mut Bench, members: &[Member], percent: impl Fn(&str) -> i64) {
    for (account, party) in members {
        let sheet = sheet(bench, party, percent(party)).await;
        hand_in(bench, account, sheet).await.ok();
    }
}

/// Draft, notice and the end of the publicity.
pub(crate) async fn published(bench: &mut Bench) -> chrono::DateTime<chrono::Utc> {
    let (street, third) = (
        bench.cast("street_officer").await,
        bench.cast("third_party").await,
    );
    let draft = story()["evaluation_draft"].clone();
    third.post(&at(bench, "draft_result"), draft).await.ok();
    let shown = street.post(&at(bench, "notify"), json!({})).await.ok();
    assert_eq!(shown["state"], json!("in_publicity"));
    instant(&shown, "/publicity_ends_at")
}

pub(crate) fn happy() -> Value {
    story()["survey"].clone()
}

/// Mean of whole numbers as numerator and denominator.
fn mean(values: &[i64]) -> (i128, i128) {
    (
        values.iter().map(|value| i128::from(*value)).sum(),
        i128::try_from(values.len()).unwrap(),
    )
}

/// The fraction with two decimals, half up, in whole arithmetic.
fn decimals((numerator, denominator): (i128, i128)) -> String {
    let hundredths = (numerator * 200 + denominator) / (2 * denominator);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn sheets(party: &str) -> Vec<i64> {
    let sums = list(&story(), &format!("/evaluation_sheets/{party}"))
        .into_iter()
        .map(|sheet| {
            let points = sheet["points"].as_object().unwrap().clone();
            points.values().map(|value| value.as_i64().unwrap()).sum()
        });
    sums.collect()
}

on_both! {
    async fn the_storys_result_is_what_its_sheets_add_up_to(bench: Bench from EvaluationScored) {
        let shown = evaluation(&mut bench, "gong.mingyue").await;
        assert_eq!((&shown["state"], &shown["total"], &shown["grade"]), (&json!("scored"), &json!("88.48"), &json!("good")));
        let survey = happy();
        let worth = [("very_dissatisfied", 0), ("dissatisfied", 25), ("neutral", 50), ("satisfied", 75), ("very_satisfied", 100)];
        let (answers, points) = worth.iter().fold((0, 0), |sum, (step, worth)| {
            let count = number(&survey, &format!("/{step}"));
            (sum.0 + i128::from(count), sum.1 + i128::from(count * worth))
        });
        // residents: half their sheets, half the survey
        let (sum, count) = mean(&sheets("residents"));
        let residents = (sum * answers + points * count, count * answers * 2);
        let scores = [mean(&sheets("community_party_org")), residents, mean(&sheets("departments")), mean(&sheets("experts"))];
        let weights = [30, 30, 20, 20];
        let shown_scores: Vec<String> = list(&shown, "/party_scores").iter().map(|one| text(one, "/score")).collect();
        assert_eq!(shown_scores, scores.map(decimals));
        assert_eq!(list(&shown, "/party_scores").iter().map(|one| number(one, "/weight")).collect::<Vec<_>>(), weights);
        let total = scores.iter().zip(weights).fold((0, 1), |(n, d), ((sn, sd), weight)| (n * sd + sn * i128::from(weight) * d, d * sd));
        assert_eq!(text(&shown, "/total"), decimals((total.0, total.1 * 100)));
        assert_eq!(text(&shown, "/satisfaction"), decimals((points, answers)));
    }

    async fn confirmation_closes_need_posting_contract_and_project(bench: Bench from EvaluationConfirmed) {
        bench.forget();
        let ids = bench.play.ids.clone();
        for (path, state) in [
            (format!("/api/v1/needs/{}", ids.need), "closed"),
            (format!("/api/v1/postings/{}", ids.posting), "completed"),
            (format!("/api/v1/contracts/{}", ids.contract), "completed"),
            (format!("/api/v1/evaluations/{}", ids.evaluation), "confirmed"),
        ] {
            assert_eq!(seen(&mut bench, "wang.min", &path).await["state"], json!(state), "{path}");
        }
        let project = seen(&mut bench, "wang.min", &format!("/api/v1/projects/{}", ids.project)).await;
        assert_eq!((&project["stage"], &project["outcome"]), (&json!("closed"), &json!("good")));
        let contract = seen(&mut bench, "wang.min", &format!("/api/v1/contracts/{}", ids.contract)).await;
        let paid: i64 = list(&contract, "/payments").iter().filter(|one| one["state"] == json!("paid")).map(|one| number(one, "/amount_fen")).sum();
        assert_eq!(paid, 4_680_000);
        // everybody may read the result now
        let public = bench.nobody().get(&format!("/api/v1/public/evaluations/{}", ids.evaluation)).await.ok();
        assert_eq!((&public["total"], &public["grade"]), (&json!("88.48"), &json!("good")));
    }

    async fn who_evaluates_is_independent_of_the_contractor(bench: Bench from ContractSigned) {
        play_signed(&mut bench).await;
        let third = third_party(&mut bench).await;
        let contract = format!("/api/v1/contracts/{}", bench.play.ids.contract);
        let contractor = text(&seen(&mut bench, "wang.min", &contract).await, "/organisation_id");
        let path = format!("{contract}/evaluation");
        let street = bench.cast("street_officer").await;
        street.post(&path, json!({ "third_party_organisation_id": third })).await.refused(409, "invalid_transition");
        bench.play.work_done().await.unwrap();
        bench.play.report_accepted().await.unwrap();
        bench.forget();
        let (street, secretary) = (bench.cast("street_officer").await, bench.cast("secretary").await);
        secretary.post(&path, json!({ "third_party_organisation_id": third })).await.refused(403, "forbidden");
        let unknown = street.post(&path, json!({ "third_party_organisation_id": bench.play.ids.need })).await;
        assert_eq!(unknown.pointers(), ["/third_party_organisation_id"]);
        unknown.refused(422, "invalid");
        street.post(&path, json!({ "third_party_organisation_id": contractor })).await.refused(409, "recused");
        // somebody who works for both
        grant(&mut bench, "chang.le", "org_agent", json!({ "organisation": contractor })).await;
        street.post(&path, json!({ "third_party_organisation_id": third })).await.refused(409, "recused");
        let other = text(&seen(&mut bench, "dai.xueqing", "/api/v1/me").await, "/grants/0/scope/organisation");
        assert_eq!(street.post(&path, json!({ "third_party_organisation_id": other })).await.status, 201);
        street.post(&path, json!({ "third_party_organisation_id": other })).await.refused(409, "duplicate");
    }

    async fn scoring_waits_for_panel_declarations_and_survey(bench: Bench from ReportAccepted) {
        opened(&mut bench).await;
        let (third, street, other) = (bench.cast("third_party").await, bench.cast("street_officer").await, bench.user("dai.xueqing").await);
        other.post(&at(&bench, "start_scoring"), json!({})).await.refused(404, "not_found");
        street.post(&at(&bench, "start_scoring"), json!({})).await.refused(403, "forbidden");
        third.post(&at(&bench, "start_scoring"), json!({})).await.refused(422, "panel_incomplete");
        third.post(&at(&bench, "panel_members"), json!({})).await.refused(422, "panel_incomplete");
        let body = composition(&mut bench).await;
        let mut few = body.clone();
        few["residents"] = json!(4);
        third.post(&at(&bench, "panel"), few).await.refused(422, "panel_incomplete");
        for (member, kept) in [("community_person_ids", 1), ("department_person_ids", 0)] {
            let mut few = body.clone();
            few[member].as_array_mut().unwrap().truncate(kept);
            third.post(&at(&bench, "panel"), few).await.refused(422, "panel_incomplete");
        }
        let mut even = body.clone();
        even["experts"] = json!(4);
        third.post(&at(&bench, "panel"), even).await.refused(422, "panel_incomplete");
        let mut wrong = body.clone();
        wrong["community_person_ids"][0] = json!(person(&mut bench, "kang.yongfu").await);
        wrong["department_person_ids"] = json!([body["department_person_ids"][0], body["department_person_ids"][0]]);
        let refused = third.post(&at(&bench, "panel"), wrong).await;
        assert_eq!(refused.pointers(), ["/community_person_ids/0", "/department_person_ids/1"]);
        refused.refused(422, "invalid");
        let members = formed(&mut bench, body.clone(), &[]).await;
        assert_eq!(members.len(), 11);
        third.post(&at(&bench, "panel"), body).await.refused(409, "duplicate");
        third.post(&at(&bench, "start_scoring"), json!({})).await.refused(422, "recusal_unsigned");
        declared(&mut bench, &members).await;
        third.post(&at(&bench, "start_scoring"), json!({})).await.refused(422, "survey_missing");
        street.post(&at(&bench, "close_survey"), json!({})).await.refused(403, "forbidden");
        third.post(&at(&bench, "close_survey"), json!({})).await.refused(422, "survey_missing");
        surveyed(&mut bench, &happy()).await;
        third.post(&at(&bench, "close_survey"), json!({})).await.refused(409, "duplicate");
        assert_eq!(third.post(&at(&bench, "start_scoring"), json!({})).await.ok()["state"], json!("scoring"));
        third.post(&at(&bench, "draft_result"), story()["evaluation_draft"].clone()).await.refused(409, "invalid_transition");
    }

    async fn a_seat_left_by_recusal_is_filled(bench: Bench from ReportAccepted) {
        opened(&mut bench).await;
        let body = composition(&mut bench).await;
        let members = formed(&mut bench, body, &[]).await;
        let third = bench.cast("third_party").await;
        let path = format!("/api/v1/panels/{}/declare", text(&evaluation(&mut bench, "gong.mingyue").await, "/panel/id"));
        let (gone, expert) = ("zhao.lei", members.iter().find(|(_, party)| party == "experts").unwrap().0.clone());
        for account in [gone, &expert] {
            let member = bench.user(account).await;
            let wordless = member.post(&path, json!({ "clear": false })).await;
            assert_eq!(wordless.pointers(), ["/reason"]);
            member.post(&path, json!({ "clear": false, "reason": "与承榜组织负责人是亲属。" })).await.ok();
        }
        let staying: Vec<Member> = members.into_iter().filter(|(account, _)| account != gone && *account != expert).collect();
        declared(&mut bench, &staying).await;
        // a drawn expert is replaced by the draw, who was named is not
        let shown = evaluation(&mut bench, "gong.mingyue").await;
        let active: Vec<Value> = list(&shown, "/panel/members").into_iter().filter(|member| member["active"] == json!(true)).collect();
        assert_eq!(active.len(), 10);
        assert_eq!(active.iter().filter(|member| member["party"] == json!("experts")).count(), 3);
        surveyed(&mut bench, &happy()).await;
        third.post(&at(&bench, "start_scoring"), json!({})).await.refused(422, "panel_incomplete");
        let substitute = person(&mut bench, "cao.junjie").await;
        third.post(&at(&bench, "panel_members"), json!({ "community_person_ids": [substitute] })).await.ok();
        third.post(&at(&bench, "start_scoring"), json!({})).await.refused(422, "recusal_unsigned");
        bench.user(&expert).await.get(&at(&bench, "actions")).await.refused(404, "not_found");
    }

    async fn sheets_are_sealed_and_handed_in_once(bench: Bench) {
        let members = scoring(&mut bench, happy()).await;
        let first = sheet(&mut bench, "residents", 90).await;
        let drawn: Vec<String> = members.iter().filter(|(_, party)| party == "residents").map(|(account, _)| account.clone()).collect();
        let (own, other) = (drawn[0].as_str(), drawn[1].as_str());
        let mut wrong = first.clone();
        wrong["points"]["satisfaction"] = json!(51);
        wrong["points"]["extra"] = json!(1);
        let refused = hand_in(&mut bench, own, wrong).await;
        assert_eq!(refused.pointers(), ["/points/satisfaction", "/points/extra"]);
        refused.refused(422, "invalid");
        hand_in(&mut bench, own, first.clone()).await.ok();
        hand_in(&mut bench, own, first.clone()).await.refused(409, "duplicate");
        // no seat, no sheet: the secretary of another community does not even see it
        hand_in(&mut bench, "cao.junjie", first.clone()).await.refused(403, "forbidden");
        hand_in(&mut bench, "kang.yongfu", first).await.refused(404, "not_found");
        assert_eq!(list(&evaluation(&mut bench, own).await, "/sheets").len(), 1);
        for account in [other, "gong.mingyue", "wang.min", "he.zhengqing", "wei.guohua"] {
            let shown = evaluation(&mut bench, account).await;
            assert_eq!(shown["sheets"], json!([]), "{account}");
            assert_eq!((&shown["total"], &shown["party_scores"]), (&json!(null), &json!([])), "{account}");
        }
        assert_eq!(evaluation(&mut bench, "gong.mingyue").await["sheets_by_party"]["residents"], json!(1));
        for (account, party) in members.iter().filter(|(account, _)| account != own) {
            let sheet = sheet(&mut bench, party, 90).await;
            hand_in(&mut bench, account, sheet).await.ok();
        }
        let contractor = evaluation(&mut bench, "ning.jiayi").await;
        assert_eq!((&contractor["panel"], &contractor["total"], &contractor["sheets"], &contractor["survey"]), (&json!(null), &json!(null), &json!([]), &json!(null)));
        assert_eq!(list(&evaluation(&mut bench, "he.zhengqing").await, "/sheets").len(), 11);
        assert_eq!(list(&evaluation(&mut bench, other).await, "/sheets").len(), 1);
        assert_eq!(list(&evaluation(&mut bench, "gong.mingyue").await, "/sheets").len(), 0);
        let id = bench.play.ids.evaluation.clone();
        bench.nobody().get(&format!("/api/v1/public/evaluations/{id}")).await.refused(404, "not_found");
        published(&mut bench).await;
        let public = bench.nobody().get(&format!("/api/v1/public/evaluations/{id}")).await.ok();
        assert!(!public.to_string().contains(own) && public.get("sheets").is_none() && public.get("panel").is_none());
    }

    async fn unhappy_residents_cap_the_grade(bench: Bench) {
        let members = scoring(&mut bench, json!({ "very_dissatisfied": 30, "dissatisfied": 0, "neutral": 0, "satisfied": 0, "very_satisfied": 0 })).await;
        // all sheets are full of praise, all answers of the survey are not: residents (90 + 0) / 2
        scored(&mut bench, &members, |party| if party == "residents" { 90 } else { 100 }).await;
        let shown = evaluation(&mut bench, "gong.mingyue").await;
        let residents = list(&shown, "/party_scores").into_iter().find(|one| one["party"] == json!("residents")).unwrap();
        assert_eq!(text(&residents, "/score"), "45.00");
        // 100 · 70 % + 45 · 30 % = 83.50 would be good
        assert_eq!((&shown["total"], &shown["grade"]), (&json!("83.50"), &json!("pass")));
    }

    async fn a_failed_project_is_evaluated_again(bench: Bench) {
        let members = scoring(&mut bench, json!({ "very_dissatisfied": 0, "dissatisfied": 30, "neutral": 0, "satisfied": 0, "very_satisfied": 0 })).await;
        scored(&mut bench, &members, |_| 50).await;
        let shown = evaluation(&mut bench, "gong.mingyue").await;
        // half of every criterion, and everybody dissatisfied
        assert_eq!(shown["grade"], json!("fail"));
        let ends = published(&mut bench).await;
        bench.advance(ends + Duration::seconds(1)).await;
        assert_eq!(evaluation(&mut bench, "wang.min").await["state"], json!("reevaluation_required"));
        let ids = bench.play.ids.clone();
        let contract = seen(&mut bench, "wang.min", &format!("/api/v1/contracts/{}", ids.contract)).await;
        assert_eq!(contract["state"], json!("evaluating"));
        assert_eq!(contract["payments"][2]["state"], json!("planned"));
        let project = seen(&mut bench, "wang.min", &format!("/api/v1/projects/{}", ids.project)).await;
        assert_eq!(project["stage"], json!("evaluation"));
    }

    async fn an_open_objection_keeps_the_result_from_being_confirmed(bench: Bench from EvaluationScored) {
        let ends = published(&mut bench).await;
        let id = bench.play.ids.evaluation.clone();
        let held = hold(&bench, "evaluation", &id).await;
        bench.advance(ends + Duration::days(3)).await;
        assert_eq!(evaluation(&mut bench, "wang.min").await["state"], json!("in_publicity"));
        release(&bench, held).await;
        bench.work().await;
        assert_eq!(evaluation(&mut bench, "wang.min").await["state"], json!("confirmed"));
        assert_eq!(recorded(&bench, "evaluation.confirmed", Some(&id)).await, 1);
    }

    async fn the_result_stands_in_publicity_to_its_last_second(bench: Bench from EvaluationScored) {
        let (street, third) = (bench.cast("street_officer").await, bench.cast("third_party").await);
        street.post(&at(&bench, "notify"), json!({})).await.refused(409, "invalid_transition");
        let refused = third.post(&at(&bench, "draft_result"), json!({ "strengths": "", "defects": "", "comments": "" })).await;
        assert_eq!(refused.pointers(), ["/strengths", "/defects", "/comments"]);
        street.post(&at(&bench, "draft_result"), story()["evaluation_draft"].clone()).await.refused(403, "forbidden");
        third.post(&at(&bench, "draft_result"), story()["evaluation_draft"].clone()).await.ok();
        third.post(&at(&bench, "notify"), json!({})).await.refused(403, "forbidden");
        let ends = instant(&street.post(&at(&bench, "notify"), json!({})).await.ok(), "/publicity_ends_at");
        bench.advance(ends).await;
        assert_eq!(evaluation(&mut bench, "wang.min").await["state"], json!("in_publicity"));
        bench.advance(ends + Duration::seconds(1)).await;
        assert_eq!(evaluation(&mut bench, "wang.min").await["state"], json!("confirmed"));
    }
}
