//! Who acts, and which roles that gives towards an object.

use crate::division::DivisionCode;
use crate::role::{Role, RoleSet};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

/// Where a grant holds: in a division with everything below it, or in one organisation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// A division code; covers everything below it.
    Division(DivisionCode),
    /// One organisation.
    Organisation(Uuid),
}

/// One role a person holds somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// Where it holds.
    pub scope: Scope,
}

/// Who sends a command: a person with grants, the system, or nobody known (the public).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person, `None` for the system and the public.
    pub person: Option<Uuid>,
    /// Name as shown in the trace.
    pub name: String,
    /// What the person holds.
    pub grants: Vec<Grant>,
    /// The partner front-end that acted for the person.
    pub client: Option<Uuid>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Person,
    System,
    Public,
}

/// What an object says about where it lies, so that grants can be matched to it.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// The division it belongs to.
    pub division: Option<DivisionCode>,
    /// Organisations whose people count as its own.
    pub organisations: Vec<Uuid>,
    /// Roles that come from a relation held in a row (a seat on its panel, an assignment).
    pub assigned: RoleSet,
}

impl Reach {
    /// An object of one division.
    #[must_use]
    pub fn at(division: DivisionCode) -> Self {
        Reach {
            division: Some(division),
            ..Reach::default()
        }
    }

    /// An object of one organisation.
    #[must_use]
    pub fn of(organisation: Uuid) -> Self {
        Reach {
            organisations: vec![organisation],
            ..Reach::default()
        }
    }

    /// Adds an organisation.
    #[must_use]
    pub fn and(mut self, organisation: Option<Uuid>) -> Self {
        self.organisations.extend(organisation);
        self
    }

    /// Adds roles held by relation.
    #[must_use]
    pub fn assigned(mut self, roles: RoleSet) -> Self {
        self.assigned = self.assigned.union(roles);
        self
    }
}

impl Actor {
    /// A signed-in person.
    #[must_use]
    pub fn person(id: Uuid, name: impl Into<String>, grants: Vec<Grant>) -> Self {
        Actor {
            person: Some(id),
            name: name.into(),
            grants,
            client: None,
            kind: Kind::Person,
        }
    }

    /// The worker, for timers and consequences.
    #[must_use]
    pub fn system() -> Self {
        Actor {
            person: None,
            name: "system".to_owned(),
            grants: Vec::new(),
            client: None,
            kind: Kind::System,
        }
    }

    /// Nobody known.
    #[must_use]
    pub fn public() -> Self {
        Actor {
            person: None,
            name: "public".to_owned(),
            grants: Vec::new(),
            client: None,
            kind: Kind::Public,
        }
    }

    /// Whether this is the worker.
    #[must_use]
    pub fn is_system(&self) -> bool {
        self.kind == Kind::System
    }

    /// The roles this actor has towards an object. The only place where grants meet objects.
    #[must_use]
    pub fn roles(&self, reach: &Reach) -> RoleSet {
        let start = match self.kind {
            Kind::System => RoleSet::of(&[Role::System]),
            Kind::Person => RoleSet::of(&[Role::Public]).union(reach.assigned),
            Kind::Public => RoleSet::of(&[Role::Public]),
        };
        self.grants.iter().fold(start, |set, grant| {
            let fits = match &grant.scope {
                Scope::Division(own) => reach
                    .division
                    .as_ref()
                    .is_some_and(|division| own.contains(division)),
                Scope::Organisation(own) => reach.organisations.contains(own),
            };
            if fits { set.with(grant.role) } else { set }
        })
    }

    /// The divisions in which the actor holds one of the roles: what a list is scoped by.
    pub fn divisions<'a>(&'a self, roles: &'a [Role]) -> impl Iterator<Item = &'a DivisionCode> {
        self.grants
            .iter()
            .filter_map(move |grant| match &grant.scope {
                Scope::Division(code) if roles.contains(&grant.role) => Some(code),
                _ => None,
            })
    }

    /// The organisations in which the actor holds one of the roles.
    pub fn organisations<'a>(&'a self, roles: &'a [Role]) -> impl Iterator<Item = Uuid> + 'a {
        self.grants
            .iter()
            .filter_map(move |grant| match &grant.scope {
                Scope::Organisation(id) if roles.contains(&grant.role) => Some(*id),
                _ => None,
            })
    }

    /// Whether the actor holds the role anywhere.
    #[must_use]
    pub fn holds(&self, role: Role) -> bool {
        self.grants.iter().any(|grant| grant.role == role)
    }
}

/// Everything a command brings along beside its input: who, when, under which request.
#[derive(Debug, Clone)]
pub struct Who {
    /// Who acts.
    pub actor: Arc<Actor>,
    /// Request id, in every log line and trace record.
    pub request_id: String,
    /// Version the caller says he has seen (`If-Match`).
    pub if_match: Option<i32>,
    /// Fixed instant, for the worker that replays a due timer; `None` means the clock.
    pub at: Option<DateTime<Utc>>,
}

impl Who {
    /// The worker.
    #[must_use]
    pub fn system(request_id: impl Into<String>) -> Self {
        Who {
            actor: Arc::new(Actor::system()),
            request_id: request_id.into(),
            if_match: None,
            at: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_covers_what_lies_below_it_and_nothing_beside() {
        let street = DivisionCode::parse("410108005").unwrap();
        let actor = Actor::person(
            Uuid::nil(),
            "x",
            vec![Grant {
                role: Role::StreetOfficer,
                scope: Scope::Division(street),
            }],
        );
        let inside = Reach::at(DivisionCode::parse("410108005003").unwrap());
        let beside = Reach::at(DivisionCode::parse("410108006003").unwrap());
        assert!(actor.roles(&inside).has(Role::StreetOfficer));
        assert!(!actor.roles(&beside).has(Role::StreetOfficer));
    }

    #[test]
    fn the_public_has_no_assigned_role() {
        let reach = Reach::default().assigned(RoleSet::of(&[Role::Assessor]));
        assert!(!Actor::public().roles(&reach).has(Role::Assessor));
    }
}
