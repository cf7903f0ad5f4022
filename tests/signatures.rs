//! 承榜协议: every party signs the same hash; a draft stays within what was posted; publication and filing.

use crate::bids::{agent, drafted, head, open};
use crate::scenes::{day_after, grant, instant, list, recorded, seen, text};
use chrono::Duration;
use serde_json::{Value, json};
use wubang_testkit::{Bench, Caller, Reply, Stage, on_both};

const LEAD: &str = "lelin";
const PARTNERS: [&str; 3] = ["yinxing", "xinhuo", "dahe"];

fn at(bench: &Bench, verb: &str) -> String {
    format!("/api/v1/contracts/{}/{verb}", bench.play.ids.contract)
}

fn path(bench: &Bench) -> String {
    format!("/api/v1/contracts/{}", bench.play.ids.contract)
}

pub(crate) async fn contract(bench: &mut Bench) -> Value {
    let path = path(bench);
    seen(bench, "wang.min", &path).await
}

/// The joint bid of four is awarded and its agreement sent; answers the hash to sign.
pub(crate) async fn joint_sent(bench: &mut Bench) -> String {
    let id = crate::joint_bids::ready(bench).await;
    crate::joint_bids::submit(bench, &id).await.ok();
    bench.play.ids.bids.insert(LEAD.to_owned(), id);
    bench.play.bids_qualified().await.unwrap();
    bench.play.award_proposed().await.unwrap();
    bench.play.award_noticed().await.unwrap();
    let hash = bench.play.contract_sent().await.unwrap();
    bench.forget();
    hash
}

pub(crate) async fn sign(bench: &Bench, who: &Caller, hash: &str) -> Reply {
    let body = json!({ "content_hash": hash });
    who.post(&at(bench, "sign"), body).await
}

/// The joint agreement with every signature.
pub(crate) async fn joint_signed(bench: &mut Bench) {
    let hash = joint_sent(bench).await;
    for key in [LEAD, PARTNERS[0], PARTNERS[1], PARTNERS[2]] {
        let who = head(bench, key).await;
        sign(bench, &who, &hash).await.ok();
    }
    let street = bench.cast("street_officer").await;
    sign(bench, &street, &hash).await.ok();
}

/// The story's agreement as a draft.
async fn draft(bench: &mut Bench) -> Value {
    bench.reach(Stage::AwardNoticed).await;
    bench.forget();
    let street = bench.cast("street_officer").await;
    let award = format!("/api/v1/awards/{}/contract", bench.play.ids.award);
    let made = street.post(&award, json!({})).await.ok();
    bench.play.ids.contract = text(&made, "/id");
    made
}

async fn signed(bench: &mut Bench) {
    draft(bench).await;
    let street = bench.cast("street_officer").await;
    let sent = street.post(&at(bench, "send"), json!({})).await.ok();
    let hash = text(&sent, "/content_hash");
    let head = bench.cast("winner_legal_rep").await;
    sign(bench, &head, &hash).await.ok();
    sign(bench, &street, &hash).await.ok();
}

fn missing(contract: &Value) -> Vec<String> {
    let open = list(contract, "/parties").into_iter();
    open.filter(|one| one["signed_at"].is_null())
        .map(|one| text(&one, "/party"))
        .collect()
}

on_both! {
    async fn an_agreement_of_four_stands_with_the_fifth_signature(bench: Bench from PostingOpen) {
        let hash = joint_sent(&mut bench).await;
        assert_eq!(missing(&contract(&mut bench).await), ["buyer", "contractor", "partner", "partner", "partner"]);
        for key in PARTNERS {
            let who = head(&mut bench, key).await;
            assert_eq!(sign(&bench, &who, &hash).await.ok()["state"], json!("pending_signature"), "{key}");
            sign(&bench, &who, &hash).await.refused(409, "already_signed");
        }
        assert_eq!(missing(&contract(&mut bench).await), ["buyer", "contractor"]);
        let street = bench.cast("street_officer").await;
        assert_eq!(sign(&bench, &street, &hash).await.ok()["state"], json!("pending_signature"));
        let lead = head(&mut bench, LEAD).await;
        let done = sign(&bench, &lead, &hash).await.ok();
        assert_eq!((&done["state"], missing(&done)), (&json!("signed"), Vec::new()));
        let mut named: Vec<(String, Value)> = Vec::new();
        for one in list(&done, "/signatures") {
            named.push((text(&one, "/party"), one["organisation_id"].clone()));
            assert_eq!(one["content_hash"], json!(hash));
        }
        for key in PARTNERS {
            let own = json!(bench.organisation(key).await);
            assert!(named.contains(&("partner".to_owned(), own)), "{key}");
        }
        assert!(named.contains(&("buyer".to_owned(), Value::Null)));
        let shares: Vec<i64> = list(&done, "/content/partners").iter().map(|one| one["share_bp"].as_i64().unwrap()).collect();
        assert_eq!((shares.iter().sum::<i64>(), &done["content"]["contractor"]["share_bp"]), (6_000, &json!(4_000)));
        // each of the four carries one agreement more
        for key in [LEAD, "yinxing"] {
            let own = bench.organisation(key).await;
            let seen = seen(&mut bench, "wei.guohua", &format!("/api/v1/organisations/{own}")).await;
            assert!(seen["active_contracts"].as_i64().unwrap() >= 1, "{key}");
        }
    }

    async fn partners_read_and_sign_and_leave_the_work_to_the_lead(bench: Bench from PostingOpen) {
        let hash = joint_sent(&mut bench).await;
        for key in PARTNERS {
            let who = agent(&mut bench, key).await;
            who.get(&path(&bench)).await.ok();
            assert_eq!(who.get("/api/v1/contracts").await.ok()["items"][0]["id"], json!(bench.play.ids.contract), "{key}");
            // the agent reads, the legal representative signs
            sign(&bench, &who, &hash).await.refused(403, "forbidden");
        }
        let stranger = head(&mut bench, "huizhong").await;
        stranger.get(&path(&bench)).await.refused(404, "not_found");
        sign(&bench, &stranger, &hash).await.refused(404, "not_found");
        for key in [LEAD, PARTNERS[0], PARTNERS[1], PARTNERS[2]] {
            let who = head(&mut bench, key).await;
            sign(&bench, &who, &hash).await.ok();
        }
        let street = bench.cast("street_officer").await;
        sign(&bench, &street, &hash).await.ok();
        let starts = text(&contract(&mut bench).await, "/content/starts_on");
        bench.advance(day_after(&starts)).await;
        for who in [head(&mut bench, "yinxing").await, agent(&mut bench, "yinxing").await] {
            let actions = who.get(&at(&bench, "actions")).await.ok();
            assert_eq!(actions["allowed"], json!([]));
            who.post(&at(&bench, "activate"), json!({})).await.refused(403, "forbidden");
            let milestone = text(&contract(&mut bench).await, "/milestones/0/id");
            who.post(&format!("/api/v1/milestones/{milestone}/submit"), json!({ "summary": "本阶段任务已全部完成。", "indicators": [] })).await.refused(403, "forbidden");
        }
        let lead = agent(&mut bench, LEAD).await;
        lead.post(&at(&bench, "activate"), json!({})).await.ok();
    }

    async fn one_person_does_not_sign_for_two_parties(bench: Bench from PostingOpen) {
        let hash = joint_sent(&mut bench).await;
        let account = wubang_server::demo::play::agent_of("yinxing", "org_legal_rep").unwrap();
        let other = bench.organisation("xinhuo").await;
        grant(&mut bench, &account, "org_legal_rep", json!({ "organisation": other })).await;
        let who = bench.user(&account).await;
        sign(&bench, &who, &hash).await.ok();
        sign(&bench, &who, &hash).await.refused(409, "same_person");
        assert_eq!(list(&contract(&mut bench).await, "/signatures").len(), 1);
    }

    async fn the_custodian_of_an_organisation_without_legal_personality_signs_too(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let id = drafted(&mut bench, "hongmajia").await;
        let lead = head(&mut bench, "hongmajia").await;
        let version = lead.get(&format!("/api/v1/bids/{id}")).await.ok()["version"].as_i64().unwrap();
        lead.patch(&format!("/api/v1/bids/{id}"), version, json!({ "mode": "hub_led" })).await.ok();
        let hub = bench.organisation("huizhong").await;
        lead.post(&format!("/api/v1/bids/{id}/invite_member"), json!({ "organisation_id": hub, "role": "custodian" })).await.ok();
        let officer = bench.user("qian.suzhen").await;
        officer.post(&format!("/api/v1/bids/{id}/accept_invitation"), json!({ "organisation_id": hub })).await.ok();
        let seen = officer.get(&format!("/api/v1/bids/{id}")).await.ok();
        officer.post(&format!("/api/v1/bids/{id}/confirm"), json!({ "organisation_id": hub, "content_hash": seen["content_hash"] })).await.ok();
        lead.post(&format!("/api/v1/bids/{id}/submit"), json!({})).await.ok();
        bench.play.ids.bids.insert("hongmajia".to_owned(), id);
        bench.play.recast_winner("hongmajia").unwrap();
        bench.play.bids_qualified().await.unwrap();
        bench.play.panel_formed().await.unwrap();
        bench.forget();
        crate::awards::start(&mut bench).await.ok();
        let points = json!({ "plan": 30, "team": 22, "track_record": 12, "budget": 12, "sustainability": 8 });
        for account in crate::awards::seats(&mut bench).await {
            crate::awards::score(&mut bench, &account, "hongmajia", points.clone()).await.ok();
        }
        bench.play.report_signed().await.unwrap();
        let award = crate::awards::propose(&mut bench, "hongmajia").await.ok();
        bench.play.ids.award = text(&award, "/id");
        bench.play.award_noticed().await.unwrap();
        let hash = bench.play.contract_sent().await.unwrap();
        bench.forget();
        assert_eq!(missing(&contract(&mut bench).await), ["buyer", "contractor", "custodian"]);
        let (street, lead) = (bench.cast("street_officer").await, head(&mut bench, "hongmajia").await);
        sign(&bench, &lead, &hash).await.ok();
        assert_eq!(sign(&bench, &street, &hash).await.ok()["state"], json!("pending_signature"));
        let clerk = agent(&mut bench, "huizhong").await;
        clerk.get(&path(&bench)).await.ok();
        sign(&bench, &clerk, &hash).await.refused(403, "forbidden");
        let officer = bench.user("qian.suzhen").await;
        let done = sign(&bench, &officer, &hash).await.ok();
        assert_eq!(done["state"], json!("signed"));
        assert_eq!(list(&done, "/signatures").iter().filter(|one| one["role"] == "custodian").count(), 1);
        clerk.post(&at(&bench, "activate"), json!({})).await.refused(403, "forbidden");
    }

    async fn a_draft_is_changed_within_what_was_posted(bench: Bench from AwardNoticed) {
        let made = draft(&mut bench).await;
        let (street, secretary) = (bench.cast("street_officer").await, bench.cast("secretary").await);
        let version = made["version"].as_i64().unwrap();
        let starts: chrono::NaiveDate = text(&made, "/content/starts_on").parse().unwrap();
        let ends: chrono::NaiveDate = text(&made, "/content/ends_on").parse().unwrap();
        let wrong = json!({
            "starts_on": starts - Duration::days(1), "ends_on": ends + Duration::days(1), "agreement_terms": "短",
            "milestones": [{ "seq": 9, "due_on": ends }, { "seq": 1, "due_on": ends + Duration::days(30) }],
            "tranches": [{ "share_percent": 60, "condition": "agreement_signed" }, { "share_percent": 30, "condition": "milestone" }, { "share_percent": 20, "condition": "agreement_signed" }]
        });
        let refused = street.patch(&path(&bench), version, wrong).await;
        let mut named = refused.pointers();
        named.sort();
        assert_eq!(named, ["/agreement_terms", "/ends_on", "/milestones/0/due_on", "/milestones/0/seq", "/starts_on", "/tranches",
            "/tranches/0/share_percent", "/tranches/1/milestone_seq", "/tranches/2/condition"]);
        refused.refused(422, "invalid");
        secretary.patch(&path(&bench), version, json!({})).await.refused(404, "not_found");
        let good = json!({
            "starts_on": starts + Duration::days(1), "milestones": [{ "seq": 1, "due_on": starts + Duration::days(20) }],
            "tranches": [{ "share_percent": 40, "condition": "agreement_signed" }, { "share_percent": 40, "condition": "milestone", "milestone_seq": 1 }, { "share_percent": 20, "condition": "evaluation_passed" }]
        });
        let changed = street.patch(&path(&bench), version, good).await.ok();
        assert_ne!(changed["content_hash"], made["content_hash"]);
        let amounts: Vec<i64> = list(&changed, "/payments").iter().map(|one| one["amount_fen"].as_i64().unwrap()).collect();
        assert_eq!(amounts, [1_872_000, 1_872_000, 936_000]);
        assert_eq!(changed["payments"][1]["milestone_id"], changed["milestones"][0]["id"]);
        assert_eq!(changed["milestones"][0]["due_on"], json!(starts + Duration::days(20)));
        street.patch(&path(&bench), version, json!({})).await.refused(412, "stale_version");
        let sent = street.post(&at(&bench, "send"), json!({})).await.ok();
        street.patch(&path(&bench), sent["version"].as_i64().unwrap(), json!({})).await.refused(409, "invalid_transition");
        let other = bench.user("wei.guohua").await;
        other.patch(&path(&bench), sent["version"].as_i64().unwrap(), json!({})).await.refused(403, "forbidden");
    }

    async fn a_signed_agreement_is_published_without_persons_contacts_or_accounts(bench: Bench from AwardNoticed) {
        signed(&mut bench).await;
        let public = format!("/api/v1/public/contracts/{}", bench.play.ids.contract);
        bench.nobody().get(&public).await.refused(404, "not_found");
        assert_eq!(bench.nobody().get("/api/v1/public/contracts").await.ok()["items"], json!([]));
        let (street, head) = (bench.cast("street_officer").await, bench.cast("winner_legal_rep").await);
        head.post(&at(&bench, "publish"), json!({})).await.refused(403, "forbidden");
        let shown = street.post(&at(&bench, "publish"), json!({})).await.ok();
        assert!(shown["published_at"].is_string());
        assert!(list(&shown, "/deadlines").iter().all(|one| one["timer"] != "agreement_publish"));
        street.post(&at(&bench, "publish"), json!({})).await.refused(409, "duplicate");
        let page = bench.nobody().get(&public).await.ok();
        let parties: Vec<String> = list(&page, "/parties").iter().map(|one| text(one, "/party")).collect();
        assert_eq!(parties, ["buyer", "contractor"]);
        assert_eq!((&page["price_fen"], list(&page, "/milestones").len(), list(&page, "/tranches").len()), (&json!(4_680_000), 3, 3));
        let whole = page.to_string();
        let content = contract(&mut bench).await["content"].clone();
        for secret in [text(&content, "/contractor/legal_representative"), text(&content, "/buyer/contact"), "content_hash".to_owned(), "signatures".to_owned()] {
            assert!(!whole.contains(&secret), "{secret}");
        }
        let posting = bench.play.ids.posting.clone();
        let found = bench.nobody().get(&format!("/api/v1/public/contracts?posting_id={posting}&division=41x")).await;
        found.refused(422, "invalid");
        let found = bench.nobody().get(&format!("/api/v1/public/contracts?posting_id={posting}")).await.ok();
        assert_eq!(found["items"][0]["id"], json!(bench.play.ids.contract));
        let none = bench.nobody().get("/api/v1/public/contracts?division=110101000000").await.ok();
        assert_eq!(none["items"], json!([]));
    }

    async fn nobody_published_it_so_the_system_does_after_two_working_days(bench: Bench from AwardNoticed) {
        signed(&mut bench).await;
        let due = list(&contract(&mut bench).await, "/deadlines").into_iter().find(|one| one["timer"] == "agreement_publish").unwrap();
        let due = instant(&due, "/at");
        bench.advance(due).await;
        assert_eq!(contract(&mut bench).await["published_at"], Value::Null);
        bench.advance(due + Duration::seconds(1)).await;
        let shown = contract(&mut bench).await;
        assert!(shown["published_at"].is_string());
        let id = bench.play.ids.contract.clone();
        assert_eq!(recorded(&bench, "contract.published", Some(&id)).await, 1);
        bench.nobody().get(&format!("/api/v1/public/contracts/{id}")).await.ok();
    }

    async fn the_filing_is_put_on_record_once(bench: Bench from AwardNoticed) {
        signed(&mut bench).await;
        let (street, head) = (bench.cast("street_officer").await, bench.cast("winner_legal_rep").await);
        let today = wubang_kernel::deadline::local_date(bench.running.store.now());
        let body = |day: chrono::NaiveDate, number: &str| json!({ "filed_on": day, "filing_number": number });
        head.post(&at(&bench, "record_filing"), body(today, "惠备〔2026〕31号")).await.refused(403, "forbidden");
        for day in [today - Duration::days(1), today + Duration::days(1)] {
            let refused = street.post(&at(&bench, "record_filing"), body(day, "x")).await;
            assert_eq!(refused.pointers(), ["/filing_number", "/filed_on"]);
            refused.refused(422, "invalid");
        }
        let filed = street.post(&at(&bench, "record_filing"), body(today, "惠备〔2026〕31号")).await.ok();
        assert_eq!((&filed["filed_on"], &filed["filing_number"], &filed["state"]), (&json!(today), &json!("惠备〔2026〕31号"), &json!("signed")));
        assert!(list(&filed, "/deadlines").iter().all(|one| one["timer"] != "agreement_filing"));
        street.post(&at(&bench, "record_filing"), body(today, "惠备〔2026〕32号")).await.refused(409, "duplicate");
    }
}
