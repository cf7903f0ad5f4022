//! Rows of the crate.

/// 红黑榜.
pub mod list_entry {
    #![expect(missing_docs, reason = "columns are described in the migration")]

    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "list_entries")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub organisation_id: Uuid,
        pub organisation_name: String,
        pub division: String,
        pub colour: String,
        pub ground: String,
        pub months: i32,
        pub facts: String,
        pub object: Option<String>,
        pub object_id: Option<Uuid>,
        pub object_label: Option<String>,
        pub proposed_by: Option<Uuid>,
        pub notified_by: Option<Uuid>,
        pub decided_by: Option<Uuid>,
        pub defence: Option<String>,
        pub defended_by: Option<Uuid>,
        pub defence_by: Option<DateTimeUtc>,
        pub decision: Option<String>,
        pub effective_from: Option<DateTimeUtc>,
        pub effective_until: Option<DateTimeUtc>,
        pub paused_until: Option<DateTimeUtc>,
        pub repair: Option<String>,
        pub reason: Option<String>,
        pub ended_at: Option<DateTimeUtc>,
        pub state: String,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
