//! Years of the working-day calendar (法定节假日历) that were loaded after the program was built.

use crate::entity::calendars;
use crate::rights;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait, QueryOrder};
use serde::Deserialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;
use wubang_kernel::calendar::YearCalendar;
use wubang_kernel::{Actor, Code, Faults, Who};
use wubang_store::{Error, Key, Read, Store, Tx};

/// One year's notice on its way in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct YearIn {
    /// 年度。Year of the notice.
    #[schema(example = 2027)]
    pub year: i32,
    /// 放假日期(含假期内周末)。Days off, weekends inside a holiday included.
    pub off_days: BTreeSet<chrono::NaiveDate>,
    /// 调休上班日期。Weekend days that are worked.
    pub work_days: BTreeSet<chrono::NaiveDate>,
    /// 依据文件。Where the data comes from.
    pub source: String,
}

/// Stores a year, or replaces it. [`load_into`] puts it in force.
///
/// # Errors
/// `forbidden`, `invalid`.
pub async fn import(tx: &Tx, input: YearIn) -> Result<YearCalendar, Error> {
    rights::require_anywhere(tx.actor(), "calendar.import")?;
    let mut faults = Faults::new();
    let source = faults.line("/source", &input.source, 1..=200);
    faults.number("/year", input.year, 2000..=2200);
    let year = YearCalendar {
        year: input.year,
        off_days: input.off_days,
        work_days: input.work_days,
        source,
        loaded_at: tx.now(),
    };
    if let Err(fault) = year.check() {
        faults.add("/off_days", "malformed", fault.zh(), fault.en());
    }
    faults.finish()?;
    let row = calendars::ActiveModel {
        year: Set(year.year),
        data: Set(serde_json::to_value(&year)?),
        loaded_at: Set(tx.now()),
    };
    let replace = OnConflict::column(calendars::Column::Year)
        .update_columns([calendars::Column::Data, calendars::Column::LoadedAt])
        .to_owned();
    calendars::Entity::insert(row)
        .on_conflict(replace)
        .exec_without_returning(&tx.db())
        .await?;
    Ok(year)
}

/// Puts every stored year in force beside the built-in ones. At start, and after an import.
///
/// # Errors
/// When the database cannot be read.
pub async fn load_into(store: &Store) -> Result<(), Error> {
    let who = Who {
        actor: std::sync::Arc::new(Actor::system()),
        request_id: "calendar".to_owned(),
        if_match: None,
        at: None,
    };
    let rows = calendars::Entity::find()
        .order_by_asc(calendars::Column::Year)
        .all(&store.read(&who).db())
        .await?;
    let mut calendar = store.calendar();
    for row in rows {
        calendar = calendar.with_year(serde_json::from_value(row.data)?);
    }
    store.set_calendar(calendar);
    Ok(())
}

/// One year in force; the path names it by its number.
pub(crate) async fn see(read: &impl Read, key: &Key) -> Result<YearCalendar, Error> {
    let Key::Number(year) = key else {
        return Err(Code::NotFound.into());
    };
    let year: i32 = year.parse().map_err(|_| Code::NotFound)?;
    Ok(read.calendar().year(year).ok_or(Code::NotFound)?.clone())
}
