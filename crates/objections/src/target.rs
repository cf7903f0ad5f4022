//! What is objected to: who may, until when, who is on the other side, what stands still and what can be done
//! about it. The one place that knows the stages below.

use crate::entity::objection;
use crate::model::{Effect, Involved, ObjectionTarget, Respondent};
use uuid::Uuid;
use wubang_awards::objecting::{self, Revocation};
use wubang_kernel::Code;
use wubang_kernel::deadline::is_over;
use wubang_publicity::model::PublicityKind;
use wubang_store::{Error, Read, Tracked, Tx};

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
    /// Whether anybody known may object, or parties only.
    pub for_everybody: bool,
    /// Results that the target knows.
    pub effects: Vec<Effect>,
}

/// The target of a new objection, within the window (T43).
///
/// # Errors
/// `not_found`; `deadline_passed` outside the window.
pub(crate) async fn open(
    read: &impl Read,
    kind: ObjectionTarget,
    id: Uuid,
) -> Result<Target, Error> {
    match kind {
        ObjectionTarget::Award => award(read, id).await,
    }
}

const fn effect_of(revocation: Revocation) -> Effect {
    match revocation {
        Revocation::Reevaluate => Effect::Reevaluate,
        Revocation::NextInRank => Effect::NextInRank,
        Revocation::Repost => Effect::Repost,
    }
}

/// A proposed award, until its publicity is over (T15). While that stands still so does the window.
async fn award(read: &impl Read, id: Uuid) -> Result<Target, Error> {
    let award = wubang_awards::service::find(read, id).await?;
    let shown = wubang_publicity::last(read, id, PublicityKind::Award)
        .await?
        .filter(|shown| shown.state == "running");
    let stands = award.state == "suspended";
    if !shown.is_some_and(|shown| stands || !is_over(shown.ends_at, read.now())) {
        return Err(Code::DeadlinePassed.into());
    }
    let posting = wubang_postings::service::find(read, award.posting_id).await?;
    let judged_in = posting.call_id.unwrap_or(posting.id);
    let bids = wubang_bids::service::of_posting(read, judged_in).await?;
    let panel =
        wubang_panels::service::load_seated(read, wubang_awards::PURPOSE, judged_in).await?;
    let seats = panel.iter().flat_map(|panel| &panel.members);
    let drafted = [
        Some(posting.drafted_by),
        posting.handed_in_by,
        posting.endorsed_by,
        posting.approved_by,
    ];
    let bidders: Vec<Uuid> = bids.iter().map(|bid| bid.organisation_id).collect();
    let effects = objecting::revocations(read, &award).await?;
    Ok(Target {
        label: award.label(),
        held: Some(id),
        held_at_once: true,
        respondent: Respondent::Organisation,
        respondent_organisation: Some(award.organisation_id),
        involved: Involved {
            deciders: vec![award.proposed_by],
            took_part: seats
                .map(|member| member.person_id)
                .chain(drafted.into_iter().flatten())
                .collect(),
            parties: bidders.clone(),
        },
        division: award.division,
        bidders,
        for_everybody: true,
        effects: effects.into_iter().map(effect_of).collect(),
    })
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
            Ok(all.into_iter().map(effect_of).collect())
        }
    }
}

/// Makes the target stand still; nothing happens when it does already, or cannot any more.
///
/// # Errors
/// `conflict` when somebody else was first.
pub(crate) async fn stand_still(
    tx: &Tx,
    row: &objection::Model,
    reason: &str,
) -> Result<(), Error> {
    match kind_of(row)? {
        ObjectionTarget::Award => objecting::suspend_for_objection(tx, row.target_id, reason).await,
    }
}

/// Lets the target go on, unless something else holds it.
///
/// # Errors
/// `conflict` when somebody else was first.
pub(crate) async fn go_on(tx: &Tx, row: &objection::Model, reason: &str) -> Result<(), Error> {
    match kind_of(row)? {
        ObjectionTarget::Award => {
            objecting::resume_after_objection(tx, row.target_id, reason).await
        }
    }
}

/// Does what a decision orders. `reason` is public.
///
/// # Errors
/// `invalid_transition` while another authority keeps the posting suspended.
pub(crate) async fn apply(
    tx: &Tx,
    row: &objection::Model,
    effect: Effect,
    reason: &str,
) -> Result<(), Error> {
    let revocation = match effect {
        Effect::None => return go_on(tx, row, reason).await,
        Effect::Reevaluate => Revocation::Reevaluate,
        Effect::NextInRank => Revocation::NextInRank,
        Effect::Repost => Revocation::Repost,
    };
    match kind_of(row)? {
        ObjectionTarget::Award => objecting::revoke(tx, row.target_id, revocation, reason).await,
    }
}
