//! Domain and wire types.

use crate::flow::ObjectionState;
use chrono::{DateTime, Utc};
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_web::{ActionOut, DeadlineOut, Instant};

macro_rules! words {
    ($(#[$doc:meta])* pub enum $name:ident { $($(#[doc = $zh:literal])* $variant:ident = $wire:tt,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        pub enum $name { $($(#[doc = $zh])* #[serde(rename = $wire)] $variant,)+ }
        impl $name {
            /// The wire name.
            #[must_use]
            pub const fn wire(self) -> &'static str { match self { $($name::$variant => $wire,)+ } }
            /// Finds one by its wire name.
            #[must_use]
            pub fn from_wire(wire: &str) -> Option<Self> { match wire { $($wire => Some($name::$variant),)+ _ => None } }
        }
    };
}

words! {
    /// What can be objected to (异议事项, rulebook 2.8.12).
    pub enum ObjectionTarget {
        /// 拟承榜:公示期内。
        Award = "award",
        /// 发榜公告的内容:自发榜至揭榜截止,可揭榜的组织。
        PostingContent = "posting_content",
        /// 资格不合格的认定:被认定的揭榜组织。
        Disqualification = "disqualification",
        /// 评审组成员应回避未回避:承榜通知公布名单后,揭榜组织。
        ProcessMember = "process_member",
        /// 需求不予立项的决定:申报的社区;不中止。
        NeedDecision = "need_decision",
    }
}

words! {
    /// Closed grounds of an objection (异议事由).
    pub enum GroundCode {
        /// 违反规定程序。
        Procedure = "procedure",
        /// 不符合资格条件。
        Qualification = "qualification",
        /// 计算或汇总错误。
        Arithmetic = "arithmetic",
        /// 认定的事实不符。
        Facts = "facts",
        /// 应回避未回避。
        Recusal = "recusal",
        /// 提供虚假材料。
        FalseMaterial = "false_material",
        /// 串通。
        Collusion = "collusion",
        /// 以不合理条件限制或排斥。
        UnfairTerms = "unfair_terms",
    }
}

words! {
    /// What is demanded, and what a decision orders (处理结果); which of them an objection knows depends on
    /// its target.
    pub enum Effect {
        /// 另组评审组重新评审。
        Reevaluate = "reevaluate",
        /// 由候补递补。
        NextInRank = "next_in_rank",
        /// 本轮流榜,重新发榜。
        Repost = "repost",
        /// 责令变更公告。
        AmendDemanded = "amend_demanded",
        /// 撤榜。
        Cancel = "cancel",
        /// 成员回避,其评分作废,重新汇总或另组评审组。
        RecuseMember = "recuse_member",
        /// 恢复资格。
        RestoreBid = "restore_bid",
        /// 重新评榜。
        ReturnToReview = "return_to_review",
        /// 不改变所异议的决定。
        None = "none",
    }
}

words! {
    /// As who somebody objects (异议人身份).
    pub enum Standing {
        /// 揭榜组织。
        Bidder = "bidder",
        /// 其他组织。
        Organisation = "organisation",
        /// 本辖区居民及干部。
        Resident = "resident",
        /// 公示期内的其他公众。
        Public = "public",
    }
}

words! {
    /// Who the other side is (另一方).
    pub enum Respondent {
        /// 一家组织(如拟承榜组织)。
        Organisation = "organisation",
        /// 社区(书记)。
        Secretary = "secretary",
        /// 作出决定的部门自身,其理由已在案。
        Office = "office",
    }
}

words! {
    /// Closed grounds on which an objection is not taken (不予受理).
    pub enum ObjectionRejectionGround {
        /// 逾期提出。
        Late = "late",
        /// 无利害关系。
        NoStanding = "no_standing",
        /// 没有事由。
        NoGround = "no_ground",
        /// 不属异议范围。
        OutOfScope = "out_of_scope",
        /// 重复提出。
        Repeat = "repeat",
        /// 逾期未补正(系统)。
        NoSupplement = "no_supplement",
    }
}

words! {
    /// What came of an objection (处理结论).
    pub enum Outcome {
        /// 成立。
        Upheld = "upheld",
        /// 部分成立。
        PartlyUpheld = "partly_upheld",
        /// 不成立。
        Dismissed = "dismissed",
    }
}

/// One ground with its facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionGround {
    /// 事由(闭集)。
    pub code: GroundCode,
    /// 事实,10–2000 字。
    pub facts: String,
    /// 证据或其线索,至多 2000 字。
    pub evidence: Option<String>,
}

/// What the objector wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionDemand {
    /// 请求的处理结果(闭集,随异议事项而定)。
    pub effect: Effect,
    /// 请求的说明,5–1000 字。
    pub text: String,
}

/// The form of an objection (异议书), as it was handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
pub struct ObjectionForm {
    /// 事由与事实。
    pub grounds: Vec<ObjectionGround>,
    /// 请求。
    pub demand: ObjectionDemand,
}

/// Who may not handle an objection: fixed when it is handed in, so that it can be checked afterwards.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Involved {
    /// Who decided what is objected to.
    pub deciders: Vec<Uuid>,
    /// Who took part in it: drafted, approved, sat on the panel.
    pub took_part: Vec<Uuid>,
    /// Organisations that are a party.
    pub parties: Vec<Uuid>,
}

/// An objection (异议书).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "target": "award", "target_id": "0198a8f0-0000-7000-8000-000000000001", "organisation_id": null,
    "grounds": [{ "code": "arithmetic", "facts": "公示的总分与各项平均分之和不一致。", "evidence": "见公示页所列分数" }],
    "demand": { "effect": "reevaluate", "text": "请求另组评审组重新评审" } }))]
pub struct ObjectionIn {
    /// 异议事项(闭集)。
    pub target: ObjectionTarget,
    /// 所异议的对象。
    pub target_id: Uuid,
    /// 以组织名义提出的,该组织;须为其经办人或负责人。
    pub organisation_id: Option<Uuid>,
    /// 事由与事实,1–10 项,事由不重复。
    pub grounds: Vec<ObjectionGround>,
    /// 请求。
    pub demand: ObjectionDemand,
}

/// What is missing in an objection.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "请说明所称分数不一致的具体项目" }))]
pub struct RequestSupplementIn {
    /// 须补正的内容,5–1000 字。
    pub text: String,
}

/// The supplement.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "方案一项公示为 33.00 分,五份评分表平均应为 31.00 分。" }))]
pub struct SupplementObjectionIn {
    /// 补正内容,10–2000 字。
    pub text: String,
}

/// Not taken.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "ground": "out_of_scope", "reason": "所述为承榜之外的事项,请向主管部门反映" }))]
pub struct RejectObjectionIn {
    /// 理由(闭集);`no_supplement` 由系统给出。
    pub ground: ObjectionRejectionGround,
    /// 说明,5–1000 字。
    pub reason: String,
}

/// What the other side is asked.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "question": "请就项目负责人资格的质疑作出说明" }))]
pub struct HearingIn {
    /// 须说明的问题,5–1000 字;不写异议人是谁。
    pub question: String,
}

/// The other side's answer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "项目负责人的职业资格证书在有效期内,附编号。" }))]
pub struct HearingAnswerIn {
    /// 陈述,5–5000 字。
    pub text: String,
}

/// What was found out.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "finding": "经核对五份评分表与汇总表,各项平均分无误。" }))]
pub struct InvestigateIn {
    /// 调查情况,10–5000 字。
    pub finding: String,
}

/// The decision (异议答复).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "outcome": "dismissed", "reason": "经复核,公示分数与评分表一致,异议不成立。" }))]
pub struct DecideObjectionIn {
    /// 结论。
    pub outcome: Outcome,
    /// 处理结果:成立的必须给出;部分成立的可为 `none` 并写明更正;不成立的不填或为 `none`。
    pub effect: Option<Effect>,
    /// 理由,公开,10–5000 字。
    pub reason: String,
    /// 更正内容,公开,5–2000 字;部分成立而不改变决定的必填。
    pub correction: Option<String>,
}

/// A complaint about the answer, or that there is none (投诉).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "grounds": ["arithmetic"], "text": "答复没有说明公示分数与平均分不一致的原因。" }))]
pub struct ComplaintIn {
    /// 事由:只能是异议中已提出的。
    pub grounds: Vec<GroundCode>,
    /// 对答复不服的理由,10–2000 字。
    pub text: String,
}

/// The supervisor's order or dismissal (投诉处理决定).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "upheld": true, "effect": "reevaluate", "reason": "评审组一名成员应回避而未回避,责令另组评审组重新评审。" }))]
pub struct DecideComplaintIn {
    /// 是否成立。
    pub upheld: bool,
    /// 责令的处理结果:成立的必须给出。
    pub effect: Option<Effect>,
    /// 理由,公开,10–5000 字。
    pub reason: String,
}

/// Asked once for what is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct SupplementRecord {
    /// What is missing.
    pub asked: String,
    /// When it was asked.
    pub asked_at: DateTime<Utc>,
    /// Until when it may come.
    pub until: DateTime<Utc>,
    /// The supplement.
    pub text: Option<String>,
    /// When it came.
    pub supplemented_at: Option<DateTime<Utc>>,
}

/// The hearing of the other side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct HearingRecord {
    /// What was asked.
    pub question: String,
    /// Until when an answer counts.
    pub until: DateTime<Utc>,
    /// The answer.
    pub answer: Option<String>,
    /// When it came.
    pub answered_at: Option<DateTime<Utc>>,
    /// When the time to answer was found to be over.
    pub over_at: Option<DateTime<Utc>>,
}

/// A decision about an objection, or why it was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct ReplyRecord {
    /// What came of it; none when it was rejected.
    pub outcome: Option<Outcome>,
    /// What is done.
    pub effect: Option<Effect>,
    /// Why.
    pub reason: String,
    /// What is corrected.
    pub correction: Option<String>,
    /// Whether T44 was over.
    pub late: bool,
}

/// A complaint and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct ComplaintRecord {
    /// Its grounds.
    pub grounds: Vec<GroundCode>,
    /// Why the answer does not satisfy.
    pub text: String,
    /// When it was filed.
    pub filed_at: DateTime<Utc>,
    /// Whether it was taken; none while nobody has looked.
    pub accepted: Option<bool>,
    /// Why it was not.
    pub refusal: Option<String>,
    /// Since when the matter was suspended because of it.
    pub suspended_at: Option<DateTime<Utc>>,
    /// Until when at most (T48).
    pub suspended_until: Option<DateTime<Utc>>,
    /// Whether it was upheld.
    pub upheld: Option<bool>,
    /// What was ordered.
    pub effect: Option<Effect>,
    /// Why.
    pub reason: Option<String>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// Who decided.
    pub decided_by: Option<Uuid>,
}

/// That an objection rests on invented facts or forged proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct AbuseRecord {
    /// Why.
    pub reason: String,
    /// When it was found.
    pub found_at: DateTime<Utc>,
    /// Who found it.
    pub found_by: Uuid,
}

/// Who objects; shown to himself, his handlers and the supervisor.
#[derive(Debug, Serialize, ToSchema)]
pub struct ObjectorOut {
    /// 人员。
    pub person_id: Uuid,
    /// 姓名。
    pub name: String,
    /// 组织。
    pub organisation_id: Option<Uuid>,
}

/// What is missing, and the supplement.
#[derive(Debug, Serialize, ToSchema)]
pub struct ObjectionSupplementOut {
    /// 须补正的内容。
    pub asked: String,
    /// 期限。
    pub until: Instant,
    /// 补正内容。
    pub text: Option<String>,
    /// 补正时间。
    pub supplemented_at: Option<Instant>,
}

/// The hearing of the other side (听取另一方意见).
#[derive(Debug, Serialize, ToSchema)]
pub struct HearingOut {
    /// 须说明的问题。
    pub question: String,
    /// 期限。
    pub until: Instant,
    /// 陈述。
    pub answer: Option<String>,
    /// 陈述时间。
    pub answered_at: Option<Instant>,
    /// 是否逾期未陈述。
    pub lapsed: bool,
}

/// The answer to an objection (异议答复).
#[derive(Debug, Serialize, ToSchema)]
pub struct ObjectionReplyOut {
    /// 结论;不予受理的为 `null`。
    pub outcome: Option<Outcome>,
    /// 不予受理的理由(闭集)。
    pub rejection_ground: Option<String>,
    /// 处理结果。
    pub effect: Option<Effect>,
    /// 理由。
    pub reason: String,
    /// 更正。
    pub correction: Option<String>,
    /// 是否逾期作出。
    pub late: bool,
    /// 作出时间。
    pub at: Option<Instant>,
    /// 不服的,可在此前向监督部门投诉。
    pub complain_by: Option<Instant>,
}

/// A complaint and what became of it (投诉).
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintOut {
    /// 事由。
    pub grounds: Vec<GroundCode>,
    /// 对答复不服的理由。
    pub text: String,
    /// 提出时间。
    pub filed_at: Instant,
    /// 是否受理;尚未审查为 `null`。
    pub accepted: Option<bool>,
    /// 不予受理的理由。
    pub refusal: Option<String>,
    /// 因投诉暂停所涉事项的时间。
    pub suspended_at: Option<Instant>,
    /// 暂停的最长期限。
    pub suspended_until: Option<Instant>,
    /// 是否成立。
    pub upheld: Option<bool>,
    /// 责令的处理结果。
    pub effect: Option<Effect>,
    /// 理由。
    pub reason: Option<String>,
    /// 决定时间。
    pub decided_at: Option<Instant>,
    /// 决定后的救济途径。
    pub advice: Option<&'static str>,
}

/// That the objection was abusive (恶意异议).
#[derive(Debug, Serialize, ToSchema)]
pub struct AbuseOut {
    /// 理由。
    pub reason: String,
    /// 认定时间。
    pub found_at: Instant,
}

words! {
    /// A document of an objection (rulebook 2.15).
    pub enum DocumentKind {
        /// 异议书。
        ObjectionForm = "objection_form",
        /// 异议答复书。
        ObjectionReply = "objection_reply",
        /// 投诉处理决定。
        ComplaintDecision = "complaint_decision",
    }
}

/// A document: anybody who holds it can compare its hash (rulebook 2.15).
#[derive(Debug, Serialize, ToSchema)]
pub struct ObjectionDocumentOut {
    /// 文书。
    pub kind: DocumentKind,
    /// 编号。
    #[schema(example = "YY-410108-2026-0001-DF")]
    pub number: String,
    /// 内容散列(SHA-256,键有序、无空白的 JSON)。
    pub content_hash: String,
    /// 日期。
    pub issued_at: Instant,
}

/// An objection as far as the viewer may see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ObjectionOut {
    /// Id.
    pub id: Uuid,
    /// 异议编号,即回执编号。
    #[schema(example = "YY-410108-2026-0001")]
    pub number: String,
    /// 状态。
    pub state: ObjectionState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 异议事项。
    pub target: ObjectionTarget,
    /// 所异议的对象。
    pub target_id: Uuid,
    /// 所异议的对象的名称。
    pub target_label: String,
    /// 区划代码。
    pub division: String,
    /// 异议人身份。
    pub standing: Standing,
    /// 异议人;只对其本人、承办人和监督部门显示。
    pub objector: Option<ObjectorOut>,
    /// 另一方。
    pub respondent: Respondent,
    /// 事由与事实。
    pub grounds: Vec<ObjectionGround>,
    /// 请求。
    pub demand: ObjectionDemand,
    /// 补正。
    pub supplement: Option<ObjectionSupplementOut>,
    /// 受理时间。
    pub accepted_at: Option<Instant>,
    /// 答复期限。
    pub answer_by: Option<Instant>,
    /// 听取另一方意见。
    pub hearing: Option<HearingOut>,
    /// 调查情况;另一方不可见。
    pub finding: Option<String>,
    /// 答复。
    pub reply: Option<ObjectionReplyOut>,
    /// 投诉。
    pub complaint: Option<ComplaintOut>,
    /// 恶意异议的认定。
    pub abuse: Option<AbuseOut>,
    /// 所涉事项是否因本异议中止。
    pub target_stands_still: bool,
    /// 文书。
    pub documents: Vec<ObjectionDocumentOut>,
    /// 期限。
    pub deadlines: Vec<DeadlineOut>,
    /// 可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
    /// 提出时间。
    pub created_at: Instant,
    /// 更新时间。
    pub updated_at: Instant,
}

/// An objection in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ObjectionSummary {
    /// Id.
    pub id: Uuid,
    /// 异议编号。
    pub number: String,
    /// 状态。
    pub state: ObjectionState,
    /// 异议事项。
    pub target: ObjectionTarget,
    /// 所异议的对象。
    pub target_id: Uuid,
    /// 所异议的对象的名称。
    pub target_label: String,
    /// 区划代码。
    pub division: String,
    /// 答复期限。
    pub answer_by: Option<Instant>,
    /// 提出时间。
    pub created_at: Instant,
}

wubang_web::list_of! {
    /// A page of objections (异议).
    ObjectionList of ObjectionSummary
}

/// A decided objection for everybody: who objected is not shown, and personal data is masked (rulebook 2.6).
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicObjectionOut {
    /// Id.
    pub id: Uuid,
    /// 异议编号。
    pub number: String,
    /// 状态。
    pub state: ObjectionState,
    /// 异议事项。
    pub target: ObjectionTarget,
    /// 所异议的对象。
    pub target_id: Uuid,
    /// 所异议的对象的名称。
    pub target_label: String,
    /// 区划代码。
    pub division: String,
    /// 事由(闭集)。
    pub grounds: Vec<GroundCode>,
    /// 结论。
    pub outcome: Option<Outcome>,
    /// 处理结果。
    pub effect: Option<Effect>,
    /// 理由。
    pub reason: String,
    /// 更正。
    pub correction: Option<String>,
    /// 决定时间。
    pub decided_at: Option<Instant>,
    /// 投诉是否成立;没有投诉或尚未决定为 `null`。
    pub complaint_upheld: Option<bool>,
    /// 投诉处理结果。
    pub complaint_effect: Option<Effect>,
    /// 投诉处理理由。
    pub complaint_reason: Option<String>,
}

wubang_web::list_of! {
    /// A page of decided objections for everybody (异议答复公开).
    PublicObjectionList of PublicObjectionOut
}
