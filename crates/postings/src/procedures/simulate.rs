//! The rehearsal of a posting: its whole calendar and everything that would keep it from being published.

use super::course::{self, Leg};
use super::model::{Finding, SimulateIn, SimulatedDeadline, SimulationOut, SpecialDay};
use super::{Error, Key, Read, View, code_of};
use crate::service::checking::{self, Draft};
use crate::service::types;
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeSet;
use wubang_kernel::calendar::WorkCalendar;
use wubang_kernel::deadline::local_date;
use wubang_kernel::{Code, Faults, Refusal};
use wubang_web::Instant;

/// The calendar and the problems of a draft. Nothing is stored and nobody is told.
///
/// # Errors
/// `not_found` for an unknown type; `invalid` when the draft is of another type.
pub async fn simulate(view: &View, key: &Key, input: SimulateIn) -> Result<SimulationOut, Error> {
    let code = code_of(key)?;
    let draft = Draft::from(input.draft);
    if draft.kind != code {
        return Err(Refusal::new(Code::Invalid)
            .field(
                "/draft/type",
                "mismatch",
                "与路径中的类型不一致",
                "is not the type in the path",
            )
            .into());
    }
    let mut faults = Faults::new();
    let checked = checking::check(view, &draft, input.posting_id, &mut faults).await?;
    checking::check_caps(view, &draft, &checked, &mut faults).await?;
    types::check_split(view, &checked, &draft.field, input.posting_id, &mut faults).await?;
    let now = view.now();
    let published = draft.publish_at.unwrap_or(now).max(now);
    let legs = course::course(
        view.calendar(),
        &checked.procedure,
        now,
        published,
        (draft.content.starts_on, draft.content.ends_on),
    );
    let mut warnings: Vec<Finding> = checked.findings.iter().map(Finding::from).collect();
    warnings.extend(late_start(&legs, draft.content.starts_on));
    let problems: Vec<Finding> = faults
        .into_fields()
        .into_iter()
        .map(Finding::from)
        .collect();
    let last = legs.iter().map(|leg| local_date(leg.deadline.at)).max();
    Ok(SimulationOut {
        publishable: problems.is_empty(),
        problems,
        warnings,
        special_days: special_days(
            view.calendar(),
            local_date(now),
            last.unwrap_or(local_date(now)),
        ),
        unloaded_years: unloaded(view.calendar(), &legs),
        calendar: shown(legs),
        procedure: checked.procedure,
    })
}

/// The service should not begin before the agreement can be signed at the latest.
fn late_start(legs: &[Leg], starts_on: NaiveDate) -> Option<Finding> {
    let signing = legs
        .iter()
        .find(|leg| leg.timer == wubang_kernel::Timer::T17)?;
    let last = local_date(signing.deadline.at);
    (starts_on <= last).then(|| Finding {
        pointer: "/content/starts_on".to_owned(),
        code: "before_signing".to_owned(),
        zh: format!("服务开始日早于最晚签约日 {last}"),
        en: format!("the service starts before the last day of signing, {last}"),
    })
}

fn shown(mut legs: Vec<Leg>) -> Vec<SimulatedDeadline> {
    legs.sort_by_key(|leg| leg.deadline.at);
    let one = |leg: Leg| SimulatedDeadline {
        timer: leg.timer,
        number: leg.timer.number(),
        zh: leg.timer.zh().to_owned(),
        starts_at: Instant(leg.starts_at),
        at: Instant(leg.deadline.at),
        rule: leg.deadline.rule,
        provisional: leg.deadline.provisional,
    };
    legs.into_iter().map(one).collect()
}

fn years(from: NaiveDate, to: NaiveDate) -> BTreeSet<i32> {
    // the December days of a year can be changed by the next year's notice
    (from.year()..=to.year() + 1).collect()
}

fn special_days(calendar: &WorkCalendar, from: NaiveDate, to: NaiveDate) -> Vec<SpecialDay> {
    let mut days = Vec::new();
    for year in years(from, to)
        .into_iter()
        .filter_map(|year| calendar.year(year))
    {
        days.extend(year.off_days.iter().map(|on| SpecialDay {
            on: *on,
            kind: "off",
        }));
        days.extend(year.work_days.iter().map(|on| SpecialDay {
            on: *on,
            kind: "work",
        }));
    }
    days.retain(|day| (from..=to).contains(&day.on));
    days.sort_by_key(|day| (day.on, day.kind));
    days.dedup();
    days
}

fn unloaded(calendar: &WorkCalendar, legs: &[Leg]) -> Vec<i32> {
    let days = legs
        .iter()
        .flat_map(|leg| [local_date(leg.starts_at), local_date(leg.deadline.at)]);
    let years: BTreeSet<i32> = days.map(|day| day.year()).collect();
    years
        .into_iter()
        .filter(|year| !calendar.is_loaded(*year))
        .collect()
}
