//! Counting rule 9: what was counted without the calendar of its year is counted anew when the year is
//! loaded, moves later or not at all, and those concerned are told once.

use crate::needs::{due, instant, text};
use crate::scenes::{recorded, seen};
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::sync::Arc;
use wubang_kernel::clock::{Clock as _, TestClock};
use wubang_server::config::Config;
use wubang_store::worker::Worker;
use wubang_testkit::{Bench, Reply, Stage, on_both};

/// A posting of the play, published in December for so many days that it closes in January.
async fn open(bench: &mut Bench, on: &str) -> Value {
    bench
        .advance(instant(&format!("{on}T09:00:00+08:00")))
        .await;
    bench.reach(Stage::PostingOpen).await;
    bench.forget();
    posting(bench).await
}

async fn posting(bench: &mut Bench) -> Value {
    let path = format!("/api/v1/postings/{}", bench.play.ids.posting);
    seen(bench, "wang.min", &path).await
}

async fn act(bench: &mut Bench, account: &str, verb: &str, body: Value) -> Reply {
    let path = format!("/api/v1/postings/{}/{verb}", bench.play.ids.posting);
    bench.user(account).await.post(&path, body).await
}

/// The district loads a notice of 2027 that gives so many days from 1 January on off.
async fn load(bench: &mut Bench, days: usize) {
    let first: chrono::NaiveDate = "2027-01-01".parse().unwrap();
    let days: Vec<_> = first.iter_days().take(days).collect();
    let body = json!({ "year": 2027, "off_days": days, "work_days": [], "source": "国务院办公厅关于2027年部分节假日安排的通知" });
    let district = bench.cast("district_admin").await;
    let loaded = district.post("/api/v1/calendar", body).await;
    assert_eq!(loaded.status, 201);
}

/// Mails about deadlines that moved, sent since the last look.
fn told(bench: &Bench, before: usize) -> Vec<(String, String)> {
    let sent = bench.mails.sent().split_off(before);
    sent.into_iter()
        .filter(|mail| mail.subject.ends_with("期限顺延"))
        .map(|mail| (mail.to, mail.body))
        .collect()
}

async fn settled(bench: &Bench) -> usize {
    bench.work().await;
    bench.mails.sent().len()
}

on_both! {
    async fn a_posting_into_an_unknown_year_moves_later_when_the_year_is_loaded(bench: Bench) {
        let first = open(&mut bench, "2026-12-22").await;
        assert_eq!((&first["bid_deadline"], &first["provisional"]), (&json!("2027-01-06T23:59:59+08:00"), &json!(true)));
        let words = bench.play.bid_of("xinhuo").unwrap();
        bench.play.bid_drafted("xinhuo", &words).await.unwrap();
        let before = settled(&bench).await;
        load(&mut bench, 8).await;
        bench.work().await;
        let moved = posting(&mut bench).await;
        // the window ends on Wednesday 6 January, a day off by now, so on Monday the 11th
        let end = "2027-01-11T23:59:59+08:00";
        assert_eq!((&moved["bid_deadline"], &moved["bid_deadline_rule"], &moved["provisional"]), (&json!(end), &first["bid_deadline_rule"], &json!(false)));
        assert_eq!(due(&moved, "bid_window").as_deref(), Some(end));
        let marks: Vec<_> = moved["deadlines"].as_array().unwrap().iter().map(|one| one["provisional"].clone()).collect();
        assert!(marks.iter().all(|mark| mark == &json!(false)), "{marks:?}");
        let change = &moved["changes"][0];
        assert_eq!((&change["kind"], &change["deadline_before"], &change["deadline_after"]), (&json!("recount"), &first["bid_deadline"], &json!(end)));
        // street, secretary and who has written a bid, each once, by name of the deadline
        let mails = told(&bench, before);
        assert!(mails.iter().any(|(to, body)| to.starts_with("wang.min@") && body.contains("揭榜期限 2027-01-11")), "{mails:?}");
        assert!(mails.iter().any(|(to, body)| to.ends_with("@xinhuo.example") && body.contains(end)), "{mails:?}");
        let mut to: Vec<&str> = mails.iter().map(|(to, _)| to.as_str()).collect();
        let all = to.len();
        to.sort_unstable();
        to.dedup();
        assert_eq!(to.len(), all, "nobody is told twice");
        // counted once: neither another round nor the same year again moves or tells anything
        let before = settled(&bench).await;
        load(&mut bench, 20).await;
        bench.work().await;
        assert_eq!(told(&bench, before), []);
        assert_eq!(posting(&mut bench).await["bid_deadline"], json!(end));
        assert_eq!(recorded(&bench, "posting.deadline_recounted", None).await, 1);
        // and the box opens by the new deadline
        bench.advance(instant(end)).await;
        assert_eq!(posting(&mut bench).await["state"], json!("open"));
        bench.advance(instant(end) + TimeDelta::seconds(1)).await;
        assert_ne!(posting(&mut bench).await["state"], json!("open"));
    }

    async fn a_deadline_never_moves_earlier_and_nobody_is_told_of_nothing(bench: Bench) {
        let first = open(&mut bench, "2026-12-22").await;
        let before = settled(&bench).await;
        load(&mut bench, 3).await;
        bench.work().await;
        let same = posting(&mut bench).await;
        assert_eq!((&same["bid_deadline"], &same["question_deadline"], &same["provisional"]), (&first["bid_deadline"], &first["question_deadline"], &json!(false)));
        assert_eq!((&same["changes"], told(&bench, before)), (&json!([]), vec![]));
    }

    async fn what_does_not_reach_the_loaded_year_stays_as_it_is(bench: Bench) {
        let first = open(&mut bench, "2026-12-01").await;
        assert_eq!(first["provisional"], json!(false));
        let before = settled(&bench).await;
        load(&mut bench, 8).await;
        bench.work().await;
        assert_eq!(posting(&mut bench).await, first);
        assert_eq!(told(&bench, before), []);
    }

    async fn a_question_deadline_follows_as_long_as_it_runs(bench: Bench) {
        let first = open(&mut bench, "2026-12-30").await;
        // 14 January and five working days before it, without the notice
        assert_eq!((&first["bid_deadline"], &first["question_deadline"]), (&json!("2027-01-14T23:59:59+08:00"), &json!("2027-01-07T23:59:59+08:00")));
        load(&mut bench, 15).await;
        bench.work().await;
        let moved = posting(&mut bench).await;
        // Monday 18 January; five working days before it lie in December, but it never moves earlier
        assert_eq!((&moved["bid_deadline"], &moved["question_deadline"]), (&json!("2027-01-18T23:59:59+08:00"), &json!("2027-01-07T23:59:59+08:00")));
        assert_eq!(due(&moved, "question_deadline").as_deref(), Some("2027-01-07T23:59:59+08:00"));
    }

    async fn the_publicity_of_a_notice_ends_with_its_timer(bench: Bench) {
        let first = open(&mut bench, "2026-12-29").await;
        // 30 and 31 December, 4 to 6 January without the notice; from the 11th on with it
        assert_eq!(due(&first, "notice_period").as_deref(), Some("2027-01-06T23:59:59+08:00"));
        load(&mut bench, 8).await;
        bench.work().await;
        let end = "2027-01-13T23:59:59+08:00";
        assert_eq!(due(&posting(&mut bench).await, "notice_period").as_deref(), Some(end));
        let shown = bench.nobody().get("/api/v1/public/publicities?kind=posting_notice").await.ok();
        assert_eq!(shown["items"][0]["ends_at"], json!(end));
    }

    async fn a_suspended_posting_goes_on_with_what_the_loaded_year_leaves_it(bench: Bench) {
        let first = open(&mut bench, "2026-12-29").await;
        assert_eq!(first["bid_deadline"], json!("2027-01-13T23:59:59+08:00"));
        bench.advance(instant("2027-01-05T10:00:00+08:00")).await;
        let body = json!({ "ground": "force_majeure", "reason": "强降雨应急响应期间暂停办理" });
        act(&mut bench, "wang.min", "suspend", body).await.ok();
        let before = settled(&bench).await;
        load(&mut bench, 8).await;
        bench.work().await;
        // nobody is told of an end that does not run
        assert_eq!(told(&bench, before), []);
        bench.advance(instant("2027-01-11T10:00:00+08:00")).await;
        let on = act(&mut bench, "cao.junjie", "resume", json!({ "reason": "中止的原因已经消除" })).await.ok();
        // six of fifteen days were used: nine from 11 January; of the notice's five working days two
        // were used by the loaded year, three without it
        assert_eq!((&on["bid_deadline"], &on["provisional"]), (&json!("2027-01-20T23:59:59+08:00"), &json!(false)));
        assert_eq!(due(&on, "notice_period").as_deref(), Some("2027-01-14T23:59:59+08:00"));
    }

    async fn a_process_that_was_down_counts_before_it_fires(bench: Bench) {
        let first = open(&mut bench, "2026-12-22").await;
        bench.stand_at(instant(&text(&first, "/bid_deadline")) + TimeDelta::hours(2));
        load(&mut bench, 8).await;
        // the old end is over and nothing has fired: the year comes first
        bench.work().await;
        let moved = posting(&mut bench).await;
        assert_eq!((&moved["state"], &moved["bid_deadline"]), (&json!("open"), &json!("2027-01-11T23:59:59+08:00")));
        assert_eq!(recorded(&bench, "posting.closed", None).await, 0);
    }

    async fn a_worker_that_does_not_know_the_year_yet_moves_nothing(bench: Bench) {
        let first = open(&mut bench, "2026-12-22").await;
        // another process, which read the calendar before the year was loaded
        let config = Config { database_url: bench.url.clone(), ..wubang_testkit::config() };
        let clock = TestClock::standing_at(bench.clock.now() + TimeDelta::minutes(1));
        let store = wubang_server::app::open_store(&config, Arc::new(clock)).await.unwrap();
        let worker = Worker::new(store.clone(), Vec::new(), Vec::new()).with_recounts(wubang_server::wiring::recounts());
        load(&mut bench, 8).await;
        worker.run_due().await.unwrap();
        assert_eq!(posting(&mut bench).await["bid_deadline"], first["bid_deadline"]);
        wubang_registry::calendar::load_into(&store).await.unwrap();
        worker.run_due().await.unwrap();
        assert_eq!(posting(&mut bench).await["bid_deadline"], json!("2027-01-11T23:59:59+08:00"));
        // the one that loaded it finds nothing left
        bench.work().await;
        assert_eq!(recorded(&bench, "posting.deadline_recounted", None).await, 1);
        store.close().await;
    }

    async fn the_publicity_of_an_award_follows(bench: Bench) {
        open(&mut bench, "2026-12-10").await;
        bench.play.bids_submitted().await.unwrap();
        bench.play.bids_qualified().await.unwrap();
        bench.play.award_proposed().await.unwrap();
        bench.forget();
        let award = format!("/api/v1/awards/{}", bench.play.ids.award);
        let shown = seen(&mut bench, "wang.min", &award).await;
        // 28 to 31 December and Monday 4 January
        assert_eq!(shown["publicity_ends_at"], json!("2027-01-04T23:59:59+08:00"));
        let before = settled(&bench).await;
        load(&mut bench, 8).await;
        bench.work().await;
        let moved = seen(&mut bench, "wang.min", &award).await;
        let end = "2027-01-11T23:59:59+08:00";
        assert_eq!((&moved["publicity_ends_at"], due(&moved, "award_publicity").as_deref()), (&json!(end), Some(end)));
        let public = bench.nobody().get("/api/v1/public/publicities?kind=award").await.ok();
        assert_eq!(public["items"][0]["ends_at"], json!(end));
        let mails = told(&bench, before);
        assert!(mails.iter().any(|(to, body)| to.ends_with("@lelin.example") && body.contains("承榜公示 2027-01-11")), "{mails:?}");
        assert_eq!(recorded(&bench, "award.deadline_recounted", None).await, 1);
    }

    async fn an_agreement_that_waits_for_signatures_has_the_moved_term(bench: Bench) {
        open(&mut bench, "2026-12-07").await;
        bench.play.bids_submitted().await.unwrap();
        bench.play.bids_qualified().await.unwrap();
        bench.play.award_proposed().await.unwrap();
        bench.play.award_noticed().await.unwrap();
        bench.play.contract_sent().await.unwrap();
        bench.forget();
        let award = format!("/api/v1/awards/{}", bench.play.ids.award);
        let contract = format!("/api/v1/contracts/{}", bench.play.ids.contract);
        let first = seen(&mut bench, "wang.min", &award).await;
        let last = instant(&text(&first, "/sign_by"));
        assert_eq!(last, instant("2027-02-01T23:59:59+08:00"));
        let before = settled(&bench).await;
        load(&mut bench, 33).await;
        bench.work().await;
        // off until 2 February
        let end = json!("2027-02-03T23:59:59+08:00");
        assert_eq!(seen(&mut bench, "wang.min", &award).await["sign_by"], end);
        assert_eq!(seen(&mut bench, "wang.min", &contract).await["sign_by"], end);
        let mails = told(&bench, before);
        assert!(mails.iter().any(|(to, body)| to.ends_with("@lelin.example") && body.contains("签订协议 2027-02-03")), "{mails:?}");
    }

    async fn the_publicity_of_a_result_follows(bench: Bench from ReportAccepted) {
        crate::evaluations::play_reported(&mut bench).await;
        bench.advance(instant("2026-12-28T09:00:00+08:00")).await;
        bench.play.evaluation_scored().await.unwrap();
        bench.forget();
        let first = crate::evaluations::published(&mut bench).await;
        assert_eq!(first, instant("2027-01-05T23:59:59+08:00"));
        let before = settled(&bench).await;
        load(&mut bench, 8).await;
        bench.work().await;
        let path = format!("/api/v1/evaluations/{}", bench.play.ids.evaluation);
        let moved = seen(&mut bench, "wang.min", &path).await;
        let end = "2027-01-12T23:59:59+08:00";
        assert_eq!((&moved["publicity_ends_at"], due(&moved, "evaluation_publicity").as_deref()), (&json!(end), Some(end)));
        assert!(told(&bench, before).iter().any(|(_, body)| body.contains("考榜结果公示 2027-01-12")));
        bench.advance(instant(end) + TimeDelta::seconds(1)).await;
        assert_eq!(seen(&mut bench, "wang.min", &path).await["state"], json!("confirmed"));
    }
}
