//! The life cycle of a posting (rulebook 2.8.2), type `open`.

wubang_kernel::machine! {
    /// 榜单 posting (发榜), one row per round, rulebook 2.8.2.
    pub Posting (PostingState, PostingEvent, PostingGuard) = "posting" "postings" "榜单",
    start Draft "posting.drafted" by [CommunitySecretary, StreetOfficer];
    states {
        Draft = "draft" "草稿",
        PendingApproval = "pending_approval" "待审批",
        Scheduled = "scheduled" "待发布",
        Open = "open" "揭榜中",
        Closed = "closed" "截止",
        Evaluating = "evaluating" "评审中",
        AwardPublicity = "award_publicity" "承榜公示中",
        Awarded = "awarded" "已承榜",
        Contracted = "contracted" "已签约",
        Completed = "completed" "完成",
        Failed = "failed" "流榜",
        Cancelled = "cancelled" "撤榜",
    }
    events {
        Submit = "posting.submitted" "submit" "提交审批" "Submit for approval",
        Return = "posting.returned" "return" "退回" "Return",
        Approve = "posting.approved" "approve" "批准" "Approve",
        Publish = "posting.published" "" "发榜" "Publish",
        Close = "posting.closed" "" "截止" "Close",
        StartEvaluation = "posting.evaluation_started" "start_evaluation" "开始评审" "Start the evaluation",
        ProposeAward = "posting.award_proposed" "" "提出拟承榜对象" "Propose the award",
        EndPublicity = "posting.publicity_over" "" "公示期满" "The publicity is over",
        NextCandidate = "posting.next_candidate" "" "递补" "On to the next candidate",
        Contract = "posting.contracted" "" "签约" "Contracted",
        Complete = "posting.completed" "" "完成" "Completed",
        Fail = "posting.failed" "" "流榜" "Fail",
        Cancel = "posting.cancelled" "cancel" "撤榜" "Cancel",
    }
    guards {
        NeedsApproved = NeedsNotApproved "needs_all_approved",
        ContentComplete = Incomplete "content_complete",
        OtherPerson = SamePerson "approver_is_not_the_drafter",
        ContentAcknowledged = ContentNotAcknowledged "forbidden_content_check_acknowledged",
        BelowLimit = ProcurementLimit "below_procurement_limit",
        WithinCaps = CapReached "within_caps",
        EnoughBids = TooFewBids "enough_valid_bids",
        PanelComplete = PanelIncomplete "panel_complete",
        RecusalsSigned = RecusalUnsigned "recusal_declarations_signed",
    }
    rows {
        Draft on Submit [NeedsApproved, ContentComplete, BelowLimit] by [CommunitySecretary, StreetOfficer] => PendingApproval, start [T07], tell [Street];
        PendingApproval on Return [] by [StreetOfficer] => Draft, stop [T07], tell [Secretary];
        PendingApproval on Approve [OtherPerson, ContentAcknowledged, NeedsApproved, WithinCaps] by [StreetOfficer] => Scheduled, start [Publication], stop [T07], tell [Secretary];
        Scheduled on Publish [] by [System] => Open, start [T08, T09, T10], stop [Publication], tell [Matched, Secretary], at Publication;
        Open on Close [] by [System] => Closed, start [T12], stop [T09], tell [Street], at T09;
        Closed on StartEvaluation [EnoughBids, PanelComplete, RecusalsSigned] by [StreetOfficer] => Evaluating, start [T13], stop [T12];
        Evaluating on ProposeAward [] by [System] => AwardPublicity, stop [T13];
        AwardPublicity on ProposeAward [] by [System] => AwardPublicity;
        AwardPublicity on EndPublicity [] by [System] => Awarded, start [T16];
        AwardPublicity | Awarded on NextCandidate [] by [System] => AwardPublicity, stop [T16], tell [Street];
        Awarded on Contract [] by [System] => Contracted, stop [T16], tell [Secretary];
        Contracted on Complete [] by [System] => Completed, tell [Secretary];
        Closed | Evaluating | AwardPublicity | Awarded on Fail [] by [System] => Failed, tell [Street, Secretary];
        Draft | PendingApproval | Scheduled | Open | Closed | Evaluating | AwardPublicity on Cancel [] by [StreetOfficer, Supervisor] => Cancelled, tell [Secretary, Street];
    }
}
