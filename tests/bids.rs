//! 揭榜 over HTTP: sealed until the deadline, one second later too late.

use crate::needs::{allowed, instant, text};
use chrono::TimeDelta;
use serde_json::{Value, json};
use wubang_kernel::digest::content_hash;
use wubang_server::demo::play::agent_of;
use wubang_testkit::{Bench, Caller, Reply, Stage, on_both};

/// End of the fifteenth day after the bench's Monday.
const DEADLINE: &str = "2026-03-17T23:59:59+08:00";

pub fn at(id: &str, verb: &str) -> String {
    format!("/api/v1/bids/{id}/{verb}")
}

pub async fn agent(bench: &mut Bench, key: &str) -> Caller {
    bench.user(&agent_of(key, "org_agent").unwrap()).await
}

pub async fn head(bench: &mut Bench, key: &str) -> Caller {
    bench.user(&agent_of(key, "org_legal_rep").unwrap()).await
}

async fn street(bench: &mut Bench) -> Caller {
    bench.cast("street_officer").await
}

pub async fn open(bench: &mut Bench) {
    bench.reach(Stage::PostingOpen).await;
}

/// Three bids, opened after the deadline.
async fn opened(bench: &mut Bench) {
    bench.reach(Stage::BidsSubmitted).await;
    bench.advance(instant("2026-03-18T00:00:00+08:00")).await;
}

/// The draft of an organisation, with the words of the story's first bid.
pub async fn drafted(bench: &mut Bench, key: &str) -> String {
    let words = bench
        .play
        .bid_of(key)
        .or_else(|_| bench.play.bid_of("lelin"));
    bench.play.bid_drafted(key, &words.unwrap()).await.unwrap()
}

/// The legal representative hands in what was drafted.
async fn submit(bench: &mut Bench, key: &str, id: &str) -> Reply {
    let head = head(bench, key).await;
    head.post(&at(id, "submit"), json!({})).await
}

pub async fn see(bench: &mut Bench, key: &str, id: &str) -> Value {
    agent(bench, key)
        .await
        .get(&format!("/api/v1/bids/{id}"))
        .await
        .ok()
}

async fn posting(bench: &mut Bench) -> Value {
    let path = format!("/api/v1/postings/{}", bench.play.ids.posting);
    street(bench).await.get(&path).await.ok()
}

/// The hash anybody can compute from what was handed in.
fn hash(bid: &Value) -> String {
    content_hash(
        &json!({ "posting_id": bid["posting_id"], "organisation_id": bid["organisation_id"], "price_fen": bid["price_fen"], "letter": bid["letter"], "salt": bid["receipt"]["salt"] }),
    )
}

fn ground() -> Value {
    json!({ "ground": "documents_missing", "reason": "未提交项目负责社工的职业资格证明" })
}

on_both! {
    async fn the_last_second_is_in_time_and_the_next_is_not(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let first = drafted(&mut bench, "lelin").await;
        let late = drafted(&mut bench, "yinxing").await;
        let deadline = instant(DEADLINE);
        // nobody has closed the posting yet: the clock alone decides
        bench.stand_at(deadline);
        let (first_head, late_head) = (head(&mut bench, "lelin").await, head(&mut bench, "yinxing").await);
        let actions = first_head.get(&at(&first, "actions")).await.ok();
        let submit = actions["allowed"].as_array().unwrap().iter().find(|one| one["action"] == json!("submit")).cloned();
        assert_eq!(submit.unwrap()["deadline"], json!(DEADLINE));
        let done = first_head.post(&at(&first, "submit"), json!({})).await.ok();
        assert!(text(&done, "/receipt/submitted_at").starts_with("2026-03-17T23:59:59"), "{done}");
        bench.stand_at(deadline + TimeDelta::seconds(1));
        late_head.post(&at(&late, "submit"), json!({})).await.refused(409, "deadline_passed");
        first_head.post(&at(&first, "revise"), json!({ "price_fen": 1 })).await.refused(409, "deadline_passed");
        first_head.post(&at(&first, "withdraw"), json!({ "reason": "截止之后不再参加" })).await.refused(409, "deadline_passed");
        assert_eq!(posting(&mut bench).await["state"], json!("open"), "the worker has not been here");
        // and with the worker's help it is no different
        bench.work().await;
        assert_eq!(posting(&mut bench).await["state"], json!("closed"));
        late_head.post(&at(&late, "submit"), json!({})).await.refused(409, "deadline_passed");
        let (organisation, posting) = (bench.organisation("xinhuo").await, bench.play.ids.posting.clone());
        let body = json!({ "posting_id": posting, "organisation_id": organisation });
        agent(&mut bench, "xinhuo").await.post("/api/v1/bids", body).await.refused(409, "deadline_passed");
        assert_eq!(see(&mut bench, "lelin", &first).await["state"], json!("opened"));
        assert_eq!(see(&mut bench, "yinxing", &late).await["state"], json!("draft"), "a draft stays with its owner");
    }

    async fn a_receipt_carries_the_hash_of_what_was_handed_in(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let id = drafted(&mut bench, "lelin").await;
        let done = submit(&mut bench, "lelin", &id).await.ok();
        assert_eq!(done["receipt"]["content_hash"], json!(hash(&done)));
        assert_eq!((&done["receipt"]["revision"], &done["receipt"]["signed_by"]), (&json!(1), &json!("何雅静")));
        assert_eq!(done["price_fen"], json!(4_680_000));
        assert_eq!(text(&done, "/receipt/salt").len(), 64);
        bench.work().await;
        // the sequencer has seen the hand-in: its place in the trail stands in the receipt
        let position = see(&mut bench, "lelin", &id).await["receipt"]["position"].as_i64();
        assert!(position.is_some_and(|at| at > 0), "{position:?}");
        // the receipt goes to the bidder by mail as well
        let mails = bench.mails.sent();
        assert!(mails.iter().any(|mail| mail.to == "ning.jiayi@lelin.example" && mail.body.contains(&hash(&done))), "{mails:?}");
    }

    async fn each_revision_is_kept_with_its_own_receipt(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let id = drafted(&mut bench, "lelin").await;
        let first = submit(&mut bench, "lelin", &id).await.ok();
        let mut letter = first["letter"].clone();
        letter["budget"][0]["amount_fen"] = json!(1_919_900);
        let cheaper = json!({ "price_fen": 4_679_900, "letter": letter });
        // the agent alone cannot change what the legal representative has signed
        agent(&mut bench, "lelin").await.post(&at(&id, "revise"), cheaper.clone()).await.refused(422, "not_signed");
        assert_eq!(see(&mut bench, "lelin", &id).await["receipt"], first["receipt"]);
        let second = head(&mut bench, "lelin").await.post(&at(&id, "revise"), cheaper).await.ok();
        assert_eq!((&second["receipt"]["revision"], &second["price_fen"]), (&json!(2), &json!(4_679_900)));
        assert_ne!(second["receipt"]["content_hash"], first["receipt"]["content_hash"]);
        assert_eq!(second["receipt"]["content_hash"], json!(hash(&second)));
        // a revision that is not complete leaves the second as it is
        head(&mut bench, "lelin").await.post(&at(&id, "revise"), json!({ "price_fen": 4_000_000 })).await.refused(422, "incomplete");
        assert_eq!(see(&mut bench, "lelin", &id).await["receipt"], second["receipt"]);
        head(&mut bench, "lelin").await.patch(&format!("/api/v1/bids/{id}"), 3, json!({ "price_fen": 1 })).await.refused(409, "invalid_transition");
    }

    async fn a_withdrawn_bid_can_be_handed_in_again(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let id = drafted(&mut bench, "lelin").await;
        submit(&mut bench, "lelin", &id).await.ok();
        let agent = agent(&mut bench, "lelin").await;
        agent.post(&at(&id, "withdraw"), json!({ "reason": "短" })).await.refused(422, "invalid");
        let back = agent.post(&at(&id, "withdraw"), json!({ "reason": "团队安排有变,重新准备" })).await.ok();
        assert_eq!(back["state"], json!("withdrawn"));
        agent.post(&at(&id, "withdraw"), json!({ "reason": "团队安排有变,重新准备" })).await.refused(409, "invalid_transition");
        let again = submit(&mut bench, "lelin", &id).await.ok();
        assert_eq!((&again["state"], &again["receipt"]["revision"]), (&json!("submitted"), &json!(2)));
        bench.advance(instant("2026-03-18T00:00:00+08:00")).await;
        assert_eq!(see(&mut bench, "lelin", &id).await["state"], json!("opened"));
    }

    async fn an_agent_needs_the_signature_of_the_legal_representative(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let id = drafted(&mut bench, "lelin").await;
        let (agent, head) = (agent(&mut bench, "lelin").await, head(&mut bench, "lelin").await);
        let path = format!("/api/v1/bids/{id}");
        agent.post(&at(&id, "submit"), json!({})).await.refused(422, "not_signed");
        agent.post(&at(&id, "sign"), json!({})).await.refused(403, "forbidden");
        head.post(&at(&id, "sign"), json!({})).await.ok();
        // an edit after the signature makes it void
        let mut letter = see(&mut bench, "lelin", &id).await["letter"].clone();
        letter["co_resources"] = json!("另自带测温设备二十台。");
        agent.patch(&path, 2, json!({ "letter": letter })).await.ok();
        agent.post(&at(&id, "submit"), json!({})).await.refused(422, "not_signed");
        head.post(&at(&id, "sign"), json!({})).await.ok();
        let done = agent.post(&at(&id, "submit"), json!({})).await.ok();
        assert_eq!((&done["state"], &done["receipt"]["signed_by"]), (&json!("submitted"), &json!("何雅静")));
    }

    async fn the_price_is_above_zero_and_within_the_ceiling(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let id = drafted(&mut bench, "lelin").await;
        let head = head(&mut bench, "lelin").await;
        let path = format!("/api/v1/bids/{id}");
        let reply = head.patch(&path, 1, json!({ "price_fen": -1 })).await;
        assert_eq!(reply.pointers(), ["/price_fen"]);
        reply.refused(422, "invalid");
        let mut letter = see(&mut bench, "lelin", &id).await["letter"].clone();
        // one fen above the ceiling of 48 000 yuan
        letter["budget"][0]["amount_fen"] = json!(1_920_000 + 4_800_001 - 4_680_000);
        head.patch(&path, 1, json!({ "price_fen": 4_800_001, "letter": letter })).await.ok();
        head.post(&at(&id, "submit"), json!({})).await.refused(422, "price_out_of_range");
        letter["budget"] = json!([]);
        head.patch(&path, 2, json!({ "price_fen": 0, "letter": letter })).await.ok();
        head.post(&at(&id, "submit"), json!({})).await.refused(422, "price_out_of_range");
        // the ceiling itself is in range
        letter["budget"] = json!([{ "item": "people", "description": "驻点社工补贴", "amount_fen": 4_800_000 }]);
        head.patch(&path, 3, json!({ "price_fen": 4_800_000, "letter": letter })).await.ok();
        head.post(&at(&id, "submit"), json!({})).await.ok();
    }

    async fn a_draft_says_what_it_still_misses(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let (organisation, posting) = (bench.organisation("lelin").await, bench.play.ids.posting.clone());
        let head = head(&mut bench, "lelin").await;
        let made = head.post("/api/v1/bids", json!({ "posting_id": posting, "organisation_id": organisation, "price_fen": 100 })).await.ok();
        let missing: Vec<String> = made["missing"].as_array().unwrap().iter().map(|one| text(one, "/pointer")).collect();
        assert_eq!(missing, ["/letter/understanding", "/letter/service_plan/schedule", "/letter/service_plan/activities", "/letter/team/headcount",
            "/letter/capability_statement", "/letter/risk_plan", "/letter/outcome_indicators", "/letter/commitments/no_conflict", "/letter/commitments/truthful", "/letter/budget"]);
        let id = text(&made, "/id");
        let reply = head.post(&at(&id, "submit"), json!({})).await;
        assert_eq!(reply.pointers(), missing, "the same list as in the draft");
        reply.refused(422, "incomplete");
        assert!(!allowed(&made).contains(&"submit".to_owned()), "{made}");
        // management above ten per cent of the price, and lines that do not sum to it
        let full = drafted(&mut bench, "yinxing").await;
        let mut letter = see(&mut bench, "yinxing", &full).await["letter"].clone();
        letter["budget"][4]["amount_fen"] = json!(456_001);
        let yinxing = self::head(&mut bench, "yinxing").await;
        yinxing.patch(&format!("/api/v1/bids/{full}"), 1, json!({ "letter": letter })).await.ok();
        let reply = yinxing.post(&at(&full, "submit"), json!({})).await;
        assert_eq!(reply.pointers(), ["/letter/budget", "/letter/budget"]);
        reply.refused(422, "incomplete");
    }

    async fn who_is_not_eligible_hears_why(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        for (key, rule) in [
            ("kangning", "not_serious_dishonest"),
            ("chunhui", "not_abnormal_listed"),
            ("linwei", "form_allowed"),
            ("kangyi", "covers_community"),
        ] {
            let id = drafted(&mut bench, key).await;
            let reply = submit(&mut bench, key, &id).await;
            assert!(reply.pointers().contains(&format!("/organisation/{rule}")), "{key}: {:?}", reply.pointers());
            reply.refused(422, "not_eligible");
            assert_eq!(see(&mut bench, key, &id).await["state"], json!("draft"));
        }
        // one without legal personality and custodian cannot even complete its bid: see `joint_bids`
        let id = drafted(&mut bench, "yinling").await;
        let reply = submit(&mut bench, "yinling", &id).await;
        assert_eq!(reply.pointers(), ["/mode".to_owned(), format!("/members/{}", bench.organisation("yinling").await)]);
        reply.refused(422, "incomplete");
    }

    async fn an_organisation_without_free_capacity_cannot_bid(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let (id, organisation) = (drafted(&mut bench, "lelin").await, bench.organisation("lelin").await);
        let agent = agent(&mut bench, "lelin").await;
        let path = format!("/api/v1/organisations/{organisation}");
        let version = agent.get(&path).await.ok()["version"].as_i64().unwrap();
        agent.patch(&path, version, json!({ "declared_capacity": 0 })).await.ok();
        let reply = submit(&mut bench, "lelin", &id).await;
        assert_eq!(reply.pointers(), ["/organisation/capacity_free"]);
        reply.refused(409, "cap_reached");
        agent.patch(&path, version + 1, json!({ "declared_capacity": 1 })).await.ok();
        submit(&mut bench, "lelin", &id).await.ok();
    }

    async fn an_organisation_bids_once_and_for_itself_only(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        drafted(&mut bench, "lelin").await;
        let posting = bench.play.ids.posting.clone();
        let (own, other) = (bench.organisation("lelin").await, bench.organisation("yinxing").await);
        let body = |organisation: &str| json!({ "posting_id": posting, "organisation_id": organisation });
        let agent = agent(&mut bench, "lelin").await;
        agent.post("/api/v1/bids", body(&own)).await.refused(409, "duplicate");
        agent.post("/api/v1/bids", body(&other)).await.refused(403, "forbidden");
        street(&mut bench).await.post("/api/v1/bids", body(&other)).await.refused(403, "forbidden");
        bench.nobody().post("/api/v1/bids", body(&other)).await.refused(401, "unauthenticated");
        let reply = agent.post("/api/v1/bids", body(&posting)).await;
        assert_eq!(reply.pointers(), ["/organisation_id"]);
        reply.refused(422, "invalid");
        agent.post("/api/v1/bids", json!({ "posting_id": other, "organisation_id": own })).await.refused(404, "not_found");
    }

    async fn a_disqualification_takes_two_persons(bench: Bench from BidsSubmitted) {
        opened(&mut bench).await;
        let id = bench.play.ids.bids["xinhuo"].clone();
        let (first, second) = (street(&mut bench).await, bench.cast("street_approver").await);
        second.post(&at(&id, "confirm_disqualification"), json!({})).await.refused(422, "incomplete");
        let reply = first.post(&at(&id, "propose_disqualification"), json!({ "ground": "dislike", "reason": "不喜欢这家组织" })).await;
        assert_eq!(reply.pointers(), ["/ground"]);
        reply.refused(422, "invalid");
        first.post(&at(&id, "propose_disqualification"), ground()).await.ok();
        first.post(&at(&id, "confirm_disqualification"), json!({})).await.refused(409, "same_person");
        agent(&mut bench, "xinhuo").await.post(&at(&id, "confirm_disqualification"), json!({})).await.refused(403, "forbidden");
        let out = second.post(&at(&id, "confirm_disqualification"), json!({})).await.ok();
        assert_eq!((&out["state"], &out["reason_code"]), (&json!("disqualified"), &json!("documents_missing")));
        first.post(&at(&id, "qualify"), json!({})).await.refused(409, "invalid_transition");
        // the bidder reads the reason; the others go on
        assert_eq!(see(&mut bench, "xinhuo", &id).await["reason"], ground()["reason"]);
        assert_eq!(posting(&mut bench).await["state"], json!("closed"));
    }

    async fn a_bidder_listed_after_the_submission_fails_the_checks(bench: Bench from BidsSubmitted) {
        let organisation = bench.organisation("xinhuo").await;
        let body = json!({ "credit_status": "abnormal_activity", "reason": "未按时报送年度报告" });
        let path = format!("/api/v1/organisations/{organisation}/set_credit_status");
        bench.cast("district_admin").await.post(&path, body).await.ok();
        bench.advance(instant("2026-03-18T00:00:00+08:00")).await;
        let street = street(&mut bench).await;
        let (listed, good) = (bench.play.ids.bids["xinhuo"].clone(), bench.play.ids.bids["lelin"].clone());
        let bid = street.get(&format!("/api/v1/bids/{listed}")).await.ok();
        let failed: Vec<String> = bid["eligibility"].as_array().unwrap().iter().filter(|one| one["passed"] == json!(false)).map(|one| text(one, "/rule")).collect();
        assert_eq!(failed, ["not_abnormal_listed"]);
        street.post(&at(&listed, "qualify"), json!({})).await.refused(422, "checks_failed");
        agent(&mut bench, "lelin").await.post(&at(&good, "qualify"), json!({})).await.refused(403, "forbidden");
        assert_eq!(street.post(&at(&good, "qualify"), json!({})).await.ok()["state"], json!("qualified"));
    }

    async fn a_withdrawal_after_the_opening_is_noted_as_late(bench: Bench from BidsSubmitted) {
        opened(&mut bench).await;
        let reason = json!({ "reason": "团队骨干离职,无力承接" });
        let id = bench.play.ids.bids["xinhuo"].clone();
        street(&mut bench).await.post(&at(&id, "withdraw"), reason.clone()).await.refused(403, "forbidden");
        let late = agent(&mut bench, "xinhuo").await.post(&at(&id, "withdraw"), reason.clone()).await.ok();
        assert_eq!(late["state"], json!("withdrawn_late"));
        let other = bench.play.ids.bids["yinxing"].clone();
        street(&mut bench).await.post(&at(&other, "qualify"), json!({})).await.ok();
        head(&mut bench, "yinxing").await.post(&at(&other, "withdraw"), reason.clone()).await.ok();
        assert_eq!(posting(&mut bench).await["state"], json!("closed"));
        let last = bench.play.ids.bids["lelin"].clone();
        head(&mut bench, "lelin").await.post(&at(&last, "withdraw"), reason).await.ok();
        let failed = posting(&mut bench).await;
        assert_eq!((&failed["state"], &failed["reason_code"]), (&json!("failed"), &json!("no_bids")));
    }

    async fn when_all_are_disqualified_the_posting_fails(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let id = drafted(&mut bench, "lelin").await;
        submit(&mut bench, "lelin", &id).await.ok();
        bench.advance(instant("2026-03-18T00:00:00+08:00")).await;
        street(&mut bench).await.post(&at(&id, "propose_disqualification"), ground()).await.ok();
        bench.cast("street_approver").await.post(&at(&id, "confirm_disqualification"), json!({})).await.ok();
        let failed = posting(&mut bench).await;
        assert_eq!((&failed["state"], &failed["reason_code"]), (&json!("failed"), &json!("no_bids")));
        let need = format!("/api/v1/needs/{}", bench.play.ids.need);
        assert_eq!(street(&mut bench).await.get(&need).await.ok()["state"], json!("approved"));
    }
}
