//! The one table of rights outside the life cycles: who may do what in the registry.

use serde::Serialize;
use utoipa::ToSchema;
use wubang_kernel::actor::Reach;
use wubang_kernel::{Actor, Code, Refusal, Role};

/// One right: an action, the roles that may do it, and how the role must relate to the object.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct Right {
    /// Action, stable.
    #[schema(example = "grants.give")]
    pub action: &'static str,
    /// Roles that may do it.
    pub roles: &'static [Role],
    /// `division`: the role's scope contains the object's division. `organisation`: or is the object's
    /// organisation. `anywhere`: the role is held anywhere.
    #[schema(example = "division")]
    pub relation: &'static str,
    /// What it is, in Chinese.
    pub zh: &'static str,
    /// What it is, in English.
    pub en: &'static str,
}

const DIVISION: &str = "division";
const ORGANISATION: &str = "organisation";
const ANYWHERE: &str = "anywhere";

const fn right(
    action: &'static str,
    roles: &'static [Role],
    relation: &'static str,
    zh: &'static str,
    en: &'static str,
) -> Right {
    Right {
        action,
        roles,
        relation,
        zh,
        en,
    }
}

/// Every right of the registry.
pub const RIGHTS: &[Right] = &[
    right(
        "people.create",
        &[Role::DistrictAdmin],
        DIVISION,
        "新建人员",
        "Enter a person",
    ),
    right(
        "people.see",
        &[Role::DistrictAdmin, Role::Supervisor],
        DIVISION,
        "查看辖区内人员",
        "See people of the division",
    ),
    right(
        "people.disable",
        &[Role::DistrictAdmin],
        DIVISION,
        "停用人员",
        "Disable a person",
    ),
    right(
        "people.activate",
        &[Role::DistrictAdmin],
        DIVISION,
        "签发激活码",
        "Issue an activation code",
    ),
    right(
        "grants.give",
        &[Role::DistrictAdmin],
        DIVISION,
        "授予角色",
        "Give a role",
    ),
    right(
        "grants.give_agent",
        &[Role::DistrictAdmin, Role::OrgLegalRep],
        ORGANISATION,
        "授权经办人",
        "Authorise an agent of the organisation",
    ),
    right(
        "grants.revoke",
        &[Role::DistrictAdmin],
        DIVISION,
        "撤销角色",
        "Revoke a role",
    ),
    right(
        "clients.manage",
        &[Role::DistrictAdmin],
        ANYWHERE,
        "管理合作前端",
        "Manage partner front-ends",
    ),
    right(
        "organisations.create",
        &[Role::StreetOfficer, Role::DistrictAdmin],
        DIVISION,
        "新建组织",
        "Enter an organisation",
    ),
    right(
        "organisations.edit",
        &[
            Role::StreetOfficer,
            Role::DistrictAdmin,
            Role::OrgLegalRep,
            Role::OrgAgent,
        ],
        ORGANISATION,
        "修改组织画像与承接能力",
        "Change profile and capacity of an organisation",
    ),
    right(
        "organisations.edit_registration",
        &[Role::StreetOfficer, Role::DistrictAdmin],
        DIVISION,
        "修改组织登记事项",
        "Change what is registered of an organisation",
    ),
    right(
        "organisations.set_status",
        &[Role::StreetOfficer, Role::DistrictAdmin],
        DIVISION,
        "变更组织状态",
        "Change the status of an organisation",
    ),
    right(
        "organisations.set_credit_status",
        &[Role::DistrictAdmin],
        DIVISION,
        "登记信用状态",
        "Record the credit status of an organisation",
    ),
    right(
        "organisations.relate",
        &[Role::StreetOfficer, Role::DistrictAdmin],
        DIVISION,
        "登记组织之间的关系",
        "Record relations between organisations",
    ),
    right(
        "organisations.see_relations",
        &[Role::StreetOfficer, Role::DistrictAdmin, Role::Supervisor],
        DIVISION,
        "查看组织之间的关系",
        "See relations between organisations",
    ),
    right(
        "experts.see",
        &[Role::DistrictAdmin, Role::StreetOfficer],
        ANYWHERE,
        "查看专家库",
        "See the expert pool",
    ),
    right(
        "experts.create",
        &[Role::DistrictAdmin],
        DIVISION,
        "专家入库",
        "Take a person into the expert pool",
    ),
    right(
        "taxonomy.import",
        &[Role::DistrictAdmin],
        ANYWHERE,
        "导入领域目录",
        "Import a version of the taxonomy",
    ),
    right(
        "calendar.import",
        &[Role::DistrictAdmin],
        ANYWHERE,
        "导入节假日历",
        "Import a year of the working-day calendar",
    ),
];

/// Finds a right by its action. An action without a row is nobody's.
fn find(action: &str) -> Option<&'static Right> {
    RIGHTS.iter().find(|right| right.action == action)
}

/// Asks whether the actor may do something to an object; answers the role he does it in.
/// The worker and the operator's commands may do everything.
///
/// # Errors
/// `forbidden`.
pub fn require(actor: &Actor, reach: &Reach, action: &str) -> Result<Role, Refusal> {
    if actor.is_system() {
        return Ok(Role::System);
    }
    let forbidden = || Refusal::new(Code::Forbidden);
    let right = find(action).ok_or_else(forbidden)?;
    if right.relation == ANYWHERE {
        return right
            .roles
            .iter()
            .copied()
            .find(|role| actor.holds(*role))
            .ok_or_else(forbidden);
    }
    actor
        .roles(reach)
        .first_of(right.roles)
        .ok_or_else(forbidden)
}

/// As [`require`], for rights that are held anywhere.
///
/// # Errors
/// `forbidden`.
pub fn require_anywhere(actor: &Actor, action: &str) -> Result<Role, Refusal> {
    require(actor, &Reach::default(), action)
}

/// The roles of a right, for scoping a list.
#[must_use]
pub fn roles_of(action: &str) -> &'static [Role] {
    find(action).map_or(&[], |right| right.roles)
}

/// One role with its name, beside the table.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleOut {
    /// The role.
    pub role: Role,
    /// Chinese name.
    pub zh: &'static str,
    /// Whether a person can be given it.
    pub grantable: bool,
    /// `division`, `organisation`, or `none` when it cannot be given.
    pub scope: &'static str,
}

/// The table of rights.
#[derive(Debug, Serialize, ToSchema)]
pub struct RightsOut {
    /// Every role.
    pub roles: Vec<RoleOut>,
    /// Every right.
    pub rights: Vec<Right>,
}

/// Explains the table.
#[must_use]
pub(crate) fn explain() -> RightsOut {
    let scope = |role: Role| match (role.grantable(), role.of_organisation()) {
        (false, _) => "none",
        (true, true) => ORGANISATION,
        (true, false) => DIVISION,
    };
    let roles = Role::ALL.iter().map(|role| RoleOut {
        role: *role,
        zh: role.zh(),
        grantable: role.grantable(),
        scope: scope(*role),
    });
    RightsOut {
        roles: roles.collect(),
        rights: RIGHTS.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use uuid::Uuid;
    use wubang_kernel::division::DivisionCode;
    use wubang_kernel::{Grant, Scope};

    fn code(raw: &str) -> DivisionCode {
        DivisionCode::parse(raw).unwrap()
    }

    fn holder(role: Role, scope: Scope) -> Actor {
        Actor::person(Uuid::nil(), "x", vec![Grant { role, scope }])
    }

    #[test]
    fn actions_are_unique_and_somebodys() {
        let names: HashSet<_> = RIGHTS.iter().map(|right| right.action).collect();
        assert_eq!(names.len(), RIGHTS.len());
        assert!(RIGHTS.iter().all(
            |right| right.roles.iter().all(|role| role.grantable()) && !right.roles.is_empty()
        ));
    }

    #[test]
    fn a_right_ends_at_the_scope() {
        let admin = holder(Role::DistrictAdmin, Scope::Division(code("410108")));
        assert_eq!(
            require(&admin, &Reach::at(code("410108005")), "grants.give"),
            Ok(Role::DistrictAdmin)
        );
        assert_eq!(
            require(&admin, &Reach::at(code("410105005")), "grants.give")
                .unwrap_err()
                .code,
            Code::Forbidden
        );
        assert_eq!(
            require(&admin, &Reach::at(code("41")), "grants.give")
                .unwrap_err()
                .code,
            Code::Forbidden
        );
        assert!(require_anywhere(&admin, "taxonomy.import").is_ok());
        assert!(require(&admin, &Reach::at(code("410108005")), "no.such_action").is_err());
        let secretary = holder(
            Role::CommunitySecretary,
            Scope::Division(code("410108005003")),
        );
        assert!(
            require(
                &secretary,
                &Reach::at(code("410108005003")),
                "people.create"
            )
            .is_err()
        );
    }

    #[test]
    fn an_organisations_people_edit_their_own_only() {
        let (own, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let agent = holder(Role::OrgAgent, Scope::Organisation(own));
        assert!(require(&agent, &Reach::of(own), "organisations.edit").is_ok());
        assert!(require(&agent, &Reach::of(other), "organisations.edit").is_err());
        assert!(require(&agent, &Reach::of(own), "organisations.edit_registration").is_err());
    }
}
