//! What can be done with the activity log: load, decide, spend, tell.

use super::entity::activity;
use super::flow::{self, ActivityEvent};
use super::model::{
    ActivityCorrectIn, ActivityEntry, ActivityIn, ActivityList, ActivityOut, ActivityTotals,
};
use super::{out, rules, store};
use crate::entity::contract;
use crate::steps::{id_filter, start_timer};
use crate::store::{ContractCase, page_of};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;
use wubang_kernel::deadline::local_date;
use wubang_kernel::machine::{self, plan};
use wubang_kernel::{Code, Faults, Timer, faults};
use wubang_store::commit::Commit;
use wubang_store::{Error, Key, Read, Tx, View, birth, commit, state_of};
use wubang_web::{ListQuery, NothingIn, ReasonIn, actions};

/// An entry for somebody who may see its agreement.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn get(view: &View, key: &Key) -> Result<ActivityOut, Error> {
    let (contract, row) = store::load(view, key).await?;
    out::activity(&contract.contract, contract.roles, &row)
}

/// What the viewer may do with an entry, and why not the rest.
///
/// # Errors
/// `not_found`.
pub async fn get_actions(view: &View, key: &Key) -> Result<actions::ActionsOut, Error> {
    let (contract, row) = store::load(view, key).await?;
    Ok(actions::of::<flow::Activity>(
        row.id,
        state_of::<flow::Activity>(&row.state)?,
        contract.roles,
        &out::facts(&contract.contract, contract.roles),
    ))
}

/// The log of the agreements that the viewer may see.
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub async fn list(view: &View, query: &ListQuery) -> Result<ActivityList, Error> {
    let mut faults = Faults::new();
    let of = id_filter(query, "contract_id", &mut faults);
    faults.finish()?;
    let column = activity::Column::ContractId;
    let rows = page_of::<activity::Entity>(view, query, column, of).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let contracts = crate::store::load_many(view, rows.iter().map(|row| row.contract_id)).await?;
    let mut items = Vec::new();
    for row in &rows {
        let contract = contracts
            .get(&row.contract_id)
            .ok_or_else(|| Error::internal("activity without agreement"))?;
        let roles = crate::store::roles(view, contract)?;
        items.push(out::activity(contract, roles, row)?);
    }
    Ok(ActivityList { items, next })
}

/// The log of an agreement summed up, for the completion report.
///
/// # Errors
/// `not_found` for who may not see the agreement.
pub async fn get_totals(view: &View, key: &Key) -> Result<ActivityTotals, Error> {
    let contract = crate::store::load(view, key).await?.contract;
    Ok(rules::totals(&store::of_contract(view, contract.id).await?))
}

/// The sums as everybody may read them.
///
/// # Errors
/// When the database fails.
pub(crate) async fn public_totals(
    read: &impl Read,
    contract: Uuid,
) -> Result<ActivityTotals, Error> {
    let rows = store::of_contract(read, contract).await?;
    Ok(rules::public(rules::totals(&rows)))
}

fn checked(
    tx: &Tx,
    contract: &contract::Model,
    entry: ActivityEntry,
) -> Result<ActivityEntry, Error> {
    let mut faults = Faults::new();
    let days = (contract.starts_on, local_date(tx.now()));
    let entry = rules::check(entry, days, &mut faults);
    faults.finish()?;
    Ok(entry)
}

/// The organisation for which the actor writes: the lead where he belongs to it, else the partner.
fn organisation(tx: &Tx, contract: &contract::Model) -> Result<Uuid, Error> {
    let own: Vec<Uuid> = tx.actor().organisations(crate::store::PEOPLE).collect();
    let of = contract.members().find(|one| own.contains(one));
    Ok(of.ok_or(Code::Forbidden)?)
}

async fn write(
    tx: &Tx,
    contract: &ContractCase,
    entry: ActivityEntry,
    supersedes: Option<Uuid>,
) -> Result<activity::Model, Error> {
    let made = machine::create::<flow::Activity>(contract.roles)?;
    let own = &contract.contract;
    let row = activity::ActiveModel {
        id: Set(tx.new_id()),
        contract_id: Set(own.id),
        contract_number: Set(own.number.clone()),
        project_id: Set(own.project_id),
        organisation_id: Set(organisation(tx, own)?),
        division: Set(own.division.clone()),
        recorded_by: Set(tx.person()?),
        held_on: Set(entry.held_on),
        place: Set(entry.place),
        kind: Set(entry.kind.as_str().to_owned()),
        headcount: Set(entry.headcount),
        beneficiaries: Set(entry.beneficiaries),
        volunteer_hours: Set(entry.volunteer_hours),
        text: Set(entry.text),
        no_minor_recognisable: Set(entry.no_minor_recognisable),
        supersedes: Set(supersedes),
        question: Set(None),
        state: Set("recorded".to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let data = serde_json::json!({ "held_on": entry.held_on, "kind": entry.kind, "supersedes": supersedes });
    birth::<activity::Entity, _>(tx, made, row, Some(data)).await
}

/// The contractor or a partner logs an activity; the term of silence (T26) begins anew.
///
/// # Errors
/// `forbidden` for others; `invalid_transition` unless the agreement is active; `invalid` with every wrong field.
pub async fn record(tx: &Tx, input: ActivityIn) -> Result<ActivityOut, Error> {
    let contract = crate::store::load(tx, &Key::Id(input.contract_id)).await?;
    // who may not is told so before his input is judged
    let _made = machine::create::<flow::Activity>(contract.roles)?;
    let own = &contract.contract;
    if own.state != "active" {
        return Err(Code::InvalidTransition.into());
    }
    let entry = checked(tx, own, input.entry)?;
    let row = write(tx, &contract, entry, None).await?;
    start_timer::<contract::Entity>(tx, own, &own.terms, Timer::T26).await?;
    out::activity(own, contract.roles, &row)
}

async fn load_for(tx: &Tx, key: &Key) -> Result<(ContractCase, activity::Model), Error> {
    let (contract, row) = store::load(tx, key).await?;
    tx.expect_version(row.version)?;
    Ok((contract, row))
}

/// Plans an event on an entry and spends it with what `with` adds.
async fn step(
    tx: &Tx,
    contract: &ContractCase,
    row: &activity::Model,
    event: ActivityEvent,
    with: impl for<'a> FnOnce(Commit<'a, activity::Entity>) -> Commit<'a, activity::Entity>,
) -> Result<activity::Model, Error> {
    let planned = plan::<flow::Activity>(
        state_of::<flow::Activity>(&row.state)?,
        event,
        contract.roles,
        &out::facts(&contract.contract, contract.roles),
    )?;
    with(commit::<activity::Entity>(tx, row, planned))
        .run()
        .await
}

/// An entry was wrong: another one takes its place, and the old one stays to be read. Answers the new one.
///
/// # Errors
/// `invalid_transition` for one that was corrected already, and unless the agreement is active; `forbidden`; `invalid`.
pub async fn correct(tx: &Tx, key: &Key, input: ActivityCorrectIn) -> Result<ActivityOut, Error> {
    let (contract, row) = load_for(tx, key).await?;
    let old = step(tx, &contract, &row, ActivityEvent::Supersede, |c| c).await?;
    let entry = checked(tx, &contract.contract, input.entry)?;
    let made = write(tx, &contract, entry, Some(old.id)).await?;
    out::activity(&contract.contract, contract.roles, &made)
}

/// The secretary confirms that it took place.
///
/// # Errors
/// `recused` for the contractor's own people; `forbidden`; `invalid_transition`.
pub async fn confirm(tx: &Tx, key: &Key, _: NothingIn) -> Result<ActivityOut, Error> {
    let (contract, row) = load_for(tx, key).await?;
    let row = step(tx, &contract, &row, ActivityEvent::Confirm, |c| c).await?;
    out::activity(&contract.contract, contract.roles, &row)
}

/// The secretary questions it: until it is confirmed or corrected it counts for nothing.
///
/// # Errors
/// `invalid` without a reason; `recused`; `forbidden`; `invalid_transition`.
pub async fn question(tx: &Tx, key: &Key, input: ReasonIn) -> Result<ActivityOut, Error> {
    let reason = faults::reason(&input.reason)?;
    let (contract, row) = load_for(tx, key).await?;
    let row = step(tx, &contract, &row, ActivityEvent::Question, |c| {
        c.set(activity::Column::Question, reason.clone())
            .because(Some(reason))
    })
    .await?;
    out::activity(&contract.contract, contract.roles, &row)
}
