//! Too few valid bids after the closing (rulebook 2.5): the street lets the round fail, or negotiates with
//! the only bidder after five working days of publicity.

use crate::needs::{due, instant, text};
use crate::postings::district_rules;
use crate::scenes::{hold, list, recorded, release, seen};
use chrono::TimeDelta;
use serde_json::{Value, json};
use wubang_server::demo::play::agent_of;
use wubang_testkit::{Bench, Reply, Stage, on_both};

/// The box is opened on Wednesday, 18 March; five working days end on Wednesday, 25 March.
const CLOSED: &str = "2026-03-18T10:00:00+08:00";
const ENDS: &str = "2026-03-25T23:59:59+08:00";
const WHY: &str = "仅一家组织通过资格审查,服务时限紧,拟与其协商。";

fn at(bench: &Bench, verb: &str) -> String {
    format!("/api/v1/postings/{}/{verb}", bench.play.ids.posting)
}

async fn posting(bench: &mut Bench) -> Value {
    let path = format!("/api/v1/postings/{}", bench.play.ids.posting);
    seen(bench, "wang.min", &path).await
}

async fn public(bench: &Bench) -> Value {
    let path = format!("/api/v1/public/postings/{}", bench.play.ids.posting);
    bench.nobody().get(&path).await.ok()
}

async fn says(bench: &mut Bench, verb: &str) -> Reply {
    let path = at(bench, verb);
    let street = bench.user("wang.min").await;
    street.post(&path, json!({ "reason": WHY })).await
}

/// The publicity of the only bidder, as everybody reads it.
async fn publicity(bench: &Bench) -> Value {
    let path = "/api/v1/public/publicities";
    let page = bench
        .nobody()
        .get(&format!("{path}?kind=single_bidder&limit=1"))
        .await
        .ok();
    let id = text(&page, "/items/0/id");
    bench.nobody().get(&format!("{path}/{id}")).await.ok()
}

/// Bids of the story, opened, none checked yet; so many are wanted.
async fn opened(bench: &mut Bench, wanted: u32) {
    district_rules(bench, json!({ "min_valid_bids": wanted }))
        .await
        .ok();
    bench.reach(Stage::BidsSubmitted).await;
    bench.advance(instant(CLOSED)).await;
}

async fn qualify(bench: &mut Bench, key: &str) {
    let path = format!("/api/v1/bids/{}/qualify", bench.play.ids.bids[key]);
    bench
        .user("wang.min")
        .await
        .post(&path, json!({}))
        .await
        .ok();
}

async fn disqualify(bench: &mut Bench, key: &str) {
    let path = format!("/api/v1/bids/{}", bench.play.ids.bids[key]);
    let ground = json!({ "ground": "documents_missing", "reason": "未按公告提交近一年的年检结论" });
    let first = bench.cast("street_officer").await;
    first
        .post(&format!("{path}/propose_disqualification"), ground)
        .await
        .ok();
    let second = bench.cast("street_approver").await;
    second
        .post(&format!("{path}/confirm_disqualification"), json!({}))
        .await
        .ok();
}

/// Two of the three bids are disqualified, the third is valid; two are wanted.
async fn one_left(bench: &mut Bench) {
    opened(bench, 2).await;
    for key in ["yinxing", "xinhuo"] {
        disqualify(bench, key).await;
        // the panel's sheets of the story leave it out
        bench.play.ids.bids.remove(key);
    }
    qualify(bench, "lelin").await;
}

async fn start(bench: &mut Bench) -> Reply {
    let path = at(bench, "start_evaluation");
    let street = bench.user("wang.min").await;
    street.post(&path, json!({})).await
}

on_both! {
    async fn with_too_few_valid_bids_left_the_street_lets_the_round_fail(bench: Bench) {
        opened(&mut bench, 3).await;
        // neither while a bid waits for its check
        says(&mut bench, "fail_too_few").await.refused(422, "incomplete");
        disqualify(&mut bench, "xinhuo").await;
        for key in ["lelin", "yinxing"] {
            qualify(&mut bench, key).await;
        }
        let waits = posting(&mut bench).await;
        assert_eq!((&waits["state"], &waits["reason_code"]), (&json!("closed"), &Value::Null), "the window was not extended: the street decides");
        start(&mut bench).await.refused(422, "too_few_bids");
        // two bids are no only bidder
        says(&mut bench, "single_bidder").await.refused(422, "not_single_bidder");
        let path = at(&bench, "fail_too_few");
        let reply = bench.user("wang.min").await.post(&path, json!({ "reason": "短" })).await;
        assert_eq!(reply.pointers(), ["/reason"]);
        reply.refused(422, "invalid");
        let before = bench.mails.sent().len();
        let failed = says(&mut bench, "fail_too_few").await.ok();
        assert_eq!((&failed["state"], &failed["reason_code"], &failed["reason"]), (&json!("failed"), &json!("too_few"), &json!(WHY)));
        assert!(due(&failed, "failed_decision").is_some() && due(&failed, "eligibility_check").is_none());
        let shown = public(&bench).await;
        assert_eq!((&shown["state"], &shown["reason"]), (&json!("failed"), &json!(WHY)));
        let need = format!("/api/v1/needs/{}", bench.play.ids.need);
        assert_eq!(seen(&mut bench, "wang.min", &need).await["state"], json!("approved"));
        bench.work().await;
        let sent = bench.mails.sent().split_off(before);
        for key in ["lelin", "yinxing"] {
            assert!(sent.iter().any(|mail| mail.to.ends_with(&format!("@{key}.example")) && mail.subject.ends_with("流榜")), "{key}: {sent:?}");
        }
        says(&mut bench, "fail_too_few").await.refused(409, "invalid_transition");
        let repost = at(&bench, "repost");
        assert_eq!(bench.user("wang.min").await.post(&repost, json!({})).await.ok()["round"], json!(2));
    }

    async fn with_as_many_valid_bids_as_wanted_nothing_falls_short(bench: Bench) {
        opened(&mut bench, 2).await;
        for key in ["lelin", "yinxing", "xinhuo"] {
            qualify(&mut bench, key).await;
        }
        for verb in ["fail_too_few", "single_bidder"] {
            says(&mut bench, verb).await.refused(422, "enough_bids");
        }
        assert_eq!((posting(&mut bench).await["state"].clone(), recorded(&bench, "posting.failed_too_few", None).await), (json!("closed"), 0));
    }

    async fn where_one_bid_is_enough_the_only_one_needs_no_publicity(bench: Bench) {
        opened(&mut bench, 1).await;
        for key in ["yinxing", "xinhuo"] {
            disqualify(&mut bench, key).await;
        }
        qualify(&mut bench, "lelin").await;
        for verb in ["fail_too_few", "single_bidder"] {
            says(&mut bench, verb).await.refused(422, "enough_bids");
        }
        bench.play.panel_formed().await.unwrap();
        start(&mut bench).await.ok();
    }

    async fn only_the_street_decides_about_too_few_bids_and_only_after_the_closing(bench: Bench) {
        opened(&mut bench, 2).await;
        for account in ["zhao.lei", "he.zhengqing", "ning.jiayi", &agent_of("lelin", "org_agent").unwrap()] {
            for verb in ["fail_too_few", "single_bidder"] {
                let path = at(&bench, verb);
                bench.user(account).await.post(&path, json!({ "reason": WHY })).await.refused(403, "forbidden");
            }
        }
        let path = at(&bench, "cancel");
        bench.user("wang.min").await.post(&path, json!({ "ground": "error", "reason": "公告有误,撤回重发" })).await.ok();
        for verb in ["fail_too_few", "single_bidder"] {
            says(&mut bench, verb).await.refused(409, "invalid_transition");
        }
    }

    async fn the_only_bidder_is_evaluated_after_five_working_days_of_publicity(bench: Bench) {
        one_left(&mut bench).await;
        start(&mut bench).await.refused(422, "too_few_bids");
        let path = at(&bench, "single_bidder");
        let reply = bench.user("wang.min").await.post(&path, json!({ "reason": "短" })).await;
        assert_eq!(reply.pointers(), ["/reason"]);
        reply.refused(422, "invalid");
        let before = bench.mails.sent().len();
        let announced = says(&mut bench, "single_bidder").await.ok();
        assert_eq!((&announced["state"], due(&announced, "single_bidder_publicity").as_deref(), due(&announced, "eligibility_check")), (&json!("closed"), Some(ENDS), None));
        let told = &public(&bench).await["single_bidder"];
        assert_eq!((&told["reason"], &told["state"], &told["ends_at"]), (&json!(WHY), &json!("running"), &json!(ENDS)));
        let shown = publicity(&bench).await;
        assert_eq!((&shown["number"], &shown["content"]["reason"], &shown["content"]["valid_bids"], &shown["minimum"]), (&told["publicity"], &json!(WHY), &json!(1), &json!("5 wd")));
        // who it is stays unsaid until the award is proposed
        let path = format!("/api/v1/bids/{}", bench.play.ids.bids["lelin"]);
        let bid = seen(&mut bench, "wang.min", &path).await;
        for whole in [shown.to_string(), public(&bench).await.to_string()] {
            assert!(!whole.contains(&text(&bid, "/organisation_name")) && !whole.contains(&text(&bid, "/organisation_id")), "{whole}");
        }
        bench.work().await;
        let sent = bench.mails.sent().split_off(before);
        assert!(sent.iter().any(|mail| mail.to.ends_with("@lelin.example") && mail.subject.ends_with("单一来源公示")), "{sent:?}");
        // while it runs, and once only
        bench.advance(instant(ENDS)).await;
        start(&mut bench).await.refused(422, "too_few_bids");
        says(&mut bench, "single_bidder").await.refused(409, "duplicate");
        bench.advance(instant(ENDS) + TimeDelta::seconds(1)).await;
        assert_eq!((&publicity(&bench).await["state"], recorded(&bench, "posting.single_bidder_over", None).await), (&json!("ended"), 1));
        says(&mut bench, "single_bidder").await.refused(409, "duplicate");
        // panel, evaluation and award go on as usual
        bench.play.award_proposed().await.unwrap();
        bench.play.award_noticed().await.unwrap();
        bench.forget();
        let awarded = posting(&mut bench).await;
        assert_eq!((&awarded["state"], &awarded["single_bidder"]["state"]), (&json!("awarded"), &json!("ended")));
    }

    async fn after_the_extension_the_street_decides_about_the_only_bidder(bench: Bench) {
        district_rules(&mut bench, json!({ "min_valid_bids": 2, "timers": { "single_bidder_publicity": 3 } })).await.ok();
        bench.reach(Stage::PostingOpen).await;
        let words = bench.play.bid_of("lelin").unwrap();
        bench.play.bid_submitted("lelin", &words).await.unwrap();
        bench.advance(instant(CLOSED)).await;
        assert_eq!(posting(&mut bench).await["changes"][0]["kind"], json!("too_few"));
        bench.advance(instant("2026-03-25T00:00:00+08:00")).await;
        let closed = posting(&mut bench).await;
        assert_eq!((&closed["state"], due(&closed, "eligibility_check").as_deref()), (&json!("closed"), Some("2026-03-27T23:59:59+08:00")));
        says(&mut bench, "single_bidder").await.refused(422, "incomplete");
        qualify(&mut bench, "lelin").await;
        // three working days in this district, from Wednesday 25 March
        let announced = says(&mut bench, "single_bidder").await.ok();
        assert_eq!(due(&announced, "single_bidder_publicity").as_deref(), Some("2026-03-30T23:59:59+08:00"));
        bench.advance(instant("2026-03-31T00:00:00+08:00")).await;
        bench.play.panel_formed().await.unwrap();
        start(&mut bench).await.ok();
        // what was extended once has no other way to fail than the street's word or no bid at all
        assert_eq!(recorded(&bench, "posting.failed", None).await, 0);
    }

    async fn a_hold_keeps_the_publicity_of_the_only_bidder_from_ending(bench: Bench) {
        one_left(&mut bench).await;
        says(&mut bench, "single_bidder").await.ok();
        let id = bench.play.ids.posting.clone();
        let held = hold(&bench, "posting", &id).await;
        bench.advance(instant(ENDS) + TimeDelta::days(2)).await;
        assert_eq!(publicity(&bench).await["state"], json!("running"));
        start(&mut bench).await.refused(422, "too_few_bids");
        release(&bench, held).await;
        bench.work().await;
        assert_eq!(publicity(&bench).await["state"], json!("ended"));
        bench.play.panel_formed().await.unwrap();
        start(&mut bench).await.ok();
    }

    async fn a_suspension_keeps_what_is_left_of_the_publicity_of_the_only_bidder(bench: Bench) {
        one_left(&mut bench).await;
        says(&mut bench, "single_bidder").await.ok();
        bench.advance(instant("2026-03-20T10:00:00+08:00")).await;
        let path = at(&bench, "suspend");
        bench.user("wang.min").await.post(&path, json!({ "ground": "lasting_objection", "reason": "对单一来源的异议待查明" })).await.ok();
        bench.advance(instant("2026-03-30T10:00:00+08:00")).await;
        assert_eq!(public(&bench).await["single_bidder"]["state"], json!("running"));
        let path = at(&bench, "resume");
        let goes_on = bench.user("wang.min").await.post(&path, json!({ "reason": "异议已查明,不成立" })).await.ok();
        // one of five working days was over: four after Monday 30 March
        let ends = "2026-04-03T23:59:59+08:00";
        assert_eq!((due(&goes_on, "single_bidder_publicity").as_deref(), &goes_on["single_bidder"]["ends_at"], &publicity(&bench).await["ends_at"]), (Some(ends), &json!(ends), &json!(ends)));
        bench.advance(instant(ends)).await;
        start(&mut bench).await.refused(422, "too_few_bids");
        bench.advance(instant(ends) + TimeDelta::seconds(1)).await;
        assert_eq!(posting(&mut bench).await["single_bidder"]["state"], json!("ended"));
    }

    async fn when_the_only_bidder_withdraws_the_round_fails_and_its_publicity_stops(bench: Bench) {
        one_left(&mut bench).await;
        says(&mut bench, "single_bidder").await.ok();
        let path = format!("/api/v1/bids/{}/withdraw", bench.play.ids.bids["lelin"]);
        let agent = bench.user(&agent_of("lelin", "org_agent").unwrap()).await;
        agent.post(&path, json!({ "reason": "内部人员变动,不再参加" })).await.ok();
        let failed = posting(&mut bench).await;
        assert_eq!((&failed["state"], &failed["reason_code"], &failed["single_bidder"]["state"]), (&json!("failed"), &json!("no_bids"), &json!("stopped")));
        assert!(due(&failed, "single_bidder_publicity").is_none());
    }

    async fn the_street_may_change_its_mind_during_the_publicity_or_withdraw_the_posting(bench: Bench) {
        one_left(&mut bench).await;
        says(&mut bench, "single_bidder").await.ok();
        let failed = says(&mut bench, "fail_too_few").await.ok();
        assert_eq!((&failed["state"], &failed["single_bidder"]["state"]), (&json!("failed"), &json!("stopped")));
        assert_eq!(list(&failed, "/rounds").len(), 1);
        bench.advance(instant(ENDS) + TimeDelta::seconds(1)).await;
        assert_eq!(recorded(&bench, "posting.single_bidder_over", None).await, 0);
    }

    async fn a_withdrawn_posting_stops_the_publicity_of_its_only_bidder(bench: Bench) {
        one_left(&mut bench).await;
        says(&mut bench, "single_bidder").await.ok();
        let path = at(&bench, "cancel");
        bench.user("wang.min").await.post(&path, json!({ "ground": "funding_cancelled", "reason": "资金安排取消,撤回本榜" })).await.ok();
        let shown = publicity(&bench).await;
        assert_eq!((&shown["state"], &shown["reason"], &shown["masked"]), (&json!("stopped"), &json!("榜单已撤销"), &json!(true)));
    }
}
