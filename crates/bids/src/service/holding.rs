//! The opening by the holders of a box (持钥人): two of three give their shares after the deadline, and what they opened
//! is recorded with their names.

use super::changing::tell_judged;
use super::opening::{fail_if_none_left, open_all};
use super::system::by_system;
use crate::boxes::{self, BoxHolder};
use crate::entity::bid_box;
use crate::flow::BidEvent;
use crate::model::{BoxOut, HolderShareOut, ShareIn};
use crate::recording::Openers;
use crate::store;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;
use wubang_kernel::digest::sha256_hex;
use wubang_kernel::{Code, Role, RoleSet, faults};
use wubang_postings::{Posting, PostingCase};
use wubang_store::outbox::{self, Notice};
use wubang_store::{Error, Key, Read, Store, Tx, View};
use wubang_web::Instant;
use wubang_web::ReasonIn;

/// How many shares open a box.
const NEEDED: usize = 2;
/// In which office somebody holds a share, for the trace.
const OFFICES: &[Role] = &[
    Role::Supervisor,
    Role::DistrictAdmin,
    Role::DepartmentOfficer,
    Role::StreetOfficer,
    Role::CommunitySecretary,
];

/// A posting was published: where holders open, its box is made now, so that whoever bids can seal for it.
///
/// # Errors
/// When the database fails.
pub async fn on_published(tx: &Tx, posting_id: Uuid) -> Result<(), Error> {
    let posting = wubang_postings::service::find(tx, posting_id).await?;
    let holders = wubang_postings::service::holders_of(tx, &posting).await?;
    if holders.is_empty() {
        return Ok(());
    }
    boxes::make_box(tx, posting_id, &holders).await
}

/// The posting was closed. With bids in it the box waits for its holders, who are told; an empty one is done.
pub(super) async fn on_closed(
    tx: &Tx,
    posting: &Posting,
    sealed: &bid_box::Model,
) -> Result<(), Error> {
    if !boxes::openable(tx, posting, sealed) {
        return Err(Error::internal("a box is opened after its deadline only"));
    }
    let submitted = store::in_states(tx, posting.id, &["submitted"]).await?;
    if submitted.is_empty() {
        return open_all(tx, posting, None, Openers::system()).await;
    }
    let holders = boxes::of_box(tx, posting.id).await?;
    let notice = Notice {
        organisations: Vec::new(),
        persons: holders.iter().map(|holder| holder.person_id).collect(),
        ..Notice::of(posting, &[], serde_json::json!({}))
    };
    outbox::tell(tx, "opening.awaited", "posting", posting.id, notice).await
}

/// The caller's own share of a posting's box; nobody else learns who holds.
async fn own(
    read: &impl Read,
    posting: &Posting,
) -> Result<(bid_box::Model, BoxHolder, Vec<BoxHolder>), Error> {
    let person = read.actor().person.ok_or(Code::NotFound)?;
    let mut holders = boxes::of_box(read, posting.id).await?;
    let at = holders
        .iter()
        .position(|holder| holder.person_id == person)
        .ok_or(Code::NotFound)?;
    let mine = holders.remove(at);
    let of = boxes::find_box(read, posting.id)
        .await?
        .ok_or(Code::NotFound)?;
    Ok((of, mine, holders))
}

/// Refuses unless the box waits for its holders.
fn waits(read: &impl Read, posting: &Posting, of: &bid_box::Model) -> Result<(), Error> {
    match posting.state.as_str() {
        "suspended" => Err(Code::PostingSuspended.into()),
        "open" => Err(Code::BoxSealed.into()),
        _ if boxes::openable(read, posting, of) => Ok(()),
        _ => Err(Code::InvalidTransition.into()),
    }
}

/// The box of a posting, for whoever may bid: for whom an envelope is sealed.
///
/// # Errors
/// `not_found`.
pub async fn get_box(view: &View, key: &Key) -> Result<BoxOut, Error> {
    let case = wubang_postings::service::load(view, key).await?;
    shown(view, &case).await
}

async fn shown(read: &impl Read, case: &PostingCase) -> Result<BoxOut, Error> {
    let posting = &case.posting;
    let sealing = &posting.particulars.sealing;
    let of = match sealing.by_holders() {
        true => boxes::find_box(read, posting.id).await?,
        false => None,
    };
    let holders = boxes::of_box(read, posting.id).await?;
    let opens = of.as_ref().filter(|of| boxes::openable(read, posting, of));
    let inside = case.roles.any(store::ORGANISERS)
        || holders
            .iter()
            .any(|holder| Some(holder.person_id) == read.actor().person);
    let given = holders.iter().filter(|one| one.given_at.is_some()).count();
    Ok(BoxOut {
        posting_id: posting.id,
        level: sealing.level,
        recipient: of.as_ref().map(|of| of.recipient.clone()),
        needed: of.as_ref().map(|_| NEEDED),
        // how far the opening is tells whether there is anything to open
        waiting: (inside && of.is_some()).then_some(opens.is_some()),
        given: (inside && of.is_some()).then_some(given),
    })
}

/// The caller's own share, sealed for his key, once the posting is closed.
///
/// # Errors
/// `not_found` for who holds none; `box_sealed` before the closing; `posting_suspended`; `invalid_transition` once
/// the box was opened.
pub async fn share(view: &View, key: &Key) -> Result<HolderShareOut, Error> {
    let posting = wubang_postings::service::load(view, key).await?.posting;
    let (of, mine, _) = own(view, &posting).await?;
    waits(view, &posting, &of)?;
    Ok(HolderShareOut {
        posting_id: posting.id,
        seat: mine.seat,
        recipient: mine.recipient,
        share: mine.sealed_share.map(|sealed| STANDARD.encode(sealed)),
        given_at: mine.given_at.map(Instant),
    })
}

/// A holder gives his share. With the second one the box is opened, the opening recorded, and every share
/// destroyed.
///
/// # Errors
/// As [`share`]; `duplicate` the second time; `share_wrong` for what is not his share, which is recorded.
pub async fn give_share(tx: &Tx, key: &Key, input: ShareIn) -> Result<BoxOut, Error> {
    let case = wubang_postings::service::load(tx, key).await?;
    tx.expect_version(case.posting.version)?;
    boxes::hold_box(tx, case.posting.id).await?;
    let posting = &case.posting;
    let (of, mine, others) = own(tx, posting).await?;
    waits(tx, posting, &of)?;
    if mine.given_at.is_some() {
        return Err(Code::Duplicate.into());
    }
    let given = input.share.trim();
    if sha256_hex(given.as_bytes()) != mine.share_hash {
        return Err(Code::ShareWrong.into());
    }
    let office = office(case.roles);
    boxes::note(tx, posting, &mine, office, "opening.share_given").await?;
    boxes::keep(tx, &mine, given).await?;
    let first = others.iter().find(|other| other.given_at.is_some());
    let Some(first) = first else {
        return shown(tx, &case).await;
    };
    let before =
        boxes::kept(tx, first)?.ok_or_else(|| Error::internal("a share that was given is gone"))?;
    let secret = boxes::combine(&of, [&before, given])?;
    let openers = Openers::holders([first, &mine]);
    open_all(tx, posting, Some(secret), openers).await?;
    fail_if_none_left(tx, posting).await?;
    let after = wubang_postings::service::load(tx, key).await?;
    shown(tx, &after).await
}

fn office(roles: RoleSet) -> Role {
    roles.first_of(OFFICES).unwrap_or(Role::Public)
}

/// Records that a holder gave what is not his share: the refusal itself has written nothing.
///
/// # Errors
/// When the database fails.
pub async fn note_wrong_share(
    store: &Store,
    who: &wubang_kernel::Who,
    key: &Key,
) -> Result<(), Error> {
    let tx = store
        .write(&wubang_kernel::Who {
            if_match: None,
            ..who.clone()
        })
        .await?;
    let case = wubang_postings::service::load(&tx, key).await?;
    let (_, mine, _) = own(&tx, &case.posting).await?;
    let event = "opening.share_refused";
    boxes::note(&tx, &case.posting, &mine, office(case.roles), event).await?;
    tx.commit().await
}

/// Two holders cannot give their shares: the street lets the round fail, for a public reason. Nobody ever reads what
/// is in the box; the bids go back.
///
/// # Errors
/// `forbidden`; `invalid_transition` unless the box waits for its holders; `invalid` without a reason.
pub async fn fail_unopened(tx: &Tx, key: &Key, input: ReasonIn) -> Result<BoxOut, Error> {
    let case = wubang_postings::service::load(tx, key).await?;
    case.roles
        .first_of(&[Role::StreetOfficer])
        .ok_or(Code::Forbidden)?;
    let reason = faults::reason(&input.reason)?;
    tx.expect_version(case.posting.version)?;
    let id = case.posting.id;
    boxes::hold_box(tx, id).await?;
    let of = boxes::find_box(tx, id)
        .await?
        .filter(|of| of.by_holders)
        .ok_or(Code::InvalidTransition)?;
    waits(tx, &case.posting, &of)?;
    wubang_postings::service::failed(tx, id, "not_opened", Some(reason)).await?;
    let after = wubang_postings::service::load(tx, key).await?;
    shown(tx, &after).await
}

/// A round has failed: what nobody has opened goes back to its bidders, and the shares are destroyed.
///
/// # Errors
/// When the database fails.
pub async fn on_failed(tx: &Tx, posting_id: Uuid, event: &str) -> Result<(), Error> {
    let of = boxes::find_box(tx, posting_id).await?;
    if of.is_some_and(|of| of.by_holders && of.sealed) {
        for bid in store::in_states(tx, posting_id, &["submitted"]).await? {
            by_system(tx, bid.id, BidEvent::NotOpened, |c| {
                c.because(Some("not_opened".to_owned()))
            })
            .await?;
        }
        boxes::unseal_box(tx, posting_id).await?;
    }
    tell_judged(tx, posting_id, event).await
}
