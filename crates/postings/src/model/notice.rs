//! What a notice says (发榜公告), and the rules beside it.

use chrono::NaiveDate;
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use wubang_kernel::procedure::{Criterion, Procedure};

/// A least quantity of one activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Quantity {
    /// 服务内容。
    pub item: String,
    /// 数量,1 以上。
    pub quantity: i64,
    /// 单位。
    pub unit: String,
}

/// An expected figure (预期指标).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// 名称。
    pub name: String,
    /// 单位。
    pub unit: String,
    /// 目标值。
    pub target: i64,
}

/// A planned milestone (里程碑).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MilestonePlan {
    /// 标题。
    pub title: String,
    /// 内容。
    pub content: String,
    /// 到期日。
    pub due_on: NaiveDate,
    /// 指标。
    pub indicators: Vec<Indicator>,
}

/// Where the money comes from (资金来源).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FundingSource {
    /// 类别,如 `governance_fund`。
    pub kind: String,
    /// 名称。
    pub name: String,
}

/// Who can be a buyer (购买方): committees and offices, never a party organisation (rulebook 1.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BuyerKind {
    /// 街道办事处。
    StreetOffice,
    /// 职能部门。
    Department,
    /// 居民委员会。
    ResidentsCommittee,
}

/// The buyer and how to reach him.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Buyer {
    /// 类别。
    pub kind: BuyerKind,
    /// 名称。
    pub name: String,
    /// 联系方式。
    pub contact: String,
}

/// Whether one organisation is awarded, or several at the same time (rulebook 3.11).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AwardMode {
    /// 取一家。
    #[default]
    Single,
    /// 赛马:按排名取若干家同时承榜,各签协议,考榜后比较。
    Race,
}

/// What a posting says beside its searchable columns (发榜公告, rulebook 2.4.2). All of it is public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// 服务内容,20–5000 字。
    pub service_content: String,
    /// 最低数量。
    pub minimum_quantity: Vec<Quantity>,
    /// 服务对象。
    pub target_groups: Vec<String>,
    /// 服务社区(12 位代码)。
    pub communities: Vec<String>,
    /// 服务开始日。
    pub starts_on: NaiveDate,
    /// 服务结束日。
    pub ends_on: NaiveDate,
    /// 资金来源。
    pub funding_source: FundingSource,
    /// 购买方。
    pub buyer: Buyer,
    /// 是否接受联合揭榜。
    pub accepts_joint_bids: bool,
    /// 是否接受备案社区社会组织。
    pub accepts_filed_organisations: bool,
    /// 资格条件。
    pub eligibility: String,
    /// 须提交的材料。
    pub required_documents: Vec<String>,
    /// 协议主要条款。
    pub agreement_terms: String,
    /// 里程碑。
    pub milestones: Vec<MilestonePlan>,
    /// 异议联系方式。
    pub objection_contact: String,
    /// 个人信息处理告知。
    pub personal_data_notice: String,
    /// 承榜方式:`single` 取一家,`race` 赛马;不填为取一家。仅公开发榜与邀请发榜可赛马。
    #[serde(default)]
    pub award_mode: AwardMode,
    /// 赛马的承榜组织数,2–3 且不超过区级上限;取一家的不填。最高限价按每家计。
    #[serde(default)]
    #[schema(minimum = 2, maximum = 3)]
    pub contractors: Option<u32>,
}

impl Content {
    /// How many are to be awarded: one, or as many as run in the race.
    #[must_use]
    pub fn lanes(&self) -> u32 {
        match self.award_mode {
            AwardMode::Single => 1,
            AwardMode::Race => self.contractors.unwrap_or(1).max(1),
        }
    }

    /// What all contractors together may cost in fen, when each may cost as much as the ceiling.
    #[must_use]
    pub fn whole_fen(&self, ceiling_fen: i64) -> i64 {
        ceiling_fen.saturating_mul(i64::from(self.lanes()))
    }
}

/// The rules of one posting, frozen at publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
#[serde(transparent)]
pub struct FrozenProcedure(pub Procedure);

/// Whether a posting asks for a roadshow, and for how long (路演, rulebook 2.4.4 (3)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "required": true, "presentation_minutes": 8, "question_minutes": 7 }))]
pub struct RoadshowChoice {
    /// 是否路演。
    pub required: bool,
    /// 陈述时间(分钟,3–30);不填按类型设置。
    pub presentation_minutes: Option<u32>,
    /// 提问时间(分钟,0–30);不填按类型设置。
    pub question_minutes: Option<u32>,
}

/// What a posting may set otherwise than its procedure, within range.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult,
)]
#[serde(deny_unknown_fields, default)]
pub struct Overrides {
    /// 评分项,满分合计 100。
    pub criteria: Option<Vec<Criterion>>,
    /// 考榜权重(方 → 百分比)。
    #[schema(example = json!({ "community_party_org": 30, "residents": 30, "departments": 20, "experts": 20 }))]
    pub evaluation_weights: Option<BTreeMap<String, u32>>,
    /// 拨付比例,合计 100。
    pub tranches: Option<Vec<u32>>,
    /// 揭榜期限(自然日,10–30)。
    pub bid_window_days: Option<u32>,
    /// 路演;仅由评审组评审的类型。
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roadshow: Option<RoadshowChoice>,
}
