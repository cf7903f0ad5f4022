//! Staying signed in, and signing out.

use super::{SignedInOut, hand_out};
use crate::entity::{people, sessions};
use crate::words::AccountStatus;
use crate::{RegistryAuthenticator, clients, secret};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::{Code, Who};
use wubang_store::{Error, Read, Store, Tx};

/// A refresh token, with the front-end's credentials where the session was begun by one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshIn {
    /// 刷新令牌。Refresh token.
    pub refresh_token: String,
    /// 合作前端 id。Id of the partner front-end.
    #[serde(default)]
    pub client_id: Option<Uuid>,
    /// 合作前端密钥。Secret of the partner front-end.
    #[serde(default)]
    pub client_secret: Option<String>,
}

/// Gives new tokens for a refresh token. Spending it and writing the next one are one transaction.
///
/// # Errors
/// `token_reused` when it was spent before: then the family is over. `unauthenticated` when it is
/// unknown, expired or revoked. `bad_credentials` when it belongs to another front-end.
pub(crate) async fn refresh(
    store: &Store,
    who: &Who,
    auth: &RegistryAuthenticator,
    input: RefreshIn,
) -> Result<SignedInOut, Error> {
    use sessions::Column;
    let hash = secret::hash(&input.refresh_token);
    let tx = store.write(who).await?;
    let spent = sessions::Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(tx.now()))
        .filter(Column::TokenHash.eq(hash.as_str()))
        .filter(Column::UsedAt.is_null())
        .filter(Column::RevokedAt.is_null())
        .filter(Column::ExpiresAt.gt(tx.now()))
        .exec_with_returning(&tx.db())
        .await?;
    let Some(session) = spent.into_iter().next() else {
        return Err(not_spendable(tx, &hash).await);
    };
    let client = clients::bind(&tx, input.client_id, input.client_secret.as_deref()).await??;
    if client.as_ref().map(|client| client.id) != session.client_id {
        return Err(Code::BadCredentials.into());
    }
    let person = people::Entity::find_by_id(session.person_id)
        .one(&tx.db())
        .await?;
    let person = person
        .filter(|person| person.status == AccountStatus::Active.as_str())
        .ok_or(Code::Unauthenticated)?;
    let signed_in = hand_out(&tx, auth, person, session.family, client.as_ref()).await?;
    tx.commit().await?;
    Ok(signed_in)
}

/// Why a token could not be spent. A second use ends the family, and that stays although the answer is a refusal.
async fn not_spendable(tx: Tx, hash: &str) -> Error {
    let outcome = async {
        let known = sessions::Entity::find()
            .filter(sessions::Column::TokenHash.eq(hash))
            .one(&tx.db())
            .await?;
        match known {
            Some(row) if row.used_at.is_some() => {
                tracing::warn!(person = %row.person_id, family = %row.family, "a refresh token was used twice; its family is revoked");
                end(&tx, row.family).await?;
                tx.commit().await?;
                Ok(Code::TokenReused)
            }
            _ => Ok::<_, Error>(Code::Unauthenticated),
        }
    };
    outcome.await.map_or_else(|error| error, Error::from)
}

/// Ends a family of sessions.
pub(crate) async fn end(tx: &Tx, family: Uuid) -> Result<(), Error> {
    sessions::Entity::update_many()
        .col_expr(sessions::Column::RevokedAt, Expr::value(tx.now()))
        .filter(sessions::Column::Family.eq(family))
        .filter(sessions::Column::RevokedAt.is_null())
        .exec(&tx.db())
        .await?;
    Ok(())
}
