//! Panel reports and awards (承榜).

use crate::table::{T, step};

step!("m0007_awards", ["award_reports", "awards"], |manager| {
    T::new("award_reports")
        .id()
        .uuid("posting_id")
        .uuid("panel_id")
        // counts the reports of one panel: a recusal after the fact supersedes one
        .int("sequence")
        .at_opt("superseded_at")
        .json("ranking")
        .text("content_hash")
        .text("summary")
        .at("created_at")
        .at_opt("signed_at")
        .belongs("posting_id", "postings")
        .belongs("panel_id", "panels")
        .unique(&["panel_id", "sequence"])
        .make(manager)
        .await?;
    T::new("awards")
        .id()
        .text("number")
        .uuid("project_id")
        .uuid("posting_id")
        .uuid("bid_id")
        .uuid("organisation_id")
        .text("organisation_name")
        .text("division")
        .int("rank")
        .text_opt("total")
        .big("price_fen")
        .json("publicity")
        .text("publicity_hash")
        .at("publicity_starts_at")
        .at("publicity_ends_at")
        .at_opt("noticed_at")
        .at_opt("sign_by")
        .uuid("proposed_by")
        .text("proposal_reason")
        .text_opt("reason_code")
        .text_opt("reason")
        .text_opt("resume_to")
        .stateful(&[
            "in_publicity",
            "suspended",
            "confirmed",
            "notified",
            "contracted",
            "declined",
            "lapsed",
            "revoked",
        ])
        .belongs("posting_id", "postings")
        .belongs("bid_id", "bids")
        // not unique: judged again, the same bid may be first again
        .index(&["bid_id"])
        .unique(&["number"])
        .index(&["posting_id"])
        .index(&["organisation_id", "id"])
        .index(&["division", "id"])
        .make(manager)
        .await
});
