//! 中止 and 恢复: an agreement stands still on a closed ground, with all its clocks, and goes on with its dates
//! shifted (rulebook 2.5, 2.8.5, T34, counting rule 7).

use crate::changes::replan::{self, Said};
use crate::entity::contract;
use crate::flow::{self, ContractEvent};
use crate::model::{ContractContent, ContractOut, ContractSuspensionGround, SuspendContractIn};
use crate::steps::{SYSTEM, load_for, of_system, step};
use crate::store::ContractCase;
use crate::versions::later;
use crate::{changes, out, store};
use sea_orm::Value;
use serde_json::json;
use uuid::Uuid;
use wubang_kernel::deadline::local_date;
use wubang_kernel::machine::plan;
use wubang_kernel::{Faults, RoleSet};
use wubang_registry::organisations;
use wubang_store::{Error, Key, Read, Tx, state_of, timers};
use wubang_web::ReasonIn;

/// Everything of an agreement that has a clock of its own.
async fn clocks(tx: &Tx, case: &ContractCase) -> Result<Vec<Uuid>, Error> {
    let own = std::iter::once(case.contract.id);
    let work = case.milestones.iter().map(|row| row.id);
    let money = case.payments.iter().map(|row| row.id);
    let asked = changes::service::open_ids(tx, case.contract.id).await?;
    Ok(own.chain(work).chain(money).chain(asked).collect())
}

/// The street suspends a running agreement; all its timers keep what is left of them, that of a payment too.
///
/// # Errors
/// `invalid` without a reason, and for the ground that the system alone finds; `invalid_transition` unless active.
pub async fn suspend(tx: &Tx, key: &Key, input: SuspendContractIn) -> Result<ContractOut, Error> {
    let mut case = load_for(tx, key).await?;
    let facts = out::contract_facts(tx, &case);
    // who may not is told so before his input is judged
    let _step = plan::<flow::Contract>(
        state_of::<flow::Contract>(&case.contract.state)?,
        ContractEvent::Suspend,
        case.roles,
        &facts,
    )?;
    let mut faults = Faults::new();
    let reason = faults.reason(&input.reason);
    if input.ground == ContractSuspensionGround::StatusLost {
        let (zh, en) = ("只由系统认定", "is found by the system alone");
        faults.add("/ground", "not_allowed", zh, en);
    }
    faults.finish()?;
    let roles = case.roles;
    stand_still(tx, &mut case, roles, input.ground, reason).await?;
    out::contract(tx, &case).await
}

async fn stand_still(
    tx: &Tx,
    case: &mut ContractCase,
    roles: RoleSet,
    ground: ContractSuspensionGround,
    reason: String,
) -> Result<(), Error> {
    let facts = crate::rules::ContractFacts {
        standing_lost: ground == ContractSuspensionGround::StatusLost,
        ..out::contract_facts(tx, case)
    };
    // who stands still already only gets another ground
    let event = if case.contract.state == "active" {
        // before the step, which starts the timer of the suspension itself
        timers::suspend(tx, &clocks(tx, case).await?).await?;
        ContractEvent::Suspend
    } else {
        ContractEvent::LoseStanding
    };
    let since = case.contract.suspended_at.unwrap_or_else(|| tx.now());
    step(tx, case, event, roles, &facts, |c| {
        c.set(contract::Column::SuspensionGround, ground.as_str())
            .set(contract::Column::SuspendedAt, since)
            .set(contract::Column::Reason, reason.clone())
            .data(json!({ "ground": ground }))
            .facts(json!({ "reason": reason }))
            .because(Some(reason))
    })
    .await
}

/// The cause is gone: the agreement goes on, its end and the milestones to come are later by the days lost.
///
/// # Errors
/// `invalid` without a reason; `not_eligible` when the contractor has lost its legal standing for good;
/// `invalid_transition` unless it is suspended.
pub async fn resume(tx: &Tx, key: &Key, input: ReasonIn) -> Result<ContractOut, Error> {
    let mut case = load_for(tx, key).await?;
    let (facts, roles) = (out::contract_facts(tx, &case), case.roles);
    let _step = plan::<flow::Contract>(
        state_of::<flow::Contract>(&case.contract.state)?,
        ContractEvent::Resume,
        roles,
        &facts,
    )?;
    let reason = wubang_kernel::faults::reason(&input.reason)?;
    let lost = lost_days(tx, &case);
    let content = shifted(&case, lost);
    let said = match lost {
        0 => None,
        _ => Some(Said::of(tx, &case, &content, None).await?),
    };
    let objects = clocks(tx, &case).await?;
    let total = case.contract.days_lost.saturating_add(lost);
    let data = json!({ "days_lost": lost, "ends_on": content.ends_on,
        "version": said.as_ref().map(|one| one.version), "content_hash": said.as_ref().map(|one| one.hash.clone()) });
    step(tx, &mut case, ContractEvent::Resume, roles, &facts, |c| {
        let c = match &said {
            Some(said) => said.set(c, &content),
            None => c,
        };
        c.set(contract::Column::SuspensionGround, Value::String(None))
            .set(
                contract::Column::SuspendedAt,
                None::<chrono::DateTime<chrono::Utc>>,
            )
            .set(contract::Column::Reason, Value::String(None))
            .set(contract::Column::DaysLost, total)
            .data(data.clone())
            .facts(data)
            .because(Some(reason))
    })
    .await?;
    let resumed = timers::resume(tx, &objects).await?;
    changes::service::publicity_moved(tx, &resumed).await?;
    if said.is_some() {
        replan::replan(tx, &mut case, &content).await?;
        replan::engage(tx, case.contract.id, &content).await?;
    }
    out::contract(tx, &case).await
}

/// The civil days from the suspension to today.
fn lost_days(tx: &Tx, case: &ContractCase) -> i32 {
    let since = case.contract.suspended_at.unwrap_or_else(|| tx.now());
    let days = (local_date(tx.now()) - local_date(since)).num_days();
    i32::try_from(days.max(0)).unwrap_or(0)
}

/// What the agreement says after some lost days: its end and the milestones whose time had not come are later by them.
fn shifted(case: &ContractCase, lost: i32) -> ContractContent {
    let mut content = case.contract.content.clone();
    content.ends_on = later(content.ends_on, lost);
    let to_come = |seq: i32| {
        let row = case.milestones.iter().find(|row| row.seq == seq);
        row.is_some_and(|row| row.state == "planned")
    };
    for (seq, row) in (1..).zip(&mut content.milestones) {
        if to_come(seq) {
            row.due_on = later(row.due_on, lost);
        }
    }
    content
}

/// An organisation was dissolved or struck off: every agreement that it carries out stands still, and somebody has
/// ten working days to replace it or to terminate (rulebook 2.5).
///
/// # Errors
/// `conflict`.
pub(crate) async fn on_status_changed(tx: &Tx, organisation: Uuid) -> Result<(), Error> {
    let organisation = organisations::load(tx, organisation).await?;
    if !organisation.status.is_final() {
        return Ok(());
    }
    let ground = ContractSuspensionGround::StatusLost;
    for row in store::at_work_of(tx, organisation.id).await? {
        let mut case = of_system(tx, row.id).await?;
        let reason = format!("承榜组织已{}", organisation.status.zh());
        stand_still(tx, &mut case, RoleSet::of(SYSTEM), ground, reason).await?;
    }
    Ok(())
}

/// T34: it stands still for as long as it may; somebody must decide.
///
/// # Errors
/// `invalid_transition` when it has gone on.
pub(crate) async fn overlong(tx: &Tx, id: Uuid) -> Result<(), Error> {
    remark(tx, id, ContractEvent::SuspensionOverlong).await
}

/// Nobody has replaced the organisation or terminated the agreement in time.
///
/// # Errors
/// `invalid_transition` when somebody has.
pub(crate) async fn undecided(tx: &Tx, id: Uuid) -> Result<(), Error> {
    remark(tx, id, ContractEvent::DecisionOverdue).await
}

/// Records of an agreement, as the system, what its clock says.
///
/// # Errors
/// What the table refuses; `conflict`.
pub(crate) async fn remark(tx: &Tx, id: Uuid, event: ContractEvent) -> Result<(), Error> {
    let mut case = of_system(tx, id).await?;
    let facts = out::contract_facts(tx, &case);
    step(tx, &mut case, event, RoleSet::of(SYSTEM), &facts, |c| c).await
}
