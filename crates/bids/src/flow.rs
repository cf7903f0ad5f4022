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
        Disqualified = "disqualified" "资格不合格",
        Scored = "scored" "已评分",
        Recommended = "recommended" "拟承榜",
        Reserve = "reserve" "候补",
        NotSelected = "not_selected" "未承榜",
        Awarded = "awarded" "承榜",
        Declined = "declined" "放弃",
    }
    events {
        Submit = "bid.submitted" "submit" "提交" "Submit",
        Revise = "bid.revised" "revise" "修订" "Revise",
        Withdraw = "bid.withdrawn" "withdraw" "撤回" "Withdraw",
        Leave = "bid.member_left" "" "成员退出" "A member left",
        Open = "bid.opened" "" "开启" "Opened",
        Invalidate = "bid.invalidated" "" "因变更公告退回" "Returned because of an amendment",
        NotOpened = "bid.not_opened" "" "未能开启,退回" "Returned because nobody could open it",
        PostingCancel = "bid.posting_cancelled" "" "撤榜退回" "The posting was cancelled",
        Qualify = "bid.qualified" "qualify" "资格合格" "Qualify",
        ProposeDisqualification = "bid.disqualification_proposed" "propose_disqualification" "提出资格不合格" "Propose the disqualification",
        Disqualify = "bid.disqualified" "confirm_disqualification" "确认资格不合格" "Confirm the disqualification",
        Score = "bid.scored" "" "已评分" "Scored",
        Recommend = "bid.recommended" "" "拟承榜" "Recommended",
        Keep = "bid.reserved" "" "列为候补" "Kept in reserve",
        Pass = "bid.not_selected" "" "未承榜" "Not selected",
        Award = "bid.awarded" "" "承榜" "Awarded",
        Revoke = "bid.award_revoked" "" "承榜撤销" "The award was revoked",
        Restore = "bid.restored" "" "异议成立,资格恢复" "Restored after an objection",
        Reopen = "bid.reevaluation_ordered" "" "重新评审" "To be judged again",
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
        WithoutPanel = InvalidTransition "ordered_from_one",
    }
    rows {
        Draft | Withdrawn on Submit [Proceeding, BeforeDeadline, Complete, PriceWithin, Eligible, CapacityFree, Confirmed, Signed] by [OrgLegalRep, OrgAgent] => Submitted, tell [Organisation];
        Submitted on Revise [Proceeding, BeforeDeadline, Complete, PriceWithin, Eligible, CapacityFree, Confirmed, Signed] by [OrgLegalRep, OrgAgent] => Submitted, tell [Organisation];
        Submitted on Withdraw [Proceeding, BeforeDeadline] by [OrgLegalRep, OrgAgent] => Withdrawn, tell [Organisation];
        Draft on Withdraw [Proceeding, BeforeDeadline] by [OrgLegalRep, OrgAgent] => Withdrawn;
        Draft | Submitted on Leave [] by [System] => Draft, tell [Organisation];
        Withdrawn on Leave [] by [System] => Withdrawn, tell [Organisation];
        Submitted on Invalidate [] by [System] => Draft, tell [Organisation];
        Submitted on Open [] by [System] => Opened, tell [Organisation];
        Submitted on NotOpened [] by [System] => Withdrawn, tell [Organisation];
        Draft | Submitted on PostingCancel [] by [System] => Withdrawn, tell [Organisation];
        Opened on Qualify [Proceeding, ChecksPass] by [StreetOfficer] => Qualified;
        Opened on ProposeDisqualification [Proceeding] by [StreetOfficer] => Opened;
        Opened on Disqualify [Proceeding, Proposed, OtherPerson] by [StreetOfficer] => Disqualified, tell [Organisation];
        Opened | Qualified | Scored on Withdraw [] by [OrgLegalRep, OrgAgent] => WithdrawnLate, tell [Organisation, Street];
        Qualified on Score [] by [System] => Scored;
        Qualified on Recommend [WithoutPanel] by [System] => Recommended, tell [Organisation];
        Scored | Reserve on Recommend [] by [System] => Recommended, tell [Organisation];
        Scored on Keep [] by [System] => Reserve;
        Scored on Pass [] by [System] => NotSelected;
        Recommended on Award [] by [System] => Awarded, tell [Organisation];
        Disqualified on Restore [Proceeding] by [System] => Qualified, tell [Organisation, Street];
        Recommended | Awarded on Revoke [] by [System] => NotSelected, tell [Organisation];
        Scored | Reserve | NotSelected on Reopen [] by [System] => Qualified, tell [Organisation];
        Recommended | Awarded on Decline [] by [System] => Declined, tell [Organisation];
    }
}
