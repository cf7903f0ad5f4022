//! Residents' requests (居民点单): handed in by anybody, settled by the community.

mod intake;
pub mod model;
mod receipt;
pub(crate) mod rules;
pub mod service;
mod settling;
pub(crate) mod store;
pub mod voices;
