//! 提示单, 进度单, 督办单 over HTTP: by hand, answered, late, repeated, withdrawn (inventory H-15).

use crate::changes::begun;
use crate::guidance::{act, all, past};
use crate::needs::allowed;
use crate::scenes::{number, recorded, seen, text};
use serde_json::{Value, json};
use wubang_testkit::{Bench, Reply, on_both};

const LIST: &str = "/api/v1/slips";

fn new(bench: &Bench, kind: &str, addressee: &str) -> Value {
    json!({ "contract_id": bench.play.ids.contract, "kind": kind, "addressee": addressee,
        "facts": "九月计划开展四次助浴服务,台账仅见两次。", "demand": "请说明原因,并报补做安排。" })
}

async fn issued(bench: &mut Bench, kind: &str, addressee: &str) -> String {
    let body = new(bench, kind, addressee);
    let made = bench.cast("street_officer").await.post(LIST, body).await;
    text(&made.ok(), "/id")
}

/// A slip of the street to the contractor; answers its id.
pub(crate) async fn issued_by_hand(bench: &mut Bench) -> String {
    issued(bench, "reminder_slip", "organisation").await
}

async fn does(bench: &mut Bench, part: &str, id: &str, verb: &str, body: Value) -> Reply {
    act(bench, part, ("slips", id, verb), body).await
}

fn answer() -> Value {
    json!({ "text": "两次助浴因设备检修顺延,已于本周补做。" })
}

/// The slips about the agreement itself, whole.
async fn about_the_agreement(bench: &mut Bench) -> Vec<Value> {
    let mut found = Vec::new();
    for slip in all(bench, "slips").await {
        let slip = seen(
            bench,
            "ning.jiayi",
            &format!("{LIST}/{}", text(&slip, "/id")),
        )
        .await;
        if slip["object"] == json!("contract") {
            found.push(slip);
        }
    }
    found
}

on_both! {
    async fn a_slip_is_issued_answered_and_closed(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let body = new(&bench, "reminder_slip", "organisation");
        for part in ["secretary", "winner_agent"] {
            bench.cast(part).await.post(LIST, body.clone()).await.refused(403, "forbidden");
        }
        bench.user("kang.yongfu").await.post(LIST, body.clone()).await.refused(404, "not_found");
        let street = bench.cast("street_officer").await;
        let bad = json!({ "contract_id": bench.play.ids.contract, "kind": "progress_slip", "addressee": "secretary", "facts": "短", "demand": "短", "answer_on": "2020-01-01" });
        let wrong = street.post(LIST, bad).await;
        assert_eq!(wrong.pointers(), ["/quarter", "/addressee", "/answer_on", "/facts", "/demand"]);
        wrong.refused(422, "invalid");
        let made = street.post(LIST, body).await.ok();
        let id = text(&made, "/id");
        assert!(text(&made, "/number").starts_with("TSD-410108-2026-"), "{}", made["number"]);
        assert!(text(&made, "/deadlines/0/rule").ends_with(",5)"), "{}", made["deadlines"]);
        bench.work().await;
        assert!(bench.mails.sent().iter().any(|mail| mail.to.starts_with("ning.jiayi@") && mail.body.contains("要求")));
        does(&mut bench, "secretary", &id, "answer", answer()).await.refused(403, "forbidden");
        let progress = json!({ "sessions": 2, "person_times": 40, "volunteer_hours": 6, "spent_fen": 100_000 });
        let wrong = does(&mut bench, "winner_agent", &id, "answer", json!({ "text": "短", "progress": progress })).await;
        assert_eq!(wrong.pointers(), ["/text", "/progress"]);
        does(&mut bench, "street_officer", &id, "close", json!({})).await.refused(409, "invalid_transition");
        let answered = does(&mut bench, "winner_agent", &id, "answer", answer()).await.ok();
        assert_eq!((&answered["state"], &answered["answer"]["late"], &answered["deadlines"]), (&json!("answered"), &json!(false), &json!([])));
        does(&mut bench, "winner_agent", &id, "answer", answer()).await.refused(409, "invalid_transition");
        does(&mut bench, "winner_agent", &id, "close", json!({})).await.refused(403, "forbidden");
        assert_eq!(does(&mut bench, "street_officer", &id, "close", json!({})).await.ok()["state"], json!("closed"));
    }

    async fn a_late_report_brings_a_reminder_and_then_a_supervision_slip(bench: Bench from WorkStarted) {
        let contract = format!("/api/v1/contracts/{}", bench.play.ids.contract);
        past(&mut bench, &contract, "completion_report").await;
        let first = about_the_agreement(&mut bench).await;
        assert_eq!((first.len(), &first[0]["kind"], &first[0]["addressee"]), (1, &json!("reminder_slip"), &json!("organisation")));
        assert_eq!(text(&first[0], "/object_id"), bench.play.ids.contract);
        assert!(text(&first[0], "/facts").contains("未提交结项报告"));
        past(&mut bench, &contract, "completion_report_stop").await;
        let both = about_the_agreement(&mut bench).await;
        let mut kinds: Vec<String> = both.iter().map(|slip| text(slip, "/kind")).collect();
        kinds.sort();
        assert_eq!(kinds, ["reminder_slip", "supervision_slip"]);
        // what is handed in afterwards takes no slip back: it still wants its answer
        let report = crate::scenes::story()["completion_report"].clone();
        let submit = format!("{contract}/submit_completion_report");
        bench.cast("winner_agent").await.post(&submit, report).await.ok();
        assert_eq!(seen(&mut bench, "wang.min", &format!("{LIST}/{}", text(&first[0], "/id"))).await["state"], json!("overdue"));
    }

    async fn who_does_not_answer_is_overdue_answers_late_and_is_asked_again(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let id = issued(&mut bench, "supervision_slip", "secretary").await;
        let path = format!("{LIST}/{id}");
        does(&mut bench, "winner_agent", &id, "answer", answer()).await.refused(403, "forbidden");
        let again = json!({ "demand": "请立即答复,逾期通报。" });
        does(&mut bench, "street_officer", &id, "repeat", again.clone()).await.refused(409, "invalid_transition");
        past(&mut bench, &path, "slip_answer").await;
        assert_eq!(seen(&mut bench, "wang.min", &path).await["state"], json!("overdue"));
        assert_eq!(recorded(&bench, "slip.overdue", Some(&id)).await, 1);
        let late = does(&mut bench, "secretary", &id, "answer", answer()).await.ok();
        assert_eq!(late["answer"]["late"], json!(true));
        let short = does(&mut bench, "street_officer", &id, "repeat", json!({ "demand": "短", "answer_on": "2020-01-01" })).await;
        assert_eq!(short.pointers(), ["/demand", "/answer_on"]);
        let second = does(&mut bench, "street_officer", &id, "repeat", again).await.ok();
        assert_eq!((&second["state"], &second["repeats_id"], number(&second, "/repeat_n")), (&json!("issued"), &json!(id), 1));
        assert_eq!(seen(&mut bench, "wang.min", &path).await["state"], json!("repeated"));
        assert_eq!(all(&mut bench, "slips").await.len(), 2);
    }

    async fn a_progress_slip_takes_counts_once_a_quarter(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let mut body = new(&bench, "progress_slip", "organisation");
        body["quarter"] = json!("2026-Q5");
        let street = bench.cast("street_officer").await;
        assert_eq!(street.post(LIST, body.clone()).await.pointers(), ["/quarter"]);
        body["quarter"] = json!("2026-Q3");
        let id = text(&street.post(LIST, body.clone()).await.ok(), "/id");
        street.post(LIST, body).await.refused(409, "duplicate");
        let without = does(&mut bench, "winner_agent", &id, "answer", answer()).await;
        assert_eq!(without.pointers(), ["/progress"]);
        let mut full = answer();
        full["progress"] = json!({ "sessions": -1, "person_times": 40, "volunteer_hours": 6, "spent_fen": -5 });
        assert_eq!(does(&mut bench, "winner_agent", &id, "answer", full.clone()).await.pointers(), ["/progress/sessions", "/progress/spent_fen"]);
        full["progress"] = json!({ "sessions": 4, "person_times": 40, "volunteer_hours": 6, "spent_fen": 500_000 });
        let answered = does(&mut bench, "winner_agent", &id, "answer", full).await.ok();
        assert_eq!(answered["answer"]["progress"]["sessions"], json!(4));
        let path = format!("{LIST}?quarter=2026-Q3&contract_id={}", bench.play.ids.contract);
        let page = seen(&mut bench, "wang.min", &path).await;
        assert_eq!(page["items"].as_array().unwrap().len(), 1);
    }

    async fn a_slip_is_withdrawn_with_a_reason(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let id = issued_by_hand(&mut bench).await;
        let wordless = does(&mut bench, "street_officer", &id, "withdraw", json!({ "reason": "" })).await;
        assert_eq!(wordless.pointers(), ["/reason"]);
        let why = json!({ "reason": "事实有误,撤回。" });
        does(&mut bench, "winner_agent", &id, "withdraw", why.clone()).await.refused(403, "forbidden");
        let gone = does(&mut bench, "street_officer", &id, "withdraw", why).await.ok();
        assert_eq!((&gone["state"], allowed(&gone)), (&json!("withdrawn"), Vec::<String>::new()));
        does(&mut bench, "winner_agent", &id, "answer", answer()).await.refused(409, "invalid_transition");
    }
}
