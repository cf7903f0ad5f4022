//! Facts and guards of a termination, and the check of its content: pure functions.

use super::flow::{Termination, TerminationGuard};
use super::model::{TerminationIn, TerminationKind};
use crate::changes::model::ChangeSide;
use uuid::Uuid;
use wubang_kernel::machine::{Facts, Name};
use wubang_kernel::{Faults, Refusal};

/// What is known of a termination when a step is asked for.
#[derive(Debug, Clone)]
pub(crate) struct TerminationFacts {
    pub kind: TerminationKind,
    pub contract_running: bool,
    /// Every party that must agree.
    pub parties: Vec<Uuid>,
    /// Parties that have agreed, each by a person.
    pub agreed: Vec<(Uuid, Uuid)>,
    pub proposed_by: Uuid,
    /// Who asks.
    pub person: Option<Uuid>,
    /// The party for which he would speak.
    pub speaker: Option<Uuid>,
    pub own_side: bool,
    pub answered: bool,
    pub hearing_over: bool,
}

impl TerminationFacts {
    /// Whether every party has agreed.
    pub fn all_agreed(&self) -> bool {
        let agreed = |party: &Uuid| self.agreed.iter().any(|(one, _)| one == party);
        !self.parties.is_empty() && self.parties.iter().all(agreed)
    }

    fn other_person(&self) -> bool {
        self.person.is_none_or(|person| {
            person != self.proposed_by && self.agreed.iter().all(|(_, by)| *by != person)
        })
    }
}

impl Facts<Termination> for TerminationFacts {
    fn check(&self, guard: TerminationGuard) -> Result<(), Refusal> {
        let holds = match guard {
            TerminationGuard::ContractRunning => self.contract_running,
            TerminationGuard::ByAgreement => self.kind == TerminationKind::Agreement,
            TerminationGuard::ForCause => self.kind == TerminationKind::Cause,
            TerminationGuard::MaySpeak => self.speaker.is_some(),
            TerminationGuard::NotYetSpoken => self
                .speaker
                .is_none_or(|party| self.agreed.iter().all(|(one, _)| *one != party)),
            TerminationGuard::OtherPerson => self.other_person(),
            TerminationGuard::AllAgreed => self.all_agreed(),
            TerminationGuard::NotAnswered => !self.answered,
            TerminationGuard::Heard => self.answered || self.hearing_over,
            TerminationGuard::OwnSide => self.own_side,
        };
        if holds {
            Ok(())
        } else {
            Err(guard.code().into())
        }
    }
}

/// Cleans a proposal and notes every wrong field.
pub(crate) fn check(input: TerminationIn, side: ChangeSide, faults: &mut Faults) -> TerminationIn {
    let reason = faults.reason(&input.reason);
    let by_agreement = input.kind == TerminationKind::Agreement;
    if !by_agreement && side != ChangeSide::Street {
        let (zh, en) = ("依法解除由街道提出", "is for the street to propose");
        faults.add("/kind", "not_allowed", zh, en);
    }
    match input.ground {
        Some(_) if by_agreement => {
            let (zh, en) = (
                "协商解除不填事由",
                "belongs to a termination for cause only",
            );
            faults.add("/ground", "not_allowed", zh, en);
        }
        None if !by_agreement => faults.missing("/ground"),
        _ => {}
    }
    let terms = match input.terms {
        Some(terms) if by_agreement => Some(faults.prose("/terms", &terms, 10..=5000)),
        None if by_agreement => {
            faults.missing("/terms");
            None
        }
        Some(_) => {
            let (zh, en) = (
                "依法解除不填约定",
                "belongs to a termination by agreement only",
            );
            faults.add("/terms", "not_allowed", zh, en);
            None
        }
        None => None,
    };
    TerminationIn {
        reason,
        terms,
        ..input
    }
}

#[cfg(test)]
mod tests {
    use super::super::flow::{TerminationEvent, TerminationState};
    use super::super::model::TerminationGround;
    use super::*;
    use wubang_kernel::machine::plan;
    use wubang_kernel::{Code, Role, RoleSet};

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn facts(kind: TerminationKind) -> TerminationFacts {
        TerminationFacts {
            kind,
            contract_running: true,
            parties: vec![id(1), id(2)],
            agreed: vec![(id(1), id(11))],
            proposed_by: id(11),
            person: Some(id(12)),
            speaker: Some(id(2)),
            own_side: false,
            answered: false,
            hearing_over: false,
        }
    }

    fn ask(event: TerminationEvent, role: Role, facts: &TerminationFacts) -> Option<Code> {
        let roles = RoleSet::of(&[role]);
        plan::<Termination>(TerminationState::Proposed, event, roles, facts)
            .err()
            .map(|refusal| refusal.code)
    }

    #[test]
    fn an_agreement_ends_when_every_party_has_agreed_by_a_person_of_its_own() {
        let agree =
            |facts: &TerminationFacts| ask(TerminationEvent::Agree, Role::OrgLegalRep, facts);
        let open = facts(TerminationKind::Agreement);
        assert_eq!(agree(&open), None);
        assert_eq!(
            agree(&facts(TerminationKind::Cause)),
            Some(Code::InvalidTransition)
        );
        let nobody = TerminationFacts {
            speaker: None,
            ..open.clone()
        };
        assert_eq!(agree(&nobody), Some(Code::Forbidden));
        let again = TerminationFacts {
            speaker: Some(id(1)),
            ..open.clone()
        };
        assert_eq!(agree(&again), Some(Code::Duplicate));
        let same = TerminationFacts {
            person: Some(id(11)),
            ..open.clone()
        };
        assert_eq!(agree(&same), Some(Code::SamePerson));
        let over = TerminationFacts {
            contract_running: false,
            ..open.clone()
        };
        assert_eq!(agree(&over), Some(Code::InvalidTransition));
        let complete =
            |facts: &TerminationFacts| ask(TerminationEvent::Complete, Role::System, facts);
        assert_eq!(complete(&open), Some(Code::NotConfirmed));
        let all = TerminationFacts {
            agreed: vec![(id(1), id(11)), (id(2), id(12))],
            ..open
        };
        assert_eq!(complete(&all), None);
    }

    #[test]
    fn the_street_decides_by_another_officer_after_it_has_heard_the_contractor() {
        let decide =
            |facts: &TerminationFacts| ask(TerminationEvent::Decide, Role::StreetOfficer, facts);
        let unheard = facts(TerminationKind::Cause);
        assert_eq!(decide(&unheard), Some(Code::NotHeard));
        let over = TerminationFacts {
            hearing_over: true,
            ..unheard.clone()
        };
        assert_eq!(decide(&over), None);
        let heard = TerminationFacts {
            answered: true,
            ..unheard
        };
        assert_eq!(decide(&heard), None);
        let same = TerminationFacts {
            person: Some(id(11)),
            ..heard.clone()
        };
        assert_eq!(decide(&same), Some(Code::SamePerson));
        assert_eq!(
            ask(TerminationEvent::Answer, Role::OrgLegalRep, &heard),
            Some(Code::Duplicate)
        );
        assert_eq!(
            ask(TerminationEvent::Withdraw, Role::OrgLegalRep, &heard),
            Some(Code::Forbidden)
        );
    }

    #[test]
    fn each_kind_has_its_own_fields() {
        let wrong = |kind, side, ground, terms: Option<&str>| {
            let mut faults = Faults::new();
            let input = TerminationIn {
                contract_id: id(1),
                kind,
                ground,
                reason: "服务社区整体搬迁,无法继续。".to_owned(),
                terms: terms.map(str::to_owned),
            };
            check(input, side, &mut faults);
            let fields = faults.into_fields();
            fields
                .into_iter()
                .map(|field| field.pointer)
                .collect::<Vec<_>>()
        };
        use {
            ChangeSide::{Contractor, Street},
            TerminationKind::{Agreement, Cause},
        };
        let (ground, terms) = (
            Some(TerminationGround::OtherByLaw),
            Some("据实结算,互不追究责任。"),
        );
        assert_eq!(
            wrong(Agreement, Contractor, None, terms),
            Vec::<String>::new()
        );
        assert_eq!(wrong(Cause, Street, ground, None), Vec::<String>::new());
        assert_eq!(
            wrong(Agreement, Street, ground, None),
            ["/ground", "/terms"]
        );
        assert_eq!(
            wrong(Cause, Contractor, None, terms),
            ["/kind", "/ground", "/terms"]
        );
    }
}
