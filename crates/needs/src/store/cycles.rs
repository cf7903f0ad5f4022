//! Reading and writing the quarters of a district; decides nothing.

use super::theirs;
use crate::entity::{cycle, cycle_item, need};
use crate::flow;
use crate::quarter::Quarter;
use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, Func};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
};
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::division::{DivisionCode, Level};
use wubang_kernel::{Code, Role, RoleSet};
use wubang_store::invariants::{Invariant, replay};
use wubang_store::{Error, Key, Read, Tracked, Tx, View, scope};
use wubang_web::ListQuery;

wubang_store::stateful!(cycle::Entity, flow::NeedCycle);

impl Tracked for cycle::Model {
    fn project_id(&self) -> Option<Uuid> {
        None
    }
    fn label(&self) -> String {
        format!("{} {}评榜", self.number, Quarter::of(self.starts_on).zh())
    }
}

/// The district of a stored row.
pub(crate) fn district(row: &cycle::Model) -> Result<DivisionCode, Error> {
    DivisionCode::parse(&row.division)
        .map_err(|_| Error::internal("a need cycle with a bad division"))
}

/// Roles that see the quarters of a district: over it, or over a street of it. What a community has to know
/// of a plan its street tells it.
const VIEWERS: &[Role] = &[
    Role::StreetOfficer,
    Role::DepartmentOfficer,
    Role::DistrictAdmin,
    Role::Supervisor,
];

/// Quarters of the districts over which the viewer has a role, or in which his street lies.
fn seen(read: &impl Read) -> Select<cycle::Entity> {
    let actor = read.actor();
    let around: HashSet<String> = actor
        .divisions(VIEWERS)
        .filter(|own| own.level() > Level::District)
        .filter_map(|own| DivisionCode::parse(own.district6()).ok())
        .map(|district| district.as_str().to_owned())
        .collect();
    cycle::Entity::find().filter(
        Condition::any()
            .add(scope::within(
                cycle::Column::Division,
                actor.divisions(VIEWERS),
            ))
            .add(cycle::Column::Division.is_in(around)),
    )
}

/// A quarter for an official of its district, with his roles over the whole of it; `not_found` for
/// everybody else.
pub(crate) async fn load(read: &impl Read, key: &Key) -> Result<(cycle::Model, RoleSet), Error> {
    let select = match key {
        Key::Id(id) => seen(read).filter(cycle::Column::Id.eq(*id)),
        Key::Number(number) => seen(read).filter(cycle::Column::Number.eq(number.as_str())),
    };
    let row = select.one(&read.db()).await?.ok_or(Code::NotFound)?;
    let roles = read.actor().roles(&Reach::at(district(&row)?));
    Ok((row, roles))
}

/// A quarter, for timers.
pub(crate) async fn find(tx: &Tx, id: Uuid) -> Result<cycle::Model, Error> {
    let row = cycle::Entity::find_by_id(id).one(&tx.db()).await?;
    Ok(row.ok_or(Code::NotFound)?)
}

/// One page of the quarters that the viewer may see, newest first, one row more than asked for.
pub(crate) async fn list(
    read: &impl Read,
    query: &ListQuery,
    division: Option<&DivisionCode>,
) -> Result<Vec<cycle::Model>, Error> {
    let mut select = seen(read)
        .order_by_desc(cycle::Column::Id)
        .limit(query.page.limit + 1);
    if let Some(division) = division {
        let one = std::iter::once(division);
        select = select.filter(scope::within(cycle::Column::Division, one));
    }
    if !query.all("state").is_empty() {
        select = select.filter(cycle::Column::State.is_in(query.all("state").iter().cloned()));
    }
    if let Some(after) = query.page.after {
        select = select.filter(cycle::Column::Id.lt(after));
    }
    Ok(select.all(&read.db()).await?)
}

/// Districts among these that have no running quarter.
pub(crate) async fn without(
    read: &impl Read,
    districts: Vec<DivisionCode>,
) -> Result<Vec<DivisionCode>, Error> {
    let codes: Vec<String> = cycle::Entity::find()
        .select_only()
        .column(cycle::Column::Division)
        .filter(cycle::Column::State.ne("ended"))
        .into_tuple()
        .all(&read.db())
        .await?;
    let known: HashSet<String> = codes.into_iter().collect();
    Ok(districts
        .into_iter()
        .filter(|district| !known.contains(district.as_str()))
        .collect())
}

/// Needs that wait in the backlog of a district, per code of the street; only streets that have some.
pub(crate) async fn backlog(
    read: &impl Read,
    district: &DivisionCode,
) -> Result<BTreeMap<String, i64>, Error> {
    let prefix = Func::cust("substr")
        .arg(Expr::col(need::Column::Division))
        .arg(1)
        .arg(9);
    // grouped by place: PostgreSQL does not take two expressions with bound parameters for the same
    let rows: Vec<(String, i64)> = waiting(district)
        .select_only()
        .column_as(Expr::expr(prefix), "street")
        .column_as(need::Column::Id.count(), "count")
        .group_by(Expr::cust("1"))
        .into_tuple()
        .all(&read.db())
        .await?;
    Ok(rows
        .into_iter()
        .map(|(prefix, count)| (format!("{prefix}000"), count))
        .collect())
}

fn waiting(district: &DivisionCode) -> Select<need::Entity> {
    need::Entity::find()
        .filter(scope::within(
            need::Column::Division,
            std::iter::once(district),
        ))
        .filter(need::Column::State.eq("backlog"))
}

/// Those of some needs that wait in the backlog of a district: division and day since when, by id.
pub(crate) async fn waiting_of(
    tx: &Tx,
    district: &DivisionCode,
    ids: &[Uuid],
) -> Result<Vec<need::Model>, Error> {
    Ok(waiting(district)
        .filter(need::Column::Id.is_in(ids.iter().copied()))
        .all(&tx.db())
        .await?)
}

/// A new quarter as it is born.
pub(crate) fn new(
    tx: &Tx,
    district: &DivisionCode,
    quarter: Quarter,
    waiting: i64,
) -> cycle::ActiveModel {
    cycle::ActiveModel {
        id: Set(tx.new_id()),
        number: Set(format!("PB-{}-{quarter}", district.district6())),
        division: Set(district.as_str().to_owned()),
        starts_on: Set(quarter.first_day()),
        ends_on: Set(quarter.last_day()),
        waiting: Set(waiting),
        plan: Set(None),
        planned_at: Set(None),
        state: Set("planning".to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    }
}

/// Keeps which needs a plan takes up.
pub(crate) async fn put_items(tx: &Tx, cycle: Uuid, needs: &[Uuid]) -> Result<(), Error> {
    if needs.is_empty() {
        return Ok(());
    }
    let rows = needs.iter().map(|need| cycle_item::ActiveModel {
        cycle_id: Set(cycle),
        need_id: Set(*need),
    });
    cycle_item::Entity::insert_many(rows)
        .exec_without_returning(&tx.db())
        .await?;
    Ok(())
}

/// The needs of a plan: how many, and those that the viewer may see, by number.
pub(crate) async fn items(read: &impl Read, cycle: Uuid) -> Result<(i64, Vec<need::Model>), Error> {
    let of_plan = cycle_item::Entity::find().filter(cycle_item::Column::CycleId.eq(cycle));
    let total = of_plan.clone().count(&read.db()).await?;
    let ids = of_plan
        .select_only()
        .column(cycle_item::Column::NeedId)
        .into_query();
    let rows = theirs(read)
        .filter(need::Column::Id.in_subquery(ids))
        .order_by_asc(need::Column::Number)
        .all(&read.db())
        .await?;
    Ok((i64::try_from(total).unwrap_or(i64::MAX), rows))
}

/// The checks of the quarters.
pub(super) fn invariants() -> Vec<Invariant> {
    vec![
        Invariant {
            name: "need_cycle_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<cycle::Entity>(view)),
        },
        Invariant {
            name: "need_cycle_is_the_only_one_that_runs_and_a_planned_one_has_its_plan",
            run: |view| Box::pin(odd(view)),
        },
    ]
}

async fn odd(view: &View) -> Result<Vec<Uuid>, Error> {
    let rows: Vec<(Uuid, String, NaiveDate, String, Option<String>)> = cycle::Entity::find()
        .select_only()
        .columns([
            cycle::Column::Id,
            cycle::Column::Division,
            cycle::Column::StartsOn,
            cycle::Column::State,
            cycle::Column::Plan,
        ])
        .order_by_asc(cycle::Column::Id)
        .into_tuple()
        .all(&view.db())
        .await?;
    let mut running = HashSet::new();
    Ok(rows
        .into_iter()
        .filter(|(_, division, starts_on, state, plan)| {
            let second = state != "ended" && !running.insert(division.clone());
            let planless = state == "planned" && plan.is_none();
            let askew = Quarter::of(*starts_on).first_day() != *starts_on;
            second || planless || askew
        })
        .map(|(id, ..)| id)
        .collect())
}
