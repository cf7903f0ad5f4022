//! Domain and wire types of slips.

use super::flow::SlipState;
use crate::watched::OfContractOut;
use crate::words::{SlipAddressee, SlipKind};
use chrono::NaiveDate;
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_web::{ActionOut, DeadlineOut, Instant};

/// The street issues a slip for an agreement.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "contract_id": "019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c11", "kind": "reminder_slip", "addressee": "organisation",
    "facts": "九月计划开展四次助浴服务,台账仅见两次。", "demand": "请说明原因,并报补做安排。" }))]
pub struct SlipIn {
    /// 协议。
    pub contract_id: Uuid,
    /// 单据种类;计划单见 `need_cycles`。
    pub kind: SlipKind,
    /// 答复人;进度单只发给承榜组织。
    pub addressee: SlipAddressee,
    /// 事实,10–2000 字;不得写入证件号码。
    #[schema(min_length = 10, max_length = 2000)]
    pub facts: String,
    /// 要求,5–2000 字。
    #[schema(min_length = 5, max_length = 2000)]
    pub demand: String,
    /// 答复截止日,60 日以内;不填按本区设定(默认 5 个工作日)。
    pub answer_on: Option<NaiveDate>,
    /// 季度,如 `2026-Q2`;仅进度单,必填。
    #[schema(pattern = "^[0-9]{4}-Q[1-4]$")]
    pub quarter: Option<String>,
}

/// What was done in the quarter of a progress slip (进度), as counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProgressReport {
    /// 开展活动(场次)。
    #[schema(minimum = 0, maximum = 100000)]
    pub sessions: i64,
    /// 服务人次。
    #[schema(minimum = 0, maximum = 10000000)]
    pub person_times: i64,
    /// 志愿服务时数。
    #[schema(minimum = 0, maximum = 10000000)]
    pub volunteer_hours: i64,
    /// 累计支出(分)。
    #[schema(minimum = 0)]
    pub spent_fen: i64,
}

/// The addressee answers.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "两次助浴因设备检修顺延,已于本周补做,台账随附。" }))]
pub struct AnswerSlipIn {
    /// 答复,10–5000 字;不得写入证件号码。
    #[schema(min_length = 10, max_length = 5000)]
    pub text: String,
    /// 进度数据;进度单必填,其他单据不填。
    pub progress: Option<ProgressReport>,
}

/// The street issues a slip again: the answer was none, or not enough.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RepeatSlipIn {
    /// 再次下达的要求,5–2000 字。
    #[schema(min_length = 5, max_length = 2000)]
    pub demand: String,
    /// 答复截止日,60 日以内;不填按本区设定。
    pub answer_on: Option<NaiveDate>,
}

/// The answer to a slip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
pub struct SlipAnswer {
    /// 答复。
    pub text: String,
    /// 进度数据。
    pub progress: Option<ProgressReport>,
    /// 答复时间。
    pub at: Instant,
    /// 是否逾期答复。
    pub late: bool,
}

/// A slip.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlipOut {
    /// 所属协议等。
    #[serde(flatten)]
    pub of: OfContractOut,
    /// 状态。
    pub state: SlipState,
    /// 单据种类。
    pub kind: SlipKind,
    /// 答复人。
    pub addressee: SlipAddressee,
    /// 所涉事项的类别(`contract`、`milestone`、`guidance_order`)。
    pub object: String,
    /// 所涉事项。
    pub object_id: Uuid,
    /// 所涉事项的名称。
    pub object_label: String,
    /// 事实。
    pub facts: String,
    /// 要求。
    pub demand: String,
    /// 答复截止。
    pub answer_by: Instant,
    /// 季度;进度单才有。该季度的计划单见 `need_cycles`。
    pub quarter: Option<String>,
    /// 第几次下达;0 为首次。
    pub repeat_n: i32,
    /// 再次下达的,前一张单据。
    pub repeats_id: Option<Uuid>,
    /// 是否由系统因逾期自动下达。
    pub by_system: bool,
    /// 答复。
    pub answer: Option<SlipAnswer>,
    /// 撤回或办结的理由。
    pub reason: Option<String>,
    /// 进行中的期限。
    pub deadlines: Vec<DeadlineOut>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
}

/// A slip in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlipSummary {
    /// 所属协议等。
    #[serde(flatten)]
    pub of: OfContractOut,
    /// 状态。
    pub state: SlipState,
    /// 单据种类。
    pub kind: SlipKind,
    /// 答复人。
    pub addressee: SlipAddressee,
    /// 答复截止。
    pub answer_by: Instant,
    /// 季度。
    pub quarter: Option<String>,
    /// 第几次下达。
    pub repeat_n: i32,
}

wubang_web::list_of! {
    /// A page of slips.
    SlipList of SlipSummary
}
