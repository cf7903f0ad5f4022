//! The closed words of an objection (rulebook 2.8.12).

use wubang_kernel::words;

words! {
    /// What can be objected to (异议事项, rulebook 2.8.12).
    ObjectionTarget {
        Award = "award", "拟承榜:公示期内。";
        PostingContent = "posting_content", "发榜公告的内容:自发榜至揭榜截止,可揭榜的组织。";
        Disqualification = "disqualification", "资格不合格的认定:被认定的揭榜组织。";
        ProcessMember = "process_member", "评审组成员应回避未回避:承榜通知公布名单后,揭榜组织。";
        EvaluationResult = "evaluation_result", "考榜结果(复核):公示期内;由区级受理。";
        ListEntry = "list_entry", "红榜公示期内,或列入黑榜七个工作日内被列组织;由区级受理。";
        NeedDecision = "need_decision", "需求不予立项的决定:申报的社区;不中止。";
    }
}

words! {
    /// Closed grounds of an objection (异议事由).
    GroundCode {
        Procedure = "procedure", "违反规定程序。";
        Qualification = "qualification", "不符合资格条件。";
        Arithmetic = "arithmetic", "计算或汇总错误。";
        Facts = "facts", "认定的事实不符。";
        Recusal = "recusal", "应回避未回避。";
        FalseMaterial = "false_material", "提供虚假材料。";
        Collusion = "collusion", "串通。";
        UnfairTerms = "unfair_terms", "以不合理条件限制或排斥。";
    }
}

words! {
    /// What is demanded, and what a decision orders (处理结果); which of them an objection knows depends on
    /// its target.
    Effect {
        Reevaluate = "reevaluate", "另组评审组重新评审。";
        NextInRank = "next_in_rank", "由候补递补。";
        Repost = "repost", "本轮流榜,重新发榜。";
        AmendDemanded = "amend_demanded", "责令变更公告。";
        Cancel = "cancel", "撤榜。";
        RecuseMember = "recuse_member", "成员回避,其评分作废,重新汇总或另组评审组。";
        RestoreBid = "restore_bid", "恢复资格。";
        Recompute = "recompute", "更正评分或调查份数,重新汇总考榜结果。";
        Redo = "redo", "另组考评组重新考评。";
        Delist = "delist", "撤销红榜或黑榜条目。";
        ReturnToReview = "return_to_review", "重新评榜。";
        None = "none", "不改变所异议的决定。";
    }
}

words! {
    /// As who somebody objects (异议人身份).
    Standing {
        Bidder = "bidder", "揭榜组织。";
        Organisation = "organisation", "其他组织。";
        Resident = "resident", "本辖区居民及干部。";
        Public = "public", "公示期内的其他公众。";
    }
}

words! {
    /// Who the other side is (另一方).
    Respondent {
        Organisation = "organisation", "一家组织(如拟承榜组织)。";
        Secretary = "secretary", "社区(书记)。";
        Office = "office", "作出决定的部门自身,其理由已在案。";
    }
}

words! {
    /// Closed grounds on which an objection is not taken (不予受理).
    ObjectionRejectionGround {
        Late = "late", "逾期提出。";
        NoStanding = "no_standing", "无利害关系。";
        NoGround = "no_ground", "没有事由。";
        OutOfScope = "out_of_scope", "不属异议范围。";
        Repeat = "repeat", "重复提出。";
        NoSupplement = "no_supplement", "逾期未补正(系统)。";
    }
}

words! {
    /// What came of an objection (处理结论).
    Outcome {
        Upheld = "upheld", "成立。";
        PartlyUpheld = "partly_upheld", "部分成立。";
        Dismissed = "dismissed", "不成立。";
    }
}

words! {
    /// A document of an objection (rulebook 2.15).
    DocumentKind {
        ObjectionForm = "objection_form", "异议书。";
        ObjectionReply = "objection_reply", "异议答复书。";
        ComplaintDecision = "complaint_decision", "投诉处理决定。";
    }
}
