//! The life cycles of a roadshow and of each slot of its agenda (rulebook 2.4.4 (3), 2.16).

wubang_kernel::machine! {
    /// 路演 roadshow, rulebook 2.16.
    pub Roadshow (RoadshowState, RoadshowEvent, RoadshowGuard) = "roadshow" "roadshows" "路演",
    start Planned "roadshow.planned" by [StreetOfficer];
    states {
        Planned = "planned" "已安排",
        Running = "running" "进行中",
        Held = "held" "已举行",
        Recorded = "recorded" "纪要已确认",
        Published = "published" "纪要已公开",
        Cancelled = "cancelled" "已取消",
    }
    events {
        Postpone = "roadshow.postponed" "postpone" "改期" "Move it to another time",
        Start = "roadshow.started" "start" "开始" "Start",
        CallNext = "roadshow.next_called" "call_next" "请下一家" "Call the next presenter",
        BeginQuestions = "roadshow.questions_begun" "begin_questions" "开始提问" "Begin the questions",
        FinishSlot = "roadshow.slot_finished" "finish_slot" "结束本家路演" "End the present slot",
        MarkAbsent = "roadshow.absence_noted" "mark_absent" "记未到场" "Note that nobody came",
        Attend = "roadshow.attended" "attend" "签到" "Check in as a member of the panel",
        RecordGuests = "roadshow.guests_recorded" "record_guests" "登记其他人数" "Record how many others attended",
        Finish = "roadshow.held" "finish" "结束路演" "End the session",
        WriteMinutes = "roadshow.minutes_written" "write_minutes" "撰写纪要" "Write the minutes",
        ConfirmMinutes = "roadshow.minutes_confirmed" "confirm_minutes" "确认纪要" "Confirm the minutes",
        Show = "roadshow.award_shown" "" "拟承榜已公示,纪要公开期限起算" "The proposed award is public, the term of the minutes runs",
        Remind = "roadshow.minutes_due" "" "纪要应公开而未确认" "The minutes are due and not confirmed",
        Publish = "roadshow.minutes_published" "" "纪要公开" "The minutes are public",
        Cancel = "roadshow.cancelled" "cancel" "取消" "Cancel",
        End = "roadshow.posting_ended" "" "榜单终止,路演取消" "The posting has ended",
    }
    guards {
        Proceeding = PostingSuspended "posting_not_suspended",
        InTime = TooEarly "not_before_its_time",
        NobodyPresents = InvalidTransition "nobody_presents",
        SomebodyPresents = InvalidTransition "somebody_presents",
        PresentationRuns = InvalidTransition "presentation_runs",
        QuestionsForeseen = InvalidTransition "questions_foreseen",
        SomebodyWaits = InvalidTransition "somebody_waits",
        EverybodyCalled = Incomplete "everybody_called",
        NobodyHeard = InvalidTransition "nobody_heard_yet",
        NotCheckedIn = Duplicate "not_checked_in_yet",
        MinutesWritten = Incomplete "minutes_written",
        IsChair = Forbidden "chair_of_the_panel",
    }
    rows {
        Planned on Postpone [Proceeding] by [StreetOfficer] => Planned;
        Running on Postpone [Proceeding, NobodyPresents, SomebodyWaits] by [StreetOfficer] => Planned;
        Planned on Start [Proceeding, InTime] by [StreetOfficer] => Running;
        Running on CallNext [Proceeding, NobodyPresents, SomebodyWaits] by [StreetOfficer] => Running;
        Running on BeginQuestions [PresentationRuns, QuestionsForeseen] by [StreetOfficer] => Running;
        Running on FinishSlot [SomebodyPresents] by [StreetOfficer] => Running;
        Running on MarkAbsent [PresentationRuns] by [StreetOfficer] => Running;
        Running on Attend [NotCheckedIn] by [Assessor] => Running;
        Running on RecordGuests [] by [StreetOfficer] => Running;
        Held on RecordGuests [] by [StreetOfficer] => Held;
        Running on Finish [EverybodyCalled] by [StreetOfficer] => Held;
        Held on WriteMinutes [] by [StreetOfficer] => Held;
        Held on ConfirmMinutes [MinutesWritten, IsChair] by [Assessor] => Recorded, tell [Street];
        Held on Show [] by [System] => Held, start [RoadshowMinutes];
        Recorded on Show [] by [System] => Recorded, start [RoadshowMinutes];
        Held on Remind [] by [System] => Held, tell [Street], at RoadshowMinutes;
        Recorded on Publish [] by [System] => Published, at RoadshowMinutes;
        Planned on Cancel [NobodyHeard] by [StreetOfficer] => Cancelled;
        Planned | Running on End [] by [System] => Cancelled;
    }
}

wubang_kernel::machine! {
    /// 路演场次: one presenter's slot of the agenda, rulebook 2.16.
    pub RoadshowSlot (SlotState, SlotEvent, SlotGuard) = "roadshow_slot" "roadshow_slots" "路演场次",
    start Waiting "roadshow_slot.laid" by [StreetOfficer];
    states {
        Waiting = "waiting" "等候",
        Presenting = "presenting" "陈述",
        Questions = "questions" "提问",
        Done = "done" "已路演",
        Missed = "missed" "未到场",
        Dropped = "dropped" "不再路演",
    }
    events {
        NamePresenters = "roadshow_slot.presenters_named" "name_presenters" "报送路演人员" "Name the presenters",
        Move = "roadshow_slot.moved" "" "路演改期" "Moved to another time",
        Call = "roadshow_slot.called" "" "请上场" "Called",
        Ask = "roadshow_slot.questions_begun" "" "开始提问" "The questions have begun",
        Finish = "roadshow_slot.finished" "" "路演结束" "Finished",
        Miss = "roadshow_slot.absent" "" "未到场" "Nobody came",
        Drop = "roadshow_slot.dropped" "" "意向书退出,取消场次" "The bid is out",
        Cancel = "roadshow_slot.cancelled" "" "路演取消" "The session was cancelled",
    }
    guards {
        FirstAbsence = InvalidTransition "first_absence",
    }
    rows {
        Waiting on NamePresenters [] by [OrgLegalRep, OrgAgent] => Waiting;
        Waiting on Move [] by [StreetOfficer] => Waiting, tell [Organisation];
        Waiting on Call [] by [StreetOfficer] => Presenting;
        Presenting on Ask [] by [StreetOfficer] => Questions;
        Presenting | Questions on Finish [] by [StreetOfficer] => Done;
        Presenting on Miss [FirstAbsence] by [StreetOfficer] => Waiting;
        Presenting on Miss [] by [StreetOfficer] => Missed, tell [Organisation];
        Waiting | Presenting | Questions on Drop [] by [System] => Dropped, tell [Street];
        Waiting | Presenting | Questions on Cancel [] by [StreetOfficer, System] => Dropped, tell [Organisation];
    }
}
