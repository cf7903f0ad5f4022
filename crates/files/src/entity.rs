//! Rows of the crate.

/// Attachment (附件).
pub mod file {
    #![expect(missing_docs, reason = "columns are described in the migration")]
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "files")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub object: String,
        pub object_id: Uuid,
        pub division: String,
        pub replaces: Option<Uuid>,
        pub revision: i32,
        pub confidentiality: crate::model::FileConfidentiality,
        pub blob: Uuid,
        pub locked: Option<String>,
        pub handed_in_at: Option<DateTimeUtc>,
        pub removed_at: Option<DateTimeUtc>,
        pub dropped_at: Option<DateTimeUtc>,
        pub created_by: Uuid,
        pub state: String,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// What the files of one object are counted by.
pub mod shelf {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "file_shelves")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub object: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub object_id: Uuid,
        pub entries: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
