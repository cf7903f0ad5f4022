//! Signals of collusion (串通线索) with the organisations concerned; read by the supervisor alone.

use crate::table::{T, step};

step!("m0025_signals", ["signals", "signal_parties"], |manager| {
    T::new("signals")
        .id()
        .uuid("posting_id")
        .text("posting_number")
        .text("division")
        // the bids by id, so that the same group is raised once
        .text("bids_key")
        .int("weight")
        .json("evidence")
        .text_opt("question")
        .at_opt("answer_by")
        .text_opt("finding")
        .text_opt("reason")
        .uuid_opt("handled_by")
        .stateful(&["raised", "investigating", "asked", "dismissed", "confirmed"])
        .belongs("posting_id", "postings")
        .unique(&["posting_id", "bids_key"])
        .index(&["division", "id"])
        .make(manager)
        .await?;
    T::new("signal_parties")
        .uuid("signal_id")
        .uuid("organisation_id")
        .text("organisation_name")
        .uuid("bid_id")
        .at_opt("asked_at")
        .text_opt("reply")
        .uuid_opt("replied_by")
        .at_opt("replied_at")
        .key(&["signal_id", "organisation_id"])
        .belongs("signal_id", "signals")
        .index(&["organisation_id", "signal_id"])
        .make(manager)
        .await
});
