//! How alike two needs are: pure functions over their texts (rulebook 2.4.1: not a duplicate?).

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;

/// Hundredths from which two texts are called alike.
pub(crate) const ALIKE: u32 = 40;

/// Why a need is a candidate for a duplicate (疑似重复), closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DuplicateReason {
    /// 标题相同.
    SameTitle,
    /// 标题与描述近似.
    SimilarText,
    /// 领域相同.
    SameField,
}

/// What is compared of a need.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compared<'a> {
    pub title: &'a str,
    pub description: &'a str,
    pub field: &'a str,
}

/// A text as it is compared and searched: NFKC, lower case, without white space and invisible characters.
pub(crate) fn fold(text: &str) -> String {
    text.nfkc()
        .flat_map(char::to_lowercase)
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .filter(|c| !matches!(c, '\u{200B}' | '\u{2060}' | '\u{FEFF}'))
        .collect()
}

fn bigrams(text: &str) -> BTreeSet<(char, char)> {
    text.chars().zip(text.chars().skip(1)).collect()
}

/// Jaccard index of the pairs of neighbouring characters of two folded texts, in hundredths, rounded
/// down; equal texts have 100 however short they are.
pub(crate) fn similarity(one: &str, other: &str) -> u32 {
    let (one, other) = (fold(one), fold(other));
    if one == other {
        return 100;
    }
    let (a, b) = (bigrams(&one), bigrams(&other));
    let (common, all) = (a.intersection(&b).count(), a.union(&b).count());
    (common * 100)
        .checked_div(all)
        .and_then(|hundredths| u32::try_from(hundredths).ok())
        .unwrap_or(0)
}

/// Why the other need may be the same, with how alike the texts are; no reason means that it is none.
pub(crate) fn compare(one: Compared<'_>, other: Compared<'_>) -> (Vec<DuplicateReason>, u32) {
    let text = |need: Compared<'_>| format!("{}{}", need.title, need.description);
    let alike = similarity(&text(one), &text(other));
    let title = fold(one.title);
    let rows = [
        (
            !title.is_empty() && title == fold(other.title),
            DuplicateReason::SameTitle,
        ),
        (alike >= ALIKE, DuplicateReason::SimilarText),
        (
            !one.field.is_empty() && one.field == other.field,
            DuplicateReason::SameField,
        ),
    ];
    let reasons = rows
        .into_iter()
        .filter_map(|(holds, reason)| holds.then_some(reason))
        .collect();
    (reasons, alike)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn need<'a>(title: &'a str, description: &'a str, field: &'a str) -> Compared<'a> {
        Compared {
            title,
            description,
            field,
        }
    }

    proptest! {
        #[test]
        fn likeness_is_symmetric_bounded_and_whole_with_itself(a in "\\PC{0,40}", b in "\\PC{0,40}") {
            prop_assert_eq!(similarity(&a, &b), similarity(&b, &a));
            prop_assert!(similarity(&a, &b) <= 100);
            prop_assert_eq!(similarity(&a, &a), 100);
        }

        #[test]
        fn white_space_and_width_make_no_difference(text in "[a-z0-9楼道照明互助老人]{1,30}", at in 0_usize..30) {
            let wide: String = text.chars().map(|c| match c {
                '!'..='~' => char::from_u32(u32::from(c) + 0xFEE0).unwrap(),
                c => c,
            }).collect();
            let mut spaced: Vec<char> = wide.chars().collect();
            spaced.insert(at.min(spaced.len()), '\u{3000}');
            let spaced: String = spaced.into_iter().collect();
            prop_assert_eq!(similarity(&text, &spaced), 100);
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }

        #[test]
        fn reasons_do_not_depend_on_the_order(a in "[楼道照明互助老人]{0,12}", b in "[楼道照明互助老人]{0,12}", field in "[AB]01") {
            let (one, other) = (need(&a, &b, "A01"), need(&b, &a, &field));
            prop_assert_eq!(compare(one, other), compare(other, one));
        }
    }

    #[test]
    fn a_text_told_in_other_words_is_alike_and_another_matter_is_not() {
        let one = need(
            "楼道照明与夜间出行安全互助",
            "三号院六个单元的楼道灯多数损坏,老人夜间上下楼常有磕碰。",
            "A01",
        );
        let near = need(
            "楼道照明和夜间出行互助",
            "三号院六个单元楼道灯大多损坏,老人夜间上下楼常常磕碰。",
            "B04",
        );
        let (reasons, alike) = compare(one, near);
        assert_eq!(reasons, [DuplicateReason::SimilarText], "{alike}");
        let far = need(
            "合唱团专业提升",
            "社区合唱团希望请老师指导发声与排练。",
            "E01",
        );
        assert_eq!(compare(one, far).0, []);
    }
}
