//! Residents' voices (居民呼声), the ways into 评榜: residents' requests (居民点单) with a receipt and a
//! fate, and opinion survey campaigns (民意大摸排) from the form to the need (rulebook 2.4.1, 2.6, 3.8;
//! rows L-17, L-18, L-20, H-36 to H-38).
//!
//! Invariants: no name, phone or identity number is stored, texts are masked before they are kept; who
//! has the receipt's code learns what became of the matter, everybody else hears that there is no such
//! request; figures of fewer than five answers are shown to nobody but those who run the campaign.

mod address;
pub mod campaigns;
mod entity;
pub mod fates;
pub mod flow;
mod http;
mod invariants;
pub mod requests;
mod secret;

pub use address::Budget;
pub use http::routes;
pub use invariants::invariants;

use wubang_kernel::Timer;
use wubang_kernel::lifecycle::Lifecycle;
use wubang_store::open::Reaction;
use wubang_store::worker::TimerHandler;

/// The life cycles of this crate.
#[must_use]
pub fn lifecycles() -> Vec<Lifecycle> {
    vec![
        Lifecycle::of::<flow::ResidentRequest>(),
        Lifecycle::of::<flow::Campaign>(),
    ]
}

/// What happens when timers are due; T49 and T50 only remind.
#[must_use]
pub fn timers() -> Vec<(&'static str, Timer, TimerHandler)> {
    vec![
        ("opinion_survey_campaign", Timer::CampaignOpen, |tx, id| {
            Box::pin(campaigns::service::open(tx, id))
        }),
        ("opinion_survey_campaign", Timer::CampaignClose, |tx, id| {
            Box::pin(campaigns::service::close(tx, id))
        }),
    ]
}

/// What the stages report about needs becomes the fate of the requests behind them.
#[must_use]
pub fn reactions() -> Vec<(&'static str, Reaction)> {
    let need: Reaction = |tx, happened| Box::pin(fates::of_need(tx, happened));
    let mut all: Vec<(&'static str, Reaction)> = fates::NEED_EVENTS
        .iter()
        .map(|(event, _)| (*event, need))
        .collect();
    all.push(("need.merged", |tx, happened| {
        Box::pin(fates::merged(tx, happened))
    }));
    all.push(("need.deleted", |tx, happened| {
        Box::pin(requests::service::released(tx, happened.object_id))
    }));
    all.push(("contract.report_accepted", |tx, happened| {
        Box::pin(fates::done(tx, happened))
    }));
    all.push(("evaluation.confirmed", |tx, happened| {
        Box::pin(fates::scored(tx, happened))
    }));
    all
}
