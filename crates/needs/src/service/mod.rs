//! What can be done with a need: load, decide, spend, tell.

mod adopting;
mod appeals;
mod comments;
pub mod cycles;
mod export;
mod fresh;
mod intake;
mod merging;
mod public;
mod recusals;
mod review;
mod system;
mod votes;

pub use adopting::{Adopted, adopt};
pub use appeals::{appeal, appeal_lapsed, decide_appeal, objection_upheld};
pub use comments::{comment, comment_ended, comments, open_comment, support, unsupport};
pub use export::export;
pub use intake::{
    accept, amend, delete, draft, reject, request_supplement, submit, supplement, withdraw,
};
pub use merging::{duplicates, merge};
pub use public::{public_need, public_needs};
pub use recusals::{demand_recusal, exclude_reviewer};
pub use review::{
    analyse, approve, backlog, flag_emergency, give_opinion, return_to_draft, return_to_review,
    start_review,
};
use system::by_system;
pub use system::{
    closed, division_of, final_need, find, find_any, fulfilled, load_many, posted,
    posting_cancelled, posting_failed, reopened, shelf_life_ended, supplement_lapsed,
};
pub use votes::record_vote;

use crate::entity::{need, vote};
use crate::flow::{Need, NeedEvent};
use crate::model::{
    AnalysisOut, AppealRecord, NeedAppealOut, NeedList, NeedOut, NeedRecusalOut, NeedSummary,
    NeedVoteOut, OpinionOut, Source, Urgency, wire,
};
use crate::quarter::is_new_cycle;
use crate::rules::{self, NeedFacts};
use crate::store::{self, Case, reviewers};
use uuid::Uuid;
use wubang_kernel::Role;
use wubang_kernel::Timer;
use wubang_kernel::deadline::{is_over, local_date};
use wubang_kernel::machine::plan;
use wubang_kernel::score::{Exact, Hundredths};
use wubang_store::commit::Commit;
use wubang_store::{Error, Key, Read, Tx, View, commit, state_of, timers};
use wubang_web::{DeadlineOut, Instant, ListQuery, WarningOut, actions};

fn facts(read: &impl Read, case: &Case) -> NeedFacts {
    let (need, now) = (&case.need, read.now());
    let totals: Vec<i64> = case.valid_opinions().map(|opinion| opinion.total).collect();
    let dismissed = |record: &AppealRecord| record.upheld == Some(false);
    NeedFacts {
        title: need.title.clone(),
        detail: need.detail.clone(),
        source: need.source.clone(),
        affected_count: need.affected_count,
        field: need.field.clone(),
        changed: need.content_hash != need.returned_hash,
        supplements: need.supplements,
        not_authority_duty: None,
        duplicates_checked: None,
        lacks_information: None,
        appeal_dismissed: need.appeal.as_ref().is_some_and(dismissed),
        appeal_until: need.appeal_until.map(|until| (until, is_over(until, now))),
        upheld: None,
        new_cycle: need
            .backlogged_at
            .is_some_and(|since| is_new_cycle(local_date(since), local_date(now))),
        new_evidence: None,
        is_emergency: need.urgency == wire(Urgency::Emergency),
        is_flagged: need.emergency,
        redesign_required: need.redesign_required,
        target_open: None,
        has_analysis: case.valid_analyses().next().is_some(),
        specialities: case
            .valid_opinions()
            .map(|opinion| opinion.speciality.clone())
            .collect(),
        opinions_needed: if need.source == wire(Source::MicroWish) {
            1
        } else {
            2
        },
        score: rules::review_score(&totals),
        failed_rounds: need.failed_rounds,
        taken: None,
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
    let supporters = store::voices::supporters(read, &[need.id]).await?;
    let comments = store::voices::comment_counts(read, &[need.id]).await?;
    let votes = reviewers::votes(read, need.id).await?;
    let recusals = if case.roles.any(store::OFFICIALS) {
        reviewers::recusals(read, need.id).await?
    } else {
        Vec::new()
    };
    let actions = actions::of::<Need>(need.id, state, case.roles, &facts(read, &case));
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
        analyses: case.analyses.iter().map(AnalysisOut::from).collect(),
        opinions: case
            .read_by(read.actor().person)
            .map(OpinionOut::from)
            .collect(),
        votes: votes.into_iter().map(vote_out).collect(),
        recusals: recusals.into_iter().map(NeedRecusalOut::from).collect(),
        cycle: need.cycle,
        root_cause: need.root_cause.clone(),
        emergency: need.emergency,
        redesign_required: need.redesign_required,
        appeal: need.appeal.clone().map(NeedAppealOut::from),
        appeal_until: need.appeal_until.map(Instant),
        review_score: score.map(|score| score.rounded()),
        priority: need.priority.clone(),
        reason_code: need.reason_code.clone(),
        reason: need.reason.clone(),
        merged_into: need.merged_into,
        supporters: supporters.get(&need.id).copied().unwrap_or(0),
        comments: comments.get(&need.id).copied().unwrap_or_default(),
        deadlines: running.into_iter().map(DeadlineOut::from).collect(),
        allowed_actions: actions.allowed,
        warnings: warnings(&case),
        created_at: Instant(need.created_at),
        updated_at: Instant(need.updated_at),
    })
}

/// Personal data that the secretary, who may change the need, should take out again.
fn warnings(case: &Case) -> Vec<WarningOut> {
    if !case.roles.has(Role::CommunitySecretary) {
        return Vec::new();
    }
    let (need, detail) = (&case.need, &case.need.detail);
    wubang_web::warnings::of(&[
        ("/title", &need.title),
        ("/description", &detail.description),
        ("/wished_result", &detail.wished_result),
        ("/tried", &detail.tried),
        ("/community_resources", &detail.community_resources),
    ])
}

fn vote_out(row: vote::Model) -> NeedVoteOut {
    let (quorate, carried) = rules::vote_result(row.entitled, row.present, row.in_favour);
    NeedVoteOut {
        held_on: row.held_on,
        kind: row.kind,
        entitled: row.entitled,
        present: row.present,
        in_favour: row.in_favour,
        against: row.against,
        abstained: row.abstained,
        quorate,
        carried,
        summary: row.summary,
    }
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
        &facts(view, &case),
    ))
}

/// The needs that the viewer may see (需求台账).
///
/// # Errors
/// `invalid` with every wrong filter.
pub async fn list(view: &View, query: &ListQuery) -> Result<NeedList, Error> {
    let filter = store::NeedFilter::of(query)?;
    let rows = store::list(view, &filter, query).await?;
    let (rows, next) = wubang_web::query::cut_by(rows, query, store::SORTS, |row| row.id);
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let supporters = store::voices::supporters(view, &ids).await?;
    let items = rows
        .into_iter()
        .map(|row| {
            let voices = supporters.get(&row.id).copied().unwrap_or(0);
            summary(row, voices)
        })
        .collect::<Result<_, Error>>()?;
    Ok(NeedList { items, next })
}

fn summary(need: need::Model, supporters: i64) -> Result<NeedSummary, Error> {
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
        review_score: need.review_hundredths.map(Hundredths),
        supporters,
        created_at: Instant(need.created_at),
    })
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
    let procedure = wubang_store::rules::at(tx, &case.need.division).await?;
    let review = rules::review_term(procedure.timers.of(Timer::T03), &case.need.urgency);
    let spend = commit::<need::Entity>(tx, &case.need, planned)
        .under(&procedure.timers, procedure.publish_cutoff_hour)
        .due(Timer::T03, tx.calendar().deadline(tx.now(), review));
    case.need = with(spend).run().await?;
    Ok(case)
}
