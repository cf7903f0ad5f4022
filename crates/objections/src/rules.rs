//! Facts, guards and checks of content: pure functions (rulebook 2.8.12, 2.9).

use crate::flow::{Objection, ObjectionEvent, ObjectionGuard};
use crate::model::{
    ComplaintIn, DecideObjectionIn, Effect, GroundCode, ObjectionDemand, ObjectionForm,
    ObjectionGround, Outcome, ReplyRecord,
};
use chrono::{DateTime, Utc};
use std::collections::HashSet;
use wubang_kernel::deadline::is_over;
use wubang_kernel::machine::{Facts, Name};
use wubang_kernel::{Faults, Refusal};

/// What is known of an objection when a step is asked for.
#[derive(Debug, Clone)]
pub(crate) struct ObjectionFacts {
    pub now: DateTime<Utc>,
    /// Whether the actor's office handles this kind of objection.
    pub right_office: bool,
    /// Whether the actor decided what is objected to.
    pub decider: bool,
    /// Whether the actor took part in it, or works for a party.
    pub recused: bool,
    pub supplement_used: bool,
    pub supplement_until: Option<DateTime<Utc>>,
    /// Whether there is another side beside the office that decided.
    pub other_side: bool,
    pub invited: bool,
    pub answered: bool,
    /// Whether the other side's time to answer was found to be over.
    pub hearing_over: bool,
    pub hearing_until: Option<DateTime<Utc>>,
    /// What the handler decides; `None` while nobody asks.
    pub outcome: Option<Outcome>,
    pub complain_by: Option<DateTime<Utc>>,
    /// Whether the complaint keeps to the grounds raised; `None` while nobody complains.
    pub raised: Option<bool>,
    /// Whether the target can stand still at all.
    pub can_stand_still: bool,
    /// Whether this objection makes its target stand still.
    pub stands_still: bool,
    /// Whether the supervisor has suspended the target for the complaint before.
    pub suspended_before: bool,
    pub abuse_found: bool,
}

impl ObjectionFacts {
    fn in_time(&self, until: Option<DateTime<Utc>>) -> bool {
        until.is_some_and(|until| !is_over(until, self.now))
    }

    fn decides(&self, outcome: Outcome) -> bool {
        self.outcome.is_none_or(|decided| decided == outcome)
    }
}

impl Facts<Objection> for ObjectionFacts {
    fn check(&self, guard: ObjectionGuard) -> Result<(), Refusal> {
        let holds = match guard {
            ObjectionGuard::RightOffice => self.right_office,
            ObjectionGuard::NotDecider => !self.decider,
            ObjectionGuard::NotRecused => !self.recused,
            ObjectionGuard::FirstSupplement => !self.supplement_used,
            ObjectionGuard::SupplementInTime => self.in_time(self.supplement_until),
            ObjectionGuard::OtherSide => self.other_side,
            ObjectionGuard::NotInvited => !self.invited,
            ObjectionGuard::MayAnswer => !self.hearing_over && self.in_time(self.hearing_until),
            ObjectionGuard::FirstAnswer => !self.answered,
            ObjectionGuard::HeardOut => !self.other_side || self.answered || self.hearing_over,
            ObjectionGuard::Upheld => self.decides(Outcome::Upheld),
            ObjectionGuard::PartlyUpheld => self.decides(Outcome::PartlyUpheld),
            ObjectionGuard::Dismissed => self.decides(Outcome::Dismissed),
            ObjectionGuard::ComplaintInTime => self.in_time(self.complain_by),
            ObjectionGuard::OnlyRaised => self.raised.unwrap_or(true),
            ObjectionGuard::StandsStill => self.can_stand_still,
            ObjectionGuard::NeverSuspended => !self.stands_still && !self.suspended_before,
            ObjectionGuard::Suspended => self.stands_still,
            ObjectionGuard::NoAbuse => !self.abuse_found,
        };
        if holds {
            Ok(())
        } else {
            Err(guard.code().into())
        }
    }

    fn deadline(&self, event: ObjectionEvent) -> Option<DateTime<Utc>> {
        match event {
            ObjectionEvent::Supplement => self.supplement_until,
            ObjectionEvent::Answer => self.hearing_until,
            ObjectionEvent::FileComplaint => self.complain_by,
            _ => None,
        }
    }
}

/// Checks what an objection says; `effects` are those its target knows.
pub(crate) fn check_form(
    grounds: &[ObjectionGround],
    demand: &ObjectionDemand,
    effects: &[Effect],
    faults: &mut Faults,
) -> ObjectionForm {
    faults.count("/grounds", grounds.len(), 1..=10);
    let mut seen = HashSet::new();
    let checked = grounds.iter().take(10).enumerate().map(|(i, ground)| {
        if !seen.insert(ground.code) {
            faults.add(
                format!("/grounds/{i}/code"),
                "duplicate",
                "同一事由请合并陈述",
                "state each ground once",
            );
        }
        let evidence = ground.evidence.as_ref();
        ObjectionGround {
            code: ground.code,
            facts: faults.prose(&format!("/grounds/{i}/facts"), &ground.facts, 10..=2000),
            evidence: evidence
                .map(|text| faults.prose(&format!("/grounds/{i}/evidence"), text, 1..=2000)),
        }
    });
    let grounds = checked.collect();
    if demand.effect == Effect::None || !effects.contains(&demand.effect) {
        not_of_target("/demand/effect", faults);
    }
    ObjectionForm {
        grounds,
        demand: ObjectionDemand {
            effect: demand.effect,
            text: faults.prose("/demand/text", &demand.text, 5..=1000),
        },
    }
}

fn not_of_target(pointer: &str, faults: &mut Faults) {
    faults.add(
        pointer,
        "not_allowed",
        "所异议的事项没有这种处理结果",
        "is no result that this target knows",
    );
}

/// Checks an ordered effect: an upheld matter changes something, as long as the target can still be changed;
/// a dismissed one nothing. `effects` are those that are possible now, none when the target is gone.
pub(crate) fn check_effect(
    effect: Option<Effect>,
    must: bool,
    may: bool,
    effects: &[Effect],
    faults: &mut Faults,
) {
    match effect.unwrap_or(Effect::None) {
        Effect::None if must && effects.is_empty() => {}
        Effect::None if must => faults.missing("/effect"),
        Effect::None => {}
        _ if !may => faults.add(
            "/effect",
            "not_allowed",
            "不成立的不得改变所异议的决定",
            "nothing is changed when it is dismissed",
        ),
        effect if effects.contains(&effect) => {}
        _ => not_of_target("/effect", faults),
    }
}

/// Corrections belong to a result that is added up anew, and to nothing else.
pub(crate) fn check_corrections(effect: Option<Effect>, given: bool, faults: &mut Faults) {
    if given && effect != Some(Effect::Recompute) {
        faults.add(
            "/corrections",
            "not_allowed",
            "仅在处理结果为 recompute 时填写",
            "belongs to the effect recompute alone",
        );
    }
}

/// Checks a decision. `effects` are those that are possible now.
///
/// # Errors
/// `invalid` with every wrong field.
pub(crate) fn check_decision(
    input: &DecideObjectionIn,
    effects: &[Effect],
    late: bool,
) -> Result<ReplyRecord, Refusal> {
    let mut faults = Faults::new();
    let reason = faults.prose("/reason", &input.reason, 10..=5000);
    let correction = input
        .correction
        .as_ref()
        .map(|text| faults.prose("/correction", text, 5..=2000));
    let (must, may) = match input.outcome {
        Outcome::Upheld => (true, true),
        Outcome::PartlyUpheld => (false, true),
        Outcome::Dismissed => (false, false),
    };
    check_effect(input.effect, must, may, effects, &mut faults);
    check_corrections(input.effect, input.corrections.is_some(), &mut faults);
    let unchanged = input.effect.unwrap_or(Effect::None) == Effect::None;
    if input.outcome == Outcome::PartlyUpheld && unchanged && correction.is_none() {
        faults.missing("/correction");
    }
    faults.finish()?;
    Ok(ReplyRecord {
        outcome: Some(input.outcome),
        effect: Some(input.effect.unwrap_or(Effect::None)),
        reason,
        correction,
        late,
    })
}

/// Checks a complaint's content.
///
/// # Errors
/// `invalid` with every wrong field.
pub(crate) fn check_complaint(input: &ComplaintIn) -> Result<(Vec<GroundCode>, String), Refusal> {
    let mut faults = Faults::new();
    faults.count("/grounds", input.grounds.len(), 1..=10);
    let text = faults.prose("/text", &input.text, 10..=2000);
    faults.finish()?;
    let mut seen = HashSet::new();
    let all = input.grounds.iter().copied();
    Ok((all.filter(|code| seen.insert(*code)).collect(), text))
}

/// Whether a complaint keeps to what the objection raised (实施条例 art. 55).
pub(crate) fn is_raised(form: &ObjectionForm, grounds: &[GroundCode]) -> bool {
    grounds
        .iter()
        .all(|code| form.grounds.iter().any(|ground| ground.code == *code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::ObjectionState;
    use proptest::prelude::*;
    use wubang_kernel::lifecycle::Lifecycle;
    use wubang_kernel::machine::{Machine, plan};
    use wubang_kernel::{Code, Role, RoleSet};

    fn facts() -> ObjectionFacts {
        ObjectionFacts {
            right_office: true,
            now: DateTime::<Utc>::UNIX_EPOCH,
            decider: false,
            recused: false,
            supplement_used: false,
            supplement_until: None,
            other_side: true,
            invited: false,
            answered: false,
            hearing_over: false,
            hearing_until: None,
            outcome: None,
            complain_by: None,
            raised: None,
            can_stand_still: false,
            stands_still: false,
            suspended_before: false,
            abuse_found: false,
        }
    }

    fn decided(outcome: Outcome, facts: ObjectionFacts) -> Result<ObjectionState, Code> {
        let facts = ObjectionFacts {
            outcome: Some(outcome),
            ..facts
        };
        let roles = RoleSet::of(&[Role::StreetOfficer]);
        let (state, event) = (ObjectionState::Accepted, ObjectionEvent::Decide);
        plan::<Objection>(state, event, roles, &facts)
            .map(|step| step.to())
            .map_err(|refusal| refusal.code)
    }

    #[test]
    fn nothing_is_upheld_before_the_other_side_was_heard() {
        let heard = ObjectionFacts {
            answered: true,
            ..facts()
        };
        let silent = ObjectionFacts {
            hearing_over: true,
            ..facts()
        };
        let office = ObjectionFacts {
            other_side: false,
            ..facts()
        };
        for (outcome, to) in [
            (Outcome::Upheld, ObjectionState::Upheld),
            (Outcome::PartlyUpheld, ObjectionState::PartlyUpheld),
        ] {
            assert_eq!(decided(outcome, facts()), Err(Code::NotHeard));
            for known in [heard.clone(), silent.clone(), office.clone()] {
                assert_eq!(decided(outcome, known), Ok(to));
            }
        }
        assert_eq!(
            decided(Outcome::Dismissed, facts()),
            Ok(ObjectionState::Dismissed)
        );
    }

    #[test]
    fn every_state_is_reached_and_only_the_last_is_final() {
        assert!(Lifecycle::of::<Objection>().faults().is_empty());
        let last = Objection::STATES.iter().copied();
        let last: Vec<_> = last.filter(|state| Objection::is_final(*state)).collect();
        assert_eq!(last, [ObjectionState::Closed]);
    }

    #[test]
    fn who_decided_or_took_part_handles_nothing() {
        let (decider, recused) = (
            ObjectionFacts {
                decider: true,
                ..facts()
            },
            ObjectionFacts {
                recused: true,
                ..facts()
            },
        );
        for row in Objection::ROWS
            .iter()
            .filter(|row| row.by.contains(&Role::StreetOfficer))
        {
            assert!(
                row.guards
                    .iter()
                    .any(|guard| decider.check(*guard).is_err())
            );
            assert!(
                row.guards
                    .iter()
                    .any(|guard| recused.check(*guard).is_err())
            );
        }
        for row in Objection::ROWS
            .iter()
            .filter(|row| row.by.contains(&Role::Supervisor))
        {
            assert!(
                row.guards
                    .iter()
                    .any(|guard| recused.check(*guard).is_err())
            );
        }
    }

    proptest! {
        #[test]
        fn a_complaint_is_limited_to_what_was_raised(raised in prop::collection::hash_set(0..8_usize, 1..8), asked in prop::collection::hash_set(0..8_usize, 1..8)) {
            let all = [GroundCode::Procedure, GroundCode::Qualification, GroundCode::Arithmetic, GroundCode::Facts, GroundCode::Recusal, GroundCode::FalseMaterial, GroundCode::Collusion, GroundCode::UnfairTerms];
            let ground = |i: &usize| ObjectionGround { code: all[*i], facts: String::new(), evidence: None };
            let form = ObjectionForm { grounds: raised.iter().map(ground).collect(), demand: ObjectionDemand { effect: Effect::Repost, text: String::new() } };
            let asks: Vec<GroundCode> = asked.iter().map(|i| all[*i]).collect();
            prop_assert_eq!(is_raised(&form, &asks), asked.is_subset(&raised));
        }

        #[test]
        fn an_effect_is_ordered_exactly_when_something_is_upheld(must in any::<bool>(), may in any::<bool>(), given in prop::option::of(0..4_usize), possible in 0..4_usize) {
            let may = may || must;
            let all = [Effect::Reevaluate, Effect::NextInRank, Effect::Repost, Effect::None];
            let effect = given.map(|i| all[i]);
            let mut faults = Faults::new();
            check_effect(effect, must, may, &all[..possible], &mut faults);
            let changes = effect.is_some_and(|effect| effect != Effect::None);
            let right = if changes { may && given.is_some_and(|i| i < possible) } else { !must || possible == 0 };
            prop_assert_eq!(faults.is_empty(), right);
        }
    }
}
