//! What can be done with a slip: issue, answer, close, repeat, withdraw.

use super::entity::slip;
use super::flow::{Slip, SlipEvent};
use super::issuing::{self, NewSlip};
use super::model::{
    AnswerSlipIn, RepeatSlipIn, SlipAnswer, SlipIn, SlipList, SlipOut, SlipSummary,
};
use super::rules::{self, SlipFacts};
use crate::watched::{self, Case, OfContract, internal_text, made_of, word};
use crate::words::{SlipAddressee, SlipKind};
use slip::Column as C;
use uuid::Uuid;
use wubang_kernel::deadline::{is_over, local_date};
use wubang_kernel::machine;
use wubang_kernel::{Faults, faults};
use wubang_store::{Error, Key, Read, Tracked, Tx, View};
use wubang_web::actions::ActionsOut;
use wubang_web::{Instant, ListQuery, NothingIn, ReasonIn};

type SlipCase = Case<slip::Model>;

fn kind_of(row: &slip::Model) -> Result<SlipKind, Error> {
    word(SlipKind::from_wire(&row.kind), "slips")
}

fn addressee_of(row: &slip::Model) -> Result<SlipAddressee, Error> {
    word(SlipAddressee::from_wire(&row.addressee), "slips")
}

fn facts(case: &SlipCase) -> Result<SlipFacts, Error> {
    let addressee = addressee_of(&case.row)?;
    Ok(SlipFacts { addressee })
}

async fn out(read: &impl Read, case: SlipCase) -> Result<SlipOut, Error> {
    let facts = facts(&case)?;
    let (state, deadlines, allowed_actions) =
        watched::shown::<slip::Entity>(read, &case, &facts).await?;
    let row = case.row;
    Ok(SlipOut {
        state,
        kind: kind_of(&row)?,
        addressee: facts.addressee,
        object: row.object.clone(),
        object_id: row.object_id,
        object_label: row.object_label.clone(),
        facts: row.facts.clone(),
        demand: row.demand.clone(),
        answer_by: Instant(row.answer_by),
        quarter: row.quarter.clone(),
        repeat_n: row.repeat_n,
        repeats_id: row.repeats_id,
        by_system: row.issued_by.is_none(),
        answer: row.answer.clone(),
        reason: row.reason.clone(),
        of: row.about(),
        deadlines,
        allowed_actions,
    })
}

/// A slip for who may see its agreement.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn get(view: &View, key: &Key) -> Result<SlipOut, Error> {
    let case = watched::load::<slip::Entity>(view, key).await?;
    out(view, case).await
}

/// What the viewer may do with a slip, and why not the rest.
///
/// # Errors
/// `not_found`.
pub async fn get_actions(view: &View, key: &Key) -> Result<ActionsOut, Error> {
    let case = watched::load::<slip::Entity>(view, key).await?;
    watched::choices::<slip::Entity>(&case, &facts(&case)?)
}

/// Slips of the agreements that the viewer may see (督办台账).
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub async fn list(view: &View, query: &ListQuery) -> Result<SlipList, Error> {
    let words = [
        ("kind", C::Kind),
        ("addressee", C::Addressee),
        ("quarter", C::Quarter),
    ];
    let (rows, next) = watched::page::<slip::Entity>(view, query, &words).await?;
    let items = rows.into_iter().map(|row| {
        Ok(SlipSummary {
            state: watched::state::<slip::Entity>(&row)?,
            kind: kind_of(&row)?,
            addressee: addressee_of(&row)?,
            answer_by: Instant(row.answer_by),
            quarter: row.quarter.clone(),
            repeat_n: row.repeat_n,
            of: row.about(),
        })
    });
    let items = items.collect::<Result<_, Error>>()?;
    Ok(SlipList { items, next })
}

/// The street issues a slip for an agreement.
///
/// # Errors
/// `not_found`, `forbidden`, `recused`; `invalid_transition` for an agreement that does not run; `invalid` with every
/// wrong field; `duplicate` for a second progress slip of a quarter.
pub async fn issue(tx: &Tx, input: SlipIn) -> Result<SlipOut, Error> {
    let (contract, roles, made) = made_of::<Slip>(tx, input.contract_id).await?;
    let mut faults = Faults::new();
    let quarter = input.quarter.as_deref();
    rules::check_kind(&mut faults, input.kind, input.addressee, quarter);
    rules::check_answer_on(&mut faults, local_date(tx.now()), input.answer_on);
    let facts = internal_text(&mut faults, "/facts", &input.facts, 10..=2000);
    let demand = internal_text(&mut faults, "/demand", &input.demand, 5..=2000);
    faults.finish()?;
    let new = NewSlip {
        kind: input.kind,
        addressee: input.addressee,
        about: ("contract", contract.id, contract.label()),
        facts,
        demand,
        answer_on: input.answer_on,
        quarter: input.quarter,
        repeats: None,
    };
    let row = issuing::issue(tx, &contract, made, new).await?;
    let case = Case {
        row,
        contract,
        roles,
    };
    out(tx, case).await
}

/// The addressee answers; late is still an answer, and marked.
///
/// # Errors
/// `forbidden` for who is not addressed; `invalid` with every wrong field.
pub async fn answer(tx: &Tx, key: &Key, input: AnswerSlipIn) -> Result<SlipOut, Error> {
    let mut case = watched::load_for::<slip::Entity>(tx, key).await?;
    let facts = facts(&case)?;
    watched::may::<slip::Entity>(&case, SlipEvent::Answer, &facts)?;
    let (text, progress) = rules::check_answer(kind_of(&case.row)?, &input)?;
    let answer = SlipAnswer {
        text,
        progress,
        at: Instant(tx.now()),
        late: is_over(case.row.answer_by, tx.now()),
    };
    let data = serde_json::to_value(&answer)?;
    watched::step::<slip::Entity>(tx, &mut case, SlipEvent::Answer, &facts, |c| {
        c.set(C::Answer, answer).data(data)
    })
    .await?;
    out(tx, case).await
}

/// The street accepts the answer.
///
/// # Errors
/// `invalid_transition` without an answer.
pub async fn close(tx: &Tx, key: &Key, _: NothingIn) -> Result<SlipOut, Error> {
    let mut case = watched::load_for::<slip::Entity>(tx, key).await?;
    let facts = facts(&case)?;
    watched::step::<slip::Entity>(tx, &mut case, SlipEvent::Close, &facts, |c| c).await?;
    out(tx, case).await
}

/// The street issues it again with a new term, because no answer came or it was not enough. Answers the new slip.
///
/// # Errors
/// `invalid_transition` before the term is over and without an answer; `invalid` with every wrong field.
pub async fn repeat(tx: &Tx, key: &Key, input: RepeatSlipIn) -> Result<SlipOut, Error> {
    let mut case = watched::load_for::<slip::Entity>(tx, key).await?;
    let facts = facts(&case)?;
    watched::may::<slip::Entity>(&case, SlipEvent::Repeat, &facts)?;
    let mut faults = Faults::new();
    let demand = internal_text(&mut faults, "/demand", &input.demand, 5..=2000);
    rules::check_answer_on(&mut faults, local_date(tx.now()), input.answer_on);
    faults.finish()?;
    watched::step::<slip::Entity>(tx, &mut case, SlipEvent::Repeat, &facts, |c| c).await?;
    let row = case.row;
    let new = NewSlip {
        kind: kind_of(&row)?,
        addressee: facts.addressee,
        about: (object_of(&row), row.object_id, row.object_label.clone()),
        facts: row.facts.clone(),
        demand,
        answer_on: input.answer_on,
        quarter: row.quarter.clone(),
        repeats: Some((row.id, row.repeat_n.saturating_add(1))),
    };
    let made = machine::create::<Slip>(case.roles)?;
    let row = issuing::issue(tx, &case.contract, made, new).await?;
    let case = Case { row, ..case };
    out(tx, case).await
}

/// What a slip is about, as a word of this crate.
fn object_of(row: &slip::Model) -> &'static str {
    match row.object.as_str() {
        "milestone" => "milestone",
        "guidance_order" => "guidance_order",
        _ => "contract",
    }
}

/// The street withdraws a slip that was issued wrongly or is settled otherwise.
///
/// # Errors
/// `invalid` without a reason; `invalid_transition` once it is closed.
pub async fn withdraw(tx: &Tx, key: &Key, input: ReasonIn) -> Result<SlipOut, Error> {
    let mut case = watched::load_for::<slip::Entity>(tx, key).await?;
    let facts = facts(&case)?;
    watched::may::<slip::Entity>(&case, SlipEvent::Withdraw, &facts)?;
    let reason = faults::reason(&input.reason)?;
    take_back(tx, &mut case, reason).await?;
    out(tx, case).await
}

async fn take_back(tx: &Tx, case: &mut SlipCase, reason: String) -> Result<(), Error> {
    let facts = facts(case)?;
    watched::step::<slip::Entity>(tx, case, SlipEvent::Withdraw, &facts, |c| {
        c.set(C::Reason, reason.clone()).because(Some(reason))
    })
    .await
}

/// Nobody answered in time.
///
/// # Errors
/// `invalid_transition` when it was answered.
pub async fn fell_due(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let mut case = watched::of_system::<slip::Entity>(tx, id).await?;
    let facts = facts(&case)?;
    watched::step::<slip::Entity>(tx, &mut case, SlipEvent::FallDue, &facts, |c| c).await
}

/// The agreement is over: what is still open of it has lost its object.
pub(crate) async fn on_contract_over(tx: &Tx, contract: Uuid) -> Result<(), Error> {
    for row in watched::all_of::<slip::Entity>(tx, contract).await? {
        if matches!(row.state.as_str(), "issued" | "overdue" | "answered") {
            let mut case = watched::of_system::<slip::Entity>(tx, row.id).await?;
            take_back(tx, &mut case, "协议已结束,单据撤回".to_owned()).await?;
        }
    }
    Ok(())
}
