//! The life cycle of a rectification order (rulebook 2.8.9).

wubang_kernel::machine! {
    /// 纠偏整改 rectification_order, rulebook 2.8.9.
    pub RectificationOrder (RectificationState, RectificationEvent, RectificationGuard) = "rectification_order" "rectification_orders" "纠偏整改",
    start Proposed "rectification.proposed" by [System, StreetOfficer, CommunitySecretary];
    states {
        Proposed = "proposed" "待研判",
        Ordered = "ordered" "整改中",
        Reported = "reported" "待复查",
        Failed = "failed" "整改不合格",
        Passed = "passed" "整改合格",
        ClosedToExit = "closed_to_exit" "转退出程序",
        Dismissed = "dismissed" "不予启动",
        Lapsed = "lapsed" "因协议结束终止",
    }
    events {
        Order = "rectification.ordered" "order" "责令整改" "Order the correction",
        Dismiss = "rectification.dismissed" "dismiss" "不予启动" "Dismiss",
        Extend = "rectification.extended" "extend" "延长期限" "Extend the term, once",
        Report = "rectification.reported" "report" "提交整改报告" "Report the correction",
        Expire = "rectification.expired" "" "逾期未报告" "No report in time",
        Judge = "rectification.judged" "judge" "复查" "Say whether it is corrected",
        Pass = "rectification.passed" "" "整改合格" "Corrected",
        Fail = "rectification.failed" "" "整改不合格" "Not corrected",
        ProposeExit = "rectification.exit_proposed" "propose_exit" "提出退出" "Propose the exit",
        Lapse = "rectification.lapsed" "" "协议结束" "The agreement is over",
    }
    guards {
        Running = InvalidTransition "agreement_runs",
        FirstRound = RoundsUsed "first_round",
        SecondRound = TooEarly "second_round",
        NotExtended = ExtensionLimit "not_extended_before",
        NotParty = Recused "not_of_the_contractor",
        NewOffice = Duplicate "office_has_not_spoken",
        OtherPerson = SamePerson "two_persons",
        SeriousClosed = DefectsOpen "every_serious_defect_closed",
        SatisfactionRecovered = SatisfactionLow "new_survey_of_60_or_more",
        BothPass = DefectsOpen "both_offices_find_it_corrected",
        BothSpoke = TooEarly "both_offices_have_spoken",
    }
    rows {
        Proposed on Order [Running] by [StreetOfficer] => Ordered, start [T29], tell [Organisation, Secretary];
        Failed on Order [Running, FirstRound] by [StreetOfficer] => Ordered, start [T29], tell [Organisation, Secretary];
        Proposed on Dismiss [] by [StreetOfficer] => Dismissed, tell [Secretary];
        Ordered on Extend [NotExtended] by [StreetOfficer] => Ordered, start [T29], tell [Organisation, Secretary];
        Ordered on Report [] by [OrgAgent, OrgLegalRep] => Reported, start [T30], stop [T29], tell [Street, Secretary];
        Ordered on Expire [] by [System] => Failed, tell [Organisation, Street, Secretary], at T29;
        Reported on Judge [NotParty, NewOffice, OtherPerson, SeriousClosed, SatisfactionRecovered] by [StreetOfficer, CommunitySecretary] => Reported, tell [Street, Secretary];
        Reported on Pass [BothPass] by [System] => Passed, stop [T30], tell [Organisation, Street, Secretary];
        Reported on Fail [BothSpoke] by [System] => Failed, stop [T30], tell [Organisation, Street, Secretary];
        Failed on ProposeExit [SecondRound] by [StreetOfficer] => ClosedToExit, tell [District];
        Proposed | Ordered | Reported | Failed on Lapse [] by [System] => Lapsed, stop [T29, T30];
    }
}
