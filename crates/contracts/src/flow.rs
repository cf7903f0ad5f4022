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
        Suspended = "suspended" "中止",
        CompletionSubmitted = "completion_submitted" "已提交结项报告",
        Evaluating = "evaluating" "考榜中",
        Completed = "completed" "已完成",
        Terminated = "terminated" "提前终止",
        Exited = "exited" "已退出",
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
        Suspend = "contract.suspended" "suspend" "中止" "Suspend",
        LoseStanding = "contract.standing_lost" "" "中止期间丧失资格" "The contractor lost its standing meanwhile",
        Resume = "contract.resumed" "resume" "恢复" "Let it go on",
        SuspensionOverlong = "contract.suspension_overlong" "" "中止已满最长期限" "Suspended for as long as allowed",
        DecisionOverdue = "contract.decision_overdue" "" "更换或终止逾期未决" "Nobody has replaced or terminated it",
        MissStart = "contract.start_missed" "" "逾期未开工" "The work has not begun",
        FallSilent = "contract.silent" "" "活动记录中断" "No activity was logged",
        MissReportDate = "contract.report_overdue" "" "结项报告逾期" "The completion report is late",
        StopPayments = "contract.payments_stopped" "" "逾期未交结项报告,停止拨付" "Payments stop until the report is in",
        MissReport = "contract.report_missing" "" "逾期未结项" "The completion report never came",
        Terminate = "contract.terminated" "" "提前终止" "Terminated",
        Exit = "contract.exited" "" "退出" "Exited",
        SettleLate = "contract.settlement_overdue" "" "结算逾期" "The settlement is late",
        Settle = "contract.settled" "" "结算完成" "Settled",
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
        NotReturned = InvalidTransition "report_was_not_returned",
        Returned = InvalidTransition "report_was_returned",
        StandingKept = InvalidTransition "contractor_keeps_its_legal_standing",
        StandingLost = InvalidTransition "contractor_lost_its_legal_standing",
        MayGoOn = NotEligible "contractor_can_go_on",
    }
    rows {
        Drafting on Send [SumsMatch] by [StreetOfficer] => PendingSignature, tell [Organisation];
        PendingSignature on PartySign [MaySign, NotYetSigned, OtherPerson, InTime] by [OrgLegalRep, StreetOfficer, Partner, Custodian] => PendingSignature, tell [Street, Organisation];
        PendingSignature on Sign [AllSigned, Eligible] by [System] => Signed, start [T18, T19, T20], tell [Street, Secretary, Organisation];
        Signed on Activate [Started] by [OrgAgent, OrgLegalRep] => Active, start [T26, T35], stop [T20], tell [Street, Secretary];
        Signed on MissStart [] by [System] => Signed, tell [Street, Secretary, District], at T20;
        Signed on Publish [NotPublished] by [StreetOfficer, System] => Signed, stop [T18], at T18;
        Active on Publish [NotPublished] by [StreetOfficer, System] => Active, stop [T18], at T18;
        CompletionSubmitted on Publish [NotPublished] by [StreetOfficer, System] => CompletionSubmitted, stop [T18], at T18;
        Evaluating on Publish [NotPublished] by [StreetOfficer, System] => Evaluating, stop [T18], at T18;
        Signed on RecordFiling [NotFiled] by [StreetOfficer] => Signed, stop [T19];
        Active on RecordFiling [NotFiled] by [StreetOfficer] => Active, stop [T19];
        CompletionSubmitted on RecordFiling [NotFiled] by [StreetOfficer] => CompletionSubmitted, stop [T19];
        Evaluating on RecordFiling [NotFiled] by [StreetOfficer] => Evaluating, stop [T19];
        Active on Change [] by [System] => Active, tell [Street, Secretary, Organisation];
        Active on FallSilent [] by [System] => Active, start [T26], tell [Street, Secretary, Organisation], at T26;
        Active on Suspend [StandingKept] by [StreetOfficer] => Suspended, start [T34], tell [Secretary, Organisation];
        Active on Suspend [StandingLost] by [System] => Suspended, start [T34, StatusLostDecision], tell [Street, Secretary, District, Organisation];
        Suspended on LoseStanding [StandingLost] by [System] => Suspended, start [StatusLostDecision], tell [Street, Secretary, District, Organisation];
        Suspended on Resume [MayGoOn] by [StreetOfficer] => Active, stop [T34, StatusLostDecision], tell [Secretary, Organisation];
        Suspended on SuspensionOverlong [] by [System] => Suspended, tell [Street, District, Organisation], at T34;
        Suspended on DecisionOverdue [] by [System] => Suspended, tell [Street, District], at StatusLostDecision;
        Active on MissReportDate [] by [System] => Active, start [ReportStop, ReportMissing], tell [Street, Secretary, Organisation], at T35;
        Active on StopPayments [] by [System] => Active, tell [Street, Secretary, Organisation], at ReportStop;
        Active on MissReport [NotReturned] by [System] => Evaluating, stop [T26], tell [Street, Secretary, District, Organisation], at ReportMissing;
        Active on MissReport [Returned] by [System] => Evaluating, stop [T26], tell [Street, Secretary, District, Organisation], at T37;
        Active on SubmitReport [Delivered] by [OrgAgent] => CompletionSubmitted, start [T36], stop [T26, T35, T37, ReportStop, ReportMissing], tell [Street, Secretary];
        CompletionSubmitted on ReturnReport [ReturnsLeft] by [StreetOfficer] => Active, start [T37], stop [T36], tell [Organisation];
        CompletionSubmitted on AcceptReport [] by [StreetOfficer] => Evaluating, stop [T36], tell [Organisation, Secretary];
        Evaluating on Complete [] by [System] => Completed, tell [Street, Secretary, Organisation];
        Active | Suspended | Evaluating on Terminate [] by [System] => Terminated, start [T33], tell [Street, Secretary, District, Organisation];
        Active | Suspended | Evaluating on Exit [] by [System] => Exited, start [T33], tell [Street, Secretary, District, Organisation];
        Terminated on SettleLate [] by [System] => Terminated, tell [Street, District, Organisation], at T33;
        Exited on SettleLate [] by [System] => Exited, tell [Street, District, Organisation], at T33;
        Terminated on Settle [] by [System] => Terminated, stop [T33], tell [Street, Secretary, Organisation];
        Exited on Settle [] by [System] => Exited, stop [T33], tell [Street, Secretary, Organisation];
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
        NotMet = "not_met" "未达成",
    }
    events {
        Submit = "milestone.submitted" "submit" "提交验收" "Hand in for acceptance",
        Verify = "milestone.verified" "verify" "验收" "Verify",
        Return = "milestone.returned" "return" "退回" "Return",
        FallDue = "milestone.overdue" "" "到期未提交" "Fell due",
        Waive = "milestone.waived" "" "取消" "Waived",
        StayAway = "milestone.long_overdue" "" "长期逾期" "Long overdue",
        Fail = "milestone.not_met" "" "协议终止,未达成" "Not met when the agreement ended",
    }
    guards {
        ContractActive = InvalidTransition "contract_active",
        NotSuspended = ContractSuspended "contract_not_suspended",
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
        Submitted on Verify [NotSuspended, NotRecused, NewRole, OtherPerson, First] by [CommunitySecretary, ResidentRep] => Submitted, tell [Secretary];
        Submitted on Verify [NotSuspended, NotRecused, NewRole, OtherPerson, AllMet] by [CommunitySecretary, ResidentRep] => Met, tell [Organisation, Street];
        Submitted on Verify [NotSuspended, NotRecused, NewRole, OtherPerson, PartMet] by [CommunitySecretary, ResidentRep] => PartiallyMet, tell [Organisation, Street];
        Submitted on Return [NotSuspended, NotRecused, ReturnsLeft] by [CommunitySecretary] => Returned, stop [T23], tell [Organisation];
        Planned on Waive [] by [System] => Waived, tell [Organisation];
        Planned on FallDue [] by [System] => Overdue, start [T24, T25], tell [Organisation, Street], at MilestoneDue;
        Overdue on StayAway [] by [System] => Overdue, tell [Street, Secretary, Organisation], at T25;
        Planned | Overdue | Returned on Fail [] by [System] => NotMet, tell [Organisation, Secretary];
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
        Cancelled = "cancelled" "不再拨付",
        ClawbackDue = "clawback_due" "应追回",
        ClawedBack = "clawed_back" "已追回",
    }
    events {
        Enable = "payment.eligible" "" "条件成就" "The condition is met",
        Request = "payment.requested" "request" "申请拨付" "Ask for payment",
        Approve = "payment.approved" "approve" "批准拨付" "Approve",
        Withhold = "payment.withheld" "withhold" "暂缓拨付" "Withhold",
        Release = "payment.released" "release" "解除暂缓" "Release",
        Pay = "payment.paid" "record_payment" "登记已拨付" "Record the payment",
        Cancel = "payment.cancelled" "cancel" "不再拨付" "No longer due",
        ClawBack = "payment.clawback_ordered" "" "责令追回" "To be paid back",
        Repay = "payment.clawed_back" "record_repayment" "登记已追回" "Record the repayment",
    }
    guards {
        NotBlocked = PaymentBlocked "no_rectification_or_exit",
        NotSuspended = ContractSuspended "contract_not_suspended",
        GroundGone = GroundStands "ground_of_withholding_is_gone",
        ContractOver = InvalidTransition "contract_ended_early",
    }
    rows {
        Planned on Enable [] by [System] => Eligible, tell [Organisation];
        Eligible on Request [NotSuspended] by [OrgAgent] => Requested, start [T21], tell [Street];
        Requested on Approve [NotSuspended, NotBlocked] by [StreetOfficer] => Approved, tell [Organisation];
        Requested on Withhold [] by [StreetOfficer, System] => Withheld, stop [T21], tell [Organisation];
        Withheld on Release [NotSuspended, GroundGone] by [StreetOfficer, System] => Requested, start [T21], tell [Organisation];
        Approved on Pay [NotSuspended] by [StreetOfficer] => Paid, stop [T21], tell [Organisation, Secretary];
        Planned | Eligible | Requested | Withheld on Cancel [] by [System] => Cancelled, tell [Organisation];
        Approved on Cancel [ContractOver] by [StreetOfficer] => Cancelled, tell [Organisation];
        Paid on ClawBack [] by [System] => ClawbackDue, tell [Street, Organisation];
        ClawbackDue on Repay [] by [StreetOfficer] => ClawedBack, tell [Organisation, Secretary];
    }
}
