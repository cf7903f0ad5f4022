//! 一票否决: findings of safety, fraud or privacy that make a project fail whatever its points are (rulebook 2.11.3).
//!
//! Who runs or watches an evaluation proposes one, the contractor answers within its term, the district decides, another
//! person than proposed it. Until then no result is drafted.

pub(crate) mod entity;
pub mod flow;
pub(crate) mod http;
pub mod model;
mod rules;
pub(crate) mod service;
pub(crate) mod store;
