//! 关联 across the bids of a round (rulebook 2.4.4 (1), 实施条例 art. 18), and the track record that the platform pulls
//! in itself (2.4.3).

use crate::bids::{agent, at, drafted, head, open, see};
use crate::caps::engage;
use crate::needs::instant;
use crate::scenes::{grant, list, number, text};
use serde_json::{Value, json};
use wubang_server::demo::play::agent_of;
use wubang_testkit::{Bench, Stage, on_both};

async fn relate(bench: &mut Bench, own: &str, kind: &str, other: &str) {
    let path = format!(
        "/api/v1/organisations/{}/relate",
        bench.organisation(own).await
    );
    let body = json!({ "kind": kind, "other_id": bench.organisation(other).await });
    bench
        .cast("district_admin")
        .await
        .post(&path, body)
        .await
        .ok();
}

/// The same person signs for two organisations.
async fn one_head(bench: &mut Bench, own: &str, other: &str) {
    let organisation = bench.organisation(other).await;
    let head = agent_of(own, "org_legal_rep").unwrap();
    grant(
        bench,
        &head,
        "org_legal_rep",
        json!({ "organisation": organisation }),
    )
    .await;
}

async fn handed_in(bench: &mut Bench) {
    bench.reach(Stage::BidsSubmitted).await;
}

async fn opened(bench: &mut Bench) {
    bench.advance(instant("2026-03-18T00:00:00+08:00")).await;
}

/// The checks for related parties of a bid, as somebody reads them.
fn ties(bid: &Value) -> Vec<Value> {
    let mut checks = list(bid, "/eligibility");
    checks.retain(|one| one["rule"] == json!("related_party"));
    checks
}

async fn street_sees(bench: &mut Bench, key: &str) -> Value {
    let path = format!("/api/v1/bids/{}", bench.play.ids.bids[key]);
    bench.cast("street_officer").await.get(&path).await.ok()
}

on_both! {
    async fn one_head_of_two_bidders_puts_both_out_at_the_opening(bench: Bench) {
        one_head(&mut bench, "lelin", "xinhuo").await;
        // before the opening nothing is told to anybody: all of them hand in
        handed_in(&mut bench).await;
        let id = bench.play.ids.bids["lelin"].clone();
        let before = see(&mut bench, "lelin", &id).await;
        assert_eq!(before["eligibility"], Value::Null);
        opened(&mut bench).await;
        for (key, other) in [("lelin", "新火"), ("xinhuo", "乐邻")] {
            let seen = street_sees(&mut bench, key).await;
            let found = ties(&seen);
            assert_eq!((found.len(), &found[0]["passed"]), (1, &json!(false)), "{key}: {seen}");
            let other_id = bench.organisation(if key == "lelin" { "xinhuo" } else { "lelin" }).await;
            let name = text(&bench.cast("street_officer").await.get(&format!("/api/v1/organisations/{other_id}")).await.ok(), "/name");
            assert!(text(&found[0], "/zh").contains(&name) && text(&found[0], "/zh").contains("同一人"), "{other}: {found:?}");
            // the bidder learns that there is one, and not which
            let bid = bench.play.ids.bids[key].clone();
            let own = see(&mut bench, key, &bid).await;
            let told = ties(&own);
            assert_eq!((told.len(), &told[0]["passed"]), (1, &json!(false)));
            assert!(!own.to_string().contains(&name), "{own}");
        }
        let free = street_sees(&mut bench, "yinxing").await;
        assert_eq!(ties(&free)[0]["passed"], json!(true));
        let (first, second) = (bench.cast("street_officer").await, bench.cast("street_approver").await);
        first.post(&at(&id, "qualify"), json!({})).await.refused(422, "checks_failed");
        // a reason for a cap is none for this
        first.post(&at(&id, "qualify"), json!({ "cap_reason": "与资源限流无关的理由" })).await.refused(422, "checks_failed");
        let ground = json!({ "ground": "related_party", "reason": "与另一揭榜组织法定代表人为同一人" });
        first.post(&at(&id, "propose_disqualification"), ground).await.ok();
        let out = second.post(&at(&id, "confirm_disqualification"), json!({})).await.ok();
        assert_eq!((&out["state"], &out["reason_code"]), (&json!("disqualified"), &json!("related_party")));
    }

    async fn control_and_management_are_ties_and_an_ended_one_is_not(bench: Bench) {
        relate(&mut bench, "xinhuo", "manager", "yinxing").await;
        relate(&mut bench, "lelin", "controller", "yinxing").await;
        let path = format!("/api/v1/organisations/{}", bench.organisation("lelin").await);
        let district = bench.cast("district_admin").await;
        let known = district.get(&format!("{path}/relations")).await.ok();
        let ended = json!({ "relation_id": known["items"][0]["id"] });
        district.post(&format!("{path}/end_relation"), ended).await.ok();
        handed_in(&mut bench).await;
        opened(&mut bench).await;
        for (key, passed) in [("xinhuo", false), ("yinxing", false), ("lelin", true)] {
            let found = ties(&street_sees(&mut bench, key).await);
            assert_eq!((found.len(), &found[0]["passed"]), (1, &json!(passed)), "{key}: {found:?}");
        }
    }

    async fn a_partner_counts_and_members_of_one_bid_do_not(bench: Bench) {
        one_head(&mut bench, "lelin", "dahe").await;
        relate(&mut bench, "dahe", "manager", "yinxing").await;
        open(&mut bench).await;
        let id = drafted(&mut bench, "lelin").await;
        let path = format!("/api/v1/bids/{id}");
        let (lead, dahe) = (bench.organisation("lelin").await, bench.organisation("dahe").await);
        let lelin = agent(&mut bench, "lelin").await;
        let version = number(&see(&mut bench, "lelin", &id).await, "/version");
        lelin.patch(&path, version, json!({ "mode": "joint" })).await.ok();
        lelin.post(&at(&id, "invite_member"), json!({ "organisation_id": dahe, "role": "partner" })).await.ok();
        agent(&mut bench, "dahe").await.post(&at(&id, "accept_invitation"), json!({ "organisation_id": dahe })).await.ok();
        let bid = see(&mut bench, "lelin", &id).await;
        let mut letter = bid["letter"].clone();
        letter["consortium"] = json!({ "joint_liability": true, "shares": [
            { "organisation_id": lead, "share_bp": 6000, "work": "入户探访与结对陪伴" }, { "organisation_id": dahe, "share_bp": 4000, "work": "活动组织与志愿者" }] });
        lelin.patch(&path, number(&bid, "/version"), json!({ "letter": letter })).await.ok();
        let hash = see(&mut bench, "lelin", &id).await["content_hash"].clone();
        head(&mut bench, "dahe").await.post(&at(&id, "confirm"), json!({ "organisation_id": dahe, "content_hash": hash })).await.ok();
        head(&mut bench, "lelin").await.post(&at(&id, "submit"), json!({})).await.ok();
        let other = drafted(&mut bench, "yinxing").await;
        head(&mut bench, "yinxing").await.post(&at(&other, "submit"), json!({})).await.ok();
        opened(&mut bench).await;
        let street = bench.cast("street_officer").await;
        let joint = ties(&street.get(&path).await.ok());
        // lelin and dahe have one head, and bid together: the only tie is that of the partner to the other bid
        assert_eq!((joint.len(), &joint[0]["passed"], &joint[0]["organisation_id"]), (1, &json!(false), &json!(dahe)));
        let sole = ties(&street.get(&format!("/api/v1/bids/{other}")).await.ok());
        assert_eq!((sole.len(), &sole[0]["passed"]), (1, &json!(false)));
    }

    async fn the_track_record_is_the_platform_s_and_stands_as_at_the_opening(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let id = drafted(&mut bench, "lelin").await;
        assert_eq!(see(&mut bench, "lelin", &id).await["track_record"], json!([]));
        engage(&mut bench, &["lelin"], "A01", 1_200_000, "2026-12-31").await;
        engage(&mut bench, &["yinxing"], "A01", 900_000, "2026-12-31").await;
        engage(&mut bench, &["yinxing", "lelin"], "B04", 700_000, "2026-10-31").await;
        // nobody types it
        let version = number(&see(&mut bench, "lelin", &id).await, "/version");
        let reply = agent(&mut bench, "lelin").await.patch(&format!("/api/v1/bids/{id}"), version, json!({ "track_record": [] })).await;
        reply.refused(422, "invalid");
        let own = see(&mut bench, "lelin", &id).await;
        let record = list(&own, "/track_record");
        let told: Vec<(&Value, &Value, &Value, &Value)> = record.iter().map(|one| (&one["field"], &one["lead"], &one["price_fen"], &one["part_fen"])).collect();
        assert_eq!(told, [(&json!("B04"), &json!(false), &json!(700_000), &json!(0)), (&json!("A01"), &json!(true), &json!(1_200_000), &json!(1_200_000))]);
        head(&mut bench, "lelin").await.post(&at(&id, "submit"), json!({})).await.ok();
        opened(&mut bench).await;
        engage(&mut bench, &["lelin"], "A05", 1, "2026-12-31").await;
        let seen = bench.cast("street_officer").await.get(&format!("/api/v1/bids/{id}")).await.ok();
        assert_eq!(list(&seen, "/track_record"), record, "what came later does not count");
        assert_eq!(see(&mut bench, "lelin", &id).await["track_record"], seen["track_record"]);
    }
}
