//! What the system does when an agreement is late: its start, its log of activities, its completion report (rulebook
//! 2.5, T20, T26, T35, T37). Nothing of it is a decision; each is an event of its own, for later stages to react to.

use crate::entity::contract;
use crate::flow::ContractEvent;
use crate::out;
use crate::standing::remark;
use crate::steps::{SYSTEM, of_system, step};
use crate::{changes, terminations};
use uuid::Uuid;
use wubang_kernel::deadline::{at_hour, local_date};
use wubang_kernel::{Code, RoleSet, Timer};
use wubang_store::{Error, Read, Tx, timers};

/// T20: the work has not begun.
///
/// # Errors
/// `invalid_transition` when it has.
pub(crate) async fn start_missed(tx: &Tx, id: Uuid) -> Result<(), Error> {
    remark(tx, id, ContractEvent::MissStart).await
}

/// T26: nothing was logged for so long; told again after as long again.
///
/// # Errors
/// `invalid_transition` when the work is over.
pub(crate) async fn fell_silent(tx: &Tx, id: Uuid) -> Result<(), Error> {
    remark(tx, id, ContractEvent::FallSilent).await
}

/// T35: the report is late. From the end of that term on ten working days are left until payments stop, twenty until
/// it counts as missing.
///
/// # Errors
/// `invalid_transition` when it was handed in.
pub(crate) async fn report_overdue(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let mut case = of_system(tx, id).await?;
    let facts = out::contract_facts(tx, &case);
    let end = timers::last_end(tx, id, Timer::T35).await?;
    let end = end.ok_or_else(|| Error::internal("T35 is over and was never started"))?;
    let noon = at_hour(local_date(end), 12, 0).ok_or(Code::Internal)?;
    let terms = case.contract.terms.timers.clone();
    let due = |timer| tx.calendar().deadline(noon, terms.of(timer));
    let (stop, missing) = (due(Timer::ReportStop), due(Timer::ReportMissing));
    step(
        tx,
        &mut case,
        ContractEvent::MissReportDate,
        RoleSet::of(SYSTEM),
        &facts,
        |c| {
            c.due(Timer::ReportStop, stop)
                .due(Timer::ReportMissing, missing)
        },
    )
    .await
}

/// Ten working days more: payments stop until the report is in.
///
/// # Errors
/// `invalid_transition` when it was handed in.
pub(crate) async fn payments_stop(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let mut case = of_system(tx, id).await?;
    let facts = out::contract_facts(tx, &case);
    let event = ContractEvent::StopPayments;
    step(tx, &mut case, event, RoleSet::of(SYSTEM), &facts, |c| {
        c.set(contract::Column::PaymentsStopped, true)
            .because(Some("report_missing".to_owned()))
    })
    .await
}

/// The report never came, or not again after it was returned (T37): the agreement is evaluated without it, and can
/// only fail.
///
/// # Errors
/// `invalid_transition` when it was handed in.
pub(crate) async fn report_missing(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let mut case = of_system(tx, id).await?;
    let facts = out::contract_facts(tx, &case);
    let event = ContractEvent::MissReport;
    step(tx, &mut case, event, RoleSet::of(SYSTEM), &facts, |c| {
        c.set(contract::Column::PaymentsStopped, true)
            .set(contract::Column::ReportMissing, true)
            .because(Some("report_missing".to_owned()))
    })
    .await?;
    changes::service::lapse(tx, id).await?;
    terminations::service::lapse(tx, id).await?;
    wubang_postings::service::set_stage(tx, case.contract.project_id, "evaluation", None).await
}
