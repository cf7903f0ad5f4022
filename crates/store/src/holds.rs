//! Holds: what an earlier stage must know of a later one (an open objection, an order), kept low.

use crate::entity::holds;
use crate::error::Error;
use crate::tx::{Read, Tx};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

/// Whether something holds the object.
///
/// # Errors
/// When the database fails.
pub async fn any(read: &impl Read, object_id: Uuid) -> Result<bool, Error> {
    let open = holds::Entity::find()
        .filter(holds::Column::ObjectId.eq(object_id))
        .filter(holds::Column::ReleasedAt.is_null());
    Ok(open.count(&read.db()).await? > 0)
}

/// Holds an object, for instance because an objection against it was accepted.
///
/// # Errors
/// When the database fails.
pub async fn place(tx: &Tx, object: &str, object_id: Uuid, reason: &str) -> Result<Uuid, Error> {
    let id = tx.new_id();
    let row = holds::ActiveModel {
        id: Set(id),
        object: Set(object.to_owned()),
        object_id: Set(object_id),
        reason: Set(reason.to_owned()),
        since: Set(tx.now()),
        released_at: Set(None),
    };
    holds::Entity::insert(row)
        .exec_without_returning(&tx.db())
        .await?;
    Ok(id)
}

/// Releases one hold.
///
/// # Errors
/// When the database fails.
pub async fn release(tx: &Tx, hold: Uuid) -> Result<(), Error> {
    holds::Entity::update_many()
        .col_expr(holds::Column::ReleasedAt, Expr::value(tx.now()))
        .filter(holds::Column::Id.eq(hold))
        .filter(holds::Column::ReleasedAt.is_null())
        .exec(&tx.db())
        .await?;
    Ok(())
}
