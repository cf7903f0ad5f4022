//! What an evaluation keeps of its deadlines follows when the calendar of their year becomes known
//! (counting rule 9).

use crate::entity::evaluation;
use crate::store;
use sea_orm::sea_query::Expr;
use wubang_kernel::machine::Audience;
use wubang_kernel::{Role, Timer};
use wubang_store::commit::edit;
use wubang_store::recount::Recounted;
use wubang_store::{Error, Key, Tracked, Tx};

/// The end of the publicity (T39) follows; contractor and third party are told.
///
/// # Errors
/// `conflict` when somebody else was first.
pub(crate) async fn on_recounted(tx: &Tx, recounted: &Recounted) -> Result<(), Error> {
    let row = store::find(tx, &Key::Id(recounted.object_id)).await?;
    if let Some(end) = recounted.moved(Timer::T39) {
        edit::<evaluation::Entity>(
            tx,
            &row,
            "evaluation.deadline_recounted",
            Role::System,
            |update| {
                update.col_expr(
                    evaluation::Column::PublicityEndsAt,
                    Expr::value(end.after.at),
                )
            },
            Some(serde_json::json!({ "publicity_ends_at": end.after })),
        )
        .await?;
    }
    recounted
        .tell(tx, vec![Audience::Organisation], row.organisations())
        .await
}
