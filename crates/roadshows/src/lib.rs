//! 路演: bidders present their bids to the panel before it scores, in an order that was drawn (rulebook 2.4.4 (3), 2.16).
//!
//! Invariants: the order is that of the committed seed and recomputes from public answers; one presents at a time;
//! a bidder learns its own time and nothing of the others; the minutes are public only after the proposed award is,
//! and hold no price.

mod entity;
pub mod flow;
mod http;
mod invariants;
pub mod model;
mod rules;
pub mod service;
mod store;

pub use http::routes;
pub use invariants::invariants;

use wubang_files::upkeep::Over;
use wubang_kernel::Timer;
use wubang_kernel::lifecycle::Lifecycle;
use wubang_store::open::Reaction;
use wubang_store::worker::TimerHandler;

/// The life cycles of this crate.
#[must_use]
pub fn lifecycles() -> Vec<Lifecycle> {
    vec![
        Lifecycle::of::<flow::Roadshow>(),
        Lifecycle::of::<flow::RoadshowSlot>(),
    ]
}

/// What this crate does when an earlier stage reports: who is out has no turn, and an ended posting no session.
#[must_use]
pub fn reactions() -> Vec<(&'static str, Reaction)> {
    let out: Reaction = |tx, happened| Box::pin(service::on_bid_out(tx, happened.object_id));
    let ended: Reaction =
        |tx, happened| Box::pin(service::on_posting_ended(tx, happened.object_id));
    vec![
        ("bid.withdrawn", out),
        ("bid.disqualified", out),
        ("bid.invalidated", out),
        ("posting.failed", ended),
        ("posting.failed_too_few", ended),
        ("posting.cancelled", ended),
    ]
}

/// Which objects of this crate are over, for the slides that nobody will present any more.
#[must_use]
pub fn over() -> Vec<(&'static str, Over)> {
    vec![("roadshow_slot", |view, ids, before| {
        Box::pin(service::materials::left_over(view, ids, before))
    })]
}

/// What this crate does when its timers are due.
#[must_use]
pub fn timers() -> Vec<(&'static str, Timer, TimerHandler)> {
    vec![("roadshow", Timer::RoadshowMinutes, |tx, id| {
        Box::pin(service::minutes_due(tx, id))
    })]
}
