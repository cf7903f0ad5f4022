//! Rows of the store's own tables.

macro_rules! entity {
    ($(#[$doc:meta])* $module:ident = $table:literal { $($body:tt)* }) => {
        $(#[$doc])*
        pub mod $module {
            #![expect(missing_docs, reason = "columns are described in the migration")]
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
    /// One record of the process trail (留痕).
    trace = "trace" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub position: Option<i64>,
        pub object: String,
        pub object_id: Uuid,
        pub project_id: Option<Uuid>,
        pub division: String,
        pub version: i32,
        pub event: String,
        pub from_state: Option<String>,
        pub to_state: String,
        pub actor_id: Option<Uuid>,
        pub actor_name: String,
        pub actor_role: String,
        pub client_id: Option<Uuid>,
        pub request_id: String,
        pub reason: Option<String>,
        pub data: Option<Json>,
        pub data_hash: Option<String>,
        pub at: DateTimeUtc,
    }
}

entity! {
    /// A running, suspended, fired or stopped timer.
    timers = "timers" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub timer: String,
        pub object: String,
        pub object_id: Uuid,
        pub project_id: Option<Uuid>,
        pub division: String,
        pub label: String,
        pub started_at: DateTimeUtc,
        pub due_at: DateTimeUtc,
        pub rule: String,
        pub provisional: bool,
        pub state: String,
        pub settled_at: Option<DateTimeUtc>,
        pub attempts: i32,
        pub suspended_at: Option<DateTimeUtc>,
        pub remaining: Option<String>,
    }
}

entity! {
    /// Something to be told or delivered after the commit.
    outbox = "outbox" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub topic: String,
        pub event: String,
        pub object: String,
        pub object_id: Uuid,
        pub payload: Json,
        pub created_at: DateTimeUtc,
        pub state: String,
        pub next_at: DateTimeUtc,
        pub attempts: i32,
        pub done_at: Option<DateTimeUtc>,
        pub last_error: Option<String>,
    }
}

entity! {
    /// An open objection or order that stops an object's timers and steps.
    holds = "holds" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub object: String,
        pub object_id: Uuid,
        pub reason: String,
        pub since: DateTimeUtc,
        pub released_at: Option<DateTimeUtc>,
    }
}

entity! {
    /// The stored answer of a command with an `Idempotency-Key`.
    idempotency = "idempotency" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub caller: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub fingerprint: String,
        pub status: i32,
        pub body: String,
        pub etag: Option<String>,
        pub location: Option<String>,
        pub created_at: DateTimeUtc,
    }
}

entity! {
    /// The last number given out in a series.
    counters = "counters" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub value: i64,
    }
}

entity! {
    /// One version of a posting type's rules in a division.
    procedures = "procedures" {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub division: String,
        pub code: String,
        pub version: i32,
        pub overrides: Json,
        pub reason: String,
        pub created_by: Option<Uuid>,
        pub created_at: DateTimeUtc,
    }
}
