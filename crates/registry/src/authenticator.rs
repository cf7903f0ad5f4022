//! Access tokens: who is meant by one, and whether he still may.

use crate::entity::{clients, people, sessions};
use crate::grants;
use crate::keyring::KeyRing;
use crate::words::AccountStatus;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;
use wubang_kernel::{Actor, Code, Refusal, Role, Who};
use wubang_store::{BoxFuture, Error, Read, Store};
use wubang_web::Authenticator;

/// How long an access token is good.
pub const ACCESS_TTL: TimeDelta = TimeDelta::minutes(15);
/// How far the clocks of two instances may be apart.
const SKEW: TimeDelta = TimeDelta::seconds(60);

/// What an access token says (RFC 9068).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(crate) aud: String,
    /// The person.
    pub(crate) sub: Uuid,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    pub(crate) jti: Uuid,
    /// The family of the session.
    pub(crate) sid: Uuid,
    /// The partner front-end that acts for the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) azp: Option<Uuid>,
    /// Roles in which the front-end may act, separated by blanks; without it all of the person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) scope: Option<String>,
}

/// Gives out and reads access tokens. The server registers it twice in its application data: as
/// `web::Data<dyn Authenticator>` for the middleware, and as `web::Data<RegistryAuthenticator>` for sign-in.
#[derive(Debug)]
pub struct RegistryAuthenticator {
    /// The keys.
    pub keyring: Arc<KeyRing>,
    /// `iss` of our tokens.
    pub issuer: String,
    /// `aud` of our tokens.
    pub audience: String,
}

impl RegistryAuthenticator {
    /// Gives out and reads tokens of one issuer for one audience.
    #[must_use]
    pub fn new(keyring: Arc<KeyRing>, issuer: String, audience: String) -> Self {
        RegistryAuthenticator {
            keyring,
            issuer,
            audience,
        }
    }

    /// Signs an access token for a session.
    pub(crate) fn access_token(
        &self,
        sub: Uuid,
        sid: Uuid,
        jti: Uuid,
        client: Option<(Uuid, Option<String>)>,
        now: DateTime<Utc>,
    ) -> Result<String, Error> {
        let (azp, scope) = client.map_or((None, None), |(id, scope)| (Some(id), scope));
        self.keyring.sign(&Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub,
            iat: now.timestamp(),
            exp: (now + ACCESS_TTL).timestamp(),
            jti,
            sid,
            azp,
            scope,
        })
    }

    /// Reads a token at an instant of the clock in force, which in the sandbox is not the machine's.
    pub(crate) fn read(&self, bearer: &str, now: DateTime<Utc>) -> Result<Claims, Refusal> {
        let claims: Claims = self
            .keyring
            .verify(bearer, &self.issuer, &self.audience, now)?;
        if claims.exp <= now.timestamp() || claims.iat > (now + SKEW).timestamp() {
            return Err(Code::Unauthenticated.into());
        }
        Ok(claims)
    }

    /// Two statements: the person with a live session of the family, and what he holds.
    async fn actor(&self, store: &Store, bearer: &str) -> Result<Actor, Error> {
        let now = store.now();
        let claims = self.read(bearer, now)?;
        let who = Who {
            actor: Arc::new(Actor::public()),
            request_id: String::new(),
            if_match: None,
            at: None,
        };
        let read = store.read(&who);
        let person = people::Entity::find_by_id(claims.sub)
            .filter(people::Column::Status.eq(AccountStatus::Active.as_str()))
            .filter(people::Column::Id.in_subquery(live_session(claims.sid, now)))
            .one(&read.db())
            .await?
            .ok_or(Code::Unauthenticated)?;
        let held = grants::live(&read, &[person.id])
            .await?
            .remove(&person.id)
            .unwrap_or_default();
        let mut held = held
            .iter()
            .map(grants::of_row)
            .collect::<Result<Vec<_>, _>>()?;
        if let Some(scope) = &claims.scope {
            held.retain(|grant| allows(scope, grant.role));
        }
        let mut actor = Actor::person(person.id, person.name, held);
        actor.client = claims.azp;
        Ok(actor)
    }
}

/// Whether a front-end with these scopes may act in a role.
fn allows(scope: &str, role: Role) -> bool {
    scope.split(' ').any(|word| word == role.as_str())
}

/// Persons with an unspent, unrevoked token of the family, not through a disabled front-end.
fn live_session(family: Uuid, now: DateTime<Utc>) -> sea_orm::sea_query::SelectStatement {
    use sessions::Column;
    let active = clients::Entity::find()
        .select_only()
        .column(clients::Column::Id)
        .filter(clients::Column::Status.eq(AccountStatus::Active.as_str()))
        .into_query();
    sessions::Entity::find()
        .select_only()
        .column(Column::PersonId)
        .filter(Column::Family.eq(family))
        .filter(Column::UsedAt.is_null())
        .filter(Column::RevokedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .filter(
            Condition::any()
                .add(Column::ClientId.is_null())
                .add(Column::ClientId.in_subquery(active)),
        )
        .into_query()
}

impl Authenticator for RegistryAuthenticator {
    fn authenticate<'a>(
        &'a self,
        store: &'a Store,
        bearer: &'a str,
    ) -> BoxFuture<'a, Result<Actor, Error>> {
        Box::pin(self.actor(store, bearer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_ends_by_the_given_clock() {
        let folder = std::env::temp_dir().join(format!("wubang-auth-{}", std::process::id()));
        // far from the machine's own time
        let start: DateTime<Utc> = "2031-06-01T00:00:00Z".parse().unwrap();
        let keyring = Arc::new(KeyRing::open(&folder, start).unwrap());
        let auth = RegistryAuthenticator::new(keyring, "i".to_owned(), "a".to_owned());
        let client = Some((Uuid::from_u128(9), Some("org_agent".to_owned())));
        let token = auth
            .access_token(
                Uuid::from_u128(1),
                Uuid::from_u128(2),
                Uuid::from_u128(3),
                client,
                start,
            )
            .unwrap();
        let claims = auth.read(&token, start).unwrap();
        assert_eq!(
            (claims.sub, claims.sid, claims.azp),
            (
                Uuid::from_u128(1),
                Uuid::from_u128(2),
                Some(Uuid::from_u128(9))
            )
        );
        assert!(
            auth.read(&token, start + ACCESS_TTL - TimeDelta::seconds(1))
                .is_ok()
        );
        assert!(auth.read(&token, start + ACCESS_TTL).is_err());
        assert!(auth.read(&token, start - TimeDelta::minutes(5)).is_err());
        assert!(
            allows("org_agent org_legal_rep", Role::OrgAgent)
                && !allows("org_agent", Role::DistrictAdmin)
        );
        std::fs::remove_dir_all(folder).unwrap();
    }
}
