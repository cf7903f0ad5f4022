//! The life cycle of an award (rulebook 2.8.4), the straight way: objections are a stage of their own.

wubang_kernel::machine! {
    /// 承榜 award, rulebook 2.8.4.
    pub Award (AwardState, AwardEvent, AwardGuard) = "award" "awards" "承榜",
    start InPublicity "award.proposed" by [StreetOfficer];
    states {
        InPublicity = "in_publicity" "公示中",
        Confirmed = "confirmed" "已确定",
        Notified = "notified" "已通知",
        Contracted = "contracted" "已签约",
        Declined = "declined" "放弃",
        Lapsed = "lapsed" "失效",
    }
    events {
        Confirm = "award.confirmed" "" "公示期满" "The publicity ended",
        IssueNotice = "award.notice_issued" "issue_notice" "发出承榜通知" "Issue the notice",
        Contract = "award.contracted" "" "签约" "Contracted",
        EndShowing = "award.publicity_over" "" "通知后公示期满" "The publicity beside the notice ended",
        Decline = "award.declined" "decline" "放弃承榜" "Decline",
        Lapse = "award.lapsed" "" "逾期未签约" "The agreement was not signed in time",
        CancelPosting = "award.posting_cancelled" "" "撤榜" "The posting was cancelled",
    }
    guards {
        NoOpenHold = OpenHold "no_open_hold",
        AtOnce = InvalidTransition "emergency",
    }
    rows {
        InPublicity on Confirm [NoOpenHold] by [System] => Confirmed, stop [T15], tell [Street, Organisation], at T15;
        Confirmed on IssueNotice [NoOpenHold] by [StreetOfficer] => Notified, start [T17], tell [Organisation, Secretary];
        InPublicity on IssueNotice [NoOpenHold, AtOnce] by [StreetOfficer] => Notified, start [T17], tell [Organisation, Secretary];
        Notified on EndShowing [] by [System] => Notified, at T15;
        Contracted on EndShowing [] by [System] => Contracted, at T15;
        Notified on Contract [] by [System] => Contracted, stop [T17], tell [Street];
        InPublicity | Confirmed | Notified on Decline [] by [OrgLegalRep] => Declined, stop [T15, T17], tell [Street, Secretary];
        Notified on Lapse [] by [System] => Lapsed, stop [T15], tell [Street, Secretary, Organisation], at T17;
        InPublicity on CancelPosting [] by [System] => Lapsed, stop [T15], tell [Organisation];
    }
}
