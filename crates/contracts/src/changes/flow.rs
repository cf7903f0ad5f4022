//! The life cycle of a change request (rulebook 2.8.7).

wubang_kernel::machine! {
    /// 变更申请 change request (实施), rulebook 2.8.7.
    pub ChangeRequest (ChangeRequestState, ChangeRequestEvent, ChangeRequestGuard) = "change_request" "change_requests" "变更申请",
    start Draft "change_request.drafted" by [OrgAgent, OrgLegalRep, StreetOfficer];
    states {
        Draft = "draft" "草稿",
        Submitted = "submitted" "已提交",
        UnderReview = "under_review" "审核中",
        InPublicity = "in_publicity" "公示中",
        Approved = "approved" "已批准",
        Rejected = "rejected" "未通过",
        Withdrawn = "withdrawn" "已撤回",
    }
    events {
        Submit = "change_request.submitted" "submit" "提交" "Hand in",
        TakeUp = "change_request.taken_up" "take_up" "受理" "Take up",
        Agree = "change_request.agreed" "agree" "同意" "Agree",
        Publicise = "change_request.publicised" "" "公示" "Shown to everybody",
        Approve = "change_request.approved" "" "批准" "Approved",
        Reject = "change_request.rejected" "reject" "不同意" "Reject",
        Lapse = "change_request.lapsed" "" "失效" "Lapsed with its agreement",
        Withdraw = "change_request.withdrawn" "withdraw" "撤回" "Withdraw",
    }
    guards {
        ContractActive = InvalidTransition "contract_active",
        InTime = DeadlinePassed "end_date_not_passed",
        NotExiting = ExitPending "no_exit_pending",
        OnlyOne = Duplicate "no_other_request_open",
        Allowed = ChangeLimit "within_the_limits",
        ByRule = InvalidTransition "shift_within_a_line",
        MayAgree = Forbidden "one_of_the_offices",
        NotYetAgreed = Duplicate "office_has_not_agreed",
        OtherPerson = SamePerson "neither_drafted_nor_agreed",
        AllAgreed = NotConfirmed "every_office_has_agreed",
        Major = InvalidTransition "publicity_required",
        Minor = InvalidTransition "no_publicity_required",
        OwnSide = Forbidden "of_the_side_that_asks",
    }
    rows {
        Draft on Submit [OwnSide, ContractActive, InTime, NotExiting, OnlyOne, Allowed] by [OrgAgent, OrgLegalRep, StreetOfficer] => Submitted, tell [Street, Secretary, Organisation];
        Submitted on Approve [ByRule, ContractActive] by [System] => Approved, tell [Street, Organisation];
        Submitted on TakeUp [ContractActive] by [StreetOfficer] => UnderReview, tell [Street, Secretary, Organisation];
        UnderReview on Agree [MayAgree, ContractActive, InTime, NotExiting, NotYetAgreed, OtherPerson] by [StreetOfficer, CommunitySecretary, DepartmentOfficer, OrgLegalRep] => UnderReview, tell [Street, Organisation];
        UnderReview on Publicise [AllAgreed, Allowed, Major] by [System] => InPublicity, start [ChangePublicity], tell [Street, Secretary, Organisation];
        UnderReview on Approve [AllAgreed, Allowed, Minor] by [System] => Approved, tell [Street, Secretary, Organisation];
        InPublicity on Approve [ContractActive, InTime, NotExiting, Allowed] by [System] => Approved, tell [Street, Secretary, Organisation], at ChangePublicity;
        Submitted | UnderReview on Reject [MayAgree] by [StreetOfficer, CommunitySecretary, DepartmentOfficer, OrgLegalRep] => Rejected, tell [Street, Organisation];
        Submitted | UnderReview | InPublicity on Lapse [] by [System] => Rejected, tell [Street, Organisation];
        Draft | Submitted | UnderReview | InPublicity on Withdraw [OwnSide] by [OrgAgent, OrgLegalRep, StreetOfficer] => Withdrawn, tell [Street, Organisation];
    }
}
