//! How a project is graded (rulebook 2.11.2, 2.11.3): pure, exact until the last figure.

use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wubang_kernel::procedure::{EvaluationRule, PartyRule, SurveyUse};
use wubang_kernel::score::{Exact, Hundredths};

/// Party of the residents (居民群众): below 60 it caps the grade.
pub const RESIDENTS: &str = "residents";
/// Party of the experts (专家智库): trimmed from five sheets on.
pub const EXPERTS: &str = "experts";
/// Party of the third party (第三方) where it scores.
pub const THIRD_PARTY: &str = "third_party";
/// Sheets from which the experts' highest and lowest are dropped.
const TRIM_FROM: usize = 5;

/// Answers of the satisfaction survey (满意度调查) on its five steps. Counts, never names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SurveyCounts {
    /// 很不满意。
    pub very_dissatisfied: i64,
    /// 不满意。
    pub dissatisfied: i64,
    /// 一般。
    pub neutral: i64,
    /// 满意。
    pub satisfied: i64,
    /// 很满意。
    pub very_satisfied: i64,
}

impl SurveyCounts {
    /// The steps with what an answer on each is worth.
    #[must_use]
    pub const fn steps(&self) -> [(&'static str, i64, i64); 5] {
        [
            ("very_dissatisfied", self.very_dissatisfied, 0),
            ("dissatisfied", self.dissatisfied, 25),
            ("neutral", self.neutral, 50),
            ("satisfied", self.satisfied, 75),
            ("very_satisfied", self.very_satisfied, 100),
        ]
    }

    /// All answers.
    #[must_use]
    pub fn answers(&self) -> i64 {
        self.steps()
            .iter()
            .map(|(_, count, _)| *count)
            .fold(0, i64::saturating_add)
    }

    /// These answers and others together.
    #[must_use]
    pub const fn plus(&self, other: &Self) -> Self {
        SurveyCounts {
            very_dissatisfied: self
                .very_dissatisfied
                .saturating_add(other.very_dissatisfied),
            dissatisfied: self.dissatisfied.saturating_add(other.dissatisfied),
            neutral: self.neutral.saturating_add(other.neutral),
            satisfied: self.satisfied.saturating_add(other.satisfied),
            very_satisfied: self.very_satisfied.saturating_add(other.very_satisfied),
        }
    }

    /// Adds answers on a step; an unknown step has none.
    pub(crate) fn add(&mut self, step: &str, n: i64) {
        let place = match step {
            "very_dissatisfied" => &mut self.very_dissatisfied,
            "dissatisfied" => &mut self.dissatisfied,
            "neutral" => &mut self.neutral,
            "satisfied" => &mut self.satisfied,
            "very_satisfied" => &mut self.very_satisfied,
            _ => return,
        };
        *place = place.saturating_add(n);
    }

    /// Satisfaction from 0 to 100: the mean of the answers; `None` without any.
    #[must_use]
    pub fn satisfaction(&self) -> Option<Exact> {
        let worth = self
            .steps()
            .iter()
            .map(|(_, count, worth)| i128::from(*count) * i128::from(*worth))
            .sum();
        Exact::new(worth, i128::from(self.answers()))
    }
}

/// Grades of a project (评级).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProjectGrade {
    /// 不合格。
    Fail,
    /// 基本合格(60–69 分,须整改),只在方案设此等级时使用。
    BasicPass,
    /// 合格。
    Pass,
    /// 良好。
    Good,
    /// 优秀。
    Excellent,
}

impl ProjectGrade {
    /// The wire name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            ProjectGrade::Fail => "fail",
            ProjectGrade::BasicPass => "basic_pass",
            ProjectGrade::Pass => "pass",
            ProjectGrade::Good => "good",
            ProjectGrade::Excellent => "excellent",
        }
    }

    /// Finds a grade by its wire name.
    #[must_use]
    pub fn from_wire(wire: &str) -> Option<Self> {
        [
            ProjectGrade::Fail,
            ProjectGrade::BasicPass,
            ProjectGrade::Pass,
            ProjectGrade::Good,
            ProjectGrade::Excellent,
        ]
        .into_iter()
        .find(|grade| grade.as_str() == wire)
    }
}

/// Score of one party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyScore {
    /// Party.
    pub party: String,
    /// Weight in percent.
    pub weight: u32,
    /// Sheets it is made from.
    pub sheets: usize,
    /// The score, exact.
    pub score: Exact,
    /// The mean of its sheets, exact; none without sheets.
    pub sheets_mean: Option<Exact>,
}

impl Outcome {
    /// The same where a veto applies (一票否决): whatever the total, the grade is `fail`.
    #[must_use]
    pub fn vetoed(self, veto: bool) -> Self {
        Outcome {
            grade: if veto { ProjectGrade::Fail } else { self.grade },
            ..self
        }
    }
}

/// Scores of all parties, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct PartyScores(pub Vec<PartyScore>);

/// A party that could not be brought to score: its weight is spread over the others (rulebook 2.11.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReducedParty {
    /// 评价方。
    pub party: String,
    /// 原权重,百分比;按比例分摊给其余各方。
    pub weight: u32,
    /// 理由,公开。
    pub reason: String,
}

/// The parties that are left out of a result.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult,
)]
#[serde(transparent)]
pub struct ReducedParties(pub Vec<ReducedParty>);

impl ReducedParties {
    /// The rule without these parties; a leading one always stays (rulebook 2.11.2).
    #[must_use]
    pub fn left_of(&self, rule: &EvaluationRule) -> EvaluationRule {
        let stays = |party: &PartyRule| party.lead || !self.has(&party.party);
        EvaluationRule {
            parties: rule
                .parties
                .iter()
                .filter(|one| stays(one))
                .cloned()
                .collect(),
            ..rule.clone()
        }
    }

    /// Whether a party is left out.
    #[must_use]
    pub fn has(&self, party: &str) -> bool {
        self.0.iter().any(|one| one.party == party)
    }
}

/// The result of an evaluation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Scores of the parties, in the order of the rule.
    pub parties: Vec<PartyScore>,
    /// Weighted total, exact.
    pub total: Exact,
    /// Grade on the rounded total.
    pub grade: ProjectGrade,
}

/// The mean of a party's sheets; of five and more of the experts without the highest and the lowest.
#[must_use]
pub fn sheets_mean(rule: &PartyRule, totals: &[i64]) -> Option<Exact> {
    let totals: Vec<Exact> = totals.iter().map(|total| Exact::from_int(*total)).collect();
    if rule.party == EXPERTS && totals.len() >= TRIM_FROM {
        Exact::trimmed_mean(&totals)
    } else {
        Exact::mean(&totals)
    }
}

/// Score of a party from the totals of its sheets and the survey, as its rule says; `None` without a
/// sheet, or without an answer where the survey alone scores.
#[must_use]
pub fn party_score(rule: &PartyRule, totals: &[i64], satisfaction: Option<Exact>) -> Option<Exact> {
    let sheets = || sheets_mean(rule, totals);
    match (rule.survey, satisfaction) {
        (SurveyUse::Alone, survey) => survey,
        (SurveyUse::Half, Some(survey)) => Exact::mean(&[sheets()?, survey]),
        (SurveyUse::Half, None) | (SurveyUse::Without, _) => sheets(),
    }
}

/// The grade of a total; residents below 60 cap it at `pass`. With `basic` totals below 70 are `basic_pass`.
#[must_use]
pub fn grade(total: Hundredths, residents: Option<Exact>, basic: bool) -> ProjectGrade {
    let reached = match total {
        total if total.at_least(90) => ProjectGrade::Excellent,
        total if total.at_least(80) => ProjectGrade::Good,
        total if total.at_least(60) && basic && !total.at_least(70) => ProjectGrade::BasicPass,
        total if total.at_least(60) => ProjectGrade::Pass,
        _ => ProjectGrade::Fail,
    };
    if is_unhappy(residents) {
        reached.min(ProjectGrade::Pass)
    } else {
        reached
    }
}

/// Residents below 60: the grade is capped, and a correction is advised (rulebook 2.11.3).
#[must_use]
pub fn is_unhappy(residents: Option<Exact>) -> bool {
    residents.is_some_and(|score| score < Exact::from_int(60))
}

/// Whether a party has as many sheets as its rule asks for; none where the survey alone scores.
#[must_use]
pub fn has_minimum(rule: &PartyRule, sheets: usize) -> bool {
    if rule.survey == SurveyUse::Alone {
        return sheets == 0;
    }
    sheets >= rule.minimum && sheets > 0 && !(rule.odd && sheets.is_multiple_of(2))
}

/// The result from the totals of all sheets by party; `None` while a party is below its minimum:
/// nothing is ever computed with an empty party. Where a party was left out of the rule ([`ReducedParties::left_of`]) its
/// weight is spread over the others in proportion.
#[must_use]
pub fn outcome(
    rule: &EvaluationRule,
    totals: impl Fn(&str) -> Vec<i64>,
    survey: Option<&SurveyCounts>,
) -> Option<Outcome> {
    let satisfaction = survey.and_then(SurveyCounts::satisfaction);
    let score = |party: &PartyRule| {
        let totals = totals(&party.party);
        let enough = has_minimum(party, totals.len());
        let score = party_score(party, &totals, satisfaction).filter(|_| enough)?;
        Some(PartyScore {
            party: party.party.clone(),
            weight: party.weight,
            sheets: totals.len(),
            score,
            sheets_mean: sheets_mean(party, &totals),
        })
    };
    let parties = rule.parties.iter().map(score).collect::<Option<Vec<_>>>()?;
    let weights = parties.iter().map(|party| i64::from(party.weight)).sum();
    let weighted = Exact::weighted(
        &parties
            .iter()
            .map(|party| (party.score, party.weight))
            .collect::<Vec<_>>(),
    )?;
    let total = weighted
        .mul(Exact::from_int(100))?
        .div(Exact::from_int(weights))?;
    let residents = parties
        .iter()
        .find(|party| party.party == RESIDENTS)
        .map(|party| party.score);
    Some(Outcome {
        grade: grade(total.rounded(), residents, rule.basic_pass),
        parties,
        total,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use wubang_kernel::procedure::{PostingType, Procedure};

    #[derive(Deserialize)]
    struct Story {
        evaluation_sheets: BTreeMap<String, Vec<Sheet>>,
        survey: SurveyCounts,
    }

    #[derive(Deserialize)]
    struct Sheet {
        points: BTreeMap<String, i64>,
    }

    fn story() -> Story {
        serde_json::from_str(include_str!("../../server/data/demo/story.json")).unwrap()
    }

    fn totals(story: &Story, party: &str) -> Vec<i64> {
        story.evaluation_sheets[party]
            .iter()
            .map(|sheet| sheet.points.values().sum())
            .collect()
    }

    #[test]
    fn the_story_is_graded_good_with_88_48() {
        let story = story();
        let outcome = outcome(
            &Procedure::of(PostingType::Open).evaluation,
            |party| totals(&story, party),
            Some(&story.survey),
        )
        .unwrap();
        assert_eq!(outcome.total.rounded().to_string(), "88.48");
        assert_eq!(outcome.grade, ProjectGrade::Good);
        assert_eq!(story.survey.answers(), 46);
    }

    #[test]
    fn a_veto_fails_the_best_work_and_leaves_its_total() {
        let happy = SurveyCounts {
            very_satisfied: 5,
            ..SurveyCounts::default()
        };
        let best = simple(&[100], &happy).unwrap();
        assert_eq!(best.clone().vetoed(false), best);
        let vetoed = best.clone().vetoed(true);
        assert_eq!(
            (vetoed.grade, vetoed.total),
            (ProjectGrade::Fail, best.total)
        );
    }

    #[test]
    fn a_party_below_its_minimum_gives_no_result() {
        let story = story();
        let rule = Procedure::of(PostingType::Open).evaluation;
        let short = |party: &str| {
            if party == RESIDENTS {
                vec![90; 4]
            } else {
                totals(&story, party)
            }
        };
        assert_eq!(outcome(&rule, short, None), None);
        let even = |party: &str| {
            if party == EXPERTS {
                vec![90; 4]
            } else {
                totals(&story, party)
            }
        };
        assert_eq!(outcome(&rule, even, None), None);
    }

    /// Score of a party of the scheme `four_party`.
    fn four(party: &str, totals: &[i64], satisfaction: Option<Exact>) -> Option<Exact> {
        let rule = EvaluationRule::four_party();
        party_score(rule.party(party).unwrap(), totals, satisfaction)
    }

    fn simple(community: &[i64], survey: &SurveyCounts) -> Option<Outcome> {
        let totals = |party: &str| {
            if party == RESIDENTS {
                Vec::new()
            } else {
                community.to_vec()
            }
        };
        outcome(&EvaluationRule::simple(), totals, Some(survey))
    }

    #[test]
    fn the_simple_scheme_is_forty_of_a_sheet_and_sixty_of_the_survey() {
        let survey = SurveyCounts {
            satisfied: 2,
            very_satisfied: 3,
            ..SurveyCounts::default()
        };
        let result = simple(&[80], &survey).unwrap();
        assert_eq!(result.total, Exact::from_int(86));
        assert_eq!(result.grade, ProjectGrade::Good);
        let shown: Vec<_> = result
            .parties
            .iter()
            .map(|one| (one.party.as_str(), one.weight, one.sheets))
            .collect();
        assert_eq!(shown, [("community_party_org", 40, 1), (RESIDENTS, 60, 0)]);
    }

    #[test]
    fn the_simple_scheme_gives_nothing_without_sheet_or_answer() {
        let happy = SurveyCounts {
            very_satisfied: 1,
            ..SurveyCounts::default()
        };
        assert_eq!(simple(&[], &happy), None);
        assert_eq!(simple(&[90], &SurveyCounts::default()), None);
        let with_residents = |_: &str| vec![90];
        let rule = EvaluationRule::simple();
        assert_eq!(outcome(&rule, with_residents, Some(&happy)), None);
        assert_eq!(outcome(&rule, |_: &str| vec![90], None), None);
    }

    #[test]
    fn unhappy_residents_cap_the_simple_scheme_too() {
        let survey = SurveyCounts {
            neutral: 1,
            satisfied: 0,
            very_satisfied: 0,
            ..SurveyCounts::default()
        };
        let result = simple(&[100], &survey).unwrap();
        assert_eq!(result.total, Exact::from_int(70));
        assert_eq!(result.grade, ProjectGrade::Pass);
    }

    fn without(parties: &[&str]) -> EvaluationRule {
        let one = |party: &&str| ReducedParty {
            party: (*party).to_owned(),
            weight: 0,
            reason: String::new(),
        };
        ReducedParties(parties.iter().map(one).collect()).left_of(&EvaluationRule::four_party())
    }

    #[test]
    fn the_weight_of_a_missing_party_is_spread_over_the_others() {
        let totals = |party: &str| match party {
            "community_party_org" => vec![90, 90],
            RESIDENTS => vec![80; 5],
            EXPERTS => vec![70; 3],
            _ => Vec::new(),
        };
        assert_eq!(outcome(&EvaluationRule::four_party(), totals, None), None);
        let result = outcome(&without(&["departments"]), totals, None).unwrap();
        // (30·90 + 30·80 + 20·70) / 80
        assert_eq!(result.total, Exact::new(6500, 80).unwrap());
        assert_eq!(result.parties.len(), 3);
    }

    #[test]
    fn a_leading_party_is_never_left_out() {
        assert_eq!(
            without(&["residents", "community_party_org"]),
            EvaluationRule::four_party()
        );
    }

    #[test]
    fn the_scheme_of_three_is_commissioner_residents_and_third_party() {
        let totals = |party: &str| match party {
            "commissioner" => vec![90, 80],
            "third_party" => vec![60, 70],
            _ => vec![80; 5],
        };
        let result = outcome(&EvaluationRule::three_party(), totals, None).unwrap();
        // 35 % of 85, 35 % of 80, 30 % of 65
        assert_eq!(result.total, Exact::new(7725, 100).unwrap());
    }

    #[test]
    fn basic_pass_is_sixty_to_below_seventy_where_it_exists() {
        let of = |n| grade(Exact::new(n, 1000).unwrap().rounded(), None, true);
        assert_eq!(of(59_994), ProjectGrade::Fail);
        assert_eq!(of(59_995), ProjectGrade::BasicPass);
        assert_eq!(of(69_994), ProjectGrade::BasicPass);
        assert_eq!(of(69_995), ProjectGrade::Pass);
        assert!(ProjectGrade::Fail < ProjectGrade::BasicPass);
    }

    #[test]
    fn five_experts_are_trimmed_and_residents_never() {
        assert_eq!(
            four(EXPERTS, &[0, 80, 80, 80, 100], None),
            Some(Exact::from_int(80))
        );
        assert_eq!(
            four(EXPERTS, &[0, 80, 100], None),
            Some(Exact::from_int(60))
        );
        assert_eq!(
            four(RESIDENTS, &[0, 80, 80, 80, 100], None),
            Some(Exact::from_int(68))
        );
    }

    #[test]
    fn a_survey_without_answers_leaves_the_representatives_alone() {
        let empty = SurveyCounts::default();
        assert_eq!(empty.satisfaction(), None);
        let happy = SurveyCounts {
            very_satisfied: 3,
            ..empty
        };
        assert_eq!(
            four(RESIDENTS, &[80], happy.satisfaction()),
            Some(Exact::from_int(90))
        );
        assert_eq!(
            four("departments", &[80], happy.satisfaction()),
            Some(Exact::from_int(80))
        );
    }

    #[test]
    fn grades_are_given_on_the_rounded_total() {
        let content = Some(Exact::from_int(60));
        let of = |n, d| grade(Exact::new(n, d).unwrap().rounded(), content, false);
        assert_eq!(of(89_995, 1000), ProjectGrade::Excellent);
        assert_eq!(of(89_994, 1000), ProjectGrade::Good);
        assert_eq!(of(80, 1), ProjectGrade::Good);
        assert_eq!(of(60, 1), ProjectGrade::Pass);
        assert_eq!(of(59_994, 1000), ProjectGrade::Fail);
        assert_eq!(
            grade(Exact::from_int(95).rounded(), Exact::new(599, 10), false),
            ProjectGrade::Pass
        );
        assert_eq!(
            grade(Exact::from_int(40).rounded(), Exact::new(599, 10), false),
            ProjectGrade::Fail
        );
    }

    fn sheets(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<i64>> {
        proptest::collection::vec(0_i64..=100, count)
    }

    proptest! {
        #[test]
        fn a_total_lies_between_the_parties_and_grows_with_each_sheet(
            community in sheets(2..4), residents in sheets(5..9), departments in sheets(1..3), experts in sheets(3..4), counts in proptest::array::uniform5(0_i64..50),
        ) {
            let [very_dissatisfied, dissatisfied, neutral, satisfied, very_satisfied] = counts;
            let survey = SurveyCounts { very_dissatisfied, dissatisfied, neutral, satisfied, very_satisfied };
            let rule = Procedure::of(PostingType::Open).evaluation;
            let of = |more: i64| {
                outcome(&rule, |party| match party {
                    "community_party_org" => community.iter().map(|one| one + more).collect(),
                    RESIDENTS => residents.clone(),
                    "departments" => departments.clone(),
                    _ => experts.clone(),
                }, Some(&survey)).unwrap()
            };
            let result = of(0);
            let low = result.parties.iter().map(|party| party.score).min().unwrap();
            let high = result.parties.iter().map(|party| party.score).max().unwrap();
            prop_assert!(low <= result.total && result.total <= high);
            prop_assert!(of(1).total > result.total);
            prop_assert!(result.total >= Exact::ZERO && result.total <= Exact::from_int(100));
        }

        #[test]
        fn without_some_parties_a_total_still_lies_between_those_left(
            community in sheets(2..4), residents in sheets(5..9), left in proptest::sample::subsequence(vec!["departments", "experts"], 0..=2),
        ) {
            let result = outcome(&without(&left), |party| match party {
                "community_party_org" => community.clone(),
                RESIDENTS => residents.clone(),
                _ => vec![50; 3],
            }, None).unwrap();
            let low = result.parties.iter().map(|party| party.score).min().unwrap();
            let high = result.parties.iter().map(|party| party.score).max().unwrap();
            prop_assert!(low <= result.total && result.total <= high);
            prop_assert_eq!(result.parties.len(), 4 - left.len());
        }

        #[test]
        fn a_simple_total_lies_between_sheets_and_survey(community in sheets(1..4), counts in proptest::array::uniform5(0_i64..50)) {
            let [very_dissatisfied, dissatisfied, neutral, satisfied, very_satisfied] = counts;
            let survey = SurveyCounts { very_dissatisfied, dissatisfied, neutral, satisfied, very_satisfied };
            let result = simple(&community, &survey);
            prop_assert_eq!(result.is_some(), survey.answers() > 0);
            if let Some(result) = result {
                let mean = Exact::mean(&community.iter().map(|one| Exact::from_int(*one)).collect::<Vec<_>>()).unwrap();
                let satisfaction = survey.satisfaction().unwrap();
                prop_assert!(mean.min(satisfaction) <= result.total && result.total <= mean.max(satisfaction));
            }
        }

        #[test]
        fn the_order_of_sheets_does_not_matter(mut totals in sheets(3..9), party in proptest::sample::select(vec![EXPERTS, RESIDENTS])) {
            let before = four(party, &totals, None);
            totals.reverse();
            prop_assert_eq!(four(party, &totals, None), before);
        }

        #[test]
        fn satisfaction_is_within_bounds(counts in proptest::array::uniform5(0_i64..1000)) {
            let [very_dissatisfied, dissatisfied, neutral, satisfied, very_satisfied] = counts;
            let survey = SurveyCounts { very_dissatisfied, dissatisfied, neutral, satisfied, very_satisfied };
            let satisfaction = survey.satisfaction();
            prop_assert_eq!(satisfaction.is_none(), survey.answers() == 0);
            prop_assert!(satisfaction.is_none_or(|value| value >= Exact::ZERO && value <= Exact::from_int(100)));
        }
    }
}
