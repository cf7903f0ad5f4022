//! Draws, panels, their members and sealed score sheets: one mechanism for 评榜, 承榜 and 考榜.

use crate::table::{T, step};

step!(
    "m0003_panels",
    [
        "draws",
        "panels",
        "panel_members",
        "panel_recusals",
        "score_sheets"
    ],
    |manager| {
        // the seed is committed before the pool is fixed; the nonce is shown with the result
        T::new("draws")
            .id()
            .text("purpose")
            .uuid("object_id")
            .uuid_opt("project_id")
            .text("division")
            .int("round")
            .text("commitment")
            // locked with a master key
            .text("nonce")
            // behind which residents stand in the public draw: never shown, committed beside the seed; locked as well
            .text("veil")
            .text("veil_commitment")
            .at("committed_at")
            .json_opt("record")
            .text_opt("pool_hash")
            .at_opt("fixed_at")
            .json("lots")
            .json("agendas")
            .at_opt("revealed_at")
            .unique(&["purpose", "object_id", "round"])
            .index(&["object_id"])
            .make(manager)
            .await?;
        T::new("panels")
            .id()
            .text("purpose")
            .uuid("object_id")
            .uuid_opt("project_id")
            .text("division")
            .int("round")
            .uuid("draw_id")
            .int("version")
            .at("created_at")
            .belongs("draw_id", "draws")
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
        // demands that a member stand aside (申请回避), and what was decided on them
        T::new("panel_recusals")
            .id()
            .uuid("panel_id")
            .uuid("member_id")
            .uuid("demanded_by")
            .text("reason")
            .text("outcome")
            .at("created_at")
            .uuid_opt("decided_by")
            .text_opt("decision")
            .at_opt("decided_at")
            .belongs("panel_id", "panels")
            .belongs("member_id", "panel_members")
            .index(&["panel_id"])
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
            // of the receipt: the salt is locked with a master key and given to the scorer alone
            .text("salt")
            .text("commitment")
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
