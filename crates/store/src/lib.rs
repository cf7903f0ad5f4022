//! The store: opens SQLite or PostgreSQL, hands out transactions, and is the only writer of a
//! state column. With each step go its trace record, its timers and its outbox rows.
//!
//! Invariants: nothing here decides; every dialect difference lives in [`open`] and `dialect`;
//! a state column is written by [`commit::Commit::run`] alone.

pub mod commit;
mod dialect;
pub mod entity;
pub mod error;
pub mod holds;
pub mod idempotency;
pub mod invariants;
pub mod key;
pub mod numbers;
pub mod open;
pub mod outbox;
pub mod recount;
pub mod rules;
pub mod scope;
pub mod search;
pub mod sequence;
pub mod sorting;
pub mod timers;
pub mod trace;
mod turns;
pub mod tx;
pub mod worker;

pub use commit::{
    Birthed, Commit, Stateful, Stored, Tracked, birth, commit, state_of, tell_of_birth,
};
pub use error::Error;
pub use key::Key;
pub use open::{Options, Store};
pub use tx::{Read, Tx, View};

/// A boxed future, for tables of functions.
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn std::future::Future<Output = T> + Send + 'a>>;
