//! Addresses of terminations.

use super::model::{TerminationAnswerIn, TerminationIn, TerminationList, TerminationOut};
use super::service;
use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_web::actions::ActionsOut;
use wubang_web::{NothingIn, ReasonIn, act, list, make, see};

make!(propose_termination, "实施 implementation", "/api/v1/terminations", "terminations", TerminationIn => TerminationOut, service::propose, "提出解除协议:任一方协商解除,或街道依法解除。Propose to end an agreement early.");
list!(
    list_terminations,
    "实施 implementation",
    "/api/v1/terminations",
    ["contract_id", "state"],
    TerminationList,
    service::list,
    "解除协议列表。List terminations."
);
see!(
    get_termination,
    "实施 implementation",
    "/api/v1/terminations/{id}",
    TerminationOut,
    service::get,
    "查看解除协议。Show a termination."
);
see!(
    get_termination_actions,
    "实施 implementation",
    "/api/v1/terminations/{id}/actions",
    ActionsOut,
    service::get_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
act!(agree_to_termination, "实施 implementation", "/api/v1/terminations/{id}/agree", NothingIn => TerminationOut, service::agree, "同意协商解除;各方均同意时协议解除。Agree; with the last party the agreement is over.");
act!(refuse_termination, "实施 implementation", "/api/v1/terminations/{id}/refuse", ReasonIn => TerminationOut, service::refuse, "不同意协商解除。Do not agree.");
act!(answer_termination, "实施 implementation", "/api/v1/terminations/{id}/answer", TerminationAnswerIn => TerminationOut, service::answer, "承榜组织陈述意见。The contractor is heard.");
act!(decide_termination, "实施 implementation", "/api/v1/terminations/{id}/decide", NothingIn => TerminationOut, service::decide, "依法解除:听取陈述或陈述期满后,由提出人以外的人决定。Terminate for cause after the hearing; by another officer.");
act!(drop_termination, "实施 implementation", "/api/v1/terminations/{id}/drop", ReasonIn => TerminationOut, service::drop_it, "不予解除。Let the agreement stand.");
act!(withdraw_termination, "实施 implementation", "/api/v1/terminations/{id}/withdraw", ReasonIn => TerminationOut, service::withdraw, "撤回。Take it back.");

/// Serves and documents these.
pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(propose_termination)
        .service(list_terminations)
        .service(get_termination_actions)
        .service(agree_to_termination)
        .service(refuse_termination)
        .service(answer_termination)
        .service(decide_termination)
        .service(drop_termination)
        .service(withdraw_termination)
        .service(get_termination);
}
