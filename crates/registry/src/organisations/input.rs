//! Reading an organisation from outside: everything wrong is named at once, with its pointer.

use super::{Contact, EvaluationGrade, Organisation, Profile};
use crate::contact;
use crate::taxonomy::Taxonomy;
use crate::words::{ManagementTier, OrgForm, OrgStatus};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::Faults;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::uscc::Uscc;

/// Profile of an organisation on its way in.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileIn {
    /// 服务领域代码。Field codes of the taxonomy.
    #[schema(max_items = 20, example = json!(["A01", "B04"]))]
    pub fields: Vec<String>,
    /// 服务人群。Target groups of the taxonomy.
    #[serde(default)]
    #[schema(max_items = 30, example = json!(["elderly"]))]
    pub target_groups: Vec<String>,
    /// 覆盖范围(区划代码)。Divisions it serves.
    #[schema(max_items = 100, example = json!(["410108000000"]))]
    pub coverage: Vec<String>,
    /// 评估等级。Evaluation grade; officers only.
    #[serde(default)]
    pub evaluation_grade: Option<EvaluationGrade>,
    /// 专职人员数。Paid staff.
    #[serde(default)]
    pub staff_count: i32,
    /// 持证社工数。Certified social workers.
    #[serde(default)]
    pub social_workers: i32,
    /// 志愿者数。Volunteers.
    #[serde(default)]
    pub volunteers: i32,
    /// 党员数。Party members.
    #[serde(default)]
    pub party_members: i32,
    /// 经认定党组织健全、管理规范。Its party organisation is established and well-managed; officers only.
    #[serde(default)]
    pub party_organisation: bool,
    /// 简介。Introduction.
    #[serde(default)]
    pub text: String,
    /// 联系人。Contact.
    #[serde(default)]
    pub contact: Option<Contact>,
}

/// An organisation on its way in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationIn {
    /// 名称。Full name.
    #[schema(example = "郑州市惠济区乐邻社会工作服务中心")]
    pub name: String,
    /// 统一社会信用代码;法人必填。Unified social credit code; needed with legal personality.
    #[serde(default)]
    #[schema(example = "52410108MJY0720641")]
    pub uscc: Option<String>,
    /// 备案编号;备案组织填写。Filing number of a filed organisation.
    #[serde(default)]
    pub filing_number: Option<String>,
    /// 组织形式。Form in law.
    pub org_form: OrgForm,
    /// 管理层级。Who looks after it.
    pub management_tier: ManagementTier,
    /// 登记或备案地区划。Where it is registered or filed.
    #[schema(example = "410108005002")]
    pub division: String,
    /// 法定代表人/负责人。Legal representative or head.
    pub legal_representative: String,
    /// 成立日期。Founding day.
    #[serde(default)]
    pub established_on: Option<NaiveDate>,
    /// 可同时承接的项目数。Contracts it can carry at once.
    #[schema(minimum = 0, maximum = 50, example = 3)]
    pub declared_capacity: i32,
    /// 资金代管机构。Custodian of its funds.
    #[serde(default)]
    pub custodian_id: Option<Uuid>,
    /// 画像。Profile.
    pub profile: ProfileIn,
}

/// Changes to an organisation; what is not named stays. A profile is replaced as a whole.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationPatch {
    /// 名称。Full name; officers only.
    pub name: Option<String>,
    /// 统一社会信用代码。Unified social credit code; officers only.
    pub uscc: Option<String>,
    /// 备案编号。Filing number; officers only.
    pub filing_number: Option<String>,
    /// 组织形式。Form in law; officers only.
    pub org_form: Option<OrgForm>,
    /// 管理层级。Who looks after it; officers only.
    pub management_tier: Option<ManagementTier>,
    /// 登记或备案地区划。Where it is registered or filed; officers only.
    pub division: Option<String>,
    /// 法定代表人/负责人。Legal representative or head; officers only.
    pub legal_representative: Option<String>,
    /// 成立日期。Founding day; officers only.
    pub established_on: Option<NaiveDate>,
    /// 可同时承接的项目数。Contracts it can carry at once.
    pub declared_capacity: Option<i32>,
    /// 资金代管机构;`null` 表示取消。Custodian of its funds, `null` for none; officers only.
    #[serde(default, deserialize_with = "wubang_web::patch::member")]
    #[schema(value_type = Option<Uuid>)]
    pub custodian_id: Option<Option<Uuid>>,
    /// 画像。Profile.
    pub profile: Option<ProfileIn>,
}

impl OrganisationPatch {
    /// Whether it touches what only officers may change.
    pub(super) fn touches_registration(&self, present: &Organisation) -> bool {
        let found = self.profile.as_ref().is_some_and(|profile| {
            profile.evaluation_grade != present.profile.evaluation_grade
                || profile.party_organisation != present.profile.party_organisation
        });
        found
            || self.name.is_some()
            || self.uscc.is_some()
            || self.filing_number.is_some()
            || self.org_form.is_some()
            || self.management_tier.is_some()
            || self.division.is_some()
            || self.legal_representative.is_some()
            || self.established_on.is_some()
            || self.custodian_id.is_some()
    }

    /// The whole organisation as it would be after the change.
    pub(super) fn on(self, present: &Organisation) -> OrganisationIn {
        let profile = self
            .profile
            .unwrap_or_else(|| ProfileIn::from(present.profile.clone()));
        OrganisationIn {
            name: self.name.unwrap_or_else(|| present.name.clone()),
            uscc: self.uscc.or_else(|| present.uscc.clone()),
            filing_number: self.filing_number.or_else(|| present.filing_number.clone()),
            org_form: self.org_form.unwrap_or(present.form),
            management_tier: self.management_tier.unwrap_or(present.tier),
            division: self
                .division
                .unwrap_or_else(|| present.division.to_string()),
            legal_representative: self
                .legal_representative
                .unwrap_or_else(|| present.legal_representative.clone()),
            established_on: self.established_on.or(present.established_on),
            declared_capacity: self.declared_capacity.unwrap_or(present.declared_capacity),
            custodian_id: self.custodian_id.unwrap_or(present.custodian_id),
            profile,
        }
    }
}

impl From<Profile> for ProfileIn {
    fn from(profile: Profile) -> Self {
        ProfileIn {
            fields: profile.fields,
            target_groups: profile.target_groups,
            coverage: profile.coverage.iter().map(ToString::to_string).collect(),
            evaluation_grade: profile.evaluation_grade,
            staff_count: profile.staff_count,
            social_workers: profile.social_workers,
            volunteers: profile.volunteers,
            party_members: profile.party_members,
            party_organisation: profile.party_organisation,
            text: profile.text,
            contact: profile.contact,
        }
    }
}

/// An organisation that was read and found good.
#[derive(Debug, Clone)]
pub(crate) struct Checked {
    pub(crate) name: String,
    pub(crate) uscc: Option<String>,
    pub(crate) filing_number: Option<String>,
    pub(crate) form: OrgForm,
    pub(crate) tier: ManagementTier,
    pub(crate) division: DivisionCode,
    pub(crate) legal_representative: String,
    pub(crate) established_on: Option<NaiveDate>,
    pub(crate) declared_capacity: i32,
    pub(crate) custodian_id: Option<Uuid>,
    pub(crate) profile: Profile,
}

impl Checked {
    /// The status in which it is entered: with a credit code registered, with a number filed,
    /// otherwise only in the ledger (入台账).
    pub(crate) fn first_status(&self) -> OrgStatus {
        match (&self.uscc, &self.filing_number) {
            (Some(_), _) => OrgStatus::Registered,
            (None, Some(_)) => OrgStatus::Filed,
            (None, None) => OrgStatus::Ledgered,
        }
    }
}

/// Reads an organisation; `at` is the pointer of its document (`""` for the body itself). `None` only
/// with a fault noted.
pub(crate) fn check(
    at: &str,
    input: &OrganisationIn,
    taxonomy: &Taxonomy,
    faults: &mut Faults,
) -> Option<Checked> {
    let filed = matches!(
        input.org_form,
        OrgForm::FiledCommunityOrg | OrgForm::SelfOrganisedGroup
    );
    let name = faults.line(&format!("{at}/name"), &input.name, 2..=100);
    let uscc = read_uscc(at, input.uscc.as_deref(), filed, faults);
    let filing_number = input
        .filing_number
        .as_deref()
        .map(|number| faults.line(&format!("{at}/filing_number"), number, 1..=60));
    let legal_representative = faults.line(
        &format!("{at}/legal_representative"),
        &input.legal_representative,
        1..=50,
    );
    faults.number(
        &format!("{at}/declared_capacity"),
        input.declared_capacity,
        0..=50,
    );
    if input.custodian_id.is_some() && !filed {
        faults.add(
            format!("{at}/custodian_id"),
            "not_allowed",
            "法人自行管理资金,不设代管机构",
            "an organisation with legal personality has no custodian",
        );
    }
    let profile = read_profile(&format!("{at}/profile"), &input.profile, taxonomy, faults);
    let division = faults.division(&format!("{at}/division"), &input.division)?;
    Some(Checked {
        name,
        uscc,
        filing_number,
        form: input.org_form,
        tier: input.management_tier,
        division,
        legal_representative,
        established_on: input.established_on,
        declared_capacity: input.declared_capacity,
        custodian_id: input.custodian_id,
        profile,
    })
}

fn read_uscc(at: &str, given: Option<&str>, filed: bool, faults: &mut Faults) -> Option<String> {
    let pointer = format!("{at}/uscc");
    match given {
        None if filed => None,
        None => {
            faults.missing(pointer);
            None
        }
        Some(_) if filed => {
            faults.add(
                pointer,
                "not_allowed",
                "未登记的组织没有统一社会信用代码",
                "an organisation that is not registered has no credit code",
            );
            None
        }
        Some(text) => match Uscc::parse(text) {
            Ok(code) => Some(code.as_str().to_owned()),
            Err(fault) => {
                faults.add(pointer, "malformed", fault.zh(), fault.en());
                None
            }
        },
    }
}

fn read_profile(at: &str, input: &ProfileIn, taxonomy: &Taxonomy, faults: &mut Faults) -> Profile {
    faults.count(&format!("{at}/fields"), input.fields.len(), 1..=20);
    faults.count(
        &format!("{at}/target_groups"),
        input.target_groups.len(),
        0..=30,
    );
    faults.count(&format!("{at}/coverage"), input.coverage.len(), 1..=100);
    for (index, code) in input.fields.iter().enumerate() {
        taxonomy.check_field(&format!("{at}/fields/{index}"), code, faults);
    }
    for (index, group) in input.target_groups.iter().enumerate() {
        taxonomy.check_target_group(&format!("{at}/target_groups/{index}"), group, faults);
    }
    let coverage = input
        .coverage
        .iter()
        .enumerate()
        .filter_map(|(index, code)| faults.division(&format!("{at}/coverage/{index}"), code));
    let coverage = coverage.collect();
    let mut head_count =
        |name: &str, value: i32| faults.number(&format!("{at}/{name}"), value, 0..=1_000_000);
    let staff_count = head_count("staff_count", input.staff_count);
    let social_workers = head_count("social_workers", input.social_workers);
    let volunteers = head_count("volunteers", input.volunteers);
    let party_members = head_count("party_members", input.party_members);
    Profile {
        fields: input.fields.clone(),
        target_groups: input.target_groups.clone(),
        coverage,
        evaluation_grade: input
            .evaluation_grade
            .as_ref()
            .map(|grade| read_grade(&format!("{at}/evaluation_grade"), grade, faults)),
        staff_count,
        social_workers,
        volunteers,
        party_members,
        party_organisation: input.party_organisation,
        text: faults.prose(&format!("{at}/text"), &input.text, 0..=5000),
        contact: input
            .contact
            .as_ref()
            .map(|contact| read_contact(&format!("{at}/contact"), contact, faults)),
    }
}

fn read_grade(at: &str, grade: &EvaluationGrade, faults: &mut Faults) -> EvaluationGrade {
    if grade.valid_until < grade.granted_on {
        faults.add(
            format!("{at}/valid_until"),
            "out_of_range",
            "不能早于授予日期",
            "cannot be before the day it was granted",
        );
    }
    EvaluationGrade {
        authority: faults.line(&format!("{at}/authority"), &grade.authority, 1..=100),
        ..grade.clone()
    }
}

fn read_contact(at: &str, given: &Contact, faults: &mut Faults) -> Contact {
    Contact {
        name: faults.line(&format!("{at}/name"), &given.name, 1..=50),
        phone: contact::phone(&format!("{at}/phone"), given.phone.as_deref(), faults),
        email: contact::email(&format!("{at}/email"), given.email.as_deref(), faults),
    }
}
