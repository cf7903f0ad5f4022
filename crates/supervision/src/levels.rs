//! How closely an agreement is watched (监管状态): the strictest of what is open about it (rulebook 2.8.5).

use crate::exits::entity::exit;
use crate::guidance::entity::guidance;
use crate::rectification::entity::rectification;
use crate::watched;
use crate::words::RectificationTrigger;
use uuid::Uuid;
use wubang_contracts::model::Supervision;
use wubang_contracts::supervising;
use wubang_store::{Error, Read, Tx};

/// What the orders of an agreement make of it.
fn strictest(
    guidance: &[guidance::Model],
    rectifications: &[rectification::Model],
    exits: &[exit::Model],
) -> Supervision {
    let exit = |states: &[&str]| exits.iter().any(|row| states.contains(&row.state.as_str()));
    let correction = |row: &rectification::Model| {
        let open = matches!(row.state.as_str(), "ordered" | "reported" | "failed");
        // until notice of the exit is given, what failed twice is still to be corrected
        open || (row.state == "closed_to_exit" && exit(&["proposed"]))
    };
    // what escalated goes on being watched until somebody has decided on the rectification
    let escalated = |row: &rectification::Model| {
        row.state == "proposed" && row.trigger == RectificationTrigger::GuidanceEscalated.as_str()
    };
    let guided = |row: &guidance::Model| {
        matches!(
            row.state.as_str(),
            "open" | "plan_submitted" | "in_progress"
        )
    };
    if exit(&["defence", "reviewing"]) {
        Supervision::ExitPending
    } else if rectifications.iter().any(correction) || exit(&["conditional"]) {
        Supervision::Rectification
    } else if guidance.iter().any(guided) || rectifications.iter().any(escalated) {
        Supervision::Guidance
    } else {
        Supervision::None
    }
}

/// The level that the orders of an agreement give.
pub(crate) async fn of(read: &impl Read, contract: Uuid) -> Result<Supervision, Error> {
    Ok(strictest(
        &watched::all_of::<guidance::Entity>(read, contract).await?,
        &watched::all_of::<rectification::Entity>(read, contract).await?,
        &watched::all_of::<exit::Entity>(read, contract).await?,
    ))
}

/// Sets the level of an agreement after something about it has changed.
pub(crate) async fn refresh(tx: &Tx, contract: Uuid, reason: &str) -> Result<(), Error> {
    let level = of(tx, contract).await?;
    supervising::set(tx, contract, level, reason).await?;
    Ok(())
}
