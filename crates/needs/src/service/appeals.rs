//! The right to ask the district about a rejection (rulebook 2.4.1, 2.8.1; T43, T44).

use super::intake::reason;
use super::{by_system, facts, load_for, out, step};
use crate::entity::need;
use crate::flow::NeedEvent;
use crate::model::{AppealRecord, NeedAppealDecisionIn, NeedOut};
use crate::rules::NeedFacts;
use uuid::Uuid;
use wubang_kernel::Code;
use wubang_store::{Error, Key, Read, Tx};
use wubang_web::ReasonIn;

/// The secretary asks the district to look at the rejection.
///
/// # Errors
/// `deadline_passed` after seven working days; `appeal_used` when the district has dismissed it.
pub async fn appeal(tx: &Tx, key: &Key, input: ReasonIn) -> Result<NeedOut, Error> {
    let reason = reason(&input.reason)?;
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case);
    let record = AppealRecord {
        reason: reason.clone(),
        appealed_at: tx.now(),
        upheld: None,
        answer: None,
        answered_at: None,
    };
    let case = step(tx, case, NeedEvent::Appeal, &facts, |c| {
        c.set(need::Column::Appeal, Some(record))
            .because(Some(reason))
    })
    .await?;
    out(tx, case).await
}

/// The district answers: the street must look at the need again, or the rejection is final.
///
/// # Errors
/// `invalid` without a reason; `invalid_transition` when nobody has asked.
pub async fn decide_appeal(
    tx: &Tx,
    key: &Key,
    input: NeedAppealDecisionIn,
) -> Result<NeedOut, Error> {
    let reason = reason(&input.reason)?;
    let case = load_for(tx, key).await?;
    let facts = NeedFacts {
        upheld: Some(input.upheld),
        ..facts(tx, &case)
    };
    let record = case.need.appeal.clone().map(|record| AppealRecord {
        upheld: Some(input.upheld),
        answer: Some(reason.clone()),
        answered_at: Some(tx.now()),
        ..record
    });
    // a need that comes back is reviewed anew
    let cycle = case.need.cycle + i32::from(input.upheld);
    let case = step(tx, case, NeedEvent::DecideAppeal, &facts, |c| {
        c.set(need::Column::Appeal, record)
            .set(need::Column::Cycle, cycle)
            .because(Some(reason))
            .data(serde_json::json!({ "upheld": input.upheld }))
    })
    .await?;
    out(tx, case).await
}

/// An objection against the rejection was upheld (rulebook 2.8.12): the street looks at the need again.
///
/// # Errors
/// `invalid_transition` unless the need is rejected.
pub async fn objection_upheld(tx: &Tx, id: Uuid, reason: &str) -> Result<(), Error> {
    by_system(tx, id, NeedEvent::Object, |c, need| {
        c.set(need::Column::Cycle, need.cycle + 1)
            .because(Some(reason.to_owned()))
    })
    .await
}

/// T43: nobody asked the district in time. The rejection stands; the lapse is recorded.
///
/// # Errors
/// `invalid_transition` when the need has moved on.
pub async fn appeal_lapsed(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, NeedEvent::AppealLapse, |c, _| {
        c.because(Some(Code::DeadlinePassed.as_str().to_owned()))
    })
    .await
}
