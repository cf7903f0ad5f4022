//! Reading and writing bids; decides nothing. Every finder knows whether the box is still sealed.

use crate::entity::{bid, bid_box, bid_entrant, bid_member, bid_version};
use crate::flow;
use crate::members;
use crate::model::{Letter, MemberRole};
use crate::sealing;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use std::collections::HashMap;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Role, RoleSet};
use wubang_store::entity::trace;
use wubang_store::invariants::{Invariant, replay};
use wubang_store::{Error, Key, Read, Tracked, Tx, View, scope};
use wubang_web::ListQuery;

wubang_store::stateful!(bid::Entity, flow::Bid);

/// States in which nobody but the bidder knows of the bid.
const SEALED: &[&str] = &["draft", "submitted", "withdrawn"];
/// Roles over the division that see a bid after the opening.
const ORGANISERS: &[Role] = &[Role::StreetOfficer, Role::Supervisor];
/// Roles of the bidder.
pub(crate) const BIDDERS: &[Role] = &[Role::OrgLegalRep, Role::OrgAgent];
/// Roles of who speaks for a member.
const MEMBERS: &[Role] = &[Role::OrgLegalRep, Role::OrgAgent, Role::Custodian];
/// The same with the other organisations of a joint bid, who read it and do not write it.
pub(crate) const INSIDERS: &[Role] = &[Role::OrgLegalRep, Role::OrgAgent, Role::Partner];

fn is_sealed(bid: &bid::Model) -> bool {
    SEALED.contains(&bid.state.as_str())
}

impl Tracked for bid::Model {
    /// None while sealed, so that the project's trail does not tell of the bid.
    fn project_id(&self) -> Option<Uuid> {
        (!is_sealed(self)).then_some(self.project_id)
    }
    fn label(&self) -> String {
        format!("揭榜意向书({})", self.organisation_name)
    }
    fn organisations(&self) -> Vec<Uuid> {
        vec![self.organisation_id]
    }
}

/// The viewer's roles as one of the bid's organisations: as its lead, or as a member that has joined.
fn own_roles(read: &impl Read, bid: &bid::Model, members: &[bid_member::Model]) -> RoleSet {
    let actor = read.actor();
    let own = actor.roles(&Reach::of(bid.organisation_id));
    let speaks = members.iter().any(|member| {
        member.joined()
            && actor
                .roles(&Reach::of(member.organisation_id))
                .any(MemberRole::of(&member.role).roles())
    });
    if !speaks {
        return own;
    }
    let partner = RoleSet::of(&[Role::Partner]);
    own.union(actor.roles(&Reach::default().assigned(partner)))
}

/// The roles of the viewer towards a bid, with the seat he may have on the panel.
async fn roles(
    read: &impl Read,
    bid: &bid::Model,
    members: &[bid_member::Model],
) -> Result<RoleSet, Error> {
    let own = own_roles(read, bid, members);
    if is_sealed(bid) {
        return Ok(own);
    }
    let division = DivisionCode::parse(&bid.division)
        .map_err(|_| Error::internal("bid with a bad division"))?;
    let over = read.actor().roles(&Reach::at(division));
    let seat = match read.actor().person {
        Some(person) if !over.any(ORGANISERS) && !own.any(INSIDERS) => {
            wubang_panels::service::is_member(read, "award", bid.posting_id, person).await?
        }
        _ => false,
    };
    let assigned = if seat {
        RoleSet::of(&[Role::Assessor])
    } else {
        RoleSet::NONE
    };
    Ok(own.union(over).union(assigned))
}

/// A bid for its organisations, and after the opening for those who judge it; `not_found` for everybody else.
pub(crate) async fn load(
    read: &impl Read,
    key: &Key,
) -> Result<(bid::Model, Vec<bid_member::Model>, RoleSet), Error> {
    let Key::Id(id) = key else {
        return Err(Code::NotFound.into());
    };
    let bid = find(read, *id).await?;
    let members = members::of_bid(read, bid.id).await?;
    let roles = roles(read, &bid, &members).await?;
    let sees =
        roles.any(INSIDERS) || roles.any(ORGANISERS) || roles.any(&[Role::Assessor, Role::System]);
    // over a division one has roles towards an opened bid only; `roles` has seen to that
    if sees {
        Ok((bid, members, roles))
    } else {
        Err(Code::NotFound.into())
    }
}

/// A bid, whoever asks: for the system and later stages.
pub(crate) async fn find(read: &impl Read, id: Uuid) -> Result<bid::Model, Error> {
    Ok(bid::Entity::find_by_id(id)
        .one(&read.db())
        .await?
        .ok_or(Code::NotFound)?)
}

/// The opened bids of a posting, in the order of their making.
pub(crate) async fn opened_of(read: &impl Read, posting: Uuid) -> Result<Vec<bid::Model>, Error> {
    Ok(bid::Entity::find()
        .filter(bid::Column::PostingId.eq(posting))
        .filter(bid::Column::State.is_not_in(SEALED.iter().copied()))
        .order_by_asc(bid::Column::Id)
        .all(&read.db())
        .await?)
}

/// One opened bid of a posting.
pub(crate) async fn find_opened(
    read: &impl Read,
    posting: Uuid,
    id: Uuid,
) -> Result<Option<bid::Model>, Error> {
    Ok(bid::Entity::find_by_id(id)
        .filter(bid::Column::PostingId.eq(posting))
        .filter(bid::Column::State.is_not_in(SEALED.iter().copied()))
        .one(&read.db())
        .await?)
}

/// The bids of a posting that are in one of the states, for the system's own steps.
pub(crate) async fn in_states(
    tx: &Tx,
    posting: Uuid,
    states: &[&str],
) -> Result<Vec<bid::Model>, Error> {
    Ok(bid::Entity::find()
        .filter(bid::Column::PostingId.eq(posting))
        .filter(bid::Column::State.is_in(states.iter().copied()))
        .order_by_asc(bid::Column::Id)
        .all(&tx.db())
        .await?)
}

/// Which of these bids are drafts that were never handed in.
pub(crate) async fn drafts_among(
    read: &impl Read,
    bids: &[Uuid],
) -> Result<Vec<bid::Model>, Error> {
    Ok(bid::Entity::find()
        .filter(bid::Column::Id.is_in(bids.iter().copied()))
        .filter(bid::Column::State.is_in(["draft", "withdrawn"]))
        .filter(bid::Column::SubmittedAt.is_null())
        .all(&read.db())
        .await?)
}

/// How many bids of a posting are in a state.
pub(crate) async fn count_in(read: &impl Read, posting: Uuid, state: &str) -> Result<u64, Error> {
    Ok(bid::Entity::find()
        .filter(bid::Column::PostingId.eq(posting))
        .filter(bid::Column::State.eq(state))
        .count(&read.db())
        .await?)
}

/// How many bids of a posting have a rank.
pub(crate) async fn count_ranked(read: &impl Read, posting: Uuid) -> Result<u64, Error> {
    Ok(bid::Entity::find()
        .filter(bid::Column::PostingId.eq(posting))
        .filter(bid::Column::Rank.gt(0))
        .count(&read.db())
        .await?)
}

/// One page of the bids that the viewer may see, newest first, one row more than asked for.
pub(crate) async fn list(
    read: &impl Read,
    query: &ListQuery,
    posting: Option<Uuid>,
) -> Result<Vec<bid::Model>, Error> {
    let actor = read.actor();
    let opened = bid::Column::State.is_not_in(SEALED.iter().copied());
    let theirs = Condition::any()
        .add(bid::Column::OrganisationId.is_in(actor.organisations(BIDDERS)))
        .add(members::joined_by(actor.organisations(MEMBERS)))
        .add(Condition::all().add(opened).add(scope::within(
            bid::Column::Division,
            actor.divisions(ORGANISERS),
        )));
    let mut select = bid::Entity::find()
        .filter(theirs)
        .order_by_desc(bid::Column::Id)
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(bid::Column::Id.lt(after));
    }
    if let Some(posting) = posting {
        select = select.filter(bid::Column::PostingId.eq(posting));
    }
    if !query.all("state").is_empty() {
        select = select.filter(bid::Column::State.is_in(query.all("state").iter().cloned()));
    }
    Ok(select.all(&read.db()).await?)
}

/// The box of a posting, if anybody has begun a bid.
pub(crate) async fn find_box(
    read: &impl Read,
    posting: Uuid,
) -> Result<Option<bid_box::Model>, Error> {
    Ok(bid_box::Entity::find_by_id(posting).one(&read.db()).await?)
}

/// Makes the box of a posting with its key, if there is none.
pub(crate) async fn ensure_box(tx: &Tx, posting: Uuid) -> Result<(), Error> {
    if find_box(tx, posting).await?.is_some() {
        return Ok(());
    }
    let (recipient, locked_key) = sealing::box_key(tx, posting)?;
    let row = bid_box::ActiveModel {
        posting_id: Set(posting),
        sealed: Set(true),
        entries: Set(0),
        opened_at: Set(None),
        recipient: Set(recipient),
        locked_key: Set(Some(locked_key)),
    };
    bid_box::Entity::insert(row)
        .on_conflict(
            OnConflict::column(bid_box::Column::PostingId)
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(&tx.db())
        .await?;
    Ok(())
}

/// Touches the sealed box. A bidder that races with the closing waits here, and loses.
///
/// # Errors
/// `deadline_passed` when the box is open.
pub(crate) async fn touch_box(tx: &Tx, posting: Uuid) -> Result<bid_box::Model, Error> {
    let touched = bid_box::Entity::update_many()
        .col_expr(
            bid_box::Column::Entries,
            Expr::col(bid_box::Column::Entries).add(1),
        )
        .filter(bid_box::Column::PostingId.eq(posting))
        .filter(bid_box::Column::Sealed.eq(true))
        .exec(&tx.db())
        .await?;
    if touched.rows_affected != 1 {
        return Err(Code::DeadlinePassed.into());
    }
    find_box(tx, posting)
        .await?
        .ok_or_else(|| Error::internal("a box is gone"))
}

/// Holds the box, so that nobody hands in at the same moment; one that nobody has made is not there.
pub(crate) async fn hold_box(tx: &Tx, posting: Uuid) -> Result<(), Error> {
    bid_box::Entity::update_many()
        .col_expr(
            bid_box::Column::Entries,
            Expr::col(bid_box::Column::Entries),
        )
        .filter(bid_box::Column::PostingId.eq(posting))
        .exec(&tx.db())
        .await?;
    Ok(())
}

/// Organisations that have written a bid for a posting, handed in or not: who is told of its changes,
/// and nobody else may learn it. Without states: all of them.
pub(crate) async fn bidders_of(
    tx: &Tx,
    posting: Uuid,
    states: Option<&[&str]>,
) -> Result<Vec<Uuid>, Error> {
    let mut select = bid::Entity::find()
        .select_only()
        .columns([bid::Column::Id, bid::Column::OrganisationId])
        .filter(bid::Column::PostingId.eq(posting))
        .order_by_asc(bid::Column::Id);
    if let Some(states) = states {
        select = select.filter(bid::Column::State.is_in(states.iter().copied()));
    }
    let rows: Vec<(Uuid, Uuid)> = select.into_tuple().all(&tx.db()).await?;
    let (bids, mut told): (Vec<Uuid>, Vec<Uuid>) = rows.into_iter().unzip();
    let members = members::of_bids(tx, &bids).await?;
    told.extend(
        members
            .into_iter()
            .filter(bid_member::Model::joined)
            .map(|member| member.organisation_id),
    );
    Ok(told)
}

/// Opens the box, once, and destroys its key: from now on nobody reads a version that was not handed in last.
pub(crate) async fn unseal_box(tx: &Tx, posting: Uuid) -> Result<(), Error> {
    bid_box::Entity::update_many()
        .col_expr(bid_box::Column::Sealed, Expr::value(false))
        .col_expr(bid_box::Column::OpenedAt, Expr::value(tx.now()))
        .col_expr(
            bid_box::Column::LockedKey,
            Expr::value(sea_orm::Value::String(None)),
        )
        .filter(bid_box::Column::PostingId.eq(posting))
        .filter(bid_box::Column::Sealed.eq(true))
        .exec(&tx.db())
        .await?;
    Ok(())
}

/// Marks the scored bids of a posting as told. Not a step: it opens figures to their owners.
pub(crate) async fn tell_results(tx: &Tx, posting: Uuid) -> Result<(), Error> {
    bid::Entity::update_many()
        .col_expr(bid::Column::ToldAt, Expr::value(tx.now()))
        .filter(bid::Column::PostingId.eq(posting))
        .filter(bid::Column::Total.is_not_null())
        .filter(bid::Column::ToldAt.is_null())
        .exec(&tx.db())
        .await?;
    Ok(())
}

/// Keeps what was handed in.
pub(crate) async fn keep_version(
    tx: &Tx,
    bid: &bid::Model,
    sealed: Vec<u8>,
    signed_by: Uuid,
) -> Result<(), Error> {
    let row = bid_version::ActiveModel {
        id: Set(tx.new_id()),
        bid_id: Set(bid.id),
        revision: Set(bid.revision),
        sealed: Set(sealed),
        content_hash: Set(bid.content_hash.clone().unwrap_or_default()),
        signed_by: Set(signed_by),
        submitted_at: Set(tx.now()),
    };
    bid_version::Entity::insert(row)
        .exec_without_returning(&tx.db())
        .await?;
    Ok(())
}

/// What was handed in last of each of these bids.
pub(crate) async fn last_versions(
    tx: &Tx,
    bids: &[bid::Model],
) -> Result<HashMap<Uuid, bid_version::Model>, Error> {
    let rows = bid_version::Entity::find()
        .filter(bid_version::Column::BidId.is_in(bids.iter().map(|bid| bid.id)))
        .order_by_asc(bid_version::Column::Revision)
        .all(&tx.db())
        .await?;
    Ok(rows.into_iter().map(|row| (row.bid_id, row)).collect())
}

/// Where the trail has the last hand-in of a bid; none until the sequencer has seen it.
pub(crate) async fn position_of(read: &impl Read, bid: &bid::Model) -> Result<Option<i64>, Error> {
    let record = trace::Entity::find()
        .filter(trace::Column::ObjectId.eq(bid.id))
        .filter(trace::Column::Event.is_in(["bid.submitted", "bid.revised"]))
        .order_by_desc(trace::Column::Id)
        .one(&read.db())
        .await?;
    Ok(record.and_then(|record| record.position))
}

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
            name: "opened_box_has_no_key",
            run: |view| Box::pin(opened_with_key(view)),
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
            || bid.sealed.is_none()
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

async fn opened_with_key(view: &View) -> Result<Vec<Uuid>, Error> {
    let open = bid_box::Entity::find()
        .filter(bid_box::Column::Sealed.eq(false))
        .filter(bid_box::Column::LockedKey.is_not_null());
    let rows = open.all(&view.db()).await?;
    Ok(rows.into_iter().map(|row| row.posting_id).collect())
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
