//! What can be done with a payment (拨付, rulebook 2.8.6). The platform records, it moves no money.

use crate::entity::payment;
use crate::flow::{self, PaymentEvent};
use crate::model::{
    PaymentList, PaymentOut, PaymentRequestIn, RecordPaymentIn, RecordRepaymentIn, WithholdIn,
};
use crate::out::{self, Deadlines};
use crate::steps::id_filter;
use crate::store::{self, ContractCase};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::collections::HashSet;
use uuid::Uuid;
use wubang_kernel::machine::plan;
use wubang_kernel::{Faults, faults};

use wubang_store::commit::Commit;
use wubang_store::entity::holds;
use wubang_store::{Error, Key, Read, Tx, View, commit, state_of};
use wubang_web::{ListQuery, actions};
use wubang_web::{NothingIn, ReasonIn};

/// A payment for somebody who may see its agreement.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn get(view: &View, key: &Key) -> Result<PaymentOut, Error> {
    let (case, row) = store::load_payment(view, key).await?;
    show(view, &case, &row).await
}

/// What the viewer may do with a payment, and why not the rest.
///
/// # Errors
/// `not_found`.
pub async fn get_actions(view: &View, key: &Key) -> Result<actions::ActionsOut, Error> {
    let (case, row) = store::load_payment(view, key).await?;
    let facts = out::payment_facts(view, &case.contract).await?;
    let facts = facts.of(row.withheld_ground.as_deref());
    Ok(actions::of::<flow::Payment>(
        row.id,
        state_of::<flow::Payment>(&row.state)?,
        case.roles,
        &facts,
    ))
}

/// Payments of the agreements that the viewer may see (拨付台账).
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub async fn list(view: &View, query: &ListQuery) -> Result<PaymentList, Error> {
    let mut faults = Faults::new();
    let of = id_filter(query, "contract_id", &mut faults);
    faults.finish()?;
    let rows = store::list_payments(view, query, of).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let contracts = store::load_many(view, rows.iter().map(|row| row.contract_id)).await?;
    let open = holds::Entity::find()
        .filter(holds::Column::ObjectId.is_in(contracts.keys().copied()))
        .filter(holds::Column::ReleasedAt.is_null());
    let held: HashSet<Uuid> = open
        .all(&view.db())
        .await?
        .into_iter()
        .map(|hold| hold.object_id)
        .collect();
    let mut deadlines =
        Deadlines::of(view, &rows.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
    let mut items = Vec::new();
    for row in &rows {
        let contract = contracts
            .get(&row.contract_id)
            .ok_or_else(|| Error::internal("payment without agreement"))?;
        let facts = out::payment_facts_of(contract, held.contains(&contract.id));
        items.push(out::payment(
            store::roles(view, contract)?,
            facts,
            row,
            &mut deadlines,
        )?);
    }
    Ok(PaymentList { items, next })
}

async fn show(
    read: &impl Read,
    case: &ContractCase,
    row: &payment::Model,
) -> Result<PaymentOut, Error> {
    let mut deadlines = Deadlines::of(read, &[row.id]).await?;
    out::payment(
        case.roles,
        out::payment_facts(read, &case.contract).await?,
        row,
        &mut deadlines,
    )
}

/// Plans an event on a payment and spends it with what `with` adds.
async fn act(
    tx: &Tx,
    key: &Key,
    event: PaymentEvent,
    with: impl for<'a> FnOnce(Commit<'a, payment::Entity>) -> Commit<'a, payment::Entity>,
) -> Result<PaymentOut, Error> {
    let (case, row) = store::load_payment(tx, key).await?;
    tx.expect_version(row.version)?;
    let facts = out::payment_facts(tx, &case.contract).await?;
    let facts = facts.of(row.withheld_ground.as_deref());
    let planned = plan::<flow::Payment>(
        state_of::<flow::Payment>(&row.state)?,
        event,
        case.roles,
        &facts,
    )?;
    let terms = &case.contract.terms;
    let row =
        with(commit::<payment::Entity>(tx, &row, planned).under(&terms.timers, terms.cutoff_hour))
            .run()
            .await?;
    show(tx, &case, &row).await
}

/// The contractor asks for a payment whose condition is met.
///
/// # Errors
/// `invalid` without an invoice or receipt number.
pub async fn request(tx: &Tx, key: &Key, input: PaymentRequestIn) -> Result<PaymentOut, Error> {
    let mut faults = Faults::new();
    let invoice = faults.line("/invoice", &input.invoice, 2..=60);
    faults.finish()?;
    let data = serde_json::json!({ "invoice": invoice });
    act(tx, key, PaymentEvent::Request, |c| {
        c.set(payment::Column::Invoice, invoice).data(data)
    })
    .await
}

/// The street approves a payment.
///
/// # Errors
/// `payment_blocked` during rectification or exit, or while something holds the agreement.
pub async fn approve(tx: &Tx, key: &Key, _: NothingIn) -> Result<PaymentOut, Error> {
    act(tx, key, PaymentEvent::Approve, |c| c).await
}

/// The street withholds a payment on one of the closed grounds.
///
/// # Errors
/// `invalid` without a reason.
pub async fn withhold(tx: &Tx, key: &Key, input: WithholdIn) -> Result<PaymentOut, Error> {
    let reason = faults::reason(&input.reason)?;
    let ground = input.ground.as_str();
    act(tx, key, PaymentEvent::Withhold, |c| {
        c.set(payment::Column::WithheldGround, ground)
            .set(payment::Column::Reason, reason.clone())
            .data(serde_json::json!({ "ground": ground }))
            .because(Some(reason))
    })
    .await
}

/// The cause is gone: the street releases a withheld payment.
///
/// # Errors
/// `ground_stands` while what it was withheld for lasts; `invalid_transition` unless it is withheld.
pub async fn release(tx: &Tx, key: &Key, _: NothingIn) -> Result<PaymentOut, Error> {
    act(tx, key, PaymentEvent::Release, |c| {
        c.set(payment::Column::WithheldGround, None::<String>)
            .set(payment::Column::Reason, None::<String>)
    })
    .await
}

/// An agreement ended early, and a payment that was approved has not left the house: the street gives it up.
///
/// # Errors
/// `invalid` without a reason; `invalid_transition` while the agreement runs, and once it is recorded as paid.
pub async fn cancel(tx: &Tx, key: &Key, input: ReasonIn) -> Result<PaymentOut, Error> {
    let reason = faults::reason(&input.reason)?;
    act(tx, key, PaymentEvent::Cancel, |c| {
        c.set(payment::Column::Reason, reason.clone())
            .because(Some(reason))
    })
    .await
}

/// The street records that what was to be paid back came in outside the platform.
///
/// # Errors
/// `invalid` without a reference; `invalid_transition` unless something is to be paid back.
pub async fn record_repayment(
    tx: &Tx,
    key: &Key,
    input: RecordRepaymentIn,
) -> Result<PaymentOut, Error> {
    let mut faults = Faults::new();
    let reference = faults.line("/repayment_reference", &input.repayment_reference, 2..=100);
    faults.finish()?;
    let data = serde_json::json!({ "repayment_reference": reference });
    act(tx, key, PaymentEvent::Repay, |c| {
        c.set(payment::Column::RepaymentReference, reference)
            .data(data)
    })
    .await
}

/// The street records that the money was paid outside the platform.
///
/// # Errors
/// `invalid` without a reference.
pub async fn record(tx: &Tx, key: &Key, input: RecordPaymentIn) -> Result<PaymentOut, Error> {
    let mut faults = Faults::new();
    let reference = faults.line("/payment_reference", &input.payment_reference, 2..=100);
    faults.finish()?;
    let data = serde_json::json!({ "payment_reference": reference });
    act(tx, key, PaymentEvent::Pay, |c| {
        c.set(payment::Column::PaymentReference, reference)
            .data(data)
    })
    .await
}
