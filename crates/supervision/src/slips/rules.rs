//! Facts, guards and checks of slips: pure functions.

use super::flow::{Slip, SlipGuard};
use super::model::{AnswerSlipIn, ProgressReport};
use crate::watched::internal_text;
use crate::words::{SlipAddressee, SlipKind};
use chrono::{Duration, NaiveDate};
use wubang_kernel::machine::{Facts, Name};
use wubang_kernel::{Faults, Refusal};

/// Most days that a term named by hand may have.
const MOST_DAYS: i64 = 60;

/// What is known of a slip when a step is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SlipFacts {
    pub addressee: SlipAddressee,
}

impl Facts<Slip> for SlipFacts {
    fn check(&self, guard: SlipGuard) -> Result<(), Refusal> {
        let holds = match guard {
            SlipGuard::ToOrganisation => self.addressee == SlipAddressee::Organisation,
            SlipGuard::ToSecretary => self.addressee == SlipAddressee::Secretary,
        };
        if holds {
            Ok(())
        } else {
            Err(guard.code().into())
        }
    }
}

/// Checks a term that a person names: after today, at most sixty days.
pub(crate) fn check_answer_on(faults: &mut Faults, today: NaiveDate, named: Option<NaiveDate>) {
    let last = today + Duration::days(MOST_DAYS);
    if named.is_some_and(|day| day <= today || day > last) {
        faults.add(
            "/answer_on",
            "out_of_range",
            format!("须在明天与 {last} 之间"),
            format!("must be between tomorrow and {last}"),
        );
    }
}

/// Whether a text names a quarter (`2026-Q2`).
pub(crate) fn is_quarter(text: &str) -> bool {
    let Some((year, quarter)) = text.split_once("-Q") else {
        return false;
    };
    year.len() == 4
        && year.chars().all(|c| c.is_ascii_digit())
        && matches!(quarter, "1" | "2" | "3" | "4")
}

/// Checks that a progress slip, and no other, names its quarter and goes to the organisation.
pub(crate) fn check_kind(
    faults: &mut Faults,
    kind: SlipKind,
    addressee: SlipAddressee,
    quarter: Option<&str>,
) {
    match (kind, quarter) {
        (SlipKind::Progress, None) => faults.missing("/quarter"),
        (SlipKind::Progress, Some(text)) if !is_quarter(text) => {
            let (zh, en) = ("须为 2026-Q2 的形式", "must be like 2026-Q2");
            faults.add("/quarter", "malformed", zh, en);
        }
        (SlipKind::Reminder | SlipKind::Supervision, Some(_)) => {
            let (zh, en) = ("只有进度单写明季度", "only a progress slip has a quarter");
            faults.add("/quarter", "not_allowed", zh, en);
        }
        _ => {}
    }
    if kind == SlipKind::Progress && addressee != SlipAddressee::Organisation {
        let (zh, en) = (
            "进度单只发给承榜组织",
            "a progress slip goes to the organisation",
        );
        faults.add("/addressee", "not_allowed", zh, en);
    }
}

/// Reads an answer: counts for a progress slip, and for no other.
pub(crate) fn check_answer(
    kind: SlipKind,
    input: &AnswerSlipIn,
) -> Result<(String, Option<ProgressReport>), Refusal> {
    let mut faults = Faults::new();
    let text = internal_text(&mut faults, "/text", &input.text, 10..=5000);
    match (kind, &input.progress) {
        (SlipKind::Progress, None) => faults.missing("/progress"),
        (SlipKind::Progress, Some(report)) => {
            faults.number("/progress/sessions", report.sessions, 0..=100_000);
            faults.number(
                "/progress/person_times",
                report.person_times,
                0..=10_000_000,
            );
            faults.number(
                "/progress/volunteer_hours",
                report.volunteer_hours,
                0..=10_000_000,
            );
            faults.fen("/progress/spent_fen", report.spent_fen);
        }
        (_, Some(_)) => {
            let (zh, en) = ("只有进度单填报进度", "only a progress slip takes counts");
            faults.add("/progress", "not_allowed", zh, en);
        }
        (_, None) => {}
    }
    faults.finish()?;
    Ok((text, input.progress.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slips::flow::{SlipEvent, SlipState};
    use crate::watched::refusal_of;
    use proptest::prelude::*;
    use wubang_kernel::{Code, Role};

    #[test]
    fn only_the_addressee_answers() {
        let ask = |addressee, role| {
            let facts = SlipFacts { addressee };
            refusal_of::<Slip>(SlipState::Overdue, SlipEvent::Answer, role, &facts)
        };
        assert_eq!(ask(SlipAddressee::Organisation, Role::OrgAgent), None);
        assert_eq!(
            ask(SlipAddressee::Organisation, Role::CommunitySecretary),
            Some(Code::Forbidden)
        );
        assert_eq!(
            ask(SlipAddressee::Secretary, Role::CommunitySecretary),
            None
        );
        assert_eq!(
            ask(SlipAddressee::Secretary, Role::OrgAgent),
            Some(Code::Forbidden)
        );
    }

    #[test]
    fn a_term_by_hand_is_after_today_and_within_sixty_days() {
        let today: NaiveDate = "2026-06-01".parse().unwrap();
        let good = |days| {
            let mut faults = Faults::new();
            check_answer_on(&mut faults, today, Some(today + Duration::days(days)));
            faults.is_empty()
        };
        assert_eq!([0, 1, 60, 61].map(good), [false, true, true, false]);
    }

    #[test]
    fn counts_are_asked_of_a_progress_slip_alone() {
        let text = "本季度按计划完成全部场次。".to_owned();
        let progress = Some(ProgressReport {
            sessions: 4,
            person_times: 80,
            volunteer_hours: 12,
            spent_fen: 100_000,
        });
        let ask = |kind, progress: &Option<ProgressReport>| {
            let input = AnswerSlipIn {
                text: text.clone(),
                progress: progress.clone(),
            };
            check_answer(kind, &input).is_ok()
        };
        assert!(ask(SlipKind::Progress, &progress) && !ask(SlipKind::Progress, &None));
        assert!(ask(SlipKind::Reminder, &None) && !ask(SlipKind::Reminder, &progress));
    }

    proptest! {
        #[test]
        fn a_quarter_is_four_digits_and_one_to_four(year in 0_u32..12_000, quarter in 0_u32..9) {
            let text = format!("{year}-Q{quarter}");
            prop_assert_eq!(is_quarter(&text), (1000..10_000).contains(&year) && (1..=4).contains(&quarter));
        }

        #[test]
        fn no_text_breaks_it(text in ".{0,12}") {
            let _ = is_quarter(&text);
        }
    }
}
