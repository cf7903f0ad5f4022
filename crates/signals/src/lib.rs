//! 串通线索: what looks like collusion between bids, as flags with evidence and weight for the supervisor alone
//! (rulebook 2.5, 实施条例 art. 40). Looked for when a box is opened and again when a notice of award is out.
//!
//! Invariants: a signal never changes anything of a bid, a posting or an award; nobody but the supervisor of the
//! division reads one, and an organisation that is asked reads the question and its own answer, not the evidence;
//! nobody is found to collude without having been asked.

mod collect;
pub mod detect;
mod entity;
pub mod flow;
mod http;
pub mod model;
mod rules;
pub mod service;
mod store;

pub use http::routes;
pub use store::invariants;

use wubang_kernel::lifecycle::Lifecycle;
use wubang_store::open::Reaction;

/// The life cycles of this crate.
#[must_use]
pub fn lifecycles() -> Vec<Lifecycle> {
    vec![Lifecycle::of::<flow::Signal>()]
}

/// When bids are compared: after the stage of the bids has opened them, and once the winner is known.
#[must_use]
pub fn reactions() -> Vec<(&'static str, Reaction)> {
    vec![
        ("posting.closed", |tx, happened| {
            Box::pin(service::on_posting_closed(tx, happened.object_id))
        }),
        ("award.notice_issued", |tx, happened| {
            Box::pin(service::on_notice_issued(tx, happened.object_id))
        }),
    ]
}
