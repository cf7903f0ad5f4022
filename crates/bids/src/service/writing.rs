//! What the bidder does: draft, sign, hand in, withdraw.

use super::eligible::known;
use super::eligible::parts;
use super::opening::fail_if_none_left;
use super::standing_still;
use super::{
    Case, Known, attachments, check_codes, facts, joining, load, load_for, out, proceeding, step,
};
use crate::asking::Inquiries;
use crate::blind::{self, Envelope, Sent};
use crate::boxes;
use crate::entity::bid;
use crate::flow::{Bid, BidEvent};
use crate::members;
use crate::model::{BidIn, BidMode, BidOut, BidPatch, Letter, MemberRole};
use crate::sealing::{self, Contents};
use crate::store::{self, BIDDERS};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use wubang_files::Attachments;
use wubang_kernel::actor::Reach;
use wubang_kernel::deadline::is_over;
use wubang_kernel::machine::{self, plan};
use wubang_kernel::procedure::Way;
use wubang_kernel::{Code, Faults, Refusal, Role, faults};

use wubang_postings::Posting;
use wubang_store::commit::edit;
use wubang_store::{Error, Key, Read, Tx, birth, commit, state_of};
use wubang_web::Instant;
use wubang_web::{NothingIn, ReasonIn};

/// An organisation drafts a bid. A draft may be incomplete; the answer lists what is missing.
///
/// # Errors
/// `not_found` for a posting not public; `deadline_passed`; `duplicate` for the second bid.
pub async fn draft(tx: &Tx, input: BidIn) -> Result<BidOut, Error> {
    let mut faults = Faults::new();
    let price = faults.fen("/price_fen", input.price_fen);
    let organisation = wubang_registry::organisations::load(tx, input.organisation_id)
        .await
        .ok();
    if organisation.is_none() {
        faults.add(
            "/organisation_id",
            "unknown_value",
            "没有这个组织",
            "there is no such organisation",
        );
    }
    faults.finish()?;
    let organisation = organisation.ok_or(Code::NotFound)?;
    let roles = tx.actor().roles(&Reach::of(organisation.id));
    let made = machine::create::<Bid>(roles)?;
    let posting = wubang_postings::service::load(tx, &Key::Id(input.posting_id))
        .await?
        .posting;
    wubang_postings::invitation::may_bid(&posting, organisation.id)?;
    if posting.state == "suspended" {
        return Err(Code::PostingSuspended.into());
    }
    if posting.state != "open" || posting.bid_deadline.is_none_or(|at| is_over(at, tx.now())) {
        return Err(Code::DeadlinePassed.into());
    }
    check_codes(tx, &posting, &input.letter).await?;
    check_mode(&posting, input.mode)?;
    let envelope = blind::received(&posting, &Sent::new(&input))?;
    let by_bidder = posting.particulars.sealing.by_holders();
    boxes::ensure_box(tx, posting.id).await?;
    let id = tx.new_id();
    let (recipient, locked_key) = sealing::bid_key(tx, id)?;
    let contents = Contents {
        posting_id: posting.id,
        organisation_id: organisation.id,
        price_fen: price.get(),
        letter: input.letter,
        members: Vec::new(),
        attachments: Attachments::default(),
        salt: sealing::salt(tx, id, &locked_key)?,
    };
    let sealed = match by_bidder {
        true => envelope.as_ref().map(|own| own.bytes.clone()),
        false => Some(sealing::seal(&contents, &recipient, None)?),
    };
    let row = bid::ActiveModel {
        id: Set(id),
        project_id: Set(posting.project_id),
        posting_id: Set(posting.id),
        organisation_id: Set(organisation.id),
        organisation_name: Set(organisation.name),
        division: Set(posting.division.clone()),
        mode: Set(input.mode.as_str().to_owned()),
        price_fen: Set(0),
        content: Set(Letter::default()),
        attachments: Set(Attachments::default()),
        sealed: Set(sealed),
        by_bidder: Set(by_bidder),
        envelope_hash: Set(envelope.map(|own| own.hash)),
        recipient: Set(recipient),
        locked_key: Set(locked_key),
        content_hash: Set(None),
        signed_hash: Set(None),
        revision: Set(0),
        submitted_at: Set(None),
        signed_by: Set(None),
        signed_name: Set(None),
        opened_at: Set(None),
        eligibility: Set(None),
        cap_reason: Set(None),
        track_record: Set(None),
        checked_by: Set(None),
        reason_code: Set(None),
        reason: Set(None),
        total: Set(None),
        rank: Set(0),
        means: Set(None),
        tie_break: Set(None),
        told_at: Set(None),
        returned_by: Set(None),
        created_by: Set(tx.person()?),
        state: Set("draft".to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let mut bid = birth::<bid::Entity, _>(tx, made, row, None).await?;
    joining::enter(tx, &bid, bid.organisation_id).await?;
    (bid.price_fen, bid.content) = (contents.price_fen, contents.letter);
    out(
        tx,
        Case {
            bid,
            members: Vec::new(),
            posting,
            roles,
            inquiries: Inquiries::default(),
        },
    )
    .await
}

/// Several organisations bid together where the notice takes that, and nobody accepts an order with others.
fn check_mode(posting: &Posting, mode: BidMode) -> Result<(), Error> {
    let mut faults = Faults::new();
    let order = posting.procedure.0.code.way() == Way::Order;
    if (mode == BidMode::Joint && !posting.content.accepts_joint_bids)
        || (mode != BidMode::Sole && order)
    {
        faults.add(
            "/mode",
            "not_allowed",
            "本榜单不接受这种揭榜方式",
            "this posting does not take bids in this mode",
        );
    }
    Ok(faults.finish()?)
}

/// What was submitted is kept as its version. The working copy of a sole bid is changed by revising it; that of
/// several organisations must be confirmed by all of them before that, so it stays open until the deadline.
fn open_to_change(case: &Case, tx: &Tx) -> Result<(), Error> {
    match case.bid.state.as_str() {
        "draft" | "withdrawn" => Ok(()),
        "submitted" if BidMode::of(&case.bid.mode) != BidMode::Sole => {
            let late = case
                .posting
                .bid_deadline
                .is_none_or(|at| is_over(at, tx.now()));
            if late {
                return Err(Code::DeadlinePassed.into());
            }
            Ok(())
        }
        _ => Err(Code::InvalidTransition.into()),
    }
}

/// The bidder changes what he will hand in. A submitted bid stays as handed in until it is revised.
///
/// # Errors
/// `invalid_transition` after the deadline; `posting_suspended`.
pub async fn amend(tx: &Tx, key: &Key, patch: BidPatch) -> Result<BidOut, Error> {
    let mut case = load_for(tx, key).await?;
    let role = case.roles.first_of(BIDDERS).ok_or(Code::Forbidden)?;
    proceeding(&case)?;
    open_to_change(&case, tx)?;
    let envelope = blind::received(&case.posting, &Sent::changed(&patch))?;
    if case.bid.by_bidder {
        return exchange(tx, case, role, envelope).await;
    }
    if let Some(mode) = patch.mode {
        if case.bid.state == "submitted" {
            return Err(Code::InvalidTransition.into());
        }
        check_mode(&case.posting, mode)?;
        mode.as_str().clone_into(&mut case.bid.mode);
    }
    let mut faults = Faults::new();
    let price = faults.fen("/price_fen", patch.price_fen.unwrap_or(case.bid.price_fen));
    faults.finish()?;
    case.bid.price_fen = price.get();
    if let Some(letter) = patch.letter {
        case.bid.content = letter;
    }
    check_codes(tx, &case.posting, &case.bid.content).await?;
    let contents = sealing::contents(tx, &case.bid, &case.members)?;
    let sealed = sealing::seal(&contents, &case.bid.recipient, None)?;
    let mode = case.bid.mode.clone();
    joining::tell_void(tx, &case, &contents.hash()?).await?;
    case.bid = edit::<bid::Entity>(
        tx,
        &case.bid,
        "bid.draft_amended",
        role,
        |update| {
            update
                .col_expr(bid::Column::Sealed, Expr::value(sealed))
                .col_expr(bid::Column::Mode, Expr::value(mode))
        },
        None,
    )
    .await?;
    (case.bid.price_fen, case.bid.content) = (contents.price_fen, contents.letter);
    case.bid.attachments = contents.attachments;
    out(tx, case).await
}

/// Another envelope takes the place of the one before.
async fn exchange(
    tx: &Tx,
    mut case: Case,
    role: Role,
    envelope: Option<Envelope>,
) -> Result<BidOut, Error> {
    if let Some(own) = envelope {
        case.bid = edit::<bid::Entity>(
            tx,
            &case.bid,
            "bid.draft_amended",
            role,
            |update| {
                update
                    .col_expr(bid::Column::Sealed, Expr::value(own.bytes))
                    .col_expr(bid::Column::EnvelopeHash, Expr::value(own.hash))
            },
            None,
        )
        .await?;
    }
    out(tx, case).await
}

/// The legal representative signs the content as it stands, so that an agent may hand it in.
///
/// # Errors
/// `forbidden` for anybody else; `posting_suspended`.
pub async fn sign(tx: &Tx, key: &Key, _: NothingIn) -> Result<BidOut, Error> {
    let mut case = load_for(tx, key).await?;
    let role = case
        .roles
        .first_of(&[Role::OrgLegalRep])
        .ok_or(Code::Forbidden)?;
    proceeding(&case)?;
    open_to_change(&case, tx)?;
    let contents = sealing::contents(tx, &case.bid, &case.members)?;
    let hash = match blind::handed_in(&case.bid)? {
        Some((_, hash)) => hash,
        None => contents.hash()?,
    };
    let (person, name) = (tx.person()?, tx.actor().name.clone());
    case.bid = edit::<bid::Entity>(
        tx,
        &case.bid,
        "bid.signed",
        role,
        |update| {
            update
                .col_expr(bid::Column::SignedHash, Expr::value(hash.clone()))
                .col_expr(bid::Column::SignedBy, Expr::value(person))
                .col_expr(bid::Column::SignedName, Expr::value(name))
        },
        Some(serde_json::json!({ "content_hash": hash })),
    )
    .await?;
    (case.bid.price_fen, case.bid.content) = (contents.price_fen, contents.letter);
    case.bid.attachments = contents.attachments;
    out(tx, case).await
}

/// Hands in. Who was picked for an order accepts it that way: there is nobody to wait for, and nothing to be
/// kept from anybody, so the posting closes with it.
///
/// # Errors
/// `deadline_passed`, `incomplete`, `price_out_of_range`, `not_eligible`, `cap_reached`, `not_signed`.
pub async fn submit(tx: &Tx, key: &Key, _: NothingIn) -> Result<BidOut, Error> {
    let case = load_for(tx, key).await?;
    let case = hand_in(tx, case, BidEvent::Submit).await?;
    if case.posting.procedure.0.code.way() != Way::Order {
        return out(tx, case).await;
    }
    wubang_postings::service::close(tx, case.posting.id).await?;
    let accepted = load(tx, key).await?;
    out(tx, accepted).await
}

/// Replaces what was handed in; every version is kept.
///
/// # Errors
/// As [`submit`].
pub async fn revise(tx: &Tx, key: &Key, patch: BidPatch) -> Result<BidOut, Error> {
    let mut case = load_for(tx, key).await?;
    if patch.mode.is_some() {
        return Err(Refusal::new(Code::Invalid)
            .field(
                "/mode",
                "not_allowed",
                "已提交,不可改揭榜方式",
                "the mode is open in a draft only",
            )
            .into());
    }
    let envelope = blind::received(&case.posting, &Sent::changed(&patch))?;
    if let Some(own) = envelope {
        case.bid.sealed = Some(own.bytes);
        case.bid.envelope_hash = Some(own.hash);
    }
    let mut faults = Faults::new();
    case.bid.price_fen = faults
        .fen("/price_fen", patch.price_fen.unwrap_or(case.bid.price_fen))
        .get();
    faults.finish()?;
    case.bid.content = patch.letter.unwrap_or(case.bid.content);
    attachments::fill_revision(tx, &mut case.bid).await?;
    check_codes(tx, &case.posting, &case.bid.content).await?;
    let case = hand_in(tx, case, BidEvent::Revise).await?;
    out(tx, case).await
}

/// Every organisation of the bid takes part in this one alone: those of a withdrawn bid were free meanwhile.
async fn enter_all(tx: &Tx, case: &Case) -> Result<(), Error> {
    joining::enter(tx, &case.bid, case.bid.organisation_id).await?;
    let partners = case
        .members
        .iter()
        .filter(|member| member.joined() && MemberRole::of(&member.role) == MemberRole::Partner);
    for partner in partners {
        joining::enter(tx, &case.bid, partner.organisation_id).await?;
    }
    Ok(())
}

async fn hand_in(tx: &Tx, mut case: Case, event: BidEvent) -> Result<Case, Error> {
    // two bids of one organisation are counted one after the other
    let parties = parts(&case.bid, &case.members);
    let parties: Vec<_> = parties.into_iter().map(|(id, _)| id).collect();
    wubang_registry::organisations::hold(tx, &parties).await?;
    let known = known(tx, &case).await?;
    let facts = facts(tx, &case, known)?;
    let planned = plan::<Bid>(state_of::<Bid>(&case.bid.state)?, event, case.roles, &facts)?;
    let of_box = boxes::touch_box(tx, case.posting.id).await?;
    // whoever amends or suspends holds the box as well: what he wrote is seen from here on
    let posting = wubang_postings::service::find(tx, case.posting.id).await?;
    if (&posting.state, &posting.notice_hash) != (&case.posting.state, &case.posting.notice_hash) {
        return Err(Code::Conflict.into());
    }
    enter_all(tx, &case).await?;
    let contents = sealing::contents(tx, &case.bid, &case.members)?;
    let (sealed, hash) = match blind::handed_in(&case.bid)? {
        Some(own) => own,
        None => (
            sealing::seal(&contents, &case.bid.recipient, Some(&of_box.recipient))?,
            contents.hash()?,
        ),
    };
    let envelope_hash = case.bid.by_bidder.then(|| hash.clone());
    let (revision, person, name) = (case.bid.revision + 1, tx.person()?, tx.actor().name.clone());
    let (signer, signer_name) = match case.bid.signed_by.zip(case.bid.signed_name.clone()) {
        Some(signed) if !case.roles.has(Role::OrgLegalRep) => signed,
        _ => (person, name),
    };
    case.bid = commit::<bid::Entity>(tx, &case.bid, planned)
        .set(bid::Column::Sealed, sealed.clone())
        .set(bid::Column::EnvelopeHash, envelope_hash)
        .set(bid::Column::ContentHash, hash.clone())
        .set(bid::Column::SignedHash, hash.clone())
        .set(bid::Column::SignedBy, signer)
        .set(bid::Column::SignedName, signer_name)
        .set(bid::Column::Revision, revision)
        .set(bid::Column::SubmittedAt, tx.now())
        .set(bid::Column::ReturnedBy, sea_orm::Value::BigInt(None))
        .data(serde_json::json!({ "content_hash": hash, "revision": revision }))
        .facts(serde_json::json!({ "posting": case.posting.number, "content_hash": hash, "submitted_at": Instant(tx.now()) }))
        .run()
        .await?;
    store::keep_version(tx, &case.bid, sealed, signer).await?;
    attachments::freeze(tx, &case, &contents.attachments).await?;
    (case.bid.price_fen, case.bid.content) = (contents.price_fen, contents.letter);
    case.bid.attachments = contents.attachments;
    Ok(case)
}

/// Withdraws: free before the deadline, noted after it.
///
/// # Errors
/// `deadline_passed` between the deadline and the opening.
pub async fn withdraw(tx: &Tx, key: &Key, input: ReasonIn) -> Result<BidOut, Error> {
    let reason = faults::reason(&input.reason)?;
    let mut case = load_for(tx, key).await?;
    let facts = facts(tx, &case, Known::default())?;
    step(tx, &mut case, BidEvent::Withdraw, &facts, |c| {
        c.set(bid::Column::Reason, reason.clone())
            .because(Some(reason))
    })
    .await?;
    if case.bid.state == "withdrawn" {
        members::leave(tx, &case.bid, None).await?;
    }
    // nobody waits for an answer any more
    standing_still::drop_inquiries(tx, &[case.bid.id]).await?;
    fail_if_none_left(tx, &case.posting).await?;
    out(tx, super::again(tx, case).await?).await
}
