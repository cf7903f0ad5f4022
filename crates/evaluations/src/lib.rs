//! 考榜: four parties score a finished project, its residents are asked, the result stands in
//! publicity before it is confirmed (rulebook 2.4.5, 2.8.11, 2.11.2, 2.11.3).
//!
//! Invariants: scheme and weights are those of the posting; a total recomputes exactly from sheets
//! and survey; single sheets are seen by their scorer and the supervisor alone.

pub mod buyer_reviews;
mod entity;
pub mod flow;
mod http;
mod invariants;
mod learning;
pub mod model;
mod naming;
mod opening;
mod out;
mod races;
mod recounting;
mod replacing;
pub mod reviewing;
mod rules;
pub mod scoring;
pub mod service;
mod store;
pub mod survey;
pub mod vetoes;
mod voiding;

pub use http::routes;
pub use invariants::invariants;
pub use store::Evaluation;

use wubang_kernel::Timer;
use wubang_kernel::lifecycle::Lifecycle;
use wubang_store::open::Reaction;
use wubang_store::recount::RecountHandler;
use wubang_store::worker::TimerHandler;

/// The life cycles of this stage.
#[must_use]
pub fn lifecycles() -> Vec<Lifecycle> {
    vec![
        Lifecycle::of::<flow::Evaluation>(),
        Lifecycle::of::<vetoes::flow::VetoFinding>(),
        Lifecycle::of::<buyer_reviews::flow::BuyerReview>(),
    ]
}

/// What this stage does when its timers are due.
#[must_use]
pub fn timers() -> Vec<(&'static str, Timer, TimerHandler)> {
    vec![
        ("evaluation", Timer::T39, |tx, id| {
            Box::pin(service::publicity_ended(tx, id))
        }),
        ("buyer_review_term", Timer::BuyerReview, |tx, id| {
            Box::pin(buyer_reviews::service::term_ended(tx, id))
        }),
    ]
}

/// With the result the draw of the experts is shown; an agreement that ends early takes its open evaluations along.
#[must_use]
pub fn reactions() -> Vec<(&'static str, Reaction)> {
    let ended: Reaction =
        |tx, happened| Box::pin(voiding::on_contract_ended(tx, happened.object_id));
    vec![
        ("evaluation.result_notified", |tx, happened| {
            Box::pin(wubang_panels::draws::reveal(
                tx,
                store::PURPOSE,
                happened.object_id,
            ))
        }),
        ("contract.terminated", ended),
        ("contract.exited", ended),
    ]
}

/// What this stage does when deadlines are counted anew.
#[must_use]
pub fn recounts() -> Vec<(&'static str, RecountHandler)> {
    vec![("evaluation", |tx, recounted| {
        Box::pin(recounting::on_recounted(tx, recounted))
    })]
}
