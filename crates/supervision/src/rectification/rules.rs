//! Facts, guards and checks of rectification orders: pure functions (rulebook 2.8.9).

use super::flow::{RectificationGuard, RectificationOrder};
use super::model::{
    Correction, Defect, DefectIn, Defects, JudgeRectificationIn, Judgement, Judgements,
};
use crate::watched::internal_text;
use crate::words::{Office, RectificationTrigger, Severity};
use uuid::Uuid;
use wubang_kernel::machine::{Facts, Name};
use wubang_kernel::{Faults, Refusal, Role, RoleSet};

/// Satisfaction from which residents count as content (rulebook 2.8.9).
const CONTENT: u32 = 60;
/// Rounds of one order.
const ROUNDS: i32 = 2;
/// Most working days by which the term is extended, once.
pub(crate) const MOST_EXTENSION: u32 = 15;

/// What is known of an order when a step is asked for.
#[derive(Debug, Clone)]
pub(crate) struct RectificationFacts {
    pub running: bool,
    pub round: i32,
    pub extended: bool,
    /// Whether the actor works for the contractor.
    pub party: bool,
    pub trigger: RectificationTrigger,
    pub defects: Defects,
    pub opinions: Judgements,
    /// For which office the actor would speak, and who he is.
    pub judge: Option<(Office, Uuid)>,
    /// What he says; `None` while nobody asks.
    pub says: Option<JudgeRectificationIn>,
}

impl RectificationFacts {
    fn serious_closed(&self) -> bool {
        let open = |says: &JudgeRectificationIn| {
            let serious = |n: &u32| {
                let mut all = self.defects.0.iter();
                all.any(|one| one.n == *n && one.severity == Severity::Serious)
            };
            says.open_defects.iter().any(serious)
        };
        !self
            .says
            .as_ref()
            .is_some_and(|says| says.passed && open(says))
    }

    /// Who was ordered to satisfy the residents has done so when they say it.
    fn satisfaction_recovered(&self) -> bool {
        let asked = self.trigger == RectificationTrigger::SatisfactionBelow60;
        let content = |says: &JudgeRectificationIn| says.satisfaction.is_some_and(|n| n >= CONTENT);
        !asked
            || self
                .says
                .as_ref()
                .is_none_or(|says| !says.passed || content(says))
    }

    fn spoke(&self) -> usize {
        self.opinions.0.len()
    }
}

impl Facts<RectificationOrder> for RectificationFacts {
    fn check(&self, guard: RectificationGuard) -> Result<(), Refusal> {
        let said = |found: fn(&Judgement, (Office, Uuid)) -> bool| {
            let all = &self.opinions.0;
            self.judge
                .is_some_and(|judge| all.iter().any(|one| found(one, judge)))
        };
        let holds = match guard {
            RectificationGuard::Running => self.running,
            RectificationGuard::FirstRound => self.round < ROUNDS,
            RectificationGuard::SecondRound => self.round >= ROUNDS,
            RectificationGuard::NotExtended => !self.extended,
            RectificationGuard::NotParty => !self.party,
            RectificationGuard::NewOffice => !said(|one, (office, _)| one.office == office),
            RectificationGuard::OtherPerson => !said(|one, (_, person)| one.person_id == person),
            RectificationGuard::SeriousClosed => self.serious_closed(),
            RectificationGuard::SatisfactionRecovered => self.satisfaction_recovered(),
            RectificationGuard::BothPass => {
                self.spoke() == 2 && self.opinions.0.iter().all(|one| one.passed)
            }
            RectificationGuard::BothSpoke => self.spoke() == 2,
        };
        if holds {
            Ok(())
        } else {
            Err(guard.code().into())
        }
    }
}

/// For which office somebody speaks: street before community, for who holds both roles.
pub(crate) fn office(roles: RoleSet) -> Option<Office> {
    let role = roles.first_of(&[Role::StreetOfficer, Role::CommunitySecretary])?;
    Some(match role {
        Role::StreetOfficer => Office::Street,
        _ => Office::Community,
    })
}

/// Whether somebody may report what he reports: incidents street and community, the rest of what persons see the street.
pub(crate) fn may_report(roles: RoleSet, trigger: RectificationTrigger) -> bool {
    trigger.is_incident() || (trigger.by_hand() && roles.has(Role::StreetOfficer))
}

/// Reads the list of defects and numbers them.
pub(crate) fn check_defects(input: Vec<DefectIn>) -> Result<Defects, Refusal> {
    let mut faults = Faults::new();
    faults.count("/defects", input.len(), 1..=30);
    let mut defects = Vec::new();
    for ((i, n), one) in (0..).zip(1..).zip(input) {
        let at = |field: &str| format!("/defects/{i}/{field}");
        let text = internal_text(&mut faults, &at("text"), &one.text, 5..=1000);
        let demand = internal_text(&mut faults, &at("demand"), &one.demand, 5..=1000);
        defects.push(Defect {
            n,
            severity: one.severity,
            text,
            demand,
        });
    }
    faults.finish()?;
    Ok(Defects(defects))
}

/// Reads a report: evidence for each defect, once.
pub(crate) fn check_report(
    defects: &Defects,
    input: Vec<Correction>,
) -> Result<Vec<Correction>, Refusal> {
    let mut faults = Faults::new();
    let mut corrections: Vec<Correction> = Vec::new();
    for (i, one) in input.into_iter().enumerate() {
        let at = format!("/corrections/{i}");
        check_number(&mut faults, defects, &format!("{at}/defect"), one.defect);
        if corrections.iter().any(|other| other.defect == one.defect) {
            faults.add(
                format!("{at}/defect"),
                "duplicate",
                "重复",
                "is there twice",
            );
        }
        let pointer = format!("{at}/evidence");
        let evidence = internal_text(&mut faults, &pointer, &one.evidence, 5..=2000);
        corrections.push(Correction { evidence, ..one });
    }
    let missing = |one: &&Defect| corrections.iter().all(|other| other.defect != one.n);
    for one in defects.0.iter().filter(missing) {
        faults.add(
            "/corrections",
            "required",
            format!("缺少问题 {} 的整改情况", one.n),
            format!("defect {} is not answered", one.n),
        );
    }
    faults.finish()?;
    Ok(corrections)
}

fn check_number(faults: &mut Faults, defects: &Defects, pointer: &str, n: u32) {
    if !defects.0.iter().any(|one| one.n == n) {
        let (zh, en) = (
            "问题清单中没有这个序号",
            "is no number of the list of defects",
        );
        faults.add(pointer, "unknown_value", zh, en);
    }
}

/// Checks a finding: whoever does not pass it may name nothing, whoever names a defect names one of the list.
pub(crate) fn check_judgement(
    defects: &Defects,
    input: JudgeRectificationIn,
) -> Result<JudgeRectificationIn, Refusal> {
    let mut faults = Faults::new();
    for (i, n) in input.open_defects.iter().enumerate() {
        check_number(&mut faults, defects, &format!("/open_defects/{i}"), *n);
    }
    if let Some(satisfaction) = input.satisfaction {
        faults.number("/satisfaction", satisfaction, 0..=100);
    }
    let comment = internal_text(&mut faults, "/comment", &input.comment, 5..=2000);
    faults.finish()?;
    Ok(JudgeRectificationIn { comment, ..input })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rectification::flow::{RectificationEvent as E, RectificationState as S};
    use crate::watched::refusal_of;
    use chrono::DateTime;
    use proptest::prelude::*;
    use wubang_kernel::Code;
    use wubang_web::Instant;

    fn defect(n: u32, severity: Severity) -> Defect {
        Defect {
            n,
            severity,
            text: "现场只有一名护理员".to_owned(),
            demand: "每场至少两名护理员".to_owned(),
        }
    }

    fn two() -> Defects {
        Defects(vec![
            defect(1, Severity::Serious),
            defect(2, Severity::Minor),
        ])
    }

    fn facts() -> RectificationFacts {
        RectificationFacts {
            running: true,
            round: 1,
            extended: false,
            party: false,
            trigger: RectificationTrigger::Safety,
            defects: two(),
            opinions: Judgements::default(),
            judge: Some((Office::Street, Uuid::from_u128(1))),
            says: None,
        }
    }

    fn says(passed: bool, open_defects: &[u32], satisfaction: Option<u32>) -> JudgeRectificationIn {
        JudgeRectificationIn {
            passed,
            open_defects: open_defects.to_vec(),
            satisfaction,
            comment: "现场核查".to_owned(),
        }
    }

    fn opinion(office: Office, person: u128, passed: bool) -> Judgement {
        Judgement {
            office,
            person_id: Uuid::from_u128(person),
            passed,
            open_defects: Vec::new(),
            satisfaction: None,
            comment: String::new(),
            at: Instant(DateTime::UNIX_EPOCH),
        }
    }

    fn ask(state: S, event: E, role: Role, facts: &RectificationFacts) -> Option<Code> {
        refusal_of::<RectificationOrder>(state, event, role, facts)
    }

    #[test]
    fn each_office_speaks_once_and_by_its_own_person() {
        let street = RectificationFacts {
            opinions: Judgements(vec![opinion(Office::Street, 1, true)]),
            ..facts()
        };
        let judge = |facts: &RectificationFacts, role| ask(S::Reported, E::Judge, role, facts);
        assert_eq!(judge(&street, Role::StreetOfficer), Some(Code::Duplicate));
        let same = RectificationFacts {
            judge: Some((Office::Community, Uuid::from_u128(1))),
            ..street.clone()
        };
        assert_eq!(
            judge(&same, Role::CommunitySecretary),
            Some(Code::SamePerson)
        );
        let other = RectificationFacts {
            judge: Some((Office::Community, Uuid::from_u128(2))),
            ..street
        };
        assert_eq!(judge(&other, Role::CommunitySecretary), None);
        let party = RectificationFacts {
            party: true,
            ..facts()
        };
        assert_eq!(judge(&party, Role::StreetOfficer), Some(Code::Recused));
    }

    #[test]
    fn nobody_passes_an_open_serious_defect_and_a_minor_one_may_stay() {
        let judge = |says| {
            let facts = RectificationFacts {
                says: Some(says),
                ..facts()
            };
            ask(S::Reported, E::Judge, Role::StreetOfficer, &facts)
        };
        assert_eq!(judge(says(true, &[1], None)), Some(Code::DefectsOpen));
        assert_eq!(judge(says(true, &[2], None)), None);
        assert_eq!(judge(says(false, &[1], None)), None);
    }

    #[test]
    fn residents_who_were_not_content_are_asked_again() {
        let judge = |says| {
            let facts = RectificationFacts {
                trigger: RectificationTrigger::SatisfactionBelow60,
                says: Some(says),
                ..facts()
            };
            ask(S::Reported, E::Judge, Role::StreetOfficer, &facts)
        };
        assert_eq!(judge(says(true, &[], None)), Some(Code::SatisfactionLow));
        assert_eq!(
            judge(says(true, &[], Some(59))),
            Some(Code::SatisfactionLow)
        );
        assert_eq!(judge(says(true, &[], Some(60))), None);
        assert_eq!(judge(says(false, &[], None)), None);
    }

    #[test]
    fn a_second_round_and_then_the_exit() {
        let second = RectificationFacts {
            round: 2,
            ..facts()
        };
        let street = Role::StreetOfficer;
        assert_eq!(ask(S::Failed, E::Order, street, &facts()), None);
        assert_eq!(
            ask(S::Failed, E::Order, street, &second),
            Some(Code::RoundsUsed)
        );
        assert_eq!(
            ask(S::Failed, E::ProposeExit, street, &facts()),
            Some(Code::TooEarly)
        );
        assert_eq!(ask(S::Failed, E::ProposeExit, street, &second), None);
    }

    #[test]
    fn who_reports_what() {
        let of = |role| RoleSet::of(&[role]);
        let (street, community) = (of(Role::StreetOfficer), of(Role::CommunitySecretary));
        for trigger in RectificationTrigger::ALL {
            assert_eq!(may_report(community, *trigger), trigger.is_incident());
            assert_eq!(may_report(street, *trigger), trigger.by_hand());
        }
        assert!(!may_report(street, RectificationTrigger::GuidanceEscalated));
    }

    proptest! {
        #[test]
        fn it_passes_when_two_say_so_and_fails_when_one_does_not(first in any::<bool>(), second in any::<bool>(), both in any::<bool>()) {
            let mut all = vec![opinion(Office::Street, 1, first)];
            if both {
                all.push(opinion(Office::Community, 2, second));
            }
            let facts = RectificationFacts { opinions: Judgements(all), ..facts() };
            let system = |event| ask(S::Reported, event, Role::System, &facts).is_none();
            prop_assert_eq!(system(E::Pass), both && first && second);
            prop_assert_eq!(system(E::Fail), both);
        }

        #[test]
        fn a_report_answers_each_defect_once(answers in prop::collection::vec(1_u32..4, 0..4)) {
            let corrections = answers.iter().map(|n| Correction { defect: *n, evidence: "名册与排班表留存社区".to_owned() });
            let mut sorted = answers.clone();
            sorted.sort_unstable();
            prop_assert_eq!(check_report(&two(), corrections.collect()).is_ok(), sorted == [1, 2]);
        }
    }
}
