//! Rows of the panels.

/// Draw (抽取): its commitment, its pool once fixed, and its reveal.
pub mod draw {
    #![expect(missing_docs, reason = "columns are described in the migration")]
    use crate::model::{DrawRecord, Lots};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "draws")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub purpose: String,
        pub object_id: Uuid,
        pub project_id: Option<Uuid>,
        pub division: String,
        pub round: i32,
        pub commitment: String,
        pub nonce: String,
        pub veil: String,
        pub veil_commitment: String,
        pub committed_at: DateTimeUtc,
        pub record: Option<DrawRecord>,
        pub pool_hash: Option<String>,
        pub fixed_at: Option<DateTimeUtc>,
        pub lots: Lots,
        pub agendas: Lots,
        pub revealed_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Panel (评审组/考评组).
pub mod panel {
    #![expect(missing_docs, reason = "columns are described in the migration")]
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "panels")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub purpose: String,
        pub object_id: Uuid,
        pub project_id: Option<Uuid>,
        pub division: String,
        pub round: i32,
        pub draw_id: Uuid,
        pub version: i32,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Member of a panel (成员).
pub mod member {
    #![expect(missing_docs, reason = "columns are described in the migration")]
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "panel_members")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub panel_id: Uuid,
        pub person_id: Uuid,
        pub name: String,
        pub party: String,
        pub seat: i32,
        pub declaration: String,
        pub declaration_reason: Option<String>,
        pub declared_at: Option<DateTimeUtc>,
        pub report_signed_at: Option<DateTimeUtc>,
        pub dissent: Option<String>,
        pub active: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Score sheet (评分表).
pub mod sheet {
    #![expect(missing_docs, reason = "columns are described in the migration")]
    use crate::model::{Points, Reasons};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "score_sheets")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub panel_id: Uuid,
        pub member_id: Uuid,
        pub subject_id: Uuid,
        pub points: Points,
        pub reasons: Reasons,
        pub comment: Option<String>,
        pub salt: String,
        pub commitment: String,
        pub total: i64,
        pub submitted_at: DateTimeUtc,
        pub voided_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Demand that a member stand aside (申请回避).
pub(crate) mod recusal {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "panel_recusals")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub panel_id: Uuid,
        pub member_id: Uuid,
        pub demanded_by: Uuid,
        pub reason: String,
        pub outcome: String,
        pub created_at: DateTimeUtc,
        pub decided_by: Option<Uuid>,
        pub decision: Option<String>,
        pub decided_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
