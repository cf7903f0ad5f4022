//! Evaluations beside the last one (rulebook 2.4.5, 2.8.11): before the work, in the middle of it, some time after it.

use crate::bonuses::overrides;
use crate::contracts::play_signed;
use crate::evaluations::{at, evaluation, happy, opened, opens, published};
use crate::scenes::{instant, list, recorded, seen, story, text};
use crate::second_rounds::{checked, round, unhappy};
use chrono::Duration;
use serde_json::{Value, json};
use wubang_testkit::{Bench, Stage, on_both};

async fn contract(bench: &mut Bench) -> Value {
    let path = format!("/api/v1/contracts/{}", bench.play.ids.contract);
    seen(bench, "wang.min", &path).await
}

/// Signed, and the work begun.
async fn active(bench: &mut Bench) {
    bench.reach(Stage::WorkStarted).await;
    bench.forget();
}

/// An evaluation of a phase is opened, and is the one that the helpers are about.
async fn in_phase(bench: &mut Bench, phase: &str) -> Value {
    let made = opens(bench, phase).await.ok();
    bench.play.ids.evaluation = text(&made, "/id");
    made
}

on_both! {
    async fn the_midterm_is_concluded_and_decides_nothing(bench: Bench from WorkStarted) {
        active(&mut bench).await;
        in_phase(&mut bench, "midterm").await;
        opens(&mut bench, "midterm").await.refused(409, "duplicate");
        // it would be a fail at the end
        let shown = round(&mut bench, true, &unhappy(), 50).await;
        assert_eq!((&shown["phase"], &shown["grade"], &shown["rectification_advised"]), (&json!("midterm"), &json!("fail"), &json!(true)));
        let after = evaluation(&mut bench, "wang.min").await;
        assert_eq!((&after["state"], &after["deadlines"]), (&json!("confirmed"), &json!([])));
        let id = bench.play.ids.evaluation.clone();
        assert_eq!((recorded(&bench, "evaluation.concluded", Some(&id)).await, recorded(&bench, "evaluation.confirmed", Some(&id)).await), (1, 0));
        bench.cast("street_officer").await.post(&at(&bench, "reopen"), json!({ "corrections": "改" })).await.refused(409, "invalid_transition");
        assert_eq!(contract(&mut bench).await["state"], json!("active"));
        let ledger = format!("/api/v1/organisations/{}/credit", bench.organisation("lelin").await);
        assert_eq!(seen(&mut bench, "wang.min", &ledger).await["entries"], json!([]));
        let review = json!({ "evaluation_id": id, "points": { "clarity": 1, "cooperation": 1, "payment": 1, "fairness": 1, "respect": 1 } });
        bench.user("ning.jiayi").await.post("/api/v1/buyer_reviews", review).await.refused(409, "invalid_transition");
        let listed = seen(&mut bench, "wang.min", "/api/v1/evaluations?phase=midterm").await;
        assert_eq!(list(&listed, "/items").len(), 1);
        assert_eq!(seen(&mut bench, "wang.min", "/api/v1/evaluations?phase=final").await["items"], json!([]));
    }

    async fn the_last_evaluation_follows_whatever_the_midterm_said(bench: Bench from WorkStarted) {
        active(&mut bench).await;
        in_phase(&mut bench, "midterm").await;
        round(&mut bench, true, &happy(), 80).await;
        let id = bench.play.ids.evaluation.clone();
        let current = contract(&mut bench).await;
        assert_eq!(current["state"], json!("active"));
        opens(&mut bench, "final").await.refused(409, "invalid_transition");
        let project = format!("/api/v1/projects/{}", bench.play.ids.project);
        assert_eq!(seen(&mut bench, "wang.min", &project).await["stage"], json!("implementation"));
        assert_eq!(bench.nobody().get(&format!("/api/v1/public/evaluations/{id}")).await.ok()["phase"], json!("midterm"));
    }

    async fn an_agreement_that_ends_takes_its_open_evaluation_along(bench: Bench from WorkStarted) {
        active(&mut bench).await;
        let made = in_phase(&mut bench, "midterm").await;
        let plan = json!({ "registered_beneficiaries": 100, "ends_on": made["created_at"].as_str().unwrap()[..10] });
        bench.cast("third_party").await.post(&at(&bench, "open_survey"), plan).await.ok();
        crate::terminations::ended(&mut bench).await;
        let after = evaluation(&mut bench, "wang.min").await;
        assert_eq!((&after["state"], &after["deadlines"], &after["allowed_actions"]), (&json!("voided"), &json!([]), &json!([])));
        let path = format!("/api/v1/public/evaluations/{}/survey_answers", bench.play.ids.evaluation);
        let resident = bench.user("hao.xiulan").await;
        resident.post(&path, json!({ "answer": "satisfied" })).await.refused(409, "invalid_transition");
    }

    async fn before_the_work_begins_the_plan_is_judged_and_nobody_is_asked(bench: Bench from ContractSigned) {
        play_signed(&mut bench).await;
        for phase in ["midterm", "final", "follow_up"] {
            let reply = opens(&mut bench, phase).await;
            reply.refused(409, "invalid_transition");
        }
        let made = in_phase(&mut bench, "ex_ante").await;
        assert!(list(&made, "/rule/parties").iter().all(|one| one["survey"] == json!("without")));
        let third = bench.cast("third_party").await;
        let today = made["created_at"].as_str().unwrap()[..10].to_owned();
        third.post(&at(&bench, "open_survey"), json!({ "registered_beneficiaries": 186, "ends_on": today })).await.refused(409, "duplicate");
        let body = crate::evaluations::composition(&mut bench).await;
        let members = crate::evaluations::formed(&mut bench, body, &[]).await;
        crate::evaluations::declared(&mut bench, &members).await;
        let third = bench.cast("third_party").await;
        third.post(&at(&bench, "start_scoring"), json!({})).await.ok();
        crate::evaluations::scored(&mut bench, &members, |_| 80).await;
        let ends = published(&mut bench).await;
        assert_eq!(checked(&bench).await["total"], json!("80.00"));
        bench.advance(ends + Duration::seconds(1)).await;
        assert_eq!(evaluation(&mut bench, "wang.min").await["state"], json!("confirmed"));
    }

    async fn ninety_days_later_residents_are_asked_what_has_lasted(bench: Bench) {
        overrides(&mut bench, json!({ "evaluation": { "follow_up": 1 } })).await.ok();
        bench.reach(Stage::EvaluationConfirmed).await;
        bench.forget();
        let last = evaluation(&mut bench, "wang.min").await;
        let due = list(&last, "/deadlines");
        let due = due.iter().find(|one| one["timer"] == json!("follow_up_due")).unwrap();
        assert!(text(due, "/rule").starts_with("cd(") && text(due, "/rule").ends_with(",90)"), "{due}");
        bench.advance(instant(due, "/at") + Duration::seconds(1)).await;
        let first = bench.play.ids.evaluation.clone();
        let reminded = evaluation(&mut bench, "wang.min").await;
        assert!(list(&reminded, "/deadlines").iter().all(|one| one["timer"] != json!("follow_up_due")), "{reminded}");
        let path = format!("/api/v1/contracts/{}/evaluation", bench.play.ids.contract);
        let third = json!({ "phase": "follow_up", "third_party_organisation_id": last["third_party_organisation_id"] });
        let street = bench.cast("street_officer").await;
        assert_eq!(street.post(&path, third).await.pointers(), ["/third_party_organisation_id"]);
        let made = street.post(&path, json!({ "phase": "follow_up" })).await.ok();
        bench.play.ids.evaluation = text(&made, "/id");
        let parties: Vec<Value> = list(&made, "/rule/parties").iter().map(|one| one["party"].clone()).collect();
        assert_eq!(parties, [json!("residents")]);
        // nobody sits in judgement
        street.post(&at(&bench, "panel"), json!({})).await.refused(409, "invalid_transition");
        street.post(&at(&bench, "start_scoring"), json!({})).await.refused(422, "survey_missing");
        bench.play.surveyed("wang.min", &happy(), 0).await.unwrap();
        bench.forget();
        let street = bench.cast("street_officer").await;
        let scored = street.post(&at(&bench, "start_scoring"), json!({})).await.ok();
        assert_eq!((&scored["state"], &scored["total"]), (&json!("scored"), &scored["satisfaction"]));
        street.post(&at(&bench, "draft_result"), story()["evaluation_draft"].clone()).await.ok();
        let shown = street.post(&at(&bench, "notify"), json!({})).await.ok();
        checked(&bench).await;
        bench.advance(instant(&shown, "/publicity_ends_at") + Duration::seconds(1)).await;
        let after = evaluation(&mut bench, "wang.min").await;
        assert_eq!((&after["state"], &after["phase"]), (&json!("confirmed"), &json!("follow_up")));
        let result = format!("/api/v1/public/evaluations/{first}");
        assert_eq!(bench.nobody().get(&result).await.ok()["grade"], last["grade"]);
    }

    async fn without_the_rule_nobody_is_reminded_of_a_follow_up(bench: Bench from ReportAccepted) {
        opened(&mut bench).await;
        bench.play.evaluation_carried_out().await.unwrap();
        bench.play.evaluation_confirmed().await.unwrap();
        bench.forget();
        let last = evaluation(&mut bench, "wang.min").await;
        assert!(list(&last, "/deadlines").iter().all(|one| one["timer"] != json!("follow_up_due")));
    }
}
