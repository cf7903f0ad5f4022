//! Agreements (承榜协议), signatures, milestones, payments and completion reports (实施).

use crate::table::{T, step};

step!(
    "m0008_contracts",
    [
        "contracts",
        "contract_parties",
        "contract_signatures",
        "contract_versions",
        "milestones",
        "milestone_verifications",
        "payments",
        "completion_reports",
        "change_requests",
        "change_consents"
    ],
    |manager| {
        T::new("contracts")
        .id()
        .text("number")
        .uuid("project_id")
        .uuid("posting_id")
        // none where a statutory procedure decided elsewhere
        .uuid_opt("award_id")
        .uuid_opt("bid_id")
        // when that procedure's result was taken in: one agreement for each
        .at_opt("result_at")
        .uuid("organisation_id")
        .text("organisation_name")
        .uuid_opt("custodian_id")
        .text("division")
        .text("title")
        .big("price_fen")
        .date("starts_on")
        .date("ends_on")
        .json("content")
        .text("content_hash")
        // lengths of timers, frozen with the posting
        .json("terms")
        .text("supervision")
        .at("sign_by")
        .at_opt("signed_at")
        .at_opt("published_at")
        .date_opt("filed_on")
        .text_opt("filing_number")
        .int("report_returns")
        // while it stands still
        .text_opt("suspension_ground")
        .at_opt("suspended_at")
        // days by which suspensions have moved its dates
        .int("days_lost")
        .date_opt("ended_on")
        .bool("report_missing")
        .bool("payments_stopped")
        .text_opt("reason_code")
        .text_opt("reason")
        .stateful(&[
            "drafting", "pending_signature", "signed", "active", "suspended", "completion_submitted", "evaluating", "completed", "terminated", "exited", "void",
        ])
        .belongs("posting_id", "postings")
        .belongs("award_id", "awards")
        .unique(&["award_id"])
        .unique(&["posting_id", "result_at"])
        .unique(&["number"])
        .index(&["organisation_id", "id"])
        .index(&["division", "id"])
        .make(manager)
        .await?;
        T::new("contract_parties")
            .id()
            .uuid("contract_id")
            .int("seq")
            .text("party")
            // none for the buyer, for whom the street's officer signs
            .uuid_opt("organisation_id")
            .text("name")
            .at_opt("left_at")
            .belongs("contract_id", "contracts")
            .unique(&["contract_id", "seq"])
            .index(&["organisation_id", "contract_id"])
            .make(manager)
            .await?;
        T::new("contract_signatures")
            .id()
            .uuid("contract_id")
            .uuid("party_id")
            .uuid("person_id")
            .text("name")
            .text("role")
            .text("content_hash")
            .at("signed_at")
            .belongs("contract_id", "contracts")
            .belongs("party_id", "contract_parties")
            .unique(&["contract_id", "party_id"])
            .make(manager)
            .await?;
        T::new("milestones")
            .id()
            .uuid("contract_id")
            .text("contract_number")
            .uuid("project_id")
            .uuid("organisation_id")
            .text("division")
            .int("seq")
            .text("title")
            .date("due_on")
            .json("plan")
            .json_opt("evidence")
            .int("submission")
            .at_opt("submitted_at")
            .big_opt("ratio_percent")
            .int("returns")
            .text_opt("reason")
            .stateful(&[
                "planned",
                "submitted",
                "met",
                "partially_met",
                "returned",
                "overdue",
                "waived",
                "not_met",
            ])
            .belongs("contract_id", "contracts")
            .unique(&["contract_id", "seq"])
            .make(manager)
            .await?;
        T::new("milestone_verifications")
            .id()
            .uuid("milestone_id")
            .int("submission")
            .uuid("person_id")
            .text("role")
            .big("ratio_percent")
            .text_opt("comment")
            .at("created_at")
            .belongs("milestone_id", "milestones")
            .unique(&["milestone_id", "submission", "role"])
            .make(manager)
            .await?;
        T::new("payments")
        .id()
        .uuid("contract_id")
        .text("contract_number")
        .uuid("project_id")
        .uuid("organisation_id")
        .text("division")
        .int("seq")
        .int("share_percent")
        // as agreed; `amount_fen` is what is due, less where a milestone was met in part
        .big("planned_fen")
        .big("amount_fen")
        .text("condition")
        .uuid_opt("milestone_id")
        .text_opt("invoice")
        .text_opt("payment_reference")
        .text_opt("reason")
        .text_opt("withheld_ground")
        // of what was paid, what is to be paid back
        .big("clawback_fen")
        .text_opt("repayment_reference")
        .stateful(&[
            "planned", "eligible", "requested", "approved", "withheld", "paid", "cancelled", "clawback_due", "clawed_back",
        ])
        .belongs("contract_id", "contracts")
        .unique(&["contract_id", "seq"])
        .make(manager)
        .await?;
        T::new("completion_reports")
            .id()
            .uuid("contract_id")
            .int("edition")
            .json("content")
            .text("content_hash")
            .uuid("submitted_by")
            .at("submitted_at")
            .belongs("contract_id", "contracts")
            .unique(&["contract_id", "edition"])
            .make(manager)
            .await?;
        T::new("contract_versions")
            .id()
            .uuid("contract_id")
            .int("n")
            .json("content")
            .text("content_hash")
            // none for the first, which was signed
            .uuid_opt("change_request_id")
            .at("created_at")
            .belongs("contract_id", "contracts")
            .unique(&["contract_id", "n"])
            .make(manager)
            .await?;
        T::new("change_requests")
            .id()
            .uuid("contract_id")
            .text("contract_number")
            .uuid("project_id")
            .uuid("organisation_id")
            .text("division")
            .text("side")
            .uuid("drafted_by")
            .text("kind")
            .json("change")
            .text("reason")
            .json("diff")
            .int_opt("contract_version")
            .text_opt("outcome_reason")
            .stateful(&[
                "draft",
                "submitted",
                "under_review",
                "in_publicity",
                "approved",
                "rejected",
                "withdrawn",
            ])
            .belongs("contract_id", "contracts")
            .index(&["contract_id", "id"])
            .make(manager)
            .await?;
        T::new("change_consents")
            .id()
            .uuid("request_id")
            .text("office")
            .uuid("person_id")
            .text("name")
            .text("role")
            .text_opt("comment")
            .at("agreed_at")
            .belongs("request_id", "change_requests")
            .unique(&["request_id", "office"])
            .make(manager)
            .await
    }
);
