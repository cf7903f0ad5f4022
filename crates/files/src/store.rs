//! Reading and writing attachments; decides nothing. Whoever asks has been admitted by the owner's stage.

use crate::entity::{file, shelf};
use crate::flow;
use crate::model::{Attachment, Secret, Shelf};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;
use wubang_kernel::Code;
use wubang_store::invariants::{Invariant, replay};
use wubang_store::{Error, Read, Tracked, Tx, View};

wubang_store::stateful!(file::Entity, flow::File);

impl Tracked for file::Model {
    /// None: the trail of a project does not tell of attachments.
    fn project_id(&self) -> Option<Uuid> {
        None
    }
    fn label(&self) -> String {
        "附件".to_owned()
    }
}

/// Most rows of one object that are ever looked at.
const MOST_ROWS: u64 = 1000;

/// An attachment with what was locked in its row.
#[derive(Clone)]
pub struct Held {
    pub(crate) row: file::Model,
    pub(crate) secret: Secret,
}

impl Held {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.row.id
    }

    /// As it is handed in.
    #[must_use]
    pub fn attachment(&self) -> Attachment {
        Attachment {
            id: self.row.id,
            name: self.secret.name.clone(),
            sha256: self.secret.sha256.clone(),
            size: self.secret.size,
            media_type: self.secret.media_type.clone(),
            confidentiality: self.row.confidentiality,
        }
    }

    /// Whether it is part of the object as it would be handed in now.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.row.state == "clean"
    }
}

fn purpose(id: Uuid) -> String {
    format!("file {id}")
}

/// Locks what must not stand readable.
pub(crate) fn lock(read: &impl Read, id: Uuid, secret: &Secret) -> Result<String, Error> {
    let text = zeroize::Zeroizing::new(serde_json::to_vec(secret)?);
    Ok(read.vault().lock(&purpose(id), &text)?)
}

fn held(read: &impl Read, row: file::Model) -> Result<Held, Error> {
    let locked = row.locked.as_deref();
    let locked = locked.ok_or_else(|| Error::internal("a file without what belongs to it"))?;
    let secret = read.vault().unlock(&purpose(row.id), locked)?;
    Ok(Held {
        secret: serde_json::from_slice(&secret)?,
        row,
    })
}

/// The whole files of an object whose envelopes are there, oldest first.
pub(crate) async fn of_object(
    read: &impl Read,
    object: &str,
    object_id: Uuid,
) -> Result<Vec<Held>, Error> {
    let rows = file::Entity::find()
        .filter(file::Column::Object.eq(object))
        .filter(file::Column::ObjectId.eq(object_id))
        .filter(file::Column::Locked.is_not_null())
        .filter(file::Column::DroppedAt.is_null())
        .order_by_asc(file::Column::Id)
        .limit(MOST_ROWS)
        .all(&read.db())
        .await?;
    rows.into_iter().map(|row| held(read, row)).collect()
}

/// One of them.
pub(crate) async fn find(
    read: &impl Read,
    object: &str,
    object_id: Uuid,
    id: Uuid,
) -> Result<Held, Error> {
    let row = file::Entity::find_by_id(id)
        .filter(file::Column::Object.eq(object))
        .filter(file::Column::ObjectId.eq(object_id))
        .filter(file::Column::Locked.is_not_null())
        .filter(file::Column::DroppedAt.is_null())
        .one(&read.db())
        .await?
        .ok_or(Code::NotFound)?;
    held(read, row)
}

/// A row, whatever became of it.
pub(crate) async fn row(read: &impl Read, id: Uuid) -> Result<file::Model, Error> {
    let row = file::Entity::find_by_id(id).one(&read.db()).await?;
    row.ok_or_else(|| Error::internal("a file is gone"))
}

/// How many uploads of an object have begun since an instant and are not over.
pub(crate) async fn pending(
    read: &impl Read,
    shelf: &Shelf,
    since: DateTime<Utc>,
    but: Option<Uuid>,
) -> Result<usize, Error> {
    let ids: Vec<Uuid> = file::Entity::find()
        .select_only()
        .column(file::Column::Id)
        .filter(file::Column::Object.eq(shelf.object))
        .filter(file::Column::ObjectId.eq(shelf.object_id))
        .filter(file::Column::State.eq("pending_scan"))
        .filter(file::Column::CreatedAt.gt(since))
        .limit(MOST_ROWS)
        .into_tuple()
        .all(&read.db())
        .await?;
    Ok(ids.into_iter().filter(|id| Some(*id) != but).count())
}

/// Touches the shelf of an object: whoever adds to it at the same moment waits here.
pub(crate) async fn touch(tx: &Tx, of: &Shelf) -> Result<(), Error> {
    let row = shelf::ActiveModel {
        object: Set(of.object.to_owned()),
        object_id: Set(of.object_id),
        entries: Set(0),
    };
    shelf::Entity::insert(row)
        .on_conflict(
            OnConflict::columns([shelf::Column::Object, shelf::Column::ObjectId])
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(&tx.db())
        .await?;
    shelf::Entity::update_many()
        .col_expr(
            shelf::Column::Entries,
            Expr::col(shelf::Column::Entries).add(1),
        )
        .filter(shelf::Column::Object.eq(of.object))
        .filter(shelf::Column::ObjectId.eq(of.object_id))
        .exec(&tx.db())
        .await?;
    Ok(())
}

/// Rows in one of the states whose envelopes are there, last changed before an instant, oldest first.
pub(crate) async fn untouched_since(
    read: &impl Read,
    state: &str,
    before: DateTime<Utc>,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<file::Model>, Error> {
    let mut select = file::Entity::find()
        .filter(file::Column::State.eq(state))
        .filter(file::Column::UpdatedAt.lt(before))
        .filter(file::Column::HandedInAt.is_null())
        .filter(file::Column::DroppedAt.is_null())
        .order_by_asc(file::Column::Id)
        .limit(limit);
    if let Some(after) = after {
        select = select.filter(file::Column::Id.gt(after));
    }
    Ok(select.all(&read.db()).await?)
}

/// Which of these envelopes belong to a row that has not dropped them.
pub(crate) async fn known(read: &impl Read, blobs: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    Ok(file::Entity::find()
        .select_only()
        .column(file::Column::Blob)
        .filter(file::Column::Blob.is_in(blobs.iter().copied()))
        .filter(file::Column::DroppedAt.is_null())
        .into_tuple()
        .all(&read.db())
        .await?)
}

/// The rows whose envelopes must be there, a page of them.
pub(crate) async fn kept(
    read: &impl Read,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<file::Model>, Error> {
    let mut select = file::Entity::find()
        .filter(file::Column::Locked.is_not_null())
        .filter(file::Column::DroppedAt.is_null())
        .order_by_asc(file::Column::Id)
        .limit(limit);
    if let Some(after) = after {
        select = select.filter(file::Column::Id.gt(after));
    }
    Ok(select.all(&read.db()).await?)
}

/// What a row says of its file.
pub(crate) fn unlocked(read: &impl Read, row: file::Model) -> Result<Held, Error> {
    held(read, row)
}

/// The checks of this crate that need the database alone.
#[must_use]
pub fn invariants() -> Vec<Invariant> {
    vec![
        Invariant {
            name: "file_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<file::Entity>(view)),
        },
        Invariant {
            name: "a_whole_file_has_its_key_and_no_other_has",
            run: |view| Box::pin(wrong_locks(view)),
        },
        Invariant {
            name: "what_was_handed_in_is_not_dropped",
            run: |view| Box::pin(dropped(view)),
        },
    ]
}

async fn wrong_locks(view: &View) -> Result<Vec<Uuid>, Error> {
    let rows = file::Entity::find().all(&view.db()).await?;
    let wrong = |row: &file::Model| match row.state.as_str() {
        "clean" => row.locked.is_none() || row.dropped_at.is_some(),
        "pending_scan" => row.locked.is_some(),
        _ => row.locked.is_some() == row.dropped_at.is_some(),
    };
    Ok(rows.into_iter().filter(wrong).map(|row| row.id).collect())
}

async fn dropped(view: &View) -> Result<Vec<Uuid>, Error> {
    let rows = file::Entity::find()
        .filter(file::Column::HandedInAt.is_not_null())
        .filter(file::Column::DroppedAt.is_not_null())
        .all(&view.db())
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
