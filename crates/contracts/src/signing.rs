//! Signing an agreement: every party signs the same hash, and with the last signature it stands (rulebook 2.8.5).

use crate::entity::contract;
use crate::flow::{self, ContractEvent};
use crate::model::{ContractOut, ContractSignIn, TrancheCondition};
use crate::rules::{ContractFacts, Signed};
use crate::steps::{SYSTEM, enable, load_for, step};
use crate::store::ContractCase;
use crate::{out, store, versions};
use uuid::Uuid;
use wubang_kernel::deadline::Deadline;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::machine::plan;
use wubang_kernel::procedure::PostingType;
use wubang_kernel::{Code, Refusal, RoleSet, Timer};
use wubang_registry::engagements::{self, Begun};
use wubang_registry::organisations::{self, eligibility};
use wubang_store::{Error, Key, Read, Tx, state_of};

/// Until when the work must have begun (T20): ten working days, or the day that was agreed where that is later.
fn start_due(tx: &Tx, contract: &contract::Model) -> Deadline {
    let term = tx
        .calendar()
        .deadline(tx.now(), contract.terms.timers.of(Timer::T20));
    term.or_agreed(contract.starts_on, "starts_on")
}

/// A party signs the hash of the content that it has read; with the last signature the agreement stands.
///
/// # Errors
/// `invalid` when the hash is another one; `already_signed`, `same_person`, `deadline_passed`, `not_eligible`.
pub async fn sign(tx: &Tx, key: &Key, input: ContractSignIn) -> Result<ContractOut, Error> {
    let mut case = load_for(tx, key).await?;
    let (mut facts, roles) = (out::contract_facts(tx, &case), case.roles);
    // whether he may sign at all is answered before the hash is compared
    let _step = plan::<flow::Contract>(
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
    let (party, role) = store::signer(tx, &case)?.ok_or(Code::Forbidden)?;
    let data = serde_json::json!({ "party": party.party, "organisation_id": party.organisation_id,
        "content_hash": case.contract.content_hash });
    let signature = store::insert_signature(tx, &case.contract, party, role).await?;
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
        party: signature.party_id,
        person: signature.person_id,
    });
    case.signatures.push(signature);
    if facts.all_signed() {
        conclude(tx, &mut case, facts).await?;
    }
    out::contract(tx, &store::complete(tx, case.contract, case.roles).await?).await
}

/// Every party has signed: the organisation's eligibility is checked again, award and posting
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
    let start = start_due(tx, &case.contract);
    step(
        tx,
        case,
        ContractEvent::Sign,
        RoleSet::of(SYSTEM),
        &facts,
        |c| {
            c.set(contract::Column::SignedAt, now)
                .due(Timer::T20, start)
                .data(told.clone())
                .facts(told)
        },
    )
    .await?;
    let signed = &case.contract;
    versions::insert(tx, signed.id, &signed.content, &signed.content_hash, None).await?;
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
                "/contractor".to_owned()
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
