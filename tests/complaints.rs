//! 投诉 over HTTP: what the supervisor does about the answer to an objection (rulebook 2.8.12), and who sees
//! what of it all (2.6).

use crate::needs::{allowed, due, instant, text};
use crate::objections::{
    HANDLER, RIVAL, accept, act, at, award, decide, form, heard, object, object_with, objection,
    posting, proposed, withdraw,
};
use crate::scenes::{grant, recorded, seen};
use chrono::TimeDelta;
use serde_json::{Value, json};
use wubang_testkit::{Bench, Reply, on_both};

const SUPERVISOR: &str = "he.zhengqing";

/// A dismissed objection of the rival; the publicity runs again until 26 March.
async fn dismissed(bench: &mut Bench) -> String {
    proposed(bench).await;
    let id = object(bench, RIVAL).await;
    accept(bench, &id).await;
    decide(bench, &id, "dismissed", Value::Null).await.ok();
    id
}

async fn complain(bench: &mut Bench, id: &str) -> Reply {
    let body =
        json!({ "grounds": ["arithmetic"], "text": "答复没有说明公示分数与平均分不一致的原因。" });
    act(bench, RIVAL, id, "complain", body).await
}

/// A complaint about the dismissal that the supervisor has taken.
async fn taken(bench: &mut Bench) -> String {
    let id = dismissed(bench).await;
    complain(bench, &id).await.ok();
    act(bench, SUPERVISOR, &id, "accept_complaint", json!({}))
        .await
        .ok();
    id
}

async fn ruled(bench: &mut Bench, id: &str, upheld: bool, effect: Value) -> Reply {
    let body = json!({ "upheld": upheld, "effect": effect, "reason": "经调阅评分表与答复,作出本处理决定。" });
    act(bench, SUPERVISOR, id, "decide_complaint", body).await
}

on_both! {
    async fn a_complaint_keeps_to_the_grounds_that_were_raised_and_comes_in_time(bench: Bench from AwardProposed) {
        let id = dismissed(&mut bench).await;
        let answered = objection(&mut bench, RIVAL, &id).await;
        let end = due(&answered, "complaint_window").unwrap();
        assert_eq!((end.as_str(), allowed(&answered)), ("2026-04-09T23:59:59+08:00", vec!["complain".to_owned()]));
        let other = json!({ "grounds": ["collusion"], "text": "现在又认为各家组织相互串通。" });
        act(&mut bench, RIVAL, &id, "complain", other).await.refused(422, "not_raised");
        let reply = act(&mut bench, RIVAL, &id, "complain", json!({ "grounds": [], "text": "短" })).await;
        assert_eq!(reply.pointers(), ["/grounds", "/text"]);
        act(&mut bench, HANDLER, &id, "complain", json!({ "grounds": ["arithmetic"], "text": "承办人不能替异议人投诉。" })).await.refused(403, "forbidden");
        bench.stand_at(instant(&end) + TimeDelta::seconds(1));
        complain(&mut bench, &id).await.refused(409, "deadline_passed");
        bench.work().await;
        let closed = objection(&mut bench, RIVAL, &id).await;
        assert_eq!((&closed["state"], &closed["deadlines"]), (&json!("closed"), &json!([])));
        complain(&mut bench, &id).await.refused(409, "invalid_transition");
    }

    async fn a_complaint_goes_to_the_supervisor_who_takes_it_or_not(bench: Bench from AwardProposed) {
        let id = dismissed(&mut bench).await;
        let before = bench.mails.sent().len();
        let filed = complain(&mut bench, &id).await.ok();
        assert_eq!((&filed["state"], due(&filed, "complaint_accept").as_deref(), due(&filed, "complaint_window")), (&json!("escalated"), Some("2026-03-25T23:59:59+08:00"), None));
        bench.work().await;
        assert!(bench.mails.sent().split_off(before).iter().any(|mail| mail.to.starts_with("he.zhengqing@")), "the supervisor hears of it");
        act(&mut bench, HANDLER, &id, "refuse_complaint", json!({ "reason": "街道无权审查投诉" })).await.refused(403, "forbidden");
        act(&mut bench, HANDLER, &id, "accept_complaint", json!({})).await.refused(403, "forbidden");
        let reply = act(&mut bench, SUPERVISOR, &id, "refuse_complaint", json!({ "reason": "无" })).await;
        assert_eq!(reply.pointers(), ["/reason"]);
        ruled(&mut bench, &id, false, Value::Null).await.refused(409, "invalid_transition");
        let before = bench.mails.sent().len();
        let gone = act(&mut bench, SUPERVISOR, &id, "refuse_complaint", json!({ "reason": "投诉没有提出不同于异议的理由" })).await.ok();
        assert_eq!((&gone["state"], &gone["complaint"]["accepted"], &gone["complaint"]["refusal"]), (&json!("closed"), &json!(false), &json!("投诉没有提出不同于异议的理由")));
        bench.work().await;
        assert!(bench.mails.sent().split_off(before).iter().any(|mail| mail.to.starts_with("wei.xiaoqian@")), "who complained hears of it");
    }

    async fn a_rejected_and_a_late_objection_can_be_complained_about_too(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let rejected = object(&mut bench, RIVAL).await;
        act(&mut bench, HANDLER, &rejected, "reject", json!({ "ground": "no_ground", "reason": "没有说明理由" })).await.ok();
        complain(&mut bench, &rejected).await.ok();
        let partly = object(&mut bench, "hao.xiulan").await;
        accept(&mut bench, &partly).await;
        heard(&mut bench, &partly).await;
        let body = json!({ "outcome": "partly_upheld", "effect": "none", "reason": "一处笔误应予更正,名次不变。", "correction": "平均分更正为 31.00 分" });
        act(&mut bench, HANDLER, &partly, "decide", body).await.ok();
        let about = json!({ "grounds": ["arithmetic"], "text": "更正之后名次应当改变。" });
        act(&mut bench, "hao.xiulan", &partly, "complain", about.clone()).await.ok();
        let late = object(&mut bench, "xue.chunmei").await;
        accept(&mut bench, &late).await;
        at(&mut bench, "2026-03-28T00:00").await;
        act(&mut bench, "xue.chunmei", &late, "complain", about).await.ok();
        assert_eq!(award(&mut bench).await["state"], json!("suspended"), "it waits on for the supervisor");
        // he does not take it: nothing is open any more
        act(&mut bench, SUPERVISOR, &late, "refuse_complaint", json!({ "reason": "所述事项不属承榜范围" })).await.ok();
        assert_eq!(award(&mut bench).await["state"], json!("in_publicity"));
    }

    async fn an_unanswered_objection_that_nobody_complains_about_lets_the_award_go_on(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let id = object(&mut bench, RIVAL).await;
        accept(&mut bench, &id).await;
        at(&mut bench, "2026-04-20T23:59").await;
        assert_eq!((&objection(&mut bench, RIVAL, &id).await["state"], &award(&mut bench).await["state"]), (&json!("overdue"), &json!("suspended")));
        at(&mut bench, "2026-04-21T00:00").await;
        let runs = award(&mut bench).await;
        // nothing of the five days was used
        assert_eq!((&objection(&mut bench, RIVAL, &id).await["state"], &runs["state"], &runs["publicity_ends_at"]), (&json!("closed"), &json!("in_publicity"), &json!("2026-04-28T23:59:59+08:00")));
    }

    async fn the_supervisor_suspends_the_award_for_thirty_days_at_most(bench: Bench from AwardProposed) {
        let id = taken(&mut bench).await;
        let open = objection(&mut bench, SUPERVISOR, &id).await;
        // thirty working days from the day it was filed
        assert_eq!((&open["state"], due(&open, "complaint_decide").as_deref()), (&json!("complaint_open"), Some("2026-04-30T23:59:59+08:00")));
        at(&mut bench, "2026-03-20T10:00").await;
        let why = json!({ "reason": "调阅评分表期间暂停承榜程序" });
        act(&mut bench, HANDLER, &id, "suspend_target", why.clone()).await.refused(403, "forbidden");
        act(&mut bench, SUPERVISOR, &id, "resume_target", why.clone()).await.refused(409, "invalid_transition");
        let stands = act(&mut bench, SUPERVISOR, &id, "suspend_target", why.clone()).await.ok();
        let end = due(&stands, "complaint_suspension_max").unwrap();
        assert_eq!((end.as_str(), &stands["complaint"]["suspended_until"]), ("2026-04-20T23:59:59+08:00", &json!("2026-04-20T23:59:59+08:00")));
        assert_eq!((&award(&mut bench).await["state"], &posting(&mut bench).await["state"]), (&json!("suspended"), &json!("suspended")));
        act(&mut bench, SUPERVISOR, &id, "suspend_target", why.clone()).await.refused(409, "duplicate");
        let before = bench.mails.sent().len();
        bench.advance(instant(&end) + TimeDelta::seconds(1)).await;
        let runs = award(&mut bench).await;
        // proposed on the 18th: the 19th was used, and four are left from 21 April on
        assert_eq!((&runs["state"], &runs["publicity_ends_at"]), (&json!("in_publicity"), &json!("2026-04-27T23:59:59+08:00")));
        let sent = bench.mails.sent().split_off(before);
        for who in ["he.zhengqing@", "wei.guohua@", "wang.min@", "he.yajing@", "wei.xiaoqian@"] {
            assert!(sent.iter().any(|mail| mail.to.starts_with(who) && mail.subject.ends_with("暂停满最长期限")), "{who} {sent:?}");
        }
        // once is all
        act(&mut bench, SUPERVISOR, &id, "suspend_target", why).await.refused(409, "duplicate");
    }

    async fn a_complaint_upheld_revokes_an_award_that_was_noticed(bench: Bench from AwardProposed) {
        let id = taken(&mut bench).await;
        at(&mut bench, "2026-03-26T10:00").await;
        let path = format!("/api/v1/awards/{}/issue_notice", bench.play.ids.award);
        bench.user("wang.min").await.post(&path, json!({})).await.ok();
        at(&mut bench, "2026-03-30T10:00").await;
        let why = json!({ "reason": "调阅评分表期间暂停签约" });
        act(&mut bench, SUPERVISOR, &id, "suspend_target", why.clone()).await.ok();
        let stands = award(&mut bench).await;
        assert_eq!((&stands["state"], &stands["sign_by"], &posting(&mut bench).await["state"]), (&json!("suspended"), &json!("2026-04-27T23:59:59+08:00"), &json!("suspended")));
        // the term to sign stands still as well: of thirty days three were used
        at(&mut bench, "2026-04-10T10:00").await;
        act(&mut bench, SUPERVISOR, &id, "resume_target", why.clone()).await.ok();
        let runs = award(&mut bench).await;
        assert_eq!((&runs["state"], &runs["sign_by"], due(&runs, "agreement_signing").as_deref()), (&json!("notified"), &json!("2026-05-07T23:59:59+08:00"), Some("2026-05-07T23:59:59+08:00")));
        ruled(&mut bench, &id, true, Value::Null).await.refused(422, "invalid");
        assert_eq!(ruled(&mut bench, &id, false, json!("repost")).await.pointers(), ["/effect"]);
        let done = ruled(&mut bench, &id, true, json!("next_in_rank")).await.ok();
        assert_eq!((&done["state"], &done["complaint"]["upheld"], &done["complaint"]["effect"], &done["deadlines"]), (&json!("closed"), &json!(true), &json!("next_in_rank"), &json!([])));
        assert!(text(&done, "/complaint/advice").contains("行政复议"), "{done}");
        let kinds: Vec<String> = done["documents"].as_array().unwrap().iter().map(|one| text(one, "/kind")).collect();
        assert_eq!(kinds, ["objection_form", "objection_reply", "complaint_decision"]);
        assert_eq!((&award(&mut bench).await["state"], &posting(&mut bench).await["state"]), (&json!("revoked"), &json!("award_publicity")));
        ruled(&mut bench, &id, false, Value::Null).await.refused(409, "invalid_transition");
    }

    async fn a_complaint_dismissed_changes_nothing(bench: Bench from AwardProposed) {
        let id = taken(&mut bench).await;
        act(&mut bench, SUPERVISOR, &id, "suspend_target", json!({ "reason": "调阅评分表期间暂停" })).await.ok();
        act(&mut bench, HANDLER, &id, "decide_complaint", json!({ "upheld": false, "reason": "街道不得处理对自己的投诉" })).await.refused(403, "forbidden");
        let done = ruled(&mut bench, &id, false, Value::Null).await.ok();
        assert_eq!((&done["state"], &done["complaint"]["upheld"]), (&json!("closed"), &json!(false)));
        assert_eq!(award(&mut bench).await["state"], json!("in_publicity"));
    }

    async fn a_supervisor_who_took_part_is_recused(bench: Bench from AwardProposed) {
        let id = dismissed(&mut bench).await;
        complain(&mut bench, &id).await.ok();
        grant(&mut bench, "cao.junjie", "supervisor", json!({ "division": "410108000000" })).await;
        bench.forget();
        act(&mut bench, "cao.junjie", &id, "accept_complaint", json!({})).await.refused(409, "recused");
        act(&mut bench, "cao.junjie", &id, "refuse_complaint", json!({ "reason": "投诉没有新的理由" })).await.refused(409, "recused");
        act(&mut bench, SUPERVISOR, &id, "accept_complaint", json!({})).await.ok();
    }

    async fn abuse_is_found_by_the_supervisor_recorded_and_ends_the_objection(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let id = object(&mut bench, RIVAL).await;
        accept(&mut bench, &id).await;
        let why = json!({ "reason": "所附评分表系伪造,已经核实" });
        act(&mut bench, HANDLER, &id, "find_abuse", why.clone()).await.refused(403, "forbidden");
        let reply = act(&mut bench, SUPERVISOR, &id, "find_abuse", json!({ "reason": "" })).await;
        assert_eq!(reply.pointers(), ["/reason"]);
        let closed = act(&mut bench, SUPERVISOR, &id, "find_abuse", why.clone()).await.ok();
        assert_eq!((&closed["state"], &closed["abuse"]["reason"], &closed["deadlines"]), (&json!("closed"), &json!("所附评分表系伪造,已经核实"), &json!([])));
        assert_eq!((recorded(&bench, "abuse.found", Some(&id)).await, &award(&mut bench).await["state"]), (1, &json!("in_publicity")));
        act(&mut bench, SUPERVISOR, &id, "find_abuse", why).await.refused(409, "duplicate");
    }

    async fn only_who_has_to_do_with_it_sees_an_objection(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let mut body = form(&bench);
        body["organisation_id"] = json!(bench.organisation("yinxing").await);
        let id = text(&object_with(&mut bench, RIVAL, body).await.ok(), "/id");
        let path = format!("/api/v1/objections/{id}");
        // he, his organisation, the officers of the place, the supervisor
        for account in [RIVAL, "jin.baoping", HANDLER, "wei.guohua", SUPERVISOR] {
            let whole = seen(&mut bench, account, &path).await;
            assert_eq!(whole["objector"]["name"], json!("卫小倩"), "{account}");
            assert_eq!(seen(&mut bench, account, "/api/v1/objections").await["items"].as_array().unwrap().len(), 1, "{account}");
        }
        // who decided or sat on the panel learns that there is one, not whose
        for account in ["wang.min", "cao.junjie"] {
            let nameless = seen(&mut bench, account, &path).await;
            assert_eq!(nameless["objector"], Value::Null, "{account}");
            assert!(!nameless.to_string().contains("卫小倩"), "{account}");
        }
        for account in ["he.yajing", "zhao.lei", "xue.chunmei", "gao.xiangyu", "jiang.hongqi", "luo.jianguo"] {
            bench.user(account).await.get(&path).await.refused(404, "not_found");
            bench.user(account).await.get(&format!("{path}/actions")).await.refused(404, "not_found");
            assert_eq!(seen(&mut bench, account, "/api/v1/objections").await["items"], json!([]), "{account}");
        }
        bench.nobody().get(&path).await.refused(401, "unauthenticated");
        accept(&mut bench, &id).await;
        heard(&mut bench, &id).await;
        let theirs = seen(&mut bench, "he.yajing", "/api/v1/objections").await;
        assert_eq!(theirs["items"].as_array().unwrap().len(), 1);
        assert!(!theirs.to_string().contains("卫小倩"));
        let target = format!("/api/v1/objections?target_id={}&state=accepted&target=award", bench.play.ids.award);
        assert_eq!(seen(&mut bench, HANDLER, &target).await["items"].as_array().unwrap().len(), 1);
        let reply = bench.user(HANDLER).await.get("/api/v1/objections?target_id=7&division=x").await;
        assert_eq!(reply.pointers(), ["?division", "?target_id"]);
    }

    async fn a_decision_is_public_and_names_nobody(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let id = object(&mut bench, RIVAL).await;
        let (page, all) = (format!("/api/v1/public/objections/{id}"), "/api/v1/public/objections");
        accept(&mut bench, &id).await;
        bench.nobody().get(&page).await.refused(404, "not_found");
        assert_eq!(bench.nobody().get(all).await.ok()["items"], json!([]));
        let body = json!({ "outcome": "dismissed", "reason": "异议人来电 13800138000 所述与评分表不符,异议不成立。" });
        act(&mut bench, HANDLER, &id, "decide", body).await.ok();
        let shown = bench.nobody().get(&page).await.ok();
        assert_eq!((&shown["outcome"], &shown["grounds"], &shown["target"]), (&json!("dismissed"), &json!(["arithmetic"]), &json!("award")));
        let told = shown.to_string();
        assert!(!told.contains("13800138000") && !told.contains("卫小倩") && !told.contains("objector") && !told.contains("总分与各项"), "{told}");
        let listed = bench.nobody().get(&format!("{all}?target_id={}&target=award", bench.play.ids.award)).await.ok();
        assert_eq!(listed["items"], json!([shown]));
        let reply = bench.nobody().get(&format!("{all}?target_id=7")).await;
        assert_eq!(reply.pointers(), ["?target_id"]);
        complain(&mut bench, &id).await.ok();
        act(&mut bench, SUPERVISOR, &id, "accept_complaint", json!({})).await.ok();
        ruled(&mut bench, &id, true, json!("repost")).await.ok();
        let shown = bench.nobody().get(&page).await.ok();
        assert_eq!((&shown["complaint_upheld"], &shown["complaint_effect"]), (&json!(true), &json!("repost")));
    }

    async fn the_trail_of_the_project_does_not_tell_who_withdrew(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let id = object(&mut bench, RIVAL).await;
        accept(&mut bench, &id).await;
        withdraw(&mut bench, RIVAL, &id).await.ok();
        let path = format!("/api/v1/projects/{}/trace", bench.play.ids.project);
        let trail = seen(&mut bench, "wang.min", &path).await;
        let rows = trail["items"].as_array().unwrap();
        assert!(rows.iter().any(|row| row["event"] == json!("award.resumed") && row["actor"] == json!("—")), "{trail}");
        let since = rows.iter().filter(|row| text(row, "/event").starts_with("award.") || text(row, "/event").starts_with("posting.resumed"));
        assert!(since.clone().count() > 2 && since.clone().all(|row| row["actor"] != json!("卫小倩")), "{trail}");
        assert!(rows.iter().all(|row| row["object"] != json!("objection")), "{trail}");
    }
}
