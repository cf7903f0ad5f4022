//! Commands on people and their grants.

use super::find_person;
use crate::entity::{grants, people, sessions};
use crate::grants::{
    GrantIn, GrantOut, Resolved, end, ensure, keep_an_administrator, live, reach_of, resolve,
};
use crate::organisations::part_of;
use crate::words::AccountStatus;
use crate::{contact, rights};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::{Code, Faults, Refusal, Role};
use wubang_store::trace::{self, About, Entry};
use wubang_store::{Error, Key, Read, Tx};
use wubang_web::ReasonIn;
use wubang_web::query::cut;
use wubang_web::{Instant, ListQuery, list_of};

/// A person on his way in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonIn {
    /// 账号:3–40 位小写字母、数字或 . _ -。Account: 3–40 of a–z 0–9 . _ -
    #[schema(pattern = "^[a-z0-9][a-z0-9._-]{2,39}$", example = "han.wenjing")]
    pub account: String,
    /// 姓名。Name.
    #[schema(example = "韩文静")]
    pub name: String,
    /// 电子邮箱。Mail address.
    #[serde(default)]
    #[schema(example = "han.wenjing@huiji.example")]
    pub email: Option<String>,
    /// 电话。Phone number.
    #[serde(default)]
    pub phone: Option<String>,
    /// 首批角色;至少一个,决定由谁管理此人。First grants, at least one: they decide who looks after the person.
    #[schema(min_items = 1, max_items = 20)]
    pub grants: Vec<GrantIn>,
}

/// A person on his way out.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonOut {
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
    /// Whether he may sign in.
    pub status: AccountStatus,
    /// Whether he has set a password.
    pub activated: bool,
    /// What he holds now.
    pub grants: Vec<GrantOut>,
    /// Version, as in `ETag`.
    pub version: i32,
    /// When he was entered.
    pub created_at: Instant,
    /// Last change.
    pub updated_at: Instant,
}

list_of! {
    /// One page of people.
    PersonList of PersonOut
}

/// Which grant is revoked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeIn {
    /// 授权 id。The grant.
    pub grant_id: Uuid,
}

fn out(row: people::Model, held: &[grants::Model]) -> Result<PersonOut, Error> {
    Ok(PersonOut {
        id: row.id,
        account: row.account,
        name: row.name,
        email: row.email,
        phone: row.phone,
        status: AccountStatus::stored(&row.status)?,
        activated: row.password_hash.is_some(),
        grants: held
            .iter()
            .map(GrantOut::of_row)
            .collect::<Result<_, _>>()?,
        version: row.version,
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    })
}

async fn shown(read: &impl Read, row: people::Model) -> Result<PersonOut, Error> {
    let held = live(read, &[row.id]).await?;
    let held = held.get(&row.id).map(Vec::as_slice).unwrap_or_default();
    out(row, held)
}

/// Reads an account name: it is a key, so nothing is quietly changed.
pub(crate) fn check_account(pointer: &str, account: &str, faults: &mut Faults) {
    let good = (3..=40).contains(&account.len())
        && account.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte)
        })
        && !account.starts_with(['.', '_', '-']);
    if !good {
        faults.add(
            pointer,
            "malformed",
            "须为 3–40 位小写字母、数字或 . _ -,以字母或数字开头",
            "is 3 to 40 of a-z 0-9 . _ - and starts with a letter or digit",
        );
    }
}

/// Enters a person with first grants. He signs in once he has used an activation code.
///
/// # Errors
/// `forbidden` when one of the grants is outside the caller's scope, `invalid`, `duplicate` account.
pub async fn create(tx: &Tx, input: PersonIn) -> Result<PersonOut, Error> {
    let mut faults = Faults::new();
    faults.count("/grants", input.grants.len(), 1..=20);
    let mut resolved = Vec::new();
    for (index, grant) in input.grants.iter().enumerate().take(20) {
        resolved.extend(resolve(tx, &format!("/grants/{index}"), grant, &mut faults).await?);
    }
    for grant in &resolved {
        rights::require(tx.actor(), &grant.reach(), "people.create")?;
        rights::require(tx.actor(), &grant.reach(), grant.right())?;
    }
    check_account("/account", &input.account, &mut faults);
    let name = faults.line("/name", &input.name, 1..=50);
    let email = contact::email("/email", input.email.as_deref(), &mut faults);
    let phone = contact::phone("/phone", input.phone.as_deref(), &mut faults);
    faults.finish()?;
    let row = insert(tx, input.account, name, email, phone).await?;
    for grant in &resolved {
        ensure(tx, row.id, grant).await?;
    }
    let role = rights::require(
        tx.actor(),
        &resolved.first().map(Resolved::reach).unwrap_or_default(),
        "people.create",
    )?;
    let division = resolved
        .first()
        .map(|grant| grant.division.to_string())
        .unwrap_or_default();
    let data = json!({ "roles": resolved.iter().map(|grant| grant.role).collect::<Vec<_>>() });
    note(
        tx,
        &row,
        "person.created",
        role,
        Note {
            division: &division,
            data: Some(data),
            ..Note::default()
        },
    )
    .await?;
    shown(tx, row).await
}

/// Writes a new row.
pub(crate) async fn insert(
    tx: &Tx,
    account: String,
    name: String,
    email: Option<String>,
    phone: Option<String>,
) -> Result<people::Model, Error> {
    let row = people::ActiveModel {
        id: Set(tx.new_id()),
        account: Set(account),
        name: Set(name),
        email: Set(email),
        phone: Set(phone),
        password_hash: Set(None),
        activation_hash: Set(None),
        activation_expires_at: Set(None),
        status: Set(AccountStatus::Active.as_str().to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    Ok(people::Entity::insert(row)
        .exec_with_returning(&tx.db())
        .await?)
}

/// What is told of a person in the trace. Never a token or a password.
#[derive(Default)]
pub(crate) struct Note<'a> {
    /// Status before, `None` for a new person.
    pub(crate) from: Option<&'a str>,
    /// Division of the grant or person.
    pub(crate) division: &'a str,
    /// Reason given.
    pub(crate) reason: Option<String>,
    /// Data of the event.
    pub(crate) data: Option<Value>,
}

/// Records something that happened to a person.
pub(crate) async fn note(
    tx: &Tx,
    row: &people::Model,
    event: &str,
    role: Role,
    note: Note<'_>,
) -> Result<(), Error> {
    let about = About {
        object: "person",
        id: row.id,
        project_id: None,
        division: note.division,
        version: row.version,
    };
    trace::record(
        tx,
        &about,
        Entry {
            event,
            from: note.from,
            to: &row.status,
            role,
            reason: note.reason,
            data: note.data,
        },
    )
    .await
}

/// Writes the next version of a person, and a status where one is given.
async fn touch(
    tx: &Tx,
    row: &people::Model,
    status: Option<AccountStatus>,
) -> Result<people::Model, Error> {
    use people::Column;
    let mut update = people::Entity::update_many();
    if let Some(status) = status {
        update = update.col_expr(Column::Status, Expr::value(status.as_str()));
    }
    let rows = update
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(tx.now()))
        .filter(Column::Id.eq(row.id))
        .filter(Column::Version.eq(row.version))
        .exec_with_returning(&tx.db())
        .await?;
    Ok(rows.into_iter().next().ok_or(Code::Conflict)?)
}

/// All grants of a person, those that ended included: they decide who looks after him.
async fn all_grants(read: &impl Read, person: Uuid) -> Result<Vec<grants::Model>, Error> {
    Ok(grants::Entity::find()
        .filter(grants::Column::PersonId.eq(person))
        .order_by_asc(grants::Column::Id)
        .all(&read.db())
        .await?)
}

/// A person the caller may see: himself, or one with a grant in a division the caller looks after.
/// Anybody else is not found, so that ids and accounts cannot be probed.
pub(crate) async fn visible(read: &impl Read, key: &Key) -> Result<people::Model, Error> {
    let row = find_person(read, key).await?;
    if read.actor().person == Some(row.id) {
        return Ok(row);
    }
    for grant in all_grants(read, row.id).await? {
        if rights::require(read.actor(), &reach_of(&grant)?, "people.see").is_ok() {
            return Ok(row);
        }
    }
    Err(Code::NotFound.into())
}

/// Asks for a right over the whole person: every live grant must lie in the caller's scope, or else an
/// administrator of one division could take over an account that reaches into another. A person
/// without live grants is judged by the ended ones. Answers the role and the division to note.
pub(crate) async fn require_over(
    tx: &Tx,
    row: &people::Model,
    action: &str,
) -> Result<(Role, String), Error> {
    let all = all_grants(tx, row.id).await?;
    let live: Vec<_> = all
        .iter()
        .filter(|grant| grant.revoked_at.is_none())
        .collect();
    let judged = if live.is_empty() {
        all.iter().collect()
    } else {
        live
    };
    let mut role = if tx.actor().is_system() {
        Some(Role::System)
    } else {
        None
    };
    for grant in &judged {
        role = Some(rights::require(tx.actor(), &reach_of(grant)?, action)?);
    }
    let role = role.ok_or(Code::Forbidden)?;
    Ok((
        role,
        judged
            .first()
            .map(|grant| grant.division.clone())
            .unwrap_or_default(),
    ))
}

/// One person.
pub(crate) async fn see(read: &impl Read, key: &Key) -> Result<PersonOut, Error> {
    let row = visible(read, key).await?;
    shown(read, row).await
}

/// One page of the people the caller may see; everybody sees himself.
pub(crate) async fn list(read: &impl Read, query: &ListQuery) -> Result<PersonList, Error> {
    use people::Column;
    let mut own_divisions = Condition::any();
    for division in read.actor().divisions(rights::roles_of("people.see")) {
        own_divisions = own_divisions.add(grants::Column::Division.starts_with(division.prefix()));
    }
    let mut seen = Condition::any().add(Column::Id.eq(read.actor().person.unwrap_or_default()));
    if !own_divisions.is_empty() {
        let held = grants::Entity::find()
            .select_only()
            .column(grants::Column::PersonId)
            .filter(own_divisions)
            .into_query();
        seen = seen.add(Column::Id.in_subquery(held));
    }
    let mut select = people::Entity::find()
        .filter(seen)
        .order_by_desc(Column::Id)
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(Column::Id.lt(after));
    }
    if let Some(text) = query.one("q") {
        select = select.filter(
            Condition::any()
                .add(Expr::col(Column::Name).like(part_of(text)))
                .add(Expr::col(Column::Account).like(part_of(text))),
        );
    }
    if !query.all("role").is_empty() {
        let roles = query.all("role").iter().map(String::as_str);
        if roles.clone().any(|role| Role::from_wire(role).is_none()) {
            return Err(Refusal::new(Code::Invalid)
                .field(
                    "?role",
                    "unknown_value",
                    "没有这个角色",
                    "there is no such role",
                )
                .into());
        }
        let with = grants::Entity::find()
            .select_only()
            .column(grants::Column::PersonId)
            .filter(grants::Column::Role.is_in(roles))
            .filter(grants::Column::RevokedAt.is_null());
        select = select.filter(Column::Id.in_subquery(with.into_query()));
    }
    let (rows, next) = cut(select.all(&read.db()).await?, query.page, |row| row.id);
    let held = live(read, &rows.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
    let items = rows.into_iter().map(|row| {
        let own = held.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        out(row, own)
    });
    Ok(PersonList {
        items: items.collect::<Result<_, _>>()?,
        next,
    })
}

/// Gives a grant to a known person.
pub(crate) async fn give_grant(tx: &Tx, key: &Key, input: GrantIn) -> Result<PersonOut, Error> {
    let mut faults = Faults::new();
    let resolved = resolve(tx, "", &input, &mut faults).await?;
    let role = match &resolved {
        Some(grant) => rights::require(tx.actor(), &grant.reach(), grant.right())?,
        None => Role::Public,
    };
    faults.finish()?;
    let grant = resolved.ok_or(Code::Invalid)?;
    let row = find_person(tx, key).await?;
    tx.expect_version(row.version)?;
    if !ensure(tx, row.id, &grant).await? {
        return Err(Refusal::new(Code::Duplicate)
            .because(
                "此人已有相同授权",
                "the person holds the same grant already",
            )
            .into());
    }
    let after = touch(tx, &row, None).await?;
    let data = json!({ "role": grant.role, "scope": input.scope });
    note(
        tx,
        &after,
        "person.grant_given",
        role,
        Note {
            from: Some(&row.status),
            division: grant.division.as_str(),
            data: Some(data),
            reason: None,
        },
    )
    .await?;
    shown(tx, after).await
}

/// Revokes a live grant.
pub(crate) async fn revoke_grant(tx: &Tx, key: &Key, input: RevokeIn) -> Result<PersonOut, Error> {
    let row = find_person(tx, key).await?;
    let grant = live(tx, &[row.id])
        .await?
        .remove(&row.id)
        .unwrap_or_default()
        .into_iter()
        .find(|grant| grant.id == input.grant_id);
    let grant = grant.ok_or(Code::NotFound)?;
    let right = if grant.role == Role::OrgAgent.as_str() {
        "grants.give_agent"
    } else {
        "grants.revoke"
    };
    let role = rights::require(tx.actor(), &reach_of(&grant)?, right)?;
    tx.expect_version(row.version)?;
    keep_an_administrator(tx, std::slice::from_ref(&grant)).await?;
    end(tx, &grant).await?;
    let after = touch(tx, &row, None).await?;
    let data = json!({ "role": grant.role, "scope": grant.scope });
    note(
        tx,
        &after,
        "person.grant_revoked",
        role,
        Note {
            from: Some(&row.status),
            division: &grant.division,
            data: Some(data),
            reason: None,
        },
    )
    .await?;
    shown(tx, after).await
}

/// Disables a person: he cannot sign in, and every session of his ends at once.
pub(crate) async fn disable(tx: &Tx, key: &Key, input: ReasonIn) -> Result<PersonOut, Error> {
    let row = visible(tx, key).await?;
    let held = live(tx, &[row.id])
        .await?
        .remove(&row.id)
        .unwrap_or_default();
    let (role, division) = require_over(tx, &row, "people.disable").await?;
    keep_an_administrator(tx, &held).await?;
    end_sessions(tx, row.id).await?;
    set_status(
        tx,
        &row,
        AccountStatus::Disabled,
        "person.disabled",
        (role, division),
        input,
    )
    .await
}

/// Lets a disabled person sign in again.
pub(crate) async fn enable(tx: &Tx, key: &Key, input: ReasonIn) -> Result<PersonOut, Error> {
    let row = visible(tx, key).await?;
    let (role, division) = require_over(tx, &row, "people.disable").await?;
    set_status(
        tx,
        &row,
        AccountStatus::Active,
        "person.enabled",
        (role, division),
        input,
    )
    .await
}

async fn set_status(
    tx: &Tx,
    row: &people::Model,
    to: AccountStatus,
    event: &str,
    by: (Role, String),
    input: ReasonIn,
) -> Result<PersonOut, Error> {
    tx.expect_version(row.version)?;
    let mut faults = Faults::new();
    let reason = faults.prose("/reason", &input.reason, 2..=500);
    faults.finish()?;
    if row.status == to.as_str() {
        return Err(Code::InvalidTransition.into());
    }
    let after = touch(tx, row, Some(to)).await?;
    note(
        tx,
        &after,
        event,
        by.0,
        Note {
            from: Some(&row.status),
            division: &by.1,
            reason: Some(reason),
            data: None,
        },
    )
    .await?;
    shown(tx, after).await
}

/// Revokes every session of a person.
pub(super) async fn end_sessions(tx: &Tx, person: Uuid) -> Result<(), Error> {
    sessions::Entity::update_many()
        .col_expr(sessions::Column::RevokedAt, Expr::value(tx.now()))
        .filter(sessions::Column::PersonId.eq(person))
        .filter(sessions::Column::RevokedAt.is_null())
        .exec(&tx.db())
        .await?;
    Ok(())
}
