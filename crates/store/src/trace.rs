//! The process trail (留痕): one record per step, never changed, never deleted.

use crate::entity::trace;
use crate::error::Error;
use crate::tx::{Read, Tx};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;
use uuid::Uuid;
use wubang_kernel::Role;
use wubang_kernel::cursor::Page;
use wubang_kernel::digest::content_hash;

/// What a record is about.
#[derive(Debug, Clone)]
pub struct About<'a> {
    /// Object (`need`).
    pub object: &'a str,
    /// Its id.
    pub id: Uuid,
    /// Its project.
    pub project_id: Option<Uuid>,
    /// Its division.
    pub division: &'a str,
    /// Its version after the event.
    pub version: i32,
}

/// What happened to it.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Event.
    pub event: &'a str,
    /// State before, `None` for a birth.
    pub from: Option<&'a str>,
    /// State after.
    pub to: &'a str,
    /// Role in which the actor did it.
    pub role: Role,
    /// Reason given.
    pub reason: Option<String>,
    /// Data of the event. Never content of a sealed bid.
    pub data: Option<Value>,
}

/// Writes one record in the transaction of the step; its position in the feed is given later.
///
/// # Errors
/// When the database fails.
pub async fn record(tx: &Tx, about: &About<'_>, entry: Entry<'_>) -> Result<(), Error> {
    let actor = tx.actor();
    let row = trace::ActiveModel {
        id: Set(tx.new_id()),
        position: Set(None),
        object: Set(about.object.to_owned()),
        object_id: Set(about.id),
        project_id: Set(about.project_id),
        division: Set(about.division.to_owned()),
        version: Set(about.version),
        event: Set(entry.event.to_owned()),
        from_state: Set(entry.from.map(str::to_owned)),
        to_state: Set(entry.to.to_owned()),
        actor_id: Set(actor.person),
        actor_name: Set(actor.name.clone()),
        actor_role: Set(entry.role.as_str().to_owned()),
        client_id: Set(actor.client),
        request_id: Set(tx.who().request_id.clone()),
        reason: Set(entry.reason),
        data_hash: Set(entry.data.as_ref().map(content_hash)),
        data: Set(entry.data),
        at: Set(tx.now()),
    };
    trace::Entity::insert(row)
        .exec_without_returning(&tx.db())
        .await?;
    Ok(())
}

/// The trail of a project, newest first, without the objects that the viewer may not know of.
///
/// # Errors
/// When the database fails.
pub async fn of_project(
    read: &impl Read,
    project: Uuid,
    hidden: &[&str],
    page: Page,
) -> Result<Vec<trace::Model>, Error> {
    let mut select = trace::Entity::find()
        .filter(trace::Column::ProjectId.eq(project))
        .filter(trace::Column::Object.is_not_in(hidden.iter().copied()))
        .order_by_desc(trace::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        select = select.filter(trace::Column::Id.lt(after));
    }
    Ok(select.all(&read.db()).await?)
}

/// The trail of one object, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn of_object(read: &impl Read, object_id: Uuid) -> Result<Vec<trace::Model>, Error> {
    Ok(trace::Entity::find()
        .filter(trace::Column::ObjectId.eq(object_id))
        // ids of two servers within one millisecond have no order; versions have
        .order_by_asc(trace::Column::Version)
        .order_by_asc(trace::Column::Id)
        .all(&read.db())
        .await?)
}
