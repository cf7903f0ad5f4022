//! What the street does about work that goes wrong: slips (四单), orders of guidance (干预指导) and rectification (纠偏整改),
//! exits (淘汰退出), and the spot checks (抽查) that find it.

use crate::table::{T, step};

/// A table of objects that belong to one agreement.
fn of_contract(name: &'static str) -> T {
    T::new(name)
        .id()
        .text("number")
        .uuid("contract_id")
        .text("contract_number")
        .uuid("project_id")
        .uuid("organisation_id")
        .text("organisation_name")
        .text("division")
        .belongs("contract_id", "contracts")
        .unique(&["number"])
        .index(&["contract_id", "id"])
}

/// What an order follows from; `open_key` is there while it is open, so that there is one at a time.
fn order(name: &'static str) -> T {
    of_contract(name)
        .text("trigger")
        .text_opt("object")
        .uuid_opt("object_id")
        .text("facts")
        .uuid_opt("proposed_by")
        .text_opt("open_key")
        .text_opt("reason")
        .unique(&["open_key"])
}

step!(
    "m0029_supervision",
    [
        "slips",
        "guidance_orders",
        "rectification_orders",
        "spot_checks",
        "exits"
    ],
    |manager| {
        of_contract("slips")
            .text("kind")
            .text("addressee")
            .text("object")
            .uuid("object_id")
            .text("object_label")
            .text("facts")
            .text("demand")
            .at("answer_by")
            .text_opt("quarter")
            .int("repeat_n")
            .uuid_opt("repeats_id")
            .uuid_opt("issued_by")
            .json_opt("answer")
            .text_opt("reason")
            .stateful(&[
                "issued",
                "overdue",
                "answered",
                "closed",
                "repeated",
                "withdrawn",
            ])
            // a progress slip of an agreement and a quarter is there once, and once for each time it is repeated
            .unique(&["contract_id", "quarter", "repeat_n"])
            .index(&["division", "id"])
            .make(manager)
            .await?;
        order("guidance_orders")
            .uuid_opt("opened_by")
            .at_opt("opened_at")
            .text_opt("demand")
            .json_opt("mentor")
            .json_opt("plan")
            .int("plan_returns")
            .json_opt("recovery")
            .stateful(&[
                "proposed",
                "open",
                "plan_submitted",
                "in_progress",
                "closed",
                "escalated",
                "dismissed",
                "lapsed",
            ])
            .make(manager)
            .await?;
        order("rectification_orders")
            .uuid_opt("ordered_by")
            .int("round")
            .json("defects")
            .int_opt("extended_days")
            .json_opt("report")
            .json("opinions")
            .json("rounds")
            .stateful(&[
                "proposed",
                "ordered",
                "reported",
                "failed",
                "passed",
                "closed_to_exit",
                "dismissed",
                "lapsed",
            ])
            .make(manager)
            .await?;
        of_contract("spot_checks")
            .int("year")
            .date_opt("planned_for")
            .uuid("planned_by")
            .text_opt("finding")
            .text_opt("facts")
            .date_opt("checked_on")
            .uuid_opt("checked_by")
            .text_opt("open_key")
            .text_opt("reason")
            .stateful(&["planned", "recorded", "cancelled"])
            .unique(&["open_key"])
            .index(&["year", "division"])
            .make(manager)
            .await?;
        of_contract("exits")
            .text("ground")
            .text("facts")
            .uuid_opt("object_id")
            .uuid_opt("proposed_by")
            .text_opt("open_key")
            .text_opt("reason")
            .text_opt("evidence")
            .uuid_opt("notified_by")
            .at_opt("defence_by")
            .text_opt("defence")
            .uuid_opt("defended_by")
            .json("opinions")
            .text_opt("conditions")
            .text_opt("public_facts")
            .at_opt("decided_at")
            .json_opt("handover")
            .at_opt("settled_at")
            .at_opt("appeal_by")
            .json_opt("appeal")
            .stateful(&[
                "proposed",
                "withdrawn",
                "defence",
                "reviewing",
                "decided",
                "conditional",
                "dropped",
                "handed_over",
                "closed",
            ])
            .unique(&["open_key"])
            .make(manager)
            .await
    }
);
