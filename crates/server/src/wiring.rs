//! Which stages there are, and how they are joined: routes, timers, reactions, checks, life cycles.

use serde_json::Value;
use utoipa::OpenApi;
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_files::upkeep::Over;
use wubang_kernel::Timer;
use wubang_kernel::lifecycle::Lifecycle;
use wubang_store::invariants::Invariant;
use wubang_store::open::Reaction;
use wubang_store::recount::{self, RecountHandler};
use wubang_store::worker::TimerHandler;

/// The routes of each stage. The order counts where one stage serves an address below another's collection.
const STAGES: [fn(&mut ServiceConfig); 17] = [
    // credit serves some addresses below /organisations
    wubang_credit::routes,
    wubang_registry::routes,
    wubang_panels::routes,
    wubang_publicity::routes,
    // voices serve one address below /needs
    wubang_voices::routes,
    wubang_needs::routes,
    // roadshows and awards serve some addresses below /postings: they come first
    wubang_roadshows::routes,
    wubang_awards::routes,
    wubang_postings::routes,
    wubang_bids::routes,
    wubang_contracts::routes,
    wubang_evaluations::routes,
    wubang_supervision::routes,
    wubang_objections::routes,
    wubang_signals::routes,
    wubang_portal::routes,
    crate::operations::routes,
];

/// Serves and documents every stage.
pub fn routes(cfg: &mut ServiceConfig) {
    for stage in STAGES {
        stage(cfg);
    }
}

/// What later stages do when earlier ones report, in the order of the stages.
#[must_use]
pub fn reactions() -> Vec<(&'static str, Reaction)> {
    let mut all = wubang_bids::reactions();
    all.extend(wubang_roadshows::reactions());
    all.extend(wubang_awards::reactions());
    all.extend(wubang_contracts::reactions());
    all.extend(wubang_evaluations::reactions());
    all.extend(wubang_supervision::reactions());
    all.extend(wubang_credit::reactions());
    all.extend(wubang_signals::reactions());
    all.extend(wubang_voices::reactions());
    all
}

/// What stages do when timers are due.
#[must_use]
pub fn timers() -> Vec<(&'static str, Timer, TimerHandler)> {
    let mut all = wubang_needs::timers();
    all.extend(wubang_postings::timers());
    all.extend(wubang_bids::timers());
    all.extend(wubang_roadshows::timers());
    all.extend(wubang_awards::timers());
    all.extend(wubang_contracts::timers());
    all.extend(wubang_evaluations::timers());
    all.extend(wubang_supervision::timers());
    all.extend(wubang_credit::timers());
    all.extend(wubang_objections::timers());
    all.extend(wubang_voices::timers());
    all
}

/// What stages do when deadlines are counted anew, in the order of the stages.
#[must_use]
pub fn recounts() -> Vec<(&'static str, RecountHandler)> {
    let mut all = wubang_publicity::recounts();
    all.extend(wubang_postings::recounts());
    all.extend(wubang_bids::recounts());
    all.extend(wubang_awards::recounts());
    all.extend(wubang_contracts::recounts());
    all.extend(wubang_evaluations::recounts());
    all.extend(wubang_supervision::recounts());
    all.extend(wubang_objections::recounts());
    all
}

/// Which objects are over without having been handed in, so that their attachments can go.
#[must_use]
pub fn over() -> Vec<(&'static str, Over)> {
    let mut all = wubang_bids::over();
    all.extend(wubang_roadshows::over());
    all
}

/// Every life cycle.
#[must_use]
pub fn lifecycles() -> Vec<Lifecycle> {
    let mut all = wubang_publicity::lifecycles();
    all.extend(wubang_files::lifecycles());
    all.extend(wubang_needs::lifecycles());
    all.extend(wubang_postings::lifecycles());
    all.extend(wubang_bids::lifecycles());
    all.extend(wubang_roadshows::lifecycles());
    all.extend(wubang_awards::lifecycles());
    all.extend(wubang_contracts::lifecycles());
    all.extend(wubang_evaluations::lifecycles());
    all.extend(wubang_supervision::lifecycles());
    all.extend(wubang_credit::lifecycles());
    all.extend(wubang_objections::lifecycles());
    all.extend(wubang_signals::lifecycles());
    all.extend(wubang_voices::lifecycles());
    all
}

/// Every check over the database.
#[must_use]
pub fn invariants() -> Vec<Invariant> {
    let mut all = wubang_store::invariants::invariants();
    all.extend(wubang_registry::invariants());
    all.extend(wubang_panels::invariants());
    all.extend(wubang_publicity::invariants());
    all.extend(wubang_files::invariants());
    all.extend(wubang_needs::invariants());
    all.extend(wubang_postings::invariants());
    all.extend(wubang_bids::invariants());
    all.extend(wubang_roadshows::invariants());
    all.extend(wubang_awards::invariants());
    all.extend(wubang_contracts::invariants());
    all.extend(wubang_evaluations::invariants());
    all.extend(wubang_supervision::invariants());
    all.extend(wubang_credit::invariants());
    all.extend(wubang_objections::invariants());
    all.extend(wubang_signals::invariants());
    all.extend(wubang_voices::invariants());
    all
}

/// The words of mails, from the life cycles.
#[must_use]
pub fn words() -> wubang_notices::Words {
    let mut words = wubang_notices::Words::default();
    // births are no rows of a table
    words.events.insert("posting.question_asked", "收到提问");
    words.events.insert("roadshow.planned", "路演安排");
    words.events.insert("roadshow_slot.laid", "路演时间");
    words.events.insert("objection.submitted", "收到异议");
    words.events.insert("list_entry.proposed", "红黑榜建议");
    words
        .events
        .insert("veto_finding.proposed", "提出一票否决事项");
    words.events.insert("follow_up.awaited", "待跟踪回访");
    words
        .events
        .insert("buyer_review_term.begun", "可评价购买方");
    words.events.insert("slip.issued", "督办单据");
    words.events.insert("guidance.proposed", "建议启动干预指导");
    words
        .events
        .insert("rectification.proposed", "建议责令整改");
    words.events.insert("exit.proposed", "建议退出");
    words.events.insert(recount::MOVED, "期限顺延");
    words.events.insert("opening.awaited", "请持钥人开启");
    words.events.insert("need_cycle.begun", "新的评榜周期开始");
    for life in lifecycles() {
        words
            .events
            .extend(life.transitions.iter().map(|row| (row.event, row.zh)));
        words.states.extend(
            life.states
                .iter()
                .map(|state| ((life.object, state.name), state.zh)),
        );
    }
    words
}

/// The generated document `crates/kernel/FLOWS.md`.
#[must_use]
pub fn flows() -> String {
    let mut out = String::from(
        "# Life cycles\n\nGenerated by `cargo xtask generate` from the `flow.rs` of each stage; do not edit.\n\n",
    );
    for life in lifecycles() {
        out.push_str(&life.markdown());
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "五榜 Wubang",
        description = "评榜—发榜—揭榜—承榜—考榜:社区治理项目供需对接服务。A service for matching community needs with social organisations, from a reviewed need to an evaluated project.\n\n状态变化均为 `POST /{collection}/{id}/{action}`;`allowed_actions` 给出当前用户此刻可办理的动作。Every change of state is `POST /{collection}/{id}/{action}`; `allowed_actions` lists what the caller may do now."
    ),
    components(schemas(wubang_web::problem::ProblemOut, wubang_web::problem::ProblemField))
)]
struct Document;

/// The OpenAPI document, from the same routes that serve.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn openapi() -> Result<Value, serde_json::Error> {
    let (_, document) = actix_web::App::new()
        .into_utoipa_app()
        .openapi(Document::openapi())
        .configure(routes)
        .split_for_parts();
    let document = serde_json::to_value(document)?;
    Ok(wubang_web::openapi::complete(document, &lifecycles()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// The schemas that one stage brings with it.
    fn schemas(stage: fn(&mut ServiceConfig)) -> serde_json::Map<String, Value> {
        let (_, document) = actix_web::App::new()
            .into_utoipa_app()
            .configure(stage)
            .split_for_parts();
        let document = serde_json::to_value(document).unwrap();
        let schemas = document.pointer("/components/schemas");
        schemas
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default()
    }

    /// Of two schemas with one name the document keeps one, silently, and describes the other wrongly.
    #[test]
    fn no_name_of_a_schema_has_two_meanings() {
        let mut known: BTreeMap<String, Value> = BTreeMap::new();
        for (name, schema) in STAGES.into_iter().flat_map(schemas) {
            let first = known.entry(name.clone()).or_insert_with(|| schema.clone());
            assert_eq!(*first, schema, "{name} has two meanings");
        }
        assert!(known.len() > 100, "{} schemas", known.len());
    }
}
