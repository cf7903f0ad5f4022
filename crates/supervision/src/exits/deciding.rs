//! Street and district each state an opinion; nobody leaves unless both say so (rulebook 2.8.10).

use super::entity::exit;
use super::flow::ExitEvent;
use super::model::{ExitOpinion, ExitOpinionIn, ExitOut};
use super::rules;
use super::service::{ExitCase, FREE, facts, ground_of, office_of, out};
use crate::levels;
use crate::watched;
use crate::words::ExitDecision;
use exit::Column as C;
use wubang_contracts::ending::{self, Because};
use wubang_kernel::{Timer, faults};
use wubang_store::{Error, Key, Read, Tx};
use wubang_web::{Instant, ReasonIn};

/// One office states its opinion; the second one decides.
///
/// # Errors
/// `recused` with a tie to the contractor, and for the district also for who gave the notice; `duplicate` when the
/// office has spoken; `same_person`; `invalid` with every wrong field.
pub async fn state_opinion(tx: &Tx, key: &Key, input: ExitOpinionIn) -> Result<ExitOut, Error> {
    let mut case = watched::load_for::<exit::Entity>(tx, key).await?;
    let (facts, event) = (facts(tx, &case).await?, ExitEvent::State);
    watched::may::<exit::Entity>(&case, event, &facts)?;
    let (office, person_id) = office_of(&facts)?;
    let says = rules::check_opinion(office, input)?;
    let mut opinions = case.row.opinions.clone();
    let data = serde_json::json!({ "office": office, "decision": says.decision });
    opinions.0.push(ExitOpinion {
        office,
        person_id,
        decision: says.decision,
        reason: says.reason,
        conditions: says.conditions,
        at: Instant(tx.now()),
    });
    let both = opinions.0.len() == 2;
    let shown = says.public_facts.or_else(|| case.row.public_facts.clone());
    watched::step::<exit::Entity>(tx, &mut case, event, &facts, |c| {
        c.set(C::Opinions, opinions)
            .set(C::PublicFacts, shown)
            .data(data)
    })
    .await?;
    if both {
        decide(tx, &mut case).await?;
    }
    out(tx, case).await
}

/// What follows from two opinions.
async fn decide(tx: &Tx, case: &mut ExitCase) -> Result<(), Error> {
    let exit = |one: &ExitOpinion| one.decision == ExitDecision::Exit;
    if case.row.opinions.0.iter().all(exit) {
        return leave(tx, case).await;
    }
    let (facts, conditions) = (
        facts(tx, case).await?,
        rules::conditions(&case.row.opinions),
    );
    let event = match conditions {
        Some(_) => ExitEvent::GoOnIf,
        None => ExitEvent::GoOn,
    };
    let told = serde_json::json!({ "reason": conditions });
    watched::step_by_system::<exit::Entity>(tx, case, event, &facts, |c| {
        c.set(C::Conditions, conditions)
            .set(C::OpenKey, FREE)
            .facts(told)
    })
    .await?;
    levels::refresh(tx, case.row.contract_id, "决定继续履行").await
}

/// Both say exit: the agreement ends with everything that hangs on it.
async fn leave(tx: &Tx, case: &mut ExitCase) -> Result<(), Error> {
    let facts = facts(tx, case).await?;
    let due = watched::due(tx, &case.contract, Timer::ExitAppeal);
    let (now, by) = (tx.now(), due.at);
    let ground = ground_of(&case.row)?;
    let told = serde_json::json!({ "reason": ground.zh(), "appeal_by": Instant(by) });
    watched::step_by_system::<exit::Entity>(tx, case, ExitEvent::Decide, &facts, |c| {
        c.set(C::DecidedAt, now)
            .set(C::AppealBy, by)
            .set(C::OpenKey, FREE)
            .due(Timer::ExitAppeal, due)
            .facts(told)
    })
    .await?;
    let because = Because {
        ground: ground.as_str().to_owned(),
        reason: format!("退出决定 {}:{}", case.row.number, ground.zh()),
    };
    case.contract = ending::exit(tx, case.row.contract_id, because).await?;
    Ok(())
}

/// The street finds the conditions met under which the agreement went on.
///
/// # Errors
/// `invalid_transition` without conditions; `invalid` without a reason.
pub async fn meet_conditions(tx: &Tx, key: &Key, input: ReasonIn) -> Result<ExitOut, Error> {
    let mut case = watched::load_for::<exit::Entity>(tx, key).await?;
    let (facts, event) = (facts(tx, &case).await?, ExitEvent::MeetConditions);
    watched::may::<exit::Entity>(&case, event, &facts)?;
    let reason = faults::reason(&input.reason)?;
    watched::step::<exit::Entity>(tx, &mut case, event, &facts, |c| {
        c.set(C::Reason, reason.clone()).because(Some(reason))
    })
    .await?;
    levels::refresh(tx, case.row.contract_id, "继续履行的条件已满足").await?;
    out(tx, case).await
}
