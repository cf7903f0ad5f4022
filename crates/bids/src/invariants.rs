//! What must always hold of bids, and whether their keys are at hand.

use crate::entity::{
    bid, bid_box, bid_box_holder, bid_entrant, bid_inquiry, bid_member, bid_version,
};
use crate::model::Letter;
use crate::store::SEALED;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;
use wubang_store::entity::trace;
use wubang_store::invariants::{Invariant, replay};
use wubang_store::{Error, Read, View};

/// Refuses to go on when sealed bids are locked with a master key that this process does not have: otherwise one
/// would learn it at the opening.
///
/// # Errors
/// Internal, naming how many.
pub async fn check_keys(view: &View) -> Result<(), Error> {
    let mut lost = 0_u64;
    let mut after: Option<Uuid> = None;
    loop {
        let mut select = bid_box::Entity::find()
            .filter(bid_box::Column::LockedKey.is_not_null())
            .order_by_asc(bid_box::Column::PostingId)
            .limit(1000);
        if let Some(after) = after {
            select = select.filter(bid_box::Column::PostingId.gt(after));
        }
        let rows = select.all(&view.db()).await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.posting_id);
        for key in rows.iter().filter_map(|row| row.locked_key.as_deref()) {
            lost += u64::from(!view.vault().can_unlock(key));
        }
    }
    if lost == 0 {
        Ok(())
    } else {
        Err(Error::internal(format!(
            "{lost} sealed boxes are locked with a master key that is not in the folder of master keys"
        )))
    }
}

/// The checks of this stage.
#[must_use]
pub fn invariants() -> Vec<Invariant> {
    vec![
        Invariant {
            name: "bid_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<bid::Entity>(view)),
        },
        Invariant {
            name: "submitted_bid_has_its_version_and_hash",
            run: |view| Box::pin(without_version(view)),
        },
        Invariant {
            name: "no_opened_bid_in_a_sealed_box",
            run: |view| Box::pin(opened_in_sealed_box(view)),
        },
        Invariant {
            name: "no_sealed_bid_in_the_project_trail",
            run: |view| Box::pin(sealed_in_trail(view)),
        },
        Invariant {
            name: "no_readable_content_of_a_sealed_bid",
            run: |view| Box::pin(readable_while_sealed(view)),
        },
        Invariant {
            name: "members_of_a_submitted_bid_take_part_in_this_one_alone",
            run: |view| Box::pin(members_elsewhere(view)),
        },
        Invariant {
            name: "clarifying_bid_has_one_open_question",
            run: |view| Box::pin(without_question(view)),
        },
        Invariant {
            name: "opened_box_has_no_key",
            run: |view| Box::pin(opened_with_key(view)),
        },
        Invariant {
            name: "key_of_a_box_of_holders_is_in_its_shares_only",
            run: |view| Box::pin(key_beside_shares(view)),
        },
        Invariant {
            name: "opened_bid_stands_in_the_record_of_its_opening",
            run: |view| Box::pin(crate::recording::wrong(view)),
        },
    ]
}

async fn without_version(view: &View) -> Result<Vec<Uuid>, Error> {
    let handed_in = bid::Entity::find()
        .filter(bid::Column::SubmittedAt.is_not_null())
        .all(&view.db())
        .await?;
    let versions = bid_version::Entity::find().all(&view.db()).await?;
    // a draft amended after a submission waits for its revision: compare with what was handed in last
    let has = |row: &bid::Model| {
        versions
            .iter()
            .any(|version| version.bid_id == row.id && version.revision == row.revision)
    };
    Ok(handed_in
        .iter()
        .filter(|row| !has(row))
        .map(|row| row.id)
        .collect())
}

async fn opened_in_sealed_box(view: &View) -> Result<Vec<Uuid>, Error> {
    let sealed: Vec<Uuid> = bid_box::Entity::find()
        .filter(bid_box::Column::Sealed.eq(true))
        .all(&view.db())
        .await?
        .into_iter()
        .map(|row| row.posting_id)
        .collect();
    let opened = bid::Entity::find()
        .filter(bid::Column::PostingId.is_in(sealed))
        .filter(bid::Column::State.is_not_in(SEALED.iter().copied()));
    Ok(opened
        .all(&view.db())
        .await?
        .into_iter()
        .map(|row| row.id)
        .collect())
}

async fn readable_while_sealed(view: &View) -> Result<Vec<Uuid>, Error> {
    let sealed = bid::Entity::find()
        .filter(bid::Column::State.is_in(SEALED.iter().copied()))
        .all(&view.db())
        .await?;
    let readable = |bid: &bid::Model| {
        bid.price_fen != 0
            || bid.content != Letter::default()
            || !bid.attachments.0.is_empty()
            || (bid.sealed.is_none() && !bid.by_bidder)
    };
    Ok(sealed
        .into_iter()
        .filter(readable)
        .map(|bid| bid.id)
        .collect())
}

async fn members_elsewhere(view: &View) -> Result<Vec<Uuid>, Error> {
    let submitted = bid::Entity::find()
        .filter(bid::Column::State.is_not_in(["draft", "withdrawn"]))
        .filter(bid::Column::SubmittedAt.is_not_null())
        .all(&view.db())
        .await?;
    let members = bid_member::Entity::find()
        .filter(bid_member::Column::Role.eq("partner"))
        .filter(bid_member::Column::Standing.eq("joined"))
        .all(&view.db())
        .await?;
    let entrants = bid_entrant::Entity::find().all(&view.db()).await?;
    let enters = |bid: &bid::Model, organisation: Uuid| {
        entrants.iter().any(|entrant| {
            entrant.posting_id == bid.posting_id
                && entrant.organisation_id == organisation
                && entrant.bid_id == bid.id
        })
    };
    let wrong = |bid: &&bid::Model| {
        let partners = members.iter().filter(|member| member.bid_id == bid.id);
        !enters(bid, bid.organisation_id)
            || partners
                .into_iter()
                .any(|member| !enters(bid, member.organisation_id))
    };
    Ok(submitted.iter().filter(wrong).map(|bid| bid.id).collect())
}

/// A bid is `clarifying` exactly while one question of the panel waits for its answer.
async fn without_question(view: &View) -> Result<Vec<Uuid>, Error> {
    let open = bid_inquiry::Entity::find()
        .filter(bid_inquiry::Column::Kind.eq("clarification"))
        .filter(bid_inquiry::Column::Outcome.eq("open"));
    let mut asked: Vec<Uuid> = open
        .all(&view.db())
        .await?
        .into_iter()
        .map(|row| row.bid_id)
        .collect();
    let clarifying = bid::Entity::find().filter(bid::Column::State.eq("clarifying"));
    let mut waiting: Vec<Uuid> = clarifying
        .all(&view.db())
        .await?
        .into_iter()
        .map(|bid| bid.id)
        .collect();
    asked.sort_unstable();
    waiting.sort_unstable();
    if asked == waiting {
        return Ok(Vec::new());
    }
    let of_one = |one: &Uuid| !(asked.contains(one) && waiting.contains(one));
    let mut wrong: Vec<Uuid> = asked
        .iter()
        .chain(&waiting)
        .copied()
        .filter(of_one)
        .collect();
    if wrong.is_empty() {
        // the same question twice
        wrong.clone_from(&asked);
    }
    Ok(wrong)
}

async fn opened_with_key(view: &View) -> Result<Vec<Uuid>, Error> {
    let opened = bid_box::Entity::find()
        .filter(bid_box::Column::Sealed.eq(false))
        .all(&view.db())
        .await?;
    let has_share = Condition::any()
        .add(bid_box_holder::Column::SealedShare.is_not_null())
        .add(bid_box_holder::Column::GivenShare.is_not_null());
    let shares = bid_box_holder::Entity::find()
        .filter(has_share)
        .all(&view.db())
        .await?;
    let left = |row: &bid_box::Model| {
        row.locked_key.is_some() || shares.iter().any(|one| one.posting_id == row.posting_id)
    };
    Ok(opened
        .iter()
        .filter(|row| left(row))
        .map(|row| row.posting_id)
        .collect())
}

async fn key_beside_shares(view: &View) -> Result<Vec<Uuid>, Error> {
    let by_holders = bid_box::Entity::find()
        .filter(bid_box::Column::ByHolders.eq(true))
        .filter(bid_box::Column::LockedKey.is_not_null())
        .all(&view.db())
        .await?;
    Ok(by_holders.into_iter().map(|row| row.posting_id).collect())
}

async fn sealed_in_trail(view: &View) -> Result<Vec<Uuid>, Error> {
    let records = trace::Entity::find()
        .filter(trace::Column::Object.eq("bid"))
        .filter(trace::Column::ProjectId.is_not_null())
        .filter(trace::Column::ToState.is_in(SEALED.iter().copied()));
    Ok(records
        .all(&view.db())
        .await?
        .into_iter()
        .map(|row| row.object_id)
        .collect())
}
