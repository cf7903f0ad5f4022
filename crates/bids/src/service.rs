//! What can be done with a bid: load, decide, spend, tell.

use crate::entity::bid;
use crate::flow::{Bid, BidEvent};
use crate::model::{
    BidIn, BidList, BidOut, BidPatch, BidSummary, DisqualifyIn, Letter, MeanOut, MissingOut,
    Receipt,
};
use crate::rules::{self, BidFacts};
use crate::store::{self, BIDDERS};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::deadline::local_date;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::machine::{self, plan};
use wubang_kernel::money::Fen;
use wubang_kernel::score::{Exact, Hundredths};
use wubang_kernel::{Code, Faults, Role, RoleSet};
use wubang_needs::model::{NothingIn, ReasonIn};
use wubang_postings::Posting;
use wubang_registry::{Ask, Check, OrgForm, eligibility};
use wubang_store::commit::{Commit, edit};
use wubang_store::{Error, Key, Read, Tx, View, birth, commit, state_of};
use wubang_web::actions::{self, ActionsOut};
use wubang_web::{Instant, ListQuery};

/// A bid with everything a decision needs.
struct Case {
    bid: bid::Model,
    posting: Posting,
    roles: RoleSet,
}

fn price(bid: &bid::Model) -> Result<Fen, Error> {
    Fen::new(bid.price_fen).map_err(|_| Error::internal("bid with a bad price"))
}

/// SHA-256 over what the bidder hands in: posting, organisation, price and letter.
fn hash(bid: &bid::Model) -> String {
    let content = serde_json::json!({ "posting_id": bid.posting_id, "organisation_id": bid.organisation_id, "price_fen": bid.price_fen, "letter": bid.content });
    wubang_kernel::digest::content_hash(&content)
}

/// Forms that a posting admits: enterprises only where it says so (rulebook 1.5 T-10), which `open` never does.
const FORMS: &[OrgForm] = &[
    OrgForm::SocialGroup,
    OrgForm::SocialServiceInstitution,
    OrgForm::Foundation,
    OrgForm::FiledCommunityOrg,
];

async fn checks(
    read: &impl Read,
    organisation: Uuid,
    posting: &Posting,
) -> Result<Vec<Check>, Error> {
    let organisation = wubang_registry::organisations::load(read, organisation).await?;
    let communities = posting
        .content
        .communities
        .iter()
        .map(|code| DivisionCode::parse(code))
        .collect::<Result<Vec<_>, _>>();
    let communities = communities.map_err(|_| Error::internal("posting with a bad community"))?;
    let today = local_date(read.now());
    let mut all: Vec<Check> = Vec::new();
    for community in &communities {
        let ask = Ask {
            community,
            accepts_filed: posting.content.accepts_filed_organisations,
            forms_allowed: FORMS,
            caps: &posting.procedure.0.caps,
        };
        for check in eligibility(&organisation, today, &ask) {
            match all.iter_mut().find(|known| known.rule == check.rule) {
                Some(known) if known.passed => *known = check,
                Some(_) => {}
                None => all.push(check),
            }
        }
    }
    Ok(all)
}

fn facts(read: &impl Read, case: &Case, checks: Vec<Check>) -> Result<BidFacts, Error> {
    let (bid, posting) = (&case.bid, &case.posting);
    let stored: Vec<bool> = bid
        .eligibility
        .as_ref()
        .and_then(|value| value.as_array())
        .map(|list| {
            list.iter()
                .map(|check| check.get("passed") == Some(&true.into()))
                .collect()
        })
        .unwrap_or_default();
    Ok(BidFacts {
        now: read.now(),
        posting_open: posting.state == "open",
        deadline: posting.bid_deadline,
        price: price(bid)?,
        ceiling: Fen::new(posting.budget_ceiling_fen)
            .map_err(|_| Error::internal("posting with a bad ceiling"))?,
        letter: bid.content.clone(),
        serves_minors: rules::serves_minors(&posting.content.target_groups),
        management_percent: rules::management_percent(&posting.procedure.0),
        checks,
        stored_checks_pass: !stored.is_empty() && stored.iter().all(|passed| *passed),
        signed: case.roles.has(Role::OrgLegalRep)
            || bid.signed_hash.as_deref() == Some(hash(bid).as_str()),
        proposed: bid.checked_by.is_some() && bid.reason_code.is_some(),
        own_proposal: bid.checked_by == read.actor().person,
    })
}

async fn load(read: &impl Read, key: &Key) -> Result<Case, Error> {
    let (bid, roles) = store::load(read, key).await?;
    let posting = wubang_postings::service::find(read, bid.posting_id).await?;
    Ok(Case {
        bid,
        posting,
        roles,
    })
}

async fn load_for(tx: &Tx, key: &Key) -> Result<Case, Error> {
    let case = load(tx, key).await?;
    tx.expect_version(case.bid.version)?;
    Ok(case)
}

fn missing(facts: &BidFacts) -> Vec<MissingOut> {
    let mut faults = Faults::new();
    rules::check_letter(
        &facts.letter,
        facts.price,
        facts.serves_minors,
        facts.management_percent,
        &mut faults,
    );
    faults
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
    let own = case.roles.any(BIDDERS);
    let told = case.bid.told_at.is_some();
    case.roles.any(&[
        Role::StreetOfficer,
        Role::Supervisor,
        Role::Assessor,
        Role::System,
    ]) || (own && told)
}

async fn out(read: &impl Read, case: Case) -> Result<BidOut, Error> {
    let own = case.roles.any(BIDDERS);
    let editing = matches!(case.bid.state.as_str(), "draft" | "submitted" | "withdrawn");
    let checks = if own && editing {
        checks(read, case.bid.organisation_id, &case.posting).await?
    } else {
        Vec::new()
    };
    let facts = facts(read, &case, checks)?;
    let totals = knows_totals(&case);
    let Case { bid, roles, .. } = case;
    let state = state_of::<Bid>(&bid.state)?;
    let receipt = bid
        .submitted_at
        .zip(bid.content_hash.clone())
        .map(|(at, content_hash)| Receipt {
            submitted_at: Instant(at),
            content_hash,
            revision: bid.revision,
            signed_by: bid.signed_name.clone().unwrap_or_default(),
        });
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
        mode: bid.mode,
        state,
        version: bid.version,
        price_fen: bid.price_fen,
        letter: bid.content,
        missing: if own && editing {
            missing(&facts)
        } else {
            Vec::new()
        },
        receipt,
        eligibility: bid.eligibility,
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
    let checks = if case.roles.any(BIDDERS) {
        checks(view, case.bid.organisation_id, &case.posting).await?
    } else {
        Vec::new()
    };
    let facts = facts(view, &case, checks)?;
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
        .map(|bid| {
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
    if posting.state != "open"
        || posting
            .bid_deadline
            .is_none_or(|at| wubang_kernel::deadline::is_over(at, tx.now()))
    {
        return Err(Code::DeadlinePassed.into());
    }
    store::ensure_box(tx, posting.id).await?;
    let row = bid::ActiveModel {
        id: Set(tx.new_id()),
        project_id: Set(posting.project_id),
        posting_id: Set(posting.id),
        organisation_id: Set(organisation.id),
        organisation_name: Set(organisation.name),
        division: Set(posting.division.clone()),
        mode: Set("sole".to_owned()),
        price_fen: Set(price.get()),
        content: Set(input.letter),
        content_hash: Set(None),
        signed_hash: Set(None),
        revision: Set(0),
        submitted_at: Set(None),
        signed_by: Set(None),
        signed_name: Set(None),
        opened_at: Set(None),
        eligibility: Set(None),
        checked_by: Set(None),
        reason_code: Set(None),
        reason: Set(None),
        total: Set(None),
        rank: Set(0),
        means: Set(None),
        tie_break: Set(None),
        told_at: Set(None),
        created_by: Set(tx.person()?),
        state: Set("draft".to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let bid = birth::<bid::Entity, _>(tx, made, row, None).await?;
    out(
        tx,
        Case {
            bid,
            posting,
            roles,
        },
    )
    .await
}

/// The bidder changes what he will hand in. A submitted bid stays as handed in until it is revised.
///
/// # Errors
/// `invalid_transition` after the deadline.
pub async fn amend(tx: &Tx, key: &Key, patch: BidPatch) -> Result<BidOut, Error> {
    let mut case = load_for(tx, key).await?;
    let role = case.roles.first_of(BIDDERS).ok_or(Code::Forbidden)?;
    // what was submitted is kept as its version; the working copy is open until the deadline
    if !matches!(case.bid.state.as_str(), "draft" | "withdrawn") {
        return Err(Code::InvalidTransition.into());
    }
    let mut faults = Faults::new();
    let price = faults.fen("/price_fen", patch.price_fen.unwrap_or(case.bid.price_fen));
    faults.finish()?;
    let letter = patch.letter.unwrap_or_else(|| case.bid.content.clone());
    case.bid = edit::<bid::Entity>(
        tx,
        &case.bid,
        "bid.draft_amended",
        role,
        |update| {
            update
                .col_expr(bid::Column::PriceFen, Expr::value(price.get()))
                .col_expr(bid::Column::Content, Expr::value(letter))
        },
        None,
    )
    .await?;
    out(tx, case).await
}

/// The legal representative signs the content as it stands, so that an agent may hand it in.
///
/// # Errors
/// `forbidden` for anybody else.
pub async fn sign(tx: &Tx, key: &Key, _: NothingIn) -> Result<BidOut, Error> {
    let mut case = load_for(tx, key).await?;
    let role = case
        .roles
        .first_of(&[Role::OrgLegalRep])
        .ok_or(Code::Forbidden)?;
    if !matches!(case.bid.state.as_str(), "draft" | "withdrawn") {
        return Err(Code::InvalidTransition.into());
    }
    let (hash, person, name) = (hash(&case.bid), tx.person()?, tx.actor().name.clone());
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
    out(tx, case).await
}

/// Hands in.
///
/// # Errors
/// `deadline_passed`, `incomplete`, `price_out_of_range`, `not_eligible`, `cap_reached`, `not_signed`.
pub async fn submit(tx: &Tx, key: &Key, _: NothingIn) -> Result<BidOut, Error> {
    let case = load_for(tx, key).await?;
    hand_in(tx, case, BidEvent::Submit).await
}

/// Replaces what was handed in; every version is kept.
///
/// # Errors
/// As [`submit`].
pub async fn revise(tx: &Tx, key: &Key, patch: BidPatch) -> Result<BidOut, Error> {
    let mut case = load_for(tx, key).await?;
    let mut faults = Faults::new();
    case.bid.price_fen = faults
        .fen("/price_fen", patch.price_fen.unwrap_or(case.bid.price_fen))
        .get();
    faults.finish()?;
    case.bid.content = patch.letter.unwrap_or(case.bid.content);
    hand_in(tx, case, BidEvent::Revise).await
}

async fn hand_in(tx: &Tx, mut case: Case, event: BidEvent) -> Result<BidOut, Error> {
    let checks = checks(tx, case.bid.organisation_id, &case.posting).await?;
    let facts = facts(tx, &case, checks)?;
    let planned = plan::<Bid>(state_of::<Bid>(&case.bid.state)?, event, case.roles, &facts)?;
    store::touch_box(tx, case.posting.id).await?;
    let (hash, revision, person, name) = (
        hash(&case.bid),
        case.bid.revision + 1,
        tx.person()?,
        tx.actor().name.clone(),
    );
    let (signer, signer_name) = match case.bid.signed_by.zip(case.bid.signed_name.clone()) {
        Some(signed) if !case.roles.has(Role::OrgLegalRep) => signed,
        _ => (person, name),
    };
    case.bid = commit::<bid::Entity>(tx, &case.bid, planned)
        .set(bid::Column::PriceFen, case.bid.price_fen)
        .set(bid::Column::Content, case.bid.content.clone())
        .set(bid::Column::ContentHash, hash.clone())
        .set(bid::Column::SignedHash, hash.clone())
        .set(bid::Column::SignedBy, signer)
        .set(bid::Column::SignedName, signer_name)
        .set(bid::Column::Revision, revision)
        .set(bid::Column::SubmittedAt, tx.now())
        .data(serde_json::json!({ "content_hash": hash, "revision": revision }))
        .facts(serde_json::json!({ "posting": case.posting.number, "content_hash": hash, "submitted_at": Instant(tx.now()) }))
        .run()
        .await?;
    store::keep_version(tx, &case.bid, signer).await?;
    out(tx, case).await
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

/// Withdraws: free before the deadline, noted after it.
///
/// # Errors
/// `deadline_passed` between the deadline and the opening.
pub async fn withdraw(tx: &Tx, key: &Key, input: ReasonIn) -> Result<BidOut, Error> {
    let mut faults = Faults::new();
    let reason = faults.prose("/reason", &input.reason, 5..=1000);
    faults.finish()?;
    let mut case = load_for(tx, key).await?;
    let facts = facts(tx, &case, Vec::new())?;
    step(tx, &mut case, BidEvent::Withdraw, &facts, |c| {
        c.set(bid::Column::Reason, reason.clone())
            .because(Some(reason))
    })
    .await?;
    fail_if_none_left(tx, &case.posting).await?;
    out(tx, case).await
}

/// The street finds a bid eligible.
///
/// # Errors
/// `checks_failed`.
pub async fn qualify(tx: &Tx, key: &Key, _: NothingIn) -> Result<BidOut, Error> {
    let mut case = load_for(tx, key).await?;
    let (facts, person) = (facts(tx, &case, Vec::new())?, tx.person()?);
    step(tx, &mut case, BidEvent::Qualify, &facts, |c| {
        c.set(bid::Column::CheckedBy, person)
    })
    .await?;
    out(tx, case).await
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
    let mut faults = Faults::new();
    let reason = faults.prose("/reason", &input.reason, 5..=1000);
    faults.finish()?;
    let mut case = load_for(tx, key).await?;
    let (facts, person) = (facts(tx, &case, Vec::new())?, tx.person()?);
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
    let facts = facts(tx, &case, Vec::new())?;
    let reason = case.bid.reason.clone();
    step(tx, &mut case, BidEvent::Disqualify, &facts, |c| {
        c.because(reason)
    })
    .await?;
    fail_if_none_left(tx, &case.posting).await?;
    out(tx, case).await
}

/// A closed posting without a valid bid left has failed (流榜).
async fn fail_if_none_left(tx: &Tx, posting: &Posting) -> Result<(), Error> {
    let posting = wubang_postings::service::find(tx, posting.id).await?;
    if posting.state == "closed"
        && store::in_states(tx, posting.id, &["submitted", "opened", "qualified"])
            .await?
            .is_empty()
    {
        wubang_postings::service::failed(tx, posting.id, "no_bids", None).await?;
    }
    Ok(())
}

/// The posting was closed: the box is opened and every bid in it checked again. No bid at all means 流榜.
///
/// # Errors
/// When the database fails.
pub async fn open_box(tx: &Tx, posting_id: Uuid) -> Result<(), Error> {
    store::unseal_box(tx, posting_id).await?;
    let posting = wubang_postings::service::find(tx, posting_id).await?;
    let submitted = store::in_states(tx, posting_id, &["submitted"]).await?;
    for bid in &submitted {
        let checks = checks(tx, bid.organisation_id, &posting).await?;
        let now = tx.now();
        by_system(tx, bid.id, BidEvent::Open, |c| {
            c.set(bid::Column::OpenedAt, now)
                .set(bid::Column::Eligibility, serde_json::json!(checks))
        })
        .await?;
    }
    fail_if_none_left(tx, &posting).await
}

/// The posting was cancelled: bids go back unread.
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
    Ok(())
}

async fn by_system(
    tx: &Tx,
    id: Uuid,
    event: BidEvent,
    with: impl for<'a> FnOnce(Commit<'a, bid::Entity>) -> Commit<'a, bid::Entity>,
) -> Result<(), Error> {
    let bid = store::find(tx, id).await?;
    let posting = wubang_postings::service::find(tx, bid.posting_id).await?;
    let mut case = Case {
        bid,
        posting,
        roles: RoleSet::of(&[Role::System]),
    };
    let facts = facts(tx, &case, Vec::new())?;
    step(tx, &mut case, event, &facts, with).await
}

/// What the panel's sheets add up to for one bid.
#[derive(Debug, Clone)]
pub struct ScoreResult {
    /// Exact total, 0–100.
    pub total: Exact,
    /// Rank, from 1.
    pub rank: i32,
    /// Exact mean per criterion.
    pub means: Vec<(String, Exact)>,
    /// Which tie-break decided, if one did.
    pub tie_break: Option<String>,
}

/// The panel's scores are complete.
///
/// # Errors
/// `invalid_transition`.
pub async fn scored(tx: &Tx, id: Uuid, score: ScoreResult) -> Result<(), Error> {
    let means: Vec<MeanOut> = score
        .means
        .iter()
        .map(|(key, mean)| MeanOut {
            key: key.clone(),
            mean: mean.rounded(),
        })
        .collect();
    let means = serde_json::to_value(means)?;
    let rounded: Hundredths = score.total.rounded();
    by_system(tx, id, BidEvent::Score, |c| {
        c.set(bid::Column::Total, score.total.to_string())
            .set(bid::Column::Rank, score.rank)
            .set(bid::Column::Means, means)
            .set(bid::Column::TieBreak, score.tie_break.clone())
            .data(serde_json::json!({ "total": rounded, "rank": score.rank, "tie_break": score.tie_break }))
    })
    .await
}

/// Proposed for award.
///
/// # Errors
/// `invalid_transition`.
pub async fn recommended(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, BidEvent::Recommend, |c| c).await
}

/// Kept in reserve.
///
/// # Errors
/// `invalid_transition`.
pub async fn reserved(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, BidEvent::Keep, |c| c).await
}

/// Not selected.
///
/// # Errors
/// `invalid_transition`.
pub async fn not_selected(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, BidEvent::Pass, |c| c).await
}

/// Awarded by notice.
///
/// # Errors
/// `invalid_transition`.
pub async fn awarded(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, BidEvent::Award, |c| c).await
}

/// The awardee declined, or let the date pass.
///
/// # Errors
/// `invalid_transition`.
pub async fn declined(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, BidEvent::Decline, |c| c).await
}

/// The notice of award is out: from now on every bidder sees his own rank, total and averages
/// (rulebook 2.4.4 (8)).
///
/// # Errors
/// When the database fails.
pub async fn tell_results(tx: &Tx, posting: Uuid) -> Result<(), Error> {
    store::tell_results(tx, posting).await
}

/// The opened bids of a posting; none while the box is sealed.
///
/// # Errors
/// When the database fails.
pub async fn of_posting(read: &impl Read, posting: Uuid) -> Result<Vec<crate::Bid>, Error> {
    store::opened_of(read, posting).await
}

/// A bid, whoever asks: for later stages.
///
/// # Errors
/// `not_found`.
pub async fn find(read: &impl Read, id: Uuid) -> Result<crate::Bid, Error> {
    store::find(read, id).await
}

/// The letter of a bid, for the agreement.
#[must_use]
pub fn letter(bid: &crate::Bid) -> &Letter {
    &bid.content
}
