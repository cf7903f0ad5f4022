//! Reading reviews of buyers; decides nothing.

use super::entity::review;
use super::flow;
use crate::entity::evaluation;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::{Code, Role, RoleSet};
use wubang_store::{Error, Key, Read, Tracked, scope};
use wubang_web::ListQuery;

wubang_store::stateful!(review::Entity, flow::BuyerReview);

impl Tracked for review::Model {
    fn project_id(&self) -> Option<Uuid> {
        Some(self.project_id)
    }
    fn label(&self) -> String {
        format!("{} 对购买方的评价", self.evaluation_number)
    }
    fn organisations(&self) -> Vec<Uuid> {
        vec![self.organisation_id]
    }
}

/// Roles of an organisation's own people.
pub(crate) const OWN: &[Role] = &[Role::OrgAgent, Role::OrgLegalRep];
/// Roles over the division that read a review once it is public.
const READERS: &[Role] = &[
    Role::StreetOfficer,
    Role::CommunitySecretary,
    Role::DistrictAdmin,
    Role::Supervisor,
];

/// The roles of the viewer towards a review: of its organisation, or over its division.
pub(crate) fn roles(read: &impl Read, row: &review::Model) -> Result<RoleSet, Error> {
    let division = wubang_kernel::division::DivisionCode::parse(&row.division)
        .map_err(|_| Error::internal("a review of no division"))?;
    let mut roles = read.actor().roles(&Reach::at(division));
    let inside = read.actor().roles(&Reach::of(row.organisation_id));
    for role in OWN.iter().filter(|role| inside.has(**role)) {
        roles = roles.with(*role);
    }
    Ok(roles)
}

/// A review for somebody who may see it: its organisation always, officials once it is public.
pub(crate) async fn load(read: &impl Read, key: &Key) -> Result<(review::Model, RoleSet), Error> {
    let Key::Id(id) = key else {
        return Err(Code::NotFound.into());
    };
    let row = review::Entity::find_by_id(*id).one(&read.db()).await?;
    let row = row.ok_or(Code::NotFound)?;
    let roles = roles(read, &row)?;
    if roles.any(OWN) || (row.state != "sealed" && roles.any(READERS)) {
        Ok((row, roles))
    } else {
        Err(Code::NotFound.into())
    }
}

/// The reviews of an evaluation, the oldest first.
pub(crate) async fn of(
    read: &impl Read,
    evaluation: &evaluation::Model,
) -> Result<Vec<review::Model>, Error> {
    Ok(review::Entity::find()
        .filter(review::Column::EvaluationId.eq(evaluation.id))
        .order_by_asc(review::Column::Id)
        .all(&read.db())
        .await?)
}

/// One page of the reviews that the viewer may see, newest first, one row more than asked for.
pub(crate) async fn list(
    read: &impl Read,
    query: &ListQuery,
    of: Option<Uuid>,
) -> Result<Vec<review::Model>, Error> {
    let actor = read.actor();
    let public = Condition::all()
        .add(review::Column::State.ne("sealed"))
        .add(scope::within(
            review::Column::Division,
            actor.divisions(READERS),
        ));
    let mut select = review::Entity::find()
        .filter(
            Condition::any()
                .add(public)
                .add(review::Column::OrganisationId.is_in(actor.organisations(OWN))),
        )
        .order_by_desc(review::Column::Id)
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(review::Column::Id.lt(after));
    }
    if let Some(of) = of {
        select = select.filter(review::Column::EvaluationId.eq(of));
    }
    if !query.all("state").is_empty() {
        select = select.filter(review::Column::State.is_in(query.all("state").iter().cloned()));
    }
    Ok(select.all(&read.db()).await?)
}
