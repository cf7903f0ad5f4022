//! What everybody reads of a draw: commitments at once, the rest once it is revealed.

use super::all_unlocked;
use crate::composition::{EXPERTS, RESIDENTS};
use crate::entity::{draw, member, panel};
use crate::model::{
    DrawEntry, DrawOut, DrawPassed, DrawSeated, DrawsOut, KeptDraw, LotRecord, Member,
    ResidentLotOut,
};
use crate::store;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::HashMap;
use uuid::Uuid;
use wubang_kernel::Code;
use wubang_store::{Error, Key, Read, View};
use wubang_web::Instant;

/// The purpose whose panels are named with the result.
const AWARD: &str = "award";

/// The draws of a posting or an evaluation, for everybody: commitments at once, the rest once they
/// are revealed. Names of those who sit, ids of everybody else.
///
/// # Errors
/// `not_found` for what has no draw.
pub async fn get_public(view: &View, key: &Key) -> Result<DrawsOut, Error> {
    let Key::Id(object_id) = key else {
        return Err(Code::NotFound.into());
    };
    let rows = draw::Entity::find()
        .filter(draw::Column::ObjectId.eq(*object_id))
        .order_by_asc(draw::Column::Round)
        .all(&view.db())
        .await?;
    let rows = all_unlocked(view, rows)?;
    let purpose = rows
        .first()
        .map(|row| row.purpose.clone())
        .ok_or(Code::NotFound)?;
    let revealed: Vec<Uuid> = rows
        .iter()
        .filter(|row| row.revealed_at.is_some())
        .map(|row| row.id)
        .collect();
    let mut seats = members_of(view, &revealed).await?;
    let mut sheets = store::commitments_of(view, &revealed).await?;
    let rounds = rows.iter().map(|row| match row.revealed_at {
        None => sealed(row),
        Some(_) => DrawOut {
            sheet_commitments: sheets.remove(&row.id).unwrap_or_default(),
            ..shown(row, &seats.remove(&row.id).unwrap_or_default())
        },
    });
    Ok(DrawsOut {
        object_id: *object_id,
        purpose,
        rounds: rounds.collect(),
    })
}

/// The members of the panels of some draws, by draw and in the order of their seats.
pub(super) async fn members_of(
    read: &impl Read,
    draws: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Member>>, Error> {
    let panels: HashMap<Uuid, Uuid> = panel::Entity::find()
        .filter(panel::Column::DrawId.is_in(draws.iter().copied()))
        .all(&read.db())
        .await?
        .into_iter()
        .map(|panel| (panel.id, panel.draw_id))
        .collect();
    let members = member::Entity::find()
        .filter(member::Column::PanelId.is_in(panels.keys().copied()))
        .order_by_asc(member::Column::Seat)
        .order_by_asc(member::Column::Id)
        .all(&read.db())
        .await?;
    let mut seats: HashMap<Uuid, Vec<Member>> = HashMap::new();
    for member in members {
        if let Some(draw) = panels.get(&member.panel_id) {
            seats.entry(*draw).or_default().push(member);
        }
    }
    Ok(seats)
}

/// A round whose result is not public.
fn sealed(row: &KeptDraw) -> DrawOut {
    DrawOut {
        round: row.round,
        commitment: row.commitment.clone(),
        veil_commitment: row.veil_commitment.clone(),
        committed_at: Instant(row.committed_at),
        fixed_at: None,
        revealed_at: None,
        nonce: None,
        pool_hash: None,
        field: None,
        strata: Vec::new(),
        order: Vec::new(),
        seated: Vec::new(),
        passed: Vec::new(),
        lots: Vec::new(),
        agendas: Vec::new(),
        // that experts were chosen, and why, is public at once
        own_choice: row.record.as_ref().and_then(|one| one.own_choice.clone()),
        chosen: Vec::new(),
        residents: None,
        residents_own_choice: row
            .record
            .as_ref()
            .and_then(|one| one.residents.as_ref()?.own_choice.clone()),
        sheet_commitments: Vec::new(),
    }
}

/// The lot among residents: who was in it, in which order, and which of them sit, without a name.
fn shown_lot(lot: &LotRecord, members: &[Member]) -> ResidentLotOut {
    let entry = |person: Uuid| {
        let of = |entry: &&DrawEntry| entry.person_id == person;
        lot.order.iter().find(of).map(|entry| entry.id)
    };
    let drawn = || {
        let residents = members.iter().filter(|member| member.party == RESIDENTS);
        residents.filter_map(|member| Some((member, entry(member.person_id)?)))
    };
    ResidentLotOut {
        count: lot.count,
        strata: lot.strata.clone(),
        order: lot.order.iter().map(|entry| entry.id).collect(),
        seated: drawn()
            .filter(|(member, _)| member.active)
            .map(|(member, id)| DrawSeated {
                seat: member.seat,
                id,
                name: None,
            })
            .collect(),
        passed: drawn()
            .filter(|(member, _)| !member.active)
            .map(|(member, id)| DrawPassed {
                id,
                reason: member.declaration.clone(),
            })
            .collect(),
    }
}

/// A round with everything.
fn shown(row: &KeptDraw, members: &[Member]) -> DrawOut {
    let record = row.record.clone().unwrap_or_default();
    let entry = |person: Uuid| {
        let of = |entry: &&DrawEntry| entry.person_id == person;
        record.order.iter().find(of).map(|entry| entry.id)
    };
    let experts = || members.iter().filter(|member| member.party == EXPERTS);
    let seated = experts()
        .filter(|member| member.active)
        .filter_map(|member| {
            Some(DrawSeated {
                seat: member.seat,
                id: entry(member.person_id)?,
                // who evaluated a project is never public by name (rulebook 2.6)
                name: (row.purpose == AWARD).then(|| member.name.clone()),
            })
        });
    let passed = experts()
        .filter(|member| !member.active)
        .filter_map(|member| {
            Some(DrawPassed {
                id: entry(member.person_id)?,
                reason: member.declaration.clone(),
            })
        });
    let chosen = experts()
        .filter(|member| member.active && row.purpose == AWARD && !record.holds(member.person_id));
    DrawOut {
        chosen: chosen.map(|member| member.name.clone()).collect(),
        fixed_at: row.fixed_at.map(Instant),
        revealed_at: row.revealed_at.map(Instant),
        nonce: Some(row.nonce.clone()),
        pool_hash: row.pool_hash.clone(),
        seated: seated.collect(),
        passed: passed.collect(),
        lots: row.lots.0.clone(),
        agendas: row.agendas.0.clone(),
        residents: record.residents.as_ref().map(|lot| shown_lot(lot, members)),
        order: record.order.iter().map(|entry| entry.id).collect(),
        field: Some(record.field),
        strata: record.strata,
        ..sealed(row)
    }
}
