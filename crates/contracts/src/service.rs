//! What can be done with an agreement: load, decide, spend, tell.

use crate::entity::contract;
use crate::flow::{self, ContractEvent, PaymentEvent};
use crate::model::{
    ContractList, ContractOut, ContractSignIn, MilestoneOut, SuperviseIn, TrancheCondition, wire,
};
use crate::rules::{CONTRACTOR, ContractFacts, Signed, party_of};
use crate::store;
use crate::{milestones, out, payments};
use sea_orm::sea_query::Expr;
use uuid::Uuid;
use wubang_kernel::deadline::at_hour;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::machine::plan;
use wubang_kernel::procedure::PostingType;
use wubang_kernel::{Code, Faults, Refusal, Role, RoleSet, Timer, faults};
use wubang_registry::engagements::{self, Begun};
use wubang_registry::organisations::{self, eligibility};
use wubang_store::commit::{Commit, edit};
use wubang_store::{Error, Key, Read, Tx, View, commit, state_of, timers};
use wubang_web::NothingIn;
use wubang_web::{ListQuery, actions};

pub use crate::drafting::{draft, draft_of_result};
pub use crate::store::ContractCase;

/// The system's own hat, for consequences of what a person did.
pub(crate) const SYSTEM: &[Role] = &[Role::System];

/// An agreement for somebody who may see it.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn get(view: &View, key: &Key) -> Result<ContractOut, Error> {
    out::contract(view, &store::load(view, key).await?).await
}

/// What the viewer may do with an agreement, and why not the rest.
///
/// # Errors
/// `not_found`.
pub async fn get_actions(view: &View, key: &Key) -> Result<actions::ActionsOut, Error> {
    let case = store::load(view, key).await?;
    let state = state_of::<flow::Contract>(&case.contract.state)?;
    Ok(actions::of::<flow::Contract>(
        case.contract.id,
        state,
        case.roles,
        &out::contract_facts(view, &case),
    ))
}

/// Reads a filter that names an object.
pub(crate) fn id_filter(query: &ListQuery, name: &str, faults: &mut Faults) -> Option<Uuid> {
    let text = query.one(name)?;
    let id = Uuid::parse_str(text).ok();
    if id.is_none() {
        faults.add(
            format!("?{name}"),
            "malformed",
            "须为 UUID",
            "must be a UUID",
        );
    }
    id
}

/// The agreements that the viewer may see (协议台账).
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub async fn list(view: &View, query: &ListQuery) -> Result<ContractList, Error> {
    let mut faults = Faults::new();
    let division = query
        .one("division")
        .and_then(|code| faults.division("?division", code));
    let project = id_filter(query, "project_id", &mut faults);
    faults.finish()?;
    let rows = store::list(view, query, division.as_ref(), project).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let items = rows
        .into_iter()
        .map(out::summary)
        .collect::<Result<_, Error>>()?;
    Ok(ContractList { items, next })
}

pub(crate) async fn load_for(tx: &Tx, key: &Key) -> Result<ContractCase, Error> {
    let case = store::load(tx, key).await?;
    tx.expect_version(case.contract.version)?;
    Ok(case)
}

/// Plans an event on an agreement and spends it with what `with` adds.
pub(crate) async fn step(
    tx: &Tx,
    case: &mut ContractCase,
    event: ContractEvent,
    roles: RoleSet,
    facts: &ContractFacts,
    with: impl for<'a> FnOnce(Commit<'a, contract::Entity>) -> Commit<'a, contract::Entity>,
) -> Result<(), Error> {
    let planned = plan::<flow::Contract>(
        state_of::<flow::Contract>(&case.contract.state)?,
        event,
        roles,
        facts,
    )?;
    let terms = &case.contract.terms;
    let after = with(
        commit::<contract::Entity>(tx, &case.contract, planned)
            .under(&terms.timers, terms.cutoff_hour),
    )
    .run()
    .await?;
    case.contract = after;
    Ok(())
}

/// The street sends the agreement to be signed.
///
/// # Errors
/// `incomplete` without milestones or when the tranches do not sum to the price.
pub async fn send(tx: &Tx, key: &Key, _: NothingIn) -> Result<ContractOut, Error> {
    let mut case = load_for(tx, key).await?;
    let (facts, roles) = (out::contract_facts(tx, &case), case.roles);
    let told = serde_json::json!({ "sign_by": case.contract.sign_by, "content_hash": case.contract.content_hash });
    step(tx, &mut case, ContractEvent::Send, roles, &facts, |c| {
        c.facts(told)
    })
    .await?;
    out::contract(tx, &case).await
}

/// A party signs the hash of the content that it has read; with the last signature the agreement stands.
///
/// # Errors
/// `invalid` when the hash is another one; `already_signed`, `same_person`, `deadline_passed`, `not_eligible`.
pub async fn sign(tx: &Tx, key: &Key, input: ContractSignIn) -> Result<ContractOut, Error> {
    let mut case = load_for(tx, key).await?;
    let (mut facts, roles) = (out::contract_facts(tx, &case), case.roles);
    let planned = plan::<flow::Contract>(
        state_of::<flow::Contract>(&case.contract.state)?,
        ContractEvent::PartySign,
        roles,
        &facts,
    )?;
    if input.content_hash != case.contract.content_hash {
        let (zh, en) = (
            "与协议当前内容的哈希不一致,请重新阅读后签署",
            "is not the hash of the present content; read it again before signing",
        );
        return Err(Refusal::new(Code::Invalid)
            .field("/content_hash", "not_equal", zh, en)
            .into());
    }
    let role = planned.role();
    let signature = store::insert_signature(tx, &case.contract, party_of(role), role).await?;
    let data =
        serde_json::json!({ "party": signature.party, "content_hash": signature.content_hash });
    step(
        tx,
        &mut case,
        ContractEvent::PartySign,
        roles,
        &facts,
        |c| c.data(data),
    )
    .await?;
    facts.signed.push(Signed {
        party: signature.party.clone(),
        person: signature.person_id,
    });
    case.signatures.push(signature);
    if case.signatures.len() > 1 {
        conclude(tx, &mut case, facts).await?;
    }
    out::contract(tx, &store::complete(tx, case.contract, case.roles).await?).await
}

/// Both parties have signed: the organisation's eligibility is checked again, award and posting
/// follow, the first tranche becomes due.
async fn conclude(tx: &Tx, case: &mut ContractCase, facts: ContractFacts) -> Result<(), Error> {
    let facts = ContractFacts {
        eligible: still_eligible(tx, &case.contract).await?,
        ..facts
    };
    let (now, told) = (
        tx.now(),
        serde_json::json!({ "content_hash": case.contract.content_hash }),
    );
    step(
        tx,
        case,
        ContractEvent::Sign,
        RoleSet::of(SYSTEM),
        &facts,
        |c| {
            c.set(contract::Column::SignedAt, now)
                .data(told.clone())
                .facts(told)
        },
    )
    .await?;
    if let Some(award) = case.contract.award_id {
        wubang_awards::service::contracted(tx, award).await?;
    }
    wubang_postings::service::contracted(tx, case.contract.posting_id).await?;
    engage(tx, &case.contract).await?;
    enable(tx, case, TrancheCondition::AgreementSigned).await
}

/// The registry notes who carries one agreement more, and with which part of it.
async fn engage(tx: &Tx, contract: &contract::Model) -> Result<(), Error> {
    let posting = wubang_postings::service::find(tx, contract.posting_id).await?;
    let parts = match contract.bid_id {
        Some(bid) => {
            let bid = wubang_bids::service::find(tx, bid).await?;
            wubang_bids::service::parts_of(tx, &bid).await?
        }
        None => vec![(contract.organisation_id, contract.price_fen)],
    };
    let begun = Begun {
        contract_id: contract.id,
        number: contract.number.clone(),
        title: contract.title.clone(),
        division: wubang_postings::service::division_of(&posting)?,
        communities: contract.content.communities.clone(),
        field: posting.field,
        price_fen: contract.price_fen,
        bid_id: contract.bid_id,
        days: (contract.starts_on, contract.ends_on),
        parts,
    };
    engagements::begin(tx, &begun).await
}

/// Makes the payments that wait for a condition eligible.
async fn enable(tx: &Tx, case: &ContractCase, condition: TrancheCondition) -> Result<(), Error> {
    for row in case
        .payments
        .iter()
        .filter(|row| row.condition == wire(condition) && row.state == "planned")
    {
        payments::by_system(
            tx,
            &case.contract,
            row,
            PaymentEvent::Enable,
            row.amount_fen,
        )
        .await?;
    }
    Ok(())
}

async fn still_eligible(tx: &Tx, contract: &contract::Model) -> Result<Result<(), Refusal>, Error> {
    // who may contract was the statutory procedure's to judge: its result is recorded here, not reviewed
    if contract.award_id.is_none() {
        return Ok(Ok(()));
    }
    let posting = wubang_postings::service::find(tx, contract.posting_id).await?;
    // of a joint bid every partner is looked at once more, not its lead alone
    let mut parties = vec![contract.organisation_id];
    if let Some(bid) = contract.bid_id {
        parties.extend(wubang_bids::service::partners_of(tx, bid).await?);
    }
    let parties = organisations::load_many(tx, &parties).await?;
    let mut refusal = Refusal::new(Code::NotEligible);
    for community in &contract.content.communities {
        let community = DivisionCode::parse(community)
            .map_err(|_| Error::internal("agreement with a bad community"))?;
        let ask = eligibility::Ask {
            community: &community,
            accepts_filed: posting.content.accepts_filed_organisations,
            forms_allowed: &[],
            order: eligibility::Order {
                micro: posting.procedure.0.code == PostingType::Micro,
                joint: parties.len() > 1,
            },
            now: tx.now(),
        };
        for organisation in &parties {
            let at = if organisation.id == contract.organisation_id {
                format!("/{CONTRACTOR}")
            } else {
                format!("/partners/{}", organisation.id)
            };
            for check in eligibility::eligibility(organisation, &ask)
                .into_iter()
                .filter(|check| !check.passed)
            {
                refusal = refusal.field(&at, check.rule, check.zh, check.en);
            }
        }
    }
    if let Some(reached) = caps_reached(tx, contract, &posting).await? {
        refusal.fields.extend(reached.fields);
    }
    Ok(if refusal.fields.is_empty() {
        Ok(())
    } else {
        Err(refusal)
    })
}

/// Caps that were reached since the award (rulebook 2.14); nothing where the award states why it goes beyond.
async fn caps_reached(
    tx: &Tx,
    contract: &contract::Model,
    posting: &wubang_postings::Posting,
) -> Result<Option<Refusal>, Error> {
    let Some((award, bid)) = contract.award_id.zip(contract.bid_id) else {
        return Ok(None);
    };
    let award = wubang_awards::service::find(tx, award).await?;
    if award.publicity.cap_reason.is_some() {
        return Ok(None);
    }
    let bid = wubang_bids::service::find(tx, bid).await?;
    let mut parties: Vec<Uuid> = wubang_bids::service::partners_of(tx, bid.id).await?;
    parties.push(bid.organisation_id);
    organisations::hold(tx, &parties).await?;
    wubang_bids::service::caps_reached(tx, &bid, posting).await
}

/// The contractor starts the work: the needs count as fulfilled, the milestones' clocks run.
///
/// # Errors
/// `too_early` before the start date.
pub async fn activate(tx: &Tx, key: &Key, _: NothingIn) -> Result<ContractOut, Error> {
    let mut case = load_for(tx, key).await?;
    let (facts, roles) = (out::contract_facts(tx, &case), case.roles);
    let end = at_hour(case.contract.ends_on, 12, 0).ok_or(Code::Internal)?;
    let report_due = tx
        .calendar()
        .deadline(end, case.contract.terms.timers.of(Timer::T35));
    step(tx, &mut case, ContractEvent::Activate, roles, &facts, |c| {
        c.due(Timer::T35, report_due)
    })
    .await?;
    for row in &case.milestones {
        milestones::start_clocks(tx, row).await?;
    }
    wubang_postings::service::needs_fulfilled(tx, case.contract.posting_id).await?;
    wubang_postings::service::set_stage(tx, case.contract.project_id, "implementation", None)
        .await?;
    out::contract(tx, &case).await
}

/// The street sets how closely an agreement is watched; payments stop during rectification and exit.
///
/// # Errors
/// `invalid` without a reason; `invalid_transition` before the start or after the end.
pub async fn supervise(tx: &Tx, key: &Key, input: SuperviseIn) -> Result<ContractOut, Error> {
    let reason = faults::reason(&input.reason)?;
    let mut case = load_for(tx, key).await?;
    let role = case
        .roles
        .first_of(&[Role::StreetOfficer])
        .ok_or(Code::Forbidden)?;
    if !matches!(
        case.contract.state.as_str(),
        "signed" | "active" | "completion_submitted" | "evaluating"
    ) {
        return Err(Code::InvalidTransition.into());
    }
    let (value, data) = (
        wire(input.supervision),
        serde_json::json!({ "supervision": input.supervision, "reason": reason }),
    );
    let set = |update: sea_orm::UpdateMany<contract::Entity>| {
        update.col_expr(contract::Column::Supervision, Expr::value(value))
    };
    case.contract = edit::<contract::Entity>(
        tx,
        &case.contract,
        "contract.supervision_set",
        role,
        set,
        Some(data),
    )
    .await?;
    out::contract(tx, &case).await
}

/// Its award was declined or lapsed: an agreement that is not signed falls with it.
///
/// # Errors
/// `invalid_transition` when the agreement is signed.
pub async fn on_award_fallen(tx: &Tx, award: Uuid, reason_code: &'static str) -> Result<(), Error> {
    let fallen = store::of_award(tx, award).await?;
    match fallen.filter(|row| row.state != "void") {
        Some(contract) => void(tx, contract, reason_code).await,
        None => Ok(()),
    }
}

/// The result that it rests on was replaced, or its posting has failed: an agreement about a result that is
/// not signed falls with it. Agreements of awards fall with their award.
///
/// # Errors
/// `invalid_transition` when the agreement is signed.
pub async fn on_result_fallen(
    tx: &Tx,
    posting: Uuid,
    reason_code: &'static str,
) -> Result<(), Error> {
    match store::of_result(tx, posting).await? {
        Some(contract) => void(tx, contract, reason_code).await,
        None => Ok(()),
    }
}

async fn void(tx: &Tx, contract: contract::Model, reason_code: &'static str) -> Result<(), Error> {
    let mut case = store::complete(tx, contract, RoleSet::of(SYSTEM)).await?;
    let facts = out::contract_facts(tx, &case);
    step(
        tx,
        &mut case,
        ContractEvent::Void,
        RoleSet::of(SYSTEM),
        &facts,
        |c| {
            c.set(contract::Column::ReasonCode, reason_code)
                .because(Some(reason_code.to_owned()))
        },
    )
    .await
}

/// The evaluation was passed: the last tranche becomes due, the organisation is free again.
///
/// # Errors
/// `invalid_transition` unless the agreement is being evaluated.
pub async fn completed(tx: &Tx, id: Uuid) -> Result<crate::Contract, Error> {
    let contract = store::find(tx, &Key::Id(id)).await?;
    let mut case = store::complete(tx, contract, RoleSet::of(SYSTEM)).await?;
    let facts = out::contract_facts(tx, &case);
    step(
        tx,
        &mut case,
        ContractEvent::Complete,
        RoleSet::of(SYSTEM),
        &facts,
        |c| c,
    )
    .await?;
    for row in &case.milestones {
        timers::stop_all(tx, row.id).await?;
    }
    enable(tx, &case, TrancheCondition::EvaluationPassed).await?;
    engagements::end(tx, case.contract.id).await?;
    Ok(case.contract)
}

/// An agreement for somebody who may see it, with his roles: for later stages.
///
/// # Errors
/// `not_found`.
pub async fn load(read: &impl Read, key: &Key) -> Result<ContractCase, Error> {
    store::load(read, key).await
}

/// An agreement, whoever asks: for later stages.
///
/// # Errors
/// `not_found`.
pub async fn find(read: &impl Read, id: Uuid) -> Result<crate::Contract, Error> {
    store::find(read, &Key::Id(id)).await
}

/// What an evaluating panel reads: the milestones as accepted and the completion report in its last edition.
///
/// # Errors
/// `not_found`.
pub async fn dossier(
    read: &impl Read,
    id: Uuid,
) -> Result<(Vec<MilestoneOut>, Option<crate::model::CompletionReportOut>), Error> {
    let contract = store::find(read, &Key::Id(id)).await?;
    let case = store::complete(read, contract, RoleSet::NONE).await?;
    let shown = out::contract(read, &case).await?;
    Ok((shown.milestones, shown.completion_report))
}
