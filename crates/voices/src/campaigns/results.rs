//! Counting answers, and hiding small counts: pure functions.
//!
//! Whoever runs the campaign sees every figure. Everybody else sees no figure that stands for fewer than
//! five people, and none from which it could be computed: when one option of a question is hidden, the
//! next smallest is hidden with it, and a mean is shown only when no option of its question is hidden.

use super::form::{ANSWERED, Form, Question, QuestionKind};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use wubang_kernel::score::{Exact, Hundredths};

/// Fewest answers that a shown figure stands for.
pub(crate) const FEWEST: i64 = 5;

/// Question and cell → how often, and the sum.
pub(crate) type Counts = BTreeMap<(String, String), (i64, i64)>;

/// How often one option was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OptionResult {
    /// 选项代码,评分题为 1–5。
    pub key: String,
    /// 选项文字。
    pub label: String,
    /// 次数;不足 5 份或可由此推算时为空。
    pub count: Option<i64>,
}

/// What was answered to one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct QuestionResult {
    /// 题目代码。
    pub key: String,
    /// 题目。
    pub title: String,
    /// 题型。
    pub kind: QuestionKind,
    /// 作答份数;不足 5 份为空。
    pub answered: Option<i64>,
    /// 各选项次数。
    pub options: Vec<OptionResult>,
    /// 平均数,评分题与整数题。
    pub mean: Option<Hundredths>,
}

/// What was answered in a community, or in all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CommunityResult {
    /// 社区代码;合计为空。
    pub community: Option<String>,
    /// 问卷份数;不足 5 份为空。
    pub answers: Option<i64>,
    /// 各题结果;不足 5 份为空列表。
    pub questions: Vec<QuestionResult>,
}

fn get(counts: &Counts, question: &str, cell: &str) -> (i64, i64) {
    let key = (question.to_owned(), cell.to_owned());
    counts.get(&key).copied().unwrap_or_default()
}

/// Options with their labels, in the order of the form.
fn options(question: &Question) -> Vec<(String, String)> {
    match question.kind {
        QuestionKind::Scale => (1..=5)
            .map(|n| (n.to_string(), format!("{n} 分")))
            .collect(),
        _ => question
            .options
            .iter()
            .map(|option| (option.key.clone(), option.label.clone()))
            .collect(),
    }
}

/// Hides what stands for too few, and one more where a single gap could be filled by subtraction.
fn hide(counts: &[i64], sums_up: bool) -> Vec<Option<i64>> {
    let small = |n: i64| (1..FEWEST).contains(&n);
    let mut shown: Vec<Option<i64>> = counts.iter().map(|n| (!small(*n)).then_some(*n)).collect();
    if sums_up && shown.iter().filter(|one| one.is_none()).count() == 1 {
        let next = shown.iter().flatten().copied().filter(|n| *n > 0).min();
        let place = shown.iter_mut().find(|one| one.is_some() && **one == next);
        if let Some(place) = place {
            *place = None;
        }
    }
    shown
}

fn of_question(question: &Question, counts: &Counts, whole: bool) -> QuestionResult {
    let (answered, total) = get(counts, &question.key, ANSWERED);
    let few = !whole && (1..FEWEST).contains(&answered);
    let keys = options(question);
    let raw: Vec<i64> = keys
        .iter()
        .map(|(key, _)| get(counts, &question.key, key).0)
        .collect();
    let shown = if whole {
        raw.iter().copied().map(Some).collect()
    } else if few {
        vec![None; raw.len()]
    } else {
        hide(&raw, question.kind != QuestionKind::MultipleChoice)
    };
    let has_mean = matches!(question.kind, QuestionKind::Scale | QuestionKind::Number);
    let mean = Exact::new(i128::from(total), i128::from(answered))
        .filter(|_| has_mean && answered > 0 && !few && shown.iter().all(Option::is_some))
        .map(|mean| mean.rounded());
    QuestionResult {
        key: question.key.clone(),
        title: question.title.clone(),
        kind: question.kind,
        answered: (!few).then_some(answered),
        options: keys
            .into_iter()
            .zip(shown)
            .map(|((key, label), count)| OptionResult { key, label, count })
            .collect(),
        mean,
    }
}

/// The result of one community (or of all, without a name), whole or with small counts hidden.
pub(crate) fn of(
    community: Option<&str>,
    form: &Form,
    counts: &Counts,
    whole: bool,
) -> CommunityResult {
    let (answers, _) = get(counts, "", ANSWERED);
    let few = !whole && (1..FEWEST).contains(&answers);
    CommunityResult {
        community: community.map(str::to_owned),
        answers: (!few).then_some(answers),
        questions: if few {
            Vec::new()
        } else {
            form.0
                .iter()
                .map(|question| of_question(question, counts, whole))
                .collect()
        },
    }
}

/// The counts of several communities together.
pub(crate) fn sum<'a>(all: impl Iterator<Item = &'a Counts>) -> Counts {
    let mut whole = Counts::new();
    for (key, (n, total)) in all.flatten() {
        let place = whole.entry(key.clone()).or_default();
        place.0 += n;
        place.1 += total;
    }
    whole
}

/// The result as sentences, for the description of a need; hidden figures as words.
pub(crate) fn sentences(result: &CommunityResult, questions: &[String]) -> String {
    let figure = |n: Option<i64>| n.map_or_else(|| "少于5或不便公开".to_owned(), |n| n.to_string());
    let mut text = format!("共收回问卷 {} 份。", figure(result.answers));
    let named = result
        .questions
        .iter()
        .filter(|question| questions.contains(&question.key));
    for question in named {
        let mut parts: Vec<String> = question
            .options
            .iter()
            .map(|option| format!("{} {}", option.label, figure(option.count)))
            .collect();
        parts.extend(question.mean.map(|mean| format!("平均 {mean}")));
        if parts.is_empty() {
            parts.push(format!("作答 {} 份", figure(question.answered)));
        }
        text.push_str(&format!("“{}”:{}。", question.title, parts.join(",")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scale() -> Form {
        let questions =
            serde_json::json!([{ "key": "q", "title": "满意程度", "kind": "scale_1_5" }]);
        Form(serde_json::from_value(questions).unwrap())
    }

    fn counts(cells: &[i64]) -> Counts {
        let answered: i64 = cells.iter().sum();
        let total = (1..).zip(cells).map(|(value, n)| value * n).sum();
        let mut all = Counts::from([
            ((String::new(), String::new()), (answered, 0)),
            (("q".to_owned(), String::new()), (answered, total)),
        ]);
        for (value, n) in (1..).zip(cells) {
            all.insert(("q".to_owned(), format!("{value}")), (*n, 0));
        }
        all
    }

    #[test]
    fn a_single_gap_is_not_left_alone_and_its_mean_is_hidden() {
        let result = of(Some("a"), &scale(), &counts(&[3, 0, 9, 20, 0]), false);
        let shown: Vec<Option<i64>> = result.questions[0]
            .options
            .iter()
            .map(|option| option.count)
            .collect();
        assert_eq!(shown, [None, Some(0), None, Some(20), Some(0)]);
        assert_eq!(result.questions[0].mean, None);
        let whole = of(Some("a"), &scale(), &counts(&[3, 0, 9, 20, 0]), true);
        assert_eq!(whole.questions[0].options[0].count, Some(3));
        assert_eq!(whole.questions[0].mean.unwrap().to_string(), "3.44");
    }

    #[test]
    fn four_answers_are_no_result() {
        let result = of(Some("a"), &scale(), &counts(&[4, 0, 0, 0, 0]), false);
        assert_eq!((result.answers, result.questions.len()), (None, 0));
        assert!(sentences(&result, &["q".to_owned()]).contains("少于5"));
    }

    proptest! {
        #[test]
        fn no_hidden_count_follows_from_the_shown_ones(cells in proptest::collection::vec(0_i64..12, 5)) {
            let result = of(Some("a"), &scale(), &counts(&cells), false);
            for question in &result.questions {
                let hidden: Vec<usize> = (0..5).filter(|i| question.options[*i].count.is_none()).collect();
                for option in question.options.iter().filter_map(|option| option.count) {
                    prop_assert!(option == 0 || option >= FEWEST);
                }
                // one unknown in a known sum would be no secret, unless there is nothing to hide it with
                let others = (0..5).filter(|i| !hidden.contains(i)).any(|i| cells[i] > 0);
                prop_assert!(hidden.len() != 1 || !others);
                if !hidden.is_empty() {
                    prop_assert_eq!(question.mean, None);
                }
            }
        }

        #[test]
        fn a_sum_is_the_sum(one in proptest::collection::vec(0_i64..12, 5), other in proptest::collection::vec(0_i64..12, 5)) {
            let added: Vec<i64> = one.iter().zip(&other).map(|(a, b)| a + b).collect();
            prop_assert_eq!(sum([&counts(&one), &counts(&other)].into_iter()), counts(&added));
        }
    }
}
