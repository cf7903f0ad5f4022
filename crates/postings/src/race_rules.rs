//! What a race may be, and what becomes of its needs when one of its lanes ends: pure functions (rulebook 2.8.2,
//! 3.11).

use crate::model::{AwardMode, Content};
use wubang_kernel::Faults;
use wubang_kernel::procedure::Procedure;

/// Notes a race where there is none, or of more contractors than the district allows (rulebook 3.11).
pub(crate) fn check_race(content: &Content, procedure: &Procedure, faults: &mut Faults) {
    let at = "/content/contractors";
    let most = procedure.race.contractors;
    match (content.award_mode, content.contractors) {
        (AwardMode::Single, None) => {}
        (AwardMode::Single, Some(_)) => faults.add(
            at,
            "not_allowed",
            "取一家的不填承榜组织数",
            "belongs to a race only",
        ),
        (AwardMode::Race, _) if !procedure.code.can_race() => faults.add(
            "/content/award_mode",
            "not_allowed",
            format!("“{}”不可赛马", procedure.code.zh()),
            format!("the type {} has no races", procedure.code.as_str()),
        ),
        (AwardMode::Race, _) if most < 2 => faults.add(
            "/content/award_mode",
            "not_allowed",
            "本区未开展赛马",
            "the district holds no races",
        ),
        (AwardMode::Race, None) => faults.missing(at),
        (AwardMode::Race, Some(contractors)) => {
            faults.number(at, contractors, 2..=most);
        }
    }
}

/// How a lane ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LaneEnd {
    /// Its evaluation was confirmed.
    Completed,
    /// It fell away before its agreement was signed.
    Failed,
    /// It was withdrawn (撤榜) before its award was noticed.
    Cancelled,
}

impl LaneEnd {
    /// How a lane in this state has ended; nothing while it goes on, standing still among that.
    pub(crate) fn of(state: &str) -> Option<Self> {
        match state {
            "completed" => Some(Self::Completed),
            "failed" => Some(Self::Failed),
            "cancelled" => Some(Self::Cancelled),
            _ => None,
        }
    }
}

/// What follows for the needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NeedsGo {
    /// Nothing yet: another lane runs.
    On,
    /// They are closed: at least one lane has delivered.
    Closed,
    /// The race was in vain: they go back, as after a failed posting.
    Failed,
    /// Every lane was withdrawn: they go back, and no round counts as failed.
    Cancelled,
}

/// What follows for the needs when one lane ends and the others stand as they do. Without others it is an ordinary
/// posting.
pub(crate) fn after(own: LaneEnd, others: &[Option<LaneEnd>]) -> NeedsGo {
    let Some(mut ends) = others.iter().copied().collect::<Option<Vec<LaneEnd>>>() else {
        return NeedsGo::On;
    };
    ends.push(own);
    if ends.contains(&LaneEnd::Completed) {
        NeedsGo::Closed
    } else if ends.contains(&LaneEnd::Failed) {
        NeedsGo::Failed
    } else {
        NeedsGo::Cancelled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_ordinary_posting_is_a_race_of_one() {
        assert_eq!(after(LaneEnd::Completed, &[]), NeedsGo::Closed);
        assert_eq!(after(LaneEnd::Failed, &[]), NeedsGo::Failed);
        assert_eq!(after(LaneEnd::Cancelled, &[]), NeedsGo::Cancelled);
    }

    fn end() -> impl Strategy<Value = LaneEnd> {
        prop_oneof![
            Just(LaneEnd::Completed),
            Just(LaneEnd::Failed),
            Just(LaneEnd::Cancelled)
        ]
    }

    proptest! {
        #[test]
        fn the_last_lane_decides_and_in_whatever_order_they_end(ends in prop::collection::vec(end(), 1..4), turn in 0_usize..3) {
            let mut turned = ends.clone();
            turned.rotate_left(turn % ends.len());
            let last = |all: &[LaneEnd]| {
                let others: Vec<_> = all[1..].iter().map(|one| Some(*one)).collect();
                after(all[0], &others)
            };
            prop_assert_eq!(last(&ends), last(&turned));
            prop_assert_eq!(last(&ends) == NeedsGo::Closed, ends.contains(&LaneEnd::Completed));
        }

        #[test]
        fn nothing_happens_while_a_lane_runs(own in end(), mut others in prop::collection::vec(prop::option::of(end()), 0..3)) {
            others.push(None);
            prop_assert_eq!(after(own, &others), NeedsGo::On);
        }
    }
}
