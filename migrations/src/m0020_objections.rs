//! Objections and the complaints that follow them (异议、投诉).

use crate::table::{T, step};

step!("m0020_objections", ["objections"], |manager| {
    T::new("objections")
        .id()
        .text("number")
        .text("target")
        .uuid("target_id")
        .text("target_label")
        // what stands still while it is open, where something does
        .uuid_opt("held_id")
        .text("division")
        .uuid("objector_id")
        .text("objector_name")
        .uuid_opt("objector_organisation_id")
        .text("standing")
        .text("respondent")
        .uuid_opt("respondent_organisation_id")
        .json("involved")
        .json("form")
        .text("form_hash")
        .json_opt("supplement")
        .uuid_opt("accepted_by")
        .at_opt("accepted_at")
        .at_opt("answer_by")
        .at_opt("invited_at")
        .json_opt("hearing")
        .text_opt("finding")
        .text_opt("rejection_ground")
        .json_opt("reply")
        .uuid_opt("decided_by")
        .at_opt("decided_at")
        .at_opt("complain_by")
        .json_opt("complaint")
        .json_opt("abuse")
        .uuid_opt("hold_id")
        .stateful(&[
            "submitted",
            "supplement_required",
            "rejected",
            "accepted",
            "investigating",
            "upheld",
            "partly_upheld",
            "dismissed",
            "overdue",
            "withdrawn",
            "escalated",
            "complaint_open",
            "closed",
        ])
        .unique(&["number"])
        .index(&["target_id", "state"])
        .index(&["division", "id"])
        .index(&["objector_id", "id"])
        .index(&["objector_organisation_id", "id"])
        .index(&["respondent_organisation_id", "id"])
        .make(manager)
        .await
});
