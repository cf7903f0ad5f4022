//! Rows of terminations.

/// 解除协议.
pub mod termination {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "terminations")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub contract_id: Uuid,
        pub open_of: Option<Uuid>,
        pub contract_number: String,
        pub project_id: Uuid,
        pub organisation_id: Uuid,
        pub division: String,
        pub kind: String,
        pub side: String,
        pub proposed_by: Uuid,
        pub ground: Option<String>,
        pub reason: String,
        pub terms: Option<String>,
        pub hearing_over: bool,
        pub answer: Option<String>,
        pub answered_at: Option<DateTimeUtc>,
        pub outcome_reason: Option<String>,
        pub state: String,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// A party that has agreed to a termination.
pub mod consent {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "termination_consents")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub termination_id: Uuid,
        pub party_id: Uuid,
        pub person_id: Uuid,
        pub name: String,
        pub agreed_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
