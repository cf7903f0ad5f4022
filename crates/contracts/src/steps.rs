//! What the acts on agreements, milestones and payments share: loading, spending a step, what the system does of
//! itself.

use crate::entity::{contract, milestone, payment};
use crate::flow::{self, ContractEvent, PaymentEvent};
use crate::model::{FrozenTerms, TrancheCondition, wire};
use crate::out;
use crate::rules::ContractFacts;
use crate::store::{self, ContractCase};
use uuid::Uuid;
use wubang_kernel::deadline::{Deadline, at_hour, end_of_day};
use wubang_kernel::machine::{Audience, Machine, plan};
use wubang_kernel::{Code, Faults, Role, RoleSet, Timer};
use wubang_store::commit::Commit;
use wubang_store::outbox::{self, Notice};
use wubang_store::trace::About;
use wubang_store::{Error, Key, Read, Stateful, Stored, Tracked, Tx, commit, state_of, timers};
use wubang_web::ListQuery;

/// The system's own hat, for consequences of what a person did.
pub(crate) const SYSTEM: &[Role] = &[Role::System];

/// Reads a filter that names an object.
pub fn id_filter(query: &ListQuery, name: &str, faults: &mut Faults) -> Option<Uuid> {
    let text = query.one(name)?;
    let id = Uuid::parse_str(text).ok();
    if id.is_none() {
        faults.add(
            format!("?{name}"),
            "malformed",
            "须为 UUID",
            "must be a UUID",
        );
    }
    id
}

/// The agreement named in the path, for a command.
///
/// # Errors
/// `not_found` for strangers; `stale_version`.
pub(crate) async fn load_for(tx: &Tx, key: &Key) -> Result<ContractCase, Error> {
    let case = store::load(tx, key).await?;
    tx.expect_version(case.contract.version)?;
    Ok(case)
}

/// An agreement in the hands of the system.
///
/// # Errors
/// `not_found`.
pub(crate) async fn of_system(tx: &Tx, id: Uuid) -> Result<ContractCase, Error> {
    let contract = store::find(tx, &Key::Id(id)).await?;
    store::complete(tx, contract, RoleSet::of(SYSTEM)).await
}

/// Plans an event on an agreement and spends it with what `with` adds.
///
/// # Errors
/// What the table refuses; `conflict`.
pub(crate) async fn step(
    tx: &Tx,
    case: &mut ContractCase,
    event: ContractEvent,
    roles: RoleSet,
    facts: &ContractFacts,
    with: impl for<'a> FnOnce(Commit<'a, contract::Entity>) -> Commit<'a, contract::Entity>,
) -> Result<(), Error> {
    let planned = plan::<flow::Contract>(
        state_of::<flow::Contract>(&case.contract.state)?,
        event,
        roles,
        facts,
    )?;
    let terms = &case.contract.terms;
    let after = with(
        commit::<contract::Entity>(tx, &case.contract, planned)
            .under(&terms.timers, terms.cutoff_hour),
    )
    .run()
    .await?;
    case.contract = after;
    Ok(())
}

/// A consequence for a payment of what happened to the agreement or a milestone, with the amount due now.
///
/// # Errors
/// What the table refuses; `conflict`.
pub(crate) async fn payment_by_system(
    tx: &Tx,
    contract: &contract::Model,
    row: &payment::Model,
    event: PaymentEvent,
    amount_fen: i64,
) -> Result<(), Error> {
    let facts = out::payment_facts(tx, contract).await?;
    let planned = plan::<flow::Payment>(
        state_of::<flow::Payment>(&row.state)?,
        event,
        RoleSet::of(SYSTEM),
        &facts,
    )?;
    let data = serde_json::json!({ "planned_fen": row.planned_fen, "amount_fen": amount_fen });
    let spend = commit::<payment::Entity>(tx, row, planned)
        .under(&contract.terms.timers, contract.terms.cutoff_hour);
    spend
        .set(payment::Column::AmountFen, amount_fen)
        .data(data)
        .run()
        .await?;
    Ok(())
}

/// Makes the payments that wait for a condition eligible.
///
/// # Errors
/// `conflict`.
pub(crate) async fn enable(
    tx: &Tx,
    case: &ContractCase,
    condition: TrancheCondition,
) -> Result<(), Error> {
    for row in case
        .payments
        .iter()
        .filter(|row| row.condition == wire(condition) && row.state == "planned")
    {
        payment_by_system(
            tx,
            &case.contract,
            row,
            PaymentEvent::Enable,
            row.amount_fen,
        )
        .await?;
    }
    Ok(())
}

/// Tells of something that was just made and waits for somebody: a birth tells nobody of itself.
///
/// # Errors
/// When the database fails.
pub(crate) async fn tell_of_birth<E: Stateful>(
    tx: &Tx,
    row: &E::Model,
    tell: &[Audience],
    organisations: Vec<Uuid>,
) -> Result<(), Error> {
    let notice = Notice {
        organisations,
        ..Notice::of(row, tell, serde_json::Value::Null)
    };
    outbox::tell(tx, E::Machine::BIRTH, E::Machine::OBJECT, row.id(), notice).await
}

/// Starts a timer of something that was just made, for which no row of a table could.
///
/// # Errors
/// When the database fails.
pub(crate) async fn start_timer<E: Stateful>(
    tx: &Tx,
    row: &E::Model,
    terms: &FrozenTerms,
    timer: Timer,
) -> Result<(), Error> {
    let due = timers::deadline(
        tx.calendar(),
        timer,
        tx.now(),
        &terms.timers,
        terms.cutoff_hour,
    );
    let about = About {
        object: E::Machine::OBJECT,
        id: row.id(),
        project_id: row.project_id(),
        division: row.division(),
        version: row.version(),
    };
    timers::start(tx, &about, &row.label(), timer, &due).await
}

/// Starts the reminder (T22, five working days before) and the due instant of a milestone.
pub(crate) async fn start_clocks(tx: &Tx, row: &milestone::Model) -> Result<(), Error> {
    let about = About {
        object: "milestone",
        id: row.id,
        project_id: Some(row.project_id),
        division: &row.division,
        version: row.version,
    };
    let noon = at_hour(row.due_on, 12, 0).ok_or(Code::Internal)?;
    // the deadline from that day tells whether the calendar of its year is known
    let provisional = tx
        .calendar()
        .deadline(noon, Timer::T22.default_term())
        .provisional;
    let at = |date, rule: &str| Deadline {
        at: end_of_day(date),
        rule: rule.to_owned(),
        provisional,
    };
    timers::start(
        tx,
        &about,
        &row.label(),
        Timer::MilestoneDue,
        &at(row.due_on, "due_on"),
    )
    .await?;
    let reminder = at(
        tx.calendar()
            .wd_before(row.due_on, Timer::T22.default_term().n),
        "due_on - 5 wd",
    );
    if !reminder.is_over(tx.now()) {
        timers::start(tx, &about, &row.label(), Timer::T22, &reminder).await?;
    }
    Ok(())
}
