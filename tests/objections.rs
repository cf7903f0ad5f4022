//! 异议 over HTTP, on a proposed award: who objects, who handles it, what stands still and what comes of it
//! (rulebook 2.8.12, 2.8.4, 2.5, 2.6).

use crate::needs::{allowed, due, instant, text};
use crate::scenes::{grant, recorded, seen};
use chrono::TimeDelta;
use serde_json::{Value, json};
use wubang_testkit::{Bench, Reply, Stage, on_both};

/// Handles objections at the street: had no part in the project.
pub(crate) const HANDLER: &str = "dong.siyu";
/// A bidder's agent who was second.
pub(crate) const RIVAL: &str = "wei.xiaoqian";

/// An award in its publicity, from Wednesday 18 March to the 25th.
pub(crate) async fn proposed(bench: &mut Bench) {
    bench.reach(Stage::AwardProposed).await;
}

/// An objection to the award that anybody could hand in.
pub(crate) fn form(bench: &Bench) -> Value {
    json!({ "target": "award", "target_id": bench.play.ids.award,
        "grounds": [{ "code": "arithmetic", "facts": "公示的总分与各项平均分之和不一致。" }],
        "demand": { "effect": "reevaluate", "text": "请求另组评审组重新评审" } })
}

pub(crate) async fn object_with(bench: &mut Bench, account: &str, body: Value) -> Reply {
    bench
        .user(account)
        .await
        .post("/api/v1/objections", body)
        .await
}

pub(crate) async fn object(bench: &mut Bench, account: &str) -> String {
    let body = form(bench);
    text(&object_with(bench, account, body).await.ok(), "/id")
}

pub(crate) async fn act(
    bench: &mut Bench,
    account: &str,
    id: &str,
    verb: &str,
    body: Value,
) -> Reply {
    let path = format!("/api/v1/objections/{id}/{verb}");
    bench.user(account).await.post(&path, body).await
}

pub(crate) async fn accept(bench: &mut Bench, id: &str) -> Value {
    act(bench, HANDLER, id, "accept", json!({})).await.ok()
}

pub(crate) async fn withdraw(bench: &mut Bench, account: &str, id: &str) -> Reply {
    act(
        bench,
        account,
        id,
        "withdraw",
        json!({ "reason": "经说明已经清楚,不再异议" }),
    )
    .await
}

pub(crate) async fn decide(bench: &mut Bench, id: &str, outcome: &str, effect: Value) -> Reply {
    let body = json!({ "outcome": outcome, "effect": effect, "reason": "经复核评分表与汇总表作出本答复。" });
    act(bench, HANDLER, id, "decide", body).await
}

/// The awardee is heard.
pub(crate) async fn heard(bench: &mut Bench, id: &str) {
    act(
        bench,
        HANDLER,
        id,
        "hearing",
        json!({ "question": "请就分数汇总的质疑作出说明" }),
    )
    .await
    .ok();
    act(
        bench,
        "ning.jiayi",
        id,
        "answer",
        json!({ "text": "我们对分数没有补充说明。" }),
    )
    .await
    .ok();
}

pub(crate) async fn award(bench: &mut Bench) -> Value {
    let path = format!("/api/v1/awards/{}", bench.play.ids.award);
    seen(bench, "wang.min", &path).await
}

pub(crate) async fn posting(bench: &mut Bench) -> Value {
    let path = format!("/api/v1/postings/{}", bench.play.ids.posting);
    seen(bench, "wang.min", &path).await
}

pub(crate) async fn objection(bench: &mut Bench, account: &str, id: &str) -> Value {
    seen(bench, account, &format!("/api/v1/objections/{id}")).await
}

async fn bid_state(bench: &mut Bench, key: &str) -> Value {
    let path = format!("/api/v1/bids/{}", bench.play.ids.bids[key]);
    seen(bench, "wang.min", &path).await["state"].clone()
}

pub(crate) async fn at(bench: &mut Bench, moment: &str) {
    bench.advance(instant(&format!("{moment}:00+08:00"))).await;
}

on_both! {
    async fn an_objection_is_handed_in_and_answers_a_receipt(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let before = bench.mails.sent().len();
        let yinxing = bench.organisation("yinxing").await;
        let mut body = form(&bench);
        body["organisation_id"] = json!(yinxing);
        let receipt = object_with(&mut bench, RIVAL, body).await.ok();
        assert_eq!((&receipt["number"], &receipt["state"], &receipt["standing"]), (&json!("YY-410108-2026-0001"), &json!("submitted"), &json!("bidder")));
        assert_eq!(receipt["objector"]["organisation_id"], json!(yinxing));
        assert_eq!((&receipt["documents"][0]["kind"], text(&receipt, "/documents/0/content_hash").len()), (&json!("objection_form"), 64));
        // three working days to accept it
        assert_eq!(due(&receipt, "objection_accept").as_deref(), Some("2026-03-23T23:59:59+08:00"));
        assert_eq!(allowed(&receipt), ["withdraw"]);
        bench.work().await;
        let sent = bench.mails.sent().split_off(before);
        for who in ["wei.xiaoqian@", "dong.siyu@", "wang.min@"] {
            assert!(sent.iter().any(|mail| mail.to.starts_with(who) && mail.subject.contains("YY-410108-2026-0001")), "{who} {sent:?}");
        }
        assert!(sent.iter().all(|mail| !mail.body.contains("卫小倩") && !mail.body.contains("银杏")), "{sent:?}");
        // nothing stands still before it is accepted, and the same person waits for the answer to the first
        assert_eq!((&award(&mut bench).await["state"], &posting(&mut bench).await["state"]), (&json!("in_publicity"), &json!("award_publicity")));
        let body = form(&bench);
        object_with(&mut bench, RIVAL, body).await.refused(409, "duplicate");
    }

    async fn anybody_known_may_object_to_an_award_and_without_a_name_there_is_another_way(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let problem = bench.nobody().post("/api/v1/objections", form(&bench)).await.refused(401, "unauthenticated");
        assert!(text(&problem, "/detail").contains("/api/v1/public/requests"), "{problem}");
        for (account, organisation, standing) in [("guan.caiyun", Some("kangyi"), "organisation"), ("xue.chunmei", None, "resident"), ("ping.gaihua", None, "public"), ("jin.baoping", Some("yinxing"), "bidder")] {
            let mut body = form(&bench);
            if let Some(key) = organisation {
                body["organisation_id"] = json!(bench.organisation(key).await);
            }
            let made = object_with(&mut bench, account, body).await.ok();
            assert_eq!(made["standing"], json!(standing), "{account}");
        }
    }

    async fn every_wrong_field_of_an_objection_is_told_at_once(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let mut body = form(&bench);
        body["organisation_id"] = json!(bench.organisation("lelin").await);
        body["grounds"] = json!([{ "code": "facts", "facts": "短" }, { "code": "facts", "facts": "同一事由写了两次,须合并陈述。" }]);
        body["demand"] = json!({ "effect": "none", "text": "无" });
        let reply = object_with(&mut bench, RIVAL, body).await;
        assert_eq!(reply.pointers(), ["/organisation_id", "/grounds/0/facts", "/grounds/1/code", "/demand/effect", "/demand/text"]);
        reply.refused(422, "invalid");
        let mut body = form(&bench);
        body["grounds"] = json!([]);
        let reply = object_with(&mut bench, RIVAL, body).await;
        assert_eq!(reply.pointers(), ["/grounds"]);
        let mut body = form(&bench);
        body["grounds"][0]["code"] = json!("dislike");
        object_with(&mut bench, RIVAL, body).await.refused(422, "invalid");
        let mut body = form(&bench);
        body["target_id"] = json!(bench.play.ids.posting);
        object_with(&mut bench, RIVAL, body).await.refused(404, "not_found");
        assert_eq!(recorded(&bench, "objection.submitted", None).await, 0);
    }

    async fn the_last_second_of_the_publicity_is_in_time_and_the_next_is_late(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        bench.stand_at(instant("2026-03-25T23:59:59+08:00"));
        let id = object(&mut bench, "xue.chunmei").await;
        bench.stand_at(instant("2026-03-26T00:00:00+08:00"));
        let body = form(&bench);
        object_with(&mut bench, "hao.xiulan", body).await.refused(409, "deadline_passed");
        // the one in time keeps the award from being confirmed until somebody has looked at it
        bench.work().await;
        assert_eq!(award(&mut bench).await["state"], json!("in_publicity"));
        at(&mut bench, "2026-03-30T09:00").await;
        let rejected = act(&mut bench, HANDLER, &id, "reject", json!({ "ground": "no_ground", "reason": "没有说明所称不一致的分数" })).await.ok();
        assert_eq!((&rejected["state"], &rejected["reply"]["rejection_ground"]), (&json!("rejected"), &json!("no_ground")));
        bench.work().await;
        assert_eq!(award(&mut bench).await["state"], json!("confirmed"));
    }

    async fn a_supplement_is_asked_once_and_comes_in_time(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let id = object(&mut bench, RIVAL).await;
        let ask = json!({ "text": "请说明所称不一致的具体项目" });
        act(&mut bench, RIVAL, &id, "request_supplement", ask.clone()).await.refused(403, "forbidden");
        let reply = act(&mut bench, HANDLER, &id, "request_supplement", json!({ "text": "?" })).await;
        assert_eq!(reply.pointers(), ["/text"]);
        let asked = act(&mut bench, HANDLER, &id, "request_supplement", ask.clone()).await.ok();
        // five working days from 18 March
        assert_eq!((due(&asked, "objection_supplement").as_deref(), due(&asked, "objection_accept")), (Some("2026-03-25T23:59:59+08:00"), None));
        let reply = act(&mut bench, RIVAL, &id, "supplement", json!({ "text": "短" })).await;
        assert_eq!(reply.pointers(), ["/text"]);
        act(&mut bench, HANDLER, &id, "supplement", json!({ "text": "方案一项公示 33 分,应为 31 分。" })).await.refused(403, "forbidden");
        let whole = act(&mut bench, RIVAL, &id, "supplement", json!({ "text": "方案一项公示 33 分,应为 31 分。" })).await.ok();
        assert_eq!((&whole["state"], &whole["supplement"]["text"]), (&json!("submitted"), &json!("方案一项公示 33 分,应为 31 分。")));
        act(&mut bench, HANDLER, &id, "request_supplement", ask).await.refused(422, "supplement_used");
    }

    async fn without_its_supplement_an_objection_is_rejected(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let id = object(&mut bench, RIVAL).await;
        act(&mut bench, HANDLER, &id, "request_supplement", json!({ "text": "请说明所称不一致的具体项目" })).await.ok();
        bench.stand_at(instant("2026-03-26T00:00:00+08:00"));
        act(&mut bench, RIVAL, &id, "supplement", json!({ "text": "方案一项公示 33 分,应为 31 分。" })).await.refused(409, "deadline_passed");
        bench.work().await;
        let gone = objection(&mut bench, RIVAL, &id).await;
        assert_eq!((&gone["state"], &gone["reply"]["rejection_ground"]), (&json!("rejected"), &json!("no_supplement")));
        assert_eq!(due(&gone, "complaint_window").as_deref(), Some("2026-04-17T23:59:59+08:00"));
        bench.work().await;
        assert_eq!(award(&mut bench).await["state"], json!("confirmed"), "nothing waits for it any more");
    }

    async fn an_objection_is_rejected_on_closed_grounds(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let objectors = ["xue.chunmei", "hao.xiulan", "xiong.dehai", "lu.xiaofang", "jiang.zhiguo"];
        for (account, ground) in objectors.into_iter().zip(["late", "no_standing", "no_ground", "out_of_scope", "repeat"]) {
            let id = object(&mut bench, account).await;
            let body = |ground: &str, reason: &str| json!({ "ground": ground, "reason": reason });
            let reply = act(&mut bench, HANDLER, &id, "reject", body("no_supplement", "无")).await;
            assert_eq!(reply.pointers(), ["/reason", "/ground"]);
            act(&mut bench, HANDLER, &id, "reject", body("dislike", "不喜欢这一异议")).await.refused(422, "invalid");
            let gone = act(&mut bench, HANDLER, &id, "reject", body(ground, "经审查不予受理")).await.ok();
            assert_eq!((&gone["state"], &gone["reply"]["rejection_ground"], &gone["reply"]["outcome"]), (&json!("rejected"), &json!(ground), &Value::Null));
            // with the right to complain: fifteen working days
            assert_eq!(gone["reply"]["complain_by"], json!("2026-04-09T23:59:59+08:00"));
            act(&mut bench, HANDLER, &id, "accept", json!({})).await.refused(409, "invalid_transition");
        }
        assert_eq!((&award(&mut bench).await["state"], recorded(&bench, "award.suspended", None).await), (&json!("in_publicity"), 0));
    }

    async fn who_decided_took_part_or_works_for_a_party_does_not_handle_it(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let id = object(&mut bench, RIVAL).await;
        for verb in ["accept", "reject", "request_supplement"] {
            let body = match verb {
                "reject" => json!({ "ground": "no_ground", "reason": "没有说明理由" }),
                "request_supplement" => json!({ "text": "请补充说明具体事实" }),
                _ => json!({}),
            };
            // who proposed the award; who approved the posting and sat on the panel; whoever has no office
            act(&mut bench, "wang.min", &id, verb, body.clone()).await.refused(409, "same_person");
            act(&mut bench, "cao.junjie", &id, verb, body.clone()).await.refused(409, "recused");
            act(&mut bench, "he.zhengqing", &id, verb, body.clone()).await.refused(403, "forbidden");
            act(&mut bench, "zhao.lei", &id, verb, body.clone()).await.refused(404, "not_found");
            act(&mut bench, "gao.xiangyu", &id, verb, body).await.refused(404, "not_found");
        }
        let lelin = bench.organisation("lelin").await;
        grant(&mut bench, HANDLER, "org_agent", json!({ "organisation": lelin })).await;
        bench.forget();
        act(&mut bench, HANDLER, &id, "accept", json!({})).await.refused(409, "recused");
        // the district can, and who objects himself cannot
        let own = object(&mut bench, "wei.guohua").await;
        act(&mut bench, "wei.guohua", &own, "accept", json!({})).await.refused(409, "recused");
        let taken = act(&mut bench, "wei.guohua", &id, "accept", json!({})).await.ok();
        assert_eq!(taken["state"], json!("accepted"));
        let actions = seen(&mut bench, "wang.min", &format!("/api/v1/objections/{id}/actions")).await;
        assert!(actions["refused"].as_array().unwrap().iter().any(|one| one["action"] == json!("decide") && one["code"] == json!("same_person")), "{actions}");
    }

    async fn an_accepted_objection_stops_the_clock_of_the_award_exactly(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let shown = award(&mut bench).await;
        assert_eq!(shown["publicity_ends_at"], json!("2026-03-25T23:59:59+08:00"));
        // the rulebook's example: accepted on the third day of the publicity, so two are used
        at(&mut bench, "2026-03-23T10:00").await;
        let id = object(&mut bench, RIVAL).await;
        let before = bench.mails.sent().len();
        let taken = accept(&mut bench, &id).await;
        assert_eq!((&taken["state"], due(&taken, "objection_answer").as_deref(), &taken["target_stands_still"]), (&json!("accepted"), Some("2026-04-01T23:59:59+08:00"), &json!(true)));
        bench.work().await;
        assert!(bench.mails.sent().split_off(before).iter().any(|mail| mail.to.starts_with("he.yajing@")), "the awardee hears of it");
        let (stands, project) = (award(&mut bench).await, posting(&mut bench).await);
        assert_eq!((&stands["state"], &stands["deadlines"]), (&json!("suspended"), &json!([])));
        assert_eq!((&project["state"], &project["suspension"]["resumes_to"], &project["suspension"]["ground"], &project["suspension"]["by"]), (&json!("suspended"), &json!("award_publicity"), &json!("objection"), &json!("system")));
        // nobody goes on in the meantime, not even the street or the supervisor
        let path = format!("/api/v1/postings/{}/resume", bench.play.ids.posting);
        for account in ["wang.min", "he.zhengqing"] {
            bench.user(account).await.post(&path, json!({ "reason": "请尽快恢复公示" })).await.refused(409, "other_authority");
        }
        at(&mut bench, "2026-03-30T10:00").await;
        assert_eq!(award(&mut bench).await["state"], json!("suspended"));
        let done = decide(&mut bench, &id, "dismissed", Value::Null).await.ok();
        assert_eq!((&done["state"], &done["reply"]["outcome"], &done["target_stands_still"]), (&json!("dismissed"), &json!("dismissed"), &json!(false)));
        let runs = award(&mut bench).await;
        let end = "2026-04-02T23:59:59+08:00";
        assert_eq!((&runs["state"], &runs["publicity_ends_at"], due(&runs, "award_publicity").as_deref()), (&json!("in_publicity"), &json!(end), Some(end)));
        assert_eq!(posting(&mut bench).await["state"], json!("award_publicity"));
        // the page stays, with the moved end
        let page = bench.nobody().get("/api/v1/public/publicities?kind=award").await.ok();
        assert_eq!((&page["items"][0]["state"], &page["items"][0]["ends_at"]), (&json!("running"), &json!(end)));
        bench.advance(instant(end)).await;
        assert_eq!(award(&mut bench).await["state"], json!("in_publicity"));
        bench.advance(instant(end) + TimeDelta::seconds(1)).await;
        assert_eq!(award(&mut bench).await["state"], json!("confirmed"));
        let kinds: Vec<String> = objection(&mut bench, RIVAL, &id).await["documents"].as_array().unwrap().iter().map(|one| text(one, "/kind")).collect();
        assert_eq!(kinds, ["objection_form", "objection_reply"]);
    }

    async fn the_award_goes_on_when_the_last_objection_is_over(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        at(&mut bench, "2026-03-20T10:00").await;
        let (first, second, third) = (object(&mut bench, RIVAL).await, object(&mut bench, "xue.chunmei").await, object(&mut bench, "hao.xiulan").await);
        accept(&mut bench, &first).await;
        accept(&mut bench, &second).await;
        assert_eq!(recorded(&bench, "award.suspended", None).await, 1);
        at(&mut bench, "2026-03-24T10:00").await;
        decide(&mut bench, &first, "dismissed", json!("none")).await.ok();
        assert_eq!(award(&mut bench).await["state"], json!("suspended"));
        withdraw(&mut bench, HANDLER, &second).await.refused(403, "forbidden");
        withdraw(&mut bench, "xue.chunmei", &second).await.ok();
        // one that nobody has looked at yet keeps it too
        assert_eq!(award(&mut bench).await["state"], json!("suspended"));
        at(&mut bench, "2026-03-26T10:00").await;
        act(&mut bench, HANDLER, &third, "reject", json!({ "ground": "repeat", "reason": "与先前的异议相同" })).await.ok();
        let runs = award(&mut bench).await;
        // of five days one was used before 20 March
        assert_eq!((&runs["state"], &runs["publicity_ends_at"]), (&json!("in_publicity"), &json!("2026-04-01T23:59:59+08:00")));
        withdraw(&mut bench, "xue.chunmei", &second).await.refused(409, "invalid_transition");
    }

    async fn the_other_side_is_heard_and_does_not_learn_who_objects(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let id = object(&mut bench, RIVAL).await;
        let path = format!("/api/v1/objections/{id}");
        act(&mut bench, HANDLER, &id, "hearing", json!({ "question": "请就分数作出说明" })).await.refused(409, "invalid_transition");
        accept(&mut bench, &id).await;
        let awardee = bench.cast("winner_legal_rep").await;
        awardee.get(&path).await.refused(404, "not_found");
        act(&mut bench, HANDLER, &id, "investigate", json!({ "finding": "尚未听取另一方意见就调查" })).await.refused(422, "not_heard");
        decide(&mut bench, &id, "upheld", json!("next_in_rank")).await.refused(422, "not_heard");
        decide(&mut bench, &id, "partly_upheld", json!("repost")).await.refused(422, "not_heard");
        let asked = act(&mut bench, HANDLER, &id, "hearing", json!({ "question": "请就分数汇总的质疑作出说明" })).await.ok();
        assert_eq!(due(&asked, "objection_hearing").as_deref(), Some("2026-03-20T23:59:59+08:00"));
        act(&mut bench, HANDLER, &id, "hearing", json!({ "question": "请再次作出说明" })).await.refused(409, "duplicate");
        let shown = awardee.get(&path).await.ok();
        assert_eq!((&shown["objector"], &shown["hearing"]["question"], allowed(&shown)), (&Value::Null, &json!("请就分数汇总的质疑作出说明"), vec!["answer".to_owned()]));
        assert!(!shown.to_string().contains("卫小倩"), "{shown}");
        let reply = act(&mut bench, "ning.jiayi", &id, "answer", json!({ "text": "无" })).await;
        assert_eq!(reply.pointers(), ["/text"]);
        act(&mut bench, RIVAL, &id, "answer", json!({ "text": "我替对方回答" })).await.refused(403, "forbidden");
        let said = act(&mut bench, "ning.jiayi", &id, "answer", json!({ "text": "我们对分数没有补充说明。" })).await.ok();
        assert_eq!((&said["hearing"]["answer"], due(&said, "objection_hearing")), (&json!("我们对分数没有补充说明。"), None));
        act(&mut bench, "ning.jiayi", &id, "answer", json!({ "text": "我们再补充一点说明。" })).await.refused(409, "duplicate");
        let found = act(&mut bench, HANDLER, &id, "investigate", json!({ "finding": "经核对五份评分表,平均分无误。" })).await.ok();
        assert_eq!((&found["state"], &found["finding"]), (&json!("investigating"), &json!("经核对五份评分表,平均分无误。")));
        assert_eq!(awardee.get(&path).await.ok()["finding"], Value::Null);
        decide(&mut bench, &id, "dismissed", Value::Null).await.ok();
    }

    async fn after_two_working_days_the_handler_goes_on_without_the_other_side(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let id = object(&mut bench, RIVAL).await;
        accept(&mut bench, &id).await;
        act(&mut bench, HANDLER, &id, "hearing", json!({ "question": "请就分数汇总的质疑作出说明" })).await.ok();
        at(&mut bench, "2026-03-20T23:59").await;
        act(&mut bench, HANDLER, &id, "investigate", json!({ "finding": "期限未满就着手调查的情况" })).await.refused(422, "not_heard");
        at(&mut bench, "2026-03-21T00:00").await;
        assert_eq!(recorded(&bench, "objection.hearing_over", None).await, 1);
        act(&mut bench, "ning.jiayi", &id, "answer", json!({ "text": "现在才想起来作答。" })).await.refused(409, "deadline_passed");
        let reply = act(&mut bench, HANDLER, &id, "investigate", json!({ "finding": "短" })).await;
        assert_eq!(reply.pointers(), ["/finding"]);
        let found = act(&mut bench, HANDLER, &id, "investigate", json!({ "finding": "另一方未陈述,径行核对。" })).await.ok();
        assert_eq!(found["hearing"]["lapsed"], json!(true));
    }

    async fn upheld_the_next_in_rank_follows(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let id = object(&mut bench, RIVAL).await;
        accept(&mut bench, &id).await;
        heard(&mut bench, &id).await;
        let reply = decide(&mut bench, &id, "upheld", Value::Null).await;
        assert_eq!(reply.pointers(), ["/effect"]);
        reply.refused(422, "invalid");
        assert_eq!(decide(&mut bench, &id, "dismissed", json!("repost")).await.pointers(), ["/effect"]);
        assert_eq!(decide(&mut bench, &id, "partly_upheld", json!("none")).await.pointers(), ["/correction"]);
        let done = decide(&mut bench, &id, "upheld", json!("next_in_rank")).await.ok();
        assert_eq!((&done["state"], &done["reply"]["effect"], done["deadlines"].as_array().unwrap().len()), (&json!("upheld"), &json!("next_in_rank"), 0));
        let gone = award(&mut bench).await;
        assert_eq!((&gone["state"], &gone["reason_code"], &gone["deadlines"]), (&json!("revoked"), &json!("objection_upheld"), &json!([])));
        let waits = posting(&mut bench).await;
        assert_eq!((&waits["state"], due(&waits, "award_decision").is_some()), (&json!("award_publicity"), true));
        assert_eq!((bid_state(&mut bench, "lelin").await, bid_state(&mut bench, "yinxing").await), (json!("not_selected"), json!("reserve")));
        let body = json!({ "bid_id": bench.play.ids.bids["yinxing"], "reason": "按照评审排名递补" });
        let path = format!("/api/v1/postings/{}/propose_award", bench.play.ids.posting);
        let next = bench.user("wang.min").await.post(&path, body).await.ok();
        assert_eq!((&next["rank"], &next["state"]), (&json!(2), &json!("in_publicity")));
        withdraw(&mut bench, RIVAL, &id).await.refused(409, "invalid_transition");
    }

    async fn the_demo_awards_a_joint_bid_after_two_objections(bench: Bench) {
        bench.play.objected().await.unwrap();
        bench.forget();
        let list = seen(&mut bench, "wang.min", "/api/v1/objections").await;
        let states: Vec<&Value> = list["items"].as_array().unwrap().iter().map(|one| &one["state"]).collect();
        assert_eq!(states, ["dismissed", "upheld"]);
        let awards = seen(&mut bench, "wang.min", "/api/v1/awards").await;
        let states: Vec<&Value> = awards["items"].as_array().unwrap().iter().map(|one| &one["state"]).collect();
        assert_eq!(states, ["notified", "revoked"]);
    }

    async fn upheld_another_panel_judges_again(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let sat = crate::awards::seats(&mut bench).await;
        let id = object(&mut bench, RIVAL).await;
        accept(&mut bench, &id).await;
        heard(&mut bench, &id).await;
        decide(&mut bench, &id, "upheld", json!("reevaluate")).await.ok();
        let again = posting(&mut bench).await;
        assert_eq!((&again["state"], due(&again, "panel_evaluation").is_some()), (&json!("evaluating"), true));
        for key in ["lelin", "yinxing", "xinhuo"] {
            assert_eq!(bid_state(&mut bench, key).await, json!("qualified"), "{key}");
        }
        // nobody who sat before
        let path = format!("/api/v1/postings/{}/panel", bench.play.ids.posting);
        let (cao, luo) = (bench.person("cao.junjie").await, bench.person("luo.jianguo").await);
        let street = bench.user("wang.min").await;
        let reply = street.post(&path, json!({ "community_person_ids": [cao], "department_person_ids": [luo] })).await;
        assert_eq!(reply.pointers(), ["/community_person_ids", "/departments_person_ids"]);
        let (other, department) = (bench.person("zhao.lei").await, bench.person("liang.qian").await);
        let panel = street.post(&path, json!({ "community_person_ids": [other], "department_person_ids": [department] })).await.ok();
        assert_eq!(panel["round"], json!(2));
        let mut before = Vec::new();
        for account in &sat {
            before.push(json!(bench.person(account).await));
        }
        assert!(panel["members"].as_array().unwrap().iter().all(|member| !before.contains(&member["person_id"])), "{panel}");
        street.post(&path, json!({ "community_person_ids": [other], "department_person_ids": [department] })).await.refused(409, "invalid_transition");
        judged_again(&mut bench, &panel).await;
        let body = json!({ "bid_id": bench.play.ids.bids["yinxing"], "reason": "按照重新评审的排名提出" });
        let path = format!("/api/v1/postings/{}/propose_award", bench.play.ids.posting);
        let next = bench.user("wang.min").await.post(&path, body).await.ok();
        assert_eq!((&next["rank"], &next["total"]), (&json!(1), &json!("69.00")));
        assert_eq!(award(&mut bench).await["total"], json!("87.40"), "the revoked award keeps what it was");
    }

    async fn upheld_the_posting_is_posted_again(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let id = object(&mut bench, RIVAL).await;
        accept(&mut bench, &id).await;
        heard(&mut bench, &id).await;
        decide(&mut bench, &id, "upheld", json!("repost")).await.ok();
        let failed = posting(&mut bench).await;
        assert_eq!((&failed["state"], &failed["reason_code"]), (&json!("failed"), &json!("objection_upheld")));
        assert!(text(&failed, "/reason").contains("YY-410108-2026-0001"), "{failed}");
        let path = format!("/api/v1/postings/{}/repost", bench.play.ids.posting);
        let again = bench.user("wang.min").await.post(&path, json!({})).await.ok();
        assert!(text(&again, "/number").ends_with("-R2"), "{again}");
    }

    async fn partly_upheld_with_a_correction_the_award_goes_on(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let id = object(&mut bench, RIVAL).await;
        accept(&mut bench, &id).await;
        heard(&mut bench, &id).await;
        let body = json!({ "outcome": "partly_upheld", "effect": "none", "reason": "公示页的一处笔误应予更正,名次不变。", "correction": "方案一项平均分更正为 31.00 分" });
        let done = act(&mut bench, HANDLER, &id, "decide", body).await.ok();
        assert_eq!((&done["state"], &done["reply"]["correction"], due(&done, "complaint_window").as_deref()), (&json!("partly_upheld"), &json!("方案一项平均分更正为 31.00 分"), Some("2026-04-09T23:59:59+08:00")));
        assert_eq!(award(&mut bench).await["state"], json!("in_publicity"));
    }

    async fn a_late_answer_is_overdue_and_the_supervisor_hears_of_it(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let id = object(&mut bench, RIVAL).await;
        accept(&mut bench, &id).await;
        // seven working days from 18 March
        at(&mut bench, "2026-03-27T23:59").await;
        assert_eq!(objection(&mut bench, RIVAL, &id).await["state"], json!("accepted"));
        let before = bench.mails.sent().len();
        at(&mut bench, "2026-03-28T00:00").await;
        let late = objection(&mut bench, RIVAL, &id).await;
        // fifteen working days, counted from the day on which the answer was due
        assert_eq!((&late["state"], due(&late, "complaint_window").as_deref()), (&json!("overdue"), Some("2026-04-20T23:59:59+08:00")));
        assert!(allowed(&late).contains(&"complain".to_owned()) && !allowed(&late).contains(&"withdraw".to_owned()), "{late}");
        let sent = bench.mails.sent().split_off(before);
        for who in ["he.zhengqing@", "wei.guohua@", "wei.xiaoqian@"] {
            assert!(sent.iter().any(|mail| mail.to.starts_with(who) && mail.subject.ends_with("逾期未答复")), "{who} {sent:?}");
        }
        // the award waits for an answer, which may still come
        assert_eq!(award(&mut bench).await["state"], json!("suspended"));
        heard(&mut bench, &id).await;
        let done = decide(&mut bench, &id, "dismissed", Value::Null).await.ok();
        assert_eq!((&done["state"], &done["reply"]["late"]), (&json!("dismissed"), &json!(true)));
        assert_eq!(award(&mut bench).await["state"], json!("in_publicity"));
    }

    async fn an_awardee_who_declines_meanwhile_leaves_nothing_to_change(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let id = object(&mut bench, RIVAL).await;
        accept(&mut bench, &id).await;
        heard(&mut bench, &id).await;
        let path = format!("/api/v1/awards/{}/decline", bench.play.ids.award);
        bench.cast("winner_legal_rep").await.post(&path, json!({ "reason": "承接能力发生变化,放弃承榜" })).await.ok();
        assert_eq!(posting(&mut bench).await["state"], json!("award_publicity"));
        assert_eq!(decide(&mut bench, &id, "upheld", json!("repost")).await.pointers(), ["/effect"]);
        decide(&mut bench, &id, "upheld", Value::Null).await.ok();
        assert_eq!((&posting(&mut bench).await["state"], &award(&mut bench).await["state"]), (&json!("award_publicity"), &json!("declined")));
    }

    async fn a_posting_cancelled_meanwhile_ends_the_award(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let id = object(&mut bench, RIVAL).await;
        accept(&mut bench, &id).await;
        let path = format!("/api/v1/postings/{}/cancel", bench.play.ids.posting);
        let body = json!({ "ground": "ordered_by_supervisor", "reason": "监督部门要求撤榜" });
        bench.cast("supervisor").await.post(&path, body).await.ok();
        assert_eq!(award(&mut bench).await["state"], json!("lapsed"));
        withdraw(&mut bench, RIVAL, &id).await.ok();
        assert_eq!(posting(&mut bench).await["state"], json!("cancelled"));
    }

    async fn a_suspension_by_the_street_and_an_objection_wait_for_each_other(bench: Bench from AwardProposed) {
        proposed(&mut bench).await;
        let path = |bench: &Bench, verb: &str| format!("/api/v1/postings/{}/{verb}", bench.play.ids.posting);
        at(&mut bench, "2026-03-20T10:00").await;
        let (suspend, resume) = (path(&bench, "suspend"), path(&bench, "resume"));
        let street = bench.user("cao.junjie").await;
        street.post(&suspend, json!({ "ground": "safety", "reason": "强降雨应急响应期间暂停" })).await.ok();
        let id = object(&mut bench, RIVAL).await;
        accept(&mut bench, &id).await;
        assert_eq!(award(&mut bench).await["state"], json!("suspended"));
        // the objection is over first: the publicity still waits for the street
        at(&mut bench, "2026-03-24T10:00").await;
        decide(&mut bench, &id, "dismissed", Value::Null).await.ok();
        let waits = award(&mut bench).await;
        assert_eq!((&waits["state"], &waits["deadlines"], &posting(&mut bench).await["state"]), (&json!("in_publicity"), &json!([]), &json!("suspended")));
        at(&mut bench, "2026-03-26T10:00").await;
        let street = bench.user("cao.junjie").await;
        street.post(&resume, json!({ "reason": "应急响应已经解除" })).await.ok();
        assert_eq!(award(&mut bench).await["publicity_ends_at"], json!("2026-04-01T23:59:59+08:00"));
    }
}

/// The second panel declares, scores the rival best, and signs.
async fn judged_again(bench: &mut Bench, panel: &Value) {
    let declare = format!("/api/v1/panels/{}/declare", text(panel, "/id"));
    let at = |verb: &str| format!("/api/v1/postings/{}/{verb}", bench.play.ids.posting);
    let (score, sign) = (at("score_sheets"), at("sign_report"));
    let mut accounts = wubang_server::demo::play::accounts_with("expert", None).unwrap();
    accounts.extend(["zhao.lei".to_owned(), "liang.qian".to_owned()]);
    let mut seats = Vec::new();
    for account in accounts {
        let person = json!(bench.person(&account).await);
        if panel["members"]
            .as_array()
            .unwrap()
            .iter()
            .any(|member| member["person_id"] == person)
        {
            seats.push(account);
        }
    }
    assert_eq!(seats.len(), 5, "{panel}");
    for account in &seats {
        let caller = bench.user(account).await;
        caller.post(&declare, json!({ "clear": true })).await.ok();
        for (key, plan) in [("lelin", 14), ("yinxing", 33), ("xinhuo", 20)] {
            let points = json!({ "plan": plan, "team": 14, "track_record": 8, "budget": 8, "sustainability": 6 });
            let body = json!({ "bid_id": bench.play.ids.bids[key], "points": points });
            caller.post(&score, body).await.ok();
        }
    }
    for account in &seats {
        bench.user(account).await.post(&sign, json!({})).await.ok();
    }
}
