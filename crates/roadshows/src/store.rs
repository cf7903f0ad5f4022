//! Reading and writing sessions and slots; decides nothing but who may look.

use crate::entity::{attendance, party, roadshow, slot};
use crate::flow;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Query;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use std::collections::HashSet;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Role, RoleSet};
use wubang_panels::Loaded;
use wubang_panels::model::CLEAR;
use wubang_store::{Error, Key, Read, Tracked, Tx};
use wubang_web::ListQuery;

wubang_store::stateful!(roadshow::Entity, flow::Roadshow);
wubang_store::stateful!(slot::Entity, flow::RoadshowSlot);

/// The panels whose members a session is for.
const PURPOSE: &str = "award";
/// Roles over the division that hold a session or watch over it: those who see the bids.
const ORGANISERS: &[Role] = &[Role::StreetOfficer, Role::Supervisor, Role::System];
/// Roles of who speaks for an organisation of a bid.
const SPEAKERS: &[Role] = &[Role::OrgLegalRep, Role::OrgAgent, Role::Custodian];
/// States of a session in which it was held.
pub(crate) const HELD: &[&str] = &["held", "recorded", "published"];
/// States of a slot whose presenter was called.
const CALLED: &[&str] = &["done", "missed"];

impl Tracked for roadshow::Model {
    fn project_id(&self) -> Option<Uuid> {
        Some(self.project_id)
    }
    fn label(&self) -> String {
        format!("路演({})", self.posting_number)
    }
}

impl Tracked for slot::Model {
    fn project_id(&self) -> Option<Uuid> {
        Some(self.project_id)
    }
    /// Without the place in the order, which would tell how many others there are.
    fn label(&self) -> String {
        format!("路演({})", self.posting_number)
    }
    fn organisations(&self) -> Vec<Uuid> {
        vec![self.organisation_id]
    }
}

/// A session with its slots and the viewer's part in it.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub show: roadshow::Model,
    /// By turn.
    pub slots: Vec<slot::Model>,
    pub attendance: Vec<attendance::Model>,
    pub panel: Option<Loaded>,
    /// `assessor` for a member who has declared; nothing for one who has not.
    pub roles: RoleSet,
}

impl Case {
    /// Whether the viewer may know who presents: not before the recusal declaration (rulebook 2.9).
    pub(crate) fn sees_bidders(&self) -> bool {
        !self.roles.is_empty()
    }
}

/// The slots of a session by turn.
pub(crate) async fn slots_of(read: &impl Read, show: Uuid) -> Result<Vec<slot::Model>, Error> {
    Ok(slot::Entity::find()
        .filter(slot::Column::RoadshowId.eq(show))
        .order_by_asc(slot::Column::Turn)
        .all(&read.db())
        .await?)
}

/// Who of the panel has checked in, in the order of time.
pub(crate) async fn attendance_of(
    read: &impl Read,
    shows: &[Uuid],
) -> Result<Vec<attendance::Model>, Error> {
    Ok(attendance::Entity::find()
        .filter(attendance::Column::RoadshowId.is_in(shows.iter().copied()))
        .order_by_asc(attendance::Column::At)
        .order_by_asc(attendance::Column::PersonId)
        .all(&read.db())
        .await?)
}

async fn case(read: &impl Read, show: roadshow::Model) -> Result<Option<Case>, Error> {
    let panel = wubang_panels::service::load_seated(read, PURPOSE, show.posting_id).await?;
    let division = DivisionCode::parse(&show.division)
        .map_err(|_| Error::internal("roadshow in a bad division"))?;
    let actor = read.actor();
    let over = actor.roles(&Reach::at(division));
    let seat = panel
        .as_ref()
        .zip(actor.person)
        .and_then(|(panel, person)| panel.member(person));
    // an officer who judges holds no session: here he is a member and nothing else
    let mut roles: Vec<Role> = ORGANISERS
        .iter()
        .copied()
        .filter(|role| over.has(*role) && (seat.is_none() || *role != Role::StreetOfficer))
        .collect();
    if seat.is_some_and(|member| member.declaration == CLEAR) {
        roles.push(Role::Assessor);
    }
    if roles.is_empty() && seat.is_none() {
        return Ok(None);
    }
    Ok(Some(Case {
        slots: slots_of(read, show.id).await?,
        attendance: attendance_of(read, &[show.id]).await?,
        roles: RoleSet::of(&roles),
        panel,
        show,
    }))
}

/// A session for those who hold it, the supervisor and the members of the panel; `not_found` for everybody else.
pub(crate) async fn load(read: &impl Read, key: &Key) -> Result<Case, Error> {
    let Key::Id(id) = key else {
        return Err(Code::NotFound.into());
    };
    let show = roadshow::Entity::find_by_id(*id).one(&read.db()).await?;
    let show = show.ok_or(Code::NotFound)?;
    Ok(case(read, show).await?.ok_or(Code::NotFound)?)
}

/// The newest session of a posting, for the same.
pub(crate) async fn load_newest(read: &impl Read, posting: Uuid) -> Result<Case, Error> {
    let show = roadshow::Entity::find()
        .filter(roadshow::Column::PostingId.eq(posting))
        .order_by_desc(roadshow::Column::Id)
        .one(&read.db())
        .await?
        .ok_or(Code::NotFound)?;
    Ok(case(read, show).await?.ok_or(Code::NotFound)?)
}

/// A session, whoever asks.
pub(crate) async fn find(read: &impl Read, id: Uuid) -> Result<roadshow::Model, Error> {
    Ok(roadshow::Entity::find_by_id(id)
        .one(&read.db())
        .await?
        .ok_or(Code::NotFound)?)
}

/// The sessions of a posting that are in one of the states, oldest first.
pub(crate) async fn in_states(
    read: &impl Read,
    posting: Uuid,
    states: &[&str],
) -> Result<Vec<roadshow::Model>, Error> {
    Ok(roadshow::Entity::find()
        .filter(roadshow::Column::PostingId.eq(posting))
        .filter(roadshow::Column::State.is_in(states.iter().copied()))
        .order_by_asc(roadshow::Column::Id)
        .all(&read.db())
        .await?)
}

/// The bids of a posting that had their turn in a session that was held.
pub(crate) async fn heard(read: &impl Read, posting: Uuid) -> Result<Vec<Uuid>, Error> {
    let held = Query::select()
        .column(roadshow::Column::Id)
        .from(roadshow::Entity)
        .and_where(roadshow::Column::PostingId.eq(posting))
        .and_where(roadshow::Column::State.is_in(HELD.iter().copied()))
        .to_owned();
    Ok(slot::Entity::find()
        .select_only()
        .column(slot::Column::BidId)
        .filter(slot::Column::PostingId.eq(posting))
        .filter(slot::Column::RoadshowId.in_subquery(held))
        .filter(slot::Column::State.is_in(CALLED.iter().copied()))
        .into_tuple()
        .all(&read.db())
        .await?)
}

/// The slots of a bid that are not over.
pub(crate) async fn live_of_bid(read: &impl Read, bid: Uuid) -> Result<Vec<slot::Model>, Error> {
    Ok(slot::Entity::find()
        .filter(slot::Column::BidId.eq(bid))
        .filter(slot::Column::State.is_in(["waiting", "presenting", "questions"]))
        .order_by_asc(slot::Column::Id)
        .all(&read.db())
        .await?)
}

/// The organisations whose people see a slot.
pub(crate) async fn parties_of(read: &impl Read, slot: Uuid) -> Result<Vec<Uuid>, Error> {
    Ok(party::Entity::find()
        .select_only()
        .column(party::Column::OrganisationId)
        .filter(party::Column::SlotId.eq(slot))
        .order_by_asc(party::Column::OrganisationId)
        .into_tuple()
        .all(&read.db())
        .await?)
}

/// A slot, whoever asks.
pub(crate) async fn find_slot(read: &impl Read, id: Uuid) -> Result<slot::Model, Error> {
    Ok(slot::Entity::find_by_id(id)
        .one(&read.db())
        .await?
        .ok_or(Code::NotFound)?)
}

/// The viewer's roles as one of the organisations behind a slot; none for everybody else.
pub(crate) async fn own_roles(read: &impl Read, slot: &slot::Model) -> Result<RoleSet, Error> {
    let actor = read.actor();
    let own = actor.roles(&Reach::of(slot.organisation_id));
    let mut roles: Vec<Role> = [Role::OrgLegalRep, Role::OrgAgent]
        .into_iter()
        .filter(|role| own.has(*role))
        .collect();
    let parties = parties_of(read, slot.id).await?;
    let speaks = |id: &Uuid| actor.roles(&Reach::of(*id)).any(SPEAKERS);
    if parties.iter().any(speaks) {
        roles.push(Role::Partner);
    }
    Ok(RoleSet::of(&roles))
}

/// A slot for the people of its own organisations, with their roles; `not_found` for everybody else.
pub(crate) async fn load_slot(
    read: &impl Read,
    key: &Key,
) -> Result<(slot::Model, RoleSet), Error> {
    let Key::Id(id) = key else {
        return Err(Code::NotFound.into());
    };
    let slot = find_slot(read, *id).await?;
    let roles = own_roles(read, &slot).await?;
    if roles.is_empty() {
        return Err(Code::NotFound.into());
    }
    Ok((slot, roles))
}

/// Which of these slots were dropped before an instant.
pub(crate) async fn dropped_before(
    read: &impl Read,
    slots: &[Uuid],
    before: DateTime<Utc>,
) -> Result<HashSet<Uuid>, Error> {
    let ids: Vec<Uuid> = slot::Entity::find()
        .select_only()
        .column(slot::Column::Id)
        .filter(slot::Column::Id.is_in(slots.iter().copied()))
        .filter(slot::Column::State.eq("dropped"))
        .filter(slot::Column::UpdatedAt.lt(before))
        .into_tuple()
        .all(&read.db())
        .await?;
    Ok(ids.into_iter().collect())
}

/// One page of the slots of the viewer's own organisations, newest first, one row more than asked for.
pub(crate) async fn list_own(
    read: &impl Read,
    query: &ListQuery,
    posting: Option<Uuid>,
) -> Result<Vec<slot::Model>, Error> {
    let own = Query::select()
        .column(party::Column::SlotId)
        .from(party::Entity)
        .and_where(party::Column::OrganisationId.is_in(read.actor().organisations(SPEAKERS)))
        .to_owned();
    let mut select = slot::Entity::find()
        .filter(slot::Column::Id.in_subquery(own))
        .order_by_desc(slot::Column::Id)
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(slot::Column::Id.lt(after));
    }
    if let Some(posting) = posting {
        select = select.filter(slot::Column::PostingId.eq(posting));
    }
    if !query.all("state").is_empty() {
        select = select.filter(slot::Column::State.is_in(query.all("state").iter().cloned()));
    }
    Ok(select.all(&read.db()).await?)
}

/// Several sessions.
pub(crate) async fn many(read: &impl Read, ids: &[Uuid]) -> Result<Vec<roadshow::Model>, Error> {
    Ok(roadshow::Entity::find()
        .filter(roadshow::Column::Id.is_in(ids.iter().copied()))
        .all(&read.db())
        .await?)
}

/// Whether a bid had its turn in a session that was held.
pub(crate) async fn is_heard(read: &impl Read, posting: Uuid, bid: Uuid) -> Result<bool, Error> {
    let held = Query::select()
        .column(roadshow::Column::Id)
        .from(roadshow::Entity)
        .and_where(roadshow::Column::PostingId.eq(posting))
        .and_where(roadshow::Column::State.is_in(HELD.iter().copied()))
        .to_owned();
    let slots = slot::Entity::find()
        .filter(slot::Column::BidId.eq(bid))
        .filter(slot::Column::RoadshowId.in_subquery(held))
        .filter(slot::Column::State.is_in(CALLED.iter().copied()))
        .count(&read.db())
        .await?;
    Ok(slots > 0)
}

/// Notes whose people see a slot.
pub(crate) async fn insert_parties(
    tx: &Tx,
    slot: Uuid,
    organisations: impl Iterator<Item = Uuid>,
) -> Result<(), Error> {
    let rows = organisations.map(|organisation| party::ActiveModel {
        slot_id: Set(slot),
        organisation_id: Set(organisation),
    });
    party::Entity::insert_many(rows)
        .exec_without_returning(&tx.db())
        .await?;
    Ok(())
}

/// Notes that a member was there.
pub(crate) async fn insert_attendance(tx: &Tx, row: attendance::ActiveModel) -> Result<(), Error> {
    attendance::Entity::insert(row)
        .exec_without_returning(&tx.db())
        .await?;
    Ok(())
}
