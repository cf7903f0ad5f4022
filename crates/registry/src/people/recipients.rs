//! Who is told of something: resolves audiences to persons with a mail address.

use crate::divisions::with_ancestors;
use crate::entity::{grants, people};
use crate::words::AccountStatus;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;
use wubang_kernel::Role;
use wubang_kernel::division::{DivisionCode, Level};
use wubang_store::{Error, Read};

/// A person who can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The person.
    pub person_id: Uuid,
    /// Name.
    pub name: String,
    /// Mail address, where one is known.
    pub email: Option<String>,
}

/// Active persons among these ids, by id.
///
/// # Errors
/// When the database fails.
pub async fn recipients(read: &impl Read, mut persons: Vec<Uuid>) -> Result<Vec<Recipient>, Error> {
    persons.sort_unstable();
    persons.dedup();
    if persons.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid, String, Option<String>)> = people::Entity::find()
        .select_only()
        .columns([
            people::Column::Id,
            people::Column::Name,
            people::Column::Email,
        ])
        .filter(people::Column::Id.is_in(persons))
        .filter(people::Column::Status.eq(AccountStatus::Active.as_str()))
        .order_by_asc(people::Column::Id)
        .into_tuple()
        .all(&read.db())
        .await?;
    Ok(rows
        .into_iter()
        .map(|(person_id, name, email)| Recipient {
            person_id,
            name,
            email,
        })
        .collect())
}

/// Active persons who hold one of the roles over a division or one above it. Where a street has its
/// own officers, those of wider divisions are not told.
///
/// # Errors
/// When the database fails.
pub async fn people_with_role(
    read: &impl Read,
    roles: &[Role],
    division: &DivisionCode,
) -> Result<Vec<Recipient>, Error> {
    let scopes = with_ancestors(division);
    let held: Vec<(Uuid, String, String)> = grants::Entity::find()
        .select_only()
        .columns([
            grants::Column::PersonId,
            grants::Column::Role,
            grants::Column::Scope,
        ])
        .filter(grants::Column::Role.is_in(roles.iter().map(|role| role.as_str())))
        .filter(grants::Column::ScopeKind.eq("division"))
        .filter(grants::Column::Scope.is_in(scopes.iter().map(DivisionCode::as_str)))
        .filter(grants::Column::RevokedAt.is_null())
        .into_tuple()
        .all(&read.db())
        .await?;
    let street: Vec<&str> = scopes
        .iter()
        .filter(|code| code.level() >= Level::Street)
        .map(DivisionCode::as_str)
        .collect();
    let is_officer = |role: &str| role == Role::StreetOfficer.as_str();
    let near = |scope: &str| street.contains(&scope);
    let street_has_own = held
        .iter()
        .any(|(_, role, scope)| is_officer(role) && near(scope));
    let told = held
        .iter()
        .filter(|(_, role, scope)| !(street_has_own && is_officer(role) && !near(scope)));
    recipients(read, told.map(|(person, _, _)| *person).collect()).await
}

/// Active persons who hold the role over a division or anything within it.
///
/// # Errors
/// When the database fails.
pub async fn people_within(
    read: &impl Read,
    role: Role,
    division: &DivisionCode,
) -> Result<Vec<Recipient>, Error> {
    let persons: Vec<Uuid> = grants::Entity::find()
        .select_only()
        .column(grants::Column::PersonId)
        .filter(grants::Column::Role.eq(role.as_str()))
        .filter(grants::Column::ScopeKind.eq("division"))
        .filter(wubang_store::scope::within(
            grants::Column::Scope,
            std::iter::once(division),
        ))
        .filter(grants::Column::RevokedAt.is_null())
        .into_tuple()
        .all(&read.db())
        .await?;
    recipients(read, persons).await
}

/// Active persons who hold a role in one of the organisations.
///
/// # Errors
/// When the database fails.
pub async fn people_of_organisations(
    read: &impl Read,
    organisations: &[Uuid],
) -> Result<Vec<Recipient>, Error> {
    if organisations.is_empty() {
        return Ok(Vec::new());
    }
    let persons: Vec<Uuid> = grants::Entity::find()
        .select_only()
        .column(grants::Column::PersonId)
        .filter(grants::Column::ScopeKind.eq("organisation"))
        .filter(grants::Column::Scope.is_in(organisations.iter().map(Uuid::to_string)))
        .filter(grants::Column::RevokedAt.is_null())
        .into_tuple()
        .all(&read.db())
        .await?;
    recipients(read, persons).await
}
