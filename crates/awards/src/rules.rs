//! Who may be awarded, and what becomes of the others: pure functions (rulebook 2.4.4, 2.8.3).

use crate::flow::{Award, AwardGuard, AwardState};
use uuid::Uuid;
use wubang_kernel::machine::{Facts, Name};
use wubang_kernel::score::Exact;
use wubang_kernel::{Code, Faults, Refusal};

/// How many behind those who are awarded are kept in reserve.
const RESERVES: usize = 2;

/// What is known of an award when a step is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AwardFacts {
    /// Whether an objection or suspension is open.
    pub held: bool,
    /// Whether it answers an emergency, which need not wait for the end of its publicity.
    pub at_once: bool,
    /// State from which an objection has suspended it.
    pub resume_to: Option<AwardState>,
}

impl Facts<Award> for AwardFacts {
    fn check(&self, guard: AwardGuard) -> Result<(), Refusal> {
        let holds = match guard {
            AwardGuard::NoOpenHold => !self.held,
            AwardGuard::AtOnce => self.at_once,
            AwardGuard::WasInPublicity => self.resume_to == Some(AwardState::InPublicity),
            AwardGuard::WasConfirmed => self.resume_to == Some(AwardState::Confirmed),
            AwardGuard::WasNotified => self.resume_to == Some(AwardState::Notified),
        };
        if holds {
            Ok(())
        } else {
            Err(guard.code().into())
        }
    }
}

/// A bid that has been scored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    pub bid_id: Uuid,
    pub rank: i32,
    pub total: Exact,
    /// Kept in reserve by an earlier proposal.
    pub reserve: bool,
}

/// What a proposal makes of a bid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Recommended,
    Reserve,
    NotSelected,
}

/// Whether a total reaches the threshold: the shown figure counts, as for grades (2.11.1, 2.11.3).
pub(crate) fn reaches(total: Exact, threshold: i64) -> bool {
    total.rounded().at_least(threshold)
}

/// Chooses: the best that is still there, and none else. `standings` are the bids scored or in
/// reserve; after a first proposal only the reserve is left to choose from.
///
/// # Errors
/// `below_threshold` when the best does not reach it; `rank_not_followed` for any other choice.
pub(crate) fn choose(
    standings: &[Standing],
    chosen: Uuid,
    threshold: i64,
) -> Result<Vec<(Uuid, Place)>, Refusal> {
    let mut order: Vec<&Standing> = standings.iter().collect();
    order.sort_by_key(|standing| standing.rank);
    let best = order.first().ok_or_else(|| {
        Refusal::new(Code::RankNotFollowed)
            .because("没有可提出的候选", "there is no candidate left")
    })?;
    if !reaches(best.total, threshold) {
        return Err(Code::BelowThreshold.into());
    }
    if best.bid_id != chosen {
        return Err(Refusal::new(Code::RankNotFollowed).because(
            format!("应为第 {} 名", best.rank),
            format!("it must be rank {}", best.rank),
        ));
    }
    let place = |(i, standing): (usize, &&Standing)| match i {
        0 => Some((standing.bid_id, Place::Recommended)),
        _ if standing.reserve => None,
        _ => Some((standing.bid_id, behind(i, standing, 1, threshold))),
    };
    Ok(order.iter().enumerate().filter_map(place).collect())
}

/// What becomes of a bid behind the first `awarded`, which stands at `i` from zero.
fn behind(i: usize, standing: &Standing, awarded: usize, threshold: i64) -> Place {
    let near = i < awarded.saturating_add(RESERVES);
    match near && reaches(standing.total, threshold) {
        true => Place::Reserve,
        false => Place::NotSelected,
    }
}

/// How many bids are good enough to be awarded.
pub(crate) fn able(standings: &[Standing], threshold: i64) -> usize {
    let able = |standing: &&Standing| reaches(standing.total, threshold);
    standings.iter().filter(able).count()
}

/// What becomes of every bid of a race whose lanes go to `chosen`, the first ones by rank.
pub(crate) fn places_of_race(
    standings: &[Standing],
    chosen: &[Uuid],
    threshold: i64,
) -> Vec<(Uuid, Place)> {
    let mut order: Vec<&Standing> = standings.iter().collect();
    order.sort_by_key(|standing| standing.rank);
    let place = |(i, standing): (usize, &&Standing)| {
        let place = match chosen.contains(&standing.bid_id) {
            true => Place::Recommended,
            false => behind(i, standing, chosen.len(), threshold),
        };
        (standing.bid_id, place)
    };
    order.iter().enumerate().map(place).collect()
}

/// What is picked out of a call, or runs in a race: how many, and for how much together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quota {
    pub least: usize,
    pub picks: usize,
    pub budget_fen: i64,
}

/// Notes every wrong pick: too many or too few, twice, of another posting, and too dear together.
pub(crate) fn check_many(
    standings: &[Standing],
    chosen: &[Uuid],
    price: impl Fn(Uuid) -> i64,
    quota: Quota,
    faults: &mut Faults,
) {
    faults.count("/bid_ids", chosen.len(), quota.least..=quota.picks);
    for (i, id) in chosen.iter().enumerate() {
        let pointer = format!("/bid_ids/{i}");
        if chosen.iter().take(i).any(|other| other == id) {
            faults.add(pointer, "duplicate", "重复", "is there twice");
        } else if standings.iter().all(|standing| standing.bid_id != *id) {
            faults.add(
                pointer,
                "unknown_value",
                "本榜没有这一份可供选择",
                "is none of this posting that can be chosen",
            );
        }
    }
    let sum = chosen
        .iter()
        .map(|id| price(*id))
        .fold(0, i64::saturating_add);
    if sum > quota.budget_fen {
        faults.add(
            "/bid_ids",
            "sum_above_ceiling",
            format!("合计 {sum} 分,超过总额 {} 分", quota.budget_fen),
            format!("they sum to {sum} fen, above {} fen", quota.budget_fen),
        );
    }
}

/// Chooses several: the first ones by rank without a gap, each good enough. Gives them in the order of their rank.
///
/// # Errors
/// `below_threshold`; `rank_not_followed`.
pub(crate) fn choose_many(
    standings: &[Standing],
    chosen: &[Uuid],
    threshold: i64,
) -> Result<Vec<Uuid>, Refusal> {
    let mut order: Vec<&Standing> = standings.iter().collect();
    order.sort_by_key(|standing| standing.rank);
    let first = order.get(..chosen.len()).unwrap_or_default();
    if let Some(weak) = first
        .iter()
        .find(|standing| !reaches(standing.total, threshold))
    {
        return Err(Refusal::new(Code::BelowThreshold).because(
            format!("第 {} 名未达合格线", weak.rank),
            format!("rank {} does not reach the threshold", weak.rank),
        ));
    }
    if let Some(left) = first
        .iter()
        .find(|standing| !chosen.contains(&standing.bid_id))
    {
        return Err(Refusal::new(Code::RankNotFollowed).because(
            format!("第 {} 名未入选而后者入选", left.rank),
            format!("rank {} is left out", left.rank),
        ));
    }
    Ok(first.iter().map(|standing| standing.bid_id).collect())
}

/// What becomes of complete scores when a member should not have scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AfterRecusal {
    /// The totals are made anew from the sheets of those who remain.
    Recompute,
    /// Another panel judges.
    NewPanel,
}

/// Recomputes while the quorum still holds, otherwise another panel judges (rulebook 2.5, 2.10).
pub(crate) fn after_late_recusal(remaining: usize, quorum: usize) -> AfterRecusal {
    if remaining >= quorum.max(1) {
        AfterRecusal::Recompute
    } else {
        AfterRecusal::NewPanel
    }
}

/// Whether all may be rejected: only when nobody reaches the threshold.
///
/// # Errors
/// `rank_not_followed`.
pub(crate) fn may_reject_all(standings: &[Standing], threshold: i64) -> Result<(), Refusal> {
    match standings
        .iter()
        .filter(|standing| reaches(standing.total, threshold))
        .map(|standing| standing.rank)
        .min()
    {
        None => Ok(()),
        Some(rank) => Err(Refusal::new(Code::RankNotFollowed).because(
            format!("第 {rank} 名已达合格线,不得全部否决"),
            format!("rank {rank} reaches the threshold"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::AwardEvent;
    use proptest::prelude::*;
    use wubang_kernel::lifecycle::Lifecycle;
    use wubang_kernel::machine::{Machine, plan};
    use wubang_kernel::{Role, RoleSet};

    fn standing(id: u128, rank: i32, hundredths: i128, reserve: bool) -> Standing {
        Standing {
            bid_id: Uuid::from_u128(id),
            rank,
            total: Exact::new(hundredths, 100).unwrap(),
            reserve,
        }
    }

    fn places(standings: &[Standing], chosen: u128) -> Result<Vec<(u128, Place)>, Code> {
        choose(standings, Uuid::from_u128(chosen), 60)
            .map(|all| {
                all.into_iter()
                    .map(|(id, place)| (id.as_u128(), place))
                    .collect()
            })
            .map_err(|refusal| refusal.code)
    }

    #[test]
    fn the_first_is_recommended_and_the_next_two_kept_if_good_enough() {
        let all = [
            standing(4, 4, 7000, false),
            standing(1, 1, 9000, false),
            standing(3, 3, 5900, false),
            standing(2, 2, 8000, false),
        ];
        assert_eq!(
            places(&all, 1),
            Ok(vec![
                (1, Place::Recommended),
                (2, Place::Reserve),
                (3, Place::NotSelected),
                (4, Place::NotSelected)
            ])
        );
        assert_eq!(places(&all, 2), Err(Code::RankNotFollowed));
        assert_eq!(places(&[], 1), Err(Code::RankNotFollowed));
    }

    #[test]
    fn after_the_first_fell_away_the_reserve_follows_and_the_rest_stays() {
        assert_eq!(
            places(&[standing(2, 2, 8000, true), standing(3, 3, 7000, true)], 2),
            Ok(vec![(2, Place::Recommended)])
        );
        assert_eq!(
            places(&[standing(2, 2, 8000, true), standing(3, 3, 7000, true)], 3),
            Err(Code::RankNotFollowed)
        );
    }

    #[test]
    fn the_threshold_looks_at_the_shown_figure() {
        let just = Standing {
            total: Exact::new(11_999, 200).unwrap(),
            ..standing(1, 1, 0, false)
        };
        assert_eq!(just.total.rounded().to_string(), "60.00");
        assert!(places(&[just], 1).is_ok());
        assert_eq!(
            places(&[standing(1, 1, 5999, false)], 1),
            Err(Code::BelowThreshold)
        );
        assert!(may_reject_all(&[standing(1, 1, 5999, false)], 60).is_ok());
        assert_eq!(
            may_reject_all(&[standing(1, 1, 6000, false)], 60)
                .unwrap_err()
                .code,
            Code::RankNotFollowed
        );
    }

    #[test]
    fn an_objection_holds_the_confirmation_and_the_notice() {
        let held = AwardFacts {
            held: true,
            at_once: false,
            resume_to: None,
        };
        for (state, event, role) in [
            (AwardState::InPublicity, AwardEvent::Confirm, Role::System),
            (
                AwardState::Confirmed,
                AwardEvent::IssueNotice,
                Role::StreetOfficer,
            ),
        ] {
            assert_eq!(
                plan::<Award>(state, event, RoleSet::of(&[role]), &held)
                    .unwrap_err()
                    .code,
                Code::OpenHold
            );
            assert!(
                plan::<Award>(
                    state,
                    event,
                    RoleSet::of(&[role]),
                    &AwardFacts {
                        held: false,
                        at_once: false,
                        resume_to: None,
                    }
                )
                .is_ok()
            );
        }
    }

    #[test]
    fn a_suspended_award_goes_back_to_where_it_was_once_nothing_holds_it() {
        for was in [
            AwardState::InPublicity,
            AwardState::Confirmed,
            AwardState::Notified,
        ] {
            let resume = |held| {
                let facts = AwardFacts {
                    held,
                    at_once: false,
                    resume_to: Some(was),
                };
                let system = RoleSet::of(&[Role::System]);
                plan::<Award>(AwardState::Suspended, AwardEvent::Resume, system, &facts)
                    .map(|step| step.to())
                    .map_err(|refusal| refusal.code)
            };
            assert_eq!(resume(false), Ok(was));
            assert_eq!(resume(true), Err(Code::OpenHold));
        }
    }

    #[test]
    fn only_the_legal_representative_declines() {
        let free = AwardFacts {
            held: false,
            at_once: false,
            resume_to: None,
        };
        let asked = |role| {
            plan::<Award>(
                AwardState::Notified,
                AwardEvent::Decline,
                RoleSet::of(&[role]),
                &free,
            )
            .map(|step| step.to())
            .map_err(|refusal| refusal.code)
        };
        assert_eq!(asked(Role::OrgLegalRep), Ok(AwardState::Declined));
        assert_eq!(asked(Role::OrgAgent), Err(Code::Forbidden));
        assert_eq!(asked(Role::StreetOfficer), Err(Code::Forbidden));
    }

    #[test]
    fn every_state_is_reached_and_final_states_stay() {
        assert!(Lifecycle::of::<Award>().faults().is_empty());
        for state in [
            AwardState::Declined,
            AwardState::Lapsed,
            AwardState::Revoked,
        ] {
            assert!(Award::is_final(state));
        }
        // the publicity of an emergency may outlast the signing of its agreement
        assert!(!Award::is_final(AwardState::Contracted));
    }

    #[test]
    fn a_small_panel_is_replaced_and_a_large_one_computes_anew() {
        // the panel of five is left with four, that of seven with six
        assert_eq!(after_late_recusal(4, 5), AfterRecusal::NewPanel);
        assert_eq!(after_late_recusal(6, 5), AfterRecusal::Recompute);
        assert_eq!(after_late_recusal(5, 5), AfterRecusal::Recompute);
        assert_eq!(after_late_recusal(0, 0), AfterRecusal::NewPanel);
    }

    proptest! {
        #[test]
        fn whoever_leaves_never_brings_the_quorum_back(seats in 0_usize..20, quorum in 0_usize..20) {
            if after_late_recusal(seats, quorum) == AfterRecusal::NewPanel {
                for fewer in 0..seats {
                    prop_assert_eq!(after_late_recusal(fewer, quorum), AfterRecusal::NewPanel);
                }
            }
        }

        #[test]
        fn rows_of_one_state_and_event_exclude_each_other(held in any::<bool>(), at_once in any::<bool>(), was in 0..4_usize) {
            let states = [AwardState::InPublicity, AwardState::Confirmed, AwardState::Notified];
            let facts = AwardFacts { held, at_once, resume_to: states.get(was).copied() };
            for state in Award::STATES {
                for event in Award::EVENTS {
                    let open = Award::ROWS.iter().filter(|row| row.event == *event && row.from.contains(state))
                        .filter(|row| row.guards.iter().all(|guard| facts.check(*guard).is_ok())).count();
                    prop_assert!(open <= 1, "{:?} {:?}", state, event);
                }
            }
        }

        #[test]
        fn only_the_first_ones_that_are_good_enough_and_can_be_paid_are_picked(totals in prop::collection::vec(0_i128..=10_000, 1..12), picks in 1_usize..12, budget in 0_i64..1200, chosen in prop::collection::vec(any::<bool>(), 12)) {
            let mut sorted = totals;
            sorted.sort_unstable_by(|a, b| b.cmp(a));
            let all: Vec<Standing> = sorted.iter().zip(1_i32..).map(|(total, rank)| standing(u128::try_from(rank).unwrap(), rank, *total, false)).collect();
            let ids: Vec<Uuid> = all.iter().zip(&chosen).filter(|(_, taken)| **taken).map(|(one, _)| one.bid_id).collect();
            let quota = Quota { least: 1, picks, budget_fen: budget };
            let is_prefix = ids.iter().zip(&all).all(|(id, one)| *id == one.bid_id);
            let good = ids.iter().all(|id| all.iter().any(|one| one.bid_id == *id && reaches(one.total, 60)));
            let sum = i64::try_from(ids.len()).unwrap() * 100;
            let right = !ids.is_empty() && ids.len() <= picks && sum <= budget && is_prefix && good;
            let mut faults = Faults::new();
            check_many(&all, &ids, |_| 100, quota, &mut faults);
            let result = faults.finish().and_then(|()| choose_many(&all, &ids, 60));
            prop_assert_eq!(result.is_ok(), right);
            if let Ok(picked) = result {
                prop_assert_eq!(picked, ids);
            }
        }

        #[test]
        fn behind_the_lanes_of_a_race_two_are_kept_as_behind_one(totals in prop::collection::vec(0_i128..=10_000, 2..8), lanes in 2_usize..=3) {
            let mut sorted = totals;
            sorted.sort_unstable_by(|a, b| b.cmp(a));
            let all: Vec<Standing> = sorted.iter().zip(1_i32..).map(|(total, rank)| standing(u128::try_from(rank).unwrap(), rank, *total, false)).collect();
            let chosen: Vec<Uuid> = all.iter().take(lanes).map(|one| one.bid_id).collect();
            let places = places_of_race(&all, &chosen, 60);
            let count = |wanted: Place| places.iter().filter(|(_, place)| *place == wanted).count();
            prop_assert_eq!(places.len(), all.len());
            prop_assert_eq!(count(Place::Recommended), chosen.len());
            let left = able(&all, 60).saturating_sub(chosen.len());
            prop_assert_eq!(count(Place::Reserve), left.min(2));
        }

        #[test]
        fn either_one_can_be_proposed_or_all_can_be_rejected(totals in prop::collection::vec(0_i128..=10_000, 1..8)) {
            let mut sorted = totals;
            sorted.sort_unstable_by(|a, b| b.cmp(a));
            let all: Vec<Standing> = sorted.iter().zip(1_i32..).map(|(total, rank)| standing(u128::try_from(rank).unwrap(), rank, *total, false)).collect();
            let open: Vec<u128> = (1..=all.len()).filter_map(|id| u128::try_from(id).ok()).filter(|id| places(&all, *id).is_ok()).collect();
            prop_assert_eq!(open.is_empty(), may_reject_all(&all, 60).is_ok());
            prop_assert!(open.is_empty() || open == vec![1]);
            if let Ok(places) = places(&all, 1) {
                prop_assert_eq!(places.len(), all.len());
                prop_assert_eq!(places.iter().filter(|(_, place)| *place == Place::Recommended).count(), 1);
                prop_assert!(places.iter().filter(|(_, place)| *place == Place::Reserve).count() <= 2);
            }
        }
    }
}
