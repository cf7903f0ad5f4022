//! Showing agreements, milestones and payments.

use crate::entity::{contract, milestone, party, payment};
use crate::flow;
use crate::model::{
    CompletionReportOut, ContractOut, ContractSummary, ContractSuspensionGround,
    ContractSuspensionOut, MilestoneOut, Party, PartyOut, PaymentOut, SignatureOut, Supervision,
    VerificationOut, wire,
};
use crate::rules::milestone::{MilestoneFacts, Verified};
use crate::rules::payment::PaymentFacts;
use crate::rules::{ContractFacts, Signed};
use crate::store::{self, ContractCase};
use std::collections::HashMap;
use uuid::Uuid;
use wubang_kernel::{Role, RoleSet};
use wubang_store::{Error, Read, holds, state_of, timers};
use wubang_web::DeadlineOut;
use wubang_web::{Instant, actions};

/// What is known of an agreement to its guards.
pub(crate) fn contract_facts(read: &impl Read, case: &ContractCase) -> ContractFacts {
    let contract = &case.contract;
    let signer = store::signer(read, case).ok().flatten();
    ContractFacts {
        price: contract.price_fen,
        tranches: case
            .payments
            .iter()
            .map(|row| (row.planned_fen, row.share_percent))
            .collect(),
        milestones: case.milestones.len(),
        milestones_closed: !case.milestones.is_empty()
            && case
                .milestones
                .iter()
                .all(|row| matches!(row.state.as_str(), "met" | "partially_met" | "waived")),
        signed: case
            .signatures
            .iter()
            .map(|row| Signed {
                party: row.party_id,
                person: row.person_id,
            })
            .collect(),
        parties: case.parties.iter().map(|row| row.id).collect(),
        signer: signer
            .zip(read.actor().person)
            .map(|((party, _), person)| (party.id, person)),
        eligible: Ok(()),
        now: read.now(),
        // past its term a statutory result only reminds: it is not ours to let it lapse
        sign_by: contract.award_id.map(|_| contract.sign_by),
        starts_on: contract.starts_on,
        ends_on: contract.ends_on,
        report_returns: contract.report_returns,
        published: contract.published_at.is_some(),
        filed: contract.filed_on.is_some(),
        // no status that ends an organisation is ever left again
        standing_lost: contract.suspension_ground.as_deref()
            == Some(ContractSuspensionGround::StatusLost.as_str()),
    }
}

/// What is known of a milestone to its guards.
pub(crate) fn milestone_facts(
    read: &impl Read,
    case: &ContractCase,
    milestone: &milestone::Model,
) -> MilestoneFacts {
    let verified = case.verified(milestone).filter_map(|row| {
        Role::from_wire(&row.role).map(|role| Verified {
            role,
            person: row.person_id,
            ratio: row.ratio_percent,
        })
    });
    let role = case
        .roles
        .first_of(&[Role::CommunitySecretary, Role::ResidentRep]);
    MilestoneFacts {
        contract_active: case.contract.state == "active",
        contract_suspended: case.contract.state == "suspended",
        indicators: milestone.plan.indicators.clone(),
        evidence: None,
        verified: verified.collect(),
        verifier: role.zip(read.actor().person),
        ratio: None,
        is_contractor: case.roles.any(store::PARTY),
        returns: milestone.returns,
    }
}

/// Whether an agreement is watched so closely that payments stop.
pub(crate) fn is_strict(contract: &contract::Model) -> bool {
    [
        wire(Supervision::Rectification),
        wire(Supervision::ExitPending),
    ]
    .contains(&contract.supervision)
}

/// What is known of the payments of an agreement to their guards.
pub(crate) async fn payment_facts(
    read: &impl Read,
    contract: &contract::Model,
) -> Result<PaymentFacts, Error> {
    let held = holds::any(read, contract.id).await?;
    Ok(payment_facts_of(contract, held))
}

/// The same, where it is known already whether something holds the agreement.
pub(crate) fn payment_facts_of(contract: &contract::Model, held: bool) -> PaymentFacts {
    // after an early end the settlement has said what is paid
    let ended_early = contract.ended_early();
    PaymentFacts {
        strict: is_strict(contract) && !ended_early,
        report_missing: contract.payments_stopped && !ended_early,
        held,
        suspended: contract.state == "suspended",
        ended_early,
        withheld: None,
    }
}

/// Running deadlines by object, read at once.
pub(crate) struct Deadlines(HashMap<Uuid, Vec<DeadlineOut>>);

impl Deadlines {
    pub(crate) async fn of(read: &impl Read, objects: &[Uuid]) -> Result<Self, Error> {
        let mut by: HashMap<Uuid, Vec<DeadlineOut>> = HashMap::new();
        for timer in timers::running(read, objects).await? {
            let shown = by.entry(timer.object_id).or_default();
            shown.push(DeadlineOut::from(timer));
        }
        Ok(Deadlines(by))
    }

    pub(crate) fn take(&mut self, object: Uuid) -> Vec<DeadlineOut> {
        self.0.remove(&object).unwrap_or_default()
    }
}

/// Shows one milestone.
pub(crate) fn milestone(
    read: &impl Read,
    case: &ContractCase,
    row: &milestone::Model,
    deadlines: &mut Deadlines,
) -> Result<MilestoneOut, Error> {
    let state = state_of::<flow::Milestone>(&row.state)?;
    let actions = actions::of::<flow::Milestone>(
        row.id,
        state,
        case.roles,
        &milestone_facts(read, case, row),
    );
    let verifications = case
        .verifications
        .iter()
        .filter(|one| one.milestone_id == row.id);
    Ok(MilestoneOut {
        id: row.id,
        contract_id: row.contract_id,
        seq: row.seq,
        state,
        version: row.version,
        title: row.title.clone(),
        due_on: row.due_on,
        plan: row.plan.clone(),
        evidence: row.evidence.clone(),
        submitted_at: row.submitted_at.map(Instant),
        verifications: verifications
            .map(|one| VerificationOut {
                submission: one.submission,
                role: one.role.clone(),
                ratio_percent: one.ratio_percent,
                comment: one.comment.clone(),
                created_at: Instant(one.created_at),
            })
            .collect(),
        ratio_percent: row.ratio_percent,
        returns: row.returns,
        reason: row.reason.clone(),
        deadlines: deadlines.take(row.id),
        allowed_actions: actions.allowed,
    })
}

/// Shows one payment.
pub(crate) fn payment(
    roles: RoleSet,
    facts: PaymentFacts,
    row: &payment::Model,
    deadlines: &mut Deadlines,
) -> Result<PaymentOut, Error> {
    let state = state_of::<flow::Payment>(&row.state)?;
    let facts = facts.of(row.withheld_ground.as_deref());
    Ok(PaymentOut {
        id: row.id,
        contract_id: row.contract_id,
        seq: row.seq,
        state,
        version: row.version,
        share_percent: row.share_percent,
        planned_fen: row.planned_fen,
        amount_fen: row.amount_fen,
        condition: row.condition.clone(),
        milestone_id: row.milestone_id,
        invoice: row.invoice.clone(),
        payment_reference: row.payment_reference.clone(),
        withheld_ground: facts.withheld,
        clawback_fen: row.clawback_fen,
        repayment_reference: row.repayment_reference.clone(),
        reason: row.reason.clone(),
        deadlines: deadlines.take(row.id),
        allowed_actions: actions::of::<flow::Payment>(row.id, state, roles, &facts).allowed,
    })
}

/// Shows an agreement with all that belongs to it.
pub(crate) async fn contract(read: &impl Read, case: &ContractCase) -> Result<ContractOut, Error> {
    let row = &case.contract;
    let state = state_of::<flow::Contract>(&row.state)?;
    let objects = std::iter::once(row.id)
        .chain(case.milestones.iter().map(|one| one.id))
        .chain(case.payments.iter().map(|one| one.id));
    let mut deadlines = Deadlines::of(read, &objects.collect::<Vec<_>>()).await?;
    let facts = payment_facts(read, row).await?;
    let milestones = case
        .milestones
        .iter()
        .map(|one| milestone(read, case, one, &mut deadlines))
        .collect::<Result<_, Error>>()?;
    let payments = case
        .payments
        .iter()
        .map(|one| payment(case.roles, facts, one, &mut deadlines))
        .collect::<Result<_, Error>>()?;
    Ok(ContractOut {
        id: row.id,
        number: row.number.clone(),
        state,
        version: row.version,
        project_id: row.project_id,
        posting_id: row.posting_id,
        award_id: row.award_id,
        organisation_id: row.organisation_id,
        organisation_name: row.organisation_name.clone(),
        division: row.division.clone(),
        title: row.title.clone(),
        price_fen: row.price_fen,
        content: row.content.clone(),
        content_hash: row.content_hash.clone(),
        supervision: row.supervision.clone(),
        suspension: suspension(row),
        ended_on: row.ended_on,
        report_missing: row.report_missing,
        payments_stopped: row.payments_stopped,
        sign_by: Instant(row.sign_by),
        signed_at: row.signed_at.map(Instant),
        published_at: row.published_at.map(Instant),
        filed_on: row.filed_on,
        filing_number: row.filing_number.clone(),
        parties: case.parties.iter().map(|one| party(case, one)).collect(),
        signatures: signatures(case),
        milestones,
        payments,
        completion_report: case.report().map(report),
        reason_code: row.reason_code.clone(),
        reason: row.reason.clone(),
        deadlines: deadlines.take(row.id),
        allowed_actions: actions::of::<flow::Contract>(
            row.id,
            state,
            case.roles,
            &contract_facts(read, case),
        )
        .allowed,
        created_at: Instant(row.created_at),
        updated_at: Instant(row.updated_at),
    })
}

/// The suspension that lasts.
pub(crate) fn suspension(row: &contract::Model) -> Option<ContractSuspensionOut> {
    let ground = row.suspension_ground.as_deref();
    Some(ContractSuspensionOut {
        ground: ground.and_then(ContractSuspensionGround::from_wire)?,
        reason: row.reason.clone().unwrap_or_default(),
        since: row.suspended_at.map(Instant)?,
    })
}

fn party(case: &ContractCase, row: &party::Model) -> PartyOut {
    let signature = case.signatures.iter().find(|one| one.party_id == row.id);
    PartyOut {
        party: Party::from_wire(&row.party).unwrap_or(Party::Partner),
        organisation_id: row.organisation_id,
        name: row.name.clone(),
        signed_at: signature.map(|one| Instant(one.signed_at)),
    }
}

/// The signatures, with the party that each was given for.
fn signatures(case: &ContractCase) -> Vec<SignatureOut> {
    let parties: HashMap<Uuid, PartyOut> = case
        .parties
        .iter()
        .map(|row| (row.id, party(case, row)))
        .collect();
    let shown = case.signatures.iter().filter_map(|one| {
        let party = parties.get(&one.party_id)?;
        Some(SignatureOut {
            party: party.party,
            organisation_id: party.organisation_id,
            name: one.name.clone(),
            role: one.role.clone(),
            content_hash: one.content_hash.clone(),
            signed_at: Instant(one.signed_at),
        })
    });
    shown.collect()
}

fn report(row: &crate::entity::report::Model) -> CompletionReportOut {
    CompletionReportOut {
        edition: row.edition,
        content: row.content.clone(),
        content_hash: row.content_hash.clone(),
        submitted_at: Instant(row.submitted_at),
    }
}

/// Shows an agreement in a list.
pub(crate) fn summary(row: contract::Model) -> Result<ContractSummary, Error> {
    Ok(ContractSummary {
        id: row.id,
        state: state_of::<flow::Contract>(&row.state)?,
        number: row.number,
        project_id: row.project_id,
        organisation_id: row.organisation_id,
        organisation_name: row.organisation_name,
        division: row.division,
        title: row.title,
        price_fen: row.price_fen,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        supervision: row.supervision,
        created_at: Instant(row.created_at),
    })
}
