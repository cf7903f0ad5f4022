//! Orders to one organisation (点单直选, 微服务单, 应急发榜) up to their publication: rulebook 2.3.4, 2.3.5, and the
//! guard against splitting.

use crate::needs::{accept, at, new_need, submitted};
use crate::scenes::{grant, list, recorded, text};
use serde_json::{Value, json};
use wubang_server::demo::play::agent_of;
use wubang_testkit::{Bench, Reply, Stage, on_both};

/// Another member of the committee of the story's community.
const MEMBER: &str = "mao.xinmin";
const COMMUNITY: &str = "410108005003";

/// The story's posting as an order to 乐邻, for 8 000 yuan.
pub(crate) async fn order(bench: &mut Bench, kind: &str) -> Value {
    let mut body = bench.play.posting_body().await.unwrap();
    let organisation = bench.organisation("lelin").await;
    body["type"] = json!(kind);
    body["budget_ceiling_fen"] = json!(800_000);
    body["overrides"] = json!({});
    body["order"] = json!({ "organisation_id": organisation, "offering": "独居老人每周上门陪伴", "reason": "在本社区服务两年,居民点单意愿集中。" });
    body
}

/// The need of the story, approved, and an order for it.
pub(crate) async fn first_order(bench: &mut Bench, kind: &str) -> Value {
    bench.reach(Stage::NeedApproved).await;
    grant(
        bench,
        MEMBER,
        "community_secretary",
        json!({ "division": COMMUNITY }),
    )
    .await;
    order(bench, kind).await
}

pub(crate) async fn drafted(bench: &mut Bench, body: Value) -> String {
    let made = bench
        .cast("secretary")
        .await
        .post("/api/v1/postings", body)
        .await
        .ok();
    format!("/api/v1/postings/{}", text(&made, "/id"))
}

/// Handed in by the secretary and endorsed by the other member.
pub(crate) async fn endorsed(bench: &mut Bench, path: &str) -> Value {
    let secretary = bench.cast("secretary").await;
    let _ = secretary
        .post(&format!("{path}/submit"), json!({}))
        .await
        .ok();
    let member = bench.user(MEMBER).await;
    member
        .post(&format!("{path}/endorse"), json!({}))
        .await
        .ok()
}

pub(crate) async fn approve(bench: &mut Bench, path: &str, approval: Value) -> Reply {
    bench
        .cast("street_approver")
        .await
        .post(&format!("{path}/approve"), approval)
        .await
}

/// An order that is out.
pub(crate) async fn ordered(bench: &mut Bench, kind: &str) -> Value {
    let body = first_order(bench, kind).await;
    let path = drafted(bench, body).await;
    if kind == "emergency" {
        let _ = bench
            .cast("secretary")
            .await
            .post(&format!("{path}/submit"), json!({}))
            .await
            .ok();
    } else {
        let _ = endorsed(bench, &path).await;
    }
    approve(bench, &path, json!({ "content_acknowledged": true }))
        .await
        .ok()
}

/// What a picked organisation says when it accepts: plan, budget and promises.
pub(crate) fn acceptance(price: i64) -> Value {
    json!({ "service_plan": { "activities": [{ "name": "上门陪伴", "frequency": "每周一次", "quantity": "20次" }], "schedule": "每周三下午上门。" },
        "budget": [{ "item": "activity", "description": "上门补贴", "amount_fen": price }],
        "commitments": { "no_conflict": true, "truthful": true, "child_protection": true } })
}

/// The organisation accepts.
pub(crate) async fn accepted(bench: &mut Bench, posting: &Value, price: i64) -> Value {
    let organisation = bench.organisation("lelin").await;
    let agent = bench.user(&agent_of("lelin", "org_agent").unwrap()).await;
    let body = json!({ "posting_id": posting["id"], "organisation_id": organisation, "price_fen": price, "letter": acceptance(price) });
    let made = agent.post("/api/v1/bids", body).await.ok();
    let path = format!("/api/v1/bids/{}", text(&made, "/id"));
    let head = bench
        .user(&agent_of("lelin", "org_legal_rep").unwrap())
        .await;
    head.post(&format!("{path}/submit"), json!({})).await.ok()
}

/// The street finds it eligible and proposes it.
pub(crate) async fn proposed(bench: &mut Bench, posting: &Value, bid: &Value) -> Reply {
    let street = bench.cast("street_officer").await;
    let _ = street
        .post(
            &format!("/api/v1/bids/{}/qualify", text(bid, "/id")),
            json!({}),
        )
        .await
        .ok();
    propose(bench, posting, bid).await
}

pub(crate) async fn propose(bench: &mut Bench, posting: &Value, bid: &Value) -> Reply {
    let body = json!({ "bid_id": bid["id"], "reason": "组织已接单,资格审查合格。" });
    let path = format!("/api/v1/postings/{}/propose_award", text(posting, "/id"));
    bench.cast("street_officer").await.post(&path, body).await
}

pub(crate) async fn now(bench: &mut Bench, posting: &Value) -> Value {
    let path = format!("/api/v1/postings/{}", text(posting, "/id"));
    bench.cast("street_officer").await.get(&path).await.ok()
}

/// A need of a source, approved at once because it is urgent; whether it stands as an emergency.
pub(crate) async fn urgent_need(bench: &mut Bench, source: &str) -> String {
    let mut need = new_need();
    need["source"] = json!(source);
    need["urgency"] = json!("emergency");
    let id = submitted(bench, need).await;
    accept(bench, &id).await.ok();
    let finding = json!({ "root_cause": "暴雨后电路进水,整栋楼道照明中断。", "reason": "涉及夜间出行安全,须立即办理。" });
    let street = bench.cast("street_officer").await;
    let _ = street.post(&at(&id, "approve"), finding).await.ok();
    bench.play.ids.need = id.clone();
    id
}

async fn draft(bench: &mut Bench, body: &Value) -> Reply {
    let secretary = bench.cast("secretary").await;
    secretary.post("/api/v1/postings", body.clone()).await
}

/// The faults of a draft, `pointer code`.
async fn faults(bench: &mut Bench, body: &Value, status: u16, code: &str) -> Vec<String> {
    let problem = draft(bench, body).await.refused(status, code);
    let fields = list(&problem, "/errors");
    let all = fields
        .iter()
        .map(|one| format!("{} {}", text(one, "/pointer"), text(one, "/code")));
    all.collect()
}

/// What the district sets otherwise for a type.
pub(crate) async fn district_sets(bench: &mut Bench, kind: &str, overrides: Value) -> Reply {
    let body = json!({ "division": "410108000000", "overrides": overrides, "reason": "按区社治委会议纪要调整" });
    let district = bench.cast("district_admin").await;
    let path = format!("/api/v1/procedures/{kind}/overrides");
    district.post(&path, body).await
}

pub(crate) async fn advance(bench: &mut Bench, to: &str) {
    bench.advance(crate::needs::instant(to)).await;
}

pub(crate) fn approval() -> Value {
    json!({ "content_acknowledged": true })
}

/// One more order of the same community, field and source over a need of its own, handed in and endorsed.
async fn another(bench: &mut Bench, change: impl FnOnce(&mut Value)) -> String {
    bench.reach(Stage::NeedApproved).await;
    let mut body = order(bench, "directed").await;
    change(&mut body);
    let path = drafted(bench, body).await;
    let _ = endorsed(bench, &path).await;
    path
}

on_both! {
    async fn an_order_costs_no_more_than_its_limit_and_may_be_free(bench: Bench) {
        let mut body = first_order(&mut bench, "directed").await;
        body["budget_ceiling_fen"] = json!(1_000_001);
        assert_eq!(faults(&mut bench, &body, 422, "order_limit").await, ["/budget_ceiling_fen order_limit"]);
        body["budget_ceiling_fen"] = json!(1_000_000);
        let path = drafted(&mut bench, body).await;
        // the limit of the day of handing in counts, and who hands in is told it
        district_sets(&mut bench, "directed", json!({ "orders": { "max_amount_fen": 500_000 } })).await.ok();
        let secretary = bench.cast("secretary").await;
        secretary.post(&format!("{path}/submit"), json!({})).await.refused(422, "order_limit");
        // settings of one type are no other's: an emergency has no limit but the law's
        let micro = secretary.get("/api/v1/procedures/micro?division=410108005003").await.ok();
        assert_eq!(micro["settings"]["orders"]["max_amount_fen"], json!(1_000_000));
        let version = secretary.get(&path).await.ok()["version"].as_i64().unwrap();
        let free = secretary.patch(&path, version, json!({ "budget_ceiling_fen": 0 })).await.ok();
        assert_eq!(free["budget_ceiling_fen"], json!(0));
        secretary.post(&format!("{path}/submit"), json!({})).await.ok();
    }

    async fn each_type_names_what_it_lacks_and_what_belongs_to_another(bench: Bench) {
        let good = first_order(&mut bench, "directed").await;
        let mut bare = good.clone();
        bare.as_object_mut().unwrap().remove("order");
        assert_eq!(faults(&mut bench, &bare, 422, "invalid").await, ["/order required"]);
        let mut mixed = good.clone();
        mixed["call"] = json!({ "division": "410108005000", "theme": "文明志愿微服务", "picks": 3, "ceiling_each_fen": 100_000 });
        mixed["external_procedure_ref"] = json!({ "platform": "郑州市政府采购网", "number": "2026-118" });
        assert_eq!(faults(&mut bench, &mixed, 422, "invalid").await, ["/external_procedure_ref not_allowed", "/call not_allowed"]);
        let mut open = good.clone();
        open["type"] = json!("open");
        assert_eq!(faults(&mut bench, &open, 422, "invalid").await, ["/order not_allowed"]);
        let mut wrong = good.clone();
        wrong["order"]["offering"] = json!("理");
        wrong["order"]["reason"] = json!("好");
        wrong["title"] = json!("短");
        assert_eq!(faults(&mut bench, &wrong, 422, "invalid").await, ["/order/offering too_short", "/order/reason too_short", "/title too_short"]);
        let mut unknown = good;
        unknown["order"]["price"] = json!(1);
        draft(&mut bench, &unknown).await.refused(422, "invalid");
    }

    async fn the_organisation_of_an_order_is_known_and_eligible(bench: Bench) {
        let mut body = first_order(&mut bench, "directed").await;
        body["order"]["organisation_id"] = json!("019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c11");
        assert_eq!(faults(&mut bench, &body, 422, "invalid").await, ["/order/organisation_id unknown_value"]);
        // dishonest, elsewhere, an enterprise
        for key in ["kangning", "kangyi", "linwei"] {
            body["order"]["organisation_id"] = json!(bench.organisation(key).await);
            assert_eq!(faults(&mut bench, &body, 422, "not_eligible").await, ["/order/organisation_id not_eligible"], "{key}");
        }
        body["order"]["organisation_id"] = json!(bench.organisation("hongmajia").await);
        body["content"]["accepts_filed_organisations"] = json!(false);
        assert_eq!(faults(&mut bench, &body, 422, "not_eligible").await, ["/order/organisation_id not_eligible"]);
        body["content"]["accepts_filed_organisations"] = json!(true);
        draft(&mut bench, &body).await.ok();
    }

    async fn a_need_that_was_posted_lately_is_not_ordered_around_its_competition(bench: Bench from PostingOpen) {
        advance(&mut bench, "2026-03-18T09:00:00+08:00").await;
        let body = order(&mut bench, "directed").await;
        assert_eq!(faults(&mut bench, &body, 409, "posted_recently").await, ["/need_ids/0 posted_recently"]);
        // published on 2 March at 9 o'clock: ninety days later it is long enough ago
        advance(&mut bench, "2026-05-31T08:59:59+08:00").await;
        let body = order(&mut bench, "directed").await;
        draft(&mut bench, &body).await.refused(409, "posted_recently");
        advance(&mut bench, "2026-05-31T09:00:01+08:00").await;
        let body = order(&mut bench, "directed").await;
        draft(&mut bench, &body).await.ok();
    }

    async fn an_emergency_and_a_later_round_of_the_same_order_do_not_wait(bench: Bench) {
        let open = ordered(&mut bench, "directed").await;
        advance(&mut bench, "2026-03-10T09:00:00+08:00").await;
        let path = format!("/api/v1/postings/{}", text(&open, "/id"));
        let secretary = bench.cast("secretary").await;
        let next = secretary.post(&format!("{path}/repost"), json!({})).await.ok();
        let path = format!("/api/v1/postings/{}", text(&next, "/id"));
        assert_eq!((&next["round"], &next["order"], &next["endorsed"]), (&json!(2), &open["order"], &json!(false)));
        let _ = endorsed(&mut bench, &path).await;
        assert_eq!(approve(&mut bench, &path, approval()).await.ok()["state"], json!("open"));
    }

    async fn a_micro_order_answers_what_residents_ordered_themselves(bench: Bench) {
        let body = first_order(&mut bench, "micro").await;
        assert_eq!(faults(&mut bench, &body, 422, "invalid").await, ["/need_ids/0 wrong_source"]);
        for source in ["micro_wish", "ordering_meeting"] {
            urgent_need(&mut bench, source).await;
            let body = order(&mut bench, "micro").await;
            let path = drafted(&mut bench, body).await;
            let _ = endorsed(&mut bench, &path).await;
            let open = approve(&mut bench, &path, approval()).await.ok();
            // Monday 2026-03-02: three working days to accept
            assert_eq!((&open["type"], &open["bid_deadline"]), (&json!("micro"), &json!("2026-03-05T23:59:59+08:00")));
        }
    }

    async fn an_emergency_order_answers_an_emergency_only(bench: Bench) {
        let body = first_order(&mut bench, "emergency").await;
        assert_eq!(faults(&mut bench, &body, 422, "not_emergency").await, ["/need_ids/0 not_emergency"]);
        urgent_need(&mut bench, "grid").await;
        let mut body = order(&mut bench, "emergency").await;
        body["budget_ceiling_fen"] = json!(100_000_000);
        assert_eq!(faults(&mut bench, &body, 422, "procurement_limit").await, ["/budget_ceiling_fen procurement_limit"]);
        // above the limit of small orders, drafted and handed in by the street, endorsed by nobody
        body["budget_ceiling_fen"] = json!(6_000_000);
        let street = bench.cast("street_officer").await;
        let made = street.post("/api/v1/postings", body).await.ok();
        let path = format!("/api/v1/postings/{}", text(&made, "/id"));
        street.post(&format!("{path}/submit"), json!({})).await.ok();
        bench.user(MEMBER).await.post(&format!("{path}/endorse"), json!({})).await.refused(409, "invalid_transition");
        street.post(&format!("{path}/approve"), approval()).await.refused(409, "same_person");
        let open = approve(&mut bench, &path, approval()).await.ok();
        assert_eq!((&open["state"], &open["bid_deadline"]), (&json!("open"), &json!("2026-03-03T23:59:59+08:00")));
    }

    async fn the_committee_picks_and_not_the_street(bench: Bench) {
        let body = first_order(&mut bench, "directed").await;
        let street = bench.cast("street_officer").await;
        let made = street.post("/api/v1/postings", body).await.ok();
        let path = format!("/api/v1/postings/{}", text(&made, "/id"));
        street.post(&format!("{path}/submit"), json!({})).await.refused(403, "forbidden");
        // one member alone is not two: who hands in another's draft does not endorse it
        let secretary = bench.cast("secretary").await;
        secretary.post(&format!("{path}/submit"), json!({})).await.ok();
        secretary.post(&format!("{path}/endorse"), json!({})).await.refused(409, "same_person");
        street.post(&format!("{path}/endorse"), json!({})).await.refused(403, "forbidden");
        bench.user("jiang.yaqin").await.post(&format!("{path}/endorse"), json!({})).await.refused(404, "not_found");
        approve(&mut bench, &path, approval()).await.refused(422, "not_endorsed");
        bench.user(MEMBER).await.post(&format!("{path}/endorse"), json!({})).await.ok();
        street.post(&format!("{path}/approve"), approval()).await.refused(409, "same_person");
        assert_eq!(approve(&mut bench, &path, approval()).await.ok()["state"], json!("open"));
    }

    async fn an_endorsement_is_of_what_was_handed_in(bench: Bench) {
        let body = first_order(&mut bench, "directed").await;
        let path = drafted(&mut bench, body).await;
        let member = bench.user(MEMBER).await;
        member.post(&format!("{path}/endorse"), json!({})).await.refused(409, "invalid_transition");
        let secretary = bench.cast("secretary").await;
        secretary.post(&format!("{path}/submit"), json!({})).await.ok();
        secretary.post(&format!("{path}/endorse"), json!({})).await.refused(409, "same_person");
        let done = member.post(&format!("{path}/endorse"), json!({})).await.ok();
        assert_eq!((&done["state"], &done["endorsed"]), (&json!("pending_approval"), &json!(true)));
        member.post(&format!("{path}/endorse"), json!({})).await.refused(409, "duplicate");
        let back = json!({ "reason": "选择理由不充分,请补充" });
        let back = bench.cast("street_officer").await.post(&format!("{path}/return"), back).await.ok();
        assert_eq!((&back["state"], &back["endorsed"]), (&json!("draft"), &json!(false)));
        secretary.post(&format!("{path}/submit"), json!({})).await.ok();
        approve(&mut bench, &path, approval()).await.refused(422, "not_endorsed");
        member.post(&format!("{path}/endorse"), json!({})).await.ok();
        approve(&mut bench, &path, approval()).await.ok();
        assert_eq!(recorded(&bench, "posting.endorsed", path.rsplit('/').next()).await, 2);
    }

    async fn orders_beyond_the_sum_of_the_year_take_a_public_reason(bench: Bench) {
        district_sets(&mut bench, "directed", json!({ "orders": { "yearly_factor": 1 } })).await.ok();
        let first = ordered(&mut bench, "directed").await;
        // 8 000 and 2 000 yuan are the sum of 10 000
        let path = another(&mut bench, |body| body["budget_ceiling_fen"] = json!(200_000)).await;
        let open = approve(&mut bench, &path, json!({ "content_acknowledged": true, "split_reason": "没有超出时理由不留" })).await.ok();
        assert_eq!((&open["state"], &open["split_reason"]), (&json!("open"), &Value::Null));
        let path = another(&mut bench, |body| body["budget_ceiling_fen"] = json!(1)).await;
        let stored = bench.cast("secretary").await.get(&path).await.ok();
        let mut draft = order(&mut bench, "directed").await;
        draft["need_ids"] = stored["need_ids"].clone();
        draft["budget_ceiling_fen"] = json!(1);
        let body = json!({ "draft": draft, "posting_id": stored["id"] });
        let rehearsed = bench.cast("secretary").await.post("/api/v1/procedures/directed/simulate", body).await.ok();
        assert!(list(&rehearsed, "/problems").iter().any(|one| one["code"] == json!("split_suspected") && one["pointer"] == json!("/split_reason")), "{rehearsed}");
        let problem = approve(&mut bench, &path, approval()).await.refused(409, "split_suspected");
        assert!(problem.to_string().contains("1000001"), "{problem}");
        let reply = approve(&mut bench, &path, json!({ "content_acknowledged": true, "split_reason": "急" })).await;
        assert_eq!(reply.pointers(), ["/split_reason"]);
        let reason = "两项服务对象不同,确需分别点单";
        approve(&mut bench, &path, json!({ "content_acknowledged": true, "split_reason": reason })).await.ok();
        let public = bench.nobody().get(&path.replace("/v1/", "/v1/public/")).await.ok();
        assert_eq!((&public["split_reason"], &public["order"]["organisation_id"]), (&json!(reason), &first["order"]["organisation_id"]));
    }

    async fn of_two_orders_approved_at_once_the_second_meets_the_sum_of_the_year(bench: Bench) {
        district_sets(&mut bench, "directed", json!({ "orders": { "yearly_factor": 1 } })).await.ok();
        let body = first_order(&mut bench, "directed").await;
        let first = drafted(&mut bench, body).await;
        let _ = endorsed(&mut bench, &first).await;
        let second = another(&mut bench, |_| {}).await;
        let (one, two) = (bench.cast("street_approver").await, bench.user("dong.siyu").await);
        let (path, other) = (format!("{first}/approve"), format!("{second}/approve"));
        let replies = tokio::join!(one.post(&path, approval()), two.post(&other, approval()));
        let mut codes = [replies.0.code(), replies.1.code()];
        codes.sort();
        assert_eq!(codes, [None, Some("split_suspected".to_owned())]);
    }

    async fn only_standing_orders_of_the_same_community_field_and_source_add_up(bench: Bench) {
        district_sets(&mut bench, "directed", json!({ "orders": { "yearly_factor": 1 } })).await.ok();
        let first = ordered(&mut bench, "directed").await;
        let path = another(&mut bench, |body| body["field"] = json!("A02")).await;
        approve(&mut bench, &path, approval()).await.ok();
        let path = another(&mut bench, |body| body["content"]["funding_source"]["name"] = json!("党群服务专项经费")).await;
        approve(&mut bench, &path, approval()).await.ok();
        let path = another(&mut bench, |_| {}).await;
        approve(&mut bench, &path, approval()).await.refused(409, "split_suspected");
        // what was withdrawn costs nothing
        let cancel = json!({ "ground": "funding_cancelled", "reason": "资金安排取消,撤回本榜" });
        bench.cast("street_officer").await.post(&format!("/api/v1/postings/{}/cancel", text(&first, "/id")), cancel).await.ok();
        approve(&mut bench, &path, approval()).await.ok();
        // the last term of acceptance passes: they all failed, and what failed costs nothing
        let path = another(&mut bench, |_| {}).await;
        approve(&mut bench, &path, approval()).await.refused(409, "split_suspected");
        advance(&mut bench, "2026-03-10T09:00:00+08:00").await;
        approve(&mut bench, &path, approval()).await.ok();
    }

    async fn the_sum_begins_anew_with_the_year(bench: Bench) {
        district_sets(&mut bench, "directed", json!({ "orders": { "yearly_factor": 1 } })).await.ok();
        let first = ordered(&mut bench, "directed").await;
        accepted(&mut bench, &first, 800_000).await;
        advance(&mut bench, "2026-12-30T09:00:00+08:00").await;
        let path = another(&mut bench, |_| {}).await;
        advance(&mut bench, "2026-12-31T23:59:59+08:00").await;
        approve(&mut bench, &path, approval()).await.refused(409, "split_suspected");
        advance(&mut bench, "2027-01-01T00:00:00+08:00").await;
        assert_eq!(approve(&mut bench, &path, approval()).await.ok()["state"], json!("open"));
    }

    async fn a_micro_order_counts_with_the_directed_ones_and_an_emergency_does_not(bench: Bench) {
        for kind in ["directed", "micro"] {
            district_sets(&mut bench, kind, json!({ "orders": { "yearly_factor": 1 } })).await.ok();
        }
        let _ = ordered(&mut bench, "directed").await;
        urgent_need(&mut bench, "micro_wish").await;
        let body = order(&mut bench, "emergency").await;
        let path = drafted(&mut bench, body).await;
        bench.cast("secretary").await.post(&format!("{path}/submit"), json!({})).await.ok();
        approve(&mut bench, &path, approval()).await.ok();
        urgent_need(&mut bench, "micro_wish").await;
        let body = order(&mut bench, "micro").await;
        let path = drafted(&mut bench, body).await;
        let _ = endorsed(&mut bench, &path).await;
        approve(&mut bench, &path, approval()).await.refused(409, "split_suspected");
    }

    async fn nothing_is_asked_or_changed_after_an_order_is_out(bench: Bench) {
        let open = ordered(&mut bench, "directed").await;
        let path = format!("/api/v1/postings/{}", text(&open, "/id"));
        let agent = bench.user(&agent_of("lelin", "org_agent").unwrap()).await;
        agent.post(&format!("{path}/questions"), json!({ "text": "请问场地由谁提供?" })).await.refused(409, "deadline_passed");
        let street = bench.cast("street_officer").await;
        let amend = json!({ "reason": "更正标题中的错字", "changes": { "title": "更正以后的标题" }, "affects_bids": false });
        street.post(&format!("{path}/amend_published"), amend).await.refused(409, "invalid_transition");
        street.post(&format!("{path}/extend"), json!({ "days": 5, "reason": "组织需要更多时间" })).await.refused(409, "invalid_transition");
        street.post(&format!("{path}/start_evaluation"), json!({})).await.refused(409, "invalid_transition");
    }

    async fn an_order_is_copied_and_its_template_asks_for_another(bench: Bench) {
        let open = ordered(&mut bench, "directed").await;
        let path = format!("/api/v1/postings/{}", text(&open, "/id"));
        bench.reach(Stage::NeedApproved).await;
        let yinxing = bench.organisation("yinxing").await;
        let picked = json!({ "organisation_id": yinxing, "offering": "独居老人助餐配送", "reason": "本社区助餐点由其运营多年。" });
        let copy = json!({ "need_ids": [bench.play.ids.need], "starts_on": "2026-09-01", "order": picked });
        let secretary = bench.cast("secretary").await;
        let copied = secretary.post(&format!("{path}/copy"), copy.clone()).await.ok();
        assert_eq!((&copied["type"], &copied["order"], &copied["endorsed"]), (&json!("directed"), &picked, &json!(false)));
        let street = bench.cast("street_officer").await;
        let kept = street.post("/api/v1/posting_templates", json!({ "name": "独居老人点单", "posting_id": open["id"] })).await.ok();
        bench.reach(Stage::NeedApproved).await;
        let template = format!("/api/v1/posting_templates/{}/draft", text(&kept, "/id"));
        let secretary = bench.cast("secretary").await;
        let mut use_it = json!({ "need_ids": [bench.play.ids.need], "starts_on": "2026-09-01" });
        let reply = secretary.post(&template, use_it.clone()).await;
        assert_eq!(reply.pointers(), ["/order"]);
        reply.refused(422, "invalid");
        use_it["order"] = picked;
        secretary.post(&template, use_it).await.ok();
    }

    async fn what_is_rehearsed_of_an_order_is_what_happens(bench: Bench) {
        let micro = urgent_need(&mut bench, "micro_wish").await;
        let member = json!({ "division": COMMUNITY });
        grant(&mut bench, MEMBER, "community_secretary", member).await;
        for kind in ["directed", "micro", "emergency"] {
            let orders = json!({ "orders": { "acceptance_days": 4 }, "timers": { "award_publicity": 4 } });
            district_sets(&mut bench, kind, orders).await.ok();
            if kind == "directed" {
                bench.reach(Stage::NeedApproved).await;
            } else if kind == "emergency" {
                urgent_need(&mut bench, "grid").await;
            } else {
                bench.play.ids.need = micro.clone();
            }
            let body = order(&mut bench, kind).await;
            let secretary = bench.cast("secretary").await;
            let seen = secretary.post(&format!("/api/v1/procedures/{kind}/simulate"), json!({ "draft": body })).await.ok();
            assert_eq!(seen["problems"], json!([]), "{kind}");
            let timers: Vec<String> = list(&seen, "/calendar").iter().map(|leg| text(leg, "/timer")).collect();
            for timer in ["question_deadline", "panel_evaluation", "award_decision"] {
                assert!(!timers.iter().any(|one| one == timer), "{timer} of {kind}");
            }
            let rehearsed = |timer: &str| {
                let legs = list(&seen, "/calendar");
                legs.iter().find(|leg| leg["timer"] == json!(timer)).map(|leg| text(leg, "/at")).unwrap_or_else(|| panic!("{timer} of {kind}"))
            };
            let path = drafted(&mut bench, body).await;
            let secretary = bench.cast("secretary").await;
            secretary.post(&format!("{path}/submit"), json!({})).await.ok();
            if kind != "emergency" {
                bench.user(MEMBER).await.post(&format!("{path}/endorse"), json!({})).await.ok();
            }
            let open = approve(&mut bench, &path, approval()).await.ok();
            assert_eq!((text(&open, "/bid_deadline"), rehearsed("bid_window").as_str()), (rehearsed("bid_window"), "2026-03-06T23:59:59+08:00"));
            for (timer, mine) in [("notice_period", true), ("bid_window", true), ("question_deadline", false)] {
                assert_eq!(crate::needs::due(&open, timer), mine.then(|| rehearsed(timer)), "{timer} of {kind}");
            }
        }
    }

    async fn the_board_filters_and_counts_orders_by_type(bench: Bench) {
        let open = ordered(&mut bench, "directed").await;
        urgent_need(&mut bench, "micro_wish").await;
        let body = order(&mut bench, "micro").await;
        let path = drafted(&mut bench, body).await;
        let _ = endorsed(&mut bench, &path).await;
        approve(&mut bench, &path, approval()).await.ok();
        let board = bench.nobody().get("/api/v1/public/postings?type=directed").await.ok();
        let ids: Vec<String> = list(&board, "/items").iter().map(|one| text(one, "/id")).collect();
        assert_eq!(ids, [text(&open, "/id")]);
        let facets = bench.nobody().get("/api/v1/public/posting_facets").await.ok();
        let types: Vec<(String, i64)> = list(&facets, "/type").iter().map(|one| (text(one, "/value"), one["count"].as_i64().unwrap())).collect();
        assert!(types.contains(&("directed".to_owned(), 1)) && types.contains(&("micro".to_owned(), 1)), "{facets}");
    }
}
