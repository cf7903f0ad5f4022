//! Recusal after the fact (应回避未回避, rulebook 2.5): a member who has scored should not have. His sheets are void;
//! what follows depends on how far the panel is.

use crate::model::{LateRecusalIn, LateRecusalOut, RecusalConsequence};
use crate::objecting::{self, LATE_RECUSAL, Revocation};
use crate::panel::{complete, step_out};
use crate::review::{self, Seats};
use crate::rules::{self, AfterRecusal};
use crate::{PURPOSE, store};
use uuid::Uuid;
use wubang_kernel::machine::Audience;
use wubang_kernel::procedure::Way;
use wubang_kernel::{Code, Faults, Refusal, Role, Timer};
use wubang_panels::conflicts::ConflictGround;
use wubang_panels::{LateRecusal, Loaded};
use wubang_postings::{Posting, PostingCase};
use wubang_store::outbox::{self, Notice};
use wubang_store::{Error, Key, Read, Tx, timers};

/// What the trail and the public page say; who it was and why stands in the record of the panel.
const PUBLIC: &str = "评审组一名成员应回避未回避,其评分作废";

/// States of a posting in which the scores of its panel can still fall.
const JUDGED: &[&str] = &["evaluating", "award_publicity", "awarded", "suspended"];

/// The supervisor, or the district, finds that a member who takes part in the scoring must not: his sheets are kept
/// and count no more, and he does not come back. While the scores are not complete the next in the drawn order
/// takes the seat. Afterwards the report is superseded and an award revoked; the totals are made anew without him
/// if enough members remain, otherwise another panel judges (rulebook 2.5).
///
/// # Errors
/// `forbidden`; `invalid_transition` before anybody has scored (that is a demand for recusal), where no panel
/// decides, and once the agreement is signed; `invalid` with every wrong field.
pub async fn recuse_member(
    tx: &Tx,
    key: &Key,
    input: LateRecusalIn,
) -> Result<LateRecusalOut, Error> {
    let PostingCase { posting, roles, .. } = wubang_postings::service::load(tx, key).await?;
    let role = roles
        .first_of(&[Role::Supervisor, Role::DistrictAdmin])
        .ok_or(Code::Forbidden)?;
    tx.expect_version(posting.version)?;
    let panel = scored(tx, &posting).await?;
    let recusal = checked(&panel, input, role)?;
    let consequence = take_off(tx, &posting, &panel, recusal).await?;
    let posting = wubang_postings::service::find(tx, posting.id).await?;
    let step = step_out(&posting)?;
    Ok(LateRecusalOut {
        id: step.id,
        number: step.number,
        state: step.state,
        version: step.version,
        consequence,
    })
}

/// Takes a member off, and does what follows for the scores.
async fn take_off(
    tx: &Tx,
    posting: &Posting,
    panel: &Loaded,
    recusal: LateRecusal,
) -> Result<RecusalConsequence, Error> {
    let reported = store::report_of(tx, panel.panel.id).await?;
    let (waits, role) = (reported.is_none(), recusal.role);
    let panel = wubang_panels::service::recuse_late(tx, panel, recusal, waits).await?;
    let consequence = match reported {
        None if complete(posting, &panel).is_ok() => RecusalConsequence::Replaced,
        None => RecusalConsequence::Vacant,
        Some(report) => {
            store::supersede(tx, report.id).await?;
            review::note_superseded(tx, posting, &report, role).await?;
            // on the heap: the acts behind it are deep, and the stack of a worker is not
            Box::pin(judge_again(tx, posting, &panel)).await?
        }
    };
    tell(tx, posting, &panel).await?;
    Ok(consequence)
}

/// Whether a seat was on the panel that decided an award which can still be revoked, and its holder sits.
///
/// # Errors
/// When the database fails.
pub async fn can_be_recused(read: &impl Read, member: Uuid) -> Result<Option<crate::Award>, Error> {
    let Some((panel, member)) = wubang_panels::service::seat(read, PURPOSE, member).await? else {
        return Ok(None);
    };
    let award = store::live_of(read, panel.panel.object_id).await?;
    Ok(award.filter(|award| member.active && objecting::is_revocable(award)))
}

/// An objection to a member of the panel was upheld (rulebook 2.8.12, `process_member`): he should not have scored.
///
/// # Errors
/// `invalid_transition` when he sits no more or the award has moved on, and while another authority keeps the
/// posting suspended.
pub async fn recuse_after_objection(tx: &Tx, member: Uuid, reason: &str) -> Result<(), Error> {
    let award = can_be_recused(tx, member).await?;
    let award = award.ok_or(Code::InvalidTransition)?;
    let posting = wubang_postings::service::find(tx, award.posting_id).await?;
    let panel = scored(tx, &posting).await?;
    let recusal = LateRecusal {
        member_id: member,
        ground: None,
        reason: reason.to_owned(),
        role: Role::System,
    };
    take_off(tx, &posting, &panel, recusal).await?;
    Ok(())
}

/// The panel whose scores stand, or are being made.
async fn scored(tx: &Tx, posting: &Posting) -> Result<Loaded, Error> {
    let judged = matches!(posting.procedure.0.code.way(), Way::Panel | Way::Call);
    let panel = wubang_panels::service::load(tx, PURPOSE, posting.id).await?;
    let (Some(panel), true) = (panel, judged && JUDGED.contains(&posting.state.as_str())) else {
        return Err(Code::InvalidTransition.into());
    };
    if panel.sheets.is_empty() {
        return Err(Refusal::new(Code::InvalidTransition)
            .because(
                "尚未开始评分,请按申请回避办理",
                "nobody has scored: demand that he stand aside",
            )
            .into());
    }
    Ok(panel)
}

fn checked(panel: &Loaded, input: LateRecusalIn, role: Role) -> Result<LateRecusal, Error> {
    let mut faults = Faults::new();
    let reason = faults.prose("/reason", &input.reason, 10..=2000);
    if input.ground == ConflictGround::AllianceCouncil {
        let (zh, en) = (
            "仅作提示,不属应当回避",
            "it warns and is no ground of recusal",
        );
        faults.add("/ground", "not_allowed", zh, en);
    }
    let member = panel.member(input.person_id).map(|member| member.id);
    if member.is_none() {
        let (zh, en) = ("不是在任的成员", "is no sitting member");
        faults.add("/person_id", "unknown_value", zh, en);
    }
    faults.finish()?;
    Ok(LateRecusal {
        member_id: member.ok_or(Code::Invalid)?,
        ground: Some(input.ground),
        reason,
        role,
    })
}

/// The scores had been complete: they are made again, by those who remain or by another panel.
async fn judge_again(
    tx: &Tx,
    posting: &Posting,
    panel: &Loaded,
) -> Result<RecusalConsequence, Error> {
    timers::stop(tx, posting.id, &[Timer::T14]).await?;
    match store::live_of(tx, posting.id).await? {
        Some(award) => {
            let how = Revocation::Reevaluate;
            Box::pin(objecting::take_back(tx, &award, how, LATE_RECUSAL, PUBLIC)).await?;
        }
        None => {
            wubang_bids::service::reopen(tx, posting.id).await?;
            match posting.state.as_str() {
                "evaluating" => review::start_scoring(tx, posting).await?,
                _ => wubang_postings::service::reevaluate(tx, posting.id, PUBLIC).await?,
            }
        }
    }
    let left = panel.active().count();
    let quorum = posting.procedure.0.panel.late_recusal_quorum;
    if rules::after_late_recusal(left, quorum) == AfterRecusal::NewPanel {
        return Ok(RecusalConsequence::NewPanel);
    }
    wubang_panels::service::unsign(tx, panel.panel.id).await?;
    let posting = wubang_postings::service::find(tx, posting.id).await?;
    Ok(
        if Box::pin(review::finish(tx, &posting, Seats::Left)).await? {
            RecusalConsequence::Recomputed
        } else {
            // a bid came back that those who remain have not scored
            RecusalConsequence::NewPanel
        },
    )
}

/// The street, the district and those who sit are told; the label names nobody.
async fn tell(tx: &Tx, posting: &Posting, panel: &Loaded) -> Result<(), Error> {
    let persons: Vec<Uuid> = panel.active().map(|member| member.person_id).collect();
    let notice = Notice {
        tell: vec![Audience::Street, Audience::District],
        division: posting.division.clone(),
        field: None,
        label: format!("{} {}", posting.number, posting.title),
        organisations: Vec::new(),
        persons,
        state: posting.state.clone(),
        facts: serde_json::json!({ "reason": PUBLIC }),
    };
    let event = "panel.recused_after_scoring";
    outbox::tell(tx, event, "posting", posting.id, notice).await
}
