//! Rows of the crate.

/// 串通线索.
pub mod signal {
    use crate::model::Evidences;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "signals")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub posting_id: Uuid,
        pub posting_number: String,
        pub division: String,
        pub bids_key: String,
        pub weight: i32,
        pub evidence: Evidences,
        pub question: Option<String>,
        pub answer_by: Option<DateTimeUtc>,
        pub finding: Option<String>,
        pub reason: Option<String>,
        pub handled_by: Option<Uuid>,
        pub state: String,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// An organisation concerned, and what it answered.
pub mod party {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "signal_parties")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub signal_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub organisation_id: Uuid,
        pub organisation_name: String,
        pub bid_id: Uuid,
        pub asked_at: Option<DateTimeUtc>,
        pub reply: Option<String>,
        pub replied_by: Option<Uuid>,
        pub replied_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
