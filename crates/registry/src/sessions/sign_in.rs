//! Signing in with account and password.

use super::{attempt, forgive, hand_out};
use crate::entity::{people, sessions};
use crate::grants::GrantOut;
use crate::words::AccountStatus;
use crate::{RegistryAuthenticator, clients, passwords};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::{Code, Who};
use wubang_store::{Error, Read, Store};

/// Account and password, and the credentials of the partner front-end where one asks.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInIn {
    /// 账号。Account.
    #[schema(example = "han.wenjing")]
    pub account: String,
    /// 密码。Password.
    pub password: String,
    /// 合作前端 id。Id of the partner front-end.
    #[serde(default)]
    pub client_id: Option<Uuid>,
    /// 合作前端密钥。Secret of the partner front-end.
    #[serde(default)]
    pub client_secret: Option<String>,
}

/// The person who has signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedInPerson {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// What he holds, as far as this front-end may use it.
    pub grants: Vec<GrantOut>,
}

/// Tokens of a session.
#[derive(Serialize, ToSchema)]
pub struct SignedInOut {
    /// Access token, for `Authorization: Bearer`.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// Seconds the access token is good.
    #[schema(example = 900)]
    pub expires_in: i64,
    /// Refresh token, good once.
    pub refresh_token: String,
    /// The person.
    pub person: SignedInPerson,
}

/// Signs in. Unknown account, wrong password, disabled account and wrong front-end answer alike, and
/// take as long.
///
/// # Errors
/// `bad_credentials`, `account_locked`.
pub(crate) async fn sign_in(
    store: &Store,
    who: &Who,
    auth: &RegistryAuthenticator,
    peer: &str,
    input: SignInIn,
) -> Result<SignedInOut, Error> {
    let attempt = attempt(store, who, Some(&input.account), peer).await?;
    let read = store.read(who);
    let row = people::Entity::find()
        .filter(people::Column::Account.eq(input.account.as_str()))
        .one(&read.db())
        .await?;
    let stored = row.as_ref().and_then(|row| row.password_hash.clone());
    let fits = passwords::verify(input.password, stored).await?;
    let client = clients::bind(&read, input.client_id, input.client_secret.as_deref()).await?;
    let active = row.filter(|row| fits && row.status == AccountStatus::Active.as_str());
    let (Some(person), Ok(client)) = (active, client) else {
        return Err(Code::BadCredentials.into());
    };
    let tx = store.write(who).await?;
    forgive(&tx, attempt).await?;
    // what has expired is no use to anybody, not even as a trap for thieves
    sessions::Entity::delete_many()
        .filter(sessions::Column::PersonId.eq(person.id))
        .filter(sessions::Column::ExpiresAt.lt(tx.now()))
        .exec(&tx.db())
        .await?;
    let signed_in = hand_out(&tx, auth, person, tx.new_id(), client.as_ref()).await?;
    tx.commit().await?;
    Ok(signed_in)
}
