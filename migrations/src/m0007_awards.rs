//! Panel reports and awards (承榜).

use crate::table::{T, step};

step!("m0007_awards", ["award_reports", "awards"], |manager| {
    T::new("award_reports")
        .id()
        .uuid("posting_id")
        .uuid("panel_id")
        .json("ranking")
        .text("content_hash")
        .text("summary")
        .at("created_at")
        .at_opt("signed_at")
        .belongs("posting_id", "postings")
        .belongs("panel_id", "panels")
        .unique(&["posting_id", "panel_id"])
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
        .stateful(&[
            "in_publicity",
            "confirmed",
            "notified",
            "contracted",
            "declined",
            "lapsed",
        ])
        .belongs("posting_id", "postings")
        .belongs("bid_id", "bids")
        .unique(&["bid_id"])
        .unique(&["number"])
        .index(&["posting_id"])
        .index(&["organisation_id", "id"])
        .index(&["division", "id"])
        .make(manager)
        .await
});
