//! The completion report (结项报告, rulebook 2.4.5).

use crate::entity::contract;
use crate::flow::ContractEvent;
use crate::model::{AcceptReportIn, BudgetActual, CompletionReportContent, ContractOut};
use crate::{out, steps, store};
use wubang_kernel::{Faults, Refusal, faults};
use wubang_store::{Error, Key, Tx};
use wubang_web::ReasonIn;

/// Cleans every section and notes what is missing; the budget lines must sum to the price.
fn check(
    input: CompletionReportContent,
    price_fen: i64,
) -> Result<CompletionReportContent, Refusal> {
    let mut faults = Faults::new();
    let mut section = |name: &str, text: &str| faults.prose(&format!("/{name}"), text, 10..=5000);
    let content = CompletionReportContent {
        summary: section("summary", &input.summary),
        activities_vs_plan: section("activities_vs_plan", &input.activities_vs_plan),
        outputs: section("outputs", &input.outputs),
        outcomes: section("outcomes", &input.outcomes),
        satisfaction: section("satisfaction", &input.satisfaction),
        volunteers: section("volunteers", &input.volunteers),
        problems: section("problems", &input.problems),
        sustainability: section("sustainability", &input.sustainability),
        budget_actual: BudgetActual {
            text: section("budget_actual/text", &input.budget_actual.text),
            lines: input.budget_actual.lines,
        },
    };
    let lines = &content.budget_actual.lines;
    faults.count("/budget_actual/lines", lines.len(), 1..=50);
    for (i, line) in lines.iter().enumerate() {
        faults.fen(
            &format!("/budget_actual/lines/{i}/budget_fen"),
            line.budget_fen,
        );
        faults.fen(
            &format!("/budget_actual/lines/{i}/actual_fen"),
            line.actual_fen,
        );
    }
    let budget = lines
        .iter()
        .map(|line| line.budget_fen)
        .fold(0, i64::saturating_add);
    if budget != price_fen {
        let (zh, en) = (
            format!("预算合计须等于价款 {price_fen} 分,实为 {budget} 分"),
            format!("budgets must sum to the price of {price_fen} fen, got {budget}"),
        );
        faults.add("/budget_actual/lines", "sum_mismatch", zh, en);
    }
    faults.finish()?;
    Ok(content)
}

/// The contractor hands in the completion report; each edition is kept.
///
/// # Errors
/// `not_delivered` before the end date while milestones are open; `invalid` with every wrong section.
pub async fn submit(
    tx: &Tx,
    key: &Key,
    input: CompletionReportContent,
) -> Result<ContractOut, Error> {
    let mut case = steps::load_for(tx, key).await?;
    let content = check(input, case.contract.price_fen)?;
    let (facts, roles) = (out::contract_facts(tx, &case), case.roles);
    let hash = wubang_kernel::digest::content_hash(&serde_json::to_value(&content)?);
    let edition = i32::try_from(case.reports.len())
        .unwrap_or(i32::MAX)
        .saturating_add(1);
    let data = serde_json::json!({ "edition": edition, "content_hash": hash });
    steps::step(
        tx,
        &mut case,
        ContractEvent::SubmitReport,
        roles,
        &facts,
        // what stopped for want of it goes on
        |c| c.set(contract::Column::PaymentsStopped, false).data(data),
    )
    .await?;
    crate::changes::service::lapse(tx, case.contract.id).await?;
    crate::terminations::service::lapse(tx, case.contract.id).await?;
    case.reports
        .push(store::insert_report(tx, case.contract.id, edition, content, hash).await?);
    out::contract(tx, &case).await
}

/// The street returns the report, once.
///
/// # Errors
/// `return_limit` the second time; `invalid` without a reason.
pub async fn return_report(tx: &Tx, key: &Key, input: ReasonIn) -> Result<ContractOut, Error> {
    let reason = faults::reason(&input.reason)?;
    let mut case = steps::load_for(tx, key).await?;
    let (facts, roles, returns) = (
        out::contract_facts(tx, &case),
        case.roles,
        case.contract.report_returns + 1,
    );
    steps::step(
        tx,
        &mut case,
        ContractEvent::ReturnReport,
        roles,
        &facts,
        |c| {
            c.set(contract::Column::ReportReturns, returns)
                .set(contract::Column::Reason, reason.clone())
                .because(Some(reason))
        },
    )
    .await?;
    out::contract(tx, &case).await
}

/// The street accepts the report: the project goes into its evaluation (考榜).
///
/// # Errors
/// `invalid_transition` unless a report was handed in.
pub async fn accept(tx: &Tx, key: &Key, input: AcceptReportIn) -> Result<ContractOut, Error> {
    let mut faults = Faults::new();
    let note = faults.prose("/note", &input.note, 0..=1000);
    faults.finish()?;
    let mut case = steps::load_for(tx, key).await?;
    let (facts, roles) = (out::contract_facts(tx, &case), case.roles);
    steps::step(
        tx,
        &mut case,
        ContractEvent::AcceptReport,
        roles,
        &facts,
        |c| c.because(Some(note).filter(|text| !text.is_empty())),
    )
    .await?;
    wubang_postings::service::set_stage(tx, case.contract.project_id, "evaluation", None).await?;
    out::contract(tx, &case).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn story() -> Value {
        serde_json::from_str(include_str!("../../server/data/demo/story.json")).unwrap()
    }

    fn report() -> CompletionReportContent {
        serde_json::from_value(story()["completion_report"].clone()).unwrap()
    }

    #[test]
    fn the_story_reports_in_full() {
        assert!(check(report(), 4_680_000).is_ok());
    }

    #[test]
    fn empty_sections_and_a_wrong_sum_are_named_at_once() {
        let mut value = story()["completion_report"].clone();
        value["outcomes"] = json!("");
        value["budget_actual"]["lines"][0]["actual_fen"] = json!(-1);
        let refusal = check(serde_json::from_value(value).unwrap(), 4_680_001).unwrap_err();
        let pointers: Vec<_> = refusal
            .fields
            .iter()
            .map(|field| field.pointer.as_str())
            .collect();
        assert_eq!(
            pointers,
            [
                "/outcomes",
                "/budget_actual/lines/0/actual_fen",
                "/budget_actual/lines"
            ]
        );
    }
}
