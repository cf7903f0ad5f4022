//! The credit ledger (信用分明细): every point with its reason, its object and its day.

use super::account::Account;
use crate::entity::credit_entries::{self, Column, Entity};
use crate::entity::organisations;
use crate::organisations::{Organisation, load, touched};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::HashMap;
use uuid::Uuid;
use wubang_kernel::deadline::local_date;
use wubang_kernel::{Code, Role};
use wubang_store::{Error, Read, Tx, View};

/// Points that are to be entered.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// Whose.
    pub organisation_id: Uuid,
    /// Why, a closed word of the crate that enters.
    pub reason: &'static str,
    /// Points, below zero for a deduction.
    pub points: i32,
    /// What it follows from (`evaluation`).
    pub object: &'static str,
    /// Its id: one reason is entered once for one object.
    pub object_id: Uuid,
    /// What a person calls it.
    pub label: String,
    /// Division that it was decided in.
    pub division: String,
}

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Id.
    pub id: Uuid,
    /// Whose.
    pub organisation_id: Uuid,
    /// Why.
    pub reason: String,
    /// Points as given.
    pub points: i32,
    /// What it follows from.
    pub object: String,
    /// Its id.
    pub object_id: Uuid,
    /// What a person calls it.
    pub label: String,
    /// Division that it was decided in.
    pub division: String,
    /// Its day.
    pub entered_on: NaiveDate,
    /// When it was taken back, and why.
    pub voided: Option<(DateTime<Utc>, String)>,
}

impl From<credit_entries::Model> for LedgerEntry {
    fn from(row: credit_entries::Model) -> Self {
        LedgerEntry {
            id: row.id,
            organisation_id: row.organisation_id,
            reason: row.reason,
            points: row.points,
            object: row.object,
            object_id: row.object_id,
            label: row.label,
            division: row.division,
            entered_on: row.entered_on,
            voided: row.voided_at.zip(row.void_reason),
        }
    }
}

/// Enters points; an entry that is there already stays alone.
///
/// # Errors
/// `not_found` for an unknown organisation; `conflict` when somebody changed it meanwhile.
pub async fn enter(tx: &Tx, new: NewEntry) -> Result<(), Error> {
    if new.points == 0 {
        return Ok(());
    }
    crate::organisations::hold(tx, &[new.organisation_id]).await?;
    let known = Entity::find()
        .filter(Column::OrganisationId.eq(new.organisation_id))
        .filter(Column::Reason.eq(new.reason))
        .filter(Column::ObjectId.eq(new.object_id))
        .one(&tx.db())
        .await?;
    if known.is_some() {
        return Ok(());
    }
    let data = serde_json::json!({ "reason": new.reason, "points": new.points, "object": new.object, "object_id": new.object_id });
    let row = credit_entries::ActiveModel {
        id: Set(tx.new_id()),
        organisation_id: Set(new.organisation_id),
        reason: Set(new.reason.to_owned()),
        points: Set(new.points),
        object: Set(new.object.to_owned()),
        object_id: Set(new.object_id),
        label: Set(new.label),
        division: Set(new.division),
        entered_on: Set(local_date(tx.now())),
        created_at: Set(tx.now()),
        voided_at: Set(None),
        void_reason: Set(None),
    };
    Entity::insert(row).exec_without_returning(&tx.db()).await?;
    let event = ("organisation.credit_entered", Role::System);
    count(tx, new.organisation_id, event, data).await
}

/// Takes an entry back: it stays on the ledger and does not count any more.
///
/// # Errors
/// `not_found`; `duplicate` when it was taken back before.
pub async fn void(tx: &Tx, id: Uuid, reason: &str, role: Role) -> Result<(), Error> {
    let row = find_entry(tx, id).await?;
    crate::organisations::hold(tx, &[row.organisation_id]).await?;
    let voided = Entity::update_many()
        .col_expr(Column::VoidedAt, Expr::value(tx.now()))
        .col_expr(Column::VoidReason, Expr::value(reason))
        .filter(Column::Id.eq(id))
        .filter(Column::VoidedAt.is_null())
        .exec(&tx.db())
        .await?;
    if voided.rows_affected != 1 {
        return Err(Code::Duplicate.into());
    }
    let data = serde_json::json!({ "entry_id": id, "reason": reason });
    let event = ("organisation.credit_voided", role);
    count(tx, row.organisation_id, event, data).await
}

/// One entry, whoever asks.
///
/// # Errors
/// `not_found`.
pub async fn find_entry(read: &impl Read, id: Uuid) -> Result<LedgerEntry, Error> {
    let row = Entity::find_by_id(id).one(&read.db()).await?;
    Ok(LedgerEntry::from(row.ok_or(Code::NotFound)?))
}

/// Counts the ledger of an organisation anew and keeps what comes out on its row.
async fn count(
    tx: &Tx,
    organisation: Uuid,
    (event, role): (&str, Role),
    data: serde_json::Value,
) -> Result<(), Error> {
    let account = account(&entries_of(tx, organisation).await?);
    let before = load(tx, organisation).await?;
    let set = |update: sea_orm::UpdateMany<organisations::Entity>| {
        update
            .col_expr(
                organisations::Column::CreditBalance,
                Expr::value(account.balance),
            )
            .col_expr(
                organisations::Column::CreditCleanSince,
                Expr::value(account.clean_since),
            )
            .col_expr(
                organisations::Column::CreditLastFault,
                Expr::value(account.last_fault),
            )
    };
    touched(tx, &before, event, role, data, set).await
}

fn account(entries: &[LedgerEntry]) -> Account {
    let counting = entries.iter().filter(|entry| entry.voided.is_none());
    Account::walk(counting.map(|entry| (entry.points, entry.entered_on))).0
}

/// The whole ledger of an organisation, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn entries_of(read: &impl Read, organisation: Uuid) -> Result<Vec<LedgerEntry>, Error> {
    let rows = Entity::find()
        .filter(Column::OrganisationId.eq(organisation))
        .order_by_asc(Column::Id)
        .all(&read.db())
        .await?;
    Ok(rows.into_iter().map(LedgerEntry::from).collect())
}

/// Organisations whose row says another score than their ledger.
pub(crate) async fn account_differs(
    view: &View,
    organisations: &[Organisation],
) -> Result<Vec<Uuid>, Error> {
    let rows = Entity::find()
        .order_by_asc(Column::Id)
        .all(&view.db())
        .await?;
    let mut ledgers: HashMap<Uuid, Vec<LedgerEntry>> = HashMap::new();
    for row in rows {
        let ledger = ledgers.entry(row.organisation_id).or_default();
        ledger.push(LedgerEntry::from(row));
    }
    let said = |one: &&Organisation| {
        let ledger = ledgers.get(&one.id).map_or(&[][..], Vec::as_slice);
        account(ledger) != one.account
    };
    Ok(organisations
        .iter()
        .filter(said)
        .map(|one| one.id)
        .collect())
}
