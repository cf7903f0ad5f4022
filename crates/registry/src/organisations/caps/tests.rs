use super::*;
use chrono::{DateTime, Days};
use proptest::prelude::*;
use wubang_kernel::procedure::Procedure;

fn day(n: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, 1)
        .unwrap()
        .checked_add_days(Days::new(n))
        .unwrap()
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn running(contract: u128, organisation: u128, part_fen: i64, ends: u64) -> Engagement {
    Engagement {
        contract_id: id(contract),
        contract_number: String::new(),
        organisation_id: id(organisation),
        organisation_name: String::new(),
        lead: true,
        title: String::new(),
        division: "410108005003".to_owned(),
        field: "A01".to_owned(),
        price_fen: part_fen,
        part_fen,
        starts_on: day(0),
        ends_on: day(ends),
        begun_at: DateTime::UNIX_EPOCH,
        ended_at: None,
        grade: None,
    }
}

fn rule() -> CapRule {
    Procedure::open().caps
}

fn asked(rule: &CapRule, part_fen: i64) -> Asked<'_> {
    Asked {
        rule,
        today: day(0),
        part_fen,
        price_fen: part_fen,
        open_bids: None,
    }
}

fn free_on(check: &Check) -> Option<NaiveDate> {
    check.figures.and_then(|figures| figures.free_on)
}

#[test]
fn capacity_is_free_again_when_enough_agreements_have_ended() {
    let ends = [day(90), day(30), day(60)];
    assert!(capacity(2, 3, &ends[..2], day(0)).passed);
    let full = capacity(3, 3, &ends, day(0));
    assert_eq!((full.passed, free_on(&full)), (false, Some(day(30))));
    // a lower grade: two must end
    assert_eq!(free_on(&capacity(3, 2, &ends, day(0))), Some(day(60)));
    // who may carry nothing is never free, and what is overdue has no date
    assert_eq!(free_on(&capacity(3, 0, &ends, day(0))), None);
    assert_eq!(free_on(&capacity(3, 1, &ends, day(40))), None);
}

#[test]
fn open_bids_are_twice_the_free_capacity() {
    let none: [NaiveDate; 0] = [];
    assert!(open_bids(5, 2, (0, 3), &none, day(0)).passed);
    assert!(!open_bids(6, 2, (0, 3), &none, day(0)).passed);
    let ends = [day(10), day(20)];
    let full = open_bids(2, 2, (2, 3), &ends, day(0));
    assert_eq!((full.passed, free_on(&full)), (false, Some(day(10))));
    // seven can never be in play of three
    assert_eq!(free_on(&open_bids(6, 2, (2, 3), &ends, day(0))), None);
}

#[test]
fn the_share_counts_from_the_fifteenth_contract_and_the_own_part_of_a_joint_one() {
    let rule = rule();
    let mut all: Vec<Engagement> = (1..=14).map(|n| running(n, 100 + n, 100, 300)).collect();
    all.push(running(15, 1, 1000, 50));
    assert!(!budget_share(&all, id(1), &asked(&rule, 1)).passed);
    assert!(
        budget_share(&all[1..], id(1), &asked(&rule, 1)).passed,
        "fourteen run"
    );
    let over = budget_share(&all, id(1), &asked(&rule, 1));
    assert_eq!(free_on(&over), Some(day(50)));
    // half of it is a partner's: the other half is still too much, a quarter is not
    let mut joint = all.clone();
    joint[14].part_fen = 500;
    let mut partner = running(15, 2, 500, 50);
    partner.lead = false;
    joint.push(partner);
    assert!(budget_share(&joint, id(1), &asked(&rule, 100)).passed);
    assert!(!budget_share(&joint, id(1), &asked(&rule, 200)).passed);
    assert_eq!(
        sums(joint.iter(), id(2)).contracts,
        15,
        "a joint one counts once"
    );
}

#[test]
fn three_in_a_row_ask_for_an_open_posting() {
    let (own, other) = (vec![id(1)], vec![id(2)]);
    let row = |list: &[&Vec<Uuid>]| vec![list.iter().map(|one| (*one).clone()).collect::<Vec<_>>()];
    assert!(consecutive(&row(&[&own, &own]), 3, id(1)).passed);
    assert!(!consecutive(&row(&[&own, &own, &own]), 3, id(1)).passed);
    assert!(consecutive(&row(&[&own, &other, &own]), 3, id(1)).passed);
    assert!(consecutive(&row(&[&own, &own, &own]), 3, id(2)).passed);
    let together = vec![id(1), id(3)];
    assert!(!consecutive(&row(&[&together, &own, &own]), 3, id(1)).passed);
}

proptest! {
    #[test]
    fn on_the_day_it_names_a_cap_is_free(
        agreements in prop::collection::vec((1_u128..4, 1_i64..1_000_000, 1_u64..400), 0..40),
        part in 1_i64..1_000_000, percent in 10_i64..=100, cap in 0_i64..6,
    ) {
        let rule = CapRule { budget_share_percent: percent, budget_share_from: 5, ..rule() };
        let all: Vec<Engagement> = (1..).zip(&agreements).map(|(n, (who, fen, ends))| running(n, *who, *fen, *ends)).collect();
        let ends = |list: &[Engagement]| -> Vec<NaiveDate> {
            list.iter().filter(|one| one.organisation_id == id(1)).map(|one| one.ends_on).collect()
        };
        let active = |list: &[Engagement]| i64::try_from(ends(list).len()).unwrap();
        let left = |on: NaiveDate| -> Vec<Engagement> { all.iter().filter(|one| one.ends_on > on).cloned().collect() };
        let share = budget_share(&all, id(1), &asked(&rule, part));
        prop_assert_eq!(share.passed && free_on(&share).is_some(), false, "what is free has no date");
        if let Some(on) = free_on(&share) {
            prop_assert!(budget_share(&left(on), id(1), &asked(&rule, part)).passed);
            let before = on.pred_opt().unwrap();
            prop_assert!(!budget_share(&left(before), id(1), &asked(&rule, part)).passed, "and not a day earlier");
        }
        let room = capacity(active(&all), cap, &ends(&all), day(0));
        prop_assert_eq!(room.passed, active(&all) < cap);
        prop_assert_eq!(!room.passed && cap > 0, free_on(&room).is_some());
        if let Some(on) = free_on(&room) {
            prop_assert!(active(&left(on)) < cap);
            prop_assert!(active(&left(on.pred_opt().unwrap())) >= cap);
        }
    }

    #[test]
    fn open_bids_never_pass_the_factor(open in 0_i64..40, factor in 1_i64..5, active in 0_i64..8, cap in 0_i64..10, ends in prop::collection::vec(1_u64..300, 8)) {
        let mut days: Vec<NaiveDate> = ends.iter().map(|n| day(*n)).collect();
        days.truncate(usize::try_from(active).unwrap());
        let check = open_bids(open, factor, (active, cap), &days, day(0));
        prop_assert_eq!(check.passed, open < factor * (cap - active).max(0));
        if let Some(on) = free_on(&check) {
            let still = i64::try_from(days.iter().filter(|end| **end > on).count()).unwrap();
            prop_assert!(open_bids(open, factor, (still, cap), &[], day(0)).passed);
        }
    }
}
