//! Drafting a campaign and changing the draft.

use super::form::Form;
use super::model::{CampaignCommunity, CampaignIn, CampaignOut, CampaignPatch};
use super::service::{load_for, out, shown};
use super::store;
use crate::entity::campaign;
use crate::flow::Campaign;
use chrono::NaiveDate;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use std::collections::HashSet;
use wubang_kernel::actor::Reach;
use wubang_kernel::deadline::local_date;
use wubang_kernel::division::{DivisionCode, Level};
use wubang_kernel::machine;
use wubang_kernel::{Code, Faults, Role};
use wubang_store::commit::edit;
use wubang_store::{Error, Key, Read, Tx, birth, numbers};

/// Longest period in days.
const LONGEST: i64 = 180;

/// What a campaign says, checked.
struct Content {
    title: String,
    purpose: String,
    form: Form,
}

async fn check(
    tx: &Tx,
    division: Option<&DivisionCode>,
    input: &CampaignIn,
    faults: &mut Faults,
) -> Result<Content, Error> {
    let title = faults.line("/title", &input.title, 5..=60);
    let purpose = faults.prose("/purpose", &input.purpose, 10..=1000);
    check_period(tx, input.starts_on, input.ends_on, faults);
    check_communities(tx, division, &input.communities, faults).await?;
    let form = Form::check(&input.questions, faults);
    Ok(Content {
        title,
        purpose,
        form,
    })
}

fn check_period(tx: &Tx, starts_on: NaiveDate, ends_on: NaiveDate, faults: &mut Faults) {
    if starts_on < local_date(tx.now()) {
        faults.add(
            "/starts_on",
            "out_of_range",
            "不能早于今日",
            "must not lie in the past",
        );
    } else if !tx.calendar().is_working_day(starts_on) {
        faults.add(
            "/starts_on",
            "not_a_working_day",
            "须为工作日",
            "must be a working day",
        );
    }
    if !(0..LONGEST).contains(&(ends_on - starts_on).num_days()) {
        faults.add(
            "/ends_on",
            "out_of_range",
            format!("须在首日及其后 {LONGEST} 日之内"),
            format!("must be the first day or one of the {LONGEST} days from it"),
        );
    }
}

async fn check_communities(
    tx: &Tx,
    division: Option<&DivisionCode>,
    communities: &[CampaignCommunity],
    faults: &mut Faults,
) -> Result<(), Error> {
    faults.count("/communities", communities.len(), 1..=200);
    let mut codes = Vec::new();
    for (i, one) in communities.iter().take(200).enumerate() {
        faults.number(&format!("/communities/{i}/target"), one.target, 1..=100_000);
        let pointer = format!("/communities/{i}/community");
        if let Some(code) = faults.division(&pointer, &one.community) {
            codes.push((pointer, code));
        }
    }
    let all: Vec<DivisionCode> = codes.iter().map(|(_, code)| *code).collect();
    let known = wubang_registry::names_of(tx, &all).await?;
    let mut seen = HashSet::new();
    for (pointer, code) in codes {
        let inside = division.is_none_or(|division| division.contains(&code));
        if code.level() != Level::Community || !known.contains_key(&code) || !inside {
            faults.add(
                pointer,
                "unknown_value",
                "摸排区划内没有这个社区",
                "the division has no such community",
            );
        } else if !seen.insert(code) {
            faults.add(pointer, "duplicate", "重复", "is there twice");
        }
    }
    Ok(())
}

/// A street or the district drafts a campaign for communities below it.
///
/// # Errors
/// `invalid` with every wrong field; `forbidden` outside one's own territory.
pub async fn draft(tx: &Tx, input: CampaignIn) -> Result<CampaignOut, Error> {
    let mut faults = Faults::new();
    let division = faults.division("/division", &input.division);
    let content = check(tx, division.as_ref(), &input, &mut faults).await?;
    faults.finish()?;
    let division = division.ok_or(Code::Internal)?;
    let made = machine::create::<Campaign>(tx.actor().roles(&Reach::at(division)))?;
    let year = local_date(tx.now()).format("%Y");
    let series = format!("MP-{}-{year}", division.district6());
    let number = format!("{series}-{:04}", numbers::next(tx, &series).await?);
    let row = campaign::ActiveModel {
        id: Set(tx.new_id()),
        number: Set(number),
        division: Set(division.as_str().to_owned()),
        title: Set(content.title),
        purpose: Set(content.purpose),
        starts_on: Set(input.starts_on),
        ends_on: Set(input.ends_on),
        public: Set(input.public),
        form: Set(content.form),
        summary: Set(None),
        reason: Set(None),
        created_by: Set(tx.person()?),
        state: Set("draft".to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let row = birth::<campaign::Entity, _>(tx, made, row, None).await?;
    store::put_communities(tx, row.id, &input.communities).await?;
    let case = store::load(tx, &Key::Id(row.id)).await?;
    out(tx, case).await
}

/// Who runs the campaign changes its draft.
///
/// # Errors
/// `invalid_transition` once it is announced; `invalid` with every wrong field.
pub async fn amend(tx: &Tx, key: &Key, patch: CampaignPatch) -> Result<CampaignOut, Error> {
    let mut case = load_for(tx, key).await?;
    let role = case
        .roles
        .first_of(&[Role::StreetOfficer, Role::DistrictAdmin])
        .ok_or(Code::Forbidden)?;
    if case.campaign.state != "draft" {
        return Err(Code::InvalidTransition.into());
    }
    let old = case.campaign.clone();
    let communities = case.communities.iter().map(shown).collect();
    let next = CampaignIn {
        division: old.division.clone(),
        title: patch.title.unwrap_or(old.title),
        purpose: patch.purpose.unwrap_or(old.purpose),
        starts_on: patch.starts_on.unwrap_or(old.starts_on),
        ends_on: patch.ends_on.unwrap_or(old.ends_on),
        public: patch.public.unwrap_or(old.public),
        communities: patch.communities.unwrap_or(communities),
        questions: patch.questions.unwrap_or(old.form.0),
    };
    let mut faults = Faults::new();
    let division = store::code(&old.division)?;
    let content = check(tx, Some(&division), &next, &mut faults).await?;
    faults.finish()?;
    case.campaign = edit::<campaign::Entity>(
        tx,
        &case.campaign,
        "opinion_survey_campaign.amended",
        role,
        |update| {
            update
                .col_expr(campaign::Column::Title, Expr::value(content.title))
                .col_expr(campaign::Column::Purpose, Expr::value(content.purpose))
                .col_expr(campaign::Column::StartsOn, Expr::value(next.starts_on))
                .col_expr(campaign::Column::EndsOn, Expr::value(next.ends_on))
                .col_expr(campaign::Column::Public, Expr::value(next.public))
                .col_expr(campaign::Column::Form, Expr::value(content.form))
        },
        None,
    )
    .await?;
    case.communities = store::put_communities(tx, case.campaign.id, &next.communities).await?;
    out(tx, case).await
}
