//! Rows of the crate.

macro_rules! entity {
    ($(#[$doc:meta])* $module:ident = $table:literal { $($body:tt)* }) => {
        $(#[$doc])*
        pub mod $module {
            use sea_orm::entity::prelude::*;
            #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
            #[sea_orm(table_name = $table)]
            pub struct Model { $($body)* }
            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}
            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}

entity! {
    /// The key of a day.
    address_key = "address_keys" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub day: Date,
        pub secret: String,
    }
}

entity! {
    /// 居民诉求.
    request = "requests" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub division: String,
        pub channel: String,
        pub public: bool,
        pub title: String,
        pub detail: crate::requests::model::RequestDetail,
        pub field: Option<String>,
        pub affected_count: Option<i64>,
        pub notice_version: String,
        pub code_hash: String,
        pub address_hash: String,
        pub reporter_id: Option<Uuid>,
        pub need_id: Option<Uuid>,
        pub reason_code: Option<String>,
        pub reason: Option<String>,
        pub feedback: Option<String>,
        pub feedback_text: Option<String>,
        pub feedback_at: Option<DateTimeUtc>,
        pub state: String,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }
}

entity! {
    /// One thing that became of a request or of a need.
    fate = "fates" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub of_id: Uuid,
        pub fate: String,
        pub note: Option<String>,
        pub at: DateTimeUtc,
    }
}

entity! {
    /// A need that lives on in another one.
    merged_need = "merged_needs" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub need_id: Uuid,
        pub into_id: Uuid,
    }
}

entity! {
    /// 民意大摸排.
    campaign = "campaigns" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub division: String,
        pub title: String,
        pub purpose: String,
        pub starts_on: Date,
        pub ends_on: Date,
        pub public: bool,
        pub form: crate::campaigns::form::Form,
        pub summary: Option<String>,
        pub reason: Option<String>,
        pub created_by: Uuid,
        pub state: String,
        pub version: i32,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }
}

entity! {
    /// A community of a campaign, and how many answers are wished there.
    campaign_community = "campaign_communities" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub campaign_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub community: String,
        pub target: i64,
    }
}

entity! {
    /// One filled-in form; no name, no person.
    campaign_answer = "campaign_answers" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub campaign_id: Uuid,
        pub community: String,
        pub channel: String,
        pub answers: crate::campaigns::form::Answers,
        pub address_hash: Option<String>,
        pub created_at: DateTimeUtc,
    }
}

entity! {
    /// How often something was answered in a community: kept with each answer.
    campaign_tally = "campaign_tallies" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub campaign_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub community: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub question: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub cell: String,
        pub n: i64,
        pub total: i64,
    }
}

entity! {
    /// A need that was drafted from answers.
    finding = "findings" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub campaign_id: Uuid,
        pub community: String,
        pub need_id: Uuid,
        pub answers: i64,
        pub evidence: Json,
        pub created_by: Uuid,
        pub created_at: DateTimeUtc,
    }
}
