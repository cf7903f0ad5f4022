//! What can be done with a signal: raise, look into it, ask, answer, decide.

use crate::collect::{self, Material};
use crate::detect::{self, Group, Thresholds};
use crate::entity::{party, signal};
use crate::flow::{Signal, SignalEvent};
use crate::model::{
    Evidences, SignalAskIn, SignalList, SignalOut, SignalPartyOut, SignalReasonIn, SignalReplyIn,
    SignalSummary,
};
use crate::rules::SignalFacts;
use crate::store::{self, AGENTS, Case};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::deadline::Term;
use wubang_kernel::machine::{self, plan};
use wubang_kernel::{Code, Faults, Role, RoleSet, faults};
use wubang_postings::Posting;
use wubang_store::commit::Commit;
use wubang_store::{Error, Key, Read, Tx, View, birth, commit, state_of};
use wubang_web::actions::{self, ActionsOut};
use wubang_web::{Instant, ListQuery};

/// How long an organisation has to answer: the hearing of rulebook 2.8.3 (`bid.invalidated`).
const REPLY: u32 = 3;

/// The box of a posting was opened: its bids are compared.
///
/// # Errors
/// When the database fails.
pub async fn on_posting_closed(tx: &Tx, posting: Uuid) -> Result<(), Error> {
    let posting = wubang_postings::service::find(tx, posting).await?;
    look(tx, &posting).await
}

/// A notice of award is out: what came since the opening is looked at as well.
///
/// # Errors
/// When the database fails.
pub async fn on_notice_issued(tx: &Tx, award: Uuid) -> Result<(), Error> {
    let award = wubang_awards::service::find(tx, award).await?;
    let posting = wubang_postings::service::find(tx, award.posting_id).await?;
    // who bid for a lane bid in its race
    let posting = wubang_postings::service::race_of(tx, posting).await?;
    look(tx, &posting).await
}

async fn look(tx: &Tx, posting: &Posting) -> Result<(), Error> {
    let material = collect::of(tx, posting).await?;
    if material.bids.len() < 2 {
        return Ok(());
    }
    let limits = Thresholds::default();
    let Material {
        bids, notice, past, ..
    } = &material;
    for group in detect::groups(bids, notice, past, &limits) {
        raise(tx, posting, &material, group).await?;
    }
    Ok(())
}

/// Raises a group of bids, unless it was raised before.
async fn raise(tx: &Tx, posting: &Posting, material: &Material, group: Group) -> Result<(), Error> {
    let key: Vec<String> = group.bids.iter().map(Uuid::to_string).collect();
    let bids_key = key.join(" ");
    if store::is_raised(tx, posting.id, &bids_key).await? {
        return Ok(());
    }
    let made = machine::create::<Signal>(RoleSet::of(&[Role::System]))?;
    let row = signal::ActiveModel {
        id: Set(tx.new_id()),
        posting_id: Set(posting.id),
        posting_number: Set(posting.number.clone()),
        division: Set(posting.division.clone()),
        bids_key: Set(bids_key),
        weight: Set(i32::try_from(group.weight).unwrap_or(i32::MAX)),
        evidence: Set(Evidences(group.evidence)),
        question: Set(None),
        answer_by: Set(None),
        finding: Set(None),
        reason: Set(None),
        handled_by: Set(None),
        state: Set("raised".to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let signal = birth::<signal::Entity, _>(tx, made, row, None).await?;
    for one in material
        .parties
        .iter()
        .filter(|party| group.bids.contains(&party.bid_id))
    {
        let row = party::ActiveModel {
            signal_id: Set(signal.id),
            organisation_id: Set(one.organisation_id),
            organisation_name: Set(one.organisation_name.clone()),
            bid_id: Set(one.bid_id),
            asked_at: Set(None),
            reply: Set(None),
            replied_by: Set(None),
            replied_at: Set(None),
        };
        party::Entity::insert(row)
            .on_conflict_do_nothing_on([party::Column::SignalId, party::Column::OrganisationId])
            .exec_without_returning(&tx.db())
            .await?;
    }
    Ok(())
}

fn facts(read: &impl Read, case: &Case) -> SignalFacts {
    let asked = || case.parties.iter().filter(|party| party.asked_at.is_some());
    let own = |party: &&party::Model| speaks(read, party.organisation_id);
    SignalFacts {
        now: read.now(),
        answer_by: case.signal.answer_by,
        waiting: asked().filter(|party| party.replied_at.is_none()).count(),
        own_replied: asked().filter(own).all(|party| party.replied_at.is_some()),
    }
}

/// Whether the viewer speaks for an organisation.
fn speaks(read: &impl Read, organisation: Uuid) -> bool {
    read.actor().roles(&Reach::of(organisation)).any(AGENTS)
}

fn out(read: &impl Read, case: Case) -> Result<SignalOut, Error> {
    let facts = facts(read, &case);
    let full = case.supervises();
    let Case {
        signal,
        parties,
        roles,
    } = case;
    let state = state_of::<Signal>(&signal.state)?;
    let shown = parties
        .into_iter()
        .filter(|party| full || speaks(read, party.organisation_id));
    Ok(SignalOut {
        id: signal.id,
        posting_id: signal.posting_id,
        posting_number: signal.posting_number,
        state,
        version: signal.version,
        weight: full.then_some(signal.weight),
        evidence: if full { signal.evidence.0 } else { Vec::new() },
        organisations: shown
            .map(|party| SignalPartyOut {
                organisation_id: party.organisation_id,
                organisation_name: party.organisation_name,
                bid_id: party.bid_id,
                reply: party.reply,
                replied_at: party.replied_at.map(Instant),
            })
            .collect(),
        question: signal.question,
        answer_by: signal.answer_by.map(Instant),
        finding: signal.finding.filter(|_| full),
        reason: signal.reason.filter(|_| full),
        allowed_actions: actions::of::<Signal>(signal.id, state, roles, &facts).allowed,
        created_at: Instant(signal.created_at),
        updated_at: Instant(signal.updated_at),
    })
}

/// A signal for the supervisor, and for an organisation that was asked.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn get(view: &View, key: &Key) -> Result<SignalOut, Error> {
    let case = store::load(view, key).await?;
    out(view, case)
}

/// What the viewer may do with a signal, and why not the rest.
///
/// # Errors
/// `not_found`.
pub async fn get_actions(view: &View, key: &Key) -> Result<ActionsOut, Error> {
    let case = store::load(view, key).await?;
    Ok(actions::of::<Signal>(
        case.signal.id,
        state_of::<Signal>(&case.signal.state)?,
        case.roles,
        &facts(view, &case),
    ))
}

/// The signals of the supervisor's divisions; for an organisation those about which it was asked.
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub async fn list(view: &View, query: &ListQuery) -> Result<SignalList, Error> {
    let mut faults = Faults::new();
    let division = query
        .one("division")
        .and_then(|code| faults.division("?division", code));
    let posting = query.one("posting").map(Uuid::parse_str).transpose();
    let posting = posting.unwrap_or_else(|_| {
        faults.add("?posting", "malformed", "须为 id", "must be an id");
        None
    });
    faults.finish()?;
    let rows = store::list(view, query, posting, division.as_ref()).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let items = rows.into_iter().map(|row| {
        let division = wubang_kernel::division::DivisionCode::parse(&row.division)
            .map_err(|_| Error::internal("signal in a bad division"))?;
        let over = view.actor().roles(&Reach::at(division));
        Ok(SignalSummary {
            state: state_of::<Signal>(&row.state)?,
            id: row.id,
            posting_id: row.posting_id,
            posting_number: row.posting_number,
            weight: over.has(Role::Supervisor).then_some(row.weight),
            created_at: Instant(row.created_at),
        })
    });
    Ok(SignalList {
        items: items.collect::<Result<_, Error>>()?,
        next,
    })
}

async fn load_for(tx: &Tx, key: &Key) -> Result<Case, Error> {
    let case = store::load(tx, key).await?;
    tx.expect_version(case.signal.version)?;
    Ok(case)
}

async fn step(
    tx: &Tx,
    case: &mut Case,
    event: SignalEvent,
    with: impl for<'a> FnOnce(Commit<'a, signal::Entity>) -> Commit<'a, signal::Entity>,
) -> Result<(), Error> {
    let facts = facts(tx, case);
    let state = state_of::<Signal>(&case.signal.state)?;
    let planned = plan::<Signal>(state, event, case.roles, &facts)?;
    case.signal = with(commit::<signal::Entity>(tx, &case.signal, planned))
        .run()
        .await?;
    Ok(())
}

/// The supervisor looks into it, and notes what was found so far.
///
/// # Errors
/// `invalid` without a word; `invalid_transition` once the organisations were asked.
pub async fn investigate(tx: &Tx, key: &Key, input: SignalReasonIn) -> Result<SignalOut, Error> {
    let mut case = load_for(tx, key).await?;
    let found = faults::reason(&input.reason)?;
    let person = tx.person()?;
    step(tx, &mut case, SignalEvent::Investigate, |c| {
        c.set(signal::Column::Finding, found.clone())
            .set(signal::Column::HandledBy, person)
            .because(Some(found))
    })
    .await?;
    out(tx, case)
}

/// The supervisor asks every organisation concerned; each answers for itself and reads nobody else's part.
///
/// # Errors
/// `invalid` without a question; `invalid_transition` before the investigation, and the second time.
pub async fn ask(tx: &Tx, key: &Key, input: SignalAskIn) -> Result<SignalOut, Error> {
    let mut case = load_for(tx, key).await?;
    let mut faults = Faults::new();
    let question = faults.prose("/question", &input.question, 5..=1000);
    faults.finish()?;
    let answer_by = tx.calendar().deadline(tx.now(), Term::wd(REPLY));
    let data = serde_json::json!({ "question": question, "answer_by": answer_by });
    let told = serde_json::json!({ "question": question, "answer_by": answer_by });
    let concerned: Vec<Uuid> = case.parties.iter().map(|one| one.organisation_id).collect();
    let persons = wubang_registry::people_of_organisations(tx, &concerned).await?;
    let persons = persons.into_iter().map(|one| one.person_id).collect();
    step(tx, &mut case, SignalEvent::Ask, |c| {
        c.set(signal::Column::Question, question)
            .set(signal::Column::AnswerBy, answer_by.at)
            .data(data)
            .facts(told)
            .tell(persons)
    })
    .await?;
    party::Entity::update_many()
        .col_expr(party::Column::AskedAt, Expr::value(tx.now()))
        .filter(party::Column::SignalId.eq(case.signal.id))
        .exec(&tx.db())
        .await?;
    case.parties = store::parties(tx, case.signal.id).await?;
    out(tx, case)
}

/// An organisation concerned answers, once, until the end of its term.
///
/// # Errors
/// `not_found` for who speaks for none of them; `deadline_passed`; `duplicate`; `invalid`.
pub async fn reply(tx: &Tx, key: &Key, input: SignalReplyIn) -> Result<SignalOut, Error> {
    let mut case = load_for(tx, key).await?;
    let mut faults = Faults::new();
    let statement = faults.prose("/statement", &input.statement, 5..=5000);
    let own = case
        .parties
        .iter()
        .find(|party| party.organisation_id == input.organisation_id)
        .filter(|party| case.supervises() || speaks(tx, party.organisation_id))
        .map(|party| (party.organisation_id, party.replied_at.is_some()));
    if own.is_none() {
        faults.add(
            "/organisation_id",
            "unknown_value",
            "不是本人所代表的所涉组织",
            "is no organisation concerned that you speak for",
        );
    }
    faults.finish()?;
    if own.is_some_and(|(_, replied)| replied) {
        return Err(Code::Duplicate.into());
    }
    let data = serde_json::json!({ "organisation_id": input.organisation_id });
    step(tx, &mut case, SignalEvent::Reply, |c| c.data(data)).await?;
    party::Entity::update_many()
        .col_expr(party::Column::Reply, Expr::value(statement))
        .col_expr(party::Column::RepliedBy, Expr::value(tx.person()?))
        .col_expr(party::Column::RepliedAt, Expr::value(tx.now()))
        .filter(party::Column::SignalId.eq(case.signal.id))
        .filter(party::Column::OrganisationId.eq(input.organisation_id))
        .exec(&tx.db())
        .await?;
    case.parties = store::parties(tx, case.signal.id).await?;
    out(tx, case)
}

/// The supervisor dismisses it.
///
/// # Errors
/// `invalid` without a reason.
pub async fn dismiss(tx: &Tx, key: &Key, input: SignalReasonIn) -> Result<SignalOut, Error> {
    decide(tx, key, SignalEvent::Dismiss, input).await
}

/// The supervisor finds it true. What follows (disqualification, black list) is the act of those who decide on the
/// bid: nothing follows by itself (rulebook 2.5).
///
/// # Errors
/// `not_heard` before the organisations have answered or their term is over; `invalid` without a reason.
pub async fn confirm(tx: &Tx, key: &Key, input: SignalReasonIn) -> Result<SignalOut, Error> {
    decide(tx, key, SignalEvent::Confirm, input).await
}

async fn decide(
    tx: &Tx,
    key: &Key,
    event: SignalEvent,
    input: SignalReasonIn,
) -> Result<SignalOut, Error> {
    let mut case = load_for(tx, key).await?;
    let reason = faults::reason(&input.reason)?;
    let person = tx.person()?;
    step(tx, &mut case, event, |c| {
        c.set(signal::Column::Reason, reason.clone())
            .set(signal::Column::HandledBy, person)
            .because(Some(reason))
    })
    .await?;
    out(tx, case)
}
