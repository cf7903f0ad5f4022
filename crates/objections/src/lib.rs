//! 异议与投诉: who disagrees with a decision objects, another officer hears both sides and decides with effect,
//! and the supervisor hears complaints about the answer (rulebook 2.8.12, 2.5, 2.6).
//!
//! Invariants: an accepted objection makes its target stand still, and nothing else does in its name; who
//! decided what is objected to does not handle the objection; who objects is shown to nobody but himself,
//! his handlers and the supervisor.

mod entity;
pub mod flow;
mod http;
mod inputs;
mod invariants;
pub mod model;
mod records;
mod rules;
pub mod service;
mod store;
mod target;
mod words;

pub use http::routes;
pub use invariants::invariants;

use wubang_kernel::Timer;
use wubang_kernel::lifecycle::Lifecycle;
use wubang_store::recount::RecountHandler;
use wubang_store::worker::TimerHandler;

/// The life cycles of this crate.
#[must_use]
pub fn lifecycles() -> Vec<Lifecycle> {
    vec![Lifecycle::of::<flow::Objection>()]
}

/// What happens when timers are due; the terms to accept (`objection_accept`), to check a complaint (T46) and
/// to decide it (T47) only remind.
#[must_use]
pub fn timers() -> Vec<(&'static str, Timer, TimerHandler)> {
    vec![
        ("objection", Timer::ObjectionSupplement, |tx, id| {
            Box::pin(service::supplement_lapsed(tx, id))
        }),
        ("objection", Timer::ObjectionHearing, |tx, id| {
            Box::pin(service::hearing_over(tx, id))
        }),
        ("objection", Timer::T44, |tx, id| {
            Box::pin(service::overdue(tx, id))
        }),
        ("objection", Timer::T45, |tx, id| {
            Box::pin(service::complaint_window_over(tx, id))
        }),
        ("objection", Timer::T48, |tx, id| {
            Box::pin(service::suspension_over(tx, id))
        }),
    ]
}

/// What an objection keeps of its deadlines follows when they are counted anew.
#[must_use]
pub fn recounts() -> Vec<(&'static str, RecountHandler)> {
    vec![("objection", |tx, recounted| {
        Box::pin(service::on_recounted(tx, recounted))
    })]
}
