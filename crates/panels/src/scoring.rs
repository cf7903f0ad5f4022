//! From score sheets to totals and ranks (rulebook 2.11): exact, pure, rounded by nobody here.

use crate::Sheet;
use std::cmp::Ordering;
use uuid::Uuid;
use wubang_kernel::procedure::Criterion;
use wubang_kernel::score::Exact;

/// The mean of the sheets' totals. From `trim_from` sheets one highest and one lowest total are
/// dropped (去掉一个最高分和一个最低分). `None` of no sheet. Which sheets count is the caller's.
#[must_use]
pub fn mean_total(sheets: &[Sheet], trim_from: usize) -> Option<Exact> {
    let totals: Vec<Exact> = sheets
        .iter()
        .map(|sheet| Exact::from_int(sheet.total))
        .collect();
    // a trim below three sheets would leave nothing
    if totals.len() >= trim_from.max(3) {
        Exact::trimmed_mean(&totals)
    } else {
        Exact::mean(&totals)
    }
}

/// The mean of each criterion over all sheets, in the order of the criteria. Nothing is dropped
/// here: with equal totals it would not be said whose points to drop. `None` of no sheet.
#[must_use]
pub fn criterion_means(sheets: &[Sheet], criteria: &[Criterion]) -> Option<Vec<(String, Exact)>> {
    let mean = |key: &str| {
        let points: Vec<Exact> = sheets
            .iter()
            .map(|sheet| Exact::from_int(sheet.points.get(key).copied().unwrap_or(0)))
            .collect();
        Exact::mean(&points)
    };
    criteria
        .iter()
        .map(|criterion| Some((criterion.key.clone(), mean(&criterion.key)?)))
        .collect()
}

/// One step of a tie-break: the higher value comes first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TieKey {
    /// Name of the step, recorded where it decides (`plan`, `price`).
    pub name: &'static str,
    /// The value; negative where less is better.
    pub value: Exact,
}

/// Name of the last step, the public lot.
pub const LOT: &str = "lot";

/// Something to be ranked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What was scored (a bid).
    pub subject_id: Uuid,
    /// Exact total.
    pub total: Exact,
    /// Tie-break steps, the same for every candidate, in order.
    pub keys: Vec<TieKey>,
    /// Its lot under the committed seed; the smallest comes first.
    pub lot: String,
}

/// A place in the ranking (排名).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    /// What was scored.
    pub subject_id: Uuid,
    /// Exact total.
    pub total: Exact,
    /// From 1, without gaps.
    pub rank: i32,
    /// The step that decided between it and its neighbour with the same total: the one before it,
    /// for the first of equals the one after it.
    pub tie_break: Option<String>,
}

/// Ranks by the unrounded total, then by the tie-break steps, then by lot (rulebook 2.11.1).
#[must_use]
pub fn rank(mut candidates: Vec<Candidate>) -> Vec<Ranked> {
    candidates.sort_by(|a, b| compare(a, b).0);
    let decided = |a: Option<&Candidate>, b: Option<&Candidate>| {
        a.zip(b)
            .and_then(|(a, b)| compare(a, b).1)
            .map(str::to_owned)
    };
    (0..candidates.len())
        .zip(1_i32..)
        .filter_map(|(i, rank)| {
            let one = candidates.get(i)?;
            let before = i.checked_sub(1).and_then(|i| candidates.get(i));
            let tie_break =
                decided(before, Some(one)).or_else(|| decided(Some(one), candidates.get(i + 1)));
            Some(Ranked {
                subject_id: one.subject_id,
                total: one.total,
                rank,
                tie_break,
            })
        })
        .collect()
}

/// Which comes first, and the tie-break step that said so, if the totals are equal.
fn compare(a: &Candidate, b: &Candidate) -> (Ordering, Option<&'static str>) {
    match b.total.cmp(&a.total) {
        Ordering::Equal => {}
        other => return (other, None),
    }
    for (left, right) in a.keys.iter().zip(&b.keys) {
        match right.value.cmp(&left.value) {
            Ordering::Equal => {}
            other => return (other, Some(left.name)),
        }
    }
    // ids differ even if somebody should find two lots that do not
    (
        a.lot.cmp(&b.lot).then(a.subject_id.cmp(&b.subject_id)),
        Some(LOT),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Points;
    use proptest::prelude::*;
    use wubang_kernel::procedure::{PostingType, Procedure};

    fn sheet(points: &[(&str, i64)]) -> Sheet {
        Sheet {
            id: Uuid::nil(),
            panel_id: Uuid::nil(),
            member_id: Uuid::nil(),
            subject_id: Uuid::nil(),
            points: Points(
                points
                    .iter()
                    .map(|(key, value)| ((*key).to_owned(), *value))
                    .collect(),
            ),
            reasons: crate::model::Reasons::default(),
            comment: None,
            total: points.iter().map(|(_, value)| value).sum(),
            submitted_at: chrono::DateTime::from_timestamp(0, 0).unwrap(),
            voided_at: None,
            salt: String::new(),
            commitment: String::new(),
        }
    }

    fn of_totals(totals: &[i64]) -> Vec<Sheet> {
        totals
            .iter()
            .map(|total| sheet(&[("plan", *total)]))
            .collect()
    }

    fn candidate(id: u128, total: i64, keys: &[i64]) -> Candidate {
        let names = ["plan", "sustainability", "price"];
        let keys = names
            .iter()
            .zip(keys)
            .map(|(name, value)| TieKey {
                name,
                value: Exact::from_int(*value),
            })
            .collect();
        Candidate {
            subject_id: Uuid::from_u128(id),
            total: Exact::from_int(total),
            keys,
            lot: crate::draw::lot("seed", Uuid::from_u128(id)),
        }
    }

    #[test]
    fn means_are_exact_and_rounded_once() {
        let mean = mean_total(&of_totals(&[86, 86, 87]), 7).unwrap();
        assert_eq!(mean.to_string(), "259/3");
        assert_eq!(mean.rounded().to_string(), "86.33");
        assert_eq!(mean_total(&[], 7), None);
    }

    #[test]
    fn seven_sheets_are_trimmed_and_six_are_not() {
        assert_eq!(
            mean_total(&of_totals(&[60, 100, 80, 81, 82, 83, 84]), 7),
            Some(Exact::from_int(82))
        );
        assert_eq!(
            mean_total(&of_totals(&[0, 60, 60, 60, 60, 60]), 7),
            Some(Exact::from_int(50))
        );
        // a rule that trims everything is not followed into nothing
        assert_eq!(
            mean_total(&of_totals(&[70, 80]), 1),
            Some(Exact::from_int(75))
        );
    }

    #[test]
    fn the_step_that_decided_is_recorded() {
        let ranked = rank(vec![
            candidate(1, 80, &[30, 8, -900]),
            candidate(2, 80, &[30, 8, -800]),
            candidate(3, 90, &[1, 1, -1]),
            candidate(4, 80, &[29, 9, -1]),
        ]);
        let seen: Vec<_> = ranked
            .iter()
            .map(|r| (r.subject_id.as_u128(), r.rank, r.tie_break.as_deref()))
            .collect();
        assert_eq!(
            seen,
            [
                (3, 1, None),
                (2, 2, Some("price")),
                (1, 3, Some("price")),
                (4, 4, Some("plan"))
            ]
        );
    }

    #[test]
    fn equal_in_everything_is_decided_by_lot() {
        let ranked = rank(vec![
            candidate(1, 80, &[30, 8, -1]),
            candidate(2, 80, &[30, 8, -1]),
        ]);
        assert!(ranked.iter().all(|r| r.tie_break.as_deref() == Some(LOT)));
        let first = ranked.first().unwrap().subject_id;
        assert!(
            crate::draw::lot("seed", first)
                <= crate::draw::lot("seed", ranked.get(1).unwrap().subject_id)
        );
    }

    proptest! {
        #[test]
        fn the_order_of_the_sheets_does_not_matter(totals in prop::collection::vec(0_i64..=100, 1..12), by in 0_usize..12) {
            let mut turned = totals.clone();
            let by = by % turned.len();
            turned.rotate_left(by);
            prop_assert_eq!(mean_total(&of_totals(&totals), 7), mean_total(&of_totals(&turned), 7));
        }

        #[test]
        fn a_total_lies_between_the_lowest_and_the_highest_sheet(totals in prop::collection::vec(0_i64..=100, 1..12)) {
            let mean = mean_total(&of_totals(&totals), 7).unwrap();
            prop_assert!(mean >= Exact::from_int(*totals.iter().min().unwrap()) && mean <= Exact::from_int(*totals.iter().max().unwrap()));
        }

        #[test]
        fn untrimmed_criterion_means_sum_to_the_total(rows in prop::collection::vec((0_i64..=35, 0_i64..=25, 0_i64..=15, 0_i64..=15, 0_i64..=10), 1..7)) {
            let sheets: Vec<Sheet> = rows.iter().map(|r| sheet(&[("plan", r.0), ("team", r.1), ("track_record", r.2), ("budget", r.3), ("sustainability", r.4)])).collect();
            let means = criterion_means(&sheets, &Procedure::of(PostingType::Open).criteria).unwrap();
            let sum = means.iter().try_fold(Exact::ZERO, |sum, (_, mean)| sum.add(*mean));
            prop_assert_eq!(sum, mean_total(&sheets, 7));
        }

        #[test]
        fn ranking_is_a_total_order_whatever_came_first(rows in prop::collection::vec((0_i64..4, 0_i64..3, 0_i64..2), 1..9), by in 0_usize..9) {
            let all: Vec<Candidate> = rows.iter().zip(1_u128..).map(|((total, plan, price), id)| candidate(id, *total, &[*plan, 0, -*price])).collect();
            let mut turned = all.clone();
            let by = by % turned.len();
            turned.rotate_left(by);
            turned.reverse();
            let ranked = rank(all);
            prop_assert_eq!(&ranked, &rank(turned));
            let count = i32::try_from(rows.len()).unwrap();
            prop_assert_eq!(ranked.iter().map(|r| r.rank).collect::<Vec<_>>(), (1..=count).collect::<Vec<_>>());
            prop_assert!(ranked.windows(2).all(|pair| pair[0].total >= pair[1].total));
            // a step is recorded exactly where totals are equal
            for one in &ranked {
                let equals = ranked.iter().filter(|other| other.total == one.total).count();
                prop_assert_eq!(one.tie_break.is_some(), equals > 1);
            }
        }
    }
}
