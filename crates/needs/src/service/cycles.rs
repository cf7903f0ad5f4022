//! The quarters of a district (评榜周期): how one follows the other, and the plan slip of each (计划单).

use crate::entity::{cycle, need};
use crate::flow::{Need, NeedCycle, NeedCycleEvent};
use crate::model::{
    NeedCycleList, NeedCycleOut, NeedCyclePlanIn, NeedCyclePlanOut, NeedCycleSummary,
    PlannedNeedOut, StreetBacklogOut,
};
use crate::quarter::{Quarter, is_new_cycle};
use crate::store::cycles as store;
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;
use wubang_kernel::deadline::{Deadline, local_date};
use wubang_kernel::division::{DivisionCode, Level};
use wubang_kernel::machine::{self, Audience, Machine, NoGuards, plan as planned};
use wubang_kernel::{Faults, Role, RoleSet, Timer};
use wubang_registry::divisions::{self, Division};
use wubang_store::outbox::{self, Notice};
use wubang_store::trace::About;
use wubang_store::{Error, Key, Read, Tracked, Tx, View, birth, commit, state_of, timers};
use wubang_web::{DeadlineOut, Instant, ListQuery, actions};

/// Most needs that one plan takes up.
const MOST: usize = 200;

/// The system itself, which makes and ends quarters.
fn system() -> RoleSet {
    RoleSet::of(&[Role::System])
}

/// Begins the quarter of today in every district that takes part and has none; answers how many. A district
/// that comes in after the day on which the plan was due owes the next one first.
///
/// # Errors
/// `duplicate` when another process does the same at this moment; nothing was written.
pub async fn begin_missing(tx: &Tx) -> Result<usize, Error> {
    let districts = store::without(tx, divisions::led(tx).await?).await?;
    let quarter = Quarter::of(local_date(tx.now()));
    for district in &districts {
        let due = plan_due(tx, district, quarter).await?;
        let due = (!due.is_over(tx.now())).then_some(due);
        begin(tx, district, quarter, due).await?;
    }
    Ok(districts.len())
}

/// T60, counted from the first day of the quarter, which itself is not counted.
async fn plan_due(tx: &Tx, district: &DivisionCode, quarter: Quarter) -> Result<Deadline, Error> {
    let rules = wubang_store::rules::at(tx, district.as_str()).await?;
    let term = rules.timers.of(Timer::T60);
    Ok(tx.calendar().counted_from(quarter.first_day(), term))
}

/// A quarter begins; with a plan to make, the streets and the district are told what waits.
async fn begin(
    tx: &Tx,
    district: &DivisionCode,
    quarter: Quarter,
    due: Option<Deadline>,
) -> Result<(), Error> {
    let made = machine::create::<NeedCycle>(system())?;
    let backlog = store::backlog(tx, district).await?;
    let total: i64 = backlog.values().sum();
    let row = store::new(tx, district, quarter, total);
    let row = birth::<cycle::Entity, _>(tx, made, row, None).await?;
    start(tx, &row, Timer::NextQuarter, &quarter.end()).await?;
    let Some(due) = due else {
        return Ok(());
    };
    start(tx, &row, Timer::T60, &due).await?;
    let facts = |waiting: i64| serde_json::json!({ "waiting": waiting, "due_at": Instant(due.at) });
    tell_streets(tx, &row, NeedCycle::BIRTH, &backlog, facts).await?;
    let told = vec![Audience::District];
    push(
        tx,
        &row,
        NeedCycle::BIRTH,
        told,
        &row.division,
        facts(total),
    )
    .await
}

async fn start(
    tx: &Tx,
    row: &cycle::Model,
    timer: Timer,
    deadline: &Deadline,
) -> Result<(), Error> {
    let about = About {
        object: NeedCycle::OBJECT,
        id: row.id,
        project_id: None,
        division: &row.division,
        version: row.version,
    };
    timers::start(tx, &about, &row.label(), timer, deadline).await
}

/// Tells the officers of each street of the district, each with his own count.
async fn tell_streets(
    tx: &Tx,
    row: &cycle::Model,
    event: &str,
    counts: &BTreeMap<String, i64>,
    facts: impl Fn(i64) -> serde_json::Value,
) -> Result<(), Error> {
    for street in streets(tx, row).await? {
        let code = street.code.as_str();
        let count = counts.get(code).copied().unwrap_or(0);
        push(tx, row, event, vec![Audience::Street], code, facts(count)).await?;
    }
    Ok(())
}

async fn push(
    tx: &Tx,
    row: &cycle::Model,
    event: &str,
    tell: Vec<Audience>,
    division: &str,
    facts: serde_json::Value,
) -> Result<(), Error> {
    let notice = Notice {
        division: division.to_owned(),
        ..Notice::of(row, &tell, facts)
    };
    outbox::tell(tx, event, NeedCycle::OBJECT, row.id, notice).await
}

async fn streets(read: &impl Read, row: &cycle::Model) -> Result<Vec<Division>, Error> {
    let mut all = divisions::by_prefix(read, store::district(row)?.district6()).await?;
    all.retain(|division| division.level == Level::Street);
    Ok(all)
}

/// The quarter is over: it ends, and the next one begins. After a long downtime the quarters that were
/// missed follow each other at once, each with its own record.
///
/// # Errors
/// `invalid_transition` when it has ended.
pub async fn next_quarter(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let row = store::find(tx, id).await?;
    let step = planned::<NeedCycle>(
        state_of::<NeedCycle>(&row.state)?,
        NeedCycleEvent::End,
        system(),
        &NoGuards,
    )?;
    let old = commit::<cycle::Entity>(tx, &row, step).run().await?;
    let district = store::district(&old)?;
    let next = Quarter::of(old.starts_on).next();
    let due = plan_due(tx, &district, next).await?;
    begin(tx, &district, next, Some(due)).await
}

/// T60: the plan slip did not come.
///
/// # Errors
/// `invalid_transition` when the quarter has moved on.
pub async fn plan_overdue(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let row = store::find(tx, id).await?;
    let event = NeedCycleEvent::PlanOverdue;
    let step = planned::<NeedCycle>(
        state_of::<NeedCycle>(&row.state)?,
        event,
        system(),
        &NoGuards,
    )?;
    let backlog = store::backlog(tx, &store::district(&row)?).await?;
    let facts = |waiting: i64| serde_json::json!({ "waiting": waiting });
    let row = commit::<cycle::Entity>(tx, &row, step)
        .facts(facts(backlog.values().sum()))
        .run()
        .await?;
    tell_streets(tx, &row, "need_cycle.plan_overdue", &backlog, facts).await
}

/// The district issues the plan slip of the quarter (计划单): what is to be done, and which needs of the
/// backlog are to be reviewed again. Each street is told how many of its needs are among them.
///
/// # Errors
/// `invalid` with every wrong field, among them each need that did not wait in the district's backlog when
/// the quarter began; `forbidden` for anybody but the district; `invalid_transition` when there is a plan
/// or the quarter is over.
pub async fn plan(tx: &Tx, key: &Key, input: NeedCyclePlanIn) -> Result<NeedCycleOut, Error> {
    let (row, roles) = store::load(tx, key).await?;
    tx.expect_version(row.version)?;
    let state = state_of::<NeedCycle>(&row.state)?;
    let step = planned::<NeedCycle>(state, NeedCycleEvent::Plan, roles, &NoGuards)?;
    let mut faults = Faults::new();
    let text = faults.prose("/text", &input.text, 10..=5000);
    let taken = check_needs(tx, &row, &input.need_ids, &mut faults).await?;
    faults.finish()?;
    let data = serde_json::json!({
        "need_ids": input.need_ids,
        "text_hash": wubang_kernel::digest::content_hash(&serde_json::json!(text)),
    });
    store::put_items(tx, row.id, &input.need_ids).await?;
    let row = commit::<cycle::Entity>(tx, &row, step)
        .set(cycle::Column::Plan, text)
        .set(cycle::Column::PlannedAt, tx.now())
        .data(data)
        .run()
        .await?;
    let facts = |count: i64| serde_json::json!({ "taken_up": count });
    tell_streets(tx, &row, "need_cycle.planned", &taken, facts).await?;
    out(tx, row, roles).await
}

/// Notes every need that cannot be taken up in this quarter; answers how many there are per street.
async fn check_needs(
    tx: &Tx,
    row: &cycle::Model,
    ids: &[Uuid],
    faults: &mut Faults,
) -> Result<BTreeMap<String, i64>, Error> {
    faults.count("/need_ids", ids.len(), 0..=MOST);
    let ids = ids.get(..MOST).unwrap_or(ids);
    let waiting: HashMap<Uuid, need::Model> = store::waiting_of(tx, &store::district(row)?, ids)
        .await?
        .into_iter()
        .map(|need| (need.id, need))
        .collect();
    let mut streets = BTreeMap::new();
    let mut seen = HashSet::new();
    for (i, id) in ids.iter().enumerate() {
        let pointer = format!("/need_ids/{i}");
        let Some(need) = waiting.get(id) else {
            let (zh, en) = (
                "本区储备中没有这件需求",
                "no such need waits in the backlog of the district",
            );
            faults.add(pointer, "unknown_value", zh, en);
            continue;
        };
        let since = need.backlogged_at.map(local_date);
        if !seen.insert(*id) {
            faults.add(pointer, "duplicate", "重复", "is there twice");
        } else if since.is_some_and(|since| !is_new_cycle(since, row.starts_on)) {
            let (zh, en) = (
                "本季度才转入储备,下一季度方可重新评审",
                "came into the backlog in this quarter and leaves it in the next",
            );
            faults.add(pointer, "not_yet", zh, en);
        }
        let street: String = need.division.chars().take(9).chain("000".chars()).collect();
        *streets.entry(street).or_insert(0) += 1;
    }
    Ok(streets)
}

async fn out(read: &impl Read, row: cycle::Model, roles: RoleSet) -> Result<NeedCycleOut, Error> {
    let state = state_of::<NeedCycle>(&row.state)?;
    let running = timers::running(read, &[row.id]).await?;
    let actions = actions::of::<NeedCycle>(row.id, state, roles, &NoGuards);
    let counts = store::backlog(read, &store::district(&row)?).await?;
    let backlog = streets(read, &row).await?.into_iter().map(|street| {
        let waiting = counts.get(street.code.as_str()).copied().unwrap_or(0);
        StreetBacklogOut {
            street: street.code.to_string(),
            name: street.name,
            waiting,
        }
    });
    Ok(NeedCycleOut {
        backlog: backlog.collect(),
        plan: plan_out(read, &row).await?,
        id: row.id,
        number: row.number,
        state,
        version: row.version,
        division: row.division,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        waiting_at_start: row.waiting,
        deadlines: running.into_iter().map(DeadlineOut::from).collect(),
        allowed_actions: actions.allowed,
        created_at: Instant(row.created_at),
        updated_at: Instant(row.updated_at),
    })
}

async fn plan_out(read: &impl Read, row: &cycle::Model) -> Result<Option<NeedCyclePlanOut>, Error> {
    let (Some(text), Some(planned_at)) = (row.plan.clone(), row.planned_at) else {
        return Ok(None);
    };
    let (needs_total, needs) = store::items(read, row.id).await?;
    let needs = needs.into_iter().map(|need| {
        Ok(PlannedNeedOut {
            state: state_of::<Need>(&need.state)?,
            id: need.id,
            number: need.number,
            title: need.title,
            community: need.division,
        })
    });
    Ok(Some(NeedCyclePlanOut {
        text,
        needs: needs.collect::<Result<_, Error>>()?,
        needs_total,
        planned_at: Instant(planned_at),
    }))
}

/// A quarter for an official of its district.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn get(view: &View, key: &Key) -> Result<NeedCycleOut, Error> {
    let (row, roles) = store::load(view, key).await?;
    out(view, row, roles).await
}

/// What the viewer may do with a quarter, and why not the rest.
///
/// # Errors
/// `not_found`.
pub async fn get_actions(view: &View, key: &Key) -> Result<actions::ActionsOut, Error> {
    let (row, roles) = store::load(view, key).await?;
    let state = state_of::<NeedCycle>(&row.state)?;
    Ok(actions::of::<NeedCycle>(row.id, state, roles, &NoGuards))
}

/// The quarters of the viewer's districts, newest first.
///
/// # Errors
/// `invalid` for a division that is no code.
pub async fn list(view: &View, query: &ListQuery) -> Result<NeedCycleList, Error> {
    let mut faults = Faults::new();
    let division = query
        .one("division")
        .and_then(|code| faults.division("?division", code));
    faults.finish()?;
    let rows = store::list(view, query, division.as_ref()).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let items = rows.into_iter().map(|row| {
        Ok(NeedCycleSummary {
            state: state_of::<NeedCycle>(&row.state)?,
            id: row.id,
            number: row.number,
            division: row.division,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            planned_at: row.planned_at.map(Instant),
            created_at: Instant(row.created_at),
        })
    });
    Ok(NeedCycleList {
        items: items.collect::<Result<_, Error>>()?,
        next,
    })
}
