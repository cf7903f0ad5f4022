//! What is asked of a bidder after the opening, in writing: clarifications by the panel, the repair of formal
//! defects, and the hearing before a bid is invalidated. It stands beside the bid and never changes what was handed in.

use crate::table::{T, step};

step!("m0021_cases", ["bid_inquiries"], |manager| {
    T::new("bid_inquiries")
        .id()
        .uuid("bid_id")
        // `clarification`, `repair` or `hearing`
        .text("kind")
        // closed ground of a hearing
        .text_opt("ground")
        // closed list of what a repair asks for
        .json("defects")
        .text("question")
        .uuid("asked_by")
        .at("asked_at")
        // `open`, `answered`, `unanswered`, or `dropped` with the bid
        .text("outcome")
        .at_opt("over_at")
        .text_opt("answer")
        .uuid_opt("answered_by")
        // frozen with the answer
        .json("attachments")
        // what came of a hearing: `invalidated` or `dropped`
        .text_opt("decision")
        .text_opt("decision_reason")
        .uuid_opt("decided_by")
        .at_opt("decided_at")
        .belongs("bid_id", "bids")
        .index(&["bid_id", "id"])
        .make(manager)
        .await
});
