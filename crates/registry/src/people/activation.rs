//! How a person comes to a password: an administrator issues a code that is shown once, the person
//! spends it. No password is ever made up by anybody else.

use super::service::{Note, end_sessions, note, require_over, visible};
use crate::entity::people;
use crate::words::AccountStatus;
use crate::{passwords, secret};
use chrono::TimeDelta;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::{Code, Faults, Role};
use wubang_store::{Error, Key, Read, Store, Tx};
use wubang_web::Instant;

/// How long an activation code is good.
const VALID: TimeDelta = TimeDelta::hours(72);

/// An activation code; it is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActivationOut {
    /// Account it is for.
    pub account: String,
    /// The code.
    pub activation_token: String,
    /// Until when it can be spent.
    pub expires_at: Instant,
}

/// Spends an activation code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivateIn {
    /// 账号。Account.
    #[schema(example = "han.wenjing")]
    pub account: String,
    /// 激活码。Activation code.
    pub token: String,
    /// 新密码,12–128 个字符。New password, 12–128 characters.
    #[schema(min_length = 12, max_length = 128)]
    pub password: String,
}

/// Issues a code for a person; an earlier one no longer counts. The old password works until the code is spent.
pub(crate) async fn issue(tx: &Tx, key: &Key) -> Result<ActivationOut, Error> {
    let row = visible(tx, key).await?;
    let (role, division) = require_over(tx, &row, "people.activate").await?;
    if row.status != AccountStatus::Active.as_str() {
        return Err(Code::InvalidTransition.into());
    }
    issue_for(tx, &row, role, &division).await
}

/// Issues a code without asking for a right: for the first administrator.
pub(crate) async fn issue_for(
    tx: &Tx,
    row: &people::Model,
    role: Role,
    division: &str,
) -> Result<ActivationOut, Error> {
    use people::Column;
    let token = secret::new();
    let expires_at = tx.now() + VALID;
    people::Entity::update_many()
        .col_expr(Column::ActivationHash, Expr::value(secret::hash(&token)))
        .col_expr(Column::ActivationExpiresAt, Expr::value(expires_at))
        .filter(Column::Id.eq(row.id))
        .exec(&tx.db())
        .await?;
    note(
        tx,
        row,
        "person.activation_issued",
        role,
        Note {
            from: Some(&row.status),
            division,
            ..Note::default()
        },
    )
    .await?;
    Ok(ActivationOut {
        account: row.account.clone(),
        activation_token: token,
        expires_at: expires_at.into(),
    })
}

/// Spends a code: sets the password and ends every session. The hash is computed while no transaction is open.
///
/// # Errors
/// `bad_credentials` whatever of account and code is wrong, `invalid` password.
pub(crate) async fn activate(
    store: &Store,
    who: &wubang_kernel::Who,
    input: ActivateIn,
) -> Result<(), Error> {
    use people::Column;
    let hash = secret::hash(&input.token);
    let good = |now| {
        people::Entity::find()
            .filter(Column::Account.eq(input.account.as_str()))
            .filter(Column::Status.eq(AccountStatus::Active.as_str()))
            .filter(Column::ActivationHash.eq(hash.as_str()))
            .filter(Column::ActivationExpiresAt.gt(now))
    };
    let read = store.read(who);
    let known = good(read.now()).one(&read.db()).await?;
    let known = known.ok_or(Code::BadCredentials)?;
    let mut faults = Faults::new();
    passwords::check("/password", &input.password, &input.account, &mut faults);
    faults.finish()?;
    let password = passwords::hash(input.password.clone()).await?;
    let tx = store.write(who).await?;
    let written = people::Entity::update_many()
        .col_expr(Column::PasswordHash, Expr::value(password))
        .col_expr(Column::ActivationHash, Expr::value(Option::<String>::None))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(tx.now()))
        .filter(Column::Id.eq(known.id))
        .filter(Column::ActivationHash.eq(hash.as_str()))
        .exec_with_returning(&tx.db())
        .await?;
    // somebody else spent it while the hash was computed
    let row = written.into_iter().next().ok_or(Code::BadCredentials)?;
    end_sessions(&tx, row.id).await?;
    note(
        &tx,
        &row,
        "person.activated",
        Role::Public,
        Note {
            from: Some(&known.status),
            ..Note::default()
        },
    )
    .await?;
    tx.commit().await
}

/// Sets a person's password; for the operator's commands and the sandbox.
///
/// # Errors
/// `invalid` when the password is too weak, `not_found`.
pub async fn set_password(tx: &Tx, person: Uuid, password: &str) -> Result<(), Error> {
    let row = people::Entity::find_by_id(person)
        .one(&tx.db())
        .await?
        .ok_or(Code::NotFound)?;
    let mut faults = Faults::new();
    passwords::check("/password", password, &row.account, &mut faults);
    faults.finish()?;
    let hash = passwords::hash(password.to_owned()).await?;
    set_password_hash(tx, &[person], &hash).await
}

/// Gives several persons one password that was hashed before ([`crate::passwords::hash`]): the sandbox
/// has hundreds of accounts and one password. Ends their sessions.
///
/// # Errors
/// When the database fails.
pub async fn set_password_hash(tx: &Tx, persons: &[Uuid], hash: &str) -> Result<(), Error> {
    use people::Column;
    for batch in persons.chunks(500) {
        people::Entity::update_many()
            .col_expr(Column::PasswordHash, Expr::value(hash))
            .col_expr(Column::ActivationHash, Expr::value(Option::<String>::None))
            .col_expr(Column::Version, Expr::col(Column::Version).add(1))
            .col_expr(Column::UpdatedAt, Expr::value(tx.now()))
            .filter(Column::Id.is_in(batch.iter().copied()))
            .exec(&tx.db())
            .await?;
    }
    for person in persons {
        end_sessions(tx, *person).await?;
    }
    Ok(())
}
