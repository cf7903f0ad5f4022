//! Making an agreement out of a notified award, with its milestones and payments.

use crate::draft;
use crate::entity::{contract, milestone, payment};
use crate::flow;
use crate::model::{
    ContractContent, ContractOut, FrozenTerms, PlannedMilestone, Supervision, Tranche, wire,
};
use crate::{out, store};
use sea_orm::ActiveValue::Set;
use wubang_awards::Award;
use wubang_kernel::actor::Reach;
use wubang_kernel::deadline::local_date;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::machine::{self, Birth};
use wubang_kernel::{Code, Role, RoleSet};
use wubang_needs::model::NothingIn;
use wubang_postings::Posting;
use wubang_registry::organisations;
use wubang_store::{Error, Key, Read, Tx, birth, numbers};

/// The street writes the agreement of an award: content from posting and bid, milestones, tranches.
///
/// # Errors
/// `invalid_transition` unless the award is notified; `forbidden` for other roles; `duplicate` when
/// there is an agreement already.
pub async fn draft(tx: &Tx, key: &Key, _: NothingIn) -> Result<ContractOut, Error> {
    let award = wubang_awards::service::find_by_key(tx, key).await?;
    tx.expect_version(award.version)?;
    let division = DivisionCode::parse(&award.division)
        .map_err(|_| Error::internal("award with a bad division"))?;
    let made = machine::create::<flow::Contract>(tx.actor().roles(&Reach::at(division)))?;
    if store::of_award(tx, award.id).await?.is_some() {
        return Err(Code::Duplicate.into());
    }
    let sign_by = award
        .sign_by
        .filter(|_| award.state == "notified")
        .ok_or(Code::InvalidTransition)?;
    let posting = wubang_postings::service::find(tx, award.posting_id).await?;
    let bid = wubang_bids::service::find(tx, award.bid_id).await?;
    let organisation = organisations::load(tx, award.organisation_id).await?;
    let content = draft::content(&posting, &bid, &organisation)?;
    let contract = insert(tx, made, &award, &posting, sign_by, content).await?;
    let milestones = insert_milestones(tx, &contract).await?;
    insert_payments(tx, &contract, &milestones).await?;
    let roles = store::roles(tx, &contract)?;
    out::contract(tx, &store::complete(tx, contract, roles).await?).await
}

async fn insert(
    tx: &Tx,
    made: Birth<flow::Contract>,
    award: &Award,
    posting: &Posting,
    sign_by: chrono::DateTime<chrono::Utc>,
    content: ContractContent,
) -> Result<contract::Model, Error> {
    let division = wubang_postings::service::division_of(posting)?;
    let series = format!(
        "XY-{}-{}",
        division.district6(),
        local_date(tx.now()).format("%Y")
    );
    let content_hash = wubang_kernel::digest::content_hash(&serde_json::to_value(&content)?);
    let procedure = &posting.procedure.0;
    let row = contract::ActiveModel {
        id: Set(tx.new_id()),
        number: Set(format!("{series}-{:04}", numbers::next(tx, &series).await?)),
        project_id: Set(award.project_id),
        posting_id: Set(award.posting_id),
        award_id: Set(award.id),
        bid_id: Set(award.bid_id),
        organisation_id: Set(award.organisation_id),
        organisation_name: Set(award.organisation_name.clone()),
        custodian_id: Set(content.contractor.custodian_id),
        division: Set(posting.division.clone()),
        title: Set(posting.title.clone()),
        price_fen: Set(content.price_fen.get()),
        starts_on: Set(content.starts_on),
        ends_on: Set(content.ends_on),
        content: Set(content),
        content_hash: Set(content_hash.clone()),
        terms: Set(FrozenTerms {
            timers: procedure.timers.clone(),
            cutoff_hour: procedure.publish_cutoff_hour,
        }),
        supervision: Set(wire(Supervision::None)),
        sign_by: Set(sign_by),
        signed_at: Set(None),
        report_returns: Set(0),
        reason_code: Set(None),
        reason: Set(None),
        state: Set("drafting".to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    birth::<contract::Entity, _>(
        tx,
        made,
        row,
        Some(serde_json::json!({ "content_hash": content_hash })),
    )
    .await
}

async fn insert_milestones(
    tx: &Tx,
    contract: &contract::Model,
) -> Result<Vec<milestone::Model>, Error> {
    let mut rows = Vec::new();
    for (seq, plan) in (1..).zip(&contract.content.milestones) {
        let row = milestone::ActiveModel {
            id: Set(tx.new_id()),
            contract_id: Set(contract.id),
            contract_number: Set(contract.number.clone()),
            project_id: Set(contract.project_id),
            organisation_id: Set(contract.organisation_id),
            division: Set(contract.division.clone()),
            seq: Set(seq),
            title: Set(plan.title.clone()),
            due_on: Set(plan.due_on),
            plan: Set(PlannedMilestone {
                content: plan.content.clone(),
                indicators: plan.indicators.clone(),
            }),
            evidence: Set(None),
            submission: Set(0),
            submitted_at: Set(None),
            ratio_percent: Set(None),
            returns: Set(0),
            reason: Set(None),
            state: Set("planned".to_owned()),
            version: Set(1),
            created_at: Set(tx.now()),
            updated_at: Set(tx.now()),
        };
        let made = machine::create::<flow::Milestone>(RoleSet::of(&[Role::StreetOfficer]))?;
        rows.push(birth::<milestone::Entity, _>(tx, made, row, None).await?);
    }
    Ok(rows)
}

async fn insert_payments(
    tx: &Tx,
    contract: &contract::Model,
    milestones: &[milestone::Model],
) -> Result<(), Error> {
    for Tranche {
        seq,
        share_percent,
        amount_fen,
        condition,
        milestone_seq,
    } in &contract.content.tranches
    {
        let bound = milestones
            .iter()
            .find(|row| Some(row.seq) == *milestone_seq);
        let row = payment::ActiveModel {
            id: Set(tx.new_id()),
            contract_id: Set(contract.id),
            contract_number: Set(contract.number.clone()),
            project_id: Set(contract.project_id),
            organisation_id: Set(contract.organisation_id),
            division: Set(contract.division.clone()),
            seq: Set(*seq),
            share_percent: Set(i32::try_from(*share_percent)
                .map_err(|_| Error::internal("a tranche of more than a price"))?),
            planned_fen: Set(amount_fen.get()),
            amount_fen: Set(amount_fen.get()),
            condition: Set(wire(*condition)),
            milestone_id: Set(bound.map(|row| row.id)),
            invoice: Set(None),
            payment_reference: Set(None),
            reason: Set(None),
            state: Set("planned".to_owned()),
            version: Set(1),
            created_at: Set(tx.now()),
            updated_at: Set(tx.now()),
        };
        let made = machine::create::<flow::Payment>(RoleSet::of(&[Role::StreetOfficer]))?;
        birth::<payment::Entity, _>(tx, made, row, None).await?;
    }
    Ok(())
}
