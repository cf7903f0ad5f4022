//! Facts and guards of a veto finding: pure functions.

use super::flow::{VetoFinding, VetoGuard};
use chrono::{DateTime, Utc};
use uuid::Uuid;
use wubang_kernel::Refusal;
use wubang_kernel::deadline::is_over;
use wubang_kernel::machine::{Facts, Name};

/// States of an evaluation in which something can still be found: its result is not public.
pub(crate) const OPEN_RESULTS: &[&str] = &["preparing", "scoring", "scored", "drafted"];

/// What is known of a finding when a step is asked for.
#[derive(Debug, Clone)]
pub(crate) struct VetoFacts {
    pub proposed_by: Uuid,
    pub viewer: Option<Uuid>,
    pub answered: bool,
    pub answer_by: DateTime<Utc>,
    pub now: DateTime<Utc>,
    /// Of its evaluation, in the round of the finding.
    pub result_open: bool,
}

impl Facts<VetoFinding> for VetoFacts {
    fn check(&self, guard: VetoGuard) -> Result<(), Refusal> {
        let over = is_over(self.answer_by, self.now);
        let holds = match guard {
            VetoGuard::InTime => !over,
            VetoGuard::Heard => self.answered || over,
            VetoGuard::OtherPerson => self.viewer != Some(self.proposed_by),
            VetoGuard::ResultOpen => self.result_open,
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
    use super::super::flow::{VetoEvent, VetoState};
    use super::*;
    use chrono::TimeDelta;
    use wubang_kernel::machine::plan;
    use wubang_kernel::{Code, Role, RoleSet};

    fn facts() -> VetoFacts {
        let now = DateTime::from_timestamp(1_780_000_000, 0).unwrap();
        VetoFacts {
            proposed_by: Uuid::from_u128(1),
            viewer: Some(Uuid::from_u128(2)),
            answered: false,
            answer_by: now + TimeDelta::hours(1),
            now,
            result_open: true,
        }
    }

    fn refused(event: VetoEvent, role: Role, facts: &VetoFacts) -> Option<Code> {
        plan::<VetoFinding>(VetoState::Proposed, event, RoleSet::of(&[role]), facts)
            .err()
            .map(|refusal| refusal.code)
    }

    #[test]
    fn nobody_is_judged_unheard_and_nobody_judges_his_own_finding() {
        let confirm = |facts: &VetoFacts| refused(VetoEvent::Confirm, Role::DistrictAdmin, facts);
        assert_eq!(confirm(&facts()), Some(Code::TooEarly));
        let heard = VetoFacts {
            answered: true,
            ..facts()
        };
        assert_eq!(confirm(&heard), None);
        let silent = VetoFacts {
            now: facts().answer_by + TimeDelta::seconds(1),
            ..facts()
        };
        assert_eq!(confirm(&silent), None);
        let answer = |facts: &VetoFacts| refused(VetoEvent::Answer, Role::OrgLegalRep, facts);
        assert_eq!(answer(&facts()), None);
        assert_eq!(answer(&silent), Some(Code::DeadlinePassed));
        let own = VetoFacts {
            viewer: Some(heard.proposed_by),
            ..heard.clone()
        };
        assert_eq!(confirm(&own), Some(Code::SamePerson));
        let late = VetoFacts {
            result_open: false,
            ..heard
        };
        assert_eq!(confirm(&late), Some(Code::InvalidTransition));
    }
}
