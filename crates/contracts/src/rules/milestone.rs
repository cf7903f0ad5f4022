//! Facts and guards of a milestone (rulebook 2.8.6).

use crate::flow::{Milestone, MilestoneGuard};
use crate::model::{IndicatorEvidence, MilestoneEvidence};
use uuid::Uuid;
use wubang_kernel::machine::{Facts, Name};
use wubang_kernel::{Code, Faults, Refusal, Role};
use wubang_postings::model::Indicator;

/// How often a milestone may be returned.
const RETURNS: i32 = 2;
/// A ratio that means everything was reached.
const WHOLE: i64 = 100;

/// A verification that stands for the present submission.
#[derive(Debug, Clone)]
pub(crate) struct Verified {
    pub role: Role,
    pub person: Uuid,
    pub ratio: i64,
}

/// What is known of a milestone when a step is asked for.
#[derive(Debug, Clone)]
pub(crate) struct MilestoneFacts {
    pub contract_active: bool,
    pub contract_suspended: bool,
    pub indicators: Vec<Indicator>,
    /// What is being handed in; `None` while nobody has.
    pub evidence: Option<MilestoneEvidence>,
    pub verified: Vec<Verified>,
    /// The hat under which the actor would verify, and who he is.
    pub verifier: Option<(Role, Uuid)>,
    /// The ratio that he states; `None` while nobody has asked him.
    pub ratio: Option<i64>,
    /// Whether the actor belongs to the contractor.
    pub is_contractor: bool,
    pub returns: i32,
}

impl MilestoneFacts {
    /// What the system knows when it changes a plan: nothing of what people do with it.
    pub fn of_system(indicators: &[Indicator]) -> Self {
        MilestoneFacts {
            contract_active: true,
            contract_suspended: false,
            indicators: indicators.to_vec(),
            evidence: None,
            verified: Vec::new(),
            verifier: None,
            ratio: None,
            is_contractor: false,
            returns: 0,
        }
    }

    /// The lower of the two ratios, once both are there.
    pub fn decided_ratio(&self) -> Option<i64> {
        let first = self.verified.first()?;
        Some(self.ratio.map_or(first.ratio, |own| own.min(first.ratio)))
    }

    fn evidence_complete(&self) -> Result<(), Refusal> {
        self.evidence.as_ref().map_or(Ok(()), |evidence| {
            evidence_faults(&self.indicators, &evidence.indicators)
                .refuse_with(Code::EvidenceMissing)
        })
    }
}

/// Every indicator of the plan needs an actual value and a text; the pointers name those that lack one.
fn evidence_faults(plan: &[Indicator], given: &[IndicatorEvidence]) -> Faults {
    let mut faults = Faults::new();
    for indicator in plan {
        let Some(at) = given.iter().position(|one| one.name == indicator.name) else {
            let (zh, en) = (
                format!("缺少指标“{}”", indicator.name),
                format!("the indicator {} is missing", indicator.name),
            );
            faults.add("/indicators", "required", zh, en);
            continue;
        };
        if let Some(one) = given.get(at) {
            if one.actual.is_none() {
                faults.missing(format!("/indicators/{at}/actual"));
            }
            if one.evidence.trim().is_empty() {
                faults.missing(format!("/indicators/{at}/evidence"));
            }
        }
    }
    faults
}

impl Facts<Milestone> for MilestoneFacts {
    fn check(&self, guard: MilestoneGuard) -> Result<(), Refusal> {
        let holds = match guard {
            MilestoneGuard::ContractActive => self.contract_active,
            MilestoneGuard::NotSuspended => !self.contract_suspended,
            MilestoneGuard::EvidenceComplete => return self.evidence_complete(),
            MilestoneGuard::NotRecused => !self.is_contractor,
            MilestoneGuard::NewRole => self
                .verifier
                .is_none_or(|(role, _)| self.verified.iter().all(|one| one.role != role)),
            MilestoneGuard::OtherPerson => self
                .verifier
                .is_none_or(|(_, person)| self.verified.iter().all(|one| one.person != person)),
            MilestoneGuard::First => self.verified.is_empty(),
            MilestoneGuard::AllMet => self.decided_ratio().is_some_and(|ratio| ratio >= WHOLE),
            MilestoneGuard::PartMet => self.decided_ratio().is_some_and(|ratio| ratio < WHOLE),
            MilestoneGuard::ReturnsLeft => self.returns < RETURNS,
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
    use crate::flow::{MilestoneEvent, MilestoneState};
    use proptest::prelude::*;
    use wubang_kernel::RoleSet;
    use wubang_kernel::machine::{Machine, plan};

    fn milestone() -> MilestoneFacts {
        MilestoneFacts {
            contract_active: true,
            contract_suspended: false,
            indicators: vec![Indicator {
                name: "建档老人".to_owned(),
                unit: "人".to_owned(),
                target: 96,
            }],
            evidence: None,
            verified: Vec::new(),
            verifier: Some((Role::ResidentRep, Uuid::from_u128(2))),
            ratio: None,
            is_contractor: false,
            returns: 0,
        }
    }

    fn secretary(ratio: i64) -> Vec<Verified> {
        vec![Verified {
            role: Role::CommunitySecretary,
            person: Uuid::from_u128(1),
            ratio,
        }]
    }

    fn verify(role: Role, facts: &MilestoneFacts) -> Result<MilestoneState, Code> {
        let planned = plan::<Milestone>(
            MilestoneState::Submitted,
            MilestoneEvent::Verify,
            RoleSet::of(&[role]),
            facts,
        );
        planned
            .map(|step| step.to())
            .map_err(|refusal| refusal.code)
    }

    #[test]
    fn nothing_is_accepted_while_the_agreement_stands_still() {
        let still = MilestoneFacts {
            contract_active: false,
            contract_suspended: true,
            ..milestone()
        };
        assert_eq!(
            verify(Role::ResidentRep, &still),
            Err(Code::ContractSuspended)
        );
        // what was handed in before the agreement ended is still looked at
        let ended = MilestoneFacts {
            contract_active: false,
            ..milestone()
        };
        assert_eq!(
            verify(Role::ResidentRep, &ended),
            Ok(MilestoneState::Submitted)
        );
    }

    #[test]
    fn a_milestone_takes_two_persons_of_two_roles() {
        assert_eq!(
            verify(Role::ResidentRep, &milestone()),
            Ok(MilestoneState::Submitted)
        );
        let second = MilestoneFacts {
            verified: secretary(100),
            ratio: Some(100),
            ..milestone()
        };
        assert_eq!(verify(Role::ResidentRep, &second), Ok(MilestoneState::Met));
        assert_eq!(
            verify(
                Role::ResidentRep,
                &MilestoneFacts {
                    ratio: Some(80),
                    ..second.clone()
                }
            ),
            Ok(MilestoneState::PartiallyMet)
        );
        let other_secretary = MilestoneFacts {
            verifier: Some((Role::CommunitySecretary, Uuid::from_u128(3))),
            ..second.clone()
        };
        assert_eq!(
            verify(Role::CommunitySecretary, &other_secretary),
            Err(Code::Duplicate)
        );
        let same_person = MilestoneFacts {
            verifier: Some((Role::ResidentRep, Uuid::from_u128(1))),
            ..second.clone()
        };
        assert_eq!(
            verify(Role::ResidentRep, &same_person),
            Err(Code::SamePerson)
        );
        assert_eq!(
            verify(
                Role::ResidentRep,
                &MilestoneFacts {
                    is_contractor: true,
                    ..second
                }
            ),
            Err(Code::Recused)
        );
    }

    #[test]
    fn evidence_is_asked_for_by_indicator() {
        let gap = MilestoneEvidence {
            summary: "完成".to_owned(),
            indicators: vec![IndicatorEvidence {
                name: "建档老人".to_owned(),
                actual: None,
                evidence: String::new(),
            }],
            volunteer_hours: 0,
        };
        let facts = MilestoneFacts {
            evidence: Some(gap),
            ..milestone()
        };
        let refusal = plan::<Milestone>(
            MilestoneState::Planned,
            MilestoneEvent::Submit,
            RoleSet::of(&[Role::OrgAgent]),
            &facts,
        )
        .unwrap_err();
        assert_eq!(refusal.code, Code::EvidenceMissing);
        let pointers: Vec<_> = refusal
            .fields
            .iter()
            .map(|field| field.pointer.as_str())
            .collect();
        assert_eq!(pointers, ["/indicators/0/actual", "/indicators/0/evidence"]);
    }

    proptest! {
        #[test]
        fn rows_of_one_milestone_state_and_event_exclude_each_other(first in proptest::option::of(0_i64..=100), own in proptest::option::of(0_i64..=100), returns in 0_i32..4) {
            let facts = MilestoneFacts { verified: first.map(secretary).unwrap_or_default(), ratio: own, returns, ..milestone() };
            for state in Milestone::STATES {
                for event in Milestone::EVENTS {
                    let open = Milestone::ROWS.iter().filter(|row| row.event == *event && row.from.contains(state))
                        .filter(|row| row.guards.iter().all(|guard| facts.check(*guard).is_ok())).count();
                    prop_assert!(open <= 1, "{:?} {:?}", state, event);
                }
            }
            // somebody may always verify what was handed in
            prop_assert!(verify(Role::ResidentRep, &facts).is_ok());
        }
    }
}
