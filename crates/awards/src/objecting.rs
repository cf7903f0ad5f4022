//! What objections do to an award (rulebook 2.8.4, 2.8.12): it stands still while one is open, goes on with exactly
//! what was left (counting rule 7), or is revoked.

use crate::entity::award;
use crate::flow::AwardEvent;
use crate::service::{as_system, masked, on_to_the_next, step};
use crate::store;
use sea_orm::Value;
use sea_orm::sea_query::Expr;
use uuid::Uuid;
use wubang_kernel::procedure::Way;
use wubang_kernel::{Role, Timer};
use wubang_publicity::model::PublicityKind;
use wubang_store::commit::edit;
use wubang_store::{Error, Key, Read, Tx, timers};

/// What an upheld objection makes of the award.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revocation {
    /// Another panel judges the bids again.
    Reevaluate,
    /// The next in reserve is proposed; without one the posting fails.
    NextInRank,
    /// The posting fails, and may be posted again.
    Repost,
}

/// States in which an award can still be suspended and revoked.
const OPEN: &[&str] = &["in_publicity", "suspended", "confirmed", "notified"];

/// Whether an award can still be revoked: not once it has fallen away, or once the agreement is signed.
#[must_use]
pub fn is_revocable(award: &crate::Award) -> bool {
    OPEN.contains(&award.state.as_str())
}

/// Which revocations an award knows: another panel and a next in rank need a panel that judged this very
/// posting (rulebook 2.3: an order has one candidate, a picked project was judged in its call).
///
/// # Errors
/// When the database fails.
pub async fn revocations(read: &impl Read, award: &crate::Award) -> Result<Vec<Revocation>, Error> {
    let posting = wubang_postings::service::find(read, award.posting_id).await?;
    let judged = posting.procedure.0.code.way() == Way::Panel && posting.call_id.is_none();
    Ok(if judged {
        vec![
            Revocation::Reevaluate,
            Revocation::NextInRank,
            Revocation::Repost,
        ]
    } else {
        vec![Revocation::Repost]
    })
}

/// The awards that stand still because of objections, for checks.
///
/// # Errors
/// When the database fails.
pub async fn suspended(read: &impl Read) -> Result<Vec<Uuid>, Error> {
    store::suspended(read).await
}

/// An objection was accepted: the award stands still, and its posting with it (2.8.2, 2.8.4). Nothing
/// happens when it stands still already, has fallen away or is contracted.
///
/// # Errors
/// `conflict` when somebody else was first.
pub async fn suspend_for_objection(tx: &Tx, id: Uuid, reason: &str) -> Result<(), Error> {
    let case = as_system(tx, id).await?;
    let from = case.award.state.clone();
    if from == "suspended" || !is_revocable(&case.award) {
        return Ok(());
    }
    timers::suspend(tx, &[id]).await?;
    let case = step(tx, case, AwardEvent::Suspend, |c| {
        c.set(award::Column::ResumeTo, from.clone())
            .data(serde_json::json!({ "resume_to": from }))
            .because(Some(reason.to_owned()))
    })
    .await?;
    wubang_postings::service::suspend_for_objection(tx, case.award.posting_id, reason).await
}

/// An objection was settled without consequence: when nothing holds the award any more it goes on where
/// it was, with what was left of its publicity (T15) or term to sign (T17). Otherwise nothing happens.
///
/// # Errors
/// `conflict` when somebody else was first.
pub async fn resume_after_objection(tx: &Tx, id: Uuid, reason: &str) -> Result<(), Error> {
    let case = as_system(tx, id).await?;
    if case.award.state != "suspended" || case.facts.held {
        return Ok(());
    }
    let case = step(tx, case, AwardEvent::Resume, |c| {
        c.set(award::Column::ResumeTo, Value::String(None))
            .because(Some(reason.to_owned()))
    })
    .await?;
    let posting = case.award.posting_id;
    wubang_postings::service::resume_after_objection(tx, posting, reason).await?;
    // the posting's own resumption has told `on_posting_resumed`; one that never stood still tells nobody,
    // and one that another authority keeps suspended keeps the publicity waiting
    let after = wubang_postings::service::find(tx, posting).await?;
    if after.state == "suspended" {
        return Ok(());
    }
    run_on(tx, &store::find(tx, &Key::Id(id)).await?).await
}

/// Lets the suspended timers of an award run on, and what depends on them follow.
pub(crate) async fn run_on(tx: &Tx, award: &award::Model) -> Result<(), Error> {
    let resumed = timers::resume(tx, &[award.id]).await?;
    let new = |timer: Timer| {
        let row = resumed.iter().find(|(row, _)| row.timer == timer.key());
        row.map(|(_, ends)| ends.clone())
    };
    let (shown, sign) = (new(Timer::T15), new(Timer::T17));
    if shown.is_none() && sign.is_none() {
        return Ok(());
    }
    if let Some(ends) = &shown {
        wubang_publicity::moved(tx, award.id, PublicityKind::Award, ends).await?;
    }
    let ends = shown.as_ref().map_or(award.publicity_ends_at, |end| end.at);
    let sign_by = sign.as_ref().map(|end| end.at).or(award.sign_by);
    edit::<award::Entity>(
        tx,
        award,
        "award.publicity_resumed",
        Role::System,
        |update| {
            update
                .col_expr(award::Column::PublicityEndsAt, Expr::value(ends))
                .col_expr(award::Column::SignBy, Expr::value(sign_by))
        },
        Some(serde_json::json!({ "publicity_ends_at": shown, "sign_by": sign })),
    )
    .await?;
    Ok(())
}

/// Revokes an award because an objection or a complaint was upheld. `reason` is public.
///
/// # Errors
/// `invalid_transition` when it has fallen away or is contracted, and while another authority keeps the
/// posting suspended.
pub async fn revoke(tx: &Tx, id: Uuid, how: Revocation, reason: &str) -> Result<(), Error> {
    let case = as_system(tx, id).await?;
    let shown = masked(&case.award)?;
    let case = step(tx, case, AwardEvent::Revoke, |c| {
        c.set(award::Column::ReasonCode, "objection_upheld")
            .set(award::Column::Reason, reason.to_owned())
            .set(award::Column::ResumeTo, Value::String(None))
            .set(award::Column::Publicity, shown)
            .because(Some(reason.to_owned()))
            .facts(serde_json::json!({ "reason": reason }))
    })
    .await?;
    let award = case.award;
    wubang_publicity::stopped(tx, id, PublicityKind::Award, "异议成立,承榜撤销").await?;
    wubang_bids::service::award_revoked(tx, award.bid_id).await?;
    wubang_postings::service::resume_after_objection(tx, award.posting_id, reason).await?;
    match how {
        Revocation::NextInRank => on_to_the_next(tx, &award).await,
        Revocation::Reevaluate => {
            wubang_bids::service::reopen(tx, award.posting_id).await?;
            wubang_postings::service::reevaluate(tx, award.posting_id, reason).await
        }
        Revocation::Repost => {
            let code = "objection_upheld";
            let reason = Some(reason.to_owned());
            wubang_postings::service::failed(tx, award.posting_id, code, reason).await
        }
    }
}
