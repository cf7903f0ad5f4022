//! The life cycle of an entry of the red or the black list (rulebook 2.8.15).

wubang_kernel::machine! {
    /// 红黑榜 list_entry, rulebook 2.8.15.
    pub ListEntry (ListEntryState, ListEntryEvent, ListEntryGuard) = "list_entry" "list_entries" "红黑榜",
    start Proposed "list_entry.proposed" by [System, StreetOfficer, DistrictAdmin];
    states {
        Proposed = "proposed" "拟列入",
        InPublicity = "in_publicity" "公示中",
        Notice = "notice" "听取陈述申辩",
        Reviewing = "reviewing" "审议中",
        Active = "active" "在榜",
        RepairRequested = "repair_requested" "已申请信用修复",
        Repaired = "repaired" "已修复",
        Expired = "expired" "期满",
        Dropped = "dropped" "不予列入",
        Revoked = "revoked" "撤销",
    }
    events {
        Publish = "list_entry.published" "publish" "公示" "Publish the proposal for the red list",
        Notify = "list_entry.notified" "notify" "告知" "Give notice of the black list and hear the organisation",
        Drop = "list_entry.dropped" "drop" "不予列入" "Do not list",
        Defend = "list_entry.defended" "defend" "陈述申辩" "Answer to the notice",
        EndDefence = "list_entry.defence_over" "" "陈述申辩期满" "The time to answer is over",
        Activate = "list_entry.activated" "" "公示期满,列入红榜" "The publicity ended, the entry is in force",
        Enter = "list_entry.entered" "enter" "列入黑榜" "Put on the black list",
        RequestRepair = "list_entry.repair_requested" "request_repair" "申请信用修复" "Ask for early removal",
        Repair = "list_entry.repaired" "repair" "同意修复" "Grant the early removal",
        RefuseRepair = "list_entry.repair_refused" "refuse_repair" "不予修复" "Refuse the early removal",
        Expire = "list_entry.expired" "" "期满" "The term ended",
        Lapse = "list_entry.lapsed" "" "依据撤销,终止" "What it rests on was taken back",
        Revoke = "list_entry.revoked" "revoke" "撤销" "Revoke",
    }
    guards {
        Red = InvalidTransition "red_list",
        Black = InvalidTransition "black_list",
        DefenceOpen = DeadlinePassed "within_the_defence_term",
        OtherPerson = SamePerson "another_person_decides",
        NoOpenHold = OpenHold "no_open_hold",
        RepairDue = TooEarly "repair_after_six_clean_months",
    }
    rows {
        Proposed on Publish [Red] by [DistrictAdmin] => InPublicity, start [T57], tell [Organisation];
        Proposed on Notify [Black] by [DistrictAdmin] => Notice, start [BlackListDefence], tell [Organisation];
        Proposed on Drop [] by [DistrictAdmin] => Dropped;
        Proposed | Notice | Reviewing on Lapse [] by [System] => Dropped, stop [BlackListDefence], tell [District];
        Notice on Defend [DefenceOpen] by [OrgLegalRep] => Reviewing, stop [BlackListDefence], tell [District];
        Notice on EndDefence [] by [System] => Reviewing, tell [District], at BlackListDefence;
        Reviewing on Enter [OtherPerson] by [DistrictAdmin] => Active, start [T56], tell [Organisation, Street];
        Reviewing on Drop [] by [DistrictAdmin] => Dropped, tell [Organisation];
        InPublicity on Activate [NoOpenHold] by [System] => Active, start [T56], tell [Organisation, Street], at T57;
        InPublicity on Revoke [] by [DistrictAdmin, System] => Revoked, stop [T57], tell [Organisation];
        Active on RequestRepair [Black, RepairDue] by [OrgLegalRep] => RepairRequested, tell [District];
        RepairRequested on Repair [] by [DistrictAdmin] => Repaired, stop [T56], tell [Organisation, Street];
        RepairRequested on RefuseRepair [] by [DistrictAdmin] => Active, tell [Organisation];
        Active | RepairRequested on Expire [] by [System] => Expired, tell [Organisation], at T56;
        Active | RepairRequested on Revoke [] by [DistrictAdmin, System] => Revoked, stop [T56], tell [Organisation, Street];
    }
}
