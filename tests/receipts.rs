//! Receipts for score sheets: who scored can check that exactly his sheet is counted, and nobody else learns anything.

use crate::draws::python;
use crate::evaluations::{
    Member, at, composition, declared, formed, happy, opened, published, scored, surveyed,
};
use crate::scenes::{list, text};
use serde_json::{Value, json};
use wubang_kernel::digest::sha256_hex;
use wubang_testkit::{Bench, on_both};

/// The script, as it is printed for everybody.
const SCRIPT: &str = include_str!("support/check_receipt.py");

async fn receipt(bench: &mut Bench, account: &str) -> Value {
    let path = at(bench, "my_receipt");
    bench.user(account).await.get(&path).await.ok()
}

/// Everybody has scored with 80.
async fn finished(bench: &mut Bench) -> Vec<Member> {
    opened(bench).await;
    let body = composition(bench).await;
    let members = formed(bench, body, &[]).await;
    declared(bench, &members).await;
    surveyed(bench, &happy()).await;
    let third = bench.cast("third_party").await;
    let _ = third
        .post(&at(bench, "start_scoring"), json!({}))
        .await
        .ok();
    scored(bench, &members, |_| 80).await;
    members
}

on_both! {
    async fn every_scorer_finds_his_sheet_in_the_published_list(bench: Bench from ReportAccepted) {
        let members = finished(&mut bench).await;
        let mut before = Vec::new();
        for (account, _) in &members {
            let one = receipt(&mut bench, account).await;
            assert_eq!((&one["position"], &one["of"], &one["counted"]), (&Value::Null, &Value::Null, &json!(true)), "the list is not out");
            assert_eq!(text(&one, "/commitment"), sha256_hex(format!("{}{}", text(&one, "/salt"), text(&one, "/sheet")).as_bytes()));
            before.push(one);
        }
        published(&mut bench).await;
        let result = bench.nobody().get(&format!("/api/v1/public/evaluations/{}", bench.play.ids.evaluation)).await.ok();
        for ((account, _), before) in members.iter().zip(&before) {
            let one = receipt(&mut bench, account).await;
            assert_eq!((&one["commitment"], &one["salt"], &one["of"]), (&before["commitment"], &before["salt"], &json!(members.len())));
            let given = json!({ "receipt": one, "result": result });
            assert_eq!(python(SCRIPT, &given.to_string()), "ok", "{account}");
        }
        // one point more, another salt, a sheet that is not in the list: each is noticed
        let given = json!({ "receipt": before[0], "result": result });
        let other = text(&before[0], "/sheet").replace("综合评价", "另一评价");
        let listed = list(&result, "/sheet_commitments");
        let place = listed.iter().position(|one| *one == before[0]["commitment"]).unwrap();
        let place = format!("/result/sheet_commitments/{place}");
        for (pointer, value) in [("/receipt/sheet", json!(other)), ("/receipt/salt", json!("00")), (place.as_str(), json!("00")), ("/result/party_scores/0/sheets", json!(9))] {
            let mut changed = given.clone();
            *changed.pointer_mut(pointer).unwrap() = value;
            assert_eq!(python(SCRIPT, &changed.to_string()), "mismatch", "{pointer}");
        }
        let printed = include_str!("../crates/panels/README.md");
        assert!(printed.contains(SCRIPT) && SCRIPT.lines().count() <= 12, "README.md of panels prints another script");
        // the list stands in the order of its values, which is no order of handing in, and with the draw as well
        let listed: Vec<String> = list(&result, "/sheet_commitments").iter().map(|one| one.as_str().unwrap().to_owned()).collect();
        assert!(listed.is_sorted());
        let draws = crate::draws::draws(&bench, &bench.play.ids.evaluation).await;
        assert_eq!(draws["rounds"][0]["sheet_commitments"], result["sheet_commitments"]);
        for word in [text(&before[0], "/salt"), text(&before[0], "/sheet")] {
            assert!(!result.to_string().contains(&word) && !draws.to_string().contains(&word));
        }
    }

    async fn nobody_gets_the_receipt_of_another(bench: Bench from ReportAccepted) {
        let members = finished(&mut bench).await;
        for account in ["gong.mingyue", "wang.min", "he.zhengqing", "ning.jiayi"] {
            if members.iter().any(|(one, _)| one == account) {
                continue;
            }
            let path = at(&bench, "my_receipt");
            bench.user(account).await.get(&path).await.refused(404, "not_found");
        }
        let panel = text(&crate::evaluations::evaluation(&mut bench, "gong.mingyue").await, "/panel/id");
        let path = format!("/api/v1/panels/{panel}/my_receipts");
        bench.user("he.zhengqing").await.get(&path).await.refused(404, "not_found");
        let own = bench.user(&members[0].0).await.get(&path).await.ok();
        assert_eq!((list(&own, "/items").len(), &own["items"][0]), (1, &receipt(&mut bench, &members[0].0).await));
    }

    async fn a_member_of_an_award_panel_has_a_receipt_per_bid(bench: Bench from AwardProposed) {
        let seats = crate::awards::seats(&mut bench).await;
        let posting = bench.play.ids.posting.clone();
        let panel = text(&bench.cast("street_officer").await.get(&format!("/api/v1/postings/{posting}/panel")).await.ok(), "/id");
        let path = format!("/api/v1/panels/{panel}/my_receipts");
        let before = bench.user(&seats[0]).await.get(&path).await.ok();
        let count = list(&before, "/items").len();
        assert!(count >= 3 && before["items"][0]["position"].is_null(), "{before}");
        bench.play.award_noticed().await.unwrap();
        bench.forget();
        let after = bench.user(&seats[0]).await.get(&path).await.ok();
        let listed = crate::draws::draws(&bench, &posting).await["rounds"][0]["sheet_commitments"].clone();
        assert_eq!(list(&json!({ "all": listed }), "/all").len(), count * seats.len());
        for one in list(&after, "/items") {
            let place = usize::try_from(one["position"].as_u64().unwrap()).unwrap();
            assert_eq!(listed[place - 1], one["commitment"]);
        }
    }
}
