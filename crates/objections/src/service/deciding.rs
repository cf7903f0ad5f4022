//! The decision about an objection, which takes effect on its target at once.

use super::{due, facts, load_for, may, reading, step};
use crate::entity::objection;
use crate::flow::ObjectionEvent;
use crate::model::{DecideObjectionIn, Effect, ObjectionOut, Outcome};
use crate::rules::check_decision;
use crate::target;
use wubang_kernel::Timer;
use wubang_store::{Error, Key, Read, Tx, holds};
use wubang_web::Instant;

/// The handler decides with public reasons (异议答复). Upheld, the effect is done in the same transaction;
/// otherwise the target goes on when no other objection is open.
///
/// # Errors
/// `same_person` for who decided what is objected to; `recused`; `not_heard` before the other side was heard,
/// unless it is dismissed; `invalid` for an effect that the target does not know, or none where one is needed.
pub async fn decide(tx: &Tx, key: &Key, input: DecideObjectionIn) -> Result<ObjectionOut, Error> {
    let case = load_for(tx, key).await?;
    let mut facts = facts(tx, &case).await?;
    facts.outcome = Some(input.outcome);
    may(&case, ObjectionEvent::Decide, &facts)?;
    let late = case.objection.state == "overdue";
    let reply = check_decision(&input, &target::effects(tx, &case.objection).await?, late)?;
    let (person, now, hold) = (tx.person()?, tx.now(), case.objection.hold_id);
    let (effect, reason) = (reply.effect.unwrap_or(Effect::None), reply.reason.clone());
    let window = match input.outcome {
        Outcome::Upheld => None,
        Outcome::PartlyUpheld | Outcome::Dismissed => {
            Some(due(tx, &case.objection, Timer::T45).await?)
        }
    };
    let complain_by = window.as_ref().map(|end| end.at);
    let told = serde_json::json!({ "reason": reason, "complain_by": complain_by.map(Instant) });
    let case = step(tx, case, ObjectionEvent::Decide, &facts, |c| {
        let c = c
            .set(objection::Column::Reply, Some(reply))
            .set(objection::Column::DecidedBy, person)
            .set(objection::Column::DecidedAt, now)
            .set(objection::Column::ComplainBy, complain_by)
            .set(objection::Column::HoldId, super::NO_HOLD)
            .because(Some(reason.clone()))
            .data(serde_json::json!({ "outcome": input.outcome, "effect": effect }))
            .facts(told);
        match window {
            Some(end) => c.due(Timer::T45, end),
            None => c,
        }
    })
    .await?;
    if let Some(hold) = hold {
        holds::release(tx, hold).await?;
    }
    let words = format!("异议 {}:{reason}", case.objection.number);
    // on the heap: what an effect sets in motion is deep
    Box::pin(target::apply(
        tx,
        &case.objection,
        (effect, input.corrections),
        &words,
    ))
    .await?;
    reading::out(tx, case).await
}
