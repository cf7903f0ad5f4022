//! The board (榜单): lists, counts and the newest, always within what the viewer may see.

use super::OFFICIALS;
use crate::entity::posting;
use sea_orm::sea_query::{Expr, ExprTrait, Func, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
};
use wubang_kernel::Faults;
use wubang_kernel::division::DivisionCode;
use wubang_store::sorting::{By, Kind, arrange};
use wubang_store::{Error, Read, Tx, scope, search};
use wubang_web::ListQuery;

/// Name of postings in the full-text index.
const INDEX: &str = "posting";
/// Entries of a feed.
const FEED: u64 = 50;

/// Whom a list is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// Everybody: published postings.
    Everybody,
    /// The viewer: published ones, and drafts of his territory.
    Viewer,
}

/// Keeps what a posting can be found by.
pub(crate) async fn index(tx: &Tx, posting: &posting::Model) -> Result<(), Error> {
    let content = &posting.content;
    let texts = [
        posting.number.as_str(),
        &posting.title,
        &content.service_content,
        &content.buyer.name,
        &content.eligibility,
    ];
    search::index(tx, INDEX, posting.id, &texts).await
}

fn seen(read: &impl Read, whom: For) -> Condition {
    let published = Condition::any().add(posting::Column::PublishedAt.is_not_null());
    match whom {
        For::Everybody => published,
        For::Viewer => published.add(scope::within(
            posting::Column::Division,
            read.actor().divisions(OFFICIALS),
        )),
    }
}

/// The conditions of a query, but for the filter `except`.
fn filtered(
    read: &impl Read,
    query: &ListQuery,
    within: Option<&DivisionCode>,
    except: &str,
) -> Result<Condition, Error> {
    let mut all = Condition::all();
    if let Some(division) = within {
        all = all.add(scope::within(
            posting::Column::Division,
            std::iter::once(division),
        ));
    }
    for (name, column) in [
        ("state", posting::Column::State),
        ("field", posting::Column::Field),
        ("type", posting::Column::Kind),
    ] {
        if name != except && !query.all(name).is_empty() {
            all = all.add(column.is_in(query.all(name).iter().cloned()));
        }
    }
    if except != "target_group" && !query.all("target_group").is_empty() {
        let groups = query.all("target_group").iter();
        all = all.add(groups.fold(Condition::any(), |any, group| any.add(holds(group))));
    }
    if except != "budget" {
        let column = posting::Column::BudgetCeilingFen;
        if let Some(min) = query.number("budget_ceiling_min")? {
            all = all.add(column.gte(min));
        }
        if let Some(max) = query.number("budget_ceiling_max")? {
            all = all.add(column.lte(max));
        }
    }
    if let Some(question) = query.one("q") {
        let mut faults = Faults::new();
        let question = search::Question::read(question, &mut faults);
        faults.finish()?;
        all = all.add(question.matching(read, posting::Column::Id, INDEX));
    }
    Ok(all)
}

fn holds(group: &str) -> SimpleExpr {
    scope::holds(posting::Column::TargetGroups, &format!(" {group} "))
}

/// What lists of postings can go by, beside the time of the draft. Drafts have no day of publication.
pub(crate) const fn sorts(whom: For) -> [By<posting::Entity>; 3] {
    [
        By {
            key: "published_at",
            column: posting::Column::PublishedAt,
            kind: Kind::Instant,
            nullable: matches!(whom, For::Viewer),
            value: |row| row.published_at.map(|at| at.timestamp_micros()),
        },
        By {
            key: "bid_deadline",
            column: posting::Column::BidDeadline,
            kind: Kind::Instant,
            nullable: true,
            value: |row| row.bid_deadline.map(|at| at.timestamp_micros()),
        },
        By {
            key: "budget_ceiling_fen",
            column: posting::Column::BudgetCeilingFen,
            kind: Kind::Number,
            nullable: false,
            value: |row| Some(row.budget_ceiling_fen),
        },
    ]
}

/// One page of the postings that the viewer may see, one row more than asked for.
pub(crate) async fn list(
    read: &impl Read,
    query: &ListQuery,
    within: Option<&DivisionCode>,
    whom: For,
) -> Result<Vec<posting::Model>, Error> {
    let select = posting::Entity::find()
        .filter(seen(read, whom))
        .filter(filtered(read, query, within, "")?);
    let id = posting::Column::Id;
    let select = arrange(select, id, &sorts(whom), query.order, query.after)?;
    Ok(select.limit(query.page.limit + 1).all(&read.db()).await?)
}

/// The postings published last, for feeds.
pub(crate) async fn latest(
    read: &impl Read,
    query: &ListQuery,
    within: Option<&DivisionCode>,
) -> Result<Vec<posting::Model>, Error> {
    Ok(posting::Entity::find()
        .filter(seen(read, For::Everybody))
        .filter(filtered(read, query, within, "")?)
        .order_by_desc(posting::Column::PublishedAt)
        .order_by_desc(posting::Column::Id)
        .limit(FEED)
        .all(&read.db())
        .await?)
}

/// A value and how many postings have it.
pub(crate) type Count = (String, i64);

/// Counts of the published postings per value of each facet. Each facet is counted under all filters but
/// its own, so that a front-end can offer what else there is.
pub(crate) struct Facets {
    pub state: Vec<Count>,
    pub field: Vec<Count>,
    pub kind: Vec<Count>,
    pub street: Vec<Count>,
    pub target_group: Vec<Count>,
    pub budget: Vec<Count>,
}

/// One statement per facet, however many postings there are.
pub(crate) async fn facets(
    read: &impl Read,
    query: &ListQuery,
    within: Option<&DivisionCode>,
    groups: &[String],
    bands: &[(String, i64, i64)],
) -> Result<Facets, Error> {
    let base = |except: &str| -> Result<Select<posting::Entity>, Error> {
        Ok(posting::Entity::find()
            .select_only()
            .filter(seen(read, For::Everybody))
            .filter(filtered(read, query, within, except)?))
    };
    let street = Func::cust("substr")
        .arg(Expr::col(posting::Column::Division))
        .arg(1)
        .arg(9);
    let in_band = |min: i64, max: i64| {
        Expr::col(posting::Column::BudgetCeilingFen)
            .gte(min)
            .and(Expr::col(posting::Column::BudgetCeilingFen).lt(max))
    };
    Ok(Facets {
        state: grouped(read, base("state")?, Expr::col(posting::Column::State)).await?,
        field: grouped(read, base("field")?, Expr::col(posting::Column::Field)).await?,
        kind: grouped(read, base("type")?, Expr::col(posting::Column::Kind)).await?,
        street: grouped(read, base("division")?, street.into()).await?,
        target_group: summed(
            read,
            base("target_group")?,
            groups
                .iter()
                .map(|group| (group.clone(), holds(group)))
                .collect(),
        )
        .await?,
        budget: summed(
            read,
            base("budget")?,
            bands
                .iter()
                .map(|(name, min, max)| (name.clone(), in_band(*min, *max)))
                .collect(),
        )
        .await?,
    })
}

/// Counts per value. Grouped by the place of the value, not by the expression again: PostgreSQL does not
/// take two expressions with bound parameters for the same.
async fn grouped(
    read: &impl Read,
    select: Select<posting::Entity>,
    by: SimpleExpr,
) -> Result<Vec<Count>, Error> {
    Ok(select
        .column_as(by, "value")
        .column_as(posting::Column::Id.count(), "count")
        .group_by(Expr::cust("1"))
        .order_by_asc(Expr::cust("1"))
        .into_tuple()
        .all(&read.db())
        .await?)
}

/// Counts each condition in one row.
async fn summed(
    read: &impl Read,
    select: Select<posting::Entity>,
    cases: Vec<(String, SimpleExpr)>,
) -> Result<Vec<Count>, Error> {
    let mut counts = Vec::new();
    let mut select = select;
    for (i, (_, case)) in cases.iter().enumerate() {
        let one = Expr::case(case.clone(), 1).finally(0);
        select = select.column_as(
            Expr::expr(Func::coalesce([Func::sum(one).into(), Expr::val(0)])).cast_as("bigint"),
            format!("c{i}"),
        );
    }
    // a sum has no declared type on SQLite: read by name as a number, not through JSON
    let Some(row) = read.db().query_one(&select.into_query()).await? else {
        return Ok(counts);
    };
    for (i, (name, _)) in cases.into_iter().enumerate() {
        let count: i64 = row.try_get("", &format!("c{i}"))?;
        if count > 0 {
            counts.push((name, count));
        }
    }
    Ok(counts)
}
