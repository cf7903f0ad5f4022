//! What must always hold of sessions.

use crate::entity::{roadshow, slot};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::HashMap;
use uuid::Uuid;
use wubang_kernel::digest::content_hash;
use wubang_store::invariants::{Invariant, replay};
use wubang_store::{Error, Read, View};

/// The checks of this crate.
#[must_use]
pub fn invariants() -> Vec<Invariant> {
    vec![
        Invariant {
            name: "roadshow_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<roadshow::Entity>(view)),
        },
        Invariant {
            name: "roadshow_slot_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<slot::Entity>(view)),
        },
        Invariant {
            name: "the_slots_of_a_roadshow_are_in_the_drawn_order",
            run: |view| Box::pin(disordered(view)),
        },
        Invariant {
            name: "one_presents_at_a_time_and_only_in_a_running_roadshow",
            run: |view| Box::pin(crowded(view)),
        },
        Invariant {
            name: "the_minutes_of_a_roadshow_have_their_hash",
            run: |view| Box::pin(rewritten(view)),
        },
    ]
}

/// The bids of each session in the order of their lots.
async fn lots(view: &View) -> Result<HashMap<Uuid, Vec<Uuid>>, Error> {
    let slots = slot::Entity::find()
        .order_by_asc(slot::Column::RoadshowId)
        .order_by_asc(slot::Column::Lot)
        .all(&view.db())
        .await?;
    let mut lots: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for slot in slots {
        lots.entry(slot.roadshow_id).or_default().push(slot.bid_id);
    }
    Ok(lots)
}

async fn disordered(view: &View) -> Result<Vec<Uuid>, Error> {
    let shows = roadshow::Entity::find().all(&view.db()).await?;
    let draws: Vec<Uuid> = shows.iter().map(|show| show.draw_id).collect();
    let agendas = wubang_panels::draws::agendas_of(view, &draws).await?;
    let lots = lots(view).await?;
    let drawn = |show: &roadshow::Model| {
        let kept = agendas.get(&show.draw_id).zip(lots.get(&show.id));
        kept.is_some_and(|(agendas, lots)| agendas.contains(lots))
    };
    let wrong = shows.into_iter().filter(|show| !drawn(show));
    Ok(wrong.map(|show| show.id).collect())
}

async fn crowded(view: &View) -> Result<Vec<Uuid>, Error> {
    let on = slot::Entity::find()
        .filter(slot::Column::State.is_in(["presenting", "questions"]))
        .all(&view.db())
        .await?;
    let mut count: HashMap<Uuid, usize> = HashMap::new();
    for slot in on {
        *count.entry(slot.roadshow_id).or_default() += 1;
    }
    let running = roadshow::Entity::find()
        .filter(roadshow::Column::State.eq("running"))
        .all(&view.db())
        .await?;
    let running: Vec<Uuid> = running.into_iter().map(|show| show.id).collect();
    let wrong = count
        .into_iter()
        .filter(|(show, on)| *on > 1 || !running.contains(show));
    Ok(wrong.map(|(show, _)| show).collect())
}

async fn rewritten(view: &View) -> Result<Vec<Uuid>, Error> {
    let shows = roadshow::Entity::find().all(&view.db()).await?;
    let mut wrong = Vec::new();
    for show in shows {
        let hash = match &show.minutes {
            Some(minutes) => Some(content_hash(&serde_json::to_value(minutes)?)),
            None => None,
        };
        if hash != show.minutes_hash {
            wrong.push(show.id);
        }
    }
    Ok(wrong)
}
