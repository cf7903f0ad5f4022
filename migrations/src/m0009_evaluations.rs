//! Evaluations (考榜).

use crate::table::{T, step};

step!(
    "m0009_evaluations",
    [
        "evaluations",
        "survey_voices",
        "survey_codes",
        "survey_tallies",
        "survey_texts"
    ],
    |manager| {
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
        // no completion report ever came: it can only fail
        .bool("report_missing")
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
        // how the survey was opened, and what has come in on paper
        .json_opt("survey_plan")
        // locked with a master key, destroyed at the closing: with it one could tell who has answered
        .text_opt("survey_key")
        .json_opt("survey")
        .json_opt("party_scores")
        .text_opt("total")
        .text_opt("grade")
        // parties that could not be brought to score; confirmed veto findings of this round
        .json("reduced")
        .json("vetoes")
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
        .await?;
        // no column of these four is shared by who has answered and what was answered
        T::new("survey_voices")
            .uuid("evaluation_id")
            .text("mark")
            .key(&["evaluation_id", "mark"])
            .belongs("evaluation_id", "evaluations")
            .make(manager)
            .await?;
        T::new("survey_codes")
            .uuid("evaluation_id")
            .text("mark")
            .text("community")
            .key(&["evaluation_id", "mark"])
            .belongs("evaluation_id", "evaluations")
            .make(manager)
            .await?;
        T::new("survey_tallies")
            .uuid("evaluation_id")
            .text("community")
            .text("step")
            .big("n")
            .key(&["evaluation_id", "community", "step"])
            .belongs("evaluation_id", "evaluations")
            .make(manager)
            .await?;
        T::new("survey_texts")
            .id()
            .uuid("evaluation_id")
            .int("round")
            .text("text")
            .belongs("evaluation_id", "evaluations")
            .index(&["evaluation_id", "round", "id"])
            .make(manager)
            .await
    }
);
