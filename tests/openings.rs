//! The opening of the box: its record, who reads it, and that it cannot be opened early.

use crate::needs::instant;
use crate::scenes::{list, text};
use serde_json::{Value, json};
use uuid::Uuid;
use wubang_kernel::Who;
use wubang_kernel::digest::content_hash;
use wubang_server::demo::play::agent_of;
use wubang_testkit::{Bench, Stage, on_both};

/// A posting with three bids, and where its record will be.
async fn with_bids(bench: &mut Bench) -> String {
    bench.reach(Stage::BidsSubmitted).await;
    bench.work().await;
    format!("/api/v1/postings/{}/opening", bench.play.ids.posting)
}

/// The bid as its own organisation sees it.
async fn own(bench: &mut Bench, key: &str) -> Value {
    let agent = bench.user(&agent_of(key, "org_agent").unwrap()).await;
    let path = format!("/api/v1/bids/{}", bench.play.ids.bids[key]);
    agent.get(&path).await.ok()
}

/// The street proposes the winner of the story after the scoring; answers the award.
pub async fn proposed(bench: &mut Bench) -> String {
    bench.forget();
    let winner = bench.play.cast("winner").unwrap();
    let body =
        json!({ "bid_id": bench.play.ids.bids[&winner], "reason": "评审总分最高,方案完整可行" });
    let path = format!("/api/v1/postings/{}/propose_award", bench.play.ids.posting);
    let street = bench.cast("street_officer").await;
    text(&street.post(&path, body).await.ok(), "/id")
}

on_both! {
    async fn the_record_is_recomputed_and_fits_each_receipt(bench: Bench from BidsSubmitted) {
        let path = with_bids(&mut bench).await;
        let mut receipts = Vec::new();
        for key in ["lelin", "yinxing", "xinhuo"] {
            receipts.push(own(&mut bench, key).await["receipt"].clone());
        }
        bench.play.deadline_passed().await.unwrap();
        let opening = bench.cast("street_officer").await.get(&path).await.ok();
        let record = &opening["record"];
        assert_eq!(content_hash(record), text(&opening, "/record_hash"));
        assert_eq!((&record["handed_in"], &record["withdrawn"], &record["opened_by"]), (&json!(3), &json!(0), &json!("system")));
        let bids = list(record, "/bids");
        for (key, receipt) in ["lelin", "yinxing", "xinhuo"].into_iter().zip(&receipts) {
            let bid = bids.iter().find(|bid| bid["bid_id"] == json!(bench.play.ids.bids[key])).unwrap();
            assert_eq!(bid["content_hash"], receipt["content_hash"], "{key}");
            assert_eq!(bid["received_at"], receipt["submitted_at"], "{key}");
            assert_eq!((&bid["revision"], &bid["position"]), (&receipt["revision"], &receipt["position"]), "{key}");
            assert!(bid["position"].is_i64(), "the sequencer had numbered it");
            let opened = bench.cast("street_officer").await.get(&format!("/api/v1/bids/{}", bench.play.ids.bids[key])).await.ok();
            assert_eq!(bid["price_fen"], opened["price_fen"]);
            assert_eq!((&bid["envelope_intact"], &bid["eligible"], &bid["unmet"]), (&json!(true), &json!(true), &json!([])));
        }
        let numbers: Vec<&Value> = bids.iter().map(|bid| &bid["number"]).collect();
        assert_eq!(numbers, [&json!(1), &json!(2), &json!(3)]);
        let times: Vec<String> = bids.iter().map(|bid| text(bid, "/received_at")).collect();
        assert!(times.is_sorted(), "{times:?}");
        // one record in the trail, with the same hash, and one opening however often the worker works
        bench.work().await;
        let trail = bench.cast("street_officer").await.get(&format!("/api/v1/projects/{}/trace?limit=100", bench.play.ids.project)).await.ok();
        let recorded: Vec<Value> = list(&trail, "/items").into_iter().filter(|one| one["event"] == "opening.recorded").collect();
        assert_eq!(recorded.len(), 1);
        assert_eq!(bench.cast("street_officer").await.get(&path).await.ok(), opening);
    }

    async fn who_withdrew_is_counted_and_not_named(bench: Bench from BidsSubmitted) {
        let path = with_bids(&mut bench).await;
        let withdrawn = format!("/api/v1/bids/{}/withdraw", bench.play.ids.bids["yinxing"]);
        let agent = bench.user(&agent_of("yinxing", "org_agent").unwrap()).await;
        agent.post(&withdrawn, json!({ "reason": "团队安排有变,不再揭榜" })).await.ok();
        bench.advance(instant("2026-03-18T00:00:00+08:00")).await;
        let opening = bench.cast("street_officer").await.get(&path).await.ok();
        assert_eq!((&opening["record"]["handed_in"], &opening["record"]["withdrawn"]), (&json!(2), &json!(1)));
        assert!(!opening.to_string().contains("银杏树"), "{opening}");
        assert!(!opening.to_string().contains(&bench.play.ids.bids["yinxing"]));
    }

    async fn the_record_is_read_by_those_who_judge_and_its_public_part_by_all_from_the_proposal_on(bench: Bench from BidsSubmitted) {
        let path = with_bids(&mut bench).await;
        let public = format!("/api/v1/public/postings/{}/opening", bench.play.ids.posting);
        let bidder = agent_of("lelin", "org_agent").unwrap();
        for account in ["wang.min", "he.zhengqing", "zhao.lei", "wei.guohua", bidder.as_str()] {
            bench.user(account).await.get(&path).await.refused(404, "not_found");
        }
        bench.play.bids_qualified().await.unwrap();
        bench.forget();
        for account in ["wang.min", "cao.junjie", "he.zhengqing"] {
            bench.user(account).await.get(&path).await.ok();
        }
        for account in ["zhao.lei", "wei.guohua", "luo.jianguo", "qin.shuyao", bidder.as_str()] {
            bench.user(account).await.get(&path).await.refused(404, "not_found");
        }
        bench.nobody().get(&path).await.refused(401, "unauthenticated");
        bench.nobody().get(&public).await.refused(404, "not_found");
        bench.play.panel_formed().await.unwrap();
        bench.forget();
        let read = bench.user("luo.jianguo").await.get(&path).await.ok();
        assert_eq!(read["record"]["handed_in"], json!(3), "a member of the panel reads it");
        bench.play.bids_scored().await.unwrap();
        bench.nobody().get(&public).await.refused(404, "not_found");
        proposed(&mut bench).await;
        let shown = bench.nobody().get(&public).await.ok();
        let opening = bench.cast("street_officer").await.get(&path).await.ok();
        assert_eq!(shown["record_hash"], opening["record_hash"]);
        let names: Vec<String> = list(&shown, "/bidders").iter().map(|one| text(one, "/organisation_name")).collect();
        assert_eq!(names.len(), 3);
        for bid in list(&opening["record"], "/bids") {
            assert!(names.contains(&text(&bid, "/organisation_name")));
            let price = bid["price_fen"].to_string();
            assert!(!shown.to_string().contains(&price), "the public reads no price");
        }
    }

    async fn a_box_is_not_opened_before_its_deadline_by_whatever_calls(bench: Bench from BidsSubmitted) {
        let path = with_bids(&mut bench).await;
        let posting: Uuid = bench.play.ids.posting.parse().unwrap();
        let before = own(&mut bench, "lelin").await;
        for moment in ["2026-03-02T12:00:00+08:00", "2026-03-17T23:59:59+08:00"] {
            bench.advance(instant(moment)).await;
            let tx = bench.running.store.write(&Who::system("tests")).await.unwrap();
            let error = wubang_bids::service::open_box(&tx, posting).await.unwrap_err();
            assert!(error.to_string().contains("after its deadline only"), "{error}");
            // even what would be committed now has opened nothing
            tx.commit().await.unwrap();
        }
        let after = own(&mut bench, "lelin").await;
        assert_eq!((&after["state"], &after["version"]), (&json!("submitted"), &before["version"]));
        let street = bench.cast("street_officer").await;
        street.get(&path).await.refused(404, "not_found");
        street.get(&format!("/api/v1/bids/{}", bench.play.ids.bids["lelin"])).await.refused(404, "not_found");
        // closed by hand on its last day it stays shut as well: the clock decides
        let tx = bench.running.store.write(&Who::system("tests")).await.unwrap();
        let error = wubang_postings::service::close(&tx, posting).await.unwrap_err();
        assert!(error.to_string().contains("after its deadline only"), "{error}");
        drop(tx);
        bench.play.deadline_passed().await.unwrap();
        bench.cast("street_officer").await.get(&path).await.ok();
    }
}
