//! 解除: how both sides, or the street on a ground of the law, end an agreement early (rulebook 2.5, 2.8.5).

mod entity;
pub mod flow;
pub(crate) mod http;
pub mod model;
mod out;
pub(crate) mod rules;
pub(crate) mod service;
pub(crate) mod store;

pub(crate) use entity::termination;
