//! Administrative divisions (区划) with their names.

mod import;
mod led;

pub use import::{import_folder, put};
pub use led::led;

use crate::entity::divisions;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::division::{DivisionCode, Level};
use wubang_kernel::{Code, Faults};
use wubang_store::{Error, Key, Read};
use wubang_web::query::cut;
use wubang_web::{ListQuery, list_of};

/// A division (区划).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Division {
    /// Code, 12 digits.
    pub code: DivisionCode,
    /// Name without those above it.
    #[schema(example = "迎宾路街道")]
    pub name: String,
    /// Level.
    pub level: Level,
    /// The division above, `null` for a province.
    pub parent: Option<DivisionCode>,
    /// Whether it takes part in the pilot.
    pub pilot: bool,
}

list_of! {
    /// One page of divisions, by code.
    DivisionList of Division
}

fn of_row(row: divisions::Model) -> Result<Division, Error> {
    let read = |text: &str| {
        DivisionCode::parse(text)
            .map_err(|fault| Error::internal(format!("division {text}: {fault}")))
    };
    let code = read(&row.code)?;
    Ok(Division {
        code,
        name: row.name,
        level: code.level(),
        parent: row.parent.as_deref().map(read).transpose()?,
        pilot: row.pilot,
    })
}

/// A division and all those above it, from narrow to wide.
#[must_use]
pub fn with_ancestors(code: &DivisionCode) -> Vec<DivisionCode> {
    std::iter::successors(Some(*code), DivisionCode::parent).collect()
}

/// One division.
///
/// # Errors
/// When the database fails.
pub async fn find(read: &impl Read, code: &DivisionCode) -> Result<Option<Division>, Error> {
    let row = divisions::Entity::find_by_id(code.as_str().to_owned())
        .one(&read.db())
        .await?;
    row.map(of_row).transpose()
}

/// Divisions whose code starts with a prefix, by code.
///
/// # Errors
/// When the database fails.
pub async fn by_prefix(read: &impl Read, prefix: &str) -> Result<Vec<Division>, Error> {
    let (from, to) = range(prefix);
    let rows = divisions::Entity::find()
        .filter(divisions::Column::Code.between(from, to))
        .order_by_asc(divisions::Column::Code)
        .all(&read.db())
        .await?;
    rows.into_iter().map(of_row).collect()
}

/// First and last code with a prefix of digits; a range uses the key, a pattern does not.
fn range(prefix: &str) -> (String, String) {
    (format!("{prefix:0<12}"), format!("{prefix:9<12}"))
}

/// Names of several divisions in one statement; unknown ones are left out.
///
/// # Errors
/// When the database fails.
pub async fn names_of(
    read: &impl Read,
    codes: &[DivisionCode],
) -> Result<HashMap<DivisionCode, String>, Error> {
    if codes.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = divisions::Entity::find()
        .filter(divisions::Column::Code.is_in(codes.iter().map(DivisionCode::as_str)))
        .all(&read.db())
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| Some((DivisionCode::parse(&row.code).ok()?, row.name)))
        .collect())
}

/// The name of a division, or its code where it is not known.
///
/// # Errors
/// When the database fails.
pub async fn name_of(read: &impl Read, code: &DivisionCode) -> Result<String, Error> {
    Ok(find(read, code)
        .await?
        .map_or_else(|| code.to_string(), |division| division.name))
}

/// The name with those above it from the district down (`惠济区迎宾路街道英才社区`).
///
/// # Errors
/// When the database fails.
pub async fn full_name_of(read: &impl Read, code: &DivisionCode) -> Result<String, Error> {
    let mut chain = with_ancestors(code);
    if code.level() > Level::City {
        chain.retain(|above| above.level() > Level::City);
    }
    let names = names_of(read, &chain).await?;
    let name: String = chain
        .iter()
        .rev()
        .filter_map(|above| names.get(above).map(String::as_str))
        .collect();
    Ok(if names.contains_key(code) {
        name
    } else {
        code.to_string()
    })
}

/// A cursor of this list holds the last code as a number.
fn cursor_of(code: &DivisionCode) -> Uuid {
    Uuid::from_u128(code.as_str().parse().unwrap_or_default())
}

/// One page of divisions.
pub(crate) async fn list(read: &impl Read, query: &ListQuery) -> Result<DivisionList, Error> {
    use divisions::Column;
    let mut faults = Faults::new();
    let mut select = divisions::Entity::find()
        .order_by_asc(Column::Code)
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(Column::Code.gt(format!("{:012}", after.as_u128())));
    }
    if let Some(parent) = query
        .one("parent")
        .and_then(|code| faults.division("?parent", code))
    {
        select = select.filter(Column::Parent.eq(parent.as_str()));
    }
    if let Some(prefix) = query.one("prefix") {
        if prefix.len() > 12 || !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
            faults.add(
                "?prefix",
                "malformed",
                "须为至多 12 位数字",
                "is at most 12 digits",
            );
        } else {
            let (from, to) = range(prefix);
            select = select.filter(Column::Code.between(from, to));
        }
    }
    if let Some(level) = query.one("level") {
        match level_of(level) {
            Some(_) => select = select.filter(Column::Level.eq(level)),
            None => faults.add("?level", "unknown_value", "没有这个层级", "is no level"),
        }
    }
    faults.finish()?;
    let rows = select
        .all(&read.db())
        .await?
        .into_iter()
        .map(of_row)
        .collect::<Result<Vec<_>, _>>()?;
    let (items, next) = cut(rows, query.page, |row| cursor_of(&row.code));
    Ok(DivisionList { items, next })
}

fn level_of(wire: &str) -> Option<Level> {
    serde_json::from_value(wire.into()).ok()
}

/// The wire name of a level, as stored.
fn wire_of(level: Level) -> &'static str {
    match level {
        Level::Province => "province",
        Level::City => "city",
        Level::District => "district",
        Level::Street => "street",
        Level::Community => "community",
    }
}

/// One division by its code.
pub(crate) async fn see(read: &impl Read, key: &Key) -> Result<Division, Error> {
    let Key::Number(text) = key else {
        return Err(Code::NotFound.into());
    };
    let code = DivisionCode::parse(text).map_err(|_| Code::NotFound)?;
    Ok(find(read, &code).await?.ok_or(Code::NotFound)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_stored_by_their_wire_names() {
        for level in [
            Level::Province,
            Level::City,
            Level::District,
            Level::Street,
            Level::Community,
        ] {
            assert_eq!(level_of(wire_of(level)), Some(level));
        }
        assert_eq!(level_of("village"), None);
    }

    #[test]
    fn a_prefix_is_a_range() {
        assert_eq!(
            range("410108"),
            ("410108000000".to_owned(), "410108999999".to_owned())
        );
    }
}
