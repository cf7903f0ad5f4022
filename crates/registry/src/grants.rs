//! Grants: which role a person holds where.

use crate::entity::{departments, grants, organisations, people};
use crate::words::AccountStatus;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Faults, Grant, Role, Scope};
use wubang_store::{Error, Read, Tx};
use wubang_web::Instant;

const DIVISION: &str = "division";
const ORGANISATION: &str = "organisation";

/// Where a grant holds: exactly one of the two.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeDto {
    /// 区划(含其下级)。A division with everything below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "410108005003")]
    pub division: Option<String>,
    /// 组织。One organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<Uuid>,
}

/// A grant on its way in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantIn {
    /// 角色。The role.
    pub role: Role,
    /// 范围。Where it holds.
    pub scope: ScopeDto,
    /// 所属职能部门(仅职能部门角色)。Department, for department officers.
    #[serde(default)]
    #[schema(example = "civil_affairs")]
    pub department: Option<String>,
}

/// A live grant on its way out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GrantOut {
    /// Id.
    pub id: Uuid,
    /// The role.
    pub role: Role,
    /// Where it holds.
    pub scope: ScopeDto,
    /// Department, for department officers.
    pub department: Option<String>,
    /// When it was given.
    pub granted_at: Instant,
}

impl GrantOut {
    pub(crate) fn of_row(row: &grants::Model) -> Result<GrantOut, Error> {
        let grant = of_row(row)?;
        let scope = match grant.scope {
            Scope::Division(code) => ScopeDto {
                division: Some(code.to_string()),
                organisation: None,
            },
            Scope::Organisation(id) => ScopeDto {
                division: None,
                organisation: Some(id),
            },
        };
        Ok(GrantOut {
            id: row.id,
            role: grant.role,
            scope,
            department: row.department.clone(),
            granted_at: row.created_at.into(),
        })
    }
}

/// The grant stored in a row.
pub(crate) fn of_row(row: &grants::Model) -> Result<Grant, Error> {
    let broken = || Error::internal(format!("grant {} cannot be read", row.id));
    let scope = match row.scope_kind.as_str() {
        DIVISION => Scope::Division(DivisionCode::parse(&row.scope).map_err(|_| broken())?),
        ORGANISATION => Scope::Organisation(Uuid::parse_str(&row.scope).map_err(|_| broken())?),
        _ => return Err(broken()),
    };
    Ok(Grant {
        role: Role::from_wire(&row.role).ok_or_else(broken)?,
        scope,
    })
}

/// Where a grant lies, for asking who may touch it.
pub(crate) fn reach_of(row: &grants::Model) -> Result<Reach, Error> {
    let division = DivisionCode::parse(&row.division)
        .map_err(|fault| Error::internal(format!("grant {}: {fault}", row.id)))?;
    let organisation = if row.scope_kind == ORGANISATION {
        Uuid::parse_str(&row.scope).ok()
    } else {
        None
    };
    Ok(Reach::at(division).and(organisation))
}

/// Live grants of several persons, oldest first.
pub(crate) async fn live(
    read: &impl Read,
    persons: &[Uuid],
) -> Result<HashMap<Uuid, Vec<grants::Model>>, Error> {
    let mut found: HashMap<Uuid, Vec<grants::Model>> = HashMap::new();
    if persons.is_empty() {
        return Ok(found);
    }
    let select = grants::Entity::find()
        .filter(grants::Column::PersonId.is_in(persons.iter().copied()))
        .filter(grants::Column::RevokedAt.is_null());
    for row in select
        .order_by_asc(grants::Column::Id)
        .all(&read.db())
        .await?
    {
        found.entry(row.person_id).or_default().push(row);
    }
    Ok(found)
}

/// A grant that was read and found good.
#[derive(Debug, Clone)]
pub(crate) struct Resolved {
    pub(crate) role: Role,
    pub(crate) scope: Scope,
    pub(crate) division: DivisionCode,
    pub(crate) department: Option<String>,
}

impl Resolved {
    pub(crate) fn reach(&self) -> Reach {
        let organisation = match &self.scope {
            Scope::Organisation(id) => Some(*id),
            Scope::Division(_) => None,
        };
        Reach::at(self.division).and(organisation)
    }

    /// The right that giving or taking it needs.
    pub(crate) fn right(&self) -> &'static str {
        if self.role == Role::OrgAgent {
            "grants.give_agent"
        } else {
            "grants.give"
        }
    }

    fn stored(&self) -> (&'static str, String) {
        match &self.scope {
            Scope::Division(code) => (DIVISION, code.to_string()),
            Scope::Organisation(id) => (ORGANISATION, id.to_string()),
        }
    }
}

/// Reads a grant: the role must be one that can be given, its scope of the kind the role needs, and known.
pub(crate) async fn resolve(
    read: &impl Read,
    at: &str,
    input: &GrantIn,
    faults: &mut Faults,
) -> Result<Option<Resolved>, Error> {
    let role = input.role;
    if !role.grantable() {
        faults.add(
            format!("{at}/role"),
            "not_allowed",
            "该角色不能授予",
            "this role cannot be given",
        );
        return Ok(None);
    }
    if input.department.is_some() && role != Role::DepartmentOfficer {
        faults.add(
            format!("{at}/department"),
            "not_allowed",
            "仅职能部门角色填写",
            "is for department officers only",
        );
    }
    let resolved = match (role.of_organisation(), &input.scope) {
        (
            false,
            ScopeDto {
                division: Some(code),
                organisation: None,
            },
        ) => {
            let Some(code) = faults.division(&format!("{at}/scope/division"), code) else {
                return Ok(None);
            };
            Resolved {
                role,
                scope: Scope::Division(code),
                division: code,
                department: input.department.clone(),
            }
        }
        (
            true,
            ScopeDto {
                division: None,
                organisation: Some(id),
            },
        ) => match organisations::Entity::find_by_id(*id)
            .one(&read.db())
            .await?
        {
            Some(row) => {
                let division = DivisionCode::parse(&row.division)
                    .map_err(|fault| Error::internal(format!("organisation {id}: {fault}")))?;
                Resolved {
                    role,
                    scope: Scope::Organisation(*id),
                    division,
                    department: None,
                }
            }
            None => {
                faults.add(
                    format!("{at}/scope/organisation"),
                    "unknown",
                    "没有这个组织",
                    "is no organisation known here",
                );
                return Ok(None);
            }
        },
        (true, _) => {
            faults.add(
                format!("{at}/scope"),
                "not_allowed",
                "该角色的范围须为一个组织",
                "this role is held in one organisation",
            );
            return Ok(None);
        }
        (false, _) => {
            faults.add(
                format!("{at}/scope"),
                "not_allowed",
                "该角色的范围须为一个区划",
                "this role is held over one division",
            );
            return Ok(None);
        }
    };
    check_department(read, at, &resolved, faults).await?;
    Ok(Some(resolved))
}

async fn check_department(
    read: &impl Read,
    at: &str,
    grant: &Resolved,
    faults: &mut Faults,
) -> Result<(), Error> {
    let Some(key) = &grant.department else {
        return Ok(());
    };
    let above = crate::divisions::with_ancestors(&grant.division);
    let known = departments::Entity::find()
        .filter(departments::Column::Key.eq(key.as_str()))
        .filter(departments::Column::Division.is_in(above.iter().map(DivisionCode::as_str)))
        .one(&read.db())
        .await?;
    if known.is_none() {
        faults.add(
            format!("{at}/department"),
            "unknown",
            "该区划没有这个职能部门",
            "is no department of this division",
        );
    }
    Ok(())
}

/// Gives a grant unless the person holds the same already; answers whether it was given.
pub(crate) async fn ensure(tx: &Tx, person: Uuid, grant: &Resolved) -> Result<bool, Error> {
    let (kind, scope) = grant.stored();
    let held = grants::Entity::find()
        .filter(grants::Column::PersonId.eq(person))
        .filter(grants::Column::Role.eq(grant.role.as_str()))
        .filter(grants::Column::Scope.eq(scope.as_str()))
        .filter(grants::Column::RevokedAt.is_null())
        .one(&tx.db())
        .await?;
    if held.is_some() {
        return Ok(false);
    }
    let row = grants::ActiveModel {
        id: Set(tx.new_id()),
        person_id: Set(person),
        role: Set(grant.role.as_str().to_owned()),
        scope_kind: Set(kind.to_owned()),
        scope: Set(scope),
        division: Set(grant.division.to_string()),
        department: Set(grant.department.clone()),
        granted_by: Set(tx.actor().person),
        created_at: Set(tx.now()),
        revoked_at: Set(None),
    };
    grants::Entity::insert(row)
        .exec_without_returning(&tx.db())
        .await?;
    Ok(true)
}

/// Ends a live grant.
pub(crate) async fn end(tx: &Tx, grant: &grants::Model) -> Result<(), Error> {
    let written = grants::Entity::update_many()
        .col_expr(grants::Column::RevokedAt, Expr::value(tx.now()))
        .filter(grants::Column::Id.eq(grant.id))
        .filter(grants::Column::RevokedAt.is_null())
        .exec(&tx.db())
        .await?;
    if written.rows_affected == 1 {
        Ok(())
    } else {
        Err(Code::Conflict.into())
    }
}

/// Live district administrators who can sign in. The rows are held against other writers until the
/// transaction ends, so that two administrators cannot revoke each other at once.
async fn administrators(tx: &Tx) -> Result<Vec<grants::Model>, Error> {
    let active = people::Entity::find()
        .select_only()
        .column(people::Column::Id)
        .filter(people::Column::Status.eq(AccountStatus::Active.as_str()))
        .into_query();
    Ok(grants::Entity::find()
        .filter(grants::Column::Role.eq(Role::DistrictAdmin.as_str()))
        .filter(grants::Column::RevokedAt.is_null())
        .filter(grants::Column::PersonId.in_subquery(active))
        .order_by_asc(grants::Column::Id)
        .lock_exclusive()
        .all(&tx.db())
        .await?)
}

/// Whether there is a district administrator at all.
pub(crate) async fn any_administrator(tx: &Tx) -> Result<bool, Error> {
    Ok(!administrators(tx).await?.is_empty())
}

/// Refuses when the grants that are about to end leave a division without any administrator.
pub(crate) async fn keep_an_administrator(tx: &Tx, ending: &[grants::Model]) -> Result<(), Error> {
    let ending_administrators: Vec<_> = ending
        .iter()
        .filter(|row| row.role == Role::DistrictAdmin.as_str())
        .collect();
    if ending_administrators.is_empty() {
        return Ok(());
    }
    let staying: Vec<_> = administrators(tx)
        .await?
        .into_iter()
        .filter(|row| ending.iter().all(|other| other.id != row.id))
        .collect();
    for row in ending_administrators {
        let reach = reach_of(row)?;
        let covered = staying.iter().any(|other| {
            let own = DivisionCode::parse(&other.scope);
            own.is_ok_and(|own| {
                reach
                    .division
                    .as_ref()
                    .is_some_and(|division| own.contains(division))
            })
        });
        if !covered {
            return Err(Code::LastAdministrator.into());
        }
    }
    Ok(())
}

/// Keeps the grants of an organisation's people where the organisation lies.
pub(crate) async fn organisation_moved(
    tx: &Tx,
    organisation: Uuid,
    division: &DivisionCode,
) -> Result<(), Error> {
    grants::Entity::update_many()
        .col_expr(grants::Column::Division, Expr::value(division.as_str()))
        .filter(grants::Column::ScopeKind.eq(ORGANISATION))
        .filter(grants::Column::Scope.eq(organisation.to_string()))
        .exec(&tx.db())
        .await?;
    Ok(())
}
