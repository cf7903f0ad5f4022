//! 红榜 over HTTP: publicity, objection, a year of effects, and their end (rulebook 2.8.15, 2.12.1).

use crate::black_list::{act, district, entry, listed, proposal};
use crate::needs::{due, instant, text};
use crate::scenes::{list, recorded};
use chrono::TimeDelta;
use serde_json::{Value, json};
use wubang_testkit::{Bench, on_both};

/// A red entry in its publicity; answers its id and the last second of that.
async fn published(bench: &mut Bench, key: &str) -> (String, chrono::DateTime<chrono::Utc>) {
    let body = proposal(bench, key, "annual_best").await;
    let street = bench.user("wang.min").await;
    let id = text(&street.post("/api/v1/list_entries", body).await.ok(), "/id");
    let shown = act(bench, "wei.guohua", &id, "publish", json!({}))
        .await
        .ok();
    let ends = due(&shown, "list_publicity").unwrap();
    (id, instant(&ends))
}

async fn public(bench: &Bench) -> Vec<Value> {
    let path = "/api/v1/public/list_entries?colour=red";
    list(&bench.nobody().get(path).await.ok(), "/items")
}

on_both! {
    async fn a_red_entry_stands_in_publicity_and_then_in_force_for_a_year(bench: Bench) {
        let (id, ends) = published(&mut bench, "lelin").await;
        let shown = bench.nobody().get("/api/v1/public/publicities?kind=red_list").await.ok();
        assert_eq!(list(&shown, "/items").len(), 1);
        assert!(public(&bench).await.is_empty());
        bench.advance(ends).await;
        assert_eq!(entry(&mut bench, "ning.jiayi", &id).await.ok()["state"], json!("in_publicity"));
        bench.advance(ends + TimeDelta::seconds(1)).await;
        let active = entry(&mut bench, "ning.jiayi", &id).await.ok();
        assert_eq!((&active["state"], &active["effective_until"]), (&json!("active"), &json!("2027-03-10T23:59:59+08:00")));
        assert_eq!(text(&public(&bench).await[0], "/number"), text(&active, "/number"));
        bench.forget();
        bench.advance(instant("2027-03-11T00:00:00+08:00")).await;
        bench.forget();
        assert_eq!(entry(&mut bench, "wang.min", &id).await.ok()["state"], json!("expired"));
        assert!(public(&bench).await.is_empty());
    }

    async fn anybody_objects_in_the_publicity_and_an_upheld_objection_ends_it(bench: Bench) {
        district(&mut bench).await;
        let (id, ends) = published(&mut bench, "lelin").await;
        let body = json!({ "target": "list_entry", "target_id": id, "grounds": [{ "code": "facts", "facts": "该组织去年两次被居民投诉查实。" }],
            "demand": { "effect": "delist", "text": "请求撤销公示" } });
        let made = crate::objections::object_with(&mut bench, "xue.chunmei", body.clone()).await.ok();
        assert_eq!(made["respondent"], json!("organisation"));
        // while it is open the publicity does not end
        bench.advance(ends + TimeDelta::seconds(1)).await;
        assert_eq!(entry(&mut bench, "wang.min", &id).await.ok()["state"], json!("in_publicity"));
        crate::objections::object_with(&mut bench, "zhao.lei", body).await.refused(409, "deadline_passed");
        let objection = text(&made, "/id");
        crate::objections::act(&mut bench, "dong.siyu", &objection, "accept", json!({})).await.ok();
        crate::objections::act(&mut bench, "dong.siyu", &objection, "hearing", json!({ "question": "请说明两次投诉的处理情况。" })).await.ok();
        crate::objections::act(&mut bench, "ning.jiayi", &objection, "answer", json!({ "text": "两次投诉均为误解,已当面说明。" })).await.ok();
        let yes = json!({ "outcome": "upheld", "effect": "delist", "reason": "两次投诉查实在案,不符合列入条件。" });
        crate::objections::act(&mut bench, "dong.siyu", &objection, "decide", yes).await.ok();
        assert_eq!(entry(&mut bench, "wang.min", &id).await.ok()["state"], json!("revoked"));
        bench.work().await;
        assert!(public(&bench).await.is_empty());
        assert_eq!(recorded(&bench, "list_entry.activated", Some(&id)).await, 0);
    }

    async fn a_red_entry_gives_the_bonus_that_the_notice_prints(bench: Bench) {
        let (_, ends) = published(&mut bench, "yinxing").await;
        bench.advance(ends + TimeDelta::seconds(1)).await;
        crate::bonuses::sets(&mut bench, json!({ "red_list": 2 })).await.ok();
        crate::awards::qualified(&mut bench).await;
        let report = crate::bonuses::judged(&mut bench, [("lelin", 75), ("yinxing", 74), ("xinhuo", 70)]).await;
        let ranking = crate::bonuses::ranking(&bench, &report);
        assert_eq!(ranking[0], ("yinxing".to_owned(), "74.00".to_owned(), vec!["red_list".to_owned()]));
    }

    async fn who_is_put_on_the_black_list_leaves_the_red_one(bench: Bench) {
        let (red, ends) = published(&mut bench, "lelin").await;
        bench.advance(ends + TimeDelta::seconds(1)).await;
        listed(&mut bench, "lelin", "misuse_of_funds").await;
        let gone = entry(&mut bench, "wang.min", &red).await.ok();
        assert_eq!((&gone["state"], &gone["reason"]), (&json!("revoked"), &json!("该组织列入黑榜")));
        assert!(public(&bench).await.is_empty());
        // a red one knows no notice, no repair
        let (second, _) = published(&mut bench, "xinhuo").await;
        act(&mut bench, "wei.guohua", &second, "notify", json!({})).await.refused(409, "invalid_transition");
        let taken = act(&mut bench, "wei.guohua", &second, "revoke", json!({ "reason": "公示内容有误,撤回重新核实。" })).await.ok();
        assert_eq!(taken["state"], json!("revoked"));
        let shown = bench.nobody().get("/api/v1/public/publicities?kind=red_list&state=running").await.ok();
        assert!(list(&shown, "/items").is_empty());
    }

    async fn only_the_district_publishes(bench: Bench) {
        let body = proposal(&mut bench, "lelin", "annual_best").await;
        let id = text(&bench.user("wang.min").await.post("/api/v1/list_entries", body).await.ok(), "/id");
        act(&mut bench, "wang.min", &id, "publish", json!({})).await.refused(403, "forbidden");
        let supervisor = bench.cast("supervisor").await;
        supervisor.post(&format!("/api/v1/list_entries/{id}/publish"), json!({})).await.refused(403, "forbidden");
        let all = bench.user("wang.min").await.get("/api/v1/list_entries?colour=red&state=proposed").await.ok();
        assert_eq!(list(&all, "/items").len(), 1);
        let own = bench.user("ning.jiayi").await.get("/api/v1/list_entries").await.ok();
        assert!(list(&own, "/items").is_empty());
        assert_eq!(bench.user("wang.min").await.get("/api/v1/list_entries?organisation=7").await.pointers(), ["?organisation"]);
    }
}
