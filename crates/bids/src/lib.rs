//! 揭榜: organisations claim a posting with a letter of intent (rulebook 2.4.3, 2.8.3).
//!
//! Invariants: before the posting is closed a bid is visible to its own organisation only, in every
//! finder, list, count and trace; every submitted version is kept.

mod asking;
mod blind;
mod boxes;
mod consortium;
mod entity;
pub mod flow;
mod http;
mod inquiries;
mod invariants;
mod letter_rules;
mod members;
pub mod model;
mod open_bids;
mod record;
mod recording;
mod related;
mod rules;
mod sealing;
pub mod service;
mod store;
mod track_record;

pub use entity::bid::Model as Bid;
pub use http::routes;
pub use invariants::{check_keys, invariants};
pub use service::ScoreResult;

use wubang_files::upkeep::Over;

use wubang_kernel::Timer;
use wubang_kernel::lifecycle::Lifecycle;
use wubang_store::open::Reaction;
use wubang_store::recount::RecountHandler;
use wubang_store::worker::TimerHandler;

/// The life cycles of this stage.
#[must_use]
pub fn lifecycles() -> Vec<Lifecycle> {
    vec![Lifecycle::of::<flow::Bid>()]
}

/// What this stage does when an earlier one reports.
#[must_use]
pub fn reactions() -> Vec<(&'static str, Reaction)> {
    let to_members: Reaction = |tx, happened| {
        Box::pin(service::tell_members(
            tx,
            happened.object_id,
            happened.event,
        ))
    };
    let mut all: Vec<(&'static str, Reaction)> = TOLD_TO_MEMBERS
        .iter()
        .map(|event| (*event, to_members))
        .collect();
    all.extend(of_postings());
    all.extend(of_terms());
    all
}

/// What the lead of a bid is told of its other organisations hear as well.
const TOLD_TO_MEMBERS: &[&str] = &[
    "bid.submitted",
    "bid.revised",
    "bid.withdrawn",
    "bid.member_left",
    "bid.returned",
    "bid.opened",
    "bid.repair_requested",
    "bid.repair_lapsed",
    "bid.disqualified",
    "bid.clarification_requested",
    "bid.clarification_lapsed",
    "bid.recommended",
    "bid.awarded",
    "bid.invalidation_proposed",
    "bid.invalidation_dropped",
    "bid.invalidated",
];

fn of_postings() -> Vec<(&'static str, Reaction)> {
    vec![
        ("posting.closed", |tx, happened| {
            Box::pin(service::open_box(tx, happened.object_id))
        }),
        ("posting.published", |tx, happened| {
            Box::pin(service::on_published(tx, happened.object_id))
        }),
        ("posting.cancelled", |tx, happened| {
            Box::pin(service::posting_cancelled(tx, happened.object_id))
        }),
        ("posting.amended", |tx, happened| {
            Box::pin(service::on_posting_amended(tx, happened.object_id))
        }),
        ("posting.question_answered", |tx, happened| {
            Box::pin(service::on_question_answered(tx, happened.object_id))
        }),
        ("posting.extended", |tx, happened| {
            Box::pin(service::tell_all(tx, happened.object_id, happened.event))
        }),
        ("posting.suspended", |tx, happened| {
            Box::pin(service::tell_all(tx, happened.object_id, happened.event))
        }),
        ("posting.resumed", |tx, happened| {
            Box::pin(service::on_posting_resumed(tx, happened.object_id))
        }),
        ("posting.failed_too_few", |tx, happened| {
            Box::pin(service::tell_judged(
                tx,
                happened.object_id,
                "posting.failed",
            ))
        }),
        ("posting.single_bidder_announced", |tx, happened| {
            Box::pin(service::tell_judged(tx, happened.object_id, happened.event))
        }),
        ("posting.failed", |tx, happened| {
            Box::pin(service::on_failed(tx, happened.object_id, happened.event))
        }),
    ]
}

/// What stands still with a posting, goes on with it and ends with it: the terms of what a bidder was asked.
fn of_terms() -> Vec<(&'static str, Reaction)> {
    let ended: Reaction =
        |tx, happened| Box::pin(service::on_posting_ended(tx, happened.object_id));
    vec![
        ("posting.suspended", |tx, happened| {
            Box::pin(service::on_posting_stands(tx, happened.object_id))
        }),
        ("posting.resumed", |tx, happened| {
            Box::pin(service::on_posting_goes_on(tx, happened.object_id))
        }),
        ("posting.failed", ended),
        ("posting.failed_too_few", ended),
        ("posting.cancelled", ended),
    ]
}

/// What this stage does when timers are due: it knows whether the box of a posting may be opened.
#[must_use]
pub fn timers() -> Vec<(&'static str, Timer, TimerHandler)> {
    vec![
        ("posting", Timer::T09, |tx, id| {
            Box::pin(service::window_over(tx, id))
        }),
        ("bid", Timer::BidClarification, |tx, id| {
            Box::pin(service::clarification_lapsed(tx, id))
        }),
        ("bid", Timer::BidRepair, |tx, id| {
            Box::pin(service::repair_lapsed(tx, id))
        }),
        ("bid", Timer::BidHearing, |tx, id| {
            Box::pin(service::hearing_over(tx, id))
        }),
        ("bid", Timer::ReserveValidity, |tx, id| {
            Box::pin(service::reserve_expired(tx, id))
        }),
    ]
}

/// Which objects of this stage are over, for the attachments that nobody will hand in any more.
#[must_use]
pub fn over() -> Vec<(&'static str, Over)> {
    vec![
        ("bid", |view, ids, before| {
            Box::pin(service::attachments::left_over(view, ids, before))
        }),
        (service::repairing::OBJECT, |view, ids, before| {
            Box::pin(service::repairing::left_over(view, ids, before))
        }),
    ]
}

/// Whom this stage tells when deadlines are counted anew.
#[must_use]
pub fn recounts() -> Vec<(&'static str, RecountHandler)> {
    vec![
        ("posting", |tx, recounted| {
            Box::pin(service::on_recounted(tx, recounted))
        }),
        ("bid", |tx, recounted| {
            Box::pin(service::on_deadline_moved(tx, recounted))
        }),
    ]
}
