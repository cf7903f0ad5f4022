//! What can be done with a survey: open, hand out codes, answer, count paper, close.

use super::model::{
    CloseSurveyIn, IssueCodesIn, OpenSurveyIn, PaperCountsIn, PublicSurveyOut, ServedCommunity,
    SurveyAnswerIn, SurveyAnswerOut, SurveyCodesOut, SurveyPlan, SurveyPlanOut, SurveyStep,
    SurveyTextList, SurveyTextOut,
};
use super::{rules, secret, store};
use crate::entity::evaluation;
use crate::flow::EvaluationEvent;
use crate::model::EvaluationOut;
use crate::out;
use crate::scoring::{RESIDENTS, SurveyCounts};
use crate::service::{load_for, planned, spend};
use crate::store::Case;
use std::collections::HashMap;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::deadline::{end_of_day, is_over, local_date};
use wubang_kernel::division::DivisionCode;
use wubang_kernel::machine::Step;
use wubang_kernel::{Actor, Code, Faults, Refusal, Role, personal};
use wubang_store::{Error, Key, Read, Tx, View};
use wubang_web::{ListQuery, warnings};

/// What residents are asked (rulebook 2.4.5).
const QUESTION: &str = "您对这个项目的实施情况总体是否满意?";
/// What residents are told about their answer.
const NOTICE: &str = "匿名作答,每人一次。系统只累加各档的份数,不保存是谁作的回答;作答记录使用的密钥在调查结束时销毁。请不要在文字中写姓名、电话等个人信息。";
/// Most letters of a text.
const TEXT: usize = 500;

async fn decided(
    tx: &Tx,
    key: &Key,
    event: EvaluationEvent,
) -> Result<(Case, Step<crate::flow::Evaluation>), Error> {
    let case = load_for(tx, key).await?;
    let facts = out::facts(tx, &case).await?;
    let step = planned(&case, event, case.roles, &facts)?;
    Ok((case, step))
}

fn plan_of(case: &Case) -> Result<SurveyPlan, Error> {
    let plan = case.evaluation.survey_plan.clone();
    Ok(plan.ok_or(Code::SurveyMissing)?)
}

fn purpose(id: Uuid) -> String {
    format!("survey {id}")
}

fn key_of(read: &impl Read, row: &evaluation::Model) -> Result<Option<String>, Error> {
    let Some(locked) = &row.survey_key else {
        return Ok(None);
    };
    let key = read.vault().unlock(&purpose(row.id), locked)?;
    let key = String::from_utf8(key.to_vec())
        .map_err(|_| Error::internal("the key of a survey is no text"))?;
    Ok(Some(key))
}

/// Who organises opens the survey of the residents of the communities that were served.
///
/// # Errors
/// `duplicate` the second time; `invalid` with every wrong field.
pub async fn open(tx: &Tx, key: &Key, input: OpenSurveyIn) -> Result<EvaluationOut, Error> {
    let (mut case, step) = decided(tx, key, EvaluationEvent::OpenSurvey).await?;
    let (today, mut faults) = (local_date(tx.now()), Faults::new());
    faults.number(
        "/registered_beneficiaries",
        input.registered_beneficiaries,
        1..=1_000_000,
    );
    rules::check_last_day(input.ends_on, today, &mut faults);
    faults.finish()?;
    let contract = wubang_contracts::service::find(tx, case.evaluation.contract_id).await?;
    let mut communities = contract.content.communities;
    if communities.is_empty() {
        communities.push(case.evaluation.division.clone());
    }
    let plan = SurveyPlan {
        registered_beneficiaries: input.registered_beneficiaries,
        opened_on: today,
        ends_on: input.ends_on,
        communities,
        codes_issued: 0,
        paper: None,
    };
    let locked = tx
        .vault()
        .lock(&purpose(case.evaluation.id), secret::key().as_bytes())?;
    let data = serde_json::json!({ "ends_on": plan.ends_on, "registered_beneficiaries": plan.registered_beneficiaries });
    spend(tx, &mut case, step, |c| {
        c.set(evaluation::Column::SurveyPlan, plan)
            .set(evaluation::Column::SurveyKey, locked)
            .data(data.clone())
            .facts(data)
    })
    .await?;
    out::evaluation(tx, &case).await
}

/// Who organises makes one-time codes for people without an account. They are shown this once.
///
/// # Errors
/// `survey_missing` before the survey is open, `duplicate` after it is closed; `invalid` for a community that was not
/// served, and beyond the number of people who were.
pub async fn issue_codes(tx: &Tx, key: &Key, input: IssueCodesIn) -> Result<SurveyCodesOut, Error> {
    let (mut case, step) = decided(tx, key, EvaluationEvent::IssueCodes).await?;
    let mut plan = plan_of(&case)?;
    let mut faults = Faults::new();
    if !plan.communities.contains(&input.community) {
        unknown_community("/community", &mut faults);
    }
    let left = plan.registered_beneficiaries - plan.codes_issued;
    faults.number("/count", input.count, 1..=left.clamp(1, 500));
    if left < 1 {
        faults.add(
            "/count",
            "out_of_range",
            "已按登记的服务对象人数发足",
            "as many as were served have been handed out",
        );
    }
    faults.finish()?;
    let id = case.evaluation.id;
    let secret_key =
        key_of(tx, &case.evaluation)?.ok_or_else(|| Error::internal("an open survey, no key"))?;
    let codes: Vec<String> = (0..input.count).map(|_| secret::code()).collect();
    let marks = codes
        .iter()
        .map(|code| secret::mark_of_code(&secret_key, code));
    store::insert_codes(tx, id, &input.community, marks.collect()).await?;
    plan.codes_issued = plan.codes_issued.saturating_add(input.count);
    let codes_issued = plan.codes_issued;
    let data = serde_json::json!({ "community": input.community, "count": input.count });
    spend(tx, &mut case, step, |c| {
        c.set(evaluation::Column::SurveyPlan, plan).data(data)
    })
    .await?;
    Ok(SurveyCodesOut {
        evaluation_id: id,
        community: input.community,
        codes,
        codes_issued,
    })
}

fn unknown_community(at: &str, faults: &mut Faults) {
    faults.add(
        at,
        "unknown_value",
        "不是本项目服务的社区",
        "is no community that was served",
    );
}

/// Who organises enters the answers on paper, counted; what was entered before is replaced.
///
/// # Errors
/// As [`issue_codes`]; `invalid` with every wrong field.
pub async fn count_paper(tx: &Tx, key: &Key, input: PaperCountsIn) -> Result<EvaluationOut, Error> {
    let (mut case, step) = decided(tx, key, EvaluationEvent::CountPaper).await?;
    let mut plan = plan_of(&case)?;
    let mut faults = Faults::new();
    let paper = rules::check_paper(&input, "", &mut faults);
    faults.finish()?;
    let data = serde_json::to_value(&paper)?;
    plan.paper = Some(paper);
    spend(tx, &mut case, step, |c| {
        c.set(evaluation::Column::SurveyPlan, plan).data(data)
    })
    .await?;
    out::evaluation(tx, &case).await
}

/// Who organises closes the survey: the counts are those of the record and of the paper answers. The key by which one
/// could tell who has answered is destroyed, with the marks, the codes and the counts by community.
///
/// # Errors
/// `survey_missing` before it is open, and without any answer where the survey alone is the residents' score; `invalid`
/// when too few answers or an early end are not explained; `duplicate` the second time.
pub async fn close(tx: &Tx, key: &Key, input: CloseSurveyIn) -> Result<EvaluationOut, Error> {
    let (mut case, step) = decided(tx, key, EvaluationEvent::CloseSurvey).await?;
    let plan = plan_of(&case)?;
    let id = case.evaluation.id;
    store::hold(tx, id).await?;
    let tallies = store::tallies(tx, id).await?;
    let early = !is_over(end_of_day(plan.ends_on), tx.now());
    let rule = &case.evaluation.rule.0;
    let result = rules::close(
        (rule, representatives(&case)),
        &plan,
        &tallies,
        &input,
        early,
    )?;
    let counted = result.uncounted == 0;
    store::forget(tx, (id, case.evaluation.round), counted).await?;
    let data = serde_json::to_value(rules::show(&result))?;
    spend(tx, &mut case, step, |c| {
        c.set(evaluation::Column::Survey, result)
            .set(evaluation::Column::SurveyKey, None::<String>)
            .data(data)
    })
    .await?;
    out::evaluation(tx, &case).await
}

/// How many represent the residents: the seats of the panel, or the fewest that it will have.
fn representatives(case: &Case) -> usize {
    let rule = case.evaluation.rule.0.party(RESIDENTS);
    let fewest = rule.map_or(0, |party| party.minimum);
    let seated = case.panel.as_ref().map_or(0, |panel| {
        let residents = panel.active().filter(|member| member.party == RESIDENTS);
        residents.count()
    });
    fewest.max(seated)
}

/// A resident answers, once: with a code, or signed in as a resident of a community that was served. Runs without a
/// name; `asker` is looked at and not kept.
///
/// # Errors
/// `not_found` without an open survey, and for a code that is wrong, used or over; `unauthenticated` without code and
/// name; `forbidden` for who is no resident there; `recused` for the contractor's people; `duplicate` the second time;
/// `deadline_passed` after the last day; `invalid_transition` after the closing; `invalid` with every wrong field.
pub async fn answer(
    tx: &Tx,
    key: &Key,
    asker: &Actor,
    input: SurveyAnswerIn,
) -> Result<SurveyAnswerOut, Error> {
    let row = crate::store::find(tx, key).await?;
    tx.expect_version(row.version)?;
    // answers to one survey wait for each other: none may fall between the counting and the closing
    let row = store::hold(tx, row.id).await?;
    let plan = row.survey_plan.clone().ok_or(Code::NotFound)?;
    let secret_key = key_of(tx, &row)?;
    let community = match &input.code {
        Some(code) => {
            let mark = secret_key
                .as_deref()
                .map(|key| secret::mark_of_code(key, code))
                .ok_or(Code::NotFound)?;
            let community = store::community_of(tx, row.id, &mark).await?;
            let community = community.ok_or(Code::NotFound)?;
            let words = checked(&plan, &input, tx, input.community.is_some())?;
            if !store::use_up(tx, row.id, &mark).await? {
                return Err(Code::NotFound.into());
            }
            return keep(tx, &row, (&community, input.answer), words).await;
        }
        None => resident_of(asker, &plan, &input)?,
    };
    let person = asker.person.ok_or(Code::Unauthenticated)?;
    let secret_key = secret_key.ok_or(Code::InvalidTransition)?;
    let words = checked(&plan, &input, tx, false)?;
    let contractor = [row.organisation_id];
    let tied = wubang_panels::service::conflicted(tx, &[person], &contractor).await?;
    if !tied.is_empty() {
        return Err(Code::Recused.into());
    }
    if !store::mark(tx, row.id, secret::mark_of_person(&secret_key, person)).await? {
        return Err(Code::Duplicate.into());
    }
    keep(tx, &row, (&community, input.answer), words).await
}

/// The text of an answer, masked, with what was masked.
type Words = (Option<String>, Vec<wubang_web::WarningOut>);

fn checked(
    plan: &SurveyPlan,
    input: &SurveyAnswerIn,
    tx: &Tx,
    twice: bool,
) -> Result<Words, Refusal> {
    let mut faults = Faults::new();
    if twice {
        faults.add(
            "/community",
            "not_allowed",
            "凭码作答不填社区",
            "goes with the code",
        );
    }
    let words = input.text.as_deref().map(|text| {
        personal::refuse_identity_numbers("/text", text, &mut faults);
        faults.prose("/text", text, 1..=TEXT)
    });
    faults.finish()?;
    if is_over(end_of_day(plan.ends_on), tx.now()) {
        return Err(Code::DeadlinePassed.into());
    }
    let masked = words
        .as_deref()
        .map(|text| warnings::of(&[("/text", text)]))
        .unwrap_or_default();
    Ok((words.map(|text| personal::mask(&text)), masked))
}

async fn keep(
    tx: &Tx,
    row: &evaluation::Model,
    (community, step): (&str, SurveyStep),
    (words, masked): Words,
) -> Result<SurveyAnswerOut, Error> {
    store::count(tx, row.id, community, step).await?;
    if let Some(words) = words {
        store::insert_text(tx, (row.id, row.round), words).await?;
    }
    Ok(SurveyAnswerOut {
        evaluation: row.number.clone(),
        masked,
    })
}

/// The community that somebody signed in answers for.
fn resident_of(asker: &Actor, plan: &SurveyPlan, input: &SurveyAnswerIn) -> Result<String, Error> {
    asker.person.ok_or(Code::Unauthenticated)?;
    let mut own = Vec::new();
    for community in &plan.communities {
        if asker
            .roles(&Reach::at(code(community)?))
            .has(Role::ResidentRep)
        {
            own.push(community);
        }
    }
    let chosen = match (&input.community, own.as_slice()) {
        (_, []) => return Err(Code::Forbidden.into()),
        (None, [only]) => Some(*only),
        (None, _) => None,
        (Some(named), own) => own.iter().find(|one| **one == named).copied(),
    };
    let mut faults = Faults::new();
    match (&input.community, chosen) {
        (None, None) => faults.missing("/community"),
        (Some(_), None) => unknown_community("/community", &mut faults),
        (_, Some(_)) => {}
    }
    faults.finish()?;
    Ok(chosen.cloned().unwrap_or_default())
}

fn code(text: &str) -> Result<DivisionCode, Error> {
    DivisionCode::parse(text).map_err(|_| Error::internal("a survey in a bad division"))
}

/// The question, for everybody.
///
/// # Errors
/// `not_found` before it is open.
pub async fn get_public(view: &View, key: &Key) -> Result<PublicSurveyOut, Error> {
    let row = crate::store::find(view, key).await?;
    let plan = row.survey_plan.ok_or(Code::NotFound)?;
    let codes: Vec<DivisionCode> = plan
        .communities
        .iter()
        .map(|one| code(one))
        .collect::<Result<_, Error>>()?;
    let names: HashMap<String, String> = wubang_registry::names_of(view, &codes)
        .await?
        .into_iter()
        .map(|(code, name)| (code.as_str().to_owned(), name))
        .collect();
    let over = is_over(end_of_day(plan.ends_on), view.now());
    Ok(PublicSurveyOut {
        evaluation_id: row.id,
        number: row.number,
        title: row.title,
        organisation_name: row.organisation_name,
        question: QUESTION.to_owned(),
        answers: SurveyStep::ALL.to_vec(),
        communities: plan
            .communities
            .into_iter()
            .map(|code| ServedCommunity {
                name: names.get(&code).cloned().unwrap_or_default(),
                code,
            })
            .collect(),
        ends_on: plan.ends_on,
        open: row.survey_key.is_some() && !over,
        notice: NOTICE.to_owned(),
    })
}

/// What residents wrote, once the survey is closed and its answers count: for those who run or watch the evaluation, in
/// no order of time.
///
/// # Errors
/// `not_found` for strangers; `forbidden` for contractor and panel; `survey_missing` before the closing.
pub async fn texts(view: &View, key: &Key, query: &ListQuery) -> Result<SurveyTextList, Error> {
    let case = crate::store::load(view, key).await?;
    if !case.roles.any(out::RUNNERS) {
        return Err(Code::Forbidden.into());
    }
    let row = &case.evaluation;
    if row.survey.is_none() {
        return Err(Code::SurveyMissing.into());
    }
    let rows = store::texts(view, (row.id, row.round), query.page).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let items = rows
        .into_iter()
        .map(|row| SurveyTextOut { text: row.text })
        .collect();
    Ok(SurveyTextList { items, next })
}

/// A survey as those who run or watch the evaluation see it: how many have answered, not what.
///
/// # Errors
/// When the database fails.
pub(crate) async fn progress(
    read: &impl Read,
    case: &Case,
) -> Result<Option<SurveyPlanOut>, Error> {
    let row = &case.evaluation;
    let Some(plan) = &row.survey_plan else {
        return Ok(None);
    };
    let digital = match &row.survey {
        Some(result) => result.digital.answers(),
        None => {
            let tallies = store::tallies(read, row.id).await?;
            tallies.values().map(SurveyCounts::answers).sum()
        }
    };
    let paper = plan.paper.as_ref();
    Ok(Some(SurveyPlanOut {
        registered_beneficiaries: plan.registered_beneficiaries,
        opened_on: plan.opened_on,
        ends_on: plan.ends_on,
        communities: plan.communities.clone(),
        codes_issued: plan.codes_issued,
        digital_answers: digital,
        paper_answers: paper.map_or(0, |paper| paper.counts.answers()),
        minimum: rules::minimum(
            &row.rule.0,
            plan.registered_beneficiaries,
            representatives(case),
        ),
        closed: row.survey.is_some(),
    }))
}
