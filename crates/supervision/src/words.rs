//! The closed words of supervision: why, to whom, how bad, on which ground.

use wubang_kernel::words;

words! {
    /// Which of the four slips (四单, inventory H-15). The plan slip of a quarter is an object of its own (`need_cycle`).
    SlipKind {
        Reminder = "reminder_slip", "提示单";
        Progress = "progress_slip", "进度单";
        Supervision = "supervision_slip", "督办单";
    }
}

impl SlipKind {
    /// Prefix of its numbers.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            SlipKind::Reminder => "TSD",
            SlipKind::Progress => "JDD",
            SlipKind::Supervision => "DBD",
        }
    }
}

words! {
    /// Who answers a slip.
    SlipAddressee {
        Organisation = "organisation", "承榜组织";
        Secretary = "secretary", "社区书记";
    }
}

words! {
    /// Why guidance is proposed (干预指导情形, rulebook 2.8.8).
    GuidanceTrigger {
        ActivitySilence = "activity_silence", "长期无活动记录";
        MilestoneOverdue = "milestone_overdue", "里程碑严重逾期";
        StartMissed = "start_missed", "逾期未开工";
        TeamBelowMinimum = "team_below_minimum", "团队人数低于承诺";
        ReturnedTwice = "returned_twice", "验收连续两次退回";
        SpotCheckNotRunning = "spot_check_not_running", "抽查发现未正常开展";
        ServiceNotDelivered = "service_not_delivered", "反映服务未提供";
    }
}

words! {
    /// Who is offered to help (帮扶方, rulebook 2.8.8).
    MentorKind {
        Alliance = "alliance", "联盟";
        Hub = "hub", "枢纽型组织";
        SocialWorkCentre = "social_work_centre", "社会工作支持中心";
        Person = "person", "专家或骨干";
    }
}

words! {
    /// Why rectification is proposed (纠偏整改情形, rulebook 2.8.9).
    RectificationTrigger {
        SatisfactionBelow60 = "satisfaction_below_60", "居民满意度低于 60 分";
        ComplaintsUpheld = "complaints_upheld", "60 日内三件以上意见查实";
        Safety = "safety", "安全事件";
        Fraud = "fraud", "弄虚作假";
        Privacy = "privacy", "侵害个人信息";
        GuidanceEscalated = "guidance_escalated", "干预指导未见效";
        SpotCheckFailed = "spot_check_failed", "抽查不合格";
        EvaluationFailed = "evaluation_failed", "考榜首次不合格";
    }
}

impl RectificationTrigger {
    /// Whether it is an incident that street and community report (safety, fraud, privacy).
    #[must_use]
    pub const fn is_incident(self) -> bool {
        matches!(
            self,
            RectificationTrigger::Safety
                | RectificationTrigger::Fraud
                | RectificationTrigger::Privacy
        )
    }

    /// Whether a person may propose it; the others follow from what another object says.
    #[must_use]
    pub const fn by_hand(self) -> bool {
        self.is_incident()
            || matches!(
                self,
                RectificationTrigger::SatisfactionBelow60 | RectificationTrigger::ComplaintsUpheld
            )
    }
}

words! {
    /// How bad a defect is (问题严重程度, rulebook 2.8.9).
    Severity {
        Serious = "serious", "严重";
        Minor = "minor", "一般";
    }
}

words! {
    /// What a spot check found (抽查结论).
    SpotCheckFinding {
        Running = "running", "正常开展";
        NotRunning = "not_running", "未正常开展";
        Failed = "failed", "不合格";
    }
}

words! {
    /// Why an agreement is to end by exit (退出事由, rulebook 2.8.10).
    ExitGround {
        RectificationFailedTwice = "rectification_failed_twice", "两次整改不合格";
        Abandonment = "abandonment", "干预后 60 日未开展工作";
        SeriousBreach = "serious_breach", "严重违约(安全、虐待、欺诈、挪用资金)";
        FalseMaterial = "false_material", "提供虚假材料";
        StatusLost = "status_lost", "注销、吊销或撤销";
        SeriousDishonestListed = "serious_dishonest_listed", "列入严重违法失信名单";
        Collusion = "collusion", "串通";
        PrivacyViolation = "privacy_violation", "侵害个人信息";
        EvaluationFailedTwice = "evaluation_failed_twice", "两次考榜不合格";
    }
}

impl ExitGround {
    /// Whether the contractor is at fault, so that it belongs on the black list (rulebook 2.12.2). Who has lost its
    /// status cannot bid anyway.
    #[must_use]
    pub const fn with_fault(self) -> bool {
        !matches!(self, ExitGround::StatusLost)
    }
}

words! {
    /// What one of the two deciders says of an exit (退出意见).
    ExitDecision {
        Exit = "exit", "退出";
        Continue = "continue", "继续履行";
    }
}

words! {
    /// The two offices that decide together.
    Office {
        Street = "street", "街道";
        Community = "community", "社区";
        District = "district", "区级";
    }
}

words! {
    /// What became of an appeal (申诉结论).
    AppealOutcome {
        Upheld = "upheld", "维持";
        Reversed = "reversed", "撤销";
    }
}
