//! The review (评榜): analysis, opinions, and the street's decision.

use super::intake::reason;
use super::recusals::check_reviewer;
use super::{facts, hash, load_for, out, step};
use crate::entity::need;
use crate::flow::{Need, NeedEvent, NeedState};
use crate::model::{
    AnalysisContent, AnalysisIn, NeedApprovalIn, NeedOut, NeedReviewIn, OpinionContent, OpinionIn,
    wire,
};
use crate::rules::{self, NeedFacts};
use crate::store::{Case, reviewers};
use wubang_kernel::machine::plan;
use wubang_kernel::score::Exact;
use wubang_kernel::{Code, Faults, Refusal, Role};
use wubang_registry::taxonomy::{self};
use wubang_store::commit::{Commit, edit};
use wubang_store::{Error, Key, Read, Tx, state_of};
use wubang_web::{NothingIn, ReasonIn};

/// The review begins. Its third party was assigned on acceptance. Out of the backlog a need comes with
/// the next quarter or with new evidence, and its review begins anew.
///
/// # Errors
/// `invalid_transition` unless the need is accepted or in the backlog; `no_new_cycle`.
pub async fn start_review(tx: &Tx, key: &Key, input: NeedReviewIn) -> Result<NeedOut, Error> {
    let mut faults = Faults::new();
    let evidence = input
        .evidence
        .map(|text| faults.prose("/evidence", &text, 10..=2000));
    faults.finish()?;
    let case = load_for(tx, key).await?;
    let facts = NeedFacts {
        new_evidence: Some(evidence.is_some()),
        ..facts(tx, &case)
    };
    let again = case.need.state == wire(NeedState::Backlog);
    let cycle = case.need.cycle + i32::from(again);
    let case = step(tx, case, NeedEvent::StartReview, &facts, |c| {
        c.set(need::Column::Cycle, cycle).because(evidence)
    })
    .await?;
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
/// `recused` without the declaration or by a ground of rulebook 2.9; `duplicate` the second time.
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
    check_reviewer(tx, &case, None, input.no_conflict).await?;
    let organisation = case.need.analyst_id.ok_or(Code::Forbidden)?;
    let cycle = case.need.cycle;
    if case.valid_analyses().any(|row| row.cycle == cycle) {
        return Err(Code::Duplicate.into());
    }
    let made = reviewers::insert_analysis(tx, &case.need, organisation, content).await?;
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
/// `invalid` outside his specialities; `recused` without the declaration or by a ground of rulebook 2.9;
/// `duplicate` the second time in a cycle.
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
    check_reviewer(tx, &case, Some(&expert), input.no_conflict).await?;
    let made = reviewers::insert_opinion(
        tx,
        &case.need,
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
    let (facts, seen) = (facts(tx, &case), hash(&case.need));
    // the changed need is judged anew
    let cycle = case.need.cycle + 1;
    let case = step(tx, case, NeedEvent::Return, &facts, |c| {
        c.set(need::Column::ReturnedHash, seen.clone())
            .set(need::Column::ContentHash, seen)
            .set(need::Column::Cycle, cycle)
            .set(need::Column::Reason, reason.clone())
            .because(Some(reason))
    })
    .await?;
    out(tx, case).await
}

/// The street approves; the score decides the priority. An emergency is approved right after its
/// acceptance, on the officer's own finding of the root cause.
///
/// # Errors
/// `analysis_missing`, `opinions_missing`, `not_changed`, `score_too_low`, `not_emergency`; `invalid`
/// when an emergency lacks root cause or reason, or another need brings a root cause.
pub async fn approve(tx: &Tx, key: &Key, input: NeedApprovalIn) -> Result<NeedOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case);
    let emergency = case.need.state == wire(NeedState::Accepted);
    let state = state_of::<Need>(&case.need.state)?;
    // whether he may at all comes before what he says
    plan::<Need>(state, NeedEvent::Approve, case.roles, &facts).map(|_| ())?;
    let (said, reason) = finding(input, emergency)?;
    let analysed = case
        .valid_analyses()
        .last()
        .map(|row| row.content.root_cause.clone());
    let score = facts.score.filter(|_| !emergency);
    let priority = if emergency {
        Some("high")
    } else {
        score.and_then(rules::priority)
    };
    let failed_rounds = if facts.redesign_required {
        0
    } else {
        facts.failed_rounds
    };
    let now = tx.now();
    let case = step(tx, case, NeedEvent::Approve, &facts, |c| {
        scored(c, score)
            .set(need::Column::Priority, priority.map(str::to_owned))
            .set(need::Column::RootCause, said.or(analysed))
            .set(need::Column::Emergency, emergency)
            .set(need::Column::RedesignRequired, false)
            .set(need::Column::FailedRounds, failed_rounds)
            .set(need::Column::ApprovedAt, now)
            .because(reason)
    })
    .await?;
    out(tx, case).await
}

/// Root cause and reason of an approval.
fn finding(
    input: NeedApprovalIn,
    emergency: bool,
) -> Result<(Option<String>, Option<String>), Refusal> {
    let mut faults = Faults::new();
    let said = match input.root_cause {
        Some(text) if emergency => Some(faults.prose("/root_cause", &text, 10..=2000)),
        Some(_) => {
            faults.add(
                "/root_cause",
                "not_here",
                "只用于应急需求,其余以第三方分析为准",
                "is for emergencies only; otherwise the analysis states it",
            );
            None
        }
        None => {
            if emergency {
                faults.missing("/root_cause");
            }
            None
        }
    };
    let reason = input
        .reason
        .map(|text| faults.prose("/reason", &text, 5..=1000));
    if emergency && reason.is_none() {
        faults.missing("/reason");
    }
    faults.finish()?;
    Ok((said, reason))
}

fn scored<'a>(c: Commit<'a, need::Entity>, score: Option<Exact>) -> Commit<'a, need::Entity> {
    c.set(
        need::Column::ReviewScore,
        score.map(|score| score.to_string()),
    )
    .set(
        need::Column::ReviewHundredths,
        score.map(|score| score.rounded().get()),
    )
    .data(serde_json::json!({ "review_score": score.map(|score| score.rounded().to_string()) }))
}

/// The street flags an approved need as an emergency, so that it may be posted as one.
///
/// # Errors
/// `not_emergency` when its urgency is another; `duplicate` the second time.
pub async fn flag_emergency(tx: &Tx, key: &Key, input: ReasonIn) -> Result<NeedOut, Error> {
    let reason = reason(&input.reason)?;
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case);
    let case = step(tx, case, NeedEvent::FlagEmergency, &facts, |c| {
        c.set(need::Column::Emergency, true).because(Some(reason))
    })
    .await?;
    out(tx, case).await
}

/// The street puts the need into the backlog.
///
/// # Errors
/// `score_too_high` from 60 points.
pub async fn backlog(tx: &Tx, key: &Key, _: NothingIn) -> Result<NeedOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case);
    let (score, now) = (facts.score, tx.now());
    let case = step(tx, case, NeedEvent::Backlog, &facts, |c| {
        scored(c, score)
            .set(need::Column::Priority, None::<String>)
            .set(need::Column::BackloggedAt, now)
    })
    .await?;
    out(tx, case).await
}

/// After a failed round the street returns an approved need to the review (退回评榜, rulebook 2.5): opinions
/// are given anew, a redesign is not forced. `taken` is what the postings know: whether one holds it.
///
/// # Errors
/// `invalid` without a reason; `invalid_transition` without a failed round; `need_taken`.
pub async fn return_to_review(
    tx: &Tx,
    key: &Key,
    taken: bool,
    input: ReasonIn,
) -> Result<NeedOut, Error> {
    let reason = reason(&input.reason)?;
    let case = load_for(tx, key).await?;
    let facts = NeedFacts {
        taken: Some(taken),
        ..facts(tx, &case)
    };
    let cycle = case.need.cycle + 1;
    let case = step(tx, case, NeedEvent::ReturnToReview, &facts, |c| {
        c.set(need::Column::Cycle, cycle)
            .set(need::Column::Reason, reason.clone())
            .because(Some(reason))
    })
    .await?;
    out(tx, case).await
}
