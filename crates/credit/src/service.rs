//! What can be done with an entry of a list: propose, show or give notice, hear, list, repair, revoke.

use crate::effects;
use crate::entity::list_entry;
use crate::flow::{self, ListEntryEvent};
use crate::model::{
    DropIn, ListEntryIn, ListEntryList, ListEntryOut, ListEntrySummary, ListStatementIn,
};
use crate::proposing::{self, Proposal};
use crate::rules::ListEntryFacts;
use crate::store::{self, Filter};
use uuid::Uuid;
use wubang_kernel::machine::{Birth, create, plan};
use wubang_kernel::{Code, Faults, RoleSet, Timer, faults};
use wubang_registry::credit::ListColour;
use wubang_registry::organisations;
use wubang_store::commit::Commit;
use wubang_store::{Error, Key, Read, Tx, View, commit, holds, rules, state_of, timers};
use wubang_web::actions::{self, ActionsOut};
use wubang_web::{DeadlineOut, Instant, ListQuery, NothingIn, ReasonIn};

/// An entry with the viewer's part in it.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub entry: list_entry::Model,
    pub roles: RoleSet,
    pub facts: ListEntryFacts,
}

/// Completes an entry with what its guards look at.
pub(crate) async fn complete(
    read: &impl Read,
    entry: list_entry::Model,
    roles: RoleSet,
) -> Result<Case, Error> {
    let organisation = organisations::load(read, entry.organisation_id).await?;
    let facts = ListEntryFacts {
        colour: entry.colour()?,
        now: read.now(),
        defence_by: entry.defence_by,
        notified_by: entry.notified_by,
        person: read.actor().person,
        held: holds::any(read, entry.id).await?,
        effective_from: entry.effective_from,
        last_fault: organisation.account.last_fault,
    };
    Ok(Case {
        entry,
        roles,
        facts,
    })
}

async fn load(read: &impl Read, key: &Key) -> Result<Case, Error> {
    let (entry, roles) = store::load(read, key).await?;
    complete(read, entry, roles).await
}

async fn load_for(tx: &Tx, key: &Key) -> Result<Case, Error> {
    let case = load(tx, key).await?;
    tx.expect_version(case.entry.version)?;
    Ok(case)
}

/// Plans an event on an entry and spends it with what `with` adds.
pub(crate) async fn step(
    tx: &Tx,
    mut case: Case,
    event: ListEntryEvent,
    with: impl for<'a> FnOnce(Commit<'a, list_entry::Entity>) -> Commit<'a, list_entry::Entity>,
) -> Result<Case, Error> {
    let state = state_of::<flow::ListEntry>(&case.entry.state)?;
    let planned = plan::<flow::ListEntry>(state, event, case.roles, &case.facts)?;
    let procedure = rules::at(tx, &case.entry.division).await?;
    let spend = commit::<list_entry::Entity>(tx, &case.entry, planned)
        .under(&procedure.timers, procedure.publish_cutoff_hour);
    case.entry = with(spend).run().await?;
    Ok(case)
}

async fn out(read: &impl Read, case: Case) -> Result<ListEntryOut, Error> {
    let Case {
        entry,
        roles,
        facts,
    } = case;
    let state = state_of::<flow::ListEntry>(&entry.state)?;
    let running = timers::running(read, &[entry.id]).await?;
    let repairable = facts.colour == ListColour::Black && state == flow::ListEntryState::Active;
    Ok(ListEntryOut {
        id: entry.id,
        state,
        version: entry.version,
        colour: facts.colour,
        ground: entry.ground()?,
        in_force: effects::listed(&entry)?.is_some_and(|one| one.is_in_force(facts.now)),
        repairable_on: facts.repairable_on().filter(|_| repairable),
        allowed_actions: actions::of::<flow::ListEntry>(entry.id, state, roles, &facts).allowed,
        deadlines: running.into_iter().map(DeadlineOut::from).collect(),
        number: entry.number,
        organisation_id: entry.organisation_id,
        organisation_name: entry.organisation_name,
        division: entry.division,
        months: entry.months,
        facts: entry.facts,
        object: entry.object,
        object_id: entry.object_id,
        object_label: entry.object_label,
        defence_by: entry.defence_by.map(Instant),
        defence: entry.defence,
        decision: entry.decision,
        effective_from: entry.effective_from.map(Instant),
        effective_until: entry.effective_until.map(Instant),
        paused_until: entry.paused_until.map(Instant),
        repair: entry.repair,
        reason: entry.reason,
        created_at: Instant(entry.created_at),
        updated_at: Instant(entry.updated_at),
    })
}

/// An entry for the officers of its division and, once told, for its organisation.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn get(view: &View, key: &Key) -> Result<ListEntryOut, Error> {
    let case = load(view, key).await?;
    out(view, case).await
}

/// What the viewer may do with an entry, and why not the rest.
///
/// # Errors
/// `not_found`.
pub async fn get_actions(view: &View, key: &Key) -> Result<ActionsOut, Error> {
    let case = load(view, key).await?;
    let state = state_of::<flow::ListEntry>(&case.entry.state)?;
    let (id, roles) = (case.entry.id, case.roles);
    Ok(actions::of::<flow::ListEntry>(
        id,
        state,
        roles,
        &case.facts,
    ))
}

/// The entries that the viewer may see (红黑榜台账).
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub async fn list(view: &View, query: &ListQuery) -> Result<ListEntryList, Error> {
    let mut faults = Faults::new();
    let division = query
        .one("division")
        .and_then(|code| faults.division("?division", code));
    let organisation = query.one("organisation").map(Uuid::parse_str).transpose();
    let organisation = organisation.unwrap_or_else(|_| {
        faults.add("?organisation", "malformed", "须为 id", "must be an id");
        None
    });
    faults.finish()?;
    let filter = Filter {
        organisation,
        division,
    };
    let rows = store::list(view, query, &filter).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let items = rows.into_iter().map(|row| {
        Ok(ListEntrySummary {
            state: state_of::<flow::ListEntry>(&row.state)?,
            colour: row.colour()?,
            ground: row.ground()?,
            id: row.id,
            number: row.number,
            organisation_id: row.organisation_id,
            organisation_name: row.organisation_name,
            effective_from: row.effective_from.map(Instant),
            effective_until: row.effective_until.map(Instant),
            created_at: Instant(row.created_at),
        })
    });
    Ok(ListEntryList {
        items: items.collect::<Result<_, Error>>()?,
        next,
    })
}

/// An officer proposes an organisation for a list; the district decides.
///
/// # Errors
/// `forbidden` outside the officer's own division; `invalid` with every wrong field; `duplicate` when the same was
/// proposed about the same object before.
pub async fn propose(tx: &Tx, input: ListEntryIn) -> Result<ListEntryOut, Error> {
    let (made, proposal) = proposing::check(tx, input).await?;
    let row = proposing::insert(tx, made, proposal).await?;
    let roles = store::roles(tx, &row)?;
    let case = complete(tx, row, roles).await?;
    out(tx, case).await
}

/// What a stage below makes the system propose, once for a ground and an object.
///
/// # Errors
/// When the database fails.
pub(crate) async fn propose_by_system(tx: &Tx, proposal: Proposal) -> Result<(), Error> {
    let known = match proposal.object_id {
        Some(object) => {
            store::is_proposed(tx, proposal.organisation_id, object, proposal.ground).await?
        }
        None => false,
    };
    if known {
        return Ok(());
    }
    let made: Birth<flow::ListEntry> = create(RoleSet::of(effects::SYSTEM))?;
    proposing::insert(tx, made, proposal).await?;
    Ok(())
}

/// The district puts a proposal for the red list into publicity (T57).
///
/// # Errors
/// `invalid_transition` for a black one.
pub async fn publish(tx: &Tx, key: &Key, _: NothingIn) -> Result<ListEntryOut, Error> {
    let case = load_for(tx, key).await?;
    let shown = effects::publicise(tx, &case).await?;
    let told = serde_json::json!({ "publicity_ends_at": shown.ends_at });
    let ends = shown.deadline();
    let case = step(tx, case, ListEntryEvent::Publish, |c| {
        c.due(Timer::T57, ends).facts(told)
    })
    .await?;
    out(tx, case).await
}

/// The district tells an organisation that it is to be put on the black list, with ground and facts, and hears it.
///
/// # Errors
/// `invalid_transition` for a red one.
pub async fn notify(tx: &Tx, key: &Key, _: NothingIn) -> Result<ListEntryOut, Error> {
    let case = load_for(tx, key).await?;
    let procedure = rules::at(tx, &case.entry.division).await?;
    let due = timers::deadline(
        tx.calendar(),
        Timer::BlackListDefence,
        tx.now(),
        &procedure.timers,
        procedure.publish_cutoff_hour,
    );
    let (by, person) = (due.at, tx.person()?);
    let told = serde_json::json!({ "reason": case.entry.ground()?.zh(), "due_at": by });
    let case = step(tx, case, ListEntryEvent::Notify, |c| {
        c.set(list_entry::Column::DefenceBy, by)
            .set(list_entry::Column::NotifiedBy, person)
            .due(Timer::BlackListDefence, due)
            .facts(told)
    })
    .await?;
    let facts = ListEntryFacts {
        defence_by: Some(by),
        notified_by: Some(person),
        ..case.facts.clone()
    };
    out(tx, Case { facts, ..case }).await
}

/// The organisation answers to the notice (陈述申辩), once.
///
/// # Errors
/// `deadline_passed`; `invalid` for a statement that is too short.
pub async fn defend(tx: &Tx, key: &Key, input: ListStatementIn) -> Result<ListEntryOut, Error> {
    let statement = statement(&input)?;
    let (case, person) = (load_for(tx, key).await?, tx.person()?);
    let case = step(tx, case, ListEntryEvent::Defend, |c| {
        c.set(list_entry::Column::Defence, statement)
            .set(list_entry::Column::DefendedBy, person)
    })
    .await?;
    out(tx, case).await
}

fn statement(input: &ListStatementIn) -> Result<String, Error> {
    let mut faults = Faults::new();
    let statement = faults.prose("/statement", &input.statement, 10..=5000);
    faults.finish()?;
    Ok(statement)
}

/// The district does not list.
///
/// # Errors
/// `invalid` without a reason.
pub async fn drop_entry(tx: &Tx, key: &Key, input: DropIn) -> Result<ListEntryOut, Error> {
    let reason = faults::reason(&input.reason)?;
    let (case, person) = (load_for(tx, key).await?, tx.person()?);
    let (now, words) = (tx.now(), format!("{}:{reason}", input.ground.zh()));
    let data = serde_json::json!({ "ground": input.ground });
    let told = serde_json::json!({ "reason": words });
    let case = step(tx, case, ListEntryEvent::Drop, |c| {
        c.set(list_entry::Column::Reason, words.clone())
            .set(list_entry::Column::DecidedBy, person)
            .set(list_entry::Column::EndedAt, now)
            .because(Some(words))
            .data(data)
            .facts(told)
    })
    .await?;
    out(tx, case).await
}

/// Another person of the district than gave the notice puts the organisation on the black list; its effects begin at
/// once.
///
/// # Errors
/// `same_person`; `invalid_transition` before the organisation was heard; `invalid` without a reason.
pub async fn enter(tx: &Tx, key: &Key, input: ReasonIn) -> Result<ListEntryOut, Error> {
    let reason = faults::reason(&input.reason)?;
    let case = load_for(tx, key).await?;
    let case = effects::begin(tx, case, ListEntryEvent::Enter, Some(reason)).await?;
    effects::revoke_red(tx, case.entry.organisation_id).await?;
    out(tx, case).await
}

/// The organisation asks to be taken off early (信用修复), with proof of its correction.
///
/// # Errors
/// `too_early` before six months without fault; `invalid` for a statement that is too short.
pub async fn request_repair(
    tx: &Tx,
    key: &Key,
    input: ListStatementIn,
) -> Result<ListEntryOut, Error> {
    let statement = statement(&input)?;
    let case = load_for(tx, key).await?;
    let case = step(tx, case, ListEntryEvent::RequestRepair, |c| {
        c.set(list_entry::Column::Repair, statement)
    })
    .await?;
    out(tx, case).await
}

/// The district grants the early removal; the effects end at once.
///
/// # Errors
/// `invalid` without a reason; `invalid_transition` unless it was asked for.
pub async fn repair(tx: &Tx, key: &Key, input: ReasonIn) -> Result<ListEntryOut, Error> {
    end_by_person(tx, key, ListEntryEvent::Repair, input).await
}

/// The district refuses the early removal; it can be asked for again.
///
/// # Errors
/// As [`repair`].
pub async fn refuse_repair(tx: &Tx, key: &Key, input: ReasonIn) -> Result<ListEntryOut, Error> {
    let reason = faults::reason(&input.reason)?;
    let case = load_for(tx, key).await?;
    let told = serde_json::json!({ "reason": reason });
    let case = step(tx, case, ListEntryEvent::RefuseRepair, |c| {
        c.set(list_entry::Column::Reason, reason.clone())
            .because(Some(reason))
            .facts(told)
    })
    .await?;
    out(tx, case).await
}

/// The district takes an entry back because it should not have been.
///
/// # Errors
/// `invalid` without a reason.
pub async fn revoke(tx: &Tx, key: &Key, input: ReasonIn) -> Result<ListEntryOut, Error> {
    end_by_person(tx, key, ListEntryEvent::Revoke, input).await
}

async fn end_by_person(
    tx: &Tx,
    key: &Key,
    event: ListEntryEvent,
    input: ReasonIn,
) -> Result<ListEntryOut, Error> {
    let reason = faults::reason(&input.reason)?;
    let case = load_for(tx, key).await?;
    let case = effects::end(tx, case, event, &reason).await?;
    out(tx, case).await
}

/// An entry, whoever asks: for later stages.
///
/// # Errors
/// `not_found`.
pub async fn find(read: &impl Read, id: Uuid) -> Result<crate::ListEntry, Error> {
    store::find(read, id).await
}

/// `not_found` unless an object of a list can be read by its id.
pub(crate) fn id_of(key: &Key) -> Result<Uuid, Code> {
    match key {
        Key::Id(id) => Ok(*id),
        Key::Number(_) => Err(Code::NotFound),
    }
}
