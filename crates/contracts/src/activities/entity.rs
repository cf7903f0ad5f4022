//! Rows of the activity log.

/// 活动记录.
pub mod activity {
    use super::super::model::BeneficiaryCounts;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "activities")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub contract_id: Uuid,
        pub contract_number: String,
        pub project_id: Uuid,
        pub organisation_id: Uuid,
        pub division: String,
        pub recorded_by: Uuid,
        pub held_on: Date,
        pub place: String,
        pub kind: String,
        pub headcount: i64,
        pub beneficiaries: BeneficiaryCounts,
        pub volunteer_hours: i64,
        pub text: String,
        pub no_minor_recognisable: bool,
        pub supersedes: Option<Uuid>,
        pub question: Option<String>,
        pub state: String,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
