//! What timers and later stages do to a posting, as the system.

use super::changing::Windows;
use super::{facts, load_for, notice_hash, publicity, racing, rounds, step};
use crate::entity::posting;
use crate::flow::PostingEvent;
use crate::invitation;
use crate::procedures::opening;
use crate::project;
use crate::race_rules::LaneEnd;
use crate::rules::EvaluationFacts;
use crate::rules::PostingFacts;
use crate::store::{self, PostingCase};
use uuid::Uuid;
use wubang_kernel::{Code, Refusal, Role, RoleSet};
use wubang_store::commit::{Commit, edit};
use wubang_store::{Error, Key, Read, Tx};
use wubang_web::Instant;

/// The time of a scheduled posting has come.
///
/// # Errors
/// `invalid_transition` when it has moved on.
pub async fn publish(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let case = as_system(tx, id).await?;
    publish_case(tx, case).await?;
    Ok(())
}

pub(super) async fn publish_case(tx: &Tx, case: PostingCase) -> Result<PostingCase, Error> {
    let viewer = case.roles;
    let case = PostingCase {
        roles: RoleSet::of(&[Role::System]),
        ..case
    };
    let facts = facts(tx, &case).await?;
    if !facts.needs_approved {
        return Err(Refusal::from(Code::NeedsNotApproved).into());
    }
    let opening = opening(tx.calendar(), &case.posting.procedure.0, tx.now());
    let hash = notice_hash(&case.posting);
    let invitation = invitation::draw(tx, &case.posting).await?;
    let now = tx.now();
    let windows = opening.map(Windows::from);
    let told = windows.as_ref().map(|windows| windows.close.clone());
    let at = told.as_ref().map(|close| Instant(close.at));
    let mut case = step(tx, case, PostingEvent::Publish, &facts, |c| {
        let c = c
            .set(posting::Column::PublishedAt, now)
            .set(posting::Column::Invitation, invitation)
            .set(posting::Column::NoticeHash, hash.clone())
            .facts(serde_json::json!({ "bid_deadline": at }))
            .data(serde_json::json!({ "notice_hash": hash, "bid_deadline": told }));
        match windows {
            Some(windows) => windows.set(c),
            None => c,
        }
    })
    .await?;
    publicity::start(tx, &case.posting).await?;
    for need in &case.need_ids {
        wubang_needs::service::posted(tx, *need).await?;
    }
    case.roles = viewer;
    Ok(case)
}

pub(super) async fn as_system(tx: &Tx, id: Uuid) -> Result<PostingCase, Error> {
    let posting = store::find(tx, &Key::Id(id)).await?;
    let need_ids = store::need_ids(tx, id).await?;
    Ok(PostingCase {
        posting,
        need_ids,
        roles: RoleSet::of(&[Role::System]),
    })
}

pub(super) async fn by_system(
    tx: &Tx,
    id: Uuid,
    event: PostingEvent,
    with: impl for<'a> FnOnce(Commit<'a, posting::Entity>) -> Commit<'a, posting::Entity>,
) -> Result<PostingCase, Error> {
    let case = as_system(tx, id).await?;
    let facts = facts(tx, &case).await?;
    step(tx, case, event, &facts, with).await
}

/// The bid window is over: called by the bids, which know whether their box may be opened.
///
/// # Errors
/// `invalid_transition` when the posting has moved on.
pub async fn close(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let now = tx.now();
    by_system(tx, id, PostingEvent::Close, |c| {
        c.set(posting::Column::ClosedAt, now)
    })
    .await?;
    Ok(())
}

/// The street starts the evaluation, with what later stages know.
///
/// # Errors
/// `too_few_bids`, `panel_incomplete`, `recusal_unsigned`.
pub async fn start_evaluation(
    tx: &Tx,
    key: &Key,
    evaluation: EvaluationFacts,
) -> Result<crate::Posting, Error> {
    let case = load_for(tx, key).await?;
    let facts = PostingFacts {
        evaluation: Some(evaluation),
        ..facts(tx, &case).await?
    };
    Ok(step(tx, case, PostingEvent::StartEvaluation, &facts, |c| c)
        .await?
        .posting)
}

/// An award was proposed and is in publicity.
///
/// # Errors
/// `invalid_transition`.
pub async fn award_proposed(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, PostingEvent::ProposeAward, |c| c).await?;
    Ok(())
}

/// The publicity of the award is over without objection.
///
/// # Errors
/// `invalid_transition`.
pub async fn publicity_over(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, PostingEvent::EndPublicity, |c| c).await?;
    Ok(())
}

/// The awardee fell away and a reserve is there.
///
/// # Errors
/// `invalid_transition`.
pub async fn next_candidate(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, PostingEvent::NextCandidate, |c| c).await?;
    Ok(())
}

/// An objection was upheld: another panel judges the bids again (rulebook 2.5, 2.8.2); T13 begins anew.
/// `reason` is public.
///
/// # Errors
/// `invalid_transition` unless an award stands or has just fallen.
pub async fn reevaluate(tx: &Tx, id: Uuid, reason: &str) -> Result<(), Error> {
    by_system(tx, id, PostingEvent::Reevaluate, |c| {
        c.because(Some(reason.to_owned()))
    })
    .await?;
    Ok(())
}

/// The posting fails (流榜); its needs become approved again and the buyer decides within a term, or,
/// after three rounds, they go back to review.
///
/// # Errors
/// `invalid_transition`.
pub async fn failed(
    tx: &Tx,
    id: Uuid,
    reason_code: &str,
    reason: Option<String>,
) -> Result<(), Error> {
    let case = by_system(tx, id, PostingEvent::Fail, |c| {
        reason_of(c, reason_code, reason)
    })
    .await?;
    let_go(tx, &case).await
}

/// The public reason of a failed posting: as given, or the sentence that belongs to its code.
pub(super) fn reason_of<'a>(
    commit: Commit<'a, posting::Entity>,
    code: &str,
    reason: Option<String>,
) -> Commit<'a, posting::Entity> {
    let reason = reason.or_else(|| rounds::words_of(code).map(str::to_owned));
    commit
        .set(posting::Column::ReasonCode, code)
        .set(posting::Column::Reason, reason.clone())
        .because(Some(reason.unwrap_or_else(|| code.to_owned())))
}

/// What follows when a posting has failed.
pub(super) async fn let_go(tx: &Tx, case: &PostingCase) -> Result<(), Error> {
    publicity::stopped(tx, &case.posting, "流榜").await?;
    racing::let_needs_go(tx, case, LaneEnd::Failed).await
}

/// An agreement about the result as it stands was drafted: whoever takes in another one at the same moment is
/// told, and so is a second drafter.
///
/// # Errors
/// `conflict` when the posting has changed meanwhile.
pub async fn agreement_drafted(tx: &Tx, posting: &posting::Model, role: Role) -> Result<(), Error> {
    let event = "posting.agreement_drafted";
    edit::<posting::Entity>(tx, posting, event, role, |update| update, None).await?;
    Ok(())
}

/// The agreement is signed.
///
/// # Errors
/// `invalid_transition`.
pub async fn contracted(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, PostingEvent::Contract, |c| c).await?;
    Ok(())
}

/// The evaluation is confirmed; the project is closed.
///
/// # Errors
/// `invalid_transition`.
pub async fn completed(tx: &Tx, id: Uuid, outcome: &str) -> Result<(), Error> {
    let outcome = outcome.to_owned();
    let case = by_system(tx, id, PostingEvent::Complete, |c| {
        c.set(posting::Column::Outcome, outcome.clone())
    })
    .await?;
    project::set_stage(tx, case.posting.project_id, "closed", Some(&outcome)).await
}

/// The agreement ended early (terminated, or the contractor left): the project is over, the posting counts as failed, and
/// its needs go back to be posted again, in a race when no other lane runs. `ground` is a code, `reason` is public.
///
/// # Errors
/// `invalid_transition` unless there is an agreement.
pub async fn agreement_ended(tx: &Tx, id: Uuid, ground: &str, reason: String) -> Result<(), Error> {
    let case = by_system(tx, id, PostingEvent::EndEarly, |c| {
        reason_of(c, "agreement_ended", Some(reason))
    })
    .await?;
    racing::let_needs_go(tx, &case, LaneEnd::Failed).await?;
    project::set_stage(tx, case.posting.project_id, "ended", Some(ground)).await
}
