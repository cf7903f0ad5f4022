//! What can be done with a spot check: plan, record, cancel; and the quota of a year.

use super::entity::spot_check;
use super::flow::{SpotCheck, SpotCheckEvent};
use super::model::{
    RecordSpotCheckIn, SpotCheckIn, SpotCheckList, SpotCheckOut, SpotCheckQuotaOut,
    SpotCheckSummary,
};
use super::rules::{self, SpotCheckFacts};
use crate::guidance::proposing as guidance;
use crate::rectification::proposing as rectification;
use crate::watched::{self, Case, OfContract, internal_text, made_of, of_contract, word};
use crate::words::{GuidanceTrigger, RectificationTrigger, SpotCheckFinding};
use chrono::{Datelike, NaiveDate};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use spot_check::Column as C;
use std::collections::HashSet;
use uuid::Uuid;
use wubang_contracts::supervising;
use wubang_kernel::deadline::local_date;
use wubang_kernel::{Code, Faults, Role, faults};
use wubang_store::{Error, Key, Read, Tx, View, birth};
use wubang_web::actions::ActionsOut;
use wubang_web::{ListQuery, ReasonIn};

type SpotCheckCase = Case<spot_check::Model>;
/// The value of a key that is free again.
const FREE: Option<String> = None;
/// Who reads the quota.
const OFFICERS: &[Role] = &[Role::StreetOfficer, Role::DistrictAdmin, Role::Supervisor];

fn finding_of(row: &spot_check::Model) -> Result<Option<SpotCheckFinding>, Error> {
    let finding = row.finding.as_deref();
    finding
        .map(|text| word(SpotCheckFinding::from_wire(text), "spot checks"))
        .transpose()
}

async fn facts(read: &impl Read, case: &SpotCheckCase) -> Result<SpotCheckFacts, Error> {
    let checks = case.roles.any(OFFICERS) && case.row.state == "planned";
    let tied = match read.actor().person.filter(|_| checks) {
        Some(person) => {
            let members: Vec<Uuid> = case.contract.members().collect();
            let tied = wubang_panels::service::conflicted(read, &[person], &members).await?;
            tied.contains(&person)
        }
        None => false,
    };
    let recused = tied || case.is_party();
    Ok(SpotCheckFacts { recused })
}

async fn out(read: &impl Read, case: SpotCheckCase) -> Result<SpotCheckOut, Error> {
    let facts = facts(read, &case).await?;
    let (state, deadlines, allowed_actions) =
        watched::shown::<spot_check::Entity>(read, &case, &facts).await?;
    let row = case.row;
    Ok(SpotCheckOut {
        state,
        year: row.year,
        planned_for: row.planned_for,
        finding: finding_of(&row)?,
        facts: row.facts.clone(),
        checked_on: row.checked_on,
        reason: row.reason.clone(),
        of: row.about(),
        deadlines,
        allowed_actions,
    })
}

/// A spot check for who may see its agreement; for the contractor once it was made.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn get(view: &View, key: &Key) -> Result<SpotCheckOut, Error> {
    let case = watched::load::<spot_check::Entity>(view, key).await?;
    out(view, case).await
}

/// What the viewer may do with a spot check, and why not the rest.
///
/// # Errors
/// `not_found`.
pub async fn get_actions(view: &View, key: &Key) -> Result<ActionsOut, Error> {
    let case = watched::load::<spot_check::Entity>(view, key).await?;
    let facts = facts(view, &case).await?;
    watched::choices::<spot_check::Entity>(&case, &facts)
}

/// Spot checks of the agreements that the viewer may see.
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub async fn list(view: &View, query: &ListQuery) -> Result<SpotCheckList, Error> {
    let words = [("finding", C::Finding)];
    let (rows, next) = watched::page::<spot_check::Entity>(view, query, &words).await?;
    let items = rows.into_iter().map(|row| {
        Ok(SpotCheckSummary {
            state: watched::state::<spot_check::Entity>(&row)?,
            year: row.year,
            finding: finding_of(&row)?,
            checked_on: row.checked_on,
            of: row.about(),
        })
    });
    let items = items.collect::<Result<_, Error>>()?;
    Ok(SpotCheckList { items, next })
}

/// District or street plans to look at an agreement.
///
/// # Errors
/// `not_found`, `forbidden`, `recused`; `invalid_transition` for an agreement that does not run; `invalid`;
/// `duplicate` while a check of the agreement is planned.
pub async fn plan(tx: &Tx, input: SpotCheckIn) -> Result<SpotCheckOut, Error> {
    let (contract, roles, made) = made_of::<SpotCheck>(tx, input.contract_id).await?;
    let (mut faults, today) = (Faults::new(), local_date(tx.now()));
    if input.planned_for.is_some_and(|day| day < today) {
        let (zh, en) = ("不能早于今天", "must not lie in the past");
        faults.add("/planned_for", "out_of_range", zh, en);
    }
    faults.finish()?;
    let key = contract.id.to_string();
    let open = spot_check::Entity::find()
        .filter(C::OpenKey.eq(key.as_str()))
        .one(&tx.db())
        .await?;
    if open.is_some() {
        return Err(Code::Duplicate.into());
    }
    let number = watched::number(tx, "CC", &contract).await?;
    let person = tx.person()?;
    let data = serde_json::json!({ "number": number, "planned_for": input.planned_for });
    let row = of_contract!(spot_check, tx, &contract, number, {
        year: today.year(),
        planned_for: input.planned_for,
        planned_by: person,
        finding: None,
        facts: None,
        checked_on: None,
        checked_by: None,
        open_key: Some(key),
        reason: None,
    });
    let row = birth::<spot_check::Entity, _>(tx, made, row, Some(data)).await?;
    let case = Case {
        row,
        contract,
        roles,
    };
    out(tx, case).await
}

/// What was found. Work that does not run is proposed for guidance, a failed check for rectification.
///
/// # Errors
/// `recused` for who is tied to the contractor; `invalid` with every wrong field.
pub async fn record(tx: &Tx, key: &Key, input: RecordSpotCheckIn) -> Result<SpotCheckOut, Error> {
    let mut case = watched::load_for::<spot_check::Entity>(tx, key).await?;
    let (facts, event) = (facts(tx, &case).await?, SpotCheckEvent::Record);
    watched::may::<spot_check::Entity>(&case, event, &facts)?;
    let (mut faults, today) = (Faults::new(), local_date(tx.now()));
    let said = internal_text(&mut faults, "/facts", &input.facts, 10..=5000);
    let planned = local_date(case.row.created_at);
    if input.checked_on > today || input.checked_on < planned {
        faults.add(
            "/checked_on",
            "out_of_range",
            format!("须在 {planned} 与 {today} 之间"),
            format!("must be between {planned} and {today}"),
        );
    }
    faults.finish()?;
    let (person, finding, day) = (tx.person()?, input.finding, input.checked_on);
    let data = serde_json::json!({ "finding": finding, "checked_on": day });
    let told = serde_json::json!({ "reason": finding.zh() });
    let text = said.clone();
    watched::step::<spot_check::Entity>(tx, &mut case, event, &facts, |c| {
        c.set(C::Finding, finding.as_str())
            .set(C::Facts, text)
            .set(C::CheckedOn, day)
            .set(C::CheckedBy, person)
            // the year of the check, not of its plan, is the one whose quota it meets
            .set(C::Year, day.year())
            .set(C::OpenKey, FREE)
            .data(data)
            .facts(told)
    })
    .await?;
    consequences(tx, &case, finding, said).await?;
    out(tx, case).await
}

async fn consequences(
    tx: &Tx,
    case: &SpotCheckCase,
    finding: SpotCheckFinding,
    facts: String,
) -> Result<(), Error> {
    let object = Some(("spot_check", case.row.id));
    match finding {
        SpotCheckFinding::Running => Ok(()),
        SpotCheckFinding::NotRunning => {
            let proposal = guidance::Proposal {
                trigger: GuidanceTrigger::SpotCheckNotRunning,
                object,
                facts,
            };
            guidance::propose_by_system(tx, &case.contract, proposal).await
        }
        SpotCheckFinding::Failed => {
            let proposal = rectification::Proposal {
                trigger: RectificationTrigger::SpotCheckFailed,
                object,
                facts,
            };
            rectification::propose_by_system(tx, &case.contract, proposal).await
        }
    }
}

/// The district gives a planned check up.
///
/// # Errors
/// `invalid` without a reason; `invalid_transition` once it was made.
pub async fn cancel(tx: &Tx, key: &Key, input: ReasonIn) -> Result<SpotCheckOut, Error> {
    let mut case = watched::load_for::<spot_check::Entity>(tx, key).await?;
    let (facts, event) = (facts(tx, &case).await?, SpotCheckEvent::Cancel);
    watched::may::<spot_check::Entity>(&case, event, &facts)?;
    let reason = faults::reason(&input.reason)?;
    watched::step::<spot_check::Entity>(tx, &mut case, event, &facts, |c| {
        c.set(C::Reason, reason.clone())
            .set(C::OpenKey, FREE)
            .because(Some(reason))
    })
    .await?;
    out(tx, case).await
}

/// How far the quota of a division and a year is met, counted from the agreements themselves.
///
/// # Errors
/// `forbidden` outside the officer's own divisions; `invalid` for a division or a year that cannot be read.
pub async fn quota(view: &View, query: &ListQuery) -> Result<SpotCheckQuotaOut, Error> {
    let own: Vec<_> = view.actor().divisions(OFFICERS).copied().collect();
    let first = own.first().copied().ok_or(Code::Forbidden)?;
    let mut faults = Faults::new();
    let named = query
        .one("division")
        .and_then(|code| faults.division("?division", code));
    faults.finish()?;
    let division = named.unwrap_or(first);
    if !own.iter().any(|one| one.contains(&division)) {
        return Err(Code::Forbidden.into());
    }
    let this = i64::from(local_date(view.now()).year());
    let year = query.number("year")?.unwrap_or(this);
    let (year, days) = days_of(year)?;
    let rule = wubang_store::rules::at(view, division.as_str())
        .await?
        .spot_checks;
    let long: HashSet<Uuid> = supervising::worked_between(view, &division, days)
        .await?
        .into_iter()
        .filter(|one| rules::is_long(one.starts_on, one.ends_on, rule.longer_than_months))
        .map(|one| one.id)
        .collect();
    let mut checks = spot_check::Entity::find()
        .filter(C::Year.eq(year))
        .filter(C::State.is_in(["planned", "recorded"]))
        .all(&view.db())
        .await?;
    checks.retain(|row| long.contains(&row.contract_id));
    let of = |state: &str| -> HashSet<Uuid> {
        let rows = checks.iter().filter(|row| row.state == state);
        rows.map(|row| row.contract_id).collect()
    };
    let (checked, planned) = (of("recorded"), of("planned"));
    let count = |set: usize| u64::try_from(set).unwrap_or(u64::MAX);
    let required = rules::required(count(long.len()), rule.percent);
    Ok(SpotCheckQuotaOut {
        division: division.as_str().to_owned(),
        year,
        percent: rule.percent,
        longer_than_months: rule.longer_than_months,
        contracts: count(long.len()),
        checked: count(checked.len()),
        planned: count(planned.difference(&checked).count()),
        required,
        met: count(checked.len()) >= required,
    })
}

/// The first and the last day of a year.
fn days_of(year: i64) -> Result<(i32, (NaiveDate, NaiveDate)), Error> {
    let wrong = || {
        wubang_kernel::Refusal::new(Code::Invalid).field(
            "?year",
            "out_of_range",
            "须在 2000 与 2200 之间",
            "must be between 2000 and 2200",
        )
    };
    let known = i32::try_from(year)
        .ok()
        .filter(|year| (2000..=2200).contains(year));
    let year = known.ok_or_else(wrong)?;
    let days = NaiveDate::from_ymd_opt(year, 1, 1).zip(NaiveDate::from_ymd_opt(year, 12, 31));
    Ok((year, days.ok_or_else(wrong)?))
}
