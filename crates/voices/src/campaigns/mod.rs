//! Opinion survey campaigns (民意大摸排): a form, its answers, their counts, and the needs found in them.

mod answering;
mod answers;
mod drafting;
mod findings;
pub mod form;
pub mod model;
pub(crate) mod results;
pub mod service;
pub(crate) mod store;
