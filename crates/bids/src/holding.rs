//! Boxes that only their holders open (持钥人): the key exists in three shares, each sealed for its holder, of which
//! two open. This service has no share of its own.

use crate::entity::{bid_box, bid_box_holder};
use crate::sealing;
use sea_orm::sea_query::Expr;
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
