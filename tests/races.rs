//! Several who want the same at the same time: one of them gets it, the others are told, and the trace
//! knows of one step.

use crate::contracts::play_sent;
use crate::scenes::{eight, list, recorded, seen, text};
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, Statement};
use serde_json::{Value, json};
use wubang_testkit::{Bench, Database, Reply, bench, on_both};

/// What a loser is told: somebody was first, or it is done already.
const LOST: [&str; 5] = [
    "conflict",
    "invalid_transition",
    "duplicate",
    "already_signed",
    "stale_version",
];

/// Exactly one was done; everybody else was refused for a reason that tells why.
pub fn one_of(replies: &[Reply]) -> Value {
    let done: Vec<&Reply> = replies.iter().filter(|reply| reply.status < 300).collect();
    assert_eq!(
        done.len(),
        1,
        "{:#?}",
        replies.iter().map(|reply| &reply.text).collect::<Vec<_>>()
    );
    for lost in replies.iter().filter(|reply| reply.status >= 300) {
        assert!(
            matches!(lost.status, 409 | 412)
                && lost
                    .code()
                    .is_some_and(|code| LOST.contains(&code.as_str())),
            "{} {}",
            lost.status,
            lost.text
        );
    }
    done[0].body.clone()
}

/// A need of the secretary that the street has not accepted yet.
async fn submitted_need(bench: &mut Bench) -> String {
    let secretary = bench.cast("secretary").await;
    let body = json!({ "title": "独居老人应急照看服务", "community": "410108005003", "field": "A01", "source": "opinion_survey", "urgency": "high",
        "affected_count": 132, "target_groups": ["elderly_living_alone"], "description": "辖区80岁以上独居老人132人,子女多在外地,日常缺少陪伴与应急照看。" });
    let id = text(&secretary.post("/api/v1/needs", body).await.ok(), "/id");
    secretary
        .post(&format!("/api/v1/needs/{id}/submit"), json!({}))
        .await
        .ok();
    id
}

on_both! {
    async fn a_need_is_accepted_once(bench: Bench) {
        let id = submitted_need(&mut bench).await;
        let street = bench.cast("street_officer").await;
        let analyst = text(&seen(&mut bench, "gong.mingyue", "/api/v1/me").await, "/grants/0/scope/organisation");
        let body = json!({ "analyst_organisation_id": analyst, "not_authority_duty": true, "duplicates_checked": true });
        let path = format!("/api/v1/needs/{id}/accept");
        one_of(&eight(async || street.post(&path, body.clone()).await).await);
        assert_eq!(recorded(&bench, "need.accepted", Some(&id)).await, 1);
    }

    async fn a_bid_is_submitted_once(bench: Bench from PostingOpen) {
        let bid = bench.play.bid_of("lelin").unwrap();
        let id = bench.play.bid_drafted("lelin", &bid).await.unwrap();
        let (head, agent) = (bench.cast("winner_legal_rep").await, bench.cast("winner_agent").await);
        head.post(&format!("/api/v1/bids/{id}/sign"), json!({})).await.ok();
        let path = format!("/api/v1/bids/{id}/submit");
        let done = one_of(&eight(async || agent.post(&path, json!({})).await).await);
        assert_eq!(done["state"], json!("submitted"));
        assert_eq!(recorded(&bench, "bid.submitted", Some(&id)).await, 1);
    }

    async fn an_award_is_proposed_once(bench: Bench from BidsScored) {
        bench.forget();
        let street = bench.cast("street_officer").await;
        let body = json!({ "bid_id": bench.play.ids.bids["lelin"], "reason": "按评审组推荐排序确定。" });
        let path = format!("/api/v1/postings/{}/propose_award", bench.play.ids.posting);
        one_of(&eight(async || street.post(&path, body.clone()).await).await);
        assert_eq!(recorded(&bench, "award.proposed", None).await, 1);
        assert_eq!(list(&street.get("/api/v1/awards").await.ok(), "/items").len(), 1);
    }

    async fn an_objection_is_handed_in_once(bench: Bench from AwardProposed) {
        crate::objections::proposed(&mut bench).await;
        bench.forget();
        let rival = bench.user(crate::objections::RIVAL).await;
        let body = crate::objections::form(&bench);
        one_of(&eight(async || rival.post("/api/v1/objections", body.clone()).await).await);
        assert_eq!(recorded(&bench, "objection.submitted", None).await, 1);
    }

    async fn a_party_signs_once(bench: Bench from AwardNoticed) {
        let hash = play_sent(&mut bench).await;
        let (head, street) = (bench.cast("winner_legal_rep").await, bench.cast("street_officer").await);
        let contract = bench.play.ids.contract.clone();
        let (path, body) = (format!("/api/v1/contracts/{contract}/sign"), json!({ "content_hash": hash }));
        one_of(&eight(async || head.post(&path, body.clone()).await).await);
        assert_eq!(recorded(&bench, "contract.party_signed", Some(&contract)).await, 1);
        // the last signature makes the agreement stand, once
        let done = one_of(&eight(async || street.post(&path, body.clone()).await).await);
        assert_eq!(done["state"], json!("signed"));
        assert_eq!(recorded(&bench, "contract.signed", Some(&contract)).await, 1);
        let payments = list(&done, "/payments");
        assert_eq!(recorded(&bench, "payment.eligible", Some(&text(&payments[0], "/id"))).await, 1);
    }

    async fn a_contract_is_drafted_once(bench: Bench from AwardNoticed) {
        bench.forget();
        let street = bench.cast("street_officer").await;
        let path = format!("/api/v1/awards/{}/contract", bench.play.ids.award);
        one_of(&eight(async || street.post(&path, json!({})).await).await);
        assert_eq!(recorded(&bench, "contract.drafted", None).await, 1);
    }

    async fn one_key_executes_once(bench: Bench) {
        let secretary = bench.cast("secretary").await;
        let before = recorded(&bench, "need.drafted", None).await;
        let body = json!({ "title": "楼道照明改造意见征集", "community": "410108005003" }).to_string().into_bytes();
        let headers = [("idempotency-key", "\"3f1c-once\"")];
        let call = async || secretary.call("POST", "/api/v1/needs", &headers, Some(body.clone())).await;
        let replies = eight(call).await;
        let ids: Vec<&Value> = replies.iter().filter(|reply| reply.status == 201).map(|reply| &reply.body["id"]).collect();
        assert!(!ids.is_empty() && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        for lost in replies.iter().filter(|reply| reply.status != 201) {
            assert_eq!((lost.status, lost.code().as_deref()), (409, Some("conflict")), "{}", lost.text);
        }
        assert_eq!(recorded(&bench, "need.drafted", None).await, before + 1);
        let again = secretary.call("POST", "/api/v1/needs", &headers, Some(body.clone())).await;
        assert_eq!((again.status, &again.body["id"]), (201, ids[0]));
        assert_eq!(again.headers.get("idempotent-replayed").map(String::as_str), Some("true"));
        secretary.call("POST", "/api/v1/needs", &headers, Some(b"{\"title\":\"another\",\"community\":\"410108005003\"}".to_vec())).await.refused(422, "idempotency_key_reused");
    }
}

/// One connection of its own, for a transaction that holds a row.
pub async fn connection(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url.to_owned());
    options.max_connections(1).sqlx_logging(false);
    sea_orm::Database::connect(options).await.unwrap()
}

/// How many connections to this database wait for a lock.
pub async fn waiting(conn: &DatabaseConnection) -> i64 {
    let sql = "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let row = conn
        .query_one_raw(Statement::from_string(conn.get_database_backend(), sql))
        .await
        .unwrap()
        .unwrap();
    row.try_get("", "n").unwrap()
}

/// Both commands have read the same version before either writes: only PostgreSQL lets writers overlap.
async fn overlapping(mut bench: Bench) {
    let id = submitted_need(&mut bench).await;
    let secretary = bench.cast("secretary").await;
    let (holder, looker) = (connection(&bench.url).await, connection(&bench.url).await);
    holder.execute_unprepared("BEGIN").await.unwrap();
    holder
        .execute_unprepared("SELECT id FROM needs FOR UPDATE")
        .await
        .unwrap();
    let path = format!("/api/v1/needs/{id}/withdraw");
    let withdraw = async || {
        secretary
            .post(&path, json!({ "reason": "居民意见有变化,撤回重报。" }))
            .await
    };
    let (one, two, ()) = tokio::join!(withdraw(), withdraw(), async {
        // both wait for the row: both have read it
        while waiting(&looker).await < 2 {}
        holder.execute_unprepared("COMMIT").await.unwrap();
    });
    one_of(&[one.clone(), two.clone()]);
    let lost = if one.status < 300 { two } else { one };
    lost.refused(409, "conflict");
    assert_eq!(recorded(&bench, "need.withdrawn", Some(&id)).await, 1);
}

mod who_read_what_another_has_changed_is_told_of_the_conflict {
    use super::*;

    #[test]
    fn postgres() {
        bench::run(Database::Postgres, overlapping);
    }
}
