//! Reading veto findings; decides nothing.

use super::entity::finding;
use super::flow;
use crate::store::{CONTRACTOR, Case, OFFICIALS, PURPOSE, load as load_evaluation};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;
use wubang_kernel::{Code, Role};
use wubang_store::{Error, Key, Read, Tracked, scope};
use wubang_web::ListQuery;

wubang_store::stateful!(finding::Entity, flow::VetoFinding);

impl Tracked for finding::Model {
    fn project_id(&self) -> Option<Uuid> {
        Some(self.project_id)
    }
    fn label(&self) -> String {
        format!("{} 一票否决事项", self.evaluation_number)
    }
    fn organisations(&self) -> Vec<Uuid> {
        std::iter::once(self.organisation_id)
            .chain(self.third_party_id)
            .collect()
    }
}

/// A finding with its evaluation and the viewer's roles.
pub(crate) struct FindingCase {
    pub finding: finding::Model,
    pub evaluation: Case,
}

/// An evaluation for somebody who may read its findings: not for who scores it, whom they must not move.
///
/// # Errors
/// `not_found` for everybody else.
pub(crate) async fn evaluation(read: &impl Read, id: Uuid) -> Result<Case, Error> {
    let case = load_evaluation(read, &Key::Id(id)).await?;
    if case.roles.has(Role::Assessor) {
        return Err(Code::NotFound.into());
    }
    Ok(case)
}

/// A finding for somebody who may see it.
pub(crate) async fn load(read: &impl Read, key: &Key) -> Result<FindingCase, Error> {
    let Key::Id(id) = key else {
        return Err(Code::NotFound.into());
    };
    let row = finding::Entity::find_by_id(*id).one(&read.db()).await?;
    let finding = row.ok_or(Code::NotFound)?;
    let evaluation = evaluation(read, finding.evaluation_id).await?;
    Ok(FindingCase {
        finding,
        evaluation,
    })
}

/// Whether a finding about an evaluation waits for its decision.
pub(crate) async fn any_open(read: &impl Read, evaluation: Uuid) -> Result<bool, Error> {
    let count = finding::Entity::find()
        .filter(finding::Column::EvaluationId.eq(evaluation))
        .filter(finding::Column::State.is_in(["proposed", "answered"]))
        .count(&read.db())
        .await?;
    Ok(count > 0)
}

/// One page of the findings that the viewer may see, newest first, one row more than asked for.
pub(crate) async fn list(
    read: &impl Read,
    query: &ListQuery,
    of: Option<Uuid>,
) -> Result<Vec<finding::Model>, Error> {
    let actor = read.actor();
    let theirs = Condition::any()
        .add(scope::within(
            finding::Column::Division,
            actor.divisions(OFFICIALS),
        ))
        .add(finding::Column::OrganisationId.is_in(actor.organisations(CONTRACTOR)))
        .add(finding::Column::ThirdPartyId.is_in(actor.organisations(&[Role::ThirdParty])));
    let seated = match actor.person {
        Some(person) => wubang_panels::service::objects_of(read, PURPOSE, person).await?,
        None => Vec::new(),
    };
    let mut select = finding::Entity::find()
        .filter(theirs)
        .filter(finding::Column::EvaluationId.is_not_in(seated))
        .order_by_desc(finding::Column::Id)
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(finding::Column::Id.lt(after));
    }
    if let Some(of) = of {
        select = select.filter(finding::Column::EvaluationId.eq(of));
    }
    if !query.all("state").is_empty() {
        select = select.filter(finding::Column::State.is_in(query.all("state").iter().cloned()));
    }
    Ok(select.all(&read.db()).await?)
}
