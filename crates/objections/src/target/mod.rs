//! What is objected to: who may, until when, who is on the other side, what stands still and what can be done
//! about it. The one place that knows the stages below.

mod awards;
mod evaluations;
mod lists;
mod needs;
mod postings;

use crate::entity::objection;
use crate::model::{Effect, Involved, ObjectionTarget, Respondent};
use uuid::Uuid;
use wubang_awards::late;
use wubang_awards::objecting::{self, Revocation};
use wubang_evaluations::model::ResultCorrections;
use wubang_evaluations::reviewing;
use wubang_kernel::Timer;
use wubang_store::entity::trace::Model as Record;
use wubang_store::{Error, Key, Read, Tx};

/// What an objection must know of its target when it is handed in.
pub(crate) struct Target {
    pub label: String,
    pub division: String,
    /// What stands still while an objection is open.
    pub held: Option<Uuid>,
    /// Whether it waits from the hand-in on, not only from the acceptance: a publicity must not end
    /// between the two.
    pub held_at_once: bool,
    pub respondent: Respondent,
    pub respondent_organisation: Option<Uuid>,
    pub involved: Involved,
    pub bidders: Vec<Uuid>,
    /// Organisations that may object; `None` where it needs none.
    pub only: Option<Vec<Uuid>>,
    /// Results that the target knows.
    pub effects: Vec<Effect>,
}

/// Who did something to an object, from its trail.
fn doers(trail: &[Record], events: &[&str]) -> Vec<Uuid> {
    let of = trail
        .iter()
        .filter(|row| events.contains(&row.event.as_str()));
    of.filter_map(|row| row.actor_id).collect()
}

/// The target of a new objection, within the window (T43). `organisation`: for whom somebody objects.
///
/// # Errors
/// `not_found`; `deadline_passed` outside the window.
pub(crate) async fn open(
    read: &impl Read,
    kind: ObjectionTarget,
    id: Uuid,
    organisation: Option<Uuid>,
) -> Result<Target, Error> {
    match kind {
        ObjectionTarget::Award => awards::award(read, id).await,
        ObjectionTarget::PostingContent => postings::posting_content(read, id).await,
        ObjectionTarget::Disqualification => postings::disqualification(read, id).await,
        ObjectionTarget::ProcessMember => awards::process_member(read, id).await,
        ObjectionTarget::EvaluationResult => evaluations::result(read, id, organisation).await,
        ObjectionTarget::ListEntry => lists::entry(read, id, organisation).await,
        ObjectionTarget::NeedDecision => needs::need_decision(read, id).await,
    }
}

/// Whether the district alone handles an objection: who scored and published a result sits in the street, or works
/// for it (rulebook 2.8.11); a list is the district's own decision (2.12).
pub(crate) const fn is_districts(kind: ObjectionTarget) -> bool {
    matches!(
        kind,
        ObjectionTarget::EvaluationResult | ObjectionTarget::ListEntry
    )
}

/// The timer of the answer: the review of a result has a term of its own (T41), everything else T44.
pub(crate) const fn answer_term(kind: ObjectionTarget) -> Timer {
    match kind {
        ObjectionTarget::EvaluationResult => Timer::T41,
        _ => Timer::T44,
    }
}

/// The kind of a stored objection.
///
/// # Errors
/// Internal: the table holds a kind that is none.
pub(crate) fn kind_of(row: &objection::Model) -> Result<ObjectionTarget, Error> {
    ObjectionTarget::from_wire(&row.target)
        .ok_or_else(|| Error::internal("objection to an unknown target"))
}

/// What can still be done about the target: nothing once it has fallen away or moved too far on.
///
/// # Errors
/// When the database fails.
pub(crate) async fn effects(
    read: &impl Read,
    row: &objection::Model,
) -> Result<Vec<Effect>, Error> {
    match kind_of(row)? {
        ObjectionTarget::Award => {
            let award = wubang_awards::service::find(read, row.target_id).await?;
            if !objecting::is_revocable(&award) {
                return Ok(Vec::new());
            }
            let all = objecting::revocations(read, &award).await?;
            Ok(all.into_iter().map(awards::effect_of).collect())
        }
        ObjectionTarget::PostingContent => {
            Ok(match postings::stage(read, row.target_id).await?.as_str() {
                "open" => vec![Effect::AmendDemanded, Effect::Cancel],
                "closed" | "evaluating" => vec![Effect::Cancel],
                _ => Vec::new(),
            })
        }
        ObjectionTarget::Disqualification => {
            let bid = wubang_bids::service::find(read, row.target_id).await?;
            let stage = postings::stage(read, bid.posting_id).await?;
            let ranked = wubang_bids::service::count_ranked(read, bid.posting_id).await?;
            let fits = matches!(bid.state.as_str(), "disqualified" | "invalidated")
                && matches!(stage.as_str(), "closed" | "evaluating")
                && ranked == 0;
            Ok(fits.then_some(Effect::RestoreBid).into_iter().collect())
        }
        ObjectionTarget::ProcessMember => {
            let fits = late::can_be_recused(read, row.target_id).await?.is_some();
            Ok(fits.then_some(Effect::RecuseMember).into_iter().collect())
        }
        ObjectionTarget::EvaluationResult => {
            let row = wubang_evaluations::service::find(read, row.target_id).await?;
            Ok(if reviewing::is_reviewable(&row) {
                evaluations::EFFECTS.to_vec()
            } else {
                Vec::new()
            })
        }
        ObjectionTarget::ListEntry => {
            let entry = wubang_credit::service::find(read, row.target_id).await?;
            let fits = wubang_credit::objecting::is_revocable(&entry);
            Ok(fits.then_some(Effect::Delist).into_iter().collect())
        }
        ObjectionTarget::NeedDecision => {
            let need = wubang_needs::service::find_any(read, &Key::Id(row.target_id)).await?;
            let fits = need.state == "rejected";
            Ok(fits.then_some(Effect::ReturnToReview).into_iter().collect())
        }
    }
}

/// Makes the target stand still; nothing happens when it does already, or cannot (any more).
///
/// # Errors
/// `deadline_passed` for a posting whose bid deadline is over while nobody has closed it yet; `conflict`.
pub(crate) async fn stand_still(
    tx: &Tx,
    row: &objection::Model,
    reason: &str,
) -> Result<(), Error> {
    match (kind_of(row)?, row.held_id) {
        (ObjectionTarget::Award | ObjectionTarget::ProcessMember, Some(award)) => {
            objecting::suspend_for_objection(tx, award, reason).await
        }
        (ObjectionTarget::PostingContent | ObjectionTarget::Disqualification, Some(posting)) => {
            wubang_postings::service::suspend_for_objection(tx, posting, reason).await
        }
        (ObjectionTarget::EvaluationResult, Some(evaluation)) => {
            reviewing::suspend_for_objection(tx, evaluation, reason).await
        }
        (ObjectionTarget::ListEntry, Some(entry)) => {
            // by a complaint until the end of its suspension, by the objection until the end of its answer
            let complaint = row.complaint.as_ref();
            let until = complaint
                .and_then(|one| one.suspended_until)
                .or(row.answer_by)
                .ok_or_else(|| Error::internal("an objection without a term"))?;
            wubang_credit::objecting::suspend_for_objection(tx, entry, until).await
        }
        (_, _) => Ok(()),
    }
}

/// Lets the target go on, unless something else holds it.
///
/// # Errors
/// `conflict` when somebody else was first.
pub(crate) async fn go_on(tx: &Tx, row: &objection::Model, reason: &str) -> Result<(), Error> {
    match (kind_of(row)?, row.held_id) {
        (ObjectionTarget::Award | ObjectionTarget::ProcessMember, Some(award)) => {
            objecting::resume_after_objection(tx, award, reason).await
        }
        (ObjectionTarget::PostingContent | ObjectionTarget::Disqualification, Some(posting)) => {
            wubang_postings::service::resume_after_objection(tx, posting, reason).await
        }
        (ObjectionTarget::EvaluationResult, Some(evaluation)) => {
            reviewing::resume_after_objection(tx, evaluation, reason).await
        }
        (ObjectionTarget::ListEntry, Some(entry)) => {
            wubang_credit::objecting::resume_after_objection(tx, entry).await
        }
        (_, _) => Ok(()),
    }
}

/// Does what a decision orders; `corrections` belong to a result that is added up anew. `reason` is public.
///
/// # Errors
/// `invalid_transition` while another authority keeps the posting suspended.
pub(crate) async fn apply(
    tx: &Tx,
    row: &objection::Model,
    (effect, corrections): (Effect, Option<ResultCorrections>),
    reason: &str,
) -> Result<(), Error> {
    let award = |how| objecting::revoke(tx, row.target_id, how, reason);
    match effect {
        Effect::Reevaluate => award(Revocation::Reevaluate).await,
        Effect::NextInRank => award(Revocation::NextInRank).await,
        Effect::Repost => award(Revocation::Repost).await,
        // the street is told with the decision, and amends once the posting is open again
        Effect::None | Effect::AmendDemanded => go_on(tx, row, reason).await,
        Effect::Cancel => {
            go_on(tx, row, reason).await?;
            wubang_postings::service::cancel_after_objection(tx, row.target_id, reason).await
        }
        Effect::RecuseMember => {
            // on the heap: the acts behind it are deep, and the stack of a worker is not
            Box::pin(late::recuse_after_objection(tx, row.target_id, reason)).await
        }
        Effect::RestoreBid => {
            go_on(tx, row, reason).await?;
            wubang_bids::service::restore(tx, row.target_id, reason).await
        }
        Effect::Recompute => {
            let corrections = corrections.unwrap_or_default();
            Box::pin(reviewing::recompute(tx, row.target_id, corrections, reason)).await
        }
        Effect::Redo => reviewing::redo(tx, row.target_id, reason).await,
        Effect::Delist => {
            wubang_credit::objecting::revoke_after_objection(tx, row.target_id, reason).await
        }
        Effect::ReturnToReview => {
            wubang_needs::service::objection_upheld(tx, row.target_id, reason).await
        }
    }
}
