//! The draws that anybody can recompute (rulebook 2.10): the seed is committed before the pool is
//! fixed, shown at once, and revealed with the result. How to recompute it: README.md of this crate.

use crate::composition::{EXPERTS, RESIDENTS};
use crate::draw as lottery;
use crate::entity::{draw, member, panel};
use crate::model::{
    CLEAR, DECLINED, DrawEntry, DrawOut, DrawOwnChoice, DrawPassed, DrawRecord, DrawSeated,
    DrawStratum, DrawsOut, Formation, KeptDraw, LotRecord, Lots, Member, PENDING, ResidentLotOut,
};
use crate::store;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;
use uuid::Uuid;
use wubang_kernel::{Code, Role};
use wubang_store::trace::{self, About, Entry};
use wubang_store::{Error, Key, Read, Tx, View};
use wubang_web::Instant;

/// The purpose whose panels are named with the result.
const AWARD: &str = "award";

/// What a draw is made for.
#[derive(Debug, Clone)]
pub struct DrawFor {
    /// `award` or `evaluation`.
    pub purpose: &'static str,
    /// The posting, the evaluation.
    pub object_id: Uuid,
    /// Its project.
    pub project_id: Option<Uuid>,
    /// Its division.
    pub division: String,
}

impl DrawFor {
    /// What a panel is formed for.
    #[must_use]
    pub fn of(formation: &Formation) -> Self {
        DrawFor {
            purpose: formation.purpose,
            object_id: formation.object_id,
            project_id: formation.project_id,
            division: formation.division.as_str().to_owned(),
        }
    }
}

fn purpose(id: Uuid) -> String {
    format!("draw {id}")
}

fn veil_of(id: Uuid) -> String {
    format!("veil {id}")
}

/// What hides the residents of a draw.
fn veil(read: &impl Read, row: &KeptDraw) -> Result<String, Error> {
    let veil = read.vault().unlock(&veil_of(row.id), &row.veil)?;
    String::from_utf8(veil.to_vec()).map_err(|_| Error::internal("the veil of a draw is no text"))
}

/// Draws residents, each community in its turn. Ids are veiled: who is drawn is known to panel and organisers, to the
/// public only that the order is that of the committed seed.
pub(crate) fn lot(
    read: &impl Read,
    draw: &KeptDraw,
    count: usize,
    pools: Vec<(String, Vec<Uuid>)>,
) -> Result<LotRecord, Error> {
    let (veil, seed) = (veil(read, draw)?, draw.seed());
    let mut persons = HashMap::new();
    let mut strata = Vec::new();
    for (pool, members) in pools {
        let mut ids = Vec::new();
        for person_id in members {
            let id = lottery::veiled(&veil, person_id);
            if persons.insert(id, person_id).is_none() {
                ids.push(id);
            }
        }
        ids.sort();
        strata.push(DrawStratum { pool, ids });
    }
    let drawn = turns(&seed, &strata).into_iter();
    let order = drawn.filter_map(|id| {
        let person_id = persons.get(&id).copied()?;
        Some(DrawEntry { id, person_id })
    });
    Ok(LotRecord {
        count,
        order: order.collect(),
        strata,
        own_choice: None,
    })
}

fn turns(seed: &str, strata: &[DrawStratum]) -> Vec<Uuid> {
    let pools: Vec<(&str, &[Uuid])> = strata
        .iter()
        .map(|one| (one.pool.as_str(), one.ids.as_slice()))
        .collect();
    lottery::balanced(seed, &pools)
}

/// A draw as it is used: in the table its nonce stands locked, so that who has the database cannot foresee the
/// order of a pool before the result is public.
pub(crate) fn unlocked(read: &impl Read, row: KeptDraw) -> Result<KeptDraw, Error> {
    let nonce = read.vault().unlock(&purpose(row.id), &row.nonce)?;
    let nonce = String::from_utf8(nonce.to_vec())
        .map_err(|_| Error::internal("the nonce of a draw is no text"))?;
    Ok(KeptDraw { nonce, ..row })
}

fn all_unlocked(read: &impl Read, rows: Vec<KeptDraw>) -> Result<Vec<KeptDraw>, Error> {
    rows.into_iter().map(|row| unlocked(read, row)).collect()
}

/// Refuses to go on when the nonces of draws are locked with a master key that this process does not have:
/// otherwise nobody could form a panel, or show how one was drawn.
///
/// # Errors
/// Internal, naming how many.
pub async fn check_keys(view: &View) -> Result<(), Error> {
    let mut lost = 0_u64;
    let mut after: Option<Uuid> = None;
    loop {
        let mut select = draw::Entity::find()
            .filter(draw::Column::RevealedAt.is_null())
            .order_by_asc(draw::Column::Id)
            .limit(1000);
        if let Some(after) = after {
            select = select.filter(draw::Column::Id.gt(after));
        }
        let rows = select.all(&view.db()).await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.id);
        for row in &rows {
            lost += u64::from(!view.vault().can_unlock(&row.nonce));
        }
    }
    if lost == 0 {
        Ok(())
    } else {
        Err(Error::internal(format!(
            "{lost} draws are locked with a master key that is not in the folder of master keys"
        )))
    }
}

/// Commits the seed of a round: its nonce is made and kept, its hash is shown from now on.
///
/// # Errors
/// `duplicate` when the round has a commitment already.
pub async fn commit(tx: &Tx, object: &DrawFor, round: i32) -> Result<(), Error> {
    let (id, nonce, veil) = (tx.new_id(), lottery::new_nonce(), lottery::new_nonce());
    let row = draw::ActiveModel {
        id: Set(id),
        purpose: Set(object.purpose.to_owned()),
        object_id: Set(object.object_id),
        project_id: Set(object.project_id),
        division: Set(object.division.clone()),
        round: Set(round),
        commitment: Set(lottery::commitment(&nonce)),
        nonce: Set(tx.vault().lock(&purpose(id), nonce.as_bytes())?),
        veil_commitment: Set(lottery::commitment(&veil)),
        veil: Set(tx.vault().lock(&veil_of(id), veil.as_bytes())?),
        committed_at: Set(tx.now()),
        record: Set(None),
        pool_hash: Set(None),
        fixed_at: Set(None),
        lots: Set(Lots::default()),
        agendas: Set(Lots::default()),
        revealed_at: Set(None),
    };
    let row = draw::Entity::insert(row)
        .exec_with_returning(&tx.db())
        .await?;
    let data = serde_json::json!({ "round": row.round, "commitment": row.commitment });
    note(tx, &row, ("draw.committed", None, "committed"), data).await
}

/// The commitment of the round that a panel is formed for, its pool not fixed yet.
pub(crate) async fn committed(tx: &Tx, formation: &Formation) -> Result<KeptDraw, Error> {
    let row = draw::Entity::find()
        .filter(draw::Column::Purpose.eq(formation.purpose))
        .filter(draw::Column::ObjectId.eq(formation.object_id))
        .filter(draw::Column::Round.eq(formation.round))
        .one(&tx.db())
        .await?
        .ok_or_else(|| Error::internal("a panel whose draw was never committed"))?;
    match row.fixed_at {
        Some(_) => Err(Code::Duplicate.into()),
        None => unlocked(tx, row),
    }
}

/// What is drawn from some pools under a seed; each pool is drawn for itself, in the order given.
pub(crate) fn record(
    seed: &str,
    field: &str,
    count: usize,
    pools: Vec<(&str, Vec<DrawEntry>)>,
) -> DrawRecord {
    let mut strata = Vec::new();
    let mut order = Vec::new();
    for (pool, entries) in pools {
        let by_id: HashMap<Uuid, DrawEntry> =
            entries.into_iter().map(|entry| (entry.id, entry)).collect();
        let mut ids: Vec<Uuid> = by_id.keys().copied().collect();
        ids.sort();
        let drawn = lottery::order(seed, &ids);
        order.extend(drawn.iter().filter_map(|id| by_id.get(id)).copied());
        strata.push(DrawStratum {
            pool: pool.to_owned(),
            ids,
        });
    }
    DrawRecord {
        field: field.to_owned(),
        count,
        strata,
        order,
        own_choice: None,
        residents: None,
    }
}

/// Fixes the pool; its hash goes into the trace.
pub(crate) async fn fix(tx: &Tx, draw: KeptDraw, record: DrawRecord) -> Result<KeptDraw, Error> {
    let ids: Vec<Uuid> = record.entries().map(|entry| entry.id).collect();
    let hash = lottery::pool_hash(&draw.nonce, &ids);
    let data = serde_json::json!({ "round": draw.round, "pool": ids.len(), "pool_hash": hash });
    let rows = draw::Entity::update_many()
        .col_expr(draw::Column::Record, Expr::value(Some(record)))
        .col_expr(draw::Column::PoolHash, Expr::value(hash))
        .col_expr(draw::Column::FixedAt, Expr::value(tx.now()))
        .filter(draw::Column::Id.eq(draw.id))
        .filter(draw::Column::FixedAt.is_null())
        .exec_with_returning(&tx.db())
        .await?;
    let row = rows.into_iter().next().ok_or(Code::Conflict)?;
    note(tx, &row, ("draw.fixed", Some("committed"), "fixed"), data).await?;
    unlocked(tx, row)
}

/// Keeps that residents were named after the drawn order was used up, and why; shown at once.
pub(crate) async fn note_choice(
    tx: &Tx,
    draw: &KeptDraw,
    seats: usize,
    reason: &str,
) -> Result<(), Error> {
    let mut record = draw.record.clone().unwrap_or_default();
    let mut residents = record.residents.take().unwrap_or_default();
    let before = residents.own_choice.as_ref();
    let reason = match before {
        Some(first) if first.reason != reason => format!("{};{reason}", first.reason),
        _ => reason.to_owned(),
    };
    residents.own_choice = Some(DrawOwnChoice {
        seats: before.map_or(0, |first| first.seats) + seats,
        reason,
    });
    record.residents = Some(residents);
    draw::Entity::update_many()
        .col_expr(draw::Column::Record, Expr::value(Some(record)))
        .filter(draw::Column::Id.eq(draw.id))
        .exec(&tx.db())
        .await?;
    Ok(())
}

/// Keeps what a lot put in order, to be shown with the draw.
///
/// # Errors
/// When the database fails.
pub async fn keep_lots(tx: &Tx, draw: &KeptDraw, lots: Vec<Vec<Uuid>>) -> Result<(), Error> {
    draw::Entity::update_many()
        .col_expr(draw::Column::Lots, Expr::value(Lots(lots)))
        .filter(draw::Column::Id.eq(draw.id))
        .exec(&tx.db())
        .await?;
    Ok(())
}

/// Draws the order in which some bids or offers present (路演抽签), and keeps it to be shown with the draw.
///
/// # Errors
/// When the database fails.
pub async fn draw_agenda(tx: &Tx, draw: &KeptDraw, who: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    let drawn = lottery::agenda(&draw.seed(), who);
    let mut kept = draw.agendas.clone();
    if !kept.0.contains(&drawn) {
        kept.0.push(drawn.clone());
        draw::Entity::update_many()
            .col_expr(draw::Column::Agendas, Expr::value(kept))
            .filter(draw::Column::Id.eq(draw.id))
            .exec(&tx.db())
            .await?;
    }
    Ok(drawn)
}

/// The agendas that were kept with some draws, by draw: what an order of slots must agree with.
///
/// # Errors
/// When the database fails.
pub async fn agendas_of(
    read: &impl Read,
    draws: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Vec<Uuid>>>, Error> {
    let rows = draw::Entity::find()
        .filter(draw::Column::Id.is_in(draws.iter().copied()))
        .all(&read.db())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, row.agendas.0))
        .collect())
}

/// Reveals every draw of an object whose pool was fixed: the result is public.
///
/// # Errors
/// When the database fails.
pub async fn reveal(tx: &Tx, purpose: &str, object_id: Uuid) -> Result<(), Error> {
    let rows = draw::Entity::update_many()
        .col_expr(draw::Column::RevealedAt, Expr::value(tx.now()))
        .filter(draw::Column::Purpose.eq(purpose))
        .filter(draw::Column::ObjectId.eq(object_id))
        .filter(draw::Column::FixedAt.is_not_null())
        .filter(draw::Column::RevealedAt.is_null())
        .exec_with_returning(&tx.db())
        .await?;
    for row in &all_unlocked(tx, rows)? {
        let data = serde_json::json!({ "round": row.round, "nonce": row.nonce });
        note(tx, row, ("draw.revealed", Some("fixed"), "revealed"), data).await?;
    }
    Ok(())
}

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
async fn members_of(read: &impl Read, draws: &[Uuid]) -> Result<HashMap<Uuid, Vec<Member>>, Error> {
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

async fn note(
    tx: &Tx,
    row: &KeptDraw,
    (event, from, to): (&str, Option<&str>, &str),
    data: serde_json::Value,
) -> Result<(), Error> {
    let about = About {
        object: "draw",
        id: row.id,
        project_id: row.project_id,
        division: &row.division,
        version: match to {
            "committed" => 1,
            "fixed" => 2,
            _ => 3,
        },
    };
    let entry = Entry {
        event,
        from,
        to,
        role: Role::System,
        reason: None,
        data: Some(data),
    };
    trace::record(tx, &about, entry).await
}

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
    let known = [CLEAR, PENDING, DECLINED, crate::model::RECUSED];
    orders.iter().all(first_hold)
        && members
            .iter()
            .all(|member| known.contains(&member.declaration.as_str()))
}
