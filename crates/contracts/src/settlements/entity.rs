//! Rows of settlements.

/// 结算.
pub mod settlement {
    use super::super::model::SettlementLines;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "settlements")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub contract_id: Uuid,
        pub contract_number: String,
        pub project_id: Uuid,
        pub organisation_id: Uuid,
        pub division: String,
        pub lines: SettlementLines,
        pub price_fen: i64,
        pub accepted_fen: i64,
        pub paid_fen: i64,
        pub stated_unspent_fen: i64,
        pub due_fen: i64,
        pub clawback_fen: i64,
        pub evidence: String,
        pub note: Option<String>,
        pub objection: Option<String>,
        pub drafted_by: Uuid,
        pub payment_id: Option<Uuid>,
        pub state: String,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
