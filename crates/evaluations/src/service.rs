//! What can be done with an evaluation: load, decide, spend, tell.

use crate::buyer_reviews;
use crate::entity::evaluation;
use crate::flow::{self, EvaluationEvent};
use crate::model::{EvaluationList, EvaluationOut, Phase, PublicEvaluationOut, ResultDraft};
use crate::out;
use crate::rules::EvaluationFacts;
use crate::scoring::{PartyScores, ProjectGrade};
use crate::store::{self, Case, Filter};
use serde_json::Value;
use uuid::Uuid;
use wubang_kernel::machine::{Step, plan};
use wubang_kernel::{Code, Faults, Role, RoleSet, Timer};
use wubang_panels::model::{SheetIn, SheetReceipt};
use wubang_publicity::Opening;
use wubang_publicity::model::{Channels, PublicityKind};
use wubang_store::commit::Commit;
use wubang_store::{Error, Key, Read, Tx, View, commit, state_of};
use wubang_web::NothingIn;
use wubang_web::{ListQuery, actions};

pub use crate::opening::{fill_panel, form_panel, open};
pub use crate::out::residents_score;
pub use crate::replacing::{leave_out_party, replace_member};

/// The system's own hat, for consequences.
pub(crate) const SYSTEM: &[Role] = &[Role::System];

/// An evaluation for somebody who may see it.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn get(view: &View, key: &Key) -> Result<EvaluationOut, Error> {
    out::evaluation(view, &store::load(view, key).await?).await
}

/// What the viewer may do with an evaluation, and why not the rest.
///
/// # Errors
/// `not_found`.
pub async fn get_actions(view: &View, key: &Key) -> Result<actions::ActionsOut, Error> {
    let case = store::load(view, key).await?;
    let state = state_of::<flow::Evaluation>(&case.evaluation.state)?;
    Ok(actions::of::<flow::Evaluation>(
        case.evaluation.id,
        state,
        case.roles,
        &out::facts(view, &case).await?,
    ))
}

/// The result for everybody, from the start of its publicity.
///
/// # Errors
/// `not_found` before.
pub async fn get_public(view: &View, key: &Key) -> Result<PublicEvaluationOut, Error> {
    let row = store::find(view, key).await?;
    let panel = store::panel_of(view, &row).await?;
    Ok(out::public(&row, panel.as_ref())?.ok_or(Code::NotFound)?)
}

/// The viewer's own receipt for the sheet he has handed in: with it he checks that exactly this sheet is counted.
///
/// # Errors
/// `not_found` for who has handed in none.
pub async fn my_receipt(view: &View, key: &Key) -> Result<SheetReceipt, Error> {
    let case = store::load(view, key).await?;
    let panel = case.panel.as_ref().ok_or(Code::NotFound)?;
    let published = store::PUBLIC.contains(&case.evaluation.state.as_str());
    let own = wubang_panels::service::receipts(view, panel, published)?;
    Ok(own.into_iter().next().ok_or(Code::NotFound)?)
}

/// The evaluations that the viewer may see (考榜台账).
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub async fn list(view: &View, query: &ListQuery) -> Result<EvaluationList, Error> {
    let mut faults = Faults::new();
    let filter = Filter {
        division: query
            .one("division")
            .and_then(|code| faults.division("?division", code)),
        contract: id_filter(query, "contract_id", &mut faults),
        project: id_filter(query, "project_id", &mut faults),
    };
    faults.finish()?;
    let seats = match view.actor().person {
        Some(person) => wubang_panels::service::objects_of(view, store::PURPOSE, person).await?,
        None => Vec::new(),
    };
    let rows = store::list(view, query, &filter, seats).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let items = rows
        .into_iter()
        .map(out::summary)
        .collect::<Result<_, Error>>()?;
    Ok(EvaluationList { items, next })
}

/// Reads a filter that names an object.
pub(crate) fn id_filter(query: &ListQuery, name: &str, faults: &mut Faults) -> Option<Uuid> {
    let text = query.one(name)?;
    let id = Uuid::parse_str(text).ok();
    if id.is_none() {
        faults.add(
            format!("?{name}"),
            "malformed",
            "须为 UUID",
            "must be a UUID",
        );
    }
    id
}

pub(crate) async fn load_for(tx: &Tx, key: &Key) -> Result<Case, Error> {
    let case = store::load(tx, key).await?;
    tx.expect_version(case.evaluation.version)?;
    Ok(case)
}

/// Asks the table for an event.
pub(crate) fn planned(
    case: &Case,
    event: EvaluationEvent,
    roles: RoleSet,
    facts: &EvaluationFacts,
) -> Result<Step<flow::Evaluation>, Error> {
    Ok(plan::<flow::Evaluation>(
        state_of::<flow::Evaluation>(&case.evaluation.state)?,
        event,
        roles,
        facts,
    )?)
}

/// Spends a planned step with what `with` adds.
pub(crate) async fn spend(
    tx: &Tx,
    case: &mut Case,
    step: Step<flow::Evaluation>,
    with: impl for<'a> FnOnce(Commit<'a, evaluation::Entity>) -> Commit<'a, evaluation::Entity>,
) -> Result<(), Error> {
    let terms = &case.evaluation.terms;
    let after = with(
        commit::<evaluation::Entity>(tx, &case.evaluation, step)
            .under(&terms.timers, terms.cutoff_hour),
    )
    .run()
    .await?;
    case.evaluation = after;
    Ok(())
}

/// Who organises opens the score sheets.
///
/// # Errors
/// `panel_incomplete`, `recusal_unsigned`, `survey_missing`.
pub async fn start_scoring(tx: &Tx, key: &Key, _: NothingIn) -> Result<EvaluationOut, Error> {
    let mut case = load_for(tx, key).await?;
    let step = planned(
        &case,
        EvaluationEvent::StartScoring,
        case.roles,
        &out::facts(tx, &case).await?,
    )?;
    let members = case
        .panel
        .iter()
        .flat_map(|panel| panel.active().map(|member| member.person_id))
        .collect();
    spend(tx, &mut case, step, |c| c.tell(members)).await?;
    // without seats there is nothing to wait for
    conclude(tx, &mut case).await?;
    out::evaluation(tx, &case).await
}

/// A member hands in his own sheet, once; with the last one the result is computed.
///
/// # Errors
/// `forbidden` for who does not sit; `recusal_unsigned`; `duplicate`; `invalid` with every wrong field.
pub async fn submit_sheet(tx: &Tx, key: &Key, input: SheetIn) -> Result<EvaluationOut, Error> {
    let case = load_for(tx, key).await?;
    // asked before the sheet is kept, and again for the row as it stands afterwards
    drop(planned(
        &case,
        EvaluationEvent::SubmitSheet,
        case.roles,
        &out::facts(tx, &case).await?,
    )?);
    let panel = case.panel.as_ref().ok_or(Code::PanelIncomplete)?;
    let member = panel.member(tx.person()?).ok_or(Code::Forbidden)?;
    let rule = out::counted_rule(&case.evaluation);
    let criteria = &rule
        .party(&member.party)
        .ok_or_else(|| Error::internal("a seat of no party of the scheme"))?
        .criteria;
    let id = case.evaluation.id;
    wubang_panels::service::submit_sheet(tx, panel, id, criteria, input).await?;
    // members hand in at the same time and wait for each other at the panel: what was read before is old
    let mut case = store::load(tx, &Key::Id(id)).await?;
    let mut facts = out::facts(tx, &case).await?;
    if let Some(panel) = &mut facts.panel {
        // the sheet that was just kept is the one this step records
        panel.own_scored = false;
    }
    let step = planned(&case, EvaluationEvent::SubmitSheet, case.roles, &facts)?;
    spend(tx, &mut case, step, |c| c).await?;
    conclude(tx, &mut case).await?;
    out::evaluation(tx, &case).await
}

/// When every member has scored and each party is enough, parties, total and grade are computed; a seat that is still to
/// be filled is waited for.
pub(crate) async fn conclude(tx: &Tx, case: &mut Case) -> Result<(), Error> {
    let facts = out::facts(tx, case).await?;
    let Ok(step) = planned(case, EvaluationEvent::Score, RoleSet::of(SYSTEM), &facts) else {
        return Ok(());
    };
    let Some(outcome) = out::outcome(&case.evaluation, case.panel.as_ref()) else {
        return Ok(());
    };
    let data = serde_json::json!({ "total": outcome.total, "grade": outcome.grade });
    spend(tx, case, step, |c| {
        c.set(
            evaluation::Column::PartyScores,
            PartyScores(outcome.parties),
        )
        .set(evaluation::Column::Total, outcome.total.to_string())
        .set(evaluation::Column::Grade, outcome.grade.as_str())
        .data(data)
    })
    .await
}

/// Who organises writes the result: strengths, defects, comments.
///
/// # Errors
/// `invalid` with every wrong section; `invalid_transition` before all sheets are in.
pub async fn draft_result(tx: &Tx, key: &Key, input: ResultDraft) -> Result<EvaluationOut, Error> {
    let mut faults = Faults::new();
    let draft = ResultDraft {
        strengths: faults.prose("/strengths", &input.strengths, 10..=5000),
        defects: faults.prose("/defects", &input.defects, 10..=5000),
        comments: faults.prose("/comments", &input.comments, 10..=5000),
    };
    faults.finish()?;
    let mut case = load_for(tx, key).await?;
    let step = planned(
        &case,
        EvaluationEvent::DraftResult,
        case.roles,
        &out::facts(tx, &case).await?,
    )?;
    let data = serde_json::to_value(&draft)?;
    spend(tx, &mut case, step, |c| {
        c.set(evaluation::Column::Draft, draft).data(data)
    })
    .await?;
    out::evaluation(tx, &case).await
}

/// The street tells the contractor and puts the result into publicity (公示) by counting rule 6.
///
/// # Errors
/// `invalid_transition` before the result is drafted.
pub async fn notify(tx: &Tx, key: &Key, _: NothingIn) -> Result<EvaluationOut, Error> {
    let mut case = load_for(tx, key).await?;
    let step = planned(
        &case,
        EvaluationEvent::Notify,
        case.roles,
        &out::facts(tx, &case).await?,
    )?;
    let terms = &case.evaluation.terms;
    let deadline =
        tx.calendar()
            .publicity(tx.now(), terms.timers.of(Timer::T39), terms.cutoff_hour);
    let starts = tx.calendar().publicity_start(tx.now(), terms.cutoff_hour);
    let snapshot = out::snapshot(&case)?;
    let hash = wubang_kernel::digest::content_hash(&snapshot);
    let told = serde_json::json!({ "publicity_ends_at": deadline.at, "publicity_hash": hash });
    spend(tx, &mut case, step, |c| {
        c.set(evaluation::Column::PublicityHash, hash)
            .set(evaluation::Column::PublicityStartsAt, starts)
            .set(evaluation::Column::PublicityEndsAt, deadline.at)
            .due(Timer::T39, deadline)
            .data(snapshot.clone())
            .facts(told)
    })
    .await?;
    publicise(tx, &case.evaluation, snapshot).await?;
    out::evaluation(tx, &case).await
}

/// Shows the result to everybody, as long as T39 runs.
async fn publicise(tx: &Tx, row: &evaluation::Model, content: Value) -> Result<(), Error> {
    let posting = wubang_postings::service::find(tx, row.posting_id).await?;
    let opening = Opening {
        kind: PublicityKind::Evaluation,
        object_id: row.id,
        project_id: Some(row.project_id),
        division: row.division.clone(),
        field: Some(row.field.clone()),
        title: row.title.clone(),
        content,
        objection_contact: Some(posting.content.objection_contact),
        channels: Channels::default(),
        term: row.terms.timers.of(Timer::T39),
        cutoff_hour: row.terms.cutoff_hour,
    };
    wubang_publicity::start(tx, opening).await?;
    Ok(())
}

/// T39: the publicity ended. A passed project is closed with everything that belongs to it; a failed one is corrected
/// and evaluated again, once. The second fail is final and ends its agreement (`evaluation.failed_finally`).
///
/// # Errors
/// `open_hold` while an objection is open; `invalid_transition` when the evaluation has moved on.
pub async fn publicity_ended(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let mut case = store::load(tx, &Key::Id(id)).await?;
    let facts = out::facts(tx, &case).await?;
    let event = match (facts.phase, facts.grade) {
        (Phase::Final, Some(ProjectGrade::Fail)) if case.evaluation.round >= 2 => {
            // the second fail is the last word
            EvaluationEvent::FailFinally
        }
        (Phase::Final, _) => EvaluationEvent::Confirm,
        // what was found on the way decides nothing about the project
        _ => EvaluationEvent::Conclude,
    };
    let step = planned(&case, event, RoleSet::of(SYSTEM), &facts)?;
    let residents = out::residents_score(&case.evaluation).map(|score| score.rounded());
    let data = serde_json::json!({ "phase": facts.phase, "total": case.evaluation.total, "grade": case.evaluation.grade,
        "residents": residents });
    spend(tx, &mut case, step, |c| c.data(data.clone()).facts(data)).await?;
    wubang_publicity::ended(tx, id, PublicityKind::Evaluation).await?;
    let row = &case.evaluation;
    if row.state == "confirmed" && facts.phase == Phase::Final {
        buyer_reviews::service::publish(tx, row).await?;
    }
    match (row.state.as_str(), event) {
        ("confirmed", EvaluationEvent::Confirm) => passed(tx, row).await,
        ("confirmed", EvaluationEvent::FailFinally) => failed(tx, row).await,
        _ => Ok(()),
    }
}

/// The second fail ends the agreement.
async fn failed(tx: &Tx, row: &evaluation::Model) -> Result<(), Error> {
    let grade = row.grade.as_deref().unwrap_or_default();
    wubang_registry::engagements::graded(tx, row.contract_id, grade).await?;
    wubang_contracts::ending::failed_evaluation(tx, row.contract_id).await?;
    Ok(())
}

/// A passed project is closed with everything that belongs to it; where residents are to be asked again its day is set.
async fn passed(tx: &Tx, row: &evaluation::Model) -> Result<(), Error> {
    let grade = row.grade.as_deref().unwrap_or_default();
    if row.rule.0.follow_up {
        let term = ("follow_up", "follow_up.awaited", Timer::FollowUpDue);
        crate::opening::start_term(tx, row, term).await?;
    }
    wubang_contracts::service::completed(tx, row.contract_id).await?;
    wubang_registry::engagements::graded(tx, row.contract_id, grade).await?;
    wubang_postings::service::needs_closed(tx, row.posting_id).await?;
    wubang_postings::service::completed(tx, row.posting_id, grade).await
}

/// An evaluation, whoever asks: for later stages.
///
/// # Errors
/// `not_found`.
pub async fn find(read: &impl Read, id: Uuid) -> Result<crate::Evaluation, Error> {
    store::find(read, &Key::Id(id)).await
}

/// The final evaluation of an agreement in its last round: for later stages.
///
/// # Errors
/// When the database fails.
pub async fn final_of(
    read: &impl Read,
    contract: Uuid,
) -> Result<Option<crate::Evaluation>, Error> {
    store::of_contract(read, contract, Phase::Final).await
}
