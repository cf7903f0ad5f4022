//! Issuing slips: by the system when something is overdue, by the street for an agreement, again when no answer was
//! enough.

use super::entity::slip;
use super::flow::Slip;
use crate::watched::{self, SYSTEM, of_contract};
use crate::words::{SlipAddressee, SlipKind};
use chrono::NaiveDate;
use uuid::Uuid;
use wubang_contracts::{Contract, Milestone, supervising};
use wubang_kernel::deadline::{Deadline, end_of_day};
use wubang_kernel::machine::{self, Audience, Birth};
use wubang_kernel::{RoleSet, Timer};
use wubang_store::{Error, Read, Tracked, Tx, birth};

/// What a slip says.
#[derive(Debug, Clone)]
pub(crate) struct NewSlip {
    pub kind: SlipKind,
    pub addressee: SlipAddressee,
    /// What it is about: object, id, label.
    pub about: (&'static str, Uuid, String),
    pub facts: String,
    pub demand: String,
    /// Until when, where it is not the district's term.
    pub answer_on: Option<NaiveDate>,
    pub quarter: Option<String>,
    /// The slip that it repeats, and the number of times with this one.
    pub repeats: Option<(Uuid, i32)>,
}

/// Issues a slip and tells its addressee and the street.
///
/// # Errors
/// `duplicate` for a second progress slip of a quarter.
pub(crate) async fn issue(
    tx: &Tx,
    contract: &Contract,
    made: Birth<Slip>,
    new: NewSlip,
) -> Result<slip::Model, Error> {
    let deadline = match new.answer_on {
        Some(day) => Deadline {
            at: end_of_day(day),
            rule: format!("{day} 24:00"),
            provisional: false,
        },
        None => watched::due(tx, contract, Timer::SlipAnswer),
    };
    let number = watched::number(tx, new.kind.prefix(), contract).await?;
    let (object, object_id, object_label) = new.about;
    let data = serde_json::json!({ "kind": new.kind, "addressee": new.addressee, "object": object, "object_id": object_id,
        "answer_by": deadline.at, "quarter": new.quarter });
    let told =
        serde_json::json!({ "due_at": wubang_web::Instant(deadline.at), "demand": new.demand });
    let row = of_contract!(slip, tx, contract, number, {
        kind: new.kind.as_str().to_owned(),
        addressee: new.addressee.as_str().to_owned(),
        object: object.to_owned(),
        object_id: object_id,
        object_label: object_label,
        facts: new.facts,
        demand: new.demand,
        answer_by: deadline.at,
        quarter: new.quarter,
        repeat_n: new.repeats.map_or(0, |(_, n)| n),
        repeats_id: new.repeats.map(|(id, _)| id),
        issued_by: watched::maker(tx, &made),
        answer: None,
        reason: None,
    });
    let row = birth::<slip::Entity, _>(tx, made, row, Some(data)).await?;
    watched::start::<slip::Entity>(tx, &row, Timer::SlipAnswer, &deadline).await?;
    let audiences = match new.addressee {
        SlipAddressee::Organisation => &[Audience::Organisation, Audience::Street],
        SlipAddressee::Secretary => &[Audience::Secretary, Audience::Street],
    };
    wubang_store::tell_of_birth::<slip::Entity>(tx, &row, audiences, told).await?;
    Ok(row)
}

/// Issues a slip of the system itself.
pub(crate) async fn issue_by_system(
    tx: &Tx,
    contract: &Contract,
    new: NewSlip,
) -> Result<slip::Model, Error> {
    let made = machine::create::<Slip>(RoleSet::of(SYSTEM))?;
    issue(tx, contract, made, new).await
}

/// A milestone was handed in late by the days of T24 (提示单) or of T25 (督办单): the contractor is asked for an account.
pub(crate) async fn of_overdue_milestone(
    tx: &Tx,
    contract: &Contract,
    milestone: &Milestone,
    kind: SlipKind,
) -> Result<(), Error> {
    let facts = format!(
        "协议“{}”({})里程碑{}“{}”应于 {} 前提交验收,至今未提交。",
        contract.title, contract.number, milestone.seq, milestone.title, milestone.due_on
    );
    let new = NewSlip {
        kind,
        addressee: SlipAddressee::Organisation,
        about: ("milestone", milestone.id, milestone.label()),
        facts,
        demand: "请说明原因,并书面答复提交验收的日期和补救安排。".to_owned(),
        answer_on: None,
        quarter: None,
        repeats: None,
    };
    issue_by_system(tx, contract, new).await?;
    Ok(())
}

/// T24: a milestone is overdue by five working days.
///
/// # Errors
/// `not_found`.
pub async fn milestone_overdue(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let milestone = supervising::milestone(tx, id).await?;
    let contract = wubang_contracts::service::find(tx, milestone.contract_id).await?;
    of_overdue_milestone(tx, &contract, &milestone, SlipKind::Reminder).await
}

/// The completion report is late: T35 is over (提示单), or the ten working days after which payments stop (督办单).
///
/// # Errors
/// `not_found`.
pub(crate) async fn of_late_report(tx: &Tx, id: Uuid, kind: SlipKind) -> Result<(), Error> {
    let contract = wubang_contracts::service::find(tx, id).await?;
    let facts = format!(
        "协议“{}”({})服务期于 {} 届满,至今未提交结项报告。",
        contract.title, contract.number, contract.content.ends_on
    );
    let new = NewSlip {
        kind,
        addressee: SlipAddressee::Organisation,
        about: ("contract", contract.id, contract.label()),
        facts,
        demand: "请立即提交结项报告,并书面说明迟交的原因;逾期不交的,按未结项处理。".to_owned(),
        answer_on: None,
        quarter: None,
        repeats: None,
    };
    issue_by_system(tx, &contract, new).await?;
    Ok(())
}
