//! Lists in an order that the caller chooses, page by page: by a value and the id, rows without a value
//! last, the same on both databases and without gaps or doubles among rows of one value.

use crate::error::Error;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::NullOrdering;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, Select, Value};
use wubang_kernel::cursor::{CREATED, Order, Place};

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Whole numbers.
    Number,
    /// Instants; in a cursor their microseconds.
    Instant,
}

/// One key that a list can be ordered by, beside `created_at`, which is the order of the ids.
#[derive(Debug)]
pub struct By<E: EntityTrait> {
    /// Its name in `sort=`.
    pub key: &'static str,
    /// The column.
    pub column: E::Column,
    /// What it holds.
    pub kind: Kind,
    /// Whether rows of this list may have no value.
    pub nullable: bool,
    /// The value of a row.
    pub value: fn(&E::Model) -> Option<i64>,
}

/// The value by which a row stands in an order; `None` in that of the ids.
pub fn value_of<E: EntityTrait>(all: &[By<E>], order: Order, row: &E::Model) -> Option<i64> {
    let by = all.iter().find(|by| by.key == order.key)?;
    (by.value)(row)
}

/// Orders a list, and lets it begin behind a place.
///
/// # Errors
/// Internal: the list has no such key, though its address offers it.
pub fn arrange<E: EntityTrait>(
    select: Select<E>,
    id: E::Column,
    all: &[By<E>],
    order: Order,
    after: Option<Place>,
) -> Result<Select<E>, Error> {
    let way = match order.descending {
        true => sea_orm::Order::Desc,
        false => sea_orm::Order::Asc,
    };
    if order.key == CREATED {
        let select = select.order_by(id, way);
        return Ok(match after {
            Some(place) => select.filter(behind(id, order, place.id)),
            None => select,
        });
    }
    let by = all.iter().find(|by| by.key == order.key);
    let by = by.ok_or_else(|| Error::internal(format!("no list goes by {}", order.key)))?;
    let select = match by.nullable {
        true => select.order_by_with_nulls(by.column, way.clone(), NullOrdering::Last),
        false => select.order_by(by.column, way.clone()),
    };
    let select = select.order_by(id, way);
    Ok(match after {
        Some(place) => select.filter(rest(id, by, order, place)?),
        None => select,
    })
}

/// What comes behind a place: higher or lower values, the rest of the same value, then what has none.
fn rest<E: EntityTrait>(
    id: E::Column,
    by: &By<E>,
    order: Order,
    place: Place,
) -> Result<Condition, Error> {
    let same = behind(id, order, place.id);
    let Some(value) = place.value else {
        return Ok(Condition::all().add(by.column.is_null()).add(same));
    };
    let value: Value = match by.kind {
        Kind::Number => value.into(),
        Kind::Instant => DateTime::<Utc>::from_timestamp_micros(value)
            .ok_or(wubang_kernel::Code::InvalidCursor)?
            .into(),
    };
    let mut any = Condition::any()
        .add(behind(by.column, order, value.clone()))
        .add(Condition::all().add(by.column.eq(value)).add(same));
    if by.nullable {
        any = any.add(by.column.is_null());
    }
    Ok(any)
}

fn behind<C: ColumnTrait>(column: C, order: Order, value: impl Into<Value>) -> Condition {
    Condition::all().add(match order.descending {
        true => column.lt(value),
        false => column.gt(value),
    })
}
