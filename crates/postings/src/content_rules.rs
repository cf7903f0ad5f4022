//! Checks of what a notice says: pure functions (rulebook 2.4.2).

use crate::model::Content;
use chrono::NaiveDate;
use std::collections::HashSet;
use wubang_kernel::Faults;

/// Notes everything wrong with the public content; gives it back with its texts parsed.
pub(crate) fn check_content(content: Content, today: NaiveDate, faults: &mut Faults) -> Content {
    let at = |name: &str| format!("/content/{name}");
    let checked = Content {
        service_content: faults.prose(&at("service_content"), &content.service_content, 20..=5000),
        eligibility: faults.prose(&at("eligibility"), &content.eligibility, 2..=2000),
        agreement_terms: faults.prose(&at("agreement_terms"), &content.agreement_terms, 2..=5000),
        objection_contact: faults.prose(
            &at("objection_contact"),
            &content.objection_contact,
            2..=500,
        ),
        personal_data_notice: faults.prose(
            &at("personal_data_notice"),
            &content.personal_data_notice,
            2..=2000,
        ),
        ..content
    };
    faults.count(
        &at("minimum_quantity"),
        checked.minimum_quantity.len(),
        1..=50,
    );
    for (i, row) in checked.minimum_quantity.iter().enumerate() {
        faults.line(
            &format!("/content/minimum_quantity/{i}/item"),
            &row.item,
            1..=200,
        );
        faults.number(
            &format!("/content/minimum_quantity/{i}/quantity"),
            row.quantity,
            1..=1_000_000_000,
        );
    }
    faults.count(&at("communities"), checked.communities.len(), 1..=50);
    for (i, code) in checked.communities.iter().enumerate() {
        faults.division(&format!("/content/communities/{i}"), code);
    }
    faults.line(&at("buyer/name"), &checked.buyer.name, 2..=100);
    faults.line(&at("buyer/contact"), &checked.buyer.contact, 2..=200);
    faults.line(
        &at("funding_source/name"),
        &checked.funding_source.name,
        2..=100,
    );
    if checked.starts_on <= today {
        faults.add(
            at("starts_on"),
            "out_of_range",
            "须在今天之后",
            "must be after today",
        );
    }
    if checked.ends_on <= checked.starts_on {
        faults.add(
            at("ends_on"),
            "out_of_range",
            "须在开始日之后",
            "must be after the start",
        );
    }
    // 政府购买服务: a contract is for three years at most (rulebook 3.2)
    if (checked.ends_on - checked.starts_on).num_days() > 3 * 366 {
        faults.add(
            at("ends_on"),
            "out_of_range",
            "服务期不超过三年",
            "the period is three years at most",
        );
    }
    check_milestones(&checked, faults);
    checked
}

fn check_milestones(content: &Content, faults: &mut Faults) {
    faults.count("/content/milestones", content.milestones.len(), 1..=24);
    let mut names = HashSet::new();
    for (i, milestone) in content.milestones.iter().enumerate() {
        let at = format!("/content/milestones/{i}");
        faults.line(&format!("{at}/title"), &milestone.title, 2..=100);
        if milestone.due_on < content.starts_on || milestone.due_on > content.ends_on {
            faults.add(
                format!("{at}/due_on"),
                "out_of_range",
                "须在服务期内",
                "must lie within the period",
            );
        }
        if !names.insert(milestone.title.as_str()) {
            faults.add(
                format!("{at}/title"),
                "duplicate",
                "里程碑重名",
                "is there twice",
            );
        }
        faults.count(
            &format!("{at}/indicators"),
            milestone.indicators.len(),
            1..=20,
        );
        for (j, indicator) in milestone.indicators.iter().enumerate() {
            faults.line(
                &format!("{at}/indicators/{j}/name"),
                &indicator.name,
                1..=100,
            );
            faults.number(
                &format!("{at}/indicators/{j}/target"),
                indicator.target,
                0..=1_000_000_000,
            );
        }
    }
}
