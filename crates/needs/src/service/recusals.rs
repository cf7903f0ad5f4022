//! Who may not review a need (回避; rulebook 2.9): grounds that the register shows, declarations,
//! demands and the street's decision on them.

use super::intake::reason;
use super::{load_for, out};
use crate::entity::need;
use crate::flow::{Need, NeedState};
use crate::model::{NeedExclusionIn, NeedOut, NeedRecusalIn, RecusalOutcome, wire};
use crate::rules::{self, ReviewerFacts};
use crate::store::{self, Case, reviewers};
use uuid::Uuid;
use wubang_kernel::{Code, Faults, Refusal, Role};
use wubang_registry::experts::{self, Expert};
use wubang_registry::people::people_of_organisations;
use wubang_store::commit::edit;
use wubang_store::{Error, Key, Tx, state_of};

/// Roles of the people of an organisation.
const STAFF: &[Role] = &[Role::ThirdParty, Role::OrgAgent, Role::OrgLegalRep];

/// Whether the caller may review the need; as an expert he must not serve the body that analyses it.
///
/// # Errors
/// `recused`.
pub(super) async fn check_reviewer(
    tx: &Tx,
    case: &Case,
    expert: Option<&Expert>,
    declares_none: bool,
) -> Result<(), Error> {
    let person = tx.person()?;
    let serves_analyst = expert.is_some_and(|expert| {
        case.roles.any(STAFF)
            || (expert.employer_id.is_some() && expert.employer_id == case.need.analyst_id)
    });
    rules::may_review(ReviewerFacts {
        drafted: case.need.created_by == person,
        serves_analyst,
        excluded: reviewers::is_excluded(tx, case.need.id, person).await?,
        declares_none,
    })?;
    Ok(())
}

fn in_review(case: &Case) -> Result<(), Error> {
    match state_of::<Need>(&case.need.state)? {
        NeedState::Accepted | NeedState::UnderReview | NeedState::InComment => Ok(()),
        _ => Err(Code::InvalidTransition.into()),
    }
}

/// Whether somebody can be a reviewer of the need: an expert, or of the assigned third party.
async fn is_reviewer(tx: &Tx, need: &need::Model, person: Uuid) -> Result<bool, Error> {
    if !experts::of_people(tx, &[person]).await?.is_empty() {
        return Ok(true);
    }
    let analyst: Vec<Uuid> = need.analyst_id.into_iter().collect();
    let people = people_of_organisations(tx, &analyst).await?;
    Ok(people.iter().any(|one| one.person_id == person))
}

/// An official demands that a reviewer stand aside; a reviewer declares it of himself, which holds at
/// once.
///
/// # Errors
/// `forbidden` for a reviewer about somebody else; `invalid` for a person who is no reviewer;
/// `duplicate` while a demand is open or he is excluded; `invalid_transition` outside the review.
pub async fn demand_recusal(tx: &Tx, key: &Key, input: NeedRecusalIn) -> Result<NeedOut, Error> {
    let mut case = load_for(tx, key).await?;
    let own = input.person_id == tx.person()?;
    let official = case.roles.first_of(store::OFFICIALS);
    let reviewer = case.roles.first_of(&[Role::Expert, Role::ThirdParty]);
    let role = official
        .or(reviewer.filter(|_| own))
        .ok_or(Code::Forbidden)?;
    let mut faults = Faults::new();
    let reason = faults.reason(&input.reason);
    if !is_reviewer(tx, &case.need, input.person_id).await? {
        faults.add(
            "/person_id",
            "unknown_value",
            "不是专家,也不是指定第三方的人员",
            "is neither an expert nor of the assigned third party",
        );
    }
    faults.finish()?;
    in_review(&case)?;
    let dismissed = wire(RecusalOutcome::Dismissed);
    let known = reviewers::recusals(tx, case.need.id).await?;
    if known
        .iter()
        .any(|row| row.person_id == input.person_id && row.outcome != dismissed)
    {
        return Err(Code::Duplicate.into());
    }
    let outcome = if own {
        RecusalOutcome::Excluded
    } else {
        RecusalOutcome::Demanded
    };
    reviewers::insert_recusal(tx, case.need.id, input.person_id, reason, outcome).await?;
    if own {
        reviewers::void(tx, &mut case, input.person_id).await?;
    }
    let event = if own {
        "need.reviewer_stood_aside"
    } else {
        "need.recusal_demanded"
    };
    note(tx, case, event, role, input.person_id).await
}

/// The street decides on a demand. An excluded person says nothing more, and what he said is void.
///
/// # Errors
/// `forbidden` for others; `invalid` for a demand that is not open; `invalid_transition` outside the
/// review.
pub async fn exclude_reviewer(
    tx: &Tx,
    key: &Key,
    input: NeedExclusionIn,
) -> Result<NeedOut, Error> {
    let mut case = load_for(tx, key).await?;
    let role = case
        .roles
        .first_of(&[Role::StreetOfficer])
        .ok_or(Code::Forbidden)?;
    let answer = reason(&input.reason)?;
    in_review(&case)?;
    let demanded = wire(RecusalOutcome::Demanded);
    let demand = reviewers::recusals(tx, case.need.id)
        .await?
        .into_iter()
        .find(|row| row.id == input.recusal_id && row.outcome == demanded)
        .ok_or_else(|| {
            Refusal::new(Code::Invalid).field(
                "/recusal_id",
                "unknown_value",
                "没有这项待决定的回避申请",
                "there is no such open demand",
            )
        })?;
    let (outcome, event) = if input.excluded {
        (RecusalOutcome::Excluded, "need.reviewer_excluded")
    } else {
        (RecusalOutcome::Dismissed, "need.recusal_dismissed")
    };
    reviewers::settle_recusal(tx, demand.id, outcome, answer).await?;
    if input.excluded {
        reviewers::void(tx, &mut case, demand.person_id).await?;
    }
    note(tx, case, event, role, demand.person_id).await
}

async fn note(
    tx: &Tx,
    mut case: Case,
    event: &str,
    role: Role,
    person: Uuid,
) -> Result<NeedOut, Error> {
    case.need = edit::<need::Entity>(
        tx,
        &case.need,
        event,
        role,
        |update| update,
        Some(serde_json::json!({ "person_id": person })),
    )
    .await?;
    out(tx, case).await
}
