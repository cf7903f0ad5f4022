//! What can be done with a bid: load, decide, spend, tell.

pub mod attachments;
mod changing;
mod checking;
mod clarifying;
mod closing;
mod eligible;
mod hearing;
mod holding;
mod joining;
mod opening;
pub mod repairing;
mod standing_still;
mod system;
mod writing;

pub use changing::{on_posting_amended, on_question_answered, on_recounted, tell_all, tell_judged};
pub use checking::{
    confirm_disqualification, open_box, posting_cancelled, propose_disqualification, qualify,
};
pub use clarifying::{clarification_lapsed, clarifications, clarify, request_clarification};
pub use closing::{fail_too_few, on_posting_resumed, single_bidder, window_over};
pub use eligible::{caps_reached, get_eligibility, parts_of};
pub use hearing::{
    answer_invalidation, drop_invalidation, hearing_over, invalidate, propose_invalidation,
};
pub use holding::{
    fail_unopened, get_box, give_share, note_wrong_share, on_failed, on_published, share,
};
pub use joining::{
    accept_invitation, confirm, decline_invitation, invitations, invite_member, leave,
    remove_member, tell_members,
};
pub use opening::{opening, public_opening};
pub use repairing::{repair, repair_lapsed, request_repair};
pub use standing_still::{
    on_deadline_moved, on_posting_ended, on_posting_goes_on, on_posting_stands,
};
pub use system::{
    BidParty, ScoreResult, award_revoked, awarded, count_ranked, count_unscored, declined, find,
    find_opened, leads_in, letter, not_selected, of_posting, organisations_in, parties_by_bid,
    parties_in, partners_of, recommended, reopen, reserve_expired, reserved, restore, scored,
    tell_results,
};
pub use writing::{amend, draft, revise, sign, submit, withdraw};

use crate::asking::{self, Inquiries};
use crate::consortium::{ConsortiumFacts, MemberFact};
use crate::entity::{bid, bid_member};
use crate::flow::{Bid, BidEvent};
use crate::model::{
    BidList, BidMemberOut, BidMode, BidOut, BidSummary, Letter, MeanOut, MemberRole, MissingOut,
    Receipt,
};
use crate::related;
use crate::rules::{self, BidFacts, LetterAsks};
use crate::sealing;
use crate::store::{self, INSIDERS};
use crate::track_record;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eligible::{Known, known};
use uuid::Uuid;
use wubang_kernel::deadline::local_date;
use wubang_kernel::machine::plan;
use wubang_kernel::money::Fen;
use wubang_kernel::procedure::Way;
use wubang_kernel::refusal::FieldFault;
use wubang_kernel::score::Exact;
use wubang_kernel::timer::Terms;
use wubang_kernel::{Code, Faults, Role, RoleSet};
use wubang_postings::Posting;
use wubang_registry::organisations::caps::is_cap;
use wubang_store::commit::Commit;
use wubang_store::{Error, Key, Read, Tx, View, commit, state_of};
use wubang_web::actions::{self, ActionsOut};
use wubang_web::{DeadlineOut, Instant, ListQuery};

/// A bid with everything a decision needs.
struct Case {
    bid: bid::Model,
    /// Every other organisation that was ever invited.
    members: Vec<bid_member::Model>,
    posting: Posting,
    roles: RoleSet,
    /// What the bidder was asked after the opening.
    inquiries: Inquiries,
}

fn price(bid: &bid::Model) -> Result<Fen, Error> {
    Fen::new(bid.price_fen).map_err(|_| Error::internal("bid with a bad price"))
}

/// SHA-256 over what the bidder hands in: posting, organisations, price, letter and salt.
fn hash(read: &impl Read, case: &Case) -> Result<String, Error> {
    sealing::contents(read, &case.bid, &case.members)?.hash()
}

fn facts(read: &impl Read, case: &Case, known: Known) -> Result<BidFacts, Error> {
    let (bid, posting) = (&case.bid, &case.posting);
    let waived = |rule: &str| bid.cap_reason.is_some() && is_cap(rule);
    let stored: Vec<bool> = rules::stored_checks(bid.eligibility.as_ref())
        .map(|(rule, passed)| passed || waived(rule))
        .collect();
    let hash = current_hash(read, case)?;
    let asks = asks(posting, &bid.content);
    Ok(BidFacts {
        now: read.now(),
        posting_open: posting.state == "open",
        posting_suspended: posting.state == "suspended",
        deadline: posting.bid_deadline,
        price: price(bid)?,
        ceiling: ceiling(posting)?,
        letter: bid.content.clone(),
        lead: bid.organisation_id,
        checks: known.checks,
        stored_checks_pass: !stored.is_empty() && stored.iter().all(|passed| *passed),
        signed: case.roles.has(Role::OrgLegalRep) || (hash.is_some() && bid.signed_hash == hash),
        proposed: bid.checked_by.is_some() && bid.reason_code.is_some(),
        own_proposal: bid.checked_by == read.actor().person,
        without_panel: posting.procedure.0.code.way() == Way::Order,
        evaluating: posting.state == "evaluating",
        round_stands: stands(posting),
        inquiries: case.inquiries.facts(read.actor().person),
        proposal: proposal_faults(read, posting, &bid.content),
        // an order is accepted by the one who was picked; its custodian signs the agreement
        consortium: ConsortiumFacts {
            mode: BidMode::of(&bid.mode),
            lead: bid.organisation_id,
            members: member_facts(case, hash.as_deref()),
            wards: if asks.light { Vec::new() } else { known.wards },
        },
        asks,
        envelope: bid.by_bidder.then_some(bid.sealed.is_some()),
    })
}

/// Whether bids of a posting can still be invalidated: its round goes on, and no agreement is signed. The bids of a
/// call outlive it as the projects that were picked, those of a race in its lanes.
fn stands(posting: &Posting) -> bool {
    match posting.state.as_str() {
        "failed" | "cancelled" | "contracted" => false,
        "completed" => posting.procedure.0.code.way() == Way::Call || posting.was_raced(),
        _ => true,
    }
}

fn member_facts(case: &Case, hash: Option<&str>) -> Vec<MemberFact> {
    let inside = case.members.iter().filter(|member| member.belongs());
    inside
        .map(|member| MemberFact {
            organisation_id: member.organisation_id,
            name: member.organisation_name.clone(),
            role: MemberRole::of(&member.role),
            joined: member.joined(),
            confirmed: hash.is_some() && member.confirmed_hash.as_deref() == hash,
        })
        .collect()
}

/// Most that one bid may ask: the ceiling of the posting, or that of a single project of a call.
fn ceiling(posting: &Posting) -> Result<Fen, Error> {
    let call = posting.particulars.call.as_ref();
    let most = call.map_or(posting.budget_ceiling_fen, |call| call.ceiling_each_fen);
    Fen::new(most).map_err(|_| Error::internal("posting with a bad ceiling"))
}

fn asks(posting: &Posting, letter: &Letter) -> LetterAsks {
    let proposed = letter.proposal.as_ref();
    LetterAsks {
        serves_minors: rules::serves_minors(&posting.content.target_groups)
            || proposed.is_some_and(|one| rules::serves_minors(&one.target_groups)),
        management_percent: posting.procedure.0.management_percent,
        light: posting.procedure.0.code.way() == Way::Order,
    }
}

/// What a proposal to a call still misses.
fn proposal_faults(read: &impl Read, posting: &Posting, letter: &Letter) -> Vec<FieldFault> {
    let mut faults = Faults::new();
    if posting.procedure.0.code.way() == Way::Call {
        match &letter.proposal {
            Some(proposal) => proposal.check(posting, local_date(read.now()), &mut faults),
            None => faults.missing("/letter/proposal"),
        }
    }
    faults.into_fields()
}

/// Refuses a letter whose proposal names what nobody knows, or that has one where no call asks for it.
async fn check_codes(read: &impl Read, posting: &Posting, letter: &Letter) -> Result<(), Error> {
    let Some(proposal) = &letter.proposal else {
        return Ok(());
    };
    let mut faults = Faults::new();
    if posting.procedure.0.code.way() == Way::Call {
        let taxonomy = wubang_registry::taxonomy::current(read).await?;
        proposal.check_codes(posting, &taxonomy, &mut faults);
    } else {
        faults.add(
            "/letter/proposal",
            "not_allowed",
            "仅公益创投可申报项目",
            "only a call for projects takes a proposal",
        );
    }
    Ok(faults.finish()?)
}

/// The hash of the content for its organisations: as it stands while it can change, then as it was handed in.
fn current_hash(read: &impl Read, case: &Case) -> Result<Option<String>, Error> {
    if !case.roles.any(INSIDERS) {
        return Ok(None);
    }
    match case.bid.sealed {
        Some(_) if case.bid.by_bidder => Ok(case.bid.envelope_hash.clone()),
        Some(_) => hash(read, case).map(Some),
        None => Ok(case.bid.content_hash.clone()),
    }
}

async fn load(read: &impl Read, key: &Key) -> Result<Case, Error> {
    let (mut bid, members, roles) = store::load(read, key).await?;
    if roles.any(INSIDERS) {
        sealing::reveal(read, &mut bid)?;
        attachments::fill(read, &mut bid).await?;
    }
    let posting = wubang_postings::service::find(read, bid.posting_id).await?;
    let inquiries = if store::is_sealed(&bid) {
        Inquiries::default()
    } else {
        asking::of_bid(read, bid.id).await?
    };
    Ok(Case {
        bid,
        members,
        posting,
        roles,
        inquiries,
    })
}

/// Lengths in force for what is asked of a bidder, and the hour from which a day counts as the next.
fn terms(posting: &Posting) -> (&Terms, u32) {
    let procedure = &posting.procedure.0;
    (&procedure.timers, procedure.publish_cutoff_hour)
}

/// The case after a step that has changed what the bidder was asked.
async fn again(read: &impl Read, case: Case) -> Result<Case, Error> {
    Ok(Case {
        inquiries: asking::of_bid(read, case.bid.id).await?,
        ..case
    })
}

/// Asks the table without doing anything: who may not is told so before his input is judged.
fn may(read: &impl Read, case: &Case, event: BidEvent) -> Result<(), Error> {
    let facts = facts(read, case, Known::default())?;
    let state = state_of::<Bid>(&case.bid.state)?;
    let _ = plan::<Bid>(state, event, case.roles, &facts)?;
    Ok(())
}

/// While the posting is suspended drafts are kept as they are.
fn proceeding(case: &Case) -> Result<(), Error> {
    if case.posting.state == "suspended" {
        return Err(Code::PostingSuspended.into());
    }
    Ok(())
}

async fn load_for(tx: &Tx, key: &Key) -> Result<Case, Error> {
    let case = load(tx, key).await?;
    tx.expect_version(case.bid.version)?;
    Ok(case)
}

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

async fn out(read: &impl Read, case: Case) -> Result<BidOut, Error> {
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

async fn step(
    tx: &Tx,
    case: &mut Case,
    event: BidEvent,
    facts: &BidFacts,
    with: impl for<'a> FnOnce(Commit<'a, bid::Entity>) -> Commit<'a, bid::Entity>,
) -> Result<(), Error> {
    let planned = plan::<Bid>(state_of::<Bid>(&case.bid.state)?, event, case.roles, facts)?;
    case.bid = with(commit::<bid::Entity>(tx, &case.bid, planned))
        .run()
        .await?;
    Ok(())
}
