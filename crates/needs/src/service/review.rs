//! The review (评榜): analysis, opinions, and the street's decision.

use super::intake::reason;
use super::{facts, hash, load_for, out, step};
use crate::entity::need;
use crate::flow::{NeedEvent, NeedState};
use crate::model::{
    AnalysisContent, AnalysisIn, NeedOut, NothingIn, OpinionContent, OpinionIn, ReasonIn, wire,
};
use crate::rules::{self};
use crate::store::{self, Case};
use wubang_kernel::{Code, Faults, Refusal, Role};
use wubang_registry::taxonomy::{self};
use wubang_store::commit::edit;
use wubang_store::{Error, Key, Read, Tx};

/// The review begins. Its third party was assigned on acceptance.
///
/// # Errors
/// `invalid_transition` unless the need is accepted or in the backlog.
pub async fn start_review(tx: &Tx, key: &Key, _: NothingIn) -> Result<NeedOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(&case);
    let case = step(tx, case, NeedEvent::StartReview, &facts, |c| c).await?;
    out(tx, case).await
}

fn under_review(case: &Case) -> Result<(), Refusal> {
    if case.need.state == wire(NeedState::UnderReview) {
        Ok(())
    } else {
        Err(Code::InvalidTransition.into())
    }
}

/// The assigned third party hands in its analysis with the root cause.
///
/// # Errors
/// `recused` without the declaration; `duplicate` the second time.
pub async fn analyse(tx: &Tx, key: &Key, input: AnalysisIn) -> Result<NeedOut, Error> {
    let mut case = load_for(tx, key).await?;
    let role = case
        .roles
        .first_of(&[Role::ThirdParty])
        .ok_or(Code::Forbidden)?;
    under_review(&case)?;
    let mut faults = Faults::new();
    let content = AnalysisContent {
        root_cause: faults.prose("/root_cause", &input.root_cause, 10..=2000),
        stakeholders: faults.prose("/stakeholders", &input.stakeholders, 2..=2000),
        feasibility: faults.prose("/feasibility", &input.feasibility, 2..=2000),
        proposed_field: input.proposed_field,
    };
    taxonomy::current(tx).await?.check_field(
        "/proposed_field",
        &content.proposed_field,
        &mut faults,
    );
    faults.finish()?;
    if !input.no_conflict {
        return Err(Code::Recused.into());
    }
    let organisation = case.need.analyst_id.ok_or(Code::Forbidden)?;
    let made = store::insert_analysis(tx, case.need.id, organisation, content).await?;
    let data = serde_json::to_value(&made.content)?;
    case.need = edit::<need::Entity>(
        tx,
        &case.need,
        "need.analysed",
        role,
        |update| update,
        Some(data),
    )
    .await?;
    case.analyses.push(made);
    out(tx, case).await
}

/// An expert gives his opinion and the six parts of the score.
///
/// # Errors
/// `forbidden` outside his specialities; `recused` without the declaration; `duplicate` the second time.
pub async fn give_opinion(tx: &Tx, key: &Key, input: OpinionIn) -> Result<NeedOut, Error> {
    let mut case = load_for(tx, key).await?;
    let role = case
        .roles
        .first_of(&[Role::Expert])
        .ok_or(Code::Forbidden)?;
    under_review(&case)?;
    let mut faults = Faults::new();
    let opinion = faults.prose("/opinion", &input.opinion, 10..=2000);
    let total = rules::check_parts(&input.parts, &mut faults);
    let expert = wubang_registry::experts::of_people(tx, &[tx.person()?])
        .await?
        .into_iter()
        .next()
        .ok_or(Code::Forbidden)?;
    if !expert.specialities.contains(&input.speciality) {
        faults.add(
            "/speciality",
            "unknown_value",
            "不在本人专业之内",
            "is none of your specialities",
        );
    }
    faults.finish()?;
    if !input.no_conflict {
        return Err(Code::Recused.into());
    }
    let made = store::insert_opinion(
        tx,
        case.need.id,
        input.speciality,
        OpinionContent {
            opinion,
            parts: input.parts,
        },
        total,
    )
    .await?;
    let data = serde_json::json!({ "speciality": made.speciality, "parts": made.content.parts, "total": total });
    case.need = edit::<need::Entity>(
        tx,
        &case.need,
        "need.opinion_given",
        role,
        |update| update,
        Some(data),
    )
    .await?;
    case.opinions.push(made);
    out(tx, case).await
}

/// The street returns the need to the secretary.
///
/// # Errors
/// `invalid` without a reason.
pub async fn return_to_draft(tx: &Tx, key: &Key, input: ReasonIn) -> Result<NeedOut, Error> {
    let reason = reason(&input.reason)?;
    let case = load_for(tx, key).await?;
    let (facts, seen) = (facts(&case), hash(&case.need));
    let case = step(tx, case, NeedEvent::Return, &facts, |c| {
        c.set(need::Column::ReturnedHash, seen.clone())
            .set(need::Column::ContentHash, seen)
            .set(need::Column::Reason, reason.clone())
            .because(Some(reason))
    })
    .await?;
    out(tx, case).await
}

/// The street approves; the score decides the priority.
///
/// # Errors
/// `analysis_missing`, `opinions_missing`, `score_too_low`.
pub async fn approve(tx: &Tx, key: &Key, _: NothingIn) -> Result<NeedOut, Error> {
    decide(tx, key, NeedEvent::Approve).await
}

/// The street puts the need into the backlog.
///
/// # Errors
/// `score_too_high` from 60 points.
pub async fn backlog(tx: &Tx, key: &Key, _: NothingIn) -> Result<NeedOut, Error> {
    decide(tx, key, NeedEvent::Backlog).await
}

async fn decide(tx: &Tx, key: &Key, event: NeedEvent) -> Result<NeedOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(&case);
    let score = facts.score;
    let now = tx.now();
    let case = step(tx, case, event, &facts, |c| {
        c.set(
            need::Column::ReviewScore,
            score.map(|score| score.to_string()),
        )
        .set(
            need::Column::Priority,
            score.and_then(rules::priority).map(str::to_owned),
        )
        .set(
            need::Column::ApprovedAt,
            (event == NeedEvent::Approve).then_some(now),
        )
        .data(serde_json::json!({ "review_score": score.map(|score| score.rounded().to_string()) }))
    })
    .await?;
    out(tx, case).await
}
