//! What the caller may do with an object now, and why not what he may not.

use crate::answer::Instant;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::RoleSet;
use wubang_kernel::machine::{self, Facts, Machine, Name};
use wubang_kernel::refusal::Reason;

/// An action that is open to this caller now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ActionOut {
    /// Name of the action, the last segment of its address.
    #[schema(example = "submit")]
    pub action: &'static str,
    /// HTTP method.
    #[schema(example = "POST")]
    pub method: &'static str,
    /// Address.
    pub href: String,
    /// Until when, where it has an end.
    pub deadline: Option<Instant>,
}

/// An action that his role has, but that is not open now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RefusedActionOut {
    /// Name of the action.
    pub action: &'static str,
    /// Closed code of the reason.
    pub code: &'static str,
    /// The reason in Chinese.
    pub zh: String,
    /// The reason in English.
    pub en: String,
}

/// Both lists of `GET …/actions`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActionsOut {
    /// Open to the caller now.
    pub allowed: Vec<ActionOut>,
    /// Not open now, each with its reason.
    pub refused: Vec<RefusedActionOut>,
}

/// Asks a machine's table for one object and one caller.
pub fn of<M: Machine>(
    id: Uuid,
    state: M::State,
    roles: RoleSet,
    facts: &impl Facts<M>,
) -> ActionsOut {
    let mut actions = ActionsOut {
        allowed: Vec::new(),
        refused: Vec::new(),
    };
    for choice in machine::options::<M>(state, roles, facts) {
        let action = choice.event.verb();
        match &choice.refusal {
            None => actions.allowed.push(ActionOut {
                action,
                method: "POST",
                href: format!("/api/v1/{}/{id}/{action}", M::COLLECTION),
                deadline: choice.deadline.map(Instant),
            }),
            Some(refusal) => {
                let reason = Reason::from(refusal);
                actions.refused.push(RefusedActionOut {
                    action,
                    code: reason.code.as_str(),
                    zh: reason.zh,
                    en: reason.en,
                });
            }
        }
    }
    actions
}
