//! What persons do with a posting: draft, approve, cancel.

use super::system::publish_case;
use super::{facts, load_for, out, step};
use crate::entity::posting;
use crate::flow::{Posting, PostingEvent};
use crate::model::{ApproveIn, CancelIn, FrozenProcedure, PostingIn, PostingOut, PostingPatch};
use crate::project;
use crate::rules::{self, Caps, PostingFacts};
use crate::store::{self, PostingCase};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use wubang_kernel::actor::Reach;
use wubang_kernel::deadline::{Deadline, local_date};
use wubang_kernel::division::DivisionCode;
use wubang_kernel::machine::{self};
use wubang_kernel::{Code, Faults, Role, Timer};
use wubang_needs::model::{NothingIn, ReasonIn};
use wubang_store::commit::edit;
use wubang_store::{Error, Key, Read, Tx, birth, numbers};

/// The division of a posting over several needs: their community, or the street they share.
fn common_division(needs: &[wubang_needs::Need]) -> Result<DivisionCode, Error> {
    let mut codes = needs.iter().map(wubang_needs::service::division_of);
    let mut common = codes.next().ok_or(Code::NeedsNotApproved)??;
    for code in codes {
        let code = code?;
        while !common.contains(&code) {
            common = common.parent().ok_or(Code::NeedsNotApproved)?;
        }
    }
    Ok(common)
}

/// Drafts a posting for approved needs, and with it the project.
///
/// # Errors
/// `invalid` with every wrong field; `need_taken`; `forbidden` outside one's territory.
pub async fn draft(tx: &Tx, input: PostingIn) -> Result<PostingOut, Error> {
    let mut faults = Faults::new();
    let title = faults.line("/title", &input.title, 5..=100);
    let ceiling = faults.fen("/budget_ceiling_fen", input.budget_ceiling_fen);
    wubang_registry::taxonomy::current(tx)
        .await?
        .check_field("/field", &input.field, &mut faults);
    faults.count("/need_ids", input.need_ids.len(), 1..=20);
    let content = rules::check_content(input.content, local_date(tx.now()), &mut faults);
    let needs = wubang_needs::service::load_many(tx, &input.need_ids).await?;
    for (i, id) in input.need_ids.iter().enumerate() {
        if !needs.iter().any(|need| need.id == *id) {
            faults.add(
                format!("/need_ids/{i}"),
                "unknown_value",
                "没有这个需求",
                "there is no such need",
            );
        }
    }
    let base = needs
        .first()
        .map(|need| tx.procedure("open", &need.division))
        .unwrap_or_else(wubang_kernel::procedure::Procedure::open);
    let procedure = rules::apply(base, input.overrides, &mut faults);
    faults.finish()?;
    let division = common_division(&needs)?;
    let made = machine::create::<Posting>(tx.actor().roles(&Reach::at(division)))?;
    if needs.iter().any(|need| need.state != "approved") {
        return Err(Code::NeedsNotApproved.into());
    }
    let year = local_date(tx.now()).format("%Y").to_string();
    let series = format!("LB-{}-{year}", division.district6());
    let number = format!("{series}-{:04}", numbers::next(tx, &series).await?);
    let project = project::insert(
        tx,
        number.replacen("LB", "XM", 1),
        &title,
        division.as_str(),
        &input.field,
        made.role(),
    )
    .await?;
    let row = posting::ActiveModel {
        id: Set(tx.new_id()),
        number: Set(number),
        project_id: Set(project.id),
        round: Set(1),
        kind: Set("open".to_owned()),
        division: Set(division.as_str().to_owned()),
        title: Set(title),
        field: Set(input.field),
        budget_ceiling_fen: Set(ceiling.get()),
        content: Set(content),
        procedure: Set(FrozenProcedure(procedure)),
        drafted_by: Set(tx.person()?),
        approved_by: Set(None),
        content_acknowledged: Set(false),
        publish_at: Set(input.publish_at),
        published_at: Set(None),
        question_deadline: Set(None),
        bid_deadline: Set(None),
        bid_deadline_rule: Set(None),
        provisional: Set(false),
        closed_at: Set(None),
        notice_hash: Set(None),
        reason_code: Set(None),
        reason: Set(None),
        outcome: Set(None),
        resume_to: Set(None),
        suspended_by: Set(None),
        state: Set("draft".to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let posting = birth::<posting::Entity, _>(
        tx,
        made,
        row,
        Some(serde_json::json!({ "needs": input.need_ids })),
    )
    .await?;
    store::take_needs(tx, posting.id, &input.need_ids).await?;
    super::rounds::decided(tx, &input.need_ids).await?;
    let roles = tx.actor().roles(&Reach::at(division));
    out(
        tx,
        PostingCase {
            posting,
            need_ids: input.need_ids,
            roles,
        },
    )
    .await
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
    let now = &case.posting;
    let mut faults = Faults::new();
    let title = faults.line(
        "/title",
        patch.title.as_deref().unwrap_or(&now.title),
        5..=100,
    );
    let ceiling = faults.fen(
        "/budget_ceiling_fen",
        patch.budget_ceiling_fen.unwrap_or(now.budget_ceiling_fen),
    );
    let content = match patch.content {
        Some(content) => rules::check_content(content, local_date(tx.now()), &mut faults),
        None => now.content.clone(),
    };
    let procedure = match patch.overrides {
        Some(overrides) => {
            rules::apply(tx.procedure("open", &now.division), overrides, &mut faults)
        }
        None => now.procedure.0.clone(),
    };
    faults.finish()?;
    let publish_at = patch.publish_at.unwrap_or(now.publish_at);
    case.posting = edit::<posting::Entity>(
        tx,
        &case.posting,
        "posting.draft_amended",
        role,
        |update| {
            update
                .col_expr(posting::Column::Title, Expr::value(title))
                .col_expr(
                    posting::Column::BudgetCeilingFen,
                    Expr::value(ceiling.get()),
                )
                .col_expr(posting::Column::Content, Expr::value(content))
                .col_expr(
                    posting::Column::Procedure,
                    Expr::value(FrozenProcedure(procedure)),
                )
                .col_expr(posting::Column::PublishAt, Expr::value(publish_at))
        },
        None,
    )
    .await?;
    out(tx, case).await
}

/// Hands the draft in for approval.
///
/// # Errors
/// `needs_not_approved`, `incomplete`, `procurement_limit`.
pub async fn submit(tx: &Tx, key: &Key, _: NothingIn) -> Result<PostingOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case).await?;
    let case = step(tx, case, PostingEvent::Submit, &facts, |c| c).await?;
    out(tx, case).await
}

/// Returns the draft to its drafter.
///
/// # Errors
/// `invalid` without a reason.
pub async fn return_to_draft(tx: &Tx, key: &Key, input: ReasonIn) -> Result<PostingOut, Error> {
    let mut faults = Faults::new();
    let reason = faults.prose("/reason", &input.reason, 5..=1000);
    faults.finish()?;
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case).await?;
    let case = step(tx, case, PostingEvent::Return, &facts, |c| {
        c.set(posting::Column::Reason, reason.clone())
            .because(Some(reason))
    })
    .await?;
    out(tx, case).await
}

/// A second person approves; without a set time the posting is published at once.
///
/// # Errors
/// `same_person`, `content_not_acknowledged`, `needs_not_approved`, `cap_reached`.
pub async fn approve(tx: &Tx, key: &Key, input: ApproveIn) -> Result<PostingOut, Error> {
    let case = load_for(tx, key).await?;
    let caps = caps(tx, &case.posting).await?;
    let facts = PostingFacts {
        acknowledged: Some(input.content_acknowledged),
        caps: Some(caps),
        ..facts(tx, &case).await?
    };
    let approver = tx.person()?;
    let at = case.posting.publish_at.unwrap_or_else(|| tx.now());
    let due = Deadline {
        at,
        rule: "publish_at".to_owned(),
        provisional: false,
    };
    let case = step(tx, case, PostingEvent::Approve, &facts, |c| {
        c.set(posting::Column::ApprovedBy, approver)
            .set(posting::Column::ContentAcknowledged, true)
            .due(Timer::Publication, due)
    })
    .await?;
    let case = if at <= tx.now() {
        publish_case(tx, case).await?
    } else {
        case
    };
    out(tx, case).await
}

pub(super) async fn caps(tx: &Tx, posting: &posting::Model) -> Result<Caps, Error> {
    let division = store::division(posting)?;
    let street = division.parent().unwrap_or(division);
    let rule = &posting.procedure.0.caps;
    Ok(Caps {
        community: store::count_open(tx, &division).await?,
        community_cap: rule.postings_community,
        street: store::count_open(tx, &street).await?,
        street_cap: rule.postings_street,
    })
}

/// Cancels a posting before the award notice (撤榜); its needs become approved again.
///
/// # Errors
/// `invalid_transition` after the award; `wrong_ground` for a ground that is another authority's.
pub async fn cancel(tx: &Tx, key: &Key, input: CancelIn) -> Result<PostingOut, Error> {
    let mut faults = Faults::new();
    let reason = faults.prose("/reason", &input.reason, 5..=1000);
    faults.finish()?;
    let case = load_for(tx, key).await?;
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
    store::release_needs(tx, case.posting.id).await?;
    for need in case.need_ids.iter().filter(|_| published) {
        wubang_needs::service::posting_cancelled(tx, *need).await?;
    }
    out(tx, case).await
}
