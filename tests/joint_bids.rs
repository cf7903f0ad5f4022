//! Joint bids (联合揭榜): invited, confirmed by hash, together or not at all; every refusal named.

use crate::bids::{agent, at, drafted, head, open, see};
use crate::needs::{instant, text};
use serde_json::{Value, json};
use wubang_testkit::{Bench, Caller, Reply, on_both};

const LEAD: &str = "lelin";
const PARTNERS: [&str; 3] = ["yinxing", "xinhuo", "dahe"];

/// The lead's draft as a joint bid.
async fn joint(bench: &mut Bench) -> String {
    open(bench).await;
    let id = drafted(bench, LEAD).await;
    let bid = see(bench, LEAD, &id).await;
    let version = bid["version"].as_i64().unwrap();
    agent(bench, LEAD)
        .await
        .patch(&path(&id), version, json!({ "mode": "joint" }))
        .await
        .ok();
    id
}

fn path(id: &str) -> String {
    format!("/api/v1/bids/{id}")
}

async fn invite(bench: &mut Bench, id: &str, key: &str, role: &str) -> Reply {
    let organisation_id = bench.organisation(key).await;
    let lead = agent(bench, LEAD).await;
    lead.post(
        &at(id, "invite_member"),
        json!({ "organisation_id": organisation_id, "role": role }),
    )
    .await
}

async fn accept(bench: &mut Bench, id: &str, key: &str) -> Reply {
    let organisation_id = bench.organisation(key).await;
    agent(bench, key)
        .await
        .post(
            &at(id, "accept_invitation"),
            json!({ "organisation_id": organisation_id }),
        )
        .await
}

async fn joined(bench: &mut Bench, id: &str, keys: &[&str]) {
    for key in keys {
        invite(bench, id, key, "partner").await.ok();
        accept(bench, id, key).await.ok();
    }
}

/// The lead shares the work out.
async fn share(bench: &mut Bench, id: &str, shares: &[(&str, u32)]) -> Reply {
    let mut listed = Vec::new();
    for (key, share_bp) in shares {
        listed.push(json!({ "organisation_id": bench.organisation(key).await, "share_bp": share_bp, "work": "入户探访与结对陪伴" }));
    }
    let bid = see(bench, LEAD, id).await;
    let mut letter = bid["letter"].clone();
    letter["consortium"] = json!({ "shares": listed, "joint_liability": true });
    let version = bid["version"].as_i64().unwrap();
    agent(bench, LEAD)
        .await
        .patch(&path(id), version, json!({ "letter": letter }))
        .await
}

async fn confirm(bench: &mut Bench, id: &str, key: &str) -> Reply {
    let seen = agent(bench, key).await.get(&path(id)).await.ok();
    let body = json!({ "organisation_id": bench.organisation(key).await, "content_hash": seen["content_hash"] });
    head(bench, key).await.post(&at(id, "confirm"), body).await
}

pub(crate) async fn submit(bench: &mut Bench, id: &str) -> Reply {
    head(bench, LEAD)
        .await
        .post(&at(id, "submit"), json!({}))
        .await
}

fn faults(reply: &Reply) -> Vec<(String, String)> {
    let errors = reply.body["errors"].as_array().unwrap().clone();
    errors
        .iter()
        .map(|one| (text(one, "/pointer"), text(one, "/code")))
        .collect()
}

async fn member(bench: &mut Bench, key: &str) -> String {
    format!("/members/{}", bench.organisation(key).await)
}

/// Four organisations, shared out, confirmed by all.
pub(crate) async fn ready(bench: &mut Bench) -> String {
    let id = joint(bench).await;
    joined(bench, &id, &PARTNERS).await;
    share(
        bench,
        &id,
        &[
            ("lelin", 4000),
            ("yinxing", 3000),
            ("xinhuo", 2000),
            ("dahe", 1000),
        ],
    )
    .await
    .ok();
    for key in PARTNERS {
        confirm(bench, &id, key).await.ok();
    }
    id
}

async fn reason(bench: &mut Bench, key: &str) -> Value {
    json!({ "organisation_id": bench.organisation(key).await, "reason": "人手另有安排,不能参加" })
}

on_both! {
    async fn four_organisations_hand_in_together_and_each_sees_its_bid(bench: Bench from PostingOpen) {
        let id = ready(&mut bench).await;
        let done = submit(&mut bench, &id).await.ok();
        assert_eq!((&done["state"], &done["mode"]), (&json!("submitted"), &json!("joint")));
        for key in PARTNERS {
            let list = agent(&mut bench, key).await.get("/api/v1/bids").await.ok();
            assert_eq!(list["items"][0]["id"], json!(id), "{key}");
            let seen = agent(&mut bench, key).await.get(&path(&id)).await.ok();
            assert_eq!((&seen["letter"], &seen["price_fen"]), (&done["letter"], &done["price_fen"]));
        }
        bench.work().await;
        let sent = bench.mails.sent();
        for domain in ["yinxing.example", "xinhuo.example"] {
            assert!(sent.iter().any(|mail| mail.to.ends_with(domain) && mail.body.contains("已收到")), "{domain} has its receipt");
        }
        bench.advance(instant("2026-03-18T00:00:00+08:00")).await;
        let opened = bench.cast("street_officer").await.get(&path(&id)).await.ok();
        assert_eq!(opened["state"], json!("opened"));
        let names: Vec<&Value> = opened["members"].as_array().unwrap().iter().map(|one| &one["standing"]).collect();
        assert_eq!(names, ["joined", "joined", "joined"]);
        // each of the four was checked
        let checks = opened["eligibility"].as_array().unwrap();
        let checked: std::collections::BTreeSet<String> = checks.iter().map(|check| text(check, "/organisation_id")).collect();
        assert_eq!(checked.len(), 4);
    }

    async fn an_edit_voids_every_confirmation_and_each_open_one_is_named(bench: Bench from PostingOpen) {
        let id = ready(&mut bench).await;
        bench.work().await;
        let before = bench.mails.sent().len();
        share(&mut bench, &id, &[("lelin", 4500), ("yinxing", 2500), ("xinhuo", 2000), ("dahe", 1000)]).await.ok();
        bench.work().await;
        let told = bench.mails.sent()[before..].iter().filter(|mail| mail.body.contains("确认失效")).count();
        assert!(told >= 3, "each partner is told that it must look again: {told}");
        let refused = submit(&mut bench, &id).await;
        let open = faults(&refused);
        refused.refused(422, "not_confirmed");
        let mut wanted = Vec::new();
        for key in PARTNERS {
            wanted.push((member(&mut bench, key).await, "not_confirmed".to_owned()));
        }
        assert_eq!(open, wanted);
        confirm(&mut bench, &id, "yinxing").await.ok();
        // between two confirmations the lead edits once more: the first is void again
        share(&mut bench, &id, &[("lelin", 4000), ("yinxing", 3000), ("xinhuo", 2000), ("dahe", 1000)]).await.ok();
        for key in ["xinhuo", "dahe"] {
            confirm(&mut bench, &id, key).await.ok();
        }
        let refused = submit(&mut bench, &id).await;
        assert_eq!(faults(&refused), [(member(&mut bench, "yinxing").await, "not_confirmed".to_owned())]);
        confirm(&mut bench, &id, "yinxing").await.ok();
        submit(&mut bench, &id).await.ok();
    }

    async fn who_confirms_says_what_he_has_read_and_may_sign_for_his_own(bench: Bench from PostingOpen) {
        let id = joint(&mut bench).await;
        joined(&mut bench, &id, &["yinxing"]).await;
        let seen = agent(&mut bench, "yinxing").await.get(&path(&id)).await.ok();
        share(&mut bench, &id, &[("lelin", 6000), ("yinxing", 4000)]).await.ok();
        let own = bench.organisation("yinxing").await;
        let old = json!({ "organisation_id": own, "content_hash": seen["content_hash"] });
        head(&mut bench, "yinxing").await.post(&at(&id, "confirm"), old.clone()).await.refused(409, "content_changed");
        agent(&mut bench, "yinxing").await.post(&at(&id, "confirm"), old.clone()).await.refused(403, "forbidden");
        // nobody confirms for another organisation, and who is not in it does not learn that it is there
        head(&mut bench, LEAD).await.post(&at(&id, "confirm"), old.clone()).await.refused(404, "not_found");
        let theirs = json!({ "organisation_id": bench.organisation("xinhuo").await, "content_hash": seen["content_hash"] });
        head(&mut bench, "xinhuo").await.post(&at(&id, "confirm"), theirs).await.refused(404, "not_found");
        // a partner reads and does not write
        let version = see(&mut bench, LEAD, &id).await["version"].as_i64().unwrap();
        agent(&mut bench, "yinxing").await.patch(&path(&id), version, json!({ "price_fen": 1 })).await.refused(403, "forbidden");
        head(&mut bench, "yinxing").await.post(&at(&id, "submit"), json!({})).await.refused(403, "forbidden");
    }

    async fn shares_are_whole_and_of_all_members(bench: Bench from PostingOpen) {
        let id = joint(&mut bench).await;
        let refused = submit(&mut bench, &id).await;
        assert!(faults(&refused).contains(&("/members".to_owned(), "required".to_owned())));
        refused.refused(422, "incomplete");
        joined(&mut bench, &id, &["yinxing", "xinhuo"]).await;
        share(&mut bench, &id, &[("lelin", 6000), ("yinxing", 3000), ("dahe", 500)]).await.ok();
        let refused = submit(&mut bench, &id).await;
        let named = faults(&refused);
        refused.refused(422, "incomplete");
        for (pointer, code) in [
            ("/letter/consortium/shares/2/organisation_id", "unknown_value"),
            ("/letter/consortium/shares", "required"),
            ("/letter/consortium/shares", "sum_mismatch"),
        ] {
            assert!(named.contains(&(pointer.to_owned(), code.to_owned())), "{pointer} {code}: {named:?}");
        }
        // the draft's own list says the same while the clerk writes
        let missing = see(&mut bench, LEAD, &id).await["missing"].as_array().unwrap().clone();
        assert!(missing.iter().any(|one| one["code"] == "sum_mismatch"), "{missing:?}");
    }

    async fn nobody_is_in_two_bids_of_the_round(bench: Bench from PostingOpen) {
        let id = joint(&mut bench).await;
        // who drafts alone cannot join before it gives its own draft up
        let own = drafted(&mut bench, "yinxing").await;
        invite(&mut bench, &id, "yinxing", "partner").await.ok();
        accept(&mut bench, &id, "yinxing").await.refused(409, "already_bidding");
        agent(&mut bench, "yinxing").await.post(&at(&own, "withdraw"), json!({ "reason": "改为参加联合揭榜" })).await.ok();
        accept(&mut bench, &id, "yinxing").await.ok();
        // nor can it go back to its own while it is in
        head(&mut bench, "yinxing").await.post(&at(&own, "submit"), json!({})).await.refused(409, "already_bidding");
        // nor begin another one: xinhuo has joined and drafts
        invite(&mut bench, &id, "xinhuo", "partner").await.ok();
        accept(&mut bench, &id, "xinhuo").await.ok();
        let body = json!({ "posting_id": bench.play.ids.posting, "organisation_id": bench.organisation("xinhuo").await, "price_fen": 1 });
        agent(&mut bench, "xinhuo").await.post("/api/v1/bids", body).await.refused(409, "already_bidding");
    }

    async fn who_moves_on_from_a_withdrawn_bid_reads_it_no_more(bench: Bench from PostingOpen) {
        let id = joint(&mut bench).await;
        joined(&mut bench, &id, &["yinxing", "xinhuo"]).await;
        let lead = agent(&mut bench, LEAD).await;
        lead.post(&at(&id, "withdraw"), json!({ "reason": "方案需要重新商量" })).await.ok();
        // free again, yinxing still reads what it helped to write, until it bids elsewhere
        agent(&mut bench, "yinxing").await.get(&path(&id)).await.ok();
        let own = drafted(&mut bench, "yinxing").await;
        agent(&mut bench, "yinxing").await.get(&path(&id)).await.refused(404, "not_found");
        agent(&mut bench, "xinhuo").await.get(&path(&id)).await.ok();
        let bid = see(&mut bench, LEAD, &id).await;
        let members: Vec<(String, String)> = bid["members"].as_array().unwrap().iter()
            .map(|one| (text(one, "/organisation_id"), text(one, "/standing"))).collect();
        let gone = bench.organisation("yinxing").await;
        assert!(members.contains(&(gone, "left".to_owned())), "{members:?}");
        assert!(!bid.to_string().contains(&own), "the lead does not learn of the other bid");
        // joining another joint bid does the same
        let other = drafted(&mut bench, "dahe").await;
        let version = see(&mut bench, "dahe", &other).await["version"].as_i64().unwrap();
        let dahe = agent(&mut bench, "dahe").await;
        dahe.patch(&path(&other), version, json!({ "mode": "joint" })).await.ok();
        let xinhuo = bench.organisation("xinhuo").await;
        dahe.post(&at(&other, "invite_member"), json!({ "organisation_id": xinhuo, "role": "partner" })).await.ok();
        accept(&mut bench, &other, "xinhuo").await.ok();
        agent(&mut bench, "xinhuo").await.get(&path(&id)).await.refused(404, "not_found");
    }

    async fn a_partner_that_leaves_is_recorded_and_takes_the_submission_back(bench: Bench from PostingOpen) {
        let id = ready(&mut bench).await;
        submit(&mut bench, &id).await.ok();
        let words = reason(&mut bench, "dahe").await;
        agent(&mut bench, "dahe").await.post(&at(&id, "leave"), json!({ "organisation_id": words["organisation_id"], "reason": "短" })).await.refused(422, "invalid");
        agent(&mut bench, "dahe").await.post(&at(&id, "leave"), words.clone()).await.ok();
        agent(&mut bench, "dahe").await.get(&path(&id)).await.refused(404, "not_found");
        agent(&mut bench, "dahe").await.post(&at(&id, "leave"), words).await.refused(404, "not_found");
        let bid = see(&mut bench, LEAD, &id).await;
        assert_eq!(bid["state"], json!("draft"));
        let left = bid["members"].as_array().unwrap().iter().find(|one| one["standing"] == "left").unwrap().clone();
        assert_eq!(left["reason"], json!("人手另有安排,不能参加"));
        // without it the shares are no longer right, and everybody must confirm again
        submit(&mut bench, &id).await.refused(422, "incomplete");
        share(&mut bench, &id, &[("lelin", 5000), ("yinxing", 3000), ("xinhuo", 2000)]).await.ok();
        let refused = submit(&mut bench, &id).await;
        assert_eq!(faults(&refused).len(), 2);
        refused.refused(422, "not_confirmed");
        for key in ["yinxing", "xinhuo"] {
            confirm(&mut bench, &id, key).await.ok();
        }
        submit(&mut bench, &id).await.ok();
        // the one that left may bid alone
        let alone = drafted(&mut bench, "dahe").await;
        assert_eq!(see(&mut bench, "dahe", &alone).await["state"], json!("draft"));
    }

    async fn a_revision_is_confirmed_before_it_replaces_what_was_handed_in(bench: Bench from PostingOpen) {
        let id = ready(&mut bench).await;
        let first = submit(&mut bench, &id).await.ok();
        share(&mut bench, &id, &[("lelin", 3000), ("yinxing", 3000), ("xinhuo", 2000), ("dahe", 2000)]).await.ok();
        let head_of_lead = head(&mut bench, LEAD).await;
        head_of_lead.post(&at(&id, "revise"), json!({})).await.refused(422, "not_confirmed");
        assert_eq!(see(&mut bench, LEAD, &id).await["receipt"]["content_hash"], first["receipt"]["content_hash"]);
        for key in PARTNERS {
            confirm(&mut bench, &id, key).await.ok();
        }
        let second = head_of_lead.post(&at(&id, "revise"), json!({})).await.ok();
        assert_eq!(second["receipt"]["revision"], json!(2));
        assert_ne!(second["receipt"]["content_hash"], first["receipt"]["content_hash"]);
    }

    async fn invitations_have_their_limits(bench: Bench from PostingOpen) {
        let id = joint(&mut bench).await;
        invite(&mut bench, &id, LEAD, "partner").await.refused(422, "invalid");
        let nowhere = json!({ "organisation_id": "00000000-0000-0000-0000-000000000009", "role": "partner" });
        agent(&mut bench, LEAD).await.post(&at(&id, "invite_member"), nowhere).await.refused(422, "invalid");
        for key in PARTNERS {
            invite(&mut bench, &id, key, "partner").await.ok();
        }
        invite(&mut bench, &id, "yinxing", "partner").await.refused(409, "duplicate");
        let fifth = bench.organisation("huizhong").await;
        agent(&mut bench, LEAD).await.post(&at(&id, "invite_member"), json!({ "organisation_id": fifth, "role": "partner" })).await.refused(409, "members_full");
        // who is invited learns of it, and reads nothing before it has joined
        let open = agent(&mut bench, "yinxing").await.get("/api/v1/bid_invitations").await.ok();
        assert_eq!((&open["items"][0]["bid_id"], open["items"].as_array().unwrap().len()), (&json!(id), 1));
        agent(&mut bench, "yinxing").await.get(&path(&id)).await.refused(404, "not_found");
        let words = reason(&mut bench, "yinxing").await;
        agent(&mut bench, "yinxing").await.post(&at(&id, "decline_invitation"), words.clone()).await.ok();
        agent(&mut bench, "yinxing").await.post(&at(&id, "decline_invitation"), words).await.refused(404, "not_found");
        // an invitation is taken back
        let words = reason(&mut bench, "xinhuo").await;
        agent(&mut bench, LEAD).await.post(&at(&id, "remove_member"), words.clone()).await.ok();
        agent(&mut bench, LEAD).await.post(&at(&id, "remove_member"), words).await.refused(404, "not_found");
        accept(&mut bench, &id, "xinhuo").await.refused(404, "not_found");
        // and may be repeated
        invite(&mut bench, &id, "yinxing", "partner").await.ok();
        accept(&mut bench, &id, "yinxing").await.ok();
        // a stranger invites nobody into a bid that is not his
        let body = json!({ "organisation_id": fifth, "role": "partner" });
        agent(&mut bench, "xinhuo").await.post(&at(&id, "invite_member"), body.clone()).await.refused(404, "not_found");
        agent(&mut bench, "yinxing").await.post(&at(&id, "invite_member"), body).await.refused(403, "forbidden");
        // after the deadline nobody comes, goes or confirms
        bench.advance(instant("2026-03-18T00:00:00+08:00")).await;
        accept(&mut bench, &id, "dahe").await.refused(409, "deadline_passed");
        let words = reason(&mut bench, "yinxing").await;
        agent(&mut bench, "yinxing").await.post(&at(&id, "leave"), words).await.refused(409, "deadline_passed");
        invite(&mut bench, &id, "xinhuo", "partner").await.refused(409, "deadline_passed");
    }

    async fn each_member_must_be_eligible(bench: Bench from PostingOpen) {
        let id = ready(&mut bench).await;
        let organisation = bench.organisation("xinhuo").await;
        bench.cast("district_admin").await.post(&format!("/api/v1/organisations/{organisation}/set_credit_status"),
            json!({ "credit_status": "serious_dishonesty", "reason": "被列入严重违法失信名单。" })).await.ok();
        let refused = submit(&mut bench, &id).await;
        assert_eq!(faults(&refused), [(format!("/members/{organisation}/not_serious_dishonest"), "not_met".to_owned())]);
        refused.refused(422, "not_eligible");
    }

    async fn only_members_know_of_a_joint_bid_before_the_opening(bench: Bench from PostingOpen) {
        let id = ready(&mut bench).await;
        submit(&mut bench, &id).await.ok();
        for account in ["wang.min", "he.zhengqing", "wei.guohua", "qian.suzhen", "yu.ruotong"] {
            let caller: Caller = bench.user(account).await;
            caller.get(&path(&id)).await.refused(404, "not_found");
            assert_eq!(caller.get("/api/v1/bids").await.ok()["items"], json!([]), "{account}");
            assert_eq!(caller.get("/api/v1/bid_invitations").await.ok()["items"], json!([]), "{account}");
        }
    }

    async fn who_has_no_legal_personality_bids_with_its_hub(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let id = drafted(&mut bench, "hongmajia").await;
        let lead = head(&mut bench, "hongmajia").await;
        let refused = lead.post(&at(&id, "submit"), json!({})).await;
        let named = faults(&refused);
        refused.refused(422, "incomplete");
        let own = bench.organisation("hongmajia").await;
        assert!(named.contains(&("/mode".to_owned(), "not_allowed".to_owned())), "{named:?}");
        assert!(named.contains(&(format!("/members/{own}"), "custodian_missing".to_owned())), "{named:?}");
        let version = see(&mut bench, "hongmajia", &id).await["version"].as_i64().unwrap();
        lead.patch(&path(&id), version, json!({ "mode": "hub_led" })).await.ok();
        let hub = bench.organisation("huizhong").await;
        lead.post(&at(&id, "invite_member"), json!({ "organisation_id": hub, "role": "custodian" })).await.ok();
        lead.post(&at(&id, "submit"), json!({})).await.refused(422, "not_confirmed");
        let officer = bench.user("qian.suzhen").await;
        officer.post(&at(&id, "accept_invitation"), json!({ "organisation_id": hub })).await.ok();
        let seen = officer.get(&path(&id)).await.ok();
        officer.post(&at(&id, "confirm"), json!({ "organisation_id": hub, "content_hash": seen["content_hash"] })).await.ok();
        let done = lead.post(&at(&id, "submit"), json!({})).await.ok();
        assert_eq!((&done["state"], &done["mode"]), (&json!("submitted"), &json!("hub_led")));
        // a lead with legal personality needs no hub
        let other = drafted(&mut bench, "xinhuo").await;
        let version = see(&mut bench, "xinhuo", &other).await["version"].as_i64().unwrap();
        agent(&mut bench, "xinhuo").await.patch(&path(&other), version, json!({ "mode": "hub_led" })).await.ok();
        let refused = head(&mut bench, "xinhuo").await.post(&at(&other, "submit"), json!({})).await;
        assert!(faults(&refused).contains(&("/mode".to_owned(), "not_allowed".to_owned())));
    }
}
