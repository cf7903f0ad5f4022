//! Showing settlements.

use super::entity::settlement;
use super::flow;
use super::model::{SettlementFigures, SettlementOut, SettlementSummary};
use super::rules::{self, SettlementFacts};
use crate::out::Deadlines;
use wubang_kernel::RoleSet;
use wubang_store::{Error, Read, state_of};
use wubang_web::{Instant, actions};

/// What is known of a settlement to its guard.
pub(super) fn facts(read: &impl Read, row: &settlement::Model) -> SettlementFacts {
    SettlementFacts {
        drafted_by: row.drafted_by,
        person: read.actor().person,
    }
}

/// The figures as they were computed for the row.
pub(crate) fn figures(row: &settlement::Model) -> SettlementFigures {
    rules::figures(
        row.price_fen,
        row.accepted_fen,
        row.paid_fen,
        row.stated_unspent_fen,
    )
}

/// Shows a settlement with what its facts allow.
pub(super) async fn settlement(
    read: &impl Read,
    roles: RoleSet,
    row: &settlement::Model,
) -> Result<SettlementOut, Error> {
    let state = state_of::<flow::Settlement>(&row.state)?;
    let mut deadlines = Deadlines::of(read, &[row.id]).await?;
    let actions = actions::of::<flow::Settlement>(row.id, state, roles, &facts(read, row));
    Ok(SettlementOut {
        id: row.id,
        contract_id: row.contract_id,
        contract_number: row.contract_number.clone(),
        state,
        version: row.version,
        lines: row.lines.clone(),
        figures: figures(row),
        stated_unspent_fen: row.stated_unspent_fen,
        evidence: row.evidence.clone(),
        note: row.note.clone(),
        objection: row.objection.clone(),
        payment_id: row.payment_id,
        deadlines: deadlines.take(row.id),
        allowed_actions: actions.allowed,
        created_at: Instant(row.created_at),
        updated_at: Instant(row.updated_at),
    })
}

/// Shows a settlement in a list.
pub(super) fn summary(row: settlement::Model) -> Result<SettlementSummary, Error> {
    Ok(SettlementSummary {
        id: row.id,
        contract_id: row.contract_id,
        state: state_of::<flow::Settlement>(&row.state)?,
        contract_number: row.contract_number,
        due_fen: row.due_fen,
        clawback_fen: row.clawback_fen,
        created_at: Instant(row.created_at),
    })
}
