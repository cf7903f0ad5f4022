//! Facts and guards of an evaluation: pure functions (rulebook 2.8.11, 2.10).

use crate::flow::{Evaluation, EvaluationGuard};
use crate::scoring::{ProjectGrade, has_minimum};
use wubang_kernel::machine::{Facts, Name};
use wubang_kernel::procedure::EvaluationRule;
use wubang_kernel::{Code, Refusal};

/// What is known of the panel.
#[derive(Debug, Clone, Default)]
pub(crate) struct PanelFacts {
    /// Parties of the active members.
    pub parties: Vec<String>,
    pub all_clear: bool,
    /// Every active member has handed in a sheet.
    pub all_scored: bool,
    /// Of the viewer's own seat.
    pub own_clear: bool,
    pub own_scored: bool,
}

/// What is known of an evaluation when a step is asked for.
#[derive(Debug, Clone)]
pub(crate) struct EvaluationFacts {
    pub rule: EvaluationRule,
    pub panel: Option<PanelFacts>,
    pub survey_closed: bool,
    pub held: bool,
    pub grade: Option<ProjectGrade>,
}

/// Whether every party of the rule has enough members for its sheets.
///
/// # Errors
/// `panel_incomplete`, naming every party that is short.
pub(crate) fn check_parties<'a>(
    rule: &EvaluationRule,
    members: impl Iterator<Item = &'a str> + Clone,
) -> Result<(), Refusal> {
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    for party in &rule.parties {
        let got = members.clone().filter(|one| *one == party.party).count();
        if !has_minimum(party, got) {
            let (odd_zh, odd_en) = if party.odd {
                ("且为奇数", ", odd")
            } else {
                ("", "")
            };
            zh.push(format!(
                "{}至少 {} 人{odd_zh},实有 {got} 人",
                party.zh, party.minimum
            ));
            en.push(format!(
                "{}: at least {}{odd_en}, {got} there",
                party.party, party.minimum
            ));
        }
    }
    if zh.is_empty() {
        Ok(())
    } else {
        Err(Refusal::new(Code::PanelIncomplete).because(zh.join(";"), en.join("; ")))
    }
}

impl Facts<Evaluation> for EvaluationFacts {
    fn check(&self, guard: EvaluationGuard) -> Result<(), Refusal> {
        let panel = self.panel.as_ref();
        let holds = match guard {
            EvaluationGuard::NoPanel => panel.is_none(),
            EvaluationGuard::PanelFormed => panel.is_some(),
            EvaluationGuard::SurveyOpen => !self.survey_closed,
            EvaluationGuard::PanelComplete => {
                return check_parties(
                    &self.rule,
                    panel
                        .into_iter()
                        .flat_map(|panel| panel.parties.iter().map(String::as_str)),
                );
            }
            EvaluationGuard::RecusalsSigned => panel.is_some_and(|panel| panel.all_clear),
            EvaluationGuard::SurveyClosed => self.survey_closed,
            EvaluationGuard::OwnRecusalSigned => panel.is_some_and(|panel| panel.own_clear),
            EvaluationGuard::FirstSheet => panel.is_none_or(|panel| !panel.own_scored),
            EvaluationGuard::SheetsComplete => panel.is_some_and(|panel| panel.all_scored),
            EvaluationGuard::NoOpenHold => !self.held,
            EvaluationGuard::Passed => self.grade.is_some_and(|grade| grade >= ProjectGrade::Pass),
            EvaluationGuard::Failed => self.grade == Some(ProjectGrade::Fail),
        };
        if holds {
            Ok(())
        } else {
            Err(guard.code().into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{EvaluationEvent, EvaluationState};
    use proptest::prelude::*;
    use wubang_kernel::machine::{Machine, plan};
    use wubang_kernel::procedure::{PostingType, Procedure};
    use wubang_kernel::{Role, RoleSet};

    fn panel(counts: [usize; 4]) -> PanelFacts {
        let names = ["community_party_org", "residents", "departments", "experts"];
        let parties = names
            .iter()
            .zip(counts)
            .flat_map(|(name, count)| std::iter::repeat_n((*name).to_owned(), count))
            .collect();
        PanelFacts {
            parties,
            all_clear: true,
            all_scored: false,
            own_clear: true,
            own_scored: false,
        }
    }

    fn facts() -> EvaluationFacts {
        EvaluationFacts {
            rule: Procedure::of(PostingType::Open).evaluation,
            panel: Some(panel([2, 5, 1, 3])),
            survey_closed: true,
            held: false,
            grade: None,
        }
    }

    fn start(facts: &EvaluationFacts) -> Option<Code> {
        let third = RoleSet::of(&[Role::ThirdParty]);
        plan::<Evaluation>(
            EvaluationState::Preparing,
            EvaluationEvent::StartScoring,
            third,
            facts,
        )
        .err()
        .map(|refusal| refusal.code)
    }

    #[test]
    fn scoring_waits_for_panel_declarations_and_survey() {
        assert_eq!(start(&facts()), None);
        assert_eq!(
            start(&EvaluationFacts {
                panel: None,
                ..facts()
            }),
            Some(Code::PanelIncomplete)
        );
        assert_eq!(
            start(&EvaluationFacts {
                panel: Some(panel([2, 4, 1, 3])),
                ..facts()
            }),
            Some(Code::PanelIncomplete)
        );
        assert_eq!(
            start(&EvaluationFacts {
                panel: Some(panel([2, 5, 1, 4])),
                ..facts()
            }),
            Some(Code::PanelIncomplete)
        );
        let unsigned = PanelFacts {
            all_clear: false,
            ..panel([2, 5, 1, 3])
        };
        assert_eq!(
            start(&EvaluationFacts {
                panel: Some(unsigned),
                ..facts()
            }),
            Some(Code::RecusalUnsigned)
        );
        assert_eq!(
            start(&EvaluationFacts {
                survey_closed: false,
                ..facts()
            }),
            Some(Code::SurveyMissing)
        );
    }

    #[test]
    fn a_hold_keeps_the_result_from_being_confirmed() {
        let held = EvaluationFacts {
            held: true,
            grade: Some(ProjectGrade::Good),
            ..facts()
        };
        let refusal = plan::<Evaluation>(
            EvaluationState::InPublicity,
            EvaluationEvent::Confirm,
            RoleSet::of(&[Role::System]),
            &held,
        )
        .unwrap_err();
        assert_eq!(refusal.code, Code::OpenHold);
    }

    #[test]
    fn what_is_missing_is_said_by_party() {
        let refusal = check_parties(
            &Procedure::of(PostingType::Open).evaluation,
            ["residents"].into_iter(),
        )
        .unwrap_err();
        assert_eq!(
            refusal.detail.unwrap().en,
            "community_party_org: at least 2, 0 there; residents: at least 5, 1 there; departments: at least 1, 0 there; experts: at least 3, odd, 0 there"
        );
    }

    proptest! {
        #[test]
        fn rows_of_one_state_and_event_exclude_each_other(grade in proptest::sample::select(vec![None, Some(ProjectGrade::Fail), Some(ProjectGrade::Pass), Some(ProjectGrade::Excellent)]), held: bool, formed: bool) {
            let facts = EvaluationFacts { panel: formed.then(|| panel([2, 5, 1, 3])), held, grade, ..facts() };
            for state in Evaluation::STATES {
                for event in Evaluation::EVENTS {
                    let open = Evaluation::ROWS.iter().filter(|row| row.event == *event && row.from.contains(state))
                        .filter(|row| row.guards.iter().all(|guard| facts.check(*guard).is_ok())).count();
                    prop_assert!(open <= 1, "{:?} {:?}", state, event);
                }
            }
        }
    }
}
