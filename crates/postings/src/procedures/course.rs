//! The calendar of a posting from its publication on: pure functions. Publication itself uses the first of
//! them, so that a simulation and what then happens cannot differ (rulebook 2.7).

use crate::change_rules::question_deadline;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use wubang_kernel::Timer;
use wubang_kernel::calendar::WorkCalendar;
use wubang_kernel::deadline::{Deadline, end_of_day};
use wubang_kernel::procedure::Procedure;
use wubang_store::timers;

/// What publication sets.
#[derive(Debug, Clone)]
pub(crate) struct Opening {
    /// 揭榜截止.
    pub bids: Deadline,
    /// 提问截止: so many working days before.
    pub questions: Deadline,
}

/// The deadlines of a posting that is published at `at`.
pub(crate) fn opening(
    calendar: &WorkCalendar,
    procedure: &Procedure,
    at: DateTime<Utc>,
) -> Opening {
    let bids = calendar.deadline(at, procedure.term(Timer::T09));
    let questions = question_deadline(calendar, procedure, &bids);
    Opening { bids, questions }
}

/// One deadline of a course.
#[derive(Debug, Clone)]
pub(crate) struct Leg {
    pub timer: Timer,
    pub starts_at: DateTime<Utc>,
    pub deadline: Deadline,
}

/// The timers after the closing, each started when the one before it ends: the course of a posting in
/// which everybody takes all the time he has.
const AFTER_CLOSING: &[Timer] = &[
    Timer::T12,
    Timer::T13,
    Timer::T14,
    Timer::T15,
    Timer::T16,
    Timer::T17,
];
/// The timers after the end of the service.
const AFTER_SERVICE: &[Timer] = &[Timer::T35, Timer::T36, Timer::T38, Timer::T39, Timer::T42];

/// Every deadline of a posting that is handed in at `handed_in`, published at `published` and served until
/// `ends_on`, in the order in which they start.
pub(crate) fn course(
    calendar: &WorkCalendar,
    procedure: &Procedure,
    handed_in: DateTime<Utc>,
    published: DateTime<Utc>,
    ends_on: NaiveDate,
) -> Vec<Leg> {
    let length = |timer, start| {
        timers::deadline(
            calendar,
            timer,
            start,
            &procedure.timers,
            procedure.publish_cutoff_hour,
        )
    };
    let leg = |timer, starts_at, deadline| Leg {
        timer,
        starts_at,
        deadline,
    };
    let opening = opening(calendar, procedure, published);
    let mut legs = vec![
        leg(Timer::T07, handed_in, length(Timer::T07, handed_in)),
        leg(Timer::T08, published, length(Timer::T08, published)),
        leg(Timer::T09, published, opening.bids.clone()),
        leg(Timer::T10, published, opening.questions),
    ];
    let mut chain = |timers: &[Timer], mut starts_at: DateTime<Utc>| {
        for timer in timers {
            let deadline = length(*timer, starts_at);
            let next = after(deadline.at);
            legs.push(leg(*timer, starts_at, deadline));
            starts_at = next;
        }
        starts_at
    };
    let signed = chain(AFTER_CLOSING, after(opening.bids.at));
    // from the last day of signing three periods run side by side
    chain(&[Timer::T18], signed);
    chain(&[Timer::T19], signed);
    chain(&[Timer::T20], signed);
    chain(AFTER_SERVICE, end_of_day(ends_on));
    legs
}

/// A timer fires one second after its last second.
fn after(at: DateTime<Utc>) -> DateTime<Utc> {
    at + TimeDelta::seconds(1)
}
