//! Addresses of reviews of buyers.

use super::model::{
    BuyerReplyIn, BuyerReviewIn, BuyerReviewList, BuyerReviewOut, PublicBuyerReviewsOut,
};
use super::service;
use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_web::actions::ActionsOut;
use wubang_web::{act, list, make, see, see_public};

make!(submit_buyer_review, "考榜 evaluations", "/api/v1/buyer_reviews", "buyer_reviews", BuyerReviewIn => BuyerReviewOut, service::submit, "承榜组织(含联合方)评价购买方,结果确定前密封,不计入考榜结果。An organisation of the agreement scores the buyer; sealed until the result is confirmed.");
list!(
    list_buyer_reviews,
    "考榜 evaluations",
    "/api/v1/buyer_reviews",
    ["evaluation_id", "state"],
    BuyerReviewList,
    service::list,
    "对购买方的评价列表。List reviews of buyers."
);
see!(
    get_buyer_review,
    "考榜 evaluations",
    "/api/v1/buyer_reviews/{id}",
    BuyerReviewOut,
    service::get,
    "查看对购买方的评价。Show a review of the buyer."
);
see!(
    get_buyer_review_actions,
    "考榜 evaluations",
    "/api/v1/buyer_reviews/{id}/actions",
    ActionsOut,
    service::get_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
see_public!(
    get_public_buyer_reviews,
    "公开 public",
    "/api/v1/public/evaluations/{id}/buyer_reviews",
    PublicBuyerReviewsOut,
    service::get_public,
    "承榜组织对购买方的评价,结果确定后公开。Reviews of the buyer, public once the result is confirmed."
);
act!(reply_to_buyer_review, "考榜 evaluations", "/api/v1/buyer_reviews/{id}/reply", BuyerReplyIn => BuyerReviewOut, service::reply, "购买方回应,一次。The buyer replies, once.");

/// Serves and documents these.
pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(submit_buyer_review)
        .service(list_buyer_reviews)
        .service(get_buyer_review_actions)
        .service(get_public_buyer_reviews)
        .service(reply_to_buyer_review)
        .service(get_buyer_review);
}
