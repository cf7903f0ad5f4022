//! What looks across the stages: a project as a whole, its process trail, and the public pages.
//!
//! Invariants: nothing is written here; what a viewer sees is decided by the stages' own finders.

mod feed;
mod http;
mod model;
mod service;

pub use http::routes;
