//! 承榜协议 and 实施: the agreement between buyer and contractor, its milestones, payments and the
//! completion report (rulebook 2.4.5, 2.8.5, 2.8.6).
//!
//! Invariants: all parties sign the hash of the same content; planned payments sum to the price;
//! a milestone is decided by two persons of two roles; the platform records payments and moves no money.

pub mod activities;
mod amending;
pub mod changes;
mod draft;
mod drafting;
pub mod ending;
mod entity;
pub mod flow;
mod http;
mod invariants;
mod lateness;
mod milestones;
pub mod model;
mod out;
mod payments;
mod publishing;
mod recounting;
mod reports;
mod rules;
pub mod service;
pub mod settlements;
mod signing;
mod standing;
mod steps;
mod store;
pub mod supervising;
pub mod terminations;
mod versions;

pub use http::routes;
pub use invariants::invariants;
pub use store::{Contract, Milestone, Payment};

use wubang_kernel::Timer;
use wubang_kernel::lifecycle::Lifecycle;
use wubang_store::open::Reaction;
use wubang_store::recount::RecountHandler;
use wubang_store::worker::TimerHandler;

/// The life cycles of this stage.
#[must_use]
pub fn lifecycles() -> Vec<Lifecycle> {
    vec![
        Lifecycle::of::<flow::Contract>(),
        Lifecycle::of::<flow::Milestone>(),
        Lifecycle::of::<flow::Payment>(),
        Lifecycle::of::<changes::flow::ChangeRequest>(),
        Lifecycle::of::<terminations::flow::Termination>(),
        Lifecycle::of::<settlements::flow::Settlement>(),
        Lifecycle::of::<activities::flow::Activity>(),
    ]
}

/// What this stage does when its timers are due; every other timer of it only reminds.
#[must_use]
pub fn timers() -> Vec<(&'static str, Timer, TimerHandler)> {
    vec![
        ("milestone", Timer::MilestoneDue, |tx, id| {
            Box::pin(milestones::fell_due(tx, id))
        }),
        ("contract", Timer::T18, |tx, id| {
            Box::pin(publishing::publish_due(tx, id))
        }),
        ("milestone", Timer::T25, |tx, id| {
            Box::pin(milestones::long_overdue(tx, id))
        }),
        ("contract", Timer::T20, |tx, id| {
            Box::pin(lateness::start_missed(tx, id))
        }),
        ("contract", Timer::T26, |tx, id| {
            Box::pin(lateness::fell_silent(tx, id))
        }),
        ("contract", Timer::T33, |tx, id| {
            Box::pin(ending::settlement_overdue(tx, id))
        }),
        ("contract", Timer::T34, |tx, id| {
            Box::pin(standing::overlong(tx, id))
        }),
        ("contract", Timer::StatusLostDecision, |tx, id| {
            Box::pin(standing::undecided(tx, id))
        }),
        ("contract", Timer::T35, |tx, id| {
            Box::pin(lateness::report_overdue(tx, id))
        }),
        ("contract", Timer::ReportStop, |tx, id| {
            Box::pin(lateness::payments_stop(tx, id))
        }),
        ("contract", Timer::ReportMissing, |tx, id| {
            Box::pin(lateness::report_missing(tx, id))
        }),
        ("contract", Timer::T37, |tx, id| {
            Box::pin(lateness::report_missing(tx, id))
        }),
        ("termination", Timer::TerminationHearing, |tx, id| {
            Box::pin(terminations::service::hearing_ended(tx, id))
        }),
        ("settlement", Timer::SettlementAnswer, |tx, id| {
            Box::pin(settlements::service::answer_ended(tx, id))
        }),
        ("change_request", Timer::ChangePublicity, |tx, id| {
            Box::pin(changes::service::publicity_ended(tx, id))
        }),
    ]
}

/// What this stage does about events of earlier ones: what an agreement rests on takes it along
/// when it falls.
#[must_use]
pub fn reactions() -> Vec<(&'static str, Reaction)> {
    vec![
        ("award.declined", |tx, happened| {
            Box::pin(service::on_award_fallen(
                tx,
                happened.object_id,
                "award_declined",
            ))
        }),
        ("posting.result_taken_in", |tx, happened| {
            Box::pin(service::on_result_fallen(
                tx,
                happened.object_id,
                "result_replaced",
            ))
        }),
        ("posting.failed", |tx, happened| {
            Box::pin(service::on_result_fallen(
                tx,
                happened.object_id,
                "posting_failed",
            ))
        }),
        ("award.revoked", |tx, happened| {
            Box::pin(service::on_award_fallen(
                tx,
                happened.object_id,
                "award_revoked",
            ))
        }),
        ("organisation.status_changed", |tx, happened| {
            Box::pin(standing::on_status_changed(tx, happened.object_id))
        }),
        ("award.lapsed", |tx, happened| {
            Box::pin(service::on_award_fallen(
                tx,
                happened.object_id,
                "award_lapsed",
            ))
        }),
    ]
}

/// What this stage does when deadlines are counted anew.
#[must_use]
pub fn recounts() -> Vec<(&'static str, RecountHandler)> {
    vec![
        ("award", |tx, recounted| {
            Box::pin(recounting::on_award_recounted(tx, recounted))
        }),
        ("contract", |tx, recounted| {
            Box::pin(recounting::on_recounted(tx, recounted))
        }),
        ("milestone", |tx, recounted| {
            Box::pin(recounting::on_milestone_recounted(tx, recounted))
        }),
    ]
}
