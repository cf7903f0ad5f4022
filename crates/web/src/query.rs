//! Reading the query of a list: known parameters only, keyset page, repeatable filters.

use crate::ctx::Ctx;
use crate::problem::Problem;
use sea_orm::EntityTrait;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::IntoParams;
use uuid::Uuid;
use wubang_kernel::cursor::{self, Order, Page, Place};
use wubang_kernel::{Code, Refusal};
use wubang_store::sorting::{self, By};

/// The parameters every list takes.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// 每页条数。Rows per page.
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<u32>,
    /// 上一页给出的翻页游标。The cursor that the page before gave.
    pub cursor: Option<String>,
}

/// A parsed list query.
#[derive(Debug, Default)]
pub struct ListQuery {
    /// Which part.
    pub page: Page,
    /// In which order.
    pub order: Order,
    /// Where the page before ended in this order.
    pub after: Option<Place>,
    values: BTreeMap<String, Vec<String>>,
}

impl ListQuery {
    /// Reads the query of a request; `filters` are the names it may use beside `limit` and `cursor`.
    ///
    /// # Errors
    /// `unknown_parameter`, `invalid` or `invalid_cursor`.
    pub fn of(ctx: &Ctx, filters: &[&str]) -> Result<ListQuery, Problem> {
        ListQuery::of_sorted(ctx, filters, &[])
    }

    /// Reads the query of a request for a list that can be ordered: `sort=key` or `sort=-key`.
    ///
    /// # Errors
    /// `unknown_parameter`, `invalid`, or `invalid_cursor`, also for the cursor of another order.
    pub fn of_sorted(
        ctx: &Ctx,
        filters: &[&str],
        keys: &[&'static str],
    ) -> Result<ListQuery, Problem> {
        ListQuery::parse_sorted(ctx.request().query_string(), filters, keys)
            .map_err(|refusal| ctx.problem(refusal))
    }

    /// Reads a query string.
    ///
    /// # Errors
    /// As [`ListQuery::of`].
    pub fn parse(query: &str, filters: &[&str]) -> Result<ListQuery, Refusal> {
        ListQuery::parse_sorted(query, filters, &[])
    }

    /// Reads the query string of a list that can be ordered by the keys.
    ///
    /// # Errors
    /// As [`ListQuery::of_sorted`].
    pub fn parse_sorted(
        query: &str,
        filters: &[&str],
        keys: &[&'static str],
    ) -> Result<ListQuery, Refusal> {
        let pairs: Vec<(String, String)> = actix_web::web::Query::from_query(query)
            .map(actix_web::web::Query::into_inner)
            .map_err(|_| Refusal::new(Code::Malformed))?;
        let mut parsed = ListQuery::default();
        let mut unknown = Refusal::new(Code::UnknownParameter);
        let mut cursor = None;
        let mut sort = None;
        for (name, value) in pairs {
            match name.as_str() {
                "limit" => parsed.page.limit = limit(&value)?,
                "cursor" => cursor = Some(value),
                "sort" if !keys.is_empty() && sort.is_none() => sort = Some(order(&value, keys)?),
                known if filters.contains(&known) => {
                    parsed.values.entry(name).or_default().push(value)
                }
                _ => {
                    unknown = unknown.field(
                        &format!("?{name}"),
                        "unknown_parameter",
                        "没有这个查询参数",
                        "there is no such parameter",
                    )
                }
            }
        }
        if !unknown.fields.is_empty() {
            return Err(unknown);
        }
        parsed.order = sort.unwrap_or_default();
        // a cursor names its order, which may stand behind it in the query
        if let Some(cursor) = cursor {
            let place = cursor::decode_in(parsed.order, &cursor)?;
            parsed.after = Some(place);
            parsed.page.after = Some(place.id);
        }
        Ok(parsed)
    }

    /// All values of a filter.
    #[must_use]
    pub fn all(&self, name: &str) -> &[String] {
        self.values.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The only value of a filter, as a whole number from 0.
    ///
    /// # Errors
    /// `invalid` for anything else.
    pub fn number(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.one(name) else {
            return Ok(None);
        };
        match text.parse::<i64>() {
            Ok(number) if number >= 0 => Ok(Some(number)),
            _ => Err(Refusal::new(Code::Invalid).field(
                &format!("?{name}"),
                "malformed",
                "须为不小于 0 的整数",
                "must be a whole number from 0",
            )),
        }
    }

    /// The only value of a filter.
    #[must_use]
    pub fn one(&self, name: &str) -> Option<&str> {
        self.all(name).first().map(String::as_str)
    }
}

fn order(value: &str, keys: &[&'static str]) -> Result<Order, Refusal> {
    Order::read(value, keys).ok_or_else(|| {
        let known = keys.join(", ");
        Refusal::new(Code::Invalid).field(
            "?sort",
            "unknown_value",
            format!("只能按以下各项排序(降序在前面加 -):{known}"),
            format!("must be one of these, with - before it for the highest first: {known}"),
        )
    })
}

fn limit(value: &str) -> Result<u64, Refusal> {
    value
        .parse()
        .ok()
        .filter(|n| cursor::LIMIT.contains(n))
        .ok_or_else(|| {
            Refusal::new(Code::Invalid).field(
                "?limit",
                "out_of_range",
                "须在 1 与 100 之间",
                "must be between 1 and 100",
            )
        })
}

/// Cuts the extra row that was read to see whether there is more; answers the cursor of the next page.
#[must_use]
pub fn cut<T>(mut rows: Vec<T>, page: Page, id: impl Fn(&T) -> Uuid) -> (Vec<T>, Option<String>) {
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    if rows.len() <= limit {
        return (rows, None);
    }
    rows.truncate(limit);
    let next = rows.last().map(|row| cursor::encode(id(row)));
    (rows, next)
}

/// The same for a list in the order that the query asks for.
#[must_use]
pub fn cut_by<E: EntityTrait>(
    mut rows: Vec<E::Model>,
    query: &ListQuery,
    all: &[By<E>],
    id: impl Fn(&E::Model) -> Uuid,
) -> (Vec<E::Model>, Option<String>) {
    let limit = usize::try_from(query.page.limit).unwrap_or(usize::MAX);
    if rows.len() <= limit {
        return (rows, None);
    }
    rows.truncate(limit);
    let next = rows.last().map(|row| {
        let place = Place {
            id: id(row),
            value: sorting::value_of(all, query.order, row),
        };
        cursor::encode_in(query.order, place)
    });
    (rows, next)
}

/// A page of a list on its way out: what the concrete list types have in common.
pub trait Paged: Serialize {
    /// Cursor of the next page.
    fn next(&self) -> Option<&str>;
}

/// Declares a concrete list type: generic ones make ugly client types.
#[macro_export]
macro_rules! list_of {
    ($(#[$doc:meta])* $name:ident of $item:ty) => {
        $(#[$doc])*
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        pub struct $name {
            /// The rows, newest first unless `sort` says otherwise.
            pub items: Vec<$item>,
            /// Cursor of the next page, `null` on the last.
            pub next: Option<String>,
        }
        impl $crate::query::Paged for $name {
            fn next(&self) -> Option<&str> {
                self.next.as_deref()
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_parameter_is_an_error_not_silence() {
        let refusal = ListQuery::parse("state=open&stat=x", &["state"]).unwrap_err();
        assert_eq!(refusal.code, Code::UnknownParameter);
        assert_eq!(refusal.fields[0].pointer, "?stat");
        assert_eq!(
            ListQuery::parse("state=a&state=b", &["state"])
                .unwrap()
                .all("state")
                .len(),
            2
        );
        assert_eq!(
            ListQuery::parse("limit=101", &[]).unwrap_err().code,
            Code::Invalid
        );
    }
    #[test]
    fn an_order_stands_once_and_only_where_a_list_has_some() {
        let keys = &["supporters", "created_at"];
        let parse = |query: &str| ListQuery::parse_sorted(query, &[], keys);
        assert_eq!(parse("").unwrap().order, Order::NEWEST);
        assert_eq!(
            parse("sort=supporters").unwrap().order.to_string(),
            "supporters"
        );
        let refusal = parse("sort=title").unwrap_err();
        assert_eq!(
            (refusal.code, refusal.fields[0].pointer.as_str()),
            (Code::Invalid, "?sort")
        );
        assert_eq!(
            parse("sort=supporters&sort=-supporters").unwrap_err().code,
            Code::UnknownParameter
        );
        let none = ListQuery::parse("sort=created_at", &[]).unwrap_err();
        assert_eq!(none.code, Code::UnknownParameter);
    }

    #[test]
    fn a_cursor_may_stand_before_its_order_and_fits_no_other() {
        let keys = &["supporters", "created_at"];
        let order = Order {
            key: "supporters",
            descending: false,
        };
        let place = Place {
            id: Uuid::from_u128(7),
            value: Some(-3),
        };
        let cursor = cursor::encode_in(order, place);
        let parse = |query: String| ListQuery::parse_sorted(&query, &[], keys);
        assert_eq!(
            parse(format!("cursor={cursor}&sort=supporters"))
                .unwrap()
                .after,
            Some(place)
        );
        for other in [
            "",
            "&sort=-supporters",
            "&sort=created_at",
            "&sort=-created_at",
        ] {
            let refusal = parse(format!("cursor={cursor}{other}")).unwrap_err();
            assert_eq!(refusal.code, Code::InvalidCursor, "{other}");
        }
    }
}
