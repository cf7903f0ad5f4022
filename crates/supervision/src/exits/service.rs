//! What can be done with an exit before it is decided: propose, give notice, withdraw, answer; and reading it.

use super::entity::exit;
use super::flow::{Exit, ExitEvent};
use super::model::{
    ExitIn, ExitList, ExitOpinions, ExitOut, ExitStatementIn, ExitSummary, NotifyExitIn,
};
use super::proposing::{self, Proposal};
use super::rules::{self, ExitFacts};
use super::{grounds, handing_over};
use crate::levels;
use crate::watched::{self, Case, OfContract, internal_text, made_of, word};
use crate::words::{ExitGround, Office};
use exit::Column as C;
use sea_orm::sea_query::Expr;
use uuid::Uuid;
use wubang_kernel::{Faults, Role, Timer, faults};
use wubang_store::commit::edit;
use wubang_store::recount::Recounted;
use wubang_store::{Error, Key, Read, Tx, View};
use wubang_web::actions::ActionsOut;
use wubang_web::{Instant, ListQuery, ReasonIn};

pub use super::deciding::{meet_conditions, state_opinion};
pub use super::handing_over::{
    appeal, confirm_handover, declare_handover, return_handover, reverse, uphold,
};
pub use super::public::{get_public, list_public};

pub(super) type ExitCase = Case<exit::Model>;
/// The value of a key that is free again.
pub(super) const FREE: Option<String> = None;
/// Who judges, and may have a tie to the contractor.
const JUDGES: &[Role] = &[Role::StreetOfficer, Role::DistrictAdmin, Role::Supervisor];
/// States of an agreement that an exit ends.
const EXITABLE: &[&str] = &["active", "suspended", "evaluating"];

/// The ground of an exit.
///
/// # Errors
/// Internal: the table holds another word.
pub fn ground_of(row: &exit::Model) -> Result<ExitGround, Error> {
    word(ExitGround::from_wire(&row.ground), "exits")
}

/// An exit, whoever asks: for later stages.
///
/// # Errors
/// `not_found`.
pub async fn find(read: &impl Read, id: Uuid) -> Result<crate::Exit, Error> {
    use sea_orm::EntityTrait;
    let row = exit::Entity::find_by_id(id).one(&read.db()).await?;
    Ok(row.ok_or(wubang_kernel::Code::NotFound)?)
}

/// Whether the actor may not judge (rulebook 2.8.10, 2.9): he works for the contractor or is tied to it, decides for the
/// district on his own notice, or would as supervisor look at what he has done himself.
async fn is_recused(read: &impl Read, case: &ExitCase, person: Uuid) -> Result<bool, Error> {
    let row = &case.row;
    let spoke = row.opinions.0.iter().any(|one| one.person_id == person);
    let notified = row.notified_by == Some(person);
    let own = match case.roles.first_of(JUDGES) {
        Some(Role::StreetOfficer) => false,
        Some(Role::DistrictAdmin) => notified,
        _ => notified || spoke,
    };
    if own || case.is_party() {
        return Ok(true);
    }
    let members: Vec<Uuid> = case.contract.members().collect();
    let tied = wubang_panels::service::conflicted(read, &[person], &members).await?;
    Ok(tied.contains(&person))
}

pub(super) async fn facts(read: &impl Read, case: &ExitCase) -> Result<ExitFacts, Error> {
    let (row, person) = (&case.row, read.actor().person);
    let judge = person.filter(|_| case.roles.any(JUDGES));
    let recused = match judge {
        Some(person) => is_recused(read, case, person).await?,
        None => false,
    };
    let asked = row.state == "proposed" && case.roles.has(Role::StreetOfficer);
    let ground_holds = match asked {
        true => grounds::holds(read, row, &case.contract, ground_of(row)?).await?,
        false => true,
    };
    let declared = row.handover.as_ref();
    Ok(ExitFacts {
        now: read.now(),
        can_end: EXITABLE.contains(&case.contract.state.as_str()),
        ground_holds,
        defence_by: row.defence_by,
        recused,
        judge: rules::office(case.roles).zip(person),
        opinions: row.opinions.clone(),
        declared: declared.is_some_and(|one| one.confirmed_at.is_none()),
        settled: row.settled_at.is_some(),
        appeal_by: row.appeal_by,
        appealed: row.appeal.is_some(),
        appeal_decided: row.appeal.as_ref().is_some_and(|one| one.outcome.is_some()),
    })
}

pub(super) async fn out(read: &impl Read, case: ExitCase) -> Result<ExitOut, Error> {
    let facts = facts(read, &case).await?;
    let (state, deadlines, allowed_actions) =
        watched::shown::<exit::Entity>(read, &case, &facts).await?;
    // one office's word is not the decision: it is told to nobody else before the other has spoken
    let inside = case.roles.any(JUDGES) && !case.is_party();
    let opinions = match case.row.state.as_str() {
        "reviewing" if !inside => ExitOpinions::default(),
        _ => facts.opinions,
    };
    let row = case.row;
    Ok(ExitOut {
        state,
        ground: ground_of(&row)?,
        facts: row.facts.clone(),
        object_id: row.object_id,
        by_system: row.proposed_by.is_none(),
        evidence: row.evidence.clone(),
        defence_by: row.defence_by.map(Instant),
        defence: row.defence.clone(),
        opinions,
        conditions: row.conditions.clone(),
        public_facts: row
            .public_facts
            .clone()
            .filter(|_| row.decided_at.is_some()),
        decided_at: row.decided_at.map(Instant),
        handover: row.handover.clone(),
        settled_at: row.settled_at.map(Instant),
        appeal_by: row.appeal_by.map(Instant),
        appeal: row.appeal.clone(),
        reason: row.reason.clone(),
        of: row.about(),
        deadlines,
        allowed_actions,
    })
}

/// An exit for who may see its agreement; for the contractor once notice was given.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn get(view: &View, key: &Key) -> Result<ExitOut, Error> {
    let case = watched::load::<exit::Entity>(view, key).await?;
    out(view, case).await
}

/// What the viewer may do with an exit, and why not the rest.
///
/// # Errors
/// `not_found`.
pub async fn get_actions(view: &View, key: &Key) -> Result<ActionsOut, Error> {
    let case = watched::load::<exit::Entity>(view, key).await?;
    let facts = facts(view, &case).await?;
    watched::choices::<exit::Entity>(&case, &facts)
}

/// Exits of the agreements that the viewer may see.
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub async fn list(view: &View, query: &ListQuery) -> Result<ExitList, Error> {
    let (rows, next) = watched::page::<exit::Entity>(view, query, &[("ground", C::Ground)]).await?;
    let items = rows.into_iter().map(|row| {
        Ok(ExitSummary {
            state: watched::state::<exit::Entity>(&row)?,
            ground: ground_of(&row)?,
            decided_at: row.decided_at.map(Instant),
            of: row.about(),
        })
    });
    let items = items.collect::<Result<_, Error>>()?;
    Ok(ExitList { items, next })
}

/// The street proposes that a contractor leaves.
///
/// # Errors
/// `not_found`, `forbidden`, `recused`; `invalid_transition` for an agreement that does not run; `invalid`;
/// `duplicate` while another exit is open.
pub async fn propose(tx: &Tx, input: ExitIn) -> Result<ExitOut, Error> {
    let (contract, roles, made) = made_of::<Exit>(tx, input.contract_id).await?;
    let mut faults = Faults::new();
    let facts = internal_text(&mut faults, "/facts", &input.facts, 10..=5000);
    faults.finish()?;
    let proposal = Proposal {
        ground: input.ground,
        object_id: None,
        facts,
    };
    let row = proposing::propose(tx, &contract, made, proposal).await?;
    let case = Case {
        row,
        contract,
        roles,
    };
    out(tx, case).await
}

/// The street gives notice with its evidence: payments stop, the contractor has T31 to answer.
///
/// # Errors
/// `ground_unproven` where the fact of the ground does not hold; `invalid_transition` for an agreement that an exit
/// cannot end now; `invalid`.
pub async fn notify(tx: &Tx, key: &Key, input: NotifyExitIn) -> Result<ExitOut, Error> {
    let mut case = watched::load_for::<exit::Entity>(tx, key).await?;
    let facts = facts(tx, &case).await?;
    watched::may::<exit::Entity>(&case, ExitEvent::Notify, &facts)?;
    let mut faults = Faults::new();
    let evidence = internal_text(&mut faults, "/evidence", &input.evidence, 10..=5000);
    faults.finish()?;
    let due = watched::due(tx, &case.contract, Timer::T31);
    let (by, person) = (due.at, tx.person()?);
    let told =
        serde_json::json!({ "reason": ground_of(&case.row)?.zh(), "due_at": Instant(due.at) });
    watched::step::<exit::Entity>(tx, &mut case, ExitEvent::Notify, &facts, |c| {
        c.set(C::Evidence, evidence)
            .set(C::NotifiedBy, person)
            .set(C::DefenceBy, by)
            .due(Timer::T31, due)
            .facts(told)
    })
    .await?;
    levels::refresh(tx, case.row.contract_id, "告知拟退出").await?;
    out(tx, case).await
}

/// The street withdraws a proposal of which no notice was given.
///
/// # Errors
/// `invalid` without a reason; `invalid_transition` after the notice.
pub async fn withdraw(tx: &Tx, key: &Key, input: ReasonIn) -> Result<ExitOut, Error> {
    let mut case = watched::load_for::<exit::Entity>(tx, key).await?;
    let facts = facts(tx, &case).await?;
    watched::may::<exit::Entity>(&case, ExitEvent::Withdraw, &facts)?;
    let reason = faults::reason(&input.reason)?;
    watched::step::<exit::Entity>(tx, &mut case, ExitEvent::Withdraw, &facts, |c| {
        c.set(C::Reason, reason.clone())
            .set(C::OpenKey, FREE)
            .because(Some(reason))
    })
    .await?;
    levels::refresh(tx, case.row.contract_id, "撤回退出建议").await?;
    out(tx, case).await
}

/// Reads what the contractor says for itself.
///
/// # Errors
/// `invalid`.
pub(super) fn statement(input: &ExitStatementIn) -> Result<String, Error> {
    let mut faults = Faults::new();
    let statement = internal_text(&mut faults, "/statement", &input.statement, 10..=5000);
    faults.finish()?;
    Ok(statement)
}

/// The contractor's legal representative answers to the notice, once.
///
/// # Errors
/// `deadline_passed`; `invalid`.
pub async fn defend(tx: &Tx, key: &Key, input: ExitStatementIn) -> Result<ExitOut, Error> {
    let mut case = watched::load_for::<exit::Entity>(tx, key).await?;
    let facts = facts(tx, &case).await?;
    watched::may::<exit::Entity>(&case, ExitEvent::Defend, &facts)?;
    let (statement, person) = (statement(&input)?, tx.person()?);
    watched::step::<exit::Entity>(tx, &mut case, ExitEvent::Defend, &facts, |c| {
        c.set(C::Defence, statement).set(C::DefendedBy, person)
    })
    .await?;
    out(tx, case).await
}

/// T31 without an answer: the offices decide on what there is.
///
/// # Errors
/// `invalid_transition` when it was answered.
pub async fn defence_over(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let mut case = watched::of_system::<exit::Entity>(tx, id).await?;
    let facts = facts(tx, &case).await?;
    watched::step::<exit::Entity>(tx, &mut case, ExitEvent::EndDefence, &facts, |c| c).await
}

/// The agreement is over otherwise: there is nothing left to leave.
pub(crate) async fn on_contract_over(tx: &Tx, contract: Uuid) -> Result<(), Error> {
    for row in watched::all_of::<exit::Entity>(tx, contract).await? {
        let open = matches!(
            row.state.as_str(),
            "proposed" | "defence" | "reviewing" | "conditional"
        );
        if open {
            let mut case = watched::of_system::<exit::Entity>(tx, row.id).await?;
            let facts = facts(tx, &case).await?;
            watched::step::<exit::Entity>(tx, &mut case, ExitEvent::Lapse, &facts, |c| {
                c.set(C::OpenKey, FREE)
            })
            .await?;
        }
    }
    Ok(())
}

/// The agreement is settled: noted, and the exit is closed when nothing else of it is open.
pub(crate) async fn on_contract_settled(tx: &Tx, contract: Uuid) -> Result<(), Error> {
    for row in watched::all_of::<exit::Entity>(tx, contract).await? {
        if !matches!(row.state.as_str(), "decided" | "handed_over") || row.settled_at.is_some() {
            continue;
        }
        let now = tx.now();
        let set = |update: sea_orm::UpdateMany<exit::Entity>| {
            update.col_expr(C::SettledAt, Expr::value(now))
        };
        edit::<exit::Entity>(tx, &row, "exit.settled", Role::System, set, None).await?;
        handing_over::close_when_over(tx, row.id).await?;
    }
    Ok(())
}

/// The term to answer or to appeal has moved with the calendar of its year.
///
/// # Errors
/// `conflict` when somebody else was first.
pub(crate) async fn on_recounted(tx: &Tx, recounted: &Recounted) -> Result<(), Error> {
    for (timer, column) in [(Timer::T31, C::DefenceBy), (Timer::ExitAppeal, C::AppealBy)] {
        let Some(end) = recounted.moved(timer) else {
            continue;
        };
        let row = find(tx, recounted.object_id).await?;
        let set = |update: sea_orm::UpdateMany<exit::Entity>| {
            update.col_expr(column, Expr::value(end.after.at))
        };
        let data = serde_json::json!({ "timer": timer.key(), "due_at": end.after });
        let event = "exit.deadline_recounted";
        edit::<exit::Entity>(tx, &row, event, Role::System, set, Some(data)).await?;
    }
    Ok(())
}

/// The office that somebody speaks for.
pub(super) fn office_of(facts: &ExitFacts) -> Result<(Office, Uuid), Error> {
    Ok(facts.judge.ok_or(wubang_kernel::Code::Forbidden)?)
}
