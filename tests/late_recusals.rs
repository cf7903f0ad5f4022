//! 应回避未回避 over HTTP: a member who has scored should not have; his sheets are void, and what they decided is
//! decided anew (rulebook 2.5).

use crate::awards::seats;
use crate::clarifications::{bid, score, scoring};
use crate::needs::{due, text};
use crate::objections;
use crate::postings::district_rules;
use crate::scenes::{list, recorded, seen};
use serde_json::{Value, json};
use wubang_kernel::score::Exact;
use wubang_testkit::{Bench, Reply, on_both};

const SUPERVISOR: &str = "he.zhengqing";
const BIDS: [&str; 3] = ["lelin", "yinxing", "xinhuo"];

fn posting(bench: &Bench, verb: &str) -> String {
    format!("/api/v1/postings/{}/{verb}", bench.play.ids.posting)
}

async fn recuse(bench: &mut Bench, account: &str, member: &str) -> Reply {
    let person = bench.person(member).await;
    let body = json!({ "person_id": person, "ground": "employment", "reason": "经核实,该成员两年前曾在揭榜组织任职" });
    let path = posting(bench, "panel/recuse");
    bench.user(account).await.post(&path, body).await
}

async fn declare(bench: &mut Bench, account: &str, body: Value) -> Reply {
    let panel = seen(bench, "wang.min", &posting(bench, "panel")).await;
    let path = format!("/api/v1/panels/{}/declare", text(&panel, "/id"));
    bench.user(account).await.post(&path, body).await
}

async fn scores_all(bench: &mut Bench, account: &str) {
    for key in BIDS {
        score(bench, account, key).await.ok();
    }
}

async fn sign(bench: &mut Bench, account: &str) -> Reply {
    let path = posting(bench, "sign_report");
    bench.user(account).await.post(&path, json!({})).await
}

async fn report(bench: &mut Bench) -> Value {
    let path = posting(bench, "report");
    seen(bench, "wang.min", &path).await
}

/// The mean of the sheets about a bid that count, as the supervisor reads them.
async fn mean(bench: &mut Bench, key: &str) -> String {
    let path = posting(bench, "score_sheets");
    let sheets = seen(bench, SUPERVISOR, &path).await;
    let totals: Vec<Exact> = list(&sheets, "/items")
        .iter()
        .filter(|one| {
            one["subject_id"] == json!(bench.play.ids.bids[key]) && one["voided_at"].is_null()
        })
        .map(|one| Exact::from_int(one["total"].as_i64().unwrap()))
        .collect();
    assert_eq!(totals.len(), 4);
    Exact::mean(&totals).unwrap().rounded().to_string()
}

fn total_of(report: &Value, bid: &str) -> String {
    let rows = list(report, "/ranking");
    let row = rows.iter().find(|row| row["bid_id"] == json!(bid)).unwrap();
    text(row, "/total")
}

/// Who sits now that did not before.
fn newcomer(before: &[String], after: &[String]) -> String {
    after
        .iter()
        .find(|one| !before.contains(one))
        .unwrap()
        .clone()
}

on_both! {
    async fn while_the_panel_scores_the_next_in_the_drawn_order_takes_the_seat(bench: Bench from PanelFormed) {
        let before = scoring(&mut bench).await;
        let (recused, stays) = (before[0].clone(), before[1..].to_vec());
        // until somebody has scored this is a demand for recusal
        recuse(&mut bench, SUPERVISOR, &recused).await.refused(409, "invalid_transition");
        scores_all(&mut bench, &recused).await;
        for account in &stays[1..] {
            scores_all(&mut bench, account).await;
        }
        let done = recuse(&mut bench, SUPERVISOR, &recused).await.ok();
        assert_eq!((&done["consequence"], &done["state"]), (&json!("replaced"), &json!("evaluating")));
        // he is out for good: he reads, scores and declares no more
        let bid_path = format!("/api/v1/bids/{}", bench.play.ids.bids["lelin"]);
        bench.user(&recused).await.get(&bid_path).await.refused(404, "not_found");
        score(&mut bench, &recused, "lelin").await.refused(404, "not_found");
        declare(&mut bench, &recused, json!({ "clear": true })).await.refused(404, "not_found");
        recuse(&mut bench, SUPERVISOR, &recused).await.refused(422, "invalid");
        // the last of the old ones is not the last of all
        scores_all(&mut bench, &stays[0]).await;
        assert_eq!(bid(&mut bench, "wang.min", "lelin").await["state"], json!("qualified"));
        let next = newcomer(&before, &seats(&mut bench).await);
        score(&mut bench, &next, "lelin").await.refused(422, "recusal_unsigned");
        // who moves up may decline although others have scored
        declare(&mut bench, &next, json!({ "clear": false, "unable": true, "reason": "本周在外地,不能参加评审" })).await.ok();
        let mut known = before.clone();
        known.push(next);
        let last = newcomer(&known, &seats(&mut bench).await);
        declare(&mut bench, &last, json!({ "clear": true })).await.ok();
        scores_all(&mut bench, &last).await;
        assert_eq!(bid(&mut bench, "wang.min", "lelin").await["state"], json!("scored"));
        let path = posting(&bench, "score_sheets");
        let sheets = seen(&mut bench, SUPERVISOR, &path).await;
        let void = list(&sheets, "/items").iter().filter(|one| !one["voided_at"].is_null()).count();
        assert_eq!((void, list(&sheets, "/items").len()), (3, 18), "kept, and marked");
        declare(&mut bench, &last, json!({ "clear": false, "reason": "与揭榜组织存在利害关系" })).await.refused(409, "invalid_transition");
    }

    async fn a_seat_that_nobody_moves_up_to_is_filled_by_the_street(bench: Bench from PanelFormed) {
        let before = scoring(&mut bench).await;
        for account in before.iter().filter(|one| *one != "luo.jianguo") {
            scores_all(&mut bench, account).await;
        }
        let done = recuse(&mut bench, "wei.guohua", "luo.jianguo").await.ok();
        assert_eq!(done["consequence"], json!("vacant"), "the seat of a department was named, not drawn");
        // everybody who sits has scored, and the panel is not complete
        assert_eq!(bid(&mut bench, "wang.min", "lelin").await["state"], json!("qualified"));
        let path = posting(&bench, "panel");
        let again = json!({ "community_person_ids": [], "department_person_ids": [bench.person("luo.jianguo").await] });
        bench.user("wang.min").await.post(&path, again).await.refused(409, "duplicate");
        let fill = json!({ "community_person_ids": [], "department_person_ids": [bench.person("liang.qian").await] });
        bench.user("wang.min").await.post(&path, fill.clone()).await.ok();
        bench.user("wang.min").await.post(&path, fill).await.refused(409, "invalid_transition");
        declare(&mut bench, "liang.qian", json!({ "clear": true })).await.ok();
        scores_all(&mut bench, "liang.qian").await;
        assert_eq!(bid(&mut bench, "wang.min", "lelin").await["state"], json!("scored"));
    }

    async fn with_a_quorum_the_totals_are_made_anew_and_the_award_is_proposed_again(bench: Bench) {
        district_rules(&mut bench, json!({ "panel": { "late_recusal_quorum": 3 } })).await.ok();
        objections::proposed(&mut bench).await;
        bench.forget();
        let (members, before) = (seats(&mut bench).await, report(&mut bench).await);
        let old = total_of(&before, &bench.play.ids.bids["lelin"].clone());
        let done = recuse(&mut bench, SUPERVISOR, &members[0]).await.ok();
        assert_eq!((&done["consequence"], &done["state"]), (&json!("recomputed"), &json!("evaluating")));
        let gone = objections::award(&mut bench).await;
        assert_eq!((&gone["state"], &gone["reason_code"], &gone["total"]), (&json!("revoked"), &json!("late_recusal"), &json!(old)));
        // another report, of the four who remain, and the old one beside it
        let after = report(&mut bench).await;
        assert_ne!(after["id"], before["id"]);
        let earlier = list(&after, "/superseded");
        assert_eq!((earlier.len(), &earlier[0]["content_hash"], &earlier[0]["ranking"]), (1, &before["content_hash"], &before["ranking"]));
        assert_eq!(list(&after, "/signatures").iter().filter(|one| one["signed_at"].is_null()).count(), 4);
        for key in BIDS {
            let total = total_of(&after, &bench.play.ids.bids[key].clone());
            assert_eq!(total, mean(&mut bench, key).await, "{key}");
            let shown = bid(&mut bench, "wang.min", key).await;
            assert_eq!((&shown["state"], &shown["total"]), (&json!("scored"), &json!(total)));
        }
        // nothing is decided on the report until those four have signed it
        let first = text(&after, "/ranking/0/bid_id");
        let propose = json!({ "bid_id": first, "reason": "按照重新汇总的排名提出" });
        let path = posting(&bench, "propose_award");
        bench.user("wang.min").await.post(&path, propose.clone()).await.refused(422, "report_unsigned");
        assert!(due(&objections::posting(&mut bench).await, "panel_evaluation").is_some());
        for account in &members[1..] {
            sign(&mut bench, account).await.ok();
        }
        let award = bench.user("wang.min").await.post(&path, propose).await.ok();
        assert_eq!((&award["state"], &award["total"]), (&json!("in_publicity"), &after["ranking"][0]["total"]));
        assert_eq!(recorded(&bench, "award_report.superseded", None).await, 1);
    }

    async fn below_the_quorum_another_panel_judges(bench: Bench from AwardNoticed) {
        bench.forget();
        let members = seats(&mut bench).await;
        let done = recuse(&mut bench, SUPERVISOR, &members[0]).await.ok();
        assert_eq!((&done["consequence"], &done["state"]), (&json!("new_panel"), &json!("evaluating")));
        assert_eq!(objections::award(&mut bench).await["state"], json!("revoked"), "it was noticed, not signed");
        for key in BIDS {
            let shown = bid(&mut bench, "wang.min", key).await;
            assert_eq!((&shown["state"], &shown["total"]), (&json!("qualified"), &Value::Null));
        }
        sign(&mut bench, &members[1]).await.refused(422, "sheets_missing");
        // nobody of the panel whose result fell judges again
        let path = posting(&bench, "panel");
        let same = json!({ "community_person_ids": [bench.person("cao.junjie").await], "department_person_ids": [bench.person("liang.qian").await] });
        let reply = bench.user("wang.min").await.post(&path, same).await;
        assert_eq!(reply.pointers(), ["/community_person_ids"]);
        let body = json!({ "community_person_ids": [bench.person("zhao.lei").await], "department_person_ids": [bench.person("liang.qian").await] });
        bench.user("dong.siyu").await.post(&path, body).await.ok();
        let panel = seen(&mut bench, "wang.min", &path).await;
        assert_eq!(panel["round"], json!(2));
        for account in &members {
            let person = json!(bench.person(account).await);
            assert!(list(&panel, "/members").iter().all(|one| one["person_id"] != person), "{account}");
        }
    }

    async fn only_the_supervisor_and_the_district_find_it_and_on_a_ground_of_recusal(bench: Bench from PanelFormed) {
        let members = scoring(&mut bench).await;
        scores_all(&mut bench, &members[0]).await;
        recuse(&mut bench, "wang.min", &members[0]).await.refused(403, "forbidden");
        recuse(&mut bench, &members[1], &members[0]).await.refused(403, "forbidden");
        recuse(&mut bench, "ning.jiayi", &members[0]).await.refused(403, "forbidden");
        let wrong = json!({ "person_id": bench.person("ning.jiayi").await, "ground": "alliance_council", "reason": "短" });
        let reply = bench.user(SUPERVISOR).await.post(&posting(&bench, "panel/recuse"), wrong).await;
        assert_eq!(reply.pointers(), ["/reason", "/ground", "/person_id"]);
        reply.refused(422, "invalid");
        assert_eq!(recorded(&bench, "panel.recused_after_scoring", None).await, 0);
        // without a name for anybody but the supervisor's own trail
        recuse(&mut bench, SUPERVISOR, &members[0]).await.ok();
        bench.work().await;
        let told = bench.mails.sent();
        assert!(told.iter().any(|mail| mail.to.starts_with(&members[1]) && mail.body.contains("应回避未回避")), "those who sit are told");
        assert!(!told.iter().any(|mail| mail.to.starts_with("ning.jiayi") && mail.body.contains("应回避未回避")), "bidders are not");
    }

    async fn once_the_agreement_is_signed_the_scores_stand(bench: Bench from ContractSigned) {
        bench.forget();
        let members = seats(&mut bench).await;
        recuse(&mut bench, SUPERVISOR, &members[0]).await.refused(409, "invalid_transition");
        assert_eq!(objections::award(&mut bench).await["state"], json!("contracted"));
    }
}
