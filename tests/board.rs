//! The public board: filters, full text, counts and the feed, as nobody.

use crate::scenes::{list, made_public, text};
use serde_json::{Value, json};
use wubang_testkit::{Bench, Stage, on_both};

const BOARD: &str = "/api/v1/public/postings";

/// A published posting of the story, changed.
async fn posted(bench: &mut Bench, change: impl FnOnce(&mut Value)) -> Value {
    bench.reach(Stage::NeedApproved).await;
    let mut body = bench.play.posting_body().await.unwrap();
    change(&mut body);
    made_public(bench, body, json!({ "content_acknowledged": true })).await
}

/// Three postings that differ in everything that is filtered.
async fn three(bench: &mut Bench) -> [Value; 3] {
    let first = posted(bench, |_| {}).await;
    let second = posted(bench, |body| {
        body["title"] = json!("加装电梯意愿协商与楼道议事");
        body["field"] = json!("C01");
        body["content"]["target_groups"] = json!(["owner", "all_residents"]);
        body["budget_ceiling_fen"] = json!(900_000);
    })
    .await;
    let third = posted(bench, |body| {
        body["title"] = json!("四点半课堂 A01 拓展班");
        body["field"] = json!("B02");
        body["content"]["target_groups"] = json!(["child"]);
        body["budget_ceiling_fen"] = json!(0);
    })
    .await;
    [first, second, third]
}

async fn found(bench: &Bench, filter: &str) -> Vec<String> {
    let page = bench.nobody().get(&format!("{BOARD}?{filter}")).await.ok();
    list(&page, "/items")
        .iter()
        .map(|one| text(one, "/id"))
        .collect()
}

fn ids(postings: &[&Value]) -> Vec<String> {
    postings.iter().map(|one| text(one, "/id")).collect()
}

fn counts(facets: &Value, facet: &str) -> Vec<(String, i64)> {
    let rows = list(facets, &format!("/{facet}"));
    rows.iter()
        .map(|row| (text(row, "/value"), row["count"].as_i64().unwrap()))
        .collect()
}

fn pairs(rows: &[(&str, i64)]) -> Vec<(String, i64)> {
    rows.iter()
        .map(|(value, count)| ((*value).to_owned(), *count))
        .collect()
}

on_both! {
    async fn each_filter_finds_its_own(bench: Bench) {
        let [first, second, third] = three(&mut bench).await;
        assert_eq!(found(&bench, "").await, ids(&[&third, &second, &first]));
        assert_eq!(found(&bench, "field=C01").await, ids(&[&second]));
        assert_eq!(found(&bench, "field=C01&field=B02").await, ids(&[&third, &second]));
        assert_eq!(found(&bench, "target_group=owner").await, ids(&[&second]));
        assert_eq!(found(&bench, "target_group=all%25residents").await, Vec::<String>::new(), "no wildcard gets through");
        assert_eq!(found(&bench, "target_group=all").await, Vec::<String>::new(), "a part of a word is not the word");
        assert_eq!(found(&bench, "target_group=elderly_living_alone&target_group=child").await, ids(&[&third, &first]));
        assert_eq!(found(&bench, "budget_ceiling_min=1&budget_ceiling_max=900000").await, ids(&[&second]));
        assert_eq!(found(&bench, "state=open&type=open&division=410108").await.len(), 3);
        assert_eq!(found(&bench, "division=370213").await.len(), 0);
        for wrong in ["budget_ceiling_min=-1", "budget_ceiling_max=viel", "division=4", "q="] {
            bench.nobody().get(&format!("{BOARD}?{wrong}")).await.refused(422, "invalid");
        }
        bench.nobody().get(&format!("{BOARD}?colour=red")).await.refused(400, "unknown_parameter");
    }

    async fn full_text_finds_two_characters_names_and_numbers(bench: Bench) {
        let [first, second, third] = three(&mut bench).await;
        for (question, wanted) in [("电梯", vec![&second]), ("议事 电梯", vec![&second]), ("梯", vec![&second]), ("电梯加", vec![]),
            ("四点半", vec![&third]), ("a01", vec![&third]), ("Ａ０１", vec![&third]), ("迎宾路街道", vec![&third, &second, &first])] {
            assert_eq!(found(&bench, &format!("q={}", urlencoded(question))).await, ids(&wanted), "{question}");
        }
        let number = text(&second, "/number");
        assert_eq!(found(&bench, &format!("q={number}")).await, ids(&[&second]));
        assert_eq!(found(&bench, "q=%E3%80%82").await, Vec::<String>::new(), "no word, nothing found");
        for hostile in ["\" OR *", "' OR 1=1 --", "电梯\" NEAR", "NOT 电梯", "(电梯"] {
            bench.nobody().get(&format!("{BOARD}?q={}", urlencoded(hostile))).await.ok();
        }
    }

    async fn a_draft_is_found_by_those_at_work_only_and_a_changed_title_replaces_the_old(bench: Bench from NeedApproved) {
        let mut body = bench.play.posting_body().await.unwrap();
        body["title"] = json!("加装电梯意愿协商");
        let secretary = bench.cast("secretary").await;
        let id = text(&secretary.post("/api/v1/postings", body).await.ok(), "/id");
        let question = format!("/api/v1/postings?q={}", urlencoded("电梯"));
        assert_eq!(list(&secretary.get(&question).await.ok(), "/items").len(), 1);
        assert_eq!(list(&bench.user("mao.xinmin").await.get(&question).await.ok(), "/items").len(), 0);
        assert_eq!(found(&bench, &format!("q={}", urlencoded("电梯"))).await.len(), 0);
        let secretary = bench.cast("secretary").await;
        secretary.patch(&format!("/api/v1/postings/{id}"), 1, json!({ "title": "楼道适老化改造协商" })).await.ok();
        assert_eq!(list(&secretary.get(&question).await.ok(), "/items").len(), 0);
        assert_eq!(list(&secretary.get(&format!("/api/v1/postings?q={}", urlencoded("适老化"))).await.ok(), "/items").len(), 1);
    }

    async fn facets_count_under_all_filters_but_their_own(bench: Bench) {
        three(&mut bench).await;
        let all = bench.nobody().get("/api/v1/public/posting_facets").await.ok();
        assert_eq!(counts(&all, "field"), pairs(&[("A01", 1), ("B02", 1), ("C01", 1)]));
        assert_eq!((counts(&all, "state"), counts(&all, "type")), (pairs(&[("open", 3)]), pairs(&[("open", 3)])));
        assert_eq!(counts(&all, "street"), pairs(&[("410108005000", 3)]));
        assert_eq!(counts(&all, "budget_ceiling"), pairs(&[("0", 1), ("1-1000000", 1), ("1000001-5000000", 1)]));
        assert!(counts(&all, "target_group").contains(&("owner".to_owned(), 1)));
        let one = bench.nobody().get("/api/v1/public/posting_facets?field=C01&target_group=child").await.ok();
        assert_eq!(counts(&one, "field"), pairs(&[("B02", 1)]), "its own filter does not count");
        let mut groups = counts(&one, "target_group");
        groups.sort();
        assert_eq!(groups, pairs(&[("all_residents", 1), ("owner", 1)]));
        assert_eq!(counts(&one, "state"), pairs(&[]));
        bench.nobody().get("/api/v1/public/posting_facets?q=").await.refused(422, "invalid");
    }

    async fn the_feed_shows_the_newest_per_district_and_field(bench: Bench) {
        let [_, second, _] = three(&mut bench).await;
        let all = bench.nobody().call("GET", "/api/v1/public/feeds/postings", &[], None).await;
        let feed = &all.text;
        assert!(feed.starts_with("<?xml") && feed.matches("<entry>").count() == 3, "{feed}");
        let one = bench.nobody().call("GET", "/api/v1/public/feeds/postings?field=C01&division=410108000000", &[], None).await;
        assert_eq!(one.text.matches("<entry>").count(), 1);
        assert!(one.text.contains(&format!("urn:uuid:{}", text(&second, "/id"))), "{}", one.text);
        let etag = one.headers["etag"].clone();
        let again = bench.nobody().call("GET", "/api/v1/public/feeds/postings?field=C01&division=410108000000", &[("if-none-match", &etag)], None).await;
        assert_eq!(again.status, 304);
        bench.nobody().get("/api/v1/public/feeds/postings?q=x").await.refused(400, "unknown_parameter");
    }
}

/// Percent-encoded UTF-8.
fn urlencoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
