//! Addresses of the stage. `start_evaluation` needs bids and panel and is served by the awards.

use crate::changes::{AmendPublishedIn, ExtendIn, SuspendIn};
use crate::model::{
    AnswerIn, ApproveIn, CancelIn, CopyIn, ExternalResultIn, PostingIn, PostingList, PostingOut,
    PostingPatch, QuestionIn, QuestionList, QuestionOut, RepostIn, TemplateIn, TemplateList,
    TemplateOut,
};
use crate::service;
use actix_web::{get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_needs::model::NeedOut;
use wubang_web::actions::ActionsOut;
use wubang_web::{Answer, Ctx, ListQuery, PathKey, act, amend, list, make, see};
use wubang_web::{NothingIn, ReasonIn};

make!(draft_posting, "发榜 postings", "/api/v1/postings", "postings", PostingIn => PostingOut, service::draft, "起草榜单(并建立项目)。Draft a posting, and with it the project.");
amend!(amend_posting, "发榜 postings", "/api/v1/postings/{id}", PostingPatch => PostingOut, service::amend, "修改榜单草稿。Change a draft posting.");
see!(
    get_posting,
    "发榜 postings",
    "/api/v1/postings/{id}",
    PostingOut,
    service::get,
    "查看榜单。Show a posting."
);
see!(
    get_posting_actions,
    "发榜 postings",
    "/api/v1/postings/{id}/actions",
    ActionsOut,
    service::get_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
list!(
    list_postings,
    "发榜 postings",
    "/api/v1/postings",
    [
        "state",
        "field",
        "type",
        "division",
        "target_group",
        "budget_ceiling_min",
        "budget_ceiling_max",
        "q"
    ],
    sort ["created_at", "published_at", "bid_deadline", "budget_ceiling_fen"],
    PostingList,
    service::list,
    "榜单列表。List postings."
);
act!(submit_posting, "发榜 postings", "/api/v1/postings/{id}/submit", NothingIn => PostingOut, service::submit, "提交审批。Hand in for approval.");
act!(return_posting, "发榜 postings", "/api/v1/postings/{id}/return", ReasonIn => PostingOut, service::return_to_draft, "退回起草人。Return to the drafter.");
act!(endorse_posting, "发榜 postings", "/api/v1/postings/{id}/endorse", NothingIn => PostingOut, service::endorse, "社区另一名成员附议点单。Endorse an order as another member of the committee.");
act!(approve_posting, "发榜 postings", "/api/v1/postings/{id}/approve", ApproveIn => PostingOut, service::approve, "由第二人批准并发布。Approve by a second person, and publish.");
act!(copy_posting, "发榜 postings", "/api/v1/postings/{id}/copy", CopyIn => PostingOut, service::copy, "以旧榜为底起草新榜(日期整体平移)。Draft a new posting from an old one; all dates move along.");
make!(keep_posting_template, "发榜 postings", "/api/v1/posting_templates", "posting_templates", TemplateIn => TemplateOut, service::keep_template, "存为榜单模板。Keep a posting as a template.");
list!(
    list_posting_templates,
    "发榜 postings",
    "/api/v1/posting_templates",
    ["field", "retired"],
    TemplateList,
    service::list_templates,
    "可用的榜单模板。List the templates that can be used."
);
see!(
    get_posting_template,
    "发榜 postings",
    "/api/v1/posting_templates/{id}",
    TemplateOut,
    service::get_template,
    "查看榜单模板。Show a template."
);
act!(draft_from_posting_template, "发榜 postings", "/api/v1/posting_templates/{id}/draft", CopyIn => PostingOut, service::draft_from_template, "以模板起草榜单。Draft a posting from a template.");
act!(retire_posting_template, "发榜 postings", "/api/v1/posting_templates/{id}/retire", NothingIn => TemplateOut, service::retire_template, "停用模板。Take a template out of use.");
act!(cancel_posting, "发榜 postings", "/api/v1/postings/{id}/cancel", CancelIn => PostingOut, service::cancel, "撤榜。Cancel a posting.");
act!(amend_published_posting, "发榜 postings", "/api/v1/postings/{id}/amend_published", AmendPublishedIn => PostingOut, service::amend_published, "变更公告:逐项对比公开,影响揭榜的自动保证剩余天数。Amend the published notice: the diff is public, and bids keep enough days.");
act!(extend_posting, "发榜 postings", "/api/v1/postings/{id}/extend", ExtendIn => PostingOut, service::extend, "延长揭榜期限。Extend the bid deadline.");
act!(waive_posting_caps, "发榜 postings", "/api/v1/postings/{id}/waive_caps", ReasonIn => PostingOut, service::waive_caps, "本榜放宽组织限流(对所有揭榜组织,理由公开)。Waive the caps of bidders for this posting, for whoever bids; the reason is public.");
act!(suspend_posting, "发榜 postings", "/api/v1/postings/{id}/suspend", SuspendIn => PostingOut, service::suspend, "中止:各期限停止并保留剩余。Suspend: the timers stand still and keep what is left.");
act!(resume_posting, "发榜 postings", "/api/v1/postings/{id}/resume", ReasonIn => PostingOut, service::resume, "恢复至中止前的状态。Resume to the state before the suspension.");
act!(decline_posting_order, "发榜 postings", "/api/v1/postings/{id}/decline_order", ReasonIn => PostingOut, service::decline_order, "被点选的组织谢绝点单。Decline an order as the picked organisation.");
act!(take_in_external_result, "发榜 postings", "/api/v1/postings/{id}/external_result", ExternalResultIn => PostingOut, service::take_result, "登记政府采购结果(本平台不评标)。Take in the result of the statutory procedure; nothing is awarded here.");
act!(report_external_failure, "发榜 postings", "/api/v1/postings/{id}/external_failure", ReasonIn => PostingOut, service::fail_elsewhere, "登记政府采购未成交。Record that the statutory procedure failed.");
act!(repost_posting, "发榜 postings", "/api/v1/postings/{id}/repost", RepostIn => PostingOut, service::repost, "重新发榜:同一项目的新一轮草稿,公开与邀请之间可改类型。Post again: a new draft round of the same project, open or by invitation.");
act!(return_need_to_review, "评榜 needs", "/api/v1/needs/{id}/return_to_review", ReasonIn => NeedOut, service::return_to_review, "流榜后退回评榜(理由公开)。Return a need to the review after a failed round.");
act!(ask_about_posting, "发榜 postings", "/api/v1/postings/{id}/questions", QuestionIn => QuestionOut, service::ask, "提问截止前就榜单提问。Ask about an open posting, before the question deadline.");
act!(answer_question, "发榜 postings", "/api/v1/questions/{id}/answer", AnswerIn => QuestionOut, service::answer, "答复提问,立即公开,提问者不公开。Answer a question: public at once, the asker hidden.");
see!(
    get_question,
    "发榜 postings",
    "/api/v1/questions/{id}",
    QuestionOut,
    service::get_question,
    "查看提问。Show a question."
);
see!(
    get_question_actions,
    "发榜 postings",
    "/api/v1/questions/{id}/actions",
    ActionsOut,
    service::get_question_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);

/// 榜单的提问与答复,最新在前。Questions about a posting, newest first.
#[utoipa::path(tag = "发榜 postings", params(("id" = String, Path, description = "id 或编号 · id or number"), wubang_web::query::Paging),
    responses((status = 200, description = "一页 · one page", body = QuestionList)), security(("bearer" = [])))]
#[get("/api/v1/postings/{id}/questions")]
pub(crate) async fn list_posting_questions(ctx: Ctx, key: PathKey) -> Answer {
    ctx.signed_in()?;
    questions(&ctx, &key).await
}

/// 公开的提问与答复,最新在前。Answered questions about a posting, newest first.
#[utoipa::path(tag = "公开 public", params(("id" = String, Path, description = "id 或编号 · id or number"), wubang_web::query::Paging),
    responses((status = 200, description = "一页 · one page", body = QuestionList)), security(()))]
#[get("/api/v1/public/postings/{id}/questions")]
pub(crate) async fn list_public_posting_questions(ctx: Ctx, key: PathKey) -> Answer {
    questions(&ctx, &key).await
}

async fn questions(ctx: &Ctx, key: &PathKey) -> Answer {
    let query = ListQuery::of(ctx, &[])?;
    let value = service::list_questions(&ctx.read(), &key.0, &query)
        .await
        .map_err(|error| ctx.problem(error))?;
    wubang_web::answer::page(ctx, &value)
}

/// Serves and documents the stage.
pub fn routes(cfg: &mut ServiceConfig) {
    crate::procedures::http::routes(cfg);
    cfg.service(draft_posting)
        .service(list_postings)
        .service(get_posting_actions)
        .service(submit_posting)
        .service(return_posting)
        .service(endorse_posting)
        .service(approve_posting)
        .service(cancel_posting)
        .service(copy_posting)
        .service(keep_posting_template)
        .service(list_posting_templates)
        .service(draft_from_posting_template)
        .service(retire_posting_template)
        .service(get_posting_template)
        .service(amend_published_posting)
        .service(extend_posting)
        .service(waive_posting_caps)
        .service(suspend_posting)
        .service(resume_posting)
        .service(decline_posting_order)
        .service(take_in_external_result)
        .service(report_external_failure)
        .service(repost_posting)
        .service(return_need_to_review)
        .service(ask_about_posting)
        .service(list_posting_questions)
        .service(list_public_posting_questions)
        .service(answer_question)
        .service(get_question_actions)
        .service(get_question)
        .service(get_posting)
        .service(amend_posting);
}
