//! What an approved change does: a new version of the agreement, milestones and payments planned anew, the registry
//! told (rulebook 2.8.5 `contract.changed`, 2.8.6).

use super::model::Change;
use crate::entity::{contract, milestone, party, payment};
use crate::flow::{self, ContractEvent, MilestoneEvent};
use crate::model::{ContractContent, PlannedMilestone};
use crate::steps::{SYSTEM, start_clocks, step};
use crate::store::ContractCase;
use crate::{out, versions};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;
use wubang_kernel::deadline::at_hour;
use wubang_kernel::machine::plan;
use wubang_kernel::{Code, Role, RoleSet, Timer};
use wubang_registry::engagements;
use wubang_store::commit::{Commit, edit};
use wubang_store::{Error, Read, Tx, commit, state_of, timers};

/// Makes the content the agreement's next version; answers its number.
///
/// # Errors
/// `invalid_transition` unless the agreement is active; `conflict`.
pub(crate) async fn carry_out(
    tx: &Tx,
    case: &mut ContractCase,
    request: Uuid,
    change: &Change,
    content: ContractContent,
) -> Result<i32, Error> {
    let said = Said::of(tx, case, &content, Some(request)).await?;
    let facts = out::contract_facts(tx, case);
    let told = json!({ "content_hash": said.hash, "version": said.version, "kind": change.kind() });
    step(
        tx,
        case,
        ContractEvent::Change,
        RoleSet::of(SYSTEM),
        &facts,
        |c| {
            said.set(c, &content)
                .set(contract::Column::PriceFen, content.price_fen.get())
                .data(told.clone())
                .facts(told)
        },
    )
    .await?;
    replan(tx, case, &content).await?;
    replan_last_payment(tx, case, &content).await?;
    if let Change::PartnerLeaves {
        organisation_id, ..
    } = change
    {
        leave(tx, case.contract.id, *organisation_id).await?;
    }
    engage(tx, case.contract.id, &content).await?;
    Ok(said.version)
}

/// What an agreement says from now on, as it was kept.
pub(crate) struct Said {
    pub hash: String,
    pub version: i32,
}

impl Said {
    /// Keeps a content as the next version of an agreement.
    ///
    /// # Errors
    /// `duplicate` when somebody else was first.
    pub(crate) async fn of(
        tx: &Tx,
        case: &ContractCase,
        content: &ContractContent,
        request: Option<Uuid>,
    ) -> Result<Self, Error> {
        let hash = wubang_kernel::digest::content_hash(&serde_json::to_value(content)?);
        let version = versions::insert(tx, case.contract.id, content, &hash, request).await?;
        Ok(Said { hash, version })
    }

    /// Writes it into the agreement with the step that makes it hold.
    pub(crate) fn set<'a>(
        &self,
        step: Commit<'a, contract::Entity>,
        content: &ContractContent,
    ) -> Commit<'a, contract::Entity> {
        step.set(contract::Column::EndsOn, content.ends_on)
            .set(contract::Column::ContentHash, self.hash.clone())
            .set(contract::Column::Content, content.clone())
    }
}

/// The report's term and the open milestones follow what the agreement says.
///
/// # Errors
/// `conflict`.
pub(crate) async fn replan(
    tx: &Tx,
    case: &mut ContractCase,
    after: &ContractContent,
) -> Result<(), Error> {
    move_report(tx, case).await?;
    replan_milestones(tx, case, after).await
}

/// The registry's record of the agreement follows what it says.
///
/// # Errors
/// Internal when a count would become negative.
pub(crate) async fn engage(tx: &Tx, contract: Uuid, after: &ContractContent) -> Result<(), Error> {
    let price = after.price_fen.get();
    engagements::replanned(tx, contract, after.ends_on, price, &parts(after)).await
}

/// The term of the completion report (T35) follows the end of the agreement.
async fn move_report(tx: &Tx, case: &ContractCase) -> Result<(), Error> {
    let end = at_hour(case.contract.ends_on, 12, 0).ok_or(Code::Internal)?;
    let term = case.contract.terms.timers.of(Timer::T35);
    let due = tx.calendar().deadline(end, term);
    timers::put_off(tx, case.contract.id, Timer::T35, &due).await
}

/// Open milestones get their new dates and indicators, those no longer wanted are waived.
async fn replan_milestones(
    tx: &Tx,
    case: &mut ContractCase,
    after: &ContractContent,
) -> Result<(), Error> {
    for row in &mut case.milestones {
        let place = usize::try_from(row.seq)
            .ok()
            .and_then(|seq| seq.checked_sub(1));
        let Some(planned) = place.and_then(|at| after.milestones.get(at)) else {
            continue;
        };
        if after.waived.contains(&row.seq) && row.state != "waived" {
            *row = waive(tx, row).await?;
            continue;
        }
        let indicators = planned.indicators.clone();
        if row.due_on == planned.due_on && row.plan.indicators == indicators {
            continue;
        }
        let plan = PlannedMilestone {
            content: row.plan.content.clone(),
            indicators,
        };
        let data = serde_json::json!({ "due_on": planned.due_on, "indicators": plan.indicators });
        let set = |update: sea_orm::UpdateMany<milestone::Entity>| {
            update
                .col_expr(milestone::Column::DueOn, Expr::value(planned.due_on))
                .col_expr(milestone::Column::Plan, Expr::value(plan))
        };
        *row = edit::<milestone::Entity>(
            tx,
            row,
            "milestone.replanned",
            Role::System,
            set,
            Some(data),
        )
        .await?;
        start_clocks(tx, row).await?;
    }
    Ok(())
}

async fn waive(tx: &Tx, row: &milestone::Model) -> Result<milestone::Model, Error> {
    let facts = crate::rules::milestone::MilestoneFacts::of_system(&row.plan.indicators);
    let planned = plan::<flow::Milestone>(
        state_of::<flow::Milestone>(&row.state)?,
        MilestoneEvent::Waive,
        RoleSet::of(SYSTEM),
        &facts,
    )?;
    commit::<milestone::Entity>(tx, row, planned).run().await
}

/// What the price has risen by is due with the last tranche.
async fn replan_last_payment(
    tx: &Tx,
    case: &ContractCase,
    after: &ContractContent,
) -> Result<(), Error> {
    let Some((row, tranche)) = case.payments.last().zip(after.tranches.last()) else {
        return Ok(());
    };
    let amount = tranche.amount_fen.get();
    if row.planned_fen == amount {
        return Ok(());
    }
    let data = serde_json::json!({ "planned_fen": amount });
    let set = |update: sea_orm::UpdateMany<payment::Entity>| {
        update
            .col_expr(payment::Column::PlannedFen, Expr::value(amount))
            .col_expr(payment::Column::AmountFen, Expr::value(amount))
    };
    edit::<payment::Entity>(tx, row, "payment.replanned", Role::System, set, Some(data)).await?;
    Ok(())
}

async fn leave(tx: &Tx, contract: Uuid, organisation: Uuid) -> Result<(), Error> {
    party::Entity::update_many()
        .col_expr(party::Column::LeftAt, Expr::value(tx.now()))
        .filter(party::Column::ContractId.eq(contract))
        .filter(party::Column::OrganisationId.eq(organisation))
        .exec(&tx.db())
        .await?;
    Ok(())
}

/// Who has which part of the price, in fen: rounded down, the lead takes what is left.
fn parts(content: &ContractContent) -> Vec<(Uuid, i64)> {
    let price = content.price_fen.get();
    let part = |share: u32| {
        i64::try_from(i128::from(price) * i128::from(share) / 10_000).unwrap_or(i64::MAX)
    };
    let partners: Vec<(Uuid, i64)> = content
        .partners
        .iter()
        .map(|one| (one.organisation_id, part(one.share_bp)))
        .collect();
    let given = partners
        .iter()
        .map(|(_, part)| *part)
        .fold(0, i64::saturating_add);
    let mut parts = vec![(content.contractor.organisation_id, price - given)];
    parts.extend(partners);
    parts
}
