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
        pub by_bidder: bool,
        pub envelope_hash: Option<String>,
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
        pub bonus: i32,
        pub rank: i32,
        pub means: Option<Json>,
        pub tie_break: Option<String>,
        pub told_at: Option<DateTimeUtc>,
        pub returned_by: Option<i64>,
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

/// What was asked of the bidder after the opening, and what he answered.
pub mod bid_inquiry {
    use crate::inquiries::Defects;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "bid_inquiries")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub bid_id: Uuid,
        pub kind: String,
        pub ground: Option<String>,
        pub defects: Defects,
        pub question: String,
        pub asked_by: Uuid,
        pub asked_at: DateTimeUtc,
        pub outcome: String,
        pub over_at: Option<DateTimeUtc>,
        pub answer: Option<String>,
        pub answered_by: Option<Uuid>,
        pub attachments: wubang_files::Attachments,
        pub decision: Option<String>,
        pub decision_reason: Option<String>,
        pub decided_by: Option<Uuid>,
        pub decided_at: Option<DateTimeUtc>,
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
        pub by_holders: bool,
        pub entries: i64,
        pub opened_at: Option<DateTimeUtc>,
        pub recipient: String,
        pub locked_key: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// The record of an opening (开标记录): one for a posting.
pub mod bid_opening {
    use crate::record::OpeningRecord;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "bid_openings")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub posting_id: Uuid,
        pub opened_at: DateTimeUtc,
        pub record: OpeningRecord,
        pub record_hash: String,
        pub published_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Who holds a share of a box's key (持钥人).
pub mod bid_box_holder {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "bid_box_holders")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub posting_id: Uuid,
        pub person_id: Uuid,
        pub seat: i32,
        pub name: String,
        pub recipient: String,
        pub sealed_share: Option<Vec<u8>>,
        pub share_hash: String,
        pub given_share: Option<String>,
        pub given_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
