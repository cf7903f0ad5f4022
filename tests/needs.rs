//! 评榜 over HTTP.

use serde_json::json;
use wubang_testkit::on_both;

on_both! {
    async fn a_need_is_approved_by_the_story(bench: Bench) {
        bench.play.need_approved().await.unwrap();
        let street = bench.cast("street_officer").await;
        let need = street.get(&format!("/api/v1/needs/{}", bench.play.ids.need)).await.ok();
        assert_eq!(need["state"], json!("approved"));
        assert_eq!(need["priority"], json!("high"));
        assert_eq!(need["review_score"], json!("86.00"));
    }
}
