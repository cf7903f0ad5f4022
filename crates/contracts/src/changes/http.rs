//! Addresses of change requests and of the versions of an agreement.

use super::model::{
    ChangeAgreeIn, ChangeRequestIn, ChangeRequestList, ChangeRequestOut, ChangeRequestPatch,
};
use super::service;
use crate::versions::{self, ContractVersionList, ContractVersionOut};
use actix_web::{get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_web::actions::ActionsOut;
use wubang_web::{NothingIn, ReasonIn, act, amend, list, make, see};

make!(draft_change_request, "实施 implementation", "/api/v1/change_requests", "change_requests", ChangeRequestIn => ChangeRequestOut, service::draft, "拟定变更申请(任一方)。Draft a change of a running agreement.");
list!(
    list_change_requests,
    "实施 implementation",
    "/api/v1/change_requests",
    ["contract_id", "state"],
    ChangeRequestList,
    service::list,
    "变更申请列表。List change requests."
);
see!(
    get_change_request,
    "实施 implementation",
    "/api/v1/change_requests/{id}",
    ChangeRequestOut,
    service::get,
    "查看变更申请。Show a change request."
);
see!(
    get_change_request_actions,
    "实施 implementation",
    "/api/v1/change_requests/{id}/actions",
    ActionsOut,
    service::get_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
amend!(amend_change_request, "实施 implementation", "/api/v1/change_requests/{id}", ChangeRequestPatch => ChangeRequestOut, service::amend, "修改变更申请草稿。Change a draft of a change request.");
act!(submit_change_request, "实施 implementation", "/api/v1/change_requests/{id}/submit", NothingIn => ChangeRequestOut, service::submit, "提交变更申请。Hand in a change request.");
act!(take_up_change_request, "实施 implementation", "/api/v1/change_requests/{id}/take_up", NothingIn => ChangeRequestOut, service::take_up, "受理变更申请。Take up a change request.");
act!(agree_to_change_request, "实施 implementation", "/api/v1/change_requests/{id}/agree", ChangeAgreeIn => ChangeRequestOut, service::agree, "同意变更;各方均同意后批准,重大变更先公示。Agree to a change.");
act!(reject_change_request, "实施 implementation", "/api/v1/change_requests/{id}/reject", ReasonIn => ChangeRequestOut, service::reject, "不同意变更。Reject a change.");
act!(withdraw_change_request, "实施 implementation", "/api/v1/change_requests/{id}/withdraw", ReasonIn => ChangeRequestOut, service::withdraw, "撤回变更申请。Withdraw a change request.");
list!(
    list_contract_versions,
    "实施 implementation",
    "/api/v1/contract_versions",
    ["contract_id"],
    ContractVersionList,
    versions::list,
    "协议的各个版本,第 1 版为签署的版本。The versions of agreements; the first is what was signed."
);
see!(
    get_contract_version,
    "实施 implementation",
    "/api/v1/contract_versions/{id}",
    ContractVersionOut,
    versions::get,
    "查看协议的一个版本。Show one version of an agreement."
);

/// Serves and documents these.
pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(draft_change_request)
        .service(list_change_requests)
        .service(get_change_request_actions)
        .service(submit_change_request)
        .service(take_up_change_request)
        .service(agree_to_change_request)
        .service(reject_change_request)
        .service(withdraw_change_request)
        .service(amend_change_request)
        .service(get_change_request)
        .service(list_contract_versions)
        .service(get_contract_version);
}
