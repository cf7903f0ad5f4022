//! The life cycle of an award (rulebook 2.8.4). Objections are a stage of their own: they suspend it, let it go on
//! and revoke it through `objecting`.

wubang_kernel::machine! {
    /// 承榜 award, rulebook 2.8.4.
    pub Award (AwardState, AwardEvent, AwardGuard) = "award" "awards" "承榜",
    start InPublicity "award.proposed" by [StreetOfficer];
    states {
        InPublicity = "in_publicity" "公示中",
        Suspended = "suspended" "异议中止",
        Confirmed = "confirmed" "已确定",
        Notified = "notified" "已通知",
        Contracted = "contracted" "已签约",
        Declined = "declined" "放弃",
        Lapsed = "lapsed" "失效",
        Revoked = "revoked" "撤销",
    }
    events {
        Confirm = "award.confirmed" "" "公示期满" "The publicity ended",
        IssueNotice = "award.notice_issued" "issue_notice" "发出承榜通知" "Issue the notice",
        Contract = "award.contracted" "" "签约" "Contracted",
        EndShowing = "award.publicity_over" "" "通知后公示期满" "The publicity beside the notice ended",
        Suspend = "award.suspended" "" "异议受理,中止" "An objection was accepted",
        Resume = "award.resumed" "" "异议办结,恢复" "No objection is open any more",
        Revoke = "award.revoked" "" "撤销承榜" "The award was revoked",
        Decline = "award.declined" "decline" "放弃承榜" "Decline",
        Lapse = "award.lapsed" "" "逾期未签约" "The agreement was not signed in time",
        CancelPosting = "award.posting_cancelled" "" "撤榜" "The posting was cancelled",
    }
    guards {
        NoOpenHold = OpenHold "no_open_hold",
        AtOnce = InvalidTransition "emergency",
        WasInPublicity = InvalidTransition "was_in_publicity",
        WasConfirmed = InvalidTransition "was_confirmed",
        WasNotified = InvalidTransition "was_notified",
    }
    rows {
        InPublicity on Confirm [NoOpenHold] by [System] => Confirmed, stop [T15], tell [Street, Organisation], at T15;
        InPublicity | Confirmed | Notified on Suspend [] by [System] => Suspended, tell [Organisation, Street];
        Suspended on Resume [NoOpenHold, WasInPublicity] by [System] => InPublicity, tell [Organisation, Street];
        Suspended on Resume [NoOpenHold, WasConfirmed] by [System] => Confirmed, tell [Organisation, Street];
        Suspended on Resume [NoOpenHold, WasNotified] by [System] => Notified, tell [Organisation, Street];
        Suspended | InPublicity | Confirmed | Notified on Revoke [] by [System] => Revoked, tell [Organisation, Street, Secretary];
        Confirmed on IssueNotice [NoOpenHold] by [StreetOfficer] => Notified, start [T17], tell [Organisation, Secretary];
        InPublicity on IssueNotice [NoOpenHold, AtOnce] by [StreetOfficer] => Notified, start [T17], tell [Organisation, Secretary];
        Notified on EndShowing [] by [System] => Notified, at T15;
        Contracted on EndShowing [] by [System] => Contracted, at T15;
        Notified on Contract [] by [System] => Contracted, stop [T17], tell [Street];
        InPublicity | Suspended | Confirmed | Notified on Decline [] by [OrgLegalRep] => Declined, stop [T15, T17], tell [Street, Secretary];
        Notified on Lapse [] by [System] => Lapsed, stop [T15], tell [Street, Secretary, Organisation], at T17;
        InPublicity | Suspended on CancelPosting [] by [System] => Lapsed, stop [T15], tell [Organisation];
    }
}
