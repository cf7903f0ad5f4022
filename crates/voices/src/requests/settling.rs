//! What the community does with a request: acknowledge, attach to a need, answer, reject, transfer.

use super::model::{
    AnswerRequestIn, AttachIn, Channel, DraftFromRequestsIn, RejectRequestIn, RequestOut,
    TransferRequestIn,
};
use super::rules::{self, RequestFacts};
use super::service::out;
use super::store;
use crate::entity::request;
use crate::fates::{self, Fate};
use crate::flow::{RequestEvent, ResidentRequest};
use serde::Serialize;
use uuid::Uuid;
use wubang_kernel::machine::plan;
use wubang_kernel::{Code, Faults, Refusal, Role, RoleSet};
use wubang_needs::Need;
use wubang_needs::model::{NeedIn, NeedOut};
use wubang_store::commit::Commit;
use wubang_store::{Error, Key, Tx, commit, state_of};
use wubang_web::NothingIn;

/// Most requests that one command puts into a need.
const MOST: usize = 50;

/// Plans an event, spends it with what `with` adds, records the fate and tells the reporter.
async fn step(
    tx: &Tx,
    row: &request::Model,
    roles: RoleSet,
    (event, fate): (RequestEvent, Fate),
    facts: RequestFacts,
    with: impl for<'a> FnOnce(Commit<'a, request::Entity>) -> Commit<'a, request::Entity>,
) -> Result<request::Model, Error> {
    let planned = plan::<ResidentRequest>(
        state_of::<ResidentRequest>(&row.state)?,
        event,
        roles,
        &facts,
    )?;
    let rules = wubang_store::rules::at(tx, &row.division).await?;
    let spend = commit::<request::Entity>(tx, row, planned)
        .under(&rules.timers, rules.publish_cutoff_hour)
        .facts(serde_json::json!({ "fate": fate.zh() }))
        .tell(row.reporter_id.into_iter().collect());
    let after = with(spend).run().await?;
    fates::record(tx, row.id, fate, after.reason_code.clone()).await?;
    Ok(after)
}

async fn load_for(tx: &Tx, key: &Key) -> Result<(request::Model, RoleSet), Error> {
    let (row, roles) = store::load(tx, key).await?;
    tx.expect_version(row.version)?;
    Ok((row, roles))
}

fn reason(pointer: &str, text: &str) -> Result<String, Refusal> {
    let mut faults = Faults::new();
    let text = faults.prose(pointer, text, 5..=1000);
    faults.finish()?;
    Ok(text)
}

/// Wire name of a unit variant.
fn wire<T: Serialize>(value: T) -> Result<String, Error> {
    let value = serde_json::to_value(value)?;
    Ok(value.as_str().unwrap_or_default().to_owned())
}

/// The community acknowledges (T49 stops, T50 starts).
///
/// # Errors
/// `invalid_transition` the second time.
pub async fn acknowledge(tx: &Tx, key: &Key, _: NothingIn) -> Result<RequestOut, Error> {
    let (row, roles) = load_for(tx, key).await?;
    let event = (RequestEvent::Acknowledge, Fate::Acknowledged);
    let row = step(tx, &row, roles, event, RequestFacts::default(), |c| c).await?;
    out(tx, row, roles).await
}

/// The community answers without a need.
///
/// # Errors
/// `invalid` without an answer.
pub async fn answer(tx: &Tx, key: &Key, input: AnswerRequestIn) -> Result<RequestOut, Error> {
    let answer = reason("/answer", &input.answer)?;
    settle(
        tx,
        key,
        (RequestEvent::Answer, Fate::Answered),
        None,
        answer,
    )
    .await
}

/// The community does not take the matter, on a closed ground.
///
/// # Errors
/// `invalid` without a reason.
pub async fn reject(tx: &Tx, key: &Key, input: RejectRequestIn) -> Result<RequestOut, Error> {
    let text = reason("/reason", &input.reason)?;
    let ground = Some(wire(input.ground)?);
    settle(
        tx,
        key,
        (RequestEvent::Reject, Fate::Rejected),
        ground,
        text,
    )
    .await
}

/// The community hands the matter on to the office it belongs to.
///
/// # Errors
/// `invalid` without a reason.
pub async fn transfer(tx: &Tx, key: &Key, input: TransferRequestIn) -> Result<RequestOut, Error> {
    let text = reason("/reason", &input.reason)?;
    let (event, to) = (
        (RequestEvent::Transfer, Fate::Transferred),
        Some(wire(input.to)?),
    );
    settle(tx, key, event, to, text).await
}

async fn settle(
    tx: &Tx,
    key: &Key,
    event: (RequestEvent, Fate),
    reason_code: Option<String>,
    reason: String,
) -> Result<RequestOut, Error> {
    let (row, roles) = load_for(tx, key).await?;
    let row = step(tx, &row, roles, event, RequestFacts::default(), |c| {
        c.set(request::Column::ReasonCode, reason_code)
            .set(request::Column::Reason, reason.clone())
            .because(Some(reason))
    })
    .await?;
    out(tx, row, roles).await
}

/// The secretary puts a request into an open need of his community.
///
/// # Errors
/// `invalid` for a need that is not there or of another community; `need_not_open` for one that is over.
pub async fn attach(tx: &Tx, key: &Key, input: AttachIn) -> Result<RequestOut, Error> {
    let (row, roles) = load_for(tx, key).await?;
    let unknown = || {
        Refusal::new(Code::Invalid).field(
            "/need",
            "unknown_value",
            "本社区没有这项需求",
            "this community has no such need",
        )
    };
    let need = match wubang_needs::service::find(tx, &Key::parse(&input.need)).await {
        Err(Error::Refused(_)) => return Err(unknown().into()),
        other => other?,
    };
    if need.division != row.division {
        return Err(unknown().into());
    }
    let row = attach_to(tx, &row, roles, &need).await?;
    out(tx, row, roles).await
}

/// States of a need that takes no more voices up, although the district may still be asked about some.
const OVER: &[&str] = &["rejected", "merged", "withdrawn", "closed", "deleted"];

/// Whether a need can still take voices up: its life is not over.
fn is_open(need: &Need) -> bool {
    !OVER.contains(&need.state.as_str())
}

async fn attach_to(
    tx: &Tx,
    row: &request::Model,
    roles: RoleSet,
    need: &Need,
) -> Result<request::Model, Error> {
    let facts = RequestFacts {
        need_open: Some(is_open(need)),
    };
    let event = (RequestEvent::Attach, Fate::Attached);
    step(tx, row, roles, event, facts, |c| {
        c.set(request::Column::NeedId, need.id)
            .data(serde_json::json!({ "need": need.number }))
    })
    .await
}

/// The secretary drafts a need from this request and others of the community.
///
/// # Errors
/// `invalid` for requests that are not there or of another community; `invalid_transition` for one that
/// is settled; what drafting a need refuses.
pub async fn draft_need(tx: &Tx, key: &Key, input: DraftFromRequestsIn) -> Result<NeedOut, Error> {
    let (first, roles) = load_for(tx, key).await?;
    let mut rows = vec![first];
    rows.extend(others(tx, &rows, &input.also).await?);
    let channels: Vec<Channel> = rows
        .iter()
        .filter_map(|row| Channel::from_wire(&row.channel))
        .collect();
    let mut groups: Vec<String> = rows
        .iter()
        .flat_map(|row| row.detail.target_groups.iter().cloned())
        .collect();
    groups.sort();
    groups.dedup();
    let told: Vec<&str> = rows
        .iter()
        .map(|row| row.detail.description.as_str())
        .collect();
    let first = rows.first().ok_or(Code::Internal)?;
    let need = NeedIn {
        community: first.division.clone(),
        title: input.title.unwrap_or_else(|| first.title.clone()),
        description: input
            .description
            .unwrap_or_else(|| rules::cut_to(&told.join("\n"), 5000)),
        source: rules::main_channel(&channels).map(Channel::source),
        affected_count: input
            .affected_count
            .or_else(|| rows.iter().filter_map(|row| row.affected_count).max()),
        field: input.field.or_else(|| first.field.clone()),
        target_groups: groups,
        urgency: input.urgency,
        ..NeedIn::default()
    };
    let made = wubang_needs::service::draft(tx, need).await?;
    let need = wubang_needs::service::find(tx, &Key::Id(made.id)).await?;
    for row in &rows {
        attach_to(tx, row, roles, &need).await?;
    }
    Ok(made)
}

/// The requests that go along with the one in the path; the fault names each that cannot.
async fn others(
    tx: &Tx,
    first: &[request::Model],
    also: &[Uuid],
) -> Result<Vec<request::Model>, Error> {
    let mut faults = Faults::new();
    faults.count("/also", also.len(), 0..=MOST - 1);
    let found = store::settleable(tx, also.get(..MOST).unwrap_or(also)).await?;
    for (i, id) in also.iter().take(MOST).enumerate() {
        let here = |row: &&request::Model| row.id == *id;
        let twice =
            also.iter().take(i).any(|other| other == id) || first.iter().any(|row| row.id == *id);
        let near = found
            .iter()
            .find(here)
            .is_some_and(|row| first.iter().all(|one| one.division == row.division));
        let pointer = format!("/also/{i}");
        if twice {
            faults.add(pointer, "duplicate", "重复", "is there twice");
        } else if !near {
            faults.add(
                pointer,
                "unknown_value",
                "本社区没有这件诉求",
                "this community has no such request",
            );
        }
    }
    faults.finish()?;
    Ok(found)
}

/// The draft need that some requests were in was deleted: they are open again.
///
/// # Errors
/// When the database fails.
pub async fn released(tx: &Tx, need: Uuid) -> Result<(), Error> {
    for row in store::of_need(tx, need).await? {
        let system = RoleSet::of(&[Role::System]);
        let event = (RequestEvent::Release, Fate::Acknowledged);
        step(tx, &row, system, event, RequestFacts::default(), |c| {
            c.set(request::Column::NeedId, None::<Uuid>)
        })
        .await?;
    }
    Ok(())
}
