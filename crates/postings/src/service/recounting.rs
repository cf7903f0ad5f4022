//! What a posting keeps of its deadlines follows when the calendar of their year becomes known (counting
//! rule 9).

use super::changing::Windows;
use crate::changes::Kind;
use crate::entity::posting;
use crate::store;
use crate::store::changes::{self, Entry};
use sea_orm::sea_query::Expr;
use wubang_kernel::{Role, Timer};
use wubang_store::commit::edit;
use wubang_store::recount::Recounted;
use wubang_store::{Error, Key, Tx, timers};

/// The public reason of the entry in the chronicle.
const REASON: &str = "年度节假日安排公布,揭榜截止按计数规则重新计算,只顺延不提前";

/// The bid window was counted anew: the posting's own deadlines follow. Who could still ask may do so as
/// long before the new end; a question deadline that was over stays over, and none moves earlier.
///
/// # Errors
/// `conflict` when somebody else was first.
pub async fn on_recounted(tx: &Tx, recounted: &Recounted) -> Result<(), Error> {
    let Some(close) = recounted.of(Timer::T09) else {
        return Ok(());
    };
    let id = recounted.object_id;
    let posting = store::find(tx, &Key::Id(id)).await?;
    let running = timers::running(tx, &[id]).await?;
    let asking = running.iter().any(|row| row.timer == Timer::T10.key());
    // an order has no question deadline
    let mut questions = Windows::of(tx, &posting, close.after.clone())
        .questions()
        .cloned();
    if let Some((present, questions)) = posting.question_deadline.zip(questions.as_mut()) {
        questions.at = if asking {
            questions.at.max(present)
        } else {
            present
        };
    }
    if close.moved() {
        let entry = Entry {
            deadline: Some(close.after.at),
            ..Entry::of(Kind::Recount, REASON.to_owned(), &posting)
        };
        changes::add(tx, &posting, entry).await?;
    }
    let data = serde_json::json!({ "bid_deadline": close.after, "before": close.before });
    edit::<posting::Entity>(
        tx,
        &posting,
        "posting.deadline_recounted",
        Role::System,
        |update| {
            update
                .col_expr(posting::Column::BidDeadline, Expr::value(close.after.at))
                .col_expr(
                    posting::Column::BidDeadlineRule,
                    Expr::value(close.after.rule.clone()),
                )
                .col_expr(
                    posting::Column::Provisional,
                    Expr::value(close.after.provisional),
                )
                .col_expr(
                    posting::Column::QuestionDeadline,
                    Expr::value(questions.as_ref().map(|deadline| deadline.at)),
                )
        },
        Some(data),
    )
    .await?;
    match questions {
        Some(questions) => timers::put_off(tx, id, Timer::T10, &questions).await,
        None => Ok(()),
    }
}
