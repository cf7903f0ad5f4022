//! What later stages do to a bid, as the system, and what they read of it.

use super::{Case, Known, facts, step};
use crate::asking::Inquiries;
use crate::entity::bid;
use crate::flow::BidEvent;
use crate::members;
use crate::model::{Letter, MeanOut, MemberRole};
use crate::store::{self};
use chrono::{DateTime, Utc};
use uuid::Uuid;
use wubang_kernel::score::{Exact, Hundredths};
use wubang_kernel::{Role, RoleSet};
use wubang_store::commit::Commit;
use wubang_store::{Error, Read, Tx};

pub(super) async fn by_system(
    tx: &Tx,
    id: Uuid,
    event: BidEvent,
    with: impl for<'a> FnOnce(Commit<'a, bid::Entity>) -> Commit<'a, bid::Entity>,
) -> Result<(), Error> {
    let bid = store::find(tx, id).await?;
    let posting = wubang_postings::service::find(tx, bid.posting_id).await?;
    let mut case = Case {
        bid,
        // the system's steps ask nothing of them
        members: Vec::new(),
        posting,
        roles: RoleSet::of(&[Role::System]),
        inquiries: Inquiries::default(),
    };
    let facts = facts(tx, &case, Known::default())?;
    let procedure = &case.posting.procedure.0;
    let (terms, cutoff) = (procedure.timers.clone(), procedure.publish_cutoff_hour);
    step(tx, &mut case, event, &facts, |c| {
        with(c.under(&terms, cutoff))
    })
    .await
}

/// What the panel's sheets add up to for one bid.
#[derive(Debug, Clone)]
pub struct ScoreResult {
    /// Exact total, 0–100.
    pub total: Exact,
    /// Rank, from 1.
    pub rank: i32,
    /// Exact mean per criterion.
    pub means: Vec<(String, Exact)>,
    /// Which tie-break decided, if one did.
    pub tie_break: Option<String>,
}

/// The panel's scores are complete.
///
/// # Errors
/// `invalid_transition`.
pub async fn scored(tx: &Tx, id: Uuid, score: ScoreResult) -> Result<(), Error> {
    let means: Vec<MeanOut> = score
        .means
        .iter()
        .map(|(key, mean)| MeanOut {
            key: key.clone(),
            mean: mean.rounded(),
        })
        .collect();
    let means = serde_json::to_value(means)?;
    let rounded: Hundredths = score.total.rounded();
    by_system(tx, id, BidEvent::Score, |c| {
        c.set(bid::Column::Total, score.total.to_string())
            .set(bid::Column::Rank, score.rank)
            .set(bid::Column::Means, means)
            .set(bid::Column::TieBreak, score.tie_break.clone())
            .data(serde_json::json!({ "total": rounded, "rank": score.rank, "tie_break": score.tie_break }))
    })
    .await
}

/// Proposed for award; with the first one who bid becomes public (rulebook 2.6).
///
/// # Errors
/// `invalid_transition`.
pub async fn recommended(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, BidEvent::Recommend, |c| c).await?;
    let posting = store::find(tx, id).await?.posting_id;
    crate::recording::publish(tx, posting).await
}

/// Kept in reserve.
///
/// # Errors
/// `invalid_transition`.
pub async fn reserved(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, BidEvent::Keep, |c| c).await
}

/// The time of a reserve is over (rulebook 2.8.3): it is not selected.
///
/// # Errors
/// `invalid_transition` when it is none any more.
pub async fn reserve_expired(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, BidEvent::Expire, |c| c).await
}

/// Not selected.
///
/// # Errors
/// `invalid_transition`.
pub async fn not_selected(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, BidEvent::Pass, |c| c).await
}

/// Awarded by notice.
///
/// # Errors
/// `invalid_transition`.
pub async fn awarded(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, BidEvent::Award, |c| c).await
}

/// The awardee declined, or let the date pass.
///
/// # Errors
/// `invalid_transition`.
pub async fn declined(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, BidEvent::Decline, |c| c).await
}

/// Its award was revoked after an upheld objection (rulebook 2.8.12): it is not selected any more.
///
/// # Errors
/// `invalid_transition`.
pub async fn award_revoked(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, BidEvent::Revoke, |c| c).await
}

/// An objection against its disqualification or invalidation was upheld (rulebook 2.8.12): the bid is valid again.
///
/// # Errors
/// `invalid_transition` unless it was disqualified; `posting_suspended`.
pub async fn restore(tx: &Tx, id: Uuid, reason: &str) -> Result<(), Error> {
    by_system(tx, id, BidEvent::Restore, |c| {
        c.set(bid::Column::ReasonCode, None::<String>)
            .set(bid::Column::Reason, None::<String>)
            .because(Some(reason.to_owned()))
    })
    .await
}

/// A new panel judges the bids of a posting again: what the earlier one gave them falls away.
///
/// # Errors
/// `conflict` when somebody else was first.
pub async fn reopen(tx: &Tx, posting: Uuid) -> Result<(), Error> {
    for bid in store::in_states(tx, posting, &["scored", "reserve", "not_selected"]).await? {
        by_system(tx, bid.id, BidEvent::Reopen, |c| {
            c.set(bid::Column::Total, None::<String>)
                .set(bid::Column::Rank, 0)
                .set(bid::Column::Means, None::<serde_json::Value>)
                .set(bid::Column::TieBreak, None::<String>)
                .set(bid::Column::ToldAt, None::<DateTime<Utc>>)
                .data(serde_json::json!({ "total_before": bid.total, "rank_before": bid.rank }))
        })
        .await?;
    }
    Ok(())
}

/// The notice of award is out: from now on every bidder sees his own rank, total and averages
/// (rulebook 2.4.4 (8)).
///
/// # Errors
/// When the database fails.
pub async fn tell_results(tx: &Tx, posting: Uuid) -> Result<(), Error> {
    store::tell_results(tx, posting).await
}

/// The opened bids of a posting; none while the box is sealed.
///
/// # Errors
/// When the database fails.
pub async fn of_posting(read: &impl Read, posting: Uuid) -> Result<Vec<crate::Bid>, Error> {
    store::opened_of(read, posting).await
}

/// How many bids of a posting wait for their scores, one that is being clarified among them.
///
/// # Errors
/// When the database fails.
pub async fn count_unscored(read: &impl Read, posting: Uuid) -> Result<u64, Error> {
    store::count_in(read, posting, &["qualified", "clarifying"]).await
}

/// How many bids of a posting a panel has ranked.
///
/// # Errors
/// When the database fails.
pub async fn count_ranked(read: &impl Read, posting: Uuid) -> Result<u64, Error> {
    store::count_ranked(read, posting).await
}

/// One opened bid of a posting; none while it is sealed.
///
/// # Errors
/// When the database fails.
pub async fn find_opened(
    read: &impl Read,
    posting: Uuid,
    id: Uuid,
) -> Result<Option<crate::Bid>, Error> {
    store::find_opened(read, posting, id).await
}

/// Every organisation that has a part in these bids: leads, partners and custodians.
///
/// # Errors
/// When the database fails.
pub async fn organisations_in(read: &impl Read, bids: &[crate::Bid]) -> Result<Vec<Uuid>, Error> {
    let parties = parties_in(read, bids).await?;
    Ok(parties.into_iter().map(|(id, _)| id).collect())
}

/// The same with their names.
///
/// # Errors
/// When the database fails.
pub async fn parties_in(
    read: &impl Read,
    bids: &[crate::Bid],
) -> Result<Vec<(Uuid, String)>, Error> {
    let ids: Vec<Uuid> = bids.iter().map(|bid| bid.id).collect();
    let members = members::of_bids(read, &ids).await?;
    let joined = members.into_iter().filter(|member| member.joined());
    let leads = bids
        .iter()
        .map(|bid| (bid.organisation_id, bid.organisation_name.clone()));
    Ok(leads
        .chain(joined.map(|member| (member.organisation_id, member.organisation_name)))
        .collect())
}

/// An organisation with a part in an opened bid.
#[derive(Debug, Clone)]
pub struct BidParty {
    /// The bid.
    pub bid_id: Uuid,
    /// Who.
    pub organisation_id: Uuid,
    /// Its name.
    pub organisation_name: String,
}

/// Every organisation that has a part in these bids, and in which.
///
/// # Errors
/// When the database fails.
pub async fn parties_by_bid(read: &impl Read, bids: &[crate::Bid]) -> Result<Vec<BidParty>, Error> {
    let ids: Vec<Uuid> = bids.iter().map(|bid| bid.id).collect();
    let members = members::of_bids(read, &ids).await?;
    let joined = members.into_iter().filter(|member| member.joined());
    let leads = bids.iter().map(|bid| BidParty {
        bid_id: bid.id,
        organisation_id: bid.organisation_id,
        organisation_name: bid.organisation_name.clone(),
    });
    let others = joined.map(|member| BidParty {
        bid_id: member.bid_id,
        organisation_id: member.organisation_id,
        organisation_name: member.organisation_name,
    });
    Ok(leads.chain(others).collect())
}

/// Who led the opened bids of some postings: posting and organisation.
///
/// # Errors
/// When the database fails.
pub async fn leads_in(read: &impl Read, postings: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>, Error> {
    store::leads_in(read, postings).await
}

/// The partners of a joint bid; nobody for a sole one.
///
/// # Errors
/// When the database fails.
pub async fn partners_of(read: &impl Read, bid: Uuid) -> Result<Vec<Uuid>, Error> {
    let members = members::of_bid(read, bid).await?;
    let partners = members
        .into_iter()
        .filter(|one| one.joined() && MemberRole::of(&one.role) == MemberRole::Partner);
    Ok(partners.map(|one| one.organisation_id).collect())
}

/// A bid, whoever asks: for later stages.
///
/// # Errors
/// `not_found`.
pub async fn find(read: &impl Read, id: Uuid) -> Result<crate::Bid, Error> {
    store::find(read, id).await
}

/// The letter of a bid, for the agreement.
#[must_use]
pub fn letter(bid: &crate::Bid) -> &Letter {
    &bid.content
}
