//! Reading signals; decides nothing but who may look.

use crate::entity::{party, signal};
use crate::flow;
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Role, RoleSet};
use wubang_store::invariants::{Invariant, replay};
use wubang_store::{Error, Key, Read, Tracked, View, scope};
use wubang_web::ListQuery;

wubang_store::stateful!(signal::Entity, flow::Signal);

impl Tracked for signal::Model {
    /// None: the trail of the project does not tell that somebody looks into it.
    fn project_id(&self) -> Option<Uuid> {
        None
    }
    fn label(&self) -> String {
        format!("揭榜情况核查({})", self.posting_number)
    }
}

/// Roles of who acts for an organisation concerned.
pub(crate) const AGENTS: &[Role] = &[Role::OrgLegalRep, Role::OrgAgent];
const SUPERVISORS: &[Role] = &[Role::Supervisor, Role::System];

/// A signal with the organisations concerned and the viewer's part in it.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub signal: signal::Model,
    pub parties: Vec<party::Model>,
    pub roles: RoleSet,
}

impl Case {
    /// Whether the viewer reads everything.
    pub(crate) fn supervises(&self) -> bool {
        self.roles.any(SUPERVISORS)
    }
}

/// The organisations concerned.
pub(crate) async fn parties(read: &impl Read, signal: Uuid) -> Result<Vec<party::Model>, Error> {
    Ok(party::Entity::find()
        .filter(party::Column::SignalId.eq(signal))
        .order_by_asc(party::Column::OrganisationId)
        .all(&read.db())
        .await?)
}

/// A signal for the supervisor of the division, and for the organisations that he has asked; `not_found` for
/// everybody else.
pub(crate) async fn load(read: &impl Read, key: &Key) -> Result<Case, Error> {
    let Key::Id(id) = key else {
        return Err(Code::NotFound.into());
    };
    let signal = signal::Entity::find_by_id(*id).one(&read.db()).await?;
    let signal = signal.ok_or(Code::NotFound)?;
    let parties = parties(read, signal.id).await?;
    let actor = read.actor();
    let division = DivisionCode::parse(&signal.division)
        .map_err(|_| Error::internal("signal in a bad division"))?;
    let over = actor.roles(&Reach::at(division));
    let mut roles: Vec<Role> = SUPERVISORS
        .iter()
        .copied()
        .filter(|role| over.has(*role))
        .collect();
    for party in parties.iter().filter(|party| party.asked_at.is_some()) {
        let own = actor.roles(&Reach::of(party.organisation_id));
        roles.extend(AGENTS.iter().filter(|role| own.has(**role)));
    }
    let roles = RoleSet::of(&roles);
    if roles.is_empty() {
        return Err(Code::NotFound.into());
    }
    Ok(Case {
        signal,
        parties,
        roles,
    })
}

/// One page of the signals that the viewer may see, newest first, one row more than asked for.
pub(crate) async fn list(
    read: &impl Read,
    query: &ListQuery,
    posting: Option<Uuid>,
    division: Option<&DivisionCode>,
) -> Result<Vec<signal::Model>, Error> {
    let actor = read.actor();
    let asked = Query::select()
        .column(party::Column::SignalId)
        .from(party::Entity)
        .and_where(party::Column::AskedAt.is_not_null())
        .and_where(party::Column::OrganisationId.is_in(actor.organisations(AGENTS)))
        .to_owned();
    let theirs = Condition::any()
        .add(scope::within(
            signal::Column::Division,
            actor.divisions(SUPERVISORS),
        ))
        .add(signal::Column::Id.in_subquery(asked));
    let mut select = signal::Entity::find()
        .filter(theirs)
        .order_by_desc(signal::Column::Id)
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(signal::Column::Id.lt(after));
    }
    if let Some(posting) = posting {
        select = select.filter(signal::Column::PostingId.eq(posting));
    }
    if let Some(division) = division {
        let within = scope::within(signal::Column::Division, std::iter::once(division));
        select = select.filter(within);
    }
    if !query.all("state").is_empty() {
        select = select.filter(signal::Column::State.is_in(query.all("state").iter().cloned()));
    }
    Ok(select.all(&read.db()).await?)
}

/// Whether a group of bids of a posting was raised before.
pub(crate) async fn is_raised(
    read: &impl Read,
    posting: Uuid,
    bids_key: &str,
) -> Result<bool, Error> {
    let found = signal::Entity::find()
        .filter(signal::Column::PostingId.eq(posting))
        .filter(signal::Column::BidsKey.eq(bids_key))
        .one(&read.db())
        .await?;
    Ok(found.is_some())
}

/// What must always hold of signals.
#[must_use]
pub fn invariants() -> Vec<Invariant> {
    vec![
        Invariant {
            name: "signal_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<signal::Entity>(view)),
        },
        Invariant {
            name: "a_confirmed_signal_was_put_to_everybody_concerned",
            run: |view| Box::pin(unasked(view)),
        },
    ]
}

/// Confirmed signals with an organisation that was never asked, or with none at all.
async fn unasked(view: &View) -> Result<Vec<Uuid>, Error> {
    let confirmed = signal::Entity::find()
        .filter(signal::Column::State.eq("confirmed"))
        .all(&view.db())
        .await?;
    let ids = confirmed.iter().map(|row| row.id);
    let parties = party::Entity::find()
        .filter(party::Column::SignalId.is_in(ids))
        .all(&view.db())
        .await?;
    let broken = |id: Uuid| {
        let mut own = parties
            .iter()
            .filter(|party| party.signal_id == id)
            .peekable();
        own.peek().is_none() || own.any(|party| party.asked_at.is_none())
    };
    Ok(confirmed
        .into_iter()
        .map(|row| row.id)
        .filter(|id| broken(*id))
        .collect())
}
