//! 揭榜: organisations claim a posting with a letter of intent (rulebook 2.4.3, 2.8.3).
//!
//! Invariants: before the posting is closed a bid is visible to its own organisation only, in every
//! finder, list, count and trace; every submitted version is kept.

mod entity;
pub mod flow;
mod http;
pub mod model;
mod rules;
pub mod service;
mod store;

pub use entity::bid::Model as Bid;
pub use http::routes;
pub use service::ScoreResult;
pub use store::invariants;

use wubang_kernel::lifecycle::Lifecycle;
use wubang_store::open::Reaction;

/// The life cycles of this stage.
#[must_use]
pub fn lifecycles() -> Vec<Lifecycle> {
    vec![Lifecycle::of::<flow::Bid>()]
}

/// What this stage does when an earlier one reports.
#[must_use]
pub fn reactions() -> Vec<(&'static str, Reaction)> {
    vec![
        ("posting.closed", |tx, happened| {
            Box::pin(service::open_box(tx, happened.object_id))
        }),
        ("posting.cancelled", |tx, happened| {
            Box::pin(service::posting_cancelled(tx, happened.object_id))
        }),
    ]
}
