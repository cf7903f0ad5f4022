//! Facts and guards of a need: pure functions (rulebook 2.4.1, 2.8.1).

use crate::flow::{Need, NeedEvent, NeedGuard};
use crate::model::{Detail, ReviewParts};
use chrono::{DateTime, Utc};
use wubang_kernel::deadline::Term;
use wubang_kernel::machine::{Facts, Name};
use wubang_kernel::score::Exact;
use wubang_kernel::{Code, Faults, Refusal};

/// Points from which a need is approved.
const PASS: i64 = 60;
/// Points from which it has high priority.
const HIGH: i64 = 80;
/// Rounds after which a failed need must be redesigned.
const ROUNDS: i32 = 3;

/// Working days in which an urgent need is reviewed, T03 (rulebook 2.7).
const URGENT_REVIEW: u32 = 5;

/// How long the review of a need may take: five working days when it is urgent, if the district does
/// not set less.
pub(crate) fn review_term(configured: Term, urgency: &str) -> Term {
    if matches!(urgency, "high" | "emergency") {
        Term {
            n: configured.n.min(URGENT_REVIEW),
            ..configured
        }
    } else {
        configured
    }
}

/// Whether this failed posting is the last before a redesign (rulebook 2.5, re-posting).
pub(crate) fn is_last_round(failed_rounds: i32) -> bool {
    failed_rounds >= ROUNDS - 1
}

/// Whether a vote is valid and carried (rulebook 2.10): the majority of those entitled is present, the
/// majority of those present is in favour.
pub(crate) fn vote_result(entitled: i64, present: i64, in_favour: i64) -> (bool, bool) {
    let quorate = present * 2 > entitled;
    (quorate, quorate && in_favour * 2 > present)
}

/// What is known of a reviewer for his recusal (rulebook 2.9).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ReviewerFacts {
    /// He drafted the need.
    pub drafted: bool,
    /// As an expert: he works for the body that analyses the need.
    pub serves_analyst: bool,
    /// He stood aside or was excluded.
    pub excluded: bool,
    /// He declares that there is no conflict of interest.
    pub declares_none: bool,
}

/// # Errors
/// `recused` when he must stand aside.
pub(crate) fn may_review(reviewer: ReviewerFacts) -> Result<(), Refusal> {
    let why = if reviewer.excluded {
        ("已回避或被要求回避", "you stood aside or were excluded")
    } else if reviewer.drafted {
        ("不得评审本人起草的需求", "you drafted this need")
    } else if reviewer.serves_analyst {
        (
            "所在机构是该需求的第三方",
            "you work for the body that analyses this need",
        )
    } else if !reviewer.declares_none {
        (
            "未声明无须回避",
            "the declaration without conflict is missing",
        )
    } else {
        return Ok(());
    };
    Err(Refusal::new(Code::Recused).because(why.0, why.1))
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
    /// Whether the ground of the rejection is a lack of information; `None` while nobody has named one.
    pub lacks_information: Option<bool>,
    /// Whether the district has dismissed the appeal.
    pub appeal_dismissed: bool,
    /// Until when the district can be asked, and whether that is over.
    pub appeal_until: Option<(DateTime<Utc>, bool)>,
    /// How the district answers; `None` while nobody has asked it.
    pub upheld: Option<bool>,
    /// Whether a quarter began since the need was put into the backlog.
    pub new_cycle: bool,
    /// Whether new evidence is brought; `None` while nobody was asked for it.
    pub new_evidence: Option<bool>,
    pub is_emergency: bool,
    pub is_flagged: bool,
    pub redesign_required: bool,
    /// Whether the target of a merge is open; `None` while none is named.
    pub target_open: Option<bool>,
    pub has_analysis: bool,
    /// Specialities of the opinions given.
    pub specialities: Vec<String>,
    /// Opinions needed: 2, or 1 for a micro-wish.
    pub opinions_needed: usize,
    pub score: Option<Exact>,
    pub failed_rounds: i32,
    /// Whether a posting holds it; `None` while nobody asked the postings.
    pub taken: Option<bool>,
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
            NeedGuard::HasFailed => self.failed_rounds > 0,
            NeedGuard::NotTaken => !self.taken.unwrap_or(false),
            NeedGuard::RoundsLeft => !is_last_round(self.failed_rounds),
            NeedGuard::RoundsUsed => is_last_round(self.failed_rounds),
            NeedGuard::SupplementedFirst => {
                self.supplements > 0 || !self.lacks_information.unwrap_or(false)
            }
            NeedGuard::AppealUnused => !self.appeal_dismissed,
            NeedGuard::AppealInTime => self.appeal_until.is_some_and(|(_, over)| !over),
            NeedGuard::AppealUpheld => self.upheld.unwrap_or(true),
            NeedGuard::AppealDismissed => !self.upheld.unwrap_or(false),
            NeedGuard::NewCycleOrEvidence => self.new_cycle || self.new_evidence.unwrap_or(true),
            NeedGuard::IsEmergency => self.is_emergency,
            NeedGuard::NotFlagged => !self.is_flagged,
            NeedGuard::Redesigned => self.changed || !self.redesign_required,
        };
        if holds {
            Ok(())
        } else {
            Err(guard.code().into())
        }
    }

    fn deadline(&self, event: NeedEvent) -> Option<DateTime<Utc>> {
        match event {
            NeedEvent::Appeal => self.appeal_until.map(|(until, _)| until),
            _ => None,
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
    use crate::flow::NeedState;
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
            lacks_information: None,
            appeal_dismissed: false,
            appeal_until: None,
            upheld: None,
            new_cycle: false,
            new_evidence: None,
            is_emergency: false,
            is_flagged: false,
            redesign_required: false,
            target_open: None,
            has_analysis: true,
            specialities: vec!["A01".to_owned(), "C01".to_owned()],
            opinions_needed: 2,
            score: Some(Exact::from_int(score)),
            failed_rounds: 0,
            taken: None,
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
        fn rows_of_one_state_and_event_exclude_each_other(score in 0_i64..=100, failed in 0_i32..4, upheld: bool, emergency: bool) {
            let facts = NeedFacts { failed_rounds: failed, upheld: Some(upheld), is_emergency: emergency, ..facts(score) };
            for state in Need::STATES {
                for event in Need::EVENTS {
                    let open = Need::ROWS.iter().filter(|row| row.event == *event && row.from.contains(state))
                        .filter(|row| row.guards.iter().all(|guard| facts.check(*guard).is_ok())).count();
                    prop_assert!(open <= 1, "{:?} {:?}", state, event);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn a_vote_that_carries_has_a_quorum_and_more_than_half_of_those_present(entitled in 1_i64..500, present in 0_i64..500, in_favour in 0_i64..500) {
            let (quorate, carried) = vote_result(entitled, present, in_favour);
            prop_assert!(!carried || quorate);
            prop_assert_eq!(quorate, present > entitled / 2);
            prop_assert_eq!(carried, quorate && in_favour > present / 2);
        }

        #[test]
        fn an_urgent_review_takes_five_working_days_at_most(n in 5_u32..=20) {
            prop_assert_eq!(review_term(Term::wd(n), "normal"), Term::wd(n));
            for urgency in ["high", "emergency"] {
                prop_assert_eq!(review_term(Term::wd(n), urgency), Term::wd(5));
            }
        }
    }

    #[test]
    fn a_reviewer_stands_aside_for_each_ground() {
        let free = ReviewerFacts {
            declares_none: true,
            ..ReviewerFacts::default()
        };
        assert!(may_review(free).is_ok());
        for reviewer in [
            ReviewerFacts {
                drafted: true,
                ..free
            },
            ReviewerFacts {
                serves_analyst: true,
                ..free
            },
            ReviewerFacts {
                excluded: true,
                ..free
            },
            ReviewerFacts {
                declares_none: false,
                ..free
            },
        ] {
            assert_eq!(may_review(reviewer).unwrap_err().code, Code::Recused);
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
