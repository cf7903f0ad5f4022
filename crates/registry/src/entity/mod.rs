//! Rows of the registry's tables.

macro_rules! entity {
    ($(#[$doc:meta])* $module:ident = $table:literal { $($body:tt)* }) => {
        $(#[$doc])*
        pub(crate) mod $module {
            use sea_orm::entity::prelude::*;
            #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
            #[sea_orm(table_name = $table)]
            pub struct Model { $($body)* }
            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}
            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}

entity! {
    /// A division (区划).
    divisions = "divisions" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: String,
        pub name: String,
        pub level: String,
        pub parent: Option<String>,
        pub valid_from: Option<Date>,
        pub valid_to: Option<Date>,
        pub pilot: bool,
    }
}

entity! {
    /// A functional department (职能部门) of a district.
    departments = "departments" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub division: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub name: String,
        pub fields: Json,
    }
}

entity! {
    /// A person with an account.
    people = "people" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account: String,
        pub name: String,
        pub email: Option<String>,
        pub phone: Option<String>,
        pub password_hash: Option<String>,
        pub activation_hash: Option<String>,
        pub activation_expires_at: Option<DateTimeUtc>,
        pub status: String,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }
}

entity! {
    /// A role that a person holds somewhere.
    grants = "grants" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub person_id: Uuid,
        pub role: String,
        pub scope_kind: String,
        pub scope: String,
        pub division: String,
        pub department: Option<String>,
        pub granted_by: Option<Uuid>,
        pub created_at: DateTimeUtc,
        pub revoked_at: Option<DateTimeUtc>,
    }
}

entity! {
    /// One refresh token; those of one sign-in share a family.
    sessions = "sessions" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub person_id: Uuid,
        pub family: Uuid,
        pub client_id: Option<Uuid>,
        pub token_hash: String,
        pub created_at: DateTimeUtc,
        pub expires_at: DateTimeUtc,
        pub used_at: Option<DateTimeUtc>,
        pub revoked_at: Option<DateTimeUtc>,
    }
}

entity! {
    /// One failed sign-in, under the account's and the address's subject.
    sign_in_failures = "sign_in_failures" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub subject: String,
        pub at: DateTimeUtc,
    }
}

entity! {
    /// A partner front-end.
    clients = "clients" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub name: String,
        pub secret_hash: String,
        pub scopes: Json,
        pub origins: Json,
        pub status: String,
        pub created_at: DateTimeUtc,
    }
}

entity! {
    /// An organisation.
    organisations = "organisations" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub name: String,
        pub uscc: Option<String>,
        pub filing_number: Option<String>,
        pub org_form: String,
        pub management_tier: String,
        pub status: String,
        pub credit_status: String,
        pub division: String,
        pub legal_representative: String,
        pub established_on: Option<Date>,
        pub declared_capacity: i32,
        pub active_contracts: i32,
        pub credit_balance: i32,
        pub credit_clean_since: Option<Date>,
        pub credit_last_fault: Option<Date>,
        pub standings: Json,
        pub custodian_id: Option<Uuid>,
        pub fields: String,
        pub coverage: String,
        pub profile: Json,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }
}

entity! {
    /// One line of a credit ledger.
    credit_entries = "credit_entries" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub organisation_id: Uuid,
        pub reason: String,
        pub points: i32,
        pub object: String,
        pub object_id: Uuid,
        pub label: String,
        pub division: String,
        pub entered_on: Date,
        pub created_at: DateTimeUtc,
        pub voided_at: Option<DateTimeUtc>,
        pub void_reason: Option<String>,
    }
}

entity! {
    /// An organisation's part in an agreement.
    engagements = "engagements" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub contract_id: Uuid,
        pub contract_number: String,
        pub organisation_id: Uuid,
        pub organisation_name: String,
        pub role: String,
        pub title: String,
        pub division: String,
        pub communities: String,
        pub field: String,
        pub price_fen: i64,
        pub part_fen: i64,
        pub bid_id: Option<Uuid>,
        pub starts_on: Date,
        pub ends_on: Date,
        pub begun_at: DateTimeUtc,
        pub ended_at: Option<DateTimeUtc>,
        pub grade: Option<String>,
    }
}

entity! {
    /// How an organisation is tied to another one.
    organisation_relations = "organisation_relations" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub organisation_id: Uuid,
        pub kind: String,
        pub other_id: Uuid,
        pub note: Option<String>,
        pub recorded_by: Uuid,
        pub created_at: DateTimeUtc,
        pub ended_at: Option<DateTimeUtc>,
    }
}

entity! {
    /// A relative that a person declared.
    relatives = "relatives" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub person_id: Uuid,
        pub name: String,
        pub kinship: String,
        pub organisation_id: Uuid,
        pub position: String,
        pub created_at: DateTimeUtc,
        pub withdrawn_at: Option<DateTimeUtc>,
    }
}

entity! {
    /// A public key of a person (`age` recipient).
    age_recipients = "age_recipients" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub person_id: Uuid,
        pub recipient: String,
        pub registered_at: DateTimeUtc,
        pub replaced_at: Option<DateTimeUtc>,
    }
}

entity! {
    /// A member of the expert pool (专家库).
    experts = "experts" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub person_id: Uuid,
        pub division: String,
        pub specialities: Json,
        pub level: String,
        pub employer: Option<String>,
        pub employer_id: Option<Uuid>,
        pub active: bool,
        pub created_at: DateTimeUtc,
    }
}

entity! {
    /// One version of the taxonomy.
    taxonomies = "taxonomies" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: i32,
        pub data: Json,
        pub created_at: DateTimeUtc,
    }
}

entity! {
    /// One year of the working-day calendar.
    calendars = "calendars" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub year: i32,
        pub data: Json,
        pub loaded_at: DateTimeUtc,
    }
}
