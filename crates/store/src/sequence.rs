//! The sequencer: gives trace records dense positions in commit order. The position is the cursor of
//! the change feed; a cursor of instants or sequence numbers loses records that commit late.

use crate::dialect;
use crate::entity::trace;
use crate::error::Error;
use crate::open::Store;
use crate::tx::Read;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use wubang_kernel::Who;

const SEQUENCER_LOCK: i64 = 0x77_75_62_62;
const BATCH: u64 = 500;

/// Gives positions to records that have none yet; returns how many.
///
/// # Errors
/// When the database fails.
pub async fn run(store: &Store) -> Result<usize, Error> {
    let tx = store.write(&Who::system("sequencer")).await?;
    dialect::advisory_lock(tx.conn(), SEQUENCER_LOCK).await?;
    let fresh: Vec<uuid::Uuid> = trace::Entity::find()
        .select_only()
        .column(trace::Column::Id)
        .filter(trace::Column::Position.is_null())
        .order_by_asc(trace::Column::Id)
        .limit(BATCH)
        .into_tuple()
        .all(&tx.db())
        .await?;
    if fresh.is_empty() {
        return Ok(0);
    }
    let last: Option<Option<i64>> = trace::Entity::find()
        .select_only()
        .expr(trace::Column::Position.max())
        .into_tuple()
        .one(&tx.db())
        .await?;
    let mut position = last.flatten().unwrap_or(0);
    for id in &fresh {
        position += 1;
        trace::Entity::update_many()
            .col_expr(trace::Column::Position, Expr::value(position))
            .filter(trace::Column::Id.eq(*id))
            .exec(&tx.db())
            .await?;
    }
    tx.commit().await?;
    Ok(fresh.len())
}
