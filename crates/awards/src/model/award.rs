//! An award, its publicity and its proposal.

use super::AwardLane;
use crate::flow::AwardState;
use chrono::{DateTime, Utc};
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::deadline::{Deadline, local_time};
use wubang_kernel::money::Fen;
use wubang_kernel::score::Hundredths;
use wubang_web::DeadlineOut;
use wubang_web::{ActionOut, Instant};

/// The street proposes an awardee (拟承榜).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeAwardIn {
    /// 拟承榜的意向书。
    pub bid_id: Uuid,
    /// 理由,5–1000 字。
    pub reason: String,
    /// 拟承榜组织已达资源限流上限而仍予承榜的理由(公开,5–1000 字)。
    pub cap_reason: Option<String>,
    /// 赛马榜单只取一家的理由(公开,5–1000 字);不止一家达到合格线时必填。
    pub single_reason: Option<String>,
}

/// A place in the public list of totals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AwardPublicTotal {
    /// 名次。
    pub rank: i32,
    /// 总分,含公告列明的加分。
    pub total: Hundredths,
}

/// What is shown during publicity (公示), kept as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
pub struct AwardPublicity {
    /// 承榜编号。
    pub number: String,
    /// 榜单编号。
    pub posting_number: String,
    /// 榜单标题。
    pub posting_title: String,
    /// 区划代码。
    pub division: String,
    /// 购买主体。
    pub buyer: String,
    /// 拟承榜组织。
    pub awardee: String,
    /// 价款(分)。
    pub price_fen: Fen,
    /// 名次。
    pub rank: i32,
    /// 总分;点单不评分。
    pub total: Option<Hundredths>,
    /// 拟承榜组织的加分(公告列明的),没有的不列。
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bonus: Option<i32>,
    /// 各名次总分。
    pub totals: Vec<AwardPublicTotal>,
    /// 全部揭榜组织,按名称排列。
    pub bidders: Vec<String>,
    /// 拟承榜方案摘要。
    pub plan_summary: String,
    /// 已达资源限流上限而仍予承榜的理由。
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap_reason: Option<String>,
    /// 赛马的赛道。
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<AwardLane>,
    /// 赛马榜单少取的理由。
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fewer_reason: Option<String>,
    /// 异议途径。
    pub objection_contact: String,
    /// 公示开始。
    #[serde(with = "local_time")]
    #[schema(value_type = String, format = DateTime)]
    pub starts_at: DateTime<Utc>,
    /// 公示结束,异议至此时止。
    pub ends: Deadline,
}

/// An award in full.
#[derive(Debug, Serialize, ToSchema)]
pub struct AwardOut {
    /// Id.
    pub id: Uuid,
    /// 承榜编号。
    #[schema(example = "CB-410108-2026-0001")]
    pub number: String,
    /// 状态。
    pub state: AwardState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 项目。
    pub project_id: Uuid,
    /// 榜单。
    pub posting_id: Uuid,
    /// 意向书。
    pub bid_id: Uuid,
    /// 承榜组织。
    pub organisation_id: Uuid,
    /// 承榜组织名称。
    pub organisation_name: String,
    /// 区划代码。
    pub division: String,
    /// 名次。
    pub rank: i32,
    /// 总分;点单不评分。
    pub total: Option<Hundredths>,
    /// 价款(分)。
    pub price_fen: i64,
    /// 公示内容。
    pub publicity: AwardPublicity,
    /// 公示内容的散列。
    pub publicity_hash: String,
    /// 公示开始。
    pub publicity_starts_at: Instant,
    /// 公示结束。
    pub publicity_ends_at: Instant,
    /// 通知时间。
    pub noticed_at: Option<Instant>,
    /// 签约截止。
    pub sign_by: Option<Instant>,
    /// 提出理由。
    pub proposal_reason: String,
    /// 未成的类别。
    pub reason_code: Option<String>,
    /// 未成的说明。
    pub reason: Option<String>,
    /// 运行中的期限。
    pub deadlines: Vec<DeadlineOut>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
    /// 创建时间。
    pub created_at: Instant,
    /// 更新时间。
    pub updated_at: Instant,
}

/// An award in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct AwardSummary {
    /// Id.
    pub id: Uuid,
    /// 承榜编号。
    pub number: String,
    /// 状态。
    pub state: AwardState,
    /// 榜单。
    pub posting_id: Uuid,
    /// 项目。
    pub project_id: Uuid,
    /// 承榜组织名称。
    pub organisation_name: String,
    /// 区划代码。
    pub division: String,
    /// 价款(分)。
    pub price_fen: i64,
    /// 公示结束。
    pub publicity_ends_at: Instant,
}

wubang_web::list_of! {
    /// A page of awards (承榜).
    AwardList of AwardSummary
}

/// The publicity page of an award. It stays when the publicity is over.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicAwardOut {
    /// Id.
    pub id: Uuid,
    /// 状态。
    pub state: AwardState,
    /// 公示内容。
    pub publicity: AwardPublicity,
    /// 公示内容的散列。
    pub publicity_hash: String,
    /// 评审组成员,结果公布后公开。
    pub panel_names: Vec<String>,
    /// 通知时间。
    pub noticed_at: Option<Instant>,
}
