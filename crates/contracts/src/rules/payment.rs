//! Facts and guards of a payment, and its sums (rulebook 2.8.6).

use crate::flow::{Payment, PaymentGuard};
use wubang_kernel::Refusal;
use wubang_kernel::machine::{Facts, Name};
use wubang_kernel::money::Fen;
use wubang_kernel::score::Exact;

/// What is known of a payment when a step is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PaymentFacts {
    /// Rectification or exit is open, or something holds the agreement.
    pub blocked: bool,
}

impl Facts<Payment> for PaymentFacts {
    fn check(&self, guard: PaymentGuard) -> Result<(), Refusal> {
        match guard {
            PaymentGuard::NotBlocked if self.blocked => Err(guard.code().into()),
            PaymentGuard::NotBlocked => Ok(()),
        }
    }
}

/// The amount due for a milestone that was met to `percent`.
pub(crate) fn scaled(planned_fen: i64, percent: i64) -> Option<i64> {
    let ratio = Exact::new(i128::from(percent), 100)?;
    Fen::new(planned_fen).ok()?.scale(ratio).map(Fen::get)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{PaymentEvent, PaymentState};
    use proptest::prelude::*;
    use wubang_kernel::machine::plan;
    use wubang_kernel::{Code, Role, RoleSet};

    #[test]
    fn nothing_is_approved_while_the_agreement_is_blocked() {
        let street = RoleSet::of(&[Role::StreetOfficer]);
        let blocked = plan::<Payment>(
            PaymentState::Requested,
            PaymentEvent::Approve,
            street,
            &PaymentFacts { blocked: true },
        );
        assert_eq!(blocked.unwrap_err().code, Code::PaymentBlocked);
        assert!(
            plan::<Payment>(
                PaymentState::Requested,
                PaymentEvent::Withhold,
                street,
                &PaymentFacts { blocked: true }
            )
            .is_ok()
        );
    }

    proptest! {
        #[test]
        fn a_part_never_costs_more_than_the_whole(planned in 0_i64..=1_000_000_000_000, percent in 0_i64..=100) {
            let due = scaled(planned, percent).unwrap();
            prop_assert!((0..=planned).contains(&due));
            prop_assert_eq!(scaled(planned, 100), Some(planned));
            prop_assert_eq!(scaled(planned, 0), Some(0));
        }
    }
}
