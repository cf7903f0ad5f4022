//! The registry (登记): who there is and where. Divisions, people and what they hold, sign-in,
//! partner front-ends, organisations, experts, the taxonomy and the working-day calendar.
//!
//! Invariants: rights outside the life cycles are asked of [`rights`] alone; no secret is stored but
//! as a hash; nothing here knows a stage of the loop.

pub mod age_recipients;
pub mod authenticator;
pub mod bonds;
pub mod bootstrap;
pub mod calendar;
pub mod clients;
mod contact;
pub mod credit;
pub mod divisions;
pub mod engagements;
mod entity;
pub mod experts;
pub mod grants;
pub mod http;
pub mod import;
pub mod invariants;
pub mod keyring;
pub mod organisations;
pub mod passwords;
pub mod people;
pub mod relations;
pub mod relatives;
pub mod rights;
mod secret;
pub mod sessions;
pub mod taxonomy;
pub mod ties;
pub mod words;

pub use authenticator::RegistryAuthenticator;
pub use bootstrap::bootstrap_administrator;
pub use divisions::{full_name_of, name_of, names_of};
pub use experts::Expert;
pub use http::routes;
pub use invariants::invariants;
pub use keyring::KeyRing;
pub use organisations::eligibility::{Ask, Check, cap_on, eligibility};
pub use organisations::{
    EvaluationGrade, Organisation, Profile, find_by_uscc, load, load_many, organisations_covering,
};
pub use people::{Recipient, people_of_organisations, people_with_role, people_within, recipients};
pub use words::{
    AccountStatus, CreditStatus, ExpertLevel, GradeLevel, KinPosition, Kinship, ManagementTier,
    OrgForm, OrgStatus, RelationKind,
};
