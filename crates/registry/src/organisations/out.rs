//! An organisation on its way out.

use super::{Organisation, Profile};
use crate::words::{CreditStatus, ManagementTier, OrgForm, OrgStatus};
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Actor, Role};
use wubang_web::{Instant, list_of};

/// An organisation.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganisationOut {
    /// Id.
    pub id: Uuid,
    /// Full name.
    pub name: String,
    /// Unified social credit code.
    pub uscc: Option<String>,
    /// Filing number.
    pub filing_number: Option<String>,
    /// Form in law.
    pub org_form: OrgForm,
    /// Who looks after it.
    pub management_tier: ManagementTier,
    /// Where it stands in its life.
    pub status: OrgStatus,
    /// What the credit lists say.
    pub credit_status: CreditStatus,
    /// Where it is registered or filed.
    pub division: DivisionCode,
    /// Name of that division.
    pub division_name: String,
    /// Legal representative or head.
    pub legal_representative: String,
    /// Founding day.
    pub established_on: Option<NaiveDate>,
    /// Contracts it can carry at once, by its own word.
    pub declared_capacity: i32,
    /// Contracts it carries now.
    pub active_contracts: i32,
    /// Custodian of its funds.
    pub custodian_id: Option<Uuid>,
    /// Profile; the contact is left out for those who need not know it.
    pub profile: Profile,
    /// Version, as in `ETag`.
    pub version: i32,
    /// When it was entered.
    pub created_at: Instant,
    /// Last change.
    pub updated_at: Instant,
}

list_of! {
    /// One page of organisations.
    OrganisationList of OrganisationOut
}

const OFFICERS: &[Role] = &[
    Role::CommunitySecretary,
    Role::StreetOfficer,
    Role::DepartmentOfficer,
    Role::DistrictAdmin,
    Role::Supervisor,
];
const MEMBERS: &[Role] = &[
    Role::OrgAgent,
    Role::OrgLegalRep,
    Role::Custodian,
    Role::ThirdParty,
];

/// Whether the viewer works with this organisation: its own people, and officers of where it lies or serves.
fn may_call(actor: &Actor, organisation: &Organisation) -> bool {
    actor.is_system()
        || actor
            .organisations(MEMBERS)
            .any(|own| own == organisation.id)
        || actor
            .divisions(OFFICERS)
            .any(|own| own.contains(&organisation.division) || organisation.covers(own))
}

impl OrganisationOut {
    /// What a viewer may see of it; `names` holds the names of divisions.
    pub(super) fn new(
        organisation: Organisation,
        names: &HashMap<DivisionCode, String>,
        viewer: &Actor,
    ) -> Self {
        let mut profile = organisation.profile.clone();
        if !may_call(viewer, &organisation) {
            profile.contact = None;
        }
        OrganisationOut {
            id: organisation.id,
            name: organisation.name,
            uscc: organisation.uscc,
            filing_number: organisation.filing_number,
            org_form: organisation.form,
            management_tier: organisation.tier,
            status: organisation.status,
            credit_status: organisation.credit,
            division_name: names
                .get(&organisation.division)
                .cloned()
                .unwrap_or_else(|| organisation.division.to_string()),
            division: organisation.division,
            legal_representative: organisation.legal_representative,
            established_on: organisation.established_on,
            declared_capacity: organisation.declared_capacity,
            active_contracts: organisation.active_contracts,
            custodian_id: organisation.custodian_id,
            profile,
            version: organisation.version,
            created_at: organisation.created_at.into(),
            updated_at: organisation.updated_at.into(),
        }
    }
}
