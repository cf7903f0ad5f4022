//! Pure words and rules that every floor of Wubang shares.
//!
//! Invariants: nothing here does I/O, reads a clock, knows a database or a web
//! framework. Time and ids come in by argument ([`clock::Clock`], [`ids::Ids`]).

pub mod actor;
pub mod calendar;
pub mod clock;
pub mod code;
pub mod cursor;
pub mod deadline;
pub mod digest;
pub mod division;
pub mod faults;
pub mod ids;
pub mod lifecycle;
pub mod machine;
pub mod money;
pub mod personal;
pub mod procedure;
pub mod refusal;
pub mod role;
pub mod score;
pub mod text;
pub mod timer;
pub mod uscc;
mod words;

pub use actor::{Actor, Grant, Scope, Who};
pub use code::Code;
pub use faults::Faults;
pub use refusal::{FieldFault, Refusal};
pub use role::{Role, RoleSet};
pub use timer::Timer;
