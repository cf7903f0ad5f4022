//! What everybody reads of a decided exit: facts, no persons (rulebook 2.8.10).

use super::entity::exit;
use super::model::{PublicExitList, PublicExitOut};
use super::service::ground_of;
use exit::Column as C;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use wubang_kernel::{Code, Faults};
use wubang_store::{Error, Key, Read, View, scope};
use wubang_web::{Instant, ListQuery};

fn shown(row: exit::Model) -> Result<PublicExitOut, Error> {
    let ground = ground_of(&row)?;
    let decided = row.decided_at.zip(row.public_facts);
    let (decided_at, public_facts) =
        decided.ok_or_else(|| Error::internal("a public exit that is not decided"))?;
    let appeal = row.appeal.as_ref();
    Ok(PublicExitOut {
        id: row.id,
        number: row.number,
        contract_number: row.contract_number,
        organisation_name: row.organisation_name,
        division: row.division,
        ground,
        ground_zh: ground.zh(),
        public_facts,
        decided_at: Instant(decided_at),
        appeal_by: row.appeal_by.map(Instant),
        appeal_pending: appeal.is_some_and(|one| one.outcome.is_none()),
        appeal_outcome: appeal.and_then(|one| one.outcome),
    })
}

/// A decided exit, for everybody.
///
/// # Errors
/// `not_found` before the decision.
pub async fn get_public(view: &View, key: &Key) -> Result<PublicExitOut, Error> {
    let select = match key {
        Key::Id(id) => exit::Entity::find_by_id(*id),
        Key::Number(number) => exit::Entity::find().filter(C::Number.eq(number.as_str())),
    };
    let row = select
        .filter(C::DecidedAt.is_not_null())
        .one(&view.db())
        .await?;
    shown(row.ok_or(Code::NotFound)?)
}

/// Decided exits, for everybody, newest first.
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub async fn list_public(view: &View, query: &ListQuery) -> Result<PublicExitList, Error> {
    let mut faults = Faults::new();
    let division = query
        .one("division")
        .and_then(|code| faults.division("?division", code));
    faults.finish()?;
    let mut select = exit::Entity::find()
        .filter(C::DecidedAt.is_not_null())
        .order_by_desc(C::Id)
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(C::Id.lt(after));
    }
    if let Some(division) = &division {
        select = select.filter(scope::within(C::Division, std::iter::once(division)));
    }
    let rows = select.all(&view.db()).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let items = rows.into_iter().map(shown).collect::<Result<_, Error>>()?;
    Ok(PublicExitList { items, next })
}
