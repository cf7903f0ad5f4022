//! Money (金额) as whole fen: 1 yuan = 100 fen, CNY only (rulebook 0.3).
//!
//! No arithmetic here overflows, goes below zero or loses a fen.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::score::Exact;

/// An amount of money (分) in fen, `0..=10^15`. In JSON an integer.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[serde(try_from = "i64", into = "i64")]
#[schema(value_type = i64, minimum = 0, maximum = 1_000_000_000_000_000_i64, examples(123_450))]
pub struct Fen(i64);

/// A number that cannot be an amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FenError {
    /// Below zero.
    Negative {
        /// The refused number of fen.
        got: i64,
    },
    /// Above [`Fen::MAX`].
    TooLarge {
        /// The refused number of fen.
        got: i64,
    },
}

impl FenError {
    /// Explanation in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Negative { got } => format!("金额不能为负数，实际为{got}分"),
            Self::TooLarge { got } => {
                format!("金额不能超过{}分，实际为{got}分", Fen::MAX.get())
            }
        }
    }

    /// Explanation in English.
    pub fn en(&self) -> String {
        match self {
            Self::Negative { got } => format!("an amount cannot be negative, got {got} fen"),
            Self::TooLarge { got } => {
                format!(
                    "an amount cannot exceed {} fen, got {got} fen",
                    Fen::MAX.get()
                )
            }
        }
    }
}

impl fmt::Display for FenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en())
    }
}

impl std::error::Error for FenError {}

impl Fen {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The largest amount, 10^15 fen (ten million million yuan): far above any
    /// budget and still exact in every JSON reader, which stop at 2^53.
    pub const MAX: Self = Self(1_000_000_000_000_000);

    /// An amount of `fen` fen.
    ///
    /// # Errors
    /// [`FenError`] outside `0..=10^15`.
    pub const fn new(fen: i64) -> Result<Self, FenError> {
        if fen < 0 {
            Err(FenError::Negative { got: fen })
        } else if fen > Self::MAX.0 {
            Err(FenError::TooLarge { got: fen })
        } else {
            Ok(Self(fen))
        }
    }

    /// The number of fen.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The sum, or `None` above [`Fen::MAX`].
    pub fn checked_add(self, other: Self) -> Option<Self> {
        // Both are at most 10^15, so the i64 sum itself cannot overflow.
        Self::new(self.0 + other.0).ok()
    }

    /// The difference, or `None` below zero.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        Self::new(self.0 - other.0).ok()
    }

    /// The sum of all, or `None` above [`Fen::MAX`]. Nothing sums to zero.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// Parts by `percents`, which must sum to 100; `None` otherwise.
    ///
    /// Each part is rounded down to whole fen and the last part that has a
    /// percentage takes what is left, so the parts sum exactly to the whole.
    pub fn split(&self, percents: &[u32]) -> Option<Vec<Self>> {
        let total: u64 = percents.iter().copied().map(u64::from).sum();
        if total != 100 {
            return None;
        }
        let mut parts: Vec<Self> = percents
            .iter()
            .map(|&percent| Self(self.0 * i64::from(percent) / 100))
            .collect();
        let given: i64 = parts.iter().map(|part| part.0).sum();
        let last = percents.iter().rposition(|&percent| percent > 0)?;
        if let Some(part) = parts.get_mut(last) {
            part.0 += self.0 - given;
        }
        Some(parts)
    }

    /// This amount times `ratio`, rounded half down to whole fen, so that for
    /// a ratio of at most one the result never exceeds this amount. `None`
    /// for a negative ratio or a result above [`Fen::MAX`].
    pub fn scale(&self, ratio: Exact) -> Option<Self> {
        let exact = Exact::from_int(self.0).mul(ratio)?;
        if exact.numer() < 0 {
            return None;
        }
        // ceil(x - 1/2), as an integer division; `Exact` leaves room for the factor 2.
        let floored = -(exact.denom() - 2 * exact.numer()).div_euclid(2 * exact.denom());
        i64::try_from(floored)
            .ok()
            .and_then(|fen| Self::new(fen).ok())
    }
}

/// In yuan with two digits: `1234.50 元`.
impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02} 元", self.0 / 100, self.0 % 100)
    }
}

impl TryFrom<i64> for Fen {
    type Error = FenError;

    fn try_from(fen: i64) -> Result<Self, FenError> {
        Self::new(fen)
    }
}

impl From<Fen> for i64 {
    fn from(amount: Fen) -> Self {
        amount.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fen(value: i64) -> Fen {
        Fen::new(value).unwrap()
    }

    #[test]
    fn bounds_hold_in_code_and_in_json() {
        assert_eq!(Fen::new(-1), Err(FenError::Negative { got: -1 }));
        let over = Fen::MAX.get() + 1;
        assert_eq!(Fen::new(over), Err(FenError::TooLarge { got: over }));
        assert_eq!(fen(0), Fen::ZERO);
        assert_eq!(serde_json::to_string(&fen(123)).unwrap(), "123");
        assert_eq!(serde_json::from_str::<Fen>("123").unwrap(), fen(123));
        for bad in ["-1", "1000000000000001", "1.0", "\"1\"", "null"] {
            assert!(serde_json::from_str::<Fen>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn sums_and_differences_are_checked() {
        assert_eq!(fen(1).checked_add(fen(2)), Some(fen(3)));
        assert_eq!(Fen::MAX.checked_add(fen(1)), None);
        assert_eq!(fen(1).checked_sub(fen(2)), None);
        assert_eq!(fen(2).checked_sub(fen(2)), Some(Fen::ZERO));
        assert_eq!(Fen::sum([fen(1), fen(2), fen(3)]), Some(fen(6)));
        assert_eq!(Fen::sum([]), Some(Fen::ZERO));
        assert_eq!(Fen::sum([Fen::MAX, Fen::MAX, Fen::MAX]), None);
    }

    #[test]
    fn the_last_part_takes_the_remainder() {
        assert_eq!(
            fen(101).split(&[50, 30, 20]),
            Some(vec![fen(50), fen(30), fen(21)])
        );
        assert_eq!(
            fen(1).split(&[50, 50, 0]),
            Some(vec![fen(0), fen(1), fen(0)])
        );
        assert_eq!(fen(101).split(&[50, 49]), None);
        assert_eq!(fen(101).split(&[]), None);
        assert_eq!(fen(101).split(&[u32::MAX, 101]), None);
    }

    #[test]
    fn scaling_rounds_half_down() {
        let half = Exact::new(1, 2).unwrap();
        assert_eq!(fen(3).scale(half), Some(fen(1)));
        assert_eq!(fen(0).scale(half), Some(fen(0)));
        assert_eq!(fen(1).scale(Exact::new(51, 100).unwrap()), Some(fen(1)));
        assert_eq!(fen(100).scale(Exact::new(2, 3).unwrap()), Some(fen(67)));
        assert_eq!(fen(100).scale(Exact::from_int(1)), Some(fen(100)));
        assert_eq!(fen(100).scale(Exact::from_int(-1)), None);
        assert_eq!(Fen::MAX.scale(Exact::from_int(2)), None);
    }

    #[test]
    fn shown_in_yuan() {
        assert_eq!(fen(123_450).to_string(), "1234.50 元");
        assert_eq!(fen(5).to_string(), "0.05 元");
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_whole(whole in 0..=Fen::MAX.get(), cuts in prop::collection::vec(0u32..=100, 0..6)) {
            let mut cuts = cuts;
            cuts.extend([0, 100]);
            cuts.sort_unstable();
            let percents: Vec<u32> = cuts.windows(2).map(|pair| pair[1] - pair[0]).collect();
            let parts = fen(whole).split(&percents).unwrap();
            prop_assert_eq!(parts.len(), percents.len());
            prop_assert!(parts.iter().zip(&percents).all(|(part, &p)| p > 0 || *part == Fen::ZERO));
            prop_assert_eq!(Fen::sum(parts), Some(fen(whole)));
        }

        #[test]
        fn a_ratio_up_to_one_never_adds_money(whole in 0..=Fen::MAX.get(), n in 0i128..=1000, d in 1i128..=1000) {
            let n = n % (d + 1);
            let amount = fen(whole);
            let scaled = amount.scale(Exact::new(n, d).unwrap()).unwrap();
            prop_assert!(scaled <= amount);
            // Within half a fen of the exact product.
            let twice = 2 * (i128::from(scaled.get()) * d - i128::from(whole) * n);
            prop_assert!(-d <= twice && twice < d);
        }
    }
}
