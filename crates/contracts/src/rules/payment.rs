//! Facts and guards of a payment, and its sums (rulebook 2.8.6).

use crate::flow::{Payment, PaymentGuard};
use crate::model::WithholdGround;
use wubang_kernel::Refusal;
use wubang_kernel::machine::{Facts, Name};
use wubang_kernel::money::Fen;
use wubang_kernel::score::Exact;

/// What is known of a payment when a step is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PaymentFacts {
    /// Rectification or exit is open.
    pub strict: bool,
    /// The completion report is so late that payments stop.
    pub report_missing: bool,
    /// Something holds the agreement, for instance an objection.
    pub held: bool,
    /// The agreement stands still.
    pub suspended: bool,
    /// The agreement was terminated or left.
    pub ended_early: bool,
    /// Why this payment is withheld; `None` while it is not.
    pub withheld: Option<WithholdGround>,
}

impl PaymentFacts {
    /// The same for a payment that is withheld on a ground.
    pub fn of(self, ground: Option<&str>) -> Self {
        PaymentFacts {
            withheld: ground.and_then(WithholdGround::from_wire),
            ..self
        }
    }

    /// Whether the ground on which it is withheld still stands; who gave another one says himself when it is gone.
    fn ground_stands(self) -> bool {
        match self.withheld {
            Some(WithholdGround::Rectification) => self.strict,
            Some(WithholdGround::MissingReport) => self.report_missing,
            Some(WithholdGround::Objection) => self.held,
            Some(WithholdGround::Other) | None => false,
        }
    }
}

impl Facts<Payment> for PaymentFacts {
    fn check(&self, guard: PaymentGuard) -> Result<(), Refusal> {
        let holds = match guard {
            PaymentGuard::NotBlocked => !(self.strict || self.report_missing || self.held),
            PaymentGuard::NotSuspended => !self.suspended,
            PaymentGuard::GroundGone => !self.ground_stands(),
            PaymentGuard::ContractOver => self.ended_early,
        };
        if holds {
            Ok(())
        } else {
            Err(guard.code().into())
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

    fn ask(state: PaymentState, event: PaymentEvent, facts: &PaymentFacts) -> Option<Code> {
        let street = RoleSet::of(&[Role::StreetOfficer]);
        let step = plan::<Payment>(state, event, street, facts);
        step.err().map(|refusal| refusal.code)
    }

    fn usual() -> PaymentFacts {
        PaymentFacts::default()
    }

    #[test]
    fn nothing_is_approved_while_the_agreement_is_blocked() {
        use {PaymentEvent::Approve, PaymentEvent::Withhold, PaymentState::Requested};
        assert_eq!(ask(Requested, Approve, &usual()), None);
        let blocked = [
            PaymentFacts {
                strict: true,
                ..usual()
            },
            PaymentFacts {
                report_missing: true,
                ..usual()
            },
            PaymentFacts {
                held: true,
                ..usual()
            },
        ];
        for facts in blocked {
            assert_eq!(ask(Requested, Approve, &facts), Some(Code::PaymentBlocked));
            assert_eq!(ask(Requested, Withhold, &facts), None);
        }
        let still = PaymentFacts {
            suspended: true,
            ..usual()
        };
        assert_eq!(
            ask(Requested, Approve, &still),
            Some(Code::ContractSuspended)
        );
        assert_eq!(
            ask(PaymentState::Approved, PaymentEvent::Pay, &still),
            Some(Code::ContractSuspended)
        );
    }

    #[test]
    fn a_payment_is_released_when_its_ground_is_gone() {
        use {PaymentEvent::Release, PaymentState::Withheld};
        let all = PaymentFacts {
            strict: true,
            report_missing: true,
            held: true,
            ..usual()
        };
        for ground in WithholdGround::ALL {
            let expected = (*ground != WithholdGround::Other).then_some(Code::GroundStands);
            assert_eq!(
                ask(Withheld, Release, &all.of(Some(ground.as_str()))),
                expected
            );
            assert_eq!(
                ask(Withheld, Release, &usual().of(Some(ground.as_str()))),
                None
            );
        }
    }

    #[test]
    fn an_approved_payment_is_given_up_only_when_the_agreement_ended_early() {
        use {PaymentEvent::Cancel, PaymentState::Approved};
        assert_eq!(
            ask(Approved, Cancel, &usual()),
            Some(Code::InvalidTransition)
        );
        assert_eq!(
            ask(
                Approved,
                Cancel,
                &PaymentFacts {
                    ended_early: true,
                    ..usual()
                }
            ),
            None
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
