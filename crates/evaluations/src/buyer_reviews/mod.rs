//! 双向评价: the contractor scores the buyer too. It is shown beside the result and never mixed in (rulebook 2.11.2).
//!
//! Sealed until the result is confirmed, so that neither side answers the other's score; then public, and the buyer may
//! reply once.

pub(crate) mod entity;
pub mod flow;
pub(crate) mod http;
pub mod model;
mod rules;
pub(crate) mod service;
mod store;
