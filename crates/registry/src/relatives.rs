//! Relatives that a person declares (亲属申报; rulebook 2.9, 3). Private: read by the person himself and by
//! the rule of recusal, which says no more than that there is a tie; no name stands in the trace.

use crate::entity::{organisations, relatives};
use crate::words::{KinPosition, Kinship};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::{Code, Faults, Role};
use wubang_store::trace::{self, About, Entry};
use wubang_store::{Error, Key, Read, Tx, View};
use wubang_web::query::cut;
use wubang_web::{Instant, ListQuery, list_of};

/// A relative on his way in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "李某", "kinship": "spouse", "organisation_id": "019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c11", "position": "head" }))]
pub struct RelativeIn {
    /// 亲属姓名;只有本人可见。
    pub name: String,
    /// 亲属关系。
    pub kinship: Kinship,
    /// 亲属所在组织。
    pub organisation_id: Uuid,
    /// 在该组织的身份:负责人须回避,工作人员作提示。
    pub position: KinPosition,
}

/// A relative on his way out, to who declared him.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RelativeOut {
    /// Id.
    pub id: Uuid,
    /// 亲属姓名。
    pub name: String,
    /// 亲属关系。
    pub kinship: Kinship,
    /// 所在组织。
    pub organisation_id: Uuid,
    /// 身份。
    pub position: KinPosition,
    /// 申报时间。
    pub created_at: Instant,
    /// 撤回时间。
    pub withdrawn_at: Option<Instant>,
}

list_of! {
    /// One page of one's own declarations.
    RelativeList of RelativeOut
}

fn out(row: relatives::Model) -> Result<RelativeOut, Error> {
    Ok(RelativeOut {
        id: row.id,
        kinship: Kinship::stored(&row.kinship)?,
        position: KinPosition::stored(&row.position)?,
        name: row.name,
        organisation_id: row.organisation_id,
        created_at: row.created_at.into(),
        withdrawn_at: row.withdrawn_at.map(Into::into),
    })
}

/// Declares a relative of oneself.
///
/// # Errors
/// `invalid` with every wrong field.
pub async fn declare(tx: &Tx, input: RelativeIn) -> Result<RelativeOut, Error> {
    let mut faults = Faults::new();
    let name = faults.line("/name", &input.name, 2..=50);
    let organisation = organisations::Entity::find_by_id(input.organisation_id)
        .one(&tx.db())
        .await?;
    if organisation.is_none() {
        faults.add(
            "/organisation_id",
            "unknown_value",
            "没有这个组织",
            "is no organisation known here",
        );
    }
    faults.finish()?;
    let division = organisation.ok_or(Code::Invalid)?.division;
    let row = relatives::ActiveModel {
        id: Set(tx.new_id()),
        person_id: Set(tx.person()?),
        name: Set(name),
        kinship: Set(input.kinship.as_str().to_owned()),
        organisation_id: Set(input.organisation_id),
        position: Set(input.position.as_str().to_owned()),
        created_at: Set(tx.now()),
        withdrawn_at: Set(None),
    };
    let row = relatives::Entity::insert(row)
        .exec_with_returning(&tx.db())
        .await?;
    note(tx, &row, &division).await?;
    out(row)
}

/// Withdraws one's own declaration, which stays on record.
///
/// # Errors
/// `not_found` for somebody else's; `invalid_transition` the second time.
pub async fn withdraw(tx: &Tx, key: &Key, _: RelativeWithdrawIn) -> Result<RelativeOut, Error> {
    let (Key::Id(id), person) = (key, tx.person()?) else {
        return Err(Code::NotFound.into());
    };
    let own = relatives::Entity::find_by_id(*id)
        .filter(relatives::Column::PersonId.eq(person))
        .one(&tx.db())
        .await?
        .ok_or(Code::NotFound)?;
    tx.expect_version(if own.withdrawn_at.is_some() { 2 } else { 1 })?;
    let rows = relatives::Entity::update_many()
        .col_expr(relatives::Column::WithdrawnAt, Expr::value(tx.now()))
        .filter(relatives::Column::Id.eq(own.id))
        .filter(relatives::Column::WithdrawnAt.is_null())
        .exec_with_returning(&tx.db())
        .await?;
    let row = rows.into_iter().next().ok_or(Code::InvalidTransition)?;
    let division = crate::organisations::load(tx, row.organisation_id)
        .await?
        .division;
    note(tx, &row, division.as_str()).await?;
    out(row)
}

/// Nothing is asked.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RelativeWithdrawIn {}

/// One's own declarations, newest first.
///
/// # Errors
/// When the database fails.
pub async fn list(view: &View, query: &ListQuery) -> Result<RelativeList, Error> {
    let person = view.actor().person.ok_or(Code::Unauthenticated)?;
    let mut select = relatives::Entity::find()
        .filter(relatives::Column::PersonId.eq(person))
        .order_by_desc(relatives::Column::Id)
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(relatives::Column::Id.lt(after));
    }
    let (rows, next) = cut(select.all(&view.db()).await?, query.page, |row| row.id);
    Ok(RelativeList {
        items: rows.into_iter().map(out).collect::<Result<_, _>>()?,
        next,
    })
}

/// Standing declarations of some persons about some organisations.
pub(crate) async fn of(
    read: &impl Read,
    persons: &[Uuid],
    organisations: &[Uuid],
) -> Result<Vec<relatives::Model>, Error> {
    Ok(relatives::Entity::find()
        .filter(relatives::Column::PersonId.is_in(persons.iter().copied()))
        .filter(relatives::Column::OrganisationId.is_in(organisations.iter().copied()))
        .filter(relatives::Column::WithdrawnAt.is_null())
        .all(&read.db())
        .await?)
}

async fn note(tx: &Tx, row: &relatives::Model, division: &str) -> Result<(), Error> {
    let withdrawn = row.withdrawn_at.is_some();
    let about = About {
        object: "relative",
        id: row.id,
        project_id: None,
        division,
        version: if withdrawn { 2 } else { 1 },
    };
    let entry = Entry {
        event: if withdrawn {
            "relative.withdrawn"
        } else {
            "relative.declared"
        },
        from: withdrawn.then_some("standing"),
        to: if withdrawn { "withdrawn" } else { "standing" },
        // in which role he declares it does not matter, and would tell where he sits
        role: Role::Public,
        reason: None,
        data: Some(json!({ "organisation_id": row.organisation_id })),
    };
    trace::record(tx, &about, entry).await
}
