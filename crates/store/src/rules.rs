//! Versioned rules of posting types per division.

use crate::entity::procedures;
use crate::error::Error;
use crate::tx::{Read, Tx};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use wubang_kernel::Faults;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::procedure::Procedure;

/// Stores a new version of a posting type's rules for a division; earlier versions stay.
/// [`crate::Store::refresh`] puts it in force.
///
/// # Errors
/// `invalid` when a setting is outside what the rulebook allows.
pub async fn put(
    tx: &Tx,
    division: &DivisionCode,
    mut procedure: Procedure,
) -> Result<Procedure, Error> {
    let mut faults = Faults::new();
    procedure.check("", &mut faults);
    faults.finish()?;
    let last = procedures::Entity::find()
        .filter(procedures::Column::Division.eq(division.as_str()))
        .filter(procedures::Column::Code.eq(procedure.code.as_str()))
        .order_by_desc(procedures::Column::Version)
        .one(&tx.db())
        .await?;
    let version = last.map_or(1, |row| row.version.saturating_add(1));
    procedure.version = u32::try_from(version).unwrap_or(1);
    let row = procedures::ActiveModel {
        id: Set(tx.new_id()),
        division: Set(division.as_str().to_owned()),
        code: Set(procedure.code.clone()),
        version: Set(version),
        data: Set(serde_json::to_value(&procedure)?),
        created_by: Set(tx.actor().person),
        created_at: Set(tx.now()),
    };
    procedures::Entity::insert(row)
        .exec_without_returning(&tx.db())
        .await?;
    Ok(procedure)
}
