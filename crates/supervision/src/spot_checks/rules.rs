//! Guards and the quota of spot checks: pure functions (rulebook 2.4.5).

use super::flow::{SpotCheck, SpotCheckGuard};
use chrono::{Months, NaiveDate};
use wubang_kernel::Refusal;
use wubang_kernel::machine::{Facts, Name};

/// What is known of a spot check when a step is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SpotCheckFacts {
    /// Whether the actor works for the contractor or is tied to it.
    pub recused: bool,
}

impl Facts<SpotCheck> for SpotCheckFacts {
    fn check(&self, guard: SpotCheckGuard) -> Result<(), Refusal> {
        match guard {
            SpotCheckGuard::NotRecused if self.recused => Err(guard.code().into()),
            SpotCheckGuard::NotRecused => Ok(()),
        }
    }
}

/// Whether an agreement runs longer than so many months: its last day lies on or behind the day that its first day
/// falls on after them.
pub(crate) fn is_long(starts_on: NaiveDate, ends_on: NaiveDate, months: u32) -> bool {
    let over = starts_on.checked_add_months(Months::new(months));
    over.is_some_and(|day| ends_on >= day)
}

/// How many of `contracts` must be checked: the share, rounded up.
pub(crate) fn required(contracts: u64, percent: u32) -> u64 {
    contracts.saturating_mul(u64::from(percent)).div_ceil(100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_year_to_the_day_is_not_longer_than_a_year() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert!(!is_long(day("2026-03-01"), day("2027-02-28"), 12));
        assert!(is_long(day("2026-03-01"), day("2027-03-01"), 12));
        assert!(is_long(day("2028-02-29"), day("2029-02-28"), 12));
    }

    proptest! {
        #[test]
        fn the_quota_is_the_least_number_that_reaches_the_share(contracts in 0_u64..100_000, percent in 30_u32..=100) {
            let need = required(contracts, percent);
            prop_assert!(need <= contracts);
            prop_assert!(need * 100 >= contracts * u64::from(percent));
            prop_assert!(need == 0 || (need - 1) * 100 < contracts * u64::from(percent));
        }
    }
}
