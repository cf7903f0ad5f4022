//! Facts and guards of an entry, the check of its content, and the sums: pure functions.

use super::entity::activity;
use super::flow::{Activity, ActivityGuard};
use super::model::{
    ActivityEntry, ActivityTotals, BeneficiaryCategory, BeneficiaryCounts, BeneficiaryTotal,
};
use chrono::NaiveDate;
use wubang_kernel::machine::{Facts, Name};
use wubang_kernel::personal::{mask, refuse_identity_numbers};
use wubang_kernel::{Faults, Refusal};

/// Fewer than these are never shown to everybody (rulebook 3.8).
const LEAST_PUBLIC: i64 = 5;

/// What is known of an entry when a step is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ActivityFacts {
    pub contract_active: bool,
    /// Whether the actor belongs to the contractor.
    pub is_contractor: bool,
}

impl Facts<Activity> for ActivityFacts {
    fn check(&self, guard: ActivityGuard) -> Result<(), Refusal> {
        let holds = match guard {
            ActivityGuard::ContractActive => self.contract_active,
            ActivityGuard::NotRecused => !self.is_contractor,
        };
        if holds {
            Ok(())
        } else {
            Err(guard.code().into())
        }
    }
}

/// Cleans an entry and notes every wrong field; personal data in its texts is masked before it is kept.
pub(crate) fn check(
    entry: ActivityEntry,
    days: (NaiveDate, NaiveDate),
    faults: &mut Faults,
) -> ActivityEntry {
    let (first, today) = days;
    if entry.held_on < first || entry.held_on > today {
        let (zh, en) = (
            "须在协议开始之日与今天之间",
            "must lie between the first day of the agreement and today",
        );
        faults.add("/entry/held_on", "out_of_range", zh, en);
    }
    let place = faults.line("/entry/place", &entry.place, 2..=100);
    faults.number("/entry/headcount", entry.headcount, 1..=100_000);
    faults.number("/entry/volunteer_hours", entry.volunteer_hours, 0..=100_000);
    let text = faults.prose("/entry/text", &entry.text, 5..=2000);
    refuse_identity_numbers("/entry/place", &place, faults);
    refuse_identity_numbers("/entry/text", &text, faults);
    check_counts(&entry.beneficiaries, entry.headcount, faults);
    ActivityEntry {
        place: mask(&place),
        text: mask(&text),
        ..entry
    }
}

fn check_counts(counts: &BeneficiaryCounts, headcount: i64, faults: &mut Faults) {
    for (i, one) in counts.0.iter().enumerate() {
        let at = format!("/entry/beneficiaries/{i}");
        faults.number(&format!("{at}/count"), one.count, 1..=headcount.max(1));
        let earlier = counts.0.iter().take(i);
        if earlier
            .into_iter()
            .any(|other| other.category == one.category)
        {
            let (zh, en) = ("人群重复", "is there twice");
            faults.add(format!("{at}/category"), "duplicate", zh, en);
        }
    }
}

/// The sums over the entries that stand; those that are questioned are counted apart.
pub(crate) fn totals(rows: &[activity::Model]) -> ActivityTotals {
    let stands = |row: &&activity::Model| matches!(row.state.as_str(), "recorded" | "confirmed");
    let standing: Vec<&activity::Model> = rows.iter().filter(stands).collect();
    let sum = |of: fn(&activity::Model) -> i64| {
        standing
            .iter()
            .map(|row| of(row))
            .fold(0, i64::saturating_add)
    };
    let of = |category: BeneficiaryCategory| {
        let counts = standing.iter().flat_map(|row| &row.beneficiaries.0);
        let own = counts.filter(|one| one.category == category);
        own.map(|one| one.count).fold(0, i64::saturating_add)
    };
    let beneficiaries = BeneficiaryCategory::ALL
        .iter()
        .map(|category| BeneficiaryTotal {
            category: *category,
            count: Some(of(*category)),
        });
    let questioned = rows.iter().filter(|row| row.state == "questioned").count();
    ActivityTotals {
        sessions: i64::try_from(standing.len()).unwrap_or(i64::MAX),
        person_times: Some(sum(|row| row.headcount)),
        volunteer_hours: sum(|row| row.volunteer_hours),
        beneficiaries: beneficiaries.filter(|one| one.count != Some(0)).collect(),
        questioned: i64::try_from(questioned).unwrap_or(i64::MAX),
    }
}

/// What everybody may read of the sums: no figure that stands for fewer than five. Categories overlap, so that none is
/// what the others leave of the whole.
pub(crate) fn public(totals: ActivityTotals) -> ActivityTotals {
    let shown = |count: Option<i64>| count.filter(|count| *count >= LEAST_PUBLIC);
    ActivityTotals {
        person_times: shown(totals.person_times),
        beneficiaries: totals
            .beneficiaries
            .into_iter()
            .map(|one| BeneficiaryTotal {
                count: shown(one.count),
                ..one
            })
            .collect(),
        ..totals
    }
}

#[cfg(test)]
mod tests {
    use super::super::flow::{ActivityEvent, ActivityState};
    use super::super::model::{ActivityKind, BeneficiaryCount};
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;
    use wubang_kernel::machine::plan;
    use wubang_kernel::{Code, Role, RoleSet};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn entry() -> ActivityEntry {
        ActivityEntry {
            held_on: day("2026-06-12"),
            place: "社区党群服务中心二楼".to_owned(),
            kind: ActivityKind::Training,
            headcount: 32,
            beneficiaries: BeneficiaryCounts(vec![BeneficiaryCount {
                category: BeneficiaryCategory::Elderly,
                count: 28,
            }]),
            volunteer_hours: 12,
            text: "开展防跌倒讲座,联系电话 13812345678。".to_owned(),
            no_minor_recognisable: true,
        }
    }

    fn checked(entry: ActivityEntry) -> (ActivityEntry, Vec<String>) {
        let mut faults = Faults::new();
        let clean = check(entry, (day("2026-06-01"), day("2026-06-12")), &mut faults);
        let fields = faults.into_fields();
        (
            clean,
            fields.into_iter().map(|field| field.pointer).collect(),
        )
    }

    #[test]
    fn personal_data_is_masked_before_it_is_kept() {
        let (clean, wrong) = checked(entry());
        assert_eq!(wrong, Vec::<String>::new());
        assert!(!clean.text.contains("13812345678"));
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let twice = BeneficiaryCount {
            category: BeneficiaryCategory::Elderly,
            count: 33,
        };
        let wrong = ActivityEntry {
            held_on: day("2026-06-13"),
            place: String::new(),
            volunteer_hours: -1,
            text: "身份证 11010519491231002X 的老人参加。".to_owned(),
            beneficiaries: BeneficiaryCounts(vec![twice, twice]),
            ..entry()
        };
        assert_eq!(
            checked(wrong).1,
            [
                "/entry/held_on",
                "/entry/place",
                "/entry/volunteer_hours",
                "/entry/text",
                "/entry/beneficiaries/0/count",
                "/entry/beneficiaries/1/count",
                "/entry/beneficiaries/1/category"
            ]
        );
    }

    #[test]
    fn the_contractors_people_do_not_confirm_and_nothing_is_corrected_after_the_end() {
        let ask = |event, role, facts: ActivityFacts| {
            plan::<Activity>(ActivityState::Recorded, event, RoleSet::of(&[role]), &facts)
                .err()
                .map(|refusal| refusal.code)
        };
        let usual = ActivityFacts {
            contract_active: true,
            is_contractor: false,
        };
        assert_eq!(
            ask(ActivityEvent::Confirm, Role::CommunitySecretary, usual),
            None
        );
        let own = ActivityFacts {
            is_contractor: true,
            ..usual
        };
        assert_eq!(
            ask(ActivityEvent::Confirm, Role::CommunitySecretary, own),
            Some(Code::Recused)
        );
        let over = ActivityFacts {
            contract_active: false,
            ..usual
        };
        assert_eq!(
            ask(ActivityEvent::Supersede, Role::OrgAgent, over),
            Some(Code::InvalidTransition)
        );
    }

    fn row(state: &str, headcount: i64, elderly: i64) -> activity::Model {
        let at = "2026-06-12T04:00:00Z".parse().unwrap();
        activity::Model {
            id: Uuid::nil(),
            contract_id: Uuid::nil(),
            contract_number: String::new(),
            project_id: Uuid::nil(),
            organisation_id: Uuid::nil(),
            division: String::new(),
            recorded_by: Uuid::nil(),
            held_on: day("2026-06-12"),
            place: String::new(),
            kind: "visit".to_owned(),
            headcount,
            beneficiaries: BeneficiaryCounts(vec![BeneficiaryCount {
                category: BeneficiaryCategory::Elderly,
                count: elderly,
            }]),
            volunteer_hours: 2,
            text: String::new(),
            no_minor_recognisable: false,
            supersedes: None,
            question: None,
            state: state.to_owned(),
            version: 1,
            created_at: at,
            updated_at: at,
        }
    }

    proptest! {
        #[test]
        fn what_is_superseded_or_questioned_adds_nothing(rows in proptest::collection::vec((0_usize..4, 1_i64..100, 1_i64..100), 0..12)) {
            let states = ["recorded", "confirmed", "questioned", "superseded"];
            let all: Vec<_> = rows.iter().map(|(state, heads, elderly)| row(states[*state], *heads, *elderly)).collect();
            let counted: Vec<_> = rows.iter().filter(|(state, _, _)| *state < 2).collect();
            let sums = totals(&all);
            prop_assert_eq!(sums.person_times, Some(counted.iter().map(|(_, heads, _)| heads).sum()));
            prop_assert_eq!(sums.volunteer_hours, sums.sessions * 2);
            prop_assert_eq!(usize::try_from(sums.sessions).unwrap(), counted.len());
            let shown = public(sums);
            let figures = shown.beneficiaries.iter().map(|one| one.count).chain([shown.person_times]);
            prop_assert!(figures.flatten().all(|count| count >= 5));
        }
    }
}
