//! Showing entries of the activity log.

use super::entity::activity;
use super::flow;
use super::model::{ActivityKind, ActivityOut};
use super::rules::ActivityFacts;
use crate::entity::contract;
use crate::store::PARTY;
use wubang_kernel::RoleSet;
use wubang_store::{Error, state_of};
use wubang_web::{Instant, actions};

/// What is known of an entry to its guards.
pub(super) fn facts(contract: &contract::Model, roles: RoleSet) -> ActivityFacts {
    ActivityFacts {
        contract_active: contract.state == "active",
        is_contractor: roles.any(PARTY),
    }
}

/// Shows one entry.
pub(super) fn activity(
    contract: &contract::Model,
    roles: RoleSet,
    row: &activity::Model,
) -> Result<ActivityOut, Error> {
    let state = state_of::<flow::Activity>(&row.state)?;
    let actions = actions::of::<flow::Activity>(row.id, state, roles, &facts(contract, roles));
    Ok(ActivityOut {
        id: row.id,
        contract_id: row.contract_id,
        contract_number: row.contract_number.clone(),
        state,
        version: row.version,
        organisation_id: row.organisation_id,
        held_on: row.held_on,
        place: row.place.clone(),
        kind: ActivityKind::from_wire(&row.kind).unwrap_or(ActivityKind::Other),
        headcount: row.headcount,
        beneficiaries: row.beneficiaries.clone(),
        volunteer_hours: row.volunteer_hours,
        text: row.text.clone(),
        no_minor_recognisable: row.no_minor_recognisable,
        supersedes: row.supersedes,
        question: row.question.clone(),
        allowed_actions: actions.allowed,
        created_at: Instant(row.created_at),
        updated_at: Instant(row.updated_at),
    })
}
