//! The minutes (路演纪要): written by the street, confirmed by the chair, public later (rulebook 2.16).

use super::{load_for, may, reading, step, system};
use crate::entity::{roadshow, slot};
use crate::flow::RoadshowEvent;
use crate::model::{Exchange, Minutes, RoadshowConfirmIn, RoadshowOut, SlotMinutes};
use crate::rules;
use crate::store::Case;
use std::collections::HashMap;
use uuid::Uuid;
use wubang_kernel::digest::content_hash;
use wubang_kernel::machine::Name;
use wubang_kernel::{Code, Faults};
use wubang_store::{Error, Key, Tx};

/// Most exchanges that are noted of one slot.
const MOST: usize = 20;

/// A text without a price.
fn prose(
    faults: &mut Faults,
    prices: &[i64],
    pointer: &str,
    text: &str,
    length: std::ops::RangeInclusive<usize>,
) -> String {
    let text = faults.prose(pointer, text, length);
    if prices.iter().any(|price| rules::names_price(&text, *price)) {
        faults.add(
            pointer,
            "price_not_allowed",
            "纪要不得写入报价",
            "minutes name no price",
        );
    }
    text
}

/// The minutes as they are kept, in the order of the slots.
fn read(case: &Case, prices: &[i64], input: Minutes, faults: &mut Faults) -> Minutes {
    let presented = |slot: &&slot::Model| slot.state == crate::flow::SlotState::Done.wire();
    let mut read: HashMap<Uuid, SlotMinutes> = HashMap::new();
    for (i, one) in input.slots.into_iter().enumerate() {
        let at = format!("/slots/{i}");
        let known = case.slots.iter().filter(presented);
        if known.clone().all(|slot| slot.id != one.slot_id) {
            let (zh, en) = ("不是已路演的场次", "is no slot that was presented");
            faults.add(format!("{at}/slot_id"), "unknown_value", zh, en);
            continue;
        }
        faults.count(&format!("{at}/exchanges"), one.exchanges.len(), 0..=MOST);
        let exchanges = one.exchanges.iter().enumerate().map(|(k, exchange)| {
            let at = format!("{at}/exchanges/{k}");
            Exchange {
                question: prose(
                    faults,
                    prices,
                    &format!("{at}/question"),
                    &exchange.question,
                    2..=500,
                ),
                answer: prose(
                    faults,
                    prices,
                    &format!("{at}/answer"),
                    &exchange.answer,
                    2..=1000,
                ),
            }
        });
        let exchanges: Vec<Exchange> = exchanges.collect();
        let minutes = SlotMinutes {
            slot_id: one.slot_id,
            exchanges,
        };
        if read.insert(one.slot_id, minutes).is_some() {
            faults.add(
                format!("{at}/slot_id"),
                "duplicate",
                "重复",
                "is there twice",
            );
        }
    }
    let mut slots = Vec::new();
    for slot in case.slots.iter().filter(presented) {
        match read.remove(&slot.id) {
            Some(minutes) => slots.push(minutes),
            None => faults.missing("/slots"),
        }
    }
    let remarks = input
        .remarks
        .map(|text| prose(faults, prices, "/remarks", &text, 2..=2000));
    Minutes { slots, remarks }
}

/// The street writes the minutes, or writes them anew until the chair has confirmed them. Their hash goes into the trace.
///
/// # Errors
/// `invalid` with every wrong field, a price among them; `invalid_transition`; `forbidden`.
pub async fn write_minutes(tx: &Tx, key: &Key, input: Minutes) -> Result<RoadshowOut, Error> {
    let mut case = load_for(tx, key).await?;
    may(tx, &case, RoadshowEvent::WriteMinutes).await?;
    let bids = wubang_bids::service::of_posting(tx, case.show.posting_id).await?;
    let prices: Vec<i64> = bids.iter().map(|bid| bid.price_fen).collect();
    let mut faults = Faults::new();
    let minutes = read(&case, &prices, input, &mut faults);
    faults.finish()?;
    let hash = content_hash(&serde_json::to_value(&minutes)?);
    let (person, data) = (tx.person()?, serde_json::json!({ "minutes_hash": hash }));
    step(tx, &mut case, RoadshowEvent::WriteMinutes, |c| {
        c.set(roadshow::Column::Minutes, Some(minutes))
            .set(roadshow::Column::MinutesHash, hash)
            .set(roadshow::Column::MinutesBy, person)
            .data(data)
    })
    .await?;
    reading::out(tx, case).await
}

/// The chair of the panel confirms the minutes. Where they should be public already they are at once.
///
/// # Errors
/// `forbidden` for anybody else; `incomplete` before they are written; `content_changed` when they are not those that
/// he has read.
pub async fn confirm_minutes(
    tx: &Tx,
    key: &Key,
    input: RoadshowConfirmIn,
) -> Result<RoadshowOut, Error> {
    let mut case = load_for(tx, key).await?;
    let hash = case.show.minutes_hash.clone();
    let data = serde_json::json!({ "minutes_hash": hash });
    let due = case.show.due_at.is_some();
    step(tx, &mut case, RoadshowEvent::ConfirmMinutes, |c| {
        c.data(data)
    })
    .await?;
    if hash.as_deref() != Some(input.minutes_hash.as_str()) {
        return Err(Code::ContentChanged.into());
    }
    if due {
        case.show = system::publish(tx, case.show).await?;
    }
    reading::out(tx, case).await
}
