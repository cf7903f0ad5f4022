//! 资源限流: what an organisation may carry, have in play, hold and take in a row (rulebook 2.14), asked before and at
//! the hand-in, at the opening, at the award and at the signature.

use crate::bids::{agent, at, drafted, head, open, see};
use crate::needs::instant;
use crate::orders;
use crate::postings::district_rules;
use crate::scenes::{list, number, recorded, text};
use chrono::NaiveDate;
use serde_json::{Value, json};
use uuid::Uuid;
use wubang_kernel::Who;
use wubang_kernel::division::DivisionCode;
use wubang_registry::engagements::{self, Begun};
use wubang_testkit::{Bench, Reply, on_both};

const COMMUNITY: &str = "410108005003";
const REASON: &str = "本项目服务对象特殊,符合条件的组织均已满负荷,予以放宽。";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An agreement of some organisations that runs until a day; the price goes to the first.
pub(crate) async fn engage(
    bench: &mut Bench,
    keys: &[&str],
    field: &str,
    price_fen: i64,
    until: &str,
) -> Uuid {
    let mut parts = Vec::new();
    for key in keys {
        let id: Uuid = bench.organisation(key).await.parse().unwrap();
        parts.push((id, if parts.is_empty() { price_fen } else { 0 }));
    }
    let tx = bench
        .running
        .store
        .write(&Who::system("tests"))
        .await
        .unwrap();
    let contract_id = tx.new_id();
    let begun = Begun {
        contract_id,
        number: format!("XY-410108-2026-{}", &contract_id.to_string()[24..]),
        title: "社区助老服务".to_owned(),
        division: DivisionCode::parse(COMMUNITY).unwrap(),
        communities: vec![COMMUNITY.to_owned()],
        field: field.to_owned(),
        price_fen,
        bid_id: None,
        days: (day("2026-01-01"), day(until)),
        parts,
    };
    engagements::begin(&tx, &begun).await.unwrap();
    tx.commit().await.unwrap();
    contract_id
}

async fn over(bench: &Bench, contract: Uuid) {
    let tx = bench
        .running
        .store
        .write(&Who::system("tests"))
        .await
        .unwrap();
    engagements::end(&tx, contract).await.unwrap();
    tx.commit().await.unwrap();
}

async fn fill(bench: &mut Bench, key: &str, count: i64) -> Vec<Uuid> {
    let mut all = Vec::new();
    for n in 0..count {
        all.push(engage(bench, &[key], "Z99", 1, &format!("2026-0{}-30", 9 - n)).await);
    }
    all
}

/// What the agent of an organisation is told of it before it bids.
async fn told(bench: &mut Bench, key: &str) -> Value {
    let path = format!("/api/v1/postings/{}/eligibility", bench.play.ids.posting);
    let out = agent(bench, key).await.get(&path).await.ok();
    let own = bench.organisation(key).await;
    let all = list(&out, "/organisations");
    assert_eq!(all.len(), 1, "its own organisation alone");
    assert_eq!(all[0]["organisation_id"], json!(own));
    all[0].clone()
}

fn check(told: &Value, rule: &str) -> Value {
    let checks = list(told, "/checks");
    let found = checks.iter().find(|one| one["rule"] == json!(rule));
    found
        .unwrap_or_else(|| panic!("no {rule} in {told}"))
        .clone()
}

async fn declare(bench: &mut Bench, key: &str, capacity: i32) {
    let path = format!("/api/v1/organisations/{}", bench.organisation(key).await);
    let agent = agent(bench, key).await;
    let version = number(&agent.get(&path).await.ok(), "/version");
    agent
        .patch(&path, version, json!({ "declared_capacity": capacity }))
        .await
        .ok();
}

async fn submit(bench: &mut Bench, key: &str, id: &str) -> Reply {
    head(bench, key)
        .await
        .post(&at(id, "submit"), json!({}))
        .await
}

async fn waive(bench: &mut Bench, who: &str, body: Value) -> Reply {
    let path = format!("/api/v1/postings/{}/waive_caps", bench.play.ids.posting);
    bench.cast(who).await.post(&path, body).await
}

async fn street_sees(bench: &mut Bench, id: &str) -> Value {
    bench
        .cast("street_officer")
        .await
        .get(&format!("/api/v1/bids/{id}"))
        .await
        .ok()
}

/// The invited partner answers.
async fn join(bench: &mut Bench, id: &str, key: &str) -> Reply {
    let organisation_id = bench.organisation(key).await;
    let lead = agent(bench, "lelin").await;
    lead.post(
        &at(id, "invite_member"),
        json!({ "organisation_id": organisation_id, "role": "partner" }),
    )
    .await
    .ok();
    agent(bench, key)
        .await
        .post(
            &at(id, "accept_invitation"),
            json!({ "organisation_id": organisation_id }),
        )
        .await
}

async fn joint(bench: &mut Bench) -> String {
    open(bench).await;
    let id = drafted(bench, "lelin").await;
    let version = number(&see(bench, "lelin", &id).await, "/version");
    agent(bench, "lelin")
        .await
        .patch(
            &format!("/api/v1/bids/{id}"),
            version,
            json!({ "mode": "joint" }),
        )
        .await
        .ok();
    id
}

on_both! {
    async fn who_carries_enough_is_told_the_figures_and_the_day(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let free = told(&mut bench, "lelin").await;
        assert_eq!((&free["eligible"], &check(&free, "capacity_free")["figures"]["limit"]), (&json!(true), &json!(4)));
        let id = drafted(&mut bench, "lelin").await;
        let running = fill(&mut bench, "lelin", 4).await;
        let full = told(&mut bench, "lelin").await;
        let wanted = json!({ "used": 4, "limit": 4, "unit": "contracts", "free_on": "2026-06-30" });
        assert_eq!((&full["eligible"], &check(&full, "capacity_free")["figures"]), (&json!(false), &wanted));
        let reply = submit(&mut bench, "lelin", &id).await;
        let errors = list(&reply.body, "/errors");
        assert_eq!(errors[0]["figures"], wanted);
        assert!(text(&errors[0], "/detail").contains("2026-06-30"), "{errors:?}");
        assert_eq!(reply.pointers(), ["/organisation/capacity_free"]);
        reply.refused(409, "cap_reached");
        over(&bench, running[0]).await;
        submit(&mut bench, "lelin", &id).await.ok();
    }

    async fn only_who_speaks_for_an_organisation_asks_what_stands_against_it(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let path = format!("/api/v1/postings/{}/eligibility", bench.play.ids.posting);
        let officer = bench.cast("street_officer").await.get(&path).await.ok();
        assert_eq!(officer["organisations"], json!([]), "nobody else learns what an organisation carries");
        bench.nobody().get(&path).await.refused(401, "unauthenticated");
        let lelin = agent(&mut bench, "lelin").await;
        lelin.get(&format!("/api/v1/postings/{}/eligibility", Uuid::nil())).await.refused(404, "not_found");
        let out = told(&mut bench, "chunhui").await;
        assert_eq!((&out["eligible"], &check(&out, "not_abnormal_listed")["passed"]), (&json!(false), &json!(false)));
    }

    async fn open_bids_are_limited_by_the_free_capacity_and_nobody_else_learns_of_them(bench: Bench) {
        district_rules(&mut bench, json!({ "caps": { "open_bids_factor": 1 } })).await.ok();
        declare(&mut bench, "lelin", 1).await;
        open(&mut bench).await;
        let first = drafted(&mut bench, "lelin").await;
        let before = told(&mut bench, "lelin").await;
        assert_eq!(check(&before, "open_bids")["figures"]["used"], json!(0), "a draft does not count");
        submit(&mut bench, "lelin", &first).await.ok();
        // revising does not count itself
        let letter = see(&mut bench, "lelin", &first).await["letter"].clone();
        head(&mut bench, "lelin").await.post(&at(&first, "revise"), json!({ "letter": letter })).await.ok();
        open(&mut bench).await;
        let second = drafted(&mut bench, "lelin").await;
        let reply = submit(&mut bench, "lelin", &second).await;
        assert_eq!(reply.pointers(), ["/organisation/open_bids"]);
        assert_eq!(reply.body["errors"][0]["figures"], json!({ "used": 1, "limit": 1, "unit": "bids", "free_on": null }));
        reply.refused(409, "cap_reached");
        // withdrawn, it is free; opened, the check tells nobody of other bids
        head(&mut bench, "lelin").await.post(&at(&first, "withdraw"), json!({ "reason": "改投另一榜单" })).await.ok();
        submit(&mut bench, "lelin", &second).await.ok();
        bench.advance(instant("2026-03-18T00:00:00+08:00")).await;
        let opened = street_sees(&mut bench, &second).await;
        assert_eq!(opened["state"], json!("opened"));
        assert!(!opened["eligibility"].to_string().contains("open_bids"), "{opened}");
    }

    async fn a_bid_of_a_round_that_has_ended_is_not_in_play(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let first = drafted(&mut bench, "lelin").await;
        submit(&mut bench, "lelin", &first).await.ok();
        bench.advance(instant("2026-03-18T00:00:00+08:00")).await;
        let path = format!("/api/v1/postings/{}/cancel", bench.play.ids.posting);
        open(&mut bench).await;
        let before = check(&told(&mut bench, "lelin").await, "open_bids")["figures"]["used"].clone();
        let cancel = json!({ "ground": "funding_cancelled", "reason": "资金安排取消,撤回本榜" });
        bench.cast("street_approver").await.post(&path, cancel).await.ok();
        // opened and never judged, it waits for nobody
        assert_eq!(street_sees(&mut bench, &first).await["state"], json!("opened"));
        let after = check(&told(&mut bench, "lelin").await, "open_bids")["figures"]["used"].clone();
        assert_eq!((before, after), (json!(1), json!(0)));
    }

    async fn a_partner_is_asked_when_it_joins_and_its_lead_learns_nothing(bench: Bench) {
        district_rules(&mut bench, json!({ "caps": { "open_bids_factor": 1 } })).await.ok();
        declare(&mut bench, "yinxing", 1).await;
        open(&mut bench).await;
        let own = drafted(&mut bench, "yinxing").await;
        submit(&mut bench, "yinxing", &own).await.ok();
        let id = joint(&mut bench).await;
        let reply = join(&mut bench, &id, "yinxing").await;
        assert_eq!(reply.pointers(), ["/organisation/open_bids"]);
        reply.refused(409, "cap_reached");
        let invited = see(&mut bench, "lelin", &id).await;
        assert_eq!(invited["members"][0]["standing"], json!("invited"), "the lead sees no more than before");
        head(&mut bench, "yinxing").await.post(&at(&own, "withdraw"), json!({ "reason": "改为参加联合体" })).await.ok();
        let organisation_id = bench.organisation("yinxing").await;
        let yinxing = agent(&mut bench, "yinxing").await;
        yinxing.post(&at(&id, "accept_invitation"), json!({ "organisation_id": organisation_id })).await.ok();
        // from now on the joint draft counts, as nobody asks at the hand-in
        submit(&mut bench, "yinxing", &own).await.refused(409, "cap_reached");
    }

    async fn a_share_of_the_budget_above_a_quarter_waits(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let id = drafted(&mut bench, "lelin").await;
        for n in 0..15_i64 {
            let key = ["yinxing", "xinhuo", "dahe"][usize::try_from(n % 3).unwrap()];
            engage(&mut bench, &[key], "Z99", 900_000, if n < 4 { "2026-05-31" } else { "2026-12-31" }).await;
        }
        // 46 800 of 181 800 yuan are more than a quarter
        let reply = submit(&mut bench, "lelin", &id).await;
        assert_eq!(reply.pointers(), ["/organisation/budget_share"]);
        assert_eq!(reply.body["errors"][0]["figures"], json!({ "used": 4_680_000, "limit": 4_545_000, "unit": "fen", "free_on": "2026-05-31" }));
        reply.refused(409, "cap_reached");
        assert_eq!(check(&told(&mut bench, "lelin").await, "budget_share")["passed"], json!(true), "without a price nothing is held");
        engage(&mut bench, &["dahe"], "Z99", 600_000, "2026-12-31").await;
        submit(&mut bench, "lelin", &id).await.ok();
    }

    async fn the_street_waives_the_caps_for_whoever_bids(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let id = drafted(&mut bench, "lelin").await;
        fill(&mut bench, "lelin", 4).await;
        waive(&mut bench, "secretary", json!({ "reason": REASON })).await.refused(403, "forbidden");
        let reply = waive(&mut bench, "street_officer", json!({ "reason": "急" })).await;
        assert_eq!(reply.pointers(), ["/reason"]);
        reply.refused(422, "invalid");
        submit(&mut bench, "lelin", &id).await.refused(409, "cap_reached");
        let path = format!("/api/v1/postings/{}/waive_caps", bench.play.ids.posting);
        let stale = bench.cast("street_officer").await;
        stale.call("POST", &path, &[("if-match", "\"99\"")], Some(json!({ "reason": REASON }).to_string().into_bytes())).await.refused(412, "stale_version");
        let waived = waive(&mut bench, "street_officer", json!({ "reason": REASON })).await.ok();
        assert_eq!((&waived["bidder_cap_reason"], &waived["changes"][0]["kind"]), (&json!(REASON), &json!("caps_waived")));
        waive(&mut bench, "street_officer", json!({ "reason": REASON })).await.refused(409, "duplicate");
        let public = bench.nobody().get(&format!("/api/v1/public/postings/{}", bench.play.ids.posting)).await.ok();
        assert_eq!(public["bidder_cap_reason"], json!(REASON));
        let now = told(&mut bench, "lelin").await;
        assert_eq!((&now["eligible"], &check(&now, "capacity_free")["figures"]["used"]), (&json!(true), &json!(4)));
        submit(&mut bench, "lelin", &id).await.ok();
        assert_eq!(recorded(&bench, "posting.caps_waived", None).await, 1);
        let cancel = json!({ "ground": "funding_cancelled", "reason": "资金安排取消,撤回本榜" });
        bench.cast("street_officer").await.post(&path.replace("waive_caps", "cancel"), cancel).await.ok();
        waive(&mut bench, "street_officer", json!({ "reason": REASON })).await.refused(409, "invalid_transition");
    }

    async fn a_cap_reached_at_the_opening_takes_a_public_reason(bench: Bench from BidsSubmitted) {
        let id = bench.play.ids.bids["lelin"].clone();
        fill(&mut bench, "lelin", 4).await;
        bench.advance(instant("2026-03-18T00:00:00+08:00")).await;
        let opened = street_sees(&mut bench, &id).await;
        let checks = list(&opened, "/eligibility");
        let cap = checks.iter().find(|one| one["rule"] == json!("capacity_free")).unwrap();
        assert_eq!((&cap["passed"], &cap["figures"]["free_on"]), (&json!(false), &json!("2026-06-30")));
        let street = bench.cast("street_officer").await;
        street.post(&at(&id, "qualify"), json!({})).await.refused(422, "checks_failed");
        let reply = street.post(&at(&id, "qualify"), json!({ "cap_reason": "急" })).await;
        assert_eq!(reply.pointers(), ["/cap_reason"]);
        reply.refused(422, "invalid");
        let out = street.post(&at(&id, "qualify"), json!({ "cap_reason": REASON })).await.ok();
        assert_eq!((&out["state"], &out["cap_reason"]), (&json!("qualified"), &json!(REASON)));
        // where no cap is reached there is nothing to give a reason for
        let other = bench.play.ids.bids["yinxing"].clone();
        let out = street.post(&at(&other, "qualify"), json!({ "cap_reason": REASON })).await.ok();
        assert_eq!(out["cap_reason"], Value::Null);
    }

    async fn a_cap_reached_at_the_award_takes_a_public_reason(bench: Bench from BidsScored) {
        bench.forget();
        let posting = format!("/api/v1/postings/{}", bench.play.ids.posting);
        let ranking = bench.cast("street_officer").await.get(&format!("{posting}/report")).await.ok();
        let first = text(&ranking, "/ranking/0/bid_id");
        let bid = street_sees(&mut bench, &first).await;
        let winner = text(&bid, "/organisation_id");
        let mut key = "";
        for one in ["lelin", "yinxing", "xinhuo"] {
            if bench.organisation(one).await == winner {
                key = one;
            }
        }
        declare(&mut bench, key, 1).await;
        engage(&mut bench, &[key], "Z99", 1, "2026-11-30").await;
        let mut body = json!({ "bid_id": first, "reason": "综合评分第一,按排名确定。" });
        let street = bench.cast("street_officer").await;
        let reply = street.post(&format!("{posting}/propose_award"), body.clone()).await;
        assert_eq!(reply.pointers(), [format!("/organisations/{winner}/capacity_free")]);
        assert_eq!(reply.body["errors"][0]["figures"]["free_on"], json!("2026-11-30"));
        reply.refused(409, "cap_reached");
        body["cap_reason"] = json!("急");
        let reply = street.post(&format!("{posting}/propose_award"), body.clone()).await;
        assert_eq!(reply.pointers(), ["/cap_reason"]);
        body["cap_reason"] = json!(REASON);
        let award = street.post(&format!("{posting}/propose_award"), body).await.ok();
        let public = bench.nobody().get(&format!("/api/v1/public/awards/{}", text(&award, "/id"))).await.ok();
        assert!(public.to_string().contains(REASON), "{public}");
    }

    async fn a_cap_reached_before_the_signature_stops_it(bench: Bench from AwardNoticed) {
        bench.forget();
        declare(&mut bench, "lelin", 1).await;
        let running = engage(&mut bench, &["lelin"], "Z99", 1, "2026-11-30").await;
        let refused = bench.play.contract_signed().await.unwrap_err();
        assert!(refused.contains("not_eligible") && refused.contains("capacity_free"), "{refused}");
        over(&bench, running).await;
        assert_eq!(carried(&mut bench).await, json!(0));
    }

    async fn an_agreement_counts_from_the_signature_to_the_evaluation(bench: Bench) {
        bench.play.whole().await.unwrap();
        bench.forget();
        assert_eq!(carried(&mut bench).await, json!(0));
        let view = bench.running.store.read(&Who::system("tests"));
        let own: Uuid = { let id = bench.organisation("lelin").await; id.parse().unwrap() };
        let record = engagements::record_of(&view, &[own]).await.unwrap();
        let done = record.iter().find(|one| one.ended_at.is_some()).expect("the story's agreement");
        assert_eq!((done.price_fen, done.part_fen, done.lead, done.grade.as_deref()), (4_680_000, 4_680_000, true, Some("good")));
        assert_eq!(engagements::running_of(&view, &[own]).await.unwrap().iter().filter(|one| one.contract_id == done.contract_id).count(), 0);
    }

    async fn after_three_in_a_row_an_order_takes_a_public_reason(bench: Bench) {
        let body = orders::first_order(&mut bench, "directed").await;
        let field = text(&body, "/field");
        for until in ["2026-03-31", "2026-04-30", "2026-05-31"] {
            let contract = engage(&mut bench, &["lelin"], &field, 1, until).await;
            over(&bench, contract).await;
        }
        let path = orders::drafted(&mut bench, body).await;
        orders::endorsed(&mut bench, &path).await;
        let reply = orders::approve(&mut bench, &path, json!({ "content_acknowledged": true })).await;
        assert_eq!(reply.pointers(), ["/organisation/consecutive_contracts"]);
        assert_eq!(reply.body["errors"][0]["figures"], json!({ "used": 3, "limit": 3, "unit": "contracts", "free_on": null }));
        assert!(text(&reply.body, "/errors/0/detail").contains("无法预计"), "{}", reply.body);
        reply.refused(409, "cap_reached");
        let approved = orders::approve(&mut bench, &path, json!({ "content_acknowledged": true, "cap_reason": REASON })).await.ok();
        assert_eq!((&approved["state"], &approved["bidder_cap_reason"], &approved["cap_reason"]), (&json!("open"), &json!(REASON), &Value::Null));
        let bid = orders::accepted(&mut bench, &approved, 800_000).await;
        orders::proposed(&mut bench, &approved, &bid).await.ok();
    }

    async fn after_three_in_a_row_nobody_is_invited_but_everybody_may_bid(bench: Bench from NeedApproved) {
        let mut body = bench.play.posting_body().await.unwrap();
        let field = text(&body, "/field");
        for keys in [vec!["lelin"], vec!["yinxing", "lelin"], vec!["lelin"]] {
            let contract = engage(&mut bench, &keys, &field, 1, "2026-05-31").await;
            over(&bench, contract).await;
        }
        body["type"] = json!("invited");
        let simulated = bench.cast("secretary").await.post("/api/v1/procedures/invited/simulate", json!({ "draft": body })).await.ok();
        assert_eq!(simulated["problems"][0]["pointer"], json!("/cap_reason"));
        let path = orders::drafted(&mut bench, body.clone()).await;
        let secretary = bench.cast("secretary").await;
        secretary.post(&format!("{path}/submit"), json!({})).await.ok();
        let reply = orders::approve(&mut bench, &path, json!({ "content_acknowledged": true })).await;
        assert_eq!(reply.pointers(), ["/organisation/consecutive_contracts"]);
        reply.refused(409, "cap_reached");
        // to everybody it may go out
        let cancel = json!({ "ground": "error", "reason": "改为公开发榜" });
        bench.cast("street_officer").await.post(&format!("{path}/cancel"), cancel).await.ok();
        bench.play.posting_open().await.unwrap();
        let free = told(&mut bench, "lelin").await;
        assert_eq!(free["eligible"], json!(true), "{free}");
    }

    async fn a_district_sets_its_own_caps(bench: Bench) {
        district_rules(&mut bench, json!({ "caps": { "contracts_4a": 2, "contracts_3a": 2, "contracts_ungraded": 2 } })).await.ok();
        open(&mut bench).await;
        assert_eq!(check(&told(&mut bench, "lelin").await, "capacity_free")["figures"]["limit"], json!(2));
        let reply = district_rules(&mut bench, json!({ "caps": { "budget_share_percent": 9, "consecutive_contracts": 0 } })).await;
        assert_eq!(reply.pointers().len(), 2, "{:?}", reply.pointers());
        reply.refused(422, "invalid");
    }
}

/// How many agreements the story's contractor carries.
async fn carried(bench: &mut Bench) -> Value {
    let path = format!(
        "/api/v1/organisations/{}",
        bench.organisation("lelin").await
    );
    agent(bench, "lelin").await.get(&path).await.ok()["active_contracts"].clone()
}
