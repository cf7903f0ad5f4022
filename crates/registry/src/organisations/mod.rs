//! Organisations (社会组织 and others): who may bid, keep funds, analyse or evaluate.

pub mod authority_lists;
pub mod caps;
pub mod eligibility;
mod finders;
mod input;
mod out;
mod service;

pub(crate) use finders::find as find_by_key;
pub use finders::{
    Filter, all, find_by_uscc, load, load_many, names_within, organisations_covering,
};
pub(crate) use finders::{blank_separated, of_row, part_of};
pub(crate) use input::{Checked, check};
pub use input::{OrganisationIn, OrganisationPatch, ProfileIn};
pub use out::{OrganisationList, OrganisationOut};
pub use service::{CreditStatusIn, StatusIn, create, hold, update};
pub(crate) use service::{contracts_changed, touched};
pub(crate) use service::{insert, list, overwrite, see, set_credit_status, set_status};

use crate::credit::{Account, CreditBand, Standings};
use crate::words::{CreditStatus, GradeLevel, ManagementTier, OrgForm, OrgStatus};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::division::DivisionCode;

/// An evaluation grade (评估等级) that was granted (rulebook 3.6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EvaluationGrade {
    /// 1A to 5A.
    pub level: GradeLevel,
    /// Day of the decision.
    pub granted_on: NaiveDate,
    /// Last day it is valid.
    pub valid_until: NaiveDate,
    /// Who granted it.
    pub authority: String,
}

/// Whom to call. Shown to officers of the division and to the organisation's own people only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Name.
    pub name: String,
    /// Phone number.
    pub phone: Option<String>,
    /// Mail address.
    pub email: Option<String>,
}

/// What the organisation says about itself (画像).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Profile {
    /// Field codes of the taxonomy (服务领域).
    pub fields: Vec<String>,
    /// Target groups (服务人群).
    pub target_groups: Vec<String>,
    /// Divisions it serves (覆盖范围).
    pub coverage: Vec<DivisionCode>,
    /// Evaluation grade, where one was granted.
    pub evaluation_grade: Option<EvaluationGrade>,
    /// Paid staff.
    pub staff_count: i32,
    /// Certified social workers among them.
    pub social_workers: i32,
    /// Volunteers.
    pub volunteers: i32,
    /// Party members.
    pub party_members: i32,
    /// Whether officers have found its party organisation established and well-managed (党组织健全、管理规范).
    #[serde(default)]
    pub party_organisation: bool,
    /// Introduction in its own words.
    pub text: String,
    /// Contact.
    pub contact: Option<Contact>,
}

/// An organisation as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Id.
    pub id: Uuid,
    /// Full name.
    pub name: String,
    /// Unified social credit code (统一社会信用代码), for those with legal personality.
    pub uscc: Option<String>,
    /// Filing number (备案编号), for filed ones.
    pub filing_number: Option<String>,
    /// Form in law.
    pub form: OrgForm,
    /// Who looks after it.
    pub tier: ManagementTier,
    /// Where it stands in its life.
    pub status: OrgStatus,
    /// What the credit lists say.
    pub credit: CreditStatus,
    /// Where it is registered or filed. No rule of eligibility (rulebook 4.2).
    pub division: DivisionCode,
    /// Legal representative or head.
    pub legal_representative: String,
    /// Founding day.
    pub established_on: Option<NaiveDate>,
    /// Contracts it says it can carry at once.
    pub declared_capacity: i32,
    /// Contracts it carries now.
    pub active_contracts: i32,
    /// Its credit score (信用分), as of its last entry.
    pub account: Account,
    /// The lists it stands on (红榜, 黑榜).
    pub standings: Standings,
    /// Who holds its funds (资金代管机构), for those without legal personality.
    pub custodian_id: Option<Uuid>,
    /// What it says about itself.
    pub profile: Profile,
    /// Version.
    pub version: i32,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// Last change.
    pub updated_at: DateTime<Utc>,
}

impl Organisation {
    /// Whether its coverage (覆盖范围) contains the division.
    #[must_use]
    pub fn covers(&self, division: &DivisionCode) -> bool {
        self.profile
            .coverage
            .iter()
            .any(|own| own.contains(division))
    }

    /// The band of its credit score on a day (信用档).
    #[must_use]
    pub fn band_on(&self, day: NaiveDate) -> CreditBand {
        CreditBand::of(self.account.on(day))
    }

    /// Its evaluation grade on a day; an expired one counts as none (rulebook 3.6).
    #[must_use]
    pub fn grade_on(&self, date: NaiveDate) -> Option<GradeLevel> {
        self.profile
            .evaluation_grade
            .as_ref()
            .filter(|grade| grade.granted_on <= date && date <= grade.valid_until)
            .map(|grade| grade.level)
    }

    /// Whether it has legal personality: only filed and self-organised groups have none.
    #[must_use]
    pub fn is_legal_person(&self) -> bool {
        self.uscc.is_some() && !self.is_filed()
    }

    /// Whether it is a community organisation without registration (备案社区社会组织, 自组织).
    #[must_use]
    pub fn is_filed(&self) -> bool {
        matches!(
            self.form,
            OrgForm::FiledCommunityOrg | OrgForm::SelfOrganisedGroup
        )
    }

    /// Whether it offers something in the field: the same code, or any code below a letter.
    #[must_use]
    pub fn works_in(&self, field: &str) -> bool {
        self.profile
            .fields
            .iter()
            .any(|own| own == field || (field.len() == 1 && own.starts_with(field)))
    }

    /// Where it lies, for matching grants: its division and itself.
    #[must_use]
    pub fn reach(&self) -> Reach {
        Reach::at(self.division).and(Some(self.id))
    }
}
