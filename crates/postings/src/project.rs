//! The project: the spine that a user follows from the first draft posting to the closed evaluation.

use crate::entity::{posting, project};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;
use wubang_kernel::cursor::Page;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Role};
use wubang_store::trace::{self, About, Entry};
use wubang_store::{Error, Key, Read, Tx, scope};

/// Makes the project of a first draft posting.
pub(crate) async fn insert(
    tx: &Tx,
    number: String,
    title: &str,
    division: &str,
    field: &str,
    role: Role,
) -> Result<project::Model, Error> {
    let row = project::ActiveModel {
        id: Set(tx.new_id()),
        number: Set(number),
        title: Set(title.to_owned()),
        division: Set(division.to_owned()),
        field: Set(field.to_owned()),
        stage: Set("posting".to_owned()),
        outcome: Set(None),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let made = project::Entity::insert(row)
        .exec_with_returning(&tx.db())
        .await?;
    record(tx, &made, None, role).await?;
    Ok(made)
}

/// A project by id or number, whoever asks; what of it he may see is decided by the caller.
///
/// # Errors
/// `not_found`.
pub(crate) async fn find(read: &impl Read, key: &Key) -> Result<project::Model, Error> {
    let select = match key {
        Key::Id(id) => project::Entity::find_by_id(*id),
        Key::Number(number) => {
            project::Entity::find().filter(project::Column::Number.eq(number.as_str()))
        }
    };
    Ok(select.one(&read.db()).await?.ok_or(Code::NotFound)?)
}

/// Projects with a published posting, or within the viewer's territory; newest first, one row more.
pub(crate) async fn list(
    read: &impl Read,
    page: Page,
    within: Option<&DivisionCode>,
    stages: &[String],
    officials: &[Role],
) -> Result<Vec<project::Model>, Error> {
    let published = Query::select()
        .column(posting::Column::ProjectId)
        .from(posting::Entity)
        .and_where(Expr::col(posting::Column::PublishedAt).is_not_null())
        .to_owned();
    let theirs = Condition::any()
        .add(project::Column::Id.in_subquery(published))
        .add(scope::within(
            project::Column::Division,
            read.actor().divisions(officials),
        ));
    let mut select = project::Entity::find()
        .filter(theirs)
        .order_by_desc(project::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        select = select.filter(project::Column::Id.lt(after));
    }
    if let Some(division) = within {
        select = select.filter(scope::within(
            project::Column::Division,
            std::iter::once(division),
        ));
    }
    if !stages.is_empty() {
        select = select.filter(project::Column::Stage.is_in(stages.iter().cloned()));
    }
    Ok(select.all(&read.db()).await?)
}

/// Moves a project to a stage; nothing happens when it is there already.
///
/// # Errors
/// `conflict` when somebody else was first.
pub(crate) async fn set_stage(
    tx: &Tx,
    id: Uuid,
    stage: &str,
    outcome: Option<&str>,
) -> Result<(), Error> {
    let before = find(tx, &Key::Id(id)).await?;
    if before.stage == stage && before.outcome.as_deref() == outcome {
        return Ok(());
    }
    let rows = project::Entity::update_many()
        .col_expr(project::Column::Stage, Expr::value(stage))
        .col_expr(
            project::Column::Outcome,
            Expr::value(outcome.map(str::to_owned)),
        )
        .col_expr(
            project::Column::Version,
            Expr::col(project::Column::Version).add(1),
        )
        .col_expr(project::Column::UpdatedAt, Expr::value(tx.now()))
        .filter(project::Column::Id.eq(id))
        .filter(project::Column::Version.eq(before.version))
        .exec_with_returning(&tx.db())
        .await?;
    let after = rows.into_iter().next().ok_or(Code::Conflict)?;
    record(tx, &after, Some(&before.stage), Role::System).await
}

async fn record(
    tx: &Tx,
    project: &project::Model,
    from: Option<&str>,
    role: Role,
) -> Result<(), Error> {
    let about = About {
        object: "project",
        id: project.id,
        project_id: Some(project.id),
        division: &project.division,
        version: project.version,
    };
    let event = if from.is_none() {
        "project.started"
    } else {
        "project.stage_changed"
    };
    trace::record(
        tx,
        &about,
        Entry {
            event,
            from,
            to: &project.stage,
            role,
            reason: project.outcome.clone(),
            data: None,
        },
    )
    .await
}
