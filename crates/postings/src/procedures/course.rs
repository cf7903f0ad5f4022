//! The calendar of a posting from its publication on: pure functions. Publication itself uses the first of
//! them, so that a simulation and what then happens cannot differ (rulebook 2.7).

use crate::change_rules::question_deadline;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use wubang_kernel::Timer;
use wubang_kernel::calendar::WorkCalendar;
use wubang_kernel::deadline::{Deadline, end_of_day};
use wubang_kernel::procedure::{Procedure, Way};
use wubang_store::timers;

/// What publication sets.
#[derive(Debug, Clone)]
pub(crate) struct Opening {
    /// 揭榜截止.
    pub bids: Deadline,
    /// 提问截止: so many working days before; none where one organisation was picked.
    pub questions: Option<Deadline>,
}

/// The deadlines of a posting that is published at `at`; none where bids are taken elsewhere.
pub(crate) fn opening(
    calendar: &WorkCalendar,
    procedure: &Procedure,
    at: DateTime<Utc>,
) -> Option<Opening> {
    let bids = calendar.deadline(at, procedure.window()?);
    Some(closing_at(calendar, procedure, bids))
}

/// A bid deadline with the question deadline that belongs to it.
pub(crate) fn closing_at(
    calendar: &WorkCalendar,
    procedure: &Procedure,
    bids: Deadline,
) -> Opening {
    let asked = matches!(procedure.code.way(), Way::Panel | Way::Call);
    let questions = asked.then(|| question_deadline(calendar, procedure, &bids));
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
/// which everybody takes all the time he has. Who must do something does it in the last second, so that the
/// day of the deadline is the day of the event (counting rule 1); what ends by itself ends a second later.
fn after_closing(way: Way) -> &'static [Timer] {
    use Timer::{T12, T13, T14, T15, T16, T17};
    match way {
        Way::Panel | Way::Call => &[T12, T13, T14, T15, T16, T17],
        Way::Order => &[T12, T15, T16, T17],
        Way::Elsewhere => &[T17],
    }
}
/// The timers after the end of the service.
const AFTER_SERVICE: &[Timer] = &[Timer::T35, Timer::T36, Timer::T38, Timer::T39, Timer::T42];

/// Every deadline of a posting that is handed in at `handed_in`, published at `published` and served from `starts_on` to
/// `ends_on`, in the order in which they start.
pub(crate) fn course(
    calendar: &WorkCalendar,
    procedure: &Procedure,
    handed_in: DateTime<Utc>,
    published: DateTime<Utc>,
    (starts_on, ends_on): (NaiveDate, NaiveDate),
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
    let mut legs = vec![
        leg(Timer::T07, handed_in, length(Timer::T07, handed_in)),
        leg(Timer::T08, published, length(Timer::T08, published)),
    ];
    // a procedure elsewhere has its own calendar: the agreement is counted as if it ended at once
    let mut closed = published;
    if let Some(Opening { bids, questions }) = opening(calendar, procedure, published) {
        // an order is closed by its acceptance, everything else by the clock
        closed = match procedure.code.way() {
            Way::Order => bids.at,
            Way::Panel | Way::Call | Way::Elsewhere => after(bids.at),
        };
        legs.push(leg(Timer::T09, published, bids));
        legs.extend(questions.map(|asked| leg(Timer::T10, published, asked)));
    }
    let mut chain = |timers: &[Timer], mut starts_at: DateTime<Utc>| {
        for timer in timers {
            let deadline = match timer {
                Timer::T20 => length(*timer, starts_at).or_agreed(starts_on, "starts_on"),
                _ => length(*timer, starts_at),
            };
            let next = match timer {
                Timer::T15 | Timer::T39 => after(deadline.at),
                _ => deadline.at,
            };
            legs.push(leg(*timer, starts_at, deadline));
            starts_at = next;
        }
        starts_at
    };
    let signed = chain(after_closing(procedure.code.way()), closed);
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
