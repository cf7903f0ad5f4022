//! Quarters of the civil year: what the cycles of 评榜 are made of (rulebook 2.7, T60). Pure functions.

use chrono::{Datelike, Months, NaiveDate};
use std::fmt;
use wubang_kernel::deadline::{Deadline, end_of_day};

/// A quarter, known by its first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Quarter(NaiveDate);

impl Quarter {
    /// The quarter in which a civil date lies.
    pub(crate) fn of(date: NaiveDate) -> Self {
        let first = date
            .with_day(1)
            .and_then(|day| day.with_month0(day.month0() / 3 * 3));
        Quarter(first.unwrap_or(date))
    }

    /// Its first day.
    pub(crate) fn first_day(self) -> NaiveDate {
        self.0
    }

    /// Its last day.
    pub(crate) fn last_day(self) -> NaiveDate {
        let next = self.next().0;
        next.pred_opt().unwrap_or(next)
    }

    /// The quarter after it.
    pub(crate) fn next(self) -> Self {
        Quarter(
            self.0
                .checked_add_months(Months::new(3))
                .unwrap_or(NaiveDate::MAX),
        )
    }

    /// Its end, from which the next one runs.
    pub(crate) fn end(self) -> Deadline {
        let last = self.last_day();
        Deadline {
            at: end_of_day(last),
            rule: format!("{last} 24:00"),
            provisional: false,
        }
    }

    /// 季度 in words.
    pub(crate) fn zh(self) -> String {
        let name = match self.0.month0() / 3 {
            0 => "一",
            1 => "二",
            2 => "三",
            _ => "四",
        };
        format!("{}年第{name}季度", self.0.year())
    }
}

impl fmt::Display for Quarter {
    /// As in numbers: `2026-Q2`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-Q{}", self.0.year(), self.0.month0() / 3 + 1)
    }
}

/// Whether a quarter began since: the next cycle for what waits in the backlog.
pub(crate) fn is_new_cycle(since: NaiveDate, today: NaiveDate) -> bool {
    Quarter::of(since) < Quarter::of(today)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn a_quarter_has_a_name_a_first_and_a_last_day() {
        let second = Quarter::of(day(2026, 5, 31));
        assert_eq!(
            (second.first_day(), second.last_day()),
            (day(2026, 4, 1), day(2026, 6, 30))
        );
        assert_eq!(
            (second.to_string(), second.zh()),
            ("2026-Q2".to_owned(), "2026年第二季度".to_owned())
        );
        assert_eq!(second.end().rule, "2026-06-30 24:00");
        let last = Quarter::of(day(2026, 12, 31));
        assert_eq!(
            (last.first_day(), last.next().first_day()),
            (day(2026, 10, 1), day(2027, 1, 1))
        );
    }

    proptest! {
        #[test]
        fn a_cycle_is_new_from_the_first_day_of_the_next_quarter_on(since in 0_i64..3000, days in 0_i64..400) {
            let start = day(2024, 1, 1);
            let since = start + chrono::Duration::days(since);
            let today = since + chrono::Duration::days(days);
            let next = since.iter_days().find(|day| day.day() == 1 && day.month0() % 3 == 0 && *day > since).unwrap();
            prop_assert_eq!(is_new_cycle(since, today), today >= next);
        }

        #[test]
        fn quarters_follow_each_other_without_a_gap(days in 0_i64..30_000) {
            let date = day(1990, 1, 1) + chrono::Duration::days(days);
            let quarter = Quarter::of(date);
            prop_assert!(quarter.first_day() <= date && date <= quarter.last_day());
            prop_assert_eq!(quarter.last_day().succ_opt().unwrap(), quarter.next().first_day());
            prop_assert_eq!(Quarter::of(quarter.next().first_day()), quarter.next());
        }
    }
}
