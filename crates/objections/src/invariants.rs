//! What must always hold of objections.

use crate::entity::objection;
use crate::model::ObjectionTarget;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;
use wubang_store::entity::holds;
use wubang_store::invariants::{Invariant, replay};
use wubang_store::{Error, Read, View};

/// The checks of this crate.
#[must_use]
pub fn invariants() -> Vec<Invariant> {
    vec![
        Invariant {
            name: "objection_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<objection::Entity>(view)),
        },
        Invariant {
            name: "open_objection_holds_its_target",
            run: |view| Box::pin(without_hold(view)),
        },
        Invariant {
            name: "award_stands_still_exactly_while_an_objection_is_open",
            run: |view| Box::pin(out_of_step(view)),
        },
        Invariant {
            name: "result_is_under_review_only_while_an_objection_is_open",
            run: |view| Box::pin(reviewed_for_nothing(view)),
        },
        Invariant {
            name: "no_handler_took_part_in_what_is_objected_to",
            run: |view| Box::pin(judges_in_own_cause(view)),
        },
    ]
}

async fn all(view: &View) -> Result<Vec<objection::Model>, Error> {
    Ok(objection::Entity::find().all(&view.db()).await?)
}

/// An objection that is open holds what must stand still, and one that is over holds nothing.
async fn without_hold(view: &View) -> Result<Vec<Uuid>, Error> {
    let open: HashSet<Uuid> = holds::Entity::find()
        .filter(holds::Column::ReleasedAt.is_null())
        .all(&view.db())
        .await?
        .into_iter()
        .map(|row| row.id)
        .collect();
    let fits = |row: &objection::Model| match row.state.as_str() {
        "accepted" | "investigating" | "overdue" if row.held_id.is_some() => {
            row.hold_id.is_some_and(|hold| open.contains(&hold))
        }
        "rejected" | "upheld" | "partly_upheld" | "dismissed" | "withdrawn" | "closed" => {
            row.hold_id.is_none()
        }
        _ => row.hold_id.is_none_or(|hold| open.contains(&hold)),
    };
    let rows = all(view).await?;
    Ok(rows
        .into_iter()
        .filter(|row| !fits(row))
        .map(|row| row.id)
        .collect())
}

/// An award with an accepted objection stands still, unless it has fallen away or is contracted, and none is
/// confirmed meanwhile; one that nobody objects to does not stand still.
async fn out_of_step(view: &View) -> Result<Vec<Uuid>, Error> {
    let mut held: HashMap<Uuid, bool> = HashMap::new();
    for row in all(view).await? {
        let about = [ObjectionTarget::Award, ObjectionTarget::ProcessMember];
        let of_award = about.iter().any(|target| target.as_str() == row.target);
        if let (true, Some(award), Some(_)) = (of_award, row.held_id, row.hold_id) {
            let complaint = row.complaint.as_ref();
            let accepted = row.accepted_at.is_some()
                || complaint.is_some_and(|one| one.suspended_at.is_some());
            *held.entry(award).or_default() |= accepted;
        }
    }
    let mut wrong: Vec<Uuid> = wubang_awards::objecting::suspended(view)
        .await?
        .into_iter()
        .filter(|id| held.get(id) != Some(&true))
        .collect();
    for (id, accepted) in held {
        let award = wubang_awards::service::find(view, id).await?;
        let moves = match award.state.as_str() {
            "confirmed" => true,
            "in_publicity" | "notified" => accepted,
            _ => false,
        };
        if moves {
            wrong.push(id);
        }
    }
    Ok(wrong)
}

/// A result under review has an objection that holds it.
async fn reviewed_for_nothing(view: &View) -> Result<Vec<Uuid>, Error> {
    let kind = ObjectionTarget::EvaluationResult.as_str();
    let rows = all(view).await?;
    let holding = rows
        .iter()
        .filter(|row| row.target == kind && row.hold_id.is_some());
    let held: HashSet<Uuid> = holding.filter_map(|row| row.held_id).collect();
    let mut wrong = wubang_evaluations::reviewing::under_review(view).await?;
    wrong.retain(|id| !held.contains(id));
    Ok(wrong)
}

/// Who accepted, rejected or decided neither decided nor took part in what is objected to, and is not who
/// objects (rulebook 2.1, 2.9).
async fn judges_in_own_cause(view: &View) -> Result<Vec<Uuid>, Error> {
    let wrong = |row: &objection::Model| {
        let complaint = row.complaint.as_ref().and_then(|one| one.decided_by);
        [row.accepted_by, row.decided_by, complaint]
            .into_iter()
            .flatten()
            .any(|judge| {
                row.involved.deciders.contains(&judge)
                    || row.involved.took_part.contains(&judge)
                    || row.objector_id == judge
            })
    };
    let rows = all(view).await?;
    Ok(rows.into_iter().filter(wrong).map(|row| row.id).collect())
}
