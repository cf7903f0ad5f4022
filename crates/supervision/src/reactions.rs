//! What the stages below report, as slips and proposals (rulebook 2.7, 2.8.8, 2.8.9).

use crate::guidance::proposing as guidance;
use crate::rectification::proposing as rectification;
use crate::words::{GuidanceTrigger, RectificationTrigger, SlipKind};
use crate::{exits, guidance as guidance_orders, levels, rectification as rectifications, slips};
use uuid::Uuid;
use wubang_contracts::supervising;
use wubang_evaluations::model::Phase;
use wubang_evaluations::scoring::is_unhappy;
use wubang_store::{Error, Tx};

/// Returns of one milestone in a row that show that help is needed.
const RETURNED: i32 = 2;

/// T25: a milestone is overdue by ten working days: supervision slip, and guidance is proposed.
pub(crate) async fn on_milestone_long_overdue(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let milestone = supervising::milestone(tx, id).await?;
    let contract = wubang_contracts::service::find(tx, milestone.contract_id).await?;
    let kind = SlipKind::Supervision;
    slips::issuing::of_overdue_milestone(tx, &contract, &milestone, kind).await?;
    let proposal = guidance::Proposal {
        trigger: GuidanceTrigger::MilestoneOverdue,
        object: Some(("milestone", id)),
        facts: format!(
            "里程碑{}“{}”应于 {} 前提交验收,逾期十个工作日。",
            milestone.seq, milestone.title, milestone.due_on
        ),
    };
    guidance::propose_by_system(tx, &contract, proposal).await
}

/// A milestone was returned: for the second time in a row guidance is proposed.
pub(crate) async fn on_milestone_returned(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let milestone = supervising::milestone(tx, id).await?;
    if milestone.returns < RETURNED {
        return Ok(());
    }
    let contract = wubang_contracts::service::find(tx, milestone.contract_id).await?;
    let proposal = guidance::Proposal {
        trigger: GuidanceTrigger::ReturnedTwice,
        object: Some(("milestone", id)),
        facts: format!(
            "里程碑{}“{}”连续两次验收退回:{}",
            milestone.seq,
            milestone.title,
            milestone.reason.unwrap_or_default()
        ),
    };
    guidance::propose_by_system(tx, &contract, proposal).await
}

/// T20 or T26: the work has not begun, or nothing was logged: guidance is proposed.
pub(crate) async fn on_contract_quiet(
    tx: &Tx,
    id: Uuid,
    trigger: GuidanceTrigger,
) -> Result<(), Error> {
    let contract = wubang_contracts::service::find(tx, id).await?;
    let facts = format!(
        "协议“{}”({}):{}。",
        contract.title,
        contract.number,
        trigger.zh()
    );
    let proposal = guidance::Proposal {
        trigger,
        object: Some(("contract", id)),
        facts,
    };
    guidance::propose_by_system(tx, &contract, proposal).await
}

/// A result is confirmed: the first fail is proposed for rectification.
pub(crate) async fn on_evaluation_confirmed(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let row = wubang_evaluations::service::find(tx, id).await?;
    if row.state != "reevaluation_required" {
        return Ok(());
    }
    let contract = wubang_contracts::service::find(tx, row.contract_id).await?;
    let proposal = rectification::Proposal {
        trigger: RectificationTrigger::EvaluationFailed,
        object: Some(("evaluation", id)),
        facts: format!("考榜 {} 首次结果为不合格。", row.number),
    };
    rectification::propose_by_system(tx, &contract, proposal).await
}

/// An evaluation on the way is concluded: where residents are dissatisfied while the work goes on, rectification is
/// proposed.
pub(crate) async fn on_evaluation_concluded(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let row = wubang_evaluations::service::find(tx, id).await?;
    let residents = wubang_evaluations::service::residents_score(&row);
    if row.phase != Phase::Midterm.as_str() || !is_unhappy(residents) {
        return Ok(());
    }
    let contract = wubang_contracts::service::find(tx, row.contract_id).await?;
    let score = residents.map(|score| score.rounded().to_string());
    let proposal = rectification::Proposal {
        trigger: RectificationTrigger::SatisfactionBelow60,
        object: Some(("evaluation", id)),
        facts: format!(
            "期中考榜 {} 居民得分 {} 分。",
            row.number,
            score.unwrap_or_default()
        ),
    };
    rectification::propose_by_system(tx, &contract, proposal).await
}

/// An agreement is over: nothing about it stays open but the exit that ended it. What is left to be paid of a completed
/// one is free; one that ended early keeps the level that it had, its settlement says what is paid.
pub(crate) async fn on_contract_over(tx: &Tx, id: Uuid) -> Result<(), Error> {
    slips::service::on_contract_over(tx, id).await?;
    guidance_orders::service::on_contract_over(tx, id).await?;
    rectifications::service::on_contract_over(tx, id).await?;
    exits::service::on_contract_over(tx, id).await?;
    let contract = wubang_contracts::service::find(tx, id).await?;
    if contract.state == "completed" {
        levels::refresh(tx, id, "协议已完成").await?;
    }
    Ok(())
}

/// An agreement is settled: the exit that ended it comes to its end.
pub(crate) async fn on_contract_settled(tx: &Tx, id: Uuid) -> Result<(), Error> {
    exits::service::on_contract_settled(tx, id).await
}
