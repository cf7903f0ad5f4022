//! Wire types of the activity log. Counts and words, no names of beneficiaries.

use super::flow::ActivityState;
use chrono::NaiveDate;
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_web::{ActionOut, Instant};

wubang_kernel::words! {
    /// What kind of activity it was (活动类别).
    ActivityKind {
        Visit = "visit", "入户探访。";
        Gathering = "gathering", "集中活动。";
        Training = "training", "讲座培训。";
        Counselling = "counselling", "咨询辅导。";
        Volunteering = "volunteering", "志愿服务。";
        Deliberation = "deliberation", "议事协商。";
        Other = "other", "其他。";
    }
}

wubang_kernel::words! {
    /// Whom it was for (受益人群); one person may belong to several.
    BeneficiaryCategory {
        Elderly = "elderly", "老年人。";
        LivingAlone = "living_alone", "独居、空巢老人。";
        Minors = "minors", "未成年人。";
        Disabled = "disabled", "残疾人。";
        LowIncome = "low_income", "低收入家庭成员。";
        Women = "women", "妇女。";
        Veterans = "veterans", "退役军人。";
        NewResidents = "new_residents", "新居民、流动人口。";
        General = "general", "一般居民。";
    }
}

/// How many of a category were there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BeneficiaryCount {
    /// 人群。
    pub category: BeneficiaryCategory,
    /// 人数,不超过参加人数。
    #[schema(minimum = 1)]
    pub count: i64,
}

/// The categories of an entry.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult,
)]
#[serde(transparent)]
pub struct BeneficiaryCounts(pub Vec<BeneficiaryCount>);

/// An entry of the log as it is written.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "held_on": "2026-06-12", "place": "社区党群服务中心二楼", "kind": "training", "headcount": 32,
    "beneficiaries": [{ "category": "elderly", "count": 28 }], "volunteer_hours": 12, "text": "开展防跌倒讲座,现场答疑并发放手册。", "no_minor_recognisable": true }))]
pub struct ActivityEntry {
    /// 日期,在协议期限内且不晚于今天。
    pub held_on: NaiveDate,
    /// 地点,2–100 字。
    #[schema(min_length = 2, max_length = 100)]
    pub place: String,
    /// 类别。
    pub kind: ActivityKind,
    /// 参加人数。
    #[schema(minimum = 1)]
    pub headcount: i64,
    /// 受益人群的人数,不写姓名。
    #[serde(default)]
    pub beneficiaries: BeneficiaryCounts,
    /// 志愿服务时长(小时)。
    #[serde(default)]
    pub volunteer_hours: i64,
    /// 情况说明,5–2000 字;个人信息自动遮盖,含身份证号码的不收。
    #[schema(min_length = 5, max_length = 2000)]
    pub text: String,
    /// 声明照片中不能辨认未成年人;未声明的不能上传照片。
    #[serde(default)]
    pub no_minor_recognisable: bool,
}

/// Writes an entry of the activity log.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(example = json!({ "contract_id": "019c0000-0000-7000-8000-000000000001", "entry": { "held_on": "2026-06-12", "place": "社区党群服务中心二楼", "kind": "training",
    "headcount": 32, "beneficiaries": [{ "category": "elderly", "count": 28 }], "volunteer_hours": 12, "text": "开展防跌倒讲座,现场答疑并发放手册。", "no_minor_recognisable": true } }))]
#[serde(deny_unknown_fields)]
pub struct ActivityIn {
    /// 协议。
    pub contract_id: Uuid,
    /// 记录。
    pub entry: ActivityEntry,
}

/// Corrects an entry by another one.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityCorrectIn {
    /// 更正后的记录。
    pub entry: ActivityEntry,
}

/// An entry in full.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActivityOut {
    /// Id.
    pub id: Uuid,
    /// 协议。
    pub contract_id: Uuid,
    /// 协议编号。
    pub contract_number: String,
    /// 状态。
    pub state: ActivityState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 记录的组织。
    pub organisation_id: Uuid,
    /// 日期。
    pub held_on: NaiveDate,
    /// 地点。
    pub place: String,
    /// 类别。
    pub kind: ActivityKind,
    /// 参加人数。
    pub headcount: i64,
    /// 受益人群的人数。
    pub beneficiaries: BeneficiaryCounts,
    /// 志愿服务时长(小时)。
    pub volunteer_hours: i64,
    /// 情况说明。
    pub text: String,
    /// 已声明照片中不能辨认未成年人。
    pub no_minor_recognisable: bool,
    /// 更正了哪一条。
    pub supersedes: Option<Uuid>,
    /// 社区的疑问。
    pub question: Option<String>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
    /// 记录时间。
    pub created_at: Instant,
    /// 更新时间。
    pub updated_at: Instant,
}

/// How many of a category over all entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct BeneficiaryTotal {
    /// 人群。
    pub category: BeneficiaryCategory,
    /// 人次;公开时不足 5 的不显示。
    pub count: Option<i64>,
}

/// The log summed up: entries that stand and are not questioned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActivityTotals {
    /// 活动场次。
    pub sessions: i64,
    /// 服务人次;公开时不足 5 的不显示。
    pub person_times: Option<i64>,
    /// 志愿服务时长(小时)。
    pub volunteer_hours: i64,
    /// 受益人群,有记录的才列出。
    pub beneficiaries: Vec<BeneficiaryTotal>,
    /// 社区有疑问、尚未计入的记录数。
    pub questioned: i64,
}

wubang_web::list_of! {
    /// A page of the activity log (活动记录).
    ActivityList of ActivityOut
}
