//! 结算: what is still owed after an early end, and by whom (rulebook 2.5, 2.8.5, 2.8.6, T33).

mod entity;
pub mod flow;
pub(crate) mod http;
pub mod model;
mod out;
pub(crate) mod rules;
pub(crate) mod service;
pub(crate) mod store;

pub(crate) use entity::settlement;
