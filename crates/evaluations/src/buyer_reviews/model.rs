//! Wire types of reviews of the buyer.

use super::flow::BuyerReviewState;
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::score::Hundredths;
use wubang_web::{ActionOut, Instant};

/// What the contractor scores of the buyer: each from 1 (很不满意) to 5 (很满意).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
#[serde(deny_unknown_fields)]
pub struct BuyerPoints {
    /// 需求清晰、不随意加码。
    #[schema(minimum = 1, maximum = 5)]
    pub clarity: i64,
    /// 配合支持。
    #[schema(minimum = 1, maximum = 5)]
    pub cooperation: i64,
    /// 拨付及时。
    #[schema(minimum = 1, maximum = 5)]
    pub payment: i64,
    /// 过程公正。
    #[schema(minimum = 1, maximum = 5)]
    pub fairness: i64,
    /// 尊重专业。
    #[schema(minimum = 1, maximum = 5)]
    pub respect: i64,
}

impl BuyerPoints {
    /// The criteria with their points.
    #[must_use]
    pub const fn each(&self) -> [(&'static str, i64); 5] {
        [
            ("clarity", self.clarity),
            ("cooperation", self.cooperation),
            ("payment", self.payment),
            ("fairness", self.fairness),
            ("respect", self.respect),
        ]
    }
}

/// An organisation of the agreement scores the buyer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "evaluation_id": "01890c5e-6f9a-7b3a-9d4e-2f1c8b7a6d50",
    "points": { "clarity": 4, "cooperation": 5, "payment": 3, "fairness": 5, "respect": 5 }, "comment": "第二笔款晚到两周。" }))]
pub struct BuyerReviewIn {
    /// 期末考榜;自开启之日起,至结果确定后规定期限内。
    pub evaluation_id: Uuid,
    /// 各项评分。
    pub points: BuyerPoints,
    /// 意见,2–2000 字;结果确定后公开,其中的个人信息会隐去。
    pub comment: Option<String>,
}

/// What the buyer says to it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reply": "财政年末关账所致,今后提前申请用款计划。" }))]
pub struct BuyerReplyIn {
    /// 回应,2–2000 字,公开。
    pub reply: String,
}

/// A review of the buyer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BuyerReviewOut {
    /// Id.
    pub id: Uuid,
    /// 考榜。
    pub evaluation_id: Uuid,
    /// 考榜编号。
    pub evaluation_number: String,
    /// 作出评价的组织(承榜组织或联合方)。
    pub organisation_id: Uuid,
    /// 组织名称。
    pub organisation_name: String,
    /// 状态。
    pub state: BuyerReviewState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 各项评分,1–5。
    pub points: BuyerPoints,
    /// 各项平均,换算为 0–100(1 分为 0,5 分为 100);不计入考榜结果。
    pub satisfaction: Hundredths,
    /// 意见。
    pub comment: Option<String>,
    /// 购买方的回应。
    pub reply: Option<String>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
    /// 创建时间。
    pub created_at: Instant,
    /// 更新时间。
    pub updated_at: Instant,
}

/// A review of the buyer as everybody may read it once the result is confirmed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicBuyerReviewOut {
    /// 考榜编号。
    pub evaluation_number: String,
    /// 组织名称。
    pub organisation_name: String,
    /// 各项评分,1–5。
    pub points: BuyerPoints,
    /// 各项平均,换算为 0–100;不计入考榜结果。
    pub satisfaction: Hundredths,
    /// 意见。
    pub comment: Option<String>,
    /// 购买方的回应。
    pub reply: Option<String>,
}

/// The reviews of one evaluation: one for each organisation of the agreement at most.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicBuyerReviewsOut {
    /// 已公开的评价。
    pub items: Vec<PublicBuyerReviewOut>,
}

wubang_web::list_of! {
    /// A page of reviews of buyers (对购买方的评价).
    BuyerReviewList of BuyerReviewOut
}
