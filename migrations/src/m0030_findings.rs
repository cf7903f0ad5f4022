//! Veto findings about an evaluation, and what contractors say of buyers (考榜).

use crate::table::{T, step};

step!(
    "m0030_findings",
    ["veto_findings", "buyer_reviews"],
    |manager| {
        T::new("veto_findings")
            .id()
            .uuid("evaluation_id")
            .text("evaluation_number")
            .uuid("project_id")
            .uuid("organisation_id")
            .uuid_opt("third_party_id")
            .text("division")
            .int("round")
            .text("kind")
            .text("facts")
            .text("evidence")
            .uuid("proposed_by")
            .text_opt("answer")
            .at("answer_by")
            .text_opt("decision")
            .stateful(&["proposed", "answered", "confirmed", "dismissed"])
            .belongs("evaluation_id", "evaluations")
            .index(&["evaluation_id", "id"])
            .index(&["division", "id"])
            .index(&["organisation_id", "id"])
            .make(manager)
            .await?;
        T::new("buyer_reviews")
            .id()
            .uuid("evaluation_id")
            .text("evaluation_number")
            .uuid("project_id")
            .uuid("organisation_id")
            .text("organisation_name")
            .text("division")
            .json("points")
            .text_opt("comment")
            .text_opt("reply")
            .stateful(&["sealed", "published", "replied"])
            .belongs("evaluation_id", "evaluations")
            .unique(&["evaluation_id", "organisation_id"])
            .index(&["division", "id"])
            .index(&["organisation_id", "id"])
            .make(manager)
            .await
    }
);
