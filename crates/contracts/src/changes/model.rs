//! What may be changed in a running agreement, as closed data, and the wire types of a change request (rulebook 2.8.7).

use super::flow::ChangeRequestState;
use crate::model::MilestoneDateIn;
use chrono::NaiveDate;
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_bids::model::{BudgetItem, Share};
use wubang_postings::diff::Diff;
use wubang_web::{ActionOut, DeadlineOut, Instant};

wubang_kernel::words! {
    /// Who must agree to a change (变更同意方).
    ChangeOffice {
        Street = "street", "街道。";
        Community = "community", "社区。";
        Funder = "funder", "资金来源部门。";
        Contractor = "contractor", "承榜组织。";
    }
}

wubang_kernel::words! {
    /// Which side asks for a change (变更申请方).
    ChangeSide {
        Street = "street", "街道(甲方)。";
        Contractor = "contractor", "承榜组织(乙方)。";
    }
}

/// A new quantity of the least that is owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuantityTarget {
    /// 最低服务量中的服务内容。
    pub item: String,
    /// 新的数量。
    #[schema(minimum = 1)]
    pub quantity: i64,
}

/// A new target of one indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IndicatorTarget {
    /// 第几个里程碑,从 1 起。
    pub milestone_seq: i32,
    /// 指标名称。
    pub name: String,
    /// 新的目标值。
    #[schema(minimum = 0)]
    pub target: i64,
}

/// What is to be changed: one kind for each limit of the rulebook (变更事项).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// 延期:累计不超过原期限的 50% 且不超过 6 个月。
    TimeExtension {
        /// 新的结束日期。
        ends_on: NaiveDate,
        /// 未到期里程碑的新日期;未列出的不变。
        #[serde(default)]
        milestones: Vec<MilestoneDateIn>,
    },
    /// 内容调整:核心指标合计减少不超过 10%。
    ContentShift {
        /// 最低服务量。
        #[serde(default)]
        quantities: Vec<QuantityTarget>,
        /// 里程碑指标。
        #[serde(default)]
        indicators: Vec<IndicatorTarget>,
        /// 取消的里程碑(序号),其指标须由其他里程碑承担。
        #[serde(default)]
        waived: Vec<i32>,
    },
    /// 预算科目调剂:不超过科目的 20% 由承榜组织备注即可,超过的须街道同意。
    BudgetShift {
        /// 调减的科目。
        from: BudgetItem,
        /// 调增的科目。
        to: BudgetItem,
        /// 金额(分)。
        amount_fen: i64,
    },
    /// 增加金额:累计不超过原价款的 10%,资金来源部门确认。
    AmountUp {
        /// 新的价款(分)。
        price_fen: i64,
        /// 增加的金额用于的科目。
        item: BudgetItem,
    },
    /// 更换关键人员:资质相当。
    KeyPerson {
        /// 岗位。
        position: String,
        /// 离任人员。
        leaves: String,
        /// 接任人员。
        enters: String,
        /// 接任人员的资质。
        qualification: String,
    },
    /// 联合方退出:由其他成员接替,承担连带责任;牵头方不得退出。
    PartnerLeaves {
        /// 退出的联合方。
        organisation_id: Uuid,
        /// 其余成员(含牵头方)的份额,合计 10000。
        shares: Vec<Share>,
    },
    /// 非主体部分分包:须为意向书所列活动,合计不超过价款的 30%。
    Subcontract {
        /// 意向书所列的活动名称。
        activity: String,
        /// 分包单位名称。
        contractor: String,
        /// 金额(分)。
        amount_fen: i64,
    },
    /// 转让、转包:不允许。
    ContractorChange {
        /// 拟受让的单位。
        organisation_name: String,
    },
}

impl Change {
    /// The wire name of the kind.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Change::TimeExtension { .. } => "time_extension",
            Change::ContentShift { .. } => "content_shift",
            Change::BudgetShift { .. } => "budget_shift",
            Change::AmountUp { .. } => "amount_up",
            Change::KeyPerson { .. } => "key_person",
            Change::PartnerLeaves { .. } => "partner_leaves",
            Change::Subcontract { .. } => "subcontract",
            Change::ContractorChange { .. } => "contractor_change",
        }
    }

    /// The Chinese name of the kind.
    pub(crate) const fn zh(&self) -> &'static str {
        match self {
            Change::TimeExtension { .. } => "延期",
            Change::ContentShift { .. } => "内容调整",
            Change::BudgetShift { .. } => "预算科目调剂",
            Change::AmountUp { .. } => "增加金额",
            Change::KeyPerson { .. } => "更换关键人员",
            Change::PartnerLeaves { .. } => "联合方退出",
            Change::Subcontract { .. } => "非主体部分分包",
            Change::ContractorChange { .. } => "转让、转包",
        }
    }
}

/// Asks for a change of a running agreement (变更申请).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "contract_id": "019c0000-0000-7000-8000-000000000001", "reason": "连续降雨,室外活动无法按期开展。",
    "change": { "kind": "time_extension", "ends_on": "2026-12-31", "milestones": [{ "seq": 3, "due_on": "2026-12-20" }] } }))]
pub struct ChangeRequestIn {
    /// 协议。
    pub contract_id: Uuid,
    /// 变更事项。
    pub change: Change,
    /// 理由,5–1000 字。
    #[schema(min_length = 5, max_length = 1000)]
    pub reason: String,
}

/// Changes a draft of a change request.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ChangeRequestPatch {
    /// 变更事项。
    pub change: Option<Change>,
    /// 理由,5–1000 字。
    pub reason: Option<String>,
}

/// An office agrees.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ChangeAgreeIn {
    /// 意见。
    pub comment: String,
}

/// An office that must agree, and when it did.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentOut {
    /// 哪一方。
    pub office: ChangeOffice,
    /// 姓名。
    pub name: Option<String>,
    /// 意见。
    pub comment: Option<String>,
    /// 同意时间;尚未同意的没有。
    pub agreed_at: Option<Instant>,
}

/// A change request in full.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeRequestOut {
    /// Id.
    pub id: Uuid,
    /// 协议。
    pub contract_id: Uuid,
    /// 协议编号。
    pub contract_number: String,
    /// 状态。
    pub state: ChangeRequestState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 申请方。
    pub side: ChangeSide,
    /// 变更事项。
    pub change: Change,
    /// 申请理由。
    pub reason: String,
    /// 变更前后逐项对比。
    #[schema(value_type = Vec<wubang_postings::diff::FieldChange>)]
    pub diff: Diff,
    /// 须同意的各方。
    pub consents: Vec<ConsentOut>,
    /// 是否须公示。
    pub major: bool,
    /// 限度内调剂,依规则通过。
    pub by_rule: bool,
    /// 批准后形成的协议版本。
    pub contract_version: Option<i32>,
    /// 未通过或撤回的理由。
    pub outcome_reason: Option<String>,
    /// 运行中的期限。
    pub deadlines: Vec<DeadlineOut>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
    /// 创建时间。
    pub created_at: Instant,
    /// 更新时间。
    pub updated_at: Instant,
}

/// A change request in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeRequestSummary {
    /// Id.
    pub id: Uuid,
    /// 协议。
    pub contract_id: Uuid,
    /// 协议编号。
    pub contract_number: String,
    /// 变更事项类别。
    pub kind: String,
    /// 申请方。
    pub side: ChangeSide,
    /// 状态。
    pub state: ChangeRequestState,
    /// 创建时间。
    pub created_at: Instant,
}

wubang_web::list_of! {
    /// A page of change requests (变更申请).
    ChangeRequestList of ChangeRequestSummary
}
