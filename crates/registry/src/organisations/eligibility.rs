//! Whether an organisation may take a posting (揭榜资格, rulebook 2.4.4 (1), 2.14 and 4.2):
//! every rule is answered, none is dropped silently.

use super::Organisation;
use crate::credit::{CreditBand, ListColour};
use crate::words::{CreditStatus, GradeLevel, OrgForm};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::procedure::CapRule;
use wubang_kernel::refusal::Figures;

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The community where the work is done.
    pub community: &'a DivisionCode,
    /// Whether organisations without legal personality may take part.
    pub accepts_filed: bool,
    /// Forms that may take part; none named means any.
    pub forms_allowed: &'a [OrgForm],
    /// Where something definite is asked for.
    pub order: Order,
    /// The instant asked about.
    pub now: DateTime<Utc>,
}

/// What would be taken on: an organisation of band D takes small orders alone only (rulebook 2.12.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// Whether it is a small order (`micro`).
    pub micro: bool,
    /// Whether several organisations would share it.
    pub joint: bool,
}

/// The answer to one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Check {
    /// Name of the rule, stable.
    #[schema(example = "status_active")]
    pub rule: &'static str,
    /// Whether it holds.
    pub passed: bool,
    /// What was found, in Chinese.
    pub zh: String,
    /// What was found, in English.
    pub en: String,
    /// The figures behind a cap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub figures: Option<Figures>,
}

fn answer(rule: &'static str, passed: bool, zh: String, en: String) -> Check {
    Check {
        rule,
        passed,
        zh,
        en,
        figures: None,
    }
}

/// Most contracts the organisation may carry at once on a day (资源限流, rulebook 2.14):
/// what it declares, and no more than its grade allows.
#[must_use]
pub fn cap_on(organisation: &Organisation, today: NaiveDate, caps: &CapRule) -> i64 {
    let by_grade = match organisation.grade_on(today) {
        _ if organisation.band_on(today) == CreditBand::D => caps.contracts_band_d,
        _ if organisation.is_filed() => caps.contracts_filed,
        None => caps.contracts_ungraded,
        Some(GradeLevel::A1 | GradeLevel::A2) => caps.contracts_1a_2a,
        Some(GradeLevel::A3) => caps.contracts_3a,
        Some(GradeLevel::A4) => caps.contracts_4a,
        Some(GradeLevel::A5) => caps.contracts_5a,
    };
    by_grade.min(i64::from(organisation.declared_capacity))
}

/// Answers every rule but the caps (`super::caps`) for one organisation.
#[must_use]
pub fn eligibility(organisation: &Organisation, ask: &Ask<'_>) -> Vec<Check> {
    vec![
        status(organisation),
        not_serious_dishonest(organisation),
        not_abnormal_listed(organisation),
        not_black_listed(organisation, ask.now),
        credit_band(organisation, ask),
        form_allowed(organisation, ask),
        covers_community(organisation, ask),
        custodian_present(organisation),
    ]
}

fn status(organisation: &Organisation) -> Check {
    let status = organisation.status;
    answer(
        "status_active",
        status.is_active(),
        format!("组织状态为“{}”", status.zh()),
        format!("the organisation is {}", status.as_str()),
    )
}

fn not_serious_dishonest(organisation: &Organisation) -> Check {
    let passed = organisation.credit != CreditStatus::SeriousDishonesty;
    let (zh, en) = if passed {
        (
            "未列入严重违法失信名单",
            "not on the list of serious dishonesty",
        )
    } else {
        ("列入严重违法失信名单", "on the list of serious dishonesty")
    };
    answer(
        "not_serious_dishonest",
        passed,
        zh.to_owned(),
        en.to_owned(),
    )
}

fn not_abnormal_listed(organisation: &Organisation) -> Check {
    let passed = organisation.credit != CreditStatus::AbnormalActivity;
    let (zh, en) = if passed {
        ("未列入活动异常名录", "not on the list of abnormal activity")
    } else {
        ("列入活动异常名录", "on the list of abnormal activity")
    };
    answer("not_abnormal_listed", passed, zh.to_owned(), en.to_owned())
}

/// The black list of this programme, while an entry is in force (rulebook 2.12.2, 2.12.3).
fn not_black_listed(organisation: &Organisation, now: DateTime<Utc>) -> Check {
    let listed = organisation.standings.in_force(ListColour::Black, now);
    let (zh, en) = match listed {
        None => (
            "未列入本平台黑榜".to_owned(),
            "not on the black list of this platform".to_owned(),
        ),
        Some(one) => {
            let until = wubang_kernel::deadline::local_date(one.until);
            (
                format!("列入本平台黑榜({}),至 {until} 止", one.number),
                format!(
                    "on the black list of this platform ({}) until {until}",
                    one.number
                ),
            )
        }
    };
    answer("not_black_listed", listed.is_none(), zh, en)
}

/// Band D takes small orders only, and alone (rulebook 2.12.5).
fn credit_band(organisation: &Organisation, ask: &Ask<'_>) -> Check {
    let today = wubang_kernel::deadline::local_date(ask.now);
    let band = organisation.band_on(today);
    let passed = band != CreditBand::D || (ask.order.micro && !ask.order.joint);
    let (zh, en) = if passed {
        ("可以承接", "may take this on")
    } else {
        ("只能单独承接小额项目", "takes small orders only, and alone")
    };
    answer(
        "credit_band",
        passed,
        format!("信用{},{zh}", band.zh()),
        format!("credit band {}: {en}", band.as_str()),
    )
}

fn form_allowed(organisation: &Organisation, ask: &Ask<'_>) -> Check {
    let form = organisation.form;
    let named = ask.forms_allowed.is_empty() || ask.forms_allowed.contains(&form);
    let passed = named && (ask.accepts_filed || !organisation.is_filed());
    let (zh, en) = if passed {
        ("允许参加", "may take part")
    } else {
        ("不在允许范围内", "may not take part")
    };
    answer(
        "form_allowed",
        passed,
        format!("组织形式“{}”{zh}", form.zh()),
        format!("the form {} {en}", form.as_str()),
    )
}

fn covers_community(organisation: &Organisation, ask: &Ask<'_>) -> Check {
    let passed = organisation.covers(ask.community);
    let (zh, en) = if passed {
        ("在服务覆盖范围内", "is within its coverage")
    } else {
        ("不在服务覆盖范围内", "is outside its coverage")
    };
    answer(
        "covers_community",
        passed,
        format!("社区 {} {zh}", ask.community),
        format!("community {} {en}", ask.community),
    )
}

fn custodian_present(organisation: &Organisation) -> Check {
    let (passed, zh, en) = match (organisation.is_filed(), organisation.custodian_id) {
        (false, _) => (
            true,
            "具有法人资格,无需资金代管",
            "has legal personality and needs no custodian",
        ),
        (true, Some(_)) => (true, "已有资金代管机构", "has a custodian"),
        (true, None) => (
            false,
            "无法人资格且没有资金代管机构",
            "has no legal personality and no custodian",
        ),
    };
    answer("custodian_present", passed, zh.to_owned(), en.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credit::{Account, Listed, Standings};
    use crate::organisations::{EvaluationGrade, Profile};
    use crate::words::{ManagementTier, OrgStatus};
    use uuid::Uuid;
    use wubang_kernel::procedure::Procedure;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn organisation() -> Organisation {
        Organisation {
            id: Uuid::nil(),
            name: "乐邻".to_owned(),
            uscc: Some("52410108MJY0720641".to_owned()),
            filing_number: None,
            form: OrgForm::SocialServiceInstitution,
            tier: ManagementTier::Registered,
            status: OrgStatus::Registered,
            credit: CreditStatus::Normal,
            division: DivisionCode::parse("410108005002").unwrap(),
            legal_representative: "何".to_owned(),
            established_on: None,
            declared_capacity: 9,
            active_contracts: 0,
            account: Account::default(),
            standings: Standings::default(),
            custodian_id: None,
            profile: Profile {
                coverage: vec![DivisionCode::parse("410108").unwrap()],
                evaluation_grade: Some(EvaluationGrade {
                    level: GradeLevel::A4,
                    granted_on: day("2023-12-20"),
                    valid_until: day("2028-12-19"),
                    authority: String::new(),
                }),
                ..Profile::default()
            },
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    fn failed(
        organisation: &Organisation,
        accepts_filed: bool,
        community: &str,
    ) -> Vec<&'static str> {
        let community = DivisionCode::parse(community).unwrap();
        let ask = Ask {
            community: &community,
            accepts_filed,
            forms_allowed: &[],
            order: Order {
                micro: false,
                joint: false,
            },
            now: "2026-06-01T04:00:00Z".parse().unwrap(),
        };
        eligibility(organisation, &ask)
            .into_iter()
            .filter(|check| !check.passed)
            .map(|check| check.rule)
            .collect()
    }

    #[test]
    fn a_good_organisation_passes_every_rule() {
        assert!(failed(&organisation(), false, "410108005003").is_empty());
    }

    #[test]
    fn each_rule_fails_alone() {
        let mut dormant = organisation();
        dormant.status = OrgStatus::Dormant;
        assert_eq!(failed(&dormant, false, "410108005003"), ["status_active"]);
        let mut listed = organisation();
        listed.credit = CreditStatus::SeriousDishonesty;
        assert_eq!(
            failed(&listed, false, "410108005003"),
            ["not_serious_dishonest"]
        );
        listed.credit = CreditStatus::AbnormalActivity;
        assert_eq!(
            failed(&listed, false, "410108005003"),
            ["not_abnormal_listed"]
        );
        assert_eq!(
            failed(&organisation(), false, "410105005003"),
            ["covers_community"]
        );
        let mut black = organisation();
        black.standings = Standings(vec![Listed {
            entry_id: Uuid::nil(),
            number: "HB".to_owned(),
            colour: ListColour::Black,
            from: "2026-05-01T00:00:00Z".parse().unwrap(),
            until: "2026-06-01T04:00:00Z".parse().unwrap(),
            paused_until: None,
        }]);
        assert_eq!(failed(&black, false, "410108005003"), ["not_black_listed"]);
    }

    #[test]
    fn band_d_takes_small_orders_alone() {
        let mut weak = organisation();
        weak.account.balance = 69;
        assert_eq!(failed(&weak, false, "410108005003"), ["credit_band"]);
        let community = DivisionCode::parse("410108005003").unwrap();
        let may = |micro, joint| {
            let ask = Ask {
                community: &community,
                accepts_filed: false,
                forms_allowed: &[],
                order: Order { micro, joint },
                now: "2026-06-01T04:00:00Z".parse().unwrap(),
            };
            eligibility(&weak, &ask).iter().all(|check| check.passed)
        };
        assert!(may(true, false) && !may(true, true) && !may(false, false));
        assert_eq!(cap_on(&weak, day("2026-06-01"), &Procedure::open().caps), 1);
    }

    #[test]
    fn filed_organisations_need_leave_and_a_custodian() {
        let mut filed = organisation();
        (filed.form, filed.uscc, filed.status) =
            (OrgForm::FiledCommunityOrg, None, OrgStatus::Filed);
        assert_eq!(
            failed(&filed, false, "410108005003"),
            ["form_allowed", "custodian_present"]
        );
        filed.custodian_id = Some(Uuid::nil());
        assert!(failed(&filed, true, "410108005003").is_empty());
    }

    #[test]
    fn the_cap_is_the_lower_of_grade_and_own_word() {
        let caps = Procedure::open().caps;
        let mut busy = organisation();
        assert_eq!(cap_on(&busy, day("2028-12-19"), &caps), 8);
        assert_eq!(
            cap_on(&busy, day("2028-12-20"), &caps),
            3,
            "the grade has expired"
        );
        busy.declared_capacity = 7;
        assert_eq!(cap_on(&busy, day("2026-06-01"), &caps), 7);
        busy.form = OrgForm::FiledCommunityOrg;
        assert_eq!(cap_on(&busy, day("2026-06-01"), &caps), 2);
    }
}
