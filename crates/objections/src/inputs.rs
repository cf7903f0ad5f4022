//! What callers send.

use crate::words::{Effect, GroundCode, ObjectionRejectionGround, ObjectionTarget, Outcome};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_evaluations::model::ResultCorrections;

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
    /// 处理结果为 `recompute` 的必填:哪些评分作废、调查份数如何更正。
    pub corrections: Option<ResultCorrections>,
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
    /// 处理结果为 `recompute` 的必填:哪些评分作废、调查份数如何更正。
    pub corrections: Option<ResultCorrections>,
}
