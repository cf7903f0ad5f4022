//! Rows of templates.

use crate::entity::{posting, template};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Role};
use wubang_store::trace::{self, About, Entry};
use wubang_store::{Error, Key, Read, Tx, scope};
use wubang_web::ListQuery;

/// Roles that may use a template.
const USERS: &[Role] = &[
    Role::CommunitySecretary,
    Role::StreetOfficer,
    Role::DistrictAdmin,
];

/// Templates of the viewer's territory, and of the divisions above it.
fn usable(read: &impl Read) -> Condition {
    let above: Vec<String> = read
        .actor()
        .divisions(USERS)
        .flat_map(|division| std::iter::successors(division.parent(), DivisionCode::parent))
        .map(|division| division.as_str().to_owned())
        .collect();
    Condition::any()
        .add(scope::within(
            template::Column::Division,
            read.actor().divisions(USERS),
        ))
        .add(template::Column::Division.is_in(above))
}

/// A template that the viewer can use; `not_found` for everybody else.
pub(crate) async fn load(read: &impl Read, key: &Key) -> Result<template::Model, Error> {
    let Key::Id(id) = key else {
        return Err(Code::NotFound.into());
    };
    let found = template::Entity::find_by_id(*id)
        .filter(usable(read))
        .one(&read.db())
        .await?;
    Ok(found.ok_or(Code::NotFound)?)
}

/// One page, newest first, one row more; those taken out of use only when `retired=true` asks for them.
pub(crate) async fn list(
    read: &impl Read,
    query: &ListQuery,
) -> Result<Vec<template::Model>, Error> {
    let mut select = template::Entity::find()
        .filter(usable(read))
        .order_by_desc(template::Column::Id)
        .limit(query.page.limit + 1);
    select = if query.one("retired") == Some("true") {
        select.filter(template::Column::RetiredAt.is_not_null())
    } else {
        select.filter(template::Column::RetiredAt.is_null())
    };
    if let Some(after) = query.page.after {
        select = select.filter(template::Column::Id.lt(after));
    }
    if !query.all("field").is_empty() {
        select = select.filter(template::Column::Field.is_in(query.all("field").iter().cloned()));
    }
    Ok(select.all(&read.db()).await?)
}

/// Keeps a posting's content under a name.
///
/// # Errors
/// `duplicate` for a name that is taken in the division.
pub(crate) async fn insert(
    tx: &Tx,
    name: String,
    division: &DivisionCode,
    role: Role,
    posting: &posting::Model,
) -> Result<template::Model, Error> {
    let row = template::ActiveModel {
        id: Set(tx.new_id()),
        name: Set(name),
        division: Set(division.as_str().to_owned()),
        kind: Set(posting.kind.clone()),
        title: Set(posting.title.clone()),
        field: Set(posting.field.clone()),
        budget_ceiling_fen: Set(posting.budget_ceiling_fen),
        content: Set(posting.content.clone()),
        overrides: Set(posting.overrides.clone()),
        particulars: Set(posting.particulars.for_template()),
        made_by: Set(tx.person()?),
        retired_at: Set(None),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let kept = template::Entity::insert(row)
        .exec_with_returning(&tx.db())
        .await?;
    record(tx, &kept, "posting_template.kept", role, Some(posting)).await?;
    Ok(kept)
}

/// Takes a template out of use.
///
/// # Errors
/// `conflict` when somebody else was first.
pub(crate) async fn retire(
    tx: &Tx,
    kept: &template::Model,
    role: Role,
) -> Result<template::Model, Error> {
    let rows = template::Entity::update_many()
        .col_expr(template::Column::RetiredAt, Expr::value(tx.now()))
        .col_expr(template::Column::UpdatedAt, Expr::value(tx.now()))
        .col_expr(
            template::Column::Version,
            Expr::col(template::Column::Version).add(1),
        )
        .filter(template::Column::Id.eq(kept.id))
        .filter(template::Column::Version.eq(kept.version))
        .exec_with_returning(&tx.db())
        .await?;
    let after = rows.into_iter().next().ok_or(Code::Conflict)?;
    record(tx, &after, "posting_template.retired", role, None).await?;
    Ok(after)
}

async fn record(
    tx: &Tx,
    kept: &template::Model,
    event: &str,
    role: Role,
    from: Option<&posting::Model>,
) -> Result<(), Error> {
    let about = About {
        object: "posting_template",
        id: kept.id,
        project_id: None,
        division: &kept.division,
        version: kept.version,
    };
    let entry = Entry {
        event,
        from: None,
        to: if kept.retired_at.is_some() {
            "retired"
        } else {
            "in_use"
        },
        role,
        reason: None,
        data: from.map(|posting| serde_json::json!({ "posting": posting.number })),
    };
    trace::record(tx, &about, entry).await
}
