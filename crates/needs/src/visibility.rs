//! Which states let whom in: the public, the people of the territory, supporters, other needs. Pure
//! functions.

use crate::flow::NeedState;

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
}
