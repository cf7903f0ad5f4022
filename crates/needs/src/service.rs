//! What can be done with a need: load, decide, spend, tell.

use crate::entity::need;
use crate::flow::{Need, NeedEvent, NeedState};
use crate::model::{
    AcceptIn, AnalysisContent, AnalysisIn, AnalysisOut, DeadlineOut, Detail, NeedIn, NeedList,
    NeedOut, NeedPatch, NeedSummary, NothingIn, OpinionContent, OpinionIn, OpinionOut, ReasonIn,
    RejectIn, Source, wire,
};
use crate::rules::{self, NeedFacts};
use crate::store::{self, Case};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::division::{DivisionCode, Level};
use wubang_kernel::machine::{self, plan};
use wubang_kernel::score::Exact;
use wubang_kernel::{Code, Faults, Refusal, Role};
use wubang_registry::taxonomy::{self, Taxonomy};
use wubang_store::commit::{Commit, edit};
use wubang_store::{Error, Key, Read, Tx, View, birth, commit, numbers, state_of, timers};
use wubang_web::{Instant, ListQuery, actions};

fn facts(case: &Case) -> NeedFacts {
    let need = &case.need;
    let totals: Vec<i64> = case.opinions.iter().map(|opinion| opinion.total).collect();
    NeedFacts {
        title: need.title.clone(),
        detail: need.detail.clone(),
        source: need.source.clone(),
        affected_count: need.affected_count,
        field: need.field.clone(),
        changed: need.content_hash != need.returned_hash,
        supplements: need.supplements,
        not_authority_duty: None,
        has_analysis: !case.analyses.is_empty(),
        specialities: case
            .opinions
            .iter()
            .map(|opinion| opinion.speciality.clone())
            .collect(),
        opinions_needed: if need.source == wire(Source::MicroWish) {
            1
        } else {
            2
        },
        score: rules::review_score(&totals),
        failed_rounds: need.failed_rounds,
    }
}

fn hash(need: &need::Model) -> String {
    let content = serde_json::json!([
        need.title,
        need.field,
        need.source,
        need.urgency,
        need.affected_count,
        need.detail
    ]);
    wubang_kernel::digest::content_hash(&content)
}

async fn out(read: &impl Read, case: Case) -> Result<NeedOut, Error> {
    let need = &case.need;
    let state = state_of::<Need>(&need.state)?;
    let running = timers::running(read, &[need.id]).await?;
    let actions = actions::of::<Need>(need.id, state, case.roles, &facts(&case));
    let score: Option<Exact> = need
        .review_score
        .as_deref()
        .and_then(|text| text.parse().ok());
    Ok(NeedOut {
        id: need.id,
        number: need.number.clone(),
        state,
        version: need.version,
        community: need.division.clone(),
        title: need.title.clone(),
        detail: need.detail.clone(),
        source: need.source.clone(),
        urgency: need.urgency.clone(),
        affected_count: need.affected_count,
        field: need.field.clone(),
        analyst_organisation_id: need.analyst_id,
        analyses: case
            .analyses
            .iter()
            .map(|row| AnalysisOut {
                organisation_id: row.organisation_id,
                content: row.content.clone(),
                created_at: Instant(row.created_at),
            })
            .collect(),
        opinions: case
            .opinions
            .iter()
            .map(|row| OpinionOut {
                speciality: row.speciality.clone(),
                opinion: row.content.opinion.clone(),
                parts: row.content.parts,
                total: row.total,
                created_at: Instant(row.created_at),
            })
            .collect(),
        review_score: score.map(|score| score.rounded()),
        priority: need.priority.clone(),
        reason_code: need.reason_code.clone(),
        reason: need.reason.clone(),
        deadlines: running
            .into_iter()
            .map(|timer| DeadlineOut {
                timer: timer.timer,
                at: Instant(timer.due_at),
                rule: timer.rule,
                provisional: timer.provisional,
            })
            .collect(),
        allowed_actions: actions.allowed,
        created_at: Instant(need.created_at),
        updated_at: Instant(need.updated_at),
    })
}

/// A need for somebody who may see it.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn get(view: &View, key: &Key) -> Result<NeedOut, Error> {
    let case = store::load(view, key).await?;
    out(view, case).await
}

/// What the viewer may do with a need, and why not the rest.
///
/// # Errors
/// `not_found`.
pub async fn get_actions(view: &View, key: &Key) -> Result<actions::ActionsOut, Error> {
    let case = store::load(view, key).await?;
    Ok(actions::of::<Need>(
        case.need.id,
        state_of::<Need>(&case.need.state)?,
        case.roles,
        &facts(&case),
    ))
}

/// The needs that the viewer may see (需求台账).
///
/// # Errors
/// `invalid` for a division that is no code.
pub async fn list(view: &View, query: &ListQuery) -> Result<NeedList, Error> {
    let mut faults = Faults::new();
    let division = query
        .one("division")
        .and_then(|code| faults.division("?division", code));
    faults.finish()?;
    let rows = store::list(view, query, division.as_ref()).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let items = rows
        .into_iter()
        .map(summary)
        .collect::<Result<_, Error>>()?;
    Ok(NeedList { items, next })
}

fn summary(need: need::Model) -> Result<NeedSummary, Error> {
    Ok(NeedSummary {
        id: need.id,
        state: state_of::<Need>(&need.state)?,
        number: need.number,
        community: need.division,
        title: need.title,
        field: need.field,
        urgency: need.urgency,
        affected_count: need.affected_count,
        priority: need.priority,
        created_at: Instant(need.created_at),
    })
}

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
    let year = wubang_kernel::deadline::local_date(tx.now()).format("%Y");
    let series = format!("XQ-{}-{year}", community.district6());
    let number = format!("{series}-{:04}", numbers::next(tx, &series).await?);
    let row = need::ActiveModel {
        id: Set(tx.new_id()),
        number: Set(number),
        division: Set(community.as_str().to_owned()),
        title: Set(title),
        field: Set(field),
        source: Set(input.source.map(wire).unwrap_or_default()),
        urgency: Set(wire(input.urgency.unwrap_or(crate::model::Urgency::Normal))),
        affected_count: Set(affected),
        detail: Set(detail),
        content_hash: Set(None),
        returned_hash: Set(None),
        analyst_id: Set(None),
        priority: Set(None),
        review_score: Set(None),
        reason_code: Set(None),
        reason: Set(None),
        supplements: Set(0),
        failed_rounds: Set(0),
        created_by: Set(tx.person()?),
        approved_at: Set(None),
        state: Set("draft".to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let need = birth::<need::Entity, _>(tx, made, row, None).await?;
    let roles = store::roles(tx, &need)?;
    out(
        tx,
        Case {
            need,
            analyses: Vec::new(),
            opinions: Vec::new(),
            roles,
        },
    )
    .await
}

/// The secretary changes a draft, a returned need, or one that must be supplemented.
///
/// # Errors
/// `invalid_transition` in any other state; `invalid` with every wrong field.
pub async fn amend(tx: &Tx, key: &Key, patch: NeedPatch) -> Result<NeedOut, Error> {
    let mut case = load_for(tx, key).await?;
    let role = case
        .roles
        .first_of(&[Role::CommunitySecretary])
        .ok_or(Code::Forbidden)?;
    if !matches!(
        case.need.state.as_str(),
        "draft" | "returned" | "supplement_required"
    ) {
        return Err(Code::InvalidTransition.into());
    }
    let mut next = case.need.clone();
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
    next.source = patch.source.map(wire).unwrap_or(next.source);
    next.urgency = patch.urgency.map(wire).unwrap_or(next.urgency);
    let mut faults = Faults::new();
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
                .col_expr(need::Column::ContentHash, Expr::value(content_hash.clone()))
        },
        Some(serde_json::json!({ "content_hash": content_hash })),
    )
    .await?;
    out(tx, case).await
}

async fn load_for(tx: &Tx, key: &Key) -> Result<Case, Error> {
    let case = store::load(tx, key).await?;
    tx.expect_version(case.need.version)?;
    Ok(case)
}

/// Plans an event on a case and spends it with what `with` adds.
async fn step(
    tx: &Tx,
    mut case: Case,
    event: NeedEvent,
    facts: &NeedFacts,
    with: impl for<'a> FnOnce(Commit<'a, need::Entity>) -> Commit<'a, need::Entity>,
) -> Result<Case, Error> {
    let planned = plan::<Need>(
        state_of::<Need>(&case.need.state)?,
        event,
        case.roles,
        facts,
    )?;
    let procedure = tx.procedure("open", &case.need.division);
    let spend = commit::<need::Entity>(tx, &case.need, planned)
        .under(&procedure.timers, procedure.publish_cutoff_hour);
    case.need = with(spend).run().await?;
    Ok(case)
}

/// The secretary submits.
///
/// # Errors
/// `incomplete` with every missing field; `not_changed` after a return without change.
pub async fn submit(tx: &Tx, key: &Key, _: NothingIn) -> Result<NeedOut, Error> {
    let case = load_for(tx, key).await?;
    let (facts, content_hash) = (facts(&case), hash(&case.need));
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
    let facts = facts(&case);
    let case = step(tx, case, NeedEvent::Delete, &facts, |c| c).await?;
    out(tx, case).await
}

fn reason(text: &str) -> Result<String, Refusal> {
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
    let (facts, asked) = (facts(&case), case.need.supplements + 1);
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
    let facts = facts(&case);
    let case = step(tx, case, NeedEvent::Supplement, &facts, |c| c).await?;
    out(tx, case).await
}

/// The street accepts and assigns the third party.
///
/// # Errors
/// `authority_duty` when the officer does not state that it is none; `invalid` for an unknown body.
pub async fn accept(tx: &Tx, key: &Key, input: AcceptIn) -> Result<NeedOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = NeedFacts {
        not_authority_duty: Some(input.not_authority_duty),
        ..facts(&case)
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

/// The street rejects on a closed ground.
///
/// # Errors
/// `invalid` without a reason.
pub async fn reject(tx: &Tx, key: &Key, input: RejectIn) -> Result<NeedOut, Error> {
    let reason = reason(&input.reason)?;
    let case = load_for(tx, key).await?;
    let facts = facts(&case);
    let case = step(tx, case, NeedEvent::Reject, &facts, |c| {
        c.set(need::Column::ReasonCode, wire(input.ground))
            .set(need::Column::Reason, reason.clone())
            .because(Some(reason))
    })
    .await?;
    out(tx, case).await
}

/// The review begins. Its third party was assigned on acceptance.
///
/// # Errors
/// `invalid_transition` unless the need is accepted or in the backlog.
pub async fn start_review(tx: &Tx, key: &Key, _: NothingIn) -> Result<NeedOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(&case);
    let case = step(tx, case, NeedEvent::StartReview, &facts, |c| c).await?;
    out(tx, case).await
}

fn under_review(case: &Case) -> Result<(), Refusal> {
    if case.need.state == wire(NeedState::UnderReview) {
        Ok(())
    } else {
        Err(Code::InvalidTransition.into())
    }
}

/// The assigned third party hands in its analysis with the root cause.
///
/// # Errors
/// `recused` without the declaration; `duplicate` the second time.
pub async fn analyse(tx: &Tx, key: &Key, input: AnalysisIn) -> Result<NeedOut, Error> {
    let mut case = load_for(tx, key).await?;
    let role = case
        .roles
        .first_of(&[Role::ThirdParty])
        .ok_or(Code::Forbidden)?;
    under_review(&case)?;
    let mut faults = Faults::new();
    let content = AnalysisContent {
        root_cause: faults.prose("/root_cause", &input.root_cause, 10..=2000),
        stakeholders: faults.prose("/stakeholders", &input.stakeholders, 2..=2000),
        feasibility: faults.prose("/feasibility", &input.feasibility, 2..=2000),
        proposed_field: input.proposed_field,
    };
    taxonomy::current(tx).await?.check_field(
        "/proposed_field",
        &content.proposed_field,
        &mut faults,
    );
    faults.finish()?;
    if !input.no_conflict {
        return Err(Code::Recused.into());
    }
    let organisation = case.need.analyst_id.ok_or(Code::Forbidden)?;
    let made = store::insert_analysis(tx, case.need.id, organisation, content).await?;
    let data = serde_json::to_value(&made.content)?;
    case.need = edit::<need::Entity>(
        tx,
        &case.need,
        "need.analysed",
        role,
        |update| update,
        Some(data),
    )
    .await?;
    case.analyses.push(made);
    out(tx, case).await
}

/// An expert gives his opinion and the six parts of the score.
///
/// # Errors
/// `forbidden` outside his specialities; `recused` without the declaration; `duplicate` the second time.
pub async fn give_opinion(tx: &Tx, key: &Key, input: OpinionIn) -> Result<NeedOut, Error> {
    let mut case = load_for(tx, key).await?;
    let role = case
        .roles
        .first_of(&[Role::Expert])
        .ok_or(Code::Forbidden)?;
    under_review(&case)?;
    let mut faults = Faults::new();
    let opinion = faults.prose("/opinion", &input.opinion, 10..=2000);
    let total = rules::check_parts(&input.parts, &mut faults);
    let expert = wubang_registry::experts::of_people(tx, &[tx.person()?])
        .await?
        .into_iter()
        .next()
        .ok_or(Code::Forbidden)?;
    if !expert.specialities.contains(&input.speciality) {
        faults.add(
            "/speciality",
            "unknown_value",
            "不在本人专业之内",
            "is none of your specialities",
        );
    }
    faults.finish()?;
    if !input.no_conflict {
        return Err(Code::Recused.into());
    }
    let made = store::insert_opinion(
        tx,
        case.need.id,
        input.speciality,
        OpinionContent {
            opinion,
            parts: input.parts,
        },
        total,
    )
    .await?;
    let data = serde_json::json!({ "speciality": made.speciality, "parts": made.content.parts, "total": total });
    case.need = edit::<need::Entity>(
        tx,
        &case.need,
        "need.opinion_given",
        role,
        |update| update,
        Some(data),
    )
    .await?;
    case.opinions.push(made);
    out(tx, case).await
}

/// The street returns the need to the secretary.
///
/// # Errors
/// `invalid` without a reason.
pub async fn return_to_draft(tx: &Tx, key: &Key, input: ReasonIn) -> Result<NeedOut, Error> {
    let reason = reason(&input.reason)?;
    let case = load_for(tx, key).await?;
    let (facts, seen) = (facts(&case), hash(&case.need));
    let case = step(tx, case, NeedEvent::Return, &facts, |c| {
        c.set(need::Column::ReturnedHash, seen.clone())
            .set(need::Column::ContentHash, seen)
            .set(need::Column::Reason, reason.clone())
            .because(Some(reason))
    })
    .await?;
    out(tx, case).await
}

/// The street approves; the score decides the priority.
///
/// # Errors
/// `analysis_missing`, `opinions_missing`, `score_too_low`.
pub async fn approve(tx: &Tx, key: &Key, _: NothingIn) -> Result<NeedOut, Error> {
    decide(tx, key, NeedEvent::Approve).await
}

/// The street puts the need into the backlog.
///
/// # Errors
/// `score_too_high` from 60 points.
pub async fn backlog(tx: &Tx, key: &Key, _: NothingIn) -> Result<NeedOut, Error> {
    decide(tx, key, NeedEvent::Backlog).await
}

async fn decide(tx: &Tx, key: &Key, event: NeedEvent) -> Result<NeedOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(&case);
    let score = facts.score;
    let now = tx.now();
    let case = step(tx, case, event, &facts, |c| {
        c.set(
            need::Column::ReviewScore,
            score.map(|score| score.to_string()),
        )
        .set(
            need::Column::Priority,
            score.and_then(rules::priority).map(str::to_owned),
        )
        .set(
            need::Column::ApprovedAt,
            (event == NeedEvent::Approve).then_some(now),
        )
        .data(serde_json::json!({ "review_score": score.map(|score| score.rounded().to_string()) }))
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
    let facts = facts(&case);
    let case = step(tx, case, NeedEvent::Withdraw, &facts, |c| {
        c.set(need::Column::Reason, reason.clone())
            .because(Some(reason))
    })
    .await?;
    out(tx, case).await
}

/// What later stages and timers do to a need, as the system.
async fn by_system(
    tx: &Tx,
    id: Uuid,
    event: NeedEvent,
    with: impl for<'a> FnOnce(Commit<'a, need::Entity>, &need::Model) -> Commit<'a, need::Entity>,
) -> Result<(), Error> {
    let need = store::load_many(tx, &[id])
        .await?
        .into_iter()
        .next()
        .ok_or(Code::NotFound)?;
    let roles = wubang_kernel::RoleSet::of(&[Role::System]);
    let before = need.clone();
    let case = Case {
        need,
        analyses: Vec::new(),
        opinions: Vec::new(),
        roles,
    };
    let facts = facts(&case);
    step(tx, case, event, &facts, |c| with(c, &before)).await?;
    Ok(())
}

/// T02: the supplement did not come.
///
/// # Errors
/// `invalid_transition` when the need has moved on.
pub async fn supplement_lapsed(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, NeedEvent::SupplementLapse, |c, _| {
        c.set(need::Column::ReasonCode, "no_supplement")
            .because(Some("no_supplement".to_owned()))
    })
    .await
}

/// T05: approved for too long without a posting.
///
/// # Errors
/// `invalid_transition` when the need has moved on.
pub async fn shelf_life_ended(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, NeedEvent::ShelfLifeEnd, |c, _| c).await
}

/// A posting with this need was published.
///
/// # Errors
/// `invalid_transition` when the need is not approved.
pub async fn posted(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, NeedEvent::Post, |c, _| c).await
}

/// Its posting failed (流榜); after the third round the need must be redesigned.
///
/// # Errors
/// `invalid_transition` when the need is not posted.
pub async fn posting_failed(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, NeedEvent::PostingFail, |c, need| {
        c.set(need::Column::FailedRounds, need.failed_rounds + 1)
    })
    .await
}

/// Its posting was cancelled (撤榜).
///
/// # Errors
/// `invalid_transition` when the need is not posted.
pub async fn posting_cancelled(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, NeedEvent::PostingCancel, |c, _| c).await
}

/// Its contract became active: 承榜落实.
///
/// # Errors
/// `invalid_transition` when the need is not posted.
pub async fn fulfilled(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, NeedEvent::Fulfil, |c, _| c).await
}

/// Its project's evaluation was confirmed.
///
/// # Errors
/// `invalid_transition` when the need is not fulfilled.
pub async fn closed(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, NeedEvent::Close, |c, _| c).await
}

/// Needs by id, as later stages see them.
///
/// # Errors
/// When the database fails.
pub async fn load_many(read: &impl Read, ids: &[Uuid]) -> Result<Vec<crate::Need>, Error> {
    store::load_many(read, ids).await
}

/// The division of a need.
///
/// # Errors
/// Internal: a stored code is wrong.
pub fn division_of(need: &crate::Need) -> Result<DivisionCode, Error> {
    DivisionCode::parse(&need.division).map_err(|_| Error::internal("need with a bad division"))
}
