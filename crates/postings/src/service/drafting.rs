//! What persons do with a posting: draft, approve, cancel.

use super::fresh::{Fresh, next_number};
use super::system::{by_system, publish_case};
use super::{facts, load_for, out, publicity, racing, step};
use crate::entity::posting;
use crate::flow::PostingEvent;
use crate::model::{ApproveIn, CancelIn, FrozenProcedure, PostingIn, PostingOut, PostingPatch};
use crate::particulars::Particulars;
use crate::project;
use crate::race_rules::LaneEnd;
use crate::rules::{self, PostingFacts};
use crate::service::checking::{self, Draft};
use crate::service::types;
use crate::store::{self, PostingCase};
use sea_orm::Value;
use sea_orm::sea_query::Expr;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::deadline::Deadline;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Faults, Role, Timer, faults};

use wubang_store::commit::edit;
use wubang_store::{Error, Key, Read, Tx, birth, numbers};
use wubang_web::{NothingIn, ReasonIn};

/// Drafts a posting for approved needs, and with it the project.
///
/// # Errors
/// Everything that would keep it from being published, at once; `forbidden` outside one's territory.
pub async fn draft(tx: &Tx, input: PostingIn) -> Result<PostingOut, Error> {
    make(tx, Draft::from(input)).await
}

/// Makes the first posting of a new project.
pub(super) async fn make(tx: &Tx, draft: Draft) -> Result<PostingOut, Error> {
    let mut faults = Faults::new();
    let checked = checking::check(tx, &draft, None, &mut faults).await?;
    checking::finish(faults)?;
    let division = checked.division;
    let number = next_number(tx, &division).await?;
    let project = project::insert(
        tx,
        number.replacen("LB", "XM", 1),
        &checked.title,
        division.as_str(),
        &draft.field,
        checked.made.role(),
    )
    .await?;
    let fresh = Fresh {
        number,
        project_id: project.id,
        round: 1,
        kind: draft.kind.as_str().to_owned(),
        division: division.as_str().to_owned(),
        title: checked.title,
        field: draft.field,
        budget_ceiling_fen: checked.ceiling.get(),
        content: checked.content,
        procedure: FrozenProcedure(checked.procedure),
        overrides: draft.overrides,
        particulars: checked.particulars,
        publish_at: draft.publish_at,
    };
    let row = fresh.row(tx)?;
    let data = serde_json::json!({ "needs": draft.need_ids });
    let posting = birth::<posting::Entity, _>(tx, checked.made, row, Some(data)).await?;
    store::take_needs(tx, posting.id, &draft.need_ids).await?;
    store::index(tx, &posting).await?;
    super::rounds::decided(tx, &draft.need_ids).await?;
    let roles = tx.actor().roles(&Reach::at(division));
    let case = PostingCase {
        posting,
        need_ids: draft.need_ids,
        roles,
    };
    out(tx, case).await
}

/// Changes a draft.
///
/// # Errors
/// `invalid_transition` once it was submitted; `invalid` with every wrong field.
pub async fn amend(tx: &Tx, key: &Key, patch: PostingPatch) -> Result<PostingOut, Error> {
    let mut case = load_for(tx, key).await?;
    let role = case
        .roles
        .first_of(&[Role::CommunitySecretary, Role::StreetOfficer])
        .ok_or(Code::Forbidden)?;
    if case.posting.state != "draft" {
        return Err(Code::InvalidTransition.into());
    }
    let stored = Draft::stored(&case.posting, &case.need_ids)?;
    let draft = Draft {
        title: patch.title.unwrap_or(stored.title),
        budget_ceiling_fen: patch
            .budget_ceiling_fen
            .unwrap_or(stored.budget_ceiling_fen),
        content: patch.content.unwrap_or(stored.content),
        overrides: patch.overrides.unwrap_or(stored.overrides),
        particulars: Particulars {
            order: patch.order.or(stored.particulars.order),
            external: patch.external_procedure_ref.or(stored.particulars.external),
            call: patch.call.or(stored.particulars.call),
            sealing: patch.sealing.unwrap_or(stored.particulars.sealing),
            ..Particulars::default()
        },
        publish_at: patch.publish_at.unwrap_or(stored.publish_at),
        ..stored
    };
    let mut faults = Faults::new();
    let checked = checking::check(tx, &draft, Some(case.posting.id), &mut faults).await?;
    checking::finish(faults)?;
    case.posting = edit::<posting::Entity>(
        tx,
        &case.posting,
        "posting.draft_amended",
        role,
        |update| {
            update
                .col_expr(posting::Column::Title, Expr::value(checked.title))
                .col_expr(
                    posting::Column::TargetGroups,
                    Expr::value(rules::spaced(&checked.content.target_groups)),
                )
                .col_expr(
                    posting::Column::BudgetCeilingFen,
                    Expr::value(checked.ceiling.get()),
                )
                .col_expr(
                    posting::Column::Funding,
                    Expr::value(rules::funding(&checked.content)),
                )
                .col_expr(posting::Column::Content, Expr::value(checked.content))
                .col_expr(
                    posting::Column::Particulars,
                    Expr::value(checked.particulars),
                )
                .col_expr(
                    posting::Column::Procedure,
                    Expr::value(FrozenProcedure(checked.procedure)),
                )
                .col_expr(posting::Column::Overrides, Expr::value(draft.overrides))
                .col_expr(posting::Column::PublishAt, Expr::value(draft.publish_at))
        },
        None,
    )
    .await?;
    store::index(tx, &case.posting).await?;
    out(tx, case).await
}

/// Hands the draft in for approval. From here on the rules no longer follow the district's settings: what
/// the approver sees is what is published.
///
/// # Errors
/// Everything that would keep it from being published, at once.
pub async fn submit(tx: &Tx, key: &Key, _: NothingIn) -> Result<PostingOut, Error> {
    let case = load_for(tx, key).await?;
    let draft = Draft::stored(&case.posting, &case.need_ids)?;
    let mut faults = Faults::new();
    let checked = checking::check(tx, &draft, Some(case.posting.id), &mut faults).await?;
    let facts = PostingFacts {
        checked: Some(checking::finish(faults)),
        limit: checked.procedure.procurement_limit_fen,
        tranches: checked.procedure.tranches.len(),
        ..facts(tx, &case).await?
    };
    let data = serde_json::json!({ "settings": checked.procedure.version });
    let (frozen, person) = (FrozenProcedure(checked.procedure), tx.person()?);
    let case = step(tx, case, PostingEvent::Submit, &facts, |c| {
        c.set(posting::Column::Procedure, frozen)
            .set(posting::Column::HandedInBy, person)
            .data(data)
    })
    .await?;
    out(tx, case).await
}

/// Another member of the community's committee endorses the choice of the organisation (附议).
///
/// # Errors
/// `same_person` for who drafted it or handed it in; `duplicate` the second time; `invalid_transition` for other types.
pub async fn endorse(tx: &Tx, key: &Key, _: NothingIn) -> Result<PostingOut, Error> {
    let case = load_for(tx, key).await?;
    let (facts, person) = (facts(tx, &case).await?, tx.person()?);
    let case = step(tx, case, PostingEvent::Endorse, &facts, |c| {
        c.set(posting::Column::EndorsedBy, person)
    })
    .await?;
    out(tx, case).await
}

/// Returns the draft to its drafter. What another member endorsed is no longer what will be handed in.
///
/// # Errors
/// `invalid` without a reason.
pub async fn return_to_draft(tx: &Tx, key: &Key, input: ReasonIn) -> Result<PostingOut, Error> {
    let reason = faults::reason(&input.reason)?;
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case).await?;
    let case = step(tx, case, PostingEvent::Return, &facts, |c| {
        c.set(posting::Column::Reason, reason.clone())
            .set(posting::Column::EndorsedBy, Value::Uuid(None))
            .because(Some(reason))
    })
    .await?;
    out(tx, case).await
}

/// A second person approves; without a set time the posting is published at once. What looks like forbidden
/// content, and a cap that is exceeded, take a public reason.
///
/// # Errors
/// `same_person`, `content_not_acknowledged`, `cap_reached`, and what keeps it from being published by now.
pub async fn approve(tx: &Tx, key: &Key, input: ApproveIn) -> Result<PostingOut, Error> {
    let mut faults = Faults::new();
    let mut reason = |pointer: &str, text: Option<String>| {
        text.map(|text| faults.prose(pointer, &text, 5..=1000))
    };
    let acknowledgement = reason("/acknowledgement_reason", input.acknowledgement_reason);
    let cap_reason = reason("/cap_reason", input.cap_reason);
    let split_reason = reason("/split_reason", input.split_reason);
    faults.finish()?;
    let case = load_for(tx, key).await?;
    let draft = Draft {
        // a time that passed while the draft waited means: at once
        publish_at: None,
        frozen: Some(case.posting.procedure.0.clone()),
        ..Draft::stored(&case.posting, &case.need_ids)?
    };
    let mut faults = Faults::new();
    let checked = checking::check(tx, &draft, Some(case.posting.id), &mut faults).await?;
    wait_for_others(tx, &checked.division).await?;
    let caps = checking::caps(tx, &draft, &checked).await?;
    let (crowded, reached) = (caps.crowded(), !caps.reached.is_empty());
    let exceeded = caps.check().is_err();
    let (field, own) = (&case.posting.field, Some(case.posting.id));
    let orders = types::orders_of_the_year(tx, &checked, field, own).await?;
    let split = orders.is_some_and(|orders| orders.check().is_err());
    let facts = PostingFacts {
        acknowledged: Some(
            input.content_acknowledged
                && (checked.findings.is_empty() || acknowledgement.is_some()),
        ),
        caps: (cap_reason.is_none() || !exceeded).then_some(caps),
        split: orders.filter(|_| split_reason.is_none() || !split),
        checked: Some(checking::finish(faults)),
        ..facts(tx, &case).await?
    };
    let (approver, now) = (tx.person()?, tx.now());
    let at = case.posting.publish_at.unwrap_or(now);
    let due = Deadline {
        at,
        rule: "publish_at".to_owned(),
        provisional: false,
    };
    // what the approver allows to who is picked holds until the award
    let bidder_cap_reason = cap_reason.clone().filter(|_| reached);
    let bidder_cap_reason = bidder_cap_reason.or(case.posting.bidder_cap_reason.clone());
    let cap_reason = cap_reason.filter(|_| crowded);
    let split_reason = split_reason.filter(|_| split);
    let data = serde_json::json!({ "findings": checked.findings, "acknowledgement_reason": acknowledgement, "cap_reason": cap_reason, "bidder_cap_reason": bidder_cap_reason, "split_reason": split_reason });
    let case = step(tx, case, PostingEvent::Approve, &facts, |c| {
        c.set(posting::Column::ApprovedBy, approver)
            .set(posting::Column::ContentAcknowledged, true)
            .set(posting::Column::AcknowledgementReason, acknowledgement)
            .set(posting::Column::CapReason, cap_reason)
            .set(posting::Column::BidderCapReason, bidder_cap_reason)
            .set(posting::Column::SplitReason, split_reason)
            .data(data)
            .due(Timer::Publication, due)
    })
    .await?;
    let case = if at <= now {
        publish_case(tx, case).await?
    } else {
        case
    };
    out(tx, case).await
}

/// Approvals of one street wait for each other: caps and the sum of the year are counted, and of two that
/// count at once each would miss the other.
async fn wait_for_others(tx: &Tx, division: &DivisionCode) -> Result<(), Error> {
    let street = division.parent().unwrap_or(*division);
    let _ = numbers::next(tx, &format!("approvals-{}", street.as_str())).await?;
    Ok(())
}

/// Cancels a posting before the award notice (撤榜); its needs become approved again.
///
/// # Errors
/// `invalid_transition` after the award; `wrong_ground` for a ground that is another authority's.
pub async fn cancel(tx: &Tx, key: &Key, input: CancelIn) -> Result<PostingOut, Error> {
    let reason = faults::reason(&input.reason)?;
    let case = load_for(tx, key).await?;
    racing::hold_race(tx, &case.posting).await?;
    let published = case.posting.published_at.is_some();
    let mut facts = facts(tx, &case).await?;
    facts.change.own_ground = Some(case.roles.has(input.ground.authority()));
    let ground = serde_json::to_value(input.ground)?
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let case = step(tx, case, PostingEvent::Cancel, &facts, |c| {
        c.set(posting::Column::ReasonCode, ground)
            .set(posting::Column::Reason, reason.clone())
            .because(Some(reason))
    })
    .await?;
    let_needs_go(tx, &case, published).await?;
    out(tx, case).await
}

/// An upheld objection cancels the posting (rulebook 2.8.12). `reason` is public.
///
/// # Errors
/// `invalid_transition` once an award was proposed, and while another authority keeps it suspended.
pub async fn cancel_after_objection(tx: &Tx, id: Uuid, reason: &str) -> Result<(), Error> {
    let case = by_system(tx, id, PostingEvent::Cancel, |c| {
        c.set(posting::Column::ReasonCode, "objection_upheld")
            .set(posting::Column::Reason, reason.to_owned())
            .because(Some(reason.to_owned()))
    })
    .await?;
    let_needs_go(tx, &case, true).await
}

/// What follows when a posting was cancelled.
async fn let_needs_go(tx: &Tx, case: &PostingCase, published: bool) -> Result<(), Error> {
    publicity::stopped(tx, &case.posting, "榜单已撤销").await?;
    if published {
        racing::let_needs_go(tx, case, LaneEnd::Cancelled).await
    } else {
        store::release_needs(tx, case.posting.id).await
    }
}
