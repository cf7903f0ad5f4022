//! 发榜: the street posts approved needs as a public call, on rules that are frozen at publication
//! (rulebook 2.4.2, 2.8.2); and the project, the spine that holds a need's way through all stages.
//!
//! Invariants: after publication the rules never change, and the notice only by a public amendment with
//! a diff and a new hash; nothing here knows of bids.

mod change_rules;
pub mod changes;
mod content_rules;
pub mod diff;
mod entity;
pub mod flow;
pub mod forbidden;
mod http;
pub mod invitation;
pub mod model;
pub mod particulars;
pub mod procedures;
mod project;
pub mod proposal;
mod race_rules;
mod rules;
pub mod service;
mod store;

pub use entity::posting::Model as Posting;
pub use entity::project::Model as Project;
pub use http::routes;
pub use proposal::Proposal;
pub use store::{PostingCase, invariants};

use wubang_kernel::Timer;
use wubang_kernel::lifecycle::Lifecycle;
use wubang_store::recount::RecountHandler;
use wubang_store::worker::TimerHandler;

/// The life cycles of this stage.
#[must_use]
pub fn lifecycles() -> Vec<Lifecycle> {
    vec![
        Lifecycle::of::<flow::Posting>(),
        Lifecycle::of::<flow::Question>(),
    ]
}

/// What this stage does when its timers are due. T10 is a period that simply ends; T09 belongs
/// to the bids, which know whether the box may be opened.
#[must_use]
pub fn timers() -> Vec<(&'static str, Timer, TimerHandler)> {
    vec![
        ("posting", Timer::Publication, |tx, id| {
            Box::pin(service::publish(tx, id))
        }),
        ("posting", Timer::T08, |tx, id| {
            Box::pin(service::notice_period_ended(tx, id))
        }),
        ("posting", Timer::SingleBidderPublicity, |tx, id| {
            Box::pin(service::single_bidder_over(tx, id))
        }),
        ("posting", Timer::T10, |_, _| Box::pin(async { Ok(()) })),
        ("posting", Timer::T48, |tx, id| {
            Box::pin(service::resume_by_timer(tx, id))
        }),
    ]
}

/// What this stage does when deadlines are counted anew.
#[must_use]
pub fn recounts() -> Vec<(&'static str, RecountHandler)> {
    vec![("posting", |tx, recounted| {
        Box::pin(service::on_recounted(tx, recounted))
    })]
}
