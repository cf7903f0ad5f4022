//! What an objection does to a result in its publicity (复核, rulebook 2.8.11, 2.8.12): it stands still while one is open,
//! goes on with exactly what was left (counting rule 7), is added up anew, or another panel scores.

use crate::entity::evaluation;
use crate::flow::EvaluationEvent;
use crate::model::{
    EvaluationOut, ReopenEvaluationIn, ResultCorrections, ReviewOutcome, SupersededResult,
    SupersededResults, Vetoes,
};
use crate::scoring::{PartyScores, ReducedParties};
use crate::service::{SYSTEM, load_for, planned, spend};
use crate::store::{self, Case};
use crate::survey::model::{SurveyPlan, SurveyResult};
use crate::survey::rules::correct;
use crate::{flow, out};
use sea_orm::sea_query::Expr;
use uuid::Uuid;
use wubang_kernel::deadline::is_over;
use wubang_kernel::machine::Step;
use wubang_kernel::{Code, Faults, Refusal, Role, RoleSet, Timer};
use wubang_panels::{LateRecusal, Loaded};
use wubang_publicity::model::PublicityKind;
use wubang_store::commit::{Commit, edit};
use wubang_store::{Error, Key, Read, Tx, timers};
use wubang_web::Instant;

/// States in which a result can still be reviewed: it is public and not confirmed.
const OPEN: &[&str] = &["in_publicity", "under_review"];

/// Whether a result can still be reviewed.
#[must_use]
pub fn is_reviewable(evaluation: &crate::Evaluation) -> bool {
    OPEN.contains(&evaluation.state.as_str())
}

/// Whose result it is, and who has judged it: for who decides about objections.
#[derive(Debug, Clone)]
pub struct ReviewParties {
    /// Those who sit or sat on its panels.
    pub assessors: Vec<Uuid>,
    /// The contractor, its partners and custodian.
    pub contractors: Vec<Uuid>,
    /// The third party.
    pub beside: Option<Uuid>,
}

/// The parties of an evaluation, for who decides about objections.
///
/// # Errors
/// When the database fails.
pub async fn parties(read: &impl Read, row: &crate::Evaluation) -> Result<ReviewParties, Error> {
    let contract = wubang_contracts::service::find(read, row.contract_id).await?;
    // what was contracted outside (gov_procurement) has no bid here
    let mut contractors = match contract.bid_id {
        Some(bid) => {
            let bid = wubang_bids::service::find(read, bid).await?;
            wubang_bids::service::organisations_in(read, &[bid]).await?
        }
        None => vec![contract.organisation_id],
    };
    let assessors =
        wubang_panels::service::persons_of(read, store::PURPOSE, row.id, i32::MAX).await?;
    contractors.extend(contract.custodian_id.filter(|id| !contractors.contains(id)));
    Ok(ReviewParties {
        assessors: assessors.into_iter().collect(),
        contractors,
        beside: row.third_party_id,
    })
}

/// The results that stand still because of objections, for checks.
///
/// # Errors
/// When the database fails.
pub async fn under_review(read: &impl Read) -> Result<Vec<Uuid>, Error> {
    store::in_state(read, "under_review").await
}

async fn as_system(tx: &Tx, id: Uuid) -> Result<Case, Error> {
    let row = store::find(tx, &Key::Id(id)).await?;
    Ok(Case {
        roles: RoleSet::of(SYSTEM),
        ..store::complete(tx, row).await?
    })
}

async fn plan(
    tx: &Tx,
    case: &Case,
    event: EvaluationEvent,
) -> Result<Step<flow::Evaluation>, Error> {
    planned(case, event, case.roles, &out::facts(tx, case).await?)
}

/// An objection was accepted: the result stands still. Nothing happens when it does already, or is no more to be
/// reviewed.
///
/// # Errors
/// `conflict` when somebody else was first.
pub async fn suspend_for_objection(tx: &Tx, id: Uuid, reason: &str) -> Result<(), Error> {
    let mut case = as_system(tx, id).await?;
    if case.evaluation.state != "in_publicity" {
        return Ok(());
    }
    timers::suspend(tx, &[id]).await?;
    let step = plan(tx, &case, EvaluationEvent::StartReview).await?;
    let reason = Some(reason.to_owned());
    spend(tx, &mut case, step, |c| c.because(reason)).await
}

/// An objection was settled without consequence: when nothing holds the result any more its publicity goes on with
/// what was left of it (T39). Otherwise nothing happens.
///
/// # Errors
/// `conflict` when somebody else was first.
pub async fn resume_after_objection(tx: &Tx, id: Uuid, reason: &str) -> Result<(), Error> {
    let mut case = as_system(tx, id).await?;
    let facts = out::facts(tx, &case).await?;
    if case.evaluation.state != "under_review" || facts.held {
        return Ok(());
    }
    let event = EvaluationEvent::LeaveUnchanged;
    let step = planned(&case, event, case.roles, &facts)?;
    let reason = Some(reason.to_owned());
    spend(tx, &mut case, step, |c| c.because(reason)).await?;
    let resumed = timers::resume(tx, &[id]).await?;
    let shown = resumed
        .iter()
        .find(|(row, _)| row.timer == Timer::T39.key());
    let Some((_, ends)) = shown else {
        return Ok(());
    };
    wubang_publicity::moved(tx, id, PublicityKind::Evaluation, ends).await?;
    edit::<evaluation::Entity>(
        tx,
        &case.evaluation,
        "evaluation.publicity_resumed",
        Role::System,
        |update| update.col_expr(evaluation::Column::PublicityEndsAt, Expr::value(ends.at)),
        Some(serde_json::json!({ "publicity_ends_at": ends })),
    )
    .await?;
    Ok(())
}

/// The result as it was, for the record.
fn superseded(
    tx: &Tx,
    row: &evaluation::Model,
    (outcome, reason): (ReviewOutcome, &str),
    (voided_sheets, survey_corrected): (usize, bool),
) -> SupersededResults {
    let mut all = row.superseded.clone();
    all.0.push(SupersededResult {
        outcome,
        reason: reason.to_owned(),
        at: Instant(tx.now()),
        voided_sheets,
        survey_corrected,
        party_scores: out::party_scores(row),
        total: out::total(row),
        grade: out::grade(row),
        vetoes: row.vetoes.0.clone(),
        reduced_parties: row.reduced.0.clone(),
    });
    all
}

/// What falls with a result: its figures are those of `superseded` now, and nothing of it is public.
fn taken_back<'a>(
    commit: Commit<'a, evaluation::Entity>,
    superseded: SupersededResults,
    reason: &str,
) -> Commit<'a, evaluation::Entity> {
    use evaluation::Column as C;
    commit
        .set(C::Superseded, superseded)
        .set(C::Draft, None::<crate::model::ResultDraft>)
        .set(C::PublicityHash, None::<String>)
        .set(C::PublicityStartsAt, None::<chrono::DateTime<chrono::Utc>>)
        .set(C::PublicityEndsAt, None::<chrono::DateTime<chrono::Utc>>)
        .because(Some(reason.to_owned()))
        .facts(serde_json::json!({ "reason": reason }))
}

/// Voids the sheets of members, and says how many there were.
async fn void(
    tx: &Tx,
    (id, panel): (Uuid, &Loaded),
    members: &[Uuid],
    reason: &str,
) -> Result<(Loaded, usize), Error> {
    let mut faults = Faults::new();
    for (i, id) in members.iter().enumerate() {
        let at = format!("/corrections/void_member_ids/{i}");
        if members.iter().take(i).any(|other| other == id) {
            faults.add(at, "duplicate", "重复", "is there twice");
        } else if !panel.active().any(|member| member.id == *id) {
            let (zh, en) = ("不是考评组在任成员的席位", "is no seat of a sitting member");
            faults.add(at, "unknown_value", zh, en);
        }
    }
    faults.finish()?;
    let before = panel.valid_sheets(id).len();
    let mut after = panel.clone();
    for member in members {
        let recusal = LateRecusal {
            member_id: *member,
            ground: None,
            reason: reason.to_owned(),
            role: Role::System,
        };
        after = wubang_panels::service::recuse_late(tx, &after, recusal, false).await?;
    }
    let voided = before.saturating_sub(after.valid_sheets(id).len());
    Ok((after, voided))
}

/// A review corrects sheets or survey, and the figures are added up anew; who organises drafts the result again, and it
/// is published again. `reason` is public.
///
/// # Errors
/// `invalid` with every wrong correction, and without any; `panel_incomplete` when a party would be below its
/// minimum, so that another panel must score; `invalid_transition` once the result is confirmed.
pub async fn recompute(
    tx: &Tx,
    id: Uuid,
    corrections: ResultCorrections,
    reason: &str,
) -> Result<(), Error> {
    let mut case = as_system(tx, id).await?;
    let step = plan(tx, &case, EvaluationEvent::Recompute).await?;
    let ResultCorrections {
        void_member_ids,
        survey,
    } = corrections;
    if void_member_ids.is_empty() && survey.is_none() {
        return Err(Refusal::new(Code::Invalid)
            .field(
                "/corrections",
                "required",
                "重新汇总须写明作废的评分表或更正后的调查份数",
                "to add up anew, say which sheets are void or what the survey really was",
            )
            .into());
    }
    let corrected = survey.is_some();
    let mut row = case.evaluation.clone();
    if let Some(survey) = survey {
        let before = row.survey.as_ref().ok_or(Code::SurveyMissing)?;
        let checked = correct(&out::counted_rule(&row), before, &survey);
        row.survey = Some(checked.map_err(|refusal| refusal.below("/corrections/survey"))?);
    }
    let (panel, voided) = match &case.panel {
        Some(panel) => {
            let (panel, voided) = void(tx, (id, panel), &void_member_ids, reason).await?;
            (Some(panel), voided)
        }
        // nobody sits where residents alone are asked
        None if void_member_ids.is_empty() => (None, 0),
        None => return Err(Code::PanelIncomplete.into()),
    };
    let outcome = out::outcome(&row, panel.as_ref()).ok_or_else(|| {
        Refusal::new(Code::PanelIncomplete).because(
            "作废后有一方的评分表少于规定份数,应另组考评组",
            "a party would have fewer sheets than it needs: another panel must score",
        )
    })?;
    let kept = superseded(
        tx,
        &row,
        (ReviewOutcome::Recompute, reason),
        (voided, corrected),
    );
    let data = serde_json::json!({ "total": outcome.total, "grade": outcome.grade,
        "voided_sheets": voided, "survey_corrected": corrected });
    let survey = row.survey.clone();
    spend(tx, &mut case, step, |c| {
        taken_back(c, kept, reason)
            .set(evaluation::Column::Survey, survey)
            .set(
                evaluation::Column::PartyScores,
                PartyScores(outcome.parties),
            )
            .set(evaluation::Column::Total, outcome.total.to_string())
            .set(evaluation::Column::Grade, outcome.grade.as_str())
            .data(data)
    })
    .await?;
    stop_showing(tx, id, "异议成立,考榜结果更正后重新汇总").await
}

/// A review has another panel score: nobody of the first sits on it; the survey stays. `reason` is public.
///
/// # Errors
/// `invalid_transition` once the result is confirmed.
pub async fn redo(tx: &Tx, id: Uuid, reason: &str) -> Result<(), Error> {
    let mut case = as_system(tx, id).await?;
    let step = plan(tx, &case, EvaluationEvent::Redo).await?;
    let row = &case.evaluation;
    let round = row.panel_round.saturating_add(1);
    let kept = superseded(tx, row, (ReviewOutcome::Redo, reason), (0, false));
    spend(tx, &mut case, step, |c| {
        taken_back(c, kept, reason)
            .set(evaluation::Column::PanelRound, round)
            .set(evaluation::Column::Reduced, ReducedParties::default())
            .set(evaluation::Column::PartyScores, None::<PartyScores>)
            .set(evaluation::Column::Total, None::<String>)
            .set(evaluation::Column::Grade, None::<String>)
            .data(serde_json::json!({ "panel_round": round }))
    })
    .await?;
    stop_showing(tx, id, "异议成立,另组考评组重新考评").await
}

/// The street has a failed project evaluated again after its defects were corrected (rulebook 2.5, 2.8.11): round 2,
/// with a survey of its own and a panel on which nobody of the first sits. The first result stays on the record.
///
/// # Errors
/// `invalid_transition` unless the evaluation failed for the first time; `forbidden` for others; `invalid` without a note,
/// or before the term of the correction without evidence that it is done.
pub async fn reopen(tx: &Tx, key: &Key, input: ReopenEvaluationIn) -> Result<EvaluationOut, Error> {
    let mut case = load_for(tx, key).await?;
    let step = plan(tx, &case, EvaluationEvent::Reopen).await?;
    let id = case.evaluation.id;
    let mut faults = Faults::new();
    let corrections = faults.prose("/corrections", &input.corrections, 10..=5000);
    let early = input.early_reason.as_deref();
    let early = early.map(|text| faults.prose("/early_reason", text, 10..=1000));
    let running = timers::running(tx, &[id]).await?;
    let term = running
        .iter()
        .find(|timer| timer.timer == Timer::EvaluationCorrection.key());
    if early.is_none() && term.is_some_and(|timer| !is_over(timer.due_at, tx.now())) {
        faults.add(
            "/early_reason",
            "required",
            "整改期未满,须写明整改提前完成的依据",
            "the term of the correction is not over: say how it is shown to be done",
        );
    }
    faults.finish()?;
    let row = &case.evaluation;
    let (round, panel_round) = (
        row.round.saturating_add(1),
        row.panel_round.saturating_add(1),
    );
    let reason = match early {
        Some(early) => format!("{corrections}(提前复评:{early})"),
        None => corrections,
    };
    let outcome = (ReviewOutcome::SecondRound, reason.as_str());
    let kept = superseded(tx, row, outcome, (0, false));
    let data = serde_json::json!({ "round": round, "panel_round": panel_round });
    spend(tx, &mut case, step, |c| {
        taken_back(c, kept, &reason)
            .set(evaluation::Column::Round, round)
            .set(evaluation::Column::Vetoes, Vetoes::default())
            .set(evaluation::Column::PanelRound, panel_round)
            .set(evaluation::Column::Reduced, ReducedParties::default())
            .set(evaluation::Column::SurveyPlan, None::<SurveyPlan>)
            .set(evaluation::Column::Survey, None::<SurveyResult>)
            .set(evaluation::Column::PartyScores, None::<PartyScores>)
            .set(evaluation::Column::Total, None::<String>)
            .set(evaluation::Column::Grade, None::<String>)
            .data(data)
    })
    .await?;
    out::evaluation(tx, &store::complete(tx, case.evaluation).await?).await
}

async fn stop_showing(tx: &Tx, id: Uuid, words: &str) -> Result<(), Error> {
    wubang_publicity::stopped(tx, id, PublicityKind::Evaluation, words).await
}
