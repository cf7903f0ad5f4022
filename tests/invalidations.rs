//! 作废 over HTTP: a bid falls after a hearing, by two persons, and an award of it with it.

use crate::clarifications::{agent, at, bid, score, scoring};
use crate::needs::{due, instant, text};
use crate::objection_targets::{form, object};
use crate::objections::{self, accept, decide};
use crate::scenes::{recorded, seen};
use chrono::TimeDelta;
use serde_json::{Value, json};
use wubang_testkit::{Bench, Reply, Stage, on_both};

/// Who decides after the officer who opened the hearing.
const OTHER: &str = "cao.junjie";

/// Three bids, opened on Wednesday 18 March.
pub(crate) async fn opened(bench: &mut Bench) {
    bench.reach(Stage::DeadlinePassed).await;
    bench.forget();
}

async fn propose(bench: &mut Bench, account: &str, key: &str) -> Reply {
    let path = at(bench, key, "propose_invalidation");
    let body =
        json!({ "ground": "false_material", "reason": "所附职业资格证书经发证机关核实并不存在" });
    bench.user(account).await.post(&path, body).await
}

async fn answer(bench: &mut Bench, account: &str, key: &str) -> Reply {
    let path = at(bench, key, "answer_invalidation");
    let body = json!({ "text": "证书编号录入有误,现说明正确编号,请予核实。" });
    bench.user(account).await.post(&path, body).await
}

async fn decided(bench: &mut Bench, account: &str, key: &str, verb: &str) -> Reply {
    let path = at(bench, key, verb);
    let body = json!({ "reason": "经核实并听取陈述后作出本决定" });
    bench.user(account).await.post(&path, body).await
}

/// Proposed, heard and decided by two officers.
pub(crate) async fn invalidated(bench: &mut Bench, key: &str) -> Value {
    propose(bench, "wang.min", key).await.ok();
    let agent = wubang_server::demo::play::agent_of(key, "org_agent").unwrap();
    answer(bench, &agent, key).await.ok();
    decided(bench, OTHER, key, "invalidate").await.ok()
}

async fn next_follows(bench: &mut Bench) {
    let gone = objections::award(bench).await;
    assert_eq!(
        (&gone["state"], &gone["reason_code"], &gone["deadlines"]),
        (&json!("revoked"), &json!("bid_invalidated"), &json!([]))
    );
    assert_eq!(
        bid(bench, "wang.min", "lelin").await["state"],
        json!("invalidated")
    );
    let waits = objections::posting(bench).await;
    assert_eq!(
        (&waits["state"], due(&waits, "award_decision").is_some()),
        (&json!("award_publicity"), true)
    );
    let body = json!({ "bid_id": bench.play.ids.bids["yinxing"], "reason": "按照评审排名递补" });
    let path = format!("/api/v1/postings/{}/propose_award", bench.play.ids.posting);
    let next = bench.user("wang.min").await.post(&path, body).await.ok();
    assert_eq!(
        (&next["rank"], &next["state"]),
        (&json!(2), &json!("in_publicity"))
    );
}

on_both! {
    async fn a_bid_falls_after_a_hearing_by_two_persons_and_the_bidder_may_object(bench: Bench from DeadlinePassed) {
        opened(&mut bench).await;
        let told = propose(&mut bench, "wang.min", "xinhuo").await.ok();
        assert_eq!((&told["state"], due(&told, "bid_hearing").as_deref()), (&json!("opened"), Some("2026-03-23T23:59:59+08:00")));
        propose(&mut bench, OTHER, "xinhuo").await.refused(409, "duplicate");
        decided(&mut bench, OTHER, "xinhuo", "invalidate").await.refused(422, "not_heard");
        bench.work().await;
        assert!(bench.mails.sent().iter().any(|mail| mail.to.ends_with("@xinhuo.example") && mail.body.contains("核实并不存在")), "the bidder hears the reason");
        let own = bid(&mut bench, "jiang.hongqi", "xinhuo").await;
        assert_eq!((&own["invalidation"]["ground"], &own["invalidation"]["outcome"]), (&json!("false_material"), &json!("open")));
        answer(&mut bench, "jiang.hongqi", "xinhuo").await.ok();
        answer(&mut bench, "jiang.hongqi", "xinhuo").await.refused(409, "invalid_transition");
        decided(&mut bench, "wang.min", "xinhuo", "invalidate").await.refused(409, "same_person");
        let gone = decided(&mut bench, OTHER, "xinhuo", "invalidate").await.ok();
        assert_eq!((&gone["state"], &gone["reason_code"], &gone["deadlines"]), (&json!("invalidated"), &json!("false_material"), &json!([])));
        assert_eq!((&gone["invalidation"]["outcome"], &gone["invalidation"]["decision"]), (&json!("answered"), &json!("invalidated")));
        decided(&mut bench, OTHER, "xinhuo", "invalidate").await.refused(409, "invalid_transition");
        // it may be objected to like a disqualification; neither officer handles that
        let id = bench.play.ids.bids["xinhuo"].clone();
        let body = form("disqualification", &id, "restore_bid");
        let objection = text(&object(&mut bench, "jiang.hongqi", Some("xinhuo"), &body).await.ok(), "/id");
        for account in ["wang.min", OTHER] {
            objections::act(&mut bench, account, &objection, "accept", json!({})).await.refused(409, "same_person");
        }
        accept(&mut bench, &objection).await;
        decide(&mut bench, &objection, "upheld", json!("restore_bid")).await.ok();
        let back = bid(&mut bench, "wang.min", "xinhuo").await;
        assert_eq!((&back["state"], &back["reason_code"]), (&json!("qualified"), &Value::Null));
    }

    async fn after_three_working_days_the_street_decides_without_an_answer(bench: Bench from DeadlinePassed) {
        opened(&mut bench).await;
        propose(&mut bench, "wang.min", "xinhuo").await.ok();
        propose(&mut bench, "wang.min", "yinxing").await.ok();
        let end = instant("2026-03-23T23:59:59+08:00");
        bench.stand_at(end);
        answer(&mut bench, "jin.baoping", "yinxing").await.ok();
        bench.stand_at(end + TimeDelta::seconds(1));
        answer(&mut bench, "jiang.hongqi", "xinhuo").await.refused(409, "deadline_passed");
        decided(&mut bench, OTHER, "xinhuo", "invalidate").await.refused(422, "not_heard");
        bench.work().await;
        assert_eq!(recorded(&bench, "bid.hearing_over", None).await, 1);
        answer(&mut bench, "jiang.hongqi", "xinhuo").await.refused(409, "invalid_transition");
        let gone = decided(&mut bench, OTHER, "xinhuo", "invalidate").await.ok();
        assert_eq!((&gone["state"], &gone["invalidation"]["outcome"]), (&json!("invalidated"), &json!("unanswered")));
    }

    async fn a_hearing_can_be_dropped_and_the_bid_goes_on(bench: Bench from DeadlinePassed) {
        opened(&mut bench).await;
        decided(&mut bench, OTHER, "lelin", "drop_invalidation").await.refused(409, "invalid_transition");
        propose(&mut bench, "wang.min", "lelin").await.ok();
        let kept = decided(&mut bench, "wang.min", "lelin", "drop_invalidation").await.ok();
        assert_eq!((&kept["state"], &kept["deadlines"]), (&json!("opened"), &json!([])));
        assert_eq!((&kept["invalidation"]["decision"], &kept["invalidation"]["outcome"]), (&json!("dropped"), &json!("dropped")));
        decided(&mut bench, OTHER, "lelin", "invalidate").await.refused(409, "invalid_transition");
        // new facts open a new hearing
        propose(&mut bench, "wang.min", "lelin").await.ok();
        answer(&mut bench, "ning.jiayi", "lelin").await.ok();
        assert_eq!(decided(&mut bench, OTHER, "lelin", "drop_invalidation").await.ok()["state"], json!("opened"));
    }

    async fn only_the_street_invalidates_and_only_the_bidder_is_heard(bench: Bench from BidsSubmitted) {
        propose(&mut bench, "wang.min", "lelin").await.refused(404, "not_found");
        bench.play.deadline_passed().await.unwrap();
        bench.forget();
        propose(&mut bench, "ning.jiayi", "lelin").await.refused(403, "forbidden");
        propose(&mut bench, "he.zhengqing", "lelin").await.refused(403, "forbidden");
        propose(&mut bench, "jin.baoping", "lelin").await.refused(404, "not_found");
        answer(&mut bench, "ning.jiayi", "lelin").await.refused(409, "invalid_transition");
        let street = bench.user("wang.min").await;
        let wrong = street.post(&at(&bench, "lelin", "propose_invalidation"), json!({ "ground": "false_material", "reason": "证件 11010519491231002X 不实" })).await;
        assert_eq!(wrong.pointers(), ["/reason"]);
        wrong.refused(422, "invalid");
        let other = json!({ "ground": "too_expensive", "reason": "报价高于同类项目的一般水平" });
        street.post(&at(&bench, "lelin", "propose_invalidation"), other).await.refused(422, "invalid");
        assert_eq!(bid(&mut bench, "wang.min", "lelin").await["invalidation"], Value::Null);
        propose(&mut bench, "wang.min", "lelin").await.ok();
        answer(&mut bench, "wang.min", "lelin").await.refused(403, "forbidden");
        let short = agent(&mut bench, "lelin").await.post(&at(&bench, "lelin", "answer_invalidation"), json!({ "text": "短" })).await;
        assert_eq!(short.pointers(), ["/text"]);
        short.refused(422, "invalid");
        answer(&mut bench, "ning.jiayi", "lelin").await.ok();
        decided(&mut bench, "ning.jiayi", "lelin", "invalidate").await.refused(403, "forbidden");
        decided(&mut bench, "ning.jiayi", "lelin", "drop_invalidation").await.refused(403, "forbidden");
        let reasonless = bench.user(OTHER).await.post(&at(&bench, "lelin", "invalidate"), json!({ "reason": "短" })).await;
        assert_eq!(reasonless.pointers(), ["/reason"]);
        reasonless.refused(422, "invalid");
    }

    async fn every_organisation_of_a_joint_bid_is_told_and_the_lead_is_heard(bench: Bench from PostingOpen) {
        let id = crate::joint_bids::ready(&mut bench).await;
        crate::joint_bids::submit(&mut bench, &id).await.ok();
        bench.play.deadline_passed().await.unwrap();
        bench.forget();
        bench.play.ids.bids.insert("lelin".to_owned(), id);
        propose(&mut bench, "wang.min", "lelin").await.ok();
        bench.work().await;
        let told = bench.mails.sent();
        for key in ["lelin", "yinxing", "xinhuo", "dahe"] {
            assert!(told.iter().any(|mail| mail.to.ends_with(&format!("@{key}.example")) && mail.body.contains("拟对贵组织的揭榜意向书作废")), "{key}");
        }
        let partner = bid(&mut bench, "jin.baoping", "lelin").await;
        assert_eq!(partner["invalidation"]["outcome"], json!("open"));
        answer(&mut bench, "jin.baoping", "lelin").await.refused(403, "forbidden");
        answer(&mut bench, "ning.jiayi", "lelin").await.ok();
        decided(&mut bench, OTHER, "lelin", "invalidate").await.ok();
        // it was the only bid
        let failed = objections::posting(&mut bench).await;
        assert_eq!((&failed["state"], &failed["reason_code"]), (&json!("failed"), &json!("no_bids")));
    }

    async fn the_panel_goes_on_with_the_others(bench: Bench from PanelFormed) {
        let seats = scoring(&mut bench).await;
        let ask = json!({ "question": "请说明社工人数与团队名单不一致的原因。" });
        bench.user(&seats[0]).await.post(&at(&bench, "xinhuo", "request_clarification"), ask).await.ok();
        for account in &seats {
            for key in ["lelin", "yinxing"] {
                score(&mut bench, account, key).await.ok();
            }
        }
        // the panel does not learn of the hearing
        propose(&mut bench, "wang.min", "xinhuo").await.ok();
        assert_eq!(bid(&mut bench, &seats[0], "xinhuo").await["invalidation"], Value::Null);
        answer(&mut bench, "jiang.hongqi", "xinhuo").await.ok();
        let gone = decided(&mut bench, OTHER, "xinhuo", "invalidate").await.ok();
        assert_eq!((&gone["state"], &gone["deadlines"]), (&json!("invalidated"), &json!([])));
        let path = at(&bench, "xinhuo", "clarifications");
        let asked = seen(&mut bench, "wang.min", &path).await;
        assert_eq!(asked["items"][0]["outcome"], json!("dropped"));
        // it was the last that the panel waited for
        for key in ["lelin", "yinxing"] {
            assert_eq!(bid(&mut bench, "wang.min", key).await["state"], json!("scored"));
        }
        // a scored one is passed over by the decision
        invalidated(&mut bench, "lelin").await;
        assert_eq!(objections::posting(&mut bench).await["state"], json!("evaluating"));
        invalidated(&mut bench, "yinxing").await;
        assert_eq!(objections::posting(&mut bench).await["state"], json!("failed"));
    }

    async fn an_award_in_publicity_falls_with_its_bid(bench: Bench from AwardProposed) {
        objections::proposed(&mut bench).await;
        invalidated(&mut bench, "lelin").await;
        let page = bench.nobody().get(&format!("/api/v1/public/awards/{}", bench.play.ids.award)).await.ok();
        assert_eq!(page["state"], json!("revoked"));
        next_follows(&mut bench).await;
        // the second falls as well: there is no reserve but the third
        invalidated(&mut bench, "yinxing").await;
        let waits = objections::posting(&mut bench).await;
        assert_eq!(waits["state"], json!("award_publicity"));
        invalidated(&mut bench, "xinhuo").await;
        let failed = objections::posting(&mut bench).await;
        assert_eq!((&failed["state"], &failed["reason_code"]), (&json!("failed"), &json!("no_candidate")));
    }

    async fn an_award_that_an_objection_has_suspended_falls_with_its_bid(bench: Bench from AwardProposed) {
        objections::proposed(&mut bench).await;
        let id = objections::object(&mut bench, objections::RIVAL).await;
        accept(&mut bench, &id).await;
        assert_eq!(objections::award(&mut bench).await["state"], json!("suspended"));
        invalidated(&mut bench, "lelin").await;
        next_follows(&mut bench).await;
        // nothing is left for the objection to change
        objections::heard(&mut bench, &id).await;
        let done = decide(&mut bench, &id, "upheld", json!("none")).await.ok();
        assert_eq!(done["reply"]["effect"], json!("none"));
    }

    async fn a_noticed_award_falls_with_its_bid(bench: Bench from AwardNoticed) {
        bench.forget();
        assert_eq!(bid(&mut bench, "wang.min", "lelin").await["state"], json!("awarded"));
        invalidated(&mut bench, "lelin").await;
        next_follows(&mut bench).await;
    }

    async fn once_the_agreement_is_signed_its_own_ends_apply(bench: Bench from AwardNoticed) {
        bench.forget();
        propose(&mut bench, "wang.min", "lelin").await.ok();
        answer(&mut bench, "ning.jiayi", "lelin").await.ok();
        bench.play.contract_signed().await.unwrap();
        bench.forget();
        decided(&mut bench, OTHER, "lelin", "invalidate").await.refused(409, "invalid_transition");
        decided(&mut bench, OTHER, "lelin", "drop_invalidation").await.ok();
        propose(&mut bench, "wang.min", "lelin").await.refused(409, "invalid_transition");
        assert_eq!(objections::award(&mut bench).await["state"], json!("contracted"));
    }
}
