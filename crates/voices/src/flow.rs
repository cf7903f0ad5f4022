//! The life cycles of a resident's request and of an opinion survey campaign (rulebook 2.4.1, 2.7 T49,
//! T50).

wubang_kernel::machine! {
    /// 居民诉求 resident request (居民点单), rulebook 2.4.1, 2.8.13.
    pub ResidentRequest (RequestState, RequestEvent, RequestGuard) = "resident_request" "requests" "居民诉求",
    start Received "resident_request.received" by [Public];
    states {
        Received = "received" "已收到",
        Acknowledged = "acknowledged" "已签收",
        Attached = "attached" "已并入需求",
        Answered = "answered" "已答复",
        Rejected = "rejected" "不予受理",
        Transferred = "transferred" "已转办",
    }
    events {
        Acknowledge = "resident_request.acknowledged" "acknowledge" "签收" "Acknowledge",
        Attach = "resident_request.attached" "attach" "并入需求" "Attach to a need",
        Answer = "resident_request.answered" "answer" "直接答复" "Answer without a need",
        Reject = "resident_request.rejected" "reject" "不予受理" "Reject",
        Transfer = "resident_request.transferred" "transfer" "转办" "Transfer to another office",
        Release = "resident_request.released" "" "所并入的草稿已删除" "The draft it was in was deleted",
    }
    guards {
        NeedOpen = NeedNotOpen "need_open",
    }
    rows {
        Received on Acknowledge [] by [CommunitySecretary, StreetOfficer] => Acknowledged, start [T50], stop [T49];
        Received | Acknowledged on Attach [NeedOpen] by [CommunitySecretary] => Attached, stop [T49, T50];
        Received | Acknowledged on Answer [] by [CommunitySecretary, StreetOfficer] => Answered, stop [T49, T50];
        Received | Acknowledged on Reject [] by [CommunitySecretary, StreetOfficer] => Rejected, stop [T49, T50];
        Received | Acknowledged on Transfer [] by [CommunitySecretary, StreetOfficer] => Transferred, stop [T49, T50];
        Attached on Release [] by [System] => Acknowledged, start [T50], tell [Secretary];
    }
}

wubang_kernel::machine! {
    /// 民意大摸排 opinion survey campaign, rulebook 2.4.1, row L-20.
    pub Campaign (CampaignState, CampaignEvent, CampaignGuard) = "opinion_survey_campaign" "campaigns" "民意大摸排",
    start Draft "opinion_survey_campaign.drafted" by [StreetOfficer, DistrictAdmin];
    states {
        Draft = "draft" "草稿",
        Scheduled = "scheduled" "待开始",
        Open = "open" "进行中",
        Closed = "closed" "已结束",
        Summarised = "summarised" "已总结",
        Cancelled = "cancelled" "已取消",
    }
    events {
        Announce = "opinion_survey_campaign.announced" "announce" "下达" "Announce",
        Open = "opinion_survey_campaign.opened" "" "开始" "Open",
        Close = "opinion_survey_campaign.closed" "" "结束" "Close",
        Summarise = "opinion_survey_campaign.summarised" "summarise" "总结" "Summarise",
        Cancel = "opinion_survey_campaign.cancelled" "cancel" "取消" "Cancel",
    }
    guards {
        PeriodAhead = DeadlinePassed "last_day_not_over",
    }
    rows {
        Draft on Announce [PeriodAhead] by [StreetOfficer, DistrictAdmin] => Scheduled, start [CampaignOpen], tell [Street];
        Scheduled on Open [] by [System] => Open, start [CampaignClose], stop [CampaignOpen], tell [Street], at CampaignOpen;
        Open on Close [] by [System] => Closed, stop [CampaignClose], tell [Street], at CampaignClose;
        Closed on Summarise [] by [StreetOfficer, DistrictAdmin] => Summarised, tell [Street];
        Draft | Scheduled | Open on Cancel [] by [StreetOfficer, DistrictAdmin] => Cancelled, stop [CampaignOpen, CampaignClose], tell [Street];
    }
}
