//! Rows of the stage.

/// 考榜.
pub mod evaluation {
    use crate::model::{FrozenRule, ResultDraft, SupersededResults, Vetoes};
    use crate::scoring::{PartyScores, ReducedParties};
    use crate::survey::model::{SurveyPlan, SurveyResult};
    use sea_orm::entity::prelude::*;
    use wubang_contracts::model::FrozenTerms;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "evaluations")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub project_id: Uuid,
        pub posting_id: Uuid,
        pub contract_id: Uuid,
        pub organisation_id: Uuid,
        pub organisation_name: String,
        pub division: String,
        pub title: String,
        pub field: String,
        pub phase: String,
        pub report_missing: bool,
        pub round: i32,
        pub rule: FrozenRule,
        pub terms: FrozenTerms,
        pub third_party_id: Option<Uuid>,
        pub third_party_name: Option<String>,
        pub opened_by: Uuid,
        pub panel_round: i32,
        pub superseded: SupersededResults,
        pub survey_plan: Option<SurveyPlan>,
        pub survey_key: Option<String>,
        pub survey: Option<SurveyResult>,
        pub party_scores: Option<PartyScores>,
        pub total: Option<String>,
        pub grade: Option<String>,
        pub reduced: ReducedParties,
        pub vetoes: Vetoes,
        pub draft: Option<ResultDraft>,
        pub publicity_hash: Option<String>,
        pub publicity_starts_at: Option<DateTimeUtc>,
        pub publicity_ends_at: Option<DateTimeUtc>,
        pub state: String,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
