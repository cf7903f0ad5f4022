//! Rows of slips.

/// 督办单据.
pub mod slip {
    use crate::slips::model::SlipAnswer;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "slips")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub contract_id: Uuid,
        pub contract_number: String,
        pub project_id: Uuid,
        pub organisation_id: Uuid,
        pub organisation_name: String,
        pub division: String,
        pub kind: String,
        pub addressee: String,
        pub object: String,
        pub object_id: Uuid,
        pub object_label: String,
        pub facts: String,
        pub demand: String,
        pub answer_by: DateTimeUtc,
        pub quarter: Option<String>,
        pub repeat_n: i32,
        pub repeats_id: Option<Uuid>,
        pub issued_by: Option<Uuid>,
        pub answer: Option<SlipAnswer>,
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
