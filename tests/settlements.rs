//! 结算: what is owed after an early end, who says so, and the way of the money back.

use crate::changes::begun;
use crate::contracts::{evidence, play_signed};
use crate::scenes::{day_after, list, recorded, seen, text};
use crate::signatures::contract;
use crate::standing::ends;
use crate::terminations::ended;
use chrono::Duration;
use sea_orm::{ConnectionTrait, DbBackend};
use serde_json::{Value, json};
use uuid::Uuid;
use wubang_kernel::{Role, Who};
use wubang_store::Read as _;
use wubang_store::trace::{self, About, Entry};
use wubang_testkit::{Bench, Reply, on_both};

fn stated(unspent: i64) -> Value {
    json!({ "unspent_fen": unspent, "evidence": "依据承榜组织提交的银行流水和票据逐笔核对。" })
}

async fn draft(bench: &mut Bench, part: &str, body: Value) -> Reply {
    let path = format!("/api/v1/contracts/{}/settlement", bench.play.ids.contract);
    bench.cast(part).await.post(&path, body).await
}

async fn does(bench: &mut Bench, part: &str, id: &str, verb: &str, body: Value) -> Reply {
    let path = format!("/api/v1/settlements/{id}/{verb}");
    bench.cast(part).await.post(&path, body).await
}

/// A milestone is handed in; answers its address.
async fn handed_in(bench: &mut Bench, place: usize) -> String {
    let milestone = list(&contract(bench).await, "/milestones")[place].clone();
    let path = format!("/api/v1/milestones/{}", text(&milestone, "/id"));
    bench
        .cast("winner_agent")
        .await
        .post(&format!("{path}/submit"), evidence(&milestone))
        .await
        .ok();
    path
}

async fn verified(bench: &mut Bench, path: &str, percent: i64) {
    for part in ["secretary", "resident_rep_acceptance"] {
        let body = json!({ "ratio_percent": percent });
        bench
            .cast(part)
            .await
            .post(&format!("{path}/verify"), body)
            .await
            .ok();
    }
}

/// A settlement of an agreement that was never terminated, written past the service with the trail that it would have:
/// for tests that only ask who may see one.
pub(crate) async fn invented(bench: &Bench) -> String {
    let tx = bench
        .running
        .store
        .write(&Who::system("tests"))
        .await
        .unwrap();
    let id = tx.new_id();
    let contract: Uuid = bench.play.ids.contract.parse().unwrap();
    let backend = tx.db().get_database_backend();
    let literal = |id: Uuid| match backend {
        DbBackend::Postgres => format!("'{id}'::uuid"),
        _ => format!("X'{}'", id.simple()),
    };
    let sql = format!(
        "INSERT INTO settlements (id, contract_id, contract_number, project_id, organisation_id, division, lines, price_fen, accepted_fen, paid_fen, \
         stated_unspent_fen, due_fen, clawback_fen, evidence, drafted_by, state, version, created_at, updated_at) \
         SELECT {}, id, number, project_id, organisation_id, division, '[]', 0, 0, 0, 0, 0, 0, 'x', project_id, 'drafted', 1, created_at, created_at \
         FROM contracts WHERE id = {}",
        literal(id),
        literal(contract)
    );
    tx.db().execute_unprepared(&sql).await.unwrap();
    let about = About {
        object: "settlement",
        id,
        project_id: None,
        division: "410108000000",
        version: 1,
    };
    let entry = Entry {
        event: "settlement.drafted",
        from: None,
        to: "drafted",
        role: Role::StreetOfficer,
        reason: None,
        data: None,
    };
    trace::record(&tx, &about, entry).await.unwrap();
    tx.commit().await.unwrap();
    id.to_string()
}

on_both! {
    async fn an_advance_for_nothing_comes_back(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        draft(&mut bench, "street_officer", stated(0)).await.refused(409, "invalid_transition");
        ended(&mut bench).await;
        for part in ["winner_legal_rep", "secretary"] {
            draft(&mut bench, part, stated(0)).await.refused(403, "forbidden");
        }
        let wrong = draft(&mut bench, "street_officer", json!({ "unspent_fen": 2_340_001, "evidence": "有" })).await;
        assert_eq!(wrong.pointers(), ["/unspent_fen", "/evidence"]);
        wrong.refused(422, "invalid");
        let made = draft(&mut bench, "street_officer", stated(468_000)).await.ok();
        let id = text(&made, "/id");
        let figures = ["accepted_fen", "paid_fen", "due_fen", "clawback_fen", "unspent_fen", "unaccepted_fen"].map(|name| made[name].as_i64().unwrap());
        assert_eq!(figures, [0, 2_340_000, 0, 2_340_000, 468_000, 1_872_000]);
        draft(&mut bench, "street_officer", stated(0)).await.refused(409, "duplicate");
        does(&mut bench, "street_approver", &id, "complete", json!({})).await.refused(409, "invalid_transition");
        does(&mut bench, "winner_agent", &id, "agree", json!({})).await.refused(403, "forbidden");
        let short = does(&mut bench, "winner_legal_rep", &id, "object", json!({ "objection": "不" })).await;
        assert_eq!(short.pointers(), ["/objection"]);
        let objected = does(&mut bench, "winner_legal_rep", &id, "object", json!({ "objection": "未支出金额应为五千元,附银行流水。" })).await.ok();
        assert_eq!((&objected["state"], &objected["deadlines"]), (&json!("objected"), &json!([])));
        let anew = does(&mut bench, "street_officer", &id, "redraft", stated(500_000)).await.ok();
        assert_eq!((&anew["state"], &anew["unspent_fen"], &anew["unaccepted_fen"]), (&json!("drafted"), &json!(500_000), &json!(1_840_000)));
        bench.advance(ends(&anew, "settlement_answer") + Duration::seconds(1)).await;
        bench.forget();
        assert_eq!(seen(&mut bench, "wang.min", &format!("/api/v1/settlements/{id}")).await["state"], json!("unanswered"));
        does(&mut bench, "winner_legal_rep", &id, "agree", json!({})).await.refused(409, "invalid_transition");
        does(&mut bench, "street_officer", &id, "complete", json!({})).await.refused(409, "same_person");
        does(&mut bench, "winner_legal_rep", &id, "complete", json!({})).await.refused(403, "forbidden");
        let done = does(&mut bench, "street_approver", &id, "complete", json!({})).await.ok();
        assert_eq!((&done["state"], &done["payment_id"]), (&json!("completed"), &Value::Null));
        let own = bench.play.ids.contract.clone();
        assert_eq!(recorded(&bench, "contract.settled", Some(&own)).await, 1);
        let over = contract(&mut bench).await;
        assert_eq!((&over["state"], &over["deadlines"]), (&json!("terminated"), &json!([])));
        let back = over["payments"][0].clone();
        assert_eq!((&back["state"], &back["clawback_fen"]), (&json!("clawback_due"), &json!(2_340_000)));
        let pay = format!("/api/v1/payments/{}/record_repayment", text(&back, "/id"));
        let street = bench.cast("street_officer").await;
        let nameless = street.post(&pay, json!({ "repayment_reference": "" })).await;
        assert_eq!(nameless.pointers(), ["/repayment_reference"]);
        bench.cast("winner_agent").await.post(&pay, json!({ "repayment_reference": "回单 1" })).await.refused(403, "forbidden");
        assert_eq!(street.post(&pay, json!({ "repayment_reference": "国库回单 2026-0001" })).await.ok()["state"], json!("clawed_back"));
        street.post(&pay, json!({ "repayment_reference": "国库回单 2026-0002" })).await.refused(409, "invalid_transition");
        let public = bench.nobody().get(&format!("/api/v1/public/contracts/{own}")).await.ok();
        assert_eq!(public["early_end"]["settlement"]["clawback_fen"], json!(2_340_000));
    }

    async fn accepted_work_that_is_not_paid_is_paid_by_the_settlement(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        for (place, percent) in [(0, 100), (1, 77)] {
            let path = handed_in(&mut bench, place).await;
            verified(&mut bench, &path, percent).await;
        }
        let over = ended(&mut bench).await;
        let states: Vec<String> = list(&over, "/milestones").iter().map(|one| text(one, "/state")).collect();
        assert_eq!(states, ["met", "partially_met", "not_met"]);
        // the second tranche had become due; it is paid by the settlement, in one sum
        assert_eq!(over["payments"][1]["state"], json!("cancelled"));
        let made = draft(&mut bench, "street_officer", stated(0)).await.ok();
        let id = text(&made, "/id");
        // 59 of 100 of 46 800.00 yuan, of which 23 400.00 are paid
        assert_eq!((&made["accepted_fen"], &made["due_fen"], &made["clawback_fen"]), (&json!(2_761_200), &json!(421_200), &json!(0)));
        does(&mut bench, "winner_legal_rep", &id, "agree", json!({})).await.ok();
        let done = does(&mut bench, "street_approver", &id, "complete", json!({})).await.ok();
        let last = contract(&mut bench).await["payments"][3].clone();
        assert_eq!((&last["id"], &last["state"], &last["condition"], &last["amount_fen"]), (&done["payment_id"], &json!("eligible"), &json!("settlement"), &json!(421_200)));
        let pay = |verb: &str| format!("/api/v1/payments/{}/{verb}", text(&last, "/id"));
        bench.cast("winner_agent").await.post(&pay("request"), json!({ "invoice": "发票 0004" })).await.ok();
        let street = bench.cast("street_officer").await;
        street.post(&pay("approve"), json!({})).await.ok();
        assert_eq!(street.post(&pay("record_payment"), json!({ "payment_reference": "国库支付 2026-0004" })).await.ok()["state"], json!("paid"));
    }

    async fn nothing_is_settled_while_work_waits_to_be_accepted_or_a_payment_to_be_recorded(bench: Bench from ContractSigned) {
        play_signed(&mut bench).await;
        let starts = text(&contract(&mut bench).await, "/content/starts_on");
        bench.advance(day_after(&starts)).await;
        bench.forget();
        let activate = format!("/api/v1/contracts/{}/activate", bench.play.ids.contract);
        bench.cast("winner_agent").await.post(&activate, json!({})).await.ok();
        let first = text(&contract(&mut bench).await, "/payments/0/id");
        let pay = |verb: &str| format!("/api/v1/payments/{first}/{verb}");
        bench.cast("winner_agent").await.post(&pay("request"), json!({ "invoice": "发票 0001" })).await.ok();
        bench.cast("street_officer").await.post(&pay("approve"), json!({})).await.ok();
        let path = handed_in(&mut bench, 0).await;
        let over = ended(&mut bench).await;
        assert_eq!((&over["milestones"][0]["state"], &over["payments"][0]["state"]), (&json!("submitted"), &json!("approved")));
        draft(&mut bench, "street_officer", stated(0)).await.refused(409, "settlement_not_ready");
        verified(&mut bench, &path, 100).await;
        draft(&mut bench, "street_officer", stated(0)).await.refused(409, "settlement_not_ready");
        let street = bench.cast("street_officer").await;
        let wordless = street.post(&pay("cancel"), json!({ "reason": "" })).await;
        assert_eq!(wordless.pointers(), ["/reason"]);
        assert_eq!(street.post(&pay("cancel"), json!({ "reason": "尚未付出,随结算一并办理。" })).await.ok()["state"], json!("cancelled"));
        let made = draft(&mut bench, "street_officer", stated(0)).await.ok();
        assert_eq!((&made["accepted_fen"], &made["due_fen"]), (&json!(1_560_000), &json!(1_560_000)));
    }
}
