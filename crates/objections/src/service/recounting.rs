//! What an objection keeps of its deadlines follows when the calendar of their year becomes known (counting
//! rule 9).

use crate::entity::objection;
use crate::store;
use sea_orm::sea_query::Expr;
use wubang_kernel::machine::Audience;
use wubang_kernel::{Role, Timer};
use wubang_store::commit::edit;
use wubang_store::recount::Recounted;
use wubang_store::{Error, Key, Tx};

/// The ends of the terms to answer, to complain, to supplement, of the hearing and of a suspension follow.
///
/// # Errors
/// `conflict` when somebody else was first.
pub async fn on_recounted(tx: &Tx, recounted: &Recounted) -> Result<(), Error> {
    let row = store::find(tx, &Key::Id(recounted.object_id)).await?;
    let moved = |timer| recounted.moved(timer).map(|end| end.after.at);
    let answer_by = moved(Timer::T44).or(row.answer_by);
    let complain_by = moved(Timer::T45).or(row.complain_by);
    let (mut supplement, mut hearing) = (row.supplement.clone(), row.hearing.clone());
    if let (Some(record), Some(at)) = (&mut supplement, moved(Timer::ObjectionSupplement)) {
        record.until = at;
    }
    if let (Some(record), Some(at)) = (&mut hearing, moved(Timer::ObjectionHearing)) {
        record.until = at;
    }
    let mut complaint = row.complaint.clone();
    if let (Some(record), Some(at)) = (&mut complaint, moved(Timer::T48)) {
        record.suspended_until = Some(at);
    }
    let data = serde_json::json!({ "answer_by": answer_by, "complain_by": complain_by });
    edit::<objection::Entity>(
        tx,
        &row,
        "objection.deadline_recounted",
        Role::System,
        |update| {
            update
                .col_expr(objection::Column::AnswerBy, Expr::value(answer_by))
                .col_expr(objection::Column::ComplainBy, Expr::value(complain_by))
                .col_expr(objection::Column::Supplement, Expr::value(supplement))
                .col_expr(objection::Column::Hearing, Expr::value(hearing))
                .col_expr(objection::Column::Complaint, Expr::value(complaint))
        },
        Some(data),
    )
    .await?;
    recounted.tell(tx, vec![Audience::Street], Vec::new()).await
}
