//! What can be done with a posting: load, decide, spend, tell.

mod board;
mod changing;
pub(crate) mod checking;
mod copying;
mod drafting;
mod elsewhere;
mod fresh;
mod holders;
mod ordering;
mod picking;
mod publicity;
mod questions;
mod racing;
mod reading;
mod recounting;
mod rounds;
mod suspending;
mod system;
mod too_few;
pub(crate) mod types;
mod waiving;

pub use board::{facets, latest, list, list_published};
pub use changing::{
    LastChange, amend_published, extend, extend_for_too_few, last_change, was_extended_for_too_few,
};
pub use copying::{
    copy, draft_from_template, get_template, keep_template, list_templates, retire_template,
};
pub use drafting::{
    amend, approve, cancel, cancel_after_objection, draft, endorse, return_to_draft, submit,
};
pub use elsewhere::{fail_elsewhere, take_result};
pub use holders::{Holder, holders_of};
pub use ordering::decline_order;
pub use picking::{Pick, conclude, out_of, pick, picked_of};
pub use publicity::notice_period_ended;
pub use questions::{
    answer, ask, askers, get_question, get_question_actions, list_questions, posting_of_question,
};
pub use racing::{
    decide_race, hold_race, lanes_of, needs_closed, needs_fulfilled, open_lane, race_of,
};
pub use reading::{
    division_of, ended_among, find, load, need_ids, needs_of_many, of_project, project, projects,
    set_stage, taking_bids_among, won_in,
};
pub use recounting::on_recounted;
pub use rounds::{repost, return_to_review};
pub use suspending::{
    resume, resume_after_objection, resume_by_timer, suspend, suspend_for_objection,
};
pub use system::{
    agreement_drafted, agreement_ended, award_proposed, close, completed, contracted, failed,
    next_candidate, publicity_over, publish, reevaluate, start_evaluation,
};
pub use too_few::{fail_too_few, single_bidder, single_bidder_over};
pub use types::FORMS;
pub use waiving::waive_caps;

use crate::change_rules::{ChangeFacts, Extensions};
use crate::changes::{ChangeOut, Kind, SuspensionOut};
use crate::entity::{change, posting};
use crate::flow::{Posting, PostingEvent};
use crate::forbidden::{self, Passage};
use crate::invitation::InvitationOut;
use crate::model::{PostingOut, PostingSummary};
use crate::project;
use crate::rules::{self, PostingFacts};
pub use crate::rules::{EvaluationFacts, Turnout};
use crate::store::{self, PostingCase, changes};
use uuid::Uuid;
use wubang_kernel::Role;
use wubang_kernel::deadline::is_over;
use wubang_kernel::machine::plan;
use wubang_kernel::money::Fen;
use wubang_kernel::procedure::Way;
use wubang_store::commit::Commit;
use wubang_store::{Error, Key, Read, Tx, View, commit, state_of, timers};
use wubang_web::DeadlineOut;
use wubang_web::Instant;
use wubang_web::actions::{self, ActionsOut};

async fn facts(read: &impl Read, case: &PostingCase) -> Result<PostingFacts, Error> {
    let posting = &case.posting;
    let procedure = &posting.procedure.0;
    let needs = wubang_needs::service::load_many(read, &case.need_ids).await?;
    Ok(PostingFacts {
        checked: None,
        needs_approved: needs.iter().all(|need| need.state == "approved")
            && (!needs.is_empty() || checking::kind_of(&posting.kind)?.way() == Way::Call),
        ceiling: Fen::new(posting.whole_ceiling_fen())
            .map_err(|_| Error::internal("posting with a bad ceiling"))?,
        limit: procedure.procurement_limit_fen,
        milestones: posting.content.milestones.len(),
        tranches: procedure.tranches.len(),
        kind: checking::kind_of(&posting.kind)?,
        picked: posting.call_id.is_some(),
        race: posting.content.lanes() > 1,
        own_part: took_part(posting, read.actor().person)?,
        endorsed: posting.endorsed_by.is_some(),
        split: None,
        acknowledged: None,
        caps: None,
        evaluation: None,
        wanted: procedure.min_valid_bids,
        turnout: None,
        single_bidder: publicity::single_bidder(read, posting)
            .await?
            .map(|shown| shown.state == "ended"),
        change: change_facts(read, case).await?,
    })
}

/// Whether somebody had a part in the posting before its approval: drafted it, endorsed it, or, where the
/// community picks, handed it in.
fn took_part(posting: &posting::Model, person: Option<Uuid>) -> Result<bool, Error> {
    let picked = checking::kind_of(&posting.kind)?.picked_by_community();
    let picker = posting.handed_in_by.filter(|_| picked);
    let parts = [Some(posting.drafted_by), picker, posting.endorsed_by];
    Ok(person.is_some() && parts.contains(&person))
}

/// What the state of the posting makes worth asking: nothing while it is a draft.
async fn change_facts(read: &impl Read, case: &PostingCase) -> Result<ChangeFacts, Error> {
    let posting = &case.posting;
    let rule = &posting.procedure.0.changes;
    let by = posting.suspended_by.as_deref().and_then(Role::from_wire);
    let mut facts = ChangeFacts {
        over: posting
            .bid_deadline
            .is_none_or(|at| is_over(at, read.now())),
        extensions: Extensions::of(rule, std::iter::empty()),
        same_authority: by.is_some_and(|by| case.roles.has(by)) || case.roles.has(Role::System),
        resume_to: posting.resume_to.clone(),
        ..ChangeFacts::default()
    };
    match posting.state.as_str() {
        "open" => {
            let known = changes::of_posting(read, posting.id).await?;
            let own = known
                .iter()
                .filter(|row| row.kind == Kind::Extension.wire());
            facts.extensions = Extensions::of(rule, own.map(|row| row.days));
        }
        "failed" | "cancelled" => {
            let rounds = store::of_project(read, posting.project_id).await?;
            let published = rounds.iter().filter(|row| row.published_at.is_some());
            facts.rounds = i32::try_from(published.count()).unwrap_or(i32::MAX);
            facts.most_rounds = rule.rounds;
            facts.last_round = rounds.last().is_none_or(|last| last.id == posting.id);
        }
        _ => {}
    }
    Ok(facts)
}

/// The hash of the public notice: numbers, content and frozen rules, as everybody can compute it.
fn notice_hash(posting: &posting::Model) -> String {
    wubang_kernel::digest::content_hash(&publicity::notice(posting))
}

/// Asks the table without doing anything: who may not is told so before his input is judged.
fn may(case: &PostingCase, event: PostingEvent, facts: &PostingFacts) -> Result<(), Error> {
    let state = state_of::<Posting>(&case.posting.state)?;
    let _ = plan::<Posting>(state, event, case.roles, facts)?;
    Ok(())
}

/// The suspension that lasts, from the chronicle.
fn suspension(posting: &posting::Model, known: &[change::Model]) -> Option<SuspensionOut> {
    if posting.state != "suspended" {
        return None;
    }
    let (by, to) = (posting.suspended_by.clone()?, posting.resume_to.clone()?);
    let last = known
        .iter()
        .rfind(|row| row.kind == Kind::Suspension.wire())?;
    Some(SuspensionOut {
        ground: last.ground.clone(),
        reason: last.reason.clone(),
        by,
        since: Instant(last.changed_at),
        resumes_to: to,
    })
}

/// What looks like forbidden content, while those who deal with the draft can still change it.
async fn findings(read: &impl Read, case: &PostingCase) -> Result<Vec<Passage>, Error> {
    let posting = &case.posting;
    let at_work = [Role::CommunitySecretary, Role::StreetOfficer];
    if !matches!(posting.state.as_str(), "draft" | "pending_approval") || !case.roles.any(&at_work)
    {
        return Ok(Vec::new());
    }
    let division = store::division(posting)?;
    let names = wubang_registry::organisations::names_within(read, &division).await?;
    let criteria = &posting.procedure.0.criteria;
    Ok(forbidden::passages(
        &posting.title,
        &posting.content,
        criteria,
        &names,
    ))
}

async fn out(read: &impl Read, case: PostingCase) -> Result<PostingOut, Error> {
    let facts = facts(read, &case).await?;
    let findings = findings(read, &case).await?;
    let kind = checking::kind_of(&case.posting.kind)?;
    let invitation = InvitationOut::of(read.actor(), &case.posting);
    let posting = case.posting;
    let whole_ceiling_fen = posting.whole_ceiling_fen();
    let state = state_of::<Posting>(&posting.state)?;
    // the term to decide after a failed round belongs to the project
    let clocks = match posting.state.as_str() {
        "failed" => vec![posting.id, posting.project_id],
        _ => vec![posting.id],
    };
    let running = timers::running(read, &clocks).await?;
    let known = changes::of_posting(read, posting.id).await?;
    let all = store::of_project(read, posting.project_id).await?;
    let single_bidder = publicity::single_bidder(read, &posting).await?;
    Ok(PostingOut {
        single_bidder: too_few::shown(&posting, single_bidder),
        suspension: suspension(&posting, &known),
        changes: known.into_iter().map(ChangeOut::from).collect(),
        rounds: rounds::shown(&all, case.roles)?,
        changes_recommended: rounds::is_unchanged(&posting, &all),
        id: posting.id,
        number: posting.number,
        project_id: posting.project_id,
        round: posting.round,
        kind,
        state,
        version: posting.version,
        need_ids: case.need_ids,
        division: posting.division,
        title: posting.title,
        field: posting.field,
        budget_ceiling_fen: posting.budget_ceiling_fen,
        whole_ceiling_fen,
        content: posting.content,
        procedure: posting.procedure,
        overrides: posting.overrides,
        findings,
        sealing: holders::shown(posting.particulars.sealing, case.roles),
        order: posting.particulars.order,
        endorsed: posting.endorsed_by.is_some(),
        external_procedure_ref: posting.particulars.external,
        external_result: posting.particulars.result,
        call: posting.particulars.call,
        picked_from: posting.particulars.picked,
        lane_of: posting.particulars.lane,
        invitation,
        acknowledgement_reason: posting.acknowledgement_reason,
        cap_reason: posting.cap_reason,
        bidder_cap_reason: posting.bidder_cap_reason,
        split_reason: posting.split_reason,
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
        need_returned_reason: posting.need_returned_reason,
        deadlines: running.into_iter().map(DeadlineOut::from).collect(),
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

/// A posting as it stands in lists.
///
/// # Errors
/// Internal: a stored state is wrong.
pub fn summary(posting: posting::Model) -> Result<PostingSummary, Error> {
    let whole_ceiling_fen = posting.whole_ceiling_fen();
    Ok(PostingSummary {
        kind: checking::kind_of(&posting.kind)?,
        state: state_of::<Posting>(&posting.state)?,
        id: posting.id,
        number: posting.number,
        project_id: posting.project_id,
        round: posting.round,
        division: posting.division,
        title: posting.title,
        field: posting.field,
        contractors: posting.content.lanes(),
        whole_ceiling_fen,
        budget_ceiling_fen: posting.budget_ceiling_fen,
        published_at: posting.published_at.map(Instant),
        bid_deadline: posting.bid_deadline.map(Instant),
        external_result: posting.particulars.result,
    })
}

/// Takes the running timer of an object out of those read together.
fn timer_of(
    running: &mut Vec<wubang_store::entity::timers::Model>,
    object: Uuid,
) -> Option<wubang_store::entity::timers::Model> {
    let found = running.iter().position(|row| row.object_id == object)?;
    Some(running.swap_remove(found))
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
    // a suspended project is where it was
    let state = &case.posting.state;
    let was = case.posting.resume_to.as_ref();
    let at = was.filter(|_| state == "suspended").unwrap_or(state);
    let (stage, ended) = rules::stage_of(at);
    if matches!(event, PostingEvent::Close | PostingEvent::Cancel) {
        questions::lapse(tx, &case.posting).await?;
    }
    // at its end a project says itself what came of it
    let itself = [
        PostingEvent::Complete,
        PostingEvent::Conclude,
        PostingEvent::DecideRace,
        PostingEvent::EndEarly,
    ];
    if !itself.contains(&event) {
        let outcome = ended.then(|| case.posting.state.clone());
        project::set_stage(tx, case.posting.project_id, stage, outcome.as_deref()).await?;
    }
    Ok(case)
}
