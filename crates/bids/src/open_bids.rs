//! What an organisation has in play (rulebook 2.14): bids handed in and not decided, and joint bids that it has
//! joined. Nobody but its own people learns the number, because it tells of sealed bids.

use crate::entity::{bid, bid_entrant};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;
use wubang_store::{Error, Read};

/// States in which a bid waits for its decision.
const UNDECIDED: &[&str] = &[
    "submitted",
    "opened",
    "qualified",
    "clarifying",
    "scored",
    "recommended",
];

/// A bid as it counts, or does not.
struct InPlay {
    id: Uuid,
    lead: Uuid,
    posting: Uuid,
    state: String,
}

/// How many bids of an organisation count, without one of them. A draft of its own does not; a joint one that it
/// has joined does while the posting takes bids, because nobody asks it again before the hand-in. An awarded bid
/// counts until its agreement is signed, which counts as an active contract then. Of a round that has ended none does:
/// its bids stay as they were judged, and nobody decides about them.
pub(crate) async fn count(
    read: &impl Read,
    organisation: Uuid,
    but: Option<Uuid>,
) -> Result<i64, Error> {
    let taken_part = Query::select()
        .column(bid_entrant::Column::BidId)
        .from(bid_entrant::Entity)
        .and_where(bid_entrant::Column::OrganisationId.eq(organisation))
        .to_owned();
    let rows: Vec<(Uuid, Uuid, Uuid, String)> = bid::Entity::find()
        .select_only()
        .columns([
            bid::Column::Id,
            bid::Column::OrganisationId,
            bid::Column::PostingId,
            bid::Column::State,
        ])
        .filter(bid::Column::Id.in_subquery(taken_part))
        .filter(bid::Column::State.is_in(UNDECIDED.iter().chain(&["awarded", "draft"]).copied()))
        .into_tuple()
        .all(&read.db())
        .await?;
    let rows = rows
        .into_iter()
        .map(|(id, lead, posting, state)| InPlay {
            id,
            lead,
            posting,
            state,
        })
        .filter(|one| Some(one.id) != but)
        .filter(|one| one.state != "draft" || one.lead != organisation);
    let rows: Vec<InPlay> = rows.collect();
    let postings: Vec<Uuid> = rows.iter().map(|one| one.posting).collect();
    let open = wubang_postings::service::taking_bids_among(read, &postings).await?;
    let ended = wubang_postings::service::ended_among(read, &postings).await?;
    let awarded: Vec<Uuid> = rows
        .iter()
        .filter(|one| one.state == "awarded")
        .map(|one| one.id)
        .collect();
    let begun = wubang_registry::engagements::begun_among(read, &awarded).await?;
    let counts = |one: &&InPlay| match one.state.as_str() {
        "draft" => open.contains(&one.posting),
        "awarded" => !begun.contains(&one.id),
        _ => !ended.contains(&one.posting),
    };
    Ok(i64::try_from(rows.iter().filter(counts).count()).unwrap_or(i64::MAX))
}
