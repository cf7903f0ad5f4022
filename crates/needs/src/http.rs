//! Addresses of the stage.

use crate::model::{
    AcceptIn, AnalysisIn, CommentIn, CommentList, DuplicatesOut, MergeIn, NeedAppealDecisionIn,
    NeedApprovalIn, NeedCycleList, NeedCycleOut, NeedCyclePlanIn, NeedExclusionIn, NeedIn,
    NeedList, NeedOut, NeedPatch, NeedRecusalIn, NeedReviewIn, NeedVoteIn, OpinionIn,
    PublicNeedList, PublicNeedOut, RejectIn,
};
use crate::service;
use actix_web::{get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_web::actions::ActionsOut;
use wubang_web::{NothingIn, ReasonIn};
use wubang_web::{act, amend, list, list_public, make, see, see_public};

make!(draft_need, "评榜 needs", "/api/v1/needs", "needs", NeedIn => NeedOut, service::draft, "起草需求。Draft a need.");
amend!(amend_need, "评榜 needs", "/api/v1/needs/{id}", NeedPatch => NeedOut, service::amend, "修改需求草稿。Change a draft need.");
see!(
    get_need,
    "评榜 needs",
    "/api/v1/needs/{id}",
    NeedOut,
    service::get,
    "查看需求。Show a need."
);
see!(
    get_need_actions,
    "评榜 needs",
    "/api/v1/needs/{id}/actions",
    ActionsOut,
    service::get_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
list!(
    list_needs,
    "评榜 needs",
    "/api/v1/needs",
    [
        "state",
        "field",
        "priority",
        "division",
        "source",
        "urgency",
        "target_group",
        "q",
        "affected_count_min",
        "affected_count_max"
    ],
    sort ["created_at", "review_score", "affected_count", "supporters"],
    NeedList,
    service::list,
    "需求清单。List needs."
);

/// 导出需求清单(`kind=list`,已立项及以后)或需求台账(`kind=ledger`,本人可见的全部及各环节日期),CSV,至多 10000 行。Export the list of needs or the ledger as CSV, at most 10000 rows.
#[utoipa::path(tag = "评榜 needs", params(
        ("kind" = Option<String>, Query, description = "`list` 或 `ledger`,默认 `list` · list or ledger"),
        ("format" = Option<String>, Query, description = "`csv` · csv only"),
        ("state" = Option<String>, Query, description = "筛选,可重复 · filter, repeatable"),
        ("field" = Option<String>, Query, description = "筛选,可重复 · filter, repeatable"),
        ("priority" = Option<String>, Query, description = "筛选,可重复 · filter, repeatable"),
        ("division" = Option<String>, Query, description = "区划代码 · division code"),
        ("source" = Option<String>, Query, description = "筛选,可重复 · filter, repeatable"),
        ("urgency" = Option<String>, Query, description = "筛选,可重复 · filter, repeatable"),
        ("target_group" = Option<String>, Query, description = "筛选,可重复 · filter, repeatable"),
        ("q" = Option<String>, Query, description = "编号、标题与描述中的词 · words of number, title and description"),
        ("affected_count_min" = Option<i64>, Query, description = "受益人数下限 · at least so many people"),
        ("affected_count_max" = Option<i64>, Query, description = "受益人数上限 · at most so many people")),
    responses((status = 200, description = "UTF-8 表格,含 BOM · a table in UTF-8 with a byte-order mark", body = String, content_type = "text/csv")), security(("bearer" = [])))]
#[get("/api/v1/exports/needs")]
pub(crate) async fn export_needs(ctx: wubang_web::Ctx) -> wubang_web::Answer {
    ctx.signed_in()?;
    let query = wubang_web::ListQuery::of(
        &ctx,
        &[
            "kind",
            "format",
            "state",
            "field",
            "priority",
            "division",
            "source",
            "urgency",
            "target_group",
            "q",
            "affected_count_min",
            "affected_count_max",
        ],
    )?;
    let (name, text) = service::export(&ctx.read(), &query)
        .await
        .map_err(|error| ctx.problem(error))?;
    wubang_web::sheet::answer(&name, text)
}
list_public!(
    list_public_needs,
    "公开 public",
    "/api/v1/public/needs",
    ["state", "field", "division", "target_group", "urgency", "q"],
    sort ["created_at", "affected_count", "supporters"],
    PublicNeedList,
    service::public_needs,
    "公开的需求:民意公示中、已立项及以后;登录者另见本辖区可附议的需求。Public needs: on the comment list, approved and later; those of one's own territory once submitted."
);
see_public!(
    get_public_need,
    "公开 public",
    "/api/v1/public/needs/{id}",
    PublicNeedOut,
    service::public_need,
    "公开的需求详情。A public need."
);
see!(
    get_need_duplicates,
    "评榜 needs",
    "/api/v1/needs/{id}/duplicates",
    DuplicatesOut,
    service::duplicates,
    "疑似重复的需求及原因。Candidates for duplicates, with reasons."
);

/// 民意公示收到的意见,不含姓名。The comments on a need, without names.
#[utoipa::path(tag = "评榜 needs", params(("id" = String, Path, description = "id 或编号 · id or number"), wubang_web::query::Paging),
    responses((status = 200, description = "一页 · one page", body = CommentList)), security(("bearer" = [])))]
#[get("/api/v1/needs/{id}/comments")]
pub(crate) async fn list_need_comments(
    ctx: wubang_web::Ctx,
    key: wubang_web::PathKey,
) -> wubang_web::Answer {
    ctx.signed_in()?;
    let query = wubang_web::ListQuery::of(&ctx, &[])?;
    let value = service::comments(&ctx.read(), &key.0, &query)
        .await
        .map_err(|error| ctx.problem(error))?;
    wubang_web::answer::page(&ctx, &value)
}
act!(support_need, "评榜 needs", "/api/v1/needs/{id}/support", NothingIn => PublicNeedOut, service::support, "附议,一人一声。Add one's voice.");
act!(unsupport_need, "评榜 needs", "/api/v1/needs/{id}/unsupport", NothingIn => PublicNeedOut, service::unsupport, "撤回附议。Take one's voice back.");
act!(comment_need, "评榜 needs", "/api/v1/needs/{id}/comments", CommentIn => PublicNeedOut, service::comment, "居民在民意公示期内发表意见,一人一次。A resident comments in the comment period, once.");
act!(merge_need, "评榜 needs", "/api/v1/needs/{id}/merge", MergeIn => NeedOut, service::merge, "并入另一需求,附议随迁。Merge into another need; its supporters move.");
act!(open_need_comment, "评榜 needs", "/api/v1/needs/{id}/open_comment", NothingIn => NeedOut, service::open_comment, "列入民意公示。Put on the comment list.");
act!(submit_need, "评榜 needs", "/api/v1/needs/{id}/submit", NothingIn => NeedOut, service::submit, "提交需求。Submit a need.");
act!(delete_need, "评榜 needs", "/api/v1/needs/{id}/delete", NothingIn => NeedOut, service::delete, "删除从未提交的草稿。Delete a draft that was never submitted.");
act!(request_need_supplement, "评榜 needs", "/api/v1/needs/{id}/request_supplement", ReasonIn => NeedOut, service::request_supplement, "要求补正(一次)。Ask for a supplement, once.");
act!(supplement_need, "评榜 needs", "/api/v1/needs/{id}/supplement", NothingIn => NeedOut, service::supplement, "补正后重新提交。Hand in the supplement.");
act!(accept_need, "评榜 needs", "/api/v1/needs/{id}/accept", AcceptIn => NeedOut, service::accept, "受理并指定第三方。Accept and assign the third party.");
act!(reject_need, "评榜 needs", "/api/v1/needs/{id}/reject", RejectIn => NeedOut, service::reject, "不予立项。Reject on a closed ground.");
act!(start_need_review, "评榜 needs", "/api/v1/needs/{id}/start_review", NeedReviewIn => NeedOut, service::start_review, "开始评审。Start the review.");
act!(analyse_need, "评榜 needs", "/api/v1/needs/{id}/analyses", AnalysisIn => NeedOut, service::analyse, "提交第三方分析。Hand in the third party's analysis.");
act!(give_need_opinion, "评榜 needs", "/api/v1/needs/{id}/opinions", OpinionIn => NeedOut, service::give_opinion, "提交专家意见。Hand in an expert's opinion.");
act!(return_need, "评榜 needs", "/api/v1/needs/{id}/return", ReasonIn => NeedOut, service::return_to_draft, "退回修改。Return to the secretary.");
act!(approve_need, "评榜 needs", "/api/v1/needs/{id}/approve", NeedApprovalIn => NeedOut, service::approve, "批准立项。Approve the need.");
act!(backlog_need, "评榜 needs", "/api/v1/needs/{id}/backlog", NothingIn => NeedOut, service::backlog, "转入储备。Put into the backlog.");
act!(withdraw_need, "评榜 needs", "/api/v1/needs/{id}/withdraw", ReasonIn => NeedOut, service::withdraw, "撤回需求。Withdraw a need.");
act!(flag_need_emergency, "评榜 needs", "/api/v1/needs/{id}/flag_emergency", ReasonIn => NeedOut, service::flag_emergency, "标记为应急,可按应急类型发榜。Flag an approved need as an emergency.");
act!(appeal_need, "评榜 needs", "/api/v1/needs/{id}/appeal", ReasonIn => NeedOut, service::appeal, "不予立项后申请区级复核。Ask the district about a rejection.");
act!(decide_need_appeal, "评榜 needs", "/api/v1/needs/{id}/decide_appeal", NeedAppealDecisionIn => NeedOut, service::decide_appeal, "区级答复复核申请。Answer an appeal as the district.");
act!(record_need_vote, "评榜 needs", "/api/v1/needs/{id}/votes", NeedVoteIn => NeedOut, service::record_vote, "登记居民代表表决或议事协商结果。Record a vote or deliberation of residents.");
act!(demand_need_recusal, "评榜 needs", "/api/v1/needs/{id}/recusals", NeedRecusalIn => NeedOut, service::demand_recusal, "要求评审人员回避,或声明自行回避。Demand a reviewer's recusal, or declare one's own.");
act!(exclude_need_reviewer, "评榜 needs", "/api/v1/needs/{id}/exclude_reviewer", NeedExclusionIn => NeedOut, service::exclude_reviewer, "决定回避申请。Decide on a demand for recusal.");
list!(
    list_need_cycles,
    "评榜 needs",
    "/api/v1/need_cycles",
    ["state", "division"],
    NeedCycleList,
    service::cycles::list,
    "各季度的评榜周期。The quarters of the districts."
);
see!(
    get_need_cycle,
    "评榜 needs",
    "/api/v1/need_cycles/{id}",
    NeedCycleOut,
    service::cycles::get,
    "查看评榜周期:各街道储备件数、计划单与期限。Show a quarter: backlog per street, plan slip, deadlines."
);
see!(
    get_need_cycle_actions,
    "评榜 needs",
    "/api/v1/need_cycles/{id}/actions",
    ActionsOut,
    service::cycles::get_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
act!(plan_need_cycle, "评榜 needs", "/api/v1/need_cycles/{id}/plan", NeedCyclePlanIn => NeedCycleOut, service::cycles::plan, "区级下达本季度计划单。Issue the plan slip of the quarter.");

/// Serves and documents the stage.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(draft_need)
        .service(list_needs)
        .service(get_need_actions)
        .service(export_needs)
        .service(get_need_duplicates)
        .service(list_need_comments)
        .service(list_public_needs)
        .service(get_public_need)
        .service(support_need)
        .service(unsupport_need)
        .service(comment_need)
        .service(merge_need)
        .service(open_need_comment)
        .service(submit_need)
        .service(delete_need)
        .service(request_need_supplement)
        .service(supplement_need)
        .service(accept_need)
        .service(reject_need)
        .service(start_need_review)
        .service(analyse_need)
        .service(give_need_opinion)
        .service(return_need)
        .service(approve_need)
        .service(backlog_need)
        .service(withdraw_need)
        .service(flag_need_emergency)
        .service(appeal_need)
        .service(decide_need_appeal)
        .service(record_need_vote)
        .service(demand_need_recusal)
        .service(exclude_need_reviewer)
        .service(list_need_cycles)
        .service(get_need_cycle_actions)
        .service(plan_need_cycle)
        .service(get_need_cycle)
        .service(get_need)
        .service(amend_need);
}
