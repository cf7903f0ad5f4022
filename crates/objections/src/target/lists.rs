//! Objections to an entry of the red or the black list (rulebook 2.8.15, 2.12.3).

use super::{Target, doers};
use crate::model::{Effect, Involved, Respondent};
use uuid::Uuid;
use wubang_kernel::deadline::is_over;
use wubang_kernel::{Code, Timer};
use wubang_publicity::model::PublicityKind;
use wubang_store::{Error, Read, Tracked, rules, timers, trace};

/// A red entry, for everybody, while it is shown; a black one, for the organisation that is on it, within T43 of the
/// decision.
pub(super) async fn entry(
    read: &impl Read,
    id: Uuid,
    organisation: Option<Uuid>,
) -> Result<Target, Error> {
    let entry = wubang_credit::service::find(read, id).await?;
    let until = match (entry.colour.as_str(), entry.state.as_str()) {
        ("red", "in_publicity") => {
            let shown = wubang_publicity::last(read, id, PublicityKind::RedList).await?;
            shown.ok_or(Code::NotFound)?.ends_at
        }
        ("black", "active") => {
            let from = entry.effective_from.ok_or(Code::NotFound)?;
            let procedure = rules::at(read, &entry.division).await?;
            let cutoff = procedure.publish_cutoff_hour;
            let terms = &procedure.timers;
            timers::deadline(read.calendar(), Timer::T43, from, terms, cutoff).at
        }
        // what is not shown is nobody's to know
        ("black", "proposed" | "notice" | "reviewing" | "dropped") | ("red", "proposed") => {
            return Err(Code::NotFound.into());
        }
        _ => return Err(Code::DeadlinePassed.into()),
    };
    if is_over(until, read.now()) {
        return Err(Code::DeadlinePassed.into());
    }
    let black = entry.colour == "black";
    let own = organisation == Some(entry.organisation_id);
    let trail = trace::of_object(read, id).await?;
    let deciding = [
        "list_entry.published",
        "list_entry.notified",
        "list_entry.entered",
    ];
    Ok(Target {
        label: entry.label(),
        held: Some(id),
        held_at_once: !black,
        respondent: if own {
            Respondent::Office
        } else {
            Respondent::Organisation
        },
        respondent_organisation: (!own).then_some(entry.organisation_id),
        involved: Involved {
            deciders: doers(&trail, &deciding),
            took_part: doers(&trail, &["list_entry.proposed"]),
            parties: vec![entry.organisation_id],
        },
        division: entry.division,
        bidders: Vec::new(),
        only: black.then(|| vec![entry.organisation_id]),
        effects: vec![Effect::Delist],
    })
}
