//! The public face of needs: a list and a detail for everybody (rulebook 2.6).

use crate::entity::need;
use crate::flow::{Need, NeedState};
use crate::model::{PublicNeedList, PublicNeedOut, PublicNeedSummary};
use crate::store::{NeedFilter, SORTS, voices};
use std::collections::HashMap;
use uuid::Uuid;
use wubang_kernel::{Timer, personal};
use wubang_store::{Error, Key, Read, View, state_of, timers};
use wubang_web::query::cut_by;
use wubang_web::{Instant, ListQuery};

/// Public needs; to somebody of the territory also those that he may support.
///
/// # Errors
/// `invalid` with every wrong filter.
pub async fn public_needs(view: &View, query: &ListQuery) -> Result<PublicNeedList, Error> {
    let filter = NeedFilter::of(query)?;
    let rows = voices::faces(view, &filter, query).await?;
    let (rows, next) = cut_by(rows, query, SORTS, |row| row.id);
    let items = summaries(view, &rows).await?;
    Ok(PublicNeedList { items, next })
}

/// One public need.
///
/// # Errors
/// `not_found` when it is not public.
pub async fn public_need(view: &View, key: &Key) -> Result<PublicNeedOut, Error> {
    let (need, _) = voices::face(view, key).await?;
    face_out(view, need).await
}

pub(super) async fn face_out(read: &impl Read, need: need::Model) -> Result<PublicNeedOut, Error> {
    let supported = voices::has_supported(read, need.id).await?;
    let summary = summaries(read, std::slice::from_ref(&need))
        .await?
        .pop()
        .ok_or_else(|| Error::internal("a need without a summary"))?;
    // what personal data the comment list shows is shown no longer than that (rulebook 2.6)
    let shown = |text: String| match summary.state {
        NeedState::InComment => text,
        _ => personal::mask(&text),
    };
    Ok(PublicNeedOut {
        description: shown(need.detail.description),
        wished_result: shown(need.detail.wished_result),
        community_resources: shown(need.detail.community_resources),
        summary,
        merged_into: need.merged_into,
        supported,
    })
}

async fn summaries(
    read: &impl Read,
    rows: &[need::Model],
) -> Result<Vec<PublicNeedSummary>, Error> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let supporters = voices::supporters(read, &ids).await?;
    let comments = voices::comment_counts(read, &ids).await?;
    let until: HashMap<Uuid, Instant> = timers::running(read, &ids)
        .await?
        .into_iter()
        .filter(|timer| timer.timer == Timer::T04.key())
        .map(|timer| (timer.object_id, Instant(timer.due_at)))
        .collect();
    rows.iter()
        .map(|need| {
            Ok(PublicNeedSummary {
                id: need.id,
                number: need.number.clone(),
                state: state_of::<Need>(&need.state)?,
                community: need.division.clone(),
                title: match need.state.as_str() {
                    "in_comment" => need.title.clone(),
                    _ => personal::mask(&need.title),
                },
                field: need.field.clone(),
                target_groups: need.detail.target_groups.clone(),
                urgency: need.urgency.clone(),
                affected_count: need.affected_count,
                priority: need.priority.clone(),
                supporters: supporters.get(&need.id).copied().unwrap_or(0),
                comments: comments.get(&need.id).copied().unwrap_or_default(),
                comment_until: until.get(&need.id).copied(),
                approved_at: need.approved_at.map(Instant),
            })
        })
        .collect()
}
