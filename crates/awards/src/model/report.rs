//! Score sheets, the ranking and the panel's report.

use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::money::Fen;
use wubang_kernel::procedure::Criterion;
use wubang_kernel::score::{Exact, Hundredths};
use wubang_panels::conflicts::ConflictGround;
use wubang_panels::model::SheetOut;
use wubang_postings::flow::PostingState;
use wubang_web::Instant;

/// One member's sheet about one bid.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "bid_id": "0198a8f0-0000-7000-8000-000000000001", "points": { "plan": 30, "team": 20, "track_record": 11, "budget": 12, "sustainability": 8 },
    "reasons": {}, "comment": "方案贴合社区实际。" }))]
pub struct AwardSheetIn {
    /// 所评的意向书。
    pub bid_id: Uuid,
    /// 各项得分,整数。
    pub points: BTreeMap<String, i64>,
    /// 低于满分 40% 或高于 95% 的项须说明理由。
    #[serde(default)]
    pub reasons: BTreeMap<String, String>,
    /// 总评。
    pub comment: Option<String>,
}

/// Score sheets as far as the viewer may read them (rulebook 2.6).
#[derive(Debug, Serialize, ToSchema)]
pub struct AwardSheetsOut {
    /// 可见的评分表:成员看本人,监督在评分结束后看全部。
    pub items: Vec<SheetOut>,
    /// 各方面已交份数;组长以外的成员看不到。
    pub sheets_by_party: BTreeMap<String, usize>,
    /// 应评的意向书。
    pub bids: Vec<Uuid>,
    /// 评分项。
    pub criteria: Vec<Criterion>,
}

/// The mean of one criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AwardCriterionMean {
    /// 评分项。
    pub key: String,
    /// 精确均值。
    pub exact: Exact,
    /// 均值(两位小数)。
    pub mean: Hundredths,
}

/// What bonus points (加分) are given for (rulebook 2.11.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BonusGround {
    /// 等级 3A 及以上且在有效期内。
    Grade3a,
    /// 党组织健全、管理规范。
    PartyOrganisation,
    /// 在红榜有效期内。
    RedList,
}

/// Points beside the panel's total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AwardBonus {
    /// 事由。
    pub ground: BonusGround,
    /// 分值。
    pub points: i32,
}

/// One place in the ranking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AwardRankingRow {
    /// 名次。
    pub rank: i32,
    /// 意向书。
    pub bid_id: Uuid,
    /// 组织。
    pub organisation_id: Uuid,
    /// 组织名称。
    pub organisation_name: String,
    /// 报价(分)。
    pub price_fen: Fen,
    /// 精确总分,不含加分;合格线以此为准。
    pub exact: Exact,
    /// 总分(两位小数)。
    pub total: Hundredths,
    /// 公告列明的加分,只给总分达到合格线的。
    pub bonus: Vec<AwardBonus>,
    /// 精确总分与加分之和,排名依据。
    pub ranked: Exact,
    /// 各项均值。
    pub means: Vec<AwardCriterionMean>,
    /// 同分时由哪一步决定。
    pub tie_break: Option<String>,
}

impl AwardRankingRow {
    /// The bonus points together.
    #[must_use]
    pub fn bonus_points(&self) -> i32 {
        self.bonus.iter().map(|one| one.points).sum()
    }
}

/// The ranking (排名) of a report, best first.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult,
)]
#[serde(transparent)]
pub struct AwardRanking(pub Vec<AwardRankingRow>);

/// Signing the panel report.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AwardReportSignIn {
    /// 不同意见,5–1000 字;不填为同意。
    pub dissent: Option<String>,
}

/// A signature under the report.
#[derive(Debug, Serialize, ToSchema)]
pub struct AwardReportSignature {
    /// 席位号。
    pub seat: i32,
    /// 姓名。
    pub name: String,
    /// 方面。
    pub party: String,
    /// 签署时间。
    pub signed_at: Option<Instant>,
    /// 不同意见。
    pub dissent: Option<String>,
    /// 是否到场听取全部路演;没有路演的为 `null`。
    pub attended_roadshow: Option<bool>,
}

/// A report that stands no more, because a member should not have scored.
#[derive(Debug, Serialize, ToSchema)]
pub struct SupersededReport {
    /// Id.
    pub id: Uuid,
    /// 当时的排名。
    pub ranking: AwardRanking,
    /// 报告内容的散列。
    pub content_hash: String,
    /// 形成时间。
    pub created_at: Instant,
    /// 全体签署时间。
    pub signed_at: Option<Instant>,
    /// 作废时间。
    pub superseded_at: Instant,
}

/// A member who scored should have stood aside (应回避未回避).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "person_id": "0198a8f0-0000-7000-8000-000000000001", "ground": "employment", "reason": "经核实,该成员两年前曾在揭榜组织任职" }))]
pub struct LateRecusalIn {
    /// 应回避的成员。
    pub person_id: Uuid,
    /// 回避理由(闭集);`alliance_council` 仅作提示,不适用。
    pub ground: ConflictGround,
    /// 查明的事实,10–2000 字。
    pub reason: String,
}

/// What a recusal after the fact leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecusalConsequence {
    /// 由抽取顺序的下一人递补,并独立评分。
    Replaced,
    /// 席位空缺,由街道补足。
    Vacant,
    /// 按其余成员的评分重新汇总,重新签署报告。
    Recomputed,
    /// 另组评审组重新评审。
    NewPanel,
}

/// The posting after a recusal after the fact.
#[derive(Debug, Serialize, ToSchema)]
pub struct LateRecusalOut {
    /// Id.
    pub id: Uuid,
    /// 编号。
    pub number: String,
    /// 状态。
    pub state: PostingState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 后果。
    pub consequence: RecusalConsequence,
}

/// The panel's report (评审报告).
#[derive(Debug, Serialize, ToSchema)]
pub struct AwardReportOut {
    /// Id.
    pub id: Uuid,
    /// 榜单。
    pub posting_id: Uuid,
    /// 评审组。
    pub panel_id: Uuid,
    /// 排名。
    pub ranking: AwardRanking,
    /// 合格线。
    pub threshold: i64,
    /// 摘要。
    pub summary: String,
    /// 报告内容的散列。
    pub content_hash: String,
    /// 签署情况。
    pub signatures: Vec<AwardReportSignature>,
    /// 因应回避未回避而作废的评审报告,新的在前。
    pub superseded: Vec<SupersededReport>,
    /// 形成时间。
    pub created_at: Instant,
    /// 全体签署时间。
    pub signed_at: Option<Instant>,
}
