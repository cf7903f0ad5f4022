//! An award as every act and reader of this stage takes it up: loaded with roles and facts, stepped, shown.

use crate::entity::award;
use crate::flow::{Award, AwardEvent};
use crate::model::{AwardOut, AwardPublicity};
use crate::rules::AwardFacts;
use crate::store;
use uuid::Uuid;
use wubang_kernel::machine::plan;
use wubang_kernel::procedure::PostingType;
use wubang_kernel::score::Exact;
use wubang_kernel::{Role, RoleSet, Timer};
use wubang_postings::Posting;
use wubang_store::commit::Commit;
use wubang_store::{Error, Key, Read, Tx, commit, holds, state_of, timers};
use wubang_web::actions;
use wubang_web::{DeadlineOut, Instant};

/// An award with the viewer's roles and what the guards ask for.
pub(crate) struct Case {
    pub(crate) award: award::Model,
    pub(crate) roles: RoleSet,
    pub(crate) facts: AwardFacts,
}

async fn facts(read: &impl Read, award: &award::Model) -> Result<AwardFacts, Error> {
    let held = holds::any(read, award.id).await? || holds::any(read, award.posting_id).await?;
    let posting = wubang_postings::service::find(read, award.posting_id).await?;
    Ok(AwardFacts {
        held,
        at_once: posting.procedure.0.code == PostingType::Emergency,
        resume_to: award
            .resume_to
            .as_deref()
            .map(state_of::<Award>)
            .transpose()?,
    })
}

pub(crate) async fn load(read: &impl Read, key: &Key) -> Result<Case, Error> {
    let (award, roles) = store::load(read, key).await?;
    let facts = facts(read, &award).await?;
    Ok(Case {
        award,
        roles,
        facts,
    })
}

pub(crate) async fn load_for(tx: &Tx, key: &Key) -> Result<Case, Error> {
    let case = load(tx, key).await?;
    tx.expect_version(case.award.version)?;
    Ok(case)
}

pub(crate) async fn as_system(tx: &Tx, id: Uuid) -> Result<Case, Error> {
    let award = store::find(tx, &Key::Id(id)).await?;
    let facts = facts(tx, &award).await?;
    Ok(Case {
        award,
        roles: RoleSet::of(&[Role::System]),
        facts,
    })
}

/// Plans an event on an award and spends it with what `with` adds.
pub(crate) async fn step(
    tx: &Tx,
    mut case: Case,
    event: AwardEvent,
    with: impl for<'a> FnOnce(Commit<'a, award::Entity>) -> Commit<'a, award::Entity>,
) -> Result<Case, Error> {
    let planned = plan::<Award>(
        state_of::<Award>(&case.award.state)?,
        event,
        case.roles,
        &case.facts,
    )?;
    case.award = with(commit::<award::Entity>(tx, &case.award, planned))
        .run()
        .await?;
    Ok(case)
}

pub(crate) async fn out(read: &impl Read, case: Case) -> Result<AwardOut, Error> {
    let Case {
        award,
        roles,
        facts,
    } = case;
    let state = state_of::<Award>(&award.state)?;
    let total: Option<Exact> = award
        .total
        .as_deref()
        .map(str::parse)
        .transpose()
        .map_err(|_| Error::internal("award with a bad total"))?;
    // the posting carries the term in which the notice must be issued (T16)
    let running = timers::running(read, &[award.id, award.posting_id]).await?;
    let own = |timer: &wubang_store::entity::timers::Model| {
        timer.object_id == award.id || timer.timer == Timer::T16.key()
    };
    let deadlines = running.into_iter().filter(own).map(DeadlineOut::from);
    Ok(AwardOut {
        deadlines: deadlines.collect(),
        allowed_actions: actions::of::<Award>(award.id, state, roles, &facts).allowed,
        id: award.id,
        number: award.number,
        state,
        version: award.version,
        project_id: award.project_id,
        posting_id: award.posting_id,
        bid_id: award.bid_id,
        organisation_id: award.organisation_id,
        organisation_name: award.organisation_name,
        division: award.division,
        rank: award.rank,
        total: total.map(|total| total.rounded()),
        price_fen: award.price_fen,
        publicity: award.publicity,
        publicity_hash: award.publicity_hash,
        publicity_starts_at: Instant(award.publicity_starts_at),
        publicity_ends_at: Instant(award.publicity_ends_at),
        noticed_at: award.noticed_at.map(Instant),
        sign_by: award.sign_by.map(Instant),
        proposal_reason: award.proposal_reason,
        reason_code: award.reason_code,
        reason: award.reason,
        created_at: Instant(award.created_at),
        updated_at: Instant(award.updated_at),
    })
}

/// An award just made, for its maker.
pub(crate) async fn show(tx: &Tx, award: award::Model) -> Result<AwardOut, Error> {
    let case = load(tx, &Key::Id(award.id)).await?;
    out(tx, case).await
}

/// What the award shows of itself once its publicity is over: personal data that was there for the
/// publicity only is masked, in the stage's own copy too (rulebook 2.6).
pub(crate) fn masked(award: &award::Model) -> Result<AwardPublicity, Error> {
    let shown = serde_json::to_value(&award.publicity)?;
    Ok(serde_json::from_value(wubang_publicity::masked(&shown))?)
}

/// The posting whose panel judged: the posting itself, the call out of which it was picked, or the race in which it
/// is a lane.
pub(crate) fn judged_in(posting: &Posting) -> Uuid {
    posting.particulars.came_of().unwrap_or(posting.id)
}
