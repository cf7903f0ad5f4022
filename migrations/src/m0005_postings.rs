//! Projects (the spine) and postings (榜单), one row per round.

use crate::table::{T, step};

step!(
    "m0005_postings",
    ["projects", "postings", "posting_needs", "posting_templates"],
    |manager| {
        T::new("projects")
            .id()
            .text("number")
            .text("title")
            .text("division")
            .text("field")
            .text("stage")
            .text_opt("outcome")
            .int("version")
            .at("created_at")
            .at("updated_at")
            .unique(&["number"])
            .index(&["division", "id"])
            .index(&["stage", "id"])
            .make(manager)
            .await?;
        T::new("postings")
            .id()
            .text("number")
            .uuid("project_id")
            .int("round")
            .text("kind")
            .text("division")
            .text("title")
            .text("field")
            .text("target_groups")
            .big("budget_ceiling_fen")
            .json("content")
            .json("procedure")
            .json("overrides")
            .json("particulars")
            // kind and name of the funding source, to add up orders
            .text("funding")
            // the call out of which it was picked, or the race of which it is a lane
            .uuid_opt("call_id")
            .json_opt("invitation")
            .uuid("drafted_by")
            .uuid_opt("handed_in_by")
            .uuid_opt("endorsed_by")
            .uuid_opt("approved_by")
            .bool("content_acknowledged")
            .text_opt("acknowledgement_reason")
            .text_opt("cap_reason")
            // why organisations may bid beyond their own caps (资源限流)
            .text_opt("bidder_cap_reason")
            .text_opt("split_reason")
            .at_opt("publish_at")
            .at_opt("published_at")
            .at_opt("question_deadline")
            .at_opt("bid_deadline")
            .text_opt("bid_deadline_rule")
            .bool("provisional")
            .at_opt("closed_at")
            .text_opt("notice_hash")
            .text_opt("reason_code")
            .text_opt("reason")
            .text_opt("outcome")
            .text_opt("single_bidder_reason")
            .text_opt("need_returned_reason")
            .text_opt("resume_to")
            .text_opt("suspended_by")
            .stateful(&[
                "draft",
                "pending_approval",
                "scheduled",
                "open",
                "suspended",
                "closed",
                "evaluating",
                "award_publicity",
                "awarded",
                "contracted",
                "completed",
                "failed",
                "cancelled",
            ])
            .belongs("project_id", "projects")
            .unique(&["number"])
            .index(&["division", "id"])
            .index(&["state", "id"])
            .index(&["published_at", "id"])
            .index(&["bid_deadline", "id"])
            .index(&["budget_ceiling_fen", "id"])
            .index(&["project_id"])
            .index(&["call_id", "id"])
            .make(manager)
            .await?;
        T::new("posting_needs")
            .uuid("posting_id")
            .uuid("need_id")
            .bool("live")
            .key(&["posting_id", "need_id"])
            .belongs("posting_id", "postings")
            .belongs("need_id", "needs")
            .index(&["need_id"])
            .make(manager)
            .await?;
        T::new("posting_templates")
            .id()
            .text("name")
            .text("division")
            .text("kind")
            .text("title")
            .text("field")
            .big("budget_ceiling_fen")
            .json("content")
            .json("overrides")
            .json("particulars")
            .uuid("made_by")
            .at_opt("retired_at")
            .int("version")
            .at("created_at")
            .at("updated_at")
            .unique(&["division", "name"])
            .index(&["division", "id"])
            .make(manager)
            .await
    }
);
