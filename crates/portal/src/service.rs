//! Reading a project across the stages.

use crate::model::{
    ProjectLane, ProjectList, ProjectNeed, ProjectOut, ProjectSummary, TraceList, TraceOut,
};
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Faults, Role, RoleSet};
use wubang_postings::model::PostingList;
use wubang_postings::{Posting, Project, flow};
use wubang_store::{Error, Key, Read, View, state_of, trace};
use wubang_web::{Instant, ListQuery, query};

/// Roles over the division that see a project from its first draft on.
const OFFICIALS: &[Role] = &[
    Role::CommunitySecretary,
    Role::StreetOfficer,
    Role::DepartmentOfficer,
    Role::DistrictAdmin,
    Role::Supervisor,
];
/// Roles that see the process trail (rulebook 2.6); its data the supervisor alone.
const TRAIL: &[Role] = &[
    Role::CommunitySecretary,
    Role::StreetOfficer,
    Role::DistrictAdmin,
    Role::Supervisor,
];

/// Who organises a panel, or looks after those who do: they know who sits and who stands aside (rulebook 2.6).
const ORGANISERS: &[Role] = &[Role::StreetOfficer, Role::DistrictAdmin, Role::Supervisor];
/// What the trail keeps to them.
const JUDGING: &[&str] = &["panel", "panel_recusal"];

fn roles(view: &View, project: &Project) -> Result<RoleSet, Error> {
    let division = DivisionCode::parse(&project.division)
        .map_err(|_| Error::internal("project with a bad division"))?;
    Ok(view.actor().roles(&Reach::at(division)))
}

async fn needs(view: &View, posting: Option<Uuid>) -> Result<Vec<ProjectNeed>, Error> {
    let Some(posting) = posting else {
        return Ok(Vec::new());
    };
    let ids = wubang_postings::service::need_ids(view, posting).await?;
    let rows = wubang_needs::service::load_many(view, &ids).await?;
    Ok(rows
        .into_iter()
        .map(|need| ProjectNeed {
            id: need.id,
            number: need.number,
            title: need.title,
            community: need.division,
            state: need.state,
        })
        .collect())
}

/// The lanes of the race that a posting is, or is a lane of.
async fn lanes(view: &View, posting: Option<&Posting>) -> Result<Vec<ProjectLane>, Error> {
    let Some(posting) = posting else {
        return Ok(Vec::new());
    };
    let lane = posting.particulars.lane.as_ref();
    let race = lane.map_or(posting.id, |lane| lane.race_id);
    let lanes = wubang_postings::service::lanes_of(view, &[race]).await?;
    let out = lanes.into_iter().map(|one| {
        Ok(ProjectLane {
            race_id: race,
            lane: one.particulars.lane.map_or(0, |lane| lane.lane),
            project_id: one.project_id,
            posting_id: one.id,
            posting_number: one.number,
            posting_state: state_of::<flow::Posting>(&one.state)?,
        })
    });
    out.collect()
}

/// A project, from its first publication for everybody signed in, before for its officials.
///
/// # Errors
/// `not_found`.
pub(crate) async fn get(view: &View, key: &Key) -> Result<ProjectOut, Error> {
    let project = wubang_postings::service::project(view, key).await?;
    let official = roles(view, &project)?.any(OFFICIALS);
    let rounds = wubang_postings::service::of_project(view, project.id).await?;
    if !official && rounds.iter().all(|posting| posting.published_at.is_none()) {
        return Err(Code::NotFound.into());
    }
    let of_project = ListQuery::parse(
        &format!("project_id={}&limit=100", project.id),
        &["project_id"],
    )?;
    let lanes = lanes(view, rounds.last()).await?;
    let needs = needs(view, rounds.last().map(|posting| posting.id)).await?;
    let shown = rounds
        .into_iter()
        .filter(|posting| official || posting.published_at.is_some());
    Ok(ProjectOut {
        id: project.id,
        number: project.number,
        title: project.title,
        division: project.division,
        field: project.field,
        stage: project.stage,
        outcome: project.outcome,
        version: project.version,
        needs,
        postings: shown
            .map(wubang_postings::service::summary)
            .collect::<Result<_, Error>>()?,
        awards: wubang_awards::service::list(view, &of_project).await?.items,
        contracts: wubang_contracts::service::list(view, &of_project)
            .await?
            .items,
        evaluations: wubang_evaluations::service::list(view, &of_project)
            .await?
            .items,
        lanes,
        created_at: Instant(project.created_at),
        updated_at: Instant(project.updated_at),
    })
}

/// Projects: those with a published posting, and drafts within one's own territory.
///
/// # Errors
/// `invalid` for a division that is no code.
pub(crate) async fn list(view: &View, filter: &ListQuery) -> Result<ProjectList, Error> {
    let mut faults = Faults::new();
    let division = filter
        .one("division")
        .and_then(|code| faults.division("?division", code));
    faults.finish()?;
    let rows = wubang_postings::service::projects(
        view,
        filter.page,
        division.as_ref(),
        filter.all("stage"),
        OFFICIALS,
    )
    .await?;
    let (rows, next) = query::cut(rows, filter.page, |row| row.id);
    let items = rows
        .into_iter()
        .map(|project| ProjectSummary {
            id: project.id,
            number: project.number,
            title: project.title,
            division: project.division,
            field: project.field,
            stage: project.stage,
            outcome: project.outcome,
            created_at: Instant(project.created_at),
        })
        .collect();
    Ok(ProjectList { items, next })
}

/// Whose name the trail keeps to the supervisor (rulebook 2.6): who sits on a panel, until the result;
/// who asked about a posting, for ever; and who objected, when what he withdrew lets award, posting and result go on.
fn is_secret(row: &wubang_store::entity::trace::Model) -> bool {
    let goes_on = row.actor_role == "system"
        && [
            "award.resumed",
            "award.publicity_resumed",
            "evaluation.review_unchanged",
            "evaluation.publicity_resumed",
            "posting.resumed",
            "publicity.moved",
        ]
        .contains(&row.event.as_str());
    goes_on
        || row.actor_role == "assessor"
        || (row.object == "posting_question" && row.from_state.is_none())
}

/// The process trail of a project, newest first.
///
/// # Errors
/// `not_found` for who may not see it.
pub(crate) async fn trail(view: &View, key: &Key, filter: &ListQuery) -> Result<TraceList, Error> {
    let project = wubang_postings::service::project(view, key).await?;
    let roles = roles(view, &project)?;
    if !roles.any(TRAIL) {
        return Err(Code::NotFound.into());
    }
    let full = roles.has(Role::Supervisor);
    let hidden = if roles.any(ORGANISERS) { &[] } else { JUDGING };
    let rows = trace::of_project(view, project.id, hidden, filter.page).await?;
    let (rows, next) = query::cut(rows, filter.page, |row| row.id);
    let items = rows
        .into_iter()
        .map(|row| TraceOut {
            actor: if full || !is_secret(&row) {
                row.actor_name.clone()
            } else {
                "—".to_owned()
            },
            id: row.id,
            position: row.position,
            object: row.object,
            object_id: row.object_id,
            event: row.event,
            from: row.from_state,
            to: row.to_state,
            role: row.actor_role,
            reason: row.reason,
            data: row.data.filter(|_| full),
            // points and ranks are few enough to be tried against a hash
            data_hash: row.data_hash.filter(|_| full),
            at: Instant(row.at),
        })
        .collect();
    Ok(TraceList { items, next })
}

/// Published postings, for everybody.
///
/// # Errors
/// As the list of the stage.
pub(crate) async fn public_postings(view: &View, filter: &ListQuery) -> Result<PostingList, Error> {
    wubang_postings::service::list_published(view, filter).await
}
