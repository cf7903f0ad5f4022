//! The record of each opening (开标记录), public keys of persons, and the shares of the keys of boxes that only their
//! holders open (持钥人).

use crate::table::{T, step};

step!(
    "m0022_holders",
    ["age_recipients", "bid_openings", "bid_box_holders"],
    |manager| {
        T::new("age_recipients")
            .id()
            .uuid("person_id")
            .text("recipient")
            .at("registered_at")
            .at_opt("replaced_at")
            .belongs("person_id", "people")
            .unique(&["recipient"])
            .index(&["person_id", "id"])
            .make(manager)
            .await?;
        T::new("bid_openings")
        .id()
        .uuid("posting_id")
        .at("opened_at")
        // who opened, what was in the box; the hash is taken of it
        .json("record")
        .text("record_hash")
        // with the first proposed award, when the bidders become public
        .at_opt("published_at")
        .belongs("posting_id", "postings")
        .unique(&["posting_id"])
        .make(manager)
        .await?;
        T::new("bid_box_holders")
        .id()
        .uuid("posting_id")
        .uuid("person_id")
        .int("seat")
        .text("name")
        .text("recipient")
        // the share, sealed for its holder; wiped with the opening
        .bytes_opt("sealed_share")
        // tells a wrong share; a share is as random as the key
        .text("share_hash")
        // given back by its holder, locked with a master key until the second one comes
        .text_opt("given_share")
        .at_opt("given_at")
        .unique(&["posting_id", "person_id"])
        .belongs("posting_id", "postings")
        .belongs("person_id", "people")
        .make(manager)
        .await
    }
);
