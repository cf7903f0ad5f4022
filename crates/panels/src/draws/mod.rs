//! The draws that anybody can recompute (rulebook 2.10): the seed is committed before the pool is
//! fixed, shown at once, and revealed with the result. How to recompute it: README.md of this crate.

mod checking;
mod public;

pub(crate) use checking::wrong;
pub use public::get_public;

use crate::draw as lottery;
use crate::entity::draw;
use crate::model::{
    DrawEntry, DrawOwnChoice, DrawRecord, DrawStratum, Formation, KeptDraw, LotRecord, Lots,
};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;
use uuid::Uuid;
use wubang_kernel::{Code, Role};
use wubang_store::trace::{self, About, Entry};
use wubang_store::{Error, Read, Tx, View};

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
