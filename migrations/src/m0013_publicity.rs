//! Publicity periods (公示): what was shown, how long, and what became of it.

use crate::table::{T, step};

step!("m0013_publicity", ["publicity_periods"], |manager| {
    T::new("publicity_periods")
        .id()
        .text("number")
        .text("kind")
        .text("object")
        .uuid("object_id")
        .uuid_opt("project_id")
        .text("division")
        .text_opt("field")
        .text("title")
        // as shown; after the end with personal data masked, while the hash stays that of what was shown
        .json("content")
        .text("content_hash")
        .text_opt("objection_contact")
        .json("channels")
        .text("minimum")
        .at("starts_at")
        .at("ends_at")
        .text("rule")
        .bool("provisional")
        .uuid_opt("supersedes")
        .text_opt("reason")
        .at_opt("ended_at")
        .at_opt("masked_at")
        .stateful(&["running", "ended", "stopped", "superseded"])
        .unique(&["number"])
        .index(&["object_id", "kind"])
        .index(&["division", "id"])
        .make(manager)
        .await
});
