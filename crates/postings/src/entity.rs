//! Rows of the stage.

/// 项目.
pub mod project {
    #![expect(missing_docs, reason = "columns are described in the migration")]
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "projects")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub title: String,
        pub division: String,
        pub field: String,
        pub stage: String,
        pub outcome: Option<String>,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// 榜单.
pub mod posting {
    #![expect(missing_docs, reason = "columns are described in the migration")]
    use crate::invitation::Invitation;
    use crate::model::{Content, FrozenProcedure, Overrides};
    use crate::particulars::Particulars;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "postings")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub project_id: Uuid,
        pub round: i32,
        pub kind: String,
        pub division: String,
        pub title: String,
        pub field: String,
        pub target_groups: String,
        pub budget_ceiling_fen: i64,
        pub content: Content,
        pub procedure: FrozenProcedure,
        pub overrides: Overrides,
        pub particulars: Particulars,
        pub funding: String,
        pub call_id: Option<Uuid>,
        pub invitation: Option<Invitation>,
        pub drafted_by: Uuid,
        pub handed_in_by: Option<Uuid>,
        pub endorsed_by: Option<Uuid>,
        pub approved_by: Option<Uuid>,
        pub content_acknowledged: bool,
        pub acknowledgement_reason: Option<String>,
        pub cap_reason: Option<String>,
        pub bidder_cap_reason: Option<String>,
        pub split_reason: Option<String>,
        pub publish_at: Option<DateTimeUtc>,
        pub published_at: Option<DateTimeUtc>,
        pub question_deadline: Option<DateTimeUtc>,
        pub bid_deadline: Option<DateTimeUtc>,
        pub bid_deadline_rule: Option<String>,
        pub provisional: bool,
        pub closed_at: Option<DateTimeUtc>,
        pub notice_hash: Option<String>,
        pub reason_code: Option<String>,
        pub reason: Option<String>,
        pub outcome: Option<String>,
        pub single_bidder_reason: Option<String>,
        pub need_returned_reason: Option<String>,
        pub resume_to: Option<String>,
        pub suspended_by: Option<String>,
        pub state: String,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    impl Model {
        /// What all contractors together may cost in fen; of a race as many times the ceiling as run in it.
        #[must_use]
        pub fn whole_ceiling_fen(&self) -> i64 {
            self.content.whole_fen(self.budget_ceiling_fen)
        }

        /// Whether it was a race whose lanes are decided; they are postings of their own.
        #[must_use]
        pub fn was_raced(&self) -> bool {
            self.outcome.as_deref() == Some(RACED)
        }
    }

    /// Outcome of a race whose lanes are decided.
    pub(crate) const RACED: &str = "raced";

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Which needs a posting covers; `live` until it fails or is cancelled.
pub mod posting_need {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "posting_needs")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub posting_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub need_id: Uuid,
        pub live: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// A template of postings.
pub mod template {
    use crate::model::{Content, Overrides};
    use crate::particulars::Particulars;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "posting_templates")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub name: String,
        pub division: String,
        pub kind: String,
        pub title: String,
        pub field: String,
        pub budget_ceiling_fen: i64,
        pub content: Content,
        pub overrides: Overrides,
        pub particulars: Particulars,
        pub made_by: Uuid,
        pub retired_at: Option<DateTimeUtc>,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// 提问.
pub mod question {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "posting_questions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub posting_id: Uuid,
        pub posting_number: String,
        pub project_id: Uuid,
        pub division: String,
        pub organisation_id: Uuid,
        pub sequence: i32,
        pub asked_by: Uuid,
        pub text: String,
        pub answer: Option<String>,
        pub answered_by: Option<Uuid>,
        pub answered_at: Option<DateTimeUtc>,
        pub state: String,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// One entry of the public chronicle of a posting.
pub mod change {
    use crate::diff::Diff;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "posting_changes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub posting_id: Uuid,
        pub sequence: i32,
        pub kind: String,
        pub reason: String,
        pub ground: Option<String>,
        pub affects_bids: bool,
        pub diff: Diff,
        pub days: i32,
        pub deadline_before: Option<DateTimeUtc>,
        pub deadline_after: Option<DateTimeUtc>,
        pub notice_hash_before: Option<String>,
        pub notice_hash: Option<String>,
        pub changed_by: Option<Uuid>,
        pub changed_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
