//! The closed catalogue of refusal codes: one row each, nothing else may leave the server.

use serde::{Serialize, Serializer};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $wire:literal, $status:literal, $zh:literal, $en:literal;)+) => {
        /// Why something was refused. The wire name never changes with the language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[$doc])* #[doc = $en] $name,)+ }
        impl Code {
            /// Every code, in catalogue order.
            pub const ALL: &'static [Code] = &[$(Code::$name,)+];
            /// The stable wire name.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(Code::$name => $wire,)+ } }
            /// The HTTP status that goes with it.
            #[must_use]
            pub const fn status(self) -> u16 { match self { $(Code::$name => $status,)+ } }
            /// The sentence in Chinese.
            #[must_use]
            pub const fn zh(self) -> &'static str { match self { $(Code::$name => $zh,)+ } }
            /// The sentence in English.
            #[must_use]
            pub const fn en(self) -> &'static str { match self { $(Code::$name => $en,)+ } }
        }
    };
}

codes! {
    // reading the request
    Malformed = "malformed", 400, "请求无法解析", "The request cannot be parsed";
    UnknownParameter = "unknown_parameter", 400, "查询参数不存在", "Unknown query parameter";
    InvalidCursor = "invalid_cursor", 400, "翻页游标无效", "The paging cursor is not valid";
    TooDeep = "too_deep", 400, "JSON 嵌套过深", "The JSON is nested too deeply";
    Unauthenticated = "unauthenticated", 401, "未登录或令牌已失效", "No token, or the token has expired";
    BadCredentials = "bad_credentials", 401, "账号或密码不正确", "Account or password is wrong";
    TokenReused = "token_reused", 401, "刷新令牌被重复使用,该会话已全部注销", "A refresh token was used twice; its family is revoked";
    Forbidden = "forbidden", 403, "无权进行此操作", "You may not do this";
    NotFound = "not_found", 404, "没有找到", "Not found";
    MethodNotAllowed = "method_not_allowed", 405, "不支持该请求方法", "This method is not offered here";
    RequestTimeout = "request_timeout", 408, "请求体接收超时", "The body took too long to arrive";
    TooLarge = "too_large", 413, "请求体过大", "The body is too large";
    UnsupportedMediaType = "unsupported_media_type", 415, "请求体必须是 application/json", "The body must be application/json";
    StaleVersion = "stale_version", 412, "对象已被他人修改,请刷新后重试", "If-Match does not fit the present version";
    MatchRequired = "match_required", 428, "修改须带 If-Match", "If-Match is required here";
    TooManyRequests = "too_many_requests", 429, "请求过于频繁", "Too many requests";
    AccountLocked = "account_locked", 429, "登录失败次数过多,账号已暂时锁定", "Too many failed sign-ins; the account is locked for a while";
    KeyReused = "idempotency_key_reused", 422, "同一 Idempotency-Key 已用于不同的请求", "This Idempotency-Key was used with another request";
    KeyInvalid = "idempotency_key_invalid", 400, "Idempotency-Key 无效", "The Idempotency-Key is not valid";
    Invalid = "invalid", 422, "有字段不符合要求", "Some fields are not valid";
    Internal = "internal", 500, "服务内部错误", "Internal error";
    Unavailable = "unavailable", 503, "服务暂不可用,请稍后重试", "Not available at the moment";
    // every stage
    InvalidTransition = "invalid_transition", 409, "当前状态下不能这样做", "Not possible in the present state";
    Conflict = "conflict", 409, "与他人的同时操作冲突,请重试", "Somebody else changed it at the same time";
    Duplicate = "duplicate", 409, "已经存在", "It exists already";
    Recused = "recused", 409, "须回避", "You must recuse yourself";
    SamePerson = "same_person", 409, "须由另一人办理", "Another person must do this";
    OpenHold = "open_hold", 409, "存在未办结的异议或暂停", "An objection or suspension is still open";
    Incomplete = "incomplete", 422, "必填内容不完整", "Mandatory content is missing";
    TooManyRows = "too_many_rows", 422, "导出超过 10000 行,请缩小筛选范围", "More than 10000 rows; narrow the filters";
    // attachments
    FileTypeNotAllowed = "file_type_not_allowed", 415, "不接受该类型的文件", "Files of this type are not taken";
    FileInfected = "file_infected", 422, "文件含有恶意代码,未予保存", "The file holds malicious code and was not kept";
    FileQuota = "file_quota", 409, "附件数量或总大小已达上限", "There are as many attachments as allowed, or they are too large together";
    ScannerUnavailable = "scanner_unavailable", 503, "病毒扫描暂不可用,请稍后重试", "The virus scanner is not available at the moment";
    // registry
    LastAdministrator = "last_administrator", 409, "不能撤销最后一名区级主管的授权", "The last district administrator must keep the grant";
    // 评榜
    SupplementUsed = "supplement_used", 422, "补正只能要求一次", "A supplement can be asked for once only";
    AuthorityDuty = "authority_duty", 422, "属于应当由政府直接履职的事项", "The matter is an authority's own duty";
    DuplicatesNotChecked = "duplicates_not_checked", 422, "尚未核对疑似重复的需求", "The candidates for duplicates were not looked at";
    TargetNotOpen = "target_not_open", 422, "目标需求已办结或尚未提交,不能并入", "The target need is not open";
    AnalysisMissing = "analysis_missing", 422, "缺少第三方分析或问题根源", "The analysis or its root cause is missing";
    OpinionsMissing = "opinions_missing", 422, "专家意见不足或专业不够分散", "Too few expert opinions of different specialities";
    ScoreTooLow = "score_too_low", 422, "评榜得分低于 60 分,应转入储备", "The review score is below 60";
    ScoreTooHigh = "score_too_high", 422, "评榜得分已达 60 分,不应转入储备", "The review score is 60 or more";
    NotChanged = "not_changed", 422, "退回后尚未修改", "Nothing was changed since it was returned";
    NeedNotOpen = "need_not_open", 409, "该需求已办结、已撤回或不予立项", "The need is over";
    SupplementFirst = "supplement_first", 422, "以资料不足为由不予立项前,须先要求补正一次", "Ask for a supplement before rejecting for lack of information";
    AppealUsed = "appeal_used", 422, "区级已作出答复,不能再次申请", "The district has answered already";
    NotEmergency = "not_emergency", 422, "该需求的紧急程度不是应急", "The need is no emergency";
    NoNewCycle = "no_new_cycle", 422, "尚未进入新的季度,也没有新的证据", "Neither a new quarter nor new evidence";
    // 发榜
    NeedsNotApproved = "needs_not_approved", 422, "所涉需求并非全部处于待发榜状态", "Not every need is approved";
    NeedTaken = "need_taken", 409, "需求已在另一张榜中", "The need is in another posting already";
    ContentNotAcknowledged = "content_not_acknowledged", 422, "尚未确认禁止性内容检查", "The forbidden-content check is not acknowledged";
    ProcurementLimit = "procurement_limit", 422, "最高限价已达政府采购限额", "The ceiling reaches the procurement limit";
    OrderLimit = "order_limit", 422, "金额超过点单直选的最高金额", "The amount exceeds what may be ordered directly";
    PostedRecently = "posted_recently", 409, "该需求近期另有榜单,不得点单直选", "Another posting of the need is too recent for an order";
    SplitSuspected = "split_suspected", 409, "同一社区、领域和资金来源的年度点单总额超限,疑似化整为零", "Orders of this community, field and funding source exceed their sum for the year";
    NotEndorsed = "not_endorsed", 422, "尚无社区另一名成员附议", "No other member of the community committee has endorsed it";
    PostingSuspended = "posting_suspended", 409, "榜单已中止,暂不能办理", "The posting is suspended";
    ExtensionLimit = "extension_limit", 422, "延期次数或天数已达上限", "It was extended as often or as long as allowed";
    WrongGround = "wrong_ground", 422, "该理由不属于本部门的职权", "This ground is not yours to give";
    OtherAuthority = "other_authority", 409, "须由决定中止的部门恢复", "The authority that suspended it must resume it";
    RoundsUsed = "rounds_used", 409, "发榜轮次已用完,需求须重新设计", "Every round is used; the need must be redesigned";
    TooFewMatches = "too_few_matches", 422, "符合条件的组织不足邀请数", "Too few organisations match to be invited";
    EnoughBids = "enough_bids", 422, "有效揭榜数已达到要求", "There are as many valid bids as wanted";
    NotSingleBidder = "not_single_bidder", 422, "有效揭榜不是恰好一家", "There is not exactly one valid bid";
    TooEarly = "too_early", 409, "尚未到时间", "It is too early for this";
    // 揭榜
    DeadlinePassed = "deadline_passed", 409, "已过截止时间", "The deadline has passed";
    NotEligible = "not_eligible", 422, "不符合揭榜资格", "The organisation is not eligible";
    PriceOutOfRange = "price_out_of_range", 422, "报价须大于零且不超过最高限价", "The price must be above zero and within the ceiling";
    NotSigned = "not_signed", 422, "须由法定代表人或其授权的人签署", "The legal representative or an authorised person must sign";
    AlreadyBidding = "already_bidding", 409, "该组织已参与本榜单的另一份意向书", "The organisation takes part in another bid of this posting";
    ContentChanged = "content_changed", 409, "内容已变化,请查看后再确认", "The content has changed: read it and confirm that";
    NotConfirmed = "not_confirmed", 422, "尚有成员未加入或未确认当前内容", "A member has not joined or not confirmed the content as it stands";
    MembersFull = "members_full", 409, "联合方数量已达上限", "The bid has as many partners as allowed";
    SealedByBidder = "sealed_by_bidder", 409, "本榜单由揭榜组织自行加密、单独揭榜,不收附件和成员", "Bids of this posting are sole and sealed by the bidder: no attachments, no members";
    BoxSealed = "box_sealed", 409, "尚未截止,不得开启", "The bids are sealed until the deadline is over";
    ShareWrong = "share_wrong", 422, "不是本人持有的密钥份额,已记录", "This is not your share of the key; the attempt is recorded";
    CapReached = "cap_reached", 409, "已达资源限流上限", "A cap is reached";
    RepairOpen = "repair_open", 409, "补正期限内,尚不能作出资格审查结论", "The bidder still has time to repair: the check waits for it";
    ChecksFailed = "checks_failed", 422, "资格审查存在未通过项", "A check of eligibility fails";
    // 评审
    PanelIncomplete = "panel_incomplete", 422, "评审组组成不符合要求", "The panel is not composed as required";
    RecusalUnsigned = "recusal_unsigned", 422, "尚有成员未签署回避声明", "A member has not signed the recusal declaration";
    TooFewBids = "too_few_bids", 422, "有效揭榜数不足", "Too few valid bids";
    ReportUnsigned = "report_unsigned", 422, "评审报告尚未全体签署", "The panel report is not signed by all";
    RankNotFollowed = "rank_not_followed", 422, "拟承榜对象须遵循排名", "The proposal must follow the ranking";
    RoadshowNotHeld = "roadshow_not_held", 409, "该意向书的路演尚未举行完毕,不能评分", "The roadshow of this bid has not been held: nobody scores before it";
    RecordingNotConsented = "recording_not_consented", 422, "路演人员未全部同意录制", "Not every presenter has consented to being recorded";
    SheetsMissing = "sheets_missing", 422, "评分表未交齐", "Score sheets are missing";
    RaceUndecided = "race_undecided", 422, "本榜为赛马且不止一家达到合格线,须一并提出各赛道的拟承榜对象,或说明只取一家的理由", "This posting is a race and more than one bid is good enough: propose all lanes together, or give the reason for one alone";
    BelowThreshold = "below_threshold", 422, "没有达到合格线的揭榜", "No bid reaches the threshold";
    // 异议与投诉
    NoStanding = "no_standing", 422, "与所异议的事项无利害关系,不具备提出异议的资格", "You have no standing to object to this";
    NotHeard = "not_heard", 422, "尚未听取另一方意见,且陈述期限未满", "The other side has not been heard, and its time is not over";
    NotRaised = "not_raised", 422, "投诉只能就异议中已提出的事由提出", "A complaint is limited to the grounds that the objection raised";
    // 承榜与协议
    AlreadySigned = "already_signed", 409, "该方已签署", "This party has signed already";
    NotDelivered = "not_delivered", 422, "阶段任务未完成且未到结束日期", "Milestones are open and the end date is not reached";
    EvidenceMissing = "evidence_missing", 422, "缺少指标证明", "Evidence for an indicator is missing";
    ReturnLimit = "return_limit", 422, "退回次数已用完", "It was returned as often as allowed";
    ChangeLimit = "change_limit", 422, "超出协议变更的限度", "The change goes beyond what an agreement may be changed by";
    AssignmentForbidden = "assignment_forbidden", 422, "协议不得转让或转包", "An agreement may not be assigned to another contractor";
    ExitPending = "exit_pending", 409, "退出程序中不得变更协议", "No change while an exit is pending";
    PaymentBlocked = "payment_blocked", 422, "整改或退出程序中不得拨付", "No payment while rectification or exit is open";
    ContractSuspended = "contract_suspended", 409, "协议已中止,恢复前不能办理", "The agreement is suspended: not before it goes on";
    GroundStands = "ground_stands", 409, "所依据的事由尚未消除", "The ground still stands";
    SettlementNotReady = "settlement_not_ready", 409, "尚有待验收的里程碑,或已批准而未登记的拨付", "A milestone waits to be verified, or an approved payment to be recorded";
    // 干预、整改、退出
    RecoveryUnconfirmed = "recovery_unconfirmed", 422, "社区尚未确认服务恢复", "The community has not confirmed that the service runs again";
    DefectsOpen = "defects_open", 422, "严重问题尚未全部整改到位", "A serious defect is still open";
    SatisfactionLow = "satisfaction_low", 422, "须有新一次满意度调查且达到 60 分", "A new survey of 60 or more is needed";
    GroundUnproven = "ground_unproven", 422, "退出事由所依据的事实尚不成立", "The fact that the ground rests on does not hold";
    // 考榜
    SurveyMissing = "survey_missing", 422, "居民满意度调查尚未结束", "The resident survey is not closed";
}

impl Code {
    /// Finds a code by its wire name.
    #[must_use]
    pub fn from_wire(wire: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.as_str() == wire)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Code;
    use std::collections::HashSet;

    #[test]
    fn wire_names_are_unique_and_snake_case() {
        let names: HashSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        assert!(
            names
                .iter()
                .all(|n| n.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
        );
        assert!(
            Code::ALL
                .iter()
                .all(|code| Code::from_wire(code.as_str()) == Some(*code))
        );
    }
}
