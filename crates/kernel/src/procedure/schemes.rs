//! The evaluation schemes (考榜方案) with the rulebook's defaults (rulebook 2.4.5, 2.10, 2.11.2).

use super::kinds::criterion;
use super::{Criterion, EvaluationRule, PartyRule, SurveyUse};

impl EvaluationRule {
    /// Four parties, organised by a third party: the rule for postings that a panel awards
    /// (rulebook 2.11.2, `four_party`).
    #[must_use]
    pub fn four_party() -> Self {
        of("four_party", true, four_parties(), 30)
    }

    /// Who commissioned the work, the residents and the third party: no departments, no experts (rulebook 2.11.2,
    /// `three_party`).
    #[must_use]
    pub fn three_party() -> Self {
        of("three_party", true, three_parties(), 30)
    }

    /// Community and residents only, for small matters: one sheet of the community and the residents'
    /// survey; the street organises (rulebook 2.3.4, 2.10, 2.11.2, `simple`).
    #[must_use]
    pub fn simple() -> Self {
        let community = party("community_party_org", "街道社区党组织", (40, 40, 40), 1);
        let parties = vec![
            PartyRule {
                lead: true,
                criteria: community_criteria(),
                ..community
            },
            survey_alone(60),
        ];
        of("simple", false, parties, 5)
    }

    /// The residents' survey alone, some time after the end: what has lasted (rulebook 2.4.5, `follow_up`).
    #[must_use]
    pub fn of_follow_up(final_rule: &Self) -> Self {
        EvaluationRule {
            survey_minimum: final_rule.survey_minimum,
            survey_percent: final_rule.survey_percent,
            ..of("follow_up", false, vec![survey_alone(100)], 5)
        }
    }

    /// This rule with the parties of another scheme, as a district may choose it; a scheme that the posting's type fixes
    /// has no other.
    #[must_use]
    pub fn with_scheme(&self, scheme: &str) -> Option<Self> {
        let other = match scheme {
            _ if scheme == self.scheme => return Some(self.clone()),
            "four_party" => Self::four_party(),
            "three_party" => Self::three_party(),
            _ => return None,
        };
        self.schemes().contains(&scheme).then(|| EvaluationRule {
            scheme: other.scheme,
            third_party: other.third_party,
            parties: other.parties,
            ..self.clone()
        })
    }

    /// The schemes that may stand in the place of this one, itself included.
    #[must_use]
    pub fn schemes(&self) -> &'static [&'static str] {
        match self.scheme.as_str() {
            "four_party" | "three_party" => &["four_party", "three_party"],
            "simple" => &["simple"],
            _ => &[],
        }
    }
}

fn of(
    scheme: &str,
    third_party: bool,
    parties: Vec<PartyRule>,
    survey_minimum: i64,
) -> EvaluationRule {
    EvaluationRule {
        scheme: scheme.to_owned(),
        third_party,
        parties,
        survey_minimum,
        survey_percent: 20,
        basic_pass: false,
        follow_up: false,
    }
}

/// A party with its weight (least and greatest) and least number of sheets; what it scores comes after.
fn party(name: &str, zh: &str, weight: (u32, u32, u32), minimum: usize) -> PartyRule {
    PartyRule {
        party: name.to_owned(),
        zh: zh.to_owned(),
        weight: weight.0,
        weight_min: weight.1,
        weight_max: weight.2,
        minimum,
        odd: false,
        lead: false,
        survey: SurveyUse::Without,
        criteria: Vec::new(),
    }
}

/// The residents where the survey alone is their score.
fn survey_alone(weight: u32) -> PartyRule {
    PartyRule {
        lead: true,
        survey: SurveyUse::Alone,
        ..party("residents", "居民群众", (weight, weight, weight), 0)
    }
}

/// The residents with representatives and the survey, half each.
fn residents(weight: u32) -> PartyRule {
    PartyRule {
        lead: true,
        survey: SurveyUse::Half,
        criteria: vec![
            criterion("satisfaction", "满意程度", 50),
            criterion("usefulness", "实际用处", 30),
            criterion("respect_safety", "尊重与安全", 20),
        ],
        ..party("residents", "居民群众", (weight, 25, 50), 5)
    }
}

/// What the sheets of street and community score (rulebook 2.11.2).
fn community_criteria() -> Vec<Criterion> {
    vec![
        criterion("delivery", "履约情况", 40),
        criterion("cooperation", "协作配合", 20),
        criterion("effect", "治理成效", 40),
    ]
}

/// What the sheets of those who know the trade score (rulebook 2.11.2).
fn expert_criteria() -> Vec<Criterion> {
    vec![
        criterion("design", "设计与专业性", 30),
        criterion("process", "过程管理", 25),
        criterion("outcome", "成效与指标", 30),
        criterion("finance", "资金使用", 15),
    ]
}

fn four_parties() -> Vec<PartyRule> {
    vec![
        PartyRule {
            lead: true,
            criteria: community_criteria(),
            ..party("community_party_org", "街道社区党组织", (30, 20, 40), 2)
        },
        residents(30),
        PartyRule {
            criteria: vec![
                criterion("compliance", "合规情况", 50),
                criterion("standards", "业务标准", 50),
            ],
            ..party("departments", "职能部门", (20, 10, 25), 1)
        },
        PartyRule {
            odd: true,
            criteria: expert_criteria(),
            ..party("experts", "专家智库", (20, 10, 25), 3)
        },
    ]
}

fn three_parties() -> Vec<PartyRule> {
    vec![
        PartyRule {
            lead: true,
            criteria: community_criteria(),
            ..party("commissioner", "购买方", (35, 25, 45), 2)
        },
        residents(35),
        PartyRule {
            criteria: expert_criteria(),
            ..party("third_party", "第三方专业机构", (30, 10, 35), 2)
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::Faults;

    #[test]
    fn every_scheme_obeys_the_rule_of_weights_and_leads() {
        let four = EvaluationRule::four_party();
        for rule in [
            EvaluationRule::three_party(),
            EvaluationRule::simple(),
            EvaluationRule::of_follow_up(&four),
            four,
        ] {
            let mut faults = Faults::new();
            rule.check("", &mut faults);
            assert!(faults.is_empty(), "{} {faults:?}", rule.scheme);
            for party in &rule.parties {
                let sheets: i64 = party.criteria.iter().map(|one| one.max).sum();
                let wanted = if party.survey == SurveyUse::Alone {
                    0
                } else {
                    100
                };
                assert_eq!(sheets, wanted, "{} {}", rule.scheme, party.party);
            }
        }
    }

    #[test]
    fn a_scheme_is_exchanged_for_its_like_and_keeps_what_was_set() {
        let mut four = EvaluationRule::four_party();
        four.survey_minimum = 50;
        four.basic_pass = true;
        let three = four.with_scheme("three_party").unwrap();
        assert_eq!(three.parties, EvaluationRule::three_party().parties);
        assert_eq!((three.survey_minimum, three.basic_pass), (50, true));
        assert_eq!(three.with_scheme("four_party").unwrap(), four);
        assert_eq!(four.with_scheme("simple"), None);
        assert_eq!(EvaluationRule::simple().with_scheme("three_party"), None);
        assert_eq!(four.with_scheme("five_party"), None);
    }
}
