//! What an agreement keeps of deadlines follows when the calendar of their year becomes known (counting
//! rule 9), and the contractor is told.

use crate::entity::contract;
use crate::store;
use sea_orm::sea_query::Expr;
use wubang_kernel::machine::Audience;
use wubang_kernel::{Role, Timer};
use wubang_store::commit::edit;
use wubang_store::recount::Recounted;
use wubang_store::{Error, Key, Tx};

/// The award's term to sign (T17) has moved: the agreement's moves with it.
///
/// # Errors
/// `conflict` when somebody else was first.
pub(crate) async fn on_award_recounted(tx: &Tx, recounted: &Recounted) -> Result<(), Error> {
    let Some(end) = recounted.moved(Timer::T17) else {
        return Ok(());
    };
    let Some(row) = store::of_award(tx, recounted.object_id)
        .await?
        .filter(|row| row.state != "void")
    else {
        return Ok(());
    };
    edit::<contract::Entity>(
        tx,
        &row,
        "contract.deadline_recounted",
        Role::System,
        |update| update.col_expr(contract::Column::SignBy, Expr::value(end.after.at)),
        Some(serde_json::json!({ "sign_by": end.after })),
    )
    .await?;
    Ok(())
}

/// A deadline of the agreement itself has moved.
///
/// # Errors
/// When the database fails.
pub(crate) async fn on_recounted(tx: &Tx, recounted: &Recounted) -> Result<(), Error> {
    let row = store::find(tx, &Key::Id(recounted.object_id)).await?;
    tell(tx, recounted, &row).await
}

/// A deadline of a milestone has moved.
///
/// # Errors
/// When the database fails.
pub(crate) async fn on_milestone_recounted(tx: &Tx, recounted: &Recounted) -> Result<(), Error> {
    let (case, _) = store::load_milestone(tx, &Key::Id(recounted.object_id)).await?;
    tell(tx, recounted, &case.contract).await
}

async fn tell(tx: &Tx, recounted: &Recounted, row: &contract::Model) -> Result<(), Error> {
    let contractor = vec![row.organisation_id];
    recounted
        .tell(tx, vec![Audience::Organisation], contractor)
        .await
}
