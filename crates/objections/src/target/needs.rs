//! Objections to the rejection of a need (rulebook 2.8.1, 2.8.12).

use super::{Target, doers};
use crate::model::{Effect, Involved, Respondent};
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::deadline::is_over;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Role};
use wubang_store::{Error, Key, Read, Tracked, trace};

/// The rejection of a need, for the community that handed it in, within T43. Nothing stands still.
pub(super) async fn need_decision(read: &impl Read, id: Uuid) -> Result<Target, Error> {
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
