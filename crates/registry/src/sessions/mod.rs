//! Signing in, staying signed in, signing out.
//!
//! A sign-in makes a family of refresh tokens. Each is good once; a token used twice was stolen from
//! one of the two who used it, so the whole family ends. Access tokens name their family and die with it.

mod lockout;
mod refresh;
mod sign_in;

pub(crate) use lockout::{attempt, forgive};
pub use refresh::RefreshIn;
pub(crate) use refresh::{end, refresh};
pub(crate) use sign_in::sign_in;
pub use sign_in::{SignInIn, SignedInOut, SignedInPerson};

use crate::clients::Bound;
use crate::entity::{people, sessions};
use crate::grants::{GrantOut, live};
use crate::secret;
use crate::{RegistryAuthenticator, authenticator::ACCESS_TTL};
use chrono::TimeDelta;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::Code;
use wubang_store::{Error, Read, Tx};

/// How long a refresh token is good.
pub const REFRESH_TTL: TimeDelta = TimeDelta::days(14);

/// The person who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeOut {
    /// Id.
    pub id: Uuid,
    /// Account.
    pub account: String,
    /// Name.
    pub name: String,
    /// Mail address.
    pub email: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// What he holds, as far as this front-end may use it.
    pub grants: Vec<GrantOut>,
    /// The partner front-end that acts for him.
    pub client: Option<Uuid>,
}

/// Who asks.
pub(crate) async fn me(read: &impl Read) -> Result<MeOut, Error> {
    let actor = read.actor();
    let id = actor.person.ok_or(Code::Unauthenticated)?;
    let row = people::Entity::find_by_id(id)
        .one(&read.db())
        .await?
        .ok_or(Code::Unauthenticated)?;
    let held = live(read, &[id]).await?.remove(&id).unwrap_or_default();
    let mut grants = Vec::new();
    for grant in &held {
        if actor.grants.contains(&crate::grants::of_row(grant)?) {
            grants.push(GrantOut::of_row(grant)?);
        }
    }
    Ok(MeOut {
        id,
        account: row.account,
        name: row.name,
        email: row.email,
        phone: row.phone,
        grants,
        client: actor.client,
    })
}

/// Writes the next refresh token of a family and signs an access token beside it.
async fn hand_out(
    tx: &Tx,
    auth: &RegistryAuthenticator,
    person: people::Model,
    family: Uuid,
    client: Option<&Bound>,
) -> Result<SignedInOut, Error> {
    let token = secret::new();
    let row = sessions::ActiveModel {
        id: Set(tx.new_id()),
        person_id: Set(person.id),
        family: Set(family),
        client_id: Set(client.map(|client| client.id)),
        token_hash: Set(secret::hash(&token)),
        created_at: Set(tx.now()),
        expires_at: Set(tx.now() + REFRESH_TTL),
        used_at: Set(None),
        revoked_at: Set(None),
    };
    sessions::Entity::insert(row)
        .exec_without_returning(&tx.db())
        .await?;
    let held = live(tx, &[person.id])
        .await?
        .remove(&person.id)
        .unwrap_or_default();
    let held = held
        .iter()
        .map(GrantOut::of_row)
        .collect::<Result<Vec<_>, _>>()?;
    let grants = held
        .into_iter()
        .filter(|grant| client.is_none_or(|client| client.roles.contains(&grant.role)));
    let bound = client.map(|client| (client.id, Some(client.scope())));
    Ok(SignedInOut {
        access_token: auth.access_token(person.id, family, tx.new_id(), bound, tx.now())?,
        token_type: "Bearer",
        expires_in: ACCESS_TTL.num_seconds(),
        refresh_token: token,
        person: SignedInPerson {
            id: person.id,
            name: person.name,
            grants: grants.collect(),
        },
    })
}
