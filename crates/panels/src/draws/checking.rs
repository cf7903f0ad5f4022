//! Whether what is kept of a draw recomputes: the same steps that anybody can take from outside.

use super::public::members_of;
use super::{all_unlocked, turns};
use crate::composition::{EXPERTS, RESIDENTS};
use crate::draw as lottery;
use crate::entity::draw;
use crate::model::{CLEAR, DECLINED, DrawEntry, DrawRecord, KeptDraw, Member, PENDING, RECUSED};
use sea_orm::EntityTrait;
use uuid::Uuid;
use wubang_store::{Error, Read, View};

/// Draws that do not recompute, were fixed before they were committed, or whose seats are not held
/// by the first of the order who could come.
pub(crate) async fn wrong(view: &View) -> Result<Vec<Uuid>, Error> {
    let rows = all_unlocked(view, draw::Entity::find().all(&view.db()).await?)?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let seats = members_of(view, &ids).await?;
    let wrong = rows.into_iter().filter(|row| {
        let members = seats.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        !recomputes(row, members)
    });
    Ok(wrong.map(|row| row.id).collect())
}

fn recomputes(row: &KeptDraw, members: &[Member]) -> bool {
    let committed = lottery::commitment(&row.nonce) == row.commitment;
    let seed = row.seed();
    let lots = row
        .lots
        .0
        .iter()
        .all(|group| lottery::order(&seed, group) == *group);
    let agendas = row.agendas.0.iter();
    let mut agendas = agendas.map(|agenda| lottery::agenda(&seed, agenda) == *agenda);
    let lots = lots && agendas.all(|same| same);
    let Some(record) = &row.record else {
        return committed && lots && row.fixed_at.is_none();
    };
    let order: Vec<Uuid> = record
        .strata
        .iter()
        .flat_map(|stratum| lottery::order(&seed, &stratum.ids))
        .collect();
    let same = record
        .order
        .iter()
        .map(|entry| entry.id)
        .eq(order.iter().copied());
    let lot = record.residents.as_ref();
    let drawn = lot.map(|lot| turns(&seed, &lot.strata)).unwrap_or_default();
    let lots = lots
        && lot.is_none_or(|lot| {
            lot.order
                .iter()
                .map(|entry| entry.id)
                .eq(drawn.iter().copied())
        });
    let pool = [order, drawn].concat();
    let hashed = row.pool_hash == Some(lottery::pool_hash(&row.nonce, &pool));
    let timely = row.fixed_at.is_some_and(|at| at >= row.committed_at);
    committed && lots && same && hashed && timely && first_hold_the_seats(record, members)
}

/// Whether those who were drawn onto the panel are the first of the order, one after the other.
fn first_hold_the_seats(record: &DrawRecord, members: &[Member]) -> bool {
    let residents = record.residents.as_ref().map(|lot| lot.order.as_slice());
    let orders = [
        (EXPERTS, record.order.as_slice()),
        (RESIDENTS, residents.unwrap_or_default()),
    ];
    let first_hold = |(party, order): &(&str, &[DrawEntry])| {
        let held = |entry: &&DrawEntry| {
            let seat = |member: &&Member| member.party == *party;
            members
                .iter()
                .filter(seat)
                .any(|member| member.person_id == entry.person_id)
        };
        let drawn = order.iter().filter(held).count();
        order.iter().take(drawn).filter(held).count() == drawn
    };
    let known = [CLEAR, PENDING, DECLINED, RECUSED];
    orders.iter().all(first_hold)
        && members
            .iter()
            .all(|member| known.contains(&member.declaration.as_str()))
}
