//! The life cycle of a publicity (rulebook 2.6, publicity mechanics).

wubang_kernel::machine! {
    /// 公示 publicity period, rulebook 2.6.
    pub PublicityPeriod (PublicityState, PublicityEvent, PublicityGuard) = "publicity_period" "publicities" "公示",
    start Running "publicity.started" by [System];
    states {
        Running = "running" "公示中",
        Ended = "ended" "公示期满",
        Stopped = "stopped" "公示终止",
        Superseded = "superseded" "已重新公示",
    }
    events {
        End = "publicity.ended" "" "公示期满" "The period ended",
        Stop = "publicity.stopped" "" "公示终止" "The matter fell away",
        Supersede = "publicity.superseded" "" "重新公示" "The text changed",
    }
    guards {}
    rows {
        Running on End [] by [System] => Ended;
        Running on Stop [] by [System] => Stopped;
        Running on Supersede [] by [System] => Superseded;
    }
}
