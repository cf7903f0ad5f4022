//! What a letter of intent must say (揭榜意向书): the completeness list, field by field (rulebook 2.4.3).

use crate::model::{BudgetItem, Letter};
use wubang_kernel::Faults;
use wubang_kernel::money::Fen;

/// Target groups who are minors: their letters need the child-protection promise (未成年人保护法 62).
const MINORS: &[&str] = &[
    "child",
    "child_in_difficulty",
    "left_behind",
    "migrant_child",
    "youth",
    "youth_misconduct",
];

/// What a posting asks of a letter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LetterAsks {
    /// Whether the service is for minors.
    pub serves_minors: bool,
    /// Most that management may cost, in percent of the price.
    pub management_percent: u32,
    /// An order was picked for what is known: its acceptance needs the plan, the budget and the promises only.
    pub light: bool,
}

/// Whether a posting serves minors.
pub(crate) fn serves_minors(groups: &[String]) -> bool {
    groups.iter().any(|group| MINORS.contains(&group.as_str()))
}

/// Notes what a letter still misses, field by field: the completeness list.
pub(crate) fn check_letter(letter: &Letter, price: Fen, asks: LetterAsks, faults: &mut Faults) {
    if !asks.light {
        faults.prose("/letter/understanding", &letter.understanding, 20..=5000);
    }
    faults.prose(
        "/letter/service_plan/schedule",
        &letter.service_plan.schedule,
        5..=5000,
    );
    faults.count(
        "/letter/service_plan/activities",
        letter.service_plan.activities.len(),
        1..=50,
    );
    for (i, activity) in letter.service_plan.activities.iter().enumerate() {
        faults.line(
            &format!("/letter/service_plan/activities/{i}/name"),
            &activity.name,
            1..=200,
        );
    }
    if !asks.light {
        check_capability(letter, faults);
    }
    for (name, given) in [
        ("no_conflict", letter.commitments.no_conflict),
        ("truthful", letter.commitments.truthful),
    ] {
        if !given {
            faults.missing(format!("/letter/commitments/{name}"));
        }
    }
    if asks.serves_minors && !letter.commitments.child_protection {
        faults.missing("/letter/commitments/child_protection");
    }
    check_budget(letter, price, asks.management_percent, faults);
}

/// Notes what a panel would miss: who the bidder is and what he can do.
fn check_capability(letter: &Letter, faults: &mut Faults) {
    faults.number("/letter/team/headcount", letter.team.headcount, 1..=100_000);
    faults.number(
        "/letter/team/social_workers",
        letter.team.social_workers,
        0..=letter.team.headcount.max(0),
    );
    faults.prose(
        "/letter/capability_statement",
        &letter.capability_statement,
        5..=5000,
    );
    faults.prose("/letter/risk_plan", &letter.risk_plan, 5..=5000);
    faults.count(
        "/letter/outcome_indicators",
        letter.outcome_indicators.len(),
        1..=30,
    );
}

fn check_budget(letter: &Letter, price: Fen, management_percent: u32, faults: &mut Faults) {
    let sum = Fen::sum(letter.budget.iter().map(|line| line.amount_fen));
    if sum != Some(price) {
        let sum = sum.map_or_else(|| "—".to_owned(), |sum| sum.get().to_string());
        faults.add(
            "/letter/budget",
            "sum_mismatch",
            format!("预算合计 {sum} 分与报价 {} 分不符", price.get()),
            format!("lines sum to {sum} fen, the price is {} fen", price.get()),
        );
    }
    let management = Fen::sum(
        letter
            .budget
            .iter()
            .filter(|line| line.item == BudgetItem::Management)
            .map(|line| line.amount_fen),
    )
    .unwrap_or(Fen::MAX);
    if i128::from(management.get()) * 100 > i128::from(price.get()) * i128::from(management_percent)
    {
        faults.add(
            "/letter/budget",
            "out_of_range",
            format!("管理费不得超过报价的 {management_percent}%"),
            format!("management is limited to {management_percent} % of the price"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKS: LetterAsks = LetterAsks {
        serves_minors: false,
        management_percent: 10,
        light: false,
    };

    #[test]
    fn an_empty_letter_is_told_everything_it_misses() {
        let mut faults = Faults::new();
        check_letter(
            &Letter::default(),
            Fen::new(100).unwrap(),
            LetterAsks {
                serves_minors: true,
                ..ASKS
            },
            &mut faults,
        );
        let pointers: Vec<_> = faults
            .into_fields()
            .into_iter()
            .map(|field| field.pointer)
            .collect();
        for wanted in [
            "/letter/understanding",
            "/letter/budget",
            "/letter/commitments/child_protection",
            "/letter/team/headcount",
        ] {
            assert!(pointers.iter().any(|pointer| pointer == wanted), "{wanted}");
        }
    }

    #[test]
    fn an_acceptance_of_an_order_is_asked_less() {
        let light = LetterAsks {
            light: true,
            ..ASKS
        };
        let missing = |asks| {
            let mut faults = Faults::new();
            check_letter(
                &Letter::default(),
                Fen::new(100).unwrap(),
                asks,
                &mut faults,
            );
            let fields = faults.into_fields().into_iter();
            fields
                .map(|field| field.pointer)
                .collect::<std::collections::HashSet<_>>()
        };
        let (full, less) = (missing(ASKS), missing(light));
        assert!(less.is_subset(&full) && less.len() < full.len());
        assert!(less.contains("/letter/budget"));
        assert!(!less.contains("/letter/risk_plan"));
    }
}
