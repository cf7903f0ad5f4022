//! 复核: an objection to the published result of an evaluation (rulebook 2.8.11, 2.8.12).

use crate::evaluations::{
    Member, accounts, at as path, composition, declared, evaluation, formed, happy, opened,
    published, scored, surveyed,
};
use crate::needs::text;
use crate::objections::{act, objection};
use crate::scenes::{grant, instant, list, number, person, recorded, seen, story};
use chrono::{Duration, TimeDelta};
use serde_json::{Value, json};
use wubang_testkit::{Bench, Reply, on_both};

/// Of the district: had no part in the evaluation.
const DISTRICT: &str = "wei.guohua";
/// Acts for the contractor.
const CONTRACTOR: &str = "ning.jiayi";
/// A resident who did not score.
const RESIDENT: &str = "xue.chunmei";

/// A published result of 80 from everybody, with one resident more than needed.
async fn shown(bench: &mut Bench) -> (Vec<Member>, chrono::DateTime<chrono::Utc>) {
    opened(bench).await;
    let mut body = composition(bench).await;
    body["residents"] = json!(6);
    let members = formed(bench, body, &[]).await;
    carried_out(bench, &members, true).await;
    let ends = published(bench).await;
    (members, ends)
}

/// Declarations, survey and sheets.
async fn carried_out(bench: &mut Bench, members: &[Member], survey: bool) {
    declared(bench, members).await;
    let third = bench.cast("third_party").await;
    if survey {
        surveyed(bench, &happy()).await;
    }
    let start = path(bench, "start_scoring");
    third.post(&start, json!({})).await.ok();
    scored(bench, members, |_| 80).await;
}

async fn object(bench: &mut Bench, account: &str, own: bool, effect: &str) -> Reply {
    let organisation = match own {
        true => json!(bench.organisation("lelin").await),
        false => Value::Null,
    };
    let body = json!({ "target": "evaluation_result", "target_id": bench.play.ids.evaluation, "organisation_id": organisation,
        "grounds": [{ "code": "arithmetic", "facts": "公示的居民得分与问卷份数不一致。" }],
        "demand": { "effect": effect, "text": "请求依规予以纠正" } });
    let user = bench.user(account).await;
    user.post("/api/v1/objections", body).await
}

async fn accepted(bench: &mut Bench, effect: &str) -> String {
    let id = text(&object(bench, CONTRACTOR, true, effect).await.ok(), "/id");
    act(bench, DISTRICT, &id, "accept", json!({})).await.ok();
    id
}

async fn decide(bench: &mut Bench, id: &str, effect: &str, corrections: Value) -> Reply {
    let body = json!({ "outcome": "upheld", "effect": effect, "corrections": corrections, "reason": "经核对原始问卷与评分表,作出本答复。" });
    act(bench, DISTRICT, id, "decide", body).await
}

/// The score of a party as shown.
fn score(shown: &Value, party: &str) -> String {
    let all = list(shown, "/party_scores").into_iter();
    let one = all.into_iter().find(|one| one["party"] == json!(party));
    text(&one.unwrap(), "/score")
}

async fn public(bench: &Bench) -> Reply {
    let id = &bench.play.ids.evaluation;
    let path = format!("/api/v1/public/evaluations/{id}");
    bench.nobody().get(&path).await
}

async fn publicity(bench: &Bench) -> Vec<Value> {
    let path = "/api/v1/public/publicities?kind=evaluation";
    list(&bench.nobody().get(path).await.ok(), "/items")
}

on_both! {
    async fn a_result_under_review_stands_still_exactly_and_goes_on_unchanged(bench: Bench from ReportAccepted) {
        let (_, ends) = shown(&mut bench).await;
        bench.advance(ends - TimeDelta::hours(20)).await;
        let made = object(&mut bench, CONTRACTOR, true, "recompute").await.ok();
        let id = text(&made, "/id");
        assert_eq!((&made["standing"], &made["respondent"]), (&json!("bidder"), &json!("office")));
        // handed in, the publicity does not end before somebody has looked at it
        bench.advance(ends + Duration::days(1)).await;
        assert_eq!(evaluation(&mut bench, "wang.min").await["state"], json!("in_publicity"));
        // the street and the third party judge nobody's objection to what they have done
        act(&mut bench, "dong.siyu", &id, "accept", json!({})).await.refused(403, "forbidden");
        act(&mut bench, "wang.min", &id, "accept", json!({})).await.refused(403, "forbidden");
        let taken = act(&mut bench, DISTRICT, &id, "accept", json!({})).await.ok();
        // T41: ten working days
        assert!(text(&taken, "/deadlines/0/rule").starts_with("wd(") && text(&taken, "/deadlines/0/rule").ends_with(",10)"), "{taken}");
        let stands = evaluation(&mut bench, "wang.min").await;
        assert_eq!(stands["state"], json!("under_review"));
        assert_eq!(public(&bench).await.ok()["state"], json!("under_review"));
        let body = json!({ "outcome": "dismissed", "effect": null, "reason": "经核对,公示的得分与问卷份数一致。" });
        act(&mut bench, DISTRICT, &id, "decide", body).await.ok();
        let runs = evaluation(&mut bench, "wang.min").await;
        assert_eq!((&runs["state"], &runs["superseded"]), (&json!("in_publicity"), &json!([])));
        let rest = instant(&runs, "/publicity_ends_at");
        assert!(rest > ends, "the rest of the publicity is still to come");
        bench.advance(rest).await;
        assert_eq!(evaluation(&mut bench, "wang.min").await["state"], json!("in_publicity"));
        bench.advance(rest + Duration::seconds(1)).await;
        assert_eq!(evaluation(&mut bench, "wang.min").await["state"], json!("confirmed"));
        assert_eq!(recorded(&bench, "evaluation.review_unchanged", None).await, 1);
    }

    async fn upheld_the_survey_is_corrected_and_the_figures_are_added_up_anew(bench: Bench from ReportAccepted) {
        shown(&mut bench).await;
        let before = evaluation(&mut bench, "wang.min").await;
        let id = accepted(&mut bench, "recompute").await;
        let survey = json!({ "very_dissatisfied": 0, "dissatisfied": 0, "neutral": 0, "satisfied": 0, "very_satisfied": 40, "kept_at": "街道档案室" });
        let survey = json!({ "paper": survey, "shortfall_reason": null });
        decide(&mut bench, &id, "recompute", json!({ "survey": survey })).await.ok();
        let after = evaluation(&mut bench, "wang.min").await;
        // residents: half their sheets (80), half the survey (100)
        assert_eq!((after["state"].clone(), score(&after, "residents"), text(&after, "/total")), (json!("scored"), "90.00".to_owned(), "83.00".to_owned()));
        assert_eq!((&after["result"], &after["publicity_ends_at"]), (&Value::Null, &Value::Null));
        let kept = &after["superseded"][0];
        assert_eq!((&kept["outcome"], &kept["total"], &kept["survey_corrected"], &kept["voided_sheets"]), (&json!("recompute"), &before["total"], &json!(true), &json!(0)));
        public(&bench).await.refused(404, "not_found");
        assert_eq!(publicity(&bench).await[0]["state"], json!("stopped"));
        // drafted and published again, for a publicity of its own
        let ends = published(&mut bench).await;
        let again = public(&bench).await.ok();
        assert_eq!((&again["total"], &again["superseded"][0]["total"]), (&json!("83.00"), &before["total"]));
        bench.advance(ends + Duration::seconds(1)).await;
        assert_eq!(evaluation(&mut bench, "wang.min").await["state"], json!("confirmed"));
    }

    async fn upheld_a_sheet_is_void_and_does_not_count_any_more(bench: Bench from ReportAccepted) {
        let (members, _) = shown(&mut bench).await;
        let id = accepted(&mut bench, "recompute").await;
        let seats = list(&evaluation(&mut bench, "gong.mingyue").await, "/panel/members");
        let seat = |party: &str| text(seats.iter().find(|one| one["party"] == json!(party)).unwrap(), "/id");
        let (resident, expert, foreign) = (seat("residents"), seat("experts"), bench.play.ids.need.clone());
        decide(&mut bench, &id, "recompute", Value::Null).await.refused(422, "invalid");
        let wrong = decide(&mut bench, &id, "recompute", json!({ "void_member_ids": [resident, resident, foreign] })).await;
        assert_eq!(wrong.pointers(), ["/corrections/void_member_ids/1", "/corrections/void_member_ids/2"]);
        let few = json!({ "very_dissatisfied": 0, "dissatisfied": 0, "neutral": 0, "satisfied": 0, "very_satisfied": 3, "kept_at": "街道档案室" });
        let few = json!({ "survey": { "paper": few } });
        assert_eq!(decide(&mut bench, &id, "recompute", few).await.pointers(), ["/corrections/survey/shortfall_reason"]);
        // three experts are the fewest: without one of them another panel must score
        decide(&mut bench, &id, "recompute", json!({ "void_member_ids": [expert] })).await.refused(422, "panel_incomplete");
        assert_eq!(decide(&mut bench, &id, "redo", json!({ "void_member_ids": [resident] })).await.pointers(), ["/corrections"]);
        assert_eq!(evaluation(&mut bench, "wang.min").await["state"], json!("under_review"));
        decide(&mut bench, &id, "recompute", json!({ "void_member_ids": [resident] })).await.ok();
        let after = evaluation(&mut bench, "gong.mingyue").await;
        let residents = list(&after, "/party_scores").into_iter().find(|one| one["party"] == json!("residents")).unwrap();
        assert_eq!((number(&residents, "/sheets"), &after["superseded"][0]["voided_sheets"]), (5, &json!(1)));
        assert_eq!(list(&after, "/panel/members").iter().filter(|one| one["active"] == json!(true)).count(), members.len() - 1);
    }

    async fn upheld_another_panel_scores_and_nobody_of_the_first_sits_on_it(bench: Bench from ReportAccepted) {
        let (first, _) = shown(&mut bench).await;
        let before = evaluation(&mut bench, "wang.min").await;
        let id = accepted(&mut bench, "redo").await;
        decide(&mut bench, &id, "redo", Value::Null).await.ok();
        let again = evaluation(&mut bench, "gong.mingyue").await;
        assert_eq!((&again["state"], &again["total"], &again["panel"]), (&json!("preparing"), &Value::Null, &Value::Null));
        assert_eq!((&again["superseded"][0]["outcome"], &again["superseded"][0]["total"]), (&json!("redo"), &before["total"]));
        // the survey stands
        assert_eq!(again["survey"]["answers"], json!(46));
        let third = bench.cast("third_party").await;
        let same = composition(&mut bench).await;
        let refused = third.post(&path(&bench, "panel"), same).await;
        assert_eq!(refused.pointers().len(), accounts("community_party_org").len() + accounts("departments").len());
        refused.refused(409, "recused");
        let (body, others) = another(&mut bench).await;
        let others: Vec<&str> = others.iter().map(String::as_str).collect();
        let second = formed(&mut bench, body, &others).await;
        assert!(second.iter().all(|(account, _)| !first.iter().any(|(one, _)| one == account)), "{second:?}");
        carried_out(&mut bench, &second, false).await;
        published(&mut bench).await;
        let draws = bench.nobody().get(&format!("/api/v1/public/draws/{}", bench.play.ids.evaluation)).await.ok();
        assert_eq!(list(&draws, "/rounds").iter().filter(|one| one["nonce"].is_string()).count(), 2);
        assert_eq!(crate::draws::verdict(&draws), "ok");
    }

    async fn anybody_known_objects_within_the_publicity_and_the_contractor_is_heard(bench: Bench from ReportAccepted) {
        let (_, ends) = shown(&mut bench).await;
        let wrong = object(&mut bench, RESIDENT, false, "next_in_rank").await;
        assert_eq!(wrong.pointers(), ["/demand/effect"]);
        let made = object(&mut bench, RESIDENT, false, "redo").await.ok();
        let id = text(&made, "/id");
        assert_eq!((&made["standing"], &made["respondent"]), (&json!("resident"), &json!("organisation")));
        act(&mut bench, DISTRICT, &id, "accept", json!({})).await.ok();
        decide(&mut bench, &id, "redo", Value::Null).await.refused(422, "not_heard");
        act(&mut bench, DISTRICT, &id, "hearing", json!({ "question": "请就居民得分的质疑作出说明" })).await.ok();
        act(&mut bench, CONTRACTOR, &id, "answer", json!({ "text": "问卷由第三方独立完成,我们没有补充。" })).await.ok();
        assert_eq!(objection(&mut bench, CONTRACTOR, &id).await["objector"], Value::Null);
        act(&mut bench, RESIDENT, &id, "withdraw", json!({ "reason": "经说明已经清楚,不再异议" })).await.ok();
        let runs = evaluation(&mut bench, "wang.min").await;
        assert_eq!(runs["state"], json!("in_publicity"));
        let rest = instant(&runs, "/publicity_ends_at");
        assert!(rest >= ends);
        bench.advance(rest + Duration::seconds(1)).await;
        object(&mut bench, RESIDENT, false, "redo").await.refused(409, "deadline_passed");
    }

    async fn who_scored_does_not_review(bench: Bench from ReportAccepted) {
        opened(&mut bench).await;
        grant(&mut bench, "cheng.xiaoming", "department_officer", json!({ "division": "410108000000" })).await;
        let mut body = composition(&mut bench).await;
        body["department_person_ids"] = json!([person(&mut bench, "cheng.xiaoming").await]);
        let members = formed(&mut bench, body, &["cheng.xiaoming"]).await;
        carried_out(&mut bench, &members, true).await;
        published(&mut bench).await;
        let id = text(&object(&mut bench, RESIDENT, false, "redo").await.ok(), "/id");
        act(&mut bench, "cheng.xiaoming", &id, "accept", json!({})).await.refused(409, "recused");
        act(&mut bench, DISTRICT, &id, "accept", json!({})).await.ok();
    }

    async fn two_objections_wait_for_each_other(bench: Bench from ReportAccepted) {
        shown(&mut bench).await;
        let one = accepted(&mut bench, "recompute").await;
        let other = text(&object(&mut bench, RESIDENT, false, "redo").await.ok(), "/id");
        act(&mut bench, DISTRICT, &other, "accept", json!({})).await.ok();
        let dismissed = json!({ "outcome": "dismissed", "effect": null, "reason": "经核对,公示的得分与问卷份数一致。" });
        act(&mut bench, DISTRICT, &one, "decide", dismissed.clone()).await.ok();
        assert_eq!(evaluation(&mut bench, "wang.min").await["state"], json!("under_review"));
        act(&mut bench, DISTRICT, &other, "decide", dismissed).await.ok();
        assert_eq!(evaluation(&mut bench, "wang.min").await["state"], json!("in_publicity"));
    }

    async fn a_complaint_upheld_has_another_panel_score(bench: Bench from ReportAccepted) {
        shown(&mut bench).await;
        let id = accepted(&mut bench, "redo").await;
        let dismissed = json!({ "outcome": "dismissed", "effect": null, "reason": "经核对,公示的得分与问卷份数一致。" });
        act(&mut bench, DISTRICT, &id, "decide", dismissed).await.ok();
        act(&mut bench, CONTRACTOR, &id, "complain", json!({ "grounds": ["arithmetic"], "text": "答复没有说明居民得分是怎样汇总的。" })).await.ok();
        act(&mut bench, "he.zhengqing", &id, "accept_complaint", json!({})).await.ok();
        act(&mut bench, "he.zhengqing", &id, "suspend_target", json!({ "reason": "处理期间暂停公示" })).await.ok();
        assert_eq!(evaluation(&mut bench, "wang.min").await["state"], json!("under_review"));
        let order = json!({ "upheld": true, "effect": "redo", "reason": "考评组组成不符合规定,责令另组考评组。" });
        act(&mut bench, "he.zhengqing", &id, "decide_complaint", order).await.ok();
        assert_eq!(evaluation(&mut bench, "wang.min").await["state"], json!("preparing"));
    }
}

/// A panel of which nobody sat on the first.
pub(crate) async fn another(bench: &mut Bench) -> (Value, Vec<String>) {
    let served = story()["contract"]["communities"].clone();
    let community = match served.get(0) {
        Some(code) => code.clone(),
        None => {
            let contract = format!("/api/v1/contracts/{}", bench.play.ids.contract);
            seen(bench, "wang.min", &contract).await["content"]["communities"][0].clone()
        }
    };
    let mut body = json!({ "experts": 3, "residents": 5 });
    let mut all: Vec<String> = Vec::new();
    let residents = [
        "an.xiaoning",
        "ni.changqing",
        "yin.xiaohong",
        "yan.meiling",
        "tan.guodong",
    ];
    for account in residents {
        grant(
            bench,
            account,
            "resident_rep",
            json!({ "division": community }),
        )
        .await;
        all.push(account.to_owned());
    }
    for (field, named) in [
        (
            "community_person_ids",
            ["cao.junjie", "dong.siyu"].as_slice(),
        ),
        ("department_person_ids", &["liang.qian"]),
    ] {
        let mut persons = Vec::new();
        for account in named {
            persons.push(person(bench, account).await);
            all.push((*account).to_owned());
        }
        body[field] = json!(persons);
    }
    (body, all)
}
