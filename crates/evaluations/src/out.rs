//! Showing an evaluation: who sees what (rulebook 2.6).

use crate::entity::evaluation;
use crate::flow;
use crate::learning;
use crate::model::{EvaluationOut, EvaluationSummary, PartyScoreOut, Phase, PublicEvaluationOut};
use crate::rules::{EvaluationFacts, PanelFacts};
use crate::scoring::{self, Outcome, ProjectGrade, SurveyCounts};
use crate::store::{CONTRACTOR, Case, PUBLIC};
use serde_json::Value;
use std::collections::BTreeMap;
use wubang_kernel::procedure::{EvaluationRule, SurveyUse};
use wubang_kernel::score::{Exact, Hundredths};
use wubang_kernel::{Role, RoleSet};
use wubang_panels::Loaded;
use wubang_panels::model::{CLEAR, PanelOut};
use wubang_store::{Error, Read, holds, state_of, timers};
use wubang_web::DeadlineOut;
use wubang_web::{Instant, actions};

/// Those who run or watch an evaluation: they see how many sheets are in, and the result once it is there.
pub(crate) const RUNNERS: &[Role] = &[
    Role::ThirdParty,
    Role::StreetOfficer,
    Role::DistrictAdmin,
    Role::Supervisor,
    Role::System,
];

/// What is known of an evaluation to its guards.
pub(crate) async fn facts(read: &impl Read, case: &Case) -> Result<EvaluationFacts, Error> {
    let row = &case.evaluation;
    let panel = case.panel.as_ref().map(|panel| {
        let own = read.actor().person.and_then(|person| panel.member(person));
        PanelFacts {
            parties: panel.active().map(|member| member.party.clone()).collect(),
            all_clear: panel.all_clear(),
            all_scored: panel.complete(&[row.id]),
            own_party: own.map(|member| member.party.clone()),
            own_clear: own.is_some_and(|member| member.declaration == CLEAR),
            own_scored: own.is_some_and(|member| {
                panel
                    .sheets
                    .iter()
                    .any(|sheet| sheet.member_id == member.id && sheet.subject_id == row.id)
            }),
        }
    });
    Ok(EvaluationFacts {
        rule: counted_rule(row),
        phase: phase(row)?,
        panel,
        survey_opened: row.survey_plan.is_some(),
        survey_closed: row.survey.is_some(),
        held: holds::any(read, row.id).await?,
        veto_open: crate::vetoes::store::any_open(read, row.id).await?,
        grade: row.grade.as_deref().and_then(ProjectGrade::from_wire),
        round: row.round,
    })
}

/// The scheme without the parties that were left out.
pub(crate) fn counted_rule(row: &evaluation::Model) -> EvaluationRule {
    row.reduced.left_of(&row.rule.0)
}

/// The phase of an evaluation.
pub(crate) fn phase(row: &evaluation::Model) -> Result<Phase, Error> {
    Phase::from_wire(&row.phase).ok_or_else(|| Error::internal("an evaluation of no phase"))
}

/// The sheets that count, with the party of their scorers.
pub(crate) fn counted_sheets<'a>(
    row: &evaluation::Model,
    panel: &'a Loaded,
) -> Vec<(&'a str, wubang_panels::model::Sheet)> {
    let sheets = panel.valid_sheets(row.id).into_iter();
    let with_party = sheets.filter_map(|sheet| {
        let member = panel.members.iter().find(|one| one.id == sheet.member_id)?;
        Some((member.party.as_str(), sheet))
    });
    with_party.collect()
}

/// The result from the sheets as they are; `None` while a party is below its minimum. A confirmed veto finding makes it
/// fail, whatever its points are (rulebook 2.11.3).
pub(crate) fn outcome(row: &evaluation::Model, panel: Option<&Loaded>) -> Option<Outcome> {
    let sheets = panel
        .map(|panel| counted_sheets(row, panel))
        .unwrap_or_default();
    let totals = |party: &str| {
        let of_party = sheets.iter().filter(|(of, _)| *of == party);
        of_party.map(|(_, sheet)| sheet.total).collect()
    };
    let survey = row.survey.as_ref().map(|survey| &survey.counts);
    let outcome = scoring::outcome(&counted_rule(row), totals, survey)?;
    Some(outcome.vetoed(row.report_missing || !row.vetoes.0.is_empty()))
}

fn is_public(row: &evaluation::Model) -> bool {
    PUBLIC.contains(&row.state.as_str())
}

/// Whether the figures may be shown: to those who run it and to the panel once they are there, to
/// everybody from the publicity on.
fn sees_result(roles: RoleSet, row: &evaluation::Model) -> bool {
    is_public(row) || roles.any(RUNNERS) || (roles.has(Role::Assessor) && row.state != "scoring")
}

pub(crate) fn party_scores(row: &evaluation::Model) -> Vec<PartyScoreOut> {
    let scores = row.party_scores.iter().flat_map(|scores| &scores.0);
    scores
        .map(|one| PartyScoreOut {
            party: one.party.clone(),
            weight: one.weight,
            sheets: one.sheets,
            score: one.score.rounded(),
            exact: one.score,
            sheets_mean: one.sheets_mean,
            survey: row
                .rule
                .0
                .party(&one.party)
                .map_or(SurveyUse::Without, |party| party.survey),
        })
        .collect()
}

pub(crate) fn total(row: &evaluation::Model) -> Option<Hundredths> {
    exact_total(row).map(|total| total.rounded())
}

fn exact_total(row: &evaluation::Model) -> Option<Exact> {
    row.total.as_deref().and_then(|text| text.parse().ok())
}

/// The score of the residents, once it is there.
#[must_use]
pub fn residents_score(row: &evaluation::Model) -> Option<Exact> {
    let mut scores = row.party_scores.iter().flat_map(|scores| &scores.0);
    let residents = scores.find(|one| one.party == scoring::RESIDENTS)?;
    Some(residents.score)
}

/// Residents below 60, or a project that has passed just so: what is wrong is to be put right (rulebook 2.11.3).
fn rectification_advised(row: &evaluation::Model) -> bool {
    scoring::is_unhappy(residents_score(row)) || grade(row) == Some(ProjectGrade::BasicPass)
}

pub(crate) fn grade(row: &evaluation::Model) -> Option<ProjectGrade> {
    row.grade.as_deref().and_then(ProjectGrade::from_wire)
}

/// Sheets handed in per party.
fn counts(row: &evaluation::Model, panel: &Loaded) -> BTreeMap<String, usize> {
    let mut counts: BTreeMap<String, usize> = panel
        .active()
        .map(|member| (member.party.clone(), 0))
        .collect();
    for sheet in panel.valid_sheets(row.id) {
        if let Some(member) = panel.active().find(|member| member.id == sheet.member_id) {
            *counts.entry(member.party.clone()).or_default() += 1;
        }
    }
    counts
}

/// The panel with its members, for those who run it and those who sit on it; the nonce of the draw
/// only once the result is public. Residents stay unknown to the contractor and the public.
fn panel(read: &impl Read, case: &Case, panel: &Loaded) -> Result<Option<PanelOut>, Error> {
    if !case.roles.any(RUNNERS) && !case.roles.has(Role::Assessor) {
        return Ok(None);
    }
    let mut shown = wubang_panels::service::show(read, panel, true)?;
    if !is_public(&case.evaluation) {
        (shown.draw_nonce, shown.draw_record) = (None, None);
    }
    Ok(Some(shown))
}

/// Shows an evaluation to one viewer.
pub(crate) async fn evaluation(read: &impl Read, case: &Case) -> Result<EvaluationOut, Error> {
    let (row, roles) = (&case.evaluation, case.roles);
    let state = state_of::<flow::Evaluation>(&row.state)?;
    let running = timers::running(read, &[row.id]).await?;
    let allowed =
        actions::of::<flow::Evaluation>(row.id, state, roles, &facts(read, case).await?).allowed;
    let (result, runs) = (sees_result(roles, row), roles.any(RUNNERS));
    let (milestones, completion_report) = if runs || roles.has(Role::Assessor) {
        wubang_contracts::service::dossier(read, row.contract_id).await?
    } else {
        (Vec::new(), None)
    };
    let scored = !matches!(row.state.as_str(), "preparing" | "scoring");
    let survey = row.survey.as_ref().filter(|_| result);
    let survey_progress = match runs {
        true => crate::survey::service::progress(read, case).await?,
        false => None,
    };
    let learned = case
        .panel
        .as_ref()
        .filter(|_| is_public(row) && (runs || roles.any(CONTRACTOR)))
        .map(|panel| learning::from(row, panel))
        .unwrap_or_default();
    Ok(EvaluationOut {
        id: row.id,
        number: row.number.clone(),
        state,
        version: row.version,
        project_id: row.project_id,
        posting_id: row.posting_id,
        contract_id: row.contract_id,
        title: row.title.clone(),
        organisation_id: row.organisation_id,
        organisation_name: row.organisation_name.clone(),
        division: row.division.clone(),
        phase: phase(row)?,
        report_missing: row.report_missing,
        round: row.round,
        third_party_organisation_id: row.third_party_id,
        third_party_name: row.third_party_name.clone(),
        rule: row.rule.0.clone(),
        panel: case
            .panel
            .as_ref()
            .map(|one| panel(read, case, one))
            .transpose()?
            .flatten(),
        sheets_by_party: case
            .panel
            .as_ref()
            .filter(|_| runs)
            .map(|panel| counts(row, panel))
            .unwrap_or_default(),
        sheets: case
            .panel
            .as_ref()
            .map(|panel| wubang_panels::service::readable_sheets(read, panel, scored))
            .transpose()?
            .unwrap_or_default(),
        milestones,
        completion_report,
        survey_progress,
        satisfaction: survey
            .and_then(|survey| SurveyCounts::satisfaction(&survey.counts))
            .map(|exact| exact.rounded()),
        survey: survey.map(crate::survey::rules::show),
        party_scores: if result {
            party_scores(row)
        } else {
            Vec::new()
        },
        total: total(row).filter(|_| result),
        grade: grade(row).filter(|_| result),
        reduced_parties: row.reduced.0.clone(),
        vetoes: match result {
            true => row.vetoes.0.clone(),
            false => Vec::new(),
        },
        criterion_means: learned.means,
        sheet_comments: learned.comments,
        result: row.draft.clone().filter(|_| result),
        // they were public once
        superseded: row.superseded.clone(),
        publicity_hash: row.publicity_hash.clone(),
        publicity_starts_at: row.publicity_starts_at.map(Instant),
        publicity_ends_at: row.publicity_ends_at.map(Instant),
        deadlines: running.into_iter().map(DeadlineOut::from).collect(),
        allowed_actions: allowed,
        created_at: Instant(row.created_at),
        updated_at: Instant(row.updated_at),
    })
}

/// Shows an evaluation in a list; figures from the publicity on.
pub(crate) fn summary(row: evaluation::Model) -> Result<EvaluationSummary, Error> {
    let public = is_public(&row);
    Ok(EvaluationSummary {
        id: row.id,
        state: state_of::<flow::Evaluation>(&row.state)?,
        phase: phase(&row)?,
        total: total(&row).filter(|_| public),
        grade: grade(&row).filter(|_| public),
        number: row.number,
        project_id: row.project_id,
        contract_id: row.contract_id,
        title: row.title,
        organisation_name: row.organisation_name,
        division: row.division,
        created_at: Instant(row.created_at),
    })
}

/// What everybody may read, from the publicity on.
pub(crate) fn public(
    row: &evaluation::Model,
    panel: Option<&Loaded>,
) -> Result<Option<PublicEvaluationOut>, Error> {
    if !is_public(row) {
        return Ok(None);
    }
    Ok(Some(PublicEvaluationOut {
        id: row.id,
        number: row.number.clone(),
        state: state_of::<flow::Evaluation>(&row.state)?,
        title: row.title.clone(),
        organisation_name: row.organisation_name.clone(),
        division: row.division.clone(),
        phase: phase(row)?,
        scheme: row.rule.0.scheme.clone(),
        basic_pass: row.rule.0.basic_pass,
        report_missing: row.report_missing,
        round: row.round,
        party_scores: party_scores(row),
        total: total(row),
        exact_total: exact_total(row),
        grade: grade(row),
        rectification_advised: rectification_advised(row),
        reduced_parties: row.reduced.0.clone(),
        vetoes: row.vetoes.0.clone(),
        sheet_commitments: panel.map(Loaded::commitments).unwrap_or_default(),
        survey: row.survey.as_ref().map(crate::survey::rules::show),
        superseded: row.superseded.clone(),
        publicity_hash: row.publicity_hash.clone(),
        publicity_starts_at: row.publicity_starts_at.map(Instant),
        publicity_ends_at: row.publicity_ends_at.map(Instant),
    }))
}

/// The snapshot whose hash stands with the publicity: it may not change while it is shown.
pub(crate) fn snapshot(case: &Case) -> Result<Value, Error> {
    let row = &case.evaluation;
    Ok(serde_json::json!({
        "number": row.number,
        "title": row.title,
        "organisation_name": row.organisation_name,
        "phase": row.phase,
        "scheme": row.rule.0.scheme,
        "basic_pass": row.rule.0.basic_pass,
        "reduced_parties": row.reduced,
        "vetoes": row.vetoes,
        "party_scores": serde_json::to_value(party_scores(row))?,
        "sheet_commitments": case.panel.as_ref().map(Loaded::commitments).unwrap_or_default(),
        "survey": row.survey.as_ref().map(crate::survey::rules::show),
        "report_missing": row.report_missing,
        "round": row.round,
        "total": total(row),
        "exact_total": exact_total(row),
        "grade": grade(row),
    }))
}
