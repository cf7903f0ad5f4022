//! The way in and out: request context, authentication, problem documents, commands with
//! idempotency, lists with cursors, and the pieces of OpenAPI that all stages share.
//!
//! Invariants: authentication is finished before a body is read; nothing here knows a stage.

pub mod actions;
pub mod answer;
pub mod body;
pub mod ctx;
mod deadlines;
mod depth;
mod handlers;
pub mod inputs;
pub mod middleware;
pub mod offered;
pub mod openapi;
pub mod patch;
pub mod problem;
pub mod query;
pub mod sheet;
pub mod upload;
pub mod warnings;

pub use actions::{ActionOut, RefusedActionOut};
pub use answer::{Answer, Instant, command, created, document, show};
pub use body::{Body, SmallBody};
pub use ctx::{Authenticator, Ctx, Locale, PathKey, PublicUrl, public_url};
pub use deadlines::DeadlineOut;
pub use inputs::{NothingIn, ReasonIn};
pub use problem::Problem;
pub use query::ListQuery;
pub use warnings::WarningOut;
