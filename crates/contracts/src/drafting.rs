//! Making an agreement out of a notified award, or of the result of a statutory procedure, with its milestones
//! and payments.

use crate::draft::{self, Offer, Sides};
use crate::entity::{contract, milestone, payment};
use crate::flow;
use crate::model::{
    ContractContent, ContractOut, FrozenTerms, PlannedMilestone, Supervision, Tranche, wire,
};
use crate::{out, store};
use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::deadline::local_date;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::machine::{self, Birth};
use wubang_kernel::procedure::Way;
use wubang_kernel::{Code, Role, RoleSet, Timer};
use wubang_postings::Posting;
use wubang_registry::organisations::{self, Organisation};
use wubang_store::{Error, Key, Read, Tx, birth, numbers};
use wubang_web::NothingIn;

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
    let parties =
        organisations::load_many(tx, &wubang_bids::service::partners_of(tx, bid.id).await?).await?;
    let offer = Offer {
        price_fen: bid.price_fen,
        service_plan: bid.content.service_plan.clone(),
        budget: bid.content.budget.clone(),
        shares: bid
            .content
            .consortium
            .map_or_else(Vec::new, |one| one.shares),
    };
    let sides = sides(tx, &organisation, parties).await?;
    let content = draft::content(&posting, offer, &sides)?;
    let basis = Basis {
        award_id: Some(award.id),
        bid_id: Some(award.bid_id),
        result_at: None,
        sign_by,
    };
    make(tx, made, basis, &posting, &organisation, content).await
}

/// The street writes the agreement of a posting that a statutory procedure has decided (政府采购, rulebook
/// 2.3.2): content from the posting and the result as taken in, to be signed within T17 of its notice.
///
/// # Errors
/// `forbidden` for other roles; `invalid_transition` for other types and before the result is taken in;
/// `duplicate` when there is an agreement about this result already.
pub async fn draft_of_result(tx: &Tx, key: &Key, _: NothingIn) -> Result<ContractOut, Error> {
    let posting = wubang_postings::service::load(tx, key).await?.posting;
    tx.expect_version(posting.version)?;
    let division = wubang_postings::service::division_of(&posting)?;
    let made = machine::create::<flow::Contract>(tx.actor().roles(&Reach::at(division)))?;
    if store::of_result(tx, posting.id).await?.is_some() {
        return Err(Code::Duplicate.into());
    }
    let decided = posting.procedure.0.code.way() == Way::Elsewhere && posting.state == "awarded";
    let result = posting.particulars.result.clone().filter(|_| decided);
    let result = result.ok_or(Code::InvalidTransition)?;
    let organisation = organisations::load(tx, result.organisation_id).await?;
    let offer = Offer {
        price_fen: result.price_fen,
        service_plan: draft::procured_plan(&posting),
        budget: Vec::new(),
        shares: Vec::new(),
    };
    let sides = sides(tx, &organisation, Vec::new()).await?;
    let content = draft::content(&posting, offer, &sides)?;
    wubang_postings::service::agreement_drafted(tx, &posting, made.role()).await?;
    let term = posting.procedure.0.term(Timer::T17);
    let basis = Basis {
        award_id: None,
        bid_id: None,
        result_at: posting.closed_at,
        sign_by: tx.calendar().counted_from(result.decided_on, term).at,
    };
    make(tx, made, basis, &posting, &organisation, content).await
}

/// The organisations on the contractor's side, with the custodian of the one that needs it.
async fn sides(
    tx: &Tx,
    contractor: &Organisation,
    partners: Vec<Organisation>,
) -> Result<Sides, Error> {
    let custodian = match contractor.custodian_id {
        Some(id) => Some(organisations::load(tx, id).await?),
        None => None,
    };
    Ok(Sides {
        contractor: contractor.clone(),
        partners,
        custodian,
    })
}

/// What an agreement rests on: an award here, or a result taken in.
struct Basis {
    award_id: Option<Uuid>,
    bid_id: Option<Uuid>,
    result_at: Option<DateTime<Utc>>,
    sign_by: DateTime<Utc>,
}

async fn make(
    tx: &Tx,
    made: Birth<flow::Contract>,
    basis: Basis,
    posting: &Posting,
    contractor: &Organisation,
    content: ContractContent,
) -> Result<ContractOut, Error> {
    let contract = insert(tx, made, basis, posting, contractor, content).await?;
    store::insert_parties(tx, &contract).await?;
    let milestones = insert_milestones(tx, &contract).await?;
    insert_payments(tx, &contract, &milestones).await?;
    let roles = store::roles(tx, &contract)?;
    out::contract(tx, &store::complete(tx, contract, roles).await?).await
}

async fn insert(
    tx: &Tx,
    made: Birth<flow::Contract>,
    basis: Basis,
    posting: &Posting,
    contractor: &Organisation,
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
        project_id: Set(posting.project_id),
        posting_id: Set(posting.id),
        award_id: Set(basis.award_id),
        bid_id: Set(basis.bid_id),
        result_at: Set(basis.result_at),
        organisation_id: Set(contractor.id),
        organisation_name: Set(contractor.name.clone()),
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
        sign_by: Set(basis.sign_by),
        signed_at: Set(None),
        published_at: Set(None),
        filed_on: Set(None),
        filing_number: Set(None),
        report_returns: Set(0),
        suspension_ground: Set(None),
        suspended_at: Set(None),
        days_lost: Set(0),
        ended_on: Set(None),
        report_missing: Set(false),
        payments_stopped: Set(false),
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
        let tranche = PlannedPayment {
            seq: *seq,
            share_percent: i32::try_from(*share_percent)
                .map_err(|_| Error::internal("a tranche of more than a price"))?,
            amount_fen: amount_fen.get(),
            condition: wire(*condition),
            milestone_id: bound.map(|row| row.id),
        };
        plan_payment(tx, contract, tranche).await?;
    }
    Ok(())
}

/// A payment that an agreement will make.
pub(crate) struct PlannedPayment {
    pub seq: i32,
    pub share_percent: i32,
    pub amount_fen: i64,
    pub condition: String,
    pub milestone_id: Option<Uuid>,
}

/// Plans a payment of an agreement.
///
/// # Errors
/// When the database fails.
pub(crate) async fn plan_payment(
    tx: &Tx,
    contract: &contract::Model,
    planned: PlannedPayment,
) -> Result<payment::Model, Error> {
    let row = payment::ActiveModel {
        id: Set(tx.new_id()),
        contract_id: Set(contract.id),
        contract_number: Set(contract.number.clone()),
        project_id: Set(contract.project_id),
        organisation_id: Set(contract.organisation_id),
        division: Set(contract.division.clone()),
        seq: Set(planned.seq),
        share_percent: Set(planned.share_percent),
        planned_fen: Set(planned.amount_fen),
        amount_fen: Set(planned.amount_fen),
        condition: Set(planned.condition),
        milestone_id: Set(planned.milestone_id),
        invoice: Set(None),
        payment_reference: Set(None),
        reason: Set(None),
        withheld_ground: Set(None),
        clawback_fen: Set(0),
        repayment_reference: Set(None),
        state: Set("planned".to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let made = machine::create::<flow::Payment>(RoleSet::of(&[Role::StreetOfficer]))?;
    birth::<payment::Entity, _>(tx, made, row, None).await
}
