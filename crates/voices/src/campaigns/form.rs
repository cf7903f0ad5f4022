//! The form of a campaign: its questions, checked. Pure functions; answers are read in
//! [`answers`](super::answers).

use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use wubang_kernel::Faults;

/// Most options of one question.
pub(super) const OPTIONS: usize = 20;
/// Most questions of a form.
const QUESTIONS: usize = 30;
/// Characters of a short text.
pub(super) const TEXT: usize = 500;
/// Bounds of a number where the question sets none.
const NUMBERS: (i64, i64) = (0, 1_000_000);
/// The cell that counts who answered a question at all; of all questions, who answered the form.
pub(crate) const ANSWERED: &str = "";

/// How a question is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum QuestionKind {
    /// 单选.
    #[serde(rename = "single_choice")]
    SingleChoice,
    /// 多选.
    #[serde(rename = "multiple_choice")]
    MultipleChoice,
    /// 1–5 分.
    #[serde(rename = "scale_1_5")]
    Scale,
    /// 整数.
    #[serde(rename = "number")]
    Number,
    /// 简答.
    #[serde(rename = "short_text")]
    ShortText,
}

impl QuestionKind {
    fn has_options(self) -> bool {
        matches!(
            self,
            QuestionKind::SingleChoice | QuestionKind::MultipleChoice
        )
    }
}

/// One option of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionOption {
    /// 选项代码,小写字母、数字、下划线,1–32 位。
    #[schema(example = "meals")]
    pub key: String,
    /// 选项文字,1–60 字。
    #[schema(example = "助餐")]
    pub label: String,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// 题目代码,小写字母、数字、下划线,1–32 位。
    #[schema(example = "wish")]
    pub key: String,
    /// 题目,2–200 字。
    #[schema(example = "您家最需要哪类服务?")]
    pub title: String,
    /// 题型。
    pub kind: QuestionKind,
    /// 是否必答。
    #[serde(default)]
    pub required: bool,
    /// 选项,单选与多选 2–20 项,其他题型为空。
    #[serde(default)]
    pub options: Vec<QuestionOption>,
    /// 整数题的下限,默认 0。
    pub min: Option<i64>,
    /// 整数题的上限,默认 1000000。
    pub max: Option<i64>,
}

impl Question {
    pub(super) fn bounds(&self) -> (i64, i64) {
        (self.min.unwrap_or(NUMBERS.0), self.max.unwrap_or(NUMBERS.1))
    }

    pub(super) fn has_option(&self, key: &str) -> bool {
        self.options.iter().any(|option| option.key == key)
    }
}

/// The questions of a campaign, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Form(pub Vec<Question>);

/// One answer, as its question's kind wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// 整数或分值.
    Number(i64),
    /// 单选的选项代码,或简答的文字.
    Text(String),
    /// 多选的选项代码.
    Choices(BTreeSet<String>),
}

/// The answers to a form, by question.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Answers(pub BTreeMap<String, Answer>);

fn is_key(key: &str) -> bool {
    (1..=32).contains(&key.len())
        && key
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn check_key<'a>(pointer: &str, key: &'a str, seen: &mut BTreeSet<&'a str>, faults: &mut Faults) {
    if !is_key(key) {
        faults.add(
            pointer,
            "malformed",
            "须为小写字母、数字、下划线,1–32 位",
            "must be 1 to 32 small letters, digits or underscores",
        );
    } else if !seen.insert(key) {
        faults.add(pointer, "duplicate", "重复", "is there twice");
    }
}

fn check_question(at: &str, question: &Question, faults: &mut Faults) -> Question {
    let title = faults.line(&format!("{at}/title"), &question.title, 2..=200);
    let mut seen = BTreeSet::new();
    let options = question
        .options
        .iter()
        .take(OPTIONS)
        .enumerate()
        .map(|(i, option)| {
            let at = format!("{at}/options/{i}");
            check_key(&format!("{at}/key"), &option.key, &mut seen, faults);
            QuestionOption {
                key: option.key.clone(),
                label: faults.line(&format!("{at}/label"), &option.label, 1..=60),
            }
        })
        .collect();
    let wanted = if question.kind.has_options() {
        2..=OPTIONS
    } else {
        0..=0
    };
    faults.count(&format!("{at}/options"), question.options.len(), wanted);
    if question.kind == QuestionKind::Number {
        let (low, high) = question.bounds();
        faults.number(&format!("{at}/min"), low, NUMBERS.0..=NUMBERS.1);
        faults.number(&format!("{at}/max"), high, low.max(NUMBERS.0)..=NUMBERS.1);
    } else if question.min.is_some() || question.max.is_some() {
        faults.add(
            at,
            "not_allowed",
            "只有整数题可设上下限",
            "only a number has bounds",
        );
    }
    Question {
        title,
        options,
        ..question.clone()
    }
}

impl Form {
    /// Reads the questions of a form, noting every fault.
    pub(crate) fn check(questions: &[Question], faults: &mut Faults) -> Form {
        faults.count("/questions", questions.len(), 1..=QUESTIONS);
        let mut seen = BTreeSet::new();
        let checked = questions.iter().take(QUESTIONS).enumerate();
        Form(
            checked
                .map(|(i, question)| {
                    let at = format!("/questions/{i}");
                    check_key(&format!("{at}/key"), &question.key, &mut seen, faults);
                    check_question(&at, question, faults)
                })
                .collect(),
        )
    }

    /// A question by its key.
    pub(crate) fn question(&self, key: &str) -> Option<&Question> {
        self.0.iter().find(|question| question.key == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn form() -> Form {
        let questions: Vec<Question> = serde_json::from_value(json!([
            { "key": "wish", "title": "最需要的服务", "kind": "single_choice", "required": true,
              "options": [{ "key": "meals", "label": "助餐" }, { "key": "visits", "label": "探访" }] },
            { "key": "times", "title": "方便的时段", "kind": "multiple_choice",
              "options": [{ "key": "am", "label": "上午" }, { "key": "pm", "label": "下午" }] },
            { "key": "mood", "title": "满意程度", "kind": "scale_1_5" },
            { "key": "family", "title": "家中人数", "kind": "number", "min": 1, "max": 20 },
            { "key": "more", "title": "还想说的", "kind": "short_text" },
        ]))
        .unwrap();
        let mut faults = Faults::new();
        let form = Form::check(&questions, &mut faults);
        assert!(faults.finish().is_ok());
        form
    }

    fn pointers(value: Value) -> Vec<String> {
        let mut faults = Faults::new();
        let given: BTreeMap<String, Value> = serde_json::from_value(value).unwrap();
        let _ = form().read(&given, &mut faults);
        let fields = faults.into_fields();
        fields.into_iter().map(|field| field.pointer).collect()
    }

    #[test]
    fn every_wrong_answer_is_told_at_once() {
        let wrong = json!({ "times": ["am", "am", "x"], "mood": 6, "family": "three", "more": 1, "other": 2 });
        assert_eq!(
            pointers(wrong),
            [
                "/answers/other",
                "/answers/wish",
                "/answers/times",
                "/answers/times/1",
                "/answers/times/2",
                "/answers/mood",
                "/answers/family",
                "/answers/more"
            ]
        );
        assert_eq!(pointers(json!({ "wish": "meals" })), Vec::<String>::new());
    }

    #[test]
    fn a_form_with_faults_is_told_all_of_them() {
        let questions: Vec<Question> = serde_json::from_value(json!([
            { "key": "A", "title": "", "kind": "single_choice", "options": [{ "key": "x", "label": "甲" }] },
            { "key": "b", "title": "人数", "kind": "number", "min": 9, "max": 3 },
            { "key": "b", "title": "意见", "kind": "short_text", "max": 3, "options": [{ "key": "x", "label": "甲" }] },
        ]))
        .unwrap();
        let mut faults = Faults::new();
        let _ = Form::check(&questions, &mut faults);
        let found: Vec<String> = faults
            .into_fields()
            .into_iter()
            .map(|field| field.pointer)
            .collect();
        assert_eq!(
            found,
            [
                "/questions/0/key",
                "/questions/0/title",
                "/questions/0/options",
                "/questions/1/max",
                "/questions/2/key",
                "/questions/2/options",
                "/questions/2"
            ]
        );
    }

    #[test]
    fn a_short_text_is_kept_masked() {
        let mut faults = Faults::new();
        let given = BTreeMap::from([
            ("wish".to_owned(), json!("meals")),
            ("more".to_owned(), json!("请打13812345678")),
        ]);
        let (answers, masked) = form().read(&given, &mut faults);
        assert_eq!(
            answers.0.get("more"),
            Some(&Answer::Text("请打138****5678".to_owned()))
        );
        assert_eq!(masked.len(), 1);
    }

    proptest! {
        #[test]
        fn cells_are_distinct_and_count_the_form_once(wish in "meals|visits", mood in 1_i64..=5, family in 1_i64..=20, both in any::<bool>()) {
            let times = if both { json!(["am", "pm"]) } else { json!(["pm"]) };
            let given = BTreeMap::from([
                ("wish".to_owned(), json!(wish)), ("mood".to_owned(), json!(mood)),
                ("family".to_owned(), json!(family)), ("times".to_owned(), times),
            ]);
            let mut faults = Faults::new();
            let form = form();
            let (answers, _) = form.read(&given, &mut faults);
            prop_assert!(faults.finish().is_ok());
            let cells = form.cells(&answers);
            let mut distinct: Vec<(String, String)> = cells.iter().map(|one| (one.question.clone(), one.cell.clone())).collect();
            distinct.dedup();
            prop_assert_eq!(distinct.len(), cells.len());
            prop_assert_eq!(cells.iter().filter(|one| one.question.is_empty()).count(), 1);
            // stored and read again, it is the same
            let stored: Answers = serde_json::from_value(serde_json::to_value(&answers).unwrap()).unwrap();
            prop_assert_eq!(form.cells(&stored), cells);
        }

        #[test]
        fn no_value_breaks_a_form(key in "[a-z_]{1,8}", n in any::<i64>(), text in ".{0,20}") {
            let given = BTreeMap::from([(key, json!(n)), ("wish".to_owned(), json!(text)), ("times".to_owned(), json!([text, n]))]);
            let mut faults = Faults::new();
            let _ = form().read(&given, &mut faults);
        }
    }
}
