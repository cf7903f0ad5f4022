//! Facts, guards, the agenda and its times: pure functions (rulebook 2.4.4 (3), 2.16).

use crate::flow::{Roadshow, RoadshowGuard, RoadshowSlot, SlotGuard, SlotState};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use wubang_kernel::Refusal;
use wubang_kernel::calendar::WorkCalendar;
use wubang_kernel::deadline::{Term, local_date};
use wubang_kernel::machine::{Facts, Name};

/// Days within which a session must take place: a date further off is a slip of the pen.
const FURTHEST: i64 = 90;

/// What is known of a session when a step is asked for.
#[derive(Debug, Clone)]
pub(crate) struct RoadshowFacts {
    pub now: DateTime<Utc>,
    /// Whether the posting stands still.
    pub suspended: bool,
    pub starts_at: DateTime<Utc>,
    /// The states of the slots.
    pub slots: Vec<SlotState>,
    /// Whether there is time for questions.
    pub questions: bool,
    /// Whether the actor has checked in.
    pub checked_in: bool,
    /// Whether there are minutes.
    pub minutes: bool,
    /// Whether the actor is the chair of the panel.
    pub chair: bool,
}

impl RoadshowFacts {
    fn any(&self, states: &[SlotState]) -> bool {
        self.slots.iter().any(|state| states.contains(state))
    }
}

impl Facts<Roadshow> for RoadshowFacts {
    fn check(&self, guard: RoadshowGuard) -> Result<(), Refusal> {
        use SlotState::{Done, Missed, Presenting, Questions, Waiting};
        let present = self.any(&[Presenting, Questions]);
        let holds = match guard {
            RoadshowGuard::Proceeding => !self.suspended,
            RoadshowGuard::InTime => self.now >= self.starts_at,
            RoadshowGuard::NobodyPresents => !present,
            RoadshowGuard::SomebodyPresents => present,
            RoadshowGuard::PresentationRuns => self.any(&[Presenting]),
            RoadshowGuard::QuestionsForeseen => self.questions,
            RoadshowGuard::SomebodyWaits => self.any(&[Waiting]),
            RoadshowGuard::EverybodyCalled => !present && !self.any(&[Waiting]),
            RoadshowGuard::NobodyHeard => !self.any(&[Done, Missed]),
            RoadshowGuard::NotCheckedIn => !self.checked_in,
            RoadshowGuard::MinutesWritten => self.minutes,
            RoadshowGuard::IsChair => self.chair,
        };
        if holds {
            return Ok(());
        }
        let refusal = Refusal::from(guard.code());
        Err(match guard {
            RoadshowGuard::EverybodyCalled => refusal.because(
                "尚有组织未上场或正在路演",
                "somebody still waits or presents",
            ),
            RoadshowGuard::MinutesWritten => {
                refusal.because("尚未撰写纪要", "there are no minutes yet")
            }
            _ => refusal,
        })
    }
}

/// What is known of a slot when a step is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SlotFacts {
    /// How often nobody came when it was called.
    pub absences: i32,
}

impl Facts<RoadshowSlot> for SlotFacts {
    fn check(&self, guard: SlotGuard) -> Result<(), Refusal> {
        match guard {
            SlotGuard::FirstAbsence if self.absences == 0 => Ok(()),
            SlotGuard::FirstAbsence => Err(guard.code().into()),
        }
    }
}

/// The days on which a session may take place that is announced now: so many working days later at the earliest.
pub(crate) fn days(
    calendar: &WorkCalendar,
    now: DateTime<Utc>,
    notice: Term,
) -> (NaiveDate, NaiveDate) {
    let today = local_date(now);
    let first = calendar.wd(today, notice.n);
    (first, today + TimeDelta::days(FURTHEST))
}

/// How long one slot is.
pub(crate) fn length(presentation: i32, questions: i32) -> TimeDelta {
    TimeDelta::minutes(i64::from(presentation) + i64::from(questions))
}

/// When each of `count` slots begins and ends, one after the other from `starts_at`.
pub(crate) fn times(
    starts_at: DateTime<Utc>,
    slot: TimeDelta,
    count: usize,
) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    std::iter::successors(Some(starts_at), |begins| Some(*begins + slot))
        .map(|begins| (begins, begins + slot))
        .take(count)
        .collect()
}

/// Whether a text names an amount: the figure in fen or yuan, with or without separators, or in 万元.
pub(crate) fn names_price(text: &str, fen: i64) -> bool {
    let plain: String = text
        .chars()
        .filter(|c| !matches!(c, ',' | '\u{ff0c}' | ' '))
        .collect();
    let mut figures = vec![fen.to_string(), (fen / 100).to_string()];
    if fen % 1_000_000 == 0 {
        figures.push(format!("{}万", fen / 1_000_000));
    } else if fen % 100_000 == 0 {
        figures.push(format!("{}.{}万", fen / 1_000_000, fen / 100_000 % 10));
    }
    // a free service has no price to keep
    fen > 0 && figures.iter().any(|figure| stands_alone(&plain, figure))
}

/// Whether a figure stands in a text and is not a part of a longer one.
fn stands_alone(text: &str, figure: &str) -> bool {
    text.match_indices(figure).any(|(at, _)| {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        let after = text.get(at + figure.len()..);
        let after = after.and_then(|tail| tail.chars().next());
        !before.is_some_and(|c| c.is_ascii_digit() || c == '.')
            && !after.is_some_and(|c| c.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{RoadshowEvent, RoadshowState, SlotEvent};
    use proptest::prelude::*;
    use wubang_kernel::machine::plan;
    use wubang_kernel::{Code, Role, RoleSet};

    fn facts(slots: &[SlotState]) -> RoadshowFacts {
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        RoadshowFacts {
            now,
            suspended: false,
            starts_at: now,
            slots: slots.to_vec(),
            questions: true,
            checked_in: false,
            minutes: false,
            chair: false,
        }
    }

    fn refused(
        from: RoadshowState,
        event: RoadshowEvent,
        role: Role,
        facts: &RoadshowFacts,
    ) -> Option<Code> {
        plan::<Roadshow>(from, event, RoleSet::of(&[role]), facts)
            .err()
            .map(|refusal| refusal.code)
    }

    #[test]
    fn one_presents_at_a_time_and_nobody_is_left_out() {
        use RoadshowState::Running;
        use SlotState::{Done, Dropped, Missed, Presenting, Questions, Waiting};
        let street = Role::StreetOfficer;
        let next =
            |slots: &[SlotState]| refused(Running, RoadshowEvent::CallNext, street, &facts(slots));
        assert_eq!(next(&[Waiting]), None);
        assert_eq!(next(&[Presenting, Waiting]), Some(Code::InvalidTransition));
        assert_eq!(next(&[Questions, Waiting]), Some(Code::InvalidTransition));
        assert_eq!(
            next(&[Done, Missed, Dropped]),
            Some(Code::InvalidTransition)
        );
        let end =
            |slots: &[SlotState]| refused(Running, RoadshowEvent::Finish, street, &facts(slots));
        assert_eq!(end(&[Done, Waiting]), Some(Code::Incomplete));
        assert_eq!(end(&[Done, Questions]), Some(Code::Incomplete));
        assert_eq!(end(&[Done, Missed, Dropped]), None);
    }

    #[test]
    fn a_session_does_not_start_before_its_time_nor_while_the_posting_stands_still() {
        use RoadshowState::Planned;
        let mut facts = facts(&[SlotState::Waiting]);
        let start = |facts: &RoadshowFacts| {
            refused(Planned, RoadshowEvent::Start, Role::StreetOfficer, facts)
        };
        assert_eq!(start(&facts), None);
        facts.suspended = true;
        assert_eq!(start(&facts), Some(Code::PostingSuspended));
        facts.suspended = false;
        facts.now -= TimeDelta::seconds(1);
        assert_eq!(start(&facts), Some(Code::TooEarly));
    }

    #[test]
    fn the_chair_confirms_what_was_written() {
        use RoadshowState::Held;
        let mut facts = facts(&[SlotState::Done]);
        let confirm = |facts: &RoadshowFacts| {
            refused(Held, RoadshowEvent::ConfirmMinutes, Role::Assessor, facts)
        };
        assert_eq!(confirm(&facts), Some(Code::Incomplete));
        facts.minutes = true;
        assert_eq!(confirm(&facts), Some(Code::Forbidden));
        facts.chair = true;
        assert_eq!(confirm(&facts), None);
    }

    #[test]
    fn who_is_absent_twice_has_missed_it() {
        let street = RoleSet::of(&[Role::StreetOfficer]);
        let absent = |absences| {
            let facts = SlotFacts { absences };
            plan::<RoadshowSlot>(SlotState::Presenting, SlotEvent::Miss, street, &facts)
                .unwrap()
                .to()
        };
        assert_eq!(absent(0), SlotState::Waiting);
        assert_eq!(absent(1), SlotState::Missed);
    }

    #[test]
    fn a_session_is_announced_two_working_days_before() {
        // Friday 6 March 2026
        let now: DateTime<Utc> = "2026-03-06T23:00:00+08:00".parse().unwrap();
        let (first, last) = days(&WorkCalendar::builtin(), now, Term::wd(2));
        assert_eq!(
            (first.to_string(), last.to_string()),
            ("2026-03-10".into(), "2026-06-04".into())
        );
    }

    #[test]
    fn a_price_is_found_however_it_is_written() {
        for text in ["报价96000元", "总价 96,000 元", "9.6万元", "共9600000分"] {
            assert!(names_price(text, 9_600_000), "{text}");
        }
        assert!(names_price("10万元", 10_000_000));
        for text in [
            "服务196000人次",
            "960000",
            "19.6万人次",
            "每周2次",
            "9万人次",
        ] {
            assert!(!names_price(text, 9_600_000), "{text}");
        }
        assert!(!names_price("0 元", 0));
    }

    proptest! {
        #[test]
        fn slots_follow_each_other_without_gap_and_overlap(start in 0_i64..4_000_000_000, present in 3_i32..=30, ask in 0_i32..=30, count in 0_usize..90) {
            let starts_at = DateTime::from_timestamp(start, 0).unwrap();
            let times = times(starts_at, length(present, ask), count);
            prop_assert_eq!(times.len(), count);
            prop_assert!(times.first().is_none_or(|(begins, _)| *begins == starts_at));
            prop_assert!(times.windows(2).all(|pair| pair[0].1 == pair[1].0));
            prop_assert!(times.iter().all(|(begins, ends)| *ends - *begins == length(present, ask)));
        }

        #[test]
        fn a_price_inside_a_longer_figure_is_none(price in 1_000_i64..9_999_999, digit in 1_u8..=9) {
            let text = format!("人次{digit}{price}{digit}");
            prop_assert!(!names_price(&text, price * 100));
            let alone = format!("报价{price}元");
            prop_assert!(names_price(&alone, price * 100));
        }
    }
}
