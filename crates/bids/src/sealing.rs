//! The envelopes of bids (密封): until the opening price and content stand nowhere else.
//!
//! A bid has a key of its own, with which its bidder reads it; the box of the posting has one that the opening
//! alone uses, and destroys. Both are locked with a master key, which is not in the database. What is handed in
//! is sealed for both, a draft for the bidder only.

use crate::entity::{bid, bid_box, bid_member};
use crate::model::{Letter, MemberRole};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wubang_files::Attachments;
use wubang_kernel::deadline::is_over;
use wubang_kernel::digest::{content_hash, sha256_hex};
use wubang_kernel::procedure::Way;
use wubang_postings::Posting;
use wubang_store::{Error, Read};
use wubang_vault::SealingKey;
use zeroize::Zeroizing;

/// What stands in an envelope, and what the receipt's hash is taken of.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Contents {
    pub posting_id: Uuid,
    pub organisation_id: Uuid,
    pub price_fen: i64,
    pub letter: Letter,
    /// Who else is in it; nobody for a sole bid.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<SealedMember>,
    #[serde(default, skip_serializing_if = "none_of")]
    pub attachments: Attachments,
    /// Known to the bidder alone, so that nobody can try prices against the hash.
    pub salt: String,
}

/// Another organisation of the bid.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SealedMember {
    pub organisation_id: Uuid,
    pub role: MemberRole,
}

/// A bid without attachments has the hash that it would have if there were none at all.
fn none_of(attachments: &Attachments) -> bool {
    attachments.0.is_empty()
}

impl Contents {
    /// SHA-256 over the canonical JSON.
    pub(crate) fn hash(&self) -> Result<String, Error> {
        Ok(content_hash(&serde_json::to_value(self)?))
    }

    fn read(text: &[u8]) -> Result<Self, Error> {
        Ok(serde_json::from_slice(text)?)
    }
}

fn of_bid(bid: Uuid) -> String {
    format!("bid {bid}")
}

fn of_box(posting: Uuid) -> String {
    format!("bid box {posting}")
}

/// A new key of a bid: its recipient, and the secret as it is stored.
pub(crate) fn bid_key(read: &impl Read, bid: Uuid) -> Result<(String, String), Error> {
    new_key(read, &of_bid(bid))
}

/// The same for a box.
pub(crate) fn box_key(read: &impl Read, posting: Uuid) -> Result<(String, String), Error> {
    new_key(read, &of_box(posting))
}

fn new_key(read: &impl Read, purpose: &str) -> Result<(String, String), Error> {
    let key = SealingKey::generate();
    let locked = read.vault().lock(purpose, key.secret.as_bytes())?;
    Ok((key.recipient, locked))
}

fn unlock(read: &impl Read, purpose: &str, locked: &str) -> Result<Zeroizing<String>, Error> {
    let secret = read.vault().unlock(purpose, locked)?;
    String::from_utf8(secret.to_vec())
        .map(Zeroizing::new)
        .map_err(|_| Error::internal("a sealing key is no text"))
}

/// What the bidder's receipt is salted with: derived from the bid's key, so it needs no place of its own.
pub(crate) fn salt(read: &impl Read, bid: Uuid, locked_key: &str) -> Result<String, Error> {
    let secret = unlock(read, &of_bid(bid), locked_key)?;
    let text = Zeroizing::new(format!("salt {}", secret.as_str()));
    Ok(sha256_hex(text.as_bytes()))
}

/// The contents as they would be sealed now.
pub(crate) fn contents(
    read: &impl Read,
    bid: &bid::Model,
    members: &[bid_member::Model],
) -> Result<Contents, Error> {
    let mut inside: Vec<SealedMember> = members
        .iter()
        .filter(|member| member.belongs())
        .map(|member| SealedMember {
            organisation_id: member.organisation_id,
            role: MemberRole::of(&member.role),
        })
        .collect();
    inside.sort_by_key(|member| member.organisation_id);
    Ok(Contents {
        posting_id: bid.posting_id,
        organisation_id: bid.organisation_id,
        price_fen: bid.price_fen,
        letter: bid.content.clone(),
        members: inside,
        attachments: bid.attachments.clone(),
        salt: salt(read, bid.id, &bid.locked_key)?,
    })
}

/// Seals contents for the bidder, and for the box when they are handed in.
pub(crate) fn seal(
    contents: &Contents,
    recipient: &str,
    of_box: Option<&str>,
) -> Result<Vec<u8>, Error> {
    let text = Zeroizing::new(serde_json::to_string(contents)?);
    let recipients: Vec<&str> = std::iter::once(recipient).chain(of_box).collect();
    Ok(wubang_vault::seal(&text, &recipients)?)
}

/// Fills in what a sealed bid holds, for its bidder. Whoever calls has made sure that he is.
pub(crate) fn reveal(read: &impl Read, bid: &mut bid::Model) -> Result<(), Error> {
    if let Some(sealed) = bid.sealed.as_ref().filter(|_| !bid.by_bidder) {
        let secret = unlock(read, &of_bid(bid.id), &bid.locked_key)?;
        let contents = Contents::read(&wubang_vault::open(&secret, sealed)?)?;
        bid.price_fen = contents.price_fen;
        bid.content = contents.letter;
        bid.attachments = contents.attachments;
    }
    Ok(())
}

/// Whether a box may be opened now: the posting was closed, and its deadline is over by the server's clock.
pub(crate) fn openable(read: &impl Read, posting: &Posting, of: &bid_box::Model) -> bool {
    let order = posting.procedure.0.code.way() == Way::Order;
    let over = posting
        .bid_deadline
        .is_some_and(|at| is_over(at, read.now()));
    posting.state == "closed" && (order || over) && of.sealed
}

/// The secret of a box, for the opening: after the posting was closed, and after its deadline by the server's
/// clock. An order is accepted by the one who was picked; there is nobody to wait for.
///
/// # Errors
/// Internal before that, and when the key was destroyed.
pub(crate) fn box_secret(
    read: &impl Read,
    posting: &Posting,
    of: &bid_box::Model,
) -> Result<Zeroizing<String>, Error> {
    if !openable(read, posting, of) {
        return Err(Error::internal("a box is opened after its deadline only"));
    }
    let locked = of
        .locked_key
        .as_deref()
        .ok_or_else(|| Error::internal("the key of this box was destroyed"))?;
    unlock(read, &of_box(of.posting_id), locked)
}

/// What stands in an envelope of the box; nothing when it is not what the receipt says, because then somebody
/// has changed it in the database.
pub(crate) fn open(secret: &str, sealed: &[u8], hash: &str) -> Result<Option<Contents>, Error> {
    let Ok(text) = wubang_vault::open(secret, sealed) else {
        return Ok(None);
    };
    let Ok(contents) = Contents::read(&text) else {
        return Ok(None);
    };
    Ok((contents.hash()? == hash).then_some(contents))
}
