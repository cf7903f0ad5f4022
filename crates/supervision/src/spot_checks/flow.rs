//! The life cycle of a spot check (rulebook 2.4.5).

wubang_kernel::machine! {
    /// 抽查 spot_check, rulebook 2.4.5.
    pub SpotCheck (SpotCheckState, SpotCheckEvent, SpotCheckGuard) = "spot_check" "spot_checks" "抽查",
    start Planned "spot_check.planned" by [DistrictAdmin, StreetOfficer];
    states {
        Planned = "planned" "待抽查",
        Recorded = "recorded" "已抽查",
        Cancelled = "cancelled" "取消",
    }
    events {
        Record = "spot_check.recorded" "record" "登记抽查结果" "Record the finding",
        Cancel = "spot_check.cancelled" "cancel" "取消" "Cancel",
    }
    guards {
        NotRecused = Recused "no_tie_to_the_contractor",
    }
    rows {
        Planned on Record [NotRecused] by [DistrictAdmin, StreetOfficer] => Recorded, tell [Organisation, Street, Secretary];
        Planned on Cancel [] by [DistrictAdmin] => Cancelled;
    }
}
