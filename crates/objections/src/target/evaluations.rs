//! Objections to the result of an evaluation: the review of rulebook 2.8.11.

use super::{Target, doers};
use crate::model::{Effect, Involved, Respondent};
use uuid::Uuid;
use wubang_evaluations::reviewing;
use wubang_kernel::Code;
use wubang_kernel::deadline::is_over;
use wubang_publicity::model::PublicityKind;
use wubang_store::{Error, Read, Tracked, trace};

/// What a review can order.
pub(super) const EFFECTS: &[Effect] = &[Effect::Recompute, Effect::Redo];

/// A published result, until its publicity is over (T39, T40). While that stands still so does the window. Where
/// the contractor itself objects the other side is the office; otherwise the contractor is heard.
pub(super) async fn result(
    read: &impl Read,
    id: Uuid,
    organisation: Option<Uuid>,
) -> Result<Target, Error> {
    let evaluation = wubang_evaluations::service::find(read, id).await?;
    let shown = wubang_publicity::last(read, id, PublicityKind::Evaluation)
        .await?
        .ok_or(Code::NotFound)?;
    let over = evaluation.state != "under_review" && is_over(shown.ends_at, read.now());
    if over || shown.state != "running" {
        return Err(Code::DeadlinePassed.into());
    }
    let about = reviewing::parties(read, &evaluation).await?;
    let own = organisation.is_some_and(|one| about.contractors.contains(&one));
    let trail = trace::of_object(read, id).await?;
    let deciding = ["evaluation.result_drafted", "evaluation.result_notified"];
    let mut took_part = about.assessors;
    took_part.push(evaluation.opened_by);
    Ok(Target {
        label: format!("{} 考榜结果", evaluation.label()),
        held: Some(id),
        held_at_once: true,
        respondent: if own {
            Respondent::Office
        } else {
            Respondent::Organisation
        },
        respondent_organisation: (!own).then_some(evaluation.organisation_id),
        involved: Involved {
            deciders: doers(&trail, &deciding),
            took_part,
            parties: about
                .contractors
                .iter()
                .copied()
                .chain(about.beside)
                .collect(),
        },
        division: evaluation.division,
        bidders: about.contractors,
        only: None,
        effects: EFFECTS.to_vec(),
    })
}
