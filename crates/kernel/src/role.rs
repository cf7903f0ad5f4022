//! Roles (rulebook 2.1) and sets of them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! roles {
    ($($name:ident = $wire:literal, $zh:literal, $bit:literal;)+) => {
        /// Who somebody is towards an object (角色).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Role { $(#[doc = $zh] $name,)+ }
        impl Role {
            /// Every role.
            pub const ALL: &'static [Role] = &[$(Role::$name,)+];
            /// The wire name.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(Role::$name => $wire,)+ } }
            /// The Chinese name.
            #[must_use]
            pub const fn zh(self) -> &'static str { match self { $(Role::$name => $zh,)+ } }
            const fn bit(self) -> u32 { match self { $(Role::$name => 1 << $bit,)+ } }
            /// Finds a role by its wire name.
            #[must_use]
            pub fn from_wire(wire: &str) -> Option<Role> { match wire { $($wire => Some(Role::$name),)+ _ => None } }
        }
    };
}

roles! {
    ResidentRep = "resident_rep", "居民代表", 0;
    CommunitySecretary = "community_secretary", "社区书记", 1;
    StreetOfficer = "street_officer", "街道经办", 2;
    DepartmentOfficer = "department_officer", "职能部门", 3;
    DistrictAdmin = "district_admin", "区级主管", 4;
    Supervisor = "supervisor", "监督", 5;
    ThirdParty = "third_party", "第三方专业机构", 6;
    Expert = "expert", "专家", 7;
    OrgAgent = "org_agent", "经办人", 8;
    OrgLegalRep = "org_legal_rep", "法定代表人/负责人", 9;
    Custodian = "custodian", "资金代管机构", 10;
    Assessor = "assessor", "评审组成员", 11;
    System = "system", "系统", 12;
    Public = "public", "公众", 13;
    Partner = "partner", "联合方", 14;
    Objector = "objector", "异议人", 15;
}

impl Role {
    /// Whether a person can be given this role. `assessor` comes from a seat on a panel, `partner` from working
    /// for another organisation of a joint bid, `objector` from an objection of one's own, `system` and `public`
    /// from being the worker or nobody.
    #[must_use]
    pub const fn grantable(self) -> bool {
        !matches!(
            self,
            Role::Assessor | Role::Partner | Role::Objector | Role::System | Role::Public
        )
    }

    /// Whether the role is held inside an organisation rather than over a division.
    #[must_use]
    pub const fn of_organisation(self) -> bool {
        matches!(
            self,
            Role::OrgAgent | Role::OrgLegalRep | Role::Custodian | Role::ThirdParty
        )
    }
}

/// A set of roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RoleSet(u32);

impl RoleSet {
    /// No role at all.
    pub const NONE: RoleSet = RoleSet(0);

    /// The set of these roles.
    #[must_use]
    pub fn of(roles: &[Role]) -> Self {
        roles
            .iter()
            .fold(RoleSet::NONE, |set, role| set.with(*role))
    }

    /// The set with one role more.
    #[must_use]
    pub const fn with(self, role: Role) -> Self {
        RoleSet(self.0 | role.bit())
    }

    /// Both sets.
    #[must_use]
    pub const fn union(self, other: RoleSet) -> Self {
        RoleSet(self.0 | other.0)
    }

    /// Whether the role is in it.
    #[must_use]
    pub const fn has(self, role: Role) -> bool {
        self.0 & role.bit() != 0
    }

    /// Whether any of the roles is in it.
    #[must_use]
    pub fn any(self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.has(*role))
    }

    /// The first of `roles` that is in the set: under which hat somebody acts.
    #[must_use]
    pub fn first_of(self, roles: &[Role]) -> Option<Role> {
        roles.iter().copied().find(|role| self.has(*role))
    }

    /// Whether there is no role in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}
