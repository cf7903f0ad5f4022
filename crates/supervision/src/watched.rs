//! What the objects of this crate have in common: each belongs to one agreement, is seen by who sees that, and steps
//! under the agreement's own terms.

use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_contracts::Contract;
use wubang_contracts::supervising::{self, id_filter};
use wubang_kernel::deadline::{Deadline, local_date};
use wubang_kernel::division::DivisionCode;
use wubang_kernel::machine::{self, Facts, Machine, plan};
use wubang_kernel::{Code, Faults, Role, RoleSet, Timer, personal};
use wubang_store::commit::Commit;
use wubang_store::trace::About;
use wubang_store::{Error, Key, Read, Stateful, Stored, Tracked, Tx, scope};
use wubang_store::{commit, numbers, state_of, timers};
use wubang_web::actions::{self, ActionsOut};
use wubang_web::{ActionOut, DeadlineOut, Instant, ListQuery};

/// The system's own hat, for consequences of what a person or a timer did.
pub(crate) const SYSTEM: &[Role] = &[Role::System];
/// Who reads what is only proposed; the contractor hears of it once it is decided.
const OFFICIALS: &[Role] = &[
    Role::StreetOfficer,
    Role::DistrictAdmin,
    Role::Supervisor,
    Role::DepartmentOfficer,
    Role::CommunitySecretary,
    Role::ResidentRep,
];
/// The people of the organisations of an agreement.
pub(crate) const PARTY: &[Role] = &[
    Role::OrgAgent,
    Role::OrgLegalRep,
    Role::Partner,
    Role::Custodian,
];
/// States of an agreement under which work is done or still to be judged.
const RUNNING: &[&str] = &[
    "signed",
    "active",
    "suspended",
    "completion_submitted",
    "evaluating",
];

/// A table whose rows belong to one agreement.
pub(crate) trait Watched: Stateful<Model: OfContract> {
    /// States in which the contractor does not know of it.
    const HIDDEN: &'static [&'static str];
    /// The column of the agreement.
    fn contract() -> Self::Column;
    /// The column of the number.
    fn number() -> Self::Column;
    /// The column of the division.
    fn division() -> Self::Column;
}

/// What a row says of its agreement.
pub(crate) trait OfContract: Tracked {
    /// The agreement.
    fn contract_id(&self) -> Uuid;
    /// The part of the answer that all objects have in common.
    fn about(self) -> OfContractOut;
}

/// What every object of this crate shows in the same way.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OfContractOut {
    /// Id.
    pub id: Uuid,
    /// 编号。
    pub number: String,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 协议。
    pub contract_id: Uuid,
    /// 协议编号。
    pub contract_number: String,
    /// 承榜组织(牵头方)。
    pub organisation_id: Uuid,
    /// 组织名称。
    pub organisation_name: String,
    /// 区划代码。
    pub division: String,
    /// 产生时间。
    pub created_at: Instant,
    /// 更新时间。
    pub updated_at: Instant,
}

/// Declares a table of this crate: its machine, where the contractor does not know of it, what a person calls a row.
macro_rules! watched {
    ($entity:ident :: Entity, $machine:ty, hidden [$($hidden:literal),*], $word:literal) => {
        wubang_store::stateful!($entity::Entity, $machine);
        impl wubang_store::Tracked for $entity::Model {
            fn project_id(&self) -> Option<uuid::Uuid> {
                Some(self.project_id)
            }
            fn label(&self) -> String {
                format!("{} {}({})", self.number, $word, self.contract_number)
            }
            fn organisations(&self) -> Vec<uuid::Uuid> {
                vec![self.organisation_id]
            }
        }
        impl $crate::watched::OfContract for $entity::Model {
            fn contract_id(&self) -> uuid::Uuid {
                self.contract_id
            }
            fn about(self) -> $crate::watched::OfContractOut {
                $crate::watched::OfContractOut {
                    id: self.id,
                    number: self.number,
                    version: self.version,
                    contract_id: self.contract_id,
                    contract_number: self.contract_number,
                    organisation_id: self.organisation_id,
                    organisation_name: self.organisation_name,
                    division: self.division,
                    created_at: wubang_web::Instant(self.created_at),
                    updated_at: wubang_web::Instant(self.updated_at),
                }
            }
        }
        impl $crate::watched::Watched for $entity::Entity {
            const HIDDEN: &'static [&'static str] = &[$($hidden),*];
            fn contract() -> Self::Column {
                $entity::Column::ContractId
            }
            fn number() -> Self::Column {
                $entity::Column::Number
            }
            fn division() -> Self::Column {
                $entity::Column::Division
            }
        }
    };
}
pub(crate) use watched;

/// The active model of a new row: what all rows say of their agreement, and what this one says beside.
macro_rules! of_contract {
    ($entity:ident, $tx:ident, $contract:expr, $number:expr, { $($field:ident: $value:expr),* $(,)? }) => {{
        use sea_orm::ActiveValue::Set;
        use wubang_kernel::machine::{Machine as _, Name as _};
        let contract: &wubang_contracts::Contract = $contract;
        $entity::ActiveModel {
            id: Set($tx.new_id()),
            number: Set($number),
            contract_id: Set(contract.id),
            contract_number: Set(contract.number.clone()),
            project_id: Set(contract.project_id),
            organisation_id: Set(contract.organisation_id),
            organisation_name: Set(contract.organisation_name.clone()),
            division: Set(contract.division.clone()),
            state: Set(<$entity::Entity as wubang_store::Stateful>::Machine::START.wire().to_owned()),
            version: Set(1),
            created_at: Set($tx.now()),
            updated_at: Set($tx.now()),
            $($field: Set($value),)*
        }
    }};
}
pub(crate) use of_contract;

/// An object with its agreement and the viewer's part in it.
#[derive(Debug, Clone)]
pub(crate) struct Case<M> {
    pub row: M,
    pub contract: Contract,
    pub roles: RoleSet,
}

impl<M> Case<M> {
    /// Whether the viewer works for the contractor, whatever else he is.
    pub(crate) fn is_party(&self) -> bool {
        self.roles.any(PARTY)
    }
}

/// Whether an agreement is one that can still be watched.
pub(crate) fn is_running(contract: &Contract) -> bool {
    RUNNING.contains(&contract.state.as_str())
}

/// The division of an agreement.
pub(crate) fn division_of(contract: &Contract) -> Result<DivisionCode, Error> {
    DivisionCode::parse(&contract.division)
        .map_err(|_| Error::internal("agreement with a bad division"))
}

/// An object for who may see its agreement; for the contractor's people once it was decided.
///
/// # Errors
/// `not_found` for everybody else.
pub(crate) async fn load<E: Watched>(read: &impl Read, key: &Key) -> Result<Case<E::Model>, Error> {
    let select = match key {
        Key::Id(id) => E::find().filter(E::id().eq(*id)),
        Key::Number(number) => E::find().filter(E::number().eq(number.as_str())),
    };
    let row = select.one(&read.db()).await?.ok_or(Code::NotFound)?;
    let (contract, roles) = supervising::seen(read, &Key::Id(row.contract_id())).await?;
    let hidden = E::HIDDEN.contains(&row.state());
    if hidden && !roles.any(OFFICIALS) && !roles.has(Role::System) {
        return Err(Code::NotFound.into());
    }
    Ok(Case {
        row,
        contract,
        roles,
    })
}

/// The object named in the path, for a command.
///
/// # Errors
/// `not_found` for strangers; `stale_version`.
pub(crate) async fn load_for<E: Watched>(tx: &Tx, key: &Key) -> Result<Case<E::Model>, Error> {
    let case = load::<E>(tx, key).await?;
    tx.expect_version(case.row.version())?;
    Ok(case)
}

/// An object in the hands of the system.
///
/// # Errors
/// `not_found`.
pub(crate) async fn of_system<E: Watched>(tx: &Tx, id: Uuid) -> Result<Case<E::Model>, Error> {
    let row = E::find()
        .filter(E::id().eq(id))
        .one(&tx.db())
        .await?
        .ok_or(Code::NotFound)?;
    let contract = wubang_contracts::service::find(tx, row.contract_id()).await?;
    Ok(Case {
        row,
        contract,
        roles: RoleSet::of(SYSTEM),
    })
}

/// Every object of an agreement, oldest first.
pub(crate) async fn all_of<E: Watched>(
    read: &impl Read,
    contract: Uuid,
) -> Result<Vec<E::Model>, Error> {
    Ok(E::find()
        .filter(E::contract().eq(contract))
        .order_by_asc(E::id())
        .all(&read.db())
        .await?)
}

/// One page of what the viewer may see, newest first, narrowed by `contract_id` and by words in columns.
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub(crate) async fn page<E: Watched>(
    read: &impl Read,
    query: &ListQuery,
    words: &[(&str, E::Column)],
) -> Result<(Vec<E::Model>, Option<String>), Error> {
    let mut faults = Faults::new();
    let of = id_filter(query, "contract_id", &mut faults);
    let within = query
        .one("division")
        .and_then(|code| faults.division("?division", code));
    faults.finish()?;
    let told = Condition::any()
        .add(E::state().is_not_in(E::HIDDEN.iter().copied()))
        .add(scope::within(
            E::division(),
            read.actor().divisions(OFFICIALS),
        ));
    let mut select = E::find()
        .filter(E::contract().in_subquery(supervising::visible_ids(read)))
        .filter(told)
        .order_by_desc(E::id())
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(E::id().lt(after));
    }
    if let Some(of) = of {
        select = select.filter(E::contract().eq(of));
    }
    if let Some(within) = &within {
        select = select.filter(scope::within(E::division(), std::iter::once(within)));
    }
    for (name, column) in words.iter().copied().chain([("state", E::state())]) {
        if !query.all(name).is_empty() {
            select = select.filter(column.is_in(query.all(name).iter().cloned()));
        }
    }
    let rows = select.all(&read.db()).await?;
    Ok(wubang_web::query::cut(rows, query.page, Stored::id))
}

/// Asks the table without doing anything: who may not is told so before his input is judged.
pub(crate) fn may<E: Watched>(
    case: &Case<E::Model>,
    event: <E::Machine as Machine>::Event,
    facts: &impl Facts<E::Machine>,
) -> Result<(), Error> {
    let state = state_of::<E::Machine>(case.row.state())?;
    let _ = plan::<E::Machine>(state, event, case.roles, facts)?;
    Ok(())
}

/// Plans an event and spends it, with what `with` adds, under the terms that the agreement was published with.
///
/// # Errors
/// What the table refuses; `conflict`.
pub(crate) async fn step<E: Watched>(
    tx: &Tx,
    case: &mut Case<E::Model>,
    event: <E::Machine as Machine>::Event,
    facts: &impl Facts<E::Machine>,
    with: impl for<'a> FnOnce(Commit<'a, E>) -> Commit<'a, E>,
) -> Result<(), Error> {
    let state = state_of::<E::Machine>(case.row.state())?;
    let planned = plan::<E::Machine>(state, event, case.roles, facts)?;
    let terms = &case.contract.terms;
    let spend = commit::<E>(tx, &case.row, planned).under(&terms.timers, terms.cutoff_hour);
    let after = with(spend).run().await?;
    case.row = after;
    Ok(())
}

/// The same as the system's act that follows from a person's.
pub(crate) async fn step_by_system<E: Watched>(
    tx: &Tx,
    case: &mut Case<E::Model>,
    event: <E::Machine as Machine>::Event,
    facts: &impl Facts<E::Machine>,
    with: impl for<'a> FnOnce(Commit<'a, E>) -> Commit<'a, E>,
) -> Result<(), Error> {
    let viewer = std::mem::replace(&mut case.roles, RoleSet::of(SYSTEM));
    let done = step::<E>(tx, case, event, facts, with).await;
    case.roles = viewer;
    done
}

/// When a timer that starts now is due under an agreement.
pub(crate) fn due(tx: &Tx, contract: &Contract, timer: Timer) -> Deadline {
    let terms = &contract.terms;
    timers::deadline(
        tx.calendar(),
        timer,
        tx.now(),
        &terms.timers,
        terms.cutoff_hour,
    )
}

/// Starts a timer of a new object.
pub(crate) async fn start<E: Watched>(
    tx: &Tx,
    row: &E::Model,
    timer: Timer,
    deadline: &Deadline,
) -> Result<(), Error> {
    let about = About {
        object: E::Machine::OBJECT,
        id: row.id(),
        project_id: row.project_id(),
        division: Stored::division(row),
        version: row.version(),
    };
    timers::start(tx, &about, &row.label(), timer, deadline).await
}

/// The next number of a series of the district and the year.
pub(crate) async fn number(tx: &Tx, prefix: &str, contract: &Contract) -> Result<String, Error> {
    let division = division_of(contract)?;
    let year = local_date(tx.now()).format("%Y");
    let series = format!("{prefix}-{}-{year}", division.district6());
    Ok(format!("{series}-{:04}", numbers::next(tx, &series).await?))
}

/// What the viewer may do with an object, and why not the rest.
pub(crate) fn choices<E: Watched>(
    case: &Case<E::Model>,
    facts: &impl Facts<E::Machine>,
) -> Result<ActionsOut, Error> {
    let state = state_of::<E::Machine>(case.row.state())?;
    Ok(actions::of::<E::Machine>(
        case.row.id(),
        state,
        case.roles,
        facts,
    ))
}

/// State, running deadlines and open actions of an object, as its answer shows them.
pub(crate) async fn shown<E: Watched>(
    read: &impl Read,
    case: &Case<E::Model>,
    facts: &impl Facts<E::Machine>,
) -> Result<
    (
        <E::Machine as Machine>::State,
        Vec<DeadlineOut>,
        Vec<ActionOut>,
    ),
    Error,
> {
    let state = state_of::<E::Machine>(case.row.state())?;
    let running = timers::running(read, &[case.row.id()]).await?;
    let deadlines = running.into_iter().map(DeadlineOut::from).collect();
    Ok((state, deadlines, choices::<E>(case, facts)?.allowed))
}

/// Text that the parties read and that is never public: an identity number has no place in it.
pub(crate) fn internal_text(
    faults: &mut Faults,
    pointer: &str,
    text: &str,
    length: std::ops::RangeInclusive<usize>,
) -> String {
    let text = faults.prose(pointer, text, length);
    personal::refuse_identity_numbers(pointer, &text, faults);
    text
}

/// The agreement that a new object is to be made of, and under which hat.
///
/// # Errors
/// `not_found` for who may not see it; `recused` for the contractor's own people; `forbidden`; `invalid_transition`
/// before its signature and after its end.
pub(crate) async fn made_of<M: Machine>(
    tx: &Tx,
    contract: Uuid,
) -> Result<(Contract, RoleSet, machine::Birth<M>), Error> {
    let (contract, roles) = supervising::seen(tx, &Key::Id(contract)).await?;
    let made = machine::create::<M>(roles)?;
    if roles.any(PARTY) {
        return Err(Code::Recused.into());
    }
    if !is_running(&contract) {
        return Err(Code::InvalidTransition.into());
    }
    Ok((contract, roles, made))
}

/// Who made a new object: nobody where the system did, whoever's act it followed from.
pub(crate) fn maker<M: Machine>(tx: &Tx, made: &machine::Birth<M>) -> Option<Uuid> {
    let person = tx.actor().person;
    person.filter(|_| made.role() != Role::System)
}

/// A state by its wire name, for a list.
pub(crate) fn state<E: Watched>(row: &E::Model) -> Result<<E::Machine as Machine>::State, Error> {
    state_of::<E::Machine>(row.state())
}

/// A word of a closed list as stored.
pub(crate) fn word<T>(found: Option<T>, what: &str) -> Result<T, Error> {
    found.ok_or_else(|| Error::internal(format!("an unknown word of {what}")))
}

/// What the table answers to one role, for tests of guards.
#[cfg(test)]
pub(crate) fn refusal_of<M: Machine>(
    state: M::State,
    event: M::Event,
    role: Role,
    facts: &impl Facts<M>,
) -> Option<Code> {
    plan::<M>(state, event, RoleSet::of(&[role]), facts)
        .err()
        .map(|refusal| refusal.code)
}
