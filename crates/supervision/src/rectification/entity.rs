//! Rows of rectification orders.

/// 纠偏整改.
pub mod rectification {
    #![expect(missing_docs, reason = "columns are described in the migration")]

    use crate::rectification::model::{CorrectionReport, Defects, Judgements, PastRounds};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "rectification_orders")]
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
        pub ordered_by: Option<Uuid>,
        pub round: i32,
        pub defects: Defects,
        pub extended_days: Option<i32>,
        pub report: Option<CorrectionReport>,
        pub opinions: Judgements,
        pub rounds: PastRounds,
        pub state: String,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
