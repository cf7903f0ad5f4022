//! The life cycle of an entry of the activity log (rulebook 2.4.5).

wubang_kernel::machine! {
    /// 活动记录 activity (实施), rulebook 2.4.5. Nothing is overwritten: a correction is an entry of its own.
    pub Activity (ActivityState, ActivityEvent, ActivityGuard) = "activity" "activities" "活动记录",
    start Recorded "activity.recorded" by [OrgAgent, OrgLegalRep, Partner];
    states {
        Recorded = "recorded" "已记录",
        Confirmed = "confirmed" "社区已确认",
        Questioned = "questioned" "社区有疑问",
        Superseded = "superseded" "已更正",
    }
    events {
        Confirm = "activity.confirmed" "confirm" "确认" "Confirm",
        Question = "activity.questioned" "question" "提出疑问" "Question it",
        Supersede = "activity.superseded" "correct" "更正" "Correct it by another entry",
    }
    guards {
        ContractActive = InvalidTransition "contract_active",
        NotRecused = Recused "not_of_the_contractor",
    }
    rows {
        Recorded | Questioned on Confirm [NotRecused] by [CommunitySecretary] => Confirmed, tell [Organisation];
        Recorded on Question [NotRecused] by [CommunitySecretary] => Questioned, tell [Street, Organisation];
        Recorded | Confirmed | Questioned on Supersede [ContractActive] by [OrgAgent, OrgLegalRep, Partner] => Superseded, tell [Secretary];
    }
}
