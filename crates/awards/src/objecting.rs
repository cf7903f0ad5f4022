//! What objections do to an award (rulebook 2.8.4, 2.8.12): it stands still while one is open, goes on with exactly
//! what was left (counting rule 7), or is revoked.

use crate::case::{as_system, masked, step};
use crate::entity::award;
use crate::flow::AwardEvent;
use crate::succession::on_to_the_next;
use crate::{races, review, store};
use sea_orm::Value;
use sea_orm::sea_query::Expr;
use uuid::Uuid;
use wubang_bids::Bid;
use wubang_kernel::procedure::Way;
use wubang_kernel::{Code, Role, Timer};
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
/// posting (rulebook 2.3: an order has one candidate, a picked project was judged in its call). In a lane of a race the
/// next in reserve can follow; the panel judged the other lanes too, and does not judge again for one of them.
///
/// # Errors
/// When the database fails.
pub async fn revocations(read: &impl Read, award: &crate::Award) -> Result<Vec<Revocation>, Error> {
    let posting = wubang_postings::service::find(read, award.posting_id).await?;
    let judged = posting.procedure.0.code.way() == Way::Panel && posting.call_id.is_none();
    let lane = posting.particulars.lane.is_some();
    let known = [
        (judged, Revocation::Reevaluate),
        (judged || lane, Revocation::NextInRank),
        (true, Revocation::Repost),
    ];
    let known = known.into_iter().filter(|(known, _)| *known);
    Ok(known.map(|(_, how)| how).collect())
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

/// Why an award is taken back: the code that it keeps, and what its publicity page says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cause {
    code: &'static str,
    shown: &'static str,
}

const OBJECTION: Cause = Cause {
    code: "objection_upheld",
    shown: "异议成立,承榜撤销",
};
/// A member of the panel should not have scored.
pub(crate) const LATE_RECUSAL: Cause = Cause {
    code: "late_recusal",
    shown: "评审组成员应回避未回避,承榜撤销",
};
const INVALIDATION: Cause = Cause {
    code: "bid_invalidated",
    shown: "揭榜意向书作废,承榜撤销",
};

/// Revokes an award because an objection or a complaint was upheld. `reason` is public.
///
/// # Errors
/// `invalid_transition` when it has fallen away or is contracted, and while another authority keeps the
/// posting suspended.
pub async fn revoke(tx: &Tx, id: Uuid, how: Revocation, reason: &str) -> Result<(), Error> {
    let award = store::find(tx, &Key::Id(id)).await?;
    take_back(tx, &award, how, OBJECTION, reason).await
}

/// Takes an award back for a cause. `reason` is public.
///
/// # Errors
/// As [`revoke`].
pub(crate) async fn take_back(
    tx: &Tx,
    award: &award::Model,
    how: Revocation,
    cause: Cause,
    reason: &str,
) -> Result<(), Error> {
    let posting = wubang_postings::service::find(tx, award.posting_id).await?;
    wubang_postings::service::hold_race(tx, &posting).await?;
    let case = as_system(tx, award.id).await?;
    let shown = masked(&case.award)?;
    let case = step(tx, case, AwardEvent::Revoke, |c| {
        c.set(award::Column::ReasonCode, cause.code)
            .set(award::Column::Reason, reason.to_owned())
            .set(award::Column::ResumeTo, Value::String(None))
            .set(award::Column::Publicity, shown)
            .because(Some(reason.to_owned()))
            .facts(serde_json::json!({ "reason": reason }))
    })
    .await?;
    let award = case.award;
    wubang_publicity::stopped(tx, award.id, PublicityKind::Award, cause.shown).await?;
    // an invalidated bid has fallen away by itself
    if wubang_bids::service::find(tx, award.bid_id).await?.state != "invalidated" {
        wubang_bids::service::award_revoked(tx, award.bid_id).await?;
    }
    wubang_postings::service::resume_after_objection(tx, award.posting_id, reason).await?;
    match how {
        Revocation::NextInRank => on_to_the_next(tx, &award).await,
        Revocation::Reevaluate => {
            wubang_bids::service::reopen(tx, award.posting_id).await?;
            wubang_postings::service::reevaluate(tx, award.posting_id, reason).await
        }
        Revocation::Repost => {
            let reason = Some(reason.to_owned());
            wubang_postings::service::failed(tx, award.posting_id, cause.code, reason).await
        }
    }
}

/// A bid is to be invalidated: too late once its agreement is signed, which has ends of its own.
///
/// # Errors
/// `invalid_transition`.
pub(crate) async fn on_invalidation_proposed(tx: &Tx, bid: Uuid) -> Result<(), Error> {
    let award = store::live_of_bid(tx, bid).await?;
    if award.is_some_and(|award| !is_revocable(&award)) {
        return Err(Code::InvalidTransition.into());
    }
    Ok(())
}

/// A bid was invalidated (rulebook 2.8.3): its award is revoked and the next in rank follows; without an award,
/// perhaps it was the last that the panel waited for, or the last reserve.
///
/// # Errors
/// `invalid_transition` once its agreement is signed, and while another authority keeps the posting suspended.
pub(crate) async fn on_bid_invalidated(tx: &Tx, id: Uuid) -> Result<(), Error> {
    on_invalidation_proposed(tx, id).await?;
    let bid = wubang_bids::service::find(tx, id).await?;
    let Some(award) = store::live_of_bid(tx, id).await? else {
        return without_award(tx, &bid).await;
    };
    let known = revocations(tx, &award).await?;
    let how = if known.contains(&Revocation::NextInRank) {
        Revocation::NextInRank
    } else {
        Revocation::Repost
    };
    take_back(tx, &award, how, INVALIDATION, "揭榜意向书经听取陈述后作废").await
}

/// The time of a reserve is over: perhaps it was the last candidate that the street could still propose.
///
/// # Errors
/// When the database fails.
pub(crate) async fn on_reserve_expired(tx: &Tx, id: Uuid) -> Result<(), Error> {
    without_award(tx, &wubang_bids::service::find(tx, id).await?).await
}

async fn without_award(tx: &Tx, bid: &Bid) -> Result<(), Error> {
    let posting = wubang_postings::service::find(tx, bid.posting_id).await?;
    if posting.was_raced() {
        return races::starve(tx, &posting).await;
    }
    if posting.state != "award_publicity" {
        return review::on_bid_moved(tx, bid.id).await;
    }
    let bids = wubang_bids::service::of_posting(tx, posting.id).await?;
    let waits = store::live_of(tx, posting.id).await?.is_none();
    if waits && !bids.iter().any(|bid| bid.state == "reserve") {
        return wubang_postings::service::failed(tx, posting.id, "no_candidate", None).await;
    }
    Ok(())
}
