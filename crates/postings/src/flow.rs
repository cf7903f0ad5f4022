//! The life cycles of a posting (rulebook 2.8.2), of every type (2.3), and of a question about it.

wubang_kernel::machine! {
    /// 榜单 posting (发榜), one row per round, rulebook 2.8.2.
    pub Posting (PostingState, PostingEvent, PostingGuard) = "posting" "postings" "榜单",
    start Draft "posting.drafted" by [CommunitySecretary, StreetOfficer];
    states {
        Draft = "draft" "草稿",
        PendingApproval = "pending_approval" "待审批",
        Scheduled = "scheduled" "待发布",
        Open = "open" "揭榜中",
        Suspended = "suspended" "中止",
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
        Endorse = "posting.endorsed" "endorse" "附议" "Endorse as another member of the committee",
        Return = "posting.returned" "return" "退回" "Return",
        Approve = "posting.approved" "approve" "批准" "Approve",
        Publish = "posting.published" "" "发榜" "Publish",
        Amend = "posting.amended" "amend_published" "变更公告" "Amend the published notice",
        Extend = "posting.extended" "extend" "延期" "Extend the bid deadline",
        Suspend = "posting.suspended" "suspend" "中止" "Suspend",
        Resume = "posting.resumed" "resume" "恢复" "Resume",
        Close = "posting.closed" "" "截止" "Close",
        FailTooFew = "posting.failed_too_few" "fail_too_few" "揭榜不足流榜" "Let the round fail for too few bids",
        SingleBidder = "posting.single_bidder_announced" "single_bidder" "单一来源公示" "Announce talks with the only bidder",
        EndSingleBidder = "posting.single_bidder_over" "" "单一来源公示期满" "The publicity of the only bidder is over",
        StartEvaluation = "posting.evaluation_started" "start_evaluation" "开始评审" "Start the evaluation",
        ProposeAward = "posting.award_proposed" "" "提出拟承榜对象" "Propose the award",
        TakeResult = "posting.result_taken_in" "external_result" "登记采购结果" "Take in the result of the statutory procedure",
        Conclude = "posting.call_concluded" "" "征集遴选完成" "The projects of the call are picked",
        DecideRace = "posting.race_decided" "" "赛马各赛道确定" "The lanes of the race are decided",
        OpenLane = "posting.lane_opened" "" "设立赛道" "A lane of a race",
        Pick = "posting.picked" "" "入选立项" "Picked out of a call for projects",
        EndPublicity = "posting.publicity_over" "" "公示期满" "The publicity is over",
        NextCandidate = "posting.next_candidate" "" "递补" "On to the next candidate",
        Reevaluate = "posting.reevaluation_ordered" "" "重新评审" "Evaluate again",
        Contract = "posting.contracted" "" "签约" "Contracted",
        Complete = "posting.completed" "" "完成" "Completed",
        EndEarly = "posting.agreement_ended" "" "协议提前终止" "Its agreement ended early",
        Fail = "posting.failed" "external_failure" "流榜" "The statutory procedure failed",
        DeclineOrder = "posting.order_declined" "decline_order" "谢绝点单" "Decline the order",
        Cancel = "posting.cancelled" "cancel" "撤榜" "Cancel",
        Repost = "posting.reposted" "repost" "重新发榜" "Post again in a new round",
    }
    guards {
        NeedsApproved = NeedsNotApproved "needs_all_approved",
        ContentComplete = Incomplete "content_complete",
        OtherPerson = SamePerson "approver_is_not_the_drafter",
        ContentAcknowledged = ContentNotAcknowledged "forbidden_content_check_acknowledged",
        BelowLimit = ProcurementLimit "below_procurement_limit",
        ToEverybody = InvalidTransition "open_to_everybody",
        ByInvitation = InvalidTransition "by_invitation",
        ToOne = InvalidTransition "ordered_from_one",
        Elsewhere = InvalidTransition "decided_elsewhere",
        AsCall = InvalidTransition "call_for_projects",
        AsRace = InvalidTransition "race_of_several",
        InCompetition = InvalidTransition "in_competition",
        OfficialsPick = Forbidden "not_picked_by_the_community",
        CommunityPicks = InvalidTransition "picked_by_the_community",
        Endorsed = NotEndorsed "endorsed_by_another_member",
        NotYetEndorsed = Duplicate "not_endorsed_yet",
        NotSplit = SplitSuspected "orders_of_the_year_within_their_sum",
        NotPicked = InvalidTransition "not_out_of_another_posting",
        WithinCaps = CapReached "within_caps",
        EnoughBids = TooFewBids "enough_valid_bids",
        InShort = EnoughBids "fewer_valid_bids_than_wanted",
        AllChecked = Incomplete "every_bid_checked",
        OneBid = NotSingleBidder "exactly_one_valid_bid",
        NotAnnounced = Duplicate "single_bidder_not_announced_yet",
        PanelComplete = PanelIncomplete "panel_complete",
        RecusalsSigned = RecusalUnsigned "recusal_declarations_signed",
        BeforeDeadline = DeadlinePassed "before_the_bid_deadline",
        DaysRemain = DeadlinePassed "enough_days_remain",
        ExtensionsLeft = ExtensionLimit "extensions_left",
        ByComplaint = WrongGround "by_complaint",
        OwnGround = WrongGround "ground_is_one_s_own",
        SameAuthority = OtherAuthority "same_authority",
        WasOpen = InvalidTransition "was_open",
        WasClosed = InvalidTransition "was_closed",
        WasEvaluating = InvalidTransition "was_evaluating",
        WasInPublicity = InvalidTransition "was_in_publicity",
        WasAwarded = InvalidTransition "was_awarded",
        RoundsLeft = RoundsUsed "rounds_left",
        LastRound = Duplicate "no_later_round",
    }
    rows {
        Draft on Submit [NeedsApproved, ContentComplete, BelowLimit, CommunityPicks] by [CommunitySecretary] => PendingApproval, start [T07], tell [Street, Secretary];
        Draft on Submit [OfficialsPick, NeedsApproved, ContentComplete, BelowLimit] by [CommunitySecretary, StreetOfficer] => PendingApproval, start [T07], tell [Street];
        PendingApproval on Endorse [CommunityPicks, NotYetEndorsed, OtherPerson] by [CommunitySecretary] => PendingApproval, tell [Street];
        PendingApproval on Return [] by [StreetOfficer] => Draft, stop [T07], tell [Secretary];
        PendingApproval on Approve [OtherPerson, Endorsed, ContentAcknowledged, NeedsApproved, WithinCaps, NotSplit] by [StreetOfficer] => Scheduled, start [Publication], stop [T07], tell [Secretary];
        Scheduled on Publish [ToEverybody] by [System] => Open, start [T08, T09, T10], stop [Publication], tell [Matched, Secretary], at Publication;
        Scheduled on Publish [ByInvitation] by [System] => Open, start [T08, T09, T10], stop [Publication], tell [Organisation, Secretary], at Publication;
        Scheduled on Publish [ToOne] by [System] => Open, start [T08, T09], stop [Publication], tell [Organisation, Secretary], at Publication;
        Scheduled on Publish [Elsewhere] by [System] => Open, start [T08], stop [Publication], tell [Secretary], at Publication;
        Open on Amend [InCompetition, BeforeDeadline, DaysRemain] by [StreetOfficer] => Open, tell [Secretary];
        Open on Amend [InCompetition, BeforeDeadline] by [StreetOfficer] => Open, start [T09, T10], tell [Secretary];
        Open on Extend [InCompetition, BeforeDeadline, ExtensionsLeft] by [StreetOfficer] => Open, start [T09, T10], tell [Secretary];
        Open on Extend [] by [System] => Open, start [T09, T10], tell [Street, Secretary], at T09;
        Open on Suspend [BeforeDeadline, OwnGround, ByComplaint] by [Supervisor] => Suspended, start [T48], tell [Street, Secretary];
        Open on Suspend [BeforeDeadline, OwnGround] by [Supervisor, StreetOfficer] => Suspended, tell [Street, Secretary];
        Closed | Evaluating | AwardPublicity on Suspend [OwnGround, ByComplaint] by [Supervisor] => Suspended, start [T48], tell [Street, Secretary];
        Closed | Evaluating | AwardPublicity on Suspend [OwnGround] by [Supervisor, StreetOfficer] => Suspended, tell [Street, Secretary];
        Open on Suspend [BeforeDeadline] by [System] => Suspended, tell [Street, Secretary];
        Closed | Evaluating | AwardPublicity | Awarded on Suspend [] by [System] => Suspended, tell [Street, Secretary];
        Suspended on Resume [SameAuthority, WasOpen] by [Supervisor, StreetOfficer, System] => Open, stop [T48], tell [Street, Secretary, District], at T48;
        Suspended on Resume [SameAuthority, WasClosed] by [Supervisor, StreetOfficer, System] => Closed, stop [T48], tell [Street, Secretary, District], at T48;
        Suspended on Resume [SameAuthority, WasEvaluating] by [Supervisor, StreetOfficer, System] => Evaluating, stop [T48], tell [Street, Secretary, District], at T48;
        Suspended on Resume [SameAuthority, WasInPublicity] by [Supervisor, StreetOfficer, System] => AwardPublicity, stop [T48], tell [Street, Secretary, District], at T48;
        Suspended on Resume [SameAuthority, WasAwarded] by [System] => Awarded;
        Open on Close [] by [System] => Closed, start [T12], stop [T09], tell [Street], at T09;
        Closed on FailTooFew [InCompetition, AllChecked, InShort] by [StreetOfficer] => Failed, tell [Secretary];
        Closed on SingleBidder [InCompetition, AllChecked, InShort, OneBid, NotAnnounced] by [StreetOfficer] => Closed, start [SingleBidderPublicity], stop [T12], tell [Secretary];
        Closed on EndSingleBidder [] by [System] => Closed, tell [Street], at SingleBidderPublicity;
        Closed on StartEvaluation [InCompetition, EnoughBids, PanelComplete, RecusalsSigned] by [StreetOfficer] => Evaluating, start [T13], stop [T12];
        Evaluating on ProposeAward [] by [System] => AwardPublicity, stop [T13];
        AwardPublicity on ProposeAward [] by [System] => AwardPublicity;
        Closed on ProposeAward [ToOne] by [System] => AwardPublicity, stop [T12];
        Open | Awarded on TakeResult [Elsewhere] by [StreetOfficer] => Awarded, start [T17], tell [Secretary];
        Evaluating on Conclude [AsCall] by [System] => Completed, stop [T13, T14], tell [Secretary];
        Evaluating on DecideRace [AsRace] by [System] => Completed, stop [T13, T14], tell [Secretary];
        Draft on OpenLane [] by [System] => AwardPublicity, tell [Secretary];
        Draft on Pick [] by [System] => AwardPublicity, tell [Secretary];
        AwardPublicity on EndPublicity [] by [System] => Awarded, start [T16];
        AwardPublicity | Awarded on NextCandidate [] by [System] => AwardPublicity, stop [T16], tell [Street];
        AwardPublicity | Awarded on Reevaluate [] by [System] => Evaluating, start [T13], stop [T16], tell [Street, Secretary];
        Awarded on Contract [] by [System] => Contracted, stop [T16, T17], tell [Secretary];
        Contracted on EndEarly [] by [System] => Failed, tell [Secretary];
        Contracted on Complete [] by [System] => Completed, tell [Secretary];
        Closed | Evaluating | AwardPublicity | Awarded on Fail [] by [System] => Failed, stop [T17], tell [Street, Secretary];
        Open on DeclineOrder [ToOne] by [OrgLegalRep, OrgAgent] => Failed, stop [T09], tell [Street, Secretary];
        Open | Awarded on Fail [Elsewhere] by [StreetOfficer] => Failed, stop [T17], tell [Secretary];
        Draft | PendingApproval | Scheduled | Open | Suspended | Closed | Evaluating | AwardPublicity on Cancel [OwnGround] by [StreetOfficer, Supervisor] => Cancelled, tell [Secretary, Street];
        Open | Closed | Evaluating on Cancel [] by [System] => Cancelled, tell [Secretary, Street];
        Failed on Repost [NotPicked, LastRound, RoundsLeft, NeedsApproved] by [StreetOfficer, CommunitySecretary] => Failed;
        Cancelled on Repost [NotPicked, LastRound, RoundsLeft, NeedsApproved] by [StreetOfficer, CommunitySecretary] => Cancelled;
    }
}

wubang_kernel::machine! {
    /// 提问 question about an open posting, rulebook 2.4.2 and 2.8.2 (T10, T11).
    pub Question (QuestionState, QuestionEvent, QuestionGuard) = "posting_question" "questions" "提问",
    start Asked "posting.question_asked" by [OrgAgent, OrgLegalRep];
    states {
        Asked = "asked" "待答复",
        Answered = "answered" "已答复",
        Lapsed = "lapsed" "未答复",
    }
    events {
        Answer = "posting.question_answered" "answer" "答复提问" "Answer the question",
        Lapse = "posting.question_lapsed" "" "截止未答复" "It was not answered in time",
    }
    guards {
        Proceeding = PostingSuspended "posting_not_suspended",
        BeforeDeadline = DeadlinePassed "before_the_bid_deadline",
    }
    rows {
        Asked on Answer [Proceeding, BeforeDeadline] by [StreetOfficer, CommunitySecretary] => Answered, stop [T11];
        Asked on Lapse [] by [System] => Lapsed, stop [T11];
    }
}
