//! What can be done with a bid: load, decide, spend, tell.

mod answering;
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
mod showing;
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
pub use showing::{get, get_actions, list};
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
use crate::letter_rules::{self, LetterAsks};
use crate::model::{BidMode, Letter, MemberRole};
use crate::rules::{self, BidFacts};
use crate::sealing;
use crate::store::{self, INSIDERS};
use eligible::Known;
use showing::out;
use wubang_kernel::deadline::local_date;
use wubang_kernel::machine::plan;
use wubang_kernel::money::Fen;
use wubang_kernel::procedure::Way;
use wubang_kernel::refusal::FieldFault;
use wubang_kernel::{Code, Faults, Role, RoleSet};
use wubang_postings::Posting;
use wubang_registry::organisations::caps::is_cap;
use wubang_store::commit::Commit;
use wubang_store::{Error, Key, Read, Tx, commit, state_of};

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
        serves_minors: letter_rules::serves_minors(&posting.content.target_groups)
            || proposed.is_some_and(|one| letter_rules::serves_minors(&one.target_groups)),
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
