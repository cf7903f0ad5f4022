//! What is asked of a bidder after the opening, in writing, and what he answers. It stands beside the bid; what was
//! handed in never changes (rulebook 2.4.3, 2.8.3).

use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_files::Attachment;
use wubang_kernel::words;
use wubang_web::Instant;

words! {
    /// What an inquiry is for.
    InquiryKind {
        Clarification = "clarification", "评审组要求的澄清。";
        Repair = "repair", "形式瑕疵的补正。";
        Hearing = "hearing", "作废前的陈述。";
    }
}

words! {
    /// What came of an inquiry (答复情况).
    InquiryOutcome {
        Open = "open", "待答复。";
        Answered = "answered", "已答复。";
        Unanswered = "unanswered", "逾期未答复。";
        Dropped = "dropped", "意向书已撤回或本轮已结束,不再需要答复。";
    }
}

words! {
    /// Closed grounds of an invalidation (作废理由, rulebook 2.8.3).
    InvalidationGround {
        FalseMaterial = "false_material", "提供虚假材料。";
        Collusion = "collusion", "串通。";
        BlackListed = "black_listed", "列入失信名单或黑榜。";
        RelatedParty = "related_party", "发现关联关系。";
    }
}

words! {
    /// Formal defects that may be repaired (可补正的形式瑕疵). Price, plan, team and whatever is scored are no
    /// formal defects (rulebook 2.4.3; 招标投标法 39).
    FormalDefectCode {
        SignaturePage = "signature_page", "缺签署页或签署页不完整。";
        QualificationProof = "qualification_proof", "已载明的资质缺证明。";
        AttachmentMissing = "attachment_missing", "缺公告列明的附件。";
        AttachmentUnreadable = "attachment_unreadable", "附件无法打开或无法辨认。";
        ContactTypo = "contact_typo", "联系方式笔误。";
        BudgetArithmetic = "budget_arithmetic", "预算明细的计算笔误,不改变报价。";
    }
}

/// One formal defect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FormalDefect {
    /// 瑕疵(闭集)。
    pub code: FormalDefectCode,
    /// 说明,5–500 字。
    pub text: String,
}

/// The defects that a repair asks for, as they are stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Defects(pub Vec<FormalDefect>);

/// The panel asks.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "question": "服务方案写明每周两次上门,进度安排写明每月六次,请说明以何为准。" }))]
pub struct ClarificationRequestIn {
    /// 需要澄清的问题,10–2000 字;不得要求改变报价和方案。
    pub question: String,
}

/// The bidder answers the panel.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "以每周两次为准,进度安排所写每月六次系按三周计算的笔误。" }))]
pub struct ClarificationIn {
    /// 书面澄清,5–5000 字;不得改变已提交的内容。
    pub text: String,
}

/// A clarification for who may read the bid.
#[derive(Debug, Serialize, ToSchema)]
pub struct BidClarification {
    /// Id.
    pub id: Uuid,
    /// 问题。
    pub question: String,
    /// 提问时间。
    pub asked_at: Instant,
    /// 提问的评审组成员;结果公布前对揭榜方保密。
    pub asked_by: Option<Uuid>,
    /// 答复情况。
    pub outcome: InquiryOutcome,
    /// 书面澄清。
    pub answer: Option<String>,
    /// 答复或逾期的时间。
    pub over_at: Option<Instant>,
}

/// The clarifications of one bid; ten at most, so that there is one page.
#[derive(Debug, Serialize, ToSchema)]
pub struct BidClarificationsOut {
    /// 澄清,按提问先后。
    pub items: Vec<BidClarification>,
}

/// The street asks for the repair of formal defects, once.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "defects": [{ "code": "attachment_unreadable", "text": "法人登记证书扫描件第二页无法辨认" }] }))]
pub struct RepairRequestIn {
    /// 须补正的形式瑕疵,1–6 项,不重复;报价、方案、团队等评分内容不属形式瑕疵。
    pub defects: Vec<FormalDefect>,
}

/// The bidder repairs, with what he has uploaded for it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "已重新扫描上传法人登记证书全部两页。" }))]
pub struct RepairIn {
    /// 补正说明,5–2000 字;为补正上传的附件一并提交。
    pub text: String,
}

/// A repair beside the checks of a bid: its outcome is for the officer to weigh.
#[derive(Debug, Serialize, ToSchema)]
pub struct BidRepair {
    /// Id.
    pub id: Uuid,
    /// 须补正的形式瑕疵。
    pub defects: Vec<FormalDefect>,
    /// 要求补正的时间。
    pub asked_at: Instant,
    /// 补正情况。
    pub outcome: InquiryOutcome,
    /// 补正说明。
    pub answer: Option<String>,
    /// 补正或逾期的时间。
    pub over_at: Option<Instant>,
    /// 随补正提交的附件(按公开范围);已提交的意向书及其附件不变。
    pub attachments: Vec<Attachment>,
}

/// The street announces the invalidation of a bid.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "ground": "false_material", "reason": "所附社会工作者职业资格证书经发证机关核实不存在" }))]
pub struct InvalidationIn {
    /// 理由(闭集)。
    pub ground: InvalidationGround,
    /// 事实和依据,10–2000 字;送揭榜方陈述。
    pub reason: String,
}

/// The bidder is heard.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "证书编号录入有误,现附正确编号,请予核实。" }))]
pub struct InvalidationAnswerIn {
    /// 书面陈述,5–5000 字。
    pub text: String,
}

/// The hearing before a bid is invalidated, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct BidInvalidation {
    /// 理由(闭集)。
    pub ground: InvalidationGround,
    /// 事实和依据。
    pub reason: String,
    /// 告知时间。
    pub proposed_at: Instant,
    /// 陈述情况。
    pub outcome: InquiryOutcome,
    /// 书面陈述。
    pub answer: Option<String>,
    /// 陈述或期满的时间。
    pub over_at: Option<Instant>,
    /// `invalidated` 作废、`dropped` 不予作废;尚未决定的为空。
    pub decision: Option<String>,
    /// 决定的理由。
    pub decision_reason: Option<String>,
    /// 决定时间。
    pub decided_at: Option<Instant>,
}
