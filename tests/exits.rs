//! 淘汰退出 over HTTP (rulebook 2.8.10): grounds, notice, defence, two offices, handover, settlement, appeal.

use crate::bids::head;
use crate::changes::begun;
use crate::guidance::{act, all, level, past};
use crate::needs::allowed;
use crate::scenes::{grant, list, recorded, seen, text};
use crate::signatures::contract;
use serde_json::{Value, json};
use wubang_testkit::{Bench, Reply, on_both};

const LIST: &str = "/api/v1/exits";
/// A second person of the district.
const SECOND: &str = "dong.siyu";

async fn does(bench: &mut Bench, part: &str, id: &str, verb: &str, body: Value) -> Reply {
    act(bench, part, ("exits", id, verb), body).await
}

/// The contractor's legal representative acts.
async fn by_head(bench: &mut Bench, id: &str, verb: &str, body: Value) -> Reply {
    let caller = head(bench, "lelin").await;
    caller.post(&format!("{LIST}/{id}/{verb}"), body).await
}

async fn propose(bench: &mut Bench, part: &str, ground: &str) -> Reply {
    let body = json!({ "contract_id": bench.play.ids.contract, "ground": ground, "facts": "审计发现项目资金两笔用于与项目无关的支出。" });
    bench.cast(part).await.post(LIST, body).await
}

/// A proposal of the street; answers its id.
pub(crate) async fn proposed(bench: &mut Bench) -> String {
    text(
        &propose(bench, "street_officer", "serious_breach")
            .await
            .ok(),
        "/id",
    )
}

fn evidence() -> Value {
    json!({ "evidence": "审计报告、银行流水和两张发票,复印件随附。" })
}

/// Notice was given; answers the id.
pub(crate) async fn noticed(bench: &mut Bench) -> String {
    let id = proposed(bench).await;
    does(bench, "street_officer", &id, "notify", evidence())
        .await
        .ok();
    id
}

const DEFENCE: &str = "两笔支出系误付,已于当月退回项目账户,附退款凭证。";

/// The contractor has answered; answers the id.
pub(crate) async fn heard(bench: &mut Bench) -> String {
    let id = noticed(bench).await;
    by_head(bench, &id, "defend", json!({ "statement": DEFENCE }))
        .await
        .ok();
    id
}

fn leave(district: bool) -> Value {
    let mut body = json!({ "decision": "exit", "reason": "事实清楚,申辩未提出新的证据。" });
    if district {
        body["public_facts"] =
            json!("承榜组织将项目资金用于与项目无关的支出,经告知、听取申辩,决定退出。");
    }
    body
}

pub(crate) fn stay(conditions: Option<&str>) -> Value {
    json!({ "decision": "continue", "reason": "资金已经退回,服务未受影响。", "conditions": conditions })
}

/// Both offices let the agreement go on.
pub(crate) async fn dropped(bench: &mut Bench, id: &str) {
    for part in ["street_officer", "district_admin"] {
        does(bench, part, id, "state_opinion", stay(None))
            .await
            .ok();
    }
}

/// Both offices said exit; answers the id.
async fn decided(bench: &mut Bench) -> String {
    let id = heard(bench).await;
    does(bench, "street_officer", &id, "state_opinion", leave(false))
        .await
        .ok();
    does(bench, "district_admin", &id, "state_opinion", leave(true))
        .await
        .ok();
    id
}

fn handover() -> Value {
    json!({ "beneficiaries": "三十二名老人已交社区,逐户告知。", "materials": "助浴椅六把移交社区仓库。", "data_returned": "服务台账两册已交还社区。", "personal_data_deleted": "电脑和手机中的名册已删除。" })
}

async fn handed_over(bench: &mut Bench, id: &str) {
    does(bench, "winner_agent", id, "declare_handover", handover())
        .await
        .ok();
    does(
        bench,
        "secretary",
        id,
        "confirm_handover",
        json!({ "comment": "逐项核对,情况属实。" }),
    )
    .await
    .ok();
}

/// The agreement is settled by two persons of the street.
async fn settled(bench: &mut Bench) {
    let path = format!("/api/v1/contracts/{}/settlement", bench.play.ids.contract);
    let body =
        json!({ "unspent_fen": 0, "evidence": "依据承榜组织提交的银行流水和票据逐笔核对。" });
    let made = bench
        .cast("street_officer")
        .await
        .post(&path, body)
        .await
        .ok();
    let path = format!("/api/v1/settlements/{}", text(&made, "/id"));
    let caller = head(bench, "lelin").await;
    caller.post(&format!("{path}/agree"), json!({})).await.ok();
    bench
        .cast("street_approver")
        .await
        .post(&format!("{path}/complete"), json!({}))
        .await
        .ok();
}

async fn state(bench: &mut Bench, id: &str) -> String {
    text(
        &seen(bench, "wang.min", &format!("{LIST}/{id}")).await,
        "/state",
    )
}

on_both! {
    async fn notice_is_given_with_evidence_and_the_contractor_is_heard(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        for part in ["secretary", "district_admin", "winner_agent"] {
            propose(&mut bench, part, "serious_breach").await.refused(403, "forbidden");
        }
        let id = proposed(&mut bench).await;
        propose(&mut bench, "street_officer", "collusion").await.refused(409, "duplicate");
        let path = format!("{LIST}/{id}");
        bench.cast("winner_agent").await.get(&path).await.refused(404, "not_found");
        assert_eq!(level(&mut bench).await, "none");
        does(&mut bench, "district_admin", &id, "notify", evidence()).await.refused(403, "forbidden");
        assert_eq!(does(&mut bench, "street_officer", &id, "notify", json!({ "evidence": "短" })).await.pointers(), ["/evidence"]);
        let told = does(&mut bench, "street_officer", &id, "notify", evidence()).await.ok();
        assert_eq!((&told["state"], level(&mut bench).await), (&json!("defence"), "exit_pending".to_owned()));
        assert!(text(&told, "/deadlines/0/rule").ends_with(",5)"), "{}", told["deadlines"]);
        bench.work().await;
        assert!(bench.mails.sent().iter().any(|mail| mail.to.starts_with("ning.jiayi@") && mail.body.contains("陈述申辩")));
        // payments and changes wait
        let change = json!({ "contract_id": bench.play.ids.contract, "change": { "kind": "key_person", "position": "项目主管", "leaves": "张华", "enters": "李明", "qualification": "中级社会工作师,从业八年。" }, "reason": "原主管离职,须及时补充。" });
        let agent = bench.cast("winner_agent").await;
        let made = agent.post("/api/v1/change_requests", change).await;
        if made.code().is_none() {
            let path = format!("/api/v1/change_requests/{}/submit", text(&made.ok(), "/id"));
            agent.post(&path, json!({})).await.refused(409, "exit_pending");
        }
        does(&mut bench, "street_officer", &id, "state_opinion", leave(false)).await.refused(409, "invalid_transition");
        agent.post(&format!("{path}/defend"), json!({ "statement": DEFENCE })).await.refused(403, "forbidden");
        assert_eq!(by_head(&mut bench, &id, "defend", json!({ "statement": "不服" })).await.pointers(), ["/statement"]);
        let heard = by_head(&mut bench, &id, "defend", json!({ "statement": DEFENCE })).await.ok();
        assert_eq!((&heard["state"], &heard["defence"]), (&json!("reviewing"), &json!(DEFENCE)));
        by_head(&mut bench, &id, "defend", json!({ "statement": DEFENCE })).await.refused(409, "invalid_transition");
        does(&mut bench, "street_officer", &id, "withdraw", json!({ "reason": "证据不足,撤回。" })).await.refused(409, "invalid_transition");
    }

    async fn a_ground_that_other_objects_tell_must_hold(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        for ground in ["rectification_failed_twice", "abandonment", "status_lost", "serious_dishonest_listed", "evaluation_failed_twice"] {
            let id = text(&propose(&mut bench, "street_officer", ground).await.ok(), "/id");
            does(&mut bench, "street_officer", &id, "notify", evidence()).await.refused(422, "ground_unproven");
            let wordless = does(&mut bench, "street_officer", &id, "withdraw", json!({ "reason": "" })).await;
            assert_eq!(wordless.pointers(), ["/reason"]);
            does(&mut bench, "street_officer", &id, "withdraw", json!({ "reason": "事实尚不成立,撤回。" })).await.ok();
        }
        let order = crate::rectifications::failed_twice(&mut bench).await;
        act(&mut bench, "street_officer", ("rectification_orders", &order, "propose_exit"), json!({})).await.ok();
        let exit = all(&mut bench, "exits").await[0].clone();
        let told = does(&mut bench, "street_officer", &text(&exit, "/id"), "notify", evidence()).await.ok();
        assert_eq!((&told["state"], &told["object_id"], &told["by_system"]), (&json!("defence"), &json!(order), &json!(true)));
    }

    async fn who_does_not_work_for_sixty_days_after_guidance_has_left(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let order = crate::guidance::opened(&mut bench).await;
        let id = text(&propose(&mut bench, "street_officer", "abandonment").await.ok(), "/id");
        does(&mut bench, "street_officer", &id, "notify", evidence()).await.refused(422, "ground_unproven");
        let opened = seen(&mut bench, "wang.min", &format!("/api/v1/guidance_orders/{order}")).await;
        let opened = crate::scenes::instant(&opened, "/opened_at");
        bench.advance(opened + chrono::Duration::days(60)).await;
        bench.forget();
        does(&mut bench, "street_officer", &id, "notify", evidence()).await.ok();
    }

    async fn nobody_answers_and_two_offices_decide_all_the_same(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let id = noticed(&mut bench).await;
        past(&mut bench, &format!("{LIST}/{id}"), "exit_defence").await;
        let over = seen(&mut bench, "wang.min", &format!("{LIST}/{id}")).await;
        assert_eq!((&over["state"], &over["defence"]), (&json!("reviewing"), &Value::Null));
        by_head(&mut bench, &id, "defend", json!({ "statement": DEFENCE })).await.refused(409, "invalid_transition");
        does(&mut bench, "secretary", &id, "state_opinion", leave(false)).await.refused(403, "forbidden");
        for (part, body, pointers) in [
            ("street_officer", json!({ "decision": "exit", "reason": "短", "conditions": "补齐全部人员", "public_facts": "经告知、听取申辩,决定退出。" }), vec!["/reason", "/conditions", "/public_facts"]),
            ("district_admin", leave(false), vec!["/public_facts"]),
            ("district_admin", json!({ "decision": "exit", "reason": "事实清楚,申辩不成立。", "public_facts": "联系人电话13800138000,决定退出。" }), vec!["/public_facts"]),
        ] {
            assert_eq!(does(&mut bench, part, &id, "state_opinion", body).await.pointers(), pointers);
        }
        does(&mut bench, "district_admin", &id, "state_opinion", leave(true)).await.ok();
        // one office's word is told to nobody outside
        let own = bench.cast("winner_agent").await.get(&format!("{LIST}/{id}")).await.ok();
        assert_eq!((&own["opinions"], &own["public_facts"]), (&json!([]), &Value::Null));
        let district = bench.cast("district_admin").await;
        district.post(&format!("{LIST}/{id}/state_opinion"), leave(true)).await.refused(409, "duplicate");
        bench.nobody().get(&format!("/api/v1/public/exits/{id}")).await.refused(404, "not_found");
        let done = does(&mut bench, "street_officer", &id, "state_opinion", leave(false)).await.ok();
        assert_eq!((&done["state"], list(&done, "/opinions").len()), (&json!("decided"), 2));
        let over = contract(&mut bench).await;
        assert_eq!((&over["state"], &over["reason_code"]), (&json!("exited"), &json!("serious_breach")));
        let shown = bench.nobody().get(&format!("/api/v1/public/exits/{id}")).await.ok();
        assert_eq!((&shown["ground"], &shown["appeal_pending"]), (&json!("serious_breach"), &json!(false)));
        assert!(!shown.to_string().contains("王敏") && shown.get("opinions").is_none());
        let page = bench.nobody().get("/api/v1/public/exits?division=410108000000").await.ok();
        assert_eq!(list(&page, "/items").len(), 1);
        let ledger = format!("/api/v1/organisations/{}/credit", bench.organisation("lelin").await);
        let credit = seen(&mut bench, "wang.min", &ledger).await;
        assert_eq!((&credit["score"], &credit["entries"][0]["reason"]), (&json!(70), &json!("exit")));
        let black = seen(&mut bench, "wang.min", "/api/v1/list_entries?colour=black").await;
        assert_eq!((&black["items"][0]["state"], &black["items"][0]["ground"]), (&json!("proposed"), &json!("exit_with_fault")));
    }

    async fn who_gave_the_notice_or_is_tied_does_not_decide_for_the_district(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let id = heard(&mut bench).await;
        let role = json!({ "division": "410108000000" });
        grant(&mut bench, "wang.min", "district_admin", role.clone()).await;
        grant(&mut bench, SECOND, "district_admin", role).await;
        bench.forget();
        does(&mut bench, "street_officer", &id, "state_opinion", leave(false)).await.ok();
        // for the street once, and never for the district too
        does(&mut bench, "street_officer", &id, "state_opinion", leave(true)).await.refused(409, "duplicate");
        let own = bench.organisation("lelin").await;
        grant(&mut bench, SECOND, "org_agent", json!({ "organisation": own })).await;
        bench.forget();
        bench.user(SECOND).await.post(&format!("{LIST}/{id}/state_opinion"), leave(true)).await.refused(409, "recused");
        does(&mut bench, "district_admin", &id, "state_opinion", leave(true)).await.ok();
        assert_eq!(state(&mut bench, &id).await, "decided");
    }

    async fn the_agreement_goes_on_unless_both_say_exit(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let id = heard(&mut bench).await;
        does(&mut bench, "street_officer", &id, "state_opinion", leave(false)).await.ok();
        let on = does(&mut bench, "district_admin", &id, "state_opinion", stay(None)).await.ok();
        assert_eq!((&on["state"], &on["decided_at"], level(&mut bench).await), (&json!("dropped"), &Value::Null, "none".to_owned()));
        assert_eq!(contract(&mut bench).await["state"], json!("active"));
        bench.nobody().get(&format!("/api/v1/public/exits/{id}")).await.refused(404, "not_found");
        let again = heard(&mut bench).await;
        does(&mut bench, "street_officer", &again, "state_opinion", stay(Some("两周内补齐财务制度"))).await.ok();
        let on = does(&mut bench, "district_admin", &again, "state_opinion", stay(Some("按月报送资金流水"))).await.ok();
        assert_eq!((&on["state"], &on["conditions"], level(&mut bench).await), (&json!("conditional"), &json!("两周内补齐财务制度\n按月报送资金流水"), "rectification".to_owned()));
        does(&mut bench, "district_admin", &again, "meet_conditions", json!({ "reason": "制度已补齐。" })).await.refused(403, "forbidden");
        assert_eq!(does(&mut bench, "street_officer", &again, "meet_conditions", json!({ "reason": "" })).await.pointers(), ["/reason"]);
        does(&mut bench, "street_officer", &again, "meet_conditions", json!({ "reason": "制度已补齐,流水已报。" })).await.ok();
        assert_eq!((state(&mut bench, &again).await, level(&mut bench).await), ("dropped".to_owned(), "none".to_owned()));
    }

    async fn it_is_closed_when_handed_over_settled_and_no_longer_to_be_appealed(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let order = crate::guidance::opened(&mut bench).await;
        let id = decided(&mut bench).await;
        // nothing of the agreement stays open
        assert_eq!(seen(&mut bench, "wang.min", &format!("/api/v1/guidance_orders/{order}")).await["state"], json!("lapsed"));
        assert_eq!(all(&mut bench, "slips").await[0]["state"], json!("withdrawn"));
        does(&mut bench, "secretary", &id, "confirm_handover", json!({ "comment": "逐项核对。" })).await.refused(422, "incomplete");
        let wrong = does(&mut bench, "winner_agent", &id, "declare_handover", json!({ "beneficiaries": "", "materials": "无", "data_returned": "台账两册已交还。", "personal_data_deleted": "" })).await;
        assert_eq!(wrong.pointers(), ["/beneficiaries", "/materials", "/personal_data_deleted"]);
        does(&mut bench, "secretary", &id, "declare_handover", handover()).await.refused(403, "forbidden");
        does(&mut bench, "winner_agent", &id, "declare_handover", handover()).await.ok();
        does(&mut bench, "winner_agent", &id, "declare_handover", handover()).await.refused(409, "duplicate");
        assert_eq!(does(&mut bench, "secretary", &id, "return_handover", json!({ "reason": "" })).await.pointers(), ["/reason"]);
        does(&mut bench, "secretary", &id, "return_handover", json!({ "reason": "台账缺一册,请补交。" })).await.ok();
        assert_eq!(does(&mut bench, "winner_agent", &id, "declare_handover", handover()).await.ok()["state"], json!("decided"));
        assert_eq!(does(&mut bench, "secretary", &id, "confirm_handover", json!({ "comment": "好" })).await.pointers(), ["/comment"]);
        does(&mut bench, "street_officer", &id, "confirm_handover", json!({ "comment": "逐项核对。" })).await.refused(403, "forbidden");
        let done = does(&mut bench, "secretary", &id, "confirm_handover", json!({ "comment": "逐项核对,情况属实。" })).await.ok();
        assert_eq!((&done["state"], done["handover"]["confirmed_at"].is_null()), (&json!("handed_over"), false));
        settled(&mut bench).await;
        let waiting = seen(&mut bench, "wang.min", &format!("{LIST}/{id}")).await;
        assert_eq!((&waiting["state"], waiting["settled_at"].is_null()), (&json!("handed_over"), false));
        past(&mut bench, &format!("{LIST}/{id}"), "exit_appeal").await;
        assert_eq!(state(&mut bench, &id).await, "closed");
        by_head(&mut bench, &id, "appeal", json!({ "statement": DEFENCE })).await.refused(409, "invalid_transition");
    }

    async fn an_appeal_is_upheld_and_the_rest_goes_on_meanwhile(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let id = decided(&mut bench).await;
        does(&mut bench, "winner_agent", &id, "appeal", json!({ "statement": DEFENCE })).await.refused(403, "forbidden");
        assert_eq!(by_head(&mut bench, &id, "appeal", json!({ "statement": "不服" })).await.pointers(), ["/statement"]);
        by_head(&mut bench, &id, "appeal", json!({ "statement": DEFENCE })).await.ok();
        by_head(&mut bench, &id, "appeal", json!({ "statement": DEFENCE })).await.refused(409, "duplicate");
        assert_eq!(bench.nobody().get(&format!("/api/v1/public/exits/{id}")).await.ok()["appeal_pending"], json!(true));
        handed_over(&mut bench, &id).await;
        settled(&mut bench).await;
        assert_eq!(state(&mut bench, &id).await, "handed_over");
        does(&mut bench, "street_officer", &id, "uphold", json!({ "reason": "事实清楚,程序合法。" })).await.refused(403, "forbidden");
        assert_eq!(does(&mut bench, "supervisor", &id, "uphold", json!({ "reason": "" })).await.pointers(), ["/reason"]);
        let kept = does(&mut bench, "supervisor", &id, "uphold", json!({ "reason": "事实清楚,程序合法。" })).await.ok();
        assert_eq!((&kept["state"], &kept["appeal"]["outcome"], allowed(&kept)), (&json!("closed"), &json!("upheld"), Vec::<String>::new()));
    }

    async fn a_reversed_exit_gives_the_points_back_and_the_agreement_stays_ended(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let id = decided(&mut bench).await;
        does(&mut bench, "supervisor", &id, "reverse", json!({ "reason": "证据不足,予以撤销。" })).await.refused(409, "invalid_transition");
        by_head(&mut bench, &id, "appeal", json!({ "statement": DEFENCE })).await.ok();
        does(&mut bench, "supervisor", &id, "reverse", json!({ "reason": "证据不足,予以撤销。" })).await.ok();
        assert_eq!(recorded(&bench, "exit.reversed", Some(&id)).await, 1);
        let ledger = format!("/api/v1/organisations/{}/credit", bench.organisation("lelin").await);
        let credit = seen(&mut bench, "wang.min", &ledger).await;
        assert_eq!((&credit["score"], credit["entries"][0]["voided_at"].is_null()), (&json!(100), false));
        let black = seen(&mut bench, "wang.min", "/api/v1/list_entries?colour=black").await;
        assert_eq!(black["items"][0]["state"], json!("dropped"));
        assert_eq!(contract(&mut bench).await["state"], json!("exited"));
        let shown = bench.nobody().get(&format!("/api/v1/public/exits/{id}")).await.ok();
        assert_eq!(shown["appeal_outcome"], json!("reversed"));
    }

    async fn an_appeal_is_in_time_for_ten_working_days(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let id = decided(&mut bench).await;
        past(&mut bench, &format!("{LIST}/{id}"), "exit_appeal").await;
        by_head(&mut bench, &id, "appeal", json!({ "statement": DEFENCE })).await.refused(409, "deadline_passed");
        assert_eq!(recorded(&bench, "exit.appeal_over", Some(&id)).await, 1);
        assert_eq!(state(&mut bench, &id).await, "decided");
    }
}
