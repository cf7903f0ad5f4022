//! Facts and guards of an evaluation: pure functions (rulebook 2.8.11, 2.10).

use crate::flow::{Evaluation, EvaluationGuard};
use crate::model::Phase;
use crate::scoring::{EXPERTS, ProjectGrade, RESIDENTS, ReducedParty, THIRD_PARTY, has_minimum};
use uuid::Uuid;
use wubang_kernel::machine::{Facts, Name};
use wubang_kernel::procedure::{EvaluationRule, SurveyUse};
use wubang_kernel::{Code, Faults, Refusal};

/// What is known of the panel.
#[derive(Debug, Clone, Default)]
pub(crate) struct PanelFacts {
    /// Parties of the active members.
    pub parties: Vec<String>,
    pub all_clear: bool,
    /// Every active member has handed in a sheet.
    pub all_scored: bool,
    /// The party for which the viewer sits on it.
    pub own_party: Option<String>,
    /// Of the viewer's own seat.
    pub own_clear: bool,
    pub own_scored: bool,
}

/// What is known of an evaluation when a step is asked for.
#[derive(Debug, Clone)]
pub(crate) struct EvaluationFacts {
    /// Of the parties that count.
    pub rule: EvaluationRule,
    pub phase: Phase,
    pub panel: Option<PanelFacts>,
    pub survey_opened: bool,
    pub survey_closed: bool,
    pub held: bool,
    /// A veto finding is not decided.
    pub veto_open: bool,
    pub grade: Option<ProjectGrade>,
    /// 2 after a correction.
    pub round: i32,
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

/// The third party that is entrusted, as far as the scheme has one.
///
/// # Errors
/// `invalid` when it is missing, or named where the street organises.
pub(crate) fn check_third_party(
    rule: &EvaluationRule,
    named: Option<Uuid>,
) -> Result<Option<Uuid>, Refusal> {
    let (pointer, mut faults) = ("/third_party_organisation_id", Faults::new());
    match (rule.third_party, named) {
        (true, None) => faults.missing(pointer),
        (false, Some(_)) => faults.add(
            pointer,
            "not_allowed",
            "该考榜方案由街道组织,不委托第三方",
            "the street organises this evaluation, no third party does",
        ),
        _ => {}
    }
    faults.finish()?;
    Ok(named)
}

/// How many experts are drawn: as many as asked for where the scheme has experts, else nobody.
pub(crate) fn check_experts(
    rule: &EvaluationRule,
    wanted: Option<usize>,
    faults: &mut Faults,
) -> usize {
    match (has_seats(rule, EXPERTS), wanted) {
        (true, Some(count)) => faults.count("/experts", count, 1..=15),
        (true, None) => faults.missing("/experts"),
        (false, Some(count)) if count > 0 => faults.add(
            "/experts",
            "not_allowed",
            "考榜方案没有专家席位",
            "the scheme has no seats for experts",
        ),
        (false, _) => {}
    }
    wanted.unwrap_or_default()
}

/// How many residents are drawn: as many as asked for, else as few as the scheme allows; nobody where the survey alone
/// scores.
pub(crate) fn check_residents(
    rule: &EvaluationRule,
    wanted: Option<usize>,
    faults: &mut Faults,
) -> usize {
    if !has_seats(rule, RESIDENTS) {
        if wanted.is_some_and(|count| count > 0) {
            faults.add(
                "/residents",
                "not_allowed",
                "考榜方案没有居民席位",
                "the scheme has no seats for residents",
            );
        }
        return 0;
    }
    if let Some(count) = wanted {
        faults.count("/residents", count, 1..=30);
    }
    let fewest = rule.party(RESIDENTS).map_or(0, |party| party.minimum);
    wanted.unwrap_or(fewest)
}

/// Whether anybody sits on a panel of this scheme at all.
pub(crate) fn is_judged(rule: &EvaluationRule) -> bool {
    rule.parties
        .iter()
        .any(|party| has_seats(rule, &party.party))
}

/// Whether residents are asked.
pub(crate) fn has_survey(rule: &EvaluationRule) -> bool {
    rule.parties
        .iter()
        .any(|party| party.survey != SurveyUse::Without)
}

/// The rule of a phase. Before the work begins nobody was served, so that there is no survey; the follow-up is the survey
/// alone (rulebook 2.4.5).
pub(crate) fn rule_of(phase: Phase, rule: &EvaluationRule) -> EvaluationRule {
    match phase {
        Phase::Midterm | Phase::Final => rule.clone(),
        Phase::FollowUp => EvaluationRule::of_follow_up(rule),
        Phase::ExAnte => {
            let mut rule = rule.clone();
            for party in rule
                .parties
                .iter_mut()
                .filter(|one| one.survey == SurveyUse::Half)
            {
                party.survey = SurveyUse::Without;
            }
            rule
        }
    }
}

/// Whether a phase can be opened while its agreement is in this state.
pub(crate) fn is_due(phase: Phase, contract_state: &str) -> bool {
    match phase {
        Phase::ExAnte => contract_state == "signed",
        Phase::Midterm => contract_state == "active",
        Phase::Final => contract_state == "evaluating",
        Phase::FollowUp => contract_state == "completed",
    }
}

/// How often members of a party must have been replaced before it can be left out (rulebook 2.11.2).
pub(crate) const REPLACEMENTS: usize = 2;

/// Whether a party may be left out of the result: it does not lead, has fewer members than it needs, and two of them
/// were replaced in vain (rulebook 2.11.2).
///
/// # Errors
/// `invalid` for a party that the scheme lacks, or that leads; `too_early` while it has enough members, or before the
/// second replacement.
pub(crate) fn check_left_out(
    rule: &EvaluationRule,
    party: &str,
    (sitting, left): (usize, usize),
) -> Result<ReducedParty, Refusal> {
    let found = rule.party(party).filter(|_| has_seats(rule, party));
    let Some(found) = found.filter(|one| !one.lead) else {
        return Err(Refusal::new(Code::Invalid).field(
            "/party",
            "not_allowed",
            "考榜方案没有这一方,或该方为主导方,不得缺席",
            "the scheme has no such party, or it leads and cannot be missing",
        ));
    };
    if has_minimum(found, sitting) || left < REPLACEMENTS {
        return Err(Refusal::new(Code::TooEarly).because(
            "该方更换两次后仍不足规定人数,方可不计该方",
            "a party is left out only after two replacements, while it has too few members",
        ));
    }
    Ok(ReducedParty {
        party: found.party.clone(),
        weight: found.weight,
        reason: String::new(),
    })
}

/// Whether the members of a party sit on the panel: not where the survey alone scores.
pub(crate) fn has_seats(rule: &EvaluationRule, party: &str) -> bool {
    rule.party(party)
        .is_some_and(|one| one.survey != SurveyUse::Alone)
}

/// Nobody scores what he runs (as rulebook 2.9): where the street organises, who opened the evaluation or names the
/// members; where a third party does, who names its members.
///
/// # Errors
/// `recused`, with the pointer of every such seat.
pub(crate) fn check_organisers(
    named: impl Iterator<Item = (String, Uuid)>,
    organisers: &[Uuid],
) -> Result<(), Refusal> {
    let (zh, en) = (
        "组织考榜的人不得参与评分",
        "who organises the evaluation does not score",
    );
    let refusal = named
        .filter(|(_, person)| organisers.contains(person))
        .fold(Refusal::new(Code::Recused), |refusal, (pointer, _)| {
            refusal.field(&pointer, "recused", zh, en)
        });
    if refusal.fields.is_empty() {
        Ok(())
    } else {
        Err(refusal)
    }
}

impl Facts<Evaluation> for EvaluationFacts {
    fn check(&self, guard: EvaluationGuard) -> Result<(), Refusal> {
        let panel = self.panel.as_ref();
        let holds = match guard {
            EvaluationGuard::Entrusted => self.rule.third_party,
            EvaluationGuard::Light => !self.rule.third_party,
            // where the street organises nobody who runs it scores; where a third party does, none of its own who scores
            EvaluationGuard::NotSeated => {
                let own = panel.and_then(|panel| panel.own_party.as_deref());
                own.is_none_or(|party| self.rule.third_party && party != THIRD_PARTY)
            }
            EvaluationGuard::HasSeats => is_judged(&self.rule),
            EvaluationGuard::NoPanel => panel.is_none(),
            EvaluationGuard::PanelFormed => panel.is_some(),
            EvaluationGuard::NoSurvey => !self.survey_opened && has_survey(&self.rule),
            EvaluationGuard::SurveyOpened => self.survey_opened,
            EvaluationGuard::SurveyOpen => !self.survey_closed,
            EvaluationGuard::PanelComplete => {
                return check_parties(
                    &self.rule,
                    panel
                        .into_iter()
                        .flat_map(|panel| panel.parties.iter().map(String::as_str)),
                );
            }
            EvaluationGuard::RecusalsSigned => match panel {
                Some(panel) => panel.all_clear,
                None => !is_judged(&self.rule),
            },
            EvaluationGuard::SurveyClosed => self.survey_closed || !has_survey(&self.rule),
            EvaluationGuard::OwnRecusalSigned => panel.is_some_and(|panel| panel.own_clear),
            EvaluationGuard::FirstSheet => panel.is_none_or(|panel| !panel.own_scored),
            EvaluationGuard::SheetsComplete => match panel {
                Some(panel) => panel.all_scored,
                None => !is_judged(&self.rule),
            },
            EvaluationGuard::NoOpenHold => !self.held,
            EvaluationGuard::NoOpenVeto => !self.veto_open,
            EvaluationGuard::Final => self.phase == Phase::Final,
            EvaluationGuard::Interim => self.phase != Phase::Final,
            EvaluationGuard::Passed => self.grade.is_some_and(|grade| grade > ProjectGrade::Fail),
            EvaluationGuard::Failed => self.grade == Some(ProjectGrade::Fail),
            EvaluationGuard::FirstRound => self.round < 2,
            EvaluationGuard::SecondRound => self.round >= 2,
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
            own_party: None,
            own_clear: true,
            own_scored: false,
        }
    }

    fn facts() -> EvaluationFacts {
        EvaluationFacts {
            rule: Procedure::of(PostingType::Open).evaluation,
            phase: Phase::Final,
            panel: Some(panel([2, 5, 1, 3])),
            survey_opened: true,
            survey_closed: true,
            held: false,
            veto_open: false,
            grade: None,
            round: 1,
        }
    }

    fn start(facts: &EvaluationFacts) -> Option<Code> {
        start_as(Role::ThirdParty, facts)
    }

    fn start_as(role: Role, facts: &EvaluationFacts) -> Option<Code> {
        plan::<Evaluation>(
            EvaluationState::Preparing,
            EvaluationEvent::StartScoring,
            RoleSet::of(&[role]),
            facts,
        )
        .err()
        .map(|refusal| refusal.code)
    }

    /// An evaluation in the scheme `simple` with one member of the community.
    fn light() -> EvaluationFacts {
        EvaluationFacts {
            rule: EvaluationRule::simple(),
            panel: Some(panel([1, 0, 0, 0])),
            ..facts()
        }
    }

    #[test]
    fn the_street_organises_where_no_third_party_does() {
        assert_eq!(start_as(Role::StreetOfficer, &light()), None);
        assert_eq!(start_as(Role::ThirdParty, &light()), Some(Code::Forbidden));
        assert_eq!(
            start_as(Role::StreetOfficer, &facts()),
            Some(Code::Forbidden)
        );
        let seated = PanelFacts {
            own_party: Some("community_party_org".to_owned()),
            ..panel([1, 0, 0, 0])
        };
        let seated = EvaluationFacts {
            panel: Some(seated),
            ..light()
        };
        assert_eq!(start_as(Role::StreetOfficer, &seated), Some(Code::Recused));
        let unasked = EvaluationFacts {
            survey_closed: false,
            ..light()
        };
        assert_eq!(
            start_as(Role::StreetOfficer, &unasked),
            Some(Code::SurveyMissing)
        );
    }

    #[test]
    fn the_third_partys_scorers_do_not_run_what_they_score() {
        let seated = |party: &str| EvaluationFacts {
            rule: EvaluationRule {
                parties: Vec::new(),
                ..EvaluationRule::three_party()
            },
            panel: Some(PanelFacts {
                own_party: Some(party.to_owned()),
                ..panel([0; 4])
            }),
            ..facts()
        };
        assert_eq!(start(&seated("experts")), None);
        assert_eq!(start(&seated(THIRD_PARTY)), Some(Code::Recused));
    }

    #[test]
    fn a_phase_is_due_in_one_state_of_the_agreement_and_the_last_one_alone_is_confirmed() {
        let states = ["signed", "active", "evaluating", "completed"];
        for (phase, state) in Phase::ALL.iter().zip(states) {
            let due: Vec<_> = states.iter().filter(|one| is_due(*phase, one)).collect();
            assert_eq!(due, [&state]);
            let facts = EvaluationFacts {
                phase: *phase,
                grade: Some(ProjectGrade::Pass),
                ..facts()
            };
            let confirm = |event| {
                let system = RoleSet::of(&[Role::System]);
                plan::<Evaluation>(EvaluationState::InPublicity, event, system, &facts).is_ok()
            };
            let last = *phase == Phase::Final;
            assert_eq!(confirm(EvaluationEvent::Confirm), last);
            assert_eq!(confirm(EvaluationEvent::Conclude), !last);
        }
    }

    #[test]
    fn before_the_work_nobody_is_asked_and_afterwards_only_residents_are() {
        let four = EvaluationRule::four_party();
        let before = rule_of(Phase::ExAnte, &four);
        assert!(is_judged(&before) && !has_survey(&before));
        let after = rule_of(Phase::FollowUp, &four);
        assert!(!is_judged(&after) && has_survey(&after));
        assert_eq!(rule_of(Phase::Midterm, &four), four);
        let alone = EvaluationFacts {
            rule: after,
            panel: None,
            ..facts()
        };
        assert_eq!(start_as(Role::StreetOfficer, &alone), None);
    }

    #[test]
    fn a_party_is_left_out_after_two_replacements_in_vain_and_never_a_leading_one() {
        let four = EvaluationRule::four_party();
        let code = |party: &str, seats| {
            check_left_out(&four, party, seats)
                .err()
                .map(|one| one.code)
        };
        assert_eq!(code("departments", (0, 2)), None);
        assert_eq!(code("departments", (0, 1)), Some(Code::TooEarly));
        assert_eq!(code("departments", (1, 5)), Some(Code::TooEarly));
        assert_eq!(code("experts", (2, 2)), None);
        assert_eq!(code("residents", (0, 9)), Some(Code::Invalid));
        assert_eq!(code("nobody", (0, 9)), Some(Code::Invalid));
    }

    #[test]
    fn a_third_party_is_named_where_the_scheme_has_one_and_only_there() {
        let (four, simple) = (EvaluationRule::four_party(), EvaluationRule::simple());
        let some = Some(Uuid::from_u128(1));
        assert_eq!(check_third_party(&four, some).unwrap(), some);
        assert_eq!(check_third_party(&simple, None).unwrap(), None);
        for (rule, named) in [(&four, None), (&simple, some)] {
            let refusal = check_third_party(rule, named).unwrap_err();
            assert_eq!(refusal.code, Code::Invalid);
            assert_eq!(refusal.fields[0].pointer, "/third_party_organisation_id");
        }
    }

    #[test]
    fn who_organises_takes_no_seat() {
        let named = || {
            [1, 2, 3]
                .map(|n| (format!("/{n}"), Uuid::from_u128(n)))
                .into_iter()
        };
        let organisers = [Uuid::from_u128(3), Uuid::from_u128(2)];
        let refusal = check_organisers(named(), &organisers).unwrap_err();
        let pointers: Vec<_> = refusal
            .fields
            .iter()
            .map(|one| one.pointer.as_str())
            .collect();
        assert_eq!((refusal.code, pointers), (Code::Recused, vec!["/2", "/3"]));
        assert!(check_organisers(named(), &[Uuid::from_u128(4)]).is_ok());
    }

    #[test]
    fn parties_without_seats_are_not_waited_for() {
        let simple = EvaluationRule::simple();
        assert!(check_parties(&simple, ["community_party_org"].into_iter()).is_ok());
        assert!(check_parties(&simple, ["residents"].into_iter()).is_err());
        let mut faults = Faults::new();
        assert_eq!(check_experts(&simple, None, &mut faults), 0);
        assert!(faults.is_empty());
        let _ = check_experts(&simple, Some(3), &mut faults);
        let _ = check_experts(&EvaluationRule::four_party(), None, &mut faults);
        let codes: Vec<_> = faults.into_fields().iter().map(|one| one.code).collect();
        assert_eq!(codes, ["not_allowed", "required"]);
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
        fn rows_of_one_state_and_event_exclude_each_other(grade in proptest::sample::select(vec![None, Some(ProjectGrade::Fail), Some(ProjectGrade::Pass), Some(ProjectGrade::Excellent)]), held: bool, formed: bool, simple: bool) {
            let rule = if simple { EvaluationRule::simple() } else { EvaluationRule::four_party() };
            let facts = EvaluationFacts { rule, panel: formed.then(|| panel([2, 5, 1, 3])), held, grade, ..facts() };
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
