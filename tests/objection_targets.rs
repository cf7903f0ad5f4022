//! 异议 to other things than an award: the notice of a posting, a disqualification, the rejection of a need
//! (rulebook 2.8.12).

use crate::needs::{instant, new_need, submitted, text};
use crate::objections::{HANDLER, accept, act, at, decide, object_with, objection, posting};
use crate::scenes::{list, seen};
use chrono::TimeDelta;
use serde_json::{Value, json};
use wubang_testkit::{Bench, Reply, Stage, on_both};

pub(crate) fn form(target: &str, id: &str, effect: &str) -> Value {
    json!({ "target": target, "target_id": id,
        "grounds": [{ "code": "unfair_terms", "facts": "要求具有本街道的服务业绩,排斥了其他组织。" }],
        "demand": { "effect": effect, "text": "请求依规予以纠正" } })
}

pub(crate) async fn object(
    bench: &mut Bench,
    account: &str,
    organisation: Option<&str>,
    body: &Value,
) -> Reply {
    let mut body = body.clone();
    if let Some(key) = organisation {
        body["organisation_id"] = json!(bench.organisation(key).await);
    }
    object_with(bench, account, body).await
}

/// An open posting, and an objection to its notice.
async fn to_the_notice(bench: &mut Bench) -> String {
    bench.reach(Stage::BidsSubmitted).await;
    let body = form(
        "posting_content",
        &bench.play.ids.posting.clone(),
        "amend_demanded",
    );
    text(
        &object(bench, "wei.xiaoqian", Some("yinxing"), &body)
            .await
            .ok(),
        "/id",
    )
}

/// A bid that two officers found not eligible, while two others are valid.
async fn disqualified(bench: &mut Bench) -> String {
    bench.reach(Stage::BidsSubmitted).await;
    bench.advance(instant("2026-03-18T09:00:00+08:00")).await;
    let bid = |bench: &Bench, key: &str| format!("/api/v1/bids/{}", bench.play.ids.bids[key]);
    let ground = json!({ "ground": "documents_missing", "reason": "未提交职业资格证明" });
    let (out, lelin, xinhuo) = (
        bid(bench, "yinxing"),
        bid(bench, "lelin"),
        bid(bench, "xinhuo"),
    );
    let street = bench.user("wang.min").await;
    street
        .post(&format!("{lelin}/qualify"), json!({}))
        .await
        .ok();
    street
        .post(&format!("{xinhuo}/qualify"), json!({}))
        .await
        .ok();
    street
        .post(&format!("{out}/propose_disqualification"), ground)
        .await
        .ok();
    bench
        .user("cao.junjie")
        .await
        .post(&format!("{out}/confirm_disqualification"), json!({}))
        .await
        .ok();
    bench.play.ids.bids["yinxing"].clone()
}

/// An objection of the community to a rejection, which was dismissed.
pub(crate) async fn dismissed(bench: &mut Bench) -> String {
    let need = rejected_need(bench).await;
    let body = form("need_decision", &need, "return_to_review");
    let id = text(&object(bench, "zhao.lei", None, &body).await.ok(), "/id");
    accept(bench, &id).await;
    decide(bench, &id, "dismissed", Value::Null).await.ok();
    id
}

async fn rejected_need(bench: &mut Bench) -> String {
    let id = submitted(bench, new_need()).await;
    let path = format!("/api/v1/needs/{id}/reject");
    let body = json!({ "ground": "outside_territory", "reason": "所报事项不属于本街道辖区" });
    bench.user("wang.min").await.post(&path, body).await.ok();
    id
}

on_both! {
    async fn who_may_bid_objects_to_the_notice_until_the_bid_deadline(bench: Bench from PostingOpen) {
        let body = form("posting_content", &bench.play.ids.posting.clone(), "amend_demanded");
        object(&mut bench, "xue.chunmei", None, &body).await.refused(422, "no_standing");
        // an organisation of another place
        object(&mut bench, "yan.qiuxia", Some("jinguo"), &body).await.refused(422, "no_standing");
        let wrong = form("posting_content", &bench.play.ids.posting.clone(), "next_in_rank");
        assert_eq!(object(&mut bench, "wei.xiaoqian", Some("yinxing"), &wrong).await.pointers(), ["/demand/effect"]);
        let made = object(&mut bench, "wei.xiaoqian", Some("yinxing"), &body).await.ok();
        assert_eq!((&made["standing"], &made["respondent"]), (&json!("organisation"), &json!("secretary")));
        // handed in, nothing stands still yet: the bid window ends when it ends
        at(&mut bench, "2026-03-18T00:00").await;
        assert_ne!(posting(&mut bench).await["state"], json!("open"));
        object(&mut bench, "jiang.hongqi", Some("xinhuo"), &body).await.refused(409, "deadline_passed");
    }

    async fn an_objection_to_the_notice_suspends_the_posting(bench: Bench from BidsSubmitted) {
        let id = to_the_notice(&mut bench).await;
        // who approved the notice, and who drafted it
        act(&mut bench, "cao.junjie", &id, "accept", json!({})).await.refused(409, "same_person");
        at(&mut bench, "2026-03-06T10:00").await;
        accept(&mut bench, &id).await;
        let stands = posting(&mut bench).await;
        assert_eq!((&stands["state"], &stands["suspension"]["resumes_to"], &stands["suspension"]["ground"]), (&json!("suspended"), &json!("open"), &json!("objection")));
        // the community answers as the other side, and does not learn who asks
        bench.user("zhao.lei").await.get(&format!("/api/v1/objections/{id}")).await.refused(404, "not_found");
        act(&mut bench, HANDLER, &id, "hearing", json!({ "question": "请说明为何要求本街道业绩" })).await.ok();
        let shown = act(&mut bench, "zhao.lei", &id, "answer", json!({ "text": "该条件系笔误,可以变更。" })).await.ok();
        assert_eq!(shown["objector"], Value::Null);
        at(&mut bench, "2026-03-16T10:00").await;
        let done = decide(&mut bench, &id, "upheld", json!("amend_demanded")).await.ok();
        assert_eq!(done["reply"]["effect"], json!("amend_demanded"));
        let runs = posting(&mut bench).await;
        // fifteen days from 2 March, three of them used: twelve are left
        assert_eq!((&runs["state"], &runs["bid_deadline_rule"]), (&json!("open"), &json!("cd(2026-03-16,12)")));
    }

    async fn upheld_a_posting_is_cancelled(bench: Bench from BidsSubmitted) {
        let id = to_the_notice(&mut bench).await;
        accept(&mut bench, &id).await;
        act(&mut bench, HANDLER, &id, "hearing", json!({ "question": "请说明为何要求本街道业绩" })).await.ok();
        act(&mut bench, "zhao.lei", &id, "answer", json!({ "text": "该条件无法变更。" })).await.ok();
        decide(&mut bench, &id, "upheld", json!("cancel")).await.ok();
        let gone = posting(&mut bench).await;
        assert_eq!((&gone["state"], &gone["reason_code"]), (&json!("cancelled"), &json!("objection_upheld")));
        let need = format!("/api/v1/needs/{}", bench.play.ids.need);
        assert_eq!(seen(&mut bench, "wang.min", &need).await["state"], json!("approved"));
    }

    async fn a_posting_with_two_objections_goes_on_after_the_second(bench: Bench from BidsSubmitted) {
        let first = to_the_notice(&mut bench).await;
        let body = form("posting_content", &bench.play.ids.posting.clone(), "cancel");
        let second = text(&object(&mut bench, "jiang.hongqi", Some("xinhuo"), &body).await.ok(), "/id");
        accept(&mut bench, &first).await;
        accept(&mut bench, &second).await;
        decide(&mut bench, &first, "dismissed", Value::Null).await.ok();
        assert_eq!(posting(&mut bench).await["state"], json!("suspended"));
        decide(&mut bench, &second, "dismissed", Value::Null).await.ok();
        assert_eq!(posting(&mut bench).await["state"], json!("open"));
    }

    async fn a_disqualified_bidder_objects_and_his_bid_is_valid_again(bench: Bench from BidsSubmitted) {
        let bid = disqualified(&mut bench).await;
        let body = form("disqualification", &bid, "restore_bid");
        object(&mut bench, "jiang.hongqi", Some("xinhuo"), &body).await.refused(404, "not_found");
        object(&mut bench, "wei.xiaoqian", None, &body).await.refused(422, "no_standing");
        let id = text(&object(&mut bench, "wei.xiaoqian", Some("yinxing"), &body).await.ok(), "/id");
        // who proposed it and who confirmed it have decided both
        for account in ["wang.min", "cao.junjie"] {
            act(&mut bench, account, &id, "accept", json!({})).await.refused(409, "same_person");
        }
        accept(&mut bench, &id).await;
        let stands = posting(&mut bench).await;
        assert_eq!((&stands["state"], &stands["suspension"]["resumes_to"]), (&json!("suspended"), &json!("closed")));
        // there is no other side than the office itself
        act(&mut bench, HANDLER, &id, "hearing", json!({ "question": "请说明不合格的理由" })).await.refused(409, "invalid_transition");
        decide(&mut bench, &id, "upheld", json!("restore_bid")).await.ok();
        assert_eq!(posting(&mut bench).await["state"], json!("closed"));
        let path = format!("/api/v1/bids/{bid}");
        let again = seen(&mut bench, "wei.xiaoqian", &path).await;
        assert_eq!((&again["state"], &again["reason_code"]), (&json!("qualified"), &Value::Null));
        object(&mut bench, "wei.xiaoqian", Some("yinxing"), &body).await.refused(409, "invalid_transition");
    }

    async fn after_seven_working_days_a_disqualification_stands(bench: Bench from BidsSubmitted) {
        let bid = disqualified(&mut bench).await;
        let body = form("disqualification", &bid, "restore_bid");
        bench.stand_at(instant("2026-03-27T23:59:59+08:00"));
        object(&mut bench, "wei.xiaoqian", Some("yinxing"), &body)
            .await
            .ok();
        bench.stand_at(instant("2026-03-27T23:59:59+08:00") + TimeDelta::seconds(1));
        object(&mut bench, "jin.baoping", Some("yinxing"), &body)
            .await
            .refused(409, "deadline_passed");
    }

    async fn a_bidder_objects_to_a_member_of_the_panel_once_its_names_are_public(bench: Bench from AwardProposed) {
        crate::objections::proposed(&mut bench).await;
        bench.forget();
        let members = crate::awards::seats(&mut bench).await;
        let path = format!("/api/v1/postings/{}/panel", bench.play.ids.posting);
        let panel = seen(&mut bench, "wang.min", &path).await;
        let person = json!(bench.person(&members[0]).await);
        let seat = list(&panel, "/members").into_iter().find(|one| one["person_id"] == person).unwrap();
        let body = form("process_member", &text(&seat, "/id"), "recuse_member");
        // whoever guesses learns nothing before the notice
        object(&mut bench, "wei.xiaoqian", Some("yinxing"), &body).await.refused(404, "not_found");
        bench.play.award_noticed().await.unwrap();
        bench.forget();
        assert_eq!(list(&seen(&mut bench, "wei.xiaoqian", &path).await, "/members")[0]["id"], panel["members"][0]["id"]);
        object(&mut bench, "guan.caiyun", Some("kangyi"), &body).await.refused(422, "no_standing");
        object(&mut bench, "xue.chunmei", None, &body).await.refused(422, "no_standing");
        let other = form("process_member", &text(&seat, "/id"), "repost");
        assert_eq!(object(&mut bench, "wei.xiaoqian", Some("yinxing"), &other).await.pointers(), ["/demand/effect"]);
        let id = text(&object(&mut bench, "wei.xiaoqian", Some("yinxing"), &body).await.ok(), "/id");
        accept(&mut bench, &id).await;
        assert_eq!(crate::objections::award(&mut bench).await["state"], json!("suspended"), "the term to sign stands still");
        let done = decide(&mut bench, &id, "upheld", json!("recuse_member")).await.ok();
        assert_eq!(done["reply"]["effect"], json!("recuse_member"));
        let gone = crate::objections::award(&mut bench).await;
        assert_eq!((&gone["state"], &gone["reason_code"]), (&json!("revoked"), &json!("late_recusal")));
        // of five four remain: another panel judges
        assert_eq!(posting(&mut bench).await["state"], json!("evaluating"));
        let after = seen(&mut bench, "wang.min", &path).await;
        let seat = list(&after, "/members").into_iter().find(|one| one["person_id"] == person).unwrap();
        assert_eq!((&seat["declaration"], &seat["active"]), (&json!("recused"), &json!(false)));
        // no award is left that he has decided
        object(&mut bench, "jiang.hongqi", Some("xinhuo"), &body).await.refused(404, "not_found");
    }

    async fn an_objection_to_a_member_comes_within_seven_working_days_of_the_notice_and_may_change_nothing(bench: Bench from AwardNoticed) {
        bench.forget();
        let path = format!("/api/v1/postings/{}/panel", bench.play.ids.posting);
        let seat = text(&seen(&mut bench, "wei.xiaoqian", &path).await, "/members/0/id");
        let body = form("process_member", &seat, "recuse_member");
        // noticed on Thursday 26 March; Monday 6 April is a day off
        let end = instant("2026-04-07T23:59:59+08:00");
        bench.stand_at(end);
        let id = text(&object(&mut bench, "wei.xiaoqian", Some("yinxing"), &body).await.ok(), "/id");
        bench.stand_at(end + TimeDelta::seconds(1));
        object(&mut bench, "jiang.hongqi", Some("xinhuo"), &body).await.refused(409, "deadline_passed");
        accept(&mut bench, &id).await;
        decide(&mut bench, &id, "dismissed", Value::Null).await.ok();
        assert_eq!(crate::objections::award(&mut bench).await["state"], json!("notified"));
    }

    async fn the_community_objects_to_a_rejection_and_nothing_stands_still(bench: Bench) {
        let need = rejected_need(&mut bench).await;
        let body = form("need_decision", &need, "return_to_review");
        // officials of the place see the need, but it is not theirs; others do not see it
        object(&mut bench, "wang.min", None, &body).await.refused(422, "no_standing");
        object(&mut bench, "xing.suyun", None, &body).await.refused(404, "not_found");
        let id = text(&object(&mut bench, "zhao.lei", None, &body).await.ok(), "/id");
        act(&mut bench, "wang.min", &id, "accept", json!({})).await.refused(409, "same_person");
        let taken = accept(&mut bench, &id).await;
        let path = format!("/api/v1/needs/{need}");
        assert_eq!((&taken["target_stands_still"], &seen(&mut bench, "zhao.lei", &path).await["state"]), (&json!(false), &json!("rejected")));
        decide(&mut bench, &id, "upheld", json!("return_to_review")).await.ok();
        let again = seen(&mut bench, "zhao.lei", &path).await;
        assert_eq!((&again["state"], crate::needs::due(&again, "need_acceptance").is_some()), (&json!("submitted"), true));
        object(&mut bench, "zhao.lei", None, &body).await.refused(409, "invalid_transition");
    }

    async fn a_rejection_that_stands_for_seven_working_days_is_final(bench: Bench) {
        let need = rejected_need(&mut bench).await;
        let body = form("need_decision", &need, "return_to_review");
        let until = text(&seen(&mut bench, "zhao.lei", &format!("/api/v1/needs/{need}")).await, "/appeal_until");
        bench.stand_at(instant(&until) + TimeDelta::seconds(1));
        object(&mut bench, "zhao.lei", None, &body).await.refused(409, "deadline_passed");
    }

    async fn a_matter_that_does_not_stand_still_is_not_suspended_for_a_complaint(bench: Bench) {
        let need = rejected_need(&mut bench).await;
        let body = form("need_decision", &need, "return_to_review");
        let id = text(&object(&mut bench, "zhao.lei", None, &body).await.ok(), "/id");
        accept(&mut bench, &id).await;
        decide(&mut bench, &id, "dismissed", Value::Null).await.ok();
        let about = json!({ "grounds": ["unfair_terms"], "text": "答复没有说明不属辖区的依据。" });
        act(&mut bench, "zhao.lei", &id, "complain", about).await.ok();
        act(&mut bench, "he.zhengqing", &id, "accept_complaint", json!({})).await.ok();
        act(&mut bench, "he.zhengqing", &id, "suspend_target", json!({ "reason": "处理期间请予暂停" })).await.refused(409, "invalid_transition");
        let order = json!({ "upheld": true, "effect": "return_to_review", "reason": "不予立项没有依据,责令重新评榜。" });
        act(&mut bench, "he.zhengqing", &id, "decide_complaint", order).await.ok();
        assert_eq!(objection(&mut bench, "zhao.lei", &id).await["state"], json!("closed"));
        assert_eq!(seen(&mut bench, "zhao.lei", &format!("/api/v1/needs/{need}")).await["state"], json!("submitted"));
    }
}
