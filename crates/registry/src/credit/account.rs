//! The arithmetic of the credit score (信用分, rulebook 2.12.5): pure functions of days and points.

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};
use wubang_kernel::words;

/// What everybody starts with, and what time alone gives back at most.
pub const START: i32 = 100;
/// The most a score can be.
pub const MOST: i32 = 120;

words! {
    /// Band of a credit score (信用档), what the public sees of it.
    CreditBand {
        A = "a", "A 档(100 分及以上)";
        B = "b", "B 档(85 分及以上)";
        C = "c", "C 档(70 分及以上)";
        D = "d", "D 档(70 分以下)";
    }
}

impl CreditBand {
    /// The band of a score.
    #[must_use]
    pub const fn of(score: i32) -> Self {
        match score {
            100.. => CreditBand::A,
            85..=99 => CreditBand::B,
            70..=84 => CreditBand::C,
            _ => CreditBand::D,
        }
    }
}

/// A score as it stood after its last entry, and from which day clean months count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Points after the last entry.
    pub balance: i32,
    /// From which day the next clean months count; none while nothing was ever taken away.
    pub clean_since: Option<NaiveDate>,
    /// Day of the last deduction.
    pub last_fault: Option<NaiveDate>,
}

impl Default for Account {
    fn default() -> Self {
        Account {
            balance: START,
            clean_since: None,
            last_fault: None,
        }
    }
}

/// What one entry did to a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Points that clean months had given back until then.
    pub recovered: i32,
    /// Points that count of the entry: fewer than it says where the score would leave 0–120.
    pub counted: i32,
    /// The score after both.
    pub balance: i32,
}

/// Whole months between two days: the same day of a later month, or its last (民法典 art. 202).
fn whole_months(from: NaiveDate, to: NaiveDate) -> u32 {
    (1..)
        .take_while(|n| {
            from.checked_add_months(Months::new(*n))
                .is_some_and(|day| day <= to)
        })
        .last()
        .unwrap_or(0)
}

impl Account {
    /// Points that clean months have given back until a day: one for each whole month, up to the start.
    #[must_use]
    pub fn recovered_on(&self, day: NaiveDate) -> i32 {
        let missing = START.saturating_sub(self.balance);
        let Some(since) = self.clean_since.filter(|_| missing > 0) else {
            return 0;
        };
        i32::try_from(whole_months(since, day))
            .unwrap_or(i32::MAX)
            .min(missing)
    }

    /// The score on a day.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> i32 {
        self.balance.saturating_add(self.recovered_on(day))
    }

    /// Enters points on a day; points below zero end the clean time and begin it anew.
    #[must_use]
    pub fn enter(&self, points: i32, day: NaiveDate) -> (Account, Step) {
        let recovered = self.recovered_on(day);
        let before = self.balance.saturating_add(recovered);
        let balance = before.saturating_add(points).clamp(0, MOST);
        let months = self.clean_since.map_or(0, |since| whole_months(since, day));
        let clean_since = if points < 0 {
            Some(day)
        } else {
            // a month that has begun goes on counting
            self.clean_since
                .and_then(|since| since.checked_add_months(Months::new(months)))
        };
        let step = Step {
            recovered,
            counted: balance.saturating_sub(before),
            balance,
        };
        let after = Account {
            balance,
            clean_since,
            last_fault: if points < 0 {
                Some(day)
            } else {
                self.last_fault
            },
        };
        (after, step)
    }

    /// The account that entries lead to, each with what it did, in their order.
    pub fn walk(entries: impl IntoIterator<Item = (i32, NaiveDate)>) -> (Account, Vec<Step>) {
        let mut account = Account::default();
        let mut steps = Vec::new();
        for (points, day) in entries {
            let (after, step) = account.enter(points, day);
            account = after;
            steps.push(step);
        }
        (account, steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_deduction_recovers_a_point_for_each_whole_month() {
        let (account, step) = Account::default().enter(-5, day("2026-01-31"));
        assert_eq!((step.counted, step.balance), (-5, 95));
        assert_eq!(account.on(day("2026-02-27")), 95);
        assert_eq!(
            account.on(day("2026-02-28")),
            96,
            "the last day of a short month"
        );
        assert_eq!(account.on(day("2026-06-30")), 100);
        assert_eq!(
            account.on(day("2027-06-30")),
            100,
            "time gives no more than the start"
        );
    }

    #[test]
    fn a_reward_neither_stops_nor_restarts_the_month_that_runs() {
        let (account, _) = Account::default().enter(-20, day("2026-01-15"));
        let (account, step) = account.enter(1, day("2026-03-01"));
        assert_eq!((step.recovered, step.balance), (1, 82));
        assert_eq!(account.on(day("2026-03-14")), 82);
        assert_eq!(account.on(day("2026-03-15")), 83);
    }

    #[test]
    fn a_second_deduction_begins_the_clean_time_anew() {
        let (account, _) = Account::default().enter(-10, day("2026-01-15"));
        let (account, step) = account.enter(-2, day("2026-02-20"));
        assert_eq!((step.recovered, step.balance), (1, 89));
        assert_eq!(account.on(day("2026-03-15")), 89);
        assert_eq!(account.on(day("2026-03-20")), 90);
    }

    #[test]
    fn a_score_stays_between_nothing_and_a_hundred_and_twenty() {
        let rewards = (0..9).map(|_| (3, day("2026-01-01")));
        let (account, steps) = Account::walk(rewards);
        assert_eq!(account.balance, 120);
        assert_eq!(
            steps.iter().map(|step| step.counted).collect::<Vec<_>>(),
            [3, 3, 3, 3, 3, 3, 2, 0, 0]
        );
        let (account, _) = Account::walk((0..9).map(|_| (-30, day("2026-01-01"))));
        assert_eq!(account.balance, 0);
    }

    #[test]
    fn bands_begin_where_the_rulebook_says() {
        let bands = [120, 100, 99, 85, 84, 70, 69, 0].map(|score| CreditBand::of(score).as_str());
        assert_eq!(bands, ["a", "a", "b", "b", "c", "c", "d", "d"]);
    }

    proptest! {
        #[test]
        fn every_ledger_adds_up_to_its_score(entries in prop::collection::vec((-30_i32..=3, 0_u64..40), 0..40), later in 0_u64..900) {
            let mut at = day("2026-01-01");
            let dated: Vec<(i32, NaiveDate)> = entries.into_iter().map(|(points, days)| {
                at = at + chrono::Days::new(days);
                (points, at)
            }).collect();
            let (account, steps) = Account::walk(dated);
            let sum: i32 = steps.iter().map(|step| step.recovered + step.counted).sum();
            let today = at + chrono::Days::new(later);
            prop_assert_eq!(START + sum, account.balance);
            prop_assert_eq!(account.on(today), account.balance + account.recovered_on(today));
            prop_assert!((0..=MOST).contains(&account.on(today)));
            prop_assert!(account.on(today) >= account.balance, "time never takes away");
            prop_assert!(account.balance >= START || account.on(today) <= START);
        }
    }
}
