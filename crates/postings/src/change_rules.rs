//! Facts and guards of what happens to a published posting: pure functions (rulebook 2.4.2, 2.5, 2.8.2).

use crate::diff::Diff;
use crate::flow::PostingGuard;
use chrono::NaiveDate;
use wubang_kernel::calendar::WorkCalendar;
use wubang_kernel::deadline::{Deadline, Term, end_of_day, local_date};
use wubang_kernel::procedure::{ChangeRule, Procedure};
use wubang_kernel::{Faults, Timer};

/// What is known of a published posting when a change is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct ChangeFacts {
    /// Whether the bid deadline is over, whether or not anybody has closed the posting.
    pub over: bool,
    /// Whether as many working days remain as an amendment that affects bids needs.
    pub days_remain: bool,
    pub extensions: Extensions,
    /// Whether the ground given is the actor's own; `None` while nobody gave one.
    pub own_ground: Option<bool>,
    pub by_complaint: bool,
    /// Whether the actor's authority suspended the posting.
    pub same_authority: bool,
    /// State from which it was suspended.
    pub resume_to: Option<String>,
    /// Published rounds of the project, and how many there may be.
    pub rounds: i32,
    pub most_rounds: i32,
    pub last_round: bool,
}

/// The street's own extensions of a round; those by amendment or for too few bids do not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Extensions {
    pub used: u32,
    pub used_days: u32,
    /// Days asked for now; one while nobody asked.
    pub asked_days: u32,
    pub most: u32,
    pub most_days: u32,
}

impl Extensions {
    pub(crate) fn of(rule: &ChangeRule, days: impl Iterator<Item = i32>) -> Self {
        let mut all = Extensions {
            asked_days: 1,
            most: rule.extensions,
            most_days: rule.extension_days,
            ..Extensions::default()
        };
        for days in days {
            all.used = all.used.saturating_add(1);
            let days = u32::try_from(days).unwrap_or(0);
            all.used_days = all.used_days.saturating_add(days);
        }
        all
    }

    fn left(self) -> bool {
        self.used < self.most && self.used_days.saturating_add(self.asked_days) <= self.most_days
    }
}

impl ChangeFacts {
    /// Whether a guard of this module holds.
    pub(crate) fn holds(&self, guard: PostingGuard) -> bool {
        let was = |state: &str| self.resume_to.as_deref() == Some(state);
        match guard {
            PostingGuard::BeforeDeadline => !self.over,
            PostingGuard::DaysRemain => self.days_remain,
            PostingGuard::ExtensionsLeft => self.extensions.left(),
            PostingGuard::ByComplaint => self.by_complaint,
            PostingGuard::OwnGround => self.own_ground.unwrap_or(true),
            PostingGuard::SameAuthority => self.same_authority,
            PostingGuard::WasOpen => was("open"),
            PostingGuard::WasClosed => was("closed"),
            PostingGuard::WasEvaluating => was("evaluating"),
            PostingGuard::WasInPublicity => was("award_publicity"),
            PostingGuard::WasAwarded => was("awarded"),
            PostingGuard::RoundsLeft => self.rounds < self.most_rounds,
            PostingGuard::LastRound => self.last_round,
            _ => false,
        }
    }
}

/// Whom to call is no condition of a bid; everything else that a notice says is.
const CONTACTS: &[&str] = &["/content/buyer/contact", "/content/objection_contact"];

/// Whether a change can affect bids. An officer may say so of any change, and cannot deny it of these.
pub(crate) fn affects_bids(diff: &Diff) -> bool {
    diff.0
        .iter()
        .any(|change| !CONTACTS.contains(&change.pointer.as_str()))
}

/// The question deadline that belongs to a bid deadline (T10).
pub(crate) fn question_deadline(
    calendar: &WorkCalendar,
    procedure: &Procedure,
    close: &Deadline,
) -> Deadline {
    let term = procedure.term(Timer::T10);
    Deadline {
        at: end_of_day(calendar.wd_before(local_date(close.at), term.n)),
        rule: format!("bid deadline − {term}"),
        provisional: close.provisional,
    }
}

/// The bid deadline `days` calendar days after the present one, counted from the publication, so that
/// its rule tells the whole window.
pub(crate) fn extended(
    calendar: &WorkCalendar,
    published: NaiveDate,
    present: NaiveDate,
    days: u32,
) -> Deadline {
    let so_far = (present - published).num_days().max(0);
    let whole = u32::try_from(so_far).unwrap_or(0).saturating_add(days);
    calendar.counted_from(published, Term::cd(whole))
}

/// The bid deadline after the one extension for too few bids: working days from the day that is over.
pub(crate) fn extended_for_too_few(
    calendar: &WorkCalendar,
    present: NaiveDate,
    today: NaiveDate,
    days: u32,
) -> Deadline {
    // a worker that comes late takes nothing away from the bidders
    let over = today.pred_opt().unwrap_or(today).max(present);
    calendar.counted_from(over, Term::wd(days))
}

/// Notes again, below another member, what was found wrong.
pub(crate) fn below(parent: &str, found: Faults, faults: &mut Faults) {
    for field in found.into_fields() {
        faults.add(
            format!("{parent}{}", field.pointer),
            field.code,
            field.text.zh,
            field.text.en,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::diff;
    use crate::flow::{Posting, PostingEvent, PostingState};
    use proptest::prelude::*;
    use serde_json::json;
    use wubang_kernel::machine::{Facts, Name, plan};
    use wubang_kernel::{Code, Refusal, Role, RoleSet};

    impl Facts<Posting> for ChangeFacts {
        fn check(&self, guard: PostingGuard) -> Result<(), Refusal> {
            // an open competition over approved needs
            let given = matches!(
                guard,
                PostingGuard::NeedsApproved | PostingGuard::InCompetition | PostingGuard::NotPicked
            );
            if given || self.holds(guard) {
                Ok(())
            } else {
                Err(guard.code().into())
            }
        }
    }

    fn asked(
        facts: &ChangeFacts,
        state: PostingState,
        event: PostingEvent,
        role: Role,
    ) -> Result<(PostingState, usize), Code> {
        plan::<Posting>(state, event, RoleSet::of(&[role]), facts)
            .map(|step| (step.to(), step.row().start.len()))
            .map_err(|refusal| refusal.code)
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn whom_to_call_affects_no_bid_and_everything_else_does() {
        let notice = json!({ "title": "一", "budget_ceiling_fen": 1, "content": { "buyer": { "name": "街道", "contact": "1" }, "objection_contact": "1", "eligibility": "无" } });
        let with = |pointer: &str, value: serde_json::Value| {
            let mut changed = notice.clone();
            *changed.pointer_mut(pointer).unwrap() = value;
            affects_bids(&diff(&notice, &changed))
        };
        assert!(!with("/content/buyer/contact", json!("2")));
        assert!(!with("/content/objection_contact", json!("2")));
        assert!(with("/content/buyer/name", json!("社区")));
        assert!(with("/content/eligibility", json!("有")));
        assert!(with("/budget_ceiling_fen", json!(2)));
        assert!(with("/title", json!("二")));
    }

    #[test]
    fn an_amendment_moves_the_deadline_only_when_too_few_days_remain() {
        let mut facts = ChangeFacts {
            days_remain: true,
            ..ChangeFacts::default()
        };
        let amend = |facts: &ChangeFacts| {
            let (state, event) = (PostingState::Open, PostingEvent::Amend);
            asked(facts, state, event, Role::StreetOfficer)
        };
        assert_eq!(amend(&facts), Ok((PostingState::Open, 0)));
        facts.days_remain = false;
        assert_eq!(amend(&facts), Ok((PostingState::Open, 2)));
        facts.over = true;
        assert_eq!(amend(&facts), Err(Code::DeadlinePassed));
    }

    #[test]
    fn a_third_extension_and_a_thirty_first_day_are_refused() {
        let rule = &Procedure::open().changes;
        let left = |days: &[i32], asked: u32| {
            let all = Extensions::of(rule, days.iter().copied());
            Extensions {
                asked_days: asked,
                ..all
            }
            .left()
        };
        assert!(left(&[], 30) && left(&[10], 20) && left(&[29], 1));
        assert!(!left(&[], 31) && !left(&[10], 21) && !left(&[1, 1], 1) && !left(&[30], 1));
    }

    #[test]
    fn only_a_complaint_starts_the_longest_suspension() {
        let mut facts = ChangeFacts {
            own_ground: Some(true),
            by_complaint: true,
            ..ChangeFacts::default()
        };
        for state in [
            PostingState::Open,
            PostingState::Closed,
            PostingState::Evaluating,
            PostingState::AwardPublicity,
        ] {
            let by =
                |facts: &ChangeFacts| asked(facts, state, PostingEvent::Suspend, Role::Supervisor);
            assert_eq!(by(&facts), Ok((PostingState::Suspended, 1)));
            facts.by_complaint = false;
            assert_eq!(by(&facts), Ok((PostingState::Suspended, 0)));
            facts.own_ground = Some(false);
            assert_eq!(by(&facts), Err(Code::WrongGround));
            facts.own_ground = Some(true);
            facts.by_complaint = true;
        }
    }

    #[test]
    fn a_suspended_posting_goes_back_to_where_it_was_by_who_suspended_it() {
        for (was, to) in [
            ("open", PostingState::Open),
            ("closed", PostingState::Closed),
            ("evaluating", PostingState::Evaluating),
            ("award_publicity", PostingState::AwardPublicity),
        ] {
            let mut facts = ChangeFacts {
                resume_to: Some(was.to_owned()),
                same_authority: true,
                ..ChangeFacts::default()
            };
            let resume = |facts: &ChangeFacts| {
                let (state, event) = (PostingState::Suspended, PostingEvent::Resume);
                asked(facts, state, event, Role::StreetOfficer)
            };
            assert_eq!(resume(&facts), Ok((to, 0)));
            facts.same_authority = false;
            assert_eq!(resume(&facts), Err(Code::OtherAuthority));
        }
    }

    #[test]
    fn after_three_rounds_nobody_posts_again() {
        let mut facts = ChangeFacts {
            rounds: 2,
            most_rounds: 3,
            last_round: true,
            ..ChangeFacts::default()
        };
        let again = |facts: &ChangeFacts| {
            let (state, event) = (PostingState::Failed, PostingEvent::Repost);
            asked(facts, state, event, Role::StreetOfficer)
        };
        assert_eq!(again(&facts), Ok((PostingState::Failed, 0)));
        facts.rounds = 3;
        assert_eq!(again(&facts), Err(Code::RoundsUsed));
        facts.last_round = false;
        assert_eq!(again(&facts), Err(Code::Duplicate));
    }

    #[test]
    fn too_few_bids_give_five_working_days_from_the_day_that_is_over() {
        let calendar = WorkCalendar::builtin();
        // Tuesday 17 March; the worker comes at once, or after three days of downtime
        let prompt = extended_for_too_few(&calendar, day("2026-03-17"), day("2026-03-18"), 5);
        assert_eq!(prompt.rule, "wd(2026-03-17,5)");
        let late = extended_for_too_few(&calendar, day("2026-03-17"), day("2026-03-20"), 5);
        assert_eq!(late.rule, "wd(2026-03-19,5)");
    }

    proptest! {
        #[test]
        fn an_extension_is_never_earlier_and_counts_from_the_present_deadline(begin in 0i64..300, window in 10u32..30, days in 1u32..31) {
            let calendar = WorkCalendar::builtin();
            let published = day("2026-01-05") + chrono::TimeDelta::days(begin);
            let present = calendar.counted_from(published, Term::cd(window));
            let last = local_date(present.at);
            let later = extended(&calendar, published, last, days);
            prop_assert!(later.at > present.at);
            prop_assert_eq!(later.at, calendar.counted_from(last, Term::cd(days)).at);
            let procedure = Procedure::open();
            let questions = question_deadline(&calendar, &procedure, &later);
            prop_assert!(questions.at >= question_deadline(&calendar, &procedure, &present).at);
            prop_assert!(questions.at < later.at);
        }
    }
}
