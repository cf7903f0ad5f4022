//! Envelopes that the bidder seals himself (`sealed_by_panel`): for the box of its holders, and for his own key if he
//! likes. Until the opening this service reads nothing but their outside. How to make one: README.md of this crate.

use crate::entity::bid;
use crate::letter_rules::{self, LetterAsks};
use crate::model::{BidIn, BidMode, BidPatch, Letter};
use crate::rules;
use crate::sealing::Contents;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use wubang_kernel::digest::content_hash;
use wubang_kernel::money::Fen;
use wubang_kernel::{Code, Faults, Refusal};
use wubang_postings::Posting;
use wubang_vault::VaultError;

/// Longest text inside, padding included.
const LARGEST: usize = 256 * 1024;
/// For how many it may be sealed: the box, and keys of the bidder.
const RECIPIENTS: std::ops::RangeInclusive<usize> = 1..=3;
/// The check that a bid which nobody could check when it was handed in is one at all.
pub(crate) const ADMISSIBLE: &str = "letter_admissible";

/// An envelope that the bidder has sealed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "envelope": "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSA…", "content_hash": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae" }))]
pub struct EnvelopeIn {
    /// age 文件(二进制)的 base64:内容为 JSON `posting_id`、`organisation_id`、`price_fen`、`letter`、`salt`(至少 32 位十六进制随机数),
    /// 末尾以空格补足至 4、16、64 或 256 KiB;收件人为本榜单的 `recipient`,可另加自己的公钥。
    pub envelope: String,
    /// 上述 JSON 的规范形式(键按序、无空白、UTF-8)的 SHA-256,64 位小写十六进制。
    pub content_hash: String,
}

/// An envelope whose outside was looked at.
#[derive(Debug, Clone)]
pub(crate) struct Envelope {
    pub bytes: Vec<u8>,
    pub hash: String,
}

/// What somebody sends of a bid: in clear, or sealed by himself.
#[derive(Debug)]
pub(crate) struct Sent<'a> {
    pub price: bool,
    pub letter: bool,
    pub mode: BidMode,
    pub envelope: Option<&'a EnvelopeIn>,
}

impl<'a> Sent<'a> {
    pub(crate) fn new(input: &'a BidIn) -> Self {
        Sent {
            price: input.price_fen != 0,
            letter: input.letter != Letter::default(),
            mode: input.mode,
            envelope: input.envelope.as_ref(),
        }
    }

    pub(crate) fn changed(patch: &'a BidPatch) -> Self {
        Sent {
            price: patch.price_fen.is_some(),
            letter: patch.letter.is_some(),
            mode: patch.mode.unwrap_or_default(),
            envelope: patch.envelope.as_ref(),
        }
    }
}

/// The envelope that was sent, if any. Where holders open the box nothing may come in clear and nobody bids with
/// others; elsewhere nothing may come sealed.
///
/// # Errors
/// `invalid` with every wrong field.
pub(crate) fn received(posting: &Posting, sent: &Sent<'_>) -> Result<Option<Envelope>, Refusal> {
    let mut faults = Faults::new();
    let envelope = if posting.particulars.sealing.by_holders() {
        for (pointer, given) in [
            ("/price_fen", sent.price),
            ("/letter", sent.letter),
            ("/mode", sent.mode != BidMode::Sole),
        ] {
            if given {
                faults.add(
                    pointer,
                    "not_allowed",
                    "本榜单由揭榜组织单独揭榜并自行加密,不得明文提交",
                    "bids of this posting are sole, and sealed by the bidder: nothing is sent in clear",
                );
            }
        }
        sent.envelope.and_then(|sent| outside(sent, &mut faults))
    } else {
        if sent.envelope.is_some() {
            faults.add(
                "/envelope",
                "not_allowed",
                "本榜单由平台加密,请直接填写",
                "bids of this posting are sealed by the platform",
            );
        }
        None
    };
    faults.finish()?;
    Ok(envelope)
}

/// What can be checked from outside: form, number of recipients, size, form of the hash.
fn outside(sent: &EnvelopeIn, faults: &mut Faults) -> Option<Envelope> {
    let hash = sent.content_hash.as_str();
    let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    if hash.len() != 64 || !hash.chars().all(hex) {
        faults.add(
            "/envelope/content_hash",
            "malformed",
            "须为 64 位小写十六进制",
            "must be 64 lower-case hexadecimal digits",
        );
    }
    let (code, zh, en) = match STANDARD.decode(sent.envelope.trim()) {
        Err(_) => ("malformed", "不是 base64", "is not base64"),
        Ok(bytes) => match wubang_vault::inspect(&bytes) {
            Ok(seen) if !RECIPIENTS.contains(&seen.recipients) => (
                "out_of_range",
                "收件人须为一至三个",
                "must be sealed for one to three recipients",
            ),
            Ok(seen) if seen.size > LARGEST => (
                "out_of_range",
                "内容不得超过 256 KiB",
                "holds more than 256 KiB",
            ),
            Ok(_) => {
                return Some(Envelope {
                    bytes,
                    hash: hash.to_owned(),
                });
            }
            Err(VaultError::TooLarge) => (
                "out_of_range",
                "内容不得超过 256 KiB",
                "holds more than 256 KiB",
            ),
            Err(_) => (
                "malformed",
                "不是 X25519 收件人的 age 文件,或未补足至规定大小",
                "is no age file for X25519 recipients, or not padded to one of the sizes",
            ),
        },
    };
    faults.add("/envelope/envelope", code, zh, en);
    None
}

/// The envelope that a bidder hands in, and its hash; nothing for a bid that is sealed here.
///
/// # Errors
/// `incomplete` before he has sent one.
pub(crate) fn handed_in(bid: &bid::Model) -> Result<Option<(Vec<u8>, String)>, Refusal> {
    if !bid.by_bidder {
        return Ok(None);
    }
    let own = bid.sealed.clone().zip(bid.envelope_hash.clone());
    own.map(Some).ok_or_else(|| {
        let mut faults = Faults::new();
        faults.missing("/envelope");
        Refusal {
            fields: faults.into_fields(),
            ..Refusal::new(Code::Incomplete)
        }
    })
}

/// What stands in an envelope, if it is what the receipt says and can be kept: the bid's own posting and organisation,
/// a price, and no character that no text may hold. Otherwise nothing: such an envelope is opened empty.
pub(crate) fn open(secret: &str, sealed: &[u8], bid: &bid::Model, hash: &str) -> Option<Contents> {
    let text = wubang_vault::open(secret, sealed).ok()?;
    let value: Value = serde_json::from_slice(&text).ok()?;
    if content_hash(&value) != hash || !clean(&value) {
        return None;
    }
    let contents: Contents = serde_json::from_value(value).ok()?;
    let own = contents.posting_id == bid.posting_id
        && contents.organisation_id == bid.organisation_id
        && contents.members.is_empty()
        && contents.attachments.0.is_empty();
    (own && Fen::new(contents.price_fen).is_ok()).then_some(contents)
}

/// Whether no text in it holds a character that neither database nor reader should see.
fn clean(value: &Value) -> bool {
    let fine = |text: &str| {
        !text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    };
    match value {
        Value::String(text) => fine(text),
        Value::Array(items) => items.iter().all(clean),
        Value::Object(members) => members
            .iter()
            .all(|(name, value)| fine(name) && clean(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}

/// Where an opened letter breaks the rules that are asked of others when they hand in.
pub(crate) fn inadmissible(
    letter: &Letter,
    price: Fen,
    ceiling: Fen,
    asks: LetterAsks,
) -> Vec<String> {
    let mut faults = Faults::new();
    letter_rules::check_letter(letter, price, asks, &mut faults);
    for (pointer, given) in [
        ("/letter/consortium", letter.consortium.is_some()),
        ("/letter/proposal", letter.proposal.is_some()),
        ("/price_fen", !rules::within(price, ceiling)),
    ] {
        if given {
            faults.missing(pointer);
        }
    }
    let fields = faults.into_fields().into_iter();
    fields.map(|field| field.pointer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wubang_vault::{SealingKey, seal};

    fn checked(sealed: &[u8], hash: &str) -> Result<Envelope, Vec<String>> {
        let mut faults = Faults::new();
        let sent = EnvelopeIn {
            envelope: STANDARD.encode(sealed),
            content_hash: hash.to_owned(),
        };
        let found = outside(&sent, &mut faults);
        let fields = faults.into_fields().into_iter();
        let pointers: Vec<String> = fields.map(|field| field.pointer).collect();
        found.filter(|_| pointers.is_empty()).ok_or(pointers)
    }

    #[test]
    fn the_outside_is_checked_and_every_fault_is_told() {
        let keys: Vec<SealingKey> = (0..4).map(|_| SealingKey::generate()).collect();
        let of = |n: usize| -> Vec<&str> {
            keys.iter()
                .take(n)
                .map(|key| key.recipient.as_str())
                .collect()
        };
        let hash = "0".repeat(64);
        for n in 1..=3 {
            assert!(checked(&seal("{}", &of(n)).unwrap(), &hash).is_ok());
        }
        let one = "/envelope/envelope";
        assert_eq!(
            checked(&seal("{}", &of(4)).unwrap(), &hash).unwrap_err(),
            [one]
        );
        let large = seal(&" ".repeat(LARGEST + 1), &of(1)).unwrap();
        assert_eq!(checked(&large, &hash).unwrap_err(), [one]);
        let both = checked(b"nonsense", "A").unwrap_err();
        assert_eq!(both, ["/envelope/content_hash", one]);
    }

    #[test]
    fn texts_that_no_database_takes_are_found_wherever_they_stand() {
        assert!(clean(
            &serde_json::json!({ "a": ["两行\n文字", 1, null, true] })
        ));
        for wrong in [
            serde_json::json!("\u{0}"),
            serde_json::json!({ "a": ["x\u{1b}"] }),
            serde_json::json!({ "\u{0}": 1 }),
        ] {
            assert!(!clean(&wrong), "{wrong}");
        }
    }
}
