//! What happened in the stages below, as points of the ledger and proposals for a list (rulebook 2.12.1, 2.12.2, 2.12.5).

use crate::proposing::Proposal;
use crate::rules;
use crate::service;
use crate::words::{CreditReason, ListGround};
use uuid::Uuid;
use wubang_contracts::Contract;
use wubang_evaluations::Evaluation;
use wubang_kernel::Timer;
use wubang_kernel::deadline::local_date;
use wubang_kernel::procedure::CreditRule;
use wubang_registry::credit::{self, NewEntry};
use wubang_registry::{engagements, organisations};
use wubang_store::{Error, Read, Tracked, Tx, trace};

/// Enters points for an organisation, with what they follow from.
pub(crate) async fn enter(
    tx: &Tx,
    organisation_id: Uuid,
    (reason, points): (CreditReason, i32),
    (object, object_id, label): (&'static str, Uuid, String),
    division: &str,
) -> Result<(), Error> {
    let new = NewEntry {
        organisation_id,
        reason: reason.as_str(),
        points,
        object,
        object_id,
        label,
        division: division.to_owned(),
    };
    credit::enter(tx, new).await
}

pub(crate) async fn rule_of(read: &impl Read, posting: Uuid) -> Result<CreditRule, Error> {
    let posting = wubang_postings::service::find(read, posting).await?;
    Ok(posting.procedure.0.credit)
}

/// A result is confirmed (T42: at once): every organisation of the agreement gets its points; an excellent one is
/// proposed for the red list, a final fail for the black one.
///
/// # Errors
/// When the database fails.
pub async fn on_result_confirmed(tx: &Tx, evaluation: Uuid) -> Result<(), Error> {
    let row = wubang_evaluations::service::find(tx, evaluation).await?;
    // a first fail is not the last word: it has a second round
    if row.phase != "final" || row.state != "confirmed" {
        return Ok(());
    }
    let rule = rule_of(tx, row.posting_id).await?;
    let given = match row.grade.as_deref() {
        Some("excellent") => (CreditReason::ExcellentResult, rule.excellent),
        Some("good") => (CreditReason::GoodResult, rule.good),
        Some("fail") => (CreditReason::FinalFail, rule.fail.saturating_neg()),
        _ => return Ok(()),
    };
    let contractors = engagements::parties(tx, row.contract_id).await?;
    for organisation in &contractors {
        let about = ("evaluation", row.id, row.label());
        enter(tx, *organisation, given, about, &row.division).await?;
    }
    match given.0 {
        CreditReason::ExcellentResult if is_spotless(tx, &row).await? => {
            propose(tx, &row, &contractors, ListGround::ExcellentResult).await
        }
        CreditReason::FinalFail => propose(tx, &row, &contractors, ListGround::FinalFail).await,
        _ => Ok(()),
    }
}

/// Whether the agreement was never under rectification or on the way out.
async fn is_spotless(read: &impl Read, row: &Evaluation) -> Result<bool, Error> {
    let trail = trace::of_object(read, row.contract_id).await?;
    let watched = |data: &serde_json::Value| {
        let to = data.get("supervision").and_then(serde_json::Value::as_str);
        matches!(to, Some("rectification" | "exit_pending"))
    };
    Ok(!trail
        .iter()
        .any(|record| record.data.as_ref().is_some_and(watched)))
}

async fn propose(
    tx: &Tx,
    row: &Evaluation,
    contractors: &[Uuid],
    ground: ListGround,
) -> Result<(), Error> {
    let total = row
        .total
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let facts = format!(
        "项目“{}”考榜({})结果已确定,总分 {total},等级{}。",
        row.title,
        row.number,
        if ground == ListGround::FinalFail {
            "不合格"
        } else {
            "优秀"
        }
    );
    let division = wubang_kernel::division::DivisionCode::parse(&row.division)
        .map_err(|_| Error::internal("evaluation in a bad division"))?;
    for organisation in organisations::load_many(tx, contractors).await? {
        let proposal = Proposal {
            organisation_id: organisation.id,
            organisation_name: organisation.name,
            division,
            ground,
            months: ground.months(),
            facts: facts.clone(),
            object: Some("evaluation".to_owned()),
            object_id: Some(row.id),
            object_label: Some(row.number.clone()),
        };
        service::propose_by_system(tx, proposal).await?;
    }
    Ok(())
}

/// A completion report came in: its lead loses points for each five working days that it is late.
///
/// # Errors
/// When the database fails.
pub async fn on_report_submitted(tx: &Tx, contract: Uuid) -> Result<(), Error> {
    let row = wubang_contracts::service::find(tx, contract).await?;
    let rule = rule_of(tx, row.posting_id).await?;
    let late = working_days_late(tx, &row);
    let points = rules::late_points(late, rule.late_report, rule.late_report_most);
    let given = (CreditReason::LateReport, points.saturating_neg());
    let about = ("contract", row.id, row.label());
    enter(tx, row.organisation_id, given, about, &row.division).await
}

fn working_days_late(tx: &Tx, row: &Contract) -> u32 {
    let term = row.terms.timers.of(Timer::T35);
    let due = local_date(tx.calendar().counted_from(row.ends_on, term).at);
    let today = local_date(tx.now());
    if today <= due {
        return 0;
    }
    // the day of the hand-in counts
    let tomorrow = today.succ_opt().unwrap_or(today);
    tx.calendar().working_days_between(due, tomorrow).max(1)
}

/// A bid was withdrawn: after the deadline that costs its lead points.
///
/// # Errors
/// When the database fails.
pub async fn on_bid_withdrawn(tx: &Tx, bid: Uuid) -> Result<(), Error> {
    let row = wubang_bids::service::find(tx, bid).await?;
    if row.state != "withdrawn_late" {
        return Ok(());
    }
    let posting = wubang_postings::service::find(tx, row.posting_id).await?;
    let points = posting.procedure.0.credit.withdrawn_late;
    let given = (CreditReason::WithdrawnLate, points.saturating_neg());
    let about = ("bid", row.id, row.label());
    enter(tx, row.organisation_id, given, about, &posting.division).await
}

/// A bid was invalidated after a hearing: for what belongs on the black list the district is asked whether it does.
///
/// # Errors
/// When the database fails.
pub async fn on_bid_invalidated(tx: &Tx, bid: Uuid) -> Result<(), Error> {
    let row = wubang_bids::service::find(tx, bid).await?;
    let ground = match row.reason_code.as_deref() {
        Some("false_material") => ListGround::FalseMaterial,
        Some("collusion") => ListGround::Collusion,
        _ => return Ok(()),
    };
    let posting = wubang_postings::service::find(tx, row.posting_id).await?;
    let organisation = organisations::load(tx, row.organisation_id).await?;
    let proposal = Proposal {
        organisation_id: organisation.id,
        organisation_name: organisation.name,
        division: wubang_postings::service::division_of(&posting)?,
        ground,
        months: ground.months(),
        facts: format!(
            "{}的揭榜意向书经听取陈述、由两名经办人先后办理,因{}作废。",
            posting.number,
            ground.zh()
        ),
        object: Some("bid".to_owned()),
        object_id: Some(row.id),
        object_label: Some(row.label()),
    };
    service::propose_by_system(tx, proposal).await
}

/// An award was declined. Whether there was an excuse the district decides afterwards, and takes the entry back.
///
/// # Errors
/// When the database fails.
pub async fn on_award_declined(tx: &Tx, award: Uuid) -> Result<(), Error> {
    let row = wubang_awards::service::find(tx, award).await?;
    let rule = rule_of(tx, row.posting_id).await?;
    let given = (CreditReason::Declined, rule.declined.saturating_neg());
    let about = ("award", row.id, row.label());
    enter(tx, row.organisation_id, given, about, &row.division).await
}

/// The supervisor found that an organisation has objected with invented facts: called by the objections.
///
/// # Errors
/// When the database fails.
pub async fn false_objection(
    tx: &Tx,
    organisation: Uuid,
    (objection, label): (Uuid, String),
    division: &str,
) -> Result<(), Error> {
    let rule = wubang_store::rules::at(tx, division).await?.credit;
    let given = (
        CreditReason::FalseObjection,
        rule.false_objection.saturating_neg(),
    );
    let about = ("objection", objection, label);
    enter(tx, organisation, given, about, division).await
}
