//! What must always hold of awards and reports.

use crate::PURPOSE;
use crate::case::judged_in;
use crate::entity::{award, report};
use crate::store::{LIVE, report_hash};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;
use wubang_kernel::digest::content_hash;
use wubang_store::invariants::{Invariant, replay};
use wubang_store::{Error, Read, View};

/// The checks of this stage.
#[must_use]
pub fn invariants() -> Vec<Invariant> {
    vec![
        Invariant {
            name: "award_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<award::Entity>(view)),
        },
        Invariant {
            name: "one_live_award_per_posting",
            run: |view| Box::pin(two_live(view)),
        },
        Invariant {
            name: "one_live_award_per_bid",
            run: |view| Box::pin(two_lanes(view)),
        },
        Invariant {
            name: "publicity_and_report_hashes_recompute",
            run: |view| Box::pin(wrong_hashes(view)),
        },
        Invariant {
            name: "award_total_recomputes_from_sheets",
            run: |view| Box::pin(wrong_totals(view)),
        },
    ]
}

async fn two_live(view: &View) -> Result<Vec<Uuid>, Error> {
    twice(view, |row| row.posting_id).await
}

/// Nobody runs in two lanes of a race.
async fn two_lanes(view: &View) -> Result<Vec<Uuid>, Error> {
    twice(view, |row| row.bid_id).await
}

/// Live awards of which another one has the same key.
async fn twice(view: &View, key: fn(&award::Model) -> Uuid) -> Result<Vec<Uuid>, Error> {
    let live = award::Entity::find()
        .filter(award::Column::State.is_in(LIVE.iter().copied()))
        .all(&view.db())
        .await?;
    let mut seen = std::collections::HashSet::new();
    Ok(live
        .into_iter()
        .filter(|row| !seen.insert(key(row)))
        .map(|row| row.id)
        .collect())
}

async fn wrong_hashes(view: &View) -> Result<Vec<Uuid>, Error> {
    let mut wrong = Vec::new();
    for row in award::Entity::find().all(&view.db()).await? {
        let shown = serde_json::to_value(&row.publicity)?;
        // after the publicity it is masked, and the hash is still that of what was shown
        let right = match row.state.as_str() {
            "in_publicity" => content_hash(&shown) == row.publicity_hash,
            "suspended" => {
                content_hash(&shown) == row.publicity_hash
                    || (row.resume_to.as_deref() != Some("in_publicity")
                        && wubang_publicity::masked(&shown) == shown)
            }
            // an emergency is noticed while it is shown
            "notified" | "contracted" if row.publicity_ends_at >= view.now() => {
                content_hash(&shown) == row.publicity_hash
                    || wubang_publicity::masked(&shown) == shown
            }
            _ => wubang_publicity::masked(&shown) == shown,
        };
        if !right {
            wrong.push(row.id);
        }
    }
    for row in report::Entity::find().all(&view.db()).await? {
        if report_hash(&row.ranking, &row.summary)? != row.content_hash {
            wrong.push(row.id);
        }
    }
    Ok(wrong)
}

async fn wrong_totals(view: &View) -> Result<Vec<Uuid>, Error> {
    let mut wrong = Vec::new();
    for row in award::Entity::find().all(&view.db()).await? {
        let posting = wubang_postings::service::find(view, row.posting_id).await?;
        let judged_in = judged_in(&posting);
        let panel =
            wubang_panels::service::load_of(view, PURPOSE, judged_in, row.created_at).await?;
        let total = panel.and_then(|panel| {
            wubang_panels::scoring::mean_total(
                // a recusal after the fact voids sheets later, and revokes the award
                &panel.sheets_at(row.bid_id, row.created_at),
                posting.procedure.0.trim_from,
            )
        });
        if total.map(|total| total.to_string()) != row.total {
            wrong.push(row.id);
        }
    }
    Ok(wrong)
}
