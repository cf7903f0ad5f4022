//! Reading and writing agreements; decides nothing.

use crate::entity::{contract, milestone, party, payment, report, signature, verification};
use crate::flow;
use crate::model::{CompletionReportContent, Party};
use sea_orm::sea_query::SelectStatement;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};
use std::collections::HashMap;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Role, RoleSet};
use wubang_store::{Error, Key, Read, Stateful, Tracked, Tx, scope};
use wubang_web::ListQuery;

/// An agreement as stored (承榜协议).
pub type Contract = contract::Model;
/// A milestone as stored (里程碑).
pub type Milestone = milestone::Model;
/// A payment as stored (拨付).
pub type Payment = payment::Model;

wubang_store::stateful!(contract::Entity, flow::Contract);
wubang_store::stateful!(milestone::Entity, flow::Milestone);
wubang_store::stateful!(payment::Entity, flow::Payment);

/// What milestones and payments say of themselves in the same way.
macro_rules! tracked {
    ($model:ty, |$row:ident| $label:expr) => {
        impl Tracked for $model {
            fn project_id(&self) -> Option<Uuid> {
                Some(self.project_id)
            }
            fn label(&self) -> String {
                let $row = self;
                $label
            }
            fn organisations(&self) -> Vec<Uuid> {
                vec![self.organisation_id]
            }
        }
    };
}
impl Tracked for contract::Model {
    fn project_id(&self) -> Option<Uuid> {
        Some(self.project_id)
    }
    fn label(&self) -> String {
        format!("{} {}", self.number, self.title)
    }
    // partners and the custodian hear of the agreement as the lead does
    fn organisations(&self) -> Vec<Uuid> {
        self.members().collect()
    }
}

impl contract::Model {
    /// The lead or only contractor, its partners and its custodian.
    pub fn members(&self) -> impl Iterator<Item = Uuid> + '_ {
        let partners = self.content.partners.iter().map(|one| one.organisation_id);
        std::iter::once(self.organisation_id)
            .chain(partners)
            .chain(self.custodian_id)
    }

    /// Whether it ended before its work was evaluated, or failed there.
    pub fn ended_early(&self) -> bool {
        matches!(self.state.as_str(), "terminated" | "exited")
    }
}
tracked!(milestone::Model, |row| format!(
    "{} 里程碑{} {}",
    row.contract_number, row.seq, row.title
));
tracked!(payment::Model, |row| format!(
    "{} 第{}期拨付",
    row.contract_number, row.seq
));

/// An agreement with everything that belongs to it, and the viewer's roles.
#[derive(Debug, Clone)]
pub struct ContractCase {
    /// The agreement.
    pub contract: contract::Model,
    pub(crate) parties: Vec<party::Model>,
    pub(crate) signatures: Vec<signature::Model>,
    pub(crate) milestones: Vec<milestone::Model>,
    pub(crate) verifications: Vec<verification::Model>,
    pub(crate) payments: Vec<payment::Model>,
    pub(crate) reports: Vec<report::Model>,
    /// The viewer's roles towards it.
    pub roles: RoleSet,
}

impl ContractCase {
    /// The completion report in its last edition.
    pub(crate) fn report(&self) -> Option<&report::Model> {
        self.reports.last()
    }

    /// The verifications of a milestone's present submission.
    pub(crate) fn verified<'a>(
        &'a self,
        milestone: &'a milestone::Model,
    ) -> impl Iterator<Item = &'a verification::Model> {
        self.verifications.iter().filter(|row| {
            row.milestone_id == milestone.id && row.submission == milestone.submission
        })
    }
}

/// Roles over the division that see an agreement from its draft on.
pub(crate) const ORGANISERS: &[Role] =
    &[Role::StreetOfficer, Role::DistrictAdmin, Role::Supervisor];
/// Roles over the division that see it once it was sent.
const COMMUNITY: &[Role] = &[
    Role::CommunitySecretary,
    Role::ResidentRep,
    Role::DepartmentOfficer,
];
/// Roles towards an agreement of the people of its organisations.
pub(crate) const PARTY: &[Role] = &[
    Role::OrgAgent,
    Role::OrgLegalRep,
    Role::Partner,
    Role::Custodian,
];
/// Roles in an organisation by which one belongs to its people.
pub(crate) const PEOPLE: &[Role] = &[Role::OrgAgent, Role::OrgLegalRep, Role::Custodian];

fn parse(code: &str) -> Result<DivisionCode, Error> {
    DivisionCode::parse(code).map_err(|_| Error::internal("agreement with a bad division"))
}

/// The division of an agreement.
pub(crate) fn division(contract: &contract::Model) -> Result<DivisionCode, Error> {
    parse(&contract.division)
}

/// The roles of the viewer towards an agreement: those over its division, and those over each
/// community it serves, because an agreement of a whole street is accepted in its communities.
pub(crate) fn roles(read: &impl Read, contract: &contract::Model) -> Result<RoleSet, Error> {
    let at = Reach::at(division(contract)?).and(Some(contract.organisation_id));
    let mut roles = read.actor().roles(&at);
    let belongs = |id: Uuid| read.actor().organisations(PEOPLE).any(|own| own == id);
    // partners and the custodian read and sign; the work is the lead's
    if contract
        .content
        .partners
        .iter()
        .any(|one| belongs(one.organisation_id))
    {
        roles = roles.with(Role::Partner);
    }
    if contract.custodian_id.is_some_and(belongs) {
        roles = roles.with(Role::Custodian);
    }
    for community in &contract.content.communities {
        let here = read.actor().roles(&Reach::at(parse(community)?));
        for role in COMMUNITY.iter().filter(|role| here.has(**role)) {
            roles = roles.with(*role);
        }
    }
    Ok(roles)
}

/// The party for which the viewer would sign next, and the hat under which: an organisation's legal representative,
/// the custodian's officer, the street's officer.
pub(crate) fn signer<'a>(
    read: &impl Read,
    case: &'a ContractCase,
) -> Result<Option<(&'a party::Model, Role)>, Error> {
    let signed: Vec<Uuid> = case.signatures.iter().map(|one| one.party_id).collect();
    speaker(read, case, &signed)
}

/// The party for which the viewer would speak next when some have spoken already, and the hat under which.
pub(crate) fn speaker<'a>(
    read: &impl Read,
    case: &'a ContractCase,
    spoken: &[Uuid],
) -> Result<Option<(&'a party::Model, Role)>, Error> {
    let division = division(&case.contract)?;
    let hat = |row: &party::Model| {
        let (reach, hats): (Reach, &[Role]) =
            match (Party::from_wire(&row.party), row.organisation_id) {
                (Some(Party::Custodian), Some(id)) => {
                    (Reach::of(id), &[Role::OrgLegalRep, Role::Custodian])
                }
                (_, Some(id)) => (Reach::of(id), &[Role::OrgLegalRep]),
                (_, None) => (Reach::at(division), &[Role::StreetOfficer]),
            };
        read.actor().roles(&reach).first_of(hats)
    };
    // an organisation's own people sign for it before they sign as anything else
    let (own, buyer): (Vec<_>, Vec<_>) = case
        .parties
        .iter()
        .filter_map(|row| Some((row, hat(row)?)))
        .partition(|(row, _)| row.organisation_id.is_some());
    let mine: Vec<_> = own.into_iter().chain(buyer).collect();
    let open = mine.iter().find(|(row, _)| !spoken.contains(&row.id));
    Ok(open.or(mine.first()).copied())
}

fn may_see(roles: RoleSet, contract: &contract::Model) -> bool {
    let sent = contract.state != "drafting";
    roles.has(Role::System)
        || roles.any(ORGANISERS)
        || (sent && (roles.any(COMMUNITY) || roles.any(PARTY)))
}

/// The agreement itself, whoever asks.
pub(crate) async fn find(read: &impl Read, key: &Key) -> Result<contract::Model, Error> {
    let select = match key {
        Key::Id(id) => contract::Entity::find_by_id(*id),
        Key::Number(number) => {
            contract::Entity::find().filter(contract::Column::Number.eq(number.as_str()))
        }
    };
    Ok(select.one(&read.db()).await?.ok_or(Code::NotFound)?)
}

/// The agreement of an award, if there is one.
pub(crate) async fn of_award(
    read: &impl Read,
    award: Uuid,
) -> Result<Option<contract::Model>, Error> {
    Ok(contract::Entity::find()
        .filter(contract::Column::AwardId.eq(award))
        .one(&read.db())
        .await?)
}

/// The agreement about the result of a posting decided elsewhere that stands, if there is one.
pub(crate) async fn of_result(
    read: &impl Read,
    posting: Uuid,
) -> Result<Option<contract::Model>, Error> {
    Ok(contract::Entity::find()
        .filter(contract::Column::PostingId.eq(posting))
        .filter(contract::Column::AwardId.is_null())
        .filter(contract::Column::State.is_not_in(["void", "terminated", "exited"]))
        .one(&read.db())
        .await?)
}

/// The agreements under work of an organisation, as the lead or alone, the oldest first.
pub(crate) async fn at_work_of(
    read: &impl Read,
    organisation: Uuid,
) -> Result<Vec<contract::Model>, Error> {
    Ok(contract::Entity::find()
        .filter(contract::Column::OrganisationId.eq(organisation))
        .filter(contract::Column::State.is_in(["active", "suspended"]))
        .order_by_asc(contract::Column::Id)
        .all(&read.db())
        .await?)
}

/// Agreements by id in one statement, in no order.
pub(crate) async fn load_many(
    read: &impl Read,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, contract::Model>, Error> {
    let rows = contract::Entity::find()
        .filter(contract::Column::Id.is_in(ids))
        .all(&read.db())
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// An agreement with all that belongs to it, for somebody who may see it; `not_found` for everybody else.
pub(crate) async fn load(read: &impl Read, key: &Key) -> Result<ContractCase, Error> {
    let (contract, roles) = seen(read, key).await?;
    complete(read, contract, roles).await
}

/// The agreement alone, for somebody who may see it; `not_found` for everybody else.
pub(crate) async fn seen(read: &impl Read, key: &Key) -> Result<(contract::Model, RoleSet), Error> {
    let contract = find(read, key).await?;
    let roles = roles(read, &contract)?;
    if !may_see(roles, &contract) {
        return Err(Code::NotFound.into());
    }
    Ok((contract, roles))
}

/// Everything that belongs to an agreement.
pub(crate) async fn complete(
    read: &impl Read,
    contract: contract::Model,
    roles: RoleSet,
) -> Result<ContractCase, Error> {
    let (id, db) = (contract.id, read.db());
    let parties = party::Entity::find()
        .filter(party::Column::ContractId.eq(id))
        .filter(party::Column::LeftAt.is_null())
        .order_by_asc(party::Column::Seq)
        .all(&db)
        .await?;
    let signatures = signature::Entity::find()
        .filter(signature::Column::ContractId.eq(id))
        .order_by_asc(signature::Column::Id)
        .all(&db)
        .await?;
    let milestones = milestone::Entity::find()
        .filter(milestone::Column::ContractId.eq(id))
        .order_by_asc(milestone::Column::Seq)
        .all(&db)
        .await?;
    let verifications = verifications(read, milestones.iter().map(|row| row.id).collect()).await?;
    let payments = payment::Entity::find()
        .filter(payment::Column::ContractId.eq(id))
        .order_by_asc(payment::Column::Seq)
        .all(&db)
        .await?;
    let reports = report::Entity::find()
        .filter(report::Column::ContractId.eq(id))
        .order_by_asc(report::Column::Edition)
        .all(&db)
        .await?;
    Ok(ContractCase {
        contract,
        parties,
        signatures,
        milestones,
        verifications,
        payments,
        reports,
        roles,
    })
}

/// The verifications of some milestones, oldest first.
pub(crate) async fn verifications(
    read: &impl Read,
    milestones: Vec<Uuid>,
) -> Result<Vec<verification::Model>, Error> {
    let select =
        verification::Entity::find().filter(verification::Column::MilestoneId.is_in(milestones));
    Ok(select
        .order_by_asc(verification::Column::Id)
        .all(&read.db())
        .await?)
}

/// What belongs to an agreement, by id, with the agreement: for somebody who may see that.
pub(crate) async fn load_of<E: Stateful>(
    read: &impl Read,
    key: &Key,
    contract: impl Fn(&E::Model) -> Uuid,
) -> Result<(ContractCase, E::Model), Error> {
    let Key::Id(id) = key else {
        return Err(Code::NotFound.into());
    };
    let row = E::find().filter(E::id().eq(*id)).one(&read.db()).await?;
    let row = row.ok_or(Code::NotFound)?;
    Ok((load(read, &Key::Id(contract(&row))).await?, row))
}

/// A milestone by id with its agreement.
pub(crate) async fn load_milestone(
    read: &impl Read,
    key: &Key,
) -> Result<(ContractCase, milestone::Model), Error> {
    load_of::<milestone::Entity>(read, key, |row| row.contract_id).await
}

/// A payment by id with its agreement.
pub(crate) async fn load_payment(
    read: &impl Read,
    key: &Key,
) -> Result<(ContractCase, payment::Model), Error> {
    load_of::<payment::Entity>(read, key, |row| row.contract_id).await
}

/// Which agreements the viewer may see, as a condition.
fn visible(read: &impl Read) -> Condition {
    let actor = read.actor();
    let sent = Condition::any()
        .add(scope::within(
            contract::Column::Division,
            actor.divisions(COMMUNITY),
        ))
        .add(
            contract::Column::Id.in_subquery(
                party::Entity::find()
                    .select_only()
                    .column(party::Column::ContractId)
                    .filter(party::Column::OrganisationId.is_in(actor.organisations(PEOPLE)))
                    .filter(party::Column::LeftAt.is_null())
                    .into_query(),
            ),
        );
    Condition::any()
        .add(scope::within(
            contract::Column::Division,
            actor.divisions(ORGANISERS),
        ))
        .add(
            Condition::all()
                .add(contract::Column::State.ne("drafting"))
                .add(sent),
        )
}

/// The ids of the agreements that the viewer may see, for scoping what belongs to them.
pub(crate) fn visible_ids(read: &impl Read) -> SelectStatement {
    contract::Entity::find()
        .select_only()
        .column(contract::Column::Id)
        .filter(visible(read))
        .into_query()
}

/// One page of the agreements that the viewer may see, newest first, one row more than asked for.
pub(crate) async fn list(
    read: &impl Read,
    query: &ListQuery,
    within: Option<&DivisionCode>,
    project: Option<Uuid>,
) -> Result<Vec<contract::Model>, Error> {
    let mut select = contract::Entity::find()
        .filter(visible(read))
        .order_by_desc(contract::Column::Id)
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(contract::Column::Id.lt(after));
    }
    if let Some(division) = within {
        select = select.filter(scope::within(
            contract::Column::Division,
            std::iter::once(division),
        ));
    }
    if let Some(project) = project {
        select = select.filter(contract::Column::ProjectId.eq(project));
    }
    if !query.all("state").is_empty() {
        select = select.filter(contract::Column::State.is_in(query.all("state").iter().cloned()));
    }
    Ok(select.all(&read.db()).await?)
}

/// One page of published agreements, newest first, one row more than asked for.
pub(crate) async fn list_public(
    read: &impl Read,
    query: &ListQuery,
    within: Option<&DivisionCode>,
    posting: Option<Uuid>,
) -> Result<Vec<contract::Model>, Error> {
    let mut select = contract::Entity::find()
        .filter(contract::Column::PublishedAt.is_not_null())
        .order_by_desc(contract::Column::Id)
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(contract::Column::Id.lt(after));
    }
    if let Some(division) = within {
        select = select.filter(scope::within(
            contract::Column::Division,
            std::iter::once(division),
        ));
    }
    if let Some(posting) = posting {
        select = select.filter(contract::Column::PostingId.eq(posting));
    }
    Ok(select.all(&read.db()).await?)
}

/// One page of what belongs to the agreements that the viewer may see, newest first, one row more than asked for.
/// `contract` is the column that names the agreement.
pub(crate) async fn page_of<E: Stateful>(
    read: &impl Read,
    query: &ListQuery,
    contract: E::Column,
    of: Option<Uuid>,
) -> Result<Vec<E::Model>, Error> {
    let mut select = E::find()
        .filter(contract.in_subquery(visible_ids(read)))
        .order_by_desc(E::id())
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(E::id().lt(after));
    }
    if let Some(of) = of {
        select = select.filter(contract.eq(of));
    }
    if !query.all("state").is_empty() {
        select = select.filter(E::state().is_in(query.all("state").iter().cloned()));
    }
    Ok(select.all(&read.db()).await?)
}

/// One page of milestones of visible agreements, newest first.
pub(crate) async fn list_milestones(
    read: &impl Read,
    query: &ListQuery,
    of: Option<Uuid>,
) -> Result<Vec<milestone::Model>, Error> {
    page_of::<milestone::Entity>(read, query, milestone::Column::ContractId, of).await
}

/// One page of payments of visible agreements, newest first.
pub(crate) async fn list_payments(
    read: &impl Read,
    query: &ListQuery,
    of: Option<Uuid>,
) -> Result<Vec<payment::Model>, Error> {
    page_of::<payment::Entity>(read, query, payment::Column::ContractId, of).await
}

/// Keeps who the parties of a new agreement are, in the order in which they are shown.
pub(crate) async fn insert_parties(tx: &Tx, contract: &contract::Model) -> Result<(), Error> {
    let content = &contract.content;
    let mut named = vec![
        (Party::Buyer, None, &content.buyer.name),
        (
            Party::Contractor,
            Some(content.contractor.organisation_id),
            &content.contractor.name,
        ),
    ];
    for one in &content.partners {
        named.push((Party::Partner, Some(one.organisation_id), &one.name));
    }
    if let Some(one) = &content.custodian {
        named.push((Party::Custodian, Some(one.organisation_id), &one.name));
    }
    let rows = (1..)
        .zip(named)
        .map(|(seq, (party, organisation, name))| party::ActiveModel {
            id: Set(tx.new_id()),
            contract_id: Set(contract.id),
            seq: Set(seq),
            party: Set(party.as_str().to_owned()),
            organisation_id: Set(organisation),
            name: Set(name.clone()),
            left_at: Set(None),
        });
    party::Entity::insert_many(rows)
        .exec_without_returning(&tx.db())
        .await?;
    Ok(())
}

/// Keeps a signature; the second of one party is refused by the table.
pub(crate) async fn insert_signature(
    tx: &Tx,
    contract: &contract::Model,
    party: &party::Model,
    role: Role,
) -> Result<signature::Model, Error> {
    let row = signature::ActiveModel {
        id: Set(tx.new_id()),
        contract_id: Set(contract.id),
        party_id: Set(party.id),
        person_id: Set(tx.person()?),
        name: Set(tx.actor().name.clone()),
        role: Set(role.as_str().to_owned()),
        content_hash: Set(contract.content_hash.clone()),
        signed_at: Set(tx.now()),
    };
    Ok(signature::Entity::insert(row)
        .exec_with_returning(&tx.db())
        .await?)
}

/// Keeps one of the two verifications of a milestone.
pub(crate) async fn insert_verification(
    tx: &Tx,
    milestone: &milestone::Model,
    role: Role,
    ratio: i64,
    comment: String,
) -> Result<verification::Model, Error> {
    let row = verification::ActiveModel {
        id: Set(tx.new_id()),
        milestone_id: Set(milestone.id),
        submission: Set(milestone.submission),
        person_id: Set(tx.person()?),
        role: Set(role.as_str().to_owned()),
        ratio_percent: Set(ratio),
        comment: Set(Some(comment).filter(|text| !text.is_empty())),
        created_at: Set(tx.now()),
    };
    Ok(verification::Entity::insert(row)
        .exec_with_returning(&tx.db())
        .await?)
}

/// Keeps an edition of the completion report.
pub(crate) async fn insert_report(
    tx: &Tx,
    contract: Uuid,
    edition: i32,
    content: CompletionReportContent,
    hash: String,
) -> Result<report::Model, Error> {
    let row = report::ActiveModel {
        id: Set(tx.new_id()),
        contract_id: Set(contract),
        edition: Set(edition),
        content: Set(content),
        content_hash: Set(hash),
        submitted_by: Set(tx.person()?),
        submitted_at: Set(tx.now()),
    };
    Ok(report::Entity::insert(row)
        .exec_with_returning(&tx.db())
        .await?)
}
