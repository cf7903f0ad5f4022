//! Showing change requests.

use super::entity::{consent, request};
use super::flow;
use super::model::{ChangeOffice, ChangeRequestOut, ChangeRequestSummary, ChangeSide, ConsentOut};
use super::rules::ChangeFacts;
use super::store::RequestCase;
use crate::out::Deadlines;
use wubang_store::{Error, Read, state_of};
use wubang_web::{Instant, actions};

fn side(row: &request::Model) -> ChangeSide {
    ChangeSide::from_wire(&row.side).unwrap_or(ChangeSide::Contractor)
}

/// Shows a request with what its facts allow.
pub(crate) async fn request(
    read: &impl Read,
    case: &RequestCase,
    facts: &ChangeFacts,
) -> Result<ChangeRequestOut, Error> {
    let row = &case.request;
    let state = state_of::<flow::ChangeRequest>(&row.state)?;
    let mut deadlines = Deadlines::of(read, &[row.id]).await?;
    let consent = |office: &ChangeOffice| {
        let given: Option<&consent::Model> = case
            .consents
            .iter()
            .find(|one| one.office == office.as_str());
        ConsentOut {
            office: *office,
            name: given.map(|one| one.name.clone()),
            comment: given.and_then(|one| one.comment.clone()),
            agreed_at: given.map(|one| Instant(one.agreed_at)),
        }
    };
    let actions = actions::of::<flow::ChangeRequest>(row.id, state, case.contract.roles, facts);
    Ok(ChangeRequestOut {
        id: row.id,
        contract_id: row.contract_id,
        contract_number: row.contract_number.clone(),
        state,
        version: row.version,
        side: side(row),
        change: row.change.clone(),
        reason: row.reason.clone(),
        diff: row.diff.clone(),
        consents: facts.offices.iter().map(consent).collect(),
        major: facts.major,
        by_rule: facts.by_rule,
        contract_version: row.contract_version,
        outcome_reason: row.outcome_reason.clone(),
        deadlines: deadlines.take(row.id),
        allowed_actions: actions.allowed,
        created_at: Instant(row.created_at),
        updated_at: Instant(row.updated_at),
    })
}

/// Shows a request in a list.
pub(crate) fn summary(row: request::Model) -> Result<ChangeRequestSummary, Error> {
    Ok(ChangeRequestSummary {
        id: row.id,
        contract_id: row.contract_id,
        side: side(&row),
        state: state_of::<flow::ChangeRequest>(&row.state)?,
        contract_number: row.contract_number,
        kind: row.kind,
        created_at: Instant(row.created_at),
    })
}
