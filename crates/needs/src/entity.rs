//! Rows of the stage.

/// 需求.
pub mod need {
    use crate::model::{AppealRecord, Detail};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "needs")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub division: String,
        pub title: String,
        pub field: String,
        pub source: String,
        pub urgency: String,
        pub affected_count: i64,
        /// Voices now, for the order of lists; who they are stands in `supporter`.
        pub supporters: i64,
        pub detail: Detail,
        /// Codes with blanks around each, to be found by `LIKE`.
        pub target_groups: String,
        /// Number, title and description folded, to be found by `LIKE`.
        pub content_hash: Option<String>,
        pub returned_hash: Option<String>,
        pub analyst_id: Option<Uuid>,
        pub priority: Option<String>,
        pub review_score: Option<String>,
        /// The same rounded, for the order of lists.
        pub review_hundredths: Option<i64>,
        pub reason_code: Option<String>,
        pub reason: Option<String>,
        pub merged_into: Option<Uuid>,
        pub root_cause: Option<String>,
        pub appeal: Option<AppealRecord>,
        pub appeal_until: Option<DateTimeUtc>,
        pub emergency: bool,
        pub redesign_required: bool,
        pub cycle: i32,
        pub backlogged_at: Option<DateTimeUtc>,
        pub supplements: i32,
        pub failed_rounds: i32,
        pub created_by: Uuid,
        pub approved_at: Option<DateTimeUtc>,
        pub state: String,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Third-party analysis.
pub mod analysis {
    use crate::model::AnalysisContent;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "need_analyses")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub need_id: Uuid,
        pub cycle: i32,
        pub organisation_id: Uuid,
        pub person_id: Uuid,
        pub content: AnalysisContent,
        pub created_at: DateTimeUtc,
        pub voided_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Expert opinion.
pub mod opinion {
    use crate::model::OpinionContent;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "need_opinions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub need_id: Uuid,
        pub cycle: i32,
        pub person_id: Uuid,
        pub speciality: String,
        pub content: OpinionContent,
        pub total: i64,
        pub created_at: DateTimeUtc,
        pub voided_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Somebody's voice for a need (附议). Never shown by name.
pub mod supporter {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "need_supporters")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub need_id: Uuid,
        pub person_id: Uuid,
        pub created_at: DateTimeUtc,
        pub withdrawn_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// A resident's comment while the need is on the comment list (民意公示).
pub mod comment {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "need_comments")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub need_id: Uuid,
        pub cycle: i32,
        pub person_id: Uuid,
        pub stance: String,
        pub body: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// A vote or deliberation on a need, as its minutes give it (居民代表表决, 议事协商).
pub mod vote {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "need_votes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub need_id: Uuid,
        pub person_id: Uuid,
        pub kind: String,
        pub held_on: Date,
        pub entitled: i64,
        pub present: i64,
        pub in_favour: i64,
        pub against: i64,
        pub abstained: i64,
        pub summary: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// A demand that a reviewer stand aside, and what became of it (回避).
pub mod recusal {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "need_recusals")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub need_id: Uuid,
        pub person_id: Uuid,
        pub demanded_by: Uuid,
        pub reason: String,
        pub outcome: String,
        pub answer: Option<String>,
        pub decided_by: Option<Uuid>,
        pub decided_at: Option<DateTimeUtc>,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// A quarter of a district (评榜周期).
pub mod cycle {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "need_cycles")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub division: String,
        pub starts_on: Date,
        pub ends_on: Date,
        /// Needs in the backlog of the district when the quarter began.
        pub waiting: i64,
        pub plan: Option<String>,
        pub planned_at: Option<DateTimeUtc>,
        pub state: String,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// A need that the plan of a quarter takes up again.
pub mod cycle_item {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "need_cycle_items")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub cycle_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub need_id: Uuid,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
