//! What slips and exits keep of their deadlines follows when the calendar of their year becomes known (counting rule 9).

use crate::slips::entity::slip;
use sea_orm::EntityTrait;
use sea_orm::sea_query::Expr;
use wubang_kernel::{Code, Role, Timer};
use wubang_store::commit::edit;
use wubang_store::recount::Recounted;
use wubang_store::{Error, Read, Tx};

/// The term to answer a slip has moved.
///
/// # Errors
/// `conflict` when somebody else was first.
pub(crate) async fn on_slip_recounted(tx: &Tx, recounted: &Recounted) -> Result<(), Error> {
    let Some(end) = recounted.moved(Timer::SlipAnswer) else {
        return Ok(());
    };
    let row = slip::Entity::find_by_id(recounted.object_id)
        .one(&tx.db())
        .await?
        .ok_or(Code::NotFound)?;
    let set = |update: sea_orm::UpdateMany<slip::Entity>| {
        update.col_expr(slip::Column::AnswerBy, Expr::value(end.after.at))
    };
    let data = serde_json::json!({ "answer_by": end.after });
    let event = "slip.deadline_recounted";
    edit::<slip::Entity>(tx, &row, event, Role::System, set, Some(data)).await?;
    Ok(())
}
