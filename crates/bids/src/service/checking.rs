//! The check of eligibility, and what the closing and the cancellation of a posting do to its box.

use super::changing::tell_judged;
use super::eligible::Known;
use super::opening::{fail_if_none_left, open_all};
use super::system::by_system;
use super::{facts, holding, load_for, out, step};
use crate::boxes;
use crate::entity::bid;
use crate::flow::BidEvent;
use crate::model::{BidOut, DisqualifyIn, QualifyIn};
use crate::recording::Openers;
use crate::rules;
use crate::sealing;
use crate::store;
use uuid::Uuid;
use wubang_kernel::{Faults, faults};
use wubang_registry::organisations::caps::is_cap;
use wubang_store::{Error, Key, Tx};
use wubang_web::NothingIn;

/// The street finds a bid eligible. A cap that was reached at the opening takes a public reason.
///
/// # Errors
/// `checks_failed`; `invalid` for a bad reason.
pub async fn qualify(tx: &Tx, key: &Key, input: QualifyIn) -> Result<BidOut, Error> {
    let mut faults = Faults::new();
    let reason = input
        .cap_reason
        .map(|text| faults.prose("/cap_reason", &text, 5..=1000));
    faults.finish()?;
    let mut case = load_for(tx, key).await?;
    let reason = reason.filter(|_| cap_failed(&case.bid));
    case.bid.cap_reason.clone_from(&reason);
    let (facts, person) = (facts(tx, &case, Known::default())?, tx.person()?);
    let data = reason
        .as_ref()
        .map(|reason| serde_json::json!({ "cap_reason": reason }));
    step(tx, &mut case, BidEvent::Qualify, &facts, |c| {
        let c = c
            .set(bid::Column::CheckedBy, person)
            .set(bid::Column::CapReason, reason);
        match data {
            Some(data) => c.data(data),
            None => c,
        }
    })
    .await?;
    out(tx, case).await
}

/// Whether a cap was reached at the opening.
fn cap_failed(bid: &bid::Model) -> bool {
    rules::stored_checks(bid.eligibility.as_ref()).any(|(rule, passed)| !passed && is_cap(rule))
}

/// The street proposes to disqualify; a second person confirms.
///
/// # Errors
/// `invalid` without a reason.
pub async fn propose_disqualification(
    tx: &Tx,
    key: &Key,
    input: DisqualifyIn,
) -> Result<BidOut, Error> {
    let reason = faults::reason(&input.reason)?;
    let mut case = load_for(tx, key).await?;
    let (facts, person) = (facts(tx, &case, Known::default())?, tx.person()?);
    let ground = serde_json::to_value(input.ground)?
        .as_str()
        .unwrap_or_default()
        .to_owned();
    step(
        tx,
        &mut case,
        BidEvent::ProposeDisqualification,
        &facts,
        |c| {
            c.set(bid::Column::ReasonCode, ground)
                .set(bid::Column::Reason, reason.clone())
                .set(bid::Column::CheckedBy, person)
                .because(Some(reason))
        },
    )
    .await?;
    out(tx, case).await
}

/// A second person confirms the disqualification; the bidder hears of it at once.
///
/// # Errors
/// `incomplete` when nobody has proposed it; `same_person`.
pub async fn confirm_disqualification(tx: &Tx, key: &Key, _: NothingIn) -> Result<BidOut, Error> {
    let mut case = load_for(tx, key).await?;
    let facts = facts(tx, &case, Known::default())?;
    let reason = case.bid.reason.clone();
    step(tx, &mut case, BidEvent::Disqualify, &facts, |c| {
        c.because(reason)
    })
    .await?;
    fail_if_none_left(tx, &case.posting).await?;
    out(tx, case).await
}

/// The posting was closed: the box is opened, every bid in it checked again, and the opening recorded. No bid at
/// all, or too few after the extension, means 流榜.
///
/// # Errors
/// Internal before the posting was closed and its deadline is over: then nothing is opened.
pub async fn open_box(tx: &Tx, posting_id: Uuid) -> Result<(), Error> {
    let posting = wubang_postings::service::find(tx, posting_id).await?;
    match boxes::find_box(tx, posting_id).await? {
        Some(sealed) if sealed.by_holders => holding::on_closed(tx, &posting, &sealed).await?,
        Some(sealed) => {
            let secret = sealing::box_secret(tx, &posting, &sealed)?;
            open_all(tx, &posting, Some(secret), Openers::system()).await?;
        }
        None => open_all(tx, &posting, None, Openers::system()).await?,
    }
    fail_if_none_left(tx, &posting).await
}

/// The posting was cancelled: bids go back unread, and who was opened already is told.
///
/// # Errors
/// When the database fails.
pub async fn posting_cancelled(tx: &Tx, posting_id: Uuid) -> Result<(), Error> {
    for bid in store::in_states(tx, posting_id, &["draft", "submitted"]).await? {
        by_system(tx, bid.id, BidEvent::PostingCancel, |c| {
            c.because(Some("posting_cancelled".to_owned()))
        })
        .await?;
    }
    boxes::unseal_box(tx, posting_id).await?;
    tell_judged(tx, posting_id, "posting.cancelled").await
}
