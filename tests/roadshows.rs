//! Roadshows (路演): planned, drawn, held, written down and shown (rulebook 2.4.4 (3), 2.16).

use crate::awards::seats;
use crate::draws::{draws, verdict};
use crate::panels::by_seat;
use crate::scenes::{instant, list, made_public, number, recorded, text};
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use wubang_kernel::clock::Clock as _;
use wubang_server::demo::play::agent_of;
use wubang_testkit::{Bench, Caller, Reply, on_both};

/// Friday, two working days after the opening on Wednesday 18 March.
const DAY: &str = "2026-03-20T09:00:00+08:00";
/// The three organisations of the story.
const KEYS: [&str; 3] = ["lelin", "yinxing", "xinhuo"];

/// A posting that asks for a roadshow of 8 and 7 minutes, open for bids.
async fn open(bench: &mut Bench, choice: Value) {
    bench.play.need_approved().await.unwrap();
    let mut draft = bench.play.posting_body().await.unwrap();
    draft["overrides"]["roadshow"] = choice;
    let posting = made_public(bench, draft, json!({ "content_acknowledged": true })).await;
    bench.play.ids.posting = text(&posting, "/id");
    bench.play.ids.project = text(&posting, "/project_id");
}

/// The same with three qualified bids and a panel that has declared.
async fn paneled(bench: &mut Bench) {
    open(bench, json!({ "required": true })).await;
    bench.play.bids_submitted().await.unwrap();
    bench.play.bids_qualified().await.unwrap();
    bench.play.panel_formed().await.unwrap();
    bench.forget();
}

fn at(bench: &Bench, verb: &str) -> String {
    format!("/api/v1/postings/{}/{verb}", bench.play.ids.posting)
}

async fn body(bench: &mut Bench) -> Value {
    let host = bench.person("wang.min").await;
    json!({ "starts_at": DAY, "place": "迎宾路街道办事处三楼会议室", "host_person_id": host })
}

async fn plan(bench: &mut Bench, account: &str, body: Value) -> Reply {
    let path = at(bench, "roadshow");
    bench.user(account).await.post(&path, body).await
}

/// A session that is planned; answers its address.
async fn planned(bench: &mut Bench) -> (String, Value) {
    let body = body(bench).await;
    let show = plan(bench, "wang.min", body).await.ok();
    (format!("/api/v1/roadshows/{}", text(&show, "/id")), show)
}

async fn act(bench: &mut Bench, show: &str, verb: &str) -> Reply {
    act_with(bench, show, verb, json!({})).await
}

async fn act_with(bench: &mut Bench, show: &str, verb: &str, body: Value) -> Reply {
    let street = bench.user("wang.min").await;
    street.post(&format!("{show}/{verb}"), body).await
}

/// Whose slot a row is.
fn key_of(bench: &Bench, row: &Value) -> &'static str {
    let of = |key: &&&str| bench.play.ids.bids[**key] == text(row, "/bid_id");
    KEYS.iter().find(of).unwrap()
}

async fn agent(bench: &mut Bench, key: &str) -> Caller {
    bench.user(&agent_of(key, "org_agent").unwrap()).await
}

/// The slot of an organisation as it sees it itself.
async fn own(bench: &mut Bench, key: &str) -> Value {
    let agent = agent(bench, key).await;
    let path = format!("/api/v1/roadshow_slots?posting={}", bench.play.ids.posting);
    let slots = list(&agent.get(&path).await.ok(), "/items");
    slots.first().expect("a slot").clone()
}

fn slot_path(slot: &Value, verb: &str) -> String {
    let id = text(slot, "/id");
    format!("/api/v1/roadshow_slots/{id}{verb}")
}

/// Everybody presents, one after the other, and the session is over.
async fn presented(bench: &mut Bench, show: &str) -> Value {
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
fn minutes(show: &Value) -> Value {
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
async fn chair(bench: &mut Bench) -> String {
    let path = at(bench, "panel");
    let panel = bench.user("wang.min").await.get(&path).await.ok();
    let accounts = seats(bench).await;
    by_seat(bench, &panel, &accounts).await.remove(0)
}

/// Minutes that are written and confirmed.
async fn confirmed(bench: &mut Bench, show: &str) -> Value {
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

    async fn whether_there_is_a_roadshow_is_a_setting_of_type_and_posting(bench: Bench) {
        bench.play.need_approved().await.unwrap();
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

    async fn presenters_are_named_by_the_lead_and_recorded_only_with_everybodys_consent(bench: Bench) {
        paneled(&mut bench).await;
        let (path, show) = planned(&mut bench).await;
        let first = key_of(&bench, &list(&show, "/slots")[0]);
        let second = key_of(&bench, &list(&show, "/slots")[1]);
        let two = |consent: bool| json!({ "presenters": [{ "name": "林晓", "relation": "staff", "recording_consent": true }, { "name": "周敏", "relation": "volunteer", "recording_consent": consent }] });
        for (key, consent) in [(first, false), (second, true)] {
            let slot = own(&mut bench, key).await;
            assert!(list(&slot, "/allowed_actions").iter().any(|one| one["action"] == "name_presenters"));
            let agent = agent(&mut bench, key).await;
            let named = agent.post(&slot_path(&slot, "/name_presenters"), two(consent)).await.ok();
            assert_eq!((&named["presenters"][1]["relation"], number(&named, "/version")), (&json!("volunteer"), 2));
            let street = bench.user("wang.min").await;
            street.post(&slot_path(&slot, "/name_presenters"), two(true)).await.refused(404, "not_found");
        }
        let slot = own(&mut bench, first).await;
        let reply = agent(&mut bench, first).await.post(&slot_path(&slot, "/name_presenters"), json!({ "presenters": [{ "name": "林", "relation": "staff", "recording_consent": true }] })).await;
        assert_eq!(reply.pointers(), ["/presenters/0/name"]);
        reply.refused(422, "invalid");
        let reply = agent(&mut bench, first).await.post(&slot_path(&slot, "/name_presenters"), json!({ "presenters": [] })).await;
        assert_eq!(reply.pointers(), ["/presenters"]);
        let boss = json!({ "presenters": [{ "name": "林晓", "relation": "boss", "recording_consent": true }] });
        agent(&mut bench, first).await.post(&slot_path(&slot, "/name_presenters"), boss).await.refused(422, "invalid");
        let other = agent(&mut bench, second).await;
        other.post(&slot_path(&slot, "/name_presenters"), two(true)).await.refused(404, "not_found");
        bench.advance(DAY.parse().unwrap()).await;
        act(&mut bench, &path, "start").await.ok();
        let queue = act(&mut bench, &path, "call_next").await.ok();
        assert_eq!((&queue["current"]["recording_consent"], &queue["slots"][0]["presenters"][0]["name"]), (&json!(false), &json!("林晓")));
        let late = agent(&mut bench, first).await.post(&slot_path(&slot, "/name_presenters"), two(true)).await;
        late.refused(409, "invalid_transition");
        act_with(&mut bench, &path, "finish_slot", json!({ "recorded": true })).await.refused(422, "recording_not_consented");
        act_with(&mut bench, &path, "finish_slot", json!({ "recorded": false })).await.ok();
        let queue = act(&mut bench, &path, "call_next").await.ok();
        assert_eq!(queue["current"]["recording_consent"], json!(true));
        let queue = act_with(&mut bench, &path, "finish_slot", json!({ "recorded": true })).await.ok();
        assert_eq!((&queue["slots"][0]["recorded"], &queue["slots"][1]["recorded"]), (&json!(false), &json!(true)));
        // nobody named, nobody consented
        act(&mut bench, &path, "call_next").await.ok();
        act_with(&mut bench, &path, "finish_slot", json!({ "recorded": true })).await.refused(422, "recording_not_consented");
        act(&mut bench, &path, "finish_slot").await.ok();
        let held = act(&mut bench, &path, "finish").await.ok();
        assert_eq!(held["recorded"], json!(true));
    }

    async fn partners_of_a_joint_bid_see_its_slot_and_the_lead_names_who_presents(bench: Bench) {
        let asks = json!({ "division": "410108000000", "reason": "全区统一要求路演", "overrides": { "roadshow": { "required": 1 } } });
        bench.cast("district_admin").await.post("/api/v1/procedures/open/overrides", asks).await.ok();
        let bid = crate::joint_bids::ready(&mut bench).await;
        crate::joint_bids::submit(&mut bench, &bid).await.ok();
        bench.play.bids_qualified().await.unwrap();
        bench.play.panel_formed().await.unwrap();
        bench.forget();
        bench.work().await;
        let sent = bench.mails.sent().len();
        planned(&mut bench).await;
        bench.work().await;
        let mails = bench.mails.sent().split_off(sent);
        let named = json!({ "presenters": [{ "name": "林晓", "relation": "legal_rep", "recording_consent": false }] });
        for key in ["yinxing", "xinhuo", "dahe"] {
            let slot = own(&mut bench, key).await;
            assert_eq!((text(&slot, "/bid_id"), &slot["allowed_actions"]), (bid.clone(), &json!([])), "{key}");
            let domain = format!("@{key}.example");
            assert!(mails.iter().any(|mail| mail.to.ends_with(&domain) && mail.body.contains(&text(&slot, "/begins_at"))), "{key} is told");
            let partner = agent(&mut bench, key).await;
            partner.post(&slot_path(&slot, "/name_presenters"), named.clone()).await.refused(403, "forbidden");
            partner.call("POST", &format!("{}?name=a.txt", slot_path(&slot, "/materials")), &[], Some(b"a\n".to_vec())).await.refused(403, "forbidden");
            assert_eq!(partner.get(&slot_path(&slot, "/materials")).await.ok()["items"], json!([]));
        }
        let slot = own(&mut bench, "lelin").await;
        agent(&mut bench, "lelin").await.post(&slot_path(&slot, "/name_presenters"), named).await.ok();
        assert_eq!(own(&mut bench, "dahe").await["presenters"][0]["name"], json!("林晓"));
    }

    async fn members_check_in_and_the_report_says_who_was_there(bench: Bench) {
        paneled(&mut bench).await;
        let (path, _) = planned(&mut bench).await;
        let attend = format!("{path}/attend");
        bench.user("luo.jianguo").await.post(&attend, json!({})).await.refused(409, "invalid_transition");
        bench.advance(DAY.parse().unwrap()).await;
        act(&mut bench, &path, "start").await.ok();
        bench.user("luo.jianguo").await.post(&attend, json!({})).await.ok();
        bench.user("luo.jianguo").await.post(&attend, json!({})).await.refused(409, "duplicate");
        bench.user("cao.junjie").await.post(&attend, json!({})).await.ok();
        act(&mut bench, &path, "attend").await.refused(403, "forbidden");
        let guests = json!({ "residents": 6, "community": 2, "departments": 1001, "others": 1001 });
        let reply = act_with(&mut bench, &path, "record_guests", guests).await;
        assert_eq!(reply.pointers(), ["/departments", "/others"]);
        reply.refused(422, "invalid");
        let guests = json!({ "residents": 6, "community": 2, "departments": 1, "others": 0 });
        bench.user("luo.jianguo").await.post(&format!("{path}/record_guests"), guests.clone()).await.refused(403, "forbidden");
        let seen = act_with(&mut bench, &path, "record_guests", guests.clone()).await.ok();
        assert_eq!((&seen["guests"], list(&seen, "/attendance").len()), (&guests, 2));
        for _ in 0..3 {
            act(&mut bench, &path, "call_next").await.ok();
            act(&mut bench, &path, "finish_slot").await.ok();
        }
        act(&mut bench, &path, "finish").await.ok();
        bench.user("luo.jianguo").await.post(&attend, json!({})).await.refused(409, "invalid_transition");
        bench.play.bids_scored().await.unwrap();
        bench.forget();
        let report = bench.user("wang.min").await.get(&at(&bench, "report")).await.ok();
        let there: Vec<Value> = list(&report, "/signatures").into_iter().filter(|one| one["attended_roadshow"] == true).map(|one| one["name"].clone()).collect();
        assert_eq!(there.len(), 2, "{report}");
        let name = bench.user("luo.jianguo").await.get("/api/v1/me").await.ok()["name"].clone();
        assert!(there.contains(&name));
        assert_eq!(list(&report, "/signatures").iter().filter(|one| one["attended_roadshow"] == false).count(), 3);
    }

    async fn nobody_scores_before_the_session_was_held(bench: Bench) {
        paneled(&mut bench).await;
        bench.play.scoring_started().await.unwrap();
        bench.forget();
        let sheet = json!({ "bid_id": bench.play.ids.bids["lelin"], "points": { "plan": 30, "team": 20, "track_record": 10, "budget": 10, "sustainability": 8 } });
        let score = at(&bench, "score_sheets");
        bench.user("luo.jianguo").await.post(&score, sheet.clone()).await.refused(409, "roadshow_not_held");
        // it may still be planned now
        let (path, _) = planned(&mut bench).await;
        bench.advance(DAY.parse().unwrap()).await;
        act(&mut bench, &path, "start").await.ok();
        for _ in 0..3 {
            act(&mut bench, &path, "call_next").await.ok();
            act(&mut bench, &path, "finish_slot").await.ok();
        }
        bench.user("luo.jianguo").await.post(&score, sheet.clone()).await.refused(409, "roadshow_not_held");
        act(&mut bench, &path, "finish").await.ok();
        bench.user("luo.jianguo").await.post(&score, sheet).await.ok();
        assert_eq!(recorded(&bench, "roadshow.held", None).await, 1);
    }

    async fn a_session_moves_with_its_order_also_when_it_has_begun(bench: Bench) {
        paneled(&mut bench).await;
        let (path, show) = planned(&mut bench).await;
        let order = |show: &Value| list(show, "/slots").iter().map(|slot| slot["id"].clone()).collect::<Vec<_>>();
        let postpone = |day: &str| json!({ "starts_at": day, "reason": "会议室临时征用,改期举行" });
        let reply = act_with(&mut bench, &path, "postpone", json!({ "starts_at": "2026-03-19T09:00:00+08:00", "link": "meet", "reason": "短" })).await;
        assert_eq!(reply.pointers(), ["/starts_at", "/link", "/reason"]);
        reply.refused(422, "invalid");
        bench.user("luo.jianguo").await.post(&format!("{path}/postpone"), postpone("2026-03-24T14:00:00+08:00")).await.refused(403, "forbidden");
        bench.work().await;
        let sent = bench.mails.sent().len();
        let moved = act_with(&mut bench, &path, "postpone", postpone("2026-03-24T14:00:00+08:00")).await.ok();
        assert_eq!((order(&moved), text(&moved, "/slots/2/begins_at").as_str()), (order(&show), "2026-03-24T14:30:00+08:00"));
        bench.work().await;
        let mails = bench.mails.sent().split_off(sent);
        for key in KEYS {
            let slot = own(&mut bench, key).await;
            let domain = format!("@{key}.example");
            assert!(mails.iter().any(|mail| mail.to.ends_with(&domain) && mail.body.contains(&text(&slot, "/begins_at"))), "{key} is told");
        }
        act(&mut bench, &path, "start").await.refused(409, "too_early");
        bench.advance("2026-03-24T14:00:00+08:00".parse().unwrap()).await;
        act(&mut bench, &path, "start").await.ok();
        act(&mut bench, &path, "call_next").await.ok();
        act_with(&mut bench, &path, "postpone", postpone("2026-03-27T09:00:00+08:00")).await.refused(409, "invalid_transition");
        act(&mut bench, &path, "finish_slot").await.ok();
        let broken = act_with(&mut bench, &path, "postpone", postpone("2026-03-27T09:00:00+08:00")).await.ok();
        assert_eq!(broken["state"], json!("planned"));
        assert_eq!((text(&broken, "/slots/0/begins_at").as_str(), text(&broken, "/slots/1/begins_at").as_str()), ("2026-03-24T14:00:00+08:00", "2026-03-27T09:00:00+08:00"));
        // who had his turn is not asked to come again
        let reply = act_with(&mut bench, &path, "cancel", json!({ "reason": "会议室临时征用,另行安排" })).await;
        reply.refused(409, "invalid_transition");
        bench.advance("2026-03-27T09:00:00+08:00".parse().unwrap()).await;
        let held = presented(&mut bench, &path).await;
        assert!(list(&held, "/slots").iter().all(|slot| slot["state"] == "done"));
        act_with(&mut bench, &path, "postpone", postpone("2026-03-31T09:00:00+08:00")).await.refused(409, "invalid_transition");
    }

    async fn a_cancelled_session_tells_everybody_and_another_one_may_be_planned(bench: Bench) {
        paneled(&mut bench).await;
        let (path, _) = planned(&mut bench).await;
        let reply = act_with(&mut bench, &path, "cancel", json!({ "reason": "短" })).await;
        assert_eq!(reply.pointers(), ["/reason"]);
        reply.refused(422, "invalid");
        bench.user("luo.jianguo").await.post(&format!("{path}/cancel"), json!({ "reason": "短" })).await.refused(403, "forbidden");
        bench.work().await;
        let sent = bench.mails.sent().len();
        act_with(&mut bench, &path, "cancel", json!({ "reason": "会议室临时征用,另行安排" })).await.ok();
        bench.work().await;
        let mails = bench.mails.sent().split_off(sent);
        for key in KEYS {
            let domain = format!("@{key}.example");
            assert!(mails.iter().any(|mail| mail.to.ends_with(&domain) && mail.body.contains("会议室临时征用")), "{key} is told");
            assert_eq!(own(&mut bench, key).await["state"], json!("dropped"));
        }
        act(&mut bench, &path, "start").await.refused(409, "invalid_transition");
        let (other, _) = planned(&mut bench).await;
        assert_ne!(other, path);
    }

    async fn a_bid_that_falls_out_loses_its_slot_and_the_others_keep_theirs(bench: Bench) {
        paneled(&mut bench).await;
        let (path, show) = planned(&mut bench).await;
        let slots = list(&show, "/slots");
        let out = key_of(&bench, &slots[1]);
        let bid = format!("/api/v1/bids/{}/withdraw", bench.play.ids.bids[out]);
        let before = number(&bench.user("wang.min").await.get(&path).await.ok(), "/version");
        agent(&mut bench, out).await.post(&bid, json!({ "reason": "团队安排有变,不能继续参加" })).await.ok();
        let after = bench.user("wang.min").await.get(&path).await.ok();
        assert_eq!(after["slots"][1]["state"], json!("dropped"));
        assert_eq!(number(&after, "/version"), before + 1, "the queue is not told to be the same");
        for i in [0, 2] {
            assert_eq!((&after["slots"][i]["id"], &after["slots"][i]["begins_at"], &after["slots"][i]["state"]), (&slots[i]["id"], &slots[i]["begins_at"], &json!("waiting")));
        }
        assert_eq!(own(&mut bench, out).await["state"], json!("dropped"));
        // one that is invalidated while it presents
        bench.advance(DAY.parse().unwrap()).await;
        act(&mut bench, &path, "start").await.ok();
        act(&mut bench, &path, "call_next").await.ok();
        let first = bench.play.ids.bids[key_of(&bench, &slots[0])].clone();
        let ground = json!({ "ground": "false_material", "reason": "所附职业资格证书经发证机关核实并不存在" });
        bench.user("wang.min").await.post(&format!("/api/v1/bids/{first}/propose_invalidation"), ground).await.ok();
        let key = key_of(&bench, &slots[0]);
        let head = agent(&mut bench, key).await;
        head.post(&format!("/api/v1/bids/{first}/answer_invalidation"), json!({ "text": "证书编号录入有误,现说明正确编号,请予核实。" })).await.ok();
        bench.user("dong.siyu").await.post(&format!("/api/v1/bids/{first}/invalidate"), json!({ "reason": "经核实证书确系伪造,予以作废" })).await.ok();
        let queue = bench.user("wang.min").await.get(&format!("{path}/queue")).await.ok();
        assert_eq!((&queue["current"], &queue["waiting"]), (&Value::Null, &json!([slots[2]["id"]])));
        let held = presented_rest(&mut bench, &path).await;
        assert_eq!(held["state"], json!("held"));
    }

    async fn a_session_ends_with_its_posting(bench: Bench) {
        paneled(&mut bench).await;
        let (path, _) = planned(&mut bench).await;
        let body = json!({ "ground": "funding_cancelled", "reason": "年度预算调整,资金不再安排" });
        bench.user("wang.min").await.post(&at(&bench, "cancel"), body).await.ok();
        let seen = bench.user("wang.min").await.get(&path).await.ok();
        assert_eq!(seen["state"], json!("cancelled"));
        assert!(list(&seen, "/slots").iter().all(|slot| slot["state"] == "dropped"));
    }

    async fn a_bid_that_is_valid_again_has_a_session_of_its_own(bench: Bench) {
        paneled(&mut bench).await;
        let (path, show) = planned(&mut bench).await;
        let back = key_of(&bench, &list(&show, "/slots")[2]);
        let bid = bench.play.ids.bids[back].clone();
        let ground = json!({ "ground": "false_material", "reason": "所附职业资格证书经发证机关核实并不存在" });
        bench.user("wang.min").await.post(&format!("/api/v1/bids/{bid}/propose_invalidation"), ground).await.ok();
        agent(&mut bench, back).await.post(&format!("/api/v1/bids/{bid}/answer_invalidation"), json!({ "text": "证书编号录入有误,现说明正确编号,请予核实。" })).await.ok();
        bench.user("dong.siyu").await.post(&format!("/api/v1/bids/{bid}/invalidate"), json!({ "reason": "经核实证书确系伪造,予以作废" })).await.ok();
        bench.advance(DAY.parse().unwrap()).await;
        presented(&mut bench, &path).await;
        // as an upheld objection does
        let tx = bench.running.store.write(&wubang_kernel::Who::system("tests")).await.unwrap();
        wubang_bids::service::restore(&tx, bid.parse().unwrap(), "异议成立,恢复资格").await.unwrap();
        tx.commit().await.unwrap();
        bench.play.scoring_started().await.unwrap();
        bench.forget();
        let score = at(&bench, "score_sheets");
        let sheet = |bid: &str| json!({ "bid_id": bid, "points": { "plan": 30, "team": 20, "track_record": 10, "budget": 10, "sustainability": 8 } });
        let heard = bench.play.ids.bids[key_of(&bench, &list(&show, "/slots")[0])].clone();
        bench.user("luo.jianguo").await.post(&score, sheet(&heard)).await.ok();
        bench.user("luo.jianguo").await.post(&score, sheet(&bid)).await.refused(409, "roadshow_not_held");
        let mut later = body(&mut bench).await;
        later["starts_at"] = json!("2026-03-25T09:00:00+08:00");
        let second = plan(&mut bench, "wang.min", later).await.ok();
        assert_eq!(list(&second, "/slots").iter().map(|slot| text(slot, "/bid_id")).collect::<Vec<_>>(), std::slice::from_ref(&bid));
        let path = format!("/api/v1/roadshows/{}", text(&second, "/id"));
        bench.advance("2026-03-25T09:00:00+08:00".parse().unwrap()).await;
        presented(&mut bench, &path).await;
        bench.user("luo.jianguo").await.post(&score, sheet(&bid)).await.ok();
    }

    async fn a_bidder_learns_its_own_time_and_nothing_of_the_others(bench: Bench) {
        paneled(&mut bench).await;
        let (path, show) = planned(&mut bench).await;
        let slots = list(&show, "/slots");
        let posting = at(&bench, "roadshow");
        let mut seen = Vec::new();
        for moment in ["planned", "running"] {
            if moment == "running" {
                bench.advance(DAY.parse().unwrap()).await;
                act(&mut bench, &path, "start").await.ok();
                act(&mut bench, &path, "call_next").await.ok();
                act(&mut bench, &path, "finish_slot").await.ok();
                act(&mut bench, &path, "call_next").await.ok();
            }
            let last = key_of(&bench, &slots[2]);
            let agent = agent(&mut bench, last).await;
            for address in [path.clone(), format!("{path}/queue"), format!("{path}/actions"), posting.clone()] {
                agent.get(&address).await.refused(404, "not_found");
            }
            for other in &slots[..2] {
                for address in [slot_path(other, ""), slot_path(other, "/actions")] {
                    agent.get(&address).await.refused(404, "not_found");
                }
            }
            let reply = agent.get("/api/v1/roadshow_slots").await.ok();
            assert_eq!(list(&reply, "/items").len(), 1);
            let reply = agent.get(&slot_path(&slots[2], "")).await;
            let text_of = reply.text.clone();
            let mine = reply.ok();
            for other in &slots[..2] {
                for hidden in [text(other, "/id"), text(other, "/bid_id"), text(other, "/organisation_name"), text(other, "/begins_at")] {
                    // one slot ends when the next begins
                    assert!(!text_of.contains(&hidden), "{hidden} in {text_of}");
                }
            }
            for name in ["lot", "turn", "roadshow_id", "starts_at", "slots", "waiting", "current"] {
                assert!(mine.get(name).is_none(), "{name}");
            }
            seen.push(mine);
        }
        // not even that something went on: its version does not move with the others
        assert_eq!(seen[0], seen[1]);
    }

    async fn who_holds_and_who_judges_see_the_queue_and_nobody_else(bench: Bench) {
        open(&mut bench, json!({ "required": true })).await;
        bench.play.bids_submitted().await.unwrap();
        bench.play.bids_qualified().await.unwrap();
        bench.forget();
        let named = json!({ "community_person_ids": [bench.person("cao.junjie").await], "department_person_ids": [bench.person("luo.jianguo").await] });
        let panel = bench.user("wang.min").await.post(&at(&bench, "panel"), named).await.ok();
        let (path, show) = planned(&mut bench).await;
        let names: Vec<String> = list(&show, "/slots").iter().map(|slot| text(slot, "/organisation_name")).collect();
        // a member who has not declared knows the date and not who comes
        for account in ["luo.jianguo", "cao.junjie"] {
            let member = bench.user(account).await;
            let reply = member.get(&path).await;
            assert!(names.iter().all(|name| !reply.text.contains(name)), "{}", reply.text);
            let seen = reply.ok();
            assert_eq!((&seen["starts_at"], &seen["slots"], &seen["allowed_actions"]), (&json!(DAY), &json!([]), &json!([])));
            member.get(&format!("{path}/queue")).await.refused(422, "recusal_unsigned");
            member.post(&format!("{path}/attend"), json!({})).await.refused(422, "recusal_unsigned");
        }
        for account in seats(&mut bench).await {
            bench.user(&account).await.post(&format!("/api/v1/panels/{}/declare", text(&panel, "/id")), json!({ "clear": true })).await.ok();
        }
        for account in ["wang.min", "dong.siyu", "he.zhengqing", "luo.jianguo", "cao.junjie"] {
            let queue = bench.user(account).await.get(&format!("{path}/queue")).await.ok();
            assert_eq!(list(&queue, "/slots").len(), 3, "{account}");
            let shown = bench.user(account).await.get(&at(&bench, "roadshow")).await.ok();
            assert_eq!(list(&shown, "/slots").len(), 3, "{account}");
        }
        for account in ["zhao.lei", "wei.guohua", "gao.xiangyu", "an.xiaoning"] {
            for address in [path.clone(), format!("{path}/queue"), format!("{path}/actions"), at(&bench, "roadshow")] {
                bench.user(account).await.get(&address).await.refused(404, "not_found");
            }
            assert_eq!(bench.user(account).await.get("/api/v1/roadshow_slots").await.ok()["items"], json!([]));
        }
        bench.nobody().get(&path).await.refused(401, "unauthenticated");
        bench.nobody().get(&format!("/api/v1/public/postings/{}/roadshow", bench.play.ids.posting)).await.refused(404, "not_found");
        let mine = own(&mut bench, "lelin").await;
        bench.user("wang.min").await.get(&slot_path(&mine, "")).await.refused(404, "not_found");
        bench.user("wang.min").await.get("/api/v1/roadshows/LB-1").await.refused(404, "not_found");
        bench.user("wang.min").await.get("/api/v1/roadshow_slots?posting=x").await.refused(422, "invalid");
    }

    async fn slides_are_added_until_the_session_starts_and_read_by_those_who_judge(bench: Bench) {
        paneled(&mut bench).await;
        let (path, show) = planned(&mut bench).await;
        let slots = list(&show, "/slots");
        let (first, second) = (key_of(&bench, &slots[0]), key_of(&bench, &slots[1]));
        let before = agent(&mut bench, first).await.get(&format!("/api/v1/bids/{}", bench.play.ids.bids[first])).await.ok();
        let shelf = slot_path(&slots[0], "/materials");
        let add = async |caller: &Caller, query: &str, words: &str| caller.call("POST", &format!("{shelf}?{query}"), &[], Some(words.as_bytes().to_vec())).await;
        let lead = agent(&mut bench, first).await;
        let made = add(&lead, "name=slides.txt", "路演提纲:队伍、流程、名单\n").await.ok();
        let kept = add(&lead, "name=own.txt&confidentiality=owner", "讲稿备忘\n").await.ok();
        add(&lead, "name=x.exe", "MZ").await.refused(422, "invalid");
        let other = agent(&mut bench, second).await;
        add(&other, "name=slides.txt", "不是我们的\n").await.refused(404, "not_found");
        let street = bench.user("wang.min").await;
        add(&street, "name=slides.txt", "街道代传\n").await.refused(403, "forbidden");
        let one = format!("{shelf}/{}", text(&made, "/id"));
        for (account, count) in [("wang.min", 1), ("luo.jianguo", 1), ("cao.junjie", 1), ("he.zhengqing", 2)] {
            let reader = bench.user(account).await;
            assert_eq!(list(&reader.get(&shelf).await.ok(), "/items").len(), count, "{account}");
            assert_eq!(reader.get(&one).await.bytes, "路演提纲:队伍、流程、名单\n".as_bytes());
        }
        street.get(&format!("{shelf}/{}", text(&kept, "/id"))).await.refused(404, "not_found");
        for account in ["zhao.lei", "wei.guohua", "an.xiaoning"] {
            bench.user(account).await.get(&shelf).await.refused(404, "not_found");
            bench.user(account).await.get(&one).await.refused(404, "not_found");
        }
        let left = lead.post(&format!("{shelf}/{}/remove", text(&kept, "/id")), json!({})).await.ok();
        assert_eq!(list(&left, "/items").len(), 1);
        bench.advance(DAY.parse().unwrap()).await;
        act(&mut bench, &path, "start").await.ok();
        let lead = agent(&mut bench, first).await;
        add(&lead, "name=late.txt", "迟到的\n").await.refused(409, "invalid_transition");
        lead.post(&format!("{one}/remove"), json!({})).await.refused(409, "invalid_transition");
        let after = lead.get(&format!("/api/v1/bids/{}", bench.play.ids.bids[first])).await.ok();
        assert_eq!((&after["attachments"], &after["content_hash"], &after["version"]), (&before["attachments"], &before["content_hash"], &before["version"]), "the bid stays what was handed in");
    }

    async fn minutes_are_written_without_prices_and_confirmed_by_the_chair(bench: Bench) {
        paneled(&mut bench).await;
        let (path, show) = planned(&mut bench).await;
        act_with(&mut bench, &path, "write_minutes", minutes(&show)).await.refused(409, "invalid_transition");
        bench.advance(DAY.parse().unwrap()).await;
        let held = presented(&mut bench, &path).await;
        let (confirm, chair) = (format!("{path}/confirm_minutes"), chair(&mut bench).await);
        bench.user(&chair).await.post(&confirm, json!({ "minutes_hash": "0" })).await.refused(422, "incomplete");
        let good = minutes(&held);
        bench.user("luo.jianguo").await.post(&format!("{path}/write_minutes"), good.clone()).await.refused(403, "forbidden");
        let bid = bench.user("wang.min").await.get(&format!("/api/v1/bids/{}", bench.play.ids.bids["lelin"])).await.ok();
        let yuan = number(&bid, "/price_fen") / 100;
        let wrong = json!({ "slots": [
            { "slot_id": good["slots"][0]["slot_id"], "exchanges": [{ "question": "问", "answer": format!("我们的报价是{yuan}元") }] },
            { "slot_id": good["slots"][0]["slot_id"], "exchanges": [] },
            { "slot_id": bench.play.ids.posting, "exchanges": [] } ], "remarks": "无" });
        let reply = act_with(&mut bench, &path, "write_minutes", wrong).await;
        let pointers = reply.pointers();
        for pointer in ["/slots/0/exchanges/0/question", "/slots/0/exchanges/0/answer", "/slots/1/slot_id", "/slots/2/slot_id", "/slots", "/remarks"] {
            assert!(pointers.iter().any(|one| one == pointer), "{pointer} in {pointers:?}");
        }
        assert!(reply.text.contains("price_not_allowed"));
        reply.refused(422, "invalid");
        let first = act_with(&mut bench, &path, "write_minutes", good.clone()).await.ok();
        let mut better = good;
        better["remarks"] = json!("各家均按时到场,秩序良好。");
        let second = act_with(&mut bench, &path, "write_minutes", better.clone()).await.ok();
        assert_ne!(first["minutes_hash"], second["minutes_hash"]);
        // a bidder does not read what may still change
        assert_eq!(own(&mut bench, "lelin").await["exchanges"], Value::Null);
        bench.user(&chair).await.post(&confirm, json!({ "minutes_hash": first["minutes_hash"] })).await.refused(409, "content_changed");
        bench.user("luo.jianguo").await.post(&confirm, json!({ "minutes_hash": second["minutes_hash"] })).await.refused(403, "forbidden");
        act_with(&mut bench, &path, "confirm_minutes", json!({ "minutes_hash": second["minutes_hash"] })).await.refused(403, "forbidden");
        let done = bench.user(&chair).await.post(&confirm, json!({ "minutes_hash": second["minutes_hash"] })).await.ok();
        assert_eq!(done["state"], json!("recorded"));
        act_with(&mut bench, &path, "write_minutes", better).await.refused(409, "invalid_transition");
        let mine = own(&mut bench, "lelin").await;
        assert_eq!(list(&mine, "/exchanges").len(), 1);
        assert_eq!(recorded(&bench, "roadshow.minutes_written", None).await, 2);
    }

    async fn minutes_are_public_three_working_days_after_the_proposed_award_and_never_before(bench: Bench) {
        paneled(&mut bench).await;
        let (path, _) = planned(&mut bench).await;
        bench.advance(DAY.parse().unwrap()).await;
        act(&mut bench, &path, "start").await.ok();
        bench.user("luo.jianguo").await.post(&format!("{path}/attend"), json!({})).await.ok();
        act(&mut bench, &path, "call_next").await.ok();
        act(&mut bench, &path, "finish_slot").await.ok();
        for _ in 0..2 {
            act(&mut bench, &path, "call_next").await.ok();
            act(&mut bench, &path, "begin_questions").await.ok();
            act(&mut bench, &path, "finish_slot").await.ok();
        }
        act(&mut bench, &path, "finish").await.ok();
        let confirmed = confirmed(&mut bench, &path).await;
        let public = format!("/api/v1/public/postings/{}/roadshow", bench.play.ids.posting);
        bench.play.bids_scored().await.unwrap();
        // however long nobody is proposed
        bench.advance("2026-03-25T12:00:00+08:00".parse().unwrap()).await;
        bench.nobody().get(&public).await.refused(404, "not_found");
        crate::openings::proposed(&mut bench).await;
        let seen = bench.user("wang.min").await.get(&path).await.ok();
        assert_eq!((&seen["deadlines"][0]["timer"], &seen["deadlines"][0]["at"]), (&json!("roadshow_minutes"), &json!("2026-03-30T23:59:59+08:00")));
        bench.advance("2026-03-30T23:59:59+08:00".parse().unwrap()).await;
        bench.nobody().get(&public).await.refused(404, "not_found");
        bench.advance("2026-03-31T00:00:00+08:00".parse().unwrap()).await;
        let reply = bench.nobody().get(&public).await;
        for hidden in ["13800138000", "李明华", "price"] {
            assert!(!reply.text.contains(hidden), "{hidden}: {}", reply.text);
        }
        for bid in bench.play.ids.bids.clone().into_values() {
            let bid = bench.user("wang.min").await.get(&format!("/api/v1/bids/{bid}")).await.ok();
            assert!(!reply.text.contains(&bid["price_fen"].to_string()), "{}", reply.text);
        }
        let shown = reply.ok();
        let page = &shown["items"][0];
        assert_eq!((&page["minutes_hash"], &page["members_attended"], list(page, "/slots").len()), (&confirmed["minutes_hash"], &json!(1), 3));
        assert!(text(page, "/slots/0/exchanges/0/answer").starts_with("由楼栋志愿者结对接送"));
        assert!(page.to_string().contains("乐邻"), "who bid is public since the proposal");
    }

    async fn minutes_that_are_late_are_public_when_the_chair_confirms_them(bench: Bench) {
        paneled(&mut bench).await;
        let (path, _) = planned(&mut bench).await;
        bench.advance(DAY.parse().unwrap()).await;
        presented(&mut bench, &path).await;
        bench.play.bids_scored().await.unwrap();
        crate::openings::proposed(&mut bench).await;
        let sent = bench.mails.sent().len();
        bench.advance("2026-03-26T00:00:00+08:00".parse().unwrap()).await;
        let public = format!("/api/v1/public/postings/{}/roadshow", bench.play.ids.posting);
        bench.nobody().get(&public).await.refused(404, "not_found");
        let mails = bench.mails.sent().split_off(sent);
        assert!(mails.iter().any(|mail| mail.to.starts_with("wang.min@") && mail.body.contains("路演纪要已到公开时间")), "the street is reminded");
        let done = confirmed(&mut bench, &path).await;
        assert_eq!(done["state"], json!("published"));
        bench.nobody().get(&public).await.ok();
    }
}

/// Those who are left present, and the session is over.
async fn presented_rest(bench: &mut Bench, show: &str) -> Value {
    act(bench, show, "call_next").await.ok();
    act(bench, show, "finish_slot").await.ok();
    act(bench, show, "finish").await.ok()
}
