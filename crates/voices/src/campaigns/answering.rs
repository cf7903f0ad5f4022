//! Filling in the form, in the field or by residents themselves, and what comes out of it.

use super::form::{Answer, QuestionKind};
use super::model::{
    CampaignProgressOut, CampaignResultsOut, CommunityProgress, FilledFormIn, FilledFormOut,
    TextList, TextOut,
};
use super::results::{self, FEWEST};
use super::service::find_public;
use super::store::{self, Case};
use crate::address::{self, Budget};
use crate::entity::campaign_answer;
use sea_orm::ActiveValue::Set;
use std::collections::HashMap;
use wubang_kernel::deadline::{end_of_day, is_over};
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Faults, Refusal, Role, RoleSet};
use wubang_store::{Error, Key, Read, Tx, View};
use wubang_web::{Instant, ListQuery};

/// Roles in a community that see its whole result.
const WHOLE: &[Role] = &[Role::StreetOfficer, Role::DistrictAdmin];
/// Roles in a community that see its result with small counts hidden.
const HIDDEN: &[Role] = &[
    Role::CommunitySecretary,
    Role::DepartmentOfficer,
    Role::Supervisor,
];

/// Somebody of the community fills in the form with a resident (入户填写).
///
/// # Errors
/// `invalid` with every wrong answer; `forbidden` outside one's own community; `invalid_transition`
/// unless the campaign is open; `deadline_passed` after its last day.
pub async fn answer(tx: &Tx, key: &Key, input: FilledFormIn) -> Result<FilledFormOut, Error> {
    let case = store::load(tx, key).await?;
    tx.expect_version(case.campaign.version)?;
    let known = case
        .communities
        .iter()
        .any(|row| row.community == input.community);
    if known && !store::roles_at(tx, &input.community)?.any(store::FIELD) {
        return Err(Code::Forbidden.into());
    }
    keep(tx, &case, input, "interviewer", None).await
}

/// A resident fills in the form himself. `address` is where it comes from.
///
/// # Errors
/// `not_found` unless the campaign is public and open; `too_many_requests` beyond the budget of the day;
/// `invalid` with every wrong answer.
pub async fn answer_public(
    tx: &Tx,
    key: &Key,
    address: &str,
    budget: Budget,
    input: FilledFormIn,
) -> Result<FilledFormOut, Error> {
    let case = find_public(tx, key).await?;
    tx.expect_version(case.campaign.version)?;
    let sender = address::sender(tx, address).await?;
    let (own, all) = store::used(tx, &sender.known, &input.community, sender.midnight).await?;
    if own >= u64::from(budget.per_address) || all >= u64::from(budget.per_community) {
        return Err(Refusal::new(Code::TooManyRequests)
            .because("今日填写次数已用完,请明日再来", "no more today")
            .into());
    }
    keep(tx, &case, input, "public", Some(sender.today)).await
}

async fn keep(
    tx: &Tx,
    case: &Case,
    input: FilledFormIn,
    channel: &str,
    address_hash: Option<String>,
) -> Result<FilledFormOut, Error> {
    let campaign = &case.campaign;
    let mut faults = Faults::new();
    if !case
        .communities
        .iter()
        .any(|row| row.community == input.community)
    {
        faults.add(
            "/community",
            "unknown_value",
            "本次摸排不含这个社区",
            "the campaign has no such community",
        );
    }
    let (answers, masked) = campaign.form.read(&input.answers, &mut faults);
    faults.finish()?;
    if is_over(end_of_day(campaign.ends_on), tx.now()) {
        return Err(Code::DeadlinePassed.into());
    }
    if campaign.state != "open" {
        return Err(Code::InvalidTransition.into());
    }
    let cells = campaign.form.cells(&answers);
    let row = campaign_answer::ActiveModel {
        id: Set(tx.new_id()),
        campaign_id: Set(campaign.id),
        community: Set(input.community.clone()),
        channel: Set(channel.to_owned()),
        answers: Set(answers),
        address_hash: Set(address_hash),
        created_at: Set(tx.now()),
    };
    store::insert_answer(tx, row, (campaign.id, &input.community), cells).await?;
    Ok(FilledFormOut {
        campaign: campaign.number.clone(),
        community: input.community,
        masked,
        received_at: Instant(tx.now()),
    })
}

/// The communities of a campaign in which the viewer holds one of the roles.
fn visible(
    read: &impl Read,
    case: &Case,
    roles: &[Role],
) -> Result<Vec<(String, i64, RoleSet)>, Error> {
    let mut all = Vec::new();
    for row in &case.communities {
        let held = store::roles_at(read, &row.community)?;
        if held.any(roles) {
            all.push((row.community.clone(), row.target, held));
        }
    }
    if all.is_empty() {
        return Err(Code::Forbidden.into());
    }
    Ok(all)
}

/// How far the campaign is in the viewer's communities.
///
/// # Errors
/// `not_found` for strangers.
pub async fn progress(view: &View, key: &Key) -> Result<CampaignProgressOut, Error> {
    let case = store::load(view, key).await?;
    let roles: Vec<Role> = [WHOLE, HIDDEN, store::FIELD].concat();
    let rows = visible(view, &case, &roles)?;
    let answers = store::answers(view, case.campaign.id).await?;
    let codes: Vec<DivisionCode> = rows
        .iter()
        .map(|(community, _, _)| store::code(community))
        .collect::<Result<_, Error>>()?;
    let names: HashMap<String, String> = wubang_registry::names_of(view, &codes)
        .await?
        .into_iter()
        .map(|(code, name)| (code.as_str().to_owned(), name))
        .collect();
    let communities: Vec<CommunityProgress> = rows
        .into_iter()
        .map(|(community, target, _)| {
            let got = answers.get(&community).copied().unwrap_or_default();
            CommunityProgress {
                name: names.get(&community).cloned().unwrap_or_default(),
                community,
                target,
                answers: got,
                missing: (target - got).max(0),
            }
        })
        .collect();
    Ok(CampaignProgressOut {
        id: case.campaign.id,
        number: case.campaign.number,
        target: communities.iter().map(|row| row.target).sum(),
        answers: communities.iter().map(|row| row.answers).sum(),
        communities,
    })
}

/// What was answered in the viewer's communities: whole for the street and the district, with small
/// counts hidden for everybody else.
///
/// # Errors
/// `not_found` for strangers; `forbidden` for who only fills in forms.
pub async fn results(view: &View, key: &Key) -> Result<CampaignResultsOut, Error> {
    let case = store::load(view, key).await?;
    let rows = visible(view, &case, &[WHOLE, HIDDEN].concat())?;
    let counts = store::counts(view, case.campaign.id).await?;
    let form = &case.campaign.form;
    let none = results::Counts::new();
    let of = |community: &str| counts.get(community).unwrap_or(&none);
    let whole =
        rows.len() == case.communities.len() && rows.iter().all(|(_, _, held)| held.any(WHOLE));
    let overall = whole.then(|| {
        let sum = results::sum(counts.values());
        results::of(None, form, &sum, true)
    });
    Ok(CampaignResultsOut {
        id: case.campaign.id,
        fewest: FEWEST,
        communities: rows
            .iter()
            .map(|(community, _, held)| {
                results::of(Some(community), form, of(community), held.any(WHOLE))
            })
            .collect(),
        overall,
        number: case.campaign.number,
    })
}

/// The short texts written to one question, for who sees the whole result: each alone, so that nobody
/// reads what else its writer answered.
///
/// # Errors
/// `not_found` for strangers; `forbidden` for who sees no whole result; `invalid` for a question that is
/// none or wants no text.
pub async fn texts(view: &View, key: &Key, query: &ListQuery) -> Result<TextList, Error> {
    let case = store::load(view, key).await?;
    let rows = visible(view, &case, WHOLE)?;
    let name = query.one("question").unwrap_or_default();
    let question = case.campaign.form.question(name);
    if !question.is_some_and(|question| question.kind == QuestionKind::ShortText) {
        return Err(Refusal::new(Code::Invalid)
            .field(
                "?question",
                "unknown_value",
                "须为简答题的代码",
                "must be the key of a question that wants a text",
            )
            .into());
    }
    let communities: Vec<String> = rows.into_iter().map(|(code, _, _)| code).collect();
    let forms = store::forms(view, case.campaign.id, &communities, query.page).await?;
    let (forms, next) = wubang_web::query::cut(forms, query.page, |form| form.id);
    let items = forms
        .into_iter()
        .filter_map(|mut form| match form.answers.0.remove(name)? {
            Answer::Text(text) => Some(TextOut {
                community: form.community,
                text,
            }),
            Answer::Number(_) | Answer::Choices(_) => None,
        })
        .collect();
    Ok(TextList { items, next })
}
