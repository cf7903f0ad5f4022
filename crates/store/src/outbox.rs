//! The outbox: what is to be told or delivered, written with the step that causes it.

use crate::commit::Tracked;
use crate::entity::outbox;
use crate::error::Error;
use crate::tx::{Read, Tx};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;
use wubang_kernel::machine::Audience;

/// Topic of rows that say what happened and who should hear of it.
pub const NOTICE: &str = "notice";
/// Topic of rows that are one mail each.
pub const MAIL: &str = "mail";

/// What a notice row says. No content of bids, no data of beneficiaries.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Notice {
    /// Who is told.
    pub tell: Vec<Audience>,
    /// Division of the object.
    pub division: String,
    /// Field of the object, for matching.
    pub field: Option<String>,
    /// What a person calls the object.
    pub label: String,
    /// Organisations that belong to it.
    pub organisations: Vec<Uuid>,
    /// Persons to tell beside the audiences.
    #[serde(default)]
    pub persons: Vec<Uuid>,
    /// State it is in now.
    pub state: String,
    /// Facts for the text: deadlines, hashes.
    #[serde(default)]
    pub facts: Value,
}

impl Notice {
    /// Who is told what of an object as it is: its organisations among them, and no person beside the audiences.
    #[must_use]
    pub fn of(row: &impl Tracked, tell: &[Audience], facts: Value) -> Notice {
        Notice {
            tell: tell.to_vec(),
            division: row.division().to_owned(),
            field: row.field(),
            label: row.label(),
            organisations: row.organisations(),
            persons: Vec::new(),
            state: row.state().to_owned(),
            facts,
        }
    }
}

/// Adds a row to be worked off after the commit.
///
/// # Errors
/// When the database fails.
pub async fn push(
    tx: &Tx,
    topic: &str,
    event: &str,
    object: &str,
    object_id: Uuid,
    payload: Value,
) -> Result<Uuid, Error> {
    let id = tx.new_id();
    push_once(tx, id, topic, event, object, object_id, payload).await?;
    Ok(id)
}

/// Tells people of an event, after the commit.
///
/// # Errors
/// When the database fails.
pub async fn tell(
    tx: &Tx,
    event: &str,
    object: &str,
    object_id: Uuid,
    notice: Notice,
) -> Result<(), Error> {
    let payload = serde_json::to_value(notice)?;
    push(tx, NOTICE, event, object, object_id, payload).await?;
    Ok(())
}

/// Adds a row under a given id; nothing happens when it is there already. Who may be run twice over the
/// same cause derives the id from the cause.
///
/// # Errors
/// When the database fails.
pub async fn push_once(
    tx: &Tx,
    id: Uuid,
    topic: &str,
    event: &str,
    object: &str,
    object_id: Uuid,
    payload: Value,
) -> Result<(), Error> {
    let row = outbox::ActiveModel {
        id: Set(id),
        topic: Set(topic.to_owned()),
        event: Set(event.to_owned()),
        object: Set(object.to_owned()),
        object_id: Set(object_id),
        payload: Set(payload),
        created_at: Set(tx.now()),
        state: Set("waiting".to_owned()),
        next_at: Set(tx.now()),
        attempts: Set(0),
        done_at: Set(None),
        last_error: Set(None),
    };
    outbox::Entity::insert(row)
        .on_conflict(
            OnConflict::column(outbox::Column::Id)
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(&tx.db())
        .await?;
    Ok(())
}
