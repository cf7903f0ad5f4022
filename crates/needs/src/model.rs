//! Domain and wire types of a need.

mod cycles;
mod decisions;
mod public;
mod shown;
mod voices;

pub use cycles::{
    NeedCycleList, NeedCycleOut, NeedCyclePlanIn, NeedCyclePlanOut, NeedCycleSummary,
    PlannedNeedOut, StreetBacklogOut,
};
pub use decisions::{
    AppealRecord, NeedAppealDecisionIn, NeedAppealOut, NeedApprovalIn, NeedExclusionIn,
    NeedRecusalIn, NeedRecusalOut, NeedReviewIn, NeedVoteIn, NeedVoteKind, NeedVoteOut,
    RecusalOutcome,
};
pub use public::{PublicNeedList, PublicNeedOut, PublicNeedSummary};
pub use shown::{AnalysisOut, NeedList, NeedOut, NeedSummary, OpinionOut};
pub use voices::{
    CommentCountsOut, CommentIn, CommentList, CommentOut, DuplicateOut, DuplicatesOut, MergeIn,
    Stance,
};

use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Where a need was heard (rulebook 2.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// 民意大摸排.
    OpinionSurvey,
    /// 民生实事征集.
    PublicCall,
    /// 网格上报.
    Grid,
    /// 议事协商.
    Deliberation,
    /// 点单会.
    OrderingMeeting,
    /// 居民调查.
    ResidentSurvey,
    /// 热线.
    Hotline,
    /// 微心愿.
    MicroWish,
    /// 党员联系户.
    ContactHousehold,
    /// 公益创投申报;随入选项目产生,不能申报.
    OpenCall,
}

/// How pressing a need is (紧急程度).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// 一般.
    Normal,
    /// 较急.
    High,
    /// 应急.
    Emergency,
}

/// Closed grounds of a rejection (rulebook 2.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RejectionGround {
    /// 非公共利益.
    NotPublicInterest,
    /// 应当由政府直接履职.
    AuthorityDuty,
    /// 市场化服务.
    MarketService,
    /// 工程或货物.
    WorksOrGoods,
    /// 应诉讼解决的个别纠纷.
    IndividualDisputeForCourt,
    /// 重复.
    Duplicate,
    /// 不属本辖区.
    OutsideTerritory,
    /// 违法.
    Illegal,
    /// 补正后仍不足.
    InsufficientInformation,
}

/// Wire name of a unit variant.
pub(crate) fn wire<T: Serialize>(value: T) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// What stands in a need beside its searchable columns. Counts, never names, of residents.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult,
)]
pub struct Detail {
    /// 需求描述.
    pub description: String,
    /// 服务对象.
    pub target_groups: Vec<String>,
    /// 期望结果.
    pub wished_result: String,
    /// 已做过的尝试.
    pub tried: String,
    /// 社区可提供的资源.
    pub community_resources: String,
}

/// A new need. Only the title and the community are needed for a draft; the rest by submission.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "community": "410108005003", "title": "乐邻老伙伴:高龄独居老人结对关爱", "description": "辖区80岁以上独居老人132人,子女多在外地,日常缺少陪伴与应急照看。",
    "source": "opinion_survey", "affected_count": 132, "field": "A01", "target_groups": ["elderly_living_alone"], "urgency": "high" }))]
pub struct NeedIn {
    /// 社区代码(12 位)。
    pub community: String,
    /// 标题,5–60 字。
    #[schema(min_length = 5, max_length = 60)]
    pub title: String,
    /// 描述,提交时不少于 20 字。
    #[serde(default)]
    pub description: String,
    /// 来源渠道。
    pub source: Option<Source>,
    /// 受益人数估计。
    pub affected_count: Option<i64>,
    /// 领域代码(分类法)。
    pub field: Option<String>,
    /// 服务对象。
    #[serde(default)]
    pub target_groups: Vec<String>,
    /// 紧急程度。
    pub urgency: Option<Urgency>,
    /// 期望结果。
    #[serde(default)]
    pub wished_result: String,
    /// 已做过的尝试。
    #[serde(default)]
    pub tried: String,
    /// 社区可提供的资源。
    #[serde(default)]
    pub community_resources: String,
}

/// Changes to a draft (merge patch).
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NeedPatch {
    /// 标题。
    pub title: Option<String>,
    /// 描述。
    pub description: Option<String>,
    /// 来源渠道。
    pub source: Option<Source>,
    /// 受益人数估计。
    pub affected_count: Option<i64>,
    /// 领域代码。
    pub field: Option<String>,
    /// 服务对象。
    pub target_groups: Option<Vec<String>>,
    /// 紧急程度。
    pub urgency: Option<Urgency>,
    /// 期望结果。
    pub wished_result: Option<String>,
    /// 已做过的尝试。
    pub tried: Option<String>,
    /// 社区可提供的资源。
    pub community_resources: Option<String>,
}

/// Acceptance by the street (受理).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "analyst_organisation_id": "01968ca0-0000-7000-8000-000000000001", "not_authority_duty": true, "duplicates_checked": true }))]
pub struct AcceptIn {
    /// 指定的第三方专业机构。
    pub analyst_organisation_id: Uuid,
    /// 已核对:不属于应当由政府直接履职的事项。
    pub not_authority_duty: bool,
    /// 已查看并核对疑似重复的需求(`GET /needs/{id}/duplicates`)。
    pub duplicates_checked: bool,
}

/// Rejection (不予立项).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectIn {
    /// 法定理由(闭集)。
    pub ground: RejectionGround,
    /// 说明,5–1000 字。
    pub reason: String,
}

/// The third party's analysis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
#[serde(deny_unknown_fields)]
pub struct AnalysisContent {
    /// 问题根源。
    pub root_cause: String,
    /// 利益相关方。
    pub stakeholders: String,
    /// 可行性。
    pub feasibility: String,
    /// 建议领域。
    pub proposed_field: String,
}

/// Analysis with the declaration that there is no conflict of interest (rulebook 2.9).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnalysisIn {
    /// 问题根源,10–2000 字。
    pub root_cause: String,
    /// 利益相关方,2–2000 字。
    pub stakeholders: String,
    /// 可行性,2–2000 字。
    pub feasibility: String,
    /// 建议领域代码。
    pub proposed_field: String,
    /// 声明无须回避。
    pub no_conflict: bool,
}

/// The six parts of the review score (rulebook 2.4.1), 100 points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewParts {
    /// 紧迫与严重程度,0–25。
    pub urgency_severity: i64,
    /// 受益人数与弱势程度,0–20。
    pub beneficiaries: i64,
    /// 居民呼声,0–20。
    pub resident_voice: i64,
    /// 社会组织承接可行性,0–15。
    pub feasibility: i64,
    /// 政策契合,0–10。
    pub policy_fit: i64,
    /// 可用资源,0–10。
    pub resources: i64,
}

/// An expert's opinion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
pub struct OpinionContent {
    /// 意见。
    pub opinion: String,
    /// 六项得分。
    pub parts: ReviewParts,
}

/// Opinion with the declaration that there is no conflict of interest (rulebook 2.9).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpinionIn {
    /// 意见,10–2000 字。
    pub opinion: String,
    /// 六项得分。
    pub parts: ReviewParts,
    /// 以哪一专业发表意见;须在本人专业之内。
    pub speciality: String,
    /// 声明无须回避。
    pub no_conflict: bool,
}
