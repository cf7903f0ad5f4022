//! The opening of a box, and who reads its record (开标记录, rulebook 2.6).

use super::eligible::checks;
use super::system::by_system;
use super::{ceiling, price};
use crate::blind::{self, ADMISSIBLE};
use crate::boxes;
use crate::consortium::MemberCheck;
use crate::entity::bid;
use crate::flow::BidEvent;
use crate::members;
use crate::record::{OpenedBid, OpeningOut, PublicOpeningOut};
use crate::recording::{self, INTACT, Openers};
use crate::related::{self, Round};
use crate::rules;
use crate::sealing::{self, Contents};
use crate::store::{self, ORGANISERS};
use crate::track_record;
use wubang_kernel::Code;
use wubang_postings::Posting;
use wubang_postings::service::was_extended_for_too_few;
use wubang_registry::Check;
use wubang_store::{Error, Key, Read, Tx, View};
use zeroize::Zeroizing;

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
    boxes::unseal_box(tx, posting.id).await?;
    recording::write(tx, posting, openers, opened).await
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
    let entry = recording::entry(&bid, &members, &checks)?;
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

/// The record for the street, the supervisor, and the panel after its declarations.
///
/// # Errors
/// `not_found` for everybody else, and for everybody before the opening.
pub async fn opening(view: &View, key: &Key) -> Result<OpeningOut, Error> {
    let case = wubang_postings::service::load(view, key).await?;
    let posting = case.posting.id;
    let judges = match view.actor().person {
        Some(person) if !case.roles.any(ORGANISERS) => {
            wubang_panels::service::is_member(view, "award", posting, person).await?
        }
        _ => case.roles.any(ORGANISERS),
    };
    let row = recording::find(view, posting).await?.filter(|_| judges);
    Ok(row.ok_or(Code::NotFound)?.into())
}

/// What everybody reads of it: who bid, from the first proposed award on.
///
/// # Errors
/// `not_found` before that.
pub async fn public_opening(view: &View, key: &Key) -> Result<PublicOpeningOut, Error> {
    let posting = wubang_postings::service::load(view, key).await?.posting.id;
    let row = recording::find(view, posting).await?;
    let public = row.filter(|row| row.published_at.is_some());
    Ok(public.ok_or(Code::NotFound)?.into())
}
