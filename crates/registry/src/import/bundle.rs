//! The import file of a district, as written by hand or by another system.

use crate::grants::ScopeDto;
use crate::organisations::{Contact, EvaluationGrade, OrganisationIn, ProfileIn};
use crate::words::{CreditStatus, ExpertLevel, ManagementTier, OrgForm, OrgStatus};
use chrono::NaiveDate;
use serde::Deserialize;
use wubang_kernel::Role;

/// Everything a district starts with. Organisations and departments are named by keys of the file.
#[derive(Debug, Clone, Deserialize)]
pub struct Bundle {
    /// The district.
    pub district: District,
    /// Divisions with their names; those above the district included.
    #[serde(default)]
    pub divisions: Vec<NamedDivision>,
    /// Functional departments (职能部门).
    #[serde(default)]
    pub departments: Vec<DepartmentRow>,
    /// Organisations.
    #[serde(default)]
    pub organisations: Vec<OrganisationRow>,
    /// People with their grants.
    #[serde(default)]
    pub people: Vec<PersonRow>,
    /// Needs, read by the needs crate.
    #[serde(default)]
    pub needs: serde_json::Value,
}

/// The district of the file.
#[derive(Debug, Clone, Deserialize)]
pub struct District {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
}

/// A division with its name.
#[derive(Debug, Clone, Deserialize)]
pub struct NamedDivision {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
}

/// A department of the district.
#[derive(Debug, Clone, Deserialize)]
pub struct DepartmentRow {
    /// Key, as in grants.
    pub key: String,
    /// Name.
    pub name: String,
    /// Fields it looks after.
    pub fields: Vec<String>,
}

/// An organisation.
#[derive(Debug, Clone, Deserialize)]
pub struct OrganisationRow {
    /// Key in this file.
    pub key: String,
    /// Full name.
    pub name: String,
    /// Form in law.
    pub org_form: OrgForm,
    /// Who looks after it.
    pub management_tier: ManagementTier,
    /// Where it stands in its life.
    pub state: OrgStatus,
    /// Credit code.
    pub uscc: Option<String>,
    /// Filing number.
    pub filing_number: Option<String>,
    /// Legal representative or head.
    pub legal_representative: String,
    /// Founding day.
    pub established_on: Option<NaiveDate>,
    /// Field codes.
    pub fields: Vec<String>,
    /// Target groups.
    #[serde(default)]
    pub target_groups: Vec<String>,
    /// Divisions it serves.
    pub coverage: Vec<String>,
    /// Contracts it can carry at once.
    pub declared_capacity: i32,
    /// Evaluation grade.
    pub evaluation_grade: Option<EvaluationGrade>,
    /// What the credit lists say.
    pub credit_status: CreditStatus,
    /// Paid staff.
    #[serde(default)]
    pub staff_count: i32,
    /// Certified social workers.
    #[serde(default)]
    pub social_workers: i32,
    /// Volunteers.
    #[serde(default)]
    pub volunteers: i32,
    /// Party members.
    #[serde(default)]
    pub party_members: i32,
    /// Whether its party organisation was found established and well-managed.
    #[serde(default)]
    pub party_organisation: bool,
    /// Introduction.
    #[serde(default)]
    pub profile: String,
    /// Key of the custodian.
    pub custodian: Option<String>,
    /// Where it is registered or filed.
    pub division: String,
    /// Contact.
    pub contact: Option<Contact>,
}

impl OrganisationRow {
    /// The same as an input of the API; the custodian is resolved in a second pass.
    pub(super) fn input(&self) -> OrganisationIn {
        OrganisationIn {
            name: self.name.clone(),
            uscc: self.uscc.clone(),
            filing_number: self.filing_number.clone(),
            org_form: self.org_form,
            management_tier: self.management_tier,
            division: self.division.clone(),
            legal_representative: self.legal_representative.clone(),
            established_on: self.established_on,
            declared_capacity: self.declared_capacity,
            custodian_id: None,
            profile: ProfileIn {
                fields: self.fields.clone(),
                target_groups: self.target_groups.clone(),
                coverage: self.coverage.clone(),
                evaluation_grade: self.evaluation_grade.clone(),
                staff_count: self.staff_count,
                social_workers: self.social_workers,
                volunteers: self.volunteers,
                party_members: self.party_members,
                party_organisation: self.party_organisation,
                text: self.profile.clone(),
                contact: self.contact.clone(),
            },
        }
    }
}

/// A person.
#[derive(Debug, Clone, Deserialize)]
pub struct PersonRow {
    /// Account.
    pub account: String,
    /// Name.
    pub name: String,
    /// Mail address.
    pub email: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// What the person holds.
    pub grants: Vec<GrantRow>,
    /// Entry in the expert pool.
    pub expert: Option<ExpertRow>,
}

/// A grant.
#[derive(Debug, Clone, Deserialize)]
pub struct GrantRow {
    /// The role.
    pub role: Role,
    /// Where it holds.
    pub scope: ScopeRow,
    /// Key of the department.
    #[serde(default)]
    pub department: Option<String>,
}

/// A division code, or the key of an organisation of the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeRow {
    /// A division code.
    Division(String),
    /// Key of an organisation.
    Organisation(String),
}

impl ScopeRow {
    /// The same as an input of the API, with a known organisation's id.
    pub(super) fn dto(&self, organisation: Option<uuid::Uuid>) -> ScopeDto {
        match self {
            ScopeRow::Division(code) => ScopeDto {
                division: Some(code.clone()),
                organisation: None,
            },
            ScopeRow::Organisation(_) => ScopeDto {
                division: None,
                organisation,
            },
        }
    }
}

/// An entry in the expert pool.
#[derive(Debug, Clone, Deserialize)]
pub struct ExpertRow {
    /// Field codes.
    pub specialities: Vec<String>,
    /// Professional level.
    pub level: ExpertLevel,
    /// Employer by name.
    pub employer: Option<String>,
}
