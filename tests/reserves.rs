//! 候补: who was next in rank is kept for 180 calendar days, or as long as the district says (rulebook 2.8.3).

use crate::needs::{due, instant, text};
use crate::postings::district_rules;
use crate::scenes::{recorded, seen};
use chrono::TimeDelta;
use serde_json::{Value, json};
use wubang_testkit::{Bench, Stage, on_both};

/// An award in publicity from 18 March, with two in reserve.
async fn proposed(bench: &mut Bench) {
    bench.reach(Stage::AwardProposed).await;
}

async fn bid(bench: &mut Bench, key: &str) -> Value {
    let path = format!("/api/v1/bids/{}", bench.play.ids.bids[key]);
    seen(bench, "wang.min", &path).await
}

async fn posting(bench: &mut Bench) -> Value {
    let path = format!("/api/v1/postings/{}", bench.play.ids.posting);
    seen(bench, "wang.min", &path).await
}

on_both! {
    async fn a_reserve_ends_after_its_days_and_its_organisation_hears_of_it(bench: Bench from ContractSigned) {
        bench.forget();
        let reserve = bid(&mut bench, "yinxing").await;
        assert_eq!((&reserve["state"], due(&reserve, "reserve_validity").as_deref()), (&json!("reserve"), Some("2026-09-14T23:59:59+08:00")));
        let last = instant("2026-09-14T23:59:59+08:00");
        bench.advance(last).await;
        assert_eq!(bid(&mut bench, "yinxing").await["state"], json!("reserve"));
        let before = bench.mails.sent().len();
        bench.advance(last + TimeDelta::seconds(1)).await;
        for key in ["yinxing", "xinhuo"] {
            assert_eq!(bid(&mut bench, key).await["state"], json!("not_selected"), "{key}");
        }
        assert_eq!(recorded(&bench, "bid.reserve_expired", None).await, 2);
        bench.work().await;
        let told = bench.mails.sent().split_off(before);
        for domain in ["yinxing.example", "xinhuo.example"] {
            assert!(told.iter().any(|mail| mail.to.ends_with(domain) && mail.body.contains("候补有效期已满")), "{domain}");
        }
        // the one that was awarded goes its way
        assert_eq!(bid(&mut bench, "lelin").await["state"], json!("awarded"));
    }

    async fn without_a_reserve_that_still_counts_the_round_fails(bench: Bench) {
        district_rules(&mut bench, json!({ "timers": { "reserve_validity": 30 } })).await.ok();
        bench.reach(Stage::AwardNoticed).await;
        // thirty days from 18 March; the awardee gives up on the day before
        bench.advance(instant("2026-04-16T09:00:00+08:00")).await;
        let award = format!("/api/v1/awards/{}", bench.play.ids.award);
        let head = bench.cast("winner_legal_rep").await;
        head.post(&format!("{award}/decline"), json!({ "reason": "承接能力发生变化,放弃承榜" })).await.ok();
        let waits = posting(&mut bench).await;
        assert_eq!((&waits["state"], due(&waits, "award_decision").is_some()), (&json!("award_publicity"), true));
        bench.advance(instant("2026-04-18T00:00:00+08:00")).await;
        let failed = posting(&mut bench).await;
        assert_eq!((text(&failed, "/state"), text(&failed, "/reason_code")), ("failed".to_owned(), "no_candidate".to_owned()));
    }

    async fn who_follows_is_in_reserve_no_more(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        bench.advance(instant("2026-03-19T09:00:00+08:00")).await;
        let award = format!("/api/v1/awards/{}", bench.play.ids.award);
        let head = bench.cast("winner_legal_rep").await;
        head.post(&format!("{award}/decline"), json!({ "reason": "承接能力发生变化,放弃承榜" })).await.ok();
        let body = json!({ "bid_id": bench.play.ids.bids["yinxing"], "reason": "按照评审排名递补" });
        let path = format!("/api/v1/postings/{}/propose_award", bench.play.ids.posting);
        bench.cast("street_officer").await.post(&path, body).await.ok();
        let next = bid(&mut bench, "yinxing").await;
        assert_eq!((&next["state"], due(&next, "reserve_validity")), (&json!("recommended"), None));
        assert!(due(&bid(&mut bench, "xinhuo").await, "reserve_validity").is_some());
    }
}
