//! What several modules of tests share: reading the story, asking for objects, counting steps.

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use uuid::Uuid;
use wubang_kernel::Who;
use wubang_kernel::deadline::LOCAL;
use wubang_store::Read as _;
use wubang_store::entity::trace;
use wubang_testkit::{Bench, Reply};

/// The story that the play tells.
pub fn story() -> Value {
    serde_json::from_str(include_str!("../crates/server/data/demo/story.json"))
        .expect("the story is JSON")
}

/// A text in an answer.
pub fn text(value: &Value, pointer: &str) -> String {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("no {pointer} in {value}"))
        .to_owned()
}

/// A whole number in an answer.
pub fn number(value: &Value, pointer: &str) -> i64 {
    value
        .pointer(pointer)
        .and_then(Value::as_i64)
        .unwrap_or_else(|| panic!("no {pointer} in {value}"))
}

/// A list in an answer.
pub fn list(value: &Value, pointer: &str) -> Vec<Value> {
    value
        .pointer(pointer)
        .and_then(Value::as_array)
        .unwrap_or_else(|| panic!("no {pointer} in {value}"))
        .clone()
}

/// An instant in an answer.
pub fn instant(value: &Value, pointer: &str) -> chrono::DateTime<chrono::Utc> {
    text(value, pointer).parse().expect("an instant")
}

/// The first second after a civil date of +08:00.
pub fn day_after(date: &str) -> chrono::DateTime<chrono::Utc> {
    let date: chrono::NaiveDate = date.parse().expect("a date");
    date.succ_opt()
        .and_then(|day| day.and_hms_opt(0, 0, 0))
        .and_then(|at| at.and_local_timezone(LOCAL).single())
        .expect("a midnight")
        .to_utc()
}

/// An object as somebody sees it.
pub async fn seen(bench: &mut Bench, account: &str, path: &str) -> Value {
    bench.user(account).await.get(path).await.ok()
}

/// The district gives somebody a role; the next request knows it.
pub async fn grant(bench: &mut Bench, account: &str, role: &str, scope: Value) {
    let district = bench.cast("district_admin").await;
    let _ = district
        .post(
            &format!("/api/v1/people/{account}/grants"),
            json!({ "role": role, "scope": scope }),
        )
        .await
        .ok();
}

/// Id of somebody's person.
pub async fn person(bench: &mut Bench, account: &str) -> String {
    text(&seen(bench, account, "/api/v1/me").await, "/id")
}

/// How often an event is recorded of an object, or of any object.
pub async fn recorded(bench: &Bench, event: &str, object: Option<&str>) -> u64 {
    let view = bench.running.store.read(&Who::system("tests"));
    let mut select = trace::Entity::find().filter(trace::Column::Event.eq(event));
    if let Some(id) = object {
        let id: Uuid = id.parse().expect("an id");
        select = select.filter(trace::Column::ObjectId.eq(id));
    }
    select.count(&view.db()).await.expect("a count")
}

/// How many records the trace has.
pub async fn records(bench: &Bench) -> u64 {
    let view = bench.running.store.read(&Who::system("tests"));
    trace::Entity::find()
        .count(&view.db())
        .await
        .expect("a count")
}

/// Holds an object, as an accepted objection will; answers the hold.
pub async fn hold(bench: &Bench, object: &str, id: &str) -> Uuid {
    let tx = bench
        .running
        .store
        .write(&Who::system("tests"))
        .await
        .expect("a transaction");
    let hold = wubang_store::holds::place(&tx, object, id.parse().expect("an id"), "objection")
        .await
        .expect("a hold");
    tx.commit().await.expect("committed");
    hold
}

/// Releases a hold.
pub async fn release(bench: &Bench, hold: Uuid) {
    let tx = bench
        .running
        .store
        .write(&Who::system("tests"))
        .await
        .expect("a transaction");
    wubang_store::holds::release(&tx, hold)
        .await
        .expect("released");
    tx.commit().await.expect("committed");
}

/// The same call eight times at once.
pub async fn eight(call: impl AsyncFn() -> Reply) -> Vec<Reply> {
    let (a, b, c, d, e, f, g, h) = tokio::join!(
        call(),
        call(),
        call(),
        call(),
        call(),
        call(),
        call(),
        call()
    );
    vec![a, b, c, d, e, f, g, h]
}

/// A posting that the secretary drafts and hands in, and the second person approves.
pub async fn made_public(bench: &mut Bench, draft: Value, approval: Value) -> Value {
    let secretary = bench.cast("secretary").await;
    let made = secretary.post("/api/v1/postings", draft).await.ok();
    let path = format!("/api/v1/postings/{}", text(&made, "/id"));
    let _ = secretary
        .post(&format!("{path}/submit"), json!({}))
        .await
        .ok();
    let approver = bench.cast("street_approver").await;
    approver
        .post(&format!("{path}/approve"), approval)
        .await
        .ok()
}
