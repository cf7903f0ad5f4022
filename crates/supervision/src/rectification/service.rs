//! What can be done with a rectification order: report an incident, order, extend, report the correction, propose the
//! exit. What the two offices find stands in `judging`.

use super::entity::rectification;
use super::flow::RectificationEvent;
use super::model::{
    CorrectionReport, CorrectionReportIn, ExtendRectificationIn, Judgements, OrderRectificationIn,
    PastRound, PastRounds, RectificationIn, RectificationList, RectificationOut,
    RectificationSummary,
};
use super::rules::{self, RectificationFacts};
use crate::exits;
use crate::levels;
use crate::watched::{self, Case, OfContract, word};
use crate::words::{ExitGround, RectificationTrigger};
use rectification::Column as C;
use uuid::Uuid;
use wubang_kernel::deadline::{Term, local_date};
use wubang_kernel::{Code, Faults, Timer, faults};
use wubang_store::{Error, Key, Read, Tx, View, timers};
use wubang_web::actions::ActionsOut;
use wubang_web::{Instant, ListQuery, NothingIn, ReasonIn};

pub use super::judging::judge;

pub(super) type RectificationCase = Case<rectification::Model>;
/// The value of a key that is free again.
pub(super) const FREE: Option<String> = None;

fn trigger_of(row: &rectification::Model) -> Result<RectificationTrigger, Error> {
    let found = RectificationTrigger::from_wire(&row.trigger);
    word(found, "rectification orders")
}

pub(super) fn facts(
    read: &impl Read,
    case: &RectificationCase,
) -> Result<RectificationFacts, Error> {
    let row = &case.row;
    Ok(RectificationFacts {
        running: watched::is_running(&case.contract),
        round: row.round,
        extended: row.extended_days.is_some(),
        party: case.is_party(),
        trigger: trigger_of(row)?,
        defects: row.defects.clone(),
        opinions: row.opinions.clone(),
        judge: rules::office(case.roles).zip(read.actor().person),
        says: None,
    })
}

pub(super) async fn out(
    read: &impl Read,
    case: RectificationCase,
) -> Result<RectificationOut, Error> {
    let facts = facts(read, &case)?;
    let (state, deadlines, allowed_actions) =
        watched::shown::<rectification::Entity>(read, &case, &facts).await?;
    let row = case.row;
    Ok(RectificationOut {
        state,
        trigger: facts.trigger,
        object: row.object.clone(),
        object_id: row.object_id,
        facts: row.facts.clone(),
        by_system: row.proposed_by.is_none(),
        round: row.round,
        defects: facts.defects,
        extended_days: row.extended_days,
        report: row.report.clone(),
        opinions: facts.opinions,
        rounds: row.rounds.clone(),
        reason: row.reason.clone(),
        of: row.about(),
        deadlines,
        allowed_actions,
    })
}

/// A rectification order for who may see its agreement; for the contractor once it is ordered.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn get(view: &View, key: &Key) -> Result<RectificationOut, Error> {
    let case = watched::load::<rectification::Entity>(view, key).await?;
    out(view, case).await
}

/// What the viewer may do with a rectification order, and why not the rest.
///
/// # Errors
/// `not_found`.
pub async fn get_actions(view: &View, key: &Key) -> Result<ActionsOut, Error> {
    let case = watched::load::<rectification::Entity>(view, key).await?;
    watched::choices::<rectification::Entity>(&case, &facts(view, &case)?)
}

/// A rectification order, whoever asks: for later stages.
///
/// # Errors
/// `not_found`.
pub async fn find(read: &impl Read, id: Uuid) -> Result<crate::Rectification, Error> {
    use sea_orm::EntityTrait;
    let row = rectification::Entity::find_by_id(id)
        .one(&read.db())
        .await?;
    Ok(row.ok_or(Code::NotFound)?)
}

/// Rectification orders of the agreements that the viewer may see.
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub async fn list(view: &View, query: &ListQuery) -> Result<RectificationList, Error> {
    let words = [("trigger", C::Trigger)];
    let (rows, next) = watched::page::<rectification::Entity>(view, query, &words).await?;
    let items = rows.into_iter().map(|row| {
        Ok(RectificationSummary {
            state: watched::state::<rectification::Entity>(&row)?,
            trigger: trigger_of(&row)?,
            round: row.round,
            of: row.about(),
        })
    });
    let items = items.collect::<Result<_, Error>>()?;
    Ok(RectificationList { items, next })
}

/// Street or secretary reports an incident, the street also what else it learns of; the street decides whether to order.
///
/// # Errors
/// `not_found`, `forbidden`, `recused`; `invalid_transition` for an agreement that does not run; `invalid`;
/// `duplicate` while an order of the same trigger is open.
pub async fn report_incident(tx: &Tx, input: RectificationIn) -> Result<RectificationOut, Error> {
    let (of, trigger) = (input.contract_id, input.trigger);
    let may = rules::may_report;
    let case =
        crate::proposing::report::<rectification::Entity>(tx, of, trigger, &input.facts, may)
            .await?;
    out(tx, case).await
}

/// The street orders the correction of a list of defects, after a failed round once more: payments are withheld, T29
/// runs.
///
/// # Errors
/// `rounds_used` after the second round; `invalid` with every wrong field; `invalid_transition` for an agreement that
/// is over.
pub async fn order(
    tx: &Tx,
    key: &Key,
    input: OrderRectificationIn,
) -> Result<RectificationOut, Error> {
    let mut case = watched::load_for::<rectification::Entity>(tx, key).await?;
    let (facts, event) = (facts(tx, &case)?, RectificationEvent::Order);
    watched::may::<rectification::Entity>(&case, event, &facts)?;
    let defects = rules::check_defects(input.defects)?;
    let person = tx.person()?;
    let round = i32::from(case.row.state == "failed").saturating_add(case.row.round);
    let data = serde_json::json!({ "round": round, "defects": defects });
    let told = serde_json::json!({ "reason": facts.trigger.zh() });
    watched::step::<rectification::Entity>(tx, &mut case, event, &facts, |c| {
        c.set(C::OrderedBy, person)
            .set(C::Round, round)
            .set(C::Defects, defects)
            .set(C::ExtendedDays, None::<i32>)
            .set(C::Report, None::<CorrectionReport>)
            .set(C::Opinions, Judgements::default())
            .data(data)
            .facts(told)
    })
    .await?;
    levels::refresh(tx, case.row.contract_id, "责令整改").await?;
    out(tx, case).await
}

/// The street does not order it.
///
/// # Errors
/// `invalid` without a reason.
pub async fn dismiss(tx: &Tx, key: &Key, input: ReasonIn) -> Result<RectificationOut, Error> {
    let mut case = watched::load_for::<rectification::Entity>(tx, key).await?;
    let (facts, event) = (facts(tx, &case)?, RectificationEvent::Dismiss);
    watched::may::<rectification::Entity>(&case, event, &facts)?;
    let reason = faults::reason(&input.reason)?;
    watched::step::<rectification::Entity>(tx, &mut case, event, &facts, |c| {
        c.set(C::Reason, reason.clone())
            .set(C::OpenKey, FREE)
            .because(Some(reason))
    })
    .await?;
    levels::refresh(tx, case.row.contract_id, "不予启动整改").await?;
    out(tx, case).await
}

/// The street extends the term to correct, once and by fifteen working days at most.
///
/// # Errors
/// `extension_limit` the second time; `invalid` with every wrong field.
pub async fn extend(
    tx: &Tx,
    key: &Key,
    input: ExtendRectificationIn,
) -> Result<RectificationOut, Error> {
    let mut case = watched::load_for::<rectification::Entity>(tx, key).await?;
    let (facts, event) = (facts(tx, &case)?, RectificationEvent::Extend);
    watched::may::<rectification::Entity>(&case, event, &facts)?;
    let mut faults = Faults::new();
    let most = rules::MOST_EXTENSION;
    let days = faults.number("/working_days", input.working_days, 1..=most);
    let reason = faults.reason(&input.reason);
    faults.finish()?;
    let running = timers::running(tx, &[case.row.id]).await?;
    let now = running.iter().find(|one| one.timer == Timer::T29.key());
    let end = now.ok_or_else(|| Error::internal("an order without its term"))?;
    let later = tx
        .calendar()
        .counted_from(local_date(end.due_at), Term::wd(days));
    let told = serde_json::json!({ "due_at": Instant(later.at), "reason": reason });
    watched::step::<rectification::Entity>(tx, &mut case, event, &facts, |c| {
        c.set(C::ExtendedDays, i32::try_from(days).unwrap_or(i32::MAX))
            .set(C::Reason, reason.clone())
            .due(Timer::T29, later)
            .because(Some(reason))
            .facts(told)
    })
    .await?;
    out(tx, case).await
}

/// The contractor reports what it has corrected, with evidence for each defect.
///
/// # Errors
/// `invalid` with a pointer for each gap; `invalid_transition` once the term is over.
pub async fn report(
    tx: &Tx,
    key: &Key,
    input: CorrectionReportIn,
) -> Result<RectificationOut, Error> {
    let mut case = watched::load_for::<rectification::Entity>(tx, key).await?;
    let (facts, event) = (facts(tx, &case)?, RectificationEvent::Report);
    watched::may::<rectification::Entity>(&case, event, &facts)?;
    let corrections = rules::check_report(&case.row.defects, input.corrections)?;
    let report = CorrectionReport {
        corrections,
        at: Instant(tx.now()),
    };
    let data = serde_json::to_value(&report)?;
    watched::step::<rectification::Entity>(tx, &mut case, event, &facts, |c| {
        c.set(C::Report, report).data(data)
    })
    .await?;
    out(tx, case).await
}

/// T29 without a report: the round has failed.
///
/// # Errors
/// `invalid_transition` when it was reported.
pub async fn expire(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let mut case = watched::of_system::<rectification::Entity>(tx, id).await?;
    let (facts, event) = (facts(tx, &case)?, RectificationEvent::Expire);
    let rounds = with_round(&case.row);
    watched::step::<rectification::Entity>(tx, &mut case, event, &facts, |c| {
        c.set(C::Rounds, rounds)
    })
    .await
}

/// The rounds that have failed, with the present one.
pub(super) fn with_round(row: &rectification::Model) -> PastRounds {
    let mut rounds = row.rounds.clone();
    rounds.0.push(PastRound {
        round: row.round,
        defects: row.defects.clone(),
        report: row.report.clone(),
        opinions: row.opinions.clone(),
    });
    rounds
}

/// Two rounds have failed: the street proposes the exit.
///
/// # Errors
/// `too_early` after the first round; `duplicate` while an exit is open.
pub async fn propose_exit(tx: &Tx, key: &Key, _: NothingIn) -> Result<RectificationOut, Error> {
    let mut case = watched::load_for::<rectification::Entity>(tx, key).await?;
    let (facts, event) = (facts(tx, &case)?, RectificationEvent::ProposeExit);
    watched::step::<rectification::Entity>(tx, &mut case, event, &facts, |c| {
        c.set(C::OpenKey, FREE)
    })
    .await?;
    let proposal = exits::proposing::Proposal {
        ground: ExitGround::RectificationFailedTwice,
        object_id: Some(case.row.id),
        facts: format!("纠偏整改 {} 两轮均不合格。", case.row.number),
    };
    exits::proposing::propose_by_system(tx, &case.contract, proposal).await?;
    out(tx, case).await
}

/// The agreement is over: nothing is left to be corrected.
pub(crate) async fn on_contract_over(tx: &Tx, contract: Uuid) -> Result<(), Error> {
    for row in watched::all_of::<rectification::Entity>(tx, contract).await? {
        if row.open_key.is_some() {
            let mut case = watched::of_system::<rectification::Entity>(tx, row.id).await?;
            let (facts, event) = (facts(tx, &case)?, RectificationEvent::Lapse);
            watched::step::<rectification::Entity>(tx, &mut case, event, &facts, |c| {
                c.set(C::OpenKey, FREE)
            })
            .await?;
        }
    }
    Ok(())
}
