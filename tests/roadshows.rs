//! Roadshows (路演): planned, drawn, held, written down and shown (rulebook 2.4.4 (3), 2.16).

use crate::awards::seats;
use crate::draws::{draws, verdict};
use crate::panels::by_seat;
use crate::scenes::{instant, list, made_public, number, recorded, text};
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use wubang_kernel::clock::Clock as _;
use wubang_server::demo::play::agent_of;
use wubang_testkit::{Bench, Caller, Reply, Stage, on_both};

/// Friday, two working days after the opening on Wednesday 18 March.
pub(crate) const DAY: &str = "2026-03-20T09:00:00+08:00";
/// The three organisations of the story.
pub(crate) const KEYS: [&str; 3] = ["lelin", "yinxing", "xinhuo"];

/// A posting that asks for a roadshow of 8 and 7 minutes, open for bids.
pub(crate) async fn open(bench: &mut Bench, choice: Value) {
    bench.reach(Stage::NeedApproved).await;
    let mut draft = bench.play.posting_body().await.unwrap();
    draft["overrides"]["roadshow"] = choice;
    let posting = made_public(bench, draft, json!({ "content_acknowledged": true })).await;
    bench.play.ids.posting = text(&posting, "/id");
    bench.play.ids.project = text(&posting, "/project_id");
}

/// The same with three qualified bids and a panel that has declared.
pub(crate) async fn paneled(bench: &mut Bench) {
    open(bench, json!({ "required": true })).await;
    bench.play.bids_submitted().await.unwrap();
    bench.play.bids_qualified().await.unwrap();
    bench.play.panel_formed().await.unwrap();
    bench.forget();
}

pub(crate) fn at(bench: &Bench, verb: &str) -> String {
    format!("/api/v1/postings/{}/{verb}", bench.play.ids.posting)
}

pub(crate) async fn body(bench: &mut Bench) -> Value {
    let host = bench.person("wang.min").await;
    json!({ "starts_at": DAY, "place": "迎宾路街道办事处三楼会议室", "host_person_id": host })
}

pub(crate) async fn plan(bench: &mut Bench, account: &str, body: Value) -> Reply {
    let path = at(bench, "roadshow");
    bench.user(account).await.post(&path, body).await
}

/// A session that is planned; answers its address.
pub(crate) async fn planned(bench: &mut Bench) -> (String, Value) {
    let body = body(bench).await;
    let show = plan(bench, "wang.min", body).await.ok();
    (format!("/api/v1/roadshows/{}", text(&show, "/id")), show)
}

pub(crate) async fn act(bench: &mut Bench, show: &str, verb: &str) -> Reply {
    act_with(bench, show, verb, json!({})).await
}

pub(crate) async fn act_with(bench: &mut Bench, show: &str, verb: &str, body: Value) -> Reply {
    let street = bench.user("wang.min").await;
    street.post(&format!("{show}/{verb}"), body).await
}

/// Whose slot a row is.
pub(crate) fn key_of(bench: &Bench, row: &Value) -> &'static str {
    let of = |key: &&&str| bench.play.ids.bids[**key] == text(row, "/bid_id");
    KEYS.iter().find(of).unwrap()
}

pub(crate) async fn agent(bench: &mut Bench, key: &str) -> Caller {
    bench.user(&agent_of(key, "org_agent").unwrap()).await
}

/// The slot of an organisation as it sees it itself.
pub(crate) async fn own(bench: &mut Bench, key: &str) -> Value {
    let agent = agent(bench, key).await;
    let path = format!("/api/v1/roadshow_slots?posting={}", bench.play.ids.posting);
    let slots = list(&agent.get(&path).await.ok(), "/items");
    slots.first().expect("a slot").clone()
}

pub(crate) fn slot_path(slot: &Value, verb: &str) -> String {
    let id = text(slot, "/id");
    format!("/api/v1/roadshow_slots/{id}{verb}")
}

/// Everybody presents, one after the other, and the session is over.
pub(crate) async fn presented(bench: &mut Bench, show: &str) -> Value {
    act(bench, show, "start").await.ok();
    loop {
        let queue = bench
            .user("wang.min")
            .await
            .get(&format!("{show}/queue"))
            .await
            .ok();
        if list(&queue, "/waiting").is_empty() {
            break;
        }
        act(bench, show, "call_next").await.ok();
        act(bench, show, "begin_questions").await.ok();
        act(bench, show, "finish_slot").await.ok();
    }
    act(bench, show, "finish").await.ok()
}

/// Minutes with one exchange about every slot that was presented.
pub(crate) fn minutes(show: &Value) -> Value {
    let slots = list(show, "/slots")
        .into_iter()
        .filter(|slot| slot["state"] == "done");
    let exchange = json!({ "question": "高龄老人如何接送?", "answer": "由楼栋志愿者结对接送,联系人:李明华,13800138000。" });
    let slots: Vec<Value> = slots
        .map(|slot| json!({ "slot_id": slot["id"], "exchanges": [exchange] }))
        .collect();
    json!({ "slots": slots, "remarks": "各家均按时到场。" })
}

/// The chair of the panel.
pub(crate) async fn chair(bench: &mut Bench) -> String {
    let path = at(bench, "panel");
    let panel = bench.user("wang.min").await.get(&path).await.ok();
    let accounts = seats(bench).await;
    by_seat(bench, &panel, &accounts).await.remove(0)
}

/// Minutes that are written and confirmed.
pub(crate) async fn confirmed(bench: &mut Bench, show: &str) -> Value {
    let seen = bench.user("wang.min").await.get(show).await.ok();
    let written = act_with(bench, show, "write_minutes", minutes(&seen))
        .await
        .ok();
    let chair = chair(bench).await;
    let body = json!({ "minutes_hash": written["minutes_hash"] });
    let path = format!("{show}/confirm_minutes");
    bench.user(&chair).await.post(&path, body).await.ok()
}

/// For other tests: a posting with a roadshow up to the confirmed minutes; the panel may score. Answers the session and
/// the slot of the winner.
pub async fn whole(bench: &mut Bench) -> (String, String) {
    bench.forget();
    let mut body = body(bench).await;
    let today: DateTime<Utc> = bench.clock.now();
    body["starts_at"] = json!(today + Duration::days(6));
    let show = plan(bench, "wang.min", body).await.ok();
    let path = format!("/api/v1/roadshows/{}", text(&show, "/id"));
    let slot = own(bench, "lelin").await;
    bench.advance(today + Duration::days(6)).await;
    presented(bench, &path).await;
    confirmed(bench, &path).await;
    (text(&show, "/id"), text(&slot, "/id"))
}

/// For other tests: a session that has begun; answers its id, those of its slots, and who comes last.
pub async fn begun(bench: &mut Bench) -> (String, Vec<String>, String) {
    paneled(bench).await;
    let (path, show) = planned(bench).await;
    bench.advance(DAY.parse().unwrap()).await;
    act(bench, &path, "start").await.ok();
    let slots = list(&show, "/slots");
    let last = key_of(bench, &slots[2]).to_owned();
    let ids = slots.iter().map(|slot| text(slot, "/id")).collect();
    (text(&show, "/id"), ids, last)
}

/// The first does not come, the second presents.
pub async fn went_on(bench: &mut Bench, show: &str) {
    let path = format!("/api/v1/roadshows/{show}");
    for verb in [
        "call_next",
        "mark_absent",
        "call_next",
        "begin_questions",
        "finish_slot",
    ] {
        act(bench, &path, verb).await.ok();
    }
}

/// Those who are left present, and the session is over.
pub(crate) async fn presented_rest(bench: &mut Bench, show: &str) -> Value {
    act(bench, show, "call_next").await.ok();
    act(bench, show, "finish_slot").await.ok();
    act(bench, show, "finish").await.ok()
}

on_both! {
    async fn a_session_has_one_slot_for_each_bid_and_everybody_is_told_his_own_time(bench: Bench) {
        paneled(&mut bench).await;
        let posting = bench.nobody().get(&format!("/api/v1/public/postings/{}", bench.play.ids.posting)).await.ok();
        let rule = json!({ "required": true, "presentation_minutes": 8, "question_minutes": 7 });
        assert_eq!(posting["procedure"]["roadshow"], rule, "the notice says so");
        bench.work().await;
        let sent = bench.mails.sent().len();
        let (path, show) = planned(&mut bench).await;
        assert_eq!((&show["state"], &show["presentation_minutes"], &show["question_minutes"]), (&json!("planned"), &json!(8), &json!(7)));
        let slots = list(&show, "/slots");
        assert_eq!(slots.iter().map(|slot| number(slot, "/lot")).collect::<Vec<_>>(), [1, 2, 3]);
        for (slot, begins) in slots.iter().zip(["09:00", "09:15", "09:30"]) {
            assert!(text(slot, "/begins_at").contains(begins), "{slot}");
            assert_eq!(instant(slot, "/ends_at") - instant(slot, "/begins_at"), Duration::minutes(15));
        }
        let mut bids: Vec<String> = slots.iter().map(|slot| text(slot, "/bid_id")).collect();
        bids.sort();
        let mut all: Vec<String> = bench.play.ids.bids.values().cloned().collect();
        all.sort();
        assert_eq!(bids, all);
        bench.work().await;
        let mails = bench.mails.sent().split_off(sent);
        for slot in &slots {
            let domain = format!("@{}.example", key_of(&bench, slot));
            let own: Vec<_> = mails.iter().filter(|mail| mail.to.ends_with(&domain)).collect();
            assert!(!own.is_empty(), "{domain} is told");
            for mail in own {
                assert!(mail.body.contains(&text(slot, "/begins_at")), "{}", mail.body);
                for other in slots.iter().filter(|other| other["id"] != slot["id"]) {
                    assert!(!mail.body.contains(&text(other, "/organisation_name")), "{}", mail.body);
                    // one's own end is the next one's beginning
                    assert!(other["begins_at"] == slot["ends_at"] || !mail.body.contains(&text(other, "/begins_at")), "{}", mail.body);
                }
            }
        }
        for account in seats(&mut bench).await {
            let me = bench.user(&account).await.get("/api/v1/me").await.ok();
            let told = |mail: &&wubang_mail::Mail| json!(mail.to) == me["email"] && mail.body.contains("2026-03-20T09:00:00+08:00");
            assert!(mails.iter().any(|mail| told(&mail)), "{account} knows the date");
        }
        let again = bench.user("wang.min").await.get(&at(&bench, "roadshow")).await.ok();
        assert_eq!(again["id"], show["id"]);
        let actions = bench.user("wang.min").await.get(&format!("{path}/actions")).await.ok();
        assert!(list(&actions, "/refused").iter().any(|one| one["action"] == "start" && one["code"] == "too_early"), "{actions}");
    }

    async fn a_session_is_planned_by_the_street_once_bids_are_checked_and_the_panel_is_there(bench: Bench) {
        open(&mut bench, json!({ "required": true, "presentation_minutes": 10, "question_minutes": 0 })).await;
        let wanted = body(&mut bench).await;
        plan(&mut bench, "wang.min", wanted.clone()).await.refused(409, "invalid_transition");
        bench.play.bids_submitted().await.unwrap();
        bench.play.deadline_passed().await.unwrap();
        bench.forget();
        plan(&mut bench, "wang.min", wanted.clone()).await.refused(422, "incomplete");
        for bid in bench.play.ids.bids.clone().into_values() {
            bench.user("wang.min").await.post(&format!("/api/v1/bids/{bid}/qualify"), json!({})).await.ok();
        }
        plan(&mut bench, "wang.min", wanted.clone()).await.refused(422, "panel_incomplete");
        bench.play.panel_formed().await.unwrap();
        for account in ["zhao.lei", "he.zhengqing", "wei.guohua", "luo.jianguo", "ning.jiayi"] {
            plan(&mut bench, account, wanted.clone()).await.refused(403, "forbidden");
        }
        // an officer who judges does not hold the session
        plan(&mut bench, "cao.junjie", wanted.clone()).await.refused(409, "same_person");
        let ground = json!({ "ground": "safety", "reason": "服务场所发生安全隐患,暂停办理" });
        bench.user("wang.min").await.post(&at(&bench, "suspend"), ground).await.ok();
        plan(&mut bench, "wang.min", wanted.clone()).await.refused(409, "posting_suspended");
        bench.user("wang.min").await.post(&at(&bench, "resume"), json!({ "reason": "隐患已经排除,恢复办理" })).await.ok();
        let version = number(&bench.user("wang.min").await.get(at(&bench, "").trim_end_matches('/')).await.ok(), "/version");
        let stale = format!("\"v{}\"", version - 1);
        let street = bench.user("wang.min").await;
        street.call("POST", &at(&bench, "roadshow"), &[("if-match", &stale)], Some(wanted.to_string().into_bytes())).await.refused(412, "stale_version");
        let show = plan(&mut bench, "dong.siyu", wanted.clone()).await.ok();
        assert_eq!((&show["presentation_minutes"], &show["question_minutes"], &show["host_name"]), (&json!(10), &json!(0), &json!("王敏")));
        plan(&mut bench, "wang.min", wanted).await.refused(409, "duplicate");
        // without questions there are none
        let path = format!("/api/v1/roadshows/{}", text(&show, "/id"));
        bench.advance(DAY.parse().unwrap()).await;
        act(&mut bench, &path, "start").await.ok();
        act(&mut bench, &path, "call_next").await.ok();
        act(&mut bench, &path, "begin_questions").await.refused(409, "invalid_transition");
        act(&mut bench, &path, "finish_slot").await.ok();
    }

    async fn every_wrong_field_of_a_session_is_named(bench: Bench) {
        paneled(&mut bench).await;
        let judge = bench.person("cao.junjie").await;
        let wrong = json!({ "starts_at": "2026-03-19T23:59:00+08:00", "link": "http://meet.example/1", "host_person_id": judge });
        let reply = plan(&mut bench, "wang.min", wrong).await;
        assert_eq!(reply.pointers(), ["/starts_at", "/link", "/host_person_id"]);
        reply.refused(422, "invalid");
        let outsider = bench.person("gao.xiangyu").await;
        let reply = plan(&mut bench, "wang.min", json!({ "starts_at": "2026-07-20T09:00:00+08:00", "host_person_id": outsider })).await;
        assert_eq!(reply.pointers(), ["/starts_at", "/place", "/host_person_id"]);
        reply.refused(422, "invalid");
        let mut more = body(&mut bench).await;
        more["votes"] = json!(true);
        plan(&mut bench, "wang.min", more).await.refused(422, "invalid");
        bench.user("wang.min").await.get(&at(&bench, "roadshow")).await.refused(404, "not_found");
        assert_eq!(recorded(&bench, "roadshow.planned", None).await, 0);
        assert_eq!(recorded(&bench, "roadshow_slot.laid", None).await, 0);
    }

    async fn whether_there_is_a_roadshow_is_a_setting_of_type_and_posting(bench: Bench from NeedApproved) {
        let district = bench.cast("district_admin").await;
        let set = |code: &str| format!("/api/v1/procedures/{code}/overrides");
        let asks = |required: i64| json!({ "division": "410108000000", "reason": "全区统一要求路演", "overrides": { "roadshow": { "required": required, "presentation_minutes": 6 }, "timers": { "roadshow_notice": 3 } } });
        let reply = district.post(&set("micro"), asks(1)).await;
        assert_eq!(reply.pointers(), ["/overrides/roadshow/required"]);
        reply.refused(422, "invalid");
        let reply = district.post(&set("open"), asks(2)).await;
        assert_eq!(reply.pointers(), ["/overrides/roadshow/required"]);
        reply.refused(422, "invalid");
        district.post(&set("open"), asks(1)).await.ok();
        let mut draft = bench.play.posting_body().await.unwrap();
        let secretary = bench.cast("secretary").await;
        draft["overrides"]["roadshow"] = json!({ "required": true, "presentation_minutes": 2, "question_minutes": 31 });
        let reply = secretary.post("/api/v1/postings", draft.clone()).await;
        assert_eq!(reply.pointers(), ["/overrides/roadshow/presentation_minutes", "/overrides/roadshow/question_minutes"]);
        reply.refused(422, "invalid");
        draft["overrides"].as_object_mut().unwrap().remove("roadshow");
        let posting = made_public(&mut bench, draft, json!({ "content_acknowledged": true })).await;
        assert_eq!(posting["procedure"]["roadshow"], json!({ "required": true, "presentation_minutes": 6, "question_minutes": 7 }));
        bench.play.ids.posting = text(&posting, "/id");
        bench.play.bids_submitted().await.unwrap();
        bench.play.bids_qualified().await.unwrap();
        bench.play.panel_formed().await.unwrap();
        // three working days after Wednesday: not before Monday
        let body = body(&mut bench).await;
        let reply = plan(&mut bench, "wang.min", body).await;
        assert_eq!(reply.pointers(), ["/starts_at"]);
    }

    async fn a_posting_that_asks_for_none_has_none_and_is_scored_at_once(bench: Bench) {
        open(&mut bench, json!({ "required": false })).await;
        bench.play.bids_submitted().await.unwrap();
        bench.play.bids_qualified().await.unwrap();
        bench.play.panel_formed().await.unwrap();
        let body = body(&mut bench).await;
        plan(&mut bench, "wang.min", body).await.refused(409, "invalid_transition");
        bench.play.bids_scored().await.unwrap();
        let report = bench.user("wang.min").await.get(&at(&bench, "report")).await.ok();
        assert!(list(&report, "/signatures").iter().all(|one| one["attended_roadshow"].is_null()));
    }

    async fn the_order_is_drawn_and_recomputed_by_the_script_after_the_notice(bench: Bench) {
        paneled(&mut bench).await;
        let (path, show) = planned(&mut bench).await;
        let order: Vec<Value> = list(&show, "/slots").iter().map(|slot| slot["bid_id"].clone()).collect();
        // cancelled and planned anew it is the same: nobody can try until he likes it
        act_with(&mut bench, &path, "cancel", json!({ "reason": "会议室临时征用,另行安排" })).await.ok();
        let (path, again) = planned(&mut bench).await;
        let drawn: Vec<Value> = list(&again, "/slots").iter().map(|slot| slot["bid_id"].clone()).collect();
        assert_eq!(drawn, order);
        let posting = bench.play.ids.posting.clone();
        assert_eq!(draws(&bench, &posting).await["rounds"][0]["agendas"], json!([]), "who bids is not public yet");
        bench.advance(DAY.parse().unwrap()).await;
        presented(&mut bench, &path).await;
        bench.play.bids_scored().await.unwrap();
        bench.play.ids.award = crate::openings::proposed(&mut bench).await;
        assert_eq!(draws(&bench, &posting).await["rounds"][0]["agendas"], json!([]));
        bench.play.award_noticed().await.unwrap();
        let public = draws(&bench, &posting).await;
        assert_eq!(public["rounds"][0]["agendas"], json!([order]));
        assert_eq!(verdict(&public), "ok");
        let mut turned = public.clone();
        turned["rounds"][0]["agendas"][0].as_array_mut().unwrap().swap(0, 2);
        assert_eq!(verdict(&turned), "mismatch");
        let mut other = public;
        other["rounds"][0]["agendas"][0][0] = json!("019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c11");
        other["rounds"][0]["agendas"][0][1] = json!("019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c12");
        let first = verdict(&other);
        other["rounds"][0]["agendas"][0].as_array_mut().unwrap().swap(0, 1);
        assert!(first == "mismatch" || verdict(&other) == "mismatch");
    }

    async fn the_queue_shows_who_is_on_and_how_long_and_is_cheap_to_ask_for(bench: Bench) {
        paneled(&mut bench).await;
        let (path, show) = planned(&mut bench).await;
        let slots = list(&show, "/slots");
        act(&mut bench, &path, "start").await.refused(409, "too_early");
        act(&mut bench, &path, "call_next").await.refused(409, "invalid_transition");
        bench.advance(DAY.parse().unwrap()).await;
        for (account, code, status) in [("zhao.lei", "not_found", 404), ("ning.jiayi", "not_found", 404), ("he.zhengqing", "forbidden", 403), ("cao.junjie", "forbidden", 403)] {
            bench.user(account).await.post(&format!("{path}/start"), json!({})).await.refused(status, code);
        }
        let queue = act(&mut bench, &path, "start").await.ok();
        assert_eq!((&queue["state"], &queue["current"], list(&queue, "/waiting").len()), (&json!("running"), &Value::Null, 3));
        act(&mut bench, &path, "begin_questions").await.refused(409, "invalid_transition");
        act(&mut bench, &path, "finish_slot").await.refused(409, "invalid_transition");
        act(&mut bench, &path, "mark_absent").await.refused(409, "invalid_transition");
        act(&mut bench, &path, "finish").await.refused(422, "incomplete");
        let queue = act(&mut bench, &path, "call_next").await.ok();
        assert_eq!((&queue["current"]["slot_id"], &queue["current"]["phase"], &queue["current"]["remaining_seconds"]), (&slots[0]["id"], &json!("presenting"), &json!(480)));
        act(&mut bench, &path, "call_next").await.refused(409, "invalid_transition");
        bench.advance("2026-03-20T09:09:00+08:00".parse().unwrap()).await;
        let member = bench.user("luo.jianguo").await;
        let queue = member.get(&format!("{path}/queue")).await;
        let etag = queue.headers["etag"].clone();
        let queue = queue.ok();
        assert_eq!((&queue["current"]["remaining_seconds"], text(&queue, "/now").starts_with("2026-03-20T09:09:00")), (&json!(-60), true));
        let same = member.call("GET", &format!("{path}/queue"), &[("if-none-match", &etag)], None).await;
        assert_eq!((same.status, same.text.as_str()), (304, ""));
        act(&mut bench, &path, "mark_absent").await.ok();
        act(&mut bench, &path, "call_next").await.ok();
        let queue = act(&mut bench, &path, "begin_questions").await.ok();
        assert_eq!((&queue["current"]["slot_id"], &queue["current"]["phase"], &queue["current"]["remaining_seconds"]), (&slots[1]["id"], &json!("questions"), &json!(420)));
        // who stands at the lectern is there
        act(&mut bench, &path, "mark_absent").await.refused(409, "invalid_transition");
        let changed = bench.user("luo.jianguo").await.call("GET", &format!("{path}/queue"), &[("if-none-match", &etag)], None).await;
        assert_eq!(changed.status, 200);
        act(&mut bench, &path, "finish").await.refused(422, "incomplete");
        let queue = act(&mut bench, &path, "finish_slot").await.ok();
        assert_eq!((&queue["current"], &queue["waiting"]), (&Value::Null, &json!([slots[2]["id"], slots[0]["id"]])));
    }

    async fn who_is_absent_moves_to_the_end_once_and_has_then_missed_it_without_being_out(bench: Bench) {
        paneled(&mut bench).await;
        let (path, show) = planned(&mut bench).await;
        let slots = list(&show, "/slots");
        let late = key_of(&bench, &slots[0]);
        bench.advance(DAY.parse().unwrap()).await;
        act(&mut bench, &path, "start").await.ok();
        act(&mut bench, &path, "call_next").await.ok();
        let queue = act(&mut bench, &path, "mark_absent").await.ok();
        assert_eq!(queue["waiting"], json!([slots[1]["id"], slots[2]["id"], slots[0]["id"]]));
        for _ in 0..2 {
            act(&mut bench, &path, "call_next").await.ok();
            act(&mut bench, &path, "finish_slot").await.ok();
        }
        act(&mut bench, &path, "call_next").await.ok();
        act(&mut bench, &path, "mark_absent").await.ok();
        act(&mut bench, &path, "call_next").await.refused(409, "invalid_transition");
        let held = act(&mut bench, &path, "finish").await.ok();
        let states: Vec<Value> = list(&held, "/slots").iter().map(|slot| slot["state"].clone()).collect();
        assert_eq!(states, ["done", "done", "missed"]);
        assert_eq!(own(&mut bench, late).await["state"], json!("missed"));
        let bid = bench.user("wang.min").await.get(&format!("/api/v1/bids/{}", bench.play.ids.bids[late])).await.ok();
        assert_eq!(bid["state"], json!("qualified"), "missing it puts nobody out");
        bench.play.bids_scored().await.unwrap();
        // every bid had its turn: there is nothing to plan any more
        let again = body(&mut bench).await;
        plan(&mut bench, "wang.min", again).await.refused(409, "duplicate");
    }
}
