//! The life cycle of a contractor's review of the buyer.

wubang_kernel::machine! {
    /// 承榜组织对购买方的评价 buyer review (考榜).
    pub BuyerReview (BuyerReviewState, BuyerReviewEvent, BuyerReviewGuard) = "buyer_review" "buyer_reviews" "对购买方的评价",
    start Sealed "buyer_review.submitted" by [OrgAgent, OrgLegalRep, Partner];
    states {
        Sealed = "sealed" "已提交,结果确定前密封",
        Published = "published" "已公开",
        Replied = "replied" "购买方已回应",
    }
    events {
        Publish = "buyer_review.published" "" "公开" "Made public",
        Reply = "buyer_review.replied" "reply" "回应" "Reply",
    }
    guards {
        Confirmed = TooEarly "result_confirmed",
    }
    rows {
        Sealed on Publish [Confirmed] by [System] => Published, tell [Street];
        Published on Reply [] by [StreetOfficer] => Replied, tell [Organisation];
    }
}
