//! Domain and wire types of an evaluation.

use crate::flow::EvaluationState;
use crate::scoring::{ProjectGrade, ReducedParty};
use crate::survey::model::{SurveyCorrectionIn, SurveyOut, SurveyPlanOut};
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_contracts::model::{CompletionReportOut, MilestoneOut};
use wubang_kernel::procedure::{EvaluationRule, SurveyUse};
use wubang_kernel::score::{Exact, Hundredths};
use wubang_kernel::words;
use wubang_panels::model::{PanelOut, SheetOut};
use wubang_postings::flow::PostingState;
use wubang_web::DeadlineOut;
use wubang_web::{ActionOut, Instant};

/// The evaluation scheme, frozen with the posting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct FrozenRule(pub EvaluationRule);

/// What who organises the evaluation writes beside the figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
#[serde(deny_unknown_fields)]
pub struct ResultDraft {
    /// 主要成效,10–5000 字。
    pub strengths: String,
    /// 主要不足,10–5000 字。
    pub defects: String,
    /// 综合意见,10–5000 字。
    pub comments: String,
}

words! {
    /// When in the course of an agreement it is evaluated (考榜阶段, rulebook 2.8.11).
    Phase {
        ExAnte = "ex_ante", "事前:开工前评估方案,不做满意度调查";
        Midterm = "midterm", "期中:实施中,不影响期末等级";
        Final = "final", "期末:决定等级";
        FollowUp = "follow_up", "跟踪回访:结项后只调查居民,不影响等级";
    }
}

words! {
    /// Grounds that make a project fail whatever its points are (一票否决, rulebook 2.11.3).
    VetoKind {
        Safety = "safety", "安全事故或严重安全隐患";
        Fraud = "fraud", "弄虚作假";
        Privacy = "privacy", "侵犯隐私";
    }
}

/// How a review has changed a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewOutcome {
    /// 更正后重新汇总。
    Recompute,
    /// 另组考评组重新考评。
    Redo,
    /// 考榜不合格,整改后复评。
    SecondRound,
}

/// A result that a review has taken back: it stays on the record (留痕).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SupersededResult {
    /// 复核结论。
    pub outcome: ReviewOutcome,
    /// 理由,公开。
    pub reason: String,
    /// 何时。
    pub at: Instant,
    /// 作废的评分表份数。
    pub voided_sheets: usize,
    /// 是否更正了满意度调查的份数。
    pub survey_corrected: bool,
    /// 原各方得分。
    pub party_scores: Vec<PartyScoreOut>,
    /// 原总分。
    pub total: Option<Hundredths>,
    /// 原等级。
    pub grade: Option<ProjectGrade>,
    /// 当时认定的一票否决事项。
    pub vetoes: Vec<Veto>,
    /// 当时未计入的评价方。
    pub reduced_parties: Vec<ReducedParty>,
}

/// The results that reviews have taken back, oldest first.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult,
)]
#[serde(transparent)]
pub struct SupersededResults(pub Vec<SupersededResult>);

/// What a review corrects before the figures are added up anew; at least one of the two.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "void_member_ids": ["01890c5e-6f9a-7b3a-9d4e-2f1c8b7a6d50"], "survey": null }))]
pub struct ResultCorrections {
    /// 评分作废的考评组成员(席位 id),该成员不再参加考评。
    #[serde(default)]
    pub void_member_ids: Vec<Uuid>,
    /// 重新清点的纸质问卷份数;在线回答只有累计份数,不作更正。
    pub survey: Option<SurveyCorrectionIn>,
}

/// Opens an evaluation of an agreement.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({ "phase": "final", "third_party_organisation_id": "01890c5e-6f9a-7b3a-9d4e-2f1c8b7a6d50" }))]
pub struct OpenEvaluationIn {
    /// 阶段,不填为期末 `final`。事前在已签未开工时,期中在实施中,期末在受理结项报告后,跟踪回访在完成后开展,每个阶段一次。
    pub phase: Option<Phase>,
    /// 组织考榜的第三方专业机构;不得是承榜组织、其资金代管机构,也不得与其有共同人员。考榜方案由第三方组织时必填,由街道组织时(`simple` 和跟踪回访)不得填写。
    pub third_party_organisation_id: Option<Uuid>,
}

/// How the panel is composed: experts and residents are drawn, the others named. Only parties of the scheme have seats.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({ "experts": 3, "residents": 5, "community_person_ids": ["01890c5e-6f9a-7b3a-9d4e-2f1c8b7a6d50"], "department_person_ids": ["01890c5e-6f9a-7b3a-9d4e-2f1c8b7a6d51"] }))]
pub struct FormPanelIn {
    /// 抽取的专家人数,3 以上的奇数;方案有专家智库时必填,没有时不得填写。
    #[schema(minimum = 1, maximum = 15)]
    pub experts: Option<usize>,
    /// 街道社区党组织成员(街道经办或社区书记):四方考榜 2 人以上,简易考榜 1 人以上,且不得是组织考榜的人。
    pub community_person_ids: Vec<Uuid>,
    /// 抽取的居民代表人数,不填为方案规定的最少人数;在服务社区的居民代表中随机抽取,各社区轮流。简易考榜只做满意度调查,不设席位。
    #[schema(minimum = 1, maximum = 30)]
    pub residents: Option<usize>,
    /// 服务社区可抽取的居民代表不足时,补足所缺人数的居民代表(本区其他社区);足够时不得指定。
    pub resident_person_ids: Vec<Uuid>,
    /// 指定居民代表的理由,10–1000 字,即时公开。
    pub residents_reason: Option<String>,
    /// 职能部门成员:四方考榜 1 人以上;简易考榜不设席位。
    pub department_person_ids: Vec<Uuid>,
    /// 购买方成员(街道经办、社区书记或职能部门):三方考榜 2 人以上,其他方案不设席位。
    pub commissioner_person_ids: Vec<Uuid>,
    /// 第三方专业机构的评分人员:三方考榜 2 人以上,且不得是组织考榜的人;其他方案不设席位。
    pub third_party_person_ids: Vec<Uuid>,
}

/// Persons for seats that became vacant by recusal.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FillPanelIn {
    /// 街道社区党组织成员。
    pub community_person_ids: Vec<Uuid>,
    /// 居民代表:由抽取顺序递补,顺序用尽后才能指定。
    pub resident_person_ids: Vec<Uuid>,
    /// 指定居民代表的理由,10–1000 字,即时公开。
    pub residents_reason: Option<String>,
    /// 职能部门成员。
    pub department_person_ids: Vec<Uuid>,
    /// 购买方成员。
    pub commissioner_person_ids: Vec<Uuid>,
    /// 第三方专业机构的评分人员。
    pub third_party_person_ids: Vec<Uuid>,
}

/// A member who does not score is taken off the panel; a drawn one is followed by the next of the drawn order.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "member_id": "01890c5e-6f9a-7b3a-9d4e-2f1c8b7a6d50", "reason": "两次催办未提交评分表,本人来电说明住院。" }))]
pub struct ReplaceMemberIn {
    /// 在任成员的席位 id,尚未提交评分表。
    pub member_id: Uuid,
    /// 理由,5–1000 字。
    pub reason: String,
}

/// A party that could not be brought to score is left out, and its weight spread over the others.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "party": "departments", "reason": "民政科两名同志先后因病和抽调未能评分,无其他人选。" }))]
pub struct LeaveOutPartyIn {
    /// 评价方,不得是主导方。
    pub party: String,
    /// 理由,10–1000 字,随结果公开。
    pub reason: String,
}

/// A veto finding that was confirmed, as it is public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Veto {
    /// 事项。
    pub kind: VetoKind,
    /// 查明的事实,不含个人信息。
    pub facts: String,
}

/// The confirmed veto findings of a round.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult,
)]
#[serde(transparent)]
pub struct Vetoes(pub Vec<Veto>);

/// What the sheets of a party say on average about one criterion: for the contractor, to learn from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CriterionMeanOut {
    /// 评价方。
    pub party: String,
    /// 评分项。
    pub criterion: String,
    /// 评分项名称。
    pub zh: String,
    /// 满分。
    pub max: i64,
    /// 平均分。
    pub mean: Hundredths,
    /// 平均分的精确值 `分子/分母`。
    pub exact: Exact,
    /// 评分表份数。
    pub sheets: usize,
}

/// A comment of a member, without his name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SheetCommentOut {
    /// 评价方。
    pub party: String,
    /// 总评,姓名和联系方式已隐去。
    pub comment: String,
}

/// The street has the project evaluated again after its defects were corrected.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "corrections": "已补做两场适老化培训,更换不合格器材,社区书记和两名居民代表现场核验。", "early_reason": null }))]
pub struct ReopenEvaluationIn {
    /// 不足之处如何整改,10–5000 字,随结果公开。
    pub corrections: String,
    /// 整改期满前复评的依据(整改提前完成的证明),10–1000 字;期满前必填,期满后不填。
    pub early_reason: Option<String>,
}

/// Mean of one party, as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PartyScoreOut {
    /// 评价方。
    pub party: String,
    /// 权重,百分比。
    pub weight: u32,
    /// 评分表份数。
    pub sheets: usize,
    /// 得分。
    pub score: Hundredths,
    /// 得分的精确值 `分子/分母`,总分由它计算。
    pub exact: Exact,
    /// 评分表平均分的精确值(专家五份以上去掉最高最低);没有评分表的为空。
    pub sheets_mean: Option<Exact>,
    /// 满意度调查在得分中的作用:`without` 不计,`half` 与评分表各占一半(没有有效回答时只取评分表),`alone` 只取调查。
    pub survey: SurveyUse,
}

/// An evaluation in full. What is confidential to the caller is `null` or empty.
#[derive(Debug, Serialize, ToSchema)]
pub struct EvaluationOut {
    /// Id.
    pub id: Uuid,
    /// 编号。
    #[schema(example = "KB-410108-2026-0001")]
    pub number: String,
    /// 状态。
    pub state: EvaluationState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 项目。
    pub project_id: Uuid,
    /// 榜单。
    pub posting_id: Uuid,
    /// 协议。
    pub contract_id: Uuid,
    /// 项目名称。
    pub title: String,
    /// 承榜组织。
    pub organisation_id: Uuid,
    /// 承榜组织名称。
    pub organisation_name: String,
    /// 区划代码。
    pub division: String,
    /// 阶段。
    pub phase: Phase,
    /// 是否逾期未结项:一票否决,等级只能为不合格。
    pub report_missing: bool,
    /// 轮次。
    pub round: i32,
    /// 第三方专业机构;由街道组织的考榜为空。
    pub third_party_organisation_id: Option<Uuid>,
    /// 第三方专业机构名称;由街道组织的考榜为空。
    pub third_party_name: Option<String>,
    /// 考榜方案、权重与评分项。
    pub rule: EvaluationRule,
    /// 考评组。
    pub panel: Option<PanelOut>,
    /// 各方已交评分表份数。
    pub sheets_by_party: BTreeMap<String, usize>,
    /// 可见的评分表:本人的;监督在评分完成后可见全部。
    pub sheets: Vec<SheetOut>,
    /// 里程碑,供评分参阅。
    pub milestones: Vec<MilestoneOut>,
    /// 结项报告,供评分参阅。
    pub completion_report: Option<CompletionReportOut>,
    /// 满意度调查的进展,组织考榜的一方、街道、区级和监督可见。
    pub survey_progress: Option<SurveyPlanOut>,
    /// 满意度调查结果。
    pub survey: Option<SurveyOut>,
    /// 满意度,0–100。
    pub satisfaction: Option<Hundredths>,
    /// 各方得分。
    pub party_scores: Vec<PartyScoreOut>,
    /// 总分。
    pub total: Option<Hundredths>,
    /// 等级。
    pub grade: Option<ProjectGrade>,
    /// 未计入的评价方及理由。
    pub reduced_parties: Vec<ReducedParty>,
    /// 认定的一票否决事项。
    pub vetoes: Vec<Veto>,
    /// 各方评分项平均分,公示起承榜组织可见;一方不足两份的不显示。
    pub criterion_means: Vec<CriterionMeanOut>,
    /// 各方总评,公示起承榜组织可见;一方不足两份的不显示。
    pub sheet_comments: Vec<SheetCommentOut>,
    /// 考榜意见。
    pub result: Option<ResultDraft>,
    /// 经复核被取代的结果,先前的在前。
    pub superseded: SupersededResults,
    /// 公示内容的哈希。
    pub publicity_hash: Option<String>,
    /// 公示开始。
    pub publicity_starts_at: Option<Instant>,
    /// 公示结束。
    pub publicity_ends_at: Option<Instant>,
    /// 运行中的期限。
    pub deadlines: Vec<DeadlineOut>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
    /// 创建时间。
    pub created_at: Instant,
    /// 更新时间。
    pub updated_at: Instant,
}

/// An evaluation in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct EvaluationSummary {
    /// Id.
    pub id: Uuid,
    /// 编号。
    pub number: String,
    /// 状态。
    pub state: EvaluationState,
    /// 阶段。
    pub phase: Phase,
    /// 项目。
    pub project_id: Uuid,
    /// 协议。
    pub contract_id: Uuid,
    /// 项目名称。
    pub title: String,
    /// 承榜组织名称。
    pub organisation_name: String,
    /// 区划代码。
    pub division: String,
    /// 总分,公示起可见。
    pub total: Option<Hundredths>,
    /// 等级,公示起可见。
    pub grade: Option<ProjectGrade>,
    /// 创建时间。
    pub created_at: Instant,
}

/// The result as everybody may read it from the start of its publicity (公示).
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicEvaluationOut {
    /// Id.
    pub id: Uuid,
    /// 编号。
    pub number: String,
    /// 状态。
    pub state: EvaluationState,
    /// 项目名称。
    pub title: String,
    /// 承榜组织名称。
    pub organisation_name: String,
    /// 区划代码。
    pub division: String,
    /// 阶段;期末以外的阶段不影响等级。
    pub phase: Phase,
    /// 考榜方案。
    pub scheme: String,
    /// 60–69 分是否为基本合格。
    pub basic_pass: bool,
    /// 是否逾期未结项:一票否决,等级只能为不合格。
    pub report_missing: bool,
    /// 轮次,2 为整改后的复评。
    pub round: i32,
    /// 各方得分。
    pub party_scores: Vec<PartyScoreOut>,
    /// 总分。
    pub total: Option<Hundredths>,
    /// 总分的精确值 `分子/分母`。
    pub exact_total: Option<Exact>,
    /// 等级。
    pub grade: Option<ProjectGrade>,
    /// 居民得分低于 60 分(等级不高于合格),或等级为基本合格,须整改。
    pub rectification_advised: bool,
    /// 更换两次后仍缺席、未计入的评价方;其权重按比例分摊给其余各方。
    pub reduced_parties: Vec<ReducedParty>,
    /// 认定的一票否决事项,等级因此为不合格。
    pub vetoes: Vec<Veto>,
    /// 有效评分表的承诺值,按值排列;评分人凭回执核对,其他人无从得知内容。
    pub sheet_commitments: Vec<String>,
    /// 满意度调查结果。
    pub survey: Option<SurveyOut>,
    /// 经复核被取代的结果,先前的在前。
    pub superseded: SupersededResults,
    /// 公示内容的哈希。
    pub publicity_hash: Option<String>,
    /// 公示开始。
    pub publicity_starts_at: Option<Instant>,
    /// 公示结束。
    pub publicity_ends_at: Option<Instant>,
}

wubang_web::list_of! {
    /// A page of evaluations (考榜台账).
    EvaluationList of EvaluationSummary
}

/// How a lane of a race came out.
#[derive(Debug, Serialize, ToSchema)]
pub struct RaceResultOut {
    /// 赛马名次:先比总分,再比价款;未完成的赛道为空。
    pub place: Option<i32>,
    /// 赛道序号。
    pub lane: u32,
    /// 承榜组织。
    pub organisation_name: String,
    /// 价款(分)。
    pub price_fen: i64,
    /// 考榜总分。
    pub total: Option<Hundredths>,
    /// 考榜等级。
    pub grade: Option<ProjectGrade>,
    /// 赛道榜单。
    pub posting_id: Uuid,
    /// 赛道榜单的状态:`completed`、`failed` 或 `cancelled`。
    pub posting_state: PostingState,
    /// 考榜。
    pub evaluation_id: Option<Uuid>,
}

/// The lanes of a race side by side (赛马结果).
#[derive(Debug, Serialize, ToSchema)]
pub struct RaceResultsOut {
    /// 赛马榜单。
    pub race_id: Uuid,
    /// 赛马榜单编号。
    pub race_number: String,
    /// 全部赛道是否均已结束;此前不公开比较。
    pub complete: bool,
    /// 各赛道,按名次。
    pub items: Vec<RaceResultOut>,
}
