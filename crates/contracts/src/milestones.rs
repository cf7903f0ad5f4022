//! What can be done with a milestone (里程碑, rulebook 2.8.6).

use crate::entity::milestone;
use crate::flow::MilestoneState;
use crate::flow::{self, MilestoneEvent, PaymentEvent};
use crate::model::{
    IndicatorEvidence, MilestoneEvidence, MilestoneList, MilestoneOut, MilestoneVerifyIn,
};
use crate::out::{self, Deadlines};
use crate::rules::milestone::MilestoneFacts;
use crate::rules::payment::scaled;
use crate::steps::{self, SYSTEM, id_filter};
use crate::store::{self, ContractCase};
use uuid::Uuid;
use wubang_kernel::deadline::at_hour;
use wubang_kernel::machine::plan;
use wubang_kernel::{Code, Faults, RoleSet, Timer, faults};
use wubang_store::commit::Commit;
use wubang_store::{Error, Key, Read, Tx, View, commit, state_of};
use wubang_web::ReasonIn;
use wubang_web::{ListQuery, actions};

/// A milestone for somebody who may see its agreement.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn get(view: &View, key: &Key) -> Result<MilestoneOut, Error> {
    let (case, row) = store::load_milestone(view, key).await?;
    show(view, &case, &row).await
}

/// What the viewer may do with a milestone, and why not the rest.
///
/// # Errors
/// `not_found`.
pub async fn get_actions(view: &View, key: &Key) -> Result<actions::ActionsOut, Error> {
    let (case, row) = store::load_milestone(view, key).await?;
    Ok(actions::of::<flow::Milestone>(
        row.id,
        state_of::<flow::Milestone>(&row.state)?,
        case.roles,
        &out::milestone_facts(view, &case, &row),
    ))
}

/// Milestones of the agreements that the viewer may see.
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub async fn list(view: &View, query: &ListQuery) -> Result<MilestoneList, Error> {
    let mut faults = Faults::new();
    let of = id_filter(query, "contract_id", &mut faults);
    faults.finish()?;
    let rows = store::list_milestones(view, query, of).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let contracts = store::load_many(view, rows.iter().map(|row| row.contract_id)).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let verifications = store::verifications(view, ids.clone()).await?;
    let mut deadlines = Deadlines::of(view, &ids).await?;
    let mut items = Vec::new();
    for row in &rows {
        let contract = contracts
            .get(&row.contract_id)
            .ok_or_else(|| Error::internal("milestone without agreement"))?;
        let mine = verifications
            .iter()
            .filter(|one| one.milestone_id == row.id)
            .cloned()
            .collect();
        let roles = store::roles(view, contract)?;
        // only what a milestone's guards ask for
        let case = ContractCase {
            contract: contract.clone(),
            parties: Vec::new(),
            signatures: Vec::new(),
            milestones: Vec::new(),
            verifications: mine,
            payments: Vec::new(),
            reports: Vec::new(),
            roles,
        };
        items.push(out::milestone(view, &case, row, &mut deadlines)?);
    }
    Ok(MilestoneList { items, next })
}

async fn show(
    read: &impl Read,
    case: &ContractCase,
    row: &milestone::Model,
) -> Result<MilestoneOut, Error> {
    let mut deadlines = Deadlines::of(read, &[row.id]).await?;
    out::milestone(read, case, row, &mut deadlines)
}

async fn load_for(tx: &Tx, key: &Key) -> Result<(ContractCase, milestone::Model), Error> {
    let (case, row) = store::load_milestone(tx, key).await?;
    tx.expect_version(row.version)?;
    Ok((case, row))
}

/// Plans an event on a milestone and spends it with what `with` adds.
async fn step(
    tx: &Tx,
    case: &ContractCase,
    row: &milestone::Model,
    event: MilestoneEvent,
    facts: &MilestoneFacts,
    with: impl for<'a> FnOnce(Commit<'a, milestone::Entity>) -> Commit<'a, milestone::Entity>,
) -> Result<milestone::Model, Error> {
    let planned = plan::<flow::Milestone>(
        state_of::<flow::Milestone>(&row.state)?,
        event,
        case.roles,
        facts,
    )?;
    let terms = &case.contract.terms;
    with(commit::<milestone::Entity>(tx, row, planned).under(&terms.timers, terms.cutoff_hour))
        .run()
        .await
}

fn check_evidence(input: MilestoneEvidence) -> Result<MilestoneEvidence, Error> {
    let mut faults = Faults::new();
    let summary = faults.prose("/summary", &input.summary, 10..=5000);
    faults.number("/volunteer_hours", input.volunteer_hours, 0..=10_000_000);
    faults.count("/indicators", input.indicators.len(), 0..=50);
    let mut indicators: Vec<IndicatorEvidence> = Vec::new();
    for (i, one) in input.indicators.into_iter().enumerate() {
        if indicators.iter().any(|other| other.name == one.name) {
            faults.add(
                format!("/indicators/{i}/name"),
                "duplicate",
                "指标重复",
                "is there twice",
            );
        }
        let actual = one.actual.map(|actual| {
            faults.number(
                &format!("/indicators/{i}/actual"),
                actual,
                0..=1_000_000_000,
            )
        });
        let evidence = faults.prose(
            &format!("/indicators/{i}/evidence"),
            &one.evidence,
            0..=2000,
        );
        indicators.push(IndicatorEvidence {
            name: one.name,
            actual,
            evidence,
        });
    }
    faults.finish()?;
    Ok(MilestoneEvidence {
        summary,
        indicators,
        volunteer_hours: input.volunteer_hours,
    })
}

/// The contractor hands in what was reached, with evidence per indicator.
///
/// # Errors
/// `evidence_missing` with a pointer per gap; `invalid_transition` while the agreement is not active.
pub async fn submit(tx: &Tx, key: &Key, input: MilestoneEvidence) -> Result<MilestoneOut, Error> {
    let evidence = check_evidence(input)?;
    let (case, row) = load_for(tx, key).await?;
    let facts = MilestoneFacts {
        evidence: Some(evidence.clone()),
        ..out::milestone_facts(tx, &case, &row)
    };
    let (now, data) = (tx.now(), serde_json::to_value(&evidence)?);
    let row = step(tx, &case, &row, MilestoneEvent::Submit, &facts, |c| {
        c.set(milestone::Column::Evidence, evidence)
            .set(milestone::Column::Submission, row.submission + 1)
            .set(milestone::Column::SubmittedAt, now)
            .data(data)
    })
    .await?;
    show(tx, &case, &row).await
}

/// Secretary and resident representative each state how far the milestone was reached; the second of
/// the two decides, the lower ratio counts.
///
/// # Errors
/// `recused` for the contractor's own people; `duplicate` when the role has spoken; `same_person`.
pub async fn verify(tx: &Tx, key: &Key, input: MilestoneVerifyIn) -> Result<MilestoneOut, Error> {
    let mut faults = Faults::new();
    let ratio = faults.number("/ratio_percent", input.ratio_percent, 0..=100);
    let comment = faults.prose("/comment", &input.comment, 0..=1000);
    faults.finish()?;
    let (mut case, row) = load_for(tx, key).await?;
    let facts = MilestoneFacts {
        ratio: Some(ratio),
        ..out::milestone_facts(tx, &case, &row)
    };
    let planned = plan::<flow::Milestone>(
        state_of::<flow::Milestone>(&row.state)?,
        MilestoneEvent::Verify,
        case.roles,
        &facts,
    )?;
    let (role, to) = (planned.role(), planned.to());
    let decided = facts
        .decided_ratio()
        .filter(|_| to != MilestoneState::Submitted);
    let data = serde_json::json!({ "role": role, "ratio_percent": ratio, "decided_ratio_percent": decided });
    let made = store::insert_verification(tx, &row, role, ratio, comment).await?;
    let row = step(tx, &case, &row, MilestoneEvent::Verify, &facts, |c| {
        c.set(milestone::Column::RatioPercent, decided).data(data)
    })
    .await?;
    case.verifications.push(made);
    if let Some(percent) = decided {
        enable_bound(tx, &case, &row, percent).await?;
    }
    show(tx, &case, &row).await
}

/// The payments bound to a decided milestone become eligible, in the ratio it was reached.
async fn enable_bound(
    tx: &Tx,
    case: &ContractCase,
    row: &milestone::Model,
    percent: i64,
) -> Result<(), Error> {
    for payment in case
        .payments
        .iter()
        .filter(|one| one.milestone_id == Some(row.id) && one.state == "planned")
    {
        let amount = scaled(payment.planned_fen, percent)
            .ok_or_else(|| Error::internal("a share of a payment cannot be computed"))?;
        steps::payment_by_system(tx, &case.contract, payment, PaymentEvent::Enable, amount).await?;
    }
    Ok(())
}

/// The secretary returns a milestone, at most twice.
///
/// # Errors
/// `return_limit` the third time; `invalid` without a reason.
pub async fn return_to_contractor(
    tx: &Tx,
    key: &Key,
    input: ReasonIn,
) -> Result<MilestoneOut, Error> {
    let reason = faults::reason(&input.reason)?;
    let (case, row) = load_for(tx, key).await?;
    let facts = out::milestone_facts(tx, &case, &row);
    let row = step(tx, &case, &row, MilestoneEvent::Return, &facts, |c| {
        c.set(milestone::Column::Returns, row.returns + 1)
            .set(milestone::Column::Reason, reason.clone())
            .because(Some(reason))
    })
    .await?;
    show(tx, &case, &row).await
}

/// The due date passed without submission: overdue, with the slips of T24 and T25 counted from that date.
///
/// # Errors
/// `invalid_transition` when it was handed in.
pub async fn fell_due(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let (mut case, row) = store::load_milestone(tx, &Key::Id(id)).await?;
    case.roles = RoleSet::of(SYSTEM);
    let facts = out::milestone_facts(tx, &case, &row);
    let due = at_hour(row.due_on, 12, 0).ok_or(Code::Internal)?;
    let slip = |timer| {
        tx.calendar()
            .deadline(due, case.contract.terms.timers.of(timer))
    };
    let (first, second) = (slip(Timer::T24), slip(Timer::T25));
    step(tx, &case, &row, MilestoneEvent::FallDue, &facts, |c| {
        c.due(Timer::T24, first).due(Timer::T25, second)
    })
    .await?;
    Ok(())
}

/// T25: it is overdue for so long that somebody must look after it.
///
/// # Errors
/// `invalid_transition` when it was handed in.
pub async fn long_overdue(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let (mut case, row) = store::load_milestone(tx, &Key::Id(id)).await?;
    case.roles = RoleSet::of(SYSTEM);
    let facts = out::milestone_facts(tx, &case, &row);
    step(tx, &case, &row, MilestoneEvent::StayAway, &facts, |c| c).await?;
    Ok(())
}
