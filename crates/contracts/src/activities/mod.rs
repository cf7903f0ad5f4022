//! 活动记录: what was done, when, where and for how many, entry by entry (rulebook 2.4.5, T26).

mod entity;
pub mod flow;
pub(crate) mod http;
pub mod model;
mod out;
pub(crate) mod photos;
pub(crate) mod rules;
pub(crate) mod service;
pub(crate) mod store;

pub(crate) use entity::activity;
