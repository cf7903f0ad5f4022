//! Members who do not score, and parties that could not be brought to (rulebook 2.8.11 `member.replaced`, 2.11.2).

use crate::entity::evaluation;
use crate::flow::EvaluationEvent;
use crate::model::{EvaluationOut, LeaveOutPartyIn, ReplaceMemberIn};
use crate::rules::check_left_out;
use crate::scoring::ReducedParty;
use crate::service::{conclude, load_for, planned, spend};
use crate::{out, store};
use wubang_kernel::{Code, Faults, Refusal, faults};
use wubang_panels::Absence;
use wubang_store::{Error, Key, Tx};

/// Who organises takes an absent member off the panel. A drawn one is followed by the next of the drawn order, the seat of
/// a named one is filled by name.
///
/// # Errors
/// `invalid` for who does not sit, or has scored, and without a reason; `panel_incomplete` before there is a panel.
pub async fn replace_member(
    tx: &Tx,
    key: &Key,
    input: ReplaceMemberIn,
) -> Result<EvaluationOut, Error> {
    let reason = faults::reason(&input.reason)?;
    let mut case = load_for(tx, key).await?;
    let facts = out::facts(tx, &case).await?;
    let step = planned(&case, EvaluationEvent::ReplaceMember, case.roles, &facts)?;
    let panel = case.panel.as_ref().ok_or(Code::PanelIncomplete)?;
    let member = panel.active().find(|one| one.id == input.member_id);
    let has_scored = |id| panel.sheets.iter().any(|sheet| sheet.member_id == id);
    let member = member.filter(|one| !has_scored(one.id)).ok_or_else(|| {
        Refusal::new(Code::Invalid).field(
            "/member_id",
            "unknown_value",
            "不是未提交评分表的在任成员的席位",
            "is no seat of a sitting member who has not scored",
        )
    })?;
    let data =
        serde_json::json!({ "member_id": member.id, "seat": member.seat, "party": member.party });
    let absence = Absence {
        member_id: member.id,
        reason: reason.clone(),
        role: step.role(),
    };
    wubang_panels::service::excuse(tx, panel, absence, true).await?;
    spend(tx, &mut case, step, |c| c.because(Some(reason)).data(data)).await?;
    out::evaluation(tx, &store::complete(tx, case.evaluation).await?).await
}

/// Who organises leaves out a party that does not lead and could not be brought to score, after two replacements; what
/// its members have handed in is void, and its weight is spread over the others. The reason is public with the result.
///
/// # Errors
/// `invalid` for a leading party or one that the scheme lacks; `too_early` before two replacements, or while the party has
/// enough members.
pub async fn leave_out_party(
    tx: &Tx,
    key: &Key,
    input: LeaveOutPartyIn,
) -> Result<EvaluationOut, Error> {
    let mut faults = Faults::new();
    let reason = faults.prose("/reason", &input.reason, 10..=1000);
    faults.finish()?;
    let mut case = load_for(tx, key).await?;
    let facts = out::facts(tx, &case).await?;
    let step = planned(&case, EvaluationEvent::ReduceParties, case.roles, &facts)?;
    let panel = case.panel.as_ref().ok_or(Code::PanelIncomplete)?;
    let of_party = |one: &&wubang_panels::model::Member| one.party == input.party;
    let all = panel.members.iter().filter(of_party).count();
    let sitting: Vec<_> = panel.active().filter(of_party).map(|one| one.id).collect();
    let seats = (sitting.len(), all.saturating_sub(sitting.len()));
    let left = ReducedParty {
        reason: reason.clone(),
        ..check_left_out(&facts.rule, &input.party, seats)?
    };
    for member_id in sitting {
        let absence = Absence {
            member_id,
            reason: reason.clone(),
            role: step.role(),
        };
        wubang_panels::service::excuse(tx, panel, absence, false).await?;
    }
    let mut reduced = case.evaluation.reduced.clone();
    reduced.0.push(left);
    let data = serde_json::json!({ "party": input.party });
    spend(tx, &mut case, step, |c| {
        c.set(evaluation::Column::Reduced, reduced)
            .because(Some(reason))
            .data(data)
    })
    .await?;
    let mut case = store::complete(tx, case.evaluation).await?;
    conclude(tx, &mut case).await?;
    out::evaluation(tx, &case).await
}
