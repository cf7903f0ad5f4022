//! An agreement that ends early takes what is not decided about it along (rulebook 2.8.11, `evaluation.voided`).

use crate::entity::evaluation;
use crate::flow::EvaluationEvent;
use crate::service::{SYSTEM, planned, spend};
use crate::store::Case;
use crate::{out, store, survey};
use uuid::Uuid;
use wubang_kernel::RoleSet;
use wubang_publicity::model::PublicityKind;
use wubang_store::{Error, Tx};

/// States in which nothing more happens to an evaluation.
const OVER: &[&str] = &["confirmed", "voided"];

/// The agreement was terminated, or its contractor has left: its open evaluations are void. Sheets and figures stay on
/// the record; what could tie an answer of a resident to a person is forgotten like at the closing of the survey.
///
/// # Errors
/// `conflict` when somebody else was first.
pub(crate) async fn on_contract_ended(tx: &Tx, contract: Uuid) -> Result<(), Error> {
    for row in store::all_of_contract(tx, contract).await? {
        if !OVER.contains(&row.state.as_str()) {
            void(tx, row).await?;
        }
    }
    Ok(())
}

async fn void(tx: &Tx, row: evaluation::Model) -> Result<(), Error> {
    let mut case = Case {
        roles: RoleSet::of(SYSTEM),
        ..store::complete(tx, row).await?
    };
    let facts = out::facts(tx, &case).await?;
    let step = planned(&case, EvaluationEvent::Void, case.roles, &facts)?;
    let shown = store::PUBLIC.contains(&case.evaluation.state.as_str());
    let (id, round) = (case.evaluation.id, case.evaluation.round);
    survey::store::forget(tx, (id, round), true).await?;
    spend(tx, &mut case, step, |c| {
        c.set(evaluation::Column::SurveyKey, None::<String>)
    })
    .await?;
    if shown {
        let words = "协议提前结束,考榜作废";
        wubang_publicity::stopped(tx, id, PublicityKind::Evaluation, words).await?;
    }
    Ok(())
}
