//! Objections to a proposed award, and to a member of the panel that judged (rulebook 2.8.4, 2.8.12).

use super::Target;
use crate::model::{Effect, Involved, Respondent};
use uuid::Uuid;
use wubang_awards::late;
use wubang_awards::objecting::{self, Revocation};
use wubang_kernel::deadline::is_over;
use wubang_kernel::{Code, Timer};
use wubang_publicity::model::PublicityKind;
use wubang_store::{Error, Read, Tracked, rules};

pub(super) const fn effect_of(revocation: Revocation) -> Effect {
    match revocation {
        Revocation::Reevaluate => Effect::Reevaluate,
        Revocation::NextInRank => Effect::NextInRank,
        Revocation::Repost => Effect::Repost,
    }
}

/// A proposed award, until its publicity is over (T15). While that stands still so does the window.
pub(super) async fn award(read: &impl Read, id: Uuid) -> Result<Target, Error> {
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

/// A member of the panel, whose names are public with the notice of award (rulebook 2.6): for the bidders, for T43
/// from that day and until the agreement is signed. Before, only members and organisers know who sits, and
/// demand a recusal from the panel itself.
pub(super) async fn process_member(read: &impl Read, id: Uuid) -> Result<Target, Error> {
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
    let about = award_parties(read, &award).await?;
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
