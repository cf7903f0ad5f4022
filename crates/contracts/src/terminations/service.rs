//! What can be done with a termination: load, decide, spend, tell.

use super::entity::termination;
use super::flow::{self, TerminationEvent};
use super::model::{
    TerminationAnswerIn, TerminationIn, TerminationKind, TerminationList, TerminationOut,
};
use super::out;
use super::rules::{self, TerminationFacts};
use super::store::{self, TerminationCase};
use crate::changes::model::ChangeSide;
use crate::changes::service::side_of;
use crate::ending::{self, Because};
use crate::steps::{SYSTEM, id_filter, of_system, start_timer, tell_of_birth};
use crate::store::{ContractCase, page_of, speaker};
use sea_orm::ActiveValue::Set;
use serde_json::json;
use uuid::Uuid;
use wubang_kernel::machine::{self, Audience, plan};
use wubang_kernel::{Code, Faults, RoleSet, Timer, faults};
use wubang_store::commit::Commit;
use wubang_store::{Error, Key, Read, Tx, View, birth, commit, state_of};
use wubang_web::{ListQuery, NothingIn, ReasonIn, actions};

fn is_running(contract: &ContractCase) -> bool {
    matches!(contract.contract.state.as_str(), "active" | "suspended")
}

fn facts(read: &impl Read, case: &TerminationCase) -> Result<TerminationFacts, Error> {
    let (row, contract) = (&case.termination, &case.contract);
    let agreed = case.agreed();
    let speaks = speaker(read, contract, &agreed)?;
    let side = ChangeSide::from_wire(&row.side);
    Ok(TerminationFacts {
        kind: case.kind(),
        contract_running: is_running(contract),
        parties: contract.parties.iter().map(|one| one.id).collect(),
        agreed: case
            .consents
            .iter()
            .map(|one| (one.party_id, one.person_id))
            .collect(),
        proposed_by: row.proposed_by,
        person: read.actor().person,
        speaker: speaks.map(|(party, _)| party.id),
        own_side: side_of(contract.roles) == side,
        answered: row.answer.is_some(),
        hearing_over: row.hearing_over,
    })
}

async fn show(read: &impl Read, case: &TerminationCase) -> Result<TerminationOut, Error> {
    out::termination(read, case, &facts(read, case)?).await
}

/// A termination for somebody who may see its agreement.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn get(view: &View, key: &Key) -> Result<TerminationOut, Error> {
    show(view, &store::load(view, key).await?).await
}

/// What the viewer may do with a termination, and why not the rest.
///
/// # Errors
/// `not_found`.
pub async fn get_actions(view: &View, key: &Key) -> Result<actions::ActionsOut, Error> {
    let case = store::load(view, key).await?;
    Ok(actions::of::<flow::Termination>(
        case.termination.id,
        state_of::<flow::Termination>(&case.termination.state)?,
        case.contract.roles,
        &facts(view, &case)?,
    ))
}

/// Terminations of the agreements that the viewer may see.
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub async fn list(view: &View, query: &ListQuery) -> Result<TerminationList, Error> {
    let mut faults = Faults::new();
    let of = id_filter(query, "contract_id", &mut faults);
    faults.finish()?;
    let column = termination::Column::ContractId;
    let rows = page_of::<termination::Entity>(view, query, column, of).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let items = rows
        .into_iter()
        .map(out::summary)
        .collect::<Result<_, Error>>()?;
    Ok(TerminationList { items, next })
}

/// A side proposes to end the agreement together, or the street proposes to terminate it for cause. Who proposes
/// together has agreed for his party.
///
/// # Errors
/// `forbidden` for who may not sign; `invalid` with every wrong field; `invalid_transition` unless the agreement runs;
/// `duplicate` while another one is open.
pub async fn propose(tx: &Tx, input: TerminationIn) -> Result<TerminationOut, Error> {
    let contract = crate::store::load(tx, &Key::Id(input.contract_id)).await?;
    let made = machine::create::<flow::Termination>(contract.roles)?;
    let side = side_of(contract.roles).ok_or(Code::Forbidden)?;
    let mut faults = Faults::new();
    let input = rules::check(input, side, &mut faults);
    faults.finish()?;
    if !is_running(&contract) {
        return Err(Code::InvalidTransition.into());
    }
    let own = &contract.contract;
    if store::open_of(tx, own.id).await?.is_some() {
        return Err(Code::Duplicate.into());
    }
    let row = termination::ActiveModel {
        id: Set(tx.new_id()),
        contract_id: Set(own.id),
        // one at a time: the table refuses the second
        open_of: Set(Some(own.id)),
        contract_number: Set(own.number.clone()),
        project_id: Set(own.project_id),
        organisation_id: Set(own.organisation_id),
        division: Set(own.division.clone()),
        kind: Set(input.kind.as_str().to_owned()),
        side: Set(side.as_str().to_owned()),
        proposed_by: Set(tx.person()?),
        ground: Set(input.ground.map(|one| one.as_str().to_owned())),
        reason: Set(input.reason),
        terms: Set(input.terms),
        hearing_over: Set(false),
        answer: Set(None),
        answered_at: Set(None),
        outcome_reason: Set(None),
        state: Set("proposed".to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let data = json!({ "kind": input.kind, "side": side, "ground": input.ground });
    let row = birth::<termination::Entity, _>(tx, made, row, Some(data)).await?;
    match input.kind {
        TerminationKind::Agreement => {
            let (party, _) = speaker(tx, &contract, &[])?.ok_or(Code::Forbidden)?;
            store::insert_consent(tx, row.id, party.id).await?;
        }
        TerminationKind::Cause => {
            let terms = &contract.contract.terms;
            start_timer::<termination::Entity>(tx, &row, terms, Timer::TerminationHearing).await?;
        }
    }
    let (told, members) = (
        [Audience::Street, Audience::Organisation],
        own.members().collect(),
    );
    tell_of_birth::<termination::Entity>(tx, &row, &told, members).await?;
    show(tx, &store::complete(tx, row, contract).await?).await
}

async fn load_for(tx: &Tx, key: &Key) -> Result<TerminationCase, Error> {
    let case = store::load(tx, key).await?;
    tx.expect_version(case.termination.version)?;
    Ok(case)
}

/// Plans an event and spends it with what `with` adds; a step that ends the termination makes room for another one.
async fn step(
    tx: &Tx,
    case: &mut TerminationCase,
    event: TerminationEvent,
    roles: RoleSet,
    facts: &TerminationFacts,
    with: impl for<'a> FnOnce(Commit<'a, termination::Entity>) -> Commit<'a, termination::Entity>,
) -> Result<(), Error> {
    let row = &case.termination;
    let state = state_of::<flow::Termination>(&row.state)?;
    let planned = plan::<flow::Termination>(state, event, roles, facts)?;
    let open = (planned.to() == flow::TerminationState::Proposed).then_some(row.contract_id);
    let terms = &case.contract.contract.terms;
    let spend =
        commit::<termination::Entity>(tx, row, planned).under(&terms.timers, terms.cutoff_hour);
    case.termination = with(spend.set(termination::Column::OpenOf, open))
        .run()
        .await?;
    Ok(())
}

/// Another party agrees; with the last one the agreement is over.
///
/// # Errors
/// `forbidden` for who signs for nobody; `duplicate`; `same_person`; `invalid_transition`.
pub async fn agree(tx: &Tx, key: &Key, _: NothingIn) -> Result<TerminationOut, Error> {
    let mut case = load_for(tx, key).await?;
    let (mut now, roles) = (facts(tx, &case)?, case.contract.roles);
    let party = now.speaker;
    let data = json!({ "party_id": party });
    step(tx, &mut case, TerminationEvent::Agree, roles, &now, |c| {
        c.data(data)
    })
    .await?;
    let party = party.ok_or(Code::Forbidden)?;
    let given = store::insert_consent(tx, case.termination.id, party).await?;
    now.agreed.push((party, given.person_id));
    case.consents.push(given);
    if now.all_agreed() {
        let event = TerminationEvent::Complete;
        step(tx, &mut case, event, RoleSet::of(SYSTEM), &now, |c| c).await?;
        carry_out(tx, &mut case, "agreement").await?;
    }
    show(tx, &case).await
}

/// The agreement ends, and everything that hangs on it.
async fn carry_out(tx: &Tx, case: &mut TerminationCase, ground: &str) -> Result<(), Error> {
    let because = Because {
        ground: ground.to_owned(),
        reason: case.termination.reason.clone(),
    };
    let contract = ending::terminate(tx, case.contract.contract.id, because).await?;
    case.contract = crate::store::complete(tx, contract, case.contract.roles).await?;
    Ok(())
}

/// A party does not agree.
///
/// # Errors
/// As [`agree`]; `invalid` without a reason.
pub async fn refuse(tx: &Tx, key: &Key, input: ReasonIn) -> Result<TerminationOut, Error> {
    close(tx, key, TerminationEvent::Refuse, input).await
}

/// Another officer lets the agreement stand.
///
/// # Errors
/// `invalid` without a reason; `same_person`; `invalid_transition` unless it is for cause.
pub async fn drop_it(tx: &Tx, key: &Key, input: ReasonIn) -> Result<TerminationOut, Error> {
    close(tx, key, TerminationEvent::Drop, input).await
}

/// The side that proposed takes it back.
///
/// # Errors
/// `invalid` without a reason; `forbidden` for the other side.
pub async fn withdraw(tx: &Tx, key: &Key, input: ReasonIn) -> Result<TerminationOut, Error> {
    close(tx, key, TerminationEvent::Withdraw, input).await
}

async fn close(
    tx: &Tx,
    key: &Key,
    event: TerminationEvent,
    input: ReasonIn,
) -> Result<TerminationOut, Error> {
    let reason = faults::reason(&input.reason)?;
    let mut case = load_for(tx, key).await?;
    let (now, roles) = (facts(tx, &case)?, case.contract.roles);
    step(tx, &mut case, event, roles, &now, |c| {
        c.set(termination::Column::OutcomeReason, reason.clone())
            .because(Some(reason))
    })
    .await?;
    show(tx, &case).await
}

/// The contractor says what it has to say.
///
/// # Errors
/// `invalid` for a text that is too short or long; `duplicate` the second time; `invalid_transition` unless for cause.
pub async fn answer(
    tx: &Tx,
    key: &Key,
    input: TerminationAnswerIn,
) -> Result<TerminationOut, Error> {
    let mut faults = Faults::new();
    let text = faults.prose("/answer", &input.answer, 10..=5000);
    faults.finish()?;
    let mut case = load_for(tx, key).await?;
    let (now, roles, at) = (facts(tx, &case)?, case.contract.roles, tx.now());
    step(tx, &mut case, TerminationEvent::Answer, roles, &now, |c| {
        c.set(termination::Column::Answer, text)
            .set(termination::Column::AnsweredAt, at)
    })
    .await?;
    show(tx, &case).await
}

/// The time to be heard is over.
///
/// # Errors
/// `invalid_transition` when the termination has moved on.
pub(crate) async fn hearing_ended(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let row = store::find(tx, id).await?;
    let contract = of_system(tx, row.contract_id).await?;
    let mut case = store::complete(tx, row, contract).await?;
    let now = facts(tx, &case)?;
    let event = TerminationEvent::EndHearing;
    step(tx, &mut case, event, RoleSet::of(SYSTEM), &now, |c| {
        c.set(termination::Column::HearingOver, true)
    })
    .await
}

/// Another officer terminates for cause, after the contractor was heard or its time is over.
///
/// # Errors
/// `not_heard`; `same_person`; `invalid_transition` unless the agreement runs.
pub async fn decide(tx: &Tx, key: &Key, _: NothingIn) -> Result<TerminationOut, Error> {
    let mut case = load_for(tx, key).await?;
    let (now, roles) = (facts(tx, &case)?, case.contract.roles);
    step(tx, &mut case, TerminationEvent::Decide, roles, &now, |c| c).await?;
    let ground = case.termination.ground.clone().unwrap_or_default();
    carry_out(tx, &mut case, &ground).await?;
    show(tx, &case).await
}

/// The agreement has gone on or ended otherwise: a termination that is still open falls.
///
/// # Errors
/// `conflict`.
pub(crate) async fn lapse(tx: &Tx, contract: Uuid) -> Result<(), Error> {
    let Some(row) = store::open_of(tx, contract).await? else {
        return Ok(());
    };
    let contract = of_system(tx, contract).await?;
    let mut case = store::complete(tx, row, contract).await?;
    let now = facts(tx, &case)?;
    let event = TerminationEvent::Lapse;
    step(tx, &mut case, event, RoleSet::of(SYSTEM), &now, |c| {
        c.set(
            termination::Column::OutcomeReason,
            "协议已结项或已终止,不再解除",
        )
        .because(Some("contract_moved_on".to_owned()))
    })
    .await
}
