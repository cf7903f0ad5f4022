//! Partner front-ends (合作前端): programs of others that act for a person with that person's token.

use crate::entity::{clients, sessions};
use crate::words::AccountStatus;
use crate::{rights, secret};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::{Code, Faults, Refusal, Role};
use wubang_store::trace::{self, About, Entry};
use wubang_store::{Error, Key, Read, Tx};
use wubang_web::ReasonIn;
use wubang_web::query::cut;
use wubang_web::{Instant, ListQuery, list_of};

/// A partner front-end on its way in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientIn {
    /// 名称。Name.
    #[schema(example = "社区通小程序")]
    pub name: String,
    /// 可代为行使的角色。Roles in which it may act for a person.
    #[schema(min_items = 1)]
    pub scopes: Vec<Role>,
    /// 允许的网页来源。Web origins it is served from.
    #[serde(default)]
    #[schema(example = json!(["https://app.huiji.example"]))]
    pub origins: Vec<String>,
}

/// A partner front-end.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClientOut {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Roles in which it may act for a person.
    pub scopes: Vec<Role>,
    /// Web origins it is served from.
    pub origins: Vec<String>,
    /// Whether it may act.
    pub status: AccountStatus,
    /// When it was entered.
    pub created_at: Instant,
}

/// A new partner front-end with its secret; the secret is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewClientOut {
    /// Id.
    pub id: Uuid,
    /// The secret.
    pub secret: String,
    /// The front-end.
    pub client: ClientOut,
}

list_of! {
    /// One page of partner front-ends.
    ClientList of ClientOut
}

/// A front-end that has proved itself.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    pub(crate) id: Uuid,
    pub(crate) roles: Vec<Role>,
}

impl Bound {
    /// Its roles as the `scope` of a token.
    pub(crate) fn scope(&self) -> String {
        self.roles
            .iter()
            .map(|role| role.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

fn out(row: clients::Model) -> Result<ClientOut, Error> {
    Ok(ClientOut {
        id: row.id,
        name: row.name,
        scopes: serde_json::from_value(row.scopes)?,
        origins: serde_json::from_value(row.origins)?,
        status: AccountStatus::stored(&row.status)?,
        created_at: row.created_at.into(),
    })
}

/// Proves a front-end by id and secret; none named is none bound. The inner refusal is
/// `bad_credentials`, apart from the database's errors so that sign-in can answer alike and as late.
pub(crate) async fn bind(
    read: &impl Read,
    id: Option<Uuid>,
    given: Option<&str>,
) -> Result<Result<Option<Bound>, Refusal>, Error> {
    let (id, given) = match (id, given) {
        (None, None) => return Ok(Ok(None)),
        (Some(id), Some(given)) => (id, given),
        _ => return Ok(Err(Code::BadCredentials.into())),
    };
    let row = clients::Entity::find_by_id(id)
        .filter(clients::Column::SecretHash.eq(secret::hash(given)))
        .filter(clients::Column::Status.eq(AccountStatus::Active.as_str()))
        .one(&read.db())
        .await?;
    match row {
        Some(row) => Ok(Ok(Some(Bound {
            id: row.id,
            roles: serde_json::from_value(row.scopes)?,
        }))),
        None => Ok(Err(Code::BadCredentials.into())),
    }
}

/// Web origins of all active front-ends, for CORS.
///
/// # Errors
/// When the database fails.
pub async fn allowed_origins(read: &impl Read) -> Result<Vec<String>, Error> {
    let rows = clients::Entity::find()
        .filter(clients::Column::Status.eq(AccountStatus::Active.as_str()))
        .order_by_asc(clients::Column::Id)
        .all(&read.db())
        .await?;
    let mut origins = Vec::new();
    for row in rows {
        origins.extend(serde_json::from_value::<Vec<String>>(row.origins)?);
    }
    origins.sort_unstable();
    origins.dedup();
    Ok(origins)
}

fn is_origin(text: &str) -> bool {
    let Some((scheme, host)) = text.split_once("://") else {
        return false;
    };
    let (name, port) = host
        .split_once(':')
        .map_or((host, None), |(name, port)| (name, Some(port)));
    let good_name = !name.is_empty()
        && name.len() <= 253
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c));
    let good_port = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|number| number > 0));
    let local = matches!(name, "localhost" | "127.0.0.1");
    good_name && good_port && (scheme == "https" || (scheme == "http" && local))
}

/// Enters a partner front-end. Its secret is in the answer, and nowhere else.
///
/// # Errors
/// `forbidden`, `invalid`.
pub(crate) async fn create(tx: &Tx, input: ClientIn) -> Result<NewClientOut, Error> {
    let role = rights::require_anywhere(tx.actor(), "clients.manage")?;
    let mut faults = Faults::new();
    let name = faults.line("/name", &input.name, 2..=60);
    faults.count("/scopes", input.scopes.len(), 1..=20);
    faults.count("/origins", input.origins.len(), 0..=20);
    for (index, scope) in input
        .scopes
        .iter()
        .enumerate()
        .filter(|(_, scope)| !scope.grantable())
    {
        faults.add(
            format!("/scopes/{index}"),
            "not_allowed",
            format!("“{}”不能授予", scope.zh()),
            format!("{} cannot be given", scope.as_str()),
        );
    }
    for (index, _) in input
        .origins
        .iter()
        .enumerate()
        .filter(|(_, origin)| !is_origin(origin))
    {
        faults.add(
            format!("/origins/{index}"),
            "malformed",
            "须为 https 来源(如 https://app.example),不含路径",
            "is an https origin such as https://app.example, without a path",
        );
    }
    faults.finish()?;
    let secret = secret::new();
    let row = clients::ActiveModel {
        id: Set(tx.new_id()),
        name: Set(name),
        secret_hash: Set(secret::hash(&secret)),
        scopes: Set(serde_json::to_value(&input.scopes)?),
        origins: Set(serde_json::to_value(&input.origins)?),
        status: Set(AccountStatus::Active.as_str().to_owned()),
        created_at: Set(tx.now()),
    };
    let row = clients::Entity::insert(row)
        .exec_with_returning(&tx.db())
        .await?;
    note(tx, row.id, "client.created", (None, "active"), role, None).await?;
    Ok(NewClientOut {
        id: row.id,
        secret,
        client: out(row)?,
    })
}

async fn note(
    tx: &Tx,
    id: Uuid,
    event: &str,
    states: (Option<&str>, &str),
    role: Role,
    reason: Option<String>,
) -> Result<(), Error> {
    let division = tx
        .actor()
        .divisions(rights::roles_of("clients.manage"))
        .next()
        .map(ToString::to_string)
        .unwrap_or_default();
    let about = About {
        object: "client",
        id,
        project_id: None,
        division: &division,
        version: 1,
    };
    trace::record(
        tx,
        &about,
        Entry {
            event,
            from: states.0,
            to: states.1,
            role,
            reason,
            data: None,
        },
    )
    .await
}

/// One page of partner front-ends.
pub(crate) async fn list(read: &impl Read, query: &ListQuery) -> Result<ClientList, Error> {
    rights::require_anywhere(read.actor(), "clients.manage")?;
    let mut select = clients::Entity::find()
        .order_by_desc(clients::Column::Id)
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(clients::Column::Id.lt(after));
    }
    let (rows, next) = cut(select.all(&read.db()).await?, query.page, |row| row.id);
    Ok(ClientList {
        items: rows.into_iter().map(out).collect::<Result<_, _>>()?,
        next,
    })
}

/// Disables a partner front-end: every session begun through it ends at once.
pub(crate) async fn disable(tx: &Tx, key: &Key, input: ReasonIn) -> Result<ClientOut, Error> {
    let role = rights::require_anywhere(tx.actor(), "clients.manage")?;
    // a front-end has one version
    tx.expect_version(1)?;
    let mut faults = Faults::new();
    let reason = faults.prose("/reason", &input.reason, 2..=500);
    faults.finish()?;
    let Key::Id(id) = key else {
        return Err(Code::NotFound.into());
    };
    clients::Entity::find_by_id(*id)
        .one(&tx.db())
        .await?
        .ok_or(Code::NotFound)?;
    let written = clients::Entity::update_many()
        .col_expr(
            clients::Column::Status,
            Expr::value(AccountStatus::Disabled.as_str()),
        )
        .filter(clients::Column::Id.eq(*id))
        .filter(clients::Column::Status.eq(AccountStatus::Active.as_str()))
        .exec_with_returning(&tx.db())
        .await?;
    let row = written.into_iter().next().ok_or(Code::InvalidTransition)?;
    sessions::Entity::update_many()
        .col_expr(sessions::Column::RevokedAt, Expr::value(tx.now()))
        .filter(sessions::Column::ClientId.eq(*id))
        .filter(sessions::Column::RevokedAt.is_null())
        .exec(&tx.db())
        .await?;
    note(
        tx,
        row.id,
        "client.disabled",
        (Some("active"), "disabled"),
        role,
        Some(reason),
    )
    .await?;
    out(row)
}

#[cfg(test)]
mod tests {
    use super::is_origin;

    #[test]
    fn origins_have_no_path_and_no_plain_http() {
        for good in [
            "https://app.huiji.example",
            "https://app.example:8443",
            "http://localhost:5173",
        ] {
            assert!(is_origin(good), "{good}");
        }
        for bad in [
            "",
            "*",
            "null",
            "https://",
            "http://app.example",
            "https://app.example/",
            "https://app.example:0",
            "https://App.example",
            "https://a.example,https://b.example",
        ] {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
