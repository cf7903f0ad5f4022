//! The life cycle of a settlement (rulebook 2.5, 2.8.6).

wubang_kernel::machine! {
    /// 结算 settlement (实施), rulebook 2.8.5, 2.8.6, T33.
    pub Settlement (SettlementState, SettlementEvent, SettlementGuard) = "settlement" "settlements" "结算",
    start Drafted "settlement.drafted" by [StreetOfficer];
    states {
        Drafted = "drafted" "征求承榜组织意见",
        Agreed = "agreed" "承榜组织同意",
        Objected = "objected" "承榜组织有异议",
        Unanswered = "unanswered" "逾期未答复",
        Completed = "completed" "已确定",
    }
    events {
        Agree = "settlement.agreed" "agree" "同意结算" "Agree",
        Object = "settlement.objected" "object" "提出意见" "State an objection",
        EndAnswer = "settlement.answer_ended" "" "答复期满" "The time to answer ended",
        Redraft = "settlement.redrafted" "redraft" "重新拟定" "Draft it anew",
        Complete = "settlement.completed" "complete" "确定结算" "Fix the amounts",
    }
    guards {
        OtherPerson = SamePerson "not_the_drafter",
    }
    rows {
        Drafted on Agree [] by [OrgLegalRep] => Agreed, stop [SettlementAnswer], tell [Street];
        Drafted on Object [] by [OrgLegalRep] => Objected, stop [SettlementAnswer], tell [Street];
        Drafted on EndAnswer [] by [System] => Unanswered, tell [Street, Organisation], at SettlementAnswer;
        Drafted | Agreed | Objected | Unanswered on Redraft [] by [StreetOfficer] => Drafted, start [SettlementAnswer], tell [Organisation];
        Agreed | Objected | Unanswered on Complete [OtherPerson] by [StreetOfficer] => Completed, tell [Secretary, Organisation];
    }
}
