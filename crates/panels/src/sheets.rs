//! What a score sheet must look like (rulebook 2.11): pure.

use crate::model::{Points, Reasons, SheetIn};
use uuid::Uuid;
use wubang_kernel::digest::sha256_hex;
use wubang_kernel::procedure::Criterion;
use wubang_kernel::{Faults, Refusal};

/// A sheet whose fields are all right.
#[derive(Debug)]
pub(crate) struct Checked {
    pub points: Points,
    pub reasons: Reasons,
    pub comment: Option<String>,
}

/// Whether points are so low or so high that they need a reason: below 40 % or above 95 %.
pub(crate) fn needs_reason(points: i64, max: i64) -> bool {
    points * 100 < max * 40 || points * 100 > max * 95
}

/// Reads a sheet: every criterion has whole points from zero to its maximum, nothing else is scored,
/// and points far from the middle have a reason.
///
/// # Errors
/// `invalid` with every wrong field.
pub(crate) fn check(criteria: &[Criterion], input: &SheetIn) -> Result<Checked, Refusal> {
    let mut faults = Faults::new();
    let (mut points, mut reasons) = (Points::default(), Reasons::default());
    for criterion in criteria {
        let (at, why) = (
            format!("/points/{}", criterion.key),
            format!("/reasons/{}", criterion.key),
        );
        let given = input.reasons.get(&criterion.key);
        match input.points.get(&criterion.key) {
            Some(value) => {
                faults.number(&at, *value, 0..=criterion.max);
                points.0.insert(criterion.key.clone(), *value);
                if given.is_none()
                    && (0..=criterion.max).contains(value)
                    && needs_reason(*value, criterion.max)
                {
                    faults.missing(why.as_str());
                }
            }
            None => faults.missing(at),
        }
        if let Some(text) = given {
            reasons
                .0
                .insert(criterion.key.clone(), faults.prose(&why, text, 5..=500));
        }
    }
    for (part, keys) in [
        ("points", input.points.keys().collect::<Vec<_>>()),
        ("reasons", input.reasons.keys().collect()),
    ] {
        for key in keys
            .into_iter()
            .filter(|key| !criteria.iter().any(|criterion| criterion.key == **key))
        {
            faults.add(
                format!("/{part}/{key}"),
                "unknown_value",
                "没有这一评分项",
                "there is no such criterion",
            );
        }
    }
    let comment = input
        .comment
        .as_deref()
        .map(|text| faults.prose("/comment", text, 1..=2000));
    faults.finish()?;
    Ok(Checked {
        points,
        reasons,
        comment,
    })
}

/// The text of a sheet that its receipt commits to: keys in order, no blanks, as
/// `json.dumps(sheet, ensure_ascii=False, sort_keys=True, separators=(",", ":"))` writes it.
pub(crate) fn canonical(
    (panel, subject): (Uuid, Uuid),
    points: &Points,
    reasons: &Reasons,
    comment: Option<&str>,
) -> String {
    let sheet = serde_json::json!({
        "comment": comment, "panel_id": panel, "points": points, "reasons": reasons, "subject_id": subject,
    });
    sheet.to_string()
}

/// What a receipt commits to: `SHA-256(salt ‖ text of the sheet)`.
pub(crate) fn commitment(salt: &str, text: &str) -> String {
    sha256_hex(format!("{salt}{text}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use wubang_kernel::procedure::{PostingType, Procedure};

    fn input(points: &[(&str, i64)], reasons: &[(&str, &str)]) -> SheetIn {
        SheetIn {
            points: points
                .iter()
                .map(|(key, value)| ((*key).to_owned(), *value))
                .collect(),
            reasons: reasons
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect(),
            comment: None,
        }
    }

    const GOOD: [(&str, i64); 5] = [
        ("plan", 28),
        ("team", 20),
        ("track_record", 10),
        ("budget", 12),
        ("sustainability", 8),
    ];

    #[test]
    fn a_full_sheet_passes_and_every_fault_is_named_at_once() {
        let criteria = Procedure::of(PostingType::Open).criteria;
        assert!(check(&criteria, &input(&GOOD, &[])).is_ok());
        let bad = input(
            &[
                ("plan", 36),
                ("team", -1),
                ("track_record", 15),
                ("extra", 1),
            ],
            &[("team", "短")],
        );
        let refusal = check(&criteria, &bad).unwrap_err();
        let mut pointers: Vec<_> = refusal
            .fields
            .iter()
            .map(|field| field.pointer.as_str())
            .collect();
        pointers.sort_unstable();
        assert_eq!(
            pointers,
            [
                "/points/budget",
                "/points/extra",
                "/points/plan",
                "/points/sustainability",
                "/points/team",
                "/reasons/team",
                "/reasons/track_record"
            ]
        );
    }

    #[test]
    fn the_edges_of_the_middle_need_no_reason() {
        // 40 % of 35 is 14, 95 % of it 33.25
        assert!(!needs_reason(14, 35) && needs_reason(13, 35));
        assert!(!needs_reason(33, 35) && needs_reason(34, 35));
        // 95 % of 20 exactly
        assert!(!needs_reason(19, 20));
    }

    proptest! {
        #[test]
        fn a_sheet_that_passes_has_every_criterion_within_its_maximum(values in prop::collection::vec(-5_i64..40, 5)) {
            let criteria = Procedure::of(PostingType::Open).criteria;
            let points: BTreeMap<String, i64> = criteria.iter().zip(&values).map(|(c, value)| (c.key.clone(), *value)).collect();
            let reasons = criteria.iter().map(|c| (c.key.clone(), "有充分的理由".to_owned())).collect();
            let checked = check(&criteria, &SheetIn { points, reasons, comment: None });
            let within = criteria.iter().zip(&values).all(|(c, value)| (0..=c.max).contains(value));
            prop_assert_eq!(checked.is_ok(), within);
            if let Ok(checked) = checked {
                prop_assert!((0..=100).contains(&checked.points.values().sum::<i64>()));
            }
        }
    }
}
