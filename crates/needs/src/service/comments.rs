//! Residents' voices and comments, and the comment period (民意公示).

use super::public::face_out;
use super::{by_system, facts, load_for, out, step};
use crate::entity::need;
use crate::flow::{Need, NeedEvent, NeedState};
use crate::model::{CommentIn, CommentList, CommentOut, NeedOut, PublicNeedOut};
use crate::store::{self, voices};
use crate::visibility;
use uuid::Uuid;
use wubang_kernel::deadline::is_over;
use wubang_kernel::{Code, Faults, Refusal, Role, RoleSet, Timer};
use wubang_publicity::Opening;
use wubang_publicity::model::{Channels, PublicityKind};
use wubang_store::{Error, Key, Read, Tx, View, state_of, timers};
use wubang_web::NothingIn;
use wubang_web::{Instant, ListQuery};

/// The public face of a need for an act of one of its neighbours.
async fn face_for(tx: &Tx, key: &Key) -> Result<(need::Model, NeedState, RoleSet), Error> {
    let (need, roles) = voices::face(tx, key).await?;
    tx.expect_version(need.version)?;
    voices::hold(tx, &need).await?;
    let state = state_of::<Need>(&need.state)?;
    Ok((need, state, roles))
}

/// Somebody of the territory adds his voice. Voices are counted and never named, so they leave no
/// record in the trace.
///
/// # Errors
/// `forbidden` outside the territory; `invalid_transition` once the need is posted; `duplicate` the
/// second time.
pub async fn support(tx: &Tx, key: &Key, _: NothingIn) -> Result<PublicNeedOut, Error> {
    let (need, state, roles) = face_for(tx, key).await?;
    neighbour(roles)?;
    if !visibility::takes_support(state) {
        return Err(Code::InvalidTransition.into());
    }
    voices::support(tx, need.id).await?;
    face_out(tx, need).await
}

/// Somebody takes his voice back.
///
/// # Errors
/// As [`support`]; `invalid_transition` when he has given none.
pub async fn unsupport(tx: &Tx, key: &Key, _: NothingIn) -> Result<PublicNeedOut, Error> {
    let (need, state, roles) = face_for(tx, key).await?;
    neighbour(roles)?;
    if !visibility::takes_support(state) || !voices::unsupport(tx, need.id).await? {
        return Err(Code::InvalidTransition.into());
    }
    face_out(tx, need).await
}

fn neighbour(roles: RoleSet) -> Result<(), Refusal> {
    if roles.any(store::NEIGHBOURS) {
        Ok(())
    } else {
        Err(Code::Forbidden.into())
    }
}

/// A resident of the territory comments on a need in its comment period.
///
/// # Errors
/// `forbidden` for others; `invalid_transition` outside the period; `deadline_passed` after its last
/// second; `duplicate` the second time.
pub async fn comment(tx: &Tx, key: &Key, input: CommentIn) -> Result<PublicNeedOut, Error> {
    let (need, state, roles) = face_for(tx, key).await?;
    if !roles.has(Role::ResidentRep) {
        return Err(Code::Forbidden.into());
    }
    let mut faults = Faults::new();
    let text = faults.prose("/text", &input.text, 2..=1000);
    faults.finish()?;
    if state != NeedState::InComment {
        return Err(Code::InvalidTransition.into());
    }
    let open = timers::running(tx, &[need.id])
        .await?
        .into_iter()
        .any(|timer| timer.timer == Timer::T04.key() && !is_over(timer.due_at, tx.now()));
    if !open {
        return Err(Code::DeadlinePassed.into());
    }
    voices::insert_comment(tx, &need, input.stance, text).await?;
    face_out(tx, need).await
}

/// The comments on a need, for officials and reviewers.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn comments(view: &View, key: &Key, query: &ListQuery) -> Result<CommentList, Error> {
    let case = store::load(view, key).await?;
    let rows = voices::comments(view, case.need.id, query.page).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let items = rows
        .into_iter()
        .map(|row| CommentOut {
            id: row.id,
            stance: row.stance,
            text: row.body,
            created_at: Instant(row.created_at),
        })
        .collect();
    Ok(CommentList { items, next })
}

/// The street puts a need on the comment list. What is shown is known by its hash; nobody can change
/// the need in this state.
///
/// # Errors
/// `analysis_missing`; `invalid_transition` unless the need is under review.
pub async fn open_comment(tx: &Tx, key: &Key, _: NothingIn) -> Result<NeedOut, Error> {
    let case = load_for(tx, key).await?;
    let (facts, shown) = (facts(tx, &case), super::hash(&case.need));
    let case = step(tx, case, NeedEvent::OpenComment, &facts, |c| {
        c.data(serde_json::json!({ "content_hash": shown }))
    })
    .await?;
    publicise(tx, &case.need).await?;
    out(tx, case).await
}

/// Shows the need as the public may read it, as long as T04 runs.
async fn publicise(tx: &Tx, need: &need::Model) -> Result<(), Error> {
    let procedure = wubang_store::rules::at(tx, &need.division).await?;
    let content = serde_json::json!({
        "number": need.number,
        "community": need.division,
        "title": need.title,
        "field": need.field,
        "target_groups": need.detail.target_groups,
        "urgency": need.urgency,
        "affected_count": need.affected_count,
        "description": need.detail.description,
        "wished_result": need.detail.wished_result,
        "community_resources": need.detail.community_resources,
    });
    let opening = Opening {
        kind: PublicityKind::NeedComment,
        object_id: need.id,
        project_id: None,
        division: need.division.clone(),
        field: Some(need.field.clone()),
        title: need.title.clone(),
        content,
        // who objects says so as a comment
        objection_contact: None,
        channels: Channels::default(),
        term: procedure.timers.of(Timer::T04),
        cutoff_hour: procedure.publish_cutoff_hour,
    };
    wubang_publicity::start(tx, opening).await?;
    Ok(())
}

/// T04: the comment period is over; the review goes on with what was said.
///
/// # Errors
/// `invalid_transition` when the need has moved on.
pub async fn comment_ended(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let counts = voices::comment_counts(tx, &[id]).await?;
    let counts = counts.get(&id).copied().unwrap_or_default();
    by_system(tx, id, NeedEvent::EndComment, |c, _| {
        c.data(serde_json::json!({ "comments": counts }))
    })
    .await?;
    wubang_publicity::ended(tx, id, PublicityKind::NeedComment).await
}
