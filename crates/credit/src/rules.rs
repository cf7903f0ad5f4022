//! Facts, guards and terms of list entries: pure functions (rulebook 2.8.15, 2.12).

use crate::flow::{ListEntry, ListEntryEvent, ListEntryGuard};
use crate::words::ListGround;
use chrono::{DateTime, Months, NaiveDate, Utc};
use uuid::Uuid;
use wubang_kernel::deadline::{is_over, local_date};
use wubang_kernel::machine::{Facts, Name};
use wubang_kernel::{Code, Refusal};
use wubang_registry::credit::ListColour;

/// Months without fault after which an entry can be repaired (rulebook 2.12.3 (e)).
pub const CLEAN_MONTHS: u32 = 6;
/// Terms of a black entry in months: minor, usual, grave (rulebook 2.12.2).
pub const BLACK_TERMS: &[u32] = &[6, 12, 24];
/// Term of a red entry in months.
pub const RED_TERM: u32 = 12;

impl ListGround {
    /// The list that a ground belongs to.
    #[must_use]
    pub const fn colour(self) -> ListColour {
        match self {
            ListGround::ExcellentResult | ListGround::AnnualBest => ListColour::Red,
            _ => ListColour::Black,
        }
    }

    /// The term unless somebody decides otherwise, in months.
    #[must_use]
    pub const fn months(self) -> u32 {
        match self {
            ListGround::RefusedToSign => 6,
            ListGround::MisuseOfFunds | ListGround::PrivacyOrChildSafety => 24,
            _ => 12,
        }
    }

    /// Whether a term fits the ground.
    #[must_use]
    pub fn allows(self, months: u32) -> bool {
        match self.colour() {
            ListColour::Red => months == RED_TERM,
            ListColour::Black => BLACK_TERMS.contains(&months),
        }
    }
}

/// What is known of an entry when a step is asked for.
#[derive(Debug, Clone)]
pub(crate) struct ListEntryFacts {
    pub colour: ListColour,
    pub now: DateTime<Utc>,
    pub defence_by: Option<DateTime<Utc>>,
    /// Who gave the notice, and who asks.
    pub notified_by: Option<Uuid>,
    pub person: Option<Uuid>,
    pub held: bool,
    pub effective_from: Option<DateTime<Utc>>,
    /// Day of the organisation's last deduction.
    pub last_fault: Option<NaiveDate>,
}

impl ListEntryFacts {
    /// From when the entry can be repaired: six months after the later of entry and last fault.
    pub fn repairable_on(&self) -> Option<NaiveDate> {
        let entered = local_date(self.effective_from?);
        let since = self.last_fault.map_or(entered, |fault| fault.max(entered));
        since.checked_add_months(Months::new(CLEAN_MONTHS))
    }

    fn repair_due(&self) -> Result<(), Refusal> {
        match self.repairable_on() {
            Some(day) if local_date(self.now) < day => Err(Refusal::new(Code::TooEarly).because(
                format!("列入或最近一次扣分满 {CLEAN_MONTHS} 个月后方可申请修复,最早为 {day}"),
                format!("{CLEAN_MONTHS} months must pass without fault; not before {day}"),
            )),
            Some(_) => Ok(()),
            None => Err(Code::InvalidTransition.into()),
        }
    }
}

impl Facts<ListEntry> for ListEntryFacts {
    fn check(&self, guard: ListEntryGuard) -> Result<(), Refusal> {
        let holds = match guard {
            ListEntryGuard::Red => self.colour == ListColour::Red,
            ListEntryGuard::Black => self.colour == ListColour::Black,
            ListEntryGuard::DefenceOpen => self.defence_by.is_some_and(|at| !is_over(at, self.now)),
            ListEntryGuard::OtherPerson => self.person.is_none() || self.person != self.notified_by,
            ListEntryGuard::NoOpenHold => !self.held,
            ListEntryGuard::RepairDue => return self.repair_due(),
        };
        if holds {
            Ok(())
        } else {
            Err(guard.code().into())
        }
    }

    fn deadline(&self, event: ListEntryEvent) -> Option<DateTime<Utc>> {
        self.defence_by.filter(|_| event == ListEntryEvent::Defend)
    }
}

/// Points for a late completion report: for each five working days begun, up to the most.
#[must_use]
pub fn late_points(working_days: u32, each: i32, most: i32) -> i32 {
    let fives = i32::try_from(working_days.div_ceil(5)).unwrap_or(i32::MAX);
    fives.saturating_mul(each).min(most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::ListEntryState;
    use proptest::prelude::*;
    use wubang_kernel::machine::plan;
    use wubang_kernel::{Role, RoleSet};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn facts() -> ListEntryFacts {
        ListEntryFacts {
            colour: ListColour::Black,
            now: at("2026-06-01T04:00:00Z"),
            defence_by: Some(at("2026-06-15T15:59:59Z")),
            notified_by: Some(Uuid::from_u128(1)),
            person: Some(Uuid::from_u128(2)),
            held: false,
            effective_from: Some(at("2026-01-15T04:00:00Z")),
            last_fault: None,
        }
    }

    fn ask(
        state: ListEntryState,
        event: ListEntryEvent,
        role: Role,
        facts: &ListEntryFacts,
    ) -> Option<Code> {
        let planned = plan::<ListEntry>(state, event, RoleSet::of(&[role]), facts);
        planned.err().map(|refusal| refusal.code)
    }

    #[test]
    fn each_list_has_its_own_way_in() {
        use ListEntryEvent::{Notify, Publish};
        use ListEntryState::Proposed;
        let red = ListEntryFacts {
            colour: ListColour::Red,
            ..facts()
        };
        let district = Role::DistrictAdmin;
        assert_eq!(ask(Proposed, Publish, district, &red), None);
        assert_eq!(
            ask(Proposed, Notify, district, &red),
            Some(Code::InvalidTransition)
        );
        assert_eq!(ask(Proposed, Notify, district, &facts()), None);
        assert_eq!(
            ask(Proposed, Publish, district, &facts()),
            Some(Code::InvalidTransition)
        );
        assert_eq!(
            ask(Proposed, Notify, Role::StreetOfficer, &facts()),
            Some(Code::Forbidden)
        );
    }

    #[test]
    fn who_gave_the_notice_does_not_decide_on_it() {
        let same = ListEntryFacts {
            person: Some(Uuid::from_u128(1)),
            ..facts()
        };
        let enter = |facts| {
            ask(
                ListEntryState::Reviewing,
                ListEntryEvent::Enter,
                Role::DistrictAdmin,
                facts,
            )
        };
        assert_eq!(enter(&same), Some(Code::SamePerson));
        assert_eq!(enter(&facts()), None);
    }

    #[test]
    fn a_defence_is_in_time_to_its_last_second() {
        let defend = |now| {
            let facts = ListEntryFacts { now, ..facts() };
            ask(
                ListEntryState::Notice,
                ListEntryEvent::Defend,
                Role::OrgLegalRep,
                &facts,
            )
        };
        assert_eq!(defend(at("2026-06-15T15:59:59Z")), None);
        assert_eq!(
            defend(at("2026-06-15T16:00:00Z")),
            Some(Code::DeadlinePassed)
        );
    }

    #[test]
    fn an_entry_is_repaired_after_six_months_without_fault() {
        let repair = |now, last_fault| {
            let facts = ListEntryFacts {
                now,
                last_fault,
                ..facts()
            };
            ask(
                ListEntryState::Active,
                ListEntryEvent::RequestRepair,
                Role::OrgLegalRep,
                &facts,
            )
        };
        assert_eq!(
            repair(at("2026-07-14T04:00:00Z"), None),
            Some(Code::TooEarly)
        );
        assert_eq!(repair(at("2026-07-15T04:00:00Z"), None), None);
        let fault = "2026-03-02".parse().ok();
        assert_eq!(
            repair(at("2026-07-15T04:00:00Z"), fault),
            Some(Code::TooEarly)
        );
        assert_eq!(repair(at("2026-09-02T04:00:00Z"), fault), None);
        let before = "2025-12-30".parse().ok();
        assert_eq!(
            repair(at("2026-07-15T04:00:00Z"), before),
            None,
            "a fault before it"
        );
    }

    #[test]
    fn terms_fit_their_list() {
        for ground in ListGround::ALL {
            assert!(ground.allows(ground.months()), "{ground:?}");
        }
        assert!(!ListGround::ExcellentResult.allows(24) && !ListGround::Collusion.allows(7));
    }

    proptest! {
        #[test]
        fn a_late_report_costs_more_with_each_five_days_and_never_more_than_the_most(days in 0_u32..500) {
            let points = late_points(days, 2, 10);
            prop_assert!((0..=10).contains(&points));
            prop_assert!(late_points(days + 1, 2, 10) >= points);
            prop_assert_eq!(points == 0, days == 0);
        }
    }

    #[test]
    fn the_steps_of_a_late_report() {
        assert_eq!(
            [1, 5, 6, 10, 11, 25, 26].map(|days| late_points(days, 2, 10)),
            [2, 2, 4, 4, 6, 10, 10]
        );
    }
}
