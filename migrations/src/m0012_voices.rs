//! Residents' voices: requests with their fate, opinion survey campaigns with their answers (评榜 intake).

use crate::table::{T, step};

step!(
    "m0012_voices",
    [
        "address_keys",
        "requests",
        "fates",
        "merged_needs",
        "campaigns",
        "campaign_communities",
        "campaign_answers",
        "campaign_tallies",
        "findings"
    ],
    |manager| {
        // a key a day, forgotten after two: then nobody can tell which requests came from one address
        T::new("address_keys")
            .date("day")
            .text("secret")
            .key(&["day"])
            .make(manager)
            .await?;
        T::new("requests")
            .id()
            .text("number")
            .text("division")
            .text("channel")
            .bool("public")
            .text("title")
            .json("detail")
            .text_opt("field")
            .big_opt("affected_count")
            .text("notice_version")
            .text("code_hash")
            .text("address_hash")
            .uuid_opt("reporter_id")
            .uuid_opt("need_id")
            .text_opt("reason_code")
            .text_opt("reason")
            .text_opt("feedback")
            .text_opt("feedback_text")
            .at_opt("feedback_at")
            .stateful(&[
                "received",
                "acknowledged",
                "attached",
                "answered",
                "rejected",
                "transferred",
            ])
            .belongs("need_id", "needs")
            .unique(&["number"])
            .index(&["division", "id"])
            .index(&["need_id", "channel"])
            .index(&["address_hash", "created_at"])
            .make(manager)
            .await?;
        T::new("fates")
            .id()
            .uuid("of_id")
            .text("fate")
            .text_opt("note")
            .at("at")
            .index(&["of_id", "id"])
            .make(manager)
            .await?;
        T::new("merged_needs")
            .uuid("need_id")
            .uuid("into_id")
            .key(&["need_id"])
            .belongs("need_id", "needs")
            .belongs("into_id", "needs")
            .index(&["into_id"])
            .make(manager)
            .await?;
        T::new("campaigns")
            .id()
            .text("number")
            .text("division")
            .text("title")
            .text("purpose")
            .date("starts_on")
            .date("ends_on")
            .bool("public")
            .json("form")
            .text_opt("summary")
            .text_opt("reason")
            .uuid("created_by")
            .stateful(&[
                "draft",
                "scheduled",
                "open",
                "closed",
                "summarised",
                "cancelled",
            ])
            .unique(&["number"])
            .index(&["division", "id"])
            .index(&["state", "id"])
            .make(manager)
            .await?;
        T::new("campaign_communities")
            .uuid("campaign_id")
            .text("community")
            .big("target")
            .key(&["campaign_id", "community"])
            .belongs("campaign_id", "campaigns")
            .index(&["community", "campaign_id"])
            .make(manager)
            .await?;
        T::new("campaign_answers")
            .id()
            .uuid("campaign_id")
            .text("community")
            .text("channel")
            .json("answers")
            .text_opt("address_hash")
            .at("created_at")
            .belongs("campaign_id", "campaigns")
            .index(&["campaign_id", "community", "id"])
            .index(&["address_hash", "created_at"])
            .make(manager)
            .await?;
        T::new("campaign_tallies")
            .uuid("campaign_id")
            .text("community")
            .text("question")
            .text("cell")
            .big("n")
            .big("total")
            .key(&["campaign_id", "community", "question", "cell"])
            .belongs("campaign_id", "campaigns")
            .make(manager)
            .await?;
        T::new("findings")
            .id()
            .uuid("campaign_id")
            .text("community")
            .uuid("need_id")
            .big("answers")
            .json("evidence")
            .uuid("created_by")
            .at("created_at")
            .belongs("campaign_id", "campaigns")
            .belongs("need_id", "needs")
            .index(&["need_id"])
            .index(&["campaign_id", "id"])
            .make(manager)
            .await
    }
);
