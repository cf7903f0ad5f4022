//! Needs (需求), their third-party analyses and expert opinions, supporters, comments, votes and
//! recusals (评榜), and the quarters of a district with their plans (评榜周期).

use crate::table::{T, step};

step!(
    "m0004_needs",
    [
        "needs",
        "need_analyses",
        "need_opinions",
        "need_supporters",
        "need_comments",
        "need_votes",
        "need_recusals",
        "need_cycles",
        "need_cycle_items"
    ],
    |manager| {
        T::new("needs")
            .id()
            .text("number")
            .text("division")
            .text("title")
            .text("field")
            .text("source")
            .text("urgency")
            .big("affected_count")
            .big("supporters")
            .json("detail")
            .text("target_groups")
            .text_opt("content_hash")
            .text_opt("returned_hash")
            .uuid_opt("analyst_id")
            .text_opt("priority")
            .text_opt("review_score")
            .big_opt("review_hundredths")
            .text_opt("reason_code")
            .text_opt("reason")
            .uuid_opt("merged_into")
            .text_opt("root_cause")
            .json_opt("appeal")
            .at_opt("appeal_until")
            .bool("emergency")
            .bool("redesign_required")
            .int("cycle")
            .at_opt("backlogged_at")
            .int("supplements")
            .int("failed_rounds")
            .uuid("created_by")
            .at_opt("approved_at")
            .stateful(&[
                "draft",
                "submitted",
                "supplement_required",
                "accepted",
                "under_review",
                "in_comment",
                "approved",
                "backlog",
                "posted",
                "fulfilled",
                "closed",
                "returned",
                "rejected",
                "appealed",
                "merged",
                "withdrawn",
                "deleted",
            ])
            .unique(&["number"])
            .index(&["division", "id"])
            .index(&["state", "id"])
            .index(&["affected_count", "id"])
            .index(&["supporters", "id"])
            .make(manager)
            .await?;
        T::new("need_analyses")
            .id()
            .uuid("need_id")
            .int("cycle")
            .uuid("organisation_id")
            .uuid("person_id")
            .json("content")
            .at("created_at")
            .at_opt("voided_at")
            .belongs("need_id", "needs")
            .unique(&["need_id", "cycle", "organisation_id", "person_id"])
            .make(manager)
            .await?;
        T::new("need_opinions")
            .id()
            .uuid("need_id")
            .int("cycle")
            .uuid("person_id")
            .text("speciality")
            .json("content")
            .big("total")
            .at("created_at")
            .at_opt("voided_at")
            .belongs("need_id", "needs")
            .unique(&["need_id", "cycle", "person_id"])
            .make(manager)
            .await?;
        T::new("need_supporters")
            .id()
            .uuid("need_id")
            .uuid("person_id")
            .at("created_at")
            .at_opt("withdrawn_at")
            .belongs("need_id", "needs")
            .unique(&["need_id", "person_id"])
            .make(manager)
            .await?;
        T::new("need_comments")
            .id()
            .uuid("need_id")
            .int("cycle")
            .uuid("person_id")
            .text("stance")
            .text("body")
            .at("created_at")
            .belongs("need_id", "needs")
            .unique(&["need_id", "cycle", "person_id"])
            .index(&["need_id", "id"])
            .make(manager)
            .await?;
        T::new("need_votes")
            .id()
            .uuid("need_id")
            .uuid("person_id")
            .text("kind")
            .date("held_on")
            .big("entitled")
            .big("present")
            .big("in_favour")
            .big("against")
            .big("abstained")
            .text("summary")
            .at("created_at")
            .belongs("need_id", "needs")
            .unique(&["need_id", "kind", "held_on"])
            .make(manager)
            .await?;
        T::new("need_recusals")
            .id()
            .uuid("need_id")
            .uuid("person_id")
            .uuid("demanded_by")
            .text("reason")
            .text("outcome")
            .text_opt("answer")
            .uuid_opt("decided_by")
            .at_opt("decided_at")
            .at("created_at")
            .belongs("need_id", "needs")
            .index(&["need_id", "person_id"])
            .make(manager)
            .await?;
        T::new("need_cycles")
            .id()
            .text("number")
            .text("division")
            .date("starts_on")
            .date("ends_on")
            .big("waiting")
            .text_opt("plan")
            .at_opt("planned_at")
            .stateful(&["planning", "planned", "overdue", "ended"])
            .unique(&["number"])
            .unique(&["division", "starts_on"])
            .index(&["division", "id"])
            .make(manager)
            .await?;
        T::new("need_cycle_items")
            .uuid("cycle_id")
            .uuid("need_id")
            .key(&["cycle_id", "need_id"])
            .belongs("cycle_id", "need_cycles")
            .belongs("need_id", "needs")
            .make(manager)
            .await
    }
);
