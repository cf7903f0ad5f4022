//! Reading and writing bids; decides nothing. Every finder knows whether the box is still sealed.

use crate::entity::{bid, bid_inquiry, bid_member, bid_version};
use crate::flow;
use crate::members;
use crate::model::MemberRole;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Role, RoleSet};
use wubang_store::entity::trace;
use wubang_store::{Error, Key, Read, Tracked, Tx, scope};
use wubang_web::ListQuery;

wubang_store::stateful!(bid::Entity, flow::Bid);

/// States in which nobody but the bidder knows of the bid.
pub(crate) const SEALED: &[&str] = &["draft", "submitted", "withdrawn"];
/// Roles over the division that see a bid after the opening.
pub(crate) const ORGANISERS: &[Role] = &[Role::StreetOfficer, Role::Supervisor];
/// Roles of the bidder.
pub(crate) const BIDDERS: &[Role] = &[Role::OrgLegalRep, Role::OrgAgent];
/// Roles of who speaks for a member.
const MEMBERS: &[Role] = &[Role::OrgLegalRep, Role::OrgAgent, Role::Custodian];
/// The same with the other organisations of a joint bid, who read it and do not write it.
pub(crate) const INSIDERS: &[Role] = &[Role::OrgLegalRep, Role::OrgAgent, Role::Partner];

/// Whether nobody but the bidder knows of it yet.
pub(crate) fn is_sealed(bid: &bid::Model) -> bool {
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
        // an officer may sit on the panel as well
        Some(person) if !own.any(INSIDERS) => {
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

/// Who led the opened bids of some postings.
pub(crate) async fn leads_in(
    read: &impl Read,
    postings: &[Uuid],
) -> Result<Vec<(Uuid, Uuid)>, Error> {
    Ok(bid::Entity::find()
        .select_only()
        .columns([bid::Column::PostingId, bid::Column::OrganisationId])
        .filter(bid::Column::PostingId.is_in(postings.iter().copied()))
        .filter(bid::Column::State.is_not_in(SEALED.iter().copied()))
        .order_by_asc(bid::Column::Id)
        .into_tuple()
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

/// The ids of the opened bids of a posting.
pub(crate) async fn ids_of(read: &impl Read, posting: Uuid) -> Result<Vec<Uuid>, Error> {
    Ok(bid::Entity::find()
        .select_only()
        .column(bid::Column::Id)
        .filter(bid::Column::PostingId.eq(posting))
        .filter(bid::Column::State.is_not_in(SEALED.iter().copied()))
        .into_tuple()
        .all(&read.db())
        .await?)
}

/// Which of these bids have a repair that was over before an instant.
pub(crate) async fn repaired_before(
    read: &impl Read,
    bids: &[Uuid],
    before: DateTime<Utc>,
) -> Result<HashSet<Uuid>, Error> {
    let over: Vec<Uuid> = bid_inquiry::Entity::find()
        .select_only()
        .column(bid_inquiry::Column::BidId)
        .filter(bid_inquiry::Column::BidId.is_in(bids.iter().copied()))
        .filter(bid_inquiry::Column::Kind.eq("repair"))
        .filter(bid_inquiry::Column::OverAt.lt(before))
        .into_tuple()
        .all(&read.db())
        .await?;
    Ok(over.into_iter().collect())
}

/// How many bids of a posting are in one of the states.
pub(crate) async fn count_in(
    read: &impl Read,
    posting: Uuid,
    states: &[&str],
) -> Result<u64, Error> {
    Ok(bid::Entity::find()
        .filter(bid::Column::PostingId.eq(posting))
        .filter(bid::Column::State.is_in(states.iter().copied()))
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

/// How many bids of a posting were handed in and withdrawn again.
pub(crate) async fn count_withdrawn(read: &impl Read, posting: Uuid) -> Result<u64, Error> {
    Ok(bid::Entity::find()
        .filter(bid::Column::PostingId.eq(posting))
        .filter(bid::Column::State.eq("withdrawn"))
        .filter(bid::Column::SubmittedAt.is_not_null())
        .count(&read.db())
        .await?)
}

/// Where the trail has the last hand-in of each of these bids, as far as the sequencer has seen it.
pub(crate) async fn positions_of(
    read: &impl Read,
    bids: &[Uuid],
) -> Result<HashMap<Uuid, i64>, Error> {
    let records: Vec<(Uuid, Option<i64>)> = trace::Entity::find()
        .select_only()
        .columns([trace::Column::ObjectId, trace::Column::Position])
        .filter(trace::Column::ObjectId.is_in(bids.iter().copied()))
        .filter(trace::Column::Event.is_in(["bid.submitted", "bid.revised"]))
        .order_by_asc(trace::Column::Version)
        .into_tuple()
        .all(&read.db())
        .await?;
    let mut last: HashMap<Uuid, Option<i64>> = HashMap::new();
    last.extend(records);
    Ok(last
        .into_iter()
        .filter_map(|(id, position)| Some((id, position?)))
        .collect())
}

/// Where the trail has the last hand-in of a bid; none until the sequencer has seen it.
pub(crate) async fn position_of(read: &impl Read, bid: &bid::Model) -> Result<Option<i64>, Error> {
    let record = trace::Entity::find()
        .filter(trace::Column::ObjectId.eq(bid.id))
        .filter(trace::Column::Event.is_in(["bid.submitted", "bid.revised"]))
        .order_by_desc(trace::Column::Version)
        .one(&read.db())
        .await?;
    Ok(record.and_then(|record| record.position))
}
