//! What can be done with a campaign: load, decide, spend, tell.

pub use super::answering::{answer, answer_public, progress, results, texts};
pub use super::drafting::{amend, draft};
pub use super::findings::draft_need;

use super::model::{
    CampaignCommunity, CampaignList, CampaignOut, CampaignSummary, CancelCampaignIn, FindingOut,
    PublicCampaignOut, SummaryIn,
};
use super::store::{self, Case};
use crate::entity::campaign;
use crate::flow::{Campaign, CampaignEvent, CampaignGuard};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;
use wubang_kernel::deadline::{Deadline, at_hour, end_of_day, is_over};
use wubang_kernel::machine::{Audience, Facts, Name, plan};
use wubang_kernel::{Code, Faults, Refusal, Role, RoleSet, Timer, faults};
use wubang_store::commit::Commit;
use wubang_store::outbox::{self, Notice};
use wubang_store::{Error, Key, Read, Tracked, Tx, View, commit, state_of, timers};
use wubang_web::NothingIn;
use wubang_web::{DeadlineOut, Instant, ListQuery, actions};

/// Hour of the first day at which a campaign opens.
const OPENING_HOUR: u32 = 9;

/// What is known of a campaign when a step is asked for.
pub(super) struct CampaignFacts {
    over: bool,
}

impl CampaignFacts {
    pub(super) fn of(row: &campaign::Model, now: DateTime<Utc>) -> Self {
        CampaignFacts {
            over: is_over(end_of_day(row.ends_on), now),
        }
    }
}

impl Facts<Campaign> for CampaignFacts {
    fn check(&self, guard: CampaignGuard) -> Result<(), Refusal> {
        let holds = match guard {
            CampaignGuard::PeriodAhead => !self.over,
        };
        if holds {
            Ok(())
        } else {
            Err(guard.code().into())
        }
    }
}

pub(super) async fn load_for(tx: &Tx, key: &Key) -> Result<Case, Error> {
    let case = store::load(tx, key).await?;
    tx.expect_version(case.campaign.version)?;
    Ok(case)
}

async fn step(
    tx: &Tx,
    mut case: Case,
    event: CampaignEvent,
    with: impl for<'a> FnOnce(Commit<'a, campaign::Entity>) -> Commit<'a, campaign::Entity>,
) -> Result<Case, Error> {
    let planned = plan::<Campaign>(
        state_of::<Campaign>(&case.campaign.state)?,
        event,
        case.roles,
        &CampaignFacts::of(&case.campaign, tx.now()),
    )?;
    case.campaign = with(commit::<campaign::Entity>(tx, &case.campaign, planned))
        .run()
        .await?;
    Ok(case)
}

/// A deadline on a date that people set.
fn dated(at: DateTime<Utc>, rule: String) -> Deadline {
    Deadline {
        at,
        rule,
        provisional: false,
    }
}

/// Who runs the campaign announces it: from now on nothing of it changes, and it opens on its first day
/// at 9 o'clock, or at once when that has passed.
///
/// # Errors
/// `deadline_passed` when the last day is over.
pub async fn announce(tx: &Tx, key: &Key, _: NothingIn) -> Result<CampaignOut, Error> {
    let case = load_for(tx, key).await?;
    let starts_on = case.campaign.starts_on;
    let opening = at_hour(starts_on, OPENING_HOUR, 0).ok_or(Code::Internal)?;
    // a deadline's last second is in time: the second before opens on the hour
    let due = dated(
        opening - TimeDelta::seconds(1),
        format!("{starts_on} {OPENING_HOUR}:00"),
    );
    let hash = wubang_kernel::digest::content_hash(&serde_json::to_value(&case.campaign.form)?);
    let mut case = step(tx, case, CampaignEvent::Announce, |c| {
        c.due(Timer::CampaignOpen, due)
            .data(serde_json::json!({ "form_hash": hash }))
    })
    .await?;
    if opening <= tx.now() {
        let viewer = case.roles;
        case.roles = RoleSet::of(&[Role::System]);
        case = opened(tx, case).await?;
        case.roles = viewer;
    }
    out(tx, case).await
}

async fn opened(tx: &Tx, case: Case) -> Result<Case, Error> {
    let ends_on = case.campaign.ends_on;
    let due = dated(end_of_day(ends_on), format!("{ends_on} 24:00"));
    let case = step(tx, case, CampaignEvent::Open, |c| {
        c.due(Timer::CampaignClose, due)
    })
    .await?;
    for row in &case.communities {
        let notice = Notice {
            tell: vec![Audience::Secretary],
            division: row.community.clone(),
            field: None,
            label: case.campaign.label(),
            organisations: Vec::new(),
            persons: Vec::new(),
            state: case.campaign.state.clone(),
            facts: serde_json::json!({ "target": row.target, "due_at": Instant(end_of_day(ends_on)) }),
        };
        outbox::tell(
            tx,
            "opinion_survey_campaign.opened",
            "opinion_survey_campaign",
            case.campaign.id,
            notice,
        )
        .await?;
    }
    Ok(case)
}

/// The first day has come.
///
/// # Errors
/// `invalid_transition` when the campaign has moved on.
pub async fn open(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let case = store::find(tx, &Key::Id(id)).await?;
    opened(tx, case).await?;
    Ok(())
}

/// The last day is over.
///
/// # Errors
/// `invalid_transition` when the campaign has moved on.
pub async fn close(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let case = store::find(tx, &Key::Id(id)).await?;
    step(tx, case, CampaignEvent::Close, |c| c).await?;
    Ok(())
}

/// Who runs the campaign sums it up.
///
/// # Errors
/// `invalid` without a summary; `invalid_transition` before its end.
pub async fn summarise(tx: &Tx, key: &Key, input: SummaryIn) -> Result<CampaignOut, Error> {
    let mut faults = Faults::new();
    let summary = faults.prose("/summary", &input.summary, 10..=5000);
    faults.finish()?;
    let case = load_for(tx, key).await?;
    let case = step(tx, case, CampaignEvent::Summarise, |c| {
        c.set(campaign::Column::Summary, summary)
    })
    .await?;
    out(tx, case).await
}

/// Who runs the campaign cancels it.
///
/// # Errors
/// `invalid` without a reason; `invalid_transition` after its end.
pub async fn cancel(tx: &Tx, key: &Key, input: CancelCampaignIn) -> Result<CampaignOut, Error> {
    let reason = faults::reason(&input.reason)?;
    let case = load_for(tx, key).await?;
    let case = step(tx, case, CampaignEvent::Cancel, |c| {
        c.set(campaign::Column::Reason, reason.clone())
            .because(Some(reason))
    })
    .await?;
    out(tx, case).await
}

pub(super) fn shown(row: &crate::entity::campaign_community::Model) -> CampaignCommunity {
    CampaignCommunity {
        community: row.community.clone(),
        target: row.target,
    }
}

pub(super) async fn out(read: &impl Read, case: Case) -> Result<CampaignOut, Error> {
    let row = case.campaign;
    let state = state_of::<Campaign>(&row.state)?;
    let running = timers::running(read, &[row.id]).await?;
    let facts = CampaignFacts::of(&row, read.now());
    let actions = actions::of::<Campaign>(row.id, state, case.roles, &facts);
    let findings = store::findings(read, row.id).await?;
    Ok(CampaignOut {
        id: row.id,
        number: row.number,
        state,
        version: row.version,
        division: row.division,
        title: row.title,
        purpose: row.purpose,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        public: row.public,
        communities: case.communities.iter().map(shown).collect(),
        questions: row.form.0,
        summary: row.summary,
        reason: row.reason,
        findings: findings
            .into_iter()
            .map(|one| FindingOut {
                community: one.community,
                need_id: one.need_id,
                answers: one.answers,
                created_at: Instant(one.created_at),
            })
            .collect(),
        deadlines: running.into_iter().map(DeadlineOut::from).collect(),
        allowed_actions: actions.allowed,
        created_at: Instant(row.created_at),
        updated_at: Instant(row.updated_at),
    })
}

/// A campaign for who runs it or works in one of its communities.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn get(view: &View, key: &Key) -> Result<CampaignOut, Error> {
    let case = store::load(view, key).await?;
    out(view, case).await
}

/// What the viewer may do with a campaign, and why not the rest.
///
/// # Errors
/// `not_found`.
pub async fn get_actions(view: &View, key: &Key) -> Result<actions::ActionsOut, Error> {
    let case = store::load(view, key).await?;
    Ok(actions::of::<Campaign>(
        case.campaign.id,
        state_of::<Campaign>(&case.campaign.state)?,
        case.roles,
        &CampaignFacts::of(&case.campaign, view.now()),
    ))
}

async fn page(view: &View, query: &ListQuery, public: bool) -> Result<CampaignList, Error> {
    let mut faults = Faults::new();
    let division = query
        .one("division")
        .and_then(|code| faults.division("?division", code));
    faults.finish()?;
    let rows = store::list(view, query, division.as_ref(), public).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let items = rows
        .into_iter()
        .map(|row| {
            Ok(CampaignSummary {
                state: state_of::<Campaign>(&row.state)?,
                id: row.id,
                number: row.number,
                division: row.division,
                title: row.title,
                starts_on: row.starts_on,
                ends_on: row.ends_on,
                public: row.public,
                created_at: Instant(row.created_at),
            })
        })
        .collect::<Result<_, Error>>()?;
    Ok(CampaignList { items, next })
}

/// The campaigns of the viewer's territory, newest first.
///
/// # Errors
/// `invalid` for a division that is no code.
pub async fn list(view: &View, query: &ListQuery) -> Result<CampaignList, Error> {
    page(view, query, false).await
}

/// The open campaigns that residents can answer themselves.
///
/// # Errors
/// `invalid` for a division that is no code.
pub async fn list_public(view: &View, query: &ListQuery) -> Result<CampaignList, Error> {
    page(view, query, true).await
}

/// An open campaign that residents can answer themselves; `not_found` for every other.
pub(super) async fn find_public(read: &impl Read, key: &Key) -> Result<Case, Error> {
    let case = store::find(read, key).await?;
    if case.campaign.public && case.campaign.state == "open" {
        Ok(case)
    } else {
        Err(Code::NotFound.into())
    }
}

/// The form of an open public campaign.
///
/// # Errors
/// `not_found` for a campaign that is not open or not public.
pub async fn get_public(view: &View, key: &Key) -> Result<PublicCampaignOut, Error> {
    let case = find_public(view, key).await?;
    let row = case.campaign;
    Ok(PublicCampaignOut {
        id: row.id,
        number: row.number,
        title: row.title,
        purpose: row.purpose,
        ends_on: row.ends_on,
        communities: case
            .communities
            .into_iter()
            .map(|one| one.community)
            .collect(),
        questions: row.form.0,
    })
}
