//! The feed of new postings (Atom 1.0), for whoever reads news and not pages.

use atom_syndication::{Category, Entry, Feed, FixedDateTime, Link, Text};
use chrono::{DateTime, Utc};
use wubang_kernel::deadline::LOCAL;
use wubang_postings::Posting;
use wubang_store::{Error, View};
use wubang_web::ListQuery;

fn at(instant: DateTime<Utc>) -> FixedDateTime {
    instant.with_timezone(&LOCAL)
}

fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

fn entry(posting: &Posting, base: &str) -> Option<Entry> {
    let published = posting.published_at?;
    let deadline = posting
        .bid_deadline
        .map(|deadline| at(deadline).format("%Y-%m-%d %H:%M:%S").to_string())
        .unwrap_or_default();
    let ceiling = match posting.content.lanes() {
        0 | 1 => format!("最高限价 {} 元", yuan(posting.budget_ceiling_fen)),
        lanes => format!(
            "赛马 {lanes} 家,每家最高限价 {} 元,合计 {} 元",
            yuan(posting.budget_ceiling_fen),
            yuan(posting.whole_ceiling_fen())
        ),
    };
    let summary = format!(
        "{ceiling};揭榜截止 {deadline};发布方 {}",
        posting.content.buyer.name
    );
    Some(Entry {
        title: Text::plain(format!("{} {}", posting.number, posting.title)),
        id: format!("urn:uuid:{}", posting.id),
        updated: at(posting.updated_at),
        published: Some(at(published)),
        summary: Some(Text::plain(summary)),
        categories: [&posting.field, &posting.state]
            .map(|term| Category {
                term: term.clone(),
                ..Category::default()
            })
            .to_vec(),
        links: vec![Link {
            href: format!("{base}/api/v1/public/postings/{}", posting.number),
            rel: "alternate".to_owned(),
            mime_type: Some("application/json".to_owned()),
            ..Link::default()
        }],
        ..Entry::default()
    })
}

/// The postings published last, as an Atom document. Its time is that of the newest change in it.
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub(crate) async fn postings(view: &View, query: &ListQuery, base: &str) -> Result<String, Error> {
    let rows = wubang_postings::service::latest(view, query).await?;
    let place = query.one("division").unwrap_or("all");
    let field = query.one("field").unwrap_or("all");
    let updated = rows.iter().map(|posting| posting.updated_at).max();
    let feed = Feed {
        title: Text::plain("五榜 发榜公告"),
        id: format!("{base}/api/v1/public/feeds/postings?division={place}&field={field}"),
        updated: at(updated.unwrap_or(DateTime::UNIX_EPOCH)),
        entries: rows
            .iter()
            .filter_map(|posting| entry(posting, base))
            .collect(),
        ..Feed::default()
    };
    Ok(feed.to_string())
}
