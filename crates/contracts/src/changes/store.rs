//! Reading and writing change requests; decides nothing.

use super::entity::{consent, request};
use super::flow;
use super::model::{ChangeOffice, ChangeSide};
use crate::store::{ContractCase, ORGANISERS, load as load_contract, visible_ids};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;
use wubang_kernel::{Code, Role};
use wubang_store::{Error, Key, Read, Tracked, Tx, scope};
use wubang_web::ListQuery;

wubang_store::stateful!(request::Entity, flow::ChangeRequest);

impl Tracked for request::Model {
    fn project_id(&self) -> Option<Uuid> {
        Some(self.project_id)
    }
    fn label(&self) -> String {
        format!("{} 变更申请({})", self.contract_number, self.change.zh())
    }
    fn organisations(&self) -> Vec<Uuid> {
        vec![self.organisation_id]
    }
}

/// States of a request that is being dealt with.
pub(crate) const OPEN: [&str; 3] = ["submitted", "under_review", "in_publicity"];
/// Roles of the contractor's own people.
pub(crate) const CONTRACTORS: &[Role] = &[Role::OrgAgent, Role::OrgLegalRep];

/// A request with its agreement and what the offices have said.
#[derive(Debug, Clone)]
pub(crate) struct RequestCase {
    pub request: request::Model,
    pub consents: Vec<consent::Model>,
    pub contract: ContractCase,
}

/// A request for somebody who may see its agreement; a draft for the side that writes it.
pub(crate) async fn load(read: &impl Read, key: &Key) -> Result<RequestCase, Error> {
    let Key::Id(id) = key else {
        return Err(Code::NotFound.into());
    };
    let request = find(read, *id).await?;
    let contract = load_contract(read, &Key::Id(request.contract_id)).await?;
    let side = ChangeSide::from_wire(&request.side);
    let own = match side {
        Some(ChangeSide::Contractor) => contract.roles.any(CONTRACTORS),
        _ => contract.roles.any(ORGANISERS),
    };
    if request.state == "draft" && !own {
        return Err(Code::NotFound.into());
    }
    complete(read, request, contract).await
}

/// The request itself, whoever asks.
pub(crate) async fn find(read: &impl Read, id: Uuid) -> Result<request::Model, Error> {
    let row = request::Entity::find_by_id(id).one(&read.db()).await?;
    Ok(row.ok_or(Code::NotFound)?)
}

/// What the offices have said to a request.
pub(crate) async fn complete(
    read: &impl Read,
    request: request::Model,
    contract: ContractCase,
) -> Result<RequestCase, Error> {
    let consents = consent::Entity::find()
        .filter(consent::Column::RequestId.eq(request.id))
        .order_by_asc(consent::Column::Id)
        .all(&read.db())
        .await?;
    Ok(RequestCase {
        request,
        consents,
        contract,
    })
}

/// Whether another request of the agreement is being dealt with.
pub(crate) async fn other_open(read: &impl Read, row: &request::Model) -> Result<bool, Error> {
    let count = request::Entity::find()
        .filter(request::Column::ContractId.eq(row.contract_id))
        .filter(request::Column::Id.ne(row.id))
        .filter(request::Column::State.is_in(OPEN))
        .count(&read.db())
        .await?;
    Ok(count > 0)
}

/// The requests of an agreement that are being dealt with: one at most.
pub(crate) async fn open_of(
    read: &impl Read,
    contract: Uuid,
) -> Result<Vec<request::Model>, Error> {
    Ok(request::Entity::find()
        .filter(request::Column::ContractId.eq(contract))
        .filter(request::Column::State.is_in(OPEN))
        .all(&read.db())
        .await?)
}

/// One page of requests of visible agreements, newest first, one row more than asked for.
pub(crate) async fn list(
    read: &impl Read,
    query: &ListQuery,
    of: Option<Uuid>,
) -> Result<Vec<request::Model>, Error> {
    let actor = read.actor();
    let own = Condition::any()
        .add(
            Condition::all()
                .add(request::Column::Side.eq(ChangeSide::Contractor.as_str()))
                .add(request::Column::OrganisationId.is_in(actor.organisations(CONTRACTORS))),
        )
        .add(
            Condition::all()
                .add(request::Column::Side.eq(ChangeSide::Street.as_str()))
                .add(scope::within(
                    request::Column::Division,
                    actor.divisions(ORGANISERS),
                )),
        );
    let mut select = request::Entity::find()
        .filter(request::Column::ContractId.in_subquery(visible_ids(read)))
        .filter(
            Condition::any()
                .add(request::Column::State.ne("draft"))
                .add(own),
        )
        .order_by_desc(request::Column::Id)
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(request::Column::Id.lt(after));
    }
    if let Some(of) = of {
        select = select.filter(request::Column::ContractId.eq(of));
    }
    if !query.all("state").is_empty() {
        select = select.filter(request::Column::State.is_in(query.all("state").iter().cloned()));
    }
    Ok(select.all(&read.db()).await?)
}

/// Keeps that an office has agreed; the second of one office is refused by the table.
pub(crate) async fn insert_consent(
    tx: &Tx,
    request: Uuid,
    office: ChangeOffice,
    role: Role,
    comment: String,
) -> Result<consent::Model, Error> {
    let row = consent::ActiveModel {
        id: Set(tx.new_id()),
        request_id: Set(request),
        office: Set(office.as_str().to_owned()),
        person_id: Set(tx.person()?),
        name: Set(tx.actor().name.clone()),
        role: Set(role.as_str().to_owned()),
        comment: Set(Some(comment).filter(|text| !text.is_empty())),
        agreed_at: Set(tx.now()),
    };
    Ok(consent::Entity::insert(row)
        .exec_with_returning(&tx.db())
        .await?)
}
