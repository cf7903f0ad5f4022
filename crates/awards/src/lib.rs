//! 承榜: a panel scores the opened bids, the street follows its ranking, the proposal is made public,
//! and the awardee gets the notice (rulebook 2.4.4, 2.8.4).
//!
//! Invariants: one award of a posting stands at a time; its total recomputes from the sheets; what
//! was shown in publicity never changes while it is shown; an open objection holds confirmation and notice.

mod assigning;
mod calls;
mod candidates;
mod case;
mod deciding;
mod decision;
mod drawing;
mod entity;
pub mod flow;
mod http;
mod invariants;
pub mod late;
mod making;
pub mod model;
pub mod objecting;
mod ordering;
mod panel;
mod proposal;
mod races;
mod ranking;
mod recounting;
mod review;
mod rules;
pub mod service;
mod store;
mod succession;

pub use deciding::propose_award;
pub use entity::award::Model as Award;
pub use http::routes;
pub use invariants::invariants;
pub use panel::{form_panel, get_panel, start_evaluation};
pub use proposal::reject_all;
pub use ranking::tie_keys;
pub use review::{get_report, get_sheets, sign_report, submit_sheet};

use wubang_kernel::Timer;
use wubang_kernel::lifecycle::Lifecycle;
use wubang_store::open::Reaction;
use wubang_store::recount::RecountHandler;
use wubang_store::worker::TimerHandler;

/// Purpose of the panels of this stage; their object is the posting.
pub const PURPOSE: &str = "award";

/// The life cycles of this stage.
#[must_use]
pub fn lifecycles() -> Vec<Lifecycle> {
    vec![Lifecycle::of::<flow::Award>()]
}

/// What this stage does when its timers are due. T13, T14 and T16 run on the posting and escalate.
#[must_use]
pub fn timers() -> Vec<(&'static str, Timer, TimerHandler)> {
    vec![
        ("award", Timer::T15, |tx, id| {
            Box::pin(service::publicity_ended(tx, id))
        }),
        ("award", Timer::T17, |tx, id| {
            Box::pin(service::lapse(tx, id))
        }),
    ]
}

/// What this stage does when an earlier one reports.
#[must_use]
pub fn reactions() -> Vec<(&'static str, Reaction)> {
    let moved: Reaction = |tx, happened| Box::pin(review::on_bid_moved(tx, happened.object_id));
    vec![
        ("posting.published", |tx, happened| {
            Box::pin(drawing::on_posting_published(tx, happened.object_id))
        }),
        ("posting.failed", |tx, happened| {
            Box::pin(drawing::on_posting_failed(tx, happened.object_id))
        }),
        ("award.notice_issued", |tx, happened| {
            Box::pin(drawing::on_notice_issued(tx, happened.object_id))
        }),
        ("posting.cancelled", |tx, happened| {
            Box::pin(service::on_posting_cancelled(tx, happened.object_id))
        }),
        ("posting.suspended", |tx, happened| {
            Box::pin(service::on_posting_suspended(tx, happened.object_id))
        }),
        ("posting.resumed", |tx, happened| {
            Box::pin(service::on_posting_resumed(tx, happened.object_id))
        }),
        ("bid.invalidation_proposed", |tx, happened| {
            Box::pin(objecting::on_invalidation_proposed(tx, happened.object_id))
        }),
        ("bid.invalidated", |tx, happened| {
            Box::pin(objecting::on_bid_invalidated(tx, happened.object_id))
        }),
        ("bid.reserve_expired", |tx, happened| {
            Box::pin(objecting::on_reserve_expired(tx, happened.object_id))
        }),
        ("bid.withdrawn", moved),
        ("bid.clarified", moved),
        ("bid.clarification_lapsed", moved),
    ]
}

/// What this stage does when deadlines are counted anew.
#[must_use]
pub fn recounts() -> Vec<(&'static str, RecountHandler)> {
    vec![("award", |tx, recounted| {
        Box::pin(recounting::on_recounted(tx, recounted))
    })]
}
