//! From the draft to the acceptance: what the secretary and the street do with a need.

use super::fresh::Fresh;
use super::{facts, hash, load_for, out, step};
use crate::entity::need;
use crate::flow::{Need, NeedEvent};
use crate::model::{
    AcceptIn, Detail, NeedIn, NeedOut, NeedPatch, RejectIn, RejectionGround, Source, wire,
};
use crate::rules::NeedFacts;
use crate::store::{self, Case};
use sea_orm::sea_query::Expr;
use wubang_kernel::actor::Reach;
use wubang_kernel::division::Level;
use wubang_kernel::machine::{self};
use wubang_kernel::{Code, Faults, Refusal, Role, Timer};
use wubang_publicity::model::PublicityKind;
use wubang_registry::taxonomy::{self, Taxonomy};
use wubang_store::commit::edit;
use wubang_store::{Error, Key, Read, Tx, birth};
use wubang_web::{NothingIn, ReasonIn};

/// Parses and checks the fields that a draft may hold.
fn check_content(
    taxonomy: &Taxonomy,
    title: &str,
    affected: i64,
    field: &str,
    detail: Detail,
    faults: &mut Faults,
) -> (String, Detail) {
    let title = faults.line("/title", title, 5..=60);
    faults.number("/affected_count", affected, 0..=10_000_000);
    if !field.is_empty() {
        taxonomy.check_field("/field", field, faults);
    }
    for (i, group) in detail.target_groups.iter().enumerate() {
        taxonomy.check_target_group(&format!("/target_groups/{i}"), group, faults);
    }
    let detail = Detail {
        description: faults.prose("/description", &detail.description, 0..=5000),
        wished_result: faults.prose("/wished_result", &detail.wished_result, 0..=2000),
        tried: faults.prose("/tried", &detail.tried, 0..=2000),
        community_resources: faults.prose(
            "/community_resources",
            &detail.community_resources,
            0..=2000,
        ),
        target_groups: detail.target_groups,
    };
    (title, detail)
}

/// Notes a source that nobody hears a need from: projects proposed to a call become needs by being picked.
fn check_source(source: Option<Source>, faults: &mut Faults) {
    if source == Some(Source::OpenCall) {
        faults.add(
            "/source",
            "not_allowed",
            "公益创投项目入选后自动成为需求,不另行申报",
            "a project picked out of a call becomes a need by itself",
        );
    }
}

/// A secretary drafts a need for his community.
///
/// # Errors
/// `invalid` with every wrong field; `forbidden` outside his community.
pub async fn draft(tx: &Tx, input: NeedIn) -> Result<NeedOut, Error> {
    let mut faults = Faults::new();
    let community = faults.division("/community", &input.community);
    if community.is_some_and(|code| code.level() != Level::Community) {
        faults.add(
            "/community",
            "malformed",
            "须为 12 位社区代码",
            "must be the 12-digit code of a community",
        );
    }
    check_source(input.source, &mut faults);
    let field = input.field.unwrap_or_default();
    let affected = input.affected_count.unwrap_or(0);
    let detail = Detail {
        description: input.description,
        target_groups: input.target_groups,
        wished_result: input.wished_result,
        tried: input.tried,
        community_resources: input.community_resources,
    };
    let taxonomy = taxonomy::current(tx).await?;
    let (title, detail) = check_content(
        &taxonomy,
        &input.title,
        affected,
        &field,
        detail,
        &mut faults,
    );
    faults.finish()?;
    let community = community.ok_or(Code::Internal)?;
    let made = machine::create::<Need>(tx.actor().roles(&Reach::at(community)))?;
    let fresh = Fresh {
        community,
        title,
        field,
        source: input.source.map(wire).unwrap_or_default(),
        urgency: wire(input.urgency.unwrap_or(crate::model::Urgency::Normal)),
        affected_count: affected,
        detail,
    };
    let row = fresh.row(tx).await?;
    let need = birth::<need::Entity, _>(tx, made, row, None).await?;
    store::index(tx, &need).await?;
    let roles = store::roles(tx, &need)?;
    out(tx, Case::bare(need, roles)).await
}

/// The secretary changes a draft, a returned need, one that must be supplemented, or one that must be
/// redesigned after three failed rounds.
///
/// # Errors
/// `invalid_transition` in any other state; `invalid` with every wrong field.
pub async fn amend(tx: &Tx, key: &Key, patch: NeedPatch) -> Result<NeedOut, Error> {
    let mut case = load_for(tx, key).await?;
    let role = case
        .roles
        .first_of(&[Role::CommunitySecretary])
        .ok_or(Code::Forbidden)?;
    let redesign = case.need.redesign_required && case.need.state == "under_review";
    if !redesign
        && !matches!(
            case.need.state.as_str(),
            "draft" | "returned" | "supplement_required"
        )
    {
        return Err(Code::InvalidTransition.into());
    }
    let mut next = case.need.clone();
    if redesign && case.valid_opinions().next().is_some() {
        // the experts judged the need as it was
        next.cycle += 1;
    }
    let old = next.detail.clone();
    let detail = Detail {
        description: patch.description.unwrap_or(old.description),
        target_groups: patch.target_groups.unwrap_or(old.target_groups),
        wished_result: patch.wished_result.unwrap_or(old.wished_result),
        tried: patch.tried.unwrap_or(old.tried),
        community_resources: patch.community_resources.unwrap_or(old.community_resources),
    };
    next.field = patch.field.unwrap_or(next.field);
    next.affected_count = patch.affected_count.unwrap_or(next.affected_count);
    let patch_source = patch.source;
    next.source = patch.source.map(wire).unwrap_or(next.source);
    next.urgency = patch.urgency.map(wire).unwrap_or(next.urgency);
    let mut faults = Faults::new();
    check_source(patch_source, &mut faults);
    let taxonomy = taxonomy::current(tx).await?;
    (next.title, next.detail) = check_content(
        &taxonomy,
        &patch.title.unwrap_or(next.title),
        next.affected_count,
        &next.field,
        detail,
        &mut faults,
    );
    faults.finish()?;
    let content_hash = hash(&next);
    let groups = store::spaced(&next.detail.target_groups);
    case.need = edit::<need::Entity>(
        tx,
        &case.need,
        "need.amended",
        role,
        |update| {
            update
                .col_expr(need::Column::Title, Expr::value(next.title))
                .col_expr(need::Column::Field, Expr::value(next.field))
                .col_expr(need::Column::Source, Expr::value(next.source))
                .col_expr(need::Column::Urgency, Expr::value(next.urgency))
                .col_expr(
                    need::Column::AffectedCount,
                    Expr::value(next.affected_count),
                )
                .col_expr(need::Column::Detail, Expr::value(next.detail))
                .col_expr(need::Column::TargetGroups, Expr::value(groups))
                .col_expr(need::Column::Cycle, Expr::value(next.cycle))
                .col_expr(need::Column::ContentHash, Expr::value(content_hash.clone()))
        },
        Some(serde_json::json!({ "content_hash": content_hash })),
    )
    .await?;
    store::index(tx, &case.need).await?;
    out(tx, case).await
}

/// The secretary submits.
///
/// # Errors
/// `incomplete` with every missing field; `not_changed` after a return without change.
pub async fn submit(tx: &Tx, key: &Key, _: NothingIn) -> Result<NeedOut, Error> {
    let case = load_for(tx, key).await?;
    let (facts, content_hash) = (facts(tx, &case), hash(&case.need));
    let case = step(tx, case, NeedEvent::Submit, &facts, |c| {
        c.set(need::Column::ContentHash, content_hash.clone())
            .data(serde_json::json!({ "content_hash": content_hash }))
    })
    .await?;
    out(tx, case).await
}

/// The secretary deletes a draft; its trace is kept.
///
/// # Errors
/// `invalid_transition` once it was submitted.
pub async fn delete(tx: &Tx, key: &Key, _: NothingIn) -> Result<NeedOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case);
    let case = step(tx, case, NeedEvent::Delete, &facts, |c| c).await?;
    out(tx, case).await
}

pub(super) fn reason(text: &str) -> Result<String, Refusal> {
    let mut faults = Faults::new();
    let text = faults.prose("/reason", text, 5..=1000);
    faults.finish()?;
    Ok(text)
}

/// The street asks for a supplement, once.
///
/// # Errors
/// `supplement_used` the second time.
pub async fn request_supplement(tx: &Tx, key: &Key, input: ReasonIn) -> Result<NeedOut, Error> {
    let reason = reason(&input.reason)?;
    let case = load_for(tx, key).await?;
    let (facts, asked) = (facts(tx, &case), case.need.supplements + 1);
    let case = step(tx, case, NeedEvent::RequestSupplement, &facts, |c| {
        c.set(need::Column::Supplements, asked)
            .set(need::Column::Reason, reason.clone())
            .because(Some(reason))
    })
    .await?;
    out(tx, case).await
}

/// The secretary hands in the supplement.
///
/// # Errors
/// `incomplete`.
pub async fn supplement(tx: &Tx, key: &Key, _: NothingIn) -> Result<NeedOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case);
    let case = step(tx, case, NeedEvent::Supplement, &facts, |c| c).await?;
    out(tx, case).await
}

/// The street accepts and assigns the third party.
///
/// # Errors
/// `duplicates_not_checked` when the officer does not state that he looked at the candidates;
/// `authority_duty` when he does not state that it is none; `invalid` for an unknown body.
pub async fn accept(tx: &Tx, key: &Key, input: AcceptIn) -> Result<NeedOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = NeedFacts {
        not_authority_duty: Some(input.not_authority_duty),
        duplicates_checked: Some(input.duplicates_checked),
        ..facts(tx, &case)
    };
    let analyst = wubang_registry::organisations::load(tx, input.analyst_organisation_id)
        .await
        .map_err(|_| {
            Refusal::new(Code::Invalid).field(
                "/analyst_organisation_id",
                "unknown_value",
                "没有这个机构",
                "there is no such organisation",
            )
        })?;
    let case = step(tx, case, NeedEvent::Accept, &facts, |c| {
        c.set(need::Column::AnalystId, analyst.id)
            .data(serde_json::json!({ "analyst": analyst.name }))
    })
    .await?;
    out(tx, case).await
}

/// The street rejects on a closed ground. The secretary may ask the district for seven working days.
///
/// # Errors
/// `invalid` without a reason; `supplement_first` for lack of information without a supplement.
pub async fn reject(tx: &Tx, key: &Key, input: RejectIn) -> Result<NeedOut, Error> {
    let reason = reason(&input.reason)?;
    let case = load_for(tx, key).await?;
    let facts = NeedFacts {
        lacks_information: Some(input.ground == RejectionGround::InsufficientInformation),
        ..facts(tx, &case)
    };
    let terms = wubang_store::rules::at(tx, &case.need.division)
        .await?
        .timers;
    let window = tx.calendar().deadline(tx.now(), terms.of(Timer::T43));
    let case = step(tx, case, NeedEvent::Reject, &facts, |c| {
        c.set(need::Column::AppealUntil, window.at)
            .facts(serde_json::json!({ "reason": reason, "appeal_until": wubang_web::Instant(window.at) }))
            .due(Timer::T43, window)
            .set(need::Column::ReasonCode, wire(input.ground))
            .set(need::Column::Reason, reason.clone())
            .because(Some(reason))
    })
    .await?;
    out(tx, case).await
}

/// The secretary withdraws a need that is not posted.
///
/// # Errors
/// `invalid_transition` once it is posted.
pub async fn withdraw(tx: &Tx, key: &Key, input: ReasonIn) -> Result<NeedOut, Error> {
    let reason = reason(&input.reason)?;
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case);
    let case = step(tx, case, NeedEvent::Withdraw, &facts, |c| {
        c.set(need::Column::Reason, reason.clone())
            .because(Some(reason))
    })
    .await?;
    let kind = PublicityKind::NeedComment;
    wubang_publicity::stopped(tx, case.need.id, kind, "需求已撤回").await?;
    out(tx, case).await
}
