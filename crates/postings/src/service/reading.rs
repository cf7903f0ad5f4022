//! What later stages read of postings and projects.

use crate::project;
use crate::store::{self, PostingCase};
use std::collections::HashMap;
use uuid::Uuid;
use wubang_kernel::Role;
use wubang_kernel::cursor::Page;
use wubang_kernel::division::DivisionCode;
use wubang_store::{Error, Key, Read, Tx};

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

/// Which of these postings still take bids, or will again.
///
/// # Errors
/// When the database fails.
pub async fn taking_bids_among(read: &impl Read, postings: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    store::in_states(read, postings, &["open", "suspended"]).await
}

/// Which of these postings have ended without an agreement, or with everything done: nothing of them is decided any
/// more, whatever their bids say. A call and a race live on in what came out of them.
///
/// # Errors
/// When the database fails.
pub async fn ended_among(read: &impl Read, postings: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    let mut ended = store::in_states(read, postings, &["failed", "cancelled", "completed"]).await?;
    let living: Vec<Option<Uuid>> = store::came_of(read, &ended)
        .await?
        .iter()
        .map(|one| one.call_id)
        .collect();
    ended.retain(|id| !living.contains(&Some(*id)));
    Ok(ended)
}

/// Earlier postings of the same division and field that somebody won, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn won_in(
    read: &impl Read,
    posting: &crate::Posting,
    most: u64,
) -> Result<Vec<Uuid>, Error> {
    store::won_in(read, posting, most).await
}

/// The needs a posting covers.
///
/// # Errors
/// When the database fails.
pub async fn need_ids(read: &impl Read, id: Uuid) -> Result<Vec<Uuid>, Error> {
    store::need_ids(read, id).await
}

/// The needs of several postings.
///
/// # Errors
/// When the database fails.
pub async fn needs_of_many(
    read: &impl Read,
    postings: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Uuid>>, Error> {
    store::needs_of_many(read, postings).await
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
