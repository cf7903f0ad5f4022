//! The track record (同类服务经验) that a bidder does not type: what its organisations have taken on over the platform
//! (rulebook 2.4.3). Frozen at the opening, so that a panel reads what counted then.

use crate::entity::{bid, bid_member};
use crate::model::{MemberRole, TrackRecordEntry};
use uuid::Uuid;
use wubang_registry::engagements::{self, Engagement};
use wubang_store::{Error, Read};

impl From<Engagement> for TrackRecordEntry {
    fn from(one: Engagement) -> Self {
        TrackRecordEntry {
            organisation_id: one.organisation_id,
            organisation_name: one.organisation_name,
            contract_number: one.contract_number,
            title: one.title,
            division: one.division,
            field: one.field,
            lead: one.lead,
            starts_on: one.starts_on,
            ends_on: one.ends_on,
            price_fen: one.price_fen,
            part_fen: one.part_fen,
            finished: one.ended_at.is_some(),
            grade: one.grade,
        }
    }
}

/// What lead and partners of a bid have taken on so far, the newest first; a custodian serves nobody itself.
///
/// # Errors
/// When the database fails.
pub(crate) async fn of_bid(
    read: &impl Read,
    bid: &bid::Model,
    members: &[bid_member::Model],
) -> Result<Vec<TrackRecordEntry>, Error> {
    let partners = members
        .iter()
        .filter(|one| one.joined() && MemberRole::of(&one.role) == MemberRole::Partner);
    let organisations: Vec<Uuid> = std::iter::once(bid.organisation_id)
        .chain(partners.map(|one| one.organisation_id))
        .collect();
    let record = engagements::record_of(read, &organisations).await?;
    Ok(record.into_iter().map(TrackRecordEntry::from).collect())
}

/// The record that somebody reads who may read the bid: as frozen at the opening, before that as it stands.
///
/// # Errors
/// Internal: a stored record cannot be read.
pub(crate) async fn shown(
    read: &impl Read,
    bid: &bid::Model,
    members: &[bid_member::Model],
) -> Result<Vec<TrackRecordEntry>, Error> {
    match &bid.track_record {
        Some(frozen) => Ok(serde_json::from_value(frozen.clone())?),
        None => of_bid(read, bid, members).await,
    }
}
