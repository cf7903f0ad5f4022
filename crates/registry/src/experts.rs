//! The expert pool (专家库).

use crate::entity::{experts, people};
use crate::people::find_person;
use crate::words::{AccountStatus, ExpertLevel};
use crate::{rights, taxonomy};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Faults};
use wubang_store::{Error, Key, Read, Tx};
use wubang_web::query::cut;
use wubang_web::{Instant, ListQuery, list_of};

/// A member of the pool, as panels see him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expert {
    /// Id of the entry, which is what is drawn.
    pub id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// Name.
    pub name: String,
    /// Field codes (专业领域).
    pub specialities: Vec<String>,
    /// Professional level.
    pub level: ExpertLevel,
    /// Employer by name.
    pub employer: Option<String>,
    /// Employer, where it is a known organisation: for recusal (rulebook 2.9).
    pub employer_id: Option<Uuid>,
}

/// An expert on his way out.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExpertOut {
    /// Id of the entry.
    pub id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// Name.
    pub name: String,
    /// Division whose pool he belongs to.
    pub division: DivisionCode,
    /// Field codes.
    pub specialities: Vec<String>,
    /// Professional level.
    pub level: ExpertLevel,
    /// Employer by name.
    pub employer: Option<String>,
    /// Employer, where it is a known organisation.
    pub employer_id: Option<Uuid>,
    /// Whether he can be drawn.
    pub active: bool,
    /// When he was taken in.
    pub created_at: Instant,
}

list_of! {
    /// One page of experts.
    ExpertList of ExpertOut
}

/// An expert on his way in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpertIn {
    /// 人员 id 或账号。The person, by id or account.
    #[schema(example = "qin.shuyao")]
    pub person: String,
    /// 专家库所属区划。Division whose pool he joins.
    #[schema(example = "410108000000")]
    pub division: String,
    /// 专业领域代码。Field codes.
    #[schema(example = json!(["A01", "C01"]))]
    pub specialities: Vec<String>,
    /// 职称层级。Professional level.
    pub level: ExpertLevel,
    /// 工作单位。Employer by name.
    #[serde(default)]
    pub employer: Option<String>,
    /// 工作单位(已入库组织)。Employer, where it is a known organisation.
    #[serde(default)]
    pub employer_id: Option<Uuid>,
}

fn of_row(row: &experts::Model, name: &str) -> Result<Expert, Error> {
    Ok(Expert {
        id: row.id,
        person_id: row.person_id,
        name: name.to_owned(),
        specialities: serde_json::from_value(row.specialities.clone())?,
        level: ExpertLevel::stored(&row.level)?,
        employer: row.employer.clone(),
        employer_id: row.employer_id,
    })
}

/// An entry of the pool, whether or not it can be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolExpert {
    /// The entry.
    pub expert: Expert,
    /// Whether it is active, and its person too.
    pub active: bool,
    /// Whether it belongs to the pool of the division or one above it.
    pub near: bool,
}

/// The whole expert pool as a division sees it, by id of the entry: who of it can be drawn is the
/// panels' to say.
///
/// # Errors
/// When the database fails.
pub async fn pool(read: &impl Read, division: &DivisionCode) -> Result<Vec<PoolExpert>, Error> {
    let near = crate::divisions::with_ancestors(division);
    let rows = experts::Entity::find()
        .order_by_asc(experts::Column::Id)
        .all(&read.db())
        .await?;
    let names = active_names(read, rows.iter().map(|row| row.person_id).collect()).await?;
    rows.iter()
        .map(|row| {
            let name = names.get(&row.person_id);
            Ok(PoolExpert {
                expert: of_row(row, name.map(String::as_str).unwrap_or_default())?,
                active: row.active && name.is_some(),
                near: near.iter().any(|code| code.as_str() == row.division),
            })
        })
        .collect()
}

/// Several experts by their persons, in no order; persons who are no experts are left out.
///
/// # Errors
/// When the database fails.
pub async fn of_people(read: &impl Read, persons: &[Uuid]) -> Result<Vec<Expert>, Error> {
    if persons.is_empty() {
        return Ok(Vec::new());
    }
    let rows = experts::Entity::find()
        .filter(experts::Column::PersonId.is_in(persons.iter().copied()))
        .all(&read.db())
        .await?;
    named(read, rows).await
}

async fn named(read: &impl Read, rows: Vec<experts::Model>) -> Result<Vec<Expert>, Error> {
    let names = active_names(read, rows.iter().map(|row| row.person_id).collect()).await?;
    rows.iter()
        .filter_map(|row| names.get(&row.person_id).map(|name| of_row(row, name)))
        .collect()
}

async fn active_names(read: &impl Read, ids: Vec<Uuid>) -> Result<HashMap<Uuid, String>, Error> {
    let rows: Vec<(Uuid, String)> = people::Entity::find()
        .select_only()
        .columns([people::Column::Id, people::Column::Name])
        .filter(people::Column::Id.is_in(ids))
        .filter(people::Column::Status.eq(AccountStatus::Active.as_str()))
        .into_tuple()
        .all(&read.db())
        .await?;
    Ok(rows.into_iter().collect())
}

fn out(row: experts::Model, names: &HashMap<Uuid, String>) -> Result<ExpertOut, Error> {
    let name = names.get(&row.person_id).cloned().unwrap_or_default();
    let expert = of_row(&row, &name)?;
    Ok(ExpertOut {
        id: row.id,
        person_id: row.person_id,
        division: DivisionCode::parse(&row.division)
            .map_err(|fault| Error::internal(format!("expert {}: {fault}", row.id)))?,
        active: row.active && !name.is_empty(),
        name,
        specialities: expert.specialities,
        level: expert.level,
        employer: expert.employer,
        employer_id: expert.employer_id,
        created_at: row.created_at.into(),
    })
}

/// One page of the pools that the caller's divisions see.
pub(crate) async fn list(read: &impl Read, query: &ListQuery) -> Result<ExpertList, Error> {
    rights::require_anywhere(read.actor(), "experts.see")?;
    let mut seen = Condition::any();
    for own in read.actor().divisions(rights::roles_of("experts.see")) {
        // the pools a street can draw from lie above it, those an administrator looks after below him
        seen = seen
            .add(experts::Column::Division.starts_with(own.prefix()))
            .add(
                experts::Column::Division.is_in(
                    crate::divisions::with_ancestors(own)
                        .iter()
                        .map(DivisionCode::as_str),
                ),
            );
    }
    let mut select = experts::Entity::find()
        .filter(seen)
        .order_by_desc(experts::Column::Id)
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(experts::Column::Id.lt(after));
    }
    let (rows, next) = cut(select.all(&read.db()).await?, query.page, |row| row.id);
    let names = active_names(read, rows.iter().map(|row| row.person_id).collect()).await?;
    Ok(ExpertList {
        items: rows
            .into_iter()
            .map(|row| out(row, &names))
            .collect::<Result<_, _>>()?,
        next,
    })
}

/// An expert who was read and found good.
pub(crate) struct Checked {
    division: DivisionCode,
    specialities: Vec<String>,
    level: ExpertLevel,
    employer: Option<String>,
    employer_id: Option<Uuid>,
}

/// Reads an expert; `at` is the pointer of its document.
pub(crate) fn check(
    at: &str,
    input: &ExpertIn,
    taxonomy: &taxonomy::Taxonomy,
    faults: &mut Faults,
) -> Option<Checked> {
    faults.count(
        &format!("{at}/specialities"),
        input.specialities.len(),
        1..=10,
    );
    for (index, code) in input.specialities.iter().enumerate() {
        taxonomy.check_field(&format!("{at}/specialities/{index}"), code, faults);
    }
    Some(Checked {
        specialities: input.specialities.clone(),
        level: input.level,
        employer: input
            .employer
            .as_deref()
            .map(|name| faults.line(&format!("{at}/employer"), name, 1..=100)),
        employer_id: input.employer_id,
        division: faults.division(&format!("{at}/division"), &input.division)?,
    })
}

/// Takes a person into the pool.
///
/// # Errors
/// `forbidden`, `invalid`, `duplicate` when he is in it already.
pub async fn create(tx: &Tx, input: ExpertIn) -> Result<ExpertOut, Error> {
    let mut faults = Faults::new();
    let checked = check("", &input, &*taxonomy::current(tx).await?, &mut faults);
    let Some(checked) = checked else {
        return Err(faults.finish().err().unwrap_or(Code::Invalid.into()).into());
    };
    rights::require(tx.actor(), &Reach::at(checked.division), "experts.create")?;
    let person = match find_person(tx, &Key::parse(&input.person)).await {
        Ok(person) => Some(person),
        Err(error)
            if error
                .refusal()
                .is_some_and(|refusal| refusal.code == Code::NotFound) =>
        {
            faults.add(
                "/person",
                "unknown",
                "没有这个人员",
                "is no person known here",
            );
            None
        }
        Err(error) => return Err(error),
    };
    if let Some(employer) = input.employer_id
        && crate::organisations::load_many(tx, &[employer])
            .await?
            .is_empty()
    {
        faults.add(
            "/employer_id",
            "unknown",
            "没有这个组织",
            "is no organisation known here",
        );
    }
    faults.finish()?;
    let person = person.ok_or(Code::Invalid)?;
    let row = insert(tx, person.id, checked).await?;
    out(row, &HashMap::from([(person.id, person.name)]))
}

async fn insert(tx: &Tx, person: Uuid, checked: Checked) -> Result<experts::Model, Error> {
    let row = experts::ActiveModel {
        id: Set(tx.new_id()),
        person_id: Set(person),
        division: Set(checked.division.to_string()),
        specialities: Set(serde_json::to_value(checked.specialities)?),
        level: Set(checked.level.as_str().to_owned()),
        employer: Set(checked.employer),
        employer_id: Set(checked.employer_id),
        active: Set(true),
        created_at: Set(tx.now()),
    };
    Ok(experts::Entity::insert(row)
        .exec_with_returning(&tx.db())
        .await?)
}

/// Takes a person into the pool if he is not in it; for imports.
pub(crate) async fn ensure(tx: &Tx, person: Uuid, checked: Checked) -> Result<(), Error> {
    let known = experts::Entity::find()
        .filter(experts::Column::PersonId.eq(person))
        .one(&tx.db())
        .await?;
    if known.is_none() {
        insert(tx, person, checked).await?;
    }
    Ok(())
}
