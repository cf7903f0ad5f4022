//! What tests share: a service with the demo district on either database, its users, and the play that
//! takes a project to the stage a test wants to look at.

#![expect(clippy::expect_used, reason = "a test may stop at the first surprise")]

pub mod bench;
pub mod caller;
pub mod database;
pub mod stages;

pub use bench::Bench;
pub use caller::{Caller, Reply};
pub use database::{Database, config};
pub use stages::Stage;

/// The same as [`on_both!`] for a test that begins at another instant:
/// `on_both_at! { "2026-02-12T09:00:00+08:00", async fn name(bench: Bench) { … } }`.
#[macro_export]
macro_rules! on_both_at {
    ($begins:literal, $(async fn $name:ident($bench:ident: Bench) $body:block)+) => {$(
        mod $name {
            use super::*;
            async fn play($bench: $crate::Bench) $body
            #[test]
            fn sqlite() {
                $crate::bench::run_at($crate::Database::Sqlite, $crate::bench::at($begins), play);
            }
            #[test]
            fn postgres() {
                $crate::bench::run_at($crate::Database::Postgres, $crate::bench::at($begins), play);
            }
        }
    )+};
}

/// Runs a test on SQLite and on PostgreSQL: `on_both! { async fn name(bench: Bench) { … } }` makes
/// `name::sqlite` and `name::postgres`. Without PostgreSQL the second says so loudly, and fails under CI.
/// `bench: Bench from WorkStarted` begins at that [`Stage`] of the story.
#[macro_export]
macro_rules! on_both {
    ($(async fn $name:ident($bench:ident: Bench $(from $stage:ident)?) $body:block)+) => {$(
        mod $name {
            use super::*;
            async fn play(mut $bench: $crate::Bench) $body
            #[test]
            fn sqlite() {
                $crate::play_test!($crate::Database::Sqlite, $($stage)?);
            }
            #[test]
            fn postgres() {
                $crate::play_test!($crate::Database::Postgres, $($stage)?);
            }
        }
    )+};
}

/// One test of [`on_both!`].
#[macro_export]
#[doc(hidden)]
macro_rules! play_test {
    ($database:expr,) => {
        $crate::bench::run($database, play)
    };
    ($database:expr, $stage:ident) => {
        $crate::bench::run_from($database, $crate::Stage::$stage, play)
    };
}
