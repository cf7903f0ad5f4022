//! Addresses of the stage.

use crate::model::{
    AcceptIn, AnalysisIn, NeedIn, NeedList, NeedOut, NeedPatch, NothingIn, OpinionIn, ReasonIn,
    RejectIn,
};
use crate::service;
use actix_web::{get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_web::actions::ActionsOut;
use wubang_web::{act, amend, list, make, see};

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
    ["state", "field", "priority", "division"],
    NeedList,
    service::list,
    "需求清单。List needs."
);
act!(submit_need, "评榜 needs", "/api/v1/needs/{id}/submit", NothingIn => NeedOut, service::submit, "提交需求。Submit a need.");
act!(delete_need, "评榜 needs", "/api/v1/needs/{id}/delete", NothingIn => NeedOut, service::delete, "删除从未提交的草稿。Delete a draft that was never submitted.");
act!(request_need_supplement, "评榜 needs", "/api/v1/needs/{id}/request_supplement", ReasonIn => NeedOut, service::request_supplement, "要求补正(一次)。Ask for a supplement, once.");
act!(supplement_need, "评榜 needs", "/api/v1/needs/{id}/supplement", NothingIn => NeedOut, service::supplement, "补正后重新提交。Hand in the supplement.");
act!(accept_need, "评榜 needs", "/api/v1/needs/{id}/accept", AcceptIn => NeedOut, service::accept, "受理并指定第三方。Accept and assign the third party.");
act!(reject_need, "评榜 needs", "/api/v1/needs/{id}/reject", RejectIn => NeedOut, service::reject, "不予立项。Reject on a closed ground.");
act!(start_need_review, "评榜 needs", "/api/v1/needs/{id}/start_review", NothingIn => NeedOut, service::start_review, "开始评审。Start the review.");
act!(analyse_need, "评榜 needs", "/api/v1/needs/{id}/analyses", AnalysisIn => NeedOut, service::analyse, "提交第三方分析。Hand in the third party's analysis.");
act!(give_need_opinion, "评榜 needs", "/api/v1/needs/{id}/opinions", OpinionIn => NeedOut, service::give_opinion, "提交专家意见。Hand in an expert's opinion.");
act!(return_need, "评榜 needs", "/api/v1/needs/{id}/return", ReasonIn => NeedOut, service::return_to_draft, "退回修改。Return to the secretary.");
act!(approve_need, "评榜 needs", "/api/v1/needs/{id}/approve", NothingIn => NeedOut, service::approve, "批准立项。Approve the need.");
act!(backlog_need, "评榜 needs", "/api/v1/needs/{id}/backlog", NothingIn => NeedOut, service::backlog, "转入储备。Put into the backlog.");
act!(withdraw_need, "评榜 needs", "/api/v1/needs/{id}/withdraw", ReasonIn => NeedOut, service::withdraw, "撤回需求。Withdraw a need.");

/// Serves and documents the stage.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(draft_need)
        .service(list_needs)
        .service(get_need_actions)
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
        .service(get_need)
        .service(amend_need);
}
