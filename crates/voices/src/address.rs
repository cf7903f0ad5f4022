//! Who sends something without a name: a keyed digest of the address under a key of the day, so that
//! budgets can be counted today and nobody can tell the senders in three days.

use crate::entity::address_key;
use crate::secret;
use chrono::{DateTime, Days, NaiveDate, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use wubang_kernel::deadline::{at_hour, local_date};
use wubang_kernel::digest::sha256_hex;
use wubang_store::{Error, Read, Tx};

/// How much one address and one community may send in a day through the public addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Requests or answers from one address (or one signed-in person).
    pub per_address: u32,
    /// Requests or answers for one community.
    pub per_community: u32,
}

/// The digests under which an address is known.
pub(crate) struct Sender {
    /// Today's, which is stored.
    pub(crate) today: String,
    /// Today's and yesterday's, by which it is looked for.
    pub(crate) known: Vec<String>,
    /// 00:00 of today.
    pub(crate) midnight: DateTime<Utc>,
}

/// The sender behind an address; makes today's key when it is the first of the day, and forgets keys
/// older than yesterday's.
pub(crate) async fn sender(tx: &Tx, address: &str) -> Result<Sender, Error> {
    let today = local_date(tx.now());
    let yesterday = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    let row = address_key::ActiveModel {
        day: Set(today),
        secret: Set(secret::key()),
    };
    address_key::Entity::insert(row)
        .on_conflict(
            OnConflict::column(address_key::Column::Day)
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(&tx.db())
        .await?;
    address_key::Entity::delete_many()
        .filter(address_key::Column::Day.lt(yesterday))
        .exec(&tx.db())
        .await?;
    let keys = address_key::Entity::find()
        .filter(address_key::Column::Day.is_in([yesterday, today]))
        .all(&tx.db())
        .await?;
    let under =
        |key: &address_key::Model| sha256_hex(format!("{} {address}", key.secret).as_bytes());
    let of = |day: NaiveDate| keys.iter().find(|key| key.day == day).map(under);
    Ok(Sender {
        today: of(today).ok_or_else(|| Error::internal("the key of the day vanished"))?,
        known: keys.iter().map(under).collect(),
        midnight: at_hour(today, 0, 0).unwrap_or_else(|| tx.now()),
    })
}
