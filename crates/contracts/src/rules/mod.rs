//! Facts and guards of an agreement, a milestone and a payment: pure functions (rulebook 2.8.5, 2.8.6).

pub(crate) mod milestone;
pub(crate) mod payment;
pub(crate) mod terms;

use crate::flow::{Contract, ContractEvent, ContractGuard};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;
use wubang_kernel::Refusal;
use wubang_kernel::deadline::{is_over, local_date};
use wubang_kernel::machine::{Facts, Name};

/// How often a completion report may be returned.
const REPORT_RETURNS: i32 = 1;

/// A signature that stands already.
#[derive(Debug, Clone)]
pub(crate) struct Signed {
    /// The row of the party that it was given for.
    pub party: Uuid,
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
    /// Every party that must sign.
    pub parties: Vec<Uuid>,
    /// The party for which the actor would sign, and who he is.
    pub signer: Option<(Uuid, Uuid)>,
    /// The re-check of eligibility; holds while nobody has asked for it.
    pub eligible: Result<(), Refusal>,
    pub now: DateTime<Utc>,
    /// Until when the parties may sign; `None` where nothing lapses.
    pub sign_by: Option<DateTime<Utc>>,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub report_returns: i32,
    pub published: bool,
    pub filed: bool,
    /// The contractor was dissolved or struck off the register.
    pub standing_lost: bool,
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

    /// Whether every party has signed.
    pub fn all_signed(&self) -> bool {
        let signed = |party: &Uuid| self.signed.iter().any(|one| one.party == *party);
        !self.parties.is_empty() && self.parties.iter().all(signed)
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
            ContractGuard::MaySign => self.signer.is_some(),
            ContractGuard::AllSigned => self.all_signed(),
            ContractGuard::NotPublished => !self.published,
            ContractGuard::NotFiled => !self.filed,
            ContractGuard::Eligible => return self.eligible.clone(),
            ContractGuard::Started => today >= self.starts_on,
            ContractGuard::Delivered => self.milestones_closed || today >= self.ends_on,
            ContractGuard::ReturnsLeft => self.report_returns < REPORT_RETURNS,
            ContractGuard::NotReturned => self.report_returns == 0,
            ContractGuard::Returned => self.report_returns > 0,
            ContractGuard::StandingKept | ContractGuard::MayGoOn => !self.standing_lost,
            ContractGuard::StandingLost => self.standing_lost,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::ContractState;
    use wubang_kernel::machine::plan;
    use wubang_kernel::{Code, Role, RoleSet, Timer};

    const BUYER: Uuid = Uuid::from_u128(0xb);
    const CONTRACTOR: Uuid = Uuid::from_u128(0xc);

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
            parties: vec![BUYER, CONTRACTOR],
            signer: None,
            eligible: Ok(()),
            now: at("2026-06-01T04:00:00Z"),
            sign_by: Some(at("2026-06-20T15:59:59Z")),
            starts_on: "2026-06-10".parse().unwrap(),
            ends_on: "2026-12-10".parse().unwrap(),
            report_returns: 0,
            published: false,
            filed: false,
            standing_lost: false,
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
            party: BUYER,
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
    fn who_lost_its_standing_stands_still_and_never_goes_on() {
        use {ContractEvent::Resume, ContractEvent::Suspend, ContractState::Suspended};
        let lost = ContractFacts {
            standing_lost: true,
            ..contract()
        };
        let (street, system) = (Role::StreetOfficer, Role::System);
        let active = ContractState::Active;
        assert_eq!(ask(active, Suspend, street, &contract()), None);
        assert_eq!(ask(active, Suspend, system, &lost), None);
        let loses = ContractEvent::LoseStanding;
        assert_eq!(ask(Suspended, loses, system, &lost), None);
        assert_eq!(
            ask(Suspended, loses, system, &contract()),
            Some(Code::InvalidTransition)
        );
        assert_eq!(
            ask(Suspended, Suspend, street, &contract()),
            Some(Code::InvalidTransition)
        );
        assert_eq!(ask(Suspended, Resume, street, &contract()), None);
        assert_eq!(
            ask(Suspended, Resume, street, &lost),
            Some(Code::NotEligible)
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
        // a report that was returned and did not come back is missing at once, at the end of T37
        for (facts, at) in [(&contract(), Timer::ReportMissing), (&returned, Timer::T37)] {
            let step = plan::<Contract>(
                Active,
                ContractEvent::MissReport,
                RoleSet::of(&[Role::System]),
                facts,
            );
            let step = step.unwrap();
            assert_eq!(step.to(), ContractState::Evaluating);
            assert_eq!(step.row().at, Some(at));
        }
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
}
