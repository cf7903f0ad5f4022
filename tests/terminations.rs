//! 解除: by agreement of every party, for cause after a hearing, and what an early end does to everything that hangs on
//! the agreement.

use crate::bids::head;
use crate::changes::begun;
use crate::contracts::evidence;
use crate::scenes::{day_after, list, number, recorded, seen, story, text};
use crate::signatures::{contract, joint_signed};
use crate::standing::ends;
use chrono::Duration;
use serde_json::{Value, json};
use wubang_contracts::ending::{Because, exit};
use wubang_kernel::Who;
use wubang_testkit::{Bench, Reply, on_both};

const LIST: &str = "/api/v1/terminations";

pub(crate) fn together(bench: &Bench) -> Value {
    json!({ "contract_id": bench.play.ids.contract, "kind": "agreement", "reason": "服务社区整体搬迁,协议已无继续履行的必要。",
        "terms": "已验收部分据实结算,未开展部分不再履行,互不追究。" })
}

fn for_cause(bench: &Bench) -> Value {
    json!({ "contract_id": bench.play.ids.contract, "kind": "cause", "ground": "delay_after_demand", "reason": "两次书面催告后仍未开展约定的服务。" })
}

async fn propose(bench: &mut Bench, part: &str, body: Value) -> Reply {
    bench.cast(part).await.post(LIST, body).await
}

async fn does(bench: &mut Bench, part: &str, id: &str, verb: &str, body: Value) -> Reply {
    let path = format!("{LIST}/{id}/{verb}");
    bench.cast(part).await.post(&path, body).await
}

/// Both sides end the agreement; answers its last state.
pub(crate) async fn ended(bench: &mut Bench) -> Value {
    let body = together(bench);
    let made = propose(bench, "winner_legal_rep", body).await.ok();
    does(
        bench,
        "street_officer",
        &text(&made, "/id"),
        "agree",
        json!({}),
    )
    .await
    .ok();
    contract(bench).await
}

/// A proposal that the other side has refused; answers its id.
pub(crate) async fn refused(bench: &mut Bench) -> String {
    bench.forget();
    let body = together(bench);
    let made = propose(bench, "street_officer", body).await.ok();
    let id = text(&made, "/id");
    let why = json!({ "reason": "服务已基本完成,不同意解除。" });
    does(bench, "winner_legal_rep", &id, "refuse", why)
        .await
        .ok();
    id
}

/// The contractor leaves, as a later stage will have decided; answers the state of the agreement.
pub(crate) async fn stopped(bench: &Bench) -> String {
    let id = bench.play.ids.contract.parse().unwrap();
    let tx = bench
        .running
        .store
        .write(&Who::system("tests"))
        .await
        .unwrap();
    let state = exit(&tx, id, breach()).await.unwrap().state;
    tx.commit().await.unwrap();
    state
}

fn breach() -> Because {
    Because {
        ground: "serious_breach".to_owned(),
        reason: "发生安全事故且拒不整改。".to_owned(),
    }
}

fn states(contract: &Value, of: &str) -> Vec<String> {
    list(contract, of)
        .iter()
        .map(|one| text(one, "/state"))
        .collect()
}

on_both! {
    async fn both_sides_end_an_agreement_and_its_need_is_posted_again(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let organisation = format!("/api/v1/organisations/{}", bench.organisation("lelin").await);
        let before = number(&seen(&mut bench, "wei.guohua", &organisation).await, "/active_contracts");
        let change = crate::changes::asked(&mut bench).await;
        for part in ["winner_agent", "secretary"] {
            let body = together(&bench);
            propose(&mut bench, part, body).await.refused(403, "forbidden");
        }
        let body = together(&bench);
        head(&mut bench, "yinxing").await.post(LIST, body).await.refused(404, "not_found");
        let mut wrong = together(&bench);
        wrong["ground"] = json!("force_majeure");
        wrong["terms"] = json!("短");
        wrong["reason"] = json!("");
        let refused = propose(&mut bench, "street_officer", wrong).await;
        assert_eq!(refused.pointers(), ["/reason", "/ground", "/terms"]);
        refused.refused(422, "invalid");
        let body = together(&bench);
        let made = propose(&mut bench, "winner_legal_rep", body.clone()).await.ok();
        let id = text(&made, "/id");
        let agreed: Vec<bool> = list(&made, "/consents").iter().map(|one| !one["agreed_at"].is_null()).collect();
        assert_eq!(agreed, [false, true]);
        propose(&mut bench, "street_officer", body).await.refused(409, "duplicate");
        does(&mut bench, "winner_legal_rep", &id, "agree", json!({})).await.refused(409, "duplicate");
        does(&mut bench, "secretary", &id, "agree", json!({})).await.refused(403, "forbidden");
        does(&mut bench, "street_approver", &id, "decide", json!({})).await.refused(409, "invalid_transition");
        let done = does(&mut bench, "street_officer", &id, "agree", json!({})).await.ok();
        assert_eq!((&done["state"], &done["deadlines"]), (&json!("terminated"), &json!([])));
        let over = contract(&mut bench).await;
        assert_eq!((&over["state"], &over["reason_code"]), (&json!("terminated"), &json!("agreement")));
        assert!(!over["ended_on"].is_null());
        assert_eq!(states(&over, "/milestones"), ["not_met"; 3]);
        assert!(list(&over, "/milestones").iter().all(|one| one["deadlines"] == json!([])));
        assert_eq!(states(&over, "/payments"), ["paid", "cancelled", "cancelled"]);
        let left: Vec<String> = list(&over, "/deadlines").iter().map(|one| text(one, "/timer")).collect();
        assert_eq!(left, ["settlement"]);
        assert_eq!(seen(&mut bench, "wang.min", &format!("/api/v1/change_requests/{change}")).await["state"], json!("rejected"));
        assert_eq!(number(&seen(&mut bench, "wei.guohua", &organisation).await, "/active_contracts"), before - 1);
        let need = format!("/api/v1/needs/{}", bench.play.ids.need);
        assert_eq!(seen(&mut bench, "wang.min", &need).await["state"], json!("approved"));
        let project = format!("/api/v1/projects/{}", bench.play.ids.project);
        let project = seen(&mut bench, "wang.min", &project).await;
        assert_eq!((&project["stage"], &project["outcome"]), (&json!("ended"), &json!("agreement")));
        let posting = format!("/api/v1/postings/{}", bench.play.ids.posting);
        let failed = seen(&mut bench, "wang.min", &posting).await;
        assert_eq!((&failed["state"], &failed["reason_code"]), (&json!("failed"), &json!("agreement_ended")));
        let suspend = format!("/api/v1/contracts/{}/suspend", bench.play.ids.contract);
        bench.cast("street_officer").await.post(&suspend, json!({ "ground": "safety", "reason": "已经终止的协议。" })).await.refused(409, "invalid_transition");
        let again = bench.cast("street_officer").await.post(&format!("{posting}/repost"), json!({})).await.ok();
        assert_eq!((&again["state"], &again["round"]), (&json!("draft"), &json!(2)));
    }

    async fn a_proposal_is_refused_or_taken_back_and_made_anew(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let body = together(&bench);
        let first = text(&propose(&mut bench, "street_officer", body.clone()).await.ok(), "/id");
        let why = json!({ "reason": "尚有两个月服务期,应当继续履行。" });
        does(&mut bench, "street_officer", &first, "refuse", why.clone()).await.refused(409, "duplicate");
        let wordless = does(&mut bench, "winner_legal_rep", &first, "refuse", json!({ "reason": "" })).await;
        assert_eq!(wordless.pointers(), ["/reason"]);
        let refused = does(&mut bench, "winner_legal_rep", &first, "refuse", why.clone()).await.ok();
        assert_eq!((&refused["state"], &refused["outcome_reason"]), (&json!("refused"), &why["reason"]));
        does(&mut bench, "winner_legal_rep", &first, "agree", json!({})).await.refused(409, "invalid_transition");
        let second = text(&propose(&mut bench, "winner_legal_rep", body).await.ok(), "/id");
        does(&mut bench, "street_officer", &second, "withdraw", why.clone()).await.refused(403, "forbidden");
        assert_eq!(does(&mut bench, "winner_legal_rep", &second, "withdraw", why).await.ok()["state"], json!("withdrawn"));
        assert_eq!(contract(&mut bench).await["state"], json!("active"));
    }

    async fn an_officer_proposes_the_contractor_is_heard_and_another_officer_decides(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let mut body = for_cause(&bench);
        propose(&mut bench, "winner_legal_rep", body.clone()).await.refused(422, "invalid");
        body["ground"] = Value::Null;
        body["terms"] = json!("依法解除不需要约定条款。");
        let refused = propose(&mut bench, "street_officer", body).await;
        assert_eq!(refused.pointers(), ["/ground", "/terms"]);
        let body = for_cause(&bench);
        let made = propose(&mut bench, "street_officer", body).await.ok();
        let id = text(&made, "/id");
        assert_eq!((&made["consents"], &made["deadlines"][0]["timer"]), (&json!([]), &json!("termination_hearing")));
        does(&mut bench, "street_officer", &id, "decide", json!({})).await.refused(409, "same_person");
        does(&mut bench, "street_officer", &id, "drop", json!({ "reason": "提出人自己不得决定。" })).await.refused(409, "same_person");
        does(&mut bench, "street_approver", &id, "decide", json!({})).await.refused(422, "not_heard");
        does(&mut bench, "winner_legal_rep", &id, "agree", json!({})).await.refused(409, "invalid_transition");
        let text_of = json!({ "answer": "人员短缺已解决,下周即可恢复服务,请求不予解除。" });
        does(&mut bench, "winner_agent", &id, "answer", text_of.clone()).await.refused(403, "forbidden");
        let short = does(&mut bench, "winner_legal_rep", &id, "answer", json!({ "answer": "不" })).await;
        assert_eq!(short.pointers(), ["/answer"]);
        assert_eq!(does(&mut bench, "winner_legal_rep", &id, "answer", text_of.clone()).await.ok()["deadlines"], json!([]));
        does(&mut bench, "winner_legal_rep", &id, "answer", text_of).await.refused(409, "duplicate");
        assert_eq!(does(&mut bench, "street_approver", &id, "decide", json!({})).await.ok()["state"], json!("terminated"));
        let over = contract(&mut bench).await;
        assert_eq!((&over["state"], &over["reason_code"], &over["reason"]), (&json!("terminated"), &json!("delay_after_demand"), &made["reason"]));
    }

    async fn who_says_nothing_in_time_has_been_heard(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let body = for_cause(&bench);
        let made = propose(&mut bench, "street_officer", body.clone()).await.ok();
        let id = text(&made, "/id");
        let over = ends(&made, "termination_hearing");
        bench.advance(over).await;
        bench.forget();
        does(&mut bench, "street_approver", &id, "decide", json!({})).await.refused(422, "not_heard");
        bench.advance(over + Duration::seconds(1)).await;
        bench.forget();
        let dropped = does(&mut bench, "street_approver", &id, "drop", json!({ "reason": "服务已恢复,协议继续履行。" })).await.ok();
        assert_eq!((&dropped["state"], &contract(&mut bench).await["state"]), (&json!("dropped"), &json!("active")));
        let second = propose(&mut bench, "street_officer", body).await.ok();
        bench.advance(ends(&second, "termination_hearing") + Duration::seconds(1)).await;
        bench.forget();
        assert_eq!(does(&mut bench, "street_approver", &text(&second, "/id"), "decide", json!({})).await.ok()["state"], json!("terminated"));
    }

    async fn every_partner_of_a_joint_agreement_agrees(bench: Bench from PostingOpen) {
        joint_signed(&mut bench).await;
        bench.play.work_started().await.unwrap();
        bench.forget();
        let body = together(&bench);
        let id = text(&propose(&mut bench, "winner_legal_rep", body).await.ok(), "/id");
        assert_eq!(does(&mut bench, "street_officer", &id, "agree", json!({})).await.ok()["state"], json!("proposed"));
        let parties = list(&contract(&mut bench).await, "/parties").len();
        for key in ["dahe", "yinxing", "xinhuo"] {
            assert_eq!(contract(&mut bench).await["state"], json!("active"));
            head(&mut bench, key).await.post(&format!("{LIST}/{id}/agree"), json!({})).await.ok();
        }
        assert_eq!(parties, 5);
        assert_eq!(contract(&mut bench).await["state"], json!("terminated"));
    }

    async fn a_proposal_falls_with_the_completion_report(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let body = together(&bench);
        let id = text(&propose(&mut bench, "street_officer", body.clone()).await.ok(), "/id");
        let last = text(&contract(&mut bench).await, "/content/ends_on");
        bench.advance(day_after(&last)).await;
        bench.forget();
        let submit = format!("/api/v1/contracts/{}/submit_completion_report", bench.play.ids.contract);
        bench.cast("winner_agent").await.post(&submit, story()["completion_report"].clone()).await.ok();
        let at = format!("{LIST}/{id}");
        let fallen = seen(&mut bench, "wang.min", &at).await;
        assert_eq!(fallen["state"], json!("lapsed"));
        propose(&mut bench, "street_officer", body).await.refused(409, "invalid_transition");
    }

    async fn an_exit_ends_a_suspended_agreement_with_everything_that_hangs_on_it(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let suspend = format!("/api/v1/contracts/{}/suspend", bench.play.ids.contract);
        let first = contract(&mut bench).await["milestones"][0].clone();
        let milestone = format!("/api/v1/milestones/{}", text(&first, "/id"));
        bench.cast("winner_agent").await.post(&format!("{milestone}/submit"), evidence(&first)).await.ok();
        bench.cast("street_officer").await.post(&suspend, json!({ "ground": "safety", "reason": "发生安全事故,暂停全部活动。" })).await.ok();
        bench.cast("secretary").await.post(&format!("{milestone}/verify"), json!({ "ratio_percent": 100 })).await.refused(409, "contract_suspended");
        let id = bench.play.ids.contract.clone();
        assert_eq!(stopped(&bench).await, "exited");
        let over = contract(&mut bench).await;
        assert_eq!((&over["state"], &over["reason_code"], &over["suspension"]), (&json!("exited"), &json!("serious_breach"), &Value::Null));
        // what was handed in before is still looked at, with what was left of its term
        assert_eq!(states(&over, "/milestones"), ["submitted", "not_met", "not_met"]);
        assert_eq!(over["milestones"][0]["deadlines"][0]["timer"], json!("milestone_verify"));
        assert_eq!(states(&over, "/payments"), ["paid", "cancelled", "cancelled"]);
        let tx = bench.running.store.write(&Who::system("tests")).await.unwrap();
        assert!(exit(&tx, id.parse().unwrap(), breach()).await.is_err());
        drop(tx);
        let public = bench.nobody().get(&format!("/api/v1/public/contracts/{id}")).await.ok();
        assert_eq!((&public["early_end"]["ground"], &public["early_end"]["settlement"]), (&json!("serious_breach"), &Value::Null));
        let late = ends(&over, "settlement");
        bench.advance(late + Duration::seconds(1)).await;
        assert_eq!(recorded(&bench, "contract.settlement_overdue", Some(&id)).await, 1);
    }
}
