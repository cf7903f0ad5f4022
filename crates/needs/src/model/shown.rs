//! A need, its analyses and opinions as officials and reviewers see them.

use super::{
    AnalysisContent, CommentCountsOut, Detail, NeedAppealOut, NeedRecusalOut, NeedVoteOut,
    ReviewParts,
};
use crate::entity::{analysis, opinion, recusal};
use crate::flow::NeedState;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::score::Hundredths;
use wubang_web::{ActionOut, DeadlineOut, Instant, WarningOut};

/// An analysis as shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnalysisOut {
    /// 机构。
    pub organisation_id: Uuid,
    /// 内容。
    #[serde(flatten)]
    pub content: AnalysisContent,
    /// 第几轮评审。
    pub cycle: i32,
    /// 是否因回避作废。
    pub voided: bool,
    /// 提交时间。
    pub created_at: Instant,
}

/// An opinion as shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpinionOut {
    /// 专业。
    pub speciality: String,
    /// 意见。
    pub opinion: String,
    /// 六项得分。
    pub parts: ReviewParts,
    /// 合计。
    pub total: i64,
    /// 第几轮评审;得分只计本轮。
    pub cycle: i32,
    /// 是否因回避作废。
    pub voided: bool,
    /// 提交时间。
    pub created_at: Instant,
}

impl From<&analysis::Model> for AnalysisOut {
    fn from(row: &analysis::Model) -> Self {
        AnalysisOut {
            organisation_id: row.organisation_id,
            content: row.content.clone(),
            cycle: row.cycle,
            voided: row.voided_at.is_some(),
            created_at: Instant(row.created_at),
        }
    }
}

impl From<&opinion::Model> for OpinionOut {
    fn from(row: &opinion::Model) -> Self {
        OpinionOut {
            speciality: row.speciality.clone(),
            opinion: row.content.opinion.clone(),
            parts: row.content.parts,
            total: row.total,
            cycle: row.cycle,
            voided: row.voided_at.is_some(),
            created_at: Instant(row.created_at),
        }
    }
}

impl From<recusal::Model> for NeedRecusalOut {
    fn from(row: recusal::Model) -> Self {
        NeedRecusalOut {
            id: row.id,
            person_id: row.person_id,
            reason: row.reason,
            outcome: row.outcome,
            answer: row.answer,
            created_at: Instant(row.created_at),
            decided_at: row.decided_at.map(Instant),
        }
    }
}

/// A need in full.
#[derive(Debug, Serialize, ToSchema)]
pub struct NeedOut {
    /// Id.
    pub id: Uuid,
    /// 编号。
    #[schema(example = "XQ-410108-2026-0001")]
    pub number: String,
    /// 状态。
    pub state: NeedState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 社区代码。
    pub community: String,
    /// 标题。
    pub title: String,
    /// 描述等。
    #[serde(flatten)]
    pub detail: Detail,
    /// 来源渠道,空为未填。
    pub source: String,
    /// 紧急程度。
    pub urgency: String,
    /// 受益人数。
    pub affected_count: i64,
    /// 领域代码。
    pub field: String,
    /// 第三方机构。
    pub analyst_organisation_id: Option<Uuid>,
    /// 第三方分析。
    pub analyses: Vec<AnalysisOut>,
    /// 专家意见。专家在本轮发表意见之前,只看到自己的意见。
    pub opinions: Vec<OpinionOut>,
    /// 居民代表表决与议事协商。
    pub votes: Vec<NeedVoteOut>,
    /// 回避申请,仅主管人员可见。
    pub recusals: Vec<NeedRecusalOut>,
    /// 第几轮评审。
    pub cycle: i32,
    /// 立项时认定的问题根源。
    pub root_cause: Option<String>,
    /// 是否按应急办理:可按应急类型发榜。
    pub emergency: bool,
    /// 三轮流榜后须重新设计。
    pub redesign_required: bool,
    /// 最近一次区级复核申请。
    pub appeal: Option<NeedAppealOut>,
    /// 申请区级复核的截止时间。
    pub appeal_until: Option<Instant>,
    /// 评榜得分。
    pub review_score: Option<Hundredths>,
    /// 优先级 `high` / `normal`。
    pub priority: Option<String>,
    /// 不予立项的法定理由。
    pub reason_code: Option<String>,
    /// 理由。
    pub reason: Option<String>,
    /// 已并入的需求。
    pub merged_into: Option<Uuid>,
    /// 附议人数,一人一声,不含姓名。
    pub supporters: i64,
    /// 民意公示中收到的意见数。
    pub comments: CommentCountsOut,
    /// 疑似个人信息的提示;仅对起草的书记显示。
    pub warnings: Vec<WarningOut>,
    /// 运行中的期限。
    pub deadlines: Vec<DeadlineOut>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
    /// 创建时间。
    pub created_at: Instant,
    /// 更新时间。
    pub updated_at: Instant,
}

/// A need in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct NeedSummary {
    /// Id.
    pub id: Uuid,
    /// 编号。
    pub number: String,
    /// 状态。
    pub state: NeedState,
    /// 社区代码。
    pub community: String,
    /// 标题。
    pub title: String,
    /// 领域代码。
    pub field: String,
    /// 紧急程度。
    pub urgency: String,
    /// 受益人数。
    pub affected_count: i64,
    /// 优先级。
    pub priority: Option<String>,
    /// 评榜得分。
    pub review_score: Option<Hundredths>,
    /// 附议人数。
    pub supporters: i64,
    /// 创建时间。
    pub created_at: Instant,
}

wubang_web::list_of! {
    /// A page of needs (需求清单).
    NeedList of NeedSummary
}
