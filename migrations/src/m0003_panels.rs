//! Panels, their members and sealed score sheets: one mechanism for 评榜, 承榜 and 考榜.

use crate::table::{T, step};

step!(
    "m0003_panels",
    ["panels", "panel_members", "score_sheets"],
    |manager| {
        T::new("panels")
            .id()
            .text("purpose")
            .uuid("object_id")
            .uuid_opt("project_id")
            .text("division")
            .int("round")
            .text("draw_commitment")
            .text("draw_nonce")
            .json("draw_record")
            .int("version")
            .at("created_at")
            .unique(&["purpose", "object_id", "round"])
            .make(manager)
            .await?;
        T::new("panel_members")
            .id()
            .uuid("panel_id")
            .uuid("person_id")
            .text("name")
            .text("party")
            .int("seat")
            .text("declaration")
            .text_opt("declaration_reason")
            .at_opt("declared_at")
            .at_opt("report_signed_at")
            .text_opt("dissent")
            .bool("active")
            .belongs("panel_id", "panels")
            .belongs("person_id", "people")
            .unique(&["panel_id", "person_id"])
            .index(&["person_id"])
            .make(manager)
            .await?;
        T::new("score_sheets")
            .id()
            .uuid("panel_id")
            .uuid("member_id")
            .uuid("subject_id")
            .json("points")
            .json("reasons")
            .text_opt("comment")
            .big("total")
            .at("submitted_at")
            .at_opt("voided_at")
            .belongs("panel_id", "panels")
            .belongs("member_id", "panel_members")
            .unique(&["member_id", "subject_id"])
            .index(&["panel_id"])
            .make(manager)
            .await
    }
);
