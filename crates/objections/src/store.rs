//! Reading objections; decides nothing but who may look.

use crate::entity::objection;
use crate::flow;
use crate::model::Respondent;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Role, RoleSet};
use wubang_store::{Error, Key, Read, Tracked, scope};
use wubang_web::ListQuery;

wubang_store::stateful!(objection::Entity, flow::Objection);

impl Tracked for objection::Model {
    /// None: the trail of the project, which many read, does not tell who objects.
    fn project_id(&self) -> Option<Uuid> {
        None
    }
    fn label(&self) -> String {
        format!("异议 {}({})", self.number, self.target_label)
    }
    /// The other side, from the acceptance on; never the objector's own organisation, so that one notice
    /// does not reach both.
    fn organisations(&self) -> Vec<Uuid> {
        let other = self.respondent_organisation_id;
        other
            .filter(|_| self.accepted_at.is_some())
            .into_iter()
            .collect()
    }
}

/// Officers who handle objections.
pub(crate) const HANDLERS: &[Role] = &[Role::StreetOfficer, Role::DistrictAdmin];
/// Roles over the division that see an objection.
const OFFICIALS: &[Role] = &[
    Role::StreetOfficer,
    Role::DistrictAdmin,
    Role::Supervisor,
    Role::System,
];
/// Roles of somebody who acts for an organisation.
pub(crate) const AGENTS: &[Role] = &[Role::OrgLegalRep, Role::OrgAgent];
/// States in which an objection or its complaint waits for somebody.
const OPEN: &[&str] = &[
    "submitted",
    "supplement_required",
    "accepted",
    "investigating",
    "overdue",
    "escalated",
    "complaint_open",
];

/// An objection with the viewer's roles towards it.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub objection: objection::Model,
    pub roles: RoleSet,
}

fn division(row: &objection::Model) -> Result<DivisionCode, Error> {
    DivisionCode::parse(&row.division).map_err(|_| Error::internal("objection in a bad division"))
}

/// The roles of the viewer. The other side has a part once it is invited, and no other before.
fn roles(read: &impl Read, row: &objection::Model) -> Result<RoleSet, Error> {
    let actor = read.actor();
    let over = actor.roles(&Reach::at(division(row)?));
    let mut roles: Vec<Role> = OFFICIALS.iter().copied().filter(|r| over.has(*r)).collect();
    let inside = |organisation: Option<Uuid>| {
        organisation.map_or(RoleSet::NONE, |id| actor.roles(&Reach::of(id)))
    };
    if actor.person == Some(row.objector_id) || inside(row.objector_organisation_id).any(AGENTS) {
        roles.push(Role::Objector);
    }
    if row.invited_at.is_some() {
        let other = inside(row.respondent_organisation_id);
        roles.extend(AGENTS.iter().filter(|role| other.has(**role)));
        // the community answers for what it has posted
        let secretary = row.respondent == Respondent::Secretary.as_str();
        if secretary && over.has(Role::CommunitySecretary) {
            roles.push(Role::CommunitySecretary);
        }
    }
    Ok(RoleSet::of(&roles))
}

/// An objection, whoever asks.
pub(crate) async fn find(read: &impl Read, key: &Key) -> Result<objection::Model, Error> {
    let select = match key {
        Key::Id(id) => objection::Entity::find_by_id(*id),
        Key::Number(number) => {
            objection::Entity::find().filter(objection::Column::Number.eq(number.as_str()))
        }
    };
    Ok(select.one(&read.db()).await?.ok_or(Code::NotFound)?)
}

/// An objection for its objector, the officers of its place, the supervisor and the other side once it is
/// invited; `not_found` for everybody else.
pub(crate) async fn load(read: &impl Read, key: &Key) -> Result<Case, Error> {
    let objection = find(read, key).await?;
    let roles = roles(read, &objection)?;
    if roles.is_empty() {
        return Err(Code::NotFound.into());
    }
    Ok(Case { objection, roles })
}

/// An objection as the system.
pub(crate) async fn as_system(read: &impl Read, id: Uuid) -> Result<Case, Error> {
    Ok(Case {
        objection: find(read, &Key::Id(id)).await?,
        roles: RoleSet::of(&[Role::System]),
    })
}

/// How many objections of a person or his organisation to a target are still open.
pub(crate) async fn count_open(
    read: &impl Read,
    target: Uuid,
    person: Uuid,
    organisation: Option<Uuid>,
) -> Result<u64, Error> {
    let mut same = Condition::any().add(objection::Column::ObjectorId.eq(person));
    if let Some(organisation) = organisation {
        same = same.add(objection::Column::ObjectorOrganisationId.eq(organisation));
    }
    Ok(objection::Entity::find()
        .filter(objection::Column::TargetId.eq(target))
        .filter(objection::Column::State.is_in(OPEN.iter().copied()))
        .filter(same)
        .count(&read.db())
        .await?)
}

/// What a page of objections is narrowed to.
pub(crate) struct Filter {
    pub target_id: Option<Uuid>,
    pub division: Option<DivisionCode>,
}

fn narrowed(
    query: &ListQuery,
    filter: &Filter,
    shown: Condition,
) -> sea_orm::Select<objection::Entity> {
    let mut select = objection::Entity::find()
        .filter(shown)
        .order_by_desc(objection::Column::Id)
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(objection::Column::Id.lt(after));
    }
    if let Some(id) = filter.target_id {
        select = select.filter(objection::Column::TargetId.eq(id));
    }
    if let Some(division) = &filter.division {
        let within = scope::within(objection::Column::Division, std::iter::once(division));
        select = select.filter(within);
    }
    for (column, name) in [
        (objection::Column::State, "state"),
        (objection::Column::Target, "target"),
    ] {
        let values = query.all(name);
        if !values.is_empty() {
            select = select.filter(column.is_in(values.iter().cloned()));
        }
    }
    select
}

/// One page of the objections that the viewer may see, newest first, one row more than asked for.
pub(crate) async fn list(
    read: &impl Read,
    query: &ListQuery,
    filter: &Filter,
) -> Result<Vec<objection::Model>, Error> {
    let actor = read.actor();
    let invited = || Condition::all().add(objection::Column::InvitedAt.is_not_null());
    let organisations: Vec<Uuid> = actor.organisations(AGENTS).collect();
    let mut theirs = Condition::any()
        .add(scope::within(
            objection::Column::Division,
            actor.divisions(OFFICIALS),
        ))
        .add(objection::Column::ObjectorOrganisationId.is_in(organisations.iter().copied()))
        .add(invited().add(objection::Column::RespondentOrganisationId.is_in(organisations)))
        .add(
            invited()
                .add(objection::Column::Respondent.eq(Respondent::Secretary.as_str()))
                .add(scope::within(
                    objection::Column::Division,
                    actor.divisions(&[Role::CommunitySecretary]),
                )),
        );
    if let Some(person) = actor.person {
        theirs = theirs.add(objection::Column::ObjectorId.eq(person));
    }
    Ok(narrowed(query, filter, theirs).all(&read.db()).await?)
}

/// One page of the decided objections, for everybody.
pub(crate) async fn list_public(
    read: &impl Read,
    query: &ListQuery,
    filter: &Filter,
) -> Result<Vec<objection::Model>, Error> {
    let decided = Condition::all().add(objection::Column::DecidedAt.is_not_null());
    Ok(narrowed(query, filter, decided).all(&read.db()).await?)
}
