//! Showing terminations.

use super::entity::termination;
use super::flow;
use super::model::{
    TerminationConsentOut, TerminationGround, TerminationKind, TerminationOut, TerminationSummary,
};
use super::rules::TerminationFacts;
use super::store::TerminationCase;
use crate::changes::model::ChangeSide;
use crate::model::Party;
use crate::out::Deadlines;
use wubang_store::{Error, Read, state_of};
use wubang_web::{Instant, actions};

fn side(row: &termination::Model) -> ChangeSide {
    ChangeSide::from_wire(&row.side).unwrap_or(ChangeSide::Street)
}

fn consents(case: &TerminationCase) -> Vec<TerminationConsentOut> {
    let shown = case.contract.parties.iter().map(|party| {
        let given = case.consents.iter().find(|one| one.party_id == party.id);
        TerminationConsentOut {
            party: Party::from_wire(&party.party).unwrap_or(Party::Partner),
            organisation_id: party.organisation_id,
            name: party.name.clone(),
            signed_by: given.map(|one| one.name.clone()),
            agreed_at: given.map(|one| Instant(one.agreed_at)),
        }
    });
    shown.collect()
}

/// Shows a termination with what its facts allow.
pub(super) async fn termination(
    read: &impl Read,
    case: &TerminationCase,
    facts: &TerminationFacts,
) -> Result<TerminationOut, Error> {
    let row = &case.termination;
    let state = state_of::<flow::Termination>(&row.state)?;
    let mut deadlines = Deadlines::of(read, &[row.id]).await?;
    let actions = actions::of::<flow::Termination>(row.id, state, case.contract.roles, facts);
    Ok(TerminationOut {
        id: row.id,
        contract_id: row.contract_id,
        contract_number: row.contract_number.clone(),
        state,
        version: row.version,
        kind: case.kind(),
        side: side(row),
        ground: row.ground.as_deref().and_then(TerminationGround::from_wire),
        reason: row.reason.clone(),
        terms: row.terms.clone(),
        consents: match case.kind() {
            TerminationKind::Agreement => consents(case),
            TerminationKind::Cause => Vec::new(),
        },
        answer: row.answer.clone(),
        answered_at: row.answered_at.map(Instant),
        outcome_reason: row.outcome_reason.clone(),
        deadlines: deadlines.take(row.id),
        allowed_actions: actions.allowed,
        created_at: Instant(row.created_at),
        updated_at: Instant(row.updated_at),
    })
}

/// Shows a termination in a list.
pub(super) fn summary(row: termination::Model) -> Result<TerminationSummary, Error> {
    Ok(TerminationSummary {
        id: row.id,
        contract_id: row.contract_id,
        side: side(&row),
        kind: TerminationKind::from_wire(&row.kind).unwrap_or(TerminationKind::Cause),
        state: state_of::<flow::Termination>(&row.state)?,
        contract_number: row.contract_number,
        created_at: Instant(row.created_at),
    })
}
