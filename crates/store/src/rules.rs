//! Versioned settings of posting types per division: what differs from the rulebook's defaults. Read from
//! the database each time, so that every process follows a change at once.

use crate::entity::procedures;
use crate::error::Error;
use crate::tx::{Read, Tx};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;
use wubang_kernel::Faults;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::procedure::{PostingType, Procedure, lay};

/// The rules for what belongs to no posting type yet (needs, requests, campaigns): those of the open call
/// at the place, which hold the district's timers and working hours.
///
/// # Errors
/// Internal: the stored division or its settings are wrong.
pub async fn at(read: &impl Read, stored_division: &str) -> Result<Procedure, Error> {
    let division = DivisionCode::parse(stored_division)
        .map_err(|_| Error::internal("a row with a bad division"))?;
    of(read, PostingType::Open, &division).await
}

/// Most versions shown at once.
const MOST: u64 = 200;

/// One version of a division's settings.
pub use crate::entity::procedures::Model as Version;

/// The rules of a posting type in a division: the rulebook's defaults, with what the nearest division
/// above it has set.
///
/// # Errors
/// Internal: stored settings are outside what the rulebook allows.
pub async fn of(
    read: &impl Read,
    code: PostingType,
    division: &DivisionCode,
) -> Result<Procedure, Error> {
    let above = std::iter::successors(Some(*division), DivisionCode::parent);
    let rows = procedures::Entity::find()
        .filter(procedures::Column::Code.eq(code.as_str()))
        .filter(procedures::Column::Division.is_in(above.map(|code| code.as_str().to_owned())))
        .order_by_desc(procedures::Column::Division)
        .order_by_desc(procedures::Column::Version)
        .one(&read.db())
        .await?;
    let Some(row) = rows else {
        return Ok(Procedure::of(code));
    };
    let mut faults = Faults::new();
    let mut laid = lay(Procedure::of(code), &row.overrides, "", &mut faults);
    if !faults.is_empty() {
        return Err(Error::internal(format!(
            "settings of {code:?} in {} are out of range",
            row.division
        )));
    }
    laid.version = u32::try_from(row.version).unwrap_or(u32::MAX);
    Ok(laid)
}

/// The last versions of a division's own settings, or of everybody's, newest first.
///
/// # Errors
/// When the database fails.
pub async fn versions(
    read: &impl Read,
    code: PostingType,
    division: Option<&DivisionCode>,
) -> Result<Vec<Version>, Error> {
    let mut select = procedures::Entity::find()
        .filter(procedures::Column::Code.eq(code.as_str()))
        .order_by_desc(procedures::Column::Id)
        .limit(MOST);
    if let Some(division) = division {
        select = select.filter(procedures::Column::Division.eq(division.as_str()));
    }
    Ok(select.all(&read.db()).await?)
}

/// Stores a new version of a division's settings; earlier versions stay.
///
/// # Errors
/// `invalid` with every setting that is outside what the rulebook allows, below `pointer`.
pub async fn put(
    tx: &Tx,
    code: PostingType,
    division: &DivisionCode,
    overrides: Value,
    reason: String,
    pointer: &str,
) -> Result<Version, Error> {
    let mut faults = Faults::new();
    lay(Procedure::of(code), &overrides, pointer, &mut faults);
    faults.finish()?;
    let last = versions(tx, code, Some(division)).await?.into_iter().next();
    let row = procedures::ActiveModel {
        id: Set(tx.new_id()),
        division: Set(division.as_str().to_owned()),
        code: Set(code.as_str().to_owned()),
        version: Set(last.map_or(1, |row| row.version.saturating_add(1))),
        overrides: Set(overrides),
        reason: Set(reason),
        created_by: Set(tx.actor().person),
        created_at: Set(tx.now()),
    };
    Ok(procedures::Entity::insert(row)
        .exec_with_returning(&tx.db())
        .await?)
}
