//! The legal working-day calendar (法定节假日历, rulebook 2.7 and 3.9).
//!
//! A working day (`wd`) is Monday to Friday without the year's days off, plus
//! the year's adjusted working days. Dates are civil dates of UTC+8.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc, Weekday};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

/// The built-in years, as text: read by [`WorkCalendar::builtin`].
const BUILTIN: [&str; 2] = [
    include_str!("../data/calendar/2025.json"),
    include_str!("../data/calendar/2026.json"),
];

/// Days off that the law fixes in the solar calendar, as (month, day): New
/// Year, Labour Day (2 days), National Day (3 days). The lunar ones are known
/// from the yearly notice only.
const FIXED_DAYS_OFF: [(u32, u32); 6] = [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)];

/// One year's notice of the State Council as data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct YearCalendar {
    /// The year of the notice. Its days may reach into the December before.
    #[schema(examples(2026))]
    pub year: i32,
    /// Days off, weekends inside a holiday included.
    pub off_days: BTreeSet<NaiveDate>,
    /// Weekend days that are worked (调休上班).
    pub work_days: BTreeSet<NaiveDate>,
    /// Where the data comes from, for people.
    pub source: String,
    /// When the data was loaded.
    pub loaded_at: DateTime<Utc>,
}

/// Why a [`YearCalendar`] cannot be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CalendarFault {
    /// A day lies neither in the year nor in the December before it.
    #[error("{day} lies neither in the year nor in the December before it")]
    OutsideYear {
        /// The day.
        day: NaiveDate,
    },
    /// A day is both a day off and an adjusted working day.
    #[error("{day} is both a day off and an adjusted working day")]
    Both {
        /// The day.
        day: NaiveDate,
    },
    /// There is no day off at all, which no real notice says.
    #[error("the year has no day off")]
    NoDayOff,
}

impl CalendarFault {
    /// Explanation in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::OutsideYear { day } => format!("{day}不在该年度或上一年12月内"),
            Self::Both { day } => format!("{day}既是休息日又是调休上班日"),
            Self::NoDayOff => "该年度没有任何休息日".to_owned(),
        }
    }

    /// Explanation in English.
    pub fn en(&self) -> String {
        self.to_string()
    }
}

impl YearCalendar {
    /// Checks data that was uploaded, before it is used.
    ///
    /// # Errors
    /// The first [`CalendarFault`].
    pub fn check(&self) -> Result<(), CalendarFault> {
        let belongs = |day: &&NaiveDate| {
            day.year() == self.year || (day.year() == self.year - 1 && day.month() == 12)
        };
        let mut days = self.off_days.iter().chain(&self.work_days);
        if let Some(&day) = days.find(|day| !belongs(day)) {
            return Err(CalendarFault::OutsideYear { day });
        }
        if let Some(&day) = self.off_days.intersection(&self.work_days).next() {
            return Err(CalendarFault::Both { day });
        }
        if self.off_days.is_empty() {
            return Err(CalendarFault::NoDayOff);
        }
        Ok(())
    }

    /// What this notice says about `day`: `Some(true)` for a working day.
    fn says(&self, day: NaiveDate) -> Option<bool> {
        if self.work_days.contains(&day) {
            Some(true)
        } else if self.off_days.contains(&day) {
            Some(false)
        } else {
            None
        }
    }
}

/// The years that are known. Cheap to clone and never changed in place: a
/// newly loaded year makes a new calendar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkCalendar {
    years: Arc<BTreeMap<i32, YearCalendar>>,
}

impl WorkCalendar {
    /// The calendar with the years shipped in the program.
    ///
    /// A file that cannot be read is left out (its year is then not loaded
    /// and deadlines are provisional); a test keeps the files good.
    pub fn builtin() -> Self {
        static SHIPPED: LazyLock<WorkCalendar> = LazyLock::new(|| {
            let years = BUILTIN
                .iter()
                .filter_map(|file| serde_json::from_str::<YearCalendar>(file).ok())
                .map(|year| (year.year, year))
                .collect();
            WorkCalendar {
                years: Arc::new(years),
            }
        });
        SHIPPED.clone()
    }

    /// This calendar with one year added or replaced.
    #[must_use]
    pub fn with_year(&self, year: YearCalendar) -> Self {
        let mut years = BTreeMap::clone(&self.years);
        years.insert(year.year, year);
        Self {
            years: Arc::new(years),
        }
    }

    /// Whether the notice of `year` is known.
    pub fn is_loaded(&self, year: i32) -> bool {
        self.years.contains_key(&year)
    }

    /// The loaded year, with its source.
    pub fn year(&self, year: i32) -> Option<&YearCalendar> {
        self.years.get(&year)
    }

    /// Whether `day` is a working day (rule 5). In a year without data:
    /// Monday to Friday without the fixed statutory days (rule 9).
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        // The next year's notice is younger and may move days of December.
        let next = self.years.get(&(day.year() + 1));
        let own = self.years.get(&day.year());
        let said = [next, own]
            .into_iter()
            .flatten()
            .find_map(|year| year.says(day));
        said.unwrap_or_else(|| {
            let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
            let fixed = own.is_none() && FIXED_DAYS_OFF.contains(&(day.month(), day.day()));
            !weekend && !fixed
        })
    }

    /// The `n`-th working day after `day` (rules 1 and 2); `day` itself for 0.
    pub fn wd(&self, day: NaiveDate, n: u32) -> NaiveDate {
        self.step(day, n, |day| day.succ_opt())
    }

    /// The `n`-th working day before `day`; `day` itself for 0.
    pub fn wd_before(&self, day: NaiveDate, n: u32) -> NaiveDate {
        self.step(day, n, |day| day.pred_opt())
    }

    /// `n` calendar days after `day`, moved to the next working day if need be
    /// (rule 3).
    pub fn cd(&self, day: NaiveDate, n: u32) -> NaiveDate {
        let raw = day
            .checked_add_days(Days::new(u64::from(n)))
            .unwrap_or(NaiveDate::MAX);
        self.working_from(raw)
    }

    /// The same day number `n` months after `day`, or the last day of that
    /// month, moved to the next working day if need be (rules 4 and 3).
    pub fn mo(&self, day: NaiveDate, n: u32) -> NaiveDate {
        self.working_from(add_months(day, n))
    }

    /// How many working days lie strictly after `after` and strictly before
    /// `before`; zero if they are the wrong way round.
    pub fn working_days_between(&self, after: NaiveDate, before: NaiveDate) -> u32 {
        after
            .iter_days()
            .skip(1)
            .take_while(|day| *day < before)
            .filter(|day| self.is_working_day(*day))
            .fold(0, |count, _| count + 1)
    }

    /// The last day of the last year that is loaded without a gap from the year of `day` on; `None` when
    /// that year itself is not.
    pub fn known_until(&self, day: NaiveDate) -> Option<NaiveDate> {
        let last = (day.year()..)
            .take_while(|year| self.is_loaded(*year))
            .last()?;
        NaiveDate::from_ymd_opt(last, 12, 31)
    }

    /// Whether every year from `first` to `last` is loaded.
    pub(crate) fn covers(&self, first: NaiveDate, last: NaiveDate) -> bool {
        (first.year()..=last.year()).all(|year| self.is_loaded(year))
    }

    /// `day`, or the next working day after it.
    fn working_from(&self, day: NaiveDate) -> NaiveDate {
        if self.is_working_day(day) {
            day
        } else {
            self.wd(day, 1)
        }
    }

    /// Stops early only at the end of the representable time line.
    fn step(
        &self,
        day: NaiveDate,
        n: u32,
        next: impl Fn(NaiveDate) -> Option<NaiveDate>,
    ) -> NaiveDate {
        let mut day = day;
        let mut left = n;
        while left > 0 {
            match next(day) {
                Some(found) => day = found,
                None => return day,
            }
            if self.is_working_day(day) {
                left -= 1;
            }
        }
        day
    }
}

/// The same day number `n` months later, or the last day of that month.
pub(crate) fn add_months(day: NaiveDate, n: u32) -> NaiveDate {
    day.checked_add_months(Months::new(n))
        .unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn year_of(year: i32, off: &[&str], work: &[&str]) -> YearCalendar {
        YearCalendar {
            year,
            off_days: off.iter().map(|d| day(d)).collect(),
            work_days: work.iter().map(|d| day(d)).collect(),
            source: "test".to_owned(),
            loaded_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn every_built_in_file_is_good() {
        let calendar = WorkCalendar::builtin();
        assert_eq!(calendar.years.len(), BUILTIN.len());
        for (year, data) in calendar.years.iter() {
            assert_eq!(data.check(), Ok(()), "{year}");
            assert!(data.off_days.len() >= 25, "{year}");
            for worked in &data.work_days {
                assert!(
                    matches!(worked.weekday(), Weekday::Sat | Weekday::Sun),
                    "{worked}"
                );
            }
        }
        assert!(calendar.is_loaded(2025) && calendar.is_loaded(2026));
        assert!(!calendar.is_loaded(2027));
    }

    #[test]
    fn rulebook_vectors() {
        let calendar = WorkCalendar::builtin();
        for (from, n, to) in [
            ("2026-09-24", 5, "2026-10-09"),
            ("2026-09-30", 3, "2026-10-10"),
            ("2026-02-13", 1, "2026-02-14"),
            ("2026-02-13", 5, "2026-02-27"),
            ("2026-01-02", 1, "2026-01-04"),
            ("2026-05-08", 1, "2026-05-09"),
            ("2026-04-30", 7, "2026-05-13"),
            ("2025-09-30", 7, "2025-10-16"),
            ("2025-01-24", 5, "2025-02-07"),
            ("2026-06-18", 3, "2026-06-24"),
        ] {
            assert_eq!(calendar.wd(day(from), n), day(to), "wd({from},{n})");
        }
        for (from, n, to) in [
            ("2026-09-01", 30, "2026-10-08"),
            ("2026-09-05", 20, "2026-09-28"),
            ("2026-01-24", 30, "2026-02-24"),
            ("2026-04-02", 30, "2026-05-06"),
        ] {
            assert_eq!(calendar.cd(day(from), n), day(to), "cd({from},{n})");
        }
    }

    #[test]
    fn months_end_on_the_same_number_or_the_last_day() {
        let calendar = WorkCalendar::builtin();
        assert_eq!(calendar.mo(day("2026-06-10"), 1), day("2026-07-10"));
        // 2026-02-28 is an adjusted working day.
        assert_eq!(calendar.mo(day("2025-12-31"), 2), day("2026-02-28"));
        // 2026-05-31 is a Sunday.
        assert_eq!(calendar.mo(day("2026-03-31"), 2), day("2026-06-01"));
    }

    #[test]
    fn an_unknown_year_uses_weekends_and_the_fixed_days() {
        let calendar = WorkCalendar::default();
        for off in [
            "2027-01-01",
            "2027-05-01",
            "2027-05-02",
            "2027-10-01",
            "2027-10-02",
            "2027-10-03",
            "2027-03-06",
        ] {
            assert!(!calendar.is_working_day(day(off)), "{off}");
        }
        for on in ["2027-01-04", "2027-05-03", "2027-10-04", "2027-02-08"] {
            assert!(calendar.is_working_day(day(on)), "{on}");
        }
    }

    #[test]
    fn the_next_notice_may_move_december() {
        let old = WorkCalendar::builtin();
        let new = old.with_year(year_of(
            2027,
            &["2026-12-31", "2027-01-01"],
            &["2026-12-27"],
        ));
        assert!(old.is_working_day(day("2026-12-31")));
        assert!(!new.is_working_day(day("2026-12-31")));
        assert!(new.is_working_day(day("2026-12-27")));
        assert!(!old.is_loaded(2027) && new.is_loaded(2027));
    }

    #[test]
    fn uploaded_years_are_checked() {
        assert_eq!(
            year_of(2027, &["2026-12-31", "2027-01-01"], &[]).check(),
            Ok(())
        );
        let outside = day("2026-11-30");
        assert_eq!(
            year_of(2027, &["2026-11-30"], &[]).check(),
            Err(CalendarFault::OutsideYear { day: outside })
        );
        let both = day("2027-01-01");
        assert_eq!(
            year_of(2027, &["2027-01-01"], &["2027-01-01"]).check(),
            Err(CalendarFault::Both { day: both })
        );
        assert_eq!(
            year_of(2027, &[], &[]).check(),
            Err(CalendarFault::NoDayOff)
        );
    }

    #[test]
    fn the_end_of_time_does_not_panic() {
        let calendar = WorkCalendar::builtin();
        assert_eq!(calendar.wd(NaiveDate::MAX, 3), NaiveDate::MAX);
        assert_eq!(calendar.wd_before(NaiveDate::MIN, 3), NaiveDate::MIN);
        assert_eq!(calendar.mo(NaiveDate::MAX, u32::MAX), NaiveDate::MAX);
    }

    fn days() -> impl Strategy<Value = NaiveDate> {
        // 2024-06-01 and four years: before, inside and after the loaded years.
        (0u64..1460).prop_map(|offset| day("2024-06-01") + Days::new(offset))
    }

    proptest! {
        #[test]
        fn wd_is_monotone(a in days(), b in days(), n in 0u32..40, m in 0u32..40) {
            let calendar = WorkCalendar::builtin();
            let (a, b) = (a.min(b), a.max(b));
            prop_assert!(calendar.wd(a, n) <= calendar.wd(b, n));
            let (n, m) = (n.min(m), n.max(m));
            prop_assert!(calendar.wd(a, n) <= calendar.wd(a, m));
            prop_assert!(calendar.cd(a, n) <= calendar.cd(b, n));
        }

        #[test]
        fn counting_undoes_wd(from in days(), n in 1u32..60) {
            let calendar = WorkCalendar::builtin();
            let to = calendar.wd(from, n);
            prop_assert!(calendar.is_working_day(to));
            prop_assert_eq!(calendar.working_days_between(from, to), n - 1);
            prop_assert_eq!(calendar.working_days_between(to, from), 0);
        }

        #[test]
        fn wd_before_undoes_wd(from in days(), n in 1u32..60) {
            let calendar = WorkCalendar::builtin();
            let from = calendar.wd(from, 1);
            prop_assert_eq!(calendar.wd_before(calendar.wd(from, n), n), from);
        }

        #[test]
        fn wd_can_be_counted_in_steps(from in days(), n in 0u32..30, m in 0u32..30) {
            let calendar = WorkCalendar::builtin();
            prop_assert_eq!(calendar.wd(calendar.wd(from, n), m), calendar.wd(from, n + m));
        }
    }
}
