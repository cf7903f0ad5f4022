//! Facts, guards and checks of guidance orders: pure functions (rulebook 2.8.8).

use super::flow::{GuidanceGuard, GuidanceOrder};
use super::model::{Mentor, RecoveryMeasure, RecoveryPlan};
use crate::watched::internal_text;
use crate::words::{GuidanceTrigger, MentorKind};
use chrono::NaiveDate;
use wubang_kernel::machine::{Facts, Name};
use wubang_kernel::{Faults, Refusal, Role, RoleSet};

/// How often a plan may be returned; what is no plan then has failed.
const RETURNS: i32 = 2;

/// What is known of an order when a step is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GuidanceFacts {
    pub running: bool,
    pub returns: i32,
    /// Whether the actor works for the contractor.
    pub party: bool,
    pub confirmed: bool,
}

impl Facts<GuidanceOrder> for GuidanceFacts {
    fn check(&self, guard: GuidanceGuard) -> Result<(), Refusal> {
        let holds = match guard {
            GuidanceGuard::Running => self.running,
            GuidanceGuard::ReturnsLeft => self.returns < RETURNS,
            GuidanceGuard::NotParty => !self.party,
            GuidanceGuard::NotConfirmed => !self.confirmed,
            GuidanceGuard::Confirmed => self.confirmed,
        };
        if holds {
            Ok(())
        } else {
            Err(guard.code().into())
        }
    }
}

/// Whether somebody may report what he reports: the community tells that a service is not delivered, everything else
/// is the street's to say.
pub(crate) fn may_report(roles: RoleSet, trigger: GuidanceTrigger) -> bool {
    trigger == GuidanceTrigger::ServiceNotDelivered || roles.has(Role::StreetOfficer)
}

/// Reads a plan: causes, and measures none of which lies in the past.
pub(crate) fn check_plan(input: RecoveryPlan, today: NaiveDate) -> Result<RecoveryPlan, Refusal> {
    let mut faults = Faults::new();
    let causes = internal_text(&mut faults, "/causes", &input.causes, 10..=2000);
    faults.count("/measures", input.measures.len(), 1..=20);
    let mut measures = Vec::new();
    for (i, one) in input.measures.into_iter().enumerate() {
        let text = internal_text(
            &mut faults,
            &format!("/measures/{i}/text"),
            &one.text,
            5..=500,
        );
        if one.due_on < today {
            let (zh, en) = ("不能早于今天", "must not lie in the past");
            faults.add(format!("/measures/{i}/due_on"), "out_of_range", zh, en);
        }
        measures.push(RecoveryMeasure { text, ..one });
    }
    faults.finish()?;
    Ok(RecoveryPlan { causes, measures })
}

/// Checks that a mentor names a person, or an organisation, as his kind says.
pub(crate) fn check_mentor(faults: &mut Faults, mentor: &Mentor) {
    let person = mentor.kind == MentorKind::Person;
    let named = [
        ("/mentor/organisation_id", mentor.organisation_id, !person),
        ("/mentor/person_id", mentor.person_id, person),
    ];
    for (pointer, id, wanted) in named {
        match (id, wanted) {
            (None, true) => faults.missing(pointer),
            (Some(_), false) => {
                let (zh, en) = ("与帮扶方类别不符", "does not fit the kind of mentor");
                faults.add(pointer, "not_allowed", zh, en);
            }
            _ => {}
        }
    }
    faults.prose("/mentor/note", &mentor.note, 0..=500);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guidance::flow::{GuidanceEvent as E, GuidanceState as S};
    use crate::watched::refusal_of;
    use proptest::prelude::*;
    use wubang_kernel::Code;

    fn facts() -> GuidanceFacts {
        GuidanceFacts {
            running: true,
            returns: 0,
            party: false,
            confirmed: false,
        }
    }

    fn ask(state: S, event: E, role: Role, facts: &GuidanceFacts) -> Option<Code> {
        refusal_of::<GuidanceOrder>(state, event, role, facts)
    }

    #[test]
    fn recovery_is_the_communitys_word_and_the_streets_act() {
        let confirmed = GuidanceFacts {
            confirmed: true,
            ..facts()
        };
        let party = GuidanceFacts {
            party: true,
            ..facts()
        };
        let (street, secretary) = (Role::StreetOfficer, Role::CommunitySecretary);
        assert_eq!(
            ask(S::InProgress, E::Close, street, &facts()),
            Some(Code::RecoveryUnconfirmed)
        );
        assert_eq!(ask(S::InProgress, E::Close, street, &confirmed), None);
        assert_eq!(
            ask(S::InProgress, E::ConfirmRecovery, secretary, &facts()),
            None
        );
        assert_eq!(
            ask(S::InProgress, E::ConfirmRecovery, secretary, &confirmed),
            Some(Code::Duplicate)
        );
        assert_eq!(
            ask(S::InProgress, E::ConfirmRecovery, secretary, &party),
            Some(Code::Recused)
        );
        assert_eq!(
            ask(S::InProgress, E::ConfirmRecovery, street, &facts()),
            Some(Code::Forbidden)
        );
    }

    #[test]
    fn what_the_community_has_confirmed_does_not_escalate_by_itself() {
        let confirmed = GuidanceFacts {
            confirmed: true,
            ..facts()
        };
        let over = |facts: &GuidanceFacts| ask(S::InProgress, E::Escalate, Role::System, facts);
        assert_eq!(
            (over(&facts()), over(&confirmed)),
            (None, Some(Code::Duplicate))
        );
    }

    #[test]
    fn a_plan_is_returned_twice_at_most_and_an_agreement_that_is_over_is_not_guided() {
        let twice = GuidanceFacts {
            returns: 2,
            ..facts()
        };
        let over = GuidanceFacts {
            running: false,
            ..facts()
        };
        let street = Role::StreetOfficer;
        assert_eq!(
            ask(S::PlanSubmitted, E::ReturnPlan, street, &twice),
            Some(Code::ReturnLimit)
        );
        assert_eq!(ask(S::PlanSubmitted, E::Fail, street, &twice), None);
        assert_eq!(
            ask(S::Proposed, E::Open, street, &over),
            Some(Code::InvalidTransition)
        );
    }

    #[test]
    fn the_community_reports_that_a_service_is_not_delivered_and_nothing_else() {
        let (street, rep) = (
            RoleSet::of(&[Role::StreetOfficer]),
            RoleSet::of(&[Role::ResidentRep]),
        );
        for trigger in GuidanceTrigger::ALL {
            assert!(may_report(street, *trigger), "{trigger:?}");
            let own = *trigger == GuidanceTrigger::ServiceNotDelivered;
            assert_eq!(may_report(rep, *trigger), own, "{trigger:?}");
        }
    }

    proptest! {
        #[test]
        fn a_plan_is_good_when_every_measure_lies_ahead(days in prop::collection::vec(-3_i64..30, 0..25)) {
            let today: NaiveDate = "2026-06-01".parse().unwrap();
            let measures = days.iter().map(|n| RecoveryMeasure {
                text: "补充人员并完成培训".to_owned(),
                due_on: today + chrono::Duration::days(*n),
            });
            let plan = RecoveryPlan { causes: "两名护理员离职,未及时补充。".to_owned(), measures: measures.collect() };
            let good = (1..=20).contains(&days.len()) && days.iter().all(|n| *n >= 0);
            prop_assert_eq!(check_plan(plan, today).is_ok(), good);
        }

        #[test]
        fn a_mentor_is_a_person_or_an_organisation(person in any::<bool>(), named in any::<bool>(), other in any::<bool>()) {
            let id = |there: bool| there.then(|| uuid::Uuid::from_u128(1));
            let kind = if person { MentorKind::Person } else { MentorKind::Hub };
            let (fits, does_not) = (id(named), id(other));
            let (person_id, organisation_id) = if person { (fits, does_not) } else { (does_not, fits) };
            let mut faults = Faults::new();
            check_mentor(&mut faults, &Mentor { kind, organisation_id, person_id, note: String::new() });
            prop_assert_eq!(faults.is_empty(), named && !other);
        }
    }
}
