//! Rows of the crate.

/// Publicity (公示).
pub mod publicity {
    #![expect(missing_docs, reason = "columns are described in the migration")]
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "publicity_periods")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub kind: String,
        pub object: String,
        pub object_id: Uuid,
        pub project_id: Option<Uuid>,
        pub division: String,
        pub field: Option<String>,
        pub title: String,
        pub content: Json,
        pub content_hash: String,
        pub objection_contact: Option<String>,
        pub channels: crate::model::Channels,
        pub minimum: String,
        pub starts_at: DateTimeUtc,
        pub ends_at: DateTimeUtc,
        pub rule: String,
        pub provisional: bool,
        pub supersedes: Option<Uuid>,
        pub reason: Option<String>,
        pub ended_at: Option<DateTimeUtc>,
        pub masked_at: Option<DateTimeUtc>,
        pub state: String,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
