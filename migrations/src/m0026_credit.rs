//! Credit (信用): the ledger of points, and the entries of the red and the black list (红黑榜).

use crate::table::{T, step};

step!(
    "m0026_credit",
    ["credit_entries", "list_entries"],
    |manager| {
        T::new("credit_entries")
            .id()
            .uuid("organisation_id")
            .text("reason")
            .int("points")
            .text("object")
            .uuid("object_id")
            .text("label")
            .text("division")
            .date("entered_on")
            .at("created_at")
            .at_opt("voided_at")
            .text_opt("void_reason")
            .belongs("organisation_id", "organisations")
            .unique(&["organisation_id", "reason", "object_id"])
            .make(manager)
            .await?;
        T::new("list_entries")
        .id()
        .text("number")
        .uuid("organisation_id")
        .text("organisation_name")
        .text("division")
        .text("colour")
        .text("ground")
        .int("months")
        .text("facts")
        // what it follows from
        .text_opt("object")
        .uuid_opt("object_id")
        .text_opt("object_label")
        .uuid_opt("proposed_by")
        .uuid_opt("notified_by")
        .uuid_opt("decided_by")
        .text_opt("defence")
        .uuid_opt("defended_by")
        .at_opt("defence_by")
        .text_opt("decision")
        .at_opt("effective_from")
        .at_opt("effective_until")
        .at_opt("paused_until")
        .text_opt("repair")
        .text_opt("reason")
        .at_opt("ended_at")
        .stateful(&[
            "proposed",
            "in_publicity",
            "notice",
            "reviewing",
            "active",
            "repair_requested",
            "repaired",
            "expired",
            "dropped",
            "revoked",
        ])
        .belongs("organisation_id", "organisations")
        .unique(&["number"])
        .index(&["division", "id"])
        .index(&["organisation_id", "id"])
        .index(&["object_id"])
        .make(manager)
        .await
    }
);
