//! The satisfaction survey of the residents (满意度调查, rulebook 2.4.5): opened by who organises, answered once per
//! person or code, closed into counts.
//!
//! Nobody can tie an answer to who gave it. That somebody has answered is a mark under a key that is destroyed with the
//! closing; an answer is one more in a count, added in the same transaction, with neither person nor time; a text stands
//! alone. Answering writes no trace, no notice and no idempotency record, and counts show nothing before the closing.

pub(crate) mod entity;
pub mod model;
pub(crate) mod rules;
mod secret;
pub mod service;
pub(crate) mod store;
