//! Rows of guidance orders.

/// 干预指导.
pub mod guidance {
    use crate::guidance::model::{Mentor, Recovery, RecoveryPlan};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "guidance_orders")]
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
        pub trigger: String,
        pub object: Option<String>,
        pub object_id: Option<Uuid>,
        pub facts: String,
        pub proposed_by: Option<Uuid>,
        pub open_key: Option<String>,
        pub reason: Option<String>,
        pub opened_by: Option<Uuid>,
        pub opened_at: Option<DateTimeUtc>,
        pub demand: Option<String>,
        pub mentor: Option<Mentor>,
        pub plan: Option<RecoveryPlan>,
        pub plan_returns: i32,
        pub recovery: Option<Recovery>,
        pub state: String,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
