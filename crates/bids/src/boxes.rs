//! The boxes that bids lie in until the opening. Most are opened by this service; of those that only their holders
//! open (持钥人) the key exists in three shares, each sealed for its holder, of which two open, and none is here.

use crate::entity::{bid_box, bid_box_holder};
use crate::sealing;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Value};
use uuid::Uuid;
use wubang_kernel::digest::sha256_hex;
use wubang_kernel::{Code, Role};
use wubang_postings::Posting;
use wubang_postings::service::Holder;
use wubang_store::trace::{self, About, Entry};
use wubang_store::{Error, Read, Tx};
use wubang_vault::SealingKey;
use zeroize::Zeroizing;

pub(crate) use bid_box_holder::Model as BoxHolder;

/// The box of a posting, if anybody has begun a bid.
pub(crate) async fn find_box(
    read: &impl Read,
    posting: Uuid,
) -> Result<Option<bid_box::Model>, Error> {
    Ok(bid_box::Entity::find_by_id(posting).one(&read.db()).await?)
}

/// Makes the box of a posting with its key, if there is none.
pub(crate) async fn ensure_box(tx: &Tx, posting: Uuid) -> Result<(), Error> {
    if find_box(tx, posting).await?.is_some() {
        return Ok(());
    }
    let (recipient, locked_key) = sealing::box_key(tx, posting)?;
    let row = bid_box::ActiveModel {
        posting_id: Set(posting),
        sealed: Set(true),
        by_holders: Set(false),
        entries: Set(0),
        opened_at: Set(None),
        recipient: Set(recipient),
        locked_key: Set(Some(locked_key)),
    };
    bid_box::Entity::insert(row)
        .on_conflict(
            OnConflict::column(bid_box::Column::PostingId)
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(&tx.db())
        .await?;
    Ok(())
}

/// Touches the sealed box. A bidder that races with the closing waits here, and loses.
///
/// # Errors
/// `deadline_passed` when the box is open.
pub(crate) async fn touch_box(tx: &Tx, posting: Uuid) -> Result<bid_box::Model, Error> {
    let touched = bid_box::Entity::update_many()
        .col_expr(
            bid_box::Column::Entries,
            Expr::col(bid_box::Column::Entries).add(1),
        )
        .filter(bid_box::Column::PostingId.eq(posting))
        .filter(bid_box::Column::Sealed.eq(true))
        .exec(&tx.db())
        .await?;
    if touched.rows_affected != 1 {
        return Err(Code::DeadlinePassed.into());
    }
    find_box(tx, posting)
        .await?
        .ok_or_else(|| Error::internal("a box is gone"))
}

/// Holds the box, so that nobody hands in at the same moment; one that nobody has made is not there.
pub(crate) async fn hold_box(tx: &Tx, posting: Uuid) -> Result<(), Error> {
    bid_box::Entity::update_many()
        .col_expr(
            bid_box::Column::Entries,
            Expr::col(bid_box::Column::Entries),
        )
        .filter(bid_box::Column::PostingId.eq(posting))
        .exec(&tx.db())
        .await?;
    Ok(())
}

/// Opens the box, once, and destroys its key: from now on nobody reads a version that was not handed in last.
pub(crate) async fn unseal_box(tx: &Tx, posting: Uuid) -> Result<(), Error> {
    bid_box::Entity::update_many()
        .col_expr(bid_box::Column::Sealed, Expr::value(false))
        .col_expr(bid_box::Column::OpenedAt, Expr::value(tx.now()))
        .col_expr(bid_box::Column::LockedKey, Expr::value(Value::String(None)))
        .filter(bid_box::Column::PostingId.eq(posting))
        .filter(bid_box::Column::Sealed.eq(true))
        .exec(&tx.db())
        .await?;
    wipe(tx, posting).await
}

fn purpose(holder: &BoxHolder) -> String {
    format!("share {} {}", holder.posting_id, holder.person_id)
}

/// Makes the box of a posting: its key is split and forgotten, each share sealed for its holder.
pub(crate) async fn make_box(tx: &Tx, posting: Uuid, holders: &[Holder]) -> Result<(), Error> {
    let key = SealingKey::generate();
    let row = bid_box::ActiveModel {
        posting_id: Set(posting),
        sealed: Set(true),
        by_holders: Set(true),
        entries: Set(0),
        opened_at: Set(None),
        recipient: Set(key.recipient.clone()),
        locked_key: Set(None),
    };
    bid_box::Entity::insert(row)
        .exec_without_returning(&tx.db())
        .await?;
    let shares = wubang_vault::split(&key.recipient, &key.secret);
    let rows = (1..)
        .zip(holders.iter().zip(&shares))
        .map(|(seat, (holder, share))| {
            Ok(bid_box_holder::ActiveModel {
                id: Set(tx.new_id()),
                posting_id: Set(posting),
                person_id: Set(holder.person_id),
                seat: Set(seat),
                name: Set(holder.name.clone()),
                recipient: Set(holder.recipient.clone()),
                sealed_share: Set(Some(wubang_vault::seal(share, &[&holder.recipient])?)),
                share_hash: Set(sha256_hex(share.as_bytes())),
                given_share: Set(None),
                given_at: Set(None),
            })
        })
        .collect::<Result<Vec<_>, Error>>()?;
    bid_box_holder::Entity::insert_many(rows)
        .exec_without_returning(&tx.db())
        .await?;
    Ok(())
}

/// The holders of a box, in the order of their seats.
pub(crate) async fn of_box(read: &impl Read, posting: Uuid) -> Result<Vec<BoxHolder>, Error> {
    Ok(bid_box_holder::Entity::find()
        .filter(bid_box_holder::Column::PostingId.eq(posting))
        .order_by_asc(bid_box_holder::Column::Seat)
        .all(&read.db())
        .await?)
}

/// Keeps the share that its holder has given, locked.
pub(crate) async fn keep(tx: &Tx, holder: &BoxHolder, share: &str) -> Result<(), Error> {
    let locked = tx.vault().lock(&purpose(holder), share.as_bytes())?;
    let kept = bid_box_holder::Entity::update_many()
        .col_expr(bid_box_holder::Column::GivenShare, Expr::value(locked))
        .col_expr(bid_box_holder::Column::GivenAt, Expr::value(tx.now()))
        .filter(bid_box_holder::Column::Id.eq(holder.id))
        .filter(bid_box_holder::Column::GivenAt.is_null())
        .exec(&tx.db())
        .await?;
    if kept.rows_affected == 1 {
        Ok(())
    } else {
        Err(Code::Duplicate.into())
    }
}

/// The share that another holder gave before.
pub(crate) fn kept(
    read: &impl Read,
    holder: &BoxHolder,
) -> Result<Option<Zeroizing<String>>, Error> {
    let Some(locked) = &holder.given_share else {
        return Ok(None);
    };
    let share = read.vault().unlock(&purpose(holder), locked)?;
    String::from_utf8(share.to_vec())
        .map(|share| Some(Zeroizing::new(share)))
        .map_err(|_| Error::internal("a share is no text"))
}

/// The secret of a box, of two of its shares; it must be the one whose recipient was shown.
pub(crate) fn combine(of: &bid_box::Model, shares: [&str; 2]) -> Result<Zeroizing<String>, Error> {
    let secret = wubang_vault::combine(&of.recipient, &shares)?;
    if wubang_vault::recipient_of(&secret)? == of.recipient {
        Ok(secret)
    } else {
        Err(Error::internal(
            "two shares give another key than that of their box",
        ))
    }
}

/// Destroys every share: from now on nobody opens what is left in the box.
pub(crate) async fn wipe(tx: &Tx, posting: Uuid) -> Result<(), Error> {
    bid_box_holder::Entity::update_many()
        .col_expr(
            bid_box_holder::Column::SealedShare,
            Expr::value(Value::Bytes(None)),
        )
        .col_expr(
            bid_box_holder::Column::GivenShare,
            Expr::value(Value::String(None)),
        )
        .filter(bid_box_holder::Column::PostingId.eq(posting))
        .exec(&tx.db())
        .await?;
    Ok(())
}

/// Boxes that may be opened now and wait for their holders.
pub(crate) fn openable(read: &impl Read, posting: &Posting, of: &bid_box::Model) -> bool {
    of.by_holders && sealing::openable(read, posting, of)
}

/// Records what a holder did with his share; never the share.
pub(crate) async fn note(
    tx: &Tx,
    posting: &Posting,
    holder: &BoxHolder,
    role: Role,
    event: &str,
) -> Result<(), Error> {
    let about = About {
        object: "box_holder",
        id: holder.id,
        project_id: Some(posting.project_id),
        division: &posting.division,
        version: 1,
    };
    let entry = Entry {
        event,
        from: Some("waiting"),
        to: if event == "opening.share_given" {
            "given"
        } else {
            "waiting"
        },
        role,
        reason: None,
        data: Some(serde_json::json!({ "posting": posting.number, "seat": holder.seat })),
    };
    trace::record(tx, &about, entry).await
}
