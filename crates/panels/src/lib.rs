//! Panels (评审组/考评组): checkable draw of experts, recusal (回避), sealed score sheets and exact
//! aggregation, one mechanism for 评榜, 承榜 and 考榜 (rulebook 2.9–2.11).
//!
//! Invariants: points are whole numbers within the criteria's maxima; a sheet's total is the sum of
//! its points; no sheet of a recused member counts; each draw was committed before its pool was
//! fixed, and recomputes from its nonce;
//! points never enter the trace.

pub mod assigning;
pub mod assignment;
pub mod composition;
pub mod conflicts;
pub mod draw;
pub mod draws;
mod entity;
mod forming;
mod http;
pub mod model;
pub mod pool;
pub mod recusals;
pub mod scoring;
pub mod service;
mod sheets;
mod store;
mod view;

pub use conflicts::Parties;
pub use draws::DrawFor;
pub use http::routes;
pub use model::{Draw, Formation, Loaded, Member, Panel, ResidentLot, Seat, Sheet};
pub use service::{Absence, LateRecusal};
pub use store::invariants;
