//! What must always hold of evaluations.

use crate::entity::evaluation;
use crate::scoring::{self, ProjectGrade};
use crate::store::{PUBLIC, panel_of};
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
        let outcome = panel.and_then(|panel| crate::out::outcome(&row, &panel));
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
