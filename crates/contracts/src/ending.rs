//! The early end of an agreement: terminated, left (exit) or finally failed, and what follows for everything that
//! hangs on it (rulebook 2.5, 2.8.5, 2.8.6). Who decides it, decides elsewhere; here it is carried out, all at once.

use crate::entity::{contract, milestone};
use crate::flow::{self, ContractEvent, MilestoneEvent, PaymentEvent};
use crate::rules::milestone::MilestoneFacts;
use crate::steps::{SYSTEM, of_system, payment_by_system, step};
use crate::store::ContractCase;
use crate::{Contract, changes, out, terminations};
use serde_json::json;
use uuid::Uuid;
use wubang_kernel::RoleSet;
use wubang_kernel::deadline::local_date;
use wubang_kernel::machine::plan;
use wubang_registry::engagements;
use wubang_store::{Error, Read, Tx, commit, state_of, timers};

/// Why an agreement ends early: a code and a public reason.
#[derive(Debug, Clone)]
pub struct Because {
    /// Code of the ground, lower snake case (`force_majeure`, `failed_evaluation`).
    pub ground: String,
    /// The reason in words; public.
    pub reason: String,
}

/// An exit was decided: the contractor leaves (rulebook 2.8.10). Acts as the system; who decided stands with the exit.
/// Answers the agreement as it is then. The handover (T32) is the caller's.
///
/// # Errors
/// `not_found`; `invalid_transition` unless it is active, suspended or being evaluated.
pub async fn exit(tx: &Tx, contract: Uuid, because: Because) -> Result<Contract, Error> {
    end(tx, contract, ContractEvent::Exit, because).await
}

/// The evaluation failed for the second time: the agreement is over (rulebook 2.8.11).
///
/// # Errors
/// `invalid_transition` unless it is being evaluated.
pub async fn failed_evaluation(tx: &Tx, contract: Uuid) -> Result<Contract, Error> {
    let because = Because {
        ground: "failed_evaluation".to_owned(),
        reason: "考榜经整改复评仍不合格".to_owned(),
    };
    terminate(tx, contract, because).await
}

/// Terminates an agreement that both sides, or the street after a hearing, have given up.
///
/// # Errors
/// `invalid_transition` unless it is active, suspended or being evaluated.
pub(crate) async fn terminate(
    tx: &Tx,
    contract: Uuid,
    because: Because,
) -> Result<Contract, Error> {
    end(tx, contract, ContractEvent::Terminate, because).await
}

async fn end(
    tx: &Tx,
    contract: Uuid,
    event: ContractEvent,
    because: Because,
) -> Result<Contract, Error> {
    let mut case = of_system(tx, contract).await?;
    let facts = out::contract_facts(tx, &case);
    let (ground, reason) = (because.ground.clone(), because.reason.clone());
    // before the step, which starts the term of the settlement
    timers::stop_all(tx, contract).await?;
    let today = local_date(tx.now());
    step(tx, &mut case, event, RoleSet::of(SYSTEM), &facts, |c| {
        c.set(contract::Column::EndedOn, today)
            .set(contract::Column::SuspensionGround, None::<String>)
            .set(
                contract::Column::SuspendedAt,
                None::<chrono::DateTime<chrono::Utc>>,
            )
            .set(contract::Column::ReasonCode, ground.clone())
            .set(contract::Column::Reason, reason.clone())
            .data(json!({ "ground": ground, "ended_on": today }))
            .facts(json!({ "reason": reason }))
            .because(Some(reason))
    })
    .await?;
    close_milestones(tx, &case).await?;
    cancel_payments(tx, &case).await?;
    changes::service::lapse(tx, contract).await?;
    terminations::service::lapse(tx, contract).await?;
    engagements::end(tx, contract).await?;
    let posting = case.contract.posting_id;
    wubang_postings::service::agreement_ended(tx, posting, &because.ground, because.reason).await?;
    Ok(case.contract)
}

/// What was not handed in is not met. What was is still looked at, because the settlement pays what is accepted.
async fn close_milestones(tx: &Tx, case: &ContractCase) -> Result<(), Error> {
    let waiting = case
        .milestones
        .iter()
        .filter(|row| row.state == "submitted");
    timers::resume(tx, &waiting.map(|row| row.id).collect::<Vec<_>>()).await?;
    let open =
        |row: &&milestone::Model| matches!(row.state.as_str(), "planned" | "overdue" | "returned");
    for row in case.milestones.iter().filter(open) {
        let facts = MilestoneFacts::of_system(&row.plan.indicators);
        let planned = plan::<flow::Milestone>(
            state_of::<flow::Milestone>(&row.state)?,
            MilestoneEvent::Fail,
            RoleSet::of(SYSTEM),
            &facts,
        )?;
        commit::<milestone::Entity>(tx, row, planned).run().await?;
    }
    Ok(())
}

/// Nothing is paid by its old condition any more: what was earned is paid with the settlement, in one sum. An approved
/// payment may have left the house, so that it stays to be recorded or given up.
async fn cancel_payments(tx: &Tx, case: &ContractCase) -> Result<(), Error> {
    for row in &case.payments {
        match row.state.as_str() {
            "planned" | "eligible" | "requested" | "withheld" => {
                payment_by_system(tx, &case.contract, row, PaymentEvent::Cancel, 0).await?;
            }
            "approved" => {
                timers::resume(tx, &[row.id]).await?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// T33: the settlement is late.
///
/// # Errors
/// `invalid_transition` when it is done.
pub(crate) async fn settlement_overdue(tx: &Tx, id: Uuid) -> Result<(), Error> {
    crate::standing::remark(tx, id, ContractEvent::SettleLate).await
}

/// The settlement is fixed: nothing of the agreement waits any more.
///
/// # Errors
/// `invalid_transition` unless the agreement ended early.
pub(crate) async fn settled(
    tx: &Tx,
    case: &mut ContractCase,
    data: serde_json::Value,
) -> Result<(), Error> {
    let facts = out::contract_facts(tx, case);
    let event = ContractEvent::Settle;
    step(tx, case, event, RoleSet::of(SYSTEM), &facts, |c| {
        c.data(data.clone()).facts(data)
    })
    .await
}
