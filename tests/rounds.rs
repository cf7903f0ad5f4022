//! Failed rounds and posting again: too few bids extend once and unseal nothing, a failed round is public,
//! and the next one is a new draft of the same project.

use crate::needs::{due, instant, text};
use crate::postings::district_rules;
use crate::scenes::{list, recorded, seen};
use chrono::TimeDelta;
use serde_json::{Value, json};
use wubang_server::demo::play::agent_of;
use wubang_testkit::{Bench, Reply, Stage, on_both};

const CLOSED: &str = "2026-03-18T00:00:00+08:00";

async fn open(bench: &mut Bench) {
    bench.reach(Stage::PostingOpen).await;
}

fn path(bench: &Bench) -> String {
    format!("/api/v1/postings/{}", bench.play.ids.posting)
}

async fn posting(bench: &mut Bench) -> Value {
    let path = path(bench);
    seen(bench, "wang.min", &path).await
}

async fn repost(bench: &mut Bench, account: &str) -> Reply {
    let path = format!("{}/repost", path(bench));
    bench.user(account).await.post(&path, json!({})).await
}

async fn need_state(bench: &mut Bench) -> Value {
    let path = format!("/api/v1/needs/{}", bench.play.ids.need);
    seen(bench, "wang.min", &path).await["state"].clone()
}

/// The round ends without a bid.
async fn fail(bench: &mut Bench) -> Value {
    let end = instant(&text(&posting(bench).await, "/bid_deadline"));
    bench.advance(end + TimeDelta::seconds(1)).await;
    let failed = posting(bench).await;
    assert_eq!(
        (&failed["state"], &failed["reason_code"]),
        (&json!("failed"), &json!("no_bids"))
    );
    failed
}

/// The next round, changed, approved and open.
async fn next_round(bench: &mut Bench, title: &str) -> Value {
    let draft = repost(bench, "zhao.lei").await.ok();
    bench.play.ids.posting = text(&draft, "/id");
    let mut content = draft["content"].clone();
    content["starts_on"] = json!("2026-08-03");
    content["ends_on"] = json!("2027-02-03");
    for (i, milestone) in content["milestones"]
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .enumerate()
    {
        milestone["due_on"] = json!(format!("2026-{:02}-01", 9 + i));
    }
    let change = json!({ "title": title, "content": content });
    let path = path(bench);
    let secretary = bench.user("zhao.lei").await;
    let changed = secretary.patch(&path, 1, change).await.ok();
    assert_eq!(changed["changes_recommended"], json!(false));
    secretary
        .post(&format!("{path}/submit"), json!({}))
        .await
        .ok();
    let approver = bench.user("cao.junjie").await;
    approver
        .post(
            &format!("{path}/approve"),
            json!({ "content_acknowledged": true }),
        )
        .await
        .ok()
}

on_both! {
    async fn too_few_bids_extend_the_window_once_and_the_box_stays_sealed(bench: Bench) {
        district_rules(&mut bench, json!({ "min_valid_bids": 4 })).await.ok();
        bench.reach(Stage::BidsSubmitted).await;
        bench.work().await;
        let sent = bench.mails.sent().len();
        bench.advance(instant(CLOSED)).await;
        let longer = posting(&mut bench).await;
        // five working days after the deadline of Tuesday 17 March
        let end = "2026-03-24T23:59:59+08:00";
        assert_eq!((&longer["state"], &longer["bid_deadline"], due(&longer, "bid_window").as_deref()), (&json!("open"), &json!(end), Some(end)));
        assert_eq!((&longer["changes"][0]["kind"], &longer["changes"][0]["deadline_after"]), (&json!("too_few"), &json!(end)));
        assert_eq!(recorded(&bench, "posting.closed", None).await, 0);
        // no figure, no name, no bid for anybody
        assert_eq!((recorded(&bench, "bid.opened", None).await, longer["closed_at"].clone()), (0, Value::Null));
        let reason = text(&longer, "/changes/0/reason");
        assert!(!reason.chars().any(|one| one.is_ascii_digit() || "一二三四".contains(one) && one != '一'), "{reason}");
        for account in ["wang.min", "cao.junjie", "he.zhengqing", "wei.guohua", "zhao.lei", "yu.ruotong"] {
            let caller = bench.user(account).await;
            for id in bench.play.ids.bids.values() {
                caller.get(&format!("/api/v1/bids/{id}")).await.refused(404, "not_found");
            }
            assert_eq!(caller.get("/api/v1/bids").await.ok()["items"], json!([]), "{account}");
        }
        let trail = format!("/api/v1/projects/{}/trace?limit=100", bench.play.ids.project);
        let trail = seen(&mut bench, "wang.min", &trail).await;
        assert!(!trail.to_string().contains("bid."), "{trail}");
        // who bid is told, and may still change what he handed in
        let told = bench.mails.sent().split_off(sent);
        assert!(["lelin", "yinxing", "xinhuo"].iter().all(|key| told.iter().any(|mail| mail.to.ends_with(&format!("@{key}.example")) && mail.subject.ends_with("延期"))), "{told:?}");
        let id = bench.play.ids.bids["lelin"].clone();
        bench.cast("winner_legal_rep").await.post(&format!("/api/v1/bids/{id}/revise"), json!({})).await.ok();
        // the second time it fails, in the same second as the box would open
        bench.advance(instant(end)).await;
        assert_eq!(posting(&mut bench).await["state"], json!("open"));
        let sent = bench.mails.sent().len();
        bench.advance(instant(end) + TimeDelta::seconds(1)).await;
        let failed = bench.nobody().get(&path(&bench).replace("/v1/", "/v1/public/")).await.ok();
        assert_eq!((&failed["state"], &failed["reason_code"], &failed["reason"]), (&json!("failed"), &json!("too_few"), &json!("延期后有效揭榜数仍不足")));
        assert_eq!(need_state(&mut bench).await, json!("approved"));
        let told = bench.mails.sent().split_off(sent);
        assert!(told.iter().any(|mail| mail.to.ends_with("@lelin.example") && mail.subject.ends_with("流榜")), "{told:?}");
    }

    async fn as_many_bids_as_wanted_close_the_posting_and_a_later_one_counts(bench: Bench) {
        district_rules(&mut bench, json!({ "min_valid_bids": 3 })).await.ok();
        open(&mut bench).await;
        let words = bench.play.bid_of("lelin").unwrap();
        for key in ["lelin", "yinxing"] {
            bench.play.bid_submitted(key, &words).await.unwrap();
        }
        bench.advance(instant(CLOSED)).await;
        assert_eq!(posting(&mut bench).await["state"], json!("open"));
        bench.play.bid_submitted("xinhuo", &words).await.unwrap();
        bench.advance(instant("2026-03-25T00:00:00+08:00")).await;
        assert_eq!((posting(&mut bench).await["state"].clone(), recorded(&bench, "bid.opened", None).await), (json!("closed"), 3));
        // after the extension there is no other: with one less the round has failed
        let id = bench.play.ids.bids["yinxing"].clone();
        let agent = bench.user(&agent_of("yinxing", "org_agent").unwrap()).await;
        agent.post(&format!("/api/v1/bids/{id}/withdraw"), json!({ "reason": "内部人员变动,不再参加" })).await.ok();
        let failed = posting(&mut bench).await;
        assert_eq!((&failed["state"], &failed["reason_code"]), (&json!("failed"), &json!("too_few")));
    }

    async fn the_street_may_extend_as_often_after_an_automatic_extension(bench: Bench) {
        district_rules(&mut bench, json!({ "min_valid_bids": 4 })).await.ok();
        bench.reach(Stage::BidsSubmitted).await;
        bench.advance(instant(CLOSED)).await;
        let extend = format!("{}/extend", path(&bench));
        let body = json!({ "days": 10, "reason": "再次延长准备时间" });
        for _ in 0..2 {
            bench.user("wang.min").await.post(&extend, body.clone()).await.ok();
        }
        bench.user("wang.min").await.post(&extend, body).await.refused(422, "extension_limit");
    }

    async fn a_posting_closes_once_after_downtime_and_an_extension_takes_nothing_away(bench: Bench) {
        district_rules(&mut bench, json!({ "min_valid_bids": 4 })).await.ok();
        bench.reach(Stage::BidsSubmitted).await;
        // nobody works for three days: five working days from the day that is over now
        bench.set_clock(instant("2026-03-20T09:00:00+08:00"));
        bench.work().await;
        assert_eq!(posting(&mut bench).await["bid_deadline"], json!("2026-03-26T23:59:59+08:00"));
        bench.set_clock(instant("2026-03-30T09:00:00+08:00"));
        bench.work().await;
        bench.work().await;
        assert_eq!((recorded(&bench, "posting.extended", None).await, recorded(&bench, "posting.failed", None).await), (1, 1));
    }

    async fn after_a_failed_round_the_buyer_is_reminded_until_he_decides(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let failed = fail(&mut bench).await;
        assert_eq!(failed["reason"], json!("截止时没有有效揭榜"));
        // ten working days after Wednesday 18 March
        let end = due(&failed, "failed_decision").unwrap();
        assert_eq!(end, "2026-04-01T23:59:59+08:00");
        bench.advance(instant(&end)).await;
        let before = bench.mails.sent().len();
        bench.advance(instant(&end) + TimeDelta::seconds(1)).await;
        let sent = bench.mails.sent().split_off(before);
        assert!(sent.iter().any(|mail| mail.to.starts_with("wang.min@") && mail.subject.contains("XM-410108-2026-0001") && mail.subject.contains("到期提醒")), "{sent:?}");
        assert_eq!(due(&posting(&mut bench).await, "failed_decision"), None);
    }

    async fn who_decides_in_time_is_not_reminded(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        fail(&mut bench).await;
        let first = path(&bench);
        repost(&mut bench, "wang.min").await.ok();
        assert_eq!(due(&seen(&mut bench, "wang.min", &first).await, "failed_decision"), None);
        bench.advance(instant("2026-04-02T00:00:00+08:00")).await;
        assert!(!bench.mails.sent().iter().any(|mail| mail.subject.contains("XM-410108-2026-0001") && mail.subject.contains("到期提醒")));
    }

    async fn a_failed_posting_is_posted_again_in_the_same_project(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let failed = fail(&mut bench).await;
        let draft = repost(&mut bench, "zhao.lei").await.ok();
        assert_eq!((text(&draft, "/number"), &draft["round"], &draft["state"]), (format!("{}-R2", text(&failed, "/number")), &json!(2), &json!("draft")));
        for same in ["project_id", "need_ids", "title", "content", "procedure", "budget_ceiling_fen", "division", "kind"] {
            assert_eq!(draft[same], failed[same], "{same}");
        }
        assert_eq!((&draft["published_at"], &draft["bid_deadline"], &draft["changes"], &draft["changes_recommended"]), (&Value::Null, &Value::Null, &json!([]), &json!(true)));
        assert_eq!((&draft["rounds"][0]["number"], &draft["rounds"][0]["reason_code"]), (&failed["number"], &json!("no_bids")));
        // once, and by nobody else
        repost(&mut bench, "wang.min").await.refused(409, "duplicate");
        // until it is published only officials see it
        let project = format!("/api/v1/projects/{}", bench.play.ids.project);
        assert_eq!(list(&seen(&mut bench, "wang.min", &project).await, "/postings").len(), 2);
        assert_eq!(list(&seen(&mut bench, "ning.jiayi", &project).await, "/postings").len(), 1);
        assert_eq!(seen(&mut bench, "wang.min", &project).await["stage"], json!("posting"));
        let place = format!("/api/v1/public/postings/{}", text(&draft, "/id"));
        bench.nobody().get(&place).await.refused(404, "not_found");
        assert!(text(&draft, "/project_id") == text(&failed, "/project_id"));
    }

    async fn after_three_rounds_the_need_is_designed_anew(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let first = fail(&mut bench).await;
        for round in 2..=3 {
            let open = next_round(&mut bench, &format!("第 {round} 轮:独居高龄老人结对陪伴服务")).await;
            assert_eq!((&open["state"], &open["round"], text(&open, "/number")), (&json!("open"), &json!(round), format!("{}-R{round}", text(&first, "/number"))));
            // the public page of each round tells of every round
            let public = bench.nobody().get(&path(&bench).replace("/v1/", "/v1/public/")).await.ok();
            assert_eq!(list(&public, "/rounds").len(), usize::try_from(round).unwrap());
            let of_first = bench.nobody().get(&format!("/api/v1/public/postings/{}", text(&first, "/number"))).await.ok();
            assert_eq!(of_first["rounds"], public["rounds"]);
            assert_eq!(need_state(&mut bench).await, json!("posted"));
            let failed = fail(&mut bench).await;
            assert_eq!(due(&failed, "failed_decision").is_some(), round < 3);
        }
        assert_eq!(need_state(&mut bench).await, json!("under_review"));
        repost(&mut bench, "wang.min").await.refused(409, "rounds_used");
        let project = format!("/api/v1/projects/{}", bench.play.ids.project);
        assert_eq!(list(&seen(&mut bench, "ning.jiayi", &project).await, "/postings").len(), 3);
    }

    async fn a_district_may_allow_fewer_rounds(bench: Bench) {
        district_rules(&mut bench, json!({ "changes": { "rounds": 1 } })).await.ok();
        open(&mut bench).await;
        fail(&mut bench).await;
        repost(&mut bench, "wang.min").await.refused(409, "rounds_used");
    }

    async fn a_withdrawn_posting_is_posted_again_too(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        repost(&mut bench, "wang.min").await.refused(409, "invalid_transition");
        let cancel = json!({ "ground": "error", "reason": "最低服务数量填写有误,撤回重发" });
        bench.user("wang.min").await.post(&format!("{}/cancel", path(&bench)), cancel).await.ok();
        let first = posting(&mut bench).await;
        let again = next_round(&mut bench, "独居高龄老人结对陪伴服务(更正)").await;
        assert_eq!((text(&again, "/number"), &again["rounds"][0]["state"], &again["rounds"][0]["reason"]), (format!("{}-R2", text(&first, "/number")), &json!("cancelled"), &json!("最低服务数量填写有误,撤回重发")));
    }

    async fn a_need_that_is_posted_elsewhere_is_not_posted_again(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        fail(&mut bench).await;
        let body = bench.play.posting_body().await.unwrap();
        let other = bench.user("zhao.lei").await.post("/api/v1/postings", body).await.ok();
        // the new draft is a decision as well
        assert_eq!(due(&posting(&mut bench).await, "failed_decision"), None);
        repost(&mut bench, "wang.min").await.refused(409, "need_taken");
        let place = format!("/api/v1/postings/{}", text(&other, "/id"));
        bench.user("zhao.lei").await.post(&format!("{place}/submit"), json!({})).await.ok();
        bench.user("cao.junjie").await.post(&format!("{place}/approve"), json!({ "content_acknowledged": true })).await.ok();
        repost(&mut bench, "wang.min").await.refused(422, "needs_not_approved");
        assert_eq!(recorded(&bench, "posting.reposted", None).await, 0);
    }

    async fn only_officials_of_the_place_post_again(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        fail(&mut bench).await;
        for account in ["ning.jiayi", "he.zhengqing", "wei.guohua", "han.wenjing", "xue.chunmei"] {
            repost(&mut bench, account).await.refused(403, "forbidden");
        }
        let actions = bench.user("wang.min").await.get(&format!("{}/actions", path(&bench))).await.ok();
        assert_eq!(actions["allowed"][0]["action"], json!("repost"));
    }

    async fn each_authority_withdraws_on_its_own_grounds(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let cancel = format!("{}/cancel", path(&bench));
        let body = |ground: &str| json!({ "ground": ground, "reason": "按职权撤回本榜,特此说明" });
        bench.user("wang.min").await.post(&cancel, body("ordered_by_supervisor")).await.refused(422, "wrong_ground");
        for ground in ["need_vanished", "funding_cancelled", "major_change", "error", "force_majeure"] {
            bench.user("he.zhengqing").await.post(&cancel, body(ground)).await.refused(422, "wrong_ground");
        }
        assert_eq!(posting(&mut bench).await["state"], json!("open"));
        let done = bench.user("he.zhengqing").await.post(&cancel, body("ordered_by_supervisor")).await.ok();
        assert_eq!((&done["state"], &done["reason_code"]), (&json!("cancelled"), &json!("ordered_by_supervisor")));
    }

    async fn a_posting_withdrawn_after_the_opening_tells_every_bidder(bench: Bench from BidsSubmitted) {
        bench.advance(instant(CLOSED)).await;
        let before = bench.mails.sent().len();
        let body = json!({ "ground": "funding_cancelled", "reason": "资金安排取消,撤回本榜" });
        bench.user("wang.min").await.post(&format!("{}/cancel", path(&bench)), body).await.ok();
        bench.work().await;
        let sent = bench.mails.sent().split_off(before);
        for key in ["lelin", "yinxing", "xinhuo"] {
            let agent = agent_of(key, "org_agent").unwrap();
            assert!(sent.iter().any(|mail| mail.to.starts_with(&format!("{agent}@")) && mail.subject.ends_with("撤榜")), "{key}: {sent:?}");
        }
    }

    async fn after_the_award_notice_a_posting_is_not_withdrawn(bench: Bench from AwardNoticed) {
        bench.forget();
        let cancel = format!("{}/cancel", path(&bench));
        let body = |ground: &str| json!({ "ground": ground, "reason": "承榜通知发出后不能撤榜" });
        bench.user("wang.min").await.post(&cancel, body("major_change")).await.refused(409, "invalid_transition");
        bench.user("he.zhengqing").await.post(&cancel, body("ordered_by_supervisor")).await.refused(409, "invalid_transition");
        repost(&mut bench, "wang.min").await.refused(409, "invalid_transition");
    }
}
