//! Questions about an open posting and their answers: public the moment they are given, the asker hidden.

use crate::needs::{due, instant, text};
use crate::scenes::{grant, recorded};
use chrono::TimeDelta;
use serde_json::{Value, json};
use wubang_server::demo::play::agent_of;
use wubang_testkit::{Bench, Caller, Reply, Stage, on_both};

const QUESTIONS_END: &str = "2026-03-10T23:59:59+08:00";
const BIDS_END: &str = "2026-03-17T23:59:59+08:00";
const QUESTION: &str = "请问活动场地是否由社区提供,水电费用由谁承担?";
const ANSWER: &str = "场地由社区党群服务中心无偿提供,水电费用由社区承担。";

async fn open(bench: &mut Bench) {
    bench.reach(Stage::PostingOpen).await;
}

async fn agent(bench: &mut Bench, key: &str) -> Caller {
    bench.user(&agent_of(key, "org_agent").unwrap()).await
}

fn of(bench: &Bench) -> String {
    format!("/api/v1/postings/{}/questions", bench.play.ids.posting)
}

fn public(bench: &Bench) -> String {
    of(bench).replace("/v1/", "/v1/public/")
}

async fn ask(bench: &mut Bench, key: &str, words: &str) -> Reply {
    let path = of(bench);
    let body = json!({ "text": words });
    agent(bench, key).await.post(&path, body).await
}

async fn asked(bench: &mut Bench, key: &str) -> String {
    text(&ask(bench, key, QUESTION).await.ok(), "/id")
}

async fn answer(bench: &mut Bench, part: &str, id: &str) -> Reply {
    let caller = bench.cast(part).await;
    caller
        .post(
            &format!("/api/v1/questions/{id}/answer"),
            json!({ "text": ANSWER }),
        )
        .await
}

async fn shown(caller: &Caller, path: &str) -> Vec<Value> {
    let list = caller.get(path).await.ok();
    list["items"].as_array().unwrap().clone()
}

on_both! {
    async fn an_answer_is_public_at_once_and_the_asker_is_hidden(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let made = ask(&mut bench, "lelin", QUESTION).await.ok();
        let id = text(&made, "/id");
        let organisation = bench.organisation("lelin").await;
        assert_eq!((&made["state"], &made["own"], &made["organisation_id"]), (&json!("asked"), &json!(true), &json!(organisation)));
        assert_eq!(due(&made, "answer_question").as_deref(), Some("2026-03-05T23:59:59+08:00"));
        // before the answer: the asking organisation and those who answer, nobody else
        let (path, open_path) = (of(&bench), public(&bench));
        for part in ["secretary", "street_officer"] {
            let official = bench.cast(part).await;
            let seen = shown(&official, &path).await;
            assert_eq!((&seen[0]["text"], &seen[0]["organisation_id"], &seen[0]["own"]), (&json!(QUESTION), &Value::Null, &json!(false)), "{part}");
            assert_eq!(seen[0]["allowed_actions"][0]["action"], json!("answer"), "{part}");
            assert!(!seen[0].to_string().contains(&organisation));
        }
        assert_eq!(shown(&agent(&mut bench, "lelin").await, &path).await.len(), 1);
        for stranger in ["yu.ruotong", "wei.guohua", "he.zhengqing", "xue.chunmei", "han.wenjing", "luo.jianguo"] {
            let stranger = bench.user(stranger).await;
            assert_eq!(shown(&stranger, &path).await, Vec::<Value>::new());
            stranger.get(&format!("/api/v1/questions/{id}")).await.refused(404, "not_found");
            stranger.post(&format!("/api/v1/questions/{id}/answer"), json!({ "text": ANSWER })).await.refused(404, "not_found");
        }
        assert_eq!(shown(&bench.nobody(), &open_path).await, Vec::<Value>::new());
        bench.work().await;
        let mails = bench.mails.sent();
        let told: Vec<_> = mails.iter().filter(|mail| mail.subject.contains("提问")).collect();
        assert!(!told.is_empty());
        for mail in &told {
            assert!(!mail.body.contains("场地") && !mail.body.contains("社会工作服务中心"), "{mail:?}");
        }
        // answered: everybody reads it, and nobody learns who asked
        let done = answer(&mut bench, "street_officer", &id).await.ok();
        assert_eq!((&done["state"], &done["answer"], &done["deadlines"]), (&json!("answered"), &json!(ANSWER), &json!([])));
        let seen = shown(&bench.nobody(), &open_path).await;
        assert_eq!((&seen[0]["text"], &seen[0]["answer"], &seen[0]["organisation_id"]), (&json!(QUESTION), &json!(ANSWER), &Value::Null));
        for account in ["yu.ruotong", "wang.min", "zhao.lei", "wei.guohua", "he.zhengqing"] {
            let seen = shown(&bench.user(account).await, &path).await;
            assert!(!seen[0].to_string().contains(&organisation) && seen[0]["own"] == json!(false), "{account}");
        }
        assert_eq!(shown(&agent(&mut bench, "lelin").await, &path).await[0]["own"], json!(true));
        answer(&mut bench, "secretary", &id).await.refused(409, "invalid_transition");
    }

    async fn the_trail_names_the_asker_to_the_supervisor_alone(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let id = asked(&mut bench, "lelin").await;
        answer(&mut bench, "street_officer", &id).await.ok();
        let trail = format!("/api/v1/projects/{}/trace?limit=100", bench.play.ids.project);
        for (account, name) in [("wang.min", "—"), ("zhao.lei", "—"), ("wei.guohua", "—"), ("he.zhengqing", "宁佳怡")] {
            let trail = bench.user(account).await.get(&trail).await.ok();
            let records = trail["items"].as_array().unwrap();
            let of = |event: &str| records.iter().find(|one| one["event"] == json!(event)).unwrap_or_else(|| panic!("{account}: no {event}"));
            assert_eq!(of("posting.question_asked")["actor"].as_str().unwrap() == "—", name == "—", "{account}");
            assert_ne!(of("posting.question_answered")["actor"], json!("—"), "{account}");
            assert!(!trail.to_string().contains("场地"), "{account} reads the question in the trail");
        }
    }

    async fn who_drafted_or_asked_is_told_of_an_answer_once(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let words = bench.play.bid_of("yinxing").unwrap();
        bench.play.bid_drafted("yinxing", &words).await.unwrap();
        let id = asked(&mut bench, "lelin").await;
        bench.work().await;
        let before = bench.mails.sent().len();
        answer(&mut bench, "secretary", &id).await.ok();
        bench.work().await;
        let sent = bench.mails.sent().split_off(before);
        let mut told: Vec<&str> = sent.iter().map(|mail| mail.to.as_str()).collect();
        told.sort_unstable();
        let all = told.len();
        told.dedup();
        assert_eq!(told.len(), all, "nobody is told twice: {told:?}");
        assert!(told.iter().all(|to| to.ends_with("@lelin.example") || to.ends_with("@yinxing.example")), "{told:?}");
        assert!(told.contains(&"ning.jiayi@lelin.example") && told.iter().any(|to| to.ends_with("@yinxing.example")), "{told:?}");
        for mail in &sent {
            assert!(!mail.body.contains(ANSWER) && !mail.body.contains("社会工作服务中心"), "{mail:?}");
        }
    }

    async fn the_last_second_for_a_question_is_in_time_and_the_next_is_not(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        bench.stand_at(instant(QUESTIONS_END));
        let id = asked(&mut bench, "lelin").await;
        bench.stand_at(instant(QUESTIONS_END) + TimeDelta::seconds(1));
        ask(&mut bench, "lelin", QUESTION).await.refused(409, "deadline_passed");
        bench.work().await;
        ask(&mut bench, "yinxing", QUESTION).await.refused(409, "deadline_passed");
        // an answer is still possible, until the last second for bids
        bench.stand_at(instant(BIDS_END));
        answer(&mut bench, "street_officer", &id).await.ok();
    }

    async fn after_the_bid_deadline_nobody_answers_and_the_asker_is_told(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let id = asked(&mut bench, "lelin").await;
        bench.stand_at(instant(BIDS_END) + TimeDelta::seconds(1));
        answer(&mut bench, "street_officer", &id).await.refused(409, "deadline_passed");
        let path = format!("/api/v1/questions/{id}");
        assert_eq!(agent(&mut bench, "lelin").await.get(&path).await.ok()["state"], json!("asked"));
        let before = bench.mails.sent().len();
        bench.work().await;
        let own = agent(&mut bench, "lelin").await.get(&path).await.ok();
        assert_eq!((&own["state"], &own["deadlines"]), (&json!("lapsed"), &json!([])));
        bench.nobody().get(&path).await.refused(401, "unauthenticated");
        bench.user("yu.ruotong").await.get(&path).await.refused(404, "not_found");
        answer(&mut bench, "street_officer", &id).await.refused(409, "invalid_transition");
        ask(&mut bench, "lelin", QUESTION).await.refused(409, "invalid_transition");
        bench.work().await;
        let sent = bench.mails.sent().split_off(before);
        assert!(sent.iter().any(|mail| mail.to == "ning.jiayi@lelin.example" && mail.body.contains("未获答复")), "{sent:?}");
    }

    async fn an_answer_that_is_late_is_told_to_street_and_district(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let id = asked(&mut bench, "lelin").await;
        bench.work().await;
        let before = bench.mails.sent().len();
        // three working days after Monday 2 March
        bench.advance(instant("2026-03-05T23:59:59+08:00")).await;
        assert!(!bench.mails.sent()[before..].iter().any(|mail| mail.subject.contains("到期提醒")));
        bench.advance(instant("2026-03-06T00:00:00+08:00")).await;
        let sent = bench.mails.sent().split_off(before);
        let late: Vec<_> = sent.iter().filter(|mail| mail.subject.contains("到期提醒")).collect();
        let (street, district) = ("wang.min@", "wei.guohua@");
        assert!([street, district].iter().all(|who| late.iter().any(|mail| mail.to.starts_with(who))), "{sent:?}");
        answer(&mut bench, "street_officer", &id).await.ok();
    }

    async fn an_organisation_asks_twenty_times_and_no_more(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        for n in 0..20 {
            ask(&mut bench, "lelin", &format!("第 {n} 个问题:服务时间如何安排?")).await.ok();
        }
        let problem = ask(&mut bench, "lelin", QUESTION).await.refused(409, "cap_reached");
        assert!(text(&problem, "/detail").contains("20"), "{problem}");
        ask(&mut bench, "yinxing", QUESTION).await.ok();
        // paged, newest first, and at the same cost however long the page is
        let street = bench.cast("street_officer").await;
        let mut costs = Vec::new();
        for limit in [1, 20] {
            let before = bench.running.store.statements();
            let page = street.get(&format!("{}?limit={limit}", of(&bench))).await.ok();
            costs.push(bench.running.store.statements() - before);
            assert_eq!(page["items"].as_array().unwrap().len(), limit);
        }
        assert_eq!(costs[0], costs[1]);
        let first = street.get(&format!("{}?limit=15", of(&bench))).await.ok();
        assert_eq!(first["items"].as_array().unwrap().len(), 15);
        let next = street.get(&format!("{}?limit=15&cursor={}", of(&bench), text(&first, "/next"))).await.ok();
        assert_eq!((next["items"].as_array().unwrap().len(), &next["next"]), (6, &Value::Null));
    }

    async fn only_organisations_ask_and_what_they_write_is_checked(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let path = of(&bench);
        bench.nobody().post(&path, json!({ "text": QUESTION })).await.refused(401, "unauthenticated");
        for account in ["wang.min", "zhao.lei", "xue.chunmei", "he.zhengqing"] {
            bench.user(account).await.post(&path, json!({ "text": QUESTION })).await.refused(403, "forbidden");
        }
        let other = bench.organisation("yinxing").await;
        let lelin = agent(&mut bench, "lelin").await;
        lelin.post(&path, json!({ "text": QUESTION, "organisation_id": other })).await.refused(403, "forbidden");
        let reply = lelin.post(&path, json!({ "text": "?" })).await;
        assert_eq!(reply.pointers(), ["/text"]);
        reply.refused(422, "invalid");
        assert_eq!(recorded(&bench, "posting.question_asked", None).await, 0);
        let id = asked(&mut bench, "lelin").await;
        let street = bench.cast("street_officer").await;
        let reply = street.post(&format!("/api/v1/questions/{id}/answer"), json!({ "text": "" })).await;
        assert_eq!(reply.pointers(), ["/text"]);
        reply.refused(422, "invalid");
        lelin.post(&format!("/api/v1/questions/{id}/answer"), json!({ "text": ANSWER })).await.refused(403, "forbidden");
        let stale = [("if-match", "\"v7\"")];
        street.call("POST", &format!("/api/v1/questions/{id}/answer"), &stale, Some(json!({ "text": ANSWER }).to_string().into_bytes())).await.refused(412, "stale_version");
        let actions = street.get(&format!("/api/v1/questions/{id}/actions")).await.ok();
        assert_eq!(actions["allowed"][0]["href"], json!(format!("/api/v1/questions/{id}/answer")));
    }

    async fn who_belongs_to_two_organisations_says_for_which_he_asks(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let other = bench.organisation("yinxing").await;
        grant(&mut bench, "ning.jiayi", "org_agent", json!({ "organisation": other })).await;
        let reply = ask(&mut bench, "lelin", QUESTION).await;
        assert_eq!(reply.pointers(), ["/organisation_id"]);
        reply.refused(422, "invalid");
        let path = of(&bench);
        let body = json!({ "text": QUESTION, "organisation_id": other });
        let made = agent(&mut bench, "lelin").await.post(&path, body).await.ok();
        assert_eq!(made["organisation_id"], json!(other));
    }

    async fn a_draft_and_a_foreign_posting_take_no_questions(bench: Bench from NeedApproved) {
        let body = bench.play.posting_body().await.unwrap();
        let made = bench.cast("secretary").await.post("/api/v1/postings", body).await.ok();
        bench.play.ids.posting = text(&made, "/id");
        ask(&mut bench, "lelin", QUESTION).await.refused(404, "not_found");
        bench.nobody().get(&public(&bench)).await.refused(404, "not_found");
    }
}
