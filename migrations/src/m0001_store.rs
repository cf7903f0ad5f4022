//! What every command writes beside its object: trace, timers, outbox, holds, idempotency, numbers, rules.

use crate::table::{T, step};
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};
use sea_orm_migration::{DbErr, SchemaManager};

step!(
    "m0001_store",
    [
        "trace",
        "timers",
        "outbox",
        "holds",
        "idempotency",
        "counters",
        "procedures",
        "search_documents"
    ],
    |manager| {
        T::new("trace")
            .id()
            .big_opt("position")
            .text("object")
            .uuid("object_id")
            .uuid_opt("project_id")
            .text("division")
            .int("version")
            .text("event")
            .text_opt("from_state")
            .text("to_state")
            .uuid_opt("actor_id")
            .text("actor_name")
            .text("actor_role")
            .uuid_opt("client_id")
            .text("request_id")
            .text_opt("reason")
            .json_opt("data")
            .text_opt("data_hash")
            .at("at")
            .unique(&["position"])
            .index(&["object_id", "id"])
            .index(&["project_id", "id"])
            .make(manager)
            .await?;
        T::new("timers")
            .id()
            .text("timer")
            .text("object")
            .uuid("object_id")
            .uuid_opt("project_id")
            .text("division")
            .text("label")
            .at("started_at")
            .at("due_at")
            .text("rule")
            .bool("provisional")
            .text("state")
            .at_opt("settled_at")
            .int("attempts")
            .at_opt("suspended_at")
            .text_opt("remaining")
            .index(&["state", "due_at"])
            .index(&["provisional", "due_at"])
            .index(&["object_id", "state"])
            .make(manager)
            .await?;
        T::new("outbox")
            .id()
            .text("topic")
            .text("event")
            .text("object")
            .uuid("object_id")
            .json("payload")
            .at("created_at")
            .text("state")
            .at("next_at")
            .int("attempts")
            .at_opt("done_at")
            .text_opt("last_error")
            .index(&["state", "next_at"])
            .index(&["object_id"])
            .make(manager)
            .await?;
        T::new("holds")
            .id()
            .text("object")
            .uuid("object_id")
            .text("reason")
            .at("since")
            .at_opt("released_at")
            .index(&["object_id"])
            .make(manager)
            .await?;
        T::new("idempotency")
            .text("caller")
            .text("key")
            .text("fingerprint")
            .int("status")
            .text("body")
            .text_opt("etag")
            .text_opt("location")
            .at("created_at")
            .key(&["caller", "key"])
            .index(&["created_at"])
            .make(manager)
            .await?;
        T::new("counters")
            .text("name")
            .big("value")
            .key(&["name"])
            .make(manager)
            .await?;
        T::new("procedures")
            .id()
            .text("division")
            .text("code")
            .int("version")
            .json("overrides")
            .text("reason")
            .uuid_opt("created_by")
            .at("created_at")
            .unique(&["division", "code", "version"])
            .make(manager)
            .await?;
        T::new("search_documents")
            .sequence("seq")
            .text("kind")
            .uuid("object_id")
            .unique(&["kind", "object_id"])
            .make(manager)
            .await?;
        full_text(manager).await
    }
);

/// The words of the documents: a column on PostgreSQL, a table of its own on SQLite.
async fn full_text(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let conn = manager.get_connection();
    let statements: &[&str] = match manager.get_database_backend() {
        DbBackend::Postgres => &[
            "ALTER TABLE search_documents ADD COLUMN words tsvector NOT NULL",
            "CREATE INDEX ix_search_documents_words ON search_documents USING gin (words)",
        ],
        _ => &[
            "CREATE VIRTUAL TABLE search_words USING fts5(words, content='', contentless_delete=1)",
        ],
    };
    for statement in statements {
        conn.execute_unprepared(statement).await?;
    }
    Ok(())
}
