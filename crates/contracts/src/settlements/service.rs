//! What can be done with a settlement: load, decide, spend, tell.

use super::entity::settlement;
use super::flow::{self, SettlementEvent};
use super::model::{
    SettlementFigures, SettlementIn, SettlementList, SettlementObjectIn, SettlementOut,
};
use super::rules::{self, BY_SETTLEMENT, accepted, clawbacks, figures, paid};
use super::{out, store};
use crate::drafting::{PlannedPayment, plan_payment};
use crate::ending;
use crate::entity::payment;
use crate::flow as contracts;
use crate::flow::PaymentEvent;
use crate::steps::{SYSTEM, id_filter, of_system, payment_by_system, start_timer, tell_of_birth};
use crate::store::{ContractCase, page_of};
use sea_orm::ActiveValue::Set;
use serde_json::json;
use uuid::Uuid;
use wubang_kernel::machine::{self, Audience, plan};
use wubang_kernel::{Code, Faults, RoleSet, Timer};
use wubang_store::commit::Commit;
use wubang_store::{Error, Key, Read, Tx, View, birth, commit, state_of};
use wubang_web::{ListQuery, NothingIn, actions};

/// A settlement for somebody who may see its agreement.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn get(view: &View, key: &Key) -> Result<SettlementOut, Error> {
    let (contract, row) = store::load(view, key).await?;
    out::settlement(view, contract.roles, &row).await
}

/// What the viewer may do with a settlement, and why not the rest.
///
/// # Errors
/// `not_found`.
pub async fn get_actions(view: &View, key: &Key) -> Result<actions::ActionsOut, Error> {
    let (contract, row) = store::load(view, key).await?;
    Ok(actions::of::<flow::Settlement>(
        row.id,
        state_of::<flow::Settlement>(&row.state)?,
        contract.roles,
        &out::facts(view, &row),
    ))
}

/// Settlements of the agreements that the viewer may see.
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub async fn list(view: &View, query: &ListQuery) -> Result<SettlementList, Error> {
    let mut faults = Faults::new();
    let of = id_filter(query, "contract_id", &mut faults);
    faults.finish()?;
    let column = settlement::Column::ContractId;
    let rows = page_of::<settlement::Entity>(view, query, column, of).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let items = rows
        .into_iter()
        .map(out::summary)
        .collect::<Result<_, Error>>()?;
    Ok(SettlementList { items, next })
}

/// The amounts of an agreement's settlement, once they are fixed: for everybody.
///
/// # Errors
/// When the database fails.
pub(crate) async fn fixed(
    read: &impl Read,
    contract: Uuid,
) -> Result<Option<SettlementFigures>, Error> {
    let row = store::of_contract(read, contract).await?;
    let row = row.filter(|row| row.state == "completed");
    Ok(row.as_ref().map(out::figures))
}

/// The figures as the agreement stands, and the input cleaned.
fn computed(
    contract: &ContractCase,
    input: SettlementIn,
) -> Result<(SettlementFigures, SettlementIn), Error> {
    let paid_fen = paid(&contract.payments);
    let mut faults = Faults::new();
    faults.number("/unspent_fen", input.unspent_fen, 0..=paid_fen);
    let input = SettlementIn {
        evidence: faults.prose("/evidence", &input.evidence, 10..=5000),
        note: faults.prose("/note", &input.note, 0..=2000),
        ..input
    };
    faults.finish()?;
    let price = contract.contract.price_fen;
    let lines = rules::lines(&contract.milestones);
    let accepted_fen = accepted(price, lines.0.iter().map(|line| line.ratio_percent));
    let figures = figures(price, accepted_fen, paid_fen, input.unspent_fen);
    Ok((figures, input))
}

fn given(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// The street drafts the settlement of an agreement that ended early; the contractor has a term to answer.
///
/// # Errors
/// `forbidden` for others than the street; `invalid_transition` unless the agreement ended early; `duplicate`;
/// `settlement_not_ready` while a milestone waits to be verified or an approved payment to be recorded; `invalid`.
pub async fn draft(tx: &Tx, key: &Key, input: SettlementIn) -> Result<SettlementOut, Error> {
    let contract = crate::steps::load_for(tx, key).await?;
    let made = machine::create::<flow::Settlement>(contract.roles)?;
    let own = &contract.contract;
    if !own.ended_early() {
        return Err(Code::InvalidTransition.into());
    }
    if store::of_contract(tx, own.id).await?.is_some() {
        return Err(Code::Duplicate.into());
    }
    if !rules::is_ready(&contract.milestones, &contract.payments) {
        return Err(Code::SettlementNotReady.into());
    }
    let (figures, input) = computed(&contract, input)?;
    let row = settlement::ActiveModel {
        id: Set(tx.new_id()),
        contract_id: Set(own.id),
        contract_number: Set(own.number.clone()),
        project_id: Set(own.project_id),
        organisation_id: Set(own.organisation_id),
        division: Set(own.division.clone()),
        lines: Set(rules::lines(&contract.milestones)),
        price_fen: Set(figures.price_fen),
        accepted_fen: Set(figures.accepted_fen),
        paid_fen: Set(figures.paid_fen),
        stated_unspent_fen: Set(input.unspent_fen),
        due_fen: Set(figures.due_fen),
        clawback_fen: Set(figures.clawback_fen),
        evidence: Set(input.evidence),
        note: Set(given(input.note)),
        objection: Set(None),
        drafted_by: Set(tx.person()?),
        payment_id: Set(None),
        state: Set("drafted".to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let data = serde_json::to_value(figures)?;
    let row = birth::<settlement::Entity, _>(tx, made, row, Some(data)).await?;
    start_timer::<settlement::Entity>(tx, &row, &own.terms, Timer::SettlementAnswer).await?;
    let told = [Audience::Organisation];
    tell_of_birth::<settlement::Entity>(tx, &row, &told, vec![own.organisation_id]).await?;
    out::settlement(tx, contract.roles, &row).await
}

async fn load_for(tx: &Tx, key: &Key) -> Result<(ContractCase, settlement::Model), Error> {
    let (contract, row) = store::load(tx, key).await?;
    tx.expect_version(row.version)?;
    Ok((contract, row))
}

/// Plans an event and spends it with what `with` adds.
async fn step(
    tx: &Tx,
    contract: &ContractCase,
    row: &settlement::Model,
    event: SettlementEvent,
    with: impl for<'a> FnOnce(Commit<'a, settlement::Entity>) -> Commit<'a, settlement::Entity>,
) -> Result<settlement::Model, Error> {
    let planned = plan::<flow::Settlement>(
        state_of::<flow::Settlement>(&row.state)?,
        event,
        contract.roles,
        &out::facts(tx, row),
    )?;
    let terms = &contract.contract.terms;
    with(commit::<settlement::Entity>(tx, row, planned).under(&terms.timers, terms.cutoff_hour))
        .run()
        .await
}

/// The street drafts it anew, for instance after an objection; the contractor has a new term to answer.
///
/// # Errors
/// `invalid`; `invalid_transition` once it is fixed.
pub async fn redraft(tx: &Tx, key: &Key, input: SettlementIn) -> Result<SettlementOut, Error> {
    let (contract, row) = load_for(tx, key).await?;
    let (figures, input) = computed(&contract, input)?;
    let (person, data) = (tx.person()?, serde_json::to_value(figures)?);
    let row = step(tx, &contract, &row, SettlementEvent::Redraft, |c| {
        c.set(settlement::Column::StatedUnspentFen, input.unspent_fen)
            .set(settlement::Column::Evidence, input.evidence)
            .set(settlement::Column::Note, given(input.note))
            .set(settlement::Column::DraftedBy, person)
            .data(data)
    })
    .await?;
    out::settlement(tx, contract.roles, &row).await
}

/// The contractor agrees with the figures.
///
/// # Errors
/// `invalid_transition` unless it waits for the contractor; `forbidden` for others.
pub async fn agree(tx: &Tx, key: &Key, _: NothingIn) -> Result<SettlementOut, Error> {
    let (contract, row) = load_for(tx, key).await?;
    let row = step(tx, &contract, &row, SettlementEvent::Agree, |c| c).await?;
    out::settlement(tx, contract.roles, &row).await
}

/// The contractor does not agree, and says why.
///
/// # Errors
/// As [`agree`]; `invalid` for a text that is too short or long.
pub async fn object(tx: &Tx, key: &Key, input: SettlementObjectIn) -> Result<SettlementOut, Error> {
    let mut faults = Faults::new();
    let objection = faults.prose("/objection", &input.objection, 10..=5000);
    faults.finish()?;
    let (contract, row) = load_for(tx, key).await?;
    let row = step(tx, &contract, &row, SettlementEvent::Object, |c| {
        c.set(settlement::Column::Objection, objection)
    })
    .await?;
    out::settlement(tx, contract.roles, &row).await
}

/// The contractor has not answered in time.
///
/// # Errors
/// `invalid_transition` when it has.
pub(crate) async fn answer_ended(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let row = store::find(tx, id).await?;
    let contract = of_system(tx, row.contract_id).await?;
    step(tx, &contract, &row, SettlementEvent::EndAnswer, |c| c).await?;
    Ok(())
}

/// Another officer fixes the amounts: what is still due becomes a payment, what is to come back is ordered back, and
/// the agreement is settled.
///
/// # Errors
/// `same_person` for who drafted it; `invalid_transition` while the contractor may still answer.
pub async fn complete(tx: &Tx, key: &Key, _: NothingIn) -> Result<SettlementOut, Error> {
    let (mut contract, row) = load_for(tx, key).await?;
    let figures = out::figures(&row);
    // asked first: nothing is made for who may not
    let _step = plan::<flow::Settlement>(
        state_of::<flow::Settlement>(&row.state)?,
        SettlementEvent::Complete,
        contract.roles,
        &out::facts(tx, &row),
    )?;
    let payment = match figures.due_fen {
        0 => None,
        due => Some(pay(tx, &contract, due).await?),
    };
    claw_back(tx, &contract, figures.clawback_fen).await?;
    let data = serde_json::to_value(figures)?;
    let told = data.clone();
    let row = step(tx, &contract, &row, SettlementEvent::Complete, |c| {
        c.set(settlement::Column::PaymentId, payment)
            .data(data.clone())
            .facts(data)
    })
    .await?;
    ending::settled(tx, &mut contract, told).await?;
    out::settlement(tx, contract.roles, &row).await
}

/// What is still due is a payment of its own, which the contractor asks for as for any other.
async fn pay(tx: &Tx, contract: &ContractCase, due_fen: i64) -> Result<Uuid, Error> {
    let own = &contract.contract;
    let last = contract.payments.iter().map(|row| row.seq).max();
    let planned = PlannedPayment {
        seq: last.unwrap_or(0).saturating_add(1),
        share_percent: 0,
        amount_fen: due_fen,
        condition: BY_SETTLEMENT.to_owned(),
        milestone_id: None,
    };
    let row = plan_payment(tx, own, planned).await?;
    payment_by_system(tx, own, &row, PaymentEvent::Enable, due_fen).await?;
    Ok(row.id)
}

/// What is to come back is noted at the payments by which it went out, the last ones first.
async fn claw_back(tx: &Tx, contract: &ContractCase, clawback_fen: i64) -> Result<(), Error> {
    let rows = contract.payments.iter().filter(|row| row.state == "paid");
    let rows: Vec<&payment::Model> = rows.collect();
    let amounts: Vec<i64> = rows.iter().map(|row| row.amount_fen).collect();
    let facts = crate::out::payment_facts(tx, &contract.contract).await?;
    for (row, part) in rows.into_iter().zip(clawbacks(&amounts, clawback_fen)) {
        if part == 0 {
            continue;
        }
        let planned = plan::<contracts::Payment>(
            state_of::<contracts::Payment>(&row.state)?,
            PaymentEvent::ClawBack,
            RoleSet::of(SYSTEM),
            &facts,
        )?;
        commit::<payment::Entity>(tx, row, planned)
            .set(payment::Column::ClawbackFen, part)
            .data(json!({ "clawback_fen": part }))
            .facts(json!({ "clawback_fen": part }))
            .run()
            .await?;
    }
    Ok(())
}
