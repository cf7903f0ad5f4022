//! 变更: changes of a running agreement, with every limit, approver and version (rulebook 2.5, 2.8.7).

pub(crate) mod apply;
pub(crate) mod entity;
pub mod flow;
pub(crate) mod http;
pub mod model;
mod out;
pub(crate) mod replan;
pub(crate) mod rules;
pub(crate) mod service;
pub(crate) mod store;
