//! Rows of the crate.

/// 路演.
pub mod roadshow {
    use crate::model::{Guests, Minutes};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "roadshows")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub posting_id: Uuid,
        pub posting_number: String,
        pub project_id: Uuid,
        pub division: String,
        pub draw_id: Uuid,
        pub starts_at: DateTimeUtc,
        pub place: Option<String>,
        pub link: Option<String>,
        pub host_id: Uuid,
        pub host_name: String,
        pub presentation_minutes: i32,
        pub question_minutes: i32,
        pub guests: Option<Guests>,
        pub minutes: Option<Minutes>,
        pub minutes_hash: Option<String>,
        pub minutes_by: Option<Uuid>,
        pub started_at: Option<DateTimeUtc>,
        pub held_at: Option<DateTimeUtc>,
        pub shown_at: Option<DateTimeUtc>,
        pub due_at: Option<DateTimeUtc>,
        pub published_at: Option<DateTimeUtc>,
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

/// 路演场次.
pub mod slot {
    use crate::model::Presenters;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "roadshow_slots")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub roadshow_id: Uuid,
        pub posting_id: Uuid,
        pub posting_number: String,
        pub project_id: Uuid,
        pub division: String,
        pub bid_id: Uuid,
        pub organisation_id: Uuid,
        pub organisation_name: String,
        pub lot: i32,
        pub turn: i32,
        pub begins_at: DateTimeUtc,
        pub ends_at: DateTimeUtc,
        pub absences: i32,
        pub called_at: Option<DateTimeUtc>,
        pub questions_at: Option<DateTimeUtc>,
        pub finished_at: Option<DateTimeUtc>,
        pub recorded: bool,
        pub presenters: Presenters,
        pub state: String,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// An organisation whose people see a slot: lead or other member of its bid.
pub mod party {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "roadshow_parties")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub slot_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub organisation_id: Uuid,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// A member of the panel who was there.
pub mod attendance {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "roadshow_attendances")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub roadshow_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: Uuid,
        pub name: String,
        pub party: String,
        pub at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
