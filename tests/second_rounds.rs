//! A failed 考榜 (rulebook 2.5, 2.8.11, T29): corrected and evaluated once more by another panel; a second fail is final.
//! And every public result is what its published numbers add up to.

use crate::draws::python;
use crate::evaluations::{
    at, composition, declared, evaluation, formed, happy, opened, published, scored, surveyed,
};
use crate::reviews::another;
use crate::scenes::{instant, list, recorded, seen, text};
use chrono::Duration;
use serde_json::{Value, json};
use wubang_testkit::{Bench, on_both};

/// Recomputes a public result.
const SCRIPT: &str = include_str!("support/check_result.py");

pub(crate) fn unhappy() -> Value {
    json!({ "very_dissatisfied": 20, "dissatisfied": 13, "neutral": 4, "satisfied": 0, "very_satisfied": 0 })
}

/// The result as everybody reads it, recomputed by the script.
pub(crate) async fn checked(bench: &Bench) -> Value {
    let path = format!("/api/v1/public/evaluations/{}", bench.play.ids.evaluation);
    let shown = bench.nobody().get(&path).await.ok();
    assert_eq!(python(SCRIPT, &shown.to_string()), "ok", "{shown}");
    shown
}

/// Panel, survey, sheets and publicity of one round; answers its result as everybody reads it.
pub(crate) async fn round(bench: &mut Bench, first: bool, survey: &Value, percent: i64) -> Value {
    let (body, others) = match first {
        true => (composition(bench).await, Vec::new()),
        false => another(bench).await,
    };
    let others: Vec<&str> = others.iter().map(String::as_str).collect();
    let members = formed(bench, body, &others).await;
    declared(bench, &members).await;
    surveyed(bench, survey).await;
    let third = bench.cast("third_party").await;
    let _ = third
        .post(&at(bench, "start_scoring"), json!({}))
        .await
        .ok();
    scored(bench, &members, |_| percent).await;
    let ends = published(bench).await;
    let shown = checked(bench).await;
    bench.advance(ends + Duration::seconds(1)).await;
    shown
}

/// Failed in the first round, and to be corrected.
pub(crate) async fn failed(bench: &mut Bench) -> Value {
    opened(bench).await;
    let shown = round(bench, true, &unhappy(), 50).await;
    assert_eq!(shown["grade"], json!("fail"));
    assert_eq!(
        evaluation(bench, "wang.min").await["state"],
        json!("reevaluation_required")
    );
    shown
}

fn corrected() -> Value {
    json!({ "corrections": "已补做两场适老化培训,更换不合格器材,社区现场核验。", "early_reason": "社区书记和两名居民代表已现场核验。" })
}

on_both! {
    async fn a_failed_project_is_corrected_and_passes_in_its_second_round(bench: Bench from ReportAccepted) {
        let first = failed(&mut bench).await;
        assert_eq!((&first["rectification_advised"], &first["round"]), (&json!(true), &json!(1)));
        let waiting = evaluation(&mut bench, "wang.min").await;
        assert!(text(&waiting, "/deadlines/0/rule").ends_with(",20)"), "twenty working days to correct: {}", waiting["deadlines"]);
        let path = at(&bench, "reopen");
        let street = bench.cast("street_officer").await;
        bench.user("gong.mingyue").await.post(&path, corrected()).await.refused(403, "forbidden");
        let early = street.post(&path, json!({ "corrections": corrected()["corrections"] })).await;
        assert_eq!(early.pointers(), ["/early_reason"]);
        let wrong = street.post(&path, json!({ "corrections": "改了", "early_reason": "短" })).await;
        assert_eq!(wrong.pointers(), ["/corrections", "/early_reason"]);
        bench.advance(instant(&waiting, "/deadlines/0/at") + Duration::seconds(1)).await;
        bench.forget();
        let street = bench.cast("street_officer").await;
        let again = street.post(&path, json!({ "corrections": corrected()["corrections"] })).await.ok();
        assert_eq!((&again["state"], &again["round"], &again["panel"], &again["survey"], &again["total"]), (&json!("preparing"), &json!(2), &Value::Null, &Value::Null, &Value::Null));
        let kept = &again["superseded"][0];
        assert_eq!((&kept["outcome"], &kept["total"], &kept["reason"]), (&json!("second_round"), &first["total"], &corrected()["corrections"]));
        street.post(&path, corrected()).await.refused(409, "invalid_transition");
        // the same agreement has one final evaluation, whatever its round
        let third = json!({ "third_party_organisation_id": again["third_party_organisation_id"] });
        street.post(&format!("/api/v1/contracts/{}/evaluation", bench.play.ids.contract), third).await.refused(409, "duplicate");
        // nobody of the first panel sits on the second
        let same = composition(&mut bench).await;
        bench.cast("third_party").await.post(&at(&bench, "panel"), same).await.refused(409, "recused");
        let second = round(&mut bench, false, &happy(), 80).await;
        assert_eq!((&second["round"], &second["superseded"][0]["total"]), (&json!(2), &first["total"]));
        assert_eq!(evaluation(&mut bench, "wang.min").await["state"], json!("confirmed"));
        let contract = format!("/api/v1/contracts/{}", bench.play.ids.contract);
        assert_eq!(seen(&mut bench, "wang.min", &contract).await["state"], json!("completed"));
    }

    async fn a_second_fail_is_final(bench: Bench from ReportAccepted) {
        failed(&mut bench).await;
        let path = at(&bench, "reopen");
        bench.forget();
        let ledger = format!("/api/v1/organisations/{}/credit", bench.organisation("lelin").await);
        let credit = seen(&mut bench, "wang.min", &ledger).await;
        assert_eq!((&credit["score"], &credit["entries"]), (&json!(100), &json!([])), "a first fail is not the last word");
        bench.cast("street_officer").await.post(&path, corrected()).await.ok();
        round(&mut bench, false, &unhappy(), 50).await;
        let after = evaluation(&mut bench, "wang.min").await;
        // what still runs is the contractor's own word about the buyer
        let running: Vec<Value> = list(&after, "/deadlines").iter().map(|one| one["timer"].clone()).collect();
        assert_eq!((&after["state"], &after["grade"], running), (&json!("confirmed"), &json!("fail"), vec![json!("buyer_review")]));
        let id = bench.play.ids.evaluation.clone();
        assert_eq!((recorded(&bench, "evaluation.failed_finally", Some(&id)).await, recorded(&bench, "evaluation.confirmed", Some(&id)).await), (1, 1));
        bench.cast("street_officer").await.post(&path, corrected()).await.refused(409, "invalid_transition");
        let credit = seen(&mut bench, "wang.min", &ledger).await;
        assert_eq!((&credit["score"], &credit["entries"][0]["reason"]), (&json!(80), &json!("final_fail")));
        // the district is asked whether it belongs on the black list; nobody is listed by itself
        let proposed = seen(&mut bench, "wang.min", "/api/v1/list_entries?colour=black").await;
        assert_eq!((&proposed["items"][0]["state"], &proposed["items"][0]["ground"]), (&json!("proposed"), &json!("final_fail")));
        // nothing is completed by a fail: the agreement is over
        let contract = format!("/api/v1/contracts/{}", bench.play.ids.contract);
        let over = seen(&mut bench, "wang.min", &contract).await;
        assert_eq!((&over["state"], &over["reason_code"]), (&json!("terminated"), &json!("failed_evaluation")));
    }

    async fn everybody_recomputes_the_result_of_the_story_and_notices_every_change(bench: Bench from EvaluationConfirmed) {
        let shown = checked(&bench).await;
        assert_eq!((&shown["total"], &shown["survey"]["digital_answers"], &shown["survey"]["answers"]), (&json!("88.48"), &json!(6), &json!(46)));
        assert_eq!(list(&shown, "/party_scores").len(), 4);
        for (pointer, value) in [
            ("/total", json!("88.49")), ("/grade", json!("excellent")), ("/party_scores/0/exact", json!("90/1")), ("/party_scores/1/sheets_mean", json!("91/1")),
            ("/party_scores/2/weight", json!(21)), ("/survey/counts/satisfied", json!(14)), ("/rectification_advised", json!(true)),
        ] {
            let mut changed = shown.clone();
            *changed.pointer_mut(pointer).unwrap() = value.clone();
            // a count that does not sum up ends the script by its own assertion
            if pointer == "/survey/counts/satisfied" {
                changed["survey"]["answers"] = json!(45);
            }
            assert!(python(SCRIPT, &changed.to_string()).starts_with("wrong"), "{pointer}");
        }
    }
}
