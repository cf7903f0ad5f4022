//! 双向评价: the contractor scores the buyer too; shown beside the result, never mixed in (rulebook 2.11.2).

use crate::evaluations::{evaluation, published};
use crate::scenes::{list, seen, text};
use chrono::Duration;
use serde_json::{Value, json};
use wubang_testkit::{Bench, Reply, Stage, on_both};

const AGENT: &str = "ning.jiayi";

fn review(bench: &Bench, payment: i64) -> Value {
    json!({ "evaluation_id": bench.play.ids.evaluation, "comment": "第二笔款晚到两周,联系人13812345678。",
        "points": { "clarity": 4, "cooperation": 5, "payment": payment, "fairness": 5, "respect": 5 } })
}

async fn submits(bench: &mut Bench, account: &str) -> Reply {
    let body = review(bench, 3);
    let user = bench.user(account).await;
    user.post("/api/v1/buyer_reviews", body).await
}

async fn public(bench: &Bench) -> Value {
    let id = &bench.play.ids.evaluation;
    let path = format!("/api/v1/public/evaluations/{id}/buyer_reviews");
    bench.nobody().get(&path).await.ok()["items"].clone()
}

/// Scored, drafted and public.
async fn in_publicity(bench: &mut Bench) -> chrono::DateTime<chrono::Utc> {
    bench.reach(Stage::EvaluationScored).await;
    bench.forget();
    published(bench).await
}

/// A review that nobody but its organisation reads yet.
pub(crate) async fn sealed(bench: &mut Bench) -> String {
    let made = submits(bench, AGENT).await.ok();
    bench.forget();
    text(&made, "/id")
}

on_both! {
    async fn a_review_is_sealed_until_the_result_stands_and_changes_nothing_in_it(bench: Bench from EvaluationScored) {
        let ends = in_publicity(&mut bench).await;
        let before = evaluation(&mut bench, "wang.min").await;
        let wrong = review(&bench, 6);
        let refused = bench.user(AGENT).await.post("/api/v1/buyer_reviews", wrong).await;
        assert_eq!(refused.pointers(), ["/points/payment"]);
        submits(&mut bench, "wang.min").await.refused(404, "not_found");
        submits(&mut bench, "wei.xiaoqian").await.refused(404, "not_found");
        let made = submits(&mut bench, AGENT).await.ok();
        assert_eq!((&made["state"], &made["satisfaction"]), (&json!("sealed"), &json!("85.00")));
        submits(&mut bench, "he.yajing").await.refused(409, "duplicate");
        // neither buyer nor district nor public reads it before they have said their last word
        let path = format!("/api/v1/buyer_reviews/{}", text(&made, "/id"));
        for account in ["wang.min", "wei.guohua", "he.zhengqing"] {
            bench.user(account).await.get(&path).await.refused(404, "not_found");
            assert_eq!(seen(&mut bench, account, "/api/v1/buyer_reviews").await["items"], json!([]));
        }
        assert_eq!(public(&bench).await, json!([]));
        bench.user("wang.min").await.post(&format!("{path}/reply"), json!({ "reply": "好的。" })).await.refused(404, "not_found");
        bench.advance(ends + Duration::seconds(1)).await;
        let shown = public(&bench).await;
        assert_eq!((&shown[0]["satisfaction"], &shown[0]["reply"]), (&json!("85.00"), &Value::Null));
        assert!(!shown.to_string().contains("13812345678"), "{shown}");
        let after = evaluation(&mut bench, "wang.min").await;
        assert_eq!((&after["state"], &after["total"], &after["party_scores"]), (&json!("confirmed"), &before["total"], &before["party_scores"]));
        bench.user(AGENT).await.post(&format!("{path}/reply"), json!({ "reply": "好的。" })).await.refused(403, "forbidden");
        let street = bench.cast("street_officer").await;
        let replied = street.post(&format!("{path}/reply"), json!({ "reply": "财政年末关账所致。" })).await.ok();
        assert_eq!(replied["state"], json!("replied"));
        street.post(&format!("{path}/reply"), json!({ "reply": "再次说明。" })).await.refused(409, "invalid_transition");
        assert_eq!(list(&public(&bench).await, "").len(), 1);
        assert_eq!(public(&bench).await[0]["reply"], json!("财政年末关账所致。"));
    }

    async fn after_the_result_there_are_twenty_working_days(bench: Bench from EvaluationScored) {
        let ends = in_publicity(&mut bench).await;
        bench.advance(ends + Duration::seconds(1)).await;
        // in time it is public at once
        let stands = evaluation(&mut bench, "wang.min").await;
        let term = list(&stands, "/deadlines");
        let term = term.iter().find(|one| one["timer"] == json!("buyer_review")).unwrap();
        assert!(text(term, "/rule").ends_with(",20)"), "{term}");
        let until = crate::scenes::instant(term, "/at");
        bench.stand_at(until);
        let made = submits(&mut bench, AGENT).await.ok();
        assert_eq!(made["state"], json!("published"));
        assert_eq!(list(&public(&bench).await, "").len(), 1);
    }

    async fn later_nothing_is_taken(bench: Bench from EvaluationScored) {
        let ends = in_publicity(&mut bench).await;
        bench.advance(ends + Duration::seconds(1)).await;
        bench.advance(ends + Duration::days(60)).await;
        submits(&mut bench, AGENT).await.refused(409, "deadline_passed");
        assert_eq!(public(&bench).await, json!([]));
    }
}
