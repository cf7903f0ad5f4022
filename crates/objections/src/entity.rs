//! Rows of the crate.

/// 异议, with the complaint that may follow.
pub mod objection {
    use crate::model::{
        AbuseRecord, ComplaintRecord, HearingRecord, Involved, ObjectionForm, ReplyRecord,
        SupplementRecord,
    };
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "objections")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub target: String,
        pub target_id: Uuid,
        pub target_label: String,
        pub held_id: Option<Uuid>,
        pub division: String,
        pub objector_id: Uuid,
        pub objector_name: String,
        pub objector_organisation_id: Option<Uuid>,
        pub standing: String,
        pub respondent: String,
        pub respondent_organisation_id: Option<Uuid>,
        pub involved: Involved,
        pub form: ObjectionForm,
        pub form_hash: String,
        pub supplement: Option<SupplementRecord>,
        pub accepted_by: Option<Uuid>,
        pub accepted_at: Option<DateTimeUtc>,
        pub answer_by: Option<DateTimeUtc>,
        pub invited_at: Option<DateTimeUtc>,
        pub hearing: Option<HearingRecord>,
        pub finding: Option<String>,
        pub rejection_ground: Option<String>,
        pub reply: Option<ReplyRecord>,
        pub decided_by: Option<Uuid>,
        pub decided_at: Option<DateTimeUtc>,
        pub complain_by: Option<DateTimeUtc>,
        pub complaint: Option<ComplaintRecord>,
        pub abuse: Option<AbuseRecord>,
        pub hold_id: Option<Uuid>,
        pub state: String,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
