//! Lists in the order that the caller chooses (`sort=`): pages without gaps or doubles among equal values and
//! missing ones, and cursors that fit their own order only.

use crate::needs::{drafted, new_need, plain, reviewed, secretary, street, submitted};
use crate::needs_voices::act;
use crate::scenes::{list, made_public, text};
use serde_json::{Value, json};
use std::cmp::Ordering;
use wubang_testkit::{Bench, Caller, Stage, on_both};

const NEEDS: &[&str] = &["created_at", "review_score", "affected_count", "supporters"];
const PUBLIC_NEEDS: &[&str] = &["created_at", "affected_count", "supporters"];
const POSTINGS: &[&str] = &[
    "created_at",
    "published_at",
    "bid_deadline",
    "budget_ceiling_fen",
];

/// A list in pages of a size, following the cursors.
async fn paged(caller: &Caller, path: &str, limit: usize) -> Vec<Value> {
    let (mut rows, mut next) = (Vec::new(), format!("{path}&limit={limit}"));
    loop {
        let page = caller.get(&next).await.ok();
        let items = list(&page, "/items");
        assert!(items.len() <= limit, "{next}");
        rows.extend(items);
        match page["next"].as_str() {
            Some(cursor) => next = format!("{path}&limit={limit}&cursor={cursor}"),
            None => return rows,
        }
    }
}

fn ids(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|row| text(row, "/id")).collect()
}

/// The order of two values, which are numbers, numbers in words, or instants of one zone.
fn compare(one: &Value, other: &Value) -> Ordering {
    match (one.as_i64(), other.as_i64()) {
        (Some(one), Some(other)) => one.cmp(&other),
        _ => one.as_str().unwrap().cmp(other.as_str().unwrap()),
    }
}

/// What the order should be: the rows with a value by value and then by id, then those without, by id.
fn sorted(mut rows: Vec<Value>, key: &str, descending: bool) -> Vec<String> {
    let way = |ordering: Ordering| {
        if descending {
            ordering.reverse()
        } else {
            ordering
        }
    };
    rows.sort_by(|one, other| {
        let by_id = || way(text(one, "/id").cmp(&text(other, "/id")));
        if key == "created_at" {
            return by_id();
        }
        match (one[key].is_null(), other[key].is_null()) {
            (false, false) => way(compare(&one[key], &other[key])).then_with(by_id),
            (true, true) => by_id(),
            (one, other) => one.cmp(&other),
        }
    });
    ids(&rows)
}

/// Walks through a list in each of its orders, in small pages and in one.
async fn walk(caller: &Caller, path: &str, keys: &[&str]) {
    let whole = paged(caller, &format!("{path}?"), 100).await;
    assert!(whole.len() > 4, "{path} has {} rows", whole.len());
    assert_eq!(
        ids(&whole),
        sorted(whole.clone(), "created_at", true),
        "{path}: newest first"
    );
    for key in keys {
        for descending in [false, true] {
            let sort = format!("{path}?sort={}{key}", if descending { "-" } else { "" });
            let wanted = sorted(whole.clone(), key, descending);
            for limit in [1, 2, 3, 100] {
                assert_eq!(
                    ids(&paged(caller, &sort, limit).await),
                    wanted,
                    "{sort} by {limit}"
                );
            }
        }
    }
}

async fn people(bench: &mut Bench, count: i64) -> String {
    let mut need = new_need();
    need["affected_count"] = json!(count);
    submitted(bench, need).await
}

/// Needs with equal and different numbers of people and voices, with and without a score.
async fn needs(bench: &mut Bench) {
    for points in [70, 86, 70] {
        let id = reviewed(bench, points, points).await;
        plain(&street(bench).await, &id, "approve").await.ok();
    }
    let (one, two) = (people(bench, 7).await, people(bench, 300).await);
    people(bench, 7).await;
    drafted(bench, new_need()).await;
    for (account, id) in [
        ("hao.xiulan", &one),
        ("xiong.dehai", &one),
        ("hao.xiulan", &two),
    ] {
        act(bench, account, id, "support", json!({})).await.ok();
    }
}

async fn posted(bench: &mut Bench, fen: i64, window: i64) {
    bench.reach(Stage::NeedApproved).await;
    let mut body = bench.play.posting_body().await.unwrap();
    body["budget_ceiling_fen"] = json!(fen);
    body["overrides"]["bid_window_days"] = json!(window);
    made_public(bench, body, json!({ "content_acknowledged": true })).await;
}

/// Published postings and drafts, which have neither a day of publication nor a deadline.
async fn postings(bench: &mut Bench) {
    for (fen, window) in [(900_000, 15), (0, 20), (900_000, 20)] {
        posted(bench, fen, window).await;
        bench
            .advance(bench.running.store.now() + chrono::TimeDelta::hours(1))
            .await;
    }
    for (fen, window) in [(500_000, 15), (900_000, 12)] {
        posted(bench, fen, window).await;
    }
    for _ in 0..3 {
        bench.reach(Stage::NeedApproved).await;
        let body = bench.play.posting_body().await.unwrap();
        secretary(bench)
            .await
            .post("/api/v1/postings", body)
            .await
            .ok();
    }
}

on_both! {
    async fn needs_come_in_each_order_without_gaps_or_doubles(bench: Bench) {
        needs(&mut bench).await;
        walk(&street(&mut bench).await, "/api/v1/needs", NEEDS).await;
        walk(&bench.user("hao.xiulan").await, "/api/v1/public/needs", PUBLIC_NEEDS).await;
        let first = street(&mut bench).await.get("/api/v1/needs?sort=-review_score&limit=1").await.ok();
        assert_eq!(first["items"][0]["review_score"], json!("86.00"));
        let first = bench.user("xiong.dehai").await.get("/api/v1/public/needs?sort=-supporters&limit=1").await.ok();
        assert_eq!((&first["items"][0]["supporters"], &first["items"][0]["affected_count"]), (&json!(2), &json!(7)));
    }

    async fn postings_come_in_each_order_and_drafts_without_a_day_come_last(bench: Bench) {
        postings(&mut bench).await;
        let secretary = secretary(&mut bench).await;
        walk(&secretary, "/api/v1/postings", POSTINGS).await;
        walk(&bench.nobody(), "/api/v1/public/postings", POSTINGS).await;
        for sort in ["published_at", "-published_at", "bid_deadline", "-bid_deadline"] {
            let rows = paged(&secretary, &format!("/api/v1/postings?sort={sort}"), 3).await;
            let states: Vec<_> = rows.iter().map(|row| text(row, "/state")).collect();
            assert_eq!(states, ["open", "open", "open", "open", "open", "draft", "draft", "draft"], "{sort}");
        }
        // filters and order go together
        let dear = paged(&bench.nobody(), "/api/v1/public/postings?budget_ceiling_min=600000&sort=bid_deadline", 1).await;
        let fen: Vec<_> = dear.iter().map(|row| row["budget_ceiling_fen"].clone()).collect();
        assert_eq!(fen, [json!(900_000), json!(900_000), json!(900_000)]);
    }

    async fn an_order_that_there_is_not_is_named_and_a_cursor_fits_its_own_order_only(bench: Bench) {
        for _ in 0..3 {
            people(&mut bench, 9).await;
        }
        let street = street(&mut bench).await;
        for wrong in ["title", "-", "", "--supporters", "supporters,created_at", "published_at"] {
            let reply = street.get(&format!("/api/v1/needs?sort={wrong}")).await;
            assert_eq!(reply.pointers(), ["?sort"], "{wrong}");
            reply.refused(422, "invalid");
        }
        // the score is no business of the public, so nobody learns it from an order
        bench.nobody().get("/api/v1/public/needs?sort=-review_score").await.refused(422, "invalid");
        bench.nobody().get("/api/v1/public/postings?sort=review_score").await.refused(422, "invalid");
        street.get("/api/v1/needs?sort=supporters&sort=created_at").await.refused(400, "unknown_parameter");
        street.get("/api/v1/bids?sort=-created_at").await.refused(400, "unknown_parameter");
        let page = street.get("/api/v1/needs?sort=affected_count&limit=1").await;
        let cursor = text(&page.body, "/next");
        assert_eq!(page.headers["link"], format!("</api/v1/needs?sort=affected_count&limit=1&cursor={cursor}>; rel=\"next\""));
        street.get(&format!("/api/v1/needs?sort=affected_count&cursor={cursor}")).await.ok();
        for other in ["", "&sort=-affected_count", "&sort=supporters", "&sort=created_at", "&sort=-created_at"] {
            street.get(&format!("/api/v1/needs?cursor={cursor}{other}")).await.refused(400, "invalid_cursor");
        }
        let newest = text(&street.get("/api/v1/needs?limit=1").await.ok(), "/next");
        street.get(&format!("/api/v1/needs?cursor={newest}&sort=-created_at")).await.ok();
        street.get(&format!("/api/v1/needs?cursor={newest}&sort=created_at")).await.refused(400, "invalid_cursor");
    }

    async fn a_row_that_changes_its_value_between_pages_moves_and_the_others_stay(bench: Bench) {
        let mut all = Vec::new();
        for _ in 0..4 {
            all.push(people(&mut bench, 5).await);
        }
        let caller = bench.user("hao.xiulan").await;
        let path = "/api/v1/public/needs?sort=supporters&affected_count=5";
        caller.get(path).await.refused(400, "unknown_parameter");
        let path = "/api/v1/public/needs?sort=supporters&state=submitted";
        let page = caller.get(&format!("{path}&limit=2")).await.ok();
        assert_eq!(ids(&list(&page, "/items")), all[..2]);
        act(&mut bench, "xiong.dehai", &all[2], "support", json!({})).await.ok();
        let rest = caller.get(&format!("{path}&limit=9&cursor={}", text(&page, "/next"))).await.ok();
        assert_eq!(ids(&list(&rest, "/items")), [all[3].clone(), all[2].clone()]);
    }
}
