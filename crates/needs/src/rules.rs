//! Facts and guards of a need: pure functions (rulebook 2.4.1, 2.8.1).

use crate::flow::{Need, NeedGuard, NeedState};
use crate::model::{Detail, ReviewParts};
use wubang_kernel::machine::{Facts, Name};
use wubang_kernel::score::Exact;
use wubang_kernel::{Code, Faults, Refusal};

/// Points from which a need is approved.
const PASS: i64 = 60;
/// Points from which it has high priority.
const HIGH: i64 = 80;
/// Rounds after which a failed need must be redesigned.
const ROUNDS: i32 = 3;

/// Whether everybody may see the need (rulebook 2.6): on the comment list, approved and later.
pub(crate) fn is_public(state: NeedState) -> bool {
    matches!(
        state,
        NeedState::InComment
            | NeedState::Approved
            | NeedState::Posted
            | NeedState::Fulfilled
            | NeedState::Closed
    )
}

/// Whether a neighbour may add his voice: from the submission until it is posted.
pub(crate) fn takes_support(state: NeedState) -> bool {
    matches!(
        state,
        NeedState::Submitted
            | NeedState::SupplementRequired
            | NeedState::Accepted
            | NeedState::UnderReview
            | NeedState::InComment
            | NeedState::Backlog
            | NeedState::Approved
    )
}

/// Whether the people of its territory may see the public face of the need: while they may add a
/// voice, while it is public, and when theirs moved to another need.
pub(crate) fn is_heard(state: NeedState) -> bool {
    is_public(state) || takes_support(state) || state == NeedState::Merged
}

/// Whether another need may be merged into one in this state: it was submitted and is not at its end.
pub(crate) fn is_open(state: NeedState) -> bool {
    takes_support(state)
        || matches!(
            state,
            NeedState::Returned | NeedState::Posted | NeedState::Fulfilled
        )
}

/// What is known of a need when a step is asked for.
#[derive(Debug, Clone)]
pub(crate) struct NeedFacts {
    pub title: String,
    pub detail: Detail,
    pub source: String,
    pub affected_count: i64,
    pub field: String,
    pub changed: bool,
    pub supplements: i32,
    /// What the officer states on acceptance; `None` while nobody has asked him.
    pub not_authority_duty: Option<bool>,
    /// What the officer states on acceptance; `None` while nobody has asked him.
    pub duplicates_checked: Option<bool>,
    /// Whether the target of a merge is open; `None` while none is named.
    pub target_open: Option<bool>,
    pub has_analysis: bool,
    /// Specialities of the opinions given.
    pub specialities: Vec<String>,
    /// Opinions needed: 2, or 1 for a micro-wish.
    pub opinions_needed: usize,
    pub score: Option<Exact>,
    pub failed_rounds: i32,
}

impl NeedFacts {
    fn complete(&self) -> Result<(), Refusal> {
        let mut faults = Faults::new();
        faults.line("/title", &self.title, 5..=60);
        faults.prose("/description", &self.detail.description, 20..=5000);
        if self.source.is_empty() {
            faults.missing("/source");
        }
        if self.field.is_empty() {
            faults.missing("/field");
        }
        faults.number("/affected_count", self.affected_count, 1..=10_000_000);
        faults.refuse_with(Code::Incomplete)
    }

    fn enough_opinions(&self) -> bool {
        let mut different = self.specialities.clone();
        different.sort();
        different.dedup();
        different.len() >= self.opinions_needed
    }

    fn score_within(&self, low: i64, high: i64) -> bool {
        self.score
            .is_some_and(|score| score >= Exact::from_int(low) && score < Exact::from_int(high))
    }
}

impl Facts<Need> for NeedFacts {
    fn check(&self, guard: NeedGuard) -> Result<(), Refusal> {
        let holds = match guard {
            NeedGuard::Complete => return self.complete(),
            NeedGuard::Changed => self.changed,
            NeedGuard::FirstSupplement => self.supplements == 0,
            NeedGuard::NotAuthorityDuty => self.not_authority_duty.unwrap_or(true),
            NeedGuard::DuplicatesShown => self.duplicates_checked.unwrap_or(true),
            NeedGuard::TargetOpen => self.target_open.unwrap_or(true),
            NeedGuard::AnalysisPresent => self.has_analysis,
            NeedGuard::OpinionsPresent => self.enough_opinions(),
            NeedGuard::ScoreHigh => self.score_within(HIGH, i64::MAX),
            NeedGuard::ScoreNormal => self.score_within(PASS, HIGH),
            NeedGuard::ScoreLow => self.score_within(0, PASS),
            NeedGuard::RoundsLeft => self.failed_rounds < ROUNDS - 1,
            NeedGuard::RoundsUsed => self.failed_rounds >= ROUNDS - 1,
        };
        if holds {
            Ok(())
        } else {
            Err(guard.code().into())
        }
    }
}

/// The review score: the mean of the experts' totals, unrounded. The rulebook leaves open who scores;
/// the experts do, because their opinions are the advice that the street decides on.
pub(crate) fn review_score(totals: &[i64]) -> Option<Exact> {
    let totals: Vec<Exact> = totals.iter().map(|total| Exact::from_int(*total)).collect();
    Exact::mean(&totals)
}

/// `high` from 80, `normal` from 60; below there is no priority.
pub(crate) fn priority(score: Exact) -> Option<&'static str> {
    if score >= Exact::from_int(HIGH) {
        Some("high")
    } else if score >= Exact::from_int(PASS) {
        Some("normal")
    } else {
        None
    }
}

/// Notes parts outside their maximum; answers the total.
pub(crate) fn check_parts(parts: &ReviewParts, faults: &mut Faults) -> i64 {
    let rows = [
        ("urgency_severity", parts.urgency_severity, 25),
        ("beneficiaries", parts.beneficiaries, 20),
        ("resident_voice", parts.resident_voice, 20),
        ("feasibility", parts.feasibility, 15),
        ("policy_fit", parts.policy_fit, 10),
        ("resources", parts.resources, 10),
    ];
    let mut total = 0;
    for (name, points, max) in rows {
        total += faults
            .number(&format!("/parts/{name}"), points, 0..=max)
            .clamp(0, max);
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{NeedEvent, NeedState};
    use proptest::prelude::*;
    use wubang_kernel::machine::{Machine, plan};
    use wubang_kernel::{Role, RoleSet};

    fn facts(score: i64) -> NeedFacts {
        NeedFacts {
            title: "高龄独居老人结对".to_owned(),
            detail: Detail {
                description: "辖区有八十岁以上独居老人一百三十二人,缺少陪伴和照看。".to_owned(),
                ..Detail::default()
            },
            source: "grid".to_owned(),
            affected_count: 3,
            field: "A01".to_owned(),
            changed: true,
            supplements: 0,
            not_authority_duty: None,
            duplicates_checked: None,
            target_open: None,
            has_analysis: true,
            specialities: vec!["A01".to_owned(), "C01".to_owned()],
            opinions_needed: 2,
            score: Some(Exact::from_int(score)),
            failed_rounds: 0,
        }
    }

    fn street() -> RoleSet {
        RoleSet::of(&[Role::StreetOfficer])
    }

    proptest! {
        #[test]
        fn exactly_one_of_approve_and_backlog_is_open(score in 0_i64..=100) {
            let facts = facts(score);
            let approve = plan::<Need>(NeedState::UnderReview, NeedEvent::Approve, street(), &facts).is_ok();
            let backlog = plan::<Need>(NeedState::UnderReview, NeedEvent::Backlog, street(), &facts).is_ok();
            prop_assert!(approve != backlog);
            prop_assert_eq!(approve, score >= 60);
        }

        #[test]
        fn rows_of_one_state_and_event_exclude_each_other(score in 0_i64..=100, failed in 0_i32..4) {
            let facts = NeedFacts { failed_rounds: failed, ..facts(score) };
            for state in Need::STATES {
                for event in Need::EVENTS {
                    let open = Need::ROWS.iter().filter(|row| row.event == *event && row.from.contains(state))
                        .filter(|row| row.guards.iter().all(|guard| facts.check(*guard).is_ok())).count();
                    prop_assert!(open <= 1, "{:?} {:?}", state, event);
                }
            }
        }
    }

    #[test]
    fn what_is_public_can_be_seen_by_neighbours_and_a_merged_need_takes_nothing_more() {
        for state in Need::STATES {
            assert!(!is_public(*state) || is_heard(*state), "{state:?}");
            assert!(!takes_support(*state) || is_open(*state), "{state:?}");
        }
        for state in [
            NeedState::Draft,
            NeedState::Merged,
            NeedState::Rejected,
            NeedState::Withdrawn,
            NeedState::Closed,
        ] {
            assert!(!is_open(state) && !takes_support(state), "{state:?}");
        }
    }

    #[test]
    fn two_opinions_of_one_speciality_are_not_enough() {
        let facts = NeedFacts {
            specialities: vec!["A01".to_owned(), "A01".to_owned()],
            ..facts(90)
        };
        let refusal =
            plan::<Need>(NeedState::UnderReview, NeedEvent::Approve, street(), &facts).unwrap_err();
        assert_eq!(refusal.code, Code::OpinionsMissing);
    }

    #[test]
    fn an_incomplete_draft_is_told_every_missing_field() {
        let mut facts = facts(70);
        facts.source.clear();
        facts.affected_count = 0;
        facts.detail.description = "太短".to_owned();
        let refusal = plan::<Need>(
            NeedState::Draft,
            NeedEvent::Submit,
            RoleSet::of(&[Role::CommunitySecretary]),
            &facts,
        )
        .unwrap_err();
        assert_eq!(refusal.code, Code::Incomplete);
        assert_eq!(refusal.fields.len(), 3);
    }
}
