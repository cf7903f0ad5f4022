//! The life cycle of a veto finding (rulebook 2.11.3).

wubang_kernel::machine! {
    /// 一票否决事项 veto finding (考榜), rulebook 2.11.3.
    pub VetoFinding (VetoState, VetoEvent, VetoGuard) = "veto_finding" "veto_findings" "一票否决事项",
    start Proposed "veto_finding.proposed" by [ThirdParty, StreetOfficer, Supervisor];
    states {
        Proposed = "proposed" "待陈述申辩",
        Answered = "answered" "已陈述申辩",
        Confirmed = "confirmed" "认定",
        Dismissed = "dismissed" "不予认定",
    }
    events {
        Answer = "veto_finding.answered" "answer" "陈述申辩" "Answer",
        Confirm = "veto_finding.confirmed" "confirm" "认定" "Confirm",
        Dismiss = "veto_finding.dismissed" "dismiss" "不予认定" "Dismiss",
    }
    guards {
        InTime = DeadlinePassed "within_the_term",
        Heard = TooEarly "answered_or_term_over",
        OtherPerson = SamePerson "decided_by_another",
        ResultOpen = InvalidTransition "result_not_published",
    }
    rows {
        Proposed on Answer [InTime] by [OrgLegalRep] => Answered, stop [VetoAnswer], tell [Street, District];
        Proposed | Answered on Confirm [OtherPerson, Heard, ResultOpen] by [DistrictAdmin] => Confirmed, stop [VetoAnswer], tell [Organisation, Street];
        Proposed | Answered on Dismiss [OtherPerson] by [DistrictAdmin] => Dismissed, stop [VetoAnswer], tell [Organisation, Street];
    }
}
