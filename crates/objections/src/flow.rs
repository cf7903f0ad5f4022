//! The life cycle of an objection (异议) and of the complaint (投诉) that may follow it (rulebook 2.8.12): one
//! object, as the table has it.

wubang_kernel::machine! {
    /// 异议 objection, with the complaint about its answer, rulebook 2.8.12.
    pub Objection (ObjectionState, ObjectionEvent, ObjectionGuard) = "objection" "objections" "异议",
    start Submitted "objection.submitted" by [Objector];
    states {
        Submitted = "submitted" "已提出",
        SupplementRequired = "supplement_required" "待补正",
        Rejected = "rejected" "不予受理",
        Accepted = "accepted" "已受理",
        Investigating = "investigating" "调查中",
        Upheld = "upheld" "成立",
        PartlyUpheld = "partly_upheld" "部分成立",
        Dismissed = "dismissed" "不成立",
        Overdue = "overdue" "逾期未答复",
        Withdrawn = "withdrawn" "已撤回",
        Escalated = "escalated" "已投诉",
        ComplaintOpen = "complaint_open" "投诉处理中",
        Closed = "closed" "办结",
    }
    events {
        RequestSupplement = "objection.supplement_requested" "request_supplement" "要求补正" "Ask for a supplement",
        Supplement = "objection.supplemented" "supplement" "补正" "Supplement",
        LapseSupplement = "objection.supplement_lapsed" "" "逾期未补正" "The supplement did not come",
        Reject = "objection.rejected" "reject" "不予受理" "Reject",
        Accept = "objection.accepted" "accept" "受理" "Accept",
        OpenHearing = "objection.hearing_opened" "hearing" "听取另一方意见" "Invite the other side to answer",
        Answer = "objection.answered" "answer" "另一方陈述" "Answer as the other side",
        EndHearing = "objection.hearing_over" "" "陈述期满" "The time to answer is over",
        Investigate = "objection.investigated" "investigate" "调查" "Investigate",
        Decide = "objection.decided" "decide" "作出决定" "Decide",
        RunOver = "objection.overdue" "" "逾期未答复" "It was not answered in time",
        Withdraw = "objection.withdrawn" "withdraw" "撤回" "Withdraw",
        FileComplaint = "complaint.filed" "complain" "投诉" "Complain to the supervisor",
        LapseComplaint = "complaint.window_over" "" "投诉期满" "The time to complain is over",
        AcceptComplaint = "complaint.accepted" "accept_complaint" "受理投诉" "Accept the complaint",
        RefuseComplaint = "complaint.refused" "refuse_complaint" "不予受理投诉" "Refuse the complaint",
        SuspendTarget = "complaint.target_suspended" "suspend_target" "暂停所涉事项" "Suspend the matter",
        ResumeTarget = "complaint.target_resumed" "resume_target" "恢复所涉事项" "Let the matter go on",
        EndSuspension = "complaint.suspension_over" "" "暂停满最长期限" "The longest suspension is over",
        DecideComplaint = "complaint.decided" "decide_complaint" "投诉处理决定" "Decide the complaint",
        FindAbuse = "abuse.found" "find_abuse" "认定恶意异议" "Find that it was abusive",
    }
    guards {
        RightOffice = Forbidden "handled_by_the_right_office",
        NotDecider = SamePerson "handler_is_not_the_decider",
        NotRecused = Recused "handler_not_recused",
        FirstSupplement = SupplementUsed "supplement_asked_for_once",
        SupplementInTime = DeadlinePassed "within_the_supplement_term",
        OtherSide = InvalidTransition "there_is_another_side",
        NotInvited = Duplicate "other_side_not_invited_yet",
        MayAnswer = DeadlinePassed "within_the_hearing_term",
        FirstAnswer = Duplicate "other_side_has_not_answered",
        HeardOut = NotHeard "other_side_heard",
        Upheld = InvalidTransition "upheld",
        PartlyUpheld = InvalidTransition "partly_upheld",
        Dismissed = InvalidTransition "dismissed",
        ComplaintInTime = DeadlinePassed "within_the_complaint_window",
        OnlyRaised = NotRaised "only_grounds_already_raised",
        StandsStill = InvalidTransition "target_can_stand_still",
        NeverSuspended = Duplicate "target_not_suspended_for_the_complaint",
        Suspended = InvalidTransition "target_stands_still",
        NoAbuse = Duplicate "abuse_not_found_yet",
    }
    rows {
        Submitted on RequestSupplement [RightOffice, NotDecider, NotRecused, FirstSupplement] by [StreetOfficer, DistrictAdmin] => SupplementRequired, start [ObjectionSupplement], stop [ObjectionAccept];
        SupplementRequired on Supplement [SupplementInTime] by [Objector] => Submitted, start [ObjectionAccept], stop [ObjectionSupplement], tell [Street];
        SupplementRequired on LapseSupplement [] by [System] => Rejected, start [T45], stop [ObjectionSupplement], at ObjectionSupplement;
        Submitted on Reject [RightOffice, NotDecider, NotRecused] by [StreetOfficer, DistrictAdmin] => Rejected, start [T45], stop [ObjectionAccept];
        Submitted on Accept [RightOffice, NotDecider, NotRecused] by [StreetOfficer, DistrictAdmin] => Accepted, start [T44], stop [ObjectionAccept], tell [Organisation, Street];
        Accepted on OpenHearing [RightOffice, NotDecider, NotRecused, OtherSide, NotInvited] by [StreetOfficer, DistrictAdmin] => Accepted, start [ObjectionHearing];
        Overdue on OpenHearing [RightOffice, NotDecider, NotRecused, OtherSide, NotInvited] by [StreetOfficer, DistrictAdmin] => Overdue, start [ObjectionHearing];
        Accepted on Answer [MayAnswer, FirstAnswer] by [OrgLegalRep, OrgAgent, CommunitySecretary] => Accepted, stop [ObjectionHearing], tell [Street];
        Overdue on Answer [MayAnswer, FirstAnswer] by [OrgLegalRep, OrgAgent, CommunitySecretary] => Overdue, stop [ObjectionHearing], tell [Street];
        Accepted on EndHearing [] by [System] => Accepted, at ObjectionHearing;
        Overdue on EndHearing [] by [System] => Overdue, at ObjectionHearing;
        Accepted on Investigate [RightOffice, NotDecider, NotRecused, HeardOut] by [StreetOfficer, DistrictAdmin] => Investigating;
        Accepted | Investigating | Overdue on Decide [RightOffice, NotDecider, NotRecused, HeardOut, Upheld] by [StreetOfficer, DistrictAdmin] => Upheld, stop [T44, T45, ObjectionHearing], tell [Organisation, Street];
        Accepted | Investigating | Overdue on Decide [RightOffice, NotDecider, NotRecused, HeardOut, PartlyUpheld] by [StreetOfficer, DistrictAdmin] => PartlyUpheld, start [T45], stop [T44, ObjectionHearing], tell [Organisation, Street];
        Accepted | Investigating | Overdue on Decide [RightOffice, NotDecider, NotRecused, Dismissed] by [StreetOfficer, DistrictAdmin] => Dismissed, start [T45], stop [T44, ObjectionHearing], tell [Organisation, Street];
        Accepted | Investigating on RunOver [] by [System] => Overdue, start [T45], tell [Supervisor, District, Street], at T44;
        Submitted | SupplementRequired | Accepted | Investigating on Withdraw [] by [Objector] => Withdrawn, stop [T44, ObjectionAccept, ObjectionSupplement, ObjectionHearing], tell [Street, Organisation];
        Rejected | Dismissed | PartlyUpheld | Overdue on FileComplaint [ComplaintInTime, OnlyRaised] by [Objector] => Escalated, start [T46], stop [T45, ObjectionHearing], tell [Supervisor];
        Rejected | Dismissed | PartlyUpheld | Overdue on LapseComplaint [] by [System] => Closed, stop [T45, ObjectionHearing], tell [Street], at T45;
        Escalated on AcceptComplaint [NotRecused] by [Supervisor] => ComplaintOpen, start [T47], stop [T46], tell [Street, District];
        Escalated on RefuseComplaint [NotRecused] by [Supervisor] => Closed, stop [T46], tell [Street];
        ComplaintOpen on SuspendTarget [NotRecused, StandsStill, NeverSuspended] by [Supervisor] => ComplaintOpen, start [T48], tell [Street, Organisation];
        ComplaintOpen on ResumeTarget [NotRecused, Suspended] by [Supervisor] => ComplaintOpen, stop [T48], tell [Street, Organisation];
        ComplaintOpen on EndSuspension [] by [System] => ComplaintOpen, tell [Supervisor, District, Street, Organisation], at T48;
        ComplaintOpen on DecideComplaint [NotRecused] by [Supervisor] => Closed, stop [T47, T48], tell [Street, District, Organisation];
        Submitted | SupplementRequired | Rejected | Accepted | Investigating | Upheld | PartlyUpheld | Dismissed | Overdue | Withdrawn | Escalated | ComplaintOpen on FindAbuse [NotRecused] by [Supervisor] => Closed, stop [T44, T45, T46, T47, T48, ObjectionAccept, ObjectionSupplement, ObjectionHearing], tell [Street, District];
        Closed on FindAbuse [NotRecused, NoAbuse] by [Supervisor] => Closed, tell [Street, District];
    }
}
