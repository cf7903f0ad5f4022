//! The evaluation schemes (考榜方案) with the rulebook's defaults (rulebook 2.10, 2.11.2).

use super::kinds::criterion;
use super::{Criterion, EvaluationRule, PartyRule, SurveyUse};

impl EvaluationRule {
    /// Four parties, organised by a third party: the rule for postings that a panel awards
    /// (rulebook 2.11.2, `four_party`).
    #[must_use]
    pub fn four_party() -> Self {
        EvaluationRule {
            scheme: "four_party".to_owned(),
            third_party: true,
            parties: four_parties(),
            survey_minimum: 30,
            survey_percent: 20,
        }
    }

    /// Community and residents only, for small matters: one sheet of the community and the residents'
    /// survey; the street organises (rulebook 2.3.4, 2.10, 2.11.2, `simple`).
    #[must_use]
    pub fn simple() -> Self {
        EvaluationRule {
            scheme: "simple".to_owned(),
            third_party: false,
            parties: vec![
                PartyRule {
                    party: "community_party_org".to_owned(),
                    zh: "街道社区党组织".to_owned(),
                    weight: 40,
                    weight_min: 40,
                    weight_max: 40,
                    minimum: 1,
                    odd: false,
                    lead: true,
                    survey: SurveyUse::Without,
                    criteria: community_criteria(),
                },
                PartyRule {
                    party: "residents".to_owned(),
                    zh: "居民群众".to_owned(),
                    weight: 60,
                    weight_min: 60,
                    weight_max: 60,
                    minimum: 0,
                    odd: false,
                    lead: true,
                    survey: SurveyUse::Alone,
                    criteria: Vec::new(),
                },
            ],
            survey_minimum: 5,
            survey_percent: 20,
        }
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

fn four_parties() -> Vec<PartyRule> {
    let party = |name: &str,
                 zh: &str,
                 weight: (u32, u32, u32),
                 minimum: usize,
                 odd: bool,
                 lead: bool,
                 criteria: Vec<Criterion>| PartyRule {
        party: name.to_owned(),
        zh: zh.to_owned(),
        weight: weight.0,
        weight_min: weight.1,
        weight_max: weight.2,
        minimum,
        odd,
        lead,
        survey: if name == "residents" {
            SurveyUse::Half
        } else {
            SurveyUse::Without
        },
        criteria,
    };
    vec![
        party(
            "community_party_org",
            "街道社区党组织",
            (30, 20, 40),
            2,
            false,
            true,
            community_criteria(),
        ),
        party(
            "residents",
            "居民群众",
            (30, 25, 50),
            5,
            false,
            true,
            vec![
                criterion("satisfaction", "满意程度", 50),
                criterion("usefulness", "实际用处", 30),
                criterion("respect_safety", "尊重与安全", 20),
            ],
        ),
        party(
            "departments",
            "职能部门",
            (20, 10, 25),
            1,
            false,
            false,
            vec![
                criterion("compliance", "合规情况", 50),
                criterion("standards", "业务标准", 50),
            ],
        ),
        party(
            "experts",
            "专家智库",
            (20, 10, 25),
            3,
            true,
            false,
            vec![
                criterion("design", "设计与专业性", 30),
                criterion("process", "过程管理", 25),
                criterion("outcome", "成效与指标", 30),
                criterion("finance", "资金使用", 15),
            ],
        ),
    ]
}
