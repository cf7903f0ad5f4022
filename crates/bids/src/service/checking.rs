//! The opening and the check of eligibility.

use super::changing::tell_judged;
use super::eligible::{Known, checks};
use super::system::by_system;
use super::{ceiling, facts, holding, load_for, out, price, step};
use crate::blind::{self, ADMISSIBLE};
use crate::consortium::MemberCheck;
use crate::entity::bid;
use crate::flow::BidEvent;
use crate::members;
use crate::model::{BidOut, DisqualifyIn, QualifyIn};
use crate::record::{self, INTACT, OpenedBid, Openers};
use crate::related::{self, Round};
use crate::rules;
use crate::sealing::{self, Contents};
use crate::store::{self};
use crate::track_record;
use uuid::Uuid;
use wubang_kernel::{Faults, faults};
use wubang_needs::model::NothingIn;
use wubang_postings::Posting;
use wubang_postings::service::was_extended_for_too_few;
use wubang_registry::Check;
use wubang_registry::organisations::caps::is_cap;
use wubang_store::{Error, Key, Read, Tx};
use zeroize::Zeroizing;

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

/// A closed posting without a valid bid left has failed (流榜), and so has one with several but too few after
/// the extension for too few (rulebook 2.5). Otherwise the street decides, also about the only bidder.
pub(super) async fn fail_if_none_left(tx: &Tx, posting: &Posting) -> Result<(), Error> {
    let posting = wubang_postings::service::find(tx, posting.id).await?;
    if posting.state != "closed" {
        return Ok(());
    }
    let states = ["submitted", "opened", "qualified"];
    let left = store::in_states(tx, posting.id, &states).await?.len();
    let extended = was_extended_for_too_few(tx, posting.id).await?;
    match rules::shortage(left, posting.procedure.0.min_valid_bids, extended) {
        Some(code) => wubang_postings::service::failed(tx, posting.id, code, None).await,
        None => Ok(()),
    }
}

/// The posting was closed: the box is opened, every bid in it checked again, and the opening recorded. No bid at
/// all, or too few after the extension, means 流榜.
///
/// # Errors
/// Internal before the posting was closed and its deadline is over: then nothing is opened.
pub async fn open_box(tx: &Tx, posting_id: Uuid) -> Result<(), Error> {
    let posting = wubang_postings::service::find(tx, posting_id).await?;
    match store::find_box(tx, posting_id).await? {
        Some(sealed) if sealed.by_holders => holding::on_closed(tx, &posting, &sealed).await?,
        Some(sealed) => {
            let secret = sealing::box_secret(tx, &posting, &sealed)?;
            open_all(tx, &posting, Some(secret), Openers::system()).await?;
        }
        None => open_all(tx, &posting, None, Openers::system()).await?,
    }
    fail_if_none_left(tx, &posting).await
}

/// Opens what is in the box with its secret, destroys the key and records the opening; without a secret there is
/// nothing in it.
pub(super) async fn open_all(
    tx: &Tx,
    posting: &Posting,
    secret: Option<Zeroizing<String>>,
    openers: Openers,
) -> Result<(), Error> {
    let mut opened = Vec::new();
    if let Some(secret) = secret {
        let submitted = store::in_states(tx, posting.id, &["submitted"]).await?;
        let versions = store::last_versions(tx, &submitted).await?;
        let round = related::of_round(tx, &submitted).await?;
        for bid in submitted {
            let version = versions.get(&bid.id).ok_or_else(no_version)?;
            let (sealed, hash) = (&version.sealed, version.content_hash.as_str());
            let contents = match bid.by_bidder {
                true => blind::open(&secret, sealed, &bid, hash),
                false => sealing::open(&secret, sealed, hash)?,
            };
            opened.push(open_bid(tx, posting, &round, bid, contents).await?);
        }
    }
    store::unseal_box(tx, posting.id).await?;
    record::write(tx, posting, openers, opened).await
}

fn no_version() -> Error {
    Error::internal("a submitted bid without its version")
}

/// Opens one envelope. One that was changed in the database is opened empty and fails its check, so that it is
/// seen and holds up nobody else.
async fn open_bid(
    tx: &Tx,
    posting: &Posting,
    round: &Round,
    mut bid: bid::Model,
    contents: Option<Contents>,
) -> Result<OpenedBid, Error> {
    let intact = contents.is_some();
    if let Some(contents) = contents {
        (bid.price_fen, bid.content) = (contents.price_fen, contents.letter);
        bid.attachments = contents.attachments;
    }
    let members = members::of_bid(tx, bid.id).await?;
    let mut checks = checks(tx, &bid, &members, posting, None).await?;
    checks.extend(round.checks(&bid));
    checks.push(MemberCheck {
        organisation_id: bid.organisation_id,
        check: Check {
            rule: INTACT,
            passed: intact,
            zh: "信封完好,内容与回执散列一致".to_owned(),
            en: "the envelope is intact and its content is what the receipt says".to_owned(),
            figures: None,
        },
    });
    if bid.by_bidder && intact {
        checks.push(admissible(&bid, posting)?);
    }
    let entry = record::entry(&bid, &members, &checks)?;
    let record = track_record::of_bid(tx, &bid, &members).await?;
    let now = tx.now();
    by_system(tx, bid.id, BidEvent::Open, |c| {
        c.set(bid::Column::OpenedAt, now)
            .set(bid::Column::PriceFen, bid.price_fen)
            .set(bid::Column::Content, bid.content)
            .set(bid::Column::Attachments, bid.attachments)
            .set(bid::Column::Sealed, sea_orm::Value::Bytes(None))
            .set(bid::Column::Eligibility, serde_json::json!(checks))
            .set(bid::Column::TrackRecord, serde_json::json!(record))
    })
    .await?;
    Ok(entry)
}

/// Whether a letter that nobody could read when it was handed in keeps the rules that others were asked to keep then.
fn admissible(bid: &bid::Model, posting: &Posting) -> Result<MemberCheck, Error> {
    let asks = super::asks(posting, &bid.content);
    let wrong = blind::inadmissible(&bid.content, price(bid)?, ceiling(posting)?, asks);
    let places = wrong.join("、");
    let (zh, en) = if wrong.is_empty() {
        let zh = "意向书完整,报价在最高限价以内";
        (
            zh.to_owned(),
            "the letter is complete and its price within the ceiling".to_owned(),
        )
    } else {
        (
            format!("意向书不完整或报价超限:{places}"),
            format!(
                "the letter is not complete, or its price out of range: {}",
                wrong.join(", ")
            ),
        )
    };
    Ok(MemberCheck {
        organisation_id: bid.organisation_id,
        check: Check {
            rule: ADMISSIBLE,
            passed: wrong.is_empty(),
            zh,
            en,
            figures: None,
        },
    })
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
    store::unseal_box(tx, posting_id).await?;
    tell_judged(tx, posting_id, "posting.cancelled").await
}
