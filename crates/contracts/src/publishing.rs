//! 协议公开 and 备案: what follows the last signature (T18, T19), and what everybody reads of an agreement
//! (rulebook 2.6, 2.8.5).

use crate::activities::model::ActivityTotals;
use crate::entity::{contract, milestone, party};
use crate::flow::{self, ContractEvent};
use crate::model::{
    ContractOut, ContractSuspensionOut, Party, PublicContractList, PublicContractOut,
    PublicContractSummary, PublicEarlyEndOut, PublicMilestoneOut, PublicPartyOut, PublicTrancheOut,
    RecordFilingIn,
};
use crate::steps::{SYSTEM, id_filter, load_for, of_system, step};
use crate::store::ContractCase;
use crate::{out, store};
use uuid::Uuid;
use wubang_kernel::deadline::local_date;
use wubang_kernel::personal::mask;
use wubang_kernel::{Code, Faults, RoleSet};
use wubang_store::{Error, Key, Read, Tx, View, state_of};
use wubang_web::{Instant, ListQuery, NothingIn};

/// The street publishes a signed agreement.
///
/// # Errors
/// `duplicate` when it is public already.
pub async fn publish(tx: &Tx, key: &Key, _: NothingIn) -> Result<ContractOut, Error> {
    let mut case = load_for(tx, key).await?;
    show_to_all(tx, &mut case).await?;
    out::contract(tx, &case).await
}

/// T18 is over and nobody has published it: the system does.
///
/// # Errors
/// `conflict`.
pub(crate) async fn publish_due(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let mut case = of_system(tx, id).await?;
    case.roles = RoleSet::of(SYSTEM);
    show_to_all(tx, &mut case).await
}

async fn show_to_all(tx: &Tx, case: &mut ContractCase) -> Result<(), Error> {
    let (facts, roles, now) = (out::contract_facts(tx, case), case.roles, tx.now());
    step(tx, case, ContractEvent::Publish, roles, &facts, |c| {
        c.set(contract::Column::PublishedAt, now)
    })
    .await
}

/// The street records that the agreement was filed outside the platform.
///
/// # Errors
/// `invalid` for a date before the signing or in the future; `duplicate` when it is on record already.
pub async fn record_filing(
    tx: &Tx,
    key: &Key,
    input: RecordFilingIn,
) -> Result<ContractOut, Error> {
    let mut case = load_for(tx, key).await?;
    let mut faults = Faults::new();
    let number = input
        .filing_number
        .map(|text| faults.line("/filing_number", &text, 2..=60));
    let (today, signed) = (
        local_date(tx.now()),
        case.contract.signed_at.map(local_date),
    );
    if input.filed_on > today || signed.is_some_and(|day| input.filed_on < day) {
        let (zh, en) = (
            "须在签订之日与今天之间",
            "must lie between the day of the signing and today",
        );
        faults.add("/filed_on", "out_of_range", zh, en);
    }
    let (facts, roles) = (out::contract_facts(tx, &case), case.roles);
    faults.finish()?;
    let data = serde_json::json!({ "filed_on": input.filed_on, "filing_number": number });
    step(
        tx,
        &mut case,
        ContractEvent::RecordFiling,
        roles,
        &facts,
        |c| {
            c.set(contract::Column::FiledOn, input.filed_on)
                .set(contract::Column::FilingNumber, number)
                .data(data)
        },
    )
    .await?;
    out::contract(tx, &case).await
}

/// A published agreement, for everybody.
///
/// # Errors
/// `not_found` before it is published.
pub async fn get_public(view: &View, key: &Key) -> Result<PublicContractOut, Error> {
    let row = store::find(view, key).await?;
    let published = row.published_at.ok_or(Code::NotFound)?;
    let case = store::complete(view, row, RoleSet::NONE).await?;
    let known = Known {
        activities: crate::activities::service::public_totals(view, case.contract.id).await?,
        early_end: early_end(view, &case.contract).await?,
        published_at: Instant(published),
    };
    shown(&case, known)
}

/// What is shown beside the agreement itself.
struct Known {
    activities: ActivityTotals,
    early_end: Option<PublicEarlyEndOut>,
    published_at: Instant,
}

/// How it ended early, with the amounts once they are fixed.
async fn early_end(view: &View, row: &contract::Model) -> Result<Option<PublicEarlyEndOut>, Error> {
    let Some(ended_on) = row.ended_on else {
        return Ok(None);
    };
    Ok(Some(PublicEarlyEndOut {
        ended_on,
        ground: row.reason_code.clone().unwrap_or_default(),
        reason: mask(row.reason.as_deref().unwrap_or_default()),
        settlement: crate::settlements::service::fixed(view, row.id).await?,
    }))
}

/// Published agreements, for everybody.
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub async fn list_public(view: &View, query: &ListQuery) -> Result<PublicContractList, Error> {
    let mut faults = Faults::new();
    let division = query
        .one("division")
        .and_then(|code| faults.division("?division", code));
    let posting = id_filter(query, "posting_id", &mut faults);
    faults.finish()?;
    let rows = store::list_public(view, query, division.as_ref(), posting).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let items = rows
        .into_iter()
        .map(summary)
        .collect::<Result<_, Error>>()?;
    Ok(PublicContractList { items, next })
}

fn summary(row: contract::Model) -> Result<PublicContractSummary, Error> {
    let published = row
        .published_at
        .ok_or_else(|| Error::internal("a public agreement that is not published"))?;
    Ok(PublicContractSummary {
        id: row.id,
        state: state_of::<flow::Contract>(&row.state)?,
        number: row.number,
        project_id: row.project_id,
        posting_id: row.posting_id,
        division: row.division,
        title: row.title,
        organisation_name: row.organisation_name,
        price_fen: row.price_fen,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        published_at: Instant(published),
    })
}

fn public_party(row: &party::Model) -> PublicPartyOut {
    PublicPartyOut {
        party: Party::from_wire(&row.party).unwrap_or(Party::Partner),
        name: row.name.clone(),
    }
}

fn public_milestone(row: &milestone::Model) -> Result<PublicMilestoneOut, Error> {
    Ok(PublicMilestoneOut {
        seq: row.seq,
        title: row.title.clone(),
        due_on: row.due_on,
        state: state_of::<flow::Milestone>(&row.state)?,
    })
}

/// Free text is masked as in every other publication: nobody checked it for names.
fn shown(case: &ContractCase, known: Known) -> Result<PublicContractOut, Error> {
    let (row, content) = (&case.contract, &case.contract.content);
    let tranches = content.tranches.iter().map(|one| PublicTrancheOut {
        seq: one.seq,
        share_percent: one.share_percent,
        amount_fen: one.amount_fen.get(),
        condition: one.condition,
        milestone_seq: one.milestone_seq,
    });
    let mut activities = content.service_plan.activities.clone();
    for one in &mut activities {
        one.name = mask(&one.name);
    }
    Ok(PublicContractOut {
        id: row.id,
        number: row.number.clone(),
        state: state_of::<flow::Contract>(&row.state)?,
        project_id: row.project_id,
        posting_id: row.posting_id,
        division: row.division.clone(),
        title: mask(&row.title),
        parties: case.parties.iter().map(public_party).collect(),
        service_content: mask(&content.service_content),
        minimum_quantity: content.minimum_quantity.clone(),
        activities,
        communities: content.communities.clone(),
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        price_fen: row.price_fen,
        tranches: tranches.collect(),
        milestones: case
            .milestones
            .iter()
            .map(public_milestone)
            .collect::<Result<_, Error>>()?,
        evaluation_scheme: content.evaluation_scheme.clone(),
        evaluation_weights: content.evaluation_weights.clone(),
        agreement_terms: mask(&content.agreement_terms),
        clauses: content.clauses.clone(),
        suspension: out::suspension(row).map(|one| ContractSuspensionOut {
            reason: mask(&one.reason),
            ..one
        }),
        report_missing: row.report_missing,
        early_end: known.early_end,
        activities_so_far: known.activities,
        signed_at: row.signed_at.map(Instant),
        published_at: known.published_at,
    })
}
