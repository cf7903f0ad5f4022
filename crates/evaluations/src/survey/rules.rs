//! What a survey must have to be closed, and what may be shown of it: pure functions (rulebook 2.4.5).

use super::model::{
    CloseSurveyIn, CommunitySatisfaction, PaperCounts, PaperCountsIn, SurveyOut, SurveyPlan,
    SurveyResult,
};
use crate::scoring::SurveyCounts;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use wubang_kernel::procedure::EvaluationRule;
use wubang_kernel::{Code, Faults, Refusal};

/// Fewest answers that a shown figure stands for.
pub(crate) const FEWEST: i64 = 5;

/// Counts by community.
pub(crate) type Tallies = BTreeMap<String, SurveyCounts>;

/// Valid answers wanted: so many, or the share of those who were served, whichever is less, and never fewer than the
/// representatives. Where the survey is the residents' only voice the number stands.
pub(crate) fn minimum(rule: &EvaluationRule, registered: i64, representatives: usize) -> i64 {
    if rule.needs_answers() {
        return rule.survey_minimum;
    }
    let share = registered
        .saturating_mul(rule.survey_percent)
        .saturating_add(99)
        / 100;
    let seats = i64::try_from(representatives).unwrap_or(i64::MAX);
    rule.survey_minimum.min(share).max(seats)
}

/// Reads answers on paper.
pub(crate) fn check_paper(input: &PaperCountsIn, at: &str, faults: &mut Faults) -> PaperCounts {
    let counts = SurveyCounts {
        very_dissatisfied: input.very_dissatisfied,
        dissatisfied: input.dissatisfied,
        neutral: input.neutral,
        satisfied: input.satisfied,
        very_satisfied: input.very_satisfied,
    };
    for (step, count, _) in counts.steps() {
        faults.number(&format!("{at}/{step}"), count, 0..=1_000_000);
    }
    PaperCounts {
        counts,
        kept_at: faults.line(&format!("{at}/kept_at"), &input.kept_at, 4..=200),
    }
}

fn told(text: Option<&str>, at: &str, faults: &mut Faults) -> Option<String> {
    text.map(|text| faults.prose(at, text, 10..=1000))
}

/// Notes a missing reason when there are fewer answers than wanted.
fn want_reason(result: &SurveyResult, at: &str, faults: &mut Faults) {
    let (answers, minimum) = (result.counts.answers(), result.minimum);
    if answers < minimum && result.shortfall_reason.is_none() {
        let (zh, en) = (
            format!("有效回答 {answers} 份,少于 {minimum} 份,须说明原因"),
            format!("{answers} valid answers, fewer than {minimum}, must be explained"),
        );
        faults.add(at, "required", zh, en);
    }
}

fn want_answers(rule: &EvaluationRule, counts: &SurveyCounts) -> Result<(), Refusal> {
    if counts.answers() > 0 || !rule.needs_answers() {
        return Ok(());
    }
    Err(Refusal::new(Code::SurveyMissing).because(
        "居民得分只取满意度调查,没有任何有效回答不得结束;在线回答满 5 份才计入",
        "residents are scored by the survey alone, it cannot be closed without an answer; those given here count from five on",
    ))
}

/// Closes a survey into its result. Fewer than five answers given here do not count: with the paper answers known,
/// or without any, everybody could compute what they were.
///
/// # Errors
/// `invalid` for reasons that are missing or too short; `survey_missing` without an answer where the survey alone scores.
pub(crate) fn close(
    (rule, representatives): (&EvaluationRule, usize),
    plan: &SurveyPlan,
    tallies: &Tallies,
    input: &CloseSurveyIn,
    early: bool,
) -> Result<SurveyResult, Refusal> {
    let mut faults = Faults::new();
    let given = tallies
        .values()
        .fold(SurveyCounts::default(), |sum, one| sum.plus(one));
    let (digital, uncounted) = if given.answers() < FEWEST {
        (SurveyCounts::default(), given.answers())
    } else {
        (given, 0)
    };
    let paper = plan.paper.as_ref().map(|paper| paper.counts);
    let result = SurveyResult {
        counts: digital.plus(&paper.unwrap_or_default()),
        digital,
        uncounted,
        paper: plan.paper.clone(),
        minimum: minimum(rule, plan.registered_beneficiaries, representatives),
        registered_beneficiaries: plan.registered_beneficiaries,
        codes_issued: plan.codes_issued,
        communities: by_community(tallies),
        shortfall_reason: told(
            input.shortfall_reason.as_deref(),
            "/shortfall_reason",
            &mut faults,
        ),
        early_reason: told(input.early_reason.as_deref(), "/early_reason", &mut faults)
            .filter(|_| early),
    };
    want_reason(&result, "/shortfall_reason", &mut faults);
    if early && result.early_reason.is_none() {
        faults.add(
            "/early_reason",
            "required",
            format!("公布的最后作答日期是 {},提前结束须说明原因", plan.ends_on),
            format!(
                "it was announced until {}: say why it ends before",
                plan.ends_on
            ),
        );
    }
    faults.finish()?;
    want_answers(rule, &result.counts)?;
    Ok(result)
}

/// A result with its paper answers counted again.
///
/// # Errors
/// As [`close`].
pub(crate) fn correct(
    rule: &EvaluationRule,
    before: &SurveyResult,
    input: &super::model::SurveyCorrectionIn,
) -> Result<SurveyResult, Refusal> {
    let mut faults = Faults::new();
    let paper = check_paper(&input.paper, "/paper", &mut faults);
    let reason = told(
        input.shortfall_reason.as_deref(),
        "/shortfall_reason",
        &mut faults,
    );
    let after = SurveyResult {
        counts: before.digital.plus(&paper.counts),
        paper: Some(paper),
        shortfall_reason: reason,
        ..before.clone()
    };
    want_reason(&after, "/shortfall_reason", &mut faults);
    faults.finish()?;
    want_answers(rule, &after.counts)?;
    Ok(after)
}

/// Figures by community: none that stands for fewer than five answers, and so many hidden together that what is hidden
/// cannot be computed from the whole.
pub(crate) fn by_community(tallies: &Tallies) -> Vec<CommunitySatisfaction> {
    let mut hidden: Vec<&str> = Vec::new();
    let mut shown: Vec<(i64, &str)> = Vec::new();
    let mut together = 0_i64;
    for (community, counts) in tallies {
        match counts.answers() {
            0 => {}
            few if few < FEWEST => {
                hidden.push(community);
                together = together.saturating_add(few);
            }
            enough => shown.push((enough, community)),
        }
    }
    shown.sort();
    // one gap, or gaps of fewer than five together, follow from the sum of all: hide the next smallest with them
    for (answers, community) in shown {
        if hidden.is_empty() || (hidden.len() > 1 && together >= FEWEST) {
            break;
        }
        hidden.push(community);
        together = together.saturating_add(answers);
    }
    let row = |(community, counts): (&String, &SurveyCounts)| {
        let visible = !hidden.contains(&community.as_str());
        CommunitySatisfaction {
            community: community.clone(),
            answers: visible.then(|| counts.answers()),
            satisfaction: counts
                .satisfaction()
                .filter(|_| visible)
                .map(|exact| exact.rounded()),
        }
    };
    tallies.iter().map(row).collect()
}

/// What is shown of a result. Steps are apart only where neither side stands for fewer than five.
pub(crate) fn show(result: &SurveyResult) -> SurveyOut {
    let paper = result.paper.as_ref().map(|paper| paper.counts);
    let sheets = paper.unwrap_or_default();
    let enough = |counts: &SurveyCounts| counts.answers() == 0 || counts.answers() >= FEWEST;
    let apart = enough(&result.digital) && enough(&sheets);
    SurveyOut {
        answers: result.counts.answers(),
        counts: Some(result.counts).filter(enough),
        exact: result.counts.satisfaction(),
        digital_answers: result.digital.answers(),
        digital: Some(result.digital).filter(|_| apart),
        uncounted: result.uncounted,
        paper_answers: sheets.answers(),
        paper: paper.filter(|_| apart),
        paper_kept_at: result.paper.as_ref().map(|paper| paper.kept_at.clone()),
        registered_beneficiaries: result.registered_beneficiaries,
        codes_issued: result.codes_issued,
        minimum: result.minimum,
        communities: result.communities.clone(),
        shortfall_reason: result.shortfall_reason.clone(),
        early_reason: result.early_reason.clone(),
    }
}

/// Notes a last day that is past or too far away.
pub(crate) fn check_last_day(ends_on: NaiveDate, today: NaiveDate, faults: &mut Faults) {
    let last = today.checked_add_days(chrono::Days::new(60));
    if ends_on < today || last.is_some_and(|last| ends_on > last) {
        faults.add(
            "/ends_on",
            "out_of_range",
            "最后作答日期须在今日起 60 日内",
            "must be within the next 60 days",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn counts(satisfied: i64) -> SurveyCounts {
        SurveyCounts {
            satisfied,
            ..SurveyCounts::default()
        }
    }

    fn plan(paper: Option<i64>) -> SurveyPlan {
        let day = NaiveDate::from_ymd_opt(2026, 5, 6).unwrap();
        SurveyPlan {
            registered_beneficiaries: 200,
            opened_on: day,
            ends_on: day,
            communities: vec!["a".to_owned()],
            codes_issued: 0,
            paper: paper.map(|n| PaperCounts {
                counts: counts(n),
                kept_at: "街道档案室".to_owned(),
            }),
        }
    }

    fn closed(
        rule: &EvaluationRule,
        digital: i64,
        paper: Option<i64>,
        reason: Option<&str>,
    ) -> Result<SurveyResult, Refusal> {
        let tallies = Tallies::from([("a".to_owned(), counts(digital))]);
        let input = CloseSurveyIn {
            shortfall_reason: reason.map(str::to_owned),
            early_reason: None,
        };
        close((rule, 5), &plan(paper), &tallies, &input, false)
    }

    const WHY: Option<&str> = Some("多数居民外出,未能联系上。");

    #[test]
    fn thirty_or_a_fifth_of_those_served_and_never_fewer_than_the_representatives() {
        let four = EvaluationRule::four_party();
        let wanted = |registered, seats| minimum(&four, registered, seats);
        assert_eq!(
            (wanted(1000, 5), wanted(150, 5), wanted(149, 5)),
            (30, 30, 30)
        );
        assert_eq!((wanted(101, 5), wanted(100, 5), wanted(10, 5)), (21, 20, 5));
        assert_eq!(wanted(10, 7), 7);
        assert_eq!(minimum(&EvaluationRule::simple(), 3, 0), 5);
    }

    #[test]
    fn too_few_answers_must_be_explained() {
        let four = EvaluationRule::four_party();
        assert!(closed(&four, 30, None, None).is_ok());
        assert!(closed(&four, 12, Some(18), None).is_ok());
        let refusal = closed(&four, 29, None, None).unwrap_err();
        assert_eq!(refusal.fields[0].pointer, "/shortfall_reason");
        assert_eq!(closed(&four, 0, None, WHY).unwrap().counts.answers(), 0);
    }

    #[test]
    fn fewer_than_five_answers_given_here_do_not_count() {
        let (four, simple) = (EvaluationRule::four_party(), EvaluationRule::simple());
        let result = closed(&four, 4, Some(40), None).unwrap();
        assert_eq!((result.uncounted, result.counts.answers()), (4, 40));
        assert_eq!(
            closed(&simple, 4, None, WHY).unwrap_err().code,
            Code::SurveyMissing
        );
        assert!(closed(&simple, 5, None, None).is_ok());
        assert!(closed(&simple, 0, Some(2), WHY).is_ok());
    }

    #[test]
    fn before_the_last_day_it_is_closed_with_a_reason_only() {
        let four = EvaluationRule::four_party();
        let tallies = Tallies::from([("a".to_owned(), counts(30))]);
        let early = |reason: Option<&str>| {
            let input = CloseSurveyIn {
                early_reason: reason.map(str::to_owned),
                ..CloseSurveyIn::default()
            };
            close((&four, 5), &plan(None), &tallies, &input, true)
        };
        assert_eq!(early(None).unwrap_err().fields[0].pointer, "/early_reason");
        assert_eq!(
            early(Some("太短")).unwrap_err().fields[0].pointer,
            "/early_reason"
        );
        assert!(early(WHY).unwrap().early_reason.is_some());
    }

    #[test]
    fn steps_are_shown_apart_only_where_both_sides_are_enough() {
        let four = EvaluationRule::four_party();
        let apart = |digital, paper| {
            let shown = show(&closed(&four, digital, paper, WHY).unwrap());
            (
                shown.counts.is_some(),
                shown.digital.is_some(),
                shown.paper.is_some(),
            )
        };
        assert_eq!(apart(30, Some(30)), (true, true, true));
        assert_eq!(apart(30, Some(3)), (true, false, false));
        assert_eq!(apart(0, Some(3)), (false, false, false));
        assert_eq!(apart(30, None), (true, true, false));
    }

    proptest! {
        #[test]
        fn what_is_hidden_of_communities_is_nobody_alone(answers in proptest::collection::vec(0_i64..12, 1..7)) {
            let tallies: Tallies = answers.iter().enumerate().map(|(at, n)| (format!("c{at}"), counts(*n))).collect();
            let shown = by_community(&tallies);
            let sum: i64 = answers.iter().sum();
            let seen: i64 = shown.iter().filter_map(|one| one.answers).sum();
            prop_assert!(shown.iter().filter_map(|one| one.answers).all(|n| n == 0 || n >= FEWEST));
            prop_assert!(shown.iter().all(|one| one.answers.is_some() || one.satisfaction.is_none()));
            // whoever knows the sum learns of at least five people in two places, or of all there are
            let hidden = shown.iter().filter(|one| one.answers.is_none()).count();
            prop_assert!(hidden == 0 || (sum - seen >= FEWEST && hidden > 1) || seen == 0);
        }
    }
}
