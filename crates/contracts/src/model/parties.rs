//! Who the parties of an agreement are, and how they sign it.

use super::TrancheCondition;
use chrono::NaiveDate;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_web::Instant;

wubang_kernel::words! {
    /// What somebody is in an agreement (协议当事方). In the order in which they are shown.
    Party {
        Buyer = "buyer", "购买方(甲方)。";
        Contractor = "contractor", "承榜组织(乙方),联合承榜的为牵头方。";
        Partner = "partner", "联合方。";
        Custodian = "custodian", "资金代管机构。";
    }
}

/// Signature under the content that was read.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractSignIn {
    /// 所签协议内容的哈希,须与协议当前的 `content_hash` 一致。
    pub content_hash: String,
}

/// 登记备案: the agreement was filed outside the platform (政府采购法 art. 47).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "filed_on": "2026-05-20", "filing_number": "惠财采备〔2026〕031号" }))]
pub struct RecordFilingIn {
    /// 备案日期,不早于签订之日,不晚于今天。
    pub filed_on: NaiveDate,
    /// 备案号,2–60 字。
    #[serde(default)]
    pub filing_number: Option<String>,
}

/// A party that must sign, and when it did.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartyOut {
    /// 哪一方。
    pub party: Party,
    /// 组织;购买方没有。
    pub organisation_id: Option<Uuid>,
    /// 名称。
    pub name: String,
    /// 签署时间;尚未签署的没有。
    pub signed_at: Option<Instant>,
}

/// A signature as shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignatureOut {
    /// 哪一方。
    pub party: Party,
    /// 代表哪个组织签署;购买方没有。
    pub organisation_id: Option<Uuid>,
    /// 签署人。
    pub name: String,
    /// 签署时的角色。
    pub role: String,
    /// 所签内容的哈希。
    pub content_hash: String,
    /// 签署时间。
    pub signed_at: Instant,
}

/// The due date of one milestone in a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MilestoneDateIn {
    /// 第几个里程碑,从 1 起。
    pub seq: i32,
    /// 到期日。
    pub due_on: NaiveDate,
}

/// A tranche in a draft; its amount is cut out of the price.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrancheIn {
    /// 占价款的百分比。
    #[schema(minimum = 1, maximum = 100)]
    pub share_percent: u32,
    /// 条件。
    pub condition: TrancheCondition,
    /// 条件为里程碑时,第几个里程碑,从 1 起。
    #[serde(default)]
    pub milestone_seq: Option<i32>,
}

/// What the street may still settle in a draft, within what was posted and bid.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({ "starts_on": "2026-06-01", "tranches": [
    { "share_percent": 40, "condition": "agreement_signed" },
    { "share_percent": 40, "condition": "milestone", "milestone_seq": 2 },
    { "share_percent": 20, "condition": "evaluation_passed" }] }))]
pub struct ContractPatch {
    /// 开始日期,不早于榜单公布的开始日期。
    pub starts_on: Option<NaiveDate>,
    /// 结束日期,不晚于榜单公布的结束日期。
    pub ends_on: Option<NaiveDate>,
    /// 主要条款,10–10000 字。
    pub agreement_terms: Option<String>,
    /// 里程碑的到期日;未列出的不变。
    pub milestones: Option<Vec<MilestoneDateIn>>,
    /// 拨付批次,期数与榜单一致;最后一期以考榜合格为条件。
    pub tranches: Option<Vec<TrancheIn>>,
}
