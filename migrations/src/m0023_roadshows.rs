//! Roadshows (路演): session, slots by lot, who may see a slot, who was there.

use crate::table::{T, step};

step!(
    "m0023_roadshows",
    [
        "roadshows",
        "roadshow_slots",
        "roadshow_parties",
        "roadshow_attendances"
    ],
    |manager| {
        T::new("roadshows")
            .id()
            .uuid("posting_id")
            .text("posting_number")
            .uuid("project_id")
            .text("division")
            // whose seed has put the slots in order
            .uuid("draw_id")
            .at("starts_at")
            .text_opt("place")
            .text_opt("link")
            .uuid("host_id")
            .text("host_name")
            .int("presentation_minutes")
            .int("question_minutes")
            .json_opt("guests")
            .json_opt("minutes")
            .text_opt("minutes_hash")
            .uuid_opt("minutes_by")
            .at_opt("started_at")
            .at_opt("held_at")
            // when the proposed award became public, and when the minutes were due after it
            .at_opt("shown_at")
            .at_opt("due_at")
            .at_opt("published_at")
            .text_opt("reason")
            .stateful(&[
                "planned",
                "running",
                "held",
                "recorded",
                "published",
                "cancelled",
            ])
            .belongs("posting_id", "postings")
            .index(&["posting_id", "id"])
            .make(manager)
            .await?;
        T::new("roadshow_slots")
            .id()
            .uuid("roadshow_id")
            .uuid("posting_id")
            .text("posting_number")
            .uuid("project_id")
            .text("division")
            .uuid("bid_id")
            .uuid("organisation_id")
            .text("organisation_name")
            // the place that was drawn, and the one after absences
            .int("lot")
            .int("turn")
            .at("begins_at")
            .at("ends_at")
            .int("absences")
            .at_opt("called_at")
            .at_opt("questions_at")
            .at_opt("finished_at")
            .bool("recorded")
            .json("presenters")
            .stateful(&[
                "waiting",
                "presenting",
                "questions",
                "done",
                "missed",
                "dropped",
            ])
            .belongs("roadshow_id", "roadshows")
            .unique(&["roadshow_id", "lot"])
            .unique(&["roadshow_id", "bid_id"])
            .index(&["bid_id"])
            .index(&["posting_id"])
            .make(manager)
            .await?;
        T::new("roadshow_parties")
            .uuid("slot_id")
            .uuid("organisation_id")
            .key(&["slot_id", "organisation_id"])
            .belongs("slot_id", "roadshow_slots")
            .index(&["organisation_id", "slot_id"])
            .make(manager)
            .await?;
        T::new("roadshow_attendances")
            .uuid("roadshow_id")
            .uuid("person_id")
            .text("name")
            .text("party")
            .at("at")
            .key(&["roadshow_id", "person_id"])
            .belongs("roadshow_id", "roadshows")
            .make(manager)
            .await
    }
);
