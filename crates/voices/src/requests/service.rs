//! What can be done with a request: load, decide, spend, tell.

pub use super::intake::{hand_in, notice};
pub use super::receipt::{feedback, status};
pub use super::settling::{acknowledge, answer, attach, draft_need, reject, released, transfer};

use super::model::{FeedbackOut, RequestList, RequestOut, RequestSummary};
use super::rules::RequestFacts;
use super::store;
use crate::entity::request;
use crate::fates;
use crate::flow::ResidentRequest;
use uuid::Uuid;
use wubang_kernel::{Faults, RoleSet};
use wubang_store::{Error, Key, Read, View, state_of, timers};
use wubang_web::{DeadlineOut, Instant, ListQuery, actions};

pub(super) async fn need_number(
    read: &impl Read,
    need: Option<Uuid>,
) -> Result<Option<String>, Error> {
    let Some(need) = need else {
        return Ok(None);
    };
    let rows = wubang_needs::service::load_many(read, &[need]).await?;
    Ok(rows.into_iter().next().map(|need| need.number))
}

pub(super) async fn out(
    read: &impl Read,
    row: request::Model,
    roles: RoleSet,
) -> Result<RequestOut, Error> {
    let state = state_of::<ResidentRequest>(&row.state)?;
    let running = timers::running(read, &[row.id]).await?;
    let facts = RequestFacts::default();
    let actions = actions::of::<ResidentRequest>(row.id, state, roles, &facts);
    let (fates, _) = fates::of_request(read, &row).await?;
    Ok(RequestOut {
        id: row.id,
        state,
        version: row.version,
        need_number: need_number(read, row.need_id).await?,
        feedback: FeedbackOut::of(&row),
        number: row.number,
        community: row.division,
        channel: row.channel,
        title: row.title,
        detail: row.detail,
        field: row.field,
        affected_count: row.affected_count,
        need_id: row.need_id,
        reason_code: row.reason_code,
        reason: row.reason,
        fates,
        deadlines: running.into_iter().map(DeadlineOut::from).collect(),
        allowed_actions: actions.allowed,
        created_at: Instant(row.created_at),
        updated_at: Instant(row.updated_at),
    })
}

/// A request for an official of its community.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn get(view: &View, key: &Key) -> Result<RequestOut, Error> {
    let (row, roles) = store::load(view, key).await?;
    out(view, row, roles).await
}

/// What the viewer may do with a request, and why not the rest.
///
/// # Errors
/// `not_found`.
pub async fn get_actions(view: &View, key: &Key) -> Result<actions::ActionsOut, Error> {
    let (row, roles) = store::load(view, key).await?;
    Ok(actions::of::<ResidentRequest>(
        row.id,
        state_of::<ResidentRequest>(&row.state)?,
        roles,
        &RequestFacts::default(),
    ))
}

/// The requests of the viewer's territory, newest first.
///
/// # Errors
/// `invalid` for a division or a need that is no code or id.
pub async fn list(view: &View, query: &ListQuery) -> Result<RequestList, Error> {
    let mut faults = Faults::new();
    let division = query
        .one("division")
        .and_then(|code| faults.division("?division", code));
    let needs: Vec<Option<Uuid>> = query
        .all("need")
        .iter()
        .map(|id| Uuid::parse_str(id).ok())
        .collect();
    if needs.contains(&None) {
        faults.add("?need", "malformed", "须为需求的 id", "must be a need's id");
    }
    faults.finish()?;
    let needs: Vec<Uuid> = needs.into_iter().flatten().collect();
    let rows = store::list(view, query, division.as_ref(), &needs).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let items = rows
        .into_iter()
        .map(|row| {
            Ok(RequestSummary {
                state: state_of::<ResidentRequest>(&row.state)?,
                id: row.id,
                number: row.number,
                community: row.division,
                channel: row.channel,
                title: row.title,
                field: row.field,
                affected_count: row.affected_count,
                need_id: row.need_id,
                feedback: row.feedback,
                created_at: Instant(row.created_at),
            })
        })
        .collect::<Result<_, Error>>()?;
    Ok(RequestList { items, next })
}
