//! 邀请发榜: who is drawn, who may bid, and how everybody can draw again.

use crate::postings::district_rules;
use crate::scenes::{list, made_public, story, text};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;
use wubang_server::demo::play::agent_of;
use wubang_testkit::{Bench, Stage, on_both};

/// An invited posting of the story, drafted.
async fn body(bench: &mut Bench) -> Value {
    bench.reach(Stage::NeedApproved).await;
    let mut body = bench.play.posting_body().await.unwrap();
    body["type"] = json!("invited");
    body
}

async fn published(bench: &mut Bench) -> Value {
    let body = body(bench).await;
    made_public(bench, body, json!({ "content_acknowledged": true })).await
}

/// Organisation key → whether it was drawn, as its own agent sees it.
async fn told(bench: &mut Bench, path: &str) -> Vec<(String, bool)> {
    let mut all = Vec::new();
    for bid in list(&story(), "/bids") {
        let key = text(&bid, "/organisation");
        let agent = bench.user(&agent_of(&key, "org_agent").unwrap()).await;
        let own = agent.get(path).await.ok()["invitation"]["own"]
            .as_bool()
            .unwrap();
        all.push((key, own));
    }
    all
}

fn ids(value: &Value) -> Vec<Uuid> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_str().unwrap().parse().unwrap())
        .collect()
}

on_both! {
    async fn only_who_was_drawn_may_bid(bench: Bench from NeedApproved) {
        let open = published(&mut bench).await;
        assert_eq!((&open["type"], &open["state"], &open["invitation"]["count"]), (&json!("invited"), &json!("open"), &json!(3)));
        let path = format!("/api/v1/postings/{}", text(&open, "/id"));
        for (key, own) in told(&mut bench, &path).await {
            let organisation = bench.organisation(&key).await;
            let agent = bench.user(&agent_of(&key, "org_agent").unwrap()).await;
            let letter = json!({ "posting_id": open["id"], "organisation_id": organisation, "price_fen": 4_000_000, "letter": {} });
            let reply = agent.post("/api/v1/bids", letter).await;
            if own {
                assert_eq!(reply.ok()["state"], json!("draft"));
            } else {
                reply.refused(422, "not_eligible");
            }
        }
    }

    async fn until_the_closing_nobody_learns_who_was_drawn(bench: Bench from NeedApproved) {
        let open = published(&mut bench).await;
        let path = format!("/api/v1/postings/{}", text(&open, "/id"));
        let hidden = |draw: &Value| assert_eq!((&draw["invited"], &draw["pool"], &draw["nonce"]), (&Value::Null, &Value::Null, &Value::Null), "{draw}");
        let public = path.replace("/v1/", "/v1/public/");
        hidden(&bench.nobody().get(&public).await.ok()["invitation"]);
        for part in ["secretary", "street_officer", "district_admin"] {
            let draw = bench.cast(part).await.get(&path).await.ok()["invitation"].clone();
            hidden(&draw);
            assert_eq!(draw["own"], Value::Null);
        }
        // afterwards everybody can draw again
        bench.advance(text(&open, "/bid_deadline").parse::<chrono::DateTime<chrono::Utc>>().unwrap() + TimeDelta::seconds(1)).await;
        let closed = bench.nobody().get(&public).await.ok();
        let draw = &closed["invitation"];
        let nonce = text(draw, "/nonce");
        assert_eq!(draw["commitment"], open["invitation"]["commitment"]);
        assert_eq!(text(draw, "/commitment"), sha256(&nonce));
        let seed = sha256(&format!("{}{}{nonce}", text(&open, "/id"), open["round"]));
        let mut pool = ids(&draw["pool"]);
        pool.sort_by_key(|id| sha256(&format!("{seed}{id}")));
        assert_eq!(ids(&draw["invited"]), pool[..3]);
    }

    async fn too_few_matches_are_no_draw(bench: Bench) {
        let more = json!({ "division": "410108000000", "overrides": { "invitations": 10 }, "reason": "扩大邀请范围" });
        bench.cast("district_admin").await.post("/api/v1/procedures/invited/overrides", more).await.ok();
        let body = body(&mut bench).await;
        let reply = bench.cast("secretary").await.post("/api/v1/postings", body.clone()).await;
        assert_eq!(reply.pointers(), ["/type"]);
        reply.refused(422, "too_few_matches");
        let rehearsed = bench.cast("secretary").await.post("/api/v1/procedures/invited/simulate", json!({ "draft": body })).await.ok();
        assert_eq!((&rehearsed["publishable"], &rehearsed["problems"][0]["code"]), (&json!(false), &json!("too_few_matches")));
        // every type follows settings of its own
        district_rules(&mut bench, json!({ "threshold": 65 })).await.ok();
        let all = bench.cast("secretary").await.get("/api/v1/procedures?division=410108000000").await.ok();
        let items = all["items"].as_array().unwrap();
        assert_eq!(items.len(), 7);
        for one in items {
            let wanted = match one["code"].as_str().unwrap() {
                "open" => (json!(65), json!(3)),
                "invited" => (json!(60), json!(10)),
                _ => (json!(60), json!(3)),
            };
            assert_eq!((&one["settings"]["threshold"], &one["settings"]["invitations"]), (&wanted.0, &wanted.1), "{one}");
        }
    }
}

fn sha256(text: &str) -> String {
    wubang_kernel::digest::sha256_hex(text.as_bytes())
}
