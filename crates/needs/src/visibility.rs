//! Which states let whom in: the public, the people of the territory, supporters, other needs. Pure
//! functions.

use crate::flow::NeedState;
use crate::store::OFFICIALS;
use wubang_kernel::{Role, RoleSet};

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

/// Whether a reviewer may read what other experts said of the need: officials and the body that analyses it
/// do, an expert once he has given an opinion of his own in the present cycle, so that none follows another.
pub(crate) fn reads_opinions(roles: RoleSet, has_spoken: bool) -> bool {
    has_spoken || roles.any(OFFICIALS) || roles.any(&[Role::ThirdParty, Role::System])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::Need;
    use wubang_kernel::machine::Machine;

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
    fn only_an_expert_who_has_not_spoken_is_kept_from_the_opinions_of_others() {
        for role in Role::ALL {
            let roles = RoleSet::of(&[*role]);
            assert!(reads_opinions(roles, true), "{role:?}");
            let inside =
                OFFICIALS.contains(role) || matches!(role, Role::ThirdParty | Role::System);
            assert_eq!(reads_opinions(roles, false), inside, "{role:?}");
        }
        let both = RoleSet::of(&[Role::Expert, Role::StreetOfficer]);
        assert!(reads_opinions(both, false));
    }
}
