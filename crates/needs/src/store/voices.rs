//! Supporters and comments of needs; decides nothing. No finder answers with a name.

use crate::entity::{comment, need, supporter};
use crate::flow::{Need, NeedState};
use crate::model::{CommentCountsOut, Stance, wire};
use crate::store::{self, NEIGHBOURS, NeedFilter};
use crate::visibility;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};
use std::collections::HashMap;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::cursor::Page;
use wubang_kernel::machine::{Machine, Name};
use wubang_kernel::{Code, RoleSet};
use wubang_store::{Error, Key, Read, Tx, scope, state_of};
use wubang_web::ListQuery;

/// The public face of a need: for everybody when it is public, for the people of its territory from
/// the submission on; `not_found` otherwise. Also the viewer's roles in the territory.
pub(crate) async fn face(read: &impl Read, key: &Key) -> Result<(need::Model, RoleSet), Error> {
    let need = store::find(read, key).await?;
    let roles = read
        .actor()
        .roles(&Reach::at(crate::service::division_of(&need)?));
    let state = state_of::<Need>(&need.state)?;
    if visibility::is_public(state) || (visibility::is_heard(state) && roles.any(NEIGHBOURS)) {
        Ok((need, roles))
    } else {
        Err(Code::NotFound.into())
    }
}

fn states(holds: impl Fn(NeedState) -> bool) -> Condition {
    let names = Need::STATES.iter().copied().filter(|state| holds(*state));
    Condition::all().add(need::Column::State.is_in(names.map(Name::wire)))
}

/// One page of the needs whose public face the viewer may see, one row more than asked for.
pub(crate) async fn faces(
    read: &impl Read,
    filter: &NeedFilter,
    query: &ListQuery,
) -> Result<Vec<need::Model>, Error> {
    let own = scope::within(need::Column::Division, read.actor().divisions(NEIGHBOURS));
    let seen = Condition::any()
        .add(states(visibility::is_public))
        .add(states(visibility::is_heard).add(own));
    store::page(
        filter.narrow(read, need::Entity::find().filter(seen)),
        read,
        query,
    )
    .await
}

/// Keeps the need in its state until the transaction ends, without a new version: voices do not disturb
/// who works on the need, but none may slip past a merge or the end of a comment period.
///
/// # Errors
/// `conflict` when the need has moved on.
pub(crate) async fn hold(tx: &Tx, need: &need::Model) -> Result<(), Error> {
    let held = need::Entity::update_many()
        .col_expr(need::Column::Number, Expr::col(need::Column::Number))
        .filter(need::Column::Id.eq(need.id))
        .filter(need::Column::State.eq(need.state.as_str()))
        .exec(&tx.db())
        .await?;
    if held.rows_affected == 1 {
        Ok(())
    } else {
        Err(Code::Conflict.into())
    }
}

/// Adds the caller's voice.
///
/// # Errors
/// `duplicate` when he has given it.
pub(crate) async fn support(tx: &Tx, need_id: Uuid) -> Result<(), Error> {
    let again = supporter::Entity::update_many()
        .col_expr(
            supporter::Column::WithdrawnAt,
            Expr::value(None::<chrono::DateTime<chrono::Utc>>),
        )
        .filter(supporter::Column::NeedId.eq(need_id))
        .filter(supporter::Column::PersonId.eq(tx.person()?))
        .filter(supporter::Column::WithdrawnAt.is_not_null())
        .exec(&tx.db())
        .await?;
    if again.rows_affected > 0 {
        return count(tx, need_id, 1).await;
    }
    let row = supporter::ActiveModel {
        id: Set(tx.new_id()),
        need_id: Set(need_id),
        person_id: Set(tx.person()?),
        created_at: Set(tx.now()),
        withdrawn_at: Set(None),
    };
    supporter::Entity::insert(row)
        .exec_without_returning(&tx.db())
        .await?;
    count(tx, need_id, 1).await
}

/// Adds to the number of voices that stands in the need itself, so that lists can go by it.
async fn count(tx: &Tx, need_id: Uuid, more: i64) -> Result<(), Error> {
    need::Entity::update_many()
        .col_expr(
            need::Column::Supporters,
            Expr::col(need::Column::Supporters).add(more),
        )
        .filter(need::Column::Id.eq(need_id))
        .exec(&tx.db())
        .await?;
    Ok(())
}

/// Takes the caller's voice back; answers whether there was one.
pub(crate) async fn unsupport(tx: &Tx, need_id: Uuid) -> Result<bool, Error> {
    let taken = supporter::Entity::update_many()
        .col_expr(supporter::Column::WithdrawnAt, Expr::value(tx.now()))
        .filter(supporter::Column::NeedId.eq(need_id))
        .filter(supporter::Column::PersonId.eq(tx.person()?))
        .filter(supporter::Column::WithdrawnAt.is_null())
        .exec(&tx.db())
        .await?;
    if taken.rows_affected > 0 {
        count(tx, need_id, -1).await?;
    }
    Ok(taken.rows_affected > 0)
}

/// Moves the voices of a need to another: whoever spoke for either speaks once for the other.
/// Answers how many voices were given for the first.
pub(crate) async fn move_supporters(tx: &Tx, from: Uuid, to: Uuid) -> Result<u64, Error> {
    let voices = |need: Uuid| supporter::Entity::find().filter(supporter::Column::NeedId.eq(need));
    let active = voices(from).filter(supporter::Column::WithdrawnAt.is_null());
    let given = active.clone().count(&tx.db()).await?;
    let persons = |select: sea_orm::Select<supporter::Entity>| {
        select
            .select_only()
            .column(supporter::Column::PersonId)
            .into_query()
    };
    // who withdrew his voice for the one but speaks for the other speaks again
    let revived = supporter::Entity::update_many()
        .col_expr(
            supporter::Column::WithdrawnAt,
            Expr::value(None::<chrono::DateTime<chrono::Utc>>),
        )
        .filter(supporter::Column::NeedId.eq(to))
        .filter(supporter::Column::WithdrawnAt.is_not_null())
        .filter(supporter::Column::PersonId.in_subquery(persons(active)))
        .exec(&tx.db())
        .await?;
    let moved = supporter::Entity::update_many()
        .col_expr(supporter::Column::NeedId, Expr::value(to))
        .filter(supporter::Column::NeedId.eq(from))
        .filter(supporter::Column::WithdrawnAt.is_null())
        .filter(supporter::Column::PersonId.not_in_subquery(persons(voices(to))))
        .exec(&tx.db())
        .await?;
    // who spoke for both speaks for the other alone
    let silent = supporter::Entity::update_many()
        .col_expr(supporter::Column::WithdrawnAt, Expr::value(tx.now()))
        .filter(supporter::Column::NeedId.eq(from))
        .filter(supporter::Column::WithdrawnAt.is_null())
        .exec(&tx.db())
        .await?;
    let number = |rows: u64| i64::try_from(rows).unwrap_or(i64::MAX);
    count(
        tx,
        from,
        -number(moved.rows_affected + silent.rows_affected),
    )
    .await?;
    count(tx, to, number(moved.rows_affected + revived.rows_affected)).await?;
    Ok(given)
}

/// How many voices each of some needs has; needs without one are left out.
pub(crate) async fn supporters(
    read: &impl Read,
    needs: &[Uuid],
) -> Result<HashMap<Uuid, i64>, Error> {
    if needs.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, i64)> = supporter::Entity::find()
        .select_only()
        .column(supporter::Column::NeedId)
        .column_as(supporter::Column::Id.count(), "voices")
        .filter(supporter::Column::NeedId.is_in(needs.iter().copied()))
        .filter(supporter::Column::WithdrawnAt.is_null())
        .group_by(supporter::Column::NeedId)
        .into_tuple()
        .all(&read.db())
        .await?;
    Ok(rows.into_iter().collect())
}

/// Whether the viewer has given his voice.
pub(crate) async fn has_supported(read: &impl Read, need_id: Uuid) -> Result<bool, Error> {
    let Some(person) = read.actor().person else {
        return Ok(false);
    };
    let own = supporter::Entity::find()
        .filter(supporter::Column::NeedId.eq(need_id))
        .filter(supporter::Column::PersonId.eq(person))
        .filter(supporter::Column::WithdrawnAt.is_null());
    Ok(own.count(&read.db()).await? > 0)
}

/// Keeps the caller's comment; his second one in a cycle is `duplicate`.
pub(crate) async fn insert_comment(
    tx: &Tx,
    need: &need::Model,
    stance: Stance,
    body: String,
) -> Result<(), Error> {
    let row = comment::ActiveModel {
        id: Set(tx.new_id()),
        need_id: Set(need.id),
        cycle: Set(need.cycle),
        person_id: Set(tx.person()?),
        stance: Set(wire(stance)),
        body: Set(body),
        created_at: Set(tx.now()),
    };
    comment::Entity::insert(row)
        .exec_without_returning(&tx.db())
        .await?;
    Ok(())
}

/// One page of the comments on a need, newest first, one row more than asked for.
pub(crate) async fn comments(
    read: &impl Read,
    need_id: Uuid,
    page: Page,
) -> Result<Vec<comment::Model>, Error> {
    let mut select = comment::Entity::find()
        .filter(comment::Column::NeedId.eq(need_id))
        .order_by_desc(comment::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        select = select.filter(comment::Column::Id.lt(after));
    }
    Ok(select.all(&read.db()).await?)
}

/// How many comments of each stance some needs have; needs without one are left out.
pub(crate) async fn comment_counts(
    read: &impl Read,
    needs: &[Uuid],
) -> Result<HashMap<Uuid, CommentCountsOut>, Error> {
    if needs.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, String, i64)> = comment::Entity::find()
        .select_only()
        .columns([comment::Column::NeedId, comment::Column::Stance])
        .column_as(comment::Column::Id.count(), "voices")
        .filter(comment::Column::NeedId.is_in(needs.iter().copied()))
        .group_by(comment::Column::NeedId)
        .group_by(comment::Column::Stance)
        .into_tuple()
        .all(&read.db())
        .await?;
    let mut all: HashMap<Uuid, CommentCountsOut> = HashMap::new();
    for (need, stance, count) in rows {
        let counts = all.entry(need).or_default();
        match stance.as_str() {
            "support" => counts.support = count,
            "oppose" => counts.oppose = count,
            _ => counts.suggest = count,
        }
    }
    Ok(all)
}

/// Needs whose own number of voices is not how many there are.
pub(super) async fn miscounted(view: &wubang_store::View) -> Result<Vec<Uuid>, Error> {
    let voices: HashMap<Uuid, i64> = supporter::Entity::find()
        .select_only()
        .column(supporter::Column::NeedId)
        .column_as(supporter::Column::Id.count(), "voices")
        .filter(supporter::Column::WithdrawnAt.is_null())
        .group_by(supporter::Column::NeedId)
        .into_tuple::<(Uuid, i64)>()
        .all(&view.db())
        .await?
        .into_iter()
        .collect();
    let kept: Vec<(Uuid, i64)> = need::Entity::find()
        .select_only()
        .columns([need::Column::Id, need::Column::Supporters])
        .into_tuple()
        .all(&view.db())
        .await?;
    Ok(kept
        .into_iter()
        .filter(|(id, kept)| voices.get(id).copied().unwrap_or(0) != *kept)
        .map(|(id, _)| id)
        .collect())
}

/// Merged needs for which somebody still speaks.
pub(super) async fn left_behind(view: &wubang_store::View) -> Result<Vec<Uuid>, Error> {
    let spoken_for = supporter::Entity::find()
        .filter(supporter::Column::WithdrawnAt.is_null())
        .select_only()
        .column(supporter::Column::NeedId)
        .into_query();
    Ok(need::Entity::find()
        .select_only()
        .column(need::Column::Id)
        .filter(need::Column::State.eq(NeedState::Merged.wire()))
        .filter(need::Column::Id.in_subquery(spoken_for))
        .into_tuple()
        .all(&view.db())
        .await?)
}
