//! 公示: the publicity of a comment list, a posting's notice, a proposed award or a result, as an object
//! of its own (rulebook 2.6, 2.7 counting rules 6 and 7, 3.8).
//!
//! Invariants: the text cannot change while it is shown, a change makes a new publicity; the end is the
//! end of the owner's own timer; after it personal data is masked and the original is kept nowhere,
//! only its hash.

mod entity;
pub mod flow;
mod http;
mod masking;
pub mod model;
pub mod service;
mod store;

pub use entity::publicity::Model as Publicity;
pub use http::routes;
pub use masking::masked;
pub use service::{Opening, ended, last, moved, restart, start, stopped};
pub use store::invariants;

use wubang_kernel::lifecycle::Lifecycle;
use wubang_store::recount::RecountHandler;

/// The life cycles of this crate.
#[must_use]
pub fn lifecycles() -> Vec<Lifecycle> {
    vec![Lifecycle::of::<flow::PublicityPeriod>()]
}

/// A publicity ends with its owner's timer, also when that was counted anew.
#[must_use]
pub fn recounts() -> Vec<(&'static str, RecountHandler)> {
    let follow: RecountHandler = |tx, recounted| Box::pin(service::on_recounted(tx, recounted));
    [
        "need",
        "posting",
        "award",
        "evaluation",
        "list_entry",
        "change_request",
    ]
    .map(|object| (object, follow))
    .to_vec()
}
