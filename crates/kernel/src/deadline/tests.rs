//! Vectors of rulebook 2.7 and the counting rules one by one.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::term::LONGEST;
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
        assert_eq!(bad.parse::<Term>(), Err(TermError), "{bad}");
    }
}

#[test]
fn json_shows_the_local_offset() {
    let deadline = WorkCalendar::builtin().deadline(at("2026-09-24T10:00:00+08:00"), Term::wd(5));
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
