//! 澄清 over HTTP: the panel asks, the bidder answers in writing, and what was handed in stays as it is.

use crate::awards::seats;
use crate::needs::{due, instant, text};
use crate::scenes::{list, recorded, seen};
use chrono::TimeDelta;
use serde_json::{Value, json};
use wubang_server::demo::play::agent_of;
use wubang_testkit::{Bench, Caller, Reply, Stage, on_both};

const QUESTION: &str = "服务方案写明每周两次上门,进度安排写明每月六次,请说明以何为准。";
const ANSWER: &str = "以每周两次为准,进度安排所写每月六次系笔误。";

pub(crate) fn at(bench: &Bench, key: &str, verb: &str) -> String {
    format!("/api/v1/bids/{}/{verb}", bench.play.ids.bids[key])
}

pub(crate) async fn bid(bench: &mut Bench, account: &str, key: &str) -> Value {
    let path = format!("/api/v1/bids/{}", bench.play.ids.bids[key]);
    seen(bench, account, &path).await
}

pub(crate) async fn agent(bench: &mut Bench, key: &str) -> Caller {
    bench.user(&agent_of(key, "org_agent").unwrap()).await
}

/// Three bids, opened and found eligible, and a panel that scores from Wednesday 18 March on; who sits.
pub(crate) async fn scoring(bench: &mut Bench) -> Vec<String> {
    bench.reach(Stage::PanelFormed).await;
    bench.play.scoring_started().await.unwrap();
    bench.forget();
    seats(bench).await
}

async fn ask(bench: &mut Bench, account: &str, key: &str) -> Reply {
    let path = at(bench, key, "request_clarification");
    let body = json!({ "question": QUESTION });
    bench.user(account).await.post(&path, body).await
}

async fn clarify(bench: &mut Bench, key: &str) -> Reply {
    let path = at(bench, key, "clarify");
    let body = json!({ "text": ANSWER });
    agent(bench, key).await.post(&path, body).await
}

async fn clarifications(bench: &mut Bench, account: &str, key: &str) -> Vec<Value> {
    let path = at(bench, key, "clarifications");
    list(&seen(bench, account, &path).await, "/items")
}

/// A member's sheet about one bid; forty per cent of each need no reason.
pub(crate) async fn score(bench: &mut Bench, account: &str, key: &str) -> Reply {
    let points =
        json!({ "plan": 14, "team": 10, "track_record": 6, "budget": 6, "sustainability": 4 });
    let body = json!({ "bid_id": bench.play.ids.bids[key], "points": points });
    let path = format!("/api/v1/postings/{}/score_sheets", bench.play.ids.posting);
    bench.user(account).await.post(&path, body).await
}

fn posting(bench: &Bench, verb: &str) -> String {
    format!("/api/v1/postings/{}/{verb}", bench.play.ids.posting)
}

on_both! {
    async fn a_member_asks_and_the_bidder_answers_beside_what_he_handed_in(bench: Bench from PanelFormed) {
        let seats = scoring(&mut bench).await;
        let before = bid(&mut bench, "ning.jiayi", "lelin").await;
        let asked = ask(&mut bench, &seats[0], "lelin").await.ok();
        assert_eq!((&asked["state"], due(&asked, "bid_clarification").as_deref()), (&json!("clarifying"), Some("2026-03-20T23:59:59+08:00")));
        bench.work().await;
        let told = bench.mails.sent();
        assert!(told.iter().any(|mail| mail.to == "ning.jiayi@lelin.example" && mail.body.contains("书面澄清")), "{told:?}");
        // the bidder reads the question and not who asked; the organisers and the panel know
        let own = clarifications(&mut bench, "ning.jiayi", "lelin").await;
        assert_eq!((&own[0]["question"], &own[0]["asked_by"], &own[0]["outcome"]), (&json!(QUESTION), &Value::Null, &json!("open")));
        let asker = bench.person(&seats[0]).await;
        for account in ["wang.min", "he.zhengqing", &seats[1]] {
            assert_eq!(clarifications(&mut bench, account, "lelin").await[0]["asked_by"], json!(asker), "{account}");
        }
        agent(&mut bench, "yinxing").await.get(&at(&bench, "lelin", "clarifications")).await.refused(404, "not_found");
        // nothing of it stands in the trail
        let path = format!("/api/v1/projects/{}/trace", bench.play.ids.project);
        let trail = seen(&mut bench, "wang.min", &path).await;
        let row = list(&trail, "/items").into_iter().find(|row| row["event"] == json!("bid.clarification_requested")).unwrap();
        assert_eq!((&row["actor"], &row["role"], &row["reason"]), (&json!("—"), &json!("assessor"), &Value::Null));
        let done = clarify(&mut bench, "lelin").await.ok();
        assert_eq!((&done["state"], &done["deadlines"]), (&json!("qualified"), &json!([])));
        for part in ["letter", "price_fen", "receipt", "attachments", "content_hash"] {
            assert_eq!(done[part], before[part], "{part}");
        }
        let read = clarifications(&mut bench, &seats[2], "lelin").await;
        assert_eq!((&read[0]["answer"], &read[0]["outcome"]), (&json!(ANSWER), &json!("answered")));
        clarify(&mut bench, "lelin").await.refused(409, "invalid_transition");
        bench.work().await;
        let told = bench.mails.sent();
        assert!(told.iter().any(|mail| mail.to.starts_with(&seats[2]) && mail.body.contains("书面澄清")), "the panel hears of the answer");
    }

    async fn only_who_sits_asks_while_the_panel_scores(bench: Bench from PanelFormed) {
        bench.forget();
        let seats = seats(&mut bench).await;
        ask(&mut bench, &seats[0], "lelin").await.refused(409, "invalid_transition");
        bench.play.scoring_started().await.unwrap();
        // the officer who organises does not sit, nor does the bidder; another expert sees no bid at all
        ask(&mut bench, "wang.min", "lelin").await.refused(403, "forbidden");
        ask(&mut bench, "ning.jiayi", "lelin").await.refused(403, "forbidden");
        ask(&mut bench, "xue.chunmei", "lelin").await.refused(404, "not_found");
        // the officer who sits asks as a member
        assert!(seats.contains(&"cao.junjie".to_owned()));
        ask(&mut bench, "cao.junjie", "yinxing").await.ok();
        ask(&mut bench, &seats[0], "yinxing").await.refused(409, "invalid_transition");
        // nobody answers in the bidder's place, and what was not asked is not answered
        let path = at(&bench, "yinxing", "clarify");
        bench.user("wang.min").await.post(&path, json!({ "text": ANSWER })).await.refused(403, "forbidden");
        clarify(&mut bench, "lelin").await.refused(409, "invalid_transition");
        // who has scored a bid has judged it
        score(&mut bench, &seats[0], "lelin").await.ok();
        ask(&mut bench, &seats[0], "lelin").await.refused(409, "invalid_transition");
        let caller = bench.user(&seats[1]).await;
        let wrong = caller.post(&at(&bench, "lelin", "request_clarification"), json!({ "question": "短" })).await;
        assert_eq!(wrong.pointers(), ["/question"]);
        wrong.refused(422, "invalid");
        let named = caller.post(&at(&bench, "lelin", "request_clarification"), json!({ "question": "项目负责人 11010519491231002X 是否在职?" })).await;
        assert_eq!(named.pointers(), ["/question"]);
        named.refused(422, "invalid");
        assert_eq!(bid(&mut bench, "wang.min", "lelin").await["state"], json!("qualified"));
        assert_eq!(recorded(&bench, "bid.clarification_requested", Some(&bench.play.ids.bids["lelin"])).await, 0);
    }

    async fn an_answer_comes_within_two_working_days_or_not_at_all(bench: Bench from PanelFormed) {
        let seats = scoring(&mut bench).await;
        ask(&mut bench, &seats[0], "lelin").await.ok();
        ask(&mut bench, &seats[0], "yinxing").await.ok();
        let end = instant("2026-03-20T23:59:59+08:00");
        bench.stand_at(end);
        clarify(&mut bench, "yinxing").await.ok();
        // one second later nobody has told the bid yet: the clock alone decides
        bench.stand_at(end + TimeDelta::seconds(1));
        clarify(&mut bench, "lelin").await.refused(409, "deadline_passed");
        bench.work().await;
        assert_eq!(bid(&mut bench, "wang.min", "lelin").await["state"], json!("qualified"));
        let own = clarifications(&mut bench, "ning.jiayi", "lelin").await;
        assert_eq!((&own[0]["outcome"], &own[0]["answer"]), (&json!("unanswered"), &Value::Null));
        assert_eq!(recorded(&bench, "bid.clarification_lapsed", Some(&bench.play.ids.bids["lelin"])).await, 1);
    }

    async fn the_panel_is_not_done_while_a_bid_is_clarified(bench: Bench from PanelFormed) {
        let seats = scoring(&mut bench).await;
        ask(&mut bench, &seats[0], "xinhuo").await.ok();
        for account in &seats {
            for key in ["lelin", "yinxing", "xinhuo"] {
                score(&mut bench, account, key).await.ok();
            }
        }
        let caller = bench.user(&seats[0]).await;
        caller.get(&posting(&bench, "report")).await.refused(404, "not_found");
        let waits = caller.post(&posting(&bench, "sign_report"), json!({})).await.refused(422, "sheets_missing");
        assert!(text(&waits, "/detail").contains("澄清"), "{waits}");
        assert_eq!(bid(&mut bench, "wang.min", "lelin").await["state"], json!("qualified"));
        // the answer is all that was missing
        clarify(&mut bench, "xinhuo").await.ok();
        for key in ["lelin", "yinxing", "xinhuo"] {
            assert_eq!(bid(&mut bench, "wang.min", key).await["state"], json!("scored"));
        }
        caller.post(&posting(&bench, "sign_report"), json!({})).await.ok();
    }

    async fn the_panel_goes_on_when_no_answer_comes(bench: Bench from PanelFormed) {
        let seats = scoring(&mut bench).await;
        ask(&mut bench, &seats[0], "xinhuo").await.ok();
        for account in &seats {
            for key in ["lelin", "yinxing", "xinhuo"] {
                score(&mut bench, account, key).await.ok();
            }
        }
        bench.advance(instant("2026-03-21T00:00:00+08:00")).await;
        assert_eq!(bid(&mut bench, "wang.min", "xinhuo").await["state"], json!("scored"));
    }

    async fn a_bid_is_clarified_ten_times_at_most(bench: Bench from PanelFormed) {
        let seats = scoring(&mut bench).await;
        for _ in 0..10 {
            ask(&mut bench, &seats[0], "lelin").await.ok();
            clarify(&mut bench, "lelin").await.ok();
        }
        ask(&mut bench, &seats[1], "lelin").await.refused(409, "cap_reached");
        assert_eq!(clarifications(&mut bench, "wang.min", "lelin").await.len(), 10);
    }

    async fn the_term_stands_still_with_the_posting_and_ends_with_the_bid(bench: Bench from PanelFormed) {
        let seats = scoring(&mut bench).await;
        ask(&mut bench, &seats[0], "lelin").await.ok();
        ask(&mut bench, &seats[0], "yinxing").await.ok();
        let street = bench.user("wang.min").await;
        street.post(&posting(&bench, "suspend"), json!({ "ground": "force_majeure", "reason": "强降雨应急响应期间暂停办理" })).await.ok();
        clarify(&mut bench, "lelin").await.refused(409, "posting_suspended");
        ask(&mut bench, &seats[0], "xinhuo").await.refused(409, "posting_suspended");
        bench.advance(instant("2026-03-25T10:00:00+08:00")).await;
        assert_eq!(bid(&mut bench, "wang.min", "lelin").await["state"], json!("clarifying"));
        let street = bench.user("wang.min").await;
        street.post(&posting(&bench, "resume"), json!({ "reason": "中止的原因已经消除" })).await.ok();
        // two working days were left on Wednesday the 18th, and are left on the 25th
        assert_eq!(due(&bid(&mut bench, "wang.min", "lelin").await, "bid_clarification").as_deref(), Some("2026-03-27T23:59:59+08:00"));
        let withdraw = json!({ "reason": "团队安排有变,不能继续参加" });
        let gone = agent(&mut bench, "yinxing").await.post(&at(&bench, "yinxing", "withdraw"), withdraw).await.ok();
        assert_eq!((&gone["state"], &gone["deadlines"]), (&json!("withdrawn_late"), &json!([])));
        assert_eq!(clarifications(&mut bench, "wang.min", "yinxing").await[0]["outcome"], json!("dropped"));
        clarify(&mut bench, "lelin").await.ok();
    }
}
