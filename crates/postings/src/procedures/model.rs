//! Wire types of procedures and of a simulation.

use crate::model::PostingIn;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::Timer;
use wubang_kernel::procedure::{PostingType, Procedure};
use wubang_kernel::refusal::FieldFault;
use wubang_web::Instant;

/// A posting type as it is in force in a division (发榜程序).
#[derive(Debug, Serialize, ToSchema)]
pub struct ProcedureOut {
    /// 类型。
    pub code: PostingType,
    /// 中文名称。
    pub zh: &'static str,
    /// English description.
    pub en: &'static str,
    /// 适用区划;空为规则手册默认值。
    pub division: Option<String>,
    /// 生效的各项设置。
    pub settings: Procedure,
    /// 本级已做的调整。
    #[schema(value_type = Object)]
    pub overrides: Value,
    /// 可调整项的 JSON Schema(键、范围、默认值、中文标签)。
    #[schema(value_type = Object)]
    pub schema: Value,
}

/// The posting types in force in a division.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProcedureList {
    /// 各类型。
    pub items: Vec<ProcedureOut>,
}

/// What a district sets otherwise: the whole document; what it leaves out is the rulebook's default again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "division": "410108000000", "reason": "按区社治委 2026 年第 3 次会议纪要",
    "overrides": { "threshold": 65, "timers": { "bid_window": 20 }, "caps": { "postings_street": 40 }, "evaluation": { "weights": { "residents": 35, "experts": 15 } } } }))]
pub struct OverridesIn {
    /// 区级区划代码。
    pub division: String,
    /// 调整文档,结构见 `schema`。
    #[schema(value_type = Object)]
    pub overrides: Value,
    /// 依据,5–1000 字。
    pub reason: String,
}

/// One version of a district's settings.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProcedureVersion {
    /// 区划代码。
    pub division: String,
    /// 版本。
    pub version: i32,
    /// 调整文档。
    #[schema(value_type = Object)]
    pub overrides: Value,
    /// 依据。
    pub reason: String,
    /// 生效时间。
    pub created_at: Instant,
}

/// All versions, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProcedureVersions {
    /// 类型。
    pub code: PostingType,
    /// 各版本,新的在前,至多 200 个。
    pub items: Vec<ProcedureVersion>,
}

/// A draft to be simulated. Nothing is stored.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SimulateIn {
    /// 榜单草稿。
    pub draft: PostingIn,
    /// 已保存的同一草稿;其占用的需求不算冲突。
    pub posting_id: Option<Uuid>,
}

/// One deadline of the simulated course, if every step before it is taken on its last day.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulatedDeadline {
    /// 计时器。
    pub timer: Timer,
    /// 规则手册编号。
    pub number: &'static str,
    /// 中文名称。
    pub zh: String,
    /// 起算时间。
    pub starts_at: Instant,
    /// 到期。
    pub at: Instant,
    /// 依据。
    pub rule: String,
    /// 日历未定,可能顺延。
    pub provisional: bool,
}

/// A day that is counted otherwise than its weekday says.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SpecialDay {
    /// 日期。
    pub on: NaiveDate,
    /// `off` 放假,`work` 调休上班。
    pub kind: &'static str,
}

/// Something that stands in the way of publication, or must be looked at before.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Finding {
    /// JSON 指针,指向草稿中的位置。
    pub pointer: String,
    /// 代码。
    pub code: String,
    /// 说明(中文)。
    pub zh: String,
    /// Explanation in English.
    pub en: String,
}

impl From<FieldFault> for Finding {
    fn from(fault: FieldFault) -> Self {
        Finding {
            pointer: fault.pointer,
            code: fault.code.to_owned(),
            zh: fault.text.zh,
            en: fault.text.en,
        }
    }
}

/// The whole calendar of a draft, and every problem it would meet at publication.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulationOut {
    /// 能否发布。
    pub publishable: bool,
    /// 阻碍发布的问题,一次列全。
    pub problems: Vec<Finding>,
    /// 批准时须说明理由的内容,以及时间安排提示。
    pub warnings: Vec<Finding>,
    /// 全部期限,按时间先后。
    pub calendar: Vec<SimulatedDeadline>,
    /// 期间内的放假日与调休上班日。
    pub special_days: Vec<SpecialDay>,
    /// 尚未载入节假日安排的年度;其期限可能顺延。
    pub unloaded_years: Vec<i32>,
    /// 生效的规则,含草稿自身的调整。
    pub procedure: Procedure,
}
