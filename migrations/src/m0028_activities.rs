//! The activity log of an agreement (活动记录), entry by entry.

use crate::table::{T, step};

step!("m0028_activities", ["activities"], |manager| {
    T::new("activities")
        .id()
        .uuid("contract_id")
        .text("contract_number")
        .uuid("project_id")
        // who wrote it: the contractor or a partner
        .uuid("organisation_id")
        .text("division")
        .uuid("recorded_by")
        .date("held_on")
        .text("place")
        .text("kind")
        .big("headcount")
        .json("beneficiaries")
        .big("volunteer_hours")
        .text("text")
        .bool("no_minor_recognisable")
        // an entry is corrected once; its correction may be corrected again
        .uuid_opt("supersedes")
        .text_opt("question")
        .stateful(&["recorded", "confirmed", "questioned", "superseded"])
        .belongs("contract_id", "contracts")
        .unique(&["supersedes"])
        .index(&["contract_id", "id"])
        .make(manager)
        .await
});
