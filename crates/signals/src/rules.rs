//! Facts and guards of a signal: pure functions.

use crate::flow::{Signal, SignalGuard};
use chrono::{DateTime, Utc};
use wubang_kernel::Refusal;
use wubang_kernel::deadline::is_over;
use wubang_kernel::machine::{Facts, Name};

/// What is known of a signal when a step is asked for.
#[derive(Debug, Clone)]
pub(crate) struct SignalFacts {
    pub now: DateTime<Utc>,
    /// Until when the organisations may answer; none while nobody was asked.
    pub answer_by: Option<DateTime<Utc>>,
    /// Organisations that were asked and have not answered.
    pub waiting: usize,
    /// Whether the actor's own organisation has answered.
    pub own_replied: bool,
}

impl SignalFacts {
    fn over(&self) -> bool {
        self.answer_by.is_some_and(|at| is_over(at, self.now))
    }
}

impl Facts<Signal> for SignalFacts {
    fn check(&self, guard: SignalGuard) -> Result<(), Refusal> {
        let holds = match guard {
            SignalGuard::InTime => !self.over(),
            SignalGuard::NotReplied => !self.own_replied,
            SignalGuard::Heard => self.waiting == 0 || self.over(),
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
    use crate::flow::{SignalEvent, SignalState};
    use chrono::TimeDelta;
    use wubang_kernel::machine::plan;
    use wubang_kernel::{Code, Role, RoleSet};

    #[test]
    fn nobody_is_found_to_collude_before_he_was_heard_or_had_his_time() {
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let mut facts = SignalFacts {
            now,
            answer_by: Some(now),
            waiting: 1,
            own_replied: false,
        };
        let confirm = |facts: &SignalFacts, from| {
            let supervisor = RoleSet::of(&[Role::Supervisor]);
            plan::<Signal>(from, SignalEvent::Confirm, supervisor, facts)
                .err()
                .map(|refusal| refusal.code)
        };
        assert_eq!(confirm(&facts, SignalState::Asked), Some(Code::NotHeard));
        assert_eq!(
            confirm(&facts, SignalState::Investigating),
            Some(Code::InvalidTransition),
            "not without asking"
        );
        facts.now = now + TimeDelta::seconds(1);
        assert_eq!(confirm(&facts, SignalState::Asked), None);
        (facts.now, facts.waiting) = (now, 0);
        assert_eq!(confirm(&facts, SignalState::Asked), None);
    }
}
