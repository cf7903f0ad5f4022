//! What can be done with a posting: load, decide, spend, tell.

use crate::entity::posting;
use crate::flow::{Posting, PostingEvent};
use crate::model::{
    ApproveIn, CancelIn, FrozenProcedure, PostingIn, PostingList, PostingOut, PostingPatch,
    PostingSummary,
};
use crate::project;
pub use crate::rules::EvaluationFacts;
use crate::rules::{self, Caps, PostingFacts};
use crate::store::{self, PostingCase};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::cursor::Page;
use wubang_kernel::deadline::{Deadline, end_of_day, local_date};
use wubang_kernel::division::DivisionCode;
use wubang_kernel::machine::{self, plan};
use wubang_kernel::money::Fen;
use wubang_kernel::{Code, Faults, Refusal, Role, RoleSet, Timer};
use wubang_needs::model::{DeadlineOut, NothingIn, ReasonIn};
use wubang_store::commit::{Commit, edit};
use wubang_store::{Error, Key, Read, Tx, View, birth, commit, numbers, state_of, timers};
use wubang_web::actions::{self, ActionsOut};
use wubang_web::{Instant, ListQuery};

async fn facts(read: &impl Read, case: &PostingCase) -> Result<PostingFacts, Error> {
    let posting = &case.posting;
    let procedure = &posting.procedure.0;
    let needs = wubang_needs::service::load_many(read, &case.need_ids).await?;
    Ok(PostingFacts {
        needs_approved: !needs.is_empty() && needs.iter().all(|need| need.state == "approved"),
        ceiling: Fen::new(posting.budget_ceiling_fen)
            .map_err(|_| Error::internal("posting with a bad ceiling"))?,
        limit: procedure.procurement_limit_fen,
        milestones: posting.content.milestones.len(),
        tranches: procedure.tranches.len(),
        own_draft: read.actor().person == Some(posting.drafted_by),
        acknowledged: None,
        caps: None,
        evaluation: None,
    })
}

async fn out(read: &impl Read, case: PostingCase) -> Result<PostingOut, Error> {
    let facts = facts(read, &case).await?;
    let posting = case.posting;
    let state = state_of::<Posting>(&posting.state)?;
    let running = timers::running(read, &[posting.id]).await?;
    Ok(PostingOut {
        id: posting.id,
        number: posting.number,
        project_id: posting.project_id,
        round: posting.round,
        kind: posting.kind,
        state,
        version: posting.version,
        need_ids: case.need_ids,
        division: posting.division,
        title: posting.title,
        field: posting.field,
        budget_ceiling_fen: posting.budget_ceiling_fen,
        content: posting.content,
        procedure: posting.procedure,
        publish_at: posting.publish_at.map(Instant),
        published_at: posting.published_at.map(Instant),
        question_deadline: posting.question_deadline.map(Instant),
        bid_deadline: posting.bid_deadline.map(Instant),
        bid_deadline_rule: posting.bid_deadline_rule,
        provisional: posting.provisional,
        notice_hash: posting.notice_hash,
        reason_code: posting.reason_code,
        reason: posting.reason,
        outcome: posting.outcome,
        deadlines: running
            .into_iter()
            .map(|timer| DeadlineOut {
                timer: timer.timer,
                at: Instant(timer.due_at),
                rule: timer.rule,
                provisional: timer.provisional,
            })
            .collect(),
        allowed_actions: actions::of::<Posting>(posting.id, state, case.roles, &facts).allowed,
        created_at: Instant(posting.created_at),
        updated_at: Instant(posting.updated_at),
    })
}

/// A posting for somebody who may see it.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn get(view: &View, key: &Key) -> Result<PostingOut, Error> {
    let case = store::load(view, key).await?;
    out(view, case).await
}

/// What the viewer may do with a posting, and why not the rest.
///
/// # Errors
/// `not_found`.
pub async fn get_actions(view: &View, key: &Key) -> Result<ActionsOut, Error> {
    let case = store::load(view, key).await?;
    let facts = facts(view, &case).await?;
    Ok(actions::of::<Posting>(
        case.posting.id,
        state_of::<Posting>(&case.posting.state)?,
        case.roles,
        &facts,
    ))
}

/// The postings that the viewer may see.
///
/// # Errors
/// `invalid` for a division that is no code.
pub async fn list(view: &View, query: &ListQuery) -> Result<PostingList, Error> {
    listed(view, query, false).await
}

/// The published postings, whoever asks.
///
/// # Errors
/// `invalid` for a division that is no code.
pub async fn list_published(view: &View, query: &ListQuery) -> Result<PostingList, Error> {
    listed(view, query, true).await
}

async fn listed(
    view: &View,
    query: &ListQuery,
    published_only: bool,
) -> Result<PostingList, Error> {
    let mut faults = Faults::new();
    let division = query
        .one("division")
        .and_then(|code| faults.division("?division", code));
    faults.finish()?;
    let rows = store::list(view, query, division.as_ref(), published_only).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let items = rows
        .into_iter()
        .map(summary)
        .collect::<Result<_, Error>>()?;
    Ok(PostingList { items, next })
}

/// A posting as it stands in lists.
///
/// # Errors
/// Internal: a stored state is wrong.
pub fn summary(posting: posting::Model) -> Result<PostingSummary, Error> {
    Ok(PostingSummary {
        state: state_of::<Posting>(&posting.state)?,
        id: posting.id,
        number: posting.number,
        project_id: posting.project_id,
        round: posting.round,
        kind: posting.kind,
        division: posting.division,
        title: posting.title,
        field: posting.field,
        budget_ceiling_fen: posting.budget_ceiling_fen,
        published_at: posting.published_at.map(Instant),
        bid_deadline: posting.bid_deadline.map(Instant),
    })
}

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

async fn load_for(tx: &Tx, key: &Key) -> Result<PostingCase, Error> {
    let case = store::load(tx, key).await?;
    tx.expect_version(case.posting.version)?;
    Ok(case)
}

/// Plans an event on a posting, spends it with what `with` adds, and moves the project along.
async fn step(
    tx: &Tx,
    mut case: PostingCase,
    event: PostingEvent,
    facts: &PostingFacts,
    with: impl for<'a> FnOnce(Commit<'a, posting::Entity>) -> Commit<'a, posting::Entity>,
) -> Result<PostingCase, Error> {
    let planned = plan::<Posting>(
        state_of::<Posting>(&case.posting.state)?,
        event,
        case.roles,
        facts,
    )?;
    let procedure = &case.posting.procedure.0;
    let spend = commit::<posting::Entity>(tx, &case.posting, planned)
        .under(&procedure.timers, procedure.publish_cutoff_hour);
    case.posting = with(spend).run().await?;
    let (stage, ended) = rules::stage_of(&case.posting.state);
    if !matches!(event, PostingEvent::Complete) {
        let outcome = ended.then(|| case.posting.state.clone());
        project::set_stage(tx, case.posting.project_id, stage, outcome.as_deref()).await?;
    }
    Ok(case)
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

async fn caps(tx: &Tx, posting: &posting::Model) -> Result<Caps, Error> {
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

/// The time of a scheduled posting has come.
///
/// # Errors
/// `invalid_transition` when it has moved on.
pub async fn publish(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let case = as_system(tx, id).await?;
    publish_case(tx, case).await?;
    Ok(())
}

async fn publish_case(tx: &Tx, case: PostingCase) -> Result<PostingCase, Error> {
    let viewer = case.roles;
    let case = PostingCase {
        roles: RoleSet::of(&[Role::System]),
        ..case
    };
    let facts = facts(tx, &case).await?;
    if !facts.needs_approved {
        return Err(Refusal::from(Code::NeedsNotApproved).into());
    }
    let procedure = &case.posting.procedure.0;
    let close = tx.calendar().deadline(tx.now(), procedure.term(Timer::T09));
    let questions = end_of_day(
        tx.calendar()
            .wd_before(local_date(close.at), procedure.term(Timer::T10).n),
    );
    let notice = serde_json::json!({ "number": case.posting.number, "title": case.posting.title, "field": case.posting.field,
        "budget_ceiling_fen": case.posting.budget_ceiling_fen, "content": case.posting.content, "procedure": case.posting.procedure });
    let hash = wubang_kernel::digest::content_hash(&notice);
    let question_timer = Deadline {
        at: questions,
        rule: format!("bid deadline − {}", procedure.term(Timer::T10)),
        provisional: close.provisional,
    };
    let (at, now) = (close.clone(), tx.now());
    let mut case = step(tx, case, PostingEvent::Publish, &facts, |c| {
        c.set(posting::Column::PublishedAt, now)
            .set(posting::Column::BidDeadline, at.at)
            .set(posting::Column::BidDeadlineRule, at.rule.clone())
            .set(posting::Column::Provisional, at.provisional)
            .set(posting::Column::QuestionDeadline, questions)
            .set(posting::Column::NoticeHash, hash.clone())
            .facts(serde_json::json!({ "bid_deadline": Instant(at.at) }))
            .data(serde_json::json!({ "notice_hash": hash, "bid_deadline": at }))
            .due(Timer::T09, at)
            .due(Timer::T10, question_timer)
    })
    .await?;
    for need in &case.need_ids {
        wubang_needs::service::posted(tx, *need).await?;
    }
    case.roles = viewer;
    Ok(case)
}

/// Cancels a posting before the award notice (撤榜); its needs become approved again.
///
/// # Errors
/// `invalid_transition` after the award.
pub async fn cancel(tx: &Tx, key: &Key, input: CancelIn) -> Result<PostingOut, Error> {
    let mut faults = Faults::new();
    let reason = faults.prose("/reason", &input.reason, 5..=1000);
    faults.finish()?;
    let case = load_for(tx, key).await?;
    let (facts, published) = (facts(tx, &case).await?, case.posting.published_at.is_some());
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

async fn as_system(tx: &Tx, id: Uuid) -> Result<PostingCase, Error> {
    let posting = store::find(tx, &Key::Id(id)).await?;
    let need_ids = store::need_ids(tx, id).await?;
    Ok(PostingCase {
        posting,
        need_ids,
        roles: RoleSet::of(&[Role::System]),
    })
}

async fn by_system(
    tx: &Tx,
    id: Uuid,
    event: PostingEvent,
    with: impl for<'a> FnOnce(Commit<'a, posting::Entity>) -> Commit<'a, posting::Entity>,
) -> Result<PostingCase, Error> {
    let case = as_system(tx, id).await?;
    let facts = facts(tx, &case).await?;
    step(tx, case, event, &facts, with).await
}

/// T09: the bid window is over.
///
/// # Errors
/// `invalid_transition` when the posting has moved on.
pub async fn close(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let now = tx.now();
    by_system(tx, id, PostingEvent::Close, |c| {
        c.set(posting::Column::ClosedAt, now)
    })
    .await?;
    Ok(())
}

/// The street starts the evaluation, with what later stages know.
///
/// # Errors
/// `too_few_bids`, `panel_incomplete`, `recusal_unsigned`.
pub async fn start_evaluation(
    tx: &Tx,
    key: &Key,
    evaluation: EvaluationFacts,
) -> Result<crate::Posting, Error> {
    let case = load_for(tx, key).await?;
    let facts = PostingFacts {
        evaluation: Some(evaluation),
        ..facts(tx, &case).await?
    };
    Ok(step(tx, case, PostingEvent::StartEvaluation, &facts, |c| c)
        .await?
        .posting)
}

/// An award was proposed and is in publicity.
///
/// # Errors
/// `invalid_transition`.
pub async fn award_proposed(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, PostingEvent::ProposeAward, |c| c).await?;
    Ok(())
}

/// The publicity of the award is over without objection.
///
/// # Errors
/// `invalid_transition`.
pub async fn publicity_over(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, PostingEvent::EndPublicity, |c| c).await?;
    Ok(())
}

/// The awardee fell away and a reserve is there.
///
/// # Errors
/// `invalid_transition`.
pub async fn next_candidate(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, PostingEvent::NextCandidate, |c| c).await?;
    Ok(())
}

/// The posting fails (流榜); its needs become approved again or, after three rounds, go back to review.
///
/// # Errors
/// `invalid_transition`.
pub async fn failed(
    tx: &Tx,
    id: Uuid,
    reason_code: &str,
    reason: Option<String>,
) -> Result<(), Error> {
    let code = reason_code.to_owned();
    let case = by_system(tx, id, PostingEvent::Fail, |c| {
        c.set(posting::Column::ReasonCode, code.clone())
            .set(posting::Column::Reason, reason.clone())
            .because(Some(reason.unwrap_or(code)))
    })
    .await?;
    store::release_needs(tx, id).await?;
    for need in &case.need_ids {
        wubang_needs::service::posting_failed(tx, *need).await?;
    }
    Ok(())
}

/// The agreement is signed.
///
/// # Errors
/// `invalid_transition`.
pub async fn contracted(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, PostingEvent::Contract, |c| c).await?;
    Ok(())
}

/// The evaluation is confirmed; the project is closed.
///
/// # Errors
/// `invalid_transition`.
pub async fn completed(tx: &Tx, id: Uuid, outcome: &str) -> Result<(), Error> {
    let outcome = outcome.to_owned();
    let case = by_system(tx, id, PostingEvent::Complete, |c| {
        c.set(posting::Column::Outcome, outcome.clone())
    })
    .await?;
    project::set_stage(tx, case.posting.project_id, "closed", Some(&outcome)).await
}

/// A posting for somebody who may see it, with his roles.
///
/// # Errors
/// `not_found`.
pub async fn load(read: &impl Read, key: &Key) -> Result<PostingCase, Error> {
    store::load(read, key).await
}

/// A posting, whoever asks: for later stages.
///
/// # Errors
/// `not_found`.
pub async fn find(read: &impl Read, id: Uuid) -> Result<crate::Posting, Error> {
    store::find(read, &Key::Id(id)).await
}

/// The needs a posting covers.
///
/// # Errors
/// When the database fails.
pub async fn need_ids(read: &impl Read, id: Uuid) -> Result<Vec<Uuid>, Error> {
    store::need_ids(read, id).await
}

/// Postings of a project, first round first.
///
/// # Errors
/// When the database fails.
pub async fn of_project(read: &impl Read, project: Uuid) -> Result<Vec<crate::Posting>, Error> {
    store::of_project(read, project).await
}

/// A project.
///
/// # Errors
/// `not_found`.
pub async fn project(read: &impl Read, key: &Key) -> Result<crate::Project, Error> {
    project::find(read, key).await
}

/// Projects that the viewer may see: with a published posting, or within his territory in one of the roles.
/// Newest first, one row more than asked for.
///
/// # Errors
/// When the database fails.
pub async fn projects(
    read: &impl Read,
    page: Page,
    within: Option<&DivisionCode>,
    stages: &[String],
    officials: &[Role],
) -> Result<Vec<crate::Project>, Error> {
    project::list(read, page, within, stages, officials).await
}

/// Later stages say which stage a project is in.
///
/// # Errors
/// `conflict`.
pub async fn set_stage(
    tx: &Tx,
    project: Uuid,
    stage: &str,
    outcome: Option<&str>,
) -> Result<(), Error> {
    project::set_stage(tx, project, stage, outcome).await
}

/// The division of a posting.
///
/// # Errors
/// Internal: a stored code is wrong.
pub fn division_of(posting: &crate::Posting) -> Result<DivisionCode, Error> {
    store::division(posting)
}
