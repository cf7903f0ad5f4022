//! The closed words of credit: why points are entered, why somebody is listed, why not.

use wubang_kernel::words;

words! {
    /// Why points were entered (信用分事由, rulebook 2.12.5).
    CreditReason {
        ExcellentResult = "excellent_result", "考榜优秀";
        GoodResult = "good_result", "考榜良好";
        FinalFail = "final_fail", "考榜最终不合格";
        Rectification = "rectification", "责令整改";
        Exit = "exit", "淘汰退出";
        LateReport = "late_report", "结项报告逾期";
        WithdrawnLate = "withdrawn_late", "截止后撤回意向书";
        Declined = "declined", "放弃承榜";
        FalseObjection = "false_objection", "捏造事实提出异议";
    }
}

words! {
    /// Why an organisation is listed (红黑榜事由, rulebook 2.12.1, 2.12.2).
    ListGround {
        ExcellentResult = "excellent_result", "考榜优秀,无查实投诉,无整改";
        AnnualBest = "annual_best", "年度本领域最佳";
        FinalFail = "final_fail", "考榜最终不合格";
        ExitWithFault = "exit_with_fault", "因过错被淘汰退出";
        RefusedToSign = "refused_to_sign", "无正当理由拒绝签约";
        FalseMaterial = "false_material", "提供虚假材料";
        Collusion = "collusion", "串通";
        MisuseOfFunds = "misuse_of_funds", "挪用资金";
        PrivacyOrChildSafety = "privacy_or_child_safety", "侵害个人信息或未成年人安全";
        Retaliation = "retaliation", "打击报复居民";
    }
}

words! {
    /// Why a proposal was not followed (不予列入事由).
    DropGround {
        NotEstablished = "not_established", "事实不成立";
        Minor = "minor", "情节轻微";
        GoodFaithFailure = "good_faith_failure", "已尽力履约、过程留痕完整,失败非因过错";
        Other = "other", "其他";
    }
}
