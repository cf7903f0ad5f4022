//! What an award keeps of its deadlines follows when the calendar of their year becomes known (counting
//! rule 9).

use crate::entity::award;
use crate::store;
use sea_orm::sea_query::Expr;
use wubang_kernel::machine::Audience;
use wubang_kernel::{Role, Timer};
use wubang_store::commit::edit;
use wubang_store::recount::Recounted;
use wubang_store::{Error, Key, Tx};

/// The end of the publicity (T15) and of the term to sign (T17) follow; the awardee is told.
///
/// # Errors
/// `conflict` when somebody else was first.
pub(crate) async fn on_recounted(tx: &Tx, recounted: &Recounted) -> Result<(), Error> {
    let award = store::find(tx, &Key::Id(recounted.object_id)).await?;
    let (shown, sign) = (recounted.moved(Timer::T15), recounted.moved(Timer::T17));
    if shown.is_some() || sign.is_some() {
        let ends = shown.map_or(award.publicity_ends_at, |end| end.after.at);
        let sign_by = sign.map(|end| end.after.at).or(award.sign_by);
        let data = serde_json::json!({ "publicity_ends_at": shown.map(|end| &end.after), "sign_by": sign.map(|end| &end.after) });
        edit::<award::Entity>(
            tx,
            &award,
            "award.deadline_recounted",
            Role::System,
            |update| {
                update
                    .col_expr(award::Column::PublicityEndsAt, Expr::value(ends))
                    .col_expr(award::Column::SignBy, Expr::value(sign_by))
            },
            Some(data),
        )
        .await?;
    }
    let awardee = vec![award.organisation_id];
    recounted
        .tell(tx, vec![Audience::Organisation], awardee)
        .await
}
