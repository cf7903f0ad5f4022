//! What can be done with a guidance order: report, open, plan, accept, confirm, close, fail.

use super::entity::guidance;
use super::flow::GuidanceEvent;
use super::model::{
    ConfirmRecoveryIn, GuidanceIn, GuidanceList, GuidanceOut, GuidanceSummary, Mentor,
    OpenGuidanceIn, Recovery, RecoveryPlan,
};
use super::rules::{self, GuidanceFacts};
use crate::levels;
use crate::rectification::proposing as rectification;
use crate::slips::issuing::{self, NewSlip};
use crate::watched::{self, Case, OfContract, internal_text, word};
use crate::words::{GuidanceTrigger, MentorKind, RectificationTrigger, SlipAddressee, SlipKind};
use guidance::Column as C;
use sea_orm::sea_query::{Expr, ExprTrait};
use uuid::Uuid;
use wubang_kernel::deadline::local_date;
use wubang_kernel::{Faults, faults};
use wubang_registry::{load_many, recipients};
use wubang_store::commit::Commit;
use wubang_store::{Error, Key, Read, Tracked, Tx, View};
use wubang_web::actions::ActionsOut;
use wubang_web::{Instant, ListQuery, NothingIn, ReasonIn};

type GuidanceCase = Case<guidance::Model>;
/// The value of a key that is free again.
const FREE: Option<String> = None;

fn trigger_of(row: &guidance::Model) -> Result<GuidanceTrigger, Error> {
    word(GuidanceTrigger::from_wire(&row.trigger), "guidance orders")
}

fn facts(case: &GuidanceCase) -> GuidanceFacts {
    GuidanceFacts {
        running: watched::is_running(&case.contract),
        returns: case.row.plan_returns,
        party: case.is_party(),
        confirmed: case.row.recovery.is_some(),
    }
}

async fn out(read: &impl Read, case: GuidanceCase) -> Result<GuidanceOut, Error> {
    let (state, deadlines, allowed_actions) =
        watched::shown::<guidance::Entity>(read, &case, &facts(&case)).await?;
    let row = case.row;
    Ok(GuidanceOut {
        state,
        trigger: trigger_of(&row)?,
        object: row.object.clone(),
        object_id: row.object_id,
        facts: row.facts.clone(),
        by_system: row.proposed_by.is_none(),
        opened_at: row.opened_at.map(Instant),
        demand: row.demand.clone(),
        mentor: row.mentor.clone(),
        plan: row.plan.clone(),
        plan_returns: row.plan_returns,
        recovery: row.recovery.clone(),
        reason: row.reason.clone(),
        of: row.about(),
        deadlines,
        allowed_actions,
    })
}

/// A guidance order for who may see its agreement; for the contractor once it is open.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn get(view: &View, key: &Key) -> Result<GuidanceOut, Error> {
    let case = watched::load::<guidance::Entity>(view, key).await?;
    out(view, case).await
}

/// What the viewer may do with a guidance order, and why not the rest.
///
/// # Errors
/// `not_found`.
pub async fn get_actions(view: &View, key: &Key) -> Result<ActionsOut, Error> {
    let case = watched::load::<guidance::Entity>(view, key).await?;
    watched::choices::<guidance::Entity>(&case, &facts(&case))
}

/// Guidance orders of the agreements that the viewer may see.
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub async fn list(view: &View, query: &ListQuery) -> Result<GuidanceList, Error> {
    let (rows, next) =
        watched::page::<guidance::Entity>(view, query, &[("trigger", C::Trigger)]).await?;
    let items = rows.into_iter().map(|row| {
        Ok(GuidanceSummary {
            state: watched::state::<guidance::Entity>(&row)?,
            trigger: trigger_of(&row)?,
            of: row.about(),
        })
    });
    let items = items.collect::<Result<_, Error>>()?;
    Ok(GuidanceList { items, next })
}

/// Street, secretary or a residents' representative reports; the street decides whether to open.
///
/// # Errors
/// `not_found`, `forbidden`, `recused`; `invalid_transition` for an agreement that does not run; `invalid`;
/// `duplicate` while an order of the same trigger is open.
pub async fn report(tx: &Tx, input: GuidanceIn) -> Result<GuidanceOut, Error> {
    let (of, trigger) = (input.contract_id, input.trigger);
    let may = rules::may_report;
    let case =
        crate::proposing::report::<guidance::Entity>(tx, of, trigger, &input.facts, may).await?;
    out(tx, case).await
}

/// Checks that a mentor is there and is not the contractor itself.
async fn check_mentor(
    tx: &Tx,
    faults: &mut Faults,
    case: &GuidanceCase,
    mentor: &Mentor,
) -> Result<(), Error> {
    rules::check_mentor(faults, mentor);
    let own = |id: Uuid| case.contract.members().any(|member| member == id);
    if let Some(id) = mentor.organisation_id {
        let known = load_many(tx, &[id]).await?;
        if known.is_empty() || own(id) {
            let (zh, en) = (
                "须为协议各方以外的已登记组织",
                "must be a registered organisation that is no party",
            );
            faults.add("/mentor/organisation_id", "unknown_value", zh, en);
        }
    }
    if let Some(id) = mentor.person_id
        && mentor.kind == MentorKind::Person
        && recipients(tx, vec![id]).await?.is_empty()
    {
        let (zh, en) = ("没有这个人员", "there is no such person");
        faults.add("/mentor/person_id", "unknown_value", zh, en);
    }
    Ok(())
}

/// The street opens a proposed order: the agreement is guided, the contractor gets a slip and has T27 for its plan.
///
/// # Errors
/// `invalid` with every wrong field; `invalid_transition` for an agreement that is over.
pub async fn open(tx: &Tx, key: &Key, input: OpenGuidanceIn) -> Result<GuidanceOut, Error> {
    let mut case = watched::load_for::<guidance::Entity>(tx, key).await?;
    let facts = facts(&case);
    watched::may::<guidance::Entity>(&case, GuidanceEvent::Open, &facts)?;
    let mut faults = Faults::new();
    let demand = internal_text(&mut faults, "/demand", &input.demand, 10..=2000);
    if let Some(mentor) = &input.mentor {
        check_mentor(tx, &mut faults, &case, mentor).await?;
    }
    faults.finish()?;
    let (person, now) = (tx.person()?, tx.now());
    let told = serde_json::json!({ "reason": trigger_of(&case.row)?.zh(), "demand": demand });
    let (mentor, asked) = (input.mentor, demand.clone());
    watched::step::<guidance::Entity>(tx, &mut case, GuidanceEvent::Open, &facts, |c| {
        c.set(C::OpenedBy, person)
            .set(C::OpenedAt, now)
            .set(C::Demand, asked)
            .set(C::Mentor, mentor)
            .facts(told)
    })
    .await?;
    slip(tx, &case, demand).await?;
    levels::refresh(tx, case.row.contract_id, "启动干预指导").await?;
    out(tx, case).await
}

/// The slip to the contractor. For an overdue milestone it has one already (T25).
async fn slip(tx: &Tx, case: &GuidanceCase, demand: String) -> Result<(), Error> {
    if trigger_of(&case.row)? == GuidanceTrigger::MilestoneOverdue {
        return Ok(());
    }
    let new = NewSlip {
        kind: SlipKind::Reminder,
        addressee: SlipAddressee::Organisation,
        about: ("guidance_order", case.row.id, case.row.label()),
        facts: case.row.facts.clone(),
        demand,
        answer_on: None,
        quarter: None,
        repeats: None,
    };
    issuing::issue_by_system(tx, &case.contract, new).await?;
    Ok(())
}

/// Plans an event and spends it with its reason and what `with` adds.
async fn because(
    tx: &Tx,
    key: &Key,
    event: GuidanceEvent,
    input: ReasonIn,
    with: impl for<'a> FnOnce(Commit<'a, guidance::Entity>) -> Commit<'a, guidance::Entity>,
) -> Result<GuidanceCase, Error> {
    let mut case = watched::load_for::<guidance::Entity>(tx, key).await?;
    let facts = facts(&case);
    watched::may::<guidance::Entity>(&case, event, &facts)?;
    let reason = faults::reason(&input.reason)?;
    let told = serde_json::json!({ "reason": reason });
    watched::step::<guidance::Entity>(tx, &mut case, event, &facts, |c| {
        with(c)
            .set(C::Reason, reason.clone())
            .because(Some(reason))
            .facts(told)
    })
    .await?;
    Ok(case)
}

/// The street does not open it.
///
/// # Errors
/// `invalid` without a reason.
pub async fn dismiss(tx: &Tx, key: &Key, input: ReasonIn) -> Result<GuidanceOut, Error> {
    let case = because(tx, key, GuidanceEvent::Dismiss, input, |c| {
        c.set(C::OpenKey, FREE)
    })
    .await?;
    out(tx, case).await
}

/// The contractor hands in its plan.
///
/// # Errors
/// `invalid` with every wrong field; `invalid_transition` when one waits already, or the time is over.
pub async fn submit_plan(tx: &Tx, key: &Key, input: RecoveryPlan) -> Result<GuidanceOut, Error> {
    let mut case = watched::load_for::<guidance::Entity>(tx, key).await?;
    let facts = facts(&case);
    watched::may::<guidance::Entity>(&case, GuidanceEvent::SubmitPlan, &facts)?;
    let plan = rules::check_plan(input, local_date(tx.now()))?;
    let data = serde_json::to_value(&plan)?;
    watched::step::<guidance::Entity>(tx, &mut case, GuidanceEvent::SubmitPlan, &facts, |c| {
        c.set(C::Plan, plan).data(data)
    })
    .await?;
    out(tx, case).await
}

/// The street accepts the plan: T28 runs.
///
/// # Errors
/// `invalid_transition` without a plan.
pub async fn accept_plan(tx: &Tx, key: &Key, _: NothingIn) -> Result<GuidanceOut, Error> {
    let mut case = watched::load_for::<guidance::Entity>(tx, key).await?;
    let (facts, event) = (facts(&case), GuidanceEvent::AcceptPlan);
    watched::step::<guidance::Entity>(tx, &mut case, event, &facts, |c| c).await?;
    out(tx, case).await
}

/// The street returns the plan, twice at most: T27 runs anew.
///
/// # Errors
/// `return_limit` the third time; `invalid` without a reason.
pub async fn return_plan(tx: &Tx, key: &Key, input: ReasonIn) -> Result<GuidanceOut, Error> {
    let again = Expr::col(C::PlanReturns).add(1);
    let case = because(tx, key, GuidanceEvent::ReturnPlan, input, |c| {
        c.set_expr(C::PlanReturns, again)
    })
    .await?;
    out(tx, case).await
}

/// The secretary of a served community confirms that the service runs again.
///
/// # Errors
/// `recused` for the contractor's own people; `duplicate` the second time; `invalid`.
pub async fn confirm_recovery(
    tx: &Tx,
    key: &Key,
    input: ConfirmRecoveryIn,
) -> Result<GuidanceOut, Error> {
    let mut case = watched::load_for::<guidance::Entity>(tx, key).await?;
    let (facts, event) = (facts(&case), GuidanceEvent::ConfirmRecovery);
    watched::may::<guidance::Entity>(&case, event, &facts)?;
    let mut faults = Faults::new();
    let comment = internal_text(&mut faults, "/comment", &input.comment, 5..=1000);
    faults.finish()?;
    let recovery = Recovery {
        person_id: tx.person()?,
        comment,
        at: Instant(tx.now()),
    };
    let data = serde_json::to_value(&recovery)?;
    watched::step::<guidance::Entity>(tx, &mut case, event, &facts, |c| {
        c.set(C::Recovery, recovery).data(data)
    })
    .await?;
    out(tx, case).await
}

/// The street closes the order as recovered: the agreement is watched as before.
///
/// # Errors
/// `recovery_unconfirmed` before the community has confirmed it.
pub async fn close(tx: &Tx, key: &Key, _: NothingIn) -> Result<GuidanceOut, Error> {
    let mut case = watched::load_for::<guidance::Entity>(tx, key).await?;
    let facts = facts(&case);
    watched::step::<guidance::Entity>(tx, &mut case, GuidanceEvent::Close, &facts, |c| {
        c.set(C::OpenKey, FREE)
    })
    .await?;
    levels::refresh(tx, case.row.contract_id, "干预指导已办结,服务恢复").await?;
    out(tx, case).await
}

/// The street finds that it does not recover: rectification is proposed.
///
/// # Errors
/// `invalid` without a reason.
pub async fn fail(tx: &Tx, key: &Key, input: ReasonIn) -> Result<GuidanceOut, Error> {
    let case = because(tx, key, GuidanceEvent::Fail, input, |c| {
        c.set(C::OpenKey, FREE)
    })
    .await?;
    escalated(tx, &case).await?;
    out(tx, case).await
}

/// T27 without a plan, T28 without recovery: rectification is proposed.
///
/// # Errors
/// `invalid_transition` when the order has moved on; `duplicate` when the community has confirmed the recovery, so that
/// the street is reminded to close.
pub async fn escalate(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let mut case = watched::of_system::<guidance::Entity>(tx, id).await?;
    let facts = facts(&case);
    watched::step::<guidance::Entity>(tx, &mut case, GuidanceEvent::Escalate, &facts, |c| {
        c.set(C::OpenKey, FREE)
    })
    .await?;
    escalated(tx, &case).await
}

async fn escalated(tx: &Tx, case: &GuidanceCase) -> Result<(), Error> {
    let row = &case.row;
    let proposal = rectification::Proposal {
        trigger: RectificationTrigger::GuidanceEscalated,
        object: Some(("guidance_order", row.id)),
        facts: format!("干预指导 {} 未见效:{}", row.number, row.facts),
    };
    rectification::propose_by_system(tx, &case.contract, proposal).await?;
    levels::refresh(tx, row.contract_id, "干预指导未见效").await
}

/// The agreement is over: nothing is left to be guided.
pub(crate) async fn on_contract_over(tx: &Tx, contract: Uuid) -> Result<(), Error> {
    for row in watched::all_of::<guidance::Entity>(tx, contract).await? {
        if row.open_key.is_some() {
            let mut case = watched::of_system::<guidance::Entity>(tx, row.id).await?;
            let (facts, event) = (facts(&case), GuidanceEvent::Lapse);
            watched::step::<guidance::Entity>(tx, &mut case, event, &facts, |c| {
                c.set(C::OpenKey, FREE)
            })
            .await?;
        }
    }
    Ok(())
}
