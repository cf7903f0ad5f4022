//! A bid as its viewers read it, and the list of bids.

use super::eligible::{Known, known};
use super::{Case, attachments, current_hash, facts, hearing, load, repairing};
use crate::entity::{bid, bid_member};
use crate::flow::Bid;
use crate::model::{
    BidList, BidMemberOut, BidMode, BidOut, BidSummary, MeanOut, MemberRole, MissingOut, Receipt,
};
use crate::related;
use crate::rules::BidFacts;
use crate::sealing;
use crate::store::{self, INSIDERS};
use crate::track_record;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;
use wubang_kernel::score::Exact;
use wubang_kernel::{Faults, Role};
use wubang_store::{Error, Key, Read, View, state_of};
use wubang_web::actions::{self, ActionsOut};
use wubang_web::{DeadlineOut, Instant, ListQuery};

fn missing(facts: &BidFacts) -> Vec<MissingOut> {
    facts
        .missing()
        .into_fields()
        .into_iter()
        .map(|field| MissingOut {
            pointer: field.pointer,
            code: field.code,
            zh: field.text.zh,
            en: field.text.en,
        })
        .collect()
}

/// Whether this viewer may know totals now: organisers and panel always, the bidder from the notice on.
fn knows_totals(case: &Case) -> bool {
    let own = case.roles.any(INSIDERS);
    let told = case.bid.told_at.is_some();
    case.roles.any(&[
        Role::StreetOfficer,
        Role::Supervisor,
        Role::Assessor,
        Role::System,
    ]) || (own && told)
}

pub(super) async fn out(read: &impl Read, case: Case) -> Result<BidOut, Error> {
    let own = case.roles.any(INSIDERS);
    let editing = matches!(case.bid.state.as_str(), "draft" | "submitted" | "withdrawn");
    let known = if own && editing {
        known(read, &case).await?
    } else {
        Known::default()
    };
    let facts = facts(read, &case, known)?;
    let current = current_hash(read, &case)?;
    let members = members_out(&case, current.as_deref());
    let totals = knows_totals(&case);
    let handed_in = attachments::readable(&case);
    let track_record = track_record::shown(read, &case.bid, &case.members).await?;
    let repair = repairing::shown_in(&case)?;
    let invalidation = hearing::shown_in(&case)?;
    let Case {
        bid,
        roles,
        inquiries,
        ..
    } = case;
    let deadlines = inquiries.timers.into_iter().map(DeadlineOut::from);
    let state = state_of::<Bid>(&bid.state)?;
    let receipt = receipt(read, &bid, own).await?;
    let total: Option<Exact> = bid
        .total
        .as_deref()
        .and_then(|text| text.parse().ok())
        .filter(|_| totals);
    let means: Vec<MeanOut> = bid
        .means
        .and_then(|value| serde_json::from_value(value).ok())
        .unwrap_or_default();
    Ok(BidOut {
        id: bid.id,
        posting_id: bid.posting_id,
        project_id: bid.project_id,
        organisation_id: bid.organisation_id,
        organisation_name: bid.organisation_name,
        mode: BidMode::of(&bid.mode),
        state,
        version: bid.version,
        price_fen: bid.price_fen,
        letter: bid.content,
        members,
        content_hash: current,
        envelope: bid
            .sealed
            .filter(|_| own && bid.by_bidder)
            .map(|sealed| STANDARD.encode(sealed)),
        attachments: handed_in,
        missing: if own && editing {
            missing(&facts)
        } else {
            Vec::new()
        },
        receipt,
        returned_by: bid.returned_by,
        repair,
        invalidation,
        deadlines: deadlines.collect(),
        track_record,
        eligibility: match own {
            true => bid.eligibility.map(related::without_names),
            false => bid.eligibility,
        },
        cap_reason: bid.cap_reason,
        reason_code: bid.reason_code,
        reason: bid.reason,
        total: total.map(|total| total.rounded()),
        rank: (totals && bid.rank > 0).then_some(bid.rank),
        means: if totals { means } else { Vec::new() },
        allowed_actions: actions::of::<Bid>(bid.id, state, roles, &facts).allowed,
        created_at: Instant(bid.created_at),
        updated_at: Instant(bid.updated_at),
    })
}

/// The other organisations; who turned an invitation down is the bidders' own matter.
fn members_out(case: &Case, hash: Option<&str>) -> Vec<BidMemberOut> {
    let shown = |member: &&bid_member::Model| hash.is_some() || member.joined();
    let out = |member: &bid_member::Model| BidMemberOut {
        organisation_id: member.organisation_id,
        organisation_name: member.organisation_name.clone(),
        role: MemberRole::of(&member.role),
        standing: member.standing.clone(),
        confirmed: hash.is_some() && member.confirmed_hash.as_deref() == hash,
        confirmed_by: member.confirmed_name.clone().filter(|_| hash.is_some()),
        confirmed_at: member.confirmed_at.filter(|_| hash.is_some()).map(Instant),
        reason: member.reason.clone().filter(|_| hash.is_some()),
    };
    case.members.iter().filter(shown).map(out).collect()
}

/// What proves the hand-in. The salt goes to the bidder only: with it he can prove what stood in the envelope.
async fn receipt(read: &impl Read, bid: &bid::Model, own: bool) -> Result<Option<Receipt>, Error> {
    let Some((at, content_hash)) = bid.submitted_at.zip(bid.content_hash.clone()) else {
        return Ok(None);
    };
    Ok(Some(Receipt {
        submitted_at: Instant(at),
        content_hash,
        revision: bid.revision,
        signed_by: bid.signed_name.clone().unwrap_or_default(),
        position: store::position_of(read, bid).await?,
        salt: (own && !bid.by_bidder)
            .then(|| sealing::salt(read, bid.id, &bid.locked_key))
            .transpose()?,
    }))
}

/// A bid for somebody who may see it.
///
/// # Errors
/// `not_found` for everybody else, and for everybody but the bidder before the opening.
pub async fn get(view: &View, key: &Key) -> Result<BidOut, Error> {
    let case = load(view, key).await?;
    out(view, case).await
}

/// What the viewer may do with a bid, and why not the rest.
///
/// # Errors
/// `not_found`.
pub async fn get_actions(view: &View, key: &Key) -> Result<ActionsOut, Error> {
    let case = load(view, key).await?;
    let known = if case.roles.any(INSIDERS) {
        known(view, &case).await?
    } else {
        Known::default()
    };
    let facts = facts(view, &case, known)?;
    Ok(actions::of::<Bid>(
        case.bid.id,
        state_of::<Bid>(&case.bid.state)?,
        case.roles,
        &facts,
    ))
}

/// The bids that the viewer may see: his own, and after the opening those of his territory.
///
/// # Errors
/// `invalid` for a posting that is no id.
pub async fn list(view: &View, query: &ListQuery) -> Result<BidList, Error> {
    let mut faults = Faults::new();
    let posting = query
        .one("posting")
        .map(Uuid::parse_str)
        .transpose()
        .unwrap_or_else(|_| {
            faults.add("?posting", "malformed", "须为 id", "must be an id");
            None
        });
    faults.finish()?;
    let rows = store::list(view, query, posting).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let items = rows
        .into_iter()
        .map(|mut bid| {
            // before the opening nobody but the bidder finds the row
            sealing::reveal(view, &mut bid)?;
            Ok(BidSummary {
                state: state_of::<Bid>(&bid.state)?,
                id: bid.id,
                posting_id: bid.posting_id,
                organisation_id: bid.organisation_id,
                organisation_name: bid.organisation_name,
                price_fen: bid.price_fen,
                submitted_at: bid.submitted_at.map(Instant),
            })
        })
        .collect::<Result<_, Error>>()?;
    Ok(BidList { items, next })
}
