//! Needs for an export: how many, portion by portion, and when each step was.

use super::{NeedFilter, theirs};
use crate::entity::need;
use crate::flow::Need;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;
use uuid::Uuid;
use wubang_kernel::machine::Machine;
use wubang_store::entity::trace;
use wubang_store::{Error, Read};

/// Rows that are read at once.
const PORTION: u64 = 500;

fn wanted(
    read: &impl Read,
    filter: &NeedFilter,
    states: Option<&[&str]>,
) -> sea_orm::Select<need::Entity> {
    let select = filter.narrow(read, theirs(read));
    match states {
        Some(states) => select.filter(need::Column::State.is_in(states.iter().copied())),
        None => select,
    }
}

/// How many needs the viewer would export.
pub(crate) async fn count(
    read: &impl Read,
    filter: &NeedFilter,
    states: Option<&[&str]>,
) -> Result<u64, Error> {
    Ok(wanted(read, filter, states).count(&read.db()).await?)
}

/// The next portion of the needs that the viewer exports, in the order in which they came.
pub(crate) async fn portion(
    read: &impl Read,
    filter: &NeedFilter,
    states: Option<&[&str]>,
    after: Option<Uuid>,
) -> Result<Vec<need::Model>, Error> {
    let mut select = wanted(read, filter, states)
        .order_by_asc(need::Column::Id)
        .limit(PORTION);
    if let Some(after) = after {
        select = select.filter(need::Column::Id.gt(after));
    }
    Ok(select.all(&read.db()).await?)
}

/// When some events last happened to each of some needs.
pub(crate) async fn dates(
    read: &impl Read,
    needs: &[Uuid],
    events: &[&str],
) -> Result<HashMap<(Uuid, String), DateTime<Utc>>, Error> {
    if needs.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, String, DateTime<Utc>)> = trace::Entity::find()
        .select_only()
        .columns([trace::Column::ObjectId, trace::Column::Event])
        .column_as(trace::Column::At.max(), "last")
        .filter(trace::Column::Object.eq(Need::OBJECT))
        .filter(trace::Column::ObjectId.is_in(needs.iter().copied()))
        .filter(trace::Column::Event.is_in(events.iter().copied()))
        .group_by(trace::Column::ObjectId)
        .group_by(trace::Column::Event)
        .into_tuple()
        .all(&read.db())
        .await?;
    Ok(rows
        .into_iter()
        .map(|(need, event, at)| ((need, event), at))
        .collect())
}
