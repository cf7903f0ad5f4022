//! 评榜: residents' needs come in, are accepted, analysed by a third party, judged by experts and
//! decided by the street (rulebook 2.4.1, 2.8.1).
//!
//! Invariants: a need's state is changed by a row of [`flow`] only; names of reporting residents are
//! never stored, only counts.

mod entity;
pub mod flow;
mod http;
pub mod import;
pub mod model;
mod quarter;
mod rules;
pub mod service;
mod similarity;
mod store;
mod visibility;

pub use http::routes;
pub use store::{Need, invariants};

use wubang_kernel::Timer;
use wubang_kernel::lifecycle::Lifecycle;
use wubang_store::worker::TimerHandler;

/// The life cycles of this stage.
#[must_use]
pub fn lifecycles() -> Vec<Lifecycle> {
    vec![
        Lifecycle::of::<flow::Need>(),
        Lifecycle::of::<flow::NeedCycle>(),
    ]
}

/// What this stage does when its timers are due.
#[must_use]
pub fn timers() -> Vec<(&'static str, Timer, TimerHandler)> {
    vec![
        ("need", Timer::T02, |tx, id| {
            Box::pin(service::supplement_lapsed(tx, id))
        }),
        ("need", Timer::T04, |tx, id| {
            Box::pin(service::comment_ended(tx, id))
        }),
        ("need", Timer::T05, |tx, id| {
            Box::pin(service::shelf_life_ended(tx, id))
        }),
        ("need", Timer::T43, |tx, id| {
            Box::pin(service::appeal_lapsed(tx, id))
        }),
        ("need_cycle", Timer::T60, |tx, id| {
            Box::pin(service::cycles::plan_overdue(tx, id))
        }),
        ("need_cycle", Timer::NextQuarter, |tx, id| {
            Box::pin(service::cycles::next_quarter(tx, id))
        }),
    ]
}
