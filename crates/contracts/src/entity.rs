//! Rows of the stage.

/// 承榜协议.
pub mod contract {
    use crate::model::{ContractContent, FrozenTerms};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "contracts")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub project_id: Uuid,
        pub posting_id: Uuid,
        pub award_id: Option<Uuid>,
        pub bid_id: Option<Uuid>,
        pub result_at: Option<DateTimeUtc>,
        pub organisation_id: Uuid,
        pub organisation_name: String,
        pub custodian_id: Option<Uuid>,
        pub division: String,
        pub title: String,
        pub price_fen: i64,
        pub starts_on: Date,
        pub ends_on: Date,
        pub content: ContractContent,
        pub content_hash: String,
        pub terms: FrozenTerms,
        pub supervision: String,
        pub sign_by: DateTimeUtc,
        pub signed_at: Option<DateTimeUtc>,
        pub published_at: Option<DateTimeUtc>,
        pub filed_on: Option<Date>,
        pub filing_number: Option<String>,
        pub report_returns: i32,
        pub suspension_ground: Option<String>,
        pub suspended_at: Option<DateTimeUtc>,
        pub days_lost: i32,
        pub ended_on: Option<Date>,
        pub report_missing: bool,
        pub payments_stopped: bool,
        pub reason_code: Option<String>,
        pub reason: Option<String>,
        pub state: String,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// What an agreement said from some day on.
pub mod version {
    use crate::model::ContractContent;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "contract_versions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub contract_id: Uuid,
        pub n: i32,
        pub content: ContractContent,
        pub content_hash: String,
        pub change_request_id: Option<Uuid>,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// A party that must sign.
pub mod party {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "contract_parties")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub contract_id: Uuid,
        pub seq: i32,
        pub party: String,
        pub organisation_id: Option<Uuid>,
        pub name: String,
        pub left_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// One party's signature.
pub mod signature {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "contract_signatures")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub contract_id: Uuid,
        pub party_id: Uuid,
        pub person_id: Uuid,
        pub name: String,
        pub role: String,
        pub content_hash: String,
        pub signed_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// 里程碑.
pub mod milestone {
    use crate::model::{MilestoneEvidence, PlannedMilestone};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "milestones")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub contract_id: Uuid,
        pub contract_number: String,
        pub project_id: Uuid,
        pub organisation_id: Uuid,
        pub division: String,
        pub seq: i32,
        pub title: String,
        pub due_on: Date,
        pub plan: PlannedMilestone,
        pub evidence: Option<MilestoneEvidence>,
        pub submission: i32,
        pub submitted_at: Option<DateTimeUtc>,
        pub ratio_percent: Option<i64>,
        pub returns: i32,
        pub reason: Option<String>,
        pub state: String,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// One of the two verifications of a milestone.
pub mod verification {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "milestone_verifications")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub milestone_id: Uuid,
        pub submission: i32,
        pub person_id: Uuid,
        pub role: String,
        pub ratio_percent: i64,
        pub comment: Option<String>,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// 拨付.
pub mod payment {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "payments")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub contract_id: Uuid,
        pub contract_number: String,
        pub project_id: Uuid,
        pub organisation_id: Uuid,
        pub division: String,
        pub seq: i32,
        pub share_percent: i32,
        pub planned_fen: i64,
        pub amount_fen: i64,
        pub condition: String,
        pub milestone_id: Option<Uuid>,
        pub invoice: Option<String>,
        pub payment_reference: Option<String>,
        pub reason: Option<String>,
        pub withheld_ground: Option<String>,
        pub clawback_fen: i64,
        pub repayment_reference: Option<String>,
        pub state: String,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// 结项报告, one row per edition.
pub mod report {
    use crate::model::CompletionReportContent;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "completion_reports")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub contract_id: Uuid,
        pub edition: i32,
        pub content: CompletionReportContent,
        pub content_hash: String,
        pub submitted_by: Uuid,
        pub submitted_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
