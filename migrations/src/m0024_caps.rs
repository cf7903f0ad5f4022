//! What an organisation has taken on (承接记录): one row for each organisation of an agreement. Written by the
//! later stages, read by the caps (rulebook 2.14) and the track record of a bid (2.4.3).

use crate::table::{T, step};

step!("m0024_caps", ["engagements"], |manager| {
    T::new("engagements")
        .id()
        .uuid("contract_id")
        .text("contract_number")
        .uuid("organisation_id")
        .text("organisation_name")
        .text("role")
        .text("title")
        .text("division")
        // codes as ` 410108005003 410108005004 `, for the rule on consecutive contracts
        .text("communities")
        .text("field")
        // of the whole agreement, and the organisation's own part of it
        .big("price_fen")
        .big("part_fen")
        .uuid_opt("bid_id")
        .date("starts_on")
        .date("ends_on")
        .at("begun_at")
        .at_opt("ended_at")
        .text_opt("grade")
        .belongs("organisation_id", "organisations")
        .unique(&["contract_id", "organisation_id"])
        .index(&["organisation_id", "id"])
        .index(&["division", "id"])
        .index(&["field", "begun_at"])
        .index(&["bid_id"])
        .make(manager)
        .await
});
