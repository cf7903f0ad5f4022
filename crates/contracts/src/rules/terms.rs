//! Whether the terms of an agreement fit what was posted (rulebook 2.4.4, 2.4.5): pure functions.

use crate::model::{ContractContent, TrancheCondition};
use chrono::NaiveDate;
use wubang_kernel::Faults;

/// What the posting and its procedure allow.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// First and last day as posted.
    pub period: (NaiveDate, NaiveDate),
    /// Most that the first tranche may be, in percent.
    pub first_share: u32,
}

/// Notes every term that goes beyond what was posted.
pub(crate) fn check(content: &ContractContent, bounds: Bounds, faults: &mut Faults) {
    check_period(content, bounds.period, faults);
    check_tranches(content, bounds.first_share, faults);
}

fn check_period(
    content: &ContractContent,
    (first, last): (NaiveDate, NaiveDate),
    faults: &mut Faults,
) {
    let outside = |faults: &mut Faults, at: String| {
        let zh = format!("须在榜单公布的服务期 {first} 至 {last} 之内");
        let en = format!("must lie within the posted period, {first} to {last}");
        faults.add(at, "out_of_range", zh, en);
    };
    if content.starts_on < first || content.starts_on > last {
        outside(faults, "/starts_on".to_owned());
    }
    if content.ends_on > last || content.ends_on < first {
        outside(faults, "/ends_on".to_owned());
    }
    if content.ends_on < content.starts_on {
        let (zh, en) = (
            "结束日期早于开始日期",
            "the end date is before the start date",
        );
        faults.add("/ends_on", "out_of_order", zh, en);
    }
    for (i, milestone) in content.milestones.iter().enumerate() {
        if milestone.due_on < content.starts_on || milestone.due_on > content.ends_on {
            let (zh, en) = ("须在协议期限之内", "must lie within the agreed period");
            faults.add(format!("/milestones/{i}/due_on"), "out_of_range", zh, en);
        }
    }
}

fn check_tranches(content: &ContractContent, first_share: u32, faults: &mut Faults) {
    // a free service (认领) has nothing to pay
    let Some((last, before)) = content.tranches.split_last() else {
        return;
    };
    let shares = content.tranches.iter().map(|one| one.share_percent);
    let sum = shares.fold(0, u32::saturating_add);
    if sum != 100 {
        let zh = format!("各期比例合计须为 100%,实为 {sum}%");
        let en = format!("shares must sum to 100, got {sum}");
        faults.add("/tranches", "sum_mismatch", zh, en);
    }
    let milestones = i32::try_from(content.milestones.len()).unwrap_or(i32::MAX);
    for (i, tranche) in content.tranches.iter().enumerate() {
        faults.number(
            &format!("/tranches/{i}/share_percent"),
            tranche.share_percent,
            1..=100,
        );
        let bound = tranche.condition == TrancheCondition::Milestone;
        let exists = tranche
            .milestone_seq
            .is_some_and(|seq| (1..=milestones).contains(&seq));
        if bound != tranche.milestone_seq.is_some() || (bound && !exists) {
            let (zh, en) = (
                "条件为里程碑的,须指明协议中的里程碑;其他条件不指明",
                "name a milestone of the agreement exactly where the condition is one",
            );
            faults.add(
                format!("/tranches/{i}/milestone_seq"),
                "unknown_value",
                zh,
                en,
            );
        }
    }
    if last.condition != TrancheCondition::EvaluationPassed {
        let (zh, en) = (
            "最后一期须以考榜合格为条件",
            "the last tranche must wait for the evaluation",
        );
        faults.add(
            format!("/tranches/{}/condition", before.len()),
            "not_allowed",
            zh,
            en,
        );
    }
    if let Some(first) = before.first().filter(|one| one.share_percent > first_share) {
        let zh = format!("首期不得超过 {first_share}%,实为 {}%", first.share_percent);
        let en = format!("the first tranche may be {first_share} percent at most");
        faults.add("/tranches/0/share_percent", "out_of_range", zh, en);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft;
    use crate::model::Tranche;
    use proptest::prelude::*;
    use wubang_kernel::money::Fen;

    const BOUNDS: Bounds = Bounds {
        period: (day(1), day(28)),
        first_share: 50,
    };

    const fn day(n: u32) -> NaiveDate {
        match NaiveDate::from_ymd_opt(2026, 6, n) {
            Some(day) => day,
            None => NaiveDate::MIN,
        }
    }

    fn content(shares: &[u32]) -> ContractContent {
        let price = Fen::new(1_000_000).unwrap();
        let tranches = draft::tranches(price, shares, 2).unwrap_or_else(|| {
            shares
                .iter()
                .map(|share| Tranche {
                    seq: 1,
                    share_percent: *share,
                    amount_fen: Fen::ZERO,
                    condition: TrancheCondition::EvaluationPassed,
                    milestone_seq: None,
                })
                .collect()
        });
        let milestone = |due: NaiveDate| serde_json::json!({ "title": "一", "content": "二", "due_on": due, "indicators": [] });
        serde_json::from_value(serde_json::json!({
            "buyer": { "kind": "street_office", "name": "街道办", "contact": "0371-1" },
            "contractor": { "organisation_id": uuid::Uuid::nil(), "name": "甲", "uscc": null, "legal_representative": "乙", "custodian_id": null, "share_bp": 10_000 },
            "partners": [], "custodian": null, "service_content": "x", "minimum_quantity": [], "target_groups": [], "communities": [],
            "starts_on": day(2), "ends_on": day(20), "price_fen": price,
            "service_plan": { "activities": [], "schedule": "" }, "milestones": [milestone(day(5)), milestone(day(20))], "tranches": tranches, "budget": [], "key_persons": [], "subcontracts": [], "waived": [],
            "evaluation_scheme": "four_party", "evaluation_weights": [], "agreement_terms": "x", "clauses": []
        }))
        .unwrap()
    }

    fn pointers(content: &ContractContent) -> Vec<String> {
        let mut faults = Faults::new();
        check(content, BOUNDS, &mut faults);
        let fields = faults.into_fields();
        fields.into_iter().map(|field| field.pointer).collect()
    }

    #[test]
    fn the_usual_terms_fit() {
        assert!(pointers(&content(&[50, 30, 20])).is_empty());
    }

    #[test]
    fn every_wrong_term_is_named_at_once() {
        let mut wrong = content(&[60, 20, 20]);
        wrong.starts_on = day(6);
        wrong.ends_on = day(30);
        wrong.tranches[1].milestone_seq = Some(3);
        wrong.tranches[2].condition = TrancheCondition::AgreementSigned;
        assert_eq!(
            pointers(&wrong),
            [
                "/ends_on",
                "/milestones/0/due_on",
                "/tranches/1/milestone_seq",
                "/tranches/2/condition",
                "/tranches/0/share_percent",
            ]
        );
        wrong.ends_on = day(1);
        assert!(pointers(&wrong).contains(&"/ends_on".to_owned()));
    }

    proptest! {
        #[test]
        fn shares_that_do_not_sum_to_a_hundred_are_refused(shares in proptest::collection::vec(1_u32..=50, 2..5)) {
            let sum: u32 = shares.iter().sum();
            let named = pointers(&content(&shares)).contains(&"/tranches".to_owned());
            prop_assert_eq!(named, sum != 100);
        }
    }
}
