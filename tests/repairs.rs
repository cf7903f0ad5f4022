//! 补正 over HTTP: formal defects out of a closed list are repaired once, instead of a disqualification.

use crate::clarifications::{agent, at, bid};
use crate::needs::{due, instant, text};
use crate::scenes::{list, recorded, seen};
use chrono::TimeDelta;
use serde_json::{Value, json};
use wubang_testkit::{Bench, Caller, Reply, Stage, on_both};

/// Three bids, opened on Wednesday 18 March.
async fn opened(bench: &mut Bench) {
    bench.reach(Stage::DeadlinePassed).await;
    bench.forget();
}

fn defects() -> Value {
    json!({ "defects": [{ "code": "attachment_unreadable", "text": "法人登记证书扫描件第二页无法辨认" }, { "code": "contact_typo", "text": "联系电话少一位" }] })
}

async fn ask(bench: &mut Bench, account: &str) -> Reply {
    let path = at(bench, "lelin", "request_repair");
    bench.user(account).await.post(&path, defects()).await
}

async fn repair(bench: &mut Bench, account: &str) -> Reply {
    let path = at(bench, "lelin", "repair");
    let body = json!({ "text": "已重新扫描上传登记证书全部两页,联系电话见附件。" });
    bench.user(account).await.post(&path, body).await
}

async fn add(caller: &Caller, bench: &Bench, query: &str, content: &str) -> Reply {
    let path = format!("{}?{query}", at(bench, "lelin", "repair_attachments"));
    let headers = [("content-type", "application/x-anything")];
    let body = Some(content.as_bytes().to_vec());
    caller.call("POST", &path, &headers, body).await
}

async fn street(bench: &mut Bench, verb: &str, body: Value) -> Reply {
    let path = at(bench, "lelin", verb);
    bench.cast("street_officer").await.post(&path, body).await
}

fn ground() -> Value {
    json!({ "ground": "documents_missing", "reason": "未提交项目负责社工的职业资格证明" })
}

on_both! {
    async fn formal_defects_are_repaired_once_and_what_was_handed_in_stays(bench: Bench from DeadlinePassed) {
        opened(&mut bench).await;
        let before = bid(&mut bench, "ning.jiayi", "lelin").await;
        let asked = ask(&mut bench, "wang.min").await.ok();
        assert_eq!((&asked["state"], due(&asked, "bid_repair").as_deref()), (&json!("opened"), Some("2026-03-20T23:59:59+08:00")));
        assert_eq!((&asked["repair"]["outcome"], &asked["repair"]["defects"]), (&json!("open"), &defects()["defects"]));
        bench.work().await;
        assert!(bench.mails.sent().iter().any(|mail| mail.to == "ning.jiayi@lelin.example" && mail.body.contains("形式瑕疵")));
        let agent = agent(&mut bench, "lelin").await;
        let wrong = text(&add(&agent, &bench, "name=old.txt", "旧\n").await.ok(), "/id");
        agent.post(&at(&bench, "lelin", &format!("repair_attachments/{wrong}/remove")), json!({})).await.ok();
        let page = text(&add(&agent, &bench, "name=page.txt", "登记证书第二页\n").await.ok(), "/id");
        let note = text(&add(&agent, &bench, "name=note.txt&confidentiality=owner", "内部说明\n").await.ok(), "/id");
        // nobody reads what is not handed in yet
        let path = at(&bench, "lelin", "repair_attachments");
        assert_eq!(list(&seen(&mut bench, "wang.min", &path).await, "/items"), Vec::<Value>::new());
        let done = repair(&mut bench, "ning.jiayi").await.ok();
        assert_eq!((&done["state"], &done["repair"]["outcome"], &done["deadlines"]), (&json!("opened"), &json!("answered"), &json!([])));
        for part in ["letter", "price_fen", "receipt", "attachments", "content_hash"] {
            assert_eq!(done[part], before[part], "{part}");
        }
        // the officer sees the answer beside the checks, and of the attachments what is for him
        let shown = bid(&mut bench, "wang.min", "lelin").await;
        let ids: Vec<Value> = list(&shown, "/repair/attachments").iter().map(|one| one["id"].clone()).collect();
        assert_eq!(ids, [json!(page)]);
        let street = bench.user("wang.min").await;
        let file = street.get(&at(&bench, "lelin", &format!("repair_attachments/{page}"))).await;
        assert_eq!((file.status, file.text.as_str()), (200, "登记证书第二页\n"));
        for hidden in [&note, &wrong] {
            street.get(&at(&bench, "lelin", &format!("repair_attachments/{hidden}"))).await.refused(404, "not_found");
        }
        street.get(&at(&bench, "lelin", &format!("attachments/{page}"))).await.refused(404, "not_found");
        ask(&mut bench, "wang.min").await.refused(409, "duplicate");
        repair(&mut bench, "ning.jiayi").await.refused(409, "invalid_transition");
        add(&agent, &bench, "name=late.txt", "补充\n").await.refused(409, "invalid_transition");
        self::street(&mut bench, "qualify", json!({})).await.ok();
    }

    async fn the_check_waits_for_the_repair_and_then_the_officer_decides(bench: Bench from DeadlinePassed) {
        opened(&mut bench).await;
        // what was proposed before falls away with the request
        street(&mut bench, "propose_disqualification", ground()).await.ok();
        let asked = ask(&mut bench, "cao.junjie").await.ok();
        assert_eq!((&asked["reason_code"], &asked["reason"]), (&Value::Null, &Value::Null));
        street(&mut bench, "qualify", json!({})).await.refused(409, "repair_open");
        street(&mut bench, "propose_disqualification", ground()).await.refused(409, "repair_open");
        street(&mut bench, "confirm_disqualification", json!({})).await.refused(409, "repair_open");
        let end = instant("2026-03-20T23:59:59+08:00");
        bench.stand_at(end + TimeDelta::seconds(1));
        repair(&mut bench, "ning.jiayi").await.refused(409, "deadline_passed");
        bench.work().await;
        let shown = bid(&mut bench, "wang.min", "lelin").await;
        assert_eq!((&shown["state"], &shown["repair"]["outcome"]), (&json!("opened"), &json!("unanswered")));
        assert_eq!(recorded(&bench, "bid.repair_lapsed", None).await, 1);
        repair(&mut bench, "ning.jiayi").await.refused(409, "invalid_transition");
        // nothing is proposed any more: the officer begins anew
        street(&mut bench, "confirm_disqualification", json!({})).await.refused(422, "incomplete");
        street(&mut bench, "propose_disqualification", ground()).await.ok();
        let path = at(&bench, "lelin", "confirm_disqualification");
        assert_eq!(bench.user("cao.junjie").await.post(&path, json!({})).await.ok()["state"], json!("disqualified"));
    }

    async fn only_the_street_asks_and_only_the_bidder_repairs(bench: Bench from DeadlinePassed) {
        opened(&mut bench).await;
        repair(&mut bench, "ning.jiayi").await.refused(409, "invalid_transition");
        ask(&mut bench, "ning.jiayi").await.refused(403, "forbidden");
        ask(&mut bench, "jin.baoping").await.refused(404, "not_found");
        ask(&mut bench, "wang.min").await.ok();
        repair(&mut bench, "wang.min").await.refused(403, "forbidden");
        repair(&mut bench, "jin.baoping").await.refused(404, "not_found");
        let street = bench.user("wang.min").await;
        add(&street, &bench, "name=page.txt", "登记证书\n").await.refused(403, "forbidden");
        let short = agent(&mut bench, "lelin").await.post(&at(&bench, "lelin", "repair"), json!({ "text": "短" })).await;
        assert_eq!(short.pointers(), ["/text"]);
        short.refused(422, "invalid");
        let withdrawn = agent(&mut bench, "lelin").await.post(&at(&bench, "lelin", "withdraw"), json!({ "reason": "团队安排有变,不能继续参加" })).await.ok();
        assert_eq!((&withdrawn["repair"]["outcome"], &withdrawn["deadlines"]), (&json!("dropped"), &json!([])));
    }

    async fn every_wrong_field_of_a_request_to_repair_is_named(bench: Bench from DeadlinePassed) {
        opened(&mut bench).await;
        let none = street(&mut bench, "request_repair", json!({ "defects": [] })).await;
        assert_eq!(none.pointers(), ["/defects"]);
        none.refused(422, "invalid");
        let twice = json!({ "defects": [{ "code": "contact_typo", "text": "短" }, { "code": "contact_typo", "text": "负责人证件 11010519491231002X 有误" }] });
        let wrong = street(&mut bench, "request_repair", twice).await;
        assert_eq!(wrong.pointers(), ["/defects/0/text", "/defects/1/text", "/defects/1/code"]);
        wrong.refused(422, "invalid");
        // price and plan are no formal defects
        let price = json!({ "defects": [{ "code": "price", "text": "报价高于同类项目" }] });
        street(&mut bench, "request_repair", price).await.refused(422, "invalid");
        assert_eq!(bid(&mut bench, "wang.min", "lelin").await["repair"], Value::Null);
        street(&mut bench, "qualify", json!({})).await.ok();
        ask(&mut bench, "wang.min").await.refused(409, "invalid_transition");
    }
}
