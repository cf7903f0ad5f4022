//! Postings that a statutory procedure decides elsewhere (政府采购, rulebook 2.3.2): its result is taken in,
//! nothing is ever awarded here.

use super::system::{let_go, reason_of};
use super::{facts, load_for, may, out, step};
use crate::entity::posting;
use crate::flow::PostingEvent;
use crate::model::{ExternalResultIn, PostingOut};
use crate::particulars::{ExternalResult, Particulars};
use crate::store::PostingCase;
use wubang_kernel::deadline::{Deadline, local_date};
use wubang_kernel::{Code, Faults, Timer, faults};
use wubang_registry::organisations::{self, Organisation};
use wubang_store::{Error, Key, Read, Tx};
use wubang_web::ReasonIn;

fn check(
    case: &PostingCase,
    tx: &Tx,
    input: &ExternalResultIn,
    organisation: Option<&Organisation>,
) -> Result<String, Error> {
    let mut faults = Faults::new();
    if organisation.is_none() {
        faults.add(
            "/organisation_id",
            "unknown_value",
            "没有这个组织,请先登记",
            "there is no such organisation; register it first",
        );
    }
    let notice_number = faults.line("/notice_number", &input.notice_number, 2..=100);
    let most = case.posting.budget_ceiling_fen;
    faults.number("/price_fen", input.price_fen, 1..=most.max(1));
    let published = case.posting.published_at.map(local_date);
    let today = local_date(tx.now());
    if input.decided_on > today || published.is_some_and(|from| input.decided_on < from) {
        faults.add(
            "/decided_on",
            "out_of_range",
            "须在发榜日与今天之间",
            "must lie between the publication and today",
        );
    }
    faults.finish()?;
    Ok(notice_number)
}

/// The street takes in the result; the agreement is to be signed within T17 from the notice. A result that
/// changed is taken in again, and an agreement not signed yet falls with the old one.
///
/// # Errors
/// `invalid_transition` for other types and once the agreement is signed; `invalid` with every wrong field.
pub async fn take_result(tx: &Tx, key: &Key, input: ExternalResultIn) -> Result<PostingOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case).await?;
    may(&case, PostingEvent::TakeResult, &facts)?;
    let organisation = organisations::load(tx, input.organisation_id).await.ok();
    let notice_number = check(&case, tx, &input, organisation.as_ref())?;
    let organisation = organisation.ok_or(Code::Internal)?;
    let result = ExternalResult {
        organisation_id: organisation.id,
        organisation_name: organisation.name,
        price_fen: input.price_fen,
        decided_on: input.decided_on,
        notice_number,
    };
    let term = case.posting.procedure.0.term(Timer::T17);
    let sign_by: Deadline = tx.calendar().counted_from(result.decided_on, term);
    let data = serde_json::to_value(&result)?;
    let particulars = Particulars {
        result: Some(result),
        ..case.posting.particulars.clone()
    };
    let now = tx.now();
    let case = step(tx, case, PostingEvent::TakeResult, &facts, |c| {
        c.set(posting::Column::Particulars, particulars)
            .set(posting::Column::ClosedAt, now)
            .data(data)
            .due(Timer::T17, sign_by)
    })
    .await?;
    out(tx, case).await
}

/// The street records that the statutory procedure has failed; the posting fails with it (流榜).
///
/// # Errors
/// `invalid` without a reason; `invalid_transition` for other types and once the agreement is signed.
pub async fn fail_elsewhere(tx: &Tx, key: &Key, input: ReasonIn) -> Result<PostingOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case).await?;
    may(&case, PostingEvent::Fail, &facts)?;
    let reason = faults::reason(&input.reason)?;
    let case = step(tx, case, PostingEvent::Fail, &facts, |c| {
        reason_of(c, "external_failed", Some(reason))
    })
    .await?;
    let_go(tx, &case).await?;
    out(tx, case).await
}
