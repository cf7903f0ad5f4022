//! Rows of spot checks.

/// 抽查.
pub mod spot_check {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "spot_checks")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub contract_id: Uuid,
        pub contract_number: String,
        pub project_id: Uuid,
        pub organisation_id: Uuid,
        pub organisation_name: String,
        pub division: String,
        pub year: i32,
        pub planned_for: Option<Date>,
        pub planned_by: Uuid,
        pub finding: Option<String>,
        pub facts: Option<String>,
        pub checked_on: Option<Date>,
        pub checked_by: Option<Uuid>,
        pub open_key: Option<String>,
        pub reason: Option<String>,
        pub state: String,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
