//! Domain and wire types of the satisfaction survey.

use crate::scoring::SurveyCounts;
use chrono::NaiveDate;
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::score::{Exact, Hundredths};
use wubang_web::WarningOut;

/// The steps of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SurveyStep {
    /// 很不满意。
    VeryDissatisfied,
    /// 不满意。
    Dissatisfied,
    /// 一般。
    Neutral,
    /// 满意。
    Satisfied,
    /// 很满意。
    VerySatisfied,
}

impl SurveyStep {
    /// The steps from the lowest to the highest.
    pub const ALL: [SurveyStep; 5] = [
        SurveyStep::VeryDissatisfied,
        SurveyStep::Dissatisfied,
        SurveyStep::Neutral,
        SurveyStep::Satisfied,
        SurveyStep::VerySatisfied,
    ];

    /// The wire name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            SurveyStep::VeryDissatisfied => "very_dissatisfied",
            SurveyStep::Dissatisfied => "dissatisfied",
            SurveyStep::Neutral => "neutral",
            SurveyStep::Satisfied => "satisfied",
            SurveyStep::VerySatisfied => "very_satisfied",
        }
    }
}

/// Answers on paper, counted by who organises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperCounts {
    /// By step.
    pub counts: SurveyCounts,
    /// Where the sheets are kept, for who wants to count them again.
    pub kept_at: String,
}

/// A survey as it was opened, and what has come in on paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct SurveyPlan {
    /// People who were served, as registered.
    pub registered_beneficiaries: i64,
    /// The day it was opened.
    pub opened_on: NaiveDate,
    /// The last day to answer.
    pub ends_on: NaiveDate,
    /// Codes of the communities that were served.
    pub communities: Vec<String>,
    /// Codes handed out.
    pub codes_issued: i64,
    /// Answers on paper.
    pub paper: Option<PaperCounts>,
}

/// What residents of one community said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CommunitySatisfaction {
    /// 社区代码。
    pub community: String,
    /// 在线回答数;不足 5 份或可由此推算时为空。
    pub answers: Option<i64>,
    /// 在线回答的满意度;同上为空。
    pub satisfaction: Option<Hundredths>,
}

/// The survey as it was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct SurveyResult {
    /// Answers given here, as far as they count.
    pub digital: SurveyCounts,
    /// Answers given here that do not count because they are fewer than five.
    pub uncounted: i64,
    /// Answers on paper.
    pub paper: Option<PaperCounts>,
    /// All answers that count.
    pub counts: SurveyCounts,
    /// Valid answers wanted.
    pub minimum: i64,
    /// People who were served, as registered.
    pub registered_beneficiaries: i64,
    /// Codes handed out.
    pub codes_issued: i64,
    /// By community, as shown.
    pub communities: Vec<CommunitySatisfaction>,
    /// Why there are fewer answers than wanted.
    pub shortfall_reason: Option<String>,
    /// Why it was closed before its last day.
    pub early_reason: Option<String>,
}

/// The closed survey, as everybody who sees the result sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SurveyOut {
    /// 有效回答数。
    pub answers: i64,
    /// 各档有效回答数,线上线下合计;不足 5 份为空。
    pub counts: Option<SurveyCounts>,
    /// 满意度的精确值 `分子/分母`;没有有效回答为空。
    pub exact: Option<Exact>,
    /// 在线有效回答数。
    pub digital_answers: i64,
    /// 各档在线回答数;任何一边不足 5 份时不分列。
    pub digital: Option<SurveyCounts>,
    /// 在线回答不足 5 份而未计入的份数:计入则可推知个人的回答。
    pub uncounted: i64,
    /// 纸质回答数。
    pub paper_answers: i64,
    /// 各档纸质回答数;任何一边不足 5 份时不分列。
    pub paper: Option<SurveyCounts>,
    /// 纸质问卷存放处。
    pub paper_kept_at: Option<String>,
    /// 登记的服务对象人数。
    pub registered_beneficiaries: i64,
    /// 发放的一次性答题码数。
    pub codes_issued: i64,
    /// 应有的有效回答数。
    pub minimum: i64,
    /// 各社区在线回答。
    pub communities: Vec<CommunitySatisfaction>,
    /// 样本不足的说明。
    pub shortfall_reason: Option<String>,
    /// 提前结束的说明。
    pub early_reason: Option<String>,
}

/// A survey that is being made, for those who run or watch the evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SurveyPlanOut {
    /// 登记的服务对象人数。
    pub registered_beneficiaries: i64,
    /// 开始日期。
    pub opened_on: NaiveDate,
    /// 最后作答日期(当日 24:00 前)。
    pub ends_on: NaiveDate,
    /// 服务的社区(区划代码)。
    pub communities: Vec<String>,
    /// 已发放的一次性答题码数。
    pub codes_issued: i64,
    /// 已收到的在线回答数;内容在结束前对任何人不可见。
    pub digital_answers: i64,
    /// 已录入的纸质回答数。
    pub paper_answers: i64,
    /// 应有的有效回答数。
    pub minimum: i64,
    /// 是否已结束。
    pub closed: bool,
}

/// Opens the survey.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "registered_beneficiaries": 186, "ends_on": "2026-12-18" }))]
pub struct OpenSurveyIn {
    /// 登记的服务对象人数,决定应有的有效回答数。
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub registered_beneficiaries: i64,
    /// 最后作答日期,今日起 60 日内。
    pub ends_on: NaiveDate,
}

/// Hands out one-time codes for people without an account.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "community": "410108005003", "count": 60 }))]
pub struct IssueCodesIn {
    /// 社区(区划代码),须为服务的社区。
    pub community: String,
    /// 份数;累计不得超过登记的服务对象人数。
    #[schema(minimum = 1, maximum = 500)]
    pub count: i64,
}

/// Codes just made: shown this once, kept as keyed hashes only.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SurveyCodesOut {
    /// 考榜。
    pub evaluation_id: Uuid,
    /// 社区。
    pub community: String,
    /// 一次性答题码,仅显示这一次,每个只能用一次。
    pub codes: Vec<String>,
    /// 累计发放数。
    pub codes_issued: i64,
}

/// Answers on paper, counted. What was entered before is replaced.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "very_dissatisfied": 1, "dissatisfied": 1, "neutral": 3, "satisfied": 15, "very_satisfied": 26, "kept_at": "街道档案室 2026 年考榜第 3 盒" }))]
pub struct PaperCountsIn {
    /// 很不满意。
    #[schema(minimum = 0)]
    pub very_dissatisfied: i64,
    /// 不满意。
    #[schema(minimum = 0)]
    pub dissatisfied: i64,
    /// 一般。
    #[schema(minimum = 0)]
    pub neutral: i64,
    /// 满意。
    #[schema(minimum = 0)]
    pub satisfied: i64,
    /// 很满意。
    #[schema(minimum = 0)]
    pub very_satisfied: i64,
    /// 纸质问卷存放处,4–200 字,随结果公开。
    pub kept_at: String,
}

/// Closes the survey; its counts are those of the record.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({ "shortfall_reason": null, "early_reason": null }))]
pub struct CloseSurveyIn {
    /// 有效回答少于规定数量时的说明,10–1000 字,随结果公开。
    pub shortfall_reason: Option<String>,
    /// 在最后作答日期之前结束时的说明,10–1000 字,随结果公开。
    pub early_reason: Option<String>,
}

/// What a review corrects of a survey: the paper answers, counted again. What was given here is counts only and is not
/// corrected.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SurveyCorrectionIn {
    /// 重新清点的纸质回答。
    pub paper: PaperCountsIn,
    /// 更正后有效回答少于规定数量时的说明,10–1000 字。
    pub shortfall_reason: Option<String>,
}

/// An answer. Nobody can tell later who gave it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "code": "K7QF-2MWX-9TBA-H3RC", "answer": "satisfied", "text": "按摩椅老人都爱用。" }))]
pub struct SurveyAnswerIn {
    /// 一次性答题码;没有时须登录,且为服务社区的居民。
    pub code: Option<String>,
    /// 所在社区(区划代码);登录作答且在多个服务社区有身份时必填,凭码作答不填。
    pub community: Option<String>,
    /// 总体满意程度。
    pub answer: SurveyStep,
    /// 想说的话,选填,500 字以内;姓名、电话等先遮盖再保存。
    pub text: Option<String>,
}

/// An answer was taken.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SurveyAnswerOut {
    /// 考榜编号。
    pub evaluation: String,
    /// 已遮盖的内容。
    pub masked: Vec<WarningOut>,
}

/// A community that was served.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ServedCommunity {
    /// 区划代码。
    pub code: String,
    /// 名称。
    pub name: String,
}

/// The question as residents read it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicSurveyOut {
    /// 考榜。
    pub evaluation_id: Uuid,
    /// 考榜编号。
    pub number: String,
    /// 项目名称。
    pub title: String,
    /// 承榜组织名称。
    pub organisation_name: String,
    /// 题目。
    pub question: String,
    /// 可选的回答,由低到高。
    pub answers: Vec<SurveyStep>,
    /// 服务的社区。
    pub communities: Vec<ServedCommunity>,
    /// 最后作答日期。
    pub ends_on: NaiveDate,
    /// 现在能否作答。
    pub open: bool,
    /// 匿名说明。
    pub notice: String,
}

/// What somebody wrote beside his answer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SurveyTextOut {
    /// 文字。
    pub text: String,
}

wubang_web::list_of! {
    /// A page of texts, in no order of time.
    SurveyTextList of SurveyTextOut
}
