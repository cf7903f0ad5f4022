//! Facts and guards of an agreement, a milestone and a payment: pure functions (rulebook 2.8.5, 2.8.6).

use crate::flow::{
    Contract, ContractEvent, ContractGuard, Milestone, MilestoneGuard, Payment, PaymentGuard,
};
use crate::model::{IndicatorEvidence, MilestoneEvidence};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;
use wubang_kernel::deadline::{is_over, local_date};
use wubang_kernel::machine::{Facts, Name};
use wubang_kernel::money::Fen;
use wubang_kernel::score::Exact;
use wubang_kernel::{Code, Faults, Refusal, Role};
use wubang_postings::model::Indicator;

/// The buyer's side (甲方) in signatures.
pub(crate) const BUYER: &str = "buyer";
/// The contractor's side (乙方) in signatures.
pub(crate) const CONTRACTOR: &str = "contractor";
/// How often a completion report may be returned.
const REPORT_RETURNS: i32 = 1;
/// How often a milestone may be returned.
const MILESTONE_RETURNS: i32 = 2;
/// A ratio that means everything was reached.
const WHOLE: i64 = 100;

/// For which side somebody signs in a role.
pub(crate) fn party_of(role: Role) -> &'static str {
    if role == Role::OrgLegalRep {
        CONTRACTOR
    } else {
        BUYER
    }
}

/// A signature that stands already.
#[derive(Debug, Clone)]
pub(crate) struct Signed {
    pub party: String,
    pub person: Uuid,
}

/// What is known of an agreement when a step is asked for.
#[derive(Debug, Clone)]
pub(crate) struct ContractFacts {
    pub price: i64,
    /// Planned amounts and shares of the tranches.
    pub tranches: Vec<(i64, i32)>,
    pub milestones: usize,
    pub milestones_closed: bool,
    pub signed: Vec<Signed>,
    /// The side for which the actor would sign, and who he is.
    pub signer: Option<(&'static str, Uuid)>,
    /// The re-check of eligibility; holds while nobody has asked for it.
    pub eligible: Result<(), Refusal>,
    pub now: DateTime<Utc>,
    /// Until when the parties may sign; `None` where nothing lapses.
    pub sign_by: Option<DateTime<Utc>>,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub report_returns: i32,
}

impl ContractFacts {
    fn sums_match(&self) -> bool {
        let amounts = self
            .tranches
            .iter()
            .map(|(amount, _)| *amount)
            .fold(0, i64::saturating_add);
        let shares = self
            .tranches
            .iter()
            .map(|(_, share)| *share)
            .fold(0, i32::saturating_add);
        let whole = shares == 100 || (self.price == 0 && self.tranches.is_empty());
        self.milestones > 0 && amounts == self.price && whole
    }

    fn not_yet_signed(&self) -> bool {
        self.signer
            .is_none_or(|(party, _)| self.signed.iter().all(|one| one.party != party))
    }

    fn other_person(&self) -> bool {
        self.signer
            .is_none_or(|(_, person)| self.signed.iter().all(|one| one.person != person))
    }
}

impl Facts<Contract> for ContractFacts {
    fn check(&self, guard: ContractGuard) -> Result<(), Refusal> {
        let today = local_date(self.now);
        let holds = match guard {
            ContractGuard::SumsMatch => self.sums_match(),
            ContractGuard::NotYetSigned => self.not_yet_signed(),
            ContractGuard::OtherPerson => self.other_person(),
            ContractGuard::InTime => self.sign_by.is_none_or(|at| !is_over(at, self.now)),
            ContractGuard::BothSigned => [BUYER, CONTRACTOR]
                .iter()
                .all(|party| self.signed.iter().any(|one| one.party == *party)),
            ContractGuard::Eligible => return self.eligible.clone(),
            ContractGuard::Started => today >= self.starts_on,
            ContractGuard::Delivered => self.milestones_closed || today >= self.ends_on,
            ContractGuard::ReturnsLeft => self.report_returns < REPORT_RETURNS,
        };
        if holds {
            Ok(())
        } else {
            Err(guard.code().into())
        }
    }

    fn deadline(&self, event: ContractEvent) -> Option<DateTime<Utc>> {
        self.sign_by.filter(|_| event == ContractEvent::PartySign)
    }
}

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
            MilestoneGuard::ReturnsLeft => self.returns < MILESTONE_RETURNS,
        };
        if holds {
            Ok(())
        } else {
            Err(guard.code().into())
        }
    }
}

/// What is known of a payment when a step is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PaymentFacts {
    /// Rectification or exit is open, or something holds the agreement.
    pub blocked: bool,
}

impl Facts<Payment> for PaymentFacts {
    fn check(&self, guard: PaymentGuard) -> Result<(), Refusal> {
        match guard {
            PaymentGuard::NotBlocked if self.blocked => Err(guard.code().into()),
            PaymentGuard::NotBlocked => Ok(()),
        }
    }
}

/// The amount due for a milestone that was met to `percent`.
pub(crate) fn scaled(planned_fen: i64, percent: i64) -> Option<i64> {
    let ratio = Exact::new(i128::from(percent), 100)?;
    Fen::new(planned_fen).ok()?.scale(ratio).map(Fen::get)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{ContractState, MilestoneEvent, MilestoneState, PaymentEvent, PaymentState};
    use proptest::prelude::*;
    use wubang_kernel::RoleSet;
    use wubang_kernel::machine::{Machine, plan};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn contract() -> ContractFacts {
        ContractFacts {
            price: 100,
            tranches: vec![(50, 50), (30, 30), (20, 20)],
            milestones: 3,
            milestones_closed: false,
            signed: Vec::new(),
            signer: None,
            eligible: Ok(()),
            now: at("2026-06-01T04:00:00Z"),
            sign_by: Some(at("2026-06-20T15:59:59Z")),
            starts_on: "2026-06-10".parse().unwrap(),
            ends_on: "2026-12-10".parse().unwrap(),
            report_returns: 0,
        }
    }

    fn ask(
        state: ContractState,
        event: ContractEvent,
        role: Role,
        facts: &ContractFacts,
    ) -> Option<Code> {
        plan::<Contract>(state, event, RoleSet::of(&[role]), facts)
            .err()
            .map(|refusal| refusal.code)
    }

    #[test]
    fn an_agreement_whose_tranches_do_not_sum_is_not_sent() {
        use {ContractEvent::Send, ContractState::Drafting};
        assert_eq!(ask(Drafting, Send, Role::StreetOfficer, &contract()), None);
        let short = ContractFacts {
            tranches: vec![(50, 50), (49, 50)],
            ..contract()
        };
        assert_eq!(
            ask(Drafting, Send, Role::StreetOfficer, &short),
            Some(Code::Incomplete)
        );
        let empty = ContractFacts {
            milestones: 0,
            ..contract()
        };
        assert_eq!(
            ask(Drafting, Send, Role::StreetOfficer, &empty),
            Some(Code::Incomplete)
        );
    }

    #[test]
    fn a_party_signs_once_in_time_and_by_its_own_person() {
        use {ContractEvent::PartySign, ContractState::PendingSignature};
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let buyer = vec![Signed {
            party: BUYER.to_owned(),
            person: one,
        }];
        let again = ContractFacts {
            signed: buyer.clone(),
            signer: Some((BUYER, two)),
            ..contract()
        };
        assert_eq!(
            ask(PendingSignature, PartySign, Role::StreetOfficer, &again),
            Some(Code::AlreadySigned)
        );
        let both = ContractFacts {
            signed: buyer.clone(),
            signer: Some((CONTRACTOR, one)),
            ..contract()
        };
        assert_eq!(
            ask(PendingSignature, PartySign, Role::OrgLegalRep, &both),
            Some(Code::SamePerson)
        );
        let late = ContractFacts {
            now: at("2026-06-20T16:00:00Z"),
            signer: Some((BUYER, one)),
            ..contract()
        };
        assert_eq!(
            ask(PendingSignature, PartySign, Role::StreetOfficer, &late),
            Some(Code::DeadlinePassed)
        );
        assert_eq!(
            ask(PendingSignature, PartySign, Role::OrgAgent, &contract()),
            Some(Code::Forbidden)
        );
        assert_eq!(
            ask(
                PendingSignature,
                ContractEvent::Sign,
                Role::System,
                &ContractFacts {
                    signed: buyer,
                    ..contract()
                }
            ),
            Some(Code::NotSigned)
        );
    }

    #[test]
    fn work_starts_and_ends_by_date_or_milestones() {
        use {
            ContractEvent::Activate, ContractEvent::SubmitReport, ContractState::Active,
            ContractState::Signed as Both,
        };
        assert_eq!(
            ask(Both, Activate, Role::OrgAgent, &contract()),
            Some(Code::TooEarly)
        );
        // 00:00 of the start date in +08:00
        let first_second = ContractFacts {
            now: at("2026-06-09T16:00:00Z"),
            ..contract()
        };
        assert_eq!(ask(Both, Activate, Role::OrgAgent, &first_second), None);
        assert_eq!(
            ask(Active, SubmitReport, Role::OrgAgent, &contract()),
            Some(Code::NotDelivered)
        );
        assert_eq!(
            ask(
                Active,
                SubmitReport,
                Role::OrgAgent,
                &ContractFacts {
                    milestones_closed: true,
                    ..contract()
                }
            ),
            None
        );
        let returned = ContractFacts {
            report_returns: 1,
            ..contract()
        };
        assert_eq!(
            ask(
                ContractState::CompletionSubmitted,
                ContractEvent::ReturnReport,
                Role::StreetOfficer,
                &returned
            ),
            Some(Code::ReturnLimit)
        );
    }

    fn milestone() -> MilestoneFacts {
        MilestoneFacts {
            contract_active: true,
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

    #[test]
    fn nothing_is_approved_while_the_agreement_is_blocked() {
        let street = RoleSet::of(&[Role::StreetOfficer]);
        let blocked = plan::<Payment>(
            PaymentState::Requested,
            PaymentEvent::Approve,
            street,
            &PaymentFacts { blocked: true },
        );
        assert_eq!(blocked.unwrap_err().code, Code::PaymentBlocked);
        assert!(
            plan::<Payment>(
                PaymentState::Requested,
                PaymentEvent::Withhold,
                street,
                &PaymentFacts { blocked: true }
            )
            .is_ok()
        );
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

        #[test]
        fn a_part_never_costs_more_than_the_whole(planned in 0_i64..=1_000_000_000_000, percent in 0_i64..=100) {
            let due = scaled(planned, percent).unwrap();
            prop_assert!((0..=planned).contains(&due));
            prop_assert_eq!(scaled(planned, 100), Some(planned));
            prop_assert_eq!(scaled(planned, 0), Some(0));
        }
    }
}
