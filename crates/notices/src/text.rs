//! The words of a mail.

use serde_json::Value;
use std::collections::HashMap;
use wubang_store::outbox::Notice;

/// Chinese words of events and states, from the life cycles.
#[derive(Debug, Clone, Default)]
pub struct Words {
    /// Event → word.
    pub events: HashMap<&'static str, &'static str>,
    /// Object and state → word.
    pub states: HashMap<(&'static str, &'static str), &'static str>,
}

/// Sentences for events where the word alone says too little.
const SENTENCES: &[(&str, &str)] = &[
    (
        "posting.published",
        "新的榜单已发布,欢迎在揭榜截止前提交揭榜意向书。",
    ),
    (
        "posting.question_asked",
        "有组织就本榜提问,请在期限内答复;答复将立即公开,提问者不公开。",
    ),
    (
        "posting.question_answered",
        "本榜有新的答复,已对所有人公开,请据此准备揭榜意向书。",
    ),
    (
        "posting.question_lapsed",
        "揭榜已截止或榜单已撤回,该提问未获答复。",
    ),
    (
        "posting.amended",
        "发榜公告已变更,逐项对比见榜单页面;变更影响揭榜的,已提交的意向书须按变更后的公告重新提交。",
    ),
    (
        "posting.race_decided",
        "赛马各赛道的拟承榜对象已确定,各赛道分别公示、分别签约。",
    ),
    ("posting.extended", "揭榜期限已延长,新的截止时间见下。"),
    (
        "posting.suspended",
        "榜单已中止,各期限停止计算;中止期间不受理揭榜、提问与修改,已有草稿保留。",
    ),
    (
        "calendar.deadline_moved",
        "年度节假日安排已公布,期限按计数规则重新计算,只顺延不提前;新的期限见下。",
    ),
    (
        "posting.single_bidder_announced",
        "本榜有效揭榜仅一家,拟与其协商,现予公示;公示期满无异议的进入评审。",
    ),
    (
        "posting.single_bidder_over",
        "单一来源公示期满,可以开始评审。",
    ),
    (
        "list_entry.notified",
        "拟将贵组织列入本平台黑榜,事由与事实见页面;可在期限内陈述申辩,逾期不影响作出决定。",
    ),
    (
        "list_entry.entered",
        "已列入本平台黑榜,效力限于本平台;对决定有异议的可在七个工作日内提出。",
    ),
    (
        "list_entry.published",
        "拟列入红榜,现予公示;公示期满无异议的生效。",
    ),
    (
        "slip.issued",
        "收到一张督办单据,请按要求在期限内答复;逾期未答复的将予记录并再次下达。",
    ),
    ("slip.overdue", "督办单据逾期未答复,请立即答复。"),
    (
        "guidance.proposed",
        "有情况显示协议未正常开展,请研判是否启动干预指导。",
    ),
    (
        "guidance.opened",
        "街道已启动干预指导,请在期限内提交恢复计划(原因、措施、日期);逾期将提出整改。",
    ),
    (
        "guidance.escalated",
        "干预指导逾期未见效,已提出纠偏整改,由街道研判。",
    ),
    (
        "rectification.proposed",
        "有情况建议责令整改,请研判并列出问题清单。",
    ),
    (
        "rectification.ordered",
        "街道责令整改,问题清单见页面;请在期限内逐项整改并附证据报告,整改期间拨付暂缓。",
    ),
    (
        "rectification.expired",
        "整改期限已满,未收到整改报告,本轮整改不合格。",
    ),
    (
        "rectification.passed",
        "街道和社区复查合格,整改办结,暂缓的拨付恢复办理。",
    ),
    ("spot_check.recorded", "已对协议进行抽查,结论和事实见页面。"),
    ("exit.proposed", "有情况建议退出,请研判并告知承榜组织。"),
    (
        "exit.notified",
        "拟决定退出,事由和证据见页面;请在期限内陈述申辩,逾期不影响作出决定。程序期间拨付停止。",
    ),
    (
        "exit.decided",
        "街道和区级已决定退出,协议终止;请在期限内办理移交和结算,对决定不服的可在期限内向监督部门申诉。",
    ),
    (
        "exit.continued",
        "决定附条件继续履行,条件见页面;条件满足前按整改期间管理。",
    ),
    ("exit.appealed", "收到一件对退出决定的申诉,请在期限内处理。"),
    (
        "exit.reversed",
        "退出决定经申诉撤销,信用扣分和黑榜建议一并撤回;协议不恢复。",
    ),
    (
        "contract.sent",
        "承榜协议已送签,请各当事方阅读内容后在签订期限内签署;联合方和资金代管机构也须签署。",
    ),
    (
        "contract.changed",
        "协议变更已批准,形成新的版本;变更前后逐项对比见变更申请,未到期的里程碑和拨付已相应调整。",
    ),
    (
        "contract.suspended",
        "协议已中止,各期限停止计算;中止期间不提交、不验收、不拨付。",
    ),
    (
        "contract.resumed",
        "协议已恢复,结束日期和未到期里程碑按中止天数顺延,各期限按剩余时间继续计算。",
    ),
    (
        "contract.suspension_overlong",
        "协议中止已满最长期限,请决定恢复或终止。",
    ),
    (
        "contract.standing_lost",
        "协议中止期间承榜组织注销或撤销,不能恢复,请决定更换或终止。",
    ),
    (
        "contract.decision_overdue",
        "承榜组织已丧失资格,更换或终止协议的期限已过,请尽快决定。",
    ),
    (
        "contract.start_missed",
        "开工期限已过,协议尚未开工,请了解情况。",
    ),
    (
        "contract.silent",
        "协议较长时间没有活动记录,请了解服务是否正常开展。",
    ),
    ("milestone.long_overdue", "里程碑逾期已久仍未提交,请督办。"),
    (
        "contract.report_overdue",
        "结项报告已逾期(督办):再逾期 10 个工作日停止拨付,再逾期 20 个工作日按逾期未结项处理,考榜只能为不合格。",
    ),
    (
        "contract.payments_stopped",
        "结项报告逾期未交,停止拨付;提交后恢复办理。",
    ),
    (
        "contract.report_missing",
        "结项报告逾期未交,按逾期未结项转入考榜,等级只能为不合格。",
    ),
    (
        "contract.terminated",
        "协议已提前终止:未提交的里程碑记为未达成,未拨付的款项停止拨付,已验收的工作在结算中一并支付。",
    ),
    (
        "contract.exited",
        "承榜组织已退出,协议结束;未拨付的款项停止拨付,请办理结算。",
    ),
    (
        "contract.settlement_overdue",
        "协议提前结束后,结算期限已过,请尽快确定。",
    ),
    (
        "termination.proposed",
        "有一方提出解除协议,请查看理由并在期限内表示意见。",
    ),
    (
        "activity.questioned",
        "社区对一条活动记录有疑问,确认或更正前不计入汇总。",
    ),
    (
        "settlement.drafted",
        "结算已拟定,请在期限内同意或提出意见;逾期不答复的,街道可以确定。",
    ),
    (
        "settlement.redrafted",
        "结算已重新拟定,请在期限内同意或提出意见。",
    ),
    (
        "settlement.completed",
        "结算已确定,应补拨或应追回的金额见页面。",
    ),
    (
        "payment.clawback_ordered",
        "该笔拨付中有款项应追回,金额见页面;归还后由街道登记。",
    ),
    ("need.reopened", "所涉协议提前终止,需求重新待发榜。"),
    (
        "change_request.publicised",
        "协议的重大变更予以公示,期满后生效。",
    ),
    (
        "change_request.lapsed",
        "协议已不能变更,未办结的变更申请失效。",
    ),
    ("posting.resumed", "榜单已恢复,各期限按剩余时间继续计算。"),
    (
        "bid.returned",
        "发榜公告的变更影响揭榜,贵组织已提交的意向书退回草稿,原签署失效;请按变更后的公告核对、重新签署并提交。",
    ),
    (
        "bid.member_invited",
        "有组织邀请贵组织参加联合揭榜。接受后可查看意向书草稿,且不得再参加本榜单的其他揭榜。",
    ),
    ("bid.member_joined", "受邀组织已加入联合揭榜。"),
    ("bid.member_declined", "受邀组织已谢绝参加联合揭榜。"),
    (
        "bid.member_removed",
        "牵头方已将贵组织移出联合揭榜,或收回邀请。",
    ),
    (
        "bid.member_left",
        "有成员退出联合揭榜;已提交的意向书退回草稿,须重新确认、提交。",
    ),
    (
        "bid.confirmation_void",
        "联合揭榜的内容已修改,贵组织此前的确认失效;请查看并重新确认。",
    ),
    (
        "bid.submitted",
        "已收到贵组织的揭榜意向书。请保存本回执;截止前内容对任何人(包括主管部门)保密。",
    ),
    (
        "bid.revised",
        "已收到贵组织修订后的揭榜意向书,以最近一次提交为准。请保存本回执。",
    ),
    (
        "bid.repair_requested",
        "贵组织的揭榜意向书存在可补正的形式瑕疵,请在期限内书面补正,可另附附件;已提交的内容不变。",
    ),
    (
        "bid.repair_lapsed",
        "补正期限已满,未收到补正;资格审查按现有材料进行。",
    ),
    (
        "bid.clarification_requested",
        "评审组请贵组织就已提交的意向书作书面澄清,不得改变报价和方案。",
    ),
    (
        "bid.clarification_lapsed",
        "澄清期限已满,未收到答复;评审按已提交的内容进行。",
    ),
    (
        "bid.invalidation_proposed",
        "街道拟对贵组织的揭榜意向书作废,理由见下;请在期限内书面陈述,逾期由街道依现有材料决定。",
    ),
    (
        "bid.heard",
        "揭榜组织已就拟作废作出书面陈述,请由另一名经办人决定。",
    ),
    (
        "bid.hearing_over",
        "揭榜组织的陈述期限已满,可由另一名经办人决定是否作废。",
    ),
    (
        "bid.invalidation_dropped",
        "街道决定不予作废,揭榜意向书继续有效。",
    ),
    (
        "bid.invalidated",
        "揭榜意向书已决定作废,已承榜的一并撤销;对此有异议的,可在期限内提出。",
    ),
    (
        "bid.reserve_expired",
        "候补有效期已满,贵组织不再作为本榜单的候补。",
    ),
    (
        "panel.recused_after_scoring",
        "评审组一名成员应回避未回避,其评分作废;请按新的情况评分、签署或补足席位。",
    ),
    (
        "bid.clarified",
        "揭榜组织已就评审组的问题作出书面澄清,可继续评分。",
    ),
    (
        "opening.awaited",
        "揭榜已经截止,等待三名持钥人中的两名交出密钥份额,共同开启。请领取本人的加密份额,在本机解密后交出。",
    ),
    (
        "bid.not_opened",
        "持钥人未能开启投递箱,本轮流榜;贵组织的信封原样退回,无人读取。",
    ),
    (
        "roadshow.planned",
        "已安排路演,请按时主持或到场听取;评审组成员须签到,路演结束后方可评分。",
    ),
    (
        "roadshow.postponed",
        "路演改期,新的时间、地点见下;尚未路演的各家顺序不变。",
    ),
    (
        "roadshow_slot.laid",
        "请按下列时间到场路演,并事先报送路演人员及是否同意录制;未到场的移到最后,再次未到场的不再路演,不因此失去评审资格。",
    ),
    ("roadshow_slot.moved", "路演改期,请按下列新的时间到场。"),
    (
        "roadshow_slot.absent",
        "贵组织两次未到场,不再路演;评审按已提交的意向书进行。",
    ),
    (
        "roadshow_slot.cancelled",
        "原定路演取消;另行安排的,将再次通知。",
    ),
    (
        "roadshow.minutes_due",
        "路演纪要已到公开时间而尚未经组长确认,请尽快办理,确认后即公开。",
    ),
    (
        "award.notice_issued",
        "贵组织已被确定为承榜组织,请在规定期限内签订承榜协议。",
    ),
    (
        "resident_request.received",
        "收到一件新的居民诉求,请在期限内签收。",
    ),
    ("resident_request.fate", "您反映的事项有了新的进展。"),
    (
        "resident_request.not_solved",
        "反映人认为事项没有解决,请了解情况并改进。",
    ),
    (
        "need.rejected",
        "所报需求未予立项。对此有异议的,可在申请截止前申请区级复核。",
    ),
    (
        "need.merged",
        "所报需求已并入另一需求,原有附议一并转入,原编号仍可查询。",
    ),
    (
        "need_cycle.begun",
        "新的季度评榜周期已经开始,储备中的需求可重新评审;计划单由区级在期限内下达。",
    ),
    (
        "need_cycle.planned",
        "区级已下达本季度评榜计划单,请按计划重新评审所列储备需求。",
    ),
    (
        "need_cycle.plan_overdue",
        "本季度评榜计划单逾期未下达,请尽快补办。",
    ),
    (
        "objection.submitted",
        "异议已收到,请妥存编号与内容校验值;承办人将在三个工作日内决定是否受理。",
    ),
    (
        "objection.accepted",
        "异议已受理;所异议的事项中止的,期限停止计算,待异议办结后按剩余时间继续。",
    ),
    (
        "objection.hearing_opened",
        "请就异议所提问题作出陈述;逾期未陈述的,承办人将径行调查。",
    ),
    (
        "objection.overdue",
        "异议逾期未答复。异议人可以立即向监督部门投诉;所涉事项在答复或处理之前继续中止。",
    ),
    (
        "complaint.filed",
        "收到一件对异议答复(或逾期未答复)的投诉,请在五个工作日内审查是否受理。",
    ),
    (
        "complaint.suspension_over",
        "因投诉而作的暂停已满最长期限,所涉事项已自动恢复;投诉尚未办结的,请尽快处理。",
    ),
    (
        "evaluation.review_started",
        "对考榜结果的异议已受理,进入复核,公示停止计算。",
    ),
    (
        "evaluation.review_unchanged",
        "异议已办结,考榜结果不变,公示按剩余时间继续计算。",
    ),
    (
        "evaluation.review_recomputed",
        "异议成立,考榜结果更正后重新汇总;须重新拟定并公示,原结果留存备查。",
    ),
    (
        "evaluation.reopened",
        "整改后复评已启动:另组考评组、重新开展满意度调查,原结果留存备查。",
    ),
    (
        "evaluation.failed_finally",
        "复评仍不合格,为最终结果;协议的终止、结算和信用记录按规定办理。",
    ),
    (
        "evaluation.survey_opened",
        "居民满意度调查已开始。请转告居民:匿名作答,每人一次。",
    ),
    (
        "evaluation.review_redo",
        "异议成立,另组考评组重新考评;原考评组成员不再参加,原结果留存备查。",
    ),
    (
        "award.suspended",
        "有异议被受理,承榜程序中止,公示与签约期限停止计算。",
    ),
    (
        "award.resumed",
        "异议已办结,承榜程序恢复,期限按剩余时间继续计算。",
    ),
    (
        "award.revoked",
        "异议或投诉成立,承榜已撤销,处理理由见异议答复公开页。",
    ),
    ("timer.overdue", "有事项到期,请及时办理。"),
];

/// Subject and body of the mail about one event.
pub(crate) fn compose(
    words: &Words,
    event: &str,
    object: &str,
    notice: &Notice,
    public_url: &str,
) -> (String, String) {
    let word = words
        .events
        .get(event)
        .copied()
        .unwrap_or(if event == "timer.overdue" {
            "到期提醒"
        } else {
            "进展"
        });
    let subject = format!("【五榜】{}:{word}", notice.label);
    let mut lines = vec![notice.label.clone(), String::new()];
    if let Some((_, sentence)) = SENTENCES.iter().find(|(of, _)| *of == event) {
        lines.push((*sentence).to_owned());
    }
    if let Some(state) = words
        .states
        .iter()
        .find(|((of, state), _)| *of == object && *state == notice.state)
        .map(|(_, word)| word)
    {
        lines.push(format!("当前状态:{state}"));
    }
    lines.extend(facts(&notice.facts));
    lines.push(String::new());
    lines.push(format!(
        "办理请登录所用平台。本邮件由五榜服务({public_url})自动发出,请勿回复。"
    ));
    (subject, lines.join("\n"))
}

/// Facts in words a clerk reads.
fn facts(facts: &Value) -> Vec<String> {
    const NAMES: &[(&str, &str)] = &[
        ("posting", "榜单编号"),
        ("bid_deadline", "揭榜截止"),
        ("reason", "理由"),
        ("content_hash", "内容校验值(SHA-256)"),
        ("submitted_at", "提交时间"),
        ("sign_by", "签约期限"),
        ("starts_at", "开始时间"),
        ("begins_at", "路演开始"),
        ("ends_at", "路演结束"),
        ("place", "地点"),
        ("link", "线上会议"),
        ("price_fen", "金额(分)"),
        ("due_at", "到期时间"),
        ("moved", "顺延后的期限"),
        ("timer", "事项"),
        ("publicity_ends_at", "公示截止"),
        ("grade", "等级"),
        ("rank", "名次"),
        ("total", "总分"),
        ("bonus", "加分"),
        ("means", "各项平均"),
        ("fate", "去向"),
        ("target", "期望问卷份数"),
        ("appeal_until", "复核申请截止"),
        ("complain_by", "投诉截止"),
        ("appeal_by", "申诉截止"),
        ("demand", "要求"),
        ("waiting", "储备中的需求(件)"),
        ("taken_up", "列入计划的本街道需求(件)"),
    ];
    NAMES
        .iter()
        .filter_map(|(key, name)| {
            let value = facts.get(key)?;
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            (!value.is_null()).then(|| format!("{name}:{text}"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_names_hash_and_time_and_no_price() {
        let notice = Notice {
            tell: Vec::new(),
            division: "410108005003".to_owned(),
            field: None,
            label: "揭榜意向书(甲中心)".to_owned(),
            organisations: Vec::new(),
            persons: Vec::new(),
            state: "submitted".to_owned(),
            facts: serde_json::json!({ "content_hash": "ab", "submitted_at": "2026-06-01T09:00:00+08:00", "secret": 1 }),
        };
        let words = Words {
            events: HashMap::from([("bid.submitted", "提交")]),
            ..Words::default()
        };
        let (subject, body) = compose(&words, "bid.submitted", "bid", &notice, "http://x");
        assert_eq!(subject, "【五榜】揭榜意向书(甲中心):提交");
        assert!(body.contains("ab") && body.contains("2026-06-01") && !body.contains("secret"));
    }
}
