//! Wire types of a campaign.

use super::form::Question;
use super::results::CommunityResult;
use crate::flow::CampaignState;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_needs::model::Urgency;
use wubang_web::{ActionOut, DeadlineOut, Instant, WarningOut};

/// A community of a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignCommunity {
    /// 社区代码(12 位),须在摸排的区划之内。
    #[schema(example = "410108005003")]
    pub community: String,
    /// 期望问卷份数,1–100000。
    #[schema(example = 200)]
    pub target: i64,
}

/// A new campaign.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "division": "410108005000", "title": "迎宾路街道2026年春季民意大摸排", "purpose": "了解居民在养老、托育、环境方面最急需的服务,作为评榜依据。",
    "starts_on": "2027-03-01", "ends_on": "2027-03-31", "public": true, "communities": [{ "community": "410108005003", "target": 200 }],
    "questions": [{ "key": "wish", "title": "您家最需要哪类服务?", "kind": "single_choice", "required": true,
        "options": [{ "key": "meals", "label": "助餐" }, { "key": "visits", "label": "探访" }] }] }))]
pub struct CampaignIn {
    /// 摸排的区划:本街道或本区。
    pub division: String,
    /// 名称,5–60 字。
    #[schema(min_length = 5, max_length = 60)]
    pub title: String,
    /// 目的,10–1000 字。
    #[schema(min_length = 10, max_length = 1000)]
    pub purpose: String,
    /// 首日:不早于今日的工作日,当日 9 时开始。
    pub starts_on: NaiveDate,
    /// 末日:当日 24 时结束,自首日起不超过 180 日。
    pub ends_on: NaiveDate,
    /// 居民能否自行填写。
    #[serde(default)]
    pub public: bool,
    /// 社区与期望份数,1–200 个。
    pub communities: Vec<CampaignCommunity>,
    /// 题目,1–30 题。
    pub questions: Vec<Question>,
}

/// Changes to a draft (merge patch); lists are replaced as a whole.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CampaignPatch {
    /// 名称。
    pub title: Option<String>,
    /// 目的。
    pub purpose: Option<String>,
    /// 首日。
    pub starts_on: Option<NaiveDate>,
    /// 末日。
    pub ends_on: Option<NaiveDate>,
    /// 居民能否自行填写。
    pub public: Option<bool>,
    /// 社区与期望份数。
    pub communities: Option<Vec<CampaignCommunity>>,
    /// 题目。
    pub questions: Option<Vec<Question>>,
}

/// The summary of a campaign.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "summary": "共收回问卷 412 份,居民最集中的需求为助餐与探访,建议由各社区起草需求。" }))]
pub struct SummaryIn {
    /// 总结,10–5000 字。
    #[schema(min_length = 10, max_length = 5000)]
    pub summary: String,
}

/// Why a campaign is cancelled.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelCampaignIn {
    /// 理由,5–1000 字。
    pub reason: String,
}

/// A filled-in form. No name, no address.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "community": "410108005003", "answers": { "wish": "meals" } }))]
pub struct FilledFormIn {
    /// 所在社区代码。
    pub community: String,
    /// 题目代码 → 答案:单选为选项代码,多选为选项代码列表,评分与整数为整数,简答为文字(个人信息在保存前遮盖)。
    #[schema(value_type = Object)]
    pub answers: BTreeMap<String, Value>,
}

/// A filled-in form was taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct FilledFormOut {
    /// 民意大摸排编号。
    pub campaign: String,
    /// 社区代码。
    pub community: String,
    /// 已遮盖的个人信息。
    pub masked: Vec<WarningOut>,
    /// 收到时间。
    pub received_at: Instant,
}

/// A need that was drafted from answers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FindingOut {
    /// 社区代码。
    pub community: String,
    /// 需求。
    pub need_id: Uuid,
    /// 当时的问卷份数。
    pub answers: i64,
    /// 时间。
    pub created_at: Instant,
}

/// A campaign in full.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignOut {
    /// Id.
    pub id: Uuid,
    /// 编号。
    #[schema(example = "MP-410108-2026-0001")]
    pub number: String,
    /// 状态。
    pub state: CampaignState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 区划代码。
    pub division: String,
    /// 名称。
    pub title: String,
    /// 目的。
    pub purpose: String,
    /// 首日。
    pub starts_on: NaiveDate,
    /// 末日。
    pub ends_on: NaiveDate,
    /// 居民能否自行填写。
    pub public: bool,
    /// 社区与期望份数。
    pub communities: Vec<CampaignCommunity>,
    /// 题目。
    pub questions: Vec<Question>,
    /// 总结。
    pub summary: Option<String>,
    /// 取消的理由。
    pub reason: Option<String>,
    /// 由此起草的需求。
    pub findings: Vec<FindingOut>,
    /// 运行中的期限。
    pub deadlines: Vec<DeadlineOut>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
    /// 创建时间。
    pub created_at: Instant,
    /// 更新时间。
    pub updated_at: Instant,
}

/// A campaign in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignSummary {
    /// Id.
    pub id: Uuid,
    /// 编号。
    pub number: String,
    /// 状态。
    pub state: CampaignState,
    /// 区划代码。
    pub division: String,
    /// 名称。
    pub title: String,
    /// 首日。
    pub starts_on: NaiveDate,
    /// 末日。
    pub ends_on: NaiveDate,
    /// 居民能否自行填写。
    pub public: bool,
    /// 创建时间。
    pub created_at: Instant,
}

wubang_web::list_of! {
    /// A page of campaigns.
    CampaignList of CampaignSummary
}

/// An open campaign as residents see it: the form alone.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicCampaignOut {
    /// Id.
    pub id: Uuid,
    /// 编号。
    pub number: String,
    /// 名称。
    pub title: String,
    /// 目的。
    pub purpose: String,
    /// 末日。
    pub ends_on: NaiveDate,
    /// 可填写的社区代码。
    pub communities: Vec<String>,
    /// 题目。
    pub questions: Vec<Question>,
}

/// How far a community is.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommunityProgress {
    /// 社区代码。
    pub community: String,
    /// 社区名称。
    pub name: String,
    /// 期望份数。
    pub target: i64,
    /// 已收份数。
    pub answers: i64,
    /// 尚缺份数。
    pub missing: i64,
}

/// How far a campaign is, in the communities of the viewer.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignProgressOut {
    /// 民意大摸排。
    pub id: Uuid,
    /// 编号。
    pub number: String,
    /// 各社区进度。
    pub communities: Vec<CommunityProgress>,
    /// 期望份数合计。
    pub target: i64,
    /// 已收份数合计。
    pub answers: i64,
}

/// What was answered, in the communities of the viewer.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignResultsOut {
    /// 民意大摸排。
    pub id: Uuid,
    /// 编号。
    pub number: String,
    /// 少于此数的结果对非组织者不显示。
    #[schema(example = 5)]
    pub fewest: i64,
    /// 各社区结果。
    pub communities: Vec<CommunityResult>,
    /// 合计,仅组织者可见。
    pub overall: Option<CommunityResult>,
}

/// One short text that somebody wrote, without anything else he answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct TextOut {
    /// 社区代码。
    pub community: String,
    /// 文字(已遮盖个人信息)。
    pub text: String,
}

wubang_web::list_of! {
    /// A page of short texts; forms without a text are left out, so a page may be short.
    TextList of TextOut
}

/// A draft need from the answers of one community.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "community": "410108005003", "questions": ["wish"], "title": "独居老人助餐服务", "field": "A01", "affected_count": 60 }))]
pub struct DraftFromCampaignIn {
    /// 社区代码。
    pub community: String,
    /// 作为依据的题目代码,1–30 个。
    pub questions: Vec<String>,
    /// 需求标题,5–60 字。
    pub title: String,
    /// 需求描述;其后附上问卷统计。
    #[serde(default)]
    pub description: String,
    /// 受益人数估计,默认为问卷份数。
    pub affected_count: Option<i64>,
    /// 领域代码。
    pub field: Option<String>,
    /// 服务对象。
    #[serde(default)]
    pub target_groups: Vec<String>,
    /// 紧急程度。
    pub urgency: Option<Urgency>,
}
