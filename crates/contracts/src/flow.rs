//! The life cycles of an agreement, a milestone and a payment (rulebook 2.8.5, 2.8.6).

wubang_kernel::machine! {
    /// 承榜协议 contract (承榜), rulebook 2.8.5.
    pub Contract (ContractState, ContractEvent, ContractGuard) = "contract" "contracts" "承榜协议",
    start Drafting "contract.drafted" by [StreetOfficer];
    states {
        Drafting = "drafting" "拟定中",
        PendingSignature = "pending_signature" "待签署",
        Signed = "signed" "已签",
        Active = "active" "实施中",
        CompletionSubmitted = "completion_submitted" "已提交结项报告",
        Evaluating = "evaluating" "考榜中",
        Completed = "completed" "已完成",
        Void = "void" "作废",
    }
    events {
        Send = "contract.sent" "send" "送签" "Send for signature",
        PartySign = "contract.party_signed" "sign" "签署" "Sign",
        Sign = "contract.signed" "" "各方签署完成" "Every party has signed",
        Activate = "contract.activated" "activate" "开工" "Start the work",
        SubmitReport = "contract.completion_submitted" "submit_completion_report" "提交结项报告" "Hand in the completion report",
        ReturnReport = "contract.report_returned" "return_report" "退回结项报告" "Return the report",
        AcceptReport = "contract.report_accepted" "accept_report" "受理结项报告" "Accept the report",
        Publish = "contract.published" "publish" "公开协议" "Publish the agreement",
        RecordFiling = "contract.filed" "record_filing" "登记备案" "Record the filing",
        Change = "contract.changed" "" "变更" "Changed",
        Complete = "contract.completed" "" "完成" "Completed",
        Void = "contract.voided" "" "作废" "Voided",
    }
    guards {
        SumsMatch = Incomplete "milestones_and_tranches_sum_to_price",
        NotYetSigned = AlreadySigned "party_has_not_signed",
        OtherPerson = SamePerson "signer_differs_from_other_party",
        InTime = DeadlinePassed "within_signing_term",
        MaySign = Forbidden "authorised_signatory",
        AllSigned = NotSigned "every_party_has_signed",
        NotPublished = Duplicate "not_yet_published",
        NotFiled = Duplicate "not_yet_filed",
        Eligible = NotEligible "organisation_eligible",
        Started = TooEarly "start_date_reached",
        Delivered = NotDelivered "end_date_reached_or_milestones_closed",
        ReturnsLeft = ReturnLimit "first_return",
    }
    rows {
        Drafting on Send [SumsMatch] by [StreetOfficer] => PendingSignature, tell [Organisation];
        PendingSignature on PartySign [MaySign, NotYetSigned, OtherPerson, InTime] by [OrgLegalRep, StreetOfficer, Partner, Custodian] => PendingSignature, tell [Street, Organisation];
        PendingSignature on Sign [AllSigned, Eligible] by [System] => Signed, start [T18, T19, T20], tell [Street, Secretary, Organisation];
        Signed on Activate [Started] by [OrgAgent, OrgLegalRep] => Active, start [T35], stop [T20], tell [Street, Secretary];
        Signed on Publish [NotPublished] by [StreetOfficer, System] => Signed, stop [T18], at T18;
        Active on Publish [NotPublished] by [StreetOfficer, System] => Active, stop [T18], at T18;
        CompletionSubmitted on Publish [NotPublished] by [StreetOfficer, System] => CompletionSubmitted, stop [T18], at T18;
        Evaluating on Publish [NotPublished] by [StreetOfficer, System] => Evaluating, stop [T18], at T18;
        Signed on RecordFiling [NotFiled] by [StreetOfficer] => Signed, stop [T19];
        Active on RecordFiling [NotFiled] by [StreetOfficer] => Active, stop [T19];
        CompletionSubmitted on RecordFiling [NotFiled] by [StreetOfficer] => CompletionSubmitted, stop [T19];
        Evaluating on RecordFiling [NotFiled] by [StreetOfficer] => Evaluating, stop [T19];
        Active on Change [] by [System] => Active, tell [Street, Secretary, Organisation];
        Active on SubmitReport [Delivered] by [OrgAgent] => CompletionSubmitted, start [T36], stop [T35, T37], tell [Street, Secretary];
        CompletionSubmitted on ReturnReport [ReturnsLeft] by [StreetOfficer] => Active, start [T37], stop [T36], tell [Organisation];
        CompletionSubmitted on AcceptReport [] by [StreetOfficer] => Evaluating, stop [T36], tell [Organisation, Secretary];
        Evaluating on Complete [] by [System] => Completed, tell [Street, Secretary, Organisation];
        Drafting | PendingSignature on Void [] by [System] => Void, tell [Street, Organisation];
    }
}

wubang_kernel::machine! {
    /// 里程碑 milestone (实施), rulebook 2.8.6.
    pub Milestone (MilestoneState, MilestoneEvent, MilestoneGuard) = "milestone" "milestones" "里程碑",
    start Planned "milestone.planned" by [StreetOfficer];
    states {
        Planned = "planned" "未到期",
        Submitted = "submitted" "待验收",
        Met = "met" "达成",
        PartiallyMet = "partially_met" "部分达成",
        Returned = "returned" "退回",
        Overdue = "overdue" "逾期",
        Waived = "waived" "取消",
    }
    events {
        Submit = "milestone.submitted" "submit" "提交验收" "Hand in for acceptance",
        Verify = "milestone.verified" "verify" "验收" "Verify",
        Return = "milestone.returned" "return" "退回" "Return",
        FallDue = "milestone.overdue" "" "到期未提交" "Fell due",
        Waive = "milestone.waived" "" "取消" "Waived",
    }
    guards {
        ContractActive = InvalidTransition "contract_active",
        EvidenceComplete = EvidenceMissing "evidence_per_indicator",
        NotRecused = Recused "verifier_not_of_contractor",
        NewRole = Duplicate "role_has_not_verified",
        OtherPerson = SamePerson "two_persons",
        First = InvalidTransition "first_of_two_verifications",
        AllMet = InvalidTransition "both_state_100_percent",
        PartMet = InvalidTransition "lower_ratio_below_100",
        ReturnsLeft = ReturnLimit "at_most_two_returns",
    }
    rows {
        Planned | Overdue | Returned on Submit [ContractActive, EvidenceComplete] by [OrgAgent] => Submitted,
            start [T23], stop [MilestoneDue, T22, T24, T25], tell [Secretary];
        Submitted on Verify [NotRecused, NewRole, OtherPerson, First] by [CommunitySecretary, ResidentRep] => Submitted, tell [Secretary];
        Submitted on Verify [NotRecused, NewRole, OtherPerson, AllMet] by [CommunitySecretary, ResidentRep] => Met, tell [Organisation, Street];
        Submitted on Verify [NotRecused, NewRole, OtherPerson, PartMet] by [CommunitySecretary, ResidentRep] => PartiallyMet, tell [Organisation, Street];
        Submitted on Return [NotRecused, ReturnsLeft] by [CommunitySecretary] => Returned, stop [T23], tell [Organisation];
        Planned on Waive [] by [System] => Waived, tell [Organisation];
        Planned on FallDue [] by [System] => Overdue, start [T24, T25], tell [Organisation, Street], at MilestoneDue;
    }
}

wubang_kernel::machine! {
    /// 拨付 payment (实施), rulebook 2.8.6. Recorded here, paid elsewhere.
    pub Payment (PaymentState, PaymentEvent, PaymentGuard) = "payment" "payments" "拨付",
    start Planned "payment.planned" by [StreetOfficer];
    states {
        Planned = "planned" "未到条件",
        Eligible = "eligible" "可申请",
        Requested = "requested" "已申请",
        Approved = "approved" "已批准",
        Withheld = "withheld" "暂缓",
        Paid = "paid" "已拨付",
    }
    events {
        Enable = "payment.eligible" "" "条件成就" "The condition is met",
        Request = "payment.requested" "request" "申请拨付" "Ask for payment",
        Approve = "payment.approved" "approve" "批准拨付" "Approve",
        Withhold = "payment.withheld" "withhold" "暂缓拨付" "Withhold",
        Release = "payment.released" "release" "解除暂缓" "Release",
        Pay = "payment.paid" "record_payment" "登记已拨付" "Record the payment",
    }
    guards {
        NotBlocked = PaymentBlocked "no_rectification_or_exit",
    }
    rows {
        Planned on Enable [] by [System] => Eligible, tell [Organisation];
        Eligible on Request [] by [OrgAgent] => Requested, start [T21], tell [Street];
        Requested on Approve [NotBlocked] by [StreetOfficer] => Approved, tell [Organisation];
        Requested on Withhold [] by [StreetOfficer, System] => Withheld, stop [T21], tell [Organisation];
        Withheld on Release [] by [StreetOfficer, System] => Requested, start [T21], tell [Organisation];
        Approved on Pay [] by [StreetOfficer] => Paid, tell [Organisation, Secretary];
    }
}
