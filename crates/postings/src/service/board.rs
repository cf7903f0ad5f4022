//! The board (榜单): pages, counts per facet, the newest.

use super::summary;
use crate::entity::posting;
use crate::model::{FacetCount, PostingFacets, PostingList};
use crate::store::{self, For};
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Faults, Refusal};
use wubang_store::{Error, View};
use wubang_web::ListQuery;

/// Bands of the ceiling in fen: free, to 10 000, to 50 000, to 200 000 yuan, above.
const BANDS: &[(&str, i64, i64)] = &[
    ("0", 0, 1),
    ("1-1000000", 1, 1_000_001),
    ("1000001-5000000", 1_000_001, 5_000_001),
    ("5000001-20000000", 5_000_001, 20_000_001),
    ("20000001-", 20_000_001, i64::MAX),
];

fn division(query: &ListQuery) -> Result<Option<DivisionCode>, Refusal> {
    let mut faults = Faults::new();
    let division = query
        .one("division")
        .and_then(|code| faults.division("?division", code));
    faults.finish()?;
    Ok(division)
}

async fn listed(view: &View, query: &ListQuery, whom: For) -> Result<PostingList, Error> {
    let division = division(query)?;
    let rows = store::list(view, query, division.as_ref(), whom).await?;
    let (rows, next) = wubang_web::query::cut_by(rows, query, &store::sorts(whom), |row| row.id);
    let items = rows
        .into_iter()
        .map(summary)
        .collect::<Result<_, Error>>()?;
    Ok(PostingList { items, next })
}

/// The postings that the viewer may see.
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub async fn list(view: &View, query: &ListQuery) -> Result<PostingList, Error> {
    listed(view, query, For::Viewer).await
}

/// The published postings, whoever asks.
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub async fn list_published(view: &View, query: &ListQuery) -> Result<PostingList, Error> {
    listed(view, query, For::Everybody).await
}

/// The postings published last, whoever asks: for feeds.
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub async fn latest(view: &View, query: &ListQuery) -> Result<Vec<posting::Model>, Error> {
    let division = division(query)?;
    store::latest(view, query, division.as_ref()).await
}

fn counts(rows: Vec<(String, i64)>) -> Vec<FacetCount> {
    let one = |(value, count)| FacetCount { value, count };
    rows.into_iter().map(one).collect()
}

/// How many published postings have each value of each facet.
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub async fn facets(view: &View, query: &ListQuery) -> Result<PostingFacets, Error> {
    let division = division(query)?;
    let taxonomy = wubang_registry::taxonomy::current(view).await?;
    let groups: Vec<String> = taxonomy
        .target_groups
        .iter()
        .map(|one| one.code.clone())
        .collect();
    let bands: Vec<_> = BANDS
        .iter()
        .map(|(name, min, max)| ((*name).to_owned(), *min, *max))
        .collect();
    let found = store::facets(view, query, division.as_ref(), &groups, &bands).await?;
    let streets = found
        .street
        .into_iter()
        .map(|(prefix, count)| (format!("{prefix}000"), count));
    Ok(PostingFacets {
        state: counts(found.state),
        field: counts(found.field),
        kind: counts(found.kind),
        street: counts(streets.collect()),
        target_group: counts(found.target_group),
        budget_ceiling: counts(found.budget),
    })
}
