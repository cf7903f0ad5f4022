//! Rows of the stage.

/// 揭榜意向书.
pub mod bid {
    #![expect(missing_docs, reason = "columns are described in the migration")]
    use crate::model::Letter;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "bids")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub project_id: Uuid,
        pub posting_id: Uuid,
        pub organisation_id: Uuid,
        pub organisation_name: String,
        pub division: String,
        pub mode: String,
        pub price_fen: i64,
        pub content: Letter,
        pub attachments: wubang_files::Attachments,
        pub sealed: Option<Vec<u8>>,
        pub recipient: String,
        pub locked_key: String,
        pub content_hash: Option<String>,
        pub signed_hash: Option<String>,
        pub revision: i32,
        pub submitted_at: Option<DateTimeUtc>,
        pub signed_by: Option<Uuid>,
        pub signed_name: Option<String>,
        pub opened_at: Option<DateTimeUtc>,
        pub eligibility: Option<Json>,
        pub cap_reason: Option<String>,
        pub track_record: Option<Json>,
        pub checked_by: Option<Uuid>,
        pub reason_code: Option<String>,
        pub reason: Option<String>,
        pub total: Option<String>,
        pub rank: i32,
        pub means: Option<Json>,
        pub tie_break: Option<String>,
        pub told_at: Option<DateTimeUtc>,
        pub invalidated_by: Option<i64>,
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

/// Another organisation of a bid: a partner (联合方), or the custodian (资金代管机构) of one without legal
/// personality.
pub mod bid_member {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "bid_members")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub bid_id: Uuid,
        pub organisation_id: Uuid,
        pub organisation_name: String,
        pub role: String,
        pub standing: String,
        pub invited_by: Uuid,
        pub invited_at: DateTimeUtc,
        pub answered_by: Option<Uuid>,
        pub answered_at: Option<DateTimeUtc>,
        pub reason: Option<String>,
        pub confirmed_hash: Option<String>,
        pub confirmed_name: Option<String>,
        pub confirmed_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Who takes part in a round, and in which bid: one row for an organisation and a posting.
pub mod bid_entrant {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "bid_entrants")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub posting_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub organisation_id: Uuid,
        pub bid_id: Uuid,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// What was handed in, every time.
pub mod bid_version {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "bid_versions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub bid_id: Uuid,
        pub revision: i32,
        pub sealed: Vec<u8>,
        pub content_hash: String,
        pub signed_by: Uuid,
        pub submitted_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// The sealed box of a posting: whoever hands in touches it, so that handing in and closing take turns.
pub mod bid_box {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "bid_boxes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub posting_id: Uuid,
        pub sealed: bool,
        pub entries: i64,
        pub opened_at: Option<DateTimeUtc>,
        pub recipient: String,
        pub locked_key: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
