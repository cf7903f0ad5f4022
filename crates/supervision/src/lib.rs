//! 监管: what the street does when the work of an agreement goes wrong, and how it finds out: slips (四单), spot checks
//! (抽查), guidance (干预指导), rectification (纠偏整改), exit (淘汰退出) (rulebook 2.4.5, 2.5, 2.8.8–2.8.10).
//!
//! Invariants: what the system sees it proposes only, persons decide; how closely an agreement is watched is derived from
//! what is open about it; a correction is judged, and an exit decided, by two persons of two offices; nobody leaves
//! without notice and a term to answer.

pub mod exits;
pub mod guidance;
mod invariants;
mod levels;
mod proposing;
mod reactions;
mod recounting;
pub mod rectification;
pub mod slips;
pub mod spot_checks;
mod watched;
pub mod words;

pub use exits::entity::exit::Model as Exit;
pub use invariants::invariants;
pub use proposing::Proposal;
pub use rectification::entity::rectification::Model as Rectification;
pub use watched::OfContractOut;

use utoipa_actix_web::service_config::ServiceConfig;
use words::{GuidanceTrigger, SlipKind};
use wubang_kernel::Timer;
use wubang_kernel::lifecycle::Lifecycle;
use wubang_store::open::Reaction;
use wubang_store::recount::RecountHandler;
use wubang_store::worker::TimerHandler;

/// Serves and documents the crate.
pub fn routes(cfg: &mut ServiceConfig) {
    slips::http::routes(cfg);
    guidance::http::routes(cfg);
    rectification::http::routes(cfg);
    spot_checks::http::routes(cfg);
    exits::http::routes(cfg);
}

/// The life cycles of this crate.
#[must_use]
pub fn lifecycles() -> Vec<Lifecycle> {
    vec![
        Lifecycle::of::<slips::flow::Slip>(),
        Lifecycle::of::<guidance::flow::GuidanceOrder>(),
        Lifecycle::of::<rectification::flow::RectificationOrder>(),
        Lifecycle::of::<spot_checks::flow::SpotCheck>(),
        Lifecycle::of::<exits::flow::Exit>(),
    ]
}

/// What happens when timers are due; T30, T32 and T47 only remind. T24 belongs to a milestone, whose stage does not know
/// of slips.
#[must_use]
pub fn timers() -> Vec<(&'static str, Timer, TimerHandler)> {
    vec![
        ("milestone", Timer::T24, |tx, id| {
            Box::pin(slips::issuing::milestone_overdue(tx, id))
        }),
        ("slip", Timer::SlipAnswer, |tx, id| {
            Box::pin(slips::service::fell_due(tx, id))
        }),
        ("guidance_order", Timer::T27, |tx, id| {
            Box::pin(guidance::service::escalate(tx, id))
        }),
        ("guidance_order", Timer::T28, |tx, id| {
            Box::pin(guidance::service::escalate(tx, id))
        }),
        ("rectification_order", Timer::T29, |tx, id| {
            Box::pin(rectification::service::expire(tx, id))
        }),
        ("exit", Timer::T31, |tx, id| {
            Box::pin(exits::service::defence_over(tx, id))
        }),
        ("exit", Timer::ExitAppeal, |tx, id| {
            Box::pin(exits::handing_over::appeal_over(tx, id))
        }),
    ]
}

/// What the stages below report, as slips, proposals and ends.
#[must_use]
pub fn reactions() -> Vec<(&'static str, Reaction)> {
    let mut all: Vec<(&'static str, Reaction)> = vec![
        ("milestone.long_overdue", |tx, happened| {
            Box::pin(reactions::on_milestone_long_overdue(tx, happened.object_id))
        }),
        ("milestone.returned", |tx, happened| {
            Box::pin(reactions::on_milestone_returned(tx, happened.object_id))
        }),
        ("contract.start_missed", |tx, happened| {
            let trigger = GuidanceTrigger::StartMissed;
            Box::pin(reactions::on_contract_quiet(
                tx,
                happened.object_id,
                trigger,
            ))
        }),
        ("contract.silent", |tx, happened| {
            let trigger = GuidanceTrigger::ActivitySilence;
            Box::pin(reactions::on_contract_quiet(
                tx,
                happened.object_id,
                trigger,
            ))
        }),
        ("contract.report_overdue", |tx, happened| {
            let kind = SlipKind::Reminder;
            Box::pin(slips::issuing::of_late_report(tx, happened.object_id, kind))
        }),
        ("contract.payments_stopped", |tx, happened| {
            let kind = SlipKind::Supervision;
            Box::pin(slips::issuing::of_late_report(tx, happened.object_id, kind))
        }),
        ("evaluation.confirmed", |tx, happened| {
            Box::pin(reactions::on_evaluation_confirmed(tx, happened.object_id))
        }),
        ("evaluation.concluded", |tx, happened| {
            Box::pin(reactions::on_evaluation_concluded(tx, happened.object_id))
        }),
        ("contract.settled", |tx, happened| {
            Box::pin(reactions::on_contract_settled(tx, happened.object_id))
        }),
    ];
    let over: Reaction =
        |tx, happened| Box::pin(reactions::on_contract_over(tx, happened.object_id));
    for event in [
        "contract.completed",
        "contract.terminated",
        "contract.exited",
    ] {
        all.push((event, over));
    }
    all
}

/// What this crate does when deadlines are counted anew.
#[must_use]
pub fn recounts() -> Vec<(&'static str, RecountHandler)> {
    vec![
        ("slip", |tx, recounted| {
            Box::pin(recounting::on_slip_recounted(tx, recounted))
        }),
        ("exit", |tx, recounted| {
            Box::pin(exits::service::on_recounted(tx, recounted))
        }),
    ]
}
