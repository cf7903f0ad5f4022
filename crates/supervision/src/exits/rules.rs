//! Facts, guards and checks of exits: pure functions (rulebook 2.8.10).

use super::flow::{Exit, ExitEvent, ExitGuard};
use super::model::{DeclareHandoverIn, ExitOpinion, ExitOpinionIn, ExitOpinions};
use crate::watched::internal_text;
use crate::words::{ExitDecision, Office};
use chrono::{DateTime, Utc};
use uuid::Uuid;
use wubang_kernel::deadline::is_over;
use wubang_kernel::machine::{Facts, Name};
use wubang_kernel::{Faults, Refusal, Role, RoleSet, personal};

/// What is known of an exit when a step is asked for.
#[derive(Debug, Clone)]
pub(crate) struct ExitFacts {
    pub now: DateTime<Utc>,
    /// Whether the agreement is in a state that an exit can end.
    pub can_end: bool,
    /// Whether what the ground says is so, where that can be known here.
    pub ground_holds: bool,
    pub defence_by: Option<DateTime<Utc>>,
    /// Whether the actor is tied to the contractor, or has done what he would decide on.
    pub recused: bool,
    /// For which office the actor would speak, and who he is.
    pub judge: Option<(Office, Uuid)>,
    pub opinions: ExitOpinions,
    pub declared: bool,
    pub settled: bool,
    pub appeal_by: Option<DateTime<Utc>>,
    pub appealed: bool,
    pub appeal_decided: bool,
}

impl ExitFacts {
    fn in_time(&self, until: Option<DateTime<Utc>>) -> bool {
        until.is_some_and(|until| !is_over(until, self.now))
    }

    fn said(&self, found: fn(&ExitOpinion, (Office, Uuid)) -> bool) -> bool {
        let all = &self.opinions.0;
        self.judge
            .is_some_and(|judge| all.iter().any(|one| found(one, judge)))
    }

    /// Nobody leaves unless both offices say so.
    fn both_exit(&self) -> bool {
        let exit = |one: &ExitOpinion| one.decision == ExitDecision::Exit;
        self.opinions.0.len() == 2 && self.opinions.0.iter().all(exit)
    }

    fn appeal_over(&self) -> bool {
        if self.appealed {
            self.appeal_decided
        } else {
            !self.in_time(self.appeal_by)
        }
    }
}

impl Facts<Exit> for ExitFacts {
    fn check(&self, guard: ExitGuard) -> Result<(), Refusal> {
        let holds = match guard {
            ExitGuard::CanEnd => self.can_end,
            ExitGuard::GroundHolds => self.ground_holds,
            ExitGuard::DefenceOpen => self.in_time(self.defence_by),
            ExitGuard::NotRecused => !self.recused,
            ExitGuard::NewOffice => !self.said(|one, (office, _)| one.office == office),
            ExitGuard::OtherPerson => !self.said(|one, (_, person)| one.person_id == person),
            ExitGuard::BothSpoke => self.opinions.0.len() == 2,
            ExitGuard::BothExit => self.both_exit(),
            ExitGuard::NotBothExit => !self.both_exit(),
            ExitGuard::WithConditions => conditions(&self.opinions).is_some(),
            ExitGuard::WithoutConditions => conditions(&self.opinions).is_none(),
            ExitGuard::NotDeclared => !self.declared,
            ExitGuard::Declared => self.declared,
            ExitGuard::AppealOpen => self.in_time(self.appeal_by),
            ExitGuard::NotAppealed => !self.appealed,
            ExitGuard::AppealPending => self.appealed && !self.appeal_decided,
            ExitGuard::Settled => self.settled,
            ExitGuard::AppealOver => self.appeal_over(),
        };
        if holds {
            Ok(())
        } else {
            Err(guard.code().into())
        }
    }

    fn deadline(&self, event: ExitEvent) -> Option<DateTime<Utc>> {
        match event {
            ExitEvent::Defend => self.defence_by,
            ExitEvent::Appeal => self.appeal_by,
            _ => None,
        }
    }
}

/// For which office somebody decides: street before district, for who holds both roles.
pub(crate) fn office(roles: RoleSet) -> Option<Office> {
    let role = roles.first_of(&[Role::StreetOfficer, Role::DistrictAdmin])?;
    Some(match role {
        Role::StreetOfficer => Office::Street,
        _ => Office::District,
    })
}

/// The conditions under which an agreement goes on, of whoever has set some.
pub(crate) fn conditions(opinions: &ExitOpinions) -> Option<String> {
    let set: Vec<&str> = opinions
        .0
        .iter()
        .filter_map(|one| one.conditions.as_deref())
        .collect();
    (!set.is_empty()).then(|| set.join("\n"))
}

/// Reads an opinion: conditions only of who lets it go on, the public facts of the district that does not.
pub(crate) fn check_opinion(
    office: Office,
    input: ExitOpinionIn,
) -> Result<ExitOpinionIn, Refusal> {
    let mut faults = Faults::new();
    let exit = input.decision == ExitDecision::Exit;
    let reason = internal_text(&mut faults, "/reason", &input.reason, 10..=2000);
    let conditions = input
        .conditions
        .map(|text| internal_text(&mut faults, "/conditions", &text, 5..=2000));
    if exit && conditions.is_some() {
        let (zh, en) = ("退出不附条件", "an exit has no conditions");
        faults.add("/conditions", "not_allowed", zh, en);
    }
    let speaks = exit && office == Office::District;
    let public_facts = input
        .public_facts
        .map(|text| public_text(&mut faults, "/public_facts", &text));
    match (&public_facts, speaks) {
        (None, true) => faults.missing("/public_facts"),
        (Some(_), false) => {
            let (zh, en) = (
                "公开的事实由区级在决定退出时写明",
                "the public facts are the district's, with its word for the exit",
            );
            faults.add("/public_facts", "not_allowed", zh, en);
        }
        _ => {}
    }
    faults.finish()?;
    Ok(ExitOpinionIn {
        decision: input.decision,
        reason,
        conditions,
        public_facts,
    })
}

/// Text that everybody will read: no person is in it.
fn public_text(faults: &mut Faults, pointer: &str, text: &str) -> String {
    let text = faults.prose(pointer, text, 10..=2000);
    if !personal::find(&text).is_empty() {
        let (zh, en) = (
            "含有个人信息;决定公开,请改写",
            "holds personal data, and is public",
        );
        faults.add(pointer, "personal_data", zh, en);
    }
    text
}

/// Reads the declaration of a handover: every item of the list.
pub(crate) fn check_handover(input: &DeclareHandoverIn) -> Result<DeclareHandoverIn, Refusal> {
    let mut faults = Faults::new();
    let mut text = |pointer: &str, text: &str| internal_text(&mut faults, pointer, text, 5..=2000);
    let read = DeclareHandoverIn {
        beneficiaries: text("/beneficiaries", &input.beneficiaries),
        materials: text("/materials", &input.materials),
        data_returned: text("/data_returned", &input.data_returned),
        personal_data_deleted: text("/personal_data_deleted", &input.personal_data_deleted),
    };
    faults.finish()?;
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exits::flow::{ExitEvent as E, ExitState as S};
    use crate::watched::refusal_of;
    use proptest::prelude::*;
    use wubang_kernel::Code;
    use wubang_web::Instant;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn facts() -> ExitFacts {
        ExitFacts {
            now: at("2026-06-01T04:00:00Z"),
            can_end: true,
            ground_holds: true,
            defence_by: Some(at("2026-06-08T15:59:59Z")),
            recused: false,
            judge: Some((Office::Street, Uuid::from_u128(1))),
            opinions: ExitOpinions::default(),
            declared: false,
            settled: false,
            appeal_by: Some(at("2026-06-15T15:59:59Z")),
            appealed: false,
            appeal_decided: false,
        }
    }

    fn opinion(
        office: Office,
        person: u128,
        decision: ExitDecision,
        conditions: Option<&str>,
    ) -> ExitOpinion {
        ExitOpinion {
            office,
            person_id: Uuid::from_u128(person),
            decision,
            reason: String::new(),
            conditions: conditions.map(str::to_owned),
            at: Instant(DateTime::UNIX_EPOCH),
        }
    }

    fn ask(state: S, event: E, role: Role, facts: &ExitFacts) -> Option<Code> {
        refusal_of::<Exit>(state, event, role, facts)
    }

    #[test]
    fn notice_is_given_of_a_ground_that_holds_of_an_agreement_that_can_end() {
        let notify = |facts| ask(S::Proposed, E::Notify, Role::StreetOfficer, &facts);
        assert_eq!(notify(facts()), None);
        let unproven = ExitFacts {
            ground_holds: false,
            ..facts()
        };
        assert_eq!(notify(unproven), Some(Code::GroundUnproven));
        let over = ExitFacts {
            can_end: false,
            ..facts()
        };
        assert_eq!(notify(over), Some(Code::InvalidTransition));
        assert_eq!(
            ask(S::Proposed, E::Notify, Role::DistrictAdmin, &facts()),
            Some(Code::Forbidden)
        );
    }

    #[test]
    fn terms_are_in_time_to_their_last_second() {
        let by = |event, state, now| {
            let facts = ExitFacts {
                now: at(now),
                ..facts()
            };
            ask(state, event, Role::OrgLegalRep, &facts)
        };
        let late = Some(Code::DeadlinePassed);
        assert_eq!(by(E::Defend, S::Defence, "2026-06-08T15:59:59Z"), None);
        assert_eq!(by(E::Defend, S::Defence, "2026-06-08T16:00:00Z"), late);
        assert_eq!(by(E::Appeal, S::Decided, "2026-06-15T15:59:59Z"), None);
        assert_eq!(by(E::Appeal, S::HandedOver, "2026-06-15T16:00:00Z"), late);
    }

    #[test]
    fn two_offices_by_two_persons_without_a_tie() {
        let street = ExitFacts {
            opinions: ExitOpinions(vec![opinion(Office::Street, 1, ExitDecision::Exit, None)]),
            ..facts()
        };
        let state = |facts: &ExitFacts, role| ask(S::Reviewing, E::State, role, facts);
        assert_eq!(state(&street, Role::StreetOfficer), Some(Code::Duplicate));
        let same = ExitFacts {
            judge: Some((Office::District, Uuid::from_u128(1))),
            ..street.clone()
        };
        assert_eq!(state(&same, Role::DistrictAdmin), Some(Code::SamePerson));
        let other = ExitFacts {
            judge: Some((Office::District, Uuid::from_u128(2))),
            ..street
        };
        assert_eq!(state(&other, Role::DistrictAdmin), None);
        let tied = ExitFacts {
            recused: true,
            ..facts()
        };
        assert_eq!(state(&tied, Role::StreetOfficer), Some(Code::Recused));
    }

    #[test]
    fn an_exit_is_closed_when_nothing_of_it_is_open() {
        let close = |facts| ask(S::HandedOver, E::Close, Role::System, &facts);
        let settled = ExitFacts {
            settled: true,
            ..facts()
        };
        let later = at("2026-06-16T04:00:00Z");
        assert_eq!(
            close(ExitFacts {
                now: later,
                ..facts()
            }),
            Some(Code::TooEarly)
        );
        assert_eq!(close(settled.clone()), Some(Code::TooEarly));
        let pending = ExitFacts {
            now: later,
            appealed: true,
            ..settled.clone()
        };
        assert_eq!(close(pending.clone()), Some(Code::TooEarly));
        assert_eq!(
            close(ExitFacts {
                appeal_decided: true,
                ..pending
            }),
            None
        );
        assert_eq!(
            close(ExitFacts {
                now: later,
                ..settled
            }),
            None
        );
    }

    #[test]
    fn the_public_facts_are_the_districts_and_name_nobody() {
        let ask = |office, decision, conditions: Option<&str>, facts: Option<&str>| {
            let input = ExitOpinionIn {
                decision,
                reason: "事实清楚,申辩未提出新的证据。".to_owned(),
                conditions: conditions.map(str::to_owned),
                public_facts: facts.map(str::to_owned),
            };
            check_opinion(office, input).map_err(|refusal| refusal.fields[0].pointer.clone())
        };
        let plain = Some("经告知、听取申辩,决定退出。");
        let (exit, go_on) = (ExitDecision::Exit, ExitDecision::Continue);
        assert!(ask(Office::District, exit, None, plain).is_ok());
        assert!(ask(Office::Street, exit, None, None).is_ok());
        assert!(ask(Office::District, go_on, Some("两周内补齐人员"), None).is_ok());
        let person = Some("联系电话13800138000,请知悉。");
        for (office, decision, conditions, facts, pointer) in [
            (Office::District, exit, None, None, "/public_facts"),
            (Office::District, exit, None, person, "/public_facts"),
            (Office::Street, exit, None, plain, "/public_facts"),
            (Office::District, go_on, None, plain, "/public_facts"),
            (
                Office::Street,
                exit,
                Some("补齐人员名册"),
                None,
                "/conditions",
            ),
        ] {
            let found = ask(office, decision, conditions, facts).map(|_| ());
            assert_eq!(found, Err(pointer.to_owned()));
        }
    }

    fn decision() -> impl Strategy<Value = (ExitDecision, Option<&'static str>)> {
        prop_oneof![
            Just((ExitDecision::Exit, None)),
            Just((ExitDecision::Continue, None)),
            Just((ExitDecision::Continue, Some("补齐人员"))),
        ]
    }

    proptest! {
        #[test]
        fn two_opinions_lead_to_exactly_one_end(first in decision(), second in decision()) {
            let opinions = ExitOpinions(vec![
                opinion(Office::Street, 1, first.0, first.1),
                opinion(Office::District, 2, second.0, second.1),
            ]);
            let facts = ExitFacts { opinions, ..facts() };
            let open = |event| ask(S::Reviewing, event, Role::System, &facts).is_none();
            let ways: Vec<E> = [E::Decide, E::GoOn, E::GoOnIf].into_iter().filter(|event| open(*event)).collect();
            prop_assert_eq!(ways.len(), 1);
            let both = first.0 == ExitDecision::Exit && second.0 == ExitDecision::Exit;
            prop_assert_eq!(ways[0] == E::Decide, both);
        }
    }
}
