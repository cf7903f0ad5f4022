//! Street and community each say whether a correction is good; the second of the two decides (rulebook 2.8.9).

use super::entity::rectification;
use super::flow::RectificationEvent;
use super::model::{JudgeRectificationIn, Judgement, RectificationOut};
use super::rules::{self, RectificationFacts};
use super::service::{FREE, facts, out, with_round};
use crate::levels;
use crate::watched;
use rectification::Column as C;
use wubang_kernel::Code;
use wubang_store::{Error, Key, Read, Tx};
use wubang_web::Instant;

/// One of the two offices states its finding; the first one waits for the other. Both must find it corrected.
///
/// # Errors
/// `recused` for the contractor's own people; `duplicate` when the office has spoken; `same_person`; `defects_open` for
/// who passes an open serious defect; `satisfaction_low` where residents were to be asked again; `invalid`.
pub async fn judge(
    tx: &Tx,
    key: &Key,
    input: JudgeRectificationIn,
) -> Result<RectificationOut, Error> {
    let mut case = watched::load_for::<rectification::Entity>(tx, key).await?;
    let (asked, event) = (facts(tx, &case)?, RectificationEvent::Judge);
    watched::may::<rectification::Entity>(&case, event, &asked)?;
    let says = rules::check_judgement(&case.row.defects, input)?;
    let (office, person_id) = asked.judge.ok_or(Code::Forbidden)?;
    let mut opinions = case.row.opinions.clone();
    opinions.0.push(Judgement {
        office,
        person_id,
        passed: says.passed,
        open_defects: says.open_defects.clone(),
        satisfaction: says.satisfaction,
        comment: says.comment.clone(),
        at: Instant(tx.now()),
    });
    let data = serde_json::json!({ "office": office, "passed": says.passed, "open_defects": says.open_defects });
    let facts = RectificationFacts {
        says: Some(says),
        ..asked
    };
    let both = opinions.0.len() == 2;
    watched::step::<rectification::Entity>(tx, &mut case, event, &facts, |c| {
        c.set(C::Opinions, opinions).data(data)
    })
    .await?;
    if both {
        decide(tx, &mut case).await?;
    }
    out(tx, case).await
}

/// What follows from two findings.
async fn decide(tx: &Tx, case: &mut super::service::RectificationCase) -> Result<(), Error> {
    let facts = facts(tx, case)?;
    if case.row.opinions.0.iter().all(|one| one.passed) {
        let event = RectificationEvent::Pass;
        watched::step_by_system::<rectification::Entity>(tx, case, event, &facts, |c| {
            c.set(C::OpenKey, FREE)
        })
        .await?;
        return levels::refresh(tx, case.row.contract_id, "整改合格").await;
    }
    let (event, rounds) = (RectificationEvent::Fail, with_round(&case.row));
    watched::step_by_system::<rectification::Entity>(tx, case, event, &facts, |c| {
        c.set(C::Rounds, rounds)
    })
    .await
}
