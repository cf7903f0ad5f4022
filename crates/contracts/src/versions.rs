//! The versions of an agreement: the first is what was signed, each approved change makes the next (rulebook 2.8.7).

use crate::entity::{contract, version};
use crate::model::ContractContent;
use crate::steps::id_filter;
use crate::store::{self, visible_ids};
use chrono::{Days, NaiveDate};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::{Code, Faults};
use wubang_store::{Error, Key, Read, Tx, View};
use wubang_web::{Instant, ListQuery};

/// A version in full.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContractVersionOut {
    /// Id.
    pub id: Uuid,
    /// 协议。
    pub contract_id: Uuid,
    /// 第几版,从 1 起。
    pub n: i32,
    /// 协议内容。
    pub content: ContractContent,
    /// 内容哈希。
    pub content_hash: String,
    /// 形成该版本的变更申请;第 1 版和恢复后顺延的版本没有。
    pub change_request_id: Option<Uuid>,
    /// 形成时间。
    pub created_at: Instant,
}

/// A version in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContractVersionSummary {
    /// Id.
    pub id: Uuid,
    /// 协议。
    pub contract_id: Uuid,
    /// 第几版。
    pub n: i32,
    /// 内容哈希。
    pub content_hash: String,
    /// 形成该版本的变更申请。
    pub change_request_id: Option<Uuid>,
    /// 形成时间。
    pub created_at: Instant,
}

wubang_web::list_of! {
    /// A page of versions (协议版本).
    ContractVersionList of ContractVersionSummary
}

/// Keeps what an agreement says from now on; answers the number of the version.
///
/// # Errors
/// `duplicate` when somebody else was first.
pub(crate) async fn insert(
    tx: &Tx,
    contract: Uuid,
    content: &ContractContent,
    hash: &str,
    change: Option<Uuid>,
) -> Result<i32, Error> {
    let last = version::Entity::find()
        .filter(version::Column::ContractId.eq(contract))
        .order_by_desc(version::Column::N)
        .one(&tx.db())
        .await?;
    let n = last.map_or(1, |row| row.n.saturating_add(1));
    let row = version::ActiveModel {
        id: Set(tx.new_id()),
        contract_id: Set(contract),
        n: Set(n),
        content: Set(content.clone()),
        content_hash: Set(hash.to_owned()),
        change_request_id: Set(change),
        created_at: Set(tx.now()),
    };
    version::Entity::insert(row)
        .exec_without_returning(&tx.db())
        .await?;
    Ok(n)
}

/// What was signed: every limit of a change is counted from it. Days on which the agreement stood still are not the
/// parties' doing and use up nothing of a limit.
///
/// # Errors
/// When the database fails.
pub(crate) async fn first(
    read: &impl Read,
    contract: &contract::Model,
) -> Result<ContractContent, Error> {
    let row = version::Entity::find()
        .filter(version::Column::ContractId.eq(contract.id))
        .filter(version::Column::N.eq(1))
        .one(&read.db())
        .await?;
    let mut content = row.map_or_else(|| contract.content.clone(), |row| row.content);
    content.starts_on = later(content.starts_on, contract.days_lost);
    content.ends_on = later(content.ends_on, contract.days_lost);
    Ok(content)
}

/// A day that is some days later.
pub(crate) fn later(day: NaiveDate, days: i32) -> NaiveDate {
    let days = u64::try_from(days).unwrap_or(0);
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}

/// Versions of the agreements that the viewer may see, the newest first.
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub(crate) async fn list(view: &View, query: &ListQuery) -> Result<ContractVersionList, Error> {
    let mut faults = Faults::new();
    let of = id_filter(query, "contract_id", &mut faults);
    faults.finish()?;
    let mut select = version::Entity::find()
        .filter(version::Column::ContractId.in_subquery(visible_ids(view)))
        .order_by_desc(version::Column::Id)
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(version::Column::Id.lt(after));
    }
    if let Some(of) = of {
        select = select.filter(version::Column::ContractId.eq(of));
    }
    let rows = select.all(&view.db()).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let summary = |row: version::Model| ContractVersionSummary {
        id: row.id,
        contract_id: row.contract_id,
        n: row.n,
        content_hash: row.content_hash,
        change_request_id: row.change_request_id,
        created_at: Instant(row.created_at),
    };
    Ok(ContractVersionList {
        items: rows.into_iter().map(summary).collect(),
        next,
    })
}

/// A version for somebody who may see its agreement.
///
/// # Errors
/// `not_found` for everybody else.
pub(crate) async fn get(view: &View, key: &Key) -> Result<ContractVersionOut, Error> {
    let Key::Id(id) = key else {
        return Err(Code::NotFound.into());
    };
    let row = version::Entity::find_by_id(*id)
        .one(&view.db())
        .await?
        .ok_or(Code::NotFound)?;
    store::load(view, &Key::Id(row.contract_id)).await?;
    Ok(ContractVersionOut {
        id: row.id,
        contract_id: row.contract_id,
        n: row.n,
        content: row.content,
        content_hash: row.content_hash,
        change_request_id: row.change_request_id,
        created_at: Instant(row.created_at),
    })
}
