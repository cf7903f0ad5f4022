//! The life cycle of a guidance order (rulebook 2.8.8).

wubang_kernel::machine! {
    /// 干预指导 guidance_order, rulebook 2.8.8.
    pub GuidanceOrder (GuidanceState, GuidanceEvent, GuidanceGuard) = "guidance_order" "guidance_orders" "干预指导",
    start Proposed "guidance.proposed" by [System, StreetOfficer, CommunitySecretary, ResidentRep];
    states {
        Proposed = "proposed" "待研判",
        Open = "open" "待报计划",
        PlanSubmitted = "plan_submitted" "计划待审",
        InProgress = "in_progress" "指导中",
        Closed = "closed" "已恢复",
        Escalated = "escalated" "转整改",
        Dismissed = "dismissed" "不予启动",
        Lapsed = "lapsed" "因协议结束终止",
    }
    events {
        Open = "guidance.opened" "open" "启动" "Open",
        Dismiss = "guidance.dismissed" "dismiss" "不予启动" "Dismiss",
        SubmitPlan = "guidance.plan_submitted" "submit_plan" "提交恢复计划" "Hand in the recovery plan",
        AcceptPlan = "guidance.plan_accepted" "accept_plan" "同意计划" "Accept the plan",
        ReturnPlan = "guidance.plan_returned" "return_plan" "退回计划" "Return the plan",
        ConfirmRecovery = "guidance.recovery_confirmed" "confirm_recovery" "社区确认恢复" "Confirm that the service runs again",
        Close = "guidance.closed" "close" "恢复,办结" "Close as recovered",
        Fail = "guidance.failed" "fail" "未恢复,转整改" "Not recovered",
        Escalate = "guidance.escalated" "" "逾期,转整改" "Escalated when its time was over",
        Lapse = "guidance.lapsed" "" "协议结束" "The agreement is over",
    }
    guards {
        Running = InvalidTransition "agreement_runs",
        ReturnsLeft = ReturnLimit "at_most_two_returns",
        NotParty = Recused "not_of_the_contractor",
        NotConfirmed = Duplicate "recovery_not_yet_confirmed",
        Confirmed = RecoveryUnconfirmed "recovery_confirmed_by_the_community",
    }
    rows {
        Proposed on Open [Running] by [StreetOfficer] => Open, start [T27], tell [Organisation, Secretary];
        Proposed on Dismiss [] by [StreetOfficer] => Dismissed, tell [Secretary];
        Open on SubmitPlan [] by [OrgAgent, OrgLegalRep] => PlanSubmitted, stop [T27], tell [Street, Secretary];
        PlanSubmitted on AcceptPlan [] by [StreetOfficer] => InProgress, start [T28], tell [Organisation, Secretary];
        PlanSubmitted on ReturnPlan [ReturnsLeft] by [StreetOfficer] => Open, start [T27], tell [Organisation];
        InProgress on ConfirmRecovery [NotParty, NotConfirmed] by [CommunitySecretary] => InProgress, tell [Street];
        InProgress on Close [Confirmed] by [StreetOfficer] => Closed, stop [T28], tell [Organisation, Secretary];
        PlanSubmitted | InProgress on Fail [] by [StreetOfficer] => Escalated, stop [T28], tell [Organisation, Secretary];
        Open on Escalate [] by [System] => Escalated, tell [Organisation, Street, Secretary], at T27;
        InProgress on Escalate [NotConfirmed] by [System] => Escalated, tell [Organisation, Street, Secretary], at T28;
        Proposed | Open | PlanSubmitted | InProgress on Lapse [] by [System] => Lapsed, stop [T27, T28];
    }
}
