//! Domain and wire types of a resident's request.

use crate::fates::{Fate, FateOut};
use crate::flow::RequestState;
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_needs::model::{Source, Urgency};
use wubang_web::{ActionOut, DeadlineOut, Instant, WarningOut};

/// Through which channel a matter came (来源渠道).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// 民生实事征集.
    PublicCall,
    /// 微心愿.
    MicroWish,
    /// 居民点单(点单会).
    OrderingMeeting,
    /// 网格上报.
    Grid,
    /// 议事协商.
    Deliberation,
    /// 热线.
    Hotline,
    /// 党员联系户.
    ContactHousehold,
}

impl Channel {
    /// Every channel.
    pub const ALL: &'static [Channel] = &[
        Channel::PublicCall,
        Channel::MicroWish,
        Channel::OrderingMeeting,
        Channel::Grid,
        Channel::Deliberation,
        Channel::Hotline,
        Channel::ContactHousehold,
    ];

    /// Whether residents use it themselves; the others are for those who take reports for the community.
    #[must_use]
    pub fn is_public(self) -> bool {
        matches!(
            self,
            Channel::PublicCall | Channel::MicroWish | Channel::OrderingMeeting
        )
    }

    /// The source of a need that came this way.
    #[must_use]
    pub fn source(self) -> Source {
        match self {
            Channel::PublicCall => Source::PublicCall,
            Channel::MicroWish => Source::MicroWish,
            Channel::OrderingMeeting => Source::OrderingMeeting,
            Channel::Grid => Source::Grid,
            Channel::Deliberation => Source::Deliberation,
            Channel::Hotline => Source::Hotline,
            Channel::ContactHousehold => Source::ContactHousehold,
        }
    }

    /// The wire name.
    #[must_use]
    pub fn wire(self) -> &'static str {
        match self {
            Channel::PublicCall => "public_call",
            Channel::MicroWish => "micro_wish",
            Channel::OrderingMeeting => "ordering_meeting",
            Channel::Grid => "grid",
            Channel::Deliberation => "deliberation",
            Channel::Hotline => "hotline",
            Channel::ContactHousehold => "contact_household",
        }
    }

    /// Finds one by its wire name.
    #[must_use]
    pub fn from_wire(wire: &str) -> Option<Channel> {
        Channel::ALL
            .iter()
            .copied()
            .find(|channel| channel.wire() == wire)
    }
}

/// Closed grounds on which a request is not taken (不予受理).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestRejectionGround {
    /// 非公共利益.
    NotPublicInterest,
    /// 不属本辖区.
    OutsideTerritory,
    /// 违法.
    Illegal,
    /// 信息不足.
    InsufficientInformation,
    /// 重复.
    Duplicate,
    /// 市场化服务.
    MarketService,
    /// 工程或货物.
    WorksOrGoods,
    /// 应诉讼解决的个别纠纷.
    IndividualDisputeForCourt,
}

/// Where a request is handed on to (转办).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransferTarget {
    /// 信访.
    Petition,
    /// 12345 政务服务热线.
    CityHotline,
    /// 公安.
    Police,
    /// 职能部门.
    Department,
    /// 其他社区或街道.
    OtherDivision,
}

/// What stands in a request beside its searchable columns; masked before it is stored.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult,
)]
pub struct RequestDetail {
    /// 说明。
    pub description: String,
    /// 服务对象。
    pub target_groups: Vec<String>,
}

/// A resident's request. Phones, mail addresses and names in it are masked before it is stored, the
/// original is not kept; a text with an identity number is refused.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "community": "410108005003", "channel": "micro_wish", "title": "想学会用手机挂号和缴费",
    "description": "我们楼里好几位老人不会用手机挂号、缴费,希望有人定期来教,最好一对一。", "affected_count": 12,
    "target_groups": ["elderly"], "field": "A01", "personal_data_notice": "2026-1" }))]
pub struct RequestIn {
    /// 社区代码(12 位)。
    pub community: String,
    /// 渠道;网格、协商、热线、联系户须由社区工作人员登录后填报。
    pub channel: Channel,
    /// 标题,5–60 字。
    #[schema(min_length = 5, max_length = 60)]
    pub title: String,
    /// 说明,10–2000 字。请勿写姓名、电话、门牌;写有身份证号码的不予受理。
    #[schema(min_length = 10, max_length = 2000)]
    pub description: String,
    /// 涉及人数估计,1–10000000。
    pub affected_count: Option<i64>,
    /// 服务对象,至多 10 项。
    #[serde(default)]
    pub target_groups: Vec<String>,
    /// 领域代码(分类法)。
    pub field: Option<String>,
    /// 已阅读的个人信息告知版本,见 `GET /public/personal_data_notice`。
    pub personal_data_notice: String,
}

/// The receipt. The code is shown this once and never again.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceiptOut {
    /// 回执编号。
    #[schema(example = "SQ-410108-2026-0001")]
    pub number: String,
    /// 查询码,仅显示这一次;同一地址 24 小时内重复提交近似内容时为空,凭原查询码查询。
    #[schema(example = "7K3D-9QXM-2TPA-W8FH")]
    pub code: Option<String>,
    /// 是否为先前已提交事项的回执。
    pub repeated: bool,
    /// 已遮盖的个人信息。
    pub masked: Vec<WarningOut>,
    /// 社区签收期限。
    pub acknowledge_by: Option<Instant>,
}

/// The code of the receipt.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "code": "7K3D-9QXM-2TPA-W8FH" }))]
pub struct CodeIn {
    /// 查询码。
    pub code: String,
}

/// Whether the matter was solved (满意与否).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Solved {
    /// 已解决.
    Solved,
    /// 未解决.
    NotSolved,
}

impl Solved {
    /// The wire name.
    #[must_use]
    pub fn wire(self) -> &'static str {
        match self {
            Solved::Solved => "solved",
            Solved::NotSolved => "not_solved",
        }
    }

    fn from_wire(wire: &str) -> Solved {
        if wire == "solved" {
            Solved::Solved
        } else {
            Solved::NotSolved
        }
    }
}

/// What the reporter says in the end, once.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "code": "7K3D-9QXM-2TPA-W8FH", "solved": false, "text": "来过两次,之后没有人来教。" }))]
pub struct FeedbackIn {
    /// 查询码。
    pub code: String,
    /// 是否解决。
    pub solved: bool,
    /// 说明,不超过 500 字;个人信息在保存前遮盖。
    pub text: Option<String>,
}

/// What the reporter has said.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FeedbackOut {
    /// 是否解决。
    pub solved: Solved,
    /// 说明。
    pub text: Option<String>,
    /// 时间。
    pub at: Instant,
}

impl FeedbackOut {
    pub(crate) fn of(row: &crate::entity::request::Model) -> Option<FeedbackOut> {
        Some(FeedbackOut {
            solved: Solved::from_wire(row.feedback.as_deref()?),
            text: row.feedback_text.clone(),
            at: Instant(row.feedback_at?),
        })
    }
}

/// What became of a request, for who has the code.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequestStatusOut {
    /// 回执编号。
    pub number: String,
    /// 社区代码。
    pub community: String,
    /// 社区名称。
    pub community_name: String,
    /// 标题(已遮盖个人信息)。
    pub title: String,
    /// 现在的去向。
    pub fate: Option<Fate>,
    /// 全部去向,按时间先后。
    pub fates: Vec<FateOut>,
    /// 并入的需求编号。
    pub need_number: Option<String>,
    /// 答复、不予受理或转办的说明。
    pub answer: Option<String>,
    /// 能否评价是否解决(服务完成或已答复后一次)。
    pub may_answer: bool,
    /// 已作的评价。
    pub feedback: Option<FeedbackOut>,
}

/// A request as the community sees it. Who reported it is not shown to anybody.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequestOut {
    /// Id.
    pub id: Uuid,
    /// 编号。
    #[schema(example = "SQ-410108-2026-0001")]
    pub number: String,
    /// 状态。
    pub state: RequestState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 社区代码。
    pub community: String,
    /// 渠道。
    pub channel: String,
    /// 标题。
    pub title: String,
    /// 说明与服务对象。
    #[serde(flatten)]
    pub detail: RequestDetail,
    /// 领域代码。
    pub field: Option<String>,
    /// 涉及人数。
    pub affected_count: Option<i64>,
    /// 并入的需求。
    pub need_id: Option<Uuid>,
    /// 并入的需求编号。
    pub need_number: Option<String>,
    /// 不予受理的理由或转办去向(闭集)。
    pub reason_code: Option<String>,
    /// 答复、不予受理或转办的说明。
    pub reason: Option<String>,
    /// 去向。
    pub fates: Vec<FateOut>,
    /// 反映人的评价。
    pub feedback: Option<FeedbackOut>,
    /// 运行中的期限。
    pub deadlines: Vec<DeadlineOut>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
    /// 提交时间。
    pub created_at: Instant,
    /// 更新时间。
    pub updated_at: Instant,
}

/// A request in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequestSummary {
    /// Id.
    pub id: Uuid,
    /// 编号。
    pub number: String,
    /// 状态。
    pub state: RequestState,
    /// 社区代码。
    pub community: String,
    /// 渠道。
    pub channel: String,
    /// 标题。
    pub title: String,
    /// 领域代码。
    pub field: Option<String>,
    /// 涉及人数。
    pub affected_count: Option<i64>,
    /// 并入的需求。
    pub need_id: Option<Uuid>,
    /// 反映人是否认为已解决。
    pub feedback: Option<String>,
    /// 提交时间。
    pub created_at: Instant,
}

wubang_web::list_of! {
    /// A page of residents' requests.
    RequestList of RequestSummary
}

/// The need that a request goes into.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "need": "XQ-410108-2026-0001" }))]
pub struct AttachIn {
    /// 需求的 id 或编号;须属同一社区且未办结。
    pub need: String,
}

/// An answer without a need.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "answer": "社区每周三下午在党群服务中心有手机课堂,欢迎直接参加,无须报名。" }))]
pub struct AnswerRequestIn {
    /// 答复,5–1000 字;反映人可见。
    #[schema(min_length = 5, max_length = 1000)]
    pub answer: String,
}

/// Why a request is not taken.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "ground": "outside_territory", "reason": "所述楼院属于相邻社区,请向该社区反映。" }))]
pub struct RejectRequestIn {
    /// 理由(闭集)。
    pub ground: RequestRejectionGround,
    /// 说明,5–1000 字;反映人可见。
    pub reason: String,
}

/// Where a request goes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "to": "city_hotline", "reason": "路灯维修由市政部门负责,已转 12345。" }))]
pub struct TransferRequestIn {
    /// 转往。
    pub to: TransferTarget,
    /// 说明,5–1000 字;反映人可见。
    pub reason: String,
}

/// A draft need made from this request and others. What is left out comes from the requests.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({ "title": "老年人智能手机陪学", "affected_count": 60, "field": "A01" }))]
pub struct DraftFromRequestsIn {
    /// 一并并入的其他诉求,同一社区,至多 49 件。
    pub also: Vec<Uuid>,
    /// 需求标题,5–60 字。
    pub title: Option<String>,
    /// 需求描述。
    pub description: Option<String>,
    /// 受益人数估计。
    pub affected_count: Option<i64>,
    /// 领域代码。
    pub field: Option<String>,
    /// 紧急程度。
    pub urgency: Option<Urgency>,
}

/// How many voices came through one channel.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChannelCount {
    /// 渠道。
    #[schema(example = "micro_wish")]
    pub channel: String,
    /// 件数。
    pub count: i64,
}

/// What residents said in the end.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct SolvedCount {
    /// 认为已解决的件数。
    pub solved: i64,
    /// 认为未解决的件数。
    pub not_solved: i64,
}

/// Answers of a campaign that stand behind a need.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SurveyCount {
    /// 民意大摸排编号。
    pub campaign: String,
    /// 社区代码。
    pub community: String,
    /// 立项时的问卷份数。
    pub answers: i64,
}

/// The voices behind a need: counts, never names.
#[derive(Debug, Serialize, ToSchema)]
pub struct VoicesOut {
    /// 需求。
    pub need_id: Uuid,
    /// 需求编号。
    pub need_number: String,
    /// 诉求件数,含并入本需求的其他需求所带的。
    pub requests: i64,
    /// 各渠道件数。
    pub channels: Vec<ChannelCount>,
    /// 民意大摸排问卷。
    pub surveys: Vec<SurveyCount>,
    /// 反映人的评价。
    pub feedback: SolvedCount,
}

/// The notice on personal data (个人信息告知).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PersonalDataNotice {
    /// 版本,提交诉求时须填写。
    #[schema(example = "2026-1")]
    pub version: String,
    /// 中文。
    pub zh: String,
    /// English.
    pub en: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_channel_are_those_of_the_needs_source() {
        for channel in Channel::ALL {
            let wire = serde_json::to_value(channel).unwrap();
            assert_eq!(wire, serde_json::json!(channel.wire()));
            assert_eq!(wire, serde_json::to_value(channel.source()).unwrap());
            assert_eq!(Channel::from_wire(channel.wire()), Some(*channel));
        }
    }
}
