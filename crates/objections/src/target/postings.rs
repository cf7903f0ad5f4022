//! Objections to a published notice, and to the disqualification of a bid (rulebook 2.8.2, 2.8.3, 2.8.12).

use super::{Target, doers};
use crate::model::{Effect, Involved, Respondent};
use crate::store::AGENTS;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::deadline::is_over;
use wubang_kernel::{Code, Timer};
use wubang_store::{Error, Read, Tracked, rules, trace};

/// The published notice, until the bid deadline, for organisations that cover its place and field. While the
/// posting stands still so does the deadline.
pub(super) async fn posting_content(read: &impl Read, id: Uuid) -> Result<Target, Error> {
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
pub(super) async fn disqualification(read: &impl Read, id: Uuid) -> Result<Target, Error> {
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

/// Where a posting is, or was when it was suspended.
pub(super) async fn stage(read: &impl Read, posting: Uuid) -> Result<String, Error> {
    let posting = wubang_postings::service::find(read, posting).await?;
    Ok(match posting.resume_to {
        Some(was) if posting.state == "suspended" => was,
        _ => posting.state,
    })
}
