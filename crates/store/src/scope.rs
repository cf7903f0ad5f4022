//! Scoping a list by its viewer: the condition stands in the query, not in a filter afterwards.

use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, SimpleExpr};
use sea_orm::{ColumnTrait, Condition};
use wubang_kernel::division::DivisionCode;

/// Rows whose division lies in one of the divisions (each covers everything below it). No division
/// means no row.
pub fn within<'a, C: ColumnTrait>(
    column: C,
    divisions: impl Iterator<Item = &'a DivisionCode>,
) -> Condition {
    let mut any = Condition::any();
    let mut some = false;
    for division in divisions {
        some = true;
        any = any.add(column.between(division.as_str().to_owned(), last_below(division)));
    }
    if some { any } else { any.add(column.eq("")) }
}

/// The last code that lies below a division: its prefix filled up with nines.
#[must_use]
pub fn last_below(division: &DivisionCode) -> String {
    format!("{:9<12}", division.prefix())
}

/// Rows whose text holds a part; the wildcards of the part are taken literally.
pub fn holds<C: ColumnTrait>(column: C, part: &str) -> SimpleExpr {
    let literal = part
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    Expr::col(column).like(LikeExpr::new(format!("%{literal}%")).escape('\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_street_ends_before_the_next() {
        assert_eq!(
            last_below(&DivisionCode::parse("410108005").unwrap()),
            "410108005999"
        );
    }
}
