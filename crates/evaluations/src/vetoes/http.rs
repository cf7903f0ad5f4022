//! Addresses of veto findings.

use super::model::{VetoAnswerIn, VetoFindingIn, VetoFindingList, VetoFindingOut};
use super::service;
use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_web::actions::ActionsOut;
use wubang_web::{ReasonIn, act, list, make, see};

make!(propose_veto_finding, "考榜 evaluations", "/api/v1/veto_findings", "veto_findings", VetoFindingIn => VetoFindingOut, service::propose, "提出一票否决事项(安全、弄虚作假、侵犯隐私);承榜组织可陈述申辩。Propose a finding that would make the project fail; the contractor may answer.");
list!(
    list_veto_findings,
    "考榜 evaluations",
    "/api/v1/veto_findings",
    ["evaluation_id", "state"],
    VetoFindingList,
    service::list,
    "一票否决事项列表。List veto findings."
);
see!(
    get_veto_finding,
    "考榜 evaluations",
    "/api/v1/veto_findings/{id}",
    VetoFindingOut,
    service::get,
    "查看一票否决事项。Show a veto finding."
);
see!(
    get_veto_finding_actions,
    "考榜 evaluations",
    "/api/v1/veto_findings/{id}/actions",
    ActionsOut,
    service::get_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
act!(answer_veto_finding, "考榜 evaluations", "/api/v1/veto_findings/{id}/answer", VetoAnswerIn => VetoFindingOut, service::answer, "承榜组织陈述申辩。The contractor answers.");
act!(confirm_veto_finding, "考榜 evaluations", "/api/v1/veto_findings/{id}/confirm", ReasonIn => VetoFindingOut, service::confirm, "区级认定,项目等级为不合格;不得由提出人认定。The district confirms it: the project fails.");
act!(dismiss_veto_finding, "考榜 evaluations", "/api/v1/veto_findings/{id}/dismiss", ReasonIn => VetoFindingOut, service::dismiss, "区级不予认定。The district does not confirm it.");

/// Serves and documents these.
pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(propose_veto_finding)
        .service(list_veto_findings)
        .service(get_veto_finding_actions)
        .service(answer_veto_finding)
        .service(confirm_veto_finding)
        .service(dismiss_veto_finding)
        .service(get_veto_finding);
}
