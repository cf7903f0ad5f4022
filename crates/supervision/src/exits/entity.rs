//! Rows of exits.

/// 淘汰退出.
pub mod exit {
    #![expect(missing_docs, reason = "columns are described in the migration")]

    use crate::exits::model::{ExitAppeal, ExitOpinions, Handover};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "exits")]
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
        pub ground: String,
        pub facts: String,
        pub object_id: Option<Uuid>,
        pub proposed_by: Option<Uuid>,
        pub open_key: Option<String>,
        pub reason: Option<String>,
        pub evidence: Option<String>,
        pub notified_by: Option<Uuid>,
        pub defence_by: Option<DateTimeUtc>,
        pub defence: Option<String>,
        pub defended_by: Option<Uuid>,
        pub opinions: ExitOpinions,
        pub conditions: Option<String>,
        pub public_facts: Option<String>,
        pub decided_at: Option<DateTimeUtc>,
        pub handover: Option<Handover>,
        pub settled_at: Option<DateTimeUtc>,
        pub appeal_by: Option<DateTimeUtc>,
        pub appeal: Option<ExitAppeal>,
        pub state: String,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
