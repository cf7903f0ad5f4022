//! Facts, guards and the figure of a review: pure functions.

use super::flow::{BuyerReview, BuyerReviewGuard};
use super::model::BuyerPoints;
use wubang_kernel::machine::{Facts, Name};
use wubang_kernel::score::{Exact, Hundredths};
use wubang_kernel::{Faults, Refusal};

/// What is known when a step is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BuyerReviewFacts {
    /// The result of its evaluation is confirmed.
    pub confirmed: bool,
}

impl Facts<BuyerReview> for BuyerReviewFacts {
    fn check(&self, guard: BuyerReviewGuard) -> Result<(), Refusal> {
        match guard {
            BuyerReviewGuard::Confirmed if self.confirmed => Ok(()),
            BuyerReviewGuard::Confirmed => Err(guard.code().into()),
        }
    }
}

/// Notes points outside their range.
pub(crate) fn check_points(points: &BuyerPoints, faults: &mut Faults) {
    for (key, value) in points.each() {
        faults.number(&format!("/points/{key}"), value, 1..=5);
    }
}

/// The mean of the points as 0 to 100: 1 is 0, 5 is 100, as the steps of the residents' survey.
pub(crate) fn satisfaction(points: &BuyerPoints) -> Hundredths {
    let worth = points
        .each()
        .map(|(_, value)| Exact::from_int(value.saturating_sub(1).saturating_mul(25)));
    Exact::mean(&worth).unwrap_or(Exact::ZERO).rounded()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of([clarity, cooperation, payment, fairness, respect]: [i64; 5]) -> BuyerPoints {
        BuyerPoints {
            clarity,
            cooperation,
            payment,
            fairness,
            respect,
        }
    }

    #[test]
    fn one_is_nothing_and_five_is_all() {
        assert_eq!(satisfaction(&of([1; 5])).to_string(), "0.00");
        assert_eq!(satisfaction(&of([5; 5])).to_string(), "100.00");
        assert_eq!(satisfaction(&of([4, 5, 3, 5, 5])).to_string(), "85.00");
    }

    proptest! {
        #[test]
        fn each_point_outside_one_to_five_is_named(values in proptest::array::uniform5(-1_i64..8)) {
            let mut faults = Faults::new();
            check_points(&of(values), &mut faults);
            let wrong = values.iter().filter(|one| !(1..=5).contains(*one)).count();
            prop_assert_eq!(faults.into_fields().len(), wrong);
        }
    }
}
