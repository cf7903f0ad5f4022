//! What happens to a published posting: questions with their answers, and the public chronicle of its
//! changes (变更公告, 延期, 中止, 恢复).

use crate::table::{T, step};

step!(
    "m0010_posting_changes",
    ["posting_questions", "posting_changes"],
    |manager| {
        T::new("posting_questions")
            .id()
            .uuid("posting_id")
            .text("posting_number")
            .uuid("project_id")
            .text("division")
            .uuid("organisation_id")
            // counts the questions of one organisation, so that two at once cannot pass the bound
            .int("sequence")
            .uuid("asked_by")
            .text("text")
            .text_opt("answer")
            .uuid_opt("answered_by")
            .at_opt("answered_at")
            .stateful(&["asked", "answered", "lapsed"])
            .belongs("posting_id", "postings")
            .belongs("organisation_id", "organisations")
            .unique(&["posting_id", "organisation_id", "sequence"])
            .index(&["posting_id", "id"])
            .make(manager)
            .await?;
        T::new("posting_changes")
            .id()
            .uuid("posting_id")
            .int("sequence")
            .text("kind")
            .text("reason")
            .text_opt("ground")
            .bool("affects_bids")
            .json("diff")
            .int("days")
            .at_opt("deadline_before")
            .at_opt("deadline_after")
            .text_opt("notice_hash_before")
            .text_opt("notice_hash")
            .uuid_opt("changed_by")
            .at("changed_at")
            .belongs("posting_id", "postings")
            .unique(&["posting_id", "sequence"])
            .make(manager)
            .await
    }
);
