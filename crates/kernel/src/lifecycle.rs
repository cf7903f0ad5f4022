//! A life cycle as data: for the API, the diagram, the OpenAPI document and the matrix test.

use crate::machine::{Machine, Name};
use serde::Serialize;
use std::fmt::Write as _;
use utoipa::ToSchema;

/// One word of a life cycle in both languages.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Word {
    /// Wire name.
    pub name: &'static str,
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

/// One row of the table.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Transition {
    /// States it starts from.
    pub from: Vec<&'static str>,
    /// The event.
    pub event: &'static str,
    /// Path segment of the action, empty where the system acts.
    pub action: &'static str,
    /// Chinese word of the event.
    pub zh: &'static str,
    /// Guards that must hold, each with its refusal code.
    pub guards: Vec<GuardRow>,
    /// Roles that may.
    pub roles: Vec<&'static str>,
    /// State it leads to.
    pub to: &'static str,
    /// Timers it starts (`T09 bid_window`).
    pub starts: Vec<String>,
    /// Timers it stops.
    pub stops: Vec<String>,
    /// The timer that triggers it.
    pub at: Option<String>,
}

/// A guard and the code it refuses with.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GuardRow {
    /// The guard.
    pub guard: &'static str,
    /// Its refusal code.
    pub code: &'static str,
}

/// A whole life cycle (状态机).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Lifecycle {
    /// Object (`need`).
    pub object: &'static str,
    /// Path collection (`needs`).
    pub collection: &'static str,
    /// Chinese name.
    pub zh: &'static str,
    /// State of a new object.
    pub start: &'static str,
    /// Roles that may make one.
    pub makers: Vec<&'static str>,
    /// States.
    pub states: Vec<Word>,
    /// Rows.
    pub transitions: Vec<Transition>,
}

fn timer(timer: crate::Timer) -> String {
    if timer.number().starts_with('T') && timer.number().len() == 3 {
        format!("{} {}", timer.number(), timer.key())
    } else {
        timer.key().to_owned()
    }
}

fn word<N: Name>(name: N) -> Word {
    Word {
        name: name.wire(),
        zh: name.zh(),
        en: name.en(),
    }
}

impl Lifecycle {
    /// Reads a machine's table.
    #[must_use]
    pub fn of<M: Machine>() -> Lifecycle {
        let transitions = M::ROWS.iter().map(|row| Transition {
            from: row.from.iter().map(|state| state.wire()).collect(),
            event: row.event.wire(),
            action: row.event.verb(),
            zh: row.event.zh(),
            guards: row
                .guards
                .iter()
                .map(|guard| GuardRow {
                    guard: guard.wire(),
                    code: guard.code().as_str(),
                })
                .collect(),
            roles: row.by.iter().map(|role| role.as_str()).collect(),
            to: row.to.wire(),
            starts: row.start.iter().copied().map(timer).collect(),
            stops: row.stop.iter().copied().map(timer).collect(),
            at: row.at.map(timer),
        });
        Lifecycle {
            object: M::OBJECT,
            collection: M::COLLECTION,
            zh: M::ZH,
            start: M::START.wire(),
            makers: M::MAKERS.iter().map(|role| role.as_str()).collect(),
            states: M::STATES.iter().copied().map(word).collect(),
            transitions: transitions.collect(),
        }
    }

    /// The table as a Mermaid `stateDiagram-v2`.
    #[must_use]
    pub fn mermaid(&self) -> String {
        let mut out = format!("stateDiagram-v2\n    [*] --> {}\n", self.start);
        for state in &self.states {
            // writing to a String cannot fail
            let _ = writeln!(out, "    {0} : {1} {0}", state.name, state.zh);
        }
        for row in &self.transitions {
            for from in &row.from {
                let _ = writeln!(out, "    {from} --> {} : {}", row.to, row.event);
            }
        }
        for state in self.states.iter().filter(|state| {
            !self
                .transitions
                .iter()
                .any(|row| row.from.contains(&state.name))
        }) {
            let _ = writeln!(out, "    {} --> [*]", state.name);
        }
        out
    }

    /// The table as a section of a Markdown document.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut out = format!(
            "## {} `{}`\n\n| from | event | guards | by | to | starts | stops |\n|---|---|---|---|---|---|---|\n",
            self.zh, self.object
        );
        for row in &self.transitions {
            let guards: Vec<_> = row.guards.iter().map(|guard| guard.guard).collect();
            let at = row
                .at
                .as_ref()
                .map(|at| format!(" ({at})"))
                .unwrap_or_default();
            let _ = writeln!(
                out,
                "| {} | {}{at} | {} | {} | {} | {} | {} |",
                row.from.join(", "),
                row.event,
                guards.join(", "),
                row.roles.join(", "),
                row.to,
                row.starts.join(", "),
                row.stops.join(", ")
            );
        }
        let _ = write!(out, "\n```mermaid\n{}```\n\n", self.mermaid());
        out
    }

    /// Faults of the table itself: states nobody reaches, events no row uses.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let unreached = self.states.iter().filter(|state| {
            state.name != self.start && !self.transitions.iter().any(|row| row.to == state.name)
        });
        unreached
            .map(|state| format!("{}: no row leads to {}", self.object, state.name))
            .collect()
    }
}
