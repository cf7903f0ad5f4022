//! Domain and wire types of a bid.

pub use crate::blind::EnvelopeIn;
use crate::flow::BidState;
pub use crate::inquiries::{
    BidClarification, BidClarificationsOut, BidInvalidation, BidRepair, ClarificationIn,
    ClarificationRequestIn, FormalDefect, FormalDefectCode, InquiryOutcome, InvalidationAnswerIn,
    InvalidationGround, InvalidationIn, RepairIn, RepairRequestIn,
};
pub use crate::members::{
    BidInvitation, BidInvitationList, BidMemberOut, BidMode, MemberConfirmIn, MemberIn,
    MemberInviteIn, MemberReasonIn, MemberRole,
};
pub use crate::record::{
    OpenedBid, OpenedMember, OpeningHolder, OpeningOut, OpeningRecord, PublicBidder,
    PublicOpeningOut,
};
use chrono::NaiveDate;
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_files::Attachment;
use wubang_kernel::money::Fen;
use wubang_kernel::score::Hundredths;
use wubang_postings::Proposal;
use wubang_postings::model::Indicator;
use wubang_postings::particulars::SealingLevel;
use wubang_web::{ActionOut, DeadlineOut, Instant};

/// One planned activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Activity {
    /// 活动名称。
    pub name: String,
    /// 频次。
    pub frequency: String,
    /// 数量。
    pub quantity: String,
}

/// The service plan (服务方案).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ServicePlan {
    /// 活动。
    pub activities: Vec<Activity>,
    /// 进度安排。
    pub schedule: String,
}

/// The team: counts and qualifications; names are for the panel only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Team {
    /// 人数。
    pub headcount: i64,
    /// 持证社工人数。
    pub social_workers: i64,
    /// 资质。
    pub qualifications: String,
    /// 团队介绍。
    pub introduction: String,
}

/// What a budget line is for (rulebook 2.4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BudgetItem {
    /// 人员。
    People,
    /// 活动。
    Activity,
    /// 物料。
    Material,
    /// 志愿者支持。
    VolunteerSupport,
    /// 管理费,有上限。
    Management,
    /// 税费。
    Tax,
}

/// One budget line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BudgetLine {
    /// 科目。
    pub item: BudgetItem,
    /// 说明。
    pub description: String,
    /// 金额(分)。
    pub amount_fen: Fen,
}

/// What the organisation promises (诚信与回避承诺).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Commitments {
    /// 无利益冲突。
    pub no_conflict: bool,
    /// 材料真实。
    pub truthful: bool,
    /// 服务未成年人的,已完成从业人员查询。
    pub child_protection: bool,
}

/// What one member of a joint bid does, and its part of the money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// 牵头方或联合方。
    pub organisation_id: Uuid,
    /// 份额(万分之);全体合计 10000。
    pub share_bp: u32,
    /// 分工,5–2000 字。
    pub work: String,
}

/// The agreement among the members of a joint bid (联合揭榜协议, rulebook 2.4.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Consortium {
    /// 分工与份额。
    pub shares: Vec<Share>,
    /// 承诺承担连带责任。
    #[serde(default)]
    pub joint_liability: bool,
}

/// The letter of intent (揭榜意向书). A draft may be incomplete.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult,
)]
#[serde(deny_unknown_fields, default)]
pub struct Letter {
    /// 对需求的理解。
    pub understanding: String,
    /// 服务方案。
    pub service_plan: ServicePlan,
    /// 团队。
    pub team: Team,
    /// 平台以外的同类服务经验;平台上的承接记录自动调取。
    pub track_record: String,
    /// 预算。
    pub budget: Vec<BudgetLine>,
    /// 自带资源。
    pub co_resources: String,
    /// 风险与退出预案。
    pub risk_plan: String,
    /// 预期指标。
    pub outcome_indicators: Vec<Indicator>,
    /// 业务特长与承接能力说明。
    pub capability_statement: String,
    /// 承诺。
    pub commitments: Commitments,
    /// 联合揭榜协议;有联合方时必填。
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consortium: Option<Consortium>,
    /// 申报项目;仅公益创投,必填。
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Proposal>,
}

/// A new bid.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BidIn {
    /// 榜单(id)。
    pub posting_id: Uuid,
    /// 揭榜组织,联合揭榜时为牵头方。
    pub organisation_id: Uuid,
    /// 揭榜方式。
    #[serde(default)]
    pub mode: BidMode,
    /// 报价(分)。
    #[serde(default)]
    #[schema(minimum = 0)]
    pub price_fen: i64,
    /// 意向书。
    #[serde(default)]
    pub letter: Letter,
    /// 自行加密的信封;仅 `sealed_by_panel` 的榜单,此时不填报价与意向书。
    pub envelope: Option<EnvelopeIn>,
}

/// Changes to a draft, or to a submitted bid before it is revised (merge patch of the top members).
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BidPatch {
    /// 揭榜方式;仅草稿可改。
    pub mode: Option<BidMode>,
    /// 报价(分)。
    pub price_fen: Option<i64>,
    /// 意向书(整体替换)。
    pub letter: Option<Letter>,
    /// 自行加密的信封(整体替换);仅 `sealed_by_panel` 的榜单。
    pub envelope: Option<EnvelopeIn>,
}

/// The box of a posting: for whom an envelope is sealed, and how far its opening is.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoxOut {
    /// 榜单。
    pub posting_id: Uuid,
    /// 密封等级。
    pub level: SealingLevel,
    /// 信封的收件人(age 公钥);`standard` 由平台加密,为空。
    pub recipient: Option<String>,
    /// 开启所需的份额数;`standard` 为空。
    pub needed: Option<usize>,
    /// 是否正等待持钥人开启;仅街道、监督与持钥人可见。
    pub waiting: Option<bool>,
    /// 已交出的份额数;仅街道、监督与持钥人可见。
    pub given: Option<usize>,
}

/// The caller's own share of a box's key.
#[derive(Debug, Serialize, ToSchema)]
pub struct HolderShareOut {
    /// 榜单。
    pub posting_id: Uuid,
    /// 第几份,1–3。
    pub seat: i32,
    /// 份额加密所用的本人公钥(发布时登记的)。
    pub recipient: String,
    /// 加密的份额:age 文件(二进制)的 base64,用本人私钥解密,去掉末尾空格即为份额。
    pub share: Option<String>,
    /// 本人交出的时间。
    pub given_at: Option<Instant>,
}

/// A share, as its holder has decrypted it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "share": "share1.Zm9vYmFy.AWZvb2JhcmJhei4uLg.c2hhcmVk" }))]
pub struct ShareIn {
    /// 解密后的份额,`share1.…`。
    pub share: String,
}

/// Closed grounds of a disqualification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DisqualificationGround {
    /// 资格不符。
    NotEligible,
    /// 材料缺失。
    DocumentsMissing,
    /// 未实质响应。
    NotResponsive,
    /// 关联关系。
    RelatedParty,
}

/// First half of a disqualification.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisqualifyIn {
    /// 理由类别(闭集)。
    pub ground: DisqualificationGround,
    /// 说明,5–1000 字。
    pub reason: String,
}

/// The street finds a bid eligible.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({ "cap_reason": "该组织另一协议将于月内结项,本项目工期紧,予以放宽。" }))]
pub struct QualifyIn {
    /// 资源限流未通过而仍予合格的理由(公开,5–1000 字);仅限流未通过时需要。
    pub cap_reason: Option<String>,
}

/// One of the viewer's organisations against the conditions of a posting.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganisationEligibility {
    /// 组织。
    pub organisation_id: Uuid,
    /// 组织名称。
    pub organisation_name: String,
    /// 是否全部符合。
    pub eligible: bool,
    /// 逐项结果;限流各项附数字与预计释放日期。
    pub checks: Vec<wubang_registry::Check>,
}

/// What stands against a bid before it is written; to one's own organisations only.
#[derive(Debug, Serialize, ToSchema)]
pub struct EligibilityOut {
    /// 榜单。
    pub posting_id: Uuid,
    /// 街道对本榜放宽组织限流的公开理由。
    pub caps_waived: Option<String>,
    /// 本人所代表的组织。
    pub organisations: Vec<OrganisationEligibility>,
}

/// What proves later what was handed in and when.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Receipt {
    /// 提交时间。
    pub submitted_at: Instant,
    /// 内容散列:对 `{"letter":…,"organisation_id":…,"posting_id":…,"price_fen":…,"salt":…}`
    /// 的规范 JSON(键按序、无空白、UTF-8)计算的 SHA-256;有附件的,另含 `"attachments"`(同本组织所见的 `attachments`)。
    /// SHA-256 over the canonical JSON of these members, with `attachments` where there are any.
    pub content_hash: String,
    /// 盐:仅本组织可见;凭它与当时的内容,可向任何人证明提交过什么。
    pub salt: Option<String>,
    /// 在全程留痕中的序号;提交后片刻内可为空。
    pub position: Option<i64>,
    /// 第几次提交。
    pub revision: i32,
    /// 签署人。
    pub signed_by: String,
}

/// Mean points of one criterion.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MeanOut {
    /// 评分项。
    pub key: String,
    /// 平均分。
    pub mean: Hundredths,
}

/// One agreement that an organisation of the bid has taken on over the platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrackRecordEntry {
    /// 牵头方或联合方。
    pub organisation_id: Uuid,
    /// 组织名称。
    pub organisation_name: String,
    /// 协议编号。
    #[schema(example = "XY-410108-2026-0001")]
    pub contract_number: String,
    /// 项目名称。
    pub title: String,
    /// 区划代码。
    pub division: String,
    /// 领域代码。
    pub field: String,
    /// 是否牵头(独立承接亦为是)。
    pub lead: bool,
    /// 开始日。
    pub starts_on: NaiveDate,
    /// 结束日(协议约定)。
    pub ends_on: NaiveDate,
    /// 协议金额(分)。
    pub price_fen: i64,
    /// 其中本组织份额(分)。
    pub part_fen: i64,
    /// 是否已结项。
    pub finished: bool,
    /// 考榜等次;未结项的为空。
    pub grade: Option<String>,
}

/// A bid for its owner, and after opening for those who judge it.
#[derive(Debug, Serialize, ToSchema)]
pub struct BidOut {
    /// Id.
    pub id: Uuid,
    /// 榜单。
    pub posting_id: Uuid,
    /// 项目。
    pub project_id: Uuid,
    /// 揭榜组织。
    pub organisation_id: Uuid,
    /// 组织名称。
    pub organisation_name: String,
    /// 方式 `sole`。
    pub mode: BidMode,
    /// 状态。
    pub state: BidState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 报价(分)。
    pub price_fen: i64,
    /// 意向书。
    pub letter: Letter,
    /// 联合方与资金代管机构;退出的也在内。
    pub members: Vec<BidMemberOut>,
    /// 当前内容的散列,供签署与确认(仅本组织与成员)。
    pub content_hash: Option<String>,
    /// 最近一次提交的附件(按公开范围);草稿中的附件见 `/attachments`。
    pub attachments: Vec<Attachment>,
    /// 尚缺的内容,供填写时提示(仅本组织,草稿阶段)。
    pub missing: Vec<MissingOut>,
    /// 回执。
    pub receipt: Option<Receipt>,
    /// 使本意向书退回草稿的变更序号;须按变更后的公告重新签署、提交。
    pub returned_by: Option<i64>,
    /// 本组织自行加密的信封(base64),开启前仅本组织可见。
    pub envelope: Option<String>,
    /// 形式瑕疵的补正,供审查时斟酌。
    pub repair: Option<BidRepair>,
    /// 作废前的听取陈述及其结果(仅本组织、成员和主管部门)。
    pub invalidation: Option<BidInvalidation>,
    /// 正在计算的期限。
    pub deadlines: Vec<DeadlineOut>,
    /// 平台自动调取的承接记录(牵头方与联合方),新的在前;开启时固定,不由揭榜方填写。
    pub track_record: Vec<TrackRecordEntry>,
    /// 资格审查结果。
    pub eligibility: Option<serde_json::Value>,
    /// 资源限流未通过而仍予合格的公开理由。
    pub cap_reason: Option<String>,
    /// 不合格理由类别。
    pub reason_code: Option<String>,
    /// 说明。
    pub reason: Option<String>,
    /// 得分(承榜通知后向本组织公开)。
    pub total: Option<Hundredths>,
    /// 公告列明的加分(与得分一并公开)。
    pub bonus: Option<i32>,
    /// 名次。
    pub rank: Option<i32>,
    /// 各评分项平均。
    pub means: Vec<MeanOut>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
    /// 创建时间。
    pub created_at: Instant,
    /// 更新时间。
    pub updated_at: Instant,
}

/// One thing that a draft still misses.
#[derive(Debug, Serialize, ToSchema)]
pub struct MissingOut {
    /// JSON pointer.
    pub pointer: String,
    /// 短码。
    pub code: &'static str,
    /// 中文说明。
    pub zh: String,
    /// English.
    pub en: String,
}

/// A bid in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct BidSummary {
    /// Id.
    pub id: Uuid,
    /// 榜单。
    pub posting_id: Uuid,
    /// 揭榜组织。
    pub organisation_id: Uuid,
    /// 组织名称。
    pub organisation_name: String,
    /// 状态。
    pub state: BidState,
    /// 报价(分)。
    pub price_fen: i64,
    /// 提交时间。
    pub submitted_at: Option<Instant>,
}

wubang_web::list_of! {
    /// A page of bids.
    BidList of BidSummary
}
