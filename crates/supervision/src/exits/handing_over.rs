//! After the decision: the handover to the community (T32), the appeal, and the end of the whole (rulebook 2.8.10).

use super::entity::exit;
use super::flow::ExitEvent;
use super::model::{
    ConfirmHandoverIn, DeclareHandoverIn, ExitAppeal, ExitOut, ExitStatementIn, Handover,
};
use super::rules;
use super::service::{facts, out, statement};
use crate::watched::{self, internal_text};
use crate::words::AppealOutcome;
use exit::Column as C;
use uuid::Uuid;
use wubang_kernel::machine::Facts;
use wubang_kernel::{Code, Faults, faults};
use wubang_store::{Error, Key, Read, Tx};
use wubang_web::{Instant, ReasonIn};

/// The contractor declares what it has handed over and deleted, item by item.
///
/// # Errors
/// `duplicate` while a declaration waits; `invalid` with every wrong field.
pub async fn declare_handover(
    tx: &Tx,
    key: &Key,
    input: DeclareHandoverIn,
) -> Result<ExitOut, Error> {
    let mut case = watched::load_for::<exit::Entity>(tx, key).await?;
    let (facts, event) = (facts(tx, &case).await?, ExitEvent::DeclareHandover);
    watched::may::<exit::Entity>(&case, event, &facts)?;
    let read = rules::check_handover(&input)?;
    let handover = Handover {
        beneficiaries: read.beneficiaries,
        materials: read.materials,
        data_returned: read.data_returned,
        personal_data_deleted: read.personal_data_deleted,
        declared_at: Instant(tx.now()),
        comment: None,
        confirmed_at: None,
    };
    let data = serde_json::to_value(&handover)?;
    watched::step::<exit::Entity>(tx, &mut case, event, &facts, |c| {
        c.set(C::Handover, handover).data(data)
    })
    .await?;
    out(tx, case).await
}

/// The secretary returns a declaration that is not so.
///
/// # Errors
/// `incomplete` without a declaration; `invalid` without a reason.
pub async fn return_handover(tx: &Tx, key: &Key, input: ReasonIn) -> Result<ExitOut, Error> {
    let mut case = watched::load_for::<exit::Entity>(tx, key).await?;
    let (facts, event) = (facts(tx, &case).await?, ExitEvent::ReturnHandover);
    watched::may::<exit::Entity>(&case, event, &facts)?;
    let reason = faults::reason(&input.reason)?;
    let told = serde_json::json!({ "reason": reason });
    watched::step::<exit::Entity>(tx, &mut case, event, &facts, |c| {
        c.set(C::Handover, None::<Handover>)
            .set(C::Reason, reason.clone())
            .because(Some(reason))
            .facts(told)
    })
    .await?;
    out(tx, case).await
}

/// The secretary confirms the handover.
///
/// # Errors
/// `incomplete` without a declaration; `invalid`.
pub async fn confirm_handover(
    tx: &Tx,
    key: &Key,
    input: ConfirmHandoverIn,
) -> Result<ExitOut, Error> {
    let mut case = watched::load_for::<exit::Entity>(tx, key).await?;
    let (facts, event) = (facts(tx, &case).await?, ExitEvent::ConfirmHandover);
    watched::may::<exit::Entity>(&case, event, &facts)?;
    let mut faults = Faults::new();
    let comment = internal_text(&mut faults, "/comment", &input.comment, 5..=1000);
    faults.finish()?;
    let declared = case.row.handover.clone().ok_or(Code::Incomplete)?;
    let handover = Handover {
        comment: Some(comment),
        confirmed_at: Some(Instant(tx.now())),
        ..declared
    };
    let data = serde_json::to_value(&handover)?;
    watched::step::<exit::Entity>(tx, &mut case, event, &facts, |c| {
        c.set(C::Handover, handover).data(data)
    })
    .await?;
    close_when_over(tx, case.row.id).await?;
    let case = watched::load::<exit::Entity>(tx, key).await?;
    out(tx, case).await
}

/// The contractor's legal representative appeals to the supervisor, once and within ten working days.
///
/// # Errors
/// `deadline_passed`; `duplicate` the second time; `invalid`.
pub async fn appeal(tx: &Tx, key: &Key, input: ExitStatementIn) -> Result<ExitOut, Error> {
    let mut case = watched::load_for::<exit::Entity>(tx, key).await?;
    let (facts, event) = (facts(tx, &case).await?, ExitEvent::Appeal);
    watched::may::<exit::Entity>(&case, event, &facts)?;
    let appeal = ExitAppeal {
        statement: statement(&input)?,
        at: Instant(tx.now()),
        outcome: None,
        reason: None,
        decided_at: None,
    };
    watched::step::<exit::Entity>(tx, &mut case, event, &facts, |c| c.set(C::Appeal, appeal))
        .await?;
    out(tx, case).await
}

/// The supervisor upholds the decision.
///
/// # Errors
/// `recused`; `invalid` without a reason.
pub async fn uphold(tx: &Tx, key: &Key, input: ReasonIn) -> Result<ExitOut, Error> {
    settle_appeal(tx, key, (ExitEvent::Uphold, AppealOutcome::Upheld), input).await
}

/// The supervisor reverses the decision: points and lists are taken back; the agreement is over and stays so.
///
/// # Errors
/// `recused`; `invalid` without a reason.
pub async fn reverse(tx: &Tx, key: &Key, input: ReasonIn) -> Result<ExitOut, Error> {
    let reversed = (ExitEvent::Reverse, AppealOutcome::Reversed);
    settle_appeal(tx, key, reversed, input).await
}

async fn settle_appeal(
    tx: &Tx,
    key: &Key,
    (event, outcome): (ExitEvent, AppealOutcome),
    input: ReasonIn,
) -> Result<ExitOut, Error> {
    let mut case = watched::load_for::<exit::Entity>(tx, key).await?;
    let facts = facts(tx, &case).await?;
    watched::may::<exit::Entity>(&case, event, &facts)?;
    let reason = faults::reason(&input.reason)?;
    let filed = case.row.appeal.clone().ok_or(Code::InvalidTransition)?;
    let appeal = ExitAppeal {
        outcome: Some(outcome),
        reason: Some(reason.clone()),
        decided_at: Some(Instant(tx.now())),
        ..filed
    };
    let told = serde_json::json!({ "reason": reason });
    watched::step::<exit::Entity>(tx, &mut case, event, &facts, |c| {
        c.set(C::Appeal, appeal).because(Some(reason)).facts(told)
    })
    .await?;
    close_when_over(tx, case.row.id).await?;
    let case = watched::load::<exit::Entity>(tx, key).await?;
    out(tx, case).await
}

/// Nobody appealed in time.
///
/// # Errors
/// `invalid_transition` when the exit has moved on.
pub async fn appeal_over(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let mut case = watched::of_system::<exit::Entity>(tx, id).await?;
    let facts = facts(tx, &case).await?;
    watched::step::<exit::Entity>(tx, &mut case, ExitEvent::EndAppeal, &facts, |c| c).await?;
    close_when_over(tx, id).await
}

/// Closes an exit of which nothing is open any more: handed over, settled, no appeal.
pub(super) async fn close_when_over(tx: &Tx, id: Uuid) -> Result<(), Error> {
    use super::flow::ExitGuard::{AppealOver, Settled};
    let mut case = watched::of_system::<exit::Entity>(tx, id).await?;
    let facts = facts(tx, &case).await?;
    let over = [Settled, AppealOver]
        .into_iter()
        .all(|guard| facts.check(guard).is_ok());
    if case.row.state == "handed_over" && over {
        watched::step::<exit::Entity>(tx, &mut case, ExitEvent::Close, &facts, |c| c).await?;
    }
    Ok(())
}
