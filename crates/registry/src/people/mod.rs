//! People with accounts, what they hold, and who is told of something.

mod activation;
mod recipients;
mod service;

pub(crate) use activation::{ActivateIn, activate, issue, issue_for};
pub use activation::{ActivationOut, set_password, set_password_hash};
pub use recipients::{
    Recipient, people_of_organisations, people_with_role, people_within, recipients,
};
pub(crate) use service::{
    Note, check_account, disable, enable, give_grant, insert, list, note, revoke_grant, see,
};
pub use service::{PersonIn, PersonList, PersonOut, RevokeIn, create};

use crate::entity::people;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use wubang_kernel::Code;
use wubang_store::{Error, Key, Read};

/// The person that a path names: by id or account.
pub(crate) async fn find_person(read: &impl Read, key: &Key) -> Result<people::Model, Error> {
    let select = match key {
        Key::Id(id) => people::Entity::find_by_id(*id),
        Key::Number(account) => {
            people::Entity::find().filter(people::Column::Account.eq(account.as_str()))
        }
    };
    Ok(select.one(&read.db()).await?.ok_or(Code::NotFound)?)
}
