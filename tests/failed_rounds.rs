//! After a failed round (流榜, rulebook 2.5): the next one by invitation among matched organisations, or the
//! need back to its review.

use crate::needs::{due, instant, text};
use crate::scenes::{list, recorded, seen};
use chrono::TimeDelta;
use serde_json::{Value, json};
use wubang_testkit::{Bench, Reply, Stage, on_both};

const WHY: &str = "无人揭榜,需求内容须重新评估后再定。";

fn path(bench: &Bench) -> String {
    format!("/api/v1/postings/{}", bench.play.ids.posting)
}

async fn posting(bench: &mut Bench) -> Value {
    let path = path(bench);
    seen(bench, "wang.min", &path).await
}

/// The posting of the story ends without a bid.
async fn failed(bench: &mut Bench) -> Value {
    bench.reach(Stage::PostingOpen).await;
    let end = instant(&text(&posting(bench).await, "/bid_deadline"));
    bench.advance(end + TimeDelta::seconds(1)).await;
    let failed = posting(bench).await;
    assert_eq!(failed["reason_code"], json!("no_bids"));
    failed
}

async fn repost(bench: &mut Bench, body: Value) -> Reply {
    let path = format!("{}/repost", path(bench));
    bench.user("zhao.lei").await.post(&path, body).await
}

fn need(bench: &Bench) -> String {
    format!("/api/v1/needs/{}", bench.play.ids.need)
}

async fn return_need(bench: &mut Bench, account: &str) -> Reply {
    let path = format!("{}/return_to_review", need(bench));
    let caller = bench.user(account).await;
    caller.post(&path, json!({ "reason": WHY })).await
}

/// The service of a draft lies ahead again.
async fn moved_on(bench: &mut Bench, draft: &Value) -> String {
    let path = format!("/api/v1/postings/{}", text(draft, "/id"));
    let mut content = draft["content"].clone();
    content["starts_on"] = json!("2026-08-03");
    content["ends_on"] = json!("2027-02-03");
    let milestones = content["milestones"].as_array_mut().unwrap();
    for (i, milestone) in milestones.iter_mut().enumerate() {
        milestone["due_on"] = json!(format!("2026-{:02}-01", 9 + i));
    }
    let secretary = bench.user("zhao.lei").await;
    secretary
        .patch(&path, 1, json!({ "content": content }))
        .await
        .ok();
    path
}

on_both! {
    async fn without_bids_the_next_round_may_be_by_invitation_among_matched_organisations(bench: Bench from PostingOpen) {
        let first = failed(&mut bench).await;
        let draft = repost(&mut bench, json!({ "type": "invited" })).await.ok();
        assert_eq!((&draft["type"], &draft["round"], &draft["state"]), (&json!("invited"), &json!(2), &json!("draft")));
        assert_eq!((&draft["title"], &draft["content"], &draft["project_id"]), (&first["title"], &first["content"], &first["project_id"]));
        // the rules are those of the type, laid anew
        assert_eq!((&draft["procedure"]["code"], &draft["procedure"]["min_valid_bids"], &draft["overrides"]["bid_window_days"]), (&json!("invited"), &json!(3), &Value::Null));
        assert_eq!((&draft["changes_recommended"], due(&posting(&mut bench).await, "failed_decision")), (&json!(false), None));
        let path = moved_on(&mut bench, &draft).await;
        // until it is handed in the draft follows the settings of its new type
        let rules = json!({ "division": "410108000000", "overrides": { "invitations": 4 }, "reason": "按区社治委会议纪要调整" });
        bench.cast("district_admin").await.post("/api/v1/procedures/invited/overrides", rules).await.ok();
        let handed_in = bench.user("zhao.lei").await.post(&format!("{path}/submit"), json!({})).await.ok();
        assert_eq!(handed_in["procedure"]["invitations"], json!(4));
        let open = bench.user("cao.junjie").await.post(&format!("{path}/approve"), json!({ "content_acknowledged": true })).await.ok();
        assert_eq!((&open["state"], &open["invitation"]["count"], &open["number"]), (&json!("open"), &json!(4), &json!(format!("{}-R2", text(&first, "/number")))));
    }

    async fn a_round_by_invitation_may_be_followed_by_an_open_one(bench: Bench from NeedApproved) {
        let mut body = bench.play.posting_body().await.unwrap();
        body["type"] = json!("invited");
        let made = crate::scenes::made_public(&mut bench, body, json!({ "content_acknowledged": true })).await;
        bench.play.ids.posting = text(&made, "/id");
        bench.advance(instant(&text(&made, "/bid_deadline")) + TimeDelta::seconds(1)).await;
        let draft = repost(&mut bench, json!({ "type": "open" })).await.ok();
        assert_eq!((&draft["type"], &draft["procedure"]["min_valid_bids"], &draft["invitation"]), (&json!("open"), &json!(1), &Value::Null));
    }

    async fn who_names_the_present_type_changes_nothing(bench: Bench from PostingOpen) {
        let first = failed(&mut bench).await;
        let draft = repost(&mut bench, json!({ "type": "open" })).await.ok();
        assert_eq!((&draft["type"], &draft["procedure"], &draft["overrides"], &draft["changes_recommended"]), (&first["type"], &first["procedure"], &first["overrides"], &json!(true)));
    }

    async fn no_other_type_follows_a_failed_round(bench: Bench from PostingOpen) {
        failed(&mut bench).await;
        for kind in ["directed", "micro", "emergency", "open_call", "gov_procurement"] {
            let reply = repost(&mut bench, json!({ "type": kind })).await;
            assert_eq!(reply.pointers(), ["/type"], "{kind}");
            reply.refused(422, "invalid");
        }
        let rules = json!({ "division": "410108000000", "overrides": { "invitations": 10 }, "reason": "按区社治委会议纪要调整" });
        bench.cast("district_admin").await.post("/api/v1/procedures/invited/overrides", rules).await.ok();
        let reply = repost(&mut bench, json!({ "type": "invited" })).await;
        assert_eq!(reply.pointers(), ["/type"]);
        reply.refused(422, "too_few_matches");
        assert_eq!((recorded(&bench, "posting.reposted", None).await, due(&posting(&mut bench).await, "failed_decision").is_some()), (0, true));
    }

    async fn after_a_failed_round_the_street_returns_the_need_to_its_review(bench: Bench from PostingOpen) {
        failed(&mut bench).await;
        let path = need(&bench);
        let before = seen(&mut bench, "wang.min", &path).await;
        let reply = bench.user("wang.min").await.post(&format!("{path}/return_to_review"), json!({ "reason": "短" })).await;
        assert_eq!(reply.pointers(), ["/reason"]);
        reply.refused(422, "invalid");
        let sent = bench.mails.sent().len();
        let returned = return_need(&mut bench, "wang.min").await.ok();
        assert_eq!((&returned["state"], &returned["reason"], &returned["redesign_required"]), (&json!("under_review"), &json!(WHY), &json!(false)));
        assert_eq!(returned["cycle"].as_i64(), before["cycle"].as_i64().map(|cycle| cycle + 1));
        // five working days, for it is urgent, after Wednesday 18 March, and neither shelf life nor the buyer's term run on
        assert_eq!(due(&returned, "need_review").as_deref(), Some("2026-03-25T23:59:59+08:00"));
        assert_eq!((due(&returned, "need_shelf_life"), due(&returned, "post_high_priority")), (None, None));
        assert_eq!(due(&posting(&mut bench).await, "failed_decision"), None);
        let shown = bench.nobody().get(&format!("/api/v1/public/postings/{}", bench.play.ids.posting)).await.ok();
        assert_eq!(shown["need_returned_reason"], json!(WHY), "the reason is public on the page of the failed round");
        bench.work().await;
        let told = bench.mails.sent().split_off(sent);
        assert!(told.iter().any(|mail| mail.to.starts_with("zhao.lei@") && mail.subject.ends_with("退回评榜")), "{told:?}");
        // opinions are given anew, and there is no next round meanwhile
        bench.user("wang.min").await.post(&format!("{path}/approve"), json!({})).await.refused(422, "opinions_missing");
        repost(&mut bench, json!({})).await.refused(422, "needs_not_approved");
        return_need(&mut bench, "wang.min").await.refused(409, "invalid_transition");
        bench.advance(instant("2026-04-02T00:00:00+08:00")).await;
        assert!(!bench.mails.sent().iter().any(|mail| mail.subject.contains("XM-410108-2026-0001") && mail.subject.contains("到期提醒")));
    }

    async fn a_need_without_failed_round_or_in_a_posting_is_not_returned(bench: Bench from NeedApproved) {
        return_need(&mut bench, "wang.min").await.refused(409, "invalid_transition");
        bench.play.posting_open().await.unwrap();
        return_need(&mut bench, "wang.min").await.refused(409, "invalid_transition");
        let end = instant(&text(&posting(&mut bench).await, "/bid_deadline"));
        bench.advance(end + TimeDelta::seconds(1)).await;
        repost(&mut bench, json!({})).await.ok();
        return_need(&mut bench, "wang.min").await.refused(409, "need_taken");
        let path = need(&bench);
        let stays = seen(&mut bench, "wang.min", &path).await;
        assert_eq!((&stays["state"], recorded(&bench, "need.returned_to_review", None).await), (&json!("approved"), 0));
    }

    async fn only_the_street_of_the_place_returns_a_need(bench: Bench from PostingOpen) {
        failed(&mut bench).await;
        return_need(&mut bench, "zhao.lei").await.refused(403, "forbidden");
        return_need(&mut bench, "he.zhengqing").await.refused(403, "forbidden");
        // of another street, and of an organisation
        for account in ["xue.chunmei", "ning.jiayi"] {
            return_need(&mut bench, account).await.refused(404, "not_found");
        }
        let path = format!("{}/actions", need(&bench));
        let actions = bench.user("wang.min").await.get(&path).await.ok();
        let verbs: Vec<Value> = list(&actions, "/allowed").iter().map(|one| one["action"].clone()).collect();
        assert!(verbs.contains(&json!("return_to_review")), "{verbs:?}");
    }
}
