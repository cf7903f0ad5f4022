//! The life cycle of a termination (rulebook 2.8.5 `contract.terminated`).

wubang_kernel::machine! {
    /// 解除协议 termination (实施), rulebook 2.5, 2.8.5; by agreement of all parties, or for cause after a hearing.
    pub Termination (TerminationState, TerminationEvent, TerminationGuard) = "termination" "terminations" "解除协议",
    start Proposed "termination.proposed" by [OrgLegalRep, StreetOfficer];
    states {
        Proposed = "proposed" "已提出",
        Terminated = "terminated" "已解除",
        Refused = "refused" "未获同意",
        Dropped = "dropped" "不予解除",
        Withdrawn = "withdrawn" "已撤回",
        Lapsed = "lapsed" "已失效",
    }
    events {
        Agree = "termination.agreed" "agree" "同意解除" "Agree to it",
        Complete = "termination.completed" "" "协商解除" "Every party has agreed",
        Refuse = "termination.refused" "refuse" "不同意解除" "Do not agree",
        Answer = "termination.answered" "answer" "陈述意见" "State one's view",
        EndHearing = "termination.hearing_ended" "" "陈述期满" "The time to be heard ended",
        Decide = "termination.decided" "decide" "决定解除" "Terminate for cause",
        Drop = "termination.dropped" "drop" "不予解除" "Let the agreement stand",
        Withdraw = "termination.withdrawn" "withdraw" "撤回" "Take it back",
        Lapse = "termination.lapsed" "" "失效" "The agreement has gone on",
    }
    guards {
        ContractRunning = InvalidTransition "contract_active_or_suspended",
        ByAgreement = InvalidTransition "by_agreement",
        ForCause = InvalidTransition "for_cause",
        MaySpeak = Forbidden "authorised_signatory_of_a_party",
        NotYetSpoken = Duplicate "party_has_not_spoken",
        OtherPerson = SamePerson "neither_proposed_nor_agreed",
        AllAgreed = NotConfirmed "every_party_has_agreed",
        NotAnswered = Duplicate "not_yet_answered",
        Heard = NotHeard "answered_or_time_over",
        OwnSide = Forbidden "of_the_side_that_proposed",
    }
    rows {
        Proposed on Agree [ByAgreement, MaySpeak, NotYetSpoken, OtherPerson, ContractRunning] by [OrgLegalRep, StreetOfficer, Partner, Custodian] => Proposed, tell [Street, Organisation];
        Proposed on Complete [ByAgreement, AllAgreed, ContractRunning] by [System] => Terminated, tell [Street, Organisation];
        Proposed on Refuse [ByAgreement, MaySpeak, NotYetSpoken, OtherPerson] by [OrgLegalRep, StreetOfficer, Partner, Custodian] => Refused, tell [Street, Organisation];
        Proposed on Answer [ForCause, NotAnswered] by [OrgLegalRep] => Proposed, stop [TerminationHearing], tell [Street];
        Proposed on EndHearing [ForCause] by [System] => Proposed, tell [Street, Organisation], at TerminationHearing;
        Proposed on Decide [ForCause, OtherPerson, Heard, ContractRunning] by [StreetOfficer] => Terminated, tell [Street, Organisation];
        Proposed on Drop [ForCause, OtherPerson] by [StreetOfficer] => Dropped, tell [Street, Organisation];
        Proposed on Withdraw [OwnSide] by [OrgLegalRep, StreetOfficer] => Withdrawn, tell [Street, Organisation];
        Proposed on Lapse [] by [System] => Lapsed, tell [Street, Organisation];
    }
}
