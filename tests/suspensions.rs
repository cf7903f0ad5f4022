//! Suspension of a published posting: everything stands still and keeps what is left of it.

use crate::needs::{due, instant, text};
use crate::scenes::{recorded, seen};
use chrono::TimeDelta;
use serde_json::{Value, json};
use wubang_server::demo::play::agent_of;
use wubang_testkit::{Bench, Caller, Reply, Stage, on_both};

async fn open(bench: &mut Bench) {
    bench.reach(Stage::PostingOpen).await;
}

fn at(bench: &Bench, verb: &str) -> String {
    format!("/api/v1/postings/{}/{verb}", bench.play.ids.posting)
}

async fn posting(bench: &mut Bench) -> Value {
    let path = format!("/api/v1/postings/{}", bench.play.ids.posting);
    seen(bench, "wang.min", &path).await
}

async fn agent(bench: &mut Bench, key: &str) -> Caller {
    bench.user(&agent_of(key, "org_agent").unwrap()).await
}

async fn suspend(bench: &mut Bench, account: &str, ground: &str) -> Reply {
    let path = at(bench, "suspend");
    let body = json!({ "ground": ground, "reason": "强降雨应急响应期间暂停办理" });
    bench.user(account).await.post(&path, body).await
}

async fn resume(bench: &mut Bench, account: &str) -> Reply {
    let path = at(bench, "resume");
    let body = json!({ "reason": "中止的原因已经消除" });
    bench.user(account).await.post(&path, body).await
}

/// Suspended by the street on that morning, and resumed on the other.
async fn pause(bench: &mut Bench, from: &str, to: &str) -> Value {
    bench
        .advance(instant(&format!("{from}T10:00:00+08:00")))
        .await;
    suspend(bench, "wang.min", "force_majeure").await.ok();
    bench
        .advance(instant(&format!("{to}T10:00:00+08:00")))
        .await;
    resume(bench, "cao.junjie").await.ok()
}

on_both! {
    async fn a_suspended_posting_stands_still_and_goes_on_with_what_was_left(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        bench.advance(instant("2026-03-05T09:00:00+08:00")).await;
        let question = json!({ "text": "请问场地由谁提供?" });
        let question = text(&agent(&mut bench, "lelin").await.post(&at(&bench, "questions"), question).await.ok(), "/id");
        // Friday 6 March: of fifteen days three are used, of five working days three
        bench.advance(instant("2026-03-06T10:00:00+08:00")).await;
        let stands = suspend(&mut bench, "wang.min", "force_majeure").await.ok();
        assert_eq!((&stands["state"], &stands["deadlines"]), (&json!("suspended"), &json!([])));
        let told = &stands["suspension"];
        assert_eq!((&told["ground"], &told["reason"], &told["by"], &told["resumes_to"]), (&json!("force_majeure"), &json!("强降雨应急响应期间暂停办理"), &json!("street_officer"), &json!("open")));
        let public = bench.nobody().get(&at(&bench, "").trim_end_matches('/').replace("/v1/", "/v1/public/")).await.ok();
        assert_eq!((&public["suspension"], &public["changes"][0]["kind"]), (told, &json!("suspension")));
        let project = format!("/api/v1/projects/{}", bench.play.ids.project);
        assert_eq!(seen(&mut bench, "wang.min", &project).await["stage"], json!("bid"), "it is where it was");
        // no timer fires in the meantime, whatever the clock says
        bench.advance(instant("2026-05-11T10:00:00+08:00")).await;
        assert_eq!(posting(&mut bench).await["state"], json!("suspended"));
        assert_eq!((recorded(&bench, "posting.closed", None).await, recorded(&bench, "posting.question_lapsed", None).await), (0, 0));
        let goes_on = resume(&mut bench, "wang.min").await.ok();
        assert_eq!((&goes_on["state"], &goes_on["suspension"]), (&json!("open"), &Value::Null));
        // twelve days after Monday 11 May is Saturday 23 May, so Monday
        let end = "2026-05-25T23:59:59+08:00";
        assert_eq!((&goes_on["bid_deadline"], &goes_on["bid_deadline_rule"], due(&goes_on, "bid_window").as_deref()), (&json!(end), &json!("cd(2026-05-11,12)"), Some(end)));
        assert_eq!(due(&goes_on, "notice_period").as_deref(), Some("2026-05-13T23:59:59+08:00"));
        // the question deadline follows the bid deadline
        assert_eq!((&goes_on["question_deadline"], due(&goes_on, "question_deadline").as_deref()), (&json!("2026-05-18T23:59:59+08:00"), Some("2026-05-18T23:59:59+08:00")));
        assert_eq!((&goes_on["changes"][1]["kind"], &goes_on["changes"][1]["deadline_after"]), (&json!("resumption"), &json!(end)));
        // the question asked on the eve has its three working days still
        let own = agent(&mut bench, "lelin").await.get(&format!("/api/v1/questions/{question}")).await.ok();
        assert_eq!(due(&own, "answer_question").as_deref(), Some("2026-05-14T23:59:59+08:00"));
        bench.advance(instant(end)).await;
        assert_eq!(posting(&mut bench).await["state"], json!("open"));
        bench.advance(instant(end) + TimeDelta::seconds(1)).await;
        assert_eq!(recorded(&bench, "posting.closed", None).await, 1);
    }

    async fn a_second_suspension_keeps_what_the_first_one_left(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let first = pause(&mut bench, "2026-03-06", "2026-03-09").await;
        assert_eq!(first["bid_deadline_rule"], json!("cd(2026-03-09,12)"));
        // of twelve days one is used
        let second = pause(&mut bench, "2026-03-11", "2026-03-16").await;
        assert_eq!((&second["bid_deadline_rule"], &second["bid_deadline"]), (&json!("cd(2026-03-16,11)"), &json!("2026-03-27T23:59:59+08:00")));
        // and after an extension nothing of it is lost
        let path = at(&bench, "extend");
        let longer = bench.user("wang.min").await.post(&path, json!({ "days": 5, "reason": "中止之后再延长五天" })).await.ok();
        assert_eq!(longer["bid_deadline"], json!("2026-04-01T23:59:59+08:00"));
        let third = pause(&mut bench, "2026-03-26", "2026-04-08").await;
        // seven days from 26 March to 1 April are left
        assert_eq!(third["bid_deadline"], json!("2026-04-15T23:59:59+08:00"));
    }

    async fn suspended_on_its_last_day_a_posting_has_one_more(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let after = pause(&mut bench, "2026-03-17", "2026-03-20").await;
        // Saturday 21 March moves to Monday; questions are over and stay so
        assert_eq!((&after["bid_deadline"], &after["question_deadline"]), (&json!("2026-03-23T23:59:59+08:00"), &json!("2026-03-10T23:59:59+08:00")));
        agent(&mut bench, "lelin").await.post(&at(&bench, "questions"), json!({ "text": "还能提问吗,谢谢?" })).await.refused(409, "deadline_passed");
    }

    async fn nothing_is_written_in_while_a_posting_is_suspended_and_drafts_are_kept(bench: Bench from BidsSubmitted) {
        let question = text(&agent(&mut bench, "lelin").await.post(&at(&bench, "questions"), json!({ "text": "请问场地由谁提供?" })).await.ok(), "/id");
        let id = bench.play.ids.bids["lelin"].clone();
        let bid = |verb: &str| format!("/api/v1/bids/{id}{verb}");
        let (head, lelin) = (bench.cast("winner_legal_rep").await, agent(&mut bench, "lelin").await);
        head.post(&bid("/withdraw"), json!({ "reason": "撤回后再修改内容" })).await.ok();
        let draft = lelin.get(&bid("")).await.ok();
        suspend(&mut bench, "wang.min", "safety").await.ok();
        lelin.patch(&bid(""), draft["version"].as_i64().unwrap(), json!({ "price_fen": 1 })).await.refused(409, "posting_suspended");
        head.post(&bid("/sign"), json!({})).await.refused(409, "posting_suspended");
        head.post(&bid("/submit"), json!({})).await.refused(409, "posting_suspended");
        let other = format!("/api/v1/bids/{}", bench.play.ids.bids["yinxing"]);
        let rival = bench.user(&agent_of("yinxing", "org_legal_rep").unwrap()).await;
        rival.post(&format!("{other}/revise"), json!({ "price_fen": 1 })).await.refused(409, "posting_suspended");
        rival.post(&format!("{other}/withdraw"), json!({ "reason": "中止期间撤回" })).await.refused(409, "posting_suspended");
        let organisation = bench.organisation("kangyi").await;
        let body = json!({ "posting_id": bench.play.ids.posting, "organisation_id": organisation });
        agent(&mut bench, "kangyi").await.post("/api/v1/bids", body).await.refused(409, "posting_suspended");
        lelin.post(&at(&bench, "questions"), json!({ "text": "中止期间能否提问?" })).await.refused(409, "posting_suspended");
        let street = bench.cast("street_officer").await;
        street.post(&format!("/api/v1/questions/{question}/answer"), json!({ "text": "由社区提供" })).await.refused(409, "posting_suspended");
        for verb in ["extend", "amend_published"] {
            let body = if verb == "extend" { json!({ "days": 5, "reason": "中止期间延期" }) } else { json!({ "changes": {}, "reason": "中止期间变更", "affects_bids": true }) };
            street.post(&at(&bench, verb), body).await.refused(409, "invalid_transition");
        }
        suspend(&mut bench, "wang.min", "safety").await.refused(409, "invalid_transition");
        // nothing was lost, and it goes on
        let kept = lelin.get(&bid("")).await.ok();
        assert_eq!((&kept["letter"], &kept["price_fen"], &kept["version"], &kept["state"]), (&draft["letter"], &draft["price_fen"], &draft["version"], &json!("withdrawn")));
        resume(&mut bench, "wang.min").await.ok();
        head.post(&bid("/submit"), json!({})).await.ok();
        street.post(&format!("/api/v1/questions/{question}/answer"), json!({ "text": "由社区提供" })).await.ok();
    }

    async fn a_suspension_by_complaint_ends_by_itself_and_is_told(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        bench.advance(instant("2026-03-06T10:00:00+08:00")).await;
        let stands = suspend(&mut bench, "he.zhengqing", "complaint").await.ok();
        // thirty days after 6 March is Sunday 5 April, in the days of Qingming
        let end = due(&stands, "complaint_suspension_max").unwrap();
        assert_eq!(end, "2026-04-07T23:59:59+08:00");
        assert_eq!((&stands["suspension"]["by"], &stands["suspension"]["ground"]), (&json!("supervisor"), &json!("complaint")));
        // the street cannot end what the supervisor has ordered
        resume(&mut bench, "wang.min").await.refused(409, "other_authority");
        resume(&mut bench, "zhao.lei").await.refused(403, "forbidden");
        bench.advance(instant(&end)).await;
        assert_eq!(posting(&mut bench).await["state"], json!("suspended"));
        let before = bench.mails.sent().len();
        bench.advance(instant(&end) + TimeDelta::seconds(1)).await;
        let after = posting(&mut bench).await;
        // resumed on 8 April: twelve days on
        assert_eq!((&after["state"], &after["bid_deadline"]), (&json!("open"), &json!("2026-04-20T23:59:59+08:00")));
        assert!(text(&after, "/changes/1/reason").contains("自动恢复"), "{after}");
        let sent = bench.mails.sent().split_off(before);
        for who in ["wang.min@", "zhao.lei@", "wei.guohua@"] {
            assert!(sent.iter().any(|mail| mail.to.starts_with(who) && mail.subject.ends_with("恢复")), "{who}: {sent:?}");
        }
        assert_eq!(recorded(&bench, "posting.resumed", None).await, 1);
    }

    async fn who_suspended_resumes_and_no_other_order_has_an_end_of_its_own(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let stands = suspend(&mut bench, "he.zhengqing", "supervision_order").await.ok();
        assert_eq!(stands["deadlines"], json!([]));
        let hint = bench.user("wang.min").await.get(&at(&bench, "actions")).await.ok();
        assert!(hint["refused"].as_array().unwrap().iter().any(|one| one["action"] == json!("resume") && one["code"] == json!("other_authority")), "{hint}");
        resume(&mut bench, "wang.min").await.refused(409, "other_authority");
        resume(&mut bench, "he.zhengqing").await.ok();
        suspend(&mut bench, "wang.min", "lasting_objection").await.ok();
        resume(&mut bench, "he.zhengqing").await.refused(409, "other_authority");
        resume(&mut bench, "cao.junjie").await.ok();
    }

    async fn each_authority_gives_its_own_grounds(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        for (account, ground) in [("wang.min", "complaint"), ("wang.min", "supervision_order"), ("he.zhengqing", "safety"), ("he.zhengqing", "force_majeure")] {
            suspend(&mut bench, account, ground).await.refused(422, "wrong_ground");
        }
        for account in ["zhao.lei", "wei.guohua", "ning.jiayi", "han.wenjing"] {
            suspend(&mut bench, account, "safety").await.refused(403, "forbidden");
        }
        let reply = suspend(&mut bench, "wang.min", "mood").await;
        assert_eq!(reply.pointers(), ["/ground"]);
        reply.refused(422, "invalid");
        let reply = bench.user("wang.min").await.post(&at(&bench, "suspend"), json!({ "ground": "safety", "reason": "无" })).await;
        assert_eq!(reply.pointers(), ["/reason"]);
        reply.refused(422, "invalid");
        resume(&mut bench, "wang.min").await.refused(409, "invalid_transition");
        assert_eq!((recorded(&bench, "posting.suspended", None).await, posting(&mut bench).await["changes"].clone()), (0, json!([])));
    }

    async fn after_the_last_second_an_open_posting_is_closed_before_anything_else(bench: Bench from BidsSubmitted) {
        bench.stand_at(instant("2026-03-18T00:00:00+08:00"));
        suspend(&mut bench, "wang.min", "safety").await.refused(409, "deadline_passed");
        bench.work().await;
        let stands = suspend(&mut bench, "wang.min", "safety").await.ok();
        assert_eq!(stands["suspension"]["resumes_to"], json!("closed"));
    }

    async fn a_closed_posting_waits_with_its_checks(bench: Bench from BidsSubmitted) {
        bench.advance(instant("2026-03-18T00:00:00+08:00")).await;
        let closed = posting(&mut bench).await;
        assert_eq!(due(&closed, "eligibility_check").as_deref(), Some("2026-03-20T23:59:59+08:00"));
        bench.advance(instant("2026-03-19T10:00:00+08:00")).await;
        suspend(&mut bench, "he.zhengqing", "supervision_order").await.ok();
        // nothing is judged, but a bidder may go
        let street = bench.cast("street_officer").await;
        let bid = |bench: &Bench, key: &str| format!("/api/v1/bids/{}", bench.play.ids.bids[key]);
        street.post(&format!("{}/qualify", bid(&bench, "lelin")), json!({})).await.refused(409, "posting_suspended");
        let ground = json!({ "ground": "documents_missing", "reason": "未提交职业资格证明" });
        street.post(&format!("{}/propose_disqualification", bid(&bench, "lelin")), ground).await.refused(409, "posting_suspended");
        street.post(&at(&bench, "start_evaluation"), json!({})).await.refused(409, "invalid_transition");
        for key in ["lelin", "yinxing", "xinhuo"] {
            let path = format!("{}/withdraw", bid(&bench, key));
            agent(&mut bench, key).await.post(&path, json!({ "reason": "不再参加本次揭榜" })).await.ok();
        }
        bench.advance(instant("2026-04-13T10:00:00+08:00")).await;
        assert_eq!(posting(&mut bench).await["state"], json!("suspended"));
        // resumed, and without a bid left it fails at once
        let after = resume(&mut bench, "he.zhengqing").await.ok();
        assert_eq!(after["changes"].as_array().unwrap().len(), 2);
        let after = posting(&mut bench).await;
        assert_eq!((&after["state"], &after["reason_code"]), (&json!("failed"), &json!("no_bids")));
        assert!(due(&after, "eligibility_check").is_none(), "{after}");
    }

    async fn an_evaluation_goes_on_where_it_was(bench: Bench from PanelFormed) {
        bench.forget();
        let start = at(&bench, "start_evaluation");
        bench.user("wang.min").await.post(&start, json!({})).await.ok();
        let before = posting(&mut bench).await;
        assert_eq!(before["state"], json!("evaluating"));
        let (evaluation, now) = (due(&before, "panel_evaluation").unwrap(), bench.running.store.now());
        suspend(&mut bench, "wang.min", "safety").await.ok();
        // nobody scores in the meantime
        let seat = crate::awards::seats(&mut bench).await[0].clone();
        let points = json!({ "plan": 30, "team": 20, "track_record": 10, "budget": 10, "sustainability": 8 });
        let sheet = json!({ "bid_id": bench.play.ids.bids["lelin"], "points": points });
        let score = at(&bench, "score_sheets");
        bench.user(&seat).await.post(&score, sheet.clone()).await.refused(409, "invalid_transition");
        bench.advance(now + TimeDelta::days(28)).await;
        let after = resume(&mut bench, "wang.min").await.ok();
        assert_eq!(after["state"], json!("evaluating"));
        assert!(instant(&due(&after, "panel_evaluation").unwrap()) >= instant(&evaluation) + TimeDelta::days(27), "{after}");
        bench.user(&seat).await.post(&score, sheet).await.ok();
    }

    async fn the_publicity_of_an_award_goes_on_where_it_was(bench: Bench from AwardProposed) {
        bench.forget();
        let place = format!("/api/v1/awards/{}", bench.play.ids.award);
        let shown = seen(&mut bench, "wang.min", &place).await;
        let (ends, now) = (instant(&text(&shown, "/publicity_ends_at")), bench.running.store.now());
        assert_eq!(due(&shown, "award_publicity"), Some(text(&shown, "/publicity_ends_at")));
        let stands = suspend(&mut bench, "he.zhengqing", "complaint").await.ok();
        assert_eq!(stands["suspension"]["resumes_to"], json!("award_publicity"));
        assert_eq!(seen(&mut bench, "wang.min", &place).await["deadlines"], json!([]));
        bench.advance(now + TimeDelta::days(21)).await;
        assert_eq!((posting(&mut bench).await["state"].clone(), seen(&mut bench, "wang.min", &place).await["state"].clone()), (json!("suspended"), json!("in_publicity")));
        let after = resume(&mut bench, "he.zhengqing").await.ok();
        assert_eq!(after["state"], json!("award_publicity"));
        let shown = seen(&mut bench, "wang.min", &place).await;
        let later = instant(&text(&shown, "/publicity_ends_at"));
        assert!(later >= ends + TimeDelta::days(19), "{shown}");
        assert_eq!(due(&shown, "award_publicity"), Some(text(&shown, "/publicity_ends_at")));
        bench.advance(later).await;
        assert_eq!(posting(&mut bench).await["state"], json!("award_publicity"));
        bench.advance(later + TimeDelta::seconds(1)).await;
        assert_eq!(posting(&mut bench).await["state"], json!("awarded"));
        // once awarded, objections and complaints alone make it stand still
        suspend(&mut bench, "wang.min", "safety").await.refused(403, "forbidden");
    }

    async fn a_suspended_posting_can_be_withdrawn_and_its_bids_stay_sealed(bench: Bench from BidsSubmitted) {
        suspend(&mut bench, "wang.min", "safety").await.ok();
        let body = json!({ "ground": "need_vanished", "reason": "服务对象已全部入住养老机构" });
        let done = bench.user("cao.junjie").await.post(&at(&bench, "cancel"), body).await.ok();
        assert_eq!((&done["state"], &done["suspension"], &done["deadlines"]), (&json!("cancelled"), &Value::Null, &json!([])));
        let id = format!("/api/v1/bids/{}", bench.play.ids.bids["lelin"]);
        assert_eq!(agent(&mut bench, "lelin").await.get(&id).await.ok()["state"], json!("withdrawn"));
        for account in ["wang.min", "cao.junjie", "he.zhengqing", "yu.ruotong"] {
            bench.user(account).await.get(&id).await.refused(404, "not_found");
        }
        resume(&mut bench, "wang.min").await.refused(409, "invalid_transition");
        bench.advance(instant("2026-05-11T10:00:00+08:00")).await;
        assert_eq!(posting(&mut bench).await["state"], json!("cancelled"));
        bench.user("wang.min").await.get(&id).await.refused(404, "not_found");
    }

    async fn who_drafted_is_told_of_suspension_and_resumption(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let words = bench.play.bid_of("xinhuo").unwrap();
        bench.play.bid_drafted("xinhuo", &words).await.unwrap();
        bench.work().await;
        let before = bench.mails.sent().len();
        suspend(&mut bench, "wang.min", "safety").await.ok();
        resume(&mut bench, "wang.min").await.ok();
        bench.work().await;
        let sent = bench.mails.sent().split_off(before);
        for word in ["中止", "恢复"] {
            assert!(sent.iter().any(|mail| mail.to.ends_with("@xinhuo.example") && mail.subject.ends_with(word)), "{word}: {sent:?}");
        }
    }
}
