//! Failed rounds (流榜) and posting again (重新发榜): rulebook 2.4.2, 2.5.

use super::checking::{self, kind_of};
use super::fresh::Fresh;
use super::{facts, load_for, may, out, step};
use crate::changes::RoundOut;
use crate::entity::posting;
use crate::flow::{Posting, PostingEvent};
use crate::invitation;
use crate::model::{FrozenProcedure, Overrides, PostingOut, RepostIn};
use crate::particulars::Particulars;
use crate::project;
use crate::store::{self, PostingCase};
use sea_orm::sea_query::Expr;
use uuid::Uuid;
use wubang_kernel::procedure::{PostingType, Procedure};
use wubang_kernel::{Code, Faults, Role, RoleSet, Timer, machine};
use wubang_needs::model::NeedOut;
use wubang_store::commit::edit;
use wubang_store::trace::About;
use wubang_store::{Error, Key, Read, Tx, birth, state_of, timers};
use wubang_web::Instant;
use wubang_web::ReasonIn;

/// The number of a later round: that of the first with its round behind it.
fn number_of(first: &str, round: i32) -> String {
    format!("{first}-R{round}")
}

/// Posts the same needs again after a failed or cancelled round: a new draft of the same project with
/// the content of the last one. What made it fail should be changed before it is handed in. An open round may
/// be followed by one by invitation among the matched organisations, and the other way round.
///
/// # Errors
/// `duplicate` when there is a later round; `rounds_used`; `needs_not_approved`; `need_taken`; `invalid` for a
/// type that does not follow; `too_few_matches`.
pub async fn repost(tx: &Tx, key: &Key, input: RepostIn) -> Result<PostingOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case).await?;
    may(&case, PostingEvent::Repost, &facts)?;
    let other = other_type(tx, &case.posting, input.kind).await?;
    let before = step(tx, case, PostingEvent::Repost, &facts, |c| c).await?;
    if !store::needs_taken(tx, &before.need_ids, None)
        .await?
        .is_empty()
    {
        return Err(Code::NeedTaken.into());
    }
    let rounds = store::of_project(tx, before.posting.project_id).await?;
    let first = rounds.first().map_or(&before.posting, |first| first);
    let round = before.posting.round.saturating_add(1);
    let number = number_of(&first.number, round);
    let made = machine::create::<Posting>(before.roles)?;
    let next = next_round(&before.posting, number, round);
    let row = match other {
        Some(procedure) => anew(next, procedure),
        None => next,
    }
    .row(tx)?;
    let data = serde_json::json!({ "needs": before.need_ids, "round": round, "after": before.posting.number, "type": row.kind.as_ref() });
    let posting = birth::<posting::Entity, _>(tx, made, row, Some(data)).await?;
    store::take_needs(tx, posting.id, &before.need_ids).await?;
    store::index(tx, &posting).await?;
    project::set_stage(tx, posting.project_id, "posting", None).await?;
    decided(tx, &before.need_ids).await?;
    let case = PostingCase {
        posting,
        need_ids: before.need_ids,
        roles: before.roles,
    };
    out(tx, case).await
}

fn next_round(last: &posting::Model, number: String, round: i32) -> Fresh {
    Fresh {
        number,
        project_id: last.project_id,
        round,
        kind: last.kind.clone(),
        division: last.division.clone(),
        title: last.title.clone(),
        field: last.field.clone(),
        budget_ceiling_fen: last.budget_ceiling_fen,
        content: last.content.clone(),
        procedure: last.procedure.clone(),
        overrides: last.overrides.clone(),
        particulars: Particulars {
            result: None,
            ..last.particulars.clone()
        },
        publish_at: None,
    }
}

/// The rules of the type that the next round changes to, with the settings in force; nothing when it keeps
/// its type.
async fn other_type(
    tx: &Tx,
    last: &posting::Model,
    wanted: Option<PostingType>,
) -> Result<Option<Procedure>, Error> {
    let present = kind_of(&last.kind)?;
    let Some(wanted) = wanted.filter(|wanted| *wanted != present) else {
        return Ok(None);
    };
    let mut faults = Faults::new();
    let follows = |kind| matches!(kind, PostingType::Open | PostingType::Invited);
    if !follows(present) || !follows(wanted) {
        faults.add(
            "/type",
            "not_allowed",
            "只可在公开发榜与邀请发榜之间改换",
            "only an open round and one by invitation follow each other",
        );
        checking::finish(faults)?;
    }
    let division = store::division(last)?;
    let procedure = wubang_store::rules::of(tx, wanted, &division).await?;
    let mut faults = Faults::new();
    if wanted == PostingType::Invited
        && invitation::pool(tx, &division, &last.field).await?.len() < procedure.invitations
    {
        let code = Code::TooFewMatches;
        faults.add("/type", code.as_str(), code.zh(), code.en());
    }
    checking::finish(faults)?;
    Ok(Some(procedure))
}

/// A round of another type: what the last one adjusted of its own type's rules falls away.
fn anew(next: Fresh, procedure: Procedure) -> Fresh {
    Fresh {
        kind: procedure.code.as_str().to_owned(),
        procedure: FrozenProcedure(procedure),
        overrides: Overrides::default(),
        ..next
    }
}

/// After a failed round the street returns an approved need to the review; the public reason stands on the
/// page of the failed round, and nobody waits for a decision any more.
///
/// # Errors
/// `invalid` without a reason; `invalid_transition` without a failed round; `need_taken` while a posting, be
/// it a draft, holds the need.
pub async fn return_to_review(tx: &Tx, key: &Key, input: ReasonIn) -> Result<NeedOut, Error> {
    let need = wubang_needs::service::find(tx, key).await?;
    let taken = !store::needs_taken(tx, &[need.id], None).await?.is_empty();
    let returned = wubang_needs::service::return_to_review(tx, key, taken, input).await?;
    if let Some(failed) = store::last_failed_of(tx, need.id).await? {
        let reason = returned.reason.clone();
        edit::<posting::Entity>(
            tx,
            &failed,
            "posting.need_returned",
            Role::StreetOfficer,
            |update| {
                update.col_expr(
                    posting::Column::NeedReturnedReason,
                    Expr::value(reason.clone()),
                )
            },
            Some(serde_json::json!({ "need": need.id, "reason": reason })),
        )
        .await?;
    }
    decided(tx, &[need.id]).await?;
    Ok(returned)
}

/// Whether a draft of a later round says exactly what the round before it said.
pub(super) fn is_unchanged(posting: &posting::Model, rounds: &[posting::Model]) -> bool {
    posting.state == "draft"
        && rounds.iter().any(|last| {
            last.round + 1 == posting.round
                && last.title == posting.title
                && last.budget_ceiling_fen == posting.budget_ceiling_fen
                && last.content == posting.content
                && last.particulars == posting.particulars
                && last.procedure == posting.procedure
        })
}

/// The rounds of a project, first one first; what was never published is for officials.
///
/// # Errors
/// Internal: a stored state is wrong.
pub(super) fn shown(rounds: &[posting::Model], roles: RoleSet) -> Result<Vec<RoundOut>, Error> {
    let official = roles.any(store::OFFICIALS);
    let theirs = rounds
        .iter()
        .filter(|row| official || row.published_at.is_some());
    theirs
        .map(|row| {
            Ok(RoundOut {
                id: row.id,
                number: row.number.clone(),
                round: row.round,
                state: state_of::<Posting>(&row.state)?,
                reason_code: row.reason_code.clone(),
                reason: row.reason.clone(),
                published_at: row.published_at.map(Instant),
            })
        })
        .collect()
}

/// A round has failed: the buyer decides what becomes of the needs; the term for it reminds. Not where
/// the last round is used: then the need's own review runs.
pub(super) async fn await_decision(tx: &Tx, case: &PostingCase) -> Result<(), Error> {
    let needs = wubang_needs::service::load_many(tx, &case.need_ids).await?;
    if needs.iter().all(|need| need.state != "approved") {
        return Ok(());
    }
    let project = project::find(tx, &Key::Id(case.posting.project_id)).await?;
    let term = case.posting.procedure.0.term(Timer::FailedDecision);
    let due = tx.calendar().deadline(tx.now(), term);
    let about = About {
        object: "project",
        id: project.id,
        project_id: Some(project.id),
        division: &project.division,
        version: project.version,
    };
    let label = format!("{} {}", project.number, project.title);
    timers::start(tx, &about, &label, Timer::FailedDecision, &due).await
}

/// The needs are posted again, in this project or another: nobody waits for a decision any more.
pub(super) async fn decided(tx: &Tx, needs: &[Uuid]) -> Result<(), Error> {
    for project in store::projects_of(tx, needs).await? {
        timers::stop(tx, project, &[Timer::FailedDecision]).await?;
    }
    Ok(())
}

/// The sentence that everybody reads below a failed round.
pub(super) fn words_of(reason_code: &str) -> Option<&'static str> {
    match reason_code {
        "no_bids" => Some("截止时没有有效揭榜"),
        "too_few" => Some("延期后有效揭榜数仍不足"),
        "order_declined" => Some("点选的组织未接单"),
        "external_failed" => Some("法定采购程序未产生结果"),
        "objection_upheld" => Some("异议成立,承榜撤销,重新发榜"),
        "bid_invalidated" => Some("承榜对象的揭榜意向书作废,承榜撤销,且没有候补"),
        "no_candidate" => Some("承榜对象放弃或失效,且没有候补"),
        _ => None,
    }
}
