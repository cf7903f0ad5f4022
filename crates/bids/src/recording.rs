//! Writing the record of an opening (开标记录): in the transaction that opened the box, and never changed.

use crate::boxes::BoxHolder;
use crate::consortium::MemberCheck;
use crate::entity::{bid, bid_member, bid_opening};
use crate::model::MemberRole;
use crate::record::{
    OpenedBid, OpenedMember, Opener, OpeningHolder, OpeningOut, OpeningRecord, PublicBidder,
    PublicOpeningOut,
};
use crate::store;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use std::collections::HashSet;
use uuid::Uuid;
use wubang_kernel::Role;
use wubang_kernel::digest::content_hash;
use wubang_postings::Posting;
use wubang_store::trace::{self, About, Entry};
use wubang_store::{Error, Read, Tx, View};
use wubang_web::Instant;

/// The check that an envelope is what was handed in.
pub(crate) const INTACT: &str = "envelope_intact";

/// Who opens a box, as the record says it.
#[derive(Debug, Clone)]
pub(crate) struct Openers {
    by: Opener,
    holders: Vec<OpeningHolder>,
}

impl Openers {
    /// The service itself.
    pub(crate) fn system() -> Self {
        Openers {
            by: Opener::System,
            holders: Vec::new(),
        }
    }

    /// The two who gave their shares.
    pub(crate) fn holders(given: [&BoxHolder; 2]) -> Self {
        Openers {
            by: Opener::Holders,
            holders: given
                .map(|holder| OpeningHolder {
                    person_id: holder.person_id,
                    name: holder.name.clone(),
                })
                .to_vec(),
        }
    }
}

impl From<bid_opening::Model> for OpeningOut {
    fn from(row: bid_opening::Model) -> Self {
        OpeningOut {
            record: row.record,
            record_hash: row.record_hash,
            published_at: row.published_at.map(Instant),
        }
    }
}

impl From<bid_opening::Model> for PublicOpeningOut {
    fn from(row: bid_opening::Model) -> Self {
        let record = row.record;
        let bidder = |bid: OpenedBid| PublicBidder {
            number: bid.number,
            organisation_name: bid.organisation_name,
            members: bid
                .members
                .into_iter()
                .map(|member| member.organisation_name)
                .collect(),
            received_at: bid.received_at,
            content_hash: bid.content_hash,
        };
        PublicOpeningOut {
            posting_id: record.posting_id,
            posting_number: record.posting_number,
            opened_at: record.opened_at,
            opened_by: record.opened_by,
            handed_in: record.handed_in,
            bidders: record.bids.into_iter().map(bidder).collect(),
            record_hash: row.record_hash,
        }
    }
}

/// An instant as answers show it, so that a record and a receipt say the same.
fn said(at: chrono::DateTime<chrono::Utc>) -> Result<String, Error> {
    let value = serde_json::to_value(Instant(at))?;
    Ok(value.as_str().unwrap_or_default().to_owned())
}

/// What the record says of a bid that was opened with these checks; its number and position come later.
pub(crate) fn entry(
    bid: &bid::Model,
    members: &[bid_member::Model],
    checks: &[MemberCheck],
) -> Result<OpenedBid, Error> {
    let (at, content_hash) = bid
        .submitted_at
        .zip(bid.content_hash.clone())
        .ok_or_else(|| Error::internal("an opened bid that was never handed in"))?;
    let failed = |one: &&MemberCheck| !one.check.passed;
    let intact = checks
        .iter()
        .filter(failed)
        .all(|one| one.check.rule != INTACT);
    let joined = members.iter().filter(|member| member.joined());
    Ok(OpenedBid {
        number: 0,
        bid_id: bid.id,
        organisation_id: bid.organisation_id,
        organisation_name: bid.organisation_name.clone(),
        members: joined
            .map(|member| OpenedMember {
                organisation_id: member.organisation_id,
                organisation_name: member.organisation_name.clone(),
                role: MemberRole::of(&member.role),
            })
            .collect(),
        revision: bid.revision,
        received_at: said(at)?,
        content_hash,
        position: None,
        price_fen: intact.then_some(bid.price_fen),
        envelope_intact: intact,
        eligible: !checks.iter().any(|one| !one.check.passed),
        unmet: checks
            .iter()
            .filter(failed)
            .map(|one| one.check.rule.to_owned())
            .collect(),
    })
}

/// Puts bids in the order in which they arrived and numbers them.
fn number(bids: &mut [OpenedBid]) {
    bids.sort_by(|a, b| (&a.received_at, a.bid_id).cmp(&(&b.received_at, b.bid_id)));
    for (number, bid) in (1..).zip(bids) {
        bid.number = number;
    }
}

/// Writes the record of an opening, once for a posting; its hash goes into the trace.
pub(crate) async fn write(
    tx: &Tx,
    posting: &Posting,
    openers: Openers,
    mut bids: Vec<OpenedBid>,
) -> Result<(), Error> {
    let ids: Vec<Uuid> = bids.iter().map(|bid| bid.bid_id).collect();
    let positions = store::positions_of(tx, &ids).await?;
    for bid in &mut bids {
        bid.position = positions.get(&bid.bid_id).copied();
    }
    number(&mut bids);
    let record = OpeningRecord {
        posting_id: posting.id,
        posting_number: posting.number.clone(),
        opened_at: said(tx.now())?,
        opened_by: openers.by,
        holders: openers.holders,
        handed_in: bids.len(),
        withdrawn: store::count_withdrawn(tx, posting.id).await?,
        bids,
    };
    let hash = content_hash(&serde_json::to_value(&record)?);
    let data = serde_json::json!({ "posting": posting.number, "handed_in": record.handed_in, "record_hash": hash });
    let row = bid_opening::ActiveModel {
        id: Set(tx.new_id()),
        posting_id: Set(posting.id),
        opened_at: Set(tx.now()),
        record: Set(record),
        record_hash: Set(hash),
        published_at: Set(None),
    };
    let row = bid_opening::Entity::insert(row)
        .exec_with_returning(&tx.db())
        .await?;
    let about = About {
        object: "opening",
        id: row.id,
        project_id: Some(posting.project_id),
        division: &posting.division,
        version: 1,
    };
    let entry = Entry {
        event: "opening.recorded",
        from: None,
        to: "recorded",
        role: Role::System,
        reason: None,
        data: Some(data),
    };
    trace::record(tx, &about, entry).await
}

/// The record of a posting's opening.
pub(crate) async fn find(
    read: &impl Read,
    posting: Uuid,
) -> Result<Option<bid_opening::Model>, Error> {
    Ok(bid_opening::Entity::find()
        .filter(bid_opening::Column::PostingId.eq(posting))
        .one(&read.db())
        .await?)
}

/// Who bid is public from now on; once it is, it stays so.
pub(crate) async fn publish(tx: &Tx, posting: Uuid) -> Result<(), Error> {
    bid_opening::Entity::update_many()
        .col_expr(bid_opening::Column::PublishedAt, Expr::value(tx.now()))
        .filter(bid_opening::Column::PostingId.eq(posting))
        .filter(bid_opening::Column::PublishedAt.is_null())
        .exec(&tx.db())
        .await?;
    Ok(())
}

/// Records that are not what their hash says, and opened bids that stand in none with the hash of their receipt.
pub(crate) async fn wrong(view: &View) -> Result<Vec<Uuid>, Error> {
    let rows = bid_opening::Entity::find().all(&view.db()).await?;
    let mut wrong = Vec::new();
    let mut recorded: HashSet<(Uuid, String)> = HashSet::new();
    for row in rows {
        if content_hash(&serde_json::to_value(&row.record)?) != row.record_hash {
            wrong.push(row.id);
        }
        let bids = row.record.bids.into_iter();
        recorded.extend(bids.map(|bid| (bid.bid_id, bid.content_hash)));
    }
    let opened = bid::Entity::find()
        .filter(bid::Column::OpenedAt.is_not_null())
        .all(&view.db())
        .await?;
    let stands = |bid: &bid::Model| {
        recorded.contains(&(bid.id, bid.content_hash.clone().unwrap_or_default()))
    };
    wrong.extend(opened.iter().filter(|bid| !stands(bid)).map(|bid| bid.id));
    Ok(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bid(n: u128, received_at: &str) -> OpenedBid {
        OpenedBid {
            number: 0,
            bid_id: Uuid::from_u128(n),
            organisation_id: Uuid::nil(),
            organisation_name: String::new(),
            members: Vec::new(),
            revision: 1,
            received_at: received_at.to_owned(),
            content_hash: String::new(),
            position: None,
            price_fen: None,
            envelope_intact: true,
            eligible: true,
            unmet: Vec::new(),
        }
    }

    #[test]
    fn bids_are_numbered_as_they_came_in() {
        let mut bids = vec![
            bid(3, "2026-03-02T10:00:00+08:00"),
            bid(2, "2026-03-02T10:00:00+08:00"),
            bid(1, "2026-03-03T09:00:00+08:00"),
        ];
        number(&mut bids);
        let order: Vec<(u32, u128)> = bids
            .iter()
            .map(|bid| (bid.number, bid.bid_id.as_u128()))
            .collect();
        assert_eq!(order, [(1, 2), (2, 3), (3, 1)]);
    }
}
