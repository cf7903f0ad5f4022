//! The life cycle of a signal (rulebook 2.5: flag, investigate, decide).

wubang_kernel::machine! {
    /// 串通线索 signal, rulebook 2.5.
    pub Signal (SignalState, SignalEvent, SignalGuard) = "signal" "signals" "串通线索",
    start Raised "signal.raised" by [System];
    states {
        Raised = "raised" "待核查",
        Investigating = "investigating" "核查中",
        Asked = "asked" "听取说明",
        Dismissed = "dismissed" "排除",
        Confirmed = "confirmed" "属实",
    }
    events {
        Investigate = "signal.investigated" "investigate" "核查" "Look into it",
        Ask = "signal.asked" "ask" "要求说明" "Ask the organisations concerned",
        Reply = "signal.replied" "reply" "说明" "Answer as an organisation concerned",
        Dismiss = "signal.dismissed" "dismiss" "排除" "Dismiss",
        Confirm = "signal.confirmed" "confirm" "认定属实" "Confirm",
    }
    guards {
        InTime = DeadlinePassed "before_the_term_ends",
        NotReplied = Duplicate "not_replied_yet",
        Heard = NotHeard "organisations_heard_or_term_over",
    }
    rows {
        Raised | Investigating on Investigate [] by [Supervisor] => Investigating;
        Investigating on Ask [] by [Supervisor] => Asked;
        Asked on Reply [InTime, NotReplied] by [OrgLegalRep, OrgAgent] => Asked, tell [Supervisor];
        Raised | Investigating | Asked on Dismiss [] by [Supervisor] => Dismissed;
        Asked on Confirm [Heard] by [Supervisor] => Confirmed;
    }
}
