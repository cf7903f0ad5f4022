//! What can be done with an agreement: load, decide, spend, tell.

use crate::entity::contract;
use crate::flow::{self, ContractEvent};
use crate::model::{ContractList, ContractOut, MilestoneOut, TrancheCondition};
use crate::steps::{SYSTEM, enable, id_filter, load_for, of_system, start_clocks, step};
use crate::{out, store};
use uuid::Uuid;
use wubang_kernel::deadline::at_hour;
use wubang_kernel::{Code, Faults, RoleSet, Timer};
use wubang_registry::engagements;
use wubang_store::{Error, Key, Read, Tx, View, state_of, timers};
use wubang_web::NothingIn;
use wubang_web::{ListQuery, actions};

pub use crate::amending::amend;
pub use crate::drafting::{draft, draft_of_result};
pub use crate::publishing::{get_public, list_public, publish, record_filing};
pub use crate::signing::sign;
pub use crate::store::ContractCase;

/// An agreement for somebody who may see it.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn get(view: &View, key: &Key) -> Result<ContractOut, Error> {
    out::contract(view, &store::load(view, key).await?).await
}

/// What the viewer may do with an agreement, and why not the rest.
///
/// # Errors
/// `not_found`.
pub async fn get_actions(view: &View, key: &Key) -> Result<actions::ActionsOut, Error> {
    let case = store::load(view, key).await?;
    let state = state_of::<flow::Contract>(&case.contract.state)?;
    Ok(actions::of::<flow::Contract>(
        case.contract.id,
        state,
        case.roles,
        &out::contract_facts(view, &case),
    ))
}

/// The agreements that the viewer may see (协议台账).
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub async fn list(view: &View, query: &ListQuery) -> Result<ContractList, Error> {
    let mut faults = Faults::new();
    let division = query
        .one("division")
        .and_then(|code| faults.division("?division", code));
    let project = id_filter(query, "project_id", &mut faults);
    faults.finish()?;
    let rows = store::list(view, query, division.as_ref(), project).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let items = rows
        .into_iter()
        .map(out::summary)
        .collect::<Result<_, Error>>()?;
    Ok(ContractList { items, next })
}

/// The street sends the agreement to be signed.
///
/// # Errors
/// `incomplete` without milestones or when the tranches do not sum to the price.
pub async fn send(tx: &Tx, key: &Key, _: NothingIn) -> Result<ContractOut, Error> {
    let mut case = load_for(tx, key).await?;
    let (facts, roles) = (out::contract_facts(tx, &case), case.roles);
    let told = serde_json::json!({ "sign_by": case.contract.sign_by, "content_hash": case.contract.content_hash });
    step(tx, &mut case, ContractEvent::Send, roles, &facts, |c| {
        c.facts(told)
    })
    .await?;
    out::contract(tx, &case).await
}

/// The contractor starts the work: the needs count as fulfilled, the milestones' clocks run.
///
/// # Errors
/// `too_early` before the start date.
pub async fn activate(tx: &Tx, key: &Key, _: NothingIn) -> Result<ContractOut, Error> {
    let mut case = load_for(tx, key).await?;
    let (facts, roles) = (out::contract_facts(tx, &case), case.roles);
    let end = at_hour(case.contract.ends_on, 12, 0).ok_or(Code::Internal)?;
    let report_due = tx
        .calendar()
        .deadline(end, case.contract.terms.timers.of(Timer::T35));
    step(tx, &mut case, ContractEvent::Activate, roles, &facts, |c| {
        c.due(Timer::T35, report_due)
    })
    .await?;
    for row in &case.milestones {
        start_clocks(tx, row).await?;
    }
    wubang_postings::service::needs_fulfilled(tx, case.contract.posting_id).await?;
    wubang_postings::service::set_stage(tx, case.contract.project_id, "implementation", None)
        .await?;
    out::contract(tx, &case).await
}

/// Its award was declined or lapsed: an agreement that is not signed falls with it.
///
/// # Errors
/// `invalid_transition` when the agreement is signed.
pub async fn on_award_fallen(tx: &Tx, award: Uuid, reason_code: &'static str) -> Result<(), Error> {
    let fallen = store::of_award(tx, award).await?;
    match fallen.filter(|row| row.state != "void") {
        Some(contract) => void(tx, contract, reason_code).await,
        None => Ok(()),
    }
}

/// The result that it rests on was replaced, or its posting has failed: an agreement about a result that is
/// not signed falls with it. Agreements of awards fall with their award.
///
/// # Errors
/// `invalid_transition` when the agreement is signed.
pub async fn on_result_fallen(
    tx: &Tx,
    posting: Uuid,
    reason_code: &'static str,
) -> Result<(), Error> {
    match store::of_result(tx, posting).await? {
        Some(contract) => void(tx, contract, reason_code).await,
        None => Ok(()),
    }
}

async fn void(tx: &Tx, contract: contract::Model, reason_code: &'static str) -> Result<(), Error> {
    let mut case = store::complete(tx, contract, RoleSet::of(SYSTEM)).await?;
    let facts = out::contract_facts(tx, &case);
    step(
        tx,
        &mut case,
        ContractEvent::Void,
        RoleSet::of(SYSTEM),
        &facts,
        |c| {
            c.set(contract::Column::ReasonCode, reason_code)
                .because(Some(reason_code.to_owned()))
        },
    )
    .await
}

/// The evaluation was passed: the last tranche becomes due, the organisation is free again.
///
/// # Errors
/// `invalid_transition` unless the agreement is being evaluated.
pub async fn completed(tx: &Tx, id: Uuid) -> Result<crate::Contract, Error> {
    let mut case = of_system(tx, id).await?;
    let facts = out::contract_facts(tx, &case);
    step(
        tx,
        &mut case,
        ContractEvent::Complete,
        RoleSet::of(SYSTEM),
        &facts,
        |c| c,
    )
    .await?;
    for row in &case.milestones {
        timers::stop_all(tx, row.id).await?;
    }
    enable(tx, &case, TrancheCondition::EvaluationPassed).await?;
    engagements::end(tx, case.contract.id).await?;
    Ok(case.contract)
}

/// An agreement for somebody who may see it, with his roles: for later stages.
///
/// # Errors
/// `not_found`.
pub async fn load(read: &impl Read, key: &Key) -> Result<ContractCase, Error> {
    store::load(read, key).await
}

/// An agreement, whoever asks: for later stages.
///
/// # Errors
/// `not_found`.
pub async fn find(read: &impl Read, id: Uuid) -> Result<crate::Contract, Error> {
    store::find(read, &Key::Id(id)).await
}

/// What an evaluating panel reads: the milestones as accepted and the completion report in its last edition.
///
/// # Errors
/// `not_found`.
pub async fn dossier(
    read: &impl Read,
    id: Uuid,
) -> Result<(Vec<MilestoneOut>, Option<crate::model::CompletionReportOut>), Error> {
    let contract = store::find(read, &Key::Id(id)).await?;
    let case = store::complete(read, contract, RoleSet::NONE).await?;
    let shown = out::contract(read, &case).await?;
    Ok((shown.milestones, shown.completion_report))
}
