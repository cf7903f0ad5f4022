//! Orders from their publication on: accepted or declined, awarded without a panel, agreed and worked
//! (rulebook 2.3.4, 2.3.5).

use crate::needs::{due, instant};
use crate::orders::{
    acceptance, accepted, advance, approval, approve, district_sets, drafted, endorsed, now, order,
    ordered, propose, proposed, urgent_need,
};
use crate::scenes::{grant, list, recorded, text};
use serde_json::{Value, json};
use wubang_server::demo::play::agent_of;
use wubang_testkit::{Bench, Caller, Reply, on_both};

async fn agent(bench: &mut Bench, key: &str) -> Caller {
    bench.user(&agent_of(key, "org_agent").unwrap()).await
}

async fn head(bench: &mut Bench, key: &str) -> Caller {
    bench.user(&agent_of(key, "org_legal_rep").unwrap()).await
}

fn posting(open: &Value, verb: &str) -> String {
    format!("/api/v1/postings/{}{verb}", text(open, "/id"))
}

/// A draft acceptance of an organisation.
async fn begun(bench: &mut Bench, open: &Value, key: &str, price: i64, letter: Value) -> Reply {
    let organisation = bench.organisation(key).await;
    let body = json!({ "posting_id": open["id"], "organisation_id": organisation, "price_fen": price, "letter": letter });
    agent(bench, key).await.post("/api/v1/bids", body).await
}

async fn decline(bench: &mut Bench, account: &str, open: &Value) -> Reply {
    let body = json!({ "reason": "本季度人手已满,无法按期上门" });
    bench
        .user(account)
        .await
        .post(&posting(open, "/decline_order"), body)
        .await
}

async fn need_state(bench: &mut Bench) -> Value {
    let path = format!("/api/v1/needs/{}", bench.play.ids.need);
    bench.cast("secretary").await.get(&path).await.ok()["state"].clone()
}

/// An order of a need just approved that is out, by the street alone.
async fn emergency(bench: &mut Bench) -> Value {
    urgent_need(bench, "grid").await;
    let body = order(bench, "emergency").await;
    let path = drafted(bench, body).await;
    let secretary = bench.cast("secretary").await;
    let _ = secretary
        .post(&format!("{path}/submit"), json!({}))
        .await
        .ok();
    approve(bench, &path, approval()).await.ok()
}

/// The street issues the notice of an award.
async fn notice(bench: &mut Bench, award: &Value) -> Reply {
    let path = format!("/api/v1/awards/{}/issue_notice", text(award, "/id"));
    bench
        .cast("street_officer")
        .await
        .post(&path, json!({}))
        .await
}

async fn award_now(bench: &mut Bench, award: &Value) -> Value {
    let path = format!("/api/v1/awards/{}", text(award, "/id"));
    bench.cast("street_officer").await.get(&path).await.ok()
}

/// The agreement of an award, drafted, sent and signed by both sides.
async fn agreed(bench: &mut Bench, award: &Value) -> Value {
    let street = bench.cast("street_officer").await;
    let made = street
        .post(
            &format!("/api/v1/awards/{}/contract", text(award, "/id")),
            json!({}),
        )
        .await
        .ok();
    let path = format!("/api/v1/contracts/{}", text(&made, "/id"));
    let sent = street.post(&format!("{path}/send"), json!({})).await.ok();
    let signature = json!({ "content_hash": sent["content_hash"] });
    let _ = head(bench, "lelin")
        .await
        .post(&format!("{path}/sign"), signature.clone())
        .await
        .ok();
    street.post(&format!("{path}/sign"), signature).await.ok()
}

/// The publicity of an award, as everybody sees it.
async fn publicity(bench: &Bench) -> Value {
    let page = bench
        .nobody()
        .get("/api/v1/public/publicities?kind=award&limit=1")
        .await
        .ok();
    list(&page, "/items")
        .into_iter()
        .next()
        .expect("a publicity")
}

on_both! {
    async fn an_order_is_picked_by_two_of_the_committee_and_the_street_and_shown_for_three_days(bench: Bench) {
        let open = ordered(&mut bench, "directed").await;
        assert_eq!((&open["type"], &open["state"], &open["endorsed"], &open["question_deadline"]), (&json!("directed"), &json!("open"), &json!(true), &Value::Null));
        // Monday 2026-03-02: five working days to accept
        assert_eq!(open["bid_deadline"], json!("2026-03-09T23:59:59+08:00"));
        let public = bench.nobody().get(&format!("/api/v1/public/postings/{}", text(&open, "/id"))).await.ok();
        assert_eq!(public["order"]["offering"], json!("独居老人每周上门陪伴"));
        let bid = accepted(&mut bench, &open, 800_000).await;
        assert_eq!(bid["state"], json!("opened"));
        assert_eq!(now(&mut bench, &open).await["state"], json!("closed"));
        let award = proposed(&mut bench, &open, &bid).await.ok();
        assert_eq!((&award["state"], &award["rank"], &award["total"]), (&json!("in_publicity"), &json!(1), &Value::Null));
        assert_eq!(award["publicity_ends_at"], json!("2026-03-05T23:59:59+08:00"));
        bench.advance("2026-03-06T00:00:00+08:00".parse::<chrono::DateTime<chrono::FixedOffset>>().unwrap().to_utc()).await;
        let path = format!("/api/v1/awards/{}", text(&award, "/id"));
        let street = bench.cast("street_officer").await;
        assert_eq!(street.get(&path).await.ok()["state"], json!("confirmed"));
        let _ = street.post(&format!("{path}/issue_notice"), json!({})).await.ok();
        assert_eq!(now(&mut bench, &open).await["state"], json!("awarded"));
        let contract = street.post(&format!("{path}/contract"), json!({})).await.ok();
        assert_eq!((&contract["price_fen"], &contract["evaluation_scheme"]), (&json!(800_000), &Value::Null), "{contract}");
    }

    async fn only_the_picked_organisation_accepts_an_order(bench: Bench) {
        let open = ordered(&mut bench, "directed").await;
        begun(&mut bench, &open, "yinxing", 800_000, acceptance(800_000)).await.refused(422, "not_eligible");
        begun(&mut bench, &open, "lelin", 800_000, acceptance(800_000)).await.ok();
        begun(&mut bench, &open, "lelin", 800_000, acceptance(800_000)).await.refused(409, "duplicate");
    }

    async fn an_acceptance_needs_plan_budget_and_promises_and_no_more(bench: Bench) {
        let open = ordered(&mut bench, "directed").await;
        let made = begun(&mut bench, &open, "lelin", 800_001, json!({})).await.ok();
        let missing: Vec<String> = list(&made, "/missing").iter().map(|one| text(one, "/pointer")).collect();
        assert_eq!(missing, ["/letter/service_plan/schedule", "/letter/service_plan/activities", "/letter/commitments/no_conflict",
            "/letter/commitments/truthful", "/letter/budget"]);
        let path = format!("/api/v1/bids/{}", text(&made, "/id"));
        let lelin = head(&mut bench, "lelin").await;
        lelin.post(&format!("{path}/submit"), json!({})).await.refused(422, "incomplete");
        let whole = lelin.patch(&path, 1, json!({ "letter": acceptance(800_001) })).await.ok();
        assert_eq!(whole["missing"], json!([]));
        lelin.post(&format!("{path}/submit"), json!({})).await.refused(422, "price_out_of_range");
        let none = lelin.patch(&path, 2, json!({ "price_fen": 0, "letter": acceptance(0) })).await.ok();
        assert_eq!(none["price_fen"], json!(0));
        lelin.post(&format!("{path}/submit"), json!({})).await.refused(422, "price_out_of_range");
        lelin.patch(&path, 3, json!({ "price_fen": 790_000, "letter": acceptance(790_000) })).await.ok();
        agent(&mut bench, "lelin").await.post(&format!("{path}/submit"), json!({})).await.refused(422, "not_signed");
        // the acceptance closes the order at once: there is nobody to wait for
        assert_eq!(lelin.post(&format!("{path}/submit"), json!({})).await.ok()["state"], json!("opened"));
        let closed = now(&mut bench, &open).await;
        assert_eq!((&closed["state"], due(&closed, "bid_window"), due(&closed, "eligibility_check").as_deref()), (&json!("closed"), None, Some("2026-03-04T23:59:59+08:00")));
    }

    async fn the_picked_organisation_declines_and_another_is_picked_in_the_next_round(bench: Bench) {
        let open = ordered(&mut bench, "directed").await;
        for account in ["wang.min", "zhao.lei", "jin.baoping"] {
            decline(&mut bench, account, &open).await.refused(403, "forbidden");
        }
        let short = json!({ "reason": "忙" });
        let reply = agent(&mut bench, "lelin").await.post(&posting(&open, "/decline_order"), short).await;
        assert_eq!(reply.pointers(), ["/reason"]);
        let failed = decline(&mut bench, "ning.jiayi", &open).await.ok();
        assert_eq!((&failed["state"], &failed["reason_code"], due(&failed, "bid_window")), (&json!("failed"), &json!("order_declined"), None));
        let public = bench.nobody().get(&posting(&open, "").replace("/v1/", "/v1/public/")).await.ok();
        assert_eq!(public["reason"], json!("本季度人手已满,无法按期上门"));
        assert_eq!(need_state(&mut bench).await, json!("approved"));
        decline(&mut bench, "ning.jiayi", &open).await.refused(409, "invalid_transition");
        begun(&mut bench, &open, "lelin", 800_000, acceptance(800_000)).await.refused(409, "deadline_passed");
        let secretary = bench.cast("secretary").await;
        let next = secretary.post(&posting(&open, "/repost"), json!({})).await.ok();
        let picked = json!({ "organisation_id": bench.organisation("yinxing").await, "offering": "独居老人每周上门陪伴", "reason": "同样在本社区服务,人手充足。" });
        let changed = secretary.patch(&posting(&next, ""), 1, json!({ "order": picked })).await.ok();
        assert_eq!((&changed["round"], &changed["order"]), (&json!(2), &picked));
        let _ = endorsed(&mut bench, &posting(&next, "")).await;
        let open = approve(&mut bench, &posting(&next, ""), approval()).await.ok();
        begun(&mut bench, &open, "lelin", 800_000, acceptance(800_000)).await.refused(422, "not_eligible");
        begun(&mut bench, &open, "yinxing", 800_000, acceptance(800_000)).await.ok();
    }

    async fn an_order_that_nobody_accepts_in_time_has_failed(bench: Bench) {
        let open = ordered(&mut bench, "directed").await;
        // a draft is no acceptance
        begun(&mut bench, &open, "lelin", 800_000, acceptance(800_000)).await.ok();
        advance(&mut bench, "2026-03-09T23:59:59+08:00").await;
        assert_eq!(now(&mut bench, &open).await["state"], json!("open"));
        advance(&mut bench, "2026-03-10T00:00:00+08:00").await;
        let failed = now(&mut bench, &open).await;
        assert_eq!((&failed["state"], &failed["reason_code"]), (&json!("failed"), &json!("no_bids")));
        assert_eq!(need_state(&mut bench).await, json!("approved"));
    }

    async fn a_suspended_order_keeps_what_is_left_of_its_term(bench: Bench) {
        let open = ordered(&mut bench, "directed").await;
        advance(&mut bench, "2026-03-04T10:00:00+08:00").await;
        let suspend = json!({ "ground": "force_majeure", "reason": "强降雨应急响应期间暂停办理" });
        bench.cast("street_officer").await.post(&posting(&open, "/suspend"), suspend).await.ok();
        begun(&mut bench, &open, "lelin", 800_000, acceptance(800_000)).await.refused(409, "posting_suspended");
        decline(&mut bench, "ning.jiayi", &open).await.refused(409, "invalid_transition");
        advance(&mut bench, "2026-03-16T10:00:00+08:00").await;
        let resume = json!({ "reason": "中止的原因已经消除" });
        let back = bench.cast("street_officer").await.post(&posting(&open, "/resume"), resume).await.ok();
        // of five working days one was used: a day on which it stands is not
        assert_eq!((&back["state"], text(&back, "/bid_deadline").as_str(), &back["question_deadline"]), (&json!("open"), "2026-03-20T23:59:59+08:00", &Value::Null));
        assert_eq!(due(&back, "question_deadline"), None);
        accepted(&mut bench, &open, 800_000).await;
    }

    async fn a_cancelled_order_gives_its_need_back(bench: Bench) {
        let open = ordered(&mut bench, "directed").await;
        let bid = begun(&mut bench, &open, "lelin", 800_000, acceptance(800_000)).await.ok();
        let cancel = json!({ "ground": "need_vanished", "reason": "居民已自行解决此事" });
        assert_eq!(bench.cast("street_officer").await.post(&posting(&open, "/cancel"), cancel).await.ok()["state"], json!("cancelled"));
        assert_eq!(need_state(&mut bench).await, json!("approved"));
        let path = format!("/api/v1/bids/{}", text(&bid, "/id"));
        assert_eq!(agent(&mut bench, "lelin").await.get(&path).await.ok()["state"], json!("withdrawn"));
    }

    async fn an_acceptance_withdrawn_fails_the_order(bench: Bench) {
        let open = ordered(&mut bench, "directed").await;
        let bid = accepted(&mut bench, &open, 800_000).await;
        let path = format!("/api/v1/bids/{}/withdraw", text(&bid, "/id"));
        let late = head(&mut bench, "lelin").await.post(&path, json!({ "reason": "项目负责人离职,无力承接" })).await.ok();
        assert_eq!(late["state"], json!("withdrawn_late"));
        let failed = now(&mut bench, &open).await;
        assert_eq!((&failed["state"], &failed["reason_code"]), (&json!("failed"), &json!("no_bids")));
        assert_eq!(need_state(&mut bench).await, json!("approved"));
    }

    async fn an_order_is_proposed_once_after_its_check_by_the_street(bench: Bench) {
        let open = ordered(&mut bench, "directed").await;
        let body = json!({ "bid_id": open["id"], "reason": "组织已接单,资格审查合格。" });
        let path = posting(&open, "/propose_award");
        bench.cast("street_officer").await.post(&path, body).await.refused(409, "invalid_transition");
        let bid = accepted(&mut bench, &open, 800_000).await;
        propose(&mut bench, &open, &bid).await.refused(422, "incomplete");
        bench.cast("secretary").await.post(&path, json!({ "bid_id": bid["id"], "reason": "组织已接单,资格审查合格。" })).await.refused(403, "forbidden");
        proposed(&mut bench, &open, &bid).await.ok();
        propose(&mut bench, &open, &bid).await.refused(409, "duplicate");
        assert_eq!(recorded(&bench, "award.proposed", None).await, 1);
    }

    async fn no_panel_sits_over_an_order(bench: Bench) {
        let open = ordered(&mut bench, "directed").await;
        let bid = accepted(&mut bench, &open, 800_000).await;
        let street = bench.cast("street_officer").await;
        street.post(&format!("/api/v1/bids/{}/qualify", text(&bid, "/id")), json!({})).await.ok();
        let panel = json!({ "community_person_ids": [], "department_person_ids": [] });
        street.post(&posting(&open, "/panel"), panel).await.refused(409, "invalid_transition");
        street.post(&posting(&open, "/start_evaluation"), json!({})).await.refused(409, "invalid_transition");
    }

    async fn an_officer_who_works_for_the_organisation_does_not_propose_it(bench: Bench) {
        let open = ordered(&mut bench, "directed").await;
        let bid = accepted(&mut bench, &open, 800_000).await;
        let organisation = bench.organisation("lelin").await;
        grant(&mut bench, "wang.min", "org_agent", json!({ "organisation": organisation })).await;
        proposed(&mut bench, &open, &bid).await.refused(409, "recused");
        let body = json!({ "bid_id": bid["id"], "reason": "组织已接单,资格审查合格。" });
        bench.cast("street_approver").await.post(&posting(&open, "/propose_award"), body).await.ok();
    }

    async fn the_publicity_of_an_order_is_as_long_as_its_district_sets(bench: Bench) {
        district_sets(&mut bench, "directed", json!({ "timers": { "award_publicity": 5 } })).await.ok();
        let open = ordered(&mut bench, "directed").await;
        let bid = accepted(&mut bench, &open, 800_000).await;
        let award = proposed(&mut bench, &open, &bid).await.ok();
        assert_eq!(award["publicity_ends_at"], json!("2026-03-09T23:59:59+08:00"));
        // no emergency: the notice waits for the end of the publicity
        notice(&mut bench, &award).await.refused(409, "invalid_transition");
    }

    async fn the_notice_of_an_emergency_does_not_wait_and_its_publicity_ends_once(bench: Bench) {
        let open = emergency(&mut bench).await;
        let bid = accepted(&mut bench, &open, 800_000).await;
        let award = proposed(&mut bench, &open, &bid).await.ok();
        assert_eq!(award["publicity_ends_at"], json!("2026-03-09T23:59:59+08:00"));
        let noticed = notice(&mut bench, &award).await.ok();
        assert_eq!((&noticed["state"], due(&noticed, "award_publicity").is_some()), (&json!("notified"), true));
        assert_eq!(now(&mut bench, &open).await["state"], json!("awarded"));
        notice(&mut bench, &award).await.refused(409, "invalid_transition");
        assert_eq!(agreed(&mut bench, &award).await["state"], json!("signed"));
        assert_eq!((&publicity(&bench).await["state"], &award_now(&mut bench, &award).await["state"]), (&json!("running"), &json!("contracted")));
        advance(&mut bench, "2026-03-10T00:00:00+08:00").await;
        let over = award_now(&mut bench, &award).await;
        assert_eq!((&over["state"], due(&over, "award_publicity"), &publicity(&bench).await["state"]), (&json!("contracted"), None, &json!("ended")));
        assert_eq!(recorded(&bench, "award.publicity_over", Some(&text(&award, "/id"))).await, 1);
        assert_eq!(recorded(&bench, "award.confirmed", Some(&text(&award, "/id"))).await, 0);
        assert_eq!(now(&mut bench, &open).await["state"], json!("contracted"));
    }

    async fn an_emergency_declined_after_its_notice_is_shown_no_longer(bench: Bench) {
        let open = emergency(&mut bench).await;
        let bid = accepted(&mut bench, &open, 800_000).await;
        let award = proposed(&mut bench, &open, &bid).await.ok();
        notice(&mut bench, &award).await.ok();
        let path = format!("/api/v1/awards/{}/decline", text(&award, "/id"));
        let declined = head(&mut bench, "lelin").await.post(&path, json!({ "reason": "设备受灾,无法按期进场" })).await.ok();
        assert_eq!((&declined["state"], due(&declined, "award_publicity")), (&json!("declined"), None));
        let failed = now(&mut bench, &open).await;
        assert_eq!((&failed["state"], &failed["reason_code"]), (&json!("failed"), &json!("no_candidate")));
        assert_eq!(publicity(&bench).await["state"], json!("stopped"));
        advance(&mut bench, "2026-03-10T00:00:00+08:00").await;
        assert_eq!(recorded(&bench, "award.publicity_over", None).await, 0);
    }

    async fn a_free_order_is_agreed_and_worked_without_payments(bench: Bench from NeedApproved) {
        grant(&mut bench, "mao.xinmin", "community_secretary", json!({ "division": "410108005003" })).await;
        let mut body = order(&mut bench, "directed").await;
        body["budget_ceiling_fen"] = json!(0);
        let path = drafted(&mut bench, body).await;
        let _ = endorsed(&mut bench, &path).await;
        let open = approve(&mut bench, &path, approval()).await.ok();
        let organisation = bench.organisation("lelin").await;
        let mut letter = acceptance(0);
        letter["budget"] = json!([]);
        let made = json!({ "posting_id": open["id"], "organisation_id": organisation, "price_fen": 0, "letter": letter });
        let made = agent(&mut bench, "lelin").await.post("/api/v1/bids", made).await.ok();
        let bid = head(&mut bench, "lelin").await.post(&format!("/api/v1/bids/{}/submit", text(&made, "/id")), json!({})).await.ok();
        let award = proposed(&mut bench, &open, &bid).await.ok();
        bench.advance(instant("2026-03-06T00:00:00+08:00")).await;
        notice(&mut bench, &award).await.ok();
        let contract = agreed(&mut bench, &award).await;
        assert_eq!((&contract["state"], &contract["payments"], &contract["content"]["tranches"]), (&json!("signed"), &json!([]), &json!([])));
        let path = format!("/api/v1/contracts/{}/activate", text(&contract, "/id"));
        agent(&mut bench, "lelin").await.post(&path, json!({})).await.refused(409, "too_early");
        advance(&mut bench, &format!("{}T09:00:00+08:00", text(&contract, "/content/starts_on"))).await;
        assert_eq!(agent(&mut bench, "lelin").await.post(&path, json!({})).await.ok()["state"], json!("active"));
    }
}
