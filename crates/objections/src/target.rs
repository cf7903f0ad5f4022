//! What is objected to: who may, until when, who is on the other side, what stands still and what can be done
//! about it. The one place that knows the stages below.

use crate::entity::objection;
use crate::model::{Effect, Involved, ObjectionTarget, Respondent};
use crate::store::AGENTS;
use uuid::Uuid;
use wubang_awards::late;
use wubang_awards::objecting::{self, Revocation};
use wubang_kernel::actor::Reach;
use wubang_kernel::deadline::is_over;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Role, Timer};
use wubang_publicity::model::PublicityKind;
use wubang_store::entity::trace::Model as Record;
use wubang_store::{Error, Key, Read, Tracked, Tx, rules, trace};

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
        ObjectionTarget::PostingContent => posting_content(read, id).await,
        ObjectionTarget::Disqualification => disqualification(read, id).await,
        ObjectionTarget::ProcessMember => process_member(read, id).await,
        ObjectionTarget::NeedDecision => need_decision(read, id).await,
    }
}

/// Who did something to an object, from its trail.
fn doers(trail: &[Record], events: &[&str]) -> Vec<Uuid> {
    let of = trail
        .iter()
        .filter(|row| events.contains(&row.event.as_str()));
    of.filter_map(|row| row.actor_id).collect()
}

/// The published notice, until the bid deadline, for organisations that cover its place and field. While the
/// posting stands still so does the deadline.
async fn posting_content(read: &impl Read, id: Uuid) -> Result<Target, Error> {
    let posting = wubang_postings::service::find(read, id).await?;
    if posting.published_at.is_none() {
        return Err(Code::NotFound.into());
    }
    let open = match posting.state.as_str() {
        "open" => posting
            .bid_deadline
            .is_some_and(|at| !is_over(at, read.now())),
        "suspended" => posting.resume_to.as_deref() == Some("open"),
        _ => false,
    };
    if !open {
        return Err(Code::DeadlinePassed.into());
    }
    let division = wubang_postings::service::division_of(&posting)?;
    let field = Some(posting.field.as_str());
    let may = wubang_registry::organisations_covering(read, &division, field).await?;
    let drafted = [
        Some(posting.drafted_by),
        posting.handed_in_by,
        posting.endorsed_by,
    ];
    Ok(Target {
        label: posting.label(),
        held: Some(id),
        held_at_once: false,
        respondent: Respondent::Secretary,
        respondent_organisation: None,
        involved: Involved {
            deciders: posting.approved_by.into_iter().collect(),
            took_part: drafted.into_iter().flatten().collect(),
            parties: Vec::new(),
        },
        division: posting.division,
        bidders: Vec::new(),
        only: Some(may),
        effects: vec![Effect::AmendDemanded, Effect::Cancel],
    })
}

/// The disqualification or the invalidation of one's own bid, for T43 from the day it was decided.
async fn disqualification(read: &impl Read, id: Uuid) -> Result<Target, Error> {
    let bid = wubang_bids::service::find(read, id).await?;
    let own = read.actor().roles(&Reach::of(bid.organisation_id));
    if !own.any(AGENTS) {
        return Err(Code::NotFound.into());
    }
    let trail = trace::of_object(read, id).await?;
    let (event, proposed) = match bid.state.as_str() {
        "invalidated" => ("bid.invalidated", "bid.invalidation_proposed"),
        _ => ("bid.disqualified", "bid.disqualification_proposed"),
    };
    let confirmed = trail.iter().rfind(|row| row.event == event);
    let out = matches!(bid.state.as_str(), "disqualified" | "invalidated");
    let Some(confirmed) = confirmed.filter(|_| out) else {
        return Err(Code::InvalidTransition.into());
    };
    let rules = rules::at(read, &bid.division).await?;
    let until = read
        .calendar()
        .deadline(confirmed.at, rules.timers.of(Timer::T43));
    if until.is_over(read.now()) {
        return Err(Code::DeadlinePassed.into());
    }
    let posting = wubang_postings::service::find(read, bid.posting_id).await?;
    let deciders = [proposed, event];
    Ok(Target {
        label: format!("{} {} 资格认定", posting.number, posting.title),
        held: Some(posting.id),
        held_at_once: false,
        respondent: Respondent::Office,
        respondent_organisation: None,
        involved: Involved {
            deciders: doers(&trail, &deciders),
            took_part: Vec::new(),
            parties: vec![bid.organisation_id],
        },
        division: bid.division,
        bidders: vec![bid.organisation_id],
        only: Some(vec![bid.organisation_id]),
        effects: vec![Effect::RestoreBid],
    })
}

/// A member of the panel, whose names are public with the notice of award (rulebook 2.6): for the bidders, for T43
/// from that day and until the agreement is signed. Before, only members and organisers know who sits, and
/// demand a recusal from the panel itself.
async fn process_member(read: &impl Read, id: Uuid) -> Result<Target, Error> {
    let award = late::can_be_recused(read, id).await?;
    let (award, noticed) = award
        .and_then(|award| award.noticed_at.map(|at| (award, at)))
        .ok_or(Code::NotFound)?;
    let rules = rules::at(read, &award.division).await?;
    let until = read
        .calendar()
        .deadline(noticed, rules.timers.of(Timer::T43));
    if until.is_over(read.now()) {
        return Err(Code::DeadlinePassed.into());
    }
    let about = self::award_parties(read, &award).await?;
    Ok(Target {
        // who it is stands in the objection, not in its label
        label: format!("{} 评审组成员", award.label()),
        held: Some(award.id),
        held_at_once: false,
        respondent: Respondent::Office,
        respondent_organisation: None,
        only: Some(about.bidders.clone()),
        involved: Involved {
            deciders: vec![award.proposed_by],
            took_part: about.took_part,
            parties: about.bidders.clone(),
        },
        division: award.division,
        bidders: about.bidders,
        effects: vec![Effect::RecuseMember],
    })
}

/// The rejection of a need, for the community that handed it in, within T43. Nothing stands still.
async fn need_decision(read: &impl Read, id: Uuid) -> Result<Target, Error> {
    let need = wubang_needs::service::find(read, &Key::Id(id)).await?;
    let division = DivisionCode::parse(&need.division)
        .map_err(|_| Error::internal("need in a bad division"))?;
    let roles = read.actor().roles(&Reach::at(division));
    if !roles.has(Role::CommunitySecretary) {
        return Err(Code::NoStanding.into());
    }
    if need.state != "rejected" {
        return Err(Code::InvalidTransition.into());
    }
    if need.appeal_until.is_none_or(|at| is_over(at, read.now())) {
        return Err(Code::DeadlinePassed.into());
    }
    let trail = trace::of_object(read, id).await?;
    let taking = [
        "need.accepted",
        "need.review_started",
        "need.supplement_requested",
    ];
    Ok(Target {
        label: need.label(),
        held: None,
        held_at_once: false,
        respondent: Respondent::Office,
        respondent_organisation: None,
        involved: Involved {
            deciders: doers(&trail, &["need.rejected"]),
            took_part: doers(&trail, &taking),
            parties: Vec::new(),
        },
        division: need.division,
        bidders: Vec::new(),
        only: None,
        effects: vec![Effect::ReturnToReview],
    })
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
    let about = award_parties(read, &award).await?;
    let effects = objecting::revocations(read, &award).await?;
    Ok(Target {
        label: award.label(),
        held: Some(id),
        held_at_once: true,
        respondent: Respondent::Organisation,
        respondent_organisation: Some(award.organisation_id),
        involved: Involved {
            deciders: vec![award.proposed_by],
            took_part: about.took_part,
            parties: about.bidders.clone(),
        },
        division: award.division,
        bidders: about.bidders,
        only: None,
        effects: effects.into_iter().map(effect_of).collect(),
    })
}

/// Who took part in an award, and whose bids it was about.
struct AwardParties {
    took_part: Vec<Uuid>,
    bidders: Vec<Uuid>,
}

async fn award_parties(
    read: &impl Read,
    award: &wubang_awards::Award,
) -> Result<AwardParties, Error> {
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
    Ok(AwardParties {
        took_part: seats
            .map(|member| member.person_id)
            .chain(drafted.into_iter().flatten())
            .collect(),
        bidders: wubang_bids::service::organisations_in(read, &bids).await?,
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
        ObjectionTarget::PostingContent => Ok(match stage(read, row.target_id).await?.as_str() {
            "open" => vec![Effect::AmendDemanded, Effect::Cancel],
            "closed" | "evaluating" => vec![Effect::Cancel],
            _ => Vec::new(),
        }),
        ObjectionTarget::Disqualification => {
            let bid = wubang_bids::service::find(read, row.target_id).await?;
            let stage = stage(read, bid.posting_id).await?;
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
        ObjectionTarget::NeedDecision => {
            let need = wubang_needs::service::find_any(read, &Key::Id(row.target_id)).await?;
            let fits = need.state == "rejected";
            Ok(fits.then_some(Effect::ReturnToReview).into_iter().collect())
        }
    }
}

/// Where a posting is, or was when it was suspended.
async fn stage(read: &impl Read, posting: Uuid) -> Result<String, Error> {
    let posting = wubang_postings::service::find(read, posting).await?;
    Ok(match posting.resume_to {
        Some(was) if posting.state == "suspended" => was,
        _ => posting.state,
    })
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
        (_, _) => Ok(()),
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
        Effect::ReturnToReview => {
            wubang_needs::service::objection_upheld(tx, row.target_id, reason).await
        }
    }
}
