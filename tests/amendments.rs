//! Changes of a published notice and later deadlines: public with their diff, fair to who has bid already.

use crate::needs::{due, instant, text};
use crate::postings::district_rules;
use crate::scenes::{eight, number, recorded};
use chrono::TimeDelta;
use serde_json::{Value, json};
use wubang_kernel::digest::content_hash;
use wubang_postings::diff::{Diff, FieldChange};
use wubang_server::demo::play::agent_of;
use wubang_testkit::{Bench, Caller, Reply, Stage, on_both};

const DEADLINE: &str = "2026-03-17T23:59:59+08:00";

async fn open(bench: &mut Bench) -> Value {
    bench.reach(Stage::PostingOpen).await;
    posting(bench).await
}

fn path(bench: &Bench) -> String {
    format!("/api/v1/postings/{}", bench.play.ids.posting)
}

fn at(bench: &Bench, verb: &str) -> String {
    format!("{}/{verb}", path(bench))
}

async fn street(bench: &mut Bench) -> Caller {
    bench.cast("street_officer").await
}

async fn posting(bench: &mut Bench) -> Value {
    let path = path(bench);
    street(bench).await.get(&path).await.ok()
}

async fn act(bench: &mut Bench, verb: &str, body: Value) -> Reply {
    let path = at(bench, verb);
    street(bench).await.post(&path, body).await
}

fn amendment(changes: Value) -> Value {
    json!({ "changes": changes, "reason": "根据答复情况补充说明", "affects_bids": false })
}

async fn amend(bench: &mut Bench, changes: Value) -> Reply {
    act(bench, "amend_published", amendment(changes)).await
}

async fn extend(bench: &mut Bench, days: u32) -> Reply {
    let body = json!({ "days": days, "reason": "应多家组织请求延长准备时间" });
    act(bench, "extend", body).await
}

/// Changes that touch what a bid must offer.
fn papers() -> Value {
    json!({ "content": { "required_documents": ["登记证书", "近一年年检结论"] } })
}

fn contact() -> Value {
    json!({ "content": { "objection_contact": "惠济区迎宾路街道纪工委,电话 0371-55508021" } })
}

/// The hash that anybody can compute from what is shown.
fn notice_hash(posting: &Value) -> String {
    let names = [
        "number",
        "title",
        "field",
        "budget_ceiling_fen",
        "content",
        "procedure",
    ];
    let members = names
        .iter()
        .map(|name| ((*name).to_owned(), posting[*name].clone()));
    content_hash(&Value::Object(members.collect()))
}

async fn bid(bench: &mut Bench, key: &str) -> Value {
    let path = format!("/api/v1/bids/{}", bench.play.ids.bids[key]);
    let agent = bench.user(&agent_of(key, "org_agent").unwrap()).await;
    agent.get(&path).await.ok()
}

on_both! {
    async fn an_amendment_shows_what_changed_and_earlier_notices_stay_provable(bench: Bench from PostingOpen) {
        let before = open(&mut bench).await;
        assert_eq!(before["notice_hash"], json!(notice_hash(&before)));
        let mut changes = papers();
        changes["title"] = json!("独居高龄老人结对陪伴服务(第一次变更)");
        changes["budget_ceiling_fen"] = json!(4_900_000);
        let after = amend(&mut bench, changes).await.ok();
        assert_eq!((&after["state"], &after["title"], &after["budget_ceiling_fen"]), (&json!("open"), &json!("独居高龄老人结对陪伴服务(第一次变更)"), &json!(4_900_000)));
        assert_eq!(after["content"]["required_documents"], json!(["登记证书", "近一年年检结论"]));
        assert_eq!(after["procedure"], before["procedure"]);
        // everybody sees field by field what it was and what it is
        let public = bench.nobody().get(&path(&bench).replace("/v1/", "/v1/public/")).await.ok();
        let change = public["changes"][0].clone();
        assert_eq!((&change["sequence"], &change["kind"], &change["reason"], &change["affects_bids"]), (&json!(1), &json!("amendment"), &json!("根据答复情况补充说明"), &json!(true)));
        let diff: Vec<FieldChange> = serde_json::from_value(change["diff"].clone()).unwrap();
        let mut pointers: Vec<&str> = diff.iter().map(|one| one.pointer.as_str()).collect();
        pointers.sort_unstable();
        assert_eq!(pointers, ["/budget_ceiling_fen", "/content/required_documents", "/title"]);
        assert!(!change.to_string().contains("wang.min") && !change.to_string().contains("王敏"), "{change}");
        // the new hash is of the new notice, and undoing the diff proves the old one
        assert_eq!((&change["notice_hash_before"], &change["notice_hash"]), (&before["notice_hash"], &after["notice_hash"]));
        assert_eq!(after["notice_hash"], json!(notice_hash(&after)));
        assert_eq!(json!(notice_hash(&Diff(diff.clone()).undone(&public))), before["notice_hash"]);
        assert_eq!(json!(notice_hash(&Diff(diff).applied(&before))), after["notice_hash"]);
        // a second one is the next in the chronicle
        let second = amend(&mut bench, contact()).await.ok();
        assert_eq!((number(&second, "/changes/1/sequence"), &second["changes"][1]["notice_hash_before"]), (2, &after["notice_hash"]));
    }

    async fn every_wrong_field_of_an_amendment_is_named_and_nothing_is_written(bench: Bench from PostingOpen) {
        let before = open(&mut bench).await;
        let body = json!({ "changes": { "title": "短", "budget_ceiling_fen": 100_000_000, "content": { "starts_on": "2026-03-02", "minimum_quantity": [], "milestones": [] } }, "reason": "无", "affects_bids": true });
        let reply = act(&mut bench, "amend_published", body).await;
        let mut pointers = reply.pointers();
        pointers.sort();
        pointers.dedup();
        assert_eq!(pointers, ["/changes/budget_ceiling_fen", "/changes/content/milestones", "/changes/content/minimum_quantity", "/changes/content/starts_on", "/changes/title", "/reason"]);
        reply.refused(422, "invalid");
        for (changes, pointer) in [
            (json!({ "content": { "price": 1 } }), "/changes/content/price"),
            (json!({ "content": { "communities": 1 } }), "/changes/content/communities"),
            (json!({ "content": { "buyer": { "contact": null } } }), "/changes/content/buyer"),
            // frozen at the publication
            (json!({ "criteria": [] }), "/changes/criteria"),
            (json!({ "procedure": {} }), "/changes/procedure"),
            (json!({ "need_ids": [] }), "/changes/need_ids"),
            (json!({ "division": "410108001001" }), "/changes/division"),
            // nothing is changed
            (json!({}), "/changes"),
            (json!({ "title": before["title"] }), "/changes"),
        ] {
            let reply = amend(&mut bench, changes).await;
            assert!(reply.pointers().iter().any(|one| one.starts_with(pointer)), "{pointer}: {:?}", reply.pointers());
            reply.refused(422, "invalid");
        }
        assert_eq!(posting(&mut bench).await, before);
        assert_eq!(recorded(&bench, "posting.amended", None).await, 0);
    }

    async fn an_amendment_leaves_five_working_days_or_moves_the_deadline(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        // five working days after Tuesday 10 March end with the deadline itself: to the last second
        bench.stand_at(instant("2026-03-10T23:59:59+08:00"));
        let still = amend(&mut bench, papers()).await.ok();
        assert_eq!((&still["bid_deadline"], due(&still, "bid_window").as_deref()), (&json!(DEADLINE), Some(DEADLINE)));
        assert_eq!((&still["changes"][0]["deadline_before"], &still["changes"][0]["deadline_after"]), (&json!(DEADLINE), &json!(DEADLINE)));
        bench.advance(instant("2026-03-11T00:00:00+08:00")).await;
        let later = amend(&mut bench, json!({ "title": "独居高龄老人结对陪伴服务(变更)" })).await.ok();
        let end = "2026-03-18T23:59:59+08:00";
        assert_eq!((&later["bid_deadline"], &later["bid_deadline_rule"], due(&later, "bid_window").as_deref()), (&json!(end), &json!("wd(2026-03-11,5)"), Some(end)));
        assert_eq!(later["changes"][1]["deadline_after"], json!(end));
        // with it the question deadline: questions may be asked again
        assert_eq!((&later["question_deadline"], due(&later, "question_deadline").as_deref()), (&json!("2026-03-11T23:59:59+08:00"), Some("2026-03-11T23:59:59+08:00")));
        let agent = bench.cast("winner_agent").await;
        agent.post(&at(&bench, "questions"), json!({ "text": "变更后的材料如何提交?" })).await.ok();
        // the old deadline passes without effect, the new one closes
        bench.advance(instant("2026-03-18T23:59:59+08:00")).await;
        assert_eq!(posting(&mut bench).await["state"], json!("open"));
        bench.advance(instant("2026-03-19T00:00:00+08:00")).await;
        assert_eq!(recorded(&bench, "posting.closed", None).await, 1);
    }

    async fn whom_to_call_moves_no_deadline_and_touches_no_bid(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        bench.play.bids_submitted().await.unwrap();
        bench.stand_at(instant("2026-03-16T10:00:00+08:00"));
        let quiet = amend(&mut bench, contact()).await.ok();
        assert_eq!((&quiet["changes"][0]["affects_bids"], &quiet["bid_deadline"]), (&json!(false), &json!(DEADLINE)));
        assert_eq!(bid(&mut bench, "lelin").await["state"], json!("submitted"));
        // an officer can say that more is affected than the rules say, never less
        let mut body = amendment(json!({ "content": { "objection_contact": "惠济区迎宾路街道纪工委,电话 0371-55508022" } }));
        body["affects_bids"] = json!(true);
        let loud = act(&mut bench, "amend_published", body).await.ok();
        assert_eq!((&loud["changes"][1]["affects_bids"], &loud["bid_deadline"]), (&json!(true), &json!("2026-03-23T23:59:59+08:00")));
        assert_eq!(bid(&mut bench, "lelin").await["state"], json!("draft"));
    }

    async fn a_bid_that_an_amendment_affects_must_be_handed_in_again(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        bench.play.bids_submitted().await.unwrap();
        bench.work().await;
        let receipt = bid(&mut bench, "lelin").await["receipt"].clone();
        let sent = bench.mails.sent().len();
        let trail = format!("/api/v1/projects/{}/trace?limit=100", bench.play.ids.project);
        let answer = amend(&mut bench, papers()).await.ok();
        bench.work().await;
        let own = bid(&mut bench, "lelin").await;
        assert_eq!((&own["state"], &own["returned_by"], &own["receipt"]), (&json!("draft"), &json!(1), &receipt));
        // its owner is told; the officer learns of no bid
        let mails = bench.mails.sent().split_off(sent);
        let told = |subject: &str, domain: &str| mails.iter().any(|mail| mail.subject.contains(subject) && mail.to.ends_with(domain));
        for domain in ["@lelin.example", "@yinxing.example", "@xinhuo.example"] {
            assert!(told("因变更公告退回", domain) && told("变更公告", domain), "{domain}: {mails:?}");
        }
        assert!(mails.iter().filter(|mail| mail.to.starts_with("ning.jiayi@")).all(|mail| mail.body.contains("理由:根据答复情况补充说明")), "{mails:?}");
        assert!(mails.iter().filter(|mail| mail.subject.contains("因变更公告退回")).all(|mail| ["lelin", "yinxing", "xinhuo"].iter().any(|key| mail.to.ends_with(&format!("@{key}.example")))));
        let trail = street(&mut bench).await.get(&trail).await.ok().to_string();
        assert!(trail.contains("posting.amended") && !trail.contains("bid."), "{trail}");
        assert!(!answer.to_string().contains(&bench.play.ids.bids["lelin"]));
        // the signature is void: the agent alone cannot hand it in
        let id = bench.play.ids.bids["lelin"].clone();
        let (head, agent) = (bench.cast("winner_legal_rep").await, bench.cast("winner_agent").await);
        agent.post(&format!("/api/v1/bids/{id}/submit"), json!({})).await.refused(422, "not_signed");
        head.post(&format!("/api/v1/bids/{id}/sign"), json!({})).await.ok();
        let again = agent.post(&format!("/api/v1/bids/{id}/submit"), json!({})).await.ok();
        assert_eq!((&again["state"], &again["receipt"]["revision"], &again["returned_by"]), (&json!("submitted"), &json!(2), &Value::Null));
        // who does not hand in again has no bid at the opening
        bench.advance(instant("2026-03-18T00:00:00+08:00")).await;
        let seen = street(&mut bench).await.get("/api/v1/bids").await.ok();
        assert_eq!(seen["items"].as_array().unwrap().len(), 1);
        assert_eq!(bid(&mut bench, "yinxing").await["state"], json!("draft"));
    }

    async fn a_bid_handed_in_in_the_same_instant_as_an_amendment_is_never_left_on_the_old_notice(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let mut ready = Vec::new();
        for key in ["lelin", "yinxing", "xinhuo"] {
            let words = bench.play.bid_of(key).unwrap();
            let id = bench.play.bid_drafted(key, &words).await.unwrap();
            bench.play.ids.bids.insert(key.to_owned(), id.clone());
            ready.push((bench.user(&agent_of(key, "org_legal_rep").unwrap()).await, format!("/api/v1/bids/{id}/submit")));
        }
        let (officer, place) = (street(&mut bench).await, at(&bench, "amend_published"));
        // below every price: nothing can be handed in any more once the amendment is there
        let body = amendment(json!({ "budget_ceiling_fen": 1000 }));
        let hand_in = async |n: usize| ready[n].0.post(&ready[n].1, json!({})).await;
        let (a, amended, b, c) = tokio::join!(hand_in(0), officer.post(&place, body), hand_in(1), hand_in(2));
        amended.ok();
        for (key, reply) in ["lelin", "yinxing", "xinhuo"].iter().zip([a, b, c]) {
            let fits = match reply.code().as_deref() {
                None => reply.status == 200,
                Some(code) => matches!((reply.status, code), (409, "conflict") | (422, "price_out_of_range")),
            };
            assert!(fits, "{key}: {} {}", reply.status, reply.text);
            assert_eq!(bid(&mut bench, key).await["state"], json!("draft"), "{key}: {}", reply.text);
        }
    }

    async fn only_the_street_changes_an_open_posting(bench: Bench from NeedApproved) {
        let body = bench.play.posting_body().await.unwrap();
        let draft = bench.cast("secretary").await.post("/api/v1/postings", body).await.ok();
        bench.play.ids.posting = text(&draft, "/id");
        amend(&mut bench, papers()).await.refused(409, "invalid_transition");
        extend(&mut bench, 5).await.refused(409, "invalid_transition");
        open(&mut bench).await;
        let days = json!({ "days": 5, "reason": "延长准备时间五天" });
        for account in ["zhao.lei", "he.zhengqing", "wei.guohua", "ning.jiayi", "xue.chunmei", "han.wenjing"] {
            let caller = bench.user(account).await;
            caller.post(&at(&bench, "amend_published"), amendment(papers())).await.refused(403, "forbidden");
            caller.post(&at(&bench, "extend"), days.clone()).await.refused(403, "forbidden");
        }
        bench.nobody().post(&at(&bench, "extend"), days).await.refused(401, "unauthenticated");
        // the last second is in time; then nothing moves, whether or not the posting was closed already
        bench.stand_at(instant(DEADLINE));
        extend(&mut bench, 1).await.ok();
        let end = instant("2026-03-18T23:59:59+08:00");
        bench.stand_at(end + TimeDelta::seconds(1));
        amend(&mut bench, papers()).await.refused(409, "deadline_passed");
        extend(&mut bench, 5).await.refused(409, "deadline_passed");
        bench.work().await;
        amend(&mut bench, papers()).await.refused(409, "invalid_transition");
        extend(&mut bench, 5).await.refused(409, "invalid_transition");
    }

    async fn a_deadline_is_extended_twice_and_thirty_days_at_most(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let reply = extend(&mut bench, 0).await;
        assert_eq!(reply.pointers(), ["/days"]);
        reply.refused(422, "invalid");
        extend(&mut bench, 31).await.refused(422, "extension_limit");
        let first = extend(&mut bench, 4).await.ok();
        // fifteen and four days after the publication: Saturday 21 March, so Monday
        assert_eq!((&first["bid_deadline"], &first["bid_deadline_rule"]), (&json!("2026-03-23T23:59:59+08:00"), &json!("cd(2026-03-02,19)")));
        assert_eq!((due(&first, "bid_window").as_deref(), due(&first, "question_deadline").as_deref()), (Some("2026-03-23T23:59:59+08:00"), Some("2026-03-16T23:59:59+08:00")));
        assert_eq!(first["question_deadline"], json!("2026-03-16T23:59:59+08:00"));
        assert_eq!((&first["changes"][0]["kind"], &first["changes"][0]["deadline_before"]), (&json!("extension"), &json!(DEADLINE)));
        assert_eq!(first["notice_hash"], first["changes"][0]["notice_hash_before"], "an extension changes no word of the notice");
        extend(&mut bench, 27).await.refused(422, "extension_limit");
        let second = extend(&mut bench, 26).await.ok();
        assert_eq!(second["bid_deadline"], json!("2026-04-20T23:59:59+08:00"));
        extend(&mut bench, 1).await.refused(422, "extension_limit");
        // what the rules extend by themselves does not count, and is still possible
        bench.stand_at(instant("2026-04-20T10:00:00+08:00"));
        assert_eq!(amend(&mut bench, papers()).await.ok()["bid_deadline"], json!("2026-04-27T23:59:59+08:00"));
    }

    async fn an_automatic_extension_takes_none_of_the_street_s(bench: Bench) {
        district_rules(&mut bench, json!({ "changes": { "extensions": 1 } })).await.ok();
        open(&mut bench).await;
        bench.stand_at(instant("2026-03-16T10:00:00+08:00"));
        assert_eq!(amend(&mut bench, papers()).await.ok()["bid_deadline"], json!("2026-03-23T23:59:59+08:00"));
        extend(&mut bench, 30).await.ok();
        extend(&mut bench, 1).await.refused(422, "extension_limit");
    }

    async fn an_extension_into_a_year_without_calendar_is_provisional(bench: Bench) {
        bench.advance(instant("2026-12-10T09:00:00+08:00")).await;
        let before = open(&mut bench).await;
        assert_eq!((&before["bid_deadline"], &before["provisional"]), (&json!("2026-12-25T23:59:59+08:00"), &json!(false)));
        let after = extend(&mut bench, 10).await.ok();
        assert_eq!((&after["bid_deadline"], &after["provisional"]), (&json!("2027-01-04T23:59:59+08:00"), &json!(true)));
    }

    async fn who_drafted_is_told_of_a_later_deadline(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let words = bench.play.bid_of("xinhuo").unwrap();
        bench.play.bid_drafted("xinhuo", &words).await.unwrap();
        bench.work().await;
        let before = bench.mails.sent().len();
        extend(&mut bench, 7).await.ok();
        bench.work().await;
        let sent = bench.mails.sent().split_off(before);
        let told: Vec<_> = sent.iter().filter(|mail| mail.subject.ends_with("延期")).collect();
        assert!(told.iter().any(|mail| mail.to.ends_with("@xinhuo.example") && mail.body.contains("2026-03-24T23:59:59+08:00")), "{sent:?}");
        let mut to: Vec<&str> = told.iter().map(|mail| mail.to.as_str()).collect();
        let all = to.len();
        to.sort_unstable();
        to.dedup();
        assert_eq!(to.len(), all, "nobody is told twice");
    }

    async fn of_officers_who_extend_at_once_one_wins(bench: Bench from PostingOpen) {
        let before = open(&mut bench).await;
        let (one, other) = (bench.user("wang.min").await, bench.user("cao.junjie").await);
        let (place, seen) = (at(&bench, "extend"), format!("\"v{}\"", number(&before, "/version")));
        let body = json!({ "days": 5, "reason": "两位经办人同时延长期限" }).to_string().into_bytes();
        let turn = std::sync::atomic::AtomicUsize::new(0);
        let replies = eight(async || {
            let n = turn.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let caller = if n.is_multiple_of(2) { &one } else { &other };
            caller.call("POST", &place, &[("if-match", &seen)], Some(body.clone())).await
        }).await;
        let won = replies.iter().filter(|reply| reply.status == 200).count();
        assert_eq!(won, 1, "{:?}", replies.iter().map(|reply| &reply.text).collect::<Vec<_>>());
        for lost in replies.iter().filter(|reply| reply.status != 200) {
            let code = lost.code().unwrap_or_default();
            assert!(matches!((lost.status, code.as_str()), (412, "stale_version") | (409, "conflict")), "{} {}", lost.status, lost.text);
        }
        let after = posting(&mut bench).await;
        assert_eq!((after["changes"].as_array().unwrap().len(), &after["bid_deadline"]), (1, &json!("2026-03-23T23:59:59+08:00")));
        assert_eq!(recorded(&bench, "posting.extended", None).await, 1);
    }
}
