//! What must always hold of evaluations.

use crate::buyer_reviews::entity::review;
use crate::entity::evaluation;
use crate::scoring::{self, ProjectGrade, SurveyCounts};
use crate::store::{PUBLIC, panel_of};
use crate::survey;
use crate::vetoes::entity::finding;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};
use uuid::Uuid;
use wubang_kernel::score::Exact;
use wubang_store::invariants::{Invariant, replay};
use wubang_store::{Error, Read, View};

/// The checks of this stage.
#[must_use]
pub fn invariants() -> Vec<Invariant> {
    vec![
        Invariant {
            name: "evaluation_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<evaluation::Entity>(view)),
        },
        Invariant {
            name: "evaluation_total_recomputes_from_its_sheets",
            run: |view| Box::pin(wrong_totals(view)),
        },
        Invariant {
            name: "veto_finding_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<finding::Entity>(view)),
        },
        Invariant {
            name: "buyer_review_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<review::Entity>(view)),
        },
        Invariant {
            name: "closed_survey_has_no_key_and_no_marks",
            run: |view| Box::pin(traceable_surveys(view)),
        },
        Invariant {
            name: "open_survey_counts_as_many_answers_as_voices",
            run: |view| Box::pin(uneven_surveys(view)),
        },
        Invariant {
            name: "published_evaluation_has_hash_and_period",
            run: |view| Box::pin(unpublished(view)),
        },
    ]
}

async fn wrong_totals(view: &View) -> Result<Vec<Uuid>, Error> {
    let scored = [
        "scored",
        "drafted",
        "in_publicity",
        "under_review",
        "confirmed",
        "reevaluation_required",
    ];
    let rows = evaluation::Entity::find()
        .filter(evaluation::Column::State.is_in(scored))
        .all(&view.db())
        .await?;
    let mut wrong = Vec::new();
    for row in rows {
        let panel = panel_of(view, &row).await?;
        let outcome = crate::out::outcome(&row, panel.as_ref());
        let total: Option<Exact> = row.total.as_deref().and_then(|text| text.parse().ok());
        let grade = row.grade.as_deref().and_then(ProjectGrade::from_wire);
        let same = |outcome: &scoring::Outcome| {
            Some(outcome.total) == total
                && Some(outcome.grade) == grade
                && Some(&outcome.parties) == row.party_scores.as_ref().map(|scores| &scores.0)
        };
        if !outcome.as_ref().is_some_and(same) {
            wrong.push(row.id);
        }
    }
    Ok(wrong)
}

/// Closed surveys that still hold what could tie an answer to a person.
async fn traceable_surveys(view: &View) -> Result<Vec<Uuid>, Error> {
    let closed = evaluation::Entity::find()
        .filter(evaluation::Column::Survey.is_not_null())
        .all(&view.db())
        .await?;
    let marked = survey::store::marked(view, closed.iter().map(|row| row.id).collect()).await?;
    let wrong = |row: &evaluation::Model| row.survey_key.is_some() || marked.contains(&row.id);
    Ok(closed
        .iter()
        .filter(|row| wrong(row))
        .map(|row| row.id)
        .collect())
}

/// Open surveys whose counts are not one for each voice.
async fn uneven_surveys(view: &View) -> Result<Vec<Uuid>, Error> {
    let open = evaluation::Entity::find()
        .filter(evaluation::Column::SurveyPlan.is_not_null())
        .filter(evaluation::Column::Survey.is_null())
        .all(&view.db())
        .await?;
    let mut wrong = Vec::new();
    for row in open {
        let tallies = survey::store::tallies(view, row.id).await?;
        let counted: i64 = tallies.values().map(SurveyCounts::answers).sum();
        let codes = row.survey_plan.as_ref().map_or(0, |plan| plan.codes_issued);
        if counted != survey::store::heard(view, row.id, codes).await? {
            wrong.push(row.id);
        }
    }
    Ok(wrong)
}

async fn unpublished(view: &View) -> Result<Vec<Uuid>, Error> {
    let missing = Condition::any()
        .add(evaluation::Column::PublicityHash.is_null())
        .add(evaluation::Column::PublicityStartsAt.is_null())
        .add(evaluation::Column::PublicityEndsAt.is_null())
        .add(evaluation::Column::Draft.is_null());
    let rows = evaluation::Entity::find()
        .filter(evaluation::Column::State.is_in(PUBLIC.iter().copied()))
        .filter(missing);
    Ok(rows
        .all(&view.db())
        .await?
        .into_iter()
        .map(|row| row.id)
        .collect())
}
