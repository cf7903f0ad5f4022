//! Reading what was answered to a form, and what it adds to the counts: pure functions.

use super::form::{ANSWERED, Answer, Answers, Form, OPTIONS, Question, QuestionKind, TEXT};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use wubang_kernel::{Faults, personal};
use wubang_web::{WarningOut, warnings};

/// One count that an answer adds to: question, cell, and what it adds to the sum.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cell {
    pub(crate) question: String,
    pub(crate) cell: String,
    pub(crate) total: i64,
}

impl Form {
    /// Reads the answers to the form, noting every fault; short texts come out masked.
    pub(crate) fn read(
        &self,
        given: &BTreeMap<String, Value>,
        faults: &mut Faults,
    ) -> (Answers, Vec<WarningOut>) {
        let (mut answers, mut masked) = (BTreeMap::new(), Vec::new());
        for key in given.keys().filter(|key| self.question(key).is_none()) {
            faults.add(
                format!("/answers/{}", escape(key)),
                "unknown_value",
                "没有这个题目",
                "there is no such question",
            );
        }
        for question in &self.0 {
            let pointer = format!("/answers/{}", question.key);
            match given.get(&question.key).filter(|value| !value.is_null()) {
                None if question.required => faults.missing(pointer),
                None => {}
                Some(value) => {
                    if let Some(answer) = answer_to(question, &pointer, value, faults) {
                        if let (QuestionKind::ShortText, Answer::Text(text)) =
                            (question.kind, &answer)
                        {
                            masked.extend(warnings::of(&[(&pointer, text)]));
                        }
                        answers.insert(question.key.clone(), hidden(question, answer));
                    }
                }
            }
        }
        (Answers(answers), masked)
    }

    /// The counts that a filled-in form adds to, in order and each once.
    pub(crate) fn cells(&self, answers: &Answers) -> Vec<Cell> {
        let mut cells = vec![cell("", ANSWERED, 0)];
        for (key, answer) in &answers.0 {
            let kind = self.question(key).map(|question| question.kind);
            match (kind, answer) {
                (Some(QuestionKind::Number), Answer::Number(n)) => {
                    cells.push(cell(key, ANSWERED, *n));
                }
                (Some(QuestionKind::Scale), Answer::Number(n)) => {
                    cells.extend([cell(key, ANSWERED, *n), cell(key, &n.to_string(), 0)]);
                }
                (Some(QuestionKind::SingleChoice), Answer::Text(choice)) => {
                    cells.extend([cell(key, ANSWERED, 0), cell(key, choice, 0)]);
                }
                (Some(QuestionKind::MultipleChoice), Answer::Choices(choices)) => {
                    cells.push(cell(key, ANSWERED, 0));
                    cells.extend(choices.iter().map(|choice| cell(key, choice, 0)));
                }
                _ => cells.push(cell(key, ANSWERED, 0)),
            }
        }
        cells.sort();
        cells
    }
}

fn cell(question: &str, cell: &str, total: i64) -> Cell {
    Cell {
        question: question.to_owned(),
        cell: cell.to_owned(),
        total,
    }
}

/// A key as a segment of a JSON pointer, not longer than a key may be.
fn escape(key: &str) -> String {
    let short: String = key.chars().take(32).collect();
    short.replace('~', "~0").replace('/', "~1")
}

/// Short texts are masked before anything keeps them.
fn hidden(question: &Question, answer: Answer) -> Answer {
    match (question.kind, answer) {
        (QuestionKind::ShortText, Answer::Text(text)) => Answer::Text(personal::mask(&text)),
        (_, answer) => answer,
    }
}

fn answer_to(
    question: &Question,
    pointer: &str,
    value: &Value,
    faults: &mut Faults,
) -> Option<Answer> {
    match question.kind {
        QuestionKind::SingleChoice => {
            let choice = value.as_str().filter(|key| question.has_option(key));
            if choice.is_none() {
                unknown_option(pointer, faults);
            }
            choice.map(|choice| Answer::Text(choice.to_owned()))
        }
        QuestionKind::MultipleChoice => choices(question, pointer, value, faults),
        QuestionKind::Scale => number(pointer, value, (1, 5), faults),
        QuestionKind::Number => number(pointer, value, question.bounds(), faults),
        QuestionKind::ShortText => {
            let Some(text) = value.as_str() else {
                faults.add(pointer, "malformed", "须为文字", "must be a text");
                return None;
            };
            let shortest = usize::from(question.required);
            let text = faults.prose(pointer, text, shortest..=TEXT);
            (!text.is_empty()).then_some(Answer::Text(text))
        }
    }
}

fn unknown_option(pointer: &str, faults: &mut Faults) {
    faults.add(
        pointer,
        "unknown_value",
        "须为本题的选项代码",
        "must be the key of an option of this question",
    );
}

fn choices(
    question: &Question,
    pointer: &str,
    value: &Value,
    faults: &mut Faults,
) -> Option<Answer> {
    let Some(list) = value.as_array() else {
        faults.add(
            pointer,
            "malformed",
            "须为选项代码的列表",
            "must be a list of option keys",
        );
        return None;
    };
    faults.count(
        pointer,
        list.len(),
        usize::from(question.required)..=question.options.len(),
    );
    let mut chosen = BTreeSet::new();
    for (i, one) in list.iter().take(OPTIONS).enumerate() {
        let pointer = format!("{pointer}/{i}");
        match one.as_str().filter(|key| question.has_option(key)) {
            None => unknown_option(&pointer, faults),
            Some(key) if !chosen.insert(key.to_owned()) => {
                faults.add(pointer, "duplicate", "重复", "is there twice");
            }
            Some(_) => {}
        }
    }
    (!chosen.is_empty()).then_some(Answer::Choices(chosen))
}

fn number(
    pointer: &str,
    value: &Value,
    (low, high): (i64, i64),
    faults: &mut Faults,
) -> Option<Answer> {
    let Some(n) = value.as_i64() else {
        faults.add(pointer, "malformed", "须为整数", "must be a whole number");
        return None;
    };
    Some(Answer::Number(faults.number(pointer, n, low..=high)))
}
