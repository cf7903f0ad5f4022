//! Terms and deadlines (期限) by the counting rules of rulebook 2.7.
//!
//! The time zone is UTC+8 without daylight saving. A deadline ends at 24:00 of
//! its last day and is kept as 23:59:59: that second is still in time, one
//! second later is late.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::calendar::{WorkCalendar, add_months};

/// UTC+8, the only time zone of the service.
pub const LOCAL: FixedOffset = match FixedOffset::east_opt(8 * 3600) {
    Some(offset) => offset,
    None => panic!("eight hours are an offset"),
};
const LAST_SECOND: NaiveTime = match NaiveTime::from_hms_opt(23, 59, 59) {
    Some(time) => time,
    None => panic!("23:59:59 is a time"),
};
/// The longest term that can be written down: ten years of days.
const LONGEST: u32 = 3660;

/// What a term counts.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Working days (工作日).
    Wd,
    /// Calendar days (自然日).
    Cd,
    /// Months (月).
    Mo,
}

impl Unit {
    /// The short form used in terms: `wd`, `cd`, `mo`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wd => "wd",
            Self::Cd => "cd",
            Self::Mo => "mo",
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A length of time (期限) by law or configuration. In JSON and configuration
/// a string such as `"5 wd"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Term {
    /// How many units.
    pub n: u32,
    /// Which unit.
    pub unit: Unit,
}

// By hand: the derive knows `value_type` only for a newtype.
impl PartialSchema for Term {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A length of time (期限): a number and wd, cd or mo."))
            .pattern(Some("^[0-9]{1,4} (wd|cd|mo)$"))
            .examples(["5 wd"])
            .into()
    }
}

impl ToSchema for Term {}

/// Why a term is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TermError {
    /// Not of the form `5 wd`.
    #[error("a term is a number up to 3660 and wd, cd or mo, such as \"5 wd\"")]
    Form,
    /// Another unit than the range has.
    #[error("the term must be in {expected}, got {got}")]
    Unit {
        /// The unit of the range.
        expected: Unit,
        /// The unit of the term.
        got: Unit,
    },
    /// Outside the range that the rules allow (rule 8).
    #[error("the term must be between {min} and {max}, got {got}")]
    Range {
        /// The shortest allowed term.
        min: Term,
        /// The longest allowed term.
        max: Term,
        /// The refused term.
        got: Term,
    },
}

impl TermError {
    /// Explanation in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Form => {
                "期限应为不超过3660的数字加单位wd（工作日）、cd（自然日）或mo（月），例如“5 wd”"
                    .to_owned()
            }
            Self::Unit { expected, got } => format!("期限单位应为{expected}，实际为{got}"),
            Self::Range { min, max, got } => format!("期限应在{min}至{max}之间，实际为{got}"),
        }
    }

    /// Explanation in English.
    pub fn en(&self) -> String {
        self.to_string()
    }
}

impl Term {
    /// `n` working days.
    pub const fn wd(n: u32) -> Self {
        Self { n, unit: Unit::Wd }
    }

    /// `n` calendar days.
    pub const fn cd(n: u32) -> Self {
        Self { n, unit: Unit::Cd }
    }

    /// `n` months.
    pub const fn mo(n: u32) -> Self {
        Self { n, unit: Unit::Mo }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.n, self.unit)
    }
}

impl FromStr for Term {
    type Err = TermError;

    fn from_str(text: &str) -> Result<Self, TermError> {
        let (number, unit) = text.trim().split_once(' ').ok_or(TermError::Form)?;
        let unit = match unit.trim_start() {
            "wd" => Unit::Wd,
            "cd" => Unit::Cd,
            "mo" => Unit::Mo,
            _ => return Err(TermError::Form),
        };
        if !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(TermError::Form);
        }
        match number.parse() {
            Ok(n) if n <= LONGEST => Ok(Self { n, unit }),
            _ => Err(TermError::Form),
        }
    }
}

impl TryFrom<String> for Term {
    type Error = TermError;

    fn try_from(text: String) -> Result<Self, TermError> {
        text.parse()
    }
}

impl From<Term> for String {
    fn from(term: Term) -> Self {
        term.to_string()
    }
}

/// A configured term if the rules allow it (rule 8): the same unit as the
/// range, and not outside it.
///
/// # Errors
/// [`TermError::Unit`] or [`TermError::Range`].
pub fn bounded(term: Term, min: Term, max: Term) -> Result<Term, TermError> {
    for bound in [min, max] {
        if bound.unit != term.unit {
            return Err(TermError::Unit {
                expected: bound.unit,
                got: term.unit,
            });
        }
    }
    if (min.n..=max.n).contains(&term.n) {
        Ok(term)
    } else {
        Err(TermError::Range {
            min,
            max,
            got: term,
        })
    }
}

/// A computed deadline (截止时间) with the rule it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Deadline {
    /// The last second that is still in time; shown with the offset +08:00.
    #[serde(with = "local_time")]
    #[schema(value_type = String, format = DateTime, examples("2026-10-09T23:59:59+08:00"))]
    pub at: DateTime<Utc>,
    /// How it was counted, from the civil date the count starts after:
    /// `wd(2026-09-24,5)`. Anybody can recompute it.
    #[schema(examples("wd(2026-09-24,5)"))]
    pub rule: String,
    /// A year was touched whose calendar is not loaded (rule 9): the deadline
    /// may still move later.
    pub provisional: bool,
}

impl Deadline {
    /// Whether it is too late at `now`.
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        is_over(self.at, now)
    }
}

/// Whether the deadline `at` is over at `now`: the whole second `at` is in
/// time, one second later is late.
pub fn is_over(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now.signed_duration_since(at) >= TimeDelta::seconds(1)
}

/// The civil date of an instant in UTC+8.
pub fn local_date(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&LOCAL).date_naive()
}

/// The last second of a civil date in UTC+8: 23:59:59, meaning 24:00.
pub fn end_of_day(date: NaiveDate) -> DateTime<Utc> {
    instant(date, LAST_SECOND)
}

/// An hour and minute of a civil date in UTC+8; `None` if there is no such
/// time of day.
pub fn at_hour(date: NaiveDate, hour: u32, minute: u32) -> Option<DateTime<Utc>> {
    NaiveTime::from_hms_opt(hour, minute, 0).map(|time| instant(date, time))
}

fn instant(date: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    date.and_time(time)
        .and_local_timezone(LOCAL)
        .single()
        .map_or(DateTime::<Utc>::MAX_UTC, |local| local.to_utc())
}

impl WorkCalendar {
    /// The deadline of a term that starts with an event at `start`: the
    /// event's day is not counted (rules 1 to 4), it ends at 24:00.
    pub fn deadline(&self, start: DateTime<Utc>, term: Term) -> Deadline {
        self.deadline_from(local_date(start), term)
    }

    /// The deadline of a publicity (公示) published at `start` (rule 6):
    /// published after `cutoff_hour` o'clock counts as the next working day.
    pub fn publicity(&self, start: DateTime<Utc>, term: Term, cutoff_hour: u32) -> Deadline {
        self.deadline(self.publicity_start(start, cutoff_hour), term)
    }

    /// When a publicity published at `start` counts as published: `start`
    /// itself, or 00:00 of the next working day if it was after `cutoff_hour`
    /// o'clock. A later [`WorkCalendar::resume`] starts from here too.
    pub fn publicity_start(&self, start: DateTime<Utc>, cutoff_hour: u32) -> DateTime<Utc> {
        let date = local_date(start);
        match at_hour(date, cutoff_hour, 0) {
            Some(cutoff) if start > cutoff => instant(self.wd(date, 1), NaiveTime::MIN),
            _ => start,
        }
    }

    /// What is left of a term at a suspension, at least one unit (rule 7).
    ///
    /// Used are the working days (or calendar days) completed before the day
    /// of suspension, without the day of the start. Months become the calendar
    /// days they have from the start.
    pub fn remaining(&self, term: Term, started: DateTime<Utc>, suspended: DateTime<Utc>) -> Term {
        let (from, until) = (local_date(started), local_date(suspended));
        let (n, unit, used) = match term.unit {
            Unit::Wd => (term.n, Unit::Wd, self.working_days_between(from, until)),
            Unit::Cd => (term.n, Unit::Cd, days_between(from, until)),
            Unit::Mo => {
                let last = add_months(from, term.n);
                let whole = days_between(from, last).saturating_add(1);
                (whole, Unit::Cd, days_between(from, until))
            }
        };
        Term {
            n: n.saturating_sub(used).max(1),
            unit,
        }
    }

    /// The new deadline after a suspension (中止) from `suspended` to `resumed`
    /// of a term that had started at `started` (rule 7): what was left counts
    /// from the day of the resume.
    ///
    /// After a second suspension give [`WorkCalendar::remaining`] of the first
    /// one as the term and the first resume as the start.
    pub fn resume(
        &self,
        term: Term,
        started: DateTime<Utc>,
        suspended: DateTime<Utc>,
        resumed: DateTime<Utc>,
    ) -> Deadline {
        let left = self.remaining(term, started, suspended);
        let mut deadline = self.deadline(resumed, left);
        // The days used were counted in this calendar too.
        if term.unit == Unit::Wd {
            deadline.provisional |= !self.covers(local_date(started), local_date(suspended));
        }
        deadline
    }

    /// What is left of a running deadline at a suspension (rule 7), whatever it was counted by: a term
    /// whose count has begun keeps what was not used; a deadline that is a mere date, or whose count
    /// begins later, keeps the working days from the day of suspension to its last day. At least one.
    pub fn left(&self, deadline: &Deadline, suspended: DateTime<Utc>) -> Term {
        let day = local_date(suspended);
        match counted(&deadline.rule) {
            Some((from, term)) if from <= day => self.remaining(term, end_of_day(from), suspended),
            _ => {
                let eve = day.pred_opt().unwrap_or(day);
                let last = local_date(deadline.at);
                let behind = last.succ_opt().unwrap_or(last);
                Term::wd(self.working_days_between(eve, behind).max(1))
            }
        }
    }

    /// A deadline counted from a civil date, which itself is not counted.
    pub fn counted_from(&self, from: NaiveDate, term: Term) -> Deadline {
        self.deadline_from(from, term)
    }

    /// The deadline to keep when `old` is recomputed as `new` (rule 9): it may
    /// only move later for the right-holder. The result is final as soon as
    /// `new` is, even if the old instant stays.
    pub fn later_of(&self, old: &Deadline, new: &Deadline) -> Deadline {
        let kept = if new.at > old.at { new } else { old };
        Deadline {
            provisional: new.provisional,
            ..kept.clone()
        }
    }

    /// A deadline counted anew in this calendar from the start and the term that its rule names, and
    /// never earlier (rule 9); `None` for a mere date, which was not counted.
    pub fn recounted(&self, deadline: &Deadline) -> Option<Deadline> {
        let (from, term) = counted(&deadline.rule)?;
        Some(self.later_of(deadline, &self.deadline_from(from, term)))
    }

    fn deadline_from(&self, from: NaiveDate, term: Term) -> Deadline {
        let last = match term.unit {
            Unit::Wd => self.wd(from, term.n),
            Unit::Cd => self.cd(from, term.n),
            Unit::Mo => self.mo(from, term.n),
        };
        let first = from
            .checked_add_days(Days::new(1))
            .unwrap_or(from)
            .min(last);
        Deadline {
            at: end_of_day(last),
            rule: format!("{}({from},{})", term.unit, term.n),
            provisional: !self.covers(first, last),
        }
    }
}

/// The date and the term that a rule such as `wd(2026-09-24,5)` names; `None` for a date set otherwise.
fn counted(rule: &str) -> Option<(NaiveDate, Term)> {
    let (unit, rest) = rule.split_once('(')?;
    let (from, n) = rest.strip_suffix(')')?.split_once(',')?;
    let term = format!("{n} {unit}").parse().ok()?;
    Some((from.parse().ok()?, term))
}

/// Calendar days strictly after `after` and strictly before `before`.
fn days_between(after: NaiveDate, before: NaiveDate) -> u32 {
    let days = before.signed_duration_since(after).num_days() - 1;
    u32::try_from(days.max(0)).unwrap_or(u32::MAX)
}

/// Serde form of an instant: RFC 3339 with the offset +08:00.
pub mod local_time {
    use chrono::{DateTime, SecondsFormat, Utc};
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes the instant with the offset +08:00.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
        let local = at.with_timezone(&super::LOCAL);
        serializer.serialize_str(&local.to_rfc3339_opts(SecondsFormat::AutoSi, false))
    }

    /// Reads an instant with any offset.
    ///
    /// # Errors
    /// If the text is not RFC 3339 with an offset.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<DateTime<Utc>, D::Error> {
        DateTime::<Utc>::deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::calendar::YearCalendar;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn last_day(deadline: &Deadline) -> NaiveDate {
        local_date(deadline.at)
    }

    #[test]
    fn a_deadline_ends_with_its_last_second() {
        let calendar = WorkCalendar::builtin();
        let deadline = calendar.deadline(at("2026-09-24T10:00:00+08:00"), Term::wd(5));
        assert_eq!(deadline.at, at("2026-10-09T23:59:59+08:00"));
        assert_eq!(deadline.rule, "wd(2026-09-24,5)");
        assert!(!deadline.provisional);
        assert!(!deadline.is_over(at("2026-10-09T23:59:59+08:00")));
        assert!(!deadline.is_over(at("2026-10-09T23:59:59.999+08:00")));
        assert!(deadline.is_over(at("2026-10-10T00:00:00+08:00")));
        assert!(!is_over(DateTime::<Utc>::MAX_UTC, DateTime::<Utc>::MAX_UTC));
        assert!(!is_over(DateTime::<Utc>::MAX_UTC, DateTime::<Utc>::MIN_UTC));
    }

    /// A notice of 2027 that gives the days from 1 January to that day off.
    fn with_2027(last: u32) -> WorkCalendar {
        let days = (1..=last).filter_map(|day| NaiveDate::from_ymd_opt(2027, 1, day));
        WorkCalendar::builtin().with_year(YearCalendar {
            year: 2027,
            off_days: days.collect(),
            work_days: BTreeSet::new(),
            source: "test".to_owned(),
            loaded_at: DateTime::UNIX_EPOCH,
        })
    }

    #[test]
    fn a_loaded_year_moves_a_marked_deadline_later() {
        let before = WorkCalendar::builtin().counted_from(day("2026-12-22"), Term::cd(15));
        assert_eq!(
            (last_day(&before), before.provisional),
            (day("2027-01-06"), true)
        );
        let moved = with_2027(8).recounted(&before).unwrap();
        assert_eq!(
            (last_day(&moved), moved.provisional),
            (day("2027-01-11"), false)
        );
        assert_eq!(moved.rule, before.rule);
        // the usual three days change nothing but the mark
        let same = with_2027(3).recounted(&before).unwrap();
        assert_eq!((same.at, same.provisional), (before.at, false));
        let date = Deadline {
            rule: "due_on".to_owned(),
            ..before
        };
        assert_eq!(with_2027(8).recounted(&date), None);
    }

    #[test]
    fn the_calendar_is_known_up_to_the_first_gap() {
        let known = |calendar: &WorkCalendar, from| calendar.known_until(day(from));
        let builtin = WorkCalendar::builtin();
        assert_eq!(known(&builtin, "2026-03-02"), Some(day("2026-12-31")));
        assert_eq!(known(&builtin, "2027-03-02"), None);
        assert_eq!(known(&with_2027(1), "2026-03-02"), Some(day("2027-12-31")));
    }

    #[test]
    fn the_local_date_counts_not_the_utc_one() {
        let calendar = WorkCalendar::builtin();
        // 2026-06-15 is a Monday; 16:30 UTC is already Tuesday.
        let deadline = calendar.deadline(at("2026-06-15T16:30:00Z"), Term::wd(1));
        assert_eq!(last_day(&deadline), day("2026-06-17"));
        assert_eq!(
            at_hour(day("2026-06-15"), 8, 0),
            Some(at("2026-06-15T00:00:00Z"))
        );
        assert_eq!(at_hour(day("2026-06-15"), 24, 0), None);
    }

    #[test]
    fn calendar_days_and_months_move_to_a_working_day() {
        let calendar = WorkCalendar::builtin();
        let cd = calendar.deadline(at("2026-09-01T09:00:00+08:00"), Term::cd(30));
        assert_eq!(
            (last_day(&cd), cd.rule.as_str()),
            (day("2026-10-08"), "cd(2026-09-01,30)")
        );
        let mo = calendar.deadline(at("2026-03-31T09:00:00+08:00"), Term::mo(2));
        assert_eq!(
            (last_day(&mo), mo.rule.as_str()),
            (day("2026-06-01"), "mo(2026-03-31,2)")
        );
    }

    #[test]
    fn a_publicity_after_the_cutoff_counts_from_the_next_working_day() {
        let calendar = WorkCalendar::builtin();
        // 2026-06-15 is a Monday, 2026-06-19 to 06-21 are off.
        let five = Term::wd(5);
        let on_time = calendar.publicity(at("2026-06-15T17:00:00+08:00"), five, 17);
        assert_eq!(last_day(&on_time), day("2026-06-23"));
        let late = calendar.publicity(at("2026-06-15T17:00:01+08:00"), five, 17);
        assert_eq!(last_day(&late), day("2026-06-24"));
        assert_eq!(late.rule, "wd(2026-06-16,5)");
        let other_hour = calendar.publicity(at("2026-06-15T17:00:01+08:00"), five, 18);
        assert_eq!(other_hour, on_time);
        let before_holiday = calendar.publicity(at("2026-06-18T20:00:00+08:00"), five, 17);
        assert_eq!(before_holiday.rule, "wd(2026-06-22,5)");
        // No such hour: no cutoff.
        let never = calendar.publicity(at("2026-06-15T23:30:00+08:00"), five, 24);
        assert_eq!(never, on_time);
    }

    #[test]
    fn a_suspension_keeps_the_remainder() {
        let calendar = WorkCalendar::builtin();
        // Published on Monday; the third publicity day is Thursday.
        let started = at("2026-06-08T09:00:00+08:00");
        let suspended = at("2026-06-11T15:00:00+08:00");
        let resumed = at("2026-06-29T10:00:00+08:00");
        let five = Term::wd(5);
        assert_eq!(calendar.remaining(five, started, suspended), Term::wd(3));
        let deadline = calendar.resume(five, started, suspended, resumed);
        assert_eq!(deadline.rule, "wd(2026-06-29,3)");
        assert_eq!(last_day(&deadline), day("2026-07-02"));
        // Suspended on the day it started: nothing is used.
        assert_eq!(calendar.remaining(five, started, started), five);
        // Suspended after everything was used: one working day stays.
        let after = calendar.resume(five, started, resumed, resumed);
        assert_eq!(after.rule, "wd(2026-06-29,1)");
    }

    #[test]
    fn a_suspension_of_calendar_days_and_months() {
        let calendar = WorkCalendar::builtin();
        let started = at("2026-06-01T09:00:00+08:00");
        let suspended = at("2026-06-11T09:00:00+08:00");
        let resumed = at("2026-07-06T09:00:00+08:00");
        let cd = calendar.resume(Term::cd(15), started, suspended, resumed);
        // Nine days, 06-02 to 06-10, are used; 07-12 is a Sunday.
        assert_eq!(
            (cd.rule.as_str(), last_day(&cd)),
            ("cd(2026-07-06,6)", day("2026-07-13"))
        );
        let mo = calendar.resume(Term::mo(1), started, suspended, resumed);
        assert_eq!(mo.rule, "cd(2026-07-06,21)");
        let over = calendar.resume(Term::cd(5), started, suspended, resumed);
        assert_eq!(over.rule, "cd(2026-07-06,1)");
    }

    #[test]
    fn an_unloaded_year_is_provisional_and_moves_only_later() {
        let calendar = WorkCalendar::builtin();
        let start = at("2026-12-30T09:00:00+08:00");
        assert!(!calendar.deadline(start, Term::wd(1)).provisional);
        let old = calendar.deadline(start, Term::wd(3));
        assert!(old.provisional);
        // 12-31, then 01-01 is fixed and a Friday: Monday and Tuesday.
        assert_eq!(last_day(&old), day("2027-01-05"));

        let notice = YearCalendar {
            year: 2027,
            off_days: BTreeSet::from([day("2027-01-01"), day("2027-01-04")]),
            work_days: BTreeSet::new(),
            source: "test".to_owned(),
            loaded_at: DateTime::UNIX_EPOCH,
        };
        let loaded = calendar.with_year(notice.clone());
        let new = loaded.deadline(start, Term::wd(3));
        assert_eq!(
            (last_day(&new), new.provisional),
            (day("2027-01-06"), false)
        );
        assert_eq!(loaded.later_of(&old, &new), new);

        let earlier = calendar.with_year(YearCalendar {
            off_days: BTreeSet::from([day("2027-01-01")]),
            work_days: BTreeSet::from([day("2027-01-02")]),
            ..notice
        });
        let sooner = earlier.deadline(start, Term::wd(3));
        assert_eq!(last_day(&sooner), day("2027-01-04"));
        let kept = earlier.later_of(&old, &sooner);
        assert_eq!(
            (kept.at, kept.rule, kept.provisional),
            (old.at, old.rule, false)
        );
    }

    #[test]
    fn the_used_days_of_an_unloaded_year_make_a_resume_provisional() {
        let calendar = WorkCalendar::builtin();
        let deadline = calendar.resume(
            Term::wd(5),
            at("2024-12-30T09:00:00+08:00"),
            at("2025-01-03T09:00:00+08:00"),
            at("2025-02-10T09:00:00+08:00"),
        );
        assert!(deadline.provisional);
    }

    #[test]
    fn a_deadline_that_is_a_mere_date_keeps_its_working_days() {
        let calendar = WorkCalendar::builtin();
        // Friday 2026-03-06 to Tuesday 2026-03-10, both included
        let questions = Deadline {
            at: at("2026-03-10T23:59:59+08:00"),
            rule: "bid deadline − 5 wd".to_owned(),
            provisional: false,
        };
        assert_eq!(
            calendar.left(&questions, at("2026-03-06T09:00:00+08:00")),
            Term::wd(3)
        );
        assert_eq!(
            calendar.left(&questions, at("2026-03-20T09:00:00+08:00")),
            Term::wd(1)
        );
    }

    #[test]
    fn terms_are_strings() {
        let term: Term = "5 wd".parse().unwrap();
        assert_eq!(term, Term::wd(5));
        assert_eq!(serde_json::to_string(&Term::cd(30)).unwrap(), "\"30 cd\"");
        assert_eq!(
            serde_json::from_str::<Term>("\"12 mo\"").unwrap(),
            Term::mo(12)
        );
        for bad in [
            "",
            "5",
            "wd",
            "5 days",
            "-5 wd",
            "+5 wd",
            "3661 wd",
            " wd",
            "99999999999 wd",
        ] {
            assert_eq!(bad.parse::<Term>(), Err(TermError::Form), "{bad}");
        }
    }

    #[test]
    fn configuration_stays_inside_the_range() {
        let (min, max) = (Term::wd(3), Term::wd(10));
        assert_eq!(bounded(Term::wd(3), min, max), Ok(Term::wd(3)));
        assert_eq!(bounded(Term::wd(10), min, max), Ok(Term::wd(10)));
        let got = Term::wd(11);
        let error = bounded(got, min, max).unwrap_err();
        assert_eq!(error, TermError::Range { min, max, got });
        assert_eq!(error.zh(), "期限应在3 wd至10 wd之间，实际为11 wd");
        assert!(matches!(
            bounded(Term::cd(5), min, max),
            Err(TermError::Unit { .. })
        ));
    }

    #[test]
    fn json_shows_the_local_offset() {
        let deadline =
            WorkCalendar::builtin().deadline(at("2026-09-24T10:00:00+08:00"), Term::wd(5));
        let json = serde_json::to_value(&deadline).unwrap();
        assert_eq!(json["at"], "2026-10-09T23:59:59+08:00");
        assert_eq!(serde_json::from_value::<Deadline>(json).unwrap(), deadline);
    }

    proptest! {
        #[test]
        fn counting_anew_is_never_earlier_and_happens_once(start in 0_u64..40, n in 1_u32..40, unit in 0_u8..3, off in 1_u32..=31) {
            let from = day("2026-12-01") + Days::new(start);
            let unit = [Unit::Wd, Unit::Cd, Unit::Mo][usize::from(unit)];
            let term = Term { n: if unit == Unit::Mo { n.min(6) } else { n }, unit };
            let (blind, seeing) = (WorkCalendar::builtin(), with_2027(off));
            let before = blind.counted_from(from, term);
            let after = seeing.recounted(&before).unwrap();
            prop_assert!(after.at >= before.at);
            prop_assert_eq!(after.at, before.at.max(seeing.counted_from(from, term).at));
            prop_assert!(!after.provisional);
            prop_assert_eq!(seeing.recounted(&after), Some(after.clone()));
        }

        #[test]
        fn a_later_event_never_ends_earlier(a in 0i64..94_000_000, b in 0i64..94_000_000, n in 0u32..40, unit in 0usize..3) {
            let calendar = WorkCalendar::builtin();
            let term = Term { n, unit: [Unit::Wd, Unit::Cd, Unit::Mo][unit] };
            let start = at("2025-01-01T00:00:00+08:00");
            let (first, second) = (start + TimeDelta::seconds(a.min(b)), start + TimeDelta::seconds(a.max(b)));
            prop_assert!(calendar.deadline(first, term).at <= calendar.deadline(second, term).at);
            prop_assert!(!calendar.deadline(first, term).is_over(first));
        }

        #[test]
        fn a_suspension_never_shortens(gap in 0i64..20, pause in 0i64..60, n in 1u32..20) {
            let calendar = WorkCalendar::builtin();
            let started = at("2026-03-02T09:00:00+08:00");
            let suspended = started + TimeDelta::days(gap);
            let resumed = suspended + TimeDelta::days(pause);
            let plain = calendar.deadline(started, Term::wd(n));
            if plain.is_over(suspended) {
                return Ok(());
            }
            prop_assert!(calendar.resume(Term::wd(n), started, suspended, resumed).at >= plain.at);
        }

        #[test]
        fn what_was_used_and_what_is_left_make_the_term_in_any_calendar(
            off in proptest::collection::btree_set(0i64..364, 0..60), work in proptest::collection::btree_set(0i64..364, 0..20),
            begin in 0i64..200, gap in 0i64..60, pause in 0i64..90, again in 0i64..60, n in 1u32..40, days in proptest::bool::ANY,
        ) {
            let first = day("2026-01-01");
            let of = |set: &BTreeSet<i64>| set.iter().map(|n| first + TimeDelta::days(*n)).collect::<BTreeSet<_>>();
            let off_days = of(&off);
            let work_days = of(&work).difference(&off_days).copied().collect();
            let calendar = WorkCalendar::builtin().with_year(YearCalendar { year: 2026, off_days, work_days, source: "test".to_owned(), loaded_at: DateTime::UNIX_EPOCH });
            let term = if days { Term::cd(n) } else { Term::wd(n) };
            let started = at("2026-01-01T09:00:00+08:00") + TimeDelta::days(begin);
            let running = calendar.deadline(started, term);
            let suspended = started + TimeDelta::days(gap);
            if running.is_over(suspended) {
                return Ok(());
            }
            let left = calendar.left(&running, suspended);
            let (from, until) = (local_date(started), local_date(suspended));
            let used = if days { days_between(from, until) } else { calendar.working_days_between(from, until) };
            prop_assert_eq!((used + left.n, left.unit), (n.max(used + 1), term.unit));
            let resumed = suspended + TimeDelta::days(pause);
            let second = calendar.deadline(resumed, left);
            prop_assert!(second.at >= running.at);
            let least = calendar.deadline(resumed, Term { n: 1, unit: term.unit });
            prop_assert!(second.at >= least.at);
            // and a second suspension keeps what the first one left
            let later = resumed + TimeDelta::days(again);
            if !second.is_over(later) {
                let rest = calendar.left(&second, later);
                prop_assert!(rest.n >= 1 && rest.n <= left.n);
                prop_assert!(calendar.deadline(later, rest).at >= second.at);
            }
        }

        #[test]
        fn terms_come_back(n in 0u32..=LONGEST, unit in 0usize..3) {
            let term = Term { n, unit: [Unit::Wd, Unit::Cd, Unit::Mo][unit] };
            prop_assert_eq!(term.to_string().parse(), Ok(term));
        }
    }
}
