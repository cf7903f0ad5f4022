//! Terms and deadlines (期限) by the counting rules of rulebook 2.7.
//!
//! The time zone is UTC+8 without daylight saving. A deadline ends at 24:00 of
//! its last day and is kept as 23:59:59: that second is still in time, one
//! second later is late.

mod term;
#[cfg(test)]
mod tests;

pub use term::{Term, TermError, Unit};

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
    /// This deadline, or the end of a day that was agreed where that is later; `rule` names the day.
    #[must_use]
    pub fn or_agreed(self, day: NaiveDate, rule: &str) -> Self {
        let agreed = end_of_day(day);
        if agreed <= self.at {
            return self;
        }
        Deadline {
            at: agreed,
            rule: rule.to_owned(),
            provisional: false,
        }
    }

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
