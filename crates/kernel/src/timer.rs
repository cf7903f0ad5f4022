//! Timers (rulebook 2.7): name, default length and allowed range of each that the flows use.

use crate::deadline::{Term, Unit};
use crate::faults::Faults;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

macro_rules! timers {
    // `tt`, not `literal`: the derive of the API schema does not see a name inside a captured literal
    ($($name:ident = $key:tt, $n:literal $unit:ident, $min:literal..=$max:literal, $zh:literal;)+) => {
        /// A timer of rulebook 2.7. `Publication`, `MilestoneDue`, `CampaignOpen` and `CampaignClose` carry
        /// dates that people set, `NextQuarter` the last day of a quarter.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        pub enum Timer { $(#[doc = $zh] #[serde(rename = $key)] $name,)+ }
        impl Timer {
            /// Every timer.
            pub const ALL: &'static [Timer] = &[$(Timer::$name,)+];
            /// Configuration name and wire name.
            #[must_use]
            pub const fn key(self) -> &'static str { match self { $(Timer::$name => $key,)+ } }
            /// Number in the rulebook, as `T01`.
            #[must_use]
            pub const fn number(self) -> &'static str { match self { $(Timer::$name => stringify!($name),)+ } }
            /// Chinese name.
            #[must_use]
            pub const fn zh(self) -> &'static str { match self { $(Timer::$name => $zh,)+ } }
            /// Length unless a district says otherwise.
            #[must_use]
            pub const fn default_term(self) -> Term { match self { $(Timer::$name => Term { n: $n, unit: Unit::$unit },)+ } }
            /// Allowed lengths, in the unit of the default.
            #[must_use]
            pub const fn range(self) -> (u32, u32) { match self { $(Timer::$name => ($min, $max),)+ } }
            /// Finds a timer by its key.
            #[must_use]
            pub fn from_key(key: &str) -> Option<Timer> { match key { $($key => Some(Timer::$name),)+ _ => None } }
        }
    };
}

timers! {
    T01 = "need_acceptance", 3 Wd, 1..=5, "需求受理";
    T02 = "need_supplement", 10 Wd, 5..=20, "需求补正";
    T03 = "need_review", 10 Wd, 5..=20, "需求评审";
    T04 = "need_comment", 5 Wd, 3..=7, "需求民意公示";
    T05 = "need_shelf_life", 90 Cd, 30..=180, "待发榜有效期";
    T06 = "post_high_priority", 30 Cd, 30..=30, "高优先级发榜期限";
    T07 = "posting_approval", 3 Wd, 1..=5, "发榜审批";
    T08 = "notice_period", 5 Wd, 3..=10, "公告期";
    T09 = "bid_window", 15 Cd, 10..=30, "揭榜期限";
    T10 = "question_deadline", 5 Wd, 3..=7, "提问截止";
    T11 = "answer_question", 3 Wd, 1..=5, "答复提问";
    T12 = "eligibility_check", 2 Wd, 1..=3, "资格审查";
    T13 = "panel_evaluation", 5 Wd, 3..=10, "评审组评审";
    T14 = "award_decision", 5 Wd, 1..=5, "确定承榜";
    T15 = "award_publicity", 5 Wd, 3..=10, "承榜公示";
    T16 = "award_notice", 2 Wd, 1..=2, "承榜通知";
    T17 = "agreement_signing", 30 Cd, 10..=30, "签订协议";
    T18 = "agreement_publish", 2 Wd, 2..=2, "协议公开";
    T19 = "agreement_filing", 7 Wd, 7..=7, "协议备案";
    T20 = "start_work", 10 Wd, 5..=20, "开工";
    T21 = "payment", 30 Cd, 10..=60, "拨付";
    T22 = "milestone_reminder", 5 Wd, 5..=5, "里程碑提醒";
    T23 = "milestone_verify", 5 Wd, 3..=10, "里程碑验收";
    T24 = "milestone_overdue_slip", 5 Wd, 5..=5, "逾期提示单";
    T25 = "milestone_overdue_guidance", 10 Wd, 10..=10, "逾期督办单";
    T26 = "activity_silence", 30 Cd, 15..=60, "活动记录中断";
    T27 = "recovery_plan", 5 Wd, 3..=10, "恢复计划";
    T28 = "guidance_check", 20 Wd, 10..=40, "干预指导核查";
    T29 = "rectification", 15 Wd, 5..=30, "纠偏整改";
    T30 = "rectification_recheck", 5 Wd, 5..=5, "整改复查";
    T31 = "exit_defence", 5 Wd, 3..=10, "退出前陈述申辩";
    T32 = "handover", 10 Wd, 5..=20, "退出移交";
    T33 = "settlement", 20 Wd, 10..=40, "结算";
    T34 = "suspension_max", 90 Cd, 30..=180, "协议中止最长期限";
    T35 = "completion_report", 20 Wd, 10..=30, "提交结项报告";
    T36 = "report_check", 5 Wd, 5..=5, "结项报告形式审查";
    T37 = "report_return", 5 Wd, 5..=5, "结项报告补正";
    ReportStop = "completion_report_stop", 10 Wd, 10..=10, "逾期未提交结项报告,停止拨付";
    ReportMissing = "completion_report_missing", 20 Wd, 20..=20, "逾期未结项";
    StatusLostDecision = "status_lost_decision", 10 Wd, 5..=10, "组织丧失资格后的处理";
    TerminationHearing = "termination_hearing", 5 Wd, 5..=10, "解除协议前陈述";
    SettlementAnswer = "settlement_answer", 5 Wd, 5..=10, "结算意见";
    T38 = "evaluation_run", 20 Wd, 10..=30, "考榜";
    T39 = "evaluation_publicity", 5 Wd, 3..=7, "考榜结果公示";
    T41 = "evaluation_review", 10 Wd, 5..=15, "考榜结果复核";
    T42 = "credit_entry", 5 Wd, 5..=5, "信用记录";
    T49 = "feedback_ack", 2 Wd, 1..=5, "诉求签收";
    T50 = "feedback_resolve", 15 Wd, 5..=30, "诉求办理";
    T43 = "objection_window", 7 Wd, 7..=7, "提出异议";
    T44 = "objection_answer", 7 Wd, 3..=7, "异议答复";
    T45 = "complaint_window", 15 Wd, 15..=15, "提出投诉";
    T46 = "complaint_accept", 5 Wd, 5..=5, "投诉审查";
    T47 = "complaint_decide", 30 Wd, 30..=30, "投诉处理";
    T48 = "complaint_suspension_max", 30 Cd, 30..=30, "投诉中止最长期限";
    T56 = "black_list_term", 12 Mo, 6..=24, "红黑榜有效期";
    T57 = "list_publicity", 5 Wd, 5..=10, "红榜公示";
    BlackListDefence = "black_list_defence", 10 Wd, 10..=20, "列入黑榜前陈述申辩";
    T60 = "quarterly_cycle", 10 Wd, 10..=10, "评榜季度计划";
    ObjectionAccept = "objection_accept", 3 Wd, 1..=3, "异议受理";
    ObjectionSupplement = "objection_supplement", 5 Wd, 5..=10, "异议补正";
    ObjectionHearing = "objection_hearing", 2 Wd, 2..=5, "异议另一方陈述";
    SlipAnswer = "slip_answer", 5 Wd, 2..=20, "督办单据答复";
    ExitAppeal = "exit_appeal", 10 Wd, 10..=20, "对退出决定申诉";
    EvaluationCorrection = "evaluation_correction", 20 Wd, 10..=30, "考榜不合格整改";
    VetoAnswer = "veto_answer", 3 Wd, 2..=5, "一票否决事项陈述申辩";
    FollowUpDue = "follow_up_due", 90 Cd, 60..=180, "跟踪回访";
    BuyerReview = "buyer_review", 20 Wd, 10..=30, "承榜组织对购买方的评价";
    RecusalDecision = "recusal_decision", 1 Wd, 1..=1, "决定回避申请";
    BidClarification = "bid_clarification", 2 Wd, 2..=5, "意向书澄清";
    BidRepair = "bid_repair", 2 Wd, 2..=5, "意向书形式补正";
    BidHearing = "bid_hearing", 3 Wd, 3..=10, "意向书作废前陈述";
    ReserveValidity = "reserve_validity", 180 Cd, 30..=365, "候补有效期";
    SingleBidderPublicity = "single_bidder_publicity", 5 Wd, 3..=10, "单一来源公示";
    FailedDecision = "failed_decision", 10 Wd, 5..=20, "流榜后的处理";
    ChangePublicity = "change_publicity", 3 Wd, 3..=10, "协议重大变更公示";
    RoadshowNotice = "roadshow_notice", 2 Wd, 1..=10, "路演提前通知";
    RoadshowMinutes = "roadshow_minutes", 3 Wd, 1..=10, "路演纪要公开";
    Publication = "publication", 0 Wd, 0..=0, "定时发榜";
    MilestoneDue = "milestone_due", 0 Wd, 0..=0, "里程碑到期";
    CampaignOpen = "campaign_open", 0 Wd, 0..=0, "民意大摸排开始";
    CampaignClose = "campaign_close", 0 Wd, 0..=0, "民意大摸排结束";
    NextQuarter = "next_quarter", 0 Wd, 0..=0, "评榜周期结束";
}

/// The lengths in force for an object: what a district or a posting sets, the rulebook otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Terms(BTreeMap<Timer, Term>);

impl Terms {
    /// The length of one timer.
    #[must_use]
    pub fn of(&self, timer: Timer) -> Term {
        self.0.get(&timer).copied().unwrap_or(timer.default_term())
    }

    /// Sets one, unchecked; [`Terms::check`] tells whether it may be.
    pub fn set(&mut self, timer: Timer, term: Term) {
        self.0.insert(timer, term);
    }

    /// Notes every length outside its allowed range or in another unit (counting rule 8).
    pub fn check(&self, pointer: &str, faults: &mut Faults) {
        for (timer, term) in &self.0 {
            let (min, max) = timer.range();
            if term.unit != timer.default_term().unit || term.n < min || term.n > max {
                let unit = timer.default_term().unit;
                faults.add(
                    format!("{pointer}/{}", timer.key()),
                    "out_of_range",
                    format!("{}须在 {min} 至 {max} {unit} 之间,实为 {term}", timer.zh()),
                    format!("must be {min} to {max} {unit}, got {term}"),
                );
            }
        }
    }
}
