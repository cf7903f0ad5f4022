//! The life cycles of a need (rulebook 2.8.1) and of a district's quarter (rulebook 2.7, T60; rows H-15,
//! H-16).

wubang_kernel::machine! {
    /// 需求 need (评榜), rulebook 2.8.1.
    pub Need (NeedState, NeedEvent, NeedGuard) = "need" "needs" "需求",
    start Draft "need.drafted" by [CommunitySecretary, System];
    states {
        Draft = "draft" "草稿",
        Submitted = "submitted" "已提交",
        SupplementRequired = "supplement_required" "待补正",
        Accepted = "accepted" "已受理",
        UnderReview = "under_review" "评审中",
        InComment = "in_comment" "民意公示",
        Approved = "approved" "待发榜",
        Backlog = "backlog" "储备",
        Posted = "posted" "已发榜",
        Fulfilled = "fulfilled" "已承榜落实",
        Closed = "closed" "办结",
        Returned = "returned" "退回",
        Rejected = "rejected" "不予立项",
        Appealed = "appealed" "申请复核",
        Merged = "merged" "已合并",
        Withdrawn = "withdrawn" "撤回",
        Deleted = "deleted" "已删除",
    }
    events {
        Submit = "need.submitted" "submit" "提交" "Submit",
        Delete = "need.deleted" "delete" "删除草稿" "Delete the draft",
        RequestSupplement = "need.supplement_requested" "request_supplement" "要求补正" "Ask for a supplement",
        Supplement = "need.supplemented" "supplement" "补正" "Supplement",
        SupplementLapse = "need.supplement_lapsed" "" "逾期未补正" "The supplement did not come",
        Accept = "need.accepted" "accept" "受理" "Accept",
        Reject = "need.rejected" "reject" "不予立项" "Reject",
        Appeal = "need.appealed" "appeal" "申请区级复核" "Ask the district",
        AppealLapse = "need.appeal_lapsed" "" "复核申请期满" "The time to ask the district ended",
        Object = "need.objection_upheld" "" "异议成立,重新评榜" "An objection was upheld",
        DecideAppeal = "need.appeal_decided" "decide_appeal" "答复复核申请" "Answer as the district",
        Merge = "need.merged" "merge" "合并" "Merge into another need",
        StartReview = "need.review_started" "start_review" "开始评审" "Start the review",
        OpenComment = "need.comment_opened" "open_comment" "民意公示" "Put on the comment list",
        EndComment = "need.comment_ended" "" "公示期满" "The comment period ended",
        Return = "need.returned" "return" "退回" "Return",
        Approve = "need.approved" "approve" "批准立项" "Approve",
        FlagEmergency = "need.emergency_flagged" "flag_emergency" "标记应急" "Flag as an emergency",
        Backlog = "need.backlogged" "backlog" "转入储备" "Put into the backlog",
        ShelfLifeEnd = "need.shelf_life_ended" "" "待发榜超期" "The shelf life ended",
        ReturnToReview = "need.returned_to_review" "return_to_review" "退回评榜" "Return to the review",
        Adopt = "need.adopted" "" "随入选项目立项" "Adopted with its picked project",
        Post = "need.posted" "" "已发榜" "Posted",
        PostingFail = "need.posting_failed" "" "流榜" "The posting failed",
        PostingCancel = "need.posting_cancelled" "" "撤榜" "The posting was cancelled",
        Fulfil = "need.fulfilled" "" "承榜落实" "Taken on",
        Reopen = "need.reopened" "" "协议提前终止,重新待发榜" "Its agreement ended early",
        Close = "need.closed" "" "办结" "Closed",
        Withdraw = "need.withdrawn" "withdraw" "撤回" "Withdraw",
    }
    guards {
        Complete = Incomplete "mandatory_fields_filled",
        Changed = NotChanged "changed_since_return",
        FirstSupplement = SupplementUsed "first_supplement",
        DuplicatesShown = DuplicatesNotChecked "duplicates_shown",
        NotAuthorityDuty = AuthorityDuty "not_authority_duty",
        SupplementedFirst = SupplementFirst "supplement_before_insufficient_information",
        AppealUnused = AppealUsed "not_answered_yet",
        AppealInTime = DeadlinePassed "within_objection_window",
        AppealUpheld = InvalidTransition "appeal_upheld",
        AppealDismissed = InvalidTransition "appeal_dismissed",
        TargetOpen = TargetNotOpen "target_open",
        NewCycleOrEvidence = NoNewCycle "new_quarter_or_evidence",
        IsEmergency = NotEmergency "urgency_emergency",
        NotFlagged = Duplicate "not_flagged_yet",
        Redesigned = NotChanged "changed_when_redesign_is_required",
        AnalysisPresent = AnalysisMissing "analysis_with_root_cause",
        OpinionsPresent = OpinionsMissing "enough_opinions",
        ScoreHigh = ScoreTooLow "score_80_or_more",
        ScoreNormal = ScoreTooLow "score_60_to_79",
        ScoreLow = ScoreTooHigh "score_below_60",
        HasFailed = InvalidTransition "a_round_has_failed",
        NotTaken = NeedTaken "in_no_posting",
        RoundsLeft = InvalidTransition "rounds_left",
        RoundsUsed = InvalidTransition "three_rounds_used",
    }
    rows {
        Draft on Submit [Complete] by [CommunitySecretary] => Submitted, start [T01], tell [Street];
        Returned on Submit [Complete, Changed] by [CommunitySecretary] => Submitted, start [T01], tell [Street];
        Draft on Delete [] by [CommunitySecretary] => Deleted;
        Submitted on RequestSupplement [FirstSupplement] by [StreetOfficer] => SupplementRequired, start [T02], stop [T01], tell [Secretary];
        SupplementRequired on Supplement [Complete] by [CommunitySecretary] => Submitted, start [T01], stop [T02], tell [Street];
        SupplementRequired on SupplementLapse [] by [System] => Withdrawn, tell [Secretary], at T02;
        Submitted on Accept [DuplicatesShown, NotAuthorityDuty] by [StreetOfficer] => Accepted, start [T03], stop [T01], tell [Secretary, Organisation];
        Submitted | UnderReview on Reject [SupplementedFirst] by [StreetOfficer] => Rejected, start [T43], stop [T01, T03], tell [Secretary];
        Rejected on AppealLapse [] by [System] => Rejected, at T43;
        Rejected on Appeal [AppealUnused, AppealInTime] by [CommunitySecretary] => Appealed, start [T44], stop [T43], tell [District];
        Rejected on Object [] by [System] => Submitted, start [T01], stop [T43], tell [Street, Secretary];
        Appealed on DecideAppeal [AppealUpheld] by [DistrictAdmin] => Submitted, start [T01], stop [T44], tell [Street, Secretary];
        Appealed on DecideAppeal [AppealDismissed] by [DistrictAdmin] => Rejected, stop [T44], tell [Street, Secretary];
        Submitted | Accepted | UnderReview | Backlog on Merge [TargetOpen] by [StreetOfficer] => Merged, stop [T01, T03], tell [Secretary];
        Accepted on StartReview [] by [StreetOfficer, ThirdParty] => UnderReview, tell [Organisation];
        Backlog on StartReview [NewCycleOrEvidence] by [StreetOfficer] => UnderReview, start [T03], tell [Organisation];
        UnderReview on OpenComment [AnalysisPresent] by [StreetOfficer] => InComment, start [T04], stop [T03], tell [Secretary];
        InComment on EndComment [] by [System] => UnderReview, start [T03], tell [Street, Secretary], at T04;
        UnderReview on Return [] by [StreetOfficer] => Returned, stop [T03], tell [Secretary];
        UnderReview on Approve [AnalysisPresent, OpinionsPresent, Redesigned, ScoreHigh] by [StreetOfficer] => Approved, start [T05, T06], stop [T03], tell [Secretary];
        UnderReview on Approve [AnalysisPresent, OpinionsPresent, Redesigned, ScoreNormal] by [StreetOfficer] => Approved, start [T05], stop [T03], tell [Secretary];
        Accepted on Approve [IsEmergency] by [StreetOfficer] => Approved, start [T05, T06], stop [T03], tell [Secretary];
        Approved on FlagEmergency [IsEmergency, NotFlagged] by [StreetOfficer] => Approved, tell [Secretary];
        UnderReview on Backlog [AnalysisPresent, OpinionsPresent, ScoreLow] by [StreetOfficer] => Backlog, stop [T03], tell [Secretary];
        Approved on ShelfLifeEnd [] by [System] => UnderReview, start [T03], stop [T06], tell [Street, Secretary], at T05;
        Approved on ReturnToReview [HasFailed, NotTaken] by [StreetOfficer] => UnderReview, start [T03], stop [T05, T06], tell [Secretary];
        Draft on Adopt [] by [System] => Posted, tell [Secretary];
        Approved on Post [] by [System] => Posted, stop [T05, T06], tell [Secretary];
        Posted on PostingFail [RoundsLeft] by [System] => Approved, start [T05], tell [Secretary];
        Posted on PostingFail [RoundsUsed] by [System] => UnderReview, start [T03], tell [Street, Secretary];
        Posted on PostingCancel [] by [System] => Approved, start [T05], tell [Secretary];
        Posted on Fulfil [] by [System] => Fulfilled, tell [Secretary];
        Fulfilled on Reopen [] by [System] => Approved, start [T05], tell [Street, Secretary];
        Fulfilled on Close [] by [System] => Closed, tell [Secretary];
        Draft | Submitted | SupplementRequired | Accepted | UnderReview | InComment | Approved | Backlog | Returned
            on Withdraw [] by [CommunitySecretary] => Withdrawn, tell [Street];
    }
}

wubang_kernel::machine! {
    /// 评榜周期 need cycle: one quarter of a district, rulebook 2.7, T60.
    pub NeedCycle (NeedCycleState, NeedCycleEvent, NeedCycleGuard) = "need_cycle" "need_cycles" "评榜周期",
    start Planning "need_cycle.begun" by [System];
    states {
        Planning = "planning" "待计划",
        Planned = "planned" "已计划",
        Overdue = "overdue" "逾期未计划",
        Ended = "ended" "已结束",
    }
    events {
        Plan = "need_cycle.planned" "plan" "下达计划单" "Issue the plan slip",
        PlanOverdue = "need_cycle.plan_overdue" "" "计划单逾期" "The plan slip is overdue",
        End = "need_cycle.ended" "" "季度结束" "The quarter ended",
    }
    guards {}
    rows {
        Planning | Overdue on Plan [] by [DistrictAdmin] => Planned, stop [T60];
        Planning on PlanOverdue [] by [System] => Overdue, tell [District], at T60;
        Planning | Planned | Overdue on End [] by [System] => Ended, stop [T60], at NextQuarter;
    }
}
