//! Addresses of exits.

use super::model::{
    ConfirmHandoverIn, DeclareHandoverIn, ExitIn, ExitList, ExitOpinionIn, ExitOut,
    ExitStatementIn, NotifyExitIn, PublicExitList, PublicExitOut,
};
use super::service;
use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_web::actions::ActionsOut;
use wubang_web::{ReasonIn, act, list, list_public, make, see, see_public};

make!(propose_exit, "淘汰退出 exits", "/api/v1/exits", "exits", ExitIn => ExitOut, service::propose, "街道提出退出建议。Propose that a contractor leaves.");
list!(
    list_exits,
    "淘汰退出 exits",
    "/api/v1/exits",
    ["state", "ground", "contract_id", "division"],
    ExitList,
    service::list,
    "退出台账。List exits."
);
see!(
    get_exit,
    "淘汰退出 exits",
    "/api/v1/exits/{id}",
    ExitOut,
    service::get,
    "查看退出。Show an exit."
);
see!(
    get_exit_actions,
    "淘汰退出 exits",
    "/api/v1/exits/{id}/actions",
    ActionsOut,
    service::get_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
act!(notify_exit, "淘汰退出 exits", "/api/v1/exits/{id}/notify", NotifyExitIn => ExitOut, service::notify, "告知拟退出的事由和证据,听取陈述申辩;拨付停止。Give notice with evidence and hear the contractor.");
act!(withdraw_exit, "淘汰退出 exits", "/api/v1/exits/{id}/withdraw", ReasonIn => ExitOut, service::withdraw, "撤回退出建议。Withdraw a proposal.");
act!(defend_exit, "淘汰退出 exits", "/api/v1/exits/{id}/defend", ExitStatementIn => ExitOut, service::defend, "法定代表人陈述申辩。Answer to the notice.");
act!(state_exit_opinion, "淘汰退出 exits", "/api/v1/exits/{id}/state_opinion", ExitOpinionIn => ExitOut, service::state_opinion, "街道、区级分别提出意见,两方均为退出的决定退出。Street and district each state an opinion.");
act!(meet_exit_conditions, "淘汰退出 exits", "/api/v1/exits/{id}/meet_conditions", ReasonIn => ExitOut, service::meet_conditions, "继续履行的条件已满足。The conditions are met under which the agreement went on.");
act!(declare_handover, "淘汰退出 exits", "/api/v1/exits/{id}/declare_handover", DeclareHandoverIn => ExitOut, service::declare_handover, "承榜组织申报移交:服务对象、物资、资料、个人信息删除。Declare the handover, item by item.");
act!(return_handover, "淘汰退出 exits", "/api/v1/exits/{id}/return_handover", ReasonIn => ExitOut, service::return_handover, "社区退回移交申报。Return the declaration.");
act!(confirm_handover, "淘汰退出 exits", "/api/v1/exits/{id}/confirm_handover", ConfirmHandoverIn => ExitOut, service::confirm_handover, "社区确认移交。Confirm the handover.");
act!(appeal_exit, "淘汰退出 exits", "/api/v1/exits/{id}/appeal", ExitStatementIn => ExitOut, service::appeal, "十个工作日内向监督部门申诉。Appeal to the supervisor within ten working days.");
act!(uphold_exit, "淘汰退出 exits", "/api/v1/exits/{id}/uphold", ReasonIn => ExitOut, service::uphold, "监督部门维持退出决定。Uphold the decision.");
act!(reverse_exit, "淘汰退出 exits", "/api/v1/exits/{id}/reverse", ReasonIn => ExitOut, service::reverse, "监督部门撤销退出决定,恢复信用;协议不恢复。Reverse the decision; the agreement stays ended.");
list_public!(
    list_public_exits,
    "公开 public",
    "/api/v1/public/exits",
    ["division"],
    PublicExitList,
    service::list_public,
    "公开的退出决定。Decided exits."
);
see_public!(
    get_public_exit,
    "公开 public",
    "/api/v1/public/exits/{id}",
    PublicExitOut,
    service::get_public,
    "公开的退出决定:事实,不含个人。A decided exit: facts, no persons."
);

/// Serves and documents exits.
pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(propose_exit)
        .service(list_exits)
        .service(get_exit_actions)
        .service(notify_exit)
        .service(withdraw_exit)
        .service(defend_exit)
        .service(state_exit_opinion)
        .service(meet_exit_conditions)
        .service(declare_handover)
        .service(return_handover)
        .service(confirm_handover)
        .service(appeal_exit)
        .service(uphold_exit)
        .service(reverse_exit)
        .service(get_exit)
        .service(list_public_exits)
        .service(get_public_exit);
}
