//! 信用, 红黑榜: what a result does to an organisation's score, and who stands on the red or the black list of this
//! programme (rulebook 2.8.15, 2.12). The ledger itself and the lists in force lie in the registry
//! (`wubang_registry::credit`), where eligibility and caps read them.
//!
//! Invariants: only organisations are listed; nobody is on the black list without notice, a term to answer and a
//! decision of another person; effects begin and end by the clock; a score is what its ledger adds up to.

mod effects;
pub mod entering;
mod entity;
pub mod flow;
mod http;
mod invariants;
pub mod model;
pub mod objecting;
mod proposing;
mod rules;
pub mod service;
pub mod showing;
mod store;
mod supervised;
pub mod words;

pub use http::routes;
pub use invariants::invariants;
pub use store::ListEntry;

use wubang_kernel::Timer;
use wubang_kernel::lifecycle::Lifecycle;
use wubang_store::open::Reaction;
use wubang_store::worker::TimerHandler;

/// The life cycles of this crate.
#[must_use]
pub fn lifecycles() -> Vec<Lifecycle> {
    vec![Lifecycle::of::<flow::ListEntry>()]
}

/// What happens when timers are due.
#[must_use]
pub fn timers() -> Vec<(&'static str, Timer, TimerHandler)> {
    vec![
        ("list_entry", Timer::T56, |tx, id| {
            Box::pin(effects::expire(tx, id))
        }),
        ("list_entry", Timer::T57, |tx, id| {
            Box::pin(effects::publicity_ended(tx, id))
        }),
        ("list_entry", Timer::BlackListDefence, |tx, id| {
            Box::pin(effects::defence_over(tx, id))
        }),
    ]
}

/// What the stages below report, as points and proposals.
#[must_use]
pub fn reactions() -> Vec<(&'static str, Reaction)> {
    vec![
        ("evaluation.confirmed", |tx, happened| {
            Box::pin(entering::on_result_confirmed(tx, happened.object_id))
        }),
        ("evaluation.failed_finally", |tx, happened| {
            Box::pin(entering::on_result_confirmed(tx, happened.object_id))
        }),
        ("contract.completion_submitted", |tx, happened| {
            Box::pin(entering::on_report_submitted(tx, happened.object_id))
        }),
        ("bid.withdrawn", |tx, happened| {
            Box::pin(entering::on_bid_withdrawn(tx, happened.object_id))
        }),
        ("bid.invalidated", |tx, happened| {
            Box::pin(entering::on_bid_invalidated(tx, happened.object_id))
        }),
        ("rectification.ordered", |tx, happened| {
            Box::pin(supervised::on_rectification_ordered(tx, happened.object_id))
        }),
        ("exit.decided", |tx, happened| {
            Box::pin(supervised::on_exit_decided(tx, happened.object_id))
        }),
        ("exit.reversed", |tx, happened| {
            Box::pin(supervised::on_exit_reversed(tx, happened.object_id))
        }),
        ("award.declined", |tx, happened| {
            Box::pin(entering::on_award_declined(tx, happened.object_id))
        }),
    ]
}
