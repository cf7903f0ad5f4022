//! What can be done with a veto finding: load, decide, spend, tell.

use super::entity::finding;
use super::flow::{self, VetoEvent};
use super::model::{
    VetoAnswerIn, VetoFindingIn, VetoFindingList, VetoFindingOut, VetoFindingSummary,
};
use super::rules::{OPEN_RESULTS, VetoFacts};
use super::store::{self, FindingCase};
use crate::entity::evaluation;
use crate::flow::EvaluationEvent;
use crate::model::{ResultDraft, Veto, VetoKind};
use crate::scoring::ProjectGrade;
use crate::service::{SYSTEM, id_filter, planned, spend};
use sea_orm::ActiveValue::Set;
use serde_json::json;
use wubang_kernel::machine::{self, Audience, plan};
use wubang_kernel::{Code, Faults, RoleSet, Timer, faults, personal};
use wubang_store::commit::Commit;
use wubang_store::trace::About;
use wubang_store::{
    Error, Key, Read, Tracked, Tx, View, birth, commit, state_of, tell_of_birth, timers,
};
use wubang_web::{DeadlineOut, Instant, ListQuery, ReasonIn, actions};

fn facts(read: &impl Read, case: &FindingCase) -> VetoFacts {
    let (row, of) = (&case.finding, &case.evaluation.evaluation);
    VetoFacts {
        proposed_by: row.proposed_by,
        viewer: read.actor().person,
        answered: row.answer.is_some(),
        answer_by: row.answer_by,
        now: read.now(),
        result_open: OPEN_RESULTS.contains(&of.state.as_str()) && of.round == row.round,
    }
}

fn kind(row: &finding::Model) -> Result<VetoKind, Error> {
    VetoKind::from_wire(&row.kind).ok_or_else(|| Error::internal("a veto finding of no kind"))
}

async fn show(read: &impl Read, case: &FindingCase) -> Result<VetoFindingOut, Error> {
    let row = &case.finding;
    let state = state_of::<flow::VetoFinding>(&row.state)?;
    let running = timers::running(read, &[row.id]).await?;
    let roles = case.evaluation.roles;
    let actions = actions::of::<flow::VetoFinding>(row.id, state, roles, &facts(read, case));
    Ok(VetoFindingOut {
        id: row.id,
        evaluation_id: row.evaluation_id,
        evaluation_number: row.evaluation_number.clone(),
        round: row.round,
        state,
        version: row.version,
        kind: kind(row)?,
        facts: row.facts.clone(),
        evidence: row.evidence.clone(),
        answer_by: Instant(row.answer_by),
        answer: row.answer.clone(),
        decision: row.decision.clone(),
        deadlines: running.into_iter().map(DeadlineOut::from).collect(),
        allowed_actions: actions.allowed,
        created_at: Instant(row.created_at),
        updated_at: Instant(row.updated_at),
    })
}

/// A veto finding for somebody who may see it.
///
/// # Errors
/// `not_found` for everybody else, members of the panel included.
pub(crate) async fn get(view: &View, key: &Key) -> Result<VetoFindingOut, Error> {
    show(view, &store::load(view, key).await?).await
}

/// What the viewer may do with a finding, and why not the rest.
///
/// # Errors
/// `not_found`.
pub(crate) async fn get_actions(view: &View, key: &Key) -> Result<actions::ActionsOut, Error> {
    let case = store::load(view, key).await?;
    Ok(actions::of::<flow::VetoFinding>(
        case.finding.id,
        state_of::<flow::VetoFinding>(&case.finding.state)?,
        case.evaluation.roles,
        &facts(view, &case),
    ))
}

/// The findings that the viewer may see.
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub(crate) async fn list(view: &View, query: &ListQuery) -> Result<VetoFindingList, Error> {
    let mut faults = Faults::new();
    let of = id_filter(query, "evaluation_id", &mut faults);
    faults.finish()?;
    let rows = store::list(view, query, of).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let summary = |row: finding::Model| {
        Ok(VetoFindingSummary {
            id: row.id,
            evaluation_id: row.evaluation_id,
            round: row.round,
            state: state_of::<flow::VetoFinding>(&row.state)?,
            kind: kind(&row)?,
            evaluation_number: row.evaluation_number,
            created_at: Instant(row.created_at),
        })
    };
    let items = rows
        .into_iter()
        .map(summary)
        .collect::<Result<_, Error>>()?;
    Ok(VetoFindingList { items, next })
}

/// Who runs or watches an evaluation proposes a finding; the contractor may answer from now on.
///
/// # Errors
/// `not_found` for who does not see the evaluation; `forbidden` for others; `invalid` with every wrong field;
/// `invalid_transition` once the result is public.
pub(crate) async fn propose(tx: &Tx, input: VetoFindingIn) -> Result<VetoFindingOut, Error> {
    let case = store::evaluation(tx, input.evaluation_id).await?;
    let made = machine::create::<flow::VetoFinding>(case.roles)?;
    let mut faults = Faults::new();
    let facts = faults.prose("/facts", &input.facts, 10..=2000);
    let evidence = faults.prose("/evidence", &input.evidence, 5..=2000);
    faults.finish()?;
    let of = &case.evaluation;
    if !OPEN_RESULTS.contains(&of.state.as_str()) {
        return Err(Code::InvalidTransition.into());
    }
    let answer = timers::deadline(
        tx.calendar(),
        Timer::VetoAnswer,
        tx.now(),
        &of.terms.timers,
        of.terms.cutoff_hour,
    );
    let row = finding::ActiveModel {
        id: Set(tx.new_id()),
        evaluation_id: Set(of.id),
        evaluation_number: Set(of.number.clone()),
        project_id: Set(of.project_id),
        organisation_id: Set(of.organisation_id),
        third_party_id: Set(of.third_party_id),
        division: Set(of.division.clone()),
        round: Set(of.round),
        kind: Set(input.kind.as_str().to_owned()),
        facts: Set(personal::mask(&facts)),
        evidence: Set(evidence),
        proposed_by: Set(tx.person()?),
        answer: Set(None),
        answer_by: Set(answer.at),
        decision: Set(None),
        state: Set("proposed".to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let data = json!({ "kind": input.kind, "evaluation": of.number, "answer_by": answer.at });
    let finding = birth::<finding::Entity, _>(tx, made, row, Some(data)).await?;
    let about = About {
        object: "veto_finding",
        id: finding.id,
        project_id: Some(finding.project_id),
        division: &finding.division,
        version: finding.version,
    };
    timers::start(tx, &about, &finding.label(), Timer::VetoAnswer, &answer).await?;
    // the contractor may answer, and the district will have to decide
    let told = [Audience::Organisation, Audience::Street, Audience::District];
    let facts = json!({ "answer_by": Instant(finding.answer_by) });
    tell_of_birth::<finding::Entity>(tx, &finding, &told, facts).await?;
    let case = FindingCase {
        finding,
        evaluation: case,
    };
    show(tx, &case).await
}

async fn act(
    tx: &Tx,
    key: &Key,
    event: VetoEvent,
    with: impl for<'a> FnOnce(Commit<'a, finding::Entity>) -> Commit<'a, finding::Entity>,
) -> Result<FindingCase, Error> {
    let case = store::load(tx, key).await?;
    tx.expect_version(case.finding.version)?;
    let planned = plan::<flow::VetoFinding>(
        state_of::<flow::VetoFinding>(&case.finding.state)?,
        event,
        case.evaluation.roles,
        &facts(tx, &case),
    )?;
    let finding = with(commit::<finding::Entity>(tx, &case.finding, planned))
        .run()
        .await?;
    Ok(FindingCase { finding, ..case })
}

/// The contractor answers.
///
/// # Errors
/// `deadline_passed`; `invalid`; `invalid_transition` the second time.
pub(crate) async fn answer(
    tx: &Tx,
    key: &Key,
    input: VetoAnswerIn,
) -> Result<VetoFindingOut, Error> {
    let mut faults = Faults::new();
    let answer = faults.prose("/answer", &input.answer, 10..=5000);
    faults.finish()?;
    let case = act(tx, key, VetoEvent::Answer, |c| {
        c.set(finding::Column::Answer, answer)
    })
    .await?;
    show(tx, &case).await
}

/// The district confirms a finding: the project fails, and a result that was computed or drafted already does so too.
///
/// # Errors
/// `same_person` for who proposed it; `too_early` while the contractor may still answer; `invalid_transition` once the
/// result is public.
pub(crate) async fn confirm(tx: &Tx, key: &Key, input: ReasonIn) -> Result<VetoFindingOut, Error> {
    let reason = faults::reason(&input.reason)?;
    let case = decided(tx, key, VetoEvent::Confirm, reason.clone()).await?;
    let veto = Veto {
        kind: kind(&case.finding)?,
        facts: case.finding.facts.clone(),
    };
    let mut of = crate::store::Case {
        roles: RoleSet::of(SYSTEM),
        ..case.evaluation
    };
    let facts = crate::out::facts(tx, &of).await?;
    let step = planned(&of, EvaluationEvent::Veto, of.roles, &facts)?;
    let mut vetoes = of.evaluation.vetoes.clone();
    let graded = of.evaluation.grade.is_some();
    vetoes.0.push(veto);
    spend(tx, &mut of, step, |c| {
        use evaluation::Column as C;
        let c = c.set(C::Vetoes, vetoes).because(Some(reason));
        match graded {
            true => c
                .set(C::Grade, ProjectGrade::Fail.as_str())
                .set(C::Draft, None::<ResultDraft>),
            false => c,
        }
    })
    .await?;
    get_again(tx, key).await
}

/// The district does not confirm it.
///
/// # Errors
/// `same_person` for who proposed it; `invalid` without a reason.
pub(crate) async fn dismiss(tx: &Tx, key: &Key, input: ReasonIn) -> Result<VetoFindingOut, Error> {
    let reason = faults::reason(&input.reason)?;
    let case = decided(tx, key, VetoEvent::Dismiss, reason).await?;
    show(tx, &case).await
}

async fn decided(
    tx: &Tx,
    key: &Key,
    event: VetoEvent,
    reason: String,
) -> Result<FindingCase, Error> {
    act(tx, key, event, |c| {
        c.set(finding::Column::Decision, reason.clone())
            .because(Some(reason))
    })
    .await
}

async fn get_again(tx: &Tx, key: &Key) -> Result<VetoFindingOut, Error> {
    show(tx, &store::load(tx, key).await?).await
}
