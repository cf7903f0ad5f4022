//! The life cycle of a bid (rulebook 2.8.3), of one organisation or of several.

wubang_kernel::machine! {
    /// 揭榜意向书 bid (揭榜), rulebook 2.8.3.
    pub Bid (BidState, BidEvent, BidGuard) = "bid" "bids" "揭榜意向书",
    start Draft "bid.drafted" by [OrgAgent, OrgLegalRep];
    states {
        Draft = "draft" "草稿",
        Submitted = "submitted" "已提交",
        Withdrawn = "withdrawn" "已撤回",
        WithdrawnLate = "withdrawn_late" "截止后撤回",
        Opened = "opened" "已开启",
        Qualified = "qualified" "资格合格",
        Clarifying = "clarifying" "澄清中",
        Disqualified = "disqualified" "资格不合格",
        Scored = "scored" "已评分",
        Recommended = "recommended" "拟承榜",
        Reserve = "reserve" "候补",
        NotSelected = "not_selected" "未承榜",
        Awarded = "awarded" "承榜",
        Declined = "declined" "放弃",
        Invalidated = "invalidated" "作废",
    }
    events {
        Submit = "bid.submitted" "submit" "提交" "Submit",
        Revise = "bid.revised" "revise" "修订" "Revise",
        Withdraw = "bid.withdrawn" "withdraw" "撤回" "Withdraw",
        Leave = "bid.member_left" "" "成员退出" "A member left",
        Open = "bid.opened" "" "开启" "Opened",
        Return = "bid.returned" "" "因变更公告退回" "Returned because of an amendment",
        PostingCancel = "bid.posting_cancelled" "" "撤榜退回" "The posting was cancelled",
        Qualify = "bid.qualified" "qualify" "资格合格" "Qualify",
        RequestRepair = "bid.repair_requested" "request_repair" "要求补正形式瑕疵" "Ask for the repair of formal defects",
        Repair = "bid.repaired" "repair" "补正" "Repair",
        LapseRepair = "bid.repair_lapsed" "" "逾期未补正" "The repair did not come",
        ProposeDisqualification = "bid.disqualification_proposed" "propose_disqualification" "提出资格不合格" "Propose the disqualification",
        Disqualify = "bid.disqualified" "confirm_disqualification" "确认资格不合格" "Confirm the disqualification",
        RequestClarification = "bid.clarification_requested" "request_clarification" "要求澄清" "Ask for a clarification",
        Clarify = "bid.clarified" "clarify" "澄清" "Clarify",
        LapseClarification = "bid.clarification_lapsed" "" "逾期未澄清" "The clarification did not come",
        Score = "bid.scored" "" "已评分" "Scored",
        Recommend = "bid.recommended" "" "拟承榜" "Recommended",
        Keep = "bid.reserved" "" "列为候补" "Kept in reserve",
        Expire = "bid.reserve_expired" "" "候补期满" "The reserve ran out",
        Pass = "bid.not_selected" "" "未承榜" "Not selected",
        Award = "bid.awarded" "" "承榜" "Awarded",
        Revoke = "bid.award_revoked" "" "承榜撤销" "The award was revoked",
        Restore = "bid.restored" "" "异议成立,资格恢复" "Restored after an objection",
        Reopen = "bid.reevaluation_ordered" "" "重新评审" "To be judged again",
        ProposeInvalidation = "bid.invalidation_proposed" "propose_invalidation" "拟作废,听取陈述" "Announce the invalidation and hear the bidder",
        Hear = "bid.heard" "answer_invalidation" "陈述" "Be heard",
        EndHearing = "bid.hearing_over" "" "陈述期满" "The time to be heard is over",
        DropInvalidation = "bid.invalidation_dropped" "drop_invalidation" "不予作废" "Drop the invalidation",
        Invalidate = "bid.invalidated" "invalidate" "作废" "Invalidate",
        Decline = "bid.declined" "" "放弃" "Declined",
    }
    guards {
        Proceeding = PostingSuspended "posting_not_suspended",
        BeforeDeadline = DeadlinePassed "before_the_deadline",
        Complete = Incomplete "letter_complete",
        PriceWithin = PriceOutOfRange "price_within_the_ceiling",
        Eligible = NotEligible "organisation_eligible",
        CapacityFree = CapReached "capacity_free",
        Confirmed = NotConfirmed "confirmed_by_all_members",
        Signed = NotSigned "signed_by_the_legal_representative",
        ChecksPass = ChecksFailed "eligibility_checks_pass",
        Proposed = Incomplete "disqualification_proposed",
        OtherPerson = SamePerson "another_person_confirms",
        Evaluating = InvalidTransition "posting_evaluating",
        ClarificationsLeft = CapReached "clarifications_left",
        ClarifiedInTime = DeadlinePassed "within_the_clarification_term",
        FirstRepair = Duplicate "repair_asked_for_once",
        RepairAsked = InvalidTransition "repair_asked",
        RepairedInTime = DeadlinePassed "within_the_repair_term",
        NoRepairOpen = RepairOpen "no_repair_open",
        RoundStands = InvalidTransition "round_stands_and_agreement_unsigned",
        NoHearing = Duplicate "no_hearing_open",
        HearingOpen = InvalidTransition "hearing_open",
        HeardInTime = DeadlinePassed "within_the_hearing_term",
        Undecided = InvalidTransition "hearing_to_be_decided",
        HeardOut = NotHeard "bidder_heard",
        OtherThanOpener = SamePerson "another_person_decides",
        WithoutPanel = InvalidTransition "ordered_from_one",
    }
    rows {
        Draft | Withdrawn on Submit [Proceeding, BeforeDeadline, Complete, PriceWithin, Eligible, CapacityFree, Confirmed, Signed] by [OrgLegalRep, OrgAgent] => Submitted, tell [Organisation];
        Submitted on Revise [Proceeding, BeforeDeadline, Complete, PriceWithin, Eligible, CapacityFree, Confirmed, Signed] by [OrgLegalRep, OrgAgent] => Submitted, tell [Organisation];
        Submitted on Withdraw [Proceeding, BeforeDeadline] by [OrgLegalRep, OrgAgent] => Withdrawn, tell [Organisation];
        Draft on Withdraw [Proceeding, BeforeDeadline] by [OrgLegalRep, OrgAgent] => Withdrawn;
        Draft | Submitted on Leave [] by [System] => Draft, tell [Organisation];
        Withdrawn on Leave [] by [System] => Withdrawn, tell [Organisation];
        Submitted on Return [] by [System] => Draft, tell [Organisation];
        Submitted on Open [] by [System] => Opened, tell [Organisation];
        Draft | Submitted on PostingCancel [] by [System] => Withdrawn, tell [Organisation];
        Opened on RequestRepair [Proceeding, FirstRepair] by [StreetOfficer] => Opened, start [BidRepair], tell [Organisation];
        Opened on Repair [Proceeding, RepairAsked, RepairedInTime] by [OrgLegalRep, OrgAgent] => Opened, stop [BidRepair], tell [Street];
        Opened on LapseRepair [] by [System] => Opened, tell [Organisation, Street], at BidRepair;
        Opened on Qualify [Proceeding, NoRepairOpen, ChecksPass] by [StreetOfficer] => Qualified;
        Opened on ProposeDisqualification [Proceeding, NoRepairOpen] by [StreetOfficer] => Opened;
        Opened on Disqualify [Proceeding, NoRepairOpen, Proposed, OtherPerson] by [StreetOfficer] => Disqualified, tell [Organisation];
        Qualified on RequestClarification [Proceeding, Evaluating, ClarificationsLeft] by [Assessor] => Clarifying, start [BidClarification], tell [Organisation];
        Clarifying on Clarify [Proceeding, ClarifiedInTime] by [OrgLegalRep, OrgAgent] => Qualified, stop [BidClarification];
        Clarifying on LapseClarification [] by [System] => Qualified, tell [Organisation], at BidClarification;
        Opened | Qualified | Clarifying | Scored on Withdraw [] by [OrgLegalRep, OrgAgent] => WithdrawnLate, tell [Organisation, Street];
        Qualified on Score [] by [System] => Scored;
        Qualified on Recommend [WithoutPanel] by [System] => Recommended, tell [Organisation];
        Scored on Recommend [] by [System] => Recommended, tell [Organisation];
        Reserve on Recommend [] by [System] => Recommended, stop [ReserveValidity], tell [Organisation];
        Scored on Keep [] by [System] => Reserve, start [ReserveValidity];
        Reserve on Expire [] by [System] => NotSelected, tell [Organisation], at ReserveValidity;
        Scored on Pass [] by [System] => NotSelected;
        Recommended on Award [] by [System] => Awarded, tell [Organisation];
        Disqualified | Invalidated on Restore [Proceeding] by [System] => Qualified, tell [Organisation, Street];
        Recommended | Awarded on Revoke [] by [System] => NotSelected, tell [Organisation];
        Scored | Reserve | NotSelected on Reopen [] by [System] => Qualified, stop [ReserveValidity], tell [Organisation];
        Recommended | Awarded on Decline [] by [System] => Declined, tell [Organisation];
        Opened on ProposeInvalidation [RoundStands, NoHearing] by [StreetOfficer] => Opened, start [BidHearing], tell [Organisation];
        Qualified on ProposeInvalidation [RoundStands, NoHearing] by [StreetOfficer] => Qualified, start [BidHearing], tell [Organisation];
        Clarifying on ProposeInvalidation [RoundStands, NoHearing] by [StreetOfficer] => Clarifying, start [BidHearing], tell [Organisation];
        Scored on ProposeInvalidation [RoundStands, NoHearing] by [StreetOfficer] => Scored, start [BidHearing], tell [Organisation];
        Recommended on ProposeInvalidation [RoundStands, NoHearing] by [StreetOfficer] => Recommended, start [BidHearing], tell [Organisation];
        Reserve on ProposeInvalidation [RoundStands, NoHearing] by [StreetOfficer] => Reserve, start [BidHearing], tell [Organisation];
        Awarded on ProposeInvalidation [RoundStands, NoHearing] by [StreetOfficer] => Awarded, start [BidHearing], tell [Organisation];
        Opened on Hear [HearingOpen, HeardInTime] by [OrgLegalRep, OrgAgent] => Opened, stop [BidHearing], tell [Street];
        Qualified on Hear [HearingOpen, HeardInTime] by [OrgLegalRep, OrgAgent] => Qualified, stop [BidHearing], tell [Street];
        Clarifying on Hear [HearingOpen, HeardInTime] by [OrgLegalRep, OrgAgent] => Clarifying, stop [BidHearing], tell [Street];
        Scored on Hear [HearingOpen, HeardInTime] by [OrgLegalRep, OrgAgent] => Scored, stop [BidHearing], tell [Street];
        Recommended on Hear [HearingOpen, HeardInTime] by [OrgLegalRep, OrgAgent] => Recommended, stop [BidHearing], tell [Street];
        Reserve on Hear [HearingOpen, HeardInTime] by [OrgLegalRep, OrgAgent] => Reserve, stop [BidHearing], tell [Street];
        Awarded on Hear [HearingOpen, HeardInTime] by [OrgLegalRep, OrgAgent] => Awarded, stop [BidHearing], tell [Street];
        Opened on EndHearing [] by [System] => Opened, tell [Street], at BidHearing;
        Qualified on EndHearing [] by [System] => Qualified, tell [Street], at BidHearing;
        Clarifying on EndHearing [] by [System] => Clarifying, tell [Street], at BidHearing;
        Scored on EndHearing [] by [System] => Scored, tell [Street], at BidHearing;
        Recommended on EndHearing [] by [System] => Recommended, tell [Street], at BidHearing;
        Reserve on EndHearing [] by [System] => Reserve, tell [Street], at BidHearing;
        Awarded on EndHearing [] by [System] => Awarded, tell [Street], at BidHearing;
        Opened on DropInvalidation [Undecided] by [StreetOfficer] => Opened, stop [BidHearing], tell [Organisation];
        Qualified on DropInvalidation [Undecided] by [StreetOfficer] => Qualified, stop [BidHearing], tell [Organisation];
        Clarifying on DropInvalidation [Undecided] by [StreetOfficer] => Clarifying, stop [BidHearing], tell [Organisation];
        Scored on DropInvalidation [Undecided] by [StreetOfficer] => Scored, stop [BidHearing], tell [Organisation];
        Recommended on DropInvalidation [Undecided] by [StreetOfficer] => Recommended, stop [BidHearing], tell [Organisation];
        Reserve on DropInvalidation [Undecided] by [StreetOfficer] => Reserve, stop [BidHearing], tell [Organisation];
        Awarded on DropInvalidation [Undecided] by [StreetOfficer] => Awarded, stop [BidHearing], tell [Organisation];
        Opened | Qualified | Clarifying | Scored | Recommended | Reserve | Awarded on Invalidate [RoundStands, Undecided, HeardOut, OtherThanOpener] by [StreetOfficer] => Invalidated, stop [BidHearing, BidClarification, BidRepair, ReserveValidity], tell [Organisation, Street];
    }
}
