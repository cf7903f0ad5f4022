//! Reading evaluations; decides nothing.

use crate::entity::evaluation;
use crate::flow;
use crate::model::Phase;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashSet;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Role, RoleSet};
use wubang_panels::Loaded;
use wubang_store::{Error, Key, Read, Tracked, scope};
use wubang_web::ListQuery;

/// An evaluation as stored (考榜).
pub type Evaluation = evaluation::Model;

/// Purpose of its panels.
pub(crate) const PURPOSE: &str = "evaluation";
/// States in which the result is public.
pub(crate) const PUBLIC: &[&str] = &[
    "in_publicity",
    "under_review",
    "confirmed",
    "reevaluation_required",
];

wubang_store::stateful!(evaluation::Entity, flow::Evaluation);

impl Tracked for evaluation::Model {
    fn project_id(&self) -> Option<Uuid> {
        Some(self.project_id)
    }
    fn label(&self) -> String {
        format!("{} {}", self.number, self.title)
    }
    fn field(&self) -> Option<String> {
        Some(self.field.clone())
    }
    fn organisations(&self) -> Vec<Uuid> {
        std::iter::once(self.organisation_id)
            .chain(self.third_party_id)
            .collect()
    }
}

/// An evaluation with its panel and the viewer's roles.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub evaluation: evaluation::Model,
    pub panel: Option<Loaded>,
    pub roles: RoleSet,
}

/// Roles over the division that see that there is an evaluation.
pub(crate) const OFFICIALS: &[Role] = &[
    Role::StreetOfficer,
    Role::CommunitySecretary,
    Role::DepartmentOfficer,
    Role::DistrictAdmin,
    Role::Supervisor,
];
/// Roles in the contractor.
pub(crate) const CONTRACTOR: &[Role] = &[Role::OrgAgent, Role::OrgLegalRep];

/// The division of an evaluation.
pub(crate) fn division(evaluation: &evaluation::Model) -> Result<DivisionCode, Error> {
    DivisionCode::parse(&evaluation.division)
        .map_err(|_| Error::internal("evaluation with a bad division"))
}

/// The roles of the viewer. Each organisation gives only the roles it has here: an agent of the third
/// party is none of the contractor, and the contractor's own third-party staff do not run its evaluation.
pub(crate) fn roles(
    read: &impl Read,
    evaluation: &evaluation::Model,
    panel: Option<&Loaded>,
) -> Result<RoleSet, Error> {
    let actor = read.actor();
    let mut roles = actor.roles(&Reach::at(division(evaluation)?));
    if evaluation
        .third_party_id
        .is_some_and(|id| actor.roles(&Reach::of(id)).has(Role::ThirdParty))
    {
        roles = roles.with(Role::ThirdParty);
    }
    let inside = actor.roles(&Reach::of(evaluation.organisation_id));
    for role in CONTRACTOR.iter().filter(|role| inside.has(**role)) {
        roles = roles.with(*role);
    }
    let seated = actor
        .person
        .is_some_and(|person| panel.is_some_and(|panel| panel.member(person).is_some()));
    Ok(if seated {
        roles.with(Role::Assessor)
    } else {
        roles
    })
}

fn may_see(roles: RoleSet) -> bool {
    roles.any(OFFICIALS)
        || roles.any(CONTRACTOR)
        || roles.any(&[Role::ThirdParty, Role::Assessor, Role::System])
}

/// The evaluation itself, whoever asks.
pub(crate) async fn find(read: &impl Read, key: &Key) -> Result<evaluation::Model, Error> {
    let select = match key {
        Key::Id(id) => evaluation::Entity::find_by_id(*id),
        Key::Number(number) => {
            evaluation::Entity::find().filter(evaluation::Column::Number.eq(number.as_str()))
        }
    };
    Ok(select.one(&read.db()).await?.ok_or(Code::NotFound)?)
}

/// The evaluation of an agreement in one phase, whatever its round, if there is one.
pub(crate) async fn of_contract(
    read: &impl Read,
    contract: Uuid,
    phase: Phase,
) -> Result<Option<evaluation::Model>, Error> {
    let select = evaluation::Entity::find().filter(evaluation::Column::ContractId.eq(contract));
    Ok(select
        .filter(evaluation::Column::Phase.eq(phase.as_str()))
        .one(&read.db())
        .await?)
}

/// Every evaluation of an agreement, oldest first.
pub(crate) async fn all_of_contract(
    read: &impl Read,
    contract: Uuid,
) -> Result<Vec<evaluation::Model>, Error> {
    Ok(evaluation::Entity::find()
        .filter(evaluation::Column::ContractId.eq(contract))
        .order_by_asc(evaluation::Column::Id)
        .all(&read.db())
        .await?)
}

/// The confirmed last results of some postings, the oldest first; those of earlier phases decide nothing.
pub(crate) async fn confirmed_of(
    read: &impl Read,
    postings: &[Uuid],
) -> Result<Vec<evaluation::Model>, Error> {
    Ok(evaluation::Entity::find()
        .filter(evaluation::Column::PostingId.is_in(postings.iter().copied()))
        .filter(evaluation::Column::State.eq("confirmed"))
        .filter(evaluation::Column::Phase.eq(Phase::Final.as_str()))
        .order_by_asc(evaluation::Column::Id)
        .all(&read.db())
        .await?)
}

/// An evaluation with its panel, for somebody who may see it; `not_found` for everybody else.
pub(crate) async fn load(read: &impl Read, key: &Key) -> Result<Case, Error> {
    let case = complete(read, find(read, key).await?).await?;
    if may_see(case.roles) {
        Ok(case)
    } else {
        Err(Code::NotFound.into())
    }
}

/// The panel of an evaluation and the viewer's roles.
pub(crate) async fn complete(
    read: &impl Read,
    evaluation: evaluation::Model,
) -> Result<Case, Error> {
    let panel = panel_of(read, &evaluation).await?;
    let roles = roles(read, &evaluation, panel.as_ref())?;
    Ok(Case {
        evaluation,
        panel,
        roles,
    })
}

/// The panel whose sheets count: not one that a review has replaced.
pub(crate) async fn panel_of(
    read: &impl Read,
    row: &evaluation::Model,
) -> Result<Option<Loaded>, Error> {
    let newest = wubang_panels::service::load(read, PURPOSE, row.id).await?;
    Ok(newest.filter(|one| one.panel.round == row.panel_round))
}

/// Who sat on a panel that a review has replaced.
pub(crate) async fn sat_before(
    read: &impl Read,
    row: &evaluation::Model,
) -> Result<HashSet<Uuid>, Error> {
    wubang_panels::service::persons_of(read, PURPOSE, row.id, row.panel_round).await
}

/// The evaluations in a state, for checks.
pub(crate) async fn in_state(read: &impl Read, state: &str) -> Result<Vec<Uuid>, Error> {
    let rows = evaluation::Entity::find().filter(evaluation::Column::State.eq(state));
    let rows = rows.all(&read.db()).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// What a list is narrowed to, beside its states.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    pub division: Option<DivisionCode>,
    pub contract: Option<Uuid>,
    pub project: Option<Uuid>,
}

/// One page of the evaluations that the viewer may see, newest first, one row more than asked for.
/// `seated`: those on whose panel he sits.
pub(crate) async fn list(
    read: &impl Read,
    query: &ListQuery,
    filter: &Filter,
    seated: Vec<Uuid>,
) -> Result<Vec<evaluation::Model>, Error> {
    let actor = read.actor();
    let theirs = Condition::any()
        .add(scope::within(
            evaluation::Column::Division,
            actor.divisions(OFFICIALS),
        ))
        .add(evaluation::Column::OrganisationId.is_in(actor.organisations(CONTRACTOR)))
        .add(evaluation::Column::ThirdPartyId.is_in(actor.organisations(&[Role::ThirdParty])))
        .add(evaluation::Column::Id.is_in(seated));
    let mut select = evaluation::Entity::find()
        .filter(theirs)
        .order_by_desc(evaluation::Column::Id)
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(evaluation::Column::Id.lt(after));
    }
    if let Some(division) = &filter.division {
        select = select.filter(scope::within(
            evaluation::Column::Division,
            std::iter::once(division),
        ));
    }
    for (column, wanted) in [
        (evaluation::Column::ContractId, filter.contract),
        (evaluation::Column::ProjectId, filter.project),
    ] {
        if let Some(wanted) = wanted {
            select = select.filter(column.eq(wanted));
        }
    }
    if !query.all("phase").is_empty() {
        select = select.filter(evaluation::Column::Phase.is_in(query.all("phase").iter().cloned()));
    }
    if !query.all("state").is_empty() {
        select = select.filter(evaluation::Column::State.is_in(query.all("state").iter().cloned()));
    }
    Ok(select.all(&read.db()).await?)
}
