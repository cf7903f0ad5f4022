//! 政府采购 (rulebook 2.3.2): the need is published and the statutory procedure linked; its result is taken in, and
//! agreement and evaluation go on here. Nothing is ever awarded here.

use crate::needs::due;
use crate::orders::{advance, approval, approve, drafted};
use crate::scenes::{eight, list, made_public, recorded, seen, text};
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use wubang_kernel::Who;
use wubang_server::demo::play::agent_of;
use wubang_store::Read as _;
use wubang_store::entity::outbox;
use wubang_testkit::{Bench, Reply, Stage, on_both};

/// The story's posting as a procurement of 1 200 000 yuan.
async fn body(bench: &mut Bench) -> Value {
    bench.reach(Stage::NeedApproved).await;
    let mut body = bench.play.posting_body().await.unwrap();
    body["type"] = json!("gov_procurement");
    body["budget_ceiling_fen"] = json!(120_000_000);
    body["external_procedure_ref"] = json!({ "platform": "郑州市政府采购网", "number": "郑财磋商采购-2026-118", "url": "https://zfcg.example.gov.cn/2026/118" });
    body
}

/// It is out, and the clock stands on the day after the statutory notice.
async fn published(bench: &mut Bench) -> Value {
    let body = body(bench).await;
    let open = made_public(bench, body, approval()).await;
    bench.play.ids.posting = text(&open, "/id");
    bench.play.ids.project = text(&open, "/project_id");
    advance(bench, "2026-04-21T09:00:00+08:00").await;
    open
}

fn at(bench: &Bench, verb: &str) -> String {
    format!("/api/v1/postings/{}{verb}", bench.play.ids.posting)
}

async fn result_of(bench: &mut Bench, key: &str, price: i64) -> Value {
    let organisation = bench.organisation(key).await;
    json!({ "organisation_id": organisation, "price_fen": price, "decided_on": "2026-04-20", "notice_number": "郑财磋商采购-2026-118-成交" })
}

async fn take_in(bench: &mut Bench, result: Value) -> Reply {
    let path = at(bench, "/external_result");
    bench.cast("street_officer").await.post(&path, result).await
}

/// The result of the story: 乐邻 for 1 180 000 yuan.
pub(crate) async fn decided(bench: &mut Bench) -> Value {
    published(bench).await;
    let result = result_of(bench, "lelin", 118_000_000).await;
    take_in(bench, result).await.ok()
}

pub(crate) async fn draft_agreement(bench: &mut Bench, part: &str) -> Reply {
    let path = at(bench, "/contract");
    bench.cast(part).await.post(&path, json!({})).await
}

async fn contract(bench: &mut Bench, made: &Value) -> Value {
    let path = format!("/api/v1/contracts/{}", text(made, "/id"));
    seen(bench, "wang.min", &path).await
}

async fn posting(bench: &mut Bench) -> Value {
    let path = at(bench, "");
    seen(bench, "wang.min", &path).await
}

async fn fail(bench: &mut Bench, reason: &str) -> Reply {
    let path = at(bench, "/external_failure");
    bench
        .cast("street_officer")
        .await
        .post(&path, json!({ "reason": reason }))
        .await
}

/// Reminders of an overdue timer of an object.
async fn reminders(bench: &Bench, id: &str, timer: &str) -> usize {
    let view = bench.running.store.read(&Who::system("tests"));
    let rows = outbox::Entity::find().all(&view.db()).await.unwrap();
    rows.iter()
        .filter(|row| row.event == "timer.overdue" && row.object_id.to_string() == id)
        .filter(|row| row.payload["facts"]["timer"] == json!(timer))
        .count()
}

on_both! {
    async fn a_procurement_is_published_recorded_agreed_and_evaluated(bench: Bench from NeedApproved) {
        let open = published(&mut bench).await;
        assert_eq!((&open["state"], &open["bid_deadline"], &open["question_deadline"]), (&json!("open"), &Value::Null, &Value::Null));
        let public = bench.nobody().get(&at(&bench, "").replace("/v1/", "/v1/public/")).await.ok();
        assert_eq!(public["external_procedure_ref"]["number"], json!("郑财磋商采购-2026-118"));
        // the price that the story's report accounts for
        let result = result_of(&mut bench, "lelin", 4_680_000).await;
        let awarded = take_in(&mut bench, result).await.ok();
        // thirty calendar days from the notice of 20 April
        assert_eq!((&awarded["state"], due(&awarded, "agreement_signing").as_deref()), (&json!("awarded"), Some("2026-05-20T23:59:59+08:00")));
        assert_eq!(awarded["external_result"]["organisation_name"], json!("郑州市惠济区乐邻社会工作服务中心"));
        bench.play.contract_signed().await.unwrap();
        let path = format!("/api/v1/contracts/{}", bench.play.ids.contract);
        let signed = seen(&mut bench, "wang.min", &path).await;
        assert_eq!((&signed["state"], &signed["award_id"], &signed["price_fen"], &signed["sign_by"]), (&json!("signed"), &Value::Null, &json!(4_680_000), &json!("2026-05-20T23:59:59+08:00")));
        let plan = &signed["content"]["service_plan"];
        assert_eq!(plan["activities"][0], json!({ "name": "建档并结对老人", "frequency": "按采购文件", "quantity": "96人" }));
        assert_eq!((posting(&mut bench).await["state"].clone(), due(&posting(&mut bench).await, "agreement_signing")), (json!("contracted"), None));
        bench.play.work_done().await.unwrap();
        bench.play.report_accepted().await.unwrap();
        bench.play.evaluation_scored().await.unwrap();
        bench.play.evaluation_confirmed().await.unwrap();
        bench.forget();
        assert_eq!(posting(&mut bench).await["state"], json!("completed"));
        assert_eq!(recorded(&bench, "award.proposed", None).await, 0);
    }

    async fn only_a_procurement_reaches_the_limit_and_names_its_procedure(bench: Bench from NeedApproved) {
        let good = body(&mut bench).await;
        let secretary = bench.cast("secretary").await;
        let mut open = good.clone();
        open["type"] = json!("open");
        open.as_object_mut().unwrap().remove("external_procedure_ref");
        secretary.post("/api/v1/postings", open).await.refused(422, "procurement_limit");
        let mut bare = good.clone();
        bare.as_object_mut().unwrap().remove("external_procedure_ref");
        let reply = secretary.post("/api/v1/postings", bare).await;
        assert_eq!(reply.pointers(), ["/external_procedure_ref"]);
        reply.refused(422, "invalid");
        let mut wrong = good.clone();
        wrong["external_procedure_ref"] = json!({ "platform": "网", "number": "1", "url": "ftp://zfcg.example.gov.cn" });
        let mut found = secretary.post("/api/v1/postings", wrong).await.pointers();
        found.sort();
        assert_eq!(found, ["/external_procedure_ref/number", "/external_procedure_ref/platform", "/external_procedure_ref/url"]);
        let path = drafted(&mut bench, good.clone()).await;
        // a second person approves, as for every type
        let street = bench.cast("street_officer").await;
        street.post(&format!("{path}/submit"), json!({})).await.ok();
        assert_eq!(approve(&mut bench, &path, approval()).await.ok()["state"], json!("open"));
        let seen = bench.cast("secretary").await.post("/api/v1/procedures/gov_procurement/simulate", json!({ "draft": good })).await.ok();
        let timers: Vec<String> = list(&seen, "/calendar").iter().map(|leg| text(leg, "/timer")).collect();
        assert!(timers.contains(&"agreement_signing".to_owned()), "{timers:?}");
        for timer in ["bid_window", "question_deadline", "eligibility_check", "panel_evaluation", "award_decision", "award_publicity", "award_notice"] {
            assert!(!timers.iter().any(|one| one == timer), "{timer} in {timers:?}");
        }
    }

    async fn everything_wrong_with_a_result_is_named_and_nothing_is_taken_in(bench: Bench from NeedApproved) {
        published(&mut bench).await;
        let wrong = json!({ "organisation_id": bench.play.ids.need, "price_fen": 120_000_001, "decided_on": "2026-04-22", "notice_number": "1" });
        let reply = take_in(&mut bench, wrong).await;
        let mut found = reply.pointers();
        found.sort();
        assert_eq!(found, ["/decided_on", "/notice_number", "/organisation_id", "/price_fen"]);
        reply.refused(422, "invalid");
        let mut early = result_of(&mut bench, "lelin", 0).await;
        early["decided_on"] = json!("2026-03-01");
        let mut found = take_in(&mut bench, early).await.pointers();
        found.sort();
        assert_eq!(found, ["/decided_on", "/price_fen"]);
        let now = posting(&mut bench).await;
        assert_eq!((&now["state"], &now["external_result"]), (&json!("open"), &Value::Null));
    }

    async fn only_the_street_takes_in_a_result_and_only_of_a_procurement(bench: Bench from NeedApproved) {
        published(&mut bench).await;
        let result = result_of(&mut bench, "lelin", 118_000_000).await;
        let (taken, failed) = (at(&bench, "/external_result"), at(&bench, "/external_failure"));
        let reason = json!({ "reason": "有效供应商不足三家,采购终止" });
        for part in ["secretary", "winner_legal_rep", "supervisor", "department_officer"] {
            let caller = bench.cast(part).await;
            caller.post(&taken, result.clone()).await.refused(403, "forbidden");
            caller.post(&failed, reason.clone()).await.refused(403, "forbidden");
        }
        bench.nobody().post(&taken, result.clone()).await.refused(401, "unauthenticated");
        bench.reach(Stage::NeedApproved).await;
        let open = bench.play.posting_body().await.unwrap();
        let open = made_public(&mut bench, open, approval()).await;
        bench.play.ids.posting = text(&open, "/id");
        take_in(&mut bench, result).await.refused(409, "invalid_transition");
        fail(&mut bench, "有效供应商不足三家,采购终止").await.refused(409, "invalid_transition");
        draft_agreement(&mut bench, "street_officer").await.refused(409, "invalid_transition");
    }

    async fn nothing_of_ours_awards_what_the_law_decides_elsewhere(bench: Bench from NeedApproved) {
        published(&mut bench).await;
        for round in 0..2 {
            let organisation = bench.organisation("lelin").await;
            let bid = json!({ "posting_id": bench.play.ids.posting, "organisation_id": organisation, "price_fen": 118_000_000, "letter": {} });
            let agent = bench.user(&agent_of("lelin", "org_agent").unwrap()).await;
            agent.post("/api/v1/bids", bid).await.refused(409, "invalid_transition");
            agent.post(&at(&bench, "/questions"), json!({ "text": "请问场地由谁提供?" })).await.refused(409, ["deadline_passed", "invalid_transition"][round]);
            // an order would be its own to decline; this is nobody's
            let (status, code) = [(403, "forbidden"), (409, "invalid_transition")][round];
            agent.post(&at(&bench, "/decline_order"), json!({ "reason": "人手已满,无法承接" })).await.refused(status, code);
            let street = bench.cast("street_officer").await;
            let panel = json!({ "community_person_ids": [], "department_person_ids": [] });
            street.post(&at(&bench, "/panel"), panel).await.refused(409, "invalid_transition");
            street.post(&at(&bench, "/start_evaluation"), json!({})).await.refused(409, "invalid_transition");
            let award = json!({ "bid_id": bench.play.ids.need, "reason": "按照采购结果提出拟承榜对象" });
            street.post(&at(&bench, "/propose_award"), award).await.refused(409, "invalid_transition");
            street.post(&at(&bench, "/extend"), json!({ "days": 5, "reason": "供应商需要更多时间" })).await.refused(409, "invalid_transition");
            let amend = json!({ "reason": "更正标题中的错字", "changes": { "title": "更正以后的标题" }, "affects_bids": false });
            street.post(&at(&bench, "/amend_published"), amend).await.refused(409, "invalid_transition");
            if round == 0 {
                let result = result_of(&mut bench, "lelin", 118_000_000).await;
                take_in(&mut bench, result).await.ok();
            }
        }
    }

    async fn the_street_drafts_one_agreement_of_a_result(bench: Bench from NeedApproved) {
        published(&mut bench).await;
        draft_agreement(&mut bench, "street_officer").await.refused(409, "invalid_transition");
        let result = result_of(&mut bench, "lelin", 118_000_000).await;
        take_in(&mut bench, result).await.ok();
        for part in ["secretary", "winner_legal_rep", "district_admin"] {
            draft_agreement(&mut bench, part).await.refused(403, "forbidden");
        }
        bench.nobody().post(&at(&bench, "/contract"), json!({})).await.refused(401, "unauthenticated");
        let (street, path) = (bench.cast("street_officer").await, at(&bench, "/contract"));
        let replies = eight(async || street.post(&path, json!({})).await).await;
        let (made, refused): (Vec<Reply>, Vec<Reply>) = replies.into_iter().partition(|reply| reply.status == 201);
        assert_eq!(made.len(), 1);
        assert!(refused.iter().all(|reply| reply.status == 409), "{refused:?}");
        draft_agreement(&mut bench, "street_officer").await.refused(409, "duplicate");
    }

    async fn another_result_voids_the_agreement_that_is_not_signed(bench: Bench from NeedApproved) {
        decided(&mut bench).await;
        let first = draft_agreement(&mut bench, "street_officer").await.ok();
        let result = result_of(&mut bench, "yinxing", 117_000_000).await;
        let again = take_in(&mut bench, result).await.ok();
        assert_eq!((&again["state"], &again["external_result"]["price_fen"]), (&json!("awarded"), &json!(117_000_000)));
        let void = contract(&mut bench, &first).await;
        assert_eq!((&void["state"], &void["reason_code"]), (&json!("void"), &json!("result_replaced")));
        let second = draft_agreement(&mut bench, "street_officer").await.ok();
        assert_eq!((&second["organisation_id"], &second["price_fen"]), (&again["external_result"]["organisation_id"], &json!(117_000_000)));
        // the first result again, unchanged, is one more taking in
        let result = result_of(&mut bench, "lelin", 118_000_000).await;
        take_in(&mut bench, result.clone()).await.ok();
        assert_eq!(contract(&mut bench, &second).await["state"], json!("void"));
        bench.play.contract_signed().await.unwrap();
        bench.forget();
        take_in(&mut bench, result).await.refused(409, "invalid_transition");
        fail(&mut bench, "成交供应商被取消资格").await.refused(409, "invalid_transition");
    }

    async fn a_statutory_procedure_that_fails_fails_the_posting(bench: Bench from NeedApproved) {
        published(&mut bench).await;
        assert_eq!(fail(&mut bench, "废").await.pointers(), ["/reason"]);
        let failed = fail(&mut bench, "有效供应商不足三家,采购终止").await.ok();
        assert_eq!((&failed["state"], &failed["reason_code"], &failed["reason"]), (&json!("failed"), &json!("external_failed"), &json!("有效供应商不足三家,采购终止")));
        let need = format!("/api/v1/needs/{}", bench.play.ids.need);
        assert_eq!(seen(&mut bench, "zhao.lei", &need).await["state"], json!("approved"));
        let result = result_of(&mut bench, "lelin", 118_000_000).await;
        take_in(&mut bench, result.clone()).await.refused(409, "invalid_transition");
        // the next round has its procedure, and the result of none
        let secretary = bench.cast("secretary").await;
        let next = secretary.post(&at(&bench, "/repost"), json!({})).await.ok();
        assert_eq!((&next["type"], &next["external_procedure_ref"], &next["external_result"]), (&json!("gov_procurement"), &failed["external_procedure_ref"], &Value::Null));
    }

    async fn a_failure_after_the_result_takes_the_unsigned_agreement_along(bench: Bench from NeedApproved) {
        decided(&mut bench).await;
        let made = draft_agreement(&mut bench, "street_officer").await.ok();
        let failed = fail(&mut bench, "成交结果被财政部门认定无效").await.ok();
        assert_eq!((&failed["state"], due(&failed, "agreement_signing")), (&json!("failed"), None));
        let void = contract(&mut bench, &made).await;
        assert_eq!((&void["state"], &void["reason_code"]), (&json!("void"), &json!("posting_failed")));
        draft_agreement(&mut bench, "street_officer").await.refused(409, "invalid_transition");
    }

    async fn an_overdue_signature_reminds_and_takes_nothing_away(bench: Bench from NeedApproved) {
        decided(&mut bench).await;
        let id = bench.play.ids.posting.clone();
        advance(&mut bench, "2026-05-20T23:59:59+08:00").await;
        assert_eq!(reminders(&bench, &id, "agreement_signing").await, 0);
        advance(&mut bench, "2026-05-21T00:00:00+08:00").await;
        assert_eq!(reminders(&bench, &id, "agreement_signing").await, 1);
        assert_eq!(posting(&mut bench).await["state"], json!("awarded"));
        // the platform does not let lapse what it did not decide
        bench.play.contract_signed().await.unwrap();
        bench.forget();
        assert_eq!(posting(&mut bench).await["state"], json!("contracted"));
    }

    async fn a_result_is_recorded_and_not_reviewed(bench: Bench from NeedApproved) {
        published(&mut bench).await;
        // an enterprise: no posting of ours would admit it
        let result = result_of(&mut bench, "linwei", 100_000_000).await;
        take_in(&mut bench, result).await.ok();
        let made = draft_agreement(&mut bench, "street_officer").await.ok();
        let path = format!("/api/v1/contracts/{}", text(&made, "/id"));
        let street = bench.cast("street_officer").await;
        let sent = street.post(&format!("{path}/send"), json!({})).await.ok();
        let signature = json!({ "content_hash": sent["content_hash"] });
        let head = bench.user(&agent_of("linwei", "org_legal_rep").unwrap()).await;
        head.post(&format!("{path}/sign"), signature.clone()).await.ok();
        assert_eq!(street.post(&format!("{path}/sign"), signature).await.ok()["state"], json!("signed"));
    }

    async fn project_and_lists_show_the_result_in_the_place_of_an_award(bench: Bench from NeedApproved) {
        let awarded = decided(&mut bench).await;
        let project = format!("/api/v1/projects/{}", bench.play.ids.project);
        let project = seen(&mut bench, "zhao.lei", &project).await;
        assert_eq!((&project["stage"], &project["awards"], &project["postings"][0]["external_result"]), (&json!("award"), &json!([]), &awarded["external_result"]));
        let board = bench.nobody().get("/api/v1/public/postings?type=gov_procurement").await.ok();
        assert_eq!((list(&board, "/items").len(), &board["items"][0]["external_result"]), (1, &awarded["external_result"]));
        let public = bench.nobody().get(&at(&bench, "").replace("/v1/", "/v1/public/")).await.ok();
        assert_eq!(public["external_result"], awarded["external_result"]);
        draft_agreement(&mut bench, "street_officer").await.ok();
        let path = format!("/api/v1/contracts?project_id={}", bench.play.ids.project);
        assert_eq!(list(&seen(&mut bench, "wang.min", &path).await, "/items").len(), 1);
    }
}
