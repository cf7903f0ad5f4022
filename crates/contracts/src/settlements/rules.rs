//! The arithmetic of a settlement, and its guard: pure functions, in fen.

use super::flow::{Settlement, SettlementGuard};
use super::model::{SettlementFigures, SettlementLine, SettlementLines};
use crate::entity::{milestone, payment};
use uuid::Uuid;
use wubang_kernel::Refusal;
use wubang_kernel::machine::{Facts, Name};

/// The condition of the payment by which a settlement is paid.
pub(crate) const BY_SETTLEMENT: &str = "settlement";

/// What is known of a settlement when a step is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SettlementFacts {
    pub drafted_by: Uuid,
    pub person: Option<Uuid>,
}

impl Facts<Settlement> for SettlementFacts {
    fn check(&self, guard: SettlementGuard) -> Result<(), Refusal> {
        match guard {
            SettlementGuard::OtherPerson if self.person == Some(self.drafted_by) => {
                Err(guard.code().into())
            }
            SettlementGuard::OtherPerson => Ok(()),
        }
    }
}

/// Whether nothing of the agreement can change any more: no milestone waits to be verified, no approved payment to be
/// recorded.
pub(crate) fn is_ready(milestones: &[milestone::Model], payments: &[payment::Model]) -> bool {
    milestones.iter().all(|row| row.state != "submitted")
        && payments.iter().all(|row| row.state != "approved")
}

/// What each milestone counts for.
pub(crate) fn lines(milestones: &[milestone::Model]) -> SettlementLines {
    let counted = milestones.iter().filter(|row| row.state != "waived");
    let line = |row: &milestone::Model| SettlementLine {
        seq: row.seq,
        title: row.title.clone(),
        ratio_percent: match row.state.as_str() {
            "met" | "partially_met" => row.ratio_percent.unwrap_or(0),
            _ => 0,
        },
    };
    SettlementLines(counted.map(line).collect())
}

/// What was paid in all.
pub(crate) fn paid(payments: &[payment::Model]) -> i64 {
    let paid = payments.iter().filter(|row| row.state == "paid");
    paid.map(|row| row.amount_fen).fold(0, i64::saturating_add)
}

/// The price of the accepted work: every milestone is an equal part of the price, of which its ratio counts. Rounded
/// down, never above the price.
pub(crate) fn accepted(price_fen: i64, ratios: impl IntoIterator<Item = i64>) -> i64 {
    let (mut sum, mut whole) = (0_i128, 0_i128);
    for ratio in ratios {
        sum += i128::from(ratio.clamp(0, 100));
        whole += 100;
    }
    if whole == 0 {
        return 0;
    }
    i64::try_from(i128::from(price_fen) * sum / whole).unwrap_or(0)
}

/// What is owed, and by whom. What was paid beyond the accepted work comes back: first what was not spent, as stated,
/// then what was spent on work that nobody accepted.
pub(crate) fn figures(
    price_fen: i64,
    accepted_fen: i64,
    paid_fen: i64,
    stated_unspent_fen: i64,
) -> SettlementFigures {
    let clawback_fen = (paid_fen - accepted_fen).max(0);
    let unspent_fen = stated_unspent_fen.clamp(0, clawback_fen);
    SettlementFigures {
        price_fen,
        accepted_fen,
        paid_fen,
        due_fen: (accepted_fen - paid_fen).max(0),
        clawback_fen,
        unspent_fen,
        unaccepted_fen: clawback_fen - unspent_fen,
    }
}

/// Which paid amounts come back, the last ones first: a part for each, none of nothing.
pub(crate) fn clawbacks(paid_fen: &[i64], clawback_fen: i64) -> Vec<i64> {
    let mut left = clawback_fen;
    let mut parts: Vec<i64> = paid_fen
        .iter()
        .rev()
        .map(|paid| {
            let part = left.clamp(0, (*paid).max(0));
            left -= part;
            part
        })
        .collect();
    parts.reverse();
    parts
}

#[cfg(test)]
mod tests {
    use super::super::flow::{SettlementEvent, SettlementState};
    use super::*;
    use proptest::prelude::*;
    use wubang_kernel::machine::plan;
    use wubang_kernel::{Code, Role, RoleSet};

    #[test]
    fn two_of_three_milestones_are_two_thirds_of_the_price() {
        assert_eq!(accepted(4_680_000, [100, 100, 0]), 3_120_000);
        assert_eq!(accepted(4_680_000, [100, 77, 0]), 2_761_200);
        assert_eq!(accepted(100, [33, 33, 33]), 33);
        assert_eq!(accepted(4_680_000, []), 0);
        // an advance of half the price, nothing accepted, a fifth of it unspent
        let figures = figures(4_680_000, 0, 2_340_000, 468_000);
        assert_eq!(
            (
                figures.clawback_fen,
                figures.unspent_fen,
                figures.unaccepted_fen,
                figures.due_fen
            ),
            (2_340_000, 468_000, 1_872_000, 0)
        );
    }

    #[test]
    fn what_comes_back_comes_from_the_last_payment_first() {
        assert_eq!(clawbacks(&[500, 300], 200), [0, 200]);
        assert_eq!(clawbacks(&[500, 300], 600), [300, 300]);
        assert_eq!(clawbacks(&[500, 300], 0), [0, 0]);
    }

    #[test]
    fn another_officer_fixes_it() {
        let ask = |person| {
            let facts = SettlementFacts {
                drafted_by: Uuid::from_u128(1),
                person: Some(Uuid::from_u128(person)),
            };
            let street = RoleSet::of(&[Role::StreetOfficer]);
            plan::<Settlement>(
                SettlementState::Agreed,
                SettlementEvent::Complete,
                street,
                &facts,
            )
            .err()
            .map(|refusal| refusal.code)
        };
        assert_eq!(ask(1), Some(Code::SamePerson));
        assert_eq!(ask(2), None);
    }

    proptest! {
        #[test]
        fn the_sums_always_balance(price in 0_i64..=1_000_000_000_000, ratios in proptest::collection::vec(0_i64..=100, 0..12), share in 0_i64..=100, unspent in 0_i64..=1_000_000_000_000) {
            let accepted = accepted(price, ratios);
            let paid = price / 100 * share;
            let all = figures(price, accepted, paid, unspent.min(paid));
            prop_assert_eq!(all.accepted_fen + all.clawback_fen, all.paid_fen + all.due_fen);
            prop_assert_eq!(all.unspent_fen + all.unaccepted_fen, all.clawback_fen);
            prop_assert!(all.due_fen == 0 || all.clawback_fen == 0);
            prop_assert!((0..=price).contains(&(paid + all.due_fen - all.clawback_fen)));
            prop_assert!([all.due_fen, all.clawback_fen, all.unspent_fen, all.unaccepted_fen].iter().all(|one| *one >= 0));
        }

        #[test]
        fn more_accepted_work_never_pays_less(price in 0_i64..=1_000_000_000, ratios in proptest::collection::vec(0_i64..100, 1..8), which in 0_usize..8) {
            let less = accepted(price, ratios.clone());
            let mut more = ratios;
            let at = which % more.len();
            more[at] += 1;
            prop_assert!(accepted(price, more.clone()) >= less);
            prop_assert_eq!(accepted(price, more.iter().map(|_| 100)), price);
        }

        #[test]
        fn the_parts_that_come_back_are_the_whole_and_none_is_more_than_was_paid(paid in proptest::collection::vec(0_i64..=1_000_000, 0..6), percent in 0_i64..=100) {
            let whole: i64 = paid.iter().sum();
            let back = whole * percent / 100;
            let parts = clawbacks(&paid, back);
            prop_assert_eq!(parts.iter().sum::<i64>(), back);
            prop_assert!(parts.iter().zip(&paid).all(|(part, paid)| (0..=*paid).contains(part)));
        }
    }
}
