//! Bids (揭榜意向书), every submitted version of them, and the sealed box of a posting. Until the box is opened,
//! price and content stand in envelopes only.

use crate::table::{T, step};

step!(
    "m0006_bids",
    [
        "bids",
        "bid_members",
        "bid_entrants",
        "bid_versions",
        "bid_boxes"
    ],
    |manager| {
        T::new("bids")
            .id()
            .uuid("project_id")
            .uuid("posting_id")
            .uuid("organisation_id")
            .text("organisation_name")
            .text("division")
            .text("mode")
            // zero and empty until the opening
            .big("price_fen")
            .json("content")
            .json("attachments")
            // the working copy, readable with the bid's own key; that key is locked with a master key
            .bytes_opt("sealed")
            // sealed by its bidder for the box of its holders: nobody reads it here; the hash that he says it has
            .bool("by_bidder")
            .text_opt("envelope_hash")
            .text("recipient")
            .text("locked_key")
            .text_opt("content_hash")
            .text_opt("signed_hash")
            .int("revision")
            .at_opt("submitted_at")
            .uuid_opt("signed_by")
            .text_opt("signed_name")
            .at_opt("opened_at")
            .json_opt("eligibility")
            .text_opt("cap_reason")
            // contracts of its organisations as they stood at the opening
            .json_opt("track_record")
            .uuid_opt("checked_by")
            .text_opt("reason_code")
            .text_opt("reason")
            .text_opt("total")
            .int("bonus")
            .int("rank")
            .json_opt("means")
            .text_opt("tie_break")
            .at_opt("told_at")
            // the amendment that made a bid a draft again
            .big_opt("returned_by")
            .uuid("created_by")
            .stateful(&[
                "draft",
                "submitted",
                "withdrawn",
                "withdrawn_late",
                "opened",
                "qualified",
                "disqualified",
                "clarifying",
                "scored",
                "recommended",
                "reserve",
                "not_selected",
                "awarded",
                "declined",
                "invalidated",
            ])
            .belongs("posting_id", "postings")
            .belongs("organisation_id", "organisations")
            .unique(&["posting_id", "organisation_id"])
            .index(&["organisation_id", "id"])
            .make(manager)
            .await?;
        T::new("bid_members")
            .id()
            .uuid("bid_id")
            .uuid("organisation_id")
            .text("organisation_name")
            .text("role")
            .text("standing")
            .uuid("invited_by")
            .at("invited_at")
            .uuid_opt("answered_by")
            .at_opt("answered_at")
            .text_opt("reason")
            // the content that its legal representative has confirmed; it counts while the content is the same
            .text_opt("confirmed_hash")
            .text_opt("confirmed_name")
            .at_opt("confirmed_at")
            .belongs("bid_id", "bids")
            .belongs("organisation_id", "organisations")
            .unique(&["bid_id", "organisation_id"])
            .index(&["organisation_id", "id"])
            .make(manager)
            .await?;
        // who takes part in a round, alone, as lead or as partner: once
        T::new("bid_entrants")
            .uuid("posting_id")
            .uuid("organisation_id")
            .uuid("bid_id")
            .key(&["posting_id", "organisation_id"])
            .belongs("bid_id", "bids")
            .index(&["bid_id"])
            .make(manager)
            .await?;
        T::new("bid_versions")
            .id()
            .uuid("bid_id")
            .int("revision")
            // readable with the bid's own key, and with that of the box while there is one
            .bytes("sealed")
            .text("content_hash")
            .uuid("signed_by")
            .at("submitted_at")
            .belongs("bid_id", "bids")
            .unique(&["bid_id", "revision"])
            .make(manager)
            .await?;
        T::new("bid_boxes")
            .uuid("posting_id")
            .bool("sealed")
            // its key exists in the shares of its holders only
            .bool("by_holders")
            .big("entries")
            .at_opt("opened_at")
            // the box's key, locked with a master key; destroyed with the opening
            .text("recipient")
            .text_opt("locked_key")
            .key(&["posting_id"])
            .belongs("posting_id", "postings")
            .make(manager)
            .await
    }
);
