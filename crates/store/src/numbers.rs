//! Person-readable numbers: dense per series, given out in the transaction that uses them.

use crate::entity::counters;
use crate::error::Error;
use crate::tx::{Read, Tx};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

/// The next number of a series, from 1. Writers of one series wait for each other.
///
/// # Errors
/// When the database fails.
pub async fn next(tx: &Tx, series: &str) -> Result<i64, Error> {
    let first = counters::ActiveModel {
        name: Set(series.to_owned()),
        value: Set(0),
    };
    counters::Entity::insert(first)
        .on_conflict(
            OnConflict::column(counters::Column::Name)
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(&tx.db())
        .await?;
    let rows = counters::Entity::update_many()
        .col_expr(
            counters::Column::Value,
            Expr::col(counters::Column::Value).add(1),
        )
        .filter(counters::Column::Name.eq(series))
        .exec_with_returning(&tx.db())
        .await?;
    rows.first()
        .map(|row| row.value)
        .ok_or_else(|| Error::internal(format!("counter {series} vanished")))
}
