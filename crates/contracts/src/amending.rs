//! What the street still settles in a draft before it sends it: dates, tranches, terms, within what was posted
//! (rulebook 2.4.4).

use crate::draft;
use crate::entity::{contract, milestone, payment};
use crate::model::{
    ContractContent, ContractOut, ContractPatch, MilestoneDateIn, Tranche, TrancheIn, wire,
};
use crate::out;
use crate::rules::terms::{self, Bounds};
use crate::steps::load_for;
use crate::store::{self, ContractCase};
use sea_orm::sea_query::Expr;
use uuid::Uuid;
use wubang_kernel::money::Fen;
use wubang_kernel::{Code, Faults, Role};
use wubang_store::commit::edit;
use wubang_store::{Error, Key, Tx};

/// The street changes a draft; everything outside what was posted is refused at once.
///
/// # Errors
/// `invalid` with every wrong term; `invalid_transition` once it was sent; `forbidden` for other roles.
pub async fn amend(tx: &Tx, key: &Key, input: ContractPatch) -> Result<ContractOut, Error> {
    let mut case = load_for(tx, key).await?;
    let role = case
        .roles
        .first_of(&[Role::StreetOfficer])
        .ok_or(Code::Forbidden)?;
    if case.contract.state != "drafting" {
        return Err(Code::InvalidTransition.into());
    }
    let posting = wubang_postings::service::find(tx, case.contract.posting_id).await?;
    let mut faults = Faults::new();
    let content = patched(case.contract.content.clone(), input, &mut faults);
    let bounds = Bounds {
        period: (posting.content.starts_on, posting.content.ends_on),
        first_share: posting.procedure.0.tranches.first().copied().unwrap_or(100),
    };
    terms::check(&content, bounds, &mut faults);
    faults.finish()?;
    case.contract = write(tx, &case.contract, role, content).await?;
    write_milestones(tx, &case, role).await?;
    write_payments(tx, &case, role).await?;
    out::contract(tx, &store::complete(tx, case.contract, case.roles).await?).await
}

/// The content with what was given; amounts are cut anew out of the price.
fn patched(
    mut content: ContractContent,
    input: ContractPatch,
    faults: &mut Faults,
) -> ContractContent {
    content.starts_on = input.starts_on.unwrap_or(content.starts_on);
    content.ends_on = input.ends_on.unwrap_or(content.ends_on);
    if let Some(text) = input.agreement_terms {
        content.agreement_terms = faults.prose("/agreement_terms", &text, 10..=10_000);
    }
    for (i, MilestoneDateIn { seq, due_on }) in input.milestones.iter().flatten().enumerate() {
        let place = usize::try_from(*seq)
            .ok()
            .and_then(|seq| seq.checked_sub(1));
        match place.and_then(|at| content.milestones.get_mut(at)) {
            Some(milestone) => milestone.due_on = *due_on,
            None => faults.add(
                format!("/milestones/{i}/seq"),
                "unknown_value",
                "协议没有这个里程碑",
                "the agreement has no such milestone",
            ),
        }
    }
    if let Some(rows) = input.tranches {
        content.tranches = cut(content.price_fen, &content.tranches, rows, faults);
    }
    content
}

fn cut(price: Fen, before: &[Tranche], rows: Vec<TrancheIn>, faults: &mut Faults) -> Vec<Tranche> {
    faults.count("/tranches", rows.len(), before.len()..=before.len());
    let shares: Vec<u32> = rows.iter().map(|row| row.share_percent).collect();
    // a wrong sum is noted with the other terms; until then the amounts do not matter
    let amounts = draft::amounts(price, &shares).unwrap_or_default();
    let amounts = amounts.into_iter().chain(std::iter::repeat(Fen::ZERO));
    let tranche = |((seq, row), amount_fen): ((i32, TrancheIn), Fen)| Tranche {
        seq,
        share_percent: row.share_percent,
        amount_fen,
        condition: row.condition,
        milestone_seq: row.milestone_seq,
    };
    (1..).zip(rows).zip(amounts).map(tranche).collect()
}

async fn write(
    tx: &Tx,
    row: &contract::Model,
    role: Role,
    content: ContractContent,
) -> Result<contract::Model, Error> {
    let hash = wubang_kernel::digest::content_hash(&serde_json::to_value(&content)?);
    let data = serde_json::json!({ "content_hash": hash });
    let set = |update: sea_orm::UpdateMany<contract::Entity>| {
        update
            .col_expr(contract::Column::StartsOn, Expr::value(content.starts_on))
            .col_expr(contract::Column::EndsOn, Expr::value(content.ends_on))
            .col_expr(contract::Column::Content, Expr::value(content))
            .col_expr(contract::Column::ContentHash, Expr::value(hash))
    };
    edit::<contract::Entity>(tx, row, "contract.draft_changed", role, set, Some(data)).await
}

async fn write_milestones(tx: &Tx, case: &ContractCase, role: Role) -> Result<(), Error> {
    for (row, plan) in case
        .milestones
        .iter()
        .zip(&case.contract.content.milestones)
    {
        if row.due_on == plan.due_on {
            continue;
        }
        let data = serde_json::json!({ "due_on": plan.due_on });
        let set = |update: sea_orm::UpdateMany<milestone::Entity>| {
            update.col_expr(milestone::Column::DueOn, Expr::value(plan.due_on))
        };
        edit::<milestone::Entity>(tx, row, "milestone.replanned", role, set, Some(data)).await?;
    }
    Ok(())
}

async fn write_payments(tx: &Tx, case: &ContractCase, role: Role) -> Result<(), Error> {
    for (row, plan) in case.payments.iter().zip(&case.contract.content.tranches) {
        let milestone: Option<Uuid> = case
            .milestones
            .iter()
            .find(|one| Some(one.seq) == plan.milestone_seq)
            .map(|one| one.id);
        let share = i32::try_from(plan.share_percent)
            .map_err(|_| Error::internal("a tranche of more than a price"))?;
        let amount = plan.amount_fen.get();
        let data = serde_json::json!({ "share_percent": share, "planned_fen": amount, "condition": plan.condition });
        let set = |update: sea_orm::UpdateMany<payment::Entity>| {
            update
                .col_expr(payment::Column::SharePercent, Expr::value(share))
                .col_expr(payment::Column::PlannedFen, Expr::value(amount))
                .col_expr(payment::Column::AmountFen, Expr::value(amount))
                .col_expr(
                    payment::Column::Condition,
                    Expr::value(wire(plan.condition)),
                )
                .col_expr(payment::Column::MilestoneId, Expr::value(milestone))
        };
        edit::<payment::Entity>(tx, row, "payment.replanned", role, set, Some(data)).await?;
    }
    Ok(())
}
