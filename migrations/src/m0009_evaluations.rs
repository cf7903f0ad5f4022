//! Evaluations (考榜).

use crate::table::{T, step};

step!("m0009_evaluations", ["evaluations"], |manager| {
    T::new("evaluations")
        .id()
        .text("number")
        .uuid("project_id")
        .uuid("posting_id")
        .uuid("contract_id")
        .uuid("organisation_id")
        .text("organisation_name")
        .text("division")
        .text("title")
        .text("field")
        .text("phase")
        .int("round")
        // scheme, weights and lengths of timers, frozen with the posting
        .json("rule")
        .json("terms")
        // none in a scheme that the street organises
        .uuid_opt("third_party_id")
        .text_opt("third_party_name")
        .uuid("opened_by")
        // the round of the panel whose sheets count: another after a review that orders it
        .int("panel_round")
        // results that a review has taken back
        .json("superseded")
        .json_opt("survey")
        .json_opt("party_scores")
        .text_opt("total")
        .text_opt("grade")
        .json_opt("draft")
        .text_opt("publicity_hash")
        .at_opt("publicity_starts_at")
        .at_opt("publicity_ends_at")
        .stateful(&[
            "planned", "preparing", "scoring", "scored", "drafted", "in_publicity", "under_review", "confirmed", "reevaluation_required", "voided",
        ])
        .belongs("contract_id", "contracts")
        .unique(&["contract_id", "phase", "round"])
        .unique(&["number"])
        .index(&["organisation_id", "id"])
        .index(&["third_party_id", "id"])
        .index(&["division", "id"])
        .make(manager)
        .await
});
