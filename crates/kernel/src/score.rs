//! Scores (评分) as exact rationals, rounded once at the very end
//! (rulebook 2.11): ranking uses the unrounded value, people read two decimals.

use std::fmt;
use std::str::FromStr;

use num_rational::Ratio;
use num_traits::{CheckedAdd, CheckedDiv, CheckedMul, CheckedSub};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

/// Numerator and denominator stay below this, which leaves room to round
/// without any overflow. Score sheets come nowhere near it.
const LIMIT: i128 = i128::MAX / 400;

/// An exact rational number, always in lowest terms. In JSON and in the
/// database the string `"n/d"`, for example `"259/3"`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^-?[0-9]+/[1-9][0-9]*$", examples("259/3"))]
pub struct Exact(Ratio<i128>);

/// A string that is not a number of the form `n/d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not an exact number of the form n/d")]
pub struct ExactError;

impl Exact {
    /// Zero.
    pub const ZERO: Self = Self(Ratio::new_raw(0, 1));

    /// The whole number `value`.
    pub fn from_int(value: i64) -> Self {
        Self(Ratio::from_integer(i128::from(value)))
    }

    /// `n/d` in lowest terms; `None` if `d` is zero or a number is too large.
    pub fn new(n: i128, d: i128) -> Option<Self> {
        if d == 0 || n == i128::MIN || d == i128::MIN {
            return None;
        }
        Self::within(Ratio::new(n, d))
    }

    /// The numerator in lowest terms; it carries the sign.
    pub fn numer(&self) -> i128 {
        *self.0.numer()
    }

    /// The denominator in lowest terms, at least 1.
    pub fn denom(&self) -> i128 {
        *self.0.denom()
    }

    /// The sum; `None` if it is too large to be kept exactly.
    pub fn add(&self, other: Self) -> Option<Self> {
        self.0.checked_add(&other.0).and_then(Self::within)
    }

    /// The difference; `None` if it is too large to be kept exactly.
    pub fn sub(&self, other: Self) -> Option<Self> {
        self.0.checked_sub(&other.0).and_then(Self::within)
    }

    /// The product; `None` if it is too large to be kept exactly.
    pub fn mul(&self, other: Self) -> Option<Self> {
        self.0.checked_mul(&other.0).and_then(Self::within)
    }

    /// The quotient; `None` for a zero divisor or a too large result.
    pub fn div(&self, other: Self) -> Option<Self> {
        self.0.checked_div(&other.0).and_then(Self::within)
    }

    /// The mean; `None` of nothing.
    pub fn mean(values: &[Self]) -> Option<Self> {
        let count = i64::try_from(values.len()).ok()?;
        let sum = values.iter().try_fold(Self::ZERO, |sum, v| sum.add(*v))?;
        sum.div(Self::from_int(count))
    }

    /// The mean without one highest and one lowest value (去掉一个最高分和一个最低分);
    /// `None` of fewer than three values. When to trim is the caller's rule
    /// (rulebook 2.11.1 and 2.11.2).
    pub fn trimmed_mean(values: &[Self]) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_unstable();
        match sorted.as_slice() {
            [_, middle @ .., _] if !middle.is_empty() => Self::mean(middle),
            _ => None,
        }
    }

    /// `Σ weight × score / 100` with weights (权重) in percent; `None` of nothing.
    /// The weights are not required to sum to 100: the caller's scheme says
    /// what they must be.
    pub fn weighted(parts: &[(Self, u32)]) -> Option<Self> {
        if parts.is_empty() {
            return None;
        }
        let sum = parts.iter().try_fold(Self::ZERO, |sum, (score, weight)| {
            sum.add(score.mul(Self::from_int(i64::from(*weight)))?)
        })?;
        sum.div(Self::from_int(100))
    }

    /// Rounded half up to two decimals: the final figure. Saturates at the
    /// ends of `i64`.
    pub fn rounded(&self) -> Hundredths {
        let (n, d) = (self.numer(), self.denom());
        // floor(100·n/d + 1/2)
        let hundredths = (200 * n + d).div_euclid(2 * d);
        let end = if hundredths < 0 { i64::MIN } else { i64::MAX };
        Hundredths(i64::try_from(hundredths).unwrap_or(end))
    }

    fn within(ratio: Ratio<i128>) -> Option<Self> {
        let fits = (-LIMIT..=LIMIT).contains(ratio.numer()) && *ratio.denom() <= LIMIT;
        fits.then_some(Self(ratio))
    }
}

/// Always `n/d`, also for whole numbers: `80/1`.
impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.0.numer(), self.0.denom())
    }
}

impl FromStr for Exact {
    type Err = ExactError;

    fn from_str(text: &str) -> Result<Self, ExactError> {
        let (n, d) = text.split_once('/').ok_or(ExactError)?;
        if !is_number(n.strip_prefix('-').unwrap_or(n)) || !is_number(d) {
            return Err(ExactError);
        }
        let n = n.parse().map_err(|_| ExactError)?;
        let d = d.parse().map_err(|_| ExactError)?;
        Self::new(n, d).ok_or(ExactError)
    }
}

impl TryFrom<String> for Exact {
    type Error = ExactError;

    fn try_from(text: String) -> Result<Self, ExactError> {
        text.parse()
    }
}

impl From<Exact> for String {
    fn from(value: Exact) -> Self {
        value.to_string()
    }
}

/// A rounded score: a number of hundredths of a point. In JSON the string
/// with exactly two decimals, for example `"86.33"`.
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
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = r"^-?[0-9]+\.[0-9]{2}$", examples("86.33"))]
pub struct Hundredths(pub i64);

/// A string that is not a number with exactly two decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a number with exactly two decimals")]
pub struct HundredthsError;

impl Hundredths {
    /// The number of hundredths.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Whether it reaches `whole` points, as grades and thresholds ask
    /// (rulebook 2.11.3: on the rounded total).
    pub const fn at_least(self, whole: i64) -> bool {
        // Rounding down to whole points keeps the comparison and cannot overflow.
        self.0.div_euclid(100) >= whole
    }
}

impl fmt::Display for Hundredths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let size = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", size / 100, size % 100)
    }
}

impl FromStr for Hundredths {
    type Err = HundredthsError;

    fn from_str(text: &str) -> Result<Self, HundredthsError> {
        let (sign, size) = match text.strip_prefix('-') {
            Some(size) => ("-", size),
            None => ("", text),
        };
        let (whole, part) = size.split_once('.').ok_or(HundredthsError)?;
        if !is_number(whole) || !is_number(part) || part.len() != 2 {
            return Err(HundredthsError);
        }
        format!("{sign}{whole}{part}")
            .parse()
            .map(Self)
            .map_err(|_| HundredthsError)
    }
}

impl TryFrom<String> for Hundredths {
    type Error = HundredthsError;

    fn try_from(text: String) -> Result<Self, HundredthsError> {
        text.parse()
    }
}

impl From<Hundredths> for String {
    fn from(value: Hundredths) -> Self {
        value.to_string()
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ints(values: &[i64]) -> Vec<Exact> {
        values.iter().copied().map(Exact::from_int).collect()
    }

    fn ratio(n: i128, d: i128) -> Exact {
        Exact::new(n, d).unwrap()
    }

    #[test]
    fn mean_and_trimmed_mean_are_exact() {
        assert_eq!(Exact::mean(&ints(&[86, 86, 87])), Some(ratio(259, 3)));
        assert_eq!(Exact::mean(&[]), None);
        let seven = ints(&[60, 100, 80, 81, 82, 83, 84]);
        assert_eq!(Exact::trimmed_mean(&seven), Some(Exact::from_int(82)));
        assert_eq!(Exact::trimmed_mean(&ints(&[80, 80])), None);
        assert_eq!(
            Exact::trimmed_mean(&ints(&[80, 80, 80])),
            Some(Exact::from_int(80))
        );
    }

    #[test]
    fn the_four_party_total() {
        let parties = [
            (ratio(259, 3), 30),
            (Exact::from_int(90), 30),
            (Exact::from_int(75), 20),
            (ratio(401, 5), 20),
        ];
        let total = Exact::weighted(&parties).unwrap();
        // 25.9 + 27 + 15 + 16.04
        assert_eq!(total, ratio(8394, 100));
        assert_eq!(total.rounded().to_string(), "83.94");
        assert_eq!(Exact::weighted(&[]), None);
    }

    #[test]
    fn rounding_is_half_up_and_once() {
        for (n, d, shown) in [
            (259, 3, "86.33"),
            (260, 3, "86.67"),
            (1, 200, "0.01"),
            (-1, 200, "0.00"),
            (-3, 200, "-0.01"),
            (-1, 20, "-0.05"),
            (17_999, 200, "90.00"),
            (179_989, 2000, "89.99"),
            (80, 1, "80.00"),
        ] {
            assert_eq!(ratio(n, d).rounded().to_string(), shown);
        }
        assert_eq!(ratio(LIMIT, 1).rounded(), Hundredths(i64::MAX));
        assert_eq!(ratio(-LIMIT, 1).rounded(), Hundredths(i64::MIN));
        assert_eq!(ratio(1, LIMIT).rounded(), Hundredths(0));
    }

    #[test]
    fn thresholds_look_at_the_rounded_figure() {
        assert!(ratio(17_999, 200).rounded().at_least(90));
        assert!(!Hundredths(8999).at_least(90));
        assert!(Hundredths(9000).at_least(90));
        assert!(!Hundredths(-1).at_least(0));
        assert!(!Hundredths(1).at_least(i64::MAX));
    }

    #[test]
    fn too_large_is_none_never_a_panic() {
        let big = ratio(LIMIT, 1);
        assert_eq!(big.add(big), None);
        assert_eq!(big.mul(big), None);
        assert_eq!(ratio(-LIMIT, 1).sub(big), None);
        assert_eq!(ratio(1, LIMIT).div(big), None);
        assert_eq!(big.div(Exact::ZERO), None);
        assert_eq!(Exact::new(1, 0), None);
        assert_eq!(Exact::new(i128::MIN, 1), None);
        assert_eq!(Exact::new(1, i128::MIN), None);
        assert_eq!(Exact::new(1, -2), Exact::new(-1, 2));
    }

    #[test]
    fn strings_both_ways() {
        assert_eq!(serde_json::to_string(&ratio(518, 6)).unwrap(), "\"259/3\"");
        assert_eq!(Exact::from_int(80).to_string(), "80/1");
        assert_eq!(
            serde_json::from_str::<Exact>("\"518/6\"").unwrap(),
            ratio(259, 3)
        );
        for bad in ["", "1", "1/0", "1/-2", "+1/2", "1/2/3", " 1/2", "a/b", "/"] {
            assert_eq!(bad.parse::<Exact>(), Err(ExactError), "{bad}");
        }
        assert_eq!(
            serde_json::to_string(&Hundredths(8633)).unwrap(),
            "\"86.33\""
        );
        assert_eq!(
            serde_json::from_str::<Hundredths>("\"-0.05\"").unwrap(),
            Hundredths(-5)
        );
        for bad in ["", "86", "86.3", "86.333", ".33", "+1.00", "1.-1", "--1.00"] {
            assert_eq!(bad.parse::<Hundredths>(), Err(HundredthsError), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_mean_times_its_count_is_the_sum(values in prop::collection::vec(0i64..=100, 1..40)) {
            let mean = Exact::mean(&ints(&values)).unwrap();
            let count = Exact::from_int(i64::try_from(values.len()).unwrap());
            prop_assert_eq!(mean.mul(count), Some(Exact::from_int(values.iter().sum())));
        }

        #[test]
        fn rounding_is_within_half_a_hundredth(n in -1_000_000i128..1_000_000, d in 1i128..10_000) {
            let shown = i128::from(ratio(n, d).rounded().get());
            // shown/100 - n/d lies in (-1/200, 1/200]
            let off = 2 * (shown * d - 100 * n);
            prop_assert!(-d < off && off <= d);
        }

        #[test]
        fn order_is_that_of_the_cross_product(a in -999i128..999, b in 1i128..999, c in -999i128..999, d in 1i128..999) {
            prop_assert_eq!(ratio(a, b).cmp(&ratio(c, d)), (a * d).cmp(&(c * b)));
        }

        #[test]
        fn strings_come_back(n in any::<i64>(), d in 1i128..=i128::from(i64::MAX)) {
            let exact = ratio(i128::from(n), d);
            prop_assert_eq!(exact.to_string().parse(), Ok(exact));
            prop_assert_eq!(Hundredths(n).to_string().parse(), Ok(Hundredths(n)));
        }
    }
}
