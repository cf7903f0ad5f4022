//! Reading questions; decides nothing. Every finder knows who may read a question that is not answered.

use crate::entity::{posting, question};
use crate::flow;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Role, RoleSet};
use wubang_store::{Error, Key, Read, Tracked, Tx, scope};
use wubang_web::ListQuery;

wubang_store::stateful!(question::Entity, flow::Question);

impl Tracked for question::Model {
    fn project_id(&self) -> Option<Uuid> {
        Some(self.project_id)
    }
    /// Names the posting; never who asks, and never what.
    fn label(&self) -> String {
        format!("{} 提问", self.posting_number)
    }
}

/// Roles inside an organisation that ask.
pub(crate) const ASKERS: &[Role] = &[Role::OrgAgent, Role::OrgLegalRep];
/// Roles over the division that read a question before it is answered.
pub(crate) const ANSWERERS: &[Role] = &[Role::StreetOfficer, Role::CommunitySecretary];

/// A question with the viewer's roles towards it.
pub(crate) struct QuestionCase {
    pub(crate) question: question::Model,
    pub(crate) roles: RoleSet,
}

/// The viewer's roles: over the division, and in the asking organisation.
pub(crate) fn roles(read: &impl Read, question: &question::Model) -> Result<RoleSet, Error> {
    let division = DivisionCode::parse(&question.division)
        .map_err(|_| Error::internal("question with a bad division"))?;
    let reach = Reach::at(division).and(Some(question.organisation_id));
    Ok(read.actor().roles(&reach))
}

/// A question, whoever asks.
pub(crate) async fn find(read: &impl Read, id: Uuid) -> Result<question::Model, Error> {
    Ok(question::Entity::find_by_id(id)
        .one(&read.db())
        .await?
        .ok_or(Code::NotFound)?)
}

/// A question for somebody who may see it; `not_found` for everybody else.
pub(crate) async fn load(read: &impl Read, key: &Key) -> Result<QuestionCase, Error> {
    let Key::Id(id) = key else {
        return Err(Code::NotFound.into());
    };
    let question = find(read, *id).await?;
    let roles = roles(read, &question)?;
    if question.state == "answered"
        || roles.any(ASKERS)
        || roles.any(ANSWERERS)
        || roles.has(Role::System)
    {
        Ok(QuestionCase { question, roles })
    } else {
        Err(Code::NotFound.into())
    }
}

/// One page of the questions about a posting that the viewer may see, newest first, one row more.
pub(crate) async fn list(
    read: &impl Read,
    query: &ListQuery,
    posting: &posting::Model,
) -> Result<Vec<question::Model>, Error> {
    let actor = read.actor();
    let theirs = Condition::any()
        .add(question::Column::State.eq("answered"))
        .add(question::Column::OrganisationId.is_in(actor.organisations(ASKERS)))
        .add(scope::within(
            question::Column::Division,
            actor.divisions(ANSWERERS),
        ));
    let mut select = question::Entity::find()
        .filter(question::Column::PostingId.eq(posting.id))
        .filter(theirs)
        .order_by_desc(question::Column::Id)
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(question::Column::Id.lt(after));
    }
    Ok(select.all(&read.db()).await?)
}

/// How many questions an organisation has asked about a posting.
pub(crate) async fn count_of(tx: &Tx, posting: Uuid, organisation: Uuid) -> Result<u64, Error> {
    Ok(question::Entity::find()
        .filter(question::Column::PostingId.eq(posting))
        .filter(question::Column::OrganisationId.eq(organisation))
        .count(&tx.db())
        .await?)
}

/// The questions about a posting that wait for an answer.
pub(crate) async fn unanswered(tx: &Tx, posting: Uuid) -> Result<Vec<question::Model>, Error> {
    Ok(question::Entity::find()
        .filter(question::Column::PostingId.eq(posting))
        .filter(question::Column::State.eq("asked"))
        .order_by_asc(question::Column::Id)
        .all(&tx.db())
        .await?)
}

/// Organisations that asked about a posting, each once.
pub(crate) async fn askers(read: &impl Read, posting: Uuid) -> Result<Vec<Uuid>, Error> {
    Ok(question::Entity::find()
        .select_only()
        .column(question::Column::OrganisationId)
        .distinct()
        .filter(question::Column::PostingId.eq(posting))
        .into_tuple()
        .all(&read.db())
        .await?)
}
