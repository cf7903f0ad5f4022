//! The life cycle of an exit (rulebook 2.8.10). An appeal goes on beside handover and settlement, which are about other
//! people's care and money and wait for nobody; only the end of the whole waits for it.

wubang_kernel::machine! {
    /// 淘汰退出 exit, rulebook 2.8.10.
    pub Exit (ExitState, ExitEvent, ExitGuard) = "exit" "exits" "淘汰退出",
    start Proposed "exit.proposed" by [System, StreetOfficer];
    states {
        Proposed = "proposed" "待告知",
        Withdrawn = "withdrawn" "已撤回",
        Defence = "defence" "听取陈述申辩",
        Reviewing = "reviewing" "审议中",
        Decided = "decided" "已决定退出",
        Conditional = "conditional" "附条件继续",
        Dropped = "dropped" "继续履行",
        HandedOver = "handed_over" "已移交",
        Closed = "closed" "已办结",
    }
    events {
        Notify = "exit.notified" "notify" "告知" "Give notice with evidence and hear the contractor",
        Withdraw = "exit.withdrawn" "withdraw" "撤回" "Withdraw the proposal",
        Defend = "exit.defended" "defend" "陈述申辩" "Answer to the notice",
        EndDefence = "exit.defence_over" "" "陈述申辩期满" "The time to answer is over",
        State = "exit.opinion_stated" "state_opinion" "提出意见" "State one office's opinion",
        Decide = "exit.decided" "" "决定退出" "Decided",
        GoOn = "exit.dropped" "" "决定继续履行" "The agreement goes on",
        GoOnIf = "exit.continued" "" "决定附条件继续履行" "The agreement goes on under conditions",
        MeetConditions = "exit.conditions_met" "meet_conditions" "条件已满足" "The conditions are met",
        DeclareHandover = "exit.handover_declared" "declare_handover" "申报移交" "Declare the handover",
        ReturnHandover = "exit.handover_returned" "return_handover" "退回移交" "Return the declaration",
        ConfirmHandover = "exit.handed_over" "confirm_handover" "确认移交" "Confirm the handover",
        Appeal = "exit.appealed" "appeal" "申诉" "Appeal",
        EndAppeal = "exit.appeal_over" "" "申诉期满" "The time to appeal is over",
        Uphold = "exit.upheld" "uphold" "维持" "Uphold the decision",
        Reverse = "exit.reversed" "reverse" "撤销" "Reverse the decision",
        Close = "exit.closed" "" "办结" "Handed over, settled, and no appeal open",
        Lapse = "exit.lapsed" "" "协议已结束" "The agreement is over otherwise",
    }
    guards {
        CanEnd = InvalidTransition "agreement_can_end_by_exit",
        GroundHolds = GroundUnproven "the_fact_of_the_ground_holds",
        DefenceOpen = DeadlinePassed "within_the_defence_term",
        NotRecused = Recused "no_tie_to_the_contractor_and_not_the_notifier",
        NewOffice = Duplicate "office_has_not_spoken",
        OtherPerson = SamePerson "two_persons",
        BothSpoke = TooEarly "both_offices_have_spoken",
        BothExit = InvalidTransition "both_say_exit",
        NotBothExit = InvalidTransition "one_says_continue",
        WithConditions = InvalidTransition "conditions_were_set",
        WithoutConditions = InvalidTransition "no_conditions_were_set",
        NotDeclared = Duplicate "handover_not_declared",
        Declared = Incomplete "handover_declared",
        AppealOpen = DeadlinePassed "within_the_appeal_term",
        NotAppealed = Duplicate "not_appealed_before",
        AppealPending = InvalidTransition "an_appeal_is_open",
        Settled = TooEarly "the_agreement_is_settled",
        AppealOver = TooEarly "no_appeal_is_open_or_possible",
    }
    rows {
        Proposed on Notify [CanEnd, GroundHolds] by [StreetOfficer] => Defence, start [T31], tell [Organisation, Secretary, District];
        Proposed on Withdraw [] by [StreetOfficer] => Withdrawn;
        Defence on Defend [DefenceOpen] by [OrgLegalRep] => Reviewing, stop [T31], tell [Street, District];
        Defence on EndDefence [] by [System] => Reviewing, tell [Street, District, Organisation], at T31;
        Reviewing on State [NotRecused, NewOffice, OtherPerson] by [StreetOfficer, DistrictAdmin] => Reviewing, tell [Street, District];
        Reviewing on Decide [BothSpoke, BothExit] by [System] => Decided, start [T32, ExitAppeal], tell [Organisation, Street, Secretary, District];
        Reviewing on GoOnIf [BothSpoke, NotBothExit, WithConditions] by [System] => Conditional, tell [Organisation, Street, Secretary, District];
        Reviewing on GoOn [BothSpoke, NotBothExit, WithoutConditions] by [System] => Dropped, tell [Organisation, Street, Secretary, District];
        Conditional on MeetConditions [] by [StreetOfficer] => Dropped, tell [Organisation, Secretary, District];
        Decided on DeclareHandover [NotDeclared] by [OrgAgent, OrgLegalRep] => Decided, tell [Secretary, Street];
        Decided on ReturnHandover [Declared] by [CommunitySecretary] => Decided, tell [Organisation, Street];
        Decided on ConfirmHandover [Declared] by [CommunitySecretary] => HandedOver, stop [T32], tell [Organisation, Street];
        Decided on Appeal [AppealOpen, NotAppealed] by [OrgLegalRep] => Decided, start [T47], stop [ExitAppeal], tell [Supervisor, Street];
        HandedOver on Appeal [AppealOpen, NotAppealed] by [OrgLegalRep] => HandedOver, start [T47], stop [ExitAppeal], tell [Supervisor, Street];
        Decided on EndAppeal [] by [System] => Decided, at ExitAppeal;
        HandedOver on EndAppeal [] by [System] => HandedOver, at ExitAppeal;
        Decided on Uphold [AppealPending, NotRecused] by [Supervisor] => Decided, stop [T47], tell [Organisation, Street, District];
        HandedOver on Uphold [AppealPending, NotRecused] by [Supervisor] => HandedOver, stop [T47], tell [Organisation, Street, District];
        Decided on Reverse [AppealPending, NotRecused] by [Supervisor] => Decided, stop [T47], tell [Organisation, Street, District];
        HandedOver on Reverse [AppealPending, NotRecused] by [Supervisor] => HandedOver, stop [T47], tell [Organisation, Street, District];
        HandedOver on Close [Settled, AppealOver] by [System] => Closed, tell [Organisation, Street];
        Proposed | Defence | Reviewing | Conditional on Lapse [] by [System] => Withdrawn, stop [T31];
    }
}
