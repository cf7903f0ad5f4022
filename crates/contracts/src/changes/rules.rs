//! Who must agree to a change, and how far it may go: pure functions (rulebook 2.8.7). Every limit is counted against
//! the agreement as signed, so that several changes together are within it when each of them is.

use super::flow::{ChangeRequest, ChangeRequestGuard};
use super::model::{Change, ChangeOffice, ChangeSide};
use crate::model::ContractContent;
use chrono::{Days, Months, NaiveDate};
use std::collections::BTreeMap;
use uuid::Uuid;
use wubang_bids::model::BudgetItem;
use wubang_kernel::machine::{Facts, Name};
use wubang_kernel::procedure::Procedure;
use wubang_kernel::{Faults, Refusal};

/// Limits in force for one agreement, frozen with its posting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub time_percent: i64,
    pub time_months: u32,
    pub content_percent: i64,
    pub budget_percent: i64,
    pub amount_percent: i64,
    pub subcontract_percent: i64,
    pub management_percent: i64,
}

impl From<&Procedure> for Limits {
    fn from(procedure: &Procedure) -> Self {
        let changes = &procedure.changes;
        Limits {
            time_percent: i64::from(changes.time_percent),
            time_months: changes.time_months,
            content_percent: i64::from(changes.content_percent),
            budget_percent: i64::from(changes.budget_percent),
            amount_percent: i64::from(changes.amount_percent),
            subcontract_percent: i64::from(changes.subcontract_percent),
            management_percent: i64::from(procedure.management_percent),
        }
    }
}

/// The last day to which an agreement may be extended altogether: half of its days, and six months, whichever is less.
pub(crate) fn latest_end(original: &ContractContent, limits: Limits) -> NaiveDate {
    let days = (original.ends_on - original.starts_on).num_days() + 1;
    let more = u64::try_from(days * limits.time_percent / 100).unwrap_or(0);
    let by_share = original.ends_on.checked_add_days(Days::new(more));
    let by_months = original
        .ends_on
        .checked_add_months(Months::new(limits.time_months));
    match (by_share, by_months) {
        (Some(one), Some(other)) => one.min(other),
        // a date beyond the calendar allows nothing
        _ => original.ends_on,
    }
}

/// Most that an agreement may cost after all changes, in fen.
pub(crate) fn highest_price(original: &ContractContent, limits: Limits) -> i64 {
    let price = original.price_fen.get();
    price.saturating_add(part(price, limits.amount_percent))
}

fn part(whole: i64, percent: i64) -> i64 {
    let part = i128::from(whole) * i128::from(percent) / 100;
    i64::try_from(part).unwrap_or(i64::MAX)
}

/// Sums of the core indicators by name and unit over the milestones that stand.
fn indicators(content: &ContractContent) -> BTreeMap<(String, String), i64> {
    let mut sums = BTreeMap::new();
    for (seq, milestone) in (1..).zip(&content.milestones) {
        if content.waived.contains(&seq) {
            continue;
        }
        for one in &milestone.indicators {
            let sum = sums
                .entry((one.name.clone(), one.unit.clone()))
                .or_insert(0_i64);
            *sum = sum.saturating_add(one.target);
        }
    }
    for one in &content.minimum_quantity {
        let sum = sums
            .entry((one.item.clone(), one.unit.clone()))
            .or_insert(0_i64);
        *sum = sum.saturating_add(one.quantity);
    }
    sums
}

/// Notes every core indicator that falls by more than the limit.
fn check_content(
    original: &ContractContent,
    after: &ContractContent,
    limits: Limits,
    faults: &mut Faults,
) {
    let left = indicators(after);
    for ((name, unit), was) in indicators(original) {
        let now = left
            .get(&(name.clone(), unit.clone()))
            .copied()
            .unwrap_or(0);
        // at most the limit below what was signed, compared without rounding
        let least = i128::from(was) * i128::from(100 - limits.content_percent);
        if i128::from(now) * 100 < least {
            let percent = limits.content_percent;
            let zh = format!(
                "核心指标“{name}”原为 {was}{unit},减少不得超过 {percent}%,拟为 {now}{unit}"
            );
            let en =
                format!("{name} was {was}; it may fall by {percent} percent at most, got {now}");
            faults.add("/change", "out_of_range", zh, en);
        }
    }
}

pub(crate) fn line(content: &ContractContent, item: BudgetItem) -> i64 {
    let lines = content.budget.iter().filter(|one| one.item == item);
    lines
        .map(|one| one.amount_fen.get())
        .fold(0, i64::saturating_add)
}

/// Whether a shift stays within the limit of both lines, so that the contractor's note is enough.
pub(crate) fn is_note(
    original: &ContractContent,
    after: &ContractContent,
    change: &Change,
    limits: Limits,
) -> bool {
    let Change::BudgetShift { from, to, .. } = change else {
        return false;
    };
    [*from, *to].iter().all(|item| {
        let (was, now) = (line(original, *item), line(after, *item));
        (i128::from(now) - i128::from(was)).abs() * 100
            <= i128::from(was) * i128::from(limits.budget_percent)
    })
}

/// Notes everything in which the agreement after the change goes beyond a limit.
pub(crate) fn check_limits(
    original: &ContractContent,
    after: &ContractContent,
    limits: Limits,
    faults: &mut Faults,
) {
    let latest = latest_end(original, limits);
    if after.ends_on > latest {
        let zh = format!("累计延期不得超过 {latest}");
        let en = format!("all extensions together end on {latest} at the latest");
        faults.add("/change/ends_on", "out_of_range", zh, en);
    }
    let highest = highest_price(original, limits);
    if after.price_fen.get() > highest {
        let zh = format!("累计增加后价款不得超过 {highest} 分");
        let en = format!("the price may be {highest} fen at most");
        faults.add("/change/price_fen", "out_of_range", zh, en);
    }
    check_content(original, after, limits, faults);
    let given = after.subcontracts.iter().map(|one| one.amount_fen.get());
    let given = given.fold(0, i64::saturating_add);
    let most = part(original.price_fen.get(), limits.subcontract_percent);
    if given > most {
        let zh = format!("分包合计不得超过 {most} 分,拟为 {given} 分");
        let en = format!("subcontracts may be {most} fen together, got {given}");
        faults.add("/change/amount_fen", "out_of_range", zh, en);
    }
    let management = line(after, BudgetItem::Management);
    let most = part(after.price_fen.get(), limits.management_percent);
    if management > line(original, BudgetItem::Management) && management > most {
        let zh = format!("管理费不得超过 {most} 分,拟为 {management} 分");
        let en = format!("management may cost {most} fen at most, got {management}");
        faults.add("/change/to", "out_of_range", zh, en);
    }
}

/// Whether a change is shown to everybody before it is approved: another party, or more money.
pub(crate) const fn is_major(change: &Change) -> bool {
    matches!(
        change,
        Change::PartnerLeaves { .. } | Change::AmountUp { .. }
    )
}

/// Who must agree, in the order in which they are shown: the offices of the rulebook, and the contractor where the
/// street asks.
pub(crate) fn offices(change: &Change, side: ChangeSide, by_rule: bool) -> Vec<ChangeOffice> {
    let mut offices = match change {
        _ if by_rule => Vec::new(),
        Change::ContentShift { .. } => vec![ChangeOffice::Community, ChangeOffice::Street],
        Change::AmountUp { .. } => vec![ChangeOffice::Funder, ChangeOffice::Street],
        Change::KeyPerson { .. } => vec![ChangeOffice::Community],
        Change::TimeExtension { .. }
        | Change::BudgetShift { .. }
        | Change::PartnerLeaves { .. }
        | Change::Subcontract { .. }
        | Change::ContractorChange { .. } => vec![ChangeOffice::Street],
    };
    if side == ChangeSide::Street {
        offices.push(ChangeOffice::Contractor);
    }
    offices
}

/// What is known of a change request when a step is asked for.
#[derive(Debug, Clone)]
pub(crate) struct ChangeFacts {
    pub contract_active: bool,
    pub in_time: bool,
    pub exiting: bool,
    pub other_open: bool,
    pub allowed: Result<(), Refusal>,
    pub by_rule: bool,
    pub major: bool,
    pub own_side: bool,
    pub offices: Vec<ChangeOffice>,
    /// Who has agreed, and as what.
    pub agreed: Vec<(ChangeOffice, Uuid)>,
    pub drafted_by: Uuid,
    /// The office that the actor would speak for, and who he is.
    pub speaker: Option<(ChangeOffice, Uuid)>,
}

impl Facts<ChangeRequest> for ChangeFacts {
    fn check(&self, guard: ChangeRequestGuard) -> Result<(), Refusal> {
        let holds = match guard {
            ChangeRequestGuard::ContractActive => self.contract_active,
            ChangeRequestGuard::InTime => self.in_time,
            ChangeRequestGuard::NotExiting => !self.exiting,
            ChangeRequestGuard::OnlyOne => !self.other_open,
            ChangeRequestGuard::Allowed => return self.allowed.clone(),
            ChangeRequestGuard::ByRule => self.by_rule,
            ChangeRequestGuard::MayAgree => self.speaker.is_some(),
            ChangeRequestGuard::NotYetAgreed => self
                .speaker
                .is_none_or(|(office, _)| self.agreed.iter().all(|(one, _)| *one != office)),
            ChangeRequestGuard::OtherPerson => self.speaker.is_none_or(|(_, person)| {
                person != self.drafted_by && self.agreed.iter().all(|(_, one)| *one != person)
            }),
            ChangeRequestGuard::AllAgreed => self.all_agreed(),
            ChangeRequestGuard::Major => self.major,
            ChangeRequestGuard::Minor => !self.major,
            ChangeRequestGuard::OwnSide => self.own_side,
        };
        if holds {
            Ok(())
        } else {
            Err(guard.code().into())
        }
    }
}

impl ChangeFacts {
    /// Whether every office has agreed.
    pub fn all_agreed(&self) -> bool {
        let agreed = |office: &ChangeOffice| self.agreed.iter().any(|(one, _)| one == office);
        self.offices.iter().all(agreed)
    }
}

#[cfg(test)]
mod tests {
    use super::super::apply::{Work, apply};
    use super::super::flow::{ChangeRequestEvent, ChangeRequestState};
    use super::*;
    use proptest::prelude::*;
    use wubang_kernel::machine::plan;
    use wubang_kernel::procedure::PostingType;
    use wubang_kernel::{Code, Role, RoleSet};

    fn limits() -> Limits {
        Limits::from(&Procedure::of(PostingType::Open))
    }

    fn original() -> ContractContent {
        let milestone = |n: i32| {
            serde_json::json!({ "title": format!("第{n}阶段"), "content": "走访", "due_on": format!("2026-0{}-20", 5 + n),
                "indicators": [{ "name": "走访", "unit": "次", "target": 100 }] })
        };
        serde_json::from_value(serde_json::json!({
            "buyer": { "kind": "street_office", "name": "街道办", "contact": "0371-1" },
            "contractor": { "organisation_id": Uuid::from_u128(1), "name": "甲", "uscc": null, "legal_representative": "乙", "custodian_id": null, "share_bp": 6_000 },
            "partners": [{ "organisation_id": Uuid::from_u128(2), "name": "丙", "uscc": null, "legal_representative": "丁", "share_bp": 4_000, "work": "结对陪伴" }],
            "custodian": null, "service_content": "x", "minimum_quantity": [{ "item": "陪伴", "quantity": 1_000, "unit": "次" }], "target_groups": [], "communities": [],
            "starts_on": "2026-05-01", "ends_on": "2026-10-31", "price_fen": 1_000_000,
            "service_plan": { "activities": [{ "name": "培训", "frequency": "一次", "quantity": "1" }], "schedule": "" },
            "milestones": [milestone(1), milestone(2), milestone(3)],
            "tranches": [{ "seq": 1, "share_percent": 50, "amount_fen": 500_000, "condition": "agreement_signed", "milestone_seq": null },
                { "seq": 2, "share_percent": 50, "amount_fen": 500_000, "condition": "evaluation_passed", "milestone_seq": null }],
            "budget": [{ "item": "people", "amount_fen": 700_000 }, { "item": "activity", "amount_fen": 250_000 }, { "item": "management", "amount_fen": 50_000 }],
            "key_persons": [], "subcontracts": [], "waived": [],
            "evaluation_scheme": "four_party", "evaluation_weights": [], "agreement_terms": "x", "clauses": []
        }))
        .unwrap()
    }

    fn work() -> Work {
        Work {
            today: "2026-06-01".parse().unwrap(),
            open: vec![1, 2, 3],
            awaited: vec![2],
        }
    }

    fn change(value: serde_json::Value) -> Change {
        serde_json::from_value(value).unwrap()
    }

    /// The content after a change, and the pointers of what is wrong with it or beyond a limit.
    fn tried(before: &ContractContent, change: &Change) -> (ContractContent, Vec<String>) {
        let mut faults = Faults::new();
        let after = apply(before, change, &work(), &mut faults);
        check_limits(&original(), &after, limits(), &mut faults);
        let fields = faults.into_fields();
        (
            after,
            fields.into_iter().map(|field| field.pointer).collect(),
        )
    }

    #[test]
    fn an_extension_is_half_of_the_days_and_six_months_at_most() {
        // 184 days and half of them, 92, from 31 October
        assert_eq!(
            latest_end(&original(), limits()),
            "2027-01-31".parse::<NaiveDate>().unwrap()
        );
        let mut long = original();
        long.starts_on = "2023-11-01".parse().unwrap();
        assert_eq!(
            latest_end(&long, limits()),
            "2027-04-30".parse::<NaiveDate>().unwrap()
        );
    }

    #[test]
    fn a_waived_milestone_is_carried_by_the_others_or_refused() {
        let alone = change(serde_json::json!({ "kind": "content_shift", "waived": [3] }));
        assert_eq!(tried(&original(), &alone).1, ["/change"]);
        let carried = change(serde_json::json!({ "kind": "content_shift", "waived": [3],
            "indicators": [{ "milestone_seq": 1, "name": "走访", "target": 170 }] }));
        let (after, wrong) = tried(&original(), &carried);
        assert_eq!((after.waived, wrong), (vec![3], Vec::new()));
        let awaited = change(serde_json::json!({ "kind": "content_shift", "waived": [2] }));
        assert!(
            tried(&original(), &awaited)
                .1
                .contains(&"/change/waived/0".to_owned())
        );
    }

    #[test]
    fn a_shift_within_a_fifth_of_both_lines_is_a_note() {
        let shift = |amount: i64| {
            change(
                serde_json::json!({ "kind": "budget_shift", "from": "people", "to": "activity", "amount_fen": amount }),
            )
        };
        let note = |amount: i64| {
            let (after, _) = tried(&original(), &shift(amount));
            is_note(&original(), &after, &shift(amount), limits())
        };
        // 20 percent of the smaller line of 2 500.00 yuan
        assert!(note(50_000));
        assert!(!note(50_001));
        // twice the half of it together is more than a note
        let (once, _) = tried(&original(), &shift(30_000));
        let (twice, _) = tried(&once, &shift(30_000));
        assert!(!is_note(&original(), &twice, &shift(30_000), limits()));
        let managed = change(
            serde_json::json!({ "kind": "budget_shift", "from": "people", "to": "management", "amount_fen": 100_000 }),
        );
        assert_eq!(tried(&original(), &managed).1, ["/change/to"]);
    }

    #[test]
    fn the_lead_does_not_leave_and_the_others_share_the_whole() {
        let leave = |who: u128, shares: serde_json::Value| {
            change(
                serde_json::json!({ "kind": "partner_leaves", "organisation_id": Uuid::from_u128(who), "shares": shares }),
            )
        };
        let whole = serde_json::json!([{ "organisation_id": Uuid::from_u128(1), "share_bp": 10_000, "work": "承接全部工作" }]);
        assert_eq!(
            tried(&original(), &leave(1, whole.clone())).1,
            ["/change/organisation_id"]
        );
        let (after, wrong) = tried(&original(), &leave(2, whole));
        assert_eq!(
            (wrong, after.partners.len(), after.contractor.share_bp),
            (Vec::new(), 0, 10_000)
        );
        let half = serde_json::json!([{ "organisation_id": Uuid::from_u128(2), "share_bp": 5_000, "work": "承接全部工作" }]);
        assert_eq!(
            tried(&original(), &leave(2, half)).1,
            [
                "/change/shares",
                "/change/shares/0/organisation_id",
                "/change/shares"
            ]
        );
    }

    #[test]
    fn neither_the_drafter_nor_one_person_twice_agrees() {
        let person = Uuid::from_u128;
        let facts = ChangeFacts {
            contract_active: true,
            in_time: true,
            exiting: false,
            other_open: false,
            allowed: Ok(()),
            by_rule: false,
            major: false,
            own_side: false,
            offices: vec![ChangeOffice::Community, ChangeOffice::Street],
            agreed: vec![(ChangeOffice::Community, person(2))],
            drafted_by: person(1),
            speaker: Some((ChangeOffice::Street, person(3))),
        };
        let ask = |speaker: Option<(ChangeOffice, Uuid)>| {
            let facts = ChangeFacts {
                speaker,
                ..facts.clone()
            };
            let step = plan::<ChangeRequest>(
                ChangeRequestState::UnderReview,
                ChangeRequestEvent::Agree,
                RoleSet::of(&[Role::StreetOfficer]),
                &facts,
            );
            step.err().map(|refusal| refusal.code)
        };
        assert_eq!(ask(facts.speaker), None);
        assert_eq!(ask(None), Some(Code::Forbidden));
        assert_eq!(
            ask(Some((ChangeOffice::Street, person(1)))),
            Some(Code::SamePerson)
        );
        assert_eq!(
            ask(Some((ChangeOffice::Street, person(2)))),
            Some(Code::SamePerson)
        );
        assert_eq!(
            ask(Some((ChangeOffice::Community, person(4)))),
            Some(Code::Duplicate)
        );
    }

    proptest! {
        #[test]
        fn extensions_that_pass_one_by_one_are_within_the_limit_together(days in proptest::collection::vec(1_u64..60, 1..8)) {
            let mut content = original();
            for more in days {
                let ends_on = content.ends_on + Days::new(more);
                let extension = Change::TimeExtension { ends_on, milestones: Vec::new() };
                let (after, wrong) = tried(&content, &extension);
                prop_assert_eq!(wrong.is_empty(), ends_on <= latest_end(&original(), limits()));
                if wrong.is_empty() {
                    content = after;
                }
            }
            let added = (content.ends_on - original().ends_on).num_days();
            prop_assert!(added <= 92);
        }

        #[test]
        fn the_price_rises_by_a_tenth_at_most_and_its_tranches_and_lines_with_it(rises in proptest::collection::vec(1_i64..60_000, 1..6)) {
            let mut content = original();
            for more in rises {
                let rise = Change::AmountUp { price_fen: content.price_fen.get() + more, item: BudgetItem::Activity };
                let (after, wrong) = tried(&content, &rise);
                if wrong.is_empty() {
                    content = after;
                }
            }
            let sum = |amounts: Vec<i64>| amounts.into_iter().sum::<i64>();
            let price = content.price_fen.get();
            prop_assert!(price <= 1_100_000);
            prop_assert_eq!(sum(content.tranches.iter().map(|one| one.amount_fen.get()).collect()), price);
            prop_assert_eq!(sum(content.budget.iter().map(|one| one.amount_fen.get()).collect()), price);
        }

        #[test]
        fn subcontracts_are_three_tenths_of_the_price_at_most(parts in proptest::collection::vec(1_i64..200_000, 1..6)) {
            let mut content = original();
            for amount_fen in parts {
                let part = Change::Subcontract { activity: "培训".to_owned(), contractor: "某机构".to_owned(), amount_fen };
                let (after, wrong) = tried(&content, &part);
                if wrong.is_empty() {
                    content = after;
                }
            }
            prop_assert!(content.subcontracts.iter().map(|one| one.amount_fen.get()).sum::<i64>() <= 300_000);
        }

        #[test]
        fn a_shift_moves_money_and_makes_none(amount in 1_i64..800_000) {
            let shift = Change::BudgetShift { from: BudgetItem::People, to: BudgetItem::Tax, amount_fen: amount };
            let (after, wrong) = tried(&original(), &shift);
            prop_assert_eq!(wrong.is_empty(), amount <= 700_000);
            prop_assert_eq!(after.budget.iter().map(|one| one.amount_fen.get()).sum::<i64>(), 1_000_000);
        }
    }
}
