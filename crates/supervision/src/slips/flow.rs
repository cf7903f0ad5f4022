//! The life cycle of a slip (四单).

wubang_kernel::machine! {
    /// 提示单, 进度单, 督办单 slip, rulebook 2.7 (T24, T25), 2.15.
    pub Slip (SlipState, SlipEvent, SlipGuard) = "slip" "slips" "督办单据",
    start Issued "slip.issued" by [System, StreetOfficer];
    states {
        Issued = "issued" "待答复",
        Overdue = "overdue" "逾期未答复",
        Answered = "answered" "已答复",
        Closed = "closed" "已办结",
        Repeated = "repeated" "已再次下达",
        Withdrawn = "withdrawn" "已撤回",
    }
    events {
        Answer = "slip.answered" "answer" "答复" "Answer",
        FallDue = "slip.overdue" "" "逾期未答复" "Not answered in time",
        Close = "slip.closed" "close" "办结" "Accept the answer",
        Repeat = "slip.repeated" "repeat" "再次下达" "Issue it again",
        Withdraw = "slip.withdrawn" "withdraw" "撤回" "Withdraw",
    }
    guards {
        ToOrganisation = Forbidden "addressed_to_the_organisation",
        ToSecretary = Forbidden "addressed_to_the_secretary",
    }
    rows {
        Issued | Overdue on Answer [ToOrganisation] by [OrgAgent, OrgLegalRep] => Answered, stop [SlipAnswer], tell [Street];
        Issued | Overdue on Answer [ToSecretary] by [CommunitySecretary] => Answered, stop [SlipAnswer], tell [Street];
        Issued on FallDue [] by [System] => Overdue, tell [Street, Organisation, Secretary], at SlipAnswer;
        Answered on Close [] by [StreetOfficer] => Closed, tell [Organisation, Secretary];
        Answered | Overdue on Repeat [] by [StreetOfficer] => Repeated;
        Issued | Overdue | Answered on Withdraw [] by [StreetOfficer, System] => Withdrawn, tell [Organisation, Secretary];
    }
}
