//! What is said around the street's decision: approval, re-review, appeal, votes, recusals.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_web::Instant;

/// Approval (批准立项). An emergency need is approved right after its acceptance: then both members
/// are needed, because no third party and no expert has spoken.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({ "reason": "评榜程序完备,同意立项。" }))]
pub struct NeedApprovalIn {
    /// 问题根源,10–2000 字;只用于应急需求。
    pub root_cause: Option<String>,
    /// 理由,5–1000 字;应急需求必填。
    pub reason: Option<String>,
}

/// Start of a review (开始评审).
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({ "evidence": "汛期后又有三户老人摔伤,网格员已逐户核实。" }))]
pub struct NeedReviewIn {
    /// 新的证据,10–2000 字;储备需求未进入新的季度时必填。
    pub evidence: Option<String>,
}

/// The district's answer to an appeal (区级复核答复).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "upheld": true, "reason": "街道认定事实不清,请重新受理。" }))]
pub struct NeedAppealDecisionIn {
    /// 是否支持申请:支持则退回街道重新受理。
    pub upheld: bool,
    /// 理由,5–1000 字。
    #[schema(min_length = 5, max_length = 1000)]
    pub reason: String,
}

/// An appeal as it is kept: the latest one; earlier ones are in the trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct AppealRecord {
    /// Why the secretary asks.
    pub reason: String,
    /// When.
    pub appealed_at: DateTime<Utc>,
    /// How the district answered.
    pub upheld: Option<bool>,
    /// Why.
    pub answer: Option<String>,
    /// When it answered.
    pub answered_at: Option<DateTime<Utc>>,
}

/// The right to ask the district about a rejection (申请区级复核).
#[derive(Debug, Serialize, ToSchema)]
pub struct NeedAppealOut {
    /// 申请理由。
    pub reason: String,
    /// 申请时间。
    pub appealed_at: Instant,
    /// 是否获支持,未答复为 `null`。
    pub upheld: Option<bool>,
    /// 答复理由。
    pub answer: Option<String>,
    /// 答复时间。
    pub answered_at: Option<Instant>,
}

impl From<AppealRecord> for NeedAppealOut {
    fn from(record: AppealRecord) -> Self {
        NeedAppealOut {
            reason: record.reason,
            appealed_at: Instant(record.appealed_at),
            upheld: record.upheld,
            answer: record.answer,
            answered_at: record.answered_at.map(Instant),
        }
    }
}

/// How residents decided (议事形式).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NeedVoteKind {
    /// 居民代表表决.
    RepresentativesVote,
    /// 议事协商.
    Deliberation,
}

/// Minutes of a vote or deliberation as evidence (rulebook 2.4.1, 2.10). Counts, never names.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "held_on": "2026-03-02", "kind": "representatives_vote", "entitled": 45, "present": 31, "in_favour": 28, "against": 1, "abstained": 2,
    "summary": "居民代表会议同意将楼道照明列为本年度优先需求。" }))]
pub struct NeedVoteIn {
    /// 会议日期,不得晚于今天。
    pub held_on: NaiveDate,
    /// 形式。
    pub kind: NeedVoteKind,
    /// 应到人数。
    #[schema(minimum = 1)]
    pub entitled: i64,
    /// 实到人数。
    pub present: i64,
    /// 赞成。
    pub in_favour: i64,
    /// 反对。
    pub against: i64,
    /// 弃权。
    pub abstained: i64,
    /// 会议纪要,10–2000 字;不写姓名。
    pub summary: String,
}

/// A vote as shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct NeedVoteOut {
    /// 会议日期。
    pub held_on: NaiveDate,
    /// 形式 `representatives_vote` / `deliberation`。
    pub kind: String,
    /// 应到人数。
    pub entitled: i64,
    /// 实到人数。
    pub present: i64,
    /// 赞成。
    pub in_favour: i64,
    /// 反对。
    pub against: i64,
    /// 弃权。
    pub abstained: i64,
    /// 是否过半数到会。
    pub quorate: bool,
    /// 是否通过:过半数到会,且到会者过半数赞成。
    pub carried: bool,
    /// 会议纪要。
    pub summary: String,
}

/// A demand that a reviewer stand aside; about oneself it is a declaration (回避).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "person_id": "01968ca0-0000-7000-8000-000000000001", "reason": "该专家近三年受聘于相关物业公司。" }))]
pub struct NeedRecusalIn {
    /// 专家或第三方人员。
    pub person_id: Uuid,
    /// 理由,5–1000 字。
    #[schema(min_length = 5, max_length = 1000)]
    pub reason: String,
}

/// The street's decision on such a demand.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "recusal_id": "01968ca0-0000-7000-8000-000000000001", "excluded": true, "reason": "情况属实,应当回避。" }))]
pub struct NeedExclusionIn {
    /// 回避申请。
    pub recusal_id: Uuid,
    /// 是否决定回避:已提交的意见随之作废。
    pub excluded: bool,
    /// 理由,5–1000 字。
    #[schema(min_length = 5, max_length = 1000)]
    pub reason: String,
}

/// What became of a demand for recusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecusalOutcome {
    /// 待决定.
    Demanded,
    /// 回避.
    Excluded,
    /// 不予回避.
    Dismissed,
}

/// A demand for recusal as officials see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct NeedRecusalOut {
    /// Id.
    pub id: Uuid,
    /// 专家或第三方人员。
    pub person_id: Uuid,
    /// 理由。
    pub reason: String,
    /// 结果 `demanded` / `excluded` / `dismissed`。
    pub outcome: String,
    /// 决定理由。
    pub answer: Option<String>,
    /// 提出时间。
    pub created_at: Instant,
    /// 决定时间。
    pub decided_at: Option<Instant>,
}
