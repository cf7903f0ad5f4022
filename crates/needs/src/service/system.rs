//! What timers and later stages do to a need, as the system, and what they read of it.

use super::{facts, hash, step};
use crate::entity::need;
use crate::flow::NeedEvent;
use crate::rules;
use crate::store::{self, Case};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Role};
use wubang_store::commit::Commit;
use wubang_store::{Error, Key, Read, Tx};

/// What later stages and timers do to a need, as the system.
pub(super) async fn by_system(
    tx: &Tx,
    id: Uuid,
    event: NeedEvent,
    with: impl for<'a> FnOnce(Commit<'a, need::Entity>, &need::Model) -> Commit<'a, need::Entity>,
) -> Result<(), Error> {
    let need = store::load_many(tx, &[id])
        .await?
        .into_iter()
        .next()
        .ok_or(Code::NotFound)?;
    let roles = wubang_kernel::RoleSet::of(&[Role::System]);
    let before = need.clone();
    let case = Case::bare(need, roles);
    let facts = facts(tx, &case);
    step(tx, case, event, &facts, |c| with(c, &before)).await?;
    Ok(())
}

/// T02: the supplement did not come.
///
/// # Errors
/// `invalid_transition` when the need has moved on.
pub async fn supplement_lapsed(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, NeedEvent::SupplementLapse, |c, _| {
        c.set(need::Column::ReasonCode, "no_supplement")
            .because(Some("no_supplement".to_owned()))
    })
    .await
}

/// T05: approved for too long without a posting.
///
/// # Errors
/// `invalid_transition` when the need has moved on.
pub async fn shelf_life_ended(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, NeedEvent::ShelfLifeEnd, |c, need| {
        // opinions of three months ago are no basis for a new decision
        c.set(need::Column::Cycle, need.cycle + 1)
    })
    .await
}

/// A posting with this need was published.
///
/// # Errors
/// `invalid_transition` when the need is not approved.
pub async fn posted(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, NeedEvent::Post, |c, _| c).await
}

/// Its posting failed (流榜); after the third round the need must be redesigned.
///
/// # Errors
/// `invalid_transition` when the need is not posted.
pub async fn posting_failed(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, NeedEvent::PostingFail, |c, need| {
        let c = c.set(need::Column::FailedRounds, need.failed_rounds + 1);
        if !rules::is_last_round(need.failed_rounds) {
            return c;
        }
        let seen = hash(need);
        c.set(need::Column::RedesignRequired, true)
            .set(need::Column::ReturnedHash, seen.clone())
            .set(need::Column::ContentHash, seen)
            .set(need::Column::Cycle, need.cycle + 1)
    })
    .await
}

/// Its posting was cancelled (撤榜).
///
/// # Errors
/// `invalid_transition` when the need is not posted.
pub async fn posting_cancelled(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, NeedEvent::PostingCancel, |c, _| c).await
}

/// Its contract became active: 承榜落实.
///
/// # Errors
/// `invalid_transition` when the need is not posted.
pub async fn fulfilled(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, NeedEvent::Fulfil, |c, _| c).await
}

/// Its agreement ended early: it waits to be posted again.
///
/// # Errors
/// `invalid_transition` when the need is not fulfilled.
pub async fn reopened(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, NeedEvent::Reopen, |c, _| c).await
}

/// Its project's evaluation was confirmed.
///
/// # Errors
/// `invalid_transition` when the need is not fulfilled.
pub async fn closed(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, NeedEvent::Close, |c, _| c).await
}

/// Needs by id, as later stages see them.
///
/// # Errors
/// When the database fails.
pub async fn load_many(read: &impl Read, ids: &[Uuid]) -> Result<Vec<crate::Need>, Error> {
    store::load_many(read, ids).await
}

/// The division of a need.
///
/// # Errors
/// Internal: a stored code is wrong.
pub fn division_of(need: &crate::Need) -> Result<DivisionCode, Error> {
    DivisionCode::parse(&need.division).map_err(|_| Error::internal("need with a bad division"))
}

/// A need for somebody who may see it, as later stages read it.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn find(read: &impl Read, key: &Key) -> Result<crate::Need, Error> {
    Ok(store::load(read, key).await?.need)
}

/// A need, whoever asks: for later stages that know themselves what of it is public.
///
/// # Errors
/// `not_found`.
pub async fn find_any(read: &impl Read, key: &Key) -> Result<crate::Need, Error> {
    let select = match key {
        Key::Id(id) => need::Entity::find_by_id(*id),
        Key::Number(number) => {
            need::Entity::find().filter(need::Column::Number.eq(number.as_str()))
        }
    };
    Ok(select.one(&read.db()).await?.ok_or(Code::NotFound)?)
}

/// The need in which this one lives on: itself, or where it was merged into, to the end.
///
/// # Errors
/// `not_found` when there is no such need.
pub async fn final_need(read: &impl Read, id: Uuid) -> Result<Uuid, Error> {
    let mut at = id;
    loop {
        let need = store::load_many(read, &[at]).await?.into_iter().next();
        // a merge never makes a circle: its target must be open, and what was merged is not
        match need.ok_or(Code::NotFound)?.merged_into {
            Some(into) => at = into,
            None => return Ok(at),
        }
    }
}
