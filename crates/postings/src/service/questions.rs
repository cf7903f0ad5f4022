//! Questions about an open posting and their answers (澄清, rulebook 2.4.2): the answer is for
//! everybody, the asker is never shown.

use super::{load_for, timer_of};
use crate::entity::{posting, question};
use crate::flow::{Question, QuestionEvent, QuestionGuard};
use crate::model::{AnswerIn, QuestionIn, QuestionList, QuestionOut};
use crate::store::questions::{self as rows, ASKERS, QuestionCase};
use crate::store::{self};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::deadline::is_over;
use wubang_kernel::machine::{self, Audience, Facts, Name, plan};
use wubang_kernel::{Code, Faults, Refusal, Role, RoleSet, Timer};
use wubang_store::outbox::{self, Notice};
use wubang_store::trace::About;
use wubang_store::{Error, Key, Read, Tracked, Tx, View, birth, commit, state_of, timers};
use wubang_web::actions::{self, ActionsOut};
use wubang_web::{DeadlineOut, Instant, ListQuery};

/// Questions that one organisation may ask about one posting: more is a campaign, not a question.
const QUESTIONS_PER_ORGANISATION: u64 = 20;

/// What is known when an answer is given.
struct QuestionFacts {
    suspended: bool,
    open: bool,
}

impl QuestionFacts {
    /// Answers are given until the bid deadline: later they could not reach a bid any more.
    fn of(read: &impl Read, posting: &posting::Model) -> Self {
        let over = posting
            .bid_deadline
            .is_none_or(|at| is_over(at, read.now()));
        QuestionFacts {
            suspended: posting.state == "suspended",
            open: posting.state == "open" && !over,
        }
    }
}

impl Facts<Question> for QuestionFacts {
    fn check(&self, guard: QuestionGuard) -> Result<(), Refusal> {
        let holds = match guard {
            QuestionGuard::Proceeding => !self.suspended,
            QuestionGuard::BeforeDeadline => self.open,
        };
        if holds {
            Ok(())
        } else {
            Err(guard.code().into())
        }
    }
}

/// The organisation that asks: the one named, or the only one whose people the asker is.
fn asking(tx: &Tx, named: Option<Uuid>) -> Result<Uuid, Error> {
    let own: Vec<Uuid> = tx.actor().organisations(ASKERS).collect();
    match (named, own.as_slice()) {
        (Some(named), own) if own.contains(&named) => Ok(named),
        (None, [only]) => Ok(*only),
        (None, [_, _, ..]) => {
            let mut faults = Faults::new();
            faults.missing("/organisation_id");
            faults.finish()?;
            Err(Error::internal("a missing field was not refused"))
        }
        _ => Err(Code::Forbidden.into()),
    }
}

/// Asks about an open posting, until its question deadline (T10); the answer is due within T11.
///
/// # Errors
/// `forbidden` for who belongs to no organisation; `invalid_transition` when the posting is not open;
/// `posting_suspended`; `deadline_passed`; `cap_reached` after too many questions.
pub async fn ask(tx: &Tx, key: &Key, input: QuestionIn) -> Result<QuestionOut, Error> {
    let posting = load_for(tx, key).await?.posting;
    let organisation = asking(tx, input.organisation_id)?;
    let roles = tx.actor().roles(&Reach::of(organisation));
    let made = machine::create::<Question>(roles)?;
    match posting.state.as_str() {
        "open" => {}
        "suspended" => return Err(Code::PostingSuspended.into()),
        _ => return Err(Code::InvalidTransition.into()),
    }
    if posting
        .question_deadline
        .is_none_or(|at| is_over(at, tx.now()))
    {
        return Err(Code::DeadlinePassed.into());
    }
    let mut faults = Faults::new();
    let text = faults.prose("/text", &input.text, 5..=2000);
    faults.finish()?;
    let asked = rows::count_of(tx, posting.id, organisation).await?;
    if asked >= QUESTIONS_PER_ORGANISATION {
        return Err(Refusal::new(Code::CapReached)
            .because(
                format!("本组织已就本榜提问 {asked} 次"),
                format!("this organisation has asked {asked} questions about this posting"),
            )
            .into());
    }
    let row = question::ActiveModel {
        id: Set(tx.new_id()),
        posting_id: Set(posting.id),
        posting_number: Set(posting.number.clone()),
        project_id: Set(posting.project_id),
        division: Set(posting.division.clone()),
        organisation_id: Set(organisation),
        sequence: Set(i32::try_from(asked).unwrap_or(i32::MAX)),
        asked_by: Set(tx.person()?),
        text: Set(text),
        answer: Set(None),
        answered_by: Set(None),
        answered_at: Set(None),
        state: Set("asked".to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    // nothing of the text in the trace: it holds what anybody over the division may read
    let question = birth::<question::Entity, _>(tx, made, row, None).await?;
    let procedure = &posting.procedure.0;
    let due = tx.calendar().deadline(tx.now(), procedure.term(Timer::T11));
    timers::start(tx, &about(&question), &question.label(), Timer::T11, &due).await?;
    tell_answerers(tx, &question, &due.at.into()).await?;
    out(tx, QuestionCase { question, roles }, &posting).await
}

fn about(question: &question::Model) -> About<'_> {
    About {
        object: "posting_question",
        id: question.id,
        project_id: question.project_id(),
        division: &question.division,
        version: question.version,
    }
}

/// Those who answer hear that somebody asked; not who, and not what.
async fn tell_answerers(tx: &Tx, question: &question::Model, due: &Instant) -> Result<(), Error> {
    let notice = Notice {
        tell: vec![Audience::Street, Audience::Secretary],
        division: question.division.clone(),
        field: None,
        label: question.label(),
        organisations: Vec::new(),
        persons: Vec::new(),
        state: question.state.clone(),
        facts: serde_json::json!({ "due_at": due }),
    };
    outbox::tell(
        tx,
        "posting.question_asked",
        "posting_question",
        question.id,
        notice,
    )
    .await
}

/// Answers a question: question and answer are public from this moment.
///
/// # Errors
/// `posting_suspended`; `deadline_passed` after the bid deadline; `invalid` for an empty answer.
pub async fn answer(tx: &Tx, key: &Key, input: AnswerIn) -> Result<QuestionOut, Error> {
    let mut case = rows::load(tx, key).await?;
    tx.expect_version(case.question.version)?;
    let posting = store::find(tx, &Key::Id(case.question.posting_id)).await?;
    let planned = plan::<Question>(
        state_of::<Question>(&case.question.state)?,
        QuestionEvent::Answer,
        case.roles,
        &QuestionFacts::of(tx, &posting),
    )?;
    let mut faults = Faults::new();
    let text = faults.prose("/text", &input.text, 2..=5000);
    faults.finish()?;
    case.question = commit::<question::Entity>(tx, &case.question, planned)
        .set(question::Column::Answer, text)
        .set(question::Column::AnsweredBy, tx.person()?)
        .set(question::Column::AnsweredAt, tx.now())
        .run()
        .await?;
    out(tx, case, &posting).await
}

/// The bid deadline has passed, or the posting was withdrawn: what nobody has answered lapses, and the
/// asker is told.
///
/// # Errors
/// When the database fails.
pub(super) async fn lapse(tx: &Tx, posting: &posting::Model) -> Result<(), Error> {
    for question in rows::unanswered(tx, posting.id).await? {
        let planned = plan::<Question>(
            state_of::<Question>(&question.state)?,
            QuestionEvent::Lapse,
            RoleSet::of(&[Role::System]),
            &QuestionFacts::of(tx, posting),
        )?;
        commit::<question::Entity>(tx, &question, planned)
            .tell(vec![question.asked_by])
            .run()
            .await?;
    }
    Ok(())
}

/// Objects whose timers stand still with the posting: itself and its open questions.
pub(super) async fn clocks(tx: &Tx, posting: Uuid) -> Result<Vec<Uuid>, Error> {
    let open = rows::unanswered(tx, posting).await?;
    let ids = open.into_iter().map(|question| question.id);
    Ok(std::iter::once(posting).chain(ids).collect())
}

async fn out(
    read: &impl Read,
    case: QuestionCase,
    posting: &posting::Model,
) -> Result<QuestionOut, Error> {
    let running = timers::running(read, &[case.question.id]).await?;
    show(read, case, posting, running.into_iter().next())
}

fn show(
    read: &impl Read,
    case: QuestionCase,
    posting: &posting::Model,
    due: Option<wubang_store::entity::timers::Model>,
) -> Result<QuestionOut, Error> {
    let facts = QuestionFacts::of(read, posting);
    let QuestionCase { question, roles } = case;
    let state = state_of::<Question>(&question.state)?;
    let own = roles.any(ASKERS);
    Ok(QuestionOut {
        id: question.id,
        posting_id: question.posting_id,
        state,
        version: question.version,
        text: question.text,
        own,
        organisation_id: own.then_some(question.organisation_id),
        asked_at: Instant(question.created_at),
        answer: question.answer,
        answered_at: question.answered_at.map(Instant),
        deadlines: due.into_iter().map(DeadlineOut::from).collect(),
        allowed_actions: actions::of::<Question>(question.id, state, roles, &facts).allowed,
    })
}

/// A question for somebody who may see it: once answered everybody, before that the asking
/// organisation and those who answer.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn get_question(view: &View, key: &Key) -> Result<QuestionOut, Error> {
    let case = rows::load(view, key).await?;
    let posting = store::find(view, &Key::Id(case.question.posting_id)).await?;
    out(view, case, &posting).await
}

/// What the viewer may do with a question, and why not.
///
/// # Errors
/// `not_found`.
pub async fn get_question_actions(view: &View, key: &Key) -> Result<ActionsOut, Error> {
    let case = rows::load(view, key).await?;
    let posting = store::find(view, &Key::Id(case.question.posting_id)).await?;
    Ok(actions::of::<Question>(
        case.question.id,
        state_of::<Question>(&case.question.state)?,
        case.roles,
        &QuestionFacts::of(view, &posting),
    ))
}

/// The questions about a posting that the viewer may see, newest first.
///
/// # Errors
/// `not_found` for a posting that he may not see.
pub async fn list_questions(
    view: &View,
    key: &Key,
    query: &ListQuery,
) -> Result<QuestionList, Error> {
    let posting = store::load(view, key).await?.posting;
    let found = rows::list(view, query, &posting).await?;
    let (found, next) = wubang_web::query::cut(found, query.page, |row| row.id);
    let ids: Vec<Uuid> = found.iter().map(|row| row.id).collect();
    let mut running = timers::running(view, &ids).await?;
    let items = found
        .into_iter()
        .map(|question| {
            let due = timer_of(&mut running, question.id);
            let roles = rows::roles(view, &question)?;
            show(view, QuestionCase { question, roles }, &posting, due)
        })
        .collect::<Result<_, Error>>()?;
    Ok(QuestionList { items, next })
}

/// The posting that a question is about: for later stages that hear of its answer.
///
/// # Errors
/// `not_found`.
pub async fn posting_of_question(read: &impl Read, question: Uuid) -> Result<Uuid, Error> {
    Ok(rows::find(read, question).await?.posting_id)
}

/// Organisations that asked about a posting, each once: who is told of an answer, and nobody else may
/// learn it.
///
/// # Errors
/// When the database fails.
pub async fn askers(read: &impl Read, posting: Uuid) -> Result<Vec<Uuid>, Error> {
    rows::askers(read, posting).await
}
