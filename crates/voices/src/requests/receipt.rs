//! What the holder of a receipt may ask and say: the fate, and in the end whether it helped.

use super::model::{CodeIn, FeedbackIn, FeedbackOut, RequestStatusOut, Solved};
use super::service::need_number;
use super::store;
use crate::entity::request;
use crate::fates::{self, FateOut};
use crate::secret;
use sea_orm::sea_query::Expr;
use wubang_kernel::machine::Audience;
use wubang_kernel::{Code, Faults, Refusal, Role, personal};
use wubang_store::commit::edit;
use wubang_store::outbox::{self, Notice};
use wubang_store::{Error, Key, Read, Tracked, Tx};

/// Characters of a code that is worth hashing; nobody types more.
const LONGEST_CODE: usize = 64;

/// The request of a receipt.
async fn of_receipt(read: &impl Read, key: &Key, code: &str) -> Result<request::Model, Error> {
    // the number alone is on the receipt; an id is nothing that a resident knows
    let number = match key {
        Key::Number(number) => number.as_str(),
        Key::Id(_) => "",
    };
    let code: String = code.chars().take(LONGEST_CODE).collect();
    store::of_receipt(read, number, &secret::code_hash(number, &code)).await
}

/// Whether the reporter may say if it helped: the service was given, or the community has answered.
fn may_answer(row: &request::Model, fates: &[FateOut]) -> bool {
    row.feedback.is_none()
        && (row.state == "answered" || fates.iter().any(|one| one.fate.is_delivered()))
}

async fn out(read: &impl Read, row: request::Model) -> Result<RequestStatusOut, Error> {
    let (fates, fate) = fates::of_request(read, &row).await?;
    let community = store::division_of(&row)?;
    Ok(RequestStatusOut {
        community_name: wubang_registry::name_of(read, &community).await?,
        need_number: need_number(read, row.need_id).await?,
        may_answer: may_answer(&row, &fates),
        feedback: FeedbackOut::of(&row),
        number: row.number,
        community: row.division,
        title: row.title,
        fate,
        fates,
        answer: row.reason,
    })
}

/// What became of a request.
///
/// # Errors
/// `not_found` for a wrong number and for a wrong code alike.
pub async fn status(read: &impl Read, key: &Key, input: CodeIn) -> Result<RequestStatusOut, Error> {
    let row = of_receipt(read, key, &input.code).await?;
    out(read, row).await
}

/// The reporter says once whether the matter was solved; a no is told to secretary and street.
///
/// # Errors
/// `not_found` for a wrong code; `too_early` before the service was given; `duplicate` the second time.
pub async fn feedback(tx: &Tx, key: &Key, input: FeedbackIn) -> Result<RequestStatusOut, Error> {
    let row = of_receipt(tx, key, &input.code).await?;
    tx.expect_version(row.version)?;
    let mut faults = Faults::new();
    let text = input
        .text
        .as_deref()
        .map(|text| faults.prose("/text", text, 0..=500));
    if let Some(text) = &text {
        personal::refuse_identity_numbers("/text", text, &mut faults);
    }
    faults.finish()?;
    if row.feedback.is_some() {
        return Err(Code::Duplicate.into());
    }
    let (fates, _) = fates::of_request(tx, &row).await?;
    if !may_answer(&row, &fates) {
        return Err(Refusal::new(Code::TooEarly)
            .because(
                "服务完成或社区答复后方可评价",
                "it can be rated once it is done or answered",
            )
            .into());
    }
    let solved = if input.solved {
        Solved::Solved
    } else {
        Solved::NotSolved
    };
    let (said, now) = (text.as_deref().map(personal::mask), tx.now());
    let row = edit::<request::Entity>(
        tx,
        &row,
        "resident_request.rated",
        Role::Public,
        |update| {
            update
                .col_expr(request::Column::Feedback, Expr::value(solved.wire()))
                .col_expr(request::Column::FeedbackText, Expr::value(said))
                .col_expr(request::Column::FeedbackAt, Expr::value(now))
        },
        Some(serde_json::json!({ "feedback": solved.wire() })),
    )
    .await?;
    if solved == Solved::NotSolved {
        tell_not_solved(tx, &row).await?;
    }
    out(tx, row).await
}

async fn tell_not_solved(tx: &Tx, row: &request::Model) -> Result<(), Error> {
    let notice = Notice {
        tell: vec![Audience::Street, Audience::Secretary],
        division: row.division.clone(),
        field: None,
        label: row.label(),
        organisations: Vec::new(),
        persons: Vec::new(),
        state: row.state.clone(),
        facts: serde_json::Value::Null,
    };
    outbox::tell(
        tx,
        "resident_request.not_solved",
        "resident_request",
        row.id,
        notice,
    )
    .await
}

#[cfg(test)]
mod tests {
    use crate::fates::Fate;

    #[test]
    fn only_a_service_that_was_given_can_be_rated() {
        let delivered: Vec<&str> = Fate::ALL
            .iter()
            .filter(|fate| fate.is_delivered())
            .map(|fate| fate.wire())
            .collect();
        assert_eq!(delivered, ["done", "scored"]);
    }
}
