//! Rows of veto findings.

/// 一票否决事项.
pub mod finding {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "veto_findings")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub evaluation_id: Uuid,
        pub evaluation_number: String,
        pub project_id: Uuid,
        pub organisation_id: Uuid,
        pub third_party_id: Option<Uuid>,
        pub division: String,
        pub round: i32,
        pub kind: String,
        pub facts: String,
        pub evidence: String,
        pub proposed_by: Uuid,
        pub answer: Option<String>,
        pub answer_by: DateTimeUtc,
        pub decision: Option<String>,
        pub state: String,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
