//! Rows of the stage.

/// Panel report (评审报告).
pub mod report {
    use crate::model::AwardRanking;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "award_reports")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub posting_id: Uuid,
        pub panel_id: Uuid,
        pub sequence: i32,
        pub superseded_at: Option<DateTimeUtc>,
        pub ranking: AwardRanking,
        pub content_hash: String,
        pub summary: String,
        pub created_at: DateTimeUtc,
        pub signed_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Award (承榜).
pub mod award {
    #![expect(missing_docs, reason = "columns are described in the migration")]
    use crate::model::AwardPublicity;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "awards")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub project_id: Uuid,
        pub posting_id: Uuid,
        pub bid_id: Uuid,
        pub organisation_id: Uuid,
        pub organisation_name: String,
        pub division: String,
        pub rank: i32,
        pub total: Option<String>,
        pub price_fen: i64,
        pub publicity: AwardPublicity,
        pub publicity_hash: String,
        pub publicity_starts_at: DateTimeUtc,
        pub publicity_ends_at: DateTimeUtc,
        pub noticed_at: Option<DateTimeUtc>,
        pub sign_by: Option<DateTimeUtc>,
        pub proposed_by: Uuid,
        pub proposal_reason: String,
        pub reason_code: Option<String>,
        pub reason: Option<String>,
        pub resume_to: Option<String>,
        pub state: String,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
