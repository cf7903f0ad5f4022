//! Early ends of agreements: terminations (解除) with the parties that agreed, and settlements (结算).

use crate::table::{T, step};

step!(
    "m0027_settlements",
    ["terminations", "termination_consents", "settlements"],
    |manager| {
        T::new("terminations")
            .id()
            .uuid("contract_id")
            // the agreement again while it is open: one at a time
            .uuid_opt("open_of")
            .text("contract_number")
            .uuid("project_id")
            .uuid("organisation_id")
            .text("division")
            .text("kind")
            .text("side")
            .uuid("proposed_by")
            .text_opt("ground")
            .text("reason")
            .text_opt("terms")
            .bool("hearing_over")
            .text_opt("answer")
            .at_opt("answered_at")
            .text_opt("outcome_reason")
            .stateful(&[
                "proposed",
                "terminated",
                "refused",
                "dropped",
                "withdrawn",
                "lapsed",
            ])
            .belongs("contract_id", "contracts")
            .unique(&["open_of"])
            .index(&["contract_id", "id"])
            .make(manager)
            .await?;
        T::new("termination_consents")
            .id()
            .uuid("termination_id")
            .uuid("party_id")
            .uuid("person_id")
            .text("name")
            .at("agreed_at")
            .belongs("termination_id", "terminations")
            .belongs("party_id", "contract_parties")
            .unique(&["termination_id", "party_id"])
            .make(manager)
            .await?;
        T::new("settlements")
            .id()
            .uuid("contract_id")
            .text("contract_number")
            .uuid("project_id")
            .uuid("organisation_id")
            .text("division")
            .json("lines")
            .big("price_fen")
            .big("accepted_fen")
            .big("paid_fen")
            .big("stated_unspent_fen")
            .big("due_fen")
            .big("clawback_fen")
            .text("evidence")
            .text_opt("note")
            .text_opt("objection")
            .uuid("drafted_by")
            .uuid_opt("payment_id")
            .stateful(&["drafted", "agreed", "objected", "unanswered", "completed"])
            .belongs("contract_id", "contracts")
            .unique(&["contract_id"])
            .make(manager)
            .await
    }
);
