//! The life cycle of an evaluation (rulebook 2.8.11) in each of its phases. Only the last word about the work (`final`) is
//! confirmed, with everything that follows from it; `ex_ante`, `midterm` and `follow_up` are concluded. A review is asked for by an objection to the result
//! (2.8.12), a stage of its own: it acts through `reviewing`.
//!
//! Whether a third party organises is said by the scheme: with one (`Entrusted`) it does and the street
//! decides; without one (`Light`) the street does both, by officers who do not score.

wubang_kernel::machine! {
    /// 考榜 evaluation, rulebook 2.8.11.
    pub Evaluation (EvaluationState, EvaluationEvent, EvaluationGuard) = "evaluation" "evaluations" "考榜",
    start Preparing "evaluation.opened" by [StreetOfficer];
    states {
        Preparing = "preparing" "准备中",
        Scoring = "scoring" "评分中",
        Scored = "scored" "已评分",
        Drafted = "drafted" "已拟结果",
        InPublicity = "in_publicity" "公示中",
        UnderReview = "under_review" "复核中",
        Confirmed = "confirmed" "已确定",
        ReevaluationRequired = "reevaluation_required" "须复评",
        Voided = "voided" "作废",
    }
    events {
        FormPanel = "evaluation.panel_formed" "panel" "组成考评组" "Form the panel",
        ReplaceMember = "evaluation.member_replaced" "replace_member" "更换考评组成员" "Replace an absent member of the panel",
        ReduceParties = "evaluation.party_left_out" "leave_out_party" "缺席一方不计分" "Leave out a party that could not be brought to score",
        FillPanel = "evaluation.panel_filled" "panel_members" "补充考评组成员" "Fill seats of the panel",
        OpenSurvey = "evaluation.survey_opened" "open_survey" "开展满意度调查" "Open the survey",
        IssueCodes = "evaluation.codes_issued" "issue_codes" "发放答题码" "Hand out codes for the survey",
        CountPaper = "evaluation.paper_counted" "paper_counts" "录入纸质问卷份数" "Enter the counts of answers on paper",
        CloseSurvey = "evaluation.survey_closed" "close_survey" "结束满意度调查" "Close the survey",
        StartScoring = "evaluation.scoring_started" "start_scoring" "开始评分" "Start scoring",
        SubmitSheet = "evaluation.sheet_submitted" "score_sheets" "提交评分表" "Hand in a score sheet",
        Score = "evaluation.scored" "" "评分完成" "All sheets are in",
        DraftResult = "evaluation.result_drafted" "draft_result" "拟定考榜结果" "Draft the result",
        Veto = "evaluation.vetoed" "" "认定一票否决事项" "A veto finding was confirmed",
        Notify = "evaluation.result_notified" "notify" "通知并公示结果" "Notify and publish the result",
        StartReview = "evaluation.review_started" "" "受理异议,复核" "An objection was accepted, the result is under review",
        LeaveUnchanged = "evaluation.review_unchanged" "" "复核维持" "The review leaves the result as it is",
        Recompute = "evaluation.review_recomputed" "" "复核后重新汇总" "The review corrects figures and has them added up anew",
        Redo = "evaluation.review_redo" "" "复核后重新考评" "The review has another panel score",
        Confirm = "evaluation.confirmed" "" "公示期满" "The publicity ended",
        Conclude = "evaluation.concluded" "" "阶段考评公示期满" "The publicity of an interim evaluation ended",
        Reopen = "evaluation.reopened" "reopen" "整改后复评" "Evaluate again after the correction",
        Void = "evaluation.voided" "" "协议提前结束,考榜作废" "Its agreement ended early",
        FailFinally = "evaluation.failed_finally" "" "复评仍不合格" "It failed again, finally",
    }
    guards {
        Entrusted = Forbidden "a_third_party_organises",
        Light = Forbidden "the_street_organises",
        NotSeated = Recused "no_organiser_scores",
        HasSeats = InvalidTransition "scheme_has_seats",
        NoPanel = Duplicate "panel_not_formed",
        PanelFormed = PanelIncomplete "panel_formed",
        NoSurvey = Duplicate "survey_not_opened",
        SurveyOpened = SurveyMissing "survey_opened",
        SurveyOpen = Duplicate "survey_not_closed",
        PanelComplete = PanelIncomplete "every_party_has_its_minimum",
        RecusalsSigned = RecusalUnsigned "recusal_declarations_signed",
        SurveyClosed = SurveyMissing "survey_closed",
        OwnRecusalSigned = RecusalUnsigned "own_declaration_signed",
        FirstSheet = Duplicate "own_sheet_once",
        SheetsComplete = SheetsMissing "every_member_has_scored",
        NoOpenHold = OpenHold "no_open_hold",
        NoOpenVeto = OpenHold "no_open_veto_finding",
        Final = InvalidTransition "final_phase",
        Interim = InvalidTransition "interim_phase",
        Passed = BelowThreshold "grade_pass_or_better",
        Failed = InvalidTransition "grade_fail",
        FirstRound = InvalidTransition "first_round",
        SecondRound = InvalidTransition "second_round",
    }
    rows {
        Preparing on FormPanel [HasSeats, NoPanel] by [ThirdParty, StreetOfficer] => Preparing;
        Preparing on FillPanel [NotSeated, PanelFormed] by [ThirdParty, StreetOfficer] => Preparing;
        Scoring on FillPanel [NotSeated, PanelFormed] by [ThirdParty, StreetOfficer] => Scoring;
        Preparing on ReplaceMember [Entrusted, NotSeated, PanelFormed] by [ThirdParty] => Preparing;
        Preparing on ReplaceMember [Light, NotSeated, PanelFormed] by [StreetOfficer] => Preparing;
        Scoring on ReplaceMember [Entrusted, NotSeated, PanelFormed] by [ThirdParty] => Scoring;
        Scoring on ReplaceMember [Light, NotSeated, PanelFormed] by [StreetOfficer] => Scoring;
        Preparing on ReduceParties [Entrusted, NotSeated, PanelFormed] by [ThirdParty] => Preparing, tell [Street];
        Preparing on ReduceParties [Light, NotSeated, PanelFormed] by [StreetOfficer] => Preparing, tell [Street];
        Scoring on ReduceParties [Entrusted, NotSeated, PanelFormed] by [ThirdParty] => Scoring, tell [Street];
        Scoring on ReduceParties [Light, NotSeated, PanelFormed] by [StreetOfficer] => Scoring, tell [Street];
        Preparing on Veto [] by [System] => Preparing, tell [Organisation, Street];
        Scoring on Veto [] by [System] => Scoring, tell [Organisation, Street];
        Scored | Drafted on Veto [] by [System] => Scored, tell [Organisation, Street];
        Preparing on OpenSurvey [Entrusted, NotSeated, NoSurvey] by [ThirdParty] => Preparing, tell [Secretary];
        Preparing on OpenSurvey [Light, NotSeated, NoSurvey] by [StreetOfficer] => Preparing, tell [Secretary];
        Preparing on IssueCodes [Entrusted, NotSeated, SurveyOpened, SurveyOpen] by [ThirdParty] => Preparing;
        Preparing on IssueCodes [Light, NotSeated, SurveyOpened, SurveyOpen] by [StreetOfficer] => Preparing;
        Preparing on CountPaper [Entrusted, NotSeated, SurveyOpened, SurveyOpen] by [ThirdParty] => Preparing;
        Preparing on CountPaper [Light, NotSeated, SurveyOpened, SurveyOpen] by [StreetOfficer] => Preparing;
        Preparing on CloseSurvey [Entrusted, NotSeated, SurveyOpened, SurveyOpen] by [ThirdParty] => Preparing;
        Preparing on CloseSurvey [Light, NotSeated, SurveyOpened, SurveyOpen] by [StreetOfficer] => Preparing;
        Preparing on StartScoring [Entrusted, NotSeated, PanelComplete, RecusalsSigned, SurveyClosed] by [ThirdParty] => Scoring;
        Preparing on StartScoring [Light, NotSeated, PanelComplete, RecusalsSigned, SurveyClosed] by [StreetOfficer] => Scoring;
        Scoring on SubmitSheet [OwnRecusalSigned, FirstSheet] by [Assessor] => Scoring;
        Scoring on Score [SheetsComplete] by [System] => Scored, stop [T38], tell [Street];
        Scored on DraftResult [Entrusted, NotSeated, NoOpenVeto] by [ThirdParty] => Drafted, tell [Street];
        Scored on DraftResult [Light, NotSeated, NoOpenVeto] by [StreetOfficer] => Drafted, tell [Street];
        Drafted on Notify [NotSeated, NoOpenVeto] by [StreetOfficer] => InPublicity, start [T39], tell [Organisation, Secretary];
        InPublicity on StartReview [] by [System] => UnderReview, tell [Organisation, Street];
        UnderReview on LeaveUnchanged [NoOpenHold] by [System] => InPublicity, tell [Organisation, Street];
        InPublicity | UnderReview on Recompute [] by [System] => Scored, stop [T39], tell [Organisation, Street];
        InPublicity | UnderReview on Redo [] by [System] => Preparing, start [T38], stop [T39], tell [Organisation, Street];
        InPublicity on Confirm [NoOpenHold, Final, Passed] by [System] => Confirmed, tell [Organisation, Street, Secretary], at T39;
        InPublicity on Confirm [NoOpenHold, Final, Failed, FirstRound] by [System] => ReevaluationRequired, start [EvaluationCorrection], tell [Organisation, Street, Secretary, District], at T39;
        InPublicity on FailFinally [NoOpenHold, Final, Failed, SecondRound] by [System] => Confirmed, tell [Organisation, Street, Secretary, District], at T39;
        InPublicity on Conclude [NoOpenHold, Interim] by [System] => Confirmed, tell [Organisation, Street, Secretary], at T39;
        Preparing | Scoring | Scored | Drafted | InPublicity | UnderReview | ReevaluationRequired on Void [] by [System] => Voided,
            stop [T38, T39, EvaluationCorrection], tell [Organisation, Street, Secretary];
        ReevaluationRequired on Reopen [] by [StreetOfficer] => Preparing, start [T38], stop [EvaluationCorrection], tell [Organisation, Secretary];
    }
}
