//! Orders to one organisation (点单直选, 微服务单, 应急发榜): rulebook 2.3.4, 2.3.5, and the guard against splitting.

use crate::scenes::{grant, text};
use serde_json::{Value, json};
use wubang_server::demo::play::agent_of;
use wubang_testkit::{Bench, Reply, on_both};

/// Another member of the committee of the story's community.
const MEMBER: &str = "mao.xinmin";
const COMMUNITY: &str = "410108005003";

/// The story's posting as an order to 乐邻, for 8 000 yuan.
async fn order(bench: &mut Bench, kind: &str) -> Value {
    let mut body = bench.play.posting_body().await.unwrap();
    let organisation = bench.organisation("lelin").await;
    body["type"] = json!(kind);
    body["budget_ceiling_fen"] = json!(800_000);
    body["overrides"] = json!({});
    body["order"] = json!({ "organisation_id": organisation, "offering": "独居老人每周上门陪伴", "reason": "在本社区服务两年,居民点单意愿集中。" });
    body
}

/// The need of the story, approved, and an order for it.
async fn first_order(bench: &mut Bench, kind: &str) -> Value {
    bench.play.need_approved().await.unwrap();
    grant(
        bench,
        MEMBER,
        "community_secretary",
        json!({ "division": COMMUNITY }),
    )
    .await;
    order(bench, kind).await
}

async fn drafted(bench: &mut Bench, body: Value) -> String {
    let made = bench
        .cast("secretary")
        .await
        .post("/api/v1/postings", body)
        .await
        .ok();
    format!("/api/v1/postings/{}", text(&made, "/id"))
}

/// Handed in by the secretary and endorsed by the other member.
async fn endorsed(bench: &mut Bench, path: &str) -> Value {
    let secretary = bench.cast("secretary").await;
    let _ = secretary
        .post(&format!("{path}/submit"), json!({}))
        .await
        .ok();
    let member = bench.user(MEMBER).await;
    member
        .post(&format!("{path}/endorse"), json!({}))
        .await
        .ok()
}

async fn approve(bench: &mut Bench, path: &str, approval: Value) -> Reply {
    bench
        .cast("street_approver")
        .await
        .post(&format!("{path}/approve"), approval)
        .await
}

/// An order that is out.
async fn ordered(bench: &mut Bench, kind: &str) -> Value {
    let body = first_order(bench, kind).await;
    let path = drafted(bench, body).await;
    if kind == "emergency" {
        let _ = bench
            .cast("secretary")
            .await
            .post(&format!("{path}/submit"), json!({}))
            .await
            .ok();
    } else {
        let _ = endorsed(bench, &path).await;
    }
    approve(bench, &path, json!({ "content_acknowledged": true }))
        .await
        .ok()
}

/// What a picked organisation says when it accepts: plan, budget and promises.
fn acceptance(price: i64) -> Value {
    json!({ "service_plan": { "activities": [{ "name": "上门陪伴", "frequency": "每周一次", "quantity": "20次" }], "schedule": "每周三下午上门。" },
        "budget": [{ "item": "activity", "description": "上门补贴", "amount_fen": price }],
        "commitments": { "no_conflict": true, "truthful": true, "child_protection": true } })
}

/// The organisation accepts.
async fn accepted(bench: &mut Bench, posting: &Value, price: i64) -> Value {
    let organisation = bench.organisation("lelin").await;
    let agent = bench.user(&agent_of("lelin", "org_agent").unwrap()).await;
    let body = json!({ "posting_id": posting["id"], "organisation_id": organisation, "price_fen": price, "letter": acceptance(price) });
    let made = agent.post("/api/v1/bids", body).await.ok();
    let path = format!("/api/v1/bids/{}", text(&made, "/id"));
    let head = bench
        .user(&agent_of("lelin", "org_legal_rep").unwrap())
        .await;
    head.post(&format!("{path}/submit"), json!({})).await.ok()
}

/// The street finds it eligible and proposes it.
async fn proposed(bench: &mut Bench, posting: &Value, bid: &Value) -> Reply {
    let street = bench.cast("street_officer").await;
    let _ = street
        .post(
            &format!("/api/v1/bids/{}/qualify", text(bid, "/id")),
            json!({}),
        )
        .await
        .ok();
    propose(bench, posting, bid).await
}

async fn propose(bench: &mut Bench, posting: &Value, bid: &Value) -> Reply {
    let body = json!({ "bid_id": bid["id"], "reason": "组织已接单,资格审查合格。" });
    let path = format!("/api/v1/postings/{}/propose_award", text(posting, "/id"));
    bench.cast("street_officer").await.post(&path, body).await
}

async fn now(bench: &mut Bench, posting: &Value) -> Value {
    let path = format!("/api/v1/postings/{}", text(posting, "/id"));
    bench.cast("street_officer").await.get(&path).await.ok()
}

on_both! {
    async fn an_order_is_picked_by_two_of_the_committee_and_the_street_and_shown_for_three_days(bench: Bench) {
        let open = ordered(&mut bench, "directed").await;
        assert_eq!((&open["type"], &open["state"], &open["endorsed"], &open["question_deadline"]), (&json!("directed"), &json!("open"), &json!(true), &Value::Null));
        // Monday 2026-03-02: five working days to accept
        assert_eq!(open["bid_deadline"], json!("2026-03-09T23:59:59+08:00"));
        let public = bench.nobody().get(&format!("/api/v1/public/postings/{}", text(&open, "/id"))).await.ok();
        assert_eq!(public["order"]["offering"], json!("独居老人每周上门陪伴"));
        let bid = accepted(&mut bench, &open, 800_000).await;
        assert_eq!(bid["state"], json!("opened"));
        assert_eq!(now(&mut bench, &open).await["state"], json!("closed"));
        let award = proposed(&mut bench, &open, &bid).await.ok();
        assert_eq!((&award["state"], &award["rank"], &award["total"]), (&json!("in_publicity"), &json!(1), &Value::Null));
        assert_eq!(award["publicity_ends_at"], json!("2026-03-05T23:59:59+08:00"));
        bench.advance("2026-03-06T00:00:00+08:00".parse::<chrono::DateTime<chrono::FixedOffset>>().unwrap().to_utc()).await;
        let path = format!("/api/v1/awards/{}", text(&award, "/id"));
        let street = bench.cast("street_officer").await;
        assert_eq!(street.get(&path).await.ok()["state"], json!("confirmed"));
        let _ = street.post(&format!("{path}/issue_notice"), json!({})).await.ok();
        assert_eq!(now(&mut bench, &open).await["state"], json!("awarded"));
        let contract = street.post(&format!("{path}/contract"), json!({})).await.ok();
        assert_eq!((&contract["price_fen"], &contract["evaluation_scheme"]), (&json!(800_000), &Value::Null), "{contract}");
    }
}
