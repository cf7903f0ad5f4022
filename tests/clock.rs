//! Time only goes forward: a clock that is set back re-opens nothing, and what fell due is done once,
//! whatever stood still meanwhile.

use crate::scenes::{instant, recorded, seen, text};
use chrono::{DateTime, Duration, Utc};
use sea_orm::EntityTrait;
use serde_json::json;
use std::collections::HashSet;
use wubang_kernel::Who;
use wubang_store::Read as _;
use wubang_store::entity::{outbox, timers};
use wubang_testkit::{Bench, Stage, on_both};

/// A posting with two bids, and a signed one that is not handed in; answers that and the deadline.
async fn undelivered(bench: &mut Bench) -> (String, DateTime<Utc>) {
    bench.reach(Stage::PostingOpen).await;
    for key in ["lelin", "xinhuo"] {
        let bid = bench.play.bid_of(key).unwrap();
        bench.play.bid_submitted(key, &bid).await.unwrap();
    }
    let bid = bench.play.bid_of("yinxing").unwrap();
    let id = bench.play.bid_drafted("yinxing", &bid).await.unwrap();
    let head = bench.user("jin.baoping").await;
    head.post(&format!("/api/v1/bids/{id}/sign"), json!({}))
        .await
        .ok();
    let path = format!("/api/v1/postings/{}", bench.play.ids.posting);
    let posting = seen(bench, "wang.min", &path).await;
    (id, instant(&posting, "/bid_deadline"))
}

/// The bid is late and the posting closed, as this service sees it.
async fn stays_closed(bench: &mut Bench, posting: &str, bid: &str) {
    let agent = bench.user("wei.xiaoqian").await;
    agent
        .post(&format!("/api/v1/bids/{bid}/submit"), json!({}))
        .await
        .refused(409, "deadline_passed");
    let shown = seen(bench, "wang.min", &format!("/api/v1/postings/{posting}")).await;
    assert_eq!(shown["state"], json!("closed"));
}

/// Every timer that fired did so once, and reminded at most once.
async fn fired_once(bench: &Bench) {
    let view = bench.running.store.read(&Who::system("tests"));
    let fired: Vec<_> = timers::Entity::find()
        .all(&view.db())
        .await
        .unwrap()
        .into_iter()
        .filter(|timer| timer.state == "fired")
        .collect();
    assert!(!fired.is_empty());
    let mut reminders = HashSet::new();
    for row in outbox::Entity::find().all(&view.db()).await.unwrap() {
        if row.topic == "notice" && row.event == "timer.overdue" {
            let timer = text(&row.payload, "/facts/timer");
            assert!(
                reminders.insert((
                    row.object_id,
                    timer.clone(),
                    row.payload["facts"]["due_at"].to_string()
                )),
                "{timer} reminded twice"
            );
        }
    }
    assert!(reminders.len() <= fired.len());
}

on_both! {
    async fn a_clock_set_back_re_opens_nothing(bench: Bench from PostingOpen) {
        let (bid, deadline) = undelivered(&mut bench).await;
        bench.advance(deadline + Duration::seconds(1)).await;
        let posting = bench.play.ids.posting.clone();
        stays_closed(&mut bench, &posting, &bid).await;
        bench.set_clock(deadline - Duration::days(1));
        stays_closed(&mut bench, &posting, &bid).await;
        bench.work().await;
        stays_closed(&mut bench, &posting, &bid).await;
        let now = instant(&bench.nobody().get("/sandbox/clock").await.ok(), "/now");
        assert!(now > deadline);
        assert_eq!(recorded(&bench, "posting.closed", Some(&posting)).await, 1);
    }

    async fn a_restart_with_the_clock_set_back_re_opens_nothing(bench: Bench from PostingOpen) {
        let (bid, deadline) = undelivered(&mut bench).await;
        bench.advance(deadline + Duration::seconds(1)).await;
        let (posting, url) = (bench.play.ids.posting.clone(), bench.url.clone());
        bench.running.stop().await;
        // its clock stands weeks before the deadline
        let mut again = Bench::start(&url, &format!("again-{posting}"), None).await;
        stays_closed(&mut again, &posting, &bid).await;
        again.work().await;
        stays_closed(&mut again, &posting, &bid).await;
        assert_eq!(recorded(&again, "posting.closed", Some(&posting)).await, 1);
        again.running.stop().await;
    }

    async fn the_deadline_second_is_in_time_and_the_next_is_late(bench: Bench from PostingOpen) {
        let (bid, deadline) = undelivered(&mut bench).await;
        bench.set_clock(deadline + Duration::seconds(1));
        let agent = bench.user("wei.xiaoqian").await;
        // nobody has closed the posting yet: the bid is late all the same
        agent.post(&format!("/api/v1/bids/{bid}/submit"), json!({})).await.refused(409, "deadline_passed");
    }

    async fn a_bid_in_the_deadline_second_counts(bench: Bench from PostingOpen) {
        let (bid, deadline) = undelivered(&mut bench).await;
        bench.advance(deadline).await;
        let agent = bench.user("wei.xiaoqian").await;
        let done = agent.post(&format!("/api/v1/bids/{bid}/submit"), json!({})).await.ok();
        assert_eq!(done["state"], json!("submitted"));
    }

    async fn what_fell_due_while_nothing_ran_is_done_once(bench: Bench from BidsSubmitted) {
        let posting = bench.play.ids.posting.clone();
        let deadline = instant(&seen(&mut bench, "wang.min", &format!("/api/v1/postings/{posting}")).await, "/bid_deadline");
        bench.set_clock(deadline + Duration::days(40));
        bench.work().await;
        bench.work().await;
        assert_eq!(recorded(&bench, "posting.closed", Some(&posting)).await, 1);
        assert_eq!(bench.running.worker.run_due().await.unwrap(), 0);
        fired_once(&bench).await;
    }

    async fn two_workers_do_everything_once(bench: Bench from BidsSubmitted) {
        let posting = bench.play.ids.posting.clone();
        let deadline = instant(&seen(&mut bench, "wang.min", &format!("/api/v1/postings/{posting}")).await, "/bid_deadline");
        let mut other = Bench::start(&bench.url, &format!("other-{posting}"), None).await;
        bench.set_clock(deadline + Duration::days(40));
        other.set_clock(deadline + Duration::days(40));
        let (one, two) = tokio::join!(bench.running.worker.run_due(), other.running.worker.run_due());
        assert!(one.unwrap() + two.unwrap() > 0);
        assert_eq!(recorded(&bench, "posting.closed", Some(&posting)).await, 1);
        fired_once(&bench).await;
        let mut mails: Vec<String> = bench.mails.sent().into_iter().chain(other.mails.sent()).map(|mail| mail.id).collect();
        let all = mails.len();
        assert!(all > 0);
        mails.sort();
        mails.dedup();
        assert_eq!(mails.len(), all, "a mail was sent twice");
        other.running.stop().await;
    }

    async fn the_sandbox_moves_its_clock_forward_only(bench: Bench) {
        let now = instant(&bench.nobody().get("/sandbox/clock").await.ok(), "/now");
        let back = bench.nobody().post("/sandbox/clock/advance", json!({ "to": now - Duration::seconds(1) })).await;
        assert_eq!(back.pointers(), ["/to"]);
        back.refused(422, "invalid");
    }
}
